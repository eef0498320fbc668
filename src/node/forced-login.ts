// An account whose logins run nothing that is sent, but always one command of the server's. The images of cloud providers make root
// such an account: its answer names the account to use instead.
import { WovenError } from "../errors.ts";
import { fits } from "../settings/grammar.ts";
import type { ExecResult } from "./session.ts";

/** `disable_root_opts` of cloud-init: Please login as the user "ubuntu" rather than the user "root". */
const usual = /please log ?in as the user "?([^"\s]+?)"? rather than/i;

/** The longest answer that is shown in a message, in characters. All of it is in the error's output. */
const longest = 200;

/**
 * The error of an account that answered with a text of its own. Undefined if it said nothing.
 *
 * @param deployUser who the role names
 */
export function forcedLogin(
  { stdout, stderr }: Pick<ExecResult, "stdout" | "stderr">,
  { user, node, deployUser }: { readonly user: string; readonly node: string; readonly deployUser: string },
): WovenError | undefined {
  const lines = [...stdout.split("\n"), ...stderr.split("\n").filter((line) => usual.test(line))];
  const said = lines.find((line) => usual.test(line)) ?? lines.find((line) => line.trim() !== "");
  if (said === undefined) return undefined;
  const named = usual.exec(said)?.[1] ?? "";
  const shown = said
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ")
    .trim()
    .slice(0, longest);
  return new WovenError({
    code: "login-runs-nothing",
    message: `${user} can log in on ${node}, but the server does not let it run commands. It answers: ${shown}`,
    state: user === deployUser ? undefined : "Nothing was changed.",
    next: adviceFor(user, fits("existingUser", named) ? named : undefined, deployUser),
    node,
    output: `${stdout}${stderr}`,
  });
}

function adviceFor(user: string, named: string | undefined, deployUser: string): string {
  const line = `root-user = ${JSON.stringify(named ?? "debian")}`;
  if (user === deployUser)
    return `Name another deploy user in the role, such as woven@host. If setupnode has not set up this server yet, write this line in woven.toml, and run setupnode: ${line}`;
  return named === undefined
    ? `Name the image's own account (debian, ubuntu, admin, …) in woven.toml, and run setupnode again: ${line}`
    : `Write this line in woven.toml, and run setupnode again: ${line}`;
}

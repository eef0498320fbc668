// The accounts of `[web] basic-auth`: who may see a site that is not for everybody yet.
import type { ConfigFile } from "./config-file.ts";
import type { Inputs } from "./inputs.ts";
import { quoted, type Report, secretExpression } from "./problems.ts";
import { secret } from "./secret.ts";
import type { Account, CommandName, PatchPart } from "./settings.ts";

const where = "input basic-auth";

/** `user:password`, one on each line. Undefined: everybody may see the site. Empty for a command that does not place them. */
export function readBasicAuth(
  inputs: Inputs,
  file: ConfigFile,
  { command, parts }: { readonly command: CommandName; readonly parts: readonly PatchPart[] },
  report: Report,
): readonly Account[] | undefined {
  if (file.config.web?.["basic-auth"] !== true) return undefined;
  const places = command === "deploy" || command === "preview" || (command === "patch" && parts.includes("webconf"));
  // With those of the deployment, a release that startsites has given new sites counts as unchanged.
  const compares = command === "startsites" && inputs.text("basic-auth") !== undefined;
  if (!places && !compares) return [];
  const lines = accountLines(inputs.text("basic-auth") ?? "");
  if (lines.length === 0)
    report({
      where,
      what:
        command === "preview"
          ? "is empty, and previews are shown only to its accounts"
          : "is empty, and basic-auth = true needs it",
      next: `${command === "preview" ? "Write basic-auth = false below [preview] to show previews to everybody. Or write" : "Write"} basic-auth: ${secretExpression("WOVEN_BASIC_AUTH")} below with:, with a line user:password in the secret.`,
    });
  const accounts = lines.map(({ name, password }) => ({ name, password: secret(password) }));
  lines.forEach(({ name, password, number }) => {
    if (!/^[A-Za-z0-9._@+-]{1,64}$/.test(name) || password === "")
      report({ where, what: `line ${number} is not user:password`, next: "For example: ada:correct-horse-battery" });
    else if (lines.some((other) => other.number < number && other.name === name))
      report({ where, what: `line ${number} names ${quoted(name)} again` });
  });
  return accounts;
}

/** The lines of the input. A password may hold colons. */
export function accountLines(
  text: string,
): readonly { readonly name: string; readonly password: string; readonly number: number }[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === "") return [];
    const [name = "", ...password] = line.trim().split(":");
    return [{ name, password: password.join(":"), number: index + 1 }];
  });
}

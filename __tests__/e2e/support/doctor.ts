// Somebody who types `woven doctor`: what the table says.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LocalNode } from "../../../src/local/node.ts";
import { runCli } from "../../harness/run-cli.ts";
import { wayOut } from "../../harness/way-out.ts";
import type { Checkout } from "./checkout.ts";
import { keys } from "./equipped.ts";

export interface Row {
  readonly state: string;
  /** With `web1` for the address of the node. */
  readonly check: string;
}

interface Desk {
  readonly project: Checkout;
  /** An empty folder for the host keys and the cache. */
  readonly home: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function examine(at: LocalNode, { project, home, args = [], env = {} }: Desk) {
  const hosts = join(home, "hosts");
  await writeFile(hosts, (await at.knownHosts()).join("\n"));
  const { code, text } = await runCli({
    args: [
      ...["doctor", `woven@${at.host}`, "--ssh-key-from", keys.privateKeyFile],
      ...(args.includes("--known-hosts-from") ? [] : ["--known-hosts-from", hosts]),
      ...args,
    ],
    cwd: project.path,
    env: {
      ...wayOut,
      HOME: home,
      WOVEN_LOCAL_HOME: process.env["WOVEN_LOCAL_HOME"] ?? "",
      WOVEN_ENV: "DJANGO_SECRET_KEY=only-for-doctor",
      ...env,
    },
  });
  const rows = [...text.matchAll(/^(ok|problem|not checked) +(\S.*?)(?: {2}.*)?$/gm)].map(
    ([, state = "", check = ""]): Row => ({ state, check: check.replace(at.host, "web1") }),
  );
  return { code, text, rows, problems: rows.filter(({ state }) => state === "problem").map(({ check }) => check) };
}

// The key pair that the CLI logs in to its own local nodes with: one for each user of this machine, made when first needed.
import { mkdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { WovenError } from "../errors.ts";
import { exists } from "./ground.ts";
import { run } from "./privileged.ts";

export interface KeyPair {
  readonly directory: string;
  readonly privateKeyFile: string;
  /** A line as in authorized_keys. */
  readonly publicKey: string;
}

/** In the user's own state directory (XDG Base Directory Specification), for OpenSSH refuses keys that others can read. */
export async function ownKeyPair(directory = join(homedir(), ".local/state/woven/local")): Promise<KeyPair> {
  const privateKeyFile = join(directory, "id_ed25519");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (!(await exists(privateKeyFile))) {
    const made = await run([
      "ssh-keygen",
      "-q",
      "-t",
      "ed25519",
      "-N",
      "",
      "-C",
      "woven local node",
      "-f",
      privateKeyFile,
    ]);
    if (made.code !== 0) {
      const next = "Is openssh-client installed?";
      throw new WovenError({ code: "local-node-failed", message: "ssh-keygen made no key", next, output: made.stderr });
    }
  }
  return { directory, privateKeyFile, publicKey: (await readFile(`${privateKeyFile}.pub`, "utf8")).trim() };
}

// The key pair that logs in to this user's local nodes. The first process that needs it makes it.
import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import ssh2 from "ssh2";
import { WovenError } from "../errors.ts";
import { userDirectory } from "./places.ts";

export interface KeyPair {
  readonly directory: string;
  readonly privateKeyFile: string;
  /** A line of authorized_keys. */
  readonly publicKey: string;
}

const comment = "woven local node";

/**
 * Reads the key pair in `directory`, and makes it first if there is none. Any number of processes may call it at the same time: all get
 * the same pair. Throws `local-node-key` if the file is not a private key.
 */
export async function ownKeyPair(directory = userDirectory()): Promise<KeyPair> {
  const privateKeyFile = join(directory, "id_ed25519");
  const text = await readFile(privateKeyFile, "utf8").catch(() => makePrivateKey(directory, privateKeyFile));
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) {
    throw new WovenError({
      code: "local-node-key",
      message: `${privateKeyFile} is not a private key: ${key.message}`,
      next: "Remove the file: Woven then makes a new one.",
      file: privateKeyFile,
    });
  }
  return { directory, privateKeyFile, publicKey: `${key.type} ${key.getPublicSSH().toString("base64")} ${comment}` };
}

/** link(2) gives the finished file its name, and fails if another process was first. Returns the key under that name. */
async function makePrivateKey(directory: string, file: string): Promise<string> {
  // Only the last folder is closed to others, because those above it may be shared.
  await mkdir(join(directory, ".."), { recursive: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${randomUUID()}`;
  await writeFile(unfinished, newPrivateKey(comment), { mode: 0o600 });
  try {
    await link(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(unfinished);
  }
  return readFile(file, "utf8");
}

/** An Ed25519 key in the form of OpenSSH. ssh2 writes one of some 300 in a way that neither it nor OpenSSH can read, so each is read once. */
export function newPrivateKey(comment = ""): string {
  for (;;) {
    const { private: text } = ssh2.utils.generateKeyPairSync("ed25519", { comment });
    if (!(ssh2.utils.parseKey(text) instanceof Error)) return text;
  }
}

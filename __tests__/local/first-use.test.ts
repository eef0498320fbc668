// What is made on first use, asked for by several processes at once: it is made once, and nobody sees half of it.
import { spawn } from "node:child_process";
import { mkdtempDisposable, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { newPrivateKey, ownKeyPair } from "../../src/local/key-pair.ts";
import { withUserLock } from "../../src/local/lock.ts";
import { root } from "../harness/run-action.ts";

/** What a process of its own prints that imports `module` of the sources and runs this text. */
function printed(module: string, text: string): Promise<string> {
  const source = `import * as it from ${JSON.stringify(join(root, module))};\n${text}`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", source], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk));
  return new Promise((done) => child.once("close", () => done(Buffer.concat(said).toString().trim())));
}

test("a key pair is the same for all processes that make it at once, and nothing else is left", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "woven-keys-"));
  const directory = join(folder.path, "keys");
  const ask = `console.log((await it.ownKeyPair(${JSON.stringify(directory)})).publicKey)`;
  const answers = await Promise.all(Array.from({ length: 6 }, () => printed("src/local/key-pair.ts", ask)));
  const { publicKey } = await ownKeyPair(directory);
  expect(publicKey).toMatch(/^ssh-ed25519 \S{68} /);
  expect(answers).toEqual(answers.map(() => publicKey));
  expect(await readdir(directory)).toEqual(["id_ed25519"]);
});

test("every new key can be read", () => {
  const keys = Array.from({ length: 2000 }, () => ssh2.utils.parseKey(newPrivateKey()));
  expect(keys.filter((key) => key instanceof Error)).toEqual([]);
});

test("a file that is no key is named", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "woven-keys-"));
  const file = join(folder.path, "id_ed25519");
  await writeFile(file, "");
  await expect(ownKeyPair(folder.path)).rejects.toMatchObject({ code: "local-node-key", details: { file } });
});

test("a lock lets one in at a time, in a folder that is not there yet", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "woven-lock-"));
  const inside = { now: 0, most: 0 };
  const visits = Array.from({ length: 5 }, () =>
    withUserLock(join(folder.path, "new/lock"), async () => {
      inside.most = Math.max(inside.most, ++inside.now);
      await new Promise((done) => setTimeout(done, 20));
      inside.now--;
    }),
  );
  await Promise.all(visits);
  expect(inside).toEqual({ now: 0, most: 1 });
});

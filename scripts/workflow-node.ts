// Boots a local node that outlives this step, and hands it to the next ones as outputs: for .github/workflows/e2e.yml.
// host, roles, known-hosts and ssh-key are ready to be given to the action.
import { randomUUID } from "node:crypto";
import { appendFile, readFile } from "node:fs/promises";
import { ownKeyPair } from "../src/local/key-pair.ts";
import { startNode } from "../src/local/node.ts";

const outputFile = process.env["GITHUB_OUTPUT"];
if (outputFile === undefined)
  throw new Error("GITHUB_OUTPUT is not set: for a node of your own there is npm run node -- up");

const { publicKey, privateKeyFile } = await ownKeyPair();
const node = await startNode({ login: { kind: "root" }, publicKey, outlives: true, log: console.log });
const outputs = {
  host: node.host,
  roles: `production:\n  - woven@${node.host}\n`,
  "known-hosts": (await node.knownHosts()).join("\n"),
  "ssh-key": await readFile(privateKeyFile, "utf8"),
};
for (const [name, value] of Object.entries(outputs)) {
  const end = randomUUID();
  await appendFile(outputFile, `${name}<<${end}\n${value.trim()}\n${end}\n`);
}
console.log(`${node.name} answers at ${node.host}`);

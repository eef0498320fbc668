// Local nodes from the terminal: npm run node -- up|ssh|list|down|save
import { spawn } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { asWovenError, WovenError } from "../src/errors.ts";
import { suites } from "../src/local/base.ts";
import { type KeyPair, ownKeyPair } from "../src/local/key-pair.ts";
import {
  type LocalNode,
  type LocalNodeOptions,
  listNodes,
  openNode,
  removeNode,
  startNode,
  sweep,
} from "../src/local/node.ts";
import { type SshAccess, wayIn } from "../src/local/open-login.ts";

const usage = `npm run node -- up [NAME] [--suite trixie|bookworm] [--login root|admin] [--user debian] [--image IMAGE]
                start a Debian server on this machine; it stays until it is taken down
            ssh NAME [COMMAND...]    log in to it
            list                     what there is
            save NAME IMAGE          shut it down for good, and keep its disk: start from that with up --image IMAGE
            down NAME... | --all     remove it; --all: every one that up has left`;

const log = (line: string): void => console.error(line);

const options = {
  suite: { type: "string" },
  login: { type: "string" },
  user: { type: "string" },
  name: { type: "string" },
  image: { type: "string" },
  all: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

async function main(argv: readonly string[]): Promise<number> {
  const [command = "", ...rest] = argv;
  if (command === "ssh") return logIn(rest);
  const { values, positionals } = parse(rest);
  if (values.help || ["", "-h", "--help", "help"].includes(command)) return say(usage);
  switch (command) {
    case "up":
      return up({ ...values, name: values.name ?? positionals[0] });
    case "list":
      return list();
    case "save":
      return save(positionals);
    case "down":
      return down(values.all ? await nobodysNodes() : positionals);
    default:
      throw misuse(`there is no command ${command}`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw misuse(error instanceof Error ? error.message : String(error));
  }
}

const misuse = (message: string): WovenError => new WovenError({ code: "usage", message, next: usage });

function say(text: string): number {
  console.log(text);
  return 0;
}

type UpValues = Partial<Record<"suite" | "login" | "user" | "name" | "image", string | undefined>>;

async function up(values: UpValues): Promise<number> {
  const keys = await ownKeyPair();
  const suite = suites.find((each) => each === values.suite);
  if (values.suite !== undefined && suite === undefined) throw misuse(`--suite is one of ${suites.join(", ")}`);
  const login = loginOf(values);
  const node = await startNode({
    publicKey: keys.publicKey,
    outlives: true,
    log,
    ...(suite && { suite }),
    ...(login && { login }),
    ...(values.name && { name: values.name }),
    ...(values.image && { image: values.image }),
  });
  const knownHosts = await writeKnownHosts(node, keys, node.port);
  say(`${node.name} is Debian ${node.suite} at ${node.user}@${node.host}:${node.port}

  ${sshCommand(node, keys, node).join(" ")}

known_hosts (also in ${knownHosts}):
${(await node.knownHosts()).join("\n")}

Remove it with: npm run node -- down ${node.name}`);
  return 0;
}

function loginOf({ login, user }: UpValues): LocalNodeOptions["login"] {
  if (login === "root") return { kind: "root" };
  if (login === "admin" || (login === undefined && user !== undefined)) return { kind: "admin", ...(user && { user }) };
  if (login === undefined) return undefined;
  throw misuse("--login is root or admin");
}

const knownHostsFile = ({ name }: Pick<LocalNode, "name">, keys: KeyPair): string =>
  `${keys.directory}/known_hosts.${name}`;

async function forgetHostKeys(name: string): Promise<void> {
  await rm(knownHostsFile({ name }, await ownKeyPair()), { force: true });
}

/** The host keys for another port. */
async function writeKnownHosts(node: LocalNode, keys: KeyPair, port: number): Promise<string> {
  const file = knownHostsFile(node, keys);
  const place = port === 22 ? node.host : `[${node.host}]:${port}`;
  const lines = (await node.knownHosts()).map((line) => line.replace(/^\S+/, place));
  await writeFile(file, `${lines.join("\n")}\n`);
  return file;
}

function sshCommand(node: LocalNode, keys: KeyPair, { user, port }: SshAccess): readonly string[] {
  const known = `UserKnownHostsFile=${knownHostsFile(node, keys)}`;
  const identity = ["-i", keys.privateKeyFile, "-o", "IdentitiesOnly=yes", "-o", known];
  return ["ssh", ...identity, "-p", `${port}`, `${user}@${node.host}`];
}

async function logIn([name, ...command]: readonly string[]): Promise<number> {
  if (name === undefined) throw misuse("ssh needs the name of a node");
  const node = await openNode(name);
  const keys = await ownKeyPair();
  const way = await wayIn(node, keys.publicKey);
  await writeKnownHosts(node, keys, way.port);
  const [program = "ssh", ...rest] = sshCommand(node, keys, way);
  const child = spawn(program, [...rest, ...command], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 255));
  });
}

async function list(): Promise<number> {
  await sweep(log);
  const { publicKey } = await ownKeyPair();
  for (const { name, host, suite, owner, started } of await listNodes()) {
    // Another process may have removed the node meanwhile.
    const node = await openNode(name).catch(() => undefined);
    if (!node) continue;
    // A node that is off or boots cannot be asked.
    const { user, port } = await wayIn(node, publicKey).catch(() => node);
    const whose = owner.kind === "process" ? `process ${owner.pid}` : "stays until down";
    say(`${name}  ${user}@${host}:${port}  ${suite}  ${whose}  since ${started}`);
  }
  return 0;
}

async function save([name, image]: readonly string[]): Promise<number> {
  if (name === undefined || image === undefined) throw misuse("save needs the names of a node and of an image");
  await (await openNode(name)).save(image);
  await forgetHostKeys(name);
  return say(
    `Saved as ${image}, and removed ${name}. Start a node from the image with: npm run node -- up --image ${image}`,
  );
}

/** The nodes that `up` started. Other nodes are removed by the process that started them. */
async function nobodysNodes(): Promise<readonly string[]> {
  await sweep(log);
  return (await listNodes()).filter((node) => node.owner.kind === "nobody").map((node) => node.name);
}

async function down(names: readonly string[]): Promise<number> {
  if (names.length === 0) log("Nothing to remove.");
  for (const name of names) {
    await removeNode(name);
    await forgetHostKeys(name);
    say(`Removed ${name}`);
  }
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  const { message, next, output } = asWovenError(thrown).details;
  if (output) log(output);
  log(`error: ${message}`);
  if (next) log(next);
  process.exitCode = 1;
}

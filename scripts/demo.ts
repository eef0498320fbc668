// `npm run demo`: sets up a bare Debian server on this machine, deploys a shop, deploys its next version while visitors send requests,
// patches it and rolls it back. Everything runs through the built action, as in a workflow. Options: `--suite bookworm`, `--keep`.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { failed, parts, rate, startAsking } from "../__tests__/e2e/support/asker.ts";
import { type Checkout, checkout, shop } from "../__tests__/e2e/support/checkout.ts";
import { ask, type Versions } from "../__tests__/e2e/support/visitor.ts";
import type { ActionResult } from "../__tests__/harness/run-action.ts";
import { asWovenError } from "../src/errors.ts";
import { suites } from "../src/local/base.ts";
import { type KeyPair, ownKeyPair } from "../src/local/key-pair.ts";
import { type LocalNode, type LocalNodeOptions, startNode } from "../src/local/node.ts";
import { type Job, startJob } from "./job.ts";
import { summaryText } from "./summary-text.ts";

const host = "shop.example.com";
const print = (line: string): void => console.log(line);

interface Done {
  readonly title: string;
  readonly seconds: number;
  readonly summary: string;
}

interface Stage {
  readonly node: LocalNode;
  readonly job: Job;
  readonly old: Checkout;
  readonly next: Checkout;
  readonly done: Done[];
}

async function demo(
  options: Pick<LocalNodeOptions, "suite">,
  keep: "keep" | "remove",
  signal: AbortSignal,
): Promise<void> {
  const keys = await ownKeyPair();
  const began = performance.now();
  heading("Boot a Debian server on this machine");
  const node = await startNode({
    ...options,
    ...(keep === "keep" ? { name: "demo", outlives: true } : {}),
    login: { kind: "root" },
    publicKey: keys.publicKey,
    log: print,
  });
  const boot = { title: "Boot", seconds: (performance.now() - began) / 1000, summary: "" };
  print(`${node.name}: Debian ${node.suite} at ${node.host}, with root's key and nothing else`);
  let ending = keep;
  try {
    await using job = await startJob({ node, keys, print: (line) => print(`  ${line}`), signal });
    await using old = await checkout(shop["0.1"]);
    await using next = await checkout(shop["0.2"]);
    const done = [boot];
    await play({ node, job, old, next, done });
    conclude(done);
  } catch (error) {
    if (signal.aborted) ending = "remove";
    throw error;
  } finally {
    if (ending === "remove") await node.stop();
  }
  if (ending === "keep") await whereToLook(node, keys);
  else print("The server was removed. To keep it: npm run demo -- --keep");
}

async function play(stage: Stage): Promise<void> {
  const { node, old, next } = stage;
  await step(stage, "setupnode", old, { command: "setupnode" });
  await step(stage, "Deploy 0.1", old, { command: "deploy" });
  await expectVersion(node, "0.1");

  const crowd = startAsking(node.host, host);
  const deployed = await step(stage, "Deploy 0.2, with visitors", next, { command: "deploy" }).finally(() =>
    crowd.stop(),
  );
  await tellCrowd(await crowd.stop(), deployed);
  await expectVersion(node, "0.2");

  await next.edit("templates/catalogue/plants.html", "{% block main %}", "{% block main %}\n<p>Closed on Mondays.</p>");
  await step(stage, "Patch a template", next, { command: "patch", parts: "templates" });
  await expectVersion(node, "0.2");
  const { body } = await ask(node.host, host, "/");
  if (!body.includes("Closed on Mondays.")) throw new Error(`the patched line is not on the page:\n${body}`);
  print("  The page says: Closed on Mondays.");

  await step(stage, "Roll back", next, { command: "rollback" });
  await expectVersion(node, "0.1");
}

async function step(
  { job, done }: Stage,
  title: string,
  { path }: Checkout,
  inputs: Readonly<Record<string, string>>,
): Promise<ActionResult> {
  heading(title);
  print(
    `  uses: woven/deploy@v1 with ${Object.entries(inputs)
      .map(([name, value]) => `${name}: ${value}`)
      .join(", ")}`,
  );
  const result = await job.step(path, inputs);
  done.push({ title, seconds: result.seconds, summary: result.summary });
  return result;
}

async function expectVersion(node: LocalNode, version: string): Promise<void> {
  const { status, body } = await ask(node.host, host, "/version");
  print(`  GET http://${host}/version: ${status} ${body.trim()}`);
  const found: Partial<Versions> = status === 200 ? JSON.parse(body) : {};
  if (found.version !== version) throw new Error(`${version} should be live now`);
}

async function tellCrowd(
  asked: Awaited<ReturnType<ReturnType<typeof startAsking>["stop"]>>,
  { seconds }: ActionResult,
): Promise<void> {
  const errors = failed(asked);
  const answers = asked.filter(({ versions }) => versions !== undefined);
  const mixed = answers.filter(({ versions }) => versions && new Set(parts(versions).split("/")).size > 1);
  const of = (version: string) => answers.filter(({ versions }) => versions?.version === version).length;
  print(
    `  Meanwhile, ${rate} times a second for ${seconds.toFixed(1)} s: ${answers.length} answers (${of("0.1")} of 0.1, then ${of("0.2")} of 0.2), ` +
      `${errors.length} failed, ${mixed.length} mixed`,
  );
  if (errors.length + mixed.length > 0)
    throw new Error(`visitors noticed: ${JSON.stringify([...errors, ...mixed].slice(0, 5))}`);
}

function heading(title: string): void {
  print(`\n── ${title} ${"─".repeat(Math.max(3, 90 - title.length))}`);
}

function conclude(done: readonly Done[]): void {
  for (const { title, summary } of done.filter((each) => each.summary !== "")) {
    heading(`Job summary: ${title}`);
    print(summaryText(summary).replaceAll(/^/gm, "  "));
  }
  heading("Times");
  for (const { title, seconds } of done) print(`  ${title.padEnd(30)} ${seconds.toFixed(1).padStart(6)} s`);
  const total = done.reduce((sum, { seconds }) => sum + seconds, 0);
  print(`  ${"Total".padEnd(30)} ${total.toFixed(1).padStart(6)} s\n`);
}

async function whereToLook(node: LocalNode, keys: KeyPair): Promise<void> {
  const port = 10_022;
  const known = join(keys.directory, `known_hosts.${node.name}`);
  const lines = await node.knownHosts();
  await writeFile(known, `${lines.map((line) => line.replace(node.host, `[${node.host}]:${port}`)).join("\n")}\n`);
  print(`The server stays. Try these:
  the shop      curl --header 'Host: ${host}' http://${node.host}/
  in a browser  a line in /etc/hosts: ${node.host} ${host}
  log in        ssh -i ${keys.privateKeyFile} -o IdentitiesOnly=yes -o UserKnownHostsFile=${known} -p ${port} woven@${node.host}
  releases      ls -l ~/env        state: /var/local/woven        logs: ~/log, journalctl
  manage.py     ~/env/shop/manage createsuperuser    then http://${host}/admin/
  remove it     npm run node -- down ${node.name}`);
}

const { values } = parseArgs({ options: { keep: { type: "boolean" }, suite: { type: "string" } } });
const suite = suites.find((known) => known === values.suite);
const controller = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  // A second signal ends this process at once. The node is still removed, by a watch that outlives this process.
  process.once(signal, () => controller.abort(new Error(`stopped by ${signal}`)));
}
try {
  if (values.suite !== undefined && suite === undefined) throw new Error(`--suite is one of ${suites.join(", ")}`);
  await demo(suite ? { suite } : {}, values.keep ? "keep" : "remove", controller.signal);
} catch (thrown) {
  const { message, next, output } =
    thrown instanceof Error && thrown.name === "Error"
      ? { message: thrown.message, next: "", output: "" }
      : asWovenError(thrown).details;
  console.error([output, `demo: ${message}`, next].filter(Boolean).join("\n"));
  process.exitCode = 1;
}

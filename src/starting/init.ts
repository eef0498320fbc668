// `woven init`: prepares a project that exists. It says what it finds, writes woven.toml and the workflows, and what to type next.
import { type Problem, SettingsError } from "../errors.ts";
import { parseAddress } from "../settings/address.ts";
import { defaults } from "../settings/defaults.ts";
import { domainProblem } from "../settings/domain.ts";
import { quoted } from "../settings/problems.ts";
import { foundInProject, type ProjectFindings } from "./found-in-project.ts";
import { configurationThere, type InitPlan, leftOut, planInit } from "./init-plan.ts";
import { reportLines } from "./init-report.ts";
import { environmentFile } from "./needed-values.ts";
import { nextCommands } from "./next-commands.ts";
import { tomlText } from "./proposal.ts";
import { type GitRepository, gitRepository } from "./repository.ts";
import { type Options, optionLines, readWords, type Words } from "./words.ts";
import { workflows } from "./workflows.ts";
import type { StartingWorld } from "./world.ts";
import { type Written, writeBeside } from "./write-beside.ts";

const options: Options = {
  domain: { kind: "list", value: "DOMAIN", meaning: "The site's domain. More of them redirect to the first." },
  host: { kind: "value", value: "USER@HOST", meaning: "The server: woven@web1.example.com. The user is who deploys." },
  "root-user": { kind: "value", value: "USER", meaning: "The account of the first login, if it is not root." },
  "settings-module": { kind: "value", value: "MODULE", meaning: "The settings module for production, if unclear." },
  requirements: { kind: "list", value: "FILE", meaning: "A requirements file or a lock file, if unclear." },
  server: { kind: "value", value: "NAME", meaning: "apache, gunicorn or uvicorn, if no file says it." },
  python: { kind: "value", value: "VERSION", meaning: "The Python of the releases, such as 3.12." },
  distribution: { kind: "value", value: "NAME", meaning: "The name of what is deployed." },
};

export const initHelp = `woven init [--option value …]

Run it in the project's folder, in a clone of its repository. It never changes a file that exists.

${optionLines(options)}
`;

const secretsFile = "production.env";
/** Stands for a server that is not known. */
const someServer = "web1.example.com";

/** Throws a SettingsError for what the project leaves open and no option answers. Nothing is written then. */
export async function init(argv: readonly string[], world: StartingWorld): Promise<void> {
  const words = readWords(argv, options);
  checkWords(words);
  const repository = await gitRepository(world.cwd, world.run);
  const kept = configurationThere(world.cwd, repository.top);
  const found = foundInProject(world.cwd, repository, words);
  const domains = kept === undefined ? await domainsOf(words, found, world) : [];
  const plan = await planInit(found, { domains, kept, repository }, world);
  const addresses = await addressesOf(words, found, world);

  const { keys, settings, values } = plan;
  for (const line of reportLines({ ...found, ...plan, leftOut: leftOut(found, keys) })) world.print(line);
  const written = await write(plan, repository, world);
  world.print("");
  if (kept !== undefined) world.print(`Kept ${kept}`);
  for (const { path, state } of written) world.print(`${state === "written" ? "Wrote" : "Kept"} ${path}`);
  world.print("");
  const next = nextCommands({
    addresses,
    rootUser: settings.login.rootUser,
    sshPort: settings.login.defaultSshPort,
    environmentFile: values.secrets.length > 0 ? secretsFile : undefined,
    branch: repository.branch,
    files: written.flatMap(({ path, state }) => (state === "written" && path !== secretsFile ? [path] : [])),
  });
  for (const line of next) world.print(line);
  if (addresses.some((address) => address.endsWith(`@${someServer}`)))
    world.print(`${someServer} stands for your server. To see its name here: woven init --host woven@192.0.2.1`);
}

function checkWords(words: Words): void {
  const problems: Problem[] = [];
  if (words.positionals.length > 0)
    problems.push({
      where: "the words",
      what: `${quoted(words.positionals.join(" "))} is one too many`,
      next: "woven init works in the folder where it is started.",
    });
  for (const domain of words.list("domain")) {
    const what = domainProblem(domain);
    if (what !== undefined) problems.push({ where: `--domain ${quoted(domain)}`, what });
  }
  const address = parseAddress(words.value("host") ?? someServer);
  if (address.kind === "bad") problems.push({ where: "--host", what: address.what, next: address.next });
  if (problems.length > 0) throw new SettingsError(problems);
}

async function domainsOf(
  words: Words,
  { facts, foreign }: ProjectFindings,
  { ask }: StartingWorld,
): Promise<readonly string[]> {
  const stated = foreign.flatMap(({ domains = [] }) => domains);
  const known = [words.list("domain"), stated, facts.domains.map(({ value }) => value)].find((some) => some.length > 0);
  if (known !== undefined) return [...new Set(known)];
  const missing = {
    where: "--domain",
    what: "is missing: nothing in the project names the site's domain",
    next: "For example: woven init --domain shop.example.com",
  };
  const answer = (await ask?.("The domain of the site (shop.example.com): "))?.trim() ?? "";
  if (answer === "") throw new SettingsError([missing]);
  const wrong = domainProblem(answer);
  if (wrong !== undefined) throw new SettingsError([{ ...missing, what: `${quoted(answer)} ${wrong}` }]);
  return [answer];
}

/** `woven@host` of each server. Files of other tools name another account, which a deployment does not need. */
async function addressesOf(
  words: Words,
  { foreign }: ProjectFindings,
  { ask }: StartingWorld,
): Promise<readonly [string, ...string[]]> {
  const given = words.value("host");
  const stated = foreign.flatMap(({ hosts = [] }) => hosts);
  const known = given === undefined ? stated : [given];
  const asked = known.length > 0 ? undefined : (await ask?.(`The server (${someServer}): `))?.trim();
  const [first = asked || someServer, ...more] = [...new Set(known)];
  return [addressOf(first), ...more.map(addressOf)];
}

function addressOf(text: string): string {
  const address = parseAddress(text);
  if (address.kind === "bad") throw new SettingsError([{ where: "--host", what: address.what, next: address.next }]);
  const user = address.user === undefined || address.user === "root" ? defaults.user : address.user;
  return `${user}@${address.host.includes(":") ? `[${address.host}]` : address.host}`;
}

function write(
  { keys, values, settings }: InitPlan,
  repository: GitRepository,
  world: StartingWorld,
): Promise<readonly Written[]> {
  const fullHistory = /^(the last tag|git describe)/.test(settings.distribution?.version.from ?? "");
  const files = [
    ...(keys === undefined ? [] : [{ path: "woven.toml", text: tomlText(keys), mode: 0o644 }]),
    ...workflows(repository, { fullHistory }).map((workflow) => ({ ...workflow, mode: 0o644, top: repository.top })),
    ...(values.secrets.length === 0
      ? []
      : [{ path: secretsFile, text: environmentFile(values.secrets), mode: 0o600, secret: true as const }]),
  ];
  return writeBeside(world.cwd, files, world.run);
}

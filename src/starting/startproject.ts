// `woven startproject shop`: a Django project by Woven's conventions, which runs at once and deploys at once.
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { type Problem, SettingsError } from "../errors.ts";
import { domainProblem } from "../settings/domain.ts";
import { quoted } from "../settings/problems.ts";
import { firstCommit, isRepository } from "./first-commit.ts";
import { requireRoom, writeNewFolder } from "./new-folder.ts";
import { distributionNameProblem, projectNameProblem } from "./project-names.ts";
import { ownTree, projectTree, type TreeView } from "./project-tree.ts";
import { type Options, optionLines, readWords } from "./words.ts";
import { type StartingWorld, wovenCommand } from "./world.ts";

const options: Options = {
  dist: {
    kind: "value",
    short: "d",
    value: "NAME",
    meaning: "The distribution and its folder. Without it, the project's name.",
  },
  template: {
    kind: "value",
    short: "t",
    value: "FOLDER",
    meaning: "Your own template of a project, instead of Woven's.",
  },
  domain: { kind: "value", value: "DOMAIN", meaning: "The domain of the site. Without it, NAME.example.com." },
  noadmin: { kind: "flag", meaning: "Leave out Django's admin." },
};

export const startprojectHelp = `woven startproject NAME [EMAIL] [--option value …]

  NAME                        The project: the name of its Python package.
  EMAIL                       Of the administrator. The first migration makes the account, without a password.
${optionLines(options)}
`;

interface Request {
  readonly name: string;
  readonly email?: string | undefined;
  readonly distribution: string;
  readonly domain: string;
  readonly template: string;
  readonly admin: boolean;
}

/** Makes the folder, and prints what to type next. Throws if a name is wrong, or if the folder has something in it. */
export async function startproject(argv: readonly string[], world: StartingWorld): Promise<void> {
  const request = await readRequest(argv, world);
  const folder = resolve(world.cwd, request.distribution);
  requireRoom(folder);
  const inside = await isRepository(dirname(folder), world.run);
  // GitHub reads workflows only at the top of a repository. `woven init` writes them there.
  const files = projectTree(request.template, viewOf(request)).filter(
    ({ path }) => !(inside && path.startsWith(".github/")),
  );
  await writeNewFolder(folder, files);
  const commit = inside ? undefined : await firstCommit(folder, world.run);
  const shown = relative(world.cwd, folder);
  world.print(`${shown}/ has ${files.length} files.${commit?.said ?? ""}`);
  for (const line of nextLines(shown, request, { committed: commit?.kind === "committed", woven: wovenCommand(world) }))
    world.print(line);
}

async function readRequest(argv: readonly string[], { cwd, run }: StartingWorld): Promise<Request> {
  const words = readWords(argv, options);
  const [name, email, ...more] = words.positionals;
  if (name === undefined)
    throw new SettingsError([
      { where: "the name of the project", what: "is missing", next: "Write it: woven startproject shop" },
    ]);
  const distribution = words.value("dist") ?? name;
  const domain = words.value("domain") ?? `${distribution.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.example.com`;
  const template = words.value("template");
  const wrongDomain = words.has("domain") ? domainProblem(domain) : undefined;
  const problems = [
    await projectNameProblem(name, run),
    words.has("dist") ? distributionNameProblem(distribution) : undefined,
    email === undefined ? undefined : emailProblem(email),
    wrongDomain === undefined ? undefined : { where: `--domain ${quoted(domain)}`, what: wrongDomain },
    template === undefined ? undefined : templateProblem(resolve(cwd, template)),
    more.length > 0 ? { where: "the words", what: `${quoted(more.join(" "))} is one too many` } : undefined,
  ].filter((problem): problem is Problem => problem !== undefined);
  if (problems.length > 0) throw new SettingsError(problems);
  return {
    name,
    email,
    distribution,
    domain,
    template: template === undefined ? ownTree : resolve(cwd, template),
    admin: !words.has("noadmin"),
  };
}

function emailProblem(email: string): Problem | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(email) && email.length <= 254)
    return undefined;
  return {
    where: `the address ${quoted(email)}`,
    what: "is not an e-mail address",
    next: "For example: woven startproject shop ada@example.com",
  };
}

function templateProblem(folder: string): Problem | undefined {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  return {
    where: "--template",
    what: `there is no folder ${quoted(folder)}`,
    next: `Copy Woven's own template, and change the copy: ${ownTree}`,
  };
}

function viewOf({ name, email, distribution, domain, admin }: Request): TreeView {
  return {
    project_name: name,
    distribution,
    domain,
    admin,
    superuser: email !== undefined,
    email: email ?? "",
    username: email?.split("@")[0] ?? "",
    secret_key: randomBytes(38).toString("base64url"),
    branch: "main",
    working_directory: "",
    full_history: false,
  };
}

interface Hints {
  readonly committed: boolean;
  readonly woven: string;
}

function nextLines(folder: string, { email, name }: Request, { committed, woven }: Hints): readonly string[] {
  const username = email?.split("@")[0];
  return [
    "",
    "Run it on this machine:",
    `  cd ${folder}`,
    "  python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
    "  .venv/bin/python manage.py migrate",
    ...(username === undefined ? [] : [`  .venv/bin/python manage.py changepassword ${username}`]),
    "  .venv/bin/python manage.py runserver",
    "",
    "Deploy it to a throwaway server on this machine (as root, or with sudo):",
    ...(committed ? [] : [`  git add . && git commit -m "Start ${name}"`]),
    `  ${woven} deploy local --env-from local.env`,
    "",
    "Deploy it to a server of your own. This shows how:",
    `  ${woven} init`,
  ];
}

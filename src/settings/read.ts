// Makes one frozen Settings object from inputs, repository and defaults. It is checked once, and all problems are reported together.
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { type Problem, SettingsError } from "../errors.ts";
import { checkApplications } from "./application.ts";
import { readBackground } from "./background/background.ts";
import { readBundleDigests, readBundleFor, readOnlyBinary } from "./bundle-settings.ts";
import { withHead } from "./checkout-head.ts";
import {
  readEnvInput,
  readManagementCommand,
  readMigrate,
  readParts,
  readSite,
  readVersion,
} from "./command-inputs.ts";
import { checkEnv } from "./config-env.ts";
import { type ConfigFile, readConfig, readToml } from "./config-file.ts";
import { plainAddresses, variablesOf } from "./data-services.ts";
import { defaults } from "./defaults.ts";
import { suggestion } from "./did-you-mean.ts";
import type { Repository } from "./distribution.ts";
import { foundLines } from "./found-lines.ts";
import { readFront } from "./front.ts";
import { checkInputNames, type Inputs, readInputs } from "./inputs.ts";
import { readLogRequest } from "./log-request.ts";
import { checkLogin, readLogin } from "./login.ts";
import { maskSecrets } from "./masked-values.ts";
import { readNodeSetup } from "./node-setup.ts";
import { knownRoles, readNodes } from "./nodes.ts";
import { present } from "./present.ts";
import { previewBackground } from "./preview.ts";
import { groundOf, previewProject } from "./preview-project.ts";
import { quoted, type Report } from "./problems.ts";
import { configurationVariable } from "./project/configuration-class.ts";
import { emptyProject, projectFiles, withProposed } from "./project-files.ts";
import { hasNoCheckout, projectNeed, type Read, readProject } from "./read-project.ts";
import { readServices } from "./read-services.ts";
import { recordedRoot } from "./recorded-root.ts";
import { readReleaseFolders } from "./release-folders.ts";
import { readReleasePhase } from "./release-phase.ts";
import { configOfRun } from "./role-settings.ts";
import { localRole } from "./roles.ts";
import { secret } from "./secret.ts";
import { fileVariables, readSecretFiles } from "./secret-files.ts";
import { readServer } from "./server.ts";
import { type CommandName, commandNames, type Distribution, type NamedPython, type Settings } from "./settings.ts";
import { readSiteEnv, secretsOf } from "./site-env.ts";
import { readHealth } from "./sites.ts";
import type { SettingsSource } from "./source.ts";
import { type SpokenWords, spokenWords } from "./spoken-words.ts";

/** The settings of one run. Throws one SettingsError that holds every problem found. Every secret is masked by then. */
export async function readSettings(source: SettingsSource): Promise<Settings> {
  const problems: Problem[] = [];
  const report: Report = (problem) => problems.push(problem);
  let spoken: SpokenWords = new Map();
  let settings: Settings;
  try {
    checkInputNames(source.inputNames ?? [], report);
    const inputs = readInputs(source, report);
    const command = readCommand(inputs, report) ?? "status";
    const repository = readRepository(source, inputs, report);
    settings = await assembled(source, { inputs, command, repository }, report);
    spoken = spokenWords(settings, repository.files, source.env);
  } finally {
    // Masking needs the settings, to know which values the run must print. Nothing has been printed before.
    maskSecrets(source, spoken);
  }
  if (problems.length > 0) throw new SettingsError(problems);
  for (const line of foundLines(settings)) source.log(line);
  return frozen(settings);
}

function readCommand(inputs: Inputs, report: Report): CommandName | undefined {
  const given = inputs.text("command") ?? "";
  const command = commandNames.find((known) => known === given);
  if (command === undefined)
    report({
      where: "input command",
      what: `there is no command ${quoted(given)}`,
      next: suggestion(given, commandNames),
    });
  return command;
}

/** The folder of the project and its configuration. */
function readRepository(source: SettingsSource, inputs: Inputs, report: Report): Repository {
  const given = inputs.text("working-directory") ?? ".";
  const root = resolve(source.cwd, given);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    report({
      where: "input working-directory",
      what: `there is no folder ${quoted(given)}`,
      next: "The path is relative to the top of the repository. Check also that actions/checkout is a step before this one.",
    });
    return { state: "unreadable", root, files: emptyProject, config: readConfig(undefined, undefined, report) };
  }
  const there = projectFiles(root, source.env["GITHUB_WORKSPACE"] ?? source.cwd);
  const files = source.proposed === undefined ? there : withProposed(there, source.proposed);
  const pyproject = readToml(files, "pyproject.toml", report);
  const woven = readToml(files, "woven.toml", report);
  const broken =
    (files.has("pyproject.toml") && pyproject === undefined) || (files.has("woven.toml") && woven === undefined);
  const read = present({
    state: broken ? ("unreadable" as const) : ("read" as const),
    root,
    files,
    pyproject,
    config: readConfig(pyproject, woven, report),
  });
  return { ...read, config: configOfRun(inputs, { ...read, rehearsed: source.rehearsed }, report) };
}

async function assembled(
  source: SettingsSource,
  { inputs, command, repository }: Read,
  report: Report,
): Promise<Settings> {
  const event = command === "preview" ? await withHead(source, repository.root) : source.event;
  const ground = groundOf({ ...source, event }, { inputs, command, config: repository.config }, report);
  const { file, preview, acting } = ground;
  const { config } = file;
  const read = { ...repository, config: file };
  const login = readLogin(source, inputs, file, report);
  const setup = readNodeSetup(file, report);
  const bundleFor = readBundleFor(inputs, command, report);
  const isUsed = bundleFor.length === 0 && ground.servers === "used";
  const nodes = isUsed ? readNodes(inputs, read, { command, setup }, report) : [];
  // The local node has its own key for the login.
  if (nodes.some((node) => node.host !== localRole))
    checkLogin(login, { command, disableSshPassword: setup.disableSshPassword }, report);
  checkEnv(file, report);
  checkUrls(file, report);
  const version = readVersion(inputs, command, report);
  const given = readEnvInput(inputs, ground.secrets, report);
  const secretEnv = secretsOf(given.filter(({ site }) => site === undefined));
  // A preview gets no secrets of production.
  const secretFiles = ground.secrets === "env" ? readSecretFiles(source, report) : {};
  const roles = knownRoles(inputs, read);
  const services = readServices(file, { roles, command, nodes }, report);
  const variables = [
    ...variablesOf(services),
    ...Object.keys(config.env ?? defaults.env),
    ...given.map(({ name }) => name),
    ...fileVariables(secretFiles),
  ];
  const found = await readProject(
    source,
    { inputs, command, repository: read },
    { version, variables, need: ground.need ?? projectNeed[command] },
    report,
  );
  const project = previewProject(found, preview);
  checkApplications(file, { files: repository.files, distribution: project.distribution, sites: found.sites }, report);
  const parts = readParts(inputs, report);
  const managementCommand = readManagementCommand(inputs, command, report);
  const site = readSite(inputs, report);
  const token = inputs.text("github-token");
  const background = readBackground(file, { roles, sites: found.sites }, report);
  return present({
    command,
    nodes,
    placed: [...roles.values()].flat(),
    login,
    workingDirectory: repository.root,
    configFile: file.name,
    roleSettings: file.role,
    version,
    ...project,
    overwrite: inputs.flag("overwrite"),
    parts,
    migrate: readMigrate(inputs, read, report),
    secretEnv,
    secretFiles,
    siteEnv: preview ? {} : readSiteEnv(given, file, found, report),
    env: { ...configurationEnv(project.distribution), ...plainAddresses(services), ...(config.env ?? defaults.env) },
    ...managementCommand,
    site,
    logRequest: readLogRequest(managementCommand.options, { command, site, sites: project.sites }, report),
    hookEnv: secretsOf(readEnvInput(inputs, "hook-env", report)),
    dryRun: inputs.flag("dry-run"),
    dirty: inputs.flag("dirty"),
    maxParallel: inputs.count("max-parallel", { least: 1, most: 100 }),
    cache: inputs.flag("cache"),
    bundleFor,
    bundleDigests: readBundleDigests(inputs, report),
    onlyBinary: readOnlyBinary(config["only-binary"]),
    buildConstraints: config["build-constraints"] ?? [],
    buildEnv: config["build-env"] ?? [],
    ...readServer(file, report),
    ...readFront(
      source,
      { nodes, inputs, file, files: repository.files, command: acting, parts, sites: project.sites },
      report,
    ),
    python: readPython(file),
    health: readHealth(config.health),
    services,
    background: preview ? previewBackground(background, file, project.sites, report) : background,
    phase: readReleasePhase(file, { command: acting, root: repository.root }, report),
    include: config.include ?? defaults.include,
    exclude: config.exclude ?? defaults.exclude,
    ...readReleaseFolders(file, report),
    build: config.build ?? [],
    retire: inputs.flag("retire"),
    keepReleases: config["keep-releases"] ?? defaults["keep-releases"],
    drain: config.drain ?? defaults.drain,
    deploymentRoot: config["deployment-root"] ?? (hasNoCheckout(command, repository) ? recordedRoot : undefined),
    projectAppsPath: config["project-apps-path"],
    staticUrl: config["static-url"],
    mediaUrl: config["media-url"],
    setup,
    githubToken: token === undefined ? undefined : secret(token),
  });
}

/** The variable that django-configurations reads, if the project itself names the settings class. */
function configurationEnv(distribution: Distribution | undefined): Readonly<Record<string, string>> {
  const { configuration } = distribution ?? {};
  return configuration === undefined ? {} : { [configurationVariable]: configuration.value };
}

function readPython(file: ConfigFile): NamedPython | undefined {
  const { python } = file.config;
  if (python === undefined) return undefined;
  const { what: _, next: __, ...place } = file.problem(["python"], "");
  return { version: python, place };
}

/** Reports URLs of which one contains the other: nginx could not tell the files apart. */
function checkUrls(file: ConfigFile, report: Report): void {
  const { "static-url": staticUrl, "media-url": mediaUrl } = file.config;
  if (staticUrl === undefined || mediaUrl === undefined) return;
  if (staticUrl.startsWith(mediaUrl) || mediaUrl.startsWith(staticUrl))
    report(
      file.problem(
        ["static-url"],
        `${staticUrl} and media-url ${mediaUrl} contain each other`,
        'For example: static-url = "/static/" and media-url = "/media/"',
      ),
    );
}

function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  Object.values(value).forEach(frozen);
  return value;
}

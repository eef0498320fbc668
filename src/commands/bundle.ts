// bundle: builds the wheels of the requirements for each node's Python in advance, so that a deploy finds them ready.
import { type AddedProgram, requires } from "../bundle/added-wheels.ts";
import type { BuildContext, NodePython } from "../bundle/build-context.ts";
import { type Bundle, type BundleOptions, buildBundle } from "../bundle/bundle.ts";
import { signingKey } from "../bundle/bundle-trust.ts";
import { checkPython, doubtPython, type KnownPackage, pinnedPackages } from "../bundle/check-python.ts";
import { allowedDjangos, lackingPython } from "../bundle/choose-python.ts";
import type { RequirementText } from "../bundle/requirement-files.ts";
import { readRequirements } from "../bundle/resolve.ts";
import { type Problem, SettingsError, WovenError } from "../errors.ts";
import { type NodeFacts, readFacts } from "../node/facts.ts";
import type { RunReport } from "../report.ts";
import { fleet } from "../rollout/fleet.ts";
import { type ProjectPython, type Pythons, pythons, type ReleasePython } from "../rollout/release-python.ts";
import type { NodeTools } from "../rollout/release-stages.ts";
import { runReport } from "../rollout/run-report.ts";
import type { Runtime } from "../rollout/runtime.ts";
import { packagesWith, wheelsOf } from "../servers/program-wheels.ts";
import { servers } from "../servers/servers.ts";
import { isBuiltElsewhere } from "../settings/bundle-settings.ts";
import { serversToHave } from "../settings/server.ts";
import type { Distribution, Settings } from "../settings/settings.ts";

/** Builds the bundle for every kind of node in the role, or finds it in the cache. Changes nothing on a node. */
export async function bundle(settings: Settings, runtime: Runtime): Promise<RunReport> {
  await using nodes = fleet(settings, runtime);
  const bundles = bundler(settings, runtime);
  for (const { python, machine, glibc } of settings.bundleFor)
    await bundles.of({ version: python, implementation: "cp", machine, glibc });
  await nodes.phase(async (node) => {
    const facts = await readFacts(node.host);
    await bundles.for(facts, node.host.name);
  });
  return runReport(nodes, settings, runtime, await bundles.all());
}

/** Builds one bundle for each Python, however many nodes have it. */
export function bundler(settings: Settings, runtime: Runtime) {
  const context = buildContext(runtime, settings);
  const brought = pythons(settings, context, runtime);
  const made = new Map<string, Promise<Bundle>>();
  let read: Promise<ProjectPackages> | undefined;
  const project = () => (read ??= projectPackages(settings));
  const of = (python: NodePython, own: ReleasePython = python): Promise<Bundle> => {
    const kind = JSON.stringify([python, own.interpreter]);
    const known =
      made.get(kind) ?? project().then((found) => build(settings, found, { python, own, brought }, runtime));
    // At once: nodes ask at the same time.
    made.set(kind, known);
    return known;
  };
  return {
    of,
    /** The bundle for a node, and the Python that it is for. */
    async for(facts: NodeFacts, node: string): Promise<{ readonly bundle: Bundle; readonly python: ReleasePython }> {
      const python = await brought.of(await project(), facts, node);
      const { machine, glibc } = facts;
      return { python, bundle: await of({ version: python.version, implementation: "cp", machine, glibc }, python) };
    },
    /** The programs that a release needs on a node. Those that the node lacks are files to send. */
    async tools(facts: NodeFacts, python: ReleasePython): Promise<NodeTools> {
      return { python: await brought.tool(python, facts) };
    },
    /** The bundles that were built or found, for the report. */
    async all(): Promise<readonly Bundle[]> {
      const ended = await Promise.allSettled(made.values());
      return ended.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    },
  };
}

function buildContext(runtime: Runtime, { buildEnv, configFile }: Settings): BuildContext {
  return {
    buildEnv,
    configFile,
    run: runtime.run,
    log: (line) => runtime.log.info(line),
    mask: (secret) => runtime.log.mask(secret),
    now: runtime.now,
    env: runtime.env,
    tempDir: runtime.tempDir,
    cacheDir: runtime.cacheDir,
    cache: runtime.cache,
  };
}

/** The distribution of the settings. Throws `no-project` if there is none. */
export function distributionOf(settings: Settings): Distribution {
  if (settings.distribution) return settings.distribution;
  throw new WovenError({
    code: "no-project",
    message: "no Django project was found here",
    next: "Run this in the project's folder, or set working-directory.",
  });
}

/** What decides the bundle and the Python of a project. */
interface ProjectPackages extends ProjectPython {
  readonly text: RequirementText;
  /** The packages with a fixed version. */
  readonly packages: readonly KnownPackage[];
}

async function projectPackages(settings: Settings): Promise<ProjectPackages> {
  const { requirements, requiresPython, pinnedPython } = distributionOf(settings);
  const text = await readRequirements(requirements.value, settings.workingDirectory);
  const packages = pinnedPackages(requirements.value, text);
  return { text, packages, djangos: allowedDjangos(packages, text.lines), requiresPython, pinnedPython };
}

interface Target {
  readonly python: NodePython;
  readonly own: ReleasePython;
  readonly brought: Pythons;
}

async function build(
  settings: Settings,
  { text, packages, requiresPython }: ProjectPackages,
  { python, own, brought }: Target,
  runtime: Runtime,
): Promise<Bundle> {
  const { requirements } = distributionOf(settings);
  const { configFile } = settings;
  const named = own.interpreter && settings.python?.version;
  const problem =
    checkPython({ packages, requiresPython, python: { ...python, named }, lines: text.lines, configFile }) ??
    (own.lacking && lackingPython(own.lacking, { ...python, configFile }));
  if (problem) throw new SettingsError([problem]);
  const doubt = doubtPython({ packages, python, lines: text.lines, configFile });
  if (doubt) warn(runtime, doubt);
  return await runtime.log.group(`Bundle for Python ${python.version} ${python.machine} glibc ${python.glibc}`, () =>
    buildBundle({
      requirements: requirements.value,
      workingDirectory: settings.workingDirectory,
      python,
      compiler: () => brought.compiler(own),
      reuse: reuseOf(settings),
      trust: {
        key: settings.login.privateKey && signingKey(settings.login.privateKey.reveal()),
        digests: settings.bundleDigests,
      },
      onlyBinary: settings.onlyBinary,
      buildConstraints: settings.buildConstraints,
      added: programsOf(settings, python, (name) => requires(name, requirements.value, text)),
      context: buildContext(runtime, settings),
    }),
  );
}

function reuseOf(settings: Settings): NonNullable<BundleOptions["reuse"]> {
  if (isBuiltElsewhere(settings)) return "only";
  return settings.cache ? "kept" : "fresh";
}

/** The programs of the servers, for a bundle whose requirements do not hold them. */
function programsOf(
  settings: Settings,
  python: NodePython,
  isRequired: (name: string) => boolean,
): readonly AddedProgram[] {
  return serversToHave(settings).flatMap((name) => {
    const { program } = servers[name];
    if (program === undefined || packagesWith(program).some(isRequired)) return [];
    return [{ packages: packagesWith(program), wheels: wheelsOf(program, python.version) }];
  });
}

function warn({ log }: Runtime, { what, next = "", file, line }: Problem): void {
  const place = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
  log.warning(`${what}. ${next}`, place);
}

// The Python of the releases on a node: its own, or one that Woven brings along. Each build is fetched once in a run.
import { createReadStream } from "node:fs";
import { type BuildContext, minorOf } from "../bundle/build-context.ts";
import { type PythonQuestion, type WantedPython, wantedPython } from "../bundle/choose-python.ts";
import {
  fetchBuild,
  findBuild,
  type PythonArchive,
  type PythonBuild,
  packBuild,
  programOf,
} from "../bundle/standalone-python.ts";
import { runnerMachine } from "../bundle/toolchain.ts";
import { asWovenError, SettingsError, WovenError } from "../errors.ts";
import type { NodeFacts } from "../node/facts.ts";
import { servers } from "../servers/servers.ts";
import { serversToHave } from "../settings/server.ts";
import { ownPythonServer, type ServerName, type Settings } from "../settings/settings.ts";
import { pythonFolder } from "../steps/python.ts";
import type { PythonTool } from "./release-stages.ts";
import type { Runtime } from "./runtime.ts";

/** The Python of one release. */
export interface ReleasePython {
  /** The full version. */
  readonly version: string;
  /** Its program on the node, if it is not the node's own. */
  readonly interpreter?: string;
  /** What to bring along, if the node does not have it. */
  readonly build?: PythonBuild;
  /** The Python that the project needs, which the server program cannot run on. */
  readonly lacking?: WantedPython;
}

export type ProjectPython = Omit<PythonQuestion, "system" | "setting">;

export type Pythons = ReturnType<typeof pythons>;

/** Chooses, fetches and packs. */
export function pythons(settings: Settings, context: BuildContext, { log }: Pick<Runtime, "log">) {
  const found = new Map<string, Promise<PythonBuild>>();
  const fetched = new Map<string, Promise<string>>();
  const packed = new Map<string, Promise<PythonArchive>>();
  const said = new Set<string>();
  const say = (how: "info" | "warning", text: string) => {
    if (!said.has(text)) log[how](text);
    said.add(text);
  };
  // All sites of a release have the same Python.
  const bound = serversToHave(settings).find((name) => servers[name].python === "node");
  const folderOf = (build: PythonBuild) => once(fetched, build.key, () => fetchBuild(build, context));

  async function brought(wanted: WantedPython, facts: NodeFacts): Promise<ReleasePython> {
    const { machine } = facts;
    // What suits depends on the reason alone: the project is the same for all nodes.
    const question = JSON.stringify([wanted.minors, wanted.why, machine]);
    const build = await once(found, question, () => findBuild(wanted, machine, context));
    // Before anything is built or sent: perhaps it cannot be had.
    if (!facts.pythons.includes(build.version)) await folderOf(build);
    const { version } = build;
    return { version, interpreter: programOf(pythonFolder(version), version), build };
  }

  return {
    /** The Python for a node. Throws `no-python`, `python-unavailable`, and a SettingsError if the server program cannot use it. */
    async of(project: ProjectPython, facts: NodeFacts, node: string): Promise<ReleasePython> {
      const system = systemPython(facts, node);
      const wanted = wantedPython({ ...project, setting: settings.python?.version, system });
      if (wanted === undefined) return { version: system };
      if (bound !== undefined) {
        refuseNamed(settings.python, bound, system);
        if (wanted.need === "must") return { version: system, lacking: wanted };
        say("info", `${wanted.why}. The server's own Python ${system} is used: ${bound} runs on no other.`);
        return { version: system };
      }
      try {
        const python = await brought(wanted, facts);
        say(
          "info",
          `${wanted.why}, and ${node} has Python ${system}: its releases run on Python ${python.version}, which Woven brings along.`,
        );
        return python;
      } catch (error) {
        if (wanted.need === "must" || asWovenError(error).code !== "python-unavailable") throw error;
        const { message, next = "" } = asWovenError(error).details;
        say(
          "warning",
          `${wanted.why}, and ${node} has Python ${system}. ${message}. So the server's own is used, which may work. ${next}`,
        );
        return { version: system };
      }
    },
    /** A program on the runner to compile packages with. Undefined if the build is for another machine, or for none. */
    async compiler({ build }: ReleasePython): Promise<string | undefined> {
      return build?.machine === runnerMachine() ? programOf(await folderOf(build), build.version) : undefined;
    },
    /** The file to send to a node. Undefined if the release runs on the node's own. */
    async tool({ build, version, interpreter }: ReleasePython, facts: NodeFacts): Promise<PythonTool | undefined> {
      if (interpreter === undefined) return undefined;
      if (build === undefined || facts.pythons.includes(version)) return { version };
      const { path, bytes } = await once(packed, build.key, () => packBuild(build, context));
      return { version, archive: { bytes, open: () => createReadStream(path) } };
    },
  };
}

function once<T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = made.get(key) ?? make();
  made.set(key, known);
  return known;
}

function systemPython({ python }: NodeFacts, node: string): string {
  if (python) return python;
  throw new WovenError({
    code: "no-python",
    message: `${node} has no /usr/bin/python3`,
    next: "Run setupnode, which installs it.",
    node,
  });
}

/** Throws if the setting names a Python that the server program cannot use. */
function refuseNamed(python: Settings["python"], server: ServerName, system: string): void {
  if (python === undefined) return;
  throw new SettingsError([
    {
      ...python.place,
      what: `python = "${python.version}" does not work with ${server}, which runs on the server's own Python ${system}`,
      next: `Write server = "${ownPythonServer}". Or write python = "${minorOf(system)}".`,
    },
  ]);
}

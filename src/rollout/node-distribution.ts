// Which distribution a run without a checkout is about: the nodes know what is on them, and which repository has deployed it. So a workflow
// that somebody starts by hand needs no checkout to roll back.
import * as v from "valibot";
import { WovenError } from "../errors.ts";
import type { Host } from "../node/host.ts";
import { sh } from "../node/sh.ts";
import { readPackageFile } from "../package-files.ts";
import { fits } from "../settings/grammar.ts";
import type { Settings } from "../settings/settings.ts";
import { ownRuns } from "./deployed-by.ts";
import type { Fleet } from "./fleet.ts";
import type { Runtime } from "./runtime.ts";

const Found = v.array(
  v.object({
    distribution: v.pipe(
      v.string(),
      v.check((name) => fits("distribution", name)),
    ),
    /** The address of the workflow's run. Null: it was deployed from a terminal. */
    run: v.nullable(v.string()),
  }),
);

/** The settings with the distribution that all nodes agree on. Undefined if a node has failed over it. */
export async function withDistribution(
  settings: Settings,
  nodes: Fleet,
  runtime: Runtime,
): Promise<Settings | undefined> {
  if (settings.distributionName) return settings;
  const names = new Set<string>();
  await nodes.phase(async (node) => {
    const found = await distributionsOn(node.host, runtime.env);
    const [only, ...others] = found;
    if (only === undefined || others.length > 0) throw unclear(found, node.host.name);
    names.add(only);
  });
  const [name, ...others] = names;
  if (others.length > 0) for (const node of nodes.alive) node.fail(unclear([...names], node.host.name));
  if (nodes.failed || name === undefined) return undefined;
  runtime.log.info(`${name} is what the server has.`);
  return named(settings, name);
}

/** As the records of a node name it. */
export function named(settings: Settings, name: string): Settings {
  return { ...settings, distributionName: { value: name, from: "the records on the server" } };
}

/**
 * The distributions of a node that this run may be about: those that its repository has deployed. Without any, those that were deployed
 * from a terminal: what another repository has deployed is not meant. Outside of GitHub, all.
 */
export async function distributionsOn(host: Host, env: Runtime["env"]): Promise<readonly string[]> {
  const program = readPackageFile("templates/node/distributions.py");
  const { code, stdout, stderr } = await host.root(sh`/usr/bin/python3 -IS -c ${program}`, {
    purpose: "distributions",
    timeoutSeconds: 60,
  });
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Found), code === 0 ? stdout : "");
  if (!read.success) {
    throw new WovenError({
      code: "facts",
      message: `the distributions of ${host.name} cannot be listed`,
      state: "Nothing was changed.",
      next: "Look at /var/local/woven there. Or name the distribution in the input distribution.",
      node: host.name,
      output: stderr,
    });
  }
  const runs = ownRuns(env);
  const names = (wanted: (run: string | null) => boolean) =>
    read.output.filter(({ run }) => wanted(run)).map(({ distribution }) => distribution);
  if (runs === undefined) return names(() => true);
  const own = names((run) => run?.startsWith(runs) ?? false);
  return own.length > 0 ? own : names((run) => run === null);
}

function unclear(found: readonly string[], node: string): WovenError {
  const what =
    found.length === 0 ? "has no distribution of this repository" : `has several distributions: ${found.join(", ")}`;
  return new WovenError({
    code: "distribution-unclear",
    message: `${node} ${what}, and without a checkout, Woven does not know which one is meant`,
    state: "Nothing was changed.",
    next: "Name it in the input distribution. Or check the project out before this step.",
    node,
  });
}

// The health checks of a release: before the switch, Woven asks its services directly; after the switch, nginx, as a visitor does.
import { webServices } from "../node/services.ts";
import { lines, type Shell, sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import type { ReleaseRecord } from "../node/state.ts";
import { primaryDomain } from "../settings/domain.ts";
import { type Switch, stillLive, switchedBack } from "./services.ts";

/** Asks the services directly, for every site, before they get any traffic. */
export function askServices({ to: { record }, from }: Switch): Step {
  const { health, sites, services } = record;
  const specs = webServices(services).flatMap(({ sites: ids, address, socket, probe }) =>
    sites
      .filter(({ id }) => ids.includes(id))
      .map((site) => ({ ...place(address, socket), ...probe, ...pageOf(primaryDomain(site), health) })),
  );
  const { files, asks } = probes("health", specs);
  const logs = services.flatMap((service) => service.logs);
  return {
    id: "health",
    title: "Check health before the switch",
    plan: "quiet",
    limit: health.timeout * sites.length + 60,
    files,
    apply: sh`touch "$run/unchanged"
{ ${allOf(asks)}; } 2>"$run/probed" && exit 0
# What happened and what was answered come last, because an annotation shows the end of a long text.
{ sed 1d "$run/probed"; echo "--- The end of the error log:"; tail -q -n 25 ${logs} 2>/dev/null | ${withoutPrefix}; echo "---"; sed -n '1{s/:$//;p}' "$run/probed"; exit 1; } >&2`,
    next: `${stillLive(from)} Fix the cause, and deploy again. \`health\` in the configuration sets the path and the expected answer.`,
  };
}

/** Removes what a server may put before each line of an application: time, module, process, client. */
const withoutPrefix = sh`sed -E 's/^\[[^]]+\] \[[a-z_]+:[a-z]+\] \[pid [^]]+\] (\[(remote|client) [^]]+\] )?//'`;

/** Asks through nginx, as a visitor would. */
export function askVisitor({ to: { record }, from }: Switch): Step {
  const { health, sites, mark } = record;
  const nginx = { address: "127.0.0.1", port: 80 };
  const { files, asks } = probes("verify", [
    ...sites.map((site) => ({
      ...nginx,
      host: primaryDomain(site),
      path: "/.woven/release",
      status: 200,
      text: mark,
      timeout: 15,
    })),
    ...sites.map((site) => ({ ...nginx, ...pageOf(primaryDomain(site), health) })),
  ]);
  return {
    id: "verify",
    title: "Check health as a visitor",
    plan: "quiet",
    limit: health.timeout * sites.length + 60,
    files,
    apply: sh`touch "$run/unchanged"
${lines(asks)}`,
    next: switchedBack(from),
  };
}

function pageOf(host: string, { path, status, text, timeout }: ReleaseRecord["health"]) {
  return { host, path, status: status ?? null, text: text ?? null, timeout };
}

function place(address: string | undefined, socket: string | undefined) {
  if (socket !== undefined) return { socket };
  const [host = "", port = ""] = (address ?? "").split(":");
  return { address: host, port: Number(port) };
}

/** Each request comes from a file that only root can read, because its headers may hold the key to the service. */
function probes(
  id: string,
  specs: readonly object[],
): { readonly files: readonly StageFile[]; readonly asks: readonly Shell[] } {
  const files = specs.map((spec, index) => ({ name: `${id}-${index}.json`, content: JSON.stringify(spec) }));
  return { files, asks: files.map(({ name }) => sh`tool probe - <"$files"/${name}`) };
}

function allOf(asks: readonly Shell[]): Shell {
  return asks.reduce((done, ask) => sh`${done} && ${ask}`, sh`:`);
}

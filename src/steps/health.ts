// Whether a release answers as it should: asked directly before the switch, and as a visitor would after it.
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { domainName } from "../release/layout.ts";
import { type Backend, type Switch, stillServes } from "./switch.ts";

/** Asks the backend directly, for every site, before any traffic goes there. */
export function askBackend({ to: backend, from }: Switch): Step {
  const { address, sites } = backend;
  const logs = sites.map(({ domains: [domain = ""] }) => `/var/log/woven/${domainName(domain)}-error.log`);
  return {
    id: "health",
    title: "Health, before the switch",
    plan: "quiet",
    limit: backend.health.timeout * sites.length + 60,
    apply: sh`touch "$run/unchanged"
{ ${probes(backend, address, 10080)}; } 2>"$run/probed" && exit 0
# What happened and what was answered come last: of a long text, an annotation shows the end.
{ sed 1d "$run/probed"; echo "--- the end of its error log:"; tail -q -n 25 ${logs} 2>/dev/null | ${withoutPrefix}; echo "---"; sed -n '1{s/:$//;p}' "$run/probed"; exit 1; } >&2`,
    next: `${stillServes(from)} Mend what is wrong and deploy again; which path is asked, and what it should answer, is set by \`health\` in the configuration.`,
  };
}

/** What Apache puts before each line of an application. */
const withoutPrefix = sh`sed -E 's/^\[[^]]+\] \[[a-z_]+:[a-z]+\] \[pid [^]]+\] (\[(remote|client) [^]]+\] )?//'`;

/** Asks through nginx, as a visitor would. */
export function askVisitor({ to: backend, from }: Switch): Step {
  const { place, address, sites } = backend;
  const asks = sites.map(({ domains: [domain = ""] }) => {
    const expected = `${place.distribution} ${place.name} ${address}`;
    return sh`tool probe ${JSON.stringify({ address: "127.0.0.1", port: 80, host: domain, path: "/.woven/release", status: 200, text: expected, timeout: 15 })}`;
  });
  return {
    id: "verify",
    title: "Health, as a visitor sees it",
    plan: "quiet",
    limit: backend.health.timeout * sites.length + 60,
    apply: sh`touch "$run/unchanged"
${lines(asks)}
${probes(backend, "127.0.0.1", 80)}`,
    next: from
      ? "Woven has switched back: the earlier release serves."
      : "Woven has taken it back: no release serves here yet.",
  };
}

function probes({ sites, health }: Backend, address: string, port: number): Shell {
  const asks = sites.map(({ domains: [host = ""] }) => {
    const spec = {
      address,
      port,
      host,
      path: health.path,
      status: health.status ?? null,
      text: health.text ?? null,
      timeout: health.timeout,
    };
    return sh`tool probe ${JSON.stringify(spec)}`;
  });
  return asks.reduce((done, ask) => sh`${done} && ${ask}`, sh`:`);
}

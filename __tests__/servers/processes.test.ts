import { expect, test } from "vitest";
import { processesFor, shownProcesses, webSites } from "../../src/servers/processes.ts";

import type { ServerName, ServerOptions, Site } from "../../src/settings/settings.ts";

const GB = 2 ** 30;

test.each([
  ["one core", { cores: 1, memory: 2 * GB }, 1, 2],
  ["four cores", { cores: 4, memory: 8 * GB }, 1, 5],
  ["four cores with little memory", { cores: 4, memory: GB }, 1, 3],
  ["the memory of all sites together", { cores: 4, memory: 2 * GB }, 3, 2],
  ["hardly any memory", { cores: 2, memory: GB / 4 }, 1, 1],
  ["very many cores", { cores: 128, memory: 512 * GB }, 1, 12],
  ["nothing known", { cores: 0, memory: 0 }, 1, 2],
])("the workers suit %s", (_, machine, sites, workers) => {
  expect(processesFor({}, machine, sites).workers).toBe(workers);
});

test("the configuration wins, and the log says where the number comes from", () => {
  const machine = { cores: 1, memory: 2 * GB };
  const own = processesFor({ workers: 9, threads: 1 }, machine, 1);
  expect(own).toMatchObject({ workers: 9, threads: 1, timeout: 90, given: ["workers", "threads"] });
  const shown = (server: ServerName, serverOptions: ServerOptions, more: readonly Pick<Site, "id" | "runs">[] = []) =>
    shownProcesses(webSites({ server, serverOptions }, [{ id: 1 }, ...more], machine), machine);
  expect(shown("gunicorn", { workers: 9, threads: 1 })).toEqual([
    expect.stringMatching(/^gunicorn: 9 workers with 1 thread .*server\.workers/),
  ]);
  expect(shown("gunicorn", {})).toEqual([expect.stringMatching(/2 workers .*1 core, 2\.0 GB/)]);
  expect(shown("uvicorn", {}).join()).not.toContain("thread");
});

test("each way in which sites run has a line of its own", () => {
  const runs = { server: "uvicorn", serverOptions: { workers: 3 } } as const;
  const sites = [{ id: 1 }, { id: 2, runs }, { id: 3 }];
  const machine = { cores: 4, memory: 16 * GB };
  expect(shownProcesses(webSites({ server: "uwsgi", serverOptions: {} }, sites, machine), machine)).toEqual([
    expect.stringMatching(/^uwsgi: 5 workers .*site 1, 3 /),
    expect.stringMatching(/^uvicorn: 3 workers.*site 2 /),
  ]);
});

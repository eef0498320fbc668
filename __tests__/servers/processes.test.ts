import { expect, test } from "vitest";
import { processesFor, shownProcesses } from "../../src/servers/processes.ts";

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
  expect(shownProcesses(own, machine)).toMatch(/9 workers with 1 thread .*server\.workers/);
  expect(shownProcesses(processesFor({}, machine, 1), machine)).toMatch(/2 workers .*1 core, 2\.0 GB/);
});

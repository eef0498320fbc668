// Limits of processes and schedules: memory, drain, timeout, lock, and a run that is still going on when a new version comes.
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";

let g: Ground;
let first: Checkout;
let second: Checkout;

/** A command that notes when it begins and ends. */
async function withSchedules(version: keyof typeof shop): Promise<Checkout> {
  const project = await checkout(shop[version]);
  const commands = "catalogue/management/commands";
  await project.write("catalogue/management/__init__.py", "");
  await project.write(`${commands}/__init__.py`, "");
  await project.write(
    `${commands}/linger.py`,
    `import time
from pathlib import Path
from django.conf import settings
from django.core.management.base import BaseCommand

def note(what):
    with open(Path(settings.MEDIA_ROOT) / "notes", "a") as notes:
        notes.write(f"{what}\\n")

class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("seconds", type=float)

    def handle(self, name, seconds, **options):
        note(f"begin {name} ${version}")
        time.sleep(seconds)
        note(f"end {name} ${version}")
`,
  );
  await project.edit(
    "pyproject.toml",
    "[tool.woven.health]",
    `[tool.woven.processes]
hungry = { command = "python -c 'import time; time.sleep(8); eaten = bytearray(range(250)) * 1_200_000; time.sleep(600)'", memory = "100M" }
stubborn = { command = "python -c 'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(6000)'", drain = 4 }

[tool.woven.schedules]
endless = { command = "manage linger endless 600", when = "*:*:0/10", timeout = 3 }
one = { command = "manage linger one 2", when = "*:*:0/3", lock = "pair" }
other = { command = "manage linger other 2", when = "*:*:0/3", lock = "pair" }
failing = { command = "python -c 'raise SystemExit(7)'", when = "*:*:0/2" }

[tool.woven.health]`,
  );
  await project.edit("pyproject.toml", "[tool.woven]\n", "[tool.woven]\nsettle = 2\n");
  return project;
}

beforeAll(async () => {
  [g, first, second] = await Promise.all([ground("trixie"), withSchedules("0.1"), withSchedules("0.2")]);
  await g.op.succeed({ checkout: first, command: "deploy" });
});
afterAll(async () => {
  for (const thing of [first, second, g]) await thing?.[Symbol.asyncDispose]();
});

const stubborn = () =>
  inside(
    g.node,
    "systemctl list-units --plain --no-legend --state=active 'woven-shop-*-process-stubborn@*' | cut -d- -f3",
  );

test("the unit of a process has its limit of memory", async () => {
  const unit = "$(systemctl list-units --plain --no-legend 'woven-shop-*-process-hungry@*' | cut -d' ' -f1)";
  expect(await inside(g.node, `systemctl show -p MemoryMax -p OOMPolicy "${unit}" | sort`)).toBe(
    `MemoryMax=${100 * 2 ** 20}\nOOMPolicy=stop`,
  );
});

// A machine whose memory controller is one of cgroup version 1 cannot limit the units of a node.
const limits =
  readFileSync("/proc/self/mountinfo", "utf8").includes(" - cgroup2 ") &&
  existsSync("/sys/fs/cgroup/cgroup.controllers");

test.runIf(limits)("a process that needs too much memory is ended, and starts again", async () => {
  const status = async () => (await g.op.succeed({ checkout: first, command: "status" })).stdout;
  await expect.poll(status, { timeout: 60_000 }).toMatch(/hungry: .*, [1-9]\d* restart/);
  expect(await inside(g.node, "journalctl -q -o cat -u 'woven-shop-*-process-hungry@*'")).toMatch(/oom-kill/);
});

test("a process that does not stop is killed when its drain is over", async () => {
  expect(await stubborn()).toBe("0.1");
  await g.op.succeed({ checkout: second, command: "deploy" });
  expect(await stubborn()).toBe("0.2");
  expect(await inside(g.node, "journalctl -q -o cat -u 'woven-shop-0.1-process-stubborn@*'")).toMatch(
    /timed out\. Killing/,
  );
  await g.op.succeed({ checkout: second, command: "rollback" });
  expect(await stubborn()).toBe("0.1");
});

const notes = async () => (await inside(g.node, "cat /home/woven/public/shop/notes")).split("\n");
const count = async (pattern: RegExp) => (await notes()).filter((line) => pattern.test(line)).length;
const pairs = async () => (await notes()).filter((line) => / (one|other) /.test(line));

test("a run that takes too long is stopped, and one that fails is shown with its exit status", async () => {
  const status = async () => (await g.op.succeed({ checkout: first, command: "status" })).stdout;
  await expect.poll(status, { timeout: 60_000 }).toMatch(/endless: next run .*, last run .* \(timeout\)/);
  expect(await count(/^end endless/)).toBe(0);
  await expect.poll(status, { timeout: 60_000 }).toMatch(/failing: next run .*, last run .* \(exit status 7\)/);
});

test("schedules with the same lock wait for each other", async () => {
  await expect.poll(async () => (await pairs()).length, { timeout: 60_000 }).toBeGreaterThan(12);
  const lines = await pairs();
  for (const [index, line] of lines.entries())
    if (index > 0 && line.startsWith("end")) expect(lines[index - 1]).toBe(line.replace("end", "begin"));
  expect(new Set(lines.map((line) => line.split(" ")[1])).size).toBe(2);
});

test("a run that is still going on at a switch ends, and those of two versions never overlap", async () => {
  await inside(g.node, "rm /home/woven/public/shop/notes");
  await g.op.succeed({ checkout: second, command: "deploy" });
  await expect.poll(() => count(/^end (one|other) 0\.2/), { timeout: 60_000 }).toBeGreaterThan(2);
  const lines = await pairs();
  for (const [index, line] of lines.entries())
    if (index > 0 && line.startsWith("end")) expect(lines[index - 1]).toBe(line.replace("end", "begin"));
  const later = lines.slice(lines.findIndex((line) => line.endsWith("0.2")));
  expect(later.filter((line) => line.endsWith("0.1"))).toEqual([]);
});

// A worker and a schedule, from deploy to remove: those of one version run, whatever happens to the server.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { footprint, inside } from "./support/inside.ts";
import { visitor } from "./support/visitor.ts";

let g: Ground;
let first: Checkout;
let second: Checkout;
let dying: Checkout;
/** What the node has before anything is deployed: it is to have it again. */
let before: readonly string[];

/** A worker that notes its starts and stops, and a command that notes its runs. Both say which version they are. */
async function withBackground(version: keyof typeof shop): Promise<Checkout> {
  const project = await checkout(shop[version]);
  const commands = "catalogue/management/commands";
  const head = `import os, pwd, signal, sys, time
from pathlib import Path
from django.conf import settings
from django.core.management.base import BaseCommand

def note(what):
    with open(Path(settings.MEDIA_ROOT) / "notes", "a") as notes:
        user = pwd.getpwuid(os.getuid()).pw_name
        notes.write(f"{what} ${version} {user} {len(os.environ['DJANGO_SECRET_KEY'])} {os.getpid()}\\n")
`;
  await project.write("catalogue/management/__init__.py", "");
  await project.write(`${commands}/__init__.py`, "");
  await project.write(
    `${commands}/work.py`,
    `${head}
class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("words", nargs="*")

    def handle(self, words, **options):
        def stop(*_):
            note("stop")
            sys.exit(0)
        signal.signal(signal.SIGTERM, stop)
        note("start " + "+".join(words))
        while True:
            time.sleep(0.1)
`,
  );
  await project.write(
    `${commands}/tick.py`,
    `${head}
class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("what", nargs="?", default="tick")

    def handle(self, what, **options):
        note(what)
`,
  );
  await project.edit(
    "pyproject.toml",
    "[tool.woven.health]",
    `[tool.woven.processes]
worker = "manage.py work 100% '$HOME' ';'"
shelled = { command = "python -c 'import time; time.sleep(1e6)'", count = 2, stop-signal = "INT", drain = 5, memory = "200M" }

[tool.woven.schedules]
tick = "*:*:0/2"
nightly = { command = "manage tick nightly", when = "30 3 * * 1-5", timeout = 60 }

[tool.woven.health]`,
  );
  await project.edit("pyproject.toml", "[tool.woven]\n", "[tool.woven]\nsettle = 3\n");
  return project;
}

beforeAll(async () => {
  [g, first, second, dying] = await Promise.all([
    ground("trixie"),
    withBackground("0.1"),
    withBackground("0.2"),
    withBackground("0.3"),
  ]);
  await dying.edit("catalogue/management/commands/work.py", "while True:", "sys.exit(3)\n        while True:");
  before = await footprint(g.node);
});
afterAll(async () => {
  for (const thing of [first, second, dying, g]) await thing?.[Symbol.asyncDispose]();
});

/** What the worker and the schedules have noted since the last call. */
async function notes(): Promise<readonly string[]> {
  const text = await inside(
    g.node,
    "cd /home/woven/public/shop; [ ! -e notes ] || mv notes seen; cat seen 2>/dev/null; rm -f seen",
  );
  return text.split("\n");
}

/** The versions whose ticks came while the node waited for some seconds. */
async function ticks(): Promise<readonly string[]> {
  await inside(g.node, "rm -f /home/woven/public/shop/notes");
  await expect
    .poll(() => inside(g.node, "grep -c ^tick /home/woven/public/shop/notes || :"), { timeout: 30_000, interval: 500 })
    .toMatch(/^[3-9]/);
  return [
    ...new Set((await notes()).filter((line) => line.startsWith("tick")).map((line) => line.split(" ")[1] ?? "")),
  ];
}

/** The versions of the processes that run, and of the timers. */
async function running(): Promise<readonly string[]> {
  const units = await inside(
    g.node,
    "systemctl list-units --plain --no-legend --state=active 'woven-shop-*-process-*' 'woven-shop-*-schedule-*.timer' | cut -d' ' -f1",
  );
  return units.split("\n").map((unit) => unit.replace(/^woven-shop-(.*)@[0-9a-f]{6}\.(\w+)$/, "$1 $2"));
}

const all = (version: string) => [
  `${version}-process-shelled-2 service`,
  `${version}-process-shelled service`,
  `${version}-process-worker service`,
  `${version}-schedule-nightly timer`,
  `${version}-schedule-tick timer`,
];

test("a deploy starts them as the site's user, with the site's environment and the words as they are written", async () => {
  await g.op.succeed({ checkout: first, command: "deploy" });
  expect((await running()).toSorted()).toEqual(all("0.1").toSorted());
  const [start] = (await notes()).filter((line) => line.startsWith("start"));
  expect(start).toMatch(/^start 100%\+\$HOME\+; 0\.1 site_1 [1-9]\d* \d+$/);
  expect(await ticks()).toEqual(["0.1"]);
});

/** The server missed the run of each schedule, as if it had been off for days. */
const missRuns = () =>
  inside(g.node, "touch -d '3 days ago' /var/lib/systemd/timers/stamp-woven-shop-*-nightly@*; sync");
/** The versions that ran the schedule which is due at night only. */
const caughtUp = (seen: readonly string[]) => seen.flatMap((line) => /^nightly (\S+) /.exec(line)?.[1] ?? []);

test("the next version replaces them: the old worker stops before the new one starts, and a missed run is caught up", async () => {
  expect(caughtUp(await notes())).toEqual([]);
  await missRuns();
  await g.op.succeed({ checkout: second, command: "deploy" });
  await expect
    .poll(() => inside(g.node, "cat /home/woven/public/shop/notes"), { timeout: 30_000 })
    .toMatch(/^nightly/m);
  expect((await running()).toSorted()).toEqual(all("0.2").toSorted());
  const seen = (await notes()).filter((line) => !line.startsWith("tick")).map((line) => line.replace(/ site_1.*/, ""));
  expect(seen).toEqual(["stop 0.1", "start 100%+$HOME+; 0.2", "nightly 0.2"]);
  expect(await ticks()).toEqual(["0.2"]);
});

test("a worker that is killed starts again, with the same version", async () => {
  await notes();
  await inside(g.node, "systemctl kill --signal=KILL 'woven-shop-0.2-process-worker@*.service'");
  await expect
    .poll(() => inside(g.node, "cat /home/woven/public/shop/notes"), { timeout: 15_000 })
    .toMatch(/^start.* 0\.2/m);
});

test("a worker that dies at start makes the release unhealthy, and the previous one runs on with its own", async () => {
  const { failure, error } = await g.op.fail({ checkout: dying, command: "deploy" });
  expect([failure.step, failure.code]).toEqual(["background", "step-failed"]);
  expect(error).toContain("worker");
  expect((await visitor(g.node.host).versions()).version).toBe("0.2");
  expect((await running()).toSorted()).toEqual(all("0.2").toSorted());
  expect(await ticks()).toEqual(["0.2"]);
});

test("a patch brings changed processes along, and one that cannot work is undone with the unit it had", async () => {
  await second.edit("pyproject.toml", "manage.py work 100%", "manage.py work patched");
  await g.op.succeed({ checkout: second, command: "patch" });
  const patched = await notes();
  expect(caughtUp(patched)).toEqual([]);
  expect(patched.filter((line) => line.startsWith("start")).at(-1)).toMatch(/^start patched\+\$HOME/);
  await notes();
  await second.edit("pyproject.toml", "manage.py work patched", "python -c 'exit(3)'");
  const { failure } = await g.op.fail({ checkout: second, command: "patch" });
  expect(failure.step).toBe("background");
  expect((await running()).toSorted()).toEqual(all("0.2").toSorted());
  await expect
    .poll(() => inside(g.node, "grep ^start /home/woven/public/shop/notes || :"), { timeout: 15_000 })
    .toMatch(/^start patched\+\$HOME\+; 0\.2/);
});

test("a rollback brings back those of the previous version, and a reboot starts them", async () => {
  await g.op.succeed({ checkout: second, command: "rollback" });
  expect((await running()).toSorted()).toEqual(all("0.1").toSorted());
  expect(caughtUp(await notes())).toEqual([]);
  await missRuns();
  await g.node.reboot("power-cut");
  await expect
    .poll(() => running().then((units) => units.toSorted(), String), { timeout: 30_000 })
    .toEqual(all("0.1").toSorted());
  await expect
    .poll(() => inside(g.node, "cat /home/woven/public/shop/notes"), { timeout: 30_000 })
    .toMatch(/^nightly/m);
  const noted = await notes();
  expect(caughtUp(noted)).toEqual(["0.1"]);
  expect(await ticks()).toEqual(["0.1"]);
});

test("status shows them with their state, their restarts and their last run", async () => {
  const status = async () => (await g.op.succeed({ checkout: second, command: "status" })).stdout;
  const stdout = await status();
  expect(stdout).toMatch(/worker: running, 0 restarts/);
  expect(stdout).toMatch(/shelled 2 of 2: running, 0 restarts/);
  expect(stdout).toMatch(/nightly: next run 20.* 03:30, last run .* \(ok\)/);
  await expect.poll(status, { timeout: 60_000 }).toMatch(/tick: next run .*, last run .* \(ok\)/);
});

test("a command that the release does not have is named with its line, before anything is live", async () => {
  await using wrong = await withBackground("0.3");
  await wrong.edit("pyproject.toml", "manage.py work", "manage.py wrok");
  await wrong.edit("pyproject.toml", '"manage tick nightly"', '"celery -A shop worker"');
  const { failure, error } = await g.op.fail({ checkout: wrong, command: "deploy" });
  expect(failure.step).toBe("background-check");
  expect(error).toMatch(/processes\.worker \(line \d+\).*wrok/);
  expect(error).toMatch(/schedules\.nightly \(line \d+\).*celery/);
  expect((await running()).toSorted()).toEqual(all("0.1").toSorted());
});

test("remove leaves nothing of them", async () => {
  await g.op.succeed({ checkout: first, command: "remove", inputs: { version: "shop" } });
  expect(await footprint(g.node)).toEqual(before);
  expect(await inside(g.node, "ls /var/lib/systemd/timers /run/woven-locks 2>/dev/null | grep -i shop || :")).toBe("");
});

test("setupnode installs Redis on loopback only, and a schedule reaches it by REDIS_URL", async () => {
  await using queue = await withBackground("0.3");
  await queue.edit("pyproject.toml", "[tool.woven]\n", '[tool.woven]\nservices = ["redis"]\n');
  await queue.edit(
    "catalogue/management/commands/tick.py",
    "        note(what)",
    `        import socket
        from urllib.parse import urlparse
        url = urlparse(os.environ["REDIS_URL"])
        with socket.create_connection((url.hostname, url.port)) as redis:
            redis.sendall(f"AUTH {url.password}\\r\\nPING\\r\\n".encode())
            answers = redis.makefile()
            note("tick " + answers.readline().strip() + answers.readline().strip())`,
  );
  const { failure } = await g.op.fail({ checkout: queue, command: "deploy" });
  expect(failure.code).toBe("setup-due");
  await g.op.succeed({ checkout: queue, command: "setupnode" });
  const listening = await inside(g.node, "ss -Hltn 'sport = :6379' | awk '{print $4}'");
  expect(listening.split("\n").every((address) => /^(127\.0\.0\.1|\[::1\]):6379$/.test(address))).toBe(true);
  await g.op.succeed({ checkout: queue, command: "deploy" });
  await expect
    .poll(() => inside(g.node, "cat /home/woven/public/shop/notes"), { timeout: 15_000 })
    .toMatch(/^tick \+OK\+PONG 0\.3 site_1/m);
});

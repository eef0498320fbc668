// [processes] and [schedules]: what runs beside the web server, and every fault with its line.
import { expect, test } from "vitest";
import { variables } from "../../../src/rollout/variables.ts";
import { backgroundOn } from "../../../src/settings/background/background.ts";
import { readCommand } from "../../../src/settings/background/command.ts";
import { expectOne, problemsOf, settingsOf, smallProject } from "../source.ts";

const withConfig = (lines: string) => ({
  files: { ...smallProject, "woven.toml": `${smallProject["woven.toml"]}${lines}\n` },
});
const read = async (lines: string, inputs = {}) => (await settingsOf({ ...withConfig(lines), inputs })).background;

test("a text is a command with everything else as it is by default", async () => {
  const { processes, settle } = await read('[processes]\nworker = "celery -A shop worker"');
  expect(processes).toEqual([
    {
      name: "worker",
      command: { kind: "program", words: ["celery", "-A", "shop", "worker"] },
      count: 1,
      stopSignal: "TERM",
      drain: 60,
      where: "woven.toml: processes.worker (line 3)",
    },
  ]);
  expect(settle).toBe(10);
});

test("a table says more", async () => {
  const { processes } = await read(`settle = 5
[processes.mail]
command = "manage.py send_mail --from 'a b'"
count = 3
memory = "512M"
stop-signal = "INT"
drain = 5
site = 1`);
  expect(processes).toMatchObject([
    {
      command: { kind: "manage", words: ["send_mail", "--from", "a b"] },
      count: 3,
      memory: "512M",
      stopSignal: "INT",
      drain: 5,
      site: 1,
    },
  ]);
});

test("a schedule is a time for the management command of its name, or a table", async () => {
  const { schedules } = await read(`[schedules]
clearsessions = "daily"
send-mail = { command = "manage send_mail", when = "0 6 * * *", timeout = 60, lock = "mail" }`);
  expect(schedules).toMatchObject([
    {
      name: "clearsessions",
      command: { kind: "manage", words: ["clearsessions"] },
      when: ["daily"],
      timeout: 3600,
      lock: "clearsessions",
    },
    { name: "send-mail", when: ["*-*-* 06:00:00"], timeout: 60, lock: "mail" },
  ]);
});

test("a process of a role runs on the servers of that role alone, also where another role of the run names them", async () => {
  const roles = "web: [woven@a.example.com, woven@b.example.com]\nworker: [woven@b.example.com]";
  const background = await read(
    '[processes]\nworker = { command = "celery worker", role = "worker" }\nall = "manage x"',
    {
      roles,
      role: "web, worker",
    },
  );
  const names = (host: string) => backgroundOn(background, { host }).processes.map(({ name }) => name);
  expect([names("a.example.com"), names("b.example.com")]).toEqual([["all"], ["worker", "all"]]);
});

test.each<[string, where: string, names: readonly string[]]>([
  ['[processes]\nworker = "celery -A shop && echo"', "processes.worker", ["&&", "shell"]],
  ['[processes]\nworker = "celery $WORKERS"', "processes.worker", ["$WORKERS"]],
  ['[processes]\nworker = "A=1 celery"', "processes.worker", ["env"]],
  ['[processes]\nworker = "celery -A \'shop"', "processes.worker", ["not closed"]],
  ['[processes]\nworker = ""', "processes.worker", ["empty"]],
  ['[processes]\nworker = "uv run celery worker"', "processes.worker", ["celery worker"]],
  ['[processes]\nworker = "/usr/bin/celery"', "processes.worker", ["celery"]],
  ['[processes]\nworker = "bash run.sh"', "processes.worker", ["bash"]],
  ['[processes]\nworker = "manage.py"', "processes.worker", ["manage rqworker"]],
  ["[processes]\nworker = 3", "processes.worker", []],
  ["[processes]\nworker = {}", "processes.worker", ["celery -A shop worker"]],
  ['[processes]\n"a b" = "celery"', "processes.a b", ["worker"]],
  ['[processes]\nworker = { comand = "celery" }', "processes.worker.comand", ["command"]],
  ['[processes]\nworker = { command = "celery", count = 0 }', "processes.worker.count", ["count = 2"]],
  ['[processes]\nworker = { command = "celery", memory = "lots" }', "processes.worker.memory", ["512M"]],
  ['[processes]\nworker = { command = "celery", stop-signal = "KILL" }', "processes.worker.stop-signal", ["TERM"]],
  ['[processes]\nworker = { command = "celery", site = 2 }', "processes.worker.site", ["1"]],
  ['[processes]\nworker = { command = "celery", role = "prodcution" }', "processes.worker.role", ["production"]],
  ['[schedules]\nclearsessions = "dayly"', "schedules.clearsessions", ["daily"]],
  ['[schedules]\nclearsessions = "99 * * * *"', "schedules.clearsessions", ["minute"]],
  ['[schedules]\nclear-sessions = "daily"', "schedules.clear-sessions", ["command"]],
  ["[schedules.clearsessions]\ntimeout = 5", "schedules.clearsessions", ["when"]],
  ['[schedules]\nx = { when = "daily", lock = "a b" }', "schedules.x.lock", ["reports"]],
  ["settle = 0", "settle", ["settle = 10"]],
])("%s", async (lines, where, names) => {
  const problems = await problemsOf(withConfig(lines));
  expectOne(problems, `woven.toml: ${where}`, names);
  expect(problems[0]?.line).toBeGreaterThan(1);
});

test("several faults are reported together", async () => {
  const problems = await problemsOf(
    withConfig('[processes]\na = "celery |"\nb = { command = "x", drain = -1 }\n[schedules]\nc = "never"'),
  );
  expect(problems.map(({ where }) => where)).toEqual([
    "woven.toml: processes.a",
    "woven.toml: processes.b.drain",
    "woven.toml: schedules.c",
  ]);
});

test.each([
  ["manage rqworker default", "manage", ["rqworker", "default"]],
  ["python manage.py rqworker", "manage", ["rqworker"]],
  ["./src/manage.py rqworker", "manage", ["rqworker"]],
  ["python scripts/feed.py --all", "program", ["python", "scripts/feed.py", "--all"]],
  ["huey_consumer.py shop.huey", "program", ["huey_consumer.py", "shop.huey"]],
  ["celery -A shop worker -Q ';' -E '$x'", "program", ["celery", "-A", "shop", "worker", "-Q", ";", "-E", "$x"]],
])("%s", (text, kind, words) => {
  expect(readCommand(text)).toEqual({ kind: "command", command: { kind, words } });
});

test("a service gives the application its address, unless the project or a secret sets it", async () => {
  const settings = (lines: string, inputs = {}) => settingsOf({ ...withConfig(lines), inputs });
  const given = await settings('services = ["redis", "memcached"]');
  // An address with a password is added on the way to a server.
  expect(given.env).toEqual({ MEMCACHED_SERVERS: "127.0.0.1:11211" });
  expect(variables(given)).toEqual(["MEMCACHED_SERVERS", "REDIS_URL"]);
  const own = await settings('services = ["memcached"]\n[env]\nMEMCACHED_SERVERS = "10.0.0.5:11211"');
  expect(own.env).toEqual({ MEMCACHED_SERVERS: "10.0.0.5:11211" });
  const problems = await problemsOf(withConfig('services = ["redsi"]'));
  expectOne(problems, "woven.toml: services.0", ["redis", "memcached"]);
});

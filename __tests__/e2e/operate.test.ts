// A live site in daily use: its logs, commands in one of its releases, a console, and a shell on the server.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../harness/run-action.ts";
import { type RunningCli, runCli, startCli } from "../harness/run-cli.ts";
import { wayOut } from "../harness/way-out.ts";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { type Ground, ground, keys } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { djangoSecret } from "./support/operator.ts";
import { ask } from "./support/visitor.ts";

let g: Ground;
let project: Checkout;
let next: Checkout;
/** Where the one who types has keys and host keys. */
let home: string;
/** What the example script said that deployed the newer version. */
let released: { readonly code: number; readonly text: string };

async function withWork(version: keyof typeof shop): Promise<Checkout> {
  const made = await checkout(shop[version]);
  await made.write("catalogue/management/__init__.py", "");
  await made.write("catalogue/management/commands/__init__.py", "");
  await made.write(
    "catalogue/management/commands/work.py",
    `import os, sys, time
from django.core.management.base import BaseCommand

class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true")

    def handle(self, once, **options):
        print("working ${version}", os.environ["DJANGO_SECRET_KEY"], os.environ.get("GREETING"), file=sys.stdout if once else sys.stderr)
        while not once:
            time.sleep(1)
        time.sleep(3)
        print("done")
        sys.exit(7)
`,
  );
  await made.edit(
    "catalogue/views.py",
    "def plants(request):\n",
    'def plants(request):\n    if "break" in request.GET:\n        raise LookupError("no such plant: " + request.GET["break"])\n',
  );
  await made.edit(
    "pyproject.toml",
    "[tool.woven.health]",
    '[tool.woven.processes]\nworker = "manage work"\n\n[tool.woven.health]',
  );
  await made.edit("pyproject.toml", "[tool.woven]\n", "[tool.woven]\nsettle = 1\n");
  return made;
}

beforeAll(async () => {
  [g, project, next, home] = await Promise.all([
    ground("trixie"),
    withWork("0.1"),
    withWork("0.2"),
    mkdtemp(join(tmpdir(), "woven-home-")),
  ]);
  await writeFile(join(home, "roles.yml"), `production: [woven@${g.node.host}]\n`);
  await writeFile(join(home, "key"), await readFile(keys.privateKeyFile, "utf8"));
  await writeFile(join(home, "hosts"), (await g.node.knownHosts()).join("\n"));
  await g.op.succeed({ checkout: project, command: "deploy" });
  released = await script(["production"]);
});
afterAll(async () => {
  for (const thing of [project, next, g]) await thing?.[Symbol.asyncDispose]();
  if (home) await rm(home, { recursive: true, force: true });
});

/** Somebody at a terminal: the command, in the folder of the newer checkout. */
function typed(args: readonly string[], terminal?: string) {
  const files = [
    "--roles-from",
    join(home, "roles.yml"),
    "--ssh-key-from",
    join(home, "key"),
    "--known-hosts-from",
    join(home, "hosts"),
  ];
  const [command = "", ...rest] = args;
  return {
    // Before the words of a management command, which are its own.
    args: [command, ...files, ...rest],
    cwd: next.path,
    env: { ...wayOut, HOME: home, WOVEN_ENV: `DJANGO_SECRET_KEY=${djangoSecret}` },
    ...(terminal === undefined ? {} : { terminal }),
  };
}

/** The example script for the package, in the folder of the newer checkout. */
async function script(args: readonly string[]) {
  const [key, hosts, roles] = await Promise.all(
    ["key", "hosts", "roles.yml"].map((name) => readFile(join(home, name), "utf8")),
  );
  return await runCli({
    args,
    program: [process.execPath, join(root, "examples/scripts/release.ts")],
    cwd: next.path,
    env: {
      ...wayOut,
      HOME: home,
      WOVEN_ROLES: roles ?? "",
      WOVEN_SSH_KEY: key ?? "",
      WOVEN_KNOWN_HOSTS: hosts ?? "",
      WOVEN_ENV: `DJANGO_SECRET_KEY=${djangoSecret}`,
    },
  });
}

test("a script of one's own deploys, asks the servers, and says what is live", async () => {
  expect(released.code, released.text).toBe(0);
  expect(released.text).toMatch(/^production has 0\.2$/m);
  expect(released.text).toContain(`production: ${g.node.host} has 0.2`);
  expect(released.text).toMatch(/│ +\d+%/);
  expect(released.text).not.toContain(djangoSecret);
});

/** What runs on the node for logs. */
const reading = () => inside(g.node, "pgrep -fa '[p]ython3 -IS -c|[j]ournalctl --quiet' || :");

describe("logs", () => {
  test("of the application have the traceback of a page, also since a time, and each line names its server", async () => {
    expect((await ask(g.node.host, "shop.example.com", "/?break=fern")).status).toBe(500);
    const { code, text } = await runCli(typed(["logs", "production"]));
    expect(code, text).toBe(0);
    expect(text).toContain(`${g.node.host} │ ==> application: /var/log/woven/shop_example_com-error.log <==`);
    expect(text).toMatch(new RegExp(`^${g.node.host} │ .*LookupError: no such plant: fern$`, "m"));
    const recent = await runCli(typed(["logs", "production", "--since", "10m", "--filter", "lookuperror"]));
    expect(recent.text).toContain("no such plant: fern");
    const future = await runCli(typed(["logs", "production", "--since", "2100-01-01"]));
    expect(future.text).not.toContain("no such plant");
  });

  test("of the web server have the visit, those of workers their errors without secrets, and the journal the units", async () => {
    const { text } = await runCli(typed(["logs", "production", "--source", "web,worker,journal", "--lines", "30"]));
    expect(text).toMatch(/==> web: \/var\/log\/woven\/shop_example_com-access\.log <==/);
    expect(text).toMatch(/"GET \/\?break=fern HTTP/);
    expect(text).toMatch(
      /==> worker: \/var\/log\/woven\/shop_example_com-worker\.log <==\n.*\n.*working 0\.2 \*\*\* None$/m,
    );
    expect(text).toMatch(/==> journal: journal <==\n.*systemd/);
    expect(text).not.toContain(djangoSecret);
  });

  test("are shown by the action, too, in its log and its summary", async () => {
    const inputs = { options: "--source worker --filter working --lines 1" };
    const { stdout, summary } = await g.op.succeed({ checkout: next, command: "logs", inputs });
    expect(stdout).toContain("working 0.2");
    expect(summary).toContain("working 0.2");
    expect(stdout + summary).not.toContain("working 0.1");
  });

  test("are followed until Ctrl-C, which leaves nothing on the server and is no failure", async () => {
    const running = startCli(
      typed(["logs", "production", "--source", "application,web,journal", "--follow", "--lines", "1"]),
    );
    await running.sees(/==> web/);
    await ask(g.node.host, "shop.example.com", "/?break=moss");
    await running.sees(/no such plant: moss/);
    await inside(g.node, "systemctl restart 'woven-shop-0.2-process-*'");
    await running.sees(/journal <==[\s\S]*Started.*worker/);
    expect(await reading()).not.toBe("");
    running.process.kill("SIGINT");
    expect(await running.ended, running.text()).toBe(0);
    await expect.poll(reading, { timeout: 5000 }).toBe("");
  });

  test("end on the server when the one who follows was killed", async () => {
    const running = startCli(typed(["logs", "production", "--follow"]));
    await running.sees(/==> application/);
    running.process.kill("SIGKILL");
    await running.ended;
    await expect.poll(reading, { timeout: 10_000 }).toBe("");
  });
});

describe("node", () => {
  test("runs in a release that is not live, with the environment of this run, as it goes, and fails with the command", async () => {
    const running = startCli(
      typed([
        "node",
        "production",
        "--version",
        "0.1",
        "--management-command",
        "work",
        "--options=--once",
        "--env",
        `DJANGO_SECRET_KEY=${djangoSecret}\nGREETING=hello`,
      ]),
    );
    await running.sees(/working 0\.1 \*\*\* \*\*\*|working 0\.1 \*\*\* hello/);
    // Not held back until the end.
    expect(running.text()).not.toContain("done");
    expect(await running.ended).toBe(1);
    // And not once more at the end.
    expect(running.text().match(/│ done/g)).toHaveLength(1);
    expect(running.text()).toContain("exit status 7");
    expect(running.text()).not.toMatch(/nothing changed|, changed/);
  });
});

describe("console", () => {
  test("without a terminal is an error that says so, before any login", async () => {
    const { code, text } = await runCli({ ...typed(["console", "woven@192.0.2.1"]) });
    expect(code).toBe(1);
    expect(text).toMatch(/console needs a terminal/);
  });

  test("is a shell in the live release as its site user, as wide as the window, and ends as the shell does", async () => {
    const running = startCli(typed(["console", "production"], "100x30"));
    await running.sees(/>>> $/);
    const enter = async (line: string, answer: RegExp) => {
      running.type(`${line}\r`);
      await running.sees(answer);
    };
    await enter("import getpass, os, sys; print(getpass.getuser(), os.environ['SITE_ID'])", /site_1 1/);
    await enter("from catalogue.models import Plant; print(Plant.objects.count() > 0)", /True/);
    await enter("os.get_terminal_size()", /columns=100, lines=30/);
    running.process.kill("SIGUSR1");
    await expect
      .poll(async () => {
        running.type("os.get_terminal_size().columns\r");
        await new Promise((done) => setTimeout(done, 300));
        return running.text();
      })
      .toMatch(/^110\r?$/m);
    // Ctrl-C interrupts what runs there, not the console.
    running.type("import time; time.sleep(60)\r");
    await new Promise((done) => setTimeout(done, 500));
    running.type("\x03");
    await running.sees(/KeyboardInterrupt/);
    running.type("sys.exit(3)\r");
    expect(await running.ended, running.text()).toBe(3);
  });

  test("takes another command with its own options, and another release", async () => {
    const args = ["console", "--version", "0.1", "production", "shell", "-v", "0", "-c", "print('it is', 6 * 7)"];
    const { code, text } = await runCli(typed(args, "80x24"));
    expect(code, text).toBe(0);
    expect(text).toMatch(/shop 0\.1/);
    expect(text).toMatch(/it is 42/);
  });
});

describe("workon", () => {
  async function loggedIn(command: string): Promise<RunningCli> {
    const known = (await g.node.knownHosts()).map((line) => line.replace(/^\S+/, `[${g.node.host}]:10022`));
    await writeFile(join(home, "known"), `${known.join("\n")}\n`);
    const words = [
      "-F",
      "/dev/null",
      "-tt",
      "-i",
      keys.privateKeyFile,
      "-o",
      `UserKnownHostsFile=${join(home, "known")}`,
      "-o",
      "IdentitiesOnly=yes",
      "-p",
      "10022",
      `woven@${g.node.host}`,
      command,
    ];
    return startCli({ args: [], cwd: home, env: {}, terminal: "100x30", program: ["ssh", ...words] });
  }

  test("opens a shell in the live release; what belongs to it runs as its site user", async () => {
    const shell = await loggedIn("workon shop");
    await shell.sees(/\(shop-0\.2\) .*\$ /);
    const enter = async (line: string, answer: RegExp) => {
      shell.type(`${line}\r`);
      // With the prompt after it: until then, sudo takes what is typed.
      await shell.sees(new RegExp(`${answer.source}[\\s\\S]*\\$ $`));
    };
    await enter("id -un; pwd", /[\r\n]woven\r\n\/home\/woven\/env\/shop-0\.2\/project\r\n/);
    await enter("ls manage.py", /[\r\n]manage\.py\r\n/);
    await enter("manage shell -v 0 -c 'import getpass; print(getpass.getuser() + \"!\")'", /[\r\n]site_1!\r\n/);
    await enter(
      "python -c 'import getpass, os; print(getpass.getuser(), len(os.environ[\"DJANGO_SECRET_KEY\"]))'",
      new RegExp(`[\\r\\n]site_1 ${djangoSecret.length}\\r\\n`),
    );
    await enter("cat ../environment/site_1.json", /Permission denied/);
    shell.type("exit 5\r");
    expect(await shell.ended).toBe(5);
  });

  test("of another version, and of one that is not there", async () => {
    const shell = await loggedIn("workon shop 0.1");
    await shell.sees(/\(shop-0\.1\) /);
    shell.type("exit\r");
    await shell.ended;
    const wrong = await loggedIn("workon shop 9");
    expect(await wrong.ended).toBe(1);
    for (const said of [/no release shop-9/, /workon shop, which is shop-0\.2 now/, /workon shop-0\.1/])
      expect(wrong.text()).toMatch(said);
  });
});

test("a script ends where a command fails, and rolls back when it is asked to", async () => {
  await next.write("catalogue/extra.py", "");
  const failed = await script(["production"]);
  expect(failed.code, failed.text).toBe(1);
  expect(failed.text).toMatch(/^deploy failed: version-taken$/m);
  expect(failed.text).not.toMatch(/production: .* has/);
  const back = await script(["--back", "production"]);
  expect(back.code, back.text).toBe(0);
  expect(back.text).toContain(`production: ${g.node.host} has 0.1`);
});

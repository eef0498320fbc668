// A web server, a worker and a database server: Redis and PostgreSQL are on the third, and each process and schedule is where its role says.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalNode } from "../../src/local/node.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import { knock } from "./local-node-harness.ts";
import { cards, orderCards } from "./support/cards.ts";
import type { Checkout } from "./support/checkout.ts";
import { equippedNode, keys } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { type Operator, operator } from "./support/operator.ts";
import { changedSteps } from "./support/setup.ts";

let cache: FakeCache;
let web: LocalNode;
let worker: LocalNode;
let database: LocalNode;
let project: Checkout;
let op: Operator;

const note = `import os, socket
from pathlib import Path
from django.conf import settings
from django.core.management.base import BaseCommand

class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("what")

    def handle(self, what, **options):
        with open(Path(settings.MEDIA_ROOT) / "notes", "a") as notes:
            notes.write(f"{what}\\n")
`;

beforeAll(async () => {
  cache = await FakeCache.start();
  web = await equippedNode("trixie");
  [worker, database, project] = await Promise.all([equippedNode("trixie"), equippedNode("trixie"), cards("0.1")]);
  await project.write("cards/management/__init__.py", "");
  await project.write("cards/management/commands/__init__.py", "");
  await project.write("cards/management/commands/note.py", note);
  await project.edit("pyproject.toml", '"dj-database-url', '"psycopg[binary]>=3.2,<4",\n    "dj-database-url');
  await project.edit("pyproject.toml", 'services = ["redis"]\n', "");
  await project.edit("pyproject.toml", "drain = 30 }", 'drain = 30, role = "worker" }');
  await project.write(
    "pyproject.toml",
    `${await project.read("pyproject.toml")}
[tool.woven.services]
redis = "database"
postgresql = { role = "database" }

[tool.woven.schedules]
each = { command = "manage note each", when = "*:*:0/2" }
one = { command = "manage note one", when = "*:*:0/2", role = "worker" }
`,
  );
  const knownHosts = async () => (await Promise.all([web, worker, database].map((node) => node.knownHosts()))).flat();
  op = operator({ host: web.host, knownHosts }, keys, cache);
});
afterAll(async () => {
  for (const thing of [web, worker, database, project, cache]) await thing?.[Symbol.asyncDispose]();
});

const inputs = (role: string) => ({
  role,
  roles: JSON.stringify({
    web: [`woven@${web.host}`],
    worker: [`woven@${worker.host}`],
    database: [`woven@${database.host}`],
  }),
});
const ports = [5432, 6379];
/** Whether a server can connect to these ports of the database server. */
const reaches = async (node: LocalNode): Promise<readonly boolean[]> => {
  const tried = ports.map((port) => `timeout 2 bash -c '</dev/tcp/${database.host}/${port}' 2>/dev/null; echo $?`);
  return (await inside(node, tried.join("; "))).split("\n").map((code) => code === "0");
};
const notes = (node: LocalNode) => inside(node, "sort -u /home/woven/public/cards/notes 2>/dev/null || :");

test("before its services are there, nothing is built, and the server that lacks them is named", async () => {
  await op.succeed({ checkout: project, command: "setupnode", inputs: inputs("web, worker") });
  const { failure, error } = await op.fail({ checkout: project, command: "deploy", inputs: inputs("web") });
  expect(failure.code).toBe("setup-due");
  expect(error).toContain(database.host);
});

test("only the servers of the other roles reach them, and no password is in a command line or a log", async () => {
  await inside(
    database,
    "systemd-run --quiet --unit=watcher sh -c 'while :; do ps axww -o args=; done >/run/processes'",
  );
  const { stdout } = await op.succeed({ checkout: project, command: "setupnode", inputs: inputs("database") });
  await inside(database, "systemctl stop watcher");
  expect(await reaches(web)).toEqual([true, true]);
  expect(await reaches(worker)).toEqual([true, true]);
  for (const port of ports) expect(await knock(database.host, port)).toBe("filtered");

  const passwords = await inside(database, "grep -o '[0-9a-f]\\{48\\}' /var/local/woven/services.json");
  for (const password of passwords.split("\n")) expect(stdout).not.toContain(password);
  expect(passwords.split("\n")).toHaveLength(2);
  // In a file: a command line would be found itself.
  await inside(database, "umask 077; grep -o '[0-9a-f]\\{48\\}' /var/local/woven/services.json >/run/needles");
  expect(await inside(database, "grep -arlFf /run/needles /run/processes /var/log /var/local/woven/runs || :")).toBe(
    "",
  );
  // A second run finds all of it as it is to be.
  const again = await op.succeed({ checkout: project, command: "setupnode", inputs: inputs("database") });
  expect(changedSteps(again)).toEqual([]);
});

test("a page on one server sends a task, which the worker on another one does, with the database on a third", async () => {
  const { stdout } = await op.succeed({ checkout: project, command: "deploy", inputs: inputs("web, worker") });
  const passwords = await inside(database, "grep -o '[0-9a-f]\\{48\\}' /var/local/woven/services.json");
  for (const password of passwords.split("\n"))
    expect(stdout.replaceAll(/^::add-mask::.*$/gm, "")).not.toContain(password);
  const { order, writer } = orderCards(web.host);
  const text = await order();
  await expect.poll(() => writer(text), { timeout: 20_000 }).not.toBe("");
  expect(await writer(text)).toBe(`0.1 site_1 ${await inside(worker, "hostname")}`);
  const tls =
    "SELECT count(*) > 0 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = 'cards' AND NOT ssl";
  expect(await inside(database, `cd / && runuser -u postgres -- psql -XAt -c "${tls}"`)).toBe("f");
});

test("a process and a schedule run where their role says, and a schedule without a role on each server", async () => {
  await expect.poll(() => notes(web), { timeout: 20_000 }).toBe("each");
  await expect.poll(() => notes(worker), { timeout: 20_000 }).toBe("each\none");
  const units = (node: LocalNode) =>
    inside(
      node,
      "ls /etc/systemd/system/multi-user.target.wants | grep -o -e '-process-[a-z]*' -e '-schedule-[a-z]*' || :",
    );
  expect(await units(web)).toBe("-schedule-each");
  expect(await units(worker)).toBe("-process-worker\n-schedule-each\n-schedule-one");
});

test("a server that may no longer reach a service is locked out again", async () => {
  await project.edit("pyproject.toml", '{ role = "database" }', `{ role = "database", from = ["${web.host}"] }`);
  await op.succeed({ checkout: project, command: "setupnode", inputs: inputs("database") });
  expect(await reaches(web)).toEqual([true, true]);
  expect(await reaches(worker)).toEqual([false, true]);
  const lines = await inside(database, "grep -c '^hostssl' /etc/postgresql/*/main/pg_hba.conf");
  expect(lines).toBe("1");
});

test("MariaDB lets in the user of the distribution, and from the named servers only", async () => {
  await project.edit("pyproject.toml", "postgresql = {", "mariadb = {");
  await op.succeed({ checkout: project, command: "setupnode", inputs: inputs("database") });
  await Promise.all([web, worker].map((node) => inside(node, "apt-get -qq -y install mariadb-client >/dev/null 2>&1")));
  const password = await inside(database, "grep -o 'mariadb cards\":\"[0-9a-f]*' /var/local/woven/services.json");
  const query = `MYSQL_PWD=${password.replace(/.*"/, "")} mariadb --connect-timeout 3 -h ${database.host} -u cards cards -N -e`;
  expect(await inside(web, `${query} 'CREATE TABLE t (a INT); DROP TABLE t; SELECT 7'`)).toBe("7");
  expect(await inside(worker, `${query} 'SELECT 7' 2>&1 || echo refused`)).toContain("refused");
  const hosts = await inside(database, "mariadb -N -e \"SELECT Host FROM mysql.user WHERE User = 'cards'\"");
  expect(hosts.split("\n").toSorted()).toEqual(["127.0.0.1", web.host, "localhost"].toSorted());
  // The database that is no longer listed stays, and nobody reaches it.
  expect(
    await inside(database, "cd / && runuser -u postgres -- psql -XAt -d cards -c 'SELECT count(*) FROM cards_card'"),
  ).toBe("1");
  expect(await reaches(web)).toEqual([false, true]);
});

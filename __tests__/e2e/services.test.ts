// A server with its own database and queue, of each kind: made by setupnode, migrated by deploy, kept by all that follows.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/local/privileged.ts";
import { cards, orderCards } from "./support/cards.ts";
import type { Checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { changedSteps } from "./support/setup.ts";

const kinds = [
  {
    suite: "trixie",
    names: ["valkey", "postgresql"],
    driver: "psycopg[binary]>=3.2,<4",
    taken: "cd / && runuser -u postgres -- createuser taken",
    tables:
      "cd / && runuser -u postgres -- psql -XAt -d cards -c \"SELECT tablename FROM pg_tables WHERE tablename LIKE 'cards%'\"",
    encoding: "cd / && runuser -u postgres -- psql -XAt -d cards -c 'SHOW server_encoding'",
    unicode: "UTF8",
    port: 5432,
  },
  {
    // mysqlclient is compiled, with the Python that the runner has.
    suite: "bookworm",
    names: ["redis", "mariadb"],
    driver: "mysqlclient>=2.2,<3",
    taken: "mariadb -e 'CREATE DATABASE taken'",
    tables: "mariadb -N -e \"SHOW TABLES LIKE 'cards%'\" cards",
    encoding: "mariadb -N -e 'SELECT @@character_set_database' cards",
    unicode: "utf8mb4",
    port: 3306,
  },
] as const;

/** mysqlclient is compiled on the runner, which needs these headers. */
async function headers(): Promise<void> {
  const { code } = await run([
    "sh",
    "-c",
    "command -v mysql_config || apt-get -qq -y install default-libmysqlclient-dev",
  ]);
  expect(code).toBe(0);
}

describe.each(kinds)("$names on $suite", ({ suite, names, driver, taken, tables, encoding, unicode, port }) => {
  let g: Ground;
  let first: Checkout;
  let second: Checkout;

  const project = async (version: string) => {
    const made = await cards(version);
    await made.edit("pyproject.toml", '"dj-database-url', `"${driver}",\n    "dj-database-url`);
    await made.edit("pyproject.toml", '["redis"]', JSON.stringify(names));
    return made;
  };

  beforeAll(async () => {
    await headers();
    [g, first, second] = await Promise.all([ground(suite), project("0.1"), project("0.2")]);
    await second.write(
      "cards/migrations/0002_sender.py",
      `from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cards", "0001_initial")]
    operations = [migrations.AddField("card", "sender", models.CharField(max_length=200, default="", db_default=""))]
`,
    );
    await second.edit(
      "cards/models.py",
      "    # Who wrote it",
      '    sender = models.CharField(max_length=200, default="", db_default="")\n    # Who wrote it',
    );
  });
  afterAll(async () => {
    for (const thing of [first, second, g]) await thing?.[Symbol.asyncDispose]();
  });

  const written = async (): Promise<string> => {
    const { order, writer } = orderCards(g.node.host);
    const text = await order();
    await expect.poll(() => writer(text), { timeout: 20_000 }).not.toBe("");
    return await writer(text);
  };

  // By itself: together with a deploy that compiles its driver, it takes longer than a test may.
  test("setupnode installs both", async () => {
    await g.op.succeed({ checkout: first, command: "setupnode" });
  });

  test("a deploy migrates the database, and the worker finds both", async () => {
    await g.op.succeed({ checkout: first, command: "deploy" });
    expect(await inside(g.node, tables)).toBe("cards_card");
    expect(await inside(g.node, encoding)).toBe(unicode);
    expect(await written()).toMatch(/^0\.1 site_1 /);
  });

  test("the next version migrates it, and a rollback works with what is there", async () => {
    await g.op.succeed({ checkout: second, command: "deploy" });
    expect(await written()).toMatch(/^0\.2 /);
    await g.op.succeed({ checkout: second, command: "rollback" });
    expect(await written()).toMatch(/^0\.1 /);
  });

  test("they listen on loopback only, and setupnode again changes nothing", async () => {
    const listening = await inside(g.node, `ss -Hltn 'sport = :${port} or sport = :6379' | awk '{print $4}'`);
    for (const address of listening.split("\n")) expect(address).toMatch(/^(127\.0\.0\.1|\[::1\]):/);
    expect(changedSteps(await g.op.succeed({ checkout: first, command: "setupnode" }))).toEqual([]);
  });

  test("a name that somebody else has is not taken over", async () => {
    await inside(g.node, taken);
    await first.edit("pyproject.toml", 'name = "cards"', 'name = "taken"');
    const { failure, error } = await g.op.fail({ checkout: first, command: "setupnode" });
    expect(failure.step).toBe(`service-${names[1]}`);
    expect(error).toContain("taken");
    expect(await written()).toMatch(/^0\.1 /);
  });

  test("remove keeps the database", async () => {
    await first.edit("pyproject.toml", 'name = "taken"', 'name = "cards"');
    await g.op.succeed({ checkout: first, command: "remove", inputs: { version: "cards" } });
    expect(await inside(g.node, tables)).toContain("cards_card");
  });
});

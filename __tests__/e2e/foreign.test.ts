// A repository that knows nothing of Woven but for a woven.toml of a few lines.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkout } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { visitor } from "./support/visitor.ts";

let g: Ground;
let notes: Checkout;
beforeAll(async () => {
  [g, notes] = await Promise.all([ground("trixie"), checkout(["notes"])]);
});
afterAll(async () => {
  await notes?.[Symbol.asyncDispose]();
  await g?.[Symbol.asyncDispose]();
});

const secret = { env: "SECRET_KEY=e2e-notes-secret" };

test("is deployed: everything that is not in those lines is found, and the log says where", async () => {
  const lines = (await readFile(join(notes.path, "woven.toml"), "utf8"))
    .split("\n")
    .filter((line) => /^[^#]/.test(line));
  expect(lines.length).toBeLessThanOrEqual(4);

  const { stdout, summary, outputs } = await g.op.succeed({
    checkout: notes,
    command: "deploy",
    inputs: { ...secret, version: "2026.11" },
  });
  expect(stdout).toMatch(/^Distribution: shop \(the repository's name\)$/m);
  expect(stdout).toMatch(/^Version: 2026\.11 \(.*version.*\)$/m);
  expect(stdout).toMatch(/^Settings module: config\.settings\.production \(woven\.toml.*\)$/m);
  expect(stdout).toMatch(/^Source root: \. \(.*manage\.py.*\)$/m);
  expect(stdout).toMatch(/^Requirements: requirements\/production\.txt \(.*\)$/m);
  expect(summary).toMatch(/\| requirements \| `requirements\/production\.txt` \|/);
  expect(outputs).toMatchObject({ version: "2026.11", activated: "true", url: "http://notes.example.com/" });

  const visit = visitor(g.node.host, "notes.example.com");
  const page = await visit.get("/");
  expect(page.status, page.body).toBe(200);
  const sheet = /href="(\/static\/[^"]+\.css)"/.exec(page.body)?.[1] ?? "";
  expect(await visit.get(sheet)).toMatchObject({ status: 200, headers: { "content-type": "text/css" } });
  expect((await visit.get("/admin/login/")).status).toBe(200);
});

test("what is ambiguous is an error that lists the candidates and the line to write", async () => {
  await notes.write("woven.toml", 'domains = ["notes.example.com"]\n');
  await notes.write("config/settings/staging.py", "from config.settings.production import *\n");
  const wsgi = await readFile(join(notes.path, "config/wsgi.py"), "utf8");
  await notes.write("staging/wsgi.py", wsgi.replace("config.settings.production", "config.settings.staging"));
  const { error } = await g.op.fail({ checkout: notes, command: "deploy", inputs: secret });
  expect(error).toMatch(/config\/wsgi\.py.*config\.settings\.production/s);
  expect(error).toMatch(/staging\/wsgi\.py.*config\.settings\.staging/s);
  expect(error).toMatch(/settings-module = "config\.settings\.(production|staging)"/);
});

test("every push is a release where versions come from git: known again, gone back to, and pruned", async () => {
  await using pushed = await checkout(["notes"]);
  const toml = `distribution = "my-notes"
domains = ["git.example.com"]
settings-module = "config.settings.production"
version-from = "git"
`;
  const run = (command: string, inputs = {}) =>
    g.op.succeed({ checkout: pushed, command, inputs: { ...secret, ...inputs } });
  const push = async (more = "") => {
    await pushed.write("woven.toml", `${toml}${more}`);
    await pushed.commit();
    return (await run("deploy")).outputs;
  };
  const first = await push();
  expect(first).toMatchObject({ version: expect.stringMatching(/^0\+g[0-9a-f]{7}$/), activated: "true" });
  expect((await run("deploy")).outputs).toMatchObject({ version: first["version"], changed: "false" });

  const second = await push("# second\n");
  expect(second).toMatchObject({ "previous-version": first["version"], activated: "true" });
  expect((await visitor(g.node.host, "git.example.com").get("/")).status).toBe(200);
  const { stdout } = await run("status");
  expect(stdout).toContain(`* ${second["version"]}`);
  expect(stdout).toMatch(new RegExp(` ${first["version"]?.replace("+", "\\+")} .*rollback goes here`));
  const back = (await run("rollback")).outputs;
  expect(JSON.parse(back["results"] ?? "")).toMatchObject([{ version: first["version"], previous: second["version"] }]);
  await run("activate", { version: second["version"] });

  const third = await push("keep-releases = 1\n");
  const names = [second, third].map(({ version }) => `my-notes-${version}`);
  expect(await inside(g.node, "cd /home/woven/env; ls -d my-notes-*")).toBe(names.toSorted().join("\n"));
  // What was pruned had not ended its minute yet.
  const units = await inside(
    g.node,
    "systemctl list-units --plain --no-legend --state=active 'woven-my*@*.service' | wc -l; ls /etc/systemd/system | grep -c '^woven-my'",
  );
  expect(units).toBe("2\n2");
});

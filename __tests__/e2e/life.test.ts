// The life of a site, on each Debian: a bare server, the first version, its visitors, the next versions, and back.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalNode } from "../../src/local/node.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import { knock } from "./local-node-harness.ts";
import { failed, parts, rate, releases, startAsking } from "./support/asker.ts";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { bareNode, keepEquipped, keys, startEquipped } from "./support/equipped.ts";
import { inside, lease } from "./support/inside.ts";
import { type Job, type Operator, operator } from "./support/operator.ts";
import { changedSteps } from "./support/setup.ts";
import { ask, visitor } from "./support/visitor.ts";

/** The smallest PNG there is: one pixel. */
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe.each(["trixie", "bookworm"] as const)("on %s", (suite) => {
  let cache: FakeCache;
  let node: LocalNode;
  let op: Operator;
  let v1: Checkout;
  let v2: Checkout;

  beforeAll(async () => {
    [cache, node, v1, v2] = await Promise.all([
      FakeCache.start(),
      bareNode(suite),
      checkout(shop["0.1"]),
      checkout(shop["0.2"]),
    ]);
    op = operator(node, keys, cache);
  });
  afterAll(async () => {
    for (const thing of [node, cache, v1, v2]) await thing?.[Symbol.asyncDispose]();
  });

  /** Runs the job while the crowd asks; what it saw during the run, and after it. */
  async function underLoad(job: Job) {
    await using crowd = startAsking(node.host);
    await crowd.answered();
    const result = await op.succeed(job);
    const ended = performance.now();
    await crowd.answered();
    const asked = await crowd.stop();
    // A crowd that did not come would see no fault either.
    expect(asked.length).toBeGreaterThan(result.seconds * rate * 0.9);
    return { result, asked, after: asked.filter(({ sent }) => sent > ended) };
  }

  test("setupnode makes a bare server ready for releases; run again, it changes nothing", async () => {
    const first = await op.succeed({ checkout: v1, command: "setupnode" });
    expect(first.outputs).toMatchObject({ changed: "true", activated: "false" });
    const pinned = first.outputs["known-hosts"]?.split("\n").map((line) => line.split(" ")[2]);
    expect((await node.knownHosts()).map((line) => line.split(" ")[2])).toEqual(expect.arrayContaining(pinned ?? []));
    expect(pinned?.length).toBeGreaterThan(0);

    const second = await op.succeed({ checkout: v1, command: "setupnode" });
    expect(second.outputs, second.stdout).toMatchObject({ changed: "false" });
    expect(JSON.parse(second.outputs["results"] ?? "")).toMatchObject([
      { host: node.host, changed: false, status: "ok" },
    ]);

    // Everything after begins on the node as it stands: so do the other tests.
    await keepEquipped(node);
    node = await startEquipped(suite);
    op = operator(node, keys, cache);
  });

  test("the first version is deployed, and the run says what it did", async () => {
    const first = await op.succeed({ checkout: v1, command: "deploy" });
    const { outputs, summary, stdout } = first;
    expect(outputs).toMatchObject({
      version: "0.1",
      "previous-version": "",
      activated: "true",
      changed: "true",
      url: "http://shop.example.com/",
      "cache-hit": "false",
    });
    expect(outputs["bundle"]).toMatch(/^woven-bundle-/);
    const [result, ...others] = JSON.parse(outputs["results"] ?? "[]") as Record<string, unknown>[];
    expect(others).toEqual([]);
    expect(result).toEqual({
      host: node.host,
      role: "production",
      version: "0.1",
      previous: null,
      status: "ok",
      changed: true,
      seconds: expect.any(Number),
      error: null,
    });
    expect(summary).toMatch(/^## ✅ .*shop 0\.1.*production/);
    expect(summary).toContain("http://shop.example.com/");
    expect(changedSteps(first)).toContain("migrate");
    expect(summary).toContain("contenttypes.0001_initial");
    expect(stdout).toMatch(/Version: 0\.1 \(pyproject\.toml/);
    expect(await lease(node)).toBeUndefined();

    const { pid, ...versions } = await visitor(node.host).versions();
    expect(versions).toEqual({
      version: "0.1",
      template_version: "0.1",
      static_version: "0.1",
      site_id: 1,
      user: "site_1",
    });
    expect(await inside(node, `ps -o user= -p ${pid}`)).toBe("site_1");
  });

  test("static files come from nginx with their types, and may be kept for good", async () => {
    const page = await visitor(node.host).get("/");
    expect(page).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
    expect(page.body).toMatch(/version 0\.1, site 1, runs as site_1, pages 0\.1/);
    const sheet = /href="(\/static\/shop\.[0-9a-f]{12}\.css)"/.exec(page.body)?.[1] ?? "";
    expect(await visitor(node.host).get(sheet)).toMatchObject({
      status: 200,
      headers: { "content-type": "text/css", "cache-control": expect.stringContaining("immutable") },
    });
    expect(await visitor(node.host).get("/static/leaf.svg")).toMatchObject({
      status: 200,
      headers: { "content-type": "image/svg+xml" },
    });
    expect(await visitor(node.host).get("/static/admin/css/base.css")).toMatchObject({ status: 200 });
    expect(await visitor(node.host).get("/static/../manage.py")).toMatchObject({ status: 404 });
  });

  test("other names: the second domain leads to the first, an unknown one gets no answer at all", async () => {
    const www = await visitor(node.host, "www.shop.example.com").get("/photos/?page=2");
    expect(www).toMatchObject({ status: 301, headers: { location: "http://shop.example.com/photos/?page=2" } });
    await expect(ask(node.host, "stranger.example.com", "/")).rejects.toThrow("socket hang up");
    await expect(ask(node.host, node.host, "/")).rejects.toThrow("socket hang up");
  });

  test("from outside there are the web and SSH, and nothing else", async () => {
    // Something that listens everywhere: only the firewall stands before it.
    await inside(
      node,
      "systemd-run --quiet python3 -m http.server 8080; timeout 30 sh -c 'until ss -Hltn sport = :8080 | grep -q .; do sleep 0.1; done'",
    );
    const listening = await inside(node, "ss -Hltn 'sport = :480' | awk '{print $4}'");
    expect(listening).toMatch(/^127\.\d+\.\d+\.\d+:480$/m);
    expect(await Promise.all([80, 10022, 480, 8080].map((port) => knock(node.host, port)))).toEqual([
      "open",
      "open",
      "filtered",
      "filtered",
    ]);
    expect((await ask(node.host, "shop.example.com", "/.woven/release")).status).toBe(404);
  });

  test("the admin lets in a superuser made by the command node, and a photo that is sent is served", async () => {
    const make =
      "from django.contrib.auth import get_user_model as m; m().objects.create_superuser('gardener', 'g@example.com', 'p4ss \\\"word\\\" $1')";
    const made = await op.succeed({
      checkout: v1,
      command: "node",
      inputs: { "management-command": "shell", options: `-v 0 -c "${make}"` },
    });
    expect(made.outputs).toMatchObject({ changed: "false" });
    const gardener = visitor(node.host);
    expect((await gardener.get("/admin/")).headers.location).toBe("/admin/login/?next=/admin/");
    const wrong = await gardener.submit("/admin/login/?next=/admin/", { username: "gardener", password: "guess" });
    expect(wrong.status).toBe(200);
    const right = await gardener.submit("/admin/login/?next=/admin/", {
      username: "gardener",
      password: 'p4ss "word" $1',
    });
    expect(right).toMatchObject({ status: 302, headers: { location: "/admin/" } });
    expect((await gardener.get("/admin/catalogue/plant/")).body).toContain("Select plant to change");

    const sent = await gardener.submit("/photos/", {
      title: "My window",
      file: { name: "window.png", type: "image/png", content: pixel },
    });
    expect(sent.status, sent.body).toBe(302);
    const src = /<img src="(\/media\/[^"]+)"/.exec((await gardener.get("/photos/")).body)?.[1] ?? "";
    const photo = await gardener.get(src);
    expect(photo).toMatchObject({
      status: 200,
      headers: {
        "content-type": "image/png",
        "content-length": String(pixel.length),
        "x-content-type-options": "nosniff",
      },
    });
  });

  test("a management command shows what it says, and fails the run where it fails; `manage` does the same on the server", async () => {
    const shown = await op.succeed({
      checkout: v1,
      command: "node",
      inputs: { "management-command": "showmigrations", options: "--plan catalogue" },
    });
    expect(shown.stdout).toContain("[X]  catalogue.0002_first_plants");
    expect(shown.summary).toContain("catalogue.0002_first_plants");
    const { error } = await op.fail({
      checkout: v1,
      command: "node",
      inputs: { "management-command": "migrate", options: "no_such_app" },
    });
    expect(error).toMatch(/No installed app with label 'no_such_app'/);
    expect(
      await inside(
        node,
        "runuser -u woven -- /home/woven/env/shop/manage diffsettings | grep ^SITE_ID; runuser -u woven -- /home/woven/env/shop/manage check 2>&1",
      ),
    ).toMatch(/SITE_ID = 1.*no issues/s);
  });

  test("the same content again changes nothing, with the bundle from the cache; other content under the same version is refused", async () => {
    const again = await op.succeed({ checkout: v1, command: "deploy" });
    expect(again.outputs).toMatchObject({
      changed: "false",
      version: "0.1",
      "previous-version": "0.1",
      "cache-hit": "true",
    });
    const entry = cache.entries.find(({ key }) => key.startsWith("woven-bundle-"))?.key;
    expect(entry).toMatch(new RegExp(`^${again.outputs["bundle"]}-[0-9a-f]{12}$`));

    await using other = await checkout(shop["0.1"]);
    await other.edit("templates/version.txt", "0.1", "0.1-other");
    const { error, failure } = await op.fail({ checkout: other, command: "deploy" });
    expect(error).toContain(node.host);
    expect(failure).toMatchObject({ code: "version-taken" });
    expect(error).toMatch(/patch.*overwrite/s);
    expect(parts(await visitor(node.host).versions())).toBe("0.1/0.1/0.1");
  });

  test("while 0.2 is deployed, fifty visitors a second see no failure, no mixture, and only 0.2 afterwards", async () => {
    const { result, asked, after } = await underLoad({ checkout: v2, command: "deploy" });
    expect(result.outputs).toMatchObject({
      version: "0.2",
      "previous-version": "0.1",
      activated: "true",
      changed: "true",
      "cache-hit": "true",
    });
    expect(failed(asked)).toEqual([]);
    expect(releases(asked)).toEqual(["0.1/0.1/0.1", "0.2/0.2/0.2"]);
    expect(releases(after)).toEqual(["0.2/0.2/0.2"]);
    expect(await lease(node)).toBeUndefined();
  });

  test("patch brings one part at a time: static files, templates, code", async () => {
    await using mended = await checkout(shop["0.2"]);
    await mended.write("static/version.txt", "0.2-static\n");
    await mended.write("templates/version.txt", "0.2-template\n");
    await mended.edit("shop/__init__.py", '"0.2"', '"0.2-code"');
    const patch = (part: string): Job => ({ checkout: mended, command: "patch", inputs: { parts: part } });
    const seen: string[] = [];
    for (const part of ["static", "templates", "project"]) {
      const { outputs } = await op.succeed(patch(part));
      expect(outputs).toMatchObject({ version: "0.2", changed: "true" });
      seen.push(parts(await visitor(node.host).versions()));
    }
    expect(seen).toEqual(["0.2/0.2/0.2-static", "0.2/0.2-template/0.2-static", "0.2-code/0.2-template/0.2-static"]);
    expect((await op.succeed(patch("project"))).outputs).toMatchObject({ changed: "false" });
  });

  test("activate goes to a version that is kept; rollback to the one that served before, and no further than there is", async () => {
    const there = await op.succeed({ checkout: v2, command: "activate", inputs: { version: "0.1" } });
    expect(there.outputs).toMatchObject({
      version: "0.1",
      "previous-version": "0.2",
      activated: "true",
      changed: "true",
    });
    expect(parts(await visitor(node.host).versions())).toBe("0.1/0.1/0.1");
    expect((await op.succeed({ checkout: v2, command: "activate", inputs: { version: "0.1" } })).outputs).toMatchObject(
      { changed: "false" },
    );

    const back = await op.succeed({ checkout: v2, command: "rollback" });
    expect(JSON.parse(back.outputs["results"] ?? "")).toMatchObject([
      { version: "0.2", previous: "0.1", status: "ok" },
    ]);
    expect(parts(await visitor(node.host).versions())).toBe("0.2-code/0.2-template/0.2-static");

    expect((await op.fail({ checkout: v2, command: "rollback" })).failure).toMatchObject({ code: "nothing-before" });
    const unknown = await op.fail({ checkout: v2, command: "activate", inputs: { version: "7.0" } });
    expect(unknown.failure).toMatchObject({ code: "version-unknown" });
    expect(unknown.error).toMatch(/"7\.0".*0\.1/);
    expect(parts(await visitor(node.host).versions())).toBe("0.2-code/0.2-template/0.2-static");
  });

  test("overwrite builds a version anew while it serves, and nobody notices", async () => {
    expect((await op.fail({ checkout: v2, command: "deploy" })).failure).toMatchObject({ code: "version-taken" });
    const { asked, after } = await underLoad({ checkout: v2, command: "deploy", inputs: { overwrite: "true" } });
    expect(failed(asked)).toEqual([]);
    expect(releases(asked)).toEqual(["0.2-code/0.2-template/0.2-static", "0.2/0.2/0.2"]);
    expect(releases(after)).toEqual(["0.2/0.2/0.2"]);
  });

  test("releases beyond keep-releases go, but never the one that serves nor the one a rollback goes to", async () => {
    await using v3 = await checkout(shop["0.3"]);
    await v3.edit("pyproject.toml", "[tool.woven]\n", "[tool.woven]\nkeep-releases = 1\n");
    await v3.edit("shop/health.py", '"the shop is open', "f\"the shop is open to {request.META['REMOTE_ADDR']}");
    await op.succeed({ checkout: v3, command: "deploy" });
    const folders = await inside(node, "cd /home/woven/env; ls -d shop-*; readlink shop");
    expect(folders.split("\n")).toEqual(["shop-0.2", "shop-0.3", "/home/woven/env/shop-0.3"]);
    const { stdout } = await op.succeed({ checkout: v3, command: "status" });
    expect(stdout).toMatch(/\* 0\.3 /);
    expect(stdout).toMatch(/ 0\.2 .*rollback/);
    expect(stdout).not.toMatch(/│ {2,}0\.1 /);
    expect(
      await inside(
        node,
        "ls /etc/systemd/system /etc/nginx/sites-available /etc/apache2/sites-available | grep -c '0[.]1' || :",
      ),
    ).toBe("0");
  });

  test("the application sees the visitor's own address, whatever the visitor says it is", async () => {
    const { body } = await visitor(node.host).get("/healthz", { "X-Forwarded-For": "203.0.113.9" });
    expect(body).toMatch(/^the shop is open to 198\.1[89]\.\d+\.\d+\n$/);
  });

  test("after a power cut the site serves again, with what its users put there", async () => {
    const before = await visitor(node.host).get("/photos/");
    await inside(node, "sync");
    await node.reboot("power-cut");
    await expect.poll(() => visitor(node.host).versions().then(parts, String), { timeout: 30_000 }).toBe("0.3/0.3/0.3");
    const src = /<img src="(\/media\/[^"]+)"/.exec((await visitor(node.host).get("/photos/")).body)?.[1] ?? "";
    expect(before.body).toContain(src);
    expect((await visitor(node.host).get(src)).status).toBe(200);
    const login = await visitor(node.host).submit("/admin/login/?next=/admin/", {
      username: "gardener",
      password: 'p4ss "word" $1',
    });
    expect(login.status).toBe(302);
    expect(await knock(node.host, 8081)).toBe("filtered");
  });

  test("what Woven keeps on the node for its stages comes again where the power cut left it half written", async () => {
    await inside(node, "for file in /var/local/woven/tools/kit-*/stage.sh; do truncate -s 100 $file; done");
    const there = await op.succeed({ checkout: v2, command: "activate", inputs: { version: "0.2" } });
    const back = await op.succeed({ checkout: v2, command: "rollback" });
    const sent = ({ stdout }: { stdout: string }) => Number(/(\d+) bytes sent\)/.exec(stdout)?.[1]);
    expect(sent(back)).toBeLessThan(sent(there) - 3000);
  });
});

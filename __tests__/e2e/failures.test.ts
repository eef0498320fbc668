// Every way a deployment is known to fail: the error says what and where, and the site serves what it served before.

import { createHash } from "node:crypto";
import { appendFile, copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/local/privileged.ts";
import type { CacheFault } from "../harness/fake-cache.ts";
import { startSshd } from "../node/sshd.ts";
import { failed, parts, releases, startAsking } from "./support/asker.ts";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { type Ground, ground, keys } from "./support/equipped.ts";
import { footprint, inside, lease } from "./support/inside.ts";
import { type Job, operator } from "./support/operator.ts";
import { visitor } from "./support/visitor.ts";

let g: Ground;
let good: Checkout;

beforeAll(async () => {
  [g, good] = await Promise.all([ground("trixie"), checkout(shop["0.2"])]);
  // Releases on a disk of their own, so that it can be filled.
  await inside(
    g.node,
    "mkdir /tmp/disk; mount -t tmpfs -o size=600m,mode=755 tmpfs /tmp/disk; cp -a /home/woven/. /tmp/disk; chown woven: /tmp/disk; mount --bind /tmp/disk /home/woven",
  );
  await g.op.succeed({ checkout: good, command: "deploy" });
});
afterAll(async () => {
  await good?.[Symbol.asyncDispose]();
  await g?.[Symbol.asyncDispose]();
});

/** Runs a job that must fail and leave everything as it was, before the eyes of visitors; what its error says. */
async function harmless(job: Job) {
  const before = await footprint(g.node);
  await using crowd = startAsking(g.node.host);
  await crowd.answered();
  const outcome = await g.op.fail(job);
  await crowd.answered();
  const asked = await crowd.stop();
  expect(failed(asked)).toEqual([]);
  expect(releases(asked)).toEqual(["0.2/0.2/0.2"]);
  expect(await footprint(g.node)).toEqual(before);
  expect(await lease(g.node)).toBeUndefined();
  return { ...outcome, report: JSON.parse(outcome.result.outputs["results"] ?? "") as Record<string, unknown>[] };
}

describe("the way to the node", () => {
  const status = (inputs: Job["inputs"]): Job => ({ checkout: good, command: "status", inputs: inputs ?? {} });
  const fingerprint = (line = "") =>
    `SHA256:${createHash("sha256")
      .update(Buffer.from(line.split(" ")[2] ?? "", "base64"))
      .digest("base64")
      .replace(/=+$/, "")}`;

  test("an unknown host key is shown with the line to paste, and that line is all that is needed", async () => {
    const { error, failure } = await g.op.fail(status({ "known-hosts": "" }));
    const shown = /^ {2}(\[.*\]:10022 (\S+) \S+)$/m.exec(error);
    const own = (await g.node.knownHosts()).find((line) => line.includes(` ${shown?.[2]} `));
    expect(error).toContain(fingerprint(own));
    expect(failure).toMatchObject({ code: "host-key-unknown" });
    await g.op.succeed(status({ "known-hosts": shown?.[1] ?? "" }));
  });

  test("a changed host key is refused, with the fingerprint that was expected and the one that was seen", async () => {
    const file = `${good.path}/.git/other-host`;
    await run(["rm", "-f", file, `${file}.pub`]);
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file]);
    const { stdout } = await run(["cat", `${file}.pub`]);
    const pinned = `${g.node.host} ${stdout.trim()}`;
    const own = (await g.node.knownHosts()).find((line) => line.includes("ssh-ed25519"));
    const { error, result, failure } = await g.op.fail(
      status({ "known-hosts": pinned, "host-key-policy": "accept-new" }),
    );
    expect(failure).toMatchObject({ code: "host-key-changed" });
    expect(error).toContain(fingerprint(pinned));
    expect(error).toContain(fingerprint(own));
    expect(error).toContain(`[${g.node.host}]:10022 ssh-ed25519 ${own?.split(" ")[2]}`);
    expect(JSON.parse(result.outputs["results"] ?? "")).toMatchObject([{ error: { stage: null } }]);
  });

  test("is found with an encrypted key, through a jump host, with host keys taken as they are shown", async () => {
    await using jump = await startSshd();
    await appendFile(join(jump.folder, "authorized_keys"), `${keys.publicKey}\n`);
    const file = join(jump.folder, "encrypted");
    await copyFile(keys.privateKeyFile, file);
    const { code, stderr } = await run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", file]);
    expect(code, stderr).toBe(0);
    const way = { jump: `${jump.user}@127.0.0.1:${jump.port}`, "host-key-policy": "accept-new", "known-hosts": "" };
    const key = { "ssh-key": await readFile(file, "utf8"), "ssh-passphrase": "open sesame" };
    const { stdout } = await g.op.succeed(status({ ...way, ...key }));
    const taken = stdout.match(/^\[\S+\]:\d+ ssh-ed25519 \S+$/gm) ?? [];
    expect(taken).toEqual([
      jump.hostKeys.ed25519,
      (await g.node.knownHosts()).find((line) => line.includes("ssh-ed25519")),
    ]);
    expect(stdout).toMatch(/2 logins/);
    expect(jump.log()).toContain("Accepted publickey");
    // What was taken is enough to be sure of, next time.
    await g.op.succeed(status({ ...way, ...key, "known-hosts": taken.join("\n"), "host-key-policy": "strict" }));
  });

  test("a revoked host key is refused whatever else stands there", async () => {
    const lines = await g.node.knownHosts();
    const known = [...lines, ...lines.map((line) => `@revoked * ${line.split(" ").slice(1).join(" ")}`)];
    const { error, failure } = await g.op.fail(status({ "known-hosts": known.join("\n") }));
    const revoked = known.map((line, index) => ({ line: index + 1, text: line })).slice(lines.length);
    const ed25519 = revoked.find(({ text }) => text.includes("ssh-ed25519"));
    const own = lines.find((line) => line.includes("ssh-ed25519"));
    expect(failure).toMatchObject({ code: "host-key-revoked" });
    expect(error).toContain(fingerprint(own));
    expect(error).toMatch(new RegExp(`@revoked.*\\b${ed25519?.line}\\b`));
  });

  test("a node that drops every packet is given up on, in bounded time", async () => {
    const { error, result, failure } = await g.op.fail(status({ roles: `production: ['woven@${g.node.host}:9999']` }));
    expect(failure).toMatchObject({ code: "connect-timeout" });
    expect(error).toMatch(/:9999\b.*firewall/s);
    expect(result.seconds).toBeLessThan(60);
  });

  test("a user that is not let in, with the line that would let it in", async () => {
    const { error, failure } = await operator(g.node, keys, g.cache, "stranger").fail(status({}));
    expect(failure).toMatchObject({ code: "login-refused" });
    expect(error).toMatch(/stranger@.*SHA256:/);
    expect(error).toContain(keys.publicKey.split(" ")[1]);
  });

  test("a user without sudo", async () => {
    await inside(
      g.node,
      "useradd --create-home clerk && install -d -o clerk -m 700 /home/clerk/.ssh && install -o clerk -m 600 /home/woven/.ssh/authorized_keys /home/clerk/.ssh/",
    );
    const { error, failure } = await operator(g.node, keys, g.cache, "clerk").fail(status({}));
    expect(failure).toMatchObject({ code: "no-sudo" });
    expect(error).toMatch(/\bclerk\b/);
    expect(error).toMatch(/setupnode/);
  });
});

describe("GitHub's cache", () => {
  const answered = async (fault: CacheFault) => {
    g.cache.evict();
    g.cache.fault = fault;
    const before = g.cache.requests.length;
    const result = await g.op.succeed({ checkout: good, command: "bundle" }).finally(() => {
      g.cache.fault = "none";
    });
    return { ...result, requests: g.cache.requests.length - before };
  };

  test.each([
    ["does not answer", "hang", /did not answer within 5 s \(no answer\)/],
    ["answers with a proxy's page", "page", /did not answer within 5 s \(Unexpected token/],
  ] as const)("%s: a run goes on without, says so once, and loses no more than the one wait", async (_, fault, why) => {
    const well = await answered("none");
    const sick = await answered(fault);
    expect(sick.stdout.match(/without the cache/g)).toHaveLength(1);
    expect(sick.stdout).toMatch(why);
    expect(sick.outputs["cache-hit"]).toBe("false");
    // By itself, the client asks five times within 24 s, for each of a save and a restore. It cannot be stopped while the run goes on.
    expect(sick.requests).toBeLessThan(6);
    expect(sick.seconds - well.seconds).toBeLessThan(20);
  });
});

describe("the project", () => {
  test("needs a newer Python: found before anything is built", async () => {
    await using project = await checkout(shop["0.3"]);
    await project.edit("pyproject.toml", '">=3.11"', '">=3.99"');
    const { error, result, report, failure } = await harmless({ checkout: project, command: "deploy" });
    expect(failure).toMatchObject({ code: "settings" });
    expect(error).toMatch(/>=3\.99.*3\.13/);
    // Nothing was resolved or fetched, and the node heard of nothing.
    expect([result.outputs["bundle"], result.steps]).toEqual(["", []]);
    expect(report).toMatchObject([{ status: "failed", version: "0.2", previous: "0.2", changed: false }]);
  });

  test("has a Django that needs a newer Python than Debian 12 has: the line is shown, and the setting that helps", async () => {
    await using old = await ground("bookworm");
    await using project = await checkout(shop["0.1"]);
    await project.edit("requirements.txt", "Django==5.2.19", "Django==6.0");
    const { error, result, failure } = await old.op.fail({ checkout: project, command: "deploy" });
    expect(failure).toMatchObject({ code: "settings", file: "requirements.txt", line: 2 });
    expect(error).toMatch(/Django 6\.0.*3\.12.*3\.11.*python = "3\.12"/s);
    expect(result.annotations).toMatchObject([{ properties: { file: "requirements.txt", line: "2" } }]);
    expect([result.outputs["bundle"], result.steps]).toEqual(["", []]);
  });

  test("has a requirement that nobody published", async () => {
    await using project = await checkout(shop.badRequirement);
    const { error, result, failure } = await harmless({ checkout: project, command: "deploy" });
    expect(failure).toMatchObject({ code: "requirement-version", file: "requirements.txt" });
    expect(error).toMatch(/999\.0.*markdown/i);
    expect(result.annotations).toMatchObject([{ properties: { file: "requirements.txt" } }]);
    expect(result.steps).toEqual([]);
  });

  test("has a requirement that does not build", async () => {
    await using project = await checkout(shop["0.3"]);
    await project.write("parts/pyproject.toml", '[project]\nname = "shop-parts"\nversion = "1.0"\n');
    await project.write("parts/setup.py", "raise SystemExit('this part needs a compiler nobody has')\n");
    await project.write("requirements.txt", "Django==5.2.19\nMarkdown==3.11.3\nMarkupSafe==3.0.4\n./parts\n");
    const { error, result, failure } = await harmless({ checkout: project, command: "deploy" });
    expect(failure).toMatchObject({ code: "build-failed" });
    expect(error).toContain("shop-parts");
    expect(error).toContain("this part needs a compiler nobody has");
    expect(result.steps).toEqual([]);
  });

  test("fails its own checks", async () => {
    await using project = await checkout(shop.badCheck);
    const { error, result, report } = await harmless({ checkout: project, command: "deploy" });
    // What failed, and at once what is live.
    expect(error.split("\n").slice(1, 3)).toEqual([
      expect.stringMatching(/catalogue\.admin\.PlantAdmin: \(admin\.E108\)/),
      expect.stringMatching(/\b0\.2\b/),
    ]);
    expect(result.summary).toMatch(/admin\.E108[^\n]*\n\n[^\n]*\b0\.2\b/);
    expect(report).toMatchObject([
      { version: "0.2", previous: "0.2", status: "failed", error: { stage: "prepare", step: "django" } },
    ]);
  });

  test("has a migration that fails", async () => {
    await using project = await checkout(shop.badMigration);
    const { error, report } = await harmless({ checkout: project, command: "deploy" });
    expect(error).toMatch(/catalogue\.0005_count_leaves.*nobody can count the leaves of a fern\n.*\b0\.2\b/);
    // Of the traceback, the project's own code.
    expect(error).toContain("catalogue/migrations/0005_count_leaves.py:5 in count_leaves");
    expect(error).not.toContain("site-packages");
    expect(report).toMatchObject([{ version: "0.2", error: { code: "step-failed", step: "migrate" } }]);
  });

  test("is not healthy", async () => {
    await using project = await checkout(shop.badHealth);
    await project.edit("pyproject.toml", "[tool.woven.health]\n", "[tool.woven.health]\ntimeout = 30\n");
    const { error, report } = await harmless({ checkout: project, command: "deploy" });
    expect(error).toMatch(
      /http:\/\/shop\.example\.com\/healthz .*\b500\b.*RuntimeError: the till does not open\n.*\b0\.2\b/,
    );
    expect(error).toContain("shop/health.py:6 in healthz");
    expect(report).toMatchObject([{ version: "0.2", error: { stage: "switch", step: "health" } }]);
  });

  test("has a template of its own for nginx that nginx cannot read", async () => {
    await using project = await checkout(shop["0.3"]);
    await project.write(
      "templates/woven/nginx-site.conf",
      "# {{{domain}}}, {{{distribution}}} {{{version}}}\n# {{{mark}}}\nserver { listen 80; server_name {{{domain}}}; include {{{key_file}}}; proxi_pass {{{upstream}}}; }\n",
    );
    const { error, failure } = await harmless({ checkout: project, command: "deploy" });
    expect(failure).toMatchObject({ code: "step-failed", stage: "switch", step: "switch" });
    expect(error).toMatch(/unknown directive "proxi_pass"/);
  });

  test("answers rightly by itself, and wrongly through nginx: it is switched back", async () => {
    await using project = await checkout(shop["0.3"]);
    await project.write(
      "templates/woven/nginx-site.conf",
      `# {{{domain}}}, {{{distribution}}} {{{version}}}
server {
  listen 80;
  server_name {{{domain}}};
  location = /.woven/release { default_type text/plain; return 200 "{{{mark}}}\n"; }
  location = /healthz { return 503; }
  location / { proxy_pass {{{upstream}}}; include {{{key_file}}}; proxy_set_header Host $http_host; }
}
`,
    );
    await project.edit("pyproject.toml", "[tool.woven.health]\n", "[tool.woven.health]\ntimeout = 10\n");
    const before = await footprint(g.node);
    // Its pages are seen for these ten seconds; that is what asking as a visitor means. Less may not be enough for a start.
    const { result } = await g.op.fail({ checkout: project, command: "deploy" });
    expect(JSON.parse(result.outputs["results"] ?? "")).toMatchObject([
      { version: "0.2", error: { stage: "switch", step: "verify" } },
    ]);
    expect(parts(await visitor(g.node.host).versions())).toBe("0.2/0.2/0.2");
    expect(await footprint(g.node)).toEqual(before);
    expect(await lease(g.node)).toBeUndefined();
  });

  test("wants a name, as its second one, that another site of the node has", async () => {
    const conf = "/etc/nginx/sites-enabled/blog.conf";
    await inside(
      g.node,
      `printf 'server {\\n  listen 80;\\n  server_name  blog.example.com;\\n  return 204;\\n}\\n' >${conf}; nginx -t -q && systemctl reload nginx`,
    );
    await using project = await checkout(shop["0.3"]);
    await project.edit("pyproject.toml", '"www.shop.example.com"', '"blog.example.com"');
    const { error } = await harmless({ checkout: project, command: "deploy" });
    expect(error).toMatch(/blog\.example\.com.*\/etc\/nginx.*blog\.conf/);
    await inside(g.node, `rm ${conf}; systemctl reload nginx`);
  });

  test("has a template of its own that is no template", async () => {
    await using project = await checkout(shop["0.3"]);
    await project.write("templates/woven/nginx-site.conf", "server { {{#static}} }\n");
    const { result, failure } = await harmless({ checkout: project, command: "deploy" });
    expect(failure).toMatchObject({ code: "template", file: "templates/woven/nginx-site.conf" });
    expect(result.steps).toEqual([]);
    expect(result.annotations).toMatchObject([{ properties: { file: "templates/woven/nginx-site.conf" } }]);
  });

  test("breaks only when a patch is applied: the version serves on unpatched", async () => {
    await using project = await checkout(shop["0.2"]);
    await project.write("shop/health.py", "raise RuntimeError('the shop burns')\n");
    const { error } = await harmless({ checkout: project, command: "patch", inputs: { parts: "project" } });
    expect(error).toMatch(/the shop burns/);
  });
});

describe("the disk", () => {
  test("has too little room: said before anything is sent", async () => {
    await inside(
      g.node,
      "fallocate -l $(($(df --output=avail -B1 /home/woven | tail -1) - 50000000)) /home/woven/filler",
    );
    await using project = await checkout(shop["0.3"]);
    const { error, result, failure } = await harmless({ checkout: project, command: "deploy" });
    await inside(g.node, "rm /home/woven/filler");
    expect(failure).toMatchObject({ code: "disk-full" });
    expect(error).toMatch(/\b4\d MB.*\d+ MB/);
    expect(result.steps).toEqual([]);
  });

  test("is full in the middle of a deployment", async () => {
    // Bytes enough for what is checked beforehand, but room for twenty more files only: it runs out while the release is built.
    const files = (most: string) => inside(g.node, `mount -o remount,nr_inodes=${most} /tmp/disk`);
    await files("$(($(df --output=iused /home/woven | tail -1) + 20))");
    await using project = await checkout(shop["0.3"]);
    const { error, result, failure } = await harmless({ checkout: project, command: "deploy" });
    await files("100000");
    expect(result.steps[0]).toMatchObject({ stage: "prepare", step: "lease", status: "ok" });
    expect(failure).toMatchObject({ code: "step-failed", stage: "prepare" });
    expect(error).toContain("No space left on device");
  });
});

test("after all that, the next good version is deployed as ever; what it prints when it starts and ends is no trouble", async () => {
  await using next = await checkout(shop["0.3"]);
  await next.edit(
    "shop/settings.py",
    "BASE_DIR =",
    "print('good morning')\n__import__('atexit').register(print, 'good bye')\nBASE_DIR =",
  );
  const { outputs } = await g.op.succeed({ checkout: next, command: "deploy" });
  expect(outputs).toMatchObject({ version: "0.3", "previous-version": "0.2", activated: "true" });
  expect(parts(await visitor(g.node.host).versions())).toBe("0.3/0.3/0.3");
});

test("what is active and does not run, or is not there any more, is deployed again by the same command", async () => {
  await using same = await checkout(shop["0.3"]);
  await g.op.succeed({ checkout: same, command: "deploy", inputs: { overwrite: "true" } });
  const again = async () => (await g.op.succeed({ checkout: same, command: "deploy" })).outputs;
  expect(await again()).toMatchObject({ changed: "false", activated: "true" });
  for (const harm of ["systemctl stop 'woven-shop-0.3@*'", "rm -rf /home/woven/env/.shop-0.3.*"]) {
    await inside(g.node, harm);
    expect(await again()).toMatchObject({ version: "0.3", activated: "true", changed: "true" });
    expect(parts(await visitor(g.node.host).versions())).toBe("0.3/0.3/0.3");
  }
});

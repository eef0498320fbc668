import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { type ReleaseContent, sameContent } from "../../src/node/state.ts";
import { layout } from "../../src/release/layout.ts";
import { manifestOf } from "../../src/release/manifest.ts";
import { type PlanInput, planRelease, releaseContent } from "../../src/rollout/release-plan.ts";
import { secret } from "../../src/settings/secret.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { assemble } from "../../src/steps/release-files.ts";
import type { View } from "../../src/steps/templates.ts";
import { nodeFacts } from "../node/records.ts";
import { someBackground } from "../setup/stages.ts";
import { file, planInput, runtime, symlink } from "./release.ts";

const folder = mkdtempSync(join(tmpdir(), "woven-plan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const small = await planInput();

/** The generated files of a release, by path. */
function generated(settings: Partial<Settings> = {}, more: Partial<PlanInput> = {}) {
  const input = { ...small, ...more, settings: { ...small.settings, ...settings } };
  const files = planRelease(input, runtime()).generated;
  if (files === "kept") throw new Error("nothing was generated");
  return new Map(files.map((one) => [one.path, one]));
}

const evaluate = `import ast, json, sys
found = {}
for node in ast.parse(sys.stdin.buffer.read().decode("utf-8")).body:
    if isinstance(node, ast.Assign):
        value = node.value.values[0] if isinstance(node.value, ast.BoolOp) else node.value
        try:
            found[node.targets[0].id] = ast.literal_eval(value)
        except ValueError:
            pass
print(json.dumps(found))`;

/** The constants that a Python file assigns, as Python itself reads them. */
function constants(text: string): Record<string, unknown> {
  return JSON.parse(execFileSync("python3", ["-IS", "-c", evaluate], { input: text, encoding: "utf8" }));
}

describe("the same version deployed again", () => {
  const base = { env: { A: "1", B: "2" }, secretEnv: { KEY: secret("k"), LAST: secret("l") } };

  async function same(settings: Partial<Settings>, more: Partial<PlanInput> = {}): Promise<boolean> {
    const [before, now] = [await planInput({}, base), await planInput(more, { ...base, ...settings })];
    return sameContent(releaseContent(before, "salt"), releaseContent(now, "salt"));
  }

  const manage = file("project/manage.py", "manage", "executable");
  const settingsFile = file("project/shop/settings.py", "settings");

  test.each<[string, Partial<Settings>, Partial<PlanInput>]>([
    ["nothing is different", {}, {}],
    ["the environment stands in another order", { env: { B: "2", A: "1" } }, {}],
    ["the secrets stand in another order", { secretEnv: { LAST: secret("l"), KEY: secret("k") } }, {}],
    ["the files come in another order", {}, { files: [settingsFile, manage] }],
    [
      "it is brought by another run, at other speed, for another purpose",
      { maxParallel: 9, dryRun: true, keepReleases: 9, migrate: { kind: "none" } },
      {},
    ],
    ["the node has become fuller", {}, { patched: true }],
  ])("changes nothing where %s", async (_, settings, more) => {
    expect(await same(settings, more)).toBe(true);
  });

  test.each<[string, Partial<Settings>, Partial<PlanInput>]>([
    ["a file has other content", {}, { files: [manage, file("project/shop/settings.py", "other")] }],
    ["a file is executable now", {}, { files: [manage, file("project/shop/settings.py", "settings", "executable")] }],
    ["a file has become a link", {}, { files: [manage, symlink("project/shop/settings.py", "settings")] }],
    ["a file is gone", {}, { files: [manage] }],
    ["a file has another name", {}, { files: [manage, file("project/shop/setting.py", "settings")] }],
    ["the requirements are others", {}, { bundle: { key: "bundle-2" } }],
    ["a variable is other", { env: { A: "1", B: "3" } }, {}],
    ["a variable has moved to another name", { env: { A: "2", B: "1" } }, {}],
    ["a secret is other", { secretEnv: { KEY: secret("K"), LAST: secret("l") } }, {}],
    ["a secret is gone", { secretEnv: { KEY: secret("k") } }, {}],
    ["a domain is other", { sites: [{ id: 1, domains: ["other.example.com"] }] }, {}],
    ["the health check is other", { health: { path: "/up", timeout: 60 } }, {}],
    ["static files have another URL", { staticUrl: "/s/" }, {}],
  ])("is another release where %s", async (_, settings, more) => {
    expect(await same(settings, more)).toBe(false);
  });

  test("is another release with a Python that is brought along, and the same one with a newer patch release of it", async () => {
    const own = await planInput({}, base);
    const brought = (version: string) => ({ ...own, python: { version, interpreter: `/${version}/bin/python3.13` } });
    const contents = [own, brought("3.13.5"), brought("3.13.6")].map((input) => releaseContent(input, "salt"));
    const [first, second, third] = contents as [ReleaseContent, ReleaseContent, ReleaseContent];
    expect([sameContent(first, second), sameContent(second, third)]).toEqual([false, true]);
    const { record, interpreter, pythons } = planRelease(brought("3.13.6"), runtime());
    expect([record.python, record.interpreter, interpreter, pythons]).toEqual([
      "3.13.6",
      "/3.13.6/bin/python3.13",
      "/3.13.6/bin/python3.13",
      "some",
    ]);
    const plain = planRelease(own, runtime());
    expect([plain.record.interpreter, plain.interpreter, plain.pythons]).toEqual([
      undefined,
      "/usr/bin/python3",
      "none",
    ]);
  });

  test("what is recorded tells nothing of the secrets: the same ones look different on the next release", async () => {
    const input = await planInput({}, base);
    const [one, other] = [planRelease(input, runtime()), planRelease(input, runtime())];
    expect(one.record.content.configuration).not.toBe(other.record.content.configuration);
    expect(one.record.salt).not.toBe(other.record.salt);
    expect(JSON.stringify(one.record)).not.toContain('"k"');
    expect(sameContent(one.record.content, releaseContent(input, one.record.salt))).toBe(true);
  });
});

describe("what is sent", () => {
  const files = [
    file("project/a", "known"),
    file("project/b", "known", "executable"),
    file("project/c", "new"),
    file("project/d", "new"),
    symlink("project/e", "a"),
  ];
  const [known, , fresh] = files.map(({ sha256 }) => sha256);
  const listed = {
    release: "1.1",
    files: new Map([
      ["project/old/a", known ?? ""],
      ["project/edited", fresh ?? ""],
    ]),
    symlinks: new Map<string, string>(),
    drifted: new Set(["project/edited"]),
  };

  test("is what the active release does not hold with the same mode and unchanged, each content once", async () => {
    const base = { place: layout("/home/woven", "shop", "1.1"), listed };
    const plan = planRelease(await planInput({ files, base }), runtime());
    expect([...plan.payload.keys()]).toEqual([`x${known}`, fresh]);
  });

  test("does not grow with the files that stay", async () => {
    const base = { place: layout("/home/woven", "shop", "1.1"), listed };
    const sentFor = async (count: number) => {
      const more = Array.from({ length: count }, (_, index) => file(`project/page${index}.html`));
      const all = { ...listed, files: new Map([...listed.files, ...manifestOf(more).files]) };
      const plan = planRelease(
        await planInput({ files: [...files, ...more], base: { ...base, listed: all } }),
        runtime(),
      );
      const { files: sent = [] } = assemble({ ...plan, mode: "run" });
      const [spec] = sent;
      return JSON.stringify(plan.record).length + String(spec?.content).length;
    };
    // The number of the build is random, so addresses differ by some characters.
    expect(Math.abs((await sentFor(1000)) - (await sentFor(10)))).toBeLessThan(50);
  });

  test("is everything where nothing is active, whatever lies there", async () => {
    const facts = nodeFacts({ listed });
    const plan = planRelease(await planInput({ files, facts }), runtime());
    expect([...plan.payload.keys()]).toEqual([known, `x${known}`, fresh]);
  });
});

describe("a file that is sent", () => {
  const sent = async (text: string, now: string) => {
    const path = join(mkdtempSync(join(folder, "checkout-")), "views.py");
    writeFileSync(path, text);
    const files = [file("project/shop/views.py", text)];
    const { payload } = planRelease(await planInput({ files, source: () => path }), runtime());
    writeFileSync(path, now);
    const [content] = payload.values();
    if (typeof content !== "object" || content instanceof Uint8Array) throw new Error("it is no stream");
    return content.open().toArray();
  };

  test("is what was hashed", async () => {
    expect(Buffer.concat(await sent("one", "one")).toString()).toBe("one");
  });

  test.each([
    ["changed", "two"],
    ["made longer", "one more"],
    ["emptied", ""],
  ])("ends the run if it was %s after it was hashed", async (_, now) => {
    await expect(sent("one", now)).rejects.toMatchObject({
      code: "checkout-changed",
      message: expect.stringContaining("shop/views.py"),
    });
  });
});

describe("generated Python", () => {
  const text = fc.string({ unit: "binary" });
  const grapheme = fc.string({ unit: "grapheme-ascii", minLength: 1 });

  test("holds every setting as it was written, whatever characters are in it", () => {
    fc.assert(
      fc.property(text, fc.constantFrom("'", '"', "\\", "\n", "{{{version}}}", "\u2028", "%", "é"), (some, more) => {
        const staticUrl = `/${some}${more}`;
        const files = generated({
          staticUrl,
          mediaUrl: "/m/",
          sites: [{ id: 7, domains: ["a.example", "b.example"] }],
        });
        const found = constants(files.get("project/sitesettings/_woven.py")?.content ?? "");
        expect(found).toMatchObject({
          STATIC_URL: staticUrl.toWellFormed(),
          MEDIA_URL: "/m/",
          SITES: { 7: { settings: "shop.settings", domains: ["a.example", "b.example"] } },
        });
      }),
      { numRuns: 25 },
    );
  });

  test("finds the project's folders, whatever their names are", () => {
    fc.assert(
      fc.property(grapheme, (name) => {
        const projectAppsPath = `apps/it's "${name.replaceAll(/[\\/.]/g, "_")}`;
        const files = generated({ projectAppsPath });
        expect(constants(files.get("wsgi/_woven_environment.py")?.content ?? "")).toMatchObject({
          PATHS: [".", projectAppsPath],
        });
      }),
      { numRuns: 25 },
    );
  });

  test("leaves what is not set to Django", () => {
    const files = generated();
    expect(files.get("project/sitesettings/_woven.py")?.content).toContain("\nSTATIC_URL = None\n");
  });

  test("compiles, for every site, with values of all kinds", () => {
    const env = { TEXT: 'it\'s "quoted" \\ {{{x}}} \n # ü', EMPTY: "" };
    const sites = [1, 2, 30].map((id) => ({ id, domains: [`s${id}.example.com`], settingsModule: `shop.site${id}` }));
    const files = generated({
      env,
      sites,
      staticUrl: "/it's/",
      mediaUrl: '/"m"/',
      projectAppsPath: 'it\'s "apps"',
    });
    const scripts = [...files.values()].filter(({ path }) => /\.(py|wsgi)$/.test(path));
    for (const { path, content } of scripts) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const paths = scripts.map(({ path }) => join(folder, path));
    execFileSync("python3", ["-W", "error", "-m", "py_compile", ...paths]);
    expect(paths.map((path) => path.slice(folder.length + 1)).sort()).toEqual([
      ...["project/sitesettings/__init__.py", "project/sitesettings/_woven.py", "project/sitesettings/settings.py"],
      ...["wsgi/_woven_describe.py", "wsgi/_woven_environment.py", "wsgi/_woven_manage.py"],
      "wsgi/_woven_run.py",
      ...["wsgi/site_1.wsgi", "wsgi/site_2.wsgi", "wsgi/site_30.wsgi"],
    ]);
  });
});

test("the environment of a site is whole, secrets win, and only that site's user can read it", () => {
  const nasty = 'it\'s "q" \\ \n $HOME {{x}} ü\u2028';
  const files = generated({
    env: { A: nasty, BOTH: "plain" },
    secretEnv: { BOTH: secret("secret"), B: secret(nasty) },
  });
  const one = files.get("environment/site_1.json");
  expect([one?.mode, one?.group]).toEqual(["640", "site_1"]);
  const read = "import json, sys; print(json.dumps(json.load(sys.stdin)))";
  expect(JSON.parse(execFileSync("python3", ["-c", read], { input: one?.content, encoding: "utf8" }))).toEqual({
    A: nasty,
    B: nasty,
    BOTH: "secret",
  });
});

test("secrets stand in no other file", () => {
  const files = generated({ secretEnv: { KEY: secret("hunter2") } });
  const holding = [...files.values()].filter(({ content }) => content.includes("hunter2")).map(({ path }) => path);
  expect(holding).toEqual(["environment/site_1.json"]);
});

test("`manage` is a shell script that says what it is", () => {
  const manage = generated().get("manage");
  expect(manage?.mode).toBe("755");
  execFileSync("/bin/sh", ["-n"], { input: manage?.content });
  expect(manage?.content).toContain("shop 1.2");
});

test("a project's own templates that call Woven's scripts by their former names find them", async () => {
  const own = (name: string, text: string) => ({
    ...small.templates,
    render: (which: string, view: View) => (which === name ? text : small.templates.render(which, view)),
  });
  const former = (more: Partial<PlanInput>) =>
    [...generated({}, more).keys()].filter((path) => /^wsgi\/(?!_woven).*\.py$/.test(path));
  expect(former({})).toEqual([]);
  expect(former({ templates: own("release/site.wsgi", "import environment\n") })).toEqual(["wsgi/environment.py"]);
  expect(former({ templates: own("release/manage", 'exec "$release/wsgi/manage.py" "$@"\n') })).toEqual([
    "wsgi/manage.py",
  ]);
});

test("a project that ships its own sitesettings keeps them", () => {
  const files = generated({}, { files: [file("project/sitesettings/settings.py", "own")] });
  expect([...files.keys()].filter((path) => path.startsWith("project/"))).toEqual([]);
});

test("a release records its processes and schedules beside its server, and needs the packages of its services", async () => {
  const background = await someBackground();
  const settings = { ...small.settings, background, services: [{ name: "redis" as const, from: [] }] };
  const { record } = planRelease({ ...small, settings }, runtime());
  expect(record.services.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    "web web",
    "process worker",
    "schedule send-mail",
  ]);
  for (const { packages } of record.services) expect(packages).toContain("redis-server");
  const other = planRelease({ ...small, settings: { ...settings, services: [] } }, runtime());
  expect(other.record.content.configuration).not.toBe(record.content.configuration);
});

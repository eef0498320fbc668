// Indexes of a project's own, with a login: one resolver and one downloader that know the same ones.
import { mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildIndexVariables, loginAdvice, loginFor, secretsIn, withLogin } from "../../src/bundle/index-logins.ts";
import { indexesOf } from "../../src/bundle/indexes.ts";
import { projectIndexes } from "../../src/bundle/project-indexes.ts";
import { toolchain } from "../../src/bundle/toolchain.ts";
import type { Requirements } from "../../src/settings/settings.ts";
import { type LocalIndex, localIndex } from "./local-index.ts";
import { build, failure, type Workbench, workbench } from "./workbench.ts";

const timeout = 180_000;
const login = "bob:s3 cr@t";
const written = "bob:s3%20cr%40t";

interface Case {
  readonly what: string;
  readonly requirements?: Requirements;
  readonly env?: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

const inFiles: Requirements = { kind: "files", paths: ["requirements.txt"] };
const lock = (format: "uv" | "poetry" | "pdm" | "pipfile" | "pylock", path: string): Requirements => ({
  kind: "lock",
  format,
  path,
});

function cases({ url, as, digest }: LocalIndex): readonly Case[] {
  const sha256 = digest("sha256", "shop-1.0-py3-none-any.whl");
  const wheel = url.replace(/simple$/, "files/shop-1.0-py3-none-any.whl");
  const project = '[project]\nname = "site"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["shop"]\n';
  const uvLogin = { UV_INDEX_ACME_PYPI_USERNAME: "bob", UV_INDEX_ACME_PYPI_PASSWORD: "s3 cr@t" };
  return [
    {
      what: "uv.lock with an explicit index whose login is in uv's variables",
      requirements: lock("uv", "uv.lock"),
      env: uvLogin,
      files: {
        "pyproject.toml": `${project}[tool.uv.sources]\nshop = { index = "acme-pypi" }\n[[tool.uv.index]]\nname = "acme-pypi"\nurl = "${url}"\nexplicit = true\n`,
        "uv.lock": `version = 1\nrevision = 3\nrequires-python = ">=3.11"\n[[package]]\nname = "shop"\nversion = "1.0"\nsource = { registry = "${url}" }\nwheels = [{ url = "${wheel}", hash = "sha256:${sha256}" }]\n[[package]]\nname = "site"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [{ name = "shop" }]\n`,
      },
    },
    {
      what: "uv.lock with a login from pip's variables",
      requirements: lock("uv", "uv.lock"),
      env: { PIP_EXTRA_INDEX_URL: as(written) },
      files: {
        "pyproject.toml": project,
        "uv.lock": `version = 1\nrevision = 3\nrequires-python = ">=3.11"\n[[package]]\nname = "shop"\nversion = "1.0"\nsource = { registry = "${url}" }\nwheels = [{ url = "${wheel}", hash = "sha256:${sha256}" }]\n[[package]]\nname = "site"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [{ name = "shop" }]\n`,
      },
    },
    {
      what: "a list in pyproject.toml with an index of uv",
      requirements: { kind: "project", dependencies: ["shop"] },
      env: uvLogin,
      files: {
        "pyproject.toml": `${project}[[tool.uv.index]]\nname = "acme-pypi"\nurl = "${url}"\n`,
      },
    },
    {
      what: "UV_INDEX with a name and a login",
      env: { UV_INDEX: `acme=${as(written)}` },
      files: { "requirements.txt": "shop==1.0\n" },
    },
    {
      what: "an address in the requirements with a token from the environment",
      env: { PIP_TOKEN: "s3%20cr%40t" },
      files: {
        "requirements.txt": "-r base.txt\nshop==1.0\n",
        "base.txt": `--extra-index-url ${url.replace("//", `//bob:\${PIP_TOKEN}@`)}\n`,
      },
    },
    {
      what: "poetry.lock with a second source, and Poetry's variables",
      requirements: lock("poetry", "poetry.lock"),
      env: { POETRY_HTTP_BASIC_ACME_USERNAME: "bob", POETRY_HTTP_BASIC_ACME_PASSWORD: "s3 cr@t" },
      files: {
        "pyproject.toml": `[tool.poetry]\nname = "site"\n[[tool.poetry.source]]\nname = "acme"\nurl = "${url}/"\npriority = "supplemental"\n`,
        "poetry.lock": `[[package]]\nname = "shop"\nversion = "1.0"\ngroups = ["main"]\nfiles = [{file = "shop-1.0-py3-none-any.whl", hash = "sha256:${sha256}"}]\n[package.source]\ntype = "legacy"\nurl = "${url}"\nreference = "acme"\n[metadata]\nlock-version = "2.1"\n`,
      },
    },
    {
      what: "poetry.lock without groups",
      requirements: { ...lock("poetry", "poetry.lock"), roots: ["shop"] } as Requirements,
      env: { POETRY_HTTP_BASIC_ACME_USERNAME: "bob", POETRY_HTTP_BASIC_ACME_PASSWORD: "s3 cr@t" },
      files: {
        "pyproject.toml": `[tool.poetry]\nname = "site"\n[[tool.poetry.source]]\nname = "acme"\nurl = "${url}"\n`,
        "poetry.lock": `[[package]]\nname = "shop"\nversion = "1.0"\npython-versions = "*"\n[package.source]\ntype = "legacy"\nurl = "${url}"\nreference = "acme"\n[metadata]\nlock-version = "2.0"\n`,
      },
    },
    {
      what: "pdm.lock with a source of PDM",
      requirements: lock("pdm", "pdm.lock"),
      env: { ACME_PASSWORD: "s3%20cr%40t" },
      files: {
        "pyproject.toml": `${project}[[tool.pdm.source]]\nname = "acme"\nurl = "${url.replace("//", `//bob:\${ACME_PASSWORD}@`)}"\n`,
        "pdm.lock": `[[package]]\nname = "shop"\nversion = "1.0"\ngroups = ["default"]\nfiles = [{file = "shop-1.0-py3-none-any.whl", hash = "sha256:${sha256}"}]\n`,
      },
    },
    {
      what: "Pipfile.lock with a second source",
      requirements: lock("pipfile", "Pipfile.lock"),
      env: { ACME_PASSWORD: "s3%20cr%40t" },
      files: {
        "Pipfile.lock": JSON.stringify({
          _meta: {
            sources: [
              { name: "pypi", url: "https://pypi.org/simple", verify_ssl: true },
              { name: "acme", url: url.replace("//", "//bob:$ACME_PASSWORD@"), verify_ssl: true },
            ],
          },
          default: { shop: { version: "==1.0", index: "acme", hashes: [`sha256:${sha256}`] } },
        }),
      },
    },
    {
      what: "pylock.toml with the index of a package",
      requirements: lock("pylock", "pylock.toml"),
      env: { UV_EXTRA_INDEX_URL: as(written) },
      files: {
        "pylock.toml": `lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "shop"\nversion = "1.0"\nindex = "${url}"\nwheels = [{ url = "${wheel}", hashes = { sha256 = "${sha256}" } }]\n`,
      },
    },
  ];
}

describe.concurrent("an index with a login", () => {
  let bench: Workbench;
  let index: LocalIndex;
  const named = cases({ url: "", as: () => "", digest: () => "" } as unknown as LocalIndex).map(({ what }) => what);

  beforeAll(async () => {
    bench = await workbench();
    index = await localIndex({ packages: [{ name: "shop", version: "1.0" }], login });
    await toolchain({ ...bench.context, tempDir: join(bench.root, "tools") });
  }, timeout);
  afterAll(async () => {
    await index[Symbol.asyncDispose]();
    await bench[Symbol.asyncDispose]();
  });

  test.each(named)("%s", { timeout }, async (what) => {
    const found = cases(index).find((one) => one.what === what);
    if (found === undefined) throw new Error(what);
    const masked: string[] = [];
    const commands: string[] = [];
    const context = {
      ...bench.context,
      cacheDir: await mkdtemp(join(bench.root, "cache-")),
      env: { ...process.env, UV_HTTP_RETRIES: "0", ...found.env },
      mask: (secret: string) => void masked.push(secret),
      run: (...[command, args, options]: Parameters<typeof bench.context.run>) => {
        commands.push([command, ...args].join(" "));
        return bench.context.run(command, args, options);
      },
    };
    await toolsInto(context.cacheDir);
    const { requirements = inFiles, files } = found;
    const bundle = await build(bench, { files, requirements, context });
    expect(bundle.wheels).toMatchObject([{ sha256: index.digest("sha256", "shop-1.0-py3-none-any.whl") }]);
    expect(masked).toContain("s3 cr@t");
    expect(commands.filter((text) => /s3.?cr/.test(text) || text.includes(encodeURIComponent(login)))).toEqual([]);
  });

  async function toolsInto(cache: string): Promise<void> {
    const { cp } = await import("node:fs/promises");
    await cp(join(bench.context.cacheDir, "tools"), join(cache, "tools"), { recursive: true });
  }

  test("is not asked for what a folder of wheels has", { timeout }, async () => {
    const found = cases(index).find(({ what }) => what.startsWith("poetry.lock with"));
    const name = "shop-1.0-py3-none-any.whl";
    const answer = await fetch(index.url.replace(/simple$/, `files/${name}`), {
      headers: { authorization: `Basic ${Buffer.from(login).toString("base64")}` },
    });
    const wheels = await bench.project({});
    await writeFile(join(wheels, name), Buffer.from(await answer.arrayBuffer()));
    const context = { ...bench.context, env: { ...process.env, PIP_NO_INDEX: "1", PIP_FIND_LINKS: wheels } };
    const { requirements = inFiles, files = {} } = found ?? {};
    const bundle = await build(bench, { files, requirements, context });
    expect(bundle.packages).toEqual([{ name: "shop", version: "1.0" }]);
  });

  test.each([
    ["without one", "needs a login", {}],
    ["with a wrong one", "wrong", { UV_INDEX_ACME_PYPI_USERNAME: "bob", UV_INDEX_ACME_PYPI_PASSWORD: "nobody" }],
  ])("%s: the error names the variables", { timeout }, async (_, words, env) => {
    const files = {
      "pyproject.toml": `[[tool.uv.index]]\nname = "acme-pypi"\nurl = "${index.url}"\n`,
      "requirements.txt": "shop\n",
    };
    const context = { ...bench.context, env: { ...process.env, UV_HTTP_RETRIES: "0", ...env } };
    const error = await failure(bench, { files, context });
    expect(error).toMatchObject({ code: "index-unreachable", details: { file: "requirements.txt", line: 1 } });
    expect(error.details.next).toContain(words);
    expect(error.details.next).toContain("UV_INDEX_ACME_PYPI_PASSWORD");
    expect(JSON.stringify(error.details)).not.toContain("nobody");
  });

  test("that a build needs: its tools come from there", { timeout }, async () => {
    const backend = [
      "import os, zipfile, wovenhelper",
      "def build_wheel(folder, *_):",
      "    name = 'desk-1.0-py3-none-any.whl'",
      "    with zipfile.ZipFile(os.path.join(folder, name), 'w') as z:",
      "        z.writestr('desk-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: desk\\nVersion: 1.0\\n')",
      "        z.writestr('desk-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')",
      "        z.writestr('desk-1.0.dist-info/RECORD', '')",
      "    return name",
    ].join("\n");
    const source = {
      "pyproject.toml":
        '[project]\nname = "desk"\nversion = "1.0"\n[build-system]\nrequires = ["wovenhelper"]\nbuild-backend = "backend"\nbackend-path = ["."]\n',
      "backend.py": backend,
    };
    await using own = await localIndex({
      packages: [
        { name: "desk", version: "1.0", source },
        { name: "wovenhelper", version: "1.0" },
      ],
      login,
    });
    const seen: string[] = [];
    const context = {
      ...bench.context,
      run: (...[command, args, options]: Parameters<typeof bench.context.run>) => {
        if (args.includes("wheel")) seen.push(`${options.input ?? ""}${JSON.stringify(options.env)}`);
        return bench.context.run(command, args, options);
      },
      env: { ...process.env, UV_HTTP_RETRIES: "0", PIP_EXTRA_INDEX_URL: own.as(written) },
    };
    const bundle = await build(bench, { files: { "requirements.txt": "desk\n" }, context });
    expect(bundle.packages).toEqual([{ name: "desk", version: "1.0" }]);
    expect(own.sent).toContain("wovenhelper-1.0-py3-none-any.whl");
    // pip passes its indexes on to a second pip as arguments, so none of them may have a login.
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.join("")).not.toContain("s3%20cr");
  });
});

describe("logins", () => {
  const two = indexesOf([
    new Map([["extra-index-url", "https://a:1@h.example/team-a/simple https://b:2@h.example/team-b/simple"]]),
  ]);

  test("of several indexes on a host, the nearest one counts, and no other host gets any", () => {
    expect(withLogin("https://h.example/team-b/files/x.whl", two)).toBe("https://b:2@h.example/team-b/files/x.whl");
    expect(loginFor("https://h.example:8443/team-b/x.whl", two)).toBeUndefined();
    expect(withLogin("https://other.example/x.whl", two)).toBe("https://other.example/x.whl");
    expect(withLogin("file:///srv/x.whl", two)).toBe("file:///srv/x.whl");
  });

  test("passwords and tokens are masked, user names and what is too short to hide are not", () => {
    const token = "pypi-0123456789abcdef";
    const urls = `https://robot@a.example https://${token}@b.example https://u:pw@c.example https://u:password1@d.example`;
    expect(secretsIn(indexesOf([new Map([["extra-index-url", urls]])]))).toEqual([token, "password1"]);
  });

  test("for builds are in a file of this account, beside those of the user's own", async () => {
    await using bench = await workbench();
    const folder = await bench.project({ own: "machine git.example login me password mine\n" });
    const env = { NETRC: join(folder, "own") };
    const project = [
      { url: "https://x.example/simple", use: "default", isUnknownToUv: false, login: { user: "u", password: 'p"q' } },
      {
        url: "https://y.example/simple",
        use: "explicit",
        isUnknownToUv: false,
        login: { user: "u", password: "plain" },
      },
    ] as const;
    const found = await buildIndexVariables({ ...indexesOf([]), project }, folder, env);
    expect(found).toEqual({ PIP_INDEX_URL: "https://x.example/simple", NETRC: join(folder, "netrc") });
    expect((await stat(join(folder, "netrc"))).mode & 0o077).toBe(0);
    await writeFile(
      join(folder, "read.py"),
      `import netrc\nn = netrc.netrc(${JSON.stringify(join(folder, "netrc"))})\nprint(n.authenticators("x.example")[2], n.authenticators("y.example")[2], n.authenticators("git.example")[2])\n`,
    );
    const said = await bench.context.run("python3", [join(folder, "read.py")], { cwd: folder, env: process.env });
    expect(said.stdout.trim()).toBe('p"q plain mine');
    // Python before 3.11 takes quotes as a part of the password.
    expect(await readFile(join(folder, "netrc"), "utf8")).toContain("machine y.example login u password plain\n");
  });

  test("uv's, Poetry's and PDM's tables are read with the environment", async () => {
    await using bench = await workbench();
    const workingDirectory = await bench.project({
      "pyproject.toml":
        '[[tool.uv.index]]\nname = "one"\nurl = "https://one.example/simple"\nexplicit = true\n[tool.uv]\nextra-index-url = ["https://two.example/simple"]\n[[tool.pdm.source]]\nname = "pypi"\nurl = "https://three.example/simple"\nusername = "u"\npassword = "PW_HERE"\n[[tool.poetry.source]]\nname = "four"\nurl = "https://four.example/simple"\npriority = "explicit"\n'.replace(
          "PW_HERE",
          `\${PW}`,
        ),
      "uv.toml": '[[index]]\nname = "five"\nurl = "https://five.example/simple"\ndefault = true\n',
    });
    const env = { PW: "secret", UV_INDEX_ONE_PASSWORD: "token" };
    const requirements: Requirements = { kind: "project", dependencies: [] };
    const found = await projectIndexes(requirements, { files: [], lines: [] }, { workingDirectory, env });
    expect(found.map(({ url, use, isUnknownToUv }) => [url, use, isUnknownToUv])).toEqual([
      ["https://five.example/simple", "default", false],
      ["https://one.example/simple", "explicit", false],
      ["https://two.example/simple", "extra", false],
      ["https://three.example/simple", "default", true],
      ["https://four.example/simple", "explicit", true],
    ]);
    expect(found.map(({ login: given }) => given?.password)).toEqual([
      undefined,
      "token",
      undefined,
      "secret",
      undefined,
    ]);
    expect(await readFile(join(workingDirectory, "uv.toml"), "utf8")).toContain("five");
  });
});

test("an address whose variable is not set names that variable", () => {
  const indexes = (password: string) => ({
    extra: [`https://ci:${password}@pypi.example.com/simple`],
    findLinks: [],
    trustedHosts: [],
    noIndex: false,
  });
  const advice = (password: string) => loginAdvice("https://pypi.example.com/simple", indexes(password));
  expect(advice("$" + "{PIP_TOKEN}")).toContain("variable PIP_TOKEN");
  expect(advice("x")).not.toContain("variable");
});

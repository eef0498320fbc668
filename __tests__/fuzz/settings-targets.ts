// Whatever a user or a repository may have written.

import { djangoFit } from "../../src/bundle/django-pythons.ts";
import { indexesOf, parsePipConfig } from "../../src/bundle/indexes.ts";
import { lockLines, readPylock } from "../../src/bundle/lock-lines.ts";
import { parseRequirementFile } from "../../src/bundle/requirement-files.ts";
import { parseWheelName } from "../../src/bundle/wheel-tags.ts";
import { WovenError } from "../../src/errors.ts";
import { layout, siteUser } from "../../src/release/layout.ts";
import { leavesRoot } from "../../src/release/symlink-path.ts";
import { execLine } from "../../src/servers/exec-line.ts";
import { webSites } from "../../src/servers/processes.ts";
import { parseAddress } from "../../src/settings/address.ts";
import { readTimes } from "../../src/settings/background/calendar.ts";
import { readCommand } from "../../src/settings/background/command.ts";
import { readConfig, readToml } from "../../src/settings/config-file.ts";
import { domainProblem } from "../../src/settings/domain.ts";
import { parseEnvLines } from "../../src/settings/env-lines.ts";
import { fits } from "../../src/settings/grammar.ts";
import { maskedValues } from "../../src/settings/masked-values.ts";
import { readNodeSetup } from "../../src/settings/node-setup.ts";
import { parseIni } from "../../src/settings/project/ini.ts";
import { readMetadata } from "../../src/settings/project/metadata.ts";
import { namedModules } from "../../src/settings/project/named-module.ts";
import { callArguments, moduleString, pythonTokens } from "../../src/settings/project/python-text.ts";
import { isSpecifier, pythonFits } from "../../src/settings/project/python-versions.ts";
import type { ProjectFiles } from "../../src/settings/project-files.ts";
import { releaseName } from "../../src/settings/release-name.ts";
import { parseRoles } from "../../src/settings/roles.ts";
import { fileVariable, readSecretFiles, secretTexts } from "../../src/settings/secret-files.ts";
import { type Site, serverNames } from "../../src/settings/settings.ts";
import { splitShellWords } from "../../src/settings/shell-words.ts";
import { readSites } from "../../src/settings/sites.ts";
import { ufwRuleProblem } from "../../src/settings/ufw-rule.ts";
import { authorizedKeyProblem, parseMigrate, repositoryProblem } from "../../src/settings/value-problems.ts";
import { templates } from "../../src/steps/templates.ts";
import { webConfFiles } from "../../src/steps/webconf.ts";
import { hold, isOneLine, shapeOf } from "./escapes.ts";
import type { Target } from "./target.ts";

const hash = "sha256:".concat("a".repeat(64));
const own = templates("/nonexistent");

/** The words of a line as systemd reads it: systemd.service(5), "Command lines". */
function systemdWords(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|([^\s"]+)/g)].map(([, inner, plain = ""]) =>
    (inner ?? plain)
      .replaceAll(
        /(?:\\x[0-9a-f]{2})+|\\(["\\])/g,
        (escaped, character: string | undefined) =>
          character ?? Buffer.from(escaped.replaceAll("\\x", ""), "hex").toString(),
      )
      .replaceAll("%%", "%")
      .replaceAll("$$", "$"),
  );
}

/** A project of these files alone. */
function filesOf(texts: Readonly<Record<string, string>>): ProjectFiles {
  return {
    root: "/nonexistent",
    paths: Object.keys(texts),
    above: [],
    decode: () => undefined,
    has: (path) => Object.hasOwn(texts, path),
    read: (path) => (Object.hasOwn(texts, path) ? texts[path] : undefined),
    repositoryPath: (path) => path,
  };
}

function wovenErrorOr<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof WovenError) return undefined;
    throw error;
  }
}

/** The configuration of these sites, and its shape. */
function shapeWith(sites: readonly Pick<Site, "id" | "domains">[], [one, other]: readonly [string, string]): string {
  const place = layout("/home/woven", "shop", "1.0");
  const web = { place, version: "1.0", build: "010203", key: "f".repeat(64), setup: {} };
  const plain = sites.map(({ id, domains }) => ({ id, domains }));
  return serverNames
    .map((server) => webSites({ server, serverOptions: {} }, plain, { cores: 1, memory: 2 ** 31 }))
    .flatMap((all) => webConfFiles({ web: { ...web, sites: all }, ipv6: true, staticUrl: one, mediaUrl: other }, own))
    .map(({ content }) => shapeOf(String(content)))
    .join("\n---\n");
}

export const settingsTargets: readonly Target[] = [
  {
    name: "roles",
    samples: [
      'production: ["woven@web1.example.com", "woven@[2001:db8::1]:22"]\nstaging:\n  - ada@10.0.0.1:2222\n',
      '{"production": ["web1"]}',
      "a: &a [x@y]\nb: *a\n",
    ],
    run(text) {
      for (const [role, nodes] of parseRoles(text, { user: "woven" }, () => undefined)) {
        hold(fits("role", role), "a role that is none");
        for (const { user, host } of nodes)
          hold(isOneLine(user + host) && !/[\s'"$`;|&<>]/.test(user + host), "a host that is none");
      }
    },
  },
  {
    name: "addresses",
    samples: ["woven@web1.example.com:10022", "[2001:db8::1]:22", "root@10.0.0.1"],
    run(text) {
      const address = parseAddress(text);
      if (address.kind === "address")
        hold(
          !/[\s'"$`;|&<>\\]/.test(address.host + (address.user ?? "")) && !address.host.startsWith("-"),
          "a strange host",
        );
      else hold(isOneLine(address.what), "a problem of more than one line");
    },
  },
  {
    name: "commands",
    samples: [
      "celery -A shop worker -Q 'a b' --loglevel=\"info\"",
      "manage.py rqworker 100% '$HOME' ';' it\\'s",
      "python -c 'import time; time.sleep(1)'",
      "A=1 uv run celery && echo $X",
    ],
    run(text) {
      const read = readCommand(text);
      if (read.kind === "wrong") {
        hold(isOneLine(`${read.what} ${read.next ?? ""}`), "a problem of more than one line");
        return;
      }
      const { words } = read.command;
      const line = execLine(words);
      hold(isOneLine(line), "a command of more than one line");
      hold(JSON.stringify(systemdWords(line)) === JSON.stringify(words), "systemd reads other words");
    },
  },
  {
    name: "times",
    samples: ["Mon..Fri *-*-01 06:30:00 Europe/Berlin", "*/15 8-18 1,15 jan-mar mon", "@daily", "2026-*-1/7 *:0/15"],
    run(text) {
      const read = readTimes(text);
      if (read.kind === "wrong") hold(isOneLine(`${read.what} ${read.next ?? ""}`), "a problem of more than one line");
      else for (const word of read.words) hold(/^[A-Za-z0-9*.,:~/_+ -]+$/.test(word), "a time with other characters");
    },
  },
  {
    name: "env lines",
    samples: [
      'SECRET_KEY="two\nlines"\nexport DEBUG=false\n# comment\nDATABASE_URL=postgres://a:b@c/d\n',
      "A='x'\nB=\nC = d ",
    ],
    run(text) {
      const secrets = parseEnvLines(text, "input env", ({ what, where }) =>
        hold(isOneLine(what + where), "a problem of two lines"),
      );
      for (const { name } of secrets) hold(fits("envName", name), "a name that is none");
      const named = secrets.map(({ name, value }) => ({ name, text: value }));
      const { notes } = maskedValues(named, new Map([["shop", "the project's own name"]]));
      for (const note of notes) hold(isOneLine(note), "a note of more than one line");
    },
  },
  {
    name: "secret files",
    samples: [
      "google.json: |\n  {\n  }\nclient.p12: { base64: AP8KDQ== }\n",
      'a.txt: "one\\r\\n\\u00e9"\nb: *a\nc: &c x\nd: *c\n',
      '{"a.txt": "x", "b-c": {"base64": "AA=="}}',
    ],
    run(text) {
      const files = readSecretFiles({ input: () => text }, ({ what }) =>
        hold(isOneLine(what), "a problem of more than one line"),
      );
      for (const name of Object.keys(files)) {
        hold(fits("fileName", name) && !name.startsWith(".") && !/[/\\\s]/.test(name), "a file that is none");
        hold(/^WOVEN_FILE_[A-Z0-9_]+$/.test(fileVariable(name)), "a variable that is none");
      }
      // Whatever the text is, its files are masked.
      const masked = secretTexts(text).map((one) => one.text);
      for (const file of Object.values(files))
        hold(masked.includes(Buffer.from(file.reveal()).toString("utf8")), "a content that is not masked");
    },
  },
  {
    name: "configuration",
    samples: [
      'domains = ["shop.example.com", "www.shop.example.com"]\nssh-port = 10022\nstatic-url = "/static/"\n[health]\npath = "/healthz"\n',
      'user = "woven"\nufw-rules = ["allow 80,443/tcp", "limit 22/tcp"]\nextra-packages = ["libpq-dev"]\ntimezone = "Europe/Berlin"\n[env]\nA = "b"\n[sites.2]\ndomains = ["two.example.com"]\nsettings-module = "shop.two"\n',
      'authorized-keys = ["ssh-ed25519 AAAA ada"]\npackage-repositories = ["ppa:x/y"]\ndeployment-root = "/srv/woven"\nmedia-url = "/m/"\nmigrate = "catalogue 0003"\npython = "3.13"\n',
    ],
    run(text) {
      const problems: string[] = [];
      const report = ({ where, what }: { readonly where: string; readonly what: string }) =>
        problems.push(where + what);
      const woven = readToml(filesOf({ "woven.toml": text }), "woven.toml", report);
      const file = readConfig(undefined, woven, report);
      const { sites } = readSites(file, report);
      readNodeSetup(file, report);
      if (problems.length > 0) return;
      const { "static-url": one = "/static/", "media-url": other = "/media/" } = file.config;
      // Those of a CDN are served from elsewhere, and those inside each other are told apart elsewhere.
      if (sites.length === 0 || /^https?:/.test(one + other) || one.startsWith(other) || other.startsWith(one)) return;
      const plain = sites.map(({ id, domains }) => ({
        id,
        domains: domains.map((_, index) => `d${index}-${id}.example.com`),
      }));
      hold(
        shapeWith(sites, [one, other]) === shapeWith(plain, ["/static/", "/media/"]),
        "a value that changes a configuration",
      );
      for (const { id } of sites) hold(/^site_\d+$/.test(siteUser(id)), "an account that is none");
    },
  },
  {
    name: "pylock.toml",
    samples: [
      `lock-version = "1.0"\n[[packages]]\nname = "django"\nversion = "5.2"\nwheels = [{url = "https://x/django-5.2-py3-none-any.whl", hashes = {sha256 = "${"a".repeat(64)}"}}]\n[[packages]]\nname = "own"\nvcs = {type = "git", url = "https://x/own", commit-id = "abc"}\n[[packages]]\nname = "here"\ndirectory = {path = "here"}\n`,
    ],
    run(text) {
      checkRequirements(wovenErrorOr(() => lockLines("pylock", text, "pylock.toml")));
      wovenErrorOr(() => readPylock(text, "pylock.toml"));
    },
  },
  {
    name: "poetry.lock",
    samples: [
      `[[package]]\nname = "django"\nversion = "5.2"\ngroups = ["main"]\nfiles = [{file = "x", hash = "${hash}"}]\n[[package]]\nname = "own"\nversion = "1"\ngroups = ["main"]\nmarkers = "python_version < '3.13'"\n[package.source]\ntype = "git"\nurl = "https://x/own"\nresolved_reference = "abc"\n[metadata]\nlock-version = "2.1"\n`,
    ],
    run: (text) => checkRequirements(wovenErrorOr(() => lockLines("poetry", text, "poetry.lock"))),
  },
  {
    name: "pdm.lock",
    samples: [
      `[[package]]\nname = "django"\nversion = "5.2"\ngroups = ["default"]\nmarker = "python_version >= '3.12'"\nfiles = [{file = "x", hash = "${hash}"}]\n[[package]]\nname = "own"\nversion = "1"\ngit = "https://x/own"\nrevision = "abc"\n`,
    ],
    run: (text) => checkRequirements(wovenErrorOr(() => lockLines("pdm", text, "pdm.lock"))),
  },
  {
    name: "Pipfile.lock",
    samples: [
      JSON.stringify({
        _meta: { "pipfile-spec": 6, sources: [{ url: "https://pypi.org/simple", name: "pypi" }] },
        default: {
          django: { version: "==5.2", hashes: [hash], markers: "python_version >= '3.12'", index: "pypi" },
          own: { git: "https://x/own", ref: "abc" },
        },
        develop: {},
      }),
    ],
    run: (text) => checkRequirements(wovenErrorOr(() => lockLines("pipfile", text, "Pipfile.lock"))),
  },
  {
    name: "requirement files",
    samples: [
      `django==5.2 --hash=${hash} \\\n    --hash=${hash}\n-r base.txt\n-c constraints.txt\n# x\nown @ git+https://x/own@abc ; python_version < "3.13"\n`,
      "--index-url https://user:pass@x/simple\n--extra-index-url=https://y\n-e .\n./wheels/a-1-py3-none-any.whl\n",
    ],
    run(text) {
      for (const kind of ["requirement", "constraint"] as const)
        wovenErrorOr(() => parseRequirementFile(text, "requirements.txt", kind));
      indexesOf([parsePipConfig(text)]);
    },
  },
  {
    name: "pip.conf, setup.cfg and setup.py",
    samples: [
      "[global]\nindex-url = https://x\nextra-index-url =\n    https://y\n    https://z\n",
      "[metadata]\nname = shop\nversion = attr: shop.__version__\n[options]\ninstall_requires =\n    django\npython_requires = >=3.12\n",
      'from setuptools import setup\nsetup(name="shop", version="1.0", install_requires=["django", "x"], python_requires=">=3.12")\n__version__ = "1"\n',
      'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    ],
    run(text) {
      parseIni(text);
      indexesOf([parsePipConfig(text)]);
      const tokens = pythonTokens(text);
      callArguments(tokens, "setup");
      moduleString(tokens, "__version__");
      namedModules(text);
      const files = filesOf({ "pyproject.toml": text, "setup.cfg": text, "setup.py": text });
      const pyproject = readToml(files, "pyproject.toml", () => undefined);
      readMetadata(files, pyproject);
    },
  },
  {
    name: "pyproject.toml",
    samples: [
      '[project]\nname = "shop"\nversion = "1.2"\ndependencies = ["django~=5.2"]\nrequires-python = ">=3.12"\n[tool.woven]\ndomains = ["shop.example.com"]\n',
      '[tool.poetry]\nname = "shop"\nversion = "1"\n[tool.poetry.dependencies]\npython = "^3.12"\ndjango = "^5"\n',
    ],
    run(text) {
      const files = filesOf({ "pyproject.toml": text });
      const pyproject = readToml(files, "pyproject.toml", () => undefined);
      readMetadata(files, pyproject);
      readConfig(pyproject, undefined, () => undefined);
    },
  },
  {
    name: "versions",
    samples: [
      "1.4.2",
      "1!2.0a1.post3+local.7",
      "2.1-14-gabc",
      ">=3.12,<4",
      "~=5.2",
      "django-5.2-cp313-cp313-manylinux_2_28_x86_64.whl",
    ],
    run(text) {
      if (fits("version", text)) {
        const name = releaseName(text);
        hold(/^[A-Za-z0-9][A-Za-z0-9.+_-]*$/.test(name) && versionIn(name) === text, "a name of another version");
      }
      if (isSpecifier(text)) pythonFits(text, "3.13.5");
      pythonFits(">=3.12", text);
      djangoFit(text, "3.13.5");
      djangoFit("5.2", text);
      parseWheelName(text);
    },
  },
  {
    name: "values of settings",
    samples: [
      "shop.example.com",
      "allow 80,443/tcp",
      "ssh-ed25519 AAAA ada",
      "ppa:x/y",
      "deb https://x stable main",
      "catalogue 0003",
      "shell -c 'x y'",
    ],
    run(text) {
      const judges = { domainProblem, ufwRuleProblem, authorizedKeyProblem, repositoryProblem };
      for (const [name, problem] of Object.entries(judges))
        if (problem(text) === undefined) hold(isOneLine(text), `a line break that ${name} lets through`);
      splitShellWords(text);
      const migrate = parseMigrate(text);
      if (migrate?.kind === "target")
        hold(isOneLine(migrate.app + (migrate.migration ?? "")), "a migration of two lines");
      leavesRoot(text, new Map([[text, text]]));
      leavesRoot("a", new Map([["a", `${text}/a`]]));
    },
  },
];

/** A name tells its version, so that no two versions share one. */
function versionIn(name: string): string {
  return name.replaceAll(/_([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Lines for uv and pip: one of two would be an option, or a package of another's choice. */
function checkRequirements(lines: readonly string[] | undefined): void {
  for (const line of lines ?? []) {
    hold(isOneLine(line), "a requirement of more than one line");
    hold(!line.startsWith("-"), "a requirement that is an option");
  }
}

import { describe, expect, test } from "vitest";
import { libraryPackage } from "../../src/node/library-packages.ts";
import { layout } from "../../src/release/layout.ts";
import { secretExpression } from "../../src/settings/problems.ts";
import { checkFailure, migrate, migrationFailure } from "../../src/steps/django.ts";
import { askServices } from "../../src/steps/health.ts";
import { projectFailure } from "../../src/steps/project-failure.ts";
import { releaseRecord } from "../node/records.ts";
import { said } from "../said.ts";

const project = "/home/woven/.staging/shop-1.0/project";

/** A traceback whose last frame is in this file and function, with this line of code. */
function traceback(
  error: string,
  { file = `${project}/shop/settings.py`, name = "<module>", text = "x()" } = {},
): string {
  return `Traceback (most recent call last):\n  File "${file}", line 7, in ${name}\n    ${text}\n${error}\n`;
}

const mkdir = { file: "/usr/lib/python3.13/pathlib/_local.py", name: "mkdir", text: "os.mkdir(self, mode)" };
const refused = (message: string) =>
  traceback(
    `django.db.utils.OperationalError: connection failed: connection to server at "10.0.0.5", port 5432 failed: ${message}`,
  );

describe("why a project does not start is said in its own words, with what to write:", () => {
  test.each<[string, string, readonly string[], readonly string[]]>([
    ["a log file in the release", said("no-permission"), ["logs/app.log"], ['writable = ["logs"]']],
    [
      "a folder that it makes in the release",
      traceback(`PermissionError: [Errno 13] Permission denied: '${project}/whoosh_index'`, mkdir),
      ["whoosh_index"],
      ['writable = ["whoosh_index"]'],
    ],
    [
      "a relative folder, on a read-only file system",
      traceback("OSError: [Errno 30] Read-only file system: 'var/cache'", mkdir),
      ["var/cache"],
      ['writable = ["var/cache"]'],
    ],
    [
      "a log file in a folder that is not there",
      traceback(`FileNotFoundError: [Errno 2] No such file or directory: '${project}/logs/a.log'`, {
        file: "/usr/lib/python3.13/logging/__init__.py",
        name: "_open",
      }),
      ["logs/a.log"],
      ['writable = ["logs"]'],
    ],
    [
      "a file beside the code",
      traceback(`PermissionError: [Errno 13] Permission denied: '${project}/shop/cache.txt'`),
      ["shop/cache.txt"],
      ['writable = ["shop/data"]'],
    ],
    [
      "a file that git does not track",
      traceback(`FileNotFoundError: [Errno 2] No such file or directory: '${project}/keys/a.json'`),
      ["keys/a.json"],
      ['include = ["keys/a.json"]'],
    ],
    ["a variable in os.environ", said("no-variable"), ["DJANGO_KEY"], [`DJANGO_KEY=${secretExpression("DJANGO_KEY")}`]],
    [
      "a variable of django-environ",
      traceback("django.core.exceptions.ImproperlyConfigured: Set the DB_URL environment variable"),
      ["DB_URL"],
      ["DB_URL=$"],
    ],
    [
      "a variable of decouple",
      traceback("decouple.UndefinedValueError: KEY not found. Declare it as envvar or define a default value."),
      ["KEY"],
      ["KEY=$"],
    ],
    [
      "a variable of environs",
      traceback('environs.exceptions.EnvNotSetError: Environment variable "KEY" not set'),
      ["KEY"],
      ["KEY=$"],
    ],
    [
      "fields of pydantic",
      `${traceback("pydantic_core._pydantic_core.ValidationError: 2 validation errors for S")}secret_key\n  Field required [type=missing, input_value={}]\ndb_url\n  Field required [type=missing]\n`,
      ["SECRET_KEY, DB_URL"],
      ["SECRET_KEY=$", "DB_URL=$"],
    ],
    [
      "an empty key",
      traceback("django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty."),
      ["SECRET_KEY"],
      ["SECRET_KEY=$"],
    ],
    ["a module", traceback("ModuleNotFoundError: No module named 'crispy_forms'"), ["crispy_forms"], ["requirements"]],
    [
      "the driver of a database",
      traceback("django.core.exceptions.ImproperlyConfigured: Error loading psycopg2 or psycopg module"),
      ["psycopg[binary]"],
      ["psycopg[binary]"],
    ],
    [
      "a library",
      traceback("ImportError: libpq.so.5: cannot open shared object file: No such file or directory"),
      ["libpq.so.5"],
      ['extra-packages = ["libpq5"]'],
    ],
    [
      "a library that cffi loads",
      traceback(
        "OSError: cannot load library 'libpango-1.0-0': libpango-1.0-0: cannot open shared object file: No such file",
      ),
      ["libpango-1.0-0"],
      ['extra-packages = ["libpango-1.0-0"]'],
    ],
    [
      "a program",
      traceback("FileNotFoundError: [Errno 2] No such file or directory: 'convert'", { name: "_execute_child" }),
      ["convert"],
      ["extra-packages"],
    ],
    ["a static file", said("no-static"), ["app.css", "img/gone.png"], ["build", "include"]],
    ["a database that is not there", said("no-database"), ['"127.0.0.1", port 1', "refused"], ["DATABASE_URL"]],
    [
      "a name of a database server",
      traceback("django.db.utils.OperationalError: failed to resolve host 'db': [Errno -2] Name or service not known"),
      ["'db'"],
      ["DATABASE_URL"],
    ],
    ["a password", refused('FATAL:  password authentication failed for user "ada"'), ["ada"], ["password"]],
    ["a role", refused('FATAL:  role "ada" does not exist'), ["ada"], ["password"]],
    ["a database", refused('FATAL:  database "shop" does not exist'), ["shop"], ["Create"]],
    [
      "a password of MySQL",
      traceback(
        `django.db.utils.OperationalError: (1045, "Access denied for user 'ada'@'web1' (using password: YES)")`,
      ),
      ["ada"],
      ["password"],
    ],
    [
      "a MySQL that is not there",
      traceback(`django.db.utils.OperationalError: (2002, "Can't connect to server on 'db' (115)")`),
      ["'db'"],
      ["DATABASE_URL"],
    ],
    [
      "a line that Python cannot read",
      `Traceback (most recent call last):\n  File "${project}/shop/urls.py", line 3\n    path("" x),\nSyntaxError: invalid syntax\n`,
      ["shop/urls.py:3", "invalid syntax"],
      ["newer"],
    ],
  ])("%s", (_, output, names, advice) => {
    const { message = "", next = "" } = projectFailure(output) ?? {};
    for (const name of names) expect(message).toContain(name);
    for (const word of advice) expect(next).toContain(word);
    expect(checkFailure(output)).toContain(message);
  });

  test.each([
    ["an exception of the project", traceback("RuntimeError: the till does not open")],
    ["a key that is no variable", traceback("KeyError: 'price'")],
    [
      "a file elsewhere on the server",
      traceback("FileNotFoundError: [Errno 2] No such file or directory: '/etc/shop.conf'"),
    ],
    ["a column that a database lacks", traceback("django.db.utils.OperationalError: no such column: price")],
    ["a check", said("bad-check")],
  ])("but not of %s", (_, output) => {
    expect(projectFailure(output)).toBeUndefined();
  });
});

describe("a migration that failed", () => {
  const [step] = migrate("/release", [{ alias: "default", site: 1 }], { kind: "auto" });
  const state = (output: string) => (typeof step?.state === "function" ? step.state(output) : step?.state);
  const told = (output: string) => `${migrationFailure(output)}\n${state(output)}\n${step?.advice?.(output)}`;

  test("is named first, and what stays applied", () => {
    const output = `Running migrations:\n  Applying a.0001_initial... OK\n  Applying a.0002_b...${traceback("RuntimeError: no")}`;
    expect(told(output)).toMatch(/^.*a\.0002_b.*RuntimeError: no\n.*a\.0001_initial/);
  });

  test("because the database lets nobody in: nothing was migrated, and whose login it was", () => {
    const output = refused('FATAL:  password authentication failed for user "ada"');
    expect(told(output)).toMatch(/^Nothing .*\bada\b/);
    expect(told(output)).not.toMatch(/Stays applied/);
  });

  test("after another database was migrated: that one stays", () => {
    const output = `Applied before: a.0001_initial b.0001 \n${said("no-database")}`;
    expect(told(output)).not.toMatch(/^Nothing/);
    expect(told(output)).toMatch(/Stays applied: a\.0001_initial, b\.0001\b/);
  });
});

test.each([
  ["libpq.so.5", "libpq5"],
  ["libldap-2.5.so.0", "libldap-2.5-0"],
  ["libmagic.so.1", "libmagic1"],
  ["libmysqlclient.so.21", "libmariadb3"],
  ["libpango-1.0.so.0", "libpango-1.0-0"],
  ["libxml2.so.2", "libxml2"],
  ["libffi.so.8", "libffi8"],
  ["libpython3.13.so.1.0", "libpython3.13"],
])("%s is in the package %s", (library, name) => {
  expect(libraryPackage(library)).toBe(name);
});

test("a page that wants to write into its release tells the line to write; an error of an earlier release in the log does not", () => {
  const [record, place] = [releaseRecord(), layout("/home/woven", "shop", "1.0")];
  const step = askServices({ to: { record, place }, drain: 60 });
  const denied = (folder: string) =>
    traceback(`PermissionError: [Errno 13] Permission denied: '${folder}/project/data/visits'`, {
      file: `${folder}/project/shop/views.py`,
    });
  expect(step.advice?.(denied("/home/woven/env/.shop-1.0.010203"))).toContain('writable = ["data"]');
  expect(step.advice?.(denied("/home/woven/env/.shop-0.9.aabbcc"))).toBeUndefined();
});

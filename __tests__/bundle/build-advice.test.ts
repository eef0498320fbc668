// What the error of a failed build proposes, from the words of compilers, linkers and packages.
import { describe, expect, test } from "vitest";
import { buildAdvice } from "../../src/bundle/build-advice.ts";
import { missingOnRunner } from "../../src/bundle/missing-headers.ts";

describe("what the runner lacks", () => {
  test.each([
    ["Modules/LDAPObject.h:14:10: fatal error: lber.h: No such file or directory", "libldap-dev"],
    ["./psycopg/psycopg.h:36:10: fatal error: libpq-fe.h: No such file or directory", "libpq-dev"],
    ["src/x.c:1:10: fatal error: Python.h: No such file or directory", "python3-dev"],
    ["c/_cffi_backend.c:15:10: fatal error: ffi.h: No such file or directory", "libffi-dev"],
    [
      "src/lxml/includes/etree_defs.h:14:10: fatal error: libxml/xmlversion.h: No such file or directory",
      "libxml2-dev",
    ],
    ["fatal error: 'openssl/opensslv.h' file not found", "libssl-dev"],
    ["fatal error: jpeglib.h: No such file or directory", "libjpeg-dev"],
    ["Error: pg_config executable not found.\n\npg_config is required to build psycopg2 from source.", "libpq-dev"],
    ["/bin/sh: 1: mysql_config: not found", "default-libmysqlclient-dev"],
    [
      "Exception: Can not find valid pkg-config name.\nSpecify MYSQLCLIENT_CFLAGS and MYSQLCLIENT_LDFLAGS env vars manually",
      "default-libmysqlclient-dev",
    ],
    [
      "The headers or library files could not be found for jpeg,\na required dependency when compiling Pillow",
      "libjpeg-dev",
    ],
    ["Error: Please make sure the libxml2 and libxslt development packages are installed.", "libxslt1-dev"],
    ["error: can't find Rust compiler", "rustc"],
    ["Cargo, the Rust package manager, is not installed or is not on PATH.\ncargo: command not found", "cargo"],
    ["error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory", "build-essential"],
    ["error: [Errno 2] No such file or directory: 'gcc'", "build-essential"],
    ["FileNotFoundError: [Errno 2] No such file or directory: 'cmake'", "cmake"],
    ["/usr/bin/ld: cannot find -lpq: No such file or directory", "libpq-dev"],
    ["Package xmlsec1 was not found in the pkg-config search path.", "libxmlsec1-dev"],
    ["Package 'cairo', required by 'virtual:world', not found", "libcairo2-dev"],
    ['../meson.build:31:12: ERROR: Dependency "cairo" not found, tried pkgconfig', "libcairo2-dev"],
    ["OSError: gdal-config not found: gdal-config: not found", "libgdal-dev"],
  ])("%s", (output, name) => {
    expect(missingOnRunner(output)?.packages?.split(" ")).toContain(name);
    expect(buildAdvice("3.13", output)).toContain(`apt-get install -y ${missingOnRunner(output)?.packages}`);
  });

  test("a header that no table has is named, with the way to find its package", () => {
    const output = "fatal error: acme/rare.h: No such file or directory";
    expect(missingOnRunner(output)).toEqual({ name: "acme/rare.h", packages: undefined });
    expect(buildAdvice("3.13", output)).toContain("apt-file search acme/rare.h");
  });

  test.each(["SyntaxError: invalid syntax", "No such file or directory: 'README.md'", "error: package foo: not found"])(
    "nothing is made up: %s",
    (output) => {
      expect(missingOnRunner(output)).toBeUndefined();
    },
  );
});

describe("older tools and Pythons", () => {
  test.each([
    ["error in anyjson setup command: use_2to3 is invalid.", 'build-constraints = ["setuptools<58"]'],
    ["ImportError: cannot import name 'Feature' from 'setuptools'", 'build-constraints = ["setuptools<46"]'],
    ["packaging.version.InvalidVersion: Invalid version: '0.1-dev-r1716'", 'build-constraints = ["setuptools<66"]'],
    ["ModuleNotFoundError: No module named 'pkg_resources'", 'build-constraints = ["setuptools<81"]'],
    ["AttributeError: 'build_ext' object has no attribute 'cython_sources'", 'build-constraints = ["Cython<3"]'],
    ["something unheard of", 'build-constraints = ["setuptools<66"]'],
  ])("%s", (output, line) => {
    expect(buildAdvice("3.13", output)).toContain(line);
  });

  test("a package for an older Python says up to which, unless the server has one", () => {
    const output = "_geohash.c:5:10: fatal error: longintrepr.h: No such file or directory";
    expect(buildAdvice("3.13", output)).toContain("Python 3.10 and older");
    expect(buildAdvice("3.13", "ModuleNotFoundError: No module named 'imp'")).toContain("Python 3.11 and older");
    expect(buildAdvice("3.11", "ModuleNotFoundError: No module named 'imp'")).not.toContain("and older");
  });
});

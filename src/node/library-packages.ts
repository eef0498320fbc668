// Which Debian package has a shared library. The names follow Debian Policy, 8.1; the table has those that do not.

const packages: readonly (readonly [library: RegExp, name: string])[] = [
  [/^libpq\.so/, "libpq5"],
  [/^lib(mysqlclient|mariadb)(client)?\.so/, "libmariadb3"],
  [/^libxml2\.so/, "libxml2"],
  [/^libxslt\.so/, "libxslt1.1"],
  [/^libgobject-2\.0|^libglib-2\.0/, "libglib2.0-0"],
  [/^libgeos_c\.so/, "libgeos-c1v5"],
  [/^libjpeg\.so/, "libjpeg62-turbo"],
  [/^libxmlsec1\.so/, "libxmlsec1"],
  [/^libxmlsec1-openssl\.so/, "libxmlsec1-openssl"],
  [/^libkrb5\.so/, "libkrb5-3"],
  [/^libgssapi_krb5\.so/, "libgssapi-krb5-2"],
  [/^(libpython3\.\d+)/, "$1"],
  [/^libsnappy\.so/, "libsnappy1v5"],
  [/^libGL\.so/, "libgl1"],
];

/** `libpq.so.5` → `libpq5`, `libpango-1.0-0` → `libpango-1.0-0`. */
export function libraryPackage(library: string): string {
  const known = packages.find(([pattern]) => pattern.test(library));
  if (known) return known[1].replace("$1", known[0].exec(library)?.[1] ?? "");
  const [, name = library, version = ""] = /^(.+?)\.so(?:\.(\d+))?/.exec(library) ?? [];
  const joint = /\d$/.test(name) && version !== "" ? "-" : "";
  return `${name}${joint}${version}`.toLowerCase().replaceAll("_", "-");
}

// The modules that a release's Apache loads. The list is its own: what the machine's Apache loads, and what is configured for it, has
// nothing to do with a release.

/** What Debian's Apache loads by itself, and `wsgi` for the application and `headers` for the key. In the order in which they load. */
const modules = [
  "access_compat",
  "alias",
  "auth_basic",
  "authn_core",
  "authn_file",
  "authz_core",
  "authz_host",
  "authz_user",
  "autoindex",
  "deflate",
  "dir",
  "env",
  "filter",
  "headers",
  "mime",
  "mpm_event",
  "negotiation",
  "reqtimeout",
  "setenvif",
  "status",
  "wsgi",
];

/** Modules that a Django application behind nginx does not need. */
const unneeded = [
  "alias",
  "auth_basic",
  "authn_file",
  "authz_user",
  "autoindex",
  "cgid",
  "deflate",
  "dir",
  "negotiation",
  "reqtimeout",
  "setenvif",
  "status",
];

/** The modules of a release without the disabled ones: names in Debian, such as `mpm_event`. */
export function apacheModules(disabled: readonly string[] = unneeded): readonly string[] {
  return modules.filter((module) => !disabled.includes(module));
}

// The strict grammars of names. Every value in a file name, a configuration file or a command on a node has passed one of them.

export interface Grammar {
  /** What a right value is, as text after "is not". */
  readonly expects: string;
  readonly example: string;
  readonly pattern: RegExp;
  readonly longest: number;
}

const label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

export const grammars = {
  /** RFC 1123 host name of a site. It has no `_`, so no two domains are the same when `.` is written as `_`. */
  domain: {
    expects: "a domain name",
    example: "shop.example.com",
    pattern: new RegExp(`^${label}(\\.${label})*$`),
    longest: 253,
  },
  /** As `domain`, and also `_`, which resolvers and local networks allow. */
  host: {
    expects: "a host name or an IP address",
    example: "web1.example.com",
    pattern: /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*$/,
    longest: 253,
  },
  /** An IP address, or a host as above. */
  address: {
    expects: "a host name or an IP address",
    example: "10.0.0.5",
    pattern: /^([A-Za-z0-9_][A-Za-z0-9_-]{0,62}(\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)$/,
    longest: 253,
  },
  /** What useradd(8) and related tools accept. */
  user: {
    expects: "a user name (lower-case letters, digits, - and _, at most 32)",
    example: "woven",
    pattern: /^[a-z_][a-z0-9_-]{0,31}$/,
    longest: 32,
  },
  /** The name of an existing account, for which the rules are less strict. */
  existingUser: { expects: "a user name", example: "root", pattern: /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/, longest: 32 },
  role: {
    expects: "a role name (letters, digits, - and _)",
    example: "production",
    pattern: /^[A-Za-z][A-Za-z0-9_-]*$/,
    longest: 64,
  },
  /** PEP 508, as in the packaging specifications. */
  distribution: {
    expects: "a distribution name (letters, digits, - _ and .)",
    example: "shop",
    pattern: /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/,
    longest: 64,
  },
  /** A label of a domain (RFC 1123), in lower case. */
  previewName: {
    expects: "the name of a preview (lower-case letters, digits and -, at most 40)",
    example: "pr-12",
    pattern: /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/,
    longest: 40,
  },
  /** No blanks, quotes, backslashes or control characters. `releaseName` makes the rest safe for a file name. It is short enough for a
   * distribution name beside it in the 255 bytes that file systems allow. */
  version: {
    expects: "a version (letters, digits and . + - _ ! ~ /, at most 60)",
    example: "1.4.2",
    pattern: /^[A-Za-z0-9][A-Za-z0-9.+_!~/-]*$/,
    longest: 60,
  },
  /** Debian Policy 5.6.1. */
  package: { expects: "a Debian package name", example: "libpq-dev", pattern: /^[a-z0-9][a-z0-9+.-]+$/, longest: 128 },
  apacheModule: {
    expects: "an Apache module name without mod_",
    example: "autoindex",
    pattern: /^[a-z0-9][a-z0-9_]*$/,
    longest: 64,
  },
  timezone: {
    expects: "a time zone",
    example: "Europe/Berlin",
    pattern: /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/,
    longest: 64,
  },
  python: {
    expects: "the word system or a version of Python 3",
    example: "3.13",
    pattern: /^(system|3\.[0-9]{1,2}(\.[0-9]{1,2})?)$/,
    longest: 7,
  },
  /** POSIX.1-2024, 3.216 Name. */
  envName: {
    expects: "the name of an environment variable",
    example: "DATABASE_URL",
    pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
    longest: 128,
  },
  module: {
    expects: "the dotted name of a Python module",
    example: "shop.settings",
    pattern: /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/,
    longest: 200,
  },
  managementCommand: {
    expects: "the name of one management command",
    example: "clearsessions",
    pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
    longest: 100,
  },
  appLabel: { expects: "an app label", example: "catalogue", pattern: /^[A-Za-z_][A-Za-z0-9_]*$/, longest: 100 },
  migration: {
    expects: "the name of a migration, the start of one, or zero",
    example: "0003",
    pattern: /^[A-Za-z0-9_]+$/,
    longest: 255,
  },
  /** The name of a process or a schedule, or of a lock. */
  backgroundName: {
    expects: "a name (letters, digits, - and _, at most 40)",
    example: "worker",
    pattern: /^[A-Za-z][A-Za-z0-9_-]*$/,
    longest: 40,
  },
  /** MemoryMax= of systemd.resource-control(5). */
  memory: {
    expects: "an amount of memory in K, M, G or T",
    example: "512M",
    pattern: /^[1-9][0-9]*[KMGT]$/,
    longest: 12,
  },
  diskSpace: {
    expects: "an amount of disk space in M, G or T",
    example: "2G",
    pattern: /^[1-9][0-9]*[MGT]$/,
    longest: 12,
  },
  siteId: { expects: "a SITE_ID, a whole number from 1", example: "1", pattern: /^[1-9][0-9]{0,14}$/, longest: 15 },
  absolutePath: {
    expects: "an absolute path on the server, without .., blanks or a slash at its end",
    example: "/srv/woven",
    pattern: /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)+$/,
    longest: 200,
  },
  fileName: {
    expects: "the name of a file (letters, digits, - _ and .)",
    example: "google.json",
    pattern: /^[A-Za-z0-9_][A-Za-z0-9._-]*$/,
    longest: 100,
  },
  relativePath: {
    expects: "a path inside the project, without ..",
    example: "requirements/production.txt",
    pattern: /^(?!\/)(?!(.*\/)?\.\.(\/|$))[^\\\p{Cc}]+$/u,
    longest: 1000,
  },
  /** The same for a folder. */
  relativeFolder: {
    expects: "the path of a folder inside the project (relative, without ..)",
    example: "data",
    pattern: /^(?!\/)(?!(.*\/)?\.\.(\/|$))[^\\\p{Cc}]+$/u,
    longest: 1000,
  },
  /** If the repository is known, the path is also checked to stay inside it. */
  repositoryPath: {
    expects: "a path inside the repository",
    example: "requirements/production.txt",
    pattern: /^(?!\/)(\.\.\/)*(?!(.*\/)?\.\.(\/|$))[^\\\p{Cc}]+$/u,
    longest: 1000,
  },
  url: {
    expects: "a path that starts and ends with /, or such a URL",
    example: "/static/",
    pattern: /^(https?:\/\/[A-Za-z0-9.:-]+)?\/([A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)+$/,
    longest: 200,
  },
  argument: {
    expects: "an argument without blanks, quotes, $, % and ..",
    example: "--max-requests=500",
    pattern: /^(?!.*\.\.)[A-Za-z0-9@_:=,./+*-]+$/,
    longest: 500,
  },
  application: {
    expects: "a module and a name in it",
    example: "config.wsgi:application",
    pattern: /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$/,
    longest: 200,
  },
  urlPath: {
    expects: "a path that starts with /",
    example: "/healthz",
    pattern: /^(?!.*\/\.\.([/?]|$))\/[A-Za-z0-9._~/?=&%,:@+-]*$/,
    longest: 500,
  },
} as const satisfies Record<string, Grammar>;

export type GrammarName = keyof typeof grammars;

export function fits(name: GrammarName, text: string): boolean {
  const grammar: Grammar = grammars[name];
  return text.length <= grammar.longest && grammar.pattern.test(text);
}

/** `is not a domain name, such as shop.example.com`. */
export function misfit(name: GrammarName): string {
  const { expects, example } = grammars[name];
  return `is not ${expects}, such as ${example}`;
}

// The one frozen object that inputs, repository and defaults become; everything downstream reads only this.

export const commandNames = [
  "setupnode",
  "bundle",
  "deploy",
  "patch",
  "activate",
  "rollback",
  "node",
  "status",
  "remove",
] as const;
export type CommandName = (typeof commandNames)[number];

export const patchParts = ["project", "templates", "static", "media", "wsgi", "webconf"] as const;
export type PatchPart = (typeof patchParts)[number];

/** Where one node is reached, before anything is known about it. */
export interface NodeAddress {
  readonly user: string;
  readonly host: string;
  /** Set where the entry names one (`user@host:port`); it then wins over every other port setting. */
  readonly port?: number;
  /** The role it was named by, or undefined for a host string. */
  readonly role?: string;
}

/** A value that must never be printed: it stringifies to `***`. */
export interface Secret {
  reveal(): string;
  toString(): "***";
}

export type HostKeyPolicy = "strict" | "accept-new";

export interface Login {
  /** The private key as OpenSSH or PEM text, already put right; undefined with `password`. */
  readonly privateKey?: Secret;
  readonly passphrase?: Secret;
  readonly password?: Secret;
  /** For the jump hosts alone. Without a key of their own they get `privateKey`; without a password of their own, none. */
  readonly jumpLogin?: { readonly privateKey?: Secret; readonly passphrase?: Secret; readonly password?: Secret };
  readonly knownHosts: string;
  readonly hostKeyPolicy: HostKeyPolicy;
  /** `user@host[:port]`, in the order they are passed through. */
  readonly jump: readonly NodeAddress[];
  readonly sshPort: number;
  readonly defaultSshPort: number;
  readonly rootUser: string;
  readonly authorizedKeys: readonly string[];
}

/** Where a found value came from, for the log: `pyproject.toml [project] name`, `manage.py`, `default`. */
export interface Found<T> {
  readonly value: T;
  readonly from: string;
}

/** What is deployed, as found in the repository. The name stands in Settings, since more commands need it. */
export interface Distribution {
  readonly version: Found<string>;
  /** What the version is a name of, with `version-from = "git"`. */
  readonly names?: "commit";
  readonly settingsModule: Found<string>;
  /** The folder to put on sys.path, relative to the working directory: `.`, `src`, … */
  readonly sourceRoot: Found<string>;
  /** Where manage.py lies, relative to the working directory; undefined without one. */
  readonly managePy?: string;
  /** The class of django-configurations that serves, where the project uses it and no variable names one. */
  readonly configuration?: Found<string>;
  readonly requirements: Found<Requirements>;
  readonly requiresPython?: Found<string>;
  /** Groups and extras that look as if production needed them and were not chosen, as lines of configuration. */
  readonly leftOut?: readonly string[];
}

/** What to build wheels of. */
export type Requirements =
  | { readonly kind: "files"; readonly paths: readonly string[] }
  | ({
      readonly kind: "lock";
      readonly format: "uv" | "pylock" | "poetry" | "pdm" | "pipfile";
      readonly path: string;
      /** Of a uv.lock that several packages share: the one that is deployed. */
      readonly package?: { readonly name: string; readonly folder: string };
      /** The project's own list, where the lock does not say which of its packages production needs. */
      readonly roots?: readonly string[];
    } & Chosen)
  | ({ readonly kind: "project"; readonly dependencies: readonly string[] } & Chosen);

/** Groups and extras that go along; undefined: none but the production packages. */
export interface Chosen {
  readonly groups?: readonly string[];
  readonly extras?: readonly string[];
}

export interface Site {
  readonly id: number;
  /** The first is the address, the others are redirected to it. */
  readonly domains: readonly string[];
  /** Undefined: the distribution's own settings module. */
  readonly settingsModule?: string;
}

export interface Health {
  readonly path: string;
  /** Undefined: anything that is neither 400 nor 5xx. */
  readonly status?: number;
  readonly text?: string;
  /** Seconds to wait for the first right answer. */
  readonly timeout: number;
}

export const serverNames = ["apache", "gunicorn", "uvicorn", "uwsgi"] as const;
/** Those that releases can be deployed with so far: src/servers/servers.ts. */
export const supportedServers = ["apache", "gunicorn"] as const satisfies readonly (typeof serverNames)[number][];
export type SupportedServer = (typeof supportedServers)[number];

export type Migrate =
  | { readonly kind: "auto" | "none" | "fake" | "manual" }
  | { readonly kind: "target"; readonly app: string; readonly migration?: string };

/** A Python and the machine it runs on, as a node has them. */
export interface BundleTarget {
  /** `3.13` or `3.13.5` */
  readonly python: string;
  /** `x86_64`, `aarch64` */
  readonly machine: string;
  /** `2.41` */
  readonly glibc: string;
}

/** Names as the user wrote them, or `all`. */
export type OnlyBinary = readonly string[] | "all";

export interface NodeSetup {
  readonly disableRoot: boolean;
  readonly disableSshPassword: boolean;
  readonly enableUfw: boolean;
  readonly ufwRules: readonly string[];
  readonly roleUfwRules: Readonly<Record<string, readonly string[]>>;
  /** Undefined: Woven's own list. */
  readonly basePackages?: readonly string[];
  readonly extraPackages: readonly string[];
  readonly rolePackages: Readonly<Record<string, readonly string[]>>;
  readonly packageRepositories: readonly string[];
  /** Undefined: Woven's own list. */
  readonly apacheDisableModules?: readonly string[];
  /** Undefined: left as it is on the node. */
  readonly timezone?: string;
}

export interface Settings {
  readonly command: CommandName;
  readonly nodes: readonly NodeAddress[];
  readonly login: Login;
  /** Absolute path on the runner. */
  readonly workingDirectory: string;
  /** Name of the distribution; undefined only for `setupnode` and `status` where the repository holds none. */
  readonly distributionName?: Found<string>;
  /** Set for the commands that read the project: bundle, deploy, patch. */
  readonly distribution?: Distribution;
  /** The `version` input: for `activate` the release to go to, for `remove` the release or the distribution. */
  readonly version?: string;
  readonly overwrite: boolean;
  readonly parts: readonly PatchPart[];
  readonly migrate: Migrate;
  /** `env` input: secret environment of the Django process. */
  readonly secretEnv: Readonly<Record<string, Secret>>;
  /** `[tool.woven.env]`: plain environment of the Django process. */
  readonly env: Readonly<Record<string, string>>;
  readonly managementCommand?: string;
  /** Already split into words. */
  readonly options: readonly string[];
  readonly hookEnv: Readonly<Record<string, Secret>>;
  readonly dryRun: boolean;
  /** Whether changes that are not committed may be deployed under the commit's version. */
  readonly dirty: boolean;
  readonly maxParallel: number;
  readonly cache: boolean;
  /** `bundle-for`: what the command bundle builds for without asking a node; empty: for the nodes. */
  readonly bundleFor: readonly BundleTarget[];
  /** sha256 digests of bundles that another job of this run vouches for. */
  readonly bundleDigests: readonly string[];
  /** Packages that are never built on the runner. */
  readonly onlyBinary: OnlyBinary;
  /** Names of variables that builds may see, beside those they always may. */
  readonly buildEnv: readonly string[];
  readonly sites: readonly Site[];
  readonly server: SupportedServer;
  /** `system`, or a minor version such as `3.13`. */
  readonly python: string;
  readonly health: Health;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly keepReleases: number;
  /** Absolute path on the node; undefined: the deploy user's home. */
  readonly deploymentRoot?: string;
  readonly projectAppsPath?: string;
  readonly staticUrl?: string;
  readonly mediaUrl?: string;
  readonly setup: NodeSetup;
}

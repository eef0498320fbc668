// The type of the settings: one frozen object made from inputs, repository and defaults. The commands read nothing else.
import type { Background } from "./background/background.ts";
import type { DataService } from "./data-services.ts";
import type { LogRequest } from "./log-request.ts";
import type { PreviewSettings } from "./preview.ts";
import type { ReleaseCommand, ReleasePhase } from "./release-phase.ts";

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
  "logs",
  "preview",
  "preview-sweep",
  "startsites",
] as const;
export type CommandName = (typeof commandNames)[number];

export const patchParts = ["project", "templates", "static", "media", "wsgi", "webconf"] as const;
export type PatchPart = (typeof patchParts)[number];

/** The address of one node, before anything else is known about it. */
export interface NodeAddress {
  readonly user: string;
  readonly host: string;
  /** Set if the entry names a port (`user@host:port`). It then overrides every other port setting. */
  readonly port?: number;
  /** The role that names it, or undefined if the input names the host itself. */
  readonly role?: string;
}

/** A value that must never be printed. As a string it is `***`. */
export interface Secret {
  reveal(): string;
  toString(): "***";
}

/** The content of a file, which must never be printed. */
export interface SecretFile {
  reveal(): Uint8Array;
}

export type HostKeyPolicy = "strict" | "accept-new";

export interface Login {
  /** The private key as OpenSSH or PEM text. Undefined with `password`. */
  readonly privateKey?: Secret;
  readonly passphrase?: Secret;
  readonly password?: Secret;
  /** For the jump hosts only. Without their own key they get `privateKey`. Without their own password they get none. */
  readonly jumpLogin?: { readonly privateKey?: Secret; readonly passphrase?: Secret; readonly password?: Secret };
  readonly knownHosts: string;
  readonly hostKeyPolicy: HostKeyPolicy;
  /** `user@host[:port]`, in the order of the connection. */
  readonly jump: readonly NodeAddress[];
  readonly sshPort: number;
  readonly defaultSshPort: number;
  readonly rootUser: string;
  readonly authorizedKeys: readonly string[];
}

/** A value and where it was found, for the log: `pyproject.toml [project] name`, `manage.py`, `default`. */
export interface Found<T> {
  readonly value: T;
  readonly from: string;
}

/** A group or an extra that is not installed, and the line of the configuration that installs it. */
export interface LeftOut {
  readonly what: string;
  readonly line: string;
}

/** What is deployed, as found in the repository. Its name is in Settings, because more commands need it. */
export interface Distribution {
  readonly version: Found<string>;
  /** `commit`: the version names a commit, with `version-from = "git"`. */
  readonly names?: "commit";
  readonly settingsModule: Found<string>;
  /** The folder to put on sys.path, relative to the working directory: `.`, `src`, … */
  readonly sourceRoot: Found<string>;
  /** The folder of manage.py, relative to the working directory. Undefined without a manage.py. */
  readonly managePy?: string;
  /** The settings class of django-configurations, if the project uses it and no variable names the class. */
  readonly configuration?: Found<string>;
  readonly requirements: Found<Requirements>;
  /** The Pythons that the project can run on: a PEP 440 specifier, from its metadata or its lock. */
  readonly requiresPython?: Found<string>;
  /** The minor version that the project is developed with, such as `3.12`, from `.python-version` or a file like it. */
  readonly pinnedPython?: Found<string>;
  /** Groups and extras that were not chosen, although their names look like production, as lines of configuration. */
  readonly leftOut?: readonly LeftOut[];
}

/** The setting `python`, and where it is written. */
export interface NamedPython {
  /** `system`, or a version such as `3.13` or `3.13.5`. */
  readonly version: string;
  readonly place: { readonly where: string; readonly file?: string | undefined; readonly line?: number | undefined };
}

/** The packages to build wheels of. */
export type Requirements =
  | { readonly kind: "files"; readonly paths: readonly string[] }
  | ({
      readonly kind: "lock";
      readonly format: "uv" | "pylock" | "poetry" | "pdm" | "pipfile";
      readonly path: string;
      /** The package to deploy, in a uv.lock that several packages share. */
      readonly package?: { readonly name: string; readonly folder: string };
      /** The project's own requirements, if the lock does not say what production needs. */
      readonly roots?: readonly string[];
    } & Chosen)
  | ({ readonly kind: "project"; readonly dependencies: readonly string[] } & Chosen);

/** The chosen groups and extras. Undefined: only the production packages. */
export interface Chosen {
  readonly groups?: readonly string[];
  readonly extras?: readonly string[];
}

export interface Site {
  readonly id: number;
  /** The SITE_ID that Django sees, if it is another one: that of a preview. */
  readonly django?: number;
  /**
   * `admin`: the part of the site at `admin.<domain>`, with `admin_settings.py`. It has the same SITE_ID and runs as the same user.
   * Undefined: the site itself, which always comes first.
   */
  readonly subdomain?: string;
  /** All names that nginx answers for. The first is the site's address. */
  readonly domains: readonly string[];
  /** Those that do not redirect. Absent: only the first. */
  readonly served?: readonly string[];
  /** Undefined: the distribution's own settings module. */
  readonly settingsModule?: string;
  /** Undefined: that of the distribution. */
  readonly health?: Health;
  /** Undefined: that of the distribution. */
  readonly runs?: Running;
  /** Its domain is that of a row in the database: no part of the configuration of a release. */
  readonly fromDatabase?: true;
}

/** What runs the application. */
export interface Running {
  readonly server: ServerName;
  readonly serverOptions: ServerOptions;
  /** `module:name`. Undefined: what Django's settings name. */
  readonly application?: string;
}

export const siteSources = ["settings", "database"] as const;

export interface SiteEnv {
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, Secret>>;
}

/** Where HTTPS ends, and who else may say where a request comes from. */
export type Tls = (
  | { readonly kind: "none" }
  /** `certificate`: for the commands that place it on servers. */
  | { readonly kind: "files"; readonly certificate?: Certificate }
  /** `directory`: the URL of the authority's ACME directory (RFC 8555, 7.1.1). */
  | { readonly kind: "acme"; readonly directory: string; readonly email?: string }
  /** A proxy in front of the server ends HTTPS. It tells the scheme in X-Forwarded-Proto. */
  | { readonly kind: "proxy" }
) & {
  /** Addresses and networks of proxies, which may tell the visitor's address in X-Forwarded-For. */
  readonly trusted: readonly string[];
  /** Seconds, of Strict-Transport-Security. Undefined: not sent. */
  readonly hsts?: number;
};

/** `[web]`: what nginx does for all sites. */
export interface Web {
  /** As in nginx: `20m`. */
  readonly maxBody: string;
  /** Seconds to wait for the application. Undefined: as long as the site's server lets a request take. */
  readonly timeout?: number;
  readonly gzip: boolean;
  /** The servers get nginx's module for files that were compressed with Brotli. */
  readonly brotli?: true;
  readonly noindex: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** Targets by path. */
  readonly redirects: Readonly<Record<string, string>>;
  /** `remove`: www.shop.example.com redirects to shop.example.com. `add`: the other way round. */
  readonly www?: "add" | "remove";
  /** Whether a site answers at each of its domains, instead of at the first one only. */
  readonly equalDomains: boolean;
  /** Who may see the sites. Undefined: everybody. Empty for a command that places no configuration. */
  readonly basicAuth?: readonly Account[];
  /** A folder below the media files. */
  readonly protectedMedia?: string;
}

export interface Account {
  readonly name: string;
  readonly password: Secret;
}

export interface Certificate {
  /** PEM: the server's own certificate first. */
  readonly chain: string;
  /** PEM. */
  readonly key: Secret;
  /** SHA-256 of the server's own certificate, as in X509Certificate. */
  readonly fingerprint: string;
  /** Whole days until it ends. */
  readonly daysLeft: number;
}

export interface Health {
  readonly path: string;
  /** Undefined: any status except 400 and 5xx. */
  readonly status?: number;
  readonly text?: string;
  /** Seconds to wait for the first healthy answer, and for the end of the command. */
  readonly timeout: number;
  readonly command?: ReleaseCommand;
}

export const serverNames = ["apache", "gunicorn", "uvicorn", "uwsgi"] as const;
export type ServerName = (typeof serverNames)[number];
/** One whose releases may run on a Python that Woven brings along, for advice. */
export const ownPythonServer = "gunicorn" satisfies ServerName;

export type Migrate =
  | { readonly kind: "auto" | "none" | "fake" | "manual" }
  | { readonly kind: "target"; readonly app: string; readonly migration?: string };

/** The Python and the machine type of a node. */
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

/** The options of the server that the configuration gives. */
export interface ServerOptions {
  /** Processes for each site. */
  readonly workers?: number;
  /** Of each process. */
  readonly threads?: number;
  /** Seconds that a request may take. */
  readonly timeout?: number;
  /** For the server's program. They need no quotes. */
  readonly arguments?: readonly string[];
  /** `512M`, `2G`: for each service. */
  readonly memory?: string;
  /** Processes and threads of each service. */
  readonly tasks?: number;
}

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
  /** Undefined: not changed on the node. */
  readonly timezone?: string;
}

export interface Settings extends Running {
  readonly command: CommandName;
  readonly nodes: readonly NodeAddress[];
  /** The nodes of all roles, whether or not this run works on them: one may have a service for the others. */
  readonly placed: readonly NodeAddress[];
  readonly login: Login;
  /** Absolute path on the runner. */
  readonly workingDirectory: string;
  /** The file in which to write a missing key: `woven.toml` or `pyproject.toml`. */
  readonly configFile: string;
  /** The role whose `[role-settings.<role>]` is part of these settings. */
  readonly roleSettings?: string;
  /** Name of the distribution. Undefined only for `setupnode` and `status` in a repository without one. */
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
  /** `files` input: secret files of the application, by name. */
  readonly secretFiles: Readonly<Record<string, SecretFile>>;
  /** `[tool.woven.env]`: plain environment of the Django process. */
  readonly env: Readonly<Record<string, string>>;
  /** The variables of single sites, by SITE_ID. They win over those of all sites. */
  readonly siteEnv: Readonly<Record<string, SiteEnv>>;
  readonly managementCommand?: string;
  /** Split into words. */
  readonly options: readonly string[];
  /** Of the command node: a SITE_ID. Undefined: the first site of the release. */
  readonly site?: number;
  /** Of the command logs: what `options` asks for. */
  readonly logRequest?: LogRequest;
  readonly hookEnv: Readonly<Record<string, Secret>>;
  readonly dryRun: boolean;
  /** Whether uncommitted changes may be deployed under the commit's version. */
  readonly dirty: boolean;
  readonly maxParallel: number;
  readonly cache: boolean;
  /** `bundle-for`: what the command bundle builds for, without asking a node. Empty: for the nodes. */
  readonly bundleFor: readonly BundleTarget[];
  /** sha256 digests of bundles that another job of this run passed on. */
  readonly bundleDigests: readonly string[];
  /** Packages that are never built on the runner. */
  readonly onlyBinary: OnlyBinary;
  /** Versions of the tools that build packages: `setuptools<66`. */
  readonly buildConstraints: readonly string[];
  /** Names of additional variables that builds may see. */
  readonly buildEnv: readonly string[];
  readonly sites: readonly Site[];
  /** Whether the rows of django.contrib.sites are sites, too. */
  readonly sitesFrom: (typeof siteSources)[number];
  /** What the configuration says of sites whose domain only the database knows. */
  readonly sitesWithoutDomain: readonly Site[];
  /** Whether startsites retires the sites that are no longer listed. */
  readonly retire: boolean;
  /** Undefined: the server's own if it fits the project, or else one that does. */
  readonly python?: NamedPython;
  readonly tls: Tls;
  readonly web: Web;
  readonly health: Health;
  readonly background: Background;
  readonly phase: ReleasePhase;
  /** Services that the project uses: on each server, or on another one. */
  readonly services: readonly DataService[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Folders of the project that outlive releases, as plain paths. None contains another. */
  readonly writable: readonly string[];
  /** Where `writable` is written, for problems that only the files of the release show. */
  readonly writablePlace?: NamedPython["place"];
  /** A folder of collected static files, as a plain path. */
  readonly collectedStatic?: string;
  /** Commands for `sh` that run on the runner before the files of a release are listed. */
  readonly build: readonly string[];
  readonly keepReleases: number;
  /** Seconds. */
  readonly drain: number;
  /** Absolute path on the node; undefined: the deploy user's home. */
  readonly deploymentRoot?: string;
  readonly projectAppsPath?: string;
  readonly staticUrl?: string;
  readonly mediaUrl?: string;
  readonly setup: NodeSetup;
  /** Set for the commands about previews. */
  readonly preview?: PreviewSettings;
  /** For the API of GitHub. */
  readonly githubToken?: Secret;
}

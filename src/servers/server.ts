// What Woven needs to know about a server: how it runs the sites of a release, and what it needs on the node and in the project.
import type { Service } from "../node/services.ts";
import type { Shell } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { Layout } from "../release/layout.ts";
import type { NodeSetup, ServerName, Site } from "../settings/settings.ts";
import type { Processes } from "./processes.ts";
import type { Program } from "./program-wheels.ts";

/** The settings of a server's own. */
export type ServerSetup = Pick<NodeSetup, "apacheDisableModules">;

/** A site, and what runs it. */
export interface WebSite extends Pick<Site, "id" | "subdomain" | "domains" | "served"> {
  readonly server: ServerName;
  readonly processes: Processes;
}

/** One build of a release, with what its web servers need. */
export interface WebRelease {
  readonly place: Layout;
  readonly version: string;
  readonly build: string;
  /** Random, hexadecimal. A server that listens on TCP recognises nginx by it. Only root can read it. */
  readonly key: string;
  readonly sites: readonly WebSite[];
  /** The settings that `configuredBy` of the server names. */
  readonly setup: ServerSetup;
  /** The loopback address of a server that listens on TCP. Absent: that of the build. */
  readonly address?: string;
}

/** A file that a server needs on the node, and the template for it. */
export interface ServerFile {
  /** Absolute. */
  readonly path: string;
  /** Below `templates/woven/`. */
  readonly template: string;
  readonly view: Readonly<Record<string, unknown>>;
  /** The earlier path of the template. A project's own template is found there, too. */
  readonly formerly?: string;
  /** Names that a project's own template must use. */
  readonly required?: readonly string[];
  /** Text that a project's own template may have from an earlier version of Woven. */
  readonly outdated?: Outdated;
  /** The template of lines that a project may add to a unit. They come last, so they win. */
  readonly dropIn?: string;
  /** It holds a secret: only root can read it, and a dry run does not show it. */
  readonly secret?: true;
}

/** Text that would no longer work, or would no longer be safe, in a project's own template. */
export interface Outdated {
  /** Of a line that is no comment. */
  readonly pattern: RegExp;
  /** What has changed, and what to write now. */
  readonly now: string;
}

/** How the program that reads a folder of /etc checks the files, and loads them. */
export interface EtcService {
  /** Fails if the configuration cannot be read. Also run before the files are placed, in a mount namespace with a copy of /etc. */
  readonly test?: Shell;
  /** More names for the templates of the folder. */
  readonly view?: Readonly<Record<string, unknown>>;
  readonly reload: Shell;
  /** For a reload that may fail: run once the files are restored. */
  readonly afterUndo?: Shell;
}

/**
 * How sites join and leave a service that all sites of a release share: another instance of it, with another address, takes its place.
 * A reload would end the processes of all sites, as mod_wsgi's does.
 */
export interface SharedService {
  /** The file that lists the sites, and the line in it for one of them. */
  readonly list: string;
  line(site: Pick<WebSite, "id" | "subdomain" | "domains">): string;
  /** Fails if the server cannot read its configuration. */
  readonly test: Shell;
}

export interface Server {
  /** Whose Python it runs releases on. `node`: only the node's own, which its packages are built for. `any`: that of the release. */
  readonly python: "node" | "any";
  /** Debian packages that it needs, beside Python and nginx. */
  readonly packages: readonly string[];
  /** The program that runs in the release's virtualenv. The bundle gets it if the project does not require it. */
  readonly program?: Program;
  /** Whether it takes websockets: nginx then passes them on. */
  readonly websockets?: true;
  /** The services of a release whose sites it runs, without nginx's files for them. */
  services(web: WebRelease): readonly Service[];
  /** The configuration of all those services. */
  files(web: WebRelease): readonly ServerFile[];
  /** Files that it needs inside the release: the path there, and the template. */
  readonly releaseFiles: readonly { readonly path: string; readonly template: string }[];
  /** Tests the configuration after it is placed. */
  test(web: Pick<WebRelease, "place" | "build">): readonly Step[];
  /** Absent: each site has a service of its own, which can be started and stopped by itself. */
  shared?(web: Pick<WebRelease, "place" | "build">): SharedService;
  /** The steps of setupnode for it, after its packages are installed. */
  setUp(setup: NodeSetup): readonly Step[];
  /** The settings that its configuration depends on. Undefined, or without it: none, or all are as by default. */
  configuredBy?(setup: ServerSetup): unknown;
  /** Its own folders in /etc, by name. */
  readonly etc: Readonly<Record<string, EtcService>>;
  /** Prefixes of the variables that it sets for its processes. */
  readonly variablePrefixes: readonly string[];
  /** Init scripts that must not start when its packages are installed. */
  readonly initScripts: readonly string[];
}

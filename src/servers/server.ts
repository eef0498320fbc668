// What a server is to the rest of Woven: how it runs the sites of a release, and what it needs of the node and of the project.

import type { Service } from "../node/services.ts";
import type { Shell } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { Layout } from "../release/layout.ts";
import type { NodeSetup, Site } from "../settings/settings.ts";

/** One build of a release, as its web servers have to know it. */
export interface WebRelease {
  readonly place: Layout;
  readonly version: string;
  readonly build: string;
  /** Random, hexadecimal: by it, a server that listens on TCP tells nginx from other accounts of the node. Only root may read it. */
  readonly key: string;
  readonly sites: readonly Pick<Site, "id" | "domains">[];
}

/** A file that a server needs on the node, as the template it is made of. */
export interface ServerFile {
  /** Absolute. */
  readonly path: string;
  /** Below `templates/woven/`. */
  readonly template: string;
  readonly view: Readonly<Record<string, unknown>>;
  /** Where projects had their own such template before it moved. */
  readonly formerly?: string;
  /** Names that a project's own template has to use. */
  readonly required?: readonly string[];
  /** It holds a secret: only root reads it, and no dry run shows it. */
  readonly secret?: true;
}

/** How what reads a folder of /etc proves that it can, and takes it over. */
export interface EtcService {
  /** Exits other than 0 where the configuration cannot be read. Run before the files are in force, too: in a view of its own of /etc. */
  readonly test?: Shell;
  readonly reload: Shell;
  /** Where taking it over may fail: after the files are as they were. */
  readonly afterUndo?: Shell;
}

export interface Server {
  /** Debian packages that it runs from, beside Python and nginx. */
  readonly packages: readonly string[];
  /** What the project's requirements must hold: the normalised name, and the line to write. */
  readonly requirement?: { readonly name: string; readonly line: string };
  /** The services of a release, without the files that nginx reads for them. */
  services(web: WebRelease): readonly Service[];
  /** The configuration of all those services. */
  files(web: WebRelease): readonly ServerFile[];
  /** Files of the release itself that it needs: path in the release, and the template. */
  readonly releaseFiles: readonly { readonly path: string; readonly template: string }[];
  /** Tests the configuration once it is placed. */
  test(web: Pick<WebRelease, "place" | "build">): readonly Step[];
  /** What setupnode does for it once its packages are installed. */
  setUp(setup: NodeSetup): readonly Step[];
  /** Of the folders in /etc that are its own, by name. */
  readonly etc: Readonly<Record<string, EtcService>>;
  /** What the names of variables begin with that it gives its processes. */
  readonly variablePrefixes: readonly string[];
  /** Init scripts of its packages that must not start by being installed. */
  readonly initScripts: readonly string[];
}

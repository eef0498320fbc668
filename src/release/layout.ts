// The paths and names of everything of one release on a node.
import { createHash } from "node:crypto";
import { isPreview } from "../settings/preview.ts";

export interface Layout {
  /** The deployment root: the deploy user's home unless set otherwise. */
  readonly root: string;
  readonly distribution: string;
  /** The version made safe for file names. */
  readonly name: string;
  /** `<root>/env/<dist>-<version>`: a link to the folder of the version's last build. */
  readonly release: string;
  /** `<root>/.staging/<dist>-<version>`: the release while it is built. As deep as `release`, so that relative paths stay valid. */
  readonly staging: string;
  /** `<root>/env/<dist>`: the link to the live release. */
  readonly active: string;
  readonly database: string;
  readonly media: string;
  /** `<root>/writable/<dist>`: the folders that the application writes to. */
  readonly writable: string;
  /** `/var/local/woven/<dist>` */
  readonly state: string;
  /** What the names of the release's template units begin with: `woven-<dist>-<version>`. */
  readonly unit: string;
}

export function layout(root: string, distribution: string, name: string): Layout {
  const unit = unitName(distribution, name);
  return {
    root,
    distribution,
    name,
    release: `${root}/env/${distribution}-${name}`,
    staging: `${root}/.staging/${distribution}-${name}`,
    active: `${root}/env/${distribution}`,
    database: `${root}/database`,
    media: `${root}/public/${distribution}`,
    writable: `${root}/writable/${distribution}`,
    state: `/var/local/woven/${distribution}`,
    unit,
  };
}

/** Where releases are while they are built: `<root>/.staging`. */
export function stagingFolder({ root }: Pick<Layout, "root">): string {
  return `${root}/.staging`;
}

/** `<root>/env/.packages/<dist>-<digest>`: installed packages, for all releases of the distribution that have the same ones. */
export function packagesFolder({ root, distribution }: Pick<Layout, "root" | "distribution">, digest: string): string {
  return `${root}/env/.packages/${distribution}-${digest}`;
}

/** `example.com` in a file name: `example_com`. A host name has no underscore, so two names never become the same. */
export function domainName(domain: string): string {
  return domain.replaceAll(".", "_");
}

/** The page that nginx answers with while the preview sleeps. It exists only then. */
export function asleepPage(distribution: string): string {
  return `/var/www/woven/asleep-${distribution}`;
}

export function siteUser(id: number): string {
  return `site_${id}`;
}

/** A site in names of files and units: that of its user, and for a part of it with the subdomain: `site_1_admin`. */
export function siteName({ id, subdomain }: { readonly id: number; readonly subdomain?: string }): string {
  return subdomain === undefined ? siteUser(id) : `${siteUser(id)}_${subdomain}`;
}

/**
 * The group of databases and media. The sites of all distributions share them, except for previews: a preview can open no database but
 * its own.
 */
export function dataGroup(distribution: string): string {
  return isPreview(distribution) ? codeGroup(distribution) : "sites";
}

/**
 * The group that may read the code of a distribution. Only its sites are members. The name has at most 32 characters, of those that
 * useradd(8) allows. Two distributions never have the same group.
 */
export function codeGroup(distribution: string): string {
  const name = `code-${distribution}`;
  if (/^[a-z0-9_-]{1,32}$/.test(name)) return name;
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, "-");
  return `${plain.slice(0, 21)}-${createHash("sha256").update(distribution).digest("hex").slice(0, 10)}`;
}

/** What the names of the units of a distribution begin with, and those of no other. */
export function unitPrefix(distribution: string): string {
  return `woven-${unitPart(distribution)}-`;
}

function unitName(distribution: string, name: string): string {
  return `${unitPrefix(distribution)}${unitPart(name)}`;
}

/** A unit name has at most 255 characters (systemd.unit(5)), with its instance and the name of its timer. A digest replaces a long part. */
function unitPart(text: string): string {
  const part = unitText(text);
  return part.length <= 90 ? part : createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** Text made safe for the name of a unit, as systemd-escape(1) does it. */
export function unitText(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_.]/g, (character) => {
    const bytes = [...Buffer.from(character)];
    return bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
  });
}

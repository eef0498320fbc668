// Where everything of one release lies on a node, and what it is called there.
import { createHash, randomInt } from "node:crypto";

export interface Layout {
  /** The deployment root: the deploy user's home unless set otherwise. */
  readonly root: string;
  readonly distribution: string;
  /** The version made safe for file names. */
  readonly name: string;
  /** `<root>/env/<dist>-<version>`: a link to the folder that the version was last built into. */
  readonly release: string;
  /** `<root>/.staging/<dist>-<version>`: the release while it is built. As deep as `release`, so that relative paths hold. */
  readonly staging: string;
  /** `<root>/env/<dist>`: the link to the active release. */
  readonly active: string;
  readonly database: string;
  readonly media: string;
  /** `/var/local/woven/<dist>` */
  readonly state: string;
  /** Name of the systemd template unit, without `@….service`. */
  readonly unit: string;
  /** Main configuration of the release's Apache. */
  readonly apacheConf: string;
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
    state: `/var/local/woven/${distribution}`,
    unit,
    apacheConf: `/etc/apache2/woven/${distribution}-${name}.conf`,
  };
}

/**
 * The folder that one build of a release is in, `<root>/env/.<dist>-<version>.<build>`. A version that is built anew or patched gets a
 * new one, so that nothing changes under the processes of the old build. As deep as `release` and `staging`.
 */
export function buildFolder({ root, distribution, name }: Layout, address: string): string {
  const build = address
    .split(".")
    .slice(1)
    .map((octet) => Number(octet).toString(16).padStart(2, "0"));
  return `${root}/env/.${distribution}-${name}.${build.join("")}`;
}

/** The unit instance that serves a release from one address. */
export function instance(place: Layout, address: string): string {
  return `${place.unit}@${address}.service`;
}

/** `example.com` as it stands in file names: `example_com`. A host name holds no underscore, so no two become one. */
export function domainName(domain: string): string {
  return domain.replaceAll(".", "_");
}

/**
 * A loopback address for one start of one release. All of 127.0.0.0/8 is this machine (RFC 1122, 3.2.1.3 g), so every
 * release can have its backend on the same port beside the others. Random: should it be taken, the unit fails to
 * start and nothing is switched.
 */
export function backendAddress(): string {
  return `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
}

export function siteUser(id: number): string {
  return `site_${id}`;
}

/**
 * The group that may read the code of a distribution: its sites, and nobody else. A group's name has at most 32 characters, of few
 * kinds (useradd(8)); no two distributions have one.
 */
export function codeGroup(distribution: string): string {
  const name = `code-${distribution}`;
  if (/^[a-z0-9_-]{1,32}$/.test(name)) return name;
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, "-");
  return `${plain.slice(0, 21)}-${createHash("sha256").update(distribution).digest("hex").slice(0, 10)}`;
}

/** What the names of the units of a distribution begin with, and those of no other; but for very long ones. */
export function unitPrefix(distribution: string): string {
  return `woven-${unitText(distribution)}-`;
}

/** A unit's name has at most 255 characters (systemd.unit(5)), its instance and its timer's among them. */
function unitName(distribution: string, name: string): string {
  const unit = `${unitPrefix(distribution)}${unitText(name)}`;
  if (unit.length <= 180) return unit;
  return `woven-${createHash("sha256").update(`${distribution}/${name}`).digest("hex").slice(0, 32)}`;
}

/** Text made safe for the name of a unit, as systemd-escape(1) does it. */
function unitText(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_.]/g, (character) => {
    const bytes = [...Buffer.from(character)];
    return bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
  });
}

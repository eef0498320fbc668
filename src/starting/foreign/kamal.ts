// Kamal's config/deploy.yml: hosts, roles with their commands, the proxy, variables, accessories, volumes.
import { posix } from "node:path";
import { parse } from "yaml";
import type { DataServiceName } from "../../settings/data-services.ts";
import { fits } from "../../settings/grammar.ts";
import type { ProjectFiles } from "../../settings/project-files.ts";
import { writableProblem } from "../../settings/release-folders.ts";
import { splitShellWords, type Words } from "../../settings/shell-words.ts";
import { processCommand } from "./commands.ts";
import type { Foreign, ForeignProcess } from "./foreign.ts";
import { servicesNamed } from "./services-named.ts";
import { readWebCommand } from "./web-command.ts";

const path = "config/deploy.yml";
type Table = Readonly<Record<string, unknown>>;

export function readKamal(files: ProjectFiles): Foreign | undefined {
  const text = files.read(path);
  if (text === undefined) return undefined;
  const config = parsed(text);
  // Other tools have a file of this name, too.
  if (config === undefined || (config["service"] === undefined && config["servers"] === undefined)) return undefined;
  const roles = rolesOf(config["servers"]);
  const dockerfile = files.read(String(table(config["builder"])?.["dockerfile"] ?? "Dockerfile")) ?? "";
  const web = roles.find(({ name }) => name === "web");
  const start = readWebCommand(web?.cmd === undefined ? startOf(dockerfile) : unwrapped(web.cmd));
  const { processes, notes } = workers(roles.filter((role) => role !== web));
  const env = variables(config["env"]);
  const accessories = Object.entries(table(config["accessories"]) ?? {});
  const ssh = table(config["ssh"]) ?? {};
  return {
    path,
    ...(start === undefined ? {} : { server: start.server }),
    processes,
    ...env,
    ...proxyOf(table(config["proxy"]) ?? {}),
    services: accessories.flatMap(([name, one]) => serviceOf(name, one)),
    packages: aptPackages(dockerfile),
    hosts: web?.hosts ?? [],
    ...(typeof ssh["user"] === "string" ? { rootUser: ssh["user"] } : {}),
    ...(typeof ssh["port"] === "number" ? { sshPort: ssh["port"] } : {}),
    ...numberOf("keepReleases", config["retain_containers"]),
    ...numberOf("drain", config["drain_timeout"]),
    writable: volumes(config["volumes"], dockerfile),
    notes: [
      ...(start?.notes ?? [`No server was found in the command of web or in the Dockerfile.`]),
      ...notes,
      ...separateHosts(roles, web?.hosts ?? []),
      ...accessories.flatMap(([name, one]) => accessoryNote(name, one)),
      ...(ssh["proxy"] === undefined ? [] : [`ssh.proxy: write jump: ${String(ssh["proxy"])} into the workflows.`]),
    ],
  };
}

interface Role {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly cmd?: string;
}

function rolesOf(servers: unknown): readonly Role[] {
  if (Array.isArray(servers)) return [{ name: "web", hosts: hostsOf(servers) }];
  return Object.entries(table(servers) ?? {}).map(([name, value]) => {
    const described = table(value);
    const cmd = described?.["cmd"];
    return {
      name,
      hosts: hostsOf(described === undefined ? value : described["hosts"]),
      ...(typeof cmd === "string" ? { cmd } : {}),
    };
  });
}

/** `192.0.2.1`, or `192.0.2.1: [tag]`. */
function hostsOf(value: unknown): readonly string[] {
  const entries = Array.isArray(value) ? value : [];
  return entries
    .map((one) => (typeof one === "string" ? one : (Object.keys(table(one) ?? {})[0] ?? "")))
    .filter(Boolean);
}

function workers(roles: readonly Role[]): { processes: readonly ForeignProcess[]; notes: readonly string[] } {
  const processes: ForeignProcess[] = [];
  const notes: string[] = [];
  for (const { name, cmd } of roles) {
    const converted = cmd === undefined ? undefined : processCommand(unwrapped(cmd));
    if (converted === undefined) notes.push(`servers.${name}: it has no cmd.`);
    else if (converted.kind === "no") notes.push(`servers.${name}.cmd: the command ${converted.why}.`);
    else if (!fits("backgroundName", name)) notes.push(`servers.${name}: Woven needs another name for this process.`);
    else processes.push({ name, command: converted.command });
  }
  return { processes, notes };
}

function separateHosts(roles: readonly Role[], web: readonly string[]): readonly string[] {
  return roles.flatMap(({ name, hosts }) =>
    hosts.every((host) => web.includes(host))
      ? []
      : [
          `servers.${name} has hosts of its own. With Woven, each server runs all of the release: see role in docs/processes.md.`,
        ],
  );
}

/** `bash -c "…"`, as a cmd often is. */
function unwrapped(command: string): string {
  const split: Words = splitShellWords(command);
  const [shell = "", flag = "", inner] = split.kind === "words" ? split.words : [];
  return /^(\/bin\/)?(ba)?sh$/.test(shell) && /^-l?c$/.test(flag) && inner !== undefined ? inner : command;
}

/** What the image starts: the last CMD, as a list or as shell text. */
function startOf(dockerfile: string): string {
  const joined = dockerfile.replaceAll(/\\\r?\n/g, " ");
  const command = [...joined.matchAll(/^\s*CMD\s+(.+)$/gim)].at(-1)?.[1]?.trim() ?? "";
  if (!command.startsWith("[")) return unwrapped(command);
  const words = parsed(`words: ${command}`)?.["words"];
  const texts = Array.isArray(words) ? words.map(String) : [];
  return unwrapped(
    texts.map((word) => (/^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" "),
  );
}

/** Libraries that the image installs with apt. Those for building are not needed: the runner builds. */
function aptPackages(dockerfile: string): readonly string[] {
  const joined = dockerfile.replaceAll(/\\\r?\n/g, " ");
  const lists = [...joined.matchAll(/apt(?:-get)?\s+(?:-\S+\s+)*install\s+([^&|;\n]*)/g)].map(([, list = ""]) => list);
  const names = lists.flatMap((list) => list.split(/\s+/)).filter((name) => fits("package", name));
  return [...new Set(names)].filter(
    (name) =>
      !/-dev$|^(build-essential|gcc|g\+\+|make|curl|git|wget|pkg-config|ca-certificates|gnupg|sudo)$/.test(name),
  );
}

function variables(env: unknown): Pick<Foreign, "env" | "secrets"> {
  const given = table(env) ?? {};
  const clear = table(given["clear"]) ?? (given["secret"] === undefined && given["tags"] === undefined ? given : {});
  const secret = Array.isArray(given["secret"]) ? given["secret"].map(String) : [];
  const values = Object.entries(clear).filter(([name]) => fits("envName", name));
  return {
    env: Object.fromEntries(values.map(([name, value]) => [name, String(value)])),
    // `NAME:OTHER`: the secret OTHER, as NAME.
    secrets: secret.map((name) => name.split(":")[0] ?? "").filter((name) => fits("envName", name)),
  };
}

function proxyOf(proxy: Table): Partial<Foreign> {
  const hosts = Array.isArray(proxy["hosts"]) ? proxy["hosts"] : String(proxy["host"] ?? "").split(",");
  const domains = hosts.map((host) => String(host).trim()).filter((host) => fits("domain", host));
  const health = table(proxy["healthcheck"])?.["path"];
  return {
    domains,
    ...(proxy["ssl"] === true ? { tls: "acme" as const } : {}),
    ...(typeof health === "string" && fits("urlPath", health) ? { healthPath: health } : {}),
  };
}

function serviceOf(name: string, accessory: unknown): readonly DataServiceName[] {
  return servicesNamed(`${name} ${String(table(accessory)?.["image"] ?? "")}`);
}

function accessoryNote(name: string, accessory: unknown): readonly string[] {
  if (serviceOf(name, accessory).length > 0) return [];
  const image = String(table(accessory)?.["image"] ?? "");
  if (/postgres/.test(image))
    return [
      `accessories.${name}: setupnode can install PostgreSQL and make the database: extra-packages = ["postgresql"]. Move the data yourself.`,
    ];
  return [`accessories.${name} (${image}): Woven does not run it.`];
}

/** Folders of the image that outlive containers, as folders of the project. */
function volumes(given: unknown, dockerfile: string): readonly string[] {
  const top = [...dockerfile.matchAll(/^\s*WORKDIR\s+(\S+)/gim)].at(-1)?.[1] ?? "/app";
  const mounts = (Array.isArray(given) ? given : []).map((one) => String(one).split(":")[1] ?? "");
  const inside = mounts.filter((mount) => mount.startsWith(`${top}/`)).map((mount) => posix.relative(top, mount));
  return inside.filter((folder) => writableProblem(folder) === undefined);
}

function numberOf<Key extends "keepReleases" | "drain">(key: Key, value: unknown): Partial<Record<Key, number>> {
  return typeof value === "number" && Number.isInteger(value) && value > 0
    ? ({ [key]: value } as Record<Key, number>)
    : {};
}

/** ERB in it stays as text. */
function parsed(text: string): Table | undefined {
  try {
    return table(parse(text.replaceAll(/<%.*?%>/gs, "ERB")));
  } catch {
    return undefined;
  }
}

function table(value: unknown): Table | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : undefined;
}

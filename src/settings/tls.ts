// HTTPS: where it ends, and what it needs for that.
import { isIP } from "node:net";
import { acmeDirectory } from "./acme.ts";
import { checkCertificate } from "./certificate.ts";
import type { ConfigFile } from "./config-file.ts";
import type { Config } from "./config-schema.ts";
import { defaults } from "./defaults.ts";
import { dnsHookName, hasDnsHook } from "./dns-hook.ts";
import { isWildcard } from "./domain.ts";
import type { Inputs } from "./inputs.ts";
import { present } from "./present.ts";
import { type Report, secretExpression } from "./problems.ts";
import type { ProjectFiles } from "./project-files.ts";
import { secret } from "./secret.ts";
import type { Certificate, CommandName, PatchPart, Site, Tls } from "./settings.ts";
import type { SettingsSource } from "./source.ts";

interface Around {
  readonly command: CommandName;
  readonly parts: readonly PatchPart[];
  readonly sites: readonly Site[];
  readonly files: ProjectFiles;
  /** How many this run works on. */
  readonly servers: number;
}

export function readTls(source: SettingsSource, inputs: Inputs, file: ConfigFile, around: Around, report: Report): Tls {
  const { config } = file;
  const trusted = config["trusted-proxies"] ?? defaults["trusted-proxies"];
  const kind = config.tls ?? defaults.tls;
  checkNeighbours(file, report);
  const common = present({ trusted, hsts: config.hsts });
  switch (kind) {
    case false:
      return { kind: "none", trusted };
    case "acme": {
      checkNames(kind, around, file, report);
      checkServers(kind, around, file, report);
      const directory = acmeDirectory(config["acme-directory"] ?? defaults["acme-directory"]);
      return present({ kind, ...common, directory, email: config["tls-email"] });
    }
    case "files":
      return present({ kind, ...common, certificate: readCertificate(source, inputs, around, report) });
    case "proxy":
      return { kind, ...common };
  }
}

/** Reports keys that need another one, and a firewall that keeps visitors out. */
function checkNeighbours(file: ConfigFile, report: Report): void {
  const { tls = defaults.tls, hsts, "trusted-proxies": trusted = [], "ufw-rules": rules } = file.config;
  if (file.isWrong("tls")) return;
  if (tls === "proxy" && trusted.length === 0 && !file.isWrong("trusted-proxies"))
    report(
      file.problem(
        ["tls"],
        'tls = "proxy" needs the addresses of the proxies',
        file.toWrite('trusted-proxies = ["10.0.0.0/8"]'),
      ),
    );
  // A role that sets only tls leaves these to the others.
  const isForOthers = (name: "hsts" | "tls-email" | "acme-directory") => file.isOfRole("tls") && !file.isOfRole(name);
  if (tls === false && hsts !== undefined && !isForOthers("hsts"))
    report(
      file.problem(["hsts"], "needs HTTPS, and tls is false", 'Set tls, or remove hsts. For example: tls = "files"'),
    );
  for (const name of ["tls-email", "acme-directory"] as const)
    if (tls !== "acme" && file.config[name] !== undefined && !isForOthers(name))
      report(file.problem([name], 'has no effect without tls = "acme"', `Set tls = "acme", or remove ${name}.`));
  if (endsAtNginx(tls) && rules !== undefined && file.config["enable-ufw"] !== false && !rules.some(mayOpenHttps))
    report(
      file.problem(
        ["ufw-rules"],
        `opens no port for HTTPS, which tls = "${tls}" needs`,
        'Add a rule: ufw-rules = ["allow 80,443/tcp"]',
      ),
    );
}

/** Reports domains that no ACME authority can issue for over HTTP. */
function checkNames(kind: "acme", { sites, files }: Around, file: ConfigFile, report: Report): void {
  const all = sites.flatMap(({ domains }) => domains);
  const wildcards = all.filter(isWildcard);
  if (wildcards.length > 0 && !hasDnsHook(files))
    report(
      file.problem(
        ["tls"],
        `tls = "${kind}" needs the hook ${dnsHookName} for a wildcard: ${wildcards.join(", ")}`,
        `Write woven/hooks/${dnsHookName}, which changes your DNS, or use tls = "files" with a certificate of your own.`,
      ),
    );
  const names = all.filter((domain) => isIP(domain) !== 0 || !domain.includes("."));
  if (names.length === 0) return;
  report(
    file.problem(
      ["tls"],
      `tls = "${kind}" needs public names, and ${names.join(", ")} ${names.length === 1 ? "is" : "are"} not`,
      'Use domains with an A or AAAA record, or tls = "files" with a certificate of your own.',
    ),
  );
}

/** The authority asks one of the servers behind a domain, and only the one that it asked for can answer. */
function checkServers(kind: "acme", { command, servers }: Around, file: ConfigFile, report: Report): void {
  if (servers < 2 || (command !== "deploy" && command !== "patch" && command !== "preview")) return;
  report(
    file.problem(
      ["tls"],
      `tls = "${kind}" works with one server, and this run has ${servers}`,
      'Use tls = "files" with a certificate for all of them, or tls = "proxy" behind a load balancer.',
    ),
  );
}

function endsAtNginx(tls: Config["tls"]): boolean {
  return tls === "files" || tls === "acme";
}

/** A rule for port 443, by number or by service; or a rule for some addresses and any port. */
function mayOpenHttps(rule: string): boolean {
  return /\b443\b|https/i.test(rule) || /\b4[0-3]\d:|^allow\s+(in\s+)?(from|to|on)\b(?!.*\bport\b)/i.test(rule);
}

/** The pair of the inputs, for the commands that put it on servers. Undefined if it is missing or wrong, which is reported. */
function readCertificate(
  source: SettingsSource,
  inputs: Inputs,
  { command, parts, sites }: Around,
  report: Report,
): Certificate | undefined {
  const needed = command === "deploy" || command === "preview" || (command === "patch" && parts.includes("webconf"));
  if (!needed) return undefined;
  const given = { certificate: inputs.text("tls-certificate"), key: inputs.text("tls-key") };
  for (const name of ["certificate", "key"] as const) {
    if (given[name] !== undefined) continue;
    const input = `tls-${name}`;
    report({
      where: `input ${input}`,
      what: 'is empty, and tls = "files" needs it',
      next: `Write ${input}: ${secretExpression(`WOVEN_TLS_${name.toUpperCase()}`)} below with:.`,
    });
  }
  if (given.certificate === undefined || given.key === undefined) return undefined;
  const checked = checkCertificate({
    chain: given.certificate,
    key: secret(given.key),
    domains: sites.flatMap(({ domains }) => domains),
    now: source.now?.() ?? Date.now(),
  });
  if (checked.kind === "wrong") {
    for (const { in: which, what, next } of checked.problems) report({ where: `input tls-${which}`, what, next });
    return undefined;
  }
  return checked.certificate;
}

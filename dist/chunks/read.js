import { i as __toESM, n as __exportAll, r as __require, t as __commonJSMin } from "./rolldown-runtime.js";
import { n as getExecOutput } from "./exec.js";
import { n as WovenError, r as asWovenError, t as SettingsError } from "./errors.js";
import { A as minLength, B as record, C as getDotPath, D as maxLength, E as literal$1, F as object, G as union, H as safeParse, I as optional, K as unknown$1, L as parse$6, M as nonEmpty, N as nullable, O as maxValue, P as number, R as picklist, S as exactOptional, T as integer, U as strictObject, V as regex, W as string, _ as quoted, a as rolesFrom, b as boolean, c as portNumber, d as suggestion, f as require_fastest_levenshtein, g as oneOf, h as misfit$1, i as parseRoles, j as minValue, k as metadata, m as grammars, n as secretParts, o as selectNodes, p as fits, r as localRole, s as parseAddress, t as secret$1, u as nearest, v as secretExpression, w as getMetadata, x as check, y as array, z as pipe } from "./secret.js";
import { a as wireStrings, i as parseKnownHosts, n as knownHostsLine, r as lookup, t as fingerprint } from "./known-hosts.js";
import { access, chmod, cp, glob, lstat, mkdir, mkdtemp, readFile, readdir, readlink, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { machine, tmpdir, userInfo } from "node:os";
import { basename, dirname, isAbsolute, join, matchesGlob, normalize, posix, relative, resolve, sep } from "node:path";
import { connect, isIP, isIPv4 } from "node:net";
import { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { setMaxListeners } from "node:events";
import { createGzip } from "node:zlib";
import { createHash, randomBytes, randomInt, randomUUID } from "node:crypto";
import { domainToASCII } from "node:url";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { StringDecoder } from "node:string_decoder";
import { createReadStream, existsSync, lstatSync, readFileSync, readdirSync, realpathSync, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";

// src/rollout/run-report.ts
const started = performance.now();
function runReport(nodes, settings, _world, bundle) {
	const { distributionName } = settings;
	const reports = nodes.reports();
	const version = versionOf(settings, reports);
	const domain = settings.sites[0]?.domains[0];
	return {
		command: settings.command,
		...distributionName ? { distribution: distributionName.value } : {},
		...version ? { version } : {},
		...domain ? { url: `http://${domain}/` } : {},
		dryRun: settings.dryRun,
		seconds: (performance.now() - started) / 1e3,
		nodes: reports,
		found: foundValues(settings),
		...bundle ? { bundle: {
			key: bundle.key,
			cacheHit: bundle.cacheHit,
			wheels: bundle.wheels.length,
			bytes: bundle.bytes,
			seconds: bundle.seconds
		} } : {}
	};
}
/**
* The version that a run is about: of the checkout where that is what it brings, the one asked for, or else what is on the nodes.
* Undefined where they differ.
*/
function versionOf({ command, version, distribution }, nodes) {
	if (command === "deploy" || command === "bundle") return version ?? distribution?.version.value;
	if (command === "activate") return version;
	const [first, ...others] = new Set(nodes.map((node) => node.version));
	return others.length === 0 ? first : void 0;
}
/** What was found about the project, and from where; also for a run that ended before any node. */
function foundValues({ distributionName, distribution }) {
	const text = {
		files: "requirements",
		lock: "lock file",
		project: "dependencies"
	};
	return [...distributionName ? [{
		what: "name",
		found: distributionName
	}] : [], ...distribution ? [
		{
			what: "version",
			found: distribution.version
		},
		{
			what: "settings module",
			found: distribution.settingsModule
		},
		{
			what: "source folder",
			found: distribution.sourceRoot
		},
		{
			what: text[distribution.requirements.value.kind],
			found: {
				value: describe$3(distribution.requirements.value),
				from: distribution.requirements.from
			}
		}
	] : []];
}
function describe$3(requirements) {
	switch (requirements.kind) {
		case "files": return requirements.paths.join(", ");
		case "lock": return requirements.path;
		case "project": return `${requirements.dependencies.length} of [project]`;
	}
}

// src/node/state.ts
/** What a release is made of, as digests: two releases are the same exactly when these are. */
const Content = object({
	tree: string(),
	bundle: string(),
	/** Over the settings and the secret environment, with the record's salt. */
	configuration: string()
});
/** What describe.py said of it. */
const Described = object({
	django: string(),
	staticUrl: nullable(string()),
	mediaUrl: string(),
	databases: record(string(), string()),
	ownDatabases: exactOptional(array(string())),
	sqliteFiles: exactOptional(array(string())),
	templateDirs: array(string()),
	mediaSeed: nullable(string())
});
/** One release as recorded, right before it is switched to; `healthy` when it has proved itself. */
const Release = object({
	schema: literal$1(1),
	distribution: string(),
	/** As written by the user. */
	version: string(),
	/** The version made safe for file names. */
	name: string(),
	content: Content,
	/** SHA-256 (an `x` before it for executables) by path in the release, of `project/` and `dist/`. */
	files: record(string(), string()),
	/** Targets by path. */
	symlinks: record(string(), string()),
	/** Full version of the interpreter its packages were installed for. */
	python: string(),
	/** The systemd unit that serves it. */
	unit: string(),
	/** Loopback address its backend listens on. */
	address: string(),
	sites: array(object({
		id: number(),
		domains: array(string())
	})),
	health: object({
		path: string(),
		status: exactOptional(number()),
		text: exactOptional(string()),
		timeout: number()
	}),
	/** Not in records of before there was such a thing. */
	described: exactOptional(Described),
	/** Of static and media files, as the web configuration has them; a patch can leave that behind what the settings say. */
	urls: exactOptional(object({
		static: nullable(string()),
		media: string()
	})),
	/** Random, so that the digest of secret environment tells nobody anything. */
	salt: string(),
	/** Names of the variables that its Django process is given; absent in records of earlier builds. */
	variables: exactOptional(array(string())),
	healthy: boolean(),
	patched: boolean(),
	/** ISO 8601, the runner's clock. */
	createdAt: string(),
	by: object({
		actor: exactOptional(string()),
		run: exactOptional(string()),
		commit: exactOptional(string())
	})
});
const Event = object({
	/** ISO 8601. */
	at: string(),
	event: picklist([
		"deploy",
		"patch",
		"activate",
		"rollback"
	]),
	version: string(),
	previous: exactOptional(string()),
	actor: exactOptional(string()),
	run: exactOptional(string())
});
const LeaseFile = object({
	token: string(),
	owner: string(),
	command: string(),
	run: exactOptional(string()),
	/** Seconds since the epoch, the node's clock. */
	expires: number()
});
function parseState(raw) {
	const lease = parse$5(LeaseFile, raw.lease);
	return {
		...raw.active ? { active: raw.active } : {},
		...raw.folder ? { folder: raw.folder } : {},
		releases: raw.releases.flatMap((text) => parse$5(Release, text) ?? []),
		history: raw.history.split("\n").flatMap((line) => parse$5(Event, line) ?? []),
		...lease ? { lease } : {}
	};
}
function sameContent(one, other) {
	return one.tree === other.tree && one.bundle === other.bundle && one.configuration === other.configuration;
}
/** Whether its web configuration is for other URLs than its settings have by now. */
function hasOldUrls({ described, urls }) {
	if (!described || !urls) return false;
	return urls.static !== described.staticUrl || urls.media !== described.mediaUrl;
}
function activeRelease(state) {
	return state?.releases.find(({ name }) => name === state.active);
}
/**
* The release that `rollback` goes to: the newest healthy one that served before the active one did.
* Going back from B to A takes B off, so going back again reaches what served before A.
*/
function rollbackTarget(state) {
	const stack = state.history.reduce((done, { event, version }) => {
		if (event === "rollback" && done.includes(version)) return done.slice(0, done.lastIndexOf(version) + 1);
		return [...done.filter((other) => other !== version), version];
	}, []);
	const active = activeRelease(state)?.version;
	return (active !== void 0 && stack.includes(active) ? stack.slice(0, stack.lastIndexOf(active)) : stack).toReversed().flatMap((version) => state.releases.find((release) => release.version === version && release.healthy) ?? [])[0];
}
/** What is not whole (a disk that was full once), or not as Woven writes it, counts as absent: the node itself is the truth. */
function parse$5(schema, text) {
	if (text.trim() === "") return void 0;
	try {
		const parsed = safeParse(schema, JSON.parse(text));
		return parsed.success ? parsed.output : void 0;
	} catch {
		return;
	}
}

// src/release/layout.ts
function layout(root, distribution, name) {
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
		apacheConf: `/etc/apache2/woven/${distribution}-${name}.conf`
	};
}
/**
* The folder that one build of a release is in, `<root>/env/.<dist>-<version>.<build>`. A version that is built anew or patched gets a
* new one, so that nothing changes under the processes of the old build. As deep as `release` and `staging`.
*/
function buildFolder({ root, distribution, name }, address) {
	return `${root}/env/.${distribution}-${name}.${address.split(".").slice(1).map((octet) => Number(octet).toString(16).padStart(2, "0")).join("")}`;
}
/** The unit instance that serves a release from one address. */
function instance(place, address) {
	return `${place.unit}@${address}.service`;
}
/** `example.com` as it stands in file names: `example_com`. A host name holds no underscore, so no two become one. */
function domainName(domain) {
	return domain.replaceAll(".", "_");
}
/**
* A loopback address for one start of one release. All of 127.0.0.0/8 is this machine (RFC 1122, 3.2.1.3 g), so every
* release can have its backend on the same port beside the others. Random: should it be taken, the unit fails to
* start and nothing is switched.
*/
function backendAddress() {
	return `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
}
function siteUser(id) {
	return `site_${id}`;
}
/** What the names of the units of a distribution begin with, and those of no other; but for very long ones. */
function unitPrefix(distribution) {
	return `woven-${unitText(distribution)}-`;
}
/** A unit's name has at most 255 characters (systemd.unit(5)), its instance and its timer's among them. */
function unitName(distribution, name) {
	const unit = `${unitPrefix(distribution)}${unitText(name)}`;
	if (unit.length <= 180) return unit;
	return `woven-${createHash("sha256").update(`${distribution}/${name}`).digest("hex").slice(0, 32)}`;
}
/** Text made safe for the name of a unit, as systemd-escape(1) does it. */
function unitText(text) {
	return text.replaceAll(/[^A-Za-z0-9_.]/g, (character) => {
		return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
	});
}

// src/node/sh.ts
const brand = Symbol("shell");
/** One word for a POSIX shell, whatever the string holds. Throws on NUL, which no argument can carry. */
function quote(word) {
	if (word.includes("\0")) throw new TypeError("a shell word cannot hold a NUL character");
	return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
/**
* A template tag for shell text. Strings and numbers become one quoted word each, arrays one quoted word an item,
* and another `sh` fragment is put in as it is. The literal part is trusted: it is source code, and stands in the
* shell's text as it stands here, backslashes and all; only a backtick and `${` need one before them.
*/
function sh(strings, ...values) {
	return fragment(strings.raw.map((part) => part.replaceAll(/\\(`|\$\{)/g, "$1")).reduce((done, part, index) => done + render(values[index - 1]) + part));
}
/** Several fragments, a line each. */
function lines(parts) {
	return fragment(parts.map((part) => part.text).join("\n"));
}
function render(value) {
	if (typeof value === "string") return quote(value);
	if (typeof value === "number") return String(value);
	if ("text" in value) return value.text;
	return value.map(render).join(" ");
}
function fragment(text) {
	return {
		[brand]: true,
		text
	};
}

// src/steps/webconf.ts
/** Name of a site's configuration without `.conf`: `example_com-0.2`. */
function confName(domain, name) {
	return `${domainName(domain)}-${name}`;
}
/** Everything the web servers need for this release; placing it changes nothing that serves. */
function webConfFiles(urls, templates) {
	const { place, version, address, ipv6, sites, before } = urls;
	const like = (pathOf) => before ? {
		path: pathOf(place),
		like: pathOf(before)
	} : { path: pathOf(place) };
	const common = {
		distribution: place.distribution,
		version,
		name: place.name,
		release: buildFolder(place, address),
		unit: place.unit,
		address,
		ipv6
	};
	const perSite = sites.flatMap((site) => {
		const [domain = "", ...aliases] = site.domains;
		const staticFiles = localPath(urls.staticUrl, site.domains, `${buildFolder(place, address)}/static`);
		const media = localPath(urls.mediaUrl, site.domains, place.media);
		const view = {
			...common,
			domain,
			aliases,
			user: siteUser(site.id),
			log: domainName(domain),
			static: media && staticFiles && media.url === staticFiles.url ? false : staticFiles,
			media,
			redirect: aliases.length > 0 ? { names: aliases.join(" ") } : false
		};
		const conf = (server) => like(({ name }) => `/etc/${server}/sites-available/${confName(domain, name)}.conf`);
		return [{
			...conf("apache2"),
			content: templates.render("apache-site.conf", view)
		}, {
			...conf("nginx"),
			content: templates.render("nginx-site.conf", view)
		}];
	});
	const [first = ""] = sites[0]?.domains ?? [];
	const confs = sites.map(({ domains: [domain = ""] }) => confName(domain, place.name));
	return [
		...perSite,
		{
			...like(({ apacheConf }) => apacheConf),
			content: templates.render("apache-release.conf", {
				...common,
				domain: first,
				log: domainName(first),
				confs
			})
		},
		{
			...like(({ unit }) => `/etc/systemd/system/${unit}@.service`),
			content: templates.render("release.service", {
				...common,
				conf: place.apacheConf
			})
		}
	];
}
/**
* Has systemd read the unit and Apache prove that it can read its configuration. The instance is one that never was, so it is
* read now: a daemon-reload would read every unit of the node anew.
*/
function testWebConf(place, address) {
	return {
		id: "configtest",
		title: "Test the web configuration",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
env $(systemctl show -p Environment --value ${instance(place, address)}) APACHE_RUN_DIR="$run" /usr/sbin/apache2 -f ${place.apacheConf} -t`,
		next: "Apache cannot read its configuration: what it said is above. A template of your own in templates/woven/ is the usual reason."
	};
}
/** Lets the configuration of a release, as it is, serve another build of it. */
function moveBuild(server, { place, sites, from, to }) {
	const files = sites.map(({ domains: [domain = ""] }) => confName(domain, place.name)).map((conf) => `/etc/${server}/sites-available/${conf}.conf`);
	const literal = (text) => text.replaceAll(/[.[\]*^$\\/]/g, "\\$&");
	const move = (old, next) => sh`for file in ${files}; do
  sed ${`s/${literal(buildFolder(place, old))}/${literal(buildFolder(place, next))}/g; s/${literal(old)}/${next}/g`} "$file" >"$run/moved"
  tool write "$file" 644 root root <"$run/moved"
done`;
	return {
		id: server === "nginx" ? "nginx-conf" : "backend-conf",
		title: `Configuration of ${server === "nginx" ? "nginx" : "the backend"} as it is, for the new build`,
		plan: "quiet",
		apply: move(from, to),
		undo: move(to, from)
	};
}
/** Of a version that is built anew for other domains, the files of those it had. */
function discardWebConf(place, before, now) {
	const names = (sites) => sites.map(({ domains: [domain = ""] }) => confName(domain, place.name));
	const gone = names(before).filter((name) => !names(now).includes(name));
	if (gone.length === 0) return [];
	const files = ["apache2", "nginx"].flatMap((server) => gone.map((name) => `/etc/${server}/sites-available/${name}.conf`));
	return [{
		id: "discard-conf",
		title: "Discard the configuration of earlier domains",
		apply: sh`rm -f ${files}`
	}];
}
function localPath(url, domains, root) {
	const [, host, path = ""] = /^(?:(?:[a-z]+:)?\/\/([^/:]+)(?::\d+)?)?(.*)$/i.exec(url ?? "") ?? [];
	if (host !== void 0 && !domains.includes(host.toLowerCase())) return false;
	const inner = path.replace(/^\/+/, "").replace(/\/+$/, "");
	return inner === "" ? false : {
		url: `/${inner}/`,
		root
	};
}

// src/steps/switch.ts
/** Seconds the earlier release goes on running after the switch: requests end there, and a rollback finds it warm. */
const retireAfter = 60;
/** The built release takes its place; a build of the same version that was there keeps its folder until its requests have ended. */
function placeRelease(place, address) {
	const folder = buildFolder(place, address);
	return {
		id: "place",
		title: `Put ${place.distribution}-${place.name} in its place`,
		preview: sh`if [ -e ${place.release} ]; then detail ${`${place.release}: a new build in the place of the one that is there`}; else detail ${place.release}; fi`,
		apply: sh`if [ -e ${place.release} ] && ! readlink ${place.release} | grep -qF ${`${place.root}/env/.${place.distribution}-${place.name}.`}; then
  fail ${`${place.release} belongs to something else: a distribution of that name, perhaps`}
fi
if [ -L ${place.release} ]; then readlink ${place.release} >"$run/placed-before"; fi
touch "$run/placing"
mv -T ${place.staging} ${folder}
tool link ${folder} ${place.release}`,
		undo: sh`[ -e "$run/placing" ] || exit 0
if [ -s "$run/placed-before" ]; then tool link "$(cat "$run/placed-before")" ${place.release}; else rm -f ${place.release}; fi
rm -rf --one-file-system ${folder}`
	};
}
/** Starts the release's backend on its own address. Where it runs already (a rollback soon after), it is kept. */
function startBackend({ to: { place, address }, from }) {
	const unit = instance(place, address);
	return {
		id: "start",
		title: `Start ${place.distribution} ${place.name} beside what serves`,
		apply: sh`systemctl stop ${retireTimer(unit)} 2>/dev/null || :
systemctl is-enabled --quiet ${unit} 2>/dev/null || { touch "$run/was-disabled"; systemctl enable --quiet --no-reload ${unit}; }
if systemctl is-active --quiet ${unit}; then touch "$run/unchanged" "$run/was-running"; exit 0; fi
systemctl start ${unit} || { journalctl -q -n 30 --no-pager -o cat -u ${unit} >&2; exit 1; }`,
		undo: sh`[ ! -e "$run/was-disabled" ] || systemctl disable --quiet --no-reload ${unit} 2>/dev/null || :
[ ! -e "$run/was-running" ] || exit 0
[ -e "$run/links/known" ] || systemctl kill --signal=KILL ${unit} 2>/dev/null || :
systemctl stop ${unit}
systemctl reset-failed ${unit} 2>/dev/null || :`,
		next: `${stillServes(from)} What its unit said stands in the output.`
	};
}
/** What a failure before the switch means for visitors. */
function stillServes(from) {
	return from ? "The earlier release still serves." : "No release serves here yet.";
}
/** A patch, and a version built anew, go from one build of a version to another one. */
/** In a plan, where the new build of a version has the address of the one it replaces. */
function switchWords({ place: to }, from) {
	const target = `${to.distribution} ${to.name}`;
	if (from?.place.name === to.name) return `would switch to ${target} anew`;
	return `would switch from ${from ? `${from.place.distribution} ${from.place.name}` : "nothing"} to ${target}`;
}
function switchTitle(to, from) {
	const { name } = to.place;
	if (from === void 0) return `Switch to ${name}`;
	if (from.place.name !== name) return `Switch from ${from.place.name} to ${name}`;
	return from.address === to.address ? `Switch to ${name}` : `Switch to the new build of ${name}`;
}
/**
* The switch: the active link and the domains' links move by rename(2), nginx proves that it can read the result and
* reloads. The undo is the same the other way.
*/
function switchTraffic({ to, from }) {
	const domains = (sites) => sites.map(({ domains: [domain = ""] }) => domain);
	const target = domains(to.sites);
	const dropped = domains(from?.sites ?? []).filter((domain) => !target.includes(domain));
	const enabled = (domain) => `/etc/nginx/sites-enabled/${domainName(domain)}.conf`;
	const available = (domain, place) => `/etc/nginx/sites-available/${confName(domain, place.name)}.conf`;
	const touched = [...target, ...dropped].map(enabled);
	const ours = [to, ...from ? [from] : []].flatMap(({ place, sites }) => domains(sites).map((domain) => available(domain, place)));
	return {
		id: "switch",
		title: switchTitle(to, from),
		preview: lines([
			sh`detail ${switchWords(to, from)}`,
			...[[to.place.active, to.place.release], ...target.map((domain) => [enabled(domain), available(domain, to.place)])].map(([link = "", leads = ""]) => sh`[ "$(readlink ${link})" = ${leads} ] || detail ${`${link} -> ${leads}`}`),
			...dropped.map((domain) => sh`detail ${`${enabled(domain)}: removed`}`)
		]),
		apply: lines([
			sh`mkdir -p "$run/links"
for link in ${touched}; do if [ -L "$link" ]; then readlink "$link" >"$run/links/\${link##*/}"; fi; done
if [ -L ${to.place.active} ]; then readlink ${to.place.active} >"$run/links/active"; fi
touch "$run/links/known"`,
			foreign(to.sites.flatMap((site) => site.domains), to.place.distribution, ours),
			sh`if [ -e ${to.place.active} ] && ! readlink ${to.place.active} | grep -qF ${`${to.place.root}/env/${to.place.distribution}-`}; then
  fail ${`${to.place.active} belongs to something else: a version of another distribution, perhaps`}
fi
tool link ${to.place.release} ${to.place.active}`,
			...target.map((domain) => sh`tool link ${available(domain, to.place)} ${enabled(domain)}`),
			...dropped.map((domain) => sh`if head -n 1 ${enabled(domain)} 2>/dev/null | grep -qF ${`, ${to.place.distribution} `}; then rm -f ${enabled(domain)}; fi`),
			sh`nginx -t -q
systemctl reload nginx`
		]),
		undo: sh`[ -e "$run/links/known" ] || exit 0
for link in ${touched}; do
  if [ -s "$run/links/\${link##*/}" ]; then tool link "$(cat "$run/links/\${link##*/}")" "$link"; else rm -f "$link"; fi
done
if [ -s "$run/links/active" ]; then tool link "$(cat "$run/links/active")" ${to.place.active}; else rm -f ${to.place.active}; fi
nginx -t -q && systemctl reload nginx`,
		next: "Woven has switched back: what served before serves."
	};
}
/**
* A name that something else on this node answers to is never taken over: nginx would only warn, and let the first one that
* it reads have it.
*/
function foreign(names, distribution, ours) {
	return sh`for conf in /etc/nginx/sites-enabled/*; do
  [ -e "$conf" ] || continue
  own=no
  for one in ${ours}; do [ "$(readlink -f "$conf")" != "$one" ] || own=yes; done
  if [ "$own" = yes ] || head -n 1 "$conf" | grep -qF ${`, ${distribution} `}; then continue; fi
  sed -n 's/^[[:space:]]*server_name[[:space:]]//p' "$conf" | tr -s ' ;\t' '\n' >"$run/names"
  for name in ${names}; do
    if grep -qxF "$name" "$run/names"; then fail "$name is served by something else on this node: $(readlink -f "$conf")"; fi
  done
done`;
}
/**
* From now on no other release starts at boot, and each that runs ends once its last requests have: the one that served before,
* and any that a power cut has left in the middle of a switch.
*/
function retire({ to, from }) {
	const old = from ? instance(from.place, from.address) : "";
	return {
		id: "retire",
		title: from ? `Retire ${from.place.name} in ${retireAfter} seconds` : "Retire what served before",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
{ systemctl list-units --plain --no-legend --state=active 'woven-*@*.service' | cut -d' ' -f1
  ls /etc/systemd/system/multi-user.target.wants; } | sort -u >"$run/units"
while read -r unit; do
  case $unit in
    ${instance(to.place, to.address)}) continue ;;
    ${unitPrefix(to.place.distribution)}*@*.service | ${old}) ;;
    *) continue ;;
  esac
  name=\${unit%.service}
  name=retire-\${name%@*}-at-\${name##*@}
  systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :
  rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
  # One that has its minute already does not get another.
  if systemctl is-active --quiet "$name.timer"; then continue; fi
  systemd-run --quiet --collect --on-active=${retireAfter} --timer-property=AccuracySec=1s --unit="$name" systemctl stop "$unit"
done <"$run/units"`
	};
}
/** Other builds of the same version go when the last requests to them have ended. */
function discardReplaced({ place, address }) {
	const kept = buildFolder(place, address);
	return {
		id: "discard",
		title: "Discard what was replaced",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
for folder in ${`${place.root}/env/.${place.distribution}-${place.name}.`}??????; do
  if [ ! -d "$folder" ] || [ "$folder" = ${kept} ]; then continue; fi
  systemd-run --quiet --collect --on-active=${90} rm -rf --one-file-system "$folder"
done`
	};
}
/** `templates` of a release: its first folder of templates, for whoever looks for it where it always was. */
function templatesLink(place, address, owner, folders) {
	const [folder] = folders;
	if (folder === void 0) return [];
	const link = `${buildFolder(place, address)}/templates`;
	return [{
		id: "templates",
		title: "Link to the templates",
		apply: sh`touch "$run/unchanged"; ln -sfn ${`project/${folder}`} ${link}; chown -h ${owner}: ${link}`
	}];
}
/** A unit name that a timer can carry: the old instance's, marked. `retire` makes the same one on the node. */
function retireTimer(unit) {
	return `retire-${unit.replace(/\.service$/, "").replace("@", "-at-")}.timer`;
}

// src/steps/health.ts
/** Asks the backend directly, for every site, before any traffic goes there. */
function askBackend({ to: backend, from }) {
	const { address, sites } = backend;
	const logs = sites.map(({ domains: [domain = ""] }) => `/var/log/woven/${domainName(domain)}-error.log`);
	return {
		id: "health",
		title: "Health, before the switch",
		plan: "quiet",
		limit: backend.health.timeout * sites.length + 60,
		apply: sh`touch "$run/unchanged"
{ ${probes(backend, address, 10080)}; } 2>"$run/probed" && exit 0
# What happened and what was answered come last: of a long text, an annotation shows the end.
{ sed 1d "$run/probed"; echo "--- the end of its error log:"; tail -q -n 25 ${logs} 2>/dev/null | ${withoutPrefix}; echo "---"; sed -n '1{s/:$//;p}' "$run/probed"; exit 1; } >&2`,
		next: `${stillServes(from)} Mend what is wrong and deploy again; which path is asked, and what it should answer, is set by \`health\` in the configuration.`
	};
}
/** What Apache puts before each line of an application. */
const withoutPrefix = sh`sed -E 's/^\[[^]]+\] \[[a-z_]+:[a-z]+\] \[pid [^]]+\] (\[(remote|client) [^]]+\] )?//'`;
/** Asks through nginx, as a visitor would. */
function askVisitor({ to: backend, from }) {
	const { place, address, sites } = backend;
	const asks = sites.map(({ domains: [domain = ""] }) => {
		const expected = `${place.distribution} ${place.name} ${address}`;
		return sh`tool probe ${JSON.stringify({
			address: "127.0.0.1",
			port: 80,
			host: domain,
			path: "/.woven/release",
			status: 200,
			text: expected,
			timeout: 15
		})}`;
	});
	return {
		id: "verify",
		title: "Health, as a visitor sees it",
		plan: "quiet",
		limit: backend.health.timeout * sites.length + 60,
		apply: sh`touch "$run/unchanged"
${lines(asks)}
${probes(backend, "127.0.0.1", 80)}`,
		next: from ? "Woven has switched back: the earlier release serves." : "Woven has taken it back: no release serves here yet."
	};
}
function probes({ sites, health }, address, port) {
	return sites.map(({ domains: [host = ""] }) => {
		const spec = {
			address,
			port,
			host,
			path: health.path,
			status: health.status ?? null,
			text: health.text ?? null,
			timeout: health.timeout
		};
		return sh`tool probe ${JSON.stringify(spec)}`;
	}).reduce((done, ask) => sh`${done} && ${ask}`, sh`:`);
}

// src/steps/lease.ts
/** Seconds a lease lasts without a sign of life. A stage renews it every ten seconds; this covers what lies between two stages. */
const lifetime = 300;
function newLease(request) {
	return {
		...request,
		token: randomBytes(12).toString("hex")
	};
}
/**
* Takes the lease, or fails saying who has it and until when. One that has run out is taken over. Fails, too, where another run
* ended since this one looked: it would go over from something that serves no more.
*/
function takeLease(lease) {
	const file = `${lease.state}/lease.json`;
	const said = JSON.stringify({
		token: lease.token,
		owner: lease.owner,
		command: lease.command,
		...lease.run ? { run: lease.run } : {}
	});
	return {
		id: "lease",
		title: "Take the lease",
		plan: "quiet",
		check: sh`grep -q ${lease.token} ${file}
[ "$(sed -E 's/.*"expires": ([0-9]+).*/\1/' ${file})" -gt "$(($(date +%s) + 60))" ]`,
		apply: sh`mkdir -p ${lease.state}/releases
exec 9>${`${lease.state}/.lease.lock`}
flock -w 10 9
touch "$run/unchanged"
if [ -s ${file} ]; then
  held=$(python3 -c 'import json, sys, time
held = json.load(open(sys.argv[1]))
left = held["expires"] - time.time()
if held["token"] != sys.argv[2] and left > 0:
    print("%s runs %s since %s; it counts as gone in %d seconds%s" % (held["owner"], held["command"], held["since"], left, " (" + held["run"] + ")" if held.get("run") else ""))' ${file} ${lease.token} 2>/dev/null) || held=
  [ -z "$held" ] || fail "another run is at work here: $held"
fi
active=
if [ -e ${lease.seen.link} ]; then active=$(readlink -f ${lease.seen.link}); fi
[ "\${active##*/}" = ${lease.seen.folder} ] || fail "another run has ended here meanwhile, and \${active##*/} is active now"
python3 -c 'import json, sys, time
print(json.dumps(dict(json.loads(sys.argv[1]), expires=int(time.time()) + int(sys.argv[2]), since=time.strftime("%H:%M:%S UTC", time.gmtime()))))' ${said} ${lifetime} >${`${file}.new`}
mv -f ${`${file}.new`} ${file}`,
		next: "Nothing was touched. Wait for the other run, or end it, and run the command again. A run that died gives its lease up by itself within five minutes."
	};
}
/** Only where the lease is ours; and nobody takes, renews or ends it meanwhile. */
function whileHeld(lease, then) {
	const file = `${lease.state}/lease.json`;
	return sh`if [ -e ${file} ]; then (
  flock -w 10 9
  if grep -q ${lease.token} ${file} 2>/dev/null; then ${then}; fi
) 9>>${`${lease.state}/.lease.lock`}; fi`;
}
/**
* What a stage does about the lease while it runs and when it ends: renews it, and gives it up when the stage fails
* or is the command's last.
*/
function underLease(lease, last) {
	const file = `${lease.state}/lease.json`;
	const release = whileHeld(lease, sh`rm -f ${file}`);
	return {
		heartbeat: whileHeld(lease, sh`sed -i -E "s/(\"expires\": )[0-9]+/\1$(($(date +%s) + ${lifetime}))/" ${file}`),
		finally: last === "last" ? release : sh`[ "$1" = ok ] || { ${release}; }`
	};
}

// src/steps/record.ts
/**
* The record of a release that is about to serve, and has not proved itself: were the power to go after the switch, the next
* run would know what it finds.
*/
function recordRelease(place, release) {
	const file = recordFile(place);
	return {
		id: "record-release",
		title: "Record the release",
		files: [{
			name: "record.json",
			content: `${JSON.stringify({
				...release,
				healthy: false
			})}\n`
		}],
		apply: sh`mkdir -p ${`${place.state}/releases`}
if [ -e ${file} ]; then cp ${file} "$run/record-before"; fi
touch "$run/recording"
tool write ${file} 600 root root <"$files/record.json"`,
		undo: sh`if [ -s "$run/record-before" ]; then tool write ${file} 600 root root <"$run/record-before"
elif [ -e "$run/recording" ]; then rm -f ${file}; fi`
	};
}
/** Of a release that was gone back from before all servers had it: it has proved nothing, and its number may be built anew. */
function recordDoubt(place) {
	const file = recordFile(place);
	return {
		id: "record-doubt",
		title: `Record that ${place.name} has not proved itself`,
		apply: sh`touch "$run/unchanged"
[ -e ${file} ] || exit 0
sed 's/"healthy":true/"healthy":false/' ${file} >"$run/doubted"
tool write ${file} 600 root root <"$run/doubted"`
	};
}
/** The line of history; and the release has proved itself. From then on it is so: what comes after, and fails, takes nothing back. */
function recordChange(place, event) {
	const file = `${place.state}/history.jsonl`;
	const release = recordFile(place);
	return {
		id: "record",
		title: "Record the change",
		settles: true,
		files: [{
			name: "history.jsonl",
			content: `${JSON.stringify(event)}\n`
		}],
		apply: sh`touch "$run/unchanged" ${file}
stat -c %s ${file} >"$run/history-size"
[ -z "$(tail -c 1 ${file})" ] || echo >>${file}
cat "$files/history.jsonl" >>${file}
if grep -q '"healthy":false' ${release}; then
  sed 's/"healthy":false/"healthy":true/' ${release} >"$run/healthy"
  tool write ${release} 600 root root <"$run/healthy"
fi`,
		undo: sh`[ ! -s "$run/history-size" ] || truncate -s "$(cat "$run/history-size")" ${file}`
	};
}
function recordFile({ state, name }) {
	return `${state}/releases/${name}.json`;
}
/**
* Removes releases beyond the newest `keep`. Never the active one nor the one a rollback would go to; those are not
* counted out, they are named in `protect`.
*/
function pruneReleases(root, releases, keep, protect) {
	const going = releases.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt)).slice(keep).filter(({ name }) => !protect.includes(name));
	if (going.length === 0) return void 0;
	return {
		id: "prune",
		preview: lines(going.map(({ version }) => sh`detail ${version}`)),
		title: `Remove ${going.length === 1 ? "a release" : `${going.length} releases`} no longer kept`,
		apply: lines(going.map((release) => {
			const place = layout(root, release.distribution, release.name);
			const confs = release.sites.map(({ domains: [domain = ""] }) => confName(domain, release.name));
			return sh`systemctl stop ${`${place.unit}@*.service`} 2>/dev/null || :
rm -rf --one-file-system ${`${root}/env/.${release.distribution}-${release.name}.`}??????
rm -f ${place.release} ${confs.flatMap((conf) => [`/etc/apache2/sites-available/${conf}.conf`, `/etc/nginx/sites-available/${conf}.conf`])} ${place.apacheConf} ${`/etc/systemd/system/${place.unit}@.service`} ${`${place.state}/releases/${place.name}.json`}
detail ${release.version}`;
		}))
	};
}

// src/rollout/stage-lease.ts
function leaseFor(place, state, settings, runtime) {
	const { actor, run } = runtime.by;
	return newLease({
		state: place.state,
		owner: actor ?? "somebody",
		command: settings.command,
		...run ? { run } : {},
		seen: {
			link: place.active,
			folder: state?.folder ?? ""
		}
	});
}
/** A release that came to nothing leaves nothing behind; one that another run is building, under its whileHeld lease, is not touched. */
function tidyStaging(place, lease, last) {
	const around = underLease(lease, last);
	return {
		...around,
		finally: sh`[ "$1" = ok ] || { ${whileHeld(lease, sh`rm -rf --one-file-system ${place.staging}`)}; }
${around.finally ?? sh`:`}`
	};
}

// src/rollout/activate-release.ts
/**
* Starts the kept release, asks it, switches and asks again; throws where the node stays with what it had.
* `heeds`: whether a cancelled run ends it.
*/
async function activateRelease({ node, facts, target, doubted }, settings, runtime, kind, heeds = "cancellation") {
	const root = settings.deploymentRoot ?? facts.home;
	const lease = leaseFor(layout(root, target.distribution, target.name), facts.state, settings, runtime);
	const state = facts.state ?? {
		releases: [],
		history: []
	};
	const event = historyEvent(kind, target.version, facts, runtime);
	await node.stage(activationStage({
		target,
		root,
		state,
		lease,
		event,
		...doubted ? { doubted } : {}
	}), heeds);
}
/** What activate, rollback and a fleet that goes back send to a node. */
function activationStage({ target, root, state, lease, event, doubted }) {
	const place = layout(root, target.distribution, target.name);
	const change = {
		to: {
			place,
			address: target.address,
			sites: target.sites,
			health: target.health
		},
		...liveBackend(state, place)
	};
	return {
		name: "switch",
		undoes: "stage",
		steps: [
			takeLease(lease),
			startBackend(change),
			askBackend(change),
			switchTraffic(change),
			askVisitor(change),
			...doubted ? [recordDoubt(doubted)] : [],
			recordChange(place, event),
			retire(change)
		],
		...underLease(lease, "last")
	};
}
/** What a switch goes over from. */
function liveBackend(state, place) {
	const active = activeRelease(state);
	if (!active) return {};
	return { from: {
		place: layout(place.root, place.distribution, active.name),
		address: active.address,
		sites: active.sites
	} };
}
function historyEvent(event, version, facts, runtime) {
	const previous = activeRelease(facts.state)?.version;
	const { actor, run } = runtime.by;
	return {
		at: new Date(runtime.now()).toISOString(),
		event,
		version,
		...previous === void 0 ? {} : { previous },
		...actor ? { actor } : {},
		...run ? { run } : {}
	};
}

// src/node/command-output.ts
const tailBytes = 65536;
const wholeBytes = 67108864;
/** All of one stream up to 64 MiB, or its last 64 KiB where a listener takes it as it comes. */
var CommandOutput = class {
	#chunks = [];
	#bytes = 0;
	#listener;
	#fail;
	/** `fail` is told what the listener throws, and `output-too-long`. */
	constructor(listener, fail) {
		this.#listener = listener;
		this.#fail = fail;
	}
	take(chunk) {
		this.#chunks.push(chunk);
		this.#bytes += chunk.length;
		if (this.#listener) this.#pass(chunk, this.#listener);
		else if (this.#bytes > wholeBytes) this.#tooLong();
	}
	text() {
		const all = Buffer.concat(this.#chunks);
		return (this.#listener ? all.subarray(-65536) : all).toString("utf8");
	}
	#pass(chunk, listener) {
		if (this.#bytes > 2 * tailBytes) {
			this.#chunks = [Buffer.concat(this.#chunks).subarray(-65536)];
			this.#bytes = tailBytes;
		}
		try {
			listener(chunk);
		} catch (error) {
			this.#fail(error);
		}
	}
	#tooLong() {
		this.#chunks = [];
		this.#bytes = 0;
		this.#fail(new WovenError({
			code: "output-too-long",
			message: "a command printed more than 64 MiB"
		}));
	}
};

// src/node/host-key.ts
const algorithms = [
	["ssh-ed25519", "ssh-ed25519"],
	["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"],
	["ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"],
	["ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"],
	["rsa-sha2-512", "ssh-rsa"],
	["rsa-sha2-256", "ssh-rsa"]
];
/**
* The host-key algorithms to offer: only those of pinned kinds, so that a server with several keys shows the one that
* is known; all, where nothing is pinned. Empty where only kinds are pinned that cannot be checked here.
*/
function hostKeyAlgorithms(pins) {
	const kinds = new Set(pins.pinned.map((entry) => entry.key.type));
	return algorithms.filter(([, type]) => kinds.size === 0 || kinds.has(type)).map(([algorithm]) => algorithm);
}
/** What to make of the key that `at` shows. */
function judgeHostKey(blob, at, known, policy) {
	const key = {
		type: wireStrings(blob)?.[0]?.toString("latin1") ?? "unknown",
		blob
	};
	const pins = lookup(known.entries, at.host, at.port);
	const same = (entry) => entry.key.blob.equals(blob);
	const refused = (error) => ({
		kind: "refused",
		error
	});
	const revokedBy = pins.revoked.filter(same);
	if (revokedBy.length > 0) return refused(revoked(key, at, revokedBy));
	if (pins.pinned.some(same)) return {
		kind: "pinned",
		key
	};
	if (pins.pinned.length > 0) return refused(changed(key, at, pins));
	if (pins.authorities.length > 0) return refused(onlyAuthority(key, at, pins));
	return policy === "accept-new" ? {
		kind: "new",
		key
	} : refused(unknown(key, at, known));
}
/** Every pinned kind is one ssh2 cannot check, such as `sk-` and certificates. */
function unsupportedKinds(at, pins) {
	const kinds = [...new Set(pins.pinned.map((entry) => entry.key.type))].join(", ");
	return new WovenError({
		code: "host-key-unsupported",
		message: `known-hosts pins only ${kinds} for ${place(at)}, a kind Woven cannot check`,
		next: `Pin one of the node's Ed25519, ECDSA or RSA keys: \`ssh-keyscan -p ${at.port} ${at.host}\` lists them.`,
		node: at.host
	});
}
function place({ host, port }) {
	return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
function unknown(key, at, known) {
	const unread = known.problems.map((problem) => `${problem.where} could not be read: it ${problem.what}.`);
	return new WovenError({
		code: "host-key-unknown",
		message: `the host key of ${place(at)} is not in known-hosts; it shows ${shown(key)}`,
		next: [
			...unread,
			compare$1(key),
			"If they are the same, add this line to the `known-hosts` input (it is no secret: a variable will do):",
			`  ${knownHostsLine(at.host, at.port, key)}`
		].join("\n"),
		node: at.host
	});
}
function changed(key, at, pins) {
	const expected = pins.pinned.map((entry) => `${shown(entry.key)} (known-hosts line ${entry.line})`).join(" or ");
	return new WovenError({
		code: "host-key-changed",
		message: `the host key of ${place(at)} is not the pinned one: expected ${expected}, seen ${shown(key)}`,
		next: [
			"Nothing was sent. Either the node was installed anew, or something stands between it and the runner.",
			compare$1(key),
			`Only if they are the same, put this line in the place of line ${pins.pinned.map((entry) => entry.line).join(", ")}:`,
			`  ${knownHostsLine(at.host, at.port, key)}`
		].join("\n"),
		node: at.host
	});
}
function revoked(key, at, by) {
	const numbers = by.map(({ line }) => line).toSorted((one, other) => one - other).join(", ");
	return new WovenError({
		code: "host-key-revoked",
		message: `${place(at)} shows ${shown(key)}, which known-hosts marks @revoked (line ${numbers})`,
		next: "Treat the node as taken over until you know better. Give it a new host key, and pin that one.",
		node: at.host
	});
}
function onlyAuthority(key, at, pins) {
	const lines = pins.authorities.map((entry) => entry.line).join(", ");
	return new WovenError({
		code: "host-key-certificate",
		message: `known-hosts knows ${place(at)} only by a @cert-authority (line ${lines}), and Woven cannot check host certificates`,
		next: [
			"Pin the node's own key beside the authority.",
			compare$1(key),
			"If they are the same, add this line to the `known-hosts` input:",
			`  ${knownHostsLine(at.host, at.port, key)}`
		].join("\n"),
		node: at.host
	});
}
function shown(key) {
	return `${key.type} ${fingerprint(key.blob)}`;
}
function compare$1(key) {
	return [
		"Compare the fingerprint on the node itself (its provider's console, or a login you already trust):",
		`  ssh-keygen -lf /etc/ssh/ssh_host_${/ed25519|ecdsa|rsa/.exec(key.type)?.[0] ?? "*"}_key.pub`,
		`  must print ${fingerprint(key.blob)}`
	].join("\n");
}

// src/node/connect-errors.ts
const firewall = "If a firewall lets only known addresses in: GitHub's runners have none. Use a self-hosted runner, or `jump` through a host they can reach.";
/** No TCP connection. `error` is what node:net or node:dns gave. */
function dialError(thrown, at) {
	const error = firstCause(thrown);
	const fail = (code, message, next) => new WovenError({
		code,
		message,
		next,
		node: at.host,
		cause: thrown
	});
	switch (error.code) {
		case "ECONNREFUSED": return fail("connect-refused", `${place(at)} refused the connection: nothing listens on port ${at.port}`, `Where Woven has never set the server up, run setupnode first. Else check the port (\`user@host:port\` in the role, or \`ssh-port\`), and that sshd runs: \`systemctl status ssh\`. ${firewall}`);
		case "ETIMEDOUT": return timedOut$1(at, "the connection");
		case "ENOTFOUND":
		case "ENODATA":
		case "EAI_NODATA":
		case "EAI_NONAME": return fail("host-not-found", `the name ${at.host} does not exist`, "Check its spelling in the role, and its A or AAAA record.");
		case "EAI_AGAIN": return fail("host-not-found", `the name ${at.host} could not be looked up: the name server did not answer`, "Try again; if it stays, check the runner's DNS, or give the node's address.");
		case "EHOSTUNREACH":
		case "ENETUNREACH":
		case "EADDRNOTAVAIL": return fail("no-route", `there is no route to ${place(at)}`, `Check that the node is up and its address public (GitHub's runners have no IPv6). ${firewall}`);
		case "ECONNRESET":
		case "EPIPE": return droppedEarly(at, thrown);
		default: return fail("connect-failed", `could not connect to ${place(at)}: ${error.message}`, "Check the address in the role.");
	}
}
/** Nothing came of it in time. `what`: the connection, the login, … */
function timedOut$1(at, what) {
	return new WovenError({
		code: "connect-timeout",
		message: `${place(at)} did not answer in time (${what})`,
		next: `Check that the node is up and the port right. Silence mostly means a firewall that drops packets. ${firewall}`,
		node: at.host
	});
}
/** The jump host could not, or would not, open the way on. `said` is its own text. */
function jumpError(error, at, jump) {
	const forbidden = error.reason === 1;
	return new WovenError({
		code: forbidden ? "jump-forbidden" : "jump-failed",
		message: forbidden ? `the jump host ${place(jump)} does not forward to ${place(at)}` : `the jump host ${place(jump)} could not reach ${place(at)}`,
		next: forbidden ? "Set `AllowTcpForwarding yes` (and PermitOpen, if used) for this user in its sshd_config." : `Check that ${place(at)} can be reached from the jump host: \`nc -vz ${at.host} ${at.port}\` there.`,
		node: at.host,
		output: error.message
	});
}
/** The TCP connection stood, the login did not come about. */
function loginError(error, facts) {
	const { at, phase } = facts;
	if (error.level === "client-timeout") return timedOut$1(at, phase === "greeting" ? "no SSH greeting" : `the ${phase}`);
	if (error.level === "client-authentication") return refused(facts);
	if (error.message.includes("no matching")) return nothingInCommon(error, at);
	if (phase === "greeting" && /identification string|header( line|:)|greeting lines/i.test(error.message)) return new WovenError({
		code: "not-ssh",
		message: `what listens on ${place(at)} is not an SSH server`,
		next: "Check the port (`user@host:port` in the role, or `ssh-port`).",
		node: at.host
	});
	if (phase === "greeting") return droppedEarly(at, error);
	if (phase === "login") return droppedDuringLogin(error, facts);
	return new WovenError({
		code: "handshake-failed",
		message: `the SSH handshake with ${place(at)} failed`,
		next: "Look at what sshd says on the node: `journalctl -u ssh -n 50`.",
		node: at.host,
		output: error.message,
		cause: error
	});
}
/** A login that worked, and then ended by itself. */
function connectionLost(at, why) {
	const silent = why?.message === "Keepalive timeout";
	return new WovenError({
		code: "connection-lost",
		message: silent ? `the connection to ${place(at)} was lost: no answer to keepalives` : `the connection to ${place(at)} was lost: ${why?.message ?? "the node closed it"}`,
		next: "Woven logs in again by itself where it can. If it keeps happening, look at the node's load, reboots and `journalctl -u ssh`.",
		node: at.host,
		cause: why
	});
}
function cancelled(at, cause) {
	return new WovenError({
		code: "cancelled",
		message: `cancelled, at ${place(at)}`,
		node: at.host,
		cause
	});
}
function droppedEarly(at, cause) {
	return new WovenError({
		code: "connect-reset",
		message: `${place(at)} closed the connection before it said a word of SSH`,
		next: ["It turns this address away, or is overloaded. On the node, look at `journalctl -u ssh -n 50`, then at", "  fail2ban (`fail2ban-client status sshd`), PerSourcePenalties and MaxStartups in sshd_config, /etc/hosts.deny."].join("\n"),
		node: at.host,
		cause
	});
}
function droppedDuringLogin(error, facts) {
	return new WovenError({
		code: "login-refused",
		message: `${facts.user}@${place(facts.at)} closed the connection during the login`,
		next: "Look at what sshd says on the node: `journalctl -u ssh -n 50` (MaxAuthTries, AllowUsers, a locked account).",
		node: facts.at.host,
		output: error.message,
		cause: error
	});
}
function nothingInCommon(error, at) {
	const hostKey = error.message.includes("host key");
	return new WovenError({
		code: hostKey ? "host-key-algorithm" : "no-common-algorithm",
		message: hostKey ? `${place(at)} has no host key of a kind that Woven asks for` : `${place(at)} and Woven have no algorithm in common (${error.message.replace(/^.*no matching /, "")})`,
		next: hostKey ? "Make one on the node with `ssh-keygen -A`, restart ssh, and pin it in known-hosts." : "Bring the node's OpenSSH up to date, or remove Ciphers, MACs and KexAlgorithms from its sshd_config.",
		node: at.host
	});
}
function refused(facts) {
	const { at, user, key, methods } = facts;
	const tried = [key && `the key ${key.fingerprint} (${key.type})`, facts.password === "tried" && "the password"].filter(Boolean);
	return new WovenError({
		code: "login-refused",
		message: `${user}@${place(at)} refused ${tried.join(" and ") || "a login without key or password"}; it takes: ${methods.join(", ") || "not said"}`,
		next: [
			...user === "root" ? ["Where the first account of the image is another one (debian, ubuntu, admin, …), write `root-user = \"debian\"`."] : [],
			...key ? keyAdvice(user, key.publicKey, methods) : [],
			...user === "root" ? ["For root itself, sshd_config needs `PermitRootLogin prohibit-password`."] : [],
			`Check that the user ${user} exists and AllowUsers lets it in; \`journalctl -u ssh -n 50\` on the node tells why.`
		].join("\n"),
		node: at.host
	});
}
function keyAdvice(user, publicKey, methods) {
	if (methods.length > 0 && !methods.includes("publickey")) return ["It takes no keys at all: set `PubkeyAuthentication yes` in its sshd_config, or use `password`."];
	return [
		`If that is the key you meant, ~${user}/.ssh/authorized_keys on the node must hold this line:`,
		`  ${publicKey}`,
		"and neither the home, .ssh nor that file may be writable by others."
	];
}
function firstCause(thrown) {
	const all = thrown instanceof AggregateError ? thrown.errors : [];
	for (const code of ["ECONNREFUSED", "ETIMEDOUT"]) {
		const found = all.find((error) => error.code === code);
		if (found) return found;
	}
	return all[0] ?? (thrown instanceof Error ? thrown : new Error(String(thrown)));
}

// src/node/exec.ts
/**
* Runs one command and gives how it ended: a status other than 0 is a result, not an error. Done when the exit status
* has come and the output is at its end, or, where a child in the background holds it open, has been quiet for a second.
* `end` is the life of the login: its reason, a WovenError, is what a running command fails with.
* Also throws `cancelled`, `command-timeout`, `input-failed`, `output-too-long` and `exec-refused`. A command that is given up
* loses its input and output, and is sent SIGTERM where its input is still open and sshd sends signals (not for root): it may go on.
*/
async function run(client, command, options, end, at) {
	if (options.signal?.aborted) throw cancelled(at, options.signal.reason);
	using stop = new Stop(options, end, at);
	const opening = open(client, command, options, stop, at);
	try {
		const running = await Promise.race([opening, stop.stopped]);
		feed(running.channel, options.input, stop.over).catch((error) => stop.now(inputFailed(error, at)));
		return {
			...await Promise.race([running.exited, stop.stopped]),
			stdout: running.stdout.text(),
			stderr: running.stderr.text()
		};
	} catch (error) {
		if (error instanceof WovenError && error.code === "input-failed") opening.then(kill, () => void 0);
		else opening.then(giveUp$1, () => void 0);
		throw error;
	} finally {
		if (options.input instanceof Readable) options.input.destroy();
	}
}
/** All that can end a command from this side, as one promise that rejects and one signal for who writes its input. */
var Stop = class {
	stopped;
	now;
	#over = new AbortController();
	#undo = [];
	constructor({ signal, timeoutSeconds }, end, at) {
		let reject = () => void 0;
		this.stopped = new Promise((_resolve, rejecting) => {
			reject = rejecting;
		});
		this.stopped.catch(() => void 0);
		this.now = reject;
		this.#on(end, () => reject(end.reason));
		if (signal) this.#on(signal, () => reject(cancelled(at, signal.reason)));
		if (timeoutSeconds !== void 0) {
			const timer = setTimeout(() => reject(commandTimeout(at, timeoutSeconds)), timeoutSeconds * 1e3);
			this.#undo.push(() => clearTimeout(timer));
		}
	}
	get over() {
		return this.#over.signal;
	}
	#on(signal, listener) {
		if (signal.aborted) listener();
		signal.addEventListener("abort", listener);
		this.#undo.push(() => signal.removeEventListener("abort", listener));
	}
	[Symbol.dispose]() {
		for (const undo of this.#undo) undo();
		this.#over.abort();
	}
};
function open(client, command, options, stop, at) {
	return new Promise((resolve, reject) => {
		const opened = (error, channel) => {
			if (error) return reject(execRefused(error, at));
			channel.on("error", () => void 0);
			const stdout = new CommandOutput(options.onStdout, stop.now);
			const stderr = new CommandOutput(options.onStderr, stop.now);
			channel.on("data", (chunk) => stop.over.aborted || stdout.take(chunk));
			channel.stderr.on("data", (chunk) => stop.over.aborted || stderr.take(chunk));
			resolve({
				channel,
				exited: exitOf(channel, stop.over),
				stdout,
				stderr
			});
		};
		try {
			client.exec(command, opened);
		} catch (error) {
			reject(connectionLost(at, error instanceof Error ? error : void 0));
		}
	});
}
const quietMilliseconds = 1e3;
function exitOf(channel, over) {
	return new Promise((resolve) => {
		let exit = { code: null };
		let quiet;
		const closed = () => {
			clearTimeout(quiet);
			resolve(exit);
		};
		const waitForQuiet = () => {
			clearTimeout(quiet);
			quiet = setTimeout(() => {
				channel.close();
				closed();
			}, quietMilliseconds);
		};
		channel.on("exit", (code, signal) => {
			exit = {
				code,
				...signal && { signal }
			};
			waitForQuiet();
		});
		for (const stream of [channel, channel.stderr]) stream.on("data", () => quiet && waitForQuiet());
		channel.on("close", closed);
		over.addEventListener("abort", () => clearTimeout(quiet));
	});
}
/** Writes the input as fast as the node takes it, and stops quietly when the command is over before its input is. */
async function feed(channel, input, over) {
	if (input === void 0 || typeof input === "string" || input instanceof Uint8Array) {
		channel.end(input ?? "");
		return;
	}
	for await (const chunk of input) {
		if (over.aborted || channel.writableEnded) return;
		if (!channel.write(chunk)) await drained(channel, over);
	}
	channel.end();
}
function drained(channel, over) {
	return new Promise((resolve) => {
		const done = () => {
			channel.off("drain", done);
			channel.off("close", done);
			over.removeEventListener("abort", done);
			resolve();
		};
		channel.on("drain", done);
		channel.on("close", done);
		over.addEventListener("abort", done);
		if (over.aborted) done();
	});
}
function giveUp$1({ channel }) {
	channel.signal("TERM");
	channel.close();
}
function kill({ channel }) {
	channel.signal("KILL");
	channel.close();
}
function inputFailed(cause, { host }) {
	const message = `what was being sent to ${host} broke off: ${cause instanceof Error ? cause.message : String(cause)}`;
	return new WovenError({
		code: "input-failed",
		message,
		node: host,
		cause
	});
}
/** `seconds`: what it was allowed. */
function commandTimeout({ host }, seconds) {
	return new WovenError({
		code: "command-timeout",
		message: `a command on ${host} was not done after ${seconds} s`,
		next: "Look at what the node is busy with (`top`, `systemctl list-jobs`), then run again.",
		node: host
	});
}
function execRefused(error, { host }) {
	return new WovenError({
		code: "exec-refused",
		message: `${host} did not start a command on this login`,
		next: "Check `command=` in authorized_keys, ForceCommand and MaxSessions (10 by default) in sshd_config, and the user's login shell.",
		node: host,
		output: error.message,
		cause: error
	});
}

// src/node/host.ts
/** What it cost until now, over all logins. */
const free = {
	logins: 0,
	roundTrips: 0,
	bytesSent: 0
};
var Host = class {
	address;
	log;
	signal;
	#options;
	#session;
	#connecting;
	#spent = free;
	#kept = /* @__PURE__ */ new Set();
	constructor(options) {
		this.#options = options;
		this.address = options.address;
		this.log = options.log;
		this.signal = options.signal;
	}
	get name() {
		return this.address.host;
	}
	get cost() {
		return add(this.#spent, this.#session?.cost ?? free);
	}
	/** Whether a login is there, as far as is known. */
	get connected() {
		return this.#session !== void 0;
	}
	/** The login in use, or a new one. Those who ask at once get the same. */
	async session(until = this.signal) {
		if (this.#session) return this.#session;
		this.#connecting ??= this.#options.connect(until).finally(() => {
			this.#connecting = void 0;
		});
		this.#session = await this.#connecting;
		return this.#session;
	}
	/** Runs a script as root, in one round trip. `args` are its `$1`, `$2`, …; throws only where it could not run at all. */
	async root(script, options = {}) {
		const { signal = this.signal, timeoutSeconds } = options;
		const session = await this.session(signal);
		const words = [
			script.text,
			"woven",
			...options.args ?? []
		];
		const { password } = this.#options;
		const asks = password && session.target.user !== "root";
		const input = asks ? prefixed(`${password.reveal()}\n`, options.input) : options.input;
		const limited = timeoutSeconds === void 0 ? sh`/bin/sh -c ${words}` : within(timeoutSeconds, words);
		const result = await session.exec(elevate(session.target.user, limited, asks ? "asks" : "never"), {
			...options.onStdout ? { onStdout: options.onStdout } : {},
			...timeoutSeconds === void 0 ? {} : { timeoutSeconds: timeoutSeconds + 10 },
			...input === void 0 ? {} : { input },
			...signal ? { signal } : {}
		});
		if (timeoutSeconds !== void 0 && result.code === timedOut) throw commandTimeout({
			host: this.name,
			port: session.target.port
		}, timeoutSeconds);
		const refusal = sudoRefusal(result.stderr);
		if (refusal && result.code !== 0) throw noSudo(session.target.user, this.name, refusal);
		return result;
	}
	/** Notes that the node keeps something (by its name there), which then need not be sent again. */
	keep(name) {
		this.#kept.add(name);
	}
	keeps(name) {
		return this.#kept.has(name);
	}
	/** Forgets a connection that broke, so that the next call logs in anew. */
	async drop() {
		const session = this.#session;
		if (!session) return;
		this.#spent = add(this.#spent, session.cost);
		this.#session = void 0;
		await session.close().catch(() => void 0);
	}
	async [Symbol.asyncDispose]() {
		await this.drop();
	}
};
/** What timeout(1) answers for a command that it ended. */
const timedOut = 124;
/** Ended on the node itself, with everything in its process group: what is only given up here goes on there. */
function within(seconds, words) {
	return sh`timeout -k 5 ${seconds} /bin/sh -c ${words}`;
}
function elevate(user, command, password) {
	if (user === "root") return sh`exec ${command}`;
	if (password === "never") return sh`exec sudo -n -- ${command}`;
	return sh`IFS= read -r pass; if sudo -n true 2>/dev/null; then exec sudo -n -- ${command}; fi
{ printf '%s\n' "$pass"; cat; } | sudo -S -p '' -- ${command}`;
}
async function* prefixed(first, rest) {
	yield Buffer.from(first);
	if (typeof rest === "string") yield Buffer.from(rest);
	else if (rest) yield* rest;
}
function sudoRefusal(stderr) {
	return stderr.split("\n").find((line) => /^sudo: (?!unable to resolve host)|sudo: (command )?not found|is not in the sudoers file|not allowed to (execute|run)/.test(line));
}
function noSudo(user, node, said) {
	return new WovenError({
		code: "no-sudo",
		message: `${user} cannot become root on ${node}: ${said.trim()}`,
		next: `Let ${user} use sudo without a password, give the password input, or run setupnode, which sets this up.`,
		node,
		output: said
	});
}
function add(one, other) {
	return {
		logins: one.logins + other.logins,
		roundTrips: one.roundTrips + other.roundTrips,
		bytesSent: one.bytesSent + other.bytesSent
	};
}

// src/node/line-reader.ts
/** Calls `onLine` with each line, without its newline; a line longer than `longest` characters comes in pieces. */
function readLines(onLine, longest = 65536) {
	const decoder = new StringDecoder("utf8");
	let rest = "";
	const take = (text) => {
		const lines = (rest + text).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
		while (rest.length > longest) {
			onLine(rest.slice(0, longest));
			rest = rest.slice(longest);
		}
	};
	return {
		push: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
		end() {
			take(decoder.end());
			if (rest !== "") onLine(rest);
			rest = "";
		}
	};
}

// src/package-files.ts
/** Woven's own folder: the nearest one upward that holds an action.yml. */
const packageRoot = findRoot(import.meta.dirname);
function readPackageFile(name) {
	return readFileSync(join(packageRoot, name), "utf8");
}
/** Names of the files below a folder of the package, relative to it, sorted. */
function listPackageFiles(folder) {
	return readdirSync(join(packageRoot, folder), {
		recursive: true,
		withFileTypes: true
	}).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(join(packageRoot, folder).length + 1)).sort();
}
function findRoot(from) {
	if (existsSync(join(from, "action.yml")) && existsSync(join(from, "templates"))) return from;
	if (dirname(from) === from) throw new Error("Woven's own folder is not whole: action.yml and templates/ are missing above dist/");
	return findRoot(dirname(from));
}

// src/node/stage.ts
const nothing = sh`:`;
/** The stage as one script for `sh`: a function for each part of each step, the order of events, and what all stages share. */
function compile(stage) {
	const functions = stage.steps.flatMap((step, index) => stepFunctions(step, index + 1));
	const order = stage.steps.map((step, index) => sh`step ${index + 1} ${step.id} ${step.limit ?? 600} ${step.check ? step.checks ?? "always" : "never"} ${step.plan ?? "previewed"} ${step.settles ? "settles" : "goes-on"}`);
	return `#!/bin/sh\n${lines([
		...functions,
		shellFunction(sh`s_finally`, stage.finally ?? nothing),
		shellFunction(sh`s_heartbeat`, stage.heartbeat ?? nothing),
		shellFunction(sh`s_order`, lines(order)),
		...stage.lock === void 0 ? [] : [openLock(stage.lock)],
		sh`undoes=${stage.undoes}
run=$(dirname "$(readlink -f "$0")")
. "$run/kit/stage.sh"`
	]).text}\n`;
}
/** In the process that all parts of all steps come from, and not for a plan, which leaves no trace. */
function openLock(path) {
	return sh`if [ "\${1:-run}" = run ]; then
  (umask 077; mkdir -p "$(dirname ${path})"; : >>${path})
  exec 8>>${path}
fi`;
}
/** What every stage needs besides its own, and a node keeps: under a name that is the digest of its files, in order. */
function kit() {
	const files = ["stage.sh", "tool.py"].map((name) => ({
		name: `kit/${name}`,
		content: readPackageFile(`templates/node/${name}`)
	}));
	const digest = createHash("sha256");
	for (const { content } of files) digest.update(content);
	return {
		name: `kit-${digest.digest("hex").slice(0, 12)}`,
		files
	};
}
/** Every file that the stage alone needs on the node, the script itself among them. */
function stageFiles(stage, mode) {
	const carried = [...stage.files ?? [], ...stage.steps.flatMap((step) => step.files ?? [])];
	return [{
		name: "stage.sh",
		content: compile(stage)
	}, ...carried.filter(({ content }) => mode === "run" || typeof content === "string").map((file) => ({
		...file,
		name: `files/${file.name}`
	}))];
}
function stepFunctions(step, n) {
	return [
		sh`# ${n}. ${step.title.replaceAll(/\s+/g, " ")}`,
		...step.check ? [shellFunction(sh`s${n}_check`, step.check)] : [],
		shellFunction(sh`s${n}_apply`, step.apply),
		shellFunction(sh`s${n}_preview`, step.preview ?? nothing),
		...step.undo ? [sh`s${n}_undoes=yes`, shellFunction(sh`s${n}_undo`, step.undo)] : []
	];
}
/** A function of the shell cannot be empty: a part that came to nothing for this run still has the colon. */
function shellFunction(name, body) {
	return sh`${name}() {
:
${body}
}`;
}

// src/node/stage-events.ts
/**
* One line of a stage's log as an event; undefined for a line that is none (a stray message of the shell itself, an
* event that a full disk cut short).
*/
function parseEvent(line) {
	if (!line.startsWith("{\"event\":")) return void 0;
	const raw = parse$4(line);
	switch (raw["event"]) {
		case "begin": return {
			kind: "begin",
			n: Number(raw["n"]),
			id: String(raw["id"])
		};
		case "alive": return { kind: "alive" };
		case "end": return {
			kind: "end",
			status: raw["status"]
		};
		case "step": return {
			kind: "step",
			outcome: outcome(raw)
		};
		default: return;
	}
}
function outcome(raw) {
	return {
		n: Number(raw["n"]),
		id: String(raw["id"]),
		status: raw["status"],
		seconds: Number(raw["ms"]) / 1e3,
		details: text$1(raw["details"]).split("\n").filter(Boolean),
		data: text$1(raw["data"]),
		output: text$1(raw["output"])
	};
}
function parse$4(line) {
	try {
		return JSON.parse(line);
	} catch {
		return {};
	}
}
function text$1(base64) {
	return Buffer.from(String(base64 ?? ""), "base64").toString("utf8");
}

// src/node/stage-failure.ts
/** A stage that did not end as asked; `steps` holds what ran before. */
var StageError = class extends WovenError {
	steps;
	/** `told`: what the stage takes back has been. `open`: only the node can say; it fell silent, or could not take back all of it. */
	end;
	constructor(details, steps, end) {
		super(details);
		this.steps = steps;
		this.end = end;
	}
};
const logOf = ({ id }) => `/var/local/woven/runs/${id}/log`;
const at = ({ node, stage }) => ({
	node,
	stage: stage.name
});
/** `cause`: what the last try to log in again ended with. */
function lost(place, { steps }, cause) {
	const details = {
		code: "connection-lost",
		message: `the connection was lost while the stage ran, and could not be made again${cause === void 0 ? "" : `: ${asWovenError(cause).message}`}`,
		next: `The node finishes, or takes back, what it had begun. Run the command again: it reads how that ended. The log is ${logOf(place)} there.`,
		...at(place),
		cause
	};
	return new StageError(details, steps, "open");
}
function notStarted(place, said) {
	const lines = said.trim().split("\n");
	const why = lines.find((line) => line.includes("No space left")) ?? lines.at(-1);
	return new WovenError({
		code: "stage-not-started",
		message: `the stage could not be sent: ${why || "no reason given"}`,
		next: "Nothing was changed on the node. A full disk or a node without a running systemd are the usual reasons.",
		output: said,
		...at(place)
	});
}
/** Cancelled, before any step of it began. */
function notBegun(place) {
	return new WovenError({
		code: "stopped",
		message: "stopped on request, before the stage had begun: nothing of it was done on the node",
		next: "Run the command again to go on.",
		...at(place)
	});
}
function died(place, { steps }, stray) {
	const details = {
		code: "stage-died",
		message: "the stage ended without a word: the node was rebooted, or somebody ended it",
		next: `Run the command again: it goes on from what is there. The log is ${logOf(place)} on the node.`,
		output: stray.filter((line) => line.trim() !== "").join("\n") || void 0,
		...at(place)
	};
	return new StageError(details, steps, "open");
}
/** Cancelled, and its end was not heard in the time that there was: `told`, whether the node knows. */
function unheard(place, { steps }, told) {
	const details = told === "told" ? {
		code: "stopped",
		message: "stopped on request: the node was told so, and is still taking back what it had begun",
		next: `It ends by itself. Run the command again: it reads how that ended. The log is ${logOf(place)} there.`
	} : {
		code: "not-told",
		message: "the run was cancelled, and the node could not be told: the connection was lost, and no new one came about in the time that a cancelled run has",
		next: `The stage goes on there to its end. See what \`status\` says when the node can be reached again. The log is ${logOf(place)} there.`
	};
	return new StageError({
		...details,
		...at(place)
	}, steps, "open");
}
/** It said so itself. */
function stageFailed(place, { outcomes, steps }, end) {
	const stepOf = (id) => place.stage.steps.find((step) => step.id === id);
	const failed = outcomes.find((outcome) => outcome.status === "failed");
	const step = stepOf(failed?.id);
	const left = outcomes.filter((outcome) => outcome.status === "undo-failed");
	const undone = left.length > 0 ? ` Not taken back: ${left.map(({ id }) => stepOf(id)?.title ?? id).join(", ")}.` : "";
	const stopped = end === "stopped";
	return new StageError({
		code: stopped ? "stopped" : "step-failed",
		message: stopped ? `stopped on request, at: ${step?.title ?? "no step"}.${undone}` : `${step?.title ?? "the stage"} failed.${undone}`,
		next: stopped ? "Run the command again to go on." : step?.next,
		step: failed?.id,
		output: [failed, ...left].flatMap((outcome) => outcome?.output || []).join("\n") || void 0,
		...at(place)
	}, steps, left.length > 0 ? "open" : "told");
}

// src/node/stage-scripts.ts
const folder$1 = sh`if [ "$2" = plan ]; then run=/run/woven/$1; else run=/var/local/woven/runs/$1; fi`;
/** Unpacks a stage from stdin and starts it as a unit of its own. `$1` its id, `$2` `run` or `plan`, `$4` the kit's name. */
const receive = sh`set -eu; umask 077
${folder$1}
mkdir -p "$run"
trap 'rm -rf "$run"' EXIT
tar -xzf - -C "$run"
kept=/var/local/woven/tools/$4
if [ ! -d "$run/kit" ]; then cp -R "$kept" "$run/kit"
elif [ "$2" != plan ]; then
  mkdir -p /var/local/woven/tools
  cp -R "$run/kit" "$run/kit.new"; rm -rf "$kept"
  mv -T "$run/kit.new" "$kept" 2>/dev/null || rm -rf "$run/kit.new"
fi
if [ -e "$run/stop" ]; then exit 45; fi
systemd-run --quiet --collect --unit="woven-$1" --service-type=exec -p KillMode=mixed -p TimeoutStopSec=600 \
  -p StandardOutput="append:$run/log" -p StandardError="append:$run/log" /bin/sh "$run/stage.sh" "$2"
trap - EXIT`;
/** Prints the log from byte `$3` on, until the stage has ended. */
const follow = sh`${folder$1}
[ -e "$run/stage.sh" ] || { echo "no such run: $1" >&2; exit 44; }
pid=$(systemctl show --property=MainPID --value "woven-$1.service")
if [ "$pid" != 0 ]; then tail -c "+$3" -s 0.05 --pid="$pid" -f "$run/log"; else tail -c "+$3" "$run/log"; fi
# Ended by somebody else, by a reboot or by a fault of its own: nothing will tell of the end any more.
if ! grep -q '^{"event":"end"' "$run/log" && ! systemctl is-active -q "woven-$1.service"; then printf '\n{"event":"end","status":"died"}\n'; fi
if [ "$2" = plan ]; then rm -rf "$run"; rmdir /run/woven 2>/dev/null || :; fi`;
/** Runs of earlier commands that are kept for reading; older ones go. */
const prune = sh`cd /var/local/woven/runs 2>/dev/null && ls -1t | tail -n +21 | while read -r old; do
  systemctl is-active -q "woven-$old.service" || rm -rf -- "./$old"; done; cd /`;
/** Ends it. Also before it has begun: the mark is seen by what would start it, and by the stage itself. */
const stop$1 = sh`${folder$1}
umask 077; mkdir -p "$run" && : >"$run/stop"
systemctl stop --no-block "woven-$1.service" 2>/dev/null || :`;

// src/node/step-report.ts
/** How a step ended, as a report says it. */
function stepReport(stage, outcome) {
	return {
		stage: stage.name,
		step: outcome.id,
		title: stage.steps.find(({ id }) => id === outcome.id)?.title ?? outcome.id,
		status: reportStatus(outcome.status),
		seconds: outcome.seconds,
		details: outcome.details,
		...outcome.status === "undone" ? { undone: true } : {}
	};
}
function reportStatus(status) {
	switch (status) {
		case "undone": return "skipped";
		case "undo-failed": return "failed";
		default: return status;
	}
}

// node_modules/events-universal/default.js
var require_default = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = __require("events");
}));

// node_modules/fast-fifo/fixed-size.js
var require_fixed_size = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = class FixedFIFO {
		constructor(hwm) {
			if (!(hwm > 0) || (hwm - 1 & hwm) !== 0) throw new Error("Max size for a FixedFIFO should be a power of two");
			this.buffer = new Array(hwm);
			this.mask = hwm - 1;
			this.top = 0;
			this.btm = 0;
			this.next = null;
		}
		clear() {
			this.top = this.btm = 0;
			this.next = null;
			this.buffer.fill(void 0);
		}
		push(data) {
			if (this.buffer[this.top] !== void 0) return false;
			this.buffer[this.top] = data;
			this.top = this.top + 1 & this.mask;
			return true;
		}
		shift() {
			const last = this.buffer[this.btm];
			if (last === void 0) return void 0;
			this.buffer[this.btm] = void 0;
			this.btm = this.btm + 1 & this.mask;
			return last;
		}
		peek() {
			return this.buffer[this.btm];
		}
		isEmpty() {
			return this.buffer[this.btm] === void 0;
		}
	};
}));

// node_modules/fast-fifo/index.js
var require_fast_fifo = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const FixedFIFO = require_fixed_size();
	module.exports = class FastFIFO {
		constructor(hwm) {
			this.hwm = hwm || 16;
			this.head = new FixedFIFO(this.hwm);
			this.tail = this.head;
			this.length = 0;
		}
		clear() {
			this.head = this.tail;
			this.head.clear();
			this.length = 0;
		}
		push(val) {
			this.length++;
			if (!this.head.push(val)) {
				const prev = this.head;
				this.head = prev.next = new FixedFIFO(2 * this.head.buffer.length);
				this.head.push(val);
			}
		}
		shift() {
			if (this.length !== 0) this.length--;
			const val = this.tail.shift();
			if (val === void 0 && this.tail.next) {
				const next = this.tail.next;
				this.tail.next = null;
				this.tail = next;
				return this.tail.shift();
			}
			return val;
		}
		peek() {
			const val = this.tail.peek();
			if (val === void 0 && this.tail.next) return this.tail.next.peek();
			return val;
		}
		isEmpty() {
			return this.length === 0;
		}
	};
}));

// node_modules/b4a/index.js
var require_b4a = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	function isBuffer(value) {
		return Buffer.isBuffer(value) || value instanceof Uint8Array;
	}
	function isEncoding(encoding) {
		return Buffer.isEncoding(encoding);
	}
	function alloc(size, fill, encoding) {
		return Buffer.alloc(size, fill, encoding);
	}
	function allocUnsafe(size) {
		return Buffer.allocUnsafe(size);
	}
	function allocUnsafeSlow(size) {
		return Buffer.allocUnsafeSlow(size);
	}
	function byteLength(string, encoding) {
		return Buffer.byteLength(string, encoding);
	}
	function compare(a, b) {
		return Buffer.compare(a, b);
	}
	function concat(buffers, totalLength) {
		return Buffer.concat(buffers, totalLength);
	}
	function copy(source, target, targetStart, start, end) {
		return toBuffer(source).copy(target, targetStart, start, end);
	}
	function equals(a, b) {
		return toBuffer(a).equals(b);
	}
	function fill(buffer, value, offset, end, encoding) {
		return toBuffer(buffer).fill(value, offset, end, encoding);
	}
	function from(value, encodingOrOffset, length) {
		return Buffer.from(value, encodingOrOffset, length);
	}
	function includes(buffer, value, byteOffset, encoding) {
		return toBuffer(buffer).includes(value, byteOffset, encoding);
	}
	function indexOf(buffer, value, byfeOffset, encoding) {
		return toBuffer(buffer).indexOf(value, byfeOffset, encoding);
	}
	function lastIndexOf(buffer, value, byteOffset, encoding) {
		return toBuffer(buffer).lastIndexOf(value, byteOffset, encoding);
	}
	function swap16(buffer) {
		return toBuffer(buffer).swap16();
	}
	function swap32(buffer) {
		return toBuffer(buffer).swap32();
	}
	function swap64(buffer) {
		return toBuffer(buffer).swap64();
	}
	function toBuffer(buffer) {
		if (Buffer.isBuffer(buffer)) return buffer;
		return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength);
	}
	function toString(buffer, encoding, start, end) {
		return toBuffer(buffer).toString(encoding, start, end);
	}
	function toHex(buffer, start, end) {
		return toBuffer(buffer).toString("hex", start, end);
	}
	function write(buffer, string, offset, length, encoding) {
		return toBuffer(buffer).write(string, offset, length, encoding);
	}
	function readDoubleBE(buffer, offset) {
		return toBuffer(buffer).readDoubleBE(offset);
	}
	function readDoubleLE(buffer, offset) {
		return toBuffer(buffer).readDoubleLE(offset);
	}
	function readFloatBE(buffer, offset) {
		return toBuffer(buffer).readFloatBE(offset);
	}
	function readFloatLE(buffer, offset) {
		return toBuffer(buffer).readFloatLE(offset);
	}
	function readInt32BE(buffer, offset) {
		return toBuffer(buffer).readInt32BE(offset);
	}
	function readInt32LE(buffer, offset) {
		return toBuffer(buffer).readInt32LE(offset);
	}
	function readUInt32BE(buffer, offset) {
		return toBuffer(buffer).readUInt32BE(offset);
	}
	function readUInt32LE(buffer, offset) {
		return toBuffer(buffer).readUInt32LE(offset);
	}
	function writeDoubleBE(buffer, value, offset) {
		return toBuffer(buffer).writeDoubleBE(value, offset);
	}
	function writeDoubleLE(buffer, value, offset) {
		return toBuffer(buffer).writeDoubleLE(value, offset);
	}
	function writeFloatBE(buffer, value, offset) {
		return toBuffer(buffer).writeFloatBE(value, offset);
	}
	function writeFloatLE(buffer, value, offset) {
		return toBuffer(buffer).writeFloatLE(value, offset);
	}
	function writeInt32BE(buffer, value, offset) {
		return toBuffer(buffer).writeInt32BE(value, offset);
	}
	function writeInt32LE(buffer, value, offset) {
		return toBuffer(buffer).writeInt32LE(value, offset);
	}
	function writeUInt32BE(buffer, value, offset) {
		return toBuffer(buffer).writeUInt32BE(value, offset);
	}
	function writeUInt32LE(buffer, value, offset) {
		return toBuffer(buffer).writeUInt32LE(value, offset);
	}
	module.exports = {
		isBuffer,
		isEncoding,
		alloc,
		allocUnsafe,
		allocUnsafeSlow,
		byteLength,
		compare,
		concat,
		copy,
		equals,
		fill,
		from,
		includes,
		indexOf,
		lastIndexOf,
		swap16,
		swap32,
		swap64,
		toBuffer,
		toString,
		toHex,
		write,
		readDoubleBE,
		readDoubleLE,
		readFloatBE,
		readFloatLE,
		readInt32BE,
		readInt32LE,
		readUInt32BE,
		readUInt32LE,
		writeDoubleBE,
		writeDoubleLE,
		writeFloatBE,
		writeFloatLE,
		writeInt32BE,
		writeInt32LE,
		writeUInt32BE,
		writeUInt32LE
	};
}));

// node_modules/text-decoder/lib/pass-through-decoder.js
var require_pass_through_decoder = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const b4a = require_b4a();
	module.exports = class PassThroughDecoder {
		constructor(encoding) {
			this.encoding = encoding;
		}
		get remaining() {
			return 0;
		}
		decode(data) {
			return b4a.toString(data, this.encoding);
		}
		flush() {
			return "";
		}
	};
}));

// node_modules/text-decoder/lib/utf8-decoder.js
var require_utf8_decoder = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const b4a = require_b4a();
	/**
	* https://encoding.spec.whatwg.org/#utf-8-decoder
	*/
	module.exports = class UTF8Decoder {
		constructor() {
			this._reset();
		}
		get remaining() {
			return this.bytesSeen;
		}
		decode(data) {
			if (data.byteLength === 0) return "";
			if (this.bytesNeeded === 0 && trailingIncomplete(data, 0) === 0) {
				this.bytesSeen = trailingBytesSeen(data);
				return b4a.toString(data, "utf8");
			}
			let result = "";
			let start = 0;
			if (this.bytesNeeded > 0) {
				while (start < data.byteLength) {
					const byte = data[start];
					if (byte < this.lowerBoundary || byte > this.upperBoundary) {
						result += "�";
						this._reset();
						break;
					}
					this.lowerBoundary = 128;
					this.upperBoundary = 191;
					this.codePoint = this.codePoint << 6 | byte & 63;
					this.bytesSeen++;
					start++;
					if (this.bytesSeen === this.bytesNeeded) {
						result += String.fromCodePoint(this.codePoint);
						this._reset();
						break;
					}
				}
				if (this.bytesNeeded > 0) return result;
			}
			const trailing = trailingIncomplete(data, start);
			const end = data.byteLength - trailing;
			if (end > start) result += b4a.toString(data, "utf8", start, end);
			for (let i = end; i < data.byteLength; i++) {
				const byte = data[i];
				if (this.bytesNeeded === 0) {
					if (byte <= 127) {
						this.bytesSeen = 0;
						result += String.fromCharCode(byte);
					} else if (byte >= 194 && byte <= 223) {
						this.bytesNeeded = 2;
						this.bytesSeen = 1;
						this.codePoint = byte & 31;
					} else if (byte >= 224 && byte <= 239) {
						if (byte === 224) this.lowerBoundary = 160;
						else if (byte === 237) this.upperBoundary = 159;
						this.bytesNeeded = 3;
						this.bytesSeen = 1;
						this.codePoint = byte & 15;
					} else if (byte >= 240 && byte <= 244) {
						if (byte === 240) this.lowerBoundary = 144;
						else if (byte === 244) this.upperBoundary = 143;
						this.bytesNeeded = 4;
						this.bytesSeen = 1;
						this.codePoint = byte & 7;
					} else {
						this.bytesSeen = 1;
						result += "�";
					}
					continue;
				}
				if (byte < this.lowerBoundary || byte > this.upperBoundary) {
					result += "�";
					i--;
					this._reset();
					continue;
				}
				this.lowerBoundary = 128;
				this.upperBoundary = 191;
				this.codePoint = this.codePoint << 6 | byte & 63;
				this.bytesSeen++;
				if (this.bytesSeen === this.bytesNeeded) {
					result += String.fromCodePoint(this.codePoint);
					this._reset();
				}
			}
			return result;
		}
		flush() {
			const result = this.bytesNeeded > 0 ? "�" : "";
			this._reset();
			return result;
		}
		_reset() {
			this.codePoint = 0;
			this.bytesNeeded = 0;
			this.bytesSeen = 0;
			this.lowerBoundary = 128;
			this.upperBoundary = 191;
		}
	};
	function trailingIncomplete(data, start) {
		const len = data.byteLength;
		if (len <= start) return 0;
		const limit = Math.max(start, len - 4);
		let i = len - 1;
		while (i > limit && (data[i] & 192) === 128) i--;
		if (i < start) return 0;
		const byte = data[i];
		let needed;
		if (byte <= 127) return 0;
		if (byte >= 194 && byte <= 223) needed = 2;
		else if (byte >= 224 && byte <= 239) needed = 3;
		else if (byte >= 240 && byte <= 244) needed = 4;
		else return 0;
		const available = len - i;
		return available < needed ? available : 0;
	}
	function trailingBytesSeen(data) {
		const len = data.byteLength;
		if (len === 0) return 0;
		const last = data[len - 1];
		if (last <= 127) return 0;
		if ((last & 192) !== 128) return 1;
		const limit = Math.max(0, len - 4);
		let i = len - 2;
		while (i >= limit && (data[i] & 192) === 128) i--;
		if (i < 0) return 1;
		const first = data[i];
		let needed;
		if (first >= 194 && first <= 223) needed = 2;
		else if (first >= 224 && first <= 239) needed = 3;
		else if (first >= 240 && first <= 244) needed = 4;
		else return 1;
		if (len - i !== needed) return 1;
		if (needed >= 3) {
			const second = data[i + 1];
			if (first === 224 && second < 160) return 1;
			if (first === 237 && second > 159) return 1;
			if (first === 240 && second < 144) return 1;
			if (first === 244 && second > 143) return 1;
		}
		return 0;
	}
}));

// node_modules/text-decoder/index.js
var require_text_decoder = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const PassThroughDecoder = require_pass_through_decoder();
	const UTF8Decoder = require_utf8_decoder();
	module.exports = class TextDecoder {
		constructor(encoding = "utf8") {
			this.encoding = normalizeEncoding(encoding);
			switch (this.encoding) {
				case "utf8":
					this.decoder = new UTF8Decoder();
					break;
				case "utf16le":
				case "base64": throw new Error("Unsupported encoding: " + this.encoding);
				default: this.decoder = new PassThroughDecoder(this.encoding);
			}
		}
		get remaining() {
			return this.decoder.remaining;
		}
		push(data) {
			if (typeof data === "string") return data;
			return this.decoder.decode(data);
		}
		write(data) {
			return this.push(data);
		}
		end(data) {
			let result = "";
			if (data) result = this.push(data);
			result += this.decoder.flush();
			return result;
		}
	};
	function normalizeEncoding(encoding) {
		encoding = encoding.toLowerCase();
		switch (encoding) {
			case "utf8":
			case "utf-8": return "utf8";
			case "ucs2":
			case "ucs-2":
			case "utf16le":
			case "utf-16le": return "utf16le";
			case "latin1":
			case "binary": return "latin1";
			case "base64":
			case "ascii":
			case "hex": return encoding;
			default: throw new Error("Unknown encoding: " + encoding);
		}
	}
}));

// node_modules/streamx/lib/errors.js
var require_errors = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	module.exports = class StreamError extends Error {
		constructor(msg, code, fn = StreamError) {
			super(msg);
			this.code = code;
			if (Error.captureStackTrace) Error.captureStackTrace(this, fn);
		}
		static isStreamDestroyed(err) {
			return err && err.code === "STREAM_DESTROYED";
		}
		static isPrematureClose(err) {
			return err && err.code === "PREMATURE_CLOSE";
		}
		static isAborted(err) {
			return err && err.code === "ABORTED";
		}
		static isBadArgument(err) {
			return err && err.code === "BAD_ARGUMENT";
		}
		get name() {
			return "StreamError";
		}
		static STREAM_DESTROYED() {
			return new StreamError("Stream was destroyed", "STREAM_DESTROYED", StreamError.STREAM_DESTROYED);
		}
		static PREMATURE_CLOSE(msg = "Premature close") {
			return new StreamError(msg, "PREMATURE_CLOSE", StreamError.PREMATURE_CLOSE);
		}
		static ABORTED() {
			return new StreamError("Stream aborted", "ABORTED", StreamError.ABORTED);
		}
		static BAD_ARGUMENT(msg = "Bad argument") {
			return new StreamError(msg, "BAD_ARGUMENT", StreamError.BAD_ARGUMENT);
		}
	};
}));

// node_modules/streamx/index.js
var require_streamx = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const { EventEmitter } = require_default();
	const FIFO = require_fast_fifo();
	const TextDecoder = require_text_decoder();
	const StreamError = require_errors();
	const qmt = typeof queueMicrotask === "undefined" ? (fn) => global.process.nextTick(fn) : queueMicrotask;
	const OPENING = 1;
	const PREDESTROYING = 2;
	const DESTROYING = 4;
	const DESTROYED = 8;
	const NOT_OPENING = 536870910;
	const NOT_PREDESTROYING = 536870909;
	const READ_UPDATING = 32;
	const READ_PRIMARY = 64;
	const READ_QUEUED = 128;
	const READ_RESUMED = 256;
	const READ_PIPE_DRAINED = 512;
	const READ_ENDING = 1024;
	const READ_EMIT_DATA = 2048;
	const READ_EMIT_READABLE = 4096;
	const READ_EMITTED_READABLE = 8192;
	const READ_DONE = 16384;
	const READ_NEXT_TICK = 32768;
	const READ_READ_AHEAD = 131072;
	const READ_FLOWING = 768;
	const READ_ACTIVE_AND_NEEDS_PUSH = 65552;
	const READ_PRIMARY_AND_ACTIVE = 80;
	const READ_EMIT_READABLE_AND_QUEUED = 4224;
	const READ_RESUMED_READ_AHEAD = 131328;
	const READ_NOT_ACTIVE = 536870895;
	const READ_NON_PRIMARY_AND_PUSHED = 536805311;
	const READ_PUSHED = 536805375;
	const READ_PAUSED = 536870655;
	const READ_NOT_QUEUED = 536862591;
	const READ_NOT_ENDING = 536869887;
	const READ_PIPE_NOT_DRAINED = 536870143;
	const READ_NOT_NEXT_TICK = 536838143;
	const READ_NOT_UPDATING = 536870879;
	const READ_NO_READ_AHEAD = 536739839;
	const READ_PAUSED_NO_READ_AHEAD = 536739583;
	const WRITE_ACTIVE = 1 << 18;
	const WRITE_UPDATING = 2 << 18;
	const WRITE_PRIMARY = 4 << 18;
	const WRITE_QUEUED = 8 << 18;
	const WRITE_UNDRAINED = 16 << 18;
	const WRITE_DONE = 32 << 18;
	const WRITE_EMIT_DRAIN = 64 << 18;
	const WRITE_NEXT_TICK = 128 << 18;
	const WRITE_WRITING = 256 << 18;
	const WRITE_FINISHING = 512 << 18;
	const WRITE_CORKED = 1024 << 18;
	const WRITE_NOT_ACTIVE = 469499903;
	const WRITE_NON_PRIMARY = 535822335;
	const WRITE_NOT_FINISHING = 402391039;
	const WRITE_DRAINED = 532676607;
	const WRITE_NOT_QUEUED = 534773759;
	const WRITE_NOT_NEXT_TICK = 503316479;
	const WRITE_NOT_UPDATING = 536346623;
	const WRITE_NOT_CORKED = 268435455;
	const ACTIVE = 262160;
	const NOT_ACTIVE = 536608751;
	const DONE = 8404992;
	const DESTROY_STATUS = 14;
	const OPEN_STATUS = 15;
	const AUTO_DESTROY = 8405006;
	const NON_PRIMARY = 535822271;
	const ACTIVE_OR_TICKING = 33587200;
	const IS_OPENING = 33587215;
	const READ_PRIMARY_STATUS = 17423;
	const READ_STATUS = 16527;
	const READ_ENDING_STATUS = 1167;
	const READ_READABLE_STATUS = 12431;
	const SHOULD_NOT_READ = 214047;
	const READ_BACKPRESSURE_STATUS = 17422;
	const READ_UPDATE_SYNC_STATUS = 32879;
	const READ_NEXT_TICK_OR_OPENING = 32769;
	const WRITE_PRIMARY_STATUS = 142606351;
	const WRITE_QUEUED_AND_UNDRAINED = 6291456;
	const WRITE_QUEUED_AND_ACTIVE = 2359296;
	const WRITE_DRAIN_STATUS = 6553615;
	const WRITE_STATUS = 270794767;
	const WRITE_PRIMARY_AND_ACTIVE = 1310720;
	const WRITE_ACTIVE_AND_WRITING = 67371008;
	const WRITE_FINISHING_STATUS = 144965647;
	const WRITE_BACKPRESSURE_STATUS = 146800654;
	const WRITE_UPDATE_SYNC_STATUS = 35127311;
	const WRITE_DROP_DATA = 142606350;
	const asyncIterator = Symbol.asyncIterator || Symbol("asyncIterator");
	var WritableState = class {
		constructor(stream, { highWaterMark = 16384, map = null, mapWritable, byteLength, byteLengthWritable } = {}) {
			this.stream = stream;
			this.queue = new FIFO();
			this.highWaterMark = highWaterMark;
			this.buffered = 0;
			this.error = null;
			this.pipeline = null;
			this.drains = null;
			this.byteLength = byteLengthWritable || byteLength || defaultByteLength;
			this.map = mapWritable || map;
			this.afterWrite = afterWrite.bind(this);
			this.afterUpdateNextTick = updateWriteNT.bind(this);
		}
		get ending() {
			return (this.stream._duplexState & WRITE_FINISHING) !== 0;
		}
		get ended() {
			return (this.stream._duplexState & WRITE_DONE) !== 0;
		}
		push(data) {
			if ((this.stream._duplexState & WRITE_DROP_DATA) !== 0) return false;
			if (this.map !== null) data = this.map(data);
			this.buffered += this.byteLength(data);
			this.queue.push(data);
			if (this.buffered < this.highWaterMark) {
				this.stream._duplexState |= WRITE_QUEUED;
				return true;
			}
			this.stream._duplexState |= WRITE_QUEUED_AND_UNDRAINED;
			return false;
		}
		shift() {
			const data = this.queue.shift();
			this.buffered -= this.byteLength(data);
			if (this.buffered === 0) this.stream._duplexState &= WRITE_NOT_QUEUED;
			return data;
		}
		end(data) {
			if (typeof data === "function") this.stream.once("finish", data);
			else if (data !== void 0 && data !== null) this.push(data);
			this.stream._duplexState = (this.stream._duplexState | WRITE_FINISHING) & WRITE_NON_PRIMARY;
		}
		autoBatch(data, cb) {
			const buffer = [];
			const stream = this.stream;
			buffer.push(data);
			while ((stream._duplexState & WRITE_STATUS) === WRITE_QUEUED_AND_ACTIVE) buffer.push(stream._writableState.shift());
			if ((stream._duplexState & OPEN_STATUS) !== 0) return cb(null);
			stream._writev(buffer, cb);
		}
		update() {
			const stream = this.stream;
			stream._duplexState |= WRITE_UPDATING;
			do {
				while ((stream._duplexState & WRITE_STATUS) === WRITE_QUEUED) {
					const data = this.shift();
					stream._duplexState |= WRITE_ACTIVE_AND_WRITING;
					stream._write(data, this.afterWrite);
				}
				if ((stream._duplexState & WRITE_PRIMARY_AND_ACTIVE) === 0) this.updateNonPrimary();
			} while (this.continueUpdate() === true);
			stream._duplexState &= WRITE_NOT_UPDATING;
		}
		updateNonPrimary() {
			const stream = this.stream;
			if ((stream._duplexState & WRITE_FINISHING_STATUS) === WRITE_FINISHING) {
				stream._duplexState = stream._duplexState | WRITE_ACTIVE;
				stream._final(afterFinal.bind(this));
				return;
			}
			if ((stream._duplexState & DESTROY_STATUS) === DESTROYING) {
				if ((stream._duplexState & ACTIVE_OR_TICKING) === 0) {
					stream._duplexState |= ACTIVE;
					stream._destroy(afterDestroy.bind(this));
				}
				return;
			}
			if ((stream._duplexState & IS_OPENING) === OPENING) {
				stream._duplexState = (stream._duplexState | ACTIVE) & NOT_OPENING;
				stream._open(afterOpen.bind(this));
			}
		}
		continueUpdate() {
			if ((this.stream._duplexState & WRITE_NEXT_TICK) === 0) return false;
			this.stream._duplexState &= WRITE_NOT_NEXT_TICK;
			return true;
		}
		updateCallback() {
			if ((this.stream._duplexState & WRITE_UPDATE_SYNC_STATUS) === WRITE_PRIMARY) this.update();
			else this.updateNextTick();
		}
		updateNextTick() {
			if ((this.stream._duplexState & WRITE_NEXT_TICK) !== 0) return;
			this.stream._duplexState |= WRITE_NEXT_TICK;
			if ((this.stream._duplexState & WRITE_UPDATING) === 0) qmt(this.afterUpdateNextTick);
		}
	};
	var ReadableState = class {
		constructor(stream, { highWaterMark = 16384, map = null, mapReadable, byteLength, byteLengthReadable } = {}) {
			this.stream = stream;
			this.queue = new FIFO();
			this.highWaterMark = highWaterMark === 0 ? 1 : highWaterMark;
			this.buffered = 0;
			this.readAhead = highWaterMark > 0;
			this.error = null;
			this.pipeline = null;
			this.byteLength = byteLengthReadable || byteLength || defaultByteLength;
			this.map = mapReadable || map;
			this.pipeTo = null;
			this.afterRead = afterRead.bind(this);
			this.afterUpdateNextTick = updateReadNT.bind(this);
		}
		get ending() {
			return (this.stream._duplexState & READ_ENDING) !== 0;
		}
		get ended() {
			return (this.stream._duplexState & READ_DONE) !== 0;
		}
		pipe(pipeTo, cb) {
			if (this.pipeTo !== null) throw StreamError.BAD_ARGUMENT("Can only pipe to one destination");
			if (typeof cb !== "function") cb = null;
			this.stream._duplexState |= READ_PIPE_DRAINED;
			this.pipeTo = pipeTo;
			this.pipeline = new Pipeline(this.stream, pipeTo, cb);
			if (cb) this.stream.on("error", noop);
			if (isStreamx(pipeTo)) {
				pipeTo._writableState.pipeline = this.pipeline;
				if (cb) pipeTo.on("error", noop);
				pipeTo.on("finish", this.pipeline.finished.bind(this.pipeline));
			} else {
				const onerror = this.pipeline.done.bind(this.pipeline, pipeTo);
				const onclose = this.pipeline.done.bind(this.pipeline, pipeTo, null);
				pipeTo.on("error", onerror);
				pipeTo.on("close", onclose);
				pipeTo.on("finish", this.pipeline.finished.bind(this.pipeline));
			}
			pipeTo.on("drain", afterDrain.bind(this));
			this.stream.emit("piping", pipeTo);
			pipeTo.emit("pipe", this.stream);
		}
		push(data) {
			const stream = this.stream;
			if (data === null) {
				this.highWaterMark = 0;
				stream._duplexState = (stream._duplexState | READ_ENDING) & READ_NON_PRIMARY_AND_PUSHED;
				return false;
			}
			if (this.map !== null) {
				data = this.map(data);
				if (data === null) {
					stream._duplexState &= READ_PUSHED;
					return this.buffered < this.highWaterMark;
				}
			}
			this.buffered += this.byteLength(data);
			this.queue.push(data);
			stream._duplexState = (stream._duplexState | READ_QUEUED) & READ_PUSHED;
			return this.buffered < this.highWaterMark;
		}
		shift() {
			const data = this.queue.shift();
			this.buffered -= this.byteLength(data);
			if (this.buffered === 0) this.stream._duplexState &= READ_NOT_QUEUED;
			return data;
		}
		unshift(data) {
			const pending = [this.map !== null ? this.map(data) : data];
			while (this.buffered > 0) pending.push(this.shift());
			for (let i = 0; i < pending.length - 1; i++) {
				const data = pending[i];
				this.buffered += this.byteLength(data);
				this.queue.push(data);
			}
			this.push(pending[pending.length - 1]);
		}
		read() {
			const stream = this.stream;
			if ((stream._duplexState & READ_STATUS) === READ_QUEUED) {
				const data = this.shift();
				if (this.pipeTo !== null && this.pipeTo.write(data) === false) stream._duplexState &= READ_PIPE_NOT_DRAINED;
				if ((stream._duplexState & READ_EMIT_DATA) !== 0) stream.emit("data", data);
				return data;
			}
			if (this.readAhead === false) {
				stream._duplexState |= READ_READ_AHEAD;
				this.updateNextTick();
			}
			return null;
		}
		drain() {
			const stream = this.stream;
			while ((stream._duplexState & READ_STATUS) === READ_QUEUED && (stream._duplexState & READ_FLOWING) !== 0) {
				const data = this.shift();
				if (this.pipeTo !== null && this.pipeTo.write(data) === false) stream._duplexState &= READ_PIPE_NOT_DRAINED;
				if ((stream._duplexState & READ_EMIT_DATA) !== 0) stream.emit("data", data);
			}
		}
		update() {
			const stream = this.stream;
			stream._duplexState |= READ_UPDATING;
			do {
				this.drain();
				while (this.buffered < this.highWaterMark && (stream._duplexState & SHOULD_NOT_READ) === READ_READ_AHEAD) {
					stream._duplexState |= READ_ACTIVE_AND_NEEDS_PUSH;
					stream._read(this.afterRead);
					this.drain();
				}
				if ((stream._duplexState & READ_READABLE_STATUS) === READ_EMIT_READABLE_AND_QUEUED) {
					stream._duplexState |= READ_EMITTED_READABLE;
					stream.emit("readable");
				}
				if ((stream._duplexState & READ_PRIMARY_AND_ACTIVE) === 0) this.updateNonPrimary();
			} while (this.continueUpdate() === true);
			stream._duplexState &= READ_NOT_UPDATING;
		}
		updateNonPrimary() {
			const stream = this.stream;
			if ((stream._duplexState & READ_ENDING_STATUS) === READ_ENDING) {
				stream._duplexState = (stream._duplexState | READ_DONE) & READ_NOT_ENDING;
				stream.emit("end");
				if ((stream._duplexState & AUTO_DESTROY) === DONE) stream._duplexState |= DESTROYING;
				if (this.pipeTo !== null) this.pipeTo.end();
			}
			if ((stream._duplexState & DESTROY_STATUS) === DESTROYING) {
				if ((stream._duplexState & ACTIVE_OR_TICKING) === 0) {
					stream._duplexState |= ACTIVE;
					stream._destroy(afterDestroy.bind(this));
				}
				return;
			}
			if ((stream._duplexState & IS_OPENING) === OPENING) {
				stream._duplexState = (stream._duplexState | ACTIVE) & NOT_OPENING;
				stream._open(afterOpen.bind(this));
			}
		}
		continueUpdate() {
			if ((this.stream._duplexState & READ_NEXT_TICK) === 0) return false;
			this.stream._duplexState &= READ_NOT_NEXT_TICK;
			return true;
		}
		updateCallback() {
			if ((this.stream._duplexState & READ_UPDATE_SYNC_STATUS) === READ_PRIMARY) this.update();
			else this.updateNextTick();
		}
		updateNextTickIfOpen() {
			if ((this.stream._duplexState & READ_NEXT_TICK_OR_OPENING) !== 0) return;
			this.stream._duplexState |= READ_NEXT_TICK;
			if ((this.stream._duplexState & READ_UPDATING) === 0) qmt(this.afterUpdateNextTick);
		}
		updateNextTick() {
			if ((this.stream._duplexState & READ_NEXT_TICK) !== 0) return;
			this.stream._duplexState |= READ_NEXT_TICK;
			if ((this.stream._duplexState & READ_UPDATING) === 0) qmt(this.afterUpdateNextTick);
		}
	};
	var TransformState = class {
		constructor(stream) {
			this.data = null;
			this.afterTransform = afterTransform.bind(stream);
			this.afterFinal = null;
		}
	};
	var Pipeline = class {
		constructor(src, dst, cb) {
			this.from = src;
			this.to = dst;
			this.afterPipe = cb;
			this.error = null;
			this.pipeToFinished = false;
		}
		finished() {
			this.pipeToFinished = true;
		}
		done(stream, err) {
			if (err) this.error = err;
			if (stream === this.to) {
				this.to = null;
				if (this.from !== null) {
					if ((this.from._duplexState & READ_DONE) === 0 || !this.pipeToFinished) this.from.destroy(this.error || StreamError.PREMATURE_CLOSE("Writable stream closed"));
					return;
				}
			}
			if (stream === this.from) {
				this.from = null;
				if (this.to !== null) {
					if ((stream._duplexState & READ_DONE) === 0) this.to.destroy(this.error || StreamError.PREMATURE_CLOSE("Readable stream closed"));
					return;
				}
			}
			if (this.afterPipe !== null) this.afterPipe(this.error);
			this.to = this.from = this.afterPipe = null;
		}
	};
	function afterDrain() {
		this.stream._duplexState |= READ_PIPE_DRAINED;
		this.updateCallback();
	}
	function afterFinal(err) {
		const stream = this.stream;
		if (err) stream.destroy(err);
		if ((stream._duplexState & DESTROY_STATUS) === 0) {
			stream._duplexState |= WRITE_DONE;
			stream.emit("finish");
		}
		if ((stream._duplexState & AUTO_DESTROY) === DONE) stream._duplexState |= DESTROYING;
		stream._duplexState &= WRITE_NOT_FINISHING;
		if ((stream._duplexState & WRITE_UPDATING) === 0) this.update();
		else this.updateNextTick();
	}
	function afterDestroy(err) {
		const stream = this.stream;
		if (!err && !StreamError.isStreamDestroyed(this.error)) err = this.error;
		if (err) stream.emit("error", err);
		stream._duplexState |= DESTROYED;
		stream.emit("close");
		const rs = stream._readableState;
		const ws = stream._writableState;
		if (rs !== null && rs.pipeline !== null) rs.pipeline.done(stream, err);
		if (ws !== null) {
			while (ws.drains !== null && ws.drains.length > 0) ws.drains.shift().resolve(false);
			if (ws.pipeline !== null) ws.pipeline.done(stream, err);
		}
	}
	function afterWrite(err) {
		const stream = this.stream;
		if (err) stream.destroy(err);
		stream._duplexState &= WRITE_NOT_ACTIVE;
		if (this.drains !== null) tickDrains(this.drains);
		if ((stream._duplexState & WRITE_DRAIN_STATUS) === WRITE_UNDRAINED) {
			stream._duplexState &= WRITE_DRAINED;
			if ((stream._duplexState & WRITE_EMIT_DRAIN) === WRITE_EMIT_DRAIN) stream.emit("drain");
		}
		this.updateCallback();
	}
	function afterRead(err) {
		if (err) this.stream.destroy(err);
		this.stream._duplexState &= READ_NOT_ACTIVE;
		if (this.readAhead === false && (this.stream._duplexState & READ_RESUMED) === 0) this.stream._duplexState &= READ_NO_READ_AHEAD;
		this.updateCallback();
	}
	function updateReadNT() {
		if ((this.stream._duplexState & READ_UPDATING) === 0) {
			this.stream._duplexState &= READ_NOT_NEXT_TICK;
			this.update();
		}
	}
	function updateWriteNT() {
		if ((this.stream._duplexState & WRITE_UPDATING) === 0) {
			this.stream._duplexState &= WRITE_NOT_NEXT_TICK;
			this.update();
		}
	}
	function tickDrains(drains) {
		for (let i = 0; i < drains.length; i++) if (--drains[i].writes === 0) {
			drains.shift().resolve(true);
			i--;
		}
	}
	function afterOpen(err) {
		const stream = this.stream;
		if (err) stream.destroy(err);
		if ((stream._duplexState & DESTROYING) === 0) {
			if ((stream._duplexState & READ_PRIMARY_STATUS) === 0) stream._duplexState |= READ_PRIMARY;
			if ((stream._duplexState & WRITE_PRIMARY_STATUS) === 0) stream._duplexState |= WRITE_PRIMARY;
			stream.emit("open");
		}
		stream._duplexState &= NOT_ACTIVE;
		if (stream._writableState !== null) stream._writableState.updateCallback();
		if (stream._readableState !== null) stream._readableState.updateCallback();
	}
	function afterTransform(err, data) {
		if (data !== void 0 && data !== null) this.push(data);
		this._writableState.afterWrite(err);
	}
	function newListener(name) {
		if (this._readableState !== null) {
			if (name === "data") {
				this._duplexState |= 133376;
				this._readableState.updateNextTick();
			}
			if (name === "readable") {
				this._duplexState |= READ_EMIT_READABLE;
				this._readableState.updateNextTick();
			}
		}
		if (this._writableState !== null) {
			if (name === "drain") {
				this._duplexState |= WRITE_EMIT_DRAIN;
				this._writableState.updateNextTick();
			}
		}
	}
	var Stream = class extends EventEmitter {
		constructor(opts) {
			super();
			this._duplexState = 0;
			this._readableState = null;
			this._writableState = null;
			if (opts) {
				if (opts.open) this._open = opts.open;
				if (opts.destroy) this._destroy = opts.destroy;
				if (opts.predestroy) this._predestroy = opts.predestroy;
				if (opts.signal) opts.signal.addEventListener("abort", abort.bind(this));
			}
			this.on("newListener", newListener);
		}
		_open(cb) {
			cb(null);
		}
		_destroy(cb) {
			cb(null);
		}
		_predestroy() {}
		get readable() {
			return this._readableState !== null ? true : void 0;
		}
		get writable() {
			return this._writableState !== null ? true : void 0;
		}
		get destroyed() {
			return (this._duplexState & DESTROYED) !== 0;
		}
		get destroying() {
			return (this._duplexState & DESTROY_STATUS) !== 0;
		}
		destroy(err) {
			if ((this._duplexState & DESTROY_STATUS) === 0) {
				if (!err) err = StreamError.STREAM_DESTROYED();
				this._duplexState = (this._duplexState | DESTROYING) & NON_PRIMARY;
				if (this._readableState !== null) {
					this._readableState.highWaterMark = 0;
					this._readableState.error = err;
				}
				if (this._writableState !== null) {
					this._writableState.highWaterMark = 0;
					this._writableState.error = err;
				}
				this._duplexState |= PREDESTROYING;
				this._predestroy();
				this._duplexState &= NOT_PREDESTROYING;
				if (this._readableState !== null) this._readableState.updateNextTick();
				if (this._writableState !== null) this._writableState.updateNextTick();
			}
		}
	};
	var Readable = class Readable extends Stream {
		constructor(opts) {
			super(opts);
			this._duplexState |= 8519681;
			this._readableState = new ReadableState(this, opts);
			if (opts) {
				if (this._readableState.readAhead === false) this._duplexState &= READ_NO_READ_AHEAD;
				if (opts.read) this._read = opts.read;
				if (opts.eagerOpen) this._readableState.updateNextTick();
				if (opts.encoding) this.setEncoding(opts.encoding);
			}
		}
		static deferred(fn, opts) {
			const out = new PassThrough(opts);
			fn().then((src) => {
				if (src === null) return out.end();
				if (out.destroying) return;
				pipeline(src, out, noop);
			}).catch((err) => out.destroy(err));
			return out;
		}
		setEncoding(encoding) {
			const dec = new TextDecoder(encoding);
			const map = this._readableState.map || echo;
			this._readableState.map = mapOrSkip;
			return this;
			function mapOrSkip(data) {
				const next = dec.push(data);
				return next === "" && (data.byteLength !== 0 || dec.remaining > 0) ? null : map(next);
			}
		}
		_read(cb) {
			cb(null);
		}
		pipe(dest, cb) {
			this._readableState.updateNextTick();
			this._readableState.pipe(dest, cb);
			return dest;
		}
		read() {
			this._readableState.updateNextTick();
			return this._readableState.read();
		}
		push(data) {
			this._readableState.updateNextTickIfOpen();
			return this._readableState.push(data);
		}
		unshift(data) {
			this._readableState.updateNextTickIfOpen();
			return this._readableState.unshift(data);
		}
		resume() {
			this._duplexState |= READ_RESUMED_READ_AHEAD;
			this._readableState.updateNextTick();
			return this;
		}
		pause() {
			this._duplexState &= this._readableState.readAhead === false ? READ_PAUSED_NO_READ_AHEAD : READ_PAUSED;
			return this;
		}
		static _fromAsyncIterator(ite, opts) {
			let destroy;
			const rs = new Readable({
				...opts,
				read(cb) {
					ite.next().then(push).then(cb.bind(null, null)).catch(cb);
				},
				predestroy() {
					destroy = ite.return();
				},
				destroy(cb) {
					if (!destroy) return cb(null);
					destroy.then(cb.bind(null, null)).catch(cb);
				}
			});
			return rs;
			function push(data) {
				if (data.done) rs.push(null);
				else rs.push(data.value);
			}
		}
		static from(data, opts) {
			if (isReadStreamx(data)) return data;
			if (data[asyncIterator]) return this._fromAsyncIterator(data[asyncIterator](), opts);
			if (!Array.isArray(data)) data = data === void 0 ? [] : [data];
			let i = 0;
			return new Readable({
				...opts,
				read(cb) {
					this.push(i === data.length ? null : data[i++]);
					cb(null);
				}
			});
		}
		static isBackpressured(rs) {
			return (rs._duplexState & READ_BACKPRESSURE_STATUS) !== 0 || rs._readableState.buffered >= rs._readableState.highWaterMark;
		}
		static isPaused(rs) {
			return (rs._duplexState & READ_RESUMED) === 0;
		}
		[asyncIterator]() {
			const stream = this;
			let error = null;
			let promiseResolve = null;
			let promiseReject = null;
			this.on("error", (err) => {
				error = err;
			});
			this.on("readable", onreadable);
			this.on("close", onclose);
			return {
				[asyncIterator]() {
					return this;
				},
				next() {
					return new Promise(function(resolve, reject) {
						promiseResolve = resolve;
						promiseReject = reject;
						const data = stream.read();
						if (data !== null) ondata(data);
						else if ((stream._duplexState & DESTROYED) !== 0) ondata(null);
					});
				},
				return() {
					return destroy(null);
				},
				throw(err) {
					return destroy(err);
				}
			};
			function onreadable() {
				if (promiseResolve !== null) ondata(stream.read());
			}
			function onclose() {
				if (promiseResolve !== null) ondata(null);
			}
			function ondata(data) {
				if (promiseReject === null) return;
				if (error) promiseReject(error);
				else if (data === null && (stream._duplexState & READ_DONE) === 0) promiseReject(StreamError.STREAM_DESTROYED());
				else promiseResolve({
					value: data,
					done: data === null
				});
				promiseReject = promiseResolve = null;
			}
			function destroy(err) {
				stream.destroy(err);
				return new Promise((resolve, reject) => {
					if (stream._duplexState & DESTROYED) return resolve({
						value: void 0,
						done: true
					});
					stream.once("close", function() {
						if (err) reject(err);
						else resolve({
							value: void 0,
							done: true
						});
					});
				});
			}
		}
	};
	var Writable = class extends Stream {
		constructor(opts) {
			super(opts);
			this._duplexState |= 16385;
			this._writableState = new WritableState(this, opts);
			if (opts) {
				if (opts.writev) this._writev = opts.writev;
				if (opts.write) this._write = opts.write;
				if (opts.final) this._final = opts.final;
				if (opts.eagerOpen) this._writableState.updateNextTick();
			}
		}
		cork() {
			this._duplexState |= WRITE_CORKED;
		}
		uncork() {
			this._duplexState &= WRITE_NOT_CORKED;
			this._writableState.updateNextTick();
		}
		_writev(batch, cb) {
			cb(null);
		}
		_write(data, cb) {
			this._writableState.autoBatch(data, cb);
		}
		_final(cb) {
			cb(null);
		}
		static isBackpressured(ws) {
			return (ws._duplexState & WRITE_BACKPRESSURE_STATUS) !== 0;
		}
		static drained(ws) {
			if (ws.destroyed) return Promise.resolve(false);
			const state = ws._writableState;
			const writes = (isWritev(ws) ? Math.min(1, state.queue.length) : state.queue.length) + (ws._duplexState & WRITE_WRITING ? 1 : 0);
			if (writes === 0) return Promise.resolve(true);
			if (state.drains === null) state.drains = [];
			return new Promise((resolve) => {
				state.drains.push({
					writes,
					resolve
				});
			});
		}
		write(data) {
			this._writableState.updateNextTick();
			return this._writableState.push(data);
		}
		end(data) {
			this._writableState.updateNextTick();
			this._writableState.end(data);
			return this;
		}
	};
	var Duplex = class extends Readable {
		constructor(opts) {
			super(opts);
			this._duplexState = OPENING | this._duplexState & READ_READ_AHEAD;
			this._writableState = new WritableState(this, opts);
			if (opts) {
				if (opts.writev) this._writev = opts.writev;
				if (opts.write) this._write = opts.write;
				if (opts.final) this._final = opts.final;
			}
		}
		cork() {
			this._duplexState |= WRITE_CORKED;
		}
		uncork() {
			this._duplexState &= WRITE_NOT_CORKED;
			this._writableState.updateNextTick();
		}
		_writev(batch, cb) {
			cb(null);
		}
		_write(data, cb) {
			this._writableState.autoBatch(data, cb);
		}
		_final(cb) {
			cb(null);
		}
		write(data) {
			this._writableState.updateNextTick();
			return this._writableState.push(data);
		}
		end(data) {
			this._writableState.updateNextTick();
			this._writableState.end(data);
			return this;
		}
	};
	var Transform = class extends Duplex {
		constructor(opts) {
			super(opts);
			this._transformState = new TransformState(this);
			if (opts) {
				if (opts.transform) this._transform = opts.transform;
				if (opts.flush) this._flush = opts.flush;
			}
		}
		_write(data, cb) {
			if (this._readableState.buffered >= this._readableState.highWaterMark) this._transformState.data = data;
			else this._transform(data, this._transformState.afterTransform);
		}
		_read(cb) {
			if (this._transformState.data !== null) {
				const data = this._transformState.data;
				this._transformState.data = null;
				cb(null);
				this._transform(data, this._transformState.afterTransform);
			} else cb(null);
		}
		destroy(err) {
			super.destroy(err);
			if (this._transformState.data !== null) {
				this._transformState.data = null;
				this._transformState.afterTransform();
			}
		}
		_transform(data, cb) {
			cb(null, data);
		}
		_flush(cb) {
			cb(null);
		}
		_final(cb) {
			this._transformState.afterFinal = cb;
			this._flush(transformAfterFlush.bind(this));
		}
	};
	var PassThrough = class extends Transform {};
	function transformAfterFlush(err, data) {
		const cb = this._transformState.afterFinal;
		if (err) return cb(err);
		if (data !== null && data !== void 0) this.push(data);
		this.push(null);
		cb(null);
	}
	function pipelinePromise(...streams) {
		return new Promise((resolve, reject) => {
			return pipeline(...streams, (err) => {
				if (err) return reject(err);
				resolve();
			});
		});
	}
	function pipeline(stream, ...streams) {
		const all = Array.isArray(stream) ? [...stream, ...streams] : [stream, ...streams];
		const done = all.length && typeof all[all.length - 1] === "function" ? all.pop() : null;
		if (all.length < 2) throw StreamError.BAD_ARGUMENT("Pipeline requires at least 2 streams");
		let src = all[0];
		let dest = null;
		let error = null;
		for (let i = 1; i < all.length; i++) {
			dest = all[i];
			if (isStreamx(src)) src.pipe(dest, onerror);
			else {
				errorHandle(src, true, i > 1, onerror);
				src.pipe(dest);
			}
			src = dest;
		}
		if (done) {
			let fin = false;
			const autoDestroy = isStreamx(dest) || !!(dest._writableState && dest._writableState.autoDestroy);
			dest.on("error", (err) => {
				if (error === null) error = err;
			});
			dest.on("finish", () => {
				fin = true;
				if (!autoDestroy) done(error);
			});
			if (autoDestroy) dest.on("close", () => done(error || (fin ? null : StreamError.PREMATURE_CLOSE())));
		}
		return dest;
		function errorHandle(s, rd, wr, onerror) {
			s.on("error", onerror);
			s.on("close", onclose);
			function onclose() {
				if (rd && s._readableState && !s._readableState.ended) return onerror(StreamError.PREMATURE_CLOSE());
				if (wr && s._writableState && !s._writableState.ended) return onerror(StreamError.PREMATURE_CLOSE());
			}
		}
		function onerror(err) {
			if (!err || error) return;
			error = err;
			for (const s of all) s.destroy(err);
		}
	}
	function echo(s) {
		return s;
	}
	function isStream(stream) {
		return !!stream._readableState || !!stream._writableState;
	}
	function isStreamx(stream) {
		return typeof stream._duplexState === "number" && isStream(stream);
	}
	function isEnding(stream) {
		return !!stream._readableState && stream._readableState.ending;
	}
	function isEnded(stream) {
		return !!stream._readableState && stream._readableState.ended;
	}
	function isFinishing(stream) {
		return !!stream._writableState && stream._writableState.ending;
	}
	function isFinished(stream) {
		return !!stream._writableState && stream._writableState.ended;
	}
	function getStreamError(stream, opts = {}) {
		const err = stream._readableState && stream._readableState.error || stream._writableState && stream._writableState.error;
		return !opts.all && StreamError.isStreamDestroyed(err) ? null : err;
	}
	function isReadStreamx(stream) {
		return isStreamx(stream) && stream.readable;
	}
	function isDisturbed(stream) {
		return (stream._duplexState & OPENING) !== OPENING || (stream._duplexState & DESTROYING) === DESTROYING || (stream._duplexState & ACTIVE_OR_TICKING) !== 0;
	}
	function isTypedArray(data) {
		return typeof data === "object" && data !== null && typeof data.byteLength === "number";
	}
	function defaultByteLength(data) {
		return isTypedArray(data) ? data.byteLength : 1024;
	}
	function noop() {}
	function abort() {
		this.destroy(StreamError.ABORTED());
	}
	function isWritev(s) {
		return s._writev !== Writable.prototype._writev && s._writev !== Duplex.prototype._writev;
	}
	module.exports = {
		pipeline,
		pipelinePromise,
		isStream,
		isStreamx,
		isEnding,
		isEnded,
		isFinishing,
		isFinished,
		isDisturbed,
		getStreamError,
		Stream,
		Writable,
		Readable,
		Duplex,
		Transform,
		PassThrough
	};
}));

// node_modules/tar-stream/headers.js
var require_headers = /* @__PURE__ */ __commonJSMin(((exports) => {
	const b4a = require_b4a();
	const ZEROS = "0000000000000000000";
	const SEVENS = "7777777777777777777";
	const ZERO_OFFSET = "0".charCodeAt(0);
	const USTAR_MAGIC = b4a.from([
		117,
		115,
		116,
		97,
		114,
		0
	]);
	const USTAR_VER = b4a.from([ZERO_OFFSET, ZERO_OFFSET]);
	const GNU_MAGIC = b4a.from([
		117,
		115,
		116,
		97,
		114,
		32
	]);
	const GNU_VER = b4a.from([32, 0]);
	const MASK = 4095;
	const MAGIC_OFFSET = 257;
	const VERSION_OFFSET = 263;
	exports.decodeLongPath = function decodeLongPath(buf, encoding) {
		return decodeStr(buf, 0, buf.length, encoding);
	};
	exports.encodePax = function encodePax(opts) {
		let result = "";
		if (opts.name) result += addLength(" path=" + opts.name + "\n");
		if (opts.linkname) result += addLength(" linkpath=" + opts.linkname + "\n");
		const pax = opts.pax;
		if (pax) for (const key in pax) result += addLength(" " + key + "=" + pax[key] + "\n");
		return b4a.from(result);
	};
	exports.decodePax = function decodePax(buf) {
		const result = {};
		while (buf.length) {
			let i = 0;
			while (i < buf.length && buf[i] !== 32) i++;
			const len = parseInt(b4a.toString(buf.subarray(0, i)), 10);
			if (!len) return result;
			const b = b4a.toString(buf.subarray(i + 1, len - 1));
			const keyIndex = b.indexOf("=");
			if (keyIndex === -1) return result;
			result[b.slice(0, keyIndex)] = b.slice(keyIndex + 1);
			buf = buf.subarray(len);
		}
		return result;
	};
	exports.encode = function encode(opts) {
		const buf = b4a.alloc(512);
		let name = opts.name;
		let prefix = "";
		if (opts.typeflag === 5 && name[name.length - 1] !== "/") name += "/";
		if (b4a.byteLength(name) !== name.length) return null;
		while (b4a.byteLength(name) > 100) {
			const i = name.indexOf("/");
			if (i === -1) return null;
			prefix += prefix ? "/" + name.slice(0, i) : name.slice(0, i);
			name = name.slice(i + 1);
		}
		if (b4a.byteLength(name) > 100 || b4a.byteLength(prefix) > 155) return null;
		if (opts.linkname && b4a.byteLength(opts.linkname) > 100) return null;
		b4a.write(buf, name);
		b4a.write(buf, encodeOct(opts.mode & MASK, 6), 100);
		b4a.write(buf, encodeOct(opts.uid, 6), 108);
		b4a.write(buf, encodeOct(opts.gid, 6), 116);
		encodeSize(opts.size, buf, 124);
		b4a.write(buf, encodeOct(opts.mtime.getTime() / 1e3 | 0, 11), 136);
		buf[156] = ZERO_OFFSET + toTypeflag(opts.type);
		if (opts.linkname) b4a.write(buf, opts.linkname, 157);
		b4a.copy(USTAR_MAGIC, buf, MAGIC_OFFSET);
		b4a.copy(USTAR_VER, buf, VERSION_OFFSET);
		if (opts.uname) b4a.write(buf, opts.uname, 265);
		if (opts.gname) b4a.write(buf, opts.gname, 297);
		b4a.write(buf, encodeOct(opts.devmajor || 0, 6), 329);
		b4a.write(buf, encodeOct(opts.devminor || 0, 6), 337);
		if (prefix) b4a.write(buf, prefix, 345);
		b4a.write(buf, encodeOct(cksum(buf), 6), 148);
		return buf;
	};
	exports.decode = function decode(buf, filenameEncoding, allowUnknownFormat) {
		let typeflag = buf[156] === 0 ? 0 : buf[156] - ZERO_OFFSET;
		let name = decodeStr(buf, 0, 100, filenameEncoding);
		const mode = decodeOct(buf, 100, 8);
		const uid = decodeOct(buf, 108, 8);
		const gid = decodeOct(buf, 116, 8);
		const size = decodeOct(buf, 124, 12);
		const mtime = decodeOct(buf, 136, 12);
		const type = toType(typeflag);
		const linkname = buf[157] === 0 ? null : decodeStr(buf, 157, 100, filenameEncoding);
		const uname = decodeStr(buf, 265, 32);
		const gname = decodeStr(buf, 297, 32);
		const devmajor = decodeOct(buf, 329, 8);
		const devminor = decodeOct(buf, 337, 8);
		const c = cksum(buf);
		if (c === 256) return null;
		if (c !== decodeOct(buf, 148, 8)) throw new Error("Invalid tar header. Maybe the tar is corrupted or it needs to be gunzipped?");
		if (isUSTAR(buf)) {
			if (buf[345]) name = decodeStr(buf, 345, 155, filenameEncoding) + "/" + name;
		} else if (isGNU(buf)) {} else if (!allowUnknownFormat) throw new Error("Invalid tar header: unknown format.");
		if (typeflag === 0 && name && name[name.length - 1] === "/") typeflag = 5;
		return {
			name,
			mode,
			uid,
			gid,
			size,
			byteOffset: 0,
			mtime: /* @__PURE__ */ new Date(1e3 * mtime),
			type,
			linkname,
			uname,
			gname,
			devmajor,
			devminor,
			pax: null
		};
	};
	function isUSTAR(buf) {
		return b4a.equals(USTAR_MAGIC, buf.subarray(MAGIC_OFFSET, 263));
	}
	function isGNU(buf) {
		return b4a.equals(GNU_MAGIC, buf.subarray(MAGIC_OFFSET, 263)) && b4a.equals(GNU_VER, buf.subarray(VERSION_OFFSET, 265));
	}
	function clamp(index, len, defaultValue) {
		if (typeof index !== "number") return defaultValue;
		index = ~~index;
		if (index >= len) return len;
		if (index >= 0) return index;
		index += len;
		if (index >= 0) return index;
		return 0;
	}
	function toType(flag) {
		switch (flag) {
			case 0: return "file";
			case 1: return "link";
			case 2: return "symlink";
			case 3: return "character-device";
			case 4: return "block-device";
			case 5: return "directory";
			case 6: return "fifo";
			case 7: return "contiguous-file";
			case 72: return "pax-header";
			case 55: return "pax-global-header";
			case 27: return "gnu-long-link-path";
			case 28:
			case 30: return "gnu-long-path";
		}
		return null;
	}
	function toTypeflag(flag) {
		switch (flag) {
			case "file": return 0;
			case "link": return 1;
			case "symlink": return 2;
			case "character-device": return 3;
			case "block-device": return 4;
			case "directory": return 5;
			case "fifo": return 6;
			case "contiguous-file": return 7;
			case "pax-header": return 72;
		}
		return 0;
	}
	function indexOf(block, num, offset, end) {
		for (; offset < end; offset++) if (block[offset] === num) return offset;
		return end;
	}
	function cksum(block) {
		let sum = 256;
		for (let i = 0; i < 148; i++) sum += block[i];
		for (let j = 156; j < 512; j++) sum += block[j];
		return sum;
	}
	function encodeOct(val, n) {
		val = val.toString(8);
		if (val.length > n) return SEVENS.slice(0, n) + " ";
		return ZEROS.slice(0, n - val.length) + val + " ";
	}
	function encodeSizeBin(num, buf, off) {
		buf[off] = 128;
		for (let i = 11; i > 0; i--) {
			buf[off + i] = num & 255;
			num = Math.floor(num / 256);
		}
	}
	function encodeSize(num, buf, off) {
		if (num.toString(8).length > 11) encodeSizeBin(num, buf, off);
		else b4a.write(buf, encodeOct(num, 11), off);
	}
	function parse256(buf) {
		let positive;
		if (buf[0] === 128) positive = true;
		else if (buf[0] === 255) positive = false;
		else return null;
		const tuple = [];
		let i;
		for (i = buf.length - 1; i > 0; i--) {
			const byte = buf[i];
			if (positive) tuple.push(byte);
			else tuple.push(255 - byte);
		}
		let sum = 0;
		const l = tuple.length;
		for (i = 0; i < l; i++) sum += tuple[i] * Math.pow(256, i);
		return positive ? sum : -1 * sum;
	}
	function decodeOct(val, offset, length) {
		val = val.subarray(offset, offset + length);
		offset = 0;
		if (val[offset] & 128) return parse256(val);
		else {
			while (offset < val.length && val[offset] === 32) offset++;
			const end = clamp(indexOf(val, 32, offset, val.length), val.length, val.length);
			while (offset < end && val[offset] === 0) offset++;
			if (end === offset) return 0;
			return parseInt(b4a.toString(val.subarray(offset, end)), 8);
		}
	}
	function decodeStr(val, offset, length, encoding) {
		return b4a.toString(val.subarray(offset, indexOf(val, 0, offset, offset + length)), encoding);
	}
	function addLength(str) {
		const len = b4a.byteLength(str);
		let digits = Math.floor(Math.log(len) / Math.log(10)) + 1;
		if (len + digits >= Math.pow(10, digits)) digits++;
		return len + digits + str;
	}
}));

// node_modules/tar-stream/extract.js
var require_extract = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const { Writable, Readable, getStreamError } = require_streamx();
	const FIFO = require_fast_fifo();
	const b4a = require_b4a();
	const headers = require_headers();
	const EMPTY = b4a.alloc(0);
	const MAX_HEADER_SIZE = 4194304;
	var BufferList = class {
		constructor() {
			this.buffered = 0;
			this.shifted = 0;
			this.queue = new FIFO();
			this._offset = 0;
		}
		push(buffer) {
			this.buffered += buffer.byteLength;
			this.queue.push(buffer);
		}
		shiftFirst(size) {
			return this.buffered === 0 ? null : this._next(size);
		}
		shift(size) {
			if (size > this.buffered) return null;
			if (size === 0) return EMPTY;
			let chunk = this._next(size);
			if (size === chunk.byteLength) return chunk;
			const chunks = [chunk];
			while ((size -= chunk.byteLength) > 0) {
				chunk = this._next(size);
				chunks.push(chunk);
			}
			return b4a.concat(chunks);
		}
		_next(size) {
			const buf = this.queue.peek();
			const rem = buf.byteLength - this._offset;
			if (size >= rem) {
				const sub = this._offset ? buf.subarray(this._offset, buf.byteLength) : buf;
				this.queue.shift();
				this._offset = 0;
				this.buffered -= rem;
				this.shifted += rem;
				return sub;
			}
			this.buffered -= size;
			this.shifted += size;
			return buf.subarray(this._offset, this._offset += size);
		}
	};
	var Source = class extends Readable {
		constructor(self, header, offset) {
			super();
			this.header = header;
			this.offset = offset;
			this._parent = self;
		}
		_read(cb) {
			if (this.header.size === 0) this.push(null);
			if (this._parent._stream === this) this._parent._update();
			cb(null);
		}
		_predestroy() {
			this._parent.destroy(getStreamError(this));
		}
		_detach() {
			if (this._parent._stream === this) {
				this._parent._stream = null;
				this._parent._missing = overflow(this.header.size);
				this._parent._update();
			}
		}
		_destroy(cb) {
			this._detach();
			cb(null);
		}
	};
	var Extract = class extends Writable {
		constructor(opts) {
			super(opts);
			if (!opts) opts = {};
			this._buffer = new BufferList();
			this._offset = 0;
			this._header = null;
			this._stream = null;
			this._missing = 0;
			this._longHeader = false;
			this._callback = noop;
			this._locked = false;
			this._finished = false;
			this._pax = null;
			this._paxGlobal = null;
			this._gnuLongPath = null;
			this._gnuLongLinkPath = null;
			this._filenameEncoding = opts.filenameEncoding || "utf-8";
			this._allowUnknownFormat = !!opts.allowUnknownFormat;
			this._unlockBound = this._unlock.bind(this);
		}
		_unlock(err) {
			this._locked = false;
			if (err) {
				this.destroy(err);
				this._continueWrite(err);
				return;
			}
			this._update();
		}
		_consumeHeader() {
			if (this._locked) return false;
			this._offset = this._buffer.shifted;
			try {
				this._header = headers.decode(this._buffer.shift(512), this._filenameEncoding, this._allowUnknownFormat);
			} catch (err) {
				this._continueWrite(err);
				return false;
			}
			if (!this._header) return true;
			this._header.byteOffset = this._buffer.shifted;
			switch (this._header.type) {
				case "gnu-long-path":
				case "gnu-long-link-path":
				case "pax-global-header":
				case "pax-header":
					this._longHeader = true;
					this._missing = this._header.size;
					if (this._missing > MAX_HEADER_SIZE) {
						this._continueWrite(/* @__PURE__ */ new Error("Header exceeds max size"));
						return false;
					}
					return true;
			}
			this._locked = true;
			this._applyLongHeaders();
			if (!(this._header.size >= 0)) {
				this._continueWrite(/* @__PURE__ */ new Error("Invalid header"));
				return false;
			}
			if (this._header.size === 0 || this._header.type === "directory") {
				this.emit("entry", this._header, this._createStream(), this._unlockBound);
				return true;
			}
			this._stream = this._createStream();
			this._missing = this._header.size;
			this.emit("entry", this._header, this._stream, this._unlockBound);
			return true;
		}
		_applyLongHeaders() {
			if (this._gnuLongPath) {
				this._header.name = this._gnuLongPath;
				this._gnuLongPath = null;
			}
			if (this._gnuLongLinkPath) {
				this._header.linkname = this._gnuLongLinkPath;
				this._gnuLongLinkPath = null;
			}
			if (this._pax) {
				if (this._pax.path) this._header.name = this._pax.path;
				if (this._pax.linkpath) this._header.linkname = this._pax.linkpath;
				if (this._pax.size) this._header.size = parseInt(this._pax.size, 10);
				this._header.pax = this._pax;
				this._pax = null;
			}
		}
		_decodeLongHeader(buf) {
			switch (this._header.type) {
				case "gnu-long-path":
					this._gnuLongPath = headers.decodeLongPath(buf, this._filenameEncoding);
					break;
				case "gnu-long-link-path":
					this._gnuLongLinkPath = headers.decodeLongPath(buf, this._filenameEncoding);
					break;
				case "pax-global-header":
					this._paxGlobal = headers.decodePax(buf);
					break;
				case "pax-header": this._pax = this._paxGlobal === null ? headers.decodePax(buf) : Object.assign({}, this._paxGlobal, headers.decodePax(buf));
			}
		}
		_consumeLongHeader() {
			this._longHeader = false;
			this._missing = overflow(this._header.size);
			const buf = this._buffer.shift(this._header.size);
			try {
				this._decodeLongHeader(buf);
			} catch (err) {
				this._continueWrite(err);
				return false;
			}
			return true;
		}
		_consumeStream() {
			const buf = this._buffer.shiftFirst(this._missing);
			if (buf === null) return false;
			this._missing -= buf.byteLength;
			const drained = this._stream.push(buf);
			if (this._missing === 0) {
				this._stream.push(null);
				if (drained) this._stream._detach();
				return drained && this._locked === false;
			}
			return drained;
		}
		_createStream() {
			return new Source(this, this._header, this._offset);
		}
		_update() {
			while (this._buffer.buffered > 0 && !this.destroying) {
				if (this._missing > 0) {
					if (this._stream !== null) {
						if (this._consumeStream() === false) return;
						continue;
					}
					if (this._longHeader === true) {
						if (this._missing > this._buffer.buffered) break;
						if (this._consumeLongHeader() === false) return false;
						continue;
					}
					const ignore = this._buffer.shiftFirst(this._missing);
					if (ignore !== null) this._missing -= ignore.byteLength;
					continue;
				}
				if (this._buffer.buffered < 512) break;
				if (this._stream !== null || this._consumeHeader() === false) return;
			}
			this._continueWrite(null);
		}
		_continueWrite(err) {
			const cb = this._callback;
			this._callback = noop;
			cb(err);
		}
		_write(data, cb) {
			this._callback = cb;
			this._buffer.push(data);
			this._update();
		}
		_final(cb) {
			this._finished = this._missing === 0 && this._buffer.buffered === 0;
			cb(this._finished ? null : /* @__PURE__ */ new Error("Unexpected end of data"));
		}
		_predestroy() {
			this._continueWrite(null);
		}
		_destroy(cb) {
			if (this._stream) this._stream.destroy(getStreamError(this));
			cb(null);
		}
		[Symbol.asyncIterator]() {
			let error = null;
			let promiseResolve = null;
			let promiseReject = null;
			let entryStream = null;
			let entryCallback = null;
			const extract = this;
			this.on("entry", onentry);
			this.on("error", (err) => {
				error = err;
			});
			this.on("close", onclose);
			return {
				[Symbol.asyncIterator]() {
					return this;
				},
				next() {
					return new Promise(onnext);
				},
				return() {
					return destroy(null);
				},
				throw(err) {
					return destroy(err);
				}
			};
			function consumeCallback(err) {
				if (!entryCallback) return;
				const cb = entryCallback;
				entryCallback = null;
				cb(err);
			}
			function onnext(resolve, reject) {
				if (error) return reject(error);
				if (entryStream) {
					resolve({
						value: entryStream,
						done: false
					});
					entryStream = null;
					return;
				}
				promiseResolve = resolve;
				promiseReject = reject;
				consumeCallback(null);
				if (extract._finished && promiseResolve) {
					promiseResolve({
						value: void 0,
						done: true
					});
					promiseResolve = promiseReject = null;
				}
			}
			function onentry(header, stream, callback) {
				entryCallback = callback;
				stream.on("error", noop);
				if (promiseResolve) {
					promiseResolve({
						value: stream,
						done: false
					});
					promiseResolve = promiseReject = null;
				} else entryStream = stream;
			}
			function onclose() {
				consumeCallback(error);
				if (!promiseResolve) return;
				if (error) promiseReject(error);
				else promiseResolve({
					value: void 0,
					done: true
				});
				promiseResolve = promiseReject = null;
			}
			function destroy(err) {
				extract.destroy(err);
				consumeCallback(err);
				return new Promise((resolve, reject) => {
					if (extract.destroyed) return resolve({
						value: void 0,
						done: true
					});
					extract.once("close", function() {
						if (err) reject(err);
						else resolve({
							value: void 0,
							done: true
						});
					});
				});
			}
		}
	};
	module.exports = function extract(opts) {
		return new Extract(opts);
	};
	function noop() {}
	function overflow(size) {
		size &= 511;
		return size && 512 - size;
	}
}));

// node_modules/tar-stream/constants.js
var require_constants = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const constants = {
		S_IFMT: 61440,
		S_IFDIR: 16384,
		S_IFCHR: 8192,
		S_IFBLK: 24576,
		S_IFIFO: 4096,
		S_IFLNK: 40960
	};
	try {
		module.exports = __require("fs").constants || constants;
	} catch {
		module.exports = constants;
	}
}));

// node_modules/tar-stream/pack.js
var require_pack = /* @__PURE__ */ __commonJSMin(((exports, module) => {
	const { Readable, Writable, getStreamError } = require_streamx();
	const b4a = require_b4a();
	const constants = require_constants();
	const headers = require_headers();
	const DMODE = 493;
	const FMODE = 420;
	const END_OF_TAR = b4a.alloc(1024);
	var Sink = class extends Writable {
		constructor(pack, header, callback) {
			super({
				mapWritable,
				eagerOpen: true
			});
			this.written = 0;
			this.header = header;
			this._callback = callback;
			this._linkname = null;
			this._isLinkname = header.type === "symlink" && !header.linkname;
			this._isVoid = header.type !== "file" && header.type !== "contiguous-file";
			this._finished = false;
			this._pack = pack;
			this._openCallback = null;
			if (this._pack._stream === null) this._pack._stream = this;
			else this._pack._pending.push(this);
		}
		_open(cb) {
			this._openCallback = cb;
			if (this._pack._stream === this) this._continueOpen();
		}
		_continuePack(err) {
			if (this._callback === null) return;
			const callback = this._callback;
			this._callback = null;
			callback(err);
		}
		_continueOpen() {
			if (this._pack._stream === null) this._pack._stream = this;
			const cb = this._openCallback;
			this._openCallback = null;
			if (cb === null) return;
			if (this._pack.destroying) return cb(/* @__PURE__ */ new Error("pack stream destroyed"));
			if (this._pack._finalized) return cb(/* @__PURE__ */ new Error("pack stream is already finalized"));
			this._pack._stream = this;
			if (!this._isLinkname) this._pack._encode(this.header);
			if (this._isVoid) {
				this._finish();
				this._continuePack(null);
			}
			cb(null);
		}
		_write(data, cb) {
			if (this._isLinkname) {
				this._linkname = this._linkname ? b4a.concat([this._linkname, data]) : data;
				return cb(null);
			}
			if (this._isVoid) {
				if (data.byteLength > 0) return cb(/* @__PURE__ */ new Error("No body allowed for this entry"));
				return cb();
			}
			this.written += data.byteLength;
			if (this._pack.push(data)) return cb();
			this._pack._drain = cb;
		}
		_finish() {
			if (this._finished) return;
			this._finished = true;
			if (this._isLinkname) {
				this.header.linkname = this._linkname ? b4a.toString(this._linkname, "utf-8") : "";
				this._pack._encode(this.header);
			}
			overflow(this._pack, this.header.size);
			this._pack._done(this);
		}
		_final(cb) {
			if (this.written !== this.header.size) return cb(/* @__PURE__ */ new Error("Size mismatch"));
			this._finish();
			cb(null);
		}
		_getError() {
			return getStreamError(this) || /* @__PURE__ */ new Error("tar entry destroyed");
		}
		_predestroy() {
			this._pack.destroy(this._getError());
		}
		_destroy(cb) {
			this._pack._done(this);
			this._continuePack(this._finished ? null : this._getError());
			cb();
		}
	};
	var Pack = class extends Readable {
		constructor(opts) {
			super(opts);
			this._drain = noop;
			this._finalized = false;
			this._finalizing = false;
			this._pending = [];
			this._stream = null;
		}
		entry(header, buffer, callback) {
			if (this._finalized || this.destroying) throw new Error("already finalized or destroyed");
			if (typeof buffer === "function") {
				callback = buffer;
				buffer = null;
			}
			if (!callback) callback = noop;
			if (!header.size || header.type === "symlink") header.size = 0;
			if (!header.type) header.type = modeToType(header.mode);
			if (!header.mode) header.mode = header.type === "directory" ? DMODE : FMODE;
			if (!header.uid) header.uid = 0;
			if (!header.gid) header.gid = 0;
			if (!header.mtime) header.mtime = /* @__PURE__ */ new Date();
			if (typeof buffer === "string") buffer = b4a.from(buffer);
			const sink = new Sink(this, header, callback);
			if (b4a.isBuffer(buffer)) {
				header.size = buffer.byteLength;
				sink.write(buffer);
				sink.end();
				return sink;
			}
			if (sink._isVoid) return sink;
			return sink;
		}
		finalize() {
			if (this._stream || this._pending.length > 0) {
				this._finalizing = true;
				return;
			}
			if (this._finalized) return;
			this._finalized = true;
			this.push(END_OF_TAR);
			this.push(null);
		}
		_done(stream) {
			if (stream !== this._stream) return;
			this._stream = null;
			if (this._finalizing) this.finalize();
			if (this._pending.length) this._pending.shift()._continueOpen();
		}
		_encode(header) {
			if (!header.pax) {
				const buf = headers.encode(header);
				if (buf) {
					this.push(buf);
					return;
				}
			}
			this._encodePax(header);
		}
		_encodePax(header) {
			const paxHeader = headers.encodePax({
				name: header.name,
				linkname: header.linkname,
				pax: header.pax
			});
			const newHeader = {
				name: "PaxHeader",
				mode: header.mode,
				uid: header.uid,
				gid: header.gid,
				size: paxHeader.byteLength,
				mtime: header.mtime,
				type: "pax-header",
				linkname: header.linkname && "PaxHeader",
				uname: header.uname,
				gname: header.gname,
				devmajor: header.devmajor,
				devminor: header.devminor
			};
			this.push(headers.encode(newHeader));
			this.push(paxHeader);
			overflow(this, paxHeader.byteLength);
			newHeader.size = header.size;
			newHeader.type = header.type;
			this.push(headers.encode(newHeader));
		}
		_doDrain() {
			const drain = this._drain;
			this._drain = noop;
			drain();
		}
		_predestroy() {
			const err = getStreamError(this);
			if (this._stream) this._stream.destroy(err);
			while (this._pending.length) {
				const stream = this._pending.shift();
				stream.destroy(err);
				stream._continueOpen();
			}
			this._doDrain();
		}
		_read(cb) {
			this._doDrain();
			cb();
		}
	};
	module.exports = function pack(opts) {
		return new Pack(opts);
	};
	function modeToType(mode) {
		switch (mode & constants.S_IFMT) {
			case constants.S_IFBLK: return "block-device";
			case constants.S_IFCHR: return "character-device";
			case constants.S_IFDIR: return "directory";
			case constants.S_IFIFO: return "fifo";
			case constants.S_IFLNK: return "symlink";
		}
		return "file";
	}
	function noop() {}
	function overflow(self, size) {
		size &= 511;
		if (size) self.push(END_OF_TAR.subarray(0, 512 - size));
	}
	function mapWritable(buf) {
		return b4a.isBuffer(buf) ? buf : b4a.from(buf);
	}
}));

// node_modules/tar-stream/index.js
var require_tar_stream = /* @__PURE__ */ __commonJSMin(((exports) => {
	exports.extract = require_extract();
	exports.pack = require_pack();
}));

// src/node/tar.ts
var import_tar_stream = require_tar_stream();
/** A gzipped ustar/pax stream of the files, in order, all 0600: they are for root, who gives them their modes. */
function tarball(files) {
	const archive = (0, import_tar_stream.pack)();
	const gzip = createGzip({ level: 6 });
	archive.on("error", (error) => gzip.destroy(error));
	fill(archive, files).catch((error) => gzip.destroy(error));
	return archive.pipe(gzip);
}
async function fill(archive, files) {
	for (const file of files) {
		const { bytes, stream } = source$1(file);
		await new Promise((resolve, reject) => {
			const header = {
				name: file.name,
				size: bytes,
				mode: 384,
				mtime: /* @__PURE__ */ new Date(0)
			};
			const entry = archive.entry(header, (error) => error ? reject(error) : resolve());
			entry.on("error", reject);
			stream.on("error", reject).pipe(entry);
		});
	}
	archive.finalize();
}
function source$1({ content }) {
	if (typeof content === "string") return source$1({
		name: "",
		content: Buffer.from(content)
	});
	if (content instanceof Uint8Array) return {
		bytes: content.byteLength,
		stream: Readable.from([Buffer.from(content)])
	};
	return {
		bytes: content.bytes,
		stream: content.open()
	};
}

// src/node/run-stage.ts
/** Tries to log in again, up to 8 seconds apart: about two minutes, which a reboot or a change of network may take. */
const reconnects = 18;
/** What a node answers while it cannot be reached for a time. */
const unreachable$1 = [
	"connect-refused",
	"connect-timeout",
	"connect-reset",
	"connect-failed",
	"no-route"
];
/**
* How long a cancelled run goes on hearing how the stage ends, or trying to reach the node: GitHub kills it 10 s after the cancelling,
* and outputs, summary and the end of the sessions come after this.
*/
const graceMilliseconds = 6e3;
/** For the login in use: it may be dead without anybody having noticed. */
const answerMilliseconds = 2e3;
/**
* Runs the stage in one round trip. Throws StageError where a step failed, the stage was stopped (`heeds`: by whom it may be), or
* nothing more was heard of it. When the run is cancelled, the node is told so, over a new login if need be.
*/
async function runStage(host, stage, mode = "run", heeds = "cancellation") {
	const id = `${stage.name}-${Date.now().toString(36)}-${randomBytes(3).toString("hex")}`;
	const signal = heeds === "cancellation" ? host.signal : void 0;
	signal?.throwIfAborted();
	using watch = new Watch(host, stage, id, mode);
	const cancel = () => watch.cancel();
	signal?.addEventListener("abort", cancel, { once: true });
	try {
		await watch.end();
	} finally {
		signal?.removeEventListener("abort", cancel);
	}
	return watch.result();
}
/** One run of one stage, as seen from here. */
var Watch = class {
	#host;
	#stage;
	#id;
	#mode;
	#outcomes = [];
	#lines = readLines((line) => this.#hear(line), Number.POSITIVE_INFINITY);
	#seen = 0;
	/** The last lines of the log that are no events: what the shell itself had to say. */
	#stray = [];
	#started = false;
	#end;
	#resolveEnd = () => void 0;
	/** Ends what is being waited for now: an answer, a login, the next attempt. */
	#attempt = new AbortController();
	/** Nothing more is tried. */
	#over = new AbortController();
	#cancelled = "no";
	#grace;
	constructor(host, stage, id, mode) {
		this.#mode = mode;
		this.#host = host;
		this.#stage = stage;
		this.#id = id;
	}
	/** Sends the stage, and returns when it has ended, or when a cancelled run has no more time. */
	async end() {
		await this.#send();
		for (let tries = 0; !this.#end && !this.#over.signal.aborted; tries++) {
			if (tries === reconnects && this.#cancelled === "no") throw lost(this.#place, this.#ran);
			await this.#resume(tries);
		}
	}
	/** The run is to end: tells the node, and waits no longer than it may. */
	cancel() {
		this.#cancelled = "untold";
		this.#grace = setTimeout(() => {
			this.#over.abort();
			this.#attempt.abort();
		}, graceMilliseconds);
		this.#hurry();
	}
	[Symbol.dispose]() {
		clearTimeout(this.#grace);
		this.#over.abort();
	}
	result() {
		const { steps } = this.#ran;
		if (this.#end !== "ok") throw this.#failure();
		return {
			steps,
			data: new Map(this.#outcomes.map((outcome) => [outcome.id, outcome.data])),
			changed: steps.some((step) => step.status === "changed")
		};
	}
	async #send() {
		const { name, files } = kit();
		const own = stageFiles(this.#stage, this.#mode);
		const sent = this.#host.keeps(name) ? own : [...own, ...files];
		await this.#host.session(this.#attempt.signal).catch((error) => {
			throw this.#cancelled === "no" ? error : notBegun(this.#place);
		});
		await this.#exec(lines([
			receive,
			prune,
			follow
		]), 1, tarball(sent), name);
		if (this.#mode === "run") this.#host.keep(name);
	}
	async #resume(tries) {
		this.#attempt = new AbortController();
		const wait = this.#cancelled === "no" ? Math.min(500 * 2 ** tries, 8e3) : Math.min(250 * tries, 500);
		await setTimeout$1(wait, void 0, { signal: this.#attempt.signal }).catch(() => void 0);
		if (this.#over.signal.aborted) return;
		if (this.#cancelled === "untold") await this.#tell(this.#over.signal);
		if (this.#cancelled === "untold") return;
		await this.#exec(follow, this.#seen + 1).catch((error) => {
			throw error instanceof WovenError && ["stage-not-started", "stopped"].includes(error.code) ? error : lost(this.#place, this.#ran, error);
		});
	}
	/** Over the login in use, where there is one and it answers; else what is being waited for ends, and a new one is made. */
	async #hurry() {
		if (this.#host.connected) await this.#tell(AbortSignal.timeout(answerMilliseconds));
		if (this.#cancelled === "untold" || this.#seen === 0) this.#attempt.abort();
	}
	async #tell(until) {
		try {
			const { code } = await this.#host.root(stop$1, {
				args: [this.#id, this.#mode],
				signal: until
			});
			if (code === 0) this.#cancelled = "told";
		} catch (error) {
			this.#host.log.debug(`${this.#host.name} was not told to stop: ${String(error)}`);
			this.#host.drop();
		}
	}
	/** Follows the log from a byte on, until the stage has ended or the connection has. */
	async #exec(script, from, input, kit = "") {
		this.#attempt = new AbortController();
		if (this.#over.signal.aborted) this.#attempt.abort();
		const end = new Promise((resolve) => {
			this.#resolveEnd = resolve;
		});
		const args = [
			this.#id,
			this.#mode,
			String(from),
			kit
		];
		const run = this.#host.root(script, {
			args,
			onStdout: (chunk) => this.#read(chunk),
			signal: this.#attempt.signal,
			...input ? { input } : {}
		});
		try {
			const result = await (this.#mode === "plan" ? run : Promise.race([run, end]));
			if (this.#end || !result) return void run.catch(() => void 0);
			if (result.code !== 0 && this.#seen === 0) throw this.#notStarted(result.stderr);
		} catch (error) {
			if (this.#attempt.signal.aborted) return;
			const gone = error instanceof WovenError && error.code === "connection-lost";
			const away = error instanceof WovenError && unreachable$1.includes(error.code);
			if (!gone && !(away && (this.#started || this.#cancelled !== "no"))) throw error;
			this.#started = true;
			await this.#host.drop();
		}
	}
	#read(chunk) {
		this.#seen += chunk.length;
		this.#lines.push(chunk);
	}
	#hear(line) {
		const event = parseEvent(line);
		if (event) this.#take(event);
		else this.#stray = [...this.#stray, line].slice(-30);
	}
	#take(event) {
		if (event.kind === "end") {
			this.#end = event.status;
			this.#resolveEnd();
		}
		if (event.kind !== "step") return;
		this.#outcomes.push(event.outcome);
		const { title, status, seconds, details } = stepReport(this.#stage, event.outcome);
		const word = this.#word(event.outcome.status === "undone" ? "undone" : status);
		this.#host.log.remote(this.#host.name, [`${word.padEnd(7)} ${title} (${seconds.toFixed(1)} s)`, ...details.map((line) => `        ${line}`)].join("\n"));
	}
	/** In a plan, nothing has changed yet. */
	#word(status) {
		return this.#mode === "plan" && status === "changed" ? "would change" : status;
	}
	get #place() {
		return {
			node: this.#host.name,
			stage: this.#stage,
			id: this.#id
		};
	}
	#notStarted(said) {
		return this.#cancelled === "no" ? notStarted(this.#place, said) : notBegun(this.#place);
	}
	#failure() {
		const ran = this.#ran;
		switch (this.#end) {
			case "failed":
			case "stopped": return stageFailed(this.#place, ran, this.#end);
			case "died":
				if (this.#cancelled === "told" && ran.steps.length === 0) return notBegun(this.#place);
				return died(this.#place, ran, this.#stray);
			default: return unheard(this.#place, ran, this.#cancelled === "told" ? "told" : "untold");
		}
	}
	get #ran() {
		return {
			outcomes: this.#outcomes,
			steps: this.#outcomes.map((outcome) => stepReport(this.#stage, outcome))
		};
	}
};

// src/rollout/fleet.ts
/** Commands whose report says what serves. */
const asksWhatServes = /* @__PURE__ */ new Set([
	"deploy",
	"patch",
	"activate",
	"rollback",
	"status"
]);
/** One node's part in the run, as it goes along. */
var NodeRun = class {
	host;
	steps = [];
	#started;
	#runtime;
	#plan;
	#ended;
	error;
	/** What serves now, as far as it is known, and what served when the run began. */
	#version;
	#previous;
	#known;
	status = "ok";
	text;
	knownHosts;
	constructor(host, runtime, settings) {
		this.host = host;
		this.#runtime = runtime;
		this.#started = runtime.now();
		this.#plan = settings.dryRun ? "plan" : "run";
		this.#known = asksWhatServes.has(settings.command) ? "unknown" : "known";
	}
	/** What the node said at first. */
	served(version) {
		this.#previous = version;
		this.serves(version);
	}
	serves(version) {
		this.#version = version;
		this.#known = "known";
	}
	/** It fell silent at a moment when it may have gone over, or not. */
	lostFromSight() {
		this.#version = void 0;
		this.#known = "unknown";
	}
	get failed() {
		return this.error !== void 0;
	}
	/** Runs a stage on the node and keeps what its steps said, also when it fails. */
	async stage(stage, heeds = "cancellation") {
		try {
			const result = await runStage(this.host, stage, this.#plan, heeds);
			this.steps.push(...result.steps);
			return result;
		} catch (error) {
			if (error instanceof StageError) this.steps.push(...error.steps);
			throw error;
		}
	}
	fail(thrown) {
		this.#endWith("failed", thrown);
	}
	/** Went along, and back again with another that failed; the error says which. */
	wentBack(error) {
		this.#endWith("rolled-back", error);
	}
	/** Puts other advice in the place of its error's, where more was found out since. */
	advise(next) {
		if (!this.error) return;
		const { details, cause } = this.error;
		this.error = new WovenError({
			...details,
			next: next(details.next ?? ""),
			cause
		});
	}
	/** Took no harm, in a run that ended because of another. */
	skip() {
		this.status = "skipped";
	}
	#endWith(status, thrown) {
		const { signal } = this.#runtime;
		const why = signal.aborted && !(thrown instanceof WovenError) ? signal.reason : thrown;
		this.error = asWovenError(why).at({ node: this.host.name });
		this.status = status;
		this.end();
	}
	end() {
		this.#ended ??= this.#runtime.now();
	}
	report() {
		const { role } = this.host.address;
		return {
			host: this.host.name,
			...role === void 0 ? {} : { role },
			...this.#version === void 0 ? {} : { version: this.#version },
			...this.#previous === void 0 ? {} : { previous: this.#previous },
			...this.#known === "known" ? {} : { unknown: true },
			status: this.status,
			changed: this.steps.some(({ status }) => status === "changed"),
			seconds: ((this.#ended ?? this.#runtime.now()) - this.#started) / 1e3,
			...this.error === void 0 ? {} : { error: this.error },
			steps: this.steps,
			cost: this.host.cost,
			...this.knownHosts === void 0 ? {} : { knownHosts: this.knownHosts },
			...this.text === void 0 ? {} : { text: this.text }
		};
	}
};
var Fleet = class {
	nodes;
	#maxParallel;
	constructor(nodes, maxParallel) {
		this.nodes = nodes;
		this.#maxParallel = maxParallel;
	}
	get alive() {
		return this.nodes.filter((node) => !node.failed);
	}
	get failed() {
		return this.nodes.some((node) => node.failed);
	}
	/** Runs `work` on every node that has not failed, `max-parallel` at a time, and waits for all of them. */
	async phase(work) {
		const waiting = [...this.alive];
		const worker = async () => {
			for (let node = waiting.shift(); node; node = waiting.shift()) try {
				await work(node);
			} catch (error) {
				node.fail(error);
			}
		};
		await Promise.all(Array.from({ length: Math.min(this.#maxParallel, waiting.length) }, worker));
	}
	skipRest() {
		for (const node of this.alive) node.skip();
	}
	reports() {
		for (const node of this.nodes) node.end();
		return this.nodes.map((node) => node.report());
	}
	async [Symbol.asyncDispose]() {
		await Promise.all(this.nodes.map((node) => node.host.drop()));
	}
};
/** The nodes of the settings, not yet logged in to; `port` is where an entry names none. */
function fleet(settings, runtime) {
	const nodes = settings.nodes.map((address) => new NodeRun(host(address, settings, runtime), runtime, settings));
	return new Fleet(nodes, settings.maxParallel);
}
function host(address, settings, runtime) {
	const { sshPort, password } = settings.login;
	const target = {
		user: address.user,
		host: address.host,
		port: address.port ?? sshPort
	};
	return new Host({
		address,
		connect: (until) => runtime.connect(target, [], until),
		log: runtime.log,
		signal: runtime.signal,
		...password ? { password } : {}
	});
}

// src/node/facts.ts
const probe = sh`say() { printf '%s %s\n' "$1" "$(printf '%s' "$2" | base64 -w0)"; }
file() { [ -e "$2" ] && printf '%s %s\n' "$1" "$(base64 -w0 <"$2")"; }
dist=$1 root=$2 release=$3 packages=$4
. /etc/os-release
login=$(printf '%s' "\${SUDO_USER:-$(id -un)}")
home=$(getent passwd "$login" | cut -d: -f6)
root=\${root:-$home}
say os "$ID"; say osVersion "\${VERSION_ID-}"; say codename "\${VERSION_CODENAME-}"
say machine "$(uname -m)"; say glibc "$(getconf GNU_LIBC_VERSION | cut -d' ' -f2)"
[ -x /usr/bin/python3 ] && say python "$(/usr/bin/python3 -c 'import platform; print(platform.python_version())')"
say user "$login"; say home "$home"; say now "$(date +%s)"
for key in /etc/ssh/ssh_host_*_key.pub; do file hostKey "$key"; done
there=$root; until [ -e "$there" ]; do there=$(dirname "$there"); done
say diskFree "$(df -Pk "$there" | awk 'NR == 2 { print $4 }')"
[ -d /run/systemd/system ] && say systemd yes
[ -e /proc/net/if_inet6 ] && say ipv6 yes
for kit in /var/local/woven/tools/kit-*; do
  # One that a power cut left half written is as good as none.
  [ "kit-$(cat "$kit"/* 2>/dev/null | sha256sum | cut -c1-12)" = "\${kit##*/}" ] && say kit "\${kit##*/}"
done
for uv in /var/local/woven/tools/uv-*; do [ -x "$uv" ] && say uv "\${uv##*/uv-}"; done
[ -n "$packages" ] && say packages "$(dpkg-query -W -f='\${db:Status-Status} \${Package}\n' $packages 2>/dev/null | sed -n 's/^installed //p')"
if [ -n "$dist" ]; then
  active=$(readlink "$root/env/$dist"); active=\${active##*/}; active=\${active#"$dist"-}
  say active "$active"
  if [ -e "$root/env/$dist" ]; then folder=$(readlink -f "$root/env/$dist"); say folder "\${folder##*/}"; fi
  state=/var/local/woven/$dist
  # A record of what is not there any more is none: the node itself is the truth.
  for record in "$state"/releases/*.json; do
    name=\${record##*/}; name=\${name%.json}
    [ -x "$root/env/$dist-$name/bin/python" ] && file release "$record"
  done
  # Which of them are this distribution's, their records know: a unit's name is escaped.
  say units "$(cd /etc/systemd/system && ls -1 | grep '^woven-.*@[.]service$')"
  say running "$(systemctl list-units --plain --no-legend --state=active 'woven-*@*.service' | cut -d' ' -f1)"
  say starting "$(ls /etc/systemd/system/multi-user.target.wants | grep '^woven-.*@')"
  say enabled "$(readlink -f /etc/nginx/sites-enabled/*.conf)"
  file history "$state/history.jsonl"; file lease "$state/lease.json"
  [ "$release" = active ] && release=$active
  if [ -n "$release" ] && cd "$root/env/$dist-$release" 2>/dev/null; then
    say files "$(find project dist -type f ! -perm -100 ! -name '*.pyc' ! -path 'project/sitesettings/*' -print0 2>/dev/null | xargs -0r sha256sum)"
    say executables "$(find project dist -type f -perm -100 -print0 2>/dev/null | xargs -0r sha256sum)"
  fi
fi
exit 0`;
/** Reads a node's facts. Throws where the account cannot become root, or the node has no systemd. */
async function readFacts(host, request = {}) {
	const { distribution = "", deploymentRoot = "", files, packages = [] } = request;
	const release = files?.of === "release" ? files.releaseName : files?.of ?? "";
	const result = await host.root(probe, {
		args: [
			distribution,
			deploymentRoot,
			release,
			packages.join(" ")
		],
		timeoutSeconds: 120
	});
	if (result.code !== 0 || !/^os /m.test(result.stdout)) throw new WovenError({
		code: "facts",
		message: `${host.name} did not say what it is (exit ${result.code ?? result.signal})`,
		next: "Woven works with Debian and Ubuntu; is this one?",
		node: host.name,
		output: result.stderr
	});
	const facts = parseFacts(result.stdout, Date.now() / 1e3);
	for (const kit of facts.kits) host.keep(kit);
	if (!facts.systemd) throw new WovenError({
		code: "no-systemd",
		message: `${host.name} does not run systemd`,
		next: "Woven needs a server booted by systemd, not a bare container.",
		node: host.name
	});
	return facts;
}
/** The probe's output as facts; `now` is the runner's clock in seconds. */
function parseFacts(text, now) {
	const said = text.split("\n").map((line) => line.split(" "));
	const all = (name) => said.filter(([key]) => key === name).map(([, value]) => Buffer.from(value ?? "", "base64").toString("utf8"));
	const one = (name) => all(name)[0] ?? "";
	const active = all("active")[0];
	const numbers = new Intl.Collator("en", { numeric: true });
	const uv = all("uv").filter((version) => !version.endsWith(".new")).toSorted(numbers.compare).at(-1);
	return {
		os: one("os"),
		osVersion: one("osVersion"),
		codename: one("codename"),
		machine: one("machine"),
		glibc: one("glibc"),
		...one("python") ? { python: one("python") } : {},
		user: one("user"),
		home: one("home"),
		diskFree: Number(one("diskFree")) * 1024,
		systemd: one("systemd") === "yes",
		ipv6: one("ipv6") === "yes",
		...uv === void 0 ? {} : { uv },
		kits: all("kit"),
		packages: one("packages").split("\n").filter(Boolean),
		hostKeys: all("hostKey").map((key) => key.trim()),
		clockSkew: Math.round(Number(one("now")) - now),
		...active === void 0 ? {} : { state: withUnits(parseState({
			active,
			folder: one("folder"),
			releases: all("release"),
			history: one("history"),
			lease: one("lease")
		}), one("units").split("\n")) },
		running: one("running").split("\n").filter(Boolean),
		starting: one("starting").split("\n").filter(Boolean),
		enabled: one("enabled").split("\n").filter(Boolean),
		files: new Map([...parseHashes(one("files"), ""), ...parseHashes(one("executables"), "x")])
	};
}
/** Without the releases whose unit is gone: they cannot serve, and are as good as none. */
function withUnits(state, units) {
	return {
		...state,
		releases: state.releases.filter(({ unit }) => units.includes(`${unit}@.service`))
	};
}
function parseHashes(text, mark) {
	const found = text.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm);
	return new Map([...found].map(([, hash = "", path = ""]) => [`${mark}${hash}`, path]));
}

// src/rollout/release-facts.ts
/** Reads the facts, and notes what isLive now. Throws where the deploy user is root: releases do not belong to root. */
async function deployFacts(node, settings, files) {
	const facts = await readFacts(node.host, {
		distribution: distributionName$1(settings),
		...settings.deploymentRoot === void 0 ? {} : { deploymentRoot: settings.deploymentRoot },
		...files ? { files } : {}
	});
	node.served(activeRelease(facts.state)?.version);
	if (facts.user === "root") throw new WovenError({
		code: "deploy-user-root",
		message: `the deploy user of ${node.host.name} is root`,
		next: "Name an ordinary user in the role (woven@host); setupnode makes it, and lets it do what a deploy needs.",
		node: node.host.name
	});
	return facts;
}
/**
* Whether a release isLive as it should: it has proved itself, its unit runs and no other of the distribution starts at boot, and
* nginx has the domains of its sites by its configuration.
*/
function isLive({ running, starting, enabled }, { distribution, name, address, sites, healthy }) {
	const unit = instance(layout("/", distribution, name), address);
	return healthy && running.includes(unit) && starting.every((other) => other === unit || !other.startsWith(unitPrefix(distribution))) && sites.every(({ domains: [domain = ""] }) => enabled.includes(`/etc/nginx/sites-available/${confName(domain, name)}.conf`));
}
function distributionName$1({ distributionName }) {
	if (distributionName) return distributionName.value;
	throw new WovenError({
		code: "no-name",
		message: "it is not known which distribution this is about",
		next: "Write its name: distribution = \"…\" in woven.toml or [tool.woven]."
	});
}

// src/rollout/switch-phase.ts
/**
* Switches the nodes that have somewhere to go. Where one fails, or the run is cancelled, those that have switched already go back,
* each by its own health checks.
*/
async function switchPhase(nodes, pending, settings, runtime) {
	const switched = /* @__PURE__ */ new Map();
	const open = /* @__PURE__ */ new Map();
	await nodes.phase(async (node) => {
		const one = pending.get(node);
		if (!one) return;
		if (nodes.failed) return node.skip();
		try {
			await one.go();
		} catch (error) {
			if (error instanceof StageError && error.end === "open") open.set(node, one);
			throw error;
		}
		if (settings.dryRun) return;
		node.serves(one.to.version);
		switched.set(node, one);
	});
	if (settings.dryRun) return;
	if (nodes.failed) await rollBackTogether(nodes, switched, open, settings, runtime);
	await Promise.all([...open].map(([node, one]) => askWhatServes(node, one, settings)));
}
async function rollBackTogether(nodes, switched, open, settings, runtime) {
	const why = runtime.signal.aborted ? "the run was cancelled before all had switched" : `${named(nodes.nodes.filter(({ failed }) => failed).map(({ host }) => host.name))} failed to switch`;
	await nodes.phase(async (node) => {
		const one = switched.get(node);
		if (!one) return;
		const target = previousRelease(one.facts, one.to);
		if (!target) throw stays(one, why);
		const root = settings.deploymentRoot ?? one.facts.home;
		const facts = afterSwitch(one.facts, one.to, root);
		try {
			const doubted = hadProved(one) ? {} : { doubted: layout(root, one.to.distribution, one.to.name) };
			await activateRelease({
				node,
				facts,
				target,
				...doubted
			}, settings, runtime, "rollback", "nobody");
		} catch (error) {
			if (error instanceof StageError && error.end === "open") open.set(node, one);
			throw notBack(one.to, target, why, error);
		}
		node.serves(target.version);
		node.wentBack(wentBack(one.to, target, why));
	});
}
/** A node whose switch had no end that was told: what serves is what it says itself, once more asked; or nobody knows. */
async function askWhatServes(node, { to }, settings) {
	const { deploymentRoot } = settings;
	node.lostFromSight();
	let now = "What serves there is not known: see what `status` says as soon as it can be reached.";
	try {
		if ((await node.host.root(sh`systemctl is-active --quiet 'woven-switch-*.service'`)).code !== 0) {
			const facts = await readFacts(node.host, {
				distribution: to.distribution,
				...deploymentRoot === void 0 ? {} : { deploymentRoot }
			});
			const version = activeRelease(facts.state)?.version;
			node.serves(version);
			now = `Asked once more, it said that ${version ?? "no version"} serves.`;
		}
	} catch (error) {
		node.host.log.debug(asWovenError(error).message);
	}
	node.advise((next) => `${now} ${node.error?.code === "step-failed" ? mend : next}`);
}
/** What a node can go back to: what served before, unless the same version was built anew or patched in its place. */
function previousRelease({ state }, to) {
	const before = activeRelease(state);
	return before?.name === to.name ? void 0 : before;
}
/** Whether this very build had proved itself before the run. */
function hadProved({ facts: { state }, to }) {
	return state?.releases.some(({ name, address, healthy }) => name === to.name && address === to.address && healthy) ?? false;
}
/** The facts of a node that has switched over to `to` since they were read. */
function afterSwitch(facts, to, root) {
	const { releases, history } = facts.state ?? {
		releases: [],
		history: []
	};
	return {
		...facts,
		state: {
			active: to.name,
			folder: basename(buildFolder(layout(root, to.distribution, to.name), to.address)),
			releases: [...releases.filter(({ name }) => name !== to.name), to],
			history
		}
	};
}
/** `web1, web2, web3 and 4 more` */
function named(hosts) {
	const shown = hosts.slice(0, 3).join(", ");
	return hosts.length > 3 ? `${shown} and ${hosts.length - 3} more` : shown;
}
const mend = "When what failed is mended, run the command again. Migrations that ran stay applied.";
function wentBack(to, target, why) {
	return new WovenError({
		code: "went-back",
		message: `went back from ${to.version} to ${target.version}, because ${why}`,
		next: `${target.version} serves here, as before; ${to.version} is kept. ${mend}`,
		stage: "switch"
	});
}
function stays({ facts, to }, why) {
	const reason = activeRelease(facts.state) ? `the build of ${to.version} that served before was replaced by this one` : "no version served before";
	return new WovenError({
		code: "not-back",
		message: `${to.version} stays, though ${why}: there is nothing to go back to, ${reason}`,
		next: `${to.version} serves here, and not on every node. ${mend}`,
		stage: "switch"
	});
}
function notBack(to, target, why, thrown) {
	const { details } = asWovenError(thrown);
	return new WovenError({
		...details,
		code: "not-back",
		message: `did not go back from ${to.version} to ${target.version}, as it should have, because ${why}: ${details.message}`,
		next: `${to.version} serves here, and not on every node: \`activate\` with \`version: ${target.version}\` brings all back there. ${mend}`,
		stage: details.stage ?? "switch",
		cause: thrown
	});
}

// src/commands/activate.ts
async function activate(settings, runtime) {
	const version = settings.version ?? "";
	return switchToKept(settings, runtime, "activate", (facts, node) => {
		const releases = facts.state?.releases ?? [];
		const target = releases.find((release) => release.version === version);
		if (target) return target;
		const kept = releases.map((release) => release.version).join(", ") || "none";
		throw new WovenError({
			code: "version-unknown",
			message: `${node} keeps no version ${JSON.stringify(version)}; it keeps: ${kept}`,
			next: "Set the version input to one of those, or deploy this version.",
			node
		});
	});
}
/** Every node reads what it keeps and settles where to go; only when all know does any of them go, and all go or none. */
async function switchToKept(settings, runtime, event, choose) {
	await using nodes = fleet(settings, runtime);
	const pending = /* @__PURE__ */ new Map();
	await nodes.phase(async (node) => {
		const facts = await deployFacts(node, settings);
		const target = choose(facts, node.host.name);
		if (target === activeRelease(facts.state) && isLive(facts, target)) return;
		pending.set(node, {
			facts,
			to: target,
			go: () => activateRelease({
				node,
				facts,
				target
			}, settings, runtime, event)
		});
	});
	if (nodes.failed) nodes.skipRest();
	else await switchPhase(nodes, pending, settings, runtime);
	return runReport(nodes, settings, runtime);
}

// src/bundle/build-context.ts
/** `3.13` of `3.13.5`. */
function minorOf(version) {
	return version.split(".").slice(0, 2).join(".");
}

// src/bundle/wheel-tags.ts
/** PEP 503: one spelling for `Django_Foo`, `django.foo` and `django-foo`. */
function normaliseName(name) {
	return name.replaceAll(/[-_.]+/g, "-").toLowerCase();
}
/** The parts of `name-version(-build)?-python-abi-platform.whl`, or undefined where it is not such a name. */
function parseWheelName(file) {
	const match = /^([A-Za-z0-9][\w.]*)-([^-/\\]+)(?:-\d[^-/\\]*)?-([\w.]+)-([\w.]+)-([\w.]+)\.whl$/.exec(file);
	if (!match) return void 0;
	const [, name = "", version = "", pythons = "", abis = "", platforms = ""] = match;
	return {
		name: normaliseName(name),
		version: decodeURIComponent(version),
		pythons: pythons.split("."),
		abis: abis.split("."),
		platforms: platforms.split(".")
	};
}
/** Platform tags that run on a node with this glibc, newest first, as `pip --platform` takes them. */
function platformTags(python) {
	const glibc = glibcMinor(python.glibc);
	const perennial = Array.from({ length: Math.max(0, glibc - 4) }, (_, index) => `manylinux_2_${glibc - index}`);
	const old = python.machine === "x86_64" ? [
		"manylinux2014",
		"manylinux2010",
		"manylinux1"
	] : ["manylinux2014"];
	return [
		...perennial,
		...old,
		"linux"
	].map((tag) => `${tag}_${python.machine}`);
}
/** `41` of `2.41`; 17 (manylinux2014) where the text tells nothing. */
function glibcMinor(glibc) {
	const minor = /^2\.(\d+)/.exec(glibc)?.[1];
	return minor === void 0 ? 17 : Number(minor);
}
/** Why a wheel does not fit the node, or undefined where it does. Says nothing of what its ELF files need. */
function misfit(wheel, python) {
	const minor = Number(python.version.split(".")[1]);
	if (!wheel.pythons.some((tag) => pythonFits$1(tag, wheel.abis, minor))) return "python";
	const platforms = /* @__PURE__ */ new Set([...platformTags(python), "any"]);
	return wheel.platforms.some((tag) => platforms.has(tag)) ? void 0 : "platform";
}
/** Whether it holds no compiled code, by its name. */
function isPure(wheel) {
	return wheel.platforms.includes("any") && wheel.abis.includes("none");
}
function pythonFits$1(tag, abis, minor) {
	const match = /^(py|cp)(\d)(\d*)$/.exec(tag);
	if (match?.[2] !== "3") return false;
	const [, kind, , minorText] = match;
	const tagMinor = minorText === "" ? 0 : Number(minorText);
	if (kind === "py" || abis.includes("abi3") || abis.includes("none")) return tagMinor <= minor;
	return tagMinor === minor && abis.includes(`cp3${minor}`);
}

// src/bundle/requirement-files.ts
/** Reads `paths` (relative to `workingDirectory`) and their `-r` and `-c` includes. Throws `requirement-file` where one is not there. */
async function readRequirementFiles(paths, workingDirectory) {
	const files = [];
	const lines = [];
	const queue = paths.map((path) => ({
		path,
		kind: "requirement"
	}));
	for (let next = queue.shift(); next; next = queue.shift()) {
		const { path, kind } = next;
		if (files.some((file) => file.path === path)) continue;
		const content = await readText$2(next, workingDirectory);
		files.push({
			path,
			content
		});
		if (!/\.(toml|cfg|py)$/.test(path)) {
			const read = parseRequirementFile(content, path, kind);
			lines.push(...read.lines);
			queue.push(...read.includes);
		}
	}
	return {
		files,
		lines
	};
}
/** The requirements and the includes of one file's text. */
function parseRequirementFile(content, file, kind) {
	const lines = [];
	const includes = [];
	for (const { text, line } of logicalLines(content)) {
		const include = /^(?:-r|--requirements?|-c|--constraints?)(?:\s+|=|(?<=-[rc]))(.+)$/.exec(text)?.[1]?.trim();
		if (include !== void 0 && !/^https?:/.test(include)) {
			const path = isAbsolute(include) ? include : join(dirname(file), include);
			includes.push({
				path,
				kind: /^(-c|--c)/.test(text) ? "constraint" : kind,
				from: {
					file,
					line
				}
			});
		} else if (!text.startsWith("-") || /^(-e|--editable)\b/.test(text)) lines.push(parseRequirement(text, {
			file,
			line,
			kind
		}));
	}
	return {
		lines,
		includes
	};
}
/** One requirement's text with its `--hash` options taken apart. */
function parseRequirement(text, place) {
	const hashes = [...text.matchAll(/--hash[=\s]+sha256:([0-9a-f]{64})/g)].flatMap((match) => match[1] ?? []);
	const bare = text.replaceAll(/\s--[a-z-]+[=\s]\S+/g, "").trim();
	const name = nameOf(bare);
	return {
		...place,
		text: bare,
		hashes,
		...name === void 0 ? {} : { name }
	};
}
/** Where the requirement of a package stands, asked-for ones before constraints. */
function lineOf(lines, name) {
	const own = lines.filter((line) => line.name === normaliseName(name));
	return own.find((line) => line.kind === "requirement") ?? own[0];
}
/** The path in a requirement on a folder or an archive of this machine, as written; undefined for any other requirement. */
function localPathOf(text) {
	const target = text.replace(/^(-e|--editable)[\s=]+/, "").replace(/^[\w.-]+\s*(\[[^\]]*\])?\s*@\s*/, "").replace(/\s+;.*$/, "").replace(/#.*$/, "").replace(/\[[\w,\s.-]*\]$/, "").trim();
	if (target.startsWith("file:")) return target.replace(/^file:(\/\/(localhost)?)?/, "");
	if (/^[a-z+]+:/i.test(target)) return void 0;
	if (/^(-e|--editable)/.test(text) || /^\.{0,2}\//.test(target) || target === "." || target === "..") return target;
	return /\.(whl|zip|tar\.gz|tgz)$/.test(target) ? target : void 0;
}
async function readText$2(included, workingDirectory) {
	const absolute = isAbsolute(included.path) ? included.path : join(workingDirectory, included.path);
	try {
		return (await readFile(absolute, "utf8")).replace(/^\uFEFF/, "");
	} catch (cause) {
		const { from } = included;
		const shown = relative(workingDirectory, absolute);
		throw new WovenError({
			code: "requirement-file",
			message: from ? `${from.file}:${from.line} includes ${shown}, which cannot be read` : `The requirements file ${shown} cannot be read`,
			next: from ? `Correct the path in ${from.file} (it counts from that file's folder), or add the file to the repository.` : "Correct the requirements setting, or add the file to the repository.",
			file: from?.file,
			line: from?.line,
			cause
		});
	}
}
function logicalLines(content) {
	const logical = [];
	let open;
	for (const [index, raw] of content.split(/\r?\n/).entries()) {
		const text = (open?.text ?? "") + raw.replace(/(^|\s)#.*$/, "");
		const line = open?.line ?? index + 1;
		if (text.endsWith("\\")) open = {
			text: `${text.slice(0, -1)} `,
			line
		};
		else {
			open = void 0;
			if (text.trim() !== "") logical.push({
				text: text.trim(),
				line
			});
		}
	}
	return open?.text.trim() ? [...logical, {
		text: open.text.trim(),
		line: open.line
	}] : logical;
}
function nameOf(text) {
	const egg = /[#&]egg=([\w.-]+)/.exec(text)?.[1];
	if (egg) return normaliseName(egg);
	const name = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\]\s*)?(?=$|[@<>=!~;(\s])/.exec(text)?.[1];
	return name === void 0 || localPathOf(text) === name ? void 0 : normaliseName(name);
}

// src/bundle/pin.ts
/** `psycopg2 2.9.10`, for people. */
function labelOf({ name, version }) {
	return version === void 0 ? name : `${name} ${version}`;
}
/** The requirement that asks for it; undefined for one that only another package needs. */
function placeOf$1(pin, lines) {
	const named = lineOf(lines, pin.name);
	if (named || pin.kind !== "directory") return named;
	return lines.find((line) => {
		const path = localPathOf(line.text)?.replace(/^(\.{1,2}\/)+|\/+$/g, "");
		return path !== void 0 && pin.path.endsWith(`/${path}`);
	});
}
/** The digests the user allows for each package; a package without any may have any. */
function allowedHashes(lines) {
	const allowed = /* @__PURE__ */ new Map();
	for (const line of lines) if (line.name && line.hashes.length > 0) allowed.set(line.name, /* @__PURE__ */ new Set([...allowed.get(line.name) ?? [], ...line.hashes]));
	return allowed;
}
/** Picks the artifact: the wheel uv put first for the platform, else the source archive, within the allowed digests. Throws `hash-mismatch`, `requirement-version`. */
function pinOf(entry, context) {
	const { name, version, vcs, directory } = entry;
	if (vcs) {
		const target = `${vcs.type}+${vcs.url ?? `file://${vcs.path ?? ""}`}@${vcs["commit-id"]}`;
		return {
			name,
			version,
			kind: "vcs",
			target: vcs.subdirectory ? `${target}#subdirectory=${vcs.subdirectory}` : target
		};
	}
	if (directory) return {
		name,
		version,
		kind: "directory",
		path: resolve(context.base, directory.path, directory.subdirectory ?? "")
	};
	const artifacts = artifactsOf(entry, context.base);
	const allowed = allowedHashes(context.lines).get(normaliseName(name));
	const chosen = artifacts.find((artifact) => !allowed || allowed.has(artifact.sha256));
	if (!chosen) throw noArtifact(entry, artifacts, lineOf(context.lines, name));
	return {
		name,
		version,
		kind: /\.whl(#|$)/.test(chosen.url) ? "wheel" : "sdist",
		...chosen
	};
}
function artifactsOf({ archive, wheels, sdist }, base) {
	return [
		archive,
		...wheels,
		sdist
	].flatMap((artifact) => artifact ? [{
		url: artifact.url ?? `file://${resolve(base, artifact.path ?? "")}`,
		sha256: artifact.hashes.sha256 ?? ""
	}] : []);
}
function noArtifact({ name, version = "" }, artifacts, place) {
	const at = {
		file: place?.file,
		line: place?.line
	};
	if (artifacts.length === 0) return new WovenError({
		...at,
		code: "requirement-version",
		message: `The package index has no file of ${name} ${version} for this node`,
		next: `Ask for another version of ${name}: the "Download files" page of the package lists what there is.`
	});
	return new WovenError({
		...at,
		code: "hash-mismatch",
		message: `${name} ${version} at the package index has none of the hashes that ${place?.file ?? "the requirements"} allows for it`,
		next: "The hashes protect you from changed packages: find out why they changed, and only then make them anew (`uv lock`, `pip-compile --generate-hashes`, …).",
		output: artifacts.map((artifact) => `sha256:${artifact.sha256}  ${artifact.url}`).join("\n")
	});
}

// node_modules/@renovatebot/pep440/lib/version.js
const VERSION_PATTERN = [
	"v?",
	"(?:",
	"(?:(?<epoch>[0-9]+)!)?",
	"(?<release>[0-9]+(?:\\.[0-9]+)*)",
	"(?<pre>",
	"[-_\\.]?",
	"(?<pre_l>(a|b|c|rc|alpha|beta|pre|preview))",
	"[-_\\.]?",
	"(?<pre_n>[0-9]+)?",
	")?",
	"(?<post>",
	"(?:-(?<post_n1>[0-9]+))",
	"|",
	"(?:",
	"[-_\\.]?",
	"(?<post_l>post|rev|r)",
	"[-_\\.]?",
	"(?<post_n2>[0-9]+)?",
	")",
	")?",
	"(?<dev>",
	"[-_\\.]?",
	"(?<dev_l>dev)",
	"[-_\\.]?",
	"(?<dev_n>[0-9]+)?",
	")?",
	")",
	"(?:\\+(?<local>[a-z0-9]+(?:[-_\\.][a-z0-9]+)*))?"
].join("");
const validRegex = new RegExp("^" + VERSION_PATTERN + "$", "i");
const cleanRegex = new RegExp("^\\s*" + VERSION_PATTERN + "\\s*$", "i");
function parse$3(version, regex) {
	const { groups } = (regex || validRegex).exec(version) || {};
	if (!groups) return null;
	return {
		epoch: Number(groups.epoch ? groups.epoch : 0),
		release: groups.release.split(".").map(Number),
		pre: normalize_letter_version(groups.pre_l, groups.pre_n),
		post: normalize_letter_version(groups.post_l, groups.post_n1 || groups.post_n2),
		dev: normalize_letter_version(groups.dev_l, groups.dev_n),
		local: parse_local_version(groups.local)
	};
}
function stringify(parsed) {
	if (!parsed) return null;
	const { epoch, release, pre, post, dev, local } = parsed;
	const parts = [];
	if (epoch !== 0) parts.push(`${epoch}!`);
	parts.push(release.join("."));
	if (pre) parts.push(pre.join(""));
	if (post) parts.push("." + post.join(""));
	if (dev) parts.push("." + dev.join(""));
	if (local) parts.push(`+${local}`);
	return parts.join("");
}
function normalize_letter_version(letterIn, numberIn) {
	let letter = letterIn;
	let number = numberIn;
	if (letter) {
		if (!number) number = 0;
		letter = letter.toLowerCase();
		if (letter === "alpha") letter = "a";
		else if (letter === "beta") letter = "b";
		else if ([
			"c",
			"pre",
			"preview"
		].includes(letter)) letter = "rc";
		else if (["rev", "r"].includes(letter)) letter = "post";
		return [letter, Number(number)];
	}
	if (!letter && number) {
		letter = "post";
		return [letter, Number(number)];
	}
	return null;
}
function parse_local_version(local) {
	if (local) return local.split(/[._-]/).map((part) => Number.isNaN(Number(part)) ? part.toLowerCase() : Number(part));
	return null;
}
function explain(version) {
	const parsed = parse$3(version);
	if (!parsed) return parsed;
	const { epoch, release, pre, post, dev, local } = parsed;
	let base_version = "";
	if (epoch !== 0) base_version += epoch + "!";
	base_version += release.join(".");
	const is_prerelease = Boolean(dev || pre);
	const is_devrelease = Boolean(dev);
	const is_postrelease = Boolean(post);
	return {
		epoch,
		release,
		pre,
		post: post ? post[1] : post,
		dev: dev ? dev[1] : dev,
		local: local ? local.join(".") : local,
		public: stringify(parsed).split("+", 1)[0],
		base_version,
		is_prerelease,
		is_devrelease,
		is_postrelease
	};
}

// node_modules/@renovatebot/pep440/lib/operator.js
var operator_exports = /* @__PURE__ */ __exportAll({
	"!=": () => ne,
	"<": () => lt,
	"<=": () => le,
	"==": () => eq,
	"===": () => arbitrary,
	">": () => gt,
	">=": () => ge,
	compare: () => compare,
	eq: () => eq,
	ge: () => ge,
	gt: () => gt,
	le: () => le,
	lt: () => lt,
	ne: () => ne,
	rcompare: () => rcompare
});
function lt(version, other) {
	return compare(version, other) < 0;
}
function le(version, other) {
	return compare(version, other) <= 0;
}
function eq(version, other) {
	return compare(version, other) === 0;
}
function ne(version, other) {
	return compare(version, other) !== 0;
}
function ge(version, other) {
	return compare(version, other) >= 0;
}
function gt(version, other) {
	return compare(version, other) > 0;
}
function arbitrary(version, other) {
	return version.toLowerCase() === other.toLowerCase();
}
function compare(version, other) {
	const parsedVersion = parse$3(version);
	const parsedOther = parse$3(other);
	return pyCompare(calculateKey(parsedVersion), calculateKey(parsedOther));
}
function rcompare(version, other) {
	return -compare(version, other);
}
function pyCompare(elemIn, otherIn) {
	let elem = elemIn;
	let other = otherIn;
	if (elem === other) return 0;
	if (Array.isArray(elem) !== Array.isArray(other)) {
		elem = Array.isArray(elem) ? elem : [elem];
		other = Array.isArray(other) ? other : [other];
	}
	if (Array.isArray(elem)) {
		const len = Math.min(elem.length, other.length);
		for (let i = 0; i < len; i += 1) {
			const res = pyCompare(elem[i], other[i]);
			if (res !== 0) return res;
		}
		return elem.length - other.length;
	}
	if (elem === -Infinity || other === Infinity) return -1;
	if (elem === Infinity || other === -Infinity) return 1;
	return elem < other ? -1 : 1;
}
function calculateKey(input) {
	const { epoch } = input;
	let { release, pre, post, local, dev } = input;
	release = release.concat();
	release.reverse();
	while (release.length && release[0] === 0) release.shift();
	release.reverse();
	if (!pre && !post && dev) pre = -Infinity;
	else if (!pre) pre = Infinity;
	if (!post) post = -Infinity;
	if (!dev) dev = Infinity;
	if (!local) local = -Infinity;
	else local = local.map((i) => Number.isNaN(Number(i)) ? [-Infinity, i] : [Number(i), ""]);
	return [
		epoch,
		release,
		pre,
		post,
		dev,
		local
	];
}

// node_modules/@renovatebot/pep440/lib/specifier.js
const RANGE_PATTERN = [
	"(?<operator>(===|~=|==|!=|<=|>=|<|>))",
	"\\s*",
	"(",
	"(?<version>(?:" + VERSION_PATTERN.replace(/\?<\w+>/g, "?:") + "))",
	"(?<prefix>\\.\\*)?",
	"|",
	"(?<legacy>[^,;\\s)]+)",
	")"
].join("");
const isEqualityOperator = (op) => [
	"==",
	"!=",
	"==="
].includes(op);
const rangeRegex = new RegExp("^" + RANGE_PATTERN + "$", "i");
function parse$2(ranges) {
	if (!ranges.trim()) return [];
	const specifiers = ranges.split(",").map((range) => rangeRegex.exec(range.trim()) || {}).map(({ groups }) => {
		if (!groups) return null;
		let { ...spec } = groups;
		const { operator, version, prefix, legacy } = groups;
		if (version) {
			spec = {
				...spec,
				...explain(version)
			};
			if (operator === "~=") {
				if (spec.release.length < 2) return null;
			}
			if (!isEqualityOperator(operator) && spec.local) return null;
			if (prefix) {
				if (!isEqualityOperator(operator) || spec.dev || spec.local) return null;
			}
		}
		if (legacy && operator !== "===") return null;
		return spec;
	});
	if (specifiers.filter(Boolean).length !== specifiers.length) return null;
	return specifiers;
}
function pick(versions, specifier, options) {
	const parsed = parse$2(specifier);
	if (!parsed) return [];
	return versions.filter((version) => {
		const explained = explain(version);
		if (!parsed.length) return explained && !(explained.is_prerelease && !options.prereleases);
		return parsed.reduce((pass, spec) => {
			if (!pass) return false;
			return contains({
				...spec,
				...options
			}, {
				version,
				explained
			});
		}, true);
	});
}
function satisfies(version, specifier, options = {}) {
	return pick([version], specifier, options).length === 1;
}
function arrayStartsWith(array, prefix) {
	if (prefix.length > array.length) return false;
	for (let i = 0; i < prefix.length; i += 1) if (prefix[i] !== array[i]) return false;
	return true;
}
function contains(specifier, input) {
	const { explained } = input;
	let { version } = input;
	const { ...spec } = specifier;
	if (spec.prereleases === void 0) spec.prereleases = spec.is_prerelease;
	if (explained && explained.is_prerelease && !spec.prereleases) return false;
	if (spec.operator === "~=") {
		let compatiblePrefix = spec.release.slice(0, -1).concat("*").join(".");
		if (spec.epoch) compatiblePrefix = spec.epoch + "!" + compatiblePrefix;
		return satisfies(version, `>=${spec.version}, ==${compatiblePrefix}`, { prereleases: spec.prereleases });
	}
	if (spec.prefix) {
		const isMatching = explained.epoch === spec.epoch && arrayStartsWith(explained.release, spec.release);
		return spec.operator !== "!=" ? isMatching : !isMatching;
	}
	if (explained && explained.local && spec.version) {
		if (spec.operator !== "===" && !spec.local) {
			version = explained.public;
			spec.version = explain(spec.version).public;
		}
	}
	if (spec.operator === "<" || spec.operator === ">") {
		if (eq(spec.release.join("."), explained.release.join("."))) return false;
	}
	const op = operator_exports[spec.operator];
	return op(version, spec.version || spec.legacy);
}

// src/settings/project/python-versions.ts
/**
* Whether a Python meets a PEP 440 specifier. A minor version without a patch (`3.13`) fits where any of its patch releases does.
* An empty specifier fits all. Throws a RangeError on a specifier that is none.
*/
function pythonFits(specifier, version) {
	const plain = version.trim().replace(/\+$/, "");
	const versions = /^\d+\.\d+$/.test(plain) ? [plain, ...Array.from({ length: 40 }, (_, patch) => `${plain}.${patch}`)] : [plain];
	const wanted = specifier.trim();
	if (wanted === "") return true;
	if (!isSpecifier(wanted)) throw new RangeError(`${JSON.stringify(specifier)} is not a version specifier`);
	return versions.some((one) => satisfies(one, wanted, { prereleases: true }));
}
/** PEP 440's version specifiers, as far as Pythons are numbered. */
function isSpecifier(text) {
	return text.split(",").every((part) => /^\s*(===?|!=|~=|<=?|>=?)\s*\d+(\.\d+)*(\.\*)?([a-z]+\d*)?(\.[a-z]+\d*)*\s*$/i.test(part));
}
/** Django's minor versions, and the minor versions of Python 3 they support, first and last (docs.djangoproject.com, "FAQ: Installation"). */
const djangoPythons = /* @__PURE__ */ new Map([
	["4.2", {
		min: 8,
		max: 12
	}],
	["5.0", {
		min: 10,
		max: 12
	}],
	["5.1", {
		min: 10,
		max: 13
	}],
	["5.2", {
		min: 10,
		max: 14
	}],
	["6.0", {
		min: 12,
		max: 14
	}]
]);
/** How a Django (`5.2.8`) goes with a Python (`3.11.2`). An older Python cannot run it at all; a newer one was never tried. */
function djangoFit(django, python) {
	const [, series = ""] = /^(\d+\.\d+)/.exec(django) ?? [];
	const range = djangoPythons.get(series);
	const minor = Number(/^3\.(\d+)/.exec(python)?.[1] ?? NaN);
	if (range === void 0 || Number.isNaN(minor)) return { kind: "unknown" };
	const { min, max } = range;
	if (minor >= min && minor <= max) return { kind: "fits" };
	return {
		kind: minor < min ? "too-old" : "too-new",
		min: `3.${min}`,
		max: `3.${max}`
	};
}

// node_modules/smol-toml/dist/error.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
function getLineColFromPtr(string, ptr) {
	let lines = string.slice(0, ptr).split(/\r?\n/);
	return [lines.length, lines.pop().length + 1];
}
function makeCodeBlock(string, line, column) {
	let lines = string.split(/\r?\n/);
	let codeblock = "";
	let numberLen = (Math.log10(line + 1) | 0) + 1;
	for (let i = line - 1; i <= line + 1; i++) {
		let l = lines[i - 1];
		if (!l) continue;
		codeblock += i.toString().padEnd(numberLen, " ");
		codeblock += ":  ";
		codeblock += l;
		codeblock += "\n";
		if (i === line) {
			codeblock += " ".repeat(numberLen + column + 2);
			codeblock += "^\n";
		}
	}
	return codeblock;
}
var TomlError = class TomlError extends Error {
	line;
	column;
	codeblock;
	constructor(message, options) {
		const [line, column] = getLineColFromPtr(options.toml, options.ptr);
		const codeblock = makeCodeBlock(options.toml, line, column);
		super(`Invalid TOML document: ${message}\n\n${codeblock}`, options);
		this.line = line;
		this.column = column;
		this.codeblock = codeblock;
	}
	/** @internal */
	static x(message, ctx, ptr) {
		throw new TomlError(message, {
			toml: ctx.s,
			ptr: ptr ?? ctx.p
		});
	}
};

// node_modules/smol-toml/dist/primitive.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
/** @internal */
function parseString(ctx) {
	let startPtr = ctx.p;
	let c = ctx.s.charCodeAt(ctx.p++);
	let first = c;
	let isLiteral = c === 39;
	let isMultiline = c === ctx.s.charCodeAt(ctx.p) && c === ctx.s.charCodeAt(ctx.p + 1);
	if (isMultiline) {
		if ((c = ctx.s.charCodeAt(ctx.p += 2)) === 10) ctx.p++;
		else if (c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10) ctx.p += 2;
	}
	let parsed = "";
	let sliceStart = ctx.p;
	let state = 0;
	for (; ctx.p < ctx.s.length; ctx.p++) {
		c = ctx.s.charCodeAt(ctx.p);
		if (isMultiline && (c === 10 || c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10)) state = state && 3;
		else if (c < 32 && c !== 9 || c === 127) TomlError.x("control characters are not allowed in strings", ctx);
		else if ((!state || state === 3) && c === first && (!isMultiline || ctx.s.charCodeAt(ctx.p + 1) === first && ctx.s.charCodeAt(ctx.p + 2) === first)) {
			if (isMultiline) {
				if (ctx.s.charCodeAt(ctx.p + 3) === first) ctx.p++;
				if (ctx.s.charCodeAt(ctx.p + 3) === first) ctx.p++;
			}
			if (!state) {
				let s = ctx.s.slice(sliceStart, ctx.p);
				parsed = parsed ? parsed + s : s;
			}
			ctx.p += isMultiline ? 3 : 1;
			return parsed;
		} else if (!state) {
			if (!isLiteral && c === 92) {
				parsed += ctx.s.slice(sliceStart, sliceStart = ctx.p);
				state = 1;
			}
		} else if (state === 1) {
			if (c === 120 || c === 117 || c === 85) {
				let errPtr = ctx.p++ - 1;
				let value = 0;
				let len = c === 120 ? 2 : c === 117 ? 4 : 8;
				for (let j = 0; j < len; j++, ctx.p++) {
					let hex = ctx.s.charCodeAt(ctx.p);
					let digit = hex >= 48 && hex <= 57 ? hex - 48 : hex >= 65 && hex <= 70 ? hex - 65 + 10 : hex >= 97 && hex <= 102 ? hex - 97 + 10 : -1;
					if (digit < 0) TomlError.x("invalid non-hex character in unicode escape", ctx);
					value = value << 4 | digit;
				}
				if (value < 0 || value > 1114111 || value >= 55296 && value <= 57343) TomlError.x("invalid unicode escape", ctx, errPtr);
				parsed += String.fromCodePoint(value);
				sliceStart = ctx.p--;
				state = 0;
			} else if (isMultiline && (c === 32 || c === 9)) state = 2;
			else {
				if (c === 98) parsed += "\b";
				else if (c === 116) parsed += "	";
				else if (c === 110) parsed += "\n";
				else if (c === 102) parsed += "\f";
				else if (c === 114) parsed += "\r";
				else if (c === 101) parsed += "\x1B";
				else if (c === 34) parsed += "\"";
				else if (c === 92) parsed += "\\";
				else TomlError.x("unrecognised escape sequence", ctx);
				sliceStart = ctx.p + 1;
				state = 0;
			}
		} else if (c !== 32 && c !== 9) {
			if (state === 2) TomlError.x("invalid escape: only line-ending whitespace may be escaped", ctx, sliceStart);
			state = !isLiteral && c === 92 ? 1 : 0;
			sliceStart = ctx.p;
		}
	}
	TomlError.x("unfinished string", ctx, startPtr);
}

// node_modules/smol-toml/dist/date.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
let DATE_TIME_RE = /^(\d{4}-\d{2}-\d{2})?[Tt ]?(?:(\d{2}):\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|z|[-+]\d{2}:\d{2})?$/i;
var TomlDate = class TomlDate extends Date {
	#hasDate = false;
	#hasTime = false;
	#offset = null;
	constructor(date, fasttype, unsafeDelim) {
		let hasDate = true;
		let hasTime = true;
		let offset = "Z";
		let c;
		if (typeof date === "string") {
			if (fasttype) prep: {
				if (fasttype < 3) {
					if (+date.slice(11, 13) > 23) {
						date = "";
						break prep;
					}
					if (fasttype === 2) {
						offset = null;
						date += "Z";
					} else if ((c = date.charCodeAt(date.length - 1)) !== 90 && c !== 122) offset = date.slice(date.length - 6);
					if (unsafeDelim) date = date.slice(0, 10) + "T" + date.slice(11);
				} else if (fasttype === 4) date = +date.slice(0, 2) > 23 ? "" : `0000-01-01T${date}Z`;
				hasDate = fasttype !== 4;
				hasTime = fasttype !== 3;
			}
			else {
				let match = date.match(DATE_TIME_RE);
				if (match) {
					if (!match[1]) {
						hasDate = false;
						date = `0000-01-01T${date}`;
					}
					hasTime = !!match[2];
					hasTime && date[10] === " " && (date = date.replace(" ", "T"));
					if (match[2] && +match[2] > 23) date = "";
					else {
						offset = match[3] || null;
						if (!offset && hasTime) date += "Z";
					}
				} else date = "";
			}
		}
		super(date);
		if (!isNaN(this.getTime())) {
			this.#hasDate = hasDate;
			this.#hasTime = hasTime;
			this.#offset = offset;
		}
	}
	isDateTime() {
		return this.#hasDate && this.#hasTime;
	}
	isLocal() {
		return !this.#hasDate || !this.#hasTime || !this.#offset;
	}
	isDate() {
		return this.#hasDate && !this.#hasTime;
	}
	isTime() {
		return this.#hasTime && !this.#hasDate;
	}
	isValid() {
		return this.#hasDate || this.#hasTime;
	}
	toISOString() {
		let iso = super.toISOString();
		if (this.isDate()) return iso.slice(0, 10);
		if (this.isTime()) return iso.slice(11, 23);
		if (this.#offset === null) return iso.slice(0, -1);
		if (this.#offset === "Z" || this.#offset === "z") return iso;
		let offset = +this.#offset.slice(1, 3) * 60 + +this.#offset.slice(4, 6);
		offset = this.#offset[0] === "-" ? offset : -offset;
		return (/* @__PURE__ */ new Date(this.getTime() - offset * 6e4)).toISOString().slice(0, -1) + this.#offset;
	}
	static wrapAsOffsetDateTime(jsDate, offset = "Z") {
		let date = new TomlDate(jsDate);
		date.#offset = offset;
		return date;
	}
	static wrapAsLocalDateTime(jsDate) {
		let date = new TomlDate(jsDate);
		date.#offset = null;
		return date;
	}
	static wrapAsLocalDate(jsDate) {
		let date = new TomlDate(jsDate);
		date.#hasTime = false;
		date.#offset = null;
		return date;
	}
	static wrapAsLocalTime(jsDate) {
		let date = new TomlDate(jsDate);
		date.#hasDate = false;
		date.#offset = null;
		return date;
	}
};

// node_modules/smol-toml/dist/extract.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
function isDigit(char, base = 10) {
	return base === 16 ? char > 47 && char < 58 || char > 64 && char < 71 || char > 96 && char < 103 : char > 47 && char < 48 + base;
}
function isEndOfValue(char, delim) {
	return char === 32 || char === 9 || char === 10 || char === 13 || delim && (char === delim || char === 44) || char === 35;
}
/** @internal */
function extractValue(ctx, end) {
	let errPtr = ctx.p;
	let c = ctx.s.charCodeAt(ctx.p);
	if (c === 91 || c === 123) {
		ctx.d-- || TomlError.x("document contains excessively nested structures. aborting.", ctx);
		let value = c === 91 ? parseArray(ctx) : parseInlineTable(ctx);
		ctx.d++;
		return value;
	}
	if (c === 34 || c === 39) return parseString(ctx);
	if (c === 116) {
		if (ctx.s.charCodeAt(++ctx.p) !== 114 || ctx.s.charCodeAt(++ctx.p) !== 117 || ctx.s.charCodeAt(++ctx.p) !== 101) TomlError.x("invalid value", ctx, errPtr);
		return ctx.p++, true;
	}
	if (c === 102) {
		if (ctx.s.charCodeAt(++ctx.p) !== 97 || ctx.s.charCodeAt(++ctx.p) !== 108 || ctx.s.charCodeAt(++ctx.p) !== 115 || ctx.s.charCodeAt(++ctx.p) !== 101) TomlError.x("invalid value", ctx, errPtr);
		return ctx.p++, false;
	}
	if (c === 43 || c === 45) return parseNumber(ctx, ctx.p, ctx.s.charCodeAt(++ctx.p), 44 - c, end);
	if (ctx.s.charCodeAt(ctx.p + 4) === 45 && ctx.s.charCodeAt(ctx.p + 7) === 45) return parseDate(ctx, c, end);
	if (ctx.s.charCodeAt(ctx.p + 2) === 58) return parseTime(ctx, c, end);
	return parseNumber(ctx, ctx.p, c, 0, end);
}
function parseNumber(ctx, startPtr, startChr, sign, endChr) {
	let c = startChr;
	let state = 0;
	let hasUnderscores = false;
	if (c === 105) {
		if (ctx.s.charCodeAt(++ctx.p) !== 110 || ctx.s.charCodeAt(++ctx.p) !== 102) TomlError.x("invalid value", ctx, startPtr);
		return ctx.p++, (sign || 1) / 0;
	}
	if (c === 110) {
		if (ctx.s.charCodeAt(++ctx.p) !== 97 || ctx.s.charCodeAt(++ctx.p) !== 110) TomlError.x("invalid value", ctx, startPtr);
		return ctx.p++, NaN;
	}
	if (c === 48) {
		if (++ctx.p >= ctx.s.length || isEndOfValue(c = ctx.s.charCodeAt(ctx.p), endChr)) return ctx.bi === true ? 0n : 0;
		if (!sign) {
			if (c === 120) return parseIntegerBaseN(ctx, startPtr, 16, endChr);
			else if (c === 98) return parseIntegerBaseN(ctx, startPtr, 2, endChr);
			else if (c === 111) return parseIntegerBaseN(ctx, startPtr, 8, endChr);
		}
		if (c === 46) state = 2;
		else if (c === 101 || c === 69) state = 4;
		else TomlError.x("illegal leading zero", ctx, startPtr);
	} else if (!isDigit(c)) TomlError.x("invalid value", ctx, startPtr);
	while (++ctx.p < ctx.s.length && (c = ctx.s.charCodeAt(ctx.p), !isEndOfValue(c, endChr))) {
		if (!state) state = 1;
		if (c === 95) {
			if (!(state & 1)) TomlError.x("illegal underscore", ctx);
			state += 11;
			hasUnderscores = true;
		} else if (state === 1 && c === 46) state = 2;
		else if ((state === 1 || state === 3) && (c === 101 || c === 69)) state = 4;
		else if (state === 4 && (c === 43 || c === 45)) state = 6;
		else if (!isDigit(c)) TomlError.x(`illegal character in numeric literal`, ctx);
		else if (state > 9) state -= 11;
		else if (!(state & 1)) state++;
	}
	if (!state) {
		let val = (startChr - 48) * (sign || 1);
		return ctx.bi === true ? BigInt(val) : val;
	}
	if (!(state & 1)) TomlError.x("unfinished numeric value", ctx, startPtr);
	let str = ctx.s.slice(startPtr, ctx.p);
	if (hasUnderscores) str = str.replaceAll("_", "");
	return state > 1 ? parseFloat(str) : parseInteger(ctx, str, 10, startPtr);
}
function parseIntegerBaseN(ctx, startPtr, base, endChr) {
	let c, underscore = 1;
	while (++ctx.p < ctx.s.length && (c = ctx.s.charCodeAt(ctx.p), !isEndOfValue(c, endChr))) if (c === 95) {
		if (underscore & 1) TomlError.x("illegal underscore", ctx);
		underscore = 3;
	} else if (!isDigit(c, base)) TomlError.x(`illegal character in numeric literal`, ctx);
	else if (underscore & 1) underscore--;
	if (underscore & 1) TomlError.x("unfinished numeric value", ctx);
	let str = ctx.s.slice(startPtr + 2, ctx.p);
	if (underscore) str = str.replaceAll("_", "");
	return parseInteger(ctx, str, base, startPtr);
}
function parseInteger(ctx, str, base, startPtr) {
	if (ctx.bi !== true) int: {
		let val = parseInt(str, base);
		if (!Number.isSafeInteger(val)) {
			if (ctx.bi) break int;
			TomlError.x("integer value cannot be represented losslessly", ctx, startPtr);
		}
		return val;
	}
	return base === 10 ? BigInt(str) : BigInt((base === 2 ? "0b" : base === 8 ? "0o" : "0x") + str);
}
function parseDate(ctx, c, endChr) {
	let startPtr = ctx.p++, unsafeSeparator;
	if (!isDigit(c) || !isDigit(ctx.s.charCodeAt(ctx.p++)) || !isDigit(ctx.s.charCodeAt(ctx.p++)) || !isDigit(ctx.s.charCodeAt(ctx.p++))) return parseNumber(ctx, ctx.p = startPtr, c, 0, endChr);
	ctx.p += 5;
	if (!isDigit(ctx.s.charCodeAt(ctx.p++))) TomlError.x("invalid date-time: date part is malformed", ctx, startPtr);
	if (ctx.p >= ctx.s.length || ((c = ctx.s.charCodeAt(ctx.p)) !== 32 || (unsafeSeparator = true, !isDigit(ctx.s.charCodeAt(ctx.p + 1)))) && c !== 84 && c !== 116) return readDate(ctx, ctx.s.slice(startPtr, ctx.p), 3, false, startPtr);
	if (ctx.s.charCodeAt(ctx.p += 3) !== 58) TomlError.x("invalid date-time: time part is malformed", ctx, startPtr);
	if (ctx.s.charCodeAt(ctx.p += 3) === 58) ctx.p += 3;
	if (ctx.s.charCodeAt(ctx.p) === 46) while (isDigit(ctx.s.charCodeAt(++ctx.p)));
	if (c = ctx.s.charCodeAt(ctx.p)) {
		if (c === 90 || c === 122) return readDate(ctx, ctx.s.slice(startPtr, ++ctx.p), 1, unsafeSeparator, startPtr, "[+00:00]");
		if (c === 43 || c === 45) return readDate(ctx, ctx.s.slice(startPtr, ctx.p += 6), 1, unsafeSeparator, startPtr, !ctx.ld && "[" + ctx.s.slice(ctx.p - 6, ctx.p) + "]");
	}
	return readDate(ctx, ctx.s.slice(startPtr, ctx.p), 2, unsafeSeparator, startPtr);
}
function parseTime(ctx, c, endChr) {
	let start = ctx.p;
	if (!isDigit(c) || !isDigit(ctx.s.charCodeAt(++ctx.p))) return parseNumber(ctx, --ctx.p, c, 0, endChr);
	if (ctx.s.charCodeAt(ctx.p += 4) === 58) ctx.p += 3;
	if (ctx.s.charCodeAt(ctx.p) === 46) while (isDigit(ctx.s.charCodeAt(++ctx.p)));
	return readDate(ctx, ctx.s.slice(start, ctx.p), 4, false, start);
}
function readDate(ctx, str, type, unsafeDelim, errPtr, temporalSuffix) {
	if (ctx.ld) {
		let date = new TomlDate(str, type, unsafeDelim);
		if (!date.isValid()) TomlError.x("invalid date", ctx, errPtr);
		return date;
	}
	try {
		if (temporalSuffix) str += temporalSuffix;
		switch (type) {
			case 1: return Temporal.ZonedDateTime.from(str);
			case 2: return Temporal.PlainDateTime.from(str);
			case 3: return Temporal.PlainDate.from(str);
			case 4: return Temporal.PlainTime.from(str);
		}
	} catch (e) {
		TomlError.x(e instanceof Error ? e.message : "" + e, ctx, errPtr);
	}
}

// node_modules/smol-toml/dist/util.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
/** @internal */
function skipComment(ctx) {
	for (; ctx.p < ctx.s.length; ctx.p++) {
		let c = ctx.s.charCodeAt(ctx.p);
		if (c === 10) break;
		if (c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10) {
			ctx.p++;
			break;
		}
		if (c < 32 && c !== 9 || c === 127) TomlError.x("control characters are not allowed in comments", ctx);
	}
}
/** @internal */
function skipVoid(ctx, banNewLines, banComments) {
	let c;
	while (ctx.p < ctx.s.length) {
		while (ctx.p < ctx.s.length && ((c = ctx.s.charCodeAt(ctx.p)) === 32 || c === 9 || !banNewLines && (c === 10 || c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10))) ctx.p++;
		if (banComments || c !== 35) break;
		skipComment(ctx);
	}
}

// node_modules/smol-toml/dist/struct.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
/** @internal */
function parseKey(ctx, end = 61) {
	let startPtr;
	let state = 0;
	let parsed = [];
	let sliceStart;
	let c = ctx.s.charCodeAt(startPtr = ctx.p);
	do
		if (c === end) {
			if (!state) TomlError.x("unexpected end of key", ctx);
			if (state === 1) parsed.push(ctx.s.slice(sliceStart, ctx.p));
			return ctx.p++, parsed;
		} else if (c === 46) {
			if (!state) TomlError.x("illegal empty bare key", ctx);
			if (state === 1) parsed.push(ctx.s.slice(sliceStart, ctx.p));
			state = 0;
		} else if (!state && (c === 34 || c === 39)) {
			if (c === ctx.s.charCodeAt(ctx.p + 1) && c === ctx.s.charCodeAt(ctx.p + 2)) TomlError.x("illegal quoted key: multiline strings are not allowed", ctx);
			parsed.push(parseString(ctx));
			state = 2;
			ctx.p--;
		} else if (c === 32 || c === 9) {
			if (state === 1) {
				parsed.push(ctx.s.slice(sliceStart, ctx.p));
				state = 2;
			}
		} else if (state === 2 || c < 48 && c !== 45 || c > 57 && c < 65 || c > 90 && c < 97 && c !== 95 || c > 122) TomlError.x("illegal character in key", ctx);
		else if (!state) {
			state = 1;
			sliceStart = ctx.p;
		}
	while (c = ctx.s.charCodeAt(++ctx.p));
	TomlError.x("incomplete key-value: cannot find end of key", ctx, startPtr);
}
/** @internal */
function parseInlineTable(ctx) {
	let startPtr = ctx.p++;
	let res = Object.create(null);
	let seen = /* @__PURE__ */ new Set();
	let c;
	while (ctx.p < ctx.s.length) {
		skipVoid(ctx);
		if ((c = ctx.s.charCodeAt(ctx.p)) === 125) {
			ctx.p++;
			return res;
		}
		let k;
		let t = res;
		let hasOwn = false;
		let errPtr = ctx.p;
		let key = parseKey(ctx);
		for (let i = 0; i < key.length; i++) {
			if (i) t = hasOwn ? t[k] : t[k] = Object.create(null);
			k = key[i];
			if ((hasOwn = Object.hasOwn(t, k)) && (typeof t[k] !== "object" || seen.has(t[k]))) TomlError.x("trying to redefine an already defined value", ctx, errPtr);
			let unsafe = k === "__proto__";
			if (ctx.uk && (unsafe || k === "constructor")) {
				t = ctx.uk !== 1 && TomlError.x("document contains an unsafe property", ctx, errPtr);
				break;
			}
			if (!hasOwn && unsafe) Object.defineProperty(t, k, {
				enumerable: true,
				configurable: true,
				writable: true
			});
		}
		if (hasOwn) TomlError.x("trying to redefine an already defined value", ctx, errPtr);
		skipVoid(ctx, true, true);
		let value = extractValue(ctx, 125);
		if (t && typeof (t[k] = value) === "object") seen.add(value);
		skipVoid(ctx);
		if ((c = ctx.s.charCodeAt(ctx.p++)) === 125) return res;
		if (c !== 44) TomlError.x("expected comma or end of structure", ctx, ctx.p - 1);
	}
	TomlError.x("unfinished table", ctx, startPtr);
}
/** @internal */
function parseArray(ctx) {
	let startPtr = ctx.p++;
	let res = [];
	let c;
	while (ctx.p < ctx.s.length) {
		skipVoid(ctx);
		if ((c = ctx.s.charCodeAt(ctx.p)) === 93) {
			ctx.p++;
			return res;
		}
		res.push(extractValue(ctx, 93));
		skipVoid(ctx);
		if ((c = ctx.s.charCodeAt(ctx.p++)) === 93) return res;
		if (c !== 44) TomlError.x("expected comma or end of structure", ctx, ctx.p - 1);
	}
	TomlError.x("unfinished array", ctx, startPtr);
}

// node_modules/smol-toml/dist/parse.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
function peekTable(ctx, key, table, meta, type) {
	let t = table;
	let m = meta;
	let k;
	let hasOwn = false;
	let state;
	for (let i = 0; i < key.length; i++) {
		if (i) {
			t = hasOwn ? t[k] : t[k] = Object.create(null);
			m = (state = m[k]).c;
			if (type === 0 && (state.t === 1 || state.t === 2)) return null;
			if (state.t === 2) {
				let l = t.length - 1;
				t = t[l];
				m = m[l].c;
			}
		}
		k = key[i];
		if ((hasOwn = Object.hasOwn(t, k)) && m[k]?.t === 0 && m[k]?.d) return null;
		if (!hasOwn) {
			let unsafe = k === "__proto__";
			if (ctx.uk && (unsafe || k === "constructor")) return false;
			if (unsafe) {
				Object.defineProperty(t, k, {
					enumerable: true,
					configurable: true,
					writable: true
				});
				Object.defineProperty(m, k, {
					enumerable: true,
					configurable: true,
					writable: true
				});
			}
			m[k] = {
				t: i < key.length - 1 && type === 2 ? 3 : type,
				d: false,
				i: 0,
				c: Object.create(null)
			};
		}
	}
	state = m[k];
	if (state.t !== type && !(type === 1 && state.t === 3)) return null;
	if (type === 2) {
		if (!state.d) {
			state.d = true;
			t[k] = [];
		}
		t[k].push(t = Object.create(null));
		state.c[state.i++] = state = {
			t: 1,
			d: false,
			i: 0,
			c: Object.create(null)
		};
	}
	if (state.d) return null;
	state.d = true;
	if (type === 1) t = hasOwn ? t[k] : t[k] = Object.create(null);
	else if (type === 0 && hasOwn) return null;
	return [
		k,
		t,
		state.c
	];
}
function validateTablePeek(ctx, peek, ptr) {
	if (peek === null || ctx.uk === 2) TomlError.x(peek === null ? "trying to redefine an already defined table or value" : "document contains an unsafe property", ctx, ptr);
}
function parse$1(toml, options = {}) {
	let ctx = {
		s: toml,
		p: 0,
		d: options.maxDepth ?? 1e3,
		bi: options.integersAsBigInt ?? false,
		ld: options.useLegacyDate ?? true,
		uk: options.unsafeKeyBehaviour === "throw" ? 2 : options.unsafeKeyBehaviour === "drop" ? 1 : 0
	};
	let res = Object.create(null);
	let meta = Object.create(null);
	let tmp;
	let skipping = false;
	let tbl = res;
	let m = meta;
	if (toml.charCodeAt(0) === 65279) ctx.p++;
	skipVoid(ctx);
	while (ctx.p < toml.length) {
		if (toml.charCodeAt(ctx.p) === 91) {
			let isTableArray = toml.charCodeAt(++ctx.p) === 91;
			tmp = ctx.p += +isTableArray;
			skipping = false;
			let k = parseKey(ctx, 93);
			if (isTableArray) {
				if (toml.charCodeAt(ctx.p) !== 93) TomlError.x("expected end of table array declaration", ctx);
				ctx.p++;
			}
			let p = peekTable(ctx, k, res, meta, isTableArray ? 2 : 1);
			if (!p) {
				validateTablePeek(ctx, p, tmp);
				skipping = true;
			} else {
				m = p[2];
				tbl = p[1];
			}
		} else {
			tmp = ctx.p;
			let p = peekTable(ctx, parseKey(ctx), tbl, m, 0);
			if (!p && !skipping) validateTablePeek(ctx, p, tmp);
			skipVoid(ctx, true, true);
			let v = extractValue(ctx, void 0);
			if (p && !skipping) p[1][p[0]] = v;
		}
		skipVoid(ctx, true);
		if (ctx.p < toml.length && (tmp = toml.charCodeAt(ctx.p)) !== 10 && (tmp !== 13 || toml.charCodeAt(ctx.p + 1) !== 10)) TomlError.x("each key-value declaration must be followed by an end-of-line", ctx);
		skipVoid(ctx);
	}
	return res;
}

// node_modules/smol-toml/dist/stringify.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/
let HAS_WELLFORMED = !!"".isWellFormed;

// node_modules/smol-toml/dist/index.js
/*!
* Copyright (c) Squirrel Chat et al., All rights reserved.
* SPDX-License-Identifier: BSD-3-Clause
*
* Redistribution and use in source and binary forms, with or without
* modification, are permitted provided that the following conditions are met:
*
* 1. Redistributions of source code must retain the above copyright notice, this
*    list of conditions and the following disclaimer.
* 2. Redistributions in binary form must reproduce the above copyright notice,
*    this list of conditions and the following disclaimer in the
*    documentation and/or other materials provided with the distribution.
* 3. Neither the name of the copyright holder nor the names of its contributors
*    may be used to endorse or promote products derived from this software without
*    specific prior written permission.
*
* THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
* ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
* WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
* DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
* FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
* DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
* SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
* CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
* OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
* OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
*/

// src/bundle/check-python.ts
/**
* Why the project cannot run on this Python, with the setting that helps; undefined where nothing speaks against it.
* A Python newer than any its Django was made for may do, and is only a doubt: see doubtPython.
*/
function checkPython(check) {
	const { packages, requiresPython, python } = check;
	if (requiresPython && !pythonFits(requiresPython.value, python.version)) return {
		where: requiresPython.from,
		what: `the project needs Python ${requiresPython.value}, and the node has Python ${python.version}`,
		next: pythonAdvice((version) => pythonFits(requiresPython.value, version), python),
		file: /^[\w./-]+\.(toml|cfg|py)/.exec(requiresPython.from)?.[0]
	};
	const django = packages.find((entry) => entry.name === "django");
	const fit = django && djangoFit(django.version, python.version);
	if (!django || fit?.kind !== "too-old") return void 0;
	const place = lineOf(check.lines ?? [], "django");
	return {
		where: place ? `${place.file}:${place.line}` : "requirements",
		what: `Django ${django.version} needs Python ${fit.min} or newer, and the node has Python ${python.version}`,
		next: `${pythonAdvice((version) => djangoFit(django.version, version).kind === "fits", python)} Or ask for a Django that supports Python ${minorOf(python.version)}.`,
		file: place?.file,
		line: place?.line
	};
}
/** What to tell the user where the Python is newer than any that the project's Django was made for; undefined elsewhere. */
function doubtPython({ packages, python, lines }) {
	const django = packages.find((entry) => entry.name === "django");
	const fit = django && djangoFit(django.version, python.version);
	if (!django || fit?.kind !== "too-new") return void 0;
	const place = lineOf(lines ?? [], "django");
	return {
		where: place ? `${place.file}:${place.line}` : "requirements",
		what: `Django ${django.version} was made for Python ${fit.min} to ${fit.max}, and the node has Python ${python.version}`,
		next: "The deployment goes on: it may do. A newer Django is the way out where it does not.",
		file: place?.file,
		line: place?.line
	};
}
/** The packages whose versions stand in the text itself: `name==version` lines, and the packages of a uv.lock. Nothing is resolved. */
function pinnedPackages(requirements, text) {
	if (requirements.kind === "lock" && requirements.format === "uv") return (parse$1(text.files[0]?.content ?? "").package ?? []).flatMap(({ name, version }) => typeof name === "string" && typeof version === "string" ? [{
		name,
		version
	}] : []);
	return text.lines.flatMap((line) => {
		const version = /^[\w.-]+\s*(?:\[[^\]]*\])?\s*===?\s*([\w.!+-]+)$/.exec(line.text)?.[1];
		return line.name && version ? [{
			name: line.name,
			version
		}] : [];
	});
}
/** What the supported systems have, oldest first (packages.debian.org, packages.ubuntu.com). */
const systems = [
	["Ubuntu 22.04", "3.10.12"],
	["Debian 12", "3.11.2"],
	["Ubuntu 24.04", "3.12.3"],
	["Debian 13", "3.13.5"]
];
/** A server, or a Python, that suits: of the Pythons the one nearest to what the node has. */
function pythonAdvice(suits, python) {
	const names = systems.filter(([, version]) => suits(version)).map(([name]) => name);
	const has = Number(minorOf(python.version).split(".")[1]);
	const [nearest] = Array.from({ length: 12 }, (_, index) => index + 6).filter((minor) => suits(`3.${minor}`)).toSorted((one, other) => Math.abs(one - has) - Math.abs(other - has));
	const server = names.length > 0 ? `Use a server whose Python suits: ${oneOf(names)}.` : "No system that Woven knows comes with such a Python.";
	return nearest === void 0 ? server : `${server} The setting \`python = "3.${nearest}"\`, which brings a Python along, is not built yet.`;
}

// src/bundle/resolve-error.ts
/** The WovenError for a failed resolution; its file and line are those of the requirement, where uv names one. */
function resolveError(failure) {
	const output = failure.output.trim();
	const verdict = judge(oneLine(output), failure);
	const place = verdict.name === void 0 ? placeIn(output, failure.lines) : lineOf(failure.lines, verdict.name) ?? placeIn(output, failure.lines);
	const [, file = mentionedFile(output) ?? fileOf(failure.requirements), line] = /([^\s`:]+\.(?:txt|in|toml)):(\d+):\d+/.exec(output) ?? [];
	const at = place ?? {
		file,
		line: line === void 0 ? void 0 : Number(line)
	};
	const where = at.line === void 0 ? "" : ` (${at.file}:${at.line})`;
	return new WovenError({
		code: verdict.code,
		message: `${verdict.message}${where}`,
		next: verdict.next,
		file: at.file,
		line: at.line,
		output: tail(output)
	});
}
function judge(text, failure) {
	const { python } = failure;
	const minor = minorOf(python.version);
	if (/(error sending request|dns error|Connection refused|tcp connect error|operation timed out|HTTP status (server|client) error|invalid peer certificate|Request failed after)/i.test(text)) return unreachable(text);
	const missing = /Because (?:there are no versions of )?([\w.-]+)(?:\[[^\]]*\])? was not found in the (?:package registry|provided package locations)/.exec(text)?.[1];
	if (missing) return {
		code: "requirement-unknown",
		name: missing,
		message: `There is no package ${missing} in the package index`,
		next: `Check its spelling. If it is a package of your own, tell the runner where it is: PIP_EXTRA_INDEX_URL, or an --index-url line in the requirements.`
	};
	const wants = /does not satisfy Python([<>=!~][^\s,]*(?:,[<>=!~][^\s,]*)*)(?: and ([\w.-]+)(\S*) depends on Python)?/.exec(text);
	if (wants) return forAnotherPython(text, wants, failure);
	const [, noVersion, specifier = ""] = /Because (?:there is no version of|only (?=[\w.-]+[<>=!~]\S* is available)|there are no versions of) ?([\w.-]+?)(?:\[[^\]]*\])?([<>=!~]\S*)? /.exec(text) ?? [];
	if (noVersion && !/depends on/.test(text)) return {
		code: "requirement-version",
		name: noVersion,
		message: `There is no version ${specifier} of ${noVersion} in the package index`,
		next: `Ask for a version that exists: the release history of ${noVersion} on your package index lists them.`
	};
	if (/No solution found/.test(text)) return {
		code: "requirement-conflict",
		name: /because you require ([\w.-]+?)(?:\[[^\]]*\])?(?:[<>=!~]|,| )/i.exec(text.split(" And ").at(-1) ?? text)?.[1],
		message: `The requirements cannot all be met on Python ${minor}: ${explanation(text)}`,
		next: "Loosen or change one of the requirements named above."
	};
	const built = /Failed to (?:download and )?build `([^`]+?)(?:==[^`]*| @ [^`]*)?`/.exec(text)?.[1];
	if (/Git operation failed/.test(text)) return {
		code: "requirement-git",
		name: built,
		message: `The git repository of ${built ?? "a requirement"} cannot be read by the runner`,
		next: "Check URL and branch. A private repository needs its own login on the runner: a deploy key, or a token set with `git config url.….insteadOf`."
	};
	if (built) return {
		code: "build-failed",
		name: built,
		message: `${built} does not build on the runner`,
		next: buildAdvice(minor)
	};
	if (/(Couldn't parse requirement|Unexpected|Expected)/.test(text)) return {
		code: "requirement-syntax",
		message: `A requirement is not written rightly: ${explanation(text)}`,
		next: "See https://peps.python.org/pep-0508/ for how a requirement is written."
	};
	if (/(Distribution not found at|No such file or directory|does not appear to be a Python project)/.test(text)) return {
		code: "requirement-file",
		message: `A requirement names a path that holds no package: ${explanation(text)}`,
		next: "Correct the path (it counts from the working directory), or add the folder to the repository."
	};
	if (/lockfile/i.test(text)) return {
		code: "lock-format",
		message: `The lock file cannot be used: ${explanation(text)}`,
		next: "Make it anew with its own tool (`uv lock`), and commit it."
	};
	return {
		code: "requirement-failed",
		message: `The requirements cannot be resolved: ${explanation(text)}`,
		next: "The output below is what uv says about it."
	};
}
function forAnotherPython(text, wants, { python, requirements }) {
	const [, range = "", name, specifier = ""] = wants;
	const wanted = name ? `${name} ${specifier}`.trim() : "A requirement";
	const system = isSpecifier(range) ? pythonAdvice((version) => pythonFits(range, version), python) : "Use a server with a Python of that range.";
	const other = name && requirements.kind !== "lock" ? ` Or ask for a version of ${name} that supports Python ${minorOf(python.version)}.` : "";
	return {
		code: "requirement-python",
		name: name && text.includes(`you require ${name}`) ? name : /you require ([\w.-]+)/.exec(text)?.[1] ?? name,
		message: `${wanted} needs Python ${range}, and the node has Python ${python.version}`,
		next: `${system}${other}`
	};
}
function unreachable(text) {
	const host = (/(?:Failed to (?:fetch|download):?|for url) [`(]?(https?:\/\/[^\s`)]+)/.exec(text)?.[1] ?? /https?:\/\/[^\s`)]+/.exec(text)?.[0])?.replace(/\/\/[^/@]*@/, "//");
	const status = /HTTP status \w+ error \((\d+[^)]*)\)/.exec(text)?.[1];
	return {
		code: "index-unreachable",
		message: status ? `The package index refused: ${status}${host ? ` at ${host}` : ""}` : `The package index cannot be reached from the runner${host ? `: ${host}` : ""}`,
		next: /^40[13]/.test(status ?? "") ? "The index wants a login: give the step PIP_INDEX_URL (or PIP_EXTRA_INDEX_URL) with user and token from a secret." : "Run the job again if this was a passing fault. Else check PIP_INDEX_URL, proxy variables and the certificate authorities of the runner (SSL_CERT_FILE)."
	};
}
/** What to do when a package does not build, whoever built it. */
function buildAdvice(minor) {
	return [
		"Its output is below. Usual ways out:",
		`- ask for a version that has a wheel for Python ${minor} (the "Download files" page of the package lists them);`,
		"- install the headers it misses on the runner before this step (`sudo apt-get install -y libpq-dev`, `default-libmysqlclient-dev`, …), or use its binary package (psycopg[binary]);",
		"- hold an old build tool with PIP_CONSTRAINT (`setuptools<81`)."
	].join("\n");
}
/** The last lines of a tool's output: where the reason stands. */
function tail(output) {
	return output.split("\n").slice(-30).join("\n");
}
function explanation(text) {
	return text.replace(/^.*?No solution found when resolving dependencies:? (cause: )?/, "").replace(/^error: /, "").replaceAll(" cause: ", ": ").slice(0, 600);
}
function oneLine(output) {
	return output.replaceAll(/\s+/g, " ");
}
function placeIn(output, lines) {
	return lines.find((line) => {
		const path = localPathOf(line.text)?.replace(/^(\.\/)+|\/+$/g, "");
		return output.includes(line.text) || path && output.includes(`/${path}`);
	}) ?? lines.find((line) => line.name !== void 0 && new RegExp(`(^|[\\s\`])${line.name}([\\s\`=<>!~@\\[,]|$)`, "m").test(output));
}
function mentionedFile(output) {
	return /(?:requirement|file) in `([^`]+)` at position/.exec(output)?.[1];
}
function fileOf(requirements) {
	switch (requirements.kind) {
		case "files": return requirements.paths[0];
		case "lock": return requirements.path;
		case "project": return "pyproject.toml";
	}
}

// src/bundle/download.ts
/** Puts the wheels of `pins` into `directory`. Throws `index-unreachable`, `hash-mismatch`, `download-failed`. */
async function downloadWheels(download, tools, context) {
	if (download.pins.length === 0) return;
	const list = join(download.scratch, "wheels.txt");
	await writeFile(list, requirementsFor(download.pins, download.indexes), { mode: 384 });
	const args = [
		tools.pip,
		"download",
		"--quiet",
		"--no-deps",
		"--only-binary=:all:",
		"--require-hashes",
		...targetArguments(download.python),
		"-d",
		download.directory,
		"-r",
		list
	];
	const result = await context.run("python3", args, {
		cwd: download.scratch,
		env: pipEnvironment(context)
	});
	if (result.code !== 0) throw downloadError(`${result.stdout}${result.stderr}`, download);
}
/** `name @ url --hash=…` lines. The index lines are there for their logins: pip gives those to other addresses of the same host. */
function requirementsFor(pins, indexes) {
	return [
		...[...indexes.index ? [`--index-url ${indexes.index}`] : [], ...indexes.extra.map((url) => `--extra-index-url ${url}`)],
		...pins.map((pin) => `${pin.name} @ ${pin.url} --hash=sha256:${pin.sha256}`),
		""
	].join("\n");
}
/** pip's way of naming a Python and a platform that are not its own. */
function targetArguments(python) {
	const minor = minorOf(python.version);
	const abis = [
		`cp${minor.replace(".", "")}`,
		"abi3",
		"none"
	];
	return [
		...[
			"--python-version",
			minor,
			"--implementation",
			python.implementation
		],
		...abis.flatMap((abi) => ["--abi", abi]),
		...platformTags(python).flatMap((tag) => ["--platform", tag])
	];
}
/** pip's environment without the settings that steer what was already decided. */
function pipEnvironment(context) {
	const decided = /* @__PURE__ */ new Set([
		"PIP_NO_BINARY",
		"PIP_ONLY_BINARY",
		"PIP_REQUIREMENT",
		"PIP_TARGET",
		"PIP_USER",
		"PIP_REQUIRE_VIRTUALENV",
		"PIP_PREFIX",
		"PIP_PLATFORM"
	]);
	return {
		...Object.fromEntries(Object.entries(context.env).filter(([name]) => !decided.has(name))),
		PIP_DISABLE_PIP_VERSION_CHECK: "1",
		PIP_NO_INPUT: "1",
		PIP_NO_COLOR: "1"
	};
}
function downloadError(output, { pins, lines }) {
	const pin = pins.find((candidate) => output.includes(candidate.url)) ?? pins.find((candidate) => output.includes(candidate.name));
	const place = pin && placeOf$1(pin, lines);
	const what = pin ? labelOf(pin) : "A wheel";
	const at = {
		file: place?.file,
		line: place?.line,
		output: tail(output)
	};
	if (/DO NOT MATCH THE HASHES/.test(output)) return new WovenError({
		...at,
		code: "hash-mismatch",
		message: `${what} arrived with other content than the package index promised`,
		next: "Run the job again; if it stays, a proxy or mirror between the runner and the index changes or truncates files."
	});
	if (/(ConnectionError|Max retries|NewConnectionError|timed out|HTTP error|SSLError|Temporary failure)/i.test(output)) return new WovenError({
		...at,
		code: "index-unreachable",
		message: `${what} could not be fetched by the runner`,
		next: "Run the job again if this was a passing fault. Else check proxy variables, certificate authorities (SSL_CERT_FILE) and the login of the index."
	});
	return new WovenError({
		...at,
		code: "download-failed",
		message: `${what} could not be fetched`,
		next: "The output below is what pip says about it."
	});
}

// src/bundle/elf.ts
const machines = {
	3: "i686",
	40: "armv7l",
	62: "x86_64",
	183: "aarch64",
	243: "riscv64"
};
const SHT_DYNAMIC = 6;
const SHT_GNU_VERNEED = 1879048190;
const DT_NEEDED = 1n;
/** What an ELF file needs; undefined where the bytes are not a 64-bit little-endian ELF file. */
function readElf(bytes) {
	if (bytes.length < 64 || bytes.readUInt32BE(0) !== 2135247942 || bytes[4] !== 2 || bytes[5] !== 1) return void 0;
	const machineCode = bytes.readUInt16LE(18);
	const machine = machines[machineCode] ?? `machine ${machineCode}`;
	const sections = readSections(bytes);
	const versions = sections.filter((section) => section.type === SHT_GNU_VERNEED).flatMap((section) => neededVersions(bytes, section, sections[section.link]));
	const libraries = sections.filter((section) => section.type === SHT_DYNAMIC).flatMap((section) => neededLibraries(bytes, section, sections[section.link]));
	const newest = newestGlibc(versions);
	return {
		machine,
		libraries,
		...newest === void 0 ? {} : { glibc: newest }
	};
}
/** The newest of `GLIBC_2.17`, `GLIBC_2.34`, … as `2.34`; names of other libraries' versions are passed over. */
function newestGlibc(versions) {
	return versions.flatMap((version) => /^GLIBC_(2\.\d+)/.exec(version)?.[1] ?? []).toSorted((a, b) => glibcMinor(b) - glibcMinor(a))[0];
}
function readSections(bytes) {
	const start = Number(bytes.readBigUInt64LE(40));
	const size = bytes.readUInt16LE(58);
	const count = bytes.readUInt16LE(60);
	if (start === 0 || start + size * count > bytes.length) return [];
	return Array.from({ length: count }, (_, index) => {
		const at = start + index * size;
		return {
			type: bytes.readUInt32LE(at + 4),
			offset: Number(bytes.readBigUInt64LE(at + 24)),
			size: Number(bytes.readBigUInt64LE(at + 32)),
			link: bytes.readUInt32LE(at + 40),
			info: bytes.readUInt32LE(at + 44)
		};
	});
}
function neededVersions(bytes, section, strings) {
	if (!strings) return [];
	const names = [];
	let need = section.offset;
	for (let index = 0; index < section.info; index += 1) {
		let version = need + bytes.readUInt32LE(need + 8);
		for (let left = bytes.readUInt16LE(need + 2); left > 0; left -= 1) {
			names.push(stringAt(bytes, strings.offset + bytes.readUInt32LE(version + 8)));
			version += bytes.readUInt32LE(version + 12);
		}
		need += bytes.readUInt32LE(need + 12);
	}
	return names;
}
function neededLibraries(bytes, section, strings) {
	if (!strings) return [];
	const names = [];
	for (let at = section.offset; at + 16 <= section.offset + section.size; at += 16) if (bytes.readBigUInt64LE(at) === DT_NEEDED) names.push(stringAt(bytes, strings.offset + Number(bytes.readBigUInt64LE(at + 8))));
	return names;
}
function stringAt(bytes, offset) {
	return bytes.toString("utf8", offset, bytes.indexOf(0, offset));
}

// src/bundle/build-wheel.ts
/** Builds one wheel into `directory`. Throws `build-failed`, `wheel-misfit`. */
async function buildWheel(build, tools, context) {
	const { pin, python } = build;
	const place = placeOf$1(pin, build.lines);
	const out = await mkdtemp(join(build.scratch, "built-"));
	const interpreter = build.interpreter ?? "python3";
	context.log(`Building ${labelOf(pin)} from source`);
	const args = [
		tools.pip,
		"wheel",
		"--no-deps",
		"--ignore-requires-python",
		"--progress-bar=off",
		"-w",
		out,
		...await source(build)
	];
	const result = await context.run(interpreter, args, {
		cwd: build.scratch,
		env: pipEnvironment(context)
	});
	const output = `${result.stdout}${result.stderr}`;
	const file = (await readdir(out)).find((name) => name.endsWith(".whl"));
	if (result.code !== 0 || !file) {
		if (!build.interpreter) return {
			kind: "other-python",
			output
		};
		throw new WovenError({
			code: "build-failed",
			message: `${labelOf(pin)} does not build on the runner`,
			next: buildAdvice(minorOf(python.version)),
			file: place?.file,
			line: place?.line,
			output: tail(output)
		});
	}
	const wheel = parseWheelName(file);
	const problem = wheel && misfit(wheel, python);
	if (problem === "python" && !build.interpreter) return {
		kind: "other-python",
		output
	};
	const reason = (!wheel || problem ? `its wheel is ${file}` : void 0) ?? await elfProblem(join(out, file), build, context);
	if (reason !== void 0) throw misfitError(build, reason);
	await rename(join(out, file), join(build.directory, file));
	return {
		kind: "built",
		file
	};
}
/** The error for a compiled package where the runner has no Python of the node's minor version. */
function noInterpreterError(pin, { lines, python }, output) {
	const place = placeOf$1(pin, lines);
	const minor = minorOf(python.version);
	return new WovenError({
		code: "build-failed",
		message: `${labelOf(pin)} has no wheel for Python ${minor} on ${python.machine} and must be compiled, and the runner has no Python ${minor}`,
		next: `Add a step before this one: actions/setup-python with python-version "${minor}". Or ask for a version of ${pin.name} that has a wheel for Python ${minor}.`,
		file: place?.file,
		line: place?.line,
		output: tail(output)
	});
}
/** What a wheel's compiled files need that the node has not, in words; undefined where all is well. */
async function elfProblem(wheel, { python, scratch, pin }, context) {
	const name = parseWheelName(basename(wheel));
	if (name && isPure(name)) return void 0;
	const unpacked = join(scratch, `unpacked-${basename(wheel)}`);
	await context.run("python3", [
		"-m",
		"zipfile",
		"-e",
		wheel,
		unpacked
	], {
		cwd: scratch,
		env: context.env
	});
	const files = (await readdir(unpacked, {
		recursive: true,
		withFileTypes: true
	})).filter((entry) => entry.isFile());
	const libraries = /* @__PURE__ */ new Set();
	for (const file of files) {
		const elf = readElf(await readFile(join(file.parentPath, file.name)));
		if (!elf) continue;
		if (elf.machine !== python.machine) return `${file.name} is compiled for ${elf.machine}, and the node is ${python.machine}`;
		if (elf.glibc && glibcMinor(elf.glibc) > glibcMinor(python.glibc)) return `${file.name} needs glibc ${elf.glibc} (the runner's), and the node has ${python.glibc}`;
		for (const library of elf.libraries) libraries.add(library);
	}
	const foreign = [...libraries].filter((library) => !/^(lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+|util)\.so|ld-linux)/.test(library));
	if (foreign.length > 0) context.log(`${pin.name} was compiled here and loads ${foreign.join(", ")}: the node needs the packages that hold these libraries.`);
}
function misfitError({ pin, python, lines }, reason) {
	const place = placeOf$1(pin, lines);
	return new WovenError({
		code: "wheel-misfit",
		message: `${labelOf(pin)} was built on the runner, and the node cannot load it: ${reason}`,
		next: `Ask for a version of ${pin.name} that has a wheel for ${python.machine} and glibc ${python.glibc}, or run this job on a runner like the node (same machine type, its distribution or an older one; \`container:\` does that).`,
		file: place?.file,
		line: place?.line
	});
}
/** pip's arguments for what to build. A folder is copied first: building leaves files in it that are not ours to leave. */
async function source(build) {
	const { pin, scratch } = build;
	switch (pin.kind) {
		case "wheel":
		case "sdist": {
			const list = join(scratch, `${pin.name}.txt`);
			await writeFile(list, requirementsFor([pin], build.indexes), { mode: 384 });
			return [
				"--require-hashes",
				"-r",
				list
			];
		}
		case "vcs": return [pin.target];
		case "directory": {
			const copy = join(scratch, `source-${pin.name}`, basename(pin.path));
			await mkdir(join(copy, ".."), { recursive: true });
			await cp(pin.path, copy, {
				recursive: true,
				verbatimSymlinks: true,
				filter: (path) => !/\/(node_modules|\.venv|venv|__pycache__|build|[^/]+\.egg-info)$/.test(path.slice(pin.path.length))
			});
			return [copy];
		}
	}
}

// src/bundle/bundle-folder.ts
const Sha256 = pipe(string(), regex(/^[0-9a-f]{64}$/));
const Wheel = object({
	file: pipe(string(), regex(/^[A-Za-z0-9][\w.+!-]*\.whl$/)),
	sha256: Sha256,
	bytes: number()
});
const Manifest = object({
	key: string(),
	python: object({
		version: string(),
		implementation: literal$1("cp"),
		machine: string(),
		glibc: string()
	}),
	packages: array(object({
		name: string(),
		version: string()
	})),
	wheels: array(Wheel),
	/** Files that were built on the runner rather than fetched. */
	built: array(string())
});
/** Describes `directory/wheels` in requirements.lock and bundle.json, and gives the manifest back. */
async function sealBundle(directory, about) {
	const files = (await readdir(join(directory, "wheels"))).toSorted();
	const wheels = await Promise.all(files.map((file) => describe$2(join(directory, "wheels"), file)));
	const packages = files.flatMap((file) => {
		const name = parseWheelName(file);
		return name ? [{
			name: name.name,
			version: name.version
		}] : [];
	});
	const manifest = {
		...about,
		packages,
		wheels
	};
	await writeFile(join(directory, "requirements.lock"), lockText(manifest));
	await writeFile(join(directory, "bundle.json"), `${JSON.stringify(manifest, void 0, 2)}\n`);
	return manifest;
}
/** The manifest of a kept bundle, or why it cannot be used: another key, a wheel more, less or different, a changed lock. */
async function openBundle(directory, key) {
	const text = await readFile(join(directory, "bundle.json"), "utf8").catch(() => void 0);
	if (text === void 0) return void 0;
	const parsed = safeParse(Manifest, parseJson(text));
	if (!parsed.success) return { refused: "its bundle.json cannot be read" };
	const manifest = parsed.output;
	if (manifest.key !== key) return { refused: "it is the bundle of another key" };
	const there = (await readdir(join(directory, "wheels")).catch(() => [])).toSorted();
	const expected = manifest.wheels.map((wheel) => wheel.file).toSorted();
	if (there.join("\n") !== expected.join("\n")) return { refused: "it holds other files than it lists" };
	for (const wheel of manifest.wheels) {
		const path = join(directory, "wheels", wheel.file);
		if (!(await lstat(path)).isFile() || await sha256Of(path) !== wheel.sha256) return { refused: `${wheel.file} is not what was built` };
	}
	return await readFile(join(directory, "requirements.lock"), "utf8").catch(() => "") === lockText(manifest) ? { manifest } : { refused: "its requirements.lock does not match its wheels" };
}
const mostKept = 10;
/** Marks a bundle as used now, and removes from its folder the bundles that were not used for longest, beyond ten of them. */
async function keepNewest(directory) {
	const now = /* @__PURE__ */ new Date();
	await utimes(directory, now, now);
	const parent = dirname(directory);
	const names = (await readdir(parent)).filter((name) => name.startsWith("woven-bundle-"));
	const old = (await Promise.all(names.map(async (name) => ({
		name,
		at: (await stat(join(parent, name)).catch(() => void 0))?.mtimeMs ?? now.getTime()
	})))).toSorted((a, b) => b.at - a.at).slice(mostKept).filter(({ at }) => now.getTime() - at > 864e5);
	await Promise.all(old.map(({ name }) => rm(join(parent, name), {
		recursive: true,
		force: true
	})));
}
/** `name==version --hash=sha256:…` of the wheels themselves, so that the node can install with --require-hashes and no index. */
function lockText(manifest) {
	return manifest.wheels.flatMap((wheel) => {
		const name = parseWheelName(wheel.file);
		return name ? [`${name.name}==${name.version} --hash=sha256:${wheel.sha256}`] : [];
	}).map((line) => `${line}\n`).join("");
}
async function describe$2(directory, file) {
	const path = join(directory, file);
	return {
		file,
		sha256: await sha256Of(path),
		bytes: (await lstat(path)).size
	};
}
async function sha256Of(path) {
	const hash = createHash("sha256");
	await pipeline(createReadStream(path), hash);
	return hash.digest("hex");
}
function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}

// src/bundle/indexes.ts
/** What pip would use: its files from the widest to the narrowest, then PIP_* (https://pip.pypa.io/en/stable/topics/configuration/). */
async function readIndexes(env) {
	return indexesOf([...(await Promise.all(pipConfigFiles(env).map((path) => readFile(path, "utf8").catch(() => "")))).map(parsePipConfig), optionsFromEnvironment(env)]);
}
/** Later options win over earlier ones. */
function indexesOf(sources) {
	const options = new Map(sources.flatMap((source) => [...source]));
	const index = options.get("index-url");
	const cert = options.get("cert");
	return {
		...index ? { index } : {},
		...cert ? { cert } : {},
		extra: words$1(options.get("extra-index-url")),
		findLinks: words$1(options.get("find-links")),
		trustedHosts: words$1(options.get("trusted-host")),
		noIndex: [
			"1",
			"true",
			"yes",
			"on"
		].includes((options.get("no-index") ?? "").toLowerCase())
	};
}
/** The options of `[global]`, `[download]` and `[install]`, in pip's INI dialect with its indented continuation lines. */
function parsePipConfig(text) {
	const options = /* @__PURE__ */ new Map();
	let section = "";
	let last = "";
	for (const line of text.split(/\r?\n/)) {
		if (/^\s*([#;]|$)/.test(line)) continue;
		const heading = /^\[([^\]]+)\]/.exec(line)?.[1];
		const [, key, value] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
		if (heading !== void 0) section = heading.trim();
		else if (![
			"global",
			"download",
			"install"
		].includes(section)) continue;
		else if (key !== void 0) {
			last = key.replaceAll("_", "-").toLowerCase();
			options.set(last, (value ?? "").trim());
		} else if (last) options.set(last, `${options.get(last) ?? ""} ${line.trim()}`.trim());
	}
	return options;
}
/** uv's arguments for these indexes. The user's own UV_* variables are read by uv itself and win. */
function uvIndexArguments(indexes, env) {
	const ownIndex = env["UV_DEFAULT_INDEX"] ?? env["UV_INDEX_URL"];
	const ownExtra = env["UV_INDEX"] ?? env["UV_EXTRA_INDEX_URL"];
	return [
		...indexes.index && !ownIndex ? ["--default-index", indexes.index] : [],
		...ownExtra ? [] : indexes.extra.flatMap((url) => ["--index", url]),
		...indexes.findLinks.flatMap((url) => ["--find-links", url]),
		...indexes.trustedHosts.flatMap((host) => ["--allow-insecure-host", host]),
		...indexes.noIndex ? ["--no-index"] : []
	];
}
/** uv trusts the machine's own authorities, as pip does: an index behind a company's proxy is signed by one of those. */
const systemCertificates = { UV_SYSTEM_CERTS: "true" };
/** The environment uv runs in: no surprise downloads, plain output, pip's certificate authorities. */
function uvEnvironment(indexes, env) {
	return {
		...env,
		UV_PYTHON_DOWNLOADS: "never",
		...systemCertificates,
		UV_NO_PROGRESS: "1",
		NO_COLOR: "1",
		...indexes.cert && !env["SSL_CERT_FILE"] ? { SSL_CERT_FILE: indexes.cert } : {}
	};
}
function pipConfigFiles(env) {
	const home = env["HOME"];
	const own = env["PIP_CONFIG_FILE"];
	if (own === "/dev/null") return [];
	return [
		"/etc/xdg/pip/pip.conf",
		"/etc/pip.conf",
		...home ? [join(home, ".pip/pip.conf"), join(env["XDG_CONFIG_HOME"] ?? join(home, ".config"), "pip/pip.conf")] : [],
		...env["VIRTUAL_ENV"] ? [join(env["VIRTUAL_ENV"], "pip.conf")] : [],
		...own ? [own] : []
	];
}
function optionsFromEnvironment(env) {
	const pairs = Object.entries(env).flatMap(([name, value]) => name.startsWith("PIP_") && value ? [[name.slice(4).toLowerCase().replaceAll("_", "-"), value]] : []);
	return new Map(pairs);
}
function words$1(text) {
	return (text ?? "").split(/\s+/).filter((word) => word !== "");
}

// src/bundle/interpreters.ts
/** Path of a Python `minor` that runs here: what uv sees, then GitHub's tool cache (where uv does not look), then pyenv's versions. */
async function findPython(minor, tools, indexes, context) {
	const found = await context.run(tools.uv, [
		"python",
		"find",
		minor
	], {
		env: uvEnvironment(indexes, context.env),
		cwd: context.tempDir
	});
	const candidates = [
		...found.code === 0 ? [found.stdout.trim()] : [],
		...await matches$1(context.env["RUNNER_TOOL_CACHE"], `Python/${minor}.*/*/bin/python`),
		...await matches$1(context.env["PYENV_ROOT"], `versions/${minor}.*/bin/python`)
	];
	for (const candidate of candidates) {
		const asked = await context.run(candidate, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
			cwd: context.tempDir,
			env: context.env
		});
		if (asked.code === 0 && asked.stdout.trim() === minor) return candidate;
	}
}
/** Asks uv to fetch its own build of Python `minor`; undefined where the runner cannot reach it. */
async function installPython(minor, tools, indexes, context) {
	context.log(`Fetching Python ${minor} for the runner, to compile with`);
	const env = {
		...uvEnvironment(indexes, context.env),
		UV_PYTHON_DOWNLOADS: "manual",
		UV_HTTP_RETRIES: "1"
	};
	return (await context.run(tools.uv, [
		"python",
		"install",
		"--no-bin",
		minor
	], {
		env,
		cwd: context.tempDir
	})).code === 0 ? findPython(minor, tools, indexes, context) : void 0;
}
async function matches$1(root, pattern) {
	return root ? (await Array.fromAsync(glob(pattern, { cwd: root }))).toSorted().map((path) => join(root, path)) : [];
}

// src/bundle/toolchain.ts
const uvVersion = "0.13.9";
const uvReleases = {
	x86_64: {
		wheel: "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
		binary: "b73acdf73b96c3ac9e56d2fa933427b3ee6a901e3cce6ba1e3ecb3f91ca0d86a"
	},
	aarch64: {
		wheel: "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
		binary: "bbecb5ac518030bb5e84f1999c577228460192832ac24a92bd772735682979f4"
	}
};
const pipRequirements = ["pip==26.3; python_version >= '3.10'", "pip==25.0.1; python_version < '3.10'"];
/** uv and pip for the runner itself: uv from PATH where it is the pinned version, else from the package index. Throws `bundle-tools`. */
async function toolchain(context) {
	await mkdir(context.tempDir, { recursive: true });
	const found = await context.run("uv", ["--version"], {
		cwd: context.tempDir,
		env: context.env
	});
	const uv = found.code === 0 && found.stdout.split(" ")[1]?.trim() === "0.13.9" ? "uv" : (await fetchUv(runnerMachine(), ["-m", "pip"], context)).path;
	return {
		uv,
		pip: await installPip(uv, context)
	};
}
/** The uv program for a node's machine, checked against its pinned digest; fetched once and then kept in `cacheDir`. Throws `bundle-tools`. */
async function uvWheel(machine, context) {
	const kept = await keptUv(machine, context);
	if (kept) return kept;
	const directory = uvDirectory(machine, context);
	const key = `woven-uv-${uvVersion}-${machine}`;
	if (await context.cache?.restore(key, directory) === "hit") {
		const restored = await keptUv(machine, context);
		if (restored) return restored;
	}
	const { pip } = await toolchain(context);
	const fetched = await keptUv(machine, context) ?? await fetchUv(machine, [pip], context);
	await context.cache?.save(key, directory);
	return fetched;
}
function uvDirectory(machine, context) {
	return join(context.cacheDir, "tools", `uv-${uvVersion}-${machine}`);
}
async function keptUv(machine, context) {
	const path = join(uvDirectory(machine, context), "uv");
	const bytes = await readFile(path).catch(() => void 0);
	if (!bytes) return void 0;
	const sha256 = createHash("sha256").update(bytes).digest("hex");
	if (sha256 === uvReleases[machine]?.binary) return {
		version: uvVersion,
		path,
		sha256,
		bytes: bytes.length
	};
	context.log(`The kept uv for ${machine} is not the one that was released: fetching it anew.`);
	await rm(uvDirectory(machine, context), {
		recursive: true,
		force: true
	});
}
async function fetchUv(machine, pip, context) {
	const kept = await keptUv(machine, context);
	if (kept) return kept;
	const release = uvReleases[machine];
	if (!release) throw toolError(`Woven has no uv for ${machine} machines`, `Put uv ${uvVersion} on the runner's PATH, or use an x86_64 or aarch64 machine.`);
	context.log(`Fetching uv ${uvVersion} for ${machine} from the package index`);
	const scratch = await mkdtemp(join(context.tempDir, "uv-"));
	try {
		await writeFile(join(scratch, "uv.txt"), `uv==${uvVersion} --hash=sha256:${release.wheel}\n`);
		const download = [
			"download",
			"--quiet",
			"--no-deps",
			"--no-cache-dir",
			"--only-binary=:all:",
			"--require-hashes",
			"--platform",
			`manylinux2014_${machine}`,
			"-d",
			scratch,
			"-r",
			join(scratch, "uv.txt")
		];
		await mustRun("python3", [...pip, ...download], context);
		const wheel = (await readdir(scratch)).find((file) => file.endsWith(".whl")) ?? "";
		await mustRun("python3", [
			"-m",
			"zipfile",
			"-e",
			join(scratch, wheel),
			join(scratch, "out")
		], context);
		const staged = join(scratch, "staged");
		await mkdir(staged);
		await rename(join(scratch, "out", `uv-${uvVersion}.data/scripts/uv`), join(staged, "uv"));
		await chmod(join(staged, "uv"), 493);
		await moveInto(staged, uvDirectory(machine, context));
	} finally {
		await rm(scratch, {
			recursive: true,
			force: true
		});
	}
	const fetched = await keptUv(machine, context);
	if (!fetched) throw toolError(`The uv in its released wheel is not the program Woven knows`, "Please report this: the digests in Woven and the release disagree.");
	return fetched;
}
async function installPip(uv, context) {
	const asked = await context.run("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
		cwd: context.tempDir,
		env: context.env
	});
	if (asked.code !== 0) throw toolError("The runner has no python3", "Install Python on the runner (actions/setup-python does).", asked.stderr);
	const directory = join(context.cacheDir, "tools", `pip-26.3-py${asked.stdout.trim()}`);
	const pip = join(directory, "pip");
	if (await isThere(join(pip, "__main__.py"))) return pip;
	const scratch = await mkdtemp(join(context.tempDir, "pip-"));
	try {
		await mustRun(uv, [
			"pip",
			"install",
			"--quiet",
			"--no-progress",
			"--python",
			"python3",
			"--target",
			join(scratch, "staged"),
			...pipRequirements
		], context);
		await moveInto(join(scratch, "staged"), directory);
	} finally {
		await rm(scratch, {
			recursive: true,
			force: true
		});
	}
	return pip;
}
async function isThere(path) {
	return access(path).then(() => true, () => false);
}
/** Two runs may fetch at once: the first to arrive wins, the other's copy is the same. */
async function moveInto(staged, directory) {
	await mkdir(join(directory, ".."), { recursive: true });
	const beside = `${directory}.${randomUUID()}`;
	await cp(staged, beside, { recursive: true });
	await rename(beside, directory).catch(() => rm(beside, {
		recursive: true,
		force: true
	}));
}
async function mustRun(command, args, context) {
	const result = await context.run(command, args, {
		env: {
			...context.env,
			...systemCertificates
		},
		cwd: context.tempDir
	});
	if (result.code === 0) return;
	throw toolError(`The tools that build the wheels could not be installed on the runner (uv ${uvVersion} and pip, from the package index)`, `Put uv ${uvVersion} on the runner's PATH (the action astral-sh/setup-uv does), or let the runner reach its package index: see PIP_INDEX_URL, proxy settings and pip.conf.`, `${result.stdout}${result.stderr}`);
}
function runnerMachine() {
	return machine() === "arm64" ? "aarch64" : machine();
}
function toolError(message, next, output) {
	return new WovenError({
		code: "bundle-tools",
		message,
		next,
		output
	});
}

// src/bundle/key.ts
/** Raised when the same inputs would now make another bundle. */
const recipe = 1;
const leftovers = /* @__PURE__ */ new Set([
	".git",
	".hg",
	".venv",
	"venv",
	"node_modules",
	"__pycache__",
	"build",
	"dist",
	".tox",
	".mypy_cache",
	".ruff_cache",
	".pytest_cache"
]);
const resolvingVariables = /^(UV_(DEFAULT_INDEX|INDEX.*|EXTRA_INDEX_URL|FIND_LINKS|CONSTRAINT|OVERRIDE|PRERELEASE|RESOLUTION|EXCLUDE_NEWER|NO_BINARY|NO_BUILD|BUILD_CONSTRAINT)|PIP_(CONSTRAINT|BUILD_CONSTRAINT|PRE|NO_BINARY))$/;
/** `woven-bundle-v1-cp313-x86_64-glibc2.41-<sha256>`. Asks the network only for the commit of a git branch that a requirement names. */
async function bundleKey(input, context) {
	const { python, requirements } = input;
	const base = requirements.kind === "lock" ? dirname(resolve(input.workingDirectory, requirements.path)) : input.workingDirectory;
	const hash = createHash("sha256");
	const add = (what, value) => hash.update(`${what}\0${JSON.stringify(value)}\n`);
	add("recipe", [recipe, uvVersion]);
	add("python", [
		python.implementation,
		minorOf(python.version),
		python.machine,
		python.glibc
	]);
	add("requirements", requirements.kind === "lock" ? [requirements.format] : requirements);
	for (const file of input.text.files) add(`file ${requirements.kind === "lock" ? "" : file.path}`, keyedContent(file.path, file.content));
	add("indexes", [
		input.indexes.index,
		input.indexes.extra,
		input.indexes.findLinks,
		input.indexes.noIndex
	].flat().map(withoutLogin));
	add("environment", Object.entries(context.env).filter(([name, value]) => value && resolvingVariables.test(name)).toSorted().map(([name, value]) => [name, withoutLogin(value)]));
	add("uv", await uvConfiguration(input.workingDirectory));
	for (const path of localPaths(input.text)) add(`local ${path}`, await localDigest(resolve(base, path)));
	for (const branch of gitBranches(input.text.lines)) add(`git ${branch.url} ${branch.ref}`, await commitOf(branch, context));
	return `woven-bundle-v${recipe}-cp${minorOf(python.version).replace(".", "")}-${python.machine}-glibc${python.glibc}-${hash.digest("hex").slice(0, 32)}`;
}
/** A project's own version stands in its uv.lock: a release must not cost it its bundle. */
function keyedContent(path, content) {
	if (!path.endsWith("uv.lock")) return content;
	const lock = parse$1(content);
	const packages = (lock.package ?? []).map((entry) => (entry.source?.["virtual"] ?? entry.source?.["editable"]) === "." ? {
		...entry,
		version: void 0
	} : entry);
	return {
		...lock,
		package: packages
	};
}
/** `[tool.uv]` and uv.toml steer uv's resolver from beside the requirements. */
async function uvConfiguration(directory) {
	const [own, project] = await Promise.all(["uv.toml", "pyproject.toml"].map((file) => readFile(join(directory, file), "utf8").catch(() => "")));
	return [own, (project ? parse$1(project) : {}).tool?.uv];
}
function localPaths(text) {
	const fromLines = text.lines.flatMap((line) => localPathOf(line.text) ?? []);
	const fromLock = text.files.filter((file) => file.path.endsWith("uv.lock")).flatMap((file) => [...file.content.matchAll(/source = \{ (?:directory|editable|path) = "([^"]+)"/g)].flatMap((match) => match[1] && match[1] !== "." ? [match[1]] : []));
	return [.../* @__PURE__ */ new Set([...fromLines, ...fromLock])].toSorted();
}
/** sha256 over the names and contents of a folder, or the content of a file; `missing` where there is none: the resolver will say so better. */
async function localDigest(path) {
	const found = await stat(path).catch(() => void 0);
	if (!found) return "missing";
	const hash = createHash("sha256");
	if (found.isFile()) return hash.update(await readFile(path)).digest("hex");
	for (const file of await filesUnder(path)) hash.update(`${file}\0`).update(await readFile(join(path, file)));
	return hash.digest("hex");
}
async function filesUnder(root, below = "") {
	const kept = (await readdir(join(root, below), { withFileTypes: true })).filter((entry) => !leftovers.has(entry.name) && !/\.(egg-info|pyc)$/.test(entry.name));
	return (await Promise.all(kept.map((entry) => {
		const path = join(below, entry.name);
		return entry.isDirectory() ? filesUnder(root, path) : Promise.resolve(entry.isFile() ? [path] : []);
	}))).flat().toSorted();
}
/** The git repositories that requirements name by a branch or a tag, or not at all; a full commit is its own content. */
function gitBranches(lines) {
	return lines.flatMap((line) => {
		const target = /\bgit\+([^\s#;]+)/.exec(line.text)?.[1];
		const [, url, ref = "HEAD"] = /^([a-z]+:\/\/[^/]*\/[^@]*)(?:@(.+))?$/.exec(target ?? "") ?? [];
		return url && !/^[0-9a-f]{40}$/.test(ref) ? [{
			url,
			ref
		}] : [];
	});
}
/** The commit a branch stands at now; its name alone where the server does not answer: the build then says why. */
async function commitOf(branch, context) {
	const listed = await context.run("git", [
		"ls-remote",
		"--",
		branch.url,
		branch.ref
	], {
		cwd: context.tempDir,
		env: {
			...context.env,
			GIT_TERMINAL_PROMPT: "0"
		}
	});
	return listed.code === 0 ? listed.stdout : "unknown";
}
/** A token in an index URL may change from run to run; what the index holds does not. */
function withoutLogin(value) {
	return typeof value === "string" ? value.replaceAll(/\/\/[^\s/@]+@/g, "//") : value;
}

// src/bundle/lock-lines.ts
const Hashes = object({ sha256: optional(string()) });
const Artifact = object({
	url: optional(string()),
	path: optional(string()),
	hashes: Hashes
});
const Vcs = object({
	type: string(),
	url: optional(string()),
	path: optional(string()),
	"commit-id": string(),
	subdirectory: optional(string())
});
const Directory = object({
	path: string(),
	editable: optional(boolean()),
	subdirectory: optional(string())
});
const PylockPackage = object({
	name: string(),
	version: optional(string()),
	marker: optional(string()),
	vcs: optional(Vcs),
	directory: optional(Directory),
	archive: optional(object({
		...Artifact.entries,
		subdirectory: optional(string())
	})),
	sdist: optional(Artifact),
	wheels: optional(array(Artifact), [])
});
const Pylock = object({
	"lock-version": string(),
	"default-groups": optional(array(string()), []),
	packages: optional(array(PylockPackage), [])
});
const PoetryLock = object({
	metadata: object({ "lock-version": string() }),
	package: optional(array(object({
		name: string(),
		version: string(),
		optional: optional(boolean(), false),
		groups: optional(array(string())),
		markers: optional(union([string(), record(string(), string())])),
		files: optional(array(object({ hash: string() })), []),
		source: optional(object({
			type: string(),
			url: string(),
			resolved_reference: optional(string()),
			subdirectory: optional(string())
		}))
	})), [])
});
const PdmLock = object({ package: optional(array(object({
	name: string(),
	version: string(),
	extras: optional(array(string())),
	groups: optional(array(string())),
	marker: optional(string()),
	path: optional(string()),
	git: optional(string()),
	revision: optional(string()),
	url: optional(string()),
	files: optional(array(object({ hash: string() })), [])
})), []) });
/** Requirement lines of a lock file's text, for its default groups. Throws `lock-format` where the text is not such a lock, or too old a form of it. */
function lockLines(format, content, file) {
	switch (format) {
		case "pylock": {
			const lock = read$1(Pylock, content, file);
			return lock.packages.map((entry) => withMarker(pylockLine(entry), groupMarker(entry.marker, lock["default-groups"])));
		}
		case "poetry": return poetryLines(read$1(PoetryLock, content, file), file);
		case "pdm": return read$1(PdmLock, content, file).package.filter((entry) => !entry.extras?.length && (entry.groups ?? ["default"]).includes("default")).map((entry) => withMarker(`${pdmTarget(entry)}${hashOptions(entry.files)}`, entry.marker));
	}
}
/** The packages of a pylock.toml. Throws `lock-format`. */
function readPylock(content, file) {
	return read$1(Pylock, content, file).packages;
}
function pylockLine(entry) {
	const { name, version, vcs, directory, archive } = entry;
	if (vcs) return `${name} @ ${vcs.type}+${vcs.url ?? `file://${vcs.path ?? ""}`}@${vcs["commit-id"]}${subdirectory(vcs.subdirectory)}`;
	if (directory) return `./${directory.path}`.replace(/^\.\/(?=\.{0,2}\/)/, "");
	if (archive) return `${name} @ ${archive.url ?? archive.path ?? ""}${subdirectory(archive.subdirectory)}${hashes([archive.hashes.sha256])}`;
	return `${name}==${version ?? ""}${hashes([entry.sdist, ...entry.wheels].map((artifact) => artifact?.hashes.sha256))}`;
}
function poetryLines(lock, file) {
	const wanted = lock.package.filter((entry) => !entry.optional && (entry.groups ?? []).includes("main"));
	if (lock.package.length > 0 && lock.package.every((entry) => entry.groups === void 0)) throw new WovenError({
		code: "lock-format",
		message: `${file} (lock version ${lock.metadata["lock-version"]}) does not say which packages belong to production`,
		next: "Run `poetry lock` with Poetry 2.0 or later, which writes the groups, and commit the file; or `poetry export -o requirements.txt` and name that file in the `requirements` setting.",
		file
	});
	return wanted.map((entry) => {
		const marker = typeof entry.markers === "string" ? entry.markers : entry.markers?.["main"];
		const { source } = entry;
		switch (source?.type) {
			case "git": return withMarker(`${entry.name} @ git+${source.url}@${source.resolved_reference ?? "HEAD"}${subdirectory(source.subdirectory)}`, marker);
			case "directory":
			case "file": return withMarker(source.url.startsWith("/") ? source.url : `./${source.url}`, marker);
			case "url": return withMarker(`${entry.name} @ ${source.url}${hashOptions(entry.files)}`, marker);
			default: return withMarker(`${entry.name}==${entry.version}${hashOptions(entry.files)}`, marker);
		}
	});
}
function pdmTarget(entry) {
	if (entry.path) return entry.path;
	if (entry.git) return `${entry.name} @ git+${entry.git}@${entry.revision ?? "HEAD"}`;
	return entry.url ? `${entry.name} @ ${entry.url}` : `${entry.name}==${entry.version}`;
}
/** A marker goes before the options of a line, and after a blank where a URL ends. */
function withMarker(line, marker) {
	if (!marker) return line;
	const [target = "", ...options] = line.split(" --hash=");
	return [`${target} ; ${marker}`, ...options].join(" --hash=");
}
/** uv knows no groups and extras in a marker: what a plain install makes of them is put in their place. */
function groupMarker(marker, defaultGroups) {
	return marker?.replaceAll(/(['"])([^'"]+)\1\s+(not\s+)?in\s+(extras|dependency_groups)/g, (_, __, name, not, kind) => {
		return (kind === "dependency_groups" && defaultGroups.includes(name)) === (not === void 0) ? "python_version >= '3'" : "python_version < '3'";
	});
}
function hashOptions(files) {
	return hashes(files.map((entry) => entry.hash.startsWith("sha256:") ? entry.hash.slice(7) : void 0));
}
function hashes(digests) {
	return digests.flatMap((digest) => digest ? [` --hash=sha256:${digest}`] : []).join("");
}
function subdirectory(path) {
	return path ? `#subdirectory=${path}` : "";
}
function read$1(schema, content, file) {
	try {
		return parse$6(schema, parse$1(content));
	} catch (cause) {
		throw new WovenError({
			code: "lock-format",
			message: `${file} cannot be read as a lock file: ${cause instanceof Error ? cause.message : String(cause)}`,
			next: "Make the lock file anew with the tool it belongs to, and commit it.",
			file,
			cause
		});
	}
}

// src/bundle/resolve.ts
const uvPlatforms = [
	40,
	39,
	38,
	37,
	36,
	35,
	34,
	33,
	32,
	31,
	28,
	17
];
/** Reads all text that the resolution hangs on; for locks and lists the lines are made from them. Throws `requirement-file`, `lock-format`. */
async function readRequirements(requirements, workingDirectory) {
	switch (requirements.kind) {
		case "files": return readRequirementFiles(requirements.paths, workingDirectory);
		case "lock": {
			const { files } = await readRequirementFiles([requirements.path], workingDirectory);
			const content = files[0]?.content ?? "";
			if (requirements.format === "uv") return {
				files,
				lines: []
			};
			return {
				files,
				lines: lockLines(requirements.format, content, requirements.path).map((line) => parseRequirement(line, {
					file: requirements.path,
					line: lineIn(content, line),
					kind: "requirement"
				}))
			};
		}
		case "project": {
			const content = await readFile(join(workingDirectory, "pyproject.toml"), "utf8").catch(() => "");
			return {
				files: [],
				lines: requirements.dependencies.map((text) => parseRequirement(text, {
					file: "pyproject.toml",
					line: lineIn(content, text),
					kind: "requirement"
				}))
			};
		}
	}
}
/** Resolves. Throws `requirement-*`, `build-failed`, `index-unreachable`, `hash-mismatch`. */
async function resolve$1(resolution, tools, context) {
	const { requirements, workingDirectory, python, indexes } = resolution;
	const locked = requirements.kind === "lock" ? await lockedText(resolution, tools, context) : void 0;
	const lines = locked === void 0 || resolution.text.lines.length > 0 ? resolution.text.lines : parseRequirementFile(locked, requirementsName(requirements), "requirement").lines;
	const sources = await sourcesOf(requirements, workingDirectory);
	const input = locked ?? (requirements.kind === "project" ? requirements.dependencies.join("\n") : "");
	const result = await context.run(tools.uv, [
		...[
			"pip",
			"compile",
			...sources,
			"--quiet",
			"--format",
			"pylock.toml",
			"--no-header",
			"--no-annotate"
		],
		...[
			"--python-version",
			python.version.replace(/\+$/, ""),
			"--python-platform",
			uvPlatform(python)
		],
		...resolution.interpreter ? ["--python", resolution.interpreter] : [],
		...locked === void 0 ? [] : ["--no-deps"],
		...uvIndexArguments(indexes, context.env)
	], {
		cwd: lockDirectory(requirements, workingDirectory),
		env: uvEnvironment(indexes, context.env),
		input: sources[0] === "-" ? input : ""
	});
	if (result.code !== 0) throw resolveError({
		output: result.stderr,
		lines,
		python,
		requirements
	});
	const base = lockDirectory(requirements, workingDirectory);
	return readPylock(result.stdout, "uv's result").map((entry) => pinOf(entry, {
		base,
		lines
	}));
}
/** The nearest platform uv knows that is no newer than the node. */
function uvPlatform(python) {
	const minor = uvPlatforms.find((known) => known <= glibcMinor(python.glibc)) ?? 17;
	return `${python.machine}-manylinux_2_${minor}`;
}
async function lockedText(resolution, tools, context) {
	const { requirements, text, workingDirectory, python } = resolution;
	if (requirements.kind !== "lock" || requirements.format !== "uv") return text.lines.map((line) => [line.text, ...line.hashes.map((hash) => `--hash=sha256:${hash}`)].join(" ")).join("\n");
	const cwd = lockDirectory(requirements, workingDirectory);
	const result = await context.run(tools.uv, [
		"export",
		"--quiet",
		"--frozen",
		"--no-dev",
		"--no-emit-project",
		"--no-header",
		"--no-annotate",
		"--format",
		"requirements-txt"
	], {
		cwd,
		env: uvEnvironment(resolution.indexes, context.env)
	});
	if (result.code !== 0) throw resolveError({
		output: result.stderr,
		lines: [],
		python,
		requirements
	});
	return result.stdout;
}
/** Relative paths in a lock count from the folder it lies in; in all else from the working directory. */
function lockDirectory(requirements, workingDirectory) {
	return requirements.kind === "lock" ? dirname(join(workingDirectory, requirements.path)) : workingDirectory;
}
/** What uv reads: files, or `-` for text on its standard input. */
async function sourcesOf(requirements, workingDirectory) {
	if (requirements.kind === "files") return requirements.paths;
	if (requirements.kind === "lock") return ["-"];
	const content = await readFile(join(workingDirectory, "pyproject.toml"), "utf8").catch(() => "");
	return /^\s*\[tool\.uv\.sources/m.test(content) ? ["pyproject.toml"] : ["-"];
}
function requirementsName(requirements) {
	return requirements.kind === "lock" ? requirements.path : "requirements";
}
function lineIn(content, text) {
	const name = /^[\w.-]+/.exec(text)?.[0] ?? text;
	const lines = content.split("\n");
	const at = lines.findIndex((line) => line.includes(`"${text}"`) || line.includes(`'${text}'`));
	return Math.max(at, 0) + 1 > 1 || at === 0 ? at + 1 : lines.findIndex((line) => line.includes(name)) + 1 || 1;
}

// src/bundle/bundle.ts
/**
* The bundle of these requirements: a kept one where the key is known (then without network), else built.
* Throws WovenError with code `requirement-*`, `lock-format`, `index-unreachable`, `build-failed`, `wheel-misfit`, `hash-mismatch`, `bundle-tools`.
*/
async function buildBundle(options) {
	try {
		return await keptOrMade(options);
	} catch (error) {
		throw error instanceof WovenError ? fromRepository(error, options) : error;
	}
}
/** Errors name files from the repository's root; in here they count from the working directory. */
function fromRepository(error, { workingDirectory, repository = workingDirectory }) {
	const { file } = error.details;
	return file === void 0 ? error : new WovenError({
		...error.details,
		file: relative(repository, resolve(workingDirectory, file))
	});
}
async function keptOrMade(options) {
	const started = performance.now();
	const { requirements, workingDirectory, python, context } = options;
	const text = await readRequirements(requirements, workingDirectory);
	const indexes = await readIndexes(context.env);
	const key = await bundleKey({
		requirements,
		workingDirectory,
		python,
		text,
		indexes
	}, context);
	const directory = join(context.cacheDir, "bundles", key);
	const job = {
		...options,
		key,
		text,
		indexes
	};
	const kept = options.reuse === "fresh" ? void 0 : await keptBundle(job, directory);
	const manifest = kept ?? await madeBundle(job, directory);
	await keepNewest(directory);
	if (!kept) await context.cache?.save(key, directory);
	const bytes = manifest.wheels.reduce((sum, wheel) => sum + wheel.bytes, 0);
	return {
		key,
		directory,
		wheels: manifest.wheels,
		packages: manifest.packages,
		cacheHit: kept !== void 0,
		bytes,
		seconds: (performance.now() - started) / 1e3
	};
}
/** From this machine's disk, else from the cache between runs; what fails its check is thrown away. */
async function keptBundle(job, directory) {
	const { context, key } = job;
	for (const from of ["disk", "cache"]) {
		if (from === "cache" && await context.cache?.restore(key, directory) !== "hit") continue;
		const opened = await openBundle(directory, key);
		const refused = opened && ("refused" in opened ? opened.refused : forbiddenWheel(opened.manifest, job.text));
		if (opened && "manifest" in opened && !refused) return opened.manifest;
		if (refused) context.log(`The kept bundle is not used, and made anew: ${refused}.`);
		await rm(directory, {
			recursive: true,
			force: true
		});
	}
}
/** Hashes that the user wrote bind a kept bundle as well as a new one: a cache is not a place to trust. */
function forbiddenWheel(manifest, text) {
	const allowed = allowedHashes(text.lines);
	const bad = manifest.wheels.find((wheel) => {
		const hashes = allowed.get(parseWheelName(wheel.file)?.name ?? "");
		return hashes !== void 0 && !hashes.has(wheel.sha256) && !manifest.built.includes(wheel.file);
	});
	return bad && `${bad.file} has none of the hashes that the requirements allow`;
}
async function madeBundle(job, directory) {
	const { context, python, key } = job;
	await Promise.all([mkdir(context.tempDir, { recursive: true }), mkdir(join(directory, ".."), { recursive: true })]);
	const scratch = await mkdtemp(join(context.tempDir, "bundle-"));
	const staged = await mkdtemp(`${directory}.`);
	try {
		await mkdir(join(staged, "wheels"));
		const tools = await toolchain(context);
		const interpreter = await findPython(minorOf(python.version), tools, job.indexes, context);
		const pins = await resolve$1({
			...job,
			interpreter
		}, tools, context);
		context.log(`Resolved ${pins.length} packages for Python ${minorOf(python.version)} on ${python.machine}, glibc ${python.glibc}`);
		const place = {
			python,
			indexes: job.indexes,
			directory: join(staged, "wheels"),
			scratch,
			lines: job.text.lines
		};
		await downloadWheels({
			...place,
			pins: pins.flatMap((pin) => pin.kind === "wheel" ? [pin] : [])
		}, tools, context);
		const built = await buildAll(pins.filter((pin) => pin.kind !== "wheel"), {
			...place,
			interpreter
		}, tools, context);
		const manifest = await sealBundle(staged, {
			key,
			python,
			built
		});
		requireAll(pins, manifest);
		await rm(directory, {
			recursive: true,
			force: true
		});
		await rename(staged, directory);
		return manifest;
	} finally {
		const tidying = {
			recursive: true,
			force: true,
			maxRetries: 5
		};
		await Promise.all([rm(scratch, tidying), rm(staged, tidying)]);
	}
}
/** Builds one after the other, and tells the files. The node's Python is fetched for the runner only when something compiled asks for it. */
async function buildAll(pins, place, tools, context) {
	const files = [];
	let { interpreter } = place;
	for (const pin of pins) {
		const first = await buildWheel({
			...place,
			pin,
			interpreter
		}, tools, context);
		if (first.kind === "built") {
			files.push(first.file);
			continue;
		}
		interpreter = await installPython(minorOf(place.python.version), tools, place.indexes, context);
		if (!interpreter) throw noInterpreterError(pin, place, first.output);
		const second = await buildWheel({
			...place,
			pin,
			interpreter
		}, tools, context);
		if (second.kind === "built") files.push(second.file);
	}
	return files;
}
function requireAll(pins, manifest) {
	const have = new Set(manifest.packages.map((entry) => entry.name));
	const missing = pins.filter((pin) => !have.has(normaliseName(pin.name))).map((pin) => pin.name);
	if (missing.length > 0) throw new WovenError({
		code: "download-failed",
		message: `The bundle lacks the wheels of ${missing.join(", ")}`,
		next: "This is a fault in Woven: please report it with the requirements."
	});
}

// src/commands/bundle.ts
/** Builds, or finds in the cache, the bundle for every kind of node that the role holds. Changes nothing on a node. */
async function bundle(settings, runtime) {
	await using nodes = fleet(settings, runtime);
	const bundles = bundler(settings, runtime);
	await nodes.phase(async (node) => {
		const facts = await readFacts(node.host);
		await bundles.for(facts, node.host.name);
	});
	return runReport(nodes, settings, runtime, await bundles.first());
}
/** Makes one bundle for each Python that the nodes have, however many nodes share it. */
function bundler(settings, runtime) {
	const made = /* @__PURE__ */ new Map();
	return {
		for(facts, node) {
			const python = nodePython(facts, node);
			const kind = JSON.stringify(python);
			const known = made.get(kind) ?? build(settings, python, runtime);
			made.set(kind, known);
			return known;
		},
		/** The uv that a node of this kind needs, as a file to send. */
		async uv(facts) {
			if (facts.uv === "0.13.9") return { version: uvVersion };
			const { version, path, bytes } = await uvWheel(facts.machine, buildContext(runtime));
			return {
				version,
				binary: {
					bytes,
					open: () => createReadStream(path)
				}
			};
		},
		/** The first that was made, for the report; undefined where none could be. */
		async first() {
			const [first] = made.values();
			return await first?.catch(() => void 0);
		}
	};
}
function buildContext(runtime) {
	return {
		run: runtime.run,
		log: (line) => runtime.log.info(line),
		env: runtime.env,
		tempDir: runtime.tempDir,
		cacheDir: runtime.cacheDir,
		cache: runtime.cache
	};
}
/** The distribution of the settings; commands that read the project cannot go on without. */
function distributionOf(settings) {
	if (settings.distribution) return settings.distribution;
	throw new WovenError({
		code: "no-project",
		message: "no Django project was found here",
		next: "Run this in the project's folder, or set working-directory."
	});
}
async function build(settings, python, runtime) {
	const { requirements, requiresPython } = distributionOf(settings);
	const text = await readRequirements(requirements.value, settings.workingDirectory);
	const packages = pinnedPackages(requirements.value, text);
	const misfit = checkPython({
		packages,
		requiresPython,
		python,
		lines: text.lines
	});
	if (misfit) throw new SettingsError([misfit]);
	const doubt = doubtPython({
		packages,
		python,
		lines: text.lines
	});
	if (doubt) warn(runtime, doubt);
	return await runtime.log.group(`Bundle for Python ${python.version} on ${python.machine}`, () => buildBundle({
		requirements: requirements.value,
		workingDirectory: settings.workingDirectory,
		python,
		reuse: settings.cache ? "kept" : "fresh",
		context: buildContext(runtime)
	}));
}
function warn({ log }, { what, next = "", file, line }) {
	const place = {
		...file === void 0 ? {} : { file },
		...line === void 0 ? {} : { line }
	};
	log.warning(`${what}. ${next}`, place);
}
function nodePython(facts, node) {
	if (!facts.python) throw new WovenError({
		code: "no-python",
		message: `${node} has no /usr/bin/python3`,
		next: "Run setupnode, which installs it.",
		node
	});
	return {
		version: facts.python,
		implementation: "cp",
		machine: facts.machine,
		glibc: facts.glibc
	};
}

// src/release/file-set.ts
/** Never part of a release, whatever else is said. */
const never$1 = [
	".git",
	".git/**",
	".github/**",
	"**/__pycache__/**",
	"**/*.pyc",
	"node_modules/**",
	".venv/**",
	"venv/**",
	"db.sqlite3"
];
/**
* The files of a release, sorted by path. Throws where a file cannot be part of one: a link that leads outside, a
* name with a line break.
*/
async function fileSet(options) {
	const { workingDirectory, include, exclude } = options;
	const tracked = await trackedFiles(workingDirectory, options.run);
	const included = (await Promise.all(include.map((pattern) => includedFiles(workingDirectory, pattern)))).flat();
	return await describeAll(workingDirectory, [...new Set([...tracked, ...included].map((path) => normalize(path)))].filter((path) => ![...never$1, ...exclude].some((pattern) => matches(path, pattern))).sort());
}
/** SHA-256, hex, over the paths, kinds and hashes of the files: equal exactly when the trees are. */
function treeDigest(files) {
	const hash = createHash("sha256");
	for (const { path, kind, sha256 } of files.toSorted((one, other) => one.path < other.path ? -1 : 1)) hash.update(`${kind} ${sha256} ${path}\0`);
	return hash.digest("hex");
}
async function trackedFiles(workingDirectory, run) {
	const listed = await run("git", [
		"ls-files",
		"-z",
		"--cached",
		"--recurse-submodules",
		"--",
		"."
	], { cwd: workingDirectory });
	const files = listed.code === 0 ? listed.stdout.split("\0").filter(Boolean) : [];
	if (files.length > 0) return files;
	if (listed.code !== 0 && inRepository(workingDirectory)) throw unlisted(workingDirectory, listed.stderr);
	return await Array.fromAsync(walk(workingDirectory, ".", (path) => basename(path).startsWith(".")));
}
function inRepository(folder) {
	return existsSync(join(folder, ".git")) || dirname(folder) !== folder && inRepository(dirname(folder));
}
function unlisted(folder, said) {
	return new WovenError({
		code: "git",
		message: `git did not list the files of ${folder}: ${said.trim().split("\n")[0]}`,
		next: "Woven deploys what git tracks. In a container job, git may need: git config --global --add safe.directory '*'",
		output: said
	});
}
/** A pattern, a file or a folder, from the working directory. */
async function includedFiles(workingDirectory, pattern) {
	const plain = unrooted(pattern);
	const folders = plain.split("/");
	const magic = folders.findIndex((name) => /[*?[{]/.test(name));
	const within = (path) => globMatches(path, plain) || globMatches(path, `${plain}/**`);
	if (magic < 0 && !await isFolder(join(workingDirectory, plain))) return [plain];
	const start = magic < 0 ? plain : folders.slice(0, magic).join("/") || ".";
	return (await Array.fromAsync(walk(workingDirectory, start, () => false))).filter(within);
}
/** Files and links below `folder`, with paths from `root`; what is never part of a release is not looked into. */
async function* walk(root, folder, skip) {
	const entries = await isFolder(join(root, folder)) ? await readdir(join(root, folder), { withFileTypes: true }) : [];
	for (const entry of entries) {
		const path = join(folder, entry.name);
		if (skip(path) || never$1.some((pattern) => matches(path, pattern))) continue;
		if (entry.isDirectory()) yield* walk(root, path, skip);
		else yield path;
	}
}
async function isFolder(path) {
	return (await lstat(path).catch(() => void 0))?.isDirectory() ?? false;
}
function matches(path, pattern) {
	const plain = unrooted(pattern);
	return globMatches(path, plain) || globMatches(path, `${plain}/**`) || !plain.includes("/") && (globMatches(path, `**/${plain}`) || globMatches(path, `**/${plain}/**`));
}
function unrooted(pattern) {
	return pattern.replace(/^\.?\/+/, "").replace(/\/+$/, "");
}
/** A dot at the start of a name is a character as any other here: what is left out must not stay for being hidden. */
function globMatches(path, pattern) {
	const shown = (text) => text.replaceAll(/(^|[/{,])\./g, "$1.");
	return matchesGlob(shown(path), shown(pattern));
}
/** Several at a time, not all: each holds an open file. */
async function describeAll(folder, paths) {
	const files = [];
	for (let at = 0; at < paths.length; at += 32) {
		const some = await Promise.all(paths.slice(at, at + 32).map((path) => describe$1(folder, path)));
		files.push(...some.flat());
	}
	return files;
}
async function describe$1(folder, path) {
	const full = join(folder, path);
	const stat = await lstat(full).catch(() => void 0);
	if (!stat || stat.isDirectory()) return [];
	if (/[\n\r\\]/.test(path)) throw unfit(path, "its name holds a line break or a backslash");
	if (stat.isSymbolicLink()) {
		const target = await readlink(full);
		if (target.startsWith("/") || /^\.\.(\/|$)/.test(join(path, "..", target))) throw unfit(path, `it is a link that leads out of the project, to ${target}`);
		return [{
			path,
			kind: "symlink",
			sha256: hashText(target),
			bytes: 0,
			target
		}];
	}
	if (!stat.isFile()) return [];
	return [{
		path,
		kind: (stat.mode & 64) === 0 ? "file" : "executable",
		sha256: await hashFile(full),
		bytes: stat.size
	}];
}
function hashText(text) {
	return createHash("sha256").update(text).digest("hex");
}
async function hashFile(path) {
	const hash = createHash("sha256");
	await pipeline(createReadStream(path), hash);
	return hash.digest("hex");
}
function unfit(path, why) {
	return new WovenError({
		code: "unfit-file",
		message: `${JSON.stringify(path)} cannot be part of a release: ${why}`,
		next: `Rename or remove it, or leave it out: exclude = [${JSON.stringify(path)}]`,
		file: path
	});
}

// src/rollout/checkout-files.ts
async function checkoutFiles(settings, runtime) {
	const { workingDirectory, include, exclude } = settings;
	const found = await fileSet({
		workingDirectory,
		include,
		exclude,
		run: runtime.run
	});
	if (found.length === 0) throw new WovenError({
		code: "no-files",
		message: `there is nothing to deploy in ${workingDirectory}`,
		next: "Check out the repository first (actions/checkout), or set working-directory."
	});
	const files = found.map((file) => ({
		...file,
		path: `project/${file.path}`
	}));
	const inCheckout = (file) => join(workingDirectory, file.path.slice(8));
	return {
		files,
		source: inCheckout,
		async withBundle(bundle) {
			const lockPath = join(bundle.directory, "requirements.lock");
			const lock = {
				path: "dist/requirements.lock",
				kind: "file",
				sha256: await hashFile(lockPath),
				bytes: (await stat(lockPath)).size
			};
			return {
				files: [
					...bundle.wheels.map((wheel) => ({
						path: `dist/${wheel.file}`,
						kind: "file",
						sha256: wheel.sha256,
						bytes: wheel.bytes
					})),
					lock,
					...files
				],
				source: (file) => {
					if (file.path === lock.path) return lockPath;
					return file.path.startsWith("dist/") ? join(bundle.directory, "wheels", file.path.slice(5)) : inCheckout(file);
				}
			};
		}
	};
}

// src/settings/release-name.ts
/**
* The version made safe for a file name: letters, digits, `.`, `+` and `-` stay (a version starts with a letter or digit), any
* other character becomes `_` and two hexadecimal digits (`1!2.0` → `1_212.0`). Throws a RangeError on what is no version.
*/
function releaseName(version) {
	if (!fits("version", version)) throw new RangeError(`${JSON.stringify(version)} is not a version`);
	return version.replaceAll(/[^A-Za-z0-9.+-]/g, (character) => `_${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

// src/rollout/configuration-digest.ts
/** Over all that is generated; the record's salt keeps the secrets among it from being guessed. */
function configurationDigest(configured, salt) {
	return written(facets(configured, salt));
}
/** The digest of a release whose `parts` are brought up to date, and that is as it was in the others. */
function patchedConfiguration(before, configured, salt, parts) {
	const was = read(before);
	const now = facets(configured, salt);
	const settings = parts.includes("wsgi") ? {
		wsgi: now.wsgi,
		urls: now.urls
	} : {
		wsgi: was.wsgi,
		urls: was.urls
	};
	if (parts.includes("webconf")) return written({
		...settings,
		webconf: webconfDigest(configured.settings, salt, settings.urls)
	});
	return parts.includes("wsgi") ? written({
		...settings,
		webconf: was.webconf
	}) : before;
}
/** Whether the settings of the recorded release were generated from these. */
function hasSameSettings(before, configured, salt) {
	return read(before).wsgi === facets(configured, salt).wsgi;
}
function facets({ settings, distribution }, salt) {
	const { sites, env, secretEnv, python, staticUrl, mediaUrl, projectAppsPath } = settings;
	const secrets = Object.entries(secretEnv).map(([key, value]) => [key, value.reveal()]);
	const urls = digest([salt, {
		staticUrl,
		mediaUrl
	}]);
	return {
		wsgi: digest([
			salt,
			{
				sites,
				env: Object.entries(env).toSorted(),
				python,
				urls,
				projectAppsPath,
				module: distribution.settingsModule.value,
				root: distribution.sourceRoot.value,
				templates: ownTemplates(settings).filter(isOfSettings)
			},
			secrets.toSorted()
		]),
		urls,
		webconf: webconfDigest(settings, salt, urls)
	};
}
function webconfDigest(settings, salt, urls) {
	const { server, health } = settings;
	return digest([salt, {
		sites: settings.sites.map(({ id, domains }) => ({
			id,
			domains
		})),
		server,
		health,
		urls,
		templates: ownTemplates(settings).filter((one) => !isOfSettings(one))
	}]);
}
/** The project's own templates of what a release has, each with its content. */
function ownTemplates({ workingDirectory }) {
	const folder = join(workingDirectory, "templates/woven");
	if (!existsSync(folder)) return [];
	return readdirSync(folder, {
		recursive: true,
		withFileTypes: true
	}).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).map((path) => [relative(folder, path), digest(readFileSync(path, "utf8"))]).filter(([name]) => !name.startsWith("etc/")).toSorted(([one], [other]) => one < other ? -1 : 1);
}
function isOfSettings([name]) {
	return name.startsWith("release/") || name === "sitesettings.py";
}
function digest(value) {
	return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
function written({ wsgi, urls, webconf }) {
	return `${wsgi}.${urls}.${webconf}`;
}
function read(recorded) {
	const [wsgi = "", urls = "", webconf = ""] = recorded.split(".");
	return {
		wsgi,
		urls,
		webconf
	};
}

// src/rollout/variables.ts
/** Names of all that the settings give, in order. */
function variables({ env, secretEnv }) {
	return [.../* @__PURE__ */ new Set([...Object.keys(env), ...Object.keys(secretEnv)])].toSorted();
}
/** Warns of variables that the release that serves has, and the new one would not have. Once a run, however many nodes there are. */
function missingVariables(settings, { log }) {
	const told = /* @__PURE__ */ new Set();
	return (serving) => {
		const now = variables(settings);
		const lost = serving?.variables?.filter((name) => !now.includes(name)) ?? [];
		const what = `the environment has ${lost.join(", ")} no longer, which ${serving?.version} was given`;
		if (lost.length === 0 || told.has(what)) return;
		told.add(what);
		log.warning(`${what}. Where that is not meant: is the env input there, and is its secret's name right?`);
	};
}

// src/rollout/release-plan.ts
function planRelease(input, runtime) {
	const { settings, facts, base, files, version, name } = input;
	const place = layout(settings.deploymentRoot ?? facts.home, name, releaseName(version));
	const known = base ? facts.files : /* @__PURE__ */ new Map();
	const shared = new Map([...known].map(([hash, path]) => [hash, `${base?.release}/${path}`]));
	const missing = files.filter(({ kind, sha256 }) => kind !== "symlink" && !shared.has(sharedKey(kind, sha256)));
	const payload = new Map(missing.map((file) => [sharedKey(file.kind, file.sha256), content(input.source(file), file.bytes)]));
	const salt = randomBytes(16).toString("hex");
	const pythonMinor = (facts.python ?? "").split(".").slice(0, 2).join(".");
	const record = {
		schema: 1,
		distribution: name,
		version,
		name: place.name,
		content: input.content ?? releaseContent(input, salt),
		files: Object.fromEntries(files.filter(({ kind }) => kind !== "symlink").map(({ path, kind, sha256 }) => [path, sharedKey(kind, sha256)])),
		symlinks: Object.fromEntries(files.flatMap(({ path, target }) => target === void 0 ? [] : [[path, target]])),
		python: facts.python ?? "",
		unit: place.unit,
		address: (settings.dryRun ? activeRelease(facts.state)?.address : void 0) ?? backendAddress(),
		sites: settings.sites.map(({ id, domains }) => ({
			id,
			domains
		})),
		health: settings.health,
		salt: input.salt ?? salt,
		variables: input.variables ?? variables(settings),
		healthy: true,
		patched: input.patched,
		createdAt: new Date(runtime.now()).toISOString(),
		by: runtime.by
	};
	return {
		place,
		owner: facts.user,
		ipv6: facts.ipv6,
		record,
		files,
		shared,
		payload,
		payloadBytes: missing.reduce((sum, { bytes }) => sum + bytes, 0),
		sites: input.sites ?? settings.sites,
		generated: input.generated === "kept" ? "kept" : generatedFiles$1(input, place),
		pythonMinor,
		interpreter: "/usr/bin/python3"
	};
}
/** Two files can share one inode only where their modes agree too. */
function sharedKey(kind, sha256) {
	return kind === "executable" ? `x${sha256}` : sha256;
}
/** What the release is made of; `salt` keeps the digest of secret environment from telling anything. */
function releaseContent(input, salt) {
	return {
		tree: treeDigest(input.files),
		bundle: input.bundle.key,
		configuration: configurationDigest(input, salt)
	};
}
function content(path, bytes) {
	return {
		bytes,
		open: () => createReadStream(path)
	};
}
/** Paths for sys.path, relative to the project folder. */
function sourcePaths({ distribution, projectAppsPath }) {
	const root = distribution?.sourceRoot.value ?? ".";
	return [.../* @__PURE__ */ new Set([
		root,
		...projectAppsPath ? [join(root, projectAppsPath)] : [],
		"."
	])];
}
function generatedFiles$1(input, place) {
	const { settings, distribution, templates, version, files } = input;
	const paths = sourcePaths(settings);
	const all = input.sites ?? settings.sites;
	const sites = Object.fromEntries(all.map((site) => [site.id, {
		settings: site.settingsModule ?? distribution.settingsModule.value,
		domains: site.domains
	}]));
	const view = {
		distribution: place.distribution,
		version,
		settings_module: "sitesettings.settings",
		paths: python$1(paths),
		sites: python$1(sites),
		static_url: python$1(settings.staticUrl ?? null),
		media_url: python$1(settings.mediaUrl ?? null),
		site_id: settings.sites[0]?.id ?? 1
	};
	const ownSettings = files.some(({ path }) => path === "project/sitesettings/settings.py");
	const environment = {
		...settings.env,
		...Object.fromEntries(Object.entries(settings.secretEnv).map(([key, value]) => [key, value.reveal()]))
	};
	return [
		...ownSettings ? [] : [{
			path: "project/sitesettings/__init__.py",
			content: "",
			mode: "644"
		}, {
			path: "project/sitesettings/settings.py",
			content: templates.render("sitesettings.py", view),
			mode: "644"
		}],
		{
			path: "wsgi/environment.py",
			content: templates.render("release/environment.py", view),
			mode: "644"
		},
		{
			path: "wsgi/manage.py",
			content: templates.render("release/manage.py", view),
			mode: "644"
		},
		{
			path: "wsgi/describe.py",
			content: templates.render("release/describe.py", view),
			mode: "644"
		},
		{
			path: "manage",
			content: templates.render("release/manage", view),
			mode: "755"
		},
		...all.flatMap(({ id }) => [{
			path: `wsgi/${siteUser(id)}.wsgi`,
			content: templates.render("release/site.wsgi", {
				...view,
				site_id: id
			}),
			mode: "644"
		}, {
			path: `environment/${siteUser(id)}.json`,
			content: JSON.stringify(environment),
			mode: "640",
			group: siteUser(id)
		}])
	];
}
/** A value of strings, numbers, lists and mappings as a Python literal: JSON, but for null. Numeric keys become integers. */
function python$1(value) {
	if (value === null || value === void 0) return "None";
	if (Array.isArray(value)) return `[${value.map(python$1).join(", ")}]`;
	if (typeof value === "object") return `{${Object.entries(value).map(([key, item]) => `${/^\d+$/.test(key) ? key : JSON.stringify(key)}: ${python$1(item)}`).join(", ")}}`;
	return JSON.stringify(value);
}

// node_modules/mustache/mustache.mjs
/*!
* mustache.js - Logic-less {{mustache}} templates with JavaScript
* http://github.com/janl/mustache.js
*/
var objectToString = Object.prototype.toString;
var isArray = Array.isArray || function isArrayPolyfill(object) {
	return objectToString.call(object) === "[object Array]";
};
function isFunction(object) {
	return typeof object === "function";
}
/**
* More correct typeof string handling array
* which normally returns typeof 'object'
*/
function typeStr(obj) {
	return isArray(obj) ? "array" : typeof obj;
}
function escapeRegExp(string) {
	return string.replace(/[\-\[\]{}()*+?.,\\\^$|#\s]/g, "\\$&");
}
/**
* Null safe way of checking whether or not an object,
* including its prototype, has a given property
*/
function hasProperty(obj, propName) {
	return obj != null && typeof obj === "object" && propName in obj;
}
/**
* Safe way of detecting whether or not the given thing is a primitive and
* whether it has the given property
*/
function primitiveHasOwnProperty(primitive, propName) {
	return primitive != null && typeof primitive !== "object" && primitive.hasOwnProperty && primitive.hasOwnProperty(propName);
}
var regExpTest = RegExp.prototype.test;
function testRegExp(re, string) {
	return regExpTest.call(re, string);
}
var nonSpaceRe = /\S/;
function isWhitespace(string) {
	return !testRegExp(nonSpaceRe, string);
}
var entityMap = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	"\"": "&quot;",
	"'": "&#39;",
	"/": "&#x2F;",
	"`": "&#x60;",
	"=": "&#x3D;"
};
function escapeHtml(string) {
	return String(string).replace(/[&<>"'`=\/]/g, function fromEntityMap(s) {
		return entityMap[s];
	});
}
var whiteRe = /\s*/;
var spaceRe = /\s+/;
var equalsRe = /\s*=/;
var curlyRe = /\s*\}/;
var tagRe = /#|\^|\/|>|\{|&|=|!/;
/**
* Breaks up the given `template` string into a tree of tokens. If the `tags`
* argument is given here it must be an array with two string values: the
* opening and closing tags used in the template (e.g. [ "<%", "%>" ]). Of
* course, the default is to use mustaches (i.e. mustache.tags).
*
* A token is an array with at least 4 elements. The first element is the
* mustache symbol that was used inside the tag, e.g. "#" or "&". If the tag
* did not contain a symbol (i.e. {{myValue}}) this element is "name". For
* all text that appears outside a symbol this element is "text".
*
* The second element of a token is its "value". For mustache tags this is
* whatever else was inside the tag besides the opening symbol. For text tokens
* this is the text itself.
*
* The third and fourth elements of the token are the start and end indices,
* respectively, of the token in the original template.
*
* Tokens that are the root node of a subtree contain two more elements: 1) an
* array of tokens in the subtree and 2) the index in the original template at
* which the closing tag for that section begins.
*
* Tokens for partials also contain two more elements: 1) a string value of
* indendation prior to that tag and 2) the index of that tag on that line -
* eg a value of 2 indicates the partial is the third tag on this line.
*/
function parseTemplate(template, tags) {
	if (!template) return [];
	var lineHasNonSpace = false;
	var sections = [];
	var tokens = [];
	var spaces = [];
	var hasTag = false;
	var nonSpace = false;
	var indentation = "";
	var tagIndex = 0;
	function stripSpace() {
		if (hasTag && !nonSpace) while (spaces.length) delete tokens[spaces.pop()];
		else spaces = [];
		hasTag = false;
		nonSpace = false;
	}
	var openingTagRe, closingTagRe, closingCurlyRe;
	function compileTags(tagsToCompile) {
		if (typeof tagsToCompile === "string") tagsToCompile = tagsToCompile.split(spaceRe, 2);
		if (!isArray(tagsToCompile) || tagsToCompile.length !== 2) throw new Error("Invalid tags: " + tagsToCompile);
		openingTagRe = new RegExp(escapeRegExp(tagsToCompile[0]) + "\\s*");
		closingTagRe = new RegExp("\\s*" + escapeRegExp(tagsToCompile[1]));
		closingCurlyRe = new RegExp("\\s*" + escapeRegExp("}" + tagsToCompile[1]));
	}
	compileTags(tags || mustache.tags);
	var scanner = new Scanner(template);
	var start, type, value, chr, token, openSection;
	while (!scanner.eos()) {
		start = scanner.pos;
		value = scanner.scanUntil(openingTagRe);
		if (value) for (var i = 0, valueLength = value.length; i < valueLength; ++i) {
			chr = value.charAt(i);
			if (isWhitespace(chr)) {
				spaces.push(tokens.length);
				indentation += chr;
			} else {
				nonSpace = true;
				lineHasNonSpace = true;
				indentation += " ";
			}
			tokens.push([
				"text",
				chr,
				start,
				start + 1
			]);
			start += 1;
			if (chr === "\n") {
				stripSpace();
				indentation = "";
				tagIndex = 0;
				lineHasNonSpace = false;
			}
		}
		if (!scanner.scan(openingTagRe)) break;
		hasTag = true;
		type = scanner.scan(tagRe) || "name";
		scanner.scan(whiteRe);
		if (type === "=") {
			value = scanner.scanUntil(equalsRe);
			scanner.scan(equalsRe);
			scanner.scanUntil(closingTagRe);
		} else if (type === "{") {
			value = scanner.scanUntil(closingCurlyRe);
			scanner.scan(curlyRe);
			scanner.scanUntil(closingTagRe);
			type = "&";
		} else value = scanner.scanUntil(closingTagRe);
		if (!scanner.scan(closingTagRe)) throw new Error("Unclosed tag at " + scanner.pos);
		if (type == ">") token = [
			type,
			value,
			start,
			scanner.pos,
			indentation,
			tagIndex,
			lineHasNonSpace
		];
		else token = [
			type,
			value,
			start,
			scanner.pos
		];
		tagIndex++;
		tokens.push(token);
		if (type === "#" || type === "^") sections.push(token);
		else if (type === "/") {
			openSection = sections.pop();
			if (!openSection) throw new Error("Unopened section \"" + value + "\" at " + start);
			if (openSection[1] !== value) throw new Error("Unclosed section \"" + openSection[1] + "\" at " + start);
		} else if (type === "name" || type === "{" || type === "&") nonSpace = true;
		else if (type === "=") compileTags(value);
	}
	stripSpace();
	openSection = sections.pop();
	if (openSection) throw new Error("Unclosed section \"" + openSection[1] + "\" at " + scanner.pos);
	return nestTokens(squashTokens(tokens));
}
/**
* Combines the values of consecutive text tokens in the given `tokens` array
* to a single token.
*/
function squashTokens(tokens) {
	var squashedTokens = [];
	var token, lastToken;
	for (var i = 0, numTokens = tokens.length; i < numTokens; ++i) {
		token = tokens[i];
		if (token) {
			if (token[0] === "text" && lastToken && lastToken[0] === "text") {
				lastToken[1] += token[1];
				lastToken[3] = token[3];
			} else {
				squashedTokens.push(token);
				lastToken = token;
			}
		}
	}
	return squashedTokens;
}
/**
* Forms the given array of `tokens` into a nested tree structure where
* tokens that represent a section have two additional items: 1) an array of
* all tokens that appear in that section and 2) the index in the original
* template that represents the end of that section.
*/
function nestTokens(tokens) {
	var nestedTokens = [];
	var collector = nestedTokens;
	var sections = [];
	var token, section;
	for (var i = 0, numTokens = tokens.length; i < numTokens; ++i) {
		token = tokens[i];
		switch (token[0]) {
			case "#":
			case "^":
				collector.push(token);
				sections.push(token);
				collector = token[4] = [];
				break;
			case "/":
				section = sections.pop();
				section[5] = token[2];
				collector = sections.length > 0 ? sections[sections.length - 1][4] : nestedTokens;
				break;
			default: collector.push(token);
		}
	}
	return nestedTokens;
}
/**
* A simple string scanner that is used by the template parser to find
* tokens in template strings.
*/
function Scanner(string) {
	this.string = string;
	this.tail = string;
	this.pos = 0;
}
/**
* Returns `true` if the tail is empty (end of string).
*/
Scanner.prototype.eos = function eos() {
	return this.tail === "";
};
/**
* Tries to match the given regular expression at the current position.
* Returns the matched text if it can match, the empty string otherwise.
*/
Scanner.prototype.scan = function scan(re) {
	var match = this.tail.match(re);
	if (!match || match.index !== 0) return "";
	var string = match[0];
	this.tail = this.tail.substring(string.length);
	this.pos += string.length;
	return string;
};
/**
* Skips all text until the given regular expression can be matched. Returns
* the skipped string, which is the entire tail if no match can be made.
*/
Scanner.prototype.scanUntil = function scanUntil(re) {
	var index = this.tail.search(re), match;
	switch (index) {
		case -1:
			match = this.tail;
			this.tail = "";
			break;
		case 0:
			match = "";
			break;
		default:
			match = this.tail.substring(0, index);
			this.tail = this.tail.substring(index);
	}
	this.pos += match.length;
	return match;
};
/**
* Represents a rendering context by wrapping a view object and
* maintaining a reference to the parent context.
*/
function Context(view, parentContext) {
	this.view = view;
	this.cache = { ".": this.view };
	this.parent = parentContext;
}
/**
* Creates a new context using the given view with this context
* as the parent.
*/
Context.prototype.push = function push(view) {
	return new Context(view, this);
};
/**
* Returns the value of the given name in this context, traversing
* up the context hierarchy if the value is absent in this context's view.
*/
Context.prototype.lookup = function lookup(name) {
	var cache = this.cache;
	var value;
	if (cache.hasOwnProperty(name)) value = cache[name];
	else {
		var context = this, intermediateValue, names, index, lookupHit = false;
		while (context) {
			if (name.indexOf(".") > 0) {
				intermediateValue = context.view;
				names = name.split(".");
				index = 0;
				/**
				* Using the dot notion path in `name`, we descend through the
				* nested objects.
				*
				* To be certain that the lookup has been successful, we have to
				* check if the last object in the path actually has the property
				* we are looking for. We store the result in `lookupHit`.
				*
				* This is specially necessary for when the value has been set to
				* `undefined` and we want to avoid looking up parent contexts.
				*
				* In the case where dot notation is used, we consider the lookup
				* to be successful even if the last "object" in the path is
				* not actually an object but a primitive (e.g., a string, or an
				* integer), because it is sometimes useful to access a property
				* of an autoboxed primitive, such as the length of a string.
				**/
				while (intermediateValue != null && index < names.length) {
					if (index === names.length - 1) lookupHit = hasProperty(intermediateValue, names[index]) || primitiveHasOwnProperty(intermediateValue, names[index]);
					intermediateValue = intermediateValue[names[index++]];
				}
			} else {
				intermediateValue = context.view[name];
				/**
				* Only checking against `hasProperty`, which always returns `false` if
				* `context.view` is not an object. Deliberately omitting the check
				* against `primitiveHasOwnProperty` if dot notation is not used.
				*
				* Consider this example:
				* ```
				* Mustache.render("The length of a football field is {{#length}}{{length}}{{/length}}.", {length: "100 yards"})
				* ```
				*
				* If we were to check also against `primitiveHasOwnProperty`, as we do
				* in the dot notation case, then render call would return:
				*
				* "The length of a football field is 9."
				*
				* rather than the expected:
				*
				* "The length of a football field is 100 yards."
				**/
				lookupHit = hasProperty(context.view, name);
			}
			if (lookupHit) {
				value = intermediateValue;
				break;
			}
			context = context.parent;
		}
		cache[name] = value;
	}
	if (isFunction(value)) value = value.call(this.view);
	return value;
};
/**
* A Writer knows how to take a stream of tokens and render them to a
* string, given a context. It also maintains a cache of templates to
* avoid the need to parse the same template twice.
*/
function Writer() {
	this.templateCache = {
		_cache: {},
		set: function set(key, value) {
			this._cache[key] = value;
		},
		get: function get(key) {
			return this._cache[key];
		},
		clear: function clear() {
			this._cache = {};
		}
	};
}
/**
* Clears all cached templates in this writer.
*/
Writer.prototype.clearCache = function clearCache() {
	if (typeof this.templateCache !== "undefined") this.templateCache.clear();
};
/**
* Parses and caches the given `template` according to the given `tags` or
* `mustache.tags` if `tags` is omitted,  and returns the array of tokens
* that is generated from the parse.
*/
Writer.prototype.parse = function parse(template, tags) {
	var cache = this.templateCache;
	var cacheKey = template + ":" + (tags || mustache.tags).join(":");
	var isCacheEnabled = typeof cache !== "undefined";
	var tokens = isCacheEnabled ? cache.get(cacheKey) : void 0;
	if (tokens == void 0) {
		tokens = parseTemplate(template, tags);
		isCacheEnabled && cache.set(cacheKey, tokens);
	}
	return tokens;
};
/**
* High-level method that is used to render the given `template` with
* the given `view`.
*
* The optional `partials` argument may be an object that contains the
* names and templates of partials that are used in the template. It may
* also be a function that is used to load partial templates on the fly
* that takes a single argument: the name of the partial.
*
* If the optional `config` argument is given here, then it should be an
* object with a `tags` attribute or an `escape` attribute or both.
* If an array is passed, then it will be interpreted the same way as
* a `tags` attribute on a `config` object.
*
* The `tags` attribute of a `config` object must be an array with two
* string values: the opening and closing tags used in the template (e.g.
* [ "<%", "%>" ]). The default is to mustache.tags.
*
* The `escape` attribute of a `config` object must be a function which
* accepts a string as input and outputs a safely escaped string.
* If an `escape` function is not provided, then an HTML-safe string
* escaping function is used as the default.
*/
Writer.prototype.render = function render(template, view, partials, config) {
	var tags = this.getConfigTags(config);
	var tokens = this.parse(template, tags);
	var context = view instanceof Context ? view : new Context(view, void 0);
	return this.renderTokens(tokens, context, partials, template, config);
};
/**
* Low-level method that renders the given array of `tokens` using
* the given `context` and `partials`.
*
* Note: The `originalTemplate` is only ever used to extract the portion
* of the original template that was contained in a higher-order section.
* If the template doesn't use higher-order sections, this argument may
* be omitted.
*/
Writer.prototype.renderTokens = function renderTokens(tokens, context, partials, originalTemplate, config) {
	var buffer = "";
	var token, symbol, value;
	for (var i = 0, numTokens = tokens.length; i < numTokens; ++i) {
		value = void 0;
		token = tokens[i];
		symbol = token[0];
		if (symbol === "#") value = this.renderSection(token, context, partials, originalTemplate, config);
		else if (symbol === "^") value = this.renderInverted(token, context, partials, originalTemplate, config);
		else if (symbol === ">") value = this.renderPartial(token, context, partials, config);
		else if (symbol === "&") value = this.unescapedValue(token, context);
		else if (symbol === "name") value = this.escapedValue(token, context, config);
		else if (symbol === "text") value = this.rawValue(token);
		if (value !== void 0) buffer += value;
	}
	return buffer;
};
Writer.prototype.renderSection = function renderSection(token, context, partials, originalTemplate, config) {
	var self = this;
	var buffer = "";
	var value = context.lookup(token[1]);
	function subRender(template) {
		return self.render(template, context, partials, config);
	}
	if (!value) return;
	if (isArray(value)) for (var j = 0, valueLength = value.length; j < valueLength; ++j) buffer += this.renderTokens(token[4], context.push(value[j]), partials, originalTemplate, config);
	else if (typeof value === "object" || typeof value === "string" || typeof value === "number") buffer += this.renderTokens(token[4], context.push(value), partials, originalTemplate, config);
	else if (isFunction(value)) {
		if (typeof originalTemplate !== "string") throw new Error("Cannot use higher-order sections without the original template");
		value = value.call(context.view, originalTemplate.slice(token[3], token[5]), subRender);
		if (value != null) buffer += value;
	} else buffer += this.renderTokens(token[4], context, partials, originalTemplate, config);
	return buffer;
};
Writer.prototype.renderInverted = function renderInverted(token, context, partials, originalTemplate, config) {
	var value = context.lookup(token[1]);
	if (!value || isArray(value) && value.length === 0) return this.renderTokens(token[4], context, partials, originalTemplate, config);
};
Writer.prototype.indentPartial = function indentPartial(partial, indentation, lineHasNonSpace) {
	var filteredIndentation = indentation.replace(/[^ \t]/g, "");
	var partialByNl = partial.split("\n");
	for (var i = 0; i < partialByNl.length; i++) if (partialByNl[i].length && (i > 0 || !lineHasNonSpace)) partialByNl[i] = filteredIndentation + partialByNl[i];
	return partialByNl.join("\n");
};
Writer.prototype.renderPartial = function renderPartial(token, context, partials, config) {
	if (!partials) return;
	var tags = this.getConfigTags(config);
	var value = isFunction(partials) ? partials(token[1]) : partials[token[1]];
	if (value != null) {
		var lineHasNonSpace = token[6];
		var tagIndex = token[5];
		var indentation = token[4];
		var indentedValue = value;
		if (tagIndex == 0 && indentation) indentedValue = this.indentPartial(value, indentation, lineHasNonSpace);
		var tokens = this.parse(indentedValue, tags);
		return this.renderTokens(tokens, context, partials, indentedValue, config);
	}
};
Writer.prototype.unescapedValue = function unescapedValue(token, context) {
	var value = context.lookup(token[1]);
	if (value != null) return value;
};
Writer.prototype.escapedValue = function escapedValue(token, context, config) {
	var escape = this.getConfigEscape(config) || mustache.escape;
	var value = context.lookup(token[1]);
	if (value != null) return typeof value === "number" && escape === mustache.escape ? String(value) : escape(value);
};
Writer.prototype.rawValue = function rawValue(token) {
	return token[1];
};
Writer.prototype.getConfigTags = function getConfigTags(config) {
	if (isArray(config)) return config;
	else if (config && typeof config === "object") return config.tags;
	else return;
};
Writer.prototype.getConfigEscape = function getConfigEscape(config) {
	if (config && typeof config === "object" && !isArray(config)) return config.escape;
	else return;
};
var mustache = {
	name: "mustache.js",
	version: "4.2.0",
	tags: ["{{", "}}"],
	clearCache: void 0,
	escape: void 0,
	parse: void 0,
	render: void 0,
	Scanner: void 0,
	Context: void 0,
	Writer: void 0,
	/**
	* Allows a user to override the default caching strategy, by providing an
	* object with set, get and clear methods. This can also be used to disable
	* the cache by setting it to the literal `undefined`.
	*/
	set templateCache(cache) {
		defaultWriter.templateCache = cache;
	},
	/**
	* Gets the default or overridden caching object from the default writer.
	*/
	get templateCache() {
		return defaultWriter.templateCache;
	}
};
var defaultWriter = new Writer();
/**
* Clears all cached templates in the default writer.
*/
mustache.clearCache = function clearCache() {
	return defaultWriter.clearCache();
};
/**
* Parses and caches the given template in the default writer and returns the
* array of tokens it contains. Doing this ahead of time avoids the need to
* parse templates on the fly as they are rendered.
*/
mustache.parse = function parse(template, tags) {
	return defaultWriter.parse(template, tags);
};
/**
* Renders the `template` with the given `view`, `partials`, and `config`
* using the default writer.
*/
mustache.render = function render(template, view, partials, config) {
	if (typeof template !== "string") throw new TypeError("Invalid template! Template should be a \"string\" but \"" + typeStr(template) + "\" was given as the first argument for mustache#render(template, view, partials)");
	return defaultWriter.render(template, view, partials, config);
};
mustache.escape = escapeHtml;
mustache.Scanner = Scanner;
mustache.Context = Context;
mustache.Writer = Writer;

// src/steps/project-templates.ts
const folder = "templates/woven";
/** More than this is no configuration; what is large belongs into the project. */
const mostBytes$1 = 1e6;
/** What keeps a folder in git, or a desktop leaves there: nobody means a server by it. */
const passedOver$1 = [
	".gitkeep",
	".keep",
	".gitignore",
	".gitattributes",
	".DS_Store"
];
/** The text of `templates/woven/<name>`, or undefined where the project has none. Throws where it is nothing that could be placed. */
function readTemplate(workingDirectory, name) {
	const path = join(workingDirectory, folder, name);
	if (lstatSync(path, { throwIfNoEntry: false }) === void 0) return void 0;
	const content = readBytes(workingDirectory, name);
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(content);
	} catch (cause) {
		throw wrong$1(name, "is not UTF-8 text", "Save it as UTF-8.", cause);
	}
}
/** Names of the project's templates below `templates/woven/<top>`, from there, sorted. Throws where one has a name that no node should get. */
function templateNames(workingDirectory, top) {
	const root = join(workingDirectory, folder, top);
	const found = statSync(root, { throwIfNoEntry: false });
	if (found === void 0) return [];
	if (!found.isDirectory()) throw wrong$1(top, "is no folder", `Templates lie below it: ${folder}/${top}/nginx/….`);
	return readdirSync(root, {
		recursive: true,
		withFileTypes: true
	}).filter((entry) => !entry.isDirectory() && !passedOver$1.includes(entry.name)).map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).map((name) => checkedName(top, name)).toSorted();
}
/** Whether git has the project's template as a program: it is one on the node, too. */
function isExecutable(workingDirectory, name) {
	const found = statSync(join(workingDirectory, folder, name), { throwIfNoEntry: false });
	return found !== void 0 && (found.mode & 64) !== 0;
}
function checkedName(top, name) {
	const odd = name.split("/").find((part) => !/^[A-Za-z0-9_][A-Za-z0-9_.,:@+=%\\-]*$/.test(part));
	if (odd === void 0) return name;
	throw wrong$1(`${top}/${name}`, `has ${JSON.stringify(odd)} in its path, and that is no name for a file of a server`, "Remove the file, if an editor left it there; else rename it: letters, digits, . _ - @ and a few more.");
}
function readBytes(workingDirectory, name) {
	const path = join(workingDirectory, folder, name);
	try {
		const real = realpathSync(path);
		if (!`${real}${sep}`.startsWith(`${realpathSync(workingDirectory)}${sep}`)) throw wrong$1(name, `is a link to ${real}, outside the project`, "Put the file itself there.");
		const found = statSync(real);
		if (!found.isFile()) throw wrong$1(name, "is no file", "Links to single files are followed, those to folders are not.");
		if (found.size > mostBytes$1) throw wrong$1(name, `has ${found.size} bytes, and ${mostBytes$1} are the most`, "It is meant for configuration.");
		return readFileSync(real);
	} catch (cause) {
		if (cause instanceof WovenError) throw cause;
		throw wrong$1(name, `cannot be read: ${cause.message}`, "Is it a link to something that is not there?", cause);
	}
}
function wrong$1(name, what, next, cause) {
	const file = join(folder, name);
	return new WovenError({
		code: "template",
		message: `the template ${file} ${what}`,
		next,
		file,
		cause
	});
}

// src/steps/templates.ts
/** Templates of Woven, overridden by those of the project in `workingDirectory`; `context` is there in every one. */
function templates(workingDirectory, context = {}) {
	return { render(name, view) {
		const own = readTemplate(workingDirectory, name);
		const overridden = own !== void 0;
		const text = own ?? readPackageFile(`templates/woven/${name}`);
		const given = {
			...context,
			...view
		};
		try {
			checkNames(text, Object.keys(given));
			return mustache.render(text, given, void 0, { escape: String });
		} catch (error) {
			throw new WovenError({
				code: "template",
				message: `the template ${overridden ? join("templates/woven", name) : `woven/${name}`} cannot be rendered: ${error.message}`,
				next: "It is a mustache template: https://mustache.github.io/mustache.5.html",
				...overridden ? { file: join("templates/woven", name) } : {},
				cause: error
			});
		}
	} };
}
/** mustache puts nothing in the place of a name that it does not know; in a configuration, nobody means that. */
function checkNames(text, given) {
	for (const [kind = "", name = ""] of mustache.parse(text)) {
		if (kind === ">") throw new Error(`there are no partials, such as {{> ${name}}}`);
		const known = name === "." || given.includes(name.split(".")[0] ?? "");
		if ((kind === "name" || kind === "&") && !known) throw new Error(`nothing has the name {{${name}}}. ${suggestion(name, given)}`);
	}
}

// src/rollout/disk-room.ts
/** Enough room for what comes, twice over, and something to breathe; checked before anything is sent. */
function checkRoom(facts, payloadBytes, node) {
	const needed = payloadBytes * 3 + 100 * 2 ** 20;
	if (facts.diskFree >= needed) return;
	const megabytes = (bytes) => `${Math.ceil(bytes / 2 ** 20)} MB`;
	throw new WovenError({
		code: "disk-full",
		message: `${node} has ${megabytes(facts.diskFree)} free where releases go; this one needs ${megabytes(needed)}`,
		next: "Nothing was touched. Free some room there (keep-releases says how many releases stay), then run the command again.",
		node
	});
}

// src/rollout/django-report.ts
/** As Django has it: a path, with or without its first slash; a URL of somewhere else; or nothing. */
const servedAt = pipe(string(), regex(/^$|^(https?:)?\/\/[A-Za-z0-9.:_~/-]+$|^\/?([A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*$/));
const inProject = pipe(string(), regex(grammars.relativePath.pattern));
const Description = object({
	django: string(),
	staticUrl: nullable(servedAt),
	mediaUrl: servedAt,
	databases: record(pipe(string(), regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/)), string()),
	ownDatabases: exactOptional(array(string())),
	sqliteFiles: exactOptional(array(pipe(string(), regex(/^(?!\.{1,2}$)[^/\p{Cc}]+$/u)))),
	templateDirs: array(inProject),
	mediaSeed: nullable(inProject)
});
/** Throws WovenError `describe` where it is not what describe.py says. */
function readDjangoReport(data, node) {
	const line = data.trim().split("\n")[0] ?? "";
	const parsed = safeParse(Description, parse(line));
	if (parsed.success) return parsed.output;
	const [issue] = parsed.issues;
	const where = getDotPath(issue);
	throw new WovenError({
		code: "describe",
		message: where ? `the project's settings on ${node} have something that cannot be served: ${where} is ${issue.received}` : `${node} did not say what the project's settings mean for it: ${line.slice(0, 200)}`,
		next: where ? "Write STATIC_URL and MEDIA_URL as paths of letters, digits, - _ ~ and . between slashes, or as URLs of another host." : "Has the project a templates/woven/release/describe.py of its own? Its first line of output is JSON, as in Woven's.",
		node
	});
}
/**
* The folder whose files go to where media lives, unless it holds code: a MEDIA_ROOT that is the project itself would publish
* all of it.
*
* @param files paths in the release, of its `project/` and `dist/`
*/
function mediaSeed({ mediaSeed: seed }, files) {
	if (seed === null || seed === ".") return void 0;
	return files.some((path) => path.startsWith(`project/${seed}/`) && path.endsWith(".py")) ? void 0 : seed;
}
function parse(line) {
	try {
		return JSON.parse(line);
	} catch {
		return;
	}
}
/** For a dry run, which builds nothing that could be asked: what is set, else what the settings of `active` said, else what most say. */
function expectedDjangoReport(settings, active) {
	const { staticUrl, mediaUrl } = settings;
	return {
		...active?.described ?? usual,
		...staticUrl === void 0 ? {} : { staticUrl },
		...mediaUrl === void 0 ? {} : { mediaUrl }
	};
}
/** In words, for whoever reads the plan. */
function expectedWords(settings, active) {
	const { staticUrl, mediaUrl, databases } = expectedDjangoReport(settings, active);
	return [`a dry run builds nothing that could be asked: it takes what is set, and else what ${active?.described ? `the settings of ${active.version}, which serves, said` : "most settings say"}`, `static files at ${staticUrl}, media at ${mediaUrl}; databases: ${Object.keys(databases).join(", ") || "none"}`];
}
const usual = {
	django: "",
	staticUrl: "/static/",
	mediaUrl: "/media/",
	databases: { default: "django.db.backends.sqlite3" },
	templateDirs: [],
	mediaSeed: null
};

// src/steps/accounts.ts
/** Every site user is a member of it: what all sites of a node may write (databases, media) belongs to it. */
const sitesGroup = "sites";
/** OS users `site_N`: system accounts without a login shell, a password or a home of their own. */
function siteUsers(ids) {
	const users = ids.map(siteUser);
	return {
		id: "site-users",
		title: `Site users ${users.join(", ")}`,
		check: sh`getent group ${sitesGroup} >/dev/null
for user in ${users}; do id -nG "$user" | tr ' ' '\n' | grep -qx ${sitesGroup}; done`,
		preview: sh`for user in ${users}; do getent passwd "$user" >/dev/null || detail "$user"; done`,
		apply: sh`getent group ${sitesGroup} >/dev/null || groupadd --system ${sitesGroup}
for user in ${users}; do
  getent passwd "$user" >/dev/null || { useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$user"; detail "$user"; }
  usermod -aG ${sitesGroup} "$user"
done`
	};
}
/** The folders under the deployment root. A home may be 0700: the web server must be able to pass through it, not to list it. */
function deploymentFolders(place, owner) {
	const { root, database, media } = place;
	const plain = [
		`${root}/env`,
		`${root}/.staging`,
		`${root}/public`
	];
	const cache = `${root}/.cache`;
	const shared = [{
		path: database,
		mode: "2770"
	}, {
		path: media,
		mode: "2775"
	}];
	return {
		id: "folders",
		title: `Folders in ${root}`,
		check: lines([
			sh`[ "$(($(stat -c %a ${root}) % 10 & 1))" = 1 ]`,
			sh`for folder in ${[...plain, cache]}; do [ -d "$folder" ]; done`,
			...shared.map(({ path, mode }) => sh`[ "$(stat -c %a:%G ${path})" = ${`${mode}:${sitesGroup}`} ]`),
			sh`[ -d /var/log/woven ] && [ -L ${`${root}/log`} ]`
		]),
		preview: sh`for folder in ${[
			...plain,
			cache,
			...shared.map(({ path }) => path)
		]}; do [ -d "$folder" ] || detail "$folder"; done`,
		apply: lines([
			sh`[ -d ${root} ] || install -d -m 755 ${root}; chmod o+x ${root}`,
			passable(root, owner),
			sh`[ -d ${cache} ] || install -d -o ${owner} -g ${owner} -m 755 ${cache}`,
			sh`install -d -o ${owner} -g ${owner} -m 755 ${plain}`,
			...shared.map(({ path, mode }) => sh`install -d -o ${owner} -g ${sitesGroup} -m ${mode} ${path}`),
			sh`install -d -o root -g adm -m 750 /var/log/woven`,
			sh`[ -e ${`${root}/log`} ] || { ln -s /var/log/woven ${`${root}/log`}; chown -h ${owner}: ${`${root}/log`}; }`
		])
	};
}
/** Everybody must be able to pass through the folders above. One of the deploy user's own is opened; of others it is told. */
function passable(root, owner) {
	return sh`above=${root}
while above=$(dirname "$above"); [ "$above" != / ]; do
  [ "$(($(stat -c %a "$above") % 10 & 1))" = 1 ] && continue
  if [ "$(stat -c %U "$above")" = ${owner} ]; then chmod o+x "$above"; continue; fi
  fail "the web server and the site users cannot pass through $above, which is above the deployment root: chmod o+x it, or choose another deployment-root"
done`;
}

// src/steps/django.ts
/** Runs a management command of the release that lies at `folder`, as the user of a site. */
function manage(folder, site, words) {
	return sh`as ${siteUser(site)} env SITE_ID=${site} ${`${folder}/manage`} ${words}`;
}
/**
* Django's own checks, for every site: each has its own settings. The first site's interpreter, once started, also says what the
* settings mean for the server around it (the step's data), and collects the static files, as the site user, who owns
* their folder only meanwhile.
*/
function checkProject(place, owner, sites) {
	const folder = `${place.staging}/static`;
	const inspect = (id, words = []) => sh`as ${siteUser(id)} ${`${place.staging}/bin/python`} ${`${place.staging}/wsgi/describe.py`} ${id} ${words}`;
	const [first = 1, ...others] = sites.map(({ id }) => id);
	return {
		id: "django",
		title: "Django's checks, static files",
		plan: "quiet",
		preview: sh`detail "not run: there is nothing built that could be asked"`,
		apply: sh`chown ${siteUser(first)} ${folder}
${inspect(first, ["collect"])} >"$run/described"
chown -R ${owner}:${owner} ${folder}
chmod -R a+rX,go-w ${folder}
${joined(others.map((other) => sh`${inspect(other)} >/dev/null`))}
sed -n 1p "$run/described" >&3
sed 1d "$run/described" >>"$run/details"
[ -s "$run/details" ] || touch "$run/unchanged"`,
		next: "The project does not start with its settings on the node, or its static files cannot be collected: what it said is above. Nothing that serves was touched. A variable that the settings need comes by the env input."
	};
}
/**
* Copies the files that the project's own media folder holds (`seed`, relative to the project) to where media lives, as the
* first site's user. What is there already is what users put there: `add` never touches it, `replace` keeps a copy first.
*/
function seedMedia(place, seed, sites, mode) {
	return {
		id: "media",
		title: "Media files that come with the project",
		plan: "quiet",
		preview: sh`detail ${`those of ${seed} ${mode === "add" ? "that have no namesake" : "that differ from their namesake"} in ${place.media}`}`,
		apply: sh`tool seed ${siteUser(sites[0]?.id ?? 1)} ${`${place.release}/project/${seed}`} ${place.media} ${mode} >>"$run/details"
[ -s "$run/details" ] || touch "$run/unchanged"`
	};
}
/**
* Every site may write every database that lies in ~/database. SQLite makes its files 0644 whatever the umask is, for the first site
* that comes along: so they are there before it does.
*/
function shareDatabases(place, sites, files) {
	if (files.length === 0) return [];
	const share = (verb) => sh`tool share ${verb} ${place.database} ${siteUser(sites[0]?.id ?? 1)} ${files}`;
	return [{
		id: "databases",
		title: "SQLite files that all sites may write",
		check: sh`[ -z "$(${share("list")})" ]`,
		checks: "plan",
		preview: sh`${share("list")} >>"$run/details"`,
		apply: sh`${share("apply")} >>"$run/details"
[ -s "$run/details" ] || touch "$run/unchanged"`
	}];
}
/** Brings the databases of every site up to the release. Runs while the earlier release serves. */
function migrate(folder, sites, how, databases, still = "The earlier release still serves.") {
	if (how.kind === "none" || how.kind === "manual") return [];
	const target = how.kind === "target" ? [how.app, ...how.migration ? [how.migration] : []] : [];
	const words = (alias) => [
		"migrate",
		"--noinput",
		"--database",
		alias,
		...how.kind === "fake" ? ["--fake"] : [],
		...target
	];
	const aliases = Object.keys(databases);
	if (aliases.length === 0) return [];
	const runs = sites.flatMap(({ id }) => aliases.map((alias) => sh`code=0
${manage(folder, id, words(alias))} >"$run/migrated" 2>&1 || code=$?
sed -n 's/^  Applying \(.*\)\.\.\. *\(OK\|FAKED\)$/\1/p' "$run/migrated" >>"$run/details"
[ "$code" = 0 ] || { cat "$run/migrated"; exit 1; }`));
	return [{
		id: "migrate",
		title: "Migrate the database",
		limit: 3600,
		preview: lines([...sites.flatMap(({ id }) => aliases.map((alias) => sh`detail ${`would run, as ${siteUser(id)}: manage ${words(alias).join(" ")}`}`)), sh`detail "which migrations are left to apply, only the release itself can tell"`]),
		apply: sh`${joined(runs)}
[ -s "$run/details" ] || touch "$run/unchanged"`,
		next: `${still} Of the migrations in its output, those marked OK stay applied. Mend the one that failed and deploy again.`
	}];
}
/**
* For migrations by hand: goes on only where nothing is left to apply. Otherwise the release is put in its place, without
* traffic, so that its own `manage` can be used.
*/
function awaitMigrations(place, address, sites, databases) {
	const folder = buildFolder(place, address);
	const pending = sites.flatMap(({ id }) => Object.keys(databases).map((alias) => manage(place.staging, id, [
		"migrate",
		"--check",
		"--database",
		alias
	])));
	return {
		id: "migrations-by-hand",
		title: "Migrations were run by hand",
		plan: "quiet",
		preview: sh`detail "would stop before the switch, if the release has migrations left to apply"`,
		apply: sh`touch "$run/unchanged"
{ ${pending.reduce((done, one) => sh`${done} && ${one}`, sh`:`)}; } >"$run/pending" 2>&1 && exit 0
cat "$run/pending"
if [ -e ${`${place.state}/releases/${place.name}.json`} ]; then
  fail ${`${place.distribution} ${place.name} is kept here already, in another build: migrations by hand need a version of their own`}
fi
# One that waited before, for the same version, makes room.
old=$(readlink ${place.release} || :)
mv -T ${place.staging} ${folder}
tool link ${folder} ${place.release}
if [ -n "$old" ]; then rm -rf --one-file-system "$old"; fi
fail ${`It is ready, without traffic: run ${place.release}/manage migrate as you want it done`}`,
		next: "The earlier release serves. Log in, run the migrations as the output above says, then run deploy again."
	};
}
function joined(parts) {
	return parts.reduce((done, part) => sh`${done}
${part}`, sh``);
}

// src/steps/place-file.ts
function placeFile(file) {
	return placeFiles({
		id: `file-${createHash("sha256").update(file.path).digest("hex").slice(0, 12)}`,
		title: file.title ?? file.path
	}, [file]);
}
/**
* One step for a set of files: all of them, or as they were. The first original of every file that Woven replaces is kept
* in /var/local/woven-backup.
*/
function placeFiles({ id, title }, placed) {
	const spec = placed.map((one, index) => "link" in one ? one : fileEntry(one, `${id}.${index}`));
	return {
		id,
		title,
		files: [{
			name: `${id}.json`,
			content: JSON.stringify(spec)
		}, ...placed.flatMap((one, index) => "link" in one ? [] : [{
			name: `${id}.${index}`,
			content: one.content
		}])],
		check: sh`tool files check "$files"/${id}.json "$run"`,
		apply: sh`tool files apply "$files"/${id}.json "$run"`,
		undo: sh`tool files undo "$files"/${id}.json "$run"`,
		preview: sh`tool files diff "$files"/${id}.json "$run"`
	};
}
function fileEntry(file, source) {
	const { path, mode = "644", owner = "root", group = "root", rights, secret, like, when, tell } = file;
	return {
		path,
		source,
		mode,
		owner,
		group,
		...rights ? { rights } : {},
		...secret ? { secret } : {},
		...like === void 0 ? {} : { like },
		...when ? { when } : {},
		...tell ? { tell } : {}
	};
}
/** The same files in one breath, where nothing else hangs on whether they differed: apply sees for itself. */
function selfChecking(placed) {
	return {
		...placed,
		checks: "plan",
		apply: sh`${placed.apply}
[ -s "$run/details" ] || touch "$run/unchanged"`
	};
}

// src/steps/release-files.ts
/** Files that a dry run lists by name. */
const mostShown = 200;
/** Puts the files of the release into an empty staging folder: received ones copied, known ones linked. */
function assemble(assembly) {
	const { place, owner, files, symlinks, shared, payload, payloadBytes, mode } = assembly;
	const plain = Object.entries(files);
	const spec = {
		target: place.staging,
		owner,
		links: Object.fromEntries(plain.flatMap(([path, key]) => shared.has(key) ? [[path, shared.get(key)]] : [])),
		files: Object.fromEntries(plain.filter(([, key]) => !shared.has(key))),
		symlinks
	};
	const received = [...payload].map(([sha256, content]) => ({
		name: `payload/${sha256}`,
		content
	}));
	const coming = Object.keys(spec.files);
	const count = `${coming.length} ${mode === "plan" ? `to send (${(payloadBytes / 1e6).toFixed(2)} MB before compression)` : "received"}`;
	return {
		id: "files",
		title: `Files of ${place.distribution} ${place.name}: ${count}, ${Object.keys(spec.links).length} shared`,
		files: [{
			name: "assembly.json",
			content: JSON.stringify(spec)
		}, ...received],
		preview: lines([...coming.slice(0, mostShown).map((path) => sh`detail ${path}`), ...coming.length > mostShown ? [sh`detail ${`and ${coming.length - mostShown} more`}`] : []]),
		apply: sh`rm -rf ${place.staging}
install -d -o ${owner} -g ${owner} -m 755 ${place.staging} ${`${place.staging}/project`} ${`${place.staging}/dist`} ${`${place.staging}/wsgi`} ${`${place.staging}/static`}
tool assemble "$files/assembly.json" "$files/payload"`,
		next: "Nothing that serves was touched. Run the command again."
	};
}
/** The virtualenv: movable, so that it can be built in staging; packages come from the bundle only, or are shared. */
function virtualenv(installation) {
	const { place, owner, interpreter, uv, sameBundle } = installation;
	const environment = sh`HOME=${place.root} UV_CACHE_DIR=${`${place.root}/.cache/woven-uv`} UV_OFFLINE=1 UV_NO_CONFIG=1 UV_PYTHON_DOWNLOADS=never`;
	const make = sh`as ${owner} env ${environment} ${uv} venv --quiet --relocatable --allow-existing --no-project --python ${interpreter} ${place.staging}`;
	const install = sh`as ${owner} env ${environment} ${uv} pip install --quiet --no-index --find-links ${`${place.staging}/dist`} --no-deps --require-hashes --compile-bytecode --link-mode hardlink --python ${`${place.staging}/bin/python`} -r ${`${place.staging}/dist/requirements.lock`}`;
	const share = sh`cd ${sameBundle ?? "/"}; as ${owner} cp -al bin lib pyvenv.cfg $([ -e lib64 ] && echo lib64) ${place.staging}`;
	return {
		id: "virtualenv",
		title: sameBundle ? "Virtualenv, shared with an earlier release" : "Virtualenv, packages from the bundle",
		apply: sameBundle ? share : lines([make, install]),
		next: "The bundle does not fit this node. Run with cache: false to build it anew; if that does not help, report it."
	};
}
/** Sends the uv binary to the node; done once a version. */
function keepUv(version, binary) {
	const path = `/var/local/woven/tools/uv-${version}`;
	return {
		id: "uv",
		title: `uv ${version}`,
		...binary === void 0 ? {} : { files: [{
			name: "uv",
			content: binary
		}] },
		check: sh`[ -x ${path} ]`,
		apply: sh`chmod 711 /var/local/woven; install -d -m 755 /var/local/woven/tools
install -m 755 "$files/uv" ${`${path}.new`}
mv -f ${`${path}.new`} ${path}`
	};
}
/** Writes what Woven makes for a release: settings, WSGI scripts, `manage`, each site's environment. */
function generatedFiles(place, owner, generated) {
	const folders = [...new Set(generated.map(({ path }) => `${place.staging}/${path}`.replace(/\/[^/]*$/, "")))];
	const placed = placeFiles({
		id: "generated",
		title: "Settings, WSGI scripts and environment"
	}, generated.map(({ path, content, mode, group }) => ({
		path: `${place.staging}/${path}`,
		content,
		mode,
		owner: group ? "root" : owner,
		group: group ?? owner,
		like: `${place.active}/${path}`,
		...path.startsWith("environment/") ? { secret: true } : {}
	})));
	return {
		...placed,
		checks: "plan",
		apply: sh`install -d -o ${owner} -g ${owner} -m 755 ${folders}
${placed.apply}
: >"$run/details"`
	};
}
/** Takes the generated files over from the release that is patched. */
function keepGenerated(place) {
	return {
		id: "generated",
		title: "Settings, WSGI scripts and environment, as they are",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
rm -rf ${`${place.staging}/wsgi`}
cp -al ${`${place.release}/wsgi`} ${`${place.release}/environment`} ${`${place.release}/manage`} ${place.staging}
[ -e ${`${place.staging}/project/sitesettings`} ] || cp -al ${`${place.release}/project/sitesettings`} ${`${place.staging}/project/`}`
	};
}
/** Lets the interpreter find the project wherever it is started: a `.pth` file, as site(7) of Python reads it. */
function pathFile(paths, pythonMinor) {
	const content = `${paths.map((path) => `../../../project${path === "." ? "" : `/${path}`}`).join("\n")}\n`;
	return {
		path: `lib/python${pythonMinor}/site-packages/woven.pth`,
		content,
		mode: "644"
	};
}
/** Byte-compiles the project: the site users cannot write beside the code. */
function byteCompile(place, owner) {
	return {
		id: "byte-compile",
		title: "Byte-compile the project",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
jobs=1; [ "$(find ${`${place.staging}/project`} -name '*.py' | wc -l)" -lt 400 ] || jobs=0
as ${owner} ${`${place.staging}/bin/python`} -m compileall -q -j "$jobs" ${`${place.staging}/project`} >/dev/null || :`
	};
}

// src/rollout/release-stages.ts
/** Everything up to the point where the new release could serve. Touches nothing that does. */
function prepareStage(plan, settings, lease, facts, uv) {
	const { place, owner, record: release, pythonMinor } = plan;
	const paths = sourcePaths(settings);
	const same = facts.state?.releases.find((other) => other.content.bundle === release.content.bundle && other.python === release.python);
	const path = pathFile(paths, pythonMinor);
	return {
		name: "prepare",
		undoes: "step",
		steps: [
			takeLease(lease),
			siteUsers(plan.sites.map(({ id }) => id)),
			deploymentFolders(place, owner),
			keepUv(uv.version, uv.binary),
			assemble({
				place,
				owner,
				files: release.files,
				symlinks: release.symlinks,
				shared: plan.shared,
				payload: plan.payload,
				payloadBytes: plan.payloadBytes,
				mode: settings.dryRun ? "plan" : "run"
			}),
			virtualenv({
				place,
				owner,
				interpreter: plan.interpreter,
				uv: `/var/local/woven/tools/uv-${uv.version}`,
				...same ? { sameBundle: layout(place.root, place.distribution, same.name).release } : {}
			}),
			plan.generated === "kept" ? keepGenerated(place) : generatedFiles(place, owner, [...plan.generated, path]),
			byteCompile(place, owner),
			checkProject(place, owner, plan.sites)
		],
		...tidyStaging(place, lease, "more to come")
	};
}
/** Migrates from the staging folder, while the earlier release serves. Empty where there is nothing to run. */
function migrateSteps({ plan, settings, django, state }) {
	const { place, record: release } = plan;
	const { sites, migrate: how } = settings;
	if (how.kind === "manual") return [awaitMigrations(place, release.address, sites, django.databases)];
	return migrate(place.staging, sites, how, django.databases, stillServes(activeRelease(state)));
}
function shared$1({ plan, settings, django }) {
	return shareDatabases(plan.place, settings.sites, django.sqliteFiles ?? []);
}
/** The migrations as a stage of their own, for the one node of several that runs them. */
function migrateStage(prepared) {
	const { plan, lease } = prepared;
	const steps = migrateSteps(prepared);
	if (steps.length === 0) return void 0;
	return {
		name: "migrate",
		undoes: "step",
		steps: [
			takeLease(lease),
			...shared$1(prepared),
			...steps
		],
		...tidyStaging(plan.place, lease, "more to come")
	};
}
/** `before` (the migrations, on a node that is alone); then places the new release, starts it beside the old one, asks it, switches, asks again, writes it down. */
function switchStage(prepared, before = []) {
	const { plan, settings, django, state, lease, event } = prepared;
	const { place, record: release, owner } = plan;
	const change = {
		to: {
			place,
			address: release.address,
			sites: settings.sites,
			health: settings.health
		},
		...liveBackend(state, place)
	};
	const keepsWebConf = settings.command === "patch" && !settings.parts.includes("webconf");
	const files = keepsWebConf ? [] : newWebConf(prepared);
	const [nginx, backend] = [files.filter(({ path }) => path.startsWith("/etc/nginx/")), files.filter(({ path }) => !path.startsWith("/etc/nginx/"))];
	const urls = keepsWebConf ? activeRelease(state)?.urls : {
		static: django.staticUrl,
		media: django.mediaUrl
	};
	const recorded = {
		...release,
		described: django,
		...urls ? { urls } : {}
	};
	const moved = {
		place,
		sites: settings.sites,
		from: activeRelease(state)?.address ?? "",
		to: release.address
	};
	const replaced = state?.releases.find(({ name }) => name === release.name);
	const seed = mediaSeed(django, Object.keys(release.files));
	const seedMode = settings.command === "patch" && settings.parts.includes("media") ? "replace" : "add";
	return {
		name: "switch",
		undoes: "stage",
		steps: [
			takeLease(lease),
			...shared$1(prepared),
			...before,
			placeRelease(place, release.address),
			...templatesLink(place, release.address, owner, django.templateDirs),
			...backend.length > 0 ? [selfChecking(placeFiles({
				id: "backend-conf",
				title: "Configuration of the new backend"
			}, backend))] : [],
			...keepsWebConf ? [moveBuild("apache2", moved)] : [],
			testWebConf(place, release.address),
			startBackend(change),
			askBackend(change),
			...seed === void 0 ? [] : [seedMedia(place, seed, settings.sites, seedMode)],
			...nginx.length > 0 ? [selfChecking(placeFiles({
				id: "nginx-conf",
				title: "Configuration of nginx for it"
			}, nginx))] : [],
			...keepsWebConf ? [moveBuild("nginx", moved)] : [],
			recordRelease(place, recorded),
			switchTraffic(change),
			askVisitor(change),
			recordChange(place, event),
			...discardWebConf(place, replaced?.sites ?? [], release.sites),
			...tidy(change, after$1(state, release, event), settings, release)
		],
		...tidyStaging(place, lease, "last")
	};
}
function newWebConf({ plan, settings, django, state, templates }) {
	const { place, record: release } = plan;
	const before = liveBackend(state, place).from?.place;
	return webConfFiles({
		place,
		version: release.version,
		address: release.address,
		ipv6: plan.ipv6,
		sites: settings.sites,
		staticUrl: django.staticUrl,
		mediaUrl: django.mediaUrl,
		...before ? { before } : {}
	}, templates);
}
function tidy(change, now, settings, release) {
	const protect = [
		release.name,
		change.from?.place.name,
		rollbackTarget(now)?.name
	].filter((name) => name !== void 0);
	return [
		retire(change),
		discardReplaced(change.to),
		pruneReleases(change.to.place.root, now.releases, settings.keepReleases, protect) ?? []
	].flat();
}
/** The state once the release serves. */
function after$1(before, release, event) {
	const others = before?.releases.filter(({ name }) => name !== release.name) ?? [];
	return {
		active: release.name,
		releases: [release, ...others],
		history: [...before?.history ?? [], event]
	};
}

// src/rollout/rollout.ts
/** Takes every node through its phases; each node's outcome is in its NodeRun. */
async function rollOut(nodes, releases, settings, runtime, uvFor) {
	const unfinished = /* @__PURE__ */ new Map();
	const prepared = /* @__PURE__ */ new Map();
	if (nodes.failed) return nodes.skipRest();
	await nodes.phase(async (node) => {
		const one = releases.get(node);
		if (one?.kind !== "built") return;
		const uv = await uvFor(one.facts);
		checkRoom(one.facts, one.plan.payloadBytes, node.host.name);
		const own = templates(settings.workingDirectory);
		proveTemplates(one.plan, one.settings, own);
		const lease = leaseFor(one.plan.place, one.facts.state, one.settings, runtime);
		if (!settings.dryRun) unfinished.set(node, {
			lease,
			staging: one.plan.place.staging
		});
		const { data } = await node.stage(prepareStage(one.plan, one.settings, lease, one.facts, uv));
		prepared.set(node, {
			plan: one.plan,
			settings: one.settings,
			django: settings.dryRun ? expectedDjangoReport(one.settings, activeRelease(one.facts.state)) : readDjangoReport(data.get("django") ?? "", node.host.name),
			state: one.facts.state,
			templates: own,
			lease,
			event: historyEvent(one.event, one.plan.record.version, one.facts, runtime)
		});
	});
	if (nodes.failed) return await giveUp(nodes, unfinished);
	const alone = nodes.nodes.length === 1;
	if (!alone) await migrateOnce(nodes, prepared);
	if (nodes.failed) return await giveUp(nodes, unfinished);
	const pending = /* @__PURE__ */ new Map();
	for (const [node, one] of releases) {
		const { facts } = one;
		const ready = prepared.get(node);
		if (one.kind === "kept") pending.set(node, {
			facts,
			to: one.target,
			go: () => activateRelease(one, settings, runtime, "activate")
		});
		else if (ready) {
			const before = [...settings.dryRun ? [assumed(ready)] : [], ...alone ? migrateSteps(ready) : []];
			const go = () => node.stage(switchStage(ready, before));
			pending.set(node, {
				facts,
				to: one.plan.record,
				go
			});
		}
	}
	await switchPhase(nodes, pending, settings, runtime);
	if (nodes.failed) await tidyUp(unfinished);
}
/** In a plan: what stands in the place of what describe.py would say. */
function assumed({ settings, state }) {
	return {
		id: "assumed",
		title: "What the settings of the release will say, taken for granted",
		plan: "quiet",
		preview: lines(expectedWords(settings, activeRelease(state)).map((words) => sh`detail ${words}`)),
		apply: sh`:`
	};
}
/**
* Each database once: the first node brings up all that it knows, and then every other those that may be its own. Should one of them
* be shared after all, the first has left nothing to do.
*/
async function migrateOnce(nodes, prepared) {
	const first = nodes.alive.find((node) => prepared.has(node));
	await nodes.phase(async (node) => {
		const one = prepared.get(node);
		const stage = one && node === first && migrateStage(one);
		if (stage) await node.stage(stage);
	});
	if (nodes.failed) return;
	await nodes.phase(async (node) => {
		const one = prepared.get(node);
		const stage = one && node !== first && migrateStage({
			...one,
			django: withOwnDatabases(one.django)
		});
		if (stage) await node.stage(stage);
	});
}
/** Of a node's databases, those that other nodes need not have. */
function withOwnDatabases(django) {
	const onDisk = (engine) => /\.(sqlite3|spatialite)$/.test(engine);
	const own = Object.entries(django.databases).filter(([alias, engine]) => django.ownDatabases?.includes(alias) ?? onDisk(engine));
	return {
		...django,
		databases: Object.fromEntries(own)
	};
}
/** Ends a run whose switch does not come. */
async function giveUp(nodes, unfinished) {
	await tidyUp(unfinished);
	nodes.skipRest();
}
/** Takes back what is still unfinished; a stage that failed has done so itself, and on that node this does nothing. */
async function tidyUp(unfinished) {
	await Promise.all([...unfinished].map(async ([node, { lease, staging }]) => {
		try {
			await node.host.root(sh`if grep -q "$1" "$2" 2>/dev/null; then rm -rf --one-file-system "$3"; rm -f "$2"; fi`, {
				args: [
					lease.token,
					`${lease.state}/lease.json`,
					staging
				],
				signal: AbortSignal.timeout(node.host.signal?.aborted ? 1500 : 2e4)
			});
		} catch (error) {
			node.host.log.debug(asWovenError(error).message);
		}
	}));
}
/** Renders what the switch will render, so that a template that is none is found before anything is sent or migrated. */
function proveTemplates({ place, record, ipv6 }, settings, own) {
	webConfFiles({
		place,
		version: record.version,
		address: record.address,
		ipv6,
		sites: settings.sites,
		staticUrl: "/static/",
		mediaUrl: "/media/"
	}, own);
}

// src/commands/deploy.ts
async function deploy(settings, runtime) {
	const distribution = distributionOf(settings);
	const name = distributionName$1(settings);
	const version = settings.version ?? distribution.version.value;
	const project = await checkoutFiles(settings, runtime);
	const bundles = bundler(settings, runtime);
	const releases = /* @__PURE__ */ new Map();
	await using nodes = fleet(settings, runtime);
	const warn = missingVariables(settings, runtime);
	await nodes.phase(async (node) => {
		const facts = await deployFacts(node, settings, { of: "active" });
		const bundle = await bundles.for(facts, node.host.name);
		const active = activeRelease(facts.state);
		warn(active);
		const input = {
			settings,
			distribution,
			name,
			version,
			facts,
			...active ? { base: layout(settings.deploymentRoot ?? facts.home, name, active.name) } : {},
			...await project.withBundle(bundle),
			bundle,
			templates: templates(settings.workingDirectory),
			patched: false
		};
		const existing = facts.state?.releases.find((other) => other.name === releaseName(version));
		const same = existing && sameContent(existing.content, releaseContent(input, existing.salt));
		if (existing && same && !hasOldUrls(existing) && !settings.overwrite) {
			if (existing === active && isLive(facts, active)) return node.end();
			releases.set(node, {
				kind: "kept",
				node,
				facts,
				target: existing
			});
			return;
		}
		if (existing && !same && !isFree(existing) && !settings.overwrite) throw taken(existing, input, node.host.name);
		releases.set(node, {
			kind: "built",
			node,
			facts,
			settings,
			plan: planRelease(input, runtime),
			event: "deploy"
		});
	});
	await rollOut(nodes, releases, settings, runtime, bundles.uv);
	return runReport(nodes, settings, runtime, await bundles.first());
}
/** A number that was never good for anything: built, and gone back from, or cut off in the middle of its switch. */
function isFree({ healthy, patched }) {
	return !healthy && !patched;
}
function taken(existing, input, node) {
	const { distribution, version, patched } = existing;
	return new WovenError({
		code: "version-taken",
		message: `${distribution} ${version} is on ${node} already, with other content${patched ? " (it was patched)" : ""}: ${differences(existing, input)}`,
		next: `Give this content a version of its own and deploy that; or bring small changes into ${version} with the command patch; or build ${version} anew with overwrite: true.`,
		node
	});
}
/** What is not as it is in the release that is there: `3 files: shop/views.py, …; the requirements`. Never empty where the content differs. */
function differences({ files, symlinks, content, salt }, input) {
	const before = new Map([...Object.entries(files), ...Object.entries(symlinks)]);
	const now = new Map(input.files.map(({ path, kind, sha256, target }) => [path, target ?? sharedKey(kind, sha256)]));
	const differing = [.../* @__PURE__ */ new Set([...before.keys(), ...now.keys()])].filter((path) => before.get(path) !== now.get(path));
	const changed = differing.flatMap((path) => path.startsWith("project/") ? path.slice(8) : []);
	const wheels = differing.some((path) => path.startsWith("dist/"));
	const wanted = releaseContent(input, salt);
	return [
		...changed.length > 0 ? [`${changed.length === 1 ? "the file" : `${changed.length} files:`} ${changed.slice(0, 3).join(", ")}${changed.length > 3 ? ", …" : ""}`] : [],
		...content.bundle === wanted.bundle && !wheels ? [] : ["the requirements"],
		...content.configuration === wanted.configuration ? [] : ["the environment (env), the settings in the configuration, or templates/woven"]
	].join("; ");
}

// src/node/unit-command.ts
const start = sh`unit=$1 limit=$2; shift 2
exec systemd-run --quiet --collect --pipe --wait --unit="$unit" --description="$unit" -p TimeoutStopSec=4 -p RuntimeMaxSec="$limit" -- "$@" </dev/null 2>&1`;
const stop = sh`systemctl stop --no-block "$1.service"`;
/**
* Runs the words as root, with nothing on their standard input. Gives how they ended, and the last 64 KiB of what they printed. A
* command that is given up (cancelled, out of time, the connection lost) is ended on the node; the error says whether that could be done.
*/
async function runUnit(host, words, options) {
	const { limitSeconds, onOutput } = options;
	const unit = `woven-command-${Date.now().toString(36)}-${randomBytes(3).toString("hex")}`;
	const args = [
		unit,
		String(limitSeconds + 60),
		...words.map((word) => word.replaceAll("$", "$$$$"))
	];
	await host.session();
	try {
		return await host.root(start, {
			args,
			onStdout: onOutput,
			timeoutSeconds: limitSeconds
		});
	} catch (error) {
		throw givenUp(error, await tell(host, unit), unit);
	}
}
/** Over the login in use if it answers, else over a new one: seconds are all that a cancelled run has. */
async function tell(host, unit) {
	for (const seconds of host.connected ? [2, 4] : [6]) try {
		await host.root(stop, {
			args: [unit],
			signal: AbortSignal.timeout(seconds * 1e3)
		});
		return "told";
	} catch (error) {
		host.log.debug(`${host.name} was not told to stop ${unit}: ${String(error)}`);
		host.drop();
	}
	return "untold";
}
function givenUp(thrown, node, unit) {
	const { details } = asWovenError(thrown);
	const what = node === "told" ? "the command was stopped there" : "the node could not be told, and the command may go on there";
	const next = node === "told" ? "What it had done by then stays done." : `Look with \`systemctl status ${unit}\`.`;
	return new WovenError({
		...details,
		message: `${details.message}; ${what}`,
		next,
		cause: thrown
	});
}

// src/commands/node.ts
async function node(settings, runtime) {
	await using nodes = fleet(settings, runtime);
	const { managementCommand = "", options } = settings;
	const site = settings.sites[0]?.id ?? 1;
	await nodes.phase(async (one) => {
		const facts = await deployFacts(one, settings);
		const active = activeRelease(facts.state);
		if (!active) throw new WovenError({
			code: "nothing-active",
			message: `nothing is active on ${one.host.name}`,
			next: "Deploy first.",
			node: one.host.name
		});
		const place = layout(settings.deploymentRoot ?? facts.home, active.distribution, active.name);
		const words = [managementCommand, ...options];
		if (settings.dryRun) {
			one.text = `Would run: manage ${words.join(" ")}`;
			runtime.log.remote(one.host.name, one.text);
			return;
		}
		const output = readLines((line) => runtime.log.remote(one.host.name, line));
		const result = await runUnit(one.host, [
			"runuser",
			"-u",
			siteUser(site),
			"--",
			"env",
			`SITE_ID=${site}`,
			`${place.release}/manage`,
			...words
		], {
			onOutput: (chunk) => output.push(chunk),
			limitSeconds: 3600
		}).finally(() => output.end());
		const said = runtime.log.clean(result.stdout).slice(-2e4);
		one.text = said;
		if (result.stdout.trim() === "") runtime.log.remote(one.host.name, "(no output)");
		if (result.code !== 0) throw new WovenError({
			code: "management-command",
			message: `manage ${words.join(" ")} ended with ${result.code === null ? result.signal : `exit status ${result.code}`} on ${one.host.name}`,
			next: "What it said is above.",
			node: one.host.name,
			output: said
		});
	});
	return runReport(nodes, settings, runtime);
}

// src/commands/patch.ts
/**
* The patched release is built beside the one it replaces, from hard links and what changed, and takes its place like
* a new version does: started, asked, switched to. So a patch that is sick never isLive.
*/
async function patch(settings, runtime) {
	const distribution = distributionOf(settings);
	const name = distributionName$1(settings);
	const project = await checkoutFiles(settings, runtime);
	const bundles = bundler(settings, runtime);
	const releases = /* @__PURE__ */ new Map();
	await using nodes = fleet(settings, runtime);
	const warn = missingVariables(settings, runtime);
	await nodes.phase(async (node) => {
		const facts = await deployFacts(node, settings, { of: "active" });
		const target = activeRelease(facts.state);
		if (!target) throw nothingToPatch(name, node.host.name);
		if (settings.parts.includes("wsgi")) warn(target);
		if (settings.version !== void 0 && settings.version !== target.version) throw otherServes(target, settings.version, node.host.name);
		checkKnown({
			settings,
			distribution
		}, target, node.host.name);
		const input = patchInput({
			settings,
			distribution,
			name,
			project,
			facts,
			target
		});
		const lost = input.files.find((file) => file.kind !== "symlink" && file.bytes < 0 && !facts.files.has(sharedKey(file.kind, file.sha256)));
		if (lost) throw drifted(target, lost.path, node.host.name);
		const behind = settings.parts.includes("webconf") && hasOldUrls(target);
		if (input.content && sameContent(target.content, input.content) && !behind) {
			if (isLive(facts, target)) return node.end();
			releases.set(node, {
				kind: "kept",
				node,
				facts,
				target
			});
			return;
		}
		releases.set(node, {
			kind: "built",
			node,
			facts,
			settings: {
				...input.settings,
				migrate: { kind: "none" }
			},
			plan: planRelease(input, runtime),
			event: "patch"
		});
	});
	await rollOut(nodes, releases, settings, runtime, bundles.uv);
	return runReport(nodes, settings, runtime);
}
/** The release as it will be: its own packages, the parts that are patched, and all else as it is. */
function patchInput({ settings, distribution, name, project, facts, target }) {
	const { parts } = settings;
	const files = patchedFiles(target, project.files, parts);
	const { configuration: before } = target.content;
	const configuration = patchedConfiguration(before, {
		settings,
		distribution
	}, target.salt, parts);
	const { served, known } = patchedSites(settings.sites, target.sites, parts);
	return {
		settings: {
			...settings,
			sites: served
		},
		sites: known,
		distribution,
		name,
		version: target.version,
		facts,
		base: layout(settings.deploymentRoot ?? facts.home, name, target.name),
		files,
		source: project.source,
		bundle: { key: target.content.bundle },
		templates: templates(settings.workingDirectory),
		patched: true,
		salt: target.salt,
		content: {
			tree: treeDigest(files),
			bundle: target.content.bundle,
			configuration
		},
		...parts.includes("wsgi") ? {} : {
			generated: "kept",
			variables: target.variables ?? []
		}
	};
}
/** A part that stays as it is knows the sites it was made for; settings that are made anew serve the web configuration of before as well. */
function patchedSites(wanted, before, parts) {
	if (parts.includes("webconf")) return {
		served: wanted,
		known: wanted
	};
	if (!parts.includes("wsgi")) return {
		served: before,
		known: before
	};
	const added = wanted.filter(({ id }) => before.every((one) => one.id !== id));
	return {
		served: before,
		known: [...before.map((one) => {
			const now = wanted.find(({ id }) => id === one.id);
			return now ? {
				...now,
				domains: [.../* @__PURE__ */ new Set([...one.domains, ...now.domains])]
			} : one;
		}), ...added]
	};
}
/** Settings refuse a domain they do not know (ALLOWED_HOSTS): a web configuration with one cannot come before them. */
function checkKnown(configured, target, node) {
	const { sites, parts } = configured.settings;
	if (!parts.includes("webconf") || parts.includes("wsgi")) return;
	const fresh = sites.filter(({ id, domains: [domain = ""] }) => target.sites.every((one) => one.id !== id || !one.domains.includes(domain)));
	if (fresh.length === 0 || hasSameSettings(target.content.configuration, configured, target.salt)) return;
	throw new WovenError({
		code: "patch-settings-first",
		message: `the settings of ${target.distribution} ${target.version} on ${node} do not know ${fresh.map(({ domains: [domain] }) => domain).join(", ")}`,
		next: "They are the part wsgi: patch with parts: wsgi, webconf.",
		node
	});
}
/** Which part of a release a file of the project belongs to. */
function partOf(path) {
	const folders = path.split("/").slice(0, -1);
	if (folders.includes("templates")) return "templates";
	if (folders.includes("static")) return "static";
	if (folders[1] === "media") return "media";
	return "project";
}
/** The files of the parts that are patched, from the checkout; all others as the release has them. `bytes` is -1 for those. */
function patchedFiles(target, checkout, parts) {
	const fromCheckout = (path) => path.startsWith("project/") && parts.includes(partOf(path));
	const kept = Object.entries(target.files).filter(([path]) => !fromCheckout(path));
	const links = Object.entries(target.symlinks).filter(([path]) => !fromCheckout(path));
	return [
		...kept.map(([path, key]) => ({
			path,
			kind: key.startsWith("x") ? "executable" : "file",
			sha256: key.replace(/^x/, ""),
			bytes: -1
		})),
		...links.map(([path, to]) => ({
			path,
			kind: "symlink",
			sha256: hashText(to),
			bytes: 0,
			target: to
		})),
		...checkout.filter(({ path }) => fromCheckout(path))
	];
}
function nothingToPatch(name, node) {
	return new WovenError({
		code: "nothing-active",
		message: `no version of ${name} is active on ${node}`,
		next: "Deploy one first.",
		node
	});
}
function otherServes({ distribution, version }, wanted, node) {
	return new WovenError({
		code: "patch-other-version",
		message: `${distribution} ${version} isLive on ${node}, not ${wanted}, and patch is for what isLive`,
		next: `Leave the version input out, or activate ${wanted} first.`,
		node
	});
}
function drifted(target, path, node) {
	return new WovenError({
		code: "release-drifted",
		message: `${path} of ${target.distribution} ${target.version} was changed or removed on ${node} by somebody else`,
		next: "Nothing was touched. Deploy a new version, or this one anew with overwrite: true.",
		node
	});
}

// src/commands/rollback.ts
async function rollback(settings, runtime) {
	return switchToKept(settings, runtime, "rollback", (facts, node) => {
		const target = facts.state && rollbackTarget(facts.state);
		if (target) return target;
		throw new WovenError({
			code: "nothing-before",
			message: `${node} keeps no healthy version from before the one that serves`,
			next: "status lists what is kept there. Nothing was changed.",
			node
		});
	});
}

// src/steps/apt-get.ts
/**
* It never asks, waits for dpkg's lock, and keeps configuration files that somebody changed. needrestart, which Ubuntu runs after
* apt, is told to wait for the next one: it might ask, and it might restart what runs this very stage.
*/
const aptGet = sh`env NEEDRESTART_SUSPEND=1 NEEDRESTART_MODE=l APT_LISTCHANGES_FRONTEND=none apt-get -y -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold`;

// src/steps/protected-packages.ts
/** Names of Debian's and of the makers' own packages; whatever has such a name in it is kept, clients and modules, too. */
const databases = [
	"postgres",
	"mysql",
	"mariadb",
	"percona",
	"sqlite",
	"firebird",
	"redis",
	"valkey",
	"redict",
	"keydb",
	"memcached",
	"mongo",
	"ferretdb",
	"couchdb",
	"couchbase",
	"cassandra",
	"scylla",
	"cockroach",
	"clickhouse",
	"timescale",
	"influxdb",
	"victoria-?metrics",
	"graphite-carbon",
	"elasticsearch",
	"opensearch",
	"solr",
	"meilisearch",
	"typesense",
	"manticore",
	"neo4j",
	"arangodb",
	"orientdb",
	"rethinkdb",
	"questdb",
	"mssql",
	"etcd",
	"consul",
	"zookeeper",
	"slapd",
	"389-ds",
	"rabbitmq",
	"kafka",
	"mosquitto",
	"nats-server",
	"minio"
];
/** Regular expressions of whole names. */
const needed$1 = [
	...[
		"ssh",
		"openssh-.*",
		"dropbear.*",
		"tinyssh.*",
		"sudo",
		"sudo-.*",
		"doas",
		"opendoas",
		"passwd",
		"login",
		"sssd.*"
	],
	...[
		"libpam.*",
		"libnss.*",
		"cloud-init.*",
		"qemu-guest-agent",
		"google-guest-agent",
		"waagent",
		"walinuxagent"
	],
	...[
		"linux-.*",
		"grub.*",
		"shim-.*",
		"systemd.*",
		"init",
		"init-.*",
		"initramfs-.*",
		"dracut.*",
		"udev",
		"dbus.*",
		"kmod"
	],
	...[
		"firmware-.*",
		"raspi-firmware",
		"intel-microcode",
		"amd64-microcode",
		"u-boot.*",
		"efibootmgr",
		"libc6.*",
		"libc-bin"
	],
	...[
		"lvm2",
		"mdadm",
		"cryptsetup.*",
		"zfs.*",
		"btrfs-progs",
		"xfsprogs",
		"e2fsprogs",
		"nfs-.*",
		"open-iscsi",
		"multipath-.*"
	],
	...[
		"dpkg",
		"apt",
		"apt-.*",
		"python3",
		"python3-minimal",
		"base-files",
		"bash",
		"dash",
		"ca-certificates",
		"ufw"
	],
	...[
		"netplan.*",
		"ifupdown.*",
		"network-manager.*",
		"networkd-dispatcher",
		"iproute2",
		"iptables.*",
		"nftables",
		"dhcpcd.*"
	],
	...[
		"isc-dhcp-client",
		"resolvconf",
		"openresolv",
		"bridge-utils",
		"vlan",
		"ifenslave",
		"openvswitch-.*",
		"wpasupplicant"
	],
	...[
		"wireguard.*",
		"openvpn.*",
		"strongswan.*",
		"tailscale",
		"zerotier-one",
		"cloudflared",
		"frr.*",
		"bird2?",
		"keepalived"
	]
];
/** For `grep -E`, and for JavaScript alike. */
const neverRemoved = `^(${needed$1.join("|")}|.*(${databases.join("|")}).*)$`;

// src/steps/package-conflicts.ts
/** Of each of these a node has one: who names another one in the settings means the change. */
const oneOfAKind = [
	"^(exim4.*|postfix.*|sendmail.*|ssmtp|msmtp-mta|nullmailer|dma|opensmtpd|courier-mta|esmtp-run)$",
	"^(systemd-timesyncd|chrony|ntp|ntpsec|openntpd)$",
	"^(rsyslog|syslog-ng.*|busybox-syslogd|inetutils-syslogd)$"
];
/** Where Woven remembers what it installed: tool.py recall. */
const state = "packages";
const simulate = sh`${aptGet} -s -o Debug::NoLocking=1 -o APT::Get::AutomaticRemove=false`;
const removed = sh`sed -n 's/^Remv \([^ ]*\).*/\1/p'`;
/** Needs `$package`. */
const isInstalled$1 = sh`dpkg-query -W -f='\${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed`;
/** Sets `$wanted` to those of the packages that are not installed. */
function missing(packages) {
	return sh`wanted=
for package in ${packages}; do
  ${isInstalled$1} || wanted="$wanted $package"
done`;
}
/**
* Needs `$wanted`. Sets `$lost` to what would have to go for it and must not: all but Woven's own that is wanted no more, and
* what the settings name another one of. What may go is in `$run/packages-replaced`.
*/
function findLost(packages) {
	return sh`lost=
${stale(packages)}
: >"$run/packages-replaced"
${simulate} --no-install-recommends install $wanted >"$run/simulated" 2>&1 || { cat "$run/simulated"; fail "apt finds no way to install$wanted"; }
${removed} "$run/simulated" >"$run/packages-taken"
while read -r package; do
  ok=
  for kind in ${oneOfAKind}; do
    if printf '%s\n' "$package" | grep -qE "$kind" && printf '%s\n' $wanted | grep -qE "$kind"; then ok=yes; fi
  done
  if grep -qxF -e "$package" "$run/packages-stale" && ! printf '%s\n' "$package" | grep -qE ${neverRemoved}; then ok=yes; fi
  if [ -n "$ok" ]; then printf '%s\n' "$package" >>"$run/packages-replaced"; else lost="$lost $package"; fi
done <"$run/packages-taken"`;
}
/** Before anything is upgraded or installed. */
function nothingLost(packages) {
	return {
		id: "package-conflicts",
		title: "No package goes for another one",
		plan: "quiet",
		check: sh`${missing(packages)}
[ -z "$wanted" ]`,
		apply: sh`touch "$run/unchanged"
${missing(packages)}
${findLost(packages)}
[ -z "$lost" ] || fail "to install$wanted, apt would remove$lost"`,
		next: "Take one or the other out of base-packages, extra-packages or role-packages (ufw is there for enable-ufw), or remove by hand what is to go. Nothing was installed, and nothing was removed."
	};
}
/** What somebody else removed is not Woven's any more, should it come back. The node is as it was, and so this is no change. */
function forgetPackages(wanted) {
	return {
		id: "forget-packages",
		title: "What Woven installed is known",
		plan: "quiet",
		check: sh`${stale(wanted)}
while read -r package; do ${isInstalled$1}; done <"$run/packages-stale"`,
		apply: sh`touch "$run/unchanged"
${stale(wanted)}
: >"$run/packages-gone"
while read -r package; do ${isInstalled$1} || printf '%s\n' "$package" >>"$run/packages-gone"; done <"$run/packages-stale"
{ tool recall ${state} | grep -vxF -f "$run/packages-gone" || :; } | tool remember ${state}`
	};
}
/** Removes (never purges) what Woven itself installed once and the settings no longer want, unless something else needs it. */
function removePackages(wanted) {
	const going = staleOnes(wanted);
	return {
		id: "remove-packages",
		title: "Packages no longer wanted",
		limit: 1800,
		check: sh`${going}
while read -r line; do detail "$line"; done <"$run/packages-kept"
[ ! -s "$run/packages-going" ]`,
		preview: sh`while read -r package; do detail "remove $package"; done <"$run/packages-going"`,
		apply: sh`${aptGet} -o APT::Get::AutomaticRemove=false remove $(cat "$run/packages-going") 2>&1
while read -r package; do detail "removed $package"; done <"$run/packages-going"
{ tool recall ${state} | grep -vxF -f "$run/packages-going" || :; } | tool remember ${state}`,
		next: "apt could not remove them: what it said is above. Nothing else depends on this step."
	};
}
/** Into `packages-stale`: what Woven installed and the settings want no more. */
function stale(wanted) {
	return sh`printf '%s\n' ${["", ...wanted]} | sort >"$run/packages-wanted"
tool recall ${state} | sort | comm -23 - "$run/packages-wanted" >"$run/packages-stale"`;
}
/** Of those, told apart: `packages-kept` with the reason, and `packages-going`, which apt removes together and nothing with them. */
function staleOnes(wanted) {
	return sh`${stale(wanted)}
: >"$run/packages-going"; : >"$run/packages-kept"
${releasesWith}
while read -r package; do
  ${isInstalled$1} || continue
  if printf '%s\n' "$package" | grep -qE ${neverRemoved}; then printf '%s\n' "$package: kept, for it may hold data or be needed to log in" >>"$run/packages-kept"; continue; fi
  releases=$(releases_with "$package")
  if [ -n "$releases" ]; then printf '%s\n' "$package: kept, for releases on this node are served with it: $releases" >>"$run/packages-kept"; continue; fi
  printf '%s\n' "$package" >>"$run/packages-going"
done <"$run/packages-stale"
# What apt would do besides removing those that go: remove others, or install what takes their place.
beyond() {
  if ! ${simulate} remove "$@" >"$run/simulated" 2>/dev/null; then echo 'something that apt does not tell'; return; fi
  { ${removed} "$run/simulated" | grep -vxF -f "$run/packages-going" || :; sed -n 's/^Inst \([^ ]*\).*/\1/p' "$run/simulated"; } | tr '\n' ' '
}
while [ -s "$run/packages-going" ] && [ -n "$(beyond $(cat "$run/packages-going"))" ]; do
  : >"$run/packages-next"
  while read -r package; do
    others=$(beyond "$package")
    if [ -n "$others" ]; then printf '%s\n' "$package: kept, for $others needs it" >>"$run/packages-kept"; else printf '%s\n' "$package" >>"$run/packages-next"; fi
  done <"$run/packages-going"
  if cmp -s "$run/packages-going" "$run/packages-next"; then : >"$run/packages-next"; echo 'all: kept, for apt would not remove them alone' >>"$run/packages-kept"; fi
  mv -f "$run/packages-next" "$run/packages-going"
done`;
}
/** Which releases are served with a package: their units are kept as long as they are. */
const releasesWith = sh`releases_with() {
  case $1 in
  apache2 | apache2-bin | libapache2-mod-wsgi-py3) served_by=apache2 ;;
  nginx | nginx-*) served_by= ;;
  *) return 0 ;;
  esac
  grep -lsF -e "$served_by" /etc/systemd/system/woven-*@.service | sed 's#.*/woven-\(.*\)@\.service#\1#' | tr '\n' ' '
}`;

// src/steps/repositories.ts
/** Files that a PPA brought and apt has not read yet, a line each: also after a power cut they are known as new. */
const newSources = "/var/local/woven/new-sources";
/** What this run added and apt cannot read goes again: files that Woven placed, and those of a PPA. */
const takeBackSources = sh`{ grep -s '^/etc/apt/sources.list.d/woven-' "$run/placed" || :; cat ${newSources} 2>/dev/null || :; } | while read -r file; do rm -f "$file"; done
rm -f ${newSources}`;
/** One step a repository; a source that Woven placed once and the settings dropped goes, a PPA stays (and is named). */
function packageRepositories(repositories) {
	const placed = repositories.filter((repository) => !repository.startsWith("ppa:")).map((source) => ({
		source,
		path: sourcePath(source)
	}));
	return [
		...repositories.filter((repository) => repository.startsWith("ppa:")).map(ppa),
		...placed.map(({ source, path }) => placeFile({
			path,
			content: `# Managed by Woven.\n${source.trim()}\n`,
			title: `Package source ${firstUri(source)}`
		})),
		dropSources(placed.map(({ path }) => path))
	];
}
function ppa(name) {
	const id = createHash("sha256").update(name).digest("hex").slice(0, 8);
	const words = name.slice(4).split("/");
	return {
		id: `ppa-${id}`,
		title: `Package source ${name}`,
		limit: 600,
		check: sh`grep -rqsF ${`/${words.join("/")}/ubuntu`} /etc/apt/sources.list.d`,
		apply: sh`. /etc/os-release
[ "$ID" = ubuntu ] || fail ${`${name} is a PPA, and those are for Ubuntu; this is `}"$PRETTY_NAME"
if ! command -v add-apt-repository >/dev/null; then
  # The lists of an image are mostly old, and name files that no mirror has any more.
  ${aptGet} update 2>&1 || :
  ${aptGet} --no-remove install software-properties-common 2>&1
fi
files() { find /etc/apt/sources.list.d /etc/apt/trusted.gpg.d -type f | sort; }
files >"$run/sources-before"
code=0
add-apt-repository -y --no-update ${name} 2>&1 || code=$?
detail ${name}
mkdir -p /var/local/woven
files | comm -13 "$run/sources-before" - >>${newSources}
exit "$code"`,
		preview: sh`detail ${`add ${name}`}`,
		undo: takeBackSources,
		next: "Launchpad may not know it, or not answer: what it said is above. On Debian, give the repository as a deb822 source (Types, URIs, Suites, Components, Signed-By) in package-repositories."
	};
}
function dropSources(wanted) {
	const stale = sh`for file in /etc/apt/sources.list.d/woven-*.sources; do
  [ -e "$file" ] || continue
  case " ${wanted.length > 0 ? wanted : sh`:`} " in *" $file "*) ;; *) printf '%s\n' "$file" ;; esac
done`;
	return {
		id: "drop-sources",
		title: "Package sources no longer wanted",
		check: sh`[ -z "$(${stale})" ]`,
		preview: sh`${stale} | while read -r file; do detail "remove $file"; done`,
		apply: sh`${stale} | while read -r file; do rm -f "$file"; detail "removed $file"; done`
	};
}
function sourcePath(source) {
	return `/etc/apt/sources.list.d/woven-${createHash("sha256").update(source.trim()).digest("hex").slice(0, 12)}.sources`;
}
function firstUri(source) {
	return /^URIs:\s*(\S+)/m.exec(source)?.[1] ?? "";
}

// src/steps/apt.ts
/** The baseline of a node that serves. */
const basePackages = [
	"ufw",
	"nginx",
	"apache2",
	"libapache2-mod-wsgi-py3",
	"python3",
	"sudo",
	"ca-certificates",
	"logrotate",
	"tzdata"
];
/** Those of them that only Apache is served by: with another server they are not installed, and go where Woven installed them. */
const apachePackages = ["apache2", "libapache2-mod-wsgi-py3"];
/** A cloud image may still be at its own first boot, apt and all. Where it never comes to an end, that is said after a quarter of an hour. */
function firstBoot() {
	return {
		id: "first-boot",
		title: "The first boot has ended",
		limit: 960,
		check: sh`command -v cloud-init >/dev/null || exit 0
case $(timeout 60 cloud-init status 2>/dev/null) in
*done* | *disabled* | *error* | *degraded*) ;;
*'not run'* | *'not started'*) ! systemctl list-jobs --no-legend | grep -q 'cloud-' ;;
*) exit 1 ;;
esac`,
		preview: sh`detail 'wait for cloud-init'`,
		apply: sh`code=0
timeout 900 cloud-init status --wait >/dev/null 2>&1 || code=$?
[ "$code" != 124 ] || { timeout 60 cloud-init status --long 2>&1 || :; fail 'cloud-init has not ended after 15 minutes'; }`,
		next: "Log in to the node and see what cloud-init waits for (cloud-init status --long, /var/log/cloud-init-output.log); then run setupnode again. Nothing was changed."
	};
}
/** Most steps need it, and a server that was installed by hand may have none. */
function python() {
	return {
		id: "python",
		title: "Python is there",
		limit: 900,
		check: sh`command -v python3 >/dev/null`,
		preview: sh`detail 'install python3'`,
		apply: sh`${aptGet} update 2>&1
${aptGet} --no-install-recommends --no-remove install python3 2>&1`,
		next: "apt could not install python3: what it said is above."
	};
}
/** Waits while somebody else is at work with apt: it waits for dpkg's lock by itself, but not for that of its lists. */
const inTurn$1 = sh`in_turn() {
  for try in $(seq 100); do
    if "$@" >"$run/turn" 2>&1; then return 0; fi
    grep -Eq 'Could not get lock|lock was locked' "$run/turn" || break
    sleep 3
  done
  cat "$run/turn"; return 1
}`;
/** A run of dpkg that was cut leaves packages half done, and apt does nothing before they are. */
function dpkgEnded() {
	return {
		id: "dpkg",
		title: "dpkg has ended what it began",
		limit: 900,
		check: sh`[ -z "$(dpkg --audit)" ]`,
		preview: sh`detail 'end what dpkg was interrupted at'`,
		apply: sh`${inTurn$1}
in_turn dpkg --configure -a --force-confdef --force-confold`,
		next: "dpkg was interrupted on this node, and cannot end what it began: what it said is above. Nothing was installed."
	};
}
/**
* Refreshes lists that are older than a day, or do not know a wanted package. That is no change to speak of: what comes by it is
* told by the steps that install and upgrade.
*/
function packageLists(packages) {
	return {
		id: "package-lists",
		title: "Package lists",
		plan: "quiet",
		limit: 900,
		check: sh`[ ! -e ${newSources} ]
# The lists themselves bear the mirror's date; the folder's is that of their last refresh.
[ -n "$(find /var/lib/apt/lists -maxdepth 0 -mtime -1)" ]
[ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*')" ]
for source in /etc/apt/sources.list /etc/apt/sources.list.d/*; do [ ! "$source" -nt /var/lib/apt/lists ] || exit 1; done
dpkg-query -W ${packages} >/dev/null 2>&1 || apt-cache show --no-all-versions ${packages} >/dev/null 2>&1`,
		preview: sh`detail 'refresh the package lists'`,
		apply: sh`touch "$run/unchanged"
${inTurn$1}
in_turn ${aptGet} -o APT::Update::Error-Mode=any update
touch /var/lib/apt/lists
rm -f ${newSources}`,
		undo: takeBackSources,
		next: "apt cannot reach its mirrors, or one of its sources is wrong (those of package-repositories, and their keys, come from the settings): what it said is above. Nothing was installed."
	};
}
/** Names that no source of the node knows are told before anything is installed. */
function knownPackages(packages) {
	return {
		id: "known-packages",
		title: "Every package is known",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
unknown=
for package in ${packages}; do
  dpkg-query -W "$package" >/dev/null 2>&1 || apt-cache --no-all-versions show "$package" 2>/dev/null | grep -q . || unknown="$unknown $package"
done
[ -z "$unknown" ] || fail "no source of this node has:$unknown"`,
		next: "Look at base-packages, extra-packages and role-packages for a misspelt name, and at package-repositories for a source that is missing. Nothing was installed."
	};
}
/**
* Brings what is installed up to date, keeping configuration files as they are. Removes nothing. A dry run names what waits, and
* does not call it a difference: the server is as its settings say, and it is Debian that has changed.
*/
function upgradePackages() {
	const pending = sh`apt-get -s -o Debug::NoLocking=1 upgrade --with-new-pkgs 2>/dev/null | sed -n 's/^Inst \([^ ]*\).*/\1/p'`;
	return {
		id: "upgrade",
		title: "Packages up to date",
		plan: "quiet",
		limit: 3600,
		check: sh`[ -z "$(${pending})" ]`,
		preview: sh`${pending} | while read -r package; do detail "upgrade $package"; done`,
		apply: sh`${pending} >"$run/upgrades"
${aptGet} upgrade --with-new-pkgs 2>&1
while read -r package; do detail "upgraded $package"; done <"$run/upgrades"`,
		next: "apt could not upgrade: what it said is above. Running setupnode again goes on from here."
	};
}
/**
* Installs what is missing, in one call. The web servers do not start by being installed: Apache would take the port that
* nginx needs. What is about to be installed is noted before: as Woven's, and, where it is `hooked`, as due for its hook.
*/
function installPackages(packages, hooked) {
	return {
		id: "packages",
		title: "Packages",
		limit: 3600,
		check: sh`${missing(packages)}
[ -z "$wanted" ]`,
		preview: sh`${missing(packages)}
for package in $wanted; do detail "install $package"; done
${findLost(packages)}
while read -r package; do detail "remove $package: another one takes its place"; done <"$run/packages-replaced"
[ -z "$lost" ] || detail "this would fail: apt would have to remove$lost"`,
		apply: sh`${missing(packages)}
${findLost(packages)}
[ -z "$lost" ] || fail "to install$wanted, apt would remove$lost"
none=--no-remove; [ ! -s "$run/packages-replaced" ] || none=
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\n# Managed by Woven, while it installs packages.\ncase $1 in nginx | nginx.* | apache2 | apache2.*) exit 101 ;; esac\n' >"$policy"; chmod 755 "$policy"
fi
trap '! grep -qs "Managed by Woven" "$policy" || rm -f "$policy"' EXIT
{ tool recall ${state}; printf '%s\n' $wanted; } | sort -u | tool remember ${state}
for package in ${["", ...hooked]}; do case " $wanted " in *" $package "*) [ -z "$package" ] || printf '%s\n' "$package" >>/var/local/woven/hooks-due ;; esac; done
${aptGet} --no-install-recommends $none install $wanted 2>&1
for package in $wanted; do detail "installed $package"; done
while read -r package; do detail "removed $package: another one took its place"; done <"$run/packages-replaced"`,
		undo: removePolicy,
		next: "apt could not install them: what it said is above. A mirror that is down or a full disk are the usual reasons. Running setupnode again goes on from here."
	};
}
const removePolicy = sh`! grep -qs 'Managed by Woven' /usr/sbin/policy-rc.d || rm -f /usr/sbin/policy-rc.d`;
/** A run that was cut while it installed may have left services forbidden to start. */
function startsAllowed() {
	return {
		id: "policy",
		title: "Services may start",
		check: sh`! grep -qs 'Managed by Woven' /usr/sbin/policy-rc.d`,
		apply: removePolicy
	};
}
/**
* Says when a new kernel or library waits for a reboot. Woven never reboots a node. Debian notes it in a file where
* unattended-upgrades is installed; a kernel tells by itself, if the one that runs is the node's own (in a container it is not).
*/
function rebootNeeded() {
	return {
		id: "reboot",
		title: "Whether a reboot is due",
		plan: "runs",
		apply: sh`touch "$run/unchanged"
[ ! -e /run/reboot-required ] || detail "a reboot is due: $(sort -u /run/reboot-required.pkgs 2>/dev/null | tr '\n' ' ')"
running=$(uname -r)
[ -d "/lib/modules/$running" ] || exit 0
# Without the flavour: 6.12.48+deb13-cloud-amd64 is 6.12.48+deb13.
version() { sed 's/-[a-z].*//'; }
newest=$(ls /boot | sed -n 's/^vmlinuz-\([0-9].*\)/\1/p' | version | sort -V | tail -n 1)
here=$(printf '%s\n' "$running" | version)
[ "$(printf '%s\n' "$here" "$newest" | sort -V | tail -n 1)" = "$here" ] || detail "a reboot is due: $running runs, and kernel $newest is installed"`
	};
}

// src/steps/sudo.ts
/** One a user: a second account that deploys takes nothing from the first. sudo reads no name that has a dot (sudoers(5)). */
function sudoersFile(user) {
	return `/etc/sudoers.d/woven-${user}`;
}
/** Exits other than 0, with the reason, where the account cannot become root without being asked. */
function sudoWorks(user) {
	return sh`runuser -u ${user} -- sudo -n true || { echo ${`with these files, sudo would refuse ${user}: ${sudoersFile(user)} must be read, and no rule after it may ask for a password`}; exit 1; }`;
}
/** Woven's one file for all users, of its earlier versions: sets `$whose` to the user that it is for. */
const former = "/etc/sudoers.d/woven";
const formerly = sh`whose=
if head -n 1 ${former} 2>/dev/null | grep -q '^# Managed by Woven'; then whose=$(sed -n '2s/^Defaults:\([a-z_][a-z0-9_-]*\) !requiretty$/\1/p' ${former}); fi`;
function sudo(user) {
	const file = sudoersFile(user);
	return {
		id: "sudo",
		title: `sudo for ${user}`,
		files: [{
			name: "sudoers",
			content: sudoers(user)
		}],
		check: sh`same "$files/sudoers" ${file}
[ "$(stat -c %a:%U ${file})" = 440:root ]
${formerly}
[ -z "$whose" ]
runuser -u ${user} -- sudo -n true`,
		apply: sh`visudo -cqf "$files/sudoers"
tool write ${file} 440 root root <"$files/sudoers"
${formerly}
if [ -n "$whose" ]; then
  [ -e ${former}-"$whose" ] || mv ${former} ${former}-"$whose"
  rm -f ${former}
fi
usermod -aG adm ${user}
runuser -u ${user} -- sudo -n true || fail ${`sudo still refuses ${user}: of all rules that fit, the last one read counts. It may be in`} "$(cd /etc/sudoers.d && ls | awk -v own=${file.slice(15)} '$0 > own' | sed 's#^#/etc/sudoers.d/#' | tr '\n' ' ')or at the end of /etc/sudoers: see sudo -l -U" ${user}`
	};
}
function sudoers(user) {
	return `# Managed by Woven. Stages run as root: the account that deploys can do what root can, and has no password to lose.
Defaults:${user} !requiretty
${user} ALL=(ALL:ALL) NOPASSWD: ALL
`;
}

// src/steps/deploy-user.ts
/** Creates the user without a password and gives it the keys; keys that somebody else put there stay. */
function deployUser(user, keys) {
	return [
		account(user),
		authorizedKeys(user, keys),
		sudo(user)
	];
}
/** What an account made by hand may lack: a shell that runs commands, a home of its own, a date that is not over. */
function account(user) {
	const facts = sh`entry=$(getent passwd ${user}) || exit 1
shell=\${entry##*:}
home=$(echo "$entry" | cut -d: -f6)
# Days since 1970 (shadow(5)): sshd's PAM refuses an account that is over, or that must choose a new password first.
days=$(getent shadow ${user} | cut -d: -f3-8)
over=$(echo "$days" | awk -F: -v today=$(($(date +%s) / 86400)) '($6 != "" && $6 <= today) || $1 == "0" || ($1 != "" && $3 != "" && $1 + $3 < today) { print "over" }')`;
	const shellRuns = sh`case \${shell##*/} in sh | bash | dash | ksh | zsh) [ -x "$shell" ] ;; *) false ;; esac`;
	const homeIsOwn = sh`[ -d "$home" ] && [ "$(stat -L -c %U "$home")" = ${user} ] && [ -z "$(find -H "$home" -maxdepth 0 -perm /022)" ]`;
	return {
		id: "deploy-user",
		title: `User ${user}`,
		check: sh`${facts}
[ -z "$over" ]
${shellRuns}
${homeIsOwn}`,
		apply: sh`if ! getent passwd ${user} >/dev/null; then
  useradd --create-home --user-group --shell /bin/bash --password '*' ${user}
  detail ${user}
fi
${facts}
own=$(awk '$1 == "UID_MIN" { print $2 }' /etc/login.defs)
if ! { ${shellRuns}; }; then
  [ "$(id -u ${user})" -ge "\${own:-1000}" ] || fail ${`${user} is an account of the system, with the shell`} "$shell: name another user"
  detail "shell /bin/bash, and not $shell"
  usermod --shell /bin/bash ${user}
fi
if [ -n "$over" ]; then
  detail "its end, or that of its password, taken out: it was over"
  chage -E -1 -I -1 -M -1 -d "$(date +%F)" ${user}
fi
if ! { ${homeIsOwn}; }; then
  case $home in
  /home/?* | /srv/?* | /var/?* | /opt/?*) ;;
  *) [ -d "$home" ] && [ "$(stat -L -c %U "$home")" = ${user} ] || fail ${`the home of ${user} is`} "$home: give it one of its own (usermod --home)" ;;
  esac
  detail "$home"
  [ -d "$home" ] || { mkdir -p "$home"; cp -R /etc/skel/. "$home"; chown -R "$(id -u ${user}):$(id -g ${user})" "$home"; }
  chown ${user} "$home"
  chmod go-w "$home"
fi`
	};
}
/** Sorts the lines of a user's file against the lines that are wanted, and those that Woven added once. */
const sortKeys = `
function blob(line) { return match(line, /AAAA[A-Za-z0-9+/=]+/) ? substr(line, RSTART, RLENGTH) : line }
function plain(line) { return line ~ /^(ssh|ecdsa|sk)-/ }
FILENAME == added { ours[$0] = 1; oursBlob[blob($0)] = 1; next }
FILENAME == wanted { order[++many] = $0; want[$0] = 1; wantBlob[blob($0)] = 1; next }
/^[[:space:]]*(#|$)/ { next }
($0 in ours && !($0 in want)) || (blob($0) in oursBlob && !(blob($0) in wantBlob)) { print "drop " FNR " " $0; next }
{ there[blob($0)] = 1; whole[$0] = 1; if (!(blob($0) in first)) first[blob($0)] = $0 }
END {
  for (i = 1; i <= many; i++) {
    line = order[i]
    if (!(line in whole) && !(plain(line) && blob(line) in there)) print "add " line
    else if (line in ours && line in whole) print "still " line
    if (plain(line) && blob(line) in first && first[blob(line)] ~ /^([^ ]*,)?command=/) print "forced " first[blob(line)]
  }
}`;
/**
* A key is there under whatever options and comment somebody gave it: sshd goes by the first line that has it. Those that Woven
* added are remembered, and go when neither the settings nor the run have them any more; a run without a key of its own cannot
* tell which one lets it in, and takes none away.
*/
function authorizedKeys(user, { inUse, more }) {
	const carried = "authorized-keys";
	const memory = `keys ${user}`;
	const home = sh`home=$(getent passwd ${user} | cut -d: -f6)`;
	const sort = sh`: >"$run/keys-there"
if [ -e "$home/.ssh/authorized_keys" ]; then tr -d '\r' <"$home/.ssh/authorized_keys" >"$run/keys-there"; fi
${inUse.length > 0 ? sh`tool recall ${memory} >"$run/keys-added"` : sh`: >"$run/keys-added"`}
awk -v wanted="$files"/${carried} -v added="$run/keys-added" ${sortKeys} "$run/keys-added" "$files"/${carried} "$run/keys-there" >"$run/keys-sorted"`;
	const tell = sh`sed -n 's/^drop [0-9]* //p' "$run/keys-sorted" | while read -r key; do detail "removed, for neither the settings nor this run have it: $(printf '%s' "$key" | cut -c 1-120)"; done`;
	return {
		id: "deploy-keys",
		title: `Keys of ${user}`,
		files: [{
			name: carried,
			content: [...inUse, ...more].map((key) => `${key}\n`).join("")
		}],
		check: sh`${home}
[ "$(stat -c %a:%U "$home/.ssh" 2>/dev/null)" = ${`700:${user}`} ]
[ "$(stat -c %a:%U "$home/.ssh/authorized_keys" 2>/dev/null)" = ${`600:${user}`} ]
${sort}
! grep -qv '^still ' "$run/keys-sorted"`,
		preview: sh`${home}
${sort}
sed -n 's/^add /add: /p; s/^drop [0-9]* /remove: /p' "$run/keys-sorted" | cut -c 1-120 >>"$run/details"`,
		apply: sh`${home}
group=$(id -gn ${user})
${sort}
if grep -q '^forced ' "$run/keys-sorted"; then
  fail "$home/.ssh/authorized_keys has a key that Woven needs, with a command that sshd runs in the place of every other: $(sed -n 's/^forced //p' "$run/keys-sorted" | cut -c 1-120). Take that line out"
fi
install -d -m 700 -o ${user} -g "$group" "$home/.ssh"
# awk ends a last line that somebody left without its newline: the next key is a line of its own.
{
  if [ -e "$home/.ssh/authorized_keys" ]; then
    awk -v sorted="$run/keys-sorted" 'FILENAME == sorted { if ($1 == "drop") gone[$2] = 1; next } !(FNR in gone)' "$run/keys-sorted" "$home/.ssh/authorized_keys"
  fi
  sed -n 's/^add //p' "$run/keys-sorted"
} >"$run/keys"
# Noted before it is there, and forgotten after it is gone: whatever a cut leaves is known.
{ tool recall ${memory}; sed -n 's/^add //p' "$run/keys-sorted"; } | sort -u | tool remember ${memory}
tool write "$home/.ssh/authorized_keys" 600 ${user} "$group" <"$run/keys"
${inUse.length > 0 ? sh`sed -n 's/^add //p; s/^still //p' "$run/keys-sorted" | sort -u | tool remember ${memory}` : sh`:`}
${tell}`
	};
}

// src/steps/ssh-guard.ts
/** The script that guarded steps call; a stage that holds such steps carries it. */
function guardFile() {
	return {
		name: "ssh-guard.sh",
		content: readPackageFile("templates/node/ssh-guard.sh")
	};
}
/** The same step, with the way back made ready before it changes anything: these files, and all that access depends on anyway. */
function guarded(step, files = []) {
	return {
		...step,
		apply: sh`sh "$files/ssh-guard.sh" arm "$run" ${files}
${step.apply}`
	};
}
/** Before access is looked at: a way back that an earlier run left armed must not be taken between the look and the proof. */
function guardHeld() {
	return {
		id: "guard-held",
		title: "Changes of access that an earlier run left unproved",
		check: sh`[ ! -e /var/local/woven/ssh-guard/armed ]`,
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
sh "$files/ssh-guard.sh" arm "$run"`
	};
}
/**
* Says, as its data, which change of access waits for a login to prove it. Fails where the node has taken back meanwhile what
* this stage had changed.
*/
function guardState() {
	return {
		id: "guard",
		title: "Changes of access that wait for a proof",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
if [ -e /var/local/woven/ssh-guard/armed ] || [ -e "$run/armed" ]; then sh "$files/ssh-guard.sh" arm "$run"; printf '%s\n' "\${run##*/}" >&3; fi`,
		next: "Run setupnode again. The way in is as it was before."
	};
}
/** Run over a login that was made after the change of the stage `$1`: it works, so it stays. Exits 3 where another run is at it. */
const proveAccess = sh`guard=/var/local/woven/ssh-guard/ssh-guard.sh
if [ ! -e "$guard" ]; then
  # Another run has ended it meanwhile, one way or the other.
  [ "$(cat /var/local/woven/.ssh-guard-ended 2>/dev/null)" = proved ] && exit 0
  echo 'the change was taken back already: no login had proved it in time' >&2; exit 1
fi
sh "$guard" disarm "$1"`;

// src/steps/ufw-rules.ts
/** Woven's own rules: as the settings write them, a tab, as ufw shows them. */
const ruleNotes = "/var/local/woven/ufw-rules";
/** Words for one rule, given as one argument. ufw says itself whether it is there: a dry run prints the whole rule set unless nothing would change, for IPv4 or IPv6. */
const words = sh`tab=$(printf '\t')
half_done() { grep -qsxF "$1$tab" ${ruleNotes}; }
is_there() {
  ! half_done "$1" || return 1
  said=$(ufw --dry-run $1 2>/dev/null </dev/null)
  case $said in Skipping*) ;; *) return 1 ;; esac
  ! printf '%s\n' "$said" | grep -qv '^Skipping adding existing rule'
}
forget_rule() { awk -F '\t' -v rule="$1" '$1 != rule' ${ruleNotes} >${ruleNotes}.new; }
note_rule() { mkdir -p /var/local/woven; touch ${ruleNotes}; forget_rule "$1"; printf '%s\t%s\n' "$1" "$2" >>${ruleNotes}.new; mv -f ${ruleNotes}.new ${ruleNotes}; }
delete_rule() {
  case $1 in
  "route "*) ufw route delete \${1#route } >/dev/null </dev/null ;;
  *) ufw --force delete $1 >/dev/null </dev/null ;;
  esac
}
# Noted as Woven's before it is added, and what ufw calls it after that: a run cut in between adds it anew.
add_rule() {
  # Half of it, too: of one IP version, or by a run that was cut.
  if half_done "$1" || ufw --dry-run $1 2>/dev/null </dev/null | grep -q '^Skipping adding existing rule'; then delete_rule "$1"; fi
  ufw show added | sort >"$run/rules-before"
  note_rule "$1" ''
  ufw $1 >/dev/null </dev/null
  note_rule "$1" "$(ufw show added | sort | comm -13 "$run/rules-before" - | sed -n '1s/^ufw //p')"
}
# What of the rules that ufw has would go with this one.
tuples_of() {
  case $1 in
  "route "*) ufw --dry-run route delete \${1#route } >"$run/rules-without" 2>/dev/null </dev/null ;;
  *) ufw --dry-run delete $1 >"$run/rules-without" 2>/dev/null </dev/null ;;
  esac || return 0
  for version in '' 6; do
    # It prints the IP versions that the rule is of.
    if grep -q "^:ufw$version-user-input " "$run/rules-without"; then grep '^### tuple' /etc/ufw/user$version.rules || :; fi
  done | grep -vxF -f "$run/rules-without" || :
}
# The same rule, as the settings write it now: there are many ways to write one.
now_written() {
  tuples_of "$1" >"$run/tuples"
  [ -s "$run/tuples" ] || return 0
  while read -r other; do
    [ -n "$other" ] || continue
    tuples_of "$other" >"$run/tuples-other"
    if cmp -s "$run/tuples" "$run/tuples-other"; then printf '%s\n' "$other"; return; fi
  done <"$run/rules-wanted"
}`;
function addRule(text, index) {
	return {
		id: `ufw-rule-${index + 1}`,
		title: `Firewall rule: ${text}`,
		check: sh`${words}
is_there ${text}`,
		preview: sh`detail ${`add: ${text}`}`,
		apply: sh`${words}
add_rule ${text}
detail ${`added: ${text}`}`,
		next: "ufw does not understand the rule: see ufw(8) for how it is written, and ufw-rules in the settings."
	};
}
/** Rules that are Woven's by its own notes, and wanted no more. One that is only written in another way now is not touched. */
function dropRules(wanted) {
	const stale = sh`printf '%s\n' ${["", ...wanted]} | sort >"$run/rules-wanted"
cut -sf1 ${ruleNotes} 2>/dev/null | sort | comm -23 - "$run/rules-wanted" >"$run/rules-stale"`;
	return {
		id: "ufw-drop",
		title: "Firewall rules no longer wanted",
		check: sh`${stale}
[ ! -s "$run/rules-stale" ]`,
		preview: sh`${words}
${stale}
while read -r rule; do
  same=$(now_written "$rule")
  if [ -n "$same" ]; then detail "keep: $rule, which is written \"$same\" now"; else detail "remove: $rule"; fi
done <"$run/rules-stale"`,
		apply: sh`${words}
${stale}
while read -r rule; do
  same=$(now_written "$rule")
  if [ -n "$same" ]; then
    note_rule "$same" "$(awk -F '\t' -v rule="$rule" '$1 == rule { print $2 }' ${ruleNotes})"
    detail "kept: $rule, which is written \"$same\" now"
  else
    delete_rule "$rule"
    detail "removed: $rule"
  fi
  forget_rule "$rule"
  mv -f ${ruleNotes}.new ${ruleNotes}
done <"$run/rules-stale"
# One that overlapped with a rule which is gone may have lost its half.
while read -r rule; do
  if [ -n "$rule" ] && ! is_there "$rule"; then add_rule "$rule"; fi
done <"$run/rules-wanted"`
	};
}
/** What others added by hand is theirs: it is named, and left alone, as is what they let out. */
function foreignRules() {
	return {
		id: "ufw-foreign",
		title: "Firewall rules of others, left alone",
		plan: "runs",
		apply: sh`touch "$run/unchanged"
case $(. /etc/default/ufw 2>/dev/null; echo "\${DEFAULT_OUTPUT_POLICY-}") in
DROP | REJECT) detail "not Woven's: what no rule lets out is denied (ufw default deny outgoing); apt, DNS and mail need rules of their own" ;;
esac
{ cut -sf2 ${ruleNotes} 2>/dev/null || :; echo "allow 'Woven SSH'"; } | sort -u >"$run/rules-ours"
ufw show added 2>/dev/null | sed -n 's/^ufw //p' | sort -u | comm -23 - "$run/rules-ours" | while read -r rule; do detail "not Woven's: $rule"; done`
	};
}

// src/steps/ufw.ts
/** What the way back brings back of it. Only who has these kept has the firewall touched by that at all (ssh-guard.sh). */
const firewallFiles = [
	"/etc/default/ufw",
	"/etc/ufw/applications.d/woven",
	"/etc/ufw/user.rules",
	"/etc/ufw/user6.rules",
	"/etc/ufw/ufw.conf",
	ruleNotes
];
/** Where the kernel has no IPv6, there is nothing of it to filter. */
const ipv6 = sh`[ -e /proc/net/if_inet6 ]`;
/** SSH's own profile and rule, the rules, and ufw switched on. Rules that Woven added once and the settings dropped go; others stay. */
function ufw(rules, sshPorts) {
	const ports = sshPorts.toSorted((one, other) => one - other).join(",");
	return [
		guardedWall(placeFile({
			path: "/etc/ufw/applications.d/woven",
			content: `# Managed by Woven.\n[Woven SSH]\ntitle=SSH, as Woven set it up\ndescription=The ports that the SSH server of this node listens on\nports=${ports}/tcp\n`,
			title: "Firewall profile for SSH"
		})),
		bothVersions(),
		letSshIn(ports),
		...rules.map(addRule),
		dropRules(rules),
		policy(),
		switchedOn(),
		foreignRules()
	];
}
function guardedWall(step) {
	return guarded(step, firewallFiles);
}
const keepDefaults = sh`if [ ! -e /var/local/woven-backup/etc/default/ufw ]; then
  (umask 077; mkdir -p /var/local/woven-backup/etc/default)
  cp -p /etc/default/ufw /var/local/woven-backup/etc/default/ufw
fi`;
const ask = (name) => sh`"$(. /etc/default/ufw; echo "\${${sh`${name}`}-}")"`;
/** With IPV6=no, ufw leaves all of IPv6 open (/etc/default/ufw). */
function bothVersions() {
	return guardedWall({
		id: "ufw-ipv6",
		title: "Firewall filters IPv6, too",
		check: sh`! ${ipv6} || [ ${ask("IPV6")} = yes ]`,
		preview: sh`detail '/etc/default/ufw: IPV6=yes'`,
		apply: sh`${keepDefaults}
detail "/etc/default/ufw: IPV6=yes, and not \"$(sed -n 's/^IPV6=//p' /etc/default/ufw)\""
sed -i '/^[[:space:]]*IPV6=/d' /etc/default/ufw
echo IPV6=yes >>/etc/default/ufw
if ufw status | grep -qx 'Status: active'; then ufw reload >/dev/null; fi`
	});
}
/**
* Whether SSH's rule stands before every one that could shut SSH out: one that denies, rejects or limits its port, or all, from
* anywhere, or from a network larger than /16 (/32 for IPv6). A ban of an address, or of somebody's network, may come before it.
*/
const notShutOut = `
BEGIN { many = split(ports, port, ",") }
function isSsh(list,   part, ends, i, k, n) {
  if (list == "any") return 1
  n = split(list, part, ",")
  for (i = 1; i <= n; i++) {
    if (split(part[i], ends, ":") == 1) ends[2] = ends[1]
    for (k = 1; k <= many; k++) if (port[k] + 0 >= ends[1] + 0 && port[k] + 0 <= ends[2] + 0) return 1
  }
  return 0
}
function isBan(source,   parts) {
  return split(source, parts, "/") == 1 || (parts[2] ~ /^[0-9]+$/ && parts[2] + 0 >= (source ~ /:/ ? 32 : 16))
}
!/^### tuple ### / || / out(_| |$)/ { next }
$0 == ssh { found = 1; exit }
$4 ~ /^(deny|reject|limit)/ && $5 ~ /^(any|tcp)$/ && isSsh($6) && !isBan($9) { exit }
END { exit !found }`;
function letSshIn(ports) {
	const lets = (file, any) => sh`awk -v ports=${ports} -v ssh=${`### tuple ### allow tcp ${ports} ${any} any ${any} Woven%20SSH - in`} ${notShutOut} ${file}`;
	const isLetIn = sh`${lets("/etc/ufw/user.rules", "0.0.0.0/0")} && { ! ${ipv6} || ${lets("/etc/ufw/user6.rules", "::/0")}; }`;
	return guardedWall({
		id: "ufw-ssh",
		title: `Firewall lets SSH in on port ${ports}`,
		check: isLetIn,
		apply: sh`ufw app update 'Woven SSH' >/dev/null
if ! { ${isLetIn}; }; then
  # A rule that is there is not moved.
  ufw --force delete allow 'Woven SSH' >/dev/null 2>&1 || :
  ufw prepend allow 'Woven SSH' >/dev/null
  ufw app update 'Woven SSH' >/dev/null
fi
{ ${isLetIn}; } || fail "the rule for SSH is not ahead of those that shut it out: $(ufw status numbered)"`
	});
}
/** A policy of `reject` shuts out as well as `deny` does, and stays. What goes out is its owner's affair: foreignRules tells it. */
function policy() {
	return guardedWall({
		id: "ufw-policy",
		title: "Firewall denies what no rule lets in",
		check: sh`case ${ask("DEFAULT_INPUT_POLICY")} in DROP | REJECT) ;; *) false ;; esac`,
		preview: sh`detail 'default: deny incoming'`,
		apply: sh`${keepDefaults}
ufw default deny incoming >/dev/null
detail 'default: deny incoming'`
	});
}
/** On now and at every boot, and in the kernel as its files say. */
function switchedOn() {
	const loaded = (tool, chain) => sh`${tool} -S ${chain} >/dev/null 2>&1 && ! ${tool} -S INPUT | grep -qx -e '-P INPUT ACCEPT'`;
	const on = sh`ufw status | grep -qx 'Status: active' && [ "$(systemctl is-enabled ufw 2>/dev/null)" = enabled ] && ${loaded("iptables", "ufw-user-input")} && { ! ${ipv6} || { ${loaded("ip6tables", "ufw6-user-input")}; }; }`;
	return guardedWall({
		id: "ufw-on",
		title: "Firewall on",
		check: on,
		apply: sh`ufw --force enable >/dev/null
systemctl enable --quiet ufw
{ ${on}; } || ufw reload >/dev/null
{ ${on}; } || fail "ufw is on, but the kernel does not filter as it says: $(ufw status verbose)"`
	});
}

// src/steps/etc.ts
/** Folders that belong to no one package: a file goes there only over one that is there, or where its package is wanted. */
const shared = [
	"",
	"init.d",
	"init",
	"cron.d",
	"default",
	"logrotate.d",
	"profile.d",
	"rsyslog.d",
	"sudoers.d",
	"sysctl.d",
	"systemd/system"
];
/** What lies here says who gets in, and becomes root: placed like Woven's own changes of access, proved by a login, or taken back. */
const access$2 = [
	"hosts.allow",
	"hosts.deny",
	"nsswitch.conf",
	"pam.d",
	"security",
	"ssh",
	"sudoers",
	"sudoers.d",
	"ufw"
];
/** nginx names one of two that clash; the reader needs both. */
const testNginx = sh`nginx -t -q >"$run/tested" 2>&1 || {
  cat "$run/tested"
  what=$(sed -n 's/.*"\([a-z_]*\)" directive is duplicate.*/\1/p; s/.*a duplicate default server.*/default_server/p' "$run/tested" | head -n 1)
  [ -z "$what" ] || grep -rnE "^[^#]*\b$what\b" /etc/nginx/nginx.conf /etc/nginx/conf.d/*.conf /etc/nginx/sites-enabled/* 2>/dev/null | cut -d: -f1,2 | sed "s/^/$what stands in /"
  exit 1
}`;
/** How what reads a folder of /etc proves that it can, and takes it over. */
const others = {
	nginx: {
		test: testNginx,
		reload: sh`systemctl try-reload-or-restart nginx`
	},
	apache2: {
		test: sh`apache2ctl configtest 2>&1`,
		reload: sh`for unit in $(systemctl list-units --plain --no-legend 'woven-*@*.service' | cut -d' ' -f1); do systemctl reload "$unit"; done`
	},
	postgresql: { reload: sh`systemctl try-reload-or-restart postgresql` },
	fail2ban: {
		test: sh`fail2ban-client -t >/dev/null`,
		reload: sh`systemctl try-reload-or-restart fail2ban`
	},
	systemd: { reload: sh`systemctl daemon-reload` },
	"sysctl.d": { reload: sh`sysctl -q --system` }
};
/** ufw has no test, and turns itself off where it cannot load its rules. What is on can be asked for: its chains are there. */
const testFirewall = sh`if grep -q '^ENABLED=yes' /etc/ufw/ufw.conf; then
  for name in before after user; do
    iptables-restore -n --test </etc/ufw/$name.rules || { echo "/etc/ufw/$name.rules cannot be loaded"; exit 1; }
    [ ! -e /proc/net/if_inet6 ] || ip6tables-restore -n --test </etc/ufw/\${name}6.rules || { echo "/etc/ufw/\${name}6.rules cannot be loaded"; exit 1; }
  done
fi`;
const reloadFirewall = {
	reload: sh`if grep -q '^ENABLED=yes' /etc/ufw/ufw.conf; then touch "$run/firewall-on"; ufw reload 2>&1; fi`,
	afterUndo: sh`if [ -e "$run/firewall-on" ]; then ufw --force enable 2>&1; fi`
};
function accessService(folder, user) {
	const becomesRoot = {
		test: sudoWorks(user),
		reload: sh`:`
	};
	switch (folder) {
		case "ssh": return {
			test: sh`mkdir -p /run/sshd; sshd -t`,
			reload: sh`systemctl try-reload-or-restart ssh`
		};
		case "sudoers":
		case "sudoers.d": return {
			...becomesRoot,
			test: sh`visudo -cq
${sudoWorks(user)}`
		};
		case "nsswitch.conf":
		case "pam.d":
		case "security": return becomesRoot;
		case "ufw": return {
			test: testFirewall,
			...reloadFirewall
		};
		case "hosts.allow":
		case "hosts.deny": return { reload: sh`:` };
	}
}
/**
* One step a top folder: its files are placed together, tested, taken over, or as they were. A file under a package's own
* folder goes where that folder is; elsewhere only over a file that is there, or for a wanted package of its name.
*/
function etcTemplates({ workingDirectory, ...given }) {
	const { packages, templates, user, firewall, view, part } = given;
	const own = listPackageFiles("templates/woven/etc").filter((name) => !isOfUnwanted(name, packages));
	const theirs = templateNames(workingDirectory, "etc");
	checkNotWovens(theirs, user);
	return [...Map.groupBy([.../* @__PURE__ */ new Set([...own, ...theirs])].sort(), folderOf)].filter(([folder]) => isAccess(folder) === (part === "access")).map(([folder, members]) => {
		if (folder === "ufw" && firewall === "left alone") return notPlaced(folder, members);
		const files = members.map((name) => {
			return {
				path: `/etc/${name}`,
				content: templates.render(`etc/${name}`, view),
				mode: modeOf(name, workingDirectory),
				rights: "kept",
				when: whenOf(name, packages),
				...theirs.includes(name) ? { tell: true } : {}
			};
		});
		const service = isAccess(folder) ? accessService(folder, user) : others[folder] ?? { reload: sh`:` };
		const step = tested(folder, [...files, ...linksOf(folder, members, packages)], service);
		const paths = [...files.map(({ path }) => path), ...folder === "ufw" ? firewallFiles : []];
		return isAccess(folder) ? guarded(step, paths) : step;
	});
}
/** The top folder; what ufw reads of another one goes with ufw's. */
function folderOf(name) {
	return name === "default/ufw" ? "ufw" : name.split("/")[0] ?? "";
}
function isAccess(folder) {
	return access$2.some((one) => one === folder);
}
/** Throws where a template would lie in the place of a file that a step of access writes and proves. */
function checkNotWovens(names, user) {
	const wovens = [
		sudoersFile(user),
		"/etc/ssh/sshd_config.d/00-woven.conf",
		"/etc/ufw/applications.d/woven"
	];
	const name = names.find((one) => wovens.includes(`/etc/${one}`));
	if (name === void 0) return;
	throw new WovenError({
		code: "template",
		message: `the template templates/woven/etc/${name} would replace a file by which Woven keeps its way in`,
		next: "Give it another name. Of sudo's rules the last one read counts, of most settings of sshd the first.",
		file: `templates/woven/etc/${name}`
	});
}
function notPlaced(folder, members) {
	return {
		id: idOf(folder),
		title: `/etc/${folder}`,
		plan: "runs",
		apply: sh`touch "$run/unchanged"
for name in ${members}; do detail "/etc/$name: not placed, for enable-ufw is false"; done`
	};
}
/** The default host is in force together with all else, or not at all. */
function linksOf(folder, members, packages) {
	const enabled = "nginx/sites-enabled/default";
	if (folder !== "nginx" || !packages.includes("nginx") || members.includes(enabled)) return [];
	return [{
		path: `/etc/${enabled}`,
		link: "/etc/nginx/sites-available/default",
		when: "folder"
	}];
}
/** A web server that the settings do not ask for is somebody else's: Woven brings no configuration of its own to it. */
function isOfUnwanted(name, packages) {
	return ["nginx", "apache2"].some((server) => name.startsWith(`${server}/`) && !packages.includes(server));
}
function idOf(folder) {
	return `etc-${folder.replaceAll(/[^a-z0-9]/g, "-")}`;
}
function tested(folder, files, service) {
	const id = idOf(folder);
	const step = placeFiles({
		id,
		title: `/etc/${folder}`
	}, files);
	const { test, reload, afterUndo } = service;
	return {
		...step,
		check: sh`[ ! -e ${due$1(folder)} ]
${step.check ?? sh`:`}`,
		apply: sh`${test ? trial(folder, id, test) : sh`:`}
mkdir -p /var/local/woven; touch ${due$1(folder)}
${step.apply}
${test ?? sh`:`}
${reload}
rm -f ${due$1(folder)}`,
		undo: sh`${step.undo ?? sh`:`}
rm -rf "$run/trial"; rm -f ${due$1(folder)}
${afterUndo ?? sh`:`}`,
		next: `The files in /etc/${folder} are as they were before. What could not be read is above: a template in templates/woven/etc/${folder} of the project is the usual reason, or a file of the node's own that it does not go together with.`
	};
}
/**
* The test, before anything is in force, in a namespace where a copy with the new files is /etc/<folder>: a node that loses power
* between the files and their test must come up again. Where the node does not allow that, the test after it has to do.
*/
function trial(folder, id, test) {
	const there = `/etc/${folder}`;
	return sh`if [ -e ${there} ] && unshare --mount true 2>/dev/null; then
  mkdir -p "$run/trial/etc"
  cp -a ${there} "$run/trial/etc/"
  tool files try "$files"/${id}.json "$run"
  code=0
  run=$run unshare --mount sh -euc ${`mount --bind "$run/trial$1" "$1" 2>/dev/null || exit 77
${test.text}`} trial ${there} 2>&1 || code=$?
  rm -rf "$run/trial"
  case $code in 0 | 77) ;; *) exit "$code" ;; esac
fi`;
}
function due$1(folder) {
	return `/var/local/woven/reload-due-${folder.replaceAll("/", "-")}`;
}
function whenOf(name, packages) {
	const folder = name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : "";
	const stem = name.slice(name.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
	if (!shared.includes(folder)) return "folder";
	return stem === "woven" || packages.includes(stem) ? "folder" : "file";
}
function modeOf(name, workingDirectory) {
	if (name.startsWith("sudoers")) return "440";
	return name.startsWith("init.d/") || isExecutable(workingDirectory, `etc/${name}`) ? "755" : "644";
}

// src/steps/find-hook.ts
/** The name that a package's hook has: dashes, dots and pluses become underscores. */
function packageHook(name) {
	return `post_install_${name.replaceAll(/[^A-Za-z0-9_]/g, "_")}`;
}
/**
* The hook of this name: `woven/hooks/<name>`, the project package's deploy.py, an installed app's deploy.py in the checkout
* (in the order of their names), Woven's own. Throws where the first of these is nothing that a node could run.
*/
function findHook(name, places) {
	const program = ownProgram(name, places.workingDirectory);
	if (program) return program;
	const own = deployFiles(places).find(({ content }) => defines(content, name));
	if (own) return {
		name,
		kind: "function",
		...own
	};
	const content = readPackageFile("templates/node/deploy.py");
	return defines(content, name) ? {
		name,
		from: "Woven's own",
		kind: "function",
		content
	} : void 0;
}
/** The project package's, then those of its installed apps in the order of their paths. */
function deployFiles({ workingDirectory, project }) {
	const own = project === void 0 ? [] : [join(packageFolder(project), "deploy.py")];
	const named = project === void 0 ? void 0 : namesInSettings(workingDirectory, project);
	const others = findFiles(workingDirectory).filter((file) => !own.includes(file) && (named === void 0 || isInstalled(file, named)));
	return [...own, ...others].flatMap((from) => {
		const content = readText$1(workingDirectory, from);
		return content === void 0 ? [] : [{
			from,
			content
		}];
	});
}
/** Throws where a file in woven/hooks has a name that is nearly a hook's: it would never run, and nobody would hear of it. */
function checkHookNames({ workingDirectory }) {
	const folder = join(workingDirectory, "woven/hooks");
	if (!existsSync(folder)) return;
	for (const name of readdirSync(folder)) {
		if (/^post_(setupnode|deploy|install_[A-Za-z0-9_]+)$/.test(name)) continue;
		const plain = name.replace(/\.[a-z]+$/, "").replaceAll(/[-.+]/g, "_");
		const meant = /^post_install_./.test(plain) ? plain : nearest(plain, ["post_setupnode", "post_deploy"]);
		if (meant !== void 0) throw wrong(join("woven/hooks", name), `has a name that no hook has: did you mean ${meant}?`);
	}
}
function defines(content, name) {
	return new RegExp(`^def ${name}\\s*\\(`, "m").test(content);
}
function ownProgram(name, workingDirectory) {
	const from = join("woven/hooks", name);
	const path = join(workingDirectory, from);
	if (!existsSync(path)) return void 0;
	if (!statSync(path).isFile()) throw wrong(from, "is no file");
	const content = readFileSync(path);
	const [first = ""] = content.subarray(0, 200).toString("latin1").split("\n");
	if (first.endsWith("\r")) throw wrong(from, "has the line ends of Windows, and no server runs it like that");
	if (!first.startsWith("#!") && !first.startsWith("ELF")) throw wrong(from, "does not begin with #! and the program that runs it, such as #!/bin/sh");
	return {
		name,
		from,
		kind: "program",
		content
	};
}
function packageFolder({ module, root }) {
	const [top = "", ...rest] = module.split(".");
	return rest.length === 0 ? root : join(root, top);
}
/**
* The dotted names that stand in quotes in the settings module and beside it: INSTALLED_APPS is put together there, from `base.py`
* and the like. Django itself is nowhere at hand yet. Undefined where there is nothing to read.
*/
function namesInSettings(workingDirectory, { module, root }) {
	const parts = module.split(".");
	const texts = [join(root, ...parts.slice(0, -1)), join(root, ...parts)].flatMap((folder) => {
		const path = join(workingDirectory, folder);
		if (!existsSync(path) || !statSync(path).isDirectory()) return [];
		return readdirSync(path).filter((file) => file.endsWith(".py") && file !== "deploy.py").flatMap((file) => readText$1(workingDirectory, join(folder, file)) ?? []);
	});
	if (texts.length === 0) return void 0;
	return new Set(texts.flatMap((text) => [...text.matchAll(/["']([A-Za-z_][\w.]*)["']/g)].map(([, name = ""]) => name)));
}
/** Whether the folder of this file is named as an app: `shop.blog`, `blog` or `blog.apps.BlogConfig` for src/shop/blog. */
function isInstalled(file, named) {
	const parts = file.split("/").slice(0, -1);
	const names = parts.map((_, index) => parts.slice(index).join("."));
	return [...named].some((one) => names.some((name) => one === name || one.startsWith(`${name}.`)));
}
/** Every deploy.py of the checkout, at most three folders deep, in the order of their paths. */
function findFiles(workingDirectory) {
	const skipped = /^(\.|node_modules$|site-packages$|venv$|env$|dist$|build$|docs?$|tests?$|__pycache__$)/;
	const walk = (folder, depth) => {
		const entries = readdirSync(join(workingDirectory, folder), { withFileTypes: true });
		if (entries.some(({ name }) => name === "pyvenv.cfg")) return [];
		return entries.flatMap((entry) => {
			const path = join(folder, entry.name);
			if (entry.isFile()) return entry.name === "deploy.py" && folder !== "" ? [path] : [];
			return entry.isDirectory() && depth < 3 && !skipped.test(entry.name) ? walk(path, depth + 1) : [];
		});
	};
	return walk("", 0).toSorted();
}
function readText$1(workingDirectory, file) {
	const path = join(workingDirectory, file);
	if (!existsSync(path) || !statSync(path).isFile()) return void 0;
	return readFileSync(path, "utf8");
}
function wrong(file, what) {
	return new WovenError({
		code: "hook",
		message: `the hook ${file} ${what}`,
		next: "A hook is a program: a script with a #! line, or one for the node's processor.",
		file
	});
}

// src/steps/hooks.ts
/** Those of the packages that have a hook. */
function hookedPackages(packages, places) {
	return packages.filter((name) => findHook(packageHook(name), places) !== void 0);
}
/** Exit status of a package's hook that cannot do its work yet (EX_TEMPFAIL of sysexits.h): it stays due, and the run goes on. */
const notYet$1 = 75;
const due = "/var/local/woven/hooks-due";
/** Those of them that said so the last time: they are tried again, and a dry run does not call that a difference. */
const waiting$1 = "/var/local/woven/hooks-waiting";
/** Packages' hooks run when this stage, or one that was cut before it came so far, installed the package. */
function packageHooks(packages, places, around) {
	return packages.flatMap((name) => {
		const hook = findHook(packageHook(name), places);
		if (!hook) return [];
		const step = runHook(hook, around, [notYet$1]);
		const forget = (list) => sh`[ ! -e ${list} ] || { { grep -vxF ${name} ${list} || :; } >"$run/hooks-left"; mv -f "$run/hooks-left" ${list}; }`;
		return [{
			...step,
			checks: "plan",
			check: sh`dpkg-query -W -f='\${db:Status-Status}\n' ${name} 2>/dev/null | grep -qx installed
grep -qxsF ${name} ${due} || exit 0
grep -qxsF ${name} ${waiting$1}
detail 'waits, and is tried at every run'`,
			apply: sh`grep -qxsF ${name} ${due} || { touch "$run/unchanged"; exit 0; }
${step.apply}
${forget(waiting$1)}
if [ "$code" = ${notYet$1} ]; then
  echo ${name} >>${waiting$1}; touch "$run/unchanged"
  detail 'not yet: it is due again at the next run'
else
  ${forget(due)}
fi`
		}];
	});
}
/** `post_setupnode`, every time: what it does twice, it should do once. It says itself whether it changed something: exit 0 is ok. */
function setupHook(places, around) {
	const hook = findHook("post_setupnode", places);
	if (!hook) return [];
	const step = runHook(hook, around);
	return [{
		...step,
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
${step.apply}`
	}];
}
/** A deploy.py that cannot be read is told before the first change, not when a hook of it is due. */
function readableHooks(places) {
	const files = deployFiles(places).filter(({ content }) => /\bpost_\w|\bwoven\.api\b/.test(content));
	if (files.length === 0) return [];
	const compile = "import sys; compile(open(sys.argv[1], 'rb').read(), sys.argv[2], 'exec')";
	return [{
		id: "deploy-py",
		title: "deploy.py can be read",
		plan: "runs",
		files: files.map(({ content }, index) => ({
			name: `deploy-py.${index}`,
			content
		})),
		apply: lines([sh`touch "$run/unchanged"; command -v python3 >/dev/null || exit 0`, ...files.map(({ from }, index) => sh`python3 -IS -c ${compile} "$files"/${`deploy-py.${index}`} ${from}`)]),
		next: "A deploy.py is no Python that this node can read: where and why is above. Nothing was changed."
	}];
}
/** Runs may be executed from there, other users cannot look into it, and nothing else lies there. */
const hookFolders = "/var/local/woven/hooks";
/** The names of what a hook of this run has on the node. A run has one hook at a time. */
const names = sh`hook=${hookFolders}/"\${run##*/}"; scope="woven-hook-\${run##*/}.scope"`;
/** Ends everything that a hook started, wherever it went, and removes what it had. */
const clean = sh`clean() {
  systemctl kill --signal=KILL "$2" 2>/dev/null || :
  for try in $(seq 100); do systemctl is-active --quiet "$2" || break; sleep 0.1; done
  rm -rf "$1"; rmdir ${hookFolders} 2>/dev/null || :
}`;
/** Runs a hook as the deploy user, and leaves its exit status, 0 or one of `others`, in `$code`. Its environment goes by a file that only root reads, never by a command line. */
function runHook(hook, around, others = []) {
	const { name, from, kind } = hook;
	const id = `hook-${name.replaceAll("_", "-")}`;
	const files = [
		{
			name: `${id}.env`,
			content: environmentFile(hook, around)
		},
		{
			name: `${id}.hook`,
			content: hook.content
		},
		...[
			"__init__.py",
			"api.py",
			"call.py"
		].map((file) => ({
			name: `${id}.${file}`,
			content: readPackageFile(`templates/node/woven/${file}`)
		}))
	];
	const call = kind === "program" ? sh`"$hook/program"` : sh`python3 "$hook/woven/call.py" "$hook/deploy.py" ${name} "$hook"`;
	return {
		id,
		title: `Hook ${name} (${from})`,
		files,
		limit: 3600,
		preview: sh`detail ${`run ${name} of ${from}`}`,
		apply: lines([
			names,
			clean,
			sh`for left in ${hookFolders}/*; do
  [ ! -e "$left" ] || systemctl is-active --quiet "woven-\${left##*/}.service" || clean "$left" "woven-hook-\${left##*/}.scope"
done`,
			sh`install -d -m 711 /var/local/woven ${hookFolders}; rm -rf "$hook"; mkdir -m 700 "$hook" "$hook/woven"`,
			sh`for file in __init__.py api.py call.py; do cp "$files"/${id}."$file" "$hook/woven/$file"; done`,
			sh`cp "$files"/${id}.hook "$hook/deploy.py"; cp "$files"/${id}.hook "$hook/program"`,
			sh`chmod -R u=rwX,go= "$hook"; chmod u+x "$hook/program"; chown -R ${around.user}: "$hook"`,
			sh`HOME=$(getent passwd ${around.user} | cut -d: -f6); export HOME NEEDRESTART_SUSPEND=1; cd "$HOME"`,
			sh`set -- systemd-run --quiet --collect --scope --unit="$scope" runuser -u ${around.user} -- ${call}
code=0
( set -a; . "$files"/${id}.env; set +a; exec "$@" ) >"$run/hook-output" 2>&1 || code=$?
cd /; clean "$hook" "$scope"
case " 0 ${others.join(" ")} " in *" $code "*) ;; *) cat "$run/hook-output"; exit 1 ;; esac`,
			sh`tail -n 10 "$run/hook-output" >>"$run/details"`
		]),
		undo: lines([
			names,
			clean,
			sh`clean "$hook" "$scope"`
		]),
		next: `The hook ${name} of ${from} failed: what it printed is above. All steps before it are done; run setupnode again when it is mended.`
	};
}
/** Shell assignments of everything the hook finds in its environment. */
function environmentFile({ name }, { host, role, user, distribution, secrets }) {
	const own = {
		WOVEN_HOOK: name,
		WOVEN_HOST: host,
		WOVEN_ROLE: role ?? "",
		WOVEN_USER: user,
		WOVEN_DISTRIBUTION: distribution ?? ""
	};
	const given = Object.entries(secrets).map(([key, value]) => [key, value.reveal()]);
	return [...Object.entries(own), ...given].map(([key, value]) => `${key}=${quote(value)}\n`).join("");
}

// src/steps/set-up-by.ts
const file = "/var/local/woven/set-up-by";
/**
* Packages and rules are Woven's by the node's memory alone: settings of another repository, or of another role in a later run,
* would remove them. Where nothing would go there is nothing to ask: a role may be renamed, and two repositories may want the same.
*/
function setUpBy({ distribution = "", role = "", packages, rules }) {
	const taken = sh`taken=
was=$(sed -n 1p ${file} 2>/dev/null) || was=
was_role=$(sed -n 2p ${file} 2>/dev/null) || was_role=
ours=${distribution}
if [ -e ${file} ] && { [ "$was_role" != ${role} ] || { [ -n "$was" ] && [ -n "$ours" ] && [ "$was" != "$ours" ]; }; }; then
  printf '%s\n' ${["", ...packages]} | sort >"$run/packages-wanted"
  tool recall ${state} | grep -vE ${neverRemoved} | sort | comm -23 - "$run/packages-wanted" >"$run/taken"
  ${rules === void 0 ? sh`:` : sh`printf '%s\n' ${["", ...rules]} | sort >"$run/rules-wanted"; { cut -sf1 ${ruleNotes} 2>/dev/null || :; } | sort | comm -23 - "$run/rules-wanted" >>"$run/taken"`}
  taken=$(awk '{ printf "%s%s", sep, $0; sep = ", " }' "$run/taken")
fi
told="this server was set up$([ -z "$was" ] || printf ' by %s' "$was")$([ -z "$was_role" ] || printf ' as %s' "$was_role"), and these settings would take from it: $taken"`;
	return {
		id: "set-up-by",
		title: "Set up by one repository, as one role",
		plan: "quiet",
		check: sh`[ "$(cat ${file} 2>/dev/null)" = ${`${distribution}\n${role}`.trimEnd()} ]`,
		preview: sh`${taken}
[ -z "$taken" ] || detail "this would fail: $told"`,
		apply: sh`touch "$run/unchanged"
${taken}
[ -z "$taken" ] || fail "$told"
mkdir -p /var/local/woven
printf '%s\n' ${distribution} ${role} >"$run/set-up-by"
tool write ${file} 644 root root <"$run/set-up-by"`,
		next: `Nothing was changed. A server is set up by one repository, as one role: give these settings what is named above. If the server is to be set up by them from now on, run on it: sudo rm ${file}`
	};
}

// src/steps/setup-lock.ts
/** Open as long as a stage of setupnode runs (`Stage.lock`); what it holds is who took it last. */
const setupLock = "/var/local/woven/.setupnode.lock";
/** Takes the lock, or fails saying who has it. Nothing has been changed by then. */
function takeSetupLock({ owner, run }, lock = setupLock) {
	const said = run ? ` (${run})` : "";
	return {
		id: "setup-lock",
		title: "One setupnode at a time",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
flock -n 8 || fail "another setupnode is at work here: $(cat ${lock})"
printf '%s, since %s%s\n' ${owner} "$(date -u +%H:%M:%S) UTC" ${said} >${lock}`,
		next: "This run has changed nothing since it was told so. Wait for the other one to end, and run setupnode again."
	};
}
/** Waits until nobody has the lock, at most `$1` seconds; whoever comes first may take it then. */
const awaitSetupLock = sh`flock -w "$1" ${setupLock} true || :`;

// src/steps/sshd.ts
/**
* Configures sshd and has it say that it understood (`sshd -t`, `sshd -T`), and that it listens. Of most settings sshd takes
* the first value it reads, and Debian's sshd_config reads its drop-ins first (sshd_config(5)); `Port` adds up.
*/
function sshd(access) {
	const placed = placeFiles({
		id: "sshd",
		title: `SSH on port ${access.ports.join(" and ")}${access.form === "final" ? ", as it stays" : ", beside the old way"}`
	}, [{
		path: "/etc/ssh/sshd_config.d/00-woven.conf",
		content: dropIn(access),
		mode: "600"
	}]);
	const socket = placeFiles({
		id: "sshd-socket",
		title: socketFile
	}, [{
		path: socketFile,
		content: socketDropIn(access.ports)
	}]);
	const own = sh`systemctl is-active --quiet ssh.socket && [ ! -e /usr/lib/systemd/system-generators/sshd-socket-generator ] || [ -e ${socketFile} ]`;
	const reload = sh`systemctl daemon-reload
if systemctl is-active --quiet ssh.socket || systemctl is-failed --quiet ssh.socket; then systemctl stop ssh.service; systemctl restart ssh.socket; else systemctl reload-or-restart ssh.service; fi`;
	const verify = sh`${effective(access)}
${letsIn(access)}
${listening(access.ports)}`;
	return guarded({
		...placed,
		files: [...placed.files ?? [], ...socket.files ?? []],
		check: sh`${placed.check ?? sh`:`}
if ${own}; then ${socket.check ?? sh`:`}; fi
${verify}`,
		apply: sh`${placed.apply}
if ${own}; then
  ${socket.apply}
fi
mkdir -p /run/sshd
sshd -t
${reload}
${verify}`,
		preview: sh`${placed.preview ?? sh`:`}
if ${own}; then ${socket.preview ?? sh`:`}; fi`,
		undo: sh`${placed.undo ?? sh`:`}
${socket.undo ?? sh`:`}
${reload}`,
		next: "The SSH server is as it was before. What sshd said is above: another file of its configuration that sets the same thing first is the usual reason."
	});
}
function settings({ refuseRoot, keysOnly, form }) {
	if (form === "opening") return [];
	return [
		...refuseRoot ? [["PermitRootLogin", "no"]] : [],
		...keysOnly ? [["PasswordAuthentication", "no"], ["KbdInteractiveAuthentication", "no"]] : [],
		["PubkeyAuthentication", "yes"],
		["PermitEmptyPasswords", "no"],
		["X11Forwarding", "no"],
		["MaxAuthTries", "4"],
		["LoginGraceTime", "30"],
		["UseDNS", "no"]
	];
}
function dropIn(access) {
	const ports = access.ports.map((port) => `Port ${port}\n`);
	const rest = settings(access).map(([name, value]) => `${name} ${value}\n`);
	return `# Managed by Woven: setupnode writes this file anew. Of most settings, the first value that sshd reads counts.\n${[...ports, ...rest].join("")}`;
}
const socketFile = "/etc/systemd/system/ssh.socket.d/woven.conf";
/** `both`: one socket for IPv4 and IPv6, whatever net.ipv6.bindv6only says, and for IPv4 where there is no IPv6 (systemd.socket(5)). */
function socketDropIn(ports) {
	return `# Managed by Woven.\n[Socket]\nBindIPv6Only=both\nListenStream=\n${ports.map((port) => `ListenStream=${port}\n`).join("")}`;
}
/** What sshd makes of all its files, compared with what was meant. */
function effective(access) {
	const wanted = [...settings(access).map(([name, value]) => `${name.toLowerCase()} ${value}`)];
	return sh`mkdir -p /run/sshd
# As root sees it: a Match block for root would count, too.
sshd -T -C ${`user=root,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=${access.ports[0] ?? 22}`} >"$run/sshd-effective"
for want in ${wanted}; do
  grep -qixF "$want" "$run/sshd-effective" || fail "sshd does not take over \"$want\": it says \"$(grep -i "^\${want%% *} " "$run/sshd-effective")\". Which file says so: grep -ri \${want%% *} /etc/ssh/sshd_config /etc/ssh/sshd_config.d"
done
ports=$(sed -n 's/^port //p' "$run/sshd-effective" | sort -nu | tr '\n' ' ')
[ "$ports" = ${`${access.ports.toSorted((one, other) => one - other).join(" ")} `} ] || fail "sshd would listen on \${ports}not on ${access.ports.join(" and ")} alone: take Port out of $(grep -il '^[[:space:]]*port' /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf | grep -v 00-woven | tr '\n' ' ')(is sshd_config.d included first?)"`;
}
/** That nothing in sshd's files turns the deploy user's key away. Told here by its name: a login that fails would not say why. */
function letsIn({ user, ports, keysOnly, form }) {
	const port = ports.at(-1) ?? 22;
	const passwords = keysOnly && form === "final" ? ["passwordauthentication no", "kbdinteractiveauthentication no"] : [];
	return sh`sshd -T -C ${`user=${user},host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=${port}`} >"$run/sshd-user"
turned_away() { fail ${`${user} cannot log in on port ${port}:`} "$1. Which file says so: grep -ri $2 /etc/ssh/sshd_config /etc/ssh/sshd_config.d"; }
for want in ${[
		"pubkeyauthentication yes",
		"forcecommand none",
		"chrootdirectory none",
		...passwords
	]}; do
  grep -qixF "$want" "$run/sshd-user" || turned_away "a Match block makes it \"$(grep -i "^\${want%% *} " "$run/sshd-user")\" where \"$want\" is needed" "\${want%% *}"
done
grep -Eqi '^authenticationmethods (any|publickey|.* publickey( .*)?|publickey .*)$' "$run/sshd-user" || turned_away "sshd asks for more than a key: $(grep -i '^authenticationmethods ' "$run/sshd-user")" AuthenticationMethods
grep -Eqi '^authorizedkeysfile (.* )?(%h/)?\.ssh/authorized_keys( |$)' "$run/sshd-user" || turned_away "sshd does not read the keys in its home: $(grep -i '^authorizedkeysfile ' "$run/sshd-user")" AuthorizedKeysFile
# A pattern with a host may hold for the runner's or not: that is left to the login.
named() {
  list=$1; shift
  sed -n "s/^$list //p" "$run/sshd-user" | while read -r pattern; do
    case $list:$pattern in deny*@*) continue ;; esac
    for name in "$@"; do case $name in \${pattern%%@*}) echo yes ;; esac; done
  done | grep -q yes
}
for list in allowusers denyusers allowgroups denygroups; do
  grep -q "^$list " "$run/sshd-user" || continue
  names=${user}
  case $list in *groups) names=$(id -Gn ${user}) ;; esac
  case $list in
  allow*) named $list $names || turned_away "of $list, none is \"$names\"" $list ;;
  deny*) if named $list $names; then turned_away "it is one of $list" $list; fi ;;
  esac
done`;
}
/** Waits a moment until sshd, or systemd for it, listens on every port: on IPv4 and on IPv6, as far as sshd's settings want both. */
function listening(ports) {
	return sh`deaf() { # port: what of it nobody listens on
  ss -Hltnp "sport = :$1" | awk '{ print $4, $6 }' >"$run/sshd-listening"
  grep -q . "$run/sshd-listening" || echo any
  sed -n "s/^listenaddress \(.*\):$1$/\1/p" "$run/sshd-effective" | while read -r address; do
    case $address in
    0.0.0.0) grep -Eq '^(0\.0\.0\.0|\*):' "$run/sshd-listening" || echo IPv4 ;;
    '[::]') ! grep -qs . /proc/net/if_inet6 || grep -Eq '^(\[::\]|\*):' "$run/sshd-listening" || echo IPv6 ;;
    esac
  done
}
for port in ${ports}; do
  for try in 1 2 3 4 5 6 7 8 9 10; do [ -n "$(deaf $port)" ] || break; sleep 0.3; done
  missing=$(deaf $port | sort -u | tr '\n' ' ')
  case $missing in
  '') ;;
  any*) fail "nothing listens on port $port" ;;
  *) fail "nothing listens on port $port for \${missing}" ;;
  esac
  ! grep -qv -e '"sshd"' -e '"systemd"' "$run/sshd-listening" || fail "port $port is taken by another program: $(cat "$run/sshd-listening")"
done`;
}
/** Locks root's password; its keys are refused by sshd (`PermitRootLogin no`). */
function lockRoot() {
	return guarded({
		id: "root-password",
		title: "Root's password locked",
		check: sh`[ "$(passwd -S root | cut -d' ' -f2)" = L ]`,
		apply: sh`passwd -ql root`,
		undo: sh`passwd -qu root || :`
	});
}

// src/steps/timezone.ts
const next = "Set timezone to a name from the tz database, such as Europe/Berlin or UTC. Debian keeps names of old, such as US/Eastern, in a package of their own: tzdata-legacy, for extra-packages.";
/** Before the first change, where the node can tell by then. */
function knownTimezone(zone, packages) {
	return {
		id: "timezone-known",
		title: "The time zone is known",
		plan: "runs",
		apply: sh`touch "$run/unchanged"
[ -e /usr/share/zoneinfo/UTC ] && [ ! -e ${`/usr/share/zoneinfo/${zone}`} ] || exit 0
for package in ${packages}; do [ "$package" != tzdata-legacy ] || exit 0; done
fail ${`timezone: this node knows no time zone ${zone}`}`,
		next: `${next} Nothing was changed.`
	};
}
function timezone(zone) {
	return {
		id: "timezone",
		title: `Time zone ${zone}`,
		check: sh`link=$(readlink /etc/localtime || echo zoneinfo/UTC)
[ "\${link##*zoneinfo/}" = ${zone} ]`,
		apply: sh`[ -e ${`/usr/share/zoneinfo/${zone}`} ] || fail ${`timezone: there is no time zone ${zone}`}
tool link ${`/usr/share/zoneinfo/${zone}`} /etc/localtime
# Debian 12 and Ubuntu have it, too, for programs of old.
[ ! -e /etc/timezone ] || echo ${zone} | tool write /etc/timezone 644 root root
detail ${zone}`,
		next
	};
}

// src/steps/web-servers.ts
/** Modules of Debian's Apache that a Django application behind nginx does without. */
const apacheDisableModules = [
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
	"status"
];
/**
* Every release runs an Apache of its own, on a loopback address of its own (templates/woven/release.service): the one
* that Debian's package starts for the whole machine has nothing to do.
*/
function apache(disabled) {
	return [apacheModules(disabled), {
		id: "apache-idle",
		title: "Apache waits for releases",
		check: sh`! systemctl is-active --quiet apache2 && [ "$(systemctl is-enabled apache2 2>/dev/null)" = disabled ]`,
		preview: sh`detail 'stop and disable apache2.service: every release starts its own'`,
		apply: sh`if systemctl is-active --quiet apache2; then
  sites=$(find /etc/apache2/sites-enabled -mindepth 1 ! -name 000-default.conf ! -name default-ssl.conf -printf ' %f')
  [ -z "$sites" ] || fail "Apache serves sites on this node that are not Woven's:$sites"
fi
systemctl disable --quiet --now apache2`,
		next: "Woven would stop this Apache: releases have Apaches of their own, and nginx has port 80. Move the sites elsewhere, or give them up (a2dissite), and run setupnode again; or take a node of its own for Woven."
	}];
}
/** Turns off what is in the list, and on again what Woven turned off and the list has no more. */
function apacheModules(disabled) {
	const state = "apache-modules";
	const differing = sh`enabled() { [ -e "/etc/apache2/mods-enabled/$1.load" ]; }
tool recall ${state} >"$run/modules-off"
: >"$run/modules"
for module in ${["", ...disabled]}; do [ -z "$module" ] || ! enabled "$module" || echo "off: $module" >>"$run/modules"; done
printf '%s\n' ${["", ...disabled]} >"$run/modules-listed"
{ grep -vxF -f "$run/modules-listed" "$run/modules-off" || :; } | while read -r module; do
  enabled "$module" || [ ! -e "/etc/apache2/mods-available/$module.load" ] || echo "on: $module" >>"$run/modules"
done
for module in wsgi mpm_event; do enabled "$module" || echo "on: $module" >>"$run/modules"; done`;
	const words = (what, file) => sh`$(sed -n ${`s/^${what}: //p`} "$run"/${file})`;
	return {
		id: "apache-modules",
		title: "Apache's modules",
		check: sh`${differing}
[ ! -s "$run/modules" ]`,
		preview: sh`cat "$run/modules" >>"$run/details"`,
		apply: sh`${differing}
cat "$run/modules" >>"$run/details"
on="${words("on", "modules")}"; off="${words("off", "modules")}"
{ cat "$run/modules-off"; printf '%s\n' $off; } | sort -u | tool remember ${state}
[ -z "$on" ] || a2enmod -q $on >/dev/null
# Last: to turn one on may turn on others that it depends on.
[ -z "$off" ] || a2dismod -q -f $off >/dev/null
apache2ctl configtest 2>"$run/configtest" || { cat "$run/configtest"; exit 1; }
{ tool recall ${state} | grep -xF -f "$run/modules-listed" || :; } | tool remember ${state}`,
		undo: sh`on="${words("on", "details")}"; off="${words("off", "details")}"
[ -z "$off" ] || a2enmod -q $off >/dev/null 2>&1 || :
[ -z "$on" ] || a2dismod -q -f $on >/dev/null 2>&1 || :`,
		next: "Apache does not start without one of these modules: take it out of apache-disable-modules. What Apache said is above."
	};
}
function nginx(templates) {
	return [placeFile({
		path: "/var/www/woven/maintenance.html",
		content: templates.render("maintenance.html", {}),
		title: "Maintenance page"
	}), {
		id: "nginx",
		title: "nginx runs, and answers no host it does not know",
		check: sh`systemctl is-active --quiet nginx && [ "$(systemctl is-enabled nginx)" = enabled ]`,
		preview: sh`detail 'enable and start nginx'`,
		apply: sh`${testNginx}
systemctl enable --quiet nginx
systemctl reload-or-restart nginx || {
  journalctl -q -n 20 --no-pager -o cat -u nginx
  ss -Hltnp 'sport = :80' | sed 's/^/On port 80: /'
  exit 1
}`,
		next: "nginx cannot start: what it said is above. Something else on port 80 is the usual reason."
	}];
}

// src/setup/setup-stages.ts
async function nodePlan(address, facts, settings, by = {}) {
	const { setup, login, distribution, distributionName, hookEnv, workingDirectory } = settings;
	const module = distribution?.settingsModule.value;
	const root = distribution?.sourceRoot.value ?? ".";
	checkHookNames({ workingDirectory });
	return {
		address,
		packages: wantedPackages(address, settings),
		ufwRules: ofRole(setup.roleUfwRules, address.role) ?? setup.ufwRules,
		keys: {
			inUse: await ownKeys(settings),
			more: login.authorizedKeys
		},
		places: {
			workingDirectory,
			...module === void 0 ? {} : { project: {
				module,
				root
			} }
		},
		around: {
			host: address.host,
			...address.role === void 0 ? {} : { role: address.role },
			user: address.user,
			...distributionName ? { distribution: distributionName.value } : {},
			secrets: hookEnv
		},
		facts,
		port: address.port ?? login.sshPort,
		turn: {
			owner: by.actor ?? "somebody",
			...by.run ? { run: by.run } : {}
		}
	};
}
/** A stage that no other one of setupnode runs beside. */
function setupOnly(plan, stage) {
	return {
		...stage,
		lock: setupLock,
		steps: [takeSetupLock(plan.turn), ...stage.steps]
	};
}
/** Everything that makes the node ready. `opening` leaves the old way in open beside the new one. */
function setupStage(plan, settings, form) {
	const { address, packages, keys, places, around, ufwRules } = plan;
	const { setup, workingDirectory } = settings;
	const shared = templates(workingDirectory, viewOf(plan));
	return setupOnly(plan, {
		name: "setup",
		undoes: "step",
		files: [guardFile()],
		steps: [
			firstBoot(),
			python(),
			setUpBy({
				...around,
				packages,
				...setup.enableUfw ? { rules: ufwRules } : {}
			}),
			...readableHooks(places),
			...setup.timezone === void 0 ? [] : [knownTimezone(setup.timezone, packages)],
			startsAllowed(),
			dpkgEnded(),
			...packageRepositories(setup.packageRepositories),
			packageLists(packages),
			knownPackages(packages),
			nothingLost(packages),
			upgradePackages(),
			installPackages(packages, hookedPackages(packages, places)),
			startsAllowed(),
			forgetPackages(packages),
			removePackages(packages),
			...deployUser(address.user, keys),
			...setup.timezone === void 0 ? [] : [timezone(setup.timezone)],
			...packages.includes("apache2") ? apache(setup.apacheDisableModules ?? apacheDisableModules) : [],
			...etcTemplates(etcOf(plan, settings, "others")),
			...packages.includes("nginx") ? nginx(shared) : [],
			...packageHooks(packages, places, around),
			...access$1(plan, settings, form),
			rebootNeeded(),
			guardState()
		]
	});
}
/** Closes the old way in, over a login by the new one. */
function closeStage(plan, settings) {
	return setupOnly(plan, {
		name: "close",
		undoes: "step",
		files: [guardFile()],
		steps: [...access$1(plan, settings, "final"), guardState()]
	});
}
/** The user's own last word; undefined without one. Not before access is proved: it may take longer than the node waits for that. */
function hookStage(plan) {
	const steps = setupHook(plan.places, plan.around);
	return steps.length > 0 ? setupOnly(plan, {
		name: "hook",
		undoes: "step",
		steps
	}) : void 0;
}
/** Who may log in, where and how; the firewall lets that in, and what the settings say. */
function access$1(plan, settings, form) {
	const { port, ufwRules } = plan;
	const { setup, login } = settings;
	const own = etcTemplates(etcOf(plan, settings, "access"));
	const ports = form === "final" ? [port] : [.../* @__PURE__ */ new Set([login.defaultSshPort, port])];
	const { user } = plan.address;
	const ssh = sshd({
		user,
		ports,
		refuseRoot: setup.disableRoot,
		keysOnly: setup.disableSshPassword,
		form
	});
	const wall = setup.enableUfw ? ufw(ufwRules, ports) : [];
	const doors = form === "final" ? [ssh, ...wall] : [...wall, ssh];
	return [
		guardHeld(),
		...own,
		...doors,
		...form === "final" && setup.disableRoot ? [lockRoot()] : []
	];
}
function etcOf(plan, { setup, workingDirectory }, part) {
	const view = viewOf(plan);
	return {
		workingDirectory,
		packages: plan.packages,
		templates: templates(workingDirectory, view),
		view,
		user: plan.address.user,
		firewall: setup.enableUfw ? "managed" : "left alone",
		part
	};
}
function wantedPackages({ role }, { setup, server }) {
	const own = ofRole(setup.rolePackages, role);
	const needed = [
		...setup.enableUfw ? ["ufw"] : [],
		"sudo",
		"python3"
	];
	const unneeded = [...server === "apache" ? [] : apachePackages, ...setup.enableUfw ? [] : ["ufw"]];
	const base = setup.basePackages ?? basePackages.filter((name) => !unneeded.includes(name));
	return [.../* @__PURE__ */ new Set([...own ?? [...base, ...setup.extraPackages], ...needed])];
}
function ofRole(byRole, role) {
	return role !== void 0 && Object.hasOwn(byRole, role) ? byRole[role] : void 0;
}
/** The public half of the key in use: the deploy user is given it. */
async function ownKeys({ login }) {
	if (!login.privateKey) return [];
	const { readPrivateKey } = await import("./private-key.js");
	return [readPrivateKey(login.privateKey.reveal(), login.passphrase?.reveal()).publicKey];
}
/** What templates of /etc may use. */
function viewOf({ address, facts, port, packages }) {
	const { os, osVersion, codename, machine, python, ipv6 } = facts;
	return {
		host: address.host,
		role: address.role ?? "",
		user: address.user,
		ssh_port: port,
		os,
		os_version: osVersion,
		codename,
		machine,
		python: python ?? "",
		ipv6,
		packages
	};
}

// src/setup/ssh-access.ts
/** What a server that Woven has not set up yet may answer; anything else, a wrong host key above all, ends the run. */
const notYet = [
	"connect-refused",
	"connect-timeout",
	"connect-reset",
	"login-refused"
];
/** As the deploy user on its port, or, while that is not possible, as the first user on the first port. */
var SshAccess = class {
	address;
	target;
	host;
	/** Whether the login in use is the one that is to stay. */
	arrived = false;
	/** The node's own host keys, as it told them over the first login: its other port has the same. */
	trusted = [];
	#runtime;
	#first;
	#onlyNew = false;
	/** Why the login that is to stay is of no use yet, though it is let in. */
	#unfit;
	constructor(address, { login }, runtime) {
		this.address = address;
		this.#runtime = runtime;
		this.target = {
			user: address.user,
			host: address.host,
			port: address.port ?? login.sshPort
		};
		this.#first = {
			user: login.rootUser,
			host: address.host,
			port: login.defaultSshPort
		};
		const { password } = login;
		this.host = new Host({
			address,
			connect: (until) => this.#connect(until),
			log: runtime.log,
			signal: runtime.signal,
			...password ? { password } : {}
		});
	}
	/** Forgets what was found about the ways in: somebody else may have changed them. */
	async anew() {
		await this.host.drop();
		this.arrived = false;
		this.#onlyNew = false;
		this.#unfit = void 0;
	}
	/** Logs in as the first user after all. Throws what both ways said where that is not possible either. */
	async goBack(because) {
		await this.host.drop();
		const { user, port } = this.#first;
		if (user === this.target.user && port === this.target.port) throw because;
		this.arrived = false;
		this.#unfit = because;
		await this.host.session();
	}
	/** Logs in anew and takes sudo, by the way that is to stay and no other. */
	async changeOver() {
		await this.host.drop();
		this.#onlyNew = true;
		this.#unfit = void 0;
		try {
			await this.host.root(sh`:`);
		} catch (error) {
			if (!(error instanceof WovenError)) throw error;
			const { user, port } = this.target;
			const cannot = error.code === "no-sudo" ? `logs in on port ${port} but gets no sudo` : `cannot log in on port ${port}`;
			throw new WovenError({
				...error.details,
				message: `${user} ${cannot}, so the old way in stays: ${error.message}`,
				next: `${this.#advice(error)} Within three minutes the node takes back what was changed.`,
				cause: error
			});
		}
	}
	#advice({ code, details }) {
		if (code === "no-sudo") return `Of all rules for sudo the last one counts: see what follows Woven's in \`sudo -l -U ${this.target.user}\`, and take it out.`;
		if (!code.startsWith("connect-")) return details.next ?? "";
		return `A firewall of the provider that does not let port ${this.target.port} through is the usual reason: open it there, or set ssh-port.`;
	}
	async #connect(until) {
		if (this.#unfit) return this.#connectFirst(this.#unfit, until);
		try {
			const session = await this.#runtime.connect(this.target, this.trusted, until);
			this.arrived = true;
			return session;
		} catch (error) {
			if (this.#onlyNew || !(error instanceof WovenError && this.#mayBeNew(error))) throw error;
			return this.#connectFirst(error, until);
		}
	}
	/** A key that is pinned for the first port alone is good for the other one, once the node has told its keys over that one. */
	#mayBeNew({ code }) {
		return notYet.includes(code) || code === "host-key-unknown" && this.#first.port !== this.target.port;
	}
	async #connectFirst(stays, until) {
		const { user, host, port } = this.#first;
		const why = isUnfit(stays) ? "cannot become root" : `cannot log in on port ${this.target.port}`;
		this.#runtime.log.remote(host, `${this.target.user} ${why} yet; trying ${user} on port ${port}`);
		this.#runtime.log.debug(stays.message);
		try {
			return await this.#runtime.connect(this.#first, [], until);
		} catch (first) {
			if (!(first instanceof WovenError)) throw first;
			const moved = {
				user,
				host,
				port: this.target.port
			};
			if ((stays.code === "login-refused" || isUnfit(stays)) && port !== moved.port && notYet.includes(first.code)) {
				const session = await this.#runtime.connect(moved, this.trusted, until).catch(() => void 0);
				if (session) return session;
			}
			throw neither(first, stays);
		}
	}
};
/** It is let in, and can do nothing. */
function isUnfit({ code }) {
	return ["no-sudo", "facts"].includes(code);
}
/** The reader may have meant either way in: both are told, first the one that came closer. */
function neither(first, stays) {
	if (isUnfit(stays) || stays.code === "host-key-unknown" && notYet.includes(first.code)) {
		const message = `${stays.message}. Neither was there a way in by the server's first account: ${first.message}`;
		const next = isUnfit(stays) ? first.details.next : stays.details.next;
		return new WovenError({
			...stays.details,
			message,
			next,
			cause: stays
		});
	}
	const message = `${first.message}. Neither was there a way in by the login that is to stay: ${stays.message}`;
	return new WovenError({
		...first.details,
		message,
		cause: first
	});
}

// src/commands/setupnode.ts
async function setupnode(settings, runtime) {
	const accesses = settings.nodes.map((address) => new SshAccess(address, settings, runtime));
	const runs = accesses.map((access) => new NodeRun(access.host, runtime, settings));
	await using nodes = new Fleet(runs, settings.maxParallel);
	await nodes.phase(async (node) => {
		const access = accesses[runs.indexOf(node)];
		if (access) await setUp(node, access, settings, runtime);
	});
	return runReport(nodes, settings, runtime);
}
/**
* One node: everything, with a second access in beside the first; a login by the new access, which proves it; then the old access is
* closed, and one more login proves that too. Until it does, the node is ready to take the change back by itself.
*/
async function setUp(node, access, settings, runtime) {
	const { plan, arrived, first } = await inTurn(node, runtime, async () => {
		await access.anew();
		const facts = await factsBy(access);
		checkSystem(facts, node.host.name);
		access.trusted = knownHostsLines(node.host.name, access.target.port, facts.hostKeys);
		const plan = await nodePlan(access.address, facts, settings, runtime.by);
		const arrived = access.arrived || settings.dryRun;
		return {
			plan,
			arrived,
			first: await node.stage(setupStage(plan, settings, arrived ? "final" : "opening"))
		};
	});
	const hostKeys = access.trusted;
	const last = arrived ? first : await close(node, access, plan, settings, runtime);
	const change = settings.dryRun ? "" : waiting(last);
	if (change) await prove(node, access, change);
	const hook = hookStage(plan);
	if (hook) await stageInTurn(node, runtime, hook);
	node.knownHosts = hostKeys;
}
async function close(node, access, plan, settings, runtime) {
	await access.changeOver();
	return await stageInTurn(node, runtime, closeStage(plan, settings));
}
/** Facts of the node; by its first account where the one that is to stay is let in, but cannot run anything, or become root, yet. */
async function factsBy(access) {
	try {
		return await readFacts(access.host, {});
	} catch (error) {
		if (!(error instanceof WovenError && ["no-sudo", "facts"].includes(error.code) && access.arrived)) throw error;
		await access.goBack(error);
		return await readFacts(access.host, {});
	}
}
/** Seconds that another setupnode on the same node is waited for: long enough for what is left of a run that has died. */
const patience = 60;
function stageInTurn(node, runtime, stage) {
	return inTurn(node, runtime, () => node.stage(stage));
}
/** Does it again, from the start, when another setupnode that was at work on the node has ended. */
async function inTurn(node, runtime, work) {
	const deadline = runtime.now() + patience * 1e3;
	for (;;) {
		const told = node.steps.length;
		try {
			return await work();
		} catch (error) {
			const left = Math.ceil((deadline - runtime.now()) / 1e3);
			if (!(error instanceof StageError && error.details.step === "setup-lock") || left <= 0) throw error;
			node.steps.length = told;
			runtime.log.remote(node.host.name, `${error.details.output?.trim()}; waiting for it, at most ${left} s`);
			await node.host.root(awaitSetupLock, {
				args: [String(left)],
				timeoutSeconds: left + 30
			});
		}
	}
}
/** The change that the node would take back, unless a login proves it; empty where there is none. */
function waiting({ data }) {
	return (data.get("guard") ?? "").trim();
}
/** A login made now, by the access that is to stay, with everything that a deploy needs. */
async function prove(node, access, change) {
	await access.changeOver();
	const { code, stderr } = await node.host.root(proveAccess, {
		args: [change],
		timeoutSeconds: 300
	});
	if (code === 0) return;
	const name = node.host.name;
	throw new WovenError({
		...code === 3 ? {
			code: "overtaken",
			message: `another setupnode is at work on ${name}: it has gone on from this run's change of SSH access before a login had proved it`,
			next: "Nothing is lost: the other run proves the access, or the node takes it back. Wait for its end, and run setupnode again."
		} : {
			code: "access-not-proved",
			message: `the change of SSH access on ${name} was taken back by the node: ${stderr.trim()}`,
			next: "Run setupnode again. The old access in is open."
		},
		node: name
	});
}
function checkSystem({ os }, node) {
	if (["debian", "ubuntu"].includes(os)) return;
	throw new WovenError({
		code: "unknown-system",
		message: `${node} runs ${os || "an unknown system"}`,
		next: "Woven sets up Debian and Ubuntu servers.",
		node
	});
}
function knownHostsLines(host, port, keys) {
	const name = port === 22 ? host : `[${host}]:${port}`;
	return keys.map((key) => `${name} ${key.split(" ").slice(0, 2).join(" ")}`);
}

// src/commands/status.ts
async function status(settings, runtime) {
	await using nodes = fleet(settings, runtime);
	const { distributionName, deploymentRoot } = settings;
	await nodes.phase(async (node) => {
		const facts = await readFacts(node.host, {
			...distributionName ? { distribution: distributionName.value } : {},
			...deploymentRoot === void 0 ? {} : { deploymentRoot }
		});
		node.served(activeRelease(facts.state)?.version);
		node.text = describeNode(facts);
		runtime.log.remote(node.host.name, node.text);
	});
	return runReport(nodes, settings, runtime);
}
/** A table for a terminal: a line about the node, a line a version, the last events. */
function describeNode(facts) {
	const { os, osVersion, machine, python, diskFree, state } = facts;
	const about = `${os} ${osVersion} (${machine}), Python ${python ?? "none"}, ${(diskFree / 2 ** 30).toFixed(1)} GiB free`;
	if (!state) return about;
	const active = activeRelease(state);
	const back = rollbackTarget(state);
	const releases = state.releases.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt)).map((release) => {
		const marks = [
			...release.patched ? ["patched"] : [],
			...release.healthy ? [] : ["not proved healthy: its switch was interrupted, or taken back"],
			...release === active ? ["serves"] : [],
			...release === back ? ["rollback goes here"] : []
		];
		return [`${release === active ? "*" : " "} ${release.version.padEnd(16)} ${minute(release.createdAt)}`, ...marks].join("  ");
	});
	const events = state.history.slice(-5).map(({ at, event, version, previous, actor }) => {
		return `${`  ${minute(at)}  ${event} ${version}`}${previous ? ` (before: ${previous})` : ""}${actor ? ` by ${actor}` : ""}`;
	});
	const held = state.lease ? [`at work now: ${state.lease.owner}, ${state.lease.command}`] : [];
	return [
		about,
		...releases.length > 0 ? releases : ["  no version is kept here"],
		...events.length > 0 ? ["lately:", ...events] : [],
		...held
	].join("\n");
}
/** `2026-01-02 12:34` of a time in ISO 8601. */
function minute(at) {
	return at.slice(0, 16).replace("T", " ");
}

// src/commands/run.ts
const commands = {
	setupnode,
	bundle,
	deploy,
	patch,
	activate,
	rollback,
	node,
	status
};
async function runCommand(settings, runtime) {
	const started = runtime.now();
	try {
		return await commands[settings.command](settings, runtime);
	} catch (error) {
		const { command, dryRun, distributionName, version } = settings;
		return {
			command,
			...distributionName ? { distribution: distributionName.value } : {},
			...version === void 0 ? {} : { version },
			dryRun,
			seconds: (runtime.now() - started) / 1e3,
			nodes: [],
			found: foundValues(settings),
			error: asWovenError(error)
		};
	}
}
/** Whether every node ended as asked. */
function succeeded({ error, nodes }) {
	return error === void 0 && nodes.every(({ status }) => status === "ok");
}

// src/mask.ts
/** Shorter pieces would garble ordinary text, and hide nothing. */
const shortest = 4;
/** The first or last line of a PEM or OpenSSH key. */
const armour = /^-----(BEGIN|END) [A-Z0-9 ]+-----$/;
function createMasker() {
	const forms = /* @__PURE__ */ new Set();
	let pattern;
	return {
		add(secret) {
			const fresh = formsOf(secret).filter((form) => !forms.has(form));
			for (const form of fresh) forms.add(form);
			const longestFirst = [...forms].toSorted((one, other) => other.length - one.length);
			if (longestFirst.length > 0) pattern = new RegExp(longestFirst.map(literal).join("|"), "g");
			return fresh;
		},
		hide: (text) => pattern ? text.replace(pattern, "***") : text
	};
}
/** The value whole, trimmed and line by line, and each as base64, in URLs, in JSON and in a quoted shell word. */
function formsOf(secret) {
	const whole = [
		secret,
		secret.trim(),
		secret.replaceAll("\r\n", "\n"),
		secret.replaceAll("\r\n", "\n").trim()
	];
	const lines = secret.split(/\r\n|\n|\r|\\n/).flatMap((line) => [line, line.trim()]);
	const encoded = [.../* @__PURE__ */ new Set([...whole, ...lines])].filter((value) => value.trim().length >= shortest && !armour.test(value.trim())).flatMap((value) => [
		value,
		...base64Forms(value),
		encodeURIComponent(value.toWellFormed()),
		JSON.stringify(value).slice(1, -1),
		value.replaceAll("'", `'\\''`)
	]);
	return [...new Set(encoded)].filter((form) => form.trim().length >= shortest);
}
/** Base64 of the value, also where it stands behind one or two other bytes, as in `Basic base64(user:password)`. */
function base64Forms(value) {
	const bytes = Buffer.from(value);
	if (bytes.length < 8) return [];
	return [
		0,
		1,
		2
	].flatMap((before) => {
		const own = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64").slice(before === 0 ? 0 : before + 1).replace(/.?=+$/, "");
		return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
	});
}
function literal(text) {
	return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

// src/log.ts
/** `write` gets one line at a time, without its newline. */
function createLog(write, options = {}) {
	const { surface = {}, nodes = "one" } = options;
	const masker = createMasker();
	let group = "closed";
	const clean = (text) => masker.hide(disarm(masker.hide(text)));
	const print = (text) => {
		for (const line of clean(text).split("\n")) write(line);
	};
	return {
		info: print,
		remote(host, text) {
			const bar = nodes === "several" ? `${clean(host)} │ ` : "│ ";
			for (const line of clean(text.replace(/\r?\n$/, "")).split("\n")) write(bar + line);
		},
		warning(text, place = {}) {
			if (surface.warning) surface.warning(clean(text), place);
			else print(`warning: ${located(text, place)}`);
		},
		error(text, place = {}) {
			if (surface.error) surface.error(clean(text), place);
			else print(`error: ${located(text, place)}`);
		},
		debug: (line) => surface.debug?.(clean(line)),
		async group(title, body) {
			if (group === "open") {
				print(title);
				return await body();
			}
			group = "open";
			(surface.startGroup ?? write)(clean(title));
			try {
				return await body();
			} finally {
				group = "closed";
				surface.endGroup?.();
			}
		},
		mask(secret) {
			for (const form of masker.add(secret)) surface.mask?.(form);
		},
		clean
	};
}
function located(text, { title, file, line }) {
	return `${file === void 0 ? "" : `${file}${line === void 0 ? "" : `:${line}`}: `}${title === void 0 ? "" : `${title}: `}${text}`;
}
const unseen = /[^\P{Cc}\t\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu;
/**
* Text that neither a terminal nor GitHub's runner acts on. The runner takes a line as a command where it begins with
* `::` after blanks (actions/runner ActionCommand.TryParseV2), or holds `##[` anywhere (TryParse).
*/
function disarm(text) {
	return stripVTControlCharacters(text).replace(/\r\n?/g, "\n").replace(unseen, "").replace(/##(?=\[)/g, "# #").replace(/^([^\S\n]*):(?=:)/gm, "$1: ");
}

// src/node/dial.ts
/** Connects within `timeoutSeconds`, or throws a WovenError telling apart why not. The socket comes paused. */
function dial(at, timeoutSeconds, signal) {
	return new Promise((resolve, reject) => {
		const socket = connect({
			...at,
			noDelay: true,
			autoSelectFamilyAttemptTimeout: 2e3
		});
		const fail = (error) => {
			clearTimeout(deadline);
			signal?.removeEventListener("abort", abort);
			socket.destroy();
			reject(error);
		};
		const abort = () => fail(cancelled(at, signal?.reason));
		const deadline = setTimeout(() => fail(timedOut$1(at, "the connection")), timeoutSeconds * 1e3);
		signal?.addEventListener("abort", abort);
		socket.on("error", (error) => fail(dialError(error, at)));
		socket.once("connect", () => {
			clearTimeout(deadline);
			signal?.removeEventListener("abort", abort);
			resolve(socket);
		});
	});
}

// src/node/login.ts
/** Logs in. Throws a WovenError: `host-key-…`, `login-refused`, `connect-reset`, `connect-timeout`, `cancelled`, … */
async function logIn(stream, options) {
	const { default: Sftp } = await import("./ssh2-sftp-client.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	const { target, signal } = options;
	if (stream.destroyed) throw loginError(/* @__PURE__ */ new Error("closed"), factsOf(options, "greeting", []));
	const sftp = new Sftp("woven", {
		error: () => void 0,
		end: () => void 0,
		close: () => void 0
	});
	const { client } = sftp;
	const judge = hostKeyJudge(options);
	const methods = [];
	let phase = "greeting";
	client.once("handshake", () => {
		phase = "login";
	});
	const onAbort = () => client.emit("error", cancelled(target, signal?.reason));
	signal?.addEventListener("abort", onAbort);
	try {
		const ready = established(client, {
			sock: stream,
			username: target.user,
			readyTimeout: options.timeoutSeconds * 1e3,
			keepaliveInterval: options.keepaliveSeconds * 1e3,
			keepaliveCountMax: 3,
			algorithms: { serverHostKey: [...options.hostKeyAlgorithms] },
			hostVerifier: (blob) => {
				phase = "handshake";
				return judge.accepts(blob);
			},
			authHandler: authentication(options, methods)
		});
		if (signal?.aborted) onAbort();
		await ready;
		return {
			client,
			sftp,
			...judge.accepted()
		};
	} catch (error) {
		client.destroy();
		stream.destroy();
		const failure = error instanceof Error ? error : new Error(String(error));
		throw judge.refusal() ?? (failure instanceof WovenError ? failure : loginError(failure, factsOf(options, phase, methods)));
	} finally {
		signal?.removeEventListener("abort", onAbort);
	}
}
function established(client, config) {
	return new Promise((resolve, reject) => {
		client.once("ready", resolve);
		client.once("error", reject);
		client.once("close", () => reject(/* @__PURE__ */ new Error("the server closed the connection")));
		client.connect(config);
	});
}
function hostKeyJudge({ target, knownHosts, hostKeyPolicy }) {
	let verdict;
	return {
		accepts(blob) {
			if (verdict?.kind === "new") return verdict.key.blob.equals(blob);
			verdict = judgeHostKey(Buffer.from(blob), target, knownHosts, hostKeyPolicy);
			return verdict.kind !== "refused";
		},
		accepted() {
			if (verdict === void 0 || verdict.kind === "refused") throw new Error("logged in without a host key");
			return {
				hostKey: verdict.key,
				trust: verdict.kind
			};
		},
		refusal: () => verdict?.kind === "refused" ? verdict.error : void 0
	};
}
function authentication({ target, key, password }, methods) {
	const username = target.user;
	const attempts = [];
	if (key) attempts.push({
		type: "publickey",
		username,
		key: key.key
	});
	if (password !== void 0) attempts.push({
		type: "password",
		username,
		password
	});
	if (attempts.length === 0) attempts.push({
		type: "none",
		username
	});
	return (left) => {
		if (left) methods.splice(0, methods.length, ...left);
		const index = attempts.findIndex((attempt) => !left || left.includes(attempt.type));
		return index >= 0 && attempts.splice(0, index + 1).at(-1) || false;
	};
}
function factsOf({ target, key, password }, phase, methods) {
	return {
		at: target,
		user: target.user,
		phase,
		methods,
		...key && { key },
		password: password === void 0 ? "none" : "tried"
	};
}

// src/node/hop.ts
/** Logs in to `target`, straight or through the hop before it. */
async function reach(target, through, loading, options) {
	const timeoutSeconds = options.timeoutSeconds ?? 20;
	const open = () => through ? forward(through, target, timeoutSeconds, options.signal) : dial(target, timeoutSeconds, options.signal);
	const pins = lookup(options.knownHosts.entries, target.host, target.port);
	const algorithms = hostKeyAlgorithms(pins);
	if (algorithms.length === 0) throw unsupportedKinds(target, pins);
	const [opened, credentials] = await Promise.allSettled([open(), loading]);
	if (credentials.status === "rejected") {
		if (opened.status === "fulfilled") opened.value.destroy();
		throw credentials.reason;
	}
	if (opened.status === "rejected") throw opened.reason;
	const stream = opened.value;
	const login = {
		target,
		...credentials.value,
		knownHosts: options.knownHosts,
		hostKeyPolicy: options.hostKeyPolicy,
		hostKeyAlgorithms: algorithms,
		timeoutSeconds,
		keepaliveSeconds: options.keepaliveSeconds ?? 10,
		...options.signal && { signal: options.signal }
	};
	const loggedIn = await logIn(stream, login).catch(async (error) => {
		throw pins.pinned.length > 0 && isHostKeyAlgorithm(error) ? await whichKey(open, login, error) : error;
	});
	const { hostKey, trust } = loggedIn;
	options.log(`logged in as ${target.user}@${place(target)}; its ${hostKey.type} key ${fingerprint(hostKey.blob)} is ${trust}`);
	if (trust === "new") options.onHostKey?.(knownHostsLine(target.host, target.port, hostKey));
	return {
		...loggedIn,
		target,
		stream
	};
}
/** Reads the key; loads the SSH library for it. Throws WovenError `ssh-key`. */
async function readCredentials({ privateKey, passphrase, password }) {
	const { readPrivateKey } = await import("./private-key.js");
	return {
		...privateKey !== void 0 && { key: readPrivateKey(privateKey, passphrase) },
		...password !== void 0 && { password }
	};
}
function isHostKeyAlgorithm(error) {
	return error instanceof WovenError && error.code === "host-key-algorithm";
}
async function whichKey(open, login, error) {
	const { key: _key, password: _password, ...rest } = login;
	const every = hostKeyAlgorithms({
		pinned: [],
		revoked: [],
		authorities: []
	});
	try {
		(await logIn(await open(), {
			...rest,
			hostKeyAlgorithms: every
		})).client.destroy();
		return error;
	} catch (seen) {
		return seen instanceof WovenError && seen.code.startsWith("host-key-") ? seen : error;
	}
}
/** A stream to `to`, opened by the hop before it. */
function forward(through, to, timeoutSeconds, signal) {
	return new Promise((resolve, reject) => {
		const abort = () => reject(cancelled(to, signal?.reason));
		signal?.addEventListener("abort", abort);
		const late = setTimeout(() => reject(timedOut$1(to, `asked for through ${place(through.target)}`)), timeoutSeconds * 1e3);
		through.client.forwardOut("127.0.0.1", 0, to.host, to.port, (error, channel) => {
			clearTimeout(late);
			signal?.removeEventListener("abort", abort);
			if (error) reject(jumpError(error, to, through.target));
			else resolve(channel);
		});
	});
}

// src/node/session.ts
/**
* Logs in once. Throws a WovenError: `ssh-key`, `host-key-…`, `connect-refused`, `connect-timeout`, `connect-reset`, `host-not-found`,
* `no-route`, `jump-…`, `login-refused`, `cancelled`, … Trying again is the caller's business.
*/
async function connect$1(options) {
	const { target, signal } = options;
	if (signal?.aborted) throw cancelled(target, signal.reason);
	if (signal) setMaxListeners(0, signal);
	const credentials = readCredentials(options.credentials);
	credentials.catch(() => void 0);
	const hops = [];
	try {
		for (const next of [...options.jump ?? [], target]) hops.push(await reach(next, hops.at(-1), credentials, options));
		return new SshSession(hops, options);
	} catch (error) {
		for (const passed of hops.toReversed()) passed.client.destroy();
		throw error;
	}
}
var SshSession = class {
	target;
	hostKey;
	#hops;
	#last;
	#end = new AbortController();
	#detach;
	#roundTrips = 0;
	#sftp;
	constructor(hops, { target, signal }) {
		const last = hops.at(-1);
		if (last === void 0) throw new Error("a session needs a login");
		this.target = target;
		this.#hops = hops;
		this.#last = last;
		this.hostKey = describe(target, last.hostKey);
		setMaxListeners(0, this.#end.signal);
		for (const { client } of hops) {
			client.on("error", (error) => this.#lose(error));
			client.on("close", () => this.#lose(void 0));
		}
		const abort = () => this.#over(cancelled(target, signal?.reason));
		this.#detach = () => signal?.removeEventListener("abort", abort);
		signal?.addEventListener("abort", abort);
		if (signal?.aborted) abort();
	}
	get cost() {
		const socket = this.#hops[0]?.stream;
		return {
			logins: this.#hops.length,
			roundTrips: this.#roundTrips,
			bytesSent: socket?.bytesWritten ?? 0
		};
	}
	async exec(command, options = {}) {
		this.#end.signal.throwIfAborted();
		this.#roundTrips++;
		return await run(this.#last.client, command.text, options, this.#end.signal, this.target);
	}
	sftp() {
		this.#sftp ??= this.#openSftp().catch((error) => {
			this.#sftp = void 0;
			throw this.#end.signal.aborted ? this.#end.signal.reason : sftpRefused(error, this.target);
		});
		return this.#sftp;
	}
	async #openSftp() {
		this.#end.signal.throwIfAborted();
		this.#roundTrips++;
		const { sftp, client } = this.#last;
		sftp.sftp = await new Promise((resolve, reject) => {
			client.sftp((error, channel) => error ? reject(error) : resolve(channel));
		});
		return sftp;
	}
	async close() {
		if (!this.#end.signal.aborted) this.#end.abort(cancelled(this.target, "the session was closed"));
		this.#detach();
		for (const { client, stream } of this.#hops.toReversed()) await gone(client, stream);
	}
	[Symbol.asyncDispose]() {
		return this.close();
	}
	#lose(why) {
		if (!this.#end.signal.aborted) this.#over(connectionLost(this.target, why));
	}
	#over(reason) {
		this.#detach();
		this.#end.abort(reason);
		for (const { client } of this.#hops.toReversed()) client.destroy();
	}
};
function sftpRefused(cause, { host }) {
	return new WovenError({
		code: "sftp-refused",
		message: `${host} did not open SFTP on this login`,
		next: "Its sshd_config needs `Subsystem sftp internal-sftp`.",
		node: host,
		cause
	});
}
function describe(target, key) {
	const line = knownHostsLine(target.host, target.port, key);
	return {
		type: key.type,
		fingerprint: fingerprint(key.blob),
		line
	};
}
const farewellMilliseconds = 2e3;
/** Says goodbye, and waits for the other side to hang up, not for ever. */
async function gone(client, stream) {
	if (stream.destroyed || !stream.writable) return;
	await new Promise((resolve) => {
		const late = setTimeout(() => {
			client.destroy();
			resolve();
		}, farewellMilliseconds);
		client.once("close", () => {
			clearTimeout(late);
			resolve();
		});
		client.end();
	});
}

// src/run-process.ts
const secret = /^(INPUT_|WOVEN_|ACTIONS_)/;
/** Never rejects: a program that cannot be started is an outcome with code 127 and the reason in stderr. */
const runProcess = async (command, args, { cwd, env = process.env, input }) => {
	try {
		const { exitCode, stdout, stderr } = await getExecOutput(JSON.stringify(command), [...args], {
			cwd,
			env: Object.fromEntries(Object.entries(env).flatMap(([name, value]) => value === void 0 || secret.test(name) ? [] : [[name, value]])),
			silent: true,
			ignoreReturnCode: true,
			...input ? { input: Buffer.from(input) } : {}
		});
		return {
			code: exitCode,
			stdout,
			stderr
		};
	} catch (error) {
		return {
			code: 127,
			stdout: "",
			stderr: error.message
		};
	}
};

// src/open-runtime.ts
/** A runtime whose scratch space goes when it is disposed of. */
async function openRuntime(settings, around) {
	const { log, env, cacheDir, scratch, cache, signal } = around;
	const tempDir = await mkdtemp(join(scratch ?? tmpdir(), "woven-"));
	const { login } = settings;
	const actor = env["GITHUB_ACTOR"] || env["USER"] || accountName();
	const knownHosts = parseKnownHosts(login.knownHosts);
	for (const { where, what } of knownHosts.problems) log.warning(`${where}: ${what}`);
	return {
		log,
		env,
		run: (command, args, options) => unlessCancelled(signal, () => runProcess(command, args, options)),
		tempDir,
		cacheDir,
		cache: cache && {
			restore: (key, directory) => unlessCancelled(signal, () => cache.restore(key, directory)),
			save: (key, directory) => unlessCancelled(signal, () => cache.save(key, directory))
		},
		signal,
		now: Date.now,
		by: {
			...actor ? { actor } : {},
			...runUrl(env) ? { run: runUrl(env) } : {},
			...env["GITHUB_SHA"] ? { commit: env["GITHUB_SHA"] } : {}
		},
		connect: (target, trusted = [], until = signal) => whileWanted(until, (wanted) => connect$1({
			target,
			credentials: {
				...login.privateKey ? { privateKey: login.privateKey.reveal() } : {},
				...login.passphrase ? { passphrase: login.passphrase.reveal() } : {},
				...login.password ? { password: login.password.reveal() } : {}
			},
			knownHosts: trusted.length > 0 ? parseKnownHosts([login.knownHosts, ...trusted].join("\n")) : knownHosts,
			hostKeyPolicy: login.hostKeyPolicy,
			jump: login.jump.map(({ user, host, port }) => ({
				user,
				host,
				port: port ?? 22
			})),
			log: (line) => log.debug(line),
			onHostKey: (line) => log.info(`accepted a host key that is not pinned; pin it in known-hosts:\n${line}`),
			signal: wanted
		})),
		[Symbol.asyncDispose]: () => rm(tempDir, tidying)
	};
}
/** A program that was left behind by a cancelled run may still write there. */
const tidying = {
	recursive: true,
	force: true,
	maxRetries: 5
};
/** Throws as soon as the run is cancelled: what runs here is not waited for then, and the runner ends it with the job. */
async function unlessCancelled(signal, work) {
	signal.throwIfAborted();
	const { promise: cancelled, reject } = Promise.withResolvers();
	const abort = () => reject(signal.reason);
	signal.addEventListener("abort", abort);
	try {
		return await Promise.race([work(), cancelled]);
	} finally {
		signal.removeEventListener("abort", abort);
	}
}
/**
* Ends the login when `until` does, and not what came of it: it is over the sessions that are open that the nodes are told
* of a run's end.
*/
async function whileWanted(until, logIn) {
	until.throwIfAborted();
	const login = new AbortController();
	const abort = () => login.abort(until.reason);
	until.addEventListener("abort", abort);
	try {
		return await logIn(login.signal);
	} finally {
		until.removeEventListener("abort", abort);
	}
}
function runUrl(env) {
	const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
	return server && repository && id ? `${server}/${repository}/actions/runs/${id}` : void 0;
}
/**
* The settings with `role: local` made real by a node on this machine, which is removed when the process `owner()` ends.
* Other settings come back as they are, and pay nothing.
*/
async function withLocalNode(settings, owner, log) {
	if (settings.nodes.every(({ host }) => host !== "local")) return settings;
	const { rehearse } = await import("./rehearsal.js");
	return await log.group("Local node", () => rehearse(settings, {
		owner: owner(),
		log: (line) => log.info(line)
	}));
}
/** A signal that is aborted by the first SIGINT or SIGTERM: GitHub sends them 7.5 seconds apart, then kills. */
function cancellation(process) {
	const controller = new AbortController();
	const cancel = (signal) => controller.abort(new WovenError({
		code: "cancelled",
		message: `the run was cancelled (${signal})`,
		next: "Run the command again to go on."
	}));
	process.on("SIGINT", cancel);
	process.on("SIGTERM", cancel);
	return controller.signal;
}
/** Whoever runs this from a terminal without the usual variables; an account of a container may have no name. */
function accountName() {
	try {
		return userInfo().username;
	} catch {
		return;
	}
}

// src/settings/env-lines.ts
/** Set by Woven for each site; a second value would win or lose by chance. */
const reserved = /* @__PURE__ */ new Map([["DJANGO_SETTINGS_MODULE", "Set settings-module in [tool.woven] instead."], ["SITE_ID", "Woven sets it for each site: use [tool.woven.sites.<SITE_ID>]."]]);
/**
* One variable a line. Blank lines, `#` lines and a leading `export` are passed over. A value in one pair of quotes loses them and
* may go over several lines; nothing else in it has a meaning.
*/
function parseEnvLines(text, where, report) {
	const entries = /* @__PURE__ */ new Map();
	const lines = text.split(/\r?\n/);
	for (let index = 0; index < lines.length; index += 1) {
		const number = index + 1;
		const line = (lines[index] ?? "").replace(/^\s*(export\s+)?/, "");
		if (line === "" || line.startsWith("#")) continue;
		const [, name = "", start = ""] = /^([^=]*?)\s*=(.*)$/.exec(line) ?? [];
		if (!fits("envName", name)) {
			report({
				where,
				what: `line ${number} is not KEY=value`,
				next: "Write one variable a line: KEY=value. A value of several lines goes into quotes."
			});
			continue;
		}
		const value = readValue(start, lines, index);
		if (value === void 0) {
			report({
				where,
				what: `the quote that opens the value of ${name} in line ${number} is never closed`
			});
			break;
		}
		index = value.lastLine;
		if (entries.has(name)) report({
			where,
			what: `${name} stands there twice`,
			next: "Keep one of the two."
		});
		const instead = reservedName(name);
		if (instead !== void 0) report({
			where,
			what: `${name} cannot be set here`,
			next: instead
		});
		entries.set(name, value.text);
	}
	return [...entries];
}
/** What to do instead, where a name is not the user's to set. */
function reservedName(name) {
	return reserved.get(name);
}
function readValue(start, lines, index) {
	const quote = start.trimStart()[0];
	if (quote !== "\"" && quote !== "'") return {
		text: start.trim(),
		lastLine: index
	};
	let text = start.trimStart().slice(1);
	let lastLine = index;
	while (!text.trimEnd().endsWith(quote)) {
		lastLine += 1;
		const line = lines[lastLine];
		if (line === void 0) return void 0;
		text += `\n${line}`;
	}
	return {
		text: text.trimEnd().slice(0, -1),
		lastLine
	};
}

// src/settings/settings.ts
const commandNames = [
	"setupnode",
	"bundle",
	"deploy",
	"patch",
	"activate",
	"rollback",
	"node",
	"status"
];
const patchParts = [
	"project",
	"templates",
	"static",
	"media",
	"wsgi",
	"webconf"
];

// src/settings/shell-words.ts
const piece = /(?<blank>\s+)|'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\[\s\S])*)"|\\(?<escaped>[\s\S])|(?<plain>[^\s'"\\]+)|(?<open>['"\\])/g;
/**
* Splits text into words as POSIX sh does (2.2 Quoting): blanks and line ends part words, `'…'` keeps all, in `"…"` a
* backslash quotes only `"`, `\`, `$` and a backquote, outside quotes any character. `$`, `*` and `~` mean nothing here.
*/
function splitShellWords(text) {
	const words = [];
	let word;
	for (const { groups = {} } of text.matchAll(piece)) {
		const open = groups["open"];
		if (groups["escaped"] === "\n") continue;
		if (open !== void 0) return {
			kind: "unfinished",
			what: `a ${open} that is not closed`
		};
		if (groups["blank"] === void 0) word = (word ?? "") + meant(groups);
		else if (word !== void 0) {
			words.push(word);
			word = void 0;
		}
	}
	return {
		kind: "words",
		words: word === void 0 ? words : [...words, word]
	};
}
/** What a piece stands for once its quotes are gone. */
function meant({ single, double, escaped, plain }) {
	return escaped ?? single ?? plain ?? (double ?? "").replaceAll(/\\(["\\$`\n])/g, (_, character) => character === "\n" ? "" : character);
}

// src/settings/package-source.ts
var import_fastest_levenshtein = require_fastest_levenshtein();
const known$1 = [
	"Types",
	"URIs",
	"Suites",
	"Components",
	"Architectures",
	"Signed-By",
	"Enabled",
	"Trusted"
];
/** What is wrong with a source, to follow it. */
function sourceProblem(source) {
	const fields = /* @__PURE__ */ new Map();
	let current;
	for (const line of source.trim().split(/\r?\n/)) {
		if (line.trim() === "") return "has an empty line: in a key, write it as a blank and a dot";
		const [, name, value = ""] = /^([A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
		if (/^\s/.test(line)) current?.push(line.trim());
		else if (name === void 0 || !known$1.includes(name)) return strange(line);
		else if (fields.has(name)) return `has ${name} twice`;
		else {
			current = value === "" ? [] : [value.trim()];
			fields.set(name, current);
		}
	}
	const missing = [
		"Types",
		"URIs",
		"Suites",
		"Signed-By"
	].filter((name) => (fields.get(name) ?? []).length === 0);
	if (missing.length > 0) return `is a source without ${missing.join(" and ")}`;
	if (fields.has("Trusted")) return "turns off the check of signatures with Trusted: give the key with Signed-By instead";
	const words = (name) => (fields.get(name) ?? []).join(" ").split(/\s+/).filter(Boolean);
	return typesProblem(words("Types")) ?? addressProblem(words("URIs")) ?? suitesProblem(words("Suites"), words("Components")) ?? keyProblem(fields.get("Signed-By") ?? []);
}
function strange(line) {
	return /^(-----|=?[A-Za-z0-9+/]{4,}={0,2}$)/.test(line) ? "has lines of a key that do not begin with a blank: every line after Signed-By does" : `is neither ppa:owner/name nor a source of fields (${known$1.slice(0, 4).join(", ")}, Signed-By)`;
}
function typesProblem(types) {
	const other = types.find((type) => type !== "deb" && type !== "deb-src");
	return other === void 0 ? void 0 : `has ${JSON.stringify(other)} in Types, where deb belongs`;
}
function addressProblem(addresses) {
	const isAddress = (text) => /^https?:\/\/[A-Za-z0-9[][A-Za-z0-9._~:/%@+[\]-]*$/.test(text) && URL.canParse(text);
	const other = addresses.find((address) => !isAddress(address));
	return other === void 0 ? void 0 : `has URIs that are not http or https addresses: ${other}`;
}
function suitesProblem(suites, components) {
	const exact = suites.filter((suite) => suite.endsWith("/"));
	if (exact.length === 0) return components.length > 0 ? void 0 : "is a source without Components, such as main";
	return components.length === 0 ? void 0 : `has Components, and the suite ${exact[0]} has none`;
}
/** A key in ASCII armour (RFC 9580, 6.2), the path of one on the node, or fingerprints of keys that apt has. */
function keyProblem(lines) {
	const text = lines.join("\n");
	if (text.includes("PRIVATE KEY")) return "has a private key in Signed-By: it must never stand in a repository; write the public one, and replace the key";
	if (!text.includes("-----BEGIN")) return pathProblem(text.split(/[\s,]+/));
	const armour = /-----BEGIN PGP PUBLIC KEY BLOCK-----\n([\s\S]*?)\n-----END PGP PUBLIC KEY BLOCK-----/.exec(text)?.[1];
	if (armour === void 0) return "has no whole PGP public key in Signed-By: copy all of it, from -----BEGIN to -----END";
	const body = armour.split("\n").filter((line) => line !== "." && !/^[A-Za-z]+: /.test(line) && !line.startsWith("="));
	const bytes = Buffer.from(body.join(""), "base64");
	const tag = (bytes[0] ?? 0) & 64 ? (bytes[0] ?? 0) & 63 : ((bytes[0] ?? 0) & 60) >> 2;
	return /^[A-Za-z0-9+/]+={0,2}$/.test(body.join("")) && bytes.length > 40 && tag === 6 ? void 0 : "has something else than a PGP public key in Signed-By: copy the key again";
}
function pathProblem(words) {
	const [first = ""] = words;
	if (/^https?:/.test(first)) return `has an address in Signed-By, and apt fetches no keys: put the key itself there, from ${first}`;
	return words.every((word) => /^\/[^\s]+\.(gpg|asc|pgp)$/.test(word) || /^[0-9A-Fa-f]{40}!?$/.test(word)) ? void 0 : `has ${JSON.stringify(first)} in Signed-By, which is no key, no path of one on the node and no fingerprint`;
}

// src/settings/value-problems.ts
const keyTypes = [
	"ssh-ed25519",
	"ssh-rsa",
	"ecdsa-sha2-nistp256",
	"ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521",
	"sk-ssh-ed25519@openssh.com",
	"sk-ecdsa-sha2-nistp256@openssh.com"
];
/** One line of authorized_keys without options (sshd(8)). */
function authorizedKeyProblem(line) {
	if (line.includes("PRIVATE KEY")) return "is a private key: it must never stand in a repository; write the line of its .pub file, and replace the key";
	const [type = "", body = "", ...comment] = line.split(" ");
	if (!keyTypes.includes(type)) return `is not a public key: it starts with its type, such as ${keyTypes[0]}`;
	if (!/^[A-Za-z0-9+/]+={0,2}$/.test(body) || Buffer.from(body, "base64").subarray(4, 4 + type.length).toString("latin1") !== type) return "is not a whole public key: copy the line of the .pub file again";
	return /^[\x20-\x7e]*$/.test(comment.join(" ")) ? void 0 : "has a comment with characters outside ASCII";
}
/** `ppa:owner/name`, or a source in the deb822 style (sources.list(5)). */
function repositoryProblem(repository) {
	if (repository.startsWith("ppa:")) return /^ppa:[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/.test(repository) ? void 0 : "is not ppa:owner/name";
	if (/^deb(-src)?\s/.test(repository)) return "is a one-line source: write it as fields, Types, URIs, Suites, Components and Signed-By, a line each";
	return sourceProblem(repository);
}
const migrateKinds = [
	"auto",
	"none",
	"fake",
	"manual"
];
/** What to do about migrations, or undefined where the text says nothing of the kind. */
function parseMigrate(text) {
	const kind = migrateKinds.find((known) => known === text);
	if (kind !== void 0) return { kind };
	const [app = "", migration, ...more] = text.trim().split(/\s+/);
	if (!fits("appLabel", app) || more.length > 0) return void 0;
	if (migration === void 0) return {
		kind: "target",
		app
	};
	return fits("migration", migration) ? {
		kind: "target",
		app,
		migration
	} : void 0;
}
/** The word that was probably meant, where an app's label is one of the words above but for a slip: `atuo`, `Auto`, `non`. */
function migrateSlip(app) {
	const plain = app.toLowerCase();
	const swapped = [...plain].map((letter, at) => `${plain.slice(0, at)}${plain[at + 1] ?? ""}${letter}${plain.slice(at + 2)}`);
	return migrateKinds.find((known) => (0, import_fastest_levenshtein.distance)(plain, known) <= 1 || swapped.includes(known));
}
function migrateProblem(text) {
	return parseMigrate(text) === void 0 ? `is none of ${migrateKinds.join(", ")}, nor an app and a migration such as "catalogue 0003"` : void 0;
}

// src/settings/command-inputs.ts
/** The `version` input, where the command takes one. */
function readVersion(inputs, command, report) {
	const where = "input version";
	const given = inputs.text("version");
	if (given === void 0 && command === "activate") report({
		where,
		what: "is empty, and activate has to know which release to go to",
		next: "Write version: with one that the status command lists."
	});
	if (given !== void 0 && command === "rollback") report({
		where,
		what: "is set, and rollback goes to the last healthy release by itself",
		next: "Leave version out, or use command: activate to go to a release of your choice."
	});
	if (given !== void 0 && (command === "activate" || command === "node") && !fits("version", given)) report({
		where,
		what: `${quoted(given)} ${misfit$1("version")}`
	});
	return given;
}
/** The parts to patch, in the order in which they are put in place; all where none is named. */
function readParts(inputs, report) {
	const wanted = inputs.list("parts");
	for (const part of wanted) if (!patchParts.some((known) => known === part)) report({
		where: "input parts",
		what: `there is no part ${quoted(part)}`,
		next: suggestion(part, patchParts)
	});
	return wanted.length === 0 ? patchParts : patchParts.filter((part) => wanted.includes(part));
}
/** The `migrate` input wins over the configuration. */
function readMigrate(inputs, { files, config: file }, report) {
	const given = inputs.text("migrate");
	const problem = given === void 0 ? void 0 : migrateProblem(given);
	if (given !== void 0 && problem !== void 0) report({
		where: "input migrate",
		what: `${quoted(given)} ${problem}`
	});
	const migrate = parseMigrate(given ?? file.config.migrate ?? "auto") ?? { kind: "auto" };
	const slip = slipOf(migrate, files);
	if (slip !== void 0) {
		const what = `${quoted(slip.app)} is no app of this project`;
		const next = `Did you mean ${slip.meant}? For an app that is installed beside it, name a migration too: ${slip.app} 0001`;
		report(given === void 0 ? file.problem(["migrate"], what, next) : {
			where: "input migrate",
			what,
			next
		});
	}
	return migrate;
}
/** Apps that come with Django and have migrations. */
const djangoApps = [
	"admin",
	"auth",
	"contenttypes",
	"flatpages",
	"redirects",
	"sessions",
	"sites"
];
function slipOf(migrate, files) {
	if (migrate.kind !== "target" || migrate.migration !== void 0) return void 0;
	const { app } = migrate;
	const meant = migrateSlip(app);
	const isApp = (path) => `/${path}`.endsWith(`/${app}/__init__.py`) || path.endsWith("apps.py") && new RegExp(`\\blabel\\s*=\\s*["']${app}["']`).test(files.read(path) ?? "");
	return meant === void 0 || djangoApps.includes(app) || files.paths.some(isApp) ? void 0 : {
		app,
		meant
	};
}
/** `management-command` and `options` of the node command. */
function readManagementCommand(inputs, command, report) {
	const where = "input management-command";
	const given = inputs.text("management-command");
	const split = splitShellWords(inputs.text("options") ?? "");
	if (split.kind === "unfinished") report({
		where: "input options",
		what: `has ${split.what}`
	});
	if (given === void 0 && command === "node") report({
		where,
		what: "is empty, and node has to know what to run",
		next: "For example: management-command: clearsessions"
	});
	if (given?.includes(" ")) report({
		where,
		what: `${quoted(given)} is more than one word`,
		next: `Write management-command: ${given.split(" ")[0]} and put the rest into options.`
	});
	else if (given !== void 0 && !fits("managementCommand", given)) report({
		where,
		what: `${quoted(given)} ${misfit$1("managementCommand")}`
	});
	return {
		...given === void 0 ? {} : { managementCommand: given },
		options: split.kind === "words" ? split.words : []
	};
}
/** `KEY=value` lines whose values are secrets. */
function readSecretEnv(inputs, name, report) {
	return Object.fromEntries(parseEnvLines(inputs.text(name) ?? "", `input ${name}`, report).map(([key, value]) => [key, secret$1(value)]));
}

// src/settings/config-key.ts
function key(schema, notes) {
	return optional(pipe(schema, metadata({ ...notes })));
}
/** A text of one grammar. */
function text(name) {
	const { pattern, longest } = grammars[name];
	return pipe(string(), maxLength(longest, `is longer than ${longest} characters`), regex(pattern, (issue) => `${quoted(issue.input)} ${misfit$1(name)}`));
}
/** A text that a function judges: the function answers with what is wrong, to follow the text itself. */
function judged(problem) {
	return pipe(string(), check((value) => problem(value) === void 0, (issue) => `${quoted(issue.input)} ${problem(issue.input) ?? ""}`));
}
/** A text of one grammar that a function judges as well. */
function alsoJudged(name, problem) {
	return pipe(text(name), check((value) => problem(value) === void 0, (issue) => `${quoted(issue.input)} ${problem(issue.input) ?? ""}`));
}
function whole(least, most) {
	const message = `is not a whole number from ${least} to ${most}`;
	return pipe(number(), integer(message), minValue(least, message), maxValue(most, message));
}
/** A list of texts of one grammar. */
const texts = (name) => array(text(name));

// src/settings/apache-module.ts
/** A release is served with these. */
const needed = [
	"mpm_event",
	"wsgi",
	"authz_core"
];
/** What Debian's packages of Apache 2.4 bring, and a few of others that look like one of them. */
const known = new Set(`access_compat actions alias allowmethods asis auth_basic auth_digest auth_form authn_anon authn_core authn_dbd authn_dbm
authn_file authn_socache authnz_fcgi authnz_ldap authz_core authz_dbd authz_dbm authz_groupfile authz_host authz_owner authz_user
autoindex brotli buffer cache cache_disk cache_socache cern_meta cgi cgid charset_lite data dav dav_fs dav_lock dbd deflate dialup
dir dump_io echo env expires ext_filter file_cache filter headers heartbeat heartmonitor http2 ident imagemap include info
lbmethod_bybusyness lbmethod_byrequests lbmethod_bytraffic lbmethod_heartbeat ldap log_debug log_forensic lua macro md mime
mime_magic mpm_event mpm_prefork mpm_worker negotiation proxy proxy_ajp proxy_balancer proxy_connect proxy_express proxy_fcgi
proxy_fdpass proxy_ftp proxy_hcheck proxy_html proxy_http proxy_http2 proxy_scgi proxy_uwsgi proxy_wstunnel ratelimit reflector
remoteip reqtimeout request rewrite sed session session_cookie session_crypto session_dbd setenvif slotmem_plain slotmem_shm
socache_dbm socache_memcache socache_redis socache_shmcb speling ssl status substitute suexec unique_id userdir usertrack
vhost_alias xml2enc authz_svn dav_svn fcgid perl python qos security2 uwsgi wsgi`.split(/\s+/));
/** What is wrong with turning a module off, to follow its name. A name that is like no other may be another package's. */
function apacheModuleProblem(name) {
	if (needed.includes(name)) return "is a module that releases are served with: it cannot be turned off";
	if (known.has(name)) return void 0;
	const without = name.replace(/^mod_/, "").replace(/_module$/, "");
	if (without !== name && known.has(without)) return `is not how Debian names it: did you mean ${without}?`;
	const reach = name.length < 6 ? 1 : 2;
	const near = [...known].find((other) => other.length > 3 && (0, import_fastest_levenshtein.distance)(name, other) <= reach);
	return near === void 0 ? void 0 : `is no module of Apache: did you mean ${near}?`;
}

// src/settings/ufw-rule.ts
const verbs = [
	"allow",
	"deny",
	"reject",
	"limit"
];
const protocols = [
	"tcp",
	"udp",
	"any",
	"ah",
	"esp",
	"gre",
	"ipv6",
	"igmp"
];
/** What is wrong with a rule, to follow the rule itself, or undefined where ufw would take it. Comments and numbers are Woven's own. */
function ufwRuleProblem(rule) {
	if (!/^[A-Za-z0-9 .,:/_-]+$/.test(rule)) return "holds characters that no ufw rule has";
	const words = rule.split(" ");
	if (words.includes("")) return "has blanks too many";
	const [verb = "", ...rest] = words[0] === "route" ? words.slice(1) : words;
	if (!verbs.includes(verb)) return `does not start with ${verbs.join(", ")}, such as "allow 80,443/tcp"`;
	const body = withoutDirection(rest);
	return body.length === 0 && rest.includes("on") ? void 0 : bodyProblem(body);
}
function withoutDirection(words) {
	let rest = words;
	while (rest[0] === "in" || rest[0] === "out") rest = rest[1] === "on" && /^[a-z][a-z0-9._-]{0,14}$/.test(rest[2] ?? "") ? rest.slice(3) : rest.slice(1);
	return rest[0] === "log" || rest[0] === "log-all" ? rest.slice(1) : rest;
}
function bodyProblem(words) {
	const [first = "", ...more] = words;
	if (words.length === 0) return "names no port and no address";
	if (words.length === 1) return simpleProblem(first);
	return [
		"from",
		"to",
		"proto"
	].includes(first) ? clausesProblem([first, ...more]) : `has ${JSON.stringify(first)} where a port, from, to or proto belongs`;
}
function simpleProblem(word) {
	const swapped = /^(tcp|udp)\/(.+)$/.exec(word);
	if (swapped) return `has port and protocol the wrong way round: write ${swapped[2]}/${swapped[1]}`;
	const [ports = "", protocol, ...others] = word.split("/");
	if (others.length > 0) return "has more than one /";
	if (!/^\d/.test(ports)) return protocol === void 0 ? void 0 : `has ${JSON.stringify(ports)} where a port belongs`;
	if (protocol !== void 0 && protocol !== "tcp" && protocol !== "udp") return `has the protocol ${JSON.stringify(protocol)} where tcp or udp belongs`;
	return portsProblem(ports, protocol);
}
function portsProblem(ports, protocol) {
	const parts = ports.split(",");
	if (parts.length > 15) return "has more than 15 ports";
	for (const part of parts) {
		const [low = "", high, ...more] = part.split(":");
		const from = portNumber(low);
		const to = high === void 0 ? from : portNumber(high);
		if (from === void 0 || to === void 0 || more.length > 0) return `has ${JSON.stringify(part)} where a port from 1 to 65535 belongs`;
		if (to < from) return `has the range ${part}, which ends before it starts`;
	}
	if (/[,:]/.test(ports) && protocol === void 0) return "has several ports, and ufw then needs a protocol: add /tcp or /udp";
}
function clausesProblem(words) {
	const proto = words.includes("proto") ? words[words.indexOf("proto") + 1] : void 0;
	const seen = /* @__PURE__ */ new Set();
	let index = 0;
	let side = "";
	while (index < words.length) {
		const [word = "", value = ""] = words.slice(index, index + 2);
		const name = word === "port" || word === "app" ? `${side} ${word}` : word;
		if (seen.has(name)) return `has ${JSON.stringify(word)} twice`;
		seen.add(name);
		if (word === "from" || word === "to") side = word;
		const problem = clauseProblem(word, value, {
			proto,
			side
		});
		if (problem !== void 0) return problem;
		index += 2;
	}
	const families = new Set(["from", "to"].map((word) => isIP(wordAfter(words, word).split("/")[0] ?? "")));
	return families.has(4) && families.has(6) ? "goes from IPv4 to IPv6 or back, which no packet does" : void 0;
}
function wordAfter(words, word) {
	return words.includes(word) ? words[words.indexOf(word) + 1] ?? "" : "";
}
function clauseProblem(word, value, rule) {
	if (value === "") return `ends with ${JSON.stringify(word)} and no value`;
	switch (word) {
		case "from":
		case "to": return value === "any" ? void 0 : networkProblem(value);
		case "proto": return protocols.includes(value) ? void 0 : `has the protocol ${JSON.stringify(value)} where ${protocols.slice(0, 2).join(" or ")} belongs`;
		case "port": return rule.side === "" ? "has \"port\" before \"from\" or \"to\"" : portsProblem(value, rule.proto);
		case "app": return rule.side === "" ? "has \"app\" before \"from\" or \"to\"" : void 0;
		default: return `has ${JSON.stringify(word)}, which ufw does not know`;
	}
}
function networkProblem(text) {
	const [address = "", mask, ...more] = text.split("/");
	const family = isIP(address);
	if (!(family !== 0 && more.length === 0 && (mask === void 0 || /^\d{1,3}$/.test(mask) && Number(mask) <= (family === 4 ? 32 : 128) || family === 4 && isIP(mask) === 4))) return `has ${JSON.stringify(text)} where an address, a network or any belongs`;
	const network = family === 4 && /^\d+$/.test(mask ?? "") ? networkOf(address, Number(mask)) : address;
	return network === address ? void 0 : `has ${text}, an address inside a network: write ${network}/${mask}`;
}
/** The address with the bits of the host taken away, as ufw would write it. */
function networkOf(address, bits) {
	const all = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
	const size = 2 ** (32 - bits);
	const first = Math.floor(all / size) * size;
	return [
		24,
		16,
		8,
		0
	].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".");
}

// src/settings/config-node-keys.ts
const nodeKeys = {
	roles: key(record(text("role"), array(string())), {
		description: "Role → list of `user@host[:port]`. Better kept in the `roles` input, which wins.",
		example: "roles = { production = [\"woven@web1.example.com\"] }",
		was: "HOSTS, ROLEDEFS"
	}),
	user: key(text("user"), {
		description: "The user that deploys, where an entry names none.",
		example: "user = \"woven\"",
		shown: "`woven`",
		was: "HOST_USER"
	}),
	"root-user": key(text("existingUser"), {
		description: "The account that setupnode logs in with the first time.",
		example: "root-user = \"root\"",
		shown: "`root`",
		was: "ROOT_USER"
	}),
	"ssh-port": key(whole(1, 65535), {
		description: "The port SSH is moved to. `:port` in an entry wins.",
		example: "ssh-port = 10022",
		shown: "10022",
		was: "HOST_SSH_PORT"
	}),
	"default-ssh-port": key(whole(1, 65535), {
		description: "The port SSH has before setupnode moves it.",
		example: "default-ssh-port = 22",
		shown: "22",
		was: "DEFAULT_SSH_PORT"
	}),
	"authorized-keys": key(array(judged(authorizedKeyProblem)), {
		description: "More public keys for the user that deploys, beside the one in use.",
		example: "authorized-keys = [\"ssh-ed25519 AAAA… ada@example.com\"]",
		shown: "`[]`"
	}),
	"disable-root": key(boolean(), {
		description: "Lock root's password and refuse root over SSH.",
		example: "disable-root = true",
		shown: "true",
		was: "DISABLE_ROOT"
	}),
	"disable-ssh-password": key(boolean(), {
		description: "Let nobody log in over SSH with a password.",
		example: "disable-ssh-password = true",
		shown: "true",
		was: "DISABLE_SSH_PASSWORD"
	}),
	"enable-ufw": key(boolean(), {
		description: "Keep the firewall. With false, ufw is left alone.",
		example: "enable-ufw = true",
		shown: "true",
		was: "ENABLE_UFW"
	}),
	"ufw-rules": key(array(judged(ufwRuleProblem)), {
		description: "The firewall's rules; SSH is always let in.",
		example: "ufw-rules = [\"allow 80,443/tcp\"]",
		shown: "`[\"allow 80,443/tcp\"]`",
		was: "UFW_RULES"
	}),
	"role-ufw-rules": key(record(text("role"), array(judged(ufwRuleProblem))), {
		description: "A role's own rules, in place of `ufw-rules`.",
		example: "role-ufw-rules = { database = [\"allow 5432/tcp\"] }",
		shown: "`{}`",
		was: "ROLE_UFW_RULES"
	}),
	"base-packages": key(texts("package"), {
		description: "Replaces Woven's own list of packages; what releases are served with has to stand in it.",
		example: "base-packages = [\"nginx\", \"apache2\", \"libapache2-mod-wsgi-py3\", \"logrotate\"]",
		shown: "Woven's list",
		was: "HOST_BASE_PACKAGES"
	}),
	"extra-packages": key(texts("package"), {
		description: "More packages for every node.",
		example: "extra-packages = [\"libpq5\"]",
		shown: "`[]`",
		was: "HOST_EXTRA_PACKAGES"
	}),
	"role-packages": key(record(text("role"), texts("package")), {
		description: "All packages of a role, in place of base and extra ones.",
		example: "role-packages = { database = [\"postgresql\"] }",
		shown: "`{}`",
		was: "ROLE_PACKAGES"
	}),
	"package-repositories": key(array(judged(repositoryProblem)), {
		description: "More places packages come from: `ppa:owner/name`, or a deb822 source with `Signed-By`.",
		example: "package-repositories = [\"ppa:deadsnakes/ppa\"]",
		shown: "`[]`",
		was: "LINUX_PACKAGE_REPOSITORIES"
	}),
	"apache-disable-modules": key(array(alsoJudged("apacheModule", apacheModuleProblem)), {
		description: "Apache modules to turn off.",
		example: "apache-disable-modules = [\"autoindex\"]",
		shown: "Woven's list",
		was: "APACHE_DISABLE_MODULES"
	}),
	"deployment-root": key(text("absolutePath"), {
		description: "Where releases, media and databases live on a node.",
		example: "deployment-root = \"/srv/woven\"",
		shown: "the home of the user that deploys",
		was: "DEPLOYMENT_ROOT"
	}),
	timezone: key(text("timezone"), {
		description: "The node's time zone.",
		example: "timezone = \"Europe/Berlin\"",
		shown: "left as it is",
		was: "TIME_ZONE"
	})
};

// src/settings/domain.ts
/** What is wrong with a domain, to follow the domain itself, or undefined where it is right. */
function domainProblem(domain) {
	if (/^[a-z]+:\/\//i.test(domain)) return "is a URL: write the domain alone, without https:// and without a path";
	if (domain.includes("/")) return "holds a path: write the domain alone";
	if (/:\d+$/.test(domain)) return "holds a port: write the domain alone";
	if (domain.includes("*")) return "is a wildcard, which is not supported: write each domain";
	if (domain.endsWith(".")) return "ends with a dot: write it without";
	if (/[^\0-\x7f]/.test(domain)) return `has letters outside ASCII: write it in its ASCII form, ${domainToASCII(domain) || "xn--…"}`;
	if (!fits("domain", domain)) return misfit$1("domain");
	if (/(^|\.)\d+$/.test(domain) && !isIPv4(domain)) return misfit$1("domain");
}

// src/settings/config-schema.ts
const domains = pipe(array(judged(domainProblem)), minLength(1, "names no domain"));
const filled = pipe(string(), nonEmpty("is empty"));
const site = strictObject({
	domains: key(domains, {
		description: "The first is the site's address, the others are redirected to it.",
		example: "domains = [\"shop.example.com\"]"
	}),
	"settings-module": key(text("module"), {
		description: "The site's own settings module.",
		example: "settings-module = \"shop.settings_admin\""
	})
});
const health = strictObject({
	path: key(text("urlPath"), {
		description: "What is asked for before and after the switch.",
		example: "path = \"/healthz\"",
		shown: "`/`"
	}),
	status: key(whole(100, 599), {
		description: "The status that is right.",
		example: "status = 200",
		shown: "any but 400 and 5xx"
	}),
	text: key(filled, {
		description: "A text the answer must hold.",
		example: "text = \"ok\""
	}),
	timeout: key(whole(1, 600), {
		description: "Seconds to wait for the first right answer.",
		example: "timeout = 30",
		shown: "30"
	})
});
const projectKeys = {
	distribution: key(text("distribution"), {
		description: "The name of what is deployed.",
		example: "distribution = \"shop\"",
		shown: "found"
	}),
	"version-from": key(picklist(["project", "git"]), {
		description: "`project`: the version the project states. `git`: that version (or the last tag) and the commit, so that every push is a release.",
		example: "version-from = \"git\"",
		shown: "`project`"
	}),
	"settings-module": key(text("module"), {
		description: "The settings module that serves.",
		example: "settings-module = \"shop.settings.production\"",
		shown: "found"
	}),
	requirements: key(pipe(texts("relativePath"), minLength(1, "names no file")), {
		description: "Requirements files, or one lock file.",
		example: "requirements = [\"requirements/production.txt\"]",
		shown: "found",
		was: "PIP_REQUIREMENTS"
	}),
	"project-apps-path": key(text("relativePath"), {
		description: "A folder of apps to put on Python's path, from the working directory.",
		example: "project-apps-path = \"apps\"",
		was: "PROJECT_APPS_PATH"
	}),
	"static-url": key(text("url"), {
		description: "Where static files are served.",
		example: "static-url = \"/static/\"",
		shown: "from Django",
		was: "STATIC_URL"
	}),
	"media-url": key(text("url"), {
		description: "Where uploads are served.",
		example: "media-url = \"/media/\"",
		shown: "from Django",
		was: "MEDIA_URL"
	}),
	migrate: key(judged(migrateProblem), {
		description: "`auto`, `none`, `fake`, `manual`, or an app and a migration. The `migrate` input wins.",
		example: "migrate = \"auto\"",
		shown: "`auto`",
		was: "MANUAL_MIGRATION (`manual`)"
	}),
	python: key(text("python"), {
		description: "The node's own Python 3 (`system`), or a minor version to bring along.",
		example: "python = \"3.13\"",
		shown: "`system`"
	}),
	server: key(picklist([
		"apache",
		"gunicorn",
		"uvicorn",
		"uwsgi"
	]), {
		description: "What runs the application behind nginx.",
		example: "server = \"apache\"",
		shown: "`apache`"
	}),
	domains: key(domains, {
		description: "Short for the domains of site 1. Needed by deploy and patch.",
		example: "domains = [\"shop.example.com\"]"
	}),
	sites: key(record(text("siteId"), site), {
		description: "A table for each SITE_ID.",
		example: "[tool.woven.sites.2]\ndomains = [\"admin.example.com\"]"
	}),
	include: key(texts("relativePath"), {
		description: "Build output that git does not track but the release needs.",
		example: "include = [\"assets/dist\"]",
		shown: "`[]`"
	}),
	exclude: key(texts("relativePath"), {
		description: "What never leaves the runner.",
		example: "exclude = [\"docs\"]",
		shown: "`[]`"
	}),
	health: key(health, {
		description: "How a release shows that it works.",
		example: "[tool.woven.health]\npath = \"/healthz\""
	}),
	env: key(record(text("envName"), string()), {
		description: "Plain environment of the Django process. Secrets go into the `env` input.",
		example: "[tool.woven.env]\nDJANGO_LOG_LEVEL = \"INFO\"",
		shown: "`{}`"
	}),
	"keep-releases": key(whole(1, 1e3), {
		description: "How many releases stay on a node.",
		example: "keep-releases = 5",
		shown: "5"
	}),
	tls: key(union([
		boolean(),
		string(),
		record(string(), unknown$1())
	]), {
		description: "Certificates. Not supported yet.",
		example: "tls = false",
		shown: "false"
	}),
	processes: key(record(string(), unknown$1()), {
		description: "More processes beside the web. Not supported yet.",
		example: "[tool.woven.processes]\nworker = \"celery -A shop worker\""
	}),
	schedules: key(record(string(), unknown$1()), {
		description: "Commands at set times. Not supported yet.",
		example: "[tool.woven.schedules]\nclearsessions = \"daily\""
	}),
	context: key(record(string(), unknown$1()), {
		description: "Values for your own templates. Not supported yet.",
		example: "[tool.woven.context]\nadmin = \"ada@example.com\""
	})
};
const configSchema = strictObject({
	...nodeKeys,
	...projectKeys
});
const configKeys = Object.keys(configSchema.entries);
/** The names a table of the configuration may hold, or undefined where the path leads to no such table. */
function namesAt(path) {
	const entries = schemaAt(path)?.entries;
	return entries === void 0 ? void 0 : Object.keys(entries);
}
/** What the documentation says of the key at a path. */
function notesAt(path) {
	const schema = schemaAt(path);
	return schema === void 0 ? void 0 : getMetadata(schema);
}
function schemaAt(path) {
	let schema = configSchema;
	for (const name of path) {
		const entries = schema?.entries ?? {};
		const inner = Object.hasOwn(entries, name) ? entries[name] : schema?.value;
		schema = inner?.wrapped ?? inner;
	}
	return schema;
}

// src/settings/toml-lines.ts
/** The line (from 1) of the key that a path of names leads to, or of the nearest table or key around it. */
function lineOfKey(text, path) {
	const lines = keyLines(text);
	for (let length = path.length; length > 0; length -= 1) {
		const line = lines.get(JSON.stringify(path.slice(0, length)));
		if (line !== void 0) return line;
	}
}
const name = `(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')`;
const headerPattern = new RegExp(`^\\s*\\[\\[?(${name}(?:\\s*\\.\\s*${name})*)`);
const keyPattern = new RegExp(`^\\s*(${name}(?:\\s*\\.\\s*${name})*)\\s*=(.*)$`);
function keyLines(text) {
	const found = /* @__PURE__ */ new Map();
	let table = [];
	let open = {
		depth: 0,
		quote: ""
	};
	for (const [index, line] of text.split("\n").entries()) {
		const inside = open.quote !== "" || open.depth > 0;
		const header = inside ? void 0 : headerPattern.exec(line)?.[1];
		const [, key, value = ""] = (inside || header !== void 0 ? null : keyPattern.exec(line)) ?? [];
		open = after(inside ? line : value, open);
		if (header !== void 0) table = keyParts(header);
		if (header !== void 0) note(found, table, index + 1);
		if (key !== void 0) note(found, [...table, ...keyParts(key)], index + 1);
	}
	return found;
}
/** A key also shows where the tables around it begin, unless they were seen before. */
function note(found, path, line) {
	for (let length = 1; length <= path.length; length += 1) {
		const key = JSON.stringify(path.slice(0, length));
		if (!found.has(key)) found.set(key, line);
	}
}
function keyParts(text) {
	return [...text.matchAll(/"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? "");
}
const depthChange = {
	"[": 1,
	"{": 1,
	"]": -1,
	"}": -1
};
function after(line, open) {
	let { depth, quote } = open;
	for (const [token] of line.matchAll(/\\.|"""|'''|["'#[\]{}]/g)) {
		if (quote !== "") {
			if (token === quote) quote = "";
			continue;
		}
		if (token === "#") break;
		if (/^["']/.test(token)) quote = token;
		depth += depthChange[token] ?? 0;
	}
	return {
		depth,
		quote: quote.length === 3 ? quote : ""
	};
}

// src/settings/config-file.ts
/** A TOML file of the project, or undefined where there is none or where it cannot be read (which is then reported). */
function readToml(files, path, report) {
	const text = files.read(path);
	if (text === void 0) return void 0;
	const repositoryPath = files.repositoryPath(path);
	try {
		return {
			path,
			repositoryPath,
			values: parse$1(text),
			lineOf: (key) => lineOfKey(text, key)
		};
	} catch (error) {
		if (!(error instanceof TomlError)) throw error;
		const [what = "is not TOML"] = error.message.split("\n");
		report({
			where: path,
			what: `${what.replace("Invalid TOML document: ", "is not TOML: ")} (line ${error.line})`,
			file: repositoryPath,
			line: error.line
		});
		return;
	}
}
/** The configuration; whatever is wrong with it is reported, and a wrong key is left out of it. */
function readConfig(pyproject, woven, report) {
	const tool = table(table(pyproject?.values)?.["tool"])?.["woven"];
	if (woven !== void 0 && pyproject !== void 0 && tool !== void 0) {
		const line = pyproject.lineOf(["tool", "woven"]);
		report({
			where: "pyproject.toml: tool.woven",
			what: "stands beside a woven.toml",
			next: "Keep all of Woven's keys in one of the two.",
			file: pyproject.repositoryPath,
			...line === void 0 ? {} : { line }
		});
	}
	if (woven !== void 0) return checked$1(woven.values, {
		file: woven,
		prefix: []
	}, report);
	const file = pyproject;
	return checked$1(tool ?? {}, {
		...file === void 0 ? {} : { file },
		prefix: ["tool", "woven"]
	}, report);
}
function checked$1(values, place, report) {
	const problem = problemAt(place);
	const result = safeParse(configSchema, values, { abortPipeEarly: true });
	const wrong = /* @__PURE__ */ new Set();
	for (const issue of result.issues ?? []) {
		const path = (issue.path ?? []).map((item) => String(item.key));
		wrong.add(path[0] ?? "");
		const { what, next } = explained(issue, path, place);
		report(problem(path, what, next));
	}
	const kept = Object.fromEntries(Object.entries(table(values) ?? {}).filter(([name]) => !wrong.has(name)));
	const again = safeParse(configSchema, kept);
	const name = place.file?.path ?? "woven.toml";
	const heading = name === "woven.toml" ? "" : "[tool.woven]\n";
	return {
		config: again.success ? again.output : {},
		name,
		isWrong: (key) => wrong.has(key),
		problem,
		toWrite: (lines) => `Write in ${name}:\n${heading}${lines}`
	};
}
function problemAt(place) {
	return (path, what, next) => {
		const name = place.file?.path ?? "woven.toml";
		const line = place.file?.lineOf([...place.prefix, ...path]);
		return {
			where: `${name}: ${[...name === "woven.toml" ? [] : place.prefix, ...path].join(".")}`,
			what,
			next,
			...place.file === void 0 ? {} : { file: place.file.repositoryPath },
			...line === void 0 ? {} : { line }
		};
	};
}
function explained(issue, path, place) {
	const example = notesAt(keyPath(path))?.example;
	const next = example === void 0 ? void 0 : `For example: ${example}`;
	if (issue.type === "strict_object" && issue.expected === "never") return unknownKey(path, place);
	if (issue.kind === "validation") return {
		what: issue.message,
		next
	};
	if (issue.type === "picklist") return {
		what: `${quoted(String(issue.input))} is not ${oneOf(issue.expected?.replaceAll(/[()"]/g, "").split(" | ") ?? [])}`,
		next
	};
	return {
		what: `is ${typeName(issue.input)}, and ${expectedName(issue.type)} is expected`,
		next
	};
}
function unknownKey(path, place) {
	const name = path.at(-1) ?? "";
	if (path.length === 1 && name === "tool" && place.prefix.length === 0) return {
		what: "is not needed here",
		next: "In woven.toml the keys stand at the top, without [tool.woven]."
	};
	const names = namesAt(path.slice(0, -1)) ?? configKeys;
	const near = nearest(name, names) ?? oldNames.get(name.toUpperCase().replaceAll("-", "_"));
	if (near !== void 0) return {
		what: "is not a setting",
		next: `Did you mean ${near}?`
	};
	return {
		what: "is not a setting",
		next: names.length > 8 ? "docs/settings.md lists every setting." : `There are: ${names.join(", ")}.`
	};
}
/** The names of 2010, for those who bring them along. */
const oldNames = new Map(configKeys.flatMap((name) => (notesAt([name])?.was ?? "").split(/[^A-Z_]+/).flatMap((was) => was === "" ? [] : [[was, name]])));
/** The path without list positions, so that an entry's problem finds its key's example. */
function keyPath(path) {
	const [first = "", ...rest] = path;
	if (first === "sites") return rest.length > 1 ? [
		first,
		rest[0] ?? "",
		rest[1] ?? ""
	] : [first];
	return first === "health" && rest[0] !== void 0 ? [first, rest[0]] : [first];
}
function typeName(input) {
	if (Array.isArray(input)) return "a list";
	if (input === null || input === void 0) return "nothing";
	if (typeof input === "object") return input instanceof Date ? "a date" : "a table";
	return {
		string: "a text",
		boolean: "true or false",
		number: "a number",
		bigint: "a number"
	}[typeof input] ?? typeof input;
}
function expectedName(type) {
	return {
		string: "a text in quotes",
		boolean: "true or false",
		number: "a number",
		array: "a list",
		strict_object: "a table",
		record: "a table"
	}[type] ?? "another type";
}
/** A value as a table, or undefined where it is none. */
function table(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date) ? value : void 0;
}

// src/settings/project/git-version.ts
async function readGit(source, cwd) {
	const git = (...args) => source.run("git", args, { cwd });
	const [describe, head, tag] = await Promise.all([
		git("describe", "--tags", "--always"),
		git("rev-parse", "HEAD"),
		git("describe", "--tags", "--abbrev=0")
	]);
	const sha = head.code === 0 ? head.stdout.trim() : source.env["GITHUB_SHA"] ?? "";
	const commit = /^[0-9a-f]{7,}$/.test(sha) ? sha.slice(0, 7) : void 0;
	return {
		...describe.code === 0 ? { describe: {
			value: describe.stdout.trim(),
			from: "git describe --tags --always"
		} } : {},
		...describe.code !== 0 && commit !== void 0 ? { describe: {
			value: commit,
			from: "GITHUB_SHA"
		} } : {},
		...commit === void 0 ? {} : { commit },
		...tag.code === 0 ? { tag: tag.stdout.trim().replace(/^v(?=\d)/, "") } : {},
		...describe.code === 0 ? {} : { complaint: describe.stderr.trim().split("\n")[0] ?? "" }
	};
}
/** `<base>+g<commit>`; a base that has a local part already gets the commit as one more piece of it. */
function versionWithCommit(base, commit) {
	return `${base}${base.includes("+") ? "." : "+"}g${commit}`;
}

// src/settings/present.ts
/** The same object without its undefined fields. */
function present(fields) {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== void 0));
}

// src/settings/project/ini.ts
function parseIni(text) {
	const sections = /* @__PURE__ */ new Map();
	let section = "";
	let key = "";
	for (const line of text.split(/\r?\n/)) {
		if (/^\s*([#;]|$)/.test(line)) continue;
		const entries = sections.get(section) ?? /* @__PURE__ */ new Map();
		const [, heading] = /^\[([^\]]+)\]/.exec(line) ?? [];
		const [, name, value = ""] = /^([^\s=:[][^=:]*?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
		if (heading !== void 0) section = heading;
		if (name !== void 0) key = name.toLowerCase().replaceAll("-", "_");
		if (name !== void 0) entries.set(key, value);
		else if (/^\s/.test(line) && key !== "") entries.set(key, `${entries.get(key) ?? ""}\n${line.trim()}`.trim());
		if (heading === void 0) sections.set(section, entries);
		else key = "";
	}
	return sections;
}

// src/settings/project/poetry.ts
/** `[tool.poetry] version`, unless poetry-dynamic-versioning fills it in when it builds. */
function poetryVersion(tool, from) {
	if (table(tool["poetry-dynamic-versioning"])?.["enable"] === true) return { computed: `${from}: worked out by poetry-dynamic-versioning` };
	const version = table(tool["poetry"])?.["version"];
	return typeof version === "string" && version.trim() !== "" ? { version: {
		value: version.trim(),
		from
	} } : {};
}
/** Poetry's constraint on Python as a PEP 440 specifier, or undefined where it cannot be said as one. */
function poetryPython(constraint) {
	if (typeof constraint !== "string" || constraint.includes("||") || constraint.trim() === "*") return void 0;
	const specifiers = constraint.replaceAll(/([\^~<>=!])\s+/g, "$1").trim().split(/[,\s]+/).map(onePart);
	return specifiers.includes(void 0) ? void 0 : specifiers.join(",");
}
function onePart(part) {
	const [, sign = "", version = ""] = /^(\^|~=|~|>=|<=|==|!=|>|<|)(\d+(?:\.\d+)*(?:\.\*)?)$/.exec(part) ?? [];
	const [major = 0, minor] = version.split(".").map(Number);
	if (version === "") return void 0;
	if (sign === "^") return `>=${version},<${major + 1}`;
	if (sign === "~") return minor === void 0 ? `>=${version},<${major + 1}` : `>=${version},<${major}.${minor + 1}`;
	return `${sign === "" ? "==" : sign}${version}`;
}

// src/settings/project/python-text.ts
const tokenPattern = /(?<space>[ \t\f]+|\\\r?\n|#[^\n]*)|(?<end>\r?\n)|(?<prefix>[A-Za-z]{0,2})(?<quoted>"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')|(?<name>[A-Za-z_]\w*)|(?<sign>[()[\]{},.=:+])|(?<other>[\s\S])/g;
/** The words of a Python text. Comments and blanks are gone; `indent` is that of the line a word stands in. */
function pythonTokens(source) {
	const tokens = [];
	let indent = 0;
	let lineStart = true;
	for (const { 0: text, groups = {} } of source.matchAll(tokenPattern)) {
		const { space, end } = groups;
		if (space === void 0) tokens.push(tokenOf(text, groups, indent));
		if (space !== void 0 && lineStart && !space.startsWith("#")) indent = space.length;
		lineStart = end !== void 0 || lineStart && space !== void 0;
		if (end !== void 0) indent = 0;
	}
	return tokens;
}
function tokenOf(text, { end, prefix = "", quoted, name, sign }, indent) {
	if (end !== void 0) return {
		kind: "end",
		text: "\n",
		indent
	};
	if (quoted !== void 0) return stringToken(prefix, quoted, indent);
	if (name !== void 0) return {
		kind: "name",
		text: name,
		indent
	};
	return {
		kind: sign === void 0 ? "other" : "sign",
		text,
		indent
	};
}
function stringToken(prefix, quoted, indent) {
	const width = /^("""|''')/.test(quoted) ? 3 : 1;
	const text = quoted.slice(width, -width);
	return {
		kind: "string",
		text,
		literal: /^[ru]?$/i.test(prefix) && !text.includes("\\"),
		indent
	};
}
/** The value of a string literal that stands alone from `index` on: nothing is added to it, formatted or called on it. */
function loneString(tokens, index) {
	const token = tokens[index];
	if (token?.kind !== "string" || !token.literal) return void 0;
	const after = tokens[index + 1];
	return after === void 0 || after.kind === "end" || after.text === ";" || after.kind === "sign" && [
		")",
		",",
		"]",
		"}"
	].includes(after.text) ? token.text : void 0;
}
/** The string literal given to a name at the top of the module: `__version__ = "1.4"`, also with a type hint. The last one wins. */
function moduleString(tokens, name) {
	let value;
	tokens.forEach((token, index) => {
		const previous = tokens[index - 1];
		if (token.kind !== "name" || token.text !== name || token.indent !== 0 || previous !== void 0 && previous.kind !== "end") return;
		const line = tokens.slice(index + 1);
		const hint = line[0]?.text === ":" ? 2 : 0;
		if (line[hint]?.text === "=") value = loneString(tokens, index + hint + 2);
	});
	return value;
}
/** The keyword arguments of the first call of `callee`. A name that the module gives a literal counts as that literal. */
function callArguments(tokens, callee) {
	const start = tokens.findIndex((token, index) => token.kind === "name" && token.text === callee && tokens[index + 1]?.text === "(" && tokens[index - 1]?.text !== "def");
	if (start === -1) return void 0;
	const found = /* @__PURE__ */ new Map();
	const words = tokens.filter((token) => token.kind !== "end");
	let depth = 0;
	for (let index = words.indexOf(tokens[start + 1]); index < words.length; index += 1) {
		const token = words[index];
		if (token?.kind === "sign" && [
			"(",
			"[",
			"{"
		].includes(token.text)) depth += 1;
		if (token?.kind === "sign" && [
			")",
			"]",
			"}"
		].includes(token.text)) depth -= 1;
		if (depth === 0) break;
		if (depth === 1 && token?.kind === "name" && words[index + 1]?.text === "=" && ["(", ","].includes(words[index - 1]?.text ?? "")) found.set(token.text, argument(words, index + 2, tokens));
	}
	return found;
}
function argument(words, index, module) {
	const text = loneString(words, index);
	if (text !== void 0) return {
		kind: "text",
		text
	};
	const first = words[index];
	const next = words[index + 1]?.text;
	if (first?.kind === "name" && (next === "," || next === ")")) {
		const referred = moduleString(module, first.text);
		if (referred !== void 0) return {
			kind: "text",
			text: referred
		};
	}
	return first?.text === "[" ? listArgument(words, index + 1) : { kind: "computed" };
}
function listArgument(words, start) {
	const items = [];
	for (let index = start; index < words.length; index += 1) {
		const token = words[index];
		if (token?.text === "]" && token.kind === "sign") return [",", ")"].includes(words[index + 1]?.text ?? "") ? {
			kind: "list",
			items
		} : { kind: "computed" };
		if (token?.text === "," && token.kind === "sign") continue;
		const text = loneString(words, index);
		if (text === void 0) return { kind: "computed" };
		items.push(text);
	}
	return { kind: "computed" };
}

// src/settings/project/metadata.ts
/** All that is stated, in the order in which it counts: pyproject.toml, setup.cfg, setup.py. */
function readMetadata(files, pyproject) {
	return [
		...pyproject === void 0 ? [] : [standard(files, pyproject), poetry(pyproject)],
		setupCfg(files),
		setupPy(files)
	];
}
/** The first answer among several files. */
function firstStated(all, key) {
	return all.find((one) => one[key] !== void 0)?.[key];
}
function standard(files, pyproject) {
	const project = table(pyproject.values["project"]);
	if (project === void 0) return {};
	const from = (key) => `${pyproject.path} project.${key}`;
	const dynamic = stringList(project["dynamic"]) ?? [];
	const version = dynamic.includes("version") ? dynamicVersion(files, table(pyproject.values["tool"]) ?? {}, pyproject) : stated(project["version"], from("version"));
	const dependencies = dynamic.includes("dependencies") ? void 0 : stringList(project["dependencies"]);
	return {
		...stated(project["name"], from("name"), "name"),
		...version,
		...stated(project["requires-python"], from("requires-python"), "requiresPython"),
		...dependencies === void 0 ? {} : { dependencies: {
			value: dependencies,
			from: from("dependencies")
		} }
	};
}
function stated(value, from, key = "version") {
	return typeof value === "string" && value.trim() !== "" ? { [key]: {
		value: value.trim(),
		from
	} } : {};
}
function stringList(value) {
	return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : void 0;
}
/** The simple ways in which build backends find a version: an attribute or a file. The others come out as `computed`. */
function dynamicVersion(files, tool, pyproject) {
	const setuptools = table(table(table(tool["setuptools"])?.["dynamic"])?.["version"]);
	const hatch = table(table(tool["hatch"])?.["version"]);
	const pdm = table(table(tool["pdm"])?.["version"]);
	const from = `${pyproject.path} project.dynamic`;
	const backend = String(table(pyproject.values["build-system"])?.["build-backend"] ?? "");
	const found = (typeof setuptools?.["attr"] === "string" ? attribute(files, setuptools["attr"]) : void 0) ?? firstFile(files, setuptools?.["file"]) ?? (typeof hatch?.["path"] === "string" ? assigned(files, hatch["path"]) : void 0) ?? (typeof pdm?.["path"] === "string" ? assigned(files, pdm["path"]) : void 0) ?? (backend.startsWith("flit") ? attribute(files, `${String(table(pyproject.values["project"])?.["name"]).replaceAll("-", "_")}.__version__`) : void 0);
	if (found !== void 0) return { version: {
		value: found.value,
		from: `${from}: ${found.from}`
	} };
	return { computed: `${from}: worked out by ${backend || "the build backend"}` };
}
/** `package.module.NAME`, looked up in the source. */
function attribute(files, dotted) {
	const parts = dotted.split(".");
	const path = parts.slice(0, -1).join("/");
	for (const file of ["", "src/"].flatMap((root) => [`${root}${path}.py`, `${root}${path}/__init__.py`])) {
		const value = moduleString(pythonTokens(files.read(file) ?? ""), parts.at(-1) ?? "");
		if (value !== void 0) return {
			value,
			from: file
		};
	}
}
function assigned(files, file) {
	const tokens = pythonTokens(files.read(file) ?? "");
	const value = moduleString(tokens, "__version__") ?? moduleString(tokens, "VERSION") ?? moduleString(tokens, "version");
	return value === void 0 ? void 0 : {
		value,
		from: file
	};
}
function firstFile(files, file) {
	const path = typeof file === "string" ? file : stringList(file)?.[0];
	const value = path === void 0 ? void 0 : files.read(path)?.trim();
	return path === void 0 || value === void 0 || value === "" || value.includes("\n") ? void 0 : {
		value,
		from: path
	};
}
function poetry(pyproject) {
	const tool = table(pyproject.values["tool"]);
	const section = table(tool?.["poetry"]);
	if (section === void 0) return {};
	const from = (key) => `${pyproject.path} tool.poetry.${key}`;
	const python = poetryPython(table(section["dependencies"])?.["python"]);
	return {
		...stated(section["name"], from("name"), "name"),
		...poetryVersion(tool ?? {}, from("version")),
		...python === void 0 ? {} : { requiresPython: {
			value: python,
			from: from("dependencies.python")
		} }
	};
}
function setupCfg(files) {
	const text = files.read("setup.cfg");
	if (text === void 0) return {};
	const ini = parseIni(text);
	const metadata = ini.get("metadata");
	const options = ini.get("options");
	const [, kind, target = ""] = /^(attr|file):\s*(\S+)$/.exec(metadata?.get("version") ?? "") ?? [];
	const pointed = pointedVersion(files, kind, target);
	const install = options?.get("install_requires")?.split("\n").flatMap((line) => line.trim() || []);
	const found = kind === void 0 ? stated(metadata?.get("version"), "setup.cfg metadata.version") : present({ version: pointed && {
		value: pointed.value,
		from: `setup.cfg metadata.version: ${pointed.from}`
	} });
	const computed = kind !== void 0 && pointed === void 0;
	return {
		...stated(metadata?.get("name"), "setup.cfg metadata.name", "name"),
		...found,
		...computed ? { computed: "setup.cfg metadata.version: worked out by setuptools" } : {},
		...stated(options?.get("python_requires"), "setup.cfg options.python_requires", "requiresPython"),
		...install === void 0 || install.some((line) => line.startsWith("file:")) ? {} : { dependencies: {
			value: install,
			from: "setup.cfg options.install_requires"
		} }
	};
}
function pointedVersion(files, kind, target) {
	if (kind === "attr") return attribute(files, target);
	return kind === "file" ? firstFile(files, target) : void 0;
}
function setupPy(files) {
	const text = files.read("setup.py");
	const given = text === void 0 ? void 0 : callArguments(pythonTokens(text), "setup");
	if (given === void 0) return {};
	const literal = (key) => {
		const argument = given.get(key);
		return argument?.kind === "text" ? argument.text : void 0;
	};
	const install = given.get("install_requires");
	return {
		...stated(literal("name"), "setup.py name", "name"),
		...stated(literal("version"), "setup.py version"),
		...given.get("version")?.kind === "computed" ? { computed: "setup.py version: worked out when it runs" } : {},
		...stated(literal("python_requires"), "setup.py python_requires", "requiresPython"),
		...install?.kind === "list" ? { dependencies: {
			value: install.items,
			from: "setup.py install_requires"
		} } : {}
	};
}

// src/settings/project/place.ts
/** The file and line behind a `from`: `pyproject.toml project.name`, `setup.cfg metadata.version`. */
function placeOf(project, from) {
	const [, path = "", key = ""] = /^(\S+) ([a-z0-9._-]+)/.exec(from) ?? [];
	if (!project.files.has(path)) return {};
	const file = project.files.repositoryPath(path);
	const line = path === project.pyproject?.path ? project.pyproject.lineOf(key.split(".")) : void 0;
	return line === void 0 ? { file } : {
		file,
		line
	};
}

// src/settings/project/identity.ts
/** The distribution's name, or undefined (and a problem) where there is none that could be one. */
function findName(source, project, report) {
	const configured = project.config.config.distribution;
	if (configured !== void 0) return {
		value: configured,
		from: `${project.config.name} distribution`
	};
	const found = firstStated(project.metadata, "name") ?? repositoryName(source, project.root);
	if (fits("distribution", found.value)) return found;
	report({
		where: found.from,
		what: `the name ${quoted(found.value)} ${misfit$1("distribution")}`,
		next: project.config.toWrite("distribution = \"shop\""),
		...placeOf(project, found.from)
	});
}
function repositoryName(source, root) {
	const repository = source.env["GITHUB_REPOSITORY"]?.split("/").at(-1);
	return repository === void 0 || repository === "" ? {
		value: basename(root),
		from: "the folder's name"
	} : {
		value: repository,
		from: "the repository's name"
	};
}
/** The version: the `version` input, then what `version-from` asks for. */
async function findVersion(source, project, input, report) {
	if (input !== void 0) return checked({
		value: input,
		from: "input version"
	}, project, report);
	const statedVersion = firstStated(project.metadata, "version");
	const computed = project.metadata.find((one) => one.computed !== void 0 || one.version !== void 0)?.computed;
	const version = computed === void 0 ? statedVersion : void 0;
	if (project.config.config["version-from"] === "git") return checked(await gitRelease(source, project, version, report), project, report);
	if (version !== void 0) return checked(version, project, report);
	const git = await readGit(source, project.root);
	if (git.describe === void 0) {
		report({
			where: "version",
			what: `no version was found: no file states one, and this is no git repository${git.complaint ? ` (git: ${git.complaint})` : ""}`,
			next: "Write version = \"1.0\" in [project] of pyproject.toml, or set the version input."
		});
		return;
	}
	return checked(computed === void 0 ? git.describe : {
		value: git.describe.value,
		from: `${git.describe.from} (${computed})`
	}, project, report);
}
async function gitRelease(source, project, version, report) {
	const git = await readGit(source, project.root);
	if (git.commit === void 0) {
		report(project.config.problem(["version-from"], `is "git", and git knows no commit here${git.complaint ? ` (${git.complaint})` : ""}`, "Check the repository out with actions/checkout before this step."));
		return;
	}
	const base = version ?? (git.tag === void 0 ? {
		value: "0",
		from: "no version and no tag found; check out with fetch-depth: 0 for tags"
	} : {
		value: git.tag,
		from: "the last tag"
	});
	return {
		value: versionWithCommit(base.value, git.commit),
		from: `${base.from}, with the commit (version-from = "git")`
	};
}
function checked(version, project, report) {
	if (version === void 0 || fits("version", version.value)) return version;
	report({
		where: version.from,
		what: `${quoted(version.value)} ${misfit$1("version")}`,
		next: version.from.startsWith("git") ? "Name a version with the version input." : void 0,
		...placeOf(project, version.from)
	});
}

// src/settings/project/requirements.ts
const lockNames = /* @__PURE__ */ new Map([
	["uv.lock", "uv"],
	["pylock.toml", "pylock"],
	["poetry.lock", "poetry"],
	["pdm.lock", "pdm"]
]);
/** Finds the requirements; none, or several that could be meant, are reported with the line to write. */
function findRequirements(files, project, report) {
	const { config, metadata } = project;
	const configured = config.config.requirements;
	if (configured !== void 0) return fromConfig(files, configured, config, report);
	const folders = [.../* @__PURE__ */ new Set([".", ...project.folders])];
	const inFolders = (names) => folders.flatMap((folder) => names.map((name) => posix.join(folder, name))).filter((path) => files.has(path));
	const steps = [
		() => inFolders([...lockNames.keys()]),
		() => requirementsFiles(files, folders, "production"),
		() => inFolders(["requirements.txt", "requirements/requirements.txt"]).slice(0, 1),
		() => requirementsFiles(files, folders, "plain")
	];
	for (const step of steps) {
		const found = step();
		if (found.length === 1 && found[0] !== void 0) return {
			value: requirementsOf(found),
			from: found[0]
		};
		if (found.length > 1) {
			report({
				where: "requirements",
				what: `several files could be meant: ${found.join(", ")}`,
				next: config.toWrite(`requirements = ["${found[0]}"]`)
			});
			return;
		}
	}
	const dependencies = firstStated(metadata, "dependencies");
	if (dependencies !== void 0) return {
		value: {
			kind: "project",
			dependencies: dependencies.value
		},
		from: dependencies.from
	};
	reportNone(files, project, report);
}
function reportNone(files, project, report) {
	const others = files.paths.filter((path) => isRequirements(path));
	const next = project.poetry ? "Run poetry lock and commit poetry.lock." : project.config.toWrite(`requirements = ["${others[0] ?? "requirements.txt"}"]`);
	report({
		where: "requirements",
		what: `none were found: no lock file, no requirements.txt, no dependencies in [project]${others.length > 0 ? `; there are ${others.join(", ")}` : ""}`,
		next
	});
}
function fromConfig(files, paths, config, report) {
	const missing = paths.filter((path) => !files.has(posix.normalize(path)));
	for (const path of missing) report(config.problem(["requirements"], `there is no file ${quoted(path)}`, "Paths are written from the working directory."));
	if (missing.length > 0) return void 0;
	if (paths.length > 1 && paths.some((path) => lockFormat(path) !== void 0)) {
		report(config.problem(["requirements"], "a lock file stands beside other files", "Name the lock file alone: it holds everything."));
		return;
	}
	return {
		value: requirementsOf(paths.map((path) => posix.normalize(path))),
		from: `${config.name} requirements`
	};
}
function requirementsOf(paths) {
	const format = lockFormat(paths[0] ?? "");
	return paths.length === 1 && format !== void 0 ? {
		kind: "lock",
		format,
		path: paths[0] ?? ""
	} : {
		kind: "files",
		paths
	};
}
function lockFormat(path) {
	const name = posix.basename(path);
	return /^pylock\.[^.]+\.toml$/.test(name) ? "pylock" : lockNames.get(name);
}
function isRequirements(path) {
	return path.endsWith(".txt") && (/^requirements?[^/]*$/.test(posix.basename(path)) || /(^|[-_.])requirements\.txt$/.test(path) || posix.basename(posix.dirname(path)) === "requirements");
}
const production = /(^|[-_.])(prod|production|live|deploy)([-_.]|$)/;
const never = /(^|[-_.])(dev|devel|development|local|test|tests|testing|doc|docs|lint|ci|build|debug|ide|optional|extra|extras|constraints)([-_.]|$)/;
function requirementsFiles(files, folders, kind) {
	const usable = files.paths.filter((path) => isRequirements(path) && folders.some((folder) => [posix.normalize(folder), posix.join(folder, "requirements")].includes(posix.dirname(path)))).filter((path) => !never.test(posix.basename(path, ".txt")));
	if (kind === "production") return usable.filter((path) => production.test(posix.basename(path, ".txt")));
	const base = usable.filter((path) => posix.basename(path) === "base.txt");
	return base.length === 1 ? base : usable;
}

// src/settings/project/module-files.ts
/** The files a module may be, from the folder that is on sys.path. */
function moduleFiles(module) {
	const path = module.replaceAll(".", "/");
	return [`${path}.py`, `${path}/__init__.py`];
}
/** The file of a module below `root`, or undefined where there is none. */
function moduleFile(files, root, module) {
	return moduleFiles(module).map((file) => posix.join(root, file)).find((path) => files.has(path));
}
/** The folder in which a module is found: one of `near`, the top, src, or else wherever its file lies. */
function rootOf(files, module, near) {
	const root = [
		...near,
		".",
		"src"
	].find((folder) => moduleFile(files, folder, module) !== void 0);
	if (root !== void 0) return root;
	for (const file of moduleFiles(module)) {
		const deep = files.paths.find((path) => path.endsWith(`/${file}`));
		if (deep !== void 0) return deep.slice(0, -file.length - 1);
	}
}
/** The names of the modules that lie in a folder. */
function modulesIn(files, folder) {
	return files.paths.filter((path) => posix.dirname(path) === folder && path.endsWith(".py") && posix.basename(path) !== "__init__.py").map((path) => posix.basename(path, ".py"));
}
/** Modules that look like settings, for the line to write. */
function settingsLike(files) {
	return files.paths.filter((path) => /(^|\/)settings(\/(production|prod))?\.py$/.test(path)).map((path) => path.replace(/^src\//, "").replace(/\.py$/, "").replaceAll("/", "."));
}

// src/settings/project/settings-module.ts
/** Ends a search whose problem has been reported. */
var Unclear = class extends Error {
	name = "Unclear";
};
const developing = /^(local|dev|develop|development|debug|test|testing|ci)$/;
const serving = /^(production|prod|live)$/;
/** Finds the settings module that serves; what is missing or ambiguous is reported with the line to write. */
function findDjango(files, config, report) {
	const search = {
		files,
		config,
		report
	};
	const managers = files.paths.filter((path) => posix.basename(path) === "manage.py");
	const configured = config.config["settings-module"];
	try {
		return configured === void 0 ? found(search, managers) : chosen(search, managers, configured);
	} catch (error) {
		if (error instanceof Unclear) return void 0;
		throw error;
	}
}
/** Whether a module, such as the settings of one site, lies in the project's source root. */
function hasModule(files, django, module) {
	return moduleFile(files, django.sourceRoot.value, module) !== void 0;
}
function chosen({ files, config, report }, managers, module) {
	const managePy = managers.find((path) => moduleFile(files, posix.dirname(path), module) !== void 0) ?? managers[0];
	const root = rootOf(files, module, foldersOf(managePy));
	if (root !== void 0) return project({
		value: module,
		from: `${config.name} settings-module`
	}, root, managePy);
	const next = `Looked for ${moduleFiles(module).join(" and ")} beside manage.py, at the top and in src.`;
	report(config.problem(["settings-module"], `there is no file for ${module}`, next));
	throw new Unclear();
}
function found(search, managers) {
	const { files } = search;
	const manager = mainManager(search, managers);
	const named = agreed(search, manager, serverFiles(files, manager));
	const root = rootOf(files, named.value, foldersOf(manager?.path));
	if (root === void 0) return unclear(search, `${named.from} names ${named.value}, and there is no file for it`, settingsLike(files)[0]);
	return project(productive(search, root, named), root, manager?.path);
}
function foldersOf(managePy) {
	return managePy === void 0 ? [] : [posix.dirname(managePy)];
}
function project(settingsModule, root, managePy) {
	const from = managePy !== void 0 && posix.dirname(managePy) === root ? "where manage.py lies" : `where ${settingsModule.value} lies`;
	return present({
		settingsModule,
		sourceRoot: {
			value: root,
			from
		},
		managePy
	});
}
function unclear({ config, report }, what, module = "shop.settings") {
	report({
		where: "settings-module",
		what,
		next: config.toWrite(`settings-module = "${module}"`)
	});
	throw new Unclear();
}
/** The modules that a Python text sets as DJANGO_SETTINGS_MODULE, as far as they are literal. */
function namedModules(source) {
	const tokens = pythonTokens(source);
	const named = tokens.flatMap((token, index) => token.kind === "string" && token.text === "DJANGO_SETTINGS_MODULE" ? moduleAfter(tokens, index) ?? [] : []);
	return [...new Set(named)];
}
/** `…"DJANGO_SETTINGS_MODULE", "shop.settings")` or `…"DJANGO_SETTINGS_MODULE"] = "shop.settings"`. */
function moduleAfter(tokens, index) {
	const first = tokens[index + 1]?.text;
	let value = index + 2;
	if (first === "]" && tokens[value]?.text === "=") value += 1;
	else if (first !== ",") return void 0;
	while (tokens[value]?.kind === "end") value += 1;
	const module = loneString(tokens, value);
	return module !== void 0 && /^[A-Za-z_][\w.]*$/.test(module) ? module : void 0;
}
function witness(files, path) {
	return {
		path,
		modules: namedModules(files.read(path) ?? "")
	};
}
/** The manage.py that counts: the only one, the one at the top, or one of several that all say the same. */
function mainManager(search, managers) {
	const told = managers.map((path) => witness(search.files, path));
	const top = told.find(({ path }) => path === "manage.py") ?? told.find(({ path }) => path === "src/manage.py");
	const modules = [...new Set(told.flatMap((one) => one.modules))];
	if (top !== void 0 || told.length <= 1 || modules.length <= 1) return top ?? told[0];
	const list = told.map((one) => `${one.path} (${one.modules.join(", ") || "names no module"})`).join(", ");
	const next = `Write working-directory: ${posix.dirname(told[0]?.path ?? "")} in the workflow, or the module:`;
	const lines = search.config.toWrite(`settings-module = "${modules[0]}"`);
	search.report({
		where: "manage.py",
		what: `there are several: ${list}`,
		next: `${next}\n${lines}`
	});
	throw new Unclear();
}
/** The wsgi.py files, or else the asgi.py files, at and below the folder of manage.py, that name a module. */
function serverFiles(files, manager) {
	const root = manager === void 0 ? "." : posix.dirname(manager.path);
	const below = files.paths.filter((path) => root === "." || path.startsWith(`${root}/`));
	const told = (name) => below.filter((path) => posix.basename(path) === name).map((path) => witness(files, path)).filter(({ modules }) => modules.length > 0);
	const wsgi = told("wsgi.py");
	return wsgi.length > 0 ? wsgi : told("asgi.py");
}
/** What serves is what wsgi.py says; manage.py breaks a tie, and speaks where no other file does. */
function agreed(search, manager, servers) {
	const served = [...new Set(servers.flatMap(({ modules }) => modules))];
	const managed = manager?.modules ?? [];
	const [only] = [
		served,
		served.filter((module) => managed.includes(module)),
		served.length === 0 ? managed : []
	].find((modules) => modules.length === 1) ?? [];
	if (only === void 0) return unclear(search, disagreement(manager, servers), [...served, ...managed][0]);
	const server = servers.find(({ modules }) => modules.includes(only));
	if (server === void 0 || manager !== void 0 && managed.includes(only)) return {
		value: only,
		from: manager?.path ?? server?.path ?? ""
	};
	const other = managed[0] === void 0 ? "" : `, which serves (${manager?.path} says ${managed[0]})`;
	return {
		value: only,
		from: `${server.path}${other}`
	};
}
function disagreement(manager, servers) {
	const all = [...servers, ...manager === void 0 ? [] : [manager]];
	const modules = [...new Set(all.flatMap((one) => one.modules))];
	const paths = all.map(({ path }) => path).join(", ");
	if (modules.length > 0) return `${paths} name several modules: ${modules.join(", ")}`;
	return all.length > 0 ? `${paths} states none as plain text` : "there is no manage.py, wsgi.py or asgi.py";
}
/** The module itself, unless it is an empty package or made for development and one for production lies beside it. */
function productive(search, root, named) {
	const { files } = search;
	const file = moduleFile(files, root, named.value) ?? "";
	const last = named.value.split(".").at(-1) ?? "";
	const empty = posix.basename(file) === "__init__.py" && isEmpty(files.read(file) ?? "");
	if (!empty && !developing.test(last)) return named;
	const beside = modulesIn(files, posix.dirname(file)).filter((name) => empty || serving.test(name));
	if (beside.length === 0) return named;
	const parent = empty ? named.value : named.value.split(".").slice(0, -1).join(".");
	const production = beside.filter((name) => serving.test(name));
	const line = `${parent}.${production[0] ?? beside[0]}`;
	if (empty && production.length === 1) return {
		value: line,
		from: `${named.from} names ${named.value}, which is empty; ${production[0]}.py lies in it`
	};
	const names = beside.map((name) => `${parent}.${name}`);
	const could = oneOf(empty ? names : [named.value, ...names]);
	return unclear(search, `${named.from} names ${named.value}${empty ? ", which is empty" : ""}; ${could} may be meant`, line);
}
function isEmpty(source) {
	return pythonTokens(source).every(({ kind }) => kind === "end" || kind === "string");
}

// src/settings/distribution.ts
function distributionName(source, repository, report) {
	if (repository.config.isWrong("distribution")) return void 0;
	return findName(source, {
		...repository,
		metadata: readMetadata(repository.files, repository.pyproject)
	}, report);
}
/** Everything bundle, deploy and patch need to know; undefined where a part is missing, which is then reported. */
async function readDistribution(source, repository, given, report) {
	const { files, config, pyproject } = repository;
	const metadata = readMetadata(files, pyproject);
	const version = config.isWrong("version-from") ? void 0 : await findVersion(source, {
		...repository,
		metadata
	}, given.version, report);
	const django = config.isWrong("settings-module") ? void 0 : findDjango(files, config, report);
	const folders = django === void 0 ? [] : [django.sourceRoot.value, posix.dirname(django.managePy ?? ".")];
	const isPoetry = table(table(pyproject?.values["tool"])?.["poetry"]) !== void 0;
	const requirements = config.isWrong("requirements") ? void 0 : findRequirements(files, {
		config,
		metadata,
		folders,
		poetry: isPoetry
	}, report);
	const requiresPython = requiredPython(repository, metadata, report);
	if (django !== void 0) checkSiteModules(repository, django, given.sites, report);
	if (version === void 0 || django === void 0 || requirements === void 0) return void 0;
	return {
		version,
		...django,
		requirements,
		...requiresPython === void 0 ? {} : { requiresPython }
	};
}
function checkSiteModules({ files, config }, django, sites, report) {
	for (const { id, settingsModule } of sites) {
		if (settingsModule === void 0 || hasModule(files, django, settingsModule)) continue;
		report(config.problem([
			"sites",
			String(id),
			"settings-module"
		], `there is no file for ${settingsModule} in ${django.sourceRoot.value}`));
	}
}
/** The project's `requires-python`, checked to be a PEP 440 specifier. */
function requiredPython(repository, metadata, report) {
	const found = firstStated(metadata, "requiresPython");
	if (found === void 0 || isSpecifier(found.value)) return found;
	report({
		where: found.from,
		what: `${quoted(found.value)} is not a version specifier`,
		next: "For example: requires-python = \">=3.12\"",
		...placeOf(repository, found.from)
	});
}

// src/settings/inputs.ts
/** Every input with its default in action.yml. `""` stands for none; a unit test keeps the two in step. */
const inputDefaults = {
	command: "deploy",
	role: "",
	roles: "",
	"ssh-key": "",
	"ssh-passphrase": "",
	"known-hosts": "",
	"host-key-policy": "strict",
	jump: "",
	password: "",
	"working-directory": ".",
	version: "",
	overwrite: "false",
	parts: "",
	migrate: "",
	env: "",
	"management-command": "",
	options: "",
	"hook-env": "",
	"dry-run": "false",
	"max-parallel": "10",
	cache: "true",
	"github-token": "${{ github.token }}",
	preview: ""
};
const inputNames = Object.keys(inputDefaults);
/** Inputs that hold nothing but a secret, or secrets one a line. */
const secretInputs = [
	"ssh-key",
	"ssh-passphrase",
	"password",
	"github-token"
];
/** The inputs of one run; what is wrong with a value goes to `report`, and the default stands in for it. */
function readInputs(source, report) {
	const text = (name) => {
		const given = source.input(name).trim() || inputDefaults[name];
		return given === "" || given.startsWith("${{") ? void 0 : given;
	};
	return {
		text,
		flag(name) {
			const given = text(name) ?? "false";
			if ([
				"true",
				"True",
				"TRUE"
			].includes(given)) return true;
			if (![
				"false",
				"False",
				"FALSE"
			].includes(given)) report({
				where: `input ${name}`,
				what: `${quoted(given)} is neither true nor false`,
				next: `Write ${name}: true or ${name}: false.`
			});
			return inputDefaults[name] === "true" && !/^false$/i.test(given);
		},
		count(name, { least, most }) {
			const given = text(name) ?? String(least);
			const number = /^\d{1,9}$/.test(given) ? Number(given) : NaN;
			if (number >= least && number <= most) return number;
			report({
				where: `input ${name}`,
				what: `${quoted(given)} is not a whole number from ${least} to ${most}`
			});
			return least;
		},
		list: (name) => (text(name) ?? "").split(/[\n,]/).flatMap((item) => item.trim() || [])
	};
}
/** Reports inputs that no one reads: the runner only warns, and a misspelt `overwrite` would go unseen. */
function checkInputNames(seen, report) {
	for (const raw of seen) {
		const name = raw.replace(/^INPUT_/i, "").toLowerCase();
		if (name === "" || inputNames.some((known) => known === name)) continue;
		report({
			where: `input ${name}`,
			what: "is not an input of this action",
			next: suggestion(name, inputNames)
		});
	}
}

// src/settings/login.ts
const policies = ["strict", "accept-new"];
/** The whole of the login settings. Keys are kept as they were given: node/private-key.ts puts them right. */
function readLogin(source, inputs, file, report) {
	const { config } = file;
	const hidden = (name) => {
		const given = source.input(name);
		return given.trim() === "" ? void 0 : secret$1(given);
	};
	const privateKey = hidden("ssh-key");
	const passphrase = hidden("ssh-passphrase");
	const password = hidden("password");
	return {
		...privateKey === void 0 ? {} : { privateKey },
		...passphrase === void 0 ? {} : { passphrase },
		...password === void 0 ? {} : { password },
		knownHosts: inputs.text("known-hosts") ?? "",
		hostKeyPolicy: readPolicy(inputs, report),
		jump: readJump(inputs, config.user ?? "woven", report),
		sshPort: config["ssh-port"] ?? 10022,
		defaultSshPort: config["default-ssh-port"] ?? 22,
		rootUser: config["root-user"] ?? "root",
		authorizedKeys: config["authorized-keys"] ?? []
	};
}
function readPolicy(inputs, report) {
	const given = inputs.text("host-key-policy") ?? "strict";
	const policy = policies.find((known) => known === given);
	if (policy === void 0) report({
		where: "input host-key-policy",
		what: `${quoted(given)} is not a policy`,
		next: suggestion(given, policies)
	});
	return policy ?? "strict";
}
function readJump(inputs, user, report) {
	return inputs.list("jump").flatMap((entry) => {
		const address = parseAddress(entry);
		if (address.kind === "address") return [{
			user: address.user ?? user,
			host: address.host,
			...address.port === void 0 ? {} : { port: address.port }
		}];
		report({
			where: "input jump",
			what: address.what,
			next: address.next
		});
		return [];
	});
}
/** Reports a login that cannot work, or that setupnode would shut behind itself. */
function checkLogin(login, purpose, report) {
	if (login.privateKey === void 0 && login.password === void 0) {
		report({
			where: "input ssh-key",
			what: `is empty, and ${purpose.command} has to log in`,
			next: `Store the private key as a secret and write ssh-key: ${secretExpression("WOVEN_SSH_KEY")}\nA secret is also empty where its name is misspelt, and in a pull request from a fork.`
		});
		return;
	}
	if (login.privateKey !== void 0 || purpose.command !== "setupnode" || !purpose.disableSshPassword) return;
	report({
		where: "input ssh-key",
		what: "is empty, and setupnode would turn passwords off and leave nobody a way in",
		next: "Give ssh-key beside the password, or set disable-ssh-password = false."
	});
}

// src/settings/node-setup.ts
function readNodeSetup(file, report) {
	const { config } = file;
	const timezone = config.timezone;
	if (timezone !== void 0) checkTimezone(timezone, file, report);
	return {
		disableRoot: config["disable-root"] ?? true,
		disableSshPassword: config["disable-ssh-password"] ?? true,
		enableUfw: config["enable-ufw"] ?? true,
		ufwRules: config["ufw-rules"] ?? ["allow 80,443/tcp"],
		roleUfwRules: config["role-ufw-rules"] ?? {},
		...config["base-packages"] === void 0 ? {} : { basePackages: config["base-packages"] },
		extraPackages: config["extra-packages"] ?? [],
		rolePackages: config["role-packages"] ?? {},
		packageRepositories: config["package-repositories"] ?? [],
		...config["apache-disable-modules"] === void 0 ? {} : { apacheDisableModules: config["apache-disable-modules"] },
		...timezone === void 0 ? {} : { timezone }
	};
}
/** Node carries the same time zone names as Debian's tzdata, but does not mind their case; the node's file system does. */
function checkTimezone(timezone, file, report) {
	const known = Intl.supportedValuesOf("timeZone");
	const written = known.find((name) => name.toLowerCase() === timezone.toLowerCase());
	if (written === timezone || written === void 0 && isTimezone(timezone)) return;
	const near = written ?? nearest(timezone, known);
	report(file.problem(["timezone"], `${quoted(timezone)} is not a time zone`, near === void 0 ? "For example: timezone = \"Europe/Berlin\"" : `Did you mean ${near}?`));
}
function isTimezone(name) {
	try {
		return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
	} catch {
		return false;
	}
}

// src/settings/nodes.ts
/** The nodes, in the order written. */
function readNodes(inputs, repository, purpose, report) {
	const { config: file } = repository;
	const user = file.config.user === "root" ? "woven" : file.config.user ?? "woven";
	if (file.config.user === "root") report(file.problem(["user"], "root cannot be the user that deploys", "setupnode makes the user, and logs in as root-user by itself the first time."));
	let complaints = 0;
	const counting = (problem) => {
		complaints += 1;
		report(problem);
	};
	const roles = readRoles(inputs, repository, user, counting);
	if (roles.size === 0 && (complaints > 0 || repository.state === "unreadable" || file.isWrong("roles"))) return [];
	const next = `Store the roles as a secret, such as
production: ["woven@web1.example.com"]
and write roles: ${secretExpression("WOVEN_ROLES")}, or name a host: role: woven@web1.example.com`;
	const wanted = inputs.list("role");
	if (purpose.command === "setupnode") checkOneRole(wanted, roles, purpose.setup, report);
	return selectNodes(wanted, roles, {
		user,
		rolesProblem: () => report({
			where: "input roles",
			what: "no node is named: neither roles nor role is set",
			next
		})
	}, report);
}
function readRoles(inputs, repository, user, report) {
	const given = inputs.text("roles");
	if (given !== void 0) return parseRoles(given, { user }, report);
	const { config: file } = repository;
	const { roles } = file.config;
	if (roles === void 0) return /* @__PURE__ */ new Map();
	const { where } = file.problem(["roles"], "");
	return rolesFrom(roles, {
		where,
		user
	}, ({ what, next }) => report(file.problem(["roles"], what, next)));
}
/** Reports a host that is to be set up as two roles which want different things of it. */
function checkOneRole(wanted, roles, setup, report) {
	const asked = [...roles].filter(([role]) => wanted.includes(role));
	const hosts = new Set(asked.flatMap(([, nodes]) => nodes.map(({ host }) => host)));
	for (const host of hosts) {
		const among = asked.filter(([, nodes]) => nodes.some((node) => node.host === host)).map(([role]) => role);
		if (new Set(among.map((role) => JSON.stringify([setup.rolePackages[role] ?? null, setup.roleUfwRules[role] ?? null]))).size > 1) report({
			where: "input role",
			what: `${host} stands in ${among.join(" and ")}, which want different packages or rules`,
			next: "Set it up as one of them."
		});
	}
}

// src/settings/project-files.ts
/** Folders that hold no code of the project, or code that never serves. */
const passedOver = /* @__PURE__ */ new Set([
	"node_modules",
	"__pycache__",
	"site-packages",
	"dist",
	"build",
	"venv",
	"env",
	"tests",
	"test",
	"docs",
	"doc",
	"examples",
	"example",
	"static",
	"media",
	"locale",
	"templates",
	"migrations"
]);
const deepest = 5;
const mostFiles = 2e4;
const mostBytes = 4e6;
/** Looks at the folders under `root`, five levels deep. Throws what the file system throws where `root` cannot be read. */
function projectFiles(root, repository) {
	const paths = [];
	let level = [""];
	for (let depth = 0; depth <= deepest && paths.length < mostFiles; depth += 1) {
		const looks = level.map((folder) => look(root, folder));
		paths.push(...looks.flatMap(({ files }) => files));
		level = looks.flatMap(({ folders }) => folders);
	}
	const known = new Set(paths);
	const above = relative(repository, root).split(sep).join("/");
	return {
		paths,
		has: (path) => known.has(path),
		read: (path) => known.has(path) ? readText(join(root, path)) : void 0,
		repositoryPath: (path) => above.startsWith("..") ? path : posix.join(above, path)
	};
}
function look(root, folder) {
	const entries = readdirSync(join(root, folder), { withFileTypes: true }).toSorted((a, b) => a.name < b.name ? -1 : 1);
	if (folder !== "" && entries.some((entry) => entry.name === "pyvenv.cfg")) return {
		files: [],
		folders: []
	};
	const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !passedOver.has(entry.name));
	const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink());
	const path = (entry) => posix.join(folder, entry.name);
	return {
		files: files.map(path),
		folders: folders.map(path)
	};
}
function readText(path) {
	const found = statSync(path, { throwIfNoEntry: false });
	if (found === void 0 || !found.isFile() || found.size > mostBytes) return void 0;
	return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
}
/** A project that could not be read. */
const emptyProject = {
	paths: [],
	has: () => false,
	read: () => void 0,
	repositoryPath: (path) => path
};

// src/settings/sites.ts
/** All sites, in the order of their ids. A domain twice, or a site without any, is reported. */
function readSites(file, report) {
	const { domains, sites = {} } = file.config;
	const short = domains === void 0 ? {} : { "1": {
		...sites["1"],
		domains
	} };
	if (domains !== void 0 && sites["1"]?.domains !== void 0) report(file.problem(["domains"], "stands beside [tool.woven.sites.1], which is the same site", "Keep one of the two."));
	const read = Object.entries({
		...sites,
		...short
	}).map(([id, site]) => present({
		id: Number(id),
		domains: (site.domains ?? []).map((domain) => domain.toLowerCase()),
		settingsModule: site["settings-module"]
	}));
	for (const { id } of read.filter((site) => site.domains.length === 0)) {
		const line = file.toWrite(`sites.${id}.domains = ["shop.example.com"]`);
		report(file.problem(["sites", String(id)], "has no domains", line));
	}
	reportTwice(read, file, report);
	return read.toSorted((a, b) => a.id - b.id);
}
function reportTwice(sites, file, report) {
	const seen = /* @__PURE__ */ new Map();
	for (const { id, domains } of sites) {
		const key = file.config.domains !== void 0 && id === 1 ? ["domains"] : [
			"sites",
			String(id),
			"domains"
		];
		for (const domain of domains) {
			const other = seen.get(domain);
			const also = other === id ? "" : `, also for site ${other}`;
			if (other !== void 0) report(file.problem(key, `${domain} stands there twice${also}`));
			seen.set(domain, id);
		}
	}
}
/** Reports that a command which serves has no domain to serve. */
function requireDomains(sites, file, report) {
	if (sites.length > 0 || file.isWrong("domains") || file.isWrong("sites")) return;
	report({
		where: file.name === "woven.toml" ? "woven.toml: domains" : "pyproject.toml: tool.woven.domains",
		what: "no domain is set, and nginx has to know which one to answer",
		next: file.toWrite("domains = [\"shop.example.com\"]")
	});
}

// src/settings/unsupported.ts
/** Each with what it may hold without asking for anything. */
const keys = {
	tls: (value) => value === false || value === "none",
	processes: (value) => Object.keys(value).length === 0,
	schedules: (value) => Object.keys(value).length === 0,
	context: (value) => Object.keys(value).length === 0,
	server: (value) => value === "apache",
	python: (value) => value === "system"
};
function reportUnsupported(inputs, file, report) {
	for (const [key, harmless] of Object.entries(keys)) {
		const value = file.config[key];
		if (value === void 0 || harmless(value)) continue;
		if (key === "server" && inputs.text("command") === "setupnode") continue;
		const shown = typeof value === "string" ? ` = ${JSON.stringify(value)}` : "";
		report(file.problem([key], `${key}${shown} is not supported yet`, "Take it out for now."));
	}
	const preview = inputs.text("preview");
	if (preview !== void 0 && !/^false$/i.test(preview)) report({
		where: "input preview",
		what: "is not supported yet",
		next: "Take it out for now."
	});
}

// src/settings/read.ts
/** How much of the project a command has to know. */
const projectNeed = {
	setupnode: "name-if-any",
	status: "name-if-any",
	bundle: "all",
	deploy: "all",
	patch: "all",
	activate: "name",
	rollback: "name",
	node: "name"
};
/** The settings of one run. Throws one SettingsError that holds every problem found. */
async function readSettings(source) {
	maskSecrets(source);
	const problems = [];
	const report = (problem) => problems.push(problem);
	checkInputNames(source.inputNames ?? [], report);
	const inputs = readInputs(source, report);
	const settings = await assembled(source, {
		inputs,
		command: readCommand(inputs, report) ?? "status",
		repository: readRepository(source, inputs, report)
	}, report);
	if (problems.length > 0) throw new SettingsError(problems);
	for (const line of foundLines(settings)) source.log(line);
	return frozen(settings);
}
function maskSecrets(source) {
	const ignore = () => void 0;
	const values = ["env", "hook-env"].flatMap((name) => parseEnvLines(source.input(name), name, ignore).map(([, value]) => value));
	for (const value of [...secretInputs.map((name) => source.input(name)), ...values]) for (const part of secretParts(value)) source.mask(part);
}
function readCommand(inputs, report) {
	const given = inputs.text("command") ?? "";
	const command = commandNames.find((known) => known === given);
	if (command === void 0) report({
		where: "input command",
		what: `there is no command ${quoted(given)}`,
		next: suggestion(given, commandNames)
	});
	return command;
}
/** The folder of the project and its configuration. */
function readRepository(source, inputs, report) {
	const given = inputs.text("working-directory") ?? ".";
	const root = resolve(source.cwd, given);
	if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
		report({
			where: "input working-directory",
			what: `there is no folder ${quoted(given)}`,
			next: "It is written from the top of the repository. Is actions/checkout a step before this one?"
		});
		return {
			state: "unreadable",
			root,
			files: emptyProject,
			config: readConfig(void 0, void 0, report)
		};
	}
	const files = projectFiles(root, source.env["GITHUB_WORKSPACE"] ?? source.cwd);
	const pyproject = readToml(files, "pyproject.toml", report);
	const woven = readToml(files, "woven.toml", report);
	const broken = files.has("pyproject.toml") && pyproject === void 0 || files.has("woven.toml") && woven === void 0;
	return present({
		state: broken ? "unreadable" : "read",
		root,
		files,
		pyproject,
		config: readConfig(pyproject, woven, report)
	});
}
async function assembled(source, { inputs, command, repository }, report) {
	const { config: file } = repository;
	const { config } = file;
	reportUnsupported(inputs, file, report);
	const login = readLogin(source, inputs, file, report);
	const setup = readNodeSetup(file, report);
	const nodes = readNodes(inputs, repository, {
		command,
		setup
	}, report);
	if (nodes.some((node) => node.host !== "local")) checkLogin(login, {
		command,
		disableSshPassword: setup.disableSshPassword
	}, report);
	checkEnv(file, report);
	checkUrls(file, report);
	const version = readVersion(inputs, command, report);
	const token = inputs.text("github-token");
	return present({
		command,
		nodes,
		login,
		workingDirectory: repository.root,
		...await readProject(source, {
			inputs,
			command,
			repository
		}, version, report),
		version,
		overwrite: inputs.flag("overwrite"),
		parts: readParts(inputs, report),
		migrate: readMigrate(inputs, repository, report),
		secretEnv: readSecretEnv(inputs, "env", report),
		env: config.env ?? {},
		...readManagementCommand(inputs, command, report),
		hookEnv: readSecretEnv(inputs, "hook-env", report),
		dryRun: inputs.flag("dry-run"),
		maxParallel: inputs.count("max-parallel", {
			least: 1,
			most: 100
		}),
		cache: inputs.flag("cache"),
		githubToken: token === void 0 ? void 0 : secret$1(token),
		server: config.server ?? "apache",
		python: config.python ?? "system",
		health: readHealth(file),
		include: config.include ?? [],
		exclude: config.exclude ?? [],
		keepReleases: config["keep-releases"] ?? 5,
		deploymentRoot: config["deployment-root"],
		projectAppsPath: config["project-apps-path"],
		staticUrl: config["static-url"],
		mediaUrl: config["media-url"],
		setup
	});
}
async function readProject(source, { command, repository }, version, report) {
	const sites = readSites(repository.config, report);
	if (repository.state === "unreadable") return { sites };
	if (command === "deploy" || command === "patch") requireDomains(sites, repository.config, report);
	const need = projectNeed[command];
	const name = distributionName(source, repository, need === "name-if-any" ? () => void 0 : report);
	const distribution = need === "all" ? await readDistribution(source, repository, {
		version,
		sites
	}, report) : await distributionIfAny(source, repository, {
		version,
		sites
	}, need);
	return present({
		sites,
		distributionName: name,
		distribution
	});
}
/** setupnode looks for hooks in the project's own package first, where a project is found; where none is, nothing is wrong. */
async function distributionIfAny(source, repository, known, need) {
	if (need === "name") return void 0;
	const problems = [];
	const found = await readDistribution(source, repository, known, (problem) => problems.push(problem));
	return problems.length === 0 ? found : void 0;
}
function readHealth(file) {
	const { health } = file.config;
	return present({
		path: health?.path ?? "/",
		status: health?.status,
		text: health?.text,
		timeout: health?.timeout ?? 30
	});
}
function checkEnv(file, report) {
	for (const name of Object.keys(file.config.env ?? {})) {
		const instead = reservedName(name);
		if (instead !== void 0) report(file.problem(["env", name], "cannot be set here", instead));
	}
}
/** nginx serves both itself, so neither may hide the other. */
function checkUrls(file, report) {
	const { "static-url": staticUrl, "media-url": mediaUrl } = file.config;
	if (staticUrl === void 0 || mediaUrl === void 0) return;
	if (staticUrl.startsWith(mediaUrl) || mediaUrl.startsWith(staticUrl)) report(file.problem(["static-url"], `${staticUrl} and media-url ${mediaUrl} lie inside each other`, "For example: static-url = \"/static/\" and media-url = \"/media/\""));
}
/** What was found about the project, and from where, for the log. */
function foundLines({ distributionName, distribution }) {
	const line = (what, found) => found === void 0 ? [] : [`${what}: ${found.value} (${found.from})`];
	if (distribution === void 0) return line("Distribution", distributionName);
	return [
		...line("Distribution", distributionName),
		...line("Version", distribution.version),
		...line("Settings module", distribution.settingsModule),
		...line("Source root", distribution.sourceRoot),
		...line("Requirements", {
			...distribution.requirements,
			value: requirementsText(distribution.requirements.value)
		}),
		...line("Python", distribution.requiresPython)
	];
}
function requirementsText(requirements) {
	switch (requirements.kind) {
		case "files": return requirements.paths.join(", ");
		case "lock": return requirements.path;
		case "project": return `${requirements.dependencies.length} stated`;
	}
}
function frozen(value) {
	if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
	Object.freeze(value);
	Object.values(value).forEach(frozen);
	return value;
}

export { openRuntime as a, createLog as c, readPackageFile as d, sh as f, cancellation as i, runCommand as l, inputNames as n, withLocalNode as o, commandNames as r, runProcess as s, readSettings as t, succeeded as u };
import { i as __toESM, n as __exportAll } from "./rolldown-runtime.js";
import { n as WovenError, r as asWovenError, t as SettingsError } from "./errors.js";
import { n as programVariables, t as isProgramVariable } from "./program-variables2.js";
import { $ as union, A as literal$1, B as object, C as boolean, D as getMetadata, E as getDotPath, F as minLength, G as pipe, H as parse$5, I as minValue, J as regex, K as readonly, L as nonEmpty, M as maxLength, N as maxValue, O as integer, P as metadata, Q as transform, R as nullable, S as array, T as exactOptional, U as parseJson$2, V as optional, W as picklist, X as strictObject, Y as safeParse, Z as string, _ as quoted$1, a as parseAddress, at as grammars, b as stepEnv, c as secret, d as nearest, et as unknown$1, f as suggestion, g as oneOf, h as shownDefault, i as selectNodes, it as fits, j as looseObject, k as lazy, l as secretParts, m as defaults, n as parseRoles, nt as domainProblem, o as portNumber, ot as misfit$2, p as require_fastest_levenshtein, q as record, r as rolesFrom, rt as primaryDomain, t as localRole, u as urlPasswords, v as secretExpression, w as check, x as ValiError, y as shownPath, z as number$2 } from "./roles.js";
import { a as readPublicKeys, i as parseKnownHosts, n as knownHostsLine, o as wireStrings, r as lookup$1, t as fingerprint } from "./known-hosts.js";
import { n as getExecOutput, o as require_tar_stream } from "./exec.js";
import { createReadStream, createWriteStream, existsSync, lstatSync, readFileSync, readdirSync, realpathSync, statSync } from "node:fs";
import { constants as constants$1, machine, tmpdir, userInfo } from "node:os";
import { basename, delimiter, dirname, isAbsolute, join, matchesGlob, normalize, posix, relative, resolve, sep } from "node:path";
import { BlockList, connect, isIP, isIPv6 } from "node:net";
import { X509Certificate, createHash, createHmac, createPrivateKey, hkdfSync, randomBytes, randomInt, randomUUID, timingSafeEqual } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as setTimeout$1 } from "node:timers/promises";
import { StringDecoder } from "node:string_decoder";
import { createGzip } from "node:zlib";
import { access, chmod, cp, glob, lstat, mkdir, mkdtemp, readFile, readdir, readlink, realpath, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { stripVTControlCharacters } from "node:util";
import { lookup } from "node:dns/promises";
import { once, setMaxListeners } from "node:events";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

// src/rollout/run-report.ts
function runReport(nodes, settings, runtime, bundles = []) {
	const { distributionName } = settings;
	const [bundle] = bundles;
	const reports = nodes.reports();
	const version = versionOf(settings, reports);
	const domain = settings.sites[0] && primaryDomain(settings.sites[0]);
	return {
		command: settings.command,
		...distributionName ? { distribution: distributionName.value } : {},
		...version ? { version } : {},
		...domain ? { url: `${settings.tls.kind === "none" ? "http" : "https"}://${domain}/` } : {},
		dryRun: settings.dryRun,
		hostKeyPolicy: settings.login.hostKeyPolicy,
		seconds: (runtime.now() - runtime.started) / 1e3,
		nodes: reports,
		...nodes.notices.length > 0 ? { notices: nodes.notices } : {},
		found: foundValues(settings),
		...bundle ? { bundle: {
			key: bundle.key,
			digests: bundles.map(({ digest }) => digest),
			cacheHit: bundle.cacheHit,
			wheels: bundle.wheels.length,
			bytes: bundle.bytes,
			seconds: bundle.seconds
		} } : {}
	};
}
/**
* The version that a run is about. `deploy`, `bundle`: the version in the checkout. `activate`, `remove`: the version you asked for.
* Other commands: the live version, or undefined if the nodes differ.
*/
function versionOf({ command, version, distribution }, nodes) {
	if (command === "deploy" || command === "bundle") return version ?? distribution?.version.value;
	if (command === "activate" || command === "remove") return version;
	const [first, ...others] = new Set(nodes.map((node) => node.version));
	return others.length === 0 ? first : void 0;
}
/** What Woven found out about the project, and where. */
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

// src/release/build.ts
/**
* The id of a new build: six hexadecimal digits. Random, and such that `loopbackAddress` is one that can be listened on. Should the
* address be taken, the unit fails to start and nothing is switched.
*/
function newBuild() {
	return [
		randomInt(1, 255),
		randomInt(0, 256),
		randomInt(1, 255)
	].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}
/** `<root>/env/.<dist>-<version>.<build>`: as deep as the release's own path and its staging folder, so that relative paths hold. */
function buildFolder({ root, distribution, name }, build) {
	return `${root}/env/.${distribution}-${name}.${build}`;
}
/**
* The loopback address of a build, for servers that listen on TCP. All of 127.0.0.0/8 is this machine (RFC 1122, 3.2.1.3 g), so builds
* can have one port side by side.
*/
function loopbackAddress(build) {
	return `127.${(build.match(/../g) ?? []).map((octet) => Number.parseInt(octet, 16)).join(".")}`;
}
/** The build whose loopback address this is. */
function buildAt(address) {
	return address.split(".").slice(1).map((octet) => Number(octet).toString(16).padStart(2, "0")).join("");
}
/** The text with each word of the map replaced, where it stands by itself: never in the middle of a longer one. */
function replaceWords(text, words) {
	const escaped = [...words.keys()].map((word) => word.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
	if (escaped.length === 0) return text;
	const whole = new RegExp(`(?<![A-Za-z0-9])(?:${escaped.join("|")})(?![A-Za-z0-9])`, "g");
	return text.replaceAll(whole, (word) => words.get(word) ?? word);
}

// src/node/django-facts.ts
/** STATIC_URL or MEDIA_URL as Django has it: a path with or without its first slash, a URL on another host, or empty. */
const servedAt = pipe(string(), regex(/^$|^(https?:)?\/\/[A-Za-z0-9.:_~/-]+$|^\/?([A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*$/));
const oneLine$1 = pipe(string(), regex(/^[^\p{Cc}\u2028\u2029]*$/u));
const alias = pipe(string(), regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/));
const inProject = pipe(string(), regex(grammars.relativePath.pattern));
/** The project's code reports these values, and root writes configuration with them. So they must fit the grammars of user input. */
const djangoFacts = object({
	django: oneLine$1,
	staticUrl: nullable(servedAt),
	mediaUrl: servedAt,
	/** Engine by alias. */
	databases: record(alias, oneLine$1),
	/** Aliases of databases that each node may have for itself: files, and servers on the node. Absent if the project has its own describe.py. */
	ownDatabases: exactOptional(array(alias)),
	/** Names of the SQLite files in the folder that all sites share. Absent if the project has its own describe.py. */
	sqliteFiles: exactOptional(array(pipe(string(), regex(/^(?!\.{1,2}$)[^/\p{Cc}]+$/u)))),
	/** Folders of templates inside the project, relative to it. */
	templateDirs: array(inProject),
	/** The folder in the project whose files a new MEDIA_ROOT starts with. */
	mediaSeed: nullable(inProject)
});

// src/node/recorded.ts
/** Throws `state-newer` where a newer Woven wrote it, `state-broken` where it cannot be read. */
function readRecorded(text, { schema, upgrades, file, node, repair }) {
	const broken = (why, cause) => new WovenError({
		code: "state-broken",
		message: plain$3(`${file} on ${node} cannot be read: ${why}`),
		state: "Nothing was changed.",
		next: `${repair ?? "Restore it from a backup of the server. If the release it belongs to is not needed any more, move the file elsewhere; Woven then takes the release for absent."}`,
		node,
		cause
	});
	let record;
	try {
		const parsed = JSON.parse(text);
		if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw new Error("it is not a JSON object");
		record = parsed;
	} catch (cause) {
		throw broken("it is not a JSON object", cause);
	}
	const { schema: written = 0, woven } = record;
	if (typeof written !== "number" || !Number.isInteger(written) || written < 0) throw broken("its schema is not a number");
	if (written > upgrades.length) throw newer({
		file,
		node,
		written,
		known: upgrades.length,
		woven
	});
	try {
		return parse$5(schema, upgrades.slice(written).reduce((done, upgrade) => upgrade(done), record));
	} catch (cause) {
		const where = cause instanceof ValiError ? getDotPath(cause.issues[0]) : void 0;
		throw broken(where ? `${where} is not what Woven writes there` : "it is not what Woven writes there", cause);
	}
}
/** A node says the names of its files, and of what is in them: neither may break a line. */
function plain$3(text) {
	return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, "?");
}
function newer({ file, node, written, known, woven }) {
	const by = typeof woven === "string" && /^[\w.+-]{1,40}$/.test(woven) ? `Woven ${woven}` : "a newer Woven";
	return new WovenError({
		code: "state-newer",
		message: plain$3(`${file} on ${node} was written by ${by}, in schema ${written}; this Woven reads schemas up to ${known}`),
		state: "Nothing was changed.",
		next: `Use ${by}, or a later version, for this server.`,
		node
	});
}

// src/node/services.ts
/** What a node keeps becomes lines of logs, tables and outputs: it holds no line breaks. */
const line$1 = pipe(string(), regex(/^[^\p{Cc}\u2028\u2029]*$/u));
const ServiceSchema = object({
	/** Unique in its release: `web`, `site_1`. */
	name: line$1,
	kind: picklist([
		"web",
		"process",
		"schedule"
	]),
	/** What runs it, as the configuration names it: a patch keeps it. */
	server: line$1,
	/** SITE_IDs. */
	sites: array(number$2()),
	/** Instances of template units, in the order in which they are started. */
	units: array(line$1),
	/** The OS user whose code it runs; `root` where the service itself changes to the users of its sites. */
	user: line$1,
	/** `host:port`, where it listens on TCP. */
	address: exactOptional(line$1),
	/** Path of a unix socket, where it listens on one. */
	socket: exactOptional(line$1),
	/** Links that lead to it while the release is live: targets by path. */
	links: record(line$1, line$1),
	/** What its health check sends beside Host: a key is among it, so only root may read the record. */
	probe: object({ headers: record(line$1, line$1) }),
	/** Absolute paths of its configuration, units among them. */
	files: array(line$1),
	/** Debian packages that it needs. */
	packages: array(line$1),
	/** Where its errors are read. */
	logs: array(line$1),
	/** Of a process: seconds that it must stay up after the switch, and that it may take to stop. */
	settle: exactOptional(number$2()),
	drain: exactOptional(number$2())
});
/** The services that answer visitors. */
function webServices(services) {
	return services.filter(({ kind }) => kind === "web");
}
/** Processes and schedules: of one release at a time. They start after the switch, once those of the previous release have stopped. */
function backgroundOf(services) {
	return services.filter(({ kind }) => kind !== "web");
}
/** The units that run while those of the services do: a timer starts the service of its name. */
function startedBy(units) {
	return units.flatMap((unit) => unit.endsWith(".timer") ? [unit.replace(/\.timer$/, ".service")] : []);
}
function unitsOf$1(services) {
	return services.flatMap(({ units }) => units);
}
function filesOf$2(services) {
	return [...new Set(services.flatMap(({ files }) => files))];
}
function packagesOf$1(services) {
	return [...new Set(services.flatMap(({ packages }) => packages))];
}
/** Links that lead to the services of a live release: targets by path. */
function linksOf$1(services) {
	return Object.assign({}, ...services.map(({ links }) => links));
}

// src/node/state.ts
/** Digests of everything in a release: two releases are the same exactly if all digests are the same. */
const Content = object({
	tree: line$1,
	bundle: line$1,
	/** Of the settings and the secret environment, with the record's salt. */
	configuration: line$1
});
const Health = object({
	path: line$1,
	status: exactOptional(number$2()),
	text: exactOptional(line$1),
	timeout: number$2()
});
const Site = object({
	id: number$2(),
	domains: array(line$1),
	/** Absent: that of the release. */
	health: exactOptional(Health),
	/** How visitors reach it. Absent in records of older versions of Woven. */
	front: exactOptional(object({
		/** What nginx listens for, as `http:80`. */
		listens: array(line$1),
		/** Something in front of nginx speaks https with the visitors, and nginx tells the application so. */
		tlsInFront: exactOptional(literal$1(true))
	}))
});
/** The record of one release. Written right before the switch to it. `healthy`: it has passed the health check. */
const Release = object({
	schema: literal$1(3),
	/** The version of Woven that wrote it; absent in records of the first schema. */
	woven: exactOptional(line$1),
	distribution: line$1,
	/** The version as the user wrote it. */
	version: line$1,
	/** The version made safe for file names. */
	name: line$1,
	content: Content,
	/** SHA-256 (an `x` before it for executables) by path in the release, of `project/` and `dist/`. */
	files: record(line$1, line$1),
	/** Targets by path. */
	symlinks: record(line$1, line$1),
	/** Full version of the interpreter its packages were installed for. */
	python: line$1,
	/** Its program, if it is not the node's own. */
	interpreter: exactOptional(line$1),
	/** Six hexadecimal digits: release/build.ts. */
	build: line$1,
	/** What nginx says of it at `/.woven/release`. */
	mark: line$1,
	services: array(ServiceSchema),
	sites: array(Site),
	health: Health,
	/** Where HTTPS ends. Absent: nowhere. */
	tls: exactOptional(object({
		kind: picklist([
			"files",
			"acme",
			"proxy"
		]),
		/** The file on the node. Absent with a proxy. */
		certificate: exactOptional(line$1)
	})),
	/** Absent in records of older versions of Woven. */
	described: exactOptional(djangoFacts),
	/** The URLs of static and media files in the web configuration. After a patch, the settings may have others. */
	urls: exactOptional(object({
		static: nullable(line$1),
		media: line$1
	})),
	/** Random, so that nobody can guess the secret environment from its digest. */
	salt: line$1,
	/** Names of the variables that its Django process gets. Absent in records of older versions of Woven. */
	variables: exactOptional(array(line$1)),
	healthy: boolean(),
	patched: boolean(),
	/** ISO 8601, the runner's clock. */
	createdAt: line$1,
	by: object({
		actor: exactOptional(line$1),
		run: exactOptional(line$1),
		commit: exactOptional(line$1)
	})
});
const Event = object({
	/** ISO 8601. */
	at: line$1,
	event: picklist([
		"deploy",
		"patch",
		"activate",
		"rollback",
		"remove"
	]),
	version: line$1,
	previous: exactOptional(line$1),
	actor: exactOptional(line$1),
	run: exactOptional(line$1)
});
/** A run that failed here, or was cancelled: attempts.py. */
const AttemptLine = object({
	/** ISO 8601, the node's clock. */
	at: line$1,
	command: line$1,
	/** The name of the release that it worked on. */
	release: exactOptional(line$1),
	/** The step that failed. */
	step: exactOptional(line$1),
	end: picklist(["failed", "stopped"]),
	actor: line$1,
	run: exactOptional(line$1)
});
const LeaseFile = object({
	owner: line$1,
	command: line$1,
	run: exactOptional(line$1)
});
/** Throws `state-broken` or `state-newer` where a file cannot be read: nothing that cannot be read counts as absent. */
function parseState(raw, known) {
	const { active, folder, releases, history, attempts = "", lease, place } = raw;
	return {
		...active ? { active } : {},
		...folder ? { folder } : {},
		releases: [...releases].map(([file, text]) => parseRelease(text, {
			file,
			...known
		})),
		history: readLines$1(history, {
			...eventForm,
			file: `${place}/history.jsonl`,
			...known
		}),
		...attempts.trim() === "" ? {} : { attempts: readLines$1(attempts, {
			...attemptForm,
			file: `${place}/attempts.jsonl`,
			...known
		}) },
		...lease.trim() === "" ? {} : { lease: readRecorded(lease, {
			...leaseForm,
			file: `${place}/lease.json`,
			...known
		}) }
	};
}
/** A file with one record on each line. */
function readLines$1(text, form) {
	return text.split("\n").flatMap((one, index) => {
		const repair = `Look at line ${index + 1} there: fix it, or delete it (sed -i ${index + 1}d ${form.file}).`;
		return one.trim() === "" ? [] : [readRecorded(one, {
			...form,
			repair
		})];
	});
}
function parseRelease(text, { firstServices, ...at }) {
	return readRecorded(text, {
		schema: Release,
		upgrades: [
			withSchema(1),
			withServices(firstServices),
			withSchema(3)
		],
		...at
	});
}
const eventForm = {
	schema: Event,
	upgrades: [withSchema(1)]
};
const attemptForm = {
	schema: AttemptLine,
	upgrades: [withSchema(1)]
};
const leaseForm = {
	schema: LeaseFile,
	upgrades: [withSchema(1), withSchema(2)],
	repair: "Is no other run at work there? Then delete the file."
};
/**
* A schema without a change to what was there. Lines of history and leases had no schema at first. Records have processes and
* schedules from schema 3 on: an earlier Woven would start them before the switch, and leave those of two releases running.
*/
function withSchema(schema) {
	return (record) => ({
		...record,
		schema
	});
}
/** From 1 to 2: one server with one unit and one address becomes a list of services, and the build an id of its own. */
function withServices(firstServices) {
	return ({ unit, address, ...rest }) => {
		const { distribution, name, sites, ...first } = parse$5(FirstServer, {
			...rest,
			unit,
			address
		});
		return {
			...rest,
			schema: 2,
			build: buildAt(first.address),
			mark: `${distribution} ${name} ${first.address}`,
			services: firstServices({
				distribution,
				name,
				sites,
				...first
			})
		};
	};
}
const FirstServer = object({
	distribution: string(),
	name: string(),
	unit: string(),
	address: pipe(string(), regex(/^127(\.\d{1,3}){3}$/)),
	sites: Release.entries.sites
});
function sameContent(one, other) {
	return one.tree === other.tree && one.bundle === other.bundle && one.configuration === other.configuration;
}
/** Whether its settings now have other URLs than its web configuration. */
function hasOldUrls({ described, urls }) {
	if (!described || !urls) return false;
	return urls.static !== described.staticUrl || urls.media !== described.mediaUrl;
}
function activeRelease(state) {
	return state?.releases.find(({ name }) => name === state.active);
}
/**
* The release that `rollback` switches to: the newest healthy one that was live before the current one. After a rollback from B to
* A, B no longer counts, so a second rollback switches to the release that was live before A.
*/
function rollbackTarget(state) {
	const stack = state.history.reduce((done, { event, version }) => {
		if (event === "remove") return done.filter((other) => other !== version);
		if (event === "rollback" && done.includes(version)) return done.slice(0, done.lastIndexOf(version) + 1);
		return [...done.filter((other) => other !== version), version];
	}, []);
	const active = activeRelease(state)?.version;
	return (active !== void 0 && stack.includes(active) ? stack.slice(0, stack.lastIndexOf(active)) : stack).toReversed().flatMap((version) => state.releases.find((release) => release.version === version && release.healthy) ?? [])[0];
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
		writable: `${root}/writable/${distribution}`,
		state: `/var/local/woven/${distribution}`,
		unit
	};
}
/** Where releases are while they are built: `<root>/.staging`. */
function stagingFolder({ root }) {
	return `${root}/.staging`;
}
/** `example.com` in a file name: `example_com`. A host name has no underscore, so two names never become the same. */
function domainName(domain) {
	return domain.replaceAll(".", "_");
}
function siteUser(id) {
	return `site_${id}`;
}
/**
* The group that may read the code of a distribution. Only its sites are members. The name has at most 32 characters, of those that
* useradd(8) allows. Two distributions never have the same group.
*/
function codeGroup(distribution) {
	const name = `code-${distribution}`;
	if (/^[a-z0-9_-]{1,32}$/.test(name)) return name;
	return `${name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, "-").slice(0, 21)}-${createHash("sha256").update(distribution).digest("hex").slice(0, 10)}`;
}
/** What the names of the units of a distribution begin with, and those of no other. */
function unitPrefix(distribution) {
	return `woven-${unitPart(distribution)}-`;
}
function unitName(distribution, name) {
	return `${unitPrefix(distribution)}${unitPart(name)}`;
}
/** A unit name has at most 255 characters (systemd.unit(5)), with its instance and the name of its timer. A digest replaces a long part. */
function unitPart(text) {
	const part = unitText(text);
	return part.length <= 90 ? part : createHash("sha256").update(text).digest("hex").slice(0, 32);
}
/** Text made safe for the name of a unit, as systemd-escape(1) does it. */
function unitText(text) {
	return text.replaceAll(/[^A-Za-z0-9_.]/g, (character) => {
		return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
	});
}

// src/node/sh.ts
const brand = Symbol("shell");
/** The string as one quoted word for a POSIX shell. Throws on NUL, which no argument can hold. */
function quote(word) {
	if (word.includes("\0")) throw new TypeError("a shell word cannot hold a NUL character");
	return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
/**
* A template tag for shell text. A string or number becomes one quoted word. An array becomes one quoted word for each item. Another
* `sh` fragment is inserted as it is. The literal part is trusted source code and is not changed, backslashes included: only a
* backtick and `${` need a backslash before them.
*/
function sh(strings, ...values) {
	return fragment(strings.raw.map((part) => part.replaceAll(/\\(`|\$\{)/g, "$1")).reduce((done, part, index) => done + render(values[index - 1]) + part));
}
/** Joins fragments, one on each line. */
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

// src/steps/discard-later.ts
/** What is being deleted is `.discarded.…` in the staging folder: on the same disk, and never the name of a release. */
const discarded = ".discarded";
/**
* Renames the folder, and deletes it in the background. Does nothing if it is not there.
*
* @param staging the folder for releases that are built: `<root>/.staging`
*/
function discardLater(folder, staging) {
	return sh`if [ -e ${folder} ]; then
  if discarded=$(mktemp -d ${staging}/${discarded}.XXXXXX) && mv -T ${folder} "$discarded/release"; then
    ${deleteLater(sh`"$discarded"`)}
  else
    rm -rf --one-file-system ${folder}
  fi
fi`;
}
/** Deletes what an earlier run renamed and, because of a power cut, did not delete. */
function finishDiscarding(staging) {
	return sh`for discarded in ${staging}/${discarded}.*; do [ ! -d "$discarded" ] || ${deleteLater(sh`"$discarded"`)}; done`;
}
function deleteLater(folder) {
	const remove = sh`rm -rf --one-file-system ${folder}`;
	return sh`{ systemd-run --quiet --collect --nice=19 --property=IOSchedulingClass=idle ${remove} 2>/dev/null || ${remove}; }`;
}

// src/steps/lease.ts
/** Seconds that a lease lasts between two stages. While a stage runs, a kernel lock keeps others out. */
const lifetime = 300;
function newLease(request) {
	return {
		...request,
		token: randomBytes(12).toString("hex")
	};
}
/** The lease, as the steps of a stage and its end read it. A file, so that the token is never on a command line. */
const spec = sh`"$files/lease.json"`;
/**
* Takes the lock for the stage and the lease for the run, or fails and names the run that has it. Also fails if another run has
* switched since this one read the facts: this run would switch from a release that is no longer live. A run's first stage takes
* over an expired lease. A later one fails if the lease is no longer the run's own: another run may have replaced what it has built.
*/
function takeLease(lease, stage) {
	const { expected, ...rest } = lease;
	return {
		id: "lease",
		title: "Take the lease",
		plan: "quiet",
		usesLock: true,
		files: [{
			name: "lease.json",
			content: JSON.stringify({
				...rest,
				...expected,
				stage,
				seconds: lifetime
			})
		}],
		apply: sh`touch "$run/unchanged"
# Waits for an earlier stage of this run, which is about to end, but not for another run.
flock -n 8 || tool lease other ${spec}
take_lock ${lockFile(lease)} 10 || { tool lease other ${spec}; fail "another run is working here"; }
tool lease take ${spec}`,
		...stage === "first" ? noLease : lostLease
	};
}
const noLease = {
	state: "Nothing was changed.",
	next: "Wait for the other run or cancel it, and run the command again. The lease of a run that died expires within five minutes."
};
const lostLease = {
	state: "Migrations that ran stay applied.",
	next: "Wait for the other run if it is still going, or cancel it. Then run the command again."
};
/** For a step that `usesLock`: fails if this run no longer holds the lease. To be run right before a change that only one run may make. */
const assertLease = sh`tool lease holds ${spec}`;
/**
* Ends a lease outside a stage, when no further stage follows. `$1`: the token, `$2`: the folder of the state, `$3`: what the run was
* building. Removes the lease and the build, unless another run has the lease by now, or a stage of this run is still running.
*/
const abandonLease = sh`umask 077
grep -qF "$1" "$2/lease.json" 2>/dev/null || exit 0
exec 8>>"$2/.lease.lock"
flock -w 1 8 || exit 0
if grep -qF "$1" "$2/lease.json"; then rm -f "$2/lease.json"; ${discardLater(sh`"$3"`, sh`"$(dirname "$3")"`)}; fi`;
/**
* For a stage that holds the lease. When the stage ends, it renews the lease for the next stage, or ends it. If it fails, it ends the
* lease, notes the failed attempt and runs `leftovers`, still under the lock, and only if the lease was its own.
*/
function underLease(lease, last, leftovers = sh`:`) {
	const end = sh`tool lease end ${spec} 2>/dev/null`;
	const ok = last === "last" ? sh`${end} || :` : sh`tool lease renew ${spec}`;
	const failed = sh`tool attempt ${spec} "$failed_step" "$1" || :; ${leftovers}`;
	return {
		lock: lockFile(lease),
		finally: sh`if [ "$1" = ok ]; then ${ok}; elif ${end}; then ${failed}; fi`
	};
}
function lockFile({ state }) {
	return `${state}/.lease.lock`;
}

// src/steps/place-file.ts
function placeFile(file) {
	return placeFiles({
		id: `file-${createHash("sha256").update(file.path).digest("hex").slice(0, 12)}`,
		title: file.title ?? `Place ${file.path}`
	}, [file]);
}
/**
* One step for a set of files: all of them are placed, or none. Woven keeps the first original of every file that it replaces in
* /var/local/woven-backup.
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
	const { path, mode = "644", owner = "root", group = "root", rights, secret, like, when, reportSkipped } = file;
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
		...reportSkipped ? { reportSkipped } : {}
	};
}
/** The same step without a check of its own: apply itself finds out whether the files differ, which saves a start of Python. */
function selfChecking(placed) {
	return {
		...placed,
		checks: "plan",
		apply: sh`${placed.apply}
[ -s "$run/details" ] || touch "$run/unchanged"`
	};
}
/** The files as one step that checks itself. No step if there are none. */
function placeAll(step, files) {
	return files.length === 0 ? [] : [selfChecking(placeFiles(step, files))];
}
/** nginx's files of a release. The switch tests and loads them. */
function placeNginxConf(files) {
	return placeAll({
		id: "nginx-conf",
		title: "Place the nginx configuration"
	}, files);
}

// src/steps/record.ts
/** The newest schema of a record that this version knows. */
const recordSchema = 3;
const historySchema = 1;
/**
* Records the release before the switch, as not yet healthy. After a power cut right after the switch, the next run still knows what
* is live.
*/
function recordRelease(place, release) {
	const file = recordFile$1(place);
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
		apply: sh`${keepCopy(file, "record")}
tool state put ${file} <"$files/record.json"`,
		undo: restoreCopy(file, "record")
	};
}
/** For a rollback because another server failed: the release does not count as healthy, so its version may be deployed again. */
function recordUnproved(place) {
	const file = recordFile$1(place);
	return {
		id: "record-doubt",
		title: `Mark ${place.name} as not proved healthy`,
		apply: sh`touch "$run/unchanged"
[ ! -e ${file} ] || tool state set ${file} ${recordSchema} healthy false`
	};
}
/** Adds a line to the history, and records the release as healthy. This settles the switch: a later failure undoes nothing. */
function recordChange(place, event) {
	const file = `${place.state}/history.jsonl`;
	const release = recordFile$1(place);
	return {
		id: "record",
		title: "Record the change",
		settles: true,
		files: [{
			name: "history.jsonl",
			content: historyLine(event)
		}],
		apply: sh`touch "$run/unchanged"
${keepCopy(file, "history")}
tool state append ${file} <"$files/history.jsonl"
[ ! -e ${release} ] || tool state set ${release} ${recordSchema} healthy true`,
		undo: restoreCopy(file, "history")
	};
}
/** The event as a line of history.jsonl. */
function historyLine(event) {
	return `${JSON.stringify({
		schema: historySchema,
		...event
	})}\n`;
}
function recordFile$1({ state, name }) {
	return `${state}/releases/${name}.json`;
}
function keepCopy(file, name) {
	return sh`if [ -e ${file} ]; then cp ${file} "$run"/${`${name}-before`}; fi
touch "$run"/${`${name}-begun`}`;
}
function restoreCopy(file, name) {
	return sh`[ -e "$run"/${`${name}-begun`} ] || exit 0
if [ -e "$run"/${`${name}-before`} ]; then tool write ${file} 600 root root <"$run"/${`${name}-before`}; else rm -f ${file}; fi`;
}

// src/steps/error-logs.ts
/** Notes how long the logs are, for `newLines`. */
function noteLogs(services) {
	return sh`n=0
for log in ${logsOf(services)}; do
  n=$((n + 1)); stat -c %s "$log" >"$run/log-$n" 2>/dev/null || echo 0 >"$run/log-$n"
done`;
}
/** Prints what the logs got since `noteLogs`. A log that became shorter was rotated. */
function newLines(services) {
	return sh`n=0
for log in ${logsOf(services)}; do
  n=$((n + 1)); size=$(cat "$run/log-$n" 2>/dev/null || echo 0)
  [ "$size" -le "$(stat -c %s "$log" 2>/dev/null || echo 0)" ] || size=0
  tail -c +$((size + 1)) "$log" 2>/dev/null || :
done`;
}
function logsOf(services) {
	return webServices(services).flatMap(({ logs }) => logs);
}

// src/steps/services.ts
/** After a failure during or after the switch, once it is undone. */
const switchUndone = {
	state: "Woven has undone the switch.",
	next: "Fix what the output reports, and run the command again."
};
/** Fails, before anything is built or started, if the node lacks a package that the services need. */
function requirePackages(services) {
	const packages = packagesOf$1(services);
	if (packages.length === 0) return [];
	const missing = sh`missing=
for package in ${packages}; do
  dpkg-query -W -f='\${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done`;
	return [{
		id: "server-packages",
		title: `Check that ${packages.join(" and ")} ${packages.length === 1 ? "is" : "are"} installed`,
		plan: "quiet",
		preview: sh`${missing}
[ -z "$missing" ] || detail "this would fail: these packages are missing:$missing"`,
		apply: sh`touch "$run/unchanged"
${missing}
[ -z "$missing" ] || fail "these packages are missing on this server:$missing"`,
		state: "Nothing was changed.",
		next: `Run setupnode with server = ${JSON.stringify(services[0]?.server ?? "")} in the configuration, which installs them. Then run this command again.`
	}];
}
/** `retire_timer UNIT` prints the name of the timer that stops the unit, without `.timer`. For systemd-run, a dot would begin a unit type. */
const retireTimer = sh`retire_timer() {
  instance=\${1##*@}
  case $instance in *.service) instance=\${instance%.service} ;; *) instance=\${instance%.*}-\${instance##*.} ;; esac
  printf 'retire-%s-at-%s\n' "\${1%@*}" "$instance"
}`;
/** Starts the services that answer visitors. Those that still run, as in a rollback soon after a switch, keep running. */
function startServices({ to: { place, record } }) {
	return {
		id: "start",
		title: `Start ${place.distribution} ${place.name}`,
		apply: sh`${retireTimer}
${noteLogs(record.services)}
: >"$run/units-enabled"; : >"$run/units-started"
for unit in ${unitsOf$1(webServices(record.services))}; do
  systemctl stop "$(retire_timer "$unit").timer" 2>/dev/null || :
  systemctl is-enabled --quiet "$unit" 2>/dev/null || { printf '%s\n' "$unit" >>"$run/units-enabled"; systemctl enable --quiet --no-reload "$unit"; }
  if systemctl is-active --quiet "$unit"; then continue; fi
  printf '%s\n' "$unit" >>"$run/units-started"
  systemctl start "$unit" || { journalctl -q -n 30 --no-pager -o cat -u "$unit" >&2; exit 1; }
done
[ -s "$run/units-started" ] || touch "$run/unchanged"`,
		undo: sh`[ -e "$run/units-enabled" ] || exit 0
while read -r unit; do systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :; done <"$run/units-enabled"
[ -s "$run/units-started" ] || exit 0
[ -e "$run/links/known" ] || while read -r unit; do systemctl kill --signal=KILL "$unit" 2>/dev/null || :; done <"$run/units-started"
xargs -d '\n' systemctl stop <"$run/units-started"
xargs -d '\n' systemctl reset-failed <"$run/units-started" 2>/dev/null || :
${withoutTarget(Object.keys(linksOf$1(record.services)))}`,
		next: "Fix what the output of the unit reports, and run the command again."
	};
}
/** Removes links that systemd made for a socket that no longer exists. */
function withoutTarget(links) {
	return lines(links.map((link) => sh`[ -e ${link} ] || rm -f ${link}`));
}
function retireTitle({ to: { place: { name }, record: { build } }, from, drain }) {
	if (from === void 0 || from.record.build === build) return "Stop other releases";
	return `Stop ${from.place.name === name ? `the previous build of ${name}` : from.place.name} in ${drain} seconds${from.place.name === name ? "" : ", and keep its files"}`;
}
/**
* Makes sure that only the live release starts at boot, and stops every other one after its last requests: the one that was live
* before, and any that a power cut left in the middle of a switch.
*/
function retire(change) {
	const { to, from, drain } = change;
	const live = unitsOf$1(to.record.services);
	return {
		id: "retire",
		title: retireTitle(change),
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
${retireTimer}
printf '%s\n' ${[
			"",
			...live,
			...startedBy(live)
		]} >"$run/units-live"
printf '%s\n' ${["", ...unitsOf$1(from?.record.services ?? [])]} >"$run/units-before"
{ systemctl list-units --plain --no-legend --state=active,activating 'woven-*@*' | cut -d' ' -f1
  ls /etc/systemd/system/multi-user.target.wants; } | sort -u | grep -vxF -f "$run/units-live" >"$run/units" || :
while read -r unit; do
  case $unit in ${unitPrefix(to.place.distribution)}*@*) ;; *) grep -qxF -e "$unit" "$run/units-before" || continue ;; esac
  timer=$(retire_timer "$unit")
  systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :
  rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
  # A unit that is already due to stop keeps its time.
  if systemctl is-active --quiet "$timer.timer"; then continue; fi
  systemd-run --quiet --collect --on-active=${drain} --timer-property=AccuracySec=1s --unit="$timer" systemctl stop "$unit"
done <"$run/units"`
	};
}

// src/steps/release-names.ts
/** A file that is there once `claimNames` has found that no other distribution has these names. */
const namesClaimed = sh`"$run/names-claimed"`;
/** Prints the releases of other distributions that have the same folders, or the same configuration files. */
function takenNames({ place: { distribution, name }, record: { services } }) {
	return sh`tool names ${[
		distribution,
		name,
		...filesOf$2(services)
	]}`;
}
/** Fails if another distribution has these names. */
function refuseTakenNames(release) {
	return sh`taken=$(${takenNames(release)})
[ -z "$taken" ] || fail ${`${sameNames(release.place)}:`} "$taken"`;
}
/**
* Fails, before anything is built, if another distribution has a release of the same name, or is deploying one. To be run right after
* `takeLease`: each of two runs that begin at the same time then sees the other's lease.
*/
function claimNames(release) {
	return {
		id: "names",
		title: "Check for releases with the same name",
		plan: "quiet",
		preview: sh`taken=$(${takenNames(release)})
[ -z "$taken" ] || detail ${`this would fail: ${sameNames(release.place)}:`} "$taken"`,
		apply: sh`touch "$run/unchanged"
${refuseTakenNames(release)}
touch ${namesClaimed}`,
		...takenAdvice
	};
}
/** What to do about a name that another distribution has. */
const takenAdvice = {
	state: "Nothing was changed.",
	next: "Use another version, or another name for the distribution. Or remove the other release first."
};
/** Says what two distributions would share. */
function sameNames({ distribution, name }) {
	return `another distribution on this server has the folders or files of ${distribution} ${name}`;
}
const digit = sh`[0-9a-f]`;
/** A pattern of the shell for the folders of all builds of a release, and for nothing else: it ends with six hexadecimal digits. */
function anyBuild({ root, distribution, name }) {
	return sh`${`${root}/env/.${distribution}-${name}.`}${digit}${digit}${digit}${digit}${digit}${digit}`;
}

// src/rollout/stage-lease.ts
function leaseFor(place, state, settings, runtime) {
	const { actor, run } = runtime.by;
	return newLease({
		state: place.state,
		owner: actor ?? "somebody",
		command: settings.command,
		...run ? { run } : {},
		...place.name ? { release: place.name } : {},
		expected: {
			link: place.active,
			folder: state?.folder ?? ""
		}
	});
}
/**
* If the stage fails, removes the staging folder; but not while another run, under its own lease, is building there. For a stage with
* `claimNames`: without it, the folder may be another distribution's.
*/
function underLeaseWithStaging(place, lease, last) {
	return underLease(lease, last, sh`[ ! -e ${namesClaimed} ] || { ${discardLater(place.staging, stagingFolder(place))}; }`);
}

// src/servers/exec-line.ts
/** One line, each word quoted. Nothing in a word is expanded: no variable, no specifier, no escape. */
function execLine(words) {
	return words.map(execWord).join(" ");
}
function execWord(word) {
	if (word.includes("\0")) throw new TypeError("a word of a command cannot hold a NUL character");
	const plain = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
	if (/^[A-Za-z0-9_@%+=:,./$-]+$/.test(plain)) return plain;
	return `"${plain.replaceAll(/["\\]/g, "\\$&").replaceAll(/[\p{Cc}\u2028\u2029]/gu, (character) => [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""))}"`;
}

// src/servers/read-write-paths.ts
function readWritePaths({ database, media, writable }) {
	return `${database} ${media} -${writable}`;
}

// src/servers/site-log.ts
/** @param name `error` for what the site itself says, or the name of a process or a schedule */
function siteLog(site, name) {
	return `/var/log/woven/${domainName(primaryDomain(site))}-${name}.log`;
}

// src/servers/background.ts
/** The launcher in a release: it enters the environment of the site. */
const launcher = {
	path: "wsgi/_woven_run.py",
	template: "release/run.py",
	options: []
};
/** What runs them, in records. */
const server = "systemd";
function backgroundServices(web, { processes, schedules, settle }) {
	return [...processes.map((worker) => {
		const units = processUnits(web.place, worker);
		return {
			...common$1(web, worker),
			name: worker.name,
			kind: "process",
			units: units.map((unit) => `${unit}@${web.build}.service`),
			files: units.map((unit) => unitFile(unit, "service")),
			settle,
			drain: worker.drain
		};
	}), ...schedules.map((schedule) => {
		const unit = scheduleUnit(web.place, schedule);
		return {
			...common$1(web, schedule),
			name: schedule.name,
			kind: "schedule",
			units: [`${unit}@${web.build}.timer`],
			files: [unitFile(unit, "timer"), unitFile(unit, "service")]
		};
	})];
}
function backgroundFiles(web, { processes, schedules }) {
	return [...processes.flatMap((worker) => {
		const { stopSignal, drain } = worker;
		const view = {
			...viewOf$1(web, worker, launch(web, worker)),
			stop_signal: stopSignal,
			drain
		};
		return processUnits(web.place, worker).map((unit) => ({
			path: unitFile(unit, "service"),
			template: "background/worker.service",
			view
		}));
	}), ...schedules.flatMap((schedule) => {
		const unit = scheduleUnit(web.place, schedule);
		const { when, timeout, lock } = schedule;
		const locks = `woven-locks/${web.place.distribution}/${siteUser(siteOf(web, schedule).id)}`;
		const view = {
			...viewOf$1(web, schedule, launch(web, schedule)),
			when,
			timeout,
			lock,
			locks
		};
		return ["timer", "service"].map((type) => ({
			path: unitFile(unit, type),
			template: `background/schedule.${type}`,
			view
		}));
	})];
}
function common$1(web, one) {
	const site = siteOf(web, one);
	return {
		server,
		sites: [site.id],
		user: siteUser(site.id),
		links: {},
		probe: { headers: {} },
		packages: [],
		logs: [siteLog(site, one.name)]
	};
}
function viewOf$1(web, one, command) {
	const { place, version } = web;
	const site = siteOf(web, one);
	return {
		distribution: place.distribution,
		version,
		name: one.name,
		user: siteUser(site.id),
		site_id: site.id,
		release: buildFolder(place, "%i"),
		writable: readWritePaths(place),
		memory: one.memory ?? false,
		log: siteLog(site, one.name),
		command
	};
}
/** The build is the name of the instance, so the units of a release are the same for all its builds. */
function launch({ place }, { command }) {
	const release = buildFolder(place, "%i");
	return `${release}/bin/python ${release}/${launcher.path} ${execLine([command.kind, ...command.words])}`;
}
function siteOf({ sites }, { site, where }) {
	const found = site === void 0 ? sites[0] : sites.find(({ id }) => id === site);
	if (found === void 0) throw new RangeError(`${where}: there is no site ${site ?? ""}`);
	return found;
}
/** One unit for each of them: the instance is taken by the build. A dash in a name is escaped, so no two have the same units. */
function processUnits(place, { name, count }) {
	const unit = `${place.unit}-process-${unitText(name)}`;
	return Array.from({ length: count }, (_, index) => index === 0 ? unit : `${unit}-${index + 1}`);
}
function scheduleUnit(place, { name }) {
	return `${place.unit}-schedule-${unitText(name)}`;
}
function unitFile(unit, type) {
	return `/etc/systemd/system/${unit}@.${type}`;
}

// src/node/certificates.ts
/** The file with the certificate and its key, from the inputs. */
function certificateFile(distribution) {
	return `/etc/nginx/woven/certificates/${distribution}.pem`;
}
/** certbot's own folder. */
const letsEncryptFolder = "/etc/letsencrypt";
/** The name that certbot knows the certificate by. */
function certificateName(distribution) {
	return `woven-${distribution}`;
}
/** The files that certbot keeps up to date. */
function issuedFiles(distribution) {
	const folder = `${letsEncryptFolder}/live/${certificateName(distribution)}`;
	return {
		certificate: `${folder}/fullchain.pem`,
		key: `${folder}/privkey.pem`
	};
}

// src/steps/remove.ts
/** The folder that keeps the data of removed distributions. */
const removed = "/var/local/woven-backup/removed";
/** Where systemd keeps the time of a timer's last run: systemd.timer(5), Persistent=. */
const timerStamps = "/var/lib/systemd/timers";
/** Removes one release that is not live. */
function removeRelease(release, event) {
	const { place, record } = release;
	return {
		id: "remove-release",
		title: `Remove ${place.distribution} ${place.name}`,
		files: [{
			name: "removal.jsonl",
			content: historyLine(event)
		}],
		preview: lines([
			unitFunctions,
			sh`units_like ${templatesOf(record)} | while read -r unit; do detail "stop $unit"; done
${releasePaths$1(place)} >"$run/paths"
while read -r path; do detail "remove $path"; done <"$run/paths"
detail ${`remove ${recordFile(place)}`}`,
			sh`detail ${kept}`
		]),
		apply: lines([
			unitFunctions,
			discardRelease(release),
			sh`systemctl daemon-reload
tool state append ${`${place.state}/history.jsonl`} <"$files/removal.jsonl"
detail ${`${record.version} was removed. ${kept}`}`
		]),
		next: "Run remove again. It removes what is left."
	};
}
const kept = "Kept: databases, media, backups and logs (/var/log/woven).";
/**
* Disables the distribution's domains in nginx. Of a removal, only this step can be undone. So it fails first where a record on the node
* cannot be read: without it, nobody knows what the next step may remove.
*/
function closeDomains(place) {
	return {
		id: "close-domains",
		title: `Remove ${place.distribution} from nginx`,
		preview: sh`${ownLinks(place)}
while read -r link; do detail "remove $link"; done <"$run/links"`,
		apply: sh`${ownLinks(place)}
mkdir -p "$run/links-before"
while read -r link; do cp -P "$link" "$run/links-before/"; rm -f "$link"; detail "removed $link"; done <"$run/links"
[ -s "$run/details" ] || { touch "$run/unchanged"; exit 0; }
nginx -t -q
systemctl reload nginx`,
		undo: sh`[ -d "$run/links-before" ] || exit 0
for link in "$run/links-before"/*; do [ ! -L "$link" ] || cp -P "$link" /etc/nginx/sites-enabled/; done
nginx -t -q && systemctl reload nginx`,
		state: "Nothing was removed.",
		next: "Correct what the output reports, and run remove again."
	};
}
/** Writes the links of the distribution in nginx's folder to `$run/links`. Fails if a record of any distribution cannot be read. */
function ownLinks({ distribution }) {
	return sh`tool owned >"$run/owned"
tool unshared ${distribution} >"$run/unshared"
: >"$run/links"
for link in /etc/nginx/sites-enabled/*; do
  if [ -L "$link" ] && grep -qxF -e ${distribution}" $(readlink -m "$link")" "$run/owned"; then printf '%s\n' "$link" >>"$run/links"; fi
done`;
}
/**
* Stops everything of a distribution, and removes all of it but the logs. Media, writable folders and SQLite files are moved to a folder that only root
* can read; `stamp` makes its name unique.
*/
function removeDistribution(place, releases, stamp) {
	const { distribution, root, media, writable, database, state } = place;
	const data = `${removed}/${distribution}-${stamp}`;
	const prefixes = [unitPrefix(distribution), ...releases.flatMap(templatesOf)];
	const found = sh`${unitFunctions}
tool unshared ${distribution} >"$run/unshared"
{ units_like ${prefixes}; } >"$run/units"
: >"$run/data"
for folder in ${[media, writable]}; do if [ -d "$folder" ] && [ -n "$(ls -A "$folder")" ]; then echo "$folder" >>"$run/data"; fi; done
sed -n 's/^database //p' "$run/unshared" | while read -r name; do
  for path in ${database}/"$name" ${database}/"$name"-journal ${database}/"$name"-wal ${database}/"$name"-shm; do [ ! -f "$path" ] || echo "$path" >>"$run/data"; done
done
tool all-paths ${root} ${distribution} >"$run/paths"`;
	return [{
		id: "remove-distribution",
		title: `Remove all of ${distribution}`,
		settles: true,
		limit: 3600,
		preview: sh`${found}
while read -r unit; do detail "stop $unit"; done <"$run/units"
while read -r path; do detail "remove $path"; done <"$run/paths"
while read -r path; do detail ${`move to ${data}:`} "$path"; done <"$run/data"
sed -n 's/^user //p' "$run/unshared" | while read -r user; do detail "remove the user $user"; done
${keptUsers}
detail ${`remove ${state}`}
detail ${keptOfAll}`,
		apply: sh`${found}
stop_units <"$run/units"
for prefix in ${prefixes}; do rm -f ${timerStamps}/stamp-"$prefix"*; done
if [ -s "$run/data" ]; then
  install -d -m 700 ${removed} ${data}
  while read -r path; do
    # Both folders have the name of the distribution.
    case $path in ${writable}) name=${`${distribution}-writable`} ;; *) name=$(basename "$path") ;; esac
    mv -T "$path" ${data}/"$name"; detail "moved $path to ${data}"
  done <"$run/data"
fi
rm -rf --one-file-system ${media} ${writable}
while read -r path; do rm -rf --one-file-system "$path"; done <"$run/paths"
detail "removed $(wc -l <"$run/units") units, $(wc -l <"$run/paths") files and folders"
systemctl daemon-reload
# Again: a run of another distribution may have begun meanwhile.
tool unshared ${distribution} >"$run/unshared"
sed -n 's/^user //p' "$run/unshared" | while read -r user; do
  getent passwd "$user" >/dev/null || continue
  pkill -KILL -u "$user" || :
  if tool disown "$user" ${[
			database,
			`${root}/public`,
			`${root}/writable`,
			removed,
			...writableForAll
		]}; then
    userdel "$user"; detail "removed the user $user"
  else
    detail "kept the user $user, because not all of its files could be given to root"
  fi
done
${keptUsers}
! getent group ${codeGroup(distribution)} >/dev/null || groupdel ${codeGroup(distribution)}
rm -rf --one-file-system ${state}
${dropCertificate(distribution)}
detail ${keptOfAll}`,
		next: "Run remove again. It removes what is left."
	}];
}
/** Otherwise certbot's timer would go on renewing it, in vain. */
function dropCertificate(distribution) {
	const name = certificateName(distribution);
	return sh`if [ -e ${`${letsEncryptFolder}/renewal/${name}.conf`} ]; then
  certbot delete --non-interactive --quiet --cert-name ${name}
  detail ${`removed the certificate ${name}`}
fi`;
}
const keptOfAll = "Kept: logs (/var/log/woven), databases on a server (PostgreSQL, MySQL), the first originals of files (/var/local/woven-backup).";
/** Where a site may have left files, beside the folders of the deployment root. */
const writableForAll = [
	"/var/log/woven",
	"/tmp",
	"/var/tmp",
	"/dev/shm"
];
const keptUsers = sh`sed -n 's/^kept //p' "$run/unshared" | while read -r user; do detail "kept the user $user: a run is working on another distribution, which may need it"; done`;
/** Stops a release's services, and removes its configuration, builds and record. Needs `unitFunctions`. */
function discardRelease({ place, record }) {
	return sh`units_like ${templatesOf(record)} | stop_units
for prefix in ${templatesOf(record)}; do rm -f ${timerStamps}/stamp-"$prefix"*; done
${releasePaths$1(place)} >"$run/paths"
while read -r path; do rm -rf --one-file-system "$path"; done <"$run/paths"
rm -f ${recordFile(place)}`;
}
/** The prefixes of the units of all builds of a release: `woven-shop-1.0@`. */
function templatesOf({ services }) {
	return [...new Set(unitsOf$1(services).map((unit) => unit.slice(0, unit.indexOf("@") + 1)))];
}
/** Prints the builds, the link and the configuration of a release, and nothing that another distribution has, too. */
function releasePaths$1({ root, distribution, name }) {
	return sh`tool paths ${root} ${distribution} ${name}`;
}
function recordFile({ state, name }) {
	return `${state}/releases/${name}.json`;
}
/** `units_like PREFIX…` prints the units that run, failed or start at boot; `stop_units` stops those it reads, and their timers. */
const unitFunctions = sh`${retireTimer}
units_like() {
  { systemctl list-units --state=active,activating,reloading,deactivating,failed --plain --no-legend 'woven-*@*' | cut -d' ' -f1; ls /etc/systemd/system/multi-user.target.wants; } | sort -u | while read -r unit; do
    case $unit in woven-*@*) ;; *) continue ;; esac
    for prefix in "$@"; do case $unit in "$prefix"*) printf '%s\n' "$unit"; break ;; esac; done
  done
}
stop_units() {
  cat >"$run/units-stopping"
  [ -s "$run/units-stopping" ] || return 0
  xargs -d '\n' systemctl disable --quiet --no-reload <"$run/units-stopping" 2>/dev/null || :
  while read -r unit; do
    systemctl stop "$(retire_timer "$unit").timer" 2>/dev/null || :
    rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
  done <"$run/units-stopping"
  xargs -d '\n' systemctl stop <"$run/units-stopping"
  xargs -d '\n' systemctl reset-failed <"$run/units-stopping" 2>/dev/null || :
}`;

// src/steps/background.ts
/**
* `background_units` prints the processes and schedules of the distribution that run, or start at boot. `adopt_stamp TIMER FILE` gives
* a timer the last run of the timers of the same schedule that the file lists, so that no run is lost or repeated at a switch.
*/
function functions({ to: { place } }) {
	const prefix = unitPrefix(place.distribution);
	return sh`${retireTimer}
background_units() {
  { systemctl list-units --plain --no-legend --state=active,activating,reloading,deactivating 'woven-*@*' | cut -d' ' -f1
    ls /etc/systemd/system/multi-user.target.wants; } | sort -u | while read -r unit; do
    case $unit in ${prefix}*-process-*@*.service | ${prefix}*-schedule-*@*.timer) printf '%s\n' "$unit" ;; esac
  done
}
adopt_stamp() {
  schedule=\${1%@*}; schedule=\${schedule##*-}
  while read -r old; do
    case $old in *-schedule-*@*.timer) ;; *) continue ;; esac
    name=\${old%@*}; [ "\${name##*-}" = "$schedule" ] || continue
    stamp=${timerStamps}/stamp-$old
    if [ ! -e "$stamp" ]; then continue; fi
    if [ ! -e ${timerStamps}/stamp-"$1" ] || [ "$stamp" -nt ${timerStamps}/stamp-"$1" ]; then touch -r "$stamp" ${timerStamps}/stamp-"$1"; fi
  done <"$2"
}`;
}
function hasBackground({ to, from }) {
	return [to, from].some((release) => backgroundOf(release?.record.services ?? []).length > 0);
}
/**
* Notes which processes and schedules run. The undo makes exactly those run again. It comes before any file is placed, so its undo comes
* after the units are restored: an old process never starts with the unit of a new one.
*/
function noteBackground(change) {
	if (!hasBackground(change)) return [];
	return [{
		id: "background-before",
		title: "Note the processes and schedules that run",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
${functions(change)}
background_units >"$run/background-before"
: >"$run/background-enabled"; : >"$run/background-running"
while read -r unit; do
  [ ! -e "/etc/systemd/system/multi-user.target.wants/$unit" ] || printf '%s\n' "$unit" >>"$run/background-enabled"
  case $(systemctl is-active "$unit") in active | activating | reloading) printf '%s\n' "$unit" >>"$run/background-running" ;; esac
done <"$run/background-before"
touch "$run/background-noted"`,
		undo: sh`[ -e "$run/background-noted" ] || exit 0
${functions(change)}
while read -r unit; do
  [ -e "/etc/systemd/system/multi-user.target.wants/$unit" ] || systemctl enable --quiet --no-reload "$unit"
done <"$run/background-enabled"
[ -s "$run/background-running" ] || exit 0
if [ -e "$run/background-started" ]; then
  while read -r unit; do
    case $unit in *.timer) systemctl is-active --quiet "$unit" || adopt_stamp "$unit" "$run/background-started" ;; esac
  done <"$run/background-running"
fi
timeout 5 xargs -d '\n' systemctl start <"$run/background-running" || xargs -d '\n' systemctl start --no-block <"$run/background-running"`
	}];
}
/** Stops the processes and schedules of other releases, starts those of this one, and fails if a process does not stay up. */
function switchBackground(change) {
	if (!hasBackground(change)) return [];
	const { to, from } = change;
	const services = backgroundOf(to.record.services);
	const before = backgroundOf(from?.record.services ?? []);
	const units = unitsOf$1(services);
	const settle = Math.max(0, ...services.map((service) => service.settle ?? 0));
	const drain = Math.max(60, ...[...services, ...before].map((service) => service.drain ?? 0));
	return [{
		id: "background",
		title: services.length > 0 ? "Start processes and schedules" : "Stop processes and schedules",
		limit: drain + settle + 120,
		preview: lines([...before.map(({ kind, name }) => sh`detail ${`stop the ${kind} ${name}`}`), ...services.map(({ kind, name }) => sh`detail ${`start the ${kind} ${name}`}`)]),
		apply: sh`${functions(change)}
printf '%s\n' ${["", ...units]} >"$run/background-new"
: >"$run/background-started"
background_units | grep -vxF -f "$run/background-new" >"$run/background-old" || :
# A power cut from here on leaves at most one release whose processes start at boot.
while read -r unit; do
  systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :
  rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
done <"$run/background-old"
while read -r unit; do
  if [ -z "$unit" ] || [ -e "/etc/systemd/system/multi-user.target.wants/$unit" ]; then continue; fi
  systemctl enable --quiet --no-reload "$unit"
done <"$run/background-new"
if [ -s "$run/background-old" ]; then
  xargs -d '\n' systemctl stop <"$run/background-old"
  xargs -d '\n' systemctl reset-failed <"$run/background-old" 2>/dev/null || :
fi
for unit in ${[
			"",
			...units,
			...startedBy(units)
		]}; do [ -z "$unit" ] || systemctl stop "$(retire_timer "$unit").timer" 2>/dev/null || :; done
${startProcesses(services, settle)}
${startTimers(services)}
[ -s "$run/background-old" ] || [ -s "$run/background-started" ] || touch "$run/unchanged"`,
		undo: sh`[ -e "$run/background-new" ] || exit 0
while read -r unit; do
  if [ -z "$unit" ] || grep -qxF -e "$unit" "$run/background-enabled"; then continue; fi
  systemctl disable --quiet --no-reload "$unit" 2>/dev/null || :
  rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
done <"$run/background-new"
[ -s "$run/background-started" ] || exit 0
timeout 60 xargs -d '\n' systemctl stop <"$run/background-started" || xargs -d '\n' systemctl kill --signal=KILL <"$run/background-started"
xargs -d '\n' systemctl reset-failed <"$run/background-started" 2>/dev/null || :`,
		failure: (output) => /^the process .* did not stay up .*$/m.exec(output)?.[0],
		...switchUndone
	}];
}
/** Starts the processes together, and watches them for `settle` seconds: each must run, and must not have been started again. */
function startProcesses(services, settle) {
	const processes = services.filter(({ kind }) => kind === "process");
	if (processes.length === 0) return sh`:`;
	const logs = processes.flatMap(({ name, units, logs: [log = ""] }) => units.map((unit) => [
		unit,
		name,
		log
	]));
	return sh`log_of() { case $1 in ${lines(logs.map(([unit, , log]) => sh`${unit}) echo ${log} ;;`))} esac; }
name_of() { case $1 in ${lines(logs.map(([unit, name]) => sh`${unit}) echo ${name} ;;`))} esac; }
state_of() { systemctl show -p ActiveState -p NRestarts "$1" | sort | tr '\n' ' '; }
down() {
  { systemctl show -p Result -p ExecMainStatus "$1" | sort | tr '\n' ' '; echo
    echo "--- The end of the journal of $1:"; journalctl -q -n 20 --no-pager -o cat -u "$1"
    echo "--- The end of $(log_of "$1"):"; tail -n 25 "$(log_of "$1")" 2>/dev/null; echo "---"; } >&2 || :
  fail "the process $(name_of "$1") did not stay up for ${settle} seconds"
}
for unit in ${unitsOf$1(processes)}; do
  if systemctl is-active --quiet "$unit"; then continue; fi
  printf '%s\n' "$unit" >>"$run/background-started"
done
if [ -s "$run/background-started" ]; then
  xargs -d '\n' systemctl start <"$run/background-started" || :
  : >"$run/background-watched"
  while read -r unit; do printf '%s\n' "$(systemctl show -p NRestarts "$unit")" >>"$run/background-watched"; done <"$run/background-started"
  second=0
  while :; do
    while read -r unit <&4 && read -r restarts <&5; do [ "$(state_of "$unit")" = "ActiveState=active $restarts " ] || down "$unit"; done 4<"$run/background-started" 5<"$run/background-watched"
    [ "$second" -lt ${settle} ] || break
    sleep 1; second=$((second + 1))
  done
fi`;
}
/** Last, so that no run takes place in a release that is about to be undone. */
function startTimers(services) {
	const timers = unitsOf$1(services.filter(({ kind }) => kind === "schedule"));
	if (timers.length === 0) return sh`:`;
	return sh`install -d -m 755 ${timerStamps}
printf '%s\n' ${timers} >"$run/background-timers"
while read -r unit; do
  if systemctl is-active --quiet "$unit"; then continue; fi
  printf '%s\n' "$unit" >>"$run/background-started"
  adopt_stamp "$unit" "$run/background-old"
  systemctl start "$unit"
done <"$run/background-timers"`;
}
/** All lines that name a process or a schedule with its place in the configuration. */
function wrongCommands(output) {
	const named = output.split("\n").filter((line) => /^\S+: \S*(processes|schedules)\.\S+.*: /.test(line) || line.startsWith("this release "));
	return named.length === 0 ? void 0 : named.join("; ");
}
/** Asks the release, before anything is live, whether it has the commands, and systemd whether it understands the times. */
function checkBackground(place, { processes, schedules }, firstSite) {
	const all = [...processes, ...schedules];
	if (all.length === 0) return [];
	const checks = [...new Set(all.map(({ site = firstSite }) => site))].map((site) => {
		const commands = all.filter((one) => (one.site ?? firstSite) === site).map(({ where, command }) => [
			where,
			command.kind,
			...command.words
		]);
		return sh`as ${siteUser(site)} env SITE_ID=${site} ${`${place.staging}/bin/python`} ${`${place.staging}/${launcher.path}`} check ${JSON.stringify(commands)} || wrong=yes`;
	});
	const times = schedules.flatMap(({ where, when }) => when.map((word) => sh`systemd-analyze calendar -- ${word} >/dev/null 2>&1 || { echo ${`${where}: systemd on this server does not understand ${word}`}; wrong=yes; }`));
	return [{
		id: "background-check",
		title: "Check the commands of processes and schedules",
		plan: "quiet",
		preview: sh`detail "not run, because a dry run builds no release"`,
		apply: sh`touch "$run/unchanged"
[ -e ${`${place.staging}/${launcher.path}`} ] || fail "this release cannot run processes yet. Deploy a new version, or patch wsgi, too"
wrong=
${lines([...checks, ...times])}
[ -z "$wrong" ]`,
		failure: wrongCommands,
		state: "Nothing that is live was changed.",
		next: "Fix the command or the time in the configuration, and deploy again."
	}];
}

// src/traceback.ts
const frameLine = /^\s+File "(.+)", line (\d+)(?:, in (.+))?$/;
/** A release has the project's code in `project/` and all other code in `lib/`, also while it is built. */
const ownPath = /\/(?:env|\.staging)\/[^/]+\/project\/(.+)$/;
/** The class of such an error says only that it comes from a database. */
const databaseError = /^(?:django\.db\.utils|psycopg2?(?:\.errors)?|sqlite3|MySQLdb(?:\.\w+)?)\.\w+: (.+)$/;
/** All tracebacks in the text, in order. One whose beginning was cut off counts too. */
function readTracebacks(text) {
	const lines = text.split("\n");
	const found = [];
	for (let at = 0; at < lines.length; at++) {
		const line = lines[at] ?? "";
		const headed = line.endsWith("Traceback (most recent call last):");
		if (!headed && !frameLine.test(line)) continue;
		const one = readFrom(lines, at, headed ? at + 1 : at);
		found.push(one);
		at = one.to - 1;
	}
	return found;
}
function readFrom(lines, from, first) {
	const frames = [];
	let at = first;
	for (; at < lines.length; at++) {
		const line = lines[at] ?? "";
		if (!/^\s+\S/.test(line)) break;
		const [, file, number, name] = frameLine.exec(line) ?? [];
		if (file !== void 0) frames.push(frameOf(file, Number(number), name, lines[at + 1] ?? ""));
	}
	const error = (lines[at] ?? "").trim();
	return {
		error,
		frames,
		from,
		to: error === "" ? at : at + 1
	};
}
/** The path in the project of a file in a release, or of a relative path, which is below the project. Undefined for others. */
function projectPath(path) {
	if (path !== "" && !path.startsWith("/")) return path.replace(/^\.\//, "");
	return ownPath.exec(path)?.[1];
}
function frameOf(file, line, name, next) {
	const [, own] = ownPath.exec(file) ?? [];
	const text = /^\s+[^\s~^]/.test(next) && !frameLine.test(next) ? next.trim() : void 0;
	return {
		path: own ?? file,
		line,
		...name === void 0 ? {} : { name },
		...text === void 0 ? {} : { text },
		of: own === void 0 ? "library" : "project"
	};
}
/**
* Why a program failed, in one line. If a traceback ends the text, its exception. Else the last line, with the exception of an earlier
* traceback. Undefined if there was no output.
*/
function causeOf(text) {
	const lines = text.trimEnd().split("\n");
	const last = lines.at(-1)?.trim();
	if (!last) return void 0;
	const traceback = readTracebacks(lines.join("\n")).findLast(({ error }) => error !== "");
	if (traceback === void 0) return last;
	const error = shortError(traceback.error);
	return lines.slice(traceback.to).every((line) => line.trim() !== "" && !line.startsWith("---")) ? error : `${last}: ${error}`;
}
/** The exception without its module. For a database error, only the message. */
function shortError(error) {
	const [, message] = databaseError.exec(error) ?? [];
	return message ?? error.replace(/^(?:[A-Za-z_]\w*\.)+(?=[A-Z]\w*(?::|$))/, "");
}
/** The project's own frames of the last traceback that has any, the innermost last, as lines to show. */
function projectFrames(text, most = 6) {
	return (readTracebacks(text).map(({ frames }) => frames.filter((frame) => frame.of === "project")).findLast((each) => each.length > 0) ?? []).slice(-most).flatMap(({ path, line, name, text: code }) => [`${path}:${line}${name === void 0 ? "" : ` in ${name}`}`, ...code === void 0 ? [] : [`    ${code}`]]);
}

// src/steps/failed-release.ts
/** The undo of steps with `unlessKept` then leaves what they did. Of the version, only this build stays. */
function keepFailed(release) {
	const { place, record } = release;
	return sh`touch "$run/kept"
if [ -z "$(${takenNames(release)})" ]; then
  for folder in ${anyBuild(place)}; do
    if [ ! -d "$folder" ] || [ -L "$folder" ] || [ "$folder" = ${buildFolder(place, record.build)} ]; then continue; fi
    ${discardLater(sh`"$folder"`, stagingFolder(place))}
  done
fi`;
}
/** The same step. If the release stays although the stage fails, the step is not undone. */
function unlessKept(step) {
	if (step.undo === void 0) return step;
	return {
		...step,
		undo: sh`[ ! -e "$run/kept" ] || { touch "$run/stays"; exit 0; }
${step.undo}`
	};
}

// src/steps/health-page.ts
const nginx$1 = {
	address: "127.0.0.1",
	port: 80
};
/** Where a visitor comes in: over TLS if nginx speaks it by Woven's settings. */
function entrance({ tls }) {
	return tls?.certificate === void 0 ? nginx$1 : {
		...nginx$1,
		port: 443,
		tls: true
	};
}
/** For the services: nginx redirects other domains of a site to the first one, so a service never hears of them. */
function directRoutes(record) {
	return joined$1(record.sites.map((site) => directRoutesOf(site, record)));
}
function directRoutesOf(site, record) {
	const service = webServices(record.services).find(({ sites }) => sites.includes(site.id));
	if (service === void 0) return {};
	const ways = Object.fromEntries(servedBy(site, record).map((way) => [way, wayTo(service)]));
	const route = {
		host: primaryDomain(site),
		headers: headersOf(site, service, record),
		ways
	};
	return Object.fromEntries(site.domains.map((domain) => [domain, route]));
}
function visitorRoutes(record) {
	return joined$1(record.sites.map((site) => visitorRoutesOf(site, record)));
}
function joined$1(all) {
	return Object.assign({}, ...all);
}
function visitorRoutesOf(site, record) {
	const listens = site.front?.listens ?? ["http:80"];
	const ways = Object.fromEntries(servedBy(site, record).map((way) => {
		const [scheme, port] = way.split(":");
		if (!listens.includes(way)) return [way, nginx$1];
		return [way, {
			address: nginx$1.address,
			port: Number(port),
			...scheme === "https" ? { tls: true } : {}
		}];
	}));
	const headers = forwarded(site, record);
	return Object.fromEntries(site.domains.map((domain) => [domain, {
		host: domain,
		headers,
		ways
	}]));
}
/** What visitors can use, as `http:80`. If something in front of nginx speaks https, that too. */
function servedBy(site, record) {
	const listens = site.front?.listens ?? ["http:80"];
	return [.../* @__PURE__ */ new Set([...listens, ...isBehindTls(site, record) ? ["https:443"] : []])];
}
/** Something in front of nginx speaks https: by the settings, or by the project's own template. */
function isBehindTls({ front }, { tls }) {
	return tls?.kind === "proxy" || front?.tlsInFront === true;
}
/** The visitors use https. An own template that listens for both begins with http. */
function usesHttps(site, record) {
	return record.tls !== void 0 || isBehindTls(site, record);
}
/** What a proxy in front of nginx says of the visitor. */
function forwarded(site, record) {
	return isBehindTls(site, record) ? { "X-Forwarded-Proto": "https" } : {};
}
/** What nginx says of the visitor, and what the service needs beside that. */
function headersOf(site, { probe }, record) {
	return {
		...usesHttps(site, record) ? { "X-Forwarded-Proto": "https" } : {},
		...probe.headers
	};
}
/** The scheme of the first request, if it is not http. */
function schemeOf(site, record) {
	return usesHttps(site, record) ? { scheme: "https" } : {};
}
function wayTo({ address = "", socket }) {
	if (socket !== void 0) return { socket };
	const [host = "", port = ""] = address.split(":");
	return {
		address: host,
		port: Number(port)
	};
}
function pageOf(site, record, routes) {
	const { path, status, text, timeout } = site.health ?? record.health;
	return {
		host: primaryDomain(site),
		...schemeOf(site, record),
		path,
		status: status ?? null,
		text: text ?? null,
		timeout,
		sites: routes,
		...site.front ? {} : { unserved: "right" }
	};
}
function limitOf({ health, sites }) {
	return sites.reduce((sum, site) => sum + (site.health ?? health).timeout + 30, 60);
}

// src/node/library-packages.ts
const packages$1 = [
	[/^libpq\.so/, "libpq5"],
	[/^lib(mysqlclient|mariadb)(client)?\.so/, "libmariadb3"],
	[/^libxml2\.so/, "libxml2"],
	[/^libxslt\.so/, "libxslt1.1"],
	[/^libgobject-2\.0|^libglib-2\.0/, "libglib2.0-0"],
	[/^libgeos_c\.so/, "libgeos-c1v5"],
	[/^libjpeg\.so/, "libjpeg62-turbo"],
	[/^libxmlsec1\.so/, "libxmlsec1"],
	[/^libxmlsec1-openssl\.so/, "libxmlsec1-openssl"],
	[/^libkrb5\.so/, "libkrb5-3"],
	[/^libgssapi_krb5\.so/, "libgssapi-krb5-2"],
	[/^(libpython3\.\d+)/, "$1"],
	[/^libsnappy\.so/, "libsnappy1v5"],
	[/^libGL\.so/, "libgl1"]
];
/** `libpq.so.5` → `libpq5`, `libpango-1.0-0` → `libpango-1.0-0`. */
function libraryPackage(library) {
	const known = packages$1.find(([pattern]) => pattern.test(library));
	if (known) return known[1].replace("$1", known[0].exec(library)?.[1] ?? "");
	const [, name = library, version = ""] = /^(.+?)\.so(?:\.(\d+))?/.exec(library) ?? [];
	return `${name}${/\d$/.test(name) && version !== "" ? "-" : ""}${version}`.toLowerCase().replaceAll("_", "-");
}

// src/steps/database-failure.ts
const refused$1 = [
	/FATAL: +(?:\w+ )?authentication failed for user "([^"]+)"/i,
	/FATAL: +no pg_hba\.conf entry for host "[^"]*", user "([^"]+)"/,
	/FATAL: +role "([^"]+)" (?:does not exist|is not permitted to log in)/,
	/\((?:1044|1045|1698), "?.*?Access denied for user '([^']*)'/,
	/fe_sendauth: no password supplied()/
];
const missing = [/FATAL: +database "([^"]+)" does not exist/, /\(1049, "Unknown database '([^']+)'/];
const unreachable$2 = /could not translate host name|failed to resolve host|connection (?:failed|timeout expired)|connection to server .*failed|could not connect to server|timeout expired|\(200[2356], "/;
/** Undefined if the output says nothing of the kind. */
function databaseFailure(output) {
	const error = /^(?:[\w.]+\.)?OperationalError: .+$/m.exec(output)?.[0];
	if (error === void 0) return void 0;
	const found = (patterns) => patterns.map((one) => one.exec(output)?.[1]).find((one) => one !== void 0);
	const user = found(refused$1);
	if (user !== void 0) return {
		message: `the database refused the login${user === "" ? ", because no password was given" : ` of ${user}`}`,
		next: "Check the user and the password in the variable that names the database (such as DATABASE_URL), in the input env, below `with:`. Special characters in a URL must be encoded. The user must exist in the database server, and may log in from this server."
	};
	const name = found(missing);
	if (name !== void 0) return {
		message: `the database ${name} does not exist`,
		next: "Create it, or check its name in the variable that names the database (such as DATABASE_URL), in the input env, below `with:`."
	};
	if (/unable to open database file/.test(error)) return {
		message: "the SQLite file cannot be opened",
		next: "Its folder must exist, and the application must be able to write there. Woven keeps SQLite files inside the project in ~/database. You manage others yourself."
	};
	if (!unreachable$2.test(error)) return void 0;
	return {
		message: `the server cannot reach the database: ${shortError(error)}`,
		next: "Check the host and the port in the variable that names the database (such as DATABASE_URL), in the input env, below `with:`. The database server must run, and must accept connections from this server."
	};
}

// src/steps/project-failure.ts
/** Undefined if none of the usual causes is in the output. */
function projectFailure(output) {
	const tracebacks = readTracebacks(output);
	return writeFailure(output) ?? missingVariable(output, tracebacks) ?? missingLibrary(output) ?? missingProgram$1(tracebacks) ?? missingModule(output) ?? missingStatic(output) ?? databaseFailure(output) ?? missingFile(tracebacks) ?? syntaxError(tracebacks);
}
/** A program that wanted to write into its release, which belongs to root. */
function writeFailure(output) {
	const tracebacks = readTracebacks(output);
	for (const one of tracebacks) {
		const [, kind, named = ""] = /\[Errno (1|2|13|30)\] [^:]*: '(.+?)'/.exec(one.error) ?? [];
		const path = projectPath(named);
		const last = one.frames.at(-1);
		const makesFolder = /\bmk?dirs?\b|mkdir/.test(`${last?.name ?? ""} ${last?.text ?? ""}`);
		const isWritten = kind !== "2" || makesFolder || last?.name === "_open";
		if (kind === void 0 || path === void 0 || !isWritten) continue;
		return toWritable(path, makesFolder ? path : posix.dirname(path), tracebacks);
	}
}
function toWritable(path, folder, tracebacks) {
	const message = `the application cannot write to ${path}, because a release belongs to root`;
	const holdsCode = tracebacks.some(({ frames }) => frames.some((frame) => frame.of === "project" && frame.path.startsWith(`${folder}/`)));
	if (folder === "." || holdsCode) {
		const own = posix.join(folder, "data");
		return {
			message,
			next: `Its folder holds code, so it must stay as it is. Let the application write into a folder of its own, such as ${own}, and name that in woven.toml: writable = [${JSON.stringify(own)}]`
		};
	}
	return {
		message,
		next: `Name the folder in woven.toml. It is then kept outside of releases, and the application can write there:\nwritable = [${JSON.stringify(folder)}]`
	};
}
function missingVariable(output, tracebacks) {
	const fromEnvironment = tracebacks.flatMap(({ error, frames }) => {
		const last = frames.at(-1);
		const [, name] = /^KeyError: ['"](\w+)['"]$/.exec(error) ?? [];
		const isOs = last?.name === "__getitem__" && /(^<frozen os>|\/os\.py)$/.test(last.path);
		return name !== void 0 && (isOs || /environ\[/.test(last?.text ?? "")) ? [name] : [];
	});
	const said = [
		/ImproperlyConfigured: Set the (\w+) environment variable/g,
		/UndefinedValueError: (\w+) not found\. Declare it as envvar/g,
		/Environment variable "(\w+)" not set/g,
		/ValidationError: (\w+) is required in env /g
	].flatMap((pattern) => [...output.matchAll(pattern)].flatMap(([, name]) => name ?? []));
	const ofModel = [...output.matchAll(/^(\w+)\n {2}Field required \[type=missing/gm)].flatMap(([, name]) => name?.toUpperCase() ?? []);
	const names = [.../* @__PURE__ */ new Set([
		...fromEnvironment,
		...said,
		...ofModel
	])];
	const emptyKey = /The SECRET_KEY setting must not be empty/.test(output) ? ["SECRET_KEY"] : [];
	const all = names.length > 0 ? names : emptyKey;
	if (all.length === 0) return void 0;
	return {
		message: names.length > 0 ? `the settings need ${all.length === 1 ? "a variable that is" : "variables that are"} not set: ${all.join(", ")}` : "the setting SECRET_KEY is empty: the variable that it comes from is not set",
		next: [
			"Pass secrets in the workflow, in the input env below `with:`",
			"env: |",
			...all.map((name) => `  ${name}=${secretExpression(name)}`),
			"Values that are not secret can be in [env] of woven.toml instead."
		].join("\n")
	};
}
const drivers = {
	"psycopg2 or psycopg": "psycopg[binary]",
	psycopg2: "psycopg2-binary",
	MySQLdb: "mysqlclient",
	cx_Oracle: "oracledb"
};
function missingModule(output) {
	const [, driver] = /Error loading (psycopg2 or psycopg|psycopg2|MySQLdb|cx_Oracle) module/.exec(output) ?? [];
	if (driver !== void 0) return {
		message: `the requirements lack the driver of the database, ${drivers[driver]}`,
		next: `Add ${drivers[driver]} to the requirements, and deploy again.`
	};
	const name = [...output.matchAll(/ModuleNotFoundError: No module named '([^']+)'/g)].at(-1)?.[1];
	if (name === void 0) return void 0;
	return {
		message: `Python does not find the module ${name}`,
		next: "If it is part of a package, add that package to the requirements; a group or an extra may have it: groups = […] or extras = […]. If it is your own, git must track it, or include must name it. If it is in a folder of apps: project-apps-path."
	};
}
const programs$1 = [
	[
		/Could not find the GDAL library/,
		"GDAL",
		["gdal-bin"]
	],
	[
		/Could not find the GEOS library/,
		"GEOS",
		["libgeos-c1v5"]
	],
	[
		/failed to find libmagic/,
		"libmagic",
		["libmagic1"]
	],
	[
		/Can't find (?:msgfmt|msguniq)/,
		"gettext",
		["gettext"]
	]
];
function missingLibrary(output) {
	const known = programs$1.find(([said]) => said.test(output));
	const [, library] = /(?:ImportError|OSError): (?:cannot load library '[^']+': )?(\S+?): cannot open shared object file/.exec(output) ?? [];
	if (known === void 0 && library === void 0) return void 0;
	const packages = known?.[2] ?? [libraryPackage(library ?? "")];
	return {
		message: `the server lacks the system library ${known?.[1] ?? library}`,
		next: `Add its package to woven.toml, run setupnode, and deploy again. If the server has no package of that name, look for it at packages.debian.org:\nextra-packages = ${JSON.stringify(packages)}`
	};
}
/** A program that the project starts. */
function missingProgram$1(tracebacks) {
	const failed = tracebacks.find(({ frames }) => frames.at(-1)?.name === "_execute_child");
	const [, program] = /^FileNotFoundError: \[Errno 2\] [^:]*: '([^']+)'/.exec(failed?.error ?? "") ?? [];
	if (program === void 0) return void 0;
	return {
		message: `the project starts the program ${program}, which the server does not have`,
		next: "Add the package that has it to woven.toml, run setupnode, and deploy again. For example: extra-packages = [\"gettext\"]"
	};
}
function missingStatic(output) {
	const [, file] = /The file '([^']+)' could not be found with </.exec(output) ?? [];
	const [, entry] = /Missing staticfiles manifest entry for '([^']+)'/.exec(output) ?? [];
	const name = file ?? entry;
	if (name === void 0) return void 0;
	const [, from] = /^Post-processing '([^']+)' failed!$/m.exec(output) ?? /The CSS file '([^']+)' references/.exec(output) ?? [];
	return {
		message: `${from === void 0 ? "the project" : from} refers to the static file ${name}, which does not exist`,
		next: "If a build makes it, name the build or its output: build = […], include = […]. If a library's style sheet refers to a file that nobody needs, use a storage without manifest_strict, or one that does not check references."
	};
}
/** A file of the project that the release does not have. */
function missingFile(tracebacks) {
	for (const { error } of tracebacks) {
		const [, named = ""] = /^FileNotFoundError: \[Errno 2\] [^:]*: '(.+?)'/.exec(error) ?? [];
		const path = projectPath(named);
		if (path === void 0) continue;
		return {
			message: `the project reads ${path}, which is not part of the release`,
			next: `If git does not track it and it is no secret: include = [${JSON.stringify(path)}]. Put secrets into the input env instead. If the application is to create it: writable = [${JSON.stringify(posix.dirname(path))}]`
		};
	}
}
function syntaxError(tracebacks) {
	const found = tracebacks.find(({ error }) => /^(SyntaxError|IndentationError|TabError):/.test(error));
	const frame = found?.frames.at(-1);
	if (found === void 0 || frame === void 0) return void 0;
	const isOwn = frame.of === "project";
	return {
		message: `the server's Python cannot read ${frame.path}:${frame.line}: ${found.error}`,
		next: isOwn ? "Fix the line. If it works on your machine, your Python is newer than the server's: use a syntax that both know, or a server with a newer Python." : "The package is for another version of Python. Require a version that supports the server's."
	};
}

// src/steps/health.ts
/** Lines of the error logs to look at: tracebacks of templates have many. */
const logLines = 200;
/** Seconds after which an answer that is unlikely to change ends the wait. After the switch, visitors see it. */
const steady = {
	before: 5,
	after: 2
};
/** Asks the services directly, for every site, before they get any traffic. */
function askServices({ to, from }) {
	const { sites, services } = to.record;
	const routes = directRoutes(to.record);
	const { files, asks } = probes("health", webServices(services).flatMap((service) => sites.filter(({ id }) => service.sites.includes(id)).map((site) => ({
		...wayTo(service),
		...pageOf(site, to.record, routes),
		headers: headersOf(site, service, to.record),
		steady: steady.before
	}))));
	return {
		id: "health",
		title: "Check health before the switch",
		plan: "quiet",
		limit: limitOf(to.record),
		files,
		apply: askAll(asks, services, from ? sh`:` : keepFailed(to)),
		failure: (output) => unhealthy("The new release is unhealthy", output),
		advice: (output) => {
			return output.includes(`${buildFolder(to.place, to.record.build)}/`) ? writeFailure(output)?.next : void 0;
		},
		...from ? {} : { state: `${to.record.version} stays on this server, without traffic.` },
		next: from ? fixIt : firstOne(to.record)
	};
}
const fixIt = "Fix the cause, and deploy again. `health` in the configuration sets the path and the expected answer.";
/** After a first deployment, the usual cause is an empty database. */
function firstOne({ version }) {
	return `Load data, if its pages need some that the database does not have yet:
- command: node
- version: ${JSON.stringify(version)}
- management-command: loaddata
- options: <the fixture>
Then run the same deploy again: what was sent is not sent again. If it is something else, fix it and deploy. ${fixIt.slice(fixIt.indexOf("`health`"))}`;
}
/** The last line says which answer was wrong: see askAll. */
function unhealthy(what, output) {
	const cause = causeOf(output);
	return cause && `${what}: ${cause}`;
}
/** Asks until one answer is wrong. Then shows the error log and that answer, and runs `then`. */
function askAll(asks, services, then) {
	return sh`touch "$run/unchanged"
{ ${allOf(asks)}; } 2>"$run/probed" && exit 0
# What happened and what was answered come last, because an annotation shows the end of a long text.
{ sed 1d "$run/probed"; echo "--- The error log since the start:"; { ${newLines(services)}
} | ${withoutPrefix} | tail -n ${logLines}; echo "---"; sed -n '1{s/:$//;p}' "$run/probed"; } >&2
${then}
exit 1`;
}
/** Removes what a server may put before each line of an application: time, module, process, client. */
const withoutPrefix = sh`sed -E 's/^\[[^]]+\] \[[a-z_]+:[a-z]+\] \[pid [^]]+\] (\[(remote|client) [^]]+\] )?//'`;
/** Asks through nginx, as a visitor would. */
function askVisitor({ to: { record } }) {
	const { sites, services, mark } = record;
	const nginx = entrance(record);
	const routes = visitorRoutes(record);
	const { files, asks } = probes("verify", [...sites.map((site) => ({
		...nginx,
		...schemeOf(site, record),
		headers: forwarded(site, record),
		host: primaryDomain(site),
		path: "/.woven/release",
		status: 200,
		text: mark,
		timeout: 15,
		pause: .05
	})), ...sites.map((site) => ({
		...nginx,
		...pageOf(site, record, routes),
		headers: forwarded(site, record),
		steady: steady.after
	}))]);
	return {
		id: "verify",
		title: "Check health as a visitor",
		plan: "quiet",
		limit: limitOf(record),
		files,
		apply: askAll(asks, services, sh`:`),
		failure: (output) => unhealthy("The new release is unhealthy through nginx", output),
		...switchUndone,
		next: fixIt
	};
}
/** Each request comes from a file that only root can read, because its headers may hold the key to the service. */
function probes(id, specs) {
	const files = specs.map((spec, index) => ({
		name: `${id}-${index}.json`,
		content: JSON.stringify(spec)
	}));
	return {
		files,
		asks: files.map(({ name }) => sh`tool probe - <"$files"/${name}`)
	};
}
function allOf(asks) {
	return asks.reduce((done, ask) => sh`${done} && ${ask}`, sh`:`);
}

// src/steps/https.ts
/**
* Mozilla's intermediate profile, version 5.7: https://ssl-config.mozilla.org/guidelines/5.7.json. It has no DHE, which nginx does not
* offer without parameters of its own. Debian's http-level settings allow older protocols, so every server has these lines.
*/
const profile = [
	"ssl_protocols TLSv1.2 TLSv1.3;",
	"ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;",
	"ssl_ecdh_curve X25519:prime256v1:secp384r1;",
	"ssl_prefer_server_ciphers off;",
	"ssl_session_timeout 1d;",
	"ssl_session_cache shared:woven:10m;",
	"ssl_session_tickets off;"
];
/** Whether nginx itself speaks HTTPS. */
function endsHere({ kind }) {
	return kind === "files" || kind === "acme";
}
/** What the record of a release says of HTTPS: health checks, and whatever removes it, go by that. */
function recordedTls({ kind }, distribution) {
	switch (kind) {
		case "none": return {};
		case "proxy": return { tls: { kind } };
		case "files":
		case "acme": return { tls: {
			kind,
			certificate: filesOf$1({ kind }, distribution).certificate
		} };
	}
}
/** Certificate and key on the node. */
function filesOf$1({ kind }, distribution) {
	if (kind === "acme") return issuedFiles(distribution);
	return {
		certificate: certificateFile(distribution),
		key: certificateFile(distribution)
	};
}
/** The names in nginx-site.conf about HTTPS and proxies. */
function httpsView({ tls, nginx }, distribution, domain) {
	const variable = `woven_${wordOf(domain)}`;
	const behindProxy = tls.kind === "proxy";
	const hsts = tls.hsts === void 0 ? false : `"max-age=${tls.hsts}"`;
	return {
		tls: endsHere(tls) && {
			...filesOf$1(tls, distribution),
			profile,
			...listening(nginx)
		},
		proxy: behindProxy && {
			trusted: `${variable}_trusted`,
			ranges: [.../* @__PURE__ */ new Set([...tls.trusted, "127.0.0.1"])],
			hsts_variable: hsts && `$${variable}_hsts`,
			hsts_value: hsts
		},
		real_ip: tls.trusted.length > 0 && { ranges: [...new Set(tls.trusted)] },
		scheme: behindProxy ? `$${variable}_scheme` : "$scheme",
		redirect_scheme: tls.kind === "none" ? "$scheme" : "https",
		forwarded_for: tls.kind === "none" && tls.trusted.length === 0 ? "$proxy_add_x_forwarded_for" : "$remote_addr",
		hsts: hsts && behindProxy ? `$${variable}_hsts` : hsts
	};
}
/** The names that a project's own nginx-site.conf must use, so that it does not drop HTTPS. */
function httpsNames({ kind, trusted }) {
	return [
		...endsHere({ kind }) ? ["tls"] : [],
		...kind === "proxy" ? ["scheme"] : [],
		...trusted.length > 0 ? ["real_ip"] : []
	];
}
/** Files for HTTPS that all releases of a distribution share: they do not go with a release. */
function httpsFiles(tls, { distribution, ipv6, nginx }, templates) {
	if (!endsHere(tls)) return [];
	return [{
		path: "/etc/nginx/conf.d/woven-https.conf",
		content: templates.render("nginx-https.conf", {
			ipv6,
			profile,
			rejects: isAtLeast(nginx, "1.19.4"),
			...listening(nginx)
		})
	}, ...certificateFiles(tls, distribution)];
}
/** The certificate and its key in one file, so that one rename(2) replaces both. nginx reads it as root. */
function certificateFiles(tls, distribution) {
	if (tls.kind !== "files" || tls.certificate === void 0) return [];
	const { chain, key } = tls.certificate;
	const note = `# Managed by Woven. The certificate of ${distribution}, and its key. Only root can read it.\n`;
	return [{
		path: certificateFile(distribution),
		content: `${note}${chain}${key.reveal()}`,
		mode: "600",
		secret: true
	}];
}
/** nginx 1.25.1 has a directive for HTTP/2. Before, it is a word of `listen`. */
function listening(nginx) {
	return isAtLeast(nginx, "1.25.1") ? {
		listen: "443 ssl",
		http2: "http2 on;"
	} : {
		listen: "443 ssl http2",
		http2: "# HTTP/2 is a word of listen in this nginx."
	};
}
function isAtLeast(version, least) {
	return version !== void 0 && new Intl.Collator("en", { numeric: true }).compare(version, least) >= 0;
}
/** A domain as a part of a variable's name. No two domains give the same: no label begins or ends with a dash. */
function wordOf(domain) {
	return domain.replaceAll("-", "__").replaceAll(".", "_");
}

// src/settings/sha-crypt.ts
const letters$2 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const rounds = 5e3;
/** `$6$<salt>$<hash>`. The salt has 16 characters of `./0-9A-Za-z` at most. */
function shaCrypt(password, salt) {
	const key = Buffer.from(password);
	const salted = Buffer.from(salt);
	const first = sha(key, salted, key);
	const bits = [...key.length.toString(2)].toReversed();
	let digest = sha(key, salted, repeated(first, key.length), ...bits.map((bit) => bit === "1" ? first : key));
	const keys = repeated(sha(...Array.from({ length: key.length }, () => key)), key.length);
	const times = 16 + (digest[0] ?? 0);
	const salts = repeated(sha(...Array.from({ length: times }, () => salted)), salted.length);
	for (let round = 0; round < rounds; round += 1) {
		const odd = round % 2 === 1;
		digest = sha(odd ? keys : digest, ...round % 3 === 0 ? [] : [salts], ...round % 7 === 0 ? [] : [keys], odd ? digest : keys);
	}
	return `$6$${salt}$${encoded(digest)}`;
}
function sha(...parts) {
	const hash = createHash("sha512");
	for (const part of parts) hash.update(part);
	return hash.digest();
}
/** The digest again and again, up to this length. */
function repeated(digest, length) {
	return Buffer.alloc(length, digest);
}
/** The bytes in the order of the standard, six bits a letter. */
function encoded(digest) {
	const byte = (index) => digest[index] ?? 0;
	return `${Array.from({ length: 21 }, (_, group) => {
		const three = [
			group,
			group + 21,
			group + 42
		];
		return [
			0,
			1,
			2
		].map((index) => byte(three[(index + group) % 3] ?? 0));
	}).map(([high = 0, middle = 0, low = 0]) => sixBits(high << 16 | middle << 8 | low, 4)).join("")}${sixBits(byte(63), 2)}`;
}
function sixBits(value, count) {
	return Array.from({ length: count }, (_, index) => letters$2[value >> 6 * index & 63]).join("");
}

// src/steps/web-options.ts
/** Compressed beside text/html, which nginx always compresses. Pictures and fonts other than these are compressed already. */
const compressed = [
	...[
		"text/plain",
		"text/css",
		"text/javascript",
		"text/xml",
		"text/csv",
		"application/javascript"
	],
	...[
		"application/json",
		"application/ld+json",
		"application/manifest+json",
		"application/xml",
		"application/rss+xml"
	],
	...[
		"application/atom+xml",
		"application/wasm",
		"image/svg+xml",
		"font/ttf",
		"font/otf"
	]
].join(" ");
/** The settings where a project says nothing. */
const plainWeb = {
	maxBody: "20m",
	timeout: 90,
	gzip: true,
	noindex: false,
	headers: {},
	redirects: {}
};
/** The names in nginx-site.conf about `[web]`. */
function webView(web, { scheme, domain, media, hsts, accounts, word }) {
	const headers = [
		...hsts ? [["Strict-Transport-Security", hsts]] : [],
		...web.noindex ? [["X-Robots-Tag", "\"noindex, nofollow\""]] : [],
		...Object.entries(web.headers).map(([name, value]) => [name, `"${value}"`])
	];
	const { protectedMedia: folder } = web;
	return {
		max_body: web.maxBody,
		timeout: web.timeout,
		gzip: web.gzip && { types: compressed },
		added_headers: headers.map(([name, value]) => ({
			name,
			value
		})),
		redirects: Object.entries(web.redirects).map(([path, target]) => ({
			path,
			target: target.startsWith("/") ? `${scheme}://${domain}${target}` : target
		})),
		basic_auth: web.basicAuth !== void 0 && {
			accounts,
			realm: `$woven_${word}_realm`
		},
		protected: folder !== void 0 && media && {
			url: `${media.url}${folder}/`,
			root: `${media.root}/${folder}`
		}
	};
}
/** The names that a project's own nginx-site.conf must use, so that it does not drop what is set. */
function webNames(web) {
	const sent = web.noindex || Object.keys(web.headers).length > 0;
	return [
		...web.maxBody === plainWeb.maxBody ? [] : ["max_body"],
		...web.timeout === plainWeb.timeout ? [] : ["timeout"],
		...sent ? ["added_headers"] : [],
		...Object.keys(web.redirects).length > 0 ? ["redirects"] : [],
		...web.protectedMedia === void 0 ? [] : ["protected"],
		...web.basicAuth === void 0 ? [] : ["basic_auth"]
	];
}
/** `[web]` for the digest of a release. Undefined if nothing is set, so that releases of earlier versions of Woven keep theirs. */
function setWeb(web) {
	const { basicAuth, ...rest } = web;
	if (basicAuth) return {
		...rest,
		basicAuth: basicAuth.map(({ name, password }) => [name, password.reveal()])
	};
	return JSON.stringify(rest) === JSON.stringify(plainWeb) ? void 0 : rest;
}
/** The accounts as nginx reads them. `seed` is random: from it comes the salt, which the same build keeps. */
function accountsText(accounts, seed) {
	return accounts.map(({ name, password }) => {
		const salt = createHash("sha256").update(`${seed} ${name}`).digest("hex").slice(0, 16);
		return `${name}:${shaCrypt(password.reveal(), salt)}\n`;
	}).join("");
}

// src/steps/webconf.ts
/** The file with nginx's server block for a domain of a release. */
function nginxConf(domain, name) {
	return `/etc/nginx/sites-available/${domainName(domain)}-${name}.conf`;
}
/** The file with the key that nginx sends to a service. No distribution or version has an `@` in its name. */
function nginxKey({ distribution, name }, service) {
	return `/etc/nginx/woven/${distribution}-${name}@${service}.conf`;
}
/** The file with the accounts that may see the sites of a release. nginx's workers read it at each request. */
function accountsFile({ distribution, name }) {
	return `/etc/nginx/woven/${distribution}-${name}@accounts`;
}
/** The services of a release, with all their configuration. The first one also has what nginx needs for all of them. */
function releaseServices(server, web, options = plainWeb) {
	const { place, sites } = web;
	return server.services(web).map((service, index) => ({
		...service,
		files: [
			...service.files,
			...index === 0 && options.basicAuth ? [accountsFile(place)] : [],
			...sites.filter(({ id }) => service.sites.includes(id)).map((site) => nginxConf(primaryDomain(site), place.name)),
			...hasKey(service) ? [nginxKey(place, service.name)] : []
		]
	}));
}
function hasKey({ probe }) {
	return Object.keys(probe.headers).length > 0;
}
/** nginx's answer at `/.woven/release`, which names the build that is live. */
function releaseMark({ place, build }) {
	return `${place.distribution} ${place.name} ${build}`;
}
/** All files that the web servers need for this release. Placing them changes nothing that is live. */
function webConfFiles(conf, templates) {
	const { web, server, background, before } = conf;
	const files = (of) => [...server.files(of), ...background ? backgroundFiles(of, background) : []];
	const earlier = before ? files({
		...web,
		place: before
	}) : [];
	return [...files(web).map(({ path, template, view, formerly, required, outdated, secret }, index) => {
		const like = earlier[index]?.path;
		return {
			path,
			content: templates.render(template, view, {
				...formerly === void 0 ? {} : { formerly },
				...required ? { required } : {},
				...outdated ? { outdated } : {}
			}),
			...like === void 0 ? {} : { like },
			...secret ? secretFile : {}
		};
	}), ...nginxFiles(conf, templates)];
}
/** nginx and servers that start as root read their configuration as root. */
const secretFile = {
	mode: "640",
	secret: true
};
const plain$2 = { tls: {
	kind: "none",
	trusted: []
} };
function nginxFiles(conf, templates) {
	const { web, server, ipv6, staticUrl, mediaUrl, https = plain$2, before } = conf;
	const options = conf.options ?? {
		...plainWeb,
		timeout: web.processes.timeout
	};
	const { place, version, build, sites } = web;
	const services = webServices(server.services(web));
	const common = {
		distribution: place.distribution,
		version,
		name: place.name,
		release: buildFolder(place, build),
		ipv6
	};
	const confs = sites.map(({ id, domains }) => {
		const [domain = "", ...aliases] = domains;
		const service = services.find((one) => one.sites.includes(id));
		const staticFiles = localPath(staticUrl, domains, `${buildFolder(place, build)}/static`);
		const media = localPath(mediaUrl, domains, place.media);
		const { hsts, ...httpsNow } = httpsView(https, place.distribution, domain);
		const view = {
			...common,
			...httpsNow,
			...webView(options, {
				scheme: httpsNow.scheme,
				domain,
				media,
				hsts,
				accounts: accountsFile(place),
				word: wordOf(domain)
			}),
			mark: releaseMark(web),
			domain,
			names: domains.join(" "),
			aliases,
			user: siteUser(id),
			log: domainName(domain),
			upstream: service?.socket ? `http://unix:${service.socket}` : `http://${service?.address ?? ""}`,
			key_file: service && hasKey(service) ? nginxKey(place, service.name) : false,
			static: media && staticFiles && media.url === staticFiles.url ? false : staticFiles,
			media,
			websockets: server.websockets ?? false,
			redirect: aliases.length > 0 ? { names: aliases.join(" ") } : false
		};
		return {
			path: nginxConf(domain, place.name),
			content: templates.render("nginx-site.conf", view, { required: [
				"upstream",
				"mark",
				"key_file",
				...httpsNames(https.tls),
				...webNames(options)
			] }),
			...before ? { like: nginxConf(domain, before.name) } : {}
		};
	});
	const keys = services.filter(hasKey).map(({ name, probe }) => {
		const headers = Object.entries(probe.headers).map(([header, value]) => ({
			header,
			value
		}));
		return {
			path: nginxKey(place, name),
			content: templates.render("nginx-key.conf", {
				...common,
				headers
			}),
			...secretFile
		};
	});
	return [
		...confs,
		...keys,
		...accounts(conf)
	];
}
function accounts({ web, options }) {
	if (!options?.basicAuth) return [];
	const content = accountsText(options.basicAuth, web.key);
	return [{
		path: accountsFile(web.place),
		content,
		...secretFile,
		group: "www-data"
	}];
}
/** The services and the mark of a release, for another build that keeps its web configuration. */
function servicesOfBuild({ build: from, services, mark, tls }, to) {
	const words = /* @__PURE__ */ new Map([[from, to], [loopbackAddress(from), loopbackAddress(to)]]);
	const file = (path) => path.replace(`.${from}.`, `.${to}.`);
	return {
		...tls ? { tls } : {},
		mark: replaceWords(mark, words),
		services: services.map(({ units, address, socket, links, ...service }) => ({
			...service,
			units: units.map((unit) => unit.replace(/(?<=@).*(?=\.\w+$)/, (instance) => words.get(instance) ?? instance)),
			...address === void 0 ? {} : { address: replaceWords(address, words) },
			...socket === void 0 ? {} : { socket: file(socket) },
			links: Object.fromEntries(Object.entries(links).map(([link, target]) => [link, file(target)]))
		}))
	};
}
/** The configuration files that differ between builds of a release. Unit files do not: the build is in the instance's name. */
function filesOfBuild({ services }) {
	return filesOf$2(services).filter((file) => !file.startsWith("/etc/systemd/"));
}
/**
* Adapts the configuration of a release, as it is on the node, to another build of it.
*
* @param files by path, of `filesOfBuild`
*/
function keptWebConf(files, place, { from, to }) {
	const sockets = ({ services }) => services.flatMap(({ socket }) => socket ?? []);
	const words = new Map([
		[from.mark, to.mark],
		[buildFolder(place, from.build), buildFolder(place, to.build)],
		[loopbackAddress(from.build), loopbackAddress(to.build)],
		...sockets(from).map((socket, index) => [socket, sockets(to)[index] ?? socket])
	]);
	return [...files].map(([path, { content, mode, group }]) => ({
		path,
		content: replaceWords(content, words),
		mode,
		...group === void 0 ? {} : { group },
		...mode.endsWith("0") ? { secret: true } : {}
	}));
}
/** Removes configuration files that the replaced build of a version had, and the new one does not. */
function discardWebConf(before, now) {
	const unused = filesOf$2(before).filter((file) => !filesOf$2(now).includes(file));
	if (unused.length === 0) return [];
	return [{
		id: "discard-conf",
		title: "Remove the replaced build's configuration",
		apply: sh`rm -f ${unused}`
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
/** Moves the new build into place. A previous build of the same version keeps its folder until its requests have ended. */
function placeRelease(release) {
	const { place } = release;
	const folder = buildFolder(place, release.record.build);
	return {
		id: "place",
		title: `Move ${place.distribution}-${place.name} into place`,
		preview: sh`if [ -e ${place.release} ]; then detail ${`${place.release}: a new build, in place of the previous one`}; else detail ${place.release}; fi`,
		apply: sh`if [ -e ${place.release} ] || [ -L ${place.release} ]; then
  case $(readlink ${place.release} || :) in ${anyBuild(place)}) ;; *) fail ${`${place.release} exists, but not as a release of ${place.distribution}. Perhaps it is a distribution of that name`} ;; esac
fi
${refuseTakenNames(release)}
if [ -L ${place.release} ]; then readlink ${place.release} >"$run/placed-before"; fi
touch "$run/placing"
mv -T ${place.staging} ${folder}
tool link ${folder} ${place.release}`,
		undo: sh`[ -e "$run/placing" ] || exit 0
if [ -s "$run/placed-before" ]; then tool link "$(cat "$run/placed-before")" ${place.release}; else rm -f ${place.release}; fi
${discardLater(folder, stagingFolder(place))}`
	};
}
/** For a plan, where the new build of a version has the same id as the one that it replaces. */
function plannedSwitch({ place: to }, from) {
	const target = `${to.distribution} ${to.name}`;
	if (from?.place.name === to.name) return `would switch to ${target} again`;
	return from ? `would switch from ${from.place.distribution} ${from.place.name} to ${target}` : `would switch to ${target}`;
}
function switchTitle(to, from) {
	const { name } = to.place;
	if (from === void 0) return `Switch to ${name}`;
	if (from.place.name !== name) return `Switch from ${from.place.name} to ${name}`;
	return from.record.build === to.record.build ? `Switch to ${name}` : `Switch to the new build of ${name}`;
}
/** The links that make a release live, beside `active`: targets by path. */
function liveLinks({ place, record: { sites, services } }) {
	const nginx = sites.map(primaryDomain).map((domain) => [enabledConf(domain), nginxConf(domain, place.name)]);
	return {
		...Object.fromEntries(nginx),
		...linksOf$1(services)
	};
}
function enabledConf(domain) {
	return `/etc/nginx/sites-enabled/${domainName(domain)}.conf`;
}
/**
* The switch: moves the active link and the links of the domains and services with rename(2), tests nginx's configuration, and reloads
* nginx. The undo moves them back.
*/
function switchTraffic({ to, from }) {
	const { place } = to;
	const target = liveLinks(to);
	const dropped = Object.entries(from ? liveLinks(from) : {}).filter(([link]) => !Object.hasOwn(target, link));
	const touched = [...Object.keys(target), ...dropped.map(([link]) => link)];
	return {
		id: "switch",
		title: switchTitle(to, from),
		usesLock: true,
		preview: lines([
			sh`detail ${plannedSwitch(to, from)}`,
			...[[place.active, place.release], ...Object.entries(target)].map(([link = "", leads = ""]) => sh`[ "$(readlink ${link})" = ${leads} ] || detail ${`${link} -> ${leads}`}`),
			...dropped.map(([link]) => sh`detail ${`${link}: removed`}`)
		]),
		apply: lines([
			sh`mkdir -p "$run/links"
for link in ${touched}; do if [ -L "$link" ]; then readlink "$link" >"$run/links/\${link##*/}"; fi; done
if [ -L ${place.active} ]; then readlink ${place.active} >"$run/links/active"; fi
touch "$run/links/known"`,
			refuseForeignDomains(to.record.sites.flatMap((site) => site.domains), place.distribution),
			sh`if [ -e ${place.active} ] && ! readlink ${place.active} | grep -qF ${`${place.root}/env/${place.distribution}-`}; then
  fail ${`${place.active} exists, but not as the link of ${place.distribution}. Perhaps it is a version of another distribution`}
fi
${assertLease}
tool link ${place.release} ${place.active}`,
			...Object.entries(target).map(([link, leads]) => sh`tool link ${leads} ${link}`),
			...dropped.map(([link, leads]) => sh`if [ ! -e ${link} ] || [ "$(readlink ${link})" = ${leads} ]; then rm -f ${link}; fi`),
			sh`nginx -t -q
systemctl reload nginx`
		]),
		undo: sh`[ -e "$run/links/known" ] || exit 0
for link in ${touched}; do
  if [ -s "$run/links/\${link##*/}" ]; then tool link "$(cat "$run/links/\${link##*/}")" "$link"; else rm -f "$link"; fi
done
if [ -s "$run/links/active" ]; then tool link "$(cat "$run/links/active")" ${place.active}; else rm -f ${place.active}; fi
nginx -t -q && systemctl reload nginx`,
		...switchUndone
	};
}
/**
* Fails if something else on this node has one of the domains: nginx would only warn, and use the first one that it reads. The records
* of the distribution say which files are its own. If its records were lost, a file that no record names and that leads to a build of the
* distribution is its own, too.
*/
function refuseForeignDomains(names, distribution) {
	return sh`tool owned >"$run/owned"
for conf in /etc/nginx/sites-enabled/*; do
  [ -e "$conf" ] || continue
  file=$(readlink -f "$conf")
  if grep -qxF -e ${distribution}" $file" "$run/owned"; then continue; fi
  if ! cut -d' ' -f2- "$run/owned" | grep -qxF -e "$file" && grep -qF -e ${`/env/.${distribution}-`} "$file"; then continue; fi
  sed -n 's/^[[:space:]]*server_name[[:space:]]//p' "$conf" | tr -s ' ;\t' '\n' >"$run/names"
  for name in ${names}; do
    if grep -qxF "$name" "$run/names"; then fail "something else on this server has the domain $name: $(readlink -f "$conf")"; fi
  done
done`;
}
/** The most seconds that a web service takes to stop: TimeoutStopSec of its unit. */
const stopWithin = 35;
/** Removes other builds of the same version, once their last requests have ended. */
function discardReplaced({ to: release, drain }) {
	const { place } = release;
	const kept = buildFolder(place, release.record.build);
	return {
		id: "discard",
		title: `Remove replaced builds of ${place.name} in ${drain + stopWithin} seconds`,
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
taken=$(${takenNames(release)})
[ -z "$taken" ] || exit 0
for folder in ${anyBuild(place)}; do
  if [ ! -d "$folder" ] || [ -L "$folder" ] || [ "$folder" = ${kept} ]; then continue; fi
  systemd-run --quiet --collect --on-active=${drain + stopWithin} rm -rf --one-file-system "$folder"
done`
	};
}
/** The link `templates` of a release, to its first folder of templates. Earlier versions of Woven had the folder there. */
function templatesLink({ place, record: { build } }, folders) {
	const [folder] = folders;
	if (folder === void 0) return [];
	const link = `${buildFolder(place, build)}/templates`;
	return [{
		id: "templates",
		title: "Link the templates folder",
		apply: sh`touch "$run/unchanged"; ln -sfn ${`project/${folder}`} ${link}`
	}];
}

// src/rollout/switch-stage.ts
function switchStage({ change, lease, place, record, settle, tidy, around }) {
	return {
		name: "switch",
		undoes: "stage",
		steps: [
			lease,
			claimNames(change.to),
			...noteBackground(change),
			...place,
			startServices(change),
			askServices(change),
			...record,
			switchTraffic(change),
			askVisitor(change),
			...switchBackground(change),
			...settle,
			retire(change),
			...tidy
		],
		...around
	};
}

// src/rollout/activate-release.ts
/**
* Starts the kept release, checks its health, switches, and checks again as a visitor. Throws if the node keeps its live release.
*/
async function activateRelease({ node, facts, target, unproved, placed = [] }, settings, runtime, kind, { stoppedBy = "cancellation", before = [] } = {}) {
	const root = facts.deploymentRoot;
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
		drain: settings.drain,
		before,
		placed,
		...unproved ? { unproved } : {}
	}), stoppedBy);
}
/** The stage that activate, rollback and a fleet that rolls back send to a node. */
function activationStage({ target, root, state, lease, event, unproved, drain, before = [], placed = [] }) {
	const place = layout(root, target.distribution, target.name);
	return switchStage({
		change: {
			to: {
				place,
				record: target
			},
			...liveRelease(state, place),
			drain
		},
		lease: takeLease(lease, "first"),
		place: [...requirePackages(target.services), ...before],
		record: placeNginxConf(placed),
		settle: [...unproved ? [recordUnproved(unproved)] : [], recordChange(place, event)],
		tidy: [],
		around: underLease(lease, "last")
	});
}
/** The live release, as the one to switch from. */
function liveRelease(state, place) {
	const record = activeRelease(state);
	if (!record) return {};
	return { from: {
		place: layout(place.root, place.distribution, record.name),
		record
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

// src/rollout/domains.ts
/** Milliseconds for all answers of DNS. */
const patience = 3e3;
const title = "Woven: domains";
/** Warnings are annotations, and notices of the fleet: lines at the top of the summary. Each comes once, however many nodes there are. */
function domainCheck(nodes, { log, lookup }) {
	const asked = /* @__PURE__ */ new Map();
	const warn = (text) => {
		if (nodes.notice(text)) log.warning(text, { title });
	};
	const hosts = nodes.nodes.map(({ host }) => host.address.host);
	let found;
	const ask = async (domain) => {
		found ??= addressesOf(hosts, lookup);
		try {
			const ours = await within$1(patience, found);
			if (ours.some(isPrivate)) return;
			const theirs = await within$1(patience, lookup(domain).catch(noneIfAbsent));
			if (theirs.length === 0) warn(absent(domain, hosts, ours));
			else if (!theirs.some((address) => ours.includes(address))) warn(elsewhere(domain, theirs, hosts, ours));
		} catch (error) {
			log.debug(`DNS of ${domain}: ${error instanceof Error ? error.message : String(error)}`);
		}
	};
	return {
		compare(live, next, version, asks) {
			const before = domainsOf(live?.sites ?? []);
			const now = domainsOf(next);
			const lost = before.filter((domain) => !now.includes(domain));
			const added = now.filter((domain) => !before.includes(domain));
			if (live && lost.length > 0) warn(noLongerServed(lost, added, live.version, version));
			if (asks === "nothing") return;
			for (const domain of added) if (!asked.has(domain)) asked.set(domain, ask(domain));
		},
		async end() {
			await Promise.all(asked.values());
		}
	};
}
function domainsOf(sites) {
	return sites.flatMap(({ domains }) => domains);
}
function noLongerServed(lost, added, live, next) {
	const instead = added.length > 0 ? ` New instead: ${added.join(", ")}.` : "";
	return `${lost.join(", ")} will not be served any more. ${live}, the live version, answers there; the configuration of ${next} does not list it.${instead} If that is a mistake, add it to \`domains\`, and deploy again.`;
}
function elsewhere(domain, theirs, hosts, ours) {
	return `${domain} leads to ${theirs.join(", ")}, not to ${serversAt(hosts, ours)}. Visitors reach this release only if something at that address passes them on, such as a proxy or a load balancer. If nothing does, change the domain's A or AAAA record.`;
}
function absent(domain, hosts, ours) {
	return `${domain} does not exist in DNS. Nobody can visit it before it has an A or AAAA record that leads to ${serversAt(hosts, ours)}.`;
}
/** `web1 (198.51.100.7)`. Hosts that are addresses need no second mention. */
function serversAt(hosts, addresses) {
	const names = hosts.filter((host) => isIP(host) === 0);
	const shown = names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
	return names.length === 0 ? addresses.join(", ") : `${shown} (${addresses.join(", ")})`;
}
async function addressesOf(hosts, lookup) {
	return [...new Set((await Promise.all(hosts.map(lookup))).flat())];
}
/** No address, if a name server said that there is none. That no name server answered says nothing. */
function noneIfAbsent(error) {
	if (["ENOTFOUND", "ENODATA"].includes(error.code ?? "")) return [];
	throw error;
}
/** Behind such an address, names often have other addresses for everybody else (RFC 1918, 6598, 4193). Local nodes have those of RFC 2544. */
function isPrivate(address) {
	return internal.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
const internal = new BlockList();
for (const [network, bits] of [
	["10.0.0.0", 8],
	["172.16.0.0", 12],
	["192.168.0.0", 16],
	["100.64.0.0", 10],
	["127.0.0.0", 8],
	["169.254.0.0", 16],
	["198.18.0.0", 15]
]) internal.addSubnet(network, bits, "ipv4");
for (const [network, bits] of [["fc00::", 7], ["fe80::", 10]]) internal.addSubnet(network, bits, "ipv6");
internal.addAddress("::1", "ipv6");
/** The value, or an error after so many milliseconds. */
async function within$1(milliseconds, value) {
	const { promise, reject } = Promise.withResolvers();
	const timer = setTimeout(() => reject(/* @__PURE__ */ new Error(`no answer within ${milliseconds} ms`)), milliseconds);
	try {
		return await Promise.race([value, promise]);
	} finally {
		clearTimeout(timer);
	}
}

// src/node/command-output.ts
/** How much of a long output is kept. */
const tailBytes = 65536;
/** One stream of a command. It uses at most twice the memory of what it keeps, even if the output comes in tiny pieces. */
var CommandOutput = class {
	#bytes = Buffer.alloc(1024);
	#length = 0;
	#kept;
	#listener;
	#fail;
	/** `fail` gets what the listener throws, and `output-too-long`. */
	constructor(kept, listener, fail) {
		this.#kept = kept;
		this.#listener = listener;
		this.#fail = fail;
	}
	take(chunk) {
		if (this.#kept.kind === "tail") this.#add(chunk.subarray(-65536));
		else if (this.#length + chunk.length <= this.#kept.most) this.#add(chunk);
		else this.#tooLong(this.#kept.most);
		try {
			this.#listener?.(chunk);
		} catch (error) {
			this.#fail(error);
		}
	}
	text() {
		const all = this.#bytes.subarray(0, this.#length);
		return (this.#kept.kind === "tail" ? all.subarray(-65536) : all).toString("utf8");
	}
	#add(chunk) {
		if (this.#kept.kind === "tail" && this.#length + chunk.length > 2 * tailBytes) {
			const rest = this.#bytes.subarray(Math.max(0, this.#length - tailBytes), this.#length);
			this.#bytes.set(rest);
			this.#length = rest.length;
		}
		if (this.#length + chunk.length > this.#bytes.length) {
			const larger = Buffer.alloc(Math.max(2 * this.#bytes.length, this.#length + chunk.length));
			larger.set(this.#bytes.subarray(0, this.#length));
			this.#bytes = larger;
		}
		this.#bytes.set(chunk, this.#length);
		this.#length += chunk.length;
	}
	#tooLong(most) {
		this.#bytes = Buffer.alloc(0);
		this.#length = 0;
		const message = `a command printed more than ${Math.round(most / 2 ** 20)} MiB`;
		this.#fail(new WovenError({
			code: "output-too-long",
			message
		}));
	}
};

// src/node/host-key.ts
const algorithms$1 = [
	["ssh-ed25519", "ssh-ed25519"],
	["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"],
	["ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"],
	["ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"],
	["rsa-sha2-512", "ssh-rsa"],
	["rsa-sha2-256", "ssh-rsa"]
];
/**
* The host-key algorithms to offer. If keys are pinned, only their kinds, so that a server with several keys shows a pinned one.
* Else the kind of `accepted`. Else all. Empty if every pinned kind is one that Woven cannot check.
*/
function hostKeyAlgorithms(pins, accepted) {
	const pinned = pins.pinned.map((entry) => entry.key.type);
	const kinds = new Set(pinned.length > 0 || !accepted ? pinned : [accepted.type]);
	return algorithms$1.filter(([, type]) => kinds.size === 0 || kinds.has(type)).map(([algorithm]) => algorithm);
}
/** Whether to accept the key that `at` shows. A key that the policy accepts is the only one for `at` for the rest of the run. */
function judgeHostKey(blob, at, trust) {
	const { knownHosts, hostKeyPolicy, accepted } = trust;
	const key = {
		type: typeIn(blob),
		blob
	};
	const pins = lookup$1(knownHosts.entries, at.host, at.port);
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
	if (pins.pinned.length > 0) return refused(changed$1(key, at, pins));
	if (pins.authorities.length > 0) return refused(onlyAuthority(key, at, pins));
	if (hostKeyPolicy !== "accept-new") return refused(unknown(key, at, knownHosts));
	const before = accepted.at(at);
	if (before !== void 0 && !before.blob.equals(blob)) return refused(changedSince(key, at, before));
	accepted.accept(at, key);
	return {
		kind: "new",
		key
	};
}
/** The type that the key names, or `unknown`: a server may send anything there. */
function typeIn(blob) {
	const type = wireStrings(blob)?.[0]?.toString("latin1") ?? "";
	return /^[A-Za-z0-9@._-]{1,64}$/.test(type) ? type : "unknown";
}
/** Every pinned kind is one that ssh2 cannot check, such as `sk-` and certificates. */
function unsupportedKinds(at, pins) {
	const kinds = [...new Set(pins.pinned.map((entry) => entry.key.type))].join(", ");
	return new WovenError({
		code: "host-key-unsupported",
		message: `known-hosts pins only ${kinds} for ${place$1(at)}, a kind that Woven cannot check`,
		next: `Pin an Ed25519, ECDSA or RSA key of the server: \`ssh-keyscan -p ${at.port} ${at.host}\` lists them.`,
		node: at.host
	});
}
function place$1({ host, port }) {
	return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
function unknown(key, at, known) {
	const unread = known.problems.map((problem) => `${problem.where} could not be read, because it ${problem.what}.`);
	return new WovenError({
		code: "host-key-unknown",
		message: `the host key of ${place$1(at)} is not in known-hosts: the server shows ${shown(key)}`,
		next: [
			...unread,
			compare$2(key),
			"If they are the same, add this line to the `known-hosts` input. It is not secret, so a variable is enough:",
			`  ${knownHostsLine(at.host, at.port, key)}`
		].join("\n"),
		node: at.host
	});
}
function changed$1(key, at, pins) {
	const expected = pins.pinned.map((entry) => `${shown(entry.key)} (known-hosts line ${entry.line})`).join(" or ");
	return new WovenError({
		code: "host-key-changed",
		message: `the host key of ${place$1(at)} is not the pinned one: expected ${expected}, seen ${shown(key)}`,
		state: "Nothing was changed on the server, and nothing was sent to it. Either it was installed again, or somebody intercepts the connection.",
		next: [
			compare$2(key),
			`Only if they are the same, replace line ${pins.pinned.map((entry) => entry.line).join(", ")} with this one:`,
			`  ${knownHostsLine(at.host, at.port, key)}`
		].join("\n"),
		node: at.host
	});
}
function changedSince(key, at, before) {
	return new WovenError({
		code: "host-key-changed",
		message: `the host key of ${place$1(at)} is not the one accepted earlier in this run: expected ${shown(before)}, seen ${shown(key)}`,
		state: "Nothing was sent. Either several servers answer at this address, or somebody intercepts the connection.",
		next: [compare$2(key), "Pin the right key in `known-hosts`, and use `host-key-policy: strict`."].join("\n"),
		node: at.host
	});
}
function revoked(key, at, by) {
	const numbers = by.map(({ line }) => line).toSorted((one, other) => one - other).join(", ");
	return new WovenError({
		code: "host-key-revoked",
		message: `${place$1(at)} shows ${shown(key)}, which known-hosts marks @revoked (line ${numbers})`,
		state: "Nothing was sent.",
		next: "Treat the server as compromised until you know better. Give it a new host key, and pin that key.",
		node: at.host
	});
}
function onlyAuthority(key, at, pins) {
	const lines = pins.authorities.map((entry) => entry.line).join(", ");
	return new WovenError({
		code: "host-key-certificate",
		message: `known-hosts has only a @cert-authority for ${place$1(at)} (line ${lines}), and Woven cannot check host certificates`,
		next: [
			"Pin the server's own key too.",
			compare$2(key),
			"If they are the same, add this line to the `known-hosts` input:",
			`  ${knownHostsLine(at.host, at.port, key)}`
		].join("\n"),
		node: at.host
	});
}
function shown(key) {
	return `${key.type} ${fingerprint(key.blob)}`;
}
function compare$2(key) {
	return [
		"Compare the fingerprint on the server itself, in its provider's console or over a login that you trust:",
		`  ssh-keygen -lf /etc/ssh/ssh_host_${/ed25519|ecdsa|rsa/.exec(key.type)?.[0] ?? "*"}_key.pub`,
		`  must print ${fingerprint(key.blob)}`
	].join("\n");
}

// src/node/connect-errors.ts
const firewall = "GitHub's runners have no fixed addresses. If a firewall admits only known addresses, use a self-hosted runner, or `jump` through a host that the runners can reach.";
/** There was no TCP connection. `thrown` is the error of node:net or node:dns. */
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
		case "ECONNREFUSED": return fail("connect-refused", `${place$1(at)} refused the connection: nothing listens on port ${at.port}`, `Check the port (\`user@host:port\` in the role, or \`ssh-port\`), and that sshd runs: \`systemctl status ssh\`. If Woven has never set up this server, run setupnode first. ${firewall}`);
		case "ETIMEDOUT": return timedOut$1(at, "the connection");
		case "ENOTFOUND":
		case "ENODATA":
		case "EAI_NODATA":
		case "EAI_NONAME": return fail("host-not-found", `the name ${at.host} does not exist`, "Check its spelling in the role, and its A or AAAA record.");
		case "EAI_AGAIN": return fail("host-not-found", `the name ${at.host} could not be looked up: the name server did not answer`, "Run the command again. If that does not help, check the runner's DNS, or write the server's IP address in the role.");
		case "EHOSTUNREACH":
		case "ENETUNREACH":
		case "EADDRNOTAVAIL": return fail("no-route", `there is no route to ${place$1(at)}`, `Check that the server is up and has a public IPv4 address: GitHub's runners have no IPv6. ${firewall}`);
		case "ECONNRESET":
		case "EPIPE": return droppedEarly(at, thrown);
		default: return fail("connect-failed", `could not connect to ${place$1(at)}: ${error.message}`, "Check the address in the role.");
	}
}
/** There was no answer in time. `what`: the connection, the login, … */
function timedOut$1(at, what) {
	return new WovenError({
		code: "connect-timeout",
		message: `${place$1(at)} did not answer in time (${what})`,
		next: `Check that the server is up and the port is right. Usually a firewall drops the packets. ${firewall}`,
		node: at.host
	});
}
/** The jump host could not open the connection to the next host, or refused to. */
function jumpError(error, at, jump) {
	const forbidden = error.reason === 1;
	return new WovenError({
		code: forbidden ? "jump-forbidden" : "jump-failed",
		message: forbidden ? `the jump host ${place$1(jump)} does not forward to ${place$1(at)}` : `the jump host ${place$1(jump)} could not reach ${place$1(at)}`,
		next: forbidden ? "Set `AllowTcpForwarding yes` (and PermitOpen, if used) for this user in its sshd_config." : `Check that the jump host can reach ${place$1(at)}: run \`nc -vz ${at.host} ${at.port}\` there.`,
		node: at.host,
		output: error.message
	});
}
/** The TCP connection worked, but the login failed. */
function loginError(error, facts) {
	const { at, phase } = facts;
	if (error.level === "client-timeout") return timedOut$1(at, phase === "greeting" ? "no SSH greeting" : `the ${phase}`);
	if (error.level === "client-authentication") return refused(facts);
	if (error.message.includes("no matching")) return noCommonAlgorithm(error, at);
	if (phase === "greeting" && /identification string|header( line|:)|greeting lines/i.test(error.message)) return new WovenError({
		code: "not-ssh",
		message: `what listens on ${place$1(at)} is not an SSH server`,
		next: "Check the port (`user@host:port` in the role, or `ssh-port`).",
		node: at.host
	});
	if (phase === "greeting") return droppedEarly(at, error);
	if (phase === "login") return droppedDuringLogin(error, facts);
	return new WovenError({
		code: "handshake-failed",
		message: `the SSH handshake with ${place$1(at)} failed`,
		next: "Read the log of sshd on the server: `journalctl -u ssh -n 50`.",
		node: at.host,
		output: error.message,
		cause: error
	});
}
/** A login that worked, and whose connection then broke. */
function connectionLost(at, why) {
	const silent = why?.message === "Keepalive timeout";
	return new WovenError({
		code: "connection-lost",
		message: silent ? `the connection to ${place$1(at)} was lost: no answer to keepalives` : `the connection to ${place$1(at)} was lost: ${why?.message ?? "the server closed it"}`,
		next: "Run the command again. If it happens again, check the server's load, its reboots and `journalctl -u ssh`.",
		node: at.host,
		cause: why
	});
}
function cancelled(at, cause) {
	return new WovenError({
		code: "cancelled",
		message: `cancelled, at ${place$1(at)}`,
		node: at.host,
		cause
	});
}
function droppedEarly(at, cause) {
	return new WovenError({
		code: "connect-reset",
		message: `${place$1(at)} closed the connection before it sent an SSH greeting`,
		next: ["The server blocks this address, or is overloaded. On the server, check `journalctl -u ssh -n 50`, then", "  fail2ban (`fail2ban-client status sshd`), PerSourcePenalties and MaxStartups in sshd_config, and /etc/hosts.deny."].join("\n"),
		node: at.host,
		cause
	});
}
function droppedDuringLogin(error, facts) {
	return new WovenError({
		code: "login-refused",
		message: `${facts.user}@${place$1(facts.at)} closed the connection during the login`,
		next: "Read the log of sshd on the server: `journalctl -u ssh -n 50`. The usual causes are MaxAuthTries, AllowUsers and a locked account.",
		node: facts.at.host,
		output: error.message,
		cause: error
	});
}
function noCommonAlgorithm(error, at) {
	const hostKey = error.message.includes("host key");
	return new WovenError({
		code: hostKey ? "host-key-algorithm" : "no-common-algorithm",
		message: hostKey ? `${place$1(at)} has no host key of a kind that Woven accepts` : `${place$1(at)} and Woven have no algorithm in common (${error.message.replace(/^.*no matching /, "")})`,
		next: hostKey ? "Make one on the server with `ssh-keygen -A`, restart ssh, and pin the key in known-hosts." : "Update OpenSSH on the server, or remove Ciphers, MACs and KexAlgorithms from its sshd_config.",
		node: at.host
	});
}
function refused(facts) {
	const { at, user, key, methods } = facts;
	const tried = [key && `the key ${key.fingerprint} (${key.type})`, facts.password === "tried" && "the password"].filter(Boolean);
	return new WovenError({
		code: "login-refused",
		message: `${user}@${place$1(at)} refused ${tried.join(" and ") || "a login without key or password"}. It accepts: ${methods.join(", ") || "not known"}`,
		next: [
			...user === "root" ? ["If the image has another first account (debian, ubuntu, admin, …), name it: `root-user = \"debian\"`."] : [],
			...key ? keyAdvice(user, key.publicKey, methods) : [],
			...user === "root" ? ["To log in as root, sshd_config needs `PermitRootLogin prohibit-password`."] : [],
			`Check that the user ${user} exists and that AllowUsers admits it. \`journalctl -u ssh -n 50\` on the server shows the reason.`
		].join("\n"),
		node: at.host
	});
}
function keyAdvice(user, publicKey, methods) {
	if (methods.length > 0 && !methods.includes("publickey")) return ["The server accepts no keys: set `PubkeyAuthentication yes` in its sshd_config, or use `password`."];
	return [
		`If this is the right key, ~${user}/.ssh/authorized_keys on the server must contain this line:`,
		`  ${publicKey}`,
		"Nobody else may be able to write to the home folder, to .ssh or to that file."
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
const mostBytes$1 = 8 * 2 ** 20;
/**
* Runs one command and returns how it ended. A status other than 0 is a result, not an error. The command is done when its exit
* status has come and its output has ended. If a child in the background holds the output open, one quiet second is enough.
* `end` aborts when the login ends: a running command then fails with its reason, a WovenError.
* Also throws `cancelled`, `command-timeout`, `input-failed`, `output-too-long` and `exec-refused`. In these cases Woven closes the
* command's input and output and asks sshd to send SIGTERM. sshd does not do that for root, so the command may still run.
*/
async function run(client, command, options, end, at) {
	if (options.signal?.aborted) throw cancelled(at, options.signal.reason);
	using stop = new Stop(options, end, at);
	const opening = open$1(client, command, options, stop, at);
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
		else opening.then(giveUp, () => void 0);
		throw error;
	} finally {
		if (options.input instanceof Readable) options.input.destroy();
	}
}
/** Everything on the runner that can end a command: one promise that rejects, and one signal for the code that writes the input. */
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
function open$1(client, command, options, stop, at) {
	return new Promise((resolve, reject) => {
		const opened = (error, channel) => {
			if (error) return reject(execRefused(error, at));
			channel.on("error", () => void 0);
			const all = {
				kind: "all",
				most: options.mostBytes ?? mostBytes$1
			};
			const stdout = new CommandOutput(options.onStdout ? { kind: "tail" } : all, options.onStdout, stop.now);
			const stderr = new CommandOutput({ kind: "tail" }, void 0, stop.now);
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
/** Writes the input as fast as the node reads it. Stops without an error if the command ends before its input. */
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
function giveUp({ channel }) {
	channel.signal("TERM");
	channel.close();
}
function kill({ channel }) {
	channel.signal("KILL");
	channel.close();
}
function inputFailed(cause, { host }) {
	const message = `the data sent to ${host} broke off: ${cause instanceof Error ? cause.message : String(cause)}`;
	return new WovenError({
		code: "input-failed",
		message,
		node: host,
		cause
	});
}
/** `seconds`: the limit. */
function commandTimeout({ host }, seconds) {
	return new WovenError({
		code: "command-timeout",
		message: `a command on ${host} took longer than ${seconds} s`,
		next: "Find out what keeps the server busy (`top`, `systemctl list-jobs`). Then run the command again.",
		node: host
	});
}
function execRefused(error, { host }) {
	return new WovenError({
		code: "exec-refused",
		message: `${host} refused to start a command on this login`,
		next: "On the server, check the user's login shell, `command=` in authorized_keys, and ForceCommand and MaxSessions (10 by default) in sshd_config.",
		node: host,
		output: error.message,
		cause: error
	});
}

// src/node/host.ts
const noCost = {
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
	#spent = noCost;
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
	/** The cost of all logins until now. */
	get cost() {
		return add$1(this.#spent, this.#session?.cost ?? noCost);
	}
	/** Whether there is a login, as far as is known. */
	get connected() {
		return this.#session !== void 0;
	}
	/** The open login, or a new one. Callers at the same time share one. */
	async session(until = this.signal) {
		if (this.#session) return this.#session;
		this.#connecting ??= this.#options.connect(until).finally(() => {
			this.#connecting = void 0;
		});
		this.#session = await this.#connecting;
		return this.#session;
	}
	/** Runs a script as root, in one round trip. `args` are its `$1`, `$2`, …. Throws only if the script could not run at all. */
	async root(script, options = {}) {
		const { signal = this.signal, timeoutSeconds, purpose } = options;
		const session = await this.session(signal);
		if (purpose !== void 0) this.log.debug(`${this.name}: ${purpose}`);
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
			...purpose === void 0 ? {} : { purpose },
			...options.onStdout ? { onStdout: options.onStdout } : {},
			...options.mostBytes === void 0 ? {} : { mostBytes: options.mostBytes },
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
	/** Notes that the node has the files of this name, so that they need not be sent again. */
	keep(name) {
		this.#kept.add(name);
	}
	keeps(name) {
		return this.#kept.has(name);
	}
	/** Forgets a connection that broke, so that the next call logs in again. */
	async drop() {
		const session = this.#session;
		if (!session) return;
		this.#spent = add$1(this.#spent, session.cost);
		this.#session = void 0;
		await session.close().catch(() => void 0);
	}
	async [Symbol.asyncDispose]() {
		await this.drop();
	}
};
/** The exit status of timeout(1) for a command that it ended. */
const timedOut = 124;
/** The node itself ends the command, with everything in its process group. Without this it would run on after the runner gave up. */
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
		next: `Run setupnode, which gives the deploy user sudo. Or let ${user} use sudo without a password, or set the \`password\` input.`,
		node,
		output: said
	});
}
function add$1(one, other) {
	return {
		logins: one.logins + other.logins,
		roundTrips: one.roundTrips + other.roundTrips,
		bytesSent: one.bytesSent + other.bytesSent
	};
}

// src/report.ts
/** How a step ended, in the words of the log and the summary. In a dry run, nothing has changed yet. */
function stepWord({ status, undone, ok }, mode) {
	if (undone) return "undone";
	if (mode === "plan" && status === "changed") return "would change";
	return status === "ok" ? ok ?? "ok" : status;
}
/** Codes of failures that a failure on another node caused. */
const consequences = /* @__PURE__ */ new Set(["not-back", "went-back"]);
/** The nodes in the order of interest: first those that failed, then those that failed because of them, then the rest. */
function worstFirst(nodes) {
	const order = [
		"failed",
		"not-back",
		"went-back",
		"rolled-back",
		"skipped",
		"ok"
	];
	const rank = ({ status, error }) => order.indexOf(error && consequences.has(error.code) ? error.code : status);
	return nodes.toSorted((one, other) => rank(one) - rank(other));
}
/** Commands whose outcome is a version that is live. */
const releaseCommands = /* @__PURE__ */ new Set([
	"deploy",
	"patch",
	"activate",
	"rollback"
]);
/** Which version is live on the node at the end of the run: `1.1, as before`. The first question after a failure. */
function liveNow({ version, previous, unknown, status }) {
	if (unknown) return previous === void 0 ? "not known, the server could not be asked" : `not known, the connection was lost during the switch; ${previous} was live before`;
	if (version === void 0) return previous === void 0 ? "no version, as before" : `no version; ${previous} was live before`;
	if (status === "rolled-back") return `${version} again`;
	if (version === previous) return `${version}, as before`;
	return previous === void 0 ? version : `${version}; ${previous} was live before`;
}
/** How one node ended and what it cost, in a line. */
function nodeLine(node, run) {
	const { host, status, version, unknown, changed, seconds, cost } = node;
	const { logins, roundTrips, bytesSent } = cost;
	const known = version === void 0 ? "" : `, ${version} is live`;
	const live = unknown ? ", the live version is not known" : known;
	const spent = `${seconds.toFixed(1)} s, ${logins} ${logins === 1 ? "login" : "logins"}, ${roundTrips} round trips, ${bytesSent} bytes sent`;
	return `${host}: ${status}${live}${knowsChanges(run) ? changes(changed, run) : ""} (${spent})`;
}
/** False for a management command: only the command itself knows what it changes. */
function knowsChanges({ command }) {
	return command !== "node";
}
function changes(changed, { dryRun }) {
	if (dryRun) return changed ? ", would change" : ", nothing would change";
	return changed ? "" : ", nothing changed";
}
/**
* The same report with all output of nodes and tools put through `clean`. This happens before the output is cut or escaped, while
* each secret in it is still whole.
*/
function cleanReport(report, clean) {
	const step = (one) => ({
		...one,
		title: clean(one.title),
		details: one.details.map(clean)
	});
	const error = (one) => one.error ? { error: one.error.map(clean) } : {};
	const node = (one) => ({
		...one,
		...error(one),
		...one.text === void 0 ? {} : { text: clean(one.text) },
		steps: one.steps.map(step)
	});
	const notices = report.notices ? { notices: report.notices.map(clean) } : {};
	return {
		...report,
		...error(report),
		...notices,
		nodes: report.nodes.map(node)
	};
}

// src/node/line-reader.ts
/** A line that is too long is cut at the last blank in this many characters if possible, so that no secret is cut in half. */
const ragged = 1024;
/**
* Calls `onLine` with each line, without its newline. A line longer than `longest` characters comes in pieces. If there is a
* `refuse`, it is called instead, and throws.
*/
function readLines(onLine, longest = 65536, refuse) {
	const decoder = new StringDecoder("utf8");
	let pieces = [];
	let length = 0;
	const line = () => {
		const whole = pieces.join("");
		pieces = [];
		length = 0;
		return whole;
	};
	const keep = (text) => {
		pieces.push(text);
		length += text.length;
		if (length <= longest) return;
		refuse?.();
		let rest = line();
		while (rest.length > longest) {
			const cut = placeToCut(rest, longest);
			onLine(rest.slice(0, cut));
			rest = rest.slice(cut);
		}
		pieces.push(rest);
		length = rest.length;
	};
	const take = (text) => {
		let from = 0;
		for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
			keep(text.slice(from, at));
			const whole = line();
			onLine(whole.endsWith("\r") ? whole.slice(0, -1) : whole);
			from = at + 1;
		}
		if (from < text.length) keep(text.slice(from));
	};
	return {
		push: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
		end() {
			take(decoder.end());
			if (length > 0) onLine(line());
		}
	};
}
function placeToCut(text, longest) {
	const blank = text.lastIndexOf(" ", longest - 1) + 1;
	return blank > Math.max(0, longest - ragged) ? blank : longest;
}

// src/package-files.ts
/** Woven's own folder: the nearest one above that holds an action.yml. */
const packageRoot = findRoot(import.meta.dirname);
const texts$1 = /* @__PURE__ */ new Map();
const names$1 = /* @__PURE__ */ new Map();
/** Reads everything that a node gets, before a build can run. */
function holdPackageFiles() {
	for (const name of listPackageFiles("templates")) readPackageFile(`templates/${name}`);
	listPackageFiles("templates/node/woven_node");
	readPackageFile("package.json");
}
function readPackageFile(name) {
	const text = texts$1.get(name) ?? readFileSync(join(packageRoot, name), "utf8");
	texts$1.set(name, text);
	return text;
}
/** Names of the files below a folder of the package, relative to it, sorted. */
function listPackageFiles(folder) {
	const known = names$1.get(folder);
	if (known) return known;
	const found = readdirSync(join(packageRoot, folder), {
		recursive: true,
		withFileTypes: true
	}).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(join(packageRoot, folder).length + 1)).sort();
	names$1.set(folder, found);
	return found;
}
function findRoot(from) {
	if (existsSync(join(from, "action.yml")) && existsSync(join(from, "templates"))) return from;
	if (dirname(from) === from) throw new Error("Woven's own folder is incomplete: action.yml and templates/ are missing above dist/");
	return findRoot(dirname(from));
}

// src/node/stage.ts
const nothing$1 = sh`:`;
/** The stage as one script for `sh`: a function for each part of each step, then the order of steps, then the shared code. */
function compile(stage) {
	const functions = stage.steps.flatMap((step, index) => stepFunctions(step, index + 1));
	const order = stage.steps.map((step, index) => sh`step ${index + 1} ${step.id} ${step.limit ?? 600} ${step.check ? step.checks ?? "always" : "never"} ${step.plan ?? "previewed"} ${step.settles ? "settles" : "goes-on"}`);
	return `#!/bin/sh\n${lines([
		...functions,
		shellFunction(sh`s_finally`, stage.finally ?? nothing$1),
		shellFunction(sh`s_order`, lines(order)),
		...stage.lock === void 0 ? [] : [openLock(stage.lock)],
		sh`undoes=${stage.undoes}
run=$(dirname "$(readlink -f "$0")")
. "$run/kit/stage.sh"`
	]).text}\n`;
}
/** Opens the lock in the parent process of all steps. Not in a plan, which leaves no trace. */
function openLock(path) {
	return sh`if [ "\${1:-run}" = run ]; then
  # Earlier versions made some of them for all to read, and so to lock.
  (umask 077; mkdir -p "$(dirname ${path})"; : >>${path}; chmod 600 ${path})
  exec 8>>${path}
fi`;
}
/** The files that all stages share. A node keeps them under a name that holds a digest of their names and contents. */
function kit() {
	const files = [...[
		"stage.sh",
		"tool.py",
		...listPackageFiles("templates/node/woven_node").filter((name) => name.endsWith(".py")).map((name) => `woven_node/${name}`)
	].map((name) => ({
		name: `kit/${name}`,
		content: readPackageFile(`templates/node/${name}`)
	})), {
		name: "kit/version",
		content: `${wovenVersion()}\n`
	}].sort((one, other) => one.name < other.name ? -1 : 1);
	return {
		name: `kit-${digest$1(files.map(({ name, content }) => `${digest$1(content)}  ./${name.slice(4)}\n`).join("")).slice(0, 12)}`,
		files
	};
}
/** The version that state on a node names as its writer. */
function wovenVersion() {
	const { version } = JSON.parse(readPackageFile("package.json"));
	return version;
}
function digest$1(content) {
	return createHash("sha256").update(content).digest("hex");
}
/** All files that only this stage needs on the node, with its script. */
function stageFiles(stage, mode) {
	const carried = [...stage.files ?? [], ...stage.steps.flatMap((step) => step.files ?? [])];
	const named = new Map(carried.map((file) => [file.name, file]));
	return [{
		name: "stage.sh",
		content: compile(stage)
	}, ...[...named.values()].filter(({ content }) => mode === "run" || typeof content === "string").map((file) => ({
		...file,
		name: `files/${file.name}`
	}))];
}
function stepFunctions(step, n) {
	return [
		sh`# ${n}. ${step.title.replaceAll(/\s+/g, " ")}`,
		...step.check ? [shellFunction(sh`s${n}_check`, step.check)] : [],
		shellFunction(sh`s${n}_apply`, step.apply),
		shellFunction(sh`s${n}_preview`, step.preview ?? nothing$1),
		...step.usesLock ? [sh`s${n}_uses_lock=yes`] : [],
		...step.undo ? [sh`s${n}_undoes=yes`, shellFunction(sh`s${n}_undo`, step.undo)] : []
	];
}
/** A shell function. The colon is there because a function cannot be empty. */
function shellFunction(name, body) {
	return sh`${name}() {
:
${body}
}`;
}

// src/node/stage-events.ts
/** The most lines of details that a step reports: nobody reads more. */
const mostDetails = 5e3;
const mostCharacters = 1e6;
/** The node sends the last 20 000 bytes of a failed step's output. */
const mostOutput = 2e4;
const number$1 = pipe(number$2(), integer(), minValue(0), maxValue(Number.MAX_SAFE_INTEGER));
const id = pipe(string(), regex(/^[\w.:@-]{1,100}$/));
const text$3 = pipe(string(), transform((base64) => Buffer.from(base64, "base64").toString("utf8")));
const Outcome = pipe(object({
	n: number$1,
	id,
	status: picklist([
		"ok",
		"changed",
		"failed",
		"skipped",
		"undone",
		"undo-failed"
	]),
	ms: number$1,
	details: pipe(text$3, transform(detailLines)),
	data: text$3,
	output: pipe(text$3, transform(wholeLines))
}), transform(({ ms, ...rest }) => ({
	...rest,
	seconds: ms / 1e3
})), readonly());
const Begin = object({
	n: number$1,
	id
});
const End = object({ status: picklist([
	"ok",
	"failed",
	"stopped",
	"died"
]) });
/**
* One line of a stage's log as an event. Undefined for other lines: a message of the shell itself, an event that a full disk cut
* short, an event that no stage reports.
*/
function parseEvent(line) {
	if (!line.startsWith("{\"event\":")) return void 0;
	const raw = parse$4(line);
	switch (raw["event"]) {
		case "begin": return read$2(Begin, raw, (begin) => ({
			kind: "begin",
			...begin
		}));
		case "alive": return { kind: "alive" };
		case "end": return read$2(End, raw, (end) => ({
			kind: "end",
			...end
		}));
		case "step": return read$2(Outcome, raw, (outcome) => ({
			kind: "step",
			outcome
		}));
		default: return;
	}
}
function read$2(schema, raw, event) {
	const parsed = safeParse(schema, raw);
	return parsed.success ? event(parsed.output) : void 0;
}
function parse$4(line) {
	try {
		return JSON.parse(line);
	} catch {
		return {};
	}
}
/** The first lines, without blank ones. */
function detailLines(all) {
	const lines = [];
	let from = 0;
	while (from < all.length && from < mostCharacters && lines.length < mostDetails) {
		const newline = all.indexOf("\n", from);
		const end = Math.min(newline < 0 ? all.length : newline, mostCharacters);
		if (end > from) lines.push(all.slice(from, end));
		from = end === newline ? end + 1 : end;
	}
	return from < all.length ? [...lines, "… the rest is in the log on the server"] : lines;
}
/** Drops the first line of an output that was cut at its start: it may begin in the middle of a secret. */
function wholeLines(all) {
	if (Buffer.byteLength(all) < mostOutput) return all;
	const end = all.slice(-2e4);
	return end.slice(end.indexOf("\n") + 1);
}

// src/node/stage-failure.ts
/** A stage that did not succeed. `steps` holds the steps that ran before the failure. */
var StageError = class extends WovenError {
	steps;
	/** `known`: everything that the stage undoes was undone. `unknown`: the node went silent, or could not undo everything. */
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
/** The connection broke, and no new login worked. `cause`: the error of the last attempt. */
function connectionLostDuring(place, { steps }, cause) {
	const details = {
		code: "connection-lost",
		message: `the connection was lost while the stage ran, and Woven could not log in again${cause === void 0 ? "" : `: ${asWovenError(cause).message}`}`,
		state: "The server finishes the stage, or undoes it, without this connection.",
		next: `Run the command again: it reads how the stage ended. Its log is ${logOf(place)} on the server.`,
		...at(place),
		cause
	};
	return new StageError(details, steps, "unknown");
}
function stageNotSent(place, said) {
	const lines = said.trim().split("\n");
	const why = lines.find((line) => line.includes("No space left")) ?? lines.at(-1);
	return new WovenError({
		code: "stage-not-started",
		message: `the stage could not be sent: ${why || "the server gave no reason"}`,
		state: "Nothing was changed on the server.",
		next: "Check `df -h` and `systemctl is-system-running`: the usual causes are a full disk and a systemd that does not run.",
		output: said,
		...at(place)
	});
}
/** The run was cancelled before the first step began. */
function stoppedBeforeStart(place) {
	return new WovenError({
		code: "stopped",
		message: "stopped on request, before the stage began",
		state: "This stage changed nothing on the server.",
		next: "Run the command again to continue.",
		...at(place)
	});
}
function stageDied(place, { steps }, stray) {
	const details = {
		code: "stage-died",
		message: "the stage ended without a result: the server was rebooted, or somebody killed the stage",
		next: `Run the command again: it continues from what is there. The log of the stage is ${logOf(place)} on the server.`,
		output: stray.filter((line) => line.trim() !== "").join("\n") || void 0,
		...at(place)
	};
	return new StageError(details, steps, "unknown");
}
/** The stage printed more than any stage needs, so Woven stopped reading. */
function stageOutputTooLong(place, { steps }) {
	const details = {
		code: "output-too-long",
		message: "the stage printed more than Woven reads",
		state: "The stage still runs to its end on the server.",
		next: `Find out what fills its log, ${logOf(place)}.`,
		...at(place)
	};
	return new StageError(details, steps, "unknown");
}
/** The run was cancelled, and had no time to see how the stage ended. `stopRequest`: whether the node got the request to stop. */
function endNotSeen(place, { steps }, stopRequest) {
	const details = stopRequest === "sent" ? {
		code: "stopped",
		message: "stopped on request: the server is still undoing what the stage had begun",
		state: "The server finishes this without you.",
		next: `Run the command again: it reads how the stage ended. Its log is ${logOf(place)} on the server.`
	} : {
		code: "not-told",
		message: "the run was cancelled, but the stage was not stopped: the connection was lost, and a new login took too long",
		state: "The stage still runs to its end on the server.",
		next: `Run \`status\` when the server can be reached again. The log of the stage is ${logOf(place)} there.`
	};
	return new StageError({
		...details,
		...at(place)
	}, steps, "unknown");
}
/** The stage itself reported that it failed or was stopped. */
function stageFailed(place, { outcomes, steps }, end) {
	const stepOf = (id) => place.stage.steps.find((step) => step.id === id);
	const failed = outcomes.find((outcome) => outcome.status === "failed");
	const step = stepOf(failed?.id);
	const notUndone = outcomes.filter((outcome) => outcome.status === "undo-failed");
	const note = notUndone.length > 0 ? ` Not undone: ${notUndone.map(({ id }) => stepOf(id)?.title ?? id).join(", ")}.` : "";
	const stopped = end === "stopped";
	const output = [failed, ...notUndone].flatMap((outcome) => outcome?.output || []).join("\n");
	return new StageError({
		code: stopped ? "stopped" : "step-failed",
		message: stopped ? `stopped on request, at: ${step?.title ?? "no step"}.${note}` : `${(step && failure(step, failed?.output ?? "")) ?? "the stage failed"}${note && "."}${note}`,
		state: stopped ? void 0 : stateAfter$1(step, failed?.output ?? ""),
		next: stopped ? "Run the command again to continue." : step?.advice?.(failed?.output ?? "") ?? step?.next,
		step: failed?.id,
		output: output || void 0,
		...at(place)
	}, steps, notUndone.length > 0 ? "unknown" : "known");
}
function stateAfter$1(step, output) {
	return typeof step?.state === "function" ? step.state(output) : step?.state;
}
function failure({ title, failure: said }, output) {
	const cause = causeOf(output);
	return said?.(output) ?? `${title} failed${cause === void 0 ? "" : `: ${cause}`}`;
}

// src/node/stage-scripts.ts
const folder$2 = sh`if [ "$2" = plan ]; then run=/run/woven/$1; else run=/var/local/woven/runs/$1; fi`;
/**
* Only root can read what Woven keeps. Others can pass through /var/local/woven to the few programs in it that they run. Needs
* `umask 077`. Folders and files of earlier versions of Woven get the same modes.
*/
const privateState = sh`mkdir -p /var/local/woven/runs; chmod 711 /var/local/woven
find /var/local/woven -mindepth 1 -maxdepth 1 \( -type f -o -type d ! -name tools ! -name python ! -name hooks \) -perm /077 -exec chmod go= {} +
if [ -d /var/local/woven-backup ]; then chmod 700 /var/local/woven-backup; fi`;
/** Unpacks a stage from stdin and starts it as a unit. `$1` is its id, `$2` is `run` or `plan`, `$4` is the kit's name. */
const receive = sh`set -eu; umask 077
${folder$2}
if [ "$2" = plan ]; then
  # Sockets of releases are below it, too.
  [ -d /run/woven ] || mkdir -m 711 /run/woven
else
  ${privateState}
fi
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
/** Prints the log from byte `$3` on, until the stage ends. */
const follow = sh`${folder$2}
[ -e "$run/stage.sh" ] || { echo "no such run: $1" >&2; exit 44; }
pid=$(systemctl show --property=MainPID --value "woven-$1.service")
if [ "$pid" != 0 ]; then tail -c "+$3" -s 0.05 --pid="$pid" -f "$run/log"; else tail -c "+$3" "$run/log"; fi
# Ended by somebody else, by a reboot or by a fault of its own: nothing will tell of the end any more.
if ! grep -q '^{"event":"end"' "$run/log" && ! systemctl is-active -q "woven-$1.service"; then printf '\n{"event":"end","status":"died"}\n'; fi
if [ "$2" = plan ]; then rm -rf "$run"; rmdir /run/woven 2>/dev/null || :; fi`;
/** Keeps the folders of the last runs, for reading their logs, and removes older ones. */
const prune = sh`cd /var/local/woven/runs 2>/dev/null && ls -1t | tail -n +21 | while read -r old; do
  systemctl is-active -q "woven-$old.service" || rm -rf -- "./$old"; done; cd /`;
/** Stops a stage. Also one that has not started: `receive` and the stage itself look for the file `stop`. */
const stop$1 = sh`${folder$2}
umask 077; mkdir -p "$run" && : >"$run/stop"
systemctl stop --no-block "woven-$1.service" 2>/dev/null || :`;

// src/node/stage-words.ts
const headings = {
	prepare: "Prepare the release",
	migrate: "Migrate the databases",
	switch: "Switch",
	setup: "Set up the server",
	close: "Close the old SSH access, over a new login",
	hook: "Run your setup hook",
	remove: "Remove"
};
/** The heading of the stage's steps in the log: `Prepare the release`. */
function stageWords(stage) {
	return headings[stage] ?? stage;
}

// src/node/step-report.ts
/** One step as the report has it. `plan`: in a dry run. */
function stepReport(stage, outcome, mode) {
	const step = stage.steps.find(({ id }) => id === outcome.id);
	return {
		stage: stage.name,
		step: outcome.id,
		title: step?.title ?? outcome.id,
		status: reportStatus(outcome.status),
		seconds: outcome.seconds,
		details: outcome.details,
		...outcome.status === "undone" ? { undone: true } : {},
		...outcome.status === "ok" && step ? { ok: meaningOfOk(step, mode) } : {}
	};
}
/** `ok` stands for three things. A step without a check that always reports ok has nothing to change, so it did its work. */
function meaningOfOk({ plan, check, checks, apply }, mode) {
	if (check !== void 0 && (checks === void 0 || mode === "plan")) return "already";
	if (mode === "plan" && plan === "quiet") return "not run";
	return plan !== void 0 || apply.text.startsWith("touch \"$run/unchanged\"") ? "done" : "already";
}
function reportStatus(status) {
	switch (status) {
		case "undone": return "skipped";
		case "undo-failed": return "failed";
		default: return status;
	}
}

// src/node/tar.ts
var import_tar_stream = require_tar_stream();
/** A gzipped ustar/pax stream of the files, in order. All are 0600: root reads them, and sets their final modes. */
function tarball(files) {
	const archive = (0, import_tar_stream.pack)();
	const gzip = createGzip({ level: 6 });
	archive.on("error", (error) => gzip.destroy(error));
	fill$1(archive, files).catch((error) => gzip.destroy(error));
	return archive.pipe(gzip);
}
async function fill$1(archive, files) {
	for (const file of files) {
		const { bytes, stream } = source$2(file);
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
function source$2({ content }) {
	if (typeof content === "string") return source$2({
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
/** Attempts to log in again, up to 8 seconds apart: about two minutes, which a reboot or a network change may take. */
const reconnects = 18;
/** The errors of a node that cannot be reached for a while. */
const unreachable$1 = [
	"connect-refused",
	"connect-timeout",
	"connect-reset",
	"connect-failed",
	"no-route"
];
/**
* How long a cancelled run waits for the stage to end, or tries to reach the node. GitHub kills the run 10 s after the cancellation,
* and the outputs, the summary and the end of the sessions come after this wait.
*/
const graceMilliseconds = 6e3;
/** An event is a line. A step that names 100 000 files in its details takes a third of this. */
const mostEventCharacters = 32 * 2 ** 20;
/** The most that Woven reads about one stage. */
const mostStageBytes = 4 * mostEventCharacters;
/** How long the open login may take to answer: its connection may have died without notice. */
const answerMilliseconds = 2e3;
/**
* Runs the stage in one round trip. Throws StageError if a step failed, the stage was stopped, or its end could not be seen.
* `stoppedBy`: whether cancelling the run stops the stage. If it does, the node gets a request to stop, over a new login if necessary.
*/
async function runStage(host, stage, mode = "run", stoppedBy = "cancellation") {
	const id = `${stage.name}-${Date.now().toString(36)}-${randomBytes(3).toString("hex")}`;
	const signal = stoppedBy === "cancellation" ? host.signal : void 0;
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
/** One run of one stage, as the runner sees it. */
var Watch = class {
	#host;
	#stage;
	#id;
	#mode;
	#outcomes = [];
	#lines = readLines((line) => this.#hear(line), mostEventCharacters, () => this.#refuse());
	#seen = 0;
	/** The last lines of the log that are no events, such as messages of the shell itself. */
	#stray = [];
	#started = false;
	#end;
	#resolveEnd = () => void 0;
	/** Ends the current wait: for an answer, for a login or for the next attempt. */
	#attempt = new AbortController();
	/** Aborted when there are no more attempts. */
	#over = new AbortController();
	/** `requested`: the run is cancelled, and the node does not know yet. `sent`: the node got the request to stop. */
	#cancelled = "no";
	#grace;
	constructor(host, stage, id, mode) {
		this.#mode = mode;
		this.#host = host;
		this.#stage = stage;
		this.#id = id;
	}
	/** Sends the stage. Returns when the stage has ended, or when a cancelled run has no time left. */
	async end() {
		await this.#send();
		for (let tries = 0; !this.#end && !this.#over.signal.aborted; tries++) {
			if (tries === reconnects && this.#cancelled === "no") throw connectionLostDuring(this.#place, this.#ran);
			await this.#resume(tries);
		}
	}
	/** The run was cancelled: asks the node to stop, and limits the wait. */
	cancel() {
		this.#cancelled = "requested";
		this.#grace = setTimeout(() => {
			this.#over.abort();
			this.#attempt.abort();
		}, graceMilliseconds);
		this.#requestStop();
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
			throw this.#cancelled === "no" ? error : stoppedBeforeStart(this.#place);
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
		if (this.#cancelled === "requested") await this.#sendStop(this.#over.signal);
		if (this.#cancelled === "requested") return;
		await this.#exec(follow, this.#seen + 1).catch((error) => {
			throw error instanceof WovenError && [
				"stage-not-started",
				"stopped",
				"output-too-long"
			].includes(error.code) ? error : connectionLostDuring(this.#place, this.#ran, error);
		});
	}
	/** Uses the open login if it answers. Else it ends the current wait, and #resume makes a new login. */
	async #requestStop() {
		if (this.#host.connected) await this.#sendStop(AbortSignal.timeout(answerMilliseconds));
		if (this.#cancelled === "requested" || this.#seen === 0) this.#attempt.abort();
	}
	async #sendStop(until) {
		try {
			const { code } = await this.#host.root(stop$1, {
				args: [this.#id, this.#mode],
				signal: until
			});
			if (code === 0) this.#cancelled = "sent";
		} catch (error) {
			this.#host.log.debug(`${this.#host.name} did not get the request to stop: ${String(error)}`);
			this.#host.drop();
		}
	}
	/** Follows the log from the given byte on, until the stage or the connection ends. */
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
			purpose: `stage ${this.#stage.name}`,
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
			const connectionLost = error instanceof WovenError && error.code === "connection-lost";
			const notReached = error instanceof WovenError && unreachable$1.includes(error.code);
			if (!connectionLost && !(notReached && (this.#started || this.#cancelled !== "no"))) throw error;
			this.#started = true;
			await this.#host.drop();
		}
	}
	#read(chunk) {
		this.#seen += chunk.length;
		if (this.#seen > mostStageBytes) this.#refuse();
		this.#lines.push(chunk);
	}
	#hear(line) {
		const event = parseEvent(line);
		if (event) this.#take(event);
		else this.#stray = [...this.#stray, line.slice(0, 1e3)].slice(-30);
	}
	#take(event) {
		if (event.kind === "end") {
			this.#end = event.status;
			this.#resolveEnd();
		}
		if (event.kind !== "step" || !this.#stage.steps.some(({ id }) => id === event.outcome.id)) return;
		this.#outcomes.push(event.outcome);
		const report = stepReport(this.#stage, event.outcome, this.#mode);
		const { stage, step, title, seconds, details } = report;
		this.#host.log.debug(`step ${JSON.stringify({
			node: this.#host.name,
			mode: this.#mode,
			stage,
			step,
			status: event.outcome.status
		})}`);
		const word = stepWord(report, this.#mode);
		const heading = this.#outcomes.length === 1 ? [`— ${stageWords(stage)}`] : [];
		this.#host.log.remote(this.#host.name, [
			...heading,
			`${word.padEnd(7)} ${title} (${seconds.toFixed(1)} s)`,
			...details.map((line) => `        ${line}`)
		].join("\n"));
	}
	#refuse() {
		throw stageOutputTooLong(this.#place, this.#ran);
	}
	get #place() {
		return {
			node: this.#host.name,
			stage: this.#stage,
			id: this.#id
		};
	}
	#notStarted(said) {
		return this.#cancelled === "no" ? stageNotSent(this.#place, said) : stoppedBeforeStart(this.#place);
	}
	#failure() {
		const ran = this.#ran;
		switch (this.#end) {
			case "failed":
			case "stopped": return stageFailed(this.#place, ran, this.#end);
			case "died":
				if (this.#cancelled === "sent" && ran.steps.length === 0) return stoppedBeforeStart(this.#place);
				return stageDied(this.#place, ran, this.#stray);
			default: return endNotSeen(this.#place, ran, this.#cancelled === "sent" ? "sent" : "not-sent");
		}
	}
	get #ran() {
		const steps = this.#outcomes.map((outcome) => stepReport(this.#stage, outcome, this.#mode));
		return {
			outcomes: this.#outcomes,
			steps
		};
	}
};

// src/rollout/fleet.ts
/** Commands whose report names the live version. */
const reportsLiveVersion = /* @__PURE__ */ new Set([
	"deploy",
	"patch",
	"activate",
	"rollback",
	"status",
	"remove"
]);
/** One node's part in the run: its steps, its outcome, and what is live on it. */
var NodeRun = class {
	host;
	steps = [];
	#started;
	#runtime;
	#plan;
	#ended;
	error;
	/** The live version now, and when the run began. */
	#version;
	#previous;
	/** Whether the live version is known. */
	#known;
	status = "ok";
	text;
	knownHosts;
	constructor(host, runtime, settings) {
		this.host = host;
		this.#runtime = runtime;
		this.#started = runtime.now();
		this.#plan = settings.dryRun ? "plan" : "run";
		this.#known = reportsLiveVersion.has(settings.command) ? "unknown" : "known";
	}
	/** Notes the version that is live when the run begins. */
	liveAtStart(version) {
		this.#previous = version;
		this.liveNow(version);
	}
	/** Notes the version that is live from now on. */
	liveNow(version) {
		this.#version = version;
		this.#known = "known";
	}
	/** The connection broke at a moment when the node may have switched, or not. */
	liveUnknown() {
		this.#version = void 0;
		this.#known = "unknown";
	}
	get failed() {
		return this.error !== void 0;
	}
	/** Runs a stage on the node, and keeps the reports of its steps even if it fails. */
	async stage(stage, stoppedBy = "cancellation") {
		try {
			const result = await runStage(this.host, stage, this.#plan, stoppedBy);
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
	/** The node switched, and rolled back because another node failed. The error names that node. */
	rolledBack(error) {
		this.#endWith("rolled-back", error);
	}
	/** Replaces what the error says of the state, and its advice, once more is known. */
	advise(advice) {
		if (!this.error) return;
		const { details, cause } = this.error;
		this.error = new WovenError({
			...details,
			...advice,
			cause
		});
	}
	/** The node is unchanged, because the run ended early on account of another node. */
	skip() {
		this.status = "skipped";
	}
	#endWith(status, thrown) {
		const { signal } = this.#runtime;
		const cause = signal.aborted && !(thrown instanceof WovenError) ? signal.reason : thrown;
		this.error = asWovenError(cause).at({ node: this.host.name });
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
	#notices = /* @__PURE__ */ new Set();
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
	/** Notes a line for the top of the summary. False if it is there already. */
	notice(text) {
		if (this.#notices.has(text)) return false;
		this.#notices.add(text);
		return true;
	}
	get notices() {
		return [...this.#notices];
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
/** The nodes of the settings, before any login. */
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

// src/rollout/kept-schema.ts
/** How many migrations are named. */
const mostNames = 8;
/** Undefined if the release that is left has no migration of the project that the new live one lacks. */
function keptSchema(left, live) {
	if (left === void 0) return void 0;
	const known = migrations$1(live);
	const more = [...migrations$1(left)].filter((name) => !known.has(name)).toSorted();
	if (more.length === 0) return void 0;
	const rest = more.length > mostNames ? ` and ${more.length - mostNames} more` : "";
	return `The database was not rolled back. Migrations that ${left.version} has and ${live.version} lacks stay as they are: ${more.slice(0, mostNames).join(", ")}${rest}.`;
}
/** The project's own, as `catalogue.0003_genus`. */
function migrations$1({ files }) {
	return new Set(Object.keys(files).flatMap((path) => {
		const [, app, name] = /^project\/(?:.+\/)?([^/]+)\/migrations\/([^/]+)\.py$/.exec(path) ?? [];
		return app === void 0 || name === void 0 || name === "__init__" ? [] : [`${app}.${name}`];
	}));
}

// src/settings/present.ts
/** The same object without its undefined fields. */
function present(fields) {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== void 0));
}

// src/node/forced-login.ts
/** `disable_root_opts` of cloud-init: Please login as the user "ubuntu" rather than the user "root". */
const usual$1 = /please log ?in as the user "?([^"\s]+?)"? rather than/i;
/** The longest answer that is shown in a message, in characters. All of it is in the error's output. */
const longest = 200;
/**
* The error of an account that answered with a text of its own. Undefined if it said nothing.
*
* @param deployUser who the role names
*/
function forcedLogin({ stdout, stderr }, { user, node, deployUser }) {
	const lines = [...stdout.split("\n"), ...stderr.split("\n").filter((line) => usual$1.test(line))];
	const said = lines.find((line) => usual$1.test(line)) ?? lines.find((line) => line.trim() !== "");
	if (said === void 0) return void 0;
	const named = usual$1.exec(said)?.[1] ?? "";
	const shown = said.replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ").trim().slice(0, longest);
	return new WovenError({
		code: "login-runs-nothing",
		message: `${user} can log in on ${node}, but the server does not let it run commands. It answers: ${shown}`,
		state: user === deployUser ? void 0 : "Nothing was changed.",
		next: adviceFor$1(user, fits("existingUser", named) ? named : void 0, deployUser),
		node,
		output: `${stdout}${stderr}`
	});
}
function adviceFor$1(user, named, deployUser) {
	const line = `root-user = ${JSON.stringify(named ?? "debian")}`;
	if (user === deployUser) return `Name another deploy user in the role, such as woven@host. If setupnode has not set up this server yet, write this line in woven.toml, and run setupnode: ${line}`;
	return named === void 0 ? `Name the image's own account (debian, ubuntu, admin, …) in woven.toml, and run setupnode again: ${line}` : `Write this line in woven.toml, and run setupnode again: ${line}`;
}

// src/node/missing.ts
/** Asks for nothing. */
const noSetup = {
	packages: [],
	rules: [],
	units: []
};
/** Of the shell variables `packages`, `rules` and `units`, with one entry a line, says what the node does not have. */
const findMissing = sh`# Without a name, dpkg-query would list every package.
[ -z "$packages" ] || installed=$(dpkg-query -W -f='{\${Package} \${db:Status-Status}}' $packages 2>/dev/null)
for package in $packages; do
  case $installed in *"{$package installed}"*) continue ;; esac
  # dpkg-query answers without the architecture of a name.
  dpkg-query -W -f='\${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || say noPackage "$package"
done
if [ -n "$rules" ] && grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf; then
  printf '%s\n' "$rules" | while read -r rule; do
    # ufw takes a while to start: it is asked only about rules that Woven has not noted.
    grep -qs -e "\"$rule\": *\"[^\"]" /var/local/woven/ufw-rules.json && continue
    ufw --dry-run $rule 2>/dev/null </dev/null | grep -qv '^Skipping' && say noRule "$rule"
  done
fi
for unit in $units; do systemctl is-active --quiet "$unit" || say noUnit "$unit"; done`;
/** Only what was asked about: a node may answer anything. */
function missingOf(asked, all) {
	const lacks = (name, wanted) => {
		const answered = new Set(all(name));
		return wanted.filter((one) => answered.has(one));
	};
	return {
		packages: lacks("noPackage", asked.packages),
		rules: lacks("noRule", asked.rules),
		units: lacks("noUnit", asked.units)
	};
}

// src/node/facts.ts
/** The hashes of 200 000 files need less. */
const mostAnswerBytes = 32 * 2 ** 20;
/** One for each release, and a few dozen others. */
const mostAnswers = 1e4;
/** A server usually has three, one of each kind. */
const mostHostKeys = 16;
const probe = sh`say() { printf '%s %s\n' "$1" "$(printf '%s' "$2" | base64 -w0)"; }
file() { [ -e "$2" ] && printf '%s %s %s\n' "$1" "$(base64 -w0 <"$2")" "$(printf '%s' "$2" | base64 -w0)"; }
dist=$1 root=$2 release=$3 packages=$4 rules=$5 units=$6
. /etc/os-release
login=$(printf '%s' "\${SUDO_USER:-$(id -un)}")
home=$(getent passwd "$login" | cut -d: -f6)
root=\${root:-$home}
say os "$ID"; say osVersion "\${VERSION_ID-}"; say codename "\${VERSION_CODENAME-}"
say machine "$(uname -m)"; say glibc "$(getconf GNU_LIBC_VERSION | cut -d' ' -f2)"
[ -x /usr/bin/python3 ] && say python "$(/usr/bin/python3 -IS -c 'import platform; print(platform.python_version())')"
say user "$login"; say home "$home"; say root "$root"
for key in /etc/ssh/ssh_host_*_key.pub; do file hostKey "$key"; done
there=$root; until [ -e "$there" ]; do there=$(dirname "$there"); done
say diskFree "$(df -Pk "$there" | awk 'NR == 2 { print $4 }')"
say cores "$(nproc)"; say memory "$(awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo)"
[ -d /run/systemd/system ] && say systemd yes
[ -e /proc/net/if_inet6 ] && say ipv6 yes
[ -x /usr/sbin/nginx ] && say nginx "$(/usr/sbin/nginx -v 2>&1 | sed -n 's,.*nginx/\([0-9.]*\).*,\1,p')"
for kit in /var/local/woven/tools/kit-*; do
  # A kit that a power cut left incomplete does not count.
  [ "kit-$(cd "$kit" 2>/dev/null && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-12)" = "\${kit##*/}" ] && say kit "\${kit##*/}"
done
for uv in /var/local/woven/tools/uv-*; do [ -x "$uv" ] && say uv "\${uv##*/uv-}"; done
for python in /var/local/woven/python/*/bin/python; do [ -x "$python" ] && { python=\${python%/bin/python}; say brought "\${python##*/}"; }; done
if [ -n "$dist" ]; then
  active=$(readlink "$root/env/$dist"); active=\${active##*/}; active=\${active#"$dist"-}
  say active "$active"
  if [ -e "$root/env/$dist" ]; then folder=$(readlink -f "$root/env/$dist"); say folder "\${folder##*/}"; fi
  state=/var/local/woven/$dist
  for record in "$state"/releases/*.json; do
    name=\${record##*/}; name=\${name%.json}
    file release "$record"
    [ -x "$root/env/$dist-$name/bin/python" ] && say present "$name"
  done
  # Units of all distributions: a unit's name is escaped, and the records say which are whose.
  say units "$(cd /etc/systemd/system && ls -1 | grep '^woven-.*@[.]')"
  say running "$(systemctl list-units --plain --no-legend --state=active 'woven-*@*' | cut -d' ' -f1)"
  say starting "$(ls /etc/systemd/system/multi-user.target.wants | grep '^woven-.*@')"
  say enabled "$(readlink -f /etc/nginx/sites-enabled/*.conf)"
  say recorded "$(cd /var/local/woven && ls -d -- */releases/*.json 2>/dev/null)"
  # Without the key, which may be in the same file.
  for pem in "/etc/nginx/woven/certificates/$dist.pem" "/etc/letsencrypt/live/woven-$dist/fullchain.pem"; do
    [ -e "$pem" ] && printf 'certificate %s %s\n' "$(sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' "$pem" | base64 -w0)" "$(printf '%s' "$pem" | base64 -w0)"
  done
  file history "$state/history.jsonl"; file attempts "$state/attempts.jsonl"; file lease "$state/lease.json"
  # On a first deployment that is tried again, a release is there that never was live.
  [ "$release" = active ] && release=\${active:-$(basename -s .json "$(ls -t "$state"/releases/*.json 2>/dev/null | head -n 1)")}
  # Static files only if they came with the release. Others were collected on the node.
  extra=; if grep -q '"static/' "$state/releases/$release.json" 2>/dev/null; then extra=static; fi
  if [ -n "$release" ] && cd "$root/env/$dist-$release" 2>/dev/null; then
    say filesOf "$release"
    say files "$(find project dist writable $extra -type f ! -perm -100 ! -name '*.pyc' ! -path 'project/sitesettings/*' -print0 2>/dev/null | xargs -0r sha256sum)"
    say executables "$(find project dist writable $extra -type f -perm -100 -print0 2>/dev/null | xargs -0r sha256sum)"
  fi
fi
${findMissing}
exit 0`;
/** Reads a node's facts. Throws if the account cannot become root, or if the node has no systemd. */
async function readFacts(host, request = {}) {
	const { distribution = "", deploymentRoot = "", files, setup = noSetup } = request;
	const release = files?.of === "release" ? files.releaseName : files?.of ?? "";
	const result = await host.root(probe, {
		purpose: "facts",
		args: [
			distribution,
			deploymentRoot,
			release,
			...[
				setup.packages,
				setup.rules,
				setup.units
			].map((all) => all.join("\n"))
		],
		timeoutSeconds: 120,
		mostBytes: mostAnswerBytes
	});
	const ran = /^os /m.test(result.stdout);
	if (result.code !== 0 || !ran) {
		const { user } = (await host.session()).target;
		const forced = ran ? void 0 : forcedLogin(result, {
			user,
			node: host.name,
			deployUser: host.address.user
		});
		if (forced) throw forced;
		throw new WovenError({
			code: "facts",
			message: `Woven could not read what ${host.name} is (exit ${result.code ?? result.signal})`,
			state: "Nothing was changed on the server.",
			next: "Check that it runs Debian or Ubuntu, and that the login runs commands.",
			node: host.name,
			output: result.stderr
		});
	}
	const facts = parseFacts(result.stdout, {
		node: host.name,
		distribution,
		firstServices: request.firstServices ?? (() => []),
		setup
	});
	if (distribution && !fits("absolutePath", facts.deploymentRoot)) throw strangeRoot(facts, host.name);
	for (const kit of facts.kits) host.keep(kit);
	if (!facts.systemd) throw new WovenError({
		code: "no-systemd",
		message: `${host.name} does not run systemd`,
		next: "Use a server that systemd boots, not a plain container.",
		node: host.name
	});
	return facts;
}
/** Refused, because the root becomes part of paths in configuration files. */
function strangeRoot({ user, deploymentRoot: root }, node) {
	return new WovenError({
		code: "facts",
		message: `the deployment root of ${user} on ${node}, ${JSON.stringify(root)}, ${misfit$2("absolutePath")}`,
		next: "Deploy as the user that setupnode makes, or set `deployment-root` to a plain path.",
		node
	});
}
/** The probe's output as facts. Throws where the state cannot be read. */
function parseFacts(text, known) {
	const said = answers(text);
	const decoded = (value) => Buffer.from(value, "base64").toString("utf8");
	const all = (name) => (said.get(name) ?? []).map(({ value }) => decoded(value));
	const one = (name) => all(name)[0] ?? "";
	const word = (name, pattern = /^[^\p{Cc}\u2028\u2029]{0,200}$/u) => pattern.test(one(name)) ? one(name) : "";
	const lines = (name) => one(name).split("\n").filter(Boolean);
	const active = said.has("active") ? word("active") : void 0;
	const numbers = new Intl.Collator("en", { numeric: true });
	const state = (active) => parseState({
		active,
		folder: word("folder"),
		releases: new Map((said.get("release") ?? []).map(({ value, file }) => [decoded(file), decoded(value)])),
		history: one("history"),
		attempts: one("attempts"),
		lease: one("lease"),
		place: `/var/local/woven/${known.distribution}`
	}, known);
	const uv = all("uv").filter((version) => /^\d+(\.\d+){1,3}$/.test(version)).toSorted(numbers.compare).at(-1);
	return {
		os: word("os"),
		osVersion: word("osVersion"),
		codename: word("codename"),
		machine: word("machine", /^[A-Za-z0-9_]{1,32}$/),
		glibc: word("glibc", /^\d+\.\d+$/),
		...present({ python: word("python", /^3\.\d{1,3}\.\d{1,3}[a-z0-9+]*$/) || void 0 }),
		user: word("user"),
		home: one("home"),
		deploymentRoot: one("root"),
		cores: Number(word("cores", /^\d{1,4}$/)),
		memory: Number(word("memory", /^\d{1,12}$/)) * 1024,
		diskFree: Number(one("diskFree")) * 1024,
		systemd: one("systemd") === "yes",
		ipv6: one("ipv6") === "yes",
		...present({ nginx: word("nginx", /^[0-9.]{1,20}$/) || void 0 }),
		certificates: new Map((said.get("certificate") ?? []).map(({ value, file }) => [decoded(file), decoded(value)])),
		...uv === void 0 ? {} : { uv },
		pythons: all("brought").filter((version) => /^3\.\d{1,2}\.\d{1,2}$/.test(version)),
		kits: all("kit"),
		hostKeys: all("hostKey").flatMap(readPublicKeys).slice(0, mostHostKeys),
		...active === void 0 ? { lost: [] } : knownReleases(state(active), all("present"), lines("units")),
		recorded: lines("recorded").flatMap(recordAt),
		running: lines("running"),
		starting: lines("starting"),
		enabled: lines("enabled"),
		missing: missingOf(known.setup ?? noSetup, all),
		...word("filesOf") === "" ? {} : { filesOf: word("filesOf") },
		files: new Map([...parseHashes(one("files"), ""), ...parseHashes(one("executables"), "x")])
	};
}
/** The answers in base64, by name. Limited, because a node may send without end. */
function answers(text) {
	const said = /* @__PURE__ */ new Map();
	let count = 0;
	for (const [, name = "", value = "", file = ""] of text.matchAll(/^(\w{1,20}) ([A-Za-z0-9+/=]*)(?: ([A-Za-z0-9+/=]*))?\r?$/gm)) {
		const others = said.get(name);
		if (others) others.push({
			value,
			file
		});
		else said.set(name, [{
			value,
			file
		}]);
		count += 1;
		if (count === mostAnswers) break;
	}
	return said;
}
/** Apart: the releases that are there, and those whose folder or a unit is gone. They cannot be live, and are good for nothing but removal. */
function knownReleases(state, present, units) {
	const folder = "/etc/systemd/system/";
	const isThere = ({ name, services }) => present.includes(name) && filesOf$2(services).every((file) => !file.startsWith(folder) || units.includes(file.slice(20)));
	return {
		state: {
			...state,
			releases: state.releases.filter(isThere)
		},
		lost: state.releases.filter((release) => !isThere(release))
	};
}
/** The release of a record: `shop/releases/1.0.json`. Both names have a limit, because they get into messages. */
function recordAt(path) {
	const [, distribution, name] = /^([\w.-]{1,64})\/releases\/([\w.+-]{1,200})\.json$/.exec(path) ?? [];
	return distribution === void 0 || name === void 0 ? [] : [{
		distribution,
		name
	}];
}
function parseHashes(text, mark) {
	const found = text.matchAll(/^([0-9a-f]{64}) [ *]([^\n\uFFFD]+)$/gm);
	return new Map([...found].map(([, hash = "", path = ""]) => [`${mark}${hash}`, path]));
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
	"status",
	"remove"
];
const patchParts = [
	"project",
	"templates",
	"static",
	"media",
	"wsgi",
	"webconf"
];
const serverNames = [
	"apache",
	"gunicorn",
	"uvicorn",
	"uwsgi"
];
/** Those that releases can be deployed with so far: src/servers/servers.ts. */
const supportedServers = [
	"apache",
	"gunicorn",
	"uvicorn"
];
/** One whose releases may run on a Python that Woven brings along, for advice. */
const ownPythonServer = "gunicorn";

// src/servers/apache-modules.ts
/** What Debian's Apache loads by itself, and `wsgi` for the application and `headers` for the key. In the order in which they load. */
const modules = [
	"access_compat",
	"alias",
	"auth_basic",
	"authn_core",
	"authn_file",
	"authz_core",
	"authz_host",
	"authz_user",
	"autoindex",
	"deflate",
	"dir",
	"env",
	"filter",
	"headers",
	"mime",
	"mpm_event",
	"negotiation",
	"reqtimeout",
	"setenvif",
	"status",
	"wsgi"
];
/** Modules that a Django application behind nginx does not need. */
const unneeded = [
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
/** The modules of a release without the disabled ones: names in Debian, such as `mpm_event`. */
function apacheModules(disabled = unneeded) {
	return modules.filter((module) => !disabled.includes(module));
}

// src/servers/processes.ts
/** A Django process with its packages, in bytes: larger than most, so that a default fits. */
const processMemory = 150 * 2 ** 20;
/** More than this helps no site, unless its owner has measured it. */
const mostWorkers = 12;
function processesFor(options, machine, sites) {
	return {
		workers: defaultWorkers(machine, sites),
		threads: defaults["server.threads"],
		timeout: defaults["server.timeout"],
		arguments: [],
		...present(options),
		given: Object.keys(options)
	};
}
/**
* One more than the cores. All sites together may take half of the memory: after a switch, the processes of the previous release run
* beside them for a while.
*/
function defaultWorkers({ cores, memory }, sites) {
	if (cores === 0 || memory === 0) return 2;
	const fitting = Math.floor(memory / 2 / processMemory / Math.max(sites, 1));
	return Math.max(1, Math.min(cores + 1, fitting, mostWorkers));
}
/** For the log: `2 workers with 15 threads each for each site (1 core, 1.9 GB of memory)`. */
function shownProcesses({ workers, threads, given }, { cores, memory }) {
	return `${`${count(workers, "worker")} with ${count(threads, "thread")} each, for each site`} (${given.includes("workers") ? "server.workers" : `${count(cores, "core")}, ${(memory / 2 ** 30).toFixed(1)} GB of memory`})`;
}
function count(number, what) {
	return `${number} ${what}${number === 1 ? "" : "s"}`;
}
/** Those of a template's options that the configuration gives. */
function requiredOptions({ given }, used) {
	const required = used.filter((name) => given.includes(name));
	return required.length === 0 ? {} : { required };
}

// src/servers/apache.ts
const packages = ["apache2", "libapache2-mod-wsgi-py3"];
/**
* Only root can listen here: if the port were above 1023, any account could take it while Apache restarts, and nginx would send it the
* key and the visitors' cookies. Below 512, no program takes it for an outgoing connection either (bindresvport(3)).
*/
const port = 480;
/** The port of earlier versions of Woven. Releases that they made keep it: it is in their records and their files. */
const formerPort = 10080;
const outdated = {
	pattern: new RegExp(`:${formerPort}\\b|^\\s*Listen\\s+${formerPort}\\b`, "i"),
	now: `Apache no longer listens on port ${formerPort}. Write {{{port}}} instead of ${formerPort}`
};
/** nginx sends a key in this header. Without the key, Apache refuses a request: any account of the node could send one. */
const keyHeader = "X-Woven-Key";
const apache = {
	python: "node",
	packages,
	services: services$1,
	files,
	releaseFiles: [],
	test: ({ place, build }) => [testConfiguration(place, instance(place.unit, build))],
	setUp: () => [idle()],
	configuredBy: ({ apacheDisableModules }) => apacheDisableModules,
	etc: { apache2: {
		view: { port },
		test: sh`apache2ctl configtest 2>&1`,
		reload: sh`for unit in $(systemctl list-units --plain --no-legend 'woven-*@*.service' | cut -d' ' -f1); do
  if grep -qs '^ExecStart=/usr/sbin/apache2 ' "/etc/systemd/system/\${unit%@*}@.service"; then systemctl reload "$unit"; fi
done`
	} },
	variablePrefixes: ["APACHE_"],
	initScripts: ["apache2"]
};
/** The services of a release whose record has schema 1: one service, without a key. */
function firstServices(release) {
	const { distribution, name, unit, address, sites } = release;
	const confs = sites.map((site) => `${domainName(primaryDomain(site))}-${name}.conf`);
	return [{
		name: "web",
		kind: "web",
		server: "apache",
		sites: sites.map(({ id }) => id),
		units: [`${unit}@${address}.service`],
		user: "root",
		address: `${address}:${formerPort}`,
		links: {},
		probe: { headers: {} },
		files: [
			...confs.flatMap((conf) => [`/etc/apache2/sites-available/${conf}`, `/etc/nginx/sites-available/${conf}`]),
			mainFile({
				distribution,
				name
			}),
			`/etc/systemd/system/${unit}@.service`
		],
		packages,
		logs: sites.map((site) => siteLog(site, "error"))
	}];
}
function services$1(web) {
	const { place, build, key, sites } = web;
	return [{
		name: "web",
		kind: "web",
		server: "apache",
		sites: sites.map(({ id }) => id),
		units: [instance(place.unit, build)],
		user: "root",
		address: `${loopbackAddress(build)}:${port}`,
		links: {},
		probe: { headers: { [keyHeader]: key } },
		files: files(web).map(({ path }) => path),
		packages,
		logs: sites.map((site) => siteLog(site, "error"))
	}];
}
function files({ place, version, build, key, sites, setup, processes }) {
	const first = sites[0] ? primaryDomain(sites[0]) : "";
	const common = {
		distribution: place.distribution,
		version,
		name: place.name,
		release: buildFolder(place, build),
		unit: place.unit,
		port
	};
	const confName = (site) => `${domainName(primaryDomain(site))}-${place.name}`;
	const keyFile = `/etc/apache2/woven/${place.distribution}-${place.name}.key`;
	return [
		...sites.map((site) => {
			const { id, domains } = site;
			const domain = primaryDomain(site);
			const aliases = domains.slice(1);
			const view = {
				...common,
				domain,
				aliases,
				user: siteUser(id),
				log: domainName(domain),
				...processes
			};
			return {
				path: `/etc/apache2/sites-available/${confName(site)}.conf`,
				template: "apache/site.conf",
				formerly: "apache-site.conf",
				outdated,
				view,
				...requiredOptions(processes, [
					"workers",
					"threads",
					"arguments"
				])
			};
		}),
		{
			path: keyFile,
			template: "apache/key.conf",
			view: {
				...common,
				header: keyHeader,
				key
			},
			secret: true
		},
		{
			path: mainFile(place),
			template: "apache/release.conf",
			formerly: "apache-release.conf",
			outdated,
			required: ["key_file", "modules"],
			view: {
				...common,
				domain: first,
				log: domainName(first),
				modules: apacheModules(setup.apacheDisableModules),
				confs: sites.map(confName),
				key_file: keyFile,
				timeout: Math.max(processes.timeout, 300)
			}
		},
		{
			path: `/etc/systemd/system/${place.unit}@.service`,
			template: "apache/release.service",
			formerly: "release.service",
			view: {
				...common,
				conf: mainFile(place),
				memory: processes.memory ?? false,
				tasks: processes.tasks ?? false
			},
			...requiredOptions(processes, ["memory", "tasks"])
		}
	];
}
function mainFile({ distribution, name }) {
	return `/etc/apache2/woven/${distribution}-${name}.conf`;
}
/** The unit takes the address that it listens on from the name of its instance. */
function instance(unit, build) {
	return `${unit}@${loopbackAddress(build)}.service`;
}
/**
* Lets Apache check its configuration, with the environment of the unit. `systemctl show` also makes systemd read the new unit. That
* is cheaper than a daemon-reload, which reads every unit of the node again.
*/
function testConfiguration(place, unit) {
	return {
		id: "configtest",
		title: "Test the web configuration",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
env $(systemctl show -p Environment --value ${unit}) APACHE_RUN_DIR="$run" /usr/sbin/apache2 -f ${mainFile(place)} -t`,
		next: "Apache cannot read its configuration. Its message is above. The usual cause is one of the project's own templates in templates/woven/."
	};
}
/** Debian's package starts an Apache for the whole machine. Releases do not use it, and it would take port 80. */
function idle() {
	return {
		id: "apache-idle",
		title: "Stop the system's Apache",
		check: sh`! systemctl is-active --quiet apache2 && [ "$(systemctl is-enabled apache2 2>/dev/null)" = disabled ]`,
		preview: sh`detail 'stop and disable apache2.service: every release starts its own'`,
		apply: sh`if systemctl is-active --quiet apache2; then
  sites=$(find /etc/apache2/sites-enabled -mindepth 1 ! -name 000-default.conf ! -name default-ssl.conf -printf ' %f')
  [ -z "$sites" ] || fail "Apache serves sites on this node that are not Woven's:$sites"
fi
systemctl disable --quiet --now apache2`,
		state: "Woven did not stop this Apache. It has to: nginx needs port 80, and every release starts an Apache of its own.",
		next: "Move the sites elsewhere or disable them (a2dissite), and run setupnode again. Or use another server for Woven."
	};
}

// src/servers/site-services.ts
function siteServer({ program, ...own }) {
	const filesOfSite = (web, site) => siteFiles(program, web, site);
	return {
		...own,
		python: "any",
		packages: [],
		program,
		services: (web) => web.sites.map((site) => siteService(program, web, site, filesOfSite(web, site))),
		files: (web) => web.sites.flatMap((site) => filesOfSite(web, site)),
		test: ({ place, build }) => [testRelease(program, place, build)],
		setUp: () => [],
		etc: {},
		variablePrefixes: [],
		initScripts: []
	};
}
function siteService(program, { place, build }, site, files) {
	const unit = unitOf(place, site.id);
	const socket = `${socketFolder(place)}/${siteUser(site.id)}.${build}.sock`;
	return {
		name: siteUser(site.id),
		kind: "web",
		server: program,
		sites: [site.id],
		units: [`${unit}@${build}.socket`, `${unit}@${build}.service`],
		user: siteUser(site.id),
		socket,
		links: { [`${socketFolder(place)}/${siteUser(site.id)}.sock`]: socket },
		probe: { headers: {} },
		files: files.map(({ path }) => path),
		packages: [],
		logs: [siteLog(site, "error")]
	};
}
/** The units of a release are the same for all its builds. The build is the name of the instance. */
function siteFiles(program, { place, version, processes }, site) {
	const unit = unitOf(place, site.id);
	const view = {
		distribution: place.distribution,
		version,
		domain: primaryDomain(site),
		user: siteUser(site.id),
		unit,
		release: buildFolder(place, "%i"),
		sockets: socketFolder(place),
		writable: readWritePaths(place),
		log: siteLog(site, "error"),
		workers: processes.workers,
		arguments: processes.arguments,
		memory: processes.memory ?? false,
		tasks: processes.tasks ?? false
	};
	return [{
		path: `/etc/systemd/system/${unit}@.socket`,
		template: `${program}/site.socket`,
		view
	}, {
		path: `/etc/systemd/system/${unit}@.service`,
		template: `${program}/site.service`,
		view,
		...requiredOptions(processes, [
			"arguments",
			"memory",
			"tasks"
		])
	}];
}
/** A dash in a version is escaped in the unit's name. So no other release has units of this name. */
function unitOf(place, site) {
	return `${place.unit}-${siteUser(site)}`;
}
function socketFolder({ distribution }) {
	return `/run/woven/${distribution}`;
}
/** Checked before the start: systemd would restart a failing service again and again. */
function testRelease(program, place, build) {
	const folder = buildFolder(place, build);
	return {
		id: program,
		title: `Check that the release has ${program}`,
		plan: "quiet",
		apply: lines([sh`touch "$run/unchanged"`, sh`for found in ${folder}/lib/python3*/site-packages/${program}/__init__.py; do [ -e "$found" ] || fail ${`${program} is not among the packages of this release`}; done`]),
		next: `Deploy this version again with overwrite: true. The bundle then gets ${program}.`
	};
}

// src/servers/gunicorn.ts
const gunicorn = siteServer({
	program: "gunicorn",
	releaseFiles: [{
		path: "wsgi/_woven_gunicorn.py",
		template: "gunicorn/settings.py",
		options: [
			"workers",
			"threads",
			"timeout"
		]
	}]
});

// src/servers/uvicorn.ts
const uvicorn = siteServer({
	program: "uvicorn",
	releaseFiles: [{
		path: "wsgi/_woven_uvicorn.py",
		template: "uvicorn/application.py",
		options: []
	}],
	websockets: true
});

// src/servers/servers.ts
const servers = {
	apache,
	gunicorn,
	uvicorn
};
const allServers = Object.values(servers);
/** The names of the servers that answer visitors. Throws a RangeError if this version does not know one. */
function serverNamesOf({ services }) {
	return [...new Set(webServices(services).map(({ server }) => server))].map((name) => {
		const known = supportedServers.find((one) => one === name);
		if (known === void 0) throw new RangeError(`this version of Woven does not know the server ${name}`);
		return known;
	});
}
function serversOf(release) {
	return serverNamesOf(release).map((name) => servers[name]);
}

// src/rollout/release-facts.ts
/** The facts of a node, with the state of a distribution. Throws `state-broken` or `state-newer` if that cannot be read. */
function distributionFacts(host, distribution, { deploymentRoot }, more = {}) {
	return readFacts(host, {
		distribution,
		firstServices,
		deploymentRoot,
		...more
	});
}
/** Reads the facts, and notes what is live now. Throws if the deploy user is root: a deploy needs an ordinary user. */
async function deployFacts(node, settings, more) {
	const facts = await distributionFacts(node.host, distributionName$1(settings), settings, more);
	node.liveAtStart(activeRelease(facts.state)?.version);
	if (facts.user === "root") throw new WovenError({
		code: "deploy-user-root",
		message: `the deploy user of ${node.host.name} is root`,
		next: "Name an ordinary user in the role (woven@host). setupnode creates it and gives it the rights that a deploy needs.",
		node: node.host.name
	});
	return facts;
}
/**
* Whether a release is fully live: it was healthy, its units run, no other units of the distribution start at boot, and nginx uses its
* configuration for every domain.
*/
function isLive({ running, starting, enabled }, { distribution, name, services, sites, healthy }) {
	const units = unitsOf$1(services);
	return healthy && units.every((unit) => running.includes(unit)) && starting.every((other) => units.includes(other) || !other.startsWith(unitPrefix(distribution))) && sites.every((site) => enabled.includes(nginxConf(primaryDomain(site), name)));
}
/**
* Throws `name-taken` if another distribution on the node has a release with the folders of this one. The node checks it again, under
* the lease: this finds it before anything is built.
*/
function requireOwnNames({ deploymentRoot, recorded }, release, node) {
	const namesOf = ({ distribution, name }) => {
		const { active, release } = layout(deploymentRoot, distribution, name);
		return [active, release];
	};
	const ours = namesOf(release);
	const other = recorded.find((one) => one.distribution !== release.distribution && namesOf(one).some((path) => ours.includes(path)));
	if (other === void 0) return;
	throw new WovenError({
		code: "name-taken",
		message: `${sameNames(release)}: ${other.distribution} ${other.name} on ${node}`,
		...takenAdvice,
		node
	});
}
function distributionName$1({ distributionName }) {
	if (distributionName) return distributionName.value;
	throw new WovenError({
		code: "no-name",
		message: "the name of the distribution is not known",
		next: "Write its name: distribution = \"…\" in woven.toml or [tool.woven]."
	});
}

// src/rollout/switch-phase.ts
/**
* Switches the nodes that have a release to switch to. If one fails, or the run is cancelled, the nodes that have switched roll back,
* each with its own health checks.
*/
async function switchPhase(nodes, pending, settings, runtime) {
	const switched = /* @__PURE__ */ new Map();
	const unclear = /* @__PURE__ */ new Map();
	await nodes.phase(async (node) => {
		const one = pending.get(node);
		if (!one) return;
		if (nodes.failed) return node.skip();
		try {
			await one.switch();
		} catch (error) {
			if (error instanceof StageError && error.end === "unknown") unclear.set(node, one);
			throw error;
		}
		if (settings.dryRun) return;
		node.liveNow(one.to.version);
		switched.set(node, one);
	});
	if (settings.dryRun) return;
	if (nodes.failed) await rollBackTogether(nodes, switched, unclear, settings, runtime);
	await Promise.all([...unclear].map(([node, one]) => findLiveVersion(node, one, settings)));
}
async function rollBackTogether(nodes, switched, unclear, settings, runtime) {
	const why = runtime.signal.aborted ? "the run was cancelled before all servers had switched" : `${named(nodes.nodes.filter(({ failed }) => failed).map(({ host }) => host.name))} failed to switch`;
	await nodes.phase(async (node) => {
		const one = switched.get(node);
		if (!one) return;
		const target = previousRelease(one.facts, one.to);
		if (!target) throw nothingToRollBackTo(one, why);
		const root = one.facts.deploymentRoot;
		const facts = afterSwitch(one.facts, one.to, root);
		try {
			const unproved = wasHealthy(one) ? {} : { unproved: layout(root, one.to.distribution, one.to.name) };
			await activateRelease({
				node,
				facts,
				target,
				...unproved
			}, settings, runtime, "rollback", { stoppedBy: "nobody" });
		} catch (error) {
			if (error instanceof StageError && error.end === "unknown") unclear.set(node, one);
			throw rollbackFailed(one.to, target, why, error);
		}
		node.liveNow(target.version);
		node.rolledBack(rolledBack(one.to, target, why));
	});
}
/** For a node whose switch did not report its end: asks the node which version is live. If it cannot be asked, nobody knows. */
async function findLiveVersion(node, { to }, settings) {
	node.liveUnknown();
	let live = {
		state: "The live version there is not known.",
		next: "Run `status` when the server can be reached. "
	};
	try {
		if ((await node.host.root(sh`systemctl is-active --quiet 'woven-switch-*.service'`, { purpose: "whether a switch is still running" })).code !== 0) {
			const facts = await distributionFacts(node.host, to.distribution, settings);
			const version = activeRelease(facts.state)?.version;
			node.liveNow(version);
			live = {
				state: `${version ?? "No version"} is live there now.`,
				next: ""
			};
		}
	} catch (error) {
		node.host.log.debug(asWovenError(error).message);
	}
	const { code, details } = node.error ?? {};
	const next = code === "step-failed" ? fixAndRunAgain : details?.next ?? "";
	node.advise({
		state: live.state,
		next: `${live.next}${next}`
	});
}
/** The release that a node can roll back to. Undefined if this run replaced it by a new build of the same version. */
function previousRelease({ state }, to) {
	const before = activeRelease(state);
	return before?.name === to.name ? void 0 : before;
}
/** Whether this build was already recorded as healthy before the run. */
function wasHealthy({ facts: { state }, to }) {
	return state?.releases.some(({ name, build, healthy }) => name === to.name && build === to.build && healthy) ?? false;
}
/** The facts of a node after its switch to `to`. */
function afterSwitch(facts, to, root) {
	const { releases, history } = facts.state ?? {
		releases: [],
		history: []
	};
	return {
		...facts,
		state: {
			active: to.name,
			folder: basename(buildFolder(layout(root, to.distribution, to.name), to.build)),
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
const fixAndRunAgain = "Fix the cause, and run the command again. Migrations that ran stay applied.";
function rolledBack(to, target, why) {
	return new WovenError({
		code: "went-back",
		message: `rolled back from ${to.version} to ${target.version}, because ${why}`,
		state: `${to.version} is kept.`,
		next: fixAndRunAgain,
		stage: "switch"
	});
}
function nothingToRollBackTo({ facts, to }, why) {
	const reason = activeRelease(facts.state) ? `this run replaced the previous build of ${to.version}` : "no version was live before";
	return new WovenError({
		code: "not-back",
		message: `${to.version} stays live, although ${why}: there is no release to roll back to, because ${reason}`,
		state: `${to.version} is live here, but not on every server.`,
		next: fixAndRunAgain,
		stage: "switch"
	});
}
function rollbackFailed(to, target, why, thrown) {
	const { details } = asWovenError(thrown);
	return new WovenError({
		...details,
		code: "not-back",
		message: `could not roll back from ${to.version} to ${target.version}: ${details.message}. The rollback was needed because ${why}`,
		state: `${to.version} is live here, but not on every server.`,
		next: `Run \`activate\` with \`version: ${target.version}\`, to switch all servers to ${target.version}. ${fixAndRunAgain}`,
		stage: details.stage ?? "switch",
		cause: thrown
	});
}

// src/commands/activate.ts
async function activate(settings, runtime) {
	const version = settings.version ?? "";
	return switchToKept$1(settings, runtime, "activate", (facts, node) => {
		const releases = facts.state?.releases ?? [];
		const target = releases.find((release) => release.version === version);
		if (target) return target;
		const kept = releases.map((release) => release.version).join(", ") || "none";
		throw new WovenError({
			code: "version-unknown",
			message: `${node} does not have version ${JSON.stringify(version)}. It has: ${kept}`,
			state: "Nothing was changed.",
			next: "Set the version input to one of those, or deploy this version.",
			node
		});
	});
}
/** Chooses a release on every node first. The nodes switch only if all of them have one; then all switch, or none. */
async function switchToKept$1(settings, runtime, event, choose) {
	await using nodes = fleet(settings, runtime);
	const domains = domainCheck(nodes, runtime);
	const pending = /* @__PURE__ */ new Map();
	await nodes.phase(async (node) => {
		const facts = await deployFacts(node, settings);
		const target = choose(facts, node.host.name);
		if (target === activeRelease(facts.state) && isLive(facts, target)) return;
		domains.compare(activeRelease(facts.state), target.sites, target.version, "nothing");
		pending.set(node, {
			facts,
			to: target,
			switch: () => activateRelease({
				node,
				facts,
				target
			}, settings, runtime, event)
		});
	});
	if (nodes.failed) nodes.skipRest();
	else await switchPhase(nodes, pending, settings, runtime);
	if (!settings.dryRun) tellSchema(nodes, pending, runtime, event);
	return runReport(nodes, settings, runtime);
}
/** Says what a switch has left in the database, in the log and at the top of the summary. */
function tellSchema(nodes, switched, { log }, event) {
	const done = [...switched].filter(([node]) => node.status === "ok");
	const kept = done.flatMap(([, { facts, to }]) => keptSchema(activeRelease(facts.state), to) ?? []);
	for (const text of kept) if (nodes.notice(text)) log.warning(text, { title: "Woven: database" });
	if (event === "rollback" && done.length > 0 && kept.length === 0) log.info("The database stays as it is: a rollback never changes it.");
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
function valid(version) {
	return validRegex.test(version) ? version : null;
}
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
	compare: () => compare$1,
	eq: () => eq,
	ge: () => ge,
	gt: () => gt,
	le: () => le,
	lt: () => lt,
	ne: () => ne,
	rcompare: () => rcompare
});
function lt(version, other) {
	return compare$1(version, other) < 0;
}
function le(version, other) {
	return compare$1(version, other) <= 0;
}
function eq(version, other) {
	return compare$1(version, other) === 0;
}
function ne(version, other) {
	return compare$1(version, other) !== 0;
}
function ge(version, other) {
	return compare$1(version, other) >= 0;
}
function gt(version, other) {
	return compare$1(version, other) > 0;
}
function arbitrary(version, other) {
	return version.toLowerCase() === other.toLowerCase();
}
function compare$1(version, other) {
	const parsedVersion = parse$3(version);
	const parsedOther = parse$3(other);
	return pyCompare(calculateKey(parsedVersion), calculateKey(parsedOther));
}
function rcompare(version, other) {
	return -compare$1(version, other);
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
* Whether a Python meets a PEP 440 specifier. A minor version without a patch (`3.13`) fits if any of its patch releases fits. An empty
* specifier fits all. Throws a RangeError if the specifier is invalid. An invalid version meets no specifier.
*/
function pythonFits$1(specifier, version) {
	const plain = version.trim().replace(/\+$/, "");
	const versions = /^\d+\.\d+$/.test(plain) ? [plain, ...Array.from({ length: 40 }, (_, patch) => `${plain}.${patch}`)] : [plain];
	const wanted = specifier.trim();
	if (wanted === "") return true;
	if (!isSpecifier(wanted)) throw new RangeError(`${JSON.stringify(specifier)} is not a version specifier`);
	return versions.some((one) => isVersion(one) && satisfies(one, wanted, { prereleases: true }));
}
/** Numbers of more digits are none that the comparing can hold. */
function isVersion(text) {
	return !/\d{10}/.test(text) && valid(text) !== null;
}
/** PEP 440's version specifiers, for version numbers of Python. */
function isSpecifier(text) {
	return text.split(",").every((part) => /^\s*(===?|!=|~=|<=?|>=?)\s*\d{1,9}(\.\d{1,9})*(\.\*)?([a-z]+\d*)?(\.[a-z]+\d*)*\s*$/i.test(part));
}

// src/settings/to-write.ts
/** `file`: `woven.toml`, which is the default, or `pyproject.toml`. */
function toWrite(file, lines, what = "exactly") {
	const table = file === void 0 || file === "woven.toml" ? "" : "[tool.woven]\n";
	return `${`Write in ${file ?? "woven.toml"}${what === "exactly" ? "" : ", for example"}`}:\n${table}${lines}`;
}

// src/bundle/build-context.ts
/** `3.13` of `3.13.5`. */
function minorOf(version) {
	return version.split(".").slice(0, 2).join(".");
}

// src/bundle/django-pythons.ts
const distutils = {
	name: "distutils",
	since: 12,
	restoredBy: "setuptools"
};
const cgi = {
	name: "cgi",
	since: 13,
	restoredBy: "legacy-cgi"
};
const iterator = {
	name: "collections.Iterator",
	since: 10
};
const codeset = {
	name: "the codeset of gettext.translation",
	since: 11
};
function row(min, max, ...lacking) {
	return {
		min,
		max,
		lacking
	};
}
/** By the first two numbers of Django's version. */
const djangoPythons = /* @__PURE__ */ new Map([
	["1.11", row(4, 7, iterator, distutils, cgi)],
	["2.0", row(4, 7, iterator, distutils, cgi)],
	["2.1", row(5, 7, codeset, distutils, cgi)],
	["2.2", row(5, 9, distutils, cgi)],
	["3.0", row(6, 9, distutils, cgi)],
	["3.1", row(6, 9, distutils, cgi)],
	["3.2", row(6, 10, cgi)],
	["4.0", row(8, 10, cgi)],
	["4.1", row(8, 11)],
	["4.2", row(8, 12)],
	["5.0", row(10, 12)],
	["5.1", row(10, 13)],
	["5.2", row(10, 14)],
	["6.0", row(12, 14)],
	["6.1", row(12, 15)]
]);
/** The Pythons that a Django (`5.2.8`) supports. Undefined if this Woven does not know it. */
function pythonsForDjango(django) {
	const [, series = ""] = /^(\d+\.\d+)/.exec(django) ?? [];
	return djangoPythons.get(series);
}
/**
* Whether a Django (`5.2.8`) supports a Python (`3.11.2`). `too-old` and `cannot-start`: it does not run. `too-new`: nobody tested it.
* `packages`: the normalised names of the project's other packages, because some bring back what Python removed.
*/
function djangoFit(django, python, packages = []) {
	const range = pythonsForDjango(django);
	const minor = Number(/^3\.(\d+)/.exec(python)?.[1] ?? NaN);
	if (range === void 0 || Number.isNaN(minor)) return { kind: "unknown" };
	const { min, max } = range;
	if (minor >= min && minor <= max) return { kind: "fits" };
	const bounds = {
		min: `3.${min}`,
		max: `3.${max}`
	};
	if (minor < min) return {
		kind: "too-old",
		...bounds
	};
	const lacks = range.lacking.find(({ since, restoredBy }) => since <= minor && (restoredBy === void 0 || !packages.includes(restoredBy)));
	if (lacks === void 0) return {
		kind: "too-new",
		...bounds
	};
	return {
		kind: "cannot-start",
		...bounds,
		max: `3.${lacks.since - 1}`,
		lacks: lacks.name
	};
}
/** The newest Django that supports a Python, with long-term support if there is one: `5.2`. Undefined if none does. */
function djangoFor(python) {
	const fitting = [...djangoPythons.keys()].filter((series) => djangoFit(series, python).kind === "fits");
	return fitting.findLast((series) => series.endsWith(".2")) ?? fitting.at(-1);
}
/** Whether a Django runs on a Python, tested or not. */
function djangoStarts(django, python, packages = []) {
	const { kind } = djangoFit(django, python, packages);
	return kind === "fits" || kind === "too-new";
}

// src/settings/project/requirement-lines.ts
/** The packages that a requirements file and its included files name. */
function statedPackages(files, path) {
	const packages = [];
	const seen = [];
	const queue = [posix.normalize(path)];
	for (let file = queue.shift(); file !== void 0; file = queue.shift()) {
		if (seen.includes(file)) continue;
		seen.push(file);
		for (const { text, line } of logicalLines(files.read(file) ?? "")) {
			const included = /^(?:-r|--requirements?)(?:\s+|=|(?<=-r))(.+)$/.exec(text)?.[1]?.trim();
			if (included !== void 0) queue.push(posix.join(posix.dirname(file), included));
			else if (!text.startsWith("-") || /^(-e|--editable)\b/.test(text)) packages.push(stated$1({
				text,
				file,
				line
			}));
		}
	}
	return {
		packages,
		files: seen
	};
}
function stated$1(place) {
	const name = requirementName(place.text);
	return name === void 0 ? place : {
		...place,
		name
	};
}
/** The name in a requirement, normalised. Undefined for a path or a URL without a name. */
function requirementName(text) {
	const [, egg] = /[#&]egg=([\w.-]+)/.exec(text) ?? [];
	const [, name] = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\]\s*)?(?=$|[@<>=!~;(\s])/.exec(text) ?? [];
	return (egg ?? (name !== void 0 && /\.(whl|zip|tar\.gz|tgz)$/.test(name) ? void 0 : name))?.toLowerCase().replaceAll(/[-_.]+/g, "-");
}
/** Whether a package is Django or cannot be installed without it. A path or a URL without a name may be anything. */
function bringsDjango({ name }) {
	if (name === void 0) return true;
	return name !== "pytest-django" && /^(wagtail|mezzanine|drf)(-|$)|(^|-)django(-|$|rest)/.test(name);
}
/** The non-empty lines of a requirements file, without comments. A continued line is one line. */
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

// src/settings/text-encoding.ts
const marks = [
	[[
		239,
		187,
		191
	], "utf-8"],
	[[255, 254], "utf-16le"],
	[[254, 255], "utf-16be"]
];
/** Reads bytes as text. A byte order mark counts first, then a `# -*- coding: … -*-` in one of the first two lines. */
function decodeText(bytes) {
	const encoding = marks.find(([start]) => start.every((byte, at) => bytes[at] === byte))?.[1] ?? codingLine(bytes) ?? "utf-8";
	const text = decoded$1(bytes, encoding, "strict");
	if (text !== void 0 && !text.includes("\0")) return {
		kind: "text",
		text,
		encoding
	};
	const lossy = decoded$1(bytes, encoding, "lossy") ?? Buffer.from(bytes).toString("utf8");
	return {
		kind: "undecodable",
		text: lossy,
		encoding,
		line: lossy.slice(0, Math.max(lossy.search(/[\0\uFFFD]/), 0)).split("\n").length
	};
}
function isEncoding(name) {
	try {
		return new TextDecoder(name).encoding !== "";
	} catch {
		return false;
	}
}
/** The hint for a line that could not be read. */
function encodingAdvice(path) {
	return `Save ${path} as UTF-8 (iconv -f latin1 -t utf-8), or name its encoding in the first line: # -*- coding: latin-1 -*-`;
}
/** Undefined if the bytes do not fit the encoding, or if the encoding is unknown. */
function decoded$1(bytes, encoding, mode) {
	try {
		return new TextDecoder(encoding, { fatal: mode === "strict" }).decode(bytes);
	} catch {
		return;
	}
}
function codingLine(bytes) {
	const [first = "", second = ""] = Buffer.from(bytes.subarray(0, 500)).toString("latin1").split("\n");
	const [, named] = [first, second].map((line) => /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/.exec(line)).find(Boolean) ?? [];
	return named?.toLowerCase().replaceAll("_", "-").replace(/^latin-/, "latin");
}

// src/bundle/digests.ts
/** The strongest last. The value is the number of hexadecimal digits. */
const algorithms = {
	md5: 32,
	sha256: 64,
	sha384: 96,
	sha512: 128
};
/** pip accepts only these in `--hash`. The others only as a part of the address. */
const strong = [
	"sha256",
	"sha384",
	"sha512"
];
/** The digests in the `--hash` options of a requirement. */
function digestsIn(text) {
	return [...text.matchAll(/--hash[=\s]+(\w+:[0-9a-fA-F]+)/g)].flatMap(([, digest]) => knownDigest(digest) ?? []);
}
/** The digest in lower case, or undefined if it is none that pip and uv know. */
function knownDigest(text) {
	const [algorithm = "", digits = ""] = text?.toLowerCase().split(":") ?? [];
	return algorithms[algorithm] === digits.length && /^[0-9a-f]+$/.test(digits) ? `${algorithm}:${digits}` : void 0;
}
function algorithmOf(digest) {
	return digest.slice(0, digest.indexOf(":"));
}
/** Whether a file with the stated digests may be taken. `unknown`: they have no algorithm in common, so only the file can tell. */
function judge$1(stated, allowed) {
	if (stated.some((digest) => allowed.has(digest))) return "allowed";
	const known = new Set([...allowed].map(algorithmOf));
	return stated.some((digest) => known.has(algorithmOf(digest))) ? "refused" : "unknown";
}
/** The strongest of the digests that an index states, sha256 before the longer ones, because all have it. Empty if it states none. */
function bestDigest(stated) {
	const order = [
		"sha256",
		"sha512",
		"sha384",
		"md5"
	];
	const [best] = stated.toSorted((one, other) => order.indexOf(algorithmOf(one)) - order.indexOf(algorithmOf(other)));
	return best === void 0 ? [] : [best];
}
/** The digests of a file in the algorithms of these digests. */
async function digestsOfFile(path, like) {
	const hashes = [...new Set([...like].map(algorithmOf))].map((algorithm) => ({
		algorithm,
		hash: createHash(algorithm)
	}));
	for await (const chunk of createReadStream(path)) for (const { hash } of hashes) hash.update(chunk);
	return hashes.map(({ algorithm, hash }) => `${algorithm}:${hash.digest("hex")}`);
}
/** A requirement that pip takes only with one of these digests. */
function withDigests(name, url, digests) {
	const options = digests.filter((digest) => strong.includes(algorithmOf(digest)));
	const [weak] = digests;
	if (options.length > 0 || weak === void 0) return [`${name} @ ${url}`, ...options.map((digest) => `--hash=${digest}`)].join(" ");
	return `${name} @ ${url}${url.includes("#") ? "&" : "#"}${weak.replace(":", "=")}`;
}

// src/bundle/wheel-tags.ts
/** PEP 503: one spelling for `Django_Foo`, `django.foo` and `django-foo`. */
function normaliseName(name) {
	return name.replaceAll(/[-_.]+/g, "-").toLowerCase();
}
/** The parts of `name-version(-build)?-python-abi-platform.whl`, or undefined if it is not such a name. */
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
/** `41` of `2.41`. 17 (manylinux2014) if the text has no version. */
function glibcMinor(glibc) {
	const minor = /^2\.(\d+)/.exec(glibc)?.[1];
	return minor === void 0 ? 17 : Number(minor);
}
/** Why a wheel does not fit the node, or undefined if it fits. Does not check its ELF files. */
function misfit$1(wheel, python) {
	const minor = Number(python.version.split(".")[1]);
	if (!wheel.pythons.some((tag) => pythonFits(tag, wheel.abis, minor))) return "python";
	const platforms = /* @__PURE__ */ new Set([...platformTags(python), "any"]);
	return wheel.platforms.some((tag) => platforms.has(tag)) ? void 0 : "platform";
}
/** Whether the name says that it holds no compiled code. */
function isPure(wheel) {
	return wheel.platforms.includes("any") && wheel.abis.includes("none");
}
function pythonFits(tag, abis, minor) {
	const match = /^(py|cp)(\d)(\d*)$/.exec(tag);
	if (match?.[2] !== "3") return false;
	const [, kind, , minorText] = match;
	const tagMinor = minorText === "" ? 0 : Number(minorText);
	if (kind === "py" || abis.includes("abi3") || abis.includes("none")) return tagMinor <= minor;
	return tagMinor === minor && abis.includes(`cp3${minor}`);
}

// src/bundle/requirement-files.ts
/** Reads `paths` (relative to `workingDirectory`) and their `-r` and `-c` includes. Throws `requirement-file` if one is missing. */
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
/** Separates one requirement's text from its `--hash` options. */
function parseRequirement(text, place) {
	const hashes = digestsIn(text);
	const bare = text.replaceAll(/\s--[a-z-]+[=\s]\S+/g, "").trim();
	const name = nameOf$2(bare);
	return {
		...place,
		text: bare,
		hashes,
		...name === void 0 ? {} : { name }
	};
}
/** The line of a package's requirement. Requirements come before constraints. */
function lineOf$3(lines, name) {
	const own = lines.filter((line) => line.name === normaliseName(name));
	return own.find((line) => line.kind === "requirement") ?? own[0];
}
/** The path in a requirement for a folder or an archive on this machine, as written. Undefined for other requirements. */
function localPathOf(text) {
	const target = text.replace(/^(-e|--editable)[\s=]+/, "").replace(/^[\w.-]+\s*(\[[^\]]*\])?\s*@\s*/, "").replace(/\s+;.*$/, "").replace(/#.*$/, "").replace(/\[[\w,\s.-]*\]$/, "").trim();
	if (target.startsWith("file:")) return target.replace(/^file:(\/\/(localhost)?)?/, "");
	if (/^[a-z+]+:/i.test(target)) return void 0;
	if (/^(-e|--editable)/.test(text) || /^\.{0,2}\//.test(target) || target === "." || target === "..") return target;
	return /\.(whl|zip|tar\.gz|tgz)$/.test(target) ? target : void 0;
}
async function readText$2(included, workingDirectory) {
	const absolute = isAbsolute(included.path) ? included.path : join(workingDirectory, included.path);
	const shown = relative(workingDirectory, absolute);
	const bytes = await readFile(absolute).catch((cause) => {
		throw unreadable(included, shown, cause);
	});
	const decoded = decodeText(bytes);
	if (decoded.kind === "text") return decoded.text;
	throw new WovenError({
		code: "requirement-file",
		message: `line ${decoded.line} of ${shown} is not ${decoded.encoding.toUpperCase()}`,
		next: encodingAdvice(shown),
		file: shown,
		line: decoded.line
	});
}
function unreadable({ from }, shown, cause) {
	return new WovenError({
		code: "requirement-file",
		message: from ? `${from.file}:${from.line} includes ${shown}, which cannot be read` : `The requirements file ${shown} cannot be read`,
		next: from ? `Correct the path in ${from.file}, which is relative to that file's folder, or add the file to the repository.` : "Correct the requirements setting, or add the file to the repository.",
		file: from?.file,
		line: from?.line,
		cause
	});
}
function nameOf$2(text) {
	const egg = /[#&]egg=([\w.-]+)/.exec(text)?.[1];
	if (egg) return normaliseName(egg);
	const name = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\]\s*)?(?=$|[@<>=!~;(\s])/.exec(text)?.[1];
	return name === void 0 || localPathOf(text) === name ? void 0 : normaliseName(name);
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

// src/bundle/lock-text.ts
/** Text for a line for uv and pip. A line break in it could add a line of its own. */
const line = pipe(string(), regex(/^[^\p{Cc}\u2028\u2029]*$/u, "has a line break in it"));
/** Puts a marker before the options of a line. The blank before it ends a URL. */
function withMarker(line, marker) {
	if (!marker) return line;
	const [target = "", ...options] = line.split(" --hash=");
	return [`${target} ; ${marker}`, ...options].join(" --hash=");
}
function hashOptions(files) {
	return hashes(files.map((entry) => entry.hash));
}
/** The options for digests such as `sha256:…`. Others are left out. */
function hashes(digests) {
	return digests.flatMap((digest) => knownDigest(digest) ?? []).map((digest) => ` --hash=${digest}`).join("");
}
function subdirectory(path) {
	return path ? `#subdirectory=${path}` : "";
}
/** A git repository as pip writes it: `git@host:owner/name.git`, the short form of ssh, is not a URL. */
function gitTarget(url, commit, folder) {
	const [, user, host, path] = /^(?:([\w.-]+)@)?([\w.-]+):(?!\/\/)(.+)$/.exec(url) ?? [];
	return `git+${host === void 0 ? url.replace(/^git\+/, "") : `ssh://${user ?? "git"}@${host}/${path}`}@${commit}${subdirectory(folder)}`;
}
/** True or false as a marker that uv knows. */
function settled(value) {
	return value ? "python_version >= '3'" : "python_version < '3'";
}
/**
* Markers for packages that a lock holds in several versions, because newer versions do not support old Pythons. Each Python gets the
* newest version that supports it. The keys are `name==version`. Throws `lock-format` if the lock does not say which is for which.
*/
function versionMarkers(packages, file) {
	const markers = /* @__PURE__ */ new Map();
	for (const [name, all] of Map.groupBy(packages, (entry) => entry.name)) {
		const ordered = all.toSorted((one, other) => compare(leastPython(other), leastPython(one)));
		ordered.forEach((entry, at) => {
			const newer = ordered[at - 1];
			const least = newer && leastPython(newer);
			if (newer && (least === void 0 || least === leastPython(entry))) throw severalVersions(name, file);
			const bounds = [...all.length > 1 && leastPython(entry) ? [`python_full_version >= "${leastPython(entry)}"`] : [], ...least ? [`python_full_version < "${least}"`] : []];
			if (bounds.length > 0) markers.set(`${name}==${entry.version}`, bounds.join(" and "));
		});
	}
	return markers;
}
function leastPython({ python = "" }) {
	return /(?:>=|\^|~=?)\s*(\d+(?:\.\d+)*)/.exec(python)?.[1];
}
function compare(one, other) {
	return (one ?? "").localeCompare(other ?? "", "en", { numeric: true });
}
function severalVersions(name, file) {
	return new WovenError({
		code: "lock-format",
		message: `${file} holds several versions of ${name} and does not say which one is for which Python`,
		next: "Lock again with Poetry 2, or with PDM 2.11 or newer, which write groups and markers. Commit the lock file.",
		file
	});
}
/** The text of a lock, checked against its schema. Throws `lock-format`. */
function readLock(schema, parsed, { file, content }) {
	try {
		return parse$5(schema, parsed());
	} catch (cause) {
		const conflict = content.split("\n").findIndex((line) => line.startsWith("<<<<<<<"));
		if (conflict >= 0) throw new WovenError({
			code: "lock-format",
			message: `${file}:${conflict + 1} holds a merge conflict that git could not resolve`,
			next: "Take one side of it, make the lock file again with its own tool, and commit it.",
			file,
			line: conflict + 1,
			cause
		});
		throw new WovenError({
			code: "lock-format",
			message: `${file} cannot be read as a lock file: ${cause instanceof Error ? cause.message : String(cause)}`,
			next: "Make the lock file again with its own tool, and commit it.",
			file,
			cause
		});
	}
}

// src/bundle/uv-lock.ts
const UvLock = object({ package: optional(array(object({
	name: string(),
	version: optional(string()),
	source: optional(record(string(), unknown$1()))
}))) });
/** The whole lock, in the order of its text: a bundle's key depends on it. Throws `lock-format`. */
function readUvLock(content, file) {
	let whole;
	readLock(UvLock, () => {
		whole = parse$1(content);
		return whole;
	}, {
		file,
		content
	});
	return whole;
}

// src/bundle/check-python.ts
/**
* Why the project cannot run on this Python, with the setting that helps. Undefined if it can. A Python that is newer than the
* supported ones of its Django may work, so it is only a warning: see doubtPython.
*/
function checkPython(check) {
	const { packages, requiresPython, python, configFile } = check;
	const minor = minorOf(python.version);
	if (requiresPython && !pythonFits$1(requiresPython.value, python.version)) return {
		where: requiresPython.from,
		what: `the project needs Python ${requiresPython.value}, and ${having(python)}`,
		next: pythonAdvice((version) => pythonFits$1(requiresPython.value, version), {
			python,
			configFile,
			instead: `allow Python ${minor} in requires-python, if the project runs on it.`
		}),
		file: /^[\w./-]+\.(toml|cfg|py)/.exec(requiresPython.from)?.[0]
	};
	const django = packages.find((entry) => entry.name === "django");
	const names = packages.map((entry) => entry.name);
	const fit = django && djangoFit(django.version, python.version, names);
	const why = fit && misfit(fit);
	if (!django || why === void 0) return void 0;
	const place = lineOf$3(check.lines ?? [], "django");
	return {
		where: place ? `${place.file}:${place.line}` : "requirements",
		what: `Django ${django.version} ${why}, and ${having(python)}`,
		next: pythonAdvice((version) => djangoStarts(django.version, version, names), {
			python,
			configFile,
			instead: `require a Django that supports Python ${minor}${suchAs(python.version)}.`
		}),
		file: place?.file,
		line: place?.line
	};
}
/** Why a Django does not run at all. */
function misfit(fit) {
	switch (fit.kind) {
		case "too-old": return `needs Python ${fit.min} or newer`;
		case "cannot-start": return `runs on Python ${fit.min} to ${fit.max} (it imports ${fit.lacks}, which newer Pythons lack)`;
		case "too-new":
		case "fits":
		case "unknown": return;
	}
}
function having({ version, named }) {
	return named === void 0 || named === "system" ? `the server has Python ${version}` : `python = "${named}" gives it Python ${version}`;
}
/** The warning for a Python that is newer than the supported ones of the project's Django. Undefined if there is none to give. */
function doubtPython({ packages, python, lines, configFile }) {
	const django = packages.find((entry) => entry.name === "django");
	const names = packages.map((entry) => entry.name);
	const fit = django && djangoFit(django.version, python.version, names);
	if (!django || fit?.kind !== "too-new") return void 0;
	const place = lineOf$3(lines ?? [], "django");
	return {
		where: place ? `${place.file}:${place.line}` : "requirements",
		what: `Django ${django.version} supports Python ${fit.min} to ${fit.max}, and ${having(python)}`,
		next: `The deployment continues, because it may work anyway. If it does not, use a newer Django${suchAs(python.version)}, or ${bringing(fit.max, configFile)}`,
		file: place?.file,
		line: place?.line
	};
}
/** The packages with a fixed version in the text: `name==version` lines, and the packages of a uv.lock. Resolves nothing. */
function pinnedPackages(requirements, text) {
	if (requirements.kind === "lock" && requirements.format === "uv") {
		const [{ content, path } = {
			content: "",
			path: requirements.path
		}] = text.files;
		return (readUvLock(content, path).package ?? []).flatMap(({ name, version }) => version ? [{
			name,
			version
		}] : []);
	}
	return text.lines.flatMap((line) => {
		const version = /^[\w.-]+\s*(?:\[[^\]]*\])?\s*===?\s*([\w.!+-]+)$/.exec(line.text)?.[1];
		return line.name && version ? [{
			name: line.name,
			version
		}] : [];
	});
}
/** The Pythons of the supported systems, oldest first (packages.debian.org, packages.ubuntu.com). */
const systems = [
	["Ubuntu 22.04", "3.10.12"],
	["Debian 12", "3.11.2"],
	["Ubuntu 24.04", "3.12.3"],
	["Debian 13", "3.13.5"]
];
/** The advice for a range as a package states it, which may be no PEP 440 specifier. */
function rangeAdvice(range, advice) {
	if (isSpecifier(range)) return pythonAdvice((version) => pythonFits$1(range, version), advice);
	return ["Use a server with a Python in that range.", ...orInstead(advice)].join("\n");
}
/** Advice with the systems whose Python fits, and the nearest Python version that fits, one on each line. */
function pythonAdvice(suits, advice) {
	const { python, configFile } = advice;
	const names = systems.filter(([, version]) => suits(version)).map(([name]) => name);
	const has = Number(minorOf(python.version).split(".")[1]);
	const [nearest] = Array.from({ length: 12 }, (_, index) => index + 6).filter((minor) => suits(`3.${minor}`)).toSorted((one, other) => Math.abs(one - has) - Math.abs(other - has));
	const server = names.length > 0 ? `Use a server with a Python that fits: ${oneOf(names)}.` : "No supported system has such a Python.";
	const brought = nearest === void 0 ? [] : [`Or ${bringing(`3.${nearest}`, configFile)}`];
	return [
		server,
		...orInstead(advice),
		...brought
	].join("\n");
}
function orInstead({ instead }) {
	return instead === void 0 ? [] : [`Or ${instead}`];
}
function bringing(minor, configFile) {
	const lines = `python = "${minor}"\nserver = "${ownPythonServer}"`;
	return `let Woven bring Python ${minor} along. ${toWrite(configFile, lines)}`;
}
function suchAs(python) {
	const series = djangoFor(python);
	return series === void 0 ? "" : `, such as ${series}`;
}

// src/bundle/index-logins.ts
/** Separates the login from an address. Replaces `${NAME}` in it from the environment first, as pip and uv do. */
function addressOf(written, env) {
	const text = written.replaceAll(/\$\{([A-Za-z_]\w*)\}/g, (whole, name) => env[name] ?? whole);
	const [, scheme, userinfo, rest] = /^([a-z+]+:\/\/)(?:([^/?#]*)@)?(.*)$/is.exec(text) ?? [];
	if (scheme === void 0 || rest === void 0) return { url: text };
	const url = `${scheme}${rest}`;
	if (userinfo === void 0) return { url };
	const [user = "", ...password] = userinfo.split(":").map(decoded);
	return {
		url,
		login: {
			user,
			password: password.join(":")
		}
	};
}
/** The login that variables give for a name: those of uv, and those of Poetry. */
function loginOfName(name, env) {
	if (name === void 0) return void 0;
	const key = variableName(name);
	for (const prefix of [`UV_INDEX_${key}`, `POETRY_HTTP_BASIC_${key}`]) {
		const [user, password] = [env[`${prefix}_USERNAME`], env[`${prefix}_PASSWORD`]];
		if (user || password) return {
			user: user ?? "",
			password: password ?? ""
		};
	}
}
/** uv's variables for the login of a named index. */
function loginVariables(name, { user, password }) {
	const key = variableName(name);
	return {
		[`UV_INDEX_${key}_USERNAME`]: user,
		[`UV_INDEX_${key}_PASSWORD`]: password
	};
}
/** All indexes of a run, with the logins known for them. */
function allAddresses(indexes) {
	return [...[...indexes.index ? [indexes.index] : [], ...indexes.extra].map((url) => addressOf(url, {})), ...indexes.project ?? []];
}
/** The passwords among these, and the tokens that take the place of user names. A short user name is no token. */
function secretsIn(indexes) {
	return allAddresses(indexes).flatMap(({ login }) => {
		if (!login) return [];
		const secret = login.password || (login.user.length >= 16 ? login.user : "");
		return secret.length >= 4 ? [secret] : [];
	});
}
/** The address with the login of the index on the same host whose path is nearest to it. */
function withLogin(url, indexes) {
	const login = loginFor(url, indexes);
	if (!login || addressOf(url, {}).login) return url;
	const userinfo = `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}`;
	return url.replace(/^(https?:\/\/)/i, `$1${userinfo}@`);
}
function loginFor(url, indexes) {
	const target = URL.parse(url);
	if (!target) return void 0;
	return allAddresses(indexes).flatMap((address) => {
		const index = URL.parse(address.url);
		return address.login && index?.origin === target.origin && /^https?:$/.test(target.protocol) ? [{
			login: address.login,
			shared: sharedPath(index.pathname, target.pathname)
		}] : [];
	}).toSorted((one, other) => other.shared - one.shared)[0]?.login;
}
/** How to give the login of an index that refused a request. */
function loginAdvice(url, indexes) {
	const origin = URL.parse(url)?.origin;
	const named = indexes?.project?.find((index) => index.name && URL.parse(index.url)?.origin === origin);
	const login = indexes && loginFor(url, indexes);
	const unset = login && /\$\{(\w+)\}/.exec(`${login.user} ${login.password}`)?.[1];
	if (unset !== void 0) return `The address of the index needs the variable ${unset}. Set it from a secret, in ${stepEnv}.`;
	const wrong = login ? "The login is wrong, or has expired. " : "The index needs a login. ";
	if (!named?.name) return `${wrong}Set PIP_INDEX_URL (or PIP_EXTRA_INDEX_URL, if it is used beside PyPI) in ${stepEnv}. Its address has user and token from a secret: https://user:token@…`;
	const key = `UV_INDEX_${variableName(named.name)}`;
	return `${wrong}Set ${key}_USERNAME and ${key}_PASSWORD from secrets, in ${stepEnv}.`;
}
function sharedPath(one, other) {
	const parts = other.split("/");
	const at = one.split("/").findIndex((part, index) => part !== parts[index]);
	return at < 0 ? one.split("/").length : at;
}
/**
* Variables for a pip that builds: it passes its indexes on to a second pip on the command line, so they have no logins. The logins are
* in a netrc file in `folder`, before those of the user's own.
*/
async function buildIndexVariables(indexes, folder, env) {
	const addresses = allAddresses(indexes);
	if (addresses.length === 0) return {};
	const usable = (indexes.project ?? []).filter(({ use }) => use !== "explicit");
	const index = indexes.index ?? usable.find(({ use }) => use === "default")?.url;
	const extra = [...indexes.extra, ...usable.filter(({ use }) => use === "extra").map(({ url }) => url)];
	const plain = (url) => addressOf(url, {}).url;
	const entries = addresses.flatMap(({ url, login }) => {
		const host = URL.parse(url)?.hostname;
		return login && host ? [`machine ${host} login ${quoted(login.user)} password ${quoted(login.password)}\n`] : [];
	});
	const own = env["NETRC"] ?? (env["HOME"] ? join(env["HOME"], ".netrc") : void 0);
	const kept = own === void 0 ? "" : await readFile(own, "utf8").catch(() => "");
	const netrc = join(folder, "netrc");
	const hosts = new Map(entries.toReversed().map((entry) => [entry.split(" ")[1], entry]));
	await writeFile(netrc, `${kept}\n${[...hosts.values()].join("")}`, { mode: 384 });
	return {
		...index === void 0 ? {} : { PIP_INDEX_URL: plain(index) },
		...extra.length > 0 ? { PIP_EXTRA_INDEX_URL: extra.map(plain).join(" ") } : {},
		...hosts.size > 0 ? { NETRC: netrc } : {}
	};
}
/** Python before 3.11 knows no quotes in netrc, so only what cannot do without them has them. */
function quoted(text) {
	return /^#|[\s"\\]/.test(text) || text === "" ? `"${text.replaceAll(/["\\]/g, "\\$&")}"` : text;
}
function variableName(name) {
	return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}
function decoded(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

// src/bundle/project-indexes.ts
/** All of them, in the order of their priority. */
async function projectIndexes(requirements, text, { workingDirectory, env }) {
	const lock = requirements.kind === "lock" ? dirname(join(workingDirectory, requirements.path)) : void 0;
	const folders = [.../* @__PURE__ */ new Set([...lock === void 0 ? [] : [lock], workingDirectory])];
	const tables = await Promise.all(folders.map(readTables));
	const config = env["XDG_CONFIG_HOME"] || env["HOME"] && join(env["HOME"], ".config");
	const user = config ? await readToml$1(join(config, "uv/uv.toml")) : {};
	return [
		...fromUvVariables(env),
		...tables.flatMap(({ uv, uvToml }) => [...fromUv(uvToml), ...fromUv(uv)]),
		...fromUv(user),
		...requirements.kind === "files" ? text.files.flatMap(({ content }) => fromRequirements(content)) : [],
		...tables.flatMap(({ pdm }) => fromPdm(pdm, requirements)),
		...tables.flatMap(({ poetry }) => fromPoetry(poetry, requirements)),
		...requirements.kind === "lock" && requirements.format === "pipfile" ? fromPipfile(text) : []
	].flatMap((one) => completed(one, env));
}
function completed({ name: given, url, use, isUnknownToUv = false }, env) {
	if (typeof url !== "string" || !/^https?:\/\//i.test(url)) return [];
	const name = typeof given === "string" && given !== "" ? given : void 0;
	const address = addressOf(url, env);
	return [{
		url: address.url,
		login: loginOfName(name, env) ?? address.login,
		name,
		use,
		isUnknownToUv
	}];
}
/** `UV_INDEX` holds addresses and `name=address`, separated by blanks. */
function fromUvVariables(env) {
	const each = (text, use) => (text ?? "").split(/\s+/).flatMap((word) => {
		const [, name, url] = /^(?:([\w.-]+)=)?(.+)$/.exec(word) ?? [];
		return url === void 0 ? [] : [{
			name,
			url,
			use
		}];
	});
	return [
		...each(env["UV_INDEX"], "extra"),
		...each(env["UV_EXTRA_INDEX_URL"], "extra"),
		...each(env["UV_DEFAULT_INDEX"] ?? env["UV_INDEX_URL"], "default")
	];
}
/** https://docs.astral.sh/uv/concepts/indexes/ */
function fromUv(uv) {
	const named = list(uv["index"]).map((index) => ({
		name: index["name"],
		url: index["url"],
		use: useOf(index)
	}));
	const older = [uv, table$1(uv["pip"])].flatMap((options) => [{
		url: options["index-url"],
		use: "default"
	}, ...[options["extra-index-url"]].flat().map((url) => ({
		url,
		use: "extra"
	}))]);
	return [...named, ...older];
}
function fromRequirements(content) {
	return logicalLines(content).flatMap(({ text }) => {
		const [, option = "", url] = /^(-i|--index-url|--pypi-url|--extra-index-url)(?:\s+|=|(?<=-i))(\S+)$/.exec(text) ?? [];
		return url === void 0 ? [] : [{
			url,
			use: option.includes("extra") ? "extra" : "default"
		}];
	});
}
/** https://pdm-project.org/en/latest/usage/config/#configure-the-package-indexes: the name `pypi` replaces PyPI. */
function fromPdm(pdm, requirements) {
	const used = requirements.kind === "project" || requirements.kind === "lock" && requirements.format === "pdm";
	return list(pdm["source"]).map(({ name, url, username, password }) => {
		const login = typeof username === "string" ? `${username}:${typeof password === "string" ? password : ""}@` : "";
		return {
			name,
			url: typeof url === "string" ? url.replace(/^(https?:\/\/)(?![^/]*@)/, `$1${login}`) : url,
			use: name === "pypi" ? "default" : "extra",
			isUnknownToUv: used
		};
	});
}
/** https://python-poetry.org/docs/repositories/. Its lock names the index of each package, if it has groups. */
function fromPoetry(poetry, requirements) {
	const isUnknownToUv = requirements.kind === "project" || requirements.kind === "lock" && requirements.format === "poetry" && requirements.roots !== void 0;
	return list(poetry["source"]).map((source) => ({
		name: source["name"],
		url: source["url"],
		use: useOf(source),
		isUnknownToUv
	}));
}
function useOf(index) {
	if (index["explicit"] === true || index["priority"] === "explicit") return "explicit";
	return index["default"] === true || index["priority"] === "default" ? "default" : "extra";
}
function fromPipfile(text) {
	return pipfileSources(text.files[0]?.content ?? "").map(({ name, url }) => ({
		name,
		url,
		use: "extra"
	}));
}
/** The sources of a Pipfile.lock. The first one is the default. Empty if it cannot be read, which the lock's reader reports. */
function pipfileSources(content) {
	try {
		const braced = content.replaceAll(/\$([A-Za-z_]\w*)/g, (_, name) => ["${", "}"].join(name));
		return list(table$1(table$1(JSON.parse(braced))["_meta"])["sources"]);
	} catch {
		return [];
	}
}
async function readTables(folder) {
	const tool = table$1((await readToml$1(join(folder, "pyproject.toml")))["tool"]);
	return {
		uv: table$1(tool["uv"]),
		uvToml: await readToml$1(join(folder, "uv.toml")),
		poetry: table$1(tool["poetry"]),
		pdm: table$1(tool["pdm"])
	};
}
/** Empty if it is missing or broken: uv and the reader of the settings report that. */
async function readToml$1(path) {
	try {
		return parse$1(await readFile(path, "utf8"));
	} catch {
		return {};
	}
}
function table$1(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
function list(value) {
	return Array.isArray(value) ? value.map(table$1) : [];
}

// src/bundle/bound-packages.ts
/** The packages of a lock that come from another index than PyPI. */
function lockBindings(requirements, text, env) {
	if (requirements.kind !== "lock") return /* @__PURE__ */ new Map();
	const content = text.files[0]?.content ?? "";
	const plain = (requirements.format === "pipfile" ? pipfileBindings(content) : tomlBindings(content)).map(([name, url]) => [name, addressOf(url, env).url]);
	return new Map(plain.filter(([, url]) => /^https?:\/\//.test(url) && !/^https:\/\/pypi\.org\/simple\/?$/.test(url)));
}
/** uv.lock: `source = { registry = … }`. poetry.lock: a source of the type `legacy`. pylock.toml: `index`. */
function tomlBindings(content) {
	const lock = parse$1(content);
	return [...lock.package ?? [], ...lock.packages ?? []].flatMap(({ name, version, index, source }) => {
		const url = index ?? source?.registry ?? (source?.type === "legacy" ? source.url : void 0);
		return typeof name === "string" && typeof url === "string" ? [[`${normaliseName(name)}==${String(version)}`, url]] : [];
	});
}
function pipfileBindings(content) {
	const sources = pipfileSources(content);
	const { _meta, ...sections } = JSON.parse(content);
	return Object.values(sections).flatMap((section) => Object.entries(section).flatMap(([name, { index }]) => {
		const source = sources.find((one) => one["name"] === index) ?? sources[0];
		return typeof source?.["url"] === "string" ? [[normaliseName(name), source["url"]]] : [];
	}));
}
/** The lines whose package has an index of its own, with its address, and the others. */
function divide(lines, bindings) {
	const bound = [];
	const free = [];
	for (const line of lines) {
		const version = /^[\w.-]+\s*(?:\[[^\]]*\])?\s*(==\s*[\w.!+-]+)/.exec(line.text)?.[1]?.replace(/\s/g, "");
		const url = version === void 0 || line.name === void 0 ? void 0 : bindings.get(`${line.name}${version}`) ?? bindings.get(line.name);
		if (url === void 0) free.push(line);
		else bound.push({
			line,
			url
		});
	}
	return {
		bound,
		free
	};
}
/** Writes the pyproject.toml for these lines. Returns its path, and the variables with the logins. */
async function writeBindings(bound, { indexes, tempDir }) {
	if (bound.length === 0) return {
		sources: [],
		variables: {}
	};
	const names = new Map([...new Set(bound.map(({ url }) => url))].map((url, at) => [url, `woven-lock-${at + 1}`]));
	const text = (value) => JSON.stringify(value);
	const sources = [...Map.groupBy(bound, ({ line }) => line.name ?? "")].map(([name, all]) => {
		const isSame = all.every(({ url }) => url === all[0]?.url);
		const each = (isSame ? all.slice(0, 1) : all).map(({ line, url }) => {
			const marker = isSame ? void 0 : / ;\s*(.+)$/.exec(line.text)?.[1];
			return `{ index = ${text(names.get(url) ?? "")}${marker ? `, marker = ${text(marker)}` : ""} }`;
		});
		return `${text(name)} = [${each.join(", ")}]`;
	});
	const file = [
		`[project]\nname = "woven-lock"\nversion = "0"`,
		`dependencies = [${bound.map(({ line }) => text(line.text)).join(", ")}]`,
		"[tool.uv.sources]",
		...sources,
		...[...names].map(([url, name]) => `[[tool.uv.index]]\nname = ${text(name)}\nurl = ${text(url)}\nexplicit = true`)
	];
	const path = join(await mkdtemp(join(tempDir, "lock-indexes-")), "pyproject.toml");
	await writeFile(path, `${file.join("\n")}\n`);
	const variables = [...names].map(([url, name]) => {
		const login = loginFor(url, indexes);
		return login ? loginVariables(name, login) : {};
	});
	return {
		sources: [path],
		variables: Object.assign({}, ...variables)
	};
}

// src/bundle/indexes.ts
/** pip's settings: from its files, global ones first, then from PIP_* (https://pip.pypa.io/en/stable/topics/configuration/). */
async function readIndexes(env) {
	return indexesOf([...(await Promise.all(pipConfigFiles(env).map((path) => readFile(path, "utf8").catch(() => "")))).map(parsePipConfig), optionsFromEnvironment(env)]);
}
/** Later options override earlier ones. */
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
/**
* uv's variables for these indexes. Not options, because an address may hold a login and every account can read a command line. The
* user's own UV_* variables take precedence.
*/
function uvIndexVariables(indexes, env) {
	const ownIndex = env["UV_DEFAULT_INDEX"] ?? env["UV_INDEX_URL"];
	const ownExtra = env["UV_INDEX"] ?? env["UV_EXTRA_INDEX_URL"];
	const joined = (own, more, separator) => [...own ? [own] : [], ...more].join(separator);
	const unknown = (indexes.project ?? []).filter(({ isUnknownToUv, use }) => isUnknownToUv && use !== "explicit");
	const asNamed = ({ name, url }, at) => `${nameForUv(name, at)}=${url}`;
	const more = unknown.flatMap((one, at) => one.use === "extra" ? [asNamed(one, at)] : []);
	const [replaced] = unknown.flatMap((one, at) => one.use === "default" ? [asNamed(one, at)] : []);
	const defaultIndex = indexes.index ?? replaced;
	const logins = unknown.map(({ name, login }, at) => login ? loginVariables(nameForUv(name, at), login) : {});
	const extra = [...ownExtra ? [ownExtra] : indexes.extra, ...more];
	return {
		...Object.assign({}, ...logins),
		...defaultIndex && !ownIndex ? { UV_DEFAULT_INDEX: defaultIndex } : {},
		...extra.length > 0 && (more.length > 0 || !ownExtra) ? { UV_INDEX: extra.join(" ") } : {},
		...indexes.findLinks.length > 0 ? { UV_FIND_LINKS: joined(env["UV_FIND_LINKS"], indexes.findLinks, ",") } : {},
		...indexes.trustedHosts.length > 0 ? { UV_INSECURE_HOST: joined(env["UV_INSECURE_HOST"], indexes.trustedHosts, " ") } : {}
	};
}
/** uv takes only some characters in a name. */
function nameForUv(name, at) {
	return name !== void 0 && /^[A-Za-z][\w-]*$/.test(name) ? name : `woven-${at + 1}`;
}
/** Options for which uv has no variable. */
function uvIndexArguments({ noIndex }) {
	return noIndex ? ["--no-index"] : [];
}
/** uv trusts the machine's certificate authorities, as pip does: a company's proxy may use one of those. */
const systemCertificates = { UV_SYSTEM_CERTS: "true" };
/** uv's environment: no downloads of Python, plain output, pip's certificate authorities. */
function uvEnvironment(indexes, env) {
	return {
		...env,
		...uvIndexVariables(indexes, env),
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

// src/bundle/pdm-lock.ts
const Package$2 = object({
	name: line,
	version: line,
	extras: optional(array(line)),
	groups: optional(array(line)),
	marker: optional(line),
	requires_python: optional(line),
	path: optional(line),
	git: optional(line),
	revision: optional(line),
	url: optional(line),
	subdirectory: optional(line),
	files: optional(array(object({ hash: line })), [])
});
const Lock$2 = object({
	metadata: optional(object({ groups: optional(array(line)) }), {}),
	package: optional(array(Package$2), [])
});
/** The requirement lines of a pdm.lock. Throws `lock-format` if it cannot be read, or if nothing says what is for production. */
function pdmLines(content, file, { groups = [], extras = [], roots }) {
	const lock = readLock(Lock$2, () => parse$1(content), {
		file,
		content
	});
	const packages = lock.package.filter((entry) => !entry.extras?.length);
	if (packages.some((entry) => entry.groups !== void 0)) {
		const chosen = [
			"default",
			...groups,
			...extras
		];
		return packages.filter((entry) => entry.groups?.some((group) => chosen.includes(group))).map((entry) => withMarker(lineOf$2(entry), entry.marker));
	}
	const onlyDefault = lock.metadata.groups?.every((group) => group === "default");
	if (roots === void 0 && !onlyDefault && packages.length > 0) throw unknownPurpose$1(file);
	const markers = versionMarkers(packages.map(({ name, version, requires_python: python }) => ({
		name,
		version,
		python
	})), file);
	return packages.map((entry) => withMarker(lineOf$2(entry), entry.marker ?? markers.get(`${entry.name}==${entry.version}`)));
}
function lineOf$2({ name, version, path, git, revision, url, subdirectory: folder, files }) {
	if (path) return `${path}${hashOptions(files)}`;
	if (git) return `${name} @ ${gitTarget(git, revision ?? "HEAD", folder)}`;
	return `${name}${url ? ` @ ${url}${subdirectory(folder)}` : `==${version}`}${hashOptions(files)}`;
}
function unknownPurpose$1(file) {
	return new WovenError({
		code: "lock-format",
		message: `${file} does not say which packages are for production, and there is no pyproject.toml beside it that does`,
		next: "Run `pdm lock` with PDM 2.11 or newer, which writes the groups, and commit the file.",
		file
	});
}

// src/bundle/pipfile-lock.ts
const Package$1 = object({
	version: optional(line),
	hashes: optional(array(line), []),
	markers: optional(line),
	extras: optional(array(line), []),
	git: optional(line),
	ref: optional(line),
	path: optional(line),
	file: optional(line),
	subdirectory: optional(line)
});
const Lock$1 = looseObject({ default: record(line, Package$1) });
/** The requirement lines of a Pipfile.lock: `default`, and the categories that were chosen as groups. Throws `lock-format`. */
function pipfileLines(content, file, { groups = [] }) {
	const lock = readLock(Lock$1, () => JSON.parse(content), {
		file,
		content
	});
	const chosen = groups.flatMap((group) => {
		const section = safeParse(record(line, Package$1), lock[group]);
		return section.success ? Object.entries(section.output) : [];
	});
	return Object.entries({
		...lock.default,
		...Object.fromEntries(chosen)
	}).map(([name, entry]) => withMarker(lineOf$1(name, entry), entry.markers));
}
function lineOf$1(name, entry) {
	if (entry.path !== void 0) return entry.path;
	if (entry.git !== void 0) return `${name} @ ${gitTarget(entry.git, entry.ref ?? "HEAD", entry.subdirectory)}`;
	if (entry.file !== void 0) return `${name} @ ${entry.file}${subdirectory(entry.subdirectory)}`;
	return `${name}${entry.version ?? ""}${hashOptions(entry.hashes.map((hash) => ({ hash })))}`;
}

// src/bundle/poetry-lock.ts
const Files = array(object({ hash: line }));
const Package = object({
	name: line,
	version: line,
	optional: optional(boolean(), false),
	"python-versions": optional(line),
	groups: optional(array(line)),
	markers: optional(union([line, record(line, line)])),
	files: optional(Files, []),
	source: optional(object({
		type: line,
		url: line,
		resolved_reference: optional(line),
		subdirectory: optional(line)
	}))
});
const Lock = object({
	metadata: object({
		"lock-version": optional(line, "1.0"),
		files: optional(record(line, Files), {})
	}),
	package: optional(array(Package), [])
});
function poetryLines(content, file, choice) {
	const lock = readLock(Lock, () => parse$1(content), {
		file,
		content
	});
	const packages = lock.package.map((entry) => ({
		...entry,
		files: entry.files.length > 0 ? entry.files : lock.metadata.files[entry.name] ?? []
	}));
	if (packages.some((entry) => entry.groups !== void 0)) return packages.flatMap((entry) => {
		const marker = wantedBy(entry, choice);
		return marker === void 0 ? [] : [withMarker(lineOf(entry), marker)];
	});
	if (choice.roots === void 0 && packages.length > 0) throw unknownPurpose(lock.metadata["lock-version"], file);
	const markers = versionMarkers(packages.map((entry) => ({
		name: entry.name,
		version: entry.version,
		python: entry["python-versions"]
	})), file);
	return packages.map((entry) => withMarker(lineOf(entry), markers.get(`${entry.name}==${entry.version}`)));
}
/** The marker under which a package is needed. `""`: always. Undefined: never. */
function wantedBy({ groups = [], markers, optional }, { groups: chosen = [], extras = [] }) {
	const wanted = ["main", ...chosen].filter((group) => groups.includes(group));
	if (wanted.length === 0) return void 0;
	const each = typeof markers === "string" ? [markers] : wanted.map((group) => markers?.[group] ?? "");
	const marker = each.includes("") ? "" : each.map((one) => each.length > 1 ? `(${one})` : one).join(" or ");
	const asksExtra = /\bextra\s*==/.test(marker);
	if (optional && !asksExtra) return void 0;
	const names = [...marker.matchAll(/\bextra\s*==\s*["']([^"']+)["']/g)].flatMap(([, name]) => name ?? []);
	if (optional && !names.some((name) => extras.includes(name))) return void 0;
	return marker.replaceAll(/\bextra\s*==\s*["']([^"']+)["']/g, (_, name) => settled(extras.includes(name)));
}
function lineOf({ name, version, source, files }) {
	switch (source?.type) {
		case "git": return `${name} @ ${gitTarget(source.url, source.resolved_reference ?? "HEAD", source.subdirectory)}`;
		case "directory":
		case "file": return source.url.startsWith("/") ? source.url : `./${source.url}`;
		case "url": return `${name} @ ${source.url}${hashOptions(files)}`;
		default: return `${name}==${version}${hashOptions(files)}`;
	}
}
function unknownPurpose(version, file) {
	return new WovenError({
		code: "lock-format",
		message: `${file} (lock version ${version}) does not say which packages are for production, and there is no pyproject.toml beside it that does`,
		next: "Run `poetry lock` with Poetry 2.0 or newer, which writes the groups, and commit the file. Or run `poetry export -o requirements.txt` and name that file in the `requirements` setting.",
		file
	});
}

// src/bundle/lock-lines.ts
const Hashes = optional(record(line, line), {});
const Artifact = object({
	url: optional(line),
	path: optional(line),
	hashes: Hashes
});
const Vcs = object({
	type: line,
	url: optional(line),
	path: optional(line),
	"commit-id": line,
	subdirectory: optional(line)
});
const Directory = object({
	path: line,
	editable: optional(boolean()),
	subdirectory: optional(line)
});
const PylockPackage = object({
	name: line,
	version: optional(line),
	marker: optional(line),
	vcs: optional(Vcs),
	directory: optional(Directory),
	archive: optional(object({
		...Artifact.entries,
		subdirectory: optional(line)
	})),
	sdist: optional(Artifact),
	wheels: optional(array(Artifact), [])
});
const Pylock = object({
	"lock-version": line,
	"default-groups": optional(array(line), []),
	packages: optional(array(PylockPackage), [])
});
/**
* The requirement lines of a lock file: its production packages, and the chosen groups and extras. Throws `lock-format` if the text
* is not such a lock, or does not say what is for production.
*/
function lockLines(format, content, file, choice = {}) {
	switch (format) {
		case "pylock": {
			const lock = readLock(Pylock, () => parse$1(content), {
				file,
				content
			});
			const groups = [...lock["default-groups"], ...choice.groups ?? []];
			return lock.packages.map((entry) => withMarker(pylockLine(entry), choiceMarker(entry.marker, {
				groups,
				extras: choice.extras
			})));
		}
		case "poetry": return poetryLines(content, file, choice);
		case "pdm": return pdmLines(content, file, choice);
		case "pipfile": return pipfileLines(content, file, choice);
	}
}
/** The packages of a pylock.toml. Throws `lock-format`. */
function readPylock(content, file) {
	return readLock(Pylock, () => parse$1(content), {
		file,
		content
	}).packages;
}
function pylockLine(entry) {
	const { name, version, vcs, directory, archive } = entry;
	if (vcs?.type === "git" && vcs.url) return `${name} @ ${gitTarget(vcs.url, vcs["commit-id"], vcs.subdirectory)}`;
	if (vcs) return `${name} @ ${vcs.type}+${vcs.url ?? `file://${vcs.path ?? ""}`}@${vcs["commit-id"]}${subdirectory(vcs.subdirectory)}`;
	if (directory) return `./${directory.path}`.replace(/^\.\/(?=\.{0,2}\/)/, "");
	if (archive) return `${name} @ ${archive.url ?? archive.path ?? ""}${subdirectory(archive.subdirectory)}${hashes(digestsOf(archive))}`;
	return `${name}==${version ?? ""}${hashes([entry.sdist, ...entry.wheels].flatMap((artifact) => artifact ? digestsOf(artifact) : []))}`;
}
/** The digests of an artifact, `sha256:…`. */
function digestsOf({ hashes: stated }) {
	return Object.entries(stated).flatMap(([algorithm, digits]) => knownDigest(`${algorithm}:${digits}`) ?? []);
}
/** uv knows no groups and extras in a marker, so each is replaced by true or false, depending on whether it was chosen. */
function choiceMarker(marker, { groups = [], extras = [] }) {
	return marker?.replaceAll(/(['"])([^'"]+)\1\s+(not\s+)?in\s+(extras|dependency_groups)/g, (_, __, name, not, kind) => settled((kind === "dependency_groups" ? groups : extras).includes(name) === (not === void 0)));
}

// src/bundle/pin.ts
/** `psycopg2 2.9.10`, for messages. */
function labelOf({ name, version }) {
	return version === void 0 ? name : `${name} ${version}`;
}
/** The requirement that names it. Undefined if only another package needs it. */
function placeOf$2(pin, lines) {
	const named = lineOf$3(lines, pin.name);
	if (named || pin.kind !== "directory") return named;
	return lines.find((line) => {
		const path = localPathOf(line.text)?.replace(/^(\.{1,2}\/)+|\/+$/g, "");
		return path !== void 0 && pin.path.endsWith(`/${path}`);
	});
}
/** The digests that the user allows for each package. A package without digests may have any. */
function allowedHashes(lines) {
	const allowed = /* @__PURE__ */ new Map();
	for (const line of lines) if (line.name && line.hashes.length > 0) allowed.set(line.name, /* @__PURE__ */ new Set([...allowed.get(line.name) ?? [], ...line.hashes]));
	return allowed;
}
/** Picks the artifact among those with an allowed digest: the wheel that uv prefers for the platform, or else the source archive. Throws `hash-mismatch`, `requirement-version`. */
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
	const chosen = chosenFrom(artifacts, allowedHashes(context.lines).get(normaliseName(name)));
	if (!chosen) throw noArtifact(entry, artifacts, lineOf$3(context.lines, name));
	return {
		name,
		version,
		kind: /\.whl(#|$)/.test(chosen.url) ? "wheel" : "sdist",
		...chosen
	};
}
/** The first artifact with an allowed digest. If the index states digests of other kinds only, the first of which the file can tell. */
function chosenFrom(artifacts, allowed) {
	const [first] = artifacts;
	if (!allowed) return first && {
		url: first.url,
		digests: bestDigest(first.digests)
	};
	const sure = artifacts.find(({ digests }) => judge$1(digests, allowed) === "allowed");
	if (sure) return {
		url: sure.url,
		digests: sure.digests.filter((digest) => allowed.has(digest))
	};
	const open = artifacts.find(({ digests }) => judge$1(digests, allowed) === "unknown");
	return open && {
		url: open.url,
		digests: [...allowed]
	};
}
function artifactsOf({ archive, wheels, sdist }, base) {
	return [
		archive,
		...wheels,
		sdist
	].flatMap((artifact) => artifact ? [{
		url: artifact.url ?? `file://${resolve(base, artifact.path ?? "")}`,
		digests: digestsOf(artifact)
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
		message: `The package index has no file of ${name} ${version} for this server`,
		next: `Require another version of ${name}: the "Download files" page of the package lists the files of each.`
	});
	return new WovenError({
		...at,
		code: "hash-mismatch",
		message: `No file of ${name} ${version} in the package index has a hash that ${place?.file ?? "the requirements"} allows`,
		next: "The hashes protect you from changed packages. Find out why they changed. Only then make the hashes again (`uv lock`, `pip-compile --generate-hashes`, …).",
		output: artifacts.map((artifact) => `${bestDigest(artifact.digests).join("")}  ${artifact.url}`).join("\n")
	});
}

// src/bundle/only-binary.ts
/** With this, uv also builds no source archive to read its dependencies. */
function onlyBinaryArguments(onlyBinary) {
	return (onlyBinary === "all" ? [":all:"] : onlyBinary).flatMap((name) => ["--only-binary", name]);
}
/** Throws `build-forbidden` if a package must be built but may not be. */
function refuseBuilds(pins, { onlyBinary, text }) {
	const names = onlyBinary === "all" ? "all" : new Set(onlyBinary.map(normaliseName));
	const pin = pins.find(({ kind, name }) => kind !== "wheel" && (names === "all" || names.has(normaliseName(name))));
	if (!pin) return;
	const place = placeOf$2(pin, text.lines);
	throw new WovenError({
		code: "build-forbidden",
		message: `${labelOf(pin)} has no wheel for the server, and only-binary forbids building it`,
		next: `Require a version of ${pin.name} that has a wheel. Or take ${pin.name} out of only-binary. Or build its wheel in a job without secrets, and set PIP_FIND_LINKS.`,
		file: place?.file,
		line: place?.line
	});
}

// src/bundle/pip-environment.ts
/** pip's environment, without settings that could change which file it fetches. */
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

// src/bundle/python-limits.ts
/** No package has it, so pip lists the versions that it passes over, and fetches nothing. */
const noVersion = "9999999";
/** The error for a package whose version excludes the server's Python. Undefined if the index states no such limit. */
async function limitError(limited, tools, context) {
	const { name, version, python, indexes } = limited;
	if (version === void 0) return void 0;
	const folder = await mkdtemp(join(context.tempDir, "limits-"));
	const variables = await buildIndexVariables(indexes, folder, context.env);
	const args = [
		"download",
		"--no-deps",
		...[
			"--retries",
			"1",
			"--timeout",
			"15"
		],
		"--python-version",
		minorOf(python.version),
		"-d",
		folder,
		`${name}==${noVersion}`
	];
	const asked = await context.run("python3", [tools.pip, ...args], {
		cwd: folder,
		env: {
			...pipEnvironment(context),
			...variables
		}
	});
	const range = limitIn(`${asked.stdout}\n${asked.stderr}`, version);
	return range === void 0 ? void 0 : pythonLimitError({
		...limited,
		range,
		configFile: context.configFile
	});
}
/** The `Requires-Python` of a version in pip's list of ignored versions. */
function limitIn(output, version) {
	const [, list = ""] = /Ignored the following versions that require a different python version: (.*)/.exec(output) ?? [];
	return list.split("; ").find((one) => one.startsWith(`${version} Requires-Python `))?.slice(`${version} Requires-Python `.length).trim();
}
function pythonLimitError({ name, version, range, python, lines, configFile }) {
	const place = lineOf$3(lines, name);
	const instead = `require a version of ${name} that supports Python ${minorOf(python.version)}.`;
	return new WovenError({
		code: "requirement-python",
		message: `${name} ${version ?? ""} needs Python ${range}, and the server has Python ${python.version}`.replace("  ", " "),
		next: rangeAdvice(range, {
			python,
			configFile,
			instead
		}),
		file: place?.file,
		line: place?.line
	});
}

// src/bundle/readable-files.ts
/** uv reads UTF-8, and UTF-16 with a byte order mark. */
const readByUv = [
	"utf-8",
	"utf-16le",
	"utf-16be"
];
/**
* The paths for uv: the project's own files, or copies of all if uv cannot read one of them. All are copied because an include is
* relative to its file. Paths of packages are relative to the folder where uv runs, so they stay valid.
*/
async function readableFiles(paths, text, { workingDirectory, context }) {
	const all = text.files.filter(({ path }) => !isAbsolute(path));
	if ((await Promise.all(all.map(async ({ path }) => decodeText(await readFile(join(workingDirectory, path))).encoding))).every((encoding) => readByUv.includes(encoding))) return paths;
	const copies = await mkdtemp(join(context.tempDir, "requirements-"));
	const deep = join(copies, ...all.flatMap(({ path }) => path.split("/").filter((part) => part === "..")));
	for (const { path, content } of all) {
		const copy = join(deep, path);
		await mkdir(dirname(copy), { recursive: true });
		await writeFile(copy, content);
	}
	return paths.map((path) => isAbsolute(path) ? path : join(deep, path));
}

// src/settings/project/foreign-requirements.ts
/** Reports lines that no Linux server can install, and lines that cannot be decoded. */
function reportForeign(files, { packages, files: paths }, report) {
	for (const path of paths) {
		const decoded = files.decode(path);
		if (decoded?.kind === "undecodable") report({
			where: `${path}:${decoded.line}`,
			what: isEncoding(decoded.encoding) ? `the line is not ${decoded.encoding.toUpperCase()}` : `the first lines name an unknown encoding, ${quoted$1(decoded.encoding)}`,
			next: encodingAdvice(path),
			file: files.repositoryPath(path),
			line: decoded.line
		});
	}
	for (const { name, text, file, line } of packages) {
		const place = {
			where: `${file}:${line}`,
			file: files.repositoryPath(file),
			line
		};
		const why = whyForeign(name, text);
		if (why !== void 0) report({
			...place,
			what: `${quoted$1(text)} ${why}`,
			next: "Delete the line."
		});
		const address = shortAddress(text);
		if (address !== void 0) report({
			...place,
			what: `${quoted$1(text)} has git's short form of an address`,
			next: `Write it as a URL: ${address}`
		});
	}
}
/** The same for the list in the project's metadata. */
function reportForeignList(dependencies, place, report) {
	for (const text of dependencies) {
		const why = whyForeign(requirementName(text), text);
		if (why !== void 0) report({
			...place,
			what: `${quoted$1(text)} ${why}`,
			next: "Delete it from the list."
		});
	}
}
/** The URL for `git+git@host:owner/name.git`, which neither pip nor uv reads. Undefined for other requirements. */
function shortAddress(text) {
	const [, user, host, path] = /\bgit\+(?:ssh:\/\/)?([\w.-]+)@([\w.-]+):(?!\d+\/)\/?([\w.~-]+\/[^\s;]+)/.exec(text) ?? [];
	return path === void 0 ? void 0 : `git+ssh://${user}@${host}/${path}`;
}
const windowsOnly = /* @__PURE__ */ new Set([
	"pywin32",
	"pypiwin32",
	"pywinpty",
	"windows-curses",
	"winkerberos",
	"twisted-iocpsupport"
]);
/**
* Why no Linux server can install a requirement that `pip freeze` wrote on another system. Undefined if one can. A line with a marker names
* its system, so it is fine.
*/
function whyForeign(name, text) {
	if (name === "pkg-resources" && /==\s*0\.0\.0\b/.test(text)) return "is not a package: pip freeze on Debian and Ubuntu writes this line by mistake";
	return name !== void 0 && windowsOnly.has(name) && !text.includes(";") ? "is only for Windows" : void 0;
}

// src/bundle/missing-headers.ts
/** Headers by the start of their path. The longest start counts. */
const headers = {
	"Python.h": "python3-dev",
	"acl/": "libacl1-dev",
	"sys/acl.h": "libacl1-dev",
	"attr/": "libattr1-dev",
	"augeas.h": "libaugeas-dev",
	"bzlib.h": "libbz2-dev",
	cairo: "libcairo2-dev",
	"cblas.h": "libopenblas-dev",
	"cups/": "libcups2-dev",
	"curl/": "libcurl4-openssl-dev",
	"dbus/": "libdbus-1-dev",
	"ev.h": "libev-dev",
	"ffi.h": "libffi-dev",
	"ft2build.h": "libfreetype-dev",
	"gdal.h": "libgdal-dev",
	"geos_c.h": "libgeos-dev",
	"girepository.h": "libgirepository1.0-dev",
	"glib.h": "libglib2.0-dev",
	"gmp.h": "libgmp-dev",
	"gssapi/": "libkrb5-dev",
	"gssapi.h": "libkrb5-dev",
	"hdf5.h": "libhdf5-dev",
	"jpeglib.h": "libjpeg-dev",
	"krb5.h": "libkrb5-dev",
	"lber.h": "libldap-dev libsasl2-dev",
	"lcms2.h": "liblcms2-dev",
	"ldap.h": "libldap-dev libsasl2-dev",
	"leptonica/": "libleptonica-dev",
	"libmemcached/": "libmemcached-dev",
	"libpq-fe.h": "libpq-dev",
	"librdkafka/": "librdkafka-dev",
	"libxml/": "libxml2-dev libxslt1-dev",
	"libxslt/": "libxml2-dev libxslt1-dev",
	"lz4.h": "liblz4-dev",
	"lzma.h": "liblzma-dev",
	"mpc.h": "libmpc-dev",
	"mpfr.h": "libmpfr-dev",
	"my_config.h": "default-libmysqlclient-dev",
	"mysql.h": "default-libmysqlclient-dev",
	"mysql/": "default-libmysqlclient-dev",
	"net-snmp/": "libsnmp-dev",
	"openjpeg.h": "libopenjp2-7-dev",
	"openssl/": "libssl-dev",
	"pango/": "libpango1.0-dev",
	"pcap.h": "libpcap-dev",
	"pcap/": "libpcap-dev",
	"portaudio.h": "portaudio19-dev",
	"postgres_fe.h": "libpq-dev",
	"proj.h": "libproj-dev",
	"proj_api.h": "libproj-dev",
	"pyconfig.h": "python3-dev",
	"rdkafka.h": "librdkafka-dev",
	"re2/": "libre2-dev",
	"readline/": "libreadline-dev",
	"sasl.h": "libsasl2-dev",
	"sasl/": "libsasl2-dev",
	"snappy-c.h": "libsnappy-dev",
	"snappy.h": "libsnappy-dev",
	"sodium.h": "libsodium-dev",
	"sql.h": "unixodbc-dev",
	"sqlext.h": "unixodbc-dev",
	"sqlite3.h": "libsqlite3-dev",
	"sybdb.h": "freetds-dev",
	"sybfront.h": "freetds-dev",
	"sys/capability.h": "libcap-dev",
	"systemd/": "libsystemd-dev",
	"tesseract/": "libtesseract-dev",
	"tiff.h": "libtiff-dev",
	"tiffio.h": "libtiff-dev",
	"unicode/": "libicu-dev",
	"uuid/": "uuid-dev",
	"wand/": "libmagickwand-dev",
	"webp/": "libwebp-dev",
	"xmlsec/": "libxmlsec1-dev",
	"yaml.h": "libyaml-dev",
	"zlib.h": "zlib1g-dev",
	"zmq.h": "libzmq3-dev",
	"zstd.h": "libzstd-dev"
};
/** Libraries that the linker does not find (`-lpq`), and modules that pkg-config does not know. */
const libraries = {
	bz2: "libbz2-dev",
	cairo: "libcairo2-dev",
	crypto: "libssl-dev",
	curl: "libcurl4-openssl-dev",
	"dbus-1": "libdbus-1-dev",
	ffi: "libffi-dev",
	freetype: "libfreetype-dev",
	freetype2: "libfreetype-dev",
	gdal: "libgdal-dev",
	geos_c: "libgeos-dev",
	"girepository-2.0": "libgirepository-2.0-dev",
	"glib-2.0": "libglib2.0-dev",
	gmp: "libgmp-dev",
	"gobject-introspection-1.0": "libgirepository1.0-dev",
	hdf5: "libhdf5-dev",
	"icu-i18n": "libicu-dev",
	jpeg: "libjpeg-dev",
	lber: "libldap-dev libsasl2-dev",
	ldap: "libldap-dev libsasl2-dev",
	ldap_r: "libldap-dev libsasl2-dev",
	libffi: "libffi-dev",
	libpq: "libpq-dev",
	libsystemd: "libsystemd-dev",
	"libxml-2.0": "libxml2-dev libxslt1-dev",
	lzma: "liblzma-dev",
	mariadb: "default-libmysqlclient-dev",
	mariadbclient: "default-libmysqlclient-dev",
	memcached: "libmemcached-dev",
	mysqlclient: "default-libmysqlclient-dev",
	openblas: "libopenblas-dev",
	pango: "libpango1.0-dev",
	pq: "libpq-dev",
	proj: "libproj-dev",
	sasl2: "libsasl2-dev",
	sqlite3: "libsqlite3-dev",
	ssl: "libssl-dev",
	tiff: "libtiff-dev",
	xml2: "libxml2-dev libxslt1-dev",
	xmlsec1: "libxmlsec1-dev",
	xslt: "libxml2-dev libxslt1-dev",
	yaml: "libyaml-dev",
	z: "zlib1g-dev",
	zlib: "zlib1g-dev"
};
/** Programs that a build calls, with the packages that have them. */
const programs = {
	cargo: "cargo rustc",
	cmake: "cmake",
	"curl-config": "libcurl4-openssl-dev",
	gcc: "build-essential",
	"g++": "build-essential",
	cc: "build-essential",
	"c++": "build-essential",
	"gdal-config": "libgdal-dev",
	"geos-config": "libgeos-dev",
	gfortran: "gfortran",
	git: "git",
	"krb5-config": "libkrb5-dev",
	make: "build-essential",
	mariadb_config: "default-libmysqlclient-dev",
	mysql_config: "default-libmysqlclient-dev",
	"net-snmp-config": "libsnmp-dev",
	pg_config: "libpq-dev",
	"pkg-config": "pkg-config",
	rustc: "cargo rustc",
	swig: "swig",
	"x86_64-linux-gnu-gcc": "build-essential",
	"aarch64-linux-gnu-gcc": "build-essential",
	"xml2-config": "libxml2-dev libxslt1-dev",
	"xslt-config": "libxml2-dev libxslt1-dev"
};
/** What packages say in their own words. */
const said = [
	[/libxml2 and libxslt development packages/i, "libxml2-dev libxslt1-dev"],
	[/headers or library files could not be found for jpeg|RequiredDependencyException: jpeg/i, "libjpeg-dev"],
	[/headers or library files could not be found for zlib|RequiredDependencyException: zlib/i, "zlib1g-dev"],
	[/can(?:no|')t find (?:the )?rust compiler|rust toolchain|is rust installed|rust is not installed|requires rust/i, "cargo rustc"],
	[/mysqlclient.*(?:MYSQLCLIENT_CFLAGS|Can not find valid pkg-config name)|Can not find valid pkg-config name/is, "default-libmysqlclient-dev pkg-config"],
	[/Could not run curl-config/i, "libcurl4-openssl-dev libssl-dev"],
	[/Unable to find pkg-config|pkg-config (?:is|was) not (?:found|installed)/i, "pkg-config"],
	[/CMake must be installed/i, "cmake"]
];
/** What a build lacked on the runner. Undefined if its output names nothing of the kind. */
function missingOnRunner(output) {
	const header = /fatal error: '?([\w./+-]+\.h(?:pp|h)?)'?(?:: No such file or directory| file not found)/.exec(output)?.[1];
	if (header !== void 0) return {
		name: header,
		packages: byHeader(header)
	};
	const program = missingProgram(output);
	if (program !== void 0) return {
		name: program,
		packages: programs[program]
	};
	const own = said.find(([pattern]) => pattern.test(output));
	if (own) return {
		name: own[1].split(" ")[0] ?? "",
		packages: own[1]
	};
	const library = /cannot find -l([\w+.-]+)/.exec(output)?.[1] ?? /(?:No package|Package) '?([\w+.-]+)'?(?:,? required by [^,]+,)? (?:was )?not found|Dependency "([\w+.-]+)" not found/.exec(output)?.slice(1).find((name) => name !== void 0);
	return library !== void 0 && libraries[library] !== void 0 ? {
		name: library,
		packages: libraries[library]
	} : void 0;
}
function byHeader(header) {
	const [start] = Object.keys(headers).filter((one) => header === one || header.startsWith(one) || header.endsWith(`/${one}`)).toSorted((one, other) => other.length - one.length);
	return start === void 0 ? void 0 : headers[start];
}
/** A program that the table knows, in one of the ways in which shells, Python and builds say that it is missing. */
function missingProgram(output) {
	return [
		/No such file or directory: '([\w.+/-]+)'/g,
		/(?:^|[\s/:])([\w.+-]+): (?:command )?not found/gm,
		/([\w.+-]+) executable not found/g,
		/command '([\w.+/-]+)' failed: No such file or directory/g,
		/unable to execute '([\w.+/-]+)'/g
	].flatMap((pattern) => [...output.matchAll(pattern)].map(([, name = ""]) => name.split("/").at(-1) ?? "")).find((name) => Object.hasOwn(programs, name));
}

// src/bundle/build-advice.ts
/** Signs of a package that is older than the build tools of today, with the constraint that helps. */
const oldTools = [
	[/cannot import name 'Feature' from 'setuptools'/, "setuptools<46"],
	[/use_2to3 is invalid/, "setuptools<58"],
	[/numpy\.distutils|AttributeError: fcompiler/, "setuptools<60"],
	[/InvalidVersion: Invalid version|extras_require['"`]? must be a dictionary|InvalidRequirement|Invalid requirement/, "setuptools<66"],
	[/No module named 'setuptools\.command\.test'|invalid command 'test'/, "setuptools<72"],
	[/InvalidConfigError|Invalid dash-separated key|use underscore name|`project\.license`/, "setuptools<77"],
	[/No module named ['"]?pkg_resources/, "setuptools<81"],
	[/cython_sources|Cython\.Compiler\.Errors\.CompileError|Error compiling Cython file/, "Cython<3"]
];
/** Signs of a package that needs an older Python, with the newest one that it can have. */
const oldPythons = [
	[/longintrepr\.h: No such file|'PyFrameObject'|‘PyFrameObject’.*no member named/, 10],
	[/No module named ['"]?(?:imp|asynchat|asyncore|smtpd)['"]?\b|module 'pkgutil' has no attribute 'ImpImporter'/, 11],
	[/No module named ['"]?(?:cgi|crypt|telnetlib|pipes|imghdr|lib2to3)['"]?\b/, 12]
];
/** The advice for a failed build. `minor`: the server's Python, `3.13`. `output`: what uv, pip and the build said. */
function buildAdvice(minor, output, { configFile, isFolder = false } = {}) {
	const missing = missingOnRunner(output);
	const python = oldPythons.find(([pattern]) => pattern.test(output))?.[1];
	const tool = oldTools.find(([pattern]) => pattern.test(output))?.[1];
	const sure = [
		...missing ? [missingAdvice(missing.name, missing.packages)] : [],
		...python !== void 0 && Number(minor.split(".")[1]) > python ? [`The package is made for Python 3.${python} and older, and the server has Python ${minor}. Require a newer version of it.`] : [],
		...tool === void 0 ? [] : [`The package needs older build tools. ${toWrite(configFile, `build-constraints = ["${tool}"]`)}`]
	];
	const rest = [
		...isFolder ? [] : [`Require a version that has a wheel for Python ${minor}. The "Download files" page of the package lists them.`],
		...missing ? [] : ["Use its binary package (`psycopg[binary]`), or install missing headers on the runner before this step with `sudo apt-get install -y`."],
		...tool === void 0 ? [`Pin an older build tool. ${toWrite(configFile, "build-constraints = [\"setuptools<66\"]")}`] : []
	];
	return (sure.length > 0 ? [...sure, ...(isFolder ? [] : rest.slice(0, 1)).map((line) => `Or: ${line}`)] : ["Try one of these:", ...rest.map((line) => `- ${line}`)]).join("\n");
}
function missingAdvice(name, packages) {
	if (packages === void 0) return `The runner lacks ${name}. Find its package with \`apt-file search ${name}\`, and install it in a step before this one.`;
	return `The runner lacks ${name}. Add a step before this one: run: sudo apt-get update && sudo apt-get install -y ${packages}`;
}

// src/bundle/folder-requirements.ts
/** The only line that names a folder or an archive of the project. Undefined if there is none, or more than one. */
function onlyFolder(lines) {
	const found = lines.filter(({ text }) => localPathOf(text) !== void 0);
	return found.length === 1 ? found[0] : void 0;
}
/** The verdict for one that would have to be built, if `only-binary` forbids it. */
function folderForbidden(lines) {
	const place = lines.find(({ text }) => localPathOf(text) !== void 0 || /\bgit\+/.test(text));
	return {
		code: "build-forbidden",
		place,
		message: `${place?.text ?? "A folder or a repository in the requirements"} has no wheel, and only-binary forbids building it`,
		next: "Put its wheel into a package index, and require that. Or list in only-binary only the packages that must have a wheel."
	};
}

// src/bundle/index-errors.ts
/** uv takes a package from the first index that has it, in whatever version. */
function inFirstIndexOnly(text, name, { kind }) {
	const [, found, index = "", wanted = ""] = /hint: `([\w.-]+)` was found on (\S+), but not at the requested version \(([^)]*)\)/.exec(text) ?? [];
	if (found !== name) return void 0;
	const other = kind === "files" ? "Or require a version that this index has." : `Or name the index of ${name} in [tool.uv.sources] of pyproject.toml.`;
	return {
		code: "requirement-version",
		name,
		message: `${wanted} is not in ${index.replace(/\/\/[^/@]*@/, "//")}, the first index that has ${name}`,
		next: `If you trust all your indexes, write UV_INDEX_STRATEGY: unsafe-best-match in ${stepEnv}. ${other} Woven looks for ${name} in the first index only, so that no other one can slip in a package of the same name.`
	};
}
/** Without a login, uv takes an index for one that lacks the package. */
function noLogin(text, indexes) {
	const [, url, status] = /An index URL \((\S+?)\) could not be queried due to a lack of valid authentication credentials \(([^)]+)\)/.exec(text) ?? [];
	if (url === void 0) return void 0;
	return {
		code: "index-unreachable",
		name: /Because ([\w.-]+?)(?:\[[^\]]*\])? was not found/.exec(text)?.[1],
		message: `The package index refused the request: ${status} at ${addressOf(url, {}).url}`,
		next: loginAdvice(url, indexes)
	};
}
function unreachable(text, indexes) {
	const url = /(?:Failed to (?:fetch|download):?|for url) [`(]?(https?:\/\/[^\s`)]+)/.exec(text)?.[1] ?? /https?:\/\/[^\s`)]+/.exec(text)?.[0];
	const host = url?.replace(/\/\/[^/@]*@/, "//");
	const status = /HTTP status \w+ error \((\d+[^)]*)\)/.exec(text)?.[1];
	return {
		code: "index-unreachable",
		message: status ? `The package index refused the request: ${status}${host ? ` at ${host}` : ""}` : `The runner cannot reach the package index${host ? `: ${host}` : ""}`,
		next: /^40[13]/.test(status ?? "") ? loginAdvice(url ?? "", indexes) : "Run the job again. If it fails again, check PIP_INDEX_URL, the proxy variables and the runner's certificate authorities (SSL_CERT_FILE)."
	};
}

// src/bundle/resolve-error.ts
/** The WovenError for a failed resolution. If uv names a requirement, the error has its file and line. */
function resolveError(failure) {
	const output = failure.output.trim();
	const verdict = judge(oneLine(output), failure);
	const named = verdict.name === void 0 ? void 0 : lineOf$3(failure.lines, verdict.name);
	const place = verdict.place ?? named ?? placeIn(output, failure.lines);
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
	if (/(error sending request|dns error|Connection refused|tcp connect error|operation timed out|HTTP status (server|client) error|invalid peer certificate|Request failed after)/i.test(text)) return unreachable(text, failure.indexes);
	const refused = buildForbidden(text, failure) ?? noLogin(text, failure.indexes) ?? notForLinux(text, failure);
	if (refused) return refused;
	const missing = /Because (?:there are no versions of )?([\w.-]+)(?:\[[^\]]*\])? was not found in the (?:package registry|provided package locations)/.exec(text)?.[1];
	if (missing) return {
		code: "requirement-unknown",
		name: missing,
		message: `There is no package ${missing} in the package index`,
		next: `Check its spelling. If it is your own package, name its index with PIP_EXTRA_INDEX_URL, or with an --index-url line in the requirements.`
	};
	const wants = /does not satisfy Python([<>=!~][^\s,]*(?:,[<>=!~][^\s,]*)*)(?: and ([\w.-]+)(\S*) depends on Python)?/.exec(text);
	if (wants) return forAnotherPython(text, wants, failure);
	const [, noVersion, specifier = ""] = /Because (?:there is no version of|only (?=[\w.-]+[<>=!~]\S* is available)|there are no versions of) ?([\w.-]+?)(?:\[[^\]]*\])?([<>=!~]\S*)? /.exec(text) ?? [];
	if (noVersion && !/depends on/.test(text)) return inFirstIndexOnly(text, noVersion, failure.requirements) ?? {
		code: "requirement-version",
		name: noVersion,
		message: `There is no version ${specifier} of ${noVersion} in the package index`,
		next: `Require a version that exists: the release history of ${noVersion} in your package index lists them.`
	};
	if (/No solution found/.test(text)) return {
		code: "requirement-conflict",
		name: /because you require ([\w.-]+?)(?:\[[^\]]*\])?(?:[<>=!~]|,| )/i.exec(text.split(" And ").at(-1) ?? text)?.[1],
		message: `The requirements conflict on Python ${minor}: ${plainConflict(text) ?? explanation(text)}`,
		next: "Change one of these requirements, or allow more versions."
	};
	const built = /Failed to (?:download and )?build `([^`]+?)(?:==[^`]*| @ [^`]*)?`/.exec(text)?.[1];
	if (/Git operation failed/.test(text)) return {
		code: "requirement-git",
		name: built,
		message: `The runner cannot read the git repository of ${built ?? "a requirement"}`,
		next: "Check the URL and the branch. For a private repository, give the runner a login: a deploy key, or a token set with `git config url.….insteadOf`."
	};
	if (built || /The build backend returned an error/.test(text)) return buildFailed(built, failure);
	const known = singleEquals(text) ?? folderWithoutPackage(text, failure);
	if (known) return known;
	if (/(Couldn't parse requirement|Unexpected|Expected)/.test(text)) return {
		code: "requirement-syntax",
		message: `A requirement cannot be read: ${explanation(text).replace(/^Couldn't parse requirement in `[^`]*` at position \d+: /, "").replace(/ \^+$/, "")}`,
		next: "Correct the line. A requirement is written as shop-core==1.2 or shop-core>=1.2,<2."
	};
	if (/lockfile/i.test(text)) return {
		code: "lock-format",
		message: `The lock file cannot be used: ${explanation(text)}`,
		next: "Make it again with its own tool (`uv lock`), and commit it."
	};
	return {
		code: "requirement-failed",
		message: `The requirements cannot be resolved: ${explanation(text)}`,
		next: "The output of uv shows the reason."
	};
}
function buildForbidden(text, { lines }) {
	if (/Building source distributions is disabled/.test(text)) return folderForbidden(lines);
	const name = /Wheels are required for `([\w.-]+)` because building from source is disabled/.exec(text)?.[1];
	if (name === void 0) return void 0;
	return {
		code: "build-forbidden",
		name,
		message: `${name} has no wheel that fits, and only-binary forbids building it`,
		next: `Require a version of ${name} that has a wheel, or take it out of only-binary.`
	};
}
/** uv names a package of an index, but not a folder of the project. */
function buildFailed(name, { output, lines, python, configFile }) {
	const folder = name === void 0 ? onlyFolder(lines) : void 0;
	return {
		code: "build-failed",
		name,
		place: folder,
		message: `${name === void 0 ? folder?.text ?? "A folder in the requirements" : `The package ${name}`} could not be built on the runner`,
		next: buildAdvice(minorOf(python.version), output, {
			configFile,
			isFolder: folder !== void 0
		})
	};
}
/** `django=5.2`: the mistake behind most lines that cannot be read. */
function singleEquals(text) {
	const [, name, version] = /no such comparison operator "=", must be one of [~=!<> ]+ ([\w.-]+(?:\[[^\]]*\])?)\s*=\s*([\w.!+*-]+)/.exec(text) ?? [];
	if (name === void 0) return void 0;
	return {
		code: "requirement-syntax",
		message: `A requirement has one equals sign instead of two: ${name}=${version}`,
		next: `Write ${name}==${version}`
	};
}
function folderWithoutPackage(text, { lines }) {
	const isMissing = /(Distribution not found at|No such file or directory)/.test(text);
	if (!isMissing && !/does not appear to be a Python project/.test(text)) return void 0;
	const place = placeIn(text, lines);
	const what = (place && localPathOf(place.text)) ?? explanation(text);
	return isMissing ? {
		code: "requirement-file",
		place,
		message: `A requirement names a path that does not exist: ${what}`,
		next: "Correct the path, which is relative to the working directory, or add the folder to the repository."
	} : {
		code: "requirement-file",
		place,
		message: `A requirement names a folder that is no package: ${what}`,
		next: "Add a pyproject.toml or a setup.py to the folder, or delete the line."
	};
}
/** A package that no Linux server can install, and a name that Debian's pip writes by mistake. */
function notForLinux(text, { requirements }) {
	const [, name = "", specifier = ""] = /Because ([\w.-]+?)([<>=!~]=?[^\s,]*)? (?:has no wheels with a matching|has no usable wheels|was not found in)/.exec(text) ?? [];
	const why = name === "" ? void 0 : whyForeign(name, name === "pkg-resources" ? "pkg-resources==0.0.0" : name);
	if (why === void 0) return void 0;
	return {
		code: "requirement-foreign",
		name,
		message: `${name}${specifier} ${why}`,
		next: requirements.kind === "lock" ? `Delete ${name} from the project's dependencies, or give it a marker (${name} ; sys_platform == "win32"), and make the lock again.` : "Delete the line."
	};
}
function forAnotherPython(text, wants, { python, requirements, configFile }) {
	const [, range = "", name, specifier = ""] = wants;
	const wanted = name ? `${name} ${specifier}`.trim() : "A requirement";
	const instead = name && requirements.kind !== "lock" ? `require a version of ${name} that supports Python ${minorOf(python.version)}.` : void 0;
	return {
		code: "requirement-python",
		name: name && text.includes(`you require ${name}`) ? name : /you require ([\w.-]+)/.exec(text)?.[1] ?? name,
		message: `${wanted} needs Python ${range}, and the server has Python ${python.version}`,
		next: rangeAdvice(range, {
			python,
			configFile,
			instead
		})
	};
}
/** The last lines of a tool's output, which hold the reason. */
function tail(output, lines = 30) {
	return output.split("\n").slice(-lines).join("\n");
}
function explanation(text) {
	return text.replace(/^.*?No solution found when resolving dependencies:? (cause: )?/, "").replace(/^error: /, "").replaceAll(" cause: ", ": ").slice(0, 600);
}
/** The most common conflict in fewer words: a requirement needs another version of a package that is required, too. */
function plainConflict(text) {
	const [, one, other, required, pinned] = /Because (\S+) depends on (\S+) and you require (\S+), we can conclude that you require \S+?\. And because you require (\S+), we can conclude that your requirements are unsatisfiable\./.exec(text) ?? [];
	return one === void 0 || one !== required ? void 0 : `${one} needs ${other}, and you require ${pinned}`;
}
function oneLine(output) {
	return output.replaceAll(/\s+/g, " ");
}
function placeIn(output, lines) {
	return lines.find((line) => {
		const path = localPathOf(line.text)?.replace(/^(\.{1,2}\/)+|\/+$/g, "");
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
/** Reads all text that decides the resolution. Makes the lines of locks and of dependency lists. Throws `requirement-file`, `lock-format`. */
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
			const { roots, path } = requirements;
			const locked = lockLines(requirements.format, content, path, requirements).map((line) => parseRequirement(line, {
				file: path,
				line: lineIn(content, line),
				kind: roots ? "constraint" : "requirement"
			}));
			return {
				files,
				lines: [...(roots ?? []).map((root) => parseRequirement(root, ownList)), ...locked]
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
const ownList = {
	file: "pyproject.toml",
	line: 1,
	kind: "requirement"
};
/** Resolves. Throws `requirement-*`, `build-failed`, `index-unreachable`, `hash-mismatch`. */
async function resolve$1(resolution, tools, context) {
	const { requirements, workingDirectory, python, indexes } = resolution;
	const locked = requirements.kind === "lock" ? await lockedText(resolution, tools, context) : void 0;
	const lines = locked === void 0 || resolution.text.lines.length > 0 ? resolution.text.lines : parseRequirementFile(locked, requirementsName(requirements), "requirement").lines;
	const { sources, input, variables } = await questionFor(resolution, locked === void 0 ? void 0 : lines, context);
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
		...await completion(resolution, context),
		...uvIndexArguments(indexes),
		...onlyBinaryArguments(resolution.onlyBinary)
	], {
		cwd: lockDirectory(requirements, workingDirectory),
		env: {
			...uvEnvironment(indexes, context.env),
			...variables
		},
		input
	});
	if (result.code !== 0) {
		const [, name, version] = /Failed to (?:download and )?build `([\w.-]+)==([^`]+)`/.exec(result.stderr) ?? [];
		throw name && await limitError({
			name,
			version,
			python,
			indexes,
			lines
		}, tools, context) || resolveError({
			output: result.stderr,
			lines,
			python,
			requirements,
			indexes,
			configFile: context.configFile
		});
	}
	const base = lockDirectory(requirements, workingDirectory);
	return readPylock(result.stdout, "uv's result").map((entry) => pinOf(entry, {
		base,
		lines
	}));
}
/** The newest platform known to uv that is not newer than the node. */
function uvPlatform(python) {
	const minor = uvPlatforms.find((known) => known <= glibcMinor(python.glibc)) ?? 17;
	return `${python.machine}-manylinux_2_${minor}`;
}
async function lockedText(resolution, tools, context) {
	const { requirements, text, workingDirectory, python } = resolution;
	if (requirements.kind !== "lock" || requirements.format !== "uv") return inputOf(text.lines);
	const cwd = lockDirectory(requirements, workingDirectory);
	const options = [
		"export",
		"--quiet",
		"--frozen",
		"--no-dev",
		"--no-emit-project",
		"--no-header",
		"--no-annotate",
		"--format",
		"requirements-txt",
		...requirements.package ? ["--package", requirements.package.name] : [],
		...chosenArguments(requirements)
	];
	const result = await context.run(tools.uv, options, {
		cwd,
		env: uvEnvironment(resolution.indexes, context.env)
	});
	if (result.code !== 0) throw resolveError({
		output: result.stderr,
		lines: [],
		python,
		requirements,
		configFile: context.configFile
	});
	return result.stdout;
}
/** The requirements as a file for uv. */
function inputOf(lines) {
	return lines.filter((line) => line.kind === "requirement").map((line) => [line.text, ...line.hashes.map((hash) => `--hash=${hash}`)].join(" ")).join("\n");
}
/** What uv is asked. `locked`: the lines of a lock. Those that come from an index of their own are in a file of their own. */
async function questionFor(resolution, locked, context) {
	const { requirements, text, indexes } = resolution;
	const sources = await sourcesOf(resolution, context);
	if (requirements.kind !== "lock" || locked === void 0) {
		const list = requirements.kind === "project" ? requirements.dependencies.join("\n") : "";
		return {
			sources,
			input: sources[0] === "-" ? list : "",
			variables: {}
		};
	}
	const strategy = { UV_INDEX_STRATEGY: context.env["UV_INDEX_STRATEGY"] ?? "unsafe-best-match" };
	const bindings = indexes.noIndex ? /* @__PURE__ */ new Map() : lockBindings(requirements, text, context.env);
	if (requirements.roots !== void 0) {
		const known = uvIndexVariables(indexes, context.env)["UV_INDEX"] ?? context.env["UV_INDEX"];
		const urls = [...new Set(bindings.values())].map((url) => withLogin(url, indexes));
		const more = urls.length === 0 ? {} : { UV_INDEX: [...known ? [known] : [], ...urls].join(" ") };
		return {
			sources,
			input: inputOf(locked),
			variables: {
				...more,
				...strategy
			}
		};
	}
	const { bound, free } = divide(locked, bindings);
	const written = await writeBindings(bound, {
		indexes,
		tempDir: context.tempDir
	});
	return {
		sources: [...sources, ...written.sources],
		input: inputOf(free),
		variables: {
			...written.variables,
			...strategy
		}
	};
}
/** The folder for relative paths: of a lock its own folder, of everything else the working directory. */
function lockDirectory(requirements, workingDirectory) {
	return requirements.kind === "lock" ? dirname(join(workingDirectory, requirements.path)) : workingDirectory;
}
/** A complete lock needs no look-up of dependencies. If it only pins, dependencies are looked up, and the pins are constraints. */
async function completion({ requirements, text }, context) {
	if (requirements.kind !== "lock") return [];
	if (requirements.roots === void 0) return ["--no-deps"];
	const pins = text.lines.filter((line) => line.kind === "constraint" && line.name !== void 0);
	const folder = await mkdtemp(join(context.tempDir, "constraints-"));
	await writeFile(join(folder, "lock.txt"), pins.map((line) => `${line.text}\n`).join(""));
	return ["--constraints", join(folder, "lock.txt")];
}
/** uv's sources: files, or `-` for its standard input. */
async function sourcesOf({ requirements, workingDirectory, text }, context) {
	if (requirements.kind === "files") return await readableFiles(requirements.paths, text, {
		workingDirectory,
		context
	});
	if (requirements.kind === "lock") return ["-"];
	const content = await readFile(join(workingDirectory, "pyproject.toml"), "utf8").catch(() => "");
	return /^\s*\[tool\.uv\.sources/m.test(content) ? ["pyproject.toml", ...chosenArguments(requirements)] : ["-"];
}
function chosenArguments({ groups = [], extras = [] }) {
	return [...groups.flatMap((name) => ["--group", name]), ...extras.flatMap((name) => ["--extra", name])];
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

// src/bundle/added-wheels.ts
/** Whether the project itself requires a package. Resolves nothing. */
function requires(name, requirements, text) {
	return text.lines.some((one) => one.kind === "requirement" && one.name === name) || pinnedPackages(requirements, text).some((one) => one.name === name);
}
/**
* The pins of what a bundle lacks. None if it has the program: its version then decides what else it needs. Throws what `resolve` does,
* if the package index does not have exactly these files.
*/
async function addedPins(added, resolved, resolution, tools, context) {
	const there = new Set(resolved.map(({ name }) => normaliseName(name)));
	const [program] = added;
	if (program === void 0 || there.has(program.name)) return [];
	const lacking = added.filter(({ name }) => !there.has(name));
	const lines = lacking.map(({ name, version, sha256 }, index) => parseRequirement(`${name}==${version} --hash=sha256:${sha256}`, {
		file: source$1,
		line: index + 1,
		kind: "requirement"
	}));
	try {
		const requirements = {
			kind: "lock",
			format: "pylock",
			path: source$1
		};
		const text = {
			files: [],
			lines
		};
		const pins = await resolve$1({
			...resolution,
			requirements,
			text,
			onlyBinary: "all"
		}, tools, context);
		context.log(`Added to the bundle: ${lacking.map(({ name, version }) => `${name} ${version}`).join(", ")}`);
		return pins;
	} catch (error) {
		if (!(error instanceof WovenError)) throw error;
		const { file: _, line: __, ...details } = error.details;
		throw new WovenError({
			...details,
			message: `Woven could not add ${program.name} ${program.version} to the bundle: ${error.message}`,
			next: `Require ${program.name} in the project, in a version that your package index has. Woven then uses that version.`,
			cause: error
		});
	}
}
/** Stands for a file in messages about these requirements. */
const source$1 = "Woven's list of servers";

// src/bundle/build-constraints.ts
/** Writes the constraints to `folder`. Returns the variables by which uv and pip find them, beside the user's own. */
async function buildConstraintVariables(constraints, { folder, env }) {
	if (constraints.length === 0) return {};
	const file = join(folder, "build-constraints.txt");
	await writeFile(file, constraints.map((line) => `${line}\n`).join(""));
	return Object.fromEntries([
		"UV_BUILD_CONSTRAINT",
		"PIP_BUILD_CONSTRAINT",
		"PIP_CONSTRAINT"
	].map((name) => [name, [env[name], file].filter(Boolean).join(" ")]));
}

// src/bundle/download.ts
/** Puts the wheels of `pins` into `directory`. Throws `index-unreachable`, `hash-mismatch`, `download-failed`. */
async function downloadWheels(download, tools, context) {
	const [sure, unsure] = [true, false].map((isSure) => download.pins.filter(({ digests }) => digests.length > 0 === isSure));
	for (const pins of [sure ?? [], unsure ?? []]) await downloadSome({
		...download,
		pins
	}, tools, context);
}
async function downloadSome(download, tools, context) {
	const { pins, indexes } = download;
	if (pins.length === 0) return;
	const list = join(download.scratch, "wheels.txt");
	await writeFile(list, requirementsFor(pins, indexes), { mode: 384 });
	const args = [
		tools.pip,
		"download",
		"--quiet",
		"--no-deps",
		"--only-binary=:all:",
		...hashArguments(pins),
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
	if (result.code !== 0) throw downloadError(`${result.stdout}${result.stderr}`, download, context.configFile);
}
/** `name @ url --hash=…` lines. The addresses have the logins of their indexes. */
function requirementsFor(pins, indexes) {
	return pins.map(({ name, url, digests }) => withDigests(name, withLogin(url, indexes), digests)).map((line) => `${line}\n`).join("");
}
/** pip refuses a file without a digest, unless neither the index nor the requirements state one for it. */
function hashArguments(pins) {
	return pins.every(({ digests }) => digests.length > 0) ? ["--require-hashes"] : [];
}
/** pip's options for a Python and a platform that are not its own. */
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
function downloadError(output, { pins, lines, python }, configFile) {
	const pin = pins.find((candidate) => output.includes(candidate.url)) ?? pins.find((candidate) => output.includes(candidate.name));
	const place = pin && placeOf$2(pin, lines);
	const what = pin ? labelOf(pin) : "A wheel";
	const at = {
		file: place?.file,
		line: place?.line,
		output: tail(output)
	};
	const [, limited, range] = /Package '?([\w.-]+?)'? requires a different Python: \S+ not in '([^']+)'/.exec(output) ?? [];
	if (limited && range) {
		const version = pins.find(({ name }) => normaliseName(name) === normaliseName(limited))?.version;
		return pythonLimitError({
			name: normaliseName(limited),
			version,
			range,
			python,
			lines,
			configFile
		});
	}
	if (/DO NOT MATCH THE HASHES/.test(output) && place?.hashes.length) return new WovenError({
		...at,
		code: "hash-mismatch",
		message: `the download of ${what} has none of the hashes that ${place.file} allows`,
		state: "Nothing was deployed.",
		next: "The hashes protect you from changed packages. Find out why they changed. Only then make the hashes again."
	});
	if (/DO NOT MATCH THE HASHES/.test(output)) return new WovenError({
		...at,
		code: "hash-mismatch",
		message: `the download of ${what} does not have the hash that the package index gave`,
		state: "Nothing was deployed.",
		next: "Run the job again. If it fails again, a proxy or mirror between the runner and the index changes or truncates files."
	});
	if (/(ConnectionError|Max retries|NewConnectionError|timed out|HTTP error|SSLError|Temporary failure)/i.test(output)) return new WovenError({
		...at,
		code: "index-unreachable",
		message: `the runner could not fetch ${what}`,
		next: "Run the job again. If it fails again, check the proxy variables, the certificate authorities (SSL_CERT_FILE) and the login of the index."
	});
	return new WovenError({
		...at,
		code: "download-failed",
		message: `${what} could not be fetched`,
		next: "The output of pip below shows the reason."
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
/** What an ELF file needs. Undefined if the bytes are not a 64-bit little-endian ELF file. */
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
/** The newest of `GLIBC_2.17`, `GLIBC_2.34`, … as `2.34`. Ignores the versions of other libraries. */
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

// src/bundle/git-folder.ts
/** The parts of a git folder with the history. No hooks, no logs: those name the addresses of clones and fetches. */
const history = [
	"HEAD",
	"packed-refs",
	"refs",
	"reftable",
	"objects",
	"index",
	"shallow",
	"info"
];
/** Copies the `.git` of a folder, be it a folder or a file that names one. Does nothing if there is none. */
async function copyGit(from, to) {
	const found = await gitFolders(from);
	if (!found) return;
	await copyFolder(found.common, join(to, ".git"));
	for (const path of await submodules(join(found.common, "modules"))) await copyFolder(path, join(to, ".git", path.slice(found.common.length)));
	if (found.own !== found.common) await copyParts(found.own, join(to, ".git"), ["HEAD", "index"]);
}
/** The git folder of a checkout, and the one that it shares with its other worktrees. Undefined if there is none. */
async function gitFolders(folder) {
	const path = join(folder, ".git");
	const found = await lstat(path).catch(() => void 0);
	if (!found) return void 0;
	const named = found.isFile() ? /^gitdir: (.+)$/m.exec(await readFile(path, "utf8"))?.[1]?.trim() : ".git";
	if (named === void 0) return void 0;
	const own = resolve(folder, named);
	const shared = (await readFile(join(own, "commondir"), "utf8").catch(() => ".")).trim();
	return {
		own,
		common: resolve(own, shared)
	};
}
/** The configuration files of a repository, of its worktrees and of its submodules. */
async function gitConfigs(folder) {
	const found = await gitFolders(folder);
	if (!found) return [];
	const modules = await submodules(join(found.common, "modules"));
	return [.../* @__PURE__ */ new Set([
		found.common,
		found.own,
		...modules
	])].flatMap((path) => ["config", "config.worktree"].map((name) => join(path, name)));
}
async function copyFolder(from, to) {
	await mkdir(to, { recursive: true });
	await copyParts(from, to, history);
	const config = await readFile(join(from, "config"), "utf8").catch(() => "");
	await writeFile(join(to, "config"), withoutLogins(config));
}
async function copyParts(from, to, names) {
	const there = new Set(await readdir(from).catch(() => []));
	for (const name of names) if (there.has(name)) await cp(join(from, name), join(to, name), {
		recursive: true,
		verbatimSymlinks: true,
		force: true
	});
}
/** The git folders of submodules. The name of one may have slashes, and one may have submodules of its own. */
async function submodules(folder) {
	const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
	if (entries.some((entry) => entry.isFile() && entry.name === "HEAD")) return [folder, ...await submodules(join(folder, "modules"))];
	const inner = entries.filter((entry) => entry.isDirectory()).map((entry) => submodules(join(folder, entry.name)));
	return (await Promise.all(inner)).flat();
}
/** What git needs to read the history. Everything else may hold a login, or run a program. */
const needed$1 = /^(core\.(repositoryformatversion|filemode|bare|symlinks|ignorecase|precomposeunicode|logallrefupdates|sparsecheckout\w*|autocrlf|eol)|extensions\.\w+|remote\.[^.]+\.(url|fetch|promisor|partialclonefilter)|branch\..+\.(remote|merge))$/i;
/** A git configuration with the keys that reading the history needs, and without the logins in its addresses. */
function withoutLogins(config) {
	const kept = [];
	let section = {
		name: "",
		heading: ""
	};
	let written = "";
	for (const line of config.replaceAll("\r\n", "\n").replaceAll(/\\\n/g, " ").split("\n")) {
		const [, name, sub, rest] = /^\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\](.*)$/.exec(line) ?? [];
		if (name !== void 0) section = sectionOf(name, sub);
		const entry = neededEntry(section.name, rest ?? line);
		if (entry === void 0) continue;
		if (section.heading !== written) kept.push(section.heading);
		written = section.heading;
		kept.push(`\t${entry}`);
	}
	return kept.map((line) => `${line}\n`).join("");
}
function sectionOf(name, sub) {
	return sub === void 0 ? {
		name,
		heading: `[${name}]`
	} : {
		name: `${name}.${sub}`,
		heading: `[${name} "${plain$1(sub)}"]`
	};
}
/** The line of a key that is kept. A key without a value is true. */
function neededEntry(section, line) {
	const [, key, value] = /^\s*([A-Za-z][\w-]*)\s*(?:=\s*(.*))?$/.exec(line) ?? [];
	if (key === void 0 || !needed$1.test(`${section}.${key}`)) return void 0;
	if (value === void 0) return key;
	return key.toLowerCase() === "url" && /\s/.test(value.trim()) ? void 0 : `${key} = ${plain$1(value.trim())}`;
}
function plain$1(text) {
	return text.replaceAll(/\/\/[^/\s]*@/g, "//");
}

// src/bundle/build-wheel.ts
/** Builds one wheel into `directory`. Throws `build-failed`, `wheel-misfit`. */
async function buildWheel(build, tools, context) {
	const { pin, python } = build;
	const place = placeOf$2(pin, build.lines);
	const out = await mkdtemp(join(build.own, "built-"));
	const interpreter = build.interpreter ?? "python3";
	context.log(`Building ${labelOf(pin)} from source, ${build.described}`);
	const args = [
		tools.pip,
		"wheel",
		"--no-deps",
		"--ignore-requires-python",
		"--progress-bar=off",
		"-w",
		out,
		...onlyBinaryArguments(build.onlyBinary),
		...await source(build)
	];
	const variables = await buildIndexVariables(build.indexes, build.scratch, context.env);
	const result = await context.run(interpreter, args, {
		cwd: build.own,
		env: {
			...pipEnvironment(context),
			...variables
		}
	});
	const output = `${result.stdout}${result.stderr}`;
	const file = (await readdir(out, { withFileTypes: true })).find((entry) => entry.isFile() && entry.name.endsWith(".whl"))?.name;
	if (result.code !== 0 || !file) {
		if (!build.interpreter) return {
			kind: "other-python",
			output
		};
		const limit = await limitError({
			...build,
			...pin
		}, tools, context);
		if (limit) throw limit;
		throw new WovenError({
			code: "build-failed",
			message: `The package ${labelOf(pin)} could not be built on the runner`,
			next: buildAdvice(minorOf(python.version), output, {
				configFile: context.configFile,
				isFolder: pin.kind === "directory"
			}),
			file: place?.file,
			line: place?.line,
			output: tail(output)
		});
	}
	const wheel = parseWheelName(file);
	const problem = wheel && misfit$1(wheel, python);
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
/** The error for a compiled package if the runner has no Python of the node's minor version. */
function noInterpreterError(pin, { lines, python }, output) {
	const place = placeOf$2(pin, lines);
	const minor = minorOf(python.version);
	return new WovenError({
		code: "build-failed",
		message: `${labelOf(pin)} has no wheel for Python ${minor} on ${python.machine} and must be compiled, but the runner has no Python ${minor}`,
		next: `Add a step before this one: actions/setup-python with python-version "${minor}". Or require a version of ${pin.name} that has a wheel for Python ${minor}.`,
		file: place?.file,
		line: place?.line,
		output: tail(output)
	});
}
/** What a wheel's compiled files need and the node lacks, as text. Undefined if the node can load them. */
async function elfProblem(wheel, { python, own }, context) {
	const name = parseWheelName(basename(wheel));
	if (name && isPure(name)) return void 0;
	const unpacked = await mkdtemp(join(own, "unpacked-"));
	await context.run("python3", [
		"-m",
		"zipfile",
		"-e",
		wheel,
		unpacked
	], {
		cwd: own,
		env: context.env
	});
	const files = (await readdir(unpacked, {
		recursive: true,
		withFileTypes: true
	})).filter((entry) => entry.isFile());
	for (const file of files) {
		const elf = readElf(await readFile(join(file.parentPath, file.name)));
		if (!elf) continue;
		if (elf.machine !== python.machine) return `${file.name} is compiled for ${elf.machine}, and the server is ${python.machine}`;
		if (elf.glibc && glibcMinor(elf.glibc) > glibcMinor(python.glibc)) return `${file.name} needs glibc ${elf.glibc} (the runner's), and the server has ${python.glibc}`;
	}
}
function misfitError({ pin, python, lines }, reason) {
	const place = placeOf$2(pin, lines);
	return new WovenError({
		code: "wheel-misfit",
		message: `${labelOf(pin)} was built on the runner, but the server cannot load it: ${reason}`,
		next: `Require a version of ${pin.name} that has a wheel for ${python.machine} and glibc ${python.glibc}. Or build on the server's machine type and its Debian or Ubuntu release, or an older one: set \`container:\` for this job.`,
		file: place?.file,
		line: place?.line
	});
}
/** pip's arguments for what to build. A folder is copied first, because a build leaves files in it. */
async function source(build) {
	const { pin, scratch, own } = build;
	switch (pin.kind) {
		case "wheel":
		case "sdist": {
			const list = join(scratch, `${pin.name}.txt`);
			await writeFile(list, requirementsFor([pin], build.indexes), { mode: 384 });
			return [
				...hashArguments([pin]),
				"-r",
				list
			];
		}
		case "vcs": {
			const list = join(scratch, `${pin.name}.txt`);
			await writeFile(list, `${pin.name} @ ${pin.target}\n`, { mode: 384 });
			return ["-r", list];
		}
		case "directory": {
			const copy = join(await mkdtemp(join(own, "source-")), basename(pin.path));
			await cp(pin.path, copy, {
				recursive: true,
				verbatimSymlinks: true,
				filter: (path) => path !== join(pin.path, ".git") && !/\/(node_modules|\.venv|venv|__pycache__|build|[^/]+\.egg-info)$/.test(path.slice(pin.path.length))
			});
			await copyGit(pin.path, copy);
			return [copy];
		}
	}
}

// src/bundle/confinement.ts
const described = {
	user: "isolated",
	sudo: "isolated",
	root: "isolated",
	unprivileged: "not isolated: this runner allows no namespaces",
	none: "not isolated: this runner has neither unshare nor setpriv"
};
/** Finds the strongest confinement that works on this machine, by trying each. */
async function confine(options) {
	const mounts = await mkdtemp(join(options.scratch, "woven-mounts-"));
	const ways = options.account.uid === 0 ? ["root", "unprivileged"] : [
		"user",
		"sudo",
		"unprivileged"
	];
	let way = "none";
	for (const candidate of ways) {
		if ((await confined(candidate, mounts, options)("true", [], {
			cwd: "/",
			env: {}
		})).code !== 0) continue;
		way = candidate;
		break;
	}
	return {
		run: confined(way, mounts, options),
		described: described[way],
		[Symbol.asyncDispose]: () => rm(mounts, {
			recursive: true,
			force: true
		})
	};
}
function confined(way, mounts, options) {
	const { run, account, pass, path } = options;
	return (command, args, given) => {
		const env = {
			...programVariables(given.env ?? {}, pass),
			...options.env
		};
		const isRoot = account.uid === 0;
		switch (way) {
			case "none": return run(command, args, {
				...given,
				env,
				pass
			});
			case "unprivileged": {
				const words = [
					"--no-new-privs",
					...isRoot ? ["--bounding-set=-all", "--inh-caps=-all"] : [],
					command,
					...args
				];
				return run("setpriv", words, {
					...given,
					env,
					pass
				});
			}
			case "root":
			case "user":
			case "sudo": {
				const [program, ...words] = namespaces(way);
				const script = scriptArguments(way, mounts, options, given.cwd);
				return run(program, [
					...words,
					"sh",
					...script,
					"--",
					command,
					...args
				], {
					...inNamespaces(given, env),
					env: { PATH: path ?? systemPath }
				});
			}
		}
	};
}
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
function namespaces(way) {
	const unshare = [
		"--mount",
		"--pid",
		"--fork",
		"--kill-child",
		"--mount-proc"
	];
	switch (way) {
		case "root": return ["unshare", ...unshare];
		case "user": return [
			"unshare",
			"--user",
			"--map-root-user",
			...unshare
		];
		case "sudo": return [
			"sudo",
			"-n",
			"unshare",
			...unshare
		];
	}
}
function scriptArguments(way, mounts, { account, sight, own }, directory) {
	return [
		join(packageRoot, "templates/runner/confine.sh"),
		way,
		String(account.uid),
		String(account.gid),
		mounts,
		own,
		directory,
		...sight.keep.flatMap((path) => ["keep", path]),
		...sight.hide.flatMap((path) => ["hide", path]),
		...sight.discard.flatMap((path) => ["discard", path]),
		...sight.cover.flatMap((path) => ["cover", path])
	];
}
/** The variables are sent on standard input, before the program's own input: sudo drops variables, and everybody can read a command line. */
function inNamespaces({ cwd, input = "" }, env) {
	return {
		cwd,
		input: [
			...Object.entries(env).flatMap(([name, value]) => value === void 0 || !/^[A-Za-z_]\w*$/.test(name) ? [] : [name, value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")]),
			"",
			input
		].join("\n")
	};
}

// src/bundle/builder-sight.ts
/** The confinement for everything that may run code of packages. It can change only the folder `own`, which has its home folder. */
async function confineBuilds(context, around) {
	const { env } = context;
	const { own } = around;
	const home = env["HOME"];
	const overSsh = around.text.files.some(({ content }) => /\bssh:\/\/|git@/.test(content));
	const configuration = home ? await existing(configurationFiles(env, home, overSsh)) : [];
	const scratchHome = join(own, "home");
	const temporary = join(own, "tmp");
	for (const folder of [scratchHome, temporary]) await mkdir(folder, {
		recursive: true,
		mode: 448
	});
	if (home) await linkInto(scratchHome, configuration, env, home);
	const toolHomes = home ? await toolFolders(env, home) : {};
	const pass = [
		...context.buildEnv ?? [],
		...overSsh ? ["SSH_AUTH_SOCK"] : [],
		...variablesIn(around.text)
	];
	const sight = await builderSight(context, {
		...around,
		paths: [
			...around.paths,
			...configuration,
			...Object.values(toolHomes),
			...overSsh && env["SSH_AUTH_SOCK"] ? [env["SSH_AUTH_SOCK"]] : []
		]
	});
	const agent = overSsh ? [] : await existing([env["SSH_AUTH_SOCK"]]);
	return await confine({
		run: context.run,
		account: await stat(scratchHome),
		sight: {
			...sight,
			cover: [...sight.cover, ...agent]
		},
		path: env["PATH"],
		scratch: tmpdir(),
		own,
		pass,
		env: {
			...passedVariables(env, pass),
			...withoutFolders,
			...toolHomes,
			HOME: scratchHome,
			TMPDIR: temporary,
			TMP: temporary,
			TEMP: temporary
		}
	});
}
function passedVariables(env, names) {
	return programVariables(Object.fromEntries(names.map((name) => [name, env[name]])), names);
}
/** These point to folders that a build cannot use, or must not change. Without them, programs look below HOME. */
const withoutFolders = Object.fromEntries([...[
	"CONFIG_HOME",
	"CACHE_HOME",
	"DATA_HOME",
	"STATE_HOME",
	"RUNTIME_DIR"
].map((kind) => `XDG_${kind}`), ...[
	"UV_CACHE_DIR",
	"PIP_CACHE_DIR",
	"CCACHE_DIR",
	"SCCACHE_DIR",
	"CARGO_HOME",
	"PYTHONPYCACHEPREFIX"
]].map((name) => [name, void 0]));
/** The paths to hide, and the paths in them to keep visible. */
async function builderSight(context, around) {
	const { env, tempDir, cacheDir } = context;
	const checkout = await checkoutOf(around.workingDirectory);
	const hidden = (await existing([
		...[
			env["HOME"],
			accountHome(),
			env["RUNNER_TEMP"]
		],
		...sharedFolders,
		env["XDG_RUNTIME_DIR"]
	])).filter((path) => path !== "/" && !isInside(path, checkout));
	return {
		hide: hidden,
		keep: outermost$1((await existing([
			checkout,
			tempDir,
			join(cacheDir, "tools"),
			...around.paths,
			...localPaths$1(around),
			...around.text.files.map(({ path }) => resolve(around.workingDirectory, path)),
			...await nameServices(),
			...pathEntries(env),
			...variablePaths(env)
		])).filter((path) => hidden.some((one) => isInside(path, one)) && !hidden.some((one) => isInside(one, path)))),
		discard: outermost$1([checkout, ...await folders(localPaths$1(around))]),
		cover: await existing([...closedFiles(env), ...await gitConfigsWithLogin(checkout)])
	};
}
/** Programs of all users leave files and sockets there: the session bus, the system's services, tmux, Docker and Podman. */
const sharedFolders = [
	"/tmp",
	"/var/tmp",
	"/run"
];
/** What looking up host names and users needs in /run. */
async function nameServices() {
	const resolver = await realpath("/etc/resolv.conf").catch(() => void 0);
	return [
		"/run/systemd/resolve",
		"/run/nscd",
		...resolver ? [resolver] : []
	];
}
/** Those of the paths that are folders. */
async function folders(paths) {
	const found = await Promise.all(paths.map((path) => stat(path).catch(() => void 0)));
	return paths.filter((_, index) => found[index]?.isDirectory());
}
/** The paths without those that are inside another one. */
function outermost$1(paths) {
	const all = [...new Set(paths)];
	return all.filter((path) => !all.some((other) => other !== path && isInside(path, other)));
}
/** By default, actions/checkout leaves the job's token there. */
async function gitConfigsWithLogin(checkout) {
	const paths = await gitConfigs(checkout);
	const texts = await Promise.all(paths.map((path) => readFile(path, "utf8").catch(() => "")));
	return paths.filter((_, at) => /extraheader|\/\/[^/\s]+@/i.test(texts[at] ?? ""));
}
/** The home folder in the system's user database, whatever HOME is. An account in a container may have none. */
function accountHome() {
	try {
		return userInfo().homedir;
	} catch {
		return;
	}
}
/** Sockets through which an account of the runner can become root, and the credentials of a self-hosted runner. */
function closedFiles(env) {
	const temp = env["RUNNER_TEMP"];
	const runner = temp ? dirname(dirname(temp)) : void 0;
	return [
		"/run/docker.sock",
		"/run/podman/podman.sock",
		"/run/containerd/containerd.sock",
		...runner ? [
			".credentials",
			".credentials_rsaparams",
			".env"
		].map((name) => join(runner, name)) : []
	];
}
/** Logins of package indexes and git: a build needs them to fetch packages. */
function configurationFiles(env, home, overSsh) {
	const config = env["XDG_CONFIG_HOME"] || join(home, ".config");
	return [...[
		".netrc",
		".pip",
		".gitconfig",
		".git-credentials",
		...overSsh ? [".ssh"] : []
	].map((name) => join(home, name)), ...[
		"pip",
		"uv",
		"git"
	].map((name) => join(config, name))];
}
async function linkInto(scratchHome, files, env, home) {
	const config = env["XDG_CONFIG_HOME"] || join(home, ".config");
	await mkdir(join(scratchHome, ".config"), { recursive: true });
	for (const file of files) {
		const inConfig = isInside(file, config);
		const link = join(scratchHome, inConfig ? ".config" : "", relative(inConfig ? config : home, file));
		await symlink(file, link).catch((error) => {
			if (error.code !== "EEXIST") throw error;
		});
	}
}
/** The folders where uv, pyenv and rustup keep their installations, by the variables that set them. */
async function toolFolders(env, home) {
	const usual = {
		UV_PYTHON_INSTALL_DIR: join(env["XDG_DATA_HOME"] || join(home, ".local/share"), "uv/python"),
		PYENV_ROOT: join(home, ".pyenv"),
		RUSTUP_HOME: join(home, ".rustup")
	};
	const there = await existing(Object.values(usual));
	return Object.fromEntries(Object.entries(usual).filter(([name, path]) => !env[name] && there.includes(path)));
}
/** Variables that requirements use as `${NAME}`: pip and uv replace them from the environment. */
function variablesIn(text) {
	return text.files.flatMap(({ content }) => [...content.matchAll(/\$\{([A-Z0-9_]+)\}/g)].flatMap(([, name]) => name ?? []));
}
function localPaths$1({ workingDirectory, text }) {
	return text.lines.flatMap((line) => {
		const path = localPathOf(line.text);
		return path === void 0 ? [] : [resolve(workingDirectory, path)];
	});
}
/** The folders of programs, with their libraries. */
function pathEntries(env) {
	return (env["PATH"] ?? "").split(delimiter).flatMap((entry) => isAbsolute(entry) ? [entry, ...[
		"lib",
		"lib64",
		"libexec",
		"include"
	].map((name) => join(dirname(entry), name))] : []);
}
/** Paths that the job's own variables name, such as a tool cache, a virtualenv or certificates: a build may use them. */
function variablePaths(env) {
	return Object.entries(env).flatMap(([name, value]) => value && isProgramVariable(name) && !/^(PATH|HOME|PWD|TMPDIR|XDG_\w+)$/.test(name) ? value.split(delimiter).filter((path) => isAbsolute(path)) : []);
}
/** The repository of a folder, or the folder itself. */
async function checkoutOf(folder) {
	for (let at = folder; dirname(at) !== at; at = dirname(at)) if (await isThere(join(at, ".git"))) return at;
	return folder;
}
async function existing(paths) {
	const named = [...new Set(paths.flatMap((path) => path && isAbsolute(path) && !path.includes("\n") ? [resolve(path)] : []))];
	const there = await Promise.all(named.map(isThere));
	return named.filter((_, index) => there[index]);
}
function isThere(path) {
	return access(path).then(() => true, () => false);
}
/** Whether a path is the folder or inside it. */
function isInside(path, folder) {
	const way = relative(folder, path);
	return way === "" || !(way === ".." || way.startsWith("../") || isAbsolute(way));
}

// src/bundle/bundle-trust.ts
/** Trusts no kept bundle. */
const trustNothing = { digests: [] };
/**
* A key that everybody with the same private SSH key shares (HKDF, RFC 5869). Not made from passwords, because anyone who can read a
* signature could then guess the password.
*/
function signingKey(privateKey) {
	const material = Buffer.from(privateKey.replaceAll("\r", "").trim());
	const derived = (use, bytes) => Buffer.from(hkdfSync("sha256", material, "", `woven ${use}`, bytes));
	return {
		bytes: derived("bundle signature v1", 32),
		name: derived("bundle key name v1", 6).toString("hex")
	};
}
/** Hex HMAC-SHA-256 of a manifest's text. */
function signatureOf(manifest, { bytes }) {
	return createHmac("sha256", bytes).update(manifest).digest("hex");
}
function digestOf(manifest) {
	return createHash("sha256").update(manifest).digest("hex");
}
/** Whether a manifest has this run's signature, or a digest that another job passed on. */
function isTrusted(manifest, signature, { key, digests }) {
	if (digests.includes(digestOf(manifest))) return true;
	if (!key || signature === void 0) return false;
	const [given, right] = [Buffer.from(signature), Buffer.from(signatureOf(manifest, key))];
	return given.length === right.length && timingSafeEqual(given, right);
}
/** The names of cache entries that may hold a trusted bundle. */
function entriesToRead(bundleKey, { key, digests }) {
	return [...digests.map((digest) => entryOf(bundleKey, digest)), ...key ? [`${bundleKey}-${key.name}`] : []];
}
/** The name of this run's cache entry. Entries cannot be replaced, so each key and each unsigned bundle has its own. */
function entryToWrite(bundleKey, digest, { key }) {
	return key ? `${bundleKey}-${key.name}` : entryOf(bundleKey, digest);
}
function entryOf(bundleKey, digest) {
	return `${bundleKey}-${digest.slice(0, 16)}`;
}

// src/bundle/bundle-folder.ts
const Sha256 = pipe(string(), regex(/^[0-9a-f]{64}$/));
const Wheel = object({
	file: pipe(string(), regex(/^[A-Za-z0-9][\w.+!-]*\.whl$/)),
	sha256: Sha256,
	bytes: number$2()
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
	/** Files that were built on the runner, not fetched. */
	built: array(string())
});
/** The wheels in a folder. */
async function describeWheels(directory) {
	const files = (await readdir(directory)).toSorted();
	return Promise.all(files.map((file) => describe$2(directory, file)));
}
/** Describes `directory/wheels` in requirements.lock and bundle.json, signs it if the run has a key, and returns the manifest. */
async function sealBundle(directory, about, { key }) {
	const wheels = await describeWheels(join(directory, "wheels"));
	const packages = wheels.flatMap(({ file }) => {
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
	const text = `${JSON.stringify(manifest, void 0, 2)}\n`;
	await writeFile(join(directory, "bundle.json"), text);
	if (key) await writeFile(join(directory, signatureFile), signatureOf(text, key));
	return {
		manifest,
		digest: digestOf(text)
	};
}
const signatureFile = "bundle.signature";
/** The manifest of a kept bundle, or why it is refused: not trusted, another key, other wheels, a changed lock. */
async function openBundle(directory, key, trust) {
	const text = await readFile(join(directory, "bundle.json"), "utf8").catch(() => void 0);
	if (text === void 0) return void 0;
	const signature = await readFile(join(directory, signatureFile), "utf8").catch(() => void 0);
	if (!isTrusted(text, signature, trust)) return { refused: "it is not signed with this ssh-key, and not listed in bundle-digests" };
	const parsed = safeParse(Manifest, parseJson$1(text));
	if (!parsed.success) return { refused: "its bundle.json cannot be read" };
	const manifest = parsed.output;
	if (manifest.key !== key) return { refused: "it was made for another key" };
	const there = (await readdir(join(directory, "wheels")).catch(() => [])).toSorted();
	const expected = manifest.wheels.map((wheel) => wheel.file).toSorted();
	if (there.join("\n") !== expected.join("\n")) return { refused: "its files are not the listed ones" };
	for (const wheel of manifest.wheels) {
		const path = join(directory, "wheels", wheel.file);
		if (!(await lstat(path)).isFile() || await sha256Of(path) !== wheel.sha256) return { refused: `${wheel.file} was changed` };
	}
	return await readFile(join(directory, "requirements.lock"), "utf8").catch(() => "") === lockText(manifest) ? {
		manifest,
		digest: digestOf(text)
	} : { refused: "its requirements.lock does not match its wheels" };
}
const mostKept = 10;
/** Marks a bundle as used now, and keeps only the ten bundles in its folder that were used last. */
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
/** `name==version --hash=sha256:…` for each wheel, so that the node can install with --require-hashes and without an index. */
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
function parseJson$1(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}

// src/bundle/interpreters.ts
/** Path of a working Python `minor`: `first`, then from uv, then from GitHub's tool cache, where uv does not look, then from pyenv. */
async function findPython(minor, { tools, first }, indexes, context) {
	const preferred = first && await firstWorking([first], minor, context);
	if (preferred) return preferred;
	const found = await context.run(tools.uv, [
		"python",
		"find",
		minor
	], {
		env: uvEnvironment(indexes, context.env),
		cwd: context.tempDir
	});
	return firstWorking([
		...found.code === 0 ? [found.stdout.trim()] : [],
		...await matches$1(context.env["RUNNER_TOOL_CACHE"], `Python/${minor}.*/*/bin/python`),
		...await matches$1(context.env["PYENV_ROOT"], `versions/${minor}.*/bin/python`)
	], minor, context);
}
async function firstWorking(candidates, minor, context) {
	for (const candidate of candidates) {
		const asked = await context.run(candidate, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
			cwd: context.tempDir,
			env: context.env
		});
		if (asked.code === 0 && asked.stdout.trim() === minor) return candidate;
	}
}
/** Lets uv fetch its own build of Python `minor` into a folder. Undefined if the runner cannot reach it. */
async function installPython$1(minor, directory, tools, indexes, context) {
	context.log(`Fetching Python ${minor} for the runner, to compile with`);
	const env = {
		...uvEnvironment(indexes, context.env),
		UV_PYTHON_DOWNLOADS: "manual",
		UV_HTTP_RETRIES: "1"
	};
	const installed = await context.run(tools.uv, [
		"python",
		"install",
		"--no-bin",
		"--install-dir",
		directory,
		minor
	], {
		env,
		cwd: context.tempDir
	});
	const found = await matches$1(directory, `cpython-${minor}.*/bin/python${minor}`);
	return installed.code === 0 ? firstWorking(found, minor, context) : void 0;
}
/** The paths that must be visible to run it: its installation, and its virtualenv. */
function interpreterPaths(interpreter) {
	if (interpreter === void 0 || !isAbsolute(interpreter)) return [];
	return [dirname(dirname(interpreter)), dirname(dirname(realpathSync(interpreter)))];
}
async function matches$1(root, pattern) {
	return root ? (await Array.fromAsync(glob(pattern, { cwd: root }))).toSorted().map((path) => join(root, path)) : [];
}

// src/bundle/place-folder.ts
/** Renames `finished` to `directory`. Returns `taken` and changes nothing if another run was first. */
async function placeFolder(finished, directory) {
	try {
		await rename(finished, directory);
		return "placed";
	} catch (error) {
		const { code } = error;
		if (code === "ENOTEMPTY" || code === "EEXIST") return "taken";
		throw error;
	}
}
/** Renames `finished` to `directory`, and removes the folder that had that name. There is never an incomplete folder. */
async function replaceFolder(finished, directory) {
	while (await placeFolder(finished, directory) === "taken") {
		const old = `${directory}.${randomUUID()}`;
		await rename(directory, old).catch((error) => {
			if (error.code !== "ENOENT") throw error;
		});
		await rm(old, {
			recursive: true,
			force: true
		});
	}
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
const pipRequirements = `pip==26.3; python_version >= '3.10' --hash=sha256:f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13
pip==25.0.1; python_version < '3.10' --hash=sha256:c46efd13b6aa8279f33f2864459c8ce587ea6a1a59ee20de055868d8f7688f7f
`;
/** uv and pip for the runner itself: uv from PATH if it is the pinned version, or else from the package index. Throws `bundle-tools`. */
async function toolchain(context) {
	const uv = await isOnPath(context) ? "uv" : (await fetchUv(runnerMachine(), ["-m", "pip"], context)).path;
	return {
		uv,
		pip: await installPip(uv, [], context)
	};
}
/** The same tools with a pip that runs on this interpreter of a minor version: the newest pip runs on Python 3.10 and newer. */
async function toolsFor({ interpreter, minor }, tools, context) {
	const isOld = Number(minor.split(".")[1]) < 10;
	return interpreter && isOld ? {
		...tools,
		pip: await installPip(tools.uv, ["--python-version", minor], context)
	} : tools;
}
/** uv alone, for the runner itself. A kept one needs no network. Throws `bundle-tools`. */
async function runnerUv(context) {
	return await isOnPath(context) ? "uv" : (await uvWheel(runnerMachine(), context)).path;
}
async function isOnPath(context) {
	await mkdir(context.tempDir, { recursive: true });
	const found = await context.run("uv", ["--version"], {
		cwd: context.tempDir,
		env: context.env
	});
	return found.code === 0 && found.stdout.split(" ")[1]?.trim() === "0.13.9";
}
/** The uv program for a node's machine, checked against its pinned digest. Fetched once, then kept in `cacheDir`. Throws `bundle-tools`. */
async function uvWheel(machine, context) {
	const kept = await keptUv(machine, context);
	if (kept) return kept;
	const directory = uvDirectory(machine, context);
	const key = `woven-uv-${uvVersion}-${machine}`;
	if (await context.cache?.restore(key, directory) === "hit") {
		const restored = await keptUv(machine, context);
		if (restored) return restored;
	}
	const scratch = await mkdtemp(join(context.tempDir, "tools-"));
	try {
		const { pip } = await toolchain({
			...context,
			tempDir: scratch
		});
		const fetched = await keptUv(machine, context) ?? await fetchUv(machine, [pip], context);
		await context.cache?.save(key, directory);
		return fetched;
	} finally {
		await rm(scratch, {
			recursive: true,
			force: true
		});
	}
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
	context.log(`The kept uv for ${machine} is not the released program: fetching it again.`);
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
	if (!fetched) throw toolError(`The uv in its released wheel does not have the digest that Woven expects`, "Nothing was deployed. Please report this: the digests in Woven and in the release differ.");
	return fetched;
}
/** Installs pip into scratch space, again for each bundle: a build could change it, and it is not checked again. */
async function installPip(uv, version, context) {
	const asked = await context.run("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], {
		cwd: context.tempDir,
		env: context.env
	});
	if (asked.code !== 0) throw toolError("The runner has no python3", "Install Python on the runner, for example with actions/setup-python.", asked.stderr);
	const scratch = await mkdtemp(join(context.tempDir, "pip-"));
	const list = join(scratch, "pip.txt");
	await writeFile(list, pipRequirements);
	const options = [
		"--quiet",
		"--no-progress",
		"--no-deps",
		"--require-hashes",
		"--only-binary",
		":all:"
	];
	const target = join(scratch, "packages");
	await mustRun(uv, [
		"pip",
		"install",
		...options,
		"--python",
		"python3",
		...version,
		"--target",
		target,
		"-r",
		list
	], context);
	return join(target, "pip");
}
/** Two runs may fetch at the same time. The first copy stays, and the other one is the same. */
async function moveInto(staged, directory) {
	await mkdir(join(directory, ".."), { recursive: true });
	const beside = `${directory}.${randomUUID()}`;
	await cp(staged, beside, { recursive: true });
	if (await placeFolder(beside, directory) === "taken") await rm(beside, {
		recursive: true,
		force: true
	});
}
async function mustRun(command, args, context) {
	const indexes = await readIndexes(context.env);
	const variables = indexes.noIndex ? {} : uvIndexVariables(indexes, context.env);
	const result = await context.run(command, args, {
		env: {
			...context.env,
			...variables,
			...systemCertificates
		},
		cwd: context.tempDir
	});
	if (result.code === 0) return;
	throw toolError(`The tools that build the wheels could not be installed on the runner (uv ${uvVersion} and pip, from the package index)`, `Let the runner reach its package index: check PIP_INDEX_URL, the proxy settings and pip.conf. Or put uv ${uvVersion} on the runner's PATH with the action astral-sh/setup-uv.`, `${result.stdout}${result.stderr}`);
}
/** The machine type of this runner, as nodes name theirs. */
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
/** Raise it when a change in Woven makes another bundle from the same inputs. */
const recipe = 1;
const leftovers$1 = /* @__PURE__ */ new Set([
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
	add("requirements", requirements.kind === "lock" ? lockKey(requirements) : requirements);
	for (const file of input.text.files) add(`file ${requirements.kind === "lock" ? "" : file.path}`, keyedContent(file, ownFolder(requirements)));
	add("indexes", [
		input.indexes.index,
		input.indexes.extra,
		input.indexes.findLinks,
		input.indexes.noIndex
	].flat().map(withoutLogin));
	add("environment", Object.entries(context.env).filter(([name, value]) => value && resolvingVariables.test(name) && !/_(USERNAME|PASSWORD)$/.test(name)).toSorted().map(([name, value]) => [name, withoutLogin(value)]));
	const own = (input.indexes.project ?? []).filter(({ isUnknownToUv }) => isUnknownToUv);
	if (own.length > 0) add("indexes of the project", own.map(({ url, use }) => [url, use]));
	if (input.onlyBinary.length > 0) add("only binary", input.onlyBinary);
	if (input.buildConstraints?.length) add("build constraints", input.buildConstraints);
	if (input.added.length > 0) add("added", input.added);
	add("uv", await uvConfiguration(input.workingDirectory));
	if (resolve(base) !== resolve(input.workingDirectory)) add("uv of the lock", await uvConfiguration(base));
	for (const path of localPaths(input.text, ownFolder(requirements))) add(`local ${path}`, await localDigest(resolve(base, path)));
	for (const branch of gitBranches(input.text.lines)) add(`git ${branch.url} ${branch.ref}`, await commitOf(branch, context));
	return `woven-bundle-v${recipe}-cp${minorOf(python.version).replace(".", "")}-${python.machine}-glibc${python.glibc}-${hash.digest("hex").slice(0, 32)}`;
}
/** The parts of a lock that are used. */
function lockKey(lock) {
	const { format, package: own, groups, extras, roots } = lock;
	const taken = {
		package: own?.name,
		groups,
		extras,
		roots
	};
	return Object.values(taken).some((value) => value !== void 0) ? [format, taken] : [format];
}
/** The folder of the project in its lock. */
function ownFolder(requirements) {
	return requirements.kind === "lock" && requirements.package?.folder || ".";
}
/** The lock without the project's own version, which uv.lock contains: a new version must not need a new bundle. */
function keyedContent({ path, content }, own) {
	if (!path.endsWith("uv.lock")) return content;
	const lock = readUvLock(content, path);
	const packages = (lock.package ?? []).map((entry) => (entry.source?.["virtual"] ?? entry.source?.["editable"]) === own ? {
		...entry,
		version: void 0
	} : entry);
	return {
		...lock,
		package: packages
	};
}
/** `[tool.uv]` and uv.toml, which configure uv's resolver. */
async function uvConfiguration(directory) {
	const [own, project] = await Promise.all(["uv.toml", "pyproject.toml"].map((file) => readFile(join(directory, file), "utf8").catch(() => "")));
	return [own, (project ? parse$1(project) : {}).tool?.uv];
}
function localPaths(text, own) {
	const fromLines = text.lines.flatMap((line) => localPathOf(line.text) ?? []);
	const fromLock = text.files.filter((file) => file.path.endsWith("uv.lock")).flatMap((file) => [...file.content.matchAll(/source = \{ (?:directory|editable|path) = "([^"]+)"/g)].flatMap((match) => match[1] && match[1] !== own ? [match[1]] : []));
	return [.../* @__PURE__ */ new Set([...fromLines, ...fromLock])].toSorted();
}
/** sha256 over the names and contents of a folder, or the content of a file; `missing` if there is none: the resolver has a better error for that. */
async function localDigest(path) {
	const found = await stat(path).catch(() => void 0);
	if (!found) return "missing";
	const hash = createHash("sha256");
	if (found.isFile()) return hash.update(await readFile(path)).digest("hex");
	for (const file of await filesUnder(path)) hash.update(`${file}\0`).update(await readFile(join(path, file)));
	return hash.digest("hex");
}
async function filesUnder(root, below = "") {
	const kept = (await readdir(join(root, below), { withFileTypes: true })).filter((entry) => !leftovers$1.has(entry.name) && !/\.(egg-info|pyc)$/.test(entry.name));
	return (await Promise.all(kept.map((entry) => {
		const path = join(below, entry.name);
		return entry.isDirectory() ? filesUnder(root, path) : Promise.resolve(entry.isFile() ? [path] : []);
	}))).flat().toSorted();
}
/** The git repositories that requirements name with a branch, a tag or no ref. A full commit never changes, so it is not listed. */
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
/** The current commit of a branch. Only its name if the server does not answer: the build then reports why. */
async function commitOf(branch, context) {
	const { url, variables } = withoutLoginOnCommandLine(branch.url, context.env);
	const listed = await context.run("git", [
		"ls-remote",
		"--",
		url,
		branch.ref
	], {
		cwd: context.tempDir,
		env: {
			...context.env,
			...variables,
			GIT_TERMINAL_PROMPT: "0"
		},
		pass: ["SSH_AUTH_SOCK"]
	});
	return listed.code === 0 ? listed.stdout : "unknown";
}
/** The login of an address as git's variables (git-config(1), GIT_CONFIG_COUNT), because every account can read a command line. */
function withoutLoginOnCommandLine(url, env) {
	const [whole, scheme, login, host] = /^(https?:\/\/)([^/@]+)@([^/]+\/)/.exec(url) ?? [];
	if (whole === void 0 || login === void 0) return {
		url,
		variables: {}
	};
	const plain = `${scheme}${host}`;
	const [user = "", ...password] = login.split(":");
	const credentials = [user, password.join(":")].map(decodeURIComponent).join(":");
	const count = Number(env["GIT_CONFIG_COUNT"] ?? "0");
	return {
		url: plain + url.slice(whole.length),
		variables: {
			GIT_CONFIG_COUNT: String(count + 1),
			[`GIT_CONFIG_KEY_${count}`]: `http.${plain}.extraHeader`,
			[`GIT_CONFIG_VALUE_${count}`]: `Authorization: Basic ${Buffer.from(credentials).toString("base64")}`
		}
	};
}
/** Without the login in an index URL: a token may change in each run, and the packages stay the same. */
function withoutLogin(value) {
	return typeof value === "string" ? value.replaceAll(/\/\/[^\s/@]+@/g, "//") : value;
}

// src/bundle/wheel-check.ts
/** A kept bundle must have the hashes that the user wrote, too. */
async function forbiddenWheel(directory, manifest, text) {
	const allowed = allowedHashes(text.lines);
	for (const { file } of manifest.wheels) {
		const hashes = allowed.get(parseWheelName(file)?.name ?? "");
		if (hashes === void 0 || manifest.built.includes(file)) continue;
		if (!(await digestsOfFile(join(directory, "wheels", file), hashes)).some((digest) => hashes.has(digest))) return `${file} has none of the hashes that the requirements allow`;
	}
}
/** Checks the fetched wheels again after the builds, because the code of built packages could change them. */
function requireAll(pins, fetched, manifest) {
	const digests = new Map(manifest.wheels.map((wheel) => [wheel.file, wheel.sha256]));
	const changed = fetched.filter(({ file, sha256 }) => digests.get(file) !== sha256);
	const have = new Set(manifest.packages.map((entry) => entry.name));
	const missing = pins.filter((pin) => !have.has(normaliseName(pin.name))).map((pin) => pin.name);
	if (missing.length === 0 && changed.length > 0) throw new WovenError({
		code: "hash-mismatch",
		message: `${changed.map(({ file }) => file).join(", ")} was changed while other packages were built`,
		state: "Nothing was deployed.",
		next: "A package that was built on the runner changed files of other packages. Find out which one before you deploy. `only-binary` forbids builds."
	});
	if (missing.length > 0) throw new WovenError({
		code: "download-failed",
		message: `The bundle lacks the wheels of ${missing.join(", ")}`,
		next: "This is a bug in Woven. Please report it, with the requirements."
	});
}

// src/bundle/bundle.ts
/**
* The bundle of these requirements. Uses a kept one if there is one for the key, without the network. Else builds it.
* Throws WovenError with code `requirement-*`, `lock-format`, `index-unreachable`, `build-failed`, `wheel-misfit`, `hash-mismatch`, `bundle-tools`.
*/
async function buildBundle(options) {
	try {
		return await keptOrMade(options);
	} catch (error) {
		throw error instanceof WovenError ? fromRepository(error, options) : error;
	}
}
/** Makes the file paths of errors relative to the repository's root. In this folder they are relative to the working directory. */
function fromRepository(error, { workingDirectory, repository = workingDirectory }) {
	const { file } = error.details;
	return file === void 0 ? error : new WovenError({
		...error.details,
		file: relative(repository, resolve(workingDirectory, file))
	});
}
async function keptOrMade(options) {
	const { requirements, workingDirectory, python, context } = options;
	const { trust = trustNothing, onlyBinary = [], buildConstraints = [], added = [] } = options;
	const started = context.now();
	const text = await readRequirements(requirements, workingDirectory);
	const project = await projectIndexes(requirements, text, {
		workingDirectory,
		env: context.env
	});
	const indexes = {
		...await readIndexes(context.env),
		project
	};
	for (const secret of secretsIn(indexes)) context.mask?.(secret);
	const key = await bundleKey({
		requirements,
		workingDirectory,
		python,
		text,
		indexes,
		onlyBinary,
		buildConstraints,
		added
	}, context);
	const directory = join(context.cacheDir, "bundles", key);
	const job = {
		...options,
		key,
		text,
		indexes,
		trust,
		onlyBinary,
		buildConstraints,
		added
	};
	const kept = options.reuse === "fresh" ? void 0 : await keptBundle(job, directory);
	const { manifest, digest } = kept ?? await madeBundle(job, directory);
	await keepNewest(directory);
	if (!kept) await context.cache?.save(entryToWrite(key, digest, trust), directory);
	const bytes = manifest.wheels.reduce((sum, wheel) => sum + wheel.bytes, 0);
	return {
		key,
		digest,
		directory,
		wheels: manifest.wheels,
		packages: manifest.packages,
		cacheHit: kept !== void 0,
		bytes,
		seconds: (context.now() - started) / 1e3
	};
}
/** A kept bundle from this machine's disk, or else from the cache. Removes one that fails its check. */
async function keptBundle(job, directory) {
	const { context, key, trust } = job;
	for (const entry of ["on disk", ...entriesToRead(key, trust)]) {
		if (entry !== "on disk" && await context.cache?.restore(entry, directory) !== "hit") continue;
		const opened = await openBundle(directory, key, trust);
		const refused = opened && ("refused" in opened ? opened.refused : await forbiddenWheel(directory, opened.manifest, job.text));
		if (opened && "manifest" in opened && !refused) return opened;
		if (refused) context.log(`The kept bundle is not used and is built again: ${refused}.`);
		await rm(directory, {
			recursive: true,
			force: true
		});
	}
}
async function madeBundle(job, directory) {
	const { context, python, key } = job;
	await Promise.all([mkdir(context.tempDir, { recursive: true }), mkdir(join(directory, ".."), { recursive: true })]);
	const scratch = await mkdtemp(join(context.tempDir, "bundle-"));
	const staged = await mkdtemp(`${directory}.`);
	try {
		const own = join(scratch, "builds");
		await Promise.all([mkdir(join(staged, "wheels")), mkdir(own)]);
		const constraints = await buildConstraintVariables(job.buildConstraints, {
			folder: scratch,
			env: context.env
		});
		const inScratch = {
			...context,
			tempDir: scratch
		};
		const tools = await toolchain(inScratch);
		const interpreter = await findPython(minorOf(python.version), {
			tools,
			first: await job.compiler?.()
		}, job.indexes, context);
		await using builds = await confineBuilds(inScratch, {
			...job,
			own,
			paths: [
				...interpreterPaths(interpreter),
				...job.indexes.findLinks,
				...job.indexes.cert ? [job.indexes.cert] : []
			]
		});
		const confined = {
			...inScratch,
			run: builds.run,
			env: {
				...context.env,
				...constraints
			}
		};
		const resolved = await resolve$1({
			...job,
			interpreter
		}, tools, confined);
		refuseBuilds(resolved, job);
		const problem = checkPython({
			packages: resolved.flatMap(known$2),
			python,
			lines: job.text.lines,
			configFile: context.configFile
		});
		if (problem) throw new SettingsError([problem]);
		const pins = [...resolved, ...await addedPins(job.added, resolved, {
			...job,
			interpreter
		}, tools, confined)];
		context.log(`Resolved ${pins.length} packages for Python ${minorOf(python.version)} on ${python.machine}, glibc ${python.glibc}`);
		const target = {
			python,
			indexes: job.indexes,
			directory: join(staged, "wheels"),
			scratch,
			lines: job.text.lines
		};
		await downloadWheels({
			...target,
			pins: pins.flatMap((pin) => pin.kind === "wheel" ? [pin] : [])
		}, tools, context);
		const fetched = await describeWheels(target.directory);
		const built = await buildAll(pins.filter((pin) => pin.kind !== "wheel"), {
			...target,
			own,
			interpreter,
			described: builds.described,
			onlyBinary: job.onlyBinary
		}, await toolsFor({
			interpreter,
			minor: minorOf(python.version)
		}, tools, inScratch), confined);
		const sealed = await sealBundle(staged, {
			key,
			python,
			built
		}, job.trust);
		requireAll(pins, fetched, sealed.manifest);
		return await place(staged, directory, job) ?? sealed;
	} finally {
		const tidying = {
			recursive: true,
			force: true,
			maxRetries: 5
		};
		await Promise.all([rm(scratch, tidying), rm(staged, tidying)]);
	}
}
function known$2({ name, version }) {
	return version === void 0 ? [] : [{
		name: normaliseName(name),
		version
	}];
}
/** Gives the bundle its name. If another run made the same one meanwhile and may be reading it, returns that one. */
async function place(staged, directory, { reuse, key, text, trust }) {
	if (reuse !== "fresh") {
		if (await placeFolder(staged, directory) === "placed") return void 0;
		const other = await openBundle(directory, key, trust);
		if (other && "manifest" in other && !await forbiddenWheel(directory, other.manifest, text)) return other;
	}
	await replaceFolder(staged, directory);
}
/** Builds the packages one after the other, and returns their files. Fetches the node's Python only if a compiled package needs it. */
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
		const limit = await limitError({
			...place,
			...pin
		}, tools, context);
		if (limit) throw limit;
		interpreter = await installPython$1(minorOf(place.python.version), join(place.own, "python"), tools, place.indexes, context);
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

// src/bundle/choose-python.ts
/** The minor versions of Python 3 that uv has builds of. */
const oldest = 8;
/**
* The Python to bring along for a release. Undefined if the server's own is right, or if no Python fits the project: checkPython then
* says why.
*/
function wantedPython(question) {
	const { setting, system, pinnedPython } = question;
	if (setting === "system") return void 0;
	if (setting !== void 0) return namedPython(setting, system);
	const reason = misfitReason(question);
	if (reason === void 0) return void 0;
	const suits = (version) => runsOn(question, version);
	const rank = (minor) => minor === pinnedPython?.value ? -1 : distance$2(minor, system);
	const fitting = minors().filter(suits).toSorted((one, other) => rank(one) - rank(other));
	return fitting.length === 0 ? void 0 : {
		minors: fitting,
		suits,
		...reason
	};
}
/** The server's own counts if it is the named version: the system then keeps it up to date. */
function namedPython(setting, system) {
	const plain = system.replace(/\+$/, "");
	const matches = (version) => version === setting || minorOf(version) === setting;
	return matches(plain) ? void 0 : {
		minors: [minorOf(setting)],
		suits: matches,
		need: "must",
		why: `The configuration says python = "${setting}"`
	};
}
function misfitReason(question) {
	const { requiresPython, pinnedPython, djangos, system } = question;
	if (requiresPython && !pythonFits$1(requiresPython.value, system)) return {
		need: "must",
		why: `${requiresPython.from} says ${requiresPython.value}`
	};
	if (!runsDjango(djangos, system)) {
		const newest = djangos.at(-1) ?? "";
		const fit = djangoFit(newest, system);
		const bounds = "min" in fit ? `supports Python ${fit.min} to ${fit.max}` : "does not support it";
		return {
			need: fit.kind === "too-new" ? "should" : "must",
			why: `Django ${newest} ${bounds}`
		};
	}
	if (requiresPython || !pinnedPython || pinnedPython.value === minorOf(system)) return void 0;
	return {
		need: "should",
		why: `${pinnedPython.from} says ${pinnedPython.value}`
	};
}
/** Whether the project runs on a Python, as far as it says. With neither a requires-python nor a known Django, only the pinned version will do. */
function runsOn({ requiresPython, pinnedPython, djangos }, version) {
	if (!runsDjango(djangos, version)) return false;
	if (requiresPython) return pythonFits$1(requiresPython.value, version);
	return djangos.length > 0 || pinnedPython === void 0 || minorOf(version) === pinnedPython.value;
}
/** Whether one of the Djangos supports this Python, or nothing is known of them. */
function runsDjango(djangos, python) {
	const fits = djangos.map((django) => djangoFit(django, python).kind);
	return fits.length === 0 || fits.some((kind) => kind === "fits" || kind === "unknown");
}
/** The Djangos that the requirements allow, oldest first: the pinned one, or one of each series. Empty if they say nothing of it. */
function allowedDjangos(packages, lines) {
	const pinned = packages.find(({ name }) => name === "django")?.version;
	if (pinned !== void 0) return [pinned];
	const line = lines.find(({ kind, name }) => kind === "requirement" && name === "django");
	const specifier = /^[\w.-]+\s*(?:\[[^\]]*\])?\s*\(?([<>=!~][^;)]*)\)?\s*$/.exec(line?.text ?? "")?.[1]?.trim();
	if (specifier === void 0 || !isSpecifier(specifier)) return [];
	return [...djangoPythons.keys()].filter((series) => pythonFits$1(specifier, series));
}
function minors() {
	return Array.from({ length: 8 }, (_, index) => `3.${oldest + index}`);
}
/** Newer ones come first where two are as near. */
function distance$2(minor, system) {
	const steps = Number(minor.slice(2)) - Number(minorOf(system).slice(2));
	return Math.abs(steps) - (steps > 0 ? .5 : 0);
}
/** Why the project cannot run on the only Python that there is. For what checkPython cannot say with a line of the requirements. */
function lackingPython({ why, suits }, python) {
	return {
		where: "requirements",
		what: `${why}, and the server has Python ${python.version}`,
		next: pythonAdvice(suits, {
			python,
			configFile: python.configFile
		})
	};
}

// src/bundle/pack-folder.ts
/** tar(1) warns of files from 1970. */
const always = /* @__PURE__ */ new Date("2020-01-01T00:00:00Z");
/** Writes the content of `folder` to the file `archive`. Everything belongs to root, and all can read it. */
async function packFolder(folder, archive) {
	const packing = (0, import_tar_stream.pack)();
	const writing = pipeline(packing, createWriteStream(archive, { mode: 384 }));
	writing.catch((error) => packing.destroy(error));
	await fill(packing, folder, "");
	packing.finalize();
	await writing;
}
async function fill(packing, folder, below) {
	for (const name of (await readdir(join(folder, below))).toSorted()) {
		const path = below === "" ? name : `${below}/${name}`;
		const full = join(folder, path);
		const found = await lstat(full);
		if (found.isSymbolicLink()) packing.entry({
			name: path,
			type: "symlink",
			linkname: await readlink(full),
			mtime: always
		});
		else if (found.isDirectory()) {
			packing.entry({
				name: path,
				type: "directory",
				mode: 493,
				mtime: always
			});
			await fill(packing, folder, path);
		} else if (found.isFile()) await add(packing, full, path, found);
	}
}
function add(packing, full, name, found) {
	return new Promise((resolve, reject) => {
		const mode = found.mode & 73 ? 493 : 420;
		const entry = packing.entry({
			name,
			size: found.size,
			mode,
			mtime: always
		}, (error) => error ? reject(error) : resolve());
		entry.on("error", reject);
		createReadStream(full).on("error", reject).pipe(entry);
	});
}

// src/bundle/standalone-python.ts
const Listed = array(object({
	key: string(),
	version: string(),
	url: nullable(string()),
	variant: string(),
	implementation: string(),
	arch: string()
}));
/** The newest build of the best minor version, by uv's own list or that of UV_PYTHON_DOWNLOADS_JSON_URL. Throws `python-unavailable`. */
async function findBuild(wanted, machine, context) {
	const listed = await runUv([
		"python",
		"list",
		"--only-downloads",
		"--all-versions",
		"--output-format",
		"json",
		`cpython-3-linux-${machine}-gnu`
	], {}, context);
	const parsed = safeParse(Listed, listed.code === 0 ? parseJson(listed.stdout) : void 0);
	if (!parsed.success) throw unavailable(`Python ${wanted.minors[0]}`, `${listed.stdout}${listed.stderr}`);
	const builds = parsed.output.flatMap(({ implementation, variant, arch, version, key, url }) => implementation === "cpython" && variant === "default" && arch === machine && isRelease(version) && url ? [{
		version,
		machine,
		key,
		url
	}] : []);
	for (const minor of wanted.minors) {
		const [best] = builds.filter(({ version }) => minorOf(version) === minor && wanted.suits(version)).toSorted((one, other) => patchOf(other.version) - patchOf(one.version));
		if (best) return best;
	}
	const near = builds.map(({ version }) => version).filter((version) => wanted.minors.includes(minorOf(version)));
	const known = near.length > 0 ? near : [...new Set(builds.map(({ version }) => minorOf(version)))];
	throw new WovenError({
		code: "python-unavailable",
		message: `${wanted.why}, and uv has no build of such a Python for ${machine}`,
		next: `uv has ${known.join(", ") || "none"}. Write one of them: python = "${known[0] ?? "3.13"}". Or python = "system", for the server's own.`
	});
}
function isRelease(version) {
	return /^3\.\d{1,2}\.\d{1,2}$/.test(version);
}
/** Fetches a build into a new folder in the scratch space, and returns the folder. Throws `python-unavailable`. */
async function fetchBuild(build, context) {
	const archives = join(context.cacheDir, "python", entryName(build));
	await mkdir(context.tempDir, { recursive: true });
	await mkdir(archives, { recursive: true });
	await discardUnchecked(archives);
	const target = await mkdtemp(join(context.tempDir, "python-"));
	const kept = await hasArchive(archives);
	const cache = context.env["UV_PYTHON_CACHE_DIR"] ? void 0 : context.cache;
	const restored = !kept && await cache?.restore(entryName(build), archives) === "hit";
	await discardUnchecked(archives);
	if (!kept && !restored) context.log(`Fetching Python ${build.version} for ${build.machine}`);
	let result = await install$1(build, {
		target,
		archives
	}, context);
	if (result.code !== 0 && await hasArchive(archives)) {
		context.log(`The kept archive of Python ${build.version} is not used and is fetched again.`);
		await rm(archives, {
			recursive: true,
			force: true
		});
		result = await install$1(build, {
			target,
			archives
		}, context);
	}
	if (result.code !== 0) throw unavailable(`Python ${build.version}`, `${result.stdout}${result.stderr}`);
	if (!restored && await hasArchive(archives)) await cache?.save(entryName(build), archives);
	return join(target, build.key);
}
/** The build as an archive of its files, made again from what uv checks: packages that were built meanwhile cannot have changed it. */
async function packBuild(build, context) {
	const folder = await fetchBuild(build, context);
	const path = join(context.tempDir, `${build.key}.tar`);
	await packFolder(folder, path);
	await rm(join(folder, ".."), {
		recursive: true,
		force: true
	});
	return {
		path,
		bytes: (await stat(path)).size
	};
}
/** The program in the folder of a build. */
function programOf$1(folder, version) {
	return join(folder, "bin", `python${minorOf(version)}`);
}
/** Two mirrors may have different builds of one version. */
function entryName({ version, machine, url }) {
	return `woven-python-${version}-${machine}-${createHash("sha256").update(url).digest("hex").slice(0, 12)}`;
}
function install$1({ key }, { target, archives }, context) {
	return runUv([
		"python",
		"install",
		"--no-bin",
		"--install-dir",
		target,
		key
	], { UV_PYTHON_CACHE_DIR: context.env["UV_PYTHON_CACHE_DIR"] ?? archives }, context);
}
/** uv names an archive after its digest if it knows that. Others it would use unchecked, and they may come from a cache. */
async function discardUnchecked(archives) {
	const unchecked = (await readdir(archives)).filter((name) => !isChecked(name) && !name.startsWith("."));
	for (const name of unchecked) await rm(join(archives, name), {
		recursive: true,
		force: true
	});
}
async function hasArchive(archives) {
	return (await readdir(archives).catch(() => [])).some(isChecked);
}
function isChecked(name) {
	return /^[0-9a-f]{9}-.*\.tar\.\w+$/.test(name);
}
/** Which Pythons uv may use is not up to the job's variables here. Whether and from where it may fetch is. */
async function runUv(words, more, context) {
	const { env } = context;
	const uv = await runnerUv(context);
	const own = uvEnvironment(await readIndexes(env), env);
	const undecided = [
		"UV_PYTHON",
		"UV_PYTHON_PREFERENCE",
		"UV_MANAGED_PYTHON",
		"UV_NO_MANAGED_PYTHON"
	];
	return await context.run(uv, words, {
		cwd: context.tempDir,
		env: {
			...own,
			...Object.fromEntries(undecided.map((name) => [name, void 0])),
			UV_PYTHON_DOWNLOADS: env["UV_PYTHON_DOWNLOADS"] ?? "manual",
			UV_HTTP_RETRIES: env["UV_HTTP_RETRIES"] ?? "1",
			...more
		}
	});
}
function patchOf(version) {
	return Number(version.split(".")[2]);
}
function unavailable(what, output) {
	const known = reasons.find(({ sign }) => sign.test(output));
	return new WovenError({
		code: "python-unavailable",
		message: known ? known.message(what) : `The runner could not fetch ${what}`,
		next: known?.next ?? reachable,
		output: tail(output).replaceAll(/\/\/[^\s/@]+@/g, "//")
	});
}
const reachable = "Let the runner reach uv's builds of Python on GitHub, or name a mirror: UV_PYTHON_INSTALL_MIRROR or UV_PYTHON_DOWNLOADS_JSON_URL. With python = \"system\", the server's own Python is used.";
const reasons = [
	{
		sign: /Hash mismatch/,
		message: (what) => `The archive of ${what} does not have the digest that uv expects`,
		next: "Run the job again. If it fails again, something between the runner and the mirror changes files."
	},
	{
		sign: /downloads are not allowed/,
		message: (what) => `The runner may not fetch ${what}: UV_PYTHON_DOWNLOADS is "never"`,
		next: `Write UV_PYTHON_DOWNLOADS: manual in ${stepEnv}.`
	},
	{
		sign: /network was disabled|offline/i,
		message: (what) => `The runner may not fetch ${what}: UV_OFFLINE is set, and no kept archive was found`
	}
];
function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}

// src/steps/accounts.ts
/** The group of all site users. Databases and media belong to it, so every site can write them. */
const sitesGroup = "sites";
/** The account that unpacks and compiles packages. It owns nothing else and is in no group. No code of a release ever runs as it. */
const buildUser = "woven-build";
/**
* The accounts of a release: the users `site_N`, which run its code, and the one that builds it. They are system accounts without a
* login shell, a password or a home.
*/
function siteUsers({ distribution }, ids) {
	const users = ids.map(siteUser);
	const groups = [sitesGroup, codeGroup(distribution)];
	return {
		id: "site-users",
		title: `Create site users ${users.join(", ")}`,
		check: sh`for group in ${groups}; do getent group "$group" >/dev/null; done
getent passwd ${buildUser} >/dev/null
for user in ${users}; do for group in ${groups}; do id -nG "$user" | tr ' ' '\n' | grep -qxF "$group"; done; done`,
		preview: sh`for user in ${[...users, buildUser]}; do getent passwd "$user" >/dev/null || detail "$user"; done`,
		apply: sh`account() { useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$1"; detail "$1"; }
for group in ${groups}; do getent group "$group" >/dev/null || groupadd --system "$group"; done
getent passwd ${buildUser} >/dev/null || account ${buildUser}
for user in ${users}; do
  getent passwd "$user" >/dev/null || account "$user"
  usermod -aG ${groups.join(",")} "$user"
done`
	};
}
/** The folders in the deployment root. A home may have mode 0700. The web server must be able to enter it, but not to list it. */
function deploymentFolders(place, owner) {
	const { root, database, media } = place;
	const plain = [
		`${root}/env`,
		`${root}/.staging`,
		`${root}/public`
	];
	const shared = [{
		path: database,
		mode: "2770"
	}, {
		path: media,
		mode: "2775"
	}];
	return {
		id: "folders",
		title: `Create folders in ${root}`,
		check: lines([
			sh`[ "$(($(stat -c %a ${root}) % 10 & 1))" = 1 ]`,
			sh`for folder in ${plain}; do [ -d "$folder" ]; done`,
			...shared.map(({ path, mode }) => sh`[ "$(stat -c %a:%G ${path})" = ${`${mode}:${sitesGroup}`} ]`),
			sh`[ -d /var/log/woven ] && [ -L ${`${root}/log`} ]`
		]),
		preview: sh`for folder in ${[...plain, ...shared.map(({ path }) => path)]}; do [ -d "$folder" ] || detail "$folder"; done`,
		apply: lines([
			sh`[ -d ${root} ] || install -d -m 755 ${root}; chmod o+x ${root}`,
			passable(root, owner),
			sh`install -d -o ${owner} -g ${owner} -m 755 ${plain}`,
			...shared.map(({ path, mode }) => sh`install -d -o ${owner} -g ${sitesGroup} -m ${mode} ${path}`),
			sh`install -d -o root -g adm -m 750 /var/log/woven`,
			sh`[ -e ${`${root}/log`} ] || { ln -s /var/log/woven ${`${root}/log`}; chown -h ${owner}: ${`${root}/log`}; }`
		])
	};
}
/** Everybody must be able to enter the folders above the root. Woven opens those of the deploy user, and fails on others. */
function passable(root, owner) {
	return sh`above=${root}
while above=$(dirname "$above"); [ "$above" != / ]; do
  [ "$(($(stat -c %a "$above") % 10 & 1))" = 1 ] && continue
  if [ "$(stat -c %U "$above")" = ${owner} ]; then chmod o+x "$above"; continue; fi
  fail "the web server and the site users cannot enter $above, above the deployment root. Run chmod o+x on it, or choose another deployment-root"
done`;
}

// src/steps/python.ts
const folder$1 = "/var/local/woven/python";
/** The folder of a version on the node. */
function pythonFolder(version) {
	return `${folder$1}/${version}`;
}
/**
* Installs a Python on the node, once for each version. `archive`: absent if the node has it. Its modules are compiled here and now,
* because nobody can write to them later. This runs as the build user.
*/
function keepPython(version, archive) {
	const path = pythonFolder(version);
	const program = `bin/python${version.split(".").slice(0, 2).join(".")}`;
	return {
		id: "python",
		title: `Install Python ${version}`,
		...archive === void 0 ? {} : { files: [{
			name: "python.tar",
			content: archive
		}] },
		check: sh`[ -x ${`${path}/${program}`} ]`,
		preview: sh`detail ${path}`,
		apply: sh`[ -e "$files/python.tar" ] || fail ${`another run has removed Python ${version} from this server meanwhile`}
install -d -m 711 /var/local/woven; install -d -m 755 ${folder$1}; chown root:root ${folder$1}
find ${folder$1} -mindepth 1 -maxdepth 1 -name '.new-*' -mmin +60 -exec rm -rf --one-file-system {} +
new=$(mktemp -d ${folder$1}/.new-XXXXXX); printf '%s\n' "$new" >"$run/python-new"; chmod 755 "$new"
tar -xf "$files/python.tar" -C "$new" --no-same-owner
has=$(as ${buildUser} "$new"/${program} -IS -c 'import platform; print(platform.python_version())') || fail "this Python does not run on this server"
[ "$has" = ${version} ] || fail "the archive holds Python $has"
chown -R ${buildUser} "$new/lib"
as ${buildUser} "$new"/${program} -IS -m compileall -q -j 0 -d ${`${path}/lib`} "$new/lib" >/dev/null || :
chown -Rh root:root "$new"
sync -f "$new"
# Another run may have installed it at the same time.
[ -x ${`${path}/${program}`} ] || { rm -rf --one-file-system ${path}; mv -T "$new" ${path}; }
rm -rf --one-file-system "$new"`,
		undo: sh`[ ! -s "$run/python-new" ] || rm -rf --one-file-system "$(cat "$run/python-new")"`,
		next: "Nothing that is live was changed. Run the command again. If it fails again, write python = \"system\" to use the server's own Python."
	};
}
/** Removes the Pythons that no release runs on. None while a run is working on another distribution: its release has no record yet. */
function removeUnusedPythons({ root, distribution }) {
	return {
		id: "unused-pythons",
		title: "Remove Pythons that no release uses",
		plan: "quiet",
		apply: sh`tool pythons ${root} ${distribution} >"$run/pythons"
[ -s "$run/pythons" ] || { touch "$run/unchanged"; exit 0; }
while read -r version; do rm -rf --one-file-system ${folder$1}/"$version"; detail "Python $version"; done <"$run/pythons"`
	};
}

// src/rollout/release-python.ts
/** Chooses, fetches and packs. */
function pythons(settings, context, { log }) {
	const found = /* @__PURE__ */ new Map();
	const fetched = /* @__PURE__ */ new Map();
	const packed = /* @__PURE__ */ new Map();
	const said = /* @__PURE__ */ new Set();
	const say = (how, text) => {
		if (!said.has(text)) log[how](text);
		said.add(text);
	};
	const folderOf = (build) => once$1(fetched, build.key, () => fetchBuild(build, context));
	async function brought(wanted, facts) {
		const { machine } = facts;
		const question = JSON.stringify([
			wanted.minors,
			wanted.why,
			machine
		]);
		const build = await once$1(found, question, () => findBuild(wanted, machine, context));
		if (!facts.pythons.includes(build.version)) await folderOf(build);
		const { version } = build;
		return {
			version,
			interpreter: programOf$1(pythonFolder(version), version),
			build
		};
	}
	return {
		/** The Python for a node. Throws `no-python`, `python-unavailable`, and a SettingsError if the server program cannot use it. */
		async of(project, facts, node) {
			const system = systemPython(facts, node);
			const wanted = wantedPython({
				...project,
				setting: settings.python?.version,
				system
			});
			if (wanted === void 0) return { version: system };
			if (servers[settings.server].python === "node") {
				refuseNamed(settings, system);
				if (wanted.need === "must") return {
					version: system,
					lacking: wanted
				};
				say("info", `${wanted.why}. The server's own Python ${system} is used: ${settings.server} runs on no other.`);
				return { version: system };
			}
			try {
				const python = await brought(wanted, facts);
				say("info", `${wanted.why}, and ${node} has Python ${system}: its releases run on Python ${python.version}, which Woven brings along.`);
				return python;
			} catch (error) {
				if (wanted.need === "must" || asWovenError(error).code !== "python-unavailable") throw error;
				const { message, next = "" } = asWovenError(error).details;
				say("warning", `${wanted.why}, and ${node} has Python ${system}. ${message}. So the server's own is used, which may work. ${next}`);
				return { version: system };
			}
		},
		/** A program on the runner to compile packages with. Undefined if the build is for another machine, or for none. */
		async compiler({ build }) {
			return build?.machine === runnerMachine() ? programOf$1(await folderOf(build), build.version) : void 0;
		},
		/** The file to send to a node. Undefined if the release runs on the node's own. */
		async tool({ build, version, interpreter }, facts) {
			if (interpreter === void 0) return void 0;
			if (build === void 0 || facts.pythons.includes(version)) return { version };
			const { path, bytes } = await once$1(packed, build.key, () => packBuild(build, context));
			return {
				version,
				archive: {
					bytes,
					open: () => createReadStream(path)
				}
			};
		}
	};
}
function once$1(made, key, make) {
	const known = made.get(key) ?? make();
	made.set(key, known);
	return known;
}
function systemPython({ python }, node) {
	if (python) return python;
	throw new WovenError({
		code: "no-python",
		message: `${node} has no /usr/bin/python3`,
		next: "Run setupnode, which installs it.",
		node
	});
}
/** Throws if the setting names a Python that the server program cannot use. */
function refuseNamed({ python, server }, system) {
	if (python === void 0) return;
	throw new SettingsError([{
		...python.place,
		what: `python = "${python.version}" does not work with ${server}, which runs on the server's own Python ${system}`,
		next: `Write server = "${ownPythonServer}". Or write python = "${minorOf(system)}".`
	}]);
}

// src/servers/program-wheels.ts
/** By the package that holds the program, normalised: its wheel, and those of what it needs. */
const programWheels = {
	gunicorn: [
		{
			name: "gunicorn",
			version: "27.0.1",
			sha256: "378b26b9a38adcf4592f28828233c1716acc55e833ea06bf48719782efaa0d10",
			python: ">=3.10"
		},
		{
			name: "gunicorn",
			version: "23.0.0",
			python: "<3.10",
			sha256: "ec400d38950de4dfd418cff8328b2c8faed0edb0d517d3394e457c317908ca4d"
		},
		{
			name: "packaging",
			version: "25.0",
			python: "<3.10",
			sha256: "29572ef2b1f17581046b3a2227d5c611fb25ec70ca1ba8554b24b0e69331a484"
		}
	],
	uvicorn: [
		{
			name: "uvicorn",
			version: "0.54.0",
			sha256: "505bdb0f318731d45f1f712071fc781a8981f6847a31c902c9f5e652d4f67faf",
			python: ">=3.10"
		},
		{
			name: "uvicorn",
			version: "0.38.0",
			sha256: "48c0afd214ceb59340075b4a052ea1ee91c16fbc2a9b1469cca0e54566977b02",
			python: ">=3.9,<3.10"
		},
		{
			name: "uvicorn",
			version: "0.33.0",
			sha256: "2c30de4aeea83661a520abab179b24084a0019c0c1bbe137e5409f741cbde5f8",
			python: "<3.9"
		},
		{
			name: "h11",
			version: "0.16.0",
			sha256: "63cf8bbe7522de3bf65932fda1d9c2772064ffb3dae62d55932da54b31cb6c86"
		},
		{
			name: "click",
			version: "8.5.1",
			sha256: "8bb5376d2006950386f8c6427613334a2acadc5f559cb80e638d00b4df957e37",
			python: ">=3.10"
		},
		{
			name: "click",
			version: "8.1.8",
			sha256: "63c132bbbed01578a06712a2d1f497bb62d9c1c0d329b7903a866228027263b2",
			python: "<3.10"
		},
		{
			name: "typing-extensions",
			version: "4.13.2",
			sha256: "a439e7c04b49fec3e5d3e2beaa21755cadbbdc391694e28ccdd36ca4a1408f8c",
			python: "<3.11"
		},
		{
			name: "websockets",
			version: "17.4",
			sha256: "c6bd2c9781915592b209160d0f017d4c7c82ad53075e6b0c24d2a89299e7f9e9",
			python: ">=3.11"
		},
		{
			name: "websockets",
			version: "15.0.1",
			sha256: "f7a866fbc1e97b5c617ee4116daaa09b722101d4a3c170c787450ba409f9736f",
			python: ">=3.9,<3.11"
		},
		{
			name: "websockets",
			version: "13.1",
			sha256: "a9a396a6ad26130cdae92ae10c36af09d9bfe6cafe69670fd3b6da9b07b4044f",
			python: "<3.9"
		}
	]
};
/** The wheels of a program for a Python, such as `3.13.5`. */
function wheelsOf(program, python) {
	return programWheels[program].filter((wheel) => pythonFits$1(wheel.python ?? "", python));
}

// src/commands/bundle.ts
/** Builds the bundle for every kind of node in the role, or finds it in the cache. Changes nothing on a node. */
async function bundle(settings, runtime) {
	await using nodes = fleet(settings, runtime);
	const bundles = bundler(settings, runtime);
	for (const { python, machine, glibc } of settings.bundleFor) await bundles.of({
		version: python,
		implementation: "cp",
		machine,
		glibc
	});
	await nodes.phase(async (node) => {
		const facts = await readFacts(node.host);
		await bundles.for(facts, node.host.name);
	});
	return runReport(nodes, settings, runtime, await bundles.all());
}
/** Builds one bundle for each Python, however many nodes have it. */
function bundler(settings, runtime) {
	const context = buildContext(runtime, settings);
	const brought = pythons(settings, context, runtime);
	const made = /* @__PURE__ */ new Map();
	let read;
	const project = () => read ??= projectPackages(settings);
	const of = (python, own = python) => {
		const kind = JSON.stringify([python, own.interpreter]);
		const known = made.get(kind) ?? project().then((found) => build(settings, found, {
			python,
			own,
			brought
		}, runtime));
		made.set(kind, known);
		return known;
	};
	return {
		of,
		/** The bundle for a node, and the Python that it is for. */
		async for(facts, node) {
			const python = await brought.of(await project(), facts, node);
			const { machine, glibc } = facts;
			return {
				python,
				bundle: await of({
					version: python.version,
					implementation: "cp",
					machine,
					glibc
				}, python)
			};
		},
		/** The programs that a release needs on a node. Those that the node lacks are files to send. */
		async tools(facts, python) {
			return {
				uv: await uvTool(facts, context),
				python: await brought.tool(python, facts)
			};
		},
		/** The bundles that were built or found, for the report. */
		async all() {
			return (await Promise.allSettled(made.values())).flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
		}
	};
}
async function uvTool(facts, context) {
	if (facts.uv === "0.13.9") return { version: uvVersion };
	const { version, path, bytes } = await uvWheel(facts.machine, context);
	return {
		version,
		binary: {
			bytes,
			open: () => createReadStream(path)
		}
	};
}
function buildContext(runtime, { buildEnv, configFile }) {
	return {
		buildEnv,
		configFile,
		run: runtime.run,
		log: (line) => runtime.log.info(line),
		mask: (secret) => runtime.log.mask(secret),
		now: runtime.now,
		env: runtime.env,
		tempDir: runtime.tempDir,
		cacheDir: runtime.cacheDir,
		cache: runtime.cache
	};
}
/** The distribution of the settings. Throws `no-project` if there is none. */
function distributionOf(settings) {
	if (settings.distribution) return settings.distribution;
	throw new WovenError({
		code: "no-project",
		message: "no Django project was found here",
		next: "Run this in the project's folder, or set working-directory."
	});
}
async function projectPackages(settings) {
	const { requirements, requiresPython, pinnedPython } = distributionOf(settings);
	const text = await readRequirements(requirements.value, settings.workingDirectory);
	const packages = pinnedPackages(requirements.value, text);
	return {
		text,
		packages,
		djangos: allowedDjangos(packages, text.lines),
		requiresPython,
		pinnedPython
	};
}
async function build(settings, { text, packages, requiresPython }, { python, own, brought }, runtime) {
	const { requirements } = distributionOf(settings);
	const { configFile } = settings;
	const named = own.interpreter && settings.python?.version;
	const problem = checkPython({
		packages,
		requiresPython,
		python: {
			...python,
			named
		},
		lines: text.lines,
		configFile
	}) ?? (own.lacking && lackingPython(own.lacking, {
		...python,
		configFile
	}));
	if (problem) throw new SettingsError([problem]);
	const doubt = doubtPython({
		packages,
		python,
		lines: text.lines,
		configFile
	});
	if (doubt) warn(runtime, doubt);
	return await runtime.log.group(`Bundle for Python ${python.version} ${python.machine} glibc ${python.glibc}`, () => buildBundle({
		requirements: requirements.value,
		workingDirectory: settings.workingDirectory,
		python,
		compiler: () => brought.compiler(own),
		reuse: settings.cache ? "kept" : "fresh",
		trust: {
			key: settings.login.privateKey && signingKey(settings.login.privateKey.reveal()),
			digests: settings.bundleDigests
		},
		onlyBinary: settings.onlyBinary,
		buildConstraints: settings.buildConstraints,
		added: programOf(settings, python, (name) => requires(name, requirements.value, text)),
		context: buildContext(runtime, settings)
	}));
}
/** The program of the server, for a bundle whose requirements do not hold it. */
function programOf({ server }, python, isRequired) {
	const { program } = servers[server];
	return program === void 0 || isRequired(program) ? [] : wheelsOf(program, python.version);
}
function warn({ log }, { what, next = "", file, line }) {
	const place = {
		...file === void 0 ? {} : { file },
		...line === void 0 ? {} : { line }
	};
	log.warning(`${what}. ${next}`, place);
}

// src/release/path-bytes.ts
function pathText(bytes) {
	const whole = decode(bytes);
	if (whole !== void 0) return whole;
	let text = "";
	for (let at = 0; at < bytes.length;) {
		const [length, character] = characterAt(bytes, at) ?? [1, String.fromCharCode(56320 + (bytes[at] ?? 0))];
		text += character;
		at += length;
	}
	return text;
}
function pathBytes(path) {
	const pieces = path.split(/([\uDC80-\uDCFF]+)/u);
	return Buffer.concat(pieces.map((piece, at) => at % 2 === 0 ? Buffer.from(piece) : Buffer.from([...piece].map((one) => one.charCodeAt(0) - 56320))));
}
/** A path below a folder, for the functions of node:fs. */
function fsPath(folder, path) {
	return path.isWellFormed() ? join(folder, path) : Buffer.concat([Buffer.from(`${folder}/`), pathBytes(path)]);
}
/** Reads a path that git printed. git quotes it if it is not plain ASCII (`core.quotePath`). */
function unquotedPath(printed) {
	if (!printed.startsWith("\"")) return printed;
	const escapes = {
		a: "\x07",
		b: "\b",
		f: "\f",
		n: "\n",
		r: "\r",
		t: "	",
		v: "\v"
	};
	const latin = printed.slice(1, -1).replaceAll(/\\([0-7]{3}|.)/g, (_, code) => code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : escapes[code] ?? code);
	return pathText(Buffer.from(latin, "latin1"));
}
function characterAt(bytes, at) {
	for (const length of [
		1,
		2,
		3,
		4
	]) {
		const text = decode(bytes.subarray(at, at + length));
		if (text !== void 0 && at + length <= bytes.length) return [length, text];
	}
}
function decode(bytes) {
	try {
		return new TextDecoder("utf-8", {
			fatal: true,
			ignoreBOM: true
		}).decode(bytes);
	} catch {
		return;
	}
}

// src/release/included.ts
/** Names of files that tools leave behind. An entry that writes the full name gets them. `.git` is never included. */
const leftovers = /* @__PURE__ */ new Set([
	"node_modules",
	"__pycache__",
	".venv",
	"venv",
	"db.sqlite3"
]);
/** The files that the entries of `include` name, relative to the working directory. Throws if an entry names none. */
async function includedFiles(workingDirectory, include, isExcluded) {
	const problems = [];
	const found = await Promise.all(include.map(async (entry) => {
		if (isOutside(entry)) {
			problems.push(outside(entry));
			return [];
		}
		const files = await filesOf(workingDirectory, unrooted(entry));
		if (files.length === 0) problems.push(await nothing(workingDirectory, entry));
		return files;
	}));
	if (problems.length > 0) throw new SettingsError(problems);
	return found.flat().filter((path) => !isExcluded(path));
}
/** Files and links below the working directory, without hidden ones. For a project without a repository. */
async function visibleFiles(workingDirectory) {
	return await Array.fromAsync(walk(workingDirectory, ".", (path) => path.split("/").at(-1)?.startsWith(".") || !isNamed(path, "")));
}
/** All files and links in a folder, except for `.git`. Paths are relative to the working directory. */
async function allFiles(workingDirectory, folder) {
	const skip = (path) => path.split("/").at(-1) === ".git";
	return await Array.fromAsync(walk(workingDirectory, folder, skip));
}
function unrooted(pattern) {
	return pattern.replace(/^(\.?\/+)+/, "").replace(/\/+$/, "");
}
/** Here, `*` also matches a dot at the start of a name: `exclude` must match hidden files too. */
function globMatches(path, pattern) {
	const shown = (text) => text.replaceAll(/(^|[/{,])\./g, "$1.");
	return matchesGlob(shown(path), shown(pattern));
}
/** Such an entry could name a whole disk. */
function isOutside(entry) {
	return normalize(unrooted(entry)).split("/")[0] === "..";
}
function outside(entry) {
	return {
		where: "include",
		what: `${JSON.stringify(entry)} leads out of the working directory`,
		next: "A release holds only files below the working directory. Copy them there in a step before this one."
	};
}
async function filesOf(workingDirectory, pattern) {
	const folders = pattern.split("/");
	const magic = folders.findIndex((name) => /[*?[{]/.test(name));
	const start = magic < 0 ? pattern : folders.slice(0, magic).join("/") || ".";
	const state = await lstat(join(workingDirectory, start)).catch(() => void 0);
	if (magic < 0 && state && !state.isDirectory()) return isNamed(pattern, pattern) ? [pattern] : [];
	const within = (path) => globMatches(path, pattern) || globMatches(path, `${pattern}/**`);
	const below = walk(workingDirectory, start, (path) => !isNamed(path, pattern));
	return (await Array.fromAsync(below)).filter(within);
}
/** Whether the pattern itself writes out each special name in a path, such as `.venv`, at the same depth. */
function isNamed(path, pattern) {
	const wanted = pattern.split("/");
	const names = path.split("/");
	if (names.includes(".git") || names[0] === ".github" && wanted[0] !== ".github") return false;
	if (path.endsWith(".pyc") && !pattern.endsWith(".pyc")) return false;
	return [...leftovers].every((name) => names.filter((one) => one === name).length <= wanted.filter((one) => one === name).length);
}
async function* walk(root, folder, skip) {
	const entries = await readdir(fsPath(root, folder), {
		withFileTypes: true,
		encoding: "buffer"
	}).catch(() => []);
	for (const entry of entries) {
		const name = pathText(entry.name);
		const path = folder === "." ? name : `${folder}/${name}`;
		if (skip(path)) continue;
		if (!entry.isDirectory()) yield path;
		else if (!await isVirtualenv(root, path)) yield* walk(root, path, skip);
	}
}
/** Whatever its name is. */
async function isVirtualenv(root, path) {
	return await lstat(fsPath(root, `${path}/pyvenv.cfg`)).catch(() => void 0) !== void 0;
}
/** The problem of an entry that matches no file, with the path that was probably meant. */
async function nothing(workingDirectory, entry) {
	const meant = await nearestPath(workingDirectory, unrooted(entry).split("/"));
	const next = "A build must make its files before this step. Paths are relative to the working directory.";
	const plain = unrooted(entry);
	const left = (await readdir(join(workingDirectory, plain)).catch(() => [])).find((name) => leftovers.has(name));
	if (left !== void 0) return {
		where: "include",
		what: `${JSON.stringify(entry)} holds only ${left}`,
		next: `If a build makes files there, run it before this step. If the release needs ${left} itself, name a folder in it: include = [${JSON.stringify(`${plain}/${left}/…`)}]`
	};
	return {
		where: "include",
		what: `${JSON.stringify(entry)} names no file`,
		next: meant === void 0 ? next : `${meant} ${next}`
	};
}
async function nearestPath(workingDirectory, names) {
	const path = [];
	for (const name of names) {
		const there = await readdir(join(workingDirectory, ...path)).catch(() => []);
		const meant = there.includes(name) ? name : nearest(name, there);
		if (meant === void 0 && path.length > 0 && there.length > 0) return `${JSON.stringify(path.join("/"))} holds ${there.slice(0, 5).join(", ")}${there.length > 5 ? ", …" : ""}.`;
		if (meant === void 0) break;
		path.push(meant);
	}
	return path.join("/") !== names.slice(0, path.length).join("/") ? `Did you mean ${JSON.stringify(path.join("/"))}?` : void 0;
}

// src/release/symlink-path.ts
/** Linux gives up after this many links in one path (ELOOP). */
const mostLinks = 40;
/**
* Whether following the link at `path` leaves the root. `a/..` is not always `.`: if `a` is a link, it is the folder above a's target.
* A path that does not exist counts as a folder, because it may exist later.
*/
function leavesRoot(path, links) {
	const at = [];
	const ahead = path.split("/").reverse();
	let followed = 0;
	for (let part = ahead.pop(); part !== void 0; part = ahead.pop()) {
		if (part === "" || part === ".") continue;
		if (part === "..") {
			if (at.pop() === void 0) return true;
			continue;
		}
		const target = links.get([...at, part].join("/"));
		if (target === void 0) at.push(part);
		else if (target.startsWith("/")) return true;
		else if (followed < mostLinks) {
			followed += 1;
			ahead.push(...target.split("/").reverse());
		} else return false;
	}
	return false;
}

// src/release/tracked-files.ts
/** Paths relative to the working directory. A submodule that was not fetched is listed as its folder. Undefined without a repository. */
async function trackedFiles(workingDirectory, run) {
	const listed = await git([
		"ls-files",
		"--cached",
		"--recurse-submodules",
		"--",
		"."
	], workingDirectory, run);
	if (listed.paths.length > 0) return listed.paths;
	if (listed.code !== 0 && inRepository(workingDirectory)) throw unlisted(workingDirectory, listed.stderr);
}
/** Tracked files that differ from the commit, also removed ones. Empty if there is no commit. */
async function uncommittedFiles(workingDirectory, run) {
	return (await git([
		"diff",
		"--name-only",
		"--relative",
		"--no-ext-diff",
		"HEAD",
		"--",
		"."
	], workingDirectory, run)).paths;
}
async function git(words, cwd, run) {
	const { code, stdout, stderr } = await run("git", [
		"-c",
		"core.quotePath=true",
		...words
	], { cwd });
	return {
		code,
		stderr,
		paths: code === 0 ? stdout.split("\n").filter(Boolean).map(unquotedPath) : []
	};
}
function inRepository(folder) {
	return existsSync(join(folder, ".git")) || dirname(folder) !== folder && inRepository(dirname(folder));
}
function unlisted(folder, said) {
	return new WovenError({
		code: "git",
		message: `git could not list the files of ${folder}: ${said.trim().split("\n")[0]}`,
		next: "Woven deploys the files that git tracks, so git must work in this job. In a container job, run before this step: git config --global --add safe.directory '*'",
		output: said
	});
}

// src/release/file-set.ts
/** Never part of a release, even if git tracks them. */
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
/** The paths of the files of a release, sorted. A file that git tracks may be missing in the checkout. */
async function releasePaths(choice) {
	const { workingDirectory, include, exclude, run, built } = choice;
	const kept = (await trackedFiles(workingDirectory, run) ?? await visibleFiles(workingDirectory)).filter((path) => isPart(path, exclude));
	const included = await includedFiles(built ?? workingDirectory, include, (path) => isExcluded(path, exclude));
	return [...new Set([...kept, ...included].map((path) => normalize(path)))].sort();
}
/**
* The files of a release, sorted by path. Throws if a file cannot be in a release: a link that leads outside, a name with a line
* break, a file for which the checkout has only a pointer.
*/
async function fileSet(choice) {
	const described = await describeAll(choice.workingDirectory, await releasePaths(choice));
	return checkedFiles(choice.built === void 0 ? described : await withBuilt(described, choice.built));
}
function checkedFiles(described) {
	refuseHollow(described.filter(({ lacks }) => lacks !== void 0));
	const files = described.flatMap(({ file }) => file ?? []);
	checkLinks(files);
	return files;
}
/**
* All files of a folder, except for those that `exclude` names. Paths are relative to the folder. Throws if one cannot be in a release.
*
* @param folder relative to `root`
*/
async function folderFiles(root, folder, exclude) {
	const described = await describeAll(root, (await allFiles(root, folder)).filter((path) => !isExcluded(path, exclude)).toSorted());
	const within = (path) => path.slice(folder.length + 1);
	const inFolder = (one) => ({
		...one,
		path: within(one.path),
		...one.file ? { file: {
			...one.file,
			path: within(one.file.path)
		} } : {}
	});
	return checkedFiles(described.map(inFolder));
}
/** The files after a build. Throws `build-changed` if it changed code or files of Woven's. */
async function withBuilt(described, built) {
	const after = await describeAll(built, described.map(({ path }) => path));
	const isChanged = (index) => {
		const [before, now] = [described[index]?.file, after[index]?.file];
		return now !== void 0 && (before?.sha256 !== now.sha256 || before.kind !== now.kind);
	};
	const closed = described.filter(({ path, file }, index) => isChanged(index) && isClosedToBuilds(path, file));
	if (closed.length > 0) throw buildChanged(closed.map(({ path }) => path));
	return described.map((before, index) => {
		const now = after[index];
		return now?.file && isChanged(index) ? {
			...now,
			file: {
				...now.file,
				built: true
			}
		} : before;
	});
}
/** Build commands run code of packages. They may make code that `include` names, but not change code that is there, or what Woven reads. */
function isClosedToBuilds(path, before) {
	return /^(woven|templates\/woven|sitesettings)\/|(^|\/)sitesettings\/|^(woven|pyproject)\.toml$/.test(path) || before !== void 0 && /\.(py|pyw|so)$/.test(path);
}
function buildChanged(paths) {
	const more = paths.length > 5 ? ` and ${paths.length - 5} more` : "";
	return new WovenError({
		code: "build-changed",
		message: `a command of build changed files that it must not change: ${paths.slice(0, 5).map(shownPath).join(", ")}${more}`,
		state: "Nothing was deployed.",
		next: "Change such files in a step of the workflow before this one. Commands of build run code of packages, so they may change neither the project's Python code nor what Woven reads (woven.toml, pyproject.toml, templates/woven).",
		file: paths[0]
	});
}
/** Whether a tracked file is part of a release. */
function isPart(path, exclude) {
	return !isExcluded(path, [...never$1, ...exclude]);
}
function isExcluded(path, exclude) {
	return exclude.some((pattern) => matches(path, pattern));
}
/** Follows each link through the other links of the release, as the node's kernel does. */
function checkLinks(files) {
	const links = new Map(files.flatMap(({ path, target }) => target === void 0 ? [] : [[path, target]]));
	for (const [path, target] of links) if (leavesRoot(path, links)) throw unfit$1(path, `it is a link to ${target}, outside the project`);
}
/** SHA-256 in hex over the paths, kinds and hashes of the files. Two trees have the same digest exactly if they are equal. */
function treeDigest(files) {
	const hash = createHash("sha256");
	for (const { path, kind, sha256 } of files.toSorted((one, other) => one.path < other.path ? -1 : 1)) hash.update(pathBytes(`${kind} ${sha256} ${path}\0`));
	return hash.digest("hex");
}
function matches(path, pattern) {
	const plain = unrooted(pattern);
	return globMatches(path, plain) || globMatches(path, `${plain}/**`) || !plain.includes("/") && (globMatches(path, `**/${plain}`) || globMatches(path, `**/${plain}/**`));
}
/** How many files are read at the same time: each needs an open file. */
async function describeAll(folder, paths) {
	const files = [];
	for (let at = 0; at < paths.length; at += 32) {
		const some = await Promise.all(paths.slice(at, at + 32).map((path) => describe$1(folder, path)));
		files.push(...some);
	}
	return files;
}
async function describe$1(folder, path) {
	const full = fsPath(folder, path);
	if (path.startsWith("../")) throw unfit$1(path, "it is outside the project");
	const behind = await linkAbove(folder, path);
	if (behind !== void 0) throw unfit$1(path, `${JSON.stringify(behind)} in its path is a link`);
	const stat = await lstat(full).catch(() => void 0);
	if (!stat) return { path };
	if (stat.isDirectory()) return {
		path,
		lacks: "submodule"
	};
	if (path.includes("\n")) throw unfit$1(path, "its name has a line break");
	if (stat.isSymbolicLink()) {
		const target = pathText(await readlink(full, { encoding: "buffer" }));
		return {
			path,
			file: {
				path,
				kind: "symlink",
				sha256: hashText(target),
				bytes: 0,
				target
			}
		};
	}
	if (!stat.isFile()) return { path };
	const file = {
		path,
		kind: (stat.mode & 64) === 0 ? "file" : "executable",
		sha256: await hashFile(full),
		bytes: stat.size
	};
	return await isPointer(full, stat.size) ? {
		path,
		file,
		lacks: "lfs"
	} : {
		path,
		file
	};
}
/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
async function isPointer(full, bytes) {
	if (bytes < 100 || bytes >= 1024) return false;
	const text = await readFile(full, "utf8");
	return /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(ext-.*\n)*oid sha256:[0-9a-f]{64}\nsize \d+\n$/.test(text);
}
function refuseHollow(hollow) {
	const first = hollow[0];
	if (first === void 0) return;
	const alike = hollow.filter(({ lacks }) => lacks === first.lacks).map(({ path }) => path);
	const list = `${alike.slice(0, 3).join(", ")}${alike.length > 3 ? ` and ${alike.length - 3} more` : ""}`;
	const advice = `Or exclude ${alike.length === 1 ? "it" : "them"}: exclude = [${JSON.stringify(first.path)}]`;
	const details = first.lacks === "lfs" ? {
		code: "lfs",
		message: `the checkout has only Git LFS pointers instead of files: ${list}`,
		next: `In the workflow, write \`lfs: true\` below \`with:\` of actions/checkout. On your own machine, run \`git lfs pull\`. ${advice}`
	} : {
		code: "submodule",
		message: `the checkout lacks the files of submodules: ${list}`,
		next: `In the workflow, write \`submodules: true\` below \`with:\` of actions/checkout. On your own machine, run \`git submodule update --init\`. ${advice}`
	};
	throw new WovenError({
		...details,
		file: first.path
	});
}
/** A folder in the file's path that is a link: it may lead anywhere on the runner. */
async function linkAbove(root, path) {
	const folders = path.split("/").slice(0, -1);
	for (const index of folders.keys()) {
		const folder = folders.slice(0, index + 1).join("/");
		if ((await lstat(fsPath(root, folder)).catch(() => void 0))?.isSymbolicLink()) return folder;
	}
}
function hashText(text) {
	return createHash("sha256").update(pathBytes(text)).digest("hex");
}
async function hashFile(path) {
	const hash = createHash("sha256");
	await pipeline(createReadStream(path), hash);
	return hash.digest("hex");
}
function unfit$1(path, why) {
	return new WovenError({
		code: "unfit-file",
		message: `${JSON.stringify(path)} cannot be part of a release: ${why}`,
		next: `Rename or remove it, or exclude it: exclude = [${JSON.stringify(path)}]`,
		file: path
	});
}

// src/release/writable.ts
/** The link of a folder, with the path of a release's file: `project/data`. Relative, so that it holds in staging too. */
function linkOf(folder, distribution) {
	const target = `${"../".repeat(folder.split("/").length + 2)}writable/${distribution}/${folder}`;
	return {
		path: `project/${folder}`,
		kind: "symlink",
		sha256: hashText(target),
		bytes: 0,
		target
	};
}
/** The files of a release that has these folders. All paths are relative to the release. */
function withWritable(files, folders, distribution) {
	return [...files.map((file) => {
		const path = file.path.replace(/^project\//, "");
		return path !== file.path && folders.some((folder) => path.startsWith(`${folder}/`)) ? {
			...file,
			path: `writable/${path}`
		} : file;
	}), ...folders.map((folder) => linkOf(folder, distribution))];
}
/** The folders that a release has links to. */
function writableFolders$1(files, distribution) {
	return files.flatMap(({ path, target }) => {
		const folder = path.replace(/^project\//, "");
		return target !== void 0 && target === linkOf(folder, distribution).target ? [folder] : [];
	});
}
/** The opposite of `withWritable`: the files where the repository has them. */
function withoutWritable(files, distribution) {
	const links = new Set(writableFolders$1(files, distribution).map((folder) => `project/${folder}`));
	return files.filter(({ path }) => !links.has(path)).map((file) => ({
		...file,
		path: file.path.replace(/^writable\//, "project/")
	}));
}
/** What the repository has at a folder that stops the application from writing there. `files`: relative to the project. */
function writableProblems(files, folders) {
	return folders.flatMap((folder) => {
		const found = problemOf(folder, files);
		return found === void 0 ? [] : [{
			where: "writable",
			...found
		}];
	});
}
function folderAdvice({ path, kind }) {
	if (kind === "symlink") return "Replace the link by a folder, or name the folder that it leads to.";
	const around = posix.dirname(path);
	return around === "." ? "Let the application write into a folder of its own, and name that: writable = [\"data\"]" : `Name its folder: writable = [${JSON.stringify(around)}]`;
}
function problemOf(folder, files) {
	const name = JSON.stringify(folder);
	const above = files.find(({ path }) => path === folder || folder.startsWith(`${path}/`));
	if (above) {
		const kind = above.kind === "symlink" ? "a link" : "a file";
		return {
			what: `${above.path === folder ? `${name} is ${kind}` : `${JSON.stringify(above.path)} in ${name} is ${kind}`}, not a folder`,
			next: folderAdvice(above),
			file: above.path
		};
	}
	const inside = files.filter(({ path }) => path.startsWith(`${folder}/`));
	const code = inside.find(({ path }) => /\.(py|pyw|so)$/.test(path));
	if (code) return {
		what: `${name} holds code: ${code.path}`,
		next: `The application must not be able to change code. Let it write into a folder without code, and name that: writable = ["${folder}/data"]`,
		file: code.path
	};
	const links = new Map(inside.flatMap(({ path, target }) => target === void 0 ? [] : [[path.slice(folder.length + 1), target]]));
	const leading = [...links.keys()].find((path) => leavesRoot(normalize(path), links));
	if (leading !== void 0) return {
		what: `${name} has a link that leads out of it: ${folder}/${leading}`,
		next: "The folder is moved out of the project on the server, so the link would lead elsewhere. Replace it, or exclude it.",
		file: `${folder}/${leading}`
	};
}

// src/settings/certificate.ts
const day = 864e5;
/** Checks that certificate and key belong together, and that the certificate covers the domains and is valid now. */
function checkCertificate({ chain, key, domains, now }) {
	const certificates = readChain(chain);
	const privateKey = readKey(key);
	if (!isFilled(certificates) || privateKey === void 0) return {
		kind: "wrong",
		problems: [...certificates.length === 0 ? [noCertificate(chain)] : [], ...privateKey === void 0 ? [noKey(key)] : []]
	};
	const own = certificates.find((one) => one.checkPrivateKey(privateKey)) ?? certificates[0];
	const problems = [
		...wrongKey(own, certificates[0], privateKey),
		...wrongOrder(certificates),
		...uncovered(own, domains),
		...certificates.flatMap((one) => outsideValidity(one, now))
	];
	if (problems.length > 0) return {
		kind: "wrong",
		problems
	};
	return {
		kind: "right",
		certificate: {
			chain: certificates.map((one) => one.toString()).join(""),
			key: secret(`${keyBlock(key)}\n`),
			fingerprint: own.fingerprint256,
			daysLeft: daysUntil(own.validToDate.getTime(), now)
		}
	};
}
function isFilled(chain) {
	return chain.length > 0;
}
/** Whole days from `now` to `time`, both in milliseconds since 1970. Negative once the time has passed. */
function daysUntil(time, now) {
	return Math.floor((time - now) / day);
}
/** The certificates of a PEM text, in its order. Empty if one of them cannot be read. */
function readChain(text) {
	const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
	try {
		return blocks.map((block) => new X509Certificate(block));
	} catch {
		return [];
	}
}
/** The key without what else may be in the file, such as the parameters of its curve. */
function keyBlock(key) {
	return /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----[\s\S]*?-----END ([A-Z]+ )?PRIVATE KEY-----/.exec(key.reveal())?.[0] ?? "";
}
function readKey(key) {
	try {
		return createPrivateKey(key.reveal());
	} catch {
		return;
	}
}
function noCertificate(text) {
	const next = "Set it to the whole text of fullchain.pem: the server's certificate, then the intermediate ones, each with its BEGIN and END lines.";
	if (text.includes("PRIVATE KEY-----")) return {
		in: "certificate",
		what: "holds a private key and no certificate",
		next
	};
	return {
		in: "certificate",
		what: "holds no certificate in PEM form",
		next
	};
}
function noKey(key) {
	const text = key.reveal();
	const next = "Set it to the whole text of privkey.pem, with its BEGIN and END lines.";
	if (/ENCRYPTED/.test(text)) return {
		in: "key",
		what: "has a passphrase, and nginx starts without anyone to type it",
		next: "Remove the passphrase: openssl pkey -in privkey.pem -out plain.pem"
	};
	if (text.includes("BEGIN CERTIFICATE")) return {
		in: "key",
		what: "holds a certificate and no private key",
		next
	};
	return {
		in: "key",
		what: "holds no private key in PEM form",
		next
	};
}
function wrongKey(own, first, key) {
	if (!own.checkPrivateKey(key)) return [{
		in: "key",
		what: `is not the key of the certificate (${nameOf$1(own)})`,
		next: "Set both inputs from the same pair: fullchain.pem and privkey.pem."
	}];
	if (own === first) return [];
	return [{
		in: "certificate",
		what: `begins with ${nameOf$1(first)}, but the key belongs to ${nameOf$1(own)}`,
		next: "Put the server's own certificate first, and the intermediate ones after it."
	}];
}
/** Each certificate must be issued by the next one. */
function wrongOrder(chain) {
	return chain.flatMap((one, index) => {
		const after = chain[index + 1];
		if (after === void 0 || one.checkIssued(after)) return [];
		return [{
			in: "certificate",
			what: `has ${nameOf$1(after)} after ${nameOf$1(one)}, which another one issued`,
			next: "Put each certificate directly before the one that issued it."
		}];
	});
}
function uncovered(own, domains) {
	const missing = domains.filter((domain) => (isIP(domain) === 0 ? own.checkHost(domain) : own.checkIP(domain)) === void 0);
	if (missing.length === 0) return [];
	const covered = own.subjectAltName?.replaceAll(/DNS:|IP Address:/g, "") ?? "no name";
	return [{
		in: "certificate",
		what: `does not cover ${missing.join(", ")}. It covers ${covered}`,
		next: "Use a certificate for all domains in the configuration, or remove the domains that it does not cover."
	}];
}
function outsideValidity(one, now) {
	const next = "Use a certificate that is valid now.";
	if (one.validToDate.getTime() <= now) return [{
		in: "certificate",
		what: `ended on ${dateOf(one.validToDate)} (${nameOf$1(one)})`,
		next
	}];
	if (one.validFromDate.getTime() > now) return [{
		in: "certificate",
		what: `is not valid before ${dateOf(one.validFromDate)} (${nameOf$1(one)})`,
		next
	}];
	return [];
}
function nameOf$1({ subject, subjectAltName }) {
	const [, name] = /CN=(.*)/.exec(subject ?? "") ?? [];
	return name ?? subjectAltName ?? "a certificate without a name";
}
/** `2026-01-31` */
function dateOf(date) {
	return date.toISOString().slice(0, 10);
}

// src/rollout/certificates.ts
/** The files to place if the node has another certificate than the inputs. Empty if it has the same one. */
function newCertificate(tls, { certificates }, distribution) {
	const files = certificateFiles(tls, distribution);
	const [file] = files;
	if (tls.kind !== "files" || file === void 0) return [];
	const [there] = readChain(certificates.get(file.path) ?? "");
	return there?.fingerprint256 === tls.certificate?.fingerprint ? [] : files;
}
/** What to tell about the certificate of the live release. Undefined if it has none. `now`: milliseconds since 1970. */
function certificateState({ tls }, { certificates }, now) {
	if (tls?.certificate === void 0) return void 0;
	const [own] = readChain(certificates.get(tls.certificate) ?? "");
	if (own === void 0) return {
		text: `certificate: ${tls.certificate} cannot be read`,
		state: "ending"
	};
	const days = daysUntil(own.validToDate.getTime(), now);
	const date = dateOf(own.validToDate);
	if (days < 0) return {
		text: `certificate: it ended on ${date}. ${advice[tls.kind]}`,
		state: "ending"
	};
	if (days < 21) return {
		text: `certificate: it ends on ${date}, in ${days} days. ${advice[tls.kind]}`,
		state: "ending"
	};
	return {
		text: `certificate: valid until ${date}`,
		state: "valid"
	};
}
const advice = {
	files: "Set tls-certificate and tls-key to a new one, and deploy this version again",
	acme: "Look at the timer on the server: journalctl -u certbot",
	proxy: ""
};

// src/bundle/project-build.ts
/** Variables of Node's package managers that hold no login. */
const passed = /^(NODE_(ENV|OPTIONS|EXTRA_CA_CERTS)|(npm_config|NPM_CONFIG)_(registry|REGISTRY|cafile|CAFILE|proxy|PROXY|https_proxy|HTTPS_PROXY)|COREPACK_NPM_REGISTRY|YARN_NPM_REGISTRY_SERVER)$/;
/** Runs the commands one after the other, and returns the working directory in the copy. Throws `build-command` if one fails. */
async function buildProject(commands, workingDirectory, context) {
	const own = await mkdtemp(join(context.tempDir, "build-"));
	const checkout = await checkoutOf(workingDirectory);
	const copy = join(own, "checkout");
	await copyCheckout(checkout, copy, context);
	const cwd = join(copy, relative(checkout, workingDirectory));
	const node = Object.keys(context.env).filter((name) => passed.test(name));
	await using builds = await confineBuilds({
		...context,
		tempDir: own,
		buildEnv: [...context.buildEnv ?? [], ...node]
	}, {
		workingDirectory,
		text: {
			files: [],
			lines: []
		},
		own,
		paths: []
	});
	for (const command of commands) {
		const started = context.now();
		context.log(`$ ${command} (${builds.described})`);
		const { code, stdout, stderr } = await builds.run("sh", ["-c", command], {
			cwd,
			env: context.env
		});
		if (code !== 0) throw commandFailed(command, {
			code,
			output: `${stdout}${stderr}`
		}, context);
		context.log(`done in ${((context.now() - started) / 1e3).toFixed(1)} s`);
	}
	return cwd;
}
/** Without the repository itself: the copy's `.git` leads to it, so that commands can ask git, but cannot change it. */
async function copyCheckout(checkout, copy, context) {
	await mkdir(copy);
	const entries = (await readdir(checkout)).filter((name) => name !== ".git").map((name) => `./${name}`);
	if (entries.length > 0) {
		const words = [
			"-dR",
			"--preserve=mode,timestamps",
			"--reflink=auto",
			"--",
			...entries,
			copy
		];
		const { code, stderr } = await context.run("cp", words, { cwd: checkout });
		if (code !== 0) throw commandFailed("cp", {
			code,
			output: stderr
		}, context);
	}
	const repository = await gitFolder(checkout);
	if (repository !== void 0) await writeFile(join(copy, ".git"), `gitdir: ${repository}\n`);
}
/** Absolute. A `.git` that is a file names the folder (gitrepository-layout(5)). */
async function gitFolder(checkout) {
	const path = join(checkout, ".git");
	const state = await stat(path).catch(() => void 0);
	if (!state?.isFile()) return state && path;
	const [, named] = /^gitdir: (.+)$/m.exec(await readFile(path, "utf8")) ?? [];
	return named === void 0 ? void 0 : resolve(checkout, named);
}
function commandFailed(command, { code, output }, { configFile }) {
	return new WovenError({
		code: "build-command",
		message: `the build command ${JSON.stringify(command)} ended with exit status ${code}`,
		state: "Nothing was deployed.",
		next: `Fix what its output reports. The command runs in a copy of the checkout, and sees no secret and only some variables of the job. If it needs another one, set it in ${stepEnv}, and name it. ${toWrite(configFile, "build-env = [\"…\"]")}`,
		output: tail(output, 200)
	});
}

// src/release/collected-static.ts
/**
* The static files of a release, with paths in it: `static/…`. Throws if the folder is missing or empty, or if a file in it cannot be in
* a release.
*
* @param root the working directory, or its copy in which the build ran
*/
async function collectedStatic(root, folder, exclude) {
	const state = await lstat(join(root, folder)).catch(() => void 0);
	if (state === void 0) throw unusable(folder, "does not exist");
	if (!state.isDirectory()) throw unusable(folder, state.isSymbolicLink() ? "is a link" : "is a file");
	const files = await folderFiles(root, folder, exclude);
	if (files.every(({ path }) => /(^|\/)\.git(keep|ignore)$/.test(path))) throw unusable(folder, "is empty");
	return files.map((file) => ({
		...file,
		path: `static/${file.path}`
	}));
}
function unusable(folder, why) {
	return new SettingsError([{
		where: "collected-static",
		what: `${JSON.stringify(folder)} ${why}`,
		next: "Fill the folder in a step before this one, or with a command of `build`. The path is relative to the working directory. Without collected-static, Woven runs collectstatic on the server."
	}]);
}

// src/rollout/committed.ts
const mostShown$1 = 5;
const findChange = "To see what changed them, add a step before this one: run: git diff HEAD";
/** Throws `uncommitted` for a deploy whose version names the commit, unless `dirty` allows it. */
async function checkCommitted(settings, { log, run }) {
	const { workingDirectory, exclude, command, distribution, dirty } = settings;
	const changed = (await uncommittedFiles(workingDirectory, run)).filter((path) => isPart(path, exclude));
	if (changed.length === 0) return;
	const more = changed.length > mostShown$1 ? ` and ${changed.length - mostShown$1} more` : "";
	const list = `${changed.slice(0, mostShown$1).map(shownPath).join(", ")}${more}`;
	if (command !== "deploy" || distribution?.names !== "commit" || dirty) {
		log.warning(`The release gets these files with changes that are not committed: ${list}. ${findChange}`);
		return;
	}
	throw new WovenError({
		code: "uncommitted",
		message: `the version ${distribution.version.value} names the commit, but some changes are not committed: ${list}`,
		next: `Commit them. If the release shall get the changed files, write \`dirty: true\` below \`with:\`. Exclude only files that the release does not need. ${findChange}`
	});
}

// src/rollout/checkout-files.ts
/** Runs the build commands first, if there are any. */
async function checkoutFiles(settings, runtime) {
	const { workingDirectory, include, exclude, writable, writablePlace } = settings;
	await checkCommitted(settings, runtime);
	const built = await runBuild(settings, runtime);
	const found = await fileSet({
		workingDirectory,
		include,
		exclude,
		run: runtime.run,
		built
	});
	if (found.length === 0) throw new WovenError({
		code: "no-files",
		message: `there are no files to deploy in ${workingDirectory}`,
		next: "Check out the repository first (actions/checkout), or set working-directory."
	});
	const problems = writableProblems(found, writable);
	if (problems.length > 0) throw new SettingsError(problems.map((problem) => ({
		...problem,
		...writablePlace
	})));
	const statics = settings.collectedStatic ?? "";
	const collected = statics === "" ? [] : await collectedStatic(built ?? workingDirectory, statics, exclude);
	const files = [...found.map((file) => ({
		...file,
		path: `project/${file.path}`
	})), ...collected];
	const onRunner = ({ path, built: isBuilt }) => {
		const [, top, rest = ""] = /^(\w+)\/(.*)$/s.exec(path) ?? [];
		if (top === "static") return fsPath(join(built ?? workingDirectory, statics), rest);
		return fsPath(isBuilt ? built ?? workingDirectory : workingDirectory, rest);
	};
	return {
		files,
		source: onRunner,
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
					return file.path.startsWith("dist/") ? join(bundle.directory, "wheels", file.path.slice(5)) : onRunner(file);
				}
			};
		}
	};
}
/** The working directory in the copy of the checkout where the commands of `build` ran. Undefined without such commands. */
async function runBuild(settings, { log, run, now, env, tempDir, cacheDir }) {
	const { build, buildEnv, configFile, workingDirectory } = settings;
	if (build.length === 0) return void 0;
	const context = {
		buildEnv,
		configFile,
		run,
		now,
		env,
		tempDir,
		cacheDir,
		log: (line) => log.info(line)
	};
	return await log.group("Build", () => buildProject(build, workingDirectory, context));
}

// src/settings/data-services.ts
const dataServiceNames = ["redis", "memcached"];
const dataServices = {
	redis: {
		package: "redis-server",
		variable: "REDIS_URL",
		value: "redis://127.0.0.1:6379/0"
	},
	memcached: {
		package: "memcached",
		variable: "MEMCACHED_SERVERS",
		value: "127.0.0.1:11211"
	}
};
function packagesOfServices(names) {
	return names.map((name) => dataServices[name].package);
}
/** The addresses, as variables of the Django process. */
function addressesOfServices(names) {
	return Object.fromEntries(names.map((name) => [dataServices[name].variable, dataServices[name].value]));
}

// src/settings/release-name.ts
/**
* The version made safe for a file name: letters, digits, `.`, `+` and `-` stay (a version starts with a letter or digit), any
* other character becomes `_` and two hexadecimal digits (`1!2.0` → `1_212.0`). Throws a RangeError if it is not a version.
*/
function releaseName(version) {
	if (!fits("version", version)) throw new RangeError(`${JSON.stringify(version)} is not a version`);
	return version.replaceAll(/[^A-Za-z0-9.+-]/g, (character) => `_${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

// src/rollout/configuration-digest.ts
/** The digest of everything that is generated. The record's salt keeps anyone from guessing the secrets in it. */
function configurationDigest(configured, salt) {
	return joinDigests(partDigests(configured, salt));
}
/** The digest of a release after a patch of `parts`: new for those, unchanged for the others. */
function patchedConfiguration(before, configured, salt, parts) {
	const previous = splitDigests(before);
	const now = partDigests(configured, salt);
	const settings = parts.includes("wsgi") ? {
		wsgi: now.wsgi,
		urls: now.urls
	} : {
		wsgi: previous.wsgi,
		urls: previous.urls
	};
	if (parts.includes("webconf")) return joinDigests({
		...settings,
		webconf: webconfDigest(configured, salt, settings.urls)
	});
	return parts.includes("wsgi") ? joinDigests({
		...settings,
		webconf: previous.webconf
	}) : before;
}
/** Whether the recorded release's settings were generated from these settings. */
function hasSameSettings(before, configured, salt) {
	return splitDigests(before).wsgi === partDigests(configured, salt).wsgi;
}
function partDigests({ settings, distribution, templates }, salt) {
	const { sites, env, secretEnv, staticUrl, mediaUrl, projectAppsPath, application } = settings;
	const secrets = Object.entries(secretEnv).map(([key, value]) => [key, value.reveal()]);
	const urls = digest([salt, {
		staticUrl,
		mediaUrl
	}]);
	return {
		wsgi: digest([
			salt,
			{
				sites: sites.map(({ id, domains, settingsModule }) => ({
					id,
					domains,
					settingsModule
				})),
				env: Object.entries(env).toSorted(),
				python: settings.python?.version ?? "system",
				urls,
				projectAppsPath,
				...settings.tls.kind === "none" ? {} : { https: true },
				module: distribution.settingsModule.value,
				root: distribution.sourceRoot.value,
				templates: ownTemplates(templates).filter(isOfSettings),
				application,
				processes: givenOptions(settings)
			},
			secrets.toSorted()
		]),
		urls,
		webconf: webconfDigest({
			settings,
			templates
		}, salt, urls)
	};
}
function webconfDigest({ settings, templates }, salt, urls) {
	const { server, health, setup, background, services } = settings;
	const sites = settings.sites.map((site) => ({
		id: site.id,
		domains: site.domains,
		health: site.health
	}));
	const own = ownTemplates(templates).filter((one) => !isOfSettings(one));
	const options = servers[server].configuredBy?.(setup);
	const { kind, trusted, hsts } = settings.tls;
	const tls = kind === "none" && trusted.length === 0 ? {} : { tls: {
		kind,
		trusted,
		hsts
	} };
	return digest([salt, {
		sites,
		server,
		health,
		urls,
		templates: own,
		options,
		processes: givenOptions(settings),
		...tls,
		web: setWeb(settings.web),
		...backgroundContent(background),
		...services.length > 0 ? { services } : {}
	}]);
}
/** Undefined without options, for the same reason. */
function givenOptions({ serverOptions }) {
	const given = Object.entries(serverOptions).toSorted(([one], [other]) => one < other ? -1 : 1);
	return given.length === 0 ? void 0 : given;
}
/** Absent without any process or schedule, as in releases of earlier versions. Where they are written does not count. */
function backgroundContent({ processes, schedules, settle }) {
	if (processes.length === 0 && schedules.length === 0) return {};
	return { background: {
		plain: [...processes, ...schedules].map(({ where: _, only: __, ...one }) => one),
		settle: processes.length === 0 ? 0 : settle
	} };
}
/** The project's own templates of what a release has, each with its content. */
function ownTemplates({ own }) {
	return [...own].filter(([name]) => !name.startsWith("etc/")).map(([name, text]) => [name, digest(text)]).toSorted(([one], [other]) => one < other ? -1 : 1);
}
function isOfSettings([name]) {
	return name.startsWith("release/") || name === "sitesettings.py";
}
function digest(value) {
	return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
function joinDigests({ wsgi, urls, webconf }) {
	return `${wsgi}.${urls}.${webconf}`;
}
function splitDigests(recorded) {
	const [wsgi = "", urls = "", webconf = ""] = recorded.split(".");
	return {
		wsgi,
		urls,
		webconf
	};
}

// src/rollout/generated-files.ts
/** Paths for sys.path, relative to the project folder. */
function sourcePaths({ distribution, projectAppsPath }) {
	const root = distribution?.sourceRoot.value ?? ".";
	return [.../* @__PURE__ */ new Set([
		root,
		...projectAppsPath ? [join(root, projectAppsPath)] : [],
		"."
	])];
}
/** The settings, scripts and environment of a release, and the files that its server needs in it. */
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
		paths: python(paths),
		sites: python(sites),
		schemes: python(trustedSchemes),
		https: settings.tls.kind === "none" ? "False" : "True",
		static_url: python(settings.staticUrl ?? null),
		media_url: python(settings.mediaUrl ?? null),
		site_id: settings.sites[0]?.id ?? 1,
		application: applicationView(settings)
	};
	const processes = processesFor(settings.serverOptions, input.facts, settings.sites.length);
	const ownSettings = files.some(({ path }) => path === "project/sitesettings/settings.py");
	const environment = {
		...settings.env,
		...Object.fromEntries(Object.entries(settings.secretEnv).map(([key, value]) => [key, value.reveal()]))
	};
	const code = {
		mode: "640",
		group: codeGroup(place.distribution)
	};
	const scripts = [
		{
			path: "wsgi/_woven_environment.py",
			content: templates.render("release/environment.py", view),
			...code
		},
		{
			path: "wsgi/_woven_manage.py",
			content: templates.render("release/manage.py", view),
			...code
		},
		{
			path: "wsgi/_woven_describe.py",
			content: templates.render("release/describe.py", view),
			...code
		},
		...all.map(({ id }) => ({
			path: `wsgi/${siteUser(id)}.wsgi`,
			content: templates.render("release/site.wsgi", {
				...view,
				site_id: id
			}),
			...code
		})),
		...[launcher, ...servers[settings.server].releaseFiles].map(({ path, template, options }) => ({
			path,
			content: templates.render(template, {
				...view,
				...processes
			}, requiredOptions(processes, options)),
			...code
		}))
	];
	const generated = [
		...ownSettings ? [] : [
			{
				path: "project/sitesettings/__init__.py",
				content: "",
				mode: "644"
			},
			{
				path: "project/sitesettings/settings.py",
				content: templates.render("sitesettings.py", view),
				mode: "644"
			},
			{
				path: "project/sitesettings/_woven.py",
				content: templates.render("release/settings.py", view),
				mode: "644"
			}
		],
		...scripts,
		{
			path: "manage",
			content: templates.render("release/manage", view),
			mode: "755"
		},
		...all.map(({ id }) => ({
			path: `environment/${siteUser(id)}.json`,
			content: JSON.stringify(environment),
			mode: "640",
			group: siteUser(id)
		}))
	];
	return [...generated, ...formerNames(generated)];
}
/** `module:name`, for the templates. */
function applicationView({ application }) {
	const [module = "", name = ""] = application?.split(":") ?? [];
	return application === void 0 ? false : {
		module,
		name
	};
}
/**
* Schemes for CSRF_TRUSTED_ORIGINS. Django always trusts the origin of the request itself. A proxy in front of nginx may speak https
* to the visitor, so https is trusted, too. http never is: whoever can change traffic on its way could forge it.
*/
const trustedSchemes = ["https"];
/** These scripts once had other names. A project's own templates may still import them by those, so such a template gets them, too. */
function formerNames(generated) {
	const isUsed = (pattern) => generated.some(({ content }) => pattern.test(content));
	const former = (name, content) => generated.flatMap((file) => file.path === `wsgi/_woven_${name}.py` ? [{
		...file,
		path: `wsgi/${name}.py`,
		content
	}] : []);
	const note = "# Managed by Woven. For templates that still use this name.\n";
	return [...isUsed(/^(import|from) environment\b/m) ? former("environment", `${note}from _woven_environment import *\n`) : [], ...isUsed(/\/wsgi\/manage\.py\b/) ? former("manage", `${note}import _woven_manage\n`) : []];
}
/** A value as a Python literal: JSON, except for None. Numeric keys become integers. */
function python(value) {
	if (value === null || value === void 0) return "None";
	if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
	if (typeof value === "object") return `{${Object.entries(value).map(([key, item]) => `${/^\d+$/.test(key) ? key : JSON.stringify(key)}: ${python(item)}`).join(", ")}}`;
	return JSON.stringify(value);
}

// src/rollout/variables.ts
/** The names of all variables that the settings set, sorted. */
function variables({ env, secretEnv }) {
	return [.../* @__PURE__ */ new Set([...Object.keys(env), ...Object.keys(secretEnv)])].toSorted();
}
/** Warns when the new release lacks a variable that the live one has. Once a run, however many nodes there are. */
function missingVariables$1(settings, { log }) {
	const reported = /* @__PURE__ */ new Set();
	return (live) => {
		const now = variables(settings);
		const lost = live?.variables?.filter((name) => !now.includes(name)) ?? [];
		const what = `the environment lacks ${lost.join(", ")}, which ${live?.version}, the live version, has`;
		if (lost.length === 0 || reported.has(what)) return;
		reported.add(what);
		log.warning(`${what}. If that is a mistake, check the input env and the names of its secrets.`);
	};
}

// src/rollout/release-plan.ts
function planRelease(input, runtime) {
	const { settings, facts, base, files, version, name } = input;
	const place = layout(facts.deploymentRoot, name, releaseName(version));
	const known = base ? facts.files : /* @__PURE__ */ new Map();
	const shared = new Map([...known].map(([hash, path]) => [hash, `${base?.release}/${path}`]));
	const missing = files.filter(({ kind, sha256 }) => kind !== "symlink" && !shared.has(sharedKey(kind, sha256)));
	const payload = new Map(missing.map((file) => [sharedKey(file.kind, file.sha256), content(input.source(file), file)]));
	const salt = randomBytes(16).toString("hex");
	const python = input.python ?? { version: facts.python ?? "" };
	const active = activeRelease(facts.state);
	const web = {
		place,
		version,
		build: (settings.dryRun ? active?.build : void 0) ?? newBuild(),
		key: (settings.dryRun && active ? keyOf(active) : void 0) ?? randomBytes(32).toString("hex"),
		sites: settings.sites,
		setup: settings.setup,
		processes: processesFor(settings.serverOptions, facts, settings.sites.length)
	};
	const record = {
		schema: 3,
		distribution: name,
		version,
		name: place.name,
		content: input.content ?? releaseContent(input, salt),
		files: Object.fromEntries(files.filter(({ kind }) => kind !== "symlink").map(({ path, kind, sha256 }) => [path, sharedKey(kind, sha256)])),
		symlinks: Object.fromEntries(files.flatMap(({ path, target }) => target === void 0 ? [] : [[path, target]])),
		python: python.version,
		...python.interpreter === void 0 ? {} : { interpreter: python.interpreter },
		build: web.build,
		...input.keepsWebConf ? servicesOfBuild(input.keepsWebConf, web.build) : {
			services: withPackages([...releaseServices(servers[settings.server], web, settings.web), ...backgroundServices(web, settings.background)], packagesOfServices(settings.services)),
			mark: releaseMark(web),
			...recordedTls(settings.tls, name)
		},
		sites: settings.sites.map(({ id, domains, health }) => ({
			id,
			domains,
			...health ? { health } : {}
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
		ipv6: facts.ipv6,
		...facts.nginx === void 0 ? {} : { nginx: facts.nginx },
		record,
		web,
		...input.keepsWebConf ? { keepsWebConf: input.keepsWebConf } : {},
		files,
		shared,
		payload,
		templates: input.templates,
		payloadBytes: missing.reduce((sum, { bytes }) => sum + bytes, 0),
		sites: input.sites ?? settings.sites,
		generated: input.generated === "kept" ? "kept" : generatedFiles$1(input, place),
		python,
		pythonMinor: minorOf(python.version),
		interpreter: python.interpreter ?? "/usr/bin/python3",
		pythons: python.interpreter !== void 0 || facts.pythons.length > 0 ? "some" : "none"
	};
}
/** Each service needs what the project uses on the node. */
function withPackages(services, packages) {
	return services.map((service) => ({
		...service,
		packages: [...service.packages, ...packages]
	}));
}
function keyOf({ services }) {
	return services.flatMap(({ probe }) => Object.values(probe.headers))[0];
}
/** The key by which two files may share an inode: their modes must agree, too. */
function sharedKey(kind, sha256) {
	return kind === "executable" ? `x${sha256}` : sha256;
}
/** What the release is made of, as digests. `salt` keeps anyone from guessing the secrets in the environment. */
function releaseContent(input, salt) {
	const { files, bundle, python } = input;
	const packages = python?.interpreter === void 0 ? bundle.key : `${bundle.key} with its own Python`;
	return {
		tree: treeDigest(files),
		bundle: packages,
		configuration: configurationDigest(input, salt)
	};
}
/** The file's content, which must still have the hash that the release has recorded. */
function content(source, { path, bytes, sha256 }) {
	return {
		bytes,
		open: () => createReadStream(source).compose(unchanged(path, sha256))
	};
}
function unchanged(path, sha256) {
	return async function* (parts) {
		const hash = createHash("sha256");
		for await (const part of parts) {
			hash.update(part);
			yield part;
		}
		if (hash.digest("hex") !== sha256) throw changed(path);
	};
}
function changed(path) {
	return new WovenError({
		code: "checkout-changed",
		message: `${path} was changed on the runner after its hash was computed`,
		state: "Nothing that is live was changed.",
		next: "A package that was built, or another step, changed the checkout. Find out which one before you deploy."
	});
}

// src/steps/project-templates.ts
const folder = "templates/woven";
/** The largest template. A larger file is hardly configuration; it belongs in the project. */
const maximumBytes = 1e6;
/** Files that keep a folder in git, or that a desktop leaves there. They are not meant for a server. */
const ignored = [
	".gitkeep",
	".keep",
	".gitignore",
	".gitattributes",
	".DS_Store"
];
/** The text of `templates/woven/<name>`; undefined if the project has none. Throws if it cannot be placed on a node. */
function readTemplate(workingDirectory, name) {
	const path = join(workingDirectory, folder, name);
	if (lstatSync(path, { throwIfNoEntry: false }) === void 0) return void 0;
	const content = readBytes(workingDirectory, name);
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(content);
	} catch (cause) {
		throw wrong$2(name, "is not UTF-8 text", "Save it as UTF-8.", cause);
	}
}
/** The project's templates as they are now, whatever changes later. */
function heldTemplates(workingDirectory) {
	const texts = /* @__PURE__ */ new Map();
	const errors = /* @__PURE__ */ new Map();
	for (const name of namesBelow(join(workingDirectory, folder))) try {
		texts.set(name, readTemplate(workingDirectory, name) ?? "");
	} catch (error) {
		errors.set(name, error);
	}
	return {
		texts,
		read(name) {
			if (errors.has(name)) throw errors.get(name);
			return texts.get(name);
		}
	};
}
/** Names of all files and folders, also behind links, as a path can name them. */
function namesBelow(root, at = "", deepest = 8) {
	if (!statSync(join(root, at), { throwIfNoEntry: false })?.isDirectory() || deepest === 0) return [];
	return readdirSync(join(root, at)).flatMap((entry) => {
		const name = join(at, entry);
		return [name, ...namesBelow(root, name, deepest - 1)];
	});
}
/** Names of the project's templates in `templates/woven/<top>`, relative to it and sorted. Throws if one of them has a strange name. */
function templateNames(workingDirectory, top) {
	const root = join(workingDirectory, folder, top);
	const found = statSync(root, { throwIfNoEntry: false });
	if (found === void 0) return [];
	if (!found.isDirectory()) throw wrong$2(top, "is not a folder", `It holds the templates: ${folder}/${top}/nginx/….`);
	checkInside(workingDirectory, top, realpathSync(root));
	return readdirSync(root, {
		recursive: true,
		withFileTypes: true
	}).filter((entry) => !entry.isDirectory() && !ignored.includes(entry.name)).map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).map((name) => checkedName(top, name)).toSorted();
}
/** Whether the project's template is executable. It is executable on the node, too. */
function isExecutable(workingDirectory, name) {
	const found = statSync(join(workingDirectory, folder, name), { throwIfNoEntry: false });
	return found !== void 0 && (found.mode & 64) !== 0;
}
function checkedName(top, name) {
	const odd = name.split("/").find((part) => !/^[A-Za-z0-9_][A-Za-z0-9_.,:@+=%\\-]*$/.test(part));
	if (odd === void 0) return name;
	throw wrong$2(`${top}/${name}`, `has ${JSON.stringify(odd)} in its path. That is not a name for a file on a server`, "If an editor left the file there, remove it. Otherwise rename it: use letters, digits, . _ - @ and a few more.");
}
function readBytes(workingDirectory, name) {
	const path = join(workingDirectory, folder, name);
	try {
		const real = realpathSync(path);
		checkInside(workingDirectory, name, real);
		const found = statSync(real);
		if (!found.isFile()) throw wrong$2(name, "is not a file", "Woven follows links to files, but not links to folders.");
		if (found.size > maximumBytes) throw wrong$2(name, `has ${found.size} bytes. A template may have ${maximumBytes}`, "Templates are for configuration.");
		return readFileSync(real);
	} catch (cause) {
		if (cause instanceof WovenError) throw cause;
		throw wrong$2(name, `cannot be read: ${cause.message}`, "Is it a link to a file that does not exist?", cause);
	}
}
/** A link must not copy files from elsewhere on the runner to a server, nor git's own files, which may hold a token. */
function checkInside(workingDirectory, name, real) {
	const path = relative(realpathSync(workingDirectory), real).split(sep);
	if (path[0] === ".." || path.includes(".git")) throw wrong$2(name, `is a link to ${real}, outside the project`, "Put the file itself in its place.");
}
function wrong$2(name, what, next, cause) {
	const file = join(folder, name);
	return new WovenError({
		code: "template",
		message: `the template ${file} ${what}`,
		next,
		file,
		cause
	});
}

// src/rollout/required-variables.ts
const Variables = array(object({
	name: string(),
	file: string(),
	line: number$2(),
	any_case: optional(boolean(), false)
}));
/** Variables that the processes of every release have. */
const alwaysSet = /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|PWD|TZ|TMPDIR|HOSTNAME|PYTHON\w+|VIRTUAL_ENV|(WOVEN|SYSTEMD)_\w+|DJANGO_SETTINGS_MODULE|DJANGO_CONFIGURATION|SITE_ID)$/;
function isAlwaysSet(name) {
	return alwaysSet.test(name) || allServers.some((server) => server.variablePrefixes.some((one) => name.startsWith(one)));
}
/** Throws `missing-variables` if the settings are certain to fail for variables that neither the input `env` nor `[env]` sets. */
async function requireVariables(settings, { run, tempDir }) {
	const { workingDirectory, distribution, sites, env, secretEnv } = settings;
	if (distribution === void 0 || mayAddVariables(settings)) return;
	const modules = [distribution.settingsModule.value, ...sites.flatMap((site) => site.settingsModule ?? [])];
	const roots = sourcePaths(settings).map((path) => join(workingDirectory, path));
	const result = await run("python3", [
		"-B",
		"-I",
		"-S",
		join(packageRoot, "templates/runner/required_variables.py"),
		JSON.stringify({
			roots,
			modules: [...new Set(modules)]
		})
	], { cwd: tempDir });
	const read = safeParse(pipe(string(), parseJson$2(), Variables), result.code === 0 ? result.stdout : "[]");
	if (!read.success || read.output.length === 0) return;
	const given = [
		...Object.keys(env),
		...Object.keys(secretEnv),
		...await deployedVariables(settings, run)
	];
	const missing = read.output.filter(({ name, any_case: anyCase }) => {
		const isIt = (other) => anyCase ? other.toUpperCase() === name : other === name;
		return !isAlwaysSet(name) && !given.some(isIt);
	});
	if (missing.length > 0) throw missingVariables(missing, settings);
}
/** A project with its own sitesettings, or its own templates of the scripts, may set variables there. */
function mayAddVariables(settings) {
	const { workingDirectory } = settings;
	return sourcePaths(settings).some((path) => ["sitesettings", "sitesettings.py"].some((name) => existsSync(join(workingDirectory, path, name)))) || [
		"sitesettings.py",
		"release/settings.py",
		"release/environment.py",
		"release/manage.py",
		"release/site.wsgi"
	].some((name) => readTemplate(workingDirectory, name) !== void 0);
}
/** Names in files such as .env that are part of the release: the settings may load them. */
async function deployedVariables(settings, run) {
	const { workingDirectory, include, exclude } = settings;
	const loaded = (await releasePaths({
		workingDirectory,
		include,
		exclude,
		run
	})).filter((path) => isVariables.test(path) && !/example|sample|template|dist/.test(path));
	return (await Promise.all(loaded.map((path) => readFile(fsPath(workingDirectory, path), "utf8").catch(() => "")))).flatMap((text) => [...text.matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)\s*[=:]/gm)].flatMap(([, name]) => name ?? []));
}
/** `.env`, `.env.production`, `prod.env`, `.envs/.production/.django`, and decouple's settings.ini. */
const isVariables = /(^|\/)\.?envs?(\.[^/]*)?(\/|$)|\.env$|(^|\/)settings\.ini$/;
/** Words in the names of variables whose values are secret, or often hold a login. */
const maybeSecret = /SECRET|KEY|PASS|PWD|TOKEN|URL|URI|DSN|CREDENTIAL|PRIVATE|AUTH|SALT|CERT|LOGIN|USER|CONNECTION/i;
function missingVariables(missing, { workingDirectory, configFile }) {
	const all = [...new Map(missing.toReversed().map((one) => [one.name, one])).values()].toSorted((one, other) => missing.indexOf(one) - missing.indexOf(other));
	const shown = (file) => relative(workingDirectory, file);
	const [one] = all;
	const plain = all.find(({ name }) => !maybeSecret.test(name));
	const table = configFile === "woven.toml" ? "[env]" : "[tool.woven.env]";
	return new WovenError({
		code: "missing-variables",
		message: `the settings need variables that are not set: ${all.map(({ name, file, line }) => `${name} (${shown(file)}:${line})`).join(", ")}`,
		next: [
			"Pass secrets in the workflow, in the input env below `with:`",
			"env: |",
			...all.map(({ name }) => `  ${name}=${secretExpression(name)}`),
			...plain ? [
				`Values that are not secret can be in ${configFile} instead:`,
				table,
				`${plain.name} = "…"`
			] : []
		].join("\n"),
		file: one && shown(one.file),
		line: one?.line
	});
}

// src/node/read-files.ts
const read$1 = sh`for file in "$@"; do
  [ -f "$file" ] || { echo "$file is not there" >&2; exit 1; }
  printf '%s %s %s %s\n' "$(printf '%s' "$file" | base64 -w0)" "$(stat -c '%a %G' "$file")" "$(base64 -w0 <"$file")"
done`;
/** Contents and modes by path, in one round trip. Throws `file-missing` where one of them is not there. */
async function readFiles(host, paths) {
	const { code, stdout, stderr } = await host.root(read$1, {
		args: paths,
		timeoutSeconds: 60
	});
	if (code !== 0) throw new WovenError({
		code: "file-missing",
		message: `configuration of the live release cannot be read on ${host.name}: ${stderr.trim()}`,
		state: "Nothing was changed.",
		next: "Deploy the version again with overwrite: true: that writes all of its configuration.",
		node: host.name
	});
	const decoded = (text = "") => Buffer.from(text, "base64").toString("utf8");
	const lines = stdout.split("\n").filter((line) => line !== "");
	return new Map(lines.map((line) => {
		const [path, mode = "644", group = "root", content] = line.split(" ");
		return [decoded(path), {
			content: decoded(content),
			mode,
			group
		}];
	}));
}

// src/steps/django.ts
/** Runs a management command of the release in `folder`, as the user of a site. */
function manage(folder, site, words) {
	return sh`as ${siteUser(site)} env SITE_ID=${site} ${`${folder}/manage`} ${words}`;
}
/**
* Runs Django's checks for every site, since each has its own settings. The process of the first site also reports the settings that
* concern the server (the data of the step), and collects the static files, unless they come with the release. The site user owns their
* folder only for that time.
*/
function checkProject(place, sites, staticFiles) {
	const folder = `${place.staging}/static`;
	const inspect = (id, words = []) => sh`as ${siteUser(id)} ${`${place.staging}/bin/python`} "$describe" ${id} ${words}`;
	const [first = 1, ...others] = sites.map(({ id }) => id);
	const describe = staticFiles === "collect" ? sh`chown ${siteUser(first)} ${folder}
${inspect(first, ["collect"])} >"$run/described"
tool claim ${siteUser(first)} ${folder}` : sh`${inspect(first)} >"$run/described"`;
	return {
		id: "django",
		title: staticFiles === "collect" ? "Run Django's checks and collect static files" : "Run Django's checks",
		plan: "quiet",
		preview: sh`detail "not run, because a dry run builds no release"`,
		apply: sh`describe=${`${place.staging}/wsgi/_woven_describe.py`}
[ -e "$describe" ] || describe=${`${place.staging}/wsgi/describe.py`}
${describe}
${joined(others.map((other) => sh`${inspect(other)} >/dev/null`))}
sed -n 1p "$run/described" >&3
sed 1d "$run/described" >>"$run/details"
[ -s "$run/details" ] || touch "$run/unchanged"`,
		failure: checkFailure,
		advice: (output) => listedErrors(output) === void 0 ? projectFailure(output)?.next : void 0,
		next: "Fix what the output reports, and deploy again."
	};
}
/**
* Copies the files of the project's media folder (`seed`, relative to the project) to the media folder of the distribution, as the
* first site's user. Files there may be uploads: `add` never changes them, `replace` keeps a copy first.
*/
function seedMedia(place, seed, sites, mode) {
	return {
		id: "media",
		title: "Copy the project's media files",
		plan: "quiet",
		preview: sh`detail ${`would copy files from ${seed} ${mode === "add" ? "that do not exist" : "that differ"} in ${place.media}`}`,
		apply: sh`tool seed ${siteUser(sites[0]?.id ?? 1)} ${`${place.release}/project/${seed}`} ${place.media} ${mode} >>"$run/details"
[ -s "$run/details" ] || touch "$run/unchanged"`
	};
}
/**
* Creates the SQLite files in ~/database in advance, so that every site can write them. SQLite would create them with mode 0644,
* whatever the umask is, and only the first site could write them.
*/
function shareDatabases(place, sites, files) {
	if (files.length === 0) return [];
	const share = (verb) => sh`tool share ${verb} ${place.database} ${siteUser(sites[0]?.id ?? 1)} ${files}`;
	return [{
		id: "databases",
		title: "Give the sites access to the SQLite files",
		check: sh`[ -z "$(${share("list")})" ]`,
		checks: "plan",
		preview: sh`${share("list")} >>"$run/details"`,
		apply: sh`${share("apply")} >>"$run/details"
[ -s "$run/details" ] || touch "$run/unchanged"`
	}];
}
/** Migrates the databases of every site, while the previous release is still live. */
function migrate(folder, sites, how, databases) {
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
	const runs = sites.flatMap(({ id }) => aliases.map((alias) => sh`code=0; cp "$run/details" "$run/migrated-before"
${manage(folder, id, words(alias))} >"$run/migrated" 2>&1 || code=$?
sed -n 's/^  Applying \(.*\)\.\.\. *\(OK\|FAKED\)$/\1/p' "$run/migrated" >>"$run/details"
[ "$code" = 0 ] || { [ ! -s "$run/migrated-before" ] || echo "Applied before: $(tr '\n' ' ' <"$run/migrated-before")"; cat "$run/migrated"; exit 1; }`));
	return [{
		id: "migrate",
		title: "Migrate the database",
		limit: 3600,
		preview: lines([...sites.flatMap(({ id }) => aliases.map((alias) => sh`detail ${`would run, as ${siteUser(id)}: manage ${words(alias).join(" ")}`}`)), sh`detail "only the release itself can tell which migrations are pending"`]),
		apply: sh`${joined(runs)}
[ -s "$run/details" ] || touch "$run/unchanged"`,
		failure: migrationFailure,
		state: appliedMigrations,
		advice: migrationAdvice,
		next: "Fix what the output reports, and deploy again."
	}];
}
/** `Migration blog.0009_entries failed: relation "blog_entrys" does not exist` */
function migrationFailure(output) {
	const { failed, applied } = migrations(output);
	const known = projectFailure(output)?.message;
	if (failed === void 0 && known === void 0) return void 0;
	const cause = known ?? causeOf(output);
	if (failed !== void 0) return `Migration ${failed} failed${cause === void 0 ? "" : `: ${cause}`}`;
	return applied.length === 0 ? `Nothing was migrated: ${cause}` : `Not all databases were migrated: ${cause}`;
}
/** What stays applied. */
function appliedMigrations(output) {
	const { applied } = migrations(output);
	const shown = applied.slice(-5).join(", ");
	const more = applied.length > 5 ? ` and ${applied.length - 5} before` : "";
	return applied.length === 0 ? "No migration was applied." : `Stays applied: ${shown}${more}.`;
}
function migrationAdvice(output) {
	const { failed } = migrations(output);
	return projectFailure(output)?.next ?? `Fix ${failed ?? "what the output reports"}, and deploy again.`;
}
/** The migrations that an output names. A line of Woven's own names those of databases and sites that were before. */
function migrations(output) {
	const begun = [...output.matchAll(/^ *Applying (\S+?)\.\.\.(.*)$/gm)].map(([, name = "", rest = ""]) => ({
		name,
		isDone: / (OK|FAKED)$/.test(rest)
	}));
	const [, before = ""] = /^Applied before: (.+)$/m.exec(output) ?? [];
	const done = begun.filter(({ isDone }) => isDone).map(({ name }) => name);
	return {
		failed: begun.findLast(({ isDone }) => !isDone)?.name,
		applied: [.../* @__PURE__ */ new Set([...before.split(" ").filter(Boolean), ...done])]
	};
}
/** What stopped the project: an error of Django's checks, or one of the usual causes. */
function checkFailure(output) {
	const listed = listedErrors(output);
	if (listed !== void 0) return listed;
	const cause = projectFailure(output);
	return cause && `The project does not start: ${cause.message}`;
}
/** The first error of Django's checks: `<what>: (admin.E108) …`, below the line `ERRORS:`. */
function listedErrors(output) {
	const [, list = ""] = /^ERRORS:\n([\s\S]*)/m.exec(output) ?? [];
	const [first, ...others] = [...list.matchAll(/^(.+?): (\(\w+\.E\d+\) .+)$/gm)].map(([, what = "", why = ""]) => `${what.replace(/^<class '(.+)'>$/, "$1")}: ${why}`);
	if (first === void 0) return void 0;
	return `Django's checks failed: ${first}${others.length > 0 ? ` (and ${others.length} more)` : ""}`;
}
/**
* For migrations by hand: goes on only if no migration is pending. Otherwise it moves the release into place, without traffic, so that
* its own `manage` can be used, and fails.
*/
function awaitMigrations(place, build, sites, databases) {
	const folder = buildFolder(place, build);
	const pending = sites.flatMap(({ id }) => Object.keys(databases).map((alias) => manage(place.staging, id, [
		"migrate",
		"--check",
		"--database",
		alias
	])));
	return {
		id: "migrations-by-hand",
		title: "Check for pending migrations",
		plan: "quiet",
		preview: sh`detail "would stop before the switch if migrations are pending"`,
		apply: sh`touch "$run/unchanged"
{ ${pending.reduce((done, one) => sh`${done} && ${one}`, sh`:`)}; } >"$run/pending" 2>&1 && exit 0
cat "$run/pending"
if [ -e ${`${place.state}/releases/${place.name}.json`} ]; then
  fail ${`${place.distribution} ${place.name} is on this server already, as another build. Migrations by hand need a new version`}
fi
# An earlier build of this version that waited for its migrations is replaced.
old=$(readlink ${place.release} || :)
mv -T ${place.staging} ${folder}
tool link ${folder} ${place.release}
if [ -n "$old" ]; then rm -rf --one-file-system "$old"; fi
fail ${`Migrations are pending. The release is in place, without traffic. Run ${place.release}/manage migrate`}`,
		next: "Log in, run the migrations as shown above, and deploy again."
	};
}
function joined(parts) {
	return parts.reduce((done, part) => sh`${done}
${part}`, sh``);
}

// src/steps/libraries.ts
/**
* Reports missing libraries, as data. That is no failure: a package may load a library only for a part that the project does not use, and
* Django's checks and the health check come later.
*/
function checkLibraries({ staging }) {
	return {
		id: "libraries",
		title: "Check system libraries",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
tool libraries ${`${staging}/lib`} >"$run/missing"
cat "$run/missing" >&3
while read -r library package; do detail "$package loads $library, which this server does not have"; done <"$run/missing"`
	};
}
/** The warning about missing libraries, from the data of the step. Undefined if none is missing. */
function missingLibraries(data, node) {
	const missing = data.split("\n").flatMap((line) => {
		const [, library, name] = /^([\w.+-]{1,100}) ([\w-]{1,100})$/.exec(line) ?? [];
		return library === void 0 || name === void 0 ? [] : [{
			library,
			name
		}];
	});
	if (missing.length === 0) return void 0;
	const list = missing.map(({ library, name }) => `${library} (for ${name})`).join(", ");
	const packages = [...new Set(missing.map(({ library }) => libraryPackage(library)))].toSorted();
	return [
		`${node} lacks system libraries that packages of the release load: ${list}.`,
		"If the application needs them, add their packages to woven.toml, and run setupnode:",
		`extra-packages = ${JSON.stringify(packages)}`
	].join("\n");
}

// src/rollout/disk-room.ts
/** A release needs about three times the size of the files that are sent, and 100 MiB to spare. Throws `disk-full`. */
function checkRoom(facts, payloadBytes, node) {
	const needed = payloadBytes * 3 + 100 * 2 ** 20;
	if (facts.diskFree >= needed) return;
	const megabytes = (bytes) => `${Math.ceil(bytes / 2 ** 20)} MB`;
	throw new WovenError({
		code: "disk-full",
		message: `${node} has ${megabytes(facts.diskFree)} free for releases, and this one needs ${megabytes(needed)}`,
		state: "Nothing was changed.",
		next: "Free some disk space (keep-releases sets how many releases stay), and run the command again.",
		node
	});
}

// src/rollout/django-report.ts
/** Throws WovenError `describe` if the report is not valid. */
function readDjangoReport(data, node) {
	const line = data.trim().split("\n")[0] ?? "";
	const parsed = safeParse(djangoFacts, parse(line));
	if (parsed.success) return parsed.output;
	const [issue] = parsed.issues;
	const where = getDotPath(issue);
	throw new WovenError({
		code: "describe",
		message: where ? `Woven cannot use a value in the project's settings on ${node}: ${where} is ${issue.received}` : `Django did not report the project's settings on ${node}. It printed: ${line.slice(0, 200)}`,
		next: where ? "Write STATIC_URL and MEDIA_URL as paths (letters, digits, - _ ~ and . between slashes), or as URLs on another host." : "If the project has its own templates/woven/release/describe.py, its first line of output must be JSON, as in Woven's.",
		node
	});
}
/**
* The project folder whose files are copied to the media folder. Undefined if it holds code: a MEDIA_ROOT that is the project
* itself would publish the whole project.
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
/** For a dry run, where no release exists to ask: the configured values, else what the live release reported, else Django's usual ones. */
function expectedDjangoReport(settings, active) {
	const { staticUrl, mediaUrl } = settings;
	return {
		...active?.described ?? usual,
		...staticUrl === void 0 ? {} : { staticUrl },
		...mediaUrl === void 0 ? {} : { mediaUrl }
	};
}
/** The same as sentences, for the plan. */
function expectedWords(settings, active) {
	const { staticUrl, mediaUrl, databases } = expectedDjangoReport(settings, active);
	return [`A dry run builds no release, so Django cannot report its settings. Woven assumes the configured values, and otherwise ${active?.described ? `what ${active.version}, the live release, reported` : "Django's usual values"}:`, `static files at ${staticUrl}, media at ${mediaUrl}; databases: ${Object.keys(databases).join(", ") || "none"}`];
}
const usual = {
	django: "",
	staticUrl: "/static/",
	mediaUrl: "/media/",
	databases: { default: "django.db.backends.sqlite3" },
	templateDirs: [],
	mediaSeed: null
};

// src/steps/acme.ts
/** Below it are the answers to the authority's questions. nginx serves them for every domain, on port 80. */
const webroot = "/var/www/woven/acme";
/** Run by certbot after each renewal: nginx reads a new certificate only when it is reloaded. */
const reloadNginx = "nginx -t -q && systemctl reload nginx";
/** The packages that setupnode installs for it. */
function acmePackages({ kind }) {
	return kind === "acme" ? ["certbot"] : [];
}
/** Gets the certificate of a distribution, if it is missing, near its end, or for other domains. The live release is not touched. */
function issueCertificate(tls, distribution, sites) {
	if (tls.kind !== "acme") return [];
	const domains = sites.flatMap((site) => site.domains);
	const spec = {
		name: certificateName(distribution),
		domains,
		email: tls.email ?? "",
		directory: tls.directory,
		webroot,
		folder: letsEncryptFolder,
		port: 80,
		hook: reloadNginx
	};
	return [{
		id: "certificate",
		title: "Get a certificate",
		limit: 900,
		files: [{
			name: "acme.json",
			content: JSON.stringify(spec)
		}],
		check: sh`tool acme check "$files/acme.json"`,
		preview: sh`detail ${`from ${tls.directory}, for ${domains.join(", ")}`}`,
		apply: sh`install -d -m 755 ${webroot}
tool acme issue "$files/acme.json" >"$run/issued" 2>"$run/refused" || { cat "$run/refused" >&2; exit 1; }
grep -q '^issued' "$run/issued" || touch "$run/unchanged"
while read -r line; do detail "$line"; done <"$run/issued"`,
		state: "The live release and its certificate are as they were.",
		next: "Correct what the message says, and deploy again. Authorities limit how often you may try."
	}];
}
/** Renewals do not wait for the next start of the node. */
function renewCertificates(tls) {
	if (tls.kind !== "acme") return [];
	return [{
		id: "certificate-timer",
		title: "Start the renewal of certificates",
		check: sh`systemctl is-active --quiet certbot.timer && [ "$(systemctl is-enabled certbot.timer)" = enabled ]`,
		preview: sh`detail 'enable and start certbot.timer'`,
		apply: sh`systemctl enable --quiet --now certbot.timer`
	}];
}

// src/steps/nginx-front.ts
/** Source of the directives: https://nginx.org/en/docs/http/ngx_http_core_module.html#listen and ngx_http_proxy_module. */
function nginxFront(conf) {
	const text = conf.replaceAll(/^\s*#.*$/gm, "");
	const listens = [...text.matchAll(/^\s*listen\s+([^;]+);/gm)].flatMap(([, words = ""]) => listener(words) ?? []);
	const tlsInFront = [...text.matchAll(/^\s*proxy_set_header\s+X-Forwarded-Proto\s+"?([^";\s]+)"?\s*;/gim)].some(([, value = ""]) => !/^(\$scheme|http)$/i.test(value));
	return {
		listens: [...new Set(listens)],
		...tlsInFront ? { tlsInFront } : {}
	};
}
/** `[::]:443 ssl http2` is `https:443`. Undefined for a unix socket, and for HTTP/3, which never comes alone. */
function listener(words) {
	const [address = "", ...flags] = words.trim().split(/\s+/);
	if (address.startsWith("unix:") || flags.includes("quic")) return void 0;
	const port = /(?:^|:)(\d+)$/.exec(address.replace(/^\[.*\]$/, ""))?.[1] ?? "80";
	return `${flags.includes("ssl") ? "https" : "http"}:${port}`;
}

// src/steps/prune.ts
/**
* Removes all releases but the newest `keep` and those whose names are in `protect`: the live one, and the one that a rollback
* would switch to. Undefined if there is none to remove.
*/
function pruneReleases(root, releases, keep, protect) {
	const old = releases.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt)).slice(keep).filter(({ name }) => !protect.includes(name));
	if (old.length === 0) return void 0;
	return {
		id: "prune",
		preview: lines(old.map(({ version }) => sh`detail ${version}`)),
		title: "Remove old releases",
		apply: lines([unitFunctions, ...old.map((record) => {
			const place = layout(root, record.distribution, record.name);
			return sh`${discardRelease({
				place,
				record
			})}
detail ${record.version}`;
		})])
	};
}

// src/steps/release-files.ts
/** Files that a dry run lists by name. */
const mostShown = 200;
/** Fills an empty staging folder: received files are copied, and files that the node has are hard-linked. */
function assemble(assembly) {
	const { place, files, symlinks, shared, payload, payloadBytes, mode } = assembly;
	const plain = Object.entries(files);
	const spec = {
		target: place.staging,
		owner: "root",
		links: Object.fromEntries(plain.flatMap(([path, key]) => shared.has(key) ? [[path, shared.get(key)]] : [])),
		files: Object.fromEntries(plain.filter(([, key]) => !shared.has(key))),
		symlinks
	};
	const received = [...payload].map(([sha256, content]) => ({
		name: `payload/${sha256}`,
		content
	}));
	const sent = Object.keys(spec.files);
	const count = `${sent.length} ${mode === "plan" ? `to send, ${(payloadBytes / 1e6).toFixed(2)} MB before compression` : "received"}`;
	return {
		id: "files",
		title: `Copy files of ${place.distribution} ${place.name} (${count}, ${Object.keys(spec.links).length} shared)`,
		files: [{
			name: "assembly.json",
			content: JSON.stringify(spec)
		}, ...received],
		preview: lines([...sent.slice(0, mostShown).map((path) => sh`detail ${path}`), ...sent.length > mostShown ? [sh`detail ${`and ${sent.length - mostShown} more`}`] : []]),
		apply: sh`${discardLater(place.staging, stagingFolder(place))}
${finishDiscarding(stagingFolder(place))}
install -d -m 755 ${place.staging} ${`${place.staging}/project`} ${`${place.staging}/dist`} ${`${place.staging}/wsgi`} ${`${place.staging}/static`}
tool assemble "$files/assembly.json" "$files/payload"`,
		state: "Nothing that is live was changed.",
		next: "Run the command again."
	};
}
/** Writes the files that Woven generates for a release: settings, WSGI scripts, `manage`, each site's environment. */
function generatedFiles(place, generated) {
	const folders = [...new Set(generated.map(({ path }) => `${place.staging}/${path}`.replace(/\/[^/]*$/, "")))];
	const placed = placeFiles({
		id: "generated",
		title: "Write settings, WSGI scripts and environment"
	}, generated.map(({ path, content, mode, group }) => ({
		path: `${place.staging}/${path}`,
		content,
		mode,
		...group === void 0 ? {} : { group },
		like: `${place.active}/${path}`,
		...path.startsWith("environment/") ? { secret: true } : {}
	})));
	return {
		...placed,
		checks: "plan",
		apply: sh`install -d -m 755 ${folders}
${placed.apply}
: >"$run/details"`
	};
}
/** Links the generated files of the release that is patched. */
function keepGenerated(place) {
	return {
		id: "generated",
		title: "Keep settings, WSGI scripts and environment",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
rm -rf ${`${place.staging}/wsgi`}
cp -al ${`${place.release}/wsgi`} ${`${place.release}/environment`} ${`${place.release}/manage`} ${place.staging}
[ -e ${`${place.staging}/project/sitesettings`} ] || cp -al ${`${place.release}/project/sitesettings`} ${`${place.staging}/project/`}`
	};
}
/** A `.pth` file, by which the interpreter finds the project from any folder (Python's `site` module). */
function pathFile(paths, pythonMinor) {
	const content = `${paths.map((path) => `../../../project${path === "." ? "" : `/${path}`}`).join("\n")}\n`;
	return {
		path: `lib/python${pythonMinor}/site-packages/woven.pth`,
		content,
		mode: "644"
	};
}
/**
* Byte-compiles the project. The site users cannot do so later, because they cannot write to the code. Compiling runs no code. It runs
* as the build user, so a link among the files cannot lead it to a file that only root can read.
*/
function byteCompile(place, interpreter) {
	const project = `${place.staging}/project`;
	return {
		id: "byte-compile",
		title: "Compile the project",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
jobs=1; [ "$(find ${project} -name '*.py' | wc -l)" -lt 400 ] || jobs=0
find ${project} -type d -exec chown ${buildUser} {} +
as ${buildUser} ${interpreter} -IS -m compileall -q -j "$jobs" ${project} >/dev/null || :`
	};
}
/**
* Gives the finished release to root. The group of its sites can read the code, and everyone the static files. Only the folders have
* these rights: the files are hard-linked with other releases, so their modes must stay.
*/
function closeRelease({ distribution, staging }) {
	const group = codeGroup(distribution);
	return {
		id: "close",
		title: "Restrict access to the release",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
cd ${staging}
find . ! '(' -user root -group root ')' ! -path './environment/*' ! -path './wsgi/*' -exec chown -h root:root {} +
for folder in */; do
  case $folder in static/) continue ;; wsgi/) mode=751 ;; *) mode=750 ;; esac
  [ ! -L "\${folder%/}" ] || continue
  chgrp ${group} "$folder"
  chmod "$mode" "$folder"
done`
	};
}

// src/steps/uv.ts
/** Installs uv on the node, once for each version. */
function keepUv(version, binary) {
	const path = `/var/local/woven/tools/uv-${version}`;
	return {
		id: "uv",
		title: `Install uv ${version}`,
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

// src/steps/virtualenv.ts
/** Makes the virtualenv in staging, relocatable. Its packages come from the bundle, or are shared with an earlier release. */
function virtualenv(installation) {
	const { sameBundle } = installation;
	return {
		id: "virtualenv",
		title: sameBundle ? "Share packages with an earlier release" : "Install packages from the bundle",
		apply: sameBundle ? share(installation.place, sameBundle) : install(installation),
		next: "The bundle does not fit this server. Run with cache: false to build it again. If that does not help, report it."
	};
}
/**
* The interpreter of a virtualenv runs code of its packages (`.pth` files and `sitecustomize`, see Python's `site` module). So uv starts
* it only while there is no package yet, and the system's Python, without `site`, compiles. The step removes uv's cache, so that
* no package can tamper with later installations.
*/
function install({ place, interpreter, uv }) {
	const { staging } = place;
	const build = `${staging}/.build`;
	const environment = sh`-i HOME=${build} PATH=/usr/bin:/bin LC_ALL=C.UTF-8 UV_CACHE_DIR=${`${build}/cache`} UV_OFFLINE=1 UV_NO_CONFIG=1 UV_PYTHON_DOWNLOADS=never`;
	const venv = `${build}/venv`;
	return lines([
		sh`rm -rf --one-file-system ${`${place.root}/.cache/woven-uv`}
install -d -o ${buildUser} -m 700 ${build}
cd ${staging}`,
		sh`as ${buildUser} env ${environment} ${uv} venv --quiet --relocatable --no-project --python ${interpreter} ${venv}`,
		sh`as ${buildUser} env ${environment} ${uv} pip install --quiet --no-index --find-links ${`${staging}/dist`} --no-deps --no-build --require-hashes --link-mode hardlink --python ${`${venv}/bin/python`} -r ${`${staging}/dist/requirements.lock`}`,
		sh`as ${buildUser} ${interpreter} -IS -m compileall -q -j 0 ${`${venv}/lib`} >/dev/null || :`,
		sh`rm -rf ${`${build}/cache`}
chown -Rh root:root ${venv}
chmod -R u=rwX,go=rX ${venv}
${takeContents(venv, sh`mv -T`, staging)}
rm -rf ${build}`
	]);
}
/** Hard-links the packages of the earlier release. Files of this release later replace a link, never the file behind it. */
function share({ staging }, release) {
	return takeContents(release, sh`cp -alT`, staging);
}
/** Moves or links the contents of a virtualenv, except for names that Woven uses: a wheel may bring a file of any name. */
function takeContents(venv, how, staging) {
	return sh`cd ${venv}
for name in *; do
  case $name in project | dist | wsgi | static | templates | environment | manage | writable | CACHEDIR.TAG) continue ;; esac
  ${how} "$name" ${staging}/"$name"
done`;
}

// src/steps/writable.ts
/** Makes the folders that are missing, with the repository's files. A folder that exists keeps what it has. */
function writableFolders({ place, folders, files, sites }) {
	if (folders.length === 0) return [];
	const filesOf = (folder) => files.filter((path) => path.startsWith(`writable/${folder}/`) && !/\/\.git(keep|ignore)$/.test(path)).length;
	const spec = {
		base: place.writable,
		user: siteUser(sites[0] ?? 1),
		group: codeGroup(place.distribution),
		sites: sites.length,
		source: `${place.staging}/writable`,
		folders: Object.fromEntries(folders.map((folder) => [folder, filesOf(folder)]))
	};
	return [{
		id: "writable",
		title: `Prepare the folders that the application writes to: ${folders.join(", ")}`,
		files: [{
			name: "writable.json",
			content: JSON.stringify(spec)
		}],
		check: sh`[ -z "$(tool writable list "$files/writable.json")" ]`,
		checks: "plan",
		preview: sh`tool writable list "$files/writable.json" >>"$run/details"`,
		apply: sh`tool writable apply "$files/writable.json" >>"$run/details"
grep -q '^new: ' "$run/details" || touch "$run/unchanged"`,
		state: "Nothing that is live was changed, and no file in these folders.",
		next: "Fix what the message names, and deploy again."
	}];
}

// src/rollout/release-stages.ts
/** Compares the wheels, not the key of the bundle: a bundle that was built again under the same key may hold other versions. */
function hasSamePackages(one, other) {
	const wheels = ({ files }) => Object.entries(files).filter(([path]) => path.startsWith("dist/")).map((entry) => entry.join(" ")).toSorted().join("\n");
	const pythons = [one, other].map(({ python, interpreter }) => `${python} ${interpreter}`);
	return pythons[0] === pythons[1] && wheels(one) === wheels(other);
}
/** Builds the release beside the live one, up to the point where it could be started. Changes nothing that is live. */
function prepareStage(plan, settings, lease, facts, { uv, python }) {
	const { place, record: release, pythonMinor } = plan;
	const paths = sourcePaths(settings);
	const samePackages = facts.state?.releases.find((other) => hasSamePackages(other, release));
	const path = pathFile(paths, pythonMinor);
	return {
		name: "prepare",
		undoes: "step",
		steps: [
			takeLease(lease, "first"),
			claimNames({
				place,
				record: release
			}),
			...requirePackages(release.services),
			siteUsers(place, plan.sites.map(({ id }) => id)),
			deploymentFolders(place, facts.user),
			keepUv(uv.version, uv.binary),
			...python ? [keepPython(python.version, python.archive)] : [],
			assemble({
				place,
				files: release.files,
				symlinks: release.symlinks,
				shared: plan.shared,
				payload: plan.payload,
				payloadBytes: plan.payloadBytes,
				mode: settings.dryRun ? "plan" : "run"
			}),
			virtualenv({
				place,
				interpreter: plan.interpreter,
				uv: `/var/local/woven/tools/uv-${uv.version}`,
				...samePackages ? { sameBundle: layout(place.root, place.distribution, samePackages.name).release } : {}
			}),
			plan.generated === "kept" ? keepGenerated(place) : generatedFiles(place, [...plan.generated, path]),
			byteCompile(place, plan.interpreter),
			closeRelease(place),
			checkLibraries(place),
			...writable(plan),
			checkProject(place, plan.sites, staticFiles(plan)),
			...plan.keepsWebConf ? [] : checkBackground(place, settings.background, plan.web.sites[0]?.id ?? 1),
			...release.tls?.kind === "acme" ? issueCertificate(settings.tls, place.distribution, settings.sites) : []
		],
		...underLeaseWithStaging(place, lease, "more to come")
	};
}
function writable({ place, files, sites }) {
	return writableFolders({
		place,
		folders: writableFolders$1(files, place.distribution),
		files: files.map(({ path }) => path),
		sites: sites.map(({ id }) => id)
	});
}
/** A release that brings its static files (`collected-static`) collects none. */
function staticFiles({ files }) {
	return files.some(({ path }) => path.startsWith("static/")) ? "come with the release" : "collect";
}
/** Migrates from the staging folder, while the previous release is still live. Empty if there is nothing to run. */
function migrateSteps({ plan, settings, django }) {
	const { place, record: release } = plan;
	const { sites, migrate: how } = settings;
	if (how.kind === "manual") return [awaitMigrations(place, release.build, sites, django.databases)];
	return migrate(place.staging, sites, how, django.databases);
}
function shared$1({ plan, settings, django }) {
	return shareDatabases(plan.place, settings.sites, django.sqliteFiles ?? []);
}
/** The migrations as a stage of their own, for a run on several nodes. */
function migrateStage(prepared) {
	const { plan, lease } = prepared;
	const steps = migrateSteps(prepared);
	if (steps.length === 0) return void 0;
	return {
		name: "migrate",
		undoes: "step",
		steps: [
			takeLease(lease, "later"),
			claimNames(plan),
			...shared$1(prepared),
			...steps
		],
		...underLeaseWithStaging(plan.place, lease, "more to come")
	};
}
/** Switches to the release that was built. `before`: the migrations, if the run has only this node. */
function builtSwitch(prepared, before = []) {
	const { plan, settings, django, state, webConf, lease, event } = prepared;
	const { place, web, keepsWebConf } = plan;
	const urls = keepsWebConf ? keepsWebConf.urls : {
		static: django.staticUrl,
		media: django.mediaUrl
	};
	const record = {
		...plan.record,
		sites: plan.record.sites.map((site) => withFront(site, place.name, webConf)),
		described: django,
		...urls ? { urls } : {}
	};
	const to = {
		place,
		record
	};
	const change = {
		to,
		...liveRelease(state, place),
		drain: settings.drain
	};
	const replaced = state?.releases.find(({ name }) => name === record.name);
	const seed = mediaSeed(django, Object.keys(record.files));
	const seedMode = settings.command === "patch" && settings.parts.includes("media") ? "replace" : "add";
	const recorded = [...placeNginxConf(webConf.filter(isOfNginx)), recordRelease(place, record)];
	const backend = [
		placeRelease(to),
		...templatesLink(to, django.templateDirs),
		...placeAll({
			id: "backend-conf",
			title: `Place the configuration of ${serverNamesOf(record).join(" and ")}`
		}, webConf.filter((file) => !isOfNginx(file)))
	];
	const isFirst = change.from === void 0;
	return switchStage({
		change,
		lease: takeLease(lease, "later"),
		place: [
			...shared$1(prepared),
			...before,
			...isFirst ? [...backend, ...recorded].map(unlessKept) : backend,
			...serversOf(record).flatMap((server) => server.test(web))
		],
		record: [...seed === void 0 ? [] : [seedMedia(place, seed, settings.sites, seedMode)], ...isFirst ? [] : recorded],
		settle: [recordChange(place, event)],
		tidy: [...discardWebConf(replaced?.services ?? [], record.services), ...removeOld(change, stateAfter(state, record, event), settings, record, plan.pythons)],
		around: underLeaseWithStaging(place, lease, "last")
	});
}
/** The site, with what its configuration says of how visitors reach it. */
function withFront(site, name, webConf) {
	const conf = webConf.find(({ path }) => path === nginxConf(primaryDomain(site), name));
	return conf === void 0 ? site : {
		...site,
		front: nginxFront(conf.content)
	};
}
function isOfNginx({ path }) {
	return path.startsWith("/etc/nginx/");
}
function removeOld(change, now, settings, release, pythons) {
	const protect = [
		release.name,
		change.from?.place.name,
		rollbackTarget(now)?.name
	].filter((name) => name !== void 0);
	return [
		discardReplaced(change),
		pruneReleases(change.to.place.root, now.releases, settings.keepReleases, protect) ?? [],
		pythons === "some" ? removeUnusedPythons(change.to.place) : []
	].flat();
}
/** The state once the release is live. */
function stateAfter(before, release, event) {
	const others = before?.releases.filter(({ name }) => name !== release.name) ?? [];
	return {
		active: release.name,
		releases: [release, ...others],
		history: [...before?.history ?? [], event]
	};
}

// src/rollout/rollout.ts
/** Takes every node through its phases; each node's outcome is in its NodeRun. */
async function rollOut(nodes, releases, settings, runtime, toolsFor) {
	const unfinished = /* @__PURE__ */ new Map();
	const prepared = /* @__PURE__ */ new Map();
	if (nodes.failed) return nodes.skipRest();
	await nodes.phase(async (node) => {
		const one = releases.get(node);
		if (one?.kind !== "built") return;
		const tools = await toolsFor(one.facts, one.plan.python);
		checkRoom(one.facts, one.plan.payloadBytes + (tools.python?.archive?.bytes ?? 0), node.host.name);
		const rendered = await webConf(one, {
			staticUrl: "/static/",
			mediaUrl: "/media/"
		});
		const lease = leaseFor(one.plan.place, one.facts.state, one.settings, runtime);
		if (!settings.dryRun) unfinished.set(node, {
			lease,
			staging: one.plan.place.staging
		});
		const { data } = await node.stage(prepareStage(one.plan, one.settings, lease, one.facts, tools));
		const lacking = missingLibraries(data.get("libraries") ?? "", node.host.name);
		if (lacking !== void 0) runtime.log.warning(lacking);
		const django = settings.dryRun ? expectedDjangoReport(one.settings, activeRelease(one.facts.state)) : readDjangoReport(data.get("django") ?? "", node.host.name);
		prepared.set(node, {
			plan: one.plan,
			settings: one.settings,
			django,
			state: one.facts.state,
			webConf: one.plan.keepsWebConf ? rendered : await webConf(one, django),
			lease,
			event: historyEvent(one.event, one.plan.record.version, one.facts, runtime)
		});
	});
	if (nodes.failed) return await endRun(nodes, unfinished);
	const isSingle = nodes.nodes.length === 1;
	if (!isSingle) await migrateOnce(nodes, prepared);
	if (nodes.failed) return await endRun(nodes, unfinished);
	const pending = /* @__PURE__ */ new Map();
	for (const [node, one] of releases) {
		const { facts } = one;
		const ready = prepared.get(node);
		if (one.kind === "kept") {
			const switchNode = () => switchToKept(one, settings, runtime, isSingle ? "single" : "several");
			pending.set(node, {
				facts,
				to: one.target,
				switch: switchNode
			});
		} else if (ready) {
			const before = [...settings.dryRun ? [assumedReport(ready)] : [], ...isSingle ? migrateSteps(ready) : []];
			const switchNode = () => node.stage(builtSwitch(ready, before));
			pending.set(node, {
				facts,
				to: one.plan.record,
				switch: switchNode
			});
		}
	}
	await switchPhase(nodes, pending, settings, runtime);
	if (nodes.failed) await discardUnfinished(unfinished);
}
/**
* Switches to a release that was built in an earlier run. If it was never live, it is deployed only now: the database may have been
* replaced since, by one that holds data.
*/
async function switchToKept(kept, settings, runtime, nodes) {
	const { target, facts } = kept;
	const { distribution, name, sites, described } = target;
	const isNew = settings.command === "deploy" && !target.healthy;
	const folder = layout(facts.deploymentRoot, distribution, name).release;
	const before = isNew && nodes === "single" ? migrate(folder, sites, settings.migrate, described?.databases ?? {}) : [];
	await activateRelease(kept, settings, runtime, isNew ? "deploy" : "activate", { before });
}
/** For a plan: shows what Woven assumes in place of Django's report. */
function assumedReport({ settings, state }) {
	return {
		id: "assumed",
		title: "Assume what Django will report",
		plan: "quiet",
		preview: lines(expectedWords(settings, activeRelease(state)).map((words) => sh`detail ${words}`)),
		apply: sh`:`
	};
}
/**
* Migrates each database once. The first node migrates all databases in its settings. Then every other node migrates those that may
* be its own. If one of them is shared after all, nothing is left to do in it.
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
/** Only the databases that a node may have for itself. */
function withOwnDatabases(django) {
	const onDisk = (engine) => /\.(sqlite3|spatialite)$/.test(engine);
	const own = Object.entries(django.databases).filter(([alias, engine]) => django.ownDatabases?.includes(alias) ?? onDisk(engine));
	return {
		...django,
		databases: Object.fromEntries(own)
	};
}
/** Ends a run before its switch. */
async function endRun(nodes, unfinished) {
	await discardUnfinished(unfinished);
	nodes.skipRest();
}
/** Removes unfinished releases and ends their leases. A stage that failed has done so itself, so on its node this does nothing. */
async function discardUnfinished(unfinished) {
	await Promise.all([...unfinished].map(async ([node, { lease, staging }]) => {
		const hurry = node.failed ? 1500 : 4e3;
		try {
			await node.host.root(abandonLease, {
				args: [
					lease.token,
					lease.state,
					staging
				],
				signal: AbortSignal.timeout(node.host.signal?.aborted ? hurry : 2e4)
			});
		} catch (error) {
			node.host.log.debug(asWovenError(error).message);
		}
	}));
}
/** The web configuration of a new build: that of the release it patches, adapted to the build, or rendered from the templates. */
async function webConf({ node, facts, settings, plan }, { staticUrl, mediaUrl }) {
	const { place, web, ipv6, nginx, keepsWebConf, record } = plan;
	if (keepsWebConf) {
		const files = await readFiles(node.host, filesOfBuild(keepsWebConf));
		return keptWebConf(files, place, {
			from: keepsWebConf,
			to: record
		});
	}
	const active = activeRelease(facts.state);
	const onNode = {
		distribution: place.distribution,
		ipv6,
		...nginx === void 0 ? {} : { nginx }
	};
	return [...webConfFiles({
		web,
		server: servers[settings.server],
		background: settings.background,
		ipv6,
		staticUrl,
		mediaUrl,
		https: {
			tls: settings.tls,
			...onNode
		},
		options: settings.web,
		...active ? { before: layout(place.root, place.distribution, active.name) } : {}
	}, plan.templates), ...httpsFiles(settings.tls, onNode, plan.templates)];
}

// src/settings/background/cron.ts
const weekdays = [
	"Sun",
	"Mon",
	"Tue",
	"Wed",
	"Thu",
	"Fri",
	"Sat"
];
const fields = {
	minute: {
		name: "minute",
		least: 0,
		most: 59
	},
	hour: {
		name: "hour",
		least: 0,
		most: 23
	},
	day: {
		name: "day of the month",
		least: 1,
		most: 31
	},
	month: {
		name: "month",
		least: 1,
		most: 12,
		names: [
			"jan",
			"feb",
			"mar",
			"apr",
			"may",
			"jun",
			"jul",
			"aug",
			"sep",
			"oct",
			"nov",
			"dec"
		]
	},
	weekday: {
		name: "day of the week",
		least: 0,
		most: 7,
		names: weekdays
	}
};
const nicknames = {
	"@hourly": "0 * * * *",
	"@daily": "0 0 * * *",
	"@midnight": "0 0 * * *",
	"@weekly": "0 0 * * 0",
	"@monthly": "0 0 1 * *",
	"@yearly": "0 0 1 1 *",
	"@annually": "0 0 1 1 *"
};
/** Whether a text is meant for cron: five fields, or a word that starts with `@`. */
function isCron(text) {
	return /^@[a-z]+$/i.test(text) || text.split(/\s+/).length === 5 && /^[\d*]/.test(text);
}
/**
* The calendar words for a line of cron. There are two of them if it limits both the day of the month and the day of the week: cron
* then takes each day that fits one of them.
*/
function translateCron(text) {
	const line = nicknames[text.toLowerCase()] ?? text;
	if (line.startsWith("@")) return {
		kind: "wrong",
		what: `has ${text}, which a schedule cannot have`
	};
	const [minute = "", hour = "", day = "", month = "", weekday = ""] = line.split(/\s+/);
	const read = {
		minute: valuesOf$1(minute, fields.minute),
		hour: valuesOf$1(hour, fields.hour),
		day: valuesOf$1(day, fields.day),
		month: valuesOf$1(month, fields.month),
		weekday: valuesOf$1(weekday, fields.weekday)
	};
	const bad = Object.values(read).find((one) => typeof one === "string");
	if (typeof bad === "string") return {
		kind: "wrong",
		what: bad
	};
	const list = (one) => typeof one === "object" ? one.map((value) => String(value).padStart(2, "0")).join(",") : "*";
	const time = `${list(read.hour)}:${list(read.minute)}:00`;
	const days = dayNames(read.weekday);
	const date = (of) => `*-${list(read.month)}-${of}`;
	const limited = list(read.day);
	if (days === void 0) return {
		kind: "calendar",
		words: [`${date(limited)} ${time}`]
	};
	if (day.startsWith("*") || weekday.startsWith("*")) return {
		kind: "calendar",
		words: [`${days} ${date(limited)} ${time}`]
	};
	return {
		kind: "calendar",
		words: [`${date(limited)} ${time}`, `${days} ${date("*")} ${time}`]
	};
}
/** The values of a field, or what is wrong with it. */
function valuesOf$1(text, field) {
	if (text === "*") return void 0;
	const values = /* @__PURE__ */ new Set();
	for (const part of text.split(",")) {
		const range = rangeOf(part, field);
		if (range === void 0) return `has ${quoted$1(part)}, which is no ${field.name}`;
		for (let value = range.from; value <= range.to; value += range.step) values.add(value);
	}
	return [...values].toSorted((one, other) => one - other);
}
function rangeOf(part, field) {
	const [, star, first = "", last, steps] = /^(?:(\*)|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d+))?$/i.exec(part) ?? [];
	const step = steps === void 0 ? 1 : Number(steps);
	if (step < 1 || step > field.most) return void 0;
	if (star !== void 0) return {
		from: field.least,
		to: field.name === fields.weekday.name ? 6 : field.most,
		step
	};
	const from = numberOf(first, field);
	const open = steps === void 0 ? from : field.most;
	const to = last === void 0 ? open : numberOf(last, field);
	return from === void 0 || to === void 0 || from > to ? void 0 : {
		from,
		to,
		step
	};
}
function numberOf(text, { least, most, names }) {
	const named = names?.findIndex((name) => name.toLowerCase() === text.toLowerCase()) ?? -1;
	if (named >= 0) return least + named;
	const value = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
	return value >= least && value <= most ? value : void 0;
}
/** The names of the days, or undefined if all of them fit. */
function dayNames(values) {
	if (typeof values !== "object") return void 0;
	const days = [...new Set(values.map((value) => value % 7))].toSorted((one, other) => one - other);
	return days.length === 7 ? void 0 : days.map((day) => weekdays[day] ?? "").join(",");
}

// src/settings/background/calendar.ts
const shorthands = [
	"minutely",
	"hourly",
	"daily",
	"weekly",
	"monthly",
	"quarterly",
	"semiannually",
	"yearly",
	"annually"
];
const days = [
	"monday",
	"tuesday",
	"wednesday",
	"thursday",
	"friday",
	"saturday",
	"sunday"
];
/** Reads calendar words of systemd, or the five fields of cron. */
function readTimes(given) {
	const text = given.trim().replaceAll(/\s+/g, " ");
	if (text === "") return {
		kind: "wrong",
		what: "is empty"
	};
	if (isCron(text)) {
		const cron = translateCron(text);
		return cron.kind === "wrong" ? cron : {
			kind: "times",
			words: cron.words
		};
	}
	if (shorthands.includes(text.toLowerCase())) return {
		kind: "times",
		words: [text.toLowerCase()]
	};
	if (/^[A-Za-z]+$/.test(text) && !isDays(text)) return {
		kind: "wrong",
		what: noTime,
		next: suggestion(text, shorthands)
	};
	return isCalendar(text) ? {
		kind: "times",
		words: [text]
	} : {
		kind: "wrong",
		what: noTime
	};
}
const noTime = "is no time: write calendar words of systemd, or the five fields of cron";
/** `[days] [date] [time] [zone]`, each at most once and at least one of the first three. */
function isCalendar(text) {
	const words = text.split(" ");
	const last = words.at(-1) ?? "";
	if (words.length > 1 && isZone(last)) words.pop();
	const parts = [
		isDays,
		isDate,
		isTime
	];
	let at = 0;
	for (const word of words) {
		const found = parts.findIndex((fits, index) => index >= at && fits(word));
		if (found === -1) return false;
		at = found + 1;
	}
	return true;
}
/** `UTC`, or a name of the time zone database. The node knows which names there are. */
function isZone(word) {
	return word === "UTC" || /^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){1,2}$/.test(word);
}
/** `Mon,Wed..Fri`, in short or in full. */
function isDays(word) {
	return word.split(",").every((part) => {
		const ends = part.split(/\.\.|-/);
		return ends.length <= 2 && ends.every((end) => /^\w{3,}$/.test(end) && days.some((day) => dayFits(day, end)));
	});
}
function dayFits(day, word) {
	return [day, day.slice(0, 3)].includes(word.toLowerCase());
}
/** `2026-*-01`, `*-~03`, `12-24`. */
function isDate(word) {
	const pattern = /^(?:([\d*.,/]+)-)?([\d*.,/]+)(?:-|(~)|-(~))([\d*.,/]+)$/.exec(word);
	if (pattern === null) return false;
	const [, year, month = "", , , day = ""] = pattern;
	return (year === void 0 || inField(year, 1970, 2199)) && inField(month, 1, 12) && inField(day, 1, 31);
}
/** `06:30`, `*:0/15`, `12:00:30`. */
function isTime(word) {
	const [hour = "", minute = "", second = "0", ...more] = word.split(":");
	if (minute === "" || more.length > 0) return false;
	return inField(hour, 0, 23) && inField(minute, 0, 59) && inField(second.replaceAll(/(\d)\.\d{1,6}(?!\d)/g, "$1"), 0, 59);
}
/** A list of values, ranges `a..b` and repetitions `a/n`, or `*`. */
function inField(text, least, most) {
	return text.split(",").every((part) => {
		const [, from = "", to, step] = /^(\*|\d{1,4})(?:\.\.(\d{1,4}))?(?:\/(\d{1,4}))?$/.exec(part) ?? [];
		const within = (value) => Number(value) >= least && Number(value) <= most;
		if (from === "" || from !== "*" && !within(from)) return false;
		if (to !== void 0 && (from === "*" || !within(to) || Number(to) < Number(from))) return false;
		return step === void 0 || Number(step) >= 1 && Number(step) <= most;
	});
}

// src/settings/shell-words.ts
const piece = /(?<blank>\s+)|'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\[\s\S])*)"|\\(?<escaped>[\s\S])|(?<plain>[^\s'"\\]+)|(?<open>['"\\])/g;
/**
* Splits text into words as POSIX sh does (2.2 Quoting). Blanks and line ends separate words. Nothing in `'…'` is special. In `"…"`, a
* backslash quotes only `"`, `\`, `$` and a backquote. Outside quotes, it quotes any character. `$`, `*` and `~` are plain characters.
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
/** The text of a piece without its quotes. */
function meant({ single, double, escaped, plain }) {
	return escaped ?? single ?? plain ?? (double ?? "").replaceAll(/\\(["\\$`\n])/g, (_, character) => character === "\n" ? "" : character);
}

// src/settings/background/command.ts
/** Programs that would start the command in another environment than the release's. */
const runners = [
	"uv",
	"poetry",
	"pdm",
	"pipenv",
	"hatch",
	"rye"
];
const shells = [
	"sh",
	"bash",
	"dash",
	"zsh",
	"sudo",
	"su",
	"env",
	"exec",
	"nohup",
	"cd",
	"source",
	"."
];
const operators = [
	"&&",
	"||",
	"|",
	";",
	"&",
	">",
	">>",
	"<",
	"2>",
	"2>&1",
	"&>"
];
/** Reads a command. `wrong` says what cannot work, as text after the key. */
function readCommand$1(text) {
	const split = splitShellWords(text);
	if (split.kind === "unfinished") return wrong$1(`has ${split.what}`);
	const [first = "", ...rest] = split.words;
	if (first === "") return wrong$1("is empty", "For example: command = \"manage rqworker\"");
	if (text.includes("\0")) return wrong$1("has a character that no command can have");
	return shellOnly(text, split.words) ?? wrapped(first, rest) ?? read(first, rest);
}
function read(first, rest) {
	if (isManage(first)) return managed(rest);
	const [script = "", ...words] = rest;
	if (/^python3?(\.\d+)?$/.test(first) && isManage(script)) return managed(words);
	if (/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(first)) return {
		kind: "command",
		command: {
			kind: "program",
			words: [first, ...rest]
		}
	};
	const what = `starts with ${quoted$1(first)}, which is no program of the virtualenv`;
	if (/^(\.?[\w.-]*\/)*(bin|Scripts)\//.test(first)) return wrong$1(what, `Write its name alone: ${quoted$1(first.replace(/.*\//, ""))}`);
	return wrong$1(what, "Write manage and a management command, a program that a requirement installs, or python and a file.");
}
function managed(words) {
	const [name] = words;
	if (name === void 0) return wrong$1("names no management command", "For example: manage rqworker");
	if (!/^[A-Za-z_][\w-]*$/.test(name)) return wrong$1(`has ${quoted$1(name)}, which is no management command`);
	return {
		kind: "command",
		command: {
			kind: "manage",
			words
		}
	};
}
function isManage(word) {
	return /^(.*\/)?manage(\.py)?$/.test(word);
}
/** What only a shell understands. Quotes make it plain text, but for a variable in double quotes. */
function shellOnly(text, words) {
	const next = "No shell runs the command. Put what needs a shell into a management command.";
	const operator = text.replaceAll(/'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]/g, "_").split(/\s+/).find((word) => operators.includes(word));
	if (operator !== void 0) return wrong$1(`has ${operator}, which only a shell understands`, next);
	const plain = text.replaceAll(/'[^']*'|\\./g, "");
	const [variable] = /\$(\w+|\{[^}]*\}|\()|`/.exec(plain) ?? [];
	if (variable !== void 0) return wrong$1(`has ${quoted$1(variable)}, which only a shell replaces`, next);
	const [first = ""] = words;
	if (/^[A-Za-z_]\w*=/.test(first)) return wrong$1(`sets ${first.split("=")[0]} before the program`, "Put variables into [env], or into the env input.");
	if (shells.includes(first)) return wrong$1(`starts with ${first}`, next);
}
function wrapped(first, rest) {
	if (!runners.includes(first) || rest[0] !== "run") return void 0;
	return wrong$1(`starts with ${first} run, which is not on the server`, `Write the command without it: ${quoted$1(rest.slice(1).join(" "))}`);
}
function wrong$1(what, next) {
	return {
		kind: "wrong",
		what,
		...next === void 0 ? {} : { next }
	};
}

// src/settings/background/background.ts
function readBackground(file, known, report) {
	const { processes = {}, schedules = {}, settle = defaults.settle } = file.config;
	return {
		processes: Object.entries(processes).flatMap(([name, given]) => readProcess(file, known, name, given, report)),
		schedules: Object.entries(schedules).flatMap(([name, given]) => readSchedule(file, known, name, given, report)),
		settle
	};
}
/** What runs on this node. */
function backgroundOn(background, { host, port }) {
	const runsHere = ({ only }) => only?.some((one) => one.host === host && one.port === port) ?? true;
	return {
		...background,
		processes: background.processes.filter(runsHere),
		schedules: background.schedules.filter(runsHere)
	};
}
function readProcess(file, known, name, given, report) {
	const path = ["processes", name];
	const table = typeof given === "string" ? { command: given } : given;
	checkPlace(file, known, path, table, report);
	const read = table.command === void 0 ? void 0 : readCommand$1(table.command);
	if (table.command === void 0 && !file.isWrong(...path)) report(file.problem(path, "has no command", "For example: command = \"celery -A shop worker\""));
	if (read?.kind !== "command") return [];
	return [present({
		name,
		command: read.command,
		count: table.count ?? defaults["processes.count"],
		memory: table.memory,
		stopSignal: table["stop-signal"] ?? defaults["processes.stop-signal"],
		drain: table.drain ?? defaults["processes.drain"],
		site: table.site,
		only: nodesOf(known, table.role),
		where: placeOf$1(file, path)
	})];
}
function readSchedule(file, known, name, given, report) {
	const path = ["schedules", name];
	const table = typeof given === "string" ? { when: given } : given;
	checkPlace(file, known, path, table, report);
	if (table.when === void 0 && !file.isWrong(...path)) report(file.problem(path, "has no time", "For example: when = \"daily\""));
	const command = table.command ?? `manage ${name}`;
	if (table.command === void 0 && !fits("managementCommand", name) && !file.isWrong(...path)) report(file.problem(path, "has no command, and its name is not one of a management command", "Write what it runs: command = \"manage cleanup --days 30\""));
	const read = readCommand$1(command);
	const times = table.when === void 0 ? void 0 : readTimes(table.when);
	if (read.kind !== "command" || times?.kind !== "times") return [];
	return [present({
		name,
		command: read.command,
		when: times.words,
		timeout: table.timeout ?? defaults["schedules.timeout"],
		lock: table.lock ?? name,
		memory: table.memory,
		site: table.site,
		only: nodesOf(known, table.role),
		where: placeOf$1(file, path)
	})];
}
/** Reports a site or a role that does not exist. */
function checkPlace(file, { roles, sites }, path, { site, role }, report) {
	if (site !== void 0 && sites.length > 0 && !sites.some(({ id }) => id === site)) {
		const known = sites.map(({ id }) => id).join(", ");
		report(file.problem([...path, "site"], `there is no site ${site}`, `The sites are: ${known}.`));
	}
	if (role === void 0 || roles.size === 0 || roles.has(role)) return;
	const near = nearest(role, [...roles.keys()]);
	const next = near === void 0 ? `The roles are: ${[...roles.keys()].join(", ")}.` : `Did you mean ${near}?`;
	report(file.problem([...path, "role"], `there is no role "${role}"`, next));
}
function nodesOf({ roles }, role) {
	return role === void 0 ? void 0 : (roles.get(role) ?? []).map(({ host, port }) => present({
		host,
		port
	}));
}
function placeOf$1(file, path) {
	const { where, line } = file.problem(path, "");
	return line === void 0 ? where : `${where} (line ${line})`;
}

// src/steps/apt-get.ts
/**
* apt-get asks no questions, waits for dpkg's lock and keeps configuration files that somebody changed. needrestart, which Ubuntu
* runs after apt, is suspended: it could ask a question, or restart the unit that runs this stage.
*/
const aptGet = sh`env NEEDRESTART_SUSPEND=1 NEEDRESTART_MODE=l APT_LISTCHANGES_FRONTEND=none apt-get -y -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold`;

// src/steps/package-conflicts.ts
/** The packages that the settings list, for `tool packages`. */
function listedPackages(packages) {
	return {
		name: "packages.json",
		content: JSON.stringify(packages)
	};
}
/** Calls a verb of packages.py, such as `missing` or `conflicts`, with the listed packages. */
function askPackages(verb) {
	return sh`tool packages ${verb} "$files/packages.json" "$run"`;
}
/** Fails if apt would remove a package to install a listed one. Runs before anything is upgraded or installed. */
function checkPackageConflicts(packages) {
	return {
		id: "package-conflicts",
		title: "Check for package conflicts",
		plan: "quiet",
		files: [listedPackages(packages)],
		check: askPackages("missing"),
		apply: sh`touch "$run/unchanged"
${askPackages("conflicts")}`,
		state: "Nothing was installed or removed.",
		next: "Take one of the packages out of base-packages, extra-packages or role-packages (enable-ufw adds ufw), or remove the other one by hand."
	};
}
/**
* Updates the list of packages that Woven installed. If somebody removed one and installs it again, Woven must not remove it later.
* Nothing on the node changes, so it is not reported as a change.
*/
function forgetRemovedPackages(packages) {
	return {
		id: "forget-packages",
		title: "Update the list of packages that Woven installed",
		plan: "quiet",
		files: [listedPackages(packages)],
		check: askPackages("known"),
		apply: sh`touch "$run/unchanged"
${askPackages("forget")}`
	};
}
/** Removes (never purges) what Woven installed and the settings no longer list, unless something else needs it. */
function removePackages(packages) {
	return {
		id: "remove-packages",
		title: "Remove unused packages",
		limit: 1800,
		files: [listedPackages(packages)],
		check: askPackages("unlisted"),
		preview: sh`while read -r package; do detail "remove $package"; done <"$run/packages-to-remove"`,
		apply: sh`${aptGet} -o APT::Get::AutomaticRemove=false remove $(cat "$run/packages-to-remove") 2>&1
${askPackages("removed")}`,
		next: "apt could not remove the packages. Its output is above. They may still be installed, which does no harm. Fix the cause, and run setupnode again."
	};
}

// src/steps/repositories.ts
/** Lists the files that a PPA added and apt has not read yet, one a line. On disk, so that a later run knows them after a power cut. */
const newSources = "/var/local/woven/new-sources";
/** Removes the sources that this run added, Woven's files and those of a PPA, because apt cannot read them. */
const removeNewSources = sh`{ grep -s '^/etc/apt/sources.list.d/woven-' "$run/placed" || :; cat ${newSources} 2>/dev/null || :; } | while read -r file; do rm -f "$file"; done
rm -f ${newSources}`;
/** One step per repository, and one that removes Woven's sources that are no longer listed. A PPA that is no longer listed stays. */
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
			title: `Add package source ${firstUri(source)}`
		})),
		removeSources(placed.map(({ path }) => path))
	];
}
function ppa(name) {
	const id = createHash("sha256").update(name).digest("hex").slice(0, 8);
	const words = name.slice(4).split("/");
	return {
		id: `ppa-${id}`,
		title: `Add package source ${name}`,
		limit: 600,
		check: sh`grep -rqsF ${`/${words.join("/")}/ubuntu`} /etc/apt/sources.list.d`,
		apply: sh`. /etc/os-release
[ "$ID" = ubuntu ] || fail ${`${name} is a PPA. PPAs work on Ubuntu only, and this server runs `}"$PRETTY_NAME"
if ! command -v add-apt-repository >/dev/null; then
  # The lists of a fresh image are often so old that mirrors no longer have the files they name.
  ${aptGet} update 2>&1 || :
  ${aptGet} --no-remove install software-properties-common 2>&1
fi
files() { find /etc/apt/sources.list.d /etc/apt/trusted.gpg.d -type f | sort; }
files >"$run/sources-before"
code=0
add-apt-repository -y --no-update ${name} 2>&1 || code=$?
detail ${name}
(umask 077; files | comm -13 "$run/sources-before" - >>${newSources})
exit "$code"`,
		preview: sh`detail ${`add ${name}`}`,
		undo: removeNewSources,
		next: "The output of add-apt-repository is above. Check the name of the PPA, and whether Launchpad answers. On Debian, write the repository as a deb822 source (Types, URIs, Suites, Components, Signed-By) in package-repositories."
	};
}
function removeSources(listed) {
	const unlisted = sh`for file in /etc/apt/sources.list.d/woven-*.sources; do
  [ -e "$file" ] || continue
  case " ${listed.length > 0 ? listed : sh`:`} " in *" $file "*) ;; *) printf '%s\n' "$file" ;; esac
done`;
	return {
		id: "drop-sources",
		title: "Remove package sources no longer listed",
		check: sh`[ -z "$(${unlisted})" ]`,
		preview: sh`${unlisted} | while read -r file; do detail "remove $file"; done`,
		apply: sh`${unlisted} | while read -r file; do rm -f "$file"; detail "removed $file"; done`
	};
}
function sourcePath(source) {
	return `/etc/apt/sources.list.d/woven-${createHash("sha256").update(source.trim()).digest("hex").slice(0, 12)}.sources`;
}
function firstUri(source) {
	return /^URIs:\s*(\S+)/m.exec(source)?.[1] ?? "";
}

// src/steps/apt.ts
/** What a node needs to serve releases, beside the packages of their server: the default of `base-packages`. */
const basePackages = [
	"ufw",
	"nginx",
	"python3",
	"sudo",
	"ca-certificates",
	"logrotate",
	"tzdata"
];
/** On its first boot, a cloud image may still be running apt. The step fails after 15 minutes, so that a stuck cloud-init is reported. */
function waitForCloudInit() {
	return {
		id: "first-boot",
		title: "Wait for cloud-init",
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
[ "$code" != 124 ] || { timeout 60 cloud-init status --long 2>&1 || :; fail 'cloud-init is still running after 15 minutes'; }`,
		state: "Nothing was changed.",
		next: "Log in to the server and find out what cloud-init waits for (cloud-init status --long, /var/log/cloud-init-output.log). Then run setupnode again."
	};
}
/** Most steps need Python. A minimal server may not have it. */
function installPython() {
	return {
		id: "python",
		title: "Install Python",
		limit: 900,
		check: sh`command -v python3 >/dev/null`,
		preview: sh`detail 'install python3'`,
		apply: sh`${aptGet} update 2>&1
${aptGet} --no-install-recommends --no-remove install python3 2>&1`,
		next: "apt could not install python3. Its output is above. Fix the cause, and run setupnode again."
	};
}
/** Waits while another program uses apt. apt-get itself waits for dpkg's lock, but not for the lock of the package lists. */
const inTurn = sh`in_turn() {
  for try in $(seq 100); do
    if "$@" >"$run/turn" 2>&1; then return 0; fi
    grep -Eq 'Could not get lock|lock was locked' "$run/turn" || break
    sleep 3
  done
  cat "$run/turn"; return 1
}`;
/** An interrupted run of dpkg leaves packages half installed. apt refuses to work until they are finished. */
function finishDpkg() {
	return {
		id: "dpkg",
		title: "Finish interrupted dpkg runs",
		limit: 900,
		check: sh`[ -z "$(dpkg --audit)" ]`,
		preview: sh`detail 'finish an interrupted dpkg run'`,
		apply: sh`${inTurn}
in_turn dpkg --configure -a --force-confdef --force-confold`,
		next: "An earlier run of dpkg was interrupted, and dpkg cannot finish it. Its output is above. Nothing was installed. Fix the package that it names, and run setupnode again."
	};
}
/**
* Refreshes package lists that are older than a day, or that lack a listed package. It is not reported as a change: the steps that
* install and upgrade report what changed.
*/
function refreshPackageLists(packages) {
	return {
		id: "package-lists",
		title: "Refresh package lists",
		plan: "quiet",
		limit: 900,
		check: sh`[ ! -e ${newSources} ]
# The lists carry the mirror's date. The folder has the date of the last refresh.
[ -n "$(find /var/lib/apt/lists -maxdepth 0 -mtime -1)" ]
[ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*')" ]
for source in /etc/apt/sources.list /etc/apt/sources.list.d/*; do [ ! "$source" -nt /var/lib/apt/lists ] || exit 1; done
dpkg-query -W ${packages} >/dev/null 2>&1 || apt-cache show --no-all-versions ${packages} >/dev/null 2>&1`,
		preview: sh`detail 'refresh the package lists'`,
		apply: sh`touch "$run/unchanged"
${inTurn}
in_turn ${aptGet} -o APT::Update::Error-Mode=any update
touch /var/lib/apt/lists
rm -f ${newSources}`,
		undo: removeNewSources,
		next: "apt cannot reach a mirror, or cannot read a package source. Its output is above. Nothing was installed. Check package-repositories and its keys in the settings, and the sources in /etc/apt."
	};
}
/** Reports packages that no source of the node has, before anything is installed. */
function checkPackageNames(packages) {
	return {
		id: "known-packages",
		title: "Check package names",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
unknown=
for package in ${packages}; do
  dpkg-query -W "$package" >/dev/null 2>&1 || apt-cache --no-all-versions show "$package" 2>/dev/null | grep -q . || unknown="$unknown $package"
done
[ -z "$unknown" ] || fail "no package source of this server has:$unknown"`,
		state: "Nothing was installed.",
		next: "Look for a misspelt name in base-packages, extra-packages and role-packages, or add the missing source to package-repositories."
	};
}
/**
* Upgrades what is installed. Removes nothing and keeps configuration files. A dry run names the pending upgrades but does not
* count them as a change: the settings did not change, Debian did.
*/
function upgradePackages() {
	const pending = sh`apt-get -s -o Debug::NoLocking=1 upgrade --with-new-pkgs 2>/dev/null | sed -n 's/^Inst \([^ ]*\).*/\1/p'`;
	return {
		id: "upgrade",
		title: "Upgrade packages",
		plan: "quiet",
		limit: 3600,
		check: sh`[ -z "$(${pending})" ]`,
		preview: sh`${pending} | while read -r package; do detail "upgrade $package"; done`,
		apply: sh`${pending} >"$run/upgrades"
${aptGet} upgrade --with-new-pkgs 2>&1
while read -r package; do detail "upgraded $package"; done <"$run/upgrades"`,
		next: "apt could not upgrade the packages. Its output is above. Fix the cause, and run setupnode again: it continues from here."
	};
}
/** Whose packages start what would take the port that nginx needs. */
const waiting$1 = ["nginx", ...allServers.flatMap(({ initScripts }) => initScripts)].map((name) => `${name} | ${name}.*`).join(" | ");
/**
* Installs what is missing, in one call of apt. Meanwhile policy-rc.d keeps the web servers from starting: one of them
* might take the port that nginx needs. Before apt starts, the packages are recorded as installed by Woven, and those that have a hook (`hooked`)
* as due for it.
*/
function installPackages(packages, hooked) {
	return {
		id: "packages",
		title: "Install packages",
		limit: 3600,
		files: [listedPackages(packages)],
		check: askPackages("missing"),
		preview: askPackages("plan"),
		apply: sh`${askPackages("install")}
wanted=$(tr '\n' ' ' <"$run/packages-wanted")
none=--no-remove; [ ! -s "$run/packages-replaced" ] || none=
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\n# Managed by Woven, while it installs packages.\ncase $1 in %s) exit 101 ;; esac\n' ${waiting$1} >"$policy"; chmod 755 "$policy"
fi
trap '! grep -qs "Managed by Woven" "$policy" || rm -f "$policy"' EXIT
for package in ${["", ...hooked]}; do case " $wanted " in *" $package "*) [ -z "$package" ] || (umask 077; printf '%s\n' "$package" >>/var/local/woven/hooks-due) ;; esac; done
${aptGet} --no-install-recommends $none install $wanted 2>&1
for package in $wanted; do detail "installed $package"; done
while read -r package; do detail "removed $package: replaced by a listed package"; done <"$run/packages-replaced"`,
		undo: removeStartPolicy,
		next: "apt could not install the packages. Its output is above. Usually a mirror is down or the disk is full. Fix the cause, and run setupnode again: it continues from here."
	};
}
const removeStartPolicy = sh`! grep -qs 'Managed by Woven' /usr/sbin/policy-rc.d || rm -f /usr/sbin/policy-rc.d`;
/** Removes the policy-rc.d of `installPackages`. An interrupted run may have left it, so this runs before and after the installation. */
function allowServiceStarts(when) {
	return {
		id: when === "before" ? "policy" : "policy-after",
		title: "Allow services to start",
		check: sh`! grep -qs 'Managed by Woven' /usr/sbin/policy-rc.d`,
		apply: removeStartPolicy
	};
}
/**
* Reports when a new kernel or library needs a reboot. Woven never reboots a node. With unattended-upgrades, Debian writes a file
* about it. Otherwise the running kernel is compared with the installed ones, unless it is not the node's own (in a container).
*/
function checkReboot() {
	return {
		id: "reboot",
		title: "Check whether a reboot is due",
		plan: "runs",
		apply: sh`touch "$run/unchanged"
[ ! -e /run/reboot-required ] || detail "a reboot is due: $(sort -u /run/reboot-required.pkgs 2>/dev/null | paste -sd ' ')"
running=$(uname -r)
[ -d "/lib/modules/$running" ] || exit 0
# Compare without the flavour: 6.12.48+deb13-cloud-amd64 becomes 6.12.48+deb13.
version() { sed 's/-[a-z].*//'; }
newest=$(ls /boot | sed -n 's/^vmlinuz-\([0-9].*\)/\1/p' | version | sort -V | tail -n 1)
here=$(printf '%s\n' "$running" | version)
[ "$(printf '%s\n' "$here" "$newest" | sort -V | tail -n 1)" = "$here" ] || detail "a reboot is due: kernel $newest is installed, and $running is running"`
	};
}

// src/setup/role-lists.ts
/** What setupnode installs. */
function wantedPackages({ role }, { setup, server, tls, services }) {
	const own = ofRole(setup.rolePackages, role);
	const needed = [
		...setup.enableUfw ? ["ufw"] : [],
		"sudo",
		"python3",
		...packagesOfServices(services)
	];
	const all = [...basePackages, ...servers[server].packages];
	const base = setup.basePackages ?? all.filter((name) => name !== "ufw" || setup.enableUfw);
	const listed = own ?? [...base, ...setup.extraPackages];
	return [.../* @__PURE__ */ new Set([
		...listed,
		...listed.includes("nginx") ? acmePackages(tls) : [],
		...needed
	])];
}
/** What a release needs on a server, by package: the setting that asks for it, as one writes it. */
function neededPackages({ role }, { setup, server, tls, services }) {
	const own = ofRole(setup.rolePackages, role);
	const listed = (names, setting) => (names ?? []).map((name) => [name, setting]);
	return new Map([
		...own ? listed(own, `role-packages.${role}`) : [...listed(setup.basePackages, "base-packages"), ...listed(setup.extraPackages, "extra-packages")],
		...listed(servers[server].packages, `server = ${JSON.stringify(server)}`),
		...services.flatMap((name) => listed(packagesOfServices([name]), `services = [${JSON.stringify(name)}]`)),
		...listed(acmePackages(tls), `tls = ${JSON.stringify(tls.kind)}`),
		...listed(["nginx"], "every release needs it")
	]);
}
/** The rules that setupnode adds; none if the firewall is left alone. */
function wantedRules({ role }, { setup }) {
	return setup.enableUfw ? ofRole(setup.roleUfwRules, role) ?? setup.ufwRules : [];
}
/** The servers that these packages bring, whether or not they are the one that the settings name. */
function serversWith(packages) {
	return allServers.filter((server) => server.packages.length > 0 && server.packages.some((name) => packages.includes(name)));
}
function ofRole(byRole, role) {
	return role !== void 0 && Object.hasOwn(byRole, role) ? byRole[role] : void 0;
}

// src/setup/setup-due.ts
/** What the facts have to look for. */
function setupRequest(address, settings) {
	return {
		packages: [...neededPackages(address, settings).keys()],
		rules: wantedRules(address, settings),
		units: ["nginx.service"]
	};
}
/**
* Throws `setup-due` if the node lacks a package that the settings list, or if a service that every release needs does not run. Returns
* a warning if only firewall rules are missing: a release can be served without them.
*/
function requireSetup({ missing }, address, settings) {
	const reasons = neededPackages(address, settings);
	const packages = missing.packages.map((name) => `the package ${name} is not installed (${reasons.get(name)})`);
	const units = missing.units.map((unit) => [unit, unit.replace(/\.service$/, "")]).flatMap(([unit, name]) => missing.packages.includes(name) ? [] : [`${unit} does not run`]);
	const rules = missing.rules.map((rule) => `the firewall does not have the rule ${JSON.stringify(rule)}`);
	const due = `setupnode is due on ${address.host}`;
	if (packages.length + units.length === 0) return rules.length === 0 ? void 0 : `${due}: ${rules.join("; ")}. Run setupnode to add what is missing`;
	throw new WovenError({
		code: "setup-due",
		message: `${due}: ${[
			...packages,
			...units,
			...rules
		].join("; ")}`,
		state: "Nothing was built or changed.",
		next: "Run setupnode with these settings, and then this command again.",
		node: address.host
	});
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

// src/steps/templates.ts
/** Woven's templates, overridden by those that the project in `workingDirectory` has now. Every template may use the names in `context`. */
function templates(workingDirectory, context = {}) {
	const held = heldTemplates(workingDirectory);
	return {
		own: held.texts,
		render(name, view, { formerly, required = [], outdated } = {}) {
			const found = [name, ...formerly === void 0 ? [] : [formerly]].map((path) => ({
				path,
				text: held.read(path)
			})).find(({ text }) => text !== void 0);
			const text = found?.text ?? readPackageFile(`templates/woven/${name}`);
			const given = {
				...context,
				...view
			};
			try {
				if (found) checkRequired(text, required, name);
				if (found && outdated) checkOutdated(text, outdated);
				checkNames$1(text, Object.keys(given));
				return mustache.render(text, given, void 0, { escape: String });
			} catch (error) {
				const file = found && join("templates/woven", found.path);
				throw new WovenError({
					code: "template",
					message: `the template ${file ?? `woven/${name}`} cannot be rendered: ${error.message}`,
					next: "It is a mustache template: https://mustache.github.io/mustache.5.html",
					...file === void 0 ? {} : { file },
					cause: error
				});
			}
		}
	};
}
/** Throws if the template lacks a required name: it may have been written for an earlier version of Woven. */
function checkRequired(text, required, name) {
	const lacking = required.filter((one) => !new RegExp(`\\{\\{[{#&]?\\s*${one}\\b`).test(text));
	if (lacking.length === 0) return;
	const names = lacking.map((one) => `{{{${one}}}}`).join(", ");
	throw new Error(`it does not use ${names}. Copy the lines with ${names} from Woven's own templates/woven/${name}`);
}
/** Throws with the first line that has the outdated text. */
function checkOutdated(text, { pattern, now }) {
	const lines = text.split("\n");
	const index = lines.findIndex((line) => !/^\s*#/.test(line) && pattern.test(line));
	if (index !== -1) throw new Error(`line ${index + 1} is out of date (${lines[index]?.trim()}). ${now}`);
}
/** mustache renders an unknown name as nothing. In a configuration that is always a mistake, so it is an error here. */
function checkNames$1(text, given) {
	for (const [kind = "", name = ""] of mustache.parse(text)) {
		if (kind === ">") throw new Error(`partials, such as {{> ${name}}}, are not supported`);
		const known = name === "." || given.includes(name.split(".")[0] ?? "");
		if ((kind === "name" || kind === "&") && !known) throw new Error(`there is no name {{${name}}}. ${suggestion(name, given)}`);
	}
}

// src/commands/deploy.ts
async function deploy(settings, runtime) {
	const distribution = distributionOf(settings);
	const name = distributionName$1(settings);
	const version = settings.version ?? distribution.version.value;
	await requireVariables(settings, runtime);
	const project = await checkoutFiles(settings, runtime);
	holdPackageFiles();
	const own = templates(settings.workingDirectory);
	const bundles = bundler(settings, runtime);
	const releases = /* @__PURE__ */ new Map();
	await using nodes = fleet(settings, runtime);
	const warn = missingVariables$1(settings, runtime);
	const domains = domainCheck(nodes, runtime);
	await nodes.phase(async (node) => {
		const { address } = node.host;
		const facts = await deployFacts(node, settings, {
			files: { of: "active" },
			setup: setupRequest(address, settings)
		});
		const due = requireSetup(facts, address, settings);
		if (due) runtime.log.warning(due);
		requireOwnNames(facts, {
			distribution: name,
			name: releaseName(version)
		}, node.host.name);
		const active = activeRelease(facts.state);
		domains.compare(active, settings.sites, version, "dns");
		const { bundle, python } = await bundles.for(facts, node.host.name);
		const { files, source } = await project.withBundle(bundle);
		warn(active);
		const here = {
			...settings,
			background: backgroundOn(settings.background, node.host.address)
		};
		const input = {
			settings: here,
			distribution,
			name,
			version,
			facts,
			...baseOf(facts, name),
			files: withWritable(files, settings.writable, name),
			source,
			bundle,
			python,
			templates: own,
			patched: false
		};
		const existing = facts.state?.releases.find((other) => other.name === releaseName(version));
		const same = existing && sameContent(existing.content, releaseContent(input, existing.salt));
		if (existing && same && !hasOldUrls(existing) && !settings.overwrite) {
			const placed = newCertificate(settings.tls, facts, name);
			if (existing === active && isLive(facts, active) && placed.length === 0) return node.end();
			releases.set(node, {
				kind: "kept",
				node,
				facts,
				target: existing,
				placed
			});
			return;
		}
		if (existing && !same && !mayBeReplaced(existing) && !settings.overwrite) throw versionTaken(existing, input, node.host.name);
		const plan = planRelease(input, runtime);
		runtime.log.remote(node.host.name, `${settings.server}: ${shownProcesses(plan.web.processes, facts)}`);
		releases.set(node, {
			kind: "built",
			node,
			facts,
			settings: here,
			plan,
			event: "deploy"
		});
	});
	await rollOut(nodes, releases, settings, runtime, bundles.tools);
	await domains.end();
	return runReport(nodes, settings, runtime, await bundles.all());
}
/** The release whose files the node has listed: the new one shares them. */
function baseOf({ deploymentRoot, filesOf, state }, distribution) {
	const base = state?.releases.find(({ name }) => name === filesOf);
	return base ? { base: layout(deploymentRoot, distribution, base.name) } : {};
}
/** Whether other content may take this version: it was never healthy, because its switch was interrupted or rolled back. */
function mayBeReplaced({ healthy, patched }) {
	return !healthy && !patched;
}
function versionTaken(existing, input, node) {
	const { distribution, version, patched } = existing;
	return new WovenError({
		code: "version-taken",
		message: `${distribution} ${version} is on this server already, with other content${patched ? " (it was patched)" : ""}. Different: ${differences(existing, input)}`,
		state: "Nothing was changed.",
		next: `Increase the version, and deploy again. For small changes to ${version}, use the command patch. To build ${version} again, set overwrite: true.`,
		node
	});
}
/** The differences from the recorded release: `3 files: shop/views.py, …; the requirements`. Never empty if the content differs. */
function differences({ variables: recorded, files, symlinks, content, salt, python, interpreter }, input) {
	const before = new Map([...Object.entries(files), ...Object.entries(symlinks)]);
	const now = new Map(input.files.map(({ path, kind, sha256, target }) => [path, target ?? sharedKey(kind, sha256)]));
	const differing = [.../* @__PURE__ */ new Set([...before.keys(), ...now.keys()])].filter((path) => before.get(path) !== now.get(path));
	const changed = differing.flatMap((path) => path.startsWith("dist/") ? [] : path.replace(/^(project|writable)\//, ""));
	const wheels = differing.some((path) => path.startsWith("dist/"));
	const expected = releaseContent(input, salt);
	return [
		...changed.length > 0 ? [`${changed.length === 1 ? "the file" : `${changed.length} files:`} ${changed.slice(0, 3).join(", ")}${changed.length > 3 ? ", …" : ""}`] : [],
		...input.python && input.python.interpreter !== interpreter ? [`its Python (${python}, now ${input.python.version})`] : [],
		...content.bundle === expected.bundle && !wheels ? [] : ["the requirements"],
		...content.configuration === expected.configuration ? [] : configurationDifferences(recorded, variables(input.settings))
	].join("; ");
}
/** Only digests are recorded of values, so names are all that can be compared. */
function configurationDifferences(before, now) {
	const missing = before?.filter((name) => !now.includes(name)) ?? [];
	const added = before === void 0 ? [] : now.filter((name) => !before.includes(name));
	if (missing.length === 0 && added.length === 0) return ["a value in the environment (env), the settings in the configuration, or templates/woven"];
	return [...missing.length > 0 ? [`the environment now lacks ${missing.join(", ")}`] : [], ...added.length > 0 ? [`the environment now has ${added.join(", ")}`] : []];
}

// src/node/unit-command.ts
const start = sh`unit=$1 limit=$2 user=$3; shift 3
umask 077
environment=$(mktemp /run/woven-environment.XXXXXX)
cat >"$environment"
code=0
systemd-run --quiet --collect --pipe --wait --unit="$unit" --description="$unit" -p TimeoutStopSec=4 -p RuntimeMaxSec="$limit" \
  -p User="$user" -p EnvironmentFile="$environment" -p ExecStopPost="+/bin/rm -f $environment" -- "$@" </dev/null 2>&1 || code=$?
rm -f "$environment"
exit "$code"`;
const stop = sh`systemctl stop --no-block "$1.service"`;
/**
* Runs the command as `user`, with an empty standard input. Returns its exit status and the last 64 KiB of its output. If the run
* is cancelled, the time is up or the connection is lost, it stops the command on the node, and the error says whether that worked.
*/
async function runUnit(host, words, options) {
	const { user, environment, limitSeconds, onOutput } = options;
	const unit = `woven-command-${Date.now().toString(36)}-${randomBytes(3).toString("hex")}`;
	const args = [
		unit,
		String(limitSeconds + 60),
		user,
		...words.map((word) => word.replaceAll("$", "$$$$"))
	];
	await host.session();
	try {
		const input = environmentFile$1(environment);
		return await host.root(start, {
			args,
			input,
			onStdout: onOutput,
			timeoutSeconds: limitSeconds
		});
	} catch (error) {
		throw abandoned(error, await stopUnit(host, unit), unit);
	}
}
/** Lines for EnvironmentFile of systemd.exec(5). A value in double quotes may hold anything, line breaks too. */
function environmentFile$1(environment) {
	const line = ([name, value]) => `${name}="${value.replaceAll(/["\\`$]/g, "\\$&")}"\n`;
	return Object.entries(environment).map(line).join("");
}
/** Uses the open login if it answers, and else a new one. A cancelled run has only seconds. */
async function stopUnit(host, unit) {
	for (const seconds of host.connected ? [2, 4] : [6]) try {
		await host.root(stop, {
			args: [unit],
			signal: AbortSignal.timeout(seconds * 1e3)
		});
		return "stopped";
	} catch (error) {
		host.log.debug(`${host.name} did not get the request to stop ${unit}: ${String(error)}`);
		host.drop();
	}
	return "not-reached";
}
function abandoned(thrown, stopping, unit) {
	const { details } = asWovenError(thrown);
	const what = stopping === "stopped" ? "the command was stopped on the server" : "the command could not be stopped, and may still run on the server";
	const next = stopping === "stopped" ? "What the command had done by then stays done." : `Run \`systemctl status ${unit}\` on the server to see whether it still runs, and \`systemctl stop ${unit}\` to end it.`;
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
		const release = releaseFor(settings.version, facts, one.host.name);
		const place = layout(facts.deploymentRoot, release.distribution, release.name);
		const words = [managementCommand, ...options];
		if (settings.dryRun) {
			one.text = `Would run: manage ${words.join(" ")}`;
			runtime.log.remote(one.host.name, one.text);
			return;
		}
		const output = readLines((line) => runtime.log.remote(one.host.name, line));
		const result = await runUnit(one.host, [
			"/usr/bin/env",
			`SITE_ID=${site}`,
			`${place.release}/manage`,
			...words
		], {
			user: siteUser(site),
			environment: givenEnvironment(settings),
			onOutput: (chunk) => output.push(chunk),
			limitSeconds: 3600
		}).finally(() => output.end());
		const shown = runtime.log.clean(result.stdout).slice(-2e4);
		one.text = shown;
		if (result.stdout.trim() === "") runtime.log.remote(one.host.name, "(no output)");
		if (result.code !== 0) {
			const known = projectFailure(shown);
			const cause = known?.message ?? causeOf(shown) ?? (result.code === null ? result.signal : `exit status ${result.code}`);
			throw new WovenError({
				code: "management-command",
				message: `manage ${words.join(" ")} failed: ${cause}`,
				next: `Changes that the command made before it failed stay. ${known?.next ?? "Fix the cause, and run it again."}`,
				node: one.host.name,
				output: shown
			});
		}
	});
	return runReport(nodes, settings, runtime);
}
/** The release to run the command in: the one of the version, whether it is live or not, or else the live one. */
function releaseFor(version, { state }, node) {
	const releases = state?.releases ?? [];
	const versions = releases.map((release) => release.version).join(", ");
	const release = version === void 0 ? activeRelease(state) : releases.find((one) => one.version === version);
	if (release) return release;
	if (version !== void 0) throw new WovenError({
		code: "version-unknown",
		message: `${node} does not have version ${JSON.stringify(version)}. It has: ${versions || "none"}`,
		state: "Nothing was run.",
		next: "Set the version input to one of those, or leave it out for the live version.",
		node
	});
	throw new WovenError({
		code: "nothing-active",
		message: `no version is live on ${node}`,
		next: versions ? `To run the command in a version that is there and not live (${versions}), set the version input.` : "Deploy a version first.",
		node
	});
}
/** The `env` input, for this run only. These variables win over the release's own: `_WOVEN_GIVEN` lists their names for it. */
function givenEnvironment({ secretEnv }) {
	const given = Object.fromEntries(Object.entries(secretEnv).map(([name, value]) => [name, value.reveal()]));
	return {
		...given,
		_WOVEN_GIVEN: Object.keys(given).join(" ")
	};
}

// src/commands/patch.ts
/**
* Builds the patched release beside the live one, from hard links and the changed files. It then goes through the same switch and
* health checks as a new version. So an unhealthy patch never becomes live.
*/
async function patch(settings, runtime) {
	const distribution = distributionOf(settings);
	const name = distributionName$1(settings);
	if (settings.parts.includes("wsgi")) await requireVariables(settings, runtime);
	const project = await checkoutFiles(settings, runtime);
	const own = templates(settings.workingDirectory);
	const bundles = bundler(settings, runtime);
	const releases = /* @__PURE__ */ new Map();
	await using nodes = fleet(settings, runtime);
	const warn = missingVariables$1(settings, runtime);
	const domains = domainCheck(nodes, runtime);
	await nodes.phase(async (node) => {
		const facts = await deployFacts(node, settings, { files: { of: "active" } });
		const target = activeRelease(facts.state);
		if (!target) throw nothingToPatch(name, node.host.name);
		if (settings.parts.includes("wsgi")) warn(target);
		checkTarget(settings, target, node.host.name);
		checkDomains({
			settings,
			distribution,
			templates: own
		}, target, node.host.name);
		if (settings.parts.includes("webconf")) domains.compare(target, settings.sites, target.version, "dns");
		const input = patchInput({
			settings: {
				...settings,
				background: backgroundOn(settings.background, node.host.address)
			},
			distribution,
			templates: own,
			name,
			project,
			facts,
			target
		});
		const changedOnNode = input.files.find((file) => file.kind !== "symlink" && file.bytes < 0 && !facts.files.has(sharedKey(file.kind, file.sha256)));
		if (changedOnNode) throw drifted(target, changedOnNode.path, node.host.name);
		const outdatedUrls = settings.parts.includes("webconf") && hasOldUrls(target);
		if (input.content && sameContent(target.content, input.content) && !outdatedUrls) {
			const placed = newCertificate(settings.tls, facts, name);
			if (isLive(facts, target) && placed.length === 0) return node.end();
			releases.set(node, {
				kind: "kept",
				node,
				facts,
				target,
				placed
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
	await rollOut(nodes, releases, settings, runtime, bundles.tools);
	await domains.end();
	return runReport(nodes, settings, runtime);
}
/** A patch changes neither the version nor the server. */
function checkTarget(settings, target, node) {
	if (settings.version !== void 0 && settings.version !== target.version) throw otherVersion(target, settings.version, node);
	const [server = settings.server] = serverNamesOf(target);
	if (server !== settings.server) throw otherServer(target, server, settings, node);
}
/** The release after the patch: its own packages, the patched parts, and everything else unchanged. */
function patchInput(patching) {
	const { settings, distribution, templates: own, name, project, facts, target } = patching;
	const { parts } = settings;
	const plain = patchedFiles(target, project.files, parts);
	const folders = parts.includes("project") ? settings.writable : writableFolders$1(recordedFiles(target), name);
	const files = withWritable(plain, folders, name);
	const { configuration: before } = target.content;
	const configuration = patchedConfiguration(before, patching, target.salt, parts);
	const { served, known } = patchedSites(settings.sites, target.sites, parts);
	const checked = served.map((site) => withHealth(site, settings.sites));
	return {
		settings: {
			...settings,
			sites: checked
		},
		sites: known,
		distribution,
		name,
		version: target.version,
		facts,
		base: layout(facts.deploymentRoot, name, target.name),
		files,
		source: project.source,
		bundle: { key: target.content.bundle },
		templates: own,
		python: {
			version: target.python,
			...target.interpreter === void 0 ? {} : { interpreter: target.interpreter }
		},
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
		},
		...parts.includes("webconf") ? {} : { keepsWebConf: target }
	};
}
/** How a patch checks health is always as the settings say. */
function withHealth({ health: _, ...site }, settings) {
	const { health } = settings.find(({ id }) => id === site.id) ?? {};
	return {
		...site,
		...health ? { health } : {}
	};
}
/** A part that is not patched keeps its sites. New settings also know the domains of a web configuration that stays. */
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
/** Django refuses a domain that the settings do not list (ALLOWED_HOSTS). So settings must be patched before the web configuration. */
function checkDomains(configured, target, node) {
	const { sites, parts } = configured.settings;
	if (!parts.includes("webconf") || parts.includes("wsgi")) return;
	const added = sites.filter((site) => target.sites.every(({ id, domains }) => id !== site.id || !domains.includes(primaryDomain(site))));
	if (added.length === 0 || hasSameSettings(target.content.configuration, configured, target.salt)) return;
	throw new WovenError({
		code: "patch-settings-first",
		message: `the settings of ${target.distribution} ${target.version} on ${node} do not list ${added.map(primaryDomain).join(", ")}`,
		state: "Nothing was changed.",
		next: "Patch the settings, too: parts: wsgi, webconf.",
		node
	});
}
/** The part of a release that a file of the project belongs to. */
function partOf(path) {
	const folders = path.split("/").slice(0, -1);
	if (folders[0] === "static") return "static";
	if (folders.includes("templates")) return "templates";
	if (folders.includes("static")) return "static";
	if (folders[1] === "media") return "media";
	return "project";
}
/**
* The files of the patched parts, from the checkout, and all others from the release. `bytes` is -1 for the others. Files of writable
* folders are where the repository has them.
*/
function patchedFiles(target, checkout, parts) {
	const fromCheckout = (path) => /^(project|static)\//.test(path) && parts.includes(partOf(path));
	return [...withoutWritable(recordedFiles(target), target.distribution).filter(({ path }) => !fromCheckout(path)), ...checkout.filter(({ path }) => fromCheckout(path))];
}
function recordedFiles({ files, symlinks }) {
	return [...Object.entries(files).map(([path, key]) => ({
		path,
		kind: key.startsWith("x") ? "executable" : "file",
		sha256: key.replace(/^x/, ""),
		bytes: -1
	})), ...Object.entries(symlinks).map(([path, to]) => ({
		path,
		kind: "symlink",
		sha256: hashText(to),
		bytes: 0,
		target: to
	}))];
}
function nothingToPatch(name, node) {
	return new WovenError({
		code: "nothing-active",
		message: `no version of ${name} is live on ${node}`,
		state: "Nothing was changed.",
		next: "Deploy a version first.",
		node
	});
}
function otherVersion({ distribution, version }, wanted, node) {
	return new WovenError({
		code: "patch-other-version",
		message: `${distribution} ${version} is live on ${node}, not ${wanted}. patch changes only the live version`,
		state: "Nothing was changed.",
		next: `Omit the version input, or activate ${wanted} first.`,
		node
	});
}
function otherServer(target, server, wanted, node) {
	return new WovenError({
		code: "patch-other-server",
		message: `${target.distribution} ${target.version} runs under ${server} on ${node}, but the configuration has server = "${wanted.server}"`,
		state: "Nothing was changed.",
		next: `A patch cannot change the server. Deploy a new version, or set overwrite: true to deploy this one again, or write server = "${server}".`,
		node
	});
}
function drifted(target, path, node) {
	return new WovenError({
		code: "release-drifted",
		message: `${path} of ${target.distribution} ${target.version} was changed or removed on ${node}, but not by Woven`,
		state: "Nothing was changed.",
		next: "Deploy a new version, or deploy this one again with overwrite: true.",
		node
	});
}

// src/rollout/removal.ts
function releaseRemoval(facts, record, settings, runtime) {
	const place = layout(facts.deploymentRoot, record.distribution, record.name);
	const lease = leaseFor(place, facts.state, settings, runtime);
	const event = historyEvent("remove", record.version, facts, runtime);
	return {
		name: "remove",
		undoes: "step",
		steps: [
			takeLease(lease, "first"),
			removeRelease({
				place,
				record
			}, event),
			...unusedPythons(facts, place)
		],
		...underLease(lease, "last")
	};
}
function distributionRemoval(place, facts, settings, runtime) {
	const lease = leaseFor(place, facts.state, settings, runtime);
	const stamp = new Date(runtime.now()).toISOString().replaceAll(/[-:]|\.\d+/g, "");
	const releases = [...facts.state?.releases ?? [], ...facts.lost];
	return {
		name: "remove",
		undoes: "stage",
		steps: [
			takeLease(lease, "first"),
			closeDomains(place),
			...removeDistribution(place, releases, stamp),
			...unusedPythons(facts, place)
		],
		...underLease(lease, "last")
	};
}
/** Removes the Pythons that only the removed releases ran on. */
function unusedPythons({ pythons }, place) {
	return pythons.length > 0 ? [removeUnusedPythons(place)] : [];
}

// src/commands/remove.ts
/** Asks all nodes first. If one refuses, or none has the named version or distribution, nothing is removed anywhere. */
async function remove(settings, runtime) {
	await using nodes = fleet(settings, runtime);
	const name = distributionName$1(settings);
	const wanted = settings.version ?? "";
	const found = /* @__PURE__ */ new Map();
	const kept = /* @__PURE__ */ new Map();
	await nodes.phase(async (node) => {
		const facts = await deployFacts(node, settings);
		const releases = [...facts.state?.releases ?? [], ...facts.lost];
		kept.set(node, releases);
		const target = targetOf(wanted, name, facts, releases);
		if (target?.kind === "release" && isInUse(facts, target.record)) throw releaseLive(target.record, node.host.name);
		if (target) found.set(node, {
			facts,
			target
		});
	});
	if (!nodes.failed && found.size === 0) for (const node of nodes.nodes) node.fail(versionUnknown(wanted, name, kept.get(node) ?? [], node.host.name));
	if (nodes.failed) nodes.skipRest();
	else await nodes.phase(async (node) => {
		const one = found.get(node);
		if (!one) return node.end();
		const { facts, target } = one;
		if (target.kind === "release") await node.stage(releaseRemoval(facts, target.record, settings, runtime));
		else {
			const place = layout(facts.deploymentRoot, name, "");
			await node.stage(distributionRemoval(place, facts, settings, runtime));
			if (!settings.dryRun) node.liveNow(void 0);
		}
	});
	return runReport(nodes, settings, runtime);
}
/** If a version and the distribution have the same name, the version is meant: less is lost by mistake. */
function targetOf(wanted, distribution, { state }, releases) {
	const record = releases.find(({ version }) => version === wanted);
	if (record) return {
		kind: "release",
		record
	};
	const exists = releases.length > 0 || (state?.history.length ?? 0) > 0 || state?.active !== void 0;
	return wanted === distribution && exists ? { kind: "distribution" } : void 0;
}
/** Whether a release is live, or nginx has its configuration: after an interrupted switch, that may be two releases. */
function isInUse({ state, enabled }, record) {
	return activeRelease(state) === record || filesOf$2(record.services).some((file) => enabled.includes(file));
}
function releaseLive({ distribution, version }, node) {
	return new WovenError({
		code: "release-live",
		message: `${distribution} ${version} is live on ${node}, so it is not removed`,
		state: "Nothing was removed.",
		next: `Activate another version first. To remove all of ${distribution}, write version: ${distribution}.`,
		node
	});
}
function versionUnknown(wanted, distribution, releases, node) {
	const versions = releases.map(({ version }) => version).join(", ") || "none";
	return new WovenError({
		code: "version-unknown",
		message: `${node} has no version ${JSON.stringify(wanted)} of ${distribution}. It has: ${versions}`,
		state: "Nothing was removed.",
		next: `Set version to one of those, or to ${distribution} to remove all of it.`,
		node
	});
}

// src/commands/rollback.ts
async function rollback(settings, runtime) {
	return switchToKept$1(settings, runtime, "rollback", (facts, node) => {
		const target = facts.state && rollbackTarget(facts.state);
		if (target) return target;
		throw new WovenError({
			code: "nothing-before",
			message: "there is no healthy version from before the live one",
			state: "Nothing was changed.",
			next: "Run `status`: it lists the versions on each server. To switch to one of them, run `activate`.",
			node
		});
	});
}

// src/steps/sudo.ts
/** One file per deploy user, so that two of them do not overwrite each other. sudo ignores a name that has a dot (sudoers(5)). */
function sudoersFile(user) {
	return `/etc/sudoers.d/woven-${user}`;
}
/** Fails, and prints the reason, if the user cannot become root without a password. */
function checkSudo(user) {
	return sh`runuser -u ${user} -- sudo -n true || { echo ${`with these files, ${user} could not use sudo: sudo must read ${sudoersFile(user)}, and no later rule may ask for a password`}; exit 1; }`;
}
/** Earlier versions of Woven had one file for all users. */
const oldFile = "/etc/sudoers.d/woven";
/** Sets `$old_user` to the user of the old file; empty if there is none. */
const readOldFile = sh`old_user=
if head -n 1 ${oldFile} 2>/dev/null | grep -q '^# Managed by Woven'; then old_user=$(sed -n 's/^Defaults:\([a-z_][a-z0-9_-]*\) !requiretty.*$/\1/p' ${oldFile}); fi`;
function sudo(user) {
	const file = sudoersFile(user);
	return {
		id: "sudo",
		title: `Allow ${user} to use sudo`,
		files: [{
			name: "sudoers",
			content: sudoers(user)
		}],
		check: sh`same "$files/sudoers" ${file}
[ "$(stat -c %a:%U ${file})" = 440:root ]
${readOldFile}
[ -z "$old_user" ]
runuser -u ${user} -- sudo -n true`,
		apply: sh`visudo -cqf "$files/sudoers"
tool write ${file} 440 root root <"$files/sudoers"
${readOldFile}
if [ -n "$old_user" ]; then
  [ -e ${oldFile}-"$old_user" ] || mv ${oldFile} ${oldFile}-"$old_user"
  rm -f ${oldFile}
fi
usermod -aG adm ${user}
runuser -u ${user} -- sudo -n true || fail ${`${user} still cannot use sudo. The last rule that matches counts. It may be in`} "$(cd /etc/sudoers.d && ls | awk -v file=${file.slice(15)} '$0 > file' | sed 's#^#/etc/sudoers.d/#' | tr '\n' ' ')or at the end of /etc/sudoers. To list the rules: sudo -l -U" ${user}`
	};
}
function sudoers(user) {
	return `# Managed by Woven. Stages run as root, so the deploy user may do what root may. It has no password.
# use_pty: a program that sudo starts gets its own terminal, so that it cannot type commands into the deploy user's terminal.
Defaults:${user} !requiretty, use_pty
${user} ALL=(ALL:ALL) NOPASSWD: ALL
`;
}

// src/steps/deploy-user.ts
/** Creates the user without a password, installs the keys and allows sudo. Keys that somebody else added stay. */
function deployUser(user, keys) {
	return [
		account(user),
		authorizedKeys(user, keys),
		sudo(user)
	];
}
/** Creates the account, or fixes one that was made by hand: its shell, its home and its expiry date. */
function account(user) {
	const facts = sh`entry=$(getent passwd ${user}) || exit 1
shell=\${entry##*:}
home=$(echo "$entry" | cut -d: -f6)
# Days since 1970 (shadow(5)): sshd's PAM refuses an account that has expired, or whose password has.
days=$(getent shadow ${user} | cut -d: -f3-8)
expired=$(echo "$days" | awk -F: -v today=$(($(date +%s) / 86400)) '($6 != "" && $6 <= today) || $1 == "0" || ($1 != "" && $3 != "" && $1 + $3 < today) { print "expired" }')`;
	const shellRuns = sh`case \${shell##*/} in sh | bash | dash | ksh | zsh) [ -x "$shell" ] ;; *) false ;; esac`;
	const homeIsOwn = sh`[ -d "$home" ] && [ "$(stat -L -c %U "$home")" = ${user} ] && [ -z "$(find -H "$home" -maxdepth 0 -perm /022)" ]`;
	return {
		id: "deploy-user",
		title: `Create user ${user}`,
		check: sh`${facts}
[ -z "$expired" ]
${shellRuns}
${homeIsOwn}`,
		apply: sh`if ! getent passwd ${user} >/dev/null; then
  useradd --create-home --user-group --shell /bin/bash --password '*' ${user}
  detail ${user}
fi
${facts}
uid_min=$(awk '$1 == "UID_MIN" { print $2 }' /etc/login.defs)
if ! { ${shellRuns}; }; then
  [ "$(id -u ${user})" -ge "\${uid_min:-1000}" ] || fail ${`${user} is a system account with the shell`} "$shell. Set user to another name"
  detail "shell /bin/bash, instead of $shell"
  usermod --shell /bin/bash ${user}
fi
if [ -n "$expired" ]; then
  detail "removed the expiry date of the account or its password: it had passed"
  chage -E -1 -I -1 -M -1 -d "$(date +%F)" ${user}
fi
if ! { ${homeIsOwn}; }; then
  case $home in
  /home/?* | /srv/?* | /var/?* | /opt/?*) ;;
  *) [ -d "$home" ] && [ "$(stat -L -c %U "$home")" = ${user} ] || fail ${`the home of ${user} is`} "$home, which it does not own. Give it a home of its own (usermod --home)" ;;
  esac
  detail "$home"
  [ -d "$home" ] || { mkdir -p "$home"; cp -R /etc/skel/. "$home"; chown -R "$(id -u ${user}):$(id -g ${user})" "$home"; }
  chown ${user} "$home"
  chmod go-w "$home"
fi`
	};
}
/**
* A key counts as installed whatever options and comment its line has: sshd uses the first line with the key. Woven records the keys
* that it added, and removes those that neither the settings nor the run have. A run without a key of its own does not know which key
* it depends on, so it removes none.
*/
function authorizedKeys(user, { inUse, more }) {
	const spec = {
		user,
		keys: [...inUse, ...more],
		removesUnlisted: inUse.length > 0
	};
	const keys = (verb) => sh`tool keys ${verb} "$files/authorized-keys.json" "$run"`;
	return {
		id: "deploy-keys",
		title: `Install SSH keys of ${user}`,
		files: [{
			name: "authorized-keys.json",
			content: JSON.stringify(spec)
		}],
		check: keys("check"),
		preview: keys("preview"),
		apply: keys("apply")
	};
}

// src/steps/ssh-guard.ts
/** The script that guarded steps call. Every stage with such steps needs it among its files. */
function guardFile() {
	return {
		name: "ssh-guard.sh",
		content: readPackageFile("templates/node/ssh-guard.sh")
	};
}
/** The same step, which first saves `files` and everything else that access depends on, and arms the timer. */
function guarded(step, files = []) {
	return {
		...step,
		apply: sh`sh "$files/ssh-guard.sh" arm "$run" ${files}
${step.apply}`
	};
}
/** Restarts a timer that an earlier run left armed, before access is checked: the node must not undo a change between check and proof. */
function extendGuard() {
	return {
		id: "guard-held",
		title: "Keep the SSH undo timer running",
		check: sh`[ ! -e /var/local/woven/ssh-guard/armed ]`,
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
sh "$files/ssh-guard.sh" arm "$run"`
	};
}
/**
* Reports, as its data, which change of access waits for a login to prove it. Fails if the node has undone this stage's change in
* the meantime.
*/
function reportGuard() {
	return {
		id: "guard",
		title: "Check for SSH changes that still need a test login",
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
if [ -e /var/local/woven/ssh-guard/armed ] || [ -e "$run/armed" ]; then sh "$files/ssh-guard.sh" arm "$run"; printf '%s\n' "\${run##*/}" >&3; fi`,
		state: "SSH access is as it was before.",
		next: "Run setupnode again."
	};
}
/** Disarms the timer of the stage `$1`. A login that was made after the change runs it. Exits with 3 if another run has taken over. */
const proveAccess = sh`guard=/var/local/woven/ssh-guard/ssh-guard.sh
if [ ! -e "$guard" ]; then
  # The guard has ended in the meantime: the change was proved by another run, or undone by the node.
  [ "$(cat /var/local/woven/.ssh-guard-ended 2>/dev/null)" = proved ] && exit 0
  echo 'no login proved the change in time, so the server has undone it' >&2; exit 1
fi
sh "$guard" disarm "$1"`;

// src/steps/ufw-rules.ts
/** Records which rules Woven added. The second file is of earlier versions. */
const ruleNotes = ["/var/local/woven/ufw-rules.json", "/var/local/woven/ufw-rules"];
/** The rules that the settings list, for `tool firewall`. */
function listedRules(rules) {
	return {
		name: "ufw-rules.json",
		content: JSON.stringify(rules)
	};
}
/** Asks about the rules that Woven added and the settings no longer list. */
function askRules(verb) {
	return sh`tool firewall ${verb} "$files/ufw-rules.json"`;
}
function addRule(text, index) {
	return {
		id: `ufw-rule-${index + 1}`,
		title: `Add firewall rule: ${text}`,
		check: sh`tool firewall has ${text}`,
		preview: sh`detail ${`add: ${text}`}`,
		apply: sh`tool firewall add ${text}
detail ${`added: ${text}`}`,
		next: "The output of ufw is above. Usually it does not understand the rule. Correct it in ufw-rules or role-ufw-rules; ufw(8) describes the syntax."
	};
}
/** Removes rules that Woven added and that are no longer listed. A rule that is only written in another way now stays. */
function removeRules(rules) {
	return {
		id: "ufw-drop",
		title: "Remove firewall rules no longer listed",
		files: [listedRules(rules)],
		check: askRules("all-listed"),
		preview: sh`tool firewall preview-unlisted "$files/ufw-rules.json" "$run"`,
		apply: sh`tool firewall remove-unlisted "$files/ufw-rules.json" "$run"`
	};
}
/** Reports rules that others added, and a policy that denies outgoing traffic. Woven changes neither. */
function reportForeignRules() {
	return {
		id: "ufw-foreign",
		title: "Check for firewall rules of others",
		plan: "runs",
		apply: sh`touch "$run/unchanged"
tool firewall foreign "$run"`
	};
}

// src/steps/ufw.ts
/** The files of the firewall that the guard saves and restores. If they were not saved, it leaves the firewall alone (ssh-guard.sh). */
const firewallFiles = [
	"/etc/default/ufw",
	"/etc/ufw/applications.d/woven",
	"/etc/ufw/user.rules",
	"/etc/ufw/user6.rules",
	"/etc/ufw/ufw.conf",
	...ruleNotes
];
/** Succeeds if the kernel has IPv6. */
const hasIpv6 = sh`[ -e /proc/net/if_inet6 ]`;
/** SSH's profile and rule, the listed rules, and ufw turned on. Woven removes its own rules that are no longer listed, and no others. */
function ufw(rules, sshPorts) {
	const ports = sshPorts.toSorted((one, other) => one - other).join(",");
	return [
		guardedFirewall(placeFile({
			path: "/etc/ufw/applications.d/woven",
			content: `# Managed by Woven.\n[Woven SSH]\ntitle=SSH, as Woven set it up\ndescription=The ports that the SSH server of this node listens on\nports=${ports}/tcp\n`,
			title: "Set up the firewall profile for SSH"
		})),
		filterIpv6(),
		allowSsh(ports),
		...rules.map(addRule),
		removeRules(rules),
		denyByDefault(),
		turnOn(),
		reportForeignRules()
	];
}
function guardedFirewall(step) {
	return guarded(step, firewallFiles);
}
const saveDefaults = sh`if [ ! -e /var/local/woven-backup/etc/default/ufw ]; then
  (umask 077; mkdir -p /var/local/woven-backup/etc/default)
  cp -p /etc/default/ufw /var/local/woven-backup/etc/default/ufw
fi`;
const defaultOf = (name) => sh`"$(. /etc/default/ufw; echo "\${${sh`${name}`}-}")"`;
/** With IPV6=no, ufw does not filter IPv6 at all (/etc/default/ufw). */
function filterIpv6() {
	return guardedFirewall({
		id: "ufw-ipv6",
		title: "Turn on IPv6 filtering",
		check: sh`! ${hasIpv6} || [ ${defaultOf("IPV6")} = yes ]`,
		preview: sh`detail '/etc/default/ufw: IPV6=yes'`,
		apply: sh`${saveDefaults}
detail "/etc/default/ufw: IPV6=yes, instead of \"$(sed -n 's/^IPV6=//p' /etc/default/ufw)\""
sed -i '/^[[:space:]]*IPV6=/d' /etc/default/ufw
echo IPV6=yes >>/etc/default/ufw
if ufw status | grep -qx 'Status: active'; then ufw reload >/dev/null; fi`
	});
}
function allowSsh(ports) {
	const isAllowed = sh`tool firewall lets-ssh-in ${ports}`;
	return guardedFirewall({
		id: "ufw-ssh",
		title: `Allow SSH through the firewall (${ports.replaceAll(",", ", ")})`,
		check: isAllowed,
		apply: sh`ufw app update 'Woven SSH' >/dev/null
if ! ${isAllowed}; then
  # ufw does not move an existing rule.
  ufw --force delete allow 'Woven SSH' >/dev/null 2>&1 || :
  ufw prepend allow 'Woven SSH' >/dev/null
  ufw app update 'Woven SSH' >/dev/null
fi
${isAllowed} || fail "the rule for SSH is not before the rules that deny it: $(ufw status numbered)"`
	});
}
/** A policy of `reject` is as good as `deny`, and stays. Outgoing traffic is up to the owner: `reportForeignRules` reports its policy. */
function denyByDefault() {
	return guardedFirewall({
		id: "ufw-policy",
		title: "Deny what no rule allows",
		check: sh`case ${defaultOf("DEFAULT_INPUT_POLICY")} in DROP | REJECT) ;; *) false ;; esac`,
		preview: sh`detail 'default: deny incoming'`,
		apply: sh`${saveDefaults}
ufw default deny incoming >/dev/null
detail 'default: deny incoming'`
	});
}
/** On now and at every boot, and loaded into the kernel. */
function turnOn() {
	const loaded = (tool, chain) => sh`${tool} -S ${chain} >/dev/null 2>&1 && ! ${tool} -S INPUT | grep -qx -e '-P INPUT ACCEPT'`;
	const on = sh`ufw status | grep -qx 'Status: active' && [ "$(systemctl is-enabled ufw 2>/dev/null)" = enabled ] && ${loaded("iptables", "ufw-user-input")} && { ! ${hasIpv6} || { ${loaded("ip6tables", "ufw6-user-input")}; }; }`;
	return guardedFirewall({
		id: "ufw-on",
		title: "Turn the firewall on",
		check: on,
		apply: sh`ufw --force enable >/dev/null
systemctl enable --quiet ufw
{ ${on}; } || ufw reload >/dev/null
{ ${on}; } || fail "ufw is on, but the kernel has not loaded its rules: $(ufw status verbose)"`
	});
}

// src/steps/etc.ts
/** Folders that many packages use. A template is placed there only over an existing file, or for a listed package of its name. */
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
/** These files decide who can log in and become root. A change of them must be proved by a login, or the node undoes it. */
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
/** For a duplicate directive, nginx names one of the two places; this prints both. */
const testNginx = sh`nginx -t -q >"$run/tested" 2>&1 || {
  cat "$run/tested"
  what=$(sed -n 's/.*"\([a-z_]*\)" directive is duplicate.*/\1/p; s/.*a duplicate default server.*/default_server/p' "$run/tested" | head -n 1)
  [ -z "$what" ] || grep -rnE "^[^#]*\b$what\b" /etc/nginx/nginx.conf /etc/nginx/conf.d/*.conf /etc/nginx/sites-enabled/* 2>/dev/null | cut -d: -f1,2 | sed "s/^/$what is in /"
  exit 1
}`;
/** How to test and reload the services whose folder has nothing to do with access. */
const others = {
	nginx: {
		test: testNginx,
		reload: sh`systemctl try-reload-or-restart nginx`
	},
	...Object.assign({}, ...allServers.map(({ etc }) => etc)),
	postgresql: { reload: sh`systemctl try-reload-or-restart postgresql` },
	fail2ban: {
		test: sh`fail2ban-client -t >/dev/null`,
		reload: sh`systemctl try-reload-or-restart fail2ban`
	},
	systemd: { reload: sh`systemctl daemon-reload` },
	"sysctl.d": { reload: sh`sysctl -q --system` }
};
/** ufw has no test of its own, and turns itself off if it cannot load its rules. While it is on, iptables-restore can test them. */
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
		test: checkSudo(user),
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
${checkSudo(user)}`
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
* One step per top folder of /etc: all its files are placed, tested and in use afterwards, or none. A file in a package's own folder
* is placed if that folder exists; in a shared folder, only over an existing file or for a listed package of its name.
*/
function etcTemplates({ workingDirectory, ...given }) {
	const { packages, templates, user, firewall, view, part } = given;
	const ofWoven = listPackageFiles("templates/woven/etc").filter((name) => !isOfUnlistedServer(name, packages));
	const ofProject = templateNames(workingDirectory, "etc");
	checkNotReserved(ofProject, user);
	return [...Map.groupBy([.../* @__PURE__ */ new Set([...ofWoven, ...ofProject])].sort(), folderOf)].filter(([folder]) => isAccess(folder) === (part === "access")).map(([folder, members]) => {
		if (folder === "ufw" && firewall === "left alone") return reportNotPlaced(folder, members);
		const files = members.map((name) => {
			return {
				path: `/etc/${name}`,
				content: templates.render(`etc/${name}`, {
					...view,
					...others[folder]?.view
				}),
				mode: modeOf(name, workingDirectory),
				rights: "kept",
				when: whenOf(name, packages),
				...ofProject.includes(name) ? { reportSkipped: true } : {}
			};
		});
		const service = isAccess(folder) ? accessService(folder, user) : others[folder] ?? { reload: sh`:` };
		const step = placeAndTest(folder, [...files, ...linksOf(folder, members, packages)], service);
		const paths = [...files.map(({ path }) => path), ...folder === "ufw" ? firewallFiles : []];
		return isAccess(folder) ? guarded(step, paths) : step;
	});
}
/** The top folder. ufw also reads default/ufw, so that file belongs to its folder. */
function folderOf(name) {
	return name === "default/ufw" ? "ufw" : name.split("/")[0] ?? "";
}
function isAccess(folder) {
	return access$2.some((one) => one === folder);
}
/** Throws if a template would replace a file that Woven writes itself for SSH, sudo or the firewall. */
function checkNotReserved(names, user) {
	const reserved = [
		sudoersFile(user),
		"/etc/ssh/sshd_config.d/00-woven.conf",
		"/etc/ufw/applications.d/woven"
	];
	const name = names.find((one) => reserved.includes(`/etc/${one}`));
	if (name === void 0) return;
	throw new WovenError({
		code: "template",
		message: `the template templates/woven/etc/${name} would replace a file that gives Woven access to the server`,
		next: "Give it another name. For sudo the last rule counts. For most settings of sshd the first value counts.",
		file: `templates/woven/etc/${name}`
	});
}
function reportNotPlaced(folder, members) {
	return {
		id: idOf(folder),
		title: `Skip /etc/${folder}`,
		plan: "runs",
		apply: sh`touch "$run/unchanged"
for name in ${members}; do detail "/etc/$name: not placed, because enable-ufw is false"; done`
	};
}
/** The link that enables the default host is placed in the same step as nginx's files: all of them, or none. */
function linksOf(folder, members, packages) {
	const enabled = "nginx/sites-enabled/default";
	if (folder !== "nginx" || !packages.includes("nginx") || members.includes(enabled)) return [];
	return [{
		path: `/etc/${enabled}`,
		link: "/etc/nginx/sites-available/default",
		when: "folder"
	}];
}
/** A web server that the settings do not list belongs to somebody else. Woven does not configure it. */
function isOfUnlistedServer(name, packages) {
	return ["nginx", ...allServers.flatMap(({ etc }) => Object.keys(etc))].some((folder) => name.startsWith(`${folder}/`) && !packages.includes(folder));
}
function idOf(folder) {
	return `etc-${folder.replaceAll(/[^a-z0-9]/g, "-")}`;
}
function placeAndTest(folder, files, service) {
	const id = idOf(folder);
	const step = placeFiles({
		id,
		title: `Place files in /etc/${folder}`
	}, files);
	const { test, reload, afterUndo } = service;
	return {
		...step,
		check: sh`[ ! -e ${reloadDueFile(folder)} ]
${step.check ?? sh`:`}`,
		apply: sh`${test ? testOnCopy(folder, id, test) : sh`:`}
(umask 077; touch ${reloadDueFile(folder)})
${step.apply}
${test ?? sh`:`}
${reload}
rm -f ${reloadDueFile(folder)}`,
		undo: sh`${step.undo ?? sh`:`}
rm -rf "$run/trial"; rm -f ${reloadDueFile(folder)}
${afterUndo ?? sh`:`}`,
		next: `The files in /etc/${folder} are as they were before. The error is above. Usually it is in a template in templates/woven/etc/${folder} of the project, or a file on the server contradicts that template.`
	};
}
/**
* Tests the new files before they are placed, in a mount namespace where a copy with them is /etc/<folder>: if the power fails between
* placing and testing, the node must still boot. If the node does not allow mount namespaces, only the test afterwards runs.
*/
function testOnCopy(folder, id, test) {
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
function reloadDueFile(folder) {
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
/** The name of a package's hook: dashes, dots and pluses become underscores. */
function packageHook(name) {
	return `post_install_${name.replaceAll(/[^A-Za-z0-9_]/g, "_")}`;
}
/**
* The hook of this name. The first of these is used: `woven/hooks/<name>`, deploy.py of the project package, deploy.py of an
* installed app in the checkout (sorted by path), Woven's own. Throws if `woven/hooks/<name>` is not a program that a node can run.
*/
function findHook(name, places) {
	const program = hookProgram(name, places.workingDirectory);
	if (program) return program;
	const deployFile = deployFiles(places).find(({ content }) => defines(content, name));
	if (deployFile) return {
		name,
		kind: "function",
		...deployFile
	};
	const content = readPackageFile("templates/node/deploy.py");
	return defines(content, name) ? {
		name,
		from: "Woven's own",
		kind: "function",
		content
	} : void 0;
}
/** deploy.py of the project package, then those of its installed apps, sorted by path. */
function deployFiles({ workingDirectory, project }) {
	const ofProject = project === void 0 ? [] : [join(packageFolder(project), "deploy.py")];
	const named = project === void 0 ? void 0 : namesInSettings(workingDirectory, project);
	const ofApps = findDeployFiles(workingDirectory).filter((file) => !ofProject.includes(file) && (named === void 0 || isInstalled(file, named)));
	return [...ofProject, ...ofApps].flatMap((from) => {
		const content = readText$1(workingDirectory, from);
		return content === void 0 ? [] : [{
			from,
			content
		}];
	});
}
/** Throws if a file in woven/hooks has nearly the name of a hook: it would silently never run. */
function checkHookNames({ workingDirectory }) {
	const folder = join(workingDirectory, "woven/hooks");
	if (!existsSync(folder)) return;
	for (const name of readdirSync(folder)) {
		if (/^post_(setupnode|deploy|install_[A-Za-z0-9_]+)$/.test(name)) continue;
		const plain = name.replace(/\.[a-z]+$/, "").replaceAll(/[-.+]/g, "_");
		const meant = /^post_install_./.test(plain) ? plain : nearest(plain, ["post_setupnode", "post_deploy"]);
		if (meant !== void 0) throw wrong(join("woven/hooks", name), `has a name that is not a hook's. Did you mean ${meant}?`);
	}
}
function defines(content, name) {
	return new RegExp(`^def ${name}\\s*\\(`, "m").test(content);
}
function hookProgram(name, workingDirectory) {
	const from = join("woven/hooks", name);
	const path = join(workingDirectory, from);
	if (!existsSync(path)) return void 0;
	if (!statSync(path).isFile()) throw wrong(from, "is not a file");
	const content = readFileSync(path);
	const [first = ""] = content.subarray(0, 200).toString("latin1").split("\n");
	if (first.endsWith("\r")) throw wrong(from, "has Windows line endings: no server can run it");
	if (!first.startsWith("#!") && !first.startsWith("ELF")) throw wrong(from, "does not begin with a #! line, such as #!/bin/sh");
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
* The quoted dotted names in the settings module and the files beside it: one of them, such as `base.py`, sets INSTALLED_APPS. Django
* is not installed yet, so it cannot be asked. Undefined if there is nothing to read.
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
/** Whether the names have the app in this file's folder: `shop.blog`, `blog` or `blog.apps.BlogConfig` for src/shop/blog. */
function isInstalled(file, named) {
	const parts = file.split("/").slice(0, -1);
	const names = parts.map((_, index) => parts.slice(index).join("."));
	return [...named].some((one) => names.some((name) => one === name || one.startsWith(`${name}.`)));
}
/** Every deploy.py in the checkout, at most three folders deep, sorted by path. */
function findDeployFiles(workingDirectory) {
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
		next: "A hook is a script with a #! line, or a program for the server's processor.",
		file
	});
}

// src/steps/hooks.ts
/** The packages that have a hook. */
function hookedPackages(packages, places) {
	return packages.filter((name) => findHook(packageHook(name), places) !== void 0);
}
/** With this exit status (EX_TEMPFAIL of sysexits.h), a package's hook asks to be run again next time. The run goes on. */
const tryAgain = 75;
/** The packages whose hook has to run, one a line. */
const due = "/var/local/woven/hooks-due";
/** Due packages whose hook asked to be run again. A dry run does not count them as a change. */
const waiting = "/var/local/woven/hooks-waiting";
/** A package's hook runs if this stage installed the package, or if an earlier one did and was interrupted before the hook. */
function packageHooks(packages, places, context) {
	return packages.flatMap((name) => {
		const hook = findHook(packageHook(name), places);
		if (!hook) return [];
		const step = runHook(hook, context, [tryAgain]);
		const removeFrom = (list) => sh`[ ! -e ${list} ] || { { grep -vxF ${name} ${list} || :; } >"$run/hooks-left"; chmod 600 "$run/hooks-left"; mv -f "$run/hooks-left" ${list}; }`;
		return [{
			...step,
			checks: "plan",
			check: sh`dpkg-query -W -f='\${db:Status-Status}\n' ${name} 2>/dev/null | grep -qx installed
grep -qxsF ${name} ${due} || exit 0
grep -qxsF ${name} ${waiting}
detail 'the hook cannot do its work yet: every run tries it again'`,
			apply: sh`grep -qxsF ${name} ${due} || { touch "$run/unchanged"; exit 0; }
${step.apply}
${removeFrom(waiting)}
if [ "$code" = ${tryAgain} ]; then
  (umask 077; echo ${name} >>${waiting}); touch "$run/unchanged"
  detail 'the hook cannot do its work yet: the next run tries it again'
else
  ${removeFrom(due)}
fi`
		}];
	});
}
/** `post_setupnode`. It runs every time, so it should be idempotent. It is never reported as a change: Woven cannot tell. */
function setupHook(places, context) {
	const hook = findHook("post_setupnode", places);
	if (!hook) return [];
	const step = runHook(hook, context);
	return [{
		...step,
		plan: "quiet",
		apply: sh`touch "$run/unchanged"
${step.apply}`
	}];
}
/** Reports a syntax error in a deploy.py before the first change, not when one of its hooks is due. */
function checkDeployFiles(places) {
	const files = deployFiles(places).filter(({ content }) => /\bpost_\w|\bwoven\.api\b/.test(content));
	if (files.length === 0) return [];
	const compile = "import sys; compile(open(sys.argv[1], 'rb').read(), sys.argv[2], 'exec')";
	return [{
		id: "deploy-py",
		title: "Check deploy.py",
		plan: "runs",
		files: files.map(({ content }, index) => ({
			name: `deploy-py.${index}`,
			content
		})),
		apply: lines([sh`touch "$run/unchanged"; command -v python3 >/dev/null || exit 0`, ...files.map(({ from }, index) => sh`python3 -IS -c ${compile} "$files"/${`deploy-py.${index}`} ${from}`)]),
		state: "Nothing was changed.",
		next: "Fix the deploy.py that the Python of this server cannot read: the file, the line and the reason are above."
	}];
}
/** Hooks run from here: programs may be executed, other users cannot list it, and it holds nothing else. */
const hookFolders = "/var/local/woven/hooks";
/** The folder and the scope of this run's hook. A run has one hook at a time. */
const hookNames = sh`hook=${hookFolders}/"\${run##*/}"; scope="woven-hook-\${run##*/}.scope"`;
/** Kills every process of a hook's scope, and removes its folder. */
const clean = sh`clean() {
  systemctl kill --signal=KILL "$2" 2>/dev/null || :
  for try in $(seq 100); do systemctl is-active --quiet "$2" || break; sleep 0.1; done
  rm -rf "$1"; rmdir ${hookFolders} 2>/dev/null || :
}`;
/**
* Runs a hook as the deploy user. Its exit status, 0 or one of `accepted`, is in `$code` afterwards. Its environment is passed in a
* file that only root reads: everyone can read a command line.
*/
function runHook(hook, context, accepted = []) {
	const { name, from, kind } = hook;
	const id = `hook-${name.replaceAll("_", "-")}`;
	const files = [
		{
			name: `${id}.env`,
			content: environmentFile(hook, context)
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
		title: `Run hook ${name} (${from})`,
		files,
		limit: 3600,
		preview: sh`detail ${`run ${name} (${from})`}`,
		apply: lines([
			hookNames,
			clean,
			sh`for left in ${hookFolders}/*; do
  [ ! -e "$left" ] || systemctl is-active --quiet "woven-\${left##*/}.service" || clean "$left" "woven-hook-\${left##*/}.scope"
done`,
			sh`install -d -m 711 /var/local/woven ${hookFolders}; rm -rf "$hook"; mkdir -m 700 "$hook" "$hook/woven"`,
			sh`for file in __init__.py api.py call.py; do cp "$files"/${id}."$file" "$hook/woven/$file"; done`,
			sh`cp "$files"/${id}.hook "$hook/deploy.py"; cp "$files"/${id}.hook "$hook/program"`,
			sh`chmod -R u=rwX,go= "$hook"; chmod u+x "$hook/program"; chown -R ${context.user}: "$hook"`,
			sh`HOME=$(getent passwd ${context.user} | cut -d: -f6); export HOME NEEDRESTART_SUSPEND=1; cd "$HOME"`,
			sh`set -- systemd-run --quiet --collect --scope --unit="$scope" runuser -u ${context.user} -- ${call}
code=0
tool bounded sh -c 'set -a; . "$0"; set +a; exec "$@"' "$files"/${id}.env "$@" >"$run/hook-output" 2>&1 || code=$?
cd /; clean "$hook" "$scope"
case ${` ${[0, ...accepted].join(" ")} `} in *" $code "*) ;; *) cat "$run/hook-output"; exit 1 ;; esac`,
			sh`tail -n 10 "$run/hook-output" >>"$run/details"`
		]),
		undo: lines([
			hookNames,
			clean,
			sh`clean "$hook" "$scope"`
		]),
		next: `The output of the hook is above. All steps before it are done. Fix ${name} in ${from}, and run setupnode again.`
	};
}
/** Shell assignments of the hook's environment. */
function environmentFile({ name }, { host, role, user, distribution, secrets }) {
	const about = {
		WOVEN_HOOK: name,
		WOVEN_HOST: host,
		WOVEN_ROLE: role ?? "",
		WOVEN_USER: user,
		WOVEN_DISTRIBUTION: distribution ?? ""
	};
	const given = Object.entries(secrets).map(([key, value]) => [key, value.reveal()]);
	return [...Object.entries(about), ...given].map(([key, value]) => `${key}=${quote(value)}\n`).join("");
}

// src/steps/nginx.ts
function nginx(templates) {
	return [placeFile({
		path: "/var/www/woven/maintenance.html",
		content: templates.render("maintenance.html", {}),
		title: "Place the maintenance page"
	}), {
		id: "nginx",
		title: "Start nginx",
		check: sh`systemctl is-active --quiet nginx && [ "$(systemctl is-enabled nginx)" = enabled ]`,
		preview: sh`detail 'enable and start nginx'`,
		apply: sh`${testNginx}
systemctl enable --quiet nginx
systemctl reload-or-restart nginx || {
  journalctl -q -n 20 --no-pager -o cat -u nginx
  ss -Hltnp 'sport = :80' | sed 's/^/On port 80: /'
  exit 1
}`,
		next: "nginx cannot start. Its output is above. Usually another program uses port 80. Stop that program, and run setupnode again."
	}];
}

// src/steps/set-up-by.ts
const file = "/var/local/woven/set-up-by";
/**
* Woven removes what it added and the settings no longer list. With the settings of another repository or another role, that would
* be everything the first one needs. If nothing would be removed, the run goes on: a role may be renamed, and two repositories may
* list the same packages.
*/
function setUpBy({ distribution = "", role = "", packages, rules }) {
	const conflict = sh`conflict=
set_up_by=$(sed -n 1p ${file} 2>/dev/null) || set_up_by=
set_up_as=$(sed -n 2p ${file} 2>/dev/null) || set_up_as=
distribution=${distribution}
if [ -e ${file} ] && { [ "$set_up_as" != ${role} ] || { [ -n "$set_up_by" ] && [ -n "$distribution" ] && [ "$set_up_by" != "$distribution" ]; }; }; then
  ${askPackages("taken")} >"$run/would-remove"
  ${rules === void 0 ? sh`:` : sh`${askRules("unlisted")} >>"$run/would-remove"`}
  would_remove=$(awk '{ printf "%s%s", sep, $0; sep = ", " }' "$run/would-remove")
  [ -z "$would_remove" ] || conflict="this server was set up$([ -z "$set_up_by" ] || printf ' by %s' "$set_up_by")$([ -z "$set_up_as" ] || printf ' as %s' "$set_up_as"). These settings would remove: $would_remove"
fi`;
	return {
		id: "set-up-by",
		title: "Check which repository sets this server up",
		plan: "quiet",
		files: [listedPackages(packages), ...rules === void 0 ? [] : [listedRules(rules)]],
		check: sh`[ "$(cat ${file} 2>/dev/null)" = ${`${distribution}\n${role}`.trimEnd()} ]`,
		preview: sh`${conflict}
[ -z "$conflict" ] || detail "this would fail: $conflict"`,
		apply: sh`touch "$run/unchanged"
${conflict}
[ -z "$conflict" ] || fail "$conflict"
printf '%s\n' ${distribution} ${role} >"$run/set-up-by"
tool write ${file} 600 root root <"$run/set-up-by"`,
		state: "Nothing was changed.",
		next: `One repository sets a server up, as one role. Add what is named above to these settings. To set the server up with these settings from now on, run on it: sudo rm ${file}`
	};
}

// src/steps/setup-lock.ts
/** Held while a stage of setupnode runs (`Stage.lock`). Its content says who took it last. */
const setupLock = "/var/local/woven/.setupnode.lock";
/** Takes the lock, or fails and names its holder. Nothing has been changed by then. */
function takeSetupLock({ owner, run }, lock = setupLock) {
	const address = run ? ` (${run})` : "";
	return {
		id: "setup-lock",
		title: "Take the setup lock",
		plan: "quiet",
		usesLock: true,
		apply: sh`touch "$run/unchanged"
take_lock ${lock} 0.1 || fail "another setupnode is running on this server: $(cat ${lock})"
printf '%s, since %s%s\n' ${owner} "$(date -u +%H:%M:%S) UTC" ${address} >${lock}`,
		next: "This stage changed nothing. Wait until the other run has ended, then run setupnode again."
	};
}
/** Waits until the lock is free, at most `$1` seconds. It does not take the lock: another run may take it first. */
const awaitSetupLock = sh`umask 077; flock -w "$1" ${setupLock} true || :`;

// src/steps/sshd.ts
/**
* Configures sshd, and checks that it accepts the configuration (`sshd -t`, `sshd -T`) and listens. For most settings sshd takes the
* first value that it reads, and Debian's sshd_config reads its drop-ins first (sshd_config(5)); `Port` adds up.
*/
function sshd(access) {
	const placed = placeFiles({
		id: "sshd",
		title: `Configure SSH on ${access.ports.length === 1 ? "port" : "ports"} ${access.ports.join(" and ")}`
	}, [{
		path: "/etc/ssh/sshd_config.d/00-woven.conf",
		content: dropIn(access),
		mode: "600"
	}]);
	const socket = placeFiles({
		id: "sshd-socket",
		title: `Place ${socketFile}`
	}, [{
		path: socketFile,
		content: socketDropIn(access.ports)
	}]);
	const needsSocketFile = sh`systemctl is-active --quiet ssh.socket && [ ! -e /usr/lib/systemd/system-generators/sshd-socket-generator ] || [ -e ${socketFile} ]`;
	const reload = sh`systemctl daemon-reload
if systemctl is-active --quiet ssh.socket || systemctl is-failed --quiet ssh.socket; then systemctl stop ssh.service; systemctl restart ssh.socket; else systemctl reload-or-restart ssh.service; fi`;
	const verify = sh`tool sshd "$files/sshd.spec.json"`;
	return guarded({
		...placed,
		files: [
			...placed.files ?? [],
			...socket.files ?? [],
			verification(access)
		],
		check: sh`${placed.check ?? sh`:`}
if ${needsSocketFile}; then ${socket.check ?? sh`:`}; fi
${verify}`,
		apply: sh`${placed.apply}
if ${needsSocketFile}; then
  ${socket.apply}
fi
mkdir -p /run/sshd
sshd -t
${reload}
${verify}`,
		preview: sh`${placed.preview ?? sh`:`}
if ${needsSocketFile}; then ${socket.preview ?? sh`:`}; fi`,
		undo: sh`${placed.undo ?? sh`:`}
${socket.undo ?? sh`:`}
${reload}`,
		next: "The SSH server is as it was before. The error is above. Usually another configuration file of sshd sets the same option first. Change that file, and run setupnode again."
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
	return `# Managed by Woven: setupnode overwrites this file. For most settings, the first value that sshd reads counts.\n${[...ports, ...rest].join("")}`;
}
const socketFile = "/etc/systemd/system/ssh.socket.d/woven.conf";
/** `both`: one socket for IPv4 and IPv6, whatever net.ipv6.bindv6only says; without IPv6, for IPv4 alone (systemd.socket(5)). */
function socketDropIn(ports) {
	return `# Managed by Woven.\n[Socket]\nBindIPv6Only=both\nListenStream=\n${ports.map((port) => `ListenStream=${port}\n`).join("")}`;
}
/**
* What ssh_server.py checks: that the effective settings of sshd are the intended ones, that nothing keeps the deploy user from logging
* in with its key (a failed login would not say what), and that sshd or systemd listens on the ports.
*/
function verification(access) {
	const { user, ports, keysOnly, form } = access;
	const passwords = keysOnly && form === "final" ? ["passwordauthentication no", "kbdinteractiveauthentication no"] : [];
	const spec = {
		user,
		ports,
		settings: settings(access).map(([name, value]) => `${name.toLowerCase()} ${value}`),
		login: [
			"pubkeyauthentication yes",
			"forcecommand none",
			"chrootdirectory none",
			...passwords
		]
	};
	return {
		name: "sshd.spec.json",
		content: JSON.stringify(spec)
	};
}
/** Locks root's password. sshd already refuses root's keys (`PermitRootLogin no`). */
function lockRootPassword() {
	return guarded({
		id: "root-password",
		title: "Lock root's password",
		check: sh`[ "$(passwd -S root | cut -d' ' -f2)" = L ]`,
		apply: sh`passwd -ql root`,
		undo: sh`passwd -qu root || :`
	});
}

// src/steps/timezone.ts
const next = "Set timezone to a name from the tz database, such as Europe/Berlin or UTC. For old names, such as US/Eastern, add tzdata-legacy to extra-packages.";
/** Checks the name before the first change, if the node has the tz database by then. */
function checkTimezone$1(zone, packages) {
	return {
		id: "timezone-known",
		title: "Check the name of the time zone",
		plan: "runs",
		apply: sh`touch "$run/unchanged"
[ -e /usr/share/zoneinfo/UTC ] && [ ! -e ${`/usr/share/zoneinfo/${zone}`} ] || exit 0
for package in ${packages}; do [ "$package" != tzdata-legacy ] || exit 0; done
fail ${`timezone: this server does not know the time zone ${zone}`}`,
		state: "Nothing was changed.",
		next
	};
}
function timezone(zone) {
	return {
		id: "timezone",
		title: `Set the time zone to ${zone}`,
		check: sh`link=$(readlink /etc/localtime || echo zoneinfo/UTC)
[ "\${link##*zoneinfo/}" = ${zone} ]`,
		apply: sh`[ -e ${`/usr/share/zoneinfo/${zone}`} ] || fail ${`timezone: this server does not know the time zone ${zone}`}
tool link ${`/usr/share/zoneinfo/${zone}`} /etc/localtime
# Debian 12 and Ubuntu also have this file, for old programs.
[ ! -e /etc/timezone ] || echo ${zone} | tool write /etc/timezone 644 root root
detail ${zone}`,
		next
	};
}

// src/setup/setup-stages.ts
async function nodePlan(address, facts, settings, by = {}) {
	const { login, distribution, distributionName, hookEnv, workingDirectory } = settings;
	const module = distribution?.settingsModule.value;
	const root = distribution?.sourceRoot.value ?? ".";
	checkHookNames({ workingDirectory });
	return {
		address,
		packages: wantedPackages(address, settings),
		ufwRules: wantedRules(address, settings),
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
			waitForCloudInit(),
			installPython(),
			setUpBy({
				...around,
				packages,
				...setup.enableUfw ? { rules: ufwRules } : {}
			}),
			...checkDeployFiles(places),
			...setup.timezone === void 0 ? [] : [checkTimezone$1(setup.timezone, packages)],
			allowServiceStarts("before"),
			finishDpkg(),
			...packageRepositories(setup.packageRepositories),
			refreshPackageLists(packages),
			checkPackageNames(packages),
			checkPackageConflicts(packages),
			upgradePackages(),
			installPackages(packages, hookedPackages(packages, places)),
			allowServiceStarts("after"),
			forgetRemovedPackages(packages),
			removePackages(packages),
			...deployUser(address.user, keys),
			...setup.timezone === void 0 ? [] : [timezone(setup.timezone)],
			...serversWith(packages).flatMap((server) => server.setUp(setup)),
			...etcTemplates(etcOf(plan, settings, "others")),
			...packages.includes("nginx") ? [...nginx(shared), ...renewCertificates(settings.tls)] : [],
			...packageHooks(packages, places, around),
			...access$1(plan, settings, form),
			checkReboot(),
			reportGuard()
		]
	});
}
/** Closes the old way in, over a login by the new one. */
function closeStage(plan, settings) {
	return setupOnly(plan, {
		name: "close",
		undoes: "step",
		files: [guardFile()],
		steps: [...access$1(plan, settings, "final"), reportGuard()]
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
		extendGuard(),
		...own,
		...doors,
		...form === "final" && setup.disableRoot ? [lockRootPassword()] : []
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
		packages,
		old_nginx: osVersion === "22.04"
	};
}

// src/setup/ssh-access.ts
/** Failures of the final login that are normal before the first setup. Any other one, above all a wrong host key, ends the run. */
const normalBeforeSetup = [
	"connect-refused",
	"connect-timeout",
	"connect-reset",
	"login-refused"
];
/** Access to one node by its final login, or by its initial login while the final one does not work yet. */
var SshAccess = class {
	address;
	target;
	host;
	/** Whether the login in use is the final one. */
	usesFinalLogin = false;
	/** The node's host keys, read over the first connection. Its other port has the same keys. */
	trusted = [];
	#runtime;
	#initial;
	#onlyFinal = false;
	/** Why the final login is of no use yet, although the node accepts it. */
	#finalUnusable;
	constructor(address, { login }, runtime) {
		this.address = address;
		this.#runtime = runtime;
		this.target = {
			user: address.user,
			host: address.host,
			port: address.port ?? login.sshPort
		};
		this.#initial = {
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
	/** Forgets which login works: another run may have changed it. */
	async reset() {
		await this.host.drop();
		this.usesFinalLogin = false;
		this.#onlyFinal = false;
		this.#finalUnusable = void 0;
	}
	/** Changes to the initial login because the final one is of no use (`reason`). Throws, with the failures of both, if it fails too. */
	async useInitialLogin(reason) {
		await this.host.drop();
		const { user, port } = this.#initial;
		if (user === this.target.user && port === this.target.port) throw reason;
		this.usesFinalLogin = false;
		this.#finalUnusable = reason;
		await this.host.session();
	}
	/** Logs in again by the final login, and by no other, and checks sudo. Throws if that fails; then the old access stays open. */
	async useFinalLogin() {
		await this.host.drop();
		this.#onlyFinal = true;
		this.#finalUnusable = void 0;
		try {
			await this.host.root(sh`:`);
		} catch (error) {
			if (!(error instanceof WovenError)) throw error;
			const { user, port } = this.target;
			const cannot = error.code === "no-sudo" ? `logs in on port ${port} but gets no sudo` : `cannot log in on port ${port}`;
			throw new WovenError({
				...error.details,
				message: `${user} ${cannot}, so the old SSH access stays open: ${error.message}`,
				next: `${this.#advice(error)} Within three minutes the server undoes the change. Then run setupnode again.`,
				cause: error
			});
		}
	}
	#advice({ code, details }) {
		if (code === "no-sudo") return `For sudo, the last rule that matches counts. List the rules with \`sudo -l -U ${this.target.user}\`, and remove what follows Woven's.`;
		if (!code.startsWith("connect-")) return details.next ?? "";
		return `Usually a firewall of the provider blocks port ${this.target.port}. Open the port there, or set ssh-port.`;
	}
	async #connect(until) {
		if (this.#finalUnusable) return this.#connectInitial(this.#finalUnusable, until);
		try {
			const session = await this.#runtime.connect(this.target, this.trusted, until);
			this.usesFinalLogin = true;
			return session;
		} catch (error) {
			if (this.#onlyFinal || !(error instanceof WovenError && this.#isNormalBeforeSetup(error))) throw error;
			return this.#connectInitial(error, until);
		}
	}
	/** A host key may be pinned for the initial port alone: over that port, the node then reports its keys for the other one. */
	#isNormalBeforeSetup({ code }) {
		return normalBeforeSetup.includes(code) || code === "host-key-unknown" && this.#initial.port !== this.target.port;
	}
	async #connectInitial(finalError, until) {
		const { user, host, port } = this.#initial;
		const why = isUnusable(finalError) ? "cannot become root" : `cannot log in on port ${this.target.port}`;
		this.#runtime.log.remote(host, `${this.target.user} ${why} yet; trying ${user} on port ${port}`);
		this.#runtime.log.debug(finalError.message);
		try {
			return await this.#runtime.connect(this.#initial, [], until);
		} catch (initialError) {
			if (!(initialError instanceof WovenError)) throw initialError;
			const initialOnFinalPort = {
				user,
				host,
				port: this.target.port
			};
			if ((finalError.code === "login-refused" || isUnusable(finalError)) && port !== this.target.port && normalBeforeSetup.includes(initialError.code)) {
				const session = await this.#runtime.connect(initialOnFinalPort, this.trusted, until).catch(() => void 0);
				if (session) return session;
			}
			throw bothFailed(initialError, finalError);
		}
	}
};
/** The node accepts the login, but the user cannot become root or run a command. */
function isUnusable({ code }) {
	return [
		"no-sudo",
		"facts",
		"login-runs-nothing"
	].includes(code);
}
/** Reports both failures, first the one of the login that came closer: only the reader knows which one should have worked. */
function bothFailed(initialError, finalError) {
	const unusable = isUnusable(finalError);
	if (unusable || finalError.code === "host-key-unknown" && normalBeforeSetup.includes(initialError.code)) {
		const message = `${finalError.message}. The server's first account cannot log in either: ${initialError.message}`;
		const next = unusable ? initialError.details.next : finalError.details.next;
		return new WovenError({
			...finalError.details,
			message,
			next,
			cause: finalError
		});
	}
	const message = `${initialError.message}. The deploy user cannot log in either: ${finalError.message}`;
	return new WovenError({
		...initialError.details,
		message,
		cause: initialError
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
* Sets up one node. The first stage opens the new SSH access beside the old one. A login by the new access proves it, and the second
* stage closes the old one. One more login proves that; if it fails, the node undoes the change by itself.
*/
async function setUp(node, access, settings, runtime) {
	const { plan, isFinal, first } = await underLock(node, runtime, async () => {
		await access.reset();
		const facts = await readFactsOver(access);
		checkSystem(facts, node.host.name);
		const { host, port } = access.target;
		access.trusted = facts.hostKeys.map((key) => knownHostsLine(host, port, key));
		const plan = await nodePlan(access.address, facts, settings, runtime.by);
		const isFinal = access.usesFinalLogin || settings.dryRun;
		return {
			plan,
			isFinal,
			first: await node.stage(setupStage(plan, settings, isFinal ? "final" : "opening"))
		};
	});
	const hostKeys = access.trusted;
	const last = isFinal ? first : await closeOldAccess(node, access, plan, settings, runtime);
	const change = settings.dryRun ? "" : unprovedChange(last);
	if (change) await proveChange(node, access, change);
	const hook = hookStage(plan);
	if (hook) await stageUnderLock(node, runtime, hook);
	node.knownHosts = hostKeys;
}
async function closeOldAccess(node, access, plan, settings, runtime) {
	await access.useFinalLogin();
	return await stageUnderLock(node, runtime, closeStage(plan, settings));
}
/** Reads the facts of the node. If the deploy user can log in but cannot become root yet, reads them over the initial login. */
async function readFactsOver(access) {
	try {
		return await readFacts(access.host, {});
	} catch (error) {
		if (!(error instanceof WovenError && [
			"no-sudo",
			"facts",
			"login-runs-nothing"
		].includes(error.code) && access.usesFinalLogin)) throw error;
		await access.useInitialLogin(error);
		return await readFacts(access.host, {});
	}
}
/** How many seconds to wait for another setupnode on the node: long enough for the last stage of a run whose runner has died. */
const lockTimeout = 60;
function stageUnderLock(node, runtime, stage) {
	return underLock(node, runtime, () => node.stage(stage));
}
/** Runs `work`. If another setupnode has the lock, waits until that run has ended, and runs `work` again from the start. */
async function underLock(node, runtime, work) {
	const deadline = runtime.now() + lockTimeout * 1e3;
	for (;;) {
		const stepsBefore = node.steps.length;
		try {
			return await work();
		} catch (error) {
			const left = Math.ceil((deadline - runtime.now()) / 1e3);
			if (!(error instanceof StageError && error.details.step === "setup-lock") || left <= 0) throw error;
			node.steps.length = stepsBefore;
			runtime.log.remote(node.host.name, `${error.details.output?.trim()}. Waiting for it, at most ${left} s`);
			await node.host.root(awaitSetupLock, {
				args: [String(left)],
				timeoutSeconds: left + 30
			});
		}
	}
}
/** The change that the node undoes unless a login proves it; empty if there is none. */
function unprovedChange({ data }) {
	return (data.get("guard") ?? "").trim();
}
/** Logs in again by the final login, with sudo, as a deploy does. That proves the change, and the node keeps it. */
async function proveChange(node, access, change) {
	await access.useFinalLogin();
	const { code, stderr } = await node.host.root(proveAccess, {
		args: [change],
		timeoutSeconds: 300
	});
	if (code === 0) return;
	const name = node.host.name;
	throw new WovenError({
		...code === 3 ? {
			code: "overtaken",
			message: `another setupnode is running on ${name}. It took over this run's change of SSH access before a login had proved the change`,
			state: "The other run proves the change, or the server undoes it.",
			next: "Wait until that run has ended, then run setupnode again."
		} : {
			code: "access-not-proved",
			message: `${name} has undone the change of SSH access: ${stderr.trim()}`,
			state: "The old SSH access is open.",
			next: "Run setupnode again."
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

// src/node/unit-states.ts
const show = sh`export LC_ALL=C TZ=UTC
systemctl show -p Id -p ActiveState -p NRestarts -p Result -p ExecMainStatus -p ExecMainStartTimestamp -p ExecMainExitTimestamp -p NextElapseUSecRealtime -- "$@"`;
/** The states of these units, by their names. */
async function readUnitStates(host, units) {
	if (units.length === 0) return /* @__PURE__ */ new Map();
	const { stdout } = await host.root(show, {
		purpose: "units",
		args: units,
		timeoutSeconds: 60
	});
	return parseUnitStates(stdout);
}
/** The output of `systemctl show`: a block of `Name=value` for each unit. */
function parseUnitStates(text) {
	return new Map(text.split(/\n{2,}/).flatMap((block) => {
		const fields = new Map([...block.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]));
		const id = fields.get("Id");
		return id === void 0 ? [] : [[id, stateOf((name) => fields.get(name) ?? "")]];
	}));
}
function stateOf(field) {
	const times = {
		started: time(field("ExecMainStartTimestamp")),
		ended: time(field("ExecMainExitTimestamp")),
		nextRun: time(field("NextElapseUSecRealtime"))
	};
	const known = Object.fromEntries(Object.entries(times).filter(([, value]) => value !== void 0));
	return {
		active: /^[a-z-]+$/.exec(field("ActiveState"))?.[0] ?? "unknown",
		restarts: Number(/^\d+$/.exec(field("NRestarts"))?.[0] ?? 0),
		result: /^[a-z-]+$/.exec(field("Result"))?.[0] ?? "success",
		...times.ended === void 0 ? {} : { exit: Number(/^\d+$/.exec(field("ExecMainStatus"))?.[0] ?? 0) },
		...known
	};
}
/** `Mon 2026-11-30 12:36:47 UTC` without the weekday and the zone. */
function time(text) {
	return /\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}/.exec(text)?.[0];
}

// src/commands/status.ts
async function status(settings, runtime) {
	await using nodes = fleet(settings, runtime);
	const { distributionName } = settings;
	await nodes.phase(async (node) => {
		const facts = await (distributionName ? distributionFacts(node.host, distributionName.value, settings) : readFacts(node.host));
		node.liveAtStart(activeRelease(facts.state)?.version);
		const live = activeRelease(facts.state);
		const units = backgroundOf(live?.services ?? []).flatMap((service) => service.units);
		const states = await readUnitStates(node.host, [...units, ...startedBy(units)]);
		node.text = describeNode(facts, runtime.now(), states);
		const certificate = live && certificateState(live, facts, runtime.now());
		if (certificate?.state === "ending") runtime.log.warning(`${node.host.name}: ${certificate.text}`);
		runtime.log.remote(node.host.name, node.text);
	});
	return runReport(nodes, settings, runtime);
}
/** Text for a terminal: a line about the node, a line for each version, the last events. */
function describeNode(facts, now, units = /* @__PURE__ */ new Map()) {
	const { os, osVersion, machine, python, diskFree, state } = facts;
	const about = `${os} ${osVersion} (${machine}), Python ${python ?? "none"}, ${(diskFree / 2 ** 30).toFixed(1)} GiB free`;
	if (!state) return about;
	const active = activeRelease(state);
	const previous = rollbackTarget(state);
	const { attempts = [] } = state;
	const releases = state.releases.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt)).flatMap((release) => {
		const marks = [
			...release.interpreter === void 0 ? [] : [`Python ${release.python}`],
			...release.patched ? ["patched"] : [],
			...release.healthy ? [] : ["not proved healthy: its health check failed, or was interrupted"],
			...release === active ? ["live"] : [],
			...release === previous ? ["rollback switches to it"] : []
		];
		return [[`${release === active ? "*" : " "} ${release.version.padEnd(16)} ${minute(release.createdAt)}`, ...marks].join("  "), ...release === active ? [...services(release, facts, units), ...certificate(release, facts, now)] : []];
	});
	const events = [...state.history.slice(-5).map(eventLine), ...attempts.slice(-3).map(attemptLine)].toSorted();
	const running = state.lease ? [`working now: ${state.lease.owner}, ${state.lease.command}`] : [];
	return [
		about,
		...releases.length > 0 ? releases : ["  no versions"],
		...events.length > 0 ? ["recent:", ...events] : [],
		...running
	].join("\n");
}
function eventLine({ at, event, version, previous: before, actor }) {
	return `${`  ${minute(at)}  ${event} ${version}`}${before ? ` (before: ${before})` : ""}${actor ? ` by ${actor}` : ""}`;
}
/** The titles of the steps that fail because of the project. An attempt has only the id. */
const stepTitles = {
	virtualenv: "Install packages from the bundle",
	django: "Run Django's checks",
	migrate: "Migrate the database",
	start: "Start the release",
	health: "Check health before the switch",
	switch: "Switch",
	verify: "Check health as a visitor"
};
/** `  2026-01-02 12:34  deploy 1.2 failed at "Migrate the database" by ada` */
function attemptLine({ at, command, release, step, end, actor }) {
	const what = [command, ...release ? [release] : []].join(" ");
	return `  ${minute(at)}  ${what} ${end === "failed" ? "failed" : "was cancelled"}${step ? ` at "${stepTitles[step] ?? step}"` : ""} by ${actor}`;
}
/** A line for each service of the live release. */
function services({ services }, { running }, states) {
	return services.flatMap((service) => {
		const { name, kind, server, units } = service;
		if (kind === "process") return units.map((unit, index) => worker$1(service, states.get(unit), index));
		if (kind === "schedule") return [schedule$1(service, states)];
		const down = units.filter((unit) => !running.includes(unit));
		return [`    ${name} (${server}): ${down.length === 0 ? "running" : `not running: ${down.join(", ")}`}`];
	});
}
function certificate(release, facts, now) {
	const found = certificateState(release, facts, now);
	return found ? [`    ${found.text}`] : [];
}
/** `worker 2 of 3: running, 0 restarts` */
function worker$1({ name, units }, state, index) {
	const which = units.length > 1 ? ` ${index + 1} of ${units.length}` : "";
	const restarts = `${state?.restarts ?? 0} ${state?.restarts === 1 ? "restart" : "restarts"}`;
	return `    ${name}${which}: ${[
		state?.active === "active" ? "running" : `not running (${state?.active ?? "unknown"})`,
		restarts,
		...state?.ended === void 0 ? [] : [`last exit ${minute(state.ended)} (${outcome(state)})`]
	].join(", ")}`;
}
/** `clearsessions: next run 2026-01-02 00:00, last run 2026-01-01 00:00 (ok)`, in UTC. */
function schedule$1({ name, units }, states) {
	const [timer = ""] = units;
	const clock = states.get(timer);
	const [run = ""] = startedBy([timer]);
	const last = states.get(run);
	if (clock?.active !== "active") return `    ${name}: not scheduled (${clock?.active ?? "unknown"})`;
	if (last?.active === "activating") return `    ${name}: running now`;
	return `    ${name}: ${clock.nextRun === void 0 ? "no next run" : `next run ${minute(clock.nextRun)}`}, ${last?.ended === void 0 ? unknownRun : `last run ${minute(last.started ?? last.ended)} (${outcome(last)})`}`;
}
/** systemd keeps the end of a run until the server is rebooted. */
const unknownRun = "no run since the switch or the last boot";
function outcome({ result, exit = 0 }) {
	if (result === "success" && exit === 0) return "ok";
	if (result === "success" || result === "exit-code") return `exit status ${exit}`;
	return result === "signal" ? `signal ${exit}` : result;
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
	status,
	remove
};
async function runCommand(settings, runtime) {
	try {
		return await commands[settings.command](settings, runtime);
	} catch (error) {
		const { command, dryRun, distributionName, version } = settings;
		return {
			command,
			...distributionName ? { distribution: distributionName.value } : {},
			...version === void 0 ? {} : { version },
			dryRun,
			seconds: (runtime.now() - runtime.started) / 1e3,
			nodes: [],
			found: foundValues(settings),
			error: asWovenError(error)
		};
	}
}
/** Whether the run succeeded on every node. */
function succeeded({ error, nodes }) {
	return error === void 0 && nodes.every(({ status }) => status === "ok");
}

// src/secret-forms.ts
/** Masking shorter pieces would garble ordinary text and hide nothing. */
const shortest$1 = 4;
/** The first or last line of a PEM or OpenSSH key. */
const armour = /^-----(BEGIN|END) [A-Z0-9 ]+-----$/;
/** The secret whole, trimmed and line by line: each is a secret by itself. */
function valuesOf(secret) {
	const whole = [
		secret,
		secret.trim(),
		secret.replaceAll("\r\n", "\n"),
		secret.replaceAll("\r\n", "\n").trim()
	];
	const lines = secret.split(/\r\n|\n|\r|\\n/).flatMap((line) => [line, line.trim()]);
	return [.../* @__PURE__ */ new Set([...whole, ...lines])].filter((value) => value.trim().length >= 4 && !armour.test(value.trim()));
}
/**
* Base64 of the value, also after one or two other bytes, as in `Basic base64(user:password)`. Includes the lines of 76 or 64
* characters that base64(1) and MIME make of a long value.
*/
function base64Forms(value) {
	const bytes = Buffer.from(value);
	const forms = [
		0,
		1,
		2
	].map((before) => {
		return Buffer.concat([Buffer.alloc(before), bytes]).toString("base64").slice(before === 0 ? 0 : before + 1).replace(/.?=+$/, "");
	});
	const lines = [76, 64].flatMap((width) => forms[0]?.match(new RegExp(`.{1,${width}}`, "g")) ?? []);
	return [.../* @__PURE__ */ new Set([...forms, ...lines])].filter((form) => form.length >= 6);
}
/** Forms that other programs are likely to print. Only the runner masks their output, and it looks for exact texts. */
function formsForRunner(secret) {
	const forms = valuesOf(secret).flatMap((value) => [
		value,
		...base64Forms(value).flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]),
		...inUrls(value),
		...inQuotes(value),
		...inHtml(value),
		value.replaceAll("'", `'\\''`),
		value.replaceAll("'", `'"'"'`),
		Buffer.from(value).toString("hex")
	]);
	return [...new Set(forms)].filter((form) => form.trim().length >= 4);
}
/** As JavaScript's encodeURIComponent, and Python's quote, quote with nothing safe, and quote_plus. */
function inUrls(value) {
	const plain = encodeURIComponent(value.toWellFormed());
	const all = plain.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
	return [
		plain,
		all,
		all.replaceAll("%2F", "/"),
		all.replaceAll("%20", "+")
	];
}
/** As JSON, JSON in ASCII, and Python's repr. */
function inQuotes(value) {
	const json = JSON.stringify(value).slice(1, -1);
	const ascii = json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
	const repr = json.replaceAll("\\\"", "\"");
	return [
		json,
		ascii,
		repr,
		repr.replaceAll("'", "\\'")
	];
}
/** As Django and Python escape, and as Jinja does. */
function inHtml(value) {
	const tags = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
	return [tags.replaceAll("\"", "&quot;").replaceAll("'", "&#x27;"), tags.replaceAll("\"", "&#34;").replaceAll("'", "&#39;")];
}

// src/encoded-pieces.ts
/** Pieces of six bytes: 8 digits of base64 or 12 of hexadecimal. Shorter ones also stand in ordinary text, by chance. */
const pieceBits = 48;
const half = 2 ** (pieceBits / 2);
/** What a character is in a run of digits: its value, or one of these. */
const noDigit = -1;
const separator = -2;
function notation(bits, alphabets, separators) {
	const digits = (/* @__PURE__ */ new Int8Array(128)).fill(noDigit);
	for (const alphabet of alphabets) for (let value = 0; value < alphabet.length; value++) digits[alphabet.charCodeAt(value)] = value;
	for (const one of separators) digits[one.charCodeAt(0)] = separator;
	return {
		bits,
		digits
	};
}
const letters$1 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** With both alphabets (RFC 4648, 4 and 5). */
const base64 = notation(6, [`${letters$1}+/`, `${letters$1}-_`], "");
const hexadecimal = notation(4, ["0123456789abcdef", "0123456789ABCDEF"], " :,-");
/** The work for a text is proportional to its length, however many pieces are known. */
var EncodedPieces = class {
	#base64 = new Pieces(base64);
	#hexadecimal = new Pieces(hexadecimal);
	add(value) {
		for (const form of base64Forms(value)) this.#base64.add(form, 1);
		const bytes = Buffer.from(value);
		this.#hexadecimal.add(bytes.toString("hex"), 2);
		for (const from of [0, 1]) {
			const words = Buffer.from(bytes.subarray(from, bytes.length - (bytes.length - from) % 2));
			this.#hexadecimal.add(words.swap16().toString("hex"), 4);
		}
	}
	/**
	* Where they are, by their starts. `read` gives all readings of an escape, or none if the work becomes too much: then the last span is
	* the rest of the text.
	*/
	spansIn(text, read) {
		const inBase64 = new Run(this.#base64);
		const inHexadecimal = new Run(this.#hexadecimal);
		let at = 0;
		for (let next = symbolAt(text, at, read); next !== void 0 && at < text.length; next = symbolAt(text, at, read)) {
			const { value, end } = next;
			inBase64.push(value, {
				start: at,
				end
			});
			if (isLineBreak(value)) inHexadecimal.push(value, {
				start: at,
				end
			});
			else for (let raw = at; raw < end; raw++) inHexadecimal.push(text.charCodeAt(raw), {
				start: raw,
				end: raw + 1
			});
			at = end;
		}
		const found = [...inBase64.found, ...inHexadecimal.found.map((span) => withColumn(text, span))];
		if (at < text.length) found.push({
			start: at,
			end: text.length
		});
		return found.sort((one, other) => one.start - other.start);
	}
};
const lineFeed = 10;
const carriageReturn = 13;
const isLineBreak = (unit) => unit === lineFeed || unit === carriageReturn;
const isBlank = (unit) => unit === 32 || unit === 9;
/** What begins an escape for a line break or a digit that is no letter: `\n`, `%2B`, `&#43;`. */
const escapes = new Set([
	"%",
	"&",
	"\\"
].map((one) => one.charCodeAt(0)));
const escaped = new Set([..."+/-_\r\n"].map((one) => one.charCodeAt(0)));
const equals$1 = 61;
/** The character here, or the one for which an escape stands. Nothing if it cannot be read. */
function symbolAt(text, at, read) {
	const unit = text.charCodeAt(at);
	const plain = {
		value: unit,
		end: at + 1
	};
	if (unit === equals$1 && isLineBreak(text.charCodeAt(at + 1))) return {
		...plain,
		value: carriageReturn
	};
	if (!escapes.has(unit)) return plain;
	const readings = read(at);
	if (readings.length === 0) return void 0;
	return readings.reduce((last, next) => escaped.has(next.value) && next.end >= last.end ? next : last, plain);
}
/** The rest of a line of a dump: more bytes, and the column that shows them as text. */
const column = /(?: {0,2}[0-9a-f]{2}){0,64} {2,128}[^\s].{0,127}$/imy;
function withColumn(text, span) {
	column.lastIndex = span.end;
	return column.test(text) ? {
		start: span.start,
		end: column.lastIndex
	} : span;
}
/** Pieces as numbers, so that a run of digits can be compared at each digit. */
var Pieces = class {
	notation;
	#known = /* @__PURE__ */ new Set();
	/** Marks by the last bits of each piece: most places need no look into the set. */
	#marks = new Uint8Array(1 << 18);
	constructor(notation) {
		this.notation = notation;
	}
	/** Adds the pieces that begin at every `step`th digit. */
	add(digits, step) {
		const { bits, digits: values } = this.notation;
		const length = pieceBits / bits;
		for (let start = 0; start + length <= digits.length; start += step) {
			let piece = 0;
			for (let at = start; at < start + length; at++) piece = piece * 2 ** bits + (values[digits.charCodeAt(at)] ?? 0);
			this.#known.add(piece);
			this.#marks[piece % this.#marks.length] = 1;
		}
	}
	has(high, low) {
		return this.#marks[low % this.#marks.length] === 1 && this.#known.has(high * half + low);
	}
};
/** The last digits that were read, across a line break with its indentation or a separator. */
var Run = class {
	found = [];
	#pieces;
	/** Where each of the last digits begins. */
	#starts;
	#length = 0;
	#high = 0;
	#low = 0;
	#gap = "none";
	constructor(pieces) {
		this.#pieces = pieces;
		this.#starts = new Array(pieceBits / pieces.notation.bits).fill(0);
	}
	push(unit, { start, end }) {
		const digit = this.#pieces.notation.digits[unit] ?? noDigit;
		if (digit < 0) {
			if (this.#length > 0) this.#separate(unit, digit);
			return;
		}
		const { bits } = this.#pieces.notation;
		this.#gap = "none";
		this.#high = (this.#high << bits | this.#low >>> pieceBits / 2 - bits) % half;
		this.#low = (this.#low << bits | digit) % half;
		this.#starts[this.#length++ % this.#starts.length] = start;
		if (this.#length < this.#starts.length || !this.#pieces.has(this.#high, this.#low)) return;
		const from = this.#starts[this.#length % this.#starts.length] ?? start;
		const last = this.found.at(-1);
		if (last !== void 0 && from <= last.end) last.end = end;
		else this.found.push({
			start: from,
			end
		});
	}
	/** A run goes on after one line break and its indentation, or after up to two separators. */
	#separate(unit, digit) {
		if (unit === carriageReturn || this.#gap === "indentation" && isBlank(unit)) return;
		if (unit === lineFeed && this.#gap !== "indentation") this.#gap = "indentation";
		else if (digit === separator && this.#gap === "none") this.#gap = "one";
		else if (digit === separator && this.#gap === "one") this.#gap = "two";
		else this.#length = 0;
	}
};

// src/escapes.ts
/** How deep nested escapes are read, such as `%2525` or `\\\\"`. */
const deepest$1 = 8;
const percent = 37;
const ampersand = 38;
const apostrophe = 39;
const plus = 43;
const equals = 61;
const backslash = 92;
/** Characters that may begin an escape, or that are written twice. */
const leads = /* @__PURE__ */ new Uint8Array(128);
for (const code of [
	percent,
	ampersand,
	apostrophe,
	plus,
	equals,
	backslash,
	34,
	36
]) leads[code] = 1;
/** Whether this unit may begin an escape. All other units have one reading. */
function isLead(unit) {
	return unit < 128 && leads[unit] === 1;
}
/** All readings at `at`. None at the end of the text. */
function readingsAt(text, at) {
	const unit = text.charCodeAt(at);
	if (Number.isNaN(unit)) return [];
	const readings = [{
		value: unit,
		end: at + 1
	}];
	if (!isLead(unit)) return readings;
	if (text.charCodeAt(at + 1) === unit) readings.push({
		value: unit,
		end: at + 2
	});
	switch (unit) {
		case plus:
			readings.push({
				value: 32,
				end: at + 1
			});
			break;
		case apostrophe:
			readShellQuote(text, at, readings);
			break;
		case percent:
			readPercent(text, at, readings);
			break;
		case ampersand:
			readEntity(text, at, readings);
			break;
		case equals:
			readQuotedPrintable(text, at + 1, readings);
			break;
		case backslash: readSlashes(text, at + 1, readings);
	}
	return readings;
}
/** `'\''` and `'"'"'`, also with escaped quotes. */
const shellQuote = /'(?:\\{1,16}''|\\{0,16}"'\\{0,16}"')/y;
function readShellQuote(text, at, readings) {
	shellQuote.lastIndex = at;
	if (shellQuote.test(text)) readings.push({
		value: apostrophe,
		end: shellQuote.lastIndex
	});
}
/** `%2F`, `%252F`, and JavaScript's old `%u002F`. A `%25` is a percent sign, or the start of an escape that was encoded again. */
function readPercent(text, at, readings) {
	let start = at + 1;
	for (let depth = 0; depth < deepest$1 && hex(text, start, 2) === percent; depth++) {
		start += 2;
		readings.push({
			value: percent,
			end: start
		});
	}
	const wide = (text.charCodeAt(start) | 32) === 117;
	const value = wide ? hex(text, start + 1, 4) : hex(text, start, 2);
	const end = start + (wide ? 5 : 2);
	if (value < 0 || value === percent) return;
	readings.push({
		value,
		end
	});
	if (value === backslash) readSlashes(text, end, readings);
}
/** Named references to ASCII (https://html.spec.whatwg.org/multipage/named-characters.html), and `nbsp`. */
const names = new Map(Object.entries({
	"	": "Tab",
	"\n": "NewLine",
	"!": "excl",
	"\"": "quot QUOT",
	"#": "num",
	$: "dollar",
	"%": "percnt",
	"&": "AMP",
	"'": "apos",
	"(": "lpar",
	")": "rpar",
	"*": "ast midast",
	"+": "plus",
	",": "comma",
	".": "period",
	"/": "sol",
	":": "colon",
	";": "semi",
	"<": "lt LT",
	"=": "equals",
	">": "gt GT",
	"?": "quest",
	"@": "commat",
	"[": "lsqb lbrack",
	"\\": "bsol",
	"]": "rsqb rbrack",
	"^": "Hat",
	_: "lowbar UnderBar",
	"`": "grave DiacriticalGrave",
	"{": "lcub lbrace",
	"|": "verbar vert VerticalLine",
	"}": "rcub rbrace",
	"\xA0": "nbsp NonBreakingSpace"
}).flatMap(([character, all]) => all.split(" ").map((name) => [name, character.charCodeAt(0)])));
const entity = /#(\d{1,7});|#[xX]([0-9a-fA-F]{1,6});|([A-Za-z]{2,16});/y;
/** `&lt;`, `&amp;lt;`, `&#60;`. An `&amp;` is an ampersand, or the start of an escape that was encoded again. */
function readEntity(text, at, readings) {
	let start = at + 1;
	for (let depth = 0; depth < deepest$1 && text.startsWith("amp;", start); depth++) {
		start += 4;
		readings.push({
			value: ampersand,
			end: start
		});
	}
	entity.lastIndex = start;
	const [found, decimal, hexadecimal, name] = entity.exec(text) ?? [];
	if (found === void 0) return;
	const number = decimal === void 0 ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
	const value = name === void 0 ? number : names.get(name);
	if (value !== void 0) readings.push({
		value,
		end: start + found.length
	});
}
const softLineBreak = /\r?\n/y;
/** `=3D`, and the characters after a soft line break (RFC 2045, 6.7). */
function readQuotedPrintable(text, from, readings) {
	const value = hex(text, from, 2);
	if (value >= 0) readings.push({
		value,
		end: from + 2
	});
	softLineBreak.lastIndex = from;
	if (!softLineBreak.test(text)) return;
	const start = softLineBreak.lastIndex;
	const unit = text.charCodeAt(start);
	if (Number.isNaN(unit)) return;
	readings.push({
		value: unit,
		end: start + 1
	});
	const escaped = unit === equals ? hex(text, start + 1, 2) : -1;
	if (escaped >= 0) readings.push({
		value: escaped,
		end: start + 3
	});
}
/** One or more backslashes and the character after them, which may itself be escaped in another way. */
function readSlashes(text, from, readings) {
	readings.push({
		value: backslash,
		end: from
	});
	let start = from;
	for (let depth = 1; depth < deepest$1 && text.charCodeAt(start) === backslash; depth++) {
		start += 1;
		readings.push({
			value: backslash,
			end: start
		});
	}
	const unit = text.charCodeAt(start);
	if (unit === percent && readings.length < 32) readPercent(text, start, readings);
	else if (unit === ampersand) readEntity(text, start, readings);
	if (!Number.isNaN(unit)) readings.push({
		value: unit,
		end: start + 1
	});
	readEscaped(text, start, readings);
}
const letters = /* @__PURE__ */ new Map([
	["n", 10],
	["r", 13],
	["t", 9],
	["b", 8],
	["f", 12],
	["v", 11],
	["a", 7],
	["e", 27],
	["0", 0]
]);
const octal = /[0-3][0-7]{2}/y;
const braced = /\{([0-9a-fA-F]{1,6})\}/y;
/** `x2f`, `u002F`, `u{2f}`, `U0000002f`, `057`, `n`, each after a backslash. */
function readEscaped(text, start, readings) {
	const letter = text[start] ?? "";
	const digits = {
		x: 2,
		u: 4,
		U: 8
	}[letter];
	if (digits !== void 0) {
		const value = hex(text, start + 1, digits);
		if (value >= 0) readings.push({
			value,
			end: start + 1 + digits
		});
	}
	if (letter === "u") pushMatch(braced, {
		text,
		at: start + 1,
		base: 16
	}, readings);
	const plain = letters.get(letter);
	if (plain !== void 0) readings.push({
		value: plain,
		end: start + 1
	});
	pushMatch(octal, {
		text,
		at: start,
		base: 8
	}, readings);
}
function pushMatch(pattern, { text, at, base }, readings) {
	pattern.lastIndex = at;
	const found = pattern.exec(text);
	if (found) readings.push({
		value: Number.parseInt(found[1] ?? found[0], base),
		end: pattern.lastIndex
	});
}
/** The number that exactly `length` hexadecimal digits give, or -1. */
function hex(text, at, digits) {
	let value = 0;
	for (let index = at; index < at + digits; index++) {
		const digit = hexDigit(text.charCodeAt(index));
		if (digit < 0) return -1;
		value = value * 16 + digit;
	}
	return value;
}
function hexDigit(code) {
	if (code >= 48 && code <= 57) return code - 48;
	const small = code | 32;
	return small >= 97 && small <= 102 ? small - 87 : -1;
}

// src/mask.ts
/**
* Masks 1 MB of text in a fraction of a second, even with many secrets: most places are skipped after a check of three units. Adds its
* steps to `work`: at most `mostSteps` for each text.
*/
function createMasker(work = { steps: 0 }) {
	const forms = /* @__PURE__ */ new Set();
	const patterns = new Patterns();
	const encoded = new EncodedPieces();
	return {
		add(secret) {
			for (const value of valuesOf(secret)) {
				for (const piece of piecesOf(value)) patterns.add(piece, "text");
				for (const form of base64Forms(value)) if (form.length < 8) patterns.add(form, "base64");
				if (Buffer.byteLength(value) < 6) patterns.add(Buffer.from(value).toString("hex"), "hex");
				encoded.add(value);
			}
			const fresh = formsForRunner(secret).filter((form) => !forms.has(form));
			for (const form of fresh) forms.add(form);
			return fresh;
		},
		hide: (text) => patterns.size === 0 ? text : hidden(text, {
			patterns,
			encoded,
			work
		})
	};
}
/** A piece of a secret of this length is masked everywhere, even if the rest was cut off. */
const pieceLength = 64;
/** The text itself if it is short. Else consecutive pieces, the last one up to its end. */
function piecesOf(text) {
	const points = Array.from(text);
	if (points.length <= 128) return [text];
	return [...Array.from({ length: Math.floor(points.length / pieceLength) }, (_, index) => index * pieceLength), points.length - pieceLength].map((start) => points.slice(start, start + pieceLength).join("")).filter((piece) => piece.trim().length >= 4);
}
/** Extends a masked part if another secret, or a piece of one, begins inside it or right after it. */
function hidden(text, { patterns, encoded, work }) {
	const kept = [];
	let printed = 0;
	let to = 0;
	const spans = encoded.spansIn(text, new Reader(text, work).at);
	const reader = new Reader(text, work);
	let next = 0;
	for (let at = 0; at < text.length; at++) {
		let end = patterns.longestAt(reader, at);
		for (; spans[next]?.start === at; next++) end = Math.max(end, spans[next]?.end ?? end);
		if (reader.tired) end = text.length;
		if (end <= to) continue;
		if (at > to || kept.length === 0) kept.push(text.slice(printed, at));
		to = end;
		printed = end;
		if (reader.tired) break;
	}
	return [...kept, text.slice(printed)].join("***");
}
/**
* The most steps for a text of this length. After them, the rest is masked unread. Ordinary text needs less than one step for each
* character.
*/
function mostSteps(length) {
	return 1e6 + 6 * length;
}
/**
* Reads each place once, even for many secrets, and counts the work. A secret of a hundred backslashes can be found in very many ways
* in a text of backslashes. Then it is better to print too little than to hang.
*/
var Reader = class {
	text;
	#known = /* @__PURE__ */ new Map();
	#work;
	#most;
	constructor(text, work) {
		this.text = text;
		this.#work = work;
		this.#most = work.steps + mostSteps(text.length) / 2;
	}
	get tired() {
		return this.#work.steps >= this.#most;
	}
	step() {
		this.#work.steps += 1;
	}
	/** All readings here. None if too much was read before. */
	at = (at) => {
		if (this.tired) return [];
		const before = this.#known.get(at);
		const readings = before ?? readingsAt(this.text, at);
		this.#work.steps += 1 + readings.length;
		if (before) return before;
		if (this.#known.size === 1e4) this.#known.clear();
		this.#known.set(at, readings);
		return readings;
	};
};
/** All patterns, indexed by how they begin. */
var Patterns = class {
	#known = /* @__PURE__ */ new Set();
	/** First values. */
	#starts = /* @__PURE__ */ new Set();
	/** By the first two values. */
	#byPair = /* @__PURE__ */ new Map();
	/** Marks for the first three units of each pattern. Without a mark, no pattern begins here unless there is an escape. */
	#beginnings = new Uint8Array(1 << 18);
	get size() {
		return this.#known.size;
	}
	add(text, variant) {
		const key = `${variant}:${text}`;
		if (this.#known.has(key)) return;
		this.#known.add(key);
		const pattern = patternOf(text, variant);
		const beginnings = pattern.slice(0, 3).reduce(extended, [[]]);
		for (const [first = 0, second = 0, third = 0] of beginnings) {
			this.#starts.add(first);
			this.#beginnings[mark(first, second, third)] = 1;
			const others = this.#byPair.get(pair(first, second));
			if (others === void 0) this.#byPair.set(pair(first, second), [pattern]);
			else if (others.at(-1) !== pattern) others.push(pattern);
		}
	}
	/** The end of the longest pattern that begins at `at`, or -1. */
	longestAt(reader, at) {
		const { text } = reader;
		const [first, second, third] = [
			text.charCodeAt(at),
			text.charCodeAt(at + 1),
			text.charCodeAt(at + 2)
		];
		if (!isLead(first) && !isLead(second) && !isLead(third)) {
			if (this.#beginnings[mark(first, second, third)] === 0) return -1;
		}
		let longest = -1;
		const tried = /* @__PURE__ */ new Set();
		for (const one of reader.at(at)) {
			if (!this.#starts.has(one.value)) continue;
			for (const next of reader.at(one.end)) for (const pattern of this.#byPair.get(pair(one.value, next.value)) ?? []) {
				if (tried.has(pattern)) continue;
				tried.add(pattern);
				longest = Math.max(longest, endOf(pattern, reader, at));
			}
		}
		return longest;
	}
};
function extended(beginnings, wanted) {
	return wanted.flatMap((values) => beginnings.map((before) => [...before, ...values]));
}
function pair(first, second) {
	return first * 2097152 + second;
}
function mark(first, second, third) {
	return first * 4096 + second * 64 + third & 262143;
}
/**
* The furthest end of the pattern at `start`, or -1. An escape may have several readings. All are followed together, so there are never
* more of them than places in the text.
*/
function endOf(pattern, reader, start) {
	let places = [start];
	for (const wanted of pattern) {
		if (reader.tired) return -1;
		reader.step();
		const [only = start] = places;
		const unit = reader.text.charCodeAt(only);
		if (places.length === 1 && !isLead(unit)) {
			const values = wanted.find(([first]) => first === unit);
			if (values === void 0) return -1;
			places[0] = only + values.length;
			if (values.length === 1) continue;
			places = [...endsOf(values, reader, [only])];
		} else places = [...new Set(wanted.flatMap((values) => [...endsOf(values, reader, places)]))];
		if (places.length === 0) return -1;
	}
	return Math.max(...places);
}
function endsOf(values, reader, starts) {
	let places = new Set(starts);
	for (const value of values) {
		const next = /* @__PURE__ */ new Set();
		for (const place of places) for (const reading of reader.at(place)) if (reading.value === value) next.add(reading.end);
		places = next;
	}
	return places;
}
function patternOf(text, variant) {
	return Array.from(text, (character) => {
		const point = character.codePointAt(0) ?? 0;
		if (point >= 128) return [.../* @__PURE__ */ new Set([
			[point],
			unitsOf(character),
			[...Buffer.from(character)]
		])];
		const other = sameAs(character, variant);
		return other === character ? [[point]] : [[point], [other.charCodeAt(0)]];
	});
}
function unitsOf(character) {
	return character.split("").map((unit) => unit.charCodeAt(0));
}
function sameAs(character, variant) {
	if (variant === "hex") return character.toUpperCase();
	if (variant === "base64") return {
		"+": "-",
		"/": "_"
	}[character] ?? character;
	return character;
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
* Text that is no command for a terminal or for GitHub's runner. The runner reads a line as a command if it begins with `::` after
* blanks (actions/runner ActionCommand.TryParseV2), or contains `##[` (TryParse).
*/
function disarm(text) {
	return stripVTControlCharacters(text).replace(/\r\n?/g, "\n").replace(unseen, "").replace(/##(?=\[)/g, "# #").replace(/^([^\S\n]*):(?=:)/gm, "$1: ");
}

// src/cancellation.ts
/** A signal that the first SIGINT or SIGTERM aborts. GitHub sends them 7.5 seconds apart, then kills the process. */
function cancellation(process) {
	const controller = new AbortController();
	const cancel = (signal) => controller.abort(new WovenError({
		code: "cancelled",
		message: `the run was cancelled (${signal})`,
		next: "Run the command again to continue."
	}));
	process.on("SIGINT", cancel);
	process.on("SIGTERM", cancel);
	return controller.signal;
}
/** Throws as soon as the run is cancelled. It does not wait for the work: the runner ends that with the job. */
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
* Ends the login attempt when `until` is aborted. A session that is open by then stays open: the run needs it to stop the stage on
* the node.
*/
async function loginUntil(until, logIn) {
	until.throwIfAborted();
	const attempt = new AbortController();
	const abort = () => attempt.abort(until.reason);
	until.addEventListener("abort", abort);
	try {
		return await logIn(attempt.signal);
	} finally {
		until.removeEventListener("abort", abort);
	}
}

// src/node/accepted-keys.ts
/** One instance for a whole run, for nodes and jump hosts. Keyed by host and port: several servers may share one address. */
var AcceptedKeys = class {
	#keys = /* @__PURE__ */ new Map();
	#reported = /* @__PURE__ */ new Set();
	at(place) {
		return this.#keys.get(nameOf(place));
	}
	/** Called as soon as the key is seen, before any credential is sent: logins at the same time must see the same key. */
	accept(place, key) {
		if (!this.#keys.has(nameOf(place))) this.#keys.set(nameOf(place), key);
	}
	/** Whether this key was not reported yet. The next call returns false. */
	isNews(place) {
		const name = nameOf(place);
		if (!this.#keys.has(name) || this.#reported.has(name)) return false;
		this.#reported.add(name);
		return true;
	}
};
function nameOf({ host, port }) {
	return `[${host.toLowerCase()}]:${port}`;
}

// src/node/dial.ts
/** Connects within `timeoutSeconds`, or throws a WovenError with the cause. The socket comes paused. */
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
function hostKeyJudge(options) {
	let verdict;
	return {
		accepts(blob) {
			if (verdict?.kind === "new") return verdict.key.blob.equals(blob);
			verdict = judgeHostKey(Buffer.from(blob), options.target, options);
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
/** Logs in to `target`, directly or through the previous hop. */
async function reach(target, through, loading, options) {
	const timeoutSeconds = options.timeoutSeconds ?? 20;
	const open = () => through ? forward(through, target, timeoutSeconds, options.signal) : dial(target, timeoutSeconds, options.signal);
	const { accepted = new AcceptedKeys() } = options;
	const pins = lookup$1(options.knownHosts.entries, target.host, target.port);
	const algorithms = hostKeyAlgorithms(pins, accepted.at(target));
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
		accepted,
		hostKeyAlgorithms: algorithms,
		timeoutSeconds,
		keepaliveSeconds: options.keepaliveSeconds ?? 10,
		...options.signal && { signal: options.signal }
	};
	const loggedIn = await logIn(stream, login).catch(async (error) => {
		throw (pins.pinned.length > 0 || accepted.at(target) !== void 0) && isHostKeyAlgorithm(error) ? await whichKey(open, login, error) : error;
	});
	const { hostKey, trust } = loggedIn;
	options.log(`logged in as ${target.user}@${place$1(target)}; its ${hostKey.type} key ${fingerprint(hostKey.blob)} is ${trust}`);
	if (trust === "new" && accepted.isNews(target)) options.onHostKey?.(knownHostsLine(target.host, target.port, hostKey));
	return {
		...loggedIn,
		target,
		stream
	};
}
/** Reads the key, and loads the SSH library for it. Throws WovenError `ssh-key`, which names the inputs that begin with `prefix`. */
async function readCredentials({ privateKey, passphrase, password }, prefix = "") {
	const { readPrivateKey } = await import("./private-key.js");
	try {
		return {
			...privateKey !== void 0 && { key: readPrivateKey(privateKey, passphrase) },
			...password !== void 0 && { password }
		};
	} catch (error) {
		if (!(error instanceof WovenError)) throw error;
		throw error.map((text) => text.replaceAll(/\bssh-(key|passphrase)\b/g, `${prefix}ssh-$1`));
	}
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
/** A stream to `to` through the previous hop. */
function forward(through, to, timeoutSeconds, signal) {
	return new Promise((resolve, reject) => {
		const abort = () => reject(cancelled(to, signal?.reason));
		signal?.addEventListener("abort", abort);
		const late = setTimeout(() => reject(timedOut$1(to, `through ${place$1(through.target)}`)), timeoutSeconds * 1e3);
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
* `no-route`, `jump-…`, `login-refused`, `cancelled`, … It does not retry.
*/
async function connect$1(options) {
	const { target, signal } = options;
	if (signal?.aborted) throw cancelled(target, signal.reason);
	if (signal) setMaxListeners(0, signal);
	const own = withoutUnhandledRejection(readCredentials(options.credentials));
	const jumps = withoutUnhandledRejection(readCredentials(options.jumpCredentials ?? {}, "jump-"));
	const hops = [];
	try {
		for (const next of options.jump ?? []) hops.push(await reach(next, hops.at(-1), jumps, options));
		hops.push(await reach(target, hops.at(-1), own, options));
		return new SshSession(hops, options);
	} catch (error) {
		for (const passed of hops.toReversed()) passed.client.destroy();
		throw error;
	}
}
/** The same promise. If it rejects before anybody awaits it, Node does not end the process. */
function withoutUnhandledRejection(loading) {
	loading.catch(() => void 0);
	return loading;
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
		for (const { client, stream } of this.#hops.toReversed()) await hangUp(client, stream);
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
		next: "Add `Subsystem sftp internal-sftp` to sshd_config on the server, and reload ssh.",
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
/** Ends the connection, and waits a limited time for the server to close it. */
async function hangUp(client, stream) {
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
/** Never rejects: a program that cannot be started is an outcome with code 127 and the reason in stderr. */
const runProcess = async (command, args, { cwd, env = process.env, pass, input }) => {
	const variables = programVariables(env, pass);
	try {
		if (input) return await withInput(command, args, {
			cwd,
			env: variables,
			input
		});
		const { exitCode, stdout, stderr } = await getExecOutput(JSON.stringify(command), [...args], {
			cwd,
			env: variables,
			silent: true,
			ignoreReturnCode: true
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
/** @actions/exec does not listen for errors of the program's stdin. If a program ends without reading it, EPIPE would end this process. */
async function withInput(command, args, { cwd, env, input }) {
	const child = spawn(command, args, {
		cwd,
		env
	});
	const written = new Promise((resolve, reject) => {
		child.stdin.on("error", (error) => error.code === "EPIPE" ? resolve() : reject(error));
		child.stdin.end(input, resolve);
	});
	const [stdout, stderr, code] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		exitCode(child),
		written
	]);
	return {
		code,
		stdout,
		stderr
	};
}
async function exitCode(child) {
	const [code, signal] = await once(child, "close");
	return code ?? 128 + (signal === null ? 0 : constants$1.signals[signal]);
}

// src/open-runtime.ts
/** A runtime that removes its scratch space when it is disposed of. */
async function openRuntime(settings, options) {
	const { log, env, cacheDir, scratch, cache, signal } = options;
	const tempDir = await mkdtemp(join(scratch ?? tmpdir(), "woven-"));
	const { login } = settings;
	const actor = env["GITHUB_ACTOR"] || env["USER"] || accountName();
	const knownHosts = parseKnownHosts(login.knownHosts);
	for (const { where, what } of knownHosts.problems) log.warning(`${where}: ${what}`);
	const accepted = new AcceptedKeys();
	return {
		log,
		env,
		run: (command, args, how) => unlessCancelled(signal, () => runProcess(command, args, how)),
		tempDir,
		cacheDir,
		cache: cache && {
			restore: (key, directory) => unlessCancelled(signal, () => cache.restore(key, directory)),
			save: (key, directory) => unlessCancelled(signal, () => cache.save(key, directory))
		},
		signal,
		now: Date.now,
		lookup: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
		started: Date.now(),
		by: {
			...actor ? { actor } : {},
			...runUrl(env) ? { run: runUrl(env) } : {},
			...env["GITHUB_SHA"] ? { commit: env["GITHUB_SHA"] } : {}
		},
		connect: (target, trusted = [], until = signal) => loginUntil(until, (attempt) => connect$1({
			target,
			credentials: credentialsOf(login),
			jumpCredentials: jumpCredentialsOf(login),
			knownHosts: trusted.length > 0 ? parseKnownHosts([login.knownHosts, ...trusted].join("\n")) : knownHosts,
			hostKeyPolicy: login.hostKeyPolicy,
			accepted,
			jump: login.jump.map(({ user, host, port }) => ({
				user,
				host,
				port: port ?? 22
			})),
			log: (line) => log.debug(line),
			onHostKey: (line) => log.info(`accepted a host key that is not pinned. Pin it in known-hosts:\n${line}`),
			signal: attempt
		})),
		[Symbol.asyncDispose]: () => rm(tempDir, removal)
	};
}
function credentialsOf({ privateKey, passphrase, password }) {
	const revealed = (name, secret) => secret === void 0 ? {} : { [name]: secret.reveal() };
	return {
		...revealed("privateKey", privateKey),
		...revealed("passphrase", passphrase),
		...revealed("password", password)
	};
}
/**
* Woven offers a jump host the nodes' key: a signature is valid for one session only (RFC 4252, 7). It never offers their password,
* because the jump host would then know it.
*/
function jumpCredentialsOf({ privateKey, passphrase, jumpLogin = {} }) {
	return credentialsOf({
		...jumpLogin.privateKey ? {} : {
			...privateKey && { privateKey },
			...passphrase && { passphrase }
		},
		...jumpLogin
	});
}
/** The retries are for a program of a cancelled run that still writes there. */
const removal = {
	recursive: true,
	force: true,
	maxRetries: 5
};
function runUrl(env) {
	const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
	return server && repository && id ? `${server}/${repository}/actions/runs/${id}` : void 0;
}
/**
* For `role: local`, starts a node on this machine and returns the settings with its address. The node is removed when the process
* `owner()` ends. Returns other settings unchanged, without loading anything.
*/
async function withLocalNode(settings, owner, log) {
	if (settings.nodes.every(({ host }) => host !== "local")) return settings;
	const { rehearse } = await import("./rehearsal.js");
	return await log.group("Local node", () => rehearse(settings, {
		owner: owner(),
		log: (line) => log.info(line)
	}));
}
/** For a terminal without USER. In a container, an account may have no name. */
function accountName() {
	try {
		return userInfo().username;
	} catch {
		return;
	}
}

// src/settings/bundle-settings.ts
/** `3.13 x86_64 glibc 2.41`, one on each line or separated by commas. Only for the command bundle. */
function readBundleFor(inputs, command, report) {
	const where = "input bundle-for";
	const given = inputs.list("bundle-for");
	if (given.length > 0 && command !== "bundle") {
		report({
			where,
			what: `is set, but ${command} builds for its servers`,
			next: "Remove it, or use it with command: bundle."
		});
		return [];
	}
	return given.flatMap((text) => {
		const [, python, machine, glibc] = /^(3\.\d{1,2}(?:\.\d{1,2})?)\s+(x86_64|aarch64)\s+(?:glibc\s+)?(2\.\d{1,2})$/.exec(text) ?? [];
		if (python && machine && glibc) return [{
			python,
			machine,
			glibc
		}];
		report({
			where,
			what: `${quoted$1(text)} is not a Python, a machine (x86_64, aarch64) and a glibc`,
			next: "For example: bundle-for: 3.13 x86_64 glibc 2.41. The log of bundle and deploy shows these values for each server."
		});
		return [];
	});
}
function readBundleDigests(inputs, report) {
	const given = inputs.list("bundle-digests");
	for (const text of given) if (!/^[0-9a-f]{64}$/.test(text)) report({
		where: "input bundle-digests",
		what: `${quoted$1(text)} is not a sha256 digest`,
		next: "Use the output bundle-digests of the job that built the bundles."
	});
	return given;
}
/** `:all:` among the names means all, as in pip. */
function readOnlyBinary(given) {
	const names = typeof given === "string" ? [given] : given ?? [];
	return names.some((name) => /^:?all:?$/.test(name)) ? "all" : names;
}

// src/settings/env-lines.ts
/** Variables that Woven sets for each site. It would be chance which of two values counts. */
const reserved = /* @__PURE__ */ new Map([["DJANGO_SETTINGS_MODULE", "Set settings-module in [tool.woven] instead."], ["SITE_ID", "Woven sets it for each site: use [tool.woven.sites.<SITE_ID>]."]]);
/**
* One variable on each line. Skips blank lines, `#` lines and a leading `export`. Removes the quotes around a value. A quoted value may
* have several lines and a comment after it. Nothing else in a value has a special meaning.
*/
function parseEnvLines(text, where, report) {
	const entries = /* @__PURE__ */ new Map();
	const lines = text.split(/\r?\n/);
	for (let index = 0; index < lines.length; index += 1) {
		const number = index + 1;
		const line = withoutExport(lines[index] ?? "");
		if (line === "" || line.startsWith("#")) continue;
		const [, name = "", start = ""] = /^([^=]*?)\s*=(.*)$/.exec(line) ?? [];
		if (!fits("envName", name)) {
			report({
				where,
				what: `line ${number} is not KEY=value`,
				next: "Write one variable on each line: KEY=value. Put a value of several lines into quotes."
			});
			continue;
		}
		const value = readValue(start, lines, index);
		if (value.kind === "open") report({
			where,
			what: `the quote that opens the value of ${name} in line ${number} is never closed`,
			next: "Close it at the end of the value, which may be some lines further down. If it is part of the value, put the value into the other kind of quotes."
		});
		index = value.lastLine;
		if (entries.has(name)) report({
			where,
			what: `${name} is set twice`,
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
/** What to do instead of setting a variable that the user may not set. */
function reservedName(name) {
	return reserved.get(name);
}
/** The value that starts here. If its quote is never closed, everything that may belong to it is the text, so that it is masked. */
function readValue(start, lines, index) {
	const quote = start.trimStart()[0];
	if (quote !== "\"" && quote !== "'") return {
		kind: "whole",
		text: start.trim(),
		lastLine: index
	};
	const parts = [];
	for (let lastLine = index; lastLine < lines.length; lastLine += 1) {
		const line = lastLine === index ? start.trimStart().slice(1) : lines[lastLine] ?? "";
		if (lastLine > index && isVariable(line, quote)) return {
			kind: "open",
			text: parts.join("\n"),
			lastLine: lastLine - 1
		};
		const closed = closing[quote].exec(line)?.[1];
		parts.push(closed ?? line);
		if (closed !== void 0) return {
			kind: "whole",
			text: parts.join("\n"),
			lastLine
		};
	}
	return {
		kind: "open",
		text: parts.join("\n"),
		lastLine: lines.length
	};
}
/** Only a comment may follow the closing quote of a value. */
const closing = {
	"\"": /^(.*?)"\s*(?:\s#.*)?$/s,
	"'": /^(.*?)'\s*(?:\s#.*)?$/s
};
/** `KEY="value"` on a line of its own: an open quote before it was not meant to include it. */
function isVariable(line, quote) {
	const [, value = ""] = /^[A-Za-z_]\w*\s*=\s*(.*)$/.exec(withoutExport(line)) ?? [];
	return value.startsWith(quote) && closing[quote].test(value.slice(1));
}
function withoutExport(line) {
	return line.replace(/^\s*(export\s+)?/, "");
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
/** What is wrong with a source, as text after it. */
function sourceProblem(source) {
	const fields = /* @__PURE__ */ new Map();
	let current;
	for (const line of source.trim().split(/\r?\n/)) {
		if (line.trim() === "") return "has an empty line: in a key, write a blank and a dot instead";
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
	if (fields.has("Trusted")) return "turns off the check of signatures with Trusted: use Signed-By with the key instead";
	const words = (name) => (fields.get(name) ?? []).join(" ").split(/\s+/).filter(Boolean);
	return typesProblem(words("Types")) ?? addressProblem(words("URIs")) ?? suitesProblem(words("Suites"), words("Components")) ?? keyProblem(fields.get("Signed-By") ?? []);
}
function strange(line) {
	return /^(-----|=?[A-Za-z0-9+/]{4,}={0,2}$)/.test(line) ? "has lines of a key that do not begin with a blank: indent every line after Signed-By" : `is neither ppa:owner/name nor a source with fields (${known$1.slice(0, 4).join(", ")}, Signed-By)`;
}
function typesProblem(types) {
	const other = types.find((type) => type !== "deb" && type !== "deb-src");
	return other === void 0 ? void 0 : `has ${JSON.stringify(other)} in Types, which must be deb`;
}
function addressProblem(addresses) {
	const isAddress = (text) => /^https?:\/\/[A-Za-z0-9[][A-Za-z0-9._~:/%@+[\]-]*$/.test(text) && URL.canParse(text);
	const other = addresses.find((address) => !isAddress(address));
	return other === void 0 ? void 0 : `has URIs that are not http or https addresses: ${other}`;
}
function suitesProblem(suites, components) {
	const exact = suites.filter((suite) => suite.endsWith("/"));
	if (exact.length === 0) return components.length > 0 ? void 0 : "is a source without Components, such as main";
	return components.length === 0 ? void 0 : `has Components, but the suite ${exact[0]} has none`;
}
/** Checks Signed-By: a key in ASCII armour (RFC 9580, 6.2), a key's path on the node, or fingerprints of keys that apt has. */
function keyProblem(lines) {
	const text = lines.join("\n");
	if (text.includes("PRIVATE KEY")) return "has a private key in Signed-By, which must never be in a repository: replace the key pair, and write the public key";
	if (!text.includes("-----BEGIN")) return pathProblem(text.split(/[\s,]+/));
	const armour = /-----BEGIN PGP PUBLIC KEY BLOCK-----\n([\s\S]*?)\n-----END PGP PUBLIC KEY BLOCK-----/.exec(text)?.[1];
	if (armour === void 0) return "has no whole PGP public key in Signed-By: copy all of it, from -----BEGIN to -----END";
	const body = armour.split("\n").filter((line) => line !== "." && !/^[A-Za-z]+: /.test(line) && !line.startsWith("="));
	const bytes = Buffer.from(body.join(""), "base64");
	const tag = (bytes[0] ?? 0) & 64 ? (bytes[0] ?? 0) & 63 : ((bytes[0] ?? 0) & 60) >> 2;
	return /^[A-Za-z0-9+/]+={0,2}$/.test(body.join("")) && bytes.length > 40 && tag === 6 ? void 0 : "has a text in Signed-By that is no PGP public key: copy the key again";
}
function pathProblem(words) {
	const [first = ""] = words;
	if (/^https?:/.test(first)) return `has a URL in Signed-By, but apt fetches no keys: copy the key itself from ${first}`;
	return words.every((word) => /^\/[^\s]+\.(gpg|asc|pgp)$/.test(word) || /^[0-9A-Fa-f]{40}!?$/.test(word)) ? void 0 : `has ${JSON.stringify(first)} in Signed-By, which is neither a key, nor a key's path on the server, nor a fingerprint`;
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
	if (line.includes("PRIVATE KEY")) return "is a private key, which must never be in a repository: replace the key pair, and write the line of the .pub file";
	const [type = "", body = "", ...comment] = line.split(" ");
	if (!keyTypes.includes(type)) return `is not a public key, which starts with its type, such as ${keyTypes[0]}`;
	if (!/^[A-Za-z0-9+/]+={0,2}$/.test(body) || Buffer.from(body, "base64").subarray(4, 4 + type.length).toString("latin1") !== type) return "is not a complete public key: copy the line of the .pub file again";
	return /^[\x20-\x7e]*$/.test(comment.join(" ")) ? void 0 : "has a comment with characters outside ASCII";
}
/** A constraint of pip for one package: `setuptools<66`, `Cython>=0.29,<3 ; python_version < "3.12"`. */
function buildConstraintProblem(text) {
	const number = "\\s*(===?|!=|~=|<=?|>=?)\\s*[\\w.!+*-]+\\s*";
	const [, versions = "", rest] = /^[A-Za-z0-9][\w.-]*([^;@]*)(;.*)?$/.exec(text) ?? [];
	return new RegExp(`^${number}(,${number})*$`).test(versions) && !/[\r\n]/.test(rest ?? "") ? void 0 : "is not a package with versions, such as setuptools<66";
}
/** `ppa:owner/name`, or a source in the deb822 format (sources.list(5)). */
function repositoryProblem(repository) {
	if (repository.startsWith("ppa:")) return /^ppa:[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/.test(repository) ? void 0 : "is not ppa:owner/name";
	if (/^deb(-src)?\s/.test(repository)) return "is a one-line source: write it as fields, Types, URIs, Suites, Components and Signed-By, one on each line";
	return sourceProblem(repository);
}
const migrateKinds = [
	"auto",
	"none",
	"fake",
	"manual"
];
/** The meaning of a migrate setting, or undefined if it has none. */
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
/** The word that was probably meant, if an app's label is a misspelling of one of them: `atuo`, `Auto`, `non`. */
function migrateSlip(app) {
	const plain = app.toLowerCase();
	const swapped = [...plain].map((letter, at) => `${plain.slice(0, at)}${plain[at + 1] ?? ""}${letter}${plain.slice(at + 2)}`);
	return migrateKinds.find((known) => (0, import_fastest_levenshtein.distance)(plain, known) <= 1 || swapped.includes(known));
}
function migrateProblem(text) {
	return parseMigrate(text) === void 0 ? `is none of ${migrateKinds.join(", ")}, nor an app and a migration such as "catalogue 0003"` : void 0;
}

// src/settings/command-inputs.ts
/** The `version` input, if the command takes one. */
function readVersion(inputs, command, report) {
	const where = "input version";
	const given = inputs.text("version");
	if (given === void 0 && command === "activate") report({
		where,
		what: "is empty, but activate needs the version of the release to switch to",
		next: "Write version: with a version that the status command lists."
	});
	if (given === void 0 && command === "remove") report({
		where,
		what: "is empty, and remove has to know what to remove",
		next: "Write version: with one that the status command lists, or the name of the distribution to remove all of it."
	});
	if (given !== void 0 && command === "rollback") report({
		where,
		what: "is set, but rollback always switches to the previous healthy release",
		next: "Remove version. To switch to a release of your choice, use command: activate."
	});
	if (given !== void 0 && (command === "activate" || command === "remove" || command === "node") && !fits("version", given)) report({
		where,
		what: `${quoted$1(given)} ${misfit$2("version")}`
	});
	return given;
}
/** The parts to patch, in the order of the patch. All if none is named. */
function readParts(inputs, report) {
	const wanted = inputs.list("parts");
	for (const part of wanted) if (!patchParts.some((known) => known === part)) report({
		where: "input parts",
		what: `there is no part ${quoted$1(part)}`,
		next: suggestion(part, patchParts)
	});
	return wanted.length === 0 ? patchParts : patchParts.filter((part) => wanted.includes(part));
}
/** The `migrate` input overrides the configuration. */
function readMigrate(inputs, { files, config: file }, report) {
	const given = inputs.text("migrate");
	const problem = given === void 0 ? void 0 : migrateProblem(given);
	if (given !== void 0 && problem !== void 0) report({
		where: "input migrate",
		what: `${quoted$1(given)} ${problem}`
	});
	const migrate = parseMigrate(given ?? file.config.migrate ?? defaults.migrate) ?? { kind: "auto" };
	const slip = slipOf(migrate, files);
	if (slip !== void 0) {
		const what = `${quoted$1(slip.app)} is not an app of this project`;
		const next = `Did you mean ${slip.meant}? If it is an app of an installed package, name a migration too: ${slip.app} 0001`;
		report(given === void 0 ? file.problem(["migrate"], what, next) : {
			where: "input migrate",
			what,
			next
		});
	}
	return migrate;
}
/** Apps of Django itself that have migrations. */
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
		what: "is empty, but the command node needs it",
		next: "For example: management-command: clearsessions"
	});
	if (given?.includes(" ")) report({
		where,
		what: `${quoted$1(given)} is more than one word`,
		next: `Write management-command: ${given.split(" ")[0]} and put the rest into the options input.`
	});
	else if (given !== void 0 && !fits("managementCommand", given)) report({
		where,
		what: `${quoted$1(given)} ${misfit$2("managementCommand")}`
	});
	return {
		...given === void 0 ? {} : { managementCommand: given },
		options: split.kind === "words" ? split.words : []
	};
}
/** `KEY=value` lines whose values are secrets. */
function readSecretEnv(inputs, name, report) {
	return Object.fromEntries(parseEnvLines(inputs.text(name) ?? "", `input ${name}`, report).map(([key, value]) => [key, secret(value)]));
}

// src/settings/config-key.ts
function key(schema, notes) {
	return optional(pipe(schema, metadata({ ...notes })));
}
/** A text that must fit a grammar. */
function text$2(name) {
	const { pattern, longest } = grammars[name];
	return pipe(string(), maxLength(longest, `is longer than ${longest} characters`), regex(pattern, (issue) => `${quoted$1(issue.input)} ${misfit$2(name)}`));
}
/** A text that a function checks. The function returns what is wrong, as text after the value. */
function judged(problem) {
	return pipe(string(), check((value) => problem(value) === void 0, (issue) => `${quoted$1(issue.input)} ${problem(issue.input) ?? ""}`));
}
/** A text that must fit a grammar and that a function checks too. */
function alsoJudged(name, problem) {
	return pipe(text$2(name), check((value) => problem(value) === void 0, (issue) => `${quoted$1(issue.input)} ${problem(issue.input) ?? ""}`));
}
function whole(least, most) {
	const message = `is not a whole number from ${least} to ${most}`;
	return pipe(number$2(), integer(message), minValue(least, message), maxValue(most, message));
}
/** A list of texts that must fit a grammar. */
const texts = (name) => array(text$2(name));

// src/settings/background/keys.ts
const stopSignals = [
	"TERM",
	"INT",
	"QUIT",
	"HUP",
	"USR1",
	"USR2",
	"WINCH"
];
const command = judged((value) => {
	const read = readCommand$1(value);
	return read.kind === "wrong" ? [read.what, ...read.next === void 0 ? [] : [read.next]].join(". ") : void 0;
});
const times = judged((value) => {
	const read = readTimes(value);
	return read.kind === "wrong" ? [read.what, ...read.next === void 0 ? [] : [read.next]].join(". ") : void 0;
});
/** For a process and a schedule alike. */
const common = {
	memory: key(text$2("memory"), {
		description: "The most memory that it may use. The kernel ends it if it needs more.",
		example: "memory = \"512M\""
	}),
	site: key(whole(1, 99999), {
		description: "The SITE_ID of the site whose user, settings and environment it has.",
		example: "site = 2",
		shown: "the first site"
	}),
	role: key(text$2("role"), {
		description: "The only role on whose servers it runs.",
		example: "role = \"worker\"",
		shown: "all servers"
	})
};
const worker = strictObject({
	command: key(command, {
		description: "What it runs: `manage` and a management command, or a program of the virtualenv. No shell runs it.",
		example: "command = \"celery -A shop worker\""
	}),
	count: key(whole(1, 50), {
		description: "How many of it run on each server.",
		example: "count = 2",
		shown: shownDefault("processes.count")
	}),
	"stop-signal": key(picklist(stopSignals), {
		description: "The signal that asks it to stop.",
		example: "stop-signal = \"INT\"",
		shown: shownDefault("processes.stop-signal")
	}),
	drain: key(whole(1, 3600), {
		description: "Seconds that it may take to stop, before it is killed.",
		example: "drain = 300",
		shown: shownDefault("processes.drain")
	}),
	...common
});
const schedule = strictObject({
	command: key(command, {
		description: "What it runs, like that of a process.",
		example: "command = \"manage cleanup --days 30\"",
		shown: "the management command of its name"
	}),
	when: key(times, {
		description: "When it runs: calendar words of systemd (systemd.time(7)), or the five fields of cron.",
		example: "when = \"Mon..Fri 06:30\""
	}),
	timeout: key(whole(1, 604800), {
		description: "Seconds that one run may take, before it is stopped.",
		example: "timeout = 600",
		shown: shownDefault("schedules.timeout")
	}),
	lock: key(text$2("backgroundName"), {
		description: "Schedules with the same lock never run at the same time. The later one waits.",
		example: "lock = \"reports\"",
		shown: "its name"
	}),
	...common
});
/** A text, or a table of settings. JSON Schema sees both. */
function textOr(short, table) {
	const either = lazy((input) => {
		if (input === void 0) return union([short, table]);
		return typeof input === "string" ? short : table;
	});
	return Object.assign(either, { entries: table.entries });
}
const backgroundKeys = {
	processes: key(record(text$2("backgroundName"), textOr(command, worker)), {
		description: "Processes that run beside the web server, such as workers: a command each, or a table.",
		example: "[tool.woven.processes]\nworker = \"celery -A shop worker\"",
		shown: "`{}`"
	}),
	schedules: key(record(text$2("backgroundName"), textOr(times, schedule)), {
		description: "Commands that run at set times: when to run the management command of that name, or a table.",
		example: "[tool.woven.schedules]\nclearsessions = \"daily\"",
		shown: "`{}`"
	}),
	services: key(array(picklist(dataServiceNames)), {
		description: "Services that setupnode installs, on loopback only, and whose address the Django process gets: `redis` (`REDIS_URL`), `memcached` (`MEMCACHED_SERVERS`).",
		example: "services = [\"redis\"]",
		shown: "`[]`"
	}),
	settle: key(whole(1, 600), {
		description: "Seconds that each process must stay up after the switch. If it does not, the release is unhealthy.",
		example: "settle = 10",
		shown: shownDefault("settle")
	})
};

// src/settings/apache-module-names.ts
/** Every release needs these. */
const needed = [
	"mpm_event",
	"wsgi",
	"authz_core",
	"headers"
];
/** The modules in Debian's packages of Apache 2.4, and a few others with similar names. */
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
/** Why a module cannot be turned off, as text after its name. A name that resembles no known one may belong to another package. */
function apacheModuleProblem(name) {
	if (needed.includes(name)) return "cannot be turned off: releases need it";
	if (known.has(name)) return void 0;
	const without = name.replace(/^mod_/, "").replace(/_module$/, "");
	if (without !== name && known.has(without)) return `is not its name in Debian: did you mean ${without}?`;
	const reach = name.length < 6 ? 1 : 2;
	const near = [...known].find((other) => other.length > 3 && (0, import_fastest_levenshtein.distance)(name, other) <= reach);
	return near === void 0 ? void 0 : `is not an Apache module: did you mean ${near}?`;
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
/** What is wrong with a rule, as text after the rule. Undefined if ufw accepts it. Only Woven writes comments and numbers. */
function ufwRuleProblem(rule) {
	if (!/^[A-Za-z0-9 .,:/_-]+$/.test(rule)) return "has characters that ufw does not allow";
	const words = rule.split(" ");
	if (words.includes("")) return "has too many blanks";
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
	].includes(first) ? clausesProblem([first, ...more]) : `has ${JSON.stringify(first)} instead of a port, from, to or proto`;
}
function simpleProblem(word) {
	const swapped = /^(tcp|udp)\/(.+)$/.exec(word);
	if (swapped) return `has port and protocol the wrong way round: write ${swapped[2]}/${swapped[1]}`;
	const [ports = "", protocol, ...others] = word.split("/");
	if (others.length > 0) return "has more than one /";
	if (!/^\d/.test(ports)) return protocol === void 0 ? void 0 : `has ${JSON.stringify(ports)} instead of a port`;
	if (protocol !== void 0 && protocol !== "tcp" && protocol !== "udp") return `has the protocol ${JSON.stringify(protocol)} instead of tcp or udp`;
	return portsProblem(ports, protocol);
}
function portsProblem(ports, protocol) {
	const parts = ports.split(",");
	if (parts.length > 15) return "has more than 15 ports";
	for (const part of parts) {
		const [low = "", high, ...more] = part.split(":");
		const from = portNumber(low);
		const to = high === void 0 ? from : portNumber(high);
		if (from === void 0 || to === void 0 || more.length > 0) return `has ${JSON.stringify(part)} instead of a port from 1 to 65535`;
		if (to < from) return `has the range ${part}, which ends before it starts`;
	}
	if (/[,:]/.test(ports) && protocol === void 0) return "has several ports, so ufw needs a protocol: add /tcp or /udp";
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
	return families.has(4) && families.has(6) ? "mixes an IPv4 and an IPv6 address" : void 0;
}
function wordAfter(words, word) {
	return words.includes(word) ? words[words.indexOf(word) + 1] ?? "" : "";
}
function clauseProblem(word, value, rule) {
	if (value === "") return `ends with ${JSON.stringify(word)} and no value`;
	switch (word) {
		case "from":
		case "to": return value === "any" ? void 0 : networkProblem(value);
		case "proto": return protocols.includes(value) ? void 0 : `has the protocol ${JSON.stringify(value)} instead of ${protocols.slice(0, 2).join(" or ")}`;
		case "port": return rule.side === "" ? "has \"port\" before \"from\" or \"to\"" : portsProblem(value, rule.proto);
		case "app": return rule.side === "" ? "has \"app\" before \"from\" or \"to\"" : void 0;
		default: return `has ${JSON.stringify(word)}, which ufw does not know`;
	}
}
function networkProblem(text) {
	const [address = "", mask, ...more] = text.split("/");
	const family = isIP(address);
	if (!(family !== 0 && more.length === 0 && (mask === void 0 || /^\d{1,3}$/.test(mask) && Number(mask) <= (family === 4 ? 32 : 128) || family === 4 && isIP(mask) === 4))) return `has ${JSON.stringify(text)} instead of an address, a network or any`;
	const network = family === 4 && /^\d+$/.test(mask ?? "") ? networkOf(address, Number(mask)) : address;
	return network === address ? void 0 : `has ${text}, an address inside a network: write ${network}/${mask}`;
}
/** The network of the address, without the bits of the host, as ufw writes it. */
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
	roles: key(record(text$2("role"), array(string())), {
		description: "The servers of each role: role → list of `user@host[:port]`. The `roles` input wins, and is the better place for them.",
		example: "roles = { production = [\"woven@web1.example.com\"] }",
		was: "HOSTS, ROLEDEFS"
	}),
	user: key(text$2("user"), {
		description: "The deploy user, if a role's entry names none.",
		example: "user = \"woven\"",
		shown: shownDefault("user"),
		was: "HOST_USER"
	}),
	"root-user": key(text$2("existingUser"), {
		description: "The account that setupnode uses for its first login.",
		example: "root-user = \"root\"",
		shown: shownDefault("root-user"),
		was: "ROOT_USER"
	}),
	"ssh-port": key(whole(1, 65535), {
		description: "The SSH port that setupnode moves the server to. `:port` in a role's entry wins.",
		example: "ssh-port = 10022",
		shown: shownDefault("ssh-port"),
		was: "HOST_SSH_PORT"
	}),
	"default-ssh-port": key(whole(1, 65535), {
		description: "The SSH port before setupnode moves it.",
		example: "default-ssh-port = 22",
		shown: shownDefault("default-ssh-port"),
		was: "DEFAULT_SSH_PORT"
	}),
	"authorized-keys": key(array(judged(authorizedKeyProblem)), {
		description: "More public keys for the deploy user, beside the one of `ssh-key`.",
		example: "authorized-keys = [\"ssh-ed25519 AAAA… ada@example.com\"]",
		shown: shownDefault("authorized-keys")
	}),
	"disable-root": key(boolean(), {
		description: "Lock root's password and refuse root over SSH.",
		example: "disable-root = true",
		shown: shownDefault("disable-root"),
		was: "DISABLE_ROOT"
	}),
	"disable-ssh-password": key(boolean(), {
		description: "Refuse passwords over SSH.",
		example: "disable-ssh-password = true",
		shown: shownDefault("disable-ssh-password"),
		was: "DISABLE_SSH_PASSWORD"
	}),
	"enable-ufw": key(boolean(), {
		description: "Manage the firewall with ufw. With false, Woven does not touch ufw.",
		example: "enable-ufw = true",
		shown: shownDefault("enable-ufw"),
		was: "ENABLE_UFW"
	}),
	"ufw-rules": key(array(judged(ufwRuleProblem)), {
		description: "Firewall rules, as in ufw(8). SSH is always allowed.",
		example: "ufw-rules = [\"allow 80,443/tcp\"]",
		shown: shownDefault("ufw-rules"),
		was: "UFW_RULES"
	}),
	"role-ufw-rules": key(record(text$2("role"), array(judged(ufwRuleProblem))), {
		description: "Firewall rules of a role, instead of `ufw-rules`.",
		example: "role-ufw-rules = { database = [\"allow 5432/tcp\"] }",
		shown: shownDefault("role-ufw-rules"),
		was: "ROLE_UFW_RULES"
	}),
	"base-packages": key(texts("package"), {
		description: "Replaces Woven's own list of packages. It must contain the packages that releases need.",
		example: "base-packages = [\"nginx\", \"apache2\", \"libapache2-mod-wsgi-py3\", \"logrotate\"]",
		shown: "Woven's list",
		was: "HOST_BASE_PACKAGES"
	}),
	"extra-packages": key(texts("package"), {
		description: "More packages for every server.",
		example: "extra-packages = [\"libpq5\"]",
		shown: shownDefault("extra-packages"),
		was: "HOST_EXTRA_PACKAGES"
	}),
	"role-packages": key(record(text$2("role"), texts("package")), {
		description: "All packages of a role, instead of the base and extra packages.",
		example: "role-packages = { database = [\"postgresql\"] }",
		shown: shownDefault("role-packages"),
		was: "ROLE_PACKAGES"
	}),
	"package-repositories": key(array(judged(repositoryProblem)), {
		description: "More package sources: `ppa:owner/name`, or a deb822 source with `Signed-By`.",
		example: "package-repositories = [\"ppa:deadsnakes/ppa\"]",
		shown: shownDefault("package-repositories"),
		was: "LINUX_PACKAGE_REPOSITORIES"
	}),
	"apache-disable-modules": key(array(alsoJudged("apacheModule", apacheModuleProblem)), {
		description: "Modules that the Apache of a release does not load.",
		example: "apache-disable-modules = [\"autoindex\"]",
		shown: "Woven's list",
		was: "APACHE_DISABLE_MODULES"
	}),
	"deployment-root": key(text$2("absolutePath"), {
		description: "The folder for releases, media and databases on a server.",
		example: "deployment-root = \"/srv/woven\"",
		shown: "the deploy user's home",
		was: "DEPLOYMENT_ROOT"
	}),
	timezone: key(text$2("timezone"), {
		description: "The server's time zone.",
		example: "timezone = \"Europe/Berlin\"",
		shown: "not changed",
		was: "TIME_ZONE"
	})
};

// src/settings/config-server-keys.ts
const options = strictObject({
	program: key(picklist(serverNames), {
		description: "The server, if it has options.",
		example: "[tool.woven.server]\nprogram = \"gunicorn\"",
		shown: shownDefault("server")
	}),
	workers: key(whole(1, 256), {
		description: "Processes for each site.",
		example: "workers = 4",
		shown: "one more than the cores, as far as the memory allows"
	}),
	threads: key(whole(1, 256), {
		description: "Threads of each process. Not for `uvicorn`.",
		example: "threads = 8",
		shown: shownDefault("server.threads")
	}),
	timeout: key(whole(1, 3600), {
		description: "Seconds that a request may take.",
		example: "timeout = 120",
		shown: shownDefault("server.timeout")
	}),
	arguments: key(texts("argument"), {
		description: "More arguments for the server's program. For `apache`, more options of `WSGIDaemonProcess`.",
		example: "arguments = [\"--max-requests=500\"]",
		shown: "`[]`"
	}),
	memory: key(text$2("memory"), {
		description: "The memory that a service may use. systemd ends a process of a service that needs more, and the server replaces it.",
		example: "memory = \"512M\"",
		shown: "no limit"
	}),
	tasks: key(whole(16, 1e5), {
		description: "The processes and threads that a service may have.",
		example: "tasks = 200",
		shown: "systemd's limit"
	})
});
const serverKeys = {
	server: key(union([picklist(serverNames), options]), {
		description: "The program that runs the application behind nginx: `apache`, `gunicorn`, or `uvicorn` for ASGI and websockets. gunicorn and uvicorn come with the bundle if the requirements do not name them. Or a table with the keys below.",
		example: "server = \"apache\"",
		shown: shownDefault("server")
	}),
	application: key(text$2("application"), {
		description: "The module and the name of the application, if not the one that Django's settings name.",
		example: "application = \"config.wsgi:application\"",
		shown: "found"
	})
};

// src/settings/acme.ts
/** Let's Encrypt: https://letsencrypt.org/docs/staging-environment/ */
const directories = {
	production: "https://acme-v02.api.letsencrypt.org/directory",
	staging: "https://acme-staging-v02.api.letsencrypt.org/directory"
};
/** The URL of `acme-directory`. */
function acmeDirectory(value) {
	return directories[value] ?? value;
}
/** What is wrong with `acme-directory`, as text after the value. */
function acmeDirectoryProblem(value) {
	if (Object.hasOwn(directories, value)) return void 0;
	return /^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?\/[A-Za-z0-9._~/-]*$/.test(value) && value.length <= 200 ? void 0 : "is neither production, staging nor the https:// URL of an ACME directory";
}
/** What is wrong with `tls-email`, as text after the value. */
function emailProblem(value) {
	return /^[A-Za-z0-9._%+][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(value) && value.length <= 200 ? void 0 : "is not an e-mail address, such as admin@example.com";
}

// src/settings/trusted-proxy.ts
/** What is wrong with an entry of `trusted-proxies`, as text after the entry. Undefined if it is right. */
function trustedProxyProblem(entry) {
	const [address = "", bits, ...more] = entry.split("/");
	const family = isIP(address);
	if (family === 0 || more.length > 0 || address.includes("%")) return "is not an address or a network, such as 10.0.0.0/8 or 2001:db8::/32";
	if (bits === void 0) return void 0;
	const most = family === 4 ? 32 : 128;
	if (!/^\d{1,3}$/.test(bits) || Number(bits) > most) return `has no number from 1 to ${most} after its slash`;
	if (Number(bits) === 0) return "is every address there is: anybody could forge where a visitor comes from";
}

// src/settings/config-tls-keys.ts
const tlsKinds = [
	"acme",
	"files",
	"proxy"
];
const tlsKeys = {
	tls: key(union([literal$1(false), picklist(tlsKinds)]), {
		description: "HTTPS. `acme`: certificates from Let's Encrypt, which renew themselves. `files`: nginx uses the certificate and key of the inputs `tls-certificate` and `tls-key`. `proxy`: a proxy in front of the server ends HTTPS. [HTTPS](https.md) says more.",
		example: "tls = \"acme\"",
		shown: shownDefault("tls")
	}),
	"tls-email": key(judged(emailProblem), {
		description: "For `tls = \"acme\"`: the address that the authority writes to about your certificates.",
		example: "tls-email = \"admin@example.com\"",
		shown: "none"
	}),
	"acme-directory": key(judged(acmeDirectoryProblem), {
		description: "For `tls = \"acme\"`: `production` or `staging` of Let's Encrypt, or the URL of another authority's ACME directory.",
		example: "acme-directory = \"staging\"",
		shown: shownDefault("acme-directory")
	}),
	"trusted-proxies": key(array(judged(trustedProxyProblem)), {
		description: "The addresses of the proxies in front of the server. Only they may say what the visitor's address and scheme are.",
		example: "trusted-proxies = [\"10.0.0.0/8\"]",
		shown: shownDefault("trusted-proxies")
	}),
	hsts: key(whole(0, 63072e3), {
		description: "Seconds for which browsers refuse plain http for the domains (`Strict-Transport-Security`). You cannot take it back before they have passed. 0 tells browsers to forget it.",
		example: "hsts = 31536000",
		shown: "not sent"
	})
};

// src/settings/basic-auth.ts
const where = "input basic-auth";
/** `user:password`, one on each line. Undefined: everybody may see the site. Empty for a command that does not place them. */
function readBasicAuth(inputs, file, { command, parts }, report) {
	if (file.config.web?.["basic-auth"] !== true) return void 0;
	if (command !== "deploy" && !(command === "patch" && parts.includes("webconf"))) return [];
	const lines = accountLines(inputs.text("basic-auth") ?? "");
	if (lines.length === 0) report({
		where,
		what: "is empty, and basic-auth = true needs it",
		next: `Write basic-auth: ${secretExpression("WOVEN_BASIC_AUTH")} below with:, with a line user:password in the secret.`
	});
	const accounts = lines.map(({ name, password }) => ({
		name,
		password: secret(password)
	}));
	lines.forEach(({ name, password, number }) => {
		if (!/^[A-Za-z0-9._@+-]{1,64}$/.test(name) || password === "") report({
			where,
			what: `line ${number} is not user:password`,
			next: "For example: ada:correct-horse-battery"
		});
		else if (lines.some((other) => other.number < number && other.name === name)) report({
			where,
			what: `line ${number} names ${quoted$1(name)} again`
		});
	});
	return accounts;
}
/** The lines of the input. A password may hold colons. */
function accountLines(text) {
	return text.split(/\r?\n/).flatMap((line, index) => {
		if (line.trim() === "") return [];
		const [name = "", ...password] = line.trim().split(":");
		return [{
			name,
			password: password.join(":"),
			number: index + 1
		}];
	});
}

// src/settings/web.ts
function readWeb(inputs, file, around, report) {
	const { web = {}, server } = file.config;
	checkHeaders(web.headers ?? {}, file, report);
	return present({
		maxBody: web["max-body"] ?? defaults["web.max-body"],
		timeout: web.timeout ?? (typeof server === "object" ? server.timeout : void 0) ?? defaults["server.timeout"],
		gzip: web.gzip ?? defaults["web.gzip"],
		noindex: web.noindex ?? defaults["web.noindex"],
		headers: web.headers ?? {},
		redirects: web.redirects ?? {},
		protectedMedia: web["protected-media"],
		basicAuth: readBasicAuth(inputs, file, around, report)
	});
}
/** Reports headers that another key sets, and names that differ only in case. */
function checkHeaders(headers, file, report) {
	const others = {
		"strict-transport-security": "hsts",
		"x-robots-tag": "noindex"
	};
	const seen = /* @__PURE__ */ new Map();
	for (const name of Object.keys(headers)) {
		const lower = name.toLowerCase();
		const key = Object.hasOwn(others, lower) ? others[lower] : void 0;
		const twin = seen.get(lower);
		if (key !== void 0) report(file.problem([
			"web",
			"headers",
			name
		], "is sent by another setting", `Remove it, and set ${key}.`));
		if (twin !== void 0) report(file.problem([
			"web",
			"headers",
			name
		], `is the same header as ${twin}`, "Keep one of the two."));
		seen.set(lower, name);
	}
}
/** What is wrong with `max-body`, as text after the value. */
function sizeProblem(value) {
	return /^[1-9][0-9]{0,5}[kmg]?$/.test(value) ? void 0 : "is not a size, such as 20m";
}
/** What is wrong with the name of a header, as text after it (RFC 9110, 5.1). */
function headerNameProblem(name) {
	if (!/^[A-Za-z0-9-]{1,64}$/.test(name)) return "is not the name of a header, such as Referrer-Policy";
	return /^(content-length|content-encoding|transfer-encoding|connection|set-cookie|location|date)$/i.test(name) ? "is a header that depends on the answer" : void 0;
}
/** What is wrong with the value of a header. It stands in nginx's configuration between quotes. */
function headerValueProblem(value) {
	if (value === "" || value.length > 2e3) return "is empty, or longer than 2000 characters";
	return /^[\x20-\x7e]+$/.test(value) && !/["\\$]/.test(value) ? void 0 : "has a character that is not allowed here: \", \\, $, or one outside ASCII";
}
/** What is wrong with a path that is redirected. nginx compares it with the decoded path of a request, without its query. */
function redirectedPathProblem(path) {
	if (!/^\/[A-Za-z0-9._~/@:+,=-]{0,500}$/.test(path) || /(^|\/)\.\.(\/|$)/.test(path)) return "is not a path, such as /old/";
	if (/^\/(\.woven|\.well-known\/acme-challenge)\//.test(path) || path === "/maintenance.html") return "is a path that Woven answers itself";
}
/** What is wrong with the target of a redirect. */
function redirectTargetProblem(target) {
	return /^(https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?)?\/[A-Za-z0-9._~/%@:+,=&?#-]{0,1000}$/.test(target) && !target.startsWith("//") ? void 0 : "is neither a path nor a URL, such as /new/ or https://blog.example.com/";
}
/** What is wrong with `protected-media`, as text after the value. */
function mediaFolderProblem(folder) {
	return /^(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)*$/.test(folder) && folder.length <= 200 ? void 0 : "is not a folder below the media files, such as invoices";
}

// src/settings/config-web-keys.ts
const web = strictObject({
	"max-body": key(judged(sizeProblem), {
		description: "The largest request body, such as an upload: bytes, or with `k`, `m` or `g`.",
		example: "max-body = \"200m\"",
		shown: shownDefault("web.max-body")
	}),
	timeout: key(whole(1, 3600), {
		description: "Seconds that nginx waits for the next part of the application's answer.",
		example: "timeout = 300",
		shown: "`server.timeout`"
	}),
	gzip: key(boolean(), {
		description: "Compress text. For static files, a `.gz` file beside the file is used.",
		example: "gzip = false",
		shown: shownDefault("web.gzip")
	}),
	noindex: key(boolean(), {
		description: "Ask search engines to index nothing (`X-Robots-Tag`).",
		example: "noindex = true",
		shown: shownDefault("web.noindex")
	}),
	"basic-auth": key(boolean(), {
		description: "Show the site only to the accounts of the input `basic-auth`.",
		example: "basic-auth = true",
		shown: "false"
	}),
	headers: key(record(judged(headerNameProblem), judged(headerValueProblem)), {
		description: "Headers of every answer. They replace those of the application.",
		example: "headers = { Referrer-Policy = \"same-origin\" }",
		shown: "`{}`"
	}),
	redirects: key(record(judged(redirectedPathProblem), judged(redirectTargetProblem)), {
		description: "Paths that lead elsewhere (301): exactly this path, whatever its query.",
		example: "redirects = { \"/old/\" = \"/new/\" }",
		shown: "`{}`"
	}),
	"protected-media": key(judged(mediaFolderProblem), {
		description: "A folder below the media files that visitors cannot request. The application hands out its files with `X-Accel-Redirect`.",
		example: "protected-media = \"invoices\"",
		shown: "none"
	})
});
const webKeys = { web: key(web, {
	description: "What nginx does for all sites. [The web in front](web.md) says more.",
	example: "[tool.woven.web]\nmax-body = \"200m\"",
	shown: "–"
}) };

// src/settings/release-folders.ts
/** `./data/` as `data`. The top of the project is `.`. */
function plainFolder(path) {
	return normalize(path).replace(/\/+$/, "");
}
/** Whether one of two plain paths contains the other. */
function overlap(one, other) {
	return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
/** Why the application cannot write to a folder, as text after its name. The repository's files are checked later. */
function writableProblem(path) {
	const folder = plainFolder(path);
	const names = folder.split("/");
	if (folder === ".") return "is the whole project. Move what the application writes into a folder, and name that";
	if (/^(media|uploads?)$/.test(folder)) return media;
	if (["static", "staticfiles"].includes(names.at(-1) ?? "")) return "holds static files, which a release has a folder for, and which no application changes";
	if ([
		".git",
		".github",
		"woven",
		"sitesettings",
		"node_modules",
		".venv",
		"venv"
	].includes(names[0] ?? "")) return "belongs to the code, its tools or Woven";
	if (names.includes("templates")) return "holds templates, which are code";
}
const media = "is where MEDIA_ROOT usually is. Woven keeps that folder outside of releases anyway: remove it from the list, or give the folder another name";
/** The folder of `collected-static`, as text after its name. */
function collectedProblem(path) {
	return plainFolder(path) === "." ? "is the whole project" : void 0;
}
/** The folders as plain paths. Reports those that contain each other. */
function readReleaseFolders(file, report) {
	const { writable: given = [], "collected-static": collected } = file.config;
	const writable = [...new Set(given.map(plainFolder))];
	for (const [index, folder] of writable.entries()) {
		const inner = writable.slice(index + 1).find((other) => overlap(folder, other));
		if (inner === void 0) continue;
		const [outer = "", within = ""] = [folder, inner].toSorted((one, other) => one.length - other.length);
		const what = `${quoted$1(within)} is inside ${quoted$1(outer)}`;
		report(file.problem(["writable"], what, `Remove ${quoted$1(within)}: all of ${quoted$1(outer)} is writable.`));
	}
	const collectedStatic = collected === void 0 ? void 0 : plainFolder(collected);
	const both = collectedStatic && writable.find((folder) => overlap(folder, collectedStatic));
	if (both) report(file.problem(["collected-static"], `${quoted$1(collectedStatic)} and the writable folder ${quoted$1(both)} contain each other`, "Static files are part of a release, and the application cannot change them. Keep the two apart."));
	const { what: _, next: __, ...writablePlace } = file.problem(["writable"], "");
	return {
		writable,
		writablePlace,
		...collectedStatic === void 0 ? {} : { collectedStatic }
	};
}

// src/settings/config-schema.ts
const domains = pipe(array(judged(domainProblem)), minLength(1, "names no domain"));
const onlyBinaryName = union([literal$1(":all:"), text$2("distribution")]);
const filled = pipe(string(), nonEmpty("is empty"));
const health = strictObject({
	path: key(text$2("urlPath"), {
		description: "The page that Woven requests before and after the switch.",
		example: "path = \"/healthz\"",
		shown: shownDefault("health.path")
	}),
	status: key(whole(100, 599), {
		description: "The status of a healthy answer.",
		example: "status = 200",
		shown: "any but 400 and 5xx"
	}),
	text: key(filled, {
		description: "A text that the answer must contain.",
		example: "text = \"ok\""
	}),
	timeout: key(whole(1, 600), {
		description: "Seconds to wait for the first healthy answer.",
		example: "timeout = 30",
		shown: shownDefault("health.timeout")
	})
});
const site = strictObject({
	domains: key(domains, {
		description: "The site's domains. The first is its address; the others redirect to it.",
		example: "domains = [\"shop.example.com\"]"
	}),
	"settings-module": key(text$2("module"), {
		description: "The site's own settings module, if it differs from `settings-module`.",
		example: "settings-module = \"shop.settings_admin\""
	}),
	health: key(health, {
		description: "How the site's health is checked, where it differs from `health`: the same keys.",
		example: "health = { path = \"/admin/login/\" }"
	})
});
const projectKeys = {
	distribution: key(text$2("distribution"), {
		description: "The name of the distribution: what is deployed and versioned.",
		example: "distribution = \"shop\"",
		shown: "found"
	}),
	"version-from": key(picklist(["project", "git"]), {
		description: "`project`: the project's own version. `git`: that version (or the last tag) plus the commit, so that every push is a release.",
		example: "version-from = \"git\"",
		shown: shownDefault("version-from")
	}),
	"settings-module": key(text$2("module"), {
		description: "The settings module for production.",
		example: "settings-module = \"shop.settings.production\"",
		shown: "found"
	}),
	requirements: key(pipe(texts("repositoryPath"), minLength(1, "names no file")), {
		description: "One or more requirements files, or one lock file. They may lie above the working directory, up to the top of the repository.",
		example: "requirements = [\"requirements/production.txt\"]",
		shown: "found",
		was: "PIP_REQUIREMENTS"
	}),
	groups: key(texts("distribution"), {
		description: "Dependency groups that production needs beside the project's own dependencies.",
		example: "groups = [\"prod\"]",
		shown: "`[]`"
	}),
	extras: key(texts("distribution"), {
		description: "Extras of the project that production needs.",
		example: "extras = [\"s3\"]",
		shown: "`[]`"
	}),
	"project-apps-path": key(text$2("relativeFolder"), {
		description: "A folder of apps to put on Python's path, relative to the working directory.",
		example: "project-apps-path = \"apps\"",
		was: "PROJECT_APPS_PATH"
	}),
	"static-url": key(text$2("url"), {
		description: "The URL of static files.",
		example: "static-url = \"/static/\"",
		shown: "from Django",
		was: "STATIC_URL"
	}),
	"media-url": key(text$2("url"), {
		description: "The URL of uploads.",
		example: "media-url = \"/media/\"",
		shown: "from Django",
		was: "MEDIA_URL"
	}),
	migrate: key(judged(migrateProblem), {
		description: "Which migrations to run: `auto`, `none`, `fake`, `manual`, or an app and a migration. The `migrate` input wins.",
		example: "migrate = \"auto\"",
		shown: shownDefault("migrate"),
		was: "MANUAL_MIGRATION (`manual`)"
	}),
	python: key(text$2("python"), {
		description: "The Python of the releases: a minor version, a full version, or `system`, the server's own Python 3. A version that the server does not have is brought along, which needs `gunicorn` or `uvicorn` as the server.",
		example: "python = \"3.13\"",
		shown: "found"
	}),
	...serverKeys,
	domains: key(domains, {
		description: "The domains of site 1; short for `sites.1.domains`. deploy and patch need the domains of at least one site.",
		example: "domains = [\"shop.example.com\"]"
	}),
	sites: key(record(text$2("siteId"), site), {
		description: "The sites: one table for each SITE_ID.",
		example: "[tool.woven.sites.2]\ndomains = [\"admin.example.com\"]"
	}),
	include: key(texts("relativePath"), {
		description: "Files that git does not track but the release needs, such as build output.",
		example: "include = [\"assets/dist\"]",
		shown: shownDefault("include")
	}),
	exclude: key(texts("relativePath"), {
		description: "Files that must not leave the runner.",
		example: "exclude = [\"docs\"]",
		shown: shownDefault("exclude")
	}),
	writable: key(array(alsoJudged("relativeFolder", writableProblem)), {
		description: "Folders that the application writes to. They are kept outside of releases.",
		example: "writable = [\"logs\", \"data\"]",
		shown: "`[]`"
	}),
	"collected-static": key(alsoJudged("relativeFolder", collectedProblem), {
		description: "A folder of static files that an earlier step or `build` has filled. Woven then runs no `collectstatic`.",
		example: "collected-static = \"staticfiles\""
	}),
	build: key(array(filled), {
		description: "Commands that make files for the release, such as style sheets. They run on the runner, without secrets, in a copy of the checkout.",
		example: "build = [\"npm ci\", \"npm run build\"]",
		shown: "`[]`"
	}),
	health: key(health, {
		description: "How Woven checks that a release is healthy.",
		example: "[tool.woven.health]\npath = \"/healthz\""
	}),
	env: key(record(text$2("envName"), string()), {
		description: "Plain environment variables of the Django process. Put secrets into the `env` input.",
		example: "[tool.woven.env]\nDJANGO_LOG_LEVEL = \"INFO\"",
		shown: shownDefault("env")
	}),
	"keep-releases": key(whole(1, 1e3), {
		description: "How many releases to keep on a server.",
		example: "keep-releases = 5",
		shown: shownDefault("keep-releases")
	}),
	drain: key(whole(1, 3600), {
		description: "Seconds that the previous release keeps running after a switch, for requests and websockets that are open. Then it has 30 seconds more to end by itself.",
		example: "drain = 60",
		shown: shownDefault("drain")
	}),
	"only-binary": key(union([picklist([":all:", "all"]), array(onlyBinaryName)]), {
		description: "Packages that are never built on the runner, or `:all:`: their wheels are used, or the run ends with an error.",
		example: "only-binary = \":all:\"",
		shown: "`[]`"
	}),
	"build-constraints": key(array(judged(buildConstraintProblem)), {
		description: "Versions of the tools that packages are built with. Old packages need an old setuptools. They do not change what is installed.",
		example: "build-constraints = [\"setuptools<66\"]",
		shown: "`[]`"
	}),
	"build-env": key(array(text$2("envName")), {
		description: "Names of variables of the job that `build` and builds of packages may see, beside those that steer pip, uv and compilers.",
		example: "build-env = [\"WITH_GEOS\"]",
		shown: "`[]`"
	})
};
const configSchema = strictObject({
	...nodeKeys,
	...projectKeys,
	...tlsKeys,
	...webKeys,
	...backgroundKeys
});
const configKeys = Object.keys(configSchema.entries);
/** The keys that a table of the configuration may hold, or undefined if there is no such table. */
function namesAt(path) {
	const entries = entriesOf(schemaAt(path));
	return entries === void 0 ? void 0 : Object.keys(entries);
}
/** The documentation of the key at a path. */
function notesAt(path) {
	const schema = schemaAt(path);
	return schema === void 0 ? void 0 : getMetadata(schema);
}
/** The keys of a table, or of what may be a name or a table. The options of a picklist are its names. */
function entriesOf(schema) {
	const tables = (schema?.options ?? []).filter((option) => typeof option === "object");
	return schema?.entries ?? tables.find(({ entries }) => entries !== void 0)?.entries;
}
function schemaAt(path) {
	let schema = configSchema;
	for (const name of path) {
		const entries = entriesOf(schema) ?? {};
		const inner = Object.hasOwn(entries, name) ? entries[name] : schema?.value;
		schema = inner?.wrapped ?? inner;
	}
	return schema;
}

// src/settings/misplaced-key.ts
/**
* What to report of a setting that was written into another table, such as `env.server`. Undefined if the name is none of a setting.
*
* @param prefix the path of Woven's table in the file
*/
function misplacedKey(path, prefix) {
	const name = path.at(-1) ?? "";
	if (path.length < 2 || !configKeys.includes(name)) return void 0;
	const table = `[${[...prefix, ...path.slice(0, -1)].join(".")}]`;
	const move = prefix.length === 0 ? "Move the line above the first [table]." : `Move the line to [${prefix.join(".")}].`;
	return path[0] === "env" ? {
		what: "is a setting of Woven, but here it is an environment variable",
		next: `${move} If you mean a variable, put it into the input env.`
	} : {
		what: `is a setting of Woven, but not of ${table}`,
		next: move
	};
}

// src/settings/config-env.ts
/** Reports names that Woven sets itself, and settings of Woven: in TOML, a line below `[env]` belongs to it. */
function checkEnv(file, report) {
	for (const name of Object.keys(file.config.env ?? defaults.env)) {
		const instead = reservedName(name);
		if (instead !== void 0) report(file.problem(["env", name], "cannot be set here", instead));
		const misplaced = misplacedKey(["env", name], file.name === "woven.toml" ? [] : ["tool", "woven"]);
		if (misplaced !== void 0) report(file.problem(["env", name], misplaced.what, misplaced.next));
	}
}

// src/settings/config-faults.ts
/** All faults. A check reports only the first of several unknown keys in a table, so that key is removed and the rest checked again. */
function faultsOf(values) {
	const unknown = [];
	for (let rest = values;;) {
		const { issues = [] } = safeParse(configSchema, rest, { abortPipeEarly: true });
		const faults = issues.flatMap((issue) => faultsIn(issue));
		const fresh = faults.filter(({ issue, path }) => isUnknownKey(issue) && path.length > 0);
		unknown.push(...fresh);
		if (fresh.length === 0) return [...unknown, ...faults];
		rest = withoutFaults(rest, fresh.map(({ path }) => path));
	}
}
/** The values without the faults, and without what becomes wrong by that, such as a list that is now empty. */
function sound(values) {
	for (let rest = values;;) {
		const result = safeParse(configSchema, rest);
		if (result.success) return result.output;
		const paths = result.issues.flatMap((issue) => faultsIn(issue).map(({ path }) => path));
		if (paths.some((path) => path.length === 0)) return {};
		rest = withoutFaults(rest, paths);
	}
}
/**
* Of a value that may be a name or a table, the faults of the one that it is: a union only says that it is neither. Of all other values,
* the fault itself.
*/
function faultsIn(issue) {
	const path = pathOf(issue);
	const inner = (issue.type === "union" ? issue.issues : void 0) ?? [];
	const own = typeof issue.input === "object" && issue.input !== null && !Array.isArray(issue.input) ? inner.filter((one) => (one.path ?? []).length > 0) : inner.filter(({ type }) => type === "picklist" && inner.some((other) => other.type === "strict_object"));
	return own.length === 0 ? [{
		issue,
		path
	}] : own.map((one) => ({
		issue: one,
		path: [...path, ...pathOf(one)]
	}));
}
function pathOf(issue) {
	return (issue.path ?? []).map((item) => String(item.key));
}
function isUnknownKey(issue) {
	return issue.type === "strict_object" && issue.expected === "never";
}
/** The same values without those at the paths: a key of a table, an entry of a list. */
function withoutFaults(values, paths) {
	const [here, deeper] = [/* @__PURE__ */ new Set(), /* @__PURE__ */ new Map()];
	for (const [name, ...rest] of paths) {
		if (name === void 0) continue;
		if (rest.length === 0) here.add(name);
		else deeper.set(name, [...deeper.get(name) ?? [], rest]);
	}
	const kept = (name, value) => withoutFaults(value, deeper.get(name) ?? []);
	if (Array.isArray(values)) return values.flatMap((value, at) => here.has(String(at)) ? [] : [kept(String(at), value)]);
	if (typeof values !== "object" || values === null || values instanceof Date) return values;
	return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => here.has(name) ? [] : [[name, kept(name, value)]]));
}
/** Whether the paths are equal, or one contains the other. */
function overlaps(one, other) {
	return one.every((name, at) => at >= other.length || name === other[at]);
}

// src/settings/toml-lines.ts
/**
* The line (from 1) of the key at a path, or else of the nearest table or key around it. If a value is given, the line of that value,
* which may be further down in a list.
*/
function lineOfKey(text, path, value) {
	const lines = keyLines(text);
	for (let length = path.length; length > 0; length -= 1) {
		const line = lines.get(JSON.stringify(path.slice(0, length)));
		if (line !== void 0) return typeof value === "string" ? lineOfText(text, line, value, lines) : line;
	}
}
/** Stops at the next key, because the same text may occur again after it. */
function lineOfText(text, start, value, keys) {
	const end = Math.min(...[...keys.values()].filter((line) => line > start), Number.POSITIVE_INFINITY);
	const at = text.split("\n").slice(start - 1, end - 1).findIndex((line) => line.includes(`"${value}"`) || line.includes(`'${value}'`));
	return at === -1 ? start : start + at;
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
/** A key also gives the first line of the tables around it, unless they are known already. */
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

// src/settings/project-files.ts
/** Folders that never hold code of the project. */
const passedOver = /* @__PURE__ */ new Set([
	"node_modules",
	"__pycache__",
	"site-packages",
	"venv",
	"locale",
	"migrations"
]);
/** Folders that rarely hold the project to deploy. Woven looks into them only if something in them says that they do. */
const besides = /* @__PURE__ */ new Set([
	"build",
	"dist",
	"doc",
	"docs",
	"env",
	"example",
	"examples",
	"media",
	"static",
	"templates",
	"test",
	"tests"
]);
const deepest = 5;
const mostFiles = 2e4;
const mostBytes = 4e6;
/** Lists the folders under `root`, five levels deep. Throws the file system's error if `root` cannot be read. */
function projectFiles(root, repository) {
	const paths = [];
	let level = [""];
	for (let depth = 0; depth <= deepest && paths.length < mostFiles; depth += 1) {
		const looks = level.map((folder) => look(root, folder));
		paths.push(...looks.flatMap(({ files }) => files));
		level = looks.flatMap(({ folders }) => folders);
	}
	const above = filesAbove(root, repository);
	const known = /* @__PURE__ */ new Set([...paths, ...above.flatMap(({ files }) => files)]);
	const fromTop = relative(repository, root).split(sep).join("/");
	const decode = (path) => known.has(path) ? readText(join(root, path)) : void 0;
	return {
		root,
		paths,
		above,
		has: (path) => known.has(path),
		read: (path) => decode(path)?.text,
		decode,
		repositoryPath: (path) => fromTop.startsWith("..") ? path : posix.join(fromTop, path)
	};
}
/** Whether a file is in a folder that rarely holds the project to deploy. Such a file counts only if there is no other. */
function isBeside(path) {
	return posix.dirname(path).split("/").some((folder) => besides.has(folder));
}
/** The repository's files above the working directory: those in each folder, and in its folder `requirements`. */
function filesAbove(root, repository) {
	const top = topOf(root) ?? repository;
	const depth = relative(top, root).split(sep);
	if (depth[0] === "" || depth[0] === "..") return [];
	return depth.map((_, at) => {
		const folder = Array.from({ length: at + 1 }, () => "..").join("/");
		return {
			folder,
			files: ["", "requirements"].flatMap((name) => statSync(join(root, folder, name), { throwIfNoEntry: false })?.isDirectory() ? look(root, posix.join(folder, name)).files : [])
		};
	});
}
/** The folder with `.git`, which is a file in a submodule and in a worktree. */
function topOf(folder) {
	if (existsSync(join(folder, ".git"))) return folder;
	return dirname(folder) === folder ? void 0 : topOf(dirname(folder));
}
function look(root, folder) {
	const entries = readdirSync(join(root, folder), { withFileTypes: true }).toSorted((a, b) => a.name < b.name ? -1 : 1);
	if (folder !== "" && entries.some((entry) => entry.name === "pyvenv.cfg")) return {
		files: [],
		folders: []
	};
	const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && holdsCode(join(root, folder, entry.name), entry.name));
	const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink());
	const path = (entry) => posix.join(folder, entry.name);
	return {
		files: files.map(path),
		folders: folders.map(path)
	};
}
function holdsCode(path, name) {
	if (passedOver.has(name)) return false;
	if (!besides.has(name)) return true;
	const within = readdirSync(path);
	return within.some((entry) => [
		"manage.py",
		"settings.py",
		"settings",
		"wsgi.py",
		"asgi.py",
		name
	].includes(entry)) || name === "env" && within.some((entry) => entry.endsWith(".py"));
}
function readText(path) {
	const found = statSync(path, { throwIfNoEntry: false });
	if (found === void 0 || !found.isFile() || found.size > mostBytes) return void 0;
	return decodeText(readFileSync(path));
}
/** A project that could not be read. */
const emptyProject = {
	root: "/",
	paths: [],
	above: [],
	has: () => false,
	read: () => void 0,
	decode: () => void 0,
	repositoryPath: (path) => path
};

// src/settings/project/module-files.ts
/** The possible files of a module, relative to the folder on sys.path. */
function moduleFiles(module) {
	const path = module.replaceAll(".", "/");
	return [`${path}.py`, `${path}/__init__.py`];
}
/** The file of a module below `root`, or undefined if there is none. */
function moduleFile(files, root, module) {
	return moduleFiles(module).map((file) => posix.join(root, file)).find((path) => files.has(path));
}
/** The folder of a module: one of `near`, the top, src, or else any folder with its file. */
function rootOf(files, module, near) {
	const root = [
		...near,
		".",
		"src"
	].find((folder) => moduleFile(files, folder, module) !== void 0);
	if (root !== void 0) return root;
	for (const file of moduleFiles(module)) {
		const [deep] = ownFiles(files.paths.filter((path) => path.endsWith(`/${file}`)));
		if (deep !== void 0) return deep.slice(0, -file.length - 1);
	}
}
/** The names of the modules in a folder. */
function modulesIn(files, folder) {
	return files.paths.filter((path) => posix.dirname(path) === folder && path.endsWith(".py") && posix.basename(path) !== "__init__.py").map((path) => posix.basename(path, ".py"));
}
/** The files that are not in folders such as `example` or `tests`, or else all of them. */
function ownFiles(paths) {
	const own = paths.filter((path) => !isBeside(path));
	return own.length > 0 ? own : paths;
}
/** The purpose of a settings module, by its name. Undefined if the name is not typical for settings. */
function purposeOf(name) {
	if (/^(production|prod|live|prd)$/.test(name)) return "production";
	if (/^(local|dev|develop|development|debug|tests?|testing|ci|example|sample)$/.test(name)) return "development";
	return /^(base|common|defaults?|main|shared|staging|stage|heroku|docker|deploy|deployment|server|web|aws)$/.test(name) || name === "settings" ? "any" : void 0;
}
/** Modules by their likely purpose: production first, development last. */
function inOrder(modules) {
	const rank = (module) => {
		const purposes = (module.split(".").at(-1) ?? "").split("_").map(purposeOf);
		if (purposes.includes("production")) return 0;
		return purposes.includes("development") ? 2 : 1;
	};
	return [...new Set(modules)].toSorted((one, other) => rank(one) - rank(other));
}
/** The modules that look like settings, production first. */
function settingsModules(files) {
	const roots = [
		...files.paths.filter((path) => posix.basename(path) === "manage.py").map((path) => posix.dirname(path)),
		"src",
		"."
	].toSorted((one, other) => other.length - one.length);
	return inOrder(ownFiles(files.paths.filter((path) => /(^|\/)(settings|settings_\w+|\w+_settings|settings\/(?!__init__\.)\w+)\.py$/.test(path))).map((path) => {
		const root = roots.find((folder) => path.startsWith(`${folder}/`)) ?? ".";
		return posix.relative(root, path).replace(/\.py$/, "").replaceAll("/", ".");
	}));
}

// src/settings/project/python-text.ts
const tokenPattern = /(?<space>[ \t\f]+|\\\r?\n|#[^\n]*)|(?<end>\r?\n)|(?<prefix>[A-Za-z]{0,2})(?<quoted>"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')|(?<name>[A-Za-z_]\w*)|(?<sign>[()[\]{},.=:+])|(?<other>[\s\S])/g;
/** The tokens of a Python text, without comments and blanks. `indent` is that of the token's line. */
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
/** The value of the string literal at `index`, if it is the whole expression: nothing is added, formatted or called. */
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
/** The string literal that the module assigns to a name at its top level: `__version__ = "1.4"`, also with a type hint. The last one counts. */
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
/** The keyword arguments of the first call of `callee`. A name to which the module assigns a literal counts as that literal. */
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

// src/settings/project/asgi.ts
/** Apps for websockets: https://channels.readthedocs.io/en/stable/installation.html */
const apps = ["channels", "daphne"];
/** Undefined if the project needs no ASGI. Reads the settings, and the modules that they import from their own package. */
function asgiNeed(files, { sourceRoot, settingsModule }) {
	const sources = settingsFiles(files, sourceRoot.value, settingsModule.value).map((path) => ({
		path,
		tokens: pythonTokens(files.read(path) ?? "")
	}));
	if (!sources.some(({ tokens }) => moduleString(tokens, "ASGI_APPLICATION") !== void 0)) return void 0;
	for (const { path, tokens } of sources) {
		const app = tokens.find(({ kind, text }) => kind === "string" && apps.includes(text))?.text;
		if (app !== void 0) return {
			app,
			file: path
		};
	}
}
/** The file of the module, and those that it takes everything from: `from .base import *`. */
function settingsFiles(files, root, module) {
	const found = [];
	const queue = [module];
	for (let next = queue.shift(); next !== void 0; next = queue.shift()) {
		const path = moduleFile(files, root, next);
		if (path === void 0 || found.includes(path)) continue;
		found.push(path);
		const parent = posix.basename(path) === "__init__.py" ? next : next.split(".").slice(0, -1).join(".");
		const text = files.read(path) ?? "";
		for (const [, dots = "", name = ""] of text.matchAll(/^\s*from\s+(\.*)([\w.]*)\s+import\s+\*/gm)) queue.push(absolute(parent, dots, name));
	}
	return found;
}
/** The name of a module that another one imports: `..base` from the package `config.settings` is `config.base`. */
function absolute(parent, dots, name) {
	if (dots === "") return name;
	const around = parent.split(".");
	return [...around.slice(0, around.length - dots.length + 1), ...name === "" ? [] : [name]].join(".");
}

// src/settings/server.ts
/** The name that the configuration gives, whether or not it works already. */
function namedServer({ config: { server } }) {
	return typeof server === "object" ? server.program : server;
}
/** Options that a server does not have. */
const unfit = { uvicorn: ["threads"] };
/** Reports an option that the server does not have. */
function readServer(file, report) {
	const { server, application } = file.config;
	const named = namedServer(file);
	const { program: _, ...options } = typeof server === "object" ? server : {};
	const name = supportedServers.find((one) => one === named) ?? defaults.server;
	for (const option of unfit[name] ?? []) if (options[option] !== void 0) report(file.problem(["server", option], `${name} has no ${option}`, "Remove it. More workers answer more requests at once."));
	return present({
		server: name,
		serverOptions: present(options),
		application
	});
}
/** Reports a project that needs ASGI under a server that runs WSGI. Whoever names the application knows what it is. */
function checkAsgi(file, files, distribution, report) {
	const { server } = readServer(file, () => void 0);
	if (distribution === void 0 || server === "uvicorn" || file.config.application !== void 0) return;
	const need = asgiNeed(files, distribution);
	if (need === void 0) return;
	report(file.problem(["server"], `${need.file} has the app ${quoted$1(need.app)} and ASGI_APPLICATION, and ${server} runs no ASGI`, `${file.toWrite("server = \"uvicorn\"")}\nTo serve its WSGI pages alone, name them: application = "config.wsgi:application"`));
}
/** Reports an application whose module is not among the project's files: it would only fail once it is started. */
function checkApplication(file, files, distribution, report) {
	const { application, "project-apps-path": apps = "." } = file.config;
	if (application === void 0 || distribution === void 0) return;
	const [module = ""] = application.split(":");
	const root = distribution.sourceRoot.value;
	if ([
		root,
		posix.join(root, apps),
		"."
	].some((place) => moduleFile(files, place, module) !== void 0)) return;
	const at = files.paths.find((path) => path.endsWith(`/${module.split(".").at(-1)}.py`));
	const seen = at === void 0 ? "" : ` There is ${at}.`;
	report(file.problem(["application"], `there is no file for ${quoted$1(module)}`, `Write it as Python imports it, from ${quoted$1(root)}.${seen}`));
}

// src/settings/unsupported.ts
/** The problem of a reserved name. */
const notSupported = {
	what: "is not supported yet",
	next: "Remove it for now."
};
/** Inputs that action.yml does not have yet. */
const reservedInputs = /* @__PURE__ */ new Set([
	"preview",
	"github-token",
	"files",
	"preview-env",
	"preview-label",
	"notify",
	"wait",
	"retire",
	"groups"
]);
/** Keys that the schema does not have yet, at the top of the configuration. */
const reservedKeys = /* @__PURE__ */ new Set([
	"context",
	"role-settings",
	"release-commands",
	"first-commands",
	"seed-database",
	"migrate-safety",
	"backup",
	"keep-backups",
	"lock-timeout",
	"statement-timeout",
	"waves",
	"pause",
	"watch",
	"watch-errors",
	"preview-domain",
	"preview-ttl",
	"preview-database-from"
]);
/** Keys of which only some values work, each with those values. */
const keys = { server: (value) => {
	const named = typeof value === "object" ? value.program : value;
	return named === void 0 || supportedServers.some((server) => server === named);
} };
function reportUnsupported(file, report) {
	for (const [key, harmless] of Object.entries(keys)) {
		const value = file.config[key];
		if (value === void 0 || harmless(value)) continue;
		const named = key === "server" ? namedServer(file) : value;
		const path = named === value ? [key] : [key, "program"];
		const shown = typeof named === "string" ? ` = ${JSON.stringify(named)}` : "";
		report(file.problem(path, `${path.join(".")}${shown} ${notSupported.what}`, notSupported.next));
	}
}

// src/settings/config-file.ts
/** A TOML file of the project. Undefined if there is none, or if it cannot be read, which is reported. */
function readToml(files, path, report) {
	const text = files.read(path);
	if (text === void 0) return void 0;
	const repositoryPath = files.repositoryPath(path);
	try {
		return {
			path,
			repositoryPath,
			values: parse$1(text),
			lineOf: (key, value) => lineOfKey(text, key, value)
		};
	} catch (error) {
		if (!(error instanceof TomlError)) throw error;
		const [said = ""] = error.message.replace("Invalid TOML document: ", "").split("\n");
		report({
			where: path,
			what: /control characters are not allowed in strings/.test(said) ? "a quote is not closed" : `is not TOML: ${said}`,
			next: "A text needs quotes, and a list needs brackets: domains = [\"shop.example.com\"]",
			file: repositoryPath,
			line: error.line
		});
		return;
	}
}
/** The configuration. Everything wrong is reported, and wrong keys are left out. */
function readConfig(pyproject, woven, report) {
	const tool = table(table(pyproject?.values)?.["tool"])?.["woven"];
	if (woven !== void 0 && pyproject !== void 0 && tool !== void 0) {
		const line = pyproject.lineOf(["tool", "woven"]);
		report({
			where: "pyproject.toml: tool.woven",
			what: "cannot be used together with a woven.toml",
			next: "Write all of Woven's keys in one of the two.",
			file: pyproject.repositoryPath,
			...line === void 0 ? {} : { line }
		});
	}
	if (woven !== void 0) return checked$1(...unwrapped(woven, report), report);
	const file = pyproject;
	return checked$1(tool ?? {}, {
		...file === void 0 ? {} : { file },
		prefix: ["tool", "woven"]
	}, report);
}
/** Reports a [tool.woven] table in woven.toml once, and reads its keys as if they were at the top. */
function unwrapped(woven, report) {
	const inner = table(table(woven.values["tool"])?.["woven"]);
	const place = {
		file: woven,
		prefix: []
	};
	if (inner === void 0) return [woven.values, place];
	const { tool: _, ...top } = woven.values;
	report(problemAt(place)(["tool"], notNeeded.what, notNeeded.next));
	const lineOf = (key, value) => woven.lineOf((key[0] ?? "") in top ? key : [
		"tool",
		"woven",
		...key
	], value);
	return [{
		...inner,
		...top
	}, {
		...place,
		file: {
			...woven,
			lineOf
		}
	}];
}
const notNeeded = {
	what: "is not needed here",
	next: "In woven.toml, write the keys at the top, without [tool.woven]."
};
function checked$1(values, place, report) {
	const problem = problemAt(place);
	const faults = faultsOf(values);
	const problems = faults.map(({ issue, path }) => {
		const { what, next } = explained(issue, path, place);
		return problem(path, what, next, issue.input);
	});
	const different = problems.filter(({ where, what }, at) => problems.findIndex((other) => other.where === where && other.what === what) === at);
	for (const one of different.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0))) report(one);
	const name = place.file?.path ?? "woven.toml";
	const wrong = faults.flatMap(({ path }) => [path, meantPath(path)]);
	return {
		config: sound(values),
		name,
		isWrong: (...path) => wrong.some((one) => overlaps(path, one)),
		problem,
		toWrite: (lines, what) => toWrite(name, lines, what)
	};
}
/** The existing key that an unknown key probably means. */
function meantPath(path) {
	const around = path.slice(0, -1);
	const name = path.at(-1) ?? "";
	return [...around, nearest(name, namesAt(around) ?? []) ?? name];
}
function problemAt(place) {
	return (path, what, next, value) => {
		const name = place.file?.path ?? "woven.toml";
		const line = place.file?.lineOf([...place.prefix, ...path], value);
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
	const misplaced = path[0] === "env" ? misplacedKey(path, place.prefix) : void 0;
	if (misplaced !== void 0) return misplaced;
	const example = notesAt(keyPath(path))?.example;
	const shown = place.prefix.length === 0 ? example?.replaceAll("[tool.woven.", "[") : example;
	const next = shown === void 0 ? void 0 : `For example: ${shown}`;
	if (isUnknownKey(issue)) return unknownKey(path, place);
	if (issue.kind === "validation") return {
		what: issue.message,
		next
	};
	if (issue.type === "picklist" || isOneOf(issue)) return {
		what: `${quoted$1(String(issue.input))} is not ${oneOf(issue.expected?.replaceAll(/[()"]/g, "").split(" | ") ?? [])}`,
		next
	};
	return {
		what: `is ${typeName(issue.input)}, but must be ${expectedName(issue.type)}`,
		next
	};
}
/** A union of single values, such as false and some words. */
function isOneOf({ type, expected }) {
	return type === "union" && expected !== null && !/[A-Z]/.test(expected);
}
function unknownKey(path, place) {
	const name = path.at(-1) ?? "";
	if (path.length === 1 && name === "tool" && place.prefix.length === 0) return notNeeded;
	if (path.length === 1 && reservedKeys.has(name)) return notSupported;
	const misplaced = misplacedKey(path, place.prefix);
	if (misplaced !== void 0) return misplaced;
	const names = namesAt(path.slice(0, -1)) ?? configKeys;
	const near = nearest(name, names) ?? oldNames.get(name.toUpperCase().replaceAll("-", "_"));
	if (name.toUpperCase() === "HOSTS") return {
		what: "is not a setting",
		next: "Did you mean domains (names of the site) or roles (servers)?"
	};
	if (near !== void 0) return {
		what: "is not a setting",
		next: `Did you mean ${near}?`
	};
	return {
		what: "is not a setting",
		next: names.length > 8 ? "docs/settings.md lists every setting." : `The settings here are: ${names.join(", ")}.`
	};
}
/** The setting names of 2010, for old projects. */
const oldNames = new Map(configKeys.flatMap((name) => (notesAt([name])?.was ?? "").split(/[^A-Z_]+/).flatMap((was) => was === "" ? [] : [[was, name]])));
/** The keys that hold a table for each name. */
const namedTables = [
	"sites",
	"processes",
	"schedules"
];
/** The path without list positions: the key whose example fits an entry. */
function keyPath(path) {
	const [first = "", ...rest] = path;
	if (first === "sites") return rest.length > 1 ? [first, ...rest.slice(0, rest[1] === "health" ? 3 : 2)] : [first];
	if (namedTables.includes(first)) return rest.length > 1 ? [
		first,
		rest[0] ?? "",
		rest[1] ?? ""
	] : [first];
	return [
		"health",
		"server",
		"web"
	].includes(first) && rest[0] !== void 0 ? [first, rest[0]] : [first];
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
/** A value as a table, or undefined if it is not one. */
function table(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date) ? value : void 0;
}

// src/settings/project/named-module.ts
/** The literal modules that a Python text sets as DJANGO_SETTINGS_MODULE. */
function namedModules(source) {
	return namedValues(source, "DJANGO_SETTINGS_MODULE").filter((text) => /^[A-Za-z_][\w.]*$/.test(text));
}
/** The literal values that a Python text gives to an environment variable. */
function namedValues(source, variable) {
	const tokens = pythonTokens(source);
	const named = tokens.flatMap((_, index) => {
		const at = valueAfter(tokens, index, variable);
		return at === void 0 ? [] : literal(tokens, at) ?? [];
	});
	return [...new Set(named)];
}
/** Whether a Python text sets the variable at all: `os.environ.setdefault("…", …)`, `os.environ["…"] = …`. */
function setsVariable(source, variable) {
	const tokens = pythonTokens(source);
	return tokens.some((_, index) => valueAfter(tokens, index, variable) !== void 0 && (tokens[index + 1]?.text === "]" || isSetter(tokens.slice(0, index))));
}
function isSetter(before) {
	const [name, open] = before.filter(({ kind }) => kind !== "end").slice(-2);
	return open?.text === "(" && ["setdefault", "putenv"].includes(name?.text ?? "");
}
/** The place of the value in `…"NAME", "value")` or `…"NAME"] = "value"`. */
function valueAfter(tokens, index, variable) {
	const token = tokens[index];
	if (token?.kind !== "string" || token.text !== variable) return void 0;
	const first = tokens[index + 1]?.text;
	let value = index + 2;
	if (first === "]" && tokens[value]?.text === "=") value += 1;
	else if (first !== ",") return void 0;
	while (tokens[value]?.kind === "end") value += 1;
	return value;
}
/** A literal, or a name to which the module assigns a literal. */
function literal(tokens, at) {
	const token = tokens[at];
	const alone = [
		")",
		",",
		";",
		"\n",
		void 0
	].includes(tokens[at + 1]?.text);
	return token?.kind === "name" && alone ? moduleString(tokens, token.text) : loneString(tokens, at);
}

// src/settings/project/configuration-class.ts
const configurationVariable = "DJANGO_CONFIGURATION";
/**
* The settings class, if the project uses django-configurations and no variable names the class. Else undefined. Reports a problem if
* several classes are possible.
*/
function findConfiguration(files, django, { config, given }, report) {
	const settings = moduleFile(files, django.sourceRoot.value, django.settingsModule.value);
	const starters = ownFiles(files.paths.filter((path) => /(^|\/)(wsgi|asgi|manage)\.py$/.test(path)));
	const sources = [...starters, ...settings === void 0 ? [] : [settings]];
	if (given.includes("DJANGO_CONFIGURATION")) return void 0;
	if (!sources.some((path) => importsConfigurations(files.read(path) ?? ""))) return void 0;
	const named = (name) => starters.filter((path) => name.test(posix.basename(path))).flatMap((path) => namedValues(files.read(path) ?? "", configurationVariable).map((value) => ({
		value,
		from: path
	})));
	const served = unique(named(/^[wa]sgi\.py$/));
	const managed = unique(named(/^manage\.py$/));
	const [only, ...more] = served.length > 0 ? served : managed;
	if (only !== void 0 && more.length === 0 && !isForDevelopment(only.value)) return only;
	const all = byPurpose([...settings === void 0 ? [] : classNames(files.read(settings) ?? ""), ...[...served, ...managed].map(({ value }) => value)]);
	report({
		where: configurationVariable,
		what: `the settings are classes of django-configurations, and none is named${all.length > 0 ? `: it may be ${oneOf(all)}` : ""}`,
		next: config.toWrite(`env.${configurationVariable} = "${all[0] ?? "Production"}"`)
	});
}
/** Classes for production come first. */
function byPurpose(names) {
	const words = new Map(names.map((name) => [snake(name), name]));
	return inOrder([...words.keys()]).flatMap((word) => words.get(word) ?? []);
}
function unique(found) {
	return found.filter(({ value }, at) => found.findIndex((other) => other.value === value) === at);
}
/** `Dev`, `LocalDevelopment`: recognised by the words in their names, as modules are. */
function isForDevelopment(name) {
	return snake(name).split("_").map(purposeOf).includes("development");
}
function snake(name) {
	return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
}
function importsConfigurations(source) {
	const tokens = pythonTokens(source);
	return tokens.some(({ kind, text }, at) => kind === "name" && text === "configurations" && startsImport(tokens[at - 1]));
}
function startsImport(token) {
	return token?.text === "from" || token?.text === "import";
}
/** The top-level classes of a settings module. */
function classNames(source) {
	const tokens = pythonTokens(source);
	return tokens.flatMap(({ kind, text, indent }, at) => kind === "name" && indent === 0 && tokens[at - 1]?.text === "class" ? [text] : []);
}

// src/settings/project/poetry.ts
/** `[tool.poetry] version`, unless poetry-dynamic-versioning fills it in when it builds. */
function poetryVersion(tool, from) {
	if (table(tool["poetry-dynamic-versioning"])?.["enable"] === true) return { computed: `${from}: computed by poetry-dynamic-versioning` };
	const version = table(tool["poetry"])?.["version"];
	return typeof version === "string" && version.trim() !== "" ? { version: {
		value: version.trim(),
		from
	} } : {};
}
/** Poetry's constraint on Python as a PEP 440 specifier, or undefined if there is no equivalent. */
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
/** The requirements in Poetry's own tables, without versions, which are in its lock: `psycopg[binary] ; python_version < '3.13'`. */
function poetryRequirements(poetry, chosen) {
	const groups = table(poetry["group"]) ?? {};
	const extras = table(poetry["extras"]) ?? {};
	const wanted = (chosen.extras ?? []).flatMap((name) => Array.isArray(extras[name]) ? extras[name] : []);
	return [table(poetry["dependencies"]) ?? {}, ...(chosen.groups ?? []).map((name) => table(table(groups[name])?.["dependencies"]) ?? {})].flatMap((list) => Object.entries(list).filter(([name]) => name.toLowerCase() !== "python").flatMap(([name, stated]) => (Array.isArray(stated) ? stated : [stated]).flatMap((one) => root(name, one, wanted))));
}
function root(name, stated, wanted) {
	const options = table(stated) ?? {};
	if (options["optional"] === true && !wanted.includes(name)) return [];
	const extras = Array.isArray(options["extras"]) ? `[${options["extras"].join(",")}]` : "";
	const python = poetryPython(options["python"]);
	const markers = [
		typeof options["markers"] === "string" ? `(${options["markers"]})` : void 0,
		typeof options["platform"] === "string" ? `sys_platform == "${options["platform"]}"` : void 0,
		...python?.split(",").map(pythonMarker) ?? []
	].filter((marker) => marker !== void 0);
	return [`${name}${extras}${markers.length > 0 ? ` ; ${markers.join(" and ")}` : ""}`];
}
/** `>=3.9` as a marker. */
function pythonMarker(specifier) {
	return specifier.replace(/^([<>=!~]+)(.*)$/, "python_full_version $1 \"$2\"");
}

// src/settings/project/groups.ts
/** The names of the groups (PEP 735, Poetry, PDM) and extras that pyproject.toml has. */
function optionalParts(pyproject) {
	const { poetry, pdm, dependencyGroups, optional } = tables(pyproject);
	return {
		groups: [
			...Object.keys(dependencyGroups),
			...Object.keys(table(poetry["group"]) ?? {}),
			...Object.keys(table(pdm["dev-dependencies"]) ?? {})
		],
		extras: [...Object.keys(optional), ...Object.keys(table(poetry["extras"]) ?? {})]
	};
}
/** The configured groups and extras. Reports a name that the project does not have. */
function chosenParts(pyproject, { config, more }, report) {
	const stated = optionalParts(pyproject);
	const parts = {
		groups: [...stated.groups, ...more.groups],
		extras: [...stated.extras, ...more.extras]
	};
	const chosen = (kind) => {
		const wanted = config.config[kind];
		for (const name of wanted ?? []) {
			if (parts[kind].map(plain).includes(plain(name))) continue;
			const what = `the project has no ${kind === "groups" ? "group" : "extra"} ${name}`;
			report(config.problem([kind], what, parts[kind].length === 0 ? void 0 : suggestion(name, parts[kind])));
		}
		return wanted?.length ? wanted : void 0;
	};
	const [groups, extras] = [chosen("groups"), chosen("extras")];
	return {
		...groups ? { groups } : {},
		...extras ? { extras } : {}
	};
}
/** Groups and extras that were not chosen, although their names look like production, with the line that adds them. */
function leftOutParts(pyproject, { groups = [], extras = [] }) {
	const parts = optionalParts(pyproject);
	const serving = /(^|[-_.])(prod|production|live|deploy|deployment|server)([-_.]|$)/i;
	const line = (kind, chosen) => parts[kind].filter((name) => serving.test(name) && !chosen.map(plain).includes(plain(name))).map((name) => ({
		what: `${kind === "groups" ? "dependency group" : "extra"} ${name}`,
		line: `${kind} = [${[...chosen, name].map((one) => JSON.stringify(one)).join(", ")}]`
	}));
	return [...line("groups", groups), ...line("extras", extras)];
}
/** The requirements of the chosen groups and extras of `[project]` and `[dependency-groups]`. */
function chosenDependencies(pyproject, { groups = [], extras = [] }) {
	const { dependencyGroups, optional } = tables(pyproject);
	return [...groups.flatMap((name) => groupMembers(dependencyGroups, name, [])), ...extras.flatMap((name) => strings(entry(optional, name)))];
}
/** Names of all packages that production and the chosen groups need, for a lock that does not say what is for production. */
function rootRequirements(pyproject, chosen) {
	const { project, poetry, pdm } = tables(pyproject);
	const pdmGroups = table(pdm["dev-dependencies"]) ?? {};
	return [
		...strings(project["dependencies"]),
		...chosenDependencies(pyproject, chosen),
		...(chosen.groups ?? []).flatMap((name) => strings(entry(pdmGroups, name))),
		...poetryRequirements(poetry, chosen)
	];
}
function tables(pyproject) {
	const values = pyproject?.values ?? {};
	const tool = table(values["tool"]) ?? {};
	const project = table(values["project"]) ?? {};
	return {
		project,
		poetry: table(tool["poetry"]) ?? {},
		pdm: table(tool["pdm"]) ?? {},
		dependencyGroups: table(values["dependency-groups"]) ?? {},
		optional: table(project["optional-dependencies"]) ?? {}
	};
}
/** PEP 735: a group may include another one. */
function groupMembers(groups, name, around) {
	const members = entry(groups, name);
	if (!Array.isArray(members) || around.includes(plain(name))) return [];
	return members.flatMap((member) => {
		if (typeof member === "string") return [member];
		const included = table(member)?.["include-group"];
		return typeof included === "string" ? groupMembers(groups, included, [...around, plain(name)]) : [];
	});
}
function entry(lists, name) {
	return Object.entries(lists).find(([key]) => plain(key) === plain(name))?.[1];
}
function strings(value) {
	return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
/** Names are compared by the rules of PEP 503 and PEP 735. */
function plain(name) {
	return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

// src/settings/project/git-version.ts
/** A tag without a number, such as `latest` or `production`, moves between commits and is not a version. */
const numbered = ["--match", "*[0-9]*"];
async function readGit(source, cwd) {
	const git = (...args) => source.run("git", args, { cwd });
	const [describe, head, tag] = await Promise.all([
		git("describe", "--tags", "--always", ...numbered),
		git("rev-parse", "HEAD"),
		git("describe", "--tags", "--abbrev=0", ...numbered)
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
/** `<base>+g<commit>`. If the base already has a local part, the commit is appended to it. */
function versionWithCommit(base, commit) {
	return `${base}${base.includes("+") ? "." : "+"}g${commit}`;
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

// src/settings/project/metadata.ts
/** The metadata of all files, in the order of priority: pyproject.toml, setup.cfg, setup.py. */
function readMetadata(files, pyproject) {
	return [
		...pyproject === void 0 ? [] : [
			standard(files, pyproject),
			poetry(pyproject),
			flit(files, pyproject)
		],
		setupCfg(files),
		setupPy(files)
	];
}
/** The first value among several files. */
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
/** Reads the version as build backends do in simple cases: from an attribute or a file. All other cases are `computed`. */
function dynamicVersion(files, tool, pyproject) {
	const setuptools = table(table(table(tool["setuptools"])?.["dynamic"])?.["version"]);
	const hatch = table(table(tool["hatch"])?.["version"]);
	const pdm = table(table(tool["pdm"])?.["version"]);
	const from = `${pyproject.path} project.dynamic`;
	const backend = String(table(pyproject.values["build-system"])?.["build-backend"] ?? "");
	const found = (typeof setuptools?.["attr"] === "string" ? attribute(files, setuptools["attr"]) : void 0) ?? firstFile(files, setuptools?.["file"]) ?? (typeof hatch?.["path"] === "string" ? assigned(files, hatch["path"]) : void 0) ?? (typeof pdm?.["path"] === "string" ? assigned(files, pdm["path"]) : void 0) ?? (backend.startsWith("flit") ? attribute(files, `${flitModule(pyproject)}.__version__`) : void 0);
	const own = poetryVersion(tool, `${pyproject.path} tool.poetry.version`);
	if (found === void 0 && own.version !== void 0) return own;
	const elsewhere = firstStated(/^(setuptools|$)/.test(backend) ? [setupCfg(files), setupPy(files)] : [], "version");
	if (found === void 0 && elsewhere !== void 0) return { version: elsewhere };
	if (found !== void 0) return { version: {
		value: found.value,
		from: `${from}: ${found.from}`
	} };
	return { computed: `${from}: computed by ${backend || "the build backend"}` };
}
/** The module that flit packages. It has the version. */
function flitModule({ values }) {
	const flit = table(table(values["tool"])?.["flit"]);
	const name = table(flit?.["module"])?.["name"] ?? table(flit?.["metadata"])?.["module"] ?? table(values["project"])?.["name"];
	return String(name ?? "").replaceAll("-", "_");
}
/** flit's own table, which is older than `[project]`. */
function flit(files, pyproject) {
	const metadata = table(table(table(pyproject.values["tool"])?.["flit"])?.["metadata"]);
	if (metadata === void 0) return {};
	const from = (key) => `${pyproject.path} tool.flit.metadata.${key}`;
	const found = attribute(files, `${flitModule(pyproject)}.__version__`);
	const list = stringList(metadata["requires"]);
	return {
		...stated(metadata["dist-name"] ?? metadata["module"], from("module"), "name"),
		...found === void 0 ? {} : { version: {
			value: found.value,
			from: `${from("module")}: ${found.from}`
		} },
		...stated(metadata["requires-python"], from("requires-python"), "requiresPython"),
		...list === void 0 ? {} : { dependencies: {
			value: list,
			from: from("requires")
		} }
	};
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
		...computed ? { computed: "setup.cfg metadata.version: computed by setuptools" } : {},
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
		...given.get("version")?.kind === "computed" ? { computed: "setup.py version: computed when it runs" } : {},
		...stated(literal("python_requires"), "setup.py python_requires", "requiresPython"),
		...install?.kind === "list" ? { dependencies: {
			value: install.items,
			from: "setup.py install_requires"
		} } : {}
	};
}

// src/settings/project/place.ts
/** The file and line that a `from` names: `pyproject.toml project.name`, `setup.cfg metadata.version`. */
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
/** Woven's own names in /var/local/woven, where each distribution has a folder of its name, too. */
const ownNames = new Set("hooks hooks-due hooks-waiting new-sources python runs set-up-by ssh-guard tools ufw-rules".split(" "));
/** The distribution's name. Reports a problem and returns undefined if there is no valid one. */
function findName(source, project, report) {
	const configured = project.config.config.distribution;
	const found = configured === void 0 ? firstStated(project.metadata, "name") ?? repositoryName(source, project.root) : {
		value: configured,
		from: `${project.config.name} distribution`
	};
	const isTaken = ownNames.has(found.value);
	if (fits("distribution", found.value) && !isTaken) return found;
	report({
		where: found.from,
		what: `the name ${quoted$1(found.value)} ${isTaken ? "is one that Woven itself uses on the server" : misfit$2("distribution")}`,
		next: project.config.toWrite(`distribution = "${isTaken ? "shop" : similarName(found.value)}"`),
		...placeOf(project, found.from)
	});
}
/** `My Shop!` as `my-shop`. */
function similarName(name) {
	const similar = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "").slice(0, 40);
	return fits("distribution", similar) ? similar : "shop";
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
/** The version: the `version` input, or else what `version-from` selects. */
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
			what: `no version was found: no file has one, and this is not a git repository${git.complaint ? ` (git: ${git.complaint})` : ""}`,
			next: `${setVersion} Or check the repository out with actions/checkout before this step: git then gives a version.`
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
		report(project.config.problem(["version-from"], `is "git", but git finds no commit here${git.complaint ? ` (${git.complaint})` : ""}`, "Check the repository out with actions/checkout before this step."));
		return;
	}
	const base = version ?? (git.tag === void 0 ? {
		value: "0",
		from: "no version and no tag was found; use fetch-depth: 0 with actions/checkout to get tags"
	} : {
		value: git.tag,
		from: "the last tag"
	});
	return {
		value: versionWithCommit(base.value, git.commit),
		from: `${base.from}, with the commit (version-from = "git")`
	};
}
const setVersion = "Set the input version: write version: \"1.0\" below `with:`.";
/** `is not a version: it has a blank. …`. Undefined if all characters are right. */
function wrongCharacters(version) {
	const wrong = [...new Set(version)].filter((character) => !fits("version", `1${character}`));
	if (wrong.length === 0) return void 0;
	return `is not a version: it has ${wrong.map((character) => character === " " ? "a blank" : quoted$1(character)).join(" and ")}. Only letters, digits and . + - _ ! ~ / are allowed, at most 60, such as 1.4.2`;
}
function checked(version, project, report) {
	if (version === void 0 || fits("version", version.value)) return version;
	report({
		where: version.from,
		what: `${quoted$1(version.value)} ${wrongCharacters(version.value) ?? misfit$2("version")}`,
		next: version.from.startsWith("git") ? setVersion : void 0,
		...placeOf(project, version.from)
	});
}

// src/settings/project/lock-files.ts
const lockNames = /* @__PURE__ */ new Map([
	["uv.lock", "uv"],
	["pylock.toml", "pylock"],
	["poetry.lock", "poetry"],
	["pdm.lock", "pdm"],
	["Pipfile.lock", "pipfile"]
]);
function isLock(path) {
	return lockFormat(path) !== void 0;
}
function lockFormat(path) {
	const name = posix.basename(path);
	return /^pylock\.[^.]+\.toml$/.test(name) ? "pylock" : lockNames.get(name);
}
/** Whether Django is among the packages of a lock. A damaged lock counts too, so that the error is about it. */
function hasDjango(files, path) {
	const text = files.read(path) ?? "";
	if (lockFormat(path) === "pipfile") return /"django"\s*:/i.test(text) || text.trim() === "";
	return /^\s*name = ["']django["']/im.test(text) || !/^\s*\[\[packages?\]\]/m.test(text);
}
/** The requirements of a lock file. `folders`: the folders of the code, relative to the working directory. */
function lockIn(files, path, folders) {
	const format = lockFormat(path) ?? "uv";
	const own = format === "uv" ? workspaceMember(files, path, folders) : void 0;
	return lockWith(files, own === void 0 ? {
		kind: "lock",
		format,
		path
	} : {
		kind: "lock",
		format,
		path,
		package: own
	}, {});
}
/** The lock with groups and extras. If it does not say what is for production, the requirements of the pyproject.toml beside it do. */
function lockWith(files, { roots: _, ...lock }, chosen) {
	const roots = (lock.format === "poetry" || lock.format === "pdm") && !/^groups = \[/m.test(files.read(lock.path) ?? "") ? rootRequirements(projectBeside(files, lock.path), chosen) : [];
	return {
		...lock,
		...chosen,
		...roots.length > 0 ? { roots } : {}
	};
}
/** The pyproject.toml of a lock. */
function projectBeside(files, lock) {
	return readToml(files, posix.join(posix.dirname(lock), "pyproject.toml"), () => void 0);
}
/** The package of a workspace to deploy: the one in or above a folder of the code. Undefined for the lock's own project. */
function workspaceMember(files, path, folders) {
	const members = memberFolders(files.read(path) ?? "");
	const top = posix.join(files.root, posix.dirname(path));
	for (const folder of [...folders, "."]) for (let at = posix.relative(top, posix.join(files.root, folder)); at !== "" && at !== "."; at = posix.dirname(at)) {
		const name = members.get(at);
		if (name !== void 0) return {
			name,
			folder: at
		};
	}
}
function memberFolders(text) {
	const packages = parsedPackages(text);
	return new Map(packages.flatMap((entry) => {
		const source = table(entry["source"]) ?? {};
		const folder = source["editable"] ?? source["virtual"];
		return typeof folder === "string" ? [[posix.normalize(folder), String(entry["name"])]] : [];
	}));
}
function parsedPackages(text) {
	try {
		const packages = parse$1(text)["package"];
		return Array.isArray(packages) ? packages.map((entry) => table(entry) ?? {}) : [];
	} catch {
		return [];
	}
}
/** Groups and extras that a lock names. pyproject.toml may lack them. */
function lockParts(files, requirements) {
	if (requirements.kind !== "lock") return {
		groups: [],
		extras: []
	};
	const text = files.read(requirements.path) ?? "";
	const list = (name) => [...(new RegExp(`^${name} = \\[([^\\]]*)\\]`, "m").exec(text)?.[1] ?? "").matchAll(/["']([^"']+)["']/g)].flatMap(([, item]) => item ?? []);
	if (requirements.format === "pylock") return {
		groups: list("dependency-groups"),
		extras: list("extras")
	};
	if (requirements.format === "pipfile") return {
		groups: pipfileCategories(text),
		extras: []
	};
	return {
		groups: [],
		extras: []
	};
}
function pipfileCategories(text) {
	try {
		return Object.keys(JSON.parse(text)).filter((name) => name !== "_meta" && name !== "default");
	} catch {
		return [];
	}
}

// src/settings/project/requirement-paths.ts
const production = /(^|[-_.])(prod|production|live|deploy)([-_.]|$)/;
const never = /(^|[-_.])(dev|devel|development|local|test|tests|testing|doc|docs|lint|ci|build|debug|ide|optional|extra|extras|constraints)([-_.]|$)/;
/** What a file is for by its name: production, development (`never`), or any purpose. */
function isRequirements(path) {
	const parts = path.split("/");
	const folder = parts.slice(0, -1).lastIndexOf("requirements");
	const name = posix.basename(path);
	const isOne = /^requirements?[^/]*\.txt$/.test(name) || /(^|[-_.])requirements\.txt$/.test(name) || folder >= 0;
	if (!name.endsWith(".txt") || !isOne) return "no";
	const said = (folder >= 0 ? parts.slice(folder + 1) : [name]).map((word) => word.replace(/\.txt$/, ""));
	if (said.some((word) => never.test(word))) return "never";
	return said.some((word) => production.test(word)) ? "production" : "plain";
}
/** The candidates in and just below these folders, in groups of equal priority, the best group first. */
function candidatesIn(files, folders) {
	const near = [...files.paths, ...files.above.flatMap((one) => one.files)].filter((path) => folders.some((folder) => {
		const below = posix.relative(folder, posix.dirname(path));
		return below === "" || below === "requirements" || below.startsWith("requirements/");
	}));
	const named = (name) => near.filter((path) => posix.basename(path) === name && isRequirements(path) === "plain");
	const plain = near.filter((path) => isRequirements(path) === "plain");
	const base = plain.filter((path) => posix.basename(path) === "base.txt");
	return [
		folders.flatMap((folder) => [...lockNames.keys()].map((name) => posix.join(folder, name))).filter((path) => near.includes(path)),
		near.filter((path) => isRequirements(path) === "production"),
		named("requirements.txt"),
		...base.length === 1 ? [base] : [],
		plain
	];
}

// src/settings/project/requirements.ts
/** Finds the requirements. If there are none, or several candidates, it reports that with the line to write. */
function findRequirements(files, search, report) {
	const { config } = search;
	const paths = config.config.requirements;
	const found = paths === void 0 ? sought(files, search, report) : configured(files, paths, search, report);
	if (found?.value.kind === "project") {
		const place = {
			where: found.from,
			...placeOf({
				files,
				pyproject: search.pyproject
			}, found.from)
		};
		reportForeignList(found.value.dependencies, place, report);
	}
	if (found?.value.kind === "files") for (const path of found.value.paths) reportForeign(files, statedPackages(files, path), report);
	if (found === void 0 || config.isWrong("groups") || config.isWrong("extras")) return found;
	return withChosen(files, found, search, report);
}
function sought(files, search, report) {
	const shared = sharedLock(files, search);
	if (shared !== void 0) return {
		value: lockIn(files, shared, search.folders),
		from: shared
	};
	const here = foundIn(files, [.../* @__PURE__ */ new Set([".", ...search.folders])], search);
	const further = () => files.above.map(({ folder }) => foundIn(files, [folder], search)).find(({ length }) => length > 0);
	const own = here.length > 0 ? here : [];
	if (own.length === 0) {
		const dependencies = statedDependencies(files, search);
		if (dependencies !== void 0) return dependencies;
	}
	const found = own.length > 0 ? own : further() ?? [];
	const [first] = found;
	if (first === void 0) return reportNone(files, search, report);
	if (found.length > 1) {
		const next = `Choose the one that production uses. ${search.config.toWrite(listLine([first]), "for example")}`;
		report({
			where: "requirements",
			what: `there are several candidates: ${found.join(", ")}`,
			next
		});
		return;
	}
	const missing = productionBeside(files, first, search);
	if (missing.length > 0) {
		report({
			where: "requirements",
			what: `${missing.join(" and ")} ${missing.length > 1 ? "look" : "looks"} like production but ${missing.length > 1 ? "lack" : "lacks"} Django, so ${first} may be needed too`,
			next: search.config.toWrite(listLine([first, ...missing]))
		});
		return;
	}
	return {
		value: requirementsOf(files, found, search),
		from: first
	};
}
/** The best files with Django in these folders. Several if they have the same priority. */
function foundIn(files, folders, search) {
	return candidatesIn(files, folders).map((step) => outermost(files, step.filter((path) => takes(files, path, search)))).find(({ length }) => length > 0) ?? [];
}
/** The project's own dependencies, unless they lack Django and there are files that should have it. */
function statedDependencies(files, { metadata }) {
	const stated = firstStated(metadata, "dependencies");
	if (stated === void 0) return void 0;
	const holds = stated.value.some((text) => bringsDjango({ name: requirementName(text) ?? "" }));
	const others = files.paths.filter((path) => isRequirements(path) !== "no" || isLock(path));
	const better = stated.value.length === 0 ? others : others.filter((path) => isRequirements(path) !== "never");
	if (!holds && better.length > 0) return void 0;
	return {
		value: {
			kind: "project",
			dependencies: stated.value
		},
		from: stated.from
	};
}
/** Whether a file may hold the release's requirements: Django is among its packages. */
function takes(files, path, search) {
	if (!isLock(path)) return statedPackages(files, path).packages.some(bringsDjango);
	const own = search.pyproject?.values["project"] !== void 0 || search.poetry;
	return hasDjango(files, path) && !(path.startsWith("../") && own);
}
/** The uv.lock of a workspace above, if this project is a member of it. */
function sharedLock(files, { folders }) {
	if (files.has("uv.lock")) return void 0;
	return files.above.map(({ folder }) => posix.join(folder, "uv.lock")).filter((path) => files.has(path)).find((path) => lockIn(files, path, folders).package !== void 0);
}
/** Of these files, those that no other one includes. */
function outermost(files, paths) {
	const included = paths.map((path) => isLock(path) ? [] : statedPackages(files, path).files.slice(1));
	return paths.filter((path, at) => !included.some((others, other) => other !== at && others.includes(path)));
}
/** Files for production that lack Django. The packages in them would be missing from the other candidates. */
function productionBeside(files, found, { folders }) {
	if (isRequirements(found) !== "plain") return [];
	const { files: included } = statedPackages(files, found);
	return [...new Set(candidatesIn(files, [".", ...folders]).flat())].filter((path) => isRequirements(path) === "production" && !included.includes(path) && statedPackages(files, path).packages.length > 0);
}
function listLine(paths) {
	return `requirements = [${paths.map((path) => JSON.stringify(path)).join(", ")}]`;
}
function reportNone(files, search, report) {
	const { poetry, config, metadata } = search;
	const others = [...files.paths, ...files.above.flatMap((one) => one.files)].filter((path) => isRequirements(path) !== "no" || isLock(path));
	const usable = others.filter((path) => isRequirements(path) !== "never");
	const stated = firstStated(metadata, "dependencies");
	if (others.length === 0 && stated === void 0 && !search.isProject) return void 0;
	const why = usable.length > 0 || stated !== void 0 ? `Django is not among the packages of ${[...usable, ...stated ? [stated.from] : []].join(", ")}` : "no lock file, no requirements.txt, no dependencies in [project]";
	const rest = others.filter((path) => !usable.includes(path));
	const [path] = [...usable, ...rest];
	const line = config.toWrite(listLine([path ?? "deploy/requirements.txt"]), path === void 0 ? "for example" : "exactly");
	report({
		where: "requirements",
		what: `no requirements ${why.startsWith("Django") ? "with Django " : ""}were found: ${why}${rest.length > 0 ? `; ${rest.join(", ")} ${rest.length > 1 ? "look" : "looks"} like development` : ""}`,
		next: poetry && !files.has("poetry.lock") ? "Run poetry lock and commit poetry.lock." : `${adviceFor({
			usable,
			rest
		})} ${line}`
	});
}
/** What to do before the line is right. */
function adviceFor({ usable, rest }) {
	if (usable.length > 0) return "Add Django to the requirements. If one of the packages brings Django along, name its file instead.";
	if (rest.length > 0) return "If production needs exactly these packages, name the file.";
	return "List the packages of production, Django among them, in a requirements.txt. If you have such a file under another name, name that.";
}
function configured(files, given, search, report) {
	const { config } = search;
	const paths = given.map((path) => posix.normalize(path));
	const missing = paths.filter((path) => !files.has(path));
	for (const path of missing) report(config.problem(["requirements"], `there is no file ${quoted$1(path)}`, [nearestFile(files, path), "Paths are relative to the working directory. They may lead up to the top of the repository."].join("")));
	if (missing.length > 0) return void 0;
	if (paths.length > 1 && paths.some(isLock)) {
		report(config.problem(["requirements"], "a lock file is listed together with other files", "List only the lock file: it has everything."));
		return;
	}
	return {
		value: requirementsOf(files, paths, search),
		from: `${config.name} requirements`
	};
}
function nearestFile(files, path) {
	const all = [...files.paths, ...files.above.flatMap((one) => one.files)];
	const near = nearest(path, all.filter((other) => isRequirements(other) !== "no" || isLock(other)));
	return near === void 0 ? "" : `Did you mean ${near}? `;
}
function requirementsOf(files, paths, search) {
	const [first = ""] = paths;
	return paths.length === 1 && isLock(first) ? lockIn(files, first, search.folders) : {
		kind: "files",
		paths
	};
}
/** The same requirements with the configured groups and extras. */
function withChosen(files, found, { config, pyproject }, report) {
	const { value } = found;
	const named = ["groups", "extras"].filter((kind) => config.config[kind]?.length);
	if (named.length === 0) return found;
	if (value.kind === "files") {
		const what = `does not work with ${value.paths.join(", ")}: a requirements file has no groups`;
		const next = `Delete this line, and add the file that has these packages. ${config.toWrite(listLine([...value.paths, "…"]))}`;
		for (const kind of named) report(config.problem([kind], what, next));
		return found;
	}
	const beside = value.kind === "lock" ? projectBeside(files, value.path) : pyproject;
	const chosen = chosenParts(beside, {
		config,
		more: lockParts(files, value)
	}, report);
	if (value.kind === "lock") return {
		...found,
		value: lockWith(files, value, chosen)
	};
	const dependencies = [...value.dependencies, ...chosenDependencies(pyproject, chosen)];
	return {
		...found,
		value: {
			...value,
			dependencies,
			...chosen
		}
	};
}

// src/settings/project/settings-module.ts
/** Ends a search after its problem was reported. */
var Unclear = class extends Error {
	name = "Unclear";
};
/** Finds the settings module for production. If it is missing or ambiguous, it reports that with the line to write. */
function findDjango(files, config, report) {
	const search = {
		files,
		config,
		report
	};
	const managers = ownFiles(files.paths.filter((path) => posix.basename(path) === "manage.py"));
	const configured = config.config["settings-module"];
	try {
		return configured === void 0 ? found(search, managers) : chosen(search, managers, configured);
	} catch (error) {
		if (error instanceof Unclear) return void 0;
		throw error;
	}
}
/** Whether a module, such as the settings of one site, is in the project's source root. */
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
	const near = nearest(module, settingsModules(files));
	const looked = `Woven looked for ${moduleFiles(module).join(" and ")} beside manage.py, at the top and in src.`;
	const next = near === void 0 ? looked : `Did you mean ${near}? ${looked}`;
	report(config.problem(["settings-module"], `there is no file for ${module}`, next));
	throw new Unclear();
}
function found(search, managers) {
	const { files } = search;
	const manager = mainManager(search, managers);
	const servers = serverFiles(files, manager);
	const named = agreed(search, manager, servers);
	const root = rootOf(files, named.value, foldersOf(manager?.path));
	if (root === void 0) return unclear(search, `${named.from} names ${named.value}, but there is no file for it`, { advice: wrongName });
	const namedFor = servers.some(({ modules }) => modules.includes(named.value)) ? "production" : "development";
	return project(productive(search, root, {
		...named,
		namedFor
	}), root, manager?.path);
}
function foldersOf(managePy) {
	return managePy === void 0 ? [] : [posix.dirname(managePy)];
}
function project(settingsModule, root, managePy) {
	const from = managePy !== void 0 && posix.dirname(managePy) === root ? "the folder of manage.py" : `the folder of ${settingsModule.value}`;
	return present({
		settingsModule,
		sourceRoot: {
			value: root,
			from
		},
		managePy
	});
}
const chooseOne = "Choose the module that production uses.";
/** The release's own manage.py and wsgi.py name the module of the setting. */
const wrongName = "Correct the name there. Or name the module for the deployment.";
/** Reports that the module is not clear, with the candidates. */
function unclear({ files, config, report }, what, { candidates: given = [], advice = chooseOne } = {}) {
	const candidates = given.length > 0 ? given : settingsModules(files);
	report({
		where: "settings-module",
		what: `${what}${given.length > 0 || candidates.length < 2 ? "" : `; there are ${candidates.join(", ")}`}`,
		next: isProject(files) ? `${advice} ${config.toWrite(`settings-module = "${candidates[0] ?? "shop.settings"}"`, candidates.length === 1 ? "exactly" : "for example")}` : "Check that actions/checkout runs before this step, and that working-directory is the project's folder."
	});
	throw new Unclear();
}
/** Whether something shows that this is a Django project. */
function isProject(files) {
	return files.paths.some((path) => /(^|\/)(manage|wsgi|asgi)\.py$/.test(path)) || settingsModules(files).length > 0;
}
function witness(files, path) {
	const source = files.read(path) ?? "";
	const modules = namedModules(source);
	return {
		path,
		modules,
		computes: modules.length === 0 && setsVariable(source, "DJANGO_SETTINGS_MODULE")
	};
}
/** The manage.py that counts: the only one, the one at the top, or one of several that all name the same module. */
function mainManager(search, managers) {
	const found = managers.map((path) => witness(search.files, path));
	const top = found.find(({ path }) => path === "manage.py") ?? found.find(({ path }) => path === "src/manage.py");
	const modules = [...new Set(found.flatMap((one) => one.modules))];
	if (top !== void 0 || found.length <= 1 || modules.length <= 1) return top ?? found[0];
	const list = found.map((one) => `${one.path} (${one.modules.join(", ") || "names no module"})`).join(", ");
	const next = `To deploy only one of them, write working-directory: ${posix.dirname(found[0]?.path ?? "")} in the workflow. If they are one project, name the module.`;
	const lines = search.config.toWrite(`settings-module = "${modules[0]}"`);
	search.report({
		where: "manage.py",
		what: `there are several: ${list}`,
		next: `${next}\n${lines}`
	});
	throw new Unclear();
}
/** The wsgi.py files, or else the asgi.py files, at and below the folder of manage.py, that set a module. */
function serverFiles(files, manager) {
	const root = manager === void 0 ? "." : posix.dirname(manager.path);
	const below = files.paths.filter((path) => root === "." || path.startsWith(`${root}/`));
	const witnesses = (name) => ownFiles(below.filter((path) => posix.basename(path) === name)).map((path) => witness(files, path)).filter(({ modules, computes }) => modules.length > 0 || computes);
	const wsgi = witnesses("wsgi.py");
	return wsgi.length > 0 ? wsgi : witnesses("asgi.py");
}
/** The module in wsgi.py counts. manage.py decides between several, and counts if no other file names one. */
function agreed(search, manager, servers) {
	const computed = (servers.length > 0 ? servers : [manager]).find((one) => one?.computes);
	if (computed !== void 0) return onlyOne(search, computed);
	const served = [...new Set(servers.flatMap(({ modules }) => modules))];
	const managed = manager?.modules ?? [];
	const [only] = [
		served,
		served.filter((module) => managed.includes(module)),
		served.length === 0 ? managed : []
	].find((modules) => modules.length === 1) ?? [];
	if (only === void 0) return unclear(search, disagreement(manager, servers), { candidates: inOrder([...served, ...managed]) });
	const server = servers.find(({ modules }) => modules.includes(only));
	if (server === void 0 || manager !== void 0 && managed.includes(only)) return {
		value: only,
		from: manager?.path ?? server?.path ?? ""
	};
	const other = managed[0] === void 0 ? "" : ` (${manager?.path} names ${managed[0]})`;
	return {
		value: only,
		from: `${server.path}${other}`
	};
}
/** For a file that computes its module: the only settings module that there is. */
function onlyOne(search, computed) {
	const [only, ...more] = settingsModules(search.files);
	if (only !== void 0 && more.length === 0) return {
		value: only,
		from: `the only one; ${computed.path} computes it`
	};
	return unclear(search, `${computed.path} computes its settings module`);
}
function disagreement(manager, servers) {
	const all = [...servers, ...manager === void 0 ? [] : [manager]];
	const modules = [...new Set(all.flatMap((one) => one.modules))];
	const paths = all.map(({ path }) => path).join(", ");
	if (modules.length > 0) return `${paths} name several modules: ${modules.join(", ")}`;
	return all.length > 0 ? `${paths} names none as plain text` : "there is no manage.py, wsgi.py or asgi.py";
}
/** The module itself, unless it is an empty package, or is for development and has one for production beside it. */
function productive(search, root, named) {
	const { files } = search;
	const { value, from } = named;
	const file = moduleFile(files, root, value) ?? "";
	const last = value.split(".").at(-1) ?? "";
	if (posix.basename(file) === "__init__.py" && isEmpty(files.read(file) ?? "")) return withinPackage(search, modulesIn(files, posix.dirname(file)), named);
	if (purposeOf(last) !== "development") return {
		value,
		from
	};
	const beside = modulesIn(files, posix.dirname(file)).filter((name) => name !== last && purposeOf(name) !== void 0);
	const others = named.namedFor === "production" ? beside.filter((name) => purposeOf(name) === "production") : beside;
	if (others.every((name) => purposeOf(name) === "development")) return {
		value,
		from
	};
	const parent = value.split(".").slice(0, -1);
	const all = inOrder([...others, last].map((name) => [...parent, name].join(".")));
	return unclear(search, `${from} names ${value}, but there ${others.length === 1 ? "is" : "are"} also ${all.filter((name) => name !== value).join(", ")}`, { candidates: all });
}
/** The module for production in an empty package. */
function withinPackage(search, names, { value, from }) {
	const modules = inOrder(names.map((name) => `${value}.${name}`));
	const [only, ...more] = names.filter((name) => purposeOf(name) === "production");
	if (only !== void 0 && more.length === 0) return {
		value: `${value}.${only}`,
		from: `${from} names ${value}, which is empty; ${only}.py is in it`
	};
	if (modules.length === 0) return {
		value,
		from
	};
	return unclear(search, `${from} names ${value}, which is empty. In it are ${modules.join(", ")}`, { candidates: modules });
}
function isEmpty(source) {
	return pythonTokens(source).every(({ kind }) => kind === "end" || kind === "string");
}

// src/settings/project/stated-python.ts
/** The Pythons that a lock is for, as a PEP 440 specifier. A lock that cannot be read states nothing: the bundle code reports it. */
function lockedPython(files, requirements) {
	if (requirements.kind !== "lock" || requirements.format === "pipfile") return void 0;
	const { path, format } = requirements;
	const stated = statedIn(parsed(files.read(path) ?? ""), format);
	return stated === void 0 || !isSpecifier(stated.value) ? void 0 : {
		value: stated.value,
		from: `${path} ${stated.key}`
	};
}
function statedIn(lock, format) {
	const metadata = table(lock["metadata"]) ?? {};
	switch (format) {
		case "uv":
		case "pylock": return text$1("requires-python", lock["requires-python"]);
		case "poetry": return text$1("metadata.python-versions", poetryPython(metadata["python-versions"]));
		case "pdm": {
			const targets = metadata["targets"];
			const [only, ...others] = Array.isArray(targets) ? targets : [];
			return others.length > 0 ? void 0 : text$1("metadata.targets", table(only)?.["requires_python"]);
		}
		case "pipfile": return;
	}
}
function text$1(key, value) {
	return typeof value === "string" && value.trim() !== "" ? {
		key,
		value: value.trim()
	} : void 0;
}
function parsed(content) {
	try {
		return parse$1(content);
	} catch {
		return {};
	}
}
/**
* The minor version that the project is developed with: from `.python-version` (pyenv, uv), `.tool-versions` (asdf), `mise.toml`,
* `runtime.txt` (Heroku) or the Pipfile. The first file that names one counts; files in the working directory come first, files above it last.
*/
function pinnedPython(files, requirements) {
	for (const folder of [".", ...files.above.map(({ folder: above }) => above)]) for (const [name, read] of versionFiles) {
		const path = posix.join(folder, name);
		const version = read(files.read(path) ?? "");
		if (version !== void 0) return {
			value: version,
			from: path
		};
	}
	const version = requirements?.kind === "lock" && pipfilePython(files.read(requirements.path) ?? "", requirements);
	return version ? {
		value: version,
		from: requirements.path
	} : void 0;
}
/** Undefined if the first version in the file is no CPython 3, such as `pypy3.10-7.3` or `system`. */
const versionFiles = [
	[".python-version", (content) => minor(words(content)[0], /^(?:cpython-?|python-?)?(3\.\d{1,2})(?:\.\d+)?$/)],
	[".tool-versions", (content) => minor(/^python[ \t]+(\S+)/m.exec(content)?.[1], /^(3\.\d{1,2})(?:\.\d+)?$/)],
	["mise.toml", misePython],
	[".mise.toml", misePython],
	["runtime.txt", (content) => minor(words(content)[0], /^python-(3\.\d{1,2})(?:\.\d+)?$/)]
];
function misePython(content) {
	const stated = table(parsed(content)["tools"])?.["python"];
	const first = Array.isArray(stated) ? stated[0] : stated;
	return minor(typeof first === "string" ? first : void 0, /^(3\.\d{1,2})(?:\.\d+)?$/);
}
function words(content) {
	return content.replaceAll(/#.*$/gm, "").split(/\s+/).filter(Boolean);
}
function minor(stated, form) {
	return form.exec(stated ?? "")?.[1];
}
function pipfilePython(content, { format }) {
	if (format !== "pipfile") return void 0;
	try {
		const requires = table(table(table(JSON.parse(content))?.["_meta"])?.["requires"]);
		const stated = requires?.["python_version"] ?? requires?.["python_full_version"];
		return minor(typeof stated === "string" ? stated : void 0, /^(3\.\d{1,2})(?:\.\d+)?$/);
	} catch {
		return;
	}
}

// src/settings/distribution.ts
function distributionName(source, repository, report) {
	if (repository.config.isWrong("distribution")) return void 0;
	return findName(source, {
		...repository,
		metadata: readMetadata(repository.files, repository.pyproject)
	}, report);
}
/** Everything that bundle, deploy and patch need. Undefined if a part is missing, which is reported. */
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
		pyproject,
		metadata,
		folders,
		poetry: isPoetry,
		isProject: django !== void 0 || isProject(files)
	}, report);
	const stated = requiredPython(repository, metadata, report);
	if (django !== void 0) checkSiteModules(repository, django, given.sites, report);
	if (version === void 0 || django === void 0 || requirements === void 0) return void 0;
	const configuration = findConfiguration(files, django, {
		config,
		given: given.variables
	}, report);
	const leftOut = leftOutOf(repository, requirements.value);
	const requiresPython = stated ?? lockedPython(files, requirements.value);
	const pinned = pinnedPython(files, requirements.value);
	const names = given.version === void 0 && config.config["version-from"] === "git" ? "commit" : void 0;
	return present({
		version,
		names,
		...django,
		configuration,
		requirements,
		requiresPython,
		pinnedPython: pinned,
		leftOut
	});
}
/** Groups that were not chosen. None for requirements files, which have no groups. */
function leftOutOf({ files, pyproject }, requirements) {
	if (requirements.kind === "files") return void 0;
	const project = requirements.kind === "lock" ? projectBeside(files, requirements.path) : pyproject;
	const names = leftOutParts(project, requirements);
	return names.length > 0 ? names : void 0;
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
		what: `${quoted$1(found.value)} is not a version specifier`,
		next: "For example: requires-python = \">=3.12\"",
		...placeOf(repository, found.from)
	});
}

// src/settings/found-lines.ts
/** What was found about the project, and in which file, for the log. */
function foundLines({ distributionName, distribution, configFile, tls }) {
	const line = (what, found) => found === void 0 ? [] : [`${what}: ${found.value} (${found.from})`];
	if (distribution === void 0) return line("Distribution", distributionName);
	return [
		...line("Distribution", distributionName),
		...line("Version", distribution.version),
		...line("Settings module", distribution.settingsModule),
		...line("Configuration", distribution.configuration),
		...line("Source root", distribution.sourceRoot),
		...line("Requirements", {
			...distribution.requirements,
			value: requirementsText(distribution.requirements.value)
		}),
		...line("Python", distribution.requiresPython ?? distribution.pinnedPython),
		...(distribution.leftOut ?? []).map((parts) => leftOutLine(parts, configFile)),
		...tls.kind === "files" && tls.certificate ? [`Certificate: valid for ${tls.certificate.daysLeft} days${tls.certificate.daysLeft < 21 ? ". Renew it soon" : ""}`] : []
	];
}
function leftOutLine({ what, line }, configFile) {
	return `The ${what} of pyproject.toml is not installed. If production needs it, write in ${configFile === "woven.toml" ? configFile : `${configFile}, below [tool.woven]`}: ${line}`;
}
function requirementsText(requirements) {
	switch (requirements.kind) {
		case "files": return requirements.paths.join(", ");
		case "lock": {
			const { path, package: own, groups = [], extras = [] } = requirements;
			return [path, ...[
				own && `package ${own.name}`,
				...groups.map((name) => `group ${name}`),
				...extras.map((name) => `extra ${name}`)
			].flatMap((one) => one ?? [])].join(", ");
		}
		case "project": return `${requirements.dependencies.length} stated`;
	}
}

// src/settings/tls.ts
function readTls(source, inputs, file, around, report) {
	const { config } = file;
	const trusted = config["trusted-proxies"] ?? defaults["trusted-proxies"];
	const kind = config.tls ?? defaults.tls;
	checkNeighbours(file, report);
	const common = present({
		trusted,
		hsts: config.hsts
	});
	switch (kind) {
		case false: return {
			kind: "none",
			...common
		};
		case "acme": {
			checkNames(kind, around.sites, file, report);
			checkServers(kind, around, file, report);
			const directory = acmeDirectory(config["acme-directory"] ?? defaults["acme-directory"]);
			return present({
				kind,
				...common,
				directory,
				email: config["tls-email"]
			});
		}
		case "files": return present({
			kind,
			...common,
			certificate: readCertificate(source, inputs, around, report)
		});
		case "proxy": return {
			kind,
			...common
		};
	}
}
/** Reports keys that need another one, and a firewall that keeps visitors out. */
function checkNeighbours(file, report) {
	const { tls = defaults.tls, hsts, "trusted-proxies": trusted = [], "ufw-rules": rules } = file.config;
	if (file.isWrong("tls")) return;
	if (tls === "proxy" && trusted.length === 0 && !file.isWrong("trusted-proxies")) report(file.problem(["tls"], "tls = \"proxy\" needs the addresses of the proxies", file.toWrite("trusted-proxies = [\"10.0.0.0/8\"]")));
	if (tls === false && hsts !== void 0) report(file.problem(["hsts"], "needs HTTPS, and tls is false", "Set tls, or remove hsts. For example: tls = \"files\""));
	for (const name of ["tls-email", "acme-directory"]) if (tls !== "acme" && file.config[name] !== void 0) report(file.problem([name], "has no effect without tls = \"acme\"", `Set tls = "acme", or remove ${name}.`));
	if (endsAtNginx(tls) && rules !== void 0 && file.config["enable-ufw"] !== false && !rules.some(mayOpenHttps)) report(file.problem(["ufw-rules"], `opens no port for HTTPS, which tls = "${tls}" needs`, "Add a rule: ufw-rules = [\"allow 80,443/tcp\"]"));
}
/** Reports domains that no ACME authority can issue for over HTTP. */
function checkNames(kind, sites, file, report) {
	const names = sites.flatMap(({ domains }) => domains).filter((domain) => isIP(domain) !== 0 || !domain.includes("."));
	if (names.length === 0) return;
	report(file.problem(["tls"], `tls = "${kind}" needs public names, and ${names.join(", ")} ${names.length === 1 ? "is" : "are"} not`, "Use domains with an A or AAAA record, or tls = \"files\" with a certificate of your own."));
}
/** The authority asks one of the servers behind a domain, and only the one that it asked for can answer. */
function checkServers(kind, { command, servers }, file, report) {
	if (servers < 2 || command !== "deploy" && command !== "patch") return;
	report(file.problem(["tls"], `tls = "${kind}" works with one server, and this run has ${servers}`, "Use tls = \"files\" with a certificate for all of them, or tls = \"proxy\" behind a load balancer."));
}
function endsAtNginx(tls) {
	return tls === "files" || tls === "acme";
}
/** A rule for port 443, by number or by service; or a rule for some addresses and any port. */
function mayOpenHttps(rule) {
	return /\b443\b|https/i.test(rule) || /\b4[0-3]\d:|^allow\s+(in\s+)?(from|to|on)\b(?!.*\bport\b)/i.test(rule);
}
/** The pair of the inputs, for the commands that put it on servers. Undefined if it is missing or wrong, which is reported. */
function readCertificate(source, inputs, { command, parts, sites }, report) {
	if (!(command === "deploy" || command === "patch" && parts.includes("webconf"))) return void 0;
	const given = {
		certificate: inputs.text("tls-certificate"),
		key: inputs.text("tls-key")
	};
	for (const name of ["certificate", "key"]) {
		if (given[name] !== void 0) continue;
		const input = `tls-${name}`;
		report({
			where: `input ${input}`,
			what: "is empty, and tls = \"files\" needs it",
			next: `Write ${input}: ${secretExpression(`WOVEN_TLS_${name.toUpperCase()}`)} below with:.`
		});
	}
	if (given.certificate === void 0 || given.key === void 0) return void 0;
	const checked = checkCertificate({
		chain: given.certificate,
		key: secret(given.key),
		domains: sites.flatMap(({ domains }) => domains),
		now: source.now?.() ?? Date.now()
	});
	if (checked.kind === "wrong") {
		for (const { in: which, what, next } of checked.problems) report({
			where: `input tls-${which}`,
			what,
			next
		});
		return;
	}
	return checked.certificate;
}

// src/settings/front.ts
function readFront(source, { nodes, inputs, file, ...given }, report) {
	const isRehearsal = nodes.some(({ host }) => host === localRole);
	const around = {
		...given,
		servers: nodes.length,
		...isRehearsal ? { command: "status" } : {}
	};
	const tls = readTls(source, inputs, file, around, report);
	const web = readWeb(inputs, file, around, report);
	if (!isRehearsal) return {
		tls,
		web
	};
	const { basicAuth: _, ...open } = web;
	return {
		tls: {
			kind: "none",
			trusted: tls.trusted
		},
		web: open
	};
}

// src/settings/inputs.ts
/** Every input with its default in action.yml. `""` means none. A unit test compares the two. */
const inputDefaults = {
	command: "deploy",
	role: "",
	roles: "",
	"ssh-key": "",
	"ssh-passphrase": "",
	"known-hosts": "",
	"host-key-policy": "strict",
	jump: "",
	"jump-ssh-key": "",
	"jump-ssh-passphrase": "",
	"jump-password": "",
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
	"basic-auth": "",
	"tls-certificate": "",
	"tls-key": "",
	"dry-run": "false",
	dirty: "false",
	"max-parallel": "10",
	cache: "true",
	"bundle-for": "",
	"bundle-digests": ""
};
const inputNames = Object.keys(inputDefaults);
/** Inputs that hold only a secret, or one secret on each line. */
const secretInputs = [
	"ssh-key",
	"ssh-passphrase",
	"password",
	"jump-ssh-key",
	"jump-ssh-passphrase",
	"jump-password",
	"basic-auth",
	"tls-key"
];
/** The inputs of one run. A wrong value is passed to `report`, and the default is used instead. */
function readInputs(source, report) {
	const text = (name) => {
		return source.input(name).trim() || inputDefaults[name] || void 0;
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
				what: `${quoted$1(given)} is neither true nor false`,
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
				what: `${quoted$1(given)} is not a whole number from ${least} to ${most}`
			});
			return least;
		},
		list: (name) => (text(name) ?? "").split(/[\n,]/).flatMap((item) => item.trim() || [])
	};
}
/** Reports unknown inputs. The runner only warns about them, and a misspelt `overwrite` would go unnoticed. */
function checkInputNames(seen, report) {
	for (const raw of seen) {
		const name = raw.replace(/^INPUT_/i, "").toLowerCase();
		if (name === "" || inputNames.some((known) => known === name)) continue;
		if (reservedInputs.has(name)) {
			report({
				where: `input ${name}`,
				...notSupported
			});
			continue;
		}
		report({
			where: `input ${name}`,
			what: "is not an input of this action",
			next: suggestion(name, inputNames)
		});
	}
}

// src/settings/login.ts
const policies = ["strict", "accept-new"];
/** All login settings. Keys stay as the user gave them: node/private-key.ts repairs them. */
function readLogin(source, inputs, file, report) {
	const { config } = file;
	const jumpLogin = readSecrets(source, "jump-");
	return {
		...readSecrets(source, ""),
		...Object.keys(jumpLogin).length === 0 ? {} : { jumpLogin },
		knownHosts: inputs.text("known-hosts") ?? "",
		hostKeyPolicy: readPolicy(inputs, report),
		jump: readJump(inputs, config.user ?? defaults.user, report),
		sshPort: config["ssh-port"] ?? defaults["ssh-port"],
		defaultSshPort: config["default-ssh-port"] ?? defaults["default-ssh-port"],
		rootUser: config["root-user"] ?? defaults["root-user"],
		authorizedKeys: config["authorized-keys"] ?? defaults["authorized-keys"]
	};
}
function readSecrets(source, prefix) {
	const hidden = (name) => {
		const given = source.input(`${prefix}${name}`);
		return given.trim() === "" ? void 0 : secret(given);
	};
	return present({
		privateKey: hidden("ssh-key"),
		passphrase: hidden("ssh-passphrase"),
		password: hidden("password")
	});
}
function readPolicy(inputs, report) {
	const given = inputs.text("host-key-policy") ?? "strict";
	const policy = policies.find((known) => known === given);
	if (policy === void 0) report({
		where: "input host-key-policy",
		what: `${quoted$1(given)} is not a policy`,
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
/** Reports missing credentials for jump hosts. They never get the password of the servers. */
function checkJump({ jump, jumpLogin = {}, privateKey }, report) {
	const given = Object.keys(jumpLogin).length > 0;
	if (jump.length === 0 && given) report({
		where: "input jump",
		what: "is empty, but a key or password for jump hosts is given",
		next: "Set jump, or remove the key or password."
	});
	if (jumpLogin.passphrase && !jumpLogin.privateKey) report({
		where: "input jump-ssh-passphrase",
		what: "is given without jump-ssh-key",
		next: "Remove it, or set jump-ssh-key too."
	});
	if (jump.length === 0 || privateKey || jumpLogin.privateKey || jumpLogin.password) return;
	report({
		where: "input jump-password",
		what: "is empty, and jump hosts never get the password of your servers",
		next: `Give the jump hosts a login of their own with jump-ssh-key or jump-password: ${secretExpression("WOVEN_JUMP_PASSWORD")}`
	});
}
/** Reports a login that cannot work, or that setupnode would turn off. */
function checkLogin(login, purpose, report) {
	if (login.privateKey === void 0 && login.password === void 0) {
		report({
			where: "input ssh-key",
			what: `is empty, but ${purpose.command} must log in`,
			next: `Store the private key as a secret and write ssh-key: ${secretExpression("WOVEN_SSH_KEY")}\nA secret is also empty if its name is misspelt, and in a pull request from a fork.`
		});
		return;
	}
	checkJump(login, report);
	if (login.privateKey !== void 0 || purpose.command !== "setupnode" || !purpose.disableSshPassword) return;
	report({
		where: "input ssh-key",
		what: "is empty, and setupnode turns passwords off: nobody could log in any more",
		next: "Set ssh-key as well as the password, or write disable-ssh-password = false."
	});
}

// src/settings/plain-words.ts
/** No secret has these values, whatever the variable's name is. */
const neverSecret = /* @__PURE__ */ new Set([
	"true",
	"false",
	"none",
	"null",
	"yes",
	"localhost",
	"127.0.0.1",
	"0.0.0.0",
	"::1"
]);
/** Plain values for a variable whose name does not say password, key or token. */
const ordinary = /* @__PURE__ */ new Set([
	...[
		"auto",
		"production",
		"staging",
		"development",
		"testing",
		"test",
		"prod",
		"local",
		"default",
		"enabled",
		"disabled"
	],
	...[
		"debug",
		"info",
		"warning",
		"error",
		"critical",
		"console",
		"verbose"
	],
	...[
		"django",
		"celery",
		"redis",
		"memcached",
		"rabbitmq",
		"postgres",
		"postgresql",
		"mysql",
		"mariadb",
		"sqlite",
		"sqlite3"
	],
	...[
		"gunicorn",
		"uvicorn",
		"uwsgi",
		"apache",
		"nginx",
		"smtp",
		"http",
		"https",
		"utf-8",
		"utf8",
		"en-us",
		"en-gb"
	],
	...[
		"strict",
		"secure",
		"none",
		"lax",
		"require",
		"prefer",
		"verify-full",
		"sameorigin",
		"deny"
	]
]);
/** Up to five digits: ports, counts, seconds. A longer number may be a PIN that is used as a password. */
const number = /^-?\d{1,5}(\.\d{1,3})?$/;
/** Python names from Django and packages that are common with it. */
const library = /^(django|celery|redis|django_redis|whitenoise|storages|anymail)(\.[A-Za-z_]\w*)+$/;
const secretName = /pass|pwd|secret|key|token|credential|auth|salt|private|dsn|sign|cert|pin$|(?<!language_)code/i;
/** Whether a variable's name is typical for a secret. */
function isSecretName(name) {
	return secretName.test(name);
}
/** Whether this text cannot be meant as a secret. `name`: the name of its variable. */
function isPlainWord(text, name = "") {
	const word = text.toLowerCase();
	if (neverSecret.has(word)) return true;
	if (isSecretName(name)) return false;
	return ordinary.has(word) || number.test(word) || library.test(text);
}

// src/settings/spoken-words.ts
function spokenWords(settings, files, env) {
	const { distributionName, distribution, nodes, login, sites } = settings;
	const words = /* @__PURE__ */ new Map();
	const add = (what, ...values) => {
		for (const value of values) if (value && !words.has(value.toLowerCase())) words.set(value.toLowerCase(), what);
	};
	const name = distributionName?.value;
	add("the project's own name", name, name?.replaceAll("-", "_"), name?.replaceAll("_", "-"));
	add("the version", settings.version, distribution?.version.value);
	const modules = [distribution?.settingsModule.value, ...sites.map((site) => site.settingsModule)];
	add("a module of the project", ...modules, ...modules.flatMap((module) => module?.split(".")), ...packagesOf(files));
	add("a domain of the project", ...sites.flatMap(({ domains }) => domains));
	const hosts = [...nodes, ...login.jump];
	add("a host of this run", ...hosts.map(({ host }) => host));
	add("an account on the servers", login.rootUser, ...hosts.map(({ user }) => user));
	add("a role", ...nodes.map(({ role }) => role));
	add("a path of this run", settings.deploymentRoot, settings.workingDirectory, distribution?.sourceRoot.value);
	add("the management command", settings.managementCommand);
	const repository = env["GITHUB_REPOSITORY"];
	add("the repository's name", repository, ...repository?.split("/") ?? []);
	return words;
}
function packagesOf(files) {
	return files.paths.flatMap((path) => /([^/]+)\/__init__\.py$/.exec(path)?.[1] ?? []);
}
/** What a text names, if it holds only such words: one word, a list, addresses of sites, or a module of the project. */
function spokenAs(text, words) {
	const items = text.toLowerCase().split(/[\s,;]+/).filter(Boolean).map((item) => item.replace(/^https?:\/\/([^/@?#]+)\/?$/, "$1"));
	const whats = items.map((item) => words.get(item) ?? moduleOf(item, words));
	return items.every((item, index) => whats[index] !== void 0 || isPlainWord(item)) ? whats.find((what) => what !== void 0) : void 0;
}
function moduleOf(item, words) {
	const [first = ""] = item.split(".");
	const what = /^[a-z_]\w*(\.[a-z_]\w*)+$/.test(item) ? words.get(first) : void 0;
	return what === "a module of the project" || what === "the project's own name" ? "a module of the project" : void 0;
}

// src/settings/masked-values.ts
/** Shorter texts are not masked: that would make the log unreadable and hide nothing. */
const shortest = 4;
/** Masks the secrets among a run's inputs, and returns the lines about those that are not masked. */
function maskSecrets(source, spoken) {
	const variables = ["env", "hook-env"].flatMap((name) => parseEnvLines(source.input(name), name, () => void 0));
	const { masked, notes } = maskedValues([
		...secretInputs.map((name) => ({
			name: `input ${name}`,
			text: source.input(name)
		})),
		...variables.map(([name, text]) => ({
			name,
			text
		})),
		...accountLines(source.input("basic-auth")).map(({ password }) => ({
			name: "a password of basic-auth",
			text: password
		}))
	], spoken);
	for (const text of masked) source.mask(text);
	for (const note of notes) source.log(note);
}
/** The parts of these secrets that are masked, and the lines about the others. */
function maskedValues(secrets, spoken) {
	const masked = /* @__PURE__ */ new Set();
	const notes = /* @__PURE__ */ new Set();
	const plain = /* @__PURE__ */ new Set();
	for (const { name, text } of secrets) for (const part of secretParts(text)) {
		const note = unmasked(part, {
			name,
			text
		}, spoken);
		if (note === "masked") masked.add(part);
		else if (note === "plain") plain.add(name);
		else if (note) notes.add(note);
	}
	return {
		masked: [...masked],
		notes: [...notes, ...plainNote([...plain])]
	};
}
/** Why a part of a secret is not masked: a line for the log, `plain`, or nothing if it does not matter. */
function unmasked(part, secret, spoken) {
	const { name, text } = secret;
	const whole = part === text.trim();
	const password = urlPasswords(text).includes(part);
	const called = password ? "password" : name;
	const what = spokenAs(part, spoken);
	if (what === void 0 && isPlainWord(part, called)) return whole ? "plain" : void 0;
	if (what === void 0 && part.length >= shortest) return "masked";
	if (!whole && !password) return void 0;
	const subject = password && !whole ? `The password in ${name}` : name;
	if (isSecretName(called)) return `${subject} is not masked: ${what === void 0 ? "it is too short" : "its value appears in every log of this project"}. Choose another value.`;
	return what === void 0 ? "plain" : `${subject} is not masked: its value is ${what}`;
}
function plainNote(names) {
	if (names.length === 0) return [];
	if (names.length === 1) return [`${names[0]} is not masked: its value is a plain word or number`];
	return [`${names.join(", ")} are not masked: their values are plain words or numbers`];
}

// src/settings/node-setup.ts
function readNodeSetup(file, report) {
	const { config } = file;
	const timezone = config.timezone;
	if (timezone !== void 0) checkTimezone(timezone, file, report);
	return {
		disableRoot: config["disable-root"] ?? defaults["disable-root"],
		disableSshPassword: config["disable-ssh-password"] ?? defaults["disable-ssh-password"],
		enableUfw: config["enable-ufw"] ?? defaults["enable-ufw"],
		ufwRules: config["ufw-rules"] ?? defaults["ufw-rules"],
		roleUfwRules: config["role-ufw-rules"] ?? defaults["role-ufw-rules"],
		...config["base-packages"] === void 0 ? {} : { basePackages: config["base-packages"] },
		extraPackages: config["extra-packages"] ?? defaults["extra-packages"],
		rolePackages: config["role-packages"] ?? defaults["role-packages"],
		packageRepositories: config["package-repositories"] ?? defaults["package-repositories"],
		...config["apache-disable-modules"] === void 0 ? {} : { apacheDisableModules: config["apache-disable-modules"] },
		...timezone === void 0 ? {} : { timezone }
	};
}
/** Node.js has the same time zone names as Debian's tzdata, but ignores their case. The server's file system does not. */
function checkTimezone(timezone, file, report) {
	const known = Intl.supportedValuesOf("timeZone");
	const written = known.find((name) => name.toLowerCase() === timezone.toLowerCase());
	if (written === timezone || written === void 0 && isTimezone(timezone)) return;
	const near = written ?? nearest(timezone, known);
	report(file.problem(["timezone"], `${quoted$1(timezone)} is not a time zone`, near === void 0 ? "For example: timezone = \"Europe/Berlin\"" : `Did you mean ${near}?`));
}
function isTimezone(name) {
	try {
		return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
	} catch {
		return false;
	}
}

// src/settings/nodes.ts
/** The nodes, in the order in which they are written. */
function readNodes(inputs, repository, purpose, report) {
	const { config: file } = repository;
	const user = file.config.user === "root" ? defaults.user : file.config.user ?? defaults.user;
	if (file.config.user === "root") report(file.problem(["user"], "root cannot be the deploy user", "Name another user: setupnode makes it, and uses root-user for its first login."));
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
			what: "no server is named: neither roles nor role is set",
			next
		})
	}, report);
}
/** The roles of the run, without any report: `readNodes` makes it. */
function knownRoles(inputs, repository) {
	return readRoles(inputs, repository, repository.config.config.user ?? defaults.user, () => void 0);
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
/** Reports a host in two roles that need different packages or rules. */
function checkOneRole(wanted, roles, setup, report) {
	const asked = [...roles].filter(([role]) => wanted.includes(role));
	const hosts = new Set(asked.flatMap(([, nodes]) => nodes.map(({ host }) => host)));
	for (const host of hosts) {
		const among = asked.filter(([, nodes]) => nodes.some((node) => node.host === host)).map(([role]) => role);
		if (new Set(among.map((role) => JSON.stringify([setup.rolePackages[role] ?? null, setup.roleUfwRules[role] ?? null]))).size > 1) report({
			where: "input role",
			what: `${host} is in ${among.join(" and ")}, which need different packages or rules`,
			next: "Set it up in one role only."
		});
	}
}

// src/settings/sites.ts
/** All sites, ordered by id. Reports a domain that is listed twice, and a site without a domain. */
function readSites(file, report) {
	const { domains, sites = {} } = file.config;
	const short = domains === void 0 ? {} : { "1": {
		...sites["1"],
		domains
	} };
	if (domains !== void 0 && sites["1"]?.domains !== void 0) report(file.problem(["domains"], "is set together with [tool.woven.sites.1], which is the same site", "Keep one of the two."));
	const read = Object.entries({
		...sites,
		...short
	}).map(([id, site]) => present({
		id: Number(id),
		domains: (site.domains ?? []).map((domain) => domain.toLowerCase()),
		settingsModule: site["settings-module"],
		...site.health === void 0 ? {} : { health: readHealth({
			...file.config.health,
			...site.health
		}) }
	}));
	const without = read.filter(({ id, domains: some }) => some.length === 0 && !file.isWrong("sites", String(id)));
	for (const { id } of without) {
		const line = file.toWrite(`sites.${id}.domains = ["shop.example.com"]`);
		report(file.problem(["sites", String(id)], "has no domains", line));
	}
	reportTwice(read, file, report);
	return read.toSorted((a, b) => a.id - b.id);
}
/** The health check of all sites, or, with the keys of a site before the others, that of one. */
function readHealth(health = {}) {
	return present({
		path: health.path ?? defaults["health.path"],
		status: health.status,
		text: health.text,
		timeout: health.timeout ?? defaults["health.timeout"]
	});
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
			if (other !== void 0) report(file.problem(key, `${domain} is listed twice${also}`));
			seen.set(domain, id);
		}
	}
}
/** Reports that there is no domain, for a command that needs one. */
function requireDomains(sites, file, report) {
	if (sites.length > 0 || file.isWrong("domains") || file.isWrong("sites")) return;
	report({
		where: file.name === "woven.toml" ? "woven.toml: domains" : "pyproject.toml: tool.woven.domains",
		what: "no domain is set, and nginx needs at least one",
		next: file.toWrite("domains = [\"shop.example.com\"]")
	});
}

// src/settings/read.ts
/** How much of the project a command needs. */
const projectNeed = {
	setupnode: "name-if-any",
	status: "name-if-any",
	bundle: "all",
	deploy: "all",
	patch: "all",
	activate: "name",
	rollback: "name",
	node: "name",
	remove: "name"
};
/** The settings of one run. Throws one SettingsError that holds every problem found. Every secret is masked by then. */
async function readSettings(source) {
	const problems = [];
	const report = (problem) => problems.push(problem);
	let spoken = /* @__PURE__ */ new Map();
	let settings;
	try {
		checkInputNames(source.inputNames ?? [], report);
		const inputs = readInputs(source, report);
		const command = readCommand(inputs, report) ?? "status";
		const repository = readRepository(source, inputs, report);
		settings = await assembled(source, {
			inputs,
			command,
			repository
		}, report);
		spoken = spokenWords(settings, repository.files, source.env);
	} finally {
		maskSecrets(source, spoken);
	}
	if (problems.length > 0) throw new SettingsError(problems);
	for (const line of foundLines(settings)) source.log(line);
	return frozen(settings);
}
function readCommand(inputs, report) {
	const given = inputs.text("command") ?? "";
	const command = commandNames.find((known) => known === given);
	if (command === void 0) report({
		where: "input command",
		what: `there is no command ${quoted$1(given)}`,
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
			what: `there is no folder ${quoted$1(given)}`,
			next: "The path is relative to the top of the repository. Check also that actions/checkout is a step before this one."
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
	reportUnsupported(file, report);
	const login = readLogin(source, inputs, file, report);
	const setup = readNodeSetup(file, report);
	const bundleFor = readBundleFor(inputs, command, report);
	const nodes = bundleFor.length > 0 ? [] : readNodes(inputs, repository, {
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
	const secretEnv = readSecretEnv(inputs, "env", report);
	const services = config.services ?? [];
	const servicesEnv = addressesOfServices(services);
	const variables = [
		...Object.keys(servicesEnv),
		...Object.keys(config.env ?? defaults.env),
		...Object.keys(secretEnv)
	];
	const project = await readProject(source, {
		inputs,
		command,
		repository
	}, {
		version,
		variables
	}, report);
	checkApplication(file, repository.files, project.distribution, report);
	checkAsgi(file, repository.files, project.distribution, report);
	const parts = readParts(inputs, report);
	return present({
		command,
		nodes,
		login,
		workingDirectory: repository.root,
		configFile: file.name,
		...project,
		version,
		overwrite: inputs.flag("overwrite"),
		parts,
		migrate: readMigrate(inputs, repository, report),
		secretEnv,
		env: {
			...configurationEnv(project.distribution),
			...servicesEnv,
			...config.env ?? defaults.env
		},
		...readManagementCommand(inputs, command, report),
		hookEnv: readSecretEnv(inputs, "hook-env", report),
		dryRun: inputs.flag("dry-run"),
		dirty: inputs.flag("dirty"),
		maxParallel: inputs.count("max-parallel", {
			least: 1,
			most: 100
		}),
		cache: inputs.flag("cache"),
		bundleFor,
		bundleDigests: readBundleDigests(inputs, report),
		onlyBinary: readOnlyBinary(config["only-binary"]),
		buildConstraints: config["build-constraints"] ?? [],
		buildEnv: config["build-env"] ?? [],
		...readServer(file, report),
		...readFront(source, {
			nodes,
			inputs,
			file,
			command,
			parts,
			sites: project.sites
		}, report),
		python: readPython(file),
		health: readHealth(config.health),
		services,
		background: readBackground(file, {
			roles: knownRoles(inputs, repository),
			sites: project.sites
		}, report),
		include: config.include ?? defaults.include,
		exclude: config.exclude ?? defaults.exclude,
		...readReleaseFolders(file, report),
		build: config.build ?? [],
		keepReleases: config["keep-releases"] ?? defaults["keep-releases"],
		drain: config.drain ?? defaults.drain,
		deploymentRoot: config["deployment-root"],
		projectAppsPath: config["project-apps-path"],
		staticUrl: config["static-url"],
		mediaUrl: config["media-url"],
		setup
	});
}
async function readProject(source, { command, repository }, given, report) {
	const sites = readSites(repository.config, report);
	if (repository.state === "unreadable") return { sites };
	if (command === "deploy" || command === "patch") requireDomains(sites, repository.config, report);
	const need = projectNeed[command];
	const name = distributionName(source, repository, need === "name-if-any" ? () => void 0 : report);
	const distribution = need === "all" ? await readDistribution(source, repository, {
		...given,
		sites
	}, report) : await distributionIfAny(source, repository, {
		...given,
		sites
	}, need);
	return present({
		sites,
		distributionName: name,
		distribution
	});
}
/** setupnode looks for hooks in the project's own package first. It works without a project too, so a missing one is not reported. */
async function distributionIfAny(source, repository, known, need) {
	if (need === "name") return void 0;
	const problems = [];
	const found = await readDistribution(source, repository, known, (problem) => problems.push(problem));
	return problems.length === 0 ? found : void 0;
}
/** The variable that django-configurations reads, if the project itself names the settings class. */
function configurationEnv(distribution) {
	const { configuration } = distribution ?? {};
	return configuration === void 0 ? {} : { [configurationVariable]: configuration.value };
}
function readPython(file) {
	const { python } = file.config;
	if (python === void 0) return void 0;
	const { what: _, next: __, ...place } = file.problem(["python"], "");
	return {
		version: python,
		place
	};
}
/** Reports URLs of which one contains the other: nginx could not tell the files apart. */
function checkUrls(file, report) {
	const { "static-url": staticUrl, "media-url": mediaUrl } = file.config;
	if (staticUrl === void 0 || mediaUrl === void 0) return;
	if (staticUrl.startsWith(mediaUrl) || mediaUrl.startsWith(staticUrl)) report(file.problem(["static-url"], `${staticUrl} and media-url ${mediaUrl} contain each other`, "For example: static-url = \"/static/\" and media-url = \"/media/\""));
}
function frozen(value) {
	if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
	Object.freeze(value);
	Object.values(value).forEach(frozen);
	return value;
}

export { stepWord as _, runProcess as a, sh as b, runCommand as c, readPackageFile as d, cleanReport as f, releaseCommands as g, nodeLine as h, withLocalNode as i, succeeded as l, liveNow as m, inputNames as n, cancellation as o, knowsChanges as p, openRuntime as r, createLog as s, readSettings as t, commandNames as u, worstFirst as v, projectFrames as y };
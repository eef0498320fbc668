import { $ as readTimes, A as checkoutFiles, B as nodeLine, C as checkSystem, D as siteFor, E as releaseFor, F as fleet, J as unsetVariables, K as mustache, M as deployFacts, N as distributionFacts, O as requireSetup, P as distributionName, Q as readCommand, S as succeeded, T as SshAccess, V as releaseCommands, W as domainProblem, X as overlap, Y as configKeys, Z as writableProblem, _ as runProcess, a as parseIni, at as splitShellWords, b as createLog, c as table$3, d as purposeOf, dt as listPackageFiles, et as layout, f as settingsModules, ft as packageRoot, g as withLocalNode, h as openRuntime, i as readMetadata, j as bundler, k as setupRequest, l as asgiNeed, m as withProposed, n as findDjango, nt as dataServiceNames, o as readConfig, p as projectFiles, q as requireVariables, r as firstStated, rt as sh, s as readToml, st as serverNames, t as readSettings, tt as siteUser, u as settingsFiles, v as dial, w as readFactsOver, x as runCommand, y as cancellation, z as liveNow } from "./read.js";
import { t as readCommandLine } from "./command-line.js";
import { i as problemLine, n as WovenError, r as asWovenError, t as SettingsError } from "./errors.js";
import { b as misfit, ct as nearest, dt as require_dist, g as parseAddress, i as localRole, it as quoted, lt as suggestion, m as defaults, ot as shownPath, u as domainProblem$1, v as fits } from "./secret.js";
import { a as stagePlace, n as failureBelow, o as withoutRepeats } from "./failure-text.js";
import { existsSync, lstatSync, readFileSync, readdirSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join, posix, relative, resolve } from "node:path";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { appendFile, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline/promises";

// src/commands/console.ts
/** Returns the exit status of the command. `settings` are those of the command node. Throws if the command could not be started. */
async function openConsole(settings, runtime, terminal) {
	requireOneNode(settings.nodes);
	await using nodes = fleet(settings, runtime);
	let status = 1;
	await nodes.phase(async (one) => {
		const facts = await deployFacts(one, settings);
		const release = releaseFor(settings.version, facts, one.host.name);
		const place = layout(facts.deploymentRoot, release.distribution, release.name);
		const site = siteFor(settings.site, release, one.host.name);
		const words = [settings.managementCommand ?? "shell", ...settings.options];
		runtime.log.info(`${one.host.name}: manage ${words.join(" ")} in ${release.distribution} ${release.version}, as ${siteUser(site)}`);
		const command = sh`exec sudo -u ${siteUser(site)} -- /usr/bin/env LANG=C.UTF-8 SITE_ID=${site} ${`${place.release}/manage`} ${words}`;
		const session = await one.host.session();
		const hangUp = () => session.close();
		runtime.signal.addEventListener("abort", hangUp, { once: true });
		const { code, signal } = await session.terminal(command, terminal);
		if (signal !== void 0) runtime.log.info(`The command was ended by ${signal}.`);
		status = code ?? 1;
	});
	const failed = nodes.nodes.find(({ error }) => error !== void 0)?.error;
	if (failed) throw failed;
	return status;
}
/** Throws if nobody could type anything: standard input or output is a file or a pipe. */
function requireTerminal({ stdin, stdout }) {
	if (stdin.isTTY && stdout.isTTY) return;
	throw new WovenError({
		code: "no-terminal",
		message: "console needs a terminal, and standard input or output is none",
		state: "Nothing was run.",
		next: "Start it in a terminal, without a pipe. In a script or a workflow, use the command node: woven node production --management-command shell --options \"-c 'print(1)'\""
	});
}
function requireOneNode(nodes) {
	if (nodes.length === 1) return;
	const named = nodes.map(({ user, host, port }) => `${user}@${host}${port === void 0 ? "" : `:${port}`}`);
	throw new SettingsError([{
		where: "the role",
		what: `has ${nodes.length} servers, and a console is on one of them`,
		next: `Name the server instead of the role: woven console ${named[0]}\nThe servers are: ${named.join(", ")}.`
	}]);
}

// src/commands/findings.ts
/** One row of a check that throws its problem, or several for a SettingsError. */
async function tried(check, work) {
	try {
		return [{
			check,
			state: "ok",
			text: await work()
		}];
	} catch (error) {
		return problemsOf(check, error);
	}
}
function problemsOf(check, error) {
	if (error instanceof SettingsError) return error.problems.map((one) => ({
		check,
		state: "problem",
		text: problemLine(one),
		next: one.next
	}));
	const { message, details } = asWovenError(error);
	return [{
		check,
		state: "problem",
		text: message,
		next: details.next
	}];
}
/** The rows in columns, with what to do below each problem. */
function table$2(found) {
	const width = Math.max(...found.map(({ check }) => check.length));
	const indent = " ".repeat(13 + width + 2);
	const rows = found.flatMap(({ check, state, text, next = "" }) => [...block(`${state.padEnd(13)}${check.padEnd(width)}  `, text, indent), ...next === "" || state === "ok" ? [] : block(`${indent}→ `, next, `${indent}  `)]);
	const count = found.filter(({ state }) => state === "problem").length;
	const problems = `${count} ${count === 1 ? "problem" : "problems"}`;
	return [
		"",
		...rows,
		"",
		count === 0 ? "No problem was found. Nothing was changed on a server." : `${problems}. Nothing was changed on a server.`
	];
}
function block(first, text, indent) {
	return text.split("\n").map((line, index) => `${index === 0 ? first : indent}${line}`.trimEnd());
}

// src/commands/doctor-server.ts
/** The checks of a login, in their order, and the errors by which each of them fails. `login` has all others. */
const loginChecks = [
	["SSH port", /^(host-not-found|connect-|no-route|not-ssh|handshake-failed|jump-)/],
	["host key", /^host-key-/],
	["login", /^(?!no-sudo$)/],
	["sudo", /^no-sudo$/]
];
async function checkServer(address, settings, runtime, bundles) {
	const { host } = address;
	const named = (found) => found.map((one) => ({
		...one,
		check: `${host}: ${one.check}`
	}));
	const access = new SshAccess(address, settings, runtime);
	await using _ = access.host;
	let facts;
	try {
		await readFactsOver(access);
		facts = await distributionFacts(access.host, settings.distributionName?.value ?? "", settings, { setup: setupRequest(address, settings) });
	} catch (error) {
		runtime.signal.throwIfAborted();
		return named([
			...failedLogin(asWovenError(error)),
			...await webPorts(address, settings, "unknown"),
			...[
				"system",
				"set up",
				"Python",
				"requirements"
			].map(unreached)
		]);
	}
	const session = await access.host.session();
	const { user, port } = session.target;
	const stage = access.usesFinalLogin ? "set up" : "bare";
	return named([
		{
			check: "SSH port",
			state: "ok",
			text: String(port)
		},
		{
			check: "host key",
			state: "ok",
			text: `${session.hostKey.type} ${session.hostKey.fingerprint}`
		},
		{
			check: "login",
			state: "ok",
			text: user
		},
		{
			check: "sudo",
			state: "ok",
			text: user === "root" ? "not needed" : `${user} becomes root`
		},
		...await tried("system", async () => {
			checkSystem(facts, host);
			return `${facts.os} ${facts.osVersion} (${facts.machine})`;
		}),
		...await checkSetup(address, settings, facts, stage),
		...await webPorts(address, settings, stage),
		...await checkPackages(host, facts, stage, bundles)
	]);
}
/** The check that failed, and those that were not reached. */
function failedLogin({ code, message, details }) {
	const failed = loginChecks.findIndex(([, codes]) => codes.test(code));
	return loginChecks.map(([check], index) => {
		if (index < failed) return {
			check,
			state: "ok",
			text: ""
		};
		if (index > failed) return unreached(check);
		return {
			check,
			state: "problem",
			text: message,
			next: details.next
		};
	});
}
function unreached(check) {
	return {
		check,
		state: "not checked",
		text: "it needs the check that failed"
	};
}
async function checkSetup(address, settings, facts, stage) {
	const check = "set up";
	if (stage === "bare") return [{
		check,
		state: "problem",
		text: `${address.user} cannot log in yet: setupnode did not run here`,
		next: `Run setupnode: woven setupnode ${address.role ?? address.host}`
	}];
	return await tried(check, async () => {
		const due = requireSetup(facts, address, settings);
		if (due) throw new Error(due);
		return "all packages and firewall rules are there";
	});
}
/** Seconds. A firewall that drops packets lets nothing be known sooner. */
const patience = 5;
/** Whether visitors reach the server, from here. Before setupnode, nothing listens: to be refused is then as good. */
async function webPorts({ host }, { tls, login }, stage) {
	const ports = tls.kind === "acme" || tls.kind === "files" ? [80, 443] : [80];
	return await Promise.all(ports.map(async (port) => {
		const check = `port ${port}`;
		if (login.jump.length > 0) return {
			check,
			state: "not checked",
			text: "this machine reaches the server through a jump host"
		};
		try {
			(await dial({
				host,
				port
			}, patience)).destroy();
			return {
				check,
				state: "ok",
				text: "open"
			};
		} catch (error) {
			const { code, message } = asWovenError(error);
			if (code === "connect-refused" && stage !== "set up") return {
				check,
				state: "ok",
				text: "nothing listens yet"
			};
			if (code === "connect-refused" && port === 443) return {
				check,
				state: "ok",
				text: "nothing listens yet"
			};
			return {
				check,
				state: "problem",
				text: message,
				next: code === "connect-refused" ? "Run setupnode, which starts nginx." : "Open the port in the firewall of your provider, and in ufw-rules."
			};
		}
	}));
}
async function checkPackages(host, facts, stage, bundles) {
	const { python } = facts;
	if (python === void 0 && stage === "bare") return [{
		check: "Python",
		state: "not checked",
		text: "setupnode installs it"
	}];
	const own = python === void 0 ? [] : [{
		check: "Python",
		state: "ok",
		text: python
	}];
	if (bundles === void 0) return own;
	return [...own, ...await tried("requirements", async () => {
		const { bundle, python } = await bundles.for(facts, host);
		return `${bundle.wheels.length} packages, for Python ${python.version}`;
	})];
}

// src/commands/doctor.ts
/** Runs all checks, and prints the table. Returns the rows. */
async function doctor(world) {
	const { settings, findings } = await readable(world);
	const found = [...findings];
	if (settings) {
		await using runtime = await world.open(settings);
		found.push(...await checkProject(settings, runtime));
		const bundles = settings.distribution && bundler(settings, runtime);
		for (const address of settings.nodes) found.push(...await checkServer(address, settings, runtime, bundles));
		found.push(...await checkDomains(settings, runtime));
		runtime.signal.throwIfAborted();
	}
	found.push(await rehearse(world, settings?.roleSettings, found));
	for (const line of table$2(found)) world.log.info(line);
	return found;
}
/** The settings of a deployment. If they are wrong, those of `status`, which needs less, so that the servers can be checked. */
async function readable({ read }) {
	try {
		const settings = await read("deploy");
		const { distribution, version } = settings;
		return {
			settings,
			findings: [{
				check: "settings",
				state: "ok",
				text: `${distributionName(settings)} ${version ?? distribution?.version.value}`
			}]
		};
	} catch (error) {
		const findings = problemsOf("settings", error);
		const settings = await read("status").catch(() => void 0);
		return {
			...settings ? { settings } : {},
			findings
		};
	}
}
async function checkProject(settings, runtime) {
	if (settings.distribution === void 0) return [];
	return [...await tried("environment", async () => {
		await requireVariables(settings, runtime);
		return "no variable is missing, as far as the settings show";
	}), ...await tried("files", async () => {
		const { files } = await checkoutFiles(settings, runtime);
		return `${files.length} files`;
	})];
}
async function checkDomains({ sites, nodes }, { lookup }) {
	const hosts = nodes.map(({ host }) => host);
	const domains = sites.flatMap((site) => site.domains);
	if (hosts.length === 0) return [];
	return await Promise.all(domains.map(async (domain) => {
		const check = `DNS of ${domain}`;
		const answer = await domainProblem(domain, hosts, lookup);
		if (answer.kind === "right") return {
			check,
			state: "ok",
			text: answer.text
		};
		if (answer.kind === "unknown") return {
			check,
			state: "not checked",
			text: answer.text
		};
		const [text = "", ...next] = answer.text.split(". ");
		return {
			check,
			state: "problem",
			text,
			next: next.join(". ")
		};
	}));
}
/** Sets up a throwaway server and deploys to it: the packages are installed, the settings are loaded, and the health check runs. */
async function rehearse({ read, open, rehearsal, log }, of, before) {
	const check = "rehearsal";
	if (rehearsal === "left out") return {
		check,
		state: "not checked",
		text: "left out by --no-rehearsal"
	};
	const ofProject = /^(settings|environment|files)$|: requirements$/;
	if (before.some(({ check, state }) => ofProject.test(check) && state === "problem")) return {
		check,
		state: "not checked",
		text: "the project has problems that it would run into"
	};
	log.info("Rehearsal: a deployment to a throwaway server on this machine. --no-rehearsal leaves it out.");
	try {
		const settings = await read("deploy", {
			role: localRole,
			of
		});
		await using runtime = await open(settings);
		for (const command of ["setupnode", "deploy"]) {
			const report = await runCommand({
				...settings,
				command
			}, runtime);
			if (succeeded(report)) continue;
			const failure = [report.error, ...report.nodes.map(({ error }) => error)].find((error) => error !== void 0);
			const { message, details } = asWovenError(failure);
			return {
				check,
				state: "problem",
				text: `${command}: ${message}`,
				next: details.next
			};
		}
		return {
			check,
			state: "ok",
			text: "a throwaway server was set up, and the release on it is healthy"
		};
	} catch (error) {
		const { message, details, code } = asWovenError(error);
		if (code.startsWith("local-node-")) return {
			check,
			state: "not checked",
			text: message,
			next: details.next
		};
		return {
			check,
			state: "problem",
			text: message,
			next: details.next
		};
	}
}

// src/starting/questions.ts
/** No way to ask, if input or output is not a terminal: in a script, in CI. */
function questions({ stdin, stdout }) {
	if (!stdin.isTTY || !stdout.isTTY) return {};
	return { ask: async (question) => {
		const lines = createInterface({
			input: stdin,
			output: stdout
		});
		try {
			return await lines.question(question);
		} finally {
			lines.close();
		}
	} };
}

// src/starting/foreign/commands.ts
/** Words in front of a command that Woven makes needless: the virtualenv's folder, `exec`, `uv run`. */
const before = /^(?:exec\s+|(?:uv|poetry|pdm|pipenv|hatch)\s+run\s+(?:--\s+)?|(?:[\w./~-]*\/)?bin\/(?=[\w.-]+(?:\s|$)))/;
/** A command of a process, without what only the other tool needs. */
function processCommand(text) {
	let command = text.trim();
	for (let next = command.replace(before, ""); next !== command; next = command.replace(before, "")) command = next;
	command = command.replace(/^(python3?(?:\.\d+)?\s+)?(?:[\w.~-]*\/)*manage\.py\b/, "manage");
	const read = readCommand(withScheduleFile(command));
	if (read.kind === "command") return {
		kind: "command",
		command: withScheduleFile(command)
	};
	return {
		kind: "no",
		why: [read.what, ...read.next === void 0 ? [] : [read.next]].join(". ")
	};
}
/** Celery's beat writes a file beside itself, which a release does not allow. */
function withScheduleFile(command) {
	return /\bcelery\b.*\s(beat|-B|--beat)(\s|$)/.test(command) && !/\s(-s|--schedule)\b/.test(command) ? `${command} --schedule /tmp/beat` : command;
}
/** Woven runs these itself. */
const own = /* @__PURE__ */ new Set([
	"migrate",
	"collectstatic",
	"check",
	"syncdb"
]);
/** The management commands in a line of shell, and the rest of it. */
function releaseWork(line) {
	const commands = [];
	const others = [];
	for (const part of line.split(/&&|;|\|\|/).map((one) => one.trim())) {
		if (part === "") continue;
		const converted = processCommand(part);
		const split = splitShellWords(converted.kind === "command" ? converted.command : part);
		const [first = "", name = "", ...rest] = split.kind === "words" ? split.words : [];
		if (converted.kind === "command" && first === "manage" && fits("managementCommand", name)) {
			if (!own.has(name)) commands.push([name, ...rest].join(" "));
		} else others.push(part);
	}
	return {
		commands,
		others
	};
}

// src/starting/foreign/services-named.ts
/** By the name of the service. One that this Woven does not have is no service of the project. */
const patterns = {
	redis: /redis|valkey|upstash/i,
	memcached: /memcach/i,
	postgresql: /postgres|postgis/i,
	mariadb: /mariadb|mysql/i
};
function servicesNamed(text) {
	return dataServiceNames.filter((name) => patterns[name]?.test(text) ?? false);
}

// src/starting/foreign/app-json.ts
/** Variables of Heroku itself. */
const herokus = /^(PORT|DYNO|WEB_CONCURRENCY|DISABLE_COLLECTSTATIC|PYTHONUNBUFFERED|HEROKU_\w+|NPM_CONFIG_PRODUCTION)$/;
function readAppJson(files) {
	const text = files.read("app.json");
	if (text === void 0) return void 0;
	const app = parsed$1(text);
	if (app === void 0) return {
		path: "app.json",
		notes: ["It is not JSON."]
	};
	const { env, secrets } = variables$1(record(app["env"]) ?? {});
	const addons = list(app["addons"]).map((one) => String(record(one)?.["plan"] ?? one));
	const after = String(record(app["scripts"])?.["postdeploy"] ?? "");
	const work = releaseWork(after);
	return {
		path: "app.json",
		env,
		secrets,
		services: addons.flatMap(servicesNamed),
		notes: [...addons.flatMap(addonNote), ...[...work.commands, ...work.others].map((command) => `scripts.postdeploy: ${command}: run it once, with command: node, after the first deployment.`)]
	};
}
/** How many of each process run, by `formation`. */
function formation(files) {
	const app = parsed$1(files.read("app.json") ?? "");
	return new Map(Object.entries(record(app?.["formation"]) ?? {}).flatMap(([name, value]) => {
		const quantity = record(value)?.["quantity"];
		return typeof quantity === "number" && Number.isInteger(quantity) ? [[name, quantity]] : [];
	}));
}
/** The list of heroku-buildpack-apt: a Debian package on each line. */
function readAptfile(files) {
	const text = files.read("Aptfile");
	if (text === void 0) return void 0;
	const lines = text.split(/\r?\n/).map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
	return {
		path: "Aptfile",
		packages: lines.filter((line) => fits("package", line)),
		notes: lines.filter((line) => !fits("package", line)).map((line) => `${line}: this is not the name of a package.`)
	};
}
/** The Node buildpack runs the script `build` of package.json before the Python one. */
function readNodeBuild(files) {
	const buildpacks = `${files.read(".buildpacks") ?? ""} ${files.read("app.json") ?? ""}`;
	const scripts = record(parsed$1(files.read("package.json") ?? "")?.["scripts"]);
	if (!/nodejs/.test(buildpacks) || scripts === void 0) return void 0;
	const script = ["heroku-postbuild", "build"].find((name) => typeof scripts[name] === "string");
	if (script === void 0) return void 0;
	return {
		path: "package.json",
		build: [files.has("package-lock.json") ? "npm ci" : "npm install", `npm run ${script}`],
		notes: ["If git ignores what the build makes, name the folder: include = [\"assets/dist\"]."]
	};
}
function variables$1(given) {
	const env = {};
	const secrets = [];
	for (const [name, value] of Object.entries(given)) {
		if (herokus.test(name) || !fits("envName", name)) continue;
		const described = record(value);
		const text = typeof value === "string" ? value : described?.["value"];
		if (described?.["generator"] === "secret" || text === void 0 && described?.["required"] !== false) secrets.push(name);
		else if (typeof text === "string" && text !== "") env[name] = text;
	}
	return {
		env,
		secrets
	};
}
function addonNote(addon) {
	if (servicesNamed(addon).length > 0) return [];
	if (/postgres/i.test(addon)) return [`${addon}: give the address of a PostgreSQL in DATABASE_URL.`];
	if (/scheduler/i.test(addon)) return [`${addon}: write its jobs into [schedules].`];
	return [`${addon}: Woven has no such service. Its address is one more variable.`];
}
function parsed$1(text) {
	try {
		return record(JSON.parse(text));
	} catch {
		return;
	}
}
function record(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? value : void 0;
}
function list(value) {
	return Array.isArray(value) ? value : [];
}

// src/starting/foreign/crontab.ts
function readCrontabs(files) {
	return files.paths.filter((path) => /(^|\/)(crontab(\.txt)?|[\w-]+\.(cron|crontab))$/.test(path)).map((path) => crontab(path, files.read(path) ?? ""));
}
function crontab(path, text) {
	const schedules = [];
	const notes = [];
	for (const line of text.split(/\r?\n/)) {
		const [, when, command] = /^\s*((?:[\d*][\d*/,-]*\s+){2}(?:[\d*/,A-Za-z-]+\s+){3}|@(?:hourly|daily|weekly|monthly)\s+)(.+?)\s*$/.exec(line) ?? [];
		if (when === void 0 || command === void 0) continue;
		const converted = processCommand(withoutShell(command));
		const name = nameOf$1(converted.kind === "command" ? converted.command : "", schedules);
		const times = when.trim().replace("@", "");
		if (converted.kind === "no") notes.push(`${command}: the command ${converted.why}.`);
		else if (name === void 0 || readTimes(times).kind === "wrong") notes.push(`${line.trim()}: write it into [schedules].`);
		else schedules.push({
			name,
			command: converted.command,
			when: times
		});
	}
	return {
		path,
		schedules,
		notes
	};
}
/** Where it runs and where its output goes: a schedule has the project's folder and the journal. */
function withoutShell(command) {
	return command.replace(/^cd\s+\S+\s*(&&|;)\s*/, "").replace(/\s*(?:[12&]?>>?\s*\S+|2>&1|\|\s*logger\b.*)/g, "").trim();
}
function nameOf$1(command, others) {
	const [program = "", first = ""] = command.split(/\s+/);
	const plain = (program === "manage" ? first : program).replaceAll(/[^\w-]+/g, "-");
	const taken = others.filter(({ name }) => name === plain || name.startsWith(`${plain}-`)).length;
	const name = taken === 0 ? plain : `${plain}-${taken + 1}`;
	return fits("backgroundName", name) ? name : void 0;
}

// src/starting/foreign/fabfile.ts
function readFabfile(files) {
	const path = [
		"fabfile.py",
		"fabfile/__init__.py",
		"deploy/fabfile.py"
	].find((one) => files.has(one));
	const source = path === void 0 ? void 0 : files.read(path);
	if (path === void 0 || source === void 0) return void 0;
	const code = source.replaceAll(/^\s*#.*$/gm, "");
	const lines = remoteCommands(code);
	const work = lines.map(releaseWork);
	const user = /\benv\.user\s*=\s*["']([\w.-]+)["']/.exec(code)?.[1];
	const gateway = /\b(?:env\.gateway|gateway)\s*=\s*["']([\w.@:-]+)["']/.exec(code)?.[1];
	const addresses = hostStrings(code).map((one) => parseAddress(one));
	const hosts = addresses.flatMap((one) => one.kind === "address" ? [one.host] : []);
	const rootUser = addresses.flatMap((one) => one.kind === "address" && one.user !== void 0 ? [one.user] : [])[0] ?? user;
	return {
		path,
		hosts: [...new Set(hosts)],
		...rootUser === void 0 ? {} : { rootUser },
		packages: packagesOf(lines),
		releaseCommands: [...new Set(work.flatMap(({ commands }) => commands))],
		build: buildOf(code),
		notes: [...gateway === void 0 ? [] : [`gateway: write jump: ${gateway} into the workflows.`], ...[...new Set(work.flatMap(({ others }) => others))].filter(isLeft).map((line) => `${line}: Woven does not run it.`)]
	};
}
/** Literal hosts: `env.hosts`, `env.roledefs`, `@hosts`, `hosts=[…]`, `Connection("…")`. */
function hostStrings(code) {
	return [
		/\benv\.hosts\s*=\s*\[([^\]]*)\]/g,
		/\benv\.roledefs\s*=\s*\{([^}]*)\}/g,
		/@hosts\(([^)]*)\)/g,
		/\bhosts\s*=\s*\[([^\]]*)\]/g,
		/\bConnection\(\s*(?:host\s*=\s*)?(["'][^"']+["'])/g
	].flatMap((place) => [...code.matchAll(place)].map(([, inner = ""]) => inner)).flatMap((text) => [...text.matchAll(/["']([^"'\s]+)["'](?!\s*:)/g)].map(([, host = ""]) => host)).filter((host) => /[.@]/.test(host));
}
/** The text of `run("…")`, `sudo("…")`, `c.run(f"…")`. */
function remoteCommands(code) {
	return [...code.matchAll(/\b(?:run|sudo)\(\s*[rfbuRFBU]{0,2}(["'])((?:\\.|(?!\1).)*)\1/g)].map(([, , text = ""]) => text);
}
/** Commands for the machine of the one who deploys, which build style sheets and scripts. */
function buildOf(code) {
	return [...code.matchAll(/\blocal\(\s*(["'])((?:\\.|(?!\1).)*)\1/g)].map(([, , text = ""]) => text).filter((text) => /^(npm|yarn|pnpm|npx|make|gulp|grunt|webpack|sass)\b/.test(text));
}
function packagesOf(lines) {
	const names = lines.flatMap((line) => /apt(?:-get)?\s+(?:-\S+\s+)*install\s+([^&|;]*)/.exec(line)?.[1] ?? []).flatMap((list) => list.split(/\s+/)).filter((name) => fits("package", name));
	const own = /^(nginx|apache2|supervisor|python3?(\.\d+)?(-\w+)*|git|gunicorn|virtualenv|build-essential|gcc|libapache2-mod-wsgi(-py3)?)$|-dev$/;
	return [...new Set(names)].filter((name) => !own.test(name));
}
/** What a deployment by hand needs, and Woven does in its own way. */
function isLeft(line) {
	return !/\b(git|pip3?|virtualenv|venv|activate|supervisorctl|systemctl|service|apt|apt-get|touch|mkdir|ln|rm|chown|chmod|cd|rsync|kill|nginx|gunicorn|uwsgi|compileall|find)\b/.test(line);
}

// src/starting/foreign/web-command.ts
var import_dist = require_dist();
/** Servers, and the one of Woven's that does their work. */
const programs$1 = {
	gunicorn: "gunicorn",
	uvicorn: "uvicorn",
	daphne: "uvicorn",
	hypercorn: "uvicorn",
	uwsgi: "uwsgi",
	"waitress-serve": "gunicorn"
};
/** Options of a number, by the key of [server]. `-w` means another thing in each server. */
const numbers = {
	gunicorn: {
		"-w": "workers",
		"--workers": "workers",
		"--threads": "threads",
		"-t": "timeout",
		"--timeout": "timeout"
	},
	uvicorn: { "--workers": "workers" },
	hypercorn: {
		"-w": "workers",
		"--workers": "workers"
	}
};
/** Options of gunicorn that stay options. */
const kept = [
	"--max-requests",
	"--max-requests-jitter",
	"--keep-alive",
	"--graceful-timeout",
	"--limit-request-line"
];
/** Options that Woven decides: where the server listens, and where it logs. */
const decided = /^(-b|--bind|-p|--port|--host|--listen|--log-file|--access-logfile|--error-logfile|--log-level|--access-log|--no-access-log|-a|--name|-n|--pid|--daemon|-D|--user|-u|--group|-g|--chdir|--proxy-headers|--forwarded-allow-ips|--reload|--preload|--worker-tmp-dir|--capture-output|--proxy-protocol|--lifespan|--loop|--http|--ws)$/;
const valueless = /^(-D|--daemon|--reload|--preload|--capture-output|--proxy-headers|--no-access-log|--access-log|--proxy-protocol)$/;
/** Undefined if the command starts no server that Woven knows. */
function readWebCommand(text) {
	const split = splitShellWords(text);
	const words = split.kind === "words" ? split.words : [];
	const at = words.findIndex((word) => Object.hasOwn(programs$1, nameOf(word)));
	const found = nameOf(words[at] ?? "");
	const program = programs$1[found];
	if (program === void 0) return void 0;
	return readOptions(found, program, words.slice(at + 1));
}
function readOptions(found, usual, words) {
	const effects = options$2(words).map((option) => effectOf(found, option));
	const texts = (kind) => effects.flatMap((one) => one.kind === kind && "text" in one ? [one.text] : []);
	const program = texts("program").at(-1) ?? usual;
	const named = serverNames.find((one) => one === program) ?? "gunicorn";
	const numbersOf = effects.flatMap((one) => one.kind === "number" && !(named === "uvicorn" && one.key === "threads") ? [[one.key, one.value]] : []);
	const args = named === "gunicorn" ? texts("argument") : [];
	return {
		server: {
			program: named,
			...Object.fromEntries(numbersOf),
			...args.length > 0 ? { arguments: args } : {},
			...applicationOf(texts("application").at(-1), named)
		},
		notes: [...texts("note"), ...found === named ? [] : [`${found}: ${named} takes its place.`]]
	};
}
/** What an option of another server's command means for Woven. */
function effectOf(found, { name, value }) {
	if (name === "") return {
		kind: "application",
		text: value
	};
	const key = numbers[found]?.[name];
	if (key !== void 0) return /^\d{1,4}$/.test(value) ? {
		kind: "number",
		key,
		value: Number(value)
	} : { kind: "none" };
	if (/^(-k|--worker-class)$/.test(name)) return workerClass(found, value);
	if (kept.includes(name) && fits("argument", `${name}=${value}`)) return {
		kind: "argument",
		text: `${name}=${value}`
	};
	if (decided.test(name)) return { kind: "none" };
	return {
		kind: "note",
		text: `${`${found} ${name}${value === "" ? "" : ` ${value}`}`}: write it into arguments of [server] if you need it.`
	};
}
function workerClass(found, value) {
	if (/uvicorn/i.test(value)) return {
		kind: "program",
		text: "uvicorn"
	};
	if (/^(sync|gthread)$/.test(value)) return { kind: "none" };
	return {
		kind: "note",
		text: `${found} --worker-class ${value}: Woven runs threads instead.`
	};
}
/** `--workers 3`, `--workers=3`, `-w3` and words alone, which have no name. */
function options$2(words) {
	const found = [];
	for (let at = 0; at < words.length; at += 1) {
		const word = words[at] ?? "";
		const [, name, inline] = /^(--[\w-]+)(?:=(.*))?$/s.exec(word) ?? /^(-\w)(.+)?$/s.exec(word) ?? [];
		if (name === void 0) found.push({
			name: "",
			value: word
		});
		else if (inline !== void 0) found.push({
			name,
			value: inline
		});
		else if (valueless.test(name) || (words[at + 1] ?? "-").startsWith("--")) found.push({
			name,
			value: ""
		});
		else {
			at += 1;
			found.push({
				name,
				value: words[at] ?? ""
			});
		}
	}
	return found;
}
/** Woven finds `<project>.wsgi:application` by itself. */
function applicationOf(given, program) {
	const full = given === void 0 || given.includes(":") ? given : `${given}:application`;
	if (full === void 0 || !fits("application", full)) return {};
	return program !== "uvicorn" && /\.wsgi:application$/.test(full) ? {} : { application: full };
}
function nameOf(word) {
	return word.replace(/^.*\//, "");
}

// src/starting/foreign/kamal.ts
const path = "config/deploy.yml";
function readKamal(files) {
	const text = files.read(path);
	if (text === void 0) return void 0;
	const config = parsed(text);
	if (config === void 0 || config["service"] === void 0 && config["servers"] === void 0) return void 0;
	const roles = rolesOf(config["servers"]);
	const dockerfile = files.read(String(table$1(config["builder"])?.["dockerfile"] ?? "Dockerfile")) ?? "";
	const web = roles.find(({ name }) => name === "web");
	const start = readWebCommand(web?.cmd === void 0 ? startOf(dockerfile) : unwrapped(web.cmd));
	const { processes, notes } = workers(roles.filter((role) => role !== web));
	const env = variables(config["env"]);
	const accessories = Object.entries(table$1(config["accessories"]) ?? {});
	const ssh = table$1(config["ssh"]) ?? {};
	return {
		path,
		...start === void 0 ? {} : { server: start.server },
		processes,
		...env,
		...proxyOf(table$1(config["proxy"]) ?? {}),
		services: accessories.flatMap(([name, one]) => serviceOf(name, one)),
		packages: aptPackages(dockerfile),
		hosts: web?.hosts ?? [],
		...typeof ssh["user"] === "string" ? { rootUser: ssh["user"] } : {},
		...typeof ssh["port"] === "number" ? { sshPort: ssh["port"] } : {},
		...numberOf("keepReleases", config["retain_containers"]),
		...numberOf("drain", config["drain_timeout"]),
		writable: volumes(config["volumes"], dockerfile),
		notes: [
			...start?.notes ?? [`No server was found in the command of web or in the Dockerfile.`],
			...notes,
			...separateHosts(roles, web?.hosts ?? []),
			...accessories.flatMap(([name, one]) => accessoryNote(name, one)),
			...ssh["proxy"] === void 0 ? [] : [`ssh.proxy: write jump: ${String(ssh["proxy"])} into the workflows.`]
		]
	};
}
function rolesOf(servers) {
	if (Array.isArray(servers)) return [{
		name: "web",
		hosts: hostsOf(servers)
	}];
	return Object.entries(table$1(servers) ?? {}).map(([name, value]) => {
		const described = table$1(value);
		const cmd = described?.["cmd"];
		return {
			name,
			hosts: hostsOf(described === void 0 ? value : described["hosts"]),
			...typeof cmd === "string" ? { cmd } : {}
		};
	});
}
/** `192.0.2.1`, or `192.0.2.1: [tag]`. */
function hostsOf(value) {
	return (Array.isArray(value) ? value : []).map((one) => typeof one === "string" ? one : Object.keys(table$1(one) ?? {})[0] ?? "").filter(Boolean);
}
function workers(roles) {
	const processes = [];
	const notes = [];
	for (const { name, cmd } of roles) {
		const converted = cmd === void 0 ? void 0 : processCommand(unwrapped(cmd));
		if (converted === void 0) notes.push(`servers.${name}: it has no cmd.`);
		else if (converted.kind === "no") notes.push(`servers.${name}.cmd: the command ${converted.why}.`);
		else if (!fits("backgroundName", name)) notes.push(`servers.${name}: Woven needs another name for this process.`);
		else processes.push({
			name,
			command: converted.command
		});
	}
	return {
		processes,
		notes
	};
}
function separateHosts(roles, web) {
	return roles.flatMap(({ name, hosts }) => hosts.every((host) => web.includes(host)) ? [] : [`servers.${name} has hosts of its own. With Woven, each server runs all of the release: see role in docs/processes.md.`]);
}
/** `bash -c "…"`, as a cmd often is. */
function unwrapped(command) {
	const split = splitShellWords(command);
	const [shell = "", flag = "", inner] = split.kind === "words" ? split.words : [];
	return /^(\/bin\/)?(ba)?sh$/.test(shell) && /^-l?c$/.test(flag) && inner !== void 0 ? inner : command;
}
/** What the image starts: the last CMD, as a list or as shell text. */
function startOf(dockerfile) {
	const command = [...dockerfile.replaceAll(/\\\r?\n/g, " ").matchAll(/^\s*CMD\s+(.+)$/gim)].at(-1)?.[1]?.trim() ?? "";
	if (!command.startsWith("[")) return unwrapped(command);
	const words = parsed(`words: ${command}`)?.["words"];
	return unwrapped((Array.isArray(words) ? words.map(String) : []).map((word) => /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`).join(" "));
}
/** Libraries that the image installs with apt. Those for building are not needed: the runner builds. */
function aptPackages(dockerfile) {
	const names = [...dockerfile.replaceAll(/\\\r?\n/g, " ").matchAll(/apt(?:-get)?\s+(?:-\S+\s+)*install\s+([^&|;\n]*)/g)].map(([, list = ""]) => list).flatMap((list) => list.split(/\s+/)).filter((name) => fits("package", name));
	return [...new Set(names)].filter((name) => !/-dev$|^(build-essential|gcc|g\+\+|make|curl|git|wget|pkg-config|ca-certificates|gnupg|sudo)$/.test(name));
}
function variables(env) {
	const given = table$1(env) ?? {};
	const clear = table$1(given["clear"]) ?? (given["secret"] === void 0 && given["tags"] === void 0 ? given : {});
	const secret = Array.isArray(given["secret"]) ? given["secret"].map(String) : [];
	const values = Object.entries(clear).filter(([name]) => fits("envName", name));
	return {
		env: Object.fromEntries(values.map(([name, value]) => [name, String(value)])),
		secrets: secret.map((name) => name.split(":")[0] ?? "").filter((name) => fits("envName", name))
	};
}
function proxyOf(proxy) {
	const domains = (Array.isArray(proxy["hosts"]) ? proxy["hosts"] : String(proxy["host"] ?? "").split(",")).map((host) => String(host).trim()).filter((host) => fits("domain", host));
	const health = table$1(proxy["healthcheck"])?.["path"];
	return {
		domains,
		...proxy["ssl"] === true ? { tls: "acme" } : {},
		...typeof health === "string" && fits("urlPath", health) ? { healthPath: health } : {}
	};
}
function serviceOf(name, accessory) {
	return servicesNamed(`${name} ${String(table$1(accessory)?.["image"] ?? "")}`);
}
function accessoryNote(name, accessory) {
	if (serviceOf(name, accessory).length > 0) return [];
	const image = String(table$1(accessory)?.["image"] ?? "");
	if (/postgres/.test(image)) return [`accessories.${name}: setupnode can install PostgreSQL and make the database: extra-packages = ["postgresql"]. Move the data yourself.`];
	return [`accessories.${name} (${image}): Woven does not run it.`];
}
/** Folders of the image that outlive containers, as folders of the project. */
function volumes(given, dockerfile) {
	const top = [...dockerfile.matchAll(/^\s*WORKDIR\s+(\S+)/gim)].at(-1)?.[1] ?? "/app";
	return (Array.isArray(given) ? given : []).map((one) => String(one).split(":")[1] ?? "").filter((mount) => mount.startsWith(`${top}/`)).map((mount) => posix.relative(top, mount)).filter((folder) => writableProblem(folder) === void 0);
}
function numberOf(key, value) {
	return typeof value === "number" && Number.isInteger(value) && value > 0 ? { [key]: value } : {};
}
/** ERB in it stays as text. */
function parsed(text) {
	try {
		return table$1((0, import_dist.parse)(text.replaceAll(/<%.*?%>/gs, "ERB")));
	} catch {
		return;
	}
}
function table$1(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? value : void 0;
}

// src/starting/foreign/procfile.ts
/** The commands by their names. */
function procfileLines(text) {
	const lines = text.split(/\r?\n/).flatMap((line) => {
		const [, name, command] = /^([A-Za-z0-9_-]+):\s*(.+?)\s*$/.exec(line) ?? [];
		return name === void 0 || command === void 0 ? [] : [[name, command]];
	});
	return new Map(lines);
}
/** The same from any file that has such a table. `counts`: how many of each process. */
function procfile(path, lines, counts = /* @__PURE__ */ new Map()) {
	const web = lines.get("web");
	const server = web === void 0 ? void 0 : readWebCommand(web);
	const release = releaseWork(lines.get("release") ?? "");
	const read = [...lines].filter(([name]) => name !== "web" && name !== "release").map(([name, command]) => processLine(name, command, counts.get(name) ?? 1));
	return {
		path,
		...server === void 0 ? {} : { server: server.server },
		processes: read.flatMap((line) => line.kind === "process" ? [line.process] : []),
		releaseCommands: release.commands,
		notes: [
			...server?.notes ?? (web === void 0 ? [] : [`web: ${web}: this is no server that Woven knows.`]),
			...release.others.map((other) => `release: ${other}: make it a management command.`),
			...read.flatMap((line) => line.kind === "note" ? [line.note] : [])
		]
	};
}
function processLine(name, text, count) {
	const note = (what) => ({
		kind: "note",
		note: `${name}: ${what}`
	});
	if (count === 0) return note("no process of it runs, so Woven runs none.");
	const converted = processCommand(text);
	if (converted.kind === "no") return note(`the command ${converted.why}.`);
	if (!fits("backgroundName", name)) return note("Woven needs another name for this process.");
	return {
		kind: "process",
		process: {
			name,
			command: converted.command,
			...count === 1 ? {} : { count }
		}
	};
}

// src/starting/foreign/supervisor.ts
function readSupervisor(files) {
	return files.paths.filter((path) => /\.(conf|ini)$/.test(path)).flatMap((path) => {
		const text = files.read(path) ?? "";
		return /^\[program:/m.test(text) ? [programs(path, text)] : [];
	});
}
function programs(path, text) {
	const commands = /* @__PURE__ */ new Map();
	const counts = /* @__PURE__ */ new Map();
	for (const [section, entries] of parseIni(text)) {
		const [, name] = /^program:(.+)$/.exec(section) ?? [];
		const command = entries.get("command")?.replaceAll("\n", " ");
		if (name === void 0 || command === void 0) continue;
		const own = /(^|\/|\s)(gunicorn|uwsgi|uvicorn|daphne|waitress-serve)(\s|$)/.test(command) ? "web" : name.replace(/^[\w.]+[-_](?=(celery|worker|beat|rq))/, "");
		commands.set(own, command);
		const count = Number(entries.get("numprocs") ?? 1);
		if (Number.isInteger(count)) counts.set(own, count);
	}
	return procfile(path, commands, counts);
}

// src/starting/settings-facts.ts
const engines = {
	sqlite3: "SQLite",
	spatialite: "SQLite",
	postgresql: "PostgreSQL",
	postgresql_psycopg2: "PostgreSQL",
	postgis: "PostgreSQL",
	mysql: "MySQL or MariaDB",
	oracle: "Oracle"
};
function settingsFacts(files, django) {
	const sources = settingsFiles(files, django.sourceRoot.value, django.settingsModule.value).map((path) => ({
		path,
		text: (files.read(path) ?? "").replaceAll(/^\s*#.*$/gm, "")
	}));
	const all = (find) => once(sources.flatMap(({ path, text }) => find(text).map((value) => ({
		value,
		from: path
	}))));
	return {
		databases: all(databasesIn),
		writable: apart(all(loggedFolders).concat(emptyFolders(files))),
		services: all(servicesIn),
		domains: all(hostsIn)
	};
}
function databasesIn(text) {
	const found = [...text.matchAll(/["']django\.(?:contrib\.gis\.)?db\.backends\.(\w+)["']/g)].flatMap(([, engine = ""]) => engines[engine] ?? []);
	const fromUrl = /\bdj_database_url\b|\benv\.db(_url)?\(|["']DATABASE_URL["']/.test(text);
	return [...found, ...fromUrl ? ["the one of DATABASE_URL"] : []];
}
function servicesIn(text) {
	return [.../["']REDIS_URL["']/.test(text) ? ["redis"] : [], .../["']MEMCACHED_SERVERS["']/.test(text) ? ["memcached"] : []];
}
function hostsIn(text) {
	return [...(/^ALLOWED_HOSTS\s*(?::[^=]+)?\+?=\s*[[(]([^\])]*)[\])]/m.exec(text)?.[1] ?? "").matchAll(/["']([^"']+)["']/g)].map(([, host = ""]) => host).filter((host) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(host) && !/^(127\.|0\.0\.)/.test(host) && /[a-z]/i.test(host));
}
/** The folders of log files: `BASE_DIR / "logs" / "app.log"`, `os.path.join(BASE_DIR, "logs", "app.log")`, `"logs/app.log"`. */
function loggedFolders(text) {
	return [...text.matchAll(/["']filename["']\s*:\s*(.+)/g)].map(([, value = ""]) => value).flatMap((value) => {
		const parts = [...value.matchAll(/["']([^"']+)["']/g)].map(([, part = ""]) => part);
		const path = posix.normalize(parts.join("/"));
		const folder = posix.dirname(path);
		return parts.length === 0 || path.startsWith("/") || folder.startsWith("..") || writableProblem(folder) !== void 0 ? [] : [folder];
	});
}
/** Folders that hold nothing but the file that makes git keep them: something writes there later. */
function emptyFolders(files) {
	return files.paths.filter((path) => /(^|\/)\.(gitkeep|keep)$/.test(path)).flatMap((path) => {
		const folder = posix.dirname(path);
		return files.paths.every((other) => other === path || other === `${folder}/.gitignore` || !other.startsWith(`${folder}/`)) && writableProblem(folder) === void 0 ? [{
			value: folder,
			from: path
		}] : [];
	});
}
function once(seen) {
	return seen.filter(({ value }, index) => seen.findIndex((other) => other.value === value) === index);
}
/** Without folders inside another one of the list. */
function apart(folders) {
	const sorted = folders.toSorted((one, other) => one.value.length - other.value.length);
	const kept = [];
	for (const folder of sorted) if (!kept.some(({ value }) => overlap(value, folder.value))) kept.push(folder);
	return kept;
}

// src/starting/found-in-project.ts
function foundInProject(folder, repository, words) {
	const files = projectFiles(folder, repository.top);
	const foreign = foreignFiles(files);
	const chosen = settingsModule(files, words.value("settings-module"));
	const django = djangoOf(files, chosen?.value);
	const facts = django === void 0 ? nothing : settingsFacts(files, django);
	return {
		foreign,
		facts,
		own: {
			distribution: words.value("distribution") === void 0 ? ownName(files, folder, repository) : option(words, "distribution"),
			settingsModule: chosen,
			requirements: words.has("requirements") ? { value: words.list("requirements") } : void 0,
			server: option(words, "server") ?? asgiServer(files, django, foreign),
			python: option(words, "python"),
			rootUser: option(words, "root-user"),
			writable: facts.writable.map(({ value }) => value),
			services: facts.services.map(({ value }) => value)
		}
	};
}
const nothing = {
	databases: [],
	writable: [],
	services: [],
	domains: []
};
/** The files of other platforms and tools. One that is read earlier wins. */
function foreignFiles(files) {
	const text = files.read("Procfile");
	return [
		text === void 0 ? void 0 : procfile("Procfile", procfileLines(text), formation(files)),
		readKamal(files),
		...readSupervisor(files),
		readFabfile(files),
		readAppJson(files),
		readAptfile(files),
		readNodeBuild(files),
		...readCrontabs(files)
	].filter((one) => one !== void 0);
}
/** The module that the option names. Or, if the files leave it open, the only one whose name says production. */
function settingsModule(files, given) {
	if (given !== void 0) return { value: given };
	if (djangoOf(files, void 0) !== void 0) return void 0;
	const [only, ...more] = settingsModules(files).filter((module) => purposeOf(module.split(".").at(-1) ?? "") === "production");
	return only === void 0 || more.length > 0 ? void 0 : {
		value: only,
		from: "its name, which says production"
	};
}
function djangoOf(files, module) {
	const text = module === void 0 ? "" : `settings-module = ${JSON.stringify(module)}\n`;
	return findDjango(files, configOf(files, text), () => void 0);
}
function configOf(files, text) {
	const there = files.read("woven.toml");
	const toml = readToml(withProposed(files, { "woven.toml": there ?? text }), "woven.toml", () => void 0);
	const pyproject = there === void 0 && text !== "" ? void 0 : readToml(files, "pyproject.toml", () => void 0);
	return readConfig(pyproject, there === void 0 && text === "" ? void 0 : toml, () => void 0);
}
/** Without a name in the project, the run on GitHub takes the repository's. Here it would be the folder's. */
function ownName(files, folder, { github }) {
	if (firstStated(readMetadata(files, readToml(files, "pyproject.toml", () => void 0)), "name") !== void 0) return void 0;
	const name = github?.split("/")[1];
	return name === void 0 ? {
		value: basename(folder),
		from: "the folder's name"
	} : {
		value: name,
		from: "the repository's name"
	};
}
function asgiServer(files, django, foreign) {
	const need = django === void 0 ? void 0 : asgiNeed(files, django);
	if (need === void 0 || foreign.some(({ server }) => server?.program === "uvicorn")) return void 0;
	return {
		value: "uvicorn",
		from: `the app ${need.app} in ${need.file}`
	};
}
function option(words, name) {
	const value = words.value(name);
	return value === void 0 ? void 0 : { value };
}

// src/starting/needed-values.ts
/** Sorts the names of variables. */
function sortVariables(names, domains) {
	const plain = {};
	const secrets = [];
	for (const name of names) {
		const value = known(name, domains);
		if (value === void 0) secrets.push(name);
		else plain[name] = value;
	}
	return {
		plain,
		secrets
	};
}
function known(name, domains) {
	if (/(^|_)ALLOWED_HOSTS?$/.test(name)) return domains.join(",");
	if (/(^|_)CSRF_TRUSTED_ORIGINS$/.test(name)) return domains.map((domain) => `https://${domain}`).join(",");
	return /^(DJANGO_)?DEBUG$/.test(name) ? "False" : void 0;
}
/** The file for the secret WOVEN_ENV. A secret key is made up at once; the other values are the user's to fill in. */
function environmentFile(secrets) {
	return [
		"# The secrets of the application. Git ignores this file. Fill in what is empty, then run the command for WOVEN_ENV.",
		...secrets.map((name) => isKey(name) ? `${name}=${randomBytes(38).toString("base64url")}` : `${name}=`),
		""
	].join("\n");
}
function isKey(name) {
	return /(^|_)SECRET_KEY(_BASE)?$/.test(name);
}

// src/starting/proposal.ts
/** The keys in the order in which they are written. `known`: the keys that this Woven has. */
function propose(own, foreign, known = configKeys) {
	const first = (read) => {
		for (const one of foreign) {
			const value = read(one);
			if (value !== void 0) return {
				value,
				from: one.path
			};
		}
	};
	const all = (read) => {
		const from = foreign.filter((one) => (read(one) ?? []).length > 0);
		const values = [...new Set(from.flatMap((one) => read(one) ?? []))];
		return values.length === 0 ? void 0 : {
			value: values,
			from: from.map(({ path }) => path).join(", ")
		};
	};
	const server = own.server === void 0 ? first((one) => one.server) : void 0;
	const application = server?.value.application;
	return [
		["domains", own.domains],
		["distribution", own.distribution],
		["version-from", { value: "git" }],
		["settings-module", own.settingsModule],
		["requirements", own.requirements],
		["python", own.python],
		["root-user", own.rootUser ?? rootUser(first((one) => one.rootUser))],
		["default-ssh-port", first((one) => one.sshPort)],
		["extra-packages", all((one) => one.packages)],
		["tls", first((one) => one.tls)],
		["application", application === void 0 ? void 0 : {
			value: application,
			from: server?.from
		}],
		["services", union(own.services, all((one) => one.services))],
		["writable", union(own.writable, all((one) => one.writable))],
		["build", all((one) => one.build)],
		["release-commands", all((one) => one.releaseCommands)],
		["keep-releases", first((one) => one.keepReleases)],
		["drain", first((one) => one.drain)],
		["server", own.server ?? serverOf(server)],
		["health", healthOf(first((one) => one.healthPath))],
		["processes", processesOf(foreign)],
		["schedules", schedulesOf(foreign)],
		["env", envOf(own.env, foreign)]
	].flatMap(([key, found]) => found === void 0 || !known.includes(key) ? [] : [{
		key,
		value: found.value,
		from: found.from
	}]);
}
function rootUser(found) {
	return found?.value === "root" ? void 0 : found;
}
function union(own, theirs) {
	const values = [.../* @__PURE__ */ new Set([...theirs?.value ?? [], ...own])];
	return values.length === 0 ? void 0 : {
		value: values,
		from: theirs?.from
	};
}
function serverOf(found) {
	if (found === void 0) return void 0;
	const { application: _, ...server } = found.value;
	const options = Object.entries(server).filter(([, value]) => value !== void 0);
	return {
		value: options.length === 1 ? server.program : Object.fromEntries(options),
		from: found.from
	};
}
function healthOf(found) {
	return found === void 0 ? void 0 : {
		value: { path: found.value },
		from: found.from
	};
}
function processesOf(foreign) {
	return table(foreign.flatMap(({ path, processes = [] }) => processes.map((one) => ({
		...one,
		path
	}))), ({ command, count }) => count === void 0 ? command : {
		command,
		count
	});
}
function schedulesOf(foreign) {
	return table(foreign.flatMap(({ path, schedules = [] }) => schedules.map((one) => ({
		...one,
		path
	}))), ({ name, command, when }) => command === `manage ${name}` ? when : {
		command,
		when
	});
}
function table(found, value) {
	if (found.length === 0) return void 0;
	const first = found.filter(({ name }, index) => found.findIndex((other) => other.name === name) === index);
	return {
		value: Object.fromEntries(first.map((one) => [one.name, value(one)])),
		from: [...new Set(found.map(({ path }) => path))].join(", ")
	};
}
function envOf(own, foreign) {
	const from = foreign.filter(({ env = {} }) => Object.keys(env).length > 0);
	const value = Object.assign({}, ...from.toReversed().map(({ env }) => env), own);
	if (Object.keys(value).length === 0) return void 0;
	return {
		value,
		from: from.length === 0 ? void 0 : from.map(({ path }) => path).join(", ")
	};
}
/** The text of woven.toml. */
function tomlText(keys) {
	const plain = keys.filter(({ value }) => !isTable(value));
	const tables = keys.filter(({ value }) => isTable(value));
	const comment = (from) => from === void 0 ? "" : ` # from ${shownPath(from)}`;
	return [
		"#:schema https://raw.githubusercontent.com/woven/deploy/v1/docs/woven.schema.json",
		...plain.map(({ key, value, from }) => `${key} = ${literal(value)}${comment(from)}`),
		...tables.flatMap(({ key, value, from }) => [
			"",
			`[${key}]${comment(from)}`,
			...Object.entries(value).map(([name, inner]) => `${name} = ${literal(inner)}`)
		]),
		""
	].join("\n");
}
function isTable(value) {
	return typeof value === "object" && !Array.isArray(value);
}
/** JSON's strings, numbers and lists are TOML's, too. */
function literal(value) {
	if (!isTable(value)) return Array.isArray(value) ? `[${value.map(literal).join(", ")}]` : JSON.stringify(value);
	return `{ ${Object.entries(value).map(([name, inner]) => `${name} = ${literal(inner)}`).join(", ")} }`;
}

// src/starting/init-plan.ts
/** The name of the file that has Woven's configuration already. */
function configurationThere(folder, top) {
	const files = projectFiles(folder, top);
	if (files.has("woven.toml")) return "woven.toml";
	const tool = table$3(readToml(files, "pyproject.toml", () => void 0)?.values["tool"]);
	return table$3(tool?.["woven"]) === void 0 ? void 0 : "pyproject.toml";
}
/**
* Reads the project twice: first to learn which server and variables it needs, and then with the whole configuration. Throws everything
* that a deployment would throw before it touches a server, but for missing variables.
*/
async function planInit({ own, foreign }, { domains, kept, repository }, world) {
	const quiet = {
		...world,
		print: () => void 0
	};
	if (kept !== void 0) {
		const settings = await settingsWith(void 0, repository, world);
		return {
			settings,
			values: await neededValues(settings, foreign, world)
		};
	}
	const known = {
		...own,
		domains: { value: domains },
		env: {}
	};
	const first = await settingsWith(propose(known, foreign), repository, quiet);
	const values = await neededValues(first, foreign, world);
	const server = known.server ?? (foreign.some((one) => one.server) ? void 0 : await gunicornOf(first));
	const keys = propose({
		...known,
		server,
		env: values.plain
	}, foreign);
	return {
		settings: await settingsWith(keys, repository, world),
		values,
		keys
	};
}
/** Reads the project as a deployment will, with the configuration that is proposed. */
function settingsWith(keys, { top, github }, { cwd, env, run, print }) {
	const inputs = {
		command: "bundle",
		"bundle-for": "3.13 x86_64 glibc 2.41"
	};
	return readSettings({
		input: (name) => inputs[name] ?? "",
		env: {
			...env,
			GITHUB_WORKSPACE: top,
			...github && { GITHUB_REPOSITORY: github }
		},
		cwd,
		...keys === void 0 ? {} : { proposed: { "woven.toml": tomlText(keys) } },
		run,
		mask: () => void 0,
		log: print
	});
}
async function neededValues(settings, foreign, { run }) {
	const tempDir = await mkdtemp(join(tmpdir(), "woven-init-"));
	try {
		const unset = (await unsetVariables(settings, {
			run,
			tempDir
		})).map(({ name }) => name);
		const stated = foreign.flatMap(({ secrets = [] }) => secrets);
		const open = [.../* @__PURE__ */ new Set([...unset, ...stated])].filter((name) => !Object.hasOwn(settings.env, name) && !name.startsWith("WOVEN_"));
		return sortVariables(open, settings.sites.flatMap((site) => site.domains));
	} finally {
		await rm(tempDir, {
			recursive: true,
			force: true
		});
	}
}
/** gunicorn, if the requirements hold it: the project was made to run under it. */
async function gunicornOf({ workingDirectory, distribution }) {
	const requirements = distribution?.requirements;
	if (requirements === void 0) return void 0;
	const { value, from } = requirements;
	const paths = {
		files: value.kind === "files" ? value.paths : [],
		lock: value.kind === "lock" ? [value.path] : [],
		project: []
	};
	const texts = await Promise.all(paths[value.kind].map((path) => readFile(join(workingDirectory, path), "utf8")));
	return (value.kind === "project" ? value.dependencies : texts.flatMap((text) => text.split("\n"))).some((line) => /^(name = ")?gunicorn\b/i.test(line.trim())) ? {
		value: "gunicorn",
		from: value.kind === "project" ? from : paths[value.kind].join(", ")
	} : void 0;
}
/** What the files of other tools ask for, and this version of Woven has no key for. */
function leftOut({ foreign }, keys) {
	if (keys === void 0 || keys.some(({ key }) => key === "release-commands")) return [];
	return foreign.flatMap(({ path, releaseCommands = [] }) => releaseCommands.map((one) => `${path}: manage ${one}: run it with the command node after a deployment that needs it.`));
}

// src/starting/init-report.ts
/** The name, version, settings module and requirements are printed when the settings are read. */
function reportLines({ settings, facts, foreign, values, keys, leftOut }) {
	const { server, application, background, writable, sites } = settings;
	const services = keys?.find(({ key }) => key === "services")?.value;
	const names = (list) => list.map(({ name }) => name).join(", ");
	const known = foreign.map(({ path }) => path);
	return [
		...line("Domains", sites.flatMap(({ domains }) => domains).join(", ")),
		...line("Server", application === void 0 ? server : `${server}, ${application}`),
		...line("Processes", names(background.processes)),
		...line("Schedules", names(background.schedules)),
		...line("Services on the server", Array.isArray(services) ? services.join(", ") : ""),
		...line("Database", facts.databases.map(({ value, from }) => `${value} (${from})`).join(", ")),
		...line("Folders that the application writes to", writable.join(", ")),
		...line("Variables from the domains", Object.keys(values.plain).join(", ")),
		...line("Secrets that the application needs", values.secrets.join(", ")),
		...line("Also read", known.join(", ")),
		...leftOut,
		...foreign.flatMap(({ path, notes = [] }) => notes.map((note) => `${path}: ${note}`))
	];
}
function line(what, value) {
	return value === "" ? [] : [`${what}: ${value}`];
}

// src/starting/next-commands.ts
function nextCommands({ addresses, rootUser, sshPort, environmentFile, branch, files }) {
	const hosts = addresses.map((address) => address.slice(address.indexOf("@") + 1));
	const port = sshPort === 22 ? "" : ` -p ${sshPort}`;
	const roles = addresses.map((address) => `"${address}"`).join(", ");
	const keyOf = (host) => `ssh${port} ${rootUser}@${host} cat /etc/ssh/ssh_host_ed25519_key.pub | sed 's/^/${host} /'`;
	return [
		"A key for the workflow. Skip this if you have one:",
		"  ssh-keygen -t ed25519 -N '' -C woven-deploy -f woven_key",
		...hosts.map((host) => `  ssh-copy-id${port} -i woven_key.pub ${rootUser}@${host}`),
		"",
		"Type next:",
		"  gh api --silent --method PUT 'repos/{owner}/{repo}/environments/production'",
		"  gh secret set WOVEN_SSH_KEY --env production < woven_key",
		...environmentFile === void 0 ? [] : [`  gh secret set WOVEN_ENV --env production < ${environmentFile}`],
		`  gh variable set WOVEN_ROLES --env production --body 'production: [${roles}]'`,
		`  gh variable set WOVEN_KNOWN_HOSTS --env production --body "$(${hosts.map(keyOf).join("; ")})"`,
		"",
		"Then deploy:",
		...files.length === 0 ? [] : [`  git add ${files.map(shellWord).join(" ")} && git commit -m "Deploy with Woven"`],
		`  git push origin ${shellWord(branch)}`,
		"  gh workflow run deploy.yml -f command=setupnode",
		"The run that the push starts fails, because the server is not set up yet. Run it again after setupnode: gh workflow run deploy.yml"
	];
}
function shellWord(text) {
	return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

// src/starting/repository.ts
/** Throws `no-repository` or `no-commit`. */
async function gitRepository(folder, run) {
	const git = async (...words) => {
		const { code, stdout } = await run("git", words, { cwd: folder });
		return code === 0 ? stdout.trim() : void 0;
	};
	const top = await git("rev-parse", "--show-toplevel");
	if (top === void 0) throw new WovenError({
		code: "no-repository",
		message: `${folder} is not in a git repository`,
		state: "Nothing was written.",
		next: "Woven deploys what git tracks. Run git init, git add and git commit first, and woven init again."
	});
	if (await git("rev-parse", "HEAD") === void 0) throw new WovenError({
		code: "no-commit",
		message: "the repository has no commit",
		state: "Nothing was written.",
		next: "Woven deploys what git tracks. Run git add and git commit first, and woven init again."
	});
	const remote = await git("remote", "get-url", "origin");
	const head = (await git("symbolic-ref", "--short", "refs/remotes/origin/HEAD"))?.replace(/^origin\//, "");
	const current = await git("symbolic-ref", "--short", "HEAD");
	const prefix = await git("rev-parse", "--show-prefix") ?? relative(top, folder);
	const [, github] = /github\.com[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(remote ?? "") ?? [];
	return {
		top,
		workingDirectory: posix.normalize(prefix === "" ? "." : prefix).replace(/^\.$|\/$/g, ""),
		branch: head ?? current ?? "main",
		...github === void 0 ? {} : { github }
	};
}

// src/starting/words.ts
/** Throws a SettingsError with everything that is wrong about the options. */
function readWords(argv, known) {
	const { tokens, positionals } = parseArgs({
		args: [...argv],
		options: Object.fromEntries(Object.entries(known).map(([name, { kind, short }]) => [name, {
			type: kind === "flag" ? "boolean" : "string",
			...short === void 0 ? {} : { short }
		}])),
		allowPositionals: true,
		strict: false,
		tokens: true
	});
	const given = /* @__PURE__ */ new Map();
	const problems = [];
	for (const token of tokens) {
		if (token.kind !== "option") continue;
		const where = stripVTControlCharacters(token.rawName);
		const option = Object.hasOwn(known, token.name) ? known[token.name] : void 0;
		const before = given.get(token.name) ?? [];
		if (option === void 0) problems.push({
			where,
			what: "is not an option",
			next: advice(token.name, known)
		});
		else if (option.kind !== "list" && before.length > 0) problems.push({
			where,
			what: "is given twice",
			next: "Keep one of the two."
		});
		else if (option.kind === "flag" && token.value !== void 0) problems.push({
			where,
			what: "takes no value",
			next: `Write ${where} alone.`
		});
		else if (option.kind !== "flag" && isMissing(token)) problems.push({
			where,
			what: "needs a value",
			next: `Write ${where} and the value after it.`
		});
		given.set(token.name, [...before, token.value ?? ""]);
	}
	if (problems.length > 0) throw new SettingsError(problems);
	return {
		positionals,
		has: (name) => given.has(name),
		value: (name) => given.get(name)?.[0],
		list: (name) => given.get(name) ?? []
	};
}
function isMissing({ value, inlineValue }) {
	return value === void 0 || inlineValue === false && /^-./.test(value);
}
function advice(name, known) {
	const near = nearest(name, Object.keys(known));
	return near === void 0 ? `The options are: ${Object.keys(known).map((one) => `--${one}`).join(", ")}.` : `Did you mean --${near}?`;
}
/** The lines of the help: an option each. */
function optionLines(known) {
	return Object.entries(known).map(([name, { short, value, meaning }]) => {
		const names = [...short === void 0 ? [] : [`-${short}`], `--${name}`].join(", ");
		return `  ${(value === void 0 ? names : `${names} ${value}`).padEnd(26)}  ${meaning}`;
	}).join("\n");
}

// src/starting/project-tree.ts
/** Woven's own template of a project. */
const ownTree = join(packageRoot, "templates/startproject");
const tags = ["<%", "%>"];
/**
* Fills in every file below `folder`. `project_name` in a path becomes the project's name, and a file `gitignore` becomes `.gitignore`
* (npm packs no file of that name). A file of which nothing is left is left out. Throws `start-template` for a file that cannot be filled in.
*/
function projectTree(folder, view) {
	return templateFiles(folder).flatMap((path) => {
		const source = readFileSync(join(folder, path));
		const content = isText(source) ? fillIn(source.toString(), view, path) : source;
		if (source.length > 0 && content.toString().trim() === "") return [];
		return [{
			path: targetPath(path, view),
			content,
			mode: modeOf(join(folder, path), path)
		}];
	});
}
/** One file of Woven's own template, filled in. */
function ownFile(path, view) {
	return fillIn(readFileSync(join(ownTree, path), "utf8"), view, path);
}
function templateFiles(folder) {
	return readdirSync(folder, {
		recursive: true,
		withFileTypes: true
	}).filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name))).filter((path) => !/(^|\/)(\.git|__pycache__)\/|\.pyc$/.test(path)).toSorted();
}
/** mustache renders an unknown name as nothing. Here that is always a mistake, so it is an error. */
function fillIn(text, view, path) {
	try {
		checkNames(mustache.parse(text, tags), view);
		return mustache.render(text, view, void 0, {
			tags,
			escape: String
		});
	} catch (error) {
		throw new WovenError({
			code: "start-template",
			message: `the template ${path} cannot be filled in: ${error.message}`,
			state: "Nothing was written.",
			next: "Its tags are mustache's, with <% and %> instead of braces: <% project_name %>, <%# admin %> … <%/ admin %>",
			file: path,
			cause: error
		});
	}
}
function checkNames(tokens, view) {
	for (const [kind, name, , , inner] of tokens) {
		if (kind === "text") continue;
		if (kind === ">") throw new Error(`partials, such as <%> ${String(name)} %>, are not supported`);
		if (kind !== "!" && kind !== "=" && !Object.hasOwn(view, String(name))) throw new Error(`there is no name <% ${String(name)} %>. ${suggestion(String(name), Object.keys(view))}`);
		if (Array.isArray(inner)) checkNames(inner, view);
	}
}
function targetPath(path, view) {
	return path.split("/").map((part) => part === "gitignore" ? ".gitignore" : part.replaceAll("project_name", String(view["project_name"]))).join("/");
}
/** Files with secrets are for their owner only. */
function modeOf(file, path) {
	if (path.endsWith(".env")) return 384;
	return path === "manage.py" || (lstatSync(file).mode & 64) !== 0 ? 493 : 420;
}
function isText(content) {
	return !content.includes(0);
}

// src/starting/workflows.ts
const folder = ".github/workflows";
function workflows({ branch, workingDirectory }, { fullHistory }) {
	const view = {
		branch: yaml(branch),
		working_directory: yaml(workingDirectory),
		full_history: fullHistory
	};
	return listPackageFiles(`templates/startproject/${folder}`).map((name) => ({
		path: `${folder}/${name}`,
		text: ownFile(`${folder}/${name}`, view)
	}));
}
/** A branch or a folder in YAML: as it is, or in quotes. Some plain words mean something else there. */
function yaml(text) {
	return /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|yes|no|on|off|y|n|null)$/i.test(text) || text === "" ? text : JSON.stringify(text);
}

// src/starting/write-beside.ts
/** Writes what is missing. `open(2)` with O_EXCL follows no link and overwrites nothing. */
async function writeBeside(folder, files, run) {
	const written = [];
	for (const { path, text, mode, top, secret } of files) {
		const file = join(top ?? folder, path);
		const shown = relative(folder, file);
		if (secret) await untrack(folder, shown, run);
		await mkdir(dirname(file), { recursive: true });
		try {
			const handle = await open(file, "wx", mode);
			try {
				await handle.writeFile(text);
			} finally {
				await handle.close();
			}
			written.push({
				path: shown,
				state: "written"
			});
		} catch (error) {
			if (error.code !== "EEXIST") throw error;
			written.push({
				path: shown,
				state: "kept"
			});
		}
	}
	return written;
}
/** Adds the file to the repository's own list of ignored files, gitignore(5), unless it is ignored already. */
async function untrack(folder, path, run) {
	const git = (...words) => run("git", words, { cwd: folder });
	if ((await git("check-ignore", "--quiet", "--", path)).code === 0) return;
	const [exclude, prefix] = await Promise.all([git("rev-parse", "--git-path", "info/exclude"), git("rev-parse", "--show-prefix")]);
	const list = resolve(folder, exclude.stdout.trim());
	await mkdir(dirname(list), { recursive: true });
	const before = await readFile(list, "utf8").catch(() => "");
	await appendFile(list, `${before === "" || before.endsWith("\n") ? "" : "\n"}/${prefix.stdout.trim()}${path}\n`);
}

// src/starting/init.ts
const options$1 = {
	domain: {
		kind: "list",
		value: "DOMAIN",
		meaning: "The site's domain. More of them redirect to the first."
	},
	host: {
		kind: "value",
		value: "USER@HOST",
		meaning: "The server: woven@web1.example.com. The user is who deploys."
	},
	"root-user": {
		kind: "value",
		value: "USER",
		meaning: "The account of the first login, if it is not root."
	},
	"settings-module": {
		kind: "value",
		value: "MODULE",
		meaning: "The settings module for production, if unclear."
	},
	requirements: {
		kind: "list",
		value: "FILE",
		meaning: "A requirements file or a lock file, if unclear."
	},
	server: {
		kind: "value",
		value: "NAME",
		meaning: "apache, gunicorn or uvicorn, if no file says it."
	},
	python: {
		kind: "value",
		value: "VERSION",
		meaning: "The Python of the releases, such as 3.12."
	},
	distribution: {
		kind: "value",
		value: "NAME",
		meaning: "The name of what is deployed."
	}
};
const initHelp = `woven init [--option value …]

Run it in the project's folder, in a clone of its repository. It never changes a file that exists.

${optionLines(options$1)}
`;
const secretsFile = "production.env";
/** Stands for a server that is not known. */
const someServer = "web1.example.com";
/** Throws a SettingsError for what the project leaves open and no option answers. Nothing is written then. */
async function init(argv, world) {
	const words = readWords(argv, options$1);
	checkWords(words);
	const repository = await gitRepository(world.cwd, world.run);
	const kept = configurationThere(world.cwd, repository.top);
	const found = foundInProject(world.cwd, repository, words);
	const domains = kept === void 0 ? await domainsOf(words, found, world) : [];
	const plan = await planInit(found, {
		domains,
		kept,
		repository
	}, world);
	const addresses = await addressesOf(words, found, world);
	const { keys, settings, values } = plan;
	for (const line of reportLines({
		...found,
		...plan,
		leftOut: leftOut(found, keys)
	})) world.print(line);
	const written = await write(plan, repository, world);
	world.print("");
	if (kept !== void 0) world.print(`Kept ${kept}`);
	for (const { path, state } of written) world.print(`${state === "written" ? "Wrote" : "Kept"} ${path}`);
	world.print("");
	const next = nextCommands({
		addresses,
		rootUser: settings.login.rootUser,
		sshPort: settings.login.defaultSshPort,
		environmentFile: values.secrets.length > 0 ? secretsFile : void 0,
		branch: repository.branch,
		files: written.flatMap(({ path, state }) => state === "written" && path !== secretsFile ? [path] : [])
	});
	for (const line of next) world.print(line);
	if (addresses.some((address) => address.endsWith(`@${someServer}`))) world.print(`${someServer} stands for your server. To see its name here: woven init --host woven@192.0.2.1`);
}
function checkWords(words) {
	const problems = [];
	if (words.positionals.length > 0) problems.push({
		where: "the words",
		what: `${quoted(words.positionals.join(" "))} is one too many`,
		next: "woven init works in the folder where it is started."
	});
	for (const domain of words.list("domain")) {
		const what = domainProblem$1(domain);
		if (what !== void 0) problems.push({
			where: `--domain ${quoted(domain)}`,
			what
		});
	}
	const address = parseAddress(words.value("host") ?? someServer);
	if (address.kind === "bad") problems.push({
		where: "--host",
		what: address.what,
		next: address.next
	});
	if (problems.length > 0) throw new SettingsError(problems);
}
async function domainsOf(words, { facts, foreign }, { ask }) {
	const stated = foreign.flatMap(({ domains = [] }) => domains);
	const known = [
		words.list("domain"),
		stated,
		facts.domains.map(({ value }) => value)
	].find((some) => some.length > 0);
	if (known !== void 0) return [...new Set(known)];
	const missing = {
		where: "--domain",
		what: "is missing: nothing in the project names the site's domain",
		next: "For example: woven init --domain shop.example.com"
	};
	const answer = (await ask?.("The domain of the site (shop.example.com): "))?.trim() ?? "";
	if (answer === "") throw new SettingsError([missing]);
	const wrong = domainProblem$1(answer);
	if (wrong !== void 0) throw new SettingsError([{
		...missing,
		what: `${quoted(answer)} ${wrong}`
	}]);
	return [answer];
}
/** `woven@host` of each server. Files of other tools name another account, which a deployment does not need. */
async function addressesOf(words, { foreign }, { ask }) {
	const given = words.value("host");
	const stated = foreign.flatMap(({ hosts = [] }) => hosts);
	const known = given === void 0 ? stated : [given];
	const asked = known.length > 0 ? void 0 : (await ask?.(`The server (${someServer}): `))?.trim();
	const [first = asked || someServer, ...more] = [...new Set(known)];
	return [addressOf(first), ...more.map(addressOf)];
}
function addressOf(text) {
	const address = parseAddress(text);
	if (address.kind === "bad") throw new SettingsError([{
		where: "--host",
		what: address.what,
		next: address.next
	}]);
	return `${address.user === void 0 || address.user === "root" ? defaults.user : address.user}@${address.host.includes(":") ? `[${address.host}]` : address.host}`;
}
function write({ keys, values, settings }, repository, world) {
	const fullHistory = /^(the last tag|git describe)/.test(settings.distribution?.version.from ?? "");
	const files = [
		...keys === void 0 ? [] : [{
			path: "woven.toml",
			text: tomlText(keys),
			mode: 420
		}],
		...workflows(repository, { fullHistory }).map((workflow) => ({
			...workflow,
			mode: 420,
			top: repository.top
		})),
		...values.secrets.length === 0 ? [] : [{
			path: secretsFile,
			text: environmentFile(values.secrets),
			mode: 384,
			secret: true
		}]
	];
	return writeBeside(world.cwd, files, world.run);
}

// src/starting/first-commit.ts
/** For an author without a name in git's configuration. */
const nobody = [
	"-c",
	"user.name=startproject",
	"-c",
	"user.email=startproject@localhost"
];
async function isRepository(folder, run) {
	return (await run("git", ["rev-parse", "--is-inside-work-tree"], { cwd: folder })).code === 0;
}
/** Makes the repository and its commit. If git cannot, the project is complete all the same, and the result says so. */
async function firstCommit(folder, run) {
	const git = (...words) => run("git", words, { cwd: folder });
	const author = (await git("var", "GIT_AUTHOR_IDENT")).code === 0 ? [] : nobody;
	for (const words of [
		[
			"init",
			"--quiet",
			"--initial-branch=main"
		],
		["add", "--all"],
		[
			...author,
			"commit",
			"--quiet",
			"--no-gpg-sign",
			"--message",
			"Start the project"
		]
	]) {
		const done = await git(...words);
		if (done.code !== 0) return {
			kind: "failed",
			said: ` git made no commit: ${done.stderr.trim().split("\n")[0] ?? ""}`
		};
	}
	return {
		kind: "committed",
		said: " They are the first commit of a new git repository."
	};
}

// src/starting/new-folder.ts
/** Throws `folder-not-empty` if something is in the way. */
function requireRoom(folder) {
	const there = statSync(folder, { throwIfNoEntry: false });
	if (there === void 0 || there.isDirectory() && readdirSync(folder).length === 0) return;
	throw new WovenError({
		code: "folder-not-empty",
		message: there.isDirectory() ? `the folder ${folder} is not empty` : `${folder} is a file`,
		state: "Nothing was written.",
		next: "Choose another name, another folder or another --dist. For a project that exists, run woven init in its folder."
	});
}
/** Makes the files beside, and renames them into place: rename(2) replaces an empty folder, and no other one. */
async function writeNewFolder(folder, files) {
	requireRoom(folder);
	if (!existsSync(dirname(folder))) await mkdir(dirname(folder), { recursive: true });
	const beside = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
	try {
		const made = join(beside, "made");
		await mkdir(made, { mode: 493 });
		for (const { path, content, mode } of files) {
			await mkdir(dirname(join(made, path)), { recursive: true });
			await writeFile(join(made, path), content, {
				mode,
				flag: "wx"
			});
		}
		await rename(made, folder).catch((error) => {
			if (error.code === "ENOTEMPTY" || error.code === "EEXIST" || error.code === "ENOTDIR") requireRoom(folder);
			throw error;
		});
	} finally {
		await rm(beside, {
			recursive: true,
			force: true
		});
	}
}

// src/starting/project-names.ts
const keywords = new Set("False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try type while with yield".split(" "));
/** Modules and folders of every project that startproject makes, and those that Woven puts beside it on a server. */
const taken = /* @__PURE__ */ new Set([
	"django",
	"manage",
	"media",
	"sitesettings",
	"static",
	"staticfiles",
	"templates",
	"tests",
	"woven"
]);
/** What is wrong with the name of a project. Undefined if it is right. */
async function projectNameProblem(name, run) {
	const where = `the name ${quoted(name)}`;
	if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name.length > 64 || keywords.has(name)) return {
		where,
		what: keywords.has(name) ? "is a word of Python itself" : "is not a name that Python can import",
		next: `Use letters, digits and _, and begin with a letter: woven startproject ${similar(name)}`
	};
	if (taken.has(name.toLowerCase())) return {
		where,
		what: "is the name of another part of every project",
		next: anotherName(name)
	};
	if (await isModule(name, run)) return {
		where,
		what: "is the name of a Python module, which it would hide",
		next: anotherName(name)
	};
}
/** What is wrong with the name of a distribution. */
function distributionNameProblem(name) {
	if (fits("distribution", name)) return void 0;
	return {
		where: `--dist ${quoted(name)}`,
		what: misfit("distribution"),
		next: "Leave it out to use the project's name."
	};
}
/** Asks this machine's Python, as Django does. It looks from a folder without modules, in isolated mode. */
async function isModule(name, run) {
	const { stdout } = await run("python3", [
		"-I",
		"-c",
		`import importlib.util, sys
name = sys.argv[1]
print(name in getattr(sys, "stdlib_module_names", ()) or importlib.util.find_spec(name) is not None)`,
		name
	], { cwd: "/" });
	return stdout.trim() === "True";
}
function similar(name) {
	const plain = name.toLowerCase().replaceAll(/\W+/g, "_").replaceAll(/^[\d_]+|_+$/g, "");
	return plain === "" || keywords.has(plain) ? "my_shop" : plain;
}
function anotherName(name) {
	return `Choose another name: woven startproject my_${name.toLowerCase()}`;
}

// src/starting/world.ts
/** What to type for Woven in a hint. npx sets `npm_command` to `exec`: then `woven` itself is not on the path. */
function wovenCommand({ env }) {
	return env["npm_command"] === "exec" ? "npx -p node@24 -p github:woven/deploy woven" : "woven";
}

// src/starting/startproject.ts
const options = {
	dist: {
		kind: "value",
		short: "d",
		value: "NAME",
		meaning: "The distribution and its folder. Without it, the project's name."
	},
	template: {
		kind: "value",
		short: "t",
		value: "FOLDER",
		meaning: "Your own template of a project, instead of Woven's."
	},
	domain: {
		kind: "value",
		value: "DOMAIN",
		meaning: "The domain of the site. Without it, NAME.example.com."
	},
	noadmin: {
		kind: "flag",
		meaning: "Leave out Django's admin."
	}
};
const startprojectHelp = `woven startproject NAME [EMAIL] [--option value …]

  NAME                        The project: the name of its Python package.
  EMAIL                       Of the administrator. The first migration makes the account, without a password.
${optionLines(options)}
`;
/** Makes the folder, and prints what to type next. Throws if a name is wrong, or if the folder has something in it. */
async function startproject(argv, world) {
	const request = await readRequest(argv, world);
	const folder = resolve(world.cwd, request.distribution);
	requireRoom(folder);
	const inside = await isRepository(dirname(folder), world.run);
	const files = projectTree(request.template, viewOf(request)).filter(({ path }) => !(inside && path.startsWith(".github/")));
	await writeNewFolder(folder, files);
	const commit = inside ? void 0 : await firstCommit(folder, world.run);
	const shown = relative(world.cwd, folder);
	world.print(`${shown}/ has ${files.length} files.${commit?.said ?? ""}`);
	for (const line of nextLines(shown, request, {
		committed: commit?.kind === "committed",
		woven: wovenCommand(world)
	})) world.print(line);
}
async function readRequest(argv, { cwd, run }) {
	const words = readWords(argv, options);
	const [name, email, ...more] = words.positionals;
	if (name === void 0) throw new SettingsError([{
		where: "the name of the project",
		what: "is missing",
		next: "Write it: woven startproject shop"
	}]);
	const distribution = words.value("dist") ?? name;
	const domain = words.value("domain") ?? `${distribution.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.example.com`;
	const template = words.value("template");
	const wrongDomain = words.has("domain") ? domainProblem$1(domain) : void 0;
	const problems = [
		await projectNameProblem(name, run),
		words.has("dist") ? distributionNameProblem(distribution) : void 0,
		email === void 0 ? void 0 : emailProblem(email),
		wrongDomain === void 0 ? void 0 : {
			where: `--domain ${quoted(domain)}`,
			what: wrongDomain
		},
		template === void 0 ? void 0 : templateProblem(resolve(cwd, template)),
		more.length > 0 ? {
			where: "the words",
			what: `${quoted(more.join(" "))} is one too many`
		} : void 0
	].filter((problem) => problem !== void 0);
	if (problems.length > 0) throw new SettingsError(problems);
	return {
		name,
		email,
		distribution,
		domain,
		template: template === void 0 ? ownTree : resolve(cwd, template),
		admin: !words.has("noadmin")
	};
}
function emailProblem(email) {
	if (/^[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(email) && email.length <= 254) return void 0;
	return {
		where: `the address ${quoted(email)}`,
		what: "is not an e-mail address",
		next: "For example: woven startproject shop ada@example.com"
	};
}
function templateProblem(folder) {
	if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return void 0;
	return {
		where: "--template",
		what: `there is no folder ${quoted(folder)}`,
		next: `Copy Woven's own template, and change the copy: ${ownTree}`
	};
}
function viewOf({ name, email, distribution, domain, admin }) {
	return {
		project_name: name,
		distribution,
		domain,
		admin,
		superuser: email !== void 0,
		email: email ?? "",
		username: email?.split("@")[0] ?? "",
		secret_key: randomBytes(38).toString("base64url"),
		branch: "main",
		working_directory: "",
		full_history: false
	};
}
function nextLines(folder, { email, name }, { committed, woven }) {
	const username = email?.split("@")[0];
	return [
		"",
		"Run it on this machine:",
		`  cd ${folder}`,
		"  python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
		"  .venv/bin/python manage.py migrate",
		...username === void 0 ? [] : [`  .venv/bin/python manage.py changepassword ${username}`],
		"  .venv/bin/python manage.py runserver",
		"",
		"Deploy it to a throwaway server on this machine (as root, or with sudo):",
		...committed ? [] : [`  git add . && git commit -m "Start ${name}"`],
		`  ${woven} deploy local --env-from local.env`,
		"",
		"Deploy it to a server of your own. This shows how:",
		`  ${woven} init`
	];
}

// src/starting/starting.ts
const commands = {
	startproject: {
		run: startproject,
		help: startprojectHelp
	},
	init: {
		run: init,
		help: initHelp
	}
};
function startingCommand(word) {
	return word === "startproject" || word === "init" ? word : void 0;
}
/** Runs one of the commands. Throws a WovenError if it cannot. */
async function runStarting(command, argv, world) {
	const { run, help } = commands[command];
	if (argv.includes("--help") || argv.includes("-h")) world.print(help.trimEnd());
	else await run(argv, world);
}

// src/cli.ts
async function runCli(argv, process) {
	let nodes = argv[0] === "logs" ? "several" : "one";
	const log = createLog((line) => process.stdout.write(`${line}\n`), { nodes: () => nodes });
	const several = () => {
		nodes = "several";
	};
	try {
		process.exitCode = await run(argv, process, log, several);
	} catch (error) {
		tell(log, asWovenError(error));
		process.exitCode = 1;
	}
	await new Promise((resolve) => process.stdout.write("", resolve));
	process.exit();
}
/** `several` is called once it is known that the command works on more than one server. */
async function run(argv, process, log, several) {
	const starting = startingCommand(argv[0]);
	if (starting !== void 0) {
		const world = {
			cwd: process.cwd(),
			env: process.env,
			run: runProcess,
			print: (line) => log.info(line)
		};
		await runStarting(starting, argv.slice(1), {
			...world,
			...questions(process)
		});
		return 0;
	}
	const given = readCommandLine(argv, {
		env: process.env,
		cwd: process.cwd()
	});
	if (given.kind === "help") {
		process.stdout.write(given.text);
		return given.asked === "yes" ? 0 : 2;
	}
	if (given.terminal === "console") requireTerminal(process);
	const read = async (owner, changed = {}, rehearsed) => {
		const asked = await readSettings({
			input: (name) => changed[name] ?? given.inputs.get(name) ?? "",
			env: process.env,
			cwd: process.cwd(),
			rehearsed,
			run: runProcess,
			mask: (secret) => log.mask(secret),
			log: (line) => log.info(line)
		});
		if (asked.nodes.length > 1) several();
		return await withLocalNode(asked, owner, log);
	};
	const cacheDir = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "woven");
	const signal = cancellation(process);
	const open = (settings) => openRuntime(settings, {
		log,
		env: process.env,
		cacheDir,
		signal
	});
	if (given.terminal === "doctor") return (await doctor({
		log,
		read: (command, it) => read(() => process.pid, {
			command,
			...it ? { role: it.role } : {}
		}, it?.of),
		open,
		rehearsal: given.rehearsal
	})).some(({ state }) => state === "problem") ? 1 : 0;
	const settings = await read(shellOfTerminal);
	await using world = await open(settings);
	if (given.terminal === "console") return await openConsole(settings, world, localTerminal(process));
	const report = await runCommand(settings, world);
	conclude(log, report);
	return succeeded(report) ? 0 : 1;
}
/** The leader of this session, proc_pid_stat(5): the terminal's shell, also if npx or npm started this process. */
function shellOfTerminal() {
	const stat = readFileSync("/proc/self/stat", "utf8");
	const leader = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3] ?? "0";
	return existsSync(`/proc/${leader}/stat`) ? Number(leader) : process.ppid;
}
function localTerminal({ stdin, stdout, env }) {
	return {
		input: stdin,
		output: stdout,
		type: env["TERM"] ?? "xterm-256color",
		size: () => ({
			columns: stdout.columns,
			rows: stdout.rows
		}),
		onResize(listener) {
			stdout.on("resize", listener);
			return { stop: () => stdout.off("resize", listener) };
		},
		raw() {
			stdin.setRawMode(true);
			return { stop: () => stdin.setRawMode(false) };
		}
	};
}
function conclude(log, report) {
	for (const node of report.nodes) {
		const { error } = node;
		if (error) tell(log, error, releaseCommands.has(report.command) && !report.dryRun ? liveNow(node) : void 0);
		log.info(nodeLine(node, report));
	}
	if (report.error) tell(log, report.error);
}
/** Prints one failure: the whole output first, then the summary of what failed. `live`: what is live now. */
function tell(log, error, live) {
	const clean = error.map((text) => log.clean(text));
	const { node, stage, step, output, streamed } = clean.details;
	const where = [
		node,
		stagePlace(stage, step),
		step
	].filter((part) => part !== void 0).join(" / ");
	if (output && !streamed) log.remote(node ?? "runner", withoutRepeats(output));
	log.error(`${where ? `${where}: ` : ""}${failureBelow(clean, live)}`);
	if (error.code === "internal" && error.cause instanceof Error) log.debug(error.cause.stack ?? "");
}

export { runCli };
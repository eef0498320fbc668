import { c as startGroup, l as warning, n as endGroup, o as setOutput, r as error, s as setSecret, t as debug } from "./core.js";
import { B as nodeLine, H as stepWord, L as cleanReport, R as knowsChanges, S as succeeded, U as worstFirst, V as releaseCommands, _ as runProcess, b as createLog, g as withLocalNode, h as openRuntime, ot as commandNames, t as readSettings, x as runCommand, y as cancellation, z as liveNow } from "./read.js";
import { i as problemLine, r as asWovenError, t as SettingsError } from "./errors.js";
import { a as stagePlace, i as shownOutput, o as withoutRepeats, r as failureText, t as adviceLines } from "./failure-text.js";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { appendFile, cp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { AsyncLocalStorage } from "node:async_hooks";

// src/github/annotations.ts
const mostAnnotations = 10;
const mostCharacters = 4e3;
/** Writes the annotations. A failure of several nodes is written once, with all their names. */
function annotate(report, core) {
	const failed = worstFirst(report.nodes).flatMap((node) => node.error ? [{
		error: node.error,
		node
	}] : []);
	const own = report.error && !failed.some(({ error }) => error.message === report.error?.message) ? [{ error: report.error }] : [];
	const all = [...Map.groupBy([...own, ...failed], ({ error }) => `${error.message}\0${error.details.step}\0${error.details.file}\0${error.details.line}`).values()].flatMap((group) => annotationsOf(group, report));
	for (const { title, text, at } of limited(all)) {
		const cut = text.length > mostCharacters ? `${text.slice(0, mostCharacters)} …` : text;
		core.error(cut, {
			title: title.slice(0, 250),
			...at.file === void 0 ? {} : { file: at.file },
			...at.file === void 0 || at.line === void 0 ? {} : { startLine: at.line }
		});
	}
}
function annotationsOf(group, report) {
	const [first] = group;
	if (!first) return [];
	const { error } = first;
	if (error instanceof SettingsError) return error.problems.map(ofProblem);
	const lives = new Set(group.flatMap(({ node }) => node ? liveNow(node) : []));
	const asks = releaseCommands.has(report.command) && !report.dryRun && lives.size === 1;
	return [{
		title: title(error, group),
		text: failureText(error, asks ? [...lives][0] : void 0),
		at: error.details
	}];
}
function ofProblem(problem) {
	const { where, next } = problem;
	return {
		title: `Woven: ${where}`,
		text: `${problemLine(problem)}${next ? `\n${next}` : ""}`,
		at: problem
	};
}
/** The last of ten says how many more there are. */
function limited(all) {
	if (all.length <= mostAnnotations) return all;
	return all.slice(0, mostAnnotations).map((one, index) => index < 9 ? one : {
		...one,
		text: `${one.text}\n\nand ${all.length - mostAnnotations} more: see the summary and the log`
	});
}
function title({ details }, group) {
	const hosts = group.flatMap(({ node }) => node?.host ?? details.node ?? []);
	const where = [
		...hosts.length > 3 ? [`${hosts.slice(0, 3).join(", ")} and ${hosts.length - 3} more`] : hosts,
		...[stagePlace(details.stage, details.step) ?? []].flat(),
		...details.step ? [`step ${details.step}`] : []
	];
	return ["Woven", ...where.length > 0 ? [where.join(", ")] : []].join(": ");
}

// src/github/quiet.ts
/** Passes everything that `body` and its callbacks print to `heard`. Output of other code still goes to `printer`. */
async function quietly(printer, heard, body) {
	const inside = new AsyncLocalStorage();
	const original = printer.write;
	const replaced = (chunk, ...rest) => {
		const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
		if (!inside.getStore() || text.startsWith("::add-mask::")) return Reflect.apply(original, printer, [chunk, ...rest]);
		inside.run(false, () => heard(text));
		const done = rest.at(-1);
		if (typeof done === "function") done();
		return true;
	};
	printer.write = replaced;
	return inside.run(true, body).finally(() => {
		if (printer.write === replaced) printer.write = original;
	});
}

// src/github/cache.ts
const without = Symbol("without the cache");
/** The cache of this run. Undefined if there is none, or if it must not be used. */
function actionsCache(options) {
	if (!cacheIsOffered(options.env) || !eventIsTrusted(options.env["GITHUB_EVENT_NAME"], options.event)) return void 0;
	const load = options.load ?? (async () => (await import("./cache-client.js")).cacheClient);
	const service = trustUntilItFails(options.log);
	return {
		restore: (key, directory) => restore({
			key,
			directory,
			load,
			options,
			service
		}),
		save: (key, directory) => save({
			key,
			directory,
			load,
			options,
			service
		})
	};
}
/** Whether the runner has a cache service: act and other runners may not. */
function cacheIsOffered(env) {
	return Boolean(env["ACTIONS_RESULTS_URL"] || env["ACTIONS_CACHE_URL"]);
}
/** Events whose code only people with write access decide. */
const trustedEvents = /* @__PURE__ */ new Set([
	"push",
	"schedule",
	"workflow_dispatch",
	"release",
	"merge_group"
]);
/**
* Whether no stranger's code runs in this run. With other events (`pull_request_target`, `workflow_run`, `issue_comment`, …) a run of
* the default branch may handle a fork's code, and the next deploy would use what it saved:
* https://docs.github.com/en/actions/reference/security/secure-use
*/
function eventIsTrusted(name, event) {
	if (name === "pull_request") {
		const head = field(event, "pull_request", "head", "repo", "full_name");
		return typeof head === "string" && head === field(event, "repository", "full_name");
	}
	return name !== void 0 && trustedEvents.has(name);
}
/** The path for the client. It is part of an entry's version, so it must be the same on every runner: `~` for the home folder. */
function portablePath(path, home) {
	return home && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
function trustUntilItFails(log) {
	const { promise: failure, resolve } = Promise.withResolvers();
	let failed = "no";
	return {
		failure,
		failed: () => failed === "yes",
		fail(why) {
			if (failed === "yes") return;
			failed = "yes";
			log(`${why}: continuing without the cache.`);
			resolve(without);
		}
	};
}
async function restore({ key, directory, load, options, service }) {
	const place = exchangePlace(key, options);
	return bounded(`Restoring ${key} from the cache`, {
		seconds: options.restoreSeconds ?? 20,
		options,
		service
	}, "miss", async (printed) => {
		await rm(place, {
			recursive: true,
			force: true
		});
		await mkdir(dirname(place), { recursive: true });
		const matched = await quietly(options.printer, printed, async () => (await load()).restoreCache([portablePath(place, options.env["HOME"])], key, place));
		printed("Cache hit or not");
		if (matched !== key) return async () => "miss";
		return async () => {
			await mkdir(dirname(directory), { recursive: true });
			await rm(directory, {
				recursive: true,
				force: true
			});
			await rename(place, directory);
			return "hit";
		};
	});
}
async function save({ key, directory, load, options, service }) {
	const place = exchangePlace(key, options);
	const bounds = {
		seconds: options.saveSeconds ?? 60,
		options,
		service
	};
	await bounded(`Saving ${key} in the cache`, bounds, void 0, async (printed) => {
		await rm(place, {
			recursive: true,
			force: true
		});
		await cp(directory, place, { recursive: true });
		await quietly(options.printer, printed, async () => (await load()).saveCache([portablePath(place, options.env["HOME"])], key));
		return () => rm(place, {
			recursive: true,
			force: true
		});
	});
}
/** A folder beside the real ones: an abandoned transfer that ends late writes there, and harms nothing. */
function exchangePlace(key, { cacheDir }) {
	return join(cacheDir, "exchange", key);
}
/** Runs `body`, and then the function that it returns. The second part runs only in time, so nothing is moved into place too late. */
async function bounded(what, { seconds, options, service }, otherwise, body) {
	if (service.failed()) return otherwise;
	const answers = answerWatch(options.answerSeconds ?? 5, service);
	const timer = setTimeout(() => service.fail(`${what} took longer than ${seconds} s`), seconds * 1e3);
	const printed = (text) => {
		options.debug?.(text.trimEnd());
		answers.hear(text);
	};
	try {
		const finish = await Promise.race([body(printed), service.failure]);
		if (finish !== without) return await finish();
	} catch (error) {
		service.fail(`${what} did not succeed (${error instanceof Error ? error.message : String(error)})`);
	} finally {
		clearTimeout(timer);
		answers[Symbol.dispose]();
	}
	return otherwise;
}
/**
* Reads from the client's output whether its requests are answered, because the client hides every failure and tries five times first.
* An answer that cannot be read, such as a proxy's page, does not count.
*/
function answerWatch(seconds, service) {
	let timer;
	const stop = () => {
		clearTimeout(timer);
		timer = void 0;
	};
	let trouble = "no answer";
	return {
		hear(text) {
			const [, attempt] = /Attempt \d+ of \d+ failed with error: (.*?)\. Retrying/s.exec(text) ?? [];
			const [, failure] = /Failed to restore: (.*)/s.exec(text) ?? [];
			if (attempt) trouble = attempt;
			if (failure) service.fail(`The cache failed (${failure.trim()})`);
			if (/Cache (not found|hit)|Reserving Cache|Attempting to upload|UploadResponse/.test(text)) stop();
			else if (text.includes("[Request] ")) timer ??= setTimeout(() => service.fail(`The cache did not answer within ${seconds} s (${trouble})`), seconds * 1e3);
		},
		[Symbol.dispose]: stop
	};
}
function field(value, ...path) {
	return path.reduce((found, name) => typeof found === "object" && found !== null ? Reflect.get(found, name) : void 0, value);
}

// src/github/markdown.ts
/** A value as plain inline text, on one line. */
function plain(text) {
	return oneLine(text).replaceAll(/[\\`*[\]|~]/g, "\\$&").replaceAll(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\_").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(/:(?=\/\/)|@|\$|(?<=\bwww)\./gi, (character) => `&#${character.charCodeAt(0)};`).replace(/^[-+#=]/, "\\$&").replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2");
}
/** A value as inline code, on one line. Also works in a table. */
function code(text) {
	const value = oneLine(text);
	if (value.trim() === "") return "";
	if (/\\\|/.test(value)) return `<code>${value.replaceAll(/[^A-Za-z0-9 ]/gu, (one) => `&#${one.codePointAt(0)};`)}</code>`;
	const ticks = "`".repeat(longestRun(value) + 1);
	const pad = value.startsWith("`") || value.endsWith("`") ? " " : "";
	return `${ticks}${pad}${value.replaceAll("|", "\\|")}${pad}${ticks}`;
}
/** Lines as a code block. Its fence is longer than any run of backticks in it, so the text cannot close it. */
function fence(text) {
	const value = cleanLines(text).join("\n");
	const ticks = "`".repeat(Math.max(3, longestRun(value) + 1));
	return `${ticks}text\n${value}\n${ticks}`;
}
/** A link, if the address is http or https and has no character that could end the link. Else the address as text. */
function link$1(url) {
	return /^https?:\/\/[\w.:@[\]/~%?&=+,;#-]+$/.test(url) ? `<${url}>` : plain(url);
}
/** A table. Its cells are already Markdown. */
function table(head, rows) {
	const line = (cells) => `| ${cells.join(" | ")} |`;
	return [
		line(head),
		line(head.map(() => ":---")),
		...rows.map(line)
	].join("\n");
}
/** A folded part. The blank lines enable Markdown inside the tags. `summary` is Markdown without blocks, shown as HTML. */
function details(summary, body) {
	return `<details>\n<summary>${html(summary)}</summary>\n\n${body}\n\n</details>`;
}
/** The last lines within `limits`, after a note that says how many are left out. */
function lastLines(text, limits) {
	const all = cleanLines(text);
	const kept = [];
	let bytes = 0;
	for (const line of all.slice(-limits.lines).toReversed()) {
		const cut = line.length > 1e3 ? `${line.slice(0, 1e3)} …` : line;
		bytes += Buffer.byteLength(cut) + 1;
		if (bytes > limits.bytes && kept.length > 0) break;
		kept.unshift(cut);
	}
	const left = all.length - kept.length;
	return left === 0 ? kept.join("\n") : [`… ${left} earlier ${left === 1 ? "line is" : "lines are"} in the log`, ...kept].join("\n");
}
function html(text) {
	return oneLine(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
function oneLine(text) {
	return printable(text).replaceAll(/\s+/g, " ").trim();
}
function cleanLines(text) {
	return printable(text).replace(/^\s*\n/, "").trimEnd().split("\n");
}
/** Removes colours, control characters and marks that change the direction of writing. */
function printable(text) {
	return stripVTControlCharacters(text).replaceAll(/\r\n?/g, "\n").replaceAll(/(?![\n\t])[\p{Cc}\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu, "");
}
function longestRun(text) {
	return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

// src/github/summary-words.ts
const wordings = {
	setupnode: {
		done: "Set up",
		doing: "Setting up",
		about: "nothing",
		towards: "on"
	},
	bundle: {
		done: "Built the bundle of",
		doing: "Building the bundle of",
		about: "version",
		towards: "on"
	},
	deploy: {
		done: "Deployed",
		doing: "Deploying",
		about: "version",
		towards: "to"
	},
	patch: {
		done: "Patched",
		doing: "Patching",
		about: "version",
		towards: "on"
	},
	activate: {
		done: "Activated",
		doing: "Activating",
		about: "version",
		towards: "on"
	},
	rollback: {
		done: "Rolled back",
		doing: "Rolling back",
		about: "version",
		towards: "on"
	},
	node: {
		done: "Ran the management command of",
		doing: "Running the management command of",
		about: "distribution",
		towards: "on"
	},
	status: {
		done: "Status of",
		doing: "Reading the status of",
		about: "distribution",
		towards: "on"
	},
	startsites: {
		done: "Started sites of",
		doing: "Starting sites of",
		about: "version",
		towards: "on"
	},
	remove: {
		done: "Removed",
		doing: "Removing",
		about: "version",
		towards: "from"
	},
	logs: {
		done: "Logs of",
		doing: "Reading the logs of",
		about: "distribution",
		towards: "on"
	},
	preview: {
		done: "Preview",
		doing: "Preview",
		about: "version",
		towards: "on"
	},
	"preview-sweep": {
		done: "Swept previews",
		doing: "Sweeping previews",
		about: "nothing",
		towards: "on"
	}
};
/** Whether anything failed. */
function hasFailed(report) {
	return report.error !== void 0 || report.nodes.some((node) => node.error !== void 0 || node.status === "failed" || node.status === "rolled-back");
}
/** `## ✅ Deployed shop 1.2 to production` */
function heading(report) {
	const { outcome, why = "" } = report.preview ?? {};
	if (outcome === "nothing") return `## ⏭️ No preview: ${plain(why)}`;
	if (outcome === "removed" && !hasFailed(report) && !report.dryRun) return `## 🧹 No preview any more: ${plain(why)}`;
	const wording = wordings[report.command];
	const rest = [subject(report, wording), placeOf(report, wording)].filter((part) => part !== "").join(" ");
	if (hasFailed(report)) return `## ❌ ${report.dryRun ? "Dry run: " : ""}${wording.doing} ${rest} failed`;
	if (report.dryRun) return `## 🔍 Dry run: ${wording.doing.toLowerCase()} ${rest}${knowsChanges(report) ? ` ${plannedChange(report.nodes)}` : ""}`;
	const nothing = report.nodes.length > 0 && report.nodes.every((node) => !node.changed) && [
		"deploy",
		"patch",
		"activate",
		"setupnode"
	].includes(report.command);
	return `## ✅ ${wording.done} ${rest}${nothing ? ": nothing had to change" : ""}`;
}
/** `3 nodes` */
function nodeCount(count) {
	return `${count} ${count === 1 ? "node" : "nodes"}`;
}
/** Seconds as `0.4 s`, `12.3 s`, `2 min 05 s`. */
function time(seconds) {
	if (seconds < 60) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
/** Bytes as `512 B`, `1.5 kB`, `14.8 MB`. */
function size(bytes) {
	if (bytes < 1e3) return `${bytes} B`;
	return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
/** The place of an error as text: `web1, stage prepare, step migrate`. */
function placeWords(parts) {
	return parts.flatMap(([word, value]) => value ? [`${word}${word ? " " : ""}${plain(value)}`] : []).join(", ");
}
function subject(report, { about }) {
	if (about === "nothing") return "";
	const name = plain(report.distribution ?? "the project");
	if (report.command === "rollback") return report.version && !report.dryRun && !hasFailed(report) ? `${name} to ${plain(report.version)}` : name;
	if (report.command === "remove" && report.version === report.distribution) return `all of ${name}`;
	return about === "version" && report.version ? `${name} ${plain(report.version)}` : name;
}
function placeOf({ nodes }, { towards, about }) {
	const places = [...new Set(nodes.map((node) => node.role ?? node.host))];
	if (places.length === 0) return "";
	const shown = places.length > 4 ? `${places.slice(0, 3).map(plain).join(", ")} and ${places.length - 3} more` : places.map(plain).join(", ");
	return about === "nothing" ? shown : `${towards} ${shown}`;
}
function plannedChange(nodes) {
	const changing = nodes.filter((node) => node.changed).length;
	return changing === 0 ? "would change nothing" : `would change ${nodeCount(changing)}`;
}

// src/github/outputs.ts
/** Writes all outputs, also empty ones, so that a workflow can compare each without checking whether it exists. */
function setOutputs(report, core) {
	for (const [name, value] of Object.entries(outputsOf(report))) core.setOutput(name, value);
}
/** The outputs as text. */
function outputsOf(report) {
	return {
		version: report.version ?? same(report.nodes.map((node) => node.version)),
		"previous-version": same(report.nodes.map((node) => node.previous)),
		activated: String(isActivated(report)),
		changed: String(report.nodes.some((node) => node.changed)),
		url: report.url ?? "",
		results: JSON.stringify(report.nodes.map(result)),
		bundle: report.bundle?.key ?? "",
		"bundle-digests": report.bundle?.digests.join("\n") ?? "",
		"cache-hit": report.bundle ? String(report.bundle.cacheHit) : "",
		"known-hosts": [...new Set(report.nodes.flatMap((node) => node.knownHosts ?? []))].join("\n")
	};
}
/** Whether the run's version is live on every node at the end of the run. */
function isActivated(report) {
	if (report.dryRun || hasFailed(report) || report.nodes.length === 0) return false;
	if (!releaseCommands.has(report.command)) return false;
	return report.nodes.every((node) => node.status === "ok" && node.version !== void 0 && (report.version === void 0 || node.version === report.version));
}
function result(node) {
	return {
		host: node.host,
		role: node.role ?? null,
		version: node.version ?? null,
		previous: node.previous ?? null,
		status: node.status,
		changed: node.changed,
		seconds: Math.round(node.seconds * 1e3) / 1e3,
		error: node.error ? {
			code: node.error.code,
			message: node.error.message,
			stage: node.error.details.stage ?? null,
			step: node.error.details.step ?? null
		} : null
	};
}
/** The first node's value: unless something failed, all nodes of a run have the same. */
function same(values) {
	return values.find((value) => value !== void 0) ?? "";
}

// src/github/api-trouble.ts
/** `run` is the signal of the run, which may have been cancelled. */
function troubleOf(error, permission, run) {
	const { status = 0, message = "", response, name, cause } = error;
	const lasting = (text) => ({
		text,
		error,
		lasts: true
	});
	const single = (text) => ({
		text,
		error,
		lasts: false
	});
	if (run.aborted) return lasting("the run was cancelled.");
	if (response === void 0) {
		if ([name, cause?.name].includes("TimeoutError")) return lasting("GitHub did not answer in time.");
		return status === 0 ? single(`${message}.`) : lasting(`GitHub cannot be reached: ${message}.`);
	}
	const headers = response.headers ?? {};
	const said = `GitHub says: ${firstLine(message)}`;
	if (isLimit(status, headers, message)) return lasting(`the limit of requests is reached${until(headers)}.`);
	if (status === 401) return lasting("the token is not valid, or not any more.");
	if (status === 403 || status === 404) return {
		...single(`the token may not do that. Give the job permissions: ${permission}. ${said}`),
		lacks: status === 403
	};
	if (status >= 500) return single(`GitHub answered ${status}. The next run tries again.`);
	return single(`GitHub answered ${status}. ${said}`);
}
/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
function isLimit(status, headers, message) {
	if (status === 429) return true;
	if (status !== 403) return false;
	return headers["x-ratelimit-remaining"] === "0" || headers["retry-after"] !== void 0 || /rate limit/i.test(message);
}
function until(headers) {
	const reset = Number(headers["x-ratelimit-reset"]);
	const wait = Number(headers["retry-after"]);
	if (wait > 0) return `, for ${wait} s`;
	return headers["x-ratelimit-remaining"] === "0" && reset > 0 ? ` until ${(/* @__PURE__ */ new Date(reset * 1e3)).toISOString().slice(11, 16)} UTC` : "";
}
function firstLine(message) {
	const [line = ""] = message.split("\n");
	return line.slice(0, 200);
}

// src/github/api.ts
const usual = {
	answer: 1e4,
	purpose: 2e4
};
function askGitHub(options) {
	const { env, log, signal, patience = usual } = options;
	const [owner = "", repo = ""] = (env["GITHUB_REPOSITORY"] ?? "").split("/");
	let useless;
	const lacking = /* @__PURE__ */ new Set();
	return async (purpose, work) => {
		if (lacking.has(purpose.permission)) return void 0;
		const until = AbortSignal.any([signal, AbortSignal.timeout(patience.purpose)]);
		try {
			if (useless) throw useless.error;
			const { request, graphql } = await open$1(options, until, patience);
			return await work({
				request,
				graphql,
				here: {
					owner,
					repo
				},
				writesAs: kindOf(options.token)
			});
		} catch (error) {
			const trouble = troubleOf(error, purpose.permission, signal);
			if (trouble.lasts) useless = trouble;
			if (trouble.lacks) lacking.add(purpose.permission);
			log.warning(`${purpose.what}: ${trouble.text}`);
			return;
		}
	};
}
async function open$1({ token, env, log }, until, { answer }) {
	const { Octokit: Client } = await import("./octokit-core.js");
	const told = (text) => log.debug(`octokit: ${text}`);
	return new Client({
		auth: token,
		baseUrl: env["GITHUB_API_URL"] || "https://api.github.com",
		userAgent: "woven",
		request: { fetch: (url, how) => fetch(url, {
			...how,
			signal: AbortSignal.any([until, AbortSignal.timeout(answer)])
		}) },
		log: {
			debug: told,
			info: told,
			warn: told,
			error: told
		}
	});
}
/** The tokens of jobs and of apps begin so. A personal one writes as its owner. */
function kindOf(token) {
	return token.startsWith("ghs_") ? "Bot" : "User";
}
const mostPages = 50;
/** All items of a list, page by page. Throws if the answer is no list, or too long to be read to its end. */
async function pages(get) {
	const all = [];
	for (let page = 1; page <= mostPages; page++) {
		const { data } = await get({
			per_page: 100,
			page
		});
		if (!Array.isArray(data)) throw new TypeError("the answer is not the list that was asked for");
		all.push(...data);
		if (data.length < 100) return all;
	}
	throw new RangeError(`the list has more than 5000 items`);
}

// src/github/deployment-record.ts
/** One environment for all previews: a job's token can make one, and cannot delete it. */
const environment = "preview";
/** A transient record for each update. Those before it become inactive. `task` keeps those of each preview apart. */
async function recordDeployment(api, { name, state, commit, url, run }) {
	if (state === "failed") return;
	const { request, here } = api;
	const task = `preview:${name}`;
	if (state === "built" && commit !== void 0) {
		const { data } = await request("POST /repos/{owner}/{repo}/deployments", {
			...here,
			ref: commit,
			task,
			environment,
			description: `Preview ${name}`,
			transient_environment: true,
			production_environment: false,
			auto_merge: false,
			required_contexts: []
		});
		if (!("id" in data)) throw new TypeError("GitHub made no record of the deployment");
		const address = url === void 0 ? {} : { environment_url: url };
		const log = run === void 0 ? {} : { log_url: run };
		await setStatus(api, data.id, {
			state: "success",
			...address,
			...log
		});
	}
	const { data: all } = await request("GET /repos/{owner}/{repo}/deployments", {
		...here,
		environment,
		task,
		per_page: 30
	});
	const ended = all.map(({ id }) => Number(id)).toSorted((one, other) => other - one);
	if (state === "built") ended.shift();
	await endAll(api, ended);
}
/**
* Makes records inactive, the newest first in `ids`. All before an inactive one are inactive, so it stops asking there, and begins with the
* oldest: if this run is cut off, the next one finds the rest.
*/
async function endAll(api, ids) {
	const active = [];
	for (const id of ids) {
		if (await stateOf(api, id) === "inactive") break;
		active.push(id);
	}
	for (const id of active.toReversed()) await setStatus(api, id, { state: "inactive" });
}
/** The last status of a deployment. */
async function stateOf({ request, here }, id) {
	const { data } = await request("GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
		...here,
		deployment_id: id,
		per_page: 1
	});
	return data[0]?.state;
}
async function setStatus({ request, here }, id, status) {
	await request("POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
		...here,
		deployment_id: Number(id),
		auto_inactive: false,
		...status
	});
}

// src/github/preview-comment.ts
/** Invisible. Only Woven begins a comment with it. */
function commentMarker(name) {
	return `<!-- woven preview ${name} -->`;
}
const titles = {
	built: "✅ Preview",
	failed: "❌ The preview could not be updated",
	removed: "🧹 The preview was removed"
};
/** As Markdown. Every value in it is escaped; secrets must be out of it already. */
function previewComment(news) {
	const { name, state, url, run } = news;
	const heading = `### ${titles[state]}${state === "built" && url ? `: ${link$1(url)}` : ""}`;
	const log = run === void 0 ? [] : [`[Log of this run](${run})`];
	const parts = [
		...introduction$1(news),
		...facts(news),
		...log.map((text) => `<sub>${text}</sub>`)
	];
	return [
		commentMarker(name),
		heading,
		...parts
	].join("\n\n");
}
function introduction$1({ state, why, failure, url }) {
	switch (state) {
		case "built": return [];
		case "removed": return [`${plain(sentence(why))}. Nothing of the preview is left on the servers.`];
		case "failed": return [...failure === void 0 ? [] : [`${plain(sentence(failure))}.`], ...url === void 0 ? [] : [`If there was a preview before, it is still at ${link$1(url)}.`]];
	}
}
function facts({ state, commit, changes, migrations, seconds, accounts, hours }) {
	if (state === "removed") return [];
	const [head = [], ...others] = [
		...commit === void 0 ? [] : [["Commit", code(commit.slice(0, 12))]],
		...changes === void 0 ? [] : [["Changed", plain(changes)]],
		...migrations.length > 0 ? [["Migrations", shortList(migrations)]] : [],
		...accounts.length > 0 ? [["Log in as", shortList(accounts)]] : [],
		["Took", time(seconds)],
		...state === "built" ? [["Ends", `when this pull request is closed, or ${lifetime(hours)} after its last update`]] : []
	];
	return [table(head, others)];
}
function sentence(text) {
	return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
/** How many names are shown. */
const most = 8;
function shortList(all) {
	const shown = all.slice(0, most).map(code).join(", ");
	return all.length > most ? `${shown} and ${all.length - most} more` : shown;
}
function lifetime(hours) {
	if (hours % 24 !== 0 || hours === 0) return `${hours} ${hours === 1 ? "hour" : "hours"}`;
	return `${hours / 24} ${hours === 24 ? "day" : "days"}`;
}

// src/github/sticky-comment.ts
async function writeComment(api, number, comment) {
	const { marker, body, ifNone } = comment;
	const likely = (await withMarker(api, number, marker)).filter(({ kind }) => kind === api.writesAs);
	const author = likely.length > 0 ? await loginOf(api, comment.debug) : void 0;
	const [own, ...more] = likely.filter((one) => author === void 0 || one.author === author);
	if (own) {
		await replace(api, own, body);
		await removeAll(api, more);
	} else if (ifNone === "write") await add(api, number, {
		marker,
		body
	});
}
/** If another run did the same meanwhile, the older comment stays, with the text of the run that comes to see both. */
async function add(api, number, { marker, body }) {
	const { request, here } = api;
	const { data } = await request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
		...here,
		issue_number: number,
		body
	});
	const [oldest, ...others] = (await withMarker(api, number, marker)).filter(({ author }) => author === data.user?.login);
	if (oldest === void 0 || oldest.id === data.id) return await removeAll(api, others);
	await replace(api, oldest, body);
	await removeAll(api, others);
}
/** The oldest first. */
async function withMarker({ request, here }, number, marker) {
	return (await pages((page) => request("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
		...here,
		issue_number: number,
		...page
	}))).filter(({ body }) => body?.split(/\r?\n/).includes(marker)).map(({ id, user }) => ({
		id: Number(id),
		author: user?.login ?? "",
		kind: user?.type
	})).toSorted((one, other) => one.id - other.id);
}
/**
* Whom the token writes as: `github-actions[bot]`, another app or a person. The REST API tells that to persons only. Undefined: GitHub Enterprise
* Server may not tell it to a job.
*/
async function loginOf({ graphql }, debug) {
	try {
		const { viewer } = await graphql("query { viewer { login } }");
		return viewer.login;
	} catch (error) {
		debug(`GitHub did not say whose token this is: ${String(error)}`);
		return;
	}
}
async function replace({ request, here }, { id }, body) {
	await request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
		...here,
		comment_id: id,
		body
	});
}
async function removeAll({ request, here }, all) {
	for (const { id } of all) try {
		await request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", {
			...here,
			comment_id: id
		});
	} catch (error) {
		if (error.status !== 404) throw error;
	}
}

// src/github/pull-requests.ts
function pullRequests(options) {
	const { log } = options;
	const ask = askGitHub(options);
	return {
		/** The numbers of the open pull requests. Undefined: GitHub could not be asked. */
		open: () => ask({
			what: "GitHub did not list the open pull requests",
			permission: "pull-requests: read"
		}, async ({ request, here }) => {
			const all = await pages((page) => request("GET /repos/{owner}/{repo}/pulls", {
				...here,
				state: "open",
				...page
			}));
			return new Set(all.map(({ number }) => Number(number)));
		}),
		now: (number) => ask({
			what: `GitHub did not say whether pull request ${number} is open`,
			permission: "pull-requests: read"
		}, async ({ request, here }) => {
			const { data } = await request("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
				...here,
				pull_number: number
			});
			const { state } = data;
			if (state !== "open" && state !== "closed") throw new TypeError("the answer has no state");
			return {
				state,
				commit: data.head.sha
			};
		}),
		/** Writes the comment and the deployment record. */
		async tell(number, news) {
			const comment = {
				marker: commentMarker(news.name),
				body: log.clean(previewComment(news)),
				ifNone: news.state === "removed" ? "leave" : "write",
				debug: log.debug
			};
			await ask({
				what: `Pull request ${number} has no comment about this`,
				permission: "pull-requests: write"
			}, (api) => writeComment(api, number, comment));
			await ask({
				what: "GitHub has no deployment record of this",
				permission: "deployments: write"
			}, (api) => recordDeployment(api, news));
		}
	};
}

// src/github/summary-live.ts
/** The most lines of a list. */
const mostLines$1 = 12;
/** As Markdown. Undefined if the run does not change what is live, or if it reached no node. */
function liveText(report) {
	if (!releaseCommands.has(report.command) || report.dryRun || report.nodes.length === 0) return void 0;
	const groups = [...Map.groupBy(worstFirst(report.nodes), liveNow)];
	const [only, ...others] = groups;
	return [only && others.length === 0 ? `**Live now:** ${plain(only[0])}.` : `**Live now**\n\n${liveList(groups)}`, ...migrated(report)].join("\n\n");
}
function liveList(groups) {
	const lines = groups.slice(0, mostLines$1).map(([words, nodes]) => {
		const hosts = nodes.map((node) => code(node.host));
		return `- ${hosts.length > 5 ? `${hosts.slice(0, 5).join(", ")} and ${hosts.length - 5} more` : hosts.join(", ")}: ${plain(words)}`;
	});
	const left = groups.slice(mostLines$1).flatMap(([, nodes]) => nodes).length;
	return [...lines, ...left > 0 ? [`- and other versions on ${nodeCount(left)}: see the table`] : []].join("\n");
}
/** Applied migrations are the one change that a failure does not undo: the live release must work with the new schema. */
function migrated({ nodes }) {
	const applied = nodes.flatMap(({ steps }) => steps.filter(({ step }) => step === "migrate")).flatMap(({ details }) => details);
	const names = [...new Set(applied)];
	if (names.length === 0) return [];
	return [`**Migrations were applied and stay applied:** ${names.slice(0, 8).map(code).join(", ")}${names.length > 8 ? ` and ${names.length - 8} more` : ""}. The live version now uses that schema.`];
}

// src/github/summary-failures.ts
const mostLines = 12;
const mostProblems = 20;
/** By code: what each failure means, and what to do. */
const troubleshooting = "https://github.com/woven/deploy/blob/v1/docs/troubleshooting.md";
/**
* Empty if nothing failed. The cause comes first, with what is live now. Then come the failures that it caused on other nodes. A
* failure of several nodes is shown once.
*/
function failures(report) {
	if (!hasFailed(report)) return [];
	const all = [...worstFirst(report.nodes).flatMap((node) => node.error ? [{
		error: node.error,
		node
	}] : []), ...report.error && !report.nodes.some((node) => node.error?.message === report.error?.message) ? [{ error: report.error }] : []];
	const [first, ...others] = [...Map.groupBy(all, ({ error, node }) => node ? `${error.details.stage}\0${error.details.step}\0${error.message}\0${error.details.output}` : error.message).values()];
	const live = liveText(report);
	if (!first) return live === void 0 ? [] : [{ text: live }];
	const more = others.map((group) => failureBlock(group, void 0));
	return [
		failureBlock(first, live),
		...more.slice(0, 3),
		...furtherFailures(more.slice(3))
	];
}
function furtherFailures(blocks) {
	if (blocks.length === 0) return [];
	const lines = blocks.slice(0, mostLines).map(({ short }) => `- ${short}`);
	const left = blocks.length - lines.length;
	const more = left > 0 ? [`- and ${left} more: see the log`] : [];
	return [{ text: `Other failures:\n\n${[...lines, ...more].join("\n")}` }];
}
/** One failure: what failed, what is live now (for the first failure), what to do, and the output, mostly folded. */
function failureBlock(group, live) {
	const [first] = group;
	if (!first) return { text: "" };
	const { error } = first;
	const hosts = group.map(({ node }) => node?.host ?? error.details.node).filter((host) => host !== void 0);
	const shown = hosts.length > 3 ? `${hosts.slice(0, 3).join(", ")} and ${hosts.length - 3} more` : hosts.join(", ");
	const place = placeWords([
		["", shown],
		["", stagePlace(error.details.stage, error.details.step)],
		["step", titleOf(first)]
	]);
	const [sentence, ...others] = paragraphs(error.message);
	const what = `**${place ? `${place}: ` : ""}${sentence}**`;
	const rest = error instanceof SettingsError && error.problems.length > 1 ? problemList(error) : [
		...others,
		...fileLine(error),
		...nextText(error)
	];
	const more = `More about ${code(error.code)}: ${link$1(`${troubleshooting}#${rowOf(error)}`)}`;
	return {
		text: [
			what,
			...live === void 0 ? [] : [live],
			...stateText(error, live),
			...rest,
			...outputText(error),
			more
		].join("\n\n"),
		short: [`**${place ? `${place}: ` : ""}${plain(error.message.slice(0, 300))}**`, ...live === void 0 ? [] : [live]].join("\n\n")
	};
}
/** The anchor of the failure's row (scripts/anchors.ts): that of its step, if it has one. Steps of a kind share a row. */
function rowOf({ code, details: { step } }) {
	if (code !== "step-failed" || step === void 0) return code;
	return `step-${step.replace(/^(etc|hook|ufw-rule|release-command|first-command)-.*/, "$1")}`;
}
function fileLine({ message, details: { file, line } }) {
	if (file === void 0 || message.startsWith(file)) return [];
	return [`In ${code(line === void 0 ? file : `${file}:${line}`)}.`];
}
/** Of migrations, `live` says it already. */
function stateText({ details: { state } }, live) {
	if (!state?.trim() || live !== void 0 && state.startsWith("Stays applied")) return [];
	return [advice(state)];
}
function nextText({ details: { next } }) {
	return next?.trim() ? [`**What to do:** ${advice(adviceLines(next).join("\n"))}`] : [];
}
/** Each problem with its place and its own hint. */
function problemList({ problems: all }) {
	const items = all.slice(0, mostProblems).map((problem) => {
		const hint = problem.next?.trim() ? `  \n${advice(problem.next)}`.replaceAll("\n", "\n  ") : "";
		return `- ${plain(problemLine(problem))}${hint}`;
	});
	const left = all.length - items.length;
	return [[...items, ...left > 0 ? [`- and ${left} more: see the log`] : []].join("\n")];
}
/** The output of the node or a tool. The most useful lines are open, the rest is folded. */
function outputText({ details: details$1 }) {
	const output = withoutRepeats(details$1.output?.trim() ?? "");
	if (output === "") return [];
	const { kind, lines } = shownOutput(output);
	const count = output.split("\n").length;
	const open = fence(lines.join("\n"));
	if (kind === "end" && count <= lines.length) return ["Output:", open];
	const whole = fence(lastLines(output, {
		lines: 200,
		bytes: 6e3
	}));
	return [
		kind === "frames" ? "In the project's own code:" : "The last lines of the output:",
		open,
		details(`The whole output (${count} ${count === 1 ? "line" : "lines"})`, whole)
	];
}
function titleOf({ error, node }) {
	const { step, stage } = error.details;
	if (step === void 0) return void 0;
	const title = node?.steps.find((report) => report.step === step && (stage === void 0 || report.stage === stage))?.title;
	return title && title !== step && !error.message.startsWith(title) ? `${step} (${title})` : step;
}
/** Advice with its own lines: a list stays a list, every other line stays a line. */
function advice(next) {
	return next.split("\n").map((line) => /^\s*- /.test(line) ? `- ${withCode(line.replace(/^\s*- /, ""))}` : `${withCode(line)}  `).join("\n").replaceAll(/ {2}\n(?=- )/g, "\n\n").trimEnd();
}
/** Woven's own advice marks commands with backticks. */
function withCode(line) {
	return line.split(/(`[^`]+`)/).map((part) => /^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : keepBlanks(part)).join("");
}
/** Keeps the blanks around a text, which `plain` trims: they separate it from code. */
function keepBlanks(text) {
	const trimmed = plain(text);
	return trimmed === "" ? text.replaceAll(/\s+/g, " ") : `${/^\s/.test(text) ? " " : ""}${trimmed}${/\s$/.test(text) ? " " : ""}`;
}
function paragraphs(message) {
	return message.slice(0, 1500).split("\n").filter((line) => line.trim() !== "").slice(0, 10).map(plain);
}

// src/github/summary-nodes.ts
const nodeMarks = {
	ok: "✅ ok",
	failed: "❌ failed",
	"rolled-back": "↩️ rolled back",
	skipped: "⏭️ not switched"
};
/** How many rows are open, and how many are folded. */
const mostShown = 20;
const mostRows = 150;
/** One row for each node. Failed nodes come first. A column without values is left out. */
function nodeTable(report) {
	if (report.nodes.length === 0) return [];
	const ordered = worstFirst(report.nodes);
	const columns = columnsFor(report).filter((column) => report.nodes.some((node) => column.cell(node) !== ""));
	const rows = ordered.slice(0, mostRows).map((node) => columns.map((column) => column.cell(node)));
	const heads = columns.map((column) => column.head);
	const left = ordered.length - rows.length;
	const more = left > 0 ? `\n\nand ${left} more nodes, of which ${ordered.slice(mostRows).filter((node) => node.status !== "ok").length} not ok.` : "";
	const shown = table(heads, rows.slice(0, mostShown));
	if (rows.length <= mostShown) return [{ text: shown }];
	return [{
		text: `${shown}\n\n${details(`The other ${ordered.length - mostShown} nodes`, table(heads, rows.slice(mostShown)) + more)}`,
		short: shown
	}];
}
/** The node's steps, folded. The visible line says how many there are and which one failed. */
function stepsOf(node, { command, dryRun }) {
	if (node.steps.length === 0 || command === "status") return [];
	const changed = node.steps.filter((step) => step.status === "changed").length;
	const failed = node.steps.find((step) => step.status === "failed");
	const count = `${node.steps.length} ${node.steps.length === 1 ? "step" : "steps"}`;
	const summary = [
		`${node.host}: ${count}`,
		dryRun ? `${changed} would change` : `${changed} changed`,
		...failed ? [`failed at ${failed.title}`] : [],
		time(node.seconds)
	].join(", ");
	const rows = node.steps.map((step) => [
		plain(step.stage),
		plain(step.title),
		step.status === "failed" ? "❌ **failed**" : stepWord(step, dryRun ? "plan" : "run"),
		step.seconds.toFixed(1),
		changes(step)
	]);
	const head = [
		"Stage",
		"Step",
		"Status",
		"Seconds",
		"Changes"
	];
	const short = rows.filter((_, index) => ["failed", "changed"].includes(node.steps[index]?.status ?? "")).slice(0, 30);
	return [{
		text: details(summary, table(head, rows)),
		short: details(`${summary} (those that ${dryRun ? "would change" : "changed"} or failed)`, table(head, short))
	}];
}
function columnsFor(report) {
	const { command, dryRun } = report;
	const version = {
		head: "Version",
		cell: (node) => node.unknown ? "not known" : plain(node.version ?? (command === "status" ? "none" : ""))
	};
	const identity = [{
		head: "Host",
		cell: (node) => code(node.host)
	}, {
		head: "Role",
		cell: (node) => plain(node.role ?? "")
	}];
	const status = {
		head: "Status",
		cell: (node) => nodeMarks[node.status]
	};
	if (command === "status") return [
		...identity,
		version,
		{
			head: "Before that",
			cell: (node) => plain(node.previous ?? "")
		},
		status
	];
	return [
		...identity,
		version,
		{
			head: "Before",
			cell: (node) => plain(node.previous ?? "")
		},
		status,
		...knowsChanges(report) ? [{
			head: dryRun ? "Would change" : "Changed",
			cell: (node) => changedWord(node, report)
		}] : [],
		{
			head: "Time",
			cell: (node) => time(node.seconds)
		},
		{
			head: "Logins / round trips",
			cell: ({ cost }) => `${cost.logins} / ${cost.roundTrips}`
		},
		{
			head: "Sent",
			cell: ({ cost }) => size(cost.bytesSent)
		}
	];
}
/** A failed run undoes what it did, so what it changed on the way is not what is live. */
function changedWord({ changed, status, unknown, version, previous, steps }, report) {
	if (!changed) return "no";
	if (!(status !== "ok" && !unknown && version === previous && releaseCommands.has(report.command)) || report.dryRun) return "yes";
	return steps.some(({ step, details: lines }) => step === "migrate" && lines.length > 0) ? "only the database" : "nothing live";
}
function changes({ details: lines }) {
	return [...lines.slice(0, 6).map((line) => code(line.slice(0, 200))), ...lines.length > 6 ? [`and ${lines.length - 6} more`] : []].join("<br>");
}

// src/github/summary.ts
/** How many nodes are shown with their steps. */
const mostNodes = 20;
/** The summary as GitHub Markdown. Pure; every value in it is escaped; never longer than `maxBytes`. Secrets must be out of the report already. */
function renderSummary(report, options = {}) {
	return shortened([
		{ text: heading(report) },
		...notices(report),
		...introduction(report),
		...failures(report),
		...nodeTable(report),
		...texts(report),
		...bundleLine(report),
		...knownHosts(report),
		...allSteps(report),
		...foundTable(report)
	], options.maxBytes ?? 6e4);
}
/** Before everything else: even a run that succeeds may have taken a domain away. */
function notices({ notices: all = [] }) {
	return all.map((text) => ({ text: `> [!WARNING]\n> ${plain(text)}` }));
}
function introduction(report) {
	const facts = [
		...report.url && isLive(report) ? [link$1(report.url)] : [],
		...report.nodes.length > 0 ? [`${nodeCount(report.nodes.length)}${outcomes(report.nodes)}`] : [],
		time(report.seconds)
	];
	const dry = report.dryRun ? [{ text: "This was a dry run: nothing was changed on any server. The steps below show what would be done." }] : [];
	return [{ text: facts.join(" · ") }, ...dry];
}
/** Whether this run knows that a release answers at the site's address. */
function isLive(report) {
	return (releaseCommands.has(report.command) || report.command === "status" || report.preview?.outcome === "built") && !hasFailed(report) && report.nodes.some(({ version }) => version !== void 0);
}
/** `: 1 failed, 2 rolled back`, of several nodes that did not all end the same. */
function outcomes(nodes) {
	const words = {
		failed: "failed",
		"rolled-back": "rolled back",
		skipped: "not switched",
		ok: "ok"
	};
	const groups = Map.groupBy(worstFirst(nodes), ({ status }) => words[status]);
	if (groups.size < 2) return "";
	return `: ${[...groups].map(([word, { length }]) => `${length} ${word}`).join(", ")}`;
}
/** The steps of the most interesting nodes: failed ones first. */
function allSteps(report) {
	const ordered = worstFirst(report.nodes);
	const left = ordered.length - mostNodes;
	const more = left > 0 ? [{ text: `The steps of ${nodeCount(left)} more are in the log.` }] : [];
	return [...ordered.slice(0, mostNodes).flatMap((node) => stepsOf(node, report)), ...more];
}
/** The text that `status` and `node` print. */
function texts(report) {
	const withText = report.nodes.filter((node) => node.text?.trim());
	return withText.map((node) => {
		const body = fence(lastLines(node.text ?? "", {
			lines: 400,
			bytes: 2e4
		}));
		return {
			text: withText.length === 1 ? body : details(node.host, body),
			short: `The text of ${code(node.host)} is too long for the summary: see the log.`
		};
	});
}
function bundleLine({ bundle }) {
	if (!bundle) return [];
	const from = bundle.cacheHit ? "found in the cache" : "built (not in the cache)";
	return [{ text: `Bundle: ${bundle.wheels} ${bundle.wheels === 1 ? "wheel" : "wheels"}, ${size(bundle.bytes)}, ${from} in ${time(bundle.seconds)}.` }];
}
function knownHosts(report) {
	const lines = [...new Set(report.nodes.flatMap((node) => node.knownHosts ?? []))];
	if (lines.length === 0) return [];
	return [{ text: `${report.hostKeyPolicy === "strict" ? "The servers' host keys, read over verified logins. Put them into the `known-hosts` input:" : "This run accepted these host keys. Compare them with the servers' own keys. Then put them into the `known-hosts` input, so that the next run accepts no others:"}\n\n${fence(lines.join("\n"))}` }];
}
function foundTable({ found }) {
	if (found.length === 0) return [];
	const rows = found.map((entry) => [
		plain(entry.what),
		code(entry.found.value),
		plain(entry.found.from)
	]);
	return [{ text: details("What Woven found about the project, and where", table([
		"What",
		"Found",
		"From"
	], rows)) }];
}
/** The blocks in order. A block that does not fit gets its shorter form or is left out. A last line says that something is missing. */
function shortened(blocks, maxBytes) {
	const note = "*This summary was too long, so parts are left out. The log of this step has everything.*";
	const budget = maxBytes - Buffer.byteLength(`\n\n${note}\n`);
	const kept = [];
	let bytes = 0;
	let complete = "yes";
	for (const block of blocks) {
		const form = [block.text, block.short].find((text) => text !== void 0 && bytes + Buffer.byteLength(text) + 2 <= budget);
		if (form !== block.text) complete = "no";
		if (form === void 0) continue;
		kept.push(form);
		bytes += Buffer.byteLength(form) + 2;
	}
	return `${[...kept, ...complete === "no" ? [note] : []].join("\n\n")}\n`;
}

// src/main.ts
/** `inputs`: the INPUT_* variables, which the environment of `process` does not have. */
async function runAction(process, inputs) {
	const log = createLog((line) => process.stdout.write(`${line}\n`), {
		surface: {
			warning: (text, place) => warning(text, annotation(place)),
			error: (text, place) => error(text, annotation(place)),
			debug,
			startGroup,
			endGroup,
			mask: setSecret
		},
		nodes: () => "several"
	});
	const told = await run(process, inputs, log).catch((thrown) => failedEarly(process, inputs, thrown));
	const report = cleanReport(told, (text) => log.clean(text));
	tellOutputs(report, log);
	await writeSummary(report, log, process.env);
	setOutputs(report, { setOutput });
	annotate(report, { error: (message, properties) => error(log.clean(message), properties) });
	await new Promise((resolve) => process.stdout.write("", resolve));
	process.exit(succeeded(report) ? 0 : 1);
}
async function run(process, inputs, log) {
	const { env } = process;
	const event = await readEvent(env);
	const given = await readSettings({
		event: {
			name: env["GITHUB_EVENT_NAME"] ?? "",
			payload: event
		},
		input: (name) => inputs[inputVariable(name)] ?? "",
		inputNames: Object.keys(inputs),
		env,
		cwd: env["GITHUB_WORKSPACE"] || process.cwd(),
		run: runProcess,
		mask: (secret) => log.mask(secret),
		log: (line) => log.info(line)
	});
	const settings = await withLocalNode(given, () => process.ppid, log);
	const scratch = env["RUNNER_TEMP"] || tmpdir();
	const cacheDir = join(scratch, "woven-cache");
	const cache = settings.cache ? actionsCache({
		cacheDir,
		env,
		event,
		log: (line) => log.info(line),
		debug: (line) => log.debug(line),
		printer: process.stdout
	}) : void 0;
	const signal = cancellation(process);
	const { preview, githubToken } = settings;
	const github = preview && githubToken ? pullRequests({
		token: githubToken.reveal(),
		env,
		log,
		signal
	}) : void 0;
	await using world = await openRuntime(settings, {
		log,
		env,
		cacheDir,
		scratch,
		cache,
		signal,
		pullRequests: github
	});
	return await runCommand(settings, world);
}
/** The runner's variable for an input: upper case, spaces as `_`, dashes unchanged. */
function inputVariable(name) {
	return `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`;
}
async function readEvent(env) {
	const path = env["GITHUB_EVENT_PATH"];
	if (!path) return void 0;
	return JSON.parse(await readFile(path, "utf8") || "{}");
}
/** The report of a run whose settings were wrong. */
function failedEarly(process, inputs, thrown) {
	return {
		command: commandNames.find((name) => name === inputs["INPUT_COMMAND"]) ?? "deploy",
		dryRun: false,
		seconds: process.uptime(),
		nodes: [],
		found: [],
		error: asWovenError(thrown)
	};
}
/** Logs the whole output of each failure. The annotation has only its end. */
function tellOutputs(report, log) {
	for (const { error } of [...report.nodes, report]) {
		const { output, node, streamed } = error?.details ?? {};
		if (output && !streamed) log.remote(node ?? "runner", withoutRepeats(output));
		for (const failure of error ? traces(error) : []) log.debug(`failure ${JSON.stringify(failure)}`);
		if (error?.code === "internal" && error.cause instanceof Error) log.debug(error.cause.stack ?? "");
	}
	for (const node of report.nodes) log.info(nodeLine(node, report));
}
/** The place and the code of each failure. They are stable and the sentences are not, so tests and scripts use these. */
function traces(error) {
	const { code, details } = error;
	if (error instanceof SettingsError) return error.problems.map(({ where, file, line }) => ({
		code,
		where,
		file,
		line
	}));
	const { node, stage, step, file, line } = details;
	return [{
		code,
		node,
		stage,
		step,
		file,
		line
	}];
}
async function writeSummary(report, log, env) {
	const file = env["GITHUB_STEP_SUMMARY"];
	if (file) await appendFile(file, log.clean(renderSummary(report)));
}
function annotation({ title, file, line }) {
	return {
		...title === void 0 ? {} : { title },
		...file === void 0 ? {} : { file },
		...line === void 0 ? {} : { startLine: line }
	};
}

export { runAction };
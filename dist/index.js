import { c as startGroup, l as warning, n as endGroup, o as setOutput, r as error, s as setSecret, t as debug } from "./chunks/core.js";
import { a as openRuntime, c as createLog, i as cancellation, l as runCommand, o as withLocalNode, r as commandNames, s as runProcess, t as readSettings, u as succeeded } from "./chunks/read.js";
import { r as asWovenError } from "./chunks/errors.js";
import { n as nodeLine, r as worstFirst, t as cleanReport } from "./chunks/report.js";
import { appendFile, cp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { AsyncLocalStorage } from "node:async_hooks";

// src/github/annotations.ts
const mostAnnotations = 10;
const mostCharacters = 4e3;
/** Writes them. What many nodes share is written once, with all their names. */
function annotate(report, core) {
	const failed = worstFirst(report.nodes).flatMap((node) => node.error ? [{
		error: node.error,
		node
	}] : []);
	const all = [...report.error && !failed.some(({ error }) => error.message === report.error?.message) ? [{ error: report.error }] : [], ...failed];
	const groups = [...Map.groupBy(all, ({ error }) => `${error.message}\0${error.details.step}\0${error.details.file}\0${error.details.line}`).values()];
	for (const group of groups.slice(0, mostAnnotations)) {
		const error = group[0]?.error;
		if (error) core.error(body(error), {
			title: title(error, group),
			...place(error)
		});
	}
}
function title({ details }, group) {
	const hosts = group.flatMap(({ node }) => node?.host ?? details.node ?? []);
	const where = [
		...hosts.length > 3 ? [`${hosts.slice(0, 3).join(", ")} and ${hosts.length - 3} more`] : hosts,
		...details.stage ? [`stage ${details.stage}`] : [],
		...details.step ? [`step ${details.step}`] : []
	];
	return ["Woven", ...where.length > 0 ? [where.join(", ")] : []].join(": ").slice(0, 250);
}
function body({ message, details }) {
	const lines = (details.output ?? "").trim().split("\n").slice(-10).join("\n");
	const text = [
		message,
		...details.next ? [details.next] : [],
		...lines ? [lines] : []
	].join("\n\n");
	return text.length > mostCharacters ? `${text.slice(0, mostCharacters)} …` : text;
}
function place({ details: { file, line } }) {
	if (!file) return {};
	return line === void 0 ? { file } : {
		file,
		startLine: line
	};
}

// src/github/quiet.ts
/** What `body` prints to `printer` is handed to `heard`, also from its callbacks; what others print meanwhile goes through untouched. */
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
/** The cache of this run, or undefined where there is none or it is not to be trusted. */
function actionsCache(options) {
	if (!cacheIsOffered(options.env) || !eventIsTrusted(options.env["GITHUB_EVENT_NAME"], options.event)) return void 0;
	const load = options.load ?? (() => import("./chunks/actions-cache.js"));
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
/** Whether the runner offers a cache service at all; act and other runners may not. */
function cacheIsOffered(env) {
	return Boolean(env["ACTIONS_RESULTS_URL"] || env["ACTIONS_CACHE_URL"]);
}
/**
* Whether the run is free of strangers' code. Under `pull_request_target` and `workflow_run` a run of the default branch may handle a fork's code,
* and what it saved would be found by the next deploy: https://docs.github.com/en/actions/reference/security/secure-use
*/
function eventIsTrusted(name, event) {
	if (name === "pull_request_target" || name === "workflow_run") return false;
	return field(event, "pull_request", "head", "repo", "fork") !== true;
}
/** The path as the client gets it. Its text is part of an entry's version, so it must be the same on every runner: `~` for the home folder. */
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
			log(`${why}: going on without the cache.`);
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
		if (await quietly(options.printer, printed, async () => (await load()).restoreCache([portablePath(place, options.env["HOME"])], key)) !== key) return async () => "miss";
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
/** A folder beside the real ones: a transfer that was given up on and ends late writes there, and harms nothing. */
function exchangePlace(key, { cacheDir }) {
	return join(cacheDir, "exchange", key);
}
/** Runs `body`, and what it returns only if it ends in time: so nothing is moved into place behind the caller's back. */
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
* Reads from what the client prints of its questions whether they are answered: it hides every failure, and tries each five
* times first. An answer that cannot be read (a proxy's page) is none.
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
	return oneLine(text).replaceAll(/[\\`*[\]|~]/g, "\\$&").replaceAll(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\_").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replace(/^[-+#=]/, "\\$&").replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2");
}
/** A value as inline code, on one line; also right inside a table. */
function code(text) {
	const value = oneLine(text);
	if (value.trim() === "") return "";
	const ticks = "`".repeat(longestRun(value) + 1);
	const pad = value.startsWith("`") || value.endsWith("`") ? " " : "";
	return `${ticks}${pad}${value.replaceAll("|", "\\|")}${pad}${ticks}`;
}
/** Lines as a code block; its fence is longer than any run of backticks in it, so that it cannot be closed from inside. */
function fence(text) {
	const value = cleanLines(text).join("\n");
	const ticks = "`".repeat(Math.max(3, longestRun(value) + 1));
	return `${ticks}text\n${value}\n${ticks}`;
}
/** A link where the address is http or https without characters that could end it; else the address as text. */
function link(url) {
	return /^https?:\/\/[\w.:@[\]/~%?&=+,;-]+$/.test(url) ? `<${url}>` : plain(url);
}
/** Cells are Markdown already. */
function table(head, rows) {
	const line = (cells) => `| ${cells.join(" | ")} |`;
	return [
		line(head),
		line(head.map(() => "---")),
		...rows.map(line)
	].join("\n");
}
/** A folded part. The blank lines let Markdown be read again inside the tags. `summary` is Markdown without blocks, shown as HTML. */
function details(summary, body) {
	return `<details>\n<summary>${html(summary)}</summary>\n\n${body}\n\n</details>`;
}
/** The last `limits.lines` lines, and of those the last that fit `limits.bytes`, with a note of what is left out before them. */
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
/** Without colours, control characters and the marks that turn the direction of writing. */
function printable(text) {
	return stripVTControlCharacters(text).replaceAll(/\r\n?/g, "\n").replaceAll(/(?![\n\t])[\p{Cc}\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu, "");
}
function longestRun(text) {
	return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

// src/github/summary-words.ts
/** Commands whose outcome is a version that serves. */
const servingCommands = /* @__PURE__ */ new Set([
	"deploy",
	"patch",
	"activate",
	"rollback"
]);
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
	}
};
/** Whether anything did not end as asked. */
function hasFailed(report) {
	return report.error !== void 0 || report.nodes.some((node) => node.error !== void 0 || node.status === "failed" || node.status === "rolled-back");
}
/** `## ✅ Deployed shop 1.2 to production` */
function heading(report) {
	const wording = wordings[report.command];
	const rest = [subject(report, wording), placeOf(report, wording)].filter((part) => part !== "").join(" ");
	if (hasFailed(report)) return `## ❌ ${report.dryRun ? "Dry run: " : ""}${wording.doing} ${rest} failed`;
	if (report.dryRun) return `## 🔍 Dry run: ${wording.doing.toLowerCase()} ${rest} ${plannedChange(report.nodes)}`;
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
/** The place an error names, as the reader's words: `web1, stage prepare, step migrate`. */
function placeWords(parts) {
	return parts.flatMap(([word, value]) => value ? [`${word}${word ? " " : ""}${plain(value)}`] : []).join(", ");
}
function subject(report, { about }) {
	if (about === "nothing") return "";
	const name = plain(report.distribution ?? "the project");
	if (report.command === "rollback") return report.version && !report.dryRun && !hasFailed(report) ? `${name} to ${plain(report.version)}` : name;
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
/** Writes every output, the empty ones as well: a workflow may compare them without asking whether they are there. */
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
		matrix: "",
		bundle: report.bundle?.key ?? "",
		"cache-hit": report.bundle ? String(report.bundle.cacheHit) : "",
		"known-hosts": [...new Set(report.nodes.flatMap((node) => node.knownHosts ?? []))].join("\n")
	};
}
/** Whether the run's version serves on every node when the run ends. */
function isActivated(report) {
	if (report.dryRun || hasFailed(report) || report.nodes.length === 0) return false;
	if (!servingCommands.has(report.command)) return false;
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
/** The first node's value: nodes of one run are on one version, save where something failed. */
function same(values) {
	return values.find((value) => value !== void 0) ?? "";
}

// src/github/summary-failures.ts
/** Different failures that are shown in full, and those that get a line; nobody reads more at once, and the log has all. */
const mostInFull = 4;
const mostLines = 12;
/** By code: what each failure means, and what to do. */
const troubleshooting = "https://github.com/woven/deploy/blob/v1/docs/troubleshooting.md";
/** Nothing for a run that went well. What failed comes first, then what it did to other nodes; what many nodes share stands here once. */
function failures(report) {
	if (!hasFailed(report)) return [];
	const all = [...worstFirst(report.nodes).flatMap((node) => node.error ? [{
		error: node.error,
		node
	}] : []), ...report.error && !report.nodes.some((node) => node.error?.message === report.error?.message) ? [{ error: report.error }] : []];
	const blocks = [...Map.groupBy(all, ({ error, node }) => node ? `${error.details.stage}\0${error.details.step}\0${error.message}\0${error.details.output}` : error.message).values()].map(failureBlock);
	const [cause, ...others] = blocks.slice(0, mostInFull);
	return [
		...cause ? [cause] : [],
		...servingBlock(report),
		...others,
		...furtherFailures(blocks.slice(mostInFull))
	];
}
function furtherFailures(blocks) {
	if (blocks.length === 0) return [];
	const lines = blocks.slice(0, mostLines).map(({ short }) => `- ${short}`);
	const left = blocks.length - lines.length;
	const more = left > 0 ? [`- and ${left} more, which are in the log`] : [];
	return [{ text: `Other failures:\n\n${[...lines, ...more].join("\n")}` }];
}
function failureBlock(group) {
	const [first] = group;
	if (!first) return { text: "" };
	const { details, message } = first.error;
	const hosts = group.map(({ node, error }) => node?.host ?? error.details.node);
	const place = placeWords([
		["", hosts.length > 3 ? `${hosts.slice(0, 3).join(", ")} and ${hosts.length - 3} more` : hosts.filter(Boolean).join(", ")],
		["stage", details.stage],
		["step", titleOf(first)]
	]);
	const sentence = `**${place ? `${place}: ` : ""}${paragraphs(message).join("** \n**")}**`;
	const file = details.file ? [`In ${code(details.line ? `${details.file}:${details.line}` : details.file)}.`] : [];
	const speaker = details.stage ? "What the node said:" : "What was said:";
	const output = details.output?.trim() ? [`${speaker}\n\n${fence(lastLines(details.output, {
		lines: 30,
		bytes: 6e3
	}))}`] : [];
	const next = details.next?.trim() ? [`**What to do next**\n\n${advice(details.next)}`] : [];
	const more = [`More about ${code(details.code)}: ${link(troubleshooting)}`];
	return {
		text: [
			sentence,
			...file,
			...output,
			...next,
			...more
		].join("\n\n"),
		short: `**${place ? `${place}: ` : ""}${plain(message.slice(0, 300))}**`
	};
}
/** What the visitors of the site get now: the first question of whoever is woken by this. */
function servingBlock(report) {
	if (!servingCommands.has(report.command) || report.dryRun || report.nodes.length === 0) return [];
	const groups = [...Map.groupBy(worstFirst(report.nodes), servingWords)];
	const lines = groups.slice(0, mostLines).map(([words, nodes]) => {
		const hosts = nodes.map((node) => code(node.host));
		return `- ${hosts.length > 5 ? `${hosts.slice(0, 5).join(", ")} and ${hosts.length - 5} more` : hosts.join(", ")}: ${words}`;
	});
	const left = groups.slice(mostLines).flatMap(([, nodes]) => nodes).length;
	const more = left > 0 ? [`- and on ${nodeCount(left)} other versions: see the table`] : [];
	return [{ text: `**What serves now**\n\n${[
		...lines,
		...more,
		...migrated(report)
	].join("\n")}` }];
}
/** A schema that has gone on is the one thing that no failure takes back: the code that serves has to live with it. */
function migrated({ nodes }) {
	const applied = nodes.flatMap(({ steps }) => steps.filter(({ step }) => step === "migrate")).flatMap(({ details }) => details);
	const names = [...new Set(applied)];
	if (names.length === 0) return [];
	return [`- **Migrations were applied, and stay:** ${names.slice(0, 8).map(code).join(", ")}${names.length > 8 ? ` and ${names.length - 8} more` : ""}. What serves now runs on that schema.`];
}
function servingWords(node) {
	if (node.unknown) return node.previous === void 0 ? "**not known**: it could not be asked" : `**not known**: it was lost from sight at its switch; ${plain(node.previous)} served before`;
	if (node.version === void 0) return node.previous === void 0 ? "no version serves; none did before" : `**no version serves**; ${plain(node.previous)} did before`;
	if (node.status === "rolled-back") return `went back to ${plain(node.version)}, which serves`;
	if (node.version === node.previous) return `${plain(node.version)} serves, as before`;
	return node.previous === void 0 ? `${plain(node.version)} serves` : `${plain(node.version)} serves (before: ${plain(node.previous)})`;
}
function titleOf({ error, node }) {
	const { step, stage } = error.details;
	if (step === void 0) return void 0;
	const title = node?.steps.find((report) => report.step === step && (stage === void 0 || report.stage === stage))?.title;
	return title && title !== step && !error.message.startsWith(title) ? `${step} (${title})` : step;
}
/** Advice as it was written: its list stays a list, each other line a paragraph's line. */
function advice(next) {
	return next.split("\n").map((line) => /^\s*- /.test(line) ? `- ${withCode(line.replace(/^\s*- /, ""))}` : `${withCode(line)}  `).join("\n").replaceAll(/ {2}\n(?=- )/g, "\n\n").trimEnd();
}
/** Advice is ours, and marks what is to be typed with backticks. */
function withCode(line) {
	return line.split(/(`[^`]+`)/).map((part) => /^`[^`]+`$/.test(part) ? code(part.slice(1, -1)) : keepBlanks(part)).join("");
}
/** `plain` trims: between two pieces of code the blanks matter. */
function keepBlanks(text) {
	const trimmed = plain(text);
	return trimmed === "" ? text.replaceAll(/\s+/g, " ") : `${/^\s/.test(text) ? " " : ""}${trimmed}${/\s$/.test(text) ? " " : ""}`;
}
function paragraphs(message) {
	return message.slice(0, 2e3).split("\n").filter((line) => line.trim() !== "").map(plain);
}

// src/github/summary-nodes.ts
const nodeMarks = {
	ok: "✅ ok",
	failed: "❌ failed",
	"rolled-back": "↩️ rolled back",
	skipped: "⏭️ not switched"
};
const stepMarks = {
	ok: "ok",
	changed: "changed",
	failed: "❌ **failed**",
	skipped: "skipped"
};
/** Rows that stand in the open, and those that are folded. */
const mostShown = 20;
/** How a step ended, in a word. */
function stepMark({ status, undone }, mode) {
	if (undone) return "taken back";
	return mode === "plan" && status === "changed" ? "would change" : stepMarks[status];
}
const mostRows = 150;
/** One row a node; those that failed come first. A column nobody has a value for is left out. */
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
/** The node's steps, folded; the line that stays visible says how many there are and which failed. */
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
		stepMark(step, dryRun ? "plan" : "run"),
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
function columnsFor({ command, dryRun }) {
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
		{
			head: dryRun ? "Would change" : "Changed",
			cell: (node) => node.changed ? "yes" : "no"
		},
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
function changes({ details: lines }) {
	return [...lines.slice(0, 6).map((line) => code(line.slice(0, 200))), ...lines.length > 6 ? [`and ${lines.length - 6} more`] : []].join("<br>");
}

// src/github/summary.ts
/** Nodes whose steps are shown. */
const mostNodes = 20;
/** The summary as GitHub Markdown. Pure; every value in it is escaped; never longer than `maxBytes`. Secrets must be out of the report already. */
function renderSummary(report, options = {}) {
	return shortened([
		{ text: heading(report) },
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
function introduction(report) {
	const facts = [
		...report.url && serves(report) ? [link(report.url)] : [],
		...report.nodes.length > 0 ? [`${nodeCount(report.nodes.length)}${outcomes(report.nodes)}`] : [],
		time(report.seconds)
	];
	const dry = report.dryRun ? [{ text: "This was a dry run: nothing was changed on any node. The steps below are what would be done." }] : [];
	return [{ text: facts.join(" · ") }, ...dry];
}
/** Whether this run knows that somebody answers at the site's address. */
function serves(report) {
	return (servingCommands.has(report.command) || report.command === "status") && !hasFailed(report) && report.nodes.some(({ version }) => version !== void 0);
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
/** Of many nodes, those that whoever mends it looks for first. */
function allSteps(report) {
	const ordered = worstFirst(report.nodes);
	const left = ordered.length - mostNodes;
	const more = left > 0 ? [{ text: `The steps of ${nodeCount(left)} more are in the log.` }] : [];
	return [...ordered.slice(0, mostNodes).flatMap((node) => stepsOf(node, report)), ...more];
}
/** What `status` and `node` are run for. */
function texts(report) {
	const told = report.nodes.filter((node) => node.text?.trim());
	return told.map((node) => {
		const body = fence(lastLines(node.text ?? "", {
			lines: 400,
			bytes: 2e4
		}));
		return {
			text: told.length === 1 ? body : details(node.host, body),
			short: `The text of ${code(node.host)} is too long to stand here: it is in the log.`
		};
	});
}
function bundleLine({ bundle }) {
	if (!bundle) return [];
	const from = bundle.cacheHit ? "found in the cache" : "built anew (not in the cache)";
	return [{ text: `Bundle: ${bundle.wheels} ${bundle.wheels === 1 ? "wheel" : "wheels"}, ${size(bundle.bytes)}, ${from} in ${time(bundle.seconds)}.` }];
}
function knownHosts(report) {
	const lines = [...new Set(report.nodes.flatMap((node) => node.knownHosts ?? []))];
	if (lines.length === 0) return [];
	return [{ text: `These host keys were learned in this run. Compare them with the servers' own, and put them in the \`known-hosts\` input, so that the next run accepts no others:\n\n${fence(lines.join("\n"))}` }];
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
/** The blocks in order, the shorter form or none of those that no longer fit; a last line says what is missing. */
function shortened(blocks, maxBytes) {
	const note = "*Parts of this summary are left out for their length: the log of this step has all of it.*";
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
async function runAction(process) {
	const log = createLog((line) => process.stdout.write(`${line}\n`), {
		surface: {
			warning: (text, place) => warning(text, annotation(place)),
			error: (text, place) => error(text, annotation(place)),
			debug,
			startGroup,
			endGroup,
			mask: setSecret
		},
		nodes: "several"
	});
	const told = await run(process, log).catch((thrown) => failedEarly(process, thrown));
	const report = cleanReport(told, (text) => log.clean(text));
	tellOutputs(report, log);
	await writeSummary(report, log, process.env);
	setOutputs(report, { setOutput });
	annotate(report, { error: (message, properties) => error(log.clean(message), properties) });
	await new Promise((resolve) => process.stdout.write("", resolve));
	process.exit(succeeded(report) ? 0 : 1);
}
async function run(process, log) {
	const { env } = process;
	const given = await readSettings({
		input: (name) => env[inputVariable(name)] ?? "",
		inputNames: Object.keys(env).filter((name) => name.startsWith("INPUT_")),
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
		event: await readEvent(env),
		log: (line) => log.info(line),
		debug: (line) => log.debug(line),
		printer: process.stdout
	}) : void 0;
	await using world = await openRuntime(settings, {
		log,
		env,
		cacheDir,
		scratch,
		cache,
		signal: cancellation(process)
	});
	return await runCommand(settings, world);
}
/** How the runner hands an input over: upper case, spaces as `_`, dashes kept. */
function inputVariable(name) {
	return `INPUT_${name.replaceAll(" ", "_").toUpperCase()}`;
}
async function readEvent(env) {
	const path = env["GITHUB_EVENT_PATH"];
	if (!path) return void 0;
	return JSON.parse(await readFile(path, "utf8") || "{}");
}
/** A run that ended before it knew what to do: its settings were wrong. */
function failedEarly(process, thrown) {
	return {
		command: commandNames.find((name) => name === process.env["INPUT_COMMAND"]) ?? "deploy",
		dryRun: false,
		seconds: process.uptime(),
		nodes: [],
		found: [],
		error: asWovenError(thrown)
	};
}
/** What the nodes said about a failure goes to the log in full; the annotation holds its end only. */
function tellOutputs(report, log) {
	for (const node of report.nodes) log.info(nodeLine(node, report));
	for (const { error } of [...report.nodes, report]) {
		const { output, node } = error?.details ?? {};
		if (output) log.remote(node ?? "runner", output);
		if (error?.code === "internal" && error.cause instanceof Error) log.debug(error.cause.stack ?? "");
	}
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

// src/entry/action.ts
await runAction(process);

export {  };
import { f as projectFrames } from "./read.js";

// src/failure-text.ts
/** Lines. */
const most = {
	message: 20,
	next: 10,
	output: 10
};
/** Characters of a line. */
const widest = 600;
/** `live`: the text of `liveNow`, or undefined if the run does not change what is live. The error must hold no secrets any more. */
function failureText(error, live) {
	const { lines } = shownOutput(error.details.output ?? "");
	return [failureHead(error, live), ...lines.length > 0 ? ["", ...lines] : []].join("\n");
}
/** The same for a place right below the whole output. Of the output, it repeats only the project's own frames. */
function failureBelow(error, live) {
	const { kind, lines } = shownOutput(error.details.output ?? "");
	return [failureHead(error, live), ...kind === "frames" ? ["", ...lines] : []].join("\n");
}
function failureHead({ message, details }, live) {
	const { file, line } = details;
	const place = file === void 0 || line === void 0 ? "" : `${file}:${line}`;
	return [
		...firstLines(message.includes(place) ? message : `${message} (${place})`, most.message),
		...live === void 0 ? [] : [`Live now: ${live}.`],
		...adviceLines(details.next)
	].join("\n");
}
/** The part of an output to show first: the project's own frames, or else the last lines. */
function shownOutput(output) {
	const frames = projectFrames(output);
	if (frames.length > 0) return {
		kind: "frames",
		lines: frames.map(narrow)
	};
	return {
		kind: "end",
		lines: output.trim() === "" ? [] : output.trim().split("\n").slice(-most.output).map(narrow)
	};
}
/** The first lines of the advice. */
const adviceLines = (next) => firstLines(next ?? "", most.next);
function firstLines(text, count) {
	const lines = text.trim() === "" ? [] : text.trim().split("\n");
	const left = lines.length - count;
	return [...lines.slice(0, count).map(narrow), ...left > 0 ? [`… ${left} more lines are in the log`] : []];
}
function narrow(line) {
	return line.length > widest ? `${line.slice(0, widest)} …` : line;
}

// src/report.ts
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

export { releaseCommands as a, failureBelow as c, nodeLine as i, failureText as l, knowsChanges as n, worstFirst as o, liveNow as r, adviceLines as s, cleanReport as t, shownOutput as u };
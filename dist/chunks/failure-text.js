import { y as projectFrames } from "./read.js";

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
/** Steps of the stage `switch` that work on the live traffic. Those before them change nothing that visitors get. */
const switching = [
	"switch",
	"verify",
	"record-doubt",
	"record",
	"retire",
	"discard",
	"prune"
];
/** When a failure happened: `before the switch`, `stage prepare`. The stage `switch` migrates and starts the release first. */
function stagePlace(stage, step) {
	if (stage === void 0) return void 0;
	return stage === "migrate" || stage === "switch" && step !== void 0 && !switching.includes(step) ? "before the switch" : `stage ${stage}`;
}

export { stagePlace as a, shownOutput as i, failureBelow as n, failureText as r, adviceLines as t };
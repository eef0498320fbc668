// src/errors.ts
var WovenError = class WovenError extends Error {
	name = "WovenError";
	code;
	details;
	constructor(details) {
		super(details.message, details.cause === void 0 ? void 0 : { cause: details.cause });
		this.code = details.code;
		this.details = details;
	}
	/** The same error with `change` applied to all its texts. */
	map(change) {
		const { message, state, next, output } = this.details;
		return new WovenError({
			...this.details,
			message: change(message),
			...state === void 0 ? {} : { state: change(state) },
			...next === void 0 ? {} : { next: change(next) },
			...output === void 0 ? {} : { output: change(output) },
			cause: this.cause
		});
	}
	/** The same error with the parts of `place` that it did not have. */
	at(place) {
		const { node, stage, step } = this.details;
		return new WovenError({
			...this.details,
			node: node ?? place.node,
			stage: stage ?? place.stage,
			step: step ?? place.step,
			cause: this.cause ?? this
		});
	}
};
/** All problems in the user's input, found together before anything is changed. Each has its own hint. */
var SettingsError = class SettingsError extends WovenError {
	problems;
	constructor(problems, { node, stage, step } = {}) {
		const [only, ...others] = problems;
		const single = others.length === 0 ? only : void 0;
		super({
			code: "settings",
			message: single ? problemLine(single) : [`${problems.length} problems:`, ...problems.flatMap(listed)].join("\n"),
			next: single?.next,
			file: single?.file,
			line: single?.line,
			node,
			stage,
			step
		});
		this.problems = problems;
	}
	at(place) {
		const { node, stage, step } = this.details;
		return new SettingsError(this.problems, {
			node: node ?? place.node,
			stage: stage ?? place.stage,
			step: step ?? place.step
		});
	}
	map(change) {
		return new SettingsError(this.problems.map((problem) => ({
			...problem,
			where: change(problem.where),
			what: change(problem.what),
			...problem.next === void 0 ? {} : { next: change(problem.next) }
		})), this.details);
	}
};
/** `site/woven.toml:7: keep-release: is not a setting`, or `input env: …` where the problem is in no file. */
function problemLine({ where, what, file, line }) {
	if (file === void 0) return `${where}: ${what}`;
	const key = where.replace(/^\S+\.\w+(?::\d+)?:?(?: |$)/, "");
	return [
		`${file}${line === void 0 ? "" : `:${line}`}`,
		...key === "" ? [] : [key],
		what
	].join(": ");
}
function listed(problem) {
	const hint = problem.next?.split("\n").map((line) => `  ${line}`) ?? [];
	return [`- ${problemLine(problem)}`, ...hint];
}
/** Any thrown value as a WovenError, so that reports handle one type. */
function asWovenError(thrown) {
	if (thrown instanceof WovenError) return thrown;
	const message = thrown instanceof Error ? thrown.message : String(thrown);
	return new WovenError({
		code: "internal",
		message,
		next: "This is a bug in Woven. Please report it, with the log of a run with debug logging on.",
		cause: thrown
	});
}

export { problemLine as i, WovenError as n, asWovenError as r, SettingsError as t };
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
	/** The same error, with all its texts put through `change`. */
	map(change) {
		const { message, next, output } = this.details;
		return new WovenError({
			...this.details,
			message: change(message),
			...next === void 0 ? {} : { next: change(next) },
			...output === void 0 ? {} : { output: change(output) },
			cause: this.cause
		});
	}
	/** The same error, with a place added to it where it had none. */
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
/** All that is wrong with the user's input, found in one go, before anything is touched. */
var SettingsError = class extends WovenError {
	problems;
	constructor(problems) {
		const lines = problems.map((problem) => `${problem.where}: ${problem.what}`);
		super({
			code: "settings",
			message: lines.length === 1 ? lines[0] ?? "" : `${lines.length} problems:\n${lines.map((line) => `- ${line}`).join("\n")}`,
			next: problems.flatMap((problem) => problem.next ?? []).join("\n") || void 0,
			file: problems.find((problem) => problem.file)?.file,
			line: problems.find((problem) => problem.file)?.line
		});
		this.problems = problems;
	}
};
/** Any thrown value as a WovenError, so that every report can rely on one shape. */
function asWovenError(thrown) {
	if (thrown instanceof WovenError) return thrown;
	const message = thrown instanceof Error ? thrown.message : String(thrown);
	return new WovenError({
		code: "internal",
		message,
		next: "This is a fault in Woven: please report it, with the log of a run with debug logging on.",
		cause: thrown
	});
}

export { WovenError as n, asWovenError as r, SettingsError as t };
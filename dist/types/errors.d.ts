export interface WovenErrorDetails {
	/** Machine-readable, stable: `settings`, `host-key-unknown`, `step-failed`, … */
	readonly code: string;
	/** What failed, in one sentence, without guesses. */
	readonly message: string;
	/** What is true now, in a sentence: `Nothing was changed.` Absent: what is live says it all. */
	readonly state?: string | undefined;
	/** What the reader should do. Begins with what to do first. May have several lines. */
	readonly next?: string | undefined;
	readonly node?: string | undefined;
	readonly stage?: string | undefined;
	readonly step?: string | undefined;
	/** The output of the node, or of a tool on the runner. Without secrets, but not safe to print raw. */
	readonly output?: string | undefined;
	/** The log has shown the output already, as it came. */
	readonly streamed?: true | undefined;
	/** The file in the repository that the error is about, as a relative path. */
	readonly file?: string | undefined;
	readonly line?: number | undefined;
	readonly cause?: unknown;
}
export declare class WovenError extends Error {
	override readonly name = "WovenError";
	readonly code: string;
	readonly details: WovenErrorDetails;
	constructor(details: WovenErrorDetails);
	/** The same error with `change` applied to all its texts. */
	map(change: (text: string) => string): WovenError;
	/** The same error with the parts of `place` that it did not have. */
	at(place: Partial<Pick<WovenErrorDetails, "node" | "stage" | "step">>): WovenError;
}
/** One problem in what the user wrote: where it is, what is wrong, and what to write instead. */
export interface Problem {
	/** `input roles`, `woven.toml: server`, `pyproject.toml: project.version` … */
	readonly where: string;
	readonly what: string;
	readonly next?: string | undefined;
	readonly file?: string | undefined;
	readonly line?: number | undefined;
}
/** All problems in the user's input, found together before anything is changed. Each has its own hint. */
export declare class SettingsError extends WovenError {
	readonly problems: readonly Problem[];
	constructor(problems: readonly Problem[], { node, stage, step }?: Partial<WovenErrorDetails>);
	override at(place: Partial<Pick<WovenErrorDetails, "node" | "stage" | "step">>): SettingsError;
	override map(change: (text: string) => string): SettingsError;
}

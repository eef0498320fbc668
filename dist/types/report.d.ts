import type { WovenError } from "./errors.js";
import type { CommandName, Found, HostKeyPolicy } from "./settings/settings.js";
export type StepStatus = "ok" | "changed" | "failed" | "skipped";
export interface StepReport {
	readonly stage: string;
	readonly step: string;
	/** One line for the reader: `Install packages`. */
	readonly title: string;
	readonly status: StepStatus;
	readonly seconds: number;
	/** What changed, one item each: package names, file paths, migrations. */
	readonly details: readonly string[];
	/** The step was done, and then undone. */
	readonly undone?: true;
	/** What `ok` stands for: it was so already, the work is done, or a dry run left it out. */
	readonly ok?: "already" | "done" | "not run";
}
/** The cost of talking to one node in this run. */
export interface Cost {
	readonly logins: number;
	readonly roundTrips: number;
	readonly bytesSent: number;
}
export interface NodeReport {
	readonly host: string;
	readonly role?: string;
	/** The version that is live at the end of the run. Undefined if none is live, or if it is not known. */
	readonly version?: string;
	/** The version that was live at the start of the run. */
	readonly previous?: string;
	/** Nobody knows what is live: the node could not be asked, or the connection was lost during the switch. */
	readonly unknown?: true;
	readonly status: "ok" | "failed" | "rolled-back" | "skipped";
	readonly changed: boolean;
	/** How long the run worked on this node. The time in which the node waited for others is left out. */
	readonly seconds: number;
	readonly error?: WovenError;
	readonly steps: readonly StepReport[];
	readonly cost: Cost;
	/** known_hosts lines of the node, if the command learned them. */
	readonly knownHosts?: readonly string[];
	/** For `status`, `node` and `logs`: text for a code block, without secrets. */
	readonly text?: string;
}
/** What became of a preview, and why. */
export interface PreviewOutcome {
	readonly outcome: "built" | "removed" | "nothing";
	readonly why: string;
	/** `pr-12` */
	readonly name?: string;
	/** What differs from the live release: `3 files: shop/views.py, …`. */
	readonly changes?: string;
}
export interface RunReport {
	readonly command: CommandName;
	readonly distribution?: string;
	/** The version that the run deploys, switches to or changes. */
	readonly version?: string;
	/** `http://…`, the first domain of the first site. */
	readonly url?: string;
	readonly dryRun: boolean;
	/** Which host keys the run accepted. Absent: not known. */
	readonly hostKeyPolicy?: HostKeyPolicy;
	readonly seconds: number;
	readonly nodes: readonly NodeReport[];
	/** What everybody should know, whatever the outcome: a domain that is no longer served. */
	readonly notices?: readonly string[];
	/** Of the command preview. */
	readonly preview?: PreviewOutcome;
	/** What Woven found about the project, and in which file. */
	readonly found: readonly {
		readonly what: string;
		readonly found: Found<string>;
	}[];
	readonly bundle?: {
		readonly key: string;
		/** sha256 of each bundle of the run, for use in another job. */
		readonly digests: readonly string[];
		readonly cacheHit: boolean;
		readonly wheels: number;
		readonly bytes: number;
		readonly seconds: number;
	};
	/** The failure of the run itself, if it is not a node's. */
	readonly error?: WovenError;
}

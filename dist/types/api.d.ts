import type { WovenError } from "./errors.js";
import type { RunReport } from "./report.js";
/**
* The inputs of the action, in camel case, with the same defaults. What is left out is read from the environment variable
* `WOVEN_<INPUT>` (`WOVEN_SSH_KEY`, `WOVEN_ROLES`, …), and the key and the host keys then from `~/.ssh/id_ed25519` and
* `~/.ssh/known_hosts`, as on the command line.
*/
export interface RunOptions {
	/** The servers: roles, or hosts as `user@host[:port]`. `local` is a throwaway server on this machine. */
	readonly role?: string | readonly string[];
	/** The servers of each role: `{ production: ["woven@web1.example.com"] }`. Without it, those of the configuration. */
	readonly roles?: string | Readonly<Record<string, readonly string[]>>;
	/** The private key to log in with, as text. */
	readonly sshKey?: string;
	readonly sshPassphrase?: string;
	/** Lines of known_hosts. */
	readonly knownHosts?: string;
	readonly hostKeyPolicy?: "strict" | "accept-new";
	/** Jump hosts in order: `user@host[:port]`. */
	readonly jump?: string | readonly string[];
	readonly jumpSshKey?: string;
	readonly jumpSshPassphrase?: string;
	readonly jumpPassword?: string;
	readonly password?: string;
	/** The folder of the project. A relative one begins at the folder of the process. */
	readonly workingDirectory?: string;
	/** In place of the name that the project states. */
	readonly distribution?: string;
	readonly version?: string;
	readonly overwrite?: boolean;
	/** Of a patch: `project`, `templates`, `static`, `media`, `wsgi`, `webconf`. */
	readonly parts?: readonly string[];
	/** `auto`, `none`, `fake`, `manual`, or an app and a migration. */
	readonly migrate?: string;
	/** The secret environment of the Django process. */
	readonly env?: Readonly<Record<string, string>>;
	/** Secret files of the application: name → content, or `{ base64 }` for bytes. */
	readonly files?: Readonly<Record<string, string | {
		readonly base64: string;
	}>>;
	/** The name of a preview. */
	readonly preview?: string;
	/** The secret environment of previews. */
	readonly previewEnv?: Readonly<Record<string, string>>;
	/** Only pull requests with this label get a preview. */
	readonly previewLabel?: string;
	/** For the comments of previews. */
	readonly githubToken?: string;
	/** The environment of your hooks. */
	readonly hookEnv?: Readonly<Record<string, string>>;
	/** Lines `user:password`, for `[web] basic-auth = true`. */
	readonly basicAuth?: string;
	readonly tlsCertificate?: string;
	readonly tlsKey?: string;
	/** Shows what would change, and changes nothing. */
	readonly dryRun?: boolean;
	readonly dirty?: boolean;
	/** Of startsites: retires the sites that are no longer listed. */
	readonly retire?: boolean;
	readonly maxParallel?: number;
	readonly cache?: boolean;
	readonly bundleFor?: string;
	readonly bundleDigests?: string;
	readonly managementCommand?: string;
	readonly options?: string | readonly string[];
	/** Of a management command: a SITE_ID. By default, it runs as the first site. */
	readonly site?: number;
	/** Gets each line of the log, without secrets. By default, it is printed. */
	readonly log?: (line: string) => void;
	/** Cancels the run: what it has begun on a server is undone. */
	readonly signal?: AbortSignal;
}
/** A run that did not end as asked on every server. `code`, `message` and `details` are those of the first failure. */
export declare class RunFailed extends WovenError {
	readonly report: RunReport;
	constructor(report: RunReport, { details, cause }: WovenError);
}
/** What a command said on one server. */
export interface ServerAnswer {
	readonly host: string;
	readonly role?: string;
	/** The exit status. Null if a signal ended the command. */
	readonly code: number | null;
	/** Without secrets of this run. */
	readonly stdout: string;
	readonly stderr: string;
}

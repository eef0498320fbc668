export declare const commandNames: readonly ["setupnode", "bundle", "deploy", "patch", "activate", "rollback", "node", "status", "remove", "logs", "preview", "preview-sweep", "startsites"];
export type CommandName = (typeof commandNames)[number];
export type HostKeyPolicy = "strict" | "accept-new";
/** A value and where it was found, for the log: `pyproject.toml [project] name`, `manage.py`, `default`. */
export interface Found<T> {
	readonly value: T;
	readonly from: string;
}

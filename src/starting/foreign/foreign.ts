// What a project says about itself in the files of another platform or tool: in Woven's words, and what has no counterpart.
import type { DataServiceName } from "../../settings/data-services.ts";

export interface ForeignServer {
  readonly program: string;
  readonly workers?: number;
  readonly threads?: number;
  readonly timeout?: number;
  readonly arguments?: readonly string[];
  /** `config.asgi:application`, if Woven would not find it by itself. */
  readonly application?: string;
}

export interface ForeignProcess {
  readonly name: string;
  readonly command: string;
  readonly count?: number;
}

export interface ForeignSchedule {
  readonly name: string;
  readonly command: string;
  /** Five fields of cron. */
  readonly when: string;
}

export interface Foreign {
  /** The file, relative to the project's folder. */
  readonly path: string;
  readonly server?: ForeignServer;
  readonly processes?: readonly ForeignProcess[];
  readonly schedules?: readonly ForeignSchedule[];
  /** Management commands with their arguments, without `manage`. */
  readonly releaseCommands?: readonly string[];
  readonly build?: readonly string[];
  /** Debian packages. */
  readonly packages?: readonly string[];
  readonly services?: readonly DataServiceName[];
  /** Variables with values that everybody may see. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of variables whose values the file does not have. */
  readonly secrets?: readonly string[];
  readonly domains?: readonly string[];
  readonly hosts?: readonly string[];
  /** The account of the first login. */
  readonly rootUser?: string;
  readonly sshPort?: number;
  readonly healthPath?: string;
  readonly keepReleases?: number;
  readonly drain?: number;
  readonly tls?: "acme";
  readonly writable?: readonly string[];
  /** What Woven does not take over, a sentence each. */
  readonly notes?: readonly string[];
}

// What a local node is to those who use one.
import type { Suite } from "./base.ts";
import type { PowerOff } from "./boot.ts";
import type { Owner } from "./owner.ts";
import type { Places } from "./places.ts";
import type { Outcome } from "./privileged.ts";

export interface LocalNodeOptions {
  /** Default: generated. */
  readonly name?: string;
  /** Default: trixie; an image has its own. */
  readonly suite?: Suite;
  /** A saved image to start from, instead of the bare base. */
  readonly image?: string;
  /** Default: an admin called `debian`; an image has its own. */
  readonly login?: { readonly kind: "root" } | { readonly kind: "admin"; readonly user?: string };
  /** A line as in authorized_keys. */
  readonly publicKey: string;
  /** Lets the login's user in with this password too. */
  readonly password?: string;
  /**
   * Host keys of a node from an image: those the image was saved with (the default: it is the same server, put back), or new
   * ones. The machine id is new in both cases, so that two nodes from one image are two machines.
   */
  readonly hostKeys?: "keep" | "fresh";
  /** Not removed when this process ends. */
  readonly outlives?: true;
  /** Process id: the node is removed when that process ends, not when this one does. */
  readonly belongsTo?: number;
  readonly places?: Places;
  readonly log: (line: string) => void;
}

export interface LocalNode extends AsyncDisposable {
  readonly name: string;
  readonly host: string;
  /** Of its sshd; read again at each reboot. */
  readonly port: number;
  readonly user: string;
  readonly suite: string;
  /** The node's host keys as lines of known_hosts. */
  knownHosts(): Promise<readonly string[]>;
  /** Runs a program as root in the node, not through SSH: for a test to look around. Code 125: the node is not running. */
  run(command: readonly string[], options?: { readonly input?: string }): Promise<Outcome>;
  /** Shuts the node down and keeps its disk as an image, in place of one of that name. The node is gone then. */
  save(image: string): Promise<void>;
  /** Shuts down (or pulls the plug) and boots again; returns when SSH answers. */
  reboot(how?: PowerOff): Promise<void>;
  /** Loses every packet from and to the node, without a word to either side. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Removes the node and all that was made for it. */
  stop(): Promise<void>;
}

export interface ListedNode {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly suite: string;
  readonly owner: Owner;
  /** ISO 8601. */
  readonly started: string;
}

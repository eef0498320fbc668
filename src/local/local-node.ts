// The interface of a local node for its users.
import type { Suite } from "./base.ts";
import type { PowerOff } from "./boot.ts";
import type { Owner } from "./node-owner.ts";
import type { Places } from "./places.ts";
import type { Outcome } from "./privileged.ts";

export interface LocalNodeOptions {
  /** Default: generated. */
  readonly name?: string;
  /** Default: trixie. An image has its own. */
  readonly suite?: Suite;
  /** A saved image to start from, instead of the bare base. */
  readonly image?: string;
  /** Default: an admin with the name `debian`. An image has its own. */
  readonly login?: { readonly kind: "root" } | { readonly kind: "admin"; readonly user?: string };
  /** A line of authorized_keys. */
  readonly publicKey: string;
  /** A password that also logs in the user. */
  readonly password?: string;
  /**
   * Host keys of a node from an image: those of the image (the default, for a restored server), or new ones. The machine id is new in
   * both cases, so that two nodes from one image are two machines.
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
  /** The port of its sshd. Read again at each reboot. */
  readonly port: number;
  readonly user: string;
  readonly suite: string;
  /** The node's host keys as lines of known_hosts. */
  knownHosts(): Promise<readonly string[]>;
  /** Runs a program as root in the node, not through SSH, so that a test can look at it. Code 125: the node is not running. */
  run(command: readonly string[], options?: { readonly input?: string }): Promise<Outcome>;
  /** Shuts the node down and saves its disk as an image, which replaces one of that name. The node no longer exists after it. */
  save(image: string): Promise<void>;
  /** Shuts down (or cuts the power) and boots again. Returns when SSH answers. */
  reboot(how?: PowerOff): Promise<void>;
  /** Drops every packet from and to the node, without notice to either side. */
  cut(): Promise<void>;
  reconnect(): Promise<void>;
  /** Removes the node and everything that was made for it. */
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

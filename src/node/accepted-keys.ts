// The host keys that `accept-new` has taken in this run: a server shows the same one at every login, or is another server.
import type { HostPort } from "./host-key.ts";
import type { HostKey } from "./known-hosts.ts";

/** One for a whole run, for nodes and jump hosts alike. By host and port, since several servers may stand behind one address. */
export class AcceptedKeys {
  readonly #keys = new Map<string, HostKey>();
  readonly #told = new Set<string>();

  at(place: HostPort): HostKey | undefined {
    return this.#keys.get(nameOf(place));
  }

  /** From the moment it is seen, before any credential is offered: logins that go on side by side must agree. */
  accept(place: HostPort, key: HostKey): void {
    if (!this.#keys.has(nameOf(place))) this.#keys.set(nameOf(place), key);
  }

  /** Whether nobody was told of this one yet. */
  isNews(place: HostPort): boolean {
    const name = nameOf(place);
    if (!this.#keys.has(name) || this.#told.has(name)) return false;
    this.#told.add(name);
    return true;
  }
}

function nameOf({ host, port }: HostPort): string {
  return `[${host.toLowerCase()}]:${port}`;
}

// The host keys that `accept-new` accepted in this run. A server must show the same key at every login.
import type { HostPort } from "./host-key.ts";
import type { HostKey } from "./known-hosts.ts";

/** One instance for a whole run, for nodes and jump hosts. Keyed by host and port: several servers may share one address. */
export class AcceptedKeys {
  readonly #keys = new Map<string, HostKey>();
  readonly #reported = new Set<string>();

  at(place: HostPort): HostKey | undefined {
    return this.#keys.get(nameOf(place));
  }

  /** Called as soon as the key is seen, before any credential is sent: logins at the same time must see the same key. */
  accept(place: HostPort, key: HostKey): void {
    if (!this.#keys.has(nameOf(place))) this.#keys.set(nameOf(place), key);
  }

  /** Whether this key was not reported yet. The next call returns false. */
  isNews(place: HostPort): boolean {
    const name = nameOf(place);
    if (!this.#keys.has(name) || this.#reported.has(name)) return false;
    this.#reported.add(name);
    return true;
  }
}

function nameOf({ host, port }: HostPort): string {
  return `[${host.toLowerCase()}]:${port}`;
}

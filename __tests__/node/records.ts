// Records and facts as a node gives them, for tests of what is read from them.
import type { NodeFacts } from "../../src/node/facts.ts";
import type { ReleaseRecord } from "../../src/node/state.ts";

export function releaseRecord(more: Partial<ReleaseRecord> = {}): ReleaseRecord {
  return {
    schema: 1,
    distribution: "shop",
    version: "1.0",
    name: "1.0",
    content: { tree: "t", bundle: "b", configuration: "c" },
    files: {},
    symlinks: {},
    python: "3.13.5",
    unit: "woven-shop-1.0",
    address: "127.1.2.3",
    sites: [{ id: 1, domains: ["shop.example.com"] }],
    health: { path: "/", timeout: 30 },
    salt: "salt",
    healthy: true,
    patched: false,
    createdAt: "2026-01-01T12:34:56.000Z",
    by: {},
    ...more,
  };
}

export function nodeFacts(more: Partial<NodeFacts> = {}): NodeFacts {
  return {
    os: "debian",
    osVersion: "13",
    codename: "trixie",
    machine: "x86_64",
    glibc: "2.41",
    python: "3.13.5",
    user: "woven",
    home: "/home/woven",
    deploymentRoot: "/home/woven",
    diskFree: 5 * 2 ** 30,
    systemd: true,
    ipv6: true,
    kits: [],
    hostKeys: [],
    running: [],
    starting: [],
    enabled: [],
    files: new Map(),
    ...more,
  };
}

// Records and facts as a node gives them, for tests of what is read from them.
import type { NodeFacts } from "../../src/node/facts.ts";
import type { Service } from "../../src/node/services.ts";
import type { ReleaseRecord } from "../../src/node/state.ts";
import { firstServices } from "../../src/servers/servers.ts";

/** One service for site 1, on a loopback address of its own. */
export function webService(more: Partial<Service> = {}): Service {
  return {
    name: "web",
    kind: "web",
    server: "apache",
    sites: [1],
    units: ["woven-shop-1.0@127.1.2.3.service"],
    user: "root",
    address: "127.1.2.3:10080",
    links: {},
    probe: { headers: {} },
    files: ["/etc/systemd/system/woven-shop-1.0@.service", "/etc/nginx/sites-available/shop_example_com-1.0.conf"],
    packages: ["apache2"],
    logs: ["/var/log/woven/shop_example_com-error.log"],
    ...more,
  };
}

/** What reading the state of a node needs to know. */
export const known = { node: "web1", distribution: "shop", firstServices };

export function releaseRecord(more: Partial<ReleaseRecord> = {}): ReleaseRecord {
  return {
    schema: 4,
    distribution: "shop",
    version: "1.0",
    name: "1.0",
    content: { tree: "t", bundle: "b", configuration: "c" },
    wheels: "w",
    migrations: [],
    python: "3.13.5",
    build: "010203",
    mark: "shop 1.0 010203",
    services: [webService()],
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
    pythons: [],
    certificates: new Map(),
    kits: [],
    hostKeys: [],
    recorded: [],
    running: [],
    starting: [],
    enabled: [],
    cores: 1,
    memory: 2 ** 31,
    lost: [],
    missing: { packages: [], rules: [], units: [] },
    ...more,
  };
}

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/package-files.ts";

/** As a node asks it. */
function isKept(name: string): boolean {
  const code =
    "import sys; from woven_node.protected_packages import is_protected; sys.exit(not is_protected(sys.argv[1]))";
  const env = {
    PATH: process.env["PATH"],
    PYTHONPATH: join(packageRoot, "templates/node"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  return spawnSync("python3", ["-S", "-c", code, name], { env }).status === 0;
}

test.each([
  // Data
  ...["postgresql", "postgresql-17", "mysql-server", "mariadb-server-10.11", "percona-server-server", "sqlite3"],
  ...["redis-server", "valkey-server", "keydb-server", "memcached", "mongodb-org-server", "couchdb", "cassandra"],
  ...["clickhouse-server", "influxdb2", "elasticsearch", "opensearch", "slapd", "etcd-server", "rabbitmq-server"],
  ...["firebird3.0-server", "neo4j", "timescaledb-2-postgresql-17", "solr-jetty", "kafka", "zookeeperd"],
  // The way in, the boot, the network
  ...["openssh-server", "ssh", "dropbear-bin", "sudo", "sudo-ldap", "libpam-modules", "sssd", "cloud-init", "passwd"],
  ...[
    "linux-image-amd64",
    "linux-image-6.12.48+deb13-amd64",
    "grub-pc",
    "systemd-resolved",
    "lvm2",
    "cryptsetup-initramfs",
  ],
  ...[
    "netplan.io",
    "ifupdown2",
    "ifupdown",
    "iproute2",
    "isc-dhcp-client",
    "wireguard-tools",
    "ufw",
    "nftables",
    "python3",
  ],
])("%s is never removed", (name) => {
  expect(isKept(name)).toBe(true);
});

test.each([
  "nginx",
  "apache2",
  "tree",
  "jq",
  "hello",
  "libgraphite2-3",
  "python3-venv",
  "chrony",
  "postfix",
  "liblzf1",
  "git",
])("%s goes where Woven installed it and nobody wants it any more", (name) => {
  expect(isKept(name)).toBe(false);
});

"""Packages that Woven never removes, whoever installed them: without them, the node or its data would be lost."""

import re

# Every package whose name contains one of these is protected: servers, clients and modules, of Debian and of the vendors.
DATABASES = [
    "postgres", "mysql", "mariadb", "percona", "sqlite", "firebird", "redis", "valkey", "redict", "keydb",
    "memcached", "mongo", "ferretdb", "couchdb", "couchbase", "cassandra", "scylla", "cockroach", "clickhouse",
    "timescale", "influxdb", "victoria-?metrics", "graphite-carbon", "elasticsearch", "opensearch", "solr",
    "meilisearch", "typesense", "manticore", "neo4j", "arangodb", "orientdb", "rethinkdb", "questdb", "mssql",
    "etcd", "consul", "zookeeper", "slapd", "389-ds", "rabbitmq", "kafka", "mosquitto", "nats-server", "minio",
]

# Regular expressions for whole names.
NEEDED = [
    # To log in and to become root.
    "ssh", "openssh-.*", "dropbear.*", "tinyssh.*", "sudo", "sudo-.*", "doas", "opendoas", "passwd", "login",
    "sssd.*", "libpam.*", "libnss.*", "cloud-init.*", "qemu-guest-agent", "google-guest-agent", "waagent",
    "walinuxagent",
    # To boot.
    "linux-.*", "grub.*", "shim-.*", "systemd.*", "init", "init-.*", "initramfs-.*", "dracut.*", "udev", "dbus.*",
    "kmod", "firmware-.*", "raspi-firmware", "intel-microcode", "amd64-microcode", "u-boot.*", "efibootmgr",
    "libc6.*", "libc-bin", "lvm2", "mdadm", "cryptsetup.*", "zfs.*", "btrfs-progs", "xfsprogs", "e2fsprogs",
    "nfs-.*", "open-iscsi", "multipath-.*",
    # For apt, and for Woven.
    "dpkg", "apt", "apt-.*", "python3", "python3-minimal", "base-files", "bash", "dash", "ca-certificates", "ufw",
    # The network.
    "netplan.*", "ifupdown.*", "network-manager.*", "networkd-dispatcher", "iproute2", "iptables.*", "nftables",
    "dhcpcd.*", "isc-dhcp-client", "resolvconf", "openresolv", "bridge-utils", "vlan", "ifenslave", "openvswitch-.*",
    "wpasupplicant", "wireguard.*", "openvpn.*", "strongswan.*", "tailscale", "zerotier-one", "cloudflared", "frr.*",
    "bird2?", "keepalived",
]

PROTECTED = re.compile(f"({'|'.join(NEEDED)}|.*({'|'.join(DATABASES)}).*)")


def is_protected(package):
    return PROTECTED.fullmatch(package) is not None

"""What the SSH server makes of all its files, and where it listens, compared with what was meant (sshd(8): -T; sshd_config(5))."""

import fnmatch
import glob
import grp
import json
import os
import pwd
import re
import subprocess
import sys
import time

from woven_node.programs import ask

CONFIGURATION = "/etc/ssh/sshd_config /etc/ssh/sshd_config.d"


def sshd(spec):
    """SPEC: {user, ports, settings, login}, a JSON file: settings as `sshd -T` prints them, of the server, and of the user's login."""
    with open(spec, encoding="utf-8") as file:
        wanted = json.load(file)
    os.makedirs("/run/sshd", exist_ok=True)
    ports = wanted["ports"]
    # As root sees it: a Match block for root would count, too.
    effective = said_by_sshd("root", ports[0])
    for wrong in (*differing(effective, wanted["settings"]), *wrong_ports(effective, ports)):
        sys.exit(wrong)
    user = wanted["user"]
    for what, option in turned_away(said_by_sshd(user, ports[-1]), wanted["login"], user, groups_of(user)):
        sys.exit(f"{user} cannot log in on port {ports[-1]}: {what}. Which file says so: grep -ri {option} {CONFIGURATION}")
    for port in ports:
        check_listening(effective, port)


def said_by_sshd(user, port):
    """A line a setting."""
    context = f"user={user},host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport={port}"
    code, said = ask("sshd", "-T", "-C", context, stderr=subprocess.STDOUT)
    if code:
        sys.exit(said)
    return said.splitlines()


def values_of(lines, name):
    return [value for option, _, value in (line.partition(" ") for line in lines) if option.lower() == name]


def says(lines, setting):
    return setting.lower() in (line.lower() for line in lines)


def is_said(lines, setting):
    """The lines of sshd's about the option of a setting."""
    option = setting.split()[0]
    return "\n".join(f"{option} {value}" for value in values_of(lines, option))


def differing(effective, settings):
    for setting in settings:
        if not says(effective, setting):
            option = setting.split()[0]
            yield (
                f'sshd does not take over "{setting}": it says "{is_said(effective, setting)}". '
                f"Which file says so: grep -ri {option} {CONFIGURATION}"
            )


def wrong_ports(effective, ports):
    found = sorted({int(port) for port in values_of(effective, "port")})
    if found != sorted(ports):
        yield (
            f"sshd would listen on {' '.join(map(str, found))} not on {' and '.join(map(str, ports))} alone: take Port out of "
            f"{''.join(f'{path} ' for path in files_with_port())}(is sshd_config.d included first?)"
        )


def files_with_port():
    for path in ["/etc/ssh/sshd_config", *sorted(glob.glob("/etc/ssh/sshd_config.d/*.conf"))]:
        with open(path, encoding="utf-8", errors="replace") as file:
            if "00-woven" not in path and re.search(r"^\s*port", file.read(), re.I | re.M):
                yield path


def turned_away(login, wanted, user, groups):
    """Why nothing but a key would not do for the user, or its key not: what is wrong, and the option that says so."""
    for setting in wanted:
        if not says(login, setting):
            yield f'a Match block makes it "{is_said(login, setting)}" where "{setting}" is needed', setting.split()[0]
    methods = " ".join(values_of(login, "authenticationmethods"))
    if methods.lower() != "any" and "publickey" not in methods.lower().split():
        yield f"sshd asks for more than a key: authenticationmethods {methods}", "AuthenticationMethods"
    files = " ".join(values_of(login, "authorizedkeysfile"))
    if not any(re.fullmatch(r"(%h/)?\.ssh/authorized_keys", one, re.I) for one in files.split()):
        yield f"sshd does not read the keys in its home: authorizedkeysfile {files}", "AuthorizedKeysFile"
    for option in ("allowusers", "denyusers", "allowgroups", "denygroups"):
        patterns = [pattern for value in values_of(login, option) for pattern in value.split()]
        names = groups if option.endswith("groups") else [user]
        if option.startswith("allow") and patterns and not named(patterns, names):
            yield f'of {option}, none is "{" ".join(names)}"', option
        # A pattern with a host may hold for the runner's or not: that is left to the login.
        if option.startswith("deny") and named([pattern for pattern in patterns if "@" not in pattern], names):
            yield f"it is one of {option}", option


def named(patterns, names):
    return any(fnmatch.fnmatchcase(name, pattern.partition("@")[0]) for pattern in patterns for name in names)


def groups_of(user):
    primary = pwd.getpwnam(user).pw_gid
    return [grp.getgrgid(gid).gr_name for gid in os.getgrouplist(user, primary)]


def check_listening(effective, port):
    """Waits a moment until sshd, or systemd for it, listens: on IPv4 and on IPv6, as far as sshd's settings want both."""
    for _ in range(10):
        listeners = listening(port)
        deaf = deaf_to(effective, port, listeners)
        if not deaf:
            break
        time.sleep(0.3)
    if "any" in deaf:
        sys.exit(f"nothing listens on port {port}")
    if deaf:
        sys.exit(f"nothing listens on port {port} for {' '.join(deaf)}")
    if not all('"sshd"' in process or '"systemd"' in process for _, process in listeners):
        sys.exit(f"port {port} is taken by another program: {' '.join(' '.join(one) for one in listeners)}")


def listening(port):
    """Local address and processes of each socket (ss(8))."""
    _, said = ask("ss", "-Hltnp", f"sport = :{port}")
    rows = ((line.split() + [""] * 6)[:6] for line in said.splitlines() if line.strip())
    return [(row[3], row[5]) for row in rows]


def deaf_to(effective, port, listeners):
    """What of the port nobody listens on, of what sshd's settings want."""
    if not listeners:
        return ["any"]
    wanted = {"0.0.0.0": ("IPv4", "0.0.0.0:"), "[::]": ("IPv6", "[::]:")}
    missing = set()
    for value in values_of(effective, "listenaddress"):
        address, _, number = value.rpartition(":")
        if number != str(port) or address not in wanted:
            continue
        version, start = wanted[address]
        if version == "IPv6" and not has_ipv6():
            continue
        if not any(local.startswith((start, "*:")) for local, _ in listeners):
            missing.add(version)
    return sorted(missing)


def has_ipv6():
    try:
        with open("/proc/net/if_inet6", encoding="ascii") as file:
            return file.read(1) != ""
    except FileNotFoundError:
        return False

"""Checks that the SSH server has the intended settings, lets the deploy user in and listens (sshd(8): -T; sshd_config(5))."""

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

from woven_node.programs import run_program

CONFIGURATION = "/etc/ssh/sshd_config /etc/ssh/sshd_config.d"


def sshd(spec):
    """SPEC: a JSON file: {user, ports, settings, login}. `settings` of the server and `login` of the user, as `sshd -T` prints them."""
    with open(spec, encoding="utf-8") as file:
        wanted = json.load(file)
    os.makedirs("/run/sshd", exist_ok=True)
    ports = wanted["ports"]
    # For root, so that a Match block for root counts, too.
    effective = effective_settings("root", ports[0])
    for wrong in (*differing(effective, wanted["settings"]), *wrong_ports(effective, ports)):
        sys.exit(wrong)
    user = wanted["user"]
    for what, option in login_problems(effective_settings(user, ports[-1]), wanted["login"], user, groups_of(user)):
        sys.exit(f"{user} cannot log in on port {ports[-1]}: {what}. To find the file that sets it: grep -ri {option} {CONFIGURATION}")
    for port in ports:
        check_listening(effective, port)


def effective_settings(user, port):
    """What `sshd -T` prints for this user and port: one setting a line."""
    context = f"user={user},host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport={port}"
    code, output = run_program("sshd", "-T", "-C", context, stderr=subprocess.STDOUT)
    if code:
        sys.exit(output)
    return output.splitlines()


def values_of(lines, name):
    return [value for option, _, value in (line.partition(" ") for line in lines) if option.lower() == name]


def has_setting(lines, setting):
    return setting.lower() in (line.lower() for line in lines)


def lines_of_option(lines, setting):
    """The lines that sshd prints for the option of a setting."""
    option = setting.split()[0]
    return "\n".join(f"{option} {value}" for value in values_of(lines, option))


def differing(effective, settings):
    for setting in settings:
        if not has_setting(effective, setting):
            option = setting.split()[0]
            yield (
                f'sshd does not apply "{setting}". It has "{lines_of_option(effective, setting)}". '
                f"To find the file that sets it: grep -ri {option} {CONFIGURATION}"
            )


def wrong_ports(effective, ports):
    found = sorted({int(port) for port in values_of(effective, "port")})
    if found != sorted(ports):
        yield (
            f"sshd would listen on {' and '.join(map(str, found))}, instead of {' and '.join(map(str, ports))} alone. Remove Port from "
            f"{''.join(f'{path} ' for path in files_with_port())}(does sshd_config include sshd_config.d first?)"
        )


def files_with_port():
    for path in ["/etc/ssh/sshd_config", *sorted(glob.glob("/etc/ssh/sshd_config.d/*.conf"))]:
        with open(path, encoding="utf-8", errors="replace") as file:
            if "00-woven" not in path and re.search(r"^\s*port", file.read(), re.I | re.M):
                yield path


def login_problems(login, wanted, user, groups):
    """Settings that keep the user from logging in with its key alone: what is wrong, and the option that causes it."""
    for setting in wanted:
        if not has_setting(login, setting):
            yield f'a Match block sets "{lines_of_option(login, setting)}", but "{setting}" is needed', setting.split()[0]
    methods = " ".join(values_of(login, "authenticationmethods"))
    if methods.lower() != "any" and "publickey" not in methods.lower().split():
        yield f"sshd asks for more than a key: authenticationmethods {methods}", "AuthenticationMethods"
    files = " ".join(values_of(login, "authorizedkeysfile"))
    if not any(re.fullmatch(r"(%h/)?\.ssh/authorized_keys", one, re.I) for one in files.split()):
        yield f"sshd does not read the keys in the home of the user: authorizedkeysfile {files}", "AuthorizedKeysFile"
    for option in ("allowusers", "denyusers", "allowgroups", "denygroups"):
        patterns = [pattern for value in values_of(login, option) for pattern in value.split()]
        names = groups if option.endswith("groups") else [user]
        if option.startswith("allow") and patterns and not named(patterns, names):
            yield f'{option} does not list {" or ".join(names)}', option
        # A pattern with a host may or may not match the runner: the login itself will show.
        if option.startswith("deny") and named([pattern for pattern in patterns if "@" not in pattern], names):
            yield f"{option} lists it", option


def named(patterns, names):
    return any(fnmatch.fnmatchcase(name, pattern.partition("@")[0]) for pattern in patterns for name in names)


def groups_of(user):
    primary = pwd.getpwnam(user).pw_gid
    return [grp.getgrgid(gid).gr_name for gid in os.getgrouplist(user, primary)]


def check_listening(effective, port):
    """Waits a moment until sshd, or systemd for it, listens on every IP version that sshd's settings name."""
    for _ in range(10):
        listeners = listening(port)
        unused = not_listening(effective, port, listeners)
        if not unused:
            break
        time.sleep(0.3)
    if "any" in unused:
        sys.exit(f"nothing listens on port {port}")
    if unused:
        sys.exit(f"nothing listens on port {port} for {' and '.join(unused)}")
    if not all('"sshd"' in process or '"systemd"' in process for _, process in listeners):
        sys.exit(f"another program uses port {port}: {' '.join(' '.join(one) for one in listeners)}")


def listening(port):
    """Local address and processes of each socket (ss(8))."""
    _, output = run_program("ss", "-Hltnp", f"sport = :{port}")
    rows = ((line.split() + [""] * 6)[:6] for line in output.splitlines() if line.strip())
    return [(row[3], row[5]) for row in rows]


def not_listening(effective, port, listeners):
    """IP versions of the port that sshd's settings name and nothing listens on."""
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

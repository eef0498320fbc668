"""Adds and removes the firewall rules of the settings. Rules of others are reported, and left alone (ufw(8))."""

import json
import os
import re

from woven_node.folders import STATE
from woven_node.programs import run_or_fail, run_program
from woven_node.stage_run import detail, needed
from woven_node.state import read, write

# The rules that Woven added: as the settings write them, and as ufw shows them.
NOTES = f"{STATE}/ufw-rules.json"
SCHEMA = 1
# The same of earlier versions: one rule a line, with a tab between the two.
EARLIER_NOTES = f"{STATE}/ufw-rules"

RULES = {"": "/etc/ufw/user.rules", "6": "/etc/ufw/user6.rules"}
SKIPPED = "Skipping adding existing rule"


def firewall(verb, *words):
    verbs = {
        "lets-ssh-in": check_ssh,
        "has": check_rule,
        "add": add_rule,
        "all-listed": check_listed,
        "preview-unlisted": preview_unlisted,
        "remove-unlisted": remove_unlisted,
        "unlisted": print_unlisted,
        "foreign": report_foreign,
    }
    verbs[verb](*words)


def check_ssh(ports):
    """Whether the rule that allows SSH comes before every rule that could block SSH, for each IP version that the node has."""
    ports = [int(port) for port in ports.split(",")]
    versions = {"": "0.0.0.0/0", "6": "::/0"} if os.path.exists("/proc/net/if_inet6") else {"": "0.0.0.0/0"}
    needed(not all(lets_ssh_in(lines_of(RULES[version]), ports, anywhere) for version, anywhere in versions.items()))


def lines_of(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def lets_ssh_in(lines, ports, anywhere):
    """LINES: the lines of a rule file of ufw. A ban of one address or of a small network may come before SSH's rule."""
    # The tuple has the ports that the profile had when the rule was added.
    ssh = f"### tuple ### allow tcp {','.join(map(str, ports))} {anywhere} any {anywhere} Woven%20SSH - in"
    for line in lines:
        if line == ssh:
            return True
        if line.startswith("### tuple ### ") and not re.search(r" out(_| |$)", line) and blocks(line.split(), ports):
            return False
    return False


def blocks(tuple_words, ports):
    """Whether the rule denies, rejects or limits one of the ports, from anywhere or from a large network."""
    # ### tuple ### action protocol to-port to from-port from …
    _, _, _, action, protocol, port, _, _, source = (tuple_words + [""] * 9)[:9]
    restricts = re.match("deny|reject|limit", action) and protocol in ("any", "tcp")
    return bool(restricts) and names_one(port, ports) and not is_ban(source)


def names_one(listed, ports):
    """LISTED: `any`, or ports and ranges, `22,10000:10100`."""
    if listed == "any":
        return True
    for part in listed.split(","):
        first, _, last = part.partition(":")
        if any(number(first) <= port <= number(last or first) for port in ports):
            return True
    return False


def number(text):
    return int(text) if text.isdigit() else 0


def is_ban(source):
    """An address, or a network no larger than /16 (/32 for IPv6)."""
    _, slash, size = source.partition("/")
    return not slash or size.isdigit() and int(size) >= (32 if ":" in source else 16)


def notes():
    """Woven's rules: as the settings write them, and how ufw shows them. The second is empty while a rule is being added."""
    document = read(NOTES, SCHEMA)
    if document is not None:
        return dict(document["rules"])
    pairs = (line.partition("\t") for line in lines_of(EARLIER_NOTES))
    return {rule: shown for rule, tab, shown in pairs if tab}


def note(rules):
    write(NOTES, {"schema": SCHEMA, "rules": rules})
    if os.path.exists(EARLIER_NOTES):
        os.unlink(EARLIER_NOTES)


def check_rule(rule):
    needed(not has(rule))


def has(rule):
    """Whether ufw has the rule: its dry run then says that it skips it, for IPv4 and IPv6. Otherwise it prints the whole rule set."""
    if notes().get(rule) == "":
        return False
    _, output = run_program("ufw", "--dry-run", *rule.split())
    lines = output.splitlines()
    return bool(lines) and all(line.startswith(SKIPPED) for line in lines)


def add_rule(rule):
    # Remove what an interrupted run has left of the rule, or a rule for one IP version only.
    if notes().get(rule) == "" or SKIPPED in run_program("ufw", "--dry-run", *rule.split())[1]:
        delete(rule)
    before = shown_rules()
    # Noted before it is added, and again with ufw's text afterwards: if the run is interrupted in between, the next one adds it again.
    note({**notes(), rule: ""})
    run_or_fail("ufw", *rule.split())
    note({**notes(), rule: next((shown for shown in shown_rules() if shown not in before), "")})


def shown_rules():
    """All rules, as `ufw show added` prints them, without `ufw` before them."""
    _, output = run_program("ufw", "show", "added")
    return sorted(line[len("ufw ") :] for line in output.splitlines() if line.startswith("ufw "))


def delete_words(rule, *options):
    words = rule.split()
    if words[0] == "route":
        return ["ufw", *options, "route", "delete", *words[1:]]
    return ["ufw", *options, "delete", *words]


def delete(rule):
    run_or_fail(*delete_words(rule, *([] if rule.startswith("route ") else ["--force"])))


def tuples_of(rule):
    """The lines that ufw would remove from its rule files with this rule."""
    code, without = run_program(*delete_words(rule, "--dry-run"))
    if code:
        return []
    left = without.splitlines()
    # ufw prints only the IP versions that the rule applies to.
    versions = [version for version in RULES if any(line.startswith(f":ufw{version}-user-input ") for line in left)]
    tuples = [line for version in versions for line in lines_of(RULES[version]) if line.startswith("### tuple")]
    return [line for line in tuples if line not in left]


def listed_as(rule, listed):
    """How the settings write the same rule now, if they do: there are many ways to write one."""
    tuples = tuples_of(rule)
    return next((other for other in sorted(listed) if tuples and tuples_of(other) == tuples), None)


def listed_in(spec):
    """SPEC: a JSON file with the rules of the settings."""
    with open(spec, encoding="utf-8") as file:
        return json.load(file)


def unlisted(listed):
    """Rules that Woven added and that the settings no longer list."""
    return sorted(set(notes()) - set(listed))


def check_listed(spec):
    needed(unlisted(listed_in(spec)))


def print_unlisted(spec):
    for rule in unlisted(listed_in(spec)):
        print(rule)


def preview_unlisted(spec, run):
    listed = listed_in(spec)
    for rule in unlisted(listed):
        same = listed_as(rule, listed)
        detail(run, f'keep: {rule}, now written "{same}"' if same else f"remove: {rule}")


def remove_unlisted(spec, run):
    listed = listed_in(spec)
    for rule in unlisted(listed):
        same = listed_as(rule, listed)
        known = notes()
        shown = known.pop(rule)
        if same:
            known[same] = shown
            detail(run, f'kept: {rule}, now written "{same}"')
        else:
            delete(rule)
            detail(run, f"removed: {rule}")
        note(known)
    # A listed rule that overlapped with a removed one may have lost a part.
    for rule in sorted(listed):
        if not has(rule):
            add_rule(rule)


def report_foreign(run):
    """Reports rules that others added, and a policy that denies outgoing traffic. Changes neither."""
    defaults = "\n".join(lines_of("/etc/default/ufw"))
    if re.search(r"""^\s*DEFAULT_OUTPUT_POLICY=["']?(DROP|REJECT)["']?\s*(#.*)?$""", defaults, re.M):
        detail(run, "not Woven's: outgoing traffic is denied by default (ufw default deny outgoing). apt, DNS and mail need rules of their own")
    ours = {*notes().values(), "allow 'Woven SSH'"}
    detail(run, *(f"not Woven's: {rule}" for rule in dict.fromkeys(shown_rules()) if rule not in ours))

"""The firewall's rules of the settings, reconciled with what ufw really has; those of others are named, and left alone (ufw(8))."""

import json
import os
import re

from woven_node.folders import STATE
from woven_node.programs import ask, do
from woven_node.stage_run import detail, needed
from woven_node.state import read, write

# Woven's own rules: as the settings write them, and as ufw shows them.
NOTES = f"{STATE}/ufw-rules.json"
SCHEMA = 1
# Of earlier versions: a rule a line, a tab between the two.
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
        "foreign": tell_foreign,
    }
    verbs[verb](*words)


def check_ssh(ports):
    """Whether SSH's rule stands before every one that could shut SSH out, for each version of IP that the node has."""
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
    """LINES: of a file of ufw's rules. A ban of an address, or of somebody's network, may come before SSH's rule."""
    # ufw keeps the ports of a profile as they were when the rule was made: the tuple says which.
    ssh = f"### tuple ### allow tcp {','.join(map(str, ports))} {anywhere} any {anywhere} Woven%20SSH - in"
    for line in lines:
        if line == ssh:
            return True
        if line.startswith("### tuple ### ") and not re.search(r" out(_| |$)", line) and shuts_out(line.split(), ports):
            return False
    return False


def shuts_out(tuple_words, ports):
    """Whether it denies, rejects or limits one of the ports, or all, from anywhere or from a large network."""
    # ### tuple ### action protocol to-port to from-port from …
    _, _, _, action, protocol, port, _, _, source = (tuple_words + [""] * 9)[:9]
    shuts = re.match("deny|reject|limit", action) and protocol in ("any", "tcp")
    return bool(shuts) and names_one(port, ports) and not is_ban(source)


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
    """How ufw shows each rule of Woven's, by the rule as the settings write it; empty while it is being added."""
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
    """ufw says itself whether the rule is there: a dry run prints the whole rule set unless nothing would change, for IPv4 or IPv6."""
    if notes().get(rule) == "":
        return False
    _, said = ask("ufw", "--dry-run", *rule.split())
    lines = said.splitlines()
    return bool(lines) and all(line.startswith(SKIPPED) for line in lines)


def add_rule(rule):
    # Half of it, too: of one IP version, or by a run that was cut.
    if notes().get(rule) == "" or SKIPPED in ask("ufw", "--dry-run", *rule.split())[1]:
        delete(rule)
    before = shown_rules()
    # Noted as Woven's before it is added, and what ufw calls it after that: a run cut in between adds it again.
    note({**notes(), rule: ""})
    do("ufw", *rule.split())
    note({**notes(), rule: next((shown for shown in shown_rules() if shown not in before), "")})


def shown_rules():
    """As `ufw show added` shows them, without its own name before them."""
    _, said = ask("ufw", "show", "added")
    return sorted(line[len("ufw ") :] for line in said.splitlines() if line.startswith("ufw "))


def delete_words(rule, *options):
    words = rule.split()
    if words[0] == "route":
        return ["ufw", *options, "route", "delete", *words[1:]]
    return ["ufw", *options, "delete", *words]


def delete(rule):
    do(*delete_words(rule, *([] if rule.startswith("route ") else ["--force"])))


def tuples_of(rule):
    """What of the rules that ufw has would go with this one."""
    code, without = ask(*delete_words(rule, "--dry-run"))
    if code:
        return []
    left = without.splitlines()
    # It prints the IP versions that the rule is of.
    versions = [version for version in RULES if any(line.startswith(f":ufw{version}-user-input ") for line in left)]
    tuples = [line for version in versions for line in lines_of(RULES[version]) if line.startswith("### tuple")]
    return [line for line in tuples if line not in left]


def now_written(rule, listed):
    """The same rule, as the settings write it now: there are many ways to write one."""
    tuples = tuples_of(rule)
    return next((other for other in sorted(listed) if tuples and tuples_of(other) == tuples), None)


def listed_in(spec):
    """SPEC: a JSON file, the list of the settings' rules."""
    with open(spec, encoding="utf-8") as file:
        return json.load(file)


def unlisted(listed):
    """Rules that are Woven's by its own notes, and that the settings do not list any more."""
    return sorted(set(notes()) - set(listed))


def check_listed(spec):
    needed(unlisted(listed_in(spec)))


def print_unlisted(spec):
    for rule in unlisted(listed_in(spec)):
        print(rule)


def preview_unlisted(spec, run):
    listed = listed_in(spec)
    for rule in unlisted(listed):
        same = now_written(rule, listed)
        detail(run, f'keep: {rule}, which is written "{same}" now' if same else f"remove: {rule}")


def remove_unlisted(spec, run):
    listed = listed_in(spec)
    for rule in unlisted(listed):
        same = now_written(rule, listed)
        known = notes()
        shown = known.pop(rule)
        if same:
            known[same] = shown
            detail(run, f'kept: {rule}, which is written "{same}" now')
        else:
            delete(rule)
            detail(run, f"removed: {rule}")
        note(known)
    # One that overlapped with a rule which is gone may have lost its half.
    for rule in sorted(listed):
        if not has(rule):
            add_rule(rule)


def tell_foreign(run):
    """What others added by hand is theirs: it is named, and left alone, as is what they let out."""
    defaults = "\n".join(lines_of("/etc/default/ufw"))
    if re.search(r"""^\s*DEFAULT_OUTPUT_POLICY=["']?(DROP|REJECT)["']?\s*(#.*)?$""", defaults, re.M):
        detail(run, "not Woven's: what no rule lets out is denied (ufw default deny outgoing); apt, DNS and mail need rules of their own")
    ours = {*notes().values(), "allow 'Woven SSH'"}
    detail(run, *(f"not Woven's: {rule}" for rule in dict.fromkeys(shown_rules()) if rule not in ours))

"""Runs one word of the kit (woven_node/): the words are those of the table below, each with what follows it.

Only the module of the word is imported: every step that calls this waits for its start.
"""

import sys

# Python's -I leaves the folder of the script out.
sys.path.insert(0, __file__.rpartition("/")[0] or ".")

WORDS = {
    # TARGET LINK: LINK points at TARGET from one moment to the next, by rename(2)
    "link": ("links", "link"),
    # FILE MODE OWNER GROUP: FILE gets what comes on stdin, whole or not at all
    "write": ("whole_files", "write"),
    # VERB SPEC RUN: a set of configuration files (SPEC is JSON): check, apply, undo, diff it, or try it on a copy
    "files": ("placed_files", "files"),
    # VERB FILE …: JSON that Woven keeps: put or append what comes on stdin, set NEWEST KEY VALUE
    "state": ("state", "state"),
    # VERB SPEC: whose turn it is on a distribution (SPEC is JSON): take it, say whether it holds, renew or end it, or which other run has it
    "lease": ("lease", "lease"),
    # VERB SPEC RUN: a user's authorized_keys and the keys that are to let it in (SPEC is JSON): check, preview, apply
    "keys": ("authorized_keys", "keys"),
    # VERB SPEC RUN: what the settings list and apt would do about it (SPEC is JSON): see packages.py
    "packages": ("packages", "packages"),
    # VERB …: the rules that ufw has, and those of the settings: see firewall.py
    "firewall": ("firewall", "firewall"),
    # SPEC: fails where sshd is not as it is meant to be (SPEC is JSON), or does not listen
    "sshd": ("ssh_server", "sshd"),
    # KEY: print what `remember` kept, a line each
    "recall": ("state", "recall"),
    # KEY: keep the lines that come on stdin in /var/local/woven/node.json
    "remember": ("state", "remember"),
    # SPEC PAYLOAD: build a folder from received files and hard links (SPEC is JSON)
    "assemble": ("assemble", "assemble"),
    # VERB FOLDER USER NAME…: the SQLite files of that name are there, for the folder's group to write: list, apply
    "share": ("shared_databases", "share"),
    # USER FROM TO VERB: copy the files below FROM that TO does not have (add), or has otherwise (replace), as USER
    "seed": ("seed", "seed"),
    # USER FOLDER: a folder that USER filled becomes root's, for all to read
    "claim": ("claim", "claim"),
    # SPEC: ask a URL until it answers as it should (SPEC is JSON, or - where it comes on stdin)
    "probe": ("probe", "probe"),
    # DISTRIBUTION: print the configuration files of its releases, a line each
    "owned": ("recorded_services", "owned"),
    # DISTRIBUTION: print the site users and SQLite files that no other distribution on this node has: `user site_1`, `database shop.db`
    "unshared": ("recorded_services", "unshared"),
}

if __name__ == "__main__":
    module, function = WORDS[sys.argv[1]]
    getattr(__import__(f"woven_node.{module}", fromlist=[function]), function)(*sys.argv[2:])

"""Runs one command of the kit (woven_node/): tool.py COMMAND ARGUMENT…

It imports only the module of that command: every step that calls it waits for Python to start.
"""

import sys

# With -I, Python does not add the folder of the script.
sys.path.insert(0, __file__.rpartition("/")[0] or ".")

COMMANDS = {
    # SCRIPT MODE: run a stage: see supervisor.py
    "supervise": ("supervisor", "supervise"),
    # COMMAND…: run it; a file that gets its output keeps the first and the last megabyte of it
    "bounded": ("bounded", "bounded"),
    # TARGET LINK: point LINK at TARGET, atomically (rename(2))
    "link": ("links", "link"),
    # FILE MODE OWNER GROUP: write stdin to FILE, atomically
    "write": ("whole_files", "write"),
    # VERB SPEC RUN: a set of configuration files (SPEC is JSON): check, apply, undo, diff, or try it on a copy
    "files": ("placed_files", "files"),
    # VERB FILE …: Woven's JSON files: put or append the document on stdin, or set NEWEST KEY VALUE. `set-recorded`: if there is a file
    "state": ("state", "state"),
    # VERB SPEC: the lease of a distribution (SPEC is JSON): take it, check that this run holds it, renew it, end it, or print the other run
    "lease": ("lease", "lease"),
    # SPEC STEP END: keep the failed attempt of the run whose lease is in SPEC, for `status`
    "attempt": ("attempts", "attempt"),
    # DISTRIBUTION NAME FILE…: print the releases of other distributions that have the same folders or files as this release, one a line
    "names": ("release_paths", "names"),
    # ROOT DISTRIBUTION NAME…: print the builds, links and configuration files of these releases, and of nothing else, one a line
    "paths": ("release_paths", "paths"),
    # ROOT DISTRIBUTION: the same for all its releases, with the link to the live one and the staging folders
    "all-paths": ("release_paths", "all_paths"),
    # USER FOLDER…: give root the files of USER in these folders
    "disown": ("disowned_files", "disown"),
    # VERB SPEC RUN: a user's authorized_keys (SPEC is JSON): check, preview, apply
    "keys": ("authorized_keys", "keys"),
    # VERB SPEC RUN: the packages that the settings list (SPEC is JSON): see packages.py
    "packages": ("packages", "packages"),
    # VERB …: the firewall rules of ufw and of the settings: see firewall.py
    "firewall": ("firewall", "firewall"),
    # VERB SPEC RUN: a service for the project, such as Redis (SPEC is JSON): check, preview, apply
    "service": ("data_services", "service"),
    # SPEC: fail if sshd does not have the intended settings (SPEC is JSON), or does not listen
    "sshd": ("ssh_server", "sshd"),
    # KEY: print the lines that `remember` kept
    "recall": ("state", "recall"),
    # KEY: keep the lines on stdin in /var/local/woven/node.json
    "remember": ("state", "remember"),
    # SPEC PAYLOAD: build a release's folder from received files and hard links (SPEC is JSON)
    "assemble": ("assemble", "assemble"),
    # FROM TO: hard-link the files below TO that are the same below FROM
    "share-same": ("same_files", "share_same"),
    # VERB FOLDER USER NAME…: SQLite files that the folder's group can write: list those to fix, or apply
    "share": ("shared_databases", "share"),
    # USER FROM TO VERB: as USER, copy the files below FROM that TO lacks (add), or also those that differ (replace)
    "seed": ("seed", "seed"),
    # VIRTUALENV: print the shared libraries that its compiled packages load and this node lacks, each with the package
    "libraries": ("libraries", "libraries"),
    # VIRTUALENV: note in it which shared libraries its compiled packages load
    "note-libraries": ("libraries", "note"),
    # INPUTS RELEASE: print INPUTS and the folder of the release's static files, if they are as it got them
    "offer-static": ("kept_static", "offer"),
    # RELEASE FOLDER: add copies of the release's static files to those in the folder
    "take-over-static": ("kept_static", "take_over"),
    # RELEASE: note how its static files are now
    "note-static": ("kept_static", "note"),
    # Remove what runs about previews have left that died right at their start, and print their names
    "orphaned-previews": ("orphaned_previews", "remove_orphans"),
    # VERB SPEC: check that a preview has room (SPEC is JSON), or list only those that go to sleep for it: print the names of these
    "preview-room": ("preview_room", "preview_room"),
    # VERB …: the database of a preview on the database server of this node: make SPEC RUN, address SPEC FILE…, drop FOLDER
    "preview-database": ("preview_database", "preview_database"),
    # SPEC: copy the database and the media of a live release for a preview (SPEC is JSON)
    "live-data": ("live_data", "live_data"),
    # VERB SPEC: the folders that an application writes to (SPEC is JSON): list those that are missing, or apply
    "writable": ("writable", "writable"),
    # USER FOLDER: give a folder that USER filled to root, readable for everyone
    "claim": ("claim", "claim"),
    # SPEC: request a URL until it gives the expected answer (SPEC is JSON, or - to read it from stdin)
    "probe": ("probe", "probe"),
    # FILE…: the same for the SPEC in each file, until one answer is wrong. Prints `healthy` if none is
    "probes": ("probe", "probes"),
    # VERB SPEC: a certificate from an ACME authority (SPEC is JSON): check it, issue it, or extend it to more sites
    "acme": ("acme", "acme"),
    # Print the configuration files of all releases, each behind its distribution, one a line: `shop /etc/nginx/…`
    "owned": ("recorded_services", "owned"),
    # DISTRIBUTION: print the site users and SQLite files that no other distribution on this node has: `user site_1`, `database shop.db`.
    # `kept site_1`: a run of another distribution may need the user
    "unshared": ("recorded_services", "unshared"),
    # FILE SPEC STARTED: add sites to the record of a release, and remove those that are retired
    "site-record": ("site_records", "site_record"),
    # DISTRIBUTION LIVE GROUP: print the users of sites that the live release does not have, and whether another release needs them
    "retired-users": ("site_records", "retired_users"),
    # USER BUNDLE TARGET INTERPRETER VERSION: as USER, make a virtualenv of that Python, with the wheels of a bundle
    "install-wheels": ("wheels", "install"),
    # RELEASE: make the virtualenv of a release that has the link `packages`
    "link-packages": ("shared_packages", "link"),
    # ROOT DISTRIBUTION: print the Pythons that Woven has brought along and that no release uses, one version a line
    "pythons": ("interpreters", "unused"),
}


def load(command):
    module, function = COMMANDS[command]
    return getattr(__import__(f"woven_node.{module}", fromlist=[function]), function)


def run(words):
    load(words[0])(*words[1:])


if __name__ == "__main__":
    run(sys.argv[1:])

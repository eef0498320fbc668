"""Sites that join or leave a release that runs: its record, and the users that no release needs any more."""

import grp
import json
import os
import re
import sys

from woven_node.recorded_services import busy_beside, recorded, records
from woven_node.state import write


def site_record(path, spec, started, replaced):
    """Adds sites to the record of a release, and removes those that are retired.

    SPEC: {add: [{name, site, services, into, migrations, sqliteFiles}], drop: {sites, services, from}, configuration, becomes} as a file of
    JSON.
    STARTED: a file with the names of the sites to add, one a line. The others of `add` stay out.
    `into`, `from`: of services that all sites share, by name: what their lists get or lose. `sites`: names, such as `site_1_admin`.
    `becomes`: what services are from now on, by name, if the file REPLACED is there.
    `configuration`: the digest of the release if all of `add` have started; null: it stays.
    """
    with open(spec, encoding="utf-8") as file:
        change = json.load(file)
    with open(started, encoding="utf-8") as file:
        names = file.read().split()
    record = recorded(path)
    if "services" not in record:
        sys.exit(f"{path} comes from an older Woven, and does not list services. Deploy once, then start sites.")
    adding = [one for one in change["add"] if one["name"] in names]
    drop = change["drop"]
    record["sites"] = [site for site in record["sites"] if name_of(site) not in drop["sites"]]
    record["services"] = [service for service in record["services"] if [service["kind"], service["name"]] not in drop["services"]]
    for service in record["services"]:
        for key, values in drop["from"].get(service["name"], {}).items():
            service[key] = [value for value in service[key] if value not in values]
    for one in adding:
        join(record, one)
    if os.path.exists(replaced):
        for service in record["services"]:
            service.update(change["becomes"].get(service["name"], {}))
    if change["configuration"] and len(adding) == len(change["add"]):
        record["content"]["configuration"] = change["configuration"]
    # The first schemas know no processes and no HTTPS. Those after the third list the files of the release elsewhere.
    write(path, {**record, "schema": max(record["schema"], 3)})


def join(record, one):
    record["sites"].append(one["site"])
    record["services"] += one["services"]
    for service in record["services"]:
        for key, values in one["into"].get(service["name"], {}).items():
            service[key] = [*service[key], *(value for value in values if value not in service[key])]
    described = record.get("described")
    if described:
        for key in ("migrations", "sqliteFiles"):
            if key in described:
                described[key] += [value for value in one[key] if value not in described[key]]


def name_of(site):
    return f"site_{site['id']}" + (f"_{site['subdomain']}" if "subdomain" in site else "")


def retired_users(distribution, live, group):
    """Prints what becomes of the users of sites that the live release (LIVE) does not have, one a line.

    GROUP: the group of the distribution's sites. `user site_3`: no release on this node has the site. `kept site_3 shop-1.0`: a release of
    this distribution has it, and a rollback needs its user. `leave site_3 notes-2.0`: only other distributions have it.
    `busy site_3`: a run is working on another distribution, whose release has no record yet.
    """
    try:
        members = grp.getgrnam(group).gr_mem
    except KeyError:
        return
    needed = {}
    for record in records("*"):
        for site in record["sites"]:
            needed.setdefault(f"site_{site['id']}", set()).add((record["distribution"], record["name"]))
    for user in sorted({name for name in members if re.fullmatch(r"site_[1-9][0-9]*", name)}):
        releases = needed.get(user, set())
        if (distribution, live) in releases:
            continue
        ours = any(one == distribution for one, _ in releases)
        kind = "kept" if ours else "leave" if releases else "busy" if busy_beside(distribution) else "user"
        print(kind, user, ", ".join(sorted("-".join(one) for one in releases)))

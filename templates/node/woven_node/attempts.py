"""The runs that failed on a distribution: `status` lists them. The history has only those that changed what is live."""

import json
import time

from woven_node.state import known, line_of, store

# From 2 on, a run may end well and fail to tidy up.
SCHEMA = 2
MOST = 20


def attempt(spec, step, end):
    """Keeps the attempt of the run whose lease is in SPEC (JSON, as for lease.py). STEP failed, END: failed, stopped or untidied."""
    with open(spec, encoding="utf-8") as file:
        lease = json.load(file)
    path = f"{lease['state']}/attempts.jsonl"
    earlier = lines_of(path)
    for line in earlier[-1:]:
        known(path, json.loads(line), SCHEMA)
    document = {
        "schema": SCHEMA,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "command": lease["command"],
        **({"release": lease["release"]} if lease.get("release") else {}),
        **({"step": step} if step else {}),
        "end": end,
        "actor": lease["owner"],
        **({"run": lease["run"]} if lease.get("run") else {}),
        **({"history": len(lines_of(f"{lease['state']}/history.jsonl"))} if end == "untidied" else {}),
    }
    store(path, "".join(f"{line}\n" for line in earlier[1 - MOST :]) + line_of(document))


def lines_of(path):
    """Without empty ones; none if there is no file."""
    try:
        with open(path, encoding="utf-8") as file:
            return [line for line in file.read().splitlines() if line.strip()]
    except FileNotFoundError:
        return []

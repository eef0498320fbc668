"""The runs that failed on a distribution: `status` lists them. The history has only those that changed what is live."""

import json
import time

from woven_node.state import known, line_of, store

SCHEMA = 1
MOST = 20


def attempt(spec, step, end):
    """Keeps the attempt of the run whose lease is in SPEC (JSON, as for lease.py). STEP failed, END: failed or stopped."""
    with open(spec, encoding="utf-8") as file:
        lease = json.load(file)
    path = f"{lease['state']}/attempts.jsonl"
    try:
        with open(path, encoding="utf-8") as file:
            earlier = [line for line in file.read().splitlines() if line.strip()]
    except FileNotFoundError:
        earlier = []
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
    }
    store(path, "".join(f"{line}\n" for line in earlier[1 - MOST :]) + line_of(document))

"""A warm deploy as a script with Fabric does it: one connection, a file sent, and a command for each step.

usage: fabric_deploy.py HOST PORT KEY ARCHIVE NAME ADDRESS STEP...
"""

import sys

from fabric import Connection

host, port, key, archive, name, address, *steps = sys.argv[1:]
sent = f"/tmp/{name}.tar.gz"
with Connection(host, user="woven", port=int(port), connect_kwargs={"key_filename": key}) as node:
    node.put(archive, sent)
    for step in [f"unpack {sent}", *steps]:
        node.sudo(f"sh -eu /root/release.sh {name} {address} {step}", hide=True)

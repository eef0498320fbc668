"""A warm deploy with pyinfra: a file sent, and an operation for each step. Data: archive, name, address, steps."""

from pyinfra import host
from pyinfra.operations import files, server

name = host.data.name
sent = f"/tmp/{name}.tar.gz"
files.put(name="Send the files", src=host.data.archive, dest=sent)
for step in [f"unpack {sent}", *host.data.steps.split(",")]:
    server.shell(
        name=step,
        commands=[f"sh -eu /root/release.sh {name} {host.data.address} {step}"],
        _sudo=True,
    )

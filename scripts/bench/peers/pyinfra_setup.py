"""What setupnode has made of a server, stated with pyinfra's operations. Data: packages, files (a folder)."""

from pyinfra import host
from pyinfra.operations import apt, files, server, systemd

apt.packages(
    name="Packages",
    packages=host.data.packages.split(","),
    update=True,
    cache_time=86400,
    _sudo=True,
)
server.shell(name="Upgrades", commands=["apt-get -q -y upgrade"], _sudo=True)
server.user(name="Deploy user", user="woven", shell="/bin/bash", _sudo=True)  # noqa: S604
for name, path, mode in [
    ("authorized_keys", "/home/woven/.ssh/authorized_keys", "600"),
    ("sudoers", "/etc/sudoers.d/woven-woven", "440"),
    ("sshd.conf", "/etc/ssh/sshd_config.d/00-woven.conf", "600"),
    ("nginx.conf", "/etc/nginx/conf.d/woven.conf", "644"),
]:
    files.put(
        name=path,
        src=f"{host.data.files}/{name}",
        dest=path,
        mode=mode,
        add_deploy_dir=False,
        _sudo=True,
    )
for rule in ["80,443/tcp", "10022/tcp"]:
    server.shell(name=f"Allow {rule}", commands=[f"ufw allow {rule}"], _sudo=True)
for service in ["ssh", "nginx"]:
    systemd.service(name=service, service=f"{service}.service", running=True, enabled=True, _sudo=True)

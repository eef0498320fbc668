"""Redis and Valkey: a password, and who may reach them. Woven's own file includes that of the package, and a drop-in names it."""

import os
import pwd
import socket

from woven_node.programs import run_or_fail
from woven_node.whole_files import replace


class Redis:
    def __init__(self, name, distribution, sources):
        self.name = name
        self.distribution = None
        self.sources = sources
        self.unit = f"{name}-server.service"
        self.own = f"/etc/{name}/woven.conf"
        self.drop_in = f"/etc/systemd/system/{self.unit}.d/woven.conf"

    def start(self):
        pass

    def taken(self):
        return None

    def files(self, password):
        everywhere = "0.0.0.0 ::" if os.path.exists("/proc/net/if_inet6") else "0.0.0.0"
        bind = f"bind {everywhere}\n" if self.sources else ""
        return {
            self.own: f"# Managed by Woven.\ninclude /etc/{self.name}/{self.name}.conf\n{bind}requirepass {password}\n",
            self.drop_in: "# Managed by Woven. Its configuration includes that of the package.\n[Service]\nExecStart=\n"
            f"ExecStart=/usr/bin/{self.name}-server {self.own} --supervised systemd --daemonize no\n",
        }

    def differs(self, password):
        return any(content_of(path) != text for path, text in self.files(password).items())

    def apply(self, password):
        group = pwd.getpwnam(self.name).pw_gid
        os.makedirs(os.path.dirname(self.drop_in), exist_ok=True)
        for path, text in self.files(password).items():
            mode, gid = (0o640, group) if path == self.own else (0o644, 0)
            replace(path, text.encode(), mode, 0, gid)
        run_or_fail("systemctl", "daemon-reload")
        run_or_fail("systemctl", "enable", "--quiet", self.unit)
        run_or_fail("systemctl", "restart", self.unit)
        return [f"{self.name} has a password" + (f", and listens for {', '.join(self.sources)}" if self.sources else "")]

    def answers(self, password):
        try:
            with socket.create_connection(("127.0.0.1", 6379), timeout=5) as connection:
                connection.settimeout(5)
                connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    more = connection.recv(1024)
                    if not more:
                        return False
                    answer += more
                return answer == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False


def content_of(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None

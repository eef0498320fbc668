"""What a hook in a deploy.py may use: from woven.api import run, sudo, env

run(command, input=None, quiet=False)         runs a shell command as the deploy user and returns its output; if it fails, the hook
                                              fails; `input` goes to its standard input
sudo(command, user="root", input=…, quiet=…)  the same as root, or as another user
env            about this run: env.host, env.role, env.user, env.hook, env.distribution, …; secrets of hook-env: env["NAME"]

If a package's hook cannot do its work yet, it prints why and raises SystemExit(75). The run goes on, and the next one tries it again.
"""

import os
import subprocess


class HookError(Exception):
    """A command of a hook failed."""


class Environment(dict):
    def __getattr__(self, name):
        try:
            return self[f"WOVEN_{name.upper()}"]
        except KeyError:
            raise AttributeError(f"env has no {name}; it has: {', '.join(sorted(self))}") from None


env = Environment(os.environ)


def run(command, input=None, quiet=False):
    return _run(["sh", "-c", command], command, input, quiet)


def sudo(command, input=None, user="root", quiet=False):
    if user == "root" and os.geteuid() == 0:
        return run(command, input, quiet)
    return _run(["sudo", "-n", "-u", user, "--", "sh", "-c", command], command, input, quiet)


def _run(words, command, input, quiet):
    print(f"$ {command}", flush=True)
    done = subprocess.run(words, input=input, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if not quiet or done.returncode != 0:
        print(done.stdout, end="", flush=True)
    if done.returncode != 0:
        raise HookError(f"exit status {done.returncode}: {command}")
    return done.stdout

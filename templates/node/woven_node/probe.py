"""Checks that a web server gives the expected answer, over TCP or a unix socket."""

import http.client
import json
import socket
import sys
import time


def probe(spec):
    """SPEC: {address, port, host, path, status, text, timeout, headers}; status null: any status but 400 and 5xx.

    If SPEC is `-`, it comes from stdin: a header may hold a secret, and every user can read a command line.
    `socket`, instead of `address` and `port`: the path of a unix socket. `headers`: more headers, or other values.
    """
    wanted = json.loads(sys.stdin.read() if spec == "-" else spec)
    deadline = time.monotonic() + wanted["timeout"]
    while True:
        wrong = ask(wanted)
        if wrong is None:
            return
        if time.monotonic() > deadline:
            print(f"http://{wanted['host']}{wanted['path']} (asked at {where(wanted)}) {wrong}", file=sys.stderr)
            sys.exit(1)
        time.sleep(0.02)


def where(wanted):
    return wanted.get("socket") or f"{wanted['address']}:{wanted['port']}"


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def connect(wanted):
    seconds = min(10, wanted["timeout"])
    if wanted.get("socket"):
        return UnixConnection(wanted["socket"], seconds)
    return http.client.HTTPConnection(wanted["address"], wanted["port"], timeout=seconds)


def ask(wanted):
    headers = {"Host": wanted["host"], "User-Agent": "woven-health", "X-Forwarded-Proto": "http", **wanted.get("headers", {})}
    connection = connect(wanted)
    try:
        connection.request("GET", wanted["path"], headers=headers)
        answer = connection.getresponse()
        body = answer.read(1 << 20).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return f"did not answer: {str(error) or type(error).__name__}"
    finally:
        connection.close()
    right = answer.status == wanted["status"] if wanted.get("status") else answer.status != 400 and answer.status < 500
    if not right:
        return f"answered {answer.status}, not {wanted.get('status') or 'a healthy status'}:\n{body[:2000]}"
    if wanted.get("text") and wanted["text"] not in body:
        return f"answered {answer.status} without the text {wanted['text']!r}:\n{body[:2000]}"
    return None

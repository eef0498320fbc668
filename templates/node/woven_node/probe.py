"""Checks that a web server gives the expected answer, over TCP or a unix socket."""

import http.client
import json
import os
import re
import socket
import sys
import time
from collections import namedtuple
from contextlib import closing
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urljoin, urlsplit

# Seconds between two requests: a page that is not healthy yet is not made slower by the check.
PAUSE = 0.5
# Seconds between two attempts to connect, which cost the application nothing.
RECONNECT = 0.01
MOST_REDIRECTS = 10
# Seconds for a page with all its redirects.
MOST_SECONDS = 20
# Statuses that say "not yet".
WAITING = {408, 425, 429, 502, 503, 504}
REDIRECTS = {301, 302, 303, 307, 308}

# What is wrong, in words; whether it may change if we wait: `soon` (nothing listens yet), `later`, `unlikely` or `never`; and the answer.
Wrong = namedtuple("Wrong", "text change answer", defaults=("",))
# The next page of a chain of redirects: its URL, where it is asked, and whether the URL gets a query of its own.
Page = namedtuple("Page", "url site way fresh")


class Unserved(Exception):
    """A redirect leads to a scheme or port that this server does not serve."""


def probe(spec):
    """SPEC: {host, path, status, text, timeout, address, port, headers, sites}; status null: any status but 400 and 5xx.

    If SPEC is `-`, it comes from stdin: a header may hold a secret, and every user can read a command line.
    `scheme`: of the first request (`http` by default). `tls`: speak TLS, for the name in `host`.
    `socket`, instead of `address` and `port`: the path of a unix socket. `headers`: more headers, or other values.
    `sites`: the domains that redirects are followed on: {domain: {host, headers, ways: {"http:80": {address, port, tls} or {socket}}}}.
    `unserved`: what a redirect to a scheme or port without a way is: `wrong` (the default), or `right`.
    `pause`: seconds between two requests, for an answer that costs the application nothing.
    `steady`: seconds after which an answer that is unlikely to change ends the wait.
    `first`: {path, text}: a page that must contain the text, asked before on the same connection. So the same process of nginx answers both:
    right after its reload, a connection of its own might reach a process that still has the old configuration.
    """
    await_answer(json.loads(sys.stdin.read() if spec == "-" else spec))


def probes(*paths):
    for path in paths:
        with open(path, encoding="utf-8") as file:
            await_answer(json.load(file))
    print("healthy")


def await_answer(wanted):
    deadline = time.monotonic() + wanted["timeout"]
    before, since = None, 0
    while True:
        wrong = ask(wanted)
        if wrong is None:
            return
        now = time.monotonic()
        if wrong[:2] != before:
            before, since = wrong[:2], now
        steady = wrong.change == "unlikely" and now - since >= wanted.get("steady", 5)
        if now > deadline or steady or wrong.change == "never":
            print(f"{address(wanted)} {wrong.text}{wrong.answer}\nWoven asked at {where(wanted)}.", file=sys.stderr)
            sys.exit(1)
        pause = RECONNECT if wrong.change == "soon" else wanted.get("pause", PAUSE)
        time.sleep(max(0.01, min(pause, deadline - now)))


def ask(wanted):
    """Requests the page and follows its redirects. None if the last answer is right."""
    page, cookies, begun, led = first_page(wanted), {}, time.monotonic(), ""
    first = wanted.get("first")
    for _ in range(MOST_REDIRECTS + 1):
        try:
            with closing(Connection(page.way, page.site["host"], min(10, wanted["timeout"]))) as connection:
                if first and first["text"] not in fetch(connection, Page(urljoin(page.url, first["path"]), *page[1:]), {})[2]:
                    return Wrong(f"was not asked: {first['path']} answered without the text {first['text']!r}", "soon")
                status, headers, body = fetch(connection, page, cookies)
        except (OSError, http.client.HTTPException) as error:
            change = "soon" if isinstance(error, (ConnectionRefusedError, FileNotFoundError)) else "later"
            return Wrong(f"{led}did not answer: {str(error) or type(error).__name__}", change)
        first = None
        target = headers.get("Location") if status in REDIRECTS else None
        following = None
        # Whoever expects a redirect means the first answer.
        if target is not None and wanted.get("status") not in REDIRECTS:
            try:
                following = next_page(page, target, wanted)
            except Unserved as error:
                return Wrong(f"{led}redirects to {error}", "never")
            except ValueError as error:
                return Wrong(f"{led}redirects to {target[:200]!r}: {error}", "unlikely")
        if following is None:
            return judge(status, target, body, wanted, led)
        if time.monotonic() - begun > MOST_SECONDS:
            return Wrong(f"redirects to {following.url} only after {MOST_SECONDS} seconds", "later")
        remember(headers, cookies, page)
        page, led = following, f"redirects to {following.url}, which "
    return Wrong(f"redirects in a circle. The last of {MOST_REDIRECTS} pages was {page.url}", "unlikely")


def address(wanted):
    return f"{wanted.get('scheme', 'http')}://{wanted['host']}{wanted['path']}"


def first_page(wanted):
    return Page(address(wanted), {"host": wanted["host"], "headers": wanted.get("headers", {})}, wanted, True)


def where(wanted):
    return wanted.get("socket") or f"{wanted['address']}:{wanted['port']}"


def next_page(page, target, wanted):
    """The page that a redirect leads to; None if it is on another host. Raises Unserved, or ValueError."""
    # Headers come as Latin-1. A URL in UTF-8 is quoted as a browser does it.
    url = urljoin(page.url, quote(target.encode("latin-1"), safe="!#$%&'()*+,/:;=?@[]~"))
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    site = wanted.get("sites", {}).get(host)
    if site is None or parts.scheme not in ("http", "https"):
        return None
    way = site["ways"].get(f"{parts.scheme}:{port_of(parts)}")
    if way is None:
        if wanted.get("unserved") == "right":
            return None
        raise Unserved(unserved(page.url, parts))
    clean = parts._replace(query=without_mark(parts.query), fragment="").geturl()
    # A site that removes unknown parts of a query would redirect for ever.
    fresh = page.fresh and (clean != page.url or "woven-health=" in parts.query)
    return Page(clean, site, way, fresh)


def port_of(parts):
    return parts.port or (443 if parts.scheme == "https" else 80)


def unserved(before, parts):
    https = parts.scheme == "https" and port_of(parts) == 443
    same = urlsplit(before).path == parts.path
    cause = ". SECURE_SSL_REDIRECT in the settings does this: set it to False, or serve https" if https and same else ""
    hint = f'{cause}. For https, set tls: "acme", "files", or "proxy" if something in front of this server ends it' if https else ""
    what = "https" if https else f"{parts.scheme} on port {port_of(parts)}"
    return f"{parts._replace(query=without_mark(parts.query)).geturl()}, but {what} is not served here{hint}"


def without_mark(text):
    """Also where a page quotes the query, as in `?next=`."""
    return re.sub(r"(&|%26)?woven-health(=|%3D)[0-9a-f]{12}", "", text, flags=re.IGNORECASE).strip("&")


def fetch(connection, page, cookies):
    """(status, headers, text). Asked as no cache can answer: with a query of its own, and with `Cache-Control: no-cache`."""
    parts = urlsplit(page.url)
    mark = [f"woven-health={os.urandom(6).hex()}"] if page.fresh else []
    query = "&".join([*filter(None, [parts.query]), *mark])
    headers = {
        "Host": page.site["host"] + (f":{parts.port}" if port_of(parts) not in (80, 443) else ""),
        "User-Agent": "woven-health",
        "Accept": "text/html,*/*;q=0.8",
        "Cache-Control": "no-cache",
        "X-Forwarded-Proto": parts.scheme,
        **cookie_line(cookies, parts.scheme),
        **page.site.get("headers", {}),
    }
    connection.request("GET", (parts.path or "/") + (f"?{query}" if query else ""), headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read(1 << 20).decode("utf-8", "replace")


class Connection(http.client.HTTPConnection):
    """HTTP over a unix socket, or over TLS. The certificate is not checked: the server is this machine, and only visitors may trust its authority."""

    def __init__(self, way, host, timeout):
        super().__init__(way.get("address", "localhost"), way.get("port", 80), timeout=timeout)
        self.way, self.domain = way, host

    def connect(self):
        if self.way.get("socket"):
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.sock.settimeout(self.timeout)
            self.sock.connect(self.way["socket"])
            return
        super().connect()
        if self.way.get("tls"):
            import ssl

            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.sock = context.wrap_socket(self.sock, server_hostname=self.domain)


def remember(headers, cookies, page):
    """Keeps cookies as a browser does: a page may set one and redirect to itself. A browser takes Secure cookies over https only."""
    https = page.url.startswith("https:")
    for line in headers.get_all("Set-Cookie") or []:
        try:
            cookies.update({name: (one.coded_value, bool(one["secure"])) for name, one in SimpleCookie(line).items() if https or not one["secure"]})
        except CookieError:
            continue


def cookie_line(cookies, scheme):
    """The header, if there are cookies for this scheme."""
    sent = [f"{name}={value}" for name, (value, secure) in cookies.items() if scheme == "https" or not secure]
    return {"Cookie": "; ".join(sent)} if sent else {}


def judge(status, target, body, wanted, led):
    right = status == wanted["status"] if wanted.get("status") else status != 400 and status < 500
    if not right:
        change = "later" if status in WAITING else "unlikely"
        to = f" to {target[:200]}" if target else ""
        return Wrong(f"{led}answered {status}{to}, not {wanted.get('status') or 'a healthy status'}", change, excerpt(body))
    if wanted.get("text") and wanted["text"] not in body:
        return Wrong(f"{led}answered {status} without the text {wanted['text']!r}", "later", excerpt(body))
    return None


def excerpt(body):
    """Of a page, its title, on the same line. Of a text, the first lines."""
    if re.search(r"<(!doctype|html|head|body)\b", body[:2000], re.IGNORECASE):
        found = re.search(r"<(title|h1)[^>]*>(.*?)</\1>", body, re.IGNORECASE | re.DOTALL)
        title = " ".join(re.sub(r"<[^>]*>", " ", found.group(2)).split()) if found else ""
        return f" ({title[:200]})" if title else ""
    lines = [line.rstrip() for line in body.strip().splitlines() if line.strip()][:8]
    return ":\n" + "\n".join(line[:300] for line in lines) if lines else ""

"""Gets a certificate for domains from an ACME authority, with the certbot of the distribution: over files in a web root, or over DNS."""

import http.client
import json
import os
import re
import secrets
import shlex
import socket
import sys
import time

from woven_node.programs import run_program

DAY = 24 * 3600
# certbot.timer renews 30 days before the end. What is nearer to its end than this, the timer could not renew.
LATE = 21 * DAY
CHALLENGES = ".well-known/acme-challenge"


def acme(verb, spec):
    """SPEC: {name, domains, email, directory, webroot, folder, port, hook, dns} as a file of JSON.

    `name`: of the certificate in FOLDER (/etc/letsencrypt). `hook`: what to run after each renewal. `port`: where nginx answers.
    `dns`: the program that changes the DNS, if the authority is to ask there.
    check: exit 0 if there is a certificate for all domains from this directory, and it is not near its end.
    issue: get one. If that fails and the old one is still good for all domains, say so and keep it.
    extend: get one for `domains` and those of `more` ({site: domains}). A site that the authority refuses is left out: `refused SITE why`.
    """
    with open(spec, encoding="utf-8") as file:
        wanted = json.load(file)
    state = state_of(wanted)
    if verb == "check":
        sys.exit(0 if state == "valid" else 1)
    if verb == "extend":
        extend(wanted)
        return
    if state == "valid":
        return
    # nginx's workers are not root, and read what lies in the web root.
    os.umask(0o022)
    problems = [] if wanted.get("dns") else [line for domain in wanted["domains"] for line in closed(domain, wanted)]
    if not problems:
        problems = order(wanted)
    if not problems:
        print(f"issued for {', '.join(wanted['domains'])}")
        return
    if state == "late":
        print("\n".join(["The certificate could not be renewed. The old one is still valid.", *problems]))
        return
    print("\n".join(problems), file=sys.stderr)
    sys.exit(1)


def extend(wanted):
    """First for all sites at once. If that fails, site after site, so that one whose DNS is wrong keeps no other from its certificate."""
    os.umask(0o022)
    more = wanted["more"]
    if not attempt(wanted, [domain for domains in more.values() for domain in domains]):
        return
    good = []
    for site, domains in more.items():
        problems = attempt(wanted, good + domains)
        if problems:
            print("refused", site, " ".join(problems))
        else:
            good += domains


def attempt(wanted, more):
    """Gets a certificate that has MORE domains, too. Returns what went wrong, as lines."""
    one = {**wanted, "domains": [*wanted["domains"], *more]}
    if state_of(one) == "valid":
        return []
    unreachable = [] if one.get("dns") else [line for domain in more for line in closed(domain, one)]
    problems = unreachable or order(one)
    if not problems:
        print(f"issued for {', '.join(one['domains'])}")
    return problems


def state_of(wanted):
    """`missing`, `late` or `valid`."""
    chain = f"{wanted['folder']}/live/{wanted['name']}/fullchain.pem"
    code, names = openssl(chain, "-noout", "-ext", "subjectAltName")
    covered = re.findall(r"DNS:([^,\s]+)", names)
    if code or set(covered) != set(wanted["domains"]) or not ours(wanted):
        return "missing"
    if openssl(chain, "-noout", "-checkend", "0")[0]:
        return "missing"
    return "late" if openssl(chain, "-noout", "-checkend", str(LATE))[0] else "valid"


def openssl(file, *words):
    return run_program("openssl", "x509", "-in", file, *words)


def ours(wanted):
    """Whether it came from the same directory, and is renewed in the same way."""
    try:
        with open(f"{wanted['folder']}/renewal/{wanted['name']}.conf", encoding="utf-8") as file:
            text = file.read()
    except OSError:
        return False
    kept = dict(re.findall(r"^(\w+)\s*=\s*(\S+)", text, re.M))
    way = "manual" if wanted.get("dns") else "webroot"
    return kept.get("server") == wanted["directory"] and kept.get("authenticator") == way


def closed(domain, wanted):
    """Asks nginx on this server for a file in the web root. Without an answer, the authority would get none either."""
    name = f"woven-{secrets.token_hex(8)}"
    folder = os.path.join(wanted["webroot"], CHALLENGES)
    os.makedirs(folder, mode=0o755, exist_ok=True)
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(name)
    connection = http.client.HTTPConnection("127.0.0.1", wanted["port"], timeout=10)
    try:
        connection.request("GET", f"/{CHALLENGES}/{name}", headers={"Host": domain, "X-Forwarded-Proto": "https"})
        answer = connection.getresponse()
        body = answer.read(1000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return [f"nginx on this server does not answer for {domain}: {str(error) or type(error).__name__}. Run setupnode."]
    finally:
        connection.close()
        os.unlink(path)
    if answer.status == 200 and body == name:
        return []
    return [
        f"nginx on this server does not answer the authority's question for {domain} (it answers {answer.status})."
        " Run setupnode. If an earlier Woven made the live release, deploy once with tls = false, and then with tls = \"acme\"."
    ]


def order(wanted):
    """Runs certbot. Returns what went wrong, as lines; empty if nothing did."""
    email = ["--email", wanted["email"], "--no-eff-email"] if wanted.get("email") else ["--register-unsafely-without-email"]
    words = [
        *("certbot", "certonly", "--non-interactive", "--agree-tos", *email),
        *("--server", wanted["directory"], "--config-dir", wanted["folder"], *wanted.get("options", [])),
        *way(wanted),
        *("--deploy-hook", wanted["hook"]),
        *("--cert-name", wanted["name"], "--key-type", "ecdsa", "--force-renewal", "--renew-with-new-domains"),
        *(word for domain in wanted["domains"] for word in ("--domain", domain)),
    ]
    for _ in range(24):
        code, output = run_program(*words, stderr=-2)
        # The timer may be renewing right now.
        if "Another instance of Certbot is already running" not in output:
            break
        time.sleep(5)
    if code == 127:
        return ["certbot is not installed on this server. Run setupnode with tls = \"acme\" in the configuration, which installs it."]
    return [] if code == 0 else explained(output, wanted)


def way(wanted):
    """How the authority is answered."""
    if not wanted.get("dns"):
        return "--webroot", "--webroot-path", wanted["webroot"]
    add, remove = (f"{shlex.quote(wanted['dns'])} {action}" for action in ("add", "remove"))
    return "--manual", "--preferred-challenges", "dns", "--manual-auth-hook", add, "--manual-cleanup-hook", remove


def explained(output, wanted):
    """What the authority said about each domain, and where the domain leads; else what certbot said. Before it, what the DNS hook said."""
    said = re.findall(r"^Hook '--manual-auth-hook'.+(?:error code|error output).*(?:\n[ \t]+\S.*)*", output, re.M)
    hook = [line.strip() for part in said for line in part.splitlines()]
    found = re.findall(r"Domain:\s*(\S+)\s+Type:\s*(\S+)\s+Detail:\s*(.+)", output)
    if not found:
        noise = re.compile(r"^(Saving debug log|Plugins selected|Ask for help|Requesting a cert|Account registered|See the logfile|\s*$)")
        lines = [line.strip() for line in output.splitlines() if not noise.match(line)]
        return [f"{wanted['directory']} issued no certificate:", *lines[-12:]]
    answers = [
        line
        for domain, kind, detail in found
        for line in (f"{domain}: {detail.strip()} ({kind})", record(domain) if wanted.get("dns") else leads(domain))
    ]
    return [*dict.fromkeys([*hook, *answers])]


def record(domain):
    """What the hook has to do."""
    return (
        f"The hook dns_challenge must add the TXT record _acme-challenge.{domain.removeprefix('*.')}, and end only when the domain's"
        " name servers answer with it"
    )


def leads(domain):
    """The address that a domain has, as this server sees it, and the server's own."""
    own = own_addresses()
    try:
        seen = sorted({address[4][0] for address in socket.getaddrinfo(domain, 80, type=socket.SOCK_STREAM)})
    except OSError as error:
        return f"{domain} has no address, as this server sees it ({error.strerror}). This server has {', '.join(own)}"
    strange = [address for address in seen if address not in own]
    if not strange:
        return f"{domain} leads to this server ({', '.join(seen)}). Check that the authority can reach port 80"
    return f"{domain} leads to {', '.join(strange)}, and this server has {', '.join(own)}. Correct the domain's A and AAAA records"


def own_addresses():
    _, output = run_program("ip", "-o", "addr", "show", "scope", "global")
    return sorted(set(re.findall(r"inet6? ([0-9a-f.:]+)/", output))) or ["no address that others can reach"]

import contextlib
import http.server
import io
import json
import os
import tempfile
import threading
import unittest
from functools import partial

from woven_node import acme

# A certbot that issues what it is asked for, or refuses. It writes down how it was called.
CERTBOT = """echo "$@" >>"$FOLDER/calls"
case $REFUSAL in ?*) printf '%b' "$REFUSAL"; exit 1 ;; esac
for word; do
  [ "$before" != --domain ] || names="$names${names:+,}DNS:$word"
  [ "$before" != --server ] || server=$word
  case $word in --webroot | --manual) way=${word#--} ;; esac
  before=$word
done
mkdir -p "$FOLDER/live/woven-shop" "$FOLDER/renewal"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -out "$FOLDER/live/woven-shop/fullchain.pem" \\
  -days "$DAYS" -subj /CN=shop -addext "subjectAltName=$names" 2>/dev/null
printf 'server = %s\n' "$server" >"$FOLDER/renewal/woven-shop.conf"
printf 'authenticator = %s\n' "$way" >>"$FOLDER/renewal/woven-shop.conf"
"""


class Certificates(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        os.makedirs(f"{self.folder}/bin")
        self.write("bin/certbot", f"#!/bin/sh\n{CERTBOT}")
        os.chmod(f"{self.folder}/bin/certbot", 0o755)
        before = dict(os.environ)
        self.addCleanup(lambda: (os.environ.clear(), os.environ.update(before)))
        os.environ.update({"PATH": f"{self.folder}/bin:{before['PATH']}", "FOLDER": self.folder, "DAYS": "90", "REFUSAL": ""})
        self.port = self.serving(f"{self.folder}/web")

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)

    def serving(self, folder):
        """An nginx that serves the web root."""
        handler = partial(http.server.SimpleHTTPRequestHandler, directory=folder)
        handler.func.log_message = lambda *_: None
        server = http.server.HTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(lambda: (server.shutdown(), server.server_close()))
        return server.server_port

    def run_acme(self, verb, *domains, directory="https://acme.example.com/dir", **more):
        """The exit status and the output."""
        spec = {
            "name": "woven-shop",
            "domains": domains,
            "email": "a@example.com",
            "directory": directory,
            "webroot": f"{self.folder}/web",
            "folder": self.folder,
            "port": self.port,
            "hook": "reload",
            **more,
        }
        self.write("spec.json", json.dumps(spec))
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            try:
                acme.acme(verb, f"{self.folder}/spec.json")
            except SystemExit as error:
                return error.code, said.getvalue()
        return 0, said.getvalue()

    def calls(self):
        try:
            with open(f"{self.folder}/calls", encoding="utf-8") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def test_is_issued_once_for_all_domains_and_not_again(self):
        self.assertEqual(self.run_acme("check", "a.example.com", "b.example.com")[0], 1)
        self.assertEqual(self.run_acme("issue", "a.example.com", "b.example.com")[0], 0)
        self.assertEqual(self.run_acme("check", "b.example.com", "a.example.com")[0], 0)
        self.run_acme("issue", "a.example.com", "b.example.com")
        self.assertEqual(len(self.calls()), 1)
        for words in ("--deploy-hook reload", "--email a@example.com", "--domain a.example.com --domain b.example.com"):
            self.assertIn(words, self.calls()[0])

    def test_is_issued_where_root_makes_files_for_itself_only(self):
        before = os.umask(0o077)
        self.addCleanup(os.umask, before)
        self.run_acme("issue", "a.example.com")
        mode = os.stat(f"{self.folder}/web/.well-known/acme-challenge").st_mode & 0o777
        self.assertEqual(mode, 0o755)

    def test_is_issued_again_for_other_domains_and_from_another_directory(self):
        self.run_acme("issue", "a.example.com")
        self.assertEqual(self.run_acme("check", "a.example.com", "b.example.com")[0], 1)
        self.assertEqual(self.run_acme("check", "a.example.com", directory="https://other.example.com/dir")[0], 1)

    def test_that_is_near_its_end_is_kept_if_it_cannot_be_renewed(self):
        os.environ["DAYS"] = "20"
        self.run_acme("issue", "a.example.com")
        self.assertEqual(self.run_acme("check", "a.example.com")[0], 1)
        os.environ["REFUSAL"] = "An unexpected error occurred:\\nno route\\n"
        code, said = self.run_acme("issue", "a.example.com")
        self.assertEqual(code, 0)
        self.assertIn("no route", said)
        self.assertNotIn("issued for", said)

    def test_that_is_refused_says_why_and_where_the_domain_leads(self):
        os.environ["REFUSAL"] = "  Domain: localhost\\n  Type:   unauthorized\\n  Detail: 192.0.2.7: Invalid response: 404\\n"
        code, said = self.run_acme("issue", "localhost")
        self.assertEqual(code, 1)
        self.assertIn("localhost: 192.0.2.7: Invalid response: 404 (unauthorized)", said)
        self.assertRegex(said, r"localhost leads to (127\.0\.0\.1|::1)")

    def test_is_not_asked_for_where_nginx_does_not_serve_the_answers(self):
        os.makedirs(f"{self.folder}/elsewhere")
        self.port = self.serving(f"{self.folder}/elsewhere")
        code, said = self.run_acme("issue", "a.example.com")
        self.assertEqual((code, self.calls()), (1, []))
        self.assertIn("404", said)

    def test_over_dns_needs_no_answer_of_nginx_and_is_issued_again_when_the_way_changes(self):
        names = ("a.example.com", "*.a.example.com")
        self.port = self.serving(f"{self.folder}/nothing")
        self.assertEqual(self.run_acme("issue", *names, dns="/state of/run")[0], 0)
        for words in ("--manual --preferred-challenges dns", "--manual-auth-hook '/state of/run' add", "--domain *.a.example.com"):
            self.assertIn(words, self.calls()[0])
        self.assertEqual(self.run_acme("check", *names, dns="/state of/run")[0], 0)
        self.assertEqual(self.run_acme("check", *names)[0], 1)

    def test_over_dns_that_is_refused_says_what_the_hook_said_and_which_record_is_missing(self):
        os.environ["REFUSAL"] = (
            "Hook '--manual-auth-hook' for a.example.com ran with error output:\\n wrong token\\n"
            "  Domain: a.example.com\\n  Type:   unauthorized\\n  Detail: No TXT records found\\n"
        )
        code, said = self.run_acme("issue", "*.a.example.com", dns="/run")
        self.assertEqual(code, 1)
        for words in ("wrong token", "No TXT records found (unauthorized)", "_acme-challenge.a.example.com"):
            self.assertIn(words, said)

    def test_without_certbot_says_what_installs_it(self):
        os.unlink(f"{self.folder}/bin/certbot")
        os.environ["PATH"] = f"{self.folder}/bin"
        code, said = self.run_acme("issue", "a.example.com")
        self.assertEqual(code, 1)
        self.assertIn("setupnode", said)


if __name__ == "__main__":
    unittest.main()

import { expect, test } from "vitest";
import { requireSetup, setupRequest } from "../../src/setup/setup-due.ts";
import { settingsOf, smallProject } from "../settings/source.ts";

async function asked(toml: string, missing: Partial<ReturnType<typeof setupRequest>> = {}) {
  const settings = await settingsOf({
    files: { ...smallProject, "woven.toml": `domains = ["a.example.com"]\n${toml}` },
  });
  const address = { host: "web1", role: "production" };
  return {
    request: setupRequest(address, settings),
    check: () => requireSetup({ missing: { packages: [], rules: [], units: [], ...missing } }, address, settings),
  };
}

test.each([
  ["", ["apache2", "libapache2-mod-wsgi-py3", "nginx"], ["allow 80,443/tcp"]],
  ['server = "gunicorn"\nextra-packages = ["libpq5"]\nenable-ufw = false\n', ["libpq5", "nginx"], []],
  ['services = ["redis"]\n', ["apache2", "libapache2-mod-wsgi-py3", "nginx", "redis-server"], ["allow 80,443/tcp"]],
  [
    'server = "gunicorn"\n[sites.2]\ndomains = ["b.example.com"]\nserver = "apache"\n',
    ["apache2", "libapache2-mod-wsgi-py3", "nginx"],
    ["allow 80,443/tcp"],
  ],
  ['tls = "acme"\n', ["apache2", "libapache2-mod-wsgi-py3", "nginx", "certbot"], ["allow 80,443/tcp"]],
  // A role's list replaces the others, as for setupnode.
  [
    'extra-packages = ["libpq5"]\n[role-packages]\nproduction = ["jq"]\n[role-ufw-rules]\nproduction = ["allow 1/tcp"]\n',
    ["jq", "apache2", "libapache2-mod-wsgi-py3", "nginx"],
    ["allow 1/tcp"],
  ],
])("with %j a node is asked for %j and %j", async (toml, packages, rules) => {
  const { request } = await asked(toml);
  expect([...request.packages].sort()).toEqual([...packages].sort());
  expect(request.rules).toEqual(rules);
});

test("every package that is missing is named with the setting that asks for it, all at once", async () => {
  const toml = 'server = "gunicorn"\nextra-packages = ["libpq5", "libmagic1"]\n';
  const { check } = await asked(toml, { packages: ["libpq5", "libmagic1"], units: ["nginx.service"] });
  expect(check).toThrow(
    expect.objectContaining({
      code: "setup-due",
      message: expect.stringMatching(/web1.*libpq5.*extra-packages.*libmagic1.*extra-packages.*nginx\.service/),
      details: expect.objectContaining({ node: "web1", next: expect.stringContaining("setupnode") }),
    }),
  );
});

test("another server is due, too", async () => {
  const { check } = await asked("", { packages: ["apache2"] });
  expect(check).toThrow(/apache2.*server = "apache"/);
});

test("a service whose package is missing is not named twice", async () => {
  const { check } = await asked("", { packages: ["nginx"], units: ["nginx.service"] });
  expect(check).toThrow(/^(?!.*nginx\.service).*nginx/);
});

test("a firewall rule alone is a warning, and a node that has everything is none", async () => {
  const { check } = await asked('ufw-rules = ["allow 8443/tcp"]\n', { rules: ["allow 8443/tcp"] });
  expect(check()).toMatch(/setupnode.*web1.*allow 8443\/tcp/);
  expect((await asked("")).check()).toBeUndefined();
});

import { expect, test } from "vitest";
import { nodePlan, setupStage } from "../../src/setup/setup-stages.ts";
import { nodeFacts } from "../node/records.ts";
import { settingsOf } from "../settings/source.ts";

/** What a fresh node would be made with this woven.toml. */
async function planned(toml: string) {
  const read = await settingsOf({ files: { "woven.toml": toml }, inputs: { command: "setupnode" } });
  const { privateKey: _, ...login } = read.login;
  const settings = { ...read, login };
  const [address] = settings.nodes;
  if (!address) throw new Error("no node");
  const plan = await nodePlan(address, nodeFacts(), settings);
  return { packages: plan.packages, ids: setupStage(plan, settings, "opening").steps.map(({ id }) => id) };
}

/** Every option that adds steps, more than once where it can be. */
const everything = `base-packages = ["nginx", "apache2", "libapache2-mod-wsgi-py3", "logrotate"]
package-repositories = ["ppa:deadsnakes/ppa", "ppa:nginx/stable"]
timezone = "Europe/Berlin"
authorized-keys = []
`;

test("what a step says is kept under its id: no stage has two steps of one", async () => {
  for (const toml of ["", everything]) {
    const { ids } = await planned(toml);
    expect(ids).toEqual([...new Set(ids)]);
  }
});

test.each([
  ['tls = "acme"\n', true],
  ['tls = "acme"\nbase-packages = ["nginx"]\n', true],
  ['tls = "acme"\n[role-packages]\nproduction = ["postgresql"]\n', false],
  ["", false],
])("with %j, certbot is installed and its timer starts: %s", async (toml, expected) => {
  const { packages, ids } = await planned(toml);
  expect([packages.includes("certbot"), ids.includes("certificate-timer")]).toEqual([expected, expected]);
});

test.each([
  ["", true, true],
  ["enable-ufw = false\n", false, false],
  ['enable-ufw = false\nextra-packages = ["ufw"]\n', true, false],
  ['base-packages = ["tree"]\n', true, true],
  ['enable-ufw = false\n[role-packages]\nproduction = ["tree"]\n', false, false],
])("with %j ufw is installed: %s, and managed: %s", async (toml, installed, managed) => {
  const { packages, ids } = await planned(toml);
  expect(packages.includes("ufw")).toBe(installed);
  expect(ids.some((id) => id.startsWith("ufw"))).toBe(managed);
  expect(ids).toContain("sshd");
});

test("the packages of services are installed, whatever a role's list says", async () => {
  const { packages } = await planned('services = ["redis", "memcached"]\n[role-packages]\nproduction = ["tree"]\n');
  expect(packages).toEqual(expect.arrayContaining(["tree", "redis-server", "memcached"]));
});

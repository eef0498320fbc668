// A dry run of setupnode tells everything it would change, and changes nothing: the node is byte for byte the same after it.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalNode, startNode } from "../../src/local/node.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import type { Checkout } from "./support/checkout.ts";
import { keys } from "./support/equipped.ts";
import { everything, inside } from "./support/inside.ts";
import { type Operator, operator } from "./support/operator.ts";
import { changedSteps, expectNothingChanged, settingsOnly, steps, stockedNode } from "./support/setup.ts";
import { type Door, login } from "./support/ssh-login.ts";

const toml =
  'timezone = "Europe/Berlin"\nextra-packages = ["tree"]\nufw-rules = ["allow 80,443/tcp", "allow 8443/tcp"]\n';

let cache: FakeCache;
let project: Checkout;
beforeAll(async () => {
  [cache, project] = await Promise.all([FakeCache.start(), settingsOnly(toml)]);
});
afterAll(async () => {
  for (const thing of [cache, project]) await thing?.[Symbol.asyncDispose]();
});

/** What is not in a file: what runs, what is listened on, the firewall in the kernel. */
const state = (node: LocalNode) =>
  inside(
    node,
    "ss -Hltn | awk '{print $4}' | sort; systemctl list-units --plain --no-legend --type=service,socket,timer | awk '{print $1, $3}' | grep -v '^session\\|^user' | sort; iptables-save 2>/dev/null | grep -v '^#\\|^:' || :",
  );

async function dryRun(node: LocalNode, op: Operator, way: Pick<Door, "user" | "port">) {
  // The login itself is noted by the system: by a plain one before, so that it is nothing new.
  expect((await login({ ...way, host: node.host, node }, "true")).code).toBe(0);
  // timedatectl wakes it, and it goes by itself half a minute later.
  await inside(node, "systemctl stop systemd-timedated");
  const before = [await everything(node), await state(node)];
  const result = await op.succeed({ checkout: project, command: "setupnode", inputs: { "dry-run": "true" } });
  expect([await everything(node), await state(node)]).toEqual(before);
  return result;
}

test("on a bare server, all that is to come is told, and nothing is done", async () => {
  await using node = await startNode({
    suite: "trixie",
    login: { kind: "root" },
    publicKey: keys.publicKey,
    log: () => undefined,
  });
  const bare = await dryRun(node, operator(node, keys, cache), { user: "root", port: 22 });
  expect(bare.outputs).toMatchObject({ changed: "true" });
  for (const word of ["nginx", "tree", "allow 80,443/tcp", "+Port 10022"]) expect(bare.stdout).toContain(word);
  expect(changedSteps(bare)).toEqual(expect.arrayContaining(["deploy-user", "packages", "timezone", "sshd"]));
  expect(new Set(bare.steps.map(({ mode }) => mode))).toEqual(new Set(["plan"]));
});

test("on a node that drifted, what drifted is told; on one that did not, that nothing did", async () => {
  await using node = await stockedNode("trixie", { kind: "root" });
  const op = operator(node, keys, cache);
  const way = { user: "woven", port: 10022 };
  await op.succeed({ checkout: project, command: "setupnode" });
  // Days later, too: what is only to be looked for anew is no difference.
  await inside(node, "touch -d '3 days ago' /var/lib/apt/lists");
  const still = await dryRun(node, op, way);
  expectNothingChanged(still);
  const later = await op.succeed({ checkout: project, command: "setupnode" });
  expect(await inside(node, "find /var/lib/apt/lists -maxdepth 0 -mtime -1")).not.toBe("");
  // Debian itself may have gone on meanwhile.
  expect(changedSteps(later).filter((id) => id !== "upgrade")).toEqual([]);

  await inside(
    node,
    `ufw delete allow 8443/tcp; ufw allow 9999/tcp
sed -i 's/^MaxAuthTries .*/MaxAuthTries 40/' /etc/ssh/sshd_config.d/00-woven.conf
apt-get -qq -y remove tree 2>&1; timedatectl set-timezone UTC; chmod 600 /etc/nginx/conf.d/woven.conf
echo '# mine' >>/etc/nginx/sites-available/default`,
  );
  const drifted = await dryRun(node, op, way);
  const { stdout, outputs, summary } = drifted;
  expect(outputs).toMatchObject({ changed: "true" });
  for (const word of [
    "tree",
    "allow 8443/tcp",
    "-MaxAuthTries 40",
    "+MaxAuthTries 4",
    "-# mine",
    "allow 9999/tcp",
    "/etc/nginx/conf.d/woven.conf",
  ]) {
    expect(stdout).toContain(word);
  }
  expect(changedSteps(drifted)).toContain("timezone");
  expect(steps(drifted).get("deploy-user")).toBe("ok");
  expect(summary).toMatch(/dry run/i);

  const mended = await op.succeed({ checkout: project, command: "setupnode" });
  expect(mended.outputs).toMatchObject({ changed: "true" });
  expectNothingChanged(await dryRun(node, op, way));
});

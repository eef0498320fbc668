// Installed packages, which releases share: who may do what to them, what a power cut leaves, and when they are removed.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import { visitor } from "./support/visitor.ts";

let g: Ground;
/** The same packages. */
let v1: Checkout;
let v2: Checkout;
/** Other packages. */
let v3: Checkout;

const env = "/home/woven/env";

beforeAll(async () => {
  [g, v1, v2, v3] = await Promise.all([
    ground("trixie"),
    checkout(shop["0.1"]),
    checkout(shop["0.2"]),
    checkout(shop["0.3"]),
  ]);
  for (const one of [v1, v2, v3])
    await one.edit("pyproject.toml", "[tool.woven]\n", '[tool.woven]\nserver = "gunicorn"\n');
  await v3.edit("requirements.txt", "MarkupSafe==3.0.4", "MarkupSafe==3.0.3");
});
afterAll(async () => {
  for (const thing of [v1, v2, v3, g]) await thing?.[Symbol.asyncDispose]();
});

/** The installed packages on the node. */
const installed = async () =>
  (await inside(g.node, `ls ${env}/.packages 2>/dev/null || :`)).split("\n").filter(Boolean);
/** What a release uses. */
const usedBy = (version: string) => inside(g.node, `basename "$(readlink -f ${env}/shop-${version}/packages)"`);
/** What the release imports, by its own Python. */
const imported = (version: string) =>
  inside(
    g.node,
    `${env}/shop-${version}/bin/python -c 'import importlib.metadata as m, markupsafe, django, shop, sys
print(m.version("markupsafe"), sys.prefix, django.__file__, shop.__file__, sep="\\n")'`,
  );

test("releases with the same packages share one installation, and each has its own code", async () => {
  await g.op.succeed({ checkout: v1, command: "deploy" });
  await g.op.succeed({ checkout: v2, command: "deploy" });
  expect(await installed()).toHaveLength(1);
  expect([await usedBy("0.1"), await usedBy("0.2")]).toEqual([...(await installed()), ...(await installed())]);
  for (const version of ["0.1", "0.2"]) {
    const [markupsafe, prefix = "?", django, project] = (await imported(version)).split("\n");
    expect(markupsafe).toBe("3.0.4");
    expect(prefix).toBe(`${env}/shop-${version}`);
    expect(django).toMatch(new RegExp(`^${prefix}/lib/python3\\.\\d+/site-packages/django/__init__\\.py$`));
    expect(project).toBe(`${prefix}/project/shop/__init__.py`);
  }
  // Folders and links are what a release adds. Its packages have more than 700 folders.
  expect(Number(await inside(g.node, `find -L ${env}/shop-0.2/packages -type d | wc -l`))).toBeGreaterThan(700);
  expect(Number(await inside(g.node, `find ${env}/shop-0.2/lib ${env}/shop-0.2/bin | wc -l`))).toBeLessThan(60);
});

test("nobody but root can write to them, and no other user can read them", async () => {
  const [name] = await installed();
  expect(await inside(g.node, `find ${env}/.packages ! -user root -o ! -type l -perm /022`)).toBe("");
  const as = (user: string, command: string) => g.node.run(["runuser", "-u", user, "--", "sh", "-c", command]);
  expect((await as("site_1", `ls ${env}/.packages/${name}/lib`)).code).toBe(0);
  expect((await as("site_1", `touch ${env}/.packages/${name}/lib/mine`)).code).not.toBe(0);
  expect((await as("nobody", `ls ${env}/.packages/${name}`)).code).not.toBe(0);
  expect((await as("woven-build", `ls ${env}/.packages/${name}`)).code).not.toBe(0);
});

/** Cuts the power of a deployment of other packages at this moment. */
async function cutWhen(moment: string): Promise<void> {
  const running = await g.op.start({ checkout: v3, command: "deploy" });
  await expect.poll(() => inside(g.node, `${moment} && echo yes || :`), { timeout: 90_000, interval: 20 }).toBe("yes");
  running.process.kill("SIGKILL");
  await g.node.reboot("power-cut");
  await running.result;
  await expect
    .poll(
      () =>
        visitor(g.node.host)
          .get("/healthz")
          .then(({ status }) => status, String),
      { timeout: 30_000 },
    )
    .toBe(200);
}

test("a power cut while they are installed leaves nothing that is used", async () => {
  const before = await installed();
  await g.op.succeed({ checkout: v3, command: "bundle" });
  await inside(g.node, "sync");
  await cutWhen("ls /home/woven/.staging/shop-0.3/.build/venv/lib/python3*/site-packages/django >/dev/null 2>&1");
  expect(await installed()).toEqual(before);
});

test("after a power cut once they are installed, they are complete, and the next run removes what was left", async () => {
  await cutWhen("[ -e /home/woven/.staging/shop-0.3/packages ] && sync");
  expect(await installed()).toHaveLength(2);
  const left = await inside(g.node, `cd ${env}/.packages; ls -di *`);
  await g.op.succeed({ checkout: v3, command: "deploy" });
  expect(await inside(g.node, `cd ${env}/.packages; ls -di *`)).toBe(left);
  expect(await usedBy("0.3")).not.toBe(await usedBy("0.2"));
  expect(await imported("0.3")).toMatch(/^3\.0\.3\n/);
  expect(await inside(g.node, "ls /home/woven/.staging")).toBe("");
});

test("a rollback and a patch keep the packages of their release", async () => {
  await g.op.succeed({ checkout: v3, command: "rollback" });
  expect(await imported("0.2")).toMatch(/^3\.0\.4\n/);
  await v2.write("templates/version.txt", "0.2-patched\n");
  await g.op.succeed({ checkout: v2, command: "patch" });
  expect((await visitor(g.node.host).versions()).template_version).toBe("0.2-patched");
  expect(await imported("0.2")).toMatch(/^3\.0\.4\n/);
  expect(await installed()).toHaveLength(2);
});

test("they are removed with the last release that uses them", async () => {
  const [first, other] = [await usedBy("0.2"), await usedBy("0.3")];
  await g.op.succeed({ checkout: v3, command: "activate", inputs: { version: "0.3" } });
  await g.op.succeed({ checkout: v3, command: "remove", inputs: { version: "0.1" } });
  expect(await installed()).toEqual([first, other].toSorted());
  await v3.edit("pyproject.toml", "[tool.woven]\n", "[tool.woven]\nkeep-releases = 1\n");
  for (const version of ["0.4", "0.5"]) await g.op.succeed({ checkout: v3, command: "deploy", inputs: { version } });
  expect(await installed()).toEqual([other]);
  expect(await imported("0.5")).toMatch(/^3\.0\.3\n/);
  expect((await visitor(g.node.host).get("/healthz")).status).toBe(200);
});

test("packages that somebody deleted by hand are installed again", async () => {
  await inside(g.node, `rm -r ${env}/.packages`);
  await g.op.succeed({ checkout: v3, command: "deploy", inputs: { version: "0.6" } });
  expect(await imported("0.6")).toMatch(/^3\.0\.3\n/);
});

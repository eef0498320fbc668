// When setupnode asks apt for upgrades: with the real apt of this machine, on lists and records of its own. Nothing is installed.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sh } from "../../src/node/sh.ts";
import { upgradePackages } from "../../src/steps/upgrade.ts";
import { run, scratch, stage, step } from "../node/stage-run.ts";

let at: string;
/** What the last run kept: as if all runs were on one node. */
let kept: string | undefined;

const hello = (version: string) =>
  `Package: hello\nVersion: ${version}\nArchitecture: all\nMaintainer: Ada <ada@example.com>\nDescription: says hello\n`;
const write = (name: string, text: string) => writeFileSync(join(at, name), text);

/** The source has this version of hello, and no other. */
function publish(version: string): void {
  write(
    "source/Packages",
    `${hello(version)}Filename: ./hello_${version}_all.deb\nSize: 10\nSHA256: ${"0".repeat(64)}\n`,
  );
}

function refresh(): void {
  execFileSync("apt-get", ["-qq", "update"], { env: { ...process.env, APT_CONFIG: join(at, "apt.conf") } });
}

/** A node with hello 1.0 from a source that has no newer one. `simulate`: what apt says that it installed, it did not install. */
function prepare(): void {
  for (const folder of ["source", "lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d"])
    mkdirSync(join(at, folder), { recursive: true });
  mkdirSync(join(at, "etc/sources.list.d"));
  write("extended_states", "");
  write(
    "apt.conf",
    `Dir::State "${at}"; Dir::State::lists "${at}/lists/"; Dir::State::status "${at}/status"; Dir::Cache "${at}/cache"; Dir::Etc "${at}/etc";
Dir::Etc::parts "${at}/etc/apt.conf.d"; Dir::Bin::dpkg "/bin/false"; APT::Get::Simulate "true"; APT::Sandbox::User "";`,
  );
  write("etc/sources.list", `deb [trusted=yes] file:${at}/source ./\n`);
  write("status", `${hello("1.0").replace("Version", "Status: install ok installed\nVersion")}\n`);
  publish("1.0");
  refresh();
}

async function setupnode() {
  const before = sh`mkdir -p /var/local/woven; ${kept === undefined ? sh`:` : sh`printf '%s' ${kept} >/var/local/woven/no-upgrades`}`;
  const { folder, outcomes } = await run(stage([step("before", before), upgradePackages()]));
  const answer = join(folder, "var-local/woven/no-upgrades");
  kept = existsSync(answer) ? readFileSync(answer, "utf8") : undefined;
  const { status, details } = outcomes.find(({ id }) => id === "upgrade") ?? {};
  return { asked: existsSync(join(folder, "simulated")), status, details, answer };
}

describe.skipIf(!existsSync("/usr/bin/apt-get"))("upgrades", () => {
  beforeEach(async () => {
    at = scratch();
    kept = undefined;
    vi.stubEnv("APT_CONFIG", join(at, "apt.conf"));
    prepare();
    expect(await setupnode()).toMatchObject({ asked: true, status: "ok" });
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test("apt is not asked again while nothing has changed, and only root can read what is kept", async () => {
    const again = await setupnode();
    expect(again).toMatchObject({ asked: false, status: "ok" });
    kept = undefined;
    const { answer } = await setupnode();
    expect(statSync(answer).mode & 0o777).toBe(0o600);
  });

  test.each<[string, () => void]>([
    ["the lists were refreshed, without a difference", () => execFileSync("touch", [join(at, "lists")])],
    ["a package was installed", () => write("status", `${readFileSync(join(at, "status"), "utf8")}\n`)],
    ["a source was added", () => write("etc/sources.list.d/more.list", "# none\n")],
    ["a source was changed", () => write("etc/sources.list", `deb [trusted=yes] file:${at}/source ./ # mine\n`)],
    ["a package was pinned", () => write("etc/preferences", "Package: hello\nPin: version 1.0\nPin-Priority: 1\n")],
    [
      "another was pinned",
      () => write("etc/preferences.d/hello", "Package: hello\nPin: version 1.0\nPin-Priority: 1\n"),
    ],
    ["apt was configured", () => write("etc/apt.conf.d/90mine", 'APT::Get::Upgrade-Allow-New "true";\n')],
    ["a package was marked", () => write("extended_states", "Package: hello\nArchitecture: all\nAuto-Installed: 1\n")],
    ["what was kept is cut", () => (kept = kept?.slice(0, 20))],
    ["what was kept is empty", () => (kept = "")],
    ["nothing was kept", () => (kept = undefined)],
  ])("apt is asked again if %s", async (_, change) => {
    change();
    expect(await setupnode()).toMatchObject({ asked: true, status: "ok" });
  });

  test("an upgrade that has come out is never missed, even if its list has the date and the size of the one before", async () => {
    const list = join(at, "source/Packages");
    const { mtime } = statSync(list);
    publish("1.1");
    utimesSync(list, mtime, mtime);
    refresh();
    expect(await setupnode()).toMatchObject({ asked: true, status: "changed", details: ["upgraded hello"] });
    // It is still pending, so there is no answer to keep.
    expect(await setupnode()).toMatchObject({ asked: true, status: "changed" });
  });

  test("if apt cannot tell, that is a failure, and nothing is kept", async () => {
    kept = undefined;
    write("etc/sources.list", "deb nonsense\n");
    expect(await setupnode()).toMatchObject({ asked: true, status: "failed" });
    expect(kept).toBeUndefined();
  });
});

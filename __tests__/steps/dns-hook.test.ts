// The hook that answers an authority over DNS: its files on a node, and what it gets when certbot runs it.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { layout } from "../../src/release/layout.ts";
import { certificateHook } from "../../src/rollout/release-phase.ts";
import { secret } from "../../src/settings/secret.ts";
import { extendCertificate, issueCertificate } from "../../src/steps/acme.ts";
import { dnsHook } from "../../src/steps/dns-hook.ts";
import { checkHookNames } from "../../src/steps/find-hook.ts";
import { templates } from "../../src/steps/templates.ts";
import { scratch } from "../node/stage-run.ts";
import { folderWith } from "../settings/source.ts";

const around = { place: { distribution: "shop", state: "/state" }, user: "woven", role: "production", host: "web1" };
const found = (files: Readonly<Record<string, string | Uint8Array>>, secrets = {}, state = "/state") => {
  const place = { ...around.place, state };
  return dnsHook({ workingDirectory: folderWith(files) }, { ...around, place, secrets }, templates("/nonexistent"));
};
const script = '#!/bin/sh\necho "$DNS_ACTION $DNS_NAME $DNS_VALUE $TOKEN $WOVEN_ROLE"\n';

test("only root can read its files; without secrets in this run, earlier ones stay", () => {
  const hook = found({ "woven/hooks/dns_challenge": script }, { TOKEN: secret("it's") });
  expect(hook?.program).toBe("/state/dns-challenge/run");
  for (const { mode } of hook?.files ?? []) expect(mode).toMatch(/^[67]00$/);
  const secrets = hook?.files.find(({ path }) => path.endsWith("/secrets"));
  expect(secrets).toMatchObject({ secret: true });
  const without = found({ "woven/hooks/dns_challenge": script });
  expect(without?.files.map(({ path }) => path)).not.toContain(secrets?.path);
  expect(found({})).toBeUndefined();
});

test("is a script, or a function in a deploy.py", () => {
  expect(found({ "shop/deploy.py": "def dns_challenge():\n    pass\n" })?.files[0]?.content).toContain("call.py");
  expect(() => found({ "woven/hooks/dns_challenge": Buffer.from("\x7fELF\xff\xfe", "latin1") })).toThrow(
    expect.objectContaining({ code: "hook" }),
  );
  expect(() => checkHookNames({ workingDirectory: folderWith({ "woven/hooks/dns-challenge": "" }) })).toThrow(
    /dns_challenge/,
  );
});

test("gets what to do, the record, its value and the secrets", () => {
  const state = scratch();
  const [hook, bin] = [
    found({ "woven/hooks/dns_challenge": script }, { TOKEN: secret("it's") }, state),
    join(state, "bin"),
  ];
  for (const { path, content, mode = "600" } of hook?.files ?? []) {
    mkdirSync(dirname(path), { recursive: true });
    // The copy is made in the test's own folder, and no user of the node is there.
    writeFileSync(path, content.replaceAll("/var/local/woven", state).replaceAll(/^chown .*/gm, ""));
    chmodSync(path, Number.parseInt(mode, 8));
  }
  mkdirSync(bin);
  writeFileSync(join(bin, "runuser"), '#!/bin/sh\nshift 3\nexec "$@"\n', { mode: 0o755 });
  writeFileSync(join(bin, "getent"), "#!/bin/sh\necho 'woven:x:1:1::/tmp:/bin/sh'\n", { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env["PATH"]}`, CERTBOT_DOMAIN: "shop.example.com", CERTBOT_VALIDATION: "v" };
  expect(execFileSync(hook?.program ?? "", ["add"], { env, encoding: "utf8" })).toBe(
    "add _acme-challenge.shop.example.com v it's production\n",
  );
});

test("certbot runs it for a certificate, also for one that is extended to new sites", () => {
  const hook = found({ "woven/hooks/dns_challenge": script });
  const tls = { kind: "acme", directory: "https://acme.example.com/", trusted: [] } as const;
  const sites = [{ domains: ["shop.example.com", "*.shop.example.com"] }];
  for (const steps of [
    issueCertificate(tls, "shop", sites, hook),
    extendCertificate(tls, "shop", sites, { site_4: ["four.example.com"] }, hook),
  ]) {
    expect(steps.map(({ id }) => id)).toEqual(["dns-hook", "certificate"]);
    const [spec] = steps.flatMap(({ files = [] }) => files.filter(({ name }) => name === "acme.json"));
    expect(JSON.parse(String(spec?.content))).toMatchObject({ dns: hook?.program });
  }
});

test("a preview has none: it would be the pull request's own", () => {
  const workingDirectory = folderWith({ "woven/hooks/dns_challenge": script });
  const settings = { workingDirectory, nodes: [{ user: "woven", host: "web1" }], hookEnv: {} };
  const of = (distribution: string) =>
    certificateHook(
      { place: layout("/home/woven", distribution, "1.0"), templates: templates("/nonexistent") },
      settings,
      "woven",
    );
  expect(of("shop")).toBeDefined();
  expect(of("shop~pr-12")).toBeUndefined();
});

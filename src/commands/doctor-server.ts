// What doctor checks of one server: the way to it, the login, and what it has. Each check needs the one before it.
import { asWovenError, type WovenError } from "../errors.ts";
import { dial } from "../node/dial.ts";
import type { NodeFacts } from "../node/facts.ts";
import { distributionFacts } from "../rollout/release-facts.ts";
import type { Runtime } from "../rollout/runtime.ts";
import type { NodeAddress, Settings } from "../settings/settings.ts";
import { requireSetup, setupRequest } from "../setup/setup-due.ts";
import { SshAccess } from "../setup/ssh-access.ts";
import type { bundler } from "./bundle.ts";
import { type Finding, tried } from "./findings.ts";
import { checkSystem, readFactsOver } from "./setupnode.ts";

/** The checks of a login, in their order, and the errors by which each of them fails. `login` has all others. */
const loginChecks = [
  ["SSH port", /^(host-not-found|connect-|no-route|not-ssh|handshake-failed|jump-)/],
  ["host key", /^host-key-/],
  ["login", /^(?!no-sudo$)/],
  ["sudo", /^no-sudo$/],
] as const;

export async function checkServer(
  address: NodeAddress,
  settings: Settings,
  runtime: Runtime,
  bundles: ReturnType<typeof bundler> | undefined,
): Promise<readonly Finding[]> {
  const { host } = address;
  const named = (found: readonly Finding[]) => found.map((one) => ({ ...one, check: `${host}: ${one.check}` }));
  const access = new SshAccess(address, settings, runtime);
  await using _ = access.host;
  let facts: NodeFacts;
  try {
    await readFactsOver(access);
    facts = await distributionFacts(access.host, settings.distributionName?.value ?? "", settings, {
      setup: setupRequest(address, settings),
    });
  } catch (error) {
    runtime.signal.throwIfAborted();
    return named([
      ...failedLogin(asWovenError(error)),
      ...(await webPorts(address, settings, "unknown")),
      ...["system", "set up", "Python", "requirements"].map(unreached),
    ]);
  }
  const session = await access.host.session();
  const { user, port } = session.target;
  const stage = access.usesFinalLogin ? "set up" : "bare";
  return named([
    { check: "SSH port", state: "ok", text: String(port) },
    { check: "host key", state: "ok", text: `${session.hostKey.type} ${session.hostKey.fingerprint}` },
    { check: "login", state: "ok", text: user },
    { check: "sudo", state: "ok", text: user === "root" ? "not needed" : `${user} becomes root` },
    ...(await tried("system", async () => {
      checkSystem(facts, host);
      return `${facts.os} ${facts.osVersion} (${facts.machine})`;
    })),
    ...(await checkSetup(address, settings, facts, stage)),
    ...(await webPorts(address, settings, stage)),
    ...(await checkPackages(host, facts, stage, bundles)),
  ]);
}

/** The check that failed, and those that were not reached. */
function failedLogin({ code, message, details }: WovenError): readonly Finding[] {
  const failed = loginChecks.findIndex(([, codes]) => codes.test(code));
  return loginChecks.map(([check], index) => {
    if (index < failed) return { check, state: "ok", text: "" };
    if (index > failed) return unreached(check);
    return { check, state: "problem", text: message, next: details.next };
  });
}

function unreached(check: string): Finding {
  return { check, state: "not checked", text: "it needs the check that failed" };
}

async function checkSetup(
  address: NodeAddress,
  settings: Settings,
  facts: NodeFacts,
  stage: "set up" | "bare",
): Promise<readonly Finding[]> {
  const check = "set up";
  if (stage === "bare") {
    const text = `${address.user} cannot log in yet: setupnode did not run here`;
    return [{ check, state: "problem", text, next: `Run setupnode: woven setupnode ${address.role ?? address.host}` }];
  }
  return await tried(check, async () => {
    const due = requireSetup(facts, address, settings);
    if (due) throw new Error(due);
    return "all packages and firewall rules are there";
  });
}

/** Seconds. A firewall that drops packets lets nothing be known sooner. */
const patience = 5;

/** Whether visitors reach the server, from here. Before setupnode, nothing listens: to be refused is then as good. */
async function webPorts(
  { host }: NodeAddress,
  { tls, login }: Settings,
  stage: "set up" | "bare" | "unknown",
): Promise<readonly Finding[]> {
  const ports = tls.kind === "acme" || tls.kind === "files" ? [80, 443] : [80];
  return await Promise.all(
    ports.map(async (port): Promise<Finding> => {
      const check = `port ${port}`;
      if (login.jump.length > 0)
        return { check, state: "not checked", text: "this machine reaches the server through a jump host" };
      try {
        (await dial({ host, port }, patience)).destroy();
        return { check, state: "ok", text: "open" };
      } catch (error) {
        const { code, message } = asWovenError(error);
        if (code === "connect-refused" && stage !== "set up")
          return { check, state: "ok", text: "nothing listens yet" };
        // nginx listens on 443 with the first release that uses TLS.
        if (code === "connect-refused" && port === 443) return { check, state: "ok", text: "nothing listens yet" };
        const next =
          code === "connect-refused"
            ? "Run setupnode, which starts nginx."
            : "Open the port in the firewall of your provider, and in ufw-rules.";
        return { check, state: "problem", text: message, next };
      }
    }),
  );
}

async function checkPackages(
  host: string,
  facts: NodeFacts,
  stage: "set up" | "bare",
  bundles: ReturnType<typeof bundler> | undefined,
): Promise<readonly Finding[]> {
  const { python } = facts;
  if (python === undefined && stage === "bare")
    return [{ check: "Python", state: "not checked", text: "setupnode installs it" }];
  const own: readonly Finding[] = python === undefined ? [] : [{ check: "Python", state: "ok", text: python }];
  if (bundles === undefined) return own;
  return [
    ...own,
    ...(await tried("requirements", async () => {
      const { bundle, python } = await bundles.for(facts, host);
      return `${bundle.wheels.length} packages, for Python ${python.version}`;
    })),
  ];
}

// The stages of setupnode: what a node of this role becomes, from the settings and what the node is.
import type { NodeFacts } from "../node/facts.ts";
import type { Stage, Step } from "../node/stage.ts";
import { packagesOfServices } from "../settings/data-services.ts";
import type { NodeAddress, Settings } from "../settings/settings.ts";
import { renewCertificates } from "../steps/acme.ts";
import {
  allowServiceStarts,
  checkPackageNames,
  checkReboot,
  finishDpkg,
  installPackages,
  installPython,
  refreshPackageLists,
  waitForCloudInit,
} from "../steps/apt.ts";
import { type ServiceSetup, setUpServices } from "../steps/data-services.ts";
import { type DeployKeys, deployUser } from "../steps/deploy-user.ts";
import { type EtcTemplates, etcTemplates } from "../steps/etc.ts";
import { checkHookNames, type HookPlaces, packageHook } from "../steps/find-hook.ts";
import { checkDeployFiles, type HookContext, hookedPackages, packageHooks, setupHook } from "../steps/hooks.ts";
import { nginx } from "../steps/nginx.ts";
import { checkPackageConflicts, forgetRemovedPackages, removePackages } from "../steps/package-conflicts.ts";
import { packageRepositories } from "../steps/repositories.ts";
import { setUpBy } from "../steps/set-up-by.ts";
import { type SetupLockHolder, setupLock, takeSetupLock } from "../steps/setup-lock.ts";
import { extendGuard, guardFile, reportGuard } from "../steps/ssh-guard.ts";
import { lockRootPassword, sshd } from "../steps/sshd.ts";
import { templates } from "../steps/templates.ts";
import { checkTimezone, timezone } from "../steps/timezone.ts";
import { ufw } from "../steps/ufw.ts";
import { upgradePackages } from "../steps/upgrade.ts";
import { workon } from "../steps/workon.ts";
import { serversWith, wantedPackages, wantedRules } from "./role-lists.ts";

/** What one node is to become. */
export interface NodePlan {
  readonly address: NodeAddress;
  readonly packages: readonly string[];
  readonly ufwRules: readonly string[];
  /** Addresses of the hosts that may reach a service of this node. */
  readonly resolved: ReadonlyMap<string, readonly string[]>;
  readonly keys: DeployKeys;
  readonly places: HookPlaces;
  readonly around: HookContext;
  readonly facts: NodeFacts;
  readonly port: number;
  /** What another setupnode is told while this one is at work. */
  readonly turn: SetupLockHolder;
}

export async function nodePlan(
  address: NodeAddress,
  facts: NodeFacts,
  settings: Settings,
  by: { readonly actor?: string; readonly run?: string } = {},
  resolved: ReadonlyMap<string, readonly string[]> = new Map(),
): Promise<NodePlan> {
  const { login, distribution, distributionName, hookEnv, workingDirectory } = settings;
  const module = distribution?.settingsModule.value;
  const root = distribution?.sourceRoot.value ?? ".";
  checkHookNames({ workingDirectory });
  return {
    address,
    packages: wantedPackages(address, settings),
    ufwRules: wantedRules(address, settings, resolved),
    resolved,
    keys: { inUse: await ownKeys(settings), more: login.authorizedKeys },
    places: {
      workingDirectory,
      ...(module === undefined ? {} : { project: { module, root } }),
      replaced: packagesOfServices(settings.services, address).map(packageHook),
    },
    around: {
      host: address.host,
      ...(address.role === undefined ? {} : { role: address.role }),
      user: address.user,
      ...(distributionName ? { distribution: distributionName.value } : {}),
      secrets: hookEnv,
    },
    facts,
    port: address.port ?? login.sshPort,
    turn: { owner: by.actor ?? "somebody", ...(by.run ? { run: by.run } : {}) },
  };
}

/** A stage that no other one of setupnode runs beside. */
function setupOnly(plan: NodePlan, stage: Stage): Stage {
  return { ...stage, lock: setupLock, steps: [takeSetupLock(plan.turn), ...stage.steps] };
}

/** Everything that makes the node ready. `opening` leaves the old way in open beside the new one. */
export function setupStage(plan: NodePlan, settings: Settings, form: "opening" | "final"): Stage {
  const { address, packages, keys, places, around, ufwRules } = plan;
  const { setup, workingDirectory } = settings;
  const shared = templates(workingDirectory, viewOf(plan));
  return setupOnly(plan, {
    name: "setup",
    undoes: "step",
    files: [guardFile()],
    steps: [
      waitForCloudInit(),
      installPython(),
      setUpBy({ ...around, packages, ...(setup.enableUfw ? { rules: ufwRules } : {}) }),
      ...checkDeployFiles(places),
      ...(setup.timezone === undefined ? [] : [checkTimezone(setup.timezone, packages)]),
      allowServiceStarts("before"),
      finishDpkg(),
      ...packageRepositories(setup.packageRepositories),
      refreshPackageLists(packages),
      checkPackageNames(packages),
      checkPackageConflicts(packages),
      upgradePackages(),
      installPackages(packages, hookedPackages(packages, places)),
      allowServiceStarts("after"),
      forgetRemovedPackages(packages),
      removePackages(packages),
      ...deployUser(address.user, keys),
      workon(shared, settings.deploymentRoot),
      ...(setup.timezone === undefined ? [] : [timezone(setup.timezone)]),
      ...serversWith(packages).flatMap((server) => server.setUp(setup)),
      ...etcTemplates(etcOf(plan, settings, "others")),
      ...(packages.includes("nginx") ? [...nginx(shared), ...renewCertificates(settings.tls)] : []),
      ...packageHooks(packages, places, around),
      ...access(plan, settings, form),
      checkReboot(),
      reportGuard(),
    ],
  });
}

/** Closes the old way in, over a login by the new one. */
export function closeStage(plan: NodePlan, settings: Settings): Stage {
  return setupOnly(plan, {
    name: "close",
    undoes: "step",
    files: [guardFile()],
    steps: [...access(plan, settings, "final"), reportGuard()],
  });
}

/** The services of the project; undefined without one. Like the hook, it may take longer than the node waits for a proof of access. */
export function servicesStage(plan: NodePlan, settings: Settings): Stage | undefined {
  const steps = setUpServices(servicesOf(plan, settings));
  return steps.length > 0 ? setupOnly(plan, { name: "services", undoes: "step", steps }) : undefined;
}

/** The user's own last word; undefined without one. Not before access is proved: it may take longer than the node waits for that. */
export function hookStage(plan: NodePlan): Stage | undefined {
  const steps = setupHook(plan.places, plan.around);
  return steps.length > 0 ? setupOnly(plan, { name: "hook", undoes: "step", steps }) : undefined;
}

/** Who may log in, where and how; the firewall lets that in, and what the settings say. */
function access(plan: NodePlan, settings: Settings, form: "opening" | "final"): readonly Step[] {
  const { port, ufwRules } = plan;
  const { setup, login } = settings;
  const own = etcTemplates(etcOf(plan, settings, "access"));
  const ports = form === "final" ? [port] : [...new Set([login.defaultSshPort, port])];
  const { user } = plan.address;
  const ssh = sshd({ user, ports, refuseRoot: setup.disableRoot, keysOnly: setup.disableSshPassword, form });
  const wall = setup.enableUfw ? ufw(ufwRules, ports) : [];
  // Opening: the firewall first, so that the new port is never listened on in vain. Closing: sshd first, for the same reason.
  const doors = form === "final" ? [ssh, ...wall] : [...wall, ssh];
  return [extendGuard(), ...own, ...doors, ...(form === "final" && setup.disableRoot ? [lockRootPassword()] : [])];
}

function servicesOf({ address, resolved }: NodePlan, { services, distributionName }: Settings): ServiceSetup {
  return { services, node: address, distribution: distributionName?.value, resolved };
}

function etcOf(plan: NodePlan, { setup, workingDirectory }: Settings, part: EtcTemplates["part"]): EtcTemplates {
  const view = viewOf(plan);
  return {
    workingDirectory,
    packages: plan.packages,
    templates: templates(workingDirectory, view),
    view,
    user: plan.address.user,
    firewall: setup.enableUfw ? "managed" : "left alone",
    part,
  };
}

/** The public half of the key in use: the deploy user is given it. */
async function ownKeys({ login }: Settings): Promise<readonly string[]> {
  if (!login.privateKey) return [];
  const { readPrivateKey } = await import("../node/private-key.ts");
  return [readPrivateKey(login.privateKey.reveal(), login.passphrase?.reveal()).publicKey];
}

/** What templates of /etc may use. */
function viewOf({ address, facts, port, packages }: NodePlan) {
  const { os, osVersion, codename, machine, python, ipv6 } = facts;
  return {
    host: address.host,
    role: address.role ?? "",
    user: address.user,
    ssh_port: port,
    os,
    os_version: osVersion,
    codename,
    machine,
    python: python ?? "",
    ipv6,
    packages,
    // nginx 1.18 knows fewer types of files; to name one twice is a warning at each reload.
    old_nginx: osVersion === "22.04",
  };
}

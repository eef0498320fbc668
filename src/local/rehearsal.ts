// `role: local`: the run goes to a throwaway node on this machine, which stays for the steps that follow in the same job.
import { readFile } from "node:fs/promises";
import { WovenError } from "../errors.ts";
import { defaults } from "../settings/defaults.ts";
import { primaryDomain } from "../settings/domain.ts";
import { localRole } from "../settings/roles.ts";
import { secret } from "../settings/secret.ts";
import type { Settings } from "../settings/settings.ts";
import { ownKeyPair } from "./key-pair.ts";
import type { LocalNode } from "./local-node.ts";
import { listNodes, openNode, startNode } from "./node.ts";
import { isGone } from "./owner.ts";

export interface Rehearsal {
  /** Id of the process whose end removes the node: the runner's worker, which is there for one job, or the terminal's shell. */
  readonly owner: number;
  readonly log: (line: string) => void;
}

/**
 * The same settings with the node `local` made real: booted, or found running since an earlier step, and logged in to with
 * this machine's own key. Throws `local-mixed` where other nodes are named beside it, and all that startNode() throws.
 */
export async function rehearse(settings: Settings, rehearsal: Rehearsal): Promise<Settings> {
  const { login, sites } = settings;
  const others = settings.nodes.filter(({ host }) => host !== localRole);
  if (others.length > 0) throw mixed(others.map(({ host }) => host));
  const { privateKeyFile, publicKey } = await ownKeyPair();
  const node = (await found(rehearsal)) ?? (await booted(settings, publicKey, rehearsal));
  const domain = sites[0] ? primaryDomain(sites[0]) : "shop.example.com";
  rehearsal.log(`What is deployed there answers to: curl --header 'Host: ${domain}' http://${node.host}/`);
  return {
    ...settings,
    nodes: settings.nodes.map((address) => ({ ...address, host: node.host })),
    login: {
      privateKey: secret(await readFile(privateKeyFile, "utf8")),
      knownHosts: (await node.knownHosts()).join("\n"),
      hostKeyPolicy: "strict",
      jump: [],
      sshPort: login.sshPort,
      defaultSshPort: defaults["default-ssh-port"],
      rootUser: login.rootUser,
      authorizedKeys: login.authorizedKeys,
    },
  };
}

async function found({ owner, log }: Rehearsal): Promise<LocalNode | undefined> {
  const known = (await listNodes()).find(({ name }) => name === nameFor(owner));
  // A process id is used again: a node of that name may belong to a job of long ago. Starting the next one removes it.
  if (known === undefined || known.host === "" || (await isGone(known.owner))) return undefined;
  log(`The local node ${known.name} is at ${known.host}, as the earlier steps left it`);
  return openNode(known.name);
}

async function booted({ login }: Settings, publicKey: string, { owner, log }: Rehearsal): Promise<LocalNode> {
  const { rootUser } = login;
  const node = await startNode({
    name: nameFor(owner),
    login: rootUser === "root" ? { kind: "root" } : { kind: "admin", user: rootUser },
    publicKey,
    belongsTo: owner,
    log,
  });
  log(
    `The local node ${node.name}, Debian ${node.suite}, is at ${node.host}; it is removed when process ${owner} ends`,
  );
  return node;
}

function nameFor(owner: number): string {
  return `rehearsal-${owner}`;
}

function mixed(hosts: readonly string[]): WovenError {
  return new WovenError({
    code: "local-mixed",
    message: `role ${localRole} stands beside servers (${hosts.join(", ")}), and a rehearsal is not mixed with the real thing`,
    next: `Rehearse in a step of its own, with role: ${localRole}.`,
  });
}

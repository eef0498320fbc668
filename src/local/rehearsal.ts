// `role: local`: the run uses a throwaway node on this machine. The node stays for the next steps of the same job.
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
import { hasEnded } from "./node-owner.ts";

export interface Rehearsal {
  /** The node is removed when the process with this id ends: the runner's worker, which runs one job, or the terminal's shell. */
  readonly owner: number;
  readonly log: (line: string) => void;
}

/**
 * The same settings, with a booted node for `local`, or the one that an earlier step booted, and this machine's own key for the login.
 * Throws `local-mixed` if other nodes are named too, and everything that startNode() throws.
 */
export async function rehearse(settings: Settings, rehearsal: Rehearsal): Promise<Settings> {
  const { login, sites } = settings;
  const others = settings.nodes.filter(({ host }) => host !== localRole);
  if (others.length > 0) throw mixed(others.map(({ host }) => host));
  const { privateKeyFile, publicKey } = await ownKeyPair();
  const node = (await found(rehearsal)) ?? (await booted(settings, publicKey, rehearsal));
  const domain = sites[0] ? primaryDomain(sites[0]) : "shop.example.com";
  rehearsal.log(`To see a deployed site: curl --header 'Host: ${domain}' http://${node.host}/`);
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
  // Process ids are reused, so a node of that name may belong to an old job. startNode() removes it.
  if (known === undefined || known.host === "" || (await hasEnded(known.owner))) return undefined;
  log(`The local node ${known.name} from the earlier steps is at ${known.host}`);
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
    `The local node ${node.name}, Debian ${node.suite}, is at ${node.host}. It is removed when process ${owner} ends`,
  );
  return node;
}

function nameFor(owner: number): string {
  return `rehearsal-${owner}`;
}

function mixed(hosts: readonly string[]): WovenError {
  return new WovenError({
    code: "local-mixed",
    message: `role ${localRole} cannot be used together with servers (${hosts.join(", ")})`,
    state: "Nothing was changed.",
    next: `Rehearse in a separate step, with role: ${localRole}.`,
  });
}

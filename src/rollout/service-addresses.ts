// The addresses of a project's services as variables of its sites. The server that has a service keeps its password, and gives it out here.
import * as v from "valibot";
import { WovenError } from "../errors.ts";
import type { Host } from "../node/host.ts";
import { sh } from "../node/sh.ts";
import { type DataService, guarded, isOn, passwordKey, serviceUrl, variableOf } from "../settings/data-services.ts";
import { secret } from "../settings/secret.ts";
import type { Secret, Settings } from "../settings/settings.ts";
import { passwordsFile } from "../steps/data-services.ts";
import { hostAt } from "./fleet.ts";
import { distributionName } from "./release-facts.ts";
import type { Runtime } from "./runtime.ts";

type Passwords = Readonly<Record<string, string>>;

/** What data_services.py writes. Hexadecimal, so that a password needs no escape in a URL, in SQL or in a configuration file. */
const Kept = v.object({
  schema: v.literal(1),
  passwords: v.record(v.string(), v.pipe(v.string(), v.regex(/^[0-9a-f]{32,128}$/))),
});

const read = sh`[ ! -e ${passwordsFile} ] || cat ${passwordsFile}`;

export interface ServiceAddresses extends AsyncDisposable {
  /**
   * The settings with the variables of this node's services among the secrets of the environment. A variable that the user sets stays.
   * Throws `setup-due` if a service has not been set up.
   */
  added(settings: Settings, host: Host): Promise<Settings>;
}

/** Each server that has a service for others is asked once, over a login of its own. */
export function serviceAddresses(settings: Settings, runtime: Runtime): ServiceAddresses {
  const logins: Host[] = [];
  const asked = new Map<string, Promise<Passwords>>();
  const elsewhere = ({ on }: DataService): Promise<Passwords> => {
    const node = settings.placed.find(({ host, port }) => host === on?.host && port === on.port);
    if (node === undefined) throw new RangeError(`no role has ${on?.host ?? "this server"}`);
    const name = `${node.host}:${node.port ?? ""}`;
    const answer = asked.get(name) ?? passwordsOf(login(hostAt(node, settings, runtime)));
    asked.set(name, answer);
    return answer;
  };
  const login = (host: Host): Host => {
    logins.push(host);
    return host;
  };
  return {
    async added(here, host) {
      const services = guarded(here.services).filter((one) => !isSet(here, variableOf(one)));
      if (services.length === 0) return here;
      const distribution = distributionName(here);
      const own = services.some((one) => isOn(one, host.address)) ? await passwordsOf(host) : {};
      const variables: Record<string, Secret> = {};
      for (const service of services) {
        const passwords = isOn(service, host.address) ? own : await elsewhere(service);
        const password = passwords[passwordKey(service, distribution)];
        if (password === undefined) throw notSetUp(service, service.on?.host ?? host.name, distribution);
        runtime.log.mask(password);
        variables[variableOf(service)] = secret(serviceUrl(service, host.address, { password, distribution }));
      }
      return { ...here, secretEnv: { ...variables, ...here.secretEnv } };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(logins.map((host) => host.drop()));
    },
  };
}

/** Whether the user sets this variable. */
export function isSet({ env, secretEnv }: Pick<Settings, "env" | "secretEnv">, variable: string): boolean {
  return Object.hasOwn(env, variable) || Object.hasOwn(secretEnv, variable);
}

/** The passwords that a server keeps. Throws `state-broken` if they cannot be read. */
export async function passwordsOf(host: Host): Promise<Passwords> {
  const { code, stdout } = await host.root(read, { purpose: "services", timeoutSeconds: 60 });
  if (code === 0 && stdout.trim() === "") return {};
  const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), Kept), code === 0 ? stdout : "");
  if (kept.success) return kept.output.passwords;
  throw new WovenError({
    code: "state-broken",
    message: `${passwordsFile} on ${host.name} cannot be read, or a newer Woven wrote it`,
    state: "Nothing was changed.",
    next: "Repair the file, or use the version of Woven that wrote it.",
    node: host.name,
  });
}

function notSetUp({ name }: DataService, node: string, distribution: string): WovenError {
  return new WovenError({
    code: "setup-due",
    message: `setupnode is due on ${node}: ${name} has not been set up for ${distribution} (services)`,
    state: "Nothing was built or changed.",
    next: `Run setupnode on ${node} with these settings, and then this command again.`,
    node,
  });
}

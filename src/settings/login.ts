// The login settings: key or password, trusted host keys, jump hosts.

import { parseAddress } from "./address.ts";
import type { ConfigFile } from "./config-file.ts";
import { defaults } from "./defaults.ts";
import { suggestion } from "./did-you-mean.ts";
import type { Inputs } from "./inputs.ts";
import { present } from "./present.ts";
import { quoted, type Report, secretExpression } from "./problems.ts";
import { secret } from "./secret.ts";
import type { HostKeyPolicy, Login, NodeAddress } from "./settings.ts";
import type { SettingsSource } from "./source.ts";

const policies: readonly HostKeyPolicy[] = ["strict", "accept-new"];

/** All login settings. Keys stay as the user gave them: node/private-key.ts repairs them. */
export function readLogin(source: SettingsSource, inputs: Inputs, file: ConfigFile, report: Report): Login {
  const { config } = file;
  const jumpLogin = readSecrets(source, "jump-");
  return {
    ...readSecrets(source, ""),
    ...(Object.keys(jumpLogin).length === 0 ? {} : { jumpLogin }),
    knownHosts: inputs.text("known-hosts") ?? "",
    hostKeyPolicy: readPolicy(inputs, report),
    jump: readJump(inputs, config.user ?? defaults.user, report),
    sshPort: config["ssh-port"] ?? defaults["ssh-port"],
    defaultSshPort: config["default-ssh-port"] ?? defaults["default-ssh-port"],
    rootUser: config["root-user"] ?? defaults["root-user"],
    authorizedKeys: config["authorized-keys"] ?? defaults["authorized-keys"],
  };
}

function readSecrets(
  source: SettingsSource,
  prefix: "" | "jump-",
): Pick<Login, "privateKey" | "passphrase" | "password"> {
  const hidden = (name: "ssh-key" | "ssh-passphrase" | "password") => {
    const given = source.input(`${prefix}${name}`);
    return given.trim() === "" ? undefined : secret(given);
  };
  return present({
    privateKey: hidden("ssh-key"),
    passphrase: hidden("ssh-passphrase"),
    password: hidden("password"),
  });
}

function readPolicy(inputs: Inputs, report: Report): HostKeyPolicy {
  const given = inputs.text("host-key-policy") ?? "strict";
  const policy = policies.find((known) => known === given);
  if (policy === undefined)
    report({
      where: "input host-key-policy",
      what: `${quoted(given)} is not a policy`,
      next: suggestion(given, policies),
    });
  return policy ?? "strict";
}

function readJump(inputs: Inputs, user: string, report: Report): readonly NodeAddress[] {
  return inputs.list("jump").flatMap((entry): NodeAddress[] => {
    const address = parseAddress(entry);
    if (address.kind === "address")
      return [
        {
          user: address.user ?? user,
          host: address.host,
          ...(address.port === undefined ? {} : { port: address.port }),
        },
      ];
    report({ where: "input jump", what: address.what, next: address.next });
    return [];
  });
}

/** Reports missing credentials for jump hosts. They never get the password of the servers. */
function checkJump({ jump, jumpLogin = {}, privateKey }: Login, report: Report): void {
  const given = Object.keys(jumpLogin).length > 0;
  if (jump.length === 0 && given)
    report({
      where: "input jump",
      what: "is empty, but a key or password for jump hosts is given",
      next: "Set jump, or remove the key or password.",
    });
  if (jumpLogin.passphrase && !jumpLogin.privateKey)
    report({
      where: "input jump-ssh-passphrase",
      what: "is given without jump-ssh-key",
      next: "Remove it, or set jump-ssh-key too.",
    });
  if (jump.length === 0 || privateKey || jumpLogin.privateKey || jumpLogin.password) return;
  report({
    where: "input jump-password",
    what: "is empty, and jump hosts never get the password of your servers",
    next: `Give the jump hosts a login of their own with jump-ssh-key or jump-password: ${secretExpression("WOVEN_JUMP_PASSWORD")}`,
  });
}

/** Reports a login that cannot work, or that setupnode would turn off. */
export function checkLogin(
  login: Login,
  purpose: { readonly command: string; readonly disableSshPassword: boolean },
  report: Report,
): void {
  if (login.privateKey === undefined && login.password === undefined) {
    report({
      where: "input ssh-key",
      what: `is empty, but ${purpose.command} must log in`,
      next: `Store the private key as a secret and write ssh-key: ${secretExpression("WOVEN_SSH_KEY")}\nA secret is also empty if its name is misspelt, and in a pull request from a fork.`,
    });
    return;
  }
  checkJump(login, report);
  if (login.privateKey !== undefined || purpose.command !== "setupnode" || !purpose.disableSshPassword) return;
  report({
    where: "input ssh-key",
    what: "is empty, and setupnode turns passwords off: nobody could log in any more",
    next: "Set ssh-key as well as the password, or write disable-ssh-password = false.",
  });
}

// The SSH server of a node: its port, and who may log in how. Woven writes a drop-in that sorts first, and sshd itself checks it.
import { sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import { placeFiles } from "./place-file.ts";
import { guarded } from "./ssh-guard.ts";

export interface SshdAccess {
  /** The deploy user. It must be able to log in with a key. */
  readonly user: string;
  /** sshd listens on all of them afterwards, and on no other port. */
  readonly ports: readonly number[];
  readonly refuseRoot: boolean;
  readonly keysOnly: boolean;
  /** `opening`: the old login stays possible beside the new one. `final`: the restrictions apply. */
  readonly form: "opening" | "final";
}

/**
 * Configures sshd, and checks that it accepts the configuration (`sshd -t`, `sshd -T`) and listens. For most settings sshd takes the
 * first value that it reads, and Debian's sshd_config reads its drop-ins first (sshd_config(5)); `Port` adds up.
 */
export function sshd(access: SshdAccess): Step {
  const placed = placeFiles(
    {
      id: "sshd",
      title: `Configure SSH on ${access.ports.length === 1 ? "port" : "ports"} ${access.ports.join(" and ")}`,
    },
    [{ path: "/etc/ssh/sshd_config.d/00-woven.conf", content: dropIn(access), mode: "600" }],
  );
  const socket = placeFiles({ id: "sshd-socket", title: `Place ${socketFile}` }, [
    { path: socketFile, content: socketDropIn(access.ports) },
  ]);
  // If systemd's socket holds the port, and no generator of the distribution gives it the ports of sshd_config.
  const needsSocketFile = sh`systemctl is-active --quiet ssh.socket && [ ! -e /usr/lib/systemd/system-generators/sshd-socket-generator ] || [ -e ${socketFile} ]`;
  const reload = sh`systemctl daemon-reload
if systemctl is-active --quiet ssh.socket || systemctl is-failed --quiet ssh.socket; then systemctl stop ssh.service; systemctl restart ssh.socket; else systemctl reload-or-restart ssh.service; fi`;
  const verify = sh`tool sshd "$files/sshd.spec.json"`;
  return guarded({
    ...placed,
    files: [...(placed.files ?? []), ...(socket.files ?? []), verification(access)],
    check: sh`${placed.check ?? sh`:`}
if ${needsSocketFile}; then ${socket.check ?? sh`:`}; fi
${verify}`,
    apply: sh`${placed.apply}
if ${needsSocketFile}; then
  ${socket.apply}
fi
mkdir -p /run/sshd
sshd -t
${reload}
${verify}`,
    preview: sh`${placed.preview ?? sh`:`}
if ${needsSocketFile}; then ${socket.preview ?? sh`:`}; fi`,
    undo: sh`${placed.undo ?? sh`:`}
${socket.undo ?? sh`:`}
${reload}`,
    next: "The SSH server is as it was before. The error is above. Usually another configuration file of sshd sets the same option first. Change that file, and run setupnode again.",
  });
}

function settings({ refuseRoot, keysOnly, form }: SshdAccess): readonly (readonly [string, string])[] {
  if (form === "opening") return [];
  return [
    ...(refuseRoot ? ([["PermitRootLogin", "no"]] as const) : []),
    ...(keysOnly
      ? ([
          ["PasswordAuthentication", "no"],
          ["KbdInteractiveAuthentication", "no"],
        ] as const)
      : []),
    ["PubkeyAuthentication", "yes"],
    ["PermitEmptyPasswords", "no"],
    ["X11Forwarding", "no"],
    ["MaxAuthTries", "4"],
    ["LoginGraceTime", "30"],
    ["UseDNS", "no"],
  ];
}

function dropIn(access: SshdAccess): string {
  const ports = access.ports.map((port) => `Port ${port}\n`);
  const rest = settings(access).map(([name, value]) => `${name} ${value}\n`);
  return `# Managed by Woven: setupnode overwrites this file. For most settings, the first value that sshd reads counts.\n${[...ports, ...rest].join("")}`;
}

const socketFile = "/etc/systemd/system/ssh.socket.d/woven.conf";

/** `both`: one socket for IPv4 and IPv6, whatever net.ipv6.bindv6only says; without IPv6, for IPv4 alone (systemd.socket(5)). */
function socketDropIn(ports: readonly number[]): string {
  return `# Managed by Woven.\n[Socket]\nBindIPv6Only=both\nListenStream=\n${ports.map((port) => `ListenStream=${port}\n`).join("")}`;
}

/**
 * What ssh_server.py checks: that the effective settings of sshd are the intended ones, that nothing keeps the deploy user from logging
 * in with its key (a failed login would not say what), and that sshd or systemd listens on the ports.
 */
function verification(access: SshdAccess): StageFile {
  const { user, ports, keysOnly, form } = access;
  const passwords =
    keysOnly && form === "final" ? ["passwordauthentication no", "kbdinteractiveauthentication no"] : [];
  const spec = {
    user,
    ports,
    settings: settings(access).map(([name, value]) => `${name.toLowerCase()} ${value}`),
    login: ["pubkeyauthentication yes", "forcecommand none", "chrootdirectory none", ...passwords],
  };
  return { name: "sshd.spec.json", content: JSON.stringify(spec) };
}

/** Locks root's password. sshd already refuses root's keys (`PermitRootLogin no`). */
export function lockRootPassword(): Step {
  return guarded({
    id: "root-password",
    title: "Lock root's password",
    // Only L is locked: NP means that there is no password at all (passwd(1)).
    check: sh`[ "$(passwd -S root | cut -d' ' -f2)" = L ]`,
    apply: sh`passwd -ql root`,
    undo: sh`passwd -qu root || :`,
  });
}

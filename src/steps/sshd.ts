// The SSH server of a node: its port, and who may log in how. A drop-in that sorts first, proved by sshd itself.
import { sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";
import { placeFiles } from "./place-file.ts";
import { guarded } from "./ssh-guard.ts";

export interface SshAccess {
  /** Whose login by key the node must let in, whatever else its configuration says. */
  readonly user: string;
  /** All of them are open afterwards, and no other. */
  readonly ports: readonly number[];
  readonly refuseRoot: boolean;
  readonly keysOnly: boolean;
  /** The restrictions that come with the final form; while two ways in are open, nothing is taken away. */
  readonly form: "opening" | "final";
}

/**
 * Configures sshd and has it say that it understood (`sshd -t`, `sshd -T`), and that it listens. Of most settings sshd takes
 * the first value it reads, and Debian's sshd_config reads its drop-ins first (sshd_config(5)); `Port` adds up.
 */
export function sshd(access: SshAccess): Step {
  const placed = placeFiles(
    {
      id: "sshd",
      title: `SSH on port ${access.ports.join(" and ")}${access.form === "final" ? ", as it stays" : ", beside the old way"}`,
    },
    [{ path: "/etc/ssh/sshd_config.d/00-woven.conf", content: dropIn(access), mode: "600" }],
  );
  const socket = placeFiles({ id: "sshd-socket", title: socketFile }, [
    { path: socketFile, content: socketDropIn(access.ports) },
  ]);
  // Only where the socket, not sshd, holds the port and no generator of the distribution reads sshd_config for it.
  const own = sh`systemctl is-active --quiet ssh.socket && [ ! -e /usr/lib/systemd/system-generators/sshd-socket-generator ] || [ -e ${socketFile} ]`;
  const reload = sh`systemctl daemon-reload
if systemctl is-active --quiet ssh.socket || systemctl is-failed --quiet ssh.socket; then systemctl stop ssh.service; systemctl restart ssh.socket; else systemctl reload-or-restart ssh.service; fi`;
  const verify = sh`tool sshd "$files/sshd.spec.json"`;
  return guarded({
    ...placed,
    files: [...(placed.files ?? []), ...(socket.files ?? []), verification(access)],
    check: sh`${placed.check ?? sh`:`}
if ${own}; then ${socket.check ?? sh`:`}; fi
${verify}`,
    apply: sh`${placed.apply}
if ${own}; then
  ${socket.apply}
fi
mkdir -p /run/sshd
sshd -t
${reload}
${verify}`,
    preview: sh`${placed.preview ?? sh`:`}
if ${own}; then ${socket.preview ?? sh`:`}; fi`,
    undo: sh`${placed.undo ?? sh`:`}
${socket.undo ?? sh`:`}
${reload}`,
    next: "The SSH server is as it was before. What sshd said is above: another file of its configuration that sets the same thing first is the usual reason.",
  });
}

function settings({ refuseRoot, keysOnly, form }: SshAccess): readonly (readonly [string, string])[] {
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

function dropIn(access: SshAccess): string {
  const ports = access.ports.map((port) => `Port ${port}\n`);
  const rest = settings(access).map(([name, value]) => `${name} ${value}\n`);
  return `# Managed by Woven: setupnode writes this file anew. Of most settings, the first value that sshd reads counts.\n${[...ports, ...rest].join("")}`;
}

const socketFile = "/etc/systemd/system/ssh.socket.d/woven.conf";

/** `both`: one socket for IPv4 and IPv6, whatever net.ipv6.bindv6only says, and for IPv4 where there is no IPv6 (systemd.socket(5)). */
function socketDropIn(ports: readonly number[]): string {
  return `# Managed by Woven.\n[Socket]\nBindIPv6Only=both\nListenStream=\n${ports.map((port) => `ListenStream=${port}\n`).join("")}`;
}

/**
 * What sshd makes of all its files, compared with what was meant; that nothing in them turns the deploy user's key away, told here
 * by its name, for a login that fails would not say why; and that sshd, or systemd for it, listens (ssh_server.py).
 */
function verification(access: SshAccess): StageFile {
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

/** Locks root's password; its keys are refused by sshd (`PermitRootLogin no`). */
export function lockRoot(): Step {
  return guarded({
    id: "root-password",
    title: "Root's password locked",
    // NP, no password at all, is no lock either (passwd(1)).
    check: sh`[ "$(passwd -S root | cut -d' ' -f2)" = L ]`,
    apply: sh`passwd -ql root`,
    undo: sh`passwd -qu root || :`,
  });
}

// The SSH server of a node: its port, and who may log in how. A drop-in that sorts first, proved by sshd itself.
import { lines, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { placeFiles } from "./place-file.ts";
import { guarded } from "./ssh-guard.ts";

export interface SshAccess {
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
    [
      { path: "/etc/ssh/sshd_config.d/00-woven.conf", content: dropIn(access), mode: "600" },
      // Only where the socket, not sshd, holds the port and no generator of the distribution reads sshd_config for it.
      { path: "/etc/systemd/system/ssh.socket.d/woven.conf", content: socketDropIn(access.ports), when: "folder" },
    ],
  );
  const socket = sh`systemctl is-active --quiet ssh.socket && [ ! -e /usr/lib/systemd/system-generators/sshd-socket-generator ] && [ ! -d /etc/systemd/system/ssh.socket.d ]`;
  const reload = sh`systemctl daemon-reload
if systemctl is-active --quiet ssh.socket; then systemctl stop ssh.service; systemctl restart ssh.socket; else systemctl reload-or-restart ssh.service; fi`;
  const verify = sh`${effective(access)}
${listening(access.ports)}`;
  return guarded({
    ...placed,
    check: sh`if ${socket}; then exit 1; fi
${placed.check ?? sh`:`}
${verify}`,
    apply: sh`if ${socket}; then mkdir -p /etc/systemd/system/ssh.socket.d; fi
${placed.apply}
mkdir -p /run/sshd
sshd -t
${reload}
${verify}`,
    undo: sh`${placed.undo ?? sh`:`}
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

function socketDropIn(ports: readonly number[]): string {
  return `# Managed by Woven.\n[Socket]\nListenStream=\n${ports.map((port) => `ListenStream=${port}\n`).join("")}`;
}

/** What sshd makes of all its files, compared with what was meant. */
function effective(access: SshAccess) {
  const wanted = [...settings(access).map(([name, value]) => `${name.toLowerCase()} ${value}`)];
  return sh`mkdir -p /run/sshd
# As root sees it: a Match block for root would count, too.
sshd -T -C ${`user=root,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=${access.ports[0] ?? 22}`} >"$run/sshd-effective"
for want in ${wanted}; do
  grep -qixF "$want" "$run/sshd-effective" || fail "sshd does not take over \"$want\": it says \"$(grep -i "^\${want%% *} " "$run/sshd-effective")\". Which file says so: grep -ri \${want%% *} /etc/ssh/sshd_config /etc/ssh/sshd_config.d"
done
ports=$(sed -n 's/^port //p' "$run/sshd-effective" | sort -nu | tr '\n' ' ')
[ "$ports" = ${`${access.ports.toSorted((one, other) => one - other).join(" ")} `} ] || fail "sshd would listen on \${ports}not on ${access.ports.join(" and ")} alone: take Port out of $(grep -il '^[[:space:]]*port' /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf | grep -v 00-woven | tr '\n' ' ')(is sshd_config.d included first?)"`;
}

/** Waits a moment until every port is listened on. */
function listening(ports: readonly number[]) {
  return lines([
    sh`for port in ${ports}; do`,
    sh`  for try in 1 2 3 4 5 6 7 8 9 10; do ss -Hltn "sport = :$port" | grep -q . && continue 2; sleep 0.3; done`,
    sh`  fail "nothing listens on port $port"`,
    sh`done`,
  ]);
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

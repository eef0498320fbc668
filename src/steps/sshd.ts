// The SSH server of a node: its port, and who may log in how. A drop-in that sorts first, proved by sshd itself.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
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
  const verify = sh`${effective(access)}
${letsIn(access)}
${listening(access.ports)}`;
  return guarded({
    ...placed,
    files: [...(placed.files ?? []), ...(socket.files ?? [])],
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

/** That nothing in sshd's files turns the deploy user's key away. Told here by its name: a login that fails would not say why. */
function letsIn({ user, ports, keysOnly, form }: SshAccess): Shell {
  const port = ports.at(-1) ?? 22;
  const passwords =
    keysOnly && form === "final" ? ["passwordauthentication no", "kbdinteractiveauthentication no"] : [];
  return sh`sshd -T -C ${`user=${user},host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=${port}`} >"$run/sshd-user"
turned_away() { fail ${`${user} cannot log in on port ${port}:`} "$1. Which file says so: grep -ri $2 /etc/ssh/sshd_config /etc/ssh/sshd_config.d"; }
for want in ${["pubkeyauthentication yes", "forcecommand none", "chrootdirectory none", ...passwords]}; do
  grep -qixF "$want" "$run/sshd-user" || turned_away "a Match block makes it \"$(grep -i "^\${want%% *} " "$run/sshd-user")\" where \"$want\" is needed" "\${want%% *}"
done
grep -Eqi '^authenticationmethods (any|publickey|.* publickey( .*)?|publickey .*)$' "$run/sshd-user" || turned_away "sshd asks for more than a key: $(grep -i '^authenticationmethods ' "$run/sshd-user")" AuthenticationMethods
grep -Eqi '^authorizedkeysfile (.* )?(%h/)?\.ssh/authorized_keys( |$)' "$run/sshd-user" || turned_away "sshd does not read the keys in its home: $(grep -i '^authorizedkeysfile ' "$run/sshd-user")" AuthorizedKeysFile
# A pattern with a host may hold for the runner's or not: that is left to the login.
named() {
  list=$1; shift
  sed -n "s/^$list //p" "$run/sshd-user" | while read -r pattern; do
    case $list:$pattern in deny*@*) continue ;; esac
    for name in "$@"; do case $name in \${pattern%%@*}) echo yes ;; esac; done
  done | grep -q yes
}
for list in allowusers denyusers allowgroups denygroups; do
  grep -q "^$list " "$run/sshd-user" || continue
  names=${user}
  case $list in *groups) names=$(id -Gn ${user}) ;; esac
  case $list in
  allow*) named $list $names || turned_away "of $list, none is \"$names\"" $list ;;
  deny*) if named $list $names; then turned_away "it is one of $list" $list; fi ;;
  esac
done`;
}

/** Waits a moment until sshd, or systemd for it, listens on every port: on IPv4 and on IPv6, as far as sshd's settings want both. */
function listening(ports: readonly number[]): Shell {
  return sh`deaf() { # port: what of it nobody listens on
  ss -Hltnp "sport = :$1" | awk '{ print $4, $6 }' >"$run/sshd-listening"
  grep -q . "$run/sshd-listening" || echo any
  sed -n "s/^listenaddress \(.*\):$1$/\1/p" "$run/sshd-effective" | while read -r address; do
    case $address in
    0.0.0.0) grep -Eq '^(0\.0\.0\.0|\*):' "$run/sshd-listening" || echo IPv4 ;;
    '[::]') ! grep -qs . /proc/net/if_inet6 || grep -Eq '^(\[::\]|\*):' "$run/sshd-listening" || echo IPv6 ;;
    esac
  done
}
for port in ${ports}; do
  for try in 1 2 3 4 5 6 7 8 9 10; do [ -n "$(deaf $port)" ] || break; sleep 0.3; done
  missing=$(deaf $port | sort -u | tr '\n' ' ')
  case $missing in
  '') ;;
  any*) fail "nothing listens on port $port" ;;
  *) fail "nothing listens on port $port for \${missing}" ;;
  esac
  ! grep -qv -e '"sshd"' -e '"systemd"' "$run/sshd-listening" || fail "port $port is taken by another program: $(cat "$run/sshd-listening")"
done`;
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

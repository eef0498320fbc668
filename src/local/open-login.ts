// Finds out how to log in to a local node now, by asking the node: setupnode moves its SSH port and refuses root.
import type { LocalNode } from "./local-node.ts";

export interface SshAccess {
  readonly user: string;
  readonly port: number;
}

// Prints the ports on which sshd, or systemd for it, listens. Then every account that accepts the key.
const ask = `key=$1
for port in $(sshd -T 2>/dev/null | sed -n 's/^port //p'); do
  if ss -Hltn "sport = :$port" | grep -q .; then echo "port $port"; fi
done
getent passwd | while IFS=: read -r user _ id _ _ home _; do
  grep -qsF "$key" "$home/.ssh/authorized_keys" || continue
  if [ "$id" = 0 ] && sshd -T -C "user=root,host=localhost,addr=127.0.0.1" 2>/dev/null | grep -qx 'permitrootlogin no'; then continue; fi
  echo "user $user"
done`;

/** The login with which the node was started if it still works, or else another one. `publicKey`: as in authorized_keys. */
export async function wayIn(node: LocalNode, publicKey: string): Promise<SshAccess> {
  const blob = publicKey.split(" ")[1] ?? publicKey;
  const { stdout } = await node.run(["sh", "-uc", ask, "woven-local", blob]);
  const all = (name: string) =>
    stdout.split("\n").flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
  const ports = all("port").map(Number);
  const users = all("user");
  return {
    user: users.includes(node.user) ? node.user : (users[0] ?? node.user),
    port: ports.includes(node.port) ? node.port : (ports[0] ?? node.port),
  };
}

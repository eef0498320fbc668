// A node's own network: a namespace, a link to this machine with two addresses of 198.18.0.0/15 (RFC 2544: never used on the
// internet), and a route out through this machine's address.
import { kernelName, machineDirectory, nodeDirectory, type Places } from "./places.ts";
import { rootScript } from "./privileged.ts";

export interface Link {
  /** This machine's end, `woven12`. */
  readonly name: string;
  /** The node's address. */
  readonly host: string;
}

// The node's end of the link is made in its namespace, so deleting the namespace removes both ends.
const connect = `ns=$1 dir=$2 machine=$3 i=$4
exec 9>"$machine/network.lock"; flock 9
ip netns add "$ns"
link=
for try in $(seq 64); do
  i=$(( (i + 1) % 32768 ))
  at=$(( i * 4 )); three=198.$(( 18 + at / 65536 )).$(( at / 256 % 256 )); four=$(( at % 256 ))
  if [ -n "$(ip -4 -o address show to "$three.$four/30")" ]; then continue; fi
  # The kernel lets one process only have a name of a link.
  if ip link add "woven$i" type veth peer name eth0 netns "$ns"; then link=woven$i; break; fi
done
[ -n "$link" ] || { echo "no free link found" >&2; exit 1; }
echo "$link" > "$dir/link"
here=$three.$(( four + 1 )) there=$three.$(( four + 2 ))
out=$(ip -4 route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n 1)
mtu=$(cat "/sys/class/net/\${out:-lo}/mtu"); [ "$mtu" -le 1500 ] || mtu=1500

ip address add "$here/30" dev "$link"
ip link set "$link" mtu "$mtu" up
ip -n "$ns" link set lo up
ip -n "$ns" address add "$there/30" dev eth0
ip -n "$ns" link set eth0 mtu "$mtu" up
ip -n "$ns" route add default via "$here"

nft -f - <<RULES
table inet $ns {
  chain way-out { type nat hook postrouting priority srcnat; ip saddr $there ip daddr != 198.18.0.0/15 masquerade; }
  chain from-node { type filter hook prerouting priority raw; }
  chain to-node { type filter hook postrouting priority mangle; }
}
RULES
# Docker and some firewalls drop what is forwarded unless a rule of iptables lets it pass.
if command -v iptables >/dev/null && iptables -w -S FORWARD 2>/dev/null | grep -qv -x -e '-P FORWARD ACCEPT'; then
  iptables -w -I FORWARD -i "$link" -j ACCEPT
  iptables -w -I FORWARD -o "$link" -j ACCEPT
fi
if [ "$(cat /proc/sys/net/ipv4/ip_forward)" != 1 ]; then
  touch "$machine/turned-on-ip-forward"
  echo 1 > /proc/sys/net/ipv4/ip_forward
fi
# What is meant for a node that has gone, or never was, must not leave by the default route.
if ip route add unreachable 198.18.0.0/15 metric 4096 2>/dev/null; then touch "$machine/added-unreachable-route"; fi
echo "$link $there"`;

/** Makes the node's network. It is found again by its name and by the file `link` in the node's folder. */
export async function connectNode(node: string, places: Places): Promise<Link> {
  // Starts at a random address, so that connections to a node that was just removed do not reach the next one.
  const begin = Math.floor(Math.random() * 32_768);
  const values = [kernelName(node), nodeDirectory(places, node), machineDirectory, `${begin}`];
  const [name = "", host = ""] = (await rootScript("connecting its network", connect, values)).split(" ");
  return { name, host };
}

/** Drops every packet from and to the node without notice, like a pulled cable. */
export async function cutLink(node: string, link: string): Promise<void> {
  const script = `nft -f - <<RULES
flush chain inet $1 from-node
flush chain inet $1 to-node
add rule inet $1 from-node iifname "$2" drop
add rule inet $1 to-node oifname "$2" drop
RULES`;
  await rootScript("cutting its network", script, [kernelName(node), link]);
}

export async function restoreLink(node: string): Promise<void> {
  const script = 'nft flush chain inet "$1" from-node; nft flush chain inet "$1" to-node';
  await rootScript("reconnecting its network", script, [kernelName(node)]);
}

// Prepares a local node as cloud-init prepares a fresh server: a name, a machine id, host keys, a user with a key.

import { rootScript } from "./privileged.ts";
import { type Login, loginUser } from "./records.ts";

export interface FirstBoot {
  readonly hostname: string;
  readonly login: Login;
  readonly publicKey: string;
  readonly password?: string | undefined;
  readonly hostKeys: "keep" | "fresh";
}

// Runs in the node's tree before it boots. On a saved image it adds the key and leaves the users as they are.
const script = `name=$1 user=$2 host_keys=$3
IFS= read -r key; IFS= read -r password || true
echo "$name" > /etc/hostname
touch /etc/hosts
sed -i '/^127\\.0\\.1\\.1/d' /etc/hosts
echo "127.0.1.1 $name" >> /etc/hosts
grep -q '^127\\.0\\.0\\.1' /etc/hosts || echo '127.0.0.1 localhost' >> /etc/hosts
tr -d - < /proc/sys/kernel/random/uuid > /etc/machine-id

if [ "$host_keys" = fresh ]; then rm -f /etc/ssh/ssh_host_*; fi
for type in rsa ecdsa ed25519; do
  file=/etc/ssh/ssh_host_\${type}_key
  if [ ! -e "$file" ]; then ssh-keygen -q -t "$type" -N '' -C "root@$name" -f "$file" & fi
done

drop_in=/etc/ssh/sshd_config.d/50-cloud-init.conf
if ! id "$user" >/dev/null 2>&1; then
  useradd --create-home --shell /bin/bash --groups sudo "$user"
  echo "$user ALL=(ALL) NOPASSWD:ALL" > /etc/sudoers.d/90-cloud-init-users
  chmod 440 /etc/sudoers.d/90-cloud-init-users
fi
if [ -n "$password" ]; then
  echo "$user:$password" | chpasswd
  echo 'PasswordAuthentication yes' > "$drop_in"
  if [ "$user" = root ]; then echo 'PermitRootLogin yes' >> "$drop_in"; fi
elif [ ! -e /etc/woven-local ]; then
  echo 'PasswordAuthentication no' > "$drop_in"
fi
touch /etc/woven-local

home=$(getent passwd "$user" | cut -d : -f 6)
group=$(id -gn "$user")
install -d -m 700 -o "$user" -g "$group" "$home/.ssh"
touch "$home/.ssh/authorized_keys"
grep -qxF -e "$key" "$home/.ssh/authorized_keys" || printf '%s\\n' "$key" >> "$home/.ssh/authorized_keys"
chown "$user:$group" "$home/.ssh/authorized_keys"
chmod 600 "$home/.ssh/authorized_keys"

wait
mkdir -p /run/sshd
/usr/sbin/sshd -T | sed -n 's/^port //p' | head -n 1`;

/** Gives the tree its own identity. Returns the port of its sshd. */
export async function initialise(tree: string, boot: FirstBoot): Promise<number> {
  const values = [tree, script, boot.hostname, loginUser(boot.login), boot.hostKeys];
  // /proc and /dev: the tree is not booted yet, and key generation needs /dev/urandom or getrandom(2) only.
  const chroot =
    'exec unshare --mount sh -euc \'mount -t proc proc "$1/proc"; exec chroot "$1" sh -euc "$2" woven-local "$3" "$4" "$5"\' woven-local "$@"';
  const input = `${boot.publicKey.trim()}\n${boot.password ?? ""}\n`;
  return Number(await rootScript("preparing its users and keys", chroot, values, { input }));
}

/** The port of sshd, read again because the node may have changed it. */
export async function sshPort(tree: string): Promise<number> {
  const ask = `chroot "$1" sh -euc "mkdir -p /run/sshd; /usr/sbin/sshd -T" | sed -n 's/^port //p' | head -n 1`;
  return Number(await rootScript("reading its sshd's port", ask, [tree]));
}

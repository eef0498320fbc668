// The account that deploys: keys only, and sudo by a drop-in that visudo has read first.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";

/** Creates the user with a locked password and gives it the keys; keys that somebody else put there stay. */
export function deployUser(user: string, keys: readonly string[]): readonly Step[] {
  const carried = "authorized-keys";
  return [
    {
      id: "deploy-user",
      title: `User ${user}`,
      check: sh`id -u ${user} >/dev/null 2>&1`,
      apply: sh`useradd --create-home --user-group --shell /bin/bash ${user}
detail ${user}`,
    },
    {
      id: "deploy-keys",
      title: `Keys of ${user}`,
      files: [{ name: carried, content: keys.map((key) => `${key}\n`).join("") }],
      check: sh`home=$(getent passwd ${user} | cut -d: -f6)
[ "$(stat -c %a:%U "$home/.ssh" 2>/dev/null)" = ${`700:${user}`} ] && [ "$(stat -c %a:%U "$home/.ssh/authorized_keys" 2>/dev/null)" = ${`600:${user}`} ]
while read -r key; do grep -qxF -- "$key" "$home/.ssh/authorized_keys" || exit 1; done <"$files"/${carried}`,
      apply: sh`home=$(getent passwd ${user} | cut -d: -f6)
group=$(id -gn ${user})
install -d -m 700 -o ${user} -g "$group" "$home/.ssh"
touch "$home/.ssh/authorized_keys"
# awk ends a last line that somebody left without its newline: the next key is a line of its own.
{ awk 1 "$home/.ssh/authorized_keys"; while read -r key; do grep -qxF -- "$key" "$home/.ssh/authorized_keys" || printf '%s\n' "$key"; done <"$files"/${carried}; } >"$run/keys"
tool write "$home/.ssh/authorized_keys" 600 ${user} "$group" <"$run/keys"`,
    },
    {
      id: "sudo",
      title: `sudo for ${user}`,
      files: [{ name: "sudoers", content: sudoers(user) }],
      check: sh`same "$files/sudoers" /etc/sudoers.d/woven && [ "$(stat -c %a:%U /etc/sudoers.d/woven)" = 440:root ]`,
      apply: sh`visudo -cqf "$files/sudoers"
tool write /etc/sudoers.d/woven 440 root root <"$files/sudoers"
usermod -aG adm ${user}`,
    },
  ];
}

function sudoers(user: string): string {
  return `# Managed by Woven. Stages run as root: the account that deploys can do what root can, and has no password to lose.
Defaults:${user} !requiretty
${user} ALL=(ALL:ALL) NOPASSWD: ALL
`;
}

// sudo for the account that deploys: a file of its own, which visudo has read first, and which is tried.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";

/** One a user: a second account that deploys takes nothing from the first. sudo reads no name that has a dot (sudoers(5)). */
export function sudoersFile(user: string): string {
  return `/etc/sudoers.d/woven-${user}`;
}

/** Exits other than 0, with the reason, where the account cannot become root without being asked. */
export function sudoWorks(user: string): Shell {
  return sh`runuser -u ${user} -- sudo -n true || { echo ${`with these files, sudo would refuse ${user}: ${sudoersFile(user)} must be read, and no rule after it may ask for a password`}; exit 1; }`;
}

/** Woven's one file for all users, of its earlier versions: sets `$whose` to the user that it is for. */
const former = "/etc/sudoers.d/woven";
const formerly: Shell = sh`whose=
if head -n 1 ${former} 2>/dev/null | grep -q '^# Managed by Woven'; then whose=$(sed -n '2s/^Defaults:\([a-z_][a-z0-9_-]*\) !requiretty$/\1/p' ${former}); fi`;

export function sudo(user: string): Step {
  const file = sudoersFile(user);
  return {
    id: "sudo",
    title: `sudo for ${user}`,
    files: [{ name: "sudoers", content: sudoers(user) }],
    check: sh`same "$files/sudoers" ${file}
[ "$(stat -c %a:%U ${file})" = 440:root ]
${formerly}
[ -z "$whose" ]
runuser -u ${user} -- sudo -n true`,
    // Whose sudo came by the file of earlier versions has it at every moment.
    apply: sh`visudo -cqf "$files/sudoers"
tool write ${file} 440 root root <"$files/sudoers"
${formerly}
if [ -n "$whose" ]; then
  [ -e ${former}-"$whose" ] || mv ${former} ${former}-"$whose"
  rm -f ${former}
fi
usermod -aG adm ${user}
runuser -u ${user} -- sudo -n true || fail ${`sudo still refuses ${user}: of all rules that fit, the last one read counts. It may be in`} "$(cd /etc/sudoers.d && ls | awk -v own=${file.slice("/etc/sudoers.d/".length)} '$0 > own' | sed 's#^#/etc/sudoers.d/#' | tr '\n' ' ')or at the end of /etc/sudoers: see sudo -l -U" ${user}`,
  };
}

function sudoers(user: string): string {
  return `# Managed by Woven. Stages run as root: the account that deploys can do what root can, and has no password to lose.
# A program that sudo starts as another account gets a terminal of its own: in this one, it could type what the account then runs.
Defaults:${user} !requiretty, use_pty
${user} ALL=(ALL:ALL) NOPASSWD: ALL
`;
}

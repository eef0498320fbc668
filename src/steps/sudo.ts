// sudo for the deploy user: a sudoers file of its own, checked with visudo before it is placed and tried afterwards.
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";

/** One file per deploy user, so that two of them do not overwrite each other. sudo ignores a name that has a dot (sudoers(5)). */
export function sudoersFile(user: string): string {
  return `/etc/sudoers.d/woven-${user}`;
}

/** Fails, and prints the reason, if the user cannot become root without a password. */
export function checkSudo(user: string): Shell {
  return sh`runuser -u ${user} -- sudo -n true || { echo ${`with these files, ${user} could not use sudo: sudo must read ${sudoersFile(user)}, and no later rule may ask for a password`}; exit 1; }`;
}

/** Earlier versions of Woven had one file for all users. */
const oldFile = "/etc/sudoers.d/woven";
/** Sets `$old_user` to the user of the old file; empty if there is none. */
const readOldFile: Shell = sh`old_user=
if head -n 1 ${oldFile} 2>/dev/null | grep -q '^# Managed by Woven'; then old_user=$(sed -n 's/^Defaults:\([a-z_][a-z0-9_-]*\) !requiretty.*$/\1/p' ${oldFile}); fi`;

export function sudo(user: string): Step {
  const file = sudoersFile(user);
  return {
    id: "sudo",
    title: `Allow ${user} to use sudo`,
    files: [{ name: "sudoers", content: sudoers(user) }],
    check: sh`same "$files/sudoers" ${file}
[ "$(stat -c %a:%U ${file})" = 440:root ]
${readOldFile}
[ -z "$old_user" ]
runuser -u ${user} -- sudo -n true`,
    // The user of the old file keeps sudo at every moment: its new file is in place before the old one is removed.
    apply: sh`visudo -cqf "$files/sudoers"
tool write ${file} 440 root root <"$files/sudoers"
${readOldFile}
if [ -n "$old_user" ]; then
  [ -e ${oldFile}-"$old_user" ] || mv ${oldFile} ${oldFile}-"$old_user"
  rm -f ${oldFile}
fi
usermod -aG adm ${user}
runuser -u ${user} -- sudo -n true || fail ${`${user} still cannot use sudo. The last rule that matches counts. It may be in`} "$(cd /etc/sudoers.d && ls | awk -v file=${file.slice("/etc/sudoers.d/".length)} '$0 > file' | sed 's#^#/etc/sudoers.d/#' | tr '\n' ' ')or at the end of /etc/sudoers. To list the rules: sudo -l -U" ${user}`,
  };
}

function sudoers(user: string): string {
  return `# Managed by Woven. Stages run as root, so the deploy user may do what root may. It has no password.
# use_pty: a program that sudo starts gets its own terminal, so that it cannot type commands into the deploy user's terminal.
Defaults:${user} !requiretty, use_pty
${user} ALL=(ALL:ALL) NOPASSWD: ALL
`;
}

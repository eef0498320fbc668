// The account that deploys: keys only, and sudo by a drop-in that visudo has read first.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";

/** Creates the user without a password and gives it the keys; keys that somebody else put there stay. */
export function deployUser(user: string, keys: readonly string[]): readonly Step[] {
  return [
    account(user),
    authorizedKeys(user, keys),
    {
      id: "sudo",
      title: `sudo for ${user}`,
      files: [{ name: "sudoers", content: sudoers(user) }],
      check: sh`same "$files/sudoers" /etc/sudoers.d/woven
[ "$(stat -c %a:%U /etc/sudoers.d/woven)" = 440:root ]
runuser -u ${user} -- sudo -n true`,
      apply: sh`visudo -cqf "$files/sudoers"
tool write /etc/sudoers.d/woven 440 root root <"$files/sudoers"
usermod -aG adm ${user}
runuser -u ${user} -- sudo -n true || fail ${`sudo still refuses ${user}: of all rules that fit, the last one read counts. It may be in`} "$(cd /etc/sudoers.d && ls | awk '$0 > "woven"' | sed 's#^#/etc/sudoers.d/#' | tr '\n' ' ')or at the end of /etc/sudoers: see sudo -l -U" ${user}`,
    },
  ];
}

/** What an account made by hand may lack: a shell that runs commands, a home of its own, a date that is not over. */
function account(user: string): Step {
  const facts = sh`entry=$(getent passwd ${user}) || exit 1
shell=\${entry##*:}
home=$(echo "$entry" | cut -d: -f6)
# Days since 1970 (shadow(5)): sshd's PAM refuses an account that is over, or that must choose a new password first.
days=$(getent shadow ${user} | cut -d: -f3-8)
over=$(echo "$days" | awk -F: -v today=$(($(date +%s) / 86400)) '($6 != "" && $6 <= today) || $1 == "0" || ($1 != "" && $3 != "" && $1 + $3 < today) { print "over" }')`;
  const shellRuns = sh`case \${shell##*/} in sh | bash | dash | ksh | zsh) [ -x "$shell" ] ;; *) false ;; esac`;
  // sshd trusts no keys in a home that others may write to (StrictModes).
  const homeIsOwn = sh`[ -d "$home" ] && [ "$(stat -L -c %U "$home")" = ${user} ] && [ -z "$(find -H "$home" -maxdepth 0 -perm /022)" ]`;
  return {
    id: "deploy-user",
    title: `User ${user}`,
    check: sh`${facts}
[ -z "$over" ]
${shellRuns}
${homeIsOwn}`,
    // Without a password, not locked: with `UsePAM no`, sshd lets nobody in whose password is locked, not even by key.
    apply: sh`if ! getent passwd ${user} >/dev/null; then
  useradd --create-home --user-group --shell /bin/bash --password '*' ${user}
  detail ${user}
fi
${facts}
own=$(awk '$1 == "UID_MIN" { print $2 }' /etc/login.defs)
if ! { ${shellRuns}; }; then
  [ "$(id -u ${user})" -ge "\${own:-1000}" ] || fail ${`${user} is an account of the system, with the shell`} "$shell: name another user"
  detail "shell /bin/bash, and not $shell"
  usermod --shell /bin/bash ${user}
fi
if [ -n "$over" ]; then
  detail "its end, or that of its password, taken out: it was over"
  chage -E -1 -I -1 -M -1 -d "$(date +%F)" ${user}
fi
if ! { ${homeIsOwn}; }; then
  case $home in
  /home/?* | /srv/?* | /var/?* | /opt/?*) ;;
  *) [ -d "$home" ] && [ "$(stat -L -c %U "$home")" = ${user} ] || fail ${`the home of ${user} is`} "$home: give it one of its own (usermod --home)" ;;
  esac
  detail "$home"
  [ -d "$home" ] || { mkdir -p "$home"; cp -R /etc/skel/. "$home"; chown -R "$(id -u ${user}):$(id -g ${user})" "$home"; }
  chown ${user} "$home"
  chmod go-w "$home"
fi`,
  };
}

/** A key is there under whatever options and comment somebody gave it: sshd goes by the first line that has it. */
function authorizedKeys(user: string, keys: readonly string[]): Step {
  const carried = "authorized-keys";
  const home = sh`home=$(getent passwd ${user} | cut -d: -f6)`;
  // Lines of the file that wanted keys stand in, and the wanted keys that stand nowhere. A blank in a quoted option parts no words.
  const sort = sh`touch "$run/keys-there"
if [ -e "$home/.ssh/authorized_keys" ]; then tr -d '\r' <"$home/.ssh/authorized_keys" >"$run/keys-there"; fi
awk -v wanted="$files"/${carried} '
function blob(line) { return match(line, /AAAA[A-Za-z0-9+\/=]+/) ? substr(line, RSTART, RLENGTH) : line }
FILENAME != wanted && /^[[:space:]]*(#|$)/ { next }
FILENAME != wanted { there[blob($0)] = 1; whole[$0] = 1; if (!(blob($0) in first)) first[blob($0)] = $0; next }
!($0 in whole) && !(/^(ssh|ecdsa|sk)-/ && blob($0) in there) { print "add " $0 }
/^(ssh|ecdsa|sk)-/ && blob($0) in first && first[blob($0)] ~ /^([^ ]*,)?command=/ { print "forced " first[blob($0)] }
' "$run/keys-there" "$files"/${carried} >"$run/keys-sorted"`;
  return {
    id: "deploy-keys",
    title: `Keys of ${user}`,
    files: [{ name: carried, content: keys.map((key) => `${key}\n`).join("") }],
    check: sh`${home}
[ "$(stat -c %a:%U "$home/.ssh" 2>/dev/null)" = ${`700:${user}`} ]
[ "$(stat -c %a:%U "$home/.ssh/authorized_keys" 2>/dev/null)" = ${`600:${user}`} ]
${sort}
[ ! -s "$run/keys-sorted" ]`,
    apply: sh`${home}
group=$(id -gn ${user})
${sort}
if grep -q '^forced ' "$run/keys-sorted"; then
  fail "$home/.ssh/authorized_keys has a key that Woven needs, with a command that sshd runs in the place of every other: $(sed -n 's/^forced //p' "$run/keys-sorted" | cut -c 1-120). Take that line out"
fi
install -d -m 700 -o ${user} -g "$group" "$home/.ssh"
# awk ends a last line that somebody left without its newline: the next key is a line of its own.
{ if [ -e "$home/.ssh/authorized_keys" ]; then awk 1 "$home/.ssh/authorized_keys"; fi; sed -n 's/^add //p' "$run/keys-sorted"; } >"$run/keys"
tool write "$home/.ssh/authorized_keys" 600 ${user} "$group" <"$run/keys"`,
  };
}

function sudoers(user: string): string {
  return `# Managed by Woven. Stages run as root: the account that deploys can do what root can, and has no password to lose.
Defaults:${user} !requiretty
${user} ALL=(ALL:ALL) NOPASSWD: ALL
`;
}

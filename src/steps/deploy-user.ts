// The account that deploys: keys only, and sudo.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { sudo } from "./sudo.ts";

/** The keys that are to let the user in. */
export interface DeployKeys {
  /** Of the run itself; empty where it logs in by a password. */
  readonly inUse: readonly string[];
  /** Of the settings. */
  readonly more: readonly string[];
}

/** Creates the user without a password and gives it the keys; keys that somebody else put there stay. */
export function deployUser(user: string, keys: DeployKeys): readonly Step[] {
  return [account(user), authorizedKeys(user, keys), sudo(user)];
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

/** Sorts the lines of a user's file against the lines that are wanted, and those that Woven added once. */
const sortKeys = `
function blob(line) { return match(line, /AAAA[A-Za-z0-9+/=]+/) ? substr(line, RSTART, RLENGTH) : line }
function plain(line) { return line ~ /^(ssh|ecdsa|sk)-/ }
FILENAME == added { ours[$0] = 1; oursBlob[blob($0)] = 1; next }
FILENAME == wanted { order[++many] = $0; want[$0] = 1; wantBlob[blob($0)] = 1; next }
/^[[:space:]]*(#|$)/ { next }
($0 in ours && !($0 in want)) || (blob($0) in oursBlob && !(blob($0) in wantBlob)) { print "drop " FNR " " $0; next }
{ there[blob($0)] = 1; whole[$0] = 1; if (!(blob($0) in first)) first[blob($0)] = $0 }
END {
  for (i = 1; i <= many; i++) {
    line = order[i]
    if (!(line in whole) && !(plain(line) && blob(line) in there)) print "add " line
    else if (line in ours && line in whole) print "still " line
    if (plain(line) && blob(line) in first && first[blob(line)] ~ /^([^ ]*,)?command=/) print "forced " first[blob(line)]
  }
}`;

/**
 * A key is there under whatever options and comment somebody gave it: sshd goes by the first line that has it. Those that Woven
 * added are remembered, and go when neither the settings nor the run have them any more; a run without a key of its own cannot
 * tell which one lets it in, and takes none away.
 */
function authorizedKeys(user: string, { inUse, more }: DeployKeys): Step {
  const carried = "authorized-keys";
  const memory = `keys ${user}`;
  const home = sh`home=$(getent passwd ${user} | cut -d: -f6)`;
  // A blank in a quoted option parts no words: lines are compared whole, or by the key in them.
  const sort = sh`: >"$run/keys-there"
if [ -e "$home/.ssh/authorized_keys" ]; then tr -d '\r' <"$home/.ssh/authorized_keys" >"$run/keys-there"; fi
${inUse.length > 0 ? sh`tool recall ${memory} >"$run/keys-added"` : sh`: >"$run/keys-added"`}
awk -v wanted="$files"/${carried} -v added="$run/keys-added" ${sortKeys} "$run/keys-added" "$files"/${carried} "$run/keys-there" >"$run/keys-sorted"`;
  const tell = sh`sed -n 's/^drop [0-9]* //p' "$run/keys-sorted" | while read -r key; do detail "removed, for neither the settings nor this run have it: $(printf '%s' "$key" | cut -c 1-120)"; done`;
  return {
    id: "deploy-keys",
    title: `Keys of ${user}`,
    files: [{ name: carried, content: [...inUse, ...more].map((key) => `${key}\n`).join("") }],
    check: sh`${home}
[ "$(stat -c %a:%U "$home/.ssh" 2>/dev/null)" = ${`700:${user}`} ]
[ "$(stat -c %a:%U "$home/.ssh/authorized_keys" 2>/dev/null)" = ${`600:${user}`} ]
${sort}
! grep -qv '^still ' "$run/keys-sorted"`,
    preview: sh`${home}
${sort}
sed -n 's/^add /add: /p; s/^drop [0-9]* /remove: /p' "$run/keys-sorted" | cut -c 1-120 >>"$run/details"`,
    apply: sh`${home}
group=$(id -gn ${user})
${sort}
if grep -q '^forced ' "$run/keys-sorted"; then
  fail "$home/.ssh/authorized_keys has a key that Woven needs, with a command that sshd runs in the place of every other: $(sed -n 's/^forced //p' "$run/keys-sorted" | cut -c 1-120). Take that line out"
fi
install -d -m 700 -o ${user} -g "$group" "$home/.ssh"
# awk ends a last line that somebody left without its newline: the next key is a line of its own.
{
  if [ -e "$home/.ssh/authorized_keys" ]; then
    awk -v sorted="$run/keys-sorted" 'FILENAME == sorted { if ($1 == "drop") gone[$2] = 1; next } !(FNR in gone)' "$run/keys-sorted" "$home/.ssh/authorized_keys"
  fi
  sed -n 's/^add //p' "$run/keys-sorted"
} >"$run/keys"
# Noted before it is there, and forgotten after it is gone: whatever a cut leaves is known.
{ tool recall ${memory}; sed -n 's/^add //p' "$run/keys-sorted"; } | sort -u | tool remember ${memory}
tool write "$home/.ssh/authorized_keys" 600 ${user} "$group" <"$run/keys"
${inUse.length > 0 ? sh`sed -n 's/^add //p; s/^still //p' "$run/keys-sorted" | sort -u | tool remember ${memory}` : sh`:`}
${tell}`,
  };
}

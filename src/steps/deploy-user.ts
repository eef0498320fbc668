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

/**
 * A key is there under whatever options and comment somebody gave it: sshd goes by the first line that has it. Those that Woven
 * added are remembered, and go when neither the settings nor the run have them any more; a run without a key of its own cannot
 * tell which one lets it in, and takes none away.
 */
function authorizedKeys(user: string, { inUse, more }: DeployKeys): Step {
  const spec = { user, keys: [...inUse, ...more], forgets: inUse.length > 0 };
  const keys = (verb: string) => sh`tool keys ${verb} "$files/authorized-keys.json" "$run"`;
  return {
    id: "deploy-keys",
    title: `Keys of ${user}`,
    files: [{ name: "authorized-keys.json", content: JSON.stringify(spec) }],
    check: keys("check"),
    preview: keys("preview"),
    apply: keys("apply"),
  };
}

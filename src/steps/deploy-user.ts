// The deploy user: an account without a password, its SSH keys, and sudo.
import { inRun, tool } from "../node/pieces.ts";
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { sudo } from "./sudo.ts";

/** The keys that the user may log in with. */
export interface DeployKeys {
  /** The key that this run logs in with; empty if it uses a password. */
  readonly inUse: readonly string[];
  /** The keys of the settings. */
  readonly more: readonly string[];
}

/** Creates the user without a password, installs the keys and allows sudo. Keys that somebody else added stay. */
export function deployUser(user: string, keys: DeployKeys): readonly Step[] {
  return [account(user), authorizedKeys(user, keys), sudo(user)];
}

/** Creates the account, or fixes one that was made by hand: its shell, its home and its expiry date. */
function account(user: string): Step {
  const facts = sh`entry=$(getent passwd ${user}) || exit 1
shell=\${entry##*:}
home=$(echo "$entry" | cut -d: -f6)
# Days since 1970 (shadow(5)): sshd's PAM refuses an account that has expired, or whose password has.
days=$(getent shadow ${user} | cut -d: -f3-8)
expired=$(echo "$days" | awk -F: -v today=$(($(date +%s) / 86400)) '($6 != "" && $6 <= today) || $1 == "0" || ($1 != "" && $3 != "" && $1 + $3 < today) { print "expired" }')`;
  const shellRuns = sh`case \${shell##*/} in sh | bash | dash | ksh | zsh) [ -x "$shell" ] ;; *) false ;; esac`;
  // sshd trusts no keys in a home that others may write to (StrictModes).
  const homeIsOwn = sh`[ -d "$home" ] && [ "$(stat -L -c %U "$home")" = ${user} ] && [ -z "$(find -H "$home" -maxdepth 0 -perm /022)" ]`;
  return {
    id: "deploy-user",
    title: `Create user ${user}`,
    check: sh`${facts}
[ -z "$expired" ]
${shellRuns}
${homeIsOwn}`,
    // No password, but not a locked one: with `UsePAM no`, sshd refuses an account with a locked password, even by key.
    apply: sh`if ! getent passwd ${user} >/dev/null; then
  useradd --create-home --user-group --shell /bin/bash --password '*' ${user}
  detail ${user}
fi
${facts}
uid_min=$(awk '$1 == "UID_MIN" { print $2 }' /etc/login.defs)
if ! { ${shellRuns}; }; then
  [ "$(id -u ${user})" -ge "\${uid_min:-1000}" ] || fail ${`${user} is a system account with the shell`} "$shell. Set user to another name"
  detail "shell /bin/bash, instead of $shell"
  usermod --shell /bin/bash ${user}
fi
if [ -n "$expired" ]; then
  detail "removed the expiry date of the account or its password: it had passed"
  chage -E -1 -I -1 -M -1 -d "$(date +%F)" ${user}
fi
if ! { ${homeIsOwn}; }; then
  case $home in
  /home/?* | /srv/?* | /var/?* | /opt/?*) ;;
  *) [ -d "$home" ] && [ "$(stat -L -c %U "$home")" = ${user} ] || fail ${`the home of ${user} is`} "$home, which it does not own. Give it a home of its own (usermod --home)" ;;
  esac
  detail "$home"
  [ -d "$home" ] || { mkdir -p "$home"; cp -R /etc/skel/. "$home"; chown -R "$(id -u ${user}):$(id -g ${user})" "$home"; }
  chown ${user} "$home"
  chmod go-w "$home"
fi`,
  };
}

/**
 * A key counts as installed whatever options and comment its line has: sshd uses the first line with the key. Woven records the keys
 * that it added, and removes those that neither the settings nor the run have. A run without a key of its own does not know which key
 * it depends on, so it removes none.
 */
function authorizedKeys(user: string, { inUse, more }: DeployKeys): Step {
  const spec = { user, keys: [...inUse, ...more], removesUnlisted: inUse.length > 0 };
  const keys = (verb: string) => tool(["keys", verb, inRun("files/authorized-keys.json"), inRun(".")]);
  return {
    id: "deploy-keys",
    title: `Install SSH keys of ${user}`,
    files: [{ name: "authorized-keys.json", content: JSON.stringify(spec) }],
    check: keys("check"),
    preview: keys("preview"),
    apply: keys("apply"),
  };
}

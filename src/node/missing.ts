// What of the settings' packages, firewall rules and services a node does not have. Part of its facts, so it costs no round trip.
import { sh } from "./sh.ts";

/** What the settings want a node to have. */
export interface SetupRequest {
  /** Debian packages. */
  readonly packages: readonly string[];
  /** Firewall rules, as ufw reads them. They count only where ufw is on. */
  readonly rules: readonly string[];
  /** Units of systemd that have to run. */
  readonly units: readonly string[];
}

/** Asks for nothing. */
export const noSetup: SetupRequest = { packages: [], rules: [], units: [] };

/** Of the shell variables `packages`, `rules` and `units`, with one entry a line, says what the node does not have. */
export const findMissing = sh`# Without a name, dpkg-query would list every package.
[ -z "$packages" ] || installed=$(dpkg-query -W -f='{\${Package} \${db:Status-Status}}' $packages 2>/dev/null)
for package in $packages; do
  case $installed in *"{$package installed}"*) continue ;; esac
  # dpkg-query answers without the architecture of a name.
  dpkg-query -W -f='\${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || say noPackage "$package"
done
if [ -n "$rules" ] && grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf; then
  printf '%s\n' "$rules" | while read -r rule; do
    # ufw takes a while to start: it is asked only about rules that Woven has not noted.
    grep -qs -e "\"$rule\": *\"[^\"]" /var/local/woven/ufw-rules.json && continue
    ufw --dry-run $rule 2>/dev/null </dev/null | grep -qv '^Skipping' && say noRule "$rule"
  done
fi
for unit in $units; do systemctl is-active --quiet "$unit" || say noUnit "$unit"; done`;

/** Only what was asked about: a node may answer anything. */
export function missingOf(asked: SetupRequest, all: (name: string) => readonly string[]): SetupRequest {
  const lacks = (name: string, wanted: readonly string[]) => {
    const answered = new Set(all(name));
    return wanted.filter((one) => answered.has(one));
  };
  return {
    packages: lacks("noPackage", asked.packages),
    rules: lacks("noRule", asked.rules),
    units: lacks("noUnit", asked.units),
  };
}

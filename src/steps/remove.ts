// Removes a release, or a whole distribution, from a node: services, configuration, folders, records, and users that no other
// distribution has.
import { certificateName, issuedFiles, letsEncryptFolder } from "../node/certificates.ts";
import { inRun, tool } from "../node/pieces.ts";
import { unitsOf } from "../node/services.ts";
import { lines, type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import type { HistoryEvent, ReleaseRecord } from "../node/state.ts";
import { codeGroup, type Layout, stagingFolder, unitPrefix } from "../release/layout.ts";
import { discardLater } from "./discard-later.ts";
import { historyLine } from "./record.ts";
import { type PlacedRelease, retireTimer } from "./services.ts";

/** The folder that keeps the data of removed distributions. */
const removed = "/var/local/woven-backup/removed";

/** Where systemd keeps the time of a timer's last run: systemd.timer(5), Persistent=. */
export const timerStamps = "/var/lib/systemd/timers";

/** Removes one release that is not live. */
export function removeRelease(release: PlacedRelease, event: HistoryEvent): Step {
  const { place, record } = release;
  return {
    id: "remove-release",
    title: `Remove ${place.distribution} ${place.name}`,
    files: [{ name: "removal.jsonl", content: historyLine(event) }],
    preview: lines([
      unitFunctions,
      sh`units_like ${templatesOf(record)} | while read -r unit; do detail "stop $unit"; done
${notePaths(place)}
while read -r path; do detail "remove $path"; done <"$run/paths"
detail ${`remove ${recordFile(place)}`}`,
      sh`detail ${kept}`,
    ]),
    apply: lines([
      unitFunctions,
      notePaths(place),
      discardRelease(release, "now"),
      sh`systemctl daemon-reload
tool state append ${`${place.state}/history.jsonl`} <"$files/removal.jsonl"
detail ${`${record.version} was removed. ${kept}`}`,
    ]),
    next: "Run remove again. It removes what is left.",
  };
}

const kept = "Kept: databases, media, backups and logs (/var/log/woven).";

/**
 * Disables the distribution's domains in nginx. Of a removal, only this step can be undone. So it fails first where a record on the node
 * cannot be read: without it, nobody knows what the next step may remove.
 */
export function closeDomains(place: Layout): Step {
  return {
    id: "close-domains",
    title: `Remove ${place.distribution} from nginx`,
    preview: sh`${ownLinks(place)}
while read -r link; do detail "remove $link"; done <"$run/links"`,
    apply: sh`${ownLinks(place)}
mkdir -p "$run/links-before"
while read -r link; do cp -P "$link" "$run/links-before/"; rm -f "$link"; detail "removed $link"; done <"$run/links"
[ -s "$run/details" ] || { touch "$run/unchanged"; exit 0; }
nginx -t -q
systemctl reload nginx`,
    undo: sh`[ -d "$run/links-before" ] || exit 0
for link in "$run/links-before"/*; do [ ! -L "$link" ] || cp -P "$link" /etc/nginx/sites-enabled/; done
nginx -t -q && systemctl reload nginx`,
    state: "Nothing was removed.",
    next: "Correct what the output reports, and run remove again.",
  };
}

/** Writes the links of the distribution in nginx's folder to `$run/links`. Fails if a record of any distribution cannot be read. */
function ownLinks({ distribution }: Layout): Shell {
  return sh`tool owned >"$run/owned"
tool unshared ${distribution} >"$run/unshared"
: >"$run/links"
for link in /etc/nginx/sites-enabled/*; do
  if [ -L "$link" ] && grep -qxF -e ${distribution}" $(readlink -m "$link")" "$run/owned"; then printf '%s\n' "$link" >>"$run/links"; fi
done`;
}

/**
 * Stops everything of a distribution, and removes all of it but the logs. Media, writable folders and SQLite files are moved to a folder that only root
 * can read; `stamp` makes its name unique.
 */
export function removeDistribution(place: Layout, releases: readonly ReleaseRecord[], stamp: string): readonly Step[] {
  const { distribution, root, media, writable, database, state } = place;
  const data = `${removed}/${distribution}-${stamp}`;
  const prefixes = [unitPrefix(distribution), ...releases.flatMap(templatesOf)];
  const found = sh`${unitFunctions}
tool unshared ${distribution} >"$run/unshared"
{ units_like ${prefixes}; } >"$run/units"
: >"$run/data"
for folder in ${[media, writable]}; do if [ -d "$folder" ] && [ -n "$(ls -A "$folder")" ]; then echo "$folder" >>"$run/data"; fi; done
sed -n 's/^database //p' "$run/unshared" | while read -r name; do
  for path in ${database}/"$name" ${database}/"$name"-journal ${database}/"$name"-wal ${database}/"$name"-shm; do [ ! -f "$path" ] || echo "$path" >>"$run/data"; done
done
tool all-paths ${root} ${distribution} >"$run/paths"`;
  return [
    {
      id: "remove-distribution",
      title: `Remove all of ${distribution}`,
      settles: true,
      limit: 3600,
      preview: sh`${found}
while read -r unit; do detail "stop $unit"; done <"$run/units"
while read -r path; do detail "remove $path"; done <"$run/paths"
while read -r path; do detail ${`move to ${data}:`} "$path"; done <"$run/data"
sed -n 's/^user //p' "$run/unshared" | while read -r user; do detail "remove the user $user"; done
${keptUsers}
detail ${`remove ${state}`}
detail ${keptOfAll}`,
      apply: sh`${found}
stop_units <"$run/units"
for prefix in ${prefixes}; do rm -f ${timerStamps}/stamp-"$prefix"*; done
if [ -s "$run/data" ]; then
  install -d -m 700 ${removed} ${data}
  while read -r path; do
    # Both folders have the name of the distribution.
    case $path in ${writable}) name=${`${distribution}-writable`} ;; *) name=$(basename "$path") ;; esac
    mv -T "$path" ${data}/"$name"; detail "moved $path to ${data}"
  done <"$run/data"
fi
rm -rf --one-file-system ${media} ${writable}
while read -r path; do rm -rf --one-file-system "$path"; done <"$run/paths"
detail "removed $(wc -l <"$run/units") units, $(wc -l <"$run/paths") files and folders"
systemctl daemon-reload
# Again: a run of another distribution may have begun meanwhile.
tool unshared ${distribution} >"$run/unshared"
sed -n 's/^user //p' "$run/unshared" | ${removeUsers(place)}
${keptUsers}
! getent group ${codeGroup(distribution)} >/dev/null || groupdel ${codeGroup(distribution)}
rm -rf --one-file-system ${state}
${dropCertificate(distribution)}
detail ${keptOfAll}`,
      next: "Run remove again. It removes what is left.",
    },
  ];
}

/** Otherwise certbot's timer would go on renewing it, in vain. An authority that does not answer cannot keep the key on the node. */
export function dropCertificate(distribution: string): Shell {
  const name = certificateName(distribution);
  const renewal = `${letsEncryptFolder}/renewal/${name}.conf`;
  const chain = issuedFiles(distribution).certificate;
  return sh`if [ -e ${renewal} ]; then
  if timeout 120 certbot revoke --non-interactive --quiet --no-delete-after-revoke --reason cessationofoperation \
    --server "$(sed -n 's/^server *= *//p' ${renewal})" --cert-path ${chain} >"$run/revoked" 2>&1
  then detail ${`revoked the certificate ${name}`}
  else detail ${`the certificate ${name} was not revoked. Its key is removed all the same:`} "$(tail -n 1 "$run/revoked")"; fi
  certbot delete --non-interactive --quiet --cert-name ${name}
  detail ${`removed the certificate ${name}`}
fi`;
}

const keptOfAll =
  "Kept: logs (/var/log/woven), databases on a server (PostgreSQL, MySQL), the first originals of files (/var/local/woven-backup).";

/** Removes the users whose names it reads, and gives their files to root. */
export function removeUsers({ database, root }: Layout): Shell {
  return sh`while read -r user _; do
  getent passwd "$user" >/dev/null || continue
  pkill -KILL -u "$user" || :
  if tool disown "$user" ${[database, `${root}/public`, `${root}/writable`, removed, ...writableForAll]}; then
    userdel "$user"; detail "removed the user $user"
  else
    detail "kept the user $user, because not all of its files could be given to root"
  fi
done`;
}

/** Where a site may have left files, beside the folders of the deployment root. */
export const writableForAll = ["/var/log/woven", "/tmp", "/var/tmp", "/dev/shm"];

const keptUsers = sh`sed -n 's/^kept //p' "$run/unshared" | while read -r user; do detail "kept the user $user: a run is working on another distribution, which may need it"; done`;

/**
 * Stops a release's services, and removes its configuration, builds and record. Needs `unitFunctions` and `notePaths`.
 *
 * @param erase `later`: the builds are renamed, and deleted in the background
 */
export function discardRelease({ place, record }: PlacedRelease, erase: "now" | "later"): Shell {
  const erased = sh`rm -rf --one-file-system "$path"`;
  return sh`units_like ${templatesOf(record)} | stop_units
for prefix in ${templatesOf(record)}; do rm -f ${timerStamps}/stamp-"$prefix"*; done
while read -r path; do
  ${erase === "now" ? erased : sh`if [ -d "$path" ] && [ ! -L "$path" ]; then ${discardLater(sh`"$path"`, stagingFolder(place))}; else ${erased}; fi`}
done <"$run/paths"
rm -f ${recordFile(place)}`;
}

/** The prefixes of the units of all builds of a release: `woven-shop-1.0@`. */
function templatesOf({ services }: ReleaseRecord): readonly string[] {
  return [...new Set(unitsOf(services).map((unit) => unit.slice(0, unit.indexOf("@") + 1)))];
}

/** Notes the builds, the link and the configuration of a release, and nothing that another distribution has, too. */
export function notePaths({ root, distribution, name }: Layout): Shell {
  return tool(["paths", root, distribution, name], { out: inRun("paths") });
}

function recordFile({ state, name }: Layout): string {
  return `${state}/releases/${name}.json`;
}

/** `units_like PREFIX…` prints the units that run, failed or start at boot; `stop_units` stops those it reads, and their timers. */
export const unitFunctions: Shell = sh`${retireTimer}
units_like() {
  { systemctl list-units --state=active,activating,reloading,deactivating,failed --plain --no-legend 'woven-*@*' | cut -d' ' -f1; ls /etc/systemd/system/multi-user.target.wants; } | sort -u | while read -r unit; do
    case $unit in woven-*@*) ;; *) continue ;; esac
    for prefix in "$@"; do case $unit in "$prefix"*) printf '%s\n' "$unit"; break ;; esac; done
  done
}
stop_units() {
  cat >"$run/units-stopping"
  [ -s "$run/units-stopping" ] || return 0
  xargs -d '\n' systemctl disable --quiet --no-reload <"$run/units-stopping" 2>/dev/null || :
  while read -r unit; do
    systemctl stop "$(retire_timer "$unit").timer" 2>/dev/null || :
    rm -f "/etc/systemd/system/multi-user.target.wants/$unit"
  done <"$run/units-stopping"
  xargs -d '\n' systemctl stop <"$run/units-stopping"
  xargs -d '\n' systemctl reset-failed <"$run/units-stopping" 2>/dev/null || :
}`;

// Removes a preview: everything of it, its data and logs included. What it has is found by its name and its record, not by the records of
// its releases: a run may have died before it wrote one.
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { asleepPage, codeGroup, domainName, type Layout, siteUser, unitPrefix } from "../release/layout.ts";
import { allServers } from "../servers/servers.ts";
import { expiryUnit, previewFolder, previewSlice } from "./preview.ts";
import { dropCertificate, timerStamps, unitFunctions, writableForAll } from "./remove.ts";

/** Where the first original of each replaced file is kept, below its own path. */
const backups = "/var/local/woven-backup";

/** Where the configuration of nginx and of the servers is. */
const etcFolders = ["nginx", ...allServers.flatMap(({ etc }) => Object.keys(etc))].map((name) => `/etc/${name}`);

export interface RemovedPreview {
  readonly place: Layout;
  readonly sites: readonly { readonly id: number; readonly domains: readonly string[] }[];
}

export function removePreview({ place, sites }: RemovedPreview): Step {
  const { distribution, state } = place;
  const { root } = place;
  const users = sites.map(({ id }) => siteUser(id));
  const domains = sites.flatMap((site) => site.domains.map(domainName));
  const prefix = unitPrefix(distribution);
  return {
    id: "remove-preview",
    title: `Remove all of ${distribution}`,
    settles: true,
    limit: 3600,
    preview: sh`${unitFunctions}
units_like ${prefix} | while read -r unit; do detail "stop $unit"; done
detail ${`remove ${root}, with its database and media`}
for user in ${users}; do if getent passwd "$user" >/dev/null; then detail "remove the user $user"; fi; done`,
    apply: sh`${unitFunctions}
units_like ${prefix} >"$run/units"
stop_units <"$run/units"
# With whatever its services have left running.
systemctl stop ${previewSlice(distribution)} 2>/dev/null || :
rm -f ${asleepPage(distribution)} ${`${timerStamps}/stamp-${prefix}`}*
tool all-paths ${place.root} ${distribution} >"$run/paths"
# With the originals of its files: those that an update has replaced were its own.
while read -r path; do rm -rf --one-file-system "$path" ${backups}"$path"; done <"$run/paths"
# What a run that died early has left without any record. No other distribution has units of these names; of other files, one may be
# another preview's, whose name only begins like this one's.
rm -rf ${`/etc/systemd/system/${prefix}`}*
tool owned | cut -d' ' -f2- >"$run/owned"
drop_unowned() { if [ -e "$1" ] && ! grep -qxF -e "$1" "$run/owned"; then rm -f "$1" ${backups}"$1"; fi; }
for folder in ${etcFolders}; do
  for file in "$folder"/woven/${`${distribution}-`}*; do drop_unowned "$file"; done
  for domain in ${domains}; do
    for file in "$folder"/sites-available/"$domain"-*.conf; do drop_unowned "$file"; done
  done
done
for domain in ${domains}; do
  link=/etc/nginx/sites-enabled/"$domain".conf
  if [ -L "$link" ] && [ ! -e "$link" ]; then rm -f "$link"; fi
  rm -f /var/log/woven/"$domain"-*
done
systemctl daemon-reload
rm -rf --one-file-system ${root} ${`${backups}${root}`}
for user in ${users}; do
  getent passwd "$user" >/dev/null || continue
  pkill -KILL -u "$user" || :
  find /tmp /var/tmp /dev/shm -xdev -user "$user" -depth -delete 2>/dev/null || :
  tool disown "$user" ${writableForAll}
  userdel "$user"
  detail "removed the user $user"
done
# A power cut may have left a group without its user.
for group in ${[...users, codeGroup(distribution)]}; do ! getent group "$group" >/dev/null || groupdel "$group"; done
rm -rf --one-file-system ${state}
${dropCertificate(distribution)}
detail ${`removed ${root}`}`,
    next: "Run the command again. It removes what is left. The server itself tries again, too.",
  };
}

/** For a sweep: what runs have left that died before they kept a record. */
export function removeOrphans(): Step {
  return {
    id: "orphans",
    title: "Remove leftovers of previews without a record",
    plan: "quiet",
    apply: sh`tool orphaned-previews >>"$run/details"
[ -s "$run/details" ] || touch "$run/unchanged"`,
    next: "Run the command again.",
  };
}

/** The last step of a removal: nothing is left that the node would have to remove. */
export function forgetPreview(place: Layout): Step {
  const unit = expiryUnit(place.distribution);
  // `previews/shop` and `previews`: once they are empty.
  const parts = place.root.split("/");
  const above = [parts.slice(0, -1).join("/"), parts.slice(0, -2).join("/")];
  return {
    id: "forget-preview",
    title: "Remove the record and the timer of the preview",
    plan: "quiet",
    apply: sh`systemctl disable --quiet --now ${`${unit}.timer`} 2>/dev/null || :
systemctl disable --quiet ${`${unit}.service`} 2>/dev/null || :
for type in timer service slice; do rm -f ${`/etc/systemd/system/${unit}`}."$type"; done
rm -f ${`${timerStamps}/stamp-${unit}.timer`}
systemctl daemon-reload
systemctl reset-failed ${`${unit}.service`} 2>/dev/null || :
rm -rf ${previewFolder(place.distribution)}
for folder in ${above}; do rmdir "$folder" 2>/dev/null || :; done`,
    next: "Run the command again.",
  };
}

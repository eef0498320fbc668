// Keeps the number of previews that run at the same time within bounds: those that nobody has visited for longest go to sleep. Their files
// and data stay, and the next update starts them again.
import { previewsFolder } from "../node/previews.ts";
import { sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { unitFunctions } from "./remove.ts";

export interface PreviewPlace {
  /** The preview that is about to run, and the distribution that it is a preview of. */
  readonly distribution: string;
  readonly base: string;
  /** How many previews of `base` may run. */
  readonly most: number;
}

/** Reads the files `base`, `units` and `visits` in the folder of each preview (`keepPreview`), and makes the file `asleep`. */
export function makePlace({ distribution, base, most }: PreviewPlace): Step {
  return {
    id: "preview-sleep",
    title: `Limit running previews of ${base} to ${most}`,
    plan: "quiet",
    apply: sh`${unitFunctions}
touch "$run/unchanged"
: >"$run/awake"; running=0
for folder in ${previewsFolder}/*/; do
  name=$(basename "$folder")
  if [ "$name" = ${distribution} ] || [ "$(cat "$folder/base" 2>/dev/null)" != ${base} ] || [ -e "$folder/asleep" ]; then continue; fi
  running=$((running + 1))
  # A run is working on it.
  [ ! -e "/var/local/woven/$name/lease.json" ] || continue
  visits=$(cat "$folder/visits" 2>/dev/null || :)
  [ -e "$visits" ] || visits=$folder/record.json
  printf '%s %s\n' "$(stat -c %Y "$visits")" "$name" >>"$run/awake"
done
sort -n "$run/awake" | while read -r _ name; do
  [ "$running" -ge ${most} ] || break
  running=$((running - 1))
  folder=${previewsFolder}/$name
  units_like "$(cat "$folder/units")" >"$run/units-to-sleep"
  stop_units <"$run/units-to-sleep"
  : >"$folder/asleep"
  detail "$name sleeps until its next update"
  rm -f "$run/unchanged"
done`,
    state: "Nothing that is live was changed.",
    next: "Run the command again.",
  };
}

// The previews that a node keeps: a record of each, which names everything that has to be removed.
import * as v from "valibot";
import { WovenError } from "../errors.ts";
import type { Host } from "./host.ts";
import { type Recorded, readRecorded } from "./recorded.ts";
import { line, type Whole } from "./services.ts";
import { sh } from "./sh.ts";

/** Each has a folder of its name there. */
export const previewsFolder = "/var/local/woven/previews";

const Record = v.object({
  schema: v.literal(1),
  woven: v.exactOptional(line),
  /** `shop~pr-12` */
  distribution: line,
  /** `shop` */
  base: line,
  /** `pr-12` */
  name: line,
  /** Its deployment root. */
  root: line,
  sites: v.array(v.object({ id: v.number(), domains: v.array(line) })),
  /** Seconds from its last update. */
  ttl: v.number(),
  /** Bytes that it may use. Absent: kept by an earlier version of Woven. */
  memory: v.exactOptional(v.number()),
  /** `owner/name`, and the pull request there. Absent: the preview of a branch, or of a run outside of GitHub. */
  repository: v.exactOptional(line),
  number: v.exactOptional(v.number()),
  commit: v.exactOptional(line),
  /** ISO 8601, the runner's clock. */
  updatedAt: line,
});
export type PreviewRecord = Whole<v.InferOutput<typeof Record>>;

const form: Omit<Recorded<typeof Record>, "file" | "node"> = {
  schema: Record,
  upgrades: [(record) => ({ ...record, schema: 1 })],
  repair: `If that preview is no longer needed, end its time on the server, and start its removal: echo 0 >${previewsFolder}/…/expires; systemctl start 'woven-preview-…'.`,
};

export interface KeptPreview {
  readonly record: PreviewRecord;
  /** Milliseconds since 1970, the node's clock: when the node removes it. */
  readonly expires: number;
  /** `asleep`: it runs again from its next update on. */
  readonly state: "awake" | "asleep";
}

const read = sh`for record in ${previewsFolder}/*/record.json; do
  [ -e "$record" ] || continue
  state=awake; [ ! -e "\${record%/*}/asleep" ] || state=asleep
  printf 'preview %s %s %s %s\n' "$(base64 -w0 <"$record")" "$(cat "\${record%/*}/expires" 2>/dev/null || echo 0)" "$(printf '%s' "$record" | base64 -w0)" "$state"
done
for state in /var/local/woven/*~*/ ${previewsFolder}/*~*/; do
  name=$(basename "$state")
  if [ -d "$state" ] && [ ! -e ${previewsFolder}/"$name"/record.json ]; then echo "orphan $name"; fi
done
echo end`;

/** The previews of all distributions on the node. Throws `state-broken` or `state-newer` if the record of one cannot be read. */
export async function readPreviews(host: Host): Promise<readonly KeptPreview[]> {
  return (await listPreviews(host)).kept;
}

/** The same, and whether something is there that has no record: a run has died right at its start, or is at its start. */
export async function listPreviews(
  host: Host,
): Promise<{ readonly kept: readonly KeptPreview[]; readonly orphans: "some" | "none" }> {
  const { code, stdout, stderr } = await host.root(read, { timeoutSeconds: 60 });
  if (code !== 0 || !/^end$/m.test(stdout)) {
    throw new WovenError({
      code: "facts",
      message: `the previews of ${host.name} cannot be listed`,
      state: "Nothing was changed.",
      next: `Look at ${previewsFolder} there.`,
      node: host.name,
      output: stderr,
    });
  }
  const decoded = (text = "") => Buffer.from(text, "base64").toString("utf8");
  const kept = [...stdout.matchAll(/^preview (\S+) (\d{1,12}) (\S+) (awake|asleep)$/gm)].map(
    ([, text, expires, file, state]): KeptPreview => ({
      record: readRecorded(decoded(text), { ...form, file: decoded(file), node: host.name }),
      expires: Number(expires) * 1000,
      state: state === "asleep" ? "asleep" : "awake",
    }),
  );
  return { kept, orphans: /^orphan /m.test(stdout) ? "some" : "none" };
}

// What a preview is on a node beside its release: the record and the timer by which the node removes it, and its copy of live data.
import mustache from "mustache";
import type { DjangoFacts } from "../node/django-facts.ts";
import { type PreviewRecord, previewsFolder } from "../node/previews.ts";
import { sh } from "../node/sh.ts";
import { type Stage, type StageFile, type Step, stageFiles } from "../node/stage.ts";
import { readPackageFile } from "../package-files.ts";
import { codeGroup, type Layout, siteUser, unitPrefix, unitText } from "../release/layout.ts";

const units = "/etc/systemd/system";

/** Without its suffix. No distribution's units are called so: theirs have an `@`. */
export function expiryUnit(distribution: string): string {
  return `woven-preview-${unitText(distribution)}`;
}

/** Its services and the commands of its sites run in it. */
export function previewSlice(distribution: string): string {
  return `${expiryUnit(distribution)}.slice`;
}

/** The folder of lines that all services of the distribution get: systemd.unit(5) reads it for every template unit whose name begins so. */
export function serviceDropIns(distribution: string): string {
  return `${units}/${unitPrefix(distribution)}@.service.d`;
}

export function previewFolder(distribution: string): string {
  return `${previewsFolder}/${distribution}`;
}

/** As MemoryMax= and TasksMax= have them. */
export interface PreviewLimits {
  readonly memory: string;
  readonly tasks: number;
}

/**
 * Keeps what the node needs to remove the preview by itself, (re)starts the timer for that, and limits what the preview may use. It is the
 * first change of a run, so whatever the run leaves behind, if it dies, has an end.
 */
export function keepPreview(record: PreviewRecord, removal: Stage, limits: PreviewLimits): Step {
  const { distribution, ttl } = record;
  const folder = previewFolder(distribution);
  const unit = expiryUnit(distribution);
  const slice = previewSlice(distribution);
  const dropIns = serviceDropIns(distribution);
  const view = { distribution, expire: `${folder}/expire.sh`, memory: limits.memory, tasks: limits.tasks };
  const rendered = (name: string) =>
    mustache.render(readPackageFile(`templates/node/${name}`), view, undefined, { escape: String });
  const files: readonly StageFile[] = [
    { name: "preview/record.json", content: `${JSON.stringify(record)}\n` },
    { name: "preview/expire.sh", content: readPackageFile("templates/node/preview-expire.sh") },
    { name: "preview/expiry.service", content: rendered("preview.service") },
    { name: "preview/expiry.timer", content: rendered("preview.timer") },
    { name: "preview/limits.slice", content: rendered("preview.slice") },
    { name: "preview/in-slice.conf", content: `# Managed by Woven.\n[Service]\nSlice=${slice}\n` },
    ...stageFiles(removal, "run").map(({ name, content }) => ({ name: `preview/removal/${name}`, content })),
  ];
  return {
    id: "keep-preview",
    title: `Remove the preview in ${ttl / 3600} hours, unless it is updated`,
    plan: "quiet",
    files,
    preview: sh`detail ${`${folder}, ${unit}.timer`}`,
    apply: sh`touch "$run/unchanged"
install -d -m 700 ${previewsFolder} ${folder}
rm -rf ${`${folder}/removal.new`}
cp -R "$files/preview/removal" ${`${folder}/removal.new`}
cp -R "$run/kit" ${`${folder}/removal.new/kit`}
rm -rf ${`${folder}/removal`}; mv -T ${`${folder}/removal.new`} ${`${folder}/removal`}
install -m 600 "$files/preview/expire.sh" ${`${folder}/expire.sh`}
tool state put ${`${folder}/record.json`} <"$files/preview/record.json"
printf '%s\n' ${unitPrefix(distribution)} >${`${folder}/units`}
# A power cut must not leave users and files behind that nothing knows of.
find ${folder} -type f -exec sync {} +; sync ${previewsFolder} ${folder} ${`${folder}/removal`}
end=$(($(date +%s) + ${ttl}))
printf '%s\n' "$end" | tool write ${`${folder}/expires`} 600 root root
tool write ${`${units}/${unit}.service`} 644 root root <"$files/preview/expiry.service"
sed "s/@end@/$(date -u -d "@$end" '+%Y-%m-%d %H:%M:%S UTC')/" "$files/preview/expiry.timer" | tool write ${`${units}/${unit}.timer`} 644 root root
tool write ${`${units}/${slice}`} 644 root root <"$files/preview/limits.slice"
install -d -m 755 ${dropIns}
tool write ${`${dropIns}/woven.conf`} 644 root root <"$files/preview/in-slice.conf"
systemctl daemon-reload
systemctl enable --quiet ${`${unit}.timer`} ${`${unit}.service`}
systemctl restart ${`${unit}.timer`}`,
    state: "Nothing was changed.",
    next: "Run the command again.",
  };
}

/**
 * The collected static files that are equal to those of another release take no room. They belong to root, so the sites of neither release
 * can write to them.
 */
export function shareStatic({ staging }: Layout, from: Layout): Step {
  return {
    id: "share-static",
    title: "Share static files with the release before",
    plan: "quiet",
    apply: sh`touch "$run/unchanged"
[ ! -d ${`${from.release}/static`} ] || tool share-same ${`${from.release}/static/`} ${`${staging}/static`}`,
    state: "Nothing that is live was changed.",
    next: "Run the command again.",
  };
}

/** The live release that a new preview gets a copy of the data of. */
export interface DataSource {
  readonly place: Layout;
  /** The first of its sites: the database is read with the rights of its user. */
  readonly site: number;
  readonly described: Pick<DjangoFacts, "sqliteFiles" | "databases"> | undefined;
}

/**
 * Copies the SQLite files and the media of the live release, unless the preview has its own already. Media are hard links that the
 * preview cannot write to; its own folders are new.
 */
export function copyLiveData(to: Layout, site: number, from: DataSource): Step {
  const files = from.described?.sqliteFiles ?? [];
  const named = (file: string) =>
    file.startsWith(`${from.place.distribution}.`) || file.startsWith(`${from.place.distribution}-`)
      ? `${to.distribution}${file.slice(from.place.distribution.length)}`
      : file;
  const spec = {
    user: siteUser(site),
    group: codeGroup(to.distribution),
    reader: siteUser(from.site),
    databases: files.map((file) => ({ from: `${from.place.database}/${file}`, to: `${to.database}/${named(file)}` })),
    media: { from: from.place.media, to: to.media },
  };
  return {
    id: "copy-live-data",
    title: `Copy the database and media of ${from.place.distribution}`,
    limit: 3600,
    files: [{ name: "live-data.json", content: JSON.stringify(spec) }],
    preview: sh`detail ${`would copy ${files.join(", ") || "no SQLite file"}, and media`}`,
    apply: sh`tool live-data "$files/live-data.json" >>"$run/details"
[ -s "$run/details" ] || touch "$run/unchanged"`,
    state: "Nothing that is live was changed.",
    next: "Run the command again.",
  };
}

// What a patch, or the update of a preview, keeps of the release before, because nothing that it is made from has changed: compiled code,
// static files, media, what Django reported. In doubt, it is made again.
import { basename } from "node:path";
import type { DjangoFacts } from "../node/django-facts.ts";
import { activeRelease, type DistributionState, type ReleaseRecord } from "../node/state.ts";
import { buildFolder } from "../release/build.ts";
import type { ReleaseFile } from "../release/described-file.ts";
import type { Layout } from "../release/layout.ts";
import { differences, manifestOf } from "../release/manifest.ts";
import type { StaticBefore } from "../steps/django.ts";
import { packagesDigest } from "./installed-packages.ts";
import type { ReleasePlan } from "./release-plan.ts";

export interface KeptResults {
  /** No code has changed, so all of it is compiled. */
  readonly compiled: boolean;
  /** The release whose collected static files are still right. */
  readonly staticOf?: Layout;
  /** What Django reported about that release, if it is still right. */
  readonly report?: DjangoFacts;
}

type Patching = Pick<ReleasePlan, "base" | "files" | "generated" | "record" | "updates">;

/** @param target the live release of the same distribution */
export function keptResults(plan: Patching, target: ReleaseRecord | undefined): KeptResults {
  const paths = changedPaths(plan);
  if (paths === undefined || plan.base === undefined || paths.some(isCode)) return { compiled: false };
  const links = [...plan.base.listed.symlinks.keys()];
  // Generated settings are code, too.
  const compiled = plan.generated === "kept";
  if (!hasSameStatic(target?.described, paths, links)) return { compiled };
  const staticOf = plan.base.place;
  // The checks read the code and the settings, which are the same. Error pages are made of templates.
  const { described } = target ?? {};
  return {
    compiled,
    staticOf,
    ...(compiled && described && !plan.files.some(isErrorPage) ? { report: described } : {}),
  };
}

/** A template of the project that is rendered as an error page: see describe.py. A package may bring others. */
function isErrorPage({ path }: ReleaseFile): boolean {
  return /\/(404|413|503)\.html$/.test(path);
}

/**
 * The release whose static files are right for this one, too, if they would be made from the same. Undefined if that is not known, if that
 * release did not collect its static files, or if this one replaces it: deploying the same version again makes everything again.
 */
export function staticBefore(
  { base, record, preview }: Pick<ReleasePlan, "base" | "record" | "preview">,
  state: DistributionState | undefined,
): StaticBefore | undefined {
  const active = activeRelease(state);
  const inputs = active?.described?.staticInputs;
  if (!inputs || !base || preview || base.listed.release !== active.name) return undefined;
  if (record.name === active.name && !record.patched) return undefined;
  // After a power cut, the record may be that of another build.
  if (state?.folder !== basename(buildFolder(base.place, active.build))) return undefined;
  if (packagesDigest(active) !== packagesDigest(record)) return undefined;
  const { files, symlinks } = base.listed;
  const collected = ![...files.keys(), ...symlinks.keys()].some((path) => path.startsWith("static/"));
  return collected ? { place: base.place, inputs } : undefined;
}

/** Whether a file of the folder that new media come from has changed. Deployments always look which of them are missing. */
export function changesMedia(plan: Patching, seed: string): boolean {
  return changedPaths(plan)?.some((path) => path.startsWith(`project/${seed}/`)) ?? true;
}

/** The paths whose files differ from the live release. Undefined if anything else may differ, too. */
function changedPaths({ base, files, generated, record, updates }: Patching): readonly string[] | undefined {
  const isPatch = base?.listed.release === record.name && record.patched && generated === "kept";
  if (base === undefined || !(isPatch || updates === "files")) return undefined;
  const changes = differences(base.listed, manifestOf(files));
  return [...changes.removed, ...changes.files.keys(), ...changes.symlinks.keys()];
}

function isCode(path: string): boolean {
  return /\.(py|pyw|so)$/.test(path);
}

/**
 * Settings may read any file, and so may a static file's storage, but not templates. `collectstatic` follows links, so a link in a folder
 * of static files may lead to templates.
 */
function hasSameStatic(
  { staticDirs }: Pick<DjangoFacts, "staticDirs"> = {},
  changed: readonly string[],
  links: readonly string[],
): boolean {
  if (staticDirs === undefined || staticDirs === null) return false;
  const isStatic = (path: string) =>
    staticDirs.some(
      (folder) => folder === "." || path.startsWith(`project/${folder}/`) || path === `project/${folder}`,
    );
  const isTemplate = (path: string) =>
    path.startsWith("project/") && path.split("/").slice(1, -1).includes("templates");
  return changed.every((path) => isTemplate(path) && !isStatic(path)) && !links.some(isStatic);
}

// More places that packages come from: deb822 sources with their keys anywhere, PPAs on Ubuntu.
import { createHash } from "node:crypto";
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { aptGet } from "./apt-get.ts";
import { placeFile } from "./place-file.ts";

/** Files that a PPA brought and apt has not read yet, a line each: also after a power cut they are known as new. */
export const newSources = "/var/local/woven/new-sources";

/** What this run added and apt cannot read goes again: files that Woven placed, and those of a PPA. */
export const takeBackSources: Shell = sh`{ grep -s '^/etc/apt/sources.list.d/woven-' "$run/placed" || :; cat ${newSources} 2>/dev/null || :; } | while read -r file; do rm -f "$file"; done
rm -f ${newSources}`;

/** One step a repository; a source that Woven placed once and the settings dropped goes, a PPA stays (and is named). */
export function packageRepositories(repositories: readonly string[]): readonly Step[] {
  const sources = repositories.filter((repository) => !repository.startsWith("ppa:"));
  const placed = sources.map((source) => ({ source, path: sourcePath(source) }));
  return [
    ...repositories.filter((repository) => repository.startsWith("ppa:")).map(ppa),
    ...placed.map(({ source, path }) =>
      placeFile({
        path,
        content: `# Managed by Woven.\n${source.trim()}\n`,
        title: `Package source ${firstUri(source)}`,
      }),
    ),
    dropSources(placed.map(({ path }) => path)),
  ];
}

function ppa(name: string): Step {
  const id = createHash("sha256").update(name).digest("hex").slice(0, 8);
  const words = name.slice("ppa:".length).split("/");
  return {
    id: `ppa-${id}`,
    title: `Package source ${name}`,
    limit: 600,
    check: sh`grep -rqsF ${`/${words.join("/")}/ubuntu`} /etc/apt/sources.list.d`,
    apply: sh`. /etc/os-release
[ "$ID" = ubuntu ] || fail ${`${name} is a PPA, and those are for Ubuntu; this is `}"$PRETTY_NAME"
if ! command -v add-apt-repository >/dev/null; then
  # The lists of an image are mostly old, and name files that no mirror has any more.
  ${aptGet} update 2>&1 || :
  ${aptGet} --no-remove install software-properties-common 2>&1
fi
files() { find /etc/apt/sources.list.d /etc/apt/trusted.gpg.d -type f | sort; }
files >"$run/sources-before"
code=0
add-apt-repository -y --no-update ${name} 2>&1 || code=$?
detail ${name}
(umask 077; files | comm -13 "$run/sources-before" - >>${newSources})
exit "$code"`,
    preview: sh`detail ${`add ${name}`}`,
    undo: takeBackSources,
    next: "Launchpad may not know it, or not answer: what it said is above. On Debian, give the repository as a deb822 source (Types, URIs, Suites, Components, Signed-By) in package-repositories.",
  };
}

function dropSources(wanted: readonly string[]): Step {
  const stale = sh`for file in /etc/apt/sources.list.d/woven-*.sources; do
  [ -e "$file" ] || continue
  case " ${wanted.length > 0 ? wanted : sh`:`} " in *" $file "*) ;; *) printf '%s\n' "$file" ;; esac
done`;
  return {
    id: "drop-sources",
    title: "Package sources no longer wanted",
    check: sh`[ -z "$(${stale})" ]`,
    preview: sh`${stale} | while read -r file; do detail "remove $file"; done`,
    apply: sh`${stale} | while read -r file; do rm -f "$file"; detail "removed $file"; done`,
  };
}

function sourcePath(source: string): string {
  return `/etc/apt/sources.list.d/woven-${createHash("sha256").update(source.trim()).digest("hex").slice(0, 12)}.sources`;
}

function firstUri(source: string): string {
  return /^URIs:\s*(\S+)/m.exec(source)?.[1] ?? "";
}

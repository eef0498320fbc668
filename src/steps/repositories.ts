// Additional package sources: deb822 sources with their keys, and PPAs on Ubuntu.
import { createHash } from "node:crypto";
import { type Shell, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { aptGet } from "./apt-get.ts";
import { placeFile } from "./place-file.ts";

/** Lists the files that a PPA added and apt has not read yet, one a line. On disk, so that a later run knows them after a power cut. */
export const newSources = "/var/local/woven/new-sources";

/** Removes the sources that this run added, Woven's files and those of a PPA, because apt cannot read them. */
export const removeNewSources: Shell = sh`{ grep -s '^/etc/apt/sources.list.d/woven-' "$run/placed" || :; cat ${newSources} 2>/dev/null || :; } | while read -r file; do rm -f "$file"; done
rm -f ${newSources}`;

/** One step per repository, and one that removes Woven's sources that are no longer listed. A PPA that is no longer listed stays. */
export function packageRepositories(repositories: readonly string[]): readonly Step[] {
  const sources = repositories.filter((repository) => !repository.startsWith("ppa:"));
  const placed = sources.map((source) => ({ source, path: sourcePath(source) }));
  return [
    ...repositories.filter((repository) => repository.startsWith("ppa:")).map(ppa),
    ...placed.map(({ source, path }) =>
      placeFile({
        path,
        content: `# Managed by Woven.\n${source.trim()}\n`,
        title: `Add package source ${firstUri(source)}`,
      }),
    ),
    removeSources(placed.map(({ path }) => path)),
  ];
}

function ppa(name: string): Step {
  const id = createHash("sha256").update(name).digest("hex").slice(0, 8);
  const words = name.slice("ppa:".length).split("/");
  return {
    id: `ppa-${id}`,
    title: `Add package source ${name}`,
    limit: 600,
    check: sh`grep -rqsF ${`/${words.join("/")}/ubuntu`} /etc/apt/sources.list.d`,
    apply: sh`. /etc/os-release
[ "$ID" = ubuntu ] || fail ${`${name} is a PPA. PPAs work on Ubuntu only, and this server runs `}"$PRETTY_NAME"
if ! command -v add-apt-repository >/dev/null; then
  # The lists of a fresh image are often so old that mirrors no longer have the files they name.
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
    undo: removeNewSources,
    next: "The output of add-apt-repository is above. Check the name of the PPA, and whether Launchpad answers. On Debian, write the repository as a deb822 source (Types, URIs, Suites, Components, Signed-By) in package-repositories.",
  };
}

function removeSources(listed: readonly string[]): Step {
  const unlisted = sh`for file in /etc/apt/sources.list.d/woven-*.sources; do
  [ -e "$file" ] || continue
  case " ${listed.length > 0 ? listed : sh`:`} " in *" $file "*) ;; *) printf '%s\n' "$file" ;; esac
done`;
  return {
    id: "drop-sources",
    title: "Remove package sources no longer listed",
    check: sh`[ -z "$(${unlisted})" ]`,
    preview: sh`${unlisted} | while read -r file; do detail "remove $file"; done`,
    apply: sh`${unlisted} | while read -r file; do rm -f "$file"; detail "removed $file"; done`,
  };
}

function sourcePath(source: string): string {
  return `/etc/apt/sources.list.d/woven-${createHash("sha256").update(source.trim()).digest("hex").slice(0, 12)}.sources`;
}

function firstUri(source: string): string {
  return /^URIs:\s*(\S+)/m.exec(source)?.[1] ?? "";
}

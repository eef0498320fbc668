// The secret files of a release (the input `files`): each site has copies that only its processes read.
import { lines, sh } from "../node/sh.ts";
import type { Step } from "../node/stage.ts";
import { siteUser } from "../release/layout.ts";
import { fileVariable } from "../settings/secret-files.ts";
import type { Settings, Site } from "../settings/settings.ts";

/**
 * `_woven_environment.py` finds them there, and sets the variables that hold their paths.
 *
 * @param release the folder of the build
 */
export function secretFiles(
  release: string,
  sites: readonly Pick<Site, "id">[],
  files: Settings["secretFiles"],
): readonly Step[] {
  const entries = Object.entries(files);
  if (entries.length === 0) return [];
  return [
    {
      id: "secret-files",
      title: "Place the secret files",
      files: entries.map(([name, file]) => ({ name: `secret/${name}`, content: file.reveal() })),
      preview: lines(entries.map(([name]) => sh`detail ${`${name}: ${fileVariable(name)}`}`)),
      apply: lines(
        sites.map(({ id }) => {
          const folder = `${release}/environment/${siteUser(id)}`;
          return sh`install -d -m 750 -g ${siteUser(id)} ${folder}
install -m 640 -g ${siteUser(id)} ${entries.map(([name]) => sh`"$files"/secret/${name}`)} ${folder}`;
        }),
      ),
    },
  ];
}

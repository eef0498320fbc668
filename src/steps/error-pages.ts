// The project's own error pages, for errors that its application never sees: a missing file, an upload that is too large, an application
// that does not answer. They are the templates that Django would use, rendered once for each release: nginx cannot render them.
import { tool } from "../node/pieces.ts";
import { type Shell, sh } from "../node/sh.ts";
import { siteName, siteUser } from "../release/layout.ts";
import type { Site } from "../settings/settings.ts";

/** The folder of a site's pages in a release. */
export function errorPages(site: Pick<Site, "id" | "subdomain">): string {
  return `errors/${siteName(site)}`;
}

/**
 * Runs `describe` for a site, which also renders its pages. The site user owns their folder only for that time.
 *
 * @param release the folder of the release
 * @param inspect makes the command, with these additional words
 */
export function withErrorPages(
  release: string,
  site: Pick<Site, "id" | "subdomain">,
  inspect: (words: readonly string[]) => Shell,
): readonly Shell[] {
  const folder = `${release}/${errorPages(site)}`;
  return [
    sh`install -d -m 755 ${`${release}/errors`}
install -d -m 755 -o ${siteUser(site.id)} ${folder}`,
    inspect(["pages", folder]),
    tool(["claim", siteUser(site.id), folder]),
  ];
}

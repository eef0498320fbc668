// The comment on a pull request about its preview. A later run finds it by its first line, and replaces all of it.
import type { PreviewNews } from "../report.ts";
import { code, link, plain, table } from "./markdown.ts";
import { time } from "./summary-words.ts";

/** Invisible. Only Woven begins a comment with it. */
export function commentMarker(name: string): string {
  return `<!-- woven preview ${name} -->`;
}

const titles: Readonly<Record<PreviewNews["state"], string>> = {
  built: "✅ Preview",
  failed: "❌ The preview could not be updated",
  removed: "🧹 The preview was removed",
};

/** As Markdown. Every value in it is escaped; secrets must be out of it already. */
export function previewComment(news: PreviewNews): string {
  const { name, state, url, run } = news;
  const heading = `### ${titles[state]}${state === "built" && url ? `: ${link(url)}` : ""}`;
  const log = run === undefined ? [] : [`[Log of this run](${run})`];
  const parts = [...introduction(news), ...facts(news), ...log.map((text) => `<sub>${text}</sub>`)];
  return [commentMarker(name), heading, ...parts].join("\n\n");
}

function introduction({ state, why, failure, url }: PreviewNews): readonly string[] {
  switch (state) {
    case "built":
      return [];
    case "removed":
      return [`${plain(sentence(why))}. Nothing of the preview is left on the servers.`];
    case "failed":
      return [
        ...(failure === undefined ? [] : [`${plain(sentence(failure))}.`]),
        ...(url === undefined ? [] : [`If there was a preview before, it is still at ${link(url)}.`]),
      ];
  }
}

function facts({ state, commit, changes, migrations, seconds, accounts, hours }: PreviewNews): readonly string[] {
  if (state === "removed") return [];
  const rows: (readonly [string, string])[] = [
    ...(commit === undefined ? [] : [["Commit", code(commit.slice(0, 12))] as const]),
    ...(changes === undefined ? [] : [["Changed", plain(changes)] as const]),
    ...(migrations.length > 0 ? [["Migrations", shortList(migrations)] as const] : []),
    ...(accounts.length > 0 ? [["Log in as", shortList(accounts)] as const] : []),
    ["Took", time(seconds)],
    ...(state === "built"
      ? [["Ends", `when this pull request is closed, or ${lifetime(hours)} after its last update`] as const]
      : []),
  ];
  // GitHub shows an empty head as a row of its own.
  const [head = [], ...others] = rows;
  return [table(head, others)];
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** How many names are shown. */
const most = 8;

function shortList(all: readonly string[]): string {
  const shown = all.slice(0, most).map(code).join(", ");
  return all.length > most ? `${shown} and ${all.length - most} more` : shown;
}

function lifetime(hours: number): string {
  if (hours % 24 !== 0 || hours === 0) return `${hours} ${hours === 1 ? "hour" : "hours"}`;
  return `${hours / 24} ${hours === 24 ? "day" : "days"}`;
}

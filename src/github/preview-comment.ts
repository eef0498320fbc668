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
      return [`Because ${plain(why)}. Nothing of it is left on the servers.`];
    case "failed":
      return [
        ...(failure === undefined ? [] : [plain(failure)]),
        ...(url === undefined ? [] : [`If there was a preview before, it is still at ${link(url)}.`]),
      ];
  }
}

function facts({ state, commit, changes, migrations, seconds, accounts, hours }: PreviewNews): readonly string[] {
  if (state === "removed") return [];
  const rows = [
    ...(commit === undefined ? [] : [["Commit", code(commit.slice(0, 12))]]),
    ...(changes === undefined ? [] : [["Changed", plain(changes)]]),
    ...(migrations.length > 0 ? [["Migrations", shortList(migrations)]] : []),
    ...(accounts.length > 0 ? [["Log in as", shortList(accounts)]] : []),
    ["Time", time(seconds)],
    ...(state === "built"
      ? [["Removed", `when this pull request is closed, or ${lifetime(hours)} after its last update`]]
      : []),
  ];
  return [table(["", ""], rows)];
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

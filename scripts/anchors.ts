// Gives each code and each step in the tables of docs/troubleshooting.md an anchor, so that messages can link to its row:
// `node scripts/anchors.ts` writes them.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const page = new URL("../docs/troubleshooting.md", import.meta.url);

/** The page with the anchors of its rows at the end of their first cells. A name that has several rows leads to the first of them. */
export function withAnchors(text: string): string {
  const seen = new Set<string>();
  let table: "codes" | "other" = "other";
  return text
    .split("\n")
    .map((line) => {
      if (!line.startsWith("|")) table = "other";
      if (/^\| code\b/.test(line)) table = "codes";
      const [, cell = "", rest = ""] = /^\| (.*?) (\|.*)$/.exec(line) ?? [];
      if (table === "other" || cell === "" || cell.startsWith("code")) return line;
      const plain = cell.replaceAll(/ ?<a id="[^"]*"><\/a>/g, "");
      const fresh = namesOf(plain).filter((name) => !seen.has(name));
      for (const name of fresh) seen.add(name);
      return `| ${[plain, ...fresh.map((name) => `<a id="${name}"></a>`)].join(" ")} ${rest}`;
    })
    .join("\n");
}

/** Codes as they are, and steps as `step-<id>`: they follow `in`, and often the code is only `…`. */
function namesOf(cell: string): readonly string[] {
  const [codes = "", steps = ""] = cell.replaceAll(/\(.*?\)/g, "").split(/ in (?=`)/);
  const words = (part: string) => [...part.matchAll(/`([a-z-]+?)(?:-…)?`/g)].map(([, word = ""]) => word);
  const whole = [...codes.matchAll(/`([a-z-]+)`/g)].map(([, word = ""]) => word);
  return [...whole, ...words(steps).map((step) => `step-${step}`)];
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(page, withAnchors(readFileSync(page, "utf8")));

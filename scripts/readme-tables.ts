// Makes the tables of inputs and outputs in README.md from action.yml: `node scripts/readme-tables.ts` writes them,
// `--check` says whether they are what they should be.
import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";

interface Entry {
  readonly description: string;
  readonly default?: string;
}

interface ActionFile {
  readonly inputs: Readonly<Record<string, Entry>>;
  readonly outputs: Readonly<Record<string, Entry>>;
}

/** README.md with its two tables replaced. Throws if the comments around a table are missing. */
export function readmePage(page: string, actionText: string): string {
  const { inputs, outputs } = parse(actionText) as ActionFile;
  return filled(filled(page, "inputs", inputTable(inputs)), "outputs", outputTable(outputs));
}

function inputTable(inputs: ActionFile["inputs"]): string {
  const rows = Object.entries(inputs).map(
    ([name, input]) => `| \`${name}\` | ${cell(input.description)} | ${shownDefault(input)} |`,
  );
  return ["| input | meaning | default |", "|---|---|---|", ...rows].join("\n");
}

function outputTable(outputs: ActionFile["outputs"]): string {
  const rows = Object.entries(outputs).map(([name, output]) => `| \`${name}\` | ${cell(output.description)} |`);
  return ["| output | meaning |", "|---|---|", ...rows].join("\n");
}

function shownDefault({ default: value = "" }: Entry): string {
  return value === "" ? "–" : `\`${value}\``;
}

/** Escapes a bar, which would end the cell, and `<`, because `<ROLE>` would be an HTML tag. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

function filled(page: string, name: string, table: string): string {
  const [start, end] = [`<!-- ${name}: made by scripts/readme-tables.ts -->`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md does not contain ${start} … ${end}`);
  return `${page.slice(0, from)}${start}\n\n${table}\n\n${page.slice(to)}`;
}

if (import.meta.main) {
  const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
  const page = read("README.md");
  const made = readmePage(page, read("action.yml"));
  if (!process.argv.includes("--check")) writeFileSync(new URL("../README.md", import.meta.url), made);
  else if (made !== page) {
    console.error("The tables in README.md do not match action.yml. Run: node scripts/readme-tables.ts");
    process.exitCode = 1;
  }
}

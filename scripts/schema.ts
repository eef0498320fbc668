// Makes docs/woven.schema.json and the tables of docs/settings.md from the code: `node scripts/schema.ts` writes them.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import { parse } from "yaml";
import { namedTables } from "../src/settings/config-file.ts";
import { configKeys, configSchema, namesAt, notesAt } from "../src/settings/config-schema.ts";

const root = new URL("../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

/** The JSON schema of woven.toml and of `[tool.woven]`, as text. */
export function schemaText(): string {
  const schema = toJsonSchema(configSchema, {
    errorMode: "ignore",
    typeMode: "input",
    overrideAction: ({ jsonSchema }) => ownKeywords(jsonSchema),
  });
  refer(schema.properties?.["role-settings"]);
  const named = {
    $schema: schema.$schema,
    title: "Woven",
    description: "The keys of woven.toml, and of [tool.woven] in pyproject.toml.",
    ...schema,
  };
  // Short lists on one line, in the formatter's style.
  const text = JSON.stringify(named, undefined, 2);
  return `${text.replaceAll(/\[\s+("[^"\]]*"(?:,\s+"[^"\]]*")*)\s+\]/g, (_, items: string) => `[${items.replaceAll(/,\s+/g, ", ")}]`)}\n`;
}

/** The keys of a role are the same as those at the top. */
function refer(roleSettings: JsonSchema | boolean | undefined): void {
  const ofRole = typeof roleSettings === "object" ? roleSettings.additionalProperties : undefined;
  if (typeof ofRole !== "object" || ofRole.properties === undefined) throw new Error("role-settings has no keys");
  ofRole.properties = Object.fromEntries(
    Object.keys(ofRole.properties).map((name) => [name, { $ref: `#/properties/${name}` }]),
  );
}

/** `example`, `shown` and `was` are for docs/settings.md; JSON Schema knows `examples` and wants values there. */
function ownKeywords<Schema extends object>(jsonSchema: Schema): Schema {
  return Object.fromEntries(
    Object.entries(jsonSchema).filter(([name]) => !["example", "shown", "was"].includes(name)),
  ) as Schema;
}

/** docs/settings.md with its two tables replaced. */
export function settingsPage(page: string): string {
  return filled(filled(page, "keys", keyTable()), "inputs", inputTable());
}

function keyTable(): string {
  const rows = configKeys.flatMap((name) => {
    // A name of a table that stands for all of them.
    const of = name === "sites" ? "SITE_ID" : "name";
    const inner = namedTables.includes(name) ? [name, "1"] : [name];
    const below = (namesAt(inner) ?? []).map((child) =>
      row([...inner, child], inner.length > 1 ? `${name}.<${of}>.${child}` : `${name}.${child}`),
    );
    return [row([name], name), ...below];
  });
  return ["| key | meaning | default | example | was |", "|---|---|---|---|---|", ...rows].join("\n");
}

function row(path: readonly string[], shownName: string): string {
  const notes = notesAt(path);
  const example = `\`${(notes?.example ?? "").replaceAll("\n", " ⏎ ")}\``;
  return `| \`${shownName}\` | ${notes?.description ?? ""} | ${notes?.shown ?? "–"} | ${example} | ${notes?.was ?? "–"} |`;
}

function inputTable(): string {
  const { inputs } = parse(read("action.yml")) as {
    inputs: Readonly<Record<string, { description: string; default: string }>>;
  };
  const rows = Object.entries(inputs).map(
    ([name, input]) =>
      `| \`${name}\` | ${input.description.replaceAll("|", "\\|")} | ${input.default === "" ? "–" : `\`${input.default}\``} |`,
  );
  return ["| input | meaning | default |", "|---|---|---|", ...rows].join("\n");
}

function filled(page: string, name: string, table: string): string {
  const [before, rest = ""] = page.split(`<!-- ${name}: made by scripts/schema.ts -->`);
  const after = rest.slice(rest.indexOf(`<!-- end of ${name} -->`));
  return `${before}<!-- ${name}: made by scripts/schema.ts -->\n\n${table}\n\n${after}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(new URL("docs/woven.schema.json", root), schemaText());
  writeFileSync(new URL("docs/settings.md", root), settingsPage(read("docs/settings.md")));
}

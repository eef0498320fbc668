// The types of TOML values in words, for problems.

/** What a value is. */
export function typeName(input: unknown): string {
  if (Array.isArray(input)) return "a list";
  if (input === null || input === undefined) return "nothing";
  if (typeof input === "object") return input instanceof Date ? "a date" : "a table";
  const names: Readonly<Record<string, string>> = {
    string: "a text",
    boolean: "true or false",
    number: "a number",
    bigint: "a number",
  };
  return names[typeof input] ?? typeof input;
}

/** What a value must be, by the type of its schema. */
export function expectedName(type: string): string {
  const names: Readonly<Record<string, string>> = {
    string: "a text in quotes",
    boolean: "true or false",
    number: "a number",
    array: "a list",
    strict_object: "a table",
    record: "a table",
  };
  return names[type] ?? "another type";
}

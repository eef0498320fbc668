// GitHub's published OpenAPI description, as far as Woven uses the API: which operation a request is, what it or its answer breaks, and answers
// with everything that GitHub promises. `node scripts/github-api.ts` writes the description.
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import description from "./github-api.json" with { type: "json" };

interface Reference {
  readonly $ref?: string;
}
interface Schema extends Reference {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}
interface Parameter extends Reference {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}
interface Content extends Reference {
  readonly content?: { readonly "application/json"?: { readonly schema: Schema } };
  readonly required?: boolean;
}
interface Described {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

export interface Operation {
  readonly id: string;
  readonly described: Described;
  /** Of the parameters in the path. */
  readonly values: Readonly<Record<string, string>>;
}

const paths = description.paths as unknown as Readonly<Record<string, Readonly<Record<string, Described>>>>;
const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
// ajv-formats is CommonJS, and its types say otherwise.
(addFormats as unknown as (to: Ajv) => void)(ajv);
ajv.addSchema({ $id: "github", components: description.components });

/** Undefined: there is no such operation, or Woven is not known to use it. */
export function operationOf(method: string, path: string): Operation | undefined {
  const parts = path.split("/");
  for (const [template, methods] of Object.entries(paths)) {
    const names = template.split("/");
    const described = methods[method.toLowerCase()];
    if (described === undefined || names.length !== parts.length) continue;
    if (!names.every((name, index) => name.startsWith("{") || name === parts[index])) continue;
    const values = names.flatMap((name, index) =>
      name.startsWith("{") ? [[name.slice(1, -1), decodeURIComponent(parts[index] ?? "")] as const] : [],
    );
    return { id: described.operationId, described, values: Object.fromEntries(values) };
  }
  return undefined;
}

/** What is wrong with a request: its parameters and its body, unknown ones too. */
export function requestProblems({ described, values }: Operation, query: URLSearchParams, body: unknown): string[] {
  const parameters = described.parameters.map((one) => resolved(one));
  const known = parameters.filter((one) => one.in === "query").map(({ name }) => name);
  return [
    ...[...query.keys()].filter((name) => !known.includes(name)).map((name) => `${name} is no parameter`),
    ...parameters.flatMap(({ name, in: where, required, schema }) => {
      const value = where === "path" ? values[name] : (query.get(name) ?? undefined);
      if (value === undefined) return required ? [`${name} is missing`] : [];
      const isNumber = resolved(schema).type === "integer" && /^\d+$/.test(value);
      return problems(isNumber ? Number(value) : value, schema, name);
    }),
    ...bodyProblems(described.requestBody, body),
  ];
}

function bodyProblems(described: Content | undefined, body: unknown): string[] {
  const schema = described && schemaOf(described);
  if (schema === undefined) return body === undefined ? [] : ["it takes no body"];
  if (body === undefined) return described?.required ? ["the body is missing"] : [];
  const names = Object.keys(resolved(schema).properties ?? {});
  const unknown = Object.keys(body as object).filter((name) => !names.includes(name));
  return [...unknown.map((name) => `${name} is no property`), ...problems(body, schema, "body")];
}

/** What is wrong with an answer. GitHub answers some statuses to every request, so the description does not list them. */
export function answerProblems({ described }: Operation, status: number, body: unknown): string[] {
  const found = described.responses[String(status)];
  if (found === undefined)
    return [401, 403, 404, 429].includes(status) || status >= 500 ? [] : [`it never answers ${status}`];
  const schema = schemaOf(resolved(found));
  if (schema === undefined) return body === undefined ? [] : [`${status} has no body`];
  return problems(body, schema, `answer ${status}`);
}

/** An answer of this schema, `#/components/schemas/<name>`, that has all that it must have, and in it what is `given`. */
export function whole(name: string, given: object): object {
  return { ...(least({ $ref: `#/components/schemas/${name}` }) as object), ...given };
}

function schemaOf(content: Content): Schema | undefined {
  return resolved(content).content?.["application/json"]?.schema;
}

function resolved<T extends Reference>(one: T): T {
  if (one.$ref === undefined) return one;
  const found = one.$ref
    .slice(2)
    .split("/")
    .reduce<unknown>((at, key) => (at as Readonly<Record<string, unknown>>)[key], description);
  return found as T;
}

const compiled = new WeakMap<Schema, ValidateFunction>();

function problems(value: unknown, schema: Schema, where: string): string[] {
  const check = compiled.get(schema) ?? ajv.compile(inDescription(schema));
  compiled.set(schema, check);
  if (check(value)) return [];
  return (check.errors ?? []).map(({ instancePath, message }) => `${where}${instancePath} ${message}`);
}

/** With references that are found from anywhere. */
function inDescription(schema: Schema): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"github#/'));
}

/** By format. */
const strings: Readonly<Record<string, string>> = {
  "date-time": "2026-01-01T00:00:00Z",
  uri: "https://example.com/",
};

/** The smallest value of a schema. */
function least(reference: Schema): unknown {
  const schema = resolved(reference);
  const { enum: [first] = [], anyOf, oneOf, allOf, format } = schema;
  if (first !== undefined) return first;
  const [choice] = anyOf ?? oneOf ?? [];
  if (anyOf?.some(({ type }) => type === "null")) return null;
  if (choice) return least(choice);
  if (allOf) return Object.assign({}, ...allOf.map(least));
  switch ([schema.type ?? "object"].flat()[0]) {
    case "string":
      return strings[format ?? ""] ?? "";
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return false;
    case "array":
      return [];
    default:
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, least(schema.properties?.[name] ?? { type: "string" })]),
      );
  }
}

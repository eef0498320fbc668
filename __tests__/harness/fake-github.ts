// A small real server in place of api.github.com, for one repository. It keeps what it is told, and refuses each request that GitHub's
// published OpenAPI description does not allow.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import description from "./github-api.json" with { type: "json" };

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly nullable?: boolean;
}

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly required: boolean; readonly schema: Schema };
  readonly responses: readonly string[];
}

const paths = description.paths as unknown as Readonly<Record<string, Readonly<Record<string, Operation>>>>;

export interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string; readonly type: "Bot" | "User" };
}

export interface Deployment {
  readonly id: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly statuses: Readonly<Record<string, unknown>>[];
}

/** What the server answers to an operation in place of doing it. */
export type Fault = { readonly status: number; readonly headers?: Readonly<Record<string, string>> } | "no answer";

export class FakeGitHub implements AsyncDisposable {
  readonly comments: Comment[] = [];
  readonly deployments: Deployment[] = [];
  /** Of the repository: numbers of pull requests that are open, with their last commits. */
  readonly open = new Map<number, string>();
  /** The operations that were asked for, in order. */
  readonly asked: string[] = [];
  /** What was wrong with requests. A test expects none. */
  readonly wrong: string[] = [];
  /** By operation; `*`: all. */
  readonly faults = new Map<string, Fault>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<FakeGitHub> {
    const github = new FakeGitHub();
    await new Promise<void>((resolve) => github.#server.listen(0, "127.0.0.1", resolve));
    return github;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As the runner of a job sets it. */
  get env(): Readonly<Record<string, string>> {
    return { GITHUB_API_URL: this.url, GITHUB_REPOSITORY: "octocat/shop" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    const body = await text(request);
    const found = find(request.method ?? "GET", url.pathname);
    if (found === undefined) {
      this.wrong.push(`${request.method} ${url.pathname} is no operation that the description has`);
      return send(response, 404, { message: "Not Found" });
    }
    const { operation, values } = found;
    this.asked.push(operation.operationId);
    const given = body === "" ? undefined : (JSON.parse(body) as unknown);
    const problems = [
      ...checkParameters(operation, values, url.searchParams),
      ...checkBody(operation, given),
      ...(/^(Bearer|token) \S+$/.test(request.headers.authorization ?? "") ? [] : ["authorization"]),
      ...(request.headers["user-agent"] ? [] : ["GitHub refuses requests without a user-agent"]),
    ];
    this.wrong.push(...problems.map((problem) => `${operation.operationId}: ${problem}`));
    if (problems.length > 0) return send(response, 422, { message: problems.join("; ") });
    const fault = this.faults.get(operation.operationId) ?? this.faults.get("*");
    if (fault === "no answer") return void request.socket.destroy();
    if (fault) return send(response, fault.status, { message: "as the test wants it" }, fault.headers);
    const [status, answer] = this.#do(
      operation.operationId,
      values,
      url.searchParams,
      given as Record<string, unknown>,
    );
    if (!operation.responses.includes(String(status)))
      this.wrong.push(`${operation.operationId} never answers ${status}`);
    send(response, status, answer);
  }

  #do(
    operation: string,
    values: Readonly<Record<string, string>>,
    query: URLSearchParams,
    body: Readonly<Record<string, unknown>>,
  ): readonly [status: number, answer: unknown] {
    const page = <T>(all: readonly T[]) => {
      const size = Number(query.get("per_page") ?? 30);
      const start = (Number(query.get("page") ?? 1) - 1) * size;
      return [200, all.slice(start, start + size)] as const;
    };
    const id = this.comments.length + this.deployments.length + 1;
    switch (operation) {
      case "issues/list-comments":
        return page(this.comments);
      case "issues/create-comment": {
        const made: Comment = { id, body: String(body["body"]), user: { login: "github-actions[bot]", type: "Bot" } };
        this.comments.push(made);
        return [201, made];
      }
      case "issues/update-comment": {
        const one = this.comments.find((comment) => comment.id === Number(values["comment_id"]));
        if (one === undefined) return [404, { message: "Not Found" }];
        one.body = String(body["body"]);
        return [200, one];
      }
      case "pulls/list":
        return page([...this.open].map(([number, sha]) => ({ number, state: "open", head: { sha } })));
      case "pulls/get": {
        const number = Number(values["pull_number"]);
        const sha = this.open.get(number);
        return [200, { number, state: sha === undefined ? "closed" : "open", head: { sha: sha ?? "0".repeat(40) } }];
      }
      case "repos/list-deployments": {
        const task = query.get("task");
        return page(this.deployments.filter((one) => task === null || one.body["task"] === task).toReversed());
      }
      case "repos/create-deployment":
        this.deployments.push({ id, body, statuses: [] });
        return [201, { id, ...body }];
      case "repos/create-deployment-status": {
        const one = this.deployments.find((deployment) => deployment.id === Number(values["deployment_id"]));
        one?.statuses.push(body);
        return [201, { id, ...body }];
      }
      default:
        throw new Error(`the server does not know ${operation}`);
    }
  }
}

function send(
  response: ServerResponse,
  status: number,
  answer: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(answer));
}

function find(method: string, path: string) {
  const parts = path.split("/");
  for (const [template, operations] of Object.entries(paths)) {
    const names = template.split("/");
    const operation = operations[method.toLowerCase()];
    if (operation === undefined || names.length !== parts.length) continue;
    if (!names.every((name, index) => name.startsWith("{") || name === parts[index])) continue;
    const values = names.flatMap((name, index) =>
      name.startsWith("{") ? [[name.slice(1, -1), decodeURIComponent(parts[index] ?? "")] as const] : [],
    );
    return { operation, values: Object.fromEntries(values) };
  }
  return undefined;
}

function checkParameters(
  { parameters }: Operation,
  values: Readonly<Record<string, string>>,
  query: URLSearchParams,
): readonly string[] {
  const known = parameters.filter((one) => one.in === "query").map(({ name }) => name);
  const unknown = [...query.keys()].filter((name) => !known.includes(name));
  return [
    ...unknown.map((name) => `${name} is no parameter`),
    ...parameters.flatMap(({ name, in: where, required, schema }) => {
      const value = where === "path" ? values[name] : (query.get(name) ?? undefined);
      if (value === undefined) return required ? [`${name} is missing`] : [];
      const typed = schema.type === "integer" && /^\d+$/.test(value) ? Number(value) : value;
      return check(typed, schema, name);
    }),
  ];
}

function checkBody({ requestBody }: Operation, body: unknown): readonly string[] {
  if (requestBody === undefined) return body === undefined ? [] : ["it takes no body"];
  if (body === undefined) return requestBody.required ? ["the body is missing"] : [];
  const unknown = Object.keys(body as object).filter(
    (name) => !Object.hasOwn(requestBody.schema.properties ?? {}, name),
  );
  return [...unknown.map((name) => `${name} is no property`), ...check(body, requestBody.schema, "body")];
}

function check(value: unknown, schema: Schema, where: string): readonly string[] {
  if (value === null && schema.nullable) return [];
  if (schema.oneOf) {
    const results = schema.oneOf.map((one) => check(value, one, where));
    return results.some((problems) => problems.length === 0) ? [] : (results[0] ?? []);
  }
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => isOf(value, type))) return [`${where} is not ${types.join(" or ")}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${where} is not one of ${schema.enum.join(", ")}`];
  if (Array.isArray(value)) return value.flatMap((one) => check(one, schema.items ?? {}, `${where}[]`));
  if (typeof value !== "object" || value === null) return [];
  const fields = value as Readonly<Record<string, unknown>>;
  return [
    ...(schema.required ?? [])
      .filter((name) => fields[name] === undefined)
      .map((name) => `${where}.${name} is missing`),
    ...Object.entries(fields).flatMap(([name, one]) => check(one, schema.properties?.[name] ?? {}, `${where}.${name}`)),
  ];
}

function isOf(value: unknown, type: string): boolean {
  switch (type) {
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "null":
      return value === null;
    default:
      return typeof value === type;
  }
}

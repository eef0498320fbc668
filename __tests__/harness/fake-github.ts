// A small real server in place of api.github.com, for one repository. It keeps what it is told, refuses each request that GitHub's published
// OpenAPI description does not allow, and checks its own answers against it.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { answerProblems, type Operation, operationOf, requestProblems, whole } from "./github-description.ts";

export interface Account {
  readonly login: string;
  readonly type: "Bot" | "User";
}

export interface Comment {
  readonly id: number;
  body: string;
  readonly user: Account;
}

export interface Deployment {
  readonly id: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly statuses: Readonly<Record<string, unknown>>[];
}

/** What the server answers to an operation in place of doing it. `silence` never ends. */
export type Fault =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly message?: string;
      /** In place of JSON. */
      readonly page?: string;
    }
  | "no answer"
  | "silence";

/** Whom the token of a job writes as. */
const job: Account = { login: "github-actions[bot]", type: "Bot" };

export class FakeGitHub implements AsyncDisposable {
  /** Of all pull requests: a test has one at a time, or looks at the markers. */
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
  /** The owner of the token. */
  viewer: Account = job;
  /** Called before a comment is made: another run may be faster. */
  beforeComment: (() => void) | undefined;
  #ids = 0;
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

  /** The environments that deployments have made. A job's token cannot delete one. */
  get environments(): ReadonlySet<unknown> {
    return new Set(this.deployments.map(({ body }) => body["environment"]));
  }

  /** The last state of each deployment. */
  get states(): readonly unknown[] {
    return this.deployments.map(({ statuses }) => statuses.at(-1)?.["state"]);
  }

  /** Somebody writes a comment. */
  write(user: Account, body: string): Comment {
    const made = { id: ++this.#ids, body, user };
    this.comments.push(made);
    return made;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    const body = await text(request);
    const given = body === "" ? undefined : (JSON.parse(body) as Readonly<Record<string, unknown>>);
    const wrong = [
      ...(/^(Bearer|token) \S+$/.test(request.headers.authorization ?? "") ? [] : ["authorization"]),
      ...(request.headers["user-agent"] ? [] : ["GitHub refuses requests without a user-agent"]),
    ];
    if (request.method === "POST" && pathname === "/graphql") return this.#graphql(given, request, response, wrong);
    const operation = operationOf(request.method ?? "GET", pathname);
    if (operation === undefined) {
      this.wrong.push(`${request.method} ${pathname} is no operation that the description has`);
      return send(response, 404, { message: "Not Found" });
    }
    this.asked.push(operation.id);
    wrong.push(...requestProblems(operation, searchParams, given));
    this.wrong.push(...wrong.map((problem) => `${operation.id}: ${problem}`));
    if (wrong.length > 0) return send(response, 422, { message: wrong.join("; ") });
    if (this.#fails(operation.id, request, response)) return;
    const [status, answer] = this.#do(operation, searchParams, given ?? {});
    this.wrong.push(...answerProblems(operation, status, answer).map((problem) => `${operation.id}: ${problem}`));
    send(response, status, answer);
  }

  /** The one question that Woven asks there. The description is of the REST API only. */
  #graphql(given: unknown, request: IncomingMessage, response: ServerResponse, wrong: readonly string[]): void {
    this.asked.push("graphql");
    const isKnown = JSON.stringify(given) === JSON.stringify({ query: "query { viewer { login } }" });
    this.wrong.push(...wrong, ...(isKnown ? [] : [`graphql: ${JSON.stringify(given)}`]));
    if (!this.#fails("graphql", request, response))
      send(response, 200, { data: { viewer: { login: this.viewer.login } } });
  }

  #fails(operation: string, request: IncomingMessage, response: ServerResponse): boolean {
    const fault = this.faults.get(operation) ?? this.faults.get("*");
    if (fault === undefined) return false;
    if (fault === "no answer") request.socket.destroy();
    else if (fault !== "silence") {
      const { status, message = "as the test wants it", headers, page } = fault;
      if (page === undefined) send(response, status, { message }, headers);
      else response.writeHead(status, { "content-type": "text/html; charset=utf-8" }).end(page);
    }
    return true;
  }

  #do(
    { id: operation, values }: Operation,
    query: URLSearchParams,
    body: Readonly<Record<string, unknown>>,
  ): readonly [status: number, answer?: unknown] {
    const page = (all: readonly object[]) => {
      const size = Number(query.get("per_page") ?? 30);
      const start = (Number(query.get("page") ?? 1) - 1) * size;
      return [200, all.slice(start, start + size)] as const;
    };
    const deployment = this.deployments.find(({ id }) => id === Number(values["deployment_id"]));
    const at = this.comments.findIndex(({ id }) => id === Number(values["comment_id"]));
    const comment = this.comments[at];
    switch (operation) {
      case "issues/list-comments":
        return page(this.comments.map(answerOf));
      case "issues/create-comment": {
        this.beforeComment?.();
        return [201, answerOf(this.write(this.viewer, String(body["body"])))];
      }
      case "issues/update-comment":
        if (comment === undefined) return [404, { message: "Not Found" }];
        comment.body = String(body["body"]);
        return [200, answerOf(comment)];
      case "issues/delete-comment":
        if (comment === undefined) return [404, { message: "Not Found" }];
        this.comments.splice(at, 1);
        return [204];
      case "pulls/list":
        return page([...this.open].map(([number, sha]) => pull("pull-request-simple", number, "open", sha)));
      case "pulls/get": {
        const number = Number(values["pull_number"]);
        const sha = this.open.get(number);
        return [200, pull("pull-request", number, sha === undefined ? "closed" : "open", sha ?? "0".repeat(40))];
      }
      case "repos/list-deployments": {
        const task = query.get("task");
        const asked = this.deployments.filter((one) => task === null || one.body["task"] === task);
        return page(asked.map(({ id, body: made }) => whole("deployment", { ...made, id })).toReversed());
      }
      case "repos/create-deployment": {
        const id = ++this.#ids;
        this.deployments.push({ id, body, statuses: [] });
        return [201, whole("deployment", { ...body, id })];
      }
      case "repos/list-deployment-statuses":
        if (deployment === undefined) return [404, { message: "Not Found" }];
        return page(deployment.statuses.map((one) => whole("deployment-status", one)).toReversed());
      case "repos/create-deployment-status":
        if (deployment === undefined) return [404, { message: "Not Found" }];
        deployment.statuses.push(body);
        return [201, whole("deployment-status", { ...body, id: ++this.#ids })];
      default:
        throw new Error(`the server does not know ${operation}`);
    }
  }
}

function answerOf({ id, body, user }: Comment): object {
  return whole("issue-comment", { id, body, user: whole("simple-user", user) });
}

function pull(schema: string, number: number, state: string, sha: string): object {
  const { head } = whole(schema, {}) as { readonly head: object };
  return whole(schema, { number, state, head: { ...head, sha } });
}

function send(
  response: ServerResponse,
  status: number,
  answer: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(answer === undefined ? undefined : JSON.stringify(answer));
}

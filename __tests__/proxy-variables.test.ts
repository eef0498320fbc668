// Requests to GitHub go through the proxy of the runner, also over TLS, in the built action.
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { proxyVariables } from "../src/proxy-variables.ts";
import { type Authority, authority } from "./certificates.ts";
import { type Checkout, checkout, shop } from "./e2e/support/checkout.ts";
import { pullRequest } from "./e2e/support/pull-request.ts";
import { FakeGitHub } from "./harness/fake-github.ts";
import { runAction } from "./harness/run-action.ts";

describe("the variables that Node starts with", () => {
  test.each([
    ["no proxy", {}, undefined],
    ["an empty one", { https_proxy: "" }, undefined],
    ["a URL", { HTTPS_PROXY: "http://proxy:3128" }, "http://proxy:3128"],
    // Node would not start with it, while pip and curl take it.
    ["without a scheme", { HTTPS_PROXY: "proxy:3128" }, "http://proxy:3128"],
    ["with a login", { HTTPS_PROXY: "http://ada:word@proxy:3128" }, "http://ada:word@proxy:3128"],
    ["a kind that Node does not know", { HTTPS_PROXY: "socks5://proxy:1080" }, undefined],
    ["no URL at all", { HTTPS_PROXY: "http://%%%" }, undefined],
  ])("%s", (_, env, expected) => {
    const variables = proxyVariables(env);
    expect(variables["HTTPS_PROXY"]).toBe(expected);
    expect(variables["NODE_USE_ENV_PROXY"]).toBe(expected && "1");
  });

  test("hosts that are reached directly stay so, and this machine is one", () => {
    const { no_proxy } = proxyVariables({ http_proxy: "http://proxy:3128", NO_PROXY: "github.example.com" });
    expect(no_proxy).toBe("github.example.com,localhost,127.0.0.1,::1");
  });
});

describe("the action asks GitHub", () => {
  let own: Authority;
  let github: FakeGitHub;
  let branch: Checkout;
  const open: Server[] = [];
  /** What the proxy was asked for. */
  let asked: string[];

  beforeAll(async () => {
    own = authority();
    [github, branch] = await Promise.all([FakeGitHub.start(), checkout(shop["0.1"])]);
    await branch.edit("pyproject.toml", "[tool.woven]\n", '[tool.woven]\npreview-domain = "preview.example.com"\n');
    // The pull request has a newer commit: the run has nothing to do, and needs no server.
    github.open.set(12, "2".padEnd(40, "0"));
  });
  afterAll(async () => {
    for (const server of open) server.close();
    own[Symbol.dispose]();
    expect(github.wrong).toEqual([]);
    for (const thing of [github, branch]) await thing[Symbol.asyncDispose]();
  });

  const portOf = (server: Pick<Server, "address">) => (server.address() as AddressInfo).port;
  async function listening<T extends { listen(port: number, host: string, then: () => void): unknown }>(server: T) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** A proxy that finds every name on this machine. */
  async function proxy(): Promise<string> {
    asked = [];
    const server = createServer();
    server.on("connect", (request, socket) => {
      asked.push(request.url ?? "");
      const to = connect(Number(request.url?.split(":").at(-1)), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        to.pipe(socket).pipe(to);
      });
      for (const one of [to, socket]) one.on("error", () => to.destroy());
    });
    open.push(await listening(server));
    return `127.0.0.1:${portOf(server)}`;
  }

  async function run(env: Readonly<Record<string, string>>) {
    const { event, env: told } = pullRequest({ action: "synchronize" });
    const result = await runAction({
      workspace: branch.path,
      event,
      inputs: {
        command: "preview",
        roles: "production: [woven@203.0.113.7]",
        "known-hosts": "",
        "ssh-key": "",
        password: "hunter2",
        "basic-auth": "ada:correct-horse",
        "github-token": "ghs_job",
      },
      env: { ...told, ...github.env, ...env },
    });
    return result;
  }

  test("through it, with http", async () => {
    const port = new URL(github.url).port;
    const api = `http://github.example:${port}`;
    const result = await run({ GITHUB_API_URL: api, http_proxy: await proxy() });
    expect(result.annotations.filter(({ kind }) => kind !== "notice")).toEqual([]);
    expect([result.code, github.asked.at(-1)]).toEqual([0, "pulls/get"]);
    expect(asked).toEqual([`github.example:${port}`]);
  });

  test("through it, with https", async () => {
    const { chain, key } = own.issue({ domains: ["github.example"] });
    const front = await listening(
      createTlsServer({ cert: chain, key }, (socket) => {
        const to = connect(Number(new URL(github.url).port), "127.0.0.1");
        to.pipe(socket).pipe(to);
        for (const one of [to, socket]) one.on("error", () => to.destroy());
      }),
    );
    const api = `https://github.example:${portOf(front)}`;
    github.asked.length = 0;
    const trust = { NODE_EXTRA_CA_CERTS: own.rootFile };
    const result = await run({ GITHUB_API_URL: api, HTTPS_PROXY: `http://${await proxy()}`, ...trust });
    const port = portOf(front);
    front.close();
    expect(result.annotations.filter(({ kind }) => kind !== "notice")).toEqual([]);
    expect([result.code, github.asked]).toEqual([0, ["pulls/get"]]);
    expect(asked).toEqual([`github.example:${port}`]);
  });

  test("directly, if no_proxy names it or it is this machine", async () => {
    github.asked.length = 0;
    const result = await run({ HTTP_PROXY: await proxy() });
    expect([result.code, github.asked, asked]).toEqual([0, ["pulls/get"], []]);
  });
});

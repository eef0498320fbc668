// What a health check takes for an answer, and how long it asks.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { scratch } from "./stage-run.ts";
import { fine, type Outcome, tool } from "./tool.ts";

const ownQuery = /^\/up\?woven-health=[0-9a-f]{12}$/;

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function probe(port: number, wanted: object = {}): Promise<Outcome> {
  const spec = { address: "127.0.0.1", port, host: "shop.example.com", path: "/up", timeout: 0.3, ...wanted };
  return tool(["probe", JSON.stringify(spec)]);
}

const answers =
  (status: number, body = ""): RequestListener =>
  (_, response) =>
    response.writeHead(status).end(body);

test.each([
  [200, {}, 0],
  [302, {}, 0],
  [401, {}, 0],
  [404, {}, 0],
  [400, {}, 1],
  [500, {}, 1],
  [503, {}, 1],
  [204, { status: 204 }, 0],
  [200, { status: 204 }, 1],
  [500, { status: 500 }, 0],
  [302, { status: null, text: null }, 0],
])("an answer of %i to %o", async (status, wanted, code) => {
  const port = await listening(createServer(answers(status, "body")));
  expect(await probe(port, wanted)).toMatchObject({ code });
});

test("the text must be in the answer, and what came instead is told", async () => {
  const port = await listening(createServer(answers(200, "Wartung: später")));
  expect(await probe(port, { text: "später" })).toEqual(fine);
  const { code, stderr } = await probe(port, { text: "Bücher" });
  expect(code).toBe(1);
  expect(stderr).toBe(
    `http://shop.example.com/up answered 200 without the text 'Bücher':\nWartung: später\nWoven asked at 127.0.0.1:${port}.\n`,
  );
});

test("the site is asked for by its name, at the path, as a visitor over HTTP", async () => {
  const seen: unknown[] = [];
  const port = await listening(
    createServer((request, response) => {
      seen.push([request.method, request.url, request.headers.host, request.headers["x-forwarded-proto"]]);
      response.end();
    }),
  );
  await probe(port);
  expect(seen).toEqual([["GET", expect.stringMatching(ownQuery), "shop.example.com", "http"]]);
});

test("a unix socket is asked in the place of an address, with the headers that are given, and named where it fails", async () => {
  const socket = join(scratch(), "shop.sock");
  const seen: unknown[] = [];
  const server = createServer((request, response) => {
    seen.push([request.url, request.headers.host, request.headers["x-forwarded-proto"], request.headers["x-key"]]);
    response.writeHead(503).end("starting");
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => void server.close());
  const spec = { socket, host: "shop.example.com", path: "/up", timeout: 0.1 };
  const { stderr } = await tool([
    "probe",
    JSON.stringify({ ...spec, timeout: 0.1, headers: { "X-Forwarded-Proto": "https", "X-Key": "k" } }),
  ]);
  expect(stderr).toBe(
    `http://shop.example.com/up answered 503, not a healthy status:\nstarting\nWoven asked at ${socket}.\n`,
  );
  expect(seen[0]).toEqual([expect.stringMatching(ownQuery), "shop.example.com", "https", "k"]);
  const gone = await tool(["probe", JSON.stringify({ ...spec, socket: `${socket}.gone`, timeout: 0.1 })]);
  expect(gone.stderr).toContain("did not answer: [Errno 2] No such file or directory");
});

test("a backend that is not up yet is asked again until it is", async () => {
  let asked = 0;
  const port = await listening(createServer((_, response) => response.writeHead(++asked < 3 ? 503 : 200).end()));
  expect([await probe(port, { timeout: 10 }), asked]).toEqual([fine, 3]);
});

test("nobody there is an error after the time that was given", async () => {
  const server = createTcpServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  const { code, stderr } = await probe(port);
  expect([code, stderr]).toEqual([1, expect.stringContaining("did not answer: [Errno 111] Connection refused")]);
});

test.each([
  ["says nothing", "", /did not answer: timed out/],
  ["talks something else", "SSH-2.0-OpenSSH_9.2\r\n", /did not answer: .*SSH-2.0/],
])("a server that %s is an error", async (_, greeting, what) => {
  const port = await listening(
    createTcpServer((socket) => {
      onTestFinished(() => void socket.destroy());
      socket.on("error", () => undefined);
      if (greeting) socket.end(greeting);
    }),
  );
  const { code, stderr } = await probe(port);
  expect(code).toBe(1);
  expect(stderr).toMatch(what);
});

test("a page without end is read only so far", async () => {
  const port = await listening(
    createServer((_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(65536)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    }),
  );
  expect(await probe(port)).toEqual(fine);
});

/** The pages of a site, by path: a status, a place to redirect to, or a listener. */
type Pages = Readonly<Record<string, number | string | RequestListener>>;

function site(pages: Pages, seen: IncomingMessage[] = []): Server {
  return createServer((request, response) => {
    seen.push(request);
    const [path = ""] = (request.url ?? "").split("?");
    const page = pages[path] ?? 404;
    if (typeof page === "function") page(request, response);
    else if (typeof page === "number") response.writeHead(page).end();
    else response.writeHead(302, { Location: page }).end();
  });
}

/** Asks for `/`, as the health check of a site with two domains whose pages nginx serves over HTTP. */
async function check(server: Server, wanted: object = {}) {
  const port = await listening(server);
  const route = { host: "shop.example.com", headers: {}, ways: { "http:80": { address: "127.0.0.1", port } } };
  const sites = { "shop.example.com": route, "www.shop.example.com": route };
  return probe(port, { path: "/", timeout: 20, sites, ...wanted });
}

/** Nobody has signed it, as with a certificate of an example.com on a node. */
function certificate() {
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(scratch(), name)) as [string, string];
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x"];
  execFileSync("openssl", [...request, "-keyout", key, "-out", cert], { stdio: "ignore" });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

test("over TLS from the first request, the server gets the site's name, and a wrong answer names the https URL", async () => {
  const seen: unknown[] = [];
  const server = createTlsServer(certificate(), (request, response) => {
    seen.push([request.headers.host, (request.socket as TLSSocket & { servername?: string }).servername]);
    seen.push(request.headers["x-forwarded-proto"]);
    response.writeHead(request.url?.startsWith("/up") ? 200 : 500).end();
  });
  const port = await listening(server);
  expect(await probe(port, { tls: true, scheme: "https" })).toEqual(fine);
  expect(seen).toEqual([["shop.example.com", "shop.example.com"], "https"]);
  const wrong = await probe(port, { tls: true, scheme: "https", path: "/down" });
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("https://shop.example.com/down")]);
  const plain = await listening(createServer(answers(200)));
  expect((await probe(plain, { tls: true, scheme: "https" })).code).toBe(1);
});

describe("a redirect", () => {
  test.each<[string, Pages, number]>([
    ["to a page that works", { "/": "/home/", "/home/": 200 }, 0],
    ["to a page that needs a login", { "/": "/home/", "/home/": "/login/?next=/home/", "/login/": 200 }, 0],
    ["to another domain of the site", { "/": "http://WWW.shop.example.com./home/", "/home/": 200 }, 0],
    ["to another host, which is not asked", { "/": "https://sso.example.org/authorize" }, 0],
    ["to a scheme that is no page", { "/": "mailto:ada@example.com" }, 0],
    [
      "to a path in UTF-8",
      {
        "/": (_, answer) => void answer.writeHead(302, ["Location", Buffer.from("/ü/").toString("latin1")]).end(),
        "/%C3%BC/": 200,
      },
      0,
    ],
    ["to a page that fails", { "/": "/home/", "/home/": 500 }, 1],
    ["in a circle", { "/": "/home/", "/home/": "/" }, 1],
  ])("%s", async (_, pages, code) => {
    expect(await check(site(pages), { steady: 0.1 })).toMatchObject({ code });
  });

  test("that fails names the page that failed", async () => {
    const { stderr } = await check(site({ "/": "/home/", "/home/": 500 }), { steady: 0.1 });
    expect(stderr).toMatch(/^http:\/\/shop\.example\.com\/ .* http:\/\/shop\.example\.com\/home\/, .*\b500\b/);
  });

  test.each([
    ["https://shop.example.com/", /https:\/\/shop\.example\.com\/,.*SECURE_SSL_REDIRECT/],
    ["https://www.shop.example.com/login/", /https:\/\/www\.shop\.example\.com\/login\/,(?!.*SECURE_SSL_REDIRECT)/],
    ["http://shop.example.com:8000/", /:8000\/,.*\b8000\b/],
  ])("to %s, which is not served, ends the wait at once", async (target, said) => {
    const seen: IncomingMessage[] = [];
    const { code, stderr } = await check(site({ "/": target }, seen));
    expect([code, seen.length]).toEqual([1, 1]);
    expect(stderr).toMatch(said);
  });

  test("is followed over TLS where nginx serves it, with the domain's name", async () => {
    const names: unknown[] = [];
    const tls = createTlsServer(certificate(), (request, response) => {
      names.push((request.socket as TLSSocket & { servername?: string }).servername);
      response.writeHead(request.url?.startsWith("/home/") ? 200 : 500).end();
    });
    const port = await listening(tls);
    const ways = { "https:443": { address: "127.0.0.1", port, tls: true } };
    const sites = { "shop.example.com": { host: "shop.example.com", headers: {}, ways } };
    expect(await check(site({ "/": "https://shop.example.com/home/" }), { sites })).toEqual(fine);
    expect(names).toEqual(["shop.example.com"]);
  });

  test("to https counts as before for a release whose record does not say what is served", async () => {
    expect(await check(site({ "/": "https://shop.example.com/" }), { unserved: "right" })).toEqual(fine);
  });

  test("is the answer where a redirect is expected", async () => {
    expect(await check(site({ "/": "/home/" }), { status: 302 })).toEqual(fine);
  });

  test("is compared by its last page with the expected status and text", async () => {
    const pages: Pages = { "/": "/home/", "/home/": (_, answer) => void answer.end("welcome") };
    expect(await check(site(pages), { status: 200, text: "welcome" })).toEqual(fine);
  });

  test("to the same page, which only sets a cookie, is no circle; over HTTP, a Secure cookie is not sent", async () => {
    const page =
      (attributes: string): RequestListener =>
      (request, response) => {
        if (request.headers.cookie?.includes("seen=1")) response.end();
        else response.writeHead(302, { Location: "/", "Set-Cookie": `seen=1; Path=/${attributes}` }).end();
      };
    expect(await check(site({ "/": page("; HttpOnly") }))).toEqual(fine);
    expect(await check(site({ "/": page("; Secure") }), { steady: 0.1 })).toMatchObject({ code: 1 });
  });

  test("over TLS, a Secure cookie is kept, but not sent over HTTP", async () => {
    const seen: unknown[] = [];
    const page: RequestListener = (request, response) => {
      seen.push(request.headers.cookie);
      const [path] = (request.url ?? "").split("?");
      if (path === "/") response.writeHead(302, { Location: "/home/", "Set-Cookie": "seen=1; Secure" }).end();
      else if (path === "/home/") response.writeHead(302, { Location: "http://shop.example.com/end/" }).end();
      else response.end();
    };
    const [tls, plain] = [await listening(createTlsServer(certificate(), page)), await listening(createServer(page))];
    const way = { address: "127.0.0.1", port: tls, tls: true };
    const ways = { "https:443": way, "http:80": { address: "127.0.0.1", port: plain } };
    const sites = { "shop.example.com": { host: "shop.example.com", headers: {}, ways } };
    expect(await probe(tls, { path: "/", timeout: 20, scheme: "https", tls: true, sites })).toEqual(fine);
    expect(seen).toEqual([undefined, "seen=1", undefined]);
  });

  test("that removes an unknown query is no circle", async () => {
    const strict: RequestListener = (request, response) => {
      if (request.url === "/") response.end();
      else response.writeHead(301, { Location: "/" }).end();
    };
    expect(await check(site({ "/": strict }))).toEqual(fine);
  });
});

describe("no cache", () => {
  test("answers in the application's place: each request has a query of its own, also after a redirect and beside the page's", async () => {
    const seen: IncomingMessage[] = [];
    await check(site({ "/": "/home/?tab=1", "/home/": 503 }, seen), { timeout: 0.7 });
    const queries = seen.map(({ url }) => url?.replace(/[0-9a-f]{12}/, "…"));
    expect(queries.slice(0, 2)).toEqual(["/?woven-health=…", "/home/?tab=1&woven-health=…"]);
    expect(new Set(seen.map(({ url }) => url)).size).toBe(seen.length);
    expect(seen.map(({ headers }) => headers["cache-control"])).toEqual(seen.map(() => "no-cache"));
  });
});

test("a page is asked on the connection that gave the right first page: another process may answer on the next", async () => {
  // As nginx right after a reload: each connection belongs to the old or to the new worker, by turns.
  const workers = new Map<unknown, "old" | "new">();
  const seen: string[] = [];
  const port = await listening(
    createServer((request, response) => {
      const worker = workers.get(request.socket) ?? (workers.size % 2 === 0 ? "new" : "old");
      workers.set(request.socket, worker);
      seen.push(`${worker} ${request.url?.replace(/\?.*/, "")}`);
      if (request.url?.startsWith("/mark")) response.end(worker);
      // The new release is unhealthy, and the old one is not.
      else response.writeHead(worker === "new" ? 500 : 200).end();
    }),
  );
  const first = { path: "/mark", text: "new" };
  expect(await probe(port, { first, steady: 0.2, timeout: 1 })).toMatchObject({ code: 1 });
  expect(seen).toContain("old /mark");
  expect(seen).toContain("new /up");
  expect(seen).not.toContain("old /up");
});

test("without the right first page, the page is not asked, and that is what the failure says", async () => {
  const seen: (string | undefined)[] = [];
  const port = await listening(createServer((request, response) => response.end(`${seen.push(request.url)}`)));
  const { code, stderr } = await probe(port, { first: { path: "/mark", text: "new" } });
  expect(code).toBe(1);
  expect(stderr).toContain("/up was not asked: /mark answered without the text 'new'");
  expect(seen.filter((url) => !url?.startsWith("/mark"))).toEqual([]);
});

describe("the wait", () => {
  const asked = async (pages: Pages, wanted: object) => {
    const seen: IncomingMessage[] = [];
    const began = performance.now();
    const outcome = await check(site(pages, seen), wanted);
    return { ...outcome, asked: seen.length, seconds: (performance.now() - began) / 1000 };
  };

  test("asks twice a second", async () => {
    const { code, asked: times } = await asked({ "/": 503 }, { timeout: 2 });
    expect(code).toBe(1);
    expect(times).toBeGreaterThanOrEqual(4);
    expect(times).toBeLessThanOrEqual(6);
  });

  test.each<[string, Pages, object]>([
    ["500", { "/": 500 }, {}],
    ["404 where 200 is expected", { "/": 404 }, { status: 200 }],
    ["a redirect to a page that fails", { "/": "/home/?next=/", "/home/": 500 }, {}],
  ])("ends early for an answer that stays the same: %s", async (_, pages, wanted) => {
    const { code, seconds } = await asked(pages, { timeout: 20, steady: 1, ...wanted });
    expect(code).toBe(1);
    expect(seconds).toBeLessThan(10);
  });

  test.each([503, 502])("lasts as long as it may for %i, which says `not yet`", async (status) => {
    const { seconds } = await asked({ "/": status }, { timeout: 2.5, steady: 0.5 });
    expect(seconds).toBeGreaterThan(2.4);
  });

  test("goes on while the answers change, and for a page that works later", async () => {
    let times = 0;
    const warming: RequestListener = (_, response) => {
      times += 1;
      response.writeHead([500, 503, 500, 200][Math.min(times, 4) - 1] ?? 200).end();
    };
    expect(await asked({ "/": warming }, { steady: 1 })).toMatchObject(fine);
    expect(times).toBe(4);
  });
});

test.each([
  [
    "<!DOCTYPE html>\n<html>\n<head><title>Server\nError (500)</title></head>\n<body><p>…</p></body></html>",
    " (Server Error (500))\n",
  ],
  ["<html><body><h1>Not <b>here</b></h1></body></html>", " (Not here)\n"],
  ['{"error": "no database"}', ':\n{"error": "no database"}\n'],
  [Array.from({ length: 40 }, (_, n) => `line ${n}`).join("\n"), /line 7\nWoven asked at .*\n$/],
])("of a wrong answer, the title is shown, or its first lines", async (body, end) => {
  const { stderr } = await check(site({ "/": (_, answer) => void answer.writeHead(500).end(body) }), { steady: 0.1 });
  if (typeof end === "string") expect(stderr.includes(`a healthy status${end}Woven asked at `), stderr).toBe(true);
  else expect(stderr).toMatch(end);
});

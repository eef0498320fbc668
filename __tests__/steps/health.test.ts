// What the health checks of a release ask for: which page of which site, where, and where redirects are followed.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ReleaseRecord } from "../../src/node/state.ts";
import { layout } from "../../src/release/layout.ts";
import { askServices, askVisitor } from "../../src/steps/health.ts";
import { releaseRecord, webService } from "../node/records.ts";
import { runStep } from "../node/stage-run.ts";

interface Spec {
  readonly host: string;
  readonly path: string;
  readonly timeout: number;
  readonly status: number | null;
  readonly scheme?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly unserved?: string;
  readonly sites?: Readonly<
    Record<string, { readonly host: string; readonly ways: Readonly<Record<string, unknown>> }>
  >;
}

function asked(record: ReleaseRecord) {
  const change = { to: { place: layout("/home/woven", "shop", "1.0"), record }, drain: 60 };
  const specs = (step: ReturnType<typeof askServices>): readonly Spec[] =>
    (step.files ?? []).map(({ content }) => JSON.parse(String(content)) as Spec);
  const visits = specs(askVisitor(change)).filter(({ path }) => path !== "/.woven/release");
  return { services: specs(askServices(change)), visits };
}

const front = { listens: ["http:80"] };
const two = releaseRecord({
  services: [
    webService({ sites: [1], address: "127.1.2.3:480", probe: { headers: { "X-Woven-Key": "k" } } }),
    webService({ sites: [2], socket: "/run/woven/shop/site_2.sock" }),
  ],
  sites: [
    { id: 1, domains: ["shop.example.com", "www.shop.example.com"], front },
    { id: 2, domains: ["admin.example.com"], front, health: { path: "/desk/", status: 200, timeout: 5 } },
  ],
});

test("each site has its own page, or that of the release", () => {
  for (const specs of Object.values(asked(two)))
    expect(specs).toMatchObject([
      { host: "shop.example.com", path: "/", status: null, timeout: 30 },
      { host: "admin.example.com", path: "/desk/", status: 200, timeout: 5 },
    ]);
});

test("a redirect to another site of the release is asked there: at its own service, or through nginx", () => {
  const { services, visits } = asked(two);
  expect(services[0]?.sites).toMatchObject({
    "www.shop.example.com": { host: "shop.example.com", ways: { "http:80": { address: "127.1.2.3", port: 480 } } },
    "admin.example.com": { host: "admin.example.com", ways: { "http:80": { socket: "/run/woven/shop/site_2.sock" } } },
  });
  const nginx = { address: "127.0.0.1", port: 80 };
  expect(visits[0]?.sites).toMatchObject({
    "www.shop.example.com": { host: "www.shop.example.com", ways: { "http:80": nginx } },
    "admin.example.com": { host: "admin.example.com", ways: { "http:80": nginx } },
  });
});

test("a release is healthy only if all its services answer; the first wrong answer is reported, and nobody asks further", async () => {
  const seen: string[] = [];
  const answering = async (status: number) => {
    const server = createServer((request, response) => {
      seen.push(request.headers.host ?? "");
      response.writeHead(status).end("page");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const step = async (...statuses: readonly number[]) => {
    const addresses = await Promise.all(statuses.map(answering));
    const record = releaseRecord({
      services: addresses.map((address, index) => webService({ sites: [index + 1], address })),
      sites: addresses.map((_, index) => ({
        id: index + 1,
        domains: [`s${index + 1}.example.com`],
        health: { path: "/", timeout: 0.2 },
      })),
    });
    const to = { place: layout("/home/woven", "shop", "1.0"), record };
    seen.length = 0;
    return runStep(askServices({ to, from: to, drain: 60 }));
  };
  expect([(await step(200, 302)).status, seen]).toEqual(["ok", ["s1.example.com", "s2.example.com"]]);
  const { status, output } = await step(200, 500, 200);
  expect([status, new Set(seen)]).toEqual(["failed", new Set(["s1.example.com", "s2.example.com"])]);
  expect(output.trim().split("\n").at(-1)).toBe("http://s2.example.com/ answered 500, not a healthy status");
});

describe("https", () => {
  const ways = (site: Partial<ReleaseRecord["sites"][number]>, more: Partial<ReleaseRecord> = {}) => {
    const sites = [{ id: 1, domains: ["shop.example.com"], ...site }];
    const { services, visits } = asked(releaseRecord({ sites, ...more }));
    const [service, visit] = [services[0], visits[0]];
    return { service, visit, of: (spec: Spec | undefined) => spec?.sites?.["shop.example.com"]?.ways ?? {} };
  };

  test("is not followed where nothing serves it", () => {
    const { service, visit, of } = ways({ front });
    expect([Object.keys(of(service)), Object.keys(of(visit))]).toEqual([["http:80"], ["http:80"]]);
    expect([service?.unserved, visit?.unserved]).toEqual([undefined, undefined]);
  });

  test("is followed over TLS where nginx serves it", () => {
    const { service, visit, of } = ways({ front: { listens: ["http:80", "https:443"] } });
    expect(of(visit)["https:443"]).toEqual({ address: "127.0.0.1", port: 443, tls: true });
    expect(of(service)["https:443"]).toEqual({ address: "127.1.2.3", port: 10080 });
  });

  test("is where the check begins if the settings say that nginx speaks it; a redirect to http is still followed", () => {
    const tls = { kind: "files", certificate: "/etc/nginx/woven/certificates/shop.pem" } as const;
    const { service, visit, of } = ways({ front: { listens: ["http:80", "https:443"] } }, { tls });
    expect(service).toMatchObject({ scheme: "https", headers: { "X-Forwarded-Proto": "https" } });
    expect(visit).toMatchObject({ scheme: "https", port: 443, tls: true, headers: {} });
    expect(of(visit)["http:80"]).toEqual({ address: "127.0.0.1", port: 80 });
  });

  test("is what visitors use where something in front of nginx speaks it", () => {
    const { service, visit, of } = ways({ front: { ...front, tlsInFront: true } });
    for (const spec of [service, visit])
      expect(spec).toMatchObject({ scheme: "https", headers: { "X-Forwarded-Proto": "https" } });
    expect(of(visit)["https:443"]).toEqual({ address: "127.0.0.1", port: 80 });
  });

  test("counts as before for a release that an older version of Woven recorded: a rollback to it stays possible", () => {
    const { service, visit } = ways({});
    expect([service?.unserved, visit?.unserved]).toEqual(["right", "right"]);
  });
});

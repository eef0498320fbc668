// A site with options for its server, and one under ASGI: websockets through nginx, also while a new version goes live.
import { afterAll, beforeAll, expect, test } from "vitest";
import { failed, startAsking } from "./support/asker.ts";
import { type Checkout, checkout, shop } from "./support/checkout.ts";
import { type Ground, ground } from "./support/equipped.ts";
import { inside } from "./support/inside.ts";
import type { Job } from "./support/operator.ts";
import { visitor } from "./support/visitor.ts";
import { openWebsocket, type Websocket } from "./support/websocket.ts";

let g: Ground;
let wsgi: Checkout;
let asgi: Checkout;
let next: Checkout;
let early: Websocket;

/** A project's own asgi.py, which no setting names: websockets beside Django's pages, and something that starts once. */
const asgiPy = `import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
pages = get_asgi_application()
started = []


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        while (event := (await receive())["type"]) == "lifespan.startup":
            started.append(event)
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (event := await receive())["type"] == "websocket.receive":
            said = f"{event['text']} {os.environ['SITE_ID']} {scope['client'][0]} {scope['scheme']} {len(started)} VERSION"
            await send({"type": "websocket.send", "text": said})
    else:
        await pages(scope, receive, send)
`;

async function underUvicorn(layers: readonly string[], version: string): Promise<Checkout> {
  const made = await checkout(layers);
  await made.edit("pyproject.toml", "[tool.woven]\n", '[tool.woven]\nserver = "uvicorn"\n');
  await made.write("shop/asgi.py", asgiPy.replace("VERSION", version));
  await made.edit("shop/health.py", '"the shop is open', "f\"the shop is open to {request.META['REMOTE_ADDR']}");
  return made;
}

beforeAll(async () => {
  [g, wsgi, asgi, next] = await Promise.all([
    ground("trixie"),
    checkout(shop["0.1"]),
    underUvicorn(shop["0.2"], "0.2"),
    underUvicorn(shop["0.3"], "0.3"),
  ]);
  const options =
    'program = "gunicorn"\nworkers = 3\nthreads = 2\nmemory = "700M"\ntasks = 120\narguments = ["--backlog=77"]\n';
  await wsgi.edit("pyproject.toml", "[tool.woven.health]\n", `[tool.woven.server]\n${options}\n[tool.woven.health]\n`);
});
afterAll(async () => {
  early?.close();
  for (const thing of [wsgi, asgi, next, g]) await thing?.[Symbol.asyncDispose]();
});

const forged = { "X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "X-Forwarded-Proto": "https" };

function socket(): Promise<Websocket> {
  return openWebsocket(g.node.host, { host: "shop.example.com", path: "/anything", headers: forged });
}

/** Runs the job while the crowd asks; fails where any of them got no answer. */
async function underLoad(job: Job) {
  await using crowd = startAsking(g.node.host);
  await crowd.answered();
  const result = await g.op.succeed(job);
  await crowd.answered();
  expect(failed(await crowd.stop())).toEqual([]);
  return result;
}

test("the options of a server count, and the log shows the number of workers", async () => {
  const { stdout } = await g.op.succeed({ checkout: wsgi, command: "deploy" });
  expect(stdout).toMatch(/gunicorn: 3 workers with 2 threads/);
  const unit = "$(basename /etc/systemd/system/multi-user.target.wants/woven-shop-*.service)";
  expect(await inside(g.node, `systemctl show -p MemoryMax -p TasksMax "${unit}" | sort`)).toBe(
    `MemoryMax=${700 * 2 ** 20}\nTasksMax=120`,
  );
  const { pid } = await visitor(g.node.host).versions();
  expect(await inside(g.node, `tr '\\0' ' ' </proc/${pid}/cmdline`)).toContain("--backlog=77");
  // The first one only starts the workers.
  await expect.poll(() => inside(g.node, "pgrep -c -u site_1 -f gunicorn")).toBe("4");
});

test("the site moves to uvicorn, and no visitor notices; the number of workers suits the server", async () => {
  const { stdout } = await underLoad({ checkout: asgi, command: "deploy" });
  expect(stdout).toMatch(/uvicorn: \d+ workers?, for .*cores?, .* GB/);
  expect(await visitor(g.node.host).versions()).toMatchObject({ version: "0.2", user: "site_1", site_id: 1 });
  const { body } = await visitor(g.node.host).get("/healthz", forged);
  expect(body).toMatch(/^the shop is open to 198\.1[89]\.\d+\.\d+\n$/);
});

test("a websocket passes nginx, with the visitor's own address, and the application has started first", async () => {
  early = await socket();
  expect(await early.say("hello")).toMatch(/^hello 1 198\.1[89]\.\d+\.\d+ ws 1 0\.2$/);
  expect(await early.say("again")).toMatch(/^again 1 /);
});

test("an open websocket outlives the next deployment until drain ends, and a new one reaches the new version", async () => {
  await next.edit("pyproject.toml", "[tool.woven]\n", "[tool.woven]\ndrain = 12\n");
  await underLoad({ checkout: next, command: "deploy" });
  expect(await early.say("still")).toMatch(/0\.2$/);
  const late = await socket();
  expect(await late.say("new")).toMatch(/0\.3$/);
  late.close();
  // The server says goodbye: it does not just go away.
  await expect
    .poll(() => early.say("still").catch(String), { timeout: 25_000, interval: 500 })
    .toMatch(/closed the websocket/);
});

test("rollback goes back to the version before, and activate to another server", async () => {
  await underLoad({ checkout: next, command: "rollback" });
  const other = await socket();
  expect(await other.say("back")).toMatch(/0\.2$/);
  other.close();
  await underLoad({ checkout: next, command: "activate", inputs: { version: "0.1" } });
  expect(await visitor(g.node.host).versions()).toMatchObject({ version: "0.1" });
  await expect(socket()).rejects.toThrow(/status \d+/);
});

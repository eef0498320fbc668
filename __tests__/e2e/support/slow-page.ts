// The shop with a page that takes its time, one that shows who asks, and an ASGI application with a websocket.
import { type Checkout, checkout } from "./checkout.ts";

/** Seconds that `/slow` takes. */
export const slowSeconds = 12;

const views = `

def slow(request):
    import time
    time.sleep(${slowSeconds})
    return HttpResponse(f"{VERSION} after ${slowSeconds} s\\n", content_type="text/plain")


def visitor(request):
    import sys
    return HttpResponse(f"{request.META['REMOTE_ADDR']} {sys.executable}", content_type="text/plain")
`;

const asgi = `import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
pages = get_asgi_application()


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        while (event := (await receive())["type"]) == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        while (event := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": f"{event['text']} VERSION"})
    else:
        await pages(scope, receive, send)
`;

export async function withSlowPage(layers: readonly string[]): Promise<Checkout> {
  const made = await checkout(layers);
  const version = layers.at(-1)?.split("-")[1] ?? "0.1";
  await made.edit(
    "shop/health.py",
    'return HttpResponse("the shop is open\\n", content_type="text/plain")\n',
    `return HttpResponse("the shop is open\\n", content_type="text/plain")\n${views.replace("{VERSION}", version)}`,
  );
  await made.edit("shop/urls.py", "from shop.health import healthz", "from shop.health import healthz, slow, visitor");
  await made.edit(
    "shop/urls.py",
    'path("healthz"',
    'path("slow", slow),\n    path("visitor", visitor),\n    path("healthz"',
  );
  await made.write("shop/asgi.py", asgi.replace("VERSION", version));
  return made;
}

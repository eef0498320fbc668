// The distance that the benchmark puts between itself and a server.
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { distant } from "../../scripts/bench/network.ts";

test("a round trip takes that long, and everything arrives in order and to its end", async () => {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await using far = await distant("127.0.0.1", port, 100);
  const socket = connect({ host: far.host, port });
  const began = performance.now();
  socket.write("a");
  const [first] = (await once(socket, "data")) as [Buffer];
  // One to connect, one for the answer.
  expect(performance.now() - began).toBeGreaterThan(190);
  const rest = text(socket);
  const lines = Array.from({ length: 5000 }, (_, index) => `${index}\n`);
  for (const line of lines) socket.write(line);
  socket.end();
  expect(first.toString() + (await rest)).toBe(`a${lines.join("")}`);
  server.close();
});

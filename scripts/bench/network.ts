// The distance to a server: an address on this machine that leads to it, on which everything takes its time. Not every kernel has netem.
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { loopbackAddress, newBuild } from "../../src/release/build.ts";

export interface Distant extends AsyncDisposable {
  /** An address of loopback, with the same port. */
  readonly host: string;
}

/** Leads to `host`. A round trip takes `milliseconds`, also the one that opens a connection. */
export async function distant(host: string, port: number, milliseconds: number): Promise<Distant> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (near) => {
    const far = connect({ host, port, allowHalfOpen: true, noDelay: true });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      // Timers of one length end in the order in which they began.
      socket.on("data", (data) => setTimeout(() => other.write(data), milliseconds / 2));
      socket.on("end", () => setTimeout(() => other.end(), milliseconds / 2));
      socket.on("error", () => other.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    far.pause();
    setTimeout(() => {
      near.resume();
      far.resume();
    }, milliseconds);
  });
  const address = loopbackAddress(newBuild());
  await once(server.listen(port, address), "listening");
  return {
    host: address,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

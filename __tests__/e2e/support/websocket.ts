// A visitor's websocket, for text of less than 126 bytes: RFC 6455, as far as a test needs it.
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Duplex } from "node:stream";

export interface Websocket {
  /** Sends a text and waits for the next one. Rejects if the connection is closed. */
  say(text: string): Promise<string>;
  close(): void;
}

/** Opens one at `address` on port 80. Rejects with the status of any other answer. */
export function openWebsocket(
  address: string,
  {
    host,
    path,
    headers = {},
  }: { readonly host: string; readonly path: string; readonly headers?: Readonly<Record<string, string>> },
): Promise<Websocket> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: address,
      port: 80,
      path,
      headers: {
        ...headers,
        Host: host,
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
      },
    });
    asked.on("upgrade", (_, socket, head) => resolve(overSocket(socket, head)));
    asked.on("response", ({ statusCode }) => reject(new Error(`no websocket, but status ${statusCode}`)));
    asked.on("error", reject);
    asked.end();
  });
}

function overSocket(socket: Duplex, head: Buffer): Websocket {
  let received = head;
  let wake: () => void = () => undefined;
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    wake();
  });
  socket.on("close", () => wake());
  socket.on("error", () => wake());
  const nextText = async (): Promise<string> => {
    for (;;) {
      const [first = 0, length = 0] = received;
      if (received.length >= 2 && received.length >= 2 + length) {
        const content = received.subarray(2, 2 + length).toString();
        received = received.subarray(2 + length);
        if ((first & 15) === 1) return content;
        if ((first & 15) === 8) throw new Error("the server closed the websocket");
      } else if (socket.closed) throw new Error("the connection is closed");
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return {
    say(text) {
      const [content, mask] = [Buffer.from(text), randomBytes(4)];
      const masked = content.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
      socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | content.length]), mask, masked]));
      return nextText();
    },
    close: () => socket.destroy(),
  };
}

// The TCP connection under a login: without Nagle's delay, with a deadline, and with one clear error.

import { connect, type Socket } from "node:net";
import { cancelled, dialError, timedOut } from "./connect-errors.ts";
import type { HostPort } from "./host-key.ts";

/** Connects within `timeoutSeconds`, or throws a WovenError with the cause. The socket comes paused. */
export function dial(at: HostPort, timeoutSeconds: number, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...at,
      // Without it every small exchange waits for a delayed ACK: 40 to 175 ms each.
      noDelay: true,
      // Node's default of 250 ms an address is too short for a far node with a broken IPv6.
      autoSelectFamilyAttemptTimeout: 2000,
    });
    const fail = (error: Error) => {
      clearTimeout(deadline);
      signal?.removeEventListener("abort", abort);
      socket.destroy();
      reject(error);
    };
    const abort = () => fail(cancelled(at, signal?.reason));
    const deadline = setTimeout(() => fail(timedOut(at, "the connection")), timeoutSeconds * 1000);
    signal?.addEventListener("abort", abort);
    // Never removed: an error before the SSH client listens would end the process.
    socket.on("error", (error) => fail(dialError(error, at)));
    socket.once("connect", () => {
      clearTimeout(deadline);
      signal?.removeEventListener("abort", abort);
      resolve(socket);
    });
  });
}

// A program of the benchmark: many SSH servers on loopback that answer as one real node did. Each command runs once on the real node, and
// all servers give its answer. So a run on 200 servers can be measured on one machine, with true answers, and in a process of its own.
// Gets an EchoRequest from its parent, and answers with the port once all servers listen.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { buffer } from "node:stream/consumers";
import ssh2 from "ssh2";

export interface EchoRequest {
  /** Addresses of loopback: `127.0.0.1`, … All servers have the same port. */
  readonly addresses: readonly string[];
  readonly node: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly privateKeyFile: string;
  };
  /** The servers' own key, in PEM. */
  readonly hostKey: string;
}

interface Answer {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly code: number;
}

process.once("message", (request: EchoRequest) => {
  serve(request).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
// The parent has ended.
process.once("disconnect", () => process.exit());

async function serve({ addresses, node, hostKey }: EchoRequest): Promise<void> {
  const real = new ssh2.Client();
  real.connect({ ...node, username: node.user, privateKey: readFileSync(node.privateKeyFile) });
  await once(real, "ready");
  const answers = new Map<string, Promise<Answer>>();
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (context) => context.accept());
    client.on("session", (accept) => {
      accept().on("exec", (open, _refuse, { command }) => {
        const channel = open();
        channel.on("error", () => undefined);
        // Each run of a stage has an id of its own.
        const key = command.replaceAll(/\b[a-z]+-[0-9a-z]{8,9}-[0-9a-f]{6}\b/g, "a-stage");
        buffer(channel)
          .then(async (input) => {
            const known = answers.get(key) ?? ask(real, command, input);
            answers.set(key, known);
            const { stdout, stderr, code } = await known;
            channel.stderr.write(stderr);
            channel.write(stdout);
            channel.exit(code);
            channel.end();
          })
          .catch((error: unknown) => {
            console.error(error);
            process.exit(1);
          });
      });
    });
  });
  let port = 0;
  for (const address of addresses) {
    const listener = createServer((socket) => server.injectSocket(socket));
    listener.listen(port, address, 512);
    await once(listener, "listening");
    const at = listener.address();
    port = typeof at === "object" && at !== null ? at.port : port;
  }
  process.send?.(port);
}

async function ask(real: ssh2.Client, command: string, input: Buffer): Promise<Answer> {
  const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
    real.exec(command, (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  const ended = once(channel, "exit");
  const said = Promise.all([buffer(channel), buffer(channel.stderr)]);
  channel.end(input);
  const [code] = (await ended) as [number | null];
  const [stdout, stderr] = await said;
  return { stdout, stderr, code: code ?? 255 };
}

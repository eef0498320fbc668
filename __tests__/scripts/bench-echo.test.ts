// The servers of the benchmark that answer as one real server did.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EchoRequest } from "../../scripts/bench/echo-servers.ts";
import { newPrivateKey } from "../../src/local/key-pair.ts";
import { parseKnownHosts } from "../../src/node/known-hosts.ts";
import { connect } from "../../src/node/session.ts";
import { type Shell, sh } from "../../src/node/sh.ts";
import { root } from "../harness/run-action.ts";
import { optionsFor, startSshd } from "../node/sshd.ts";

test("all of them give the answer that the real one gave once, whatever a stage is named in this run", async () => {
  await using real = await startSshd();
  const hostKey = newPrivateKey();
  const servers = fork(join(root, "scripts/bench/echo-servers.ts"));
  const node = { host: "127.0.0.1", port: real.port, user: real.user, privateKeyFile: join(real.folder, "user") };
  const addresses = ["127.0.77.1", "127.0.77.2"];
  servers.send({ addresses, hostKey, node } satisfies EchoRequest);
  const [port] = (await once(servers, "message")) as [number];
  const ask = async (host: string, command: Shell) => {
    const target = { user: "woven", host, port };
    const options = optionsFor(real, { target, knownHosts: parseKnownHosts(""), hostKeyPolicy: "accept-new" });
    await using session = await connect(options);
    return await session.exec(command, { input: "in" });
  };
  const count = (stage: string) =>
    sh`cat; echo ${stage} >>${join(real.folder, "count")}; wc -l <${join(real.folder, "count")}; exit 3`;
  const [one, two] = await Promise.all([
    ask("127.0.77.1", count("prepare-mabcdefg-0a1b2c")),
    ask("127.0.77.2", count("prepare-mabcdefz-3d4e5f")),
  ]);
  expect(one).toMatchObject({ code: 3, stdout: "in1\n" });
  expect(two).toEqual(one);
  expect((await ask("127.0.77.1", count("another"))).stdout).toBe("in2\n");
  servers.disconnect();
});

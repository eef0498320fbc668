// A management command: what the node gets to run, and with which variables.
import { expect, test } from "vitest";
import { node } from "../../src/commands/node.ts";
import type { ExecOptions, Session } from "../../src/node/session.ts";
import { releaseRecord } from "../node/records.ts";
import { runtime } from "../rollout/release.ts";
import { factsOf } from "../rollout/scripted-nodes.ts";
import { settingsOf, smallProject } from "../settings/source.ts";

/** What is sent to a node with a live release: the command line and the input of each call. */
async function sent(inputs: Readonly<Record<string, string>>) {
  const calls: { readonly line: string; readonly options: ExecOptions }[] = [];
  const facts = factsOf({ facts: { active: "1.0", releases: [releaseRecord()] } });
  const session: Session = {
    target: { user: "woven", host: "web1.example.com", port: 10022 },
    hostKey: { type: "", fingerprint: "", line: "" },
    cost: { logins: 1, roundTrips: 0, bytesSent: 0 },
    exec: async ({ text }, options = {}) => {
      calls.push({ line: text, options });
      return { code: 0, stdout: options.purpose === "facts" ? facts : "done\n", stderr: "" };
    },
    terminal: () => Promise.reject(new Error("no terminal here")),
    sftp: () => Promise.reject(new Error("no SFTP here")),
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const settings = await settingsOf({ files: smallProject, inputs: { command: "node", ...inputs } });
  await node(settings, { ...runtime(), connect: async () => session });
  return calls;
}

test("it gets the variables of the env input, on no command line", async () => {
  const calls = await sent({ "management-command": "createsuperuser", env: 'FRESH=s3cret "word"\nOTHER=two' });
  const last = calls.at(-1);
  expect(last?.line).toContain("createsuperuser");
  expect(String(last?.options.input)).toBe(
    'PYTHONUNBUFFERED="1"\nFRESH="s3cret \\"word\\""\nOTHER="two"\n_WOVEN_GIVEN="FRESH OTHER"\n',
  );
  expect(calls.filter(({ line }) => line.includes("s3cret"))).toEqual([]);
});

// A management command: what the node gets to run, and with which variables.
import { expect, test } from "vitest";
import { node } from "../../src/commands/node.ts";
import type { ExecOptions, Session } from "../../src/node/session.ts";
import type { ReleaseRecord } from "../../src/node/state.ts";
import { releaseRecord } from "../node/records.ts";
import { runtime } from "../rollout/release.ts";
import { factsOf } from "../rollout/scripted-nodes.ts";
import { settingsOf, smallProject } from "../settings/source.ts";

/** What is sent to a node with a live release: the command line and the input of each call. */
async function sent(inputs: Readonly<Record<string, string>>, record: Partial<ReleaseRecord> = {}) {
  const calls: { readonly line: string; readonly options: ExecOptions }[] = [];
  const facts = factsOf({ facts: { active: "1.0", releases: [releaseRecord(record)] } });
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
  const report = await node(settings, { ...runtime(), connect: async () => session });
  const [error] = report.nodes.flatMap((one) => one.error ?? []);
  if (error) throw error;
  return calls;
}

test("it runs as the first site of the release, or as the one that is named", async () => {
  const sites = [2, 12].map((id) => ({ id, domains: [`s${id}.example.com`] }));
  const line = async (inputs: Readonly<Record<string, string>>) =>
    (await sent({ "management-command": "check", ...inputs }, { sites })).at(-1)?.line;
  expect(await line({})).toMatch(/ site_2 .*SITE_ID=2 /s);
  expect(await line({ site: "12" })).toMatch(/ site_12 .*SITE_ID=12 /s);
  await expect(line({ site: "4" })).rejects.toMatchObject({ code: "site-unknown" });
});

test("it gets the variables of the env input, on no command line", async () => {
  const calls = await sent({ "management-command": "createsuperuser", env: 'FRESH=s3cret "word"\nOTHER=two' });
  const last = calls.at(-1);
  expect(last?.line).toContain("createsuperuser");
  expect(String(last?.options.input)).toBe(
    'PYTHONUNBUFFERED="1"\nFRESH="s3cret \\"word\\""\nOTHER="two"\n_WOVEN_GIVEN="FRESH OTHER"\n',
  );
  expect(calls.filter(({ line }) => line.includes("s3cret"))).toEqual([]);
});

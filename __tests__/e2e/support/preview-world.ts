// A server with the shop live, its pull requests, and GitHub: what the tests of previews begin with.
import { expect } from "vitest";
import { FakeGitHub } from "../../harness/fake-github.ts";
import { type Checkout, checkout, shop } from "./checkout.ts";
import { type Ground, ground } from "./equipped.ts";
import { footprint, inside } from "./inside.ts";
import type { Job } from "./operator.ts";
import { type PullRequestEvent, pullRequest } from "./pull-request.ts";
import { type Answer, ask, type Versions, visitor } from "./visitor.ts";

export const keys = `server = "gunicorn"
preview-domain = "preview.example.com"
preview-database-from = "live"
`;

const login = { authorization: `Basic ${Buffer.from("ada:correct-horse").toString("base64")}` };
export const previewSecret = "only-for-previews-1b5e";

/** The end of it fails if a request to GitHub was not as its API says. */
export interface PreviewWorld extends AsyncDisposable {
  readonly g: Ground;
  readonly github: FakeGitHub;
  readonly live: Checkout;
  /** The checkout of a pull request. */
  readonly branch: Checkout;
  /** What the server has with production alone. */
  readonly before: readonly string[];
  /** The job of an event, with the inputs of the workflow in docs/previews.md. GitHub knows of the event. */
  job(event: PullRequestEvent, more?: Partial<Job>): Job;
  /** Asks a preview, with the login of `basic-auth`. */
  ask(name: string, path: string): Promise<Answer>;
  versions(name: string): Promise<Versions>;
  /** What the server has, its accounts included. */
  state(): Promise<readonly string[]>;
  /** The same, with every path where a preview has something, and every unit. The slice above those of the previews may be left, empty. */
  traces(): Promise<readonly string[]>;
  /** Whatever has this in its name, anywhere. Runs of Woven keep their logs, and systemd's journal its lines. */
  named(text: string): Promise<string>;
}

/** `prepare`: before production is deployed. */
export async function previewWorld(
  prepare: (g: Ground, projects: readonly Checkout[]) => Promise<void> = async () => undefined,
): Promise<PreviewWorld> {
  const [g, github, live, branch] = await Promise.all([
    ground("trixie"),
    FakeGitHub.start(),
    checkout(shop["0.1"]),
    checkout(shop["0.1"]),
  ]);
  for (const project of [live, branch]) await project.edit("pyproject.toml", "[tool.woven]\n", `[tool.woven]\n${keys}`);
  await prepare(g, [live, branch]);
  await g.op.succeed({ checkout: live, command: "deploy" });
  await visitor(g.node.host).submit("/photos/", {
    title: "Fern",
    file: { name: "fern.png", type: "image/png", content: Buffer.from("a photo") },
  });
  await branch.edit("templates/base.html", "<body", '<body data-branch="next"');
  const inputs = {
    env: "",
    "preview-env": `DJANGO_SECRET_KEY=${previewSecret}`,
    "basic-auth": "ada:correct-horse",
    "github-token": "ghs_of-the-job",
  };
  const asked = (name: string, path: string) =>
    ask(g.node.host, `${name}.preview.example.com`, path, { headers: login });
  const state = async () => {
    const accounts = await inside(g.node, "getent passwd; getent group");
    return [...(await footprint(g.node)), ...accounts.split("\n")];
  };
  // Some tests cut the power.
  await inside(g.node, "sync");
  return {
    g,
    github,
    live,
    branch,
    before: await state(),
    state,
    job(event, more = {}) {
      const { number = 12, action } = event;
      const told = pullRequest(event);
      if (action === "closed") github.open.delete(number);
      else github.open.set(number, told.env["GITHUB_SHA"] ?? "");
      return {
        checkout: branch,
        command: "preview",
        ...told,
        ...more,
        env: { ...told.env, ...github.env, ...more.env },
        inputs: { ...inputs, ...more.inputs },
      };
    },
    ask: asked,
    async versions(name) {
      const { status, body } = await asked(name, "/version");
      if (status !== 200) throw new Error(`${name} answered ${status}: ${body}`);
      return JSON.parse(body) as Versions;
    },
    async traces() {
      const paths = await inside(
        g.node,
        `find /etc /home/woven/previews /var/www /run/woven /var/lib/systemd/timers -xdev 2>/dev/null | sort
find /var/local/woven-backup -type f 2>/dev/null | sort
systemctl list-units --all --plain --no-legend 'woven-*@*' 'woven-preview*' | cut -d' ' -f1 | grep -vx woven-preview.slice | sort`,
      );
      return [...(await state()), ...paths.split("\n")];
    },
    named: (text) =>
      inside(
        g.node,
        `find / -xdev \\( -path /proc -o -path /sys -o -path /var/local/woven/runs -o -path /var/log/journal \\) -prune -o -name '*${text}*' -print
find /home/woven/previews /run/woven -name '*${text}*' 2>/dev/null || :
systemctl list-units --all --plain --no-legend 'woven-*' | grep -e 'x7e' || :`,
      ),
    async [Symbol.asyncDispose]() {
      for (const thing of [live, branch, github, g]) await thing[Symbol.asyncDispose]();
      expect(github.wrong).toEqual([]);
    },
  };
}

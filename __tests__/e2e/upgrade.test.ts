// A server that an earlier version of Woven set up and deployed to: this version goes on with it. Needs the history of the repository.
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { run } from "../../src/local/privileged.ts";
import { FakeCache } from "../harness/fake-cache.ts";
import { root } from "../harness/run-action.ts";
import { parts, startAsking } from "./support/asker.ts";
import { checkout, shop } from "./support/checkout.ts";
import { bareNode, keys } from "./support/equipped.ts";
import { footprint, inside } from "./support/inside.ts";
import { type Job, operator } from "./support/operator.ts";
import { visitor } from "./support/visitor.ts";

/** Commits whose dist/ is run, and what is particular about what they left on a server. */
const earlier = [
  ["4d8b328d", "records without services, one Apache for all sites"],
  ["28ec6b8", "records of schema 2"],
] as const;

async function actionOf(commit: string, folder: string): Promise<void> {
  const take = 'git -C "$1" archive "$2" action.yml package.json dist templates | tar -x -C "$3"';
  const { code, stderr } = await run(["sh", "-c", take, "sh", root, commit, folder]);
  expect(code, stderr).toBe(0);
}

test.each(earlier)(
  "from %s (%s): deploy, patch, rollback and remove",
  async (commit) => {
    await using folder = await mkdtempDisposable(`${tmpdir()}/woven-earlier-`);
    await actionOf(commit, folder.path);
    await using cache = await FakeCache.start();
    await using node = await bareNode("trixie");
    await using first = await checkout(shop["0.1"]);
    await using second = await checkout(shop["0.2"]);
    await using third = await checkout(shop["0.3"]);
    const op = operator(node, keys, cache);
    const asked = visitor(node.host);
    const live = async () => parts(await asked.versions());

    const then = { action: folder.path };
    await op.succeed({ checkout: first, command: "setupnode", ...then });
    await op.succeed({ checkout: first, command: "deploy", ...then });
    await op.succeed({ checkout: second, command: "deploy", ...then });
    expect(await live()).toBe("0.2/0.2/0.2");

    /** Runs this version while visitors come; none may go without an answer. */
    const now = async (job: Job) => {
      await using crowd = startAsking(node.host);
      await crowd.answered();
      const result = await op.succeed(job);
      await crowd.answered();
      expect((await crowd.stop()).filter(({ versions }) => versions === undefined)).toEqual([]);
      return result;
    };
    // Before setupnode is run again: a rollback to a release of then is what somebody may need first.
    expect((await now({ checkout: second, command: "rollback" })).outputs).toMatchObject({ version: "0.1" });
    expect(await live()).toBe("0.1/0.1/0.1");
    await now({ checkout: second, command: "activate", inputs: { version: "0.2" } });
    expect(await live()).toBe("0.2/0.2/0.2");

    await now({ checkout: second, command: "setupnode" });
    await second.write("templates/version.txt", "0.2-patched\n");
    await now({ checkout: second, command: "patch", inputs: { parts: "templates" } });
    expect(await live()).toBe("0.2/0.2-patched/0.2");
    await now({ checkout: third, command: "deploy" });
    expect(await live()).toBe("0.3/0.3/0.3");
    await now({ checkout: third, command: "rollback" });
    expect(await live()).toBe("0.2/0.2-patched/0.2");

    await now({ checkout: third, command: "remove", inputs: { version: "0.1" } });
    await op.succeed({ checkout: third, command: "remove", inputs: { version: "shop" } });
    const left = (await footprint(node)).filter(
      (line) => /shop/.test(line) && !/\.db$|shop\.removed|removed/.test(line),
    );
    expect(left).toEqual([]);
    expect(await inside(node, "systemctl list-units --all --plain --no-legend 'woven-shop-*' | wc -l")).toBe("0");
  },
  15 * 60_000,
);

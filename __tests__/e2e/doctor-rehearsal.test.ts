// doctor on a bare server, with a rehearsal: it boots a throwaway server, sets it up and deploys to it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listNodes } from "../../src/local/node.ts";
import { checkout, shop } from "./support/checkout.ts";
import { examine } from "./support/doctor.ts";
import { bareNode } from "./support/equipped.ts";
import { footprint } from "./support/inside.ts";

test(
  "a bare server only has to be set up, and the rehearsal says whether the project deploys",
  async () => {
    const home = await mkdtemp(join(tmpdir(), "woven-home-"));
    await using project = await checkout(shop["0.1"]);
    const bare = await bareNode("trixie");
    try {
      const before = await footprint(bare);
      const right = await examine(bare, { project, home });
      expect(right.problems, right.text).toEqual(["web1: set up"]);
      expect(right.code).toBe(1);
      expect(right.rows.at(-1)).toEqual({ state: "ok", check: "rehearsal" });
      await project.edit("shop/settings.py", "INSTALLED_APPS = [", 'INSTALLED_APPS = [\n    "no_such_app",');
      const wrong = await examine(bare, { project, home });
      expect(wrong.problems, wrong.text).toEqual(["web1: set up", "rehearsal"]);
      expect(wrong.text).toMatch(/no_such_app/);
      expect(await footprint(bare)).toEqual(before);
      const rehearsals = async () => (await listNodes()).filter(({ name }) => name.startsWith("rehearsal-"));
      await expect.poll(rehearsals, { timeout: 30_000 }).toEqual([]);
    } finally {
      await bare.stop();
      await rm(home, { recursive: true, force: true });
    }
  },
  15 * 60_000,
);

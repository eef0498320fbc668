// Requirements in UTF-16: read by uv as they are, and by the key of the bundle.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildBundle } from "../../src/bundle/bundle.ts";
import type { Requirements } from "../../src/settings/settings.ts";
import { localIndex } from "./local-index.ts";
import { trixie, trust, workbench } from "./workbench.ts";

const requirements: Requirements = { kind: "files", paths: ["requirements.txt"] };

test.each(["little", "big"])(
  "requirements in UTF-16, %s endian: their packages, hashes and key",
  { timeout: 120_000 },
  async (end) => {
    await using bench = await workbench();
    await using index = await localIndex({
      packages: [
        { name: "wovenshop", version: "1.0" },
        { name: "wovenshop", version: "2.0" },
      ],
    });
    const workingDirectory = await bench.project({ "base.txt": `--extra-index-url ${index.url}\n` });
    const bundled = async (version: string) => {
      const digest = index.digest("sha256", `wovenshop-${version}-py3-none-any.whl`);
      const text = `\uFEFF-r base.txt\r\n# für alle\r\nwovenshop==${version} --hash=sha256:${digest}\r\n`;
      const bytes = Buffer.from(text, "utf16le");
      await writeFile(join(workingDirectory, "requirements.txt"), end === "little" ? bytes : bytes.swap16());
      return buildBundle({ requirements, python: trixie, context: bench.context, trust, workingDirectory });
    };
    const first = await bundled("1.0");
    const second = await bundled("2.0");
    expect([first.packages, second.packages]).toEqual([
      [{ name: "wovenshop", version: "1.0" }],
      [{ name: "wovenshop", version: "2.0" }],
    ]);
    expect(first.key).not.toBe(second.key);
    expect((await bundled("1.0")).cacheHit).toBe(true);
  },
);

import { expect, test } from "vitest";
import { differences } from "../../src/commands/deploy.ts";
import { createLog } from "../../src/log.ts";
import { fileNotes } from "../../src/release/file-notes.ts";
import { manifestOf } from "../../src/release/manifest.ts";
import { releaseContent } from "../../src/rollout/release-plan.ts";
import { missingVariables } from "../../src/rollout/variables.ts";
import { releaseRecord } from "../node/records.ts";
import { settingsOf, smallProject } from "../settings/source.ts";
import { file, planInput } from "./release.ts";

async function settings(env: string) {
  return settingsOf({ files: smallProject, inputs: { env } });
}

async function warned(env: string, had: readonly string[] | undefined, nodes = 1): Promise<readonly string[]> {
  const printed: string[] = [];
  const warn = missingVariables(await settings(env), { log: createLog((line) => printed.push(line)) });
  for (let node = 0; node < nodes; node += 1)
    warn(releaseRecord({ version: "1.8", ...(had ? { variables: [...had] } : {}) }));
  return printed;
}

test("a variable that the version that serves was given, and the next one would not be, is told, once", async () => {
  const lines = await warned("DATABASE_URL=x", ["DATABASE_URL", "SECRET_KEY", "TOKEN"], 3);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/\bSECRET_KEY, TOKEN\b.*\b1\.8\b.*\benv\b/);
});

test.each([
  ["all that were there are there", "SECRET_KEY=x\nMORE=y", ["SECRET_KEY"]],
  ["it is not known what was there", "SECRET_KEY=x", undefined],
])("nothing is told where %s", async (_, env, had) => {
  expect(await warned(env, had)).toEqual([]);
});

test("of a version that is taken, what differs is said: files, requirements, settings", async () => {
  const files = [file("dist/django.whl"), file("project/a.py"), file("project/b.py")];
  const input = await planInput({ files });
  const listed = manifestOf(files);
  const same = releaseRecord({
    ...fileNotes(manifestOf(files).files),
    content: releaseContent(input, "salt"),
  });
  expect(differences(same, input, listed)).toBe("");
  expect(
    differences(
      same,
      {
        ...input,
        files: [file("dist/django.whl"), file("project/a.py", "new"), file("project/c.py")],
      },
      listed,
    ),
  ).toMatch(/\b3\b.*a\.py, b\.py, c\.py/);
  expect(differences(same, { ...input, bundle: { key: "other" } }, listed)).toMatch(/requirements/);
  expect(
    differences(same, { ...input, files: [file("dist/django.whl", "rebuilt"), ...files.slice(1)] }, listed),
  ).toMatch(/requirements/);
  const { secretEnv } = await settings("SECRET_KEY=y");
  expect(differences(same, { ...input, settings: { ...input.settings, secretEnv } }, listed)).toMatch(/\benv\b/);
  expect(
    differences({ ...same, variables: ["OLD"] }, { ...input, settings: { ...input.settings, secretEnv } }, listed),
  ).toMatch(/\bOLD\b.*\bSECRET_KEY\b/);
});

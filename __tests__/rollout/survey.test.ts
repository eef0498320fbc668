// The projects that the survey deploys to a real node (e2e/survey.test.ts), as far as they can be read without one.
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { requireVariables } from "../../src/rollout/required-variables.ts";
import type { SurveyProject } from "../e2e/support/survey-project.ts";
import { projects } from "../e2e/support/survey-projects.ts";
import { commit, folderWith, run, settingsOf } from "../settings/source.ts";

async function settingsFor({ name, files, tags = [], workingDirectory = "." }: SurveyProject, env: readonly string[]) {
  const root = folderWith(files);
  await commit(root, tags[0]);
  const inputs = { env: env.join("\n"), "working-directory": workingDirectory };
  return await settingsOf({ root, inputs, env: { GITHUB_REPOSITORY: `octocat/${name}` } });
}

const titles = projects.map((project) => [`${project.name}: ${project.shape}`, project] as const);

test.each(titles)("%s: nothing is asked", async (_, project) => {
  const settings = await settingsFor(project, project.env ?? []);
  expect(settings.distributionName?.value).toBe(project.name);
  expect(settings.distribution?.version.value).toMatch(project.version ?? /^[0-9a-f]{7,}$/);
  await requireVariables(settings, { run, tempDir: tmpdir() });
});

test.each<[string, readonly string[]]>([
  ["archive", ["SECRET_KEY"]],
  ["clinic", ["SECRET_KEY", "DATABASE_URL", "CLINIC_TITLE"]],
  ["ferry", ["DJANGO_SECRET_KEY"]],
  ["museum", ["SECRET_KEY", "SITE_TITLE"]],
  ["weather", ["WEATHER_SECRET_KEY", "WEATHER_SITE_TITLE"]],
])("%s: without its variables, all of them are listed", async (name, variables) => {
  const project = projects.find((one) => one.name === name);
  if (project === undefined) throw new Error(`there is no project ${name}`);
  const settings = await settingsFor(project, []);
  const listed = await requireVariables(settings, { run, tempDir: tmpdir() }).then(
    () => [],
    ({ details }) => [...details.message.matchAll(/(\w+) \([^)]+:\d+\)/g)].map(([, variable]) => variable),
  );
  expect(listed).toEqual(variables);
});

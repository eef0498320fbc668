// Which commands of a deployment execute code of the release. e2e/accounts.test.ts shows it on a node; this reads every stage.
import { expect, test } from "vitest";
import { compile } from "../../src/node/stage.ts";
import { releaseStages } from "./stages.ts";

/** The commands of all stages, each behind the stage's name, without what is only printed. */
const commands = (await releaseStages()).flatMap((stage) =>
  compile(stage)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => !/^(#|detail |fail )/.test(line))
    .map((line) => `${stage.name}: ${line}`),
);

/** The interpreter of a release runs code of its packages as soon as it starts. `--python` only names it. */
const executes = /(?<!--python )\/home\/woven\/\S*\/(bin\/python\S*|manage)(?= )/g;

test("only a site's user starts the interpreter or the manage of a release", () => {
  const found = commands.flatMap((line) =>
    [...line.matchAll(executes)].map(({ index }) => ({ line, before: line.slice(0, index) })),
  );
  expect(found.length).toBeGreaterThan(2);
  expect(
    found.filter(({ before }) => !/\bas site_\d+ (env SITE_ID=\d+ (timeout -k \d+ \d+ )?)?$/.test(before)),
  ).toEqual([]);
});

test("an account that can do nothing else compiles, with a Python that sees no packages of the release", () => {
  const compiles = commands.filter((line) => line.includes("compileall"));
  expect(compiles).toHaveLength(3);
  const trusted =
    /: as woven-build (\/usr\/bin\/python3|(\/var\/local\/woven\/python\/\S+|"\$new"\/?)\/?bin\/python\S*) -IS -m compileall /;
  expect(compiles.filter((line) => !trusted.test(line))).toEqual([]);
  // The program that unpacks them becomes that account.
  const unpacks = commands.filter((line) => line.includes("install-wheels"));
  expect(unpacks.length).toBeGreaterThan(0);
  expect(unpacks.filter((line) => !/: tool install-wheels woven-build /.test(line))).toEqual([]);
});

// Four projects: `unit` (fast, anywhere), and three of real nodes on this machine (root) that drive the built dist/. `npm test` leaves
// out `nightly`, which takes as long as all the others together.
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** They compare the whole machine before and after, so nobody else may start a node meanwhile. */
const alone = ["__tests__/e2e/local-node.test.ts"];
/**
 * They cut power and connections at every boundary, break each thing that setupnode relies on, compile Pythons first, deploy twenty
 * projects, install databases, queues or a browser, or begin with earlier versions of Woven.
 */
const nightly = [
  "__tests__/e2e/moving.test.ts",
  "__tests__/e2e/setupnode-cuts.test.ts",
  "__tests__/e2e/setupnode-bad-luck.test.ts",
  "__tests__/e2e/own-python.test.ts",
  "__tests__/e2e/packages.test.ts",
  "__tests__/e2e/release-phase-nightly.test.ts",
  "__tests__/e2e/survey.test.ts",
  "__tests__/e2e/upgrade.test.ts",
  "__tests__/e2e/celery.test.ts",
  "__tests__/e2e/background-limits.test.ts",
  "__tests__/e2e/services.test.ts",
  "__tests__/e2e/services-apart.test.ts",
  "__tests__/e2e/certificates.test.ts",
  "__tests__/e2e/doctor.test.ts",
  "__tests__/e2e/doctor-rehearsal.test.ts",
  "__tests__/e2e/previews-many.test.ts",
  "__tests__/e2e/previews-cuts.test.ts",
  "__tests__/e2e/previews-databases.test.ts",
  "__tests__/e2e/previews-act.test.ts",
  "__tests__/e2e/previews-room.test.ts",
  "__tests__/e2e/previews-figures.test.ts",
  "__tests__/e2e/previews-https.test.ts",
  "__tests__/e2e/sites-shared.test.ts",
  "__tests__/e2e/server-matrix.test.ts",
];
const real = { testTimeout: 5 * 60_000, hookTimeout: 10 * 60_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["__tests__/**/*.test.ts"],
          exclude: ["__tests__/e2e/**"],
          testTimeout: 20_000,
          // On two cores vitest would start one, which waits for pip and for child processes much of its time.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...real, name: "e2e-alone", include: alone, fileParallelism: false, sequence: { groupOrder: 2 } } },
      {
        test: {
          ...real,
          name: "e2e",
          include: ["__tests__/e2e/**/*.test.ts"],
          exclude: [...alone, ...nightly],
          // Much of their time they wait: for a boot, a download, a timer. More than two at once would be in each other's way.
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      { test: { ...real, name: "nightly", include: nightly, maxWorkers: 2, sequence: { groupOrder: 4 } } },
    ],
  },
});

// Two projects: `unit` (fast, anywhere) and `e2e` (the built dist/ against real nodes on this machine; root).
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["__tests__/**/*.test.ts"],
          exclude: ["__tests__/e2e/**"],
          testTimeout: 20_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["__tests__/e2e/**/*.test.ts"],
          // One after another: nodes share the machine's two cores, and a slow neighbour must not fail a test.
          fileParallelism: false,
          testTimeout: 5 * 60_000,
          hookTimeout: 10 * 60_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

import { defineConfig } from "vitest/config";

const apart = ["test/qemu/**", "test/e2e/**", "test/editors/**", "test/bench/**", "**/node_modules/**"];

/** Milliseconds after which something hangs, on a machine that is busy with other work too. No test is about time. */
const patience = 120_000;

export default defineConfig({
  test: {
    environment: "node",
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: apart,
          testTimeout: patience,
          hookTimeout: patience,
          expect: { poll: { timeout: patience } },
        },
      },
      {
        extends: true,
        test: {
          name: "qemu",
          include: ["test/qemu/**/*.test.ts"],
          // the first that needs an emulator fetches it
          testTimeout: 5 * patience,
          hookTimeout: 5 * patience,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: "editors",
          include: ["test/editors/**/*.test.ts"],
          globalSetup: "test/editors/setup.ts",
          testTimeout: patience,
          hookTimeout: patience,
          fileParallelism: false,
        },
      },
    ],
    benchmark: { include: ["test/bench/**/*.bench.ts"] },
  },
});

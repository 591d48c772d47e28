import { defineConfig } from "vitest/config";

const apart = ["test/qemu/**", "test/e2e/**", "test/editors/**", "test/bench/**", "**/node_modules/**"];

export default defineConfig({
  test: {
    environment: "node",
    projects: [
      { extends: true, test: { name: "unit", include: ["test/**/*.test.ts"], exclude: apart, testTimeout: 20_000 } },
      {
        extends: true,
        test: {
          name: "qemu",
          include: ["test/qemu/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: "editors",
          include: ["test/editors/**/*.test.ts"],
          globalSetup: "test/editors/setup.ts",
          testTimeout: 40_000,
          hookTimeout: 40_000,
          fileParallelism: false,
        },
      },
    ],
    benchmark: { include: ["test/bench/**/*.bench.ts"] },
  },
});

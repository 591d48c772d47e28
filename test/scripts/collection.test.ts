import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { expect, it } from "vitest";
import { createVitest } from "vitest/node";

const root = join(import.meta.dirname, "../..");
const withoutTests = new Set(["e2e", "bench", "fixtures", "support"]);

it("collects at least one file from every folder of tests, and every test file", async () => {
  const vitest = await createVitest("test", { watch: false, root, config: join(root, "vitest.config.mts") });
  try {
    const specifications = await vitest.globTestSpecifications();
    const collected = new Set(specifications.map(({ moduleId }) => relative(root, moduleId).split(sep).join("/")));
    const folders = readdirSync(join(root, "test"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !withoutTests.has(entry.name))
      .map((entry) => entry.name);
    expect(folders.length).toBeGreaterThan(0);
    const empty = folders.filter((folder) => ![...collected].some((path) => path.startsWith(`test/${folder}/`)));
    expect(empty).toEqual([]);
    const written = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".test.ts") && !path.startsWith("e2e") && !path.includes("node_modules"))
      .map((path) => `test/${path.split(sep).join("/")}`);
    expect(written.filter((path) => !collected.has(path))).toEqual([]);
  } finally {
    await vitest.close();
  }
});

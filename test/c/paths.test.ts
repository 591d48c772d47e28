import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isStub, isTest } from "../../core/c/paths";

const root = join(import.meta.dirname, "../..");

it("tests and stubs are told by their paths", () => {
  expect(["tests/unit/test-vmstate.c", "hw/tests/a.c", "hw/net/e1000.c"].map(isTest)).toEqual([true, false, false]);
  expect(["stubs/vmstate.c", "hw/pci/pci-stub.c", "hw/pci/pci_stubs.c", "hw/pci/stubs.c"].map(isStub)).not.toContain(
    false,
  );
  expect(["hw/pci/pci.c", "hw/pci/stubborn.c"].map(isStub)).not.toContain(true);
});

it("nobody else has an answer of his own to what a test is", () => {
  const others = ["core", "server", "cli"]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((f) => `${folder}/${f}`),
    )
    .filter((path) => path.endsWith(".ts") && readFileSync(join(root, path), "utf8").includes('startsWith("tests/")'));
  expect(others).toEqual(["core/c/paths.ts"]);
});

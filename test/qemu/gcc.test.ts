import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { declarations, expected } from "../c/layoutFixture";

it("gcc gives the sizes and offsets that the layout tests hold us to", () => {
  const directory = mkdtempSync(join(tmpdir(), "vmstate-gcc-"));
  try {
    const prints = expected.map(([query]) => `  printf("%zu\\n", (size_t)(${query}));`).join("\n");
    const headers = ["stdbool.h", "stddef.h", "stdint.h", "stdio.h"].map((name) => `#include <${name}>`).join("\n");
    const source = join(directory, "layout.c");
    writeFileSync(source, `${headers}\n${declarations}\nint main(void) {\n${prints}\n}\n`);
    const program = join(directory, "layout");
    execFileSync("gcc", ["-w", "-o", program, source]);
    const printed = execFileSync(program, { encoding: "utf8" }).trim().split("\n").map(BigInt);
    expect(printed).toEqual(expected.map(([, value]) => value));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

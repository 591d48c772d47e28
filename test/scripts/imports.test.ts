import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkImports } from "../../scripts/check-imports.mjs";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "vmstate-imports-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function plant(files: Record<string, string>): readonly string[] {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkImports(root).problems;
}

describe("import check", () => {
  it("accepts arrows that point down", () => {
    const problems = plant({
      "core/c/range.ts": "export const a = 1;",
      "core/vmstate/model.ts": 'import { a } from "../c/range";\nexport const b = a;',
      "server/protocol.ts": "export interface P {}",
      "client/main.ts": 'import * as vscode from "vscode";\nimport type { P } from "../server/protocol";',
    });
    expect(problems).toEqual([]);
  });

  it("fails on an arrow that points up, also a type-only one", () => {
    expect(
      plant({
        "core/c/range.ts": 'import type { b } from "../vmstate/model";',
        "core/vmstate/model.ts": "export const b = 1;",
      }),
    ).toEqual(["core/c/range.ts -> core/vmstate/model.ts: core/c does not use core/vmstate"]);
  });

  it("fails when what runs QEMU uses another folder", () => {
    const problems = plant({ "core/c/a.ts": "", "qemu/run.ts": 'import "node:child_process"; import "../core/c/a";' });
    expect(problems).toEqual(["qemu/run.ts -> core/c/a.ts: qemu uses nothing else"]);
  });

  it("fails when the client reaches past the protocol", () => {
    const problems = plant({
      "server/index.ts": "export const s = 1;",
      "client/main.ts": 'import { s } from "../server/index";',
    });
    expect(problems).toEqual(["client/main.ts -> server/index.ts: client uses server/protocol only"]);
  });

  it("fails when core touches node or a package", () => {
    const problems = plant({ "core/c/a.ts": 'import "node:fs"; import "fs"; import "vscode-uri";' });
    expect(problems).toHaveLength(3);
  });

  it("fails on a process that is started past the places that guard it", () => {
    const problems = plant({
      "cli/a.ts": 'import { spawn } from "node:child_process";',
      "server/node/b.ts": 'const { execFile } = await import("child_process");',
      "client/node/c.ts": 'import type { ChildProcess } from "child_process";',
      "server/node/git.ts": 'import { execFile } from "node:child_process";',
      "client/node/refs.ts": 'import "../../server/node/git";',
    });
    expect(problems).toEqual([
      expect.stringMatching(/^server\/node\/b\.ts: starts processes; only /),
      expect.stringMatching(/^client\/node\/c\.ts: starts processes; only /),
      expect.stringMatching(/^cli\/a\.ts: starts processes; only /),
    ]);
  });

  it("fails on a use of the disk that those who keep answers do not see", () => {
    const problems = plant({
      "cli/a.ts": 'import { readFileSync } from "node:fs"; import "../server/node/disk";',
      "server/node/b.ts": 'import fs from "fs";',
      "server/node/disk.ts": 'import fs from "node:fs";',
    });
    expect(problems).toEqual([
      expect.stringMatching(/^server\/node\/b\.ts: uses the disk /),
      expect.stringMatching(/^cli\/a\.ts: uses the disk /),
    ]);
  });

  it("finds a circle of files and one of folders", () => {
    const files = plant({
      "core/c/a.ts": 'import "./b";',
      "core/c/b.ts": 'export * from "./a";',
    });
    expect(files).toEqual(["circle: core/c/a.ts -> core/c/b.ts -> core/c/a.ts"]);
    const folders = plant({
      "core/c/a.ts": "",
      "core/wire/a.ts": 'import "../compat/a";',
      "core/compat/a.ts": "",
      "core/compat/b.ts": 'import "../wire/b";',
      "core/wire/b.ts": "",
    });
    expect(folders).toEqual([
      "core/wire/a.ts -> core/compat/a.ts: core/wire does not use core/compat",
      expect.stringMatching(/^circle: core\/(wire|compat) -> /),
    ]);
  });

  it("fails on an import that leads nowhere and on an empty tree", () => {
    expect(plant({})).toEqual([`no modules found under ${root}`]);
    expect(plant({ "cli/main.ts": 'import "./gone";' })).toEqual(["cli/main.ts: ./gone leads nowhere"]);
  });
});

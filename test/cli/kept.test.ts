/** A command is answered from what was printed before, and never when something it was made from has changed. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Io } from "../../cli/io";
import { keepAnswer } from "../../cli/kept/keep";
import { questionOf } from "../../cli/kept/question";
import { currentAnswer, keyOf } from "../../cli/kept/shelf";
import { run } from "../../cli/program";
import { exampleTree } from "./run";

let folder = "";
const inside = (path: string) => join(folder, path);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-kept-"));
  vi.stubEnv("XDG_CACHE_HOME", inside("cache"));
  cpSync(exampleTree, inside("tree"), { recursive: true });
  for (const name of ["cli.js", "command.js"]) writeFileSync(inside(name), "");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Waits until what was written just now is older than the clock's tick: before that nothing is kept. */
function settle(): void {
  const written = statSync(inside("command.js")).ctimeMs;
  writeFileSync(inside("later"), "");
  while (statSync(inside("later")).ctimeMs < written + 50) writeFileSync(inside("later"), "");
}

function questionFor(...argv: string[]) {
  const asked = { argv: ["node", "vmstate", ...argv], env: {}, cwd: () => folder, stdout: process.stdout };
  return questionOf(asked, folder);
}

/** As dist/cli.js does: what is kept, else the command. */
async function ask(
  ...argv: string[]
): Promise<{ readonly out: string; readonly code: number; readonly kept: boolean }> {
  const question = questionFor(...argv);
  const known = question === undefined ? undefined : currentAnswer(keyOf(question));
  if (known !== undefined) return { out: known.out, code: known.code, kept: true };
  const out: string[] = [];
  const to = (write: (text: string) => void) => ({ write, isTerminal: false, columns: 80 });
  const io: Io = { cwd: folder, env: {}, out: to((text) => void out.push(text)), err: to(() => {}) };
  const code =
    question === undefined ? await run(argv, io) : await keepAnswer(keyOf(question), io, (noted) => run(argv, noted));
  return { out: out.join(""), code, kept: false };
}

const check = ["check", "--tree", "tree", "--format", "json"];

describe("an unchanged tree", () => {
  it.each([
    check,
    ["dump", "--tree", "tree"],
    ["order", "--tree", "tree"],
    ["coverage", "--tree", "tree"],
    ["simulate", "--tree", "tree", "--machine", "-M q35 -device demo-disk -device demo-iommu"],
    ["check", "--tree", "tree", "tree/hw/demo/demo-disk.c"],
  ])("%s … is answered as before", async (...argv) => {
    settle();
    const first = await ask(...argv);
    expect(first.kept).toBe(false);
    const again = await ask(...argv);
    expect(again).toEqual({ ...first, kept: true });
  });

  it("what prints without end is not held", async () => {
    settle();
    const question = questionFor(...check);
    if (question === undefined) throw new Error("no question");
    const io: Io = {
      cwd: folder,
      env: {},
      out: { write: () => {}, isTerminal: false, columns: 80 },
      err: { write: () => {}, isTerminal: false, columns: 80 },
    };
    await keepAnswer(keyOf(question), io, ({ out }) => {
      for (let k = 0; k < 20; k++) out.write("x".repeat(1 << 20));
      return Promise.resolve(0);
    });
    expect(readdirSync(folder)).not.toContain("cache");
  });

  it("another question is another answer", async () => {
    settle();
    await ask(...check);
    expect((await ask(...check, "--rule", "dma-before-iommu=off")).kept).toBe(false);
    expect((await ask(...check, "--no-cache")).kept).toBe(false);
  });
});

const changes: Readonly<Record<string, () => void>> = {
  "a file says something else": () => {
    const path = inside("tree/hw/demo/demo-nic.c");
    writeFileSync(path, `${readFileSync(path, "utf8")}\n`);
  },
  "a file is as long and says something else": () => {
    const path = inside("tree/hw/demo/demo-nic.c");
    writeFileSync(path, readFileSync(path, "utf8").replace("demo", "Demo"));
  },
  "a file comes": () => writeFileSync(inside("tree/hw/demo/more.c"), ""),
  "a file goes": () => rmSync(inside("tree/hw/demo/demo-nic.c")),
  "a file that was asked for comes": () => writeFileSync(inside("tree/.vmstate.json"), "{}"),
  "a folder gives way to a link": () => {
    cpSync(inside("tree/hw"), inside("hw"), { recursive: true });
    rmSync(inside("tree/hw"), { recursive: true });
    symlinkSync(inside("hw"), inside("tree/hw"));
  },
  "the program is another": () => writeFileSync(inside("command.js"), "2"),
  "what was kept is damaged": () => {
    const shelf = inside("cache/vmstate/answers");
    for (const name of readdirSync(shelf)) {
      const path = join(shelf, name);
      writeFileSync(path, readFileSync(path, "utf8").replace('"out":"', '"out":" '));
    }
  },
  "what was kept is cut": () => {
    const shelf = inside("cache/vmstate/answers");
    for (const name of readdirSync(shelf))
      writeFileSync(join(shelf, name), readFileSync(join(shelf, name)).subarray(0, 99));
  },
};

describe("is answered anew where", () => {
  it.each(Object.keys(changes))("%s", async (what) => {
    settle();
    await ask(...check);
    expect((await ask(...check)).kept).toBe(true);
    changes[what]?.();
    expect((await ask(...check)).kept).toBe(false);
  });

  it("a file was written in the moment it was read", async () => {
    settle();
    writeFileSync(inside("tree/hw/demo/more.c"), "");
    await ask(...check);
    expect((await ask(...check)).kept).toBe(false);
  });

  it("the command writes something, or could not run", async () => {
    settle();
    for (const argv of [
      [...check, "--write-baseline", "accepted.json"],
      [...check, "--output", "json=findings.json"],
      ["check", "--tree", "nowhere"],
    ]) {
      await ask(...argv);
      expect((await ask(...argv)).kept).toBe(false);
    }
  });
});

it("what cannot be looked at is passed over as where nothing is kept", async () => {
  settle();
  symlinkSync(".git", inside("tree/.git"));
  expect((await ask(...check)).code).toBe(1);
});

it("nothing where the folder it was started in is gone", () => {
  const cwd = (): string => {
    throw new Error("ENOENT: uv_cwd");
  };
  expect(questionOf({ argv: ["node", "vmstate", ...check], env: {}, cwd, stdout: process.stdout }, folder)).toBe(
    undefined,
  );
});

it("standard input, help and other commands are never kept", () => {
  expect(questionFor("inspect", "-")).toBeUndefined();
  expect(questionFor("lsp")).toBeUndefined();
  expect(questionFor("--help")).toBeUndefined();
});

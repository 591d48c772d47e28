/** A tree that was read before: only what has changed is read again, and the answer is that of a fresh reading. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepAnswer } from "../../cli/kept/keep";
import { currentAnswer, keyOf } from "../../cli/kept/shelf";
import { run } from "../../cli/program";
import { workOf } from "../counted";
import { exampleTree, vmstate } from "./run";

let folder = "";
const inside = (path: string) => join(folder, path);
const edit = (path: string, change: (text: string) => string): void =>
  writeFileSync(inside(path), change(readFileSync(inside(path), "utf8")));
const keptFiles = () => readdirSync(inside("cache/vmstate/facts")).map((name) => inside(`cache/vmstate/facts/${name}`));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-facts-"));
  vi.stubEnv("XDG_CACHE_HOME", inside("cache"));
  cpSync(exampleTree, inside("tree"), { recursive: true });
  for (const name of ["cli.js", "command.js"]) writeFileSync(inside(name), "");
  // what was written just now is not trusted: the clock says that it is long ago
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const check = async (...more: string[]) =>
  (
    await vmstate(["check", "--tree", "tree", "--format", "json", "--review", ...more], {
      cwd: folder,
      self: inside("cli.js"),
    })
  ).out;

describe("a tree that was read before", () => {
  it("is skimmed no more; after an edit one file is", async () => {
    const first = await workOf(() => check());
    expect(first.skimmed).toBeGreaterThan(15);
    const again = await workOf(() => check());
    expect(again.answer).toBe(first.answer);
    expect(again.skimmed).toBe(0);
    expect(again.filesRead).toBeLessThan(first.filesRead);
    edit("tree/hw/demo/demo-nic.c", (text) => `/* one more line */\n${text}`);
    const edited = await workOf(() => check());
    expect(edited.skimmed).toBe(1);
    expect(edited.answer).toBe(await check("--no-cache"));
    expect(edited.answer).not.toBe(first.answer);
  });

  it("nothing is kept of a file that has just been written, nor where no cache is wanted", async () => {
    vi.useRealTimers();
    await check("--no-cache");
    expect(() => keptFiles()).toThrow();
    edit("tree/hw/demo/demo-nic.c", (text) => `${text}\n`);
    await check();
    expect((await workOf(() => check())).skimmed).toBeGreaterThan(0);
  });

  it("what was kept by another program, or is damaged, is not used", async () => {
    const first = await check();
    writeFileSync(inside("command.js"), "2");
    expect((await workOf(() => check())).skimmed).toBeGreaterThan(15);
    for (const damage of [
      (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1),
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from("x")]),
      () => Buffer.from("x"),
      () => Buffer.alloc(0),
    ]) {
      for (const file of keptFiles()) writeFileSync(file, damage(readFileSync(file)));
      const again = await workOf(() => check());
      expect(again.answer).toBe(first);
      expect(again.skimmed).toBeGreaterThan(15);
    }
  });

  it("is what a kept answer hangs on, though it was not read for it", async () => {
    const ask = async (): Promise<"kept" | "made"> => {
      const argv = ["check", "--tree", "tree", "--format", "json"];
      const program = [inside("cli.js"), inside("command.js")];
      const key = keyOf({ program, argv, cwd: folder, looks: [] });
      if (currentAnswer(key) !== undefined) return "kept";
      const to = { write: () => {}, isTerminal: false, columns: 80 };
      const io = { cwd: folder, env: {}, out: to, err: to, self: inside("cli.js") };
      await keepAnswer(key, io, (noted) => run(argv, noted));
      return "made";
    };
    await check();
    expect([await ask(), await ask()]).toEqual(["made", "kept"]);
    edit("tree/hw/demo/demo-nic.c", (text) => `${text}\n`);
    expect([await ask(), await ask()]).toEqual(["made", "kept"]);
  });

  it("the trees used last stay, others go", async () => {
    for (let k = 0; k < 10; k++) {
      cpSync(inside("tree/include"), inside(`tree${k}/include`), { recursive: true });
      cpSync(inside("tree/VERSION"), inside(`tree${k}/VERSION`));
      await vmstate(["check", "--tree", `tree${k}`], { cwd: folder, self: inside("cli.js") });
    }
    expect(keptFiles().length).toBe(8);
    expect(keptFiles().every((file) => (statSync(file).mode & 0o77) === 0)).toBe(true);
  });
});

describe("after any edits", () => {
  /** Numbers that repeat from run to run. */
  function* numbers(seed: number): Generator<number, never> {
    for (let state = seed; ; ) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      yield state >>> 8;
    }
  }

  it.each([1, 2, 3])("the answer is a fresh one (sequence %i)", async (seed) => {
    const random = numbers(seed);
    const pick = <T>(from: readonly T[]): T => from[random.next().value % from.length] as T;
    const sources = () =>
      readdirSync(inside("tree"), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(?:c|h|inc)$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .sort();
    let serial = 0;
    const steps: readonly (() => void)[] = [
      () => edit(pick(sources()), (text) => `${text}\n`),
      () => edit(pick(sources()), (text) => `/* ${serial++} */\n${text}`),
      () =>
        edit(pick(sources()), (text) =>
          text.replace(/version_id = (\d+)/, (_, n: string) => `version_id = ${Number(n) + 1}`),
        ),
      () => edit(pick(sources()), (text) => text.replace(/^#define (\w+) (\d+)$/m, "#define $1 ($2 + 1)")),
      () => edit(pick(sources()), (text) => text.slice(0, random.next().value % (text.length + 1))),
      () => rmSync(inside(pick(sources()))),
      () => {
        const from = pick(sources());
        renameSync(inside(from), inside(join(dirname(from), `moved-${serial++}${from.slice(from.lastIndexOf("."))}`)));
      },
      () => {
        const [from, to] = [pick(sources()), pick(sources())];
        writeFileSync(inside(to), readFileSync(inside(from)));
      },
    ];
    await check();
    for (let round = 0; round < 12; round++) {
      for (let k = random.next().value % 3; k >= 0; k--) pick(steps)();
      expect(await check(), `round ${round}`).toBe(await check("--no-cache"));
    }
  });
});

/** Parts of a command's work, and what `merge` makes of them: what the command answers in one. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mergeAnswers } from "../../cli/merge/answers";
import { isInPart, partOf } from "../../cli/shard";
import { exampleLine, exampleStream } from "../confirm/exampleStream";
import { makeStandIn, type StandIn, type StandInBehaviour } from "../confirm/standIn";
import { exampleRepository, removeFolders, type Repository, temporaryFolder } from "./repository";
import { exampleTree, type Run, vmstate } from "./run";

let repository: Repository;
const made: StandIn[] = [];

beforeAll(() => {
  repository = exampleRepository();
  const { read, write, git, commit } = repository;
  const nic = "hw/demo/demo-nic.c";
  git("tag", "v1.1.0");
  write(nic, read(nic).replace("VMSTATE_UINT16(tail,", "VMSTATE_UINT32(tail,"));
  write("hw/demo/second.c", read("hw/demo/demo-disk.c").replace(/demo([-_])disk/g, "second$1disk"));
  git("mv", "hw/demo/demo-timer.c", "hw/demo/moved.c");
  commit("changes");
  git("tag", "v1.2.0");
});
afterAll(() => {
  removeFolders();
  for (const each of made.splice(0)) each.remove();
});

/** The command in one, and merged from `of` parts, which come in another order. */
async function both(argv: readonly string[], format: "json" | "sarif", of: number): Promise<readonly [Run, Run]> {
  const options = { cwd: repository.root };
  const given = [...argv, "--format", format];
  const folder = temporaryFolder();
  const files: string[] = [];
  for (let part = of; part > 0; part--) {
    const { code, out, err } = await vmstate([...given, "--shard", `${part}/${of}`], options);
    expect(out, `${code} ${err}`).not.toBe("");
    const file = join(folder, `${part}.json`);
    writeFileSync(file, out);
    files.push(file);
  }
  const asJson = format === "json" ? ["--format", "json"] : [];
  return [await vmstate(given, options), await vmstate(["merge", ...files, ...asJson], options)];
}

async function same(argv: readonly string[], format: "json" | "sarif" = "json", of = 3): Promise<Run> {
  const [whole, merged] = await both(argv, format, of);
  expect(whole.code, whole.err).not.toBe(2);
  expect(JSON.parse(merged.out)).toEqual(JSON.parse(whole.out));
  expect(merged.out).toBe(whole.out);
  expect(merged.code).toBe(whole.code);
  return whole;
}

describe("parts", () => {
  it.each([1, 2, 3, 7, 20])("of %s are all, each once, in order", (of) => {
    const items = Array.from({ length: 11 }, (_, i) => i);
    const parts = Array.from({ length: of }, (_, i) => partOf(items, { part: i + 1, of }));
    expect(parts.flat()).toEqual(items);
    const sizes = parts.map(({ length }) => length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    for (const item of items.map((i) => `hw/${i}.c`))
      expect(parts.filter((_, i) => isInPart(item, { part: i + 1, of }))).toHaveLength(1);
  });
});

describe("check", () => {
  it.each([1, 2, 5])("in %s parts says what it says in one", async (of) => {
    const { out } = await same(["check", "--review", "--all"], "json", of);
    expect(JSON.parse(out).length).toBeGreaterThan(5);
    await same(["check", "--review"], "sarif", of);
  });

  it("since a revision, with files that were renamed and what is accepted", async () => {
    const { out } = await same(["check", "--since", "v1.1.0..v1.2.0"]);
    const files = JSON.parse(out).map(({ file }: { file: string }) => file);
    expect(new Set(files)).toContain("hw/demo/second.c");
    expect(files).not.toContain("hw/demo/moved.c");
    const accepted = join(temporaryFolder(), "accepted.json");
    await vmstate(["check", "hw/demo/second.c", "--write-baseline", accepted], { cwd: repository.root });
    const { err } = await same(["check", "--baseline", accepted], "sarif");
    expect(err).toBe("");
  });

  it("says of a part's own files only what it says", async () => {
    const { out } = await vmstate(["check", "--shard", "1/2", "--format", "json", "--review"], {
      cwd: repository.root,
    });
    const { answer } = JSON.parse(out);
    expect(answer.length).toBeGreaterThan(0);
    for (const { file } of answer) expect(isInPart(file, { part: 1, of: 2 })).toBe(true);
  });
});

describe("a matrix", () => {
  it("in parts is the same", async () => {
    const { out, code } = await same(["diff", "--matrix", "v1.0.0,v1.1.0,v1.2.0"], "json", 2);
    expect(JSON.parse(out)).toHaveLength(3);
    expect(code).toBe(1);
    await same(["diff", "--matrix", "v1.0.0,v1.2.0"], "json", 4);
  });

  it("is printed as a table", async () => {
    const range = "v1.0.0,v1.1.0,v1.2.0";
    const folder = temporaryFolder();
    const files = [1, 2].map((part) => join(folder, `${part}.json`));
    for (const [index, file] of files.entries()) {
      const argv = ["diff", "--matrix", range, "--format", "json", "--shard", `${index + 1}/2`];
      writeFileSync(file, (await vmstate(argv, { cwd: repository.root })).out);
    }
    for (const format of ["text", "markdown"]) {
      const whole = await vmstate(["diff", "--matrix", range, "--format", format], { cwd: repository.root });
      expect((await vmstate(["merge", ...files, "--format", format])).out).toBe(whole.out);
    }
  });
});

describe("confirm", () => {
  const standIn = (behaviour: StandInBehaviour): string => {
    const program = makeStandIn({ stream: exampleStream(), ...behaviour });
    made.push(program);
    return program.path;
  };
  const machines = ["", " -device demo-timer", " -device demo-bridge"].flatMap((more) => [
    "--machine",
    `${exampleLine}${more}`,
  ]);
  const tree = ["--tree", exampleTree];

  it.each([
    ["order", () => ["--qemu", standIn({}), ...machines, ...tree]],
    ["order", () => ["--qemu", standIn({}), ...machines.slice(0, 2), ...tree]],
    ["migrate", () => ["--from", standIn({}), "--to", standIn({ version: [2, 0, 0] }), ...machines]],
    ["roundtrip", () => ["--qemu", standIn({}), "--machine", exampleLine, "--device", "a", "--device", "demo-nic"]],
    ["probe", () => ["--qemu", standIn({ target: "arm" }), "--machine", "-M b", "--device", "a", "--device", "c"]],
    ["check", () => ["--qemu", standIn({ types: ["demo-disk", "demo-nic"] }), "--all", ...tree]],
  ])("%s in parts is the same", async (command, given) => {
    await same(["confirm", command, ...given()], "json", 2);
  });
});

describe("merge", () => {
  const part = async (name: string, ...argv: readonly string[]): Promise<string> => {
    const file = join(temporaryFolder(), name);
    writeFileSync(file, (await vmstate(argv, { cwd: repository.root })).out);
    return file;
  };
  const check = ["check", "--format", "json"];

  it("is not taken in by a note that no part has, and takes members of any name", async () => {
    const one = await part("note-1.json", ...check, "--shard", "1/1");
    const changed = (name: string, change: (note: Record<string, unknown>) => unknown): string => {
      const text = JSON.parse(readFileSync(one, "utf8")) as { shard: Record<string, unknown>; answer: unknown };
      const file = join(temporaryFolder(), name);
      writeFileSync(file, JSON.stringify({ ...text, shard: change(text.shard) }));
      return file;
    };
    for (const note of [{ of: 0 }, { of: -3 }, { of: 1.5 }, { of: 2 ** 32 }, { part: 0 }]) {
      const { code, err } = await vmstate(["merge", changed("bad.json", (own) => ({ ...own, ...note }))]);
      expect([code, err]).toEqual([2, expect.stringContaining("is no part that --shard wrote")]);
    }
    const beyond = changed("beyond.json", (own) => ({ ...own, part: 7 }));
    const { code, err } = await vmstate(["merge", one, beyond]);
    expect([code, err]).toEqual([2, expect.stringContaining("is part 7 of no more than 1")]);
    expect(mergeAnswers("confirm order", [{ constructor: 1 }, { other: 2 }])).toEqual({ constructor: 1, other: 2 });
  });

  it("refuses parts of two states of the sources, and takes those of one that stands in two places", async () => {
    const nic = "hw/demo/demo-nic.c";
    const before = repository.read(nic);
    const matrix = ["diff", "--matrix", "v1.0.0,HEAD", "--format", "json"];
    const since = [...check, "--since", "HEAD~1"];
    for (const argv of [check, since, matrix]) {
      const two = await part("2.json", ...argv, "--shard", "2/2");
      expect((await vmstate(["merge", await part("1.json", ...argv, "--shard", "1/2"), two])).code).not.toBe(2);
      repository.write(nic, `${before}\n`);
      repository.commit("a line");
      const { code, out, err } = await vmstate(["merge", await part("1.json", ...argv, "--shard", "1/2"), two]);
      repository.git("reset", "--quiet", "--hard", "HEAD~1");
      expect({ code, out, err }).toEqual({
        code: 2,
        out: "",
        err: expect.stringContaining("was made of other sources than"),
      });
    }
    const copy = join(temporaryFolder(), "copy");
    cpSync(repository.root, copy, { recursive: true });
    const there = join(temporaryFolder(), "2.json");
    writeFileSync(there, (await vmstate([...check, "--shard", "2/2"], { cwd: copy })).out);
    expect((await vmstate(["merge", await part("1.json", ...check, "--shard", "1/2"), there])).code).not.toBe(2);
  });

  it("does not make a whole of what is none", async () => {
    const one = await part("1.json", ...check, "--shard", "1/2");
    const two = await part("2.json", ...check, "--shard", "2/2");
    const review = await part("review.json", ...check, "--review", "--shard", "2/2");
    const matrix = await part("m.json", "diff", "--matrix", "v1.0.0,v1.2.0", "--format", "json", "--shard", "2/2");
    const log = await part("log.sarif", "check", "--format", "sarif", "--shard", "2/2");
    const whole = await part("whole.json", ...check);
    const deep = join(temporaryFolder(), "deep.json");
    writeFileSync(deep, `${'{"answer":'.repeat(20_000)}1${"}".repeat(20_000)}`);
    for (const [files, said] of [
      [[one], "part 2/2 is missing"],
      [[one, two, two], "is part 2/2, as"],
      [[one, review], "other options"],
      [[one, matrix], "is no part of what"],
      [[one, log], "is no part of what"],
      [[one, whole], "is no part that --shard wrote"],
      [[one, join(temporaryFolder(), "none.json")], "no such file"],
      [[deep, deep], "nests deeper"],
      [[one, two, "--format", "text"], "only a matrix"],
    ] as const) {
      const { code, out, err } = await vmstate(["merge", ...files]);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toMatch(/^vmstate: [^\n]*\n$/);
      expect(err).toContain(said);
    }
    expect((await vmstate(["merge", two, one])).code).toBeLessThan(2);
  });

  it.each([
    ["check", "--shard", "3/2"],
    ["check", "--shard", "0/2"],
    ["check", "--shard", "two"],
    ["check", "--shard", "1/2", "--patch", "x"],
    ["check", "--shard", "1/2", "--write-baseline", "x"],
    ["diff", "v1.0.0", "v1.2.0", "--shard", "1/2"],
    ["confirm", "check", "--qemu", "x", "--shard", "1/2", "--at", "x.c:1"],
  ])("is refused: %s %s %s", async (...argv) => {
    const { code, err } = await vmstate(argv, { cwd: repository.root });
    expect(code).toBe(2);
    expect(err).toContain("--shard");
  });
});

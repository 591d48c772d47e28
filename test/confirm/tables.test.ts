import { afterEach, describe, expect, it } from "vitest";
import { aligned } from "../../core/confirm/align";
import { makeStandIn, type StandIn, type StandInBehaviour } from "./standIn";
import { exampleTree, vmstate } from "../cli/run";

const made: StandIn[] = [];

afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

interface Field {
  field: string;
  size: number;
  Description?: Table;
}

interface Table {
  name: string;
  version_id: number;
  Fields: Field[];
  Subsections?: Table[];
}

type Dump = Record<string, { Description: Table }>;

/** What the tree's own tables are, as a QEMU built from it prints them. */
async function ownDump(): Promise<Dump> {
  const { out } = await vmstate(["dump", "--tree", exampleTree]);
  return JSON.parse(out);
}

async function tables(behaviour: StandInBehaviour, ...more: string[]) {
  const program = makeStandIn(behaviour);
  made.push(program);
  return vmstate(["confirm", "tables", "--qemu", program.path, "--tree", exampleTree, ...more]);
}

async function changed(change: (dump: Dump) => void): Promise<Dump> {
  const dump = await ownDump();
  change(dump);
  return dump;
}

const typeIn = (dump: Dump, name: string): Table => {
  const found = dump[name];
  if (found === undefined) throw new Error(`no ${name} in the example`);
  return found.Description;
};

describe("a binary's tables beside the tree's", () => {
  it("belong together where they are equal", async () => {
    const { code, out } = await tables({ dump: await ownDump() });
    expect(out).toMatch(/^belongs together: binary 1\.2\.3 \(stand-in\), tree /);
    expect(code).toBe(0);
  });

  it.each<[string, (dump: Dump) => void, RegExp]>([
    [
      "a version",
      (dump) => typeIn(dump, "demo-disk").version_id++,
      /demo-disk: version_id \d+ in the binary, \d+ in the tree \(demo-disk\)/,
    ],
    [
      "a field more",
      (dump) => typeIn(dump, "demo-disk").Fields.splice(1, 0, { ...field, field: "x" }),
      /demo-disk\.x: field in the binary only/,
    ],
    ["a field less", (dump) => typeIn(dump, "demo-disk").Fields.splice(1, 1), /demo-disk\.\w+: field in the tree only/],
    ["a size", (dump) => leafOf(typeIn(dump, "demo-disk")).size++, /size \d+ in the binary, \d+ in the tree/],
    [
      "a type more",
      (dump) => (dump.other = { Description: { ...typeIn(dump, "demo-disk"), name: "other" } }),
      /In the binary only \(1\)\n {2}other/,
    ],
  ])("are of another revision with %s", async (_, change, said) => {
    const { code, out } = await tables({ dump: await changed(change) });
    expect(out).toMatch(/^another revision or another build: /);
    expect(out).toMatch(said);
    expect(code).toBe(1);
  });

  it("belong together where only structs in memory are larger", async () => {
    const dump = await changed((each) => {
      for (const { size, Description } of typeIn(each, "demo-disk").Fields)
        if (Description !== undefined) expect(size).toBeGreaterThan(0);
      for (const nested of typeIn(each, "demo-disk").Fields) if (nested.Description !== undefined) nested.size += 8;
    });
    const { code, out } = await tables({ dump });
    expect(out).toMatch(/Differs in memory only/);
    expect(code).toBe(0);
  });

  it("are told as JSON, with types that the binary lacks", async () => {
    const dump = await changed((each) => delete each["demo-disk"]);
    const { out } = await tables({ dump }, "--format", "json");
    expect(JSON.parse(out)).toMatchObject({ target: "x86_64", differences: [], onlyTree: [{ type: "demo-disk" }] });
  });

  const field = { version_id: 1, field_exists: false, size: 4 };
  const leafOf = (table: Table): Field => {
    const leaf = table.Fields.find((each) => each.Description === undefined);
    if (leaf === undefined) throw new Error("no plain field");
    return leaf;
  };
});

describe("what keeps it from running", () => {
  it.each<[string, StandInBehaviour, readonly string[], RegExp]>([
    ["another target", {}, ["--target", "aarch64"], /^vmstate: --target aarch64: the QEMU runs x86_64$/m],
    ["a target that nobody has", { target: "vax" }, [], /^vmstate: --target vax: no target of QEMU, nor of /m],
    ["no tables", { dump: [1] }, [], /not of the form that its -dump-vmstate has$/m],
    ["a QEMU that fails", { fails: "cannot set up guest memory" }, [], /: cannot set up guest memory$/m],
    ["no time", {}, ["--timeout", "never"], /^vmstate: --timeout never: not a number of seconds$/m],
    ["no size", {}, ["--memory-limit", "much"], /^vmstate: --memory-limit much: not a size$/m],
  ])("%s", async (_, behaviour, more, said) => {
    const { code, err } = await tables(behaviour, ...more);
    expect(err).toMatch(said);
    expect(code).toBe(2);
  });

  it("no such program, or the user's wish", async () => {
    const none = await vmstate(["confirm", "tables", "--qemu", "/no/such/qemu", "--tree", exampleTree]);
    expect([none.code, none.err]).toEqual([2, "vmstate: --qemu /no/such/qemu: /no/such/qemu: no such program\n"]);
    const program = makeStandIn();
    made.push(program);
    const argv = ["confirm", "tables", "--qemu", program.path, "--tree", exampleTree];
    const cancelled = await vmstate(argv, { cancel: AbortSignal.abort() });
    expect([cancelled.code, cancelled.err]).toEqual([2, "vmstate: cancelled\n"]);
  });
});

describe("lists of names", () => {
  const pairs = (left: string, right: string) =>
    aligned([...left], [...right], (each) => (each === "?" ? null : each)).map(([a, b]) => `${a ?? "-"}${b ?? "-"}`);

  it.each([
    ["abc", "abc", ["aa", "bb", "cc"]],
    ["abc", "ac", ["aa", "b-", "cc"]],
    ["ac", "abc", ["aa", "-b", "cc"]],
    ["ab", "ba", ["a-", "bb", "-a"]],
    ["abc", "a?c", ["aa", "b?", "cc"]],
    ["", "a", ["-a"]],
  ])("%s and %s", (left, right, expected) => {
    expect(pairs(left, right)).toEqual(expected);
  });
});

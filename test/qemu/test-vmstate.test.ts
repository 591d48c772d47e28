/** QEMU's own codec tests (tests/unit/test-vmstate.c): its tables and bytes, read from the tree; the objects are set here. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Project } from "../../core/project";
import { ByteReader, ByteWriter, type LoadHooks, loadDescription, saveDescription } from "../../core/wire";
import type { WireDescription } from "../../core/wire";
import { type ClassTree, readClasses } from "../../core/putcode/classes";
import { createCompiler } from "../../core/putcode/compile";
import { evaluatePredicate } from "../../core/putcode";
import { type CObject, type Exists, objectOf, stateOf } from "./cObject";
import { realProject } from "./project";

const file = "tests/unit/test-vmstate.c";

interface Case {
  /** As g_test_add_func names it. */
  readonly name: string;
  readonly symbol: string;
  /** The byte array, with the function that it is local to. */
  readonly wire: string;
  readonly inside?: string;
  readonly save?: CObject;
  /** What is there before and after a load. */
  readonly load?: { readonly before: CObject; readonly after: CObject; readonly versionId?: number };
}

const simple = {
  ...{ b_1: 1, b_2: 0, u8_1: 130, u16_1: 512, u32_1: 70000, u64_1: 12121212, i8_1: 65, i8_2: -65 },
  ...{ i16_1: 512, i16_2: -512, i32_1: 70000, i32_2: -70000, i64_1: 12121212, i64_2: -12121212 },
};
const small = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };
const tens = { a: 10, b: 20, c: 30, d: 40, e: 50, f: 60 };
const pointers = (...values: readonly (number | null)[]) => ({ ar: values.map((i) => (i === null ? null : { i })) });
const queue = {
  i16: -512,
  q: [
    { b: 1, u8: 130 },
    { b: 0, u8: 65 },
  ],
  i32: 70000,
};
const domain = {
  id: 6,
  mappings: [
    [
      { low: 0x1000, high: 0x1fff },
      { phys_addr: 0xa000, flags: 1 },
    ],
    [
      { low: 0x4000, high: 0x4fff },
      { phys_addr: 0xe0000, flags: 2 },
    ],
  ],
};
const otherDomain = {
  id: 5,
  mappings: [
    [
      { low: 0x1000000, high: 0x1ffffff },
      { phys_addr: 0xf000000, flags: 3 },
    ],
  ],
};
const iommu = {
  id: 7,
  domains: [
    [5, otherDomain],
    [6, domain],
  ],
};
const container = { id: 1, list: [{ id: 0x0a }, { id: 0x0b00 }, { id: 0x0c0000 }, { id: 0x0d000000 }] };
/** `diff` is what the temporary object's pre_save makes of b - a. */
const temporary = { a: 2, d: 1, diff: 2, f: 8 };

const skipping = { symbol: "vmstate_skipping", wire: "expected" };
const versioned = { symbol: "vmstate_versioned", wire: "buf" };
const structs = { symbol: "vmsd_arps", wire: "wire_arr_ptr_0" };
const integers = { symbol: "vmsd_arpp", wire: "wire_arr_ptr_0" };

const cases: readonly Case[] = [
  {
    name: "/vmstate/simple/primitive",
    symbol: "vmstate_simple_primitive",
    wire: "wire_simple_primitive",
    save: simple,
    load: { before: {}, after: simple },
  },
  {
    name: "/vmstate/simple/array",
    symbol: "vmstate_simple_arr",
    wire: "wire_simple_arr",
    save: { u16_1: [0x42, 0x43, 0x44] },
    load: { before: {}, after: { u16_1: [0x42, 0x43, 0x44] } },
  },
  {
    name: "/vmstate/versioned/load/v1",
    ...versioned,
    inside: "test_load_v1",
    load: { versionId: 1, before: { b: 200, e: 500, f: 600 }, after: { ...tens, b: 200, e: 500, f: 600 } },
  },
  {
    name: "/vmstate/versioned/load/v2",
    ...versioned,
    inside: "test_load_v2",
    load: { versionId: 2, before: {}, after: tens },
  },
  {
    name: "/vmstate/field_exists/load/noskip",
    ...{ ...skipping, wire: "buf", inside: "test_load_noskip" },
    load: { before: { skip_c_e: false }, after: { ...tens, skip_c_e: false } },
  },
  {
    name: "/vmstate/field_exists/load/skip",
    ...{ ...skipping, wire: "buf", inside: "test_load_skip" },
    load: { before: { skip_c_e: true, c: 300, e: 500 }, after: { ...tens, skip_c_e: true, c: 300, e: 500 } },
  },
  {
    name: "/vmstate/field_exists/save/noskip",
    ...{ ...skipping, inside: "test_save_noskip" },
    save: { ...small, skip_c_e: false },
  },
  {
    name: "/vmstate/field_exists/save/skip",
    ...{ ...skipping, inside: "test_save_skip" },
    save: { ...small, skip_c_e: true },
  },
  {
    name: "/vmstate/array/ptr/str/no0/save",
    ...{ ...structs, wire: "wire_arr_ptr_no0" },
    save: pointers(0, 1, 2, 3),
  },
  {
    name: "/vmstate/array/ptr/str/no0/load",
    ...{ ...structs, wire: "wire_arr_ptr_no0" },
    load: { before: pointers(0, 0, 0, 0), after: pointers(0, 1, 2, 3) },
  },
  { name: "/vmstate/array/ptr/str/0/save", ...structs, save: pointers(0, null, 2, 3) },
  {
    name: "/vmstate/array/ptr/str/0/load",
    ...structs,
    load: { before: pointers(0, null, 0, 0), after: pointers(0, null, 2, 3) },
  },
  { name: "/vmstate/array/ptr/prim/0/save", ...integers, save: { ar: [0, null, 2, 3] } },
  {
    name: "/vmstate/array/ptr/prim/0/load",
    ...integers,
    load: { before: { ar: [3, null, 1, 0] }, after: { ar: [0, null, 2, 3] } },
  },
  { name: "/vmstate/qtailq/save/saveq", symbol: "vmstate_q", wire: "wire_q", save: queue },
  {
    name: "/vmstate/qtailq/load/loadq",
    ...{ symbol: "vmstate_q", wire: "wire_q" },
    load: { before: { q: [] }, after: queue },
  },
  { name: "/vmstate/gtree/save/savedomain", symbol: "vmstate_domain", wire: "first_domain_dump", save: domain },
  {
    name: "/vmstate/gtree/load/loaddomain",
    ...{ symbol: "vmstate_domain", wire: "first_domain_dump" },
    load: { before: {}, after: domain },
  },
  { name: "/vmstate/gtree/save/saveiommu", symbol: "vmstate_iommu", wire: "iommu_dump", save: iommu },
  {
    name: "/vmstate/gtree/load/loadiommu",
    ...{ symbol: "vmstate_iommu", wire: "iommu_dump" },
    load: { before: {}, after: iommu },
  },
  { name: "/vmstate/qlist/save/saveqlist", symbol: "vmstate_container", wire: "qlist_dump", save: container },
  {
    name: "/vmstate/qlist/load/loadqlist",
    ...{ symbol: "vmstate_container", wire: "qlist_dump" },
    load: { before: { list: [] }, after: container },
  },
  {
    name: "/vmstate/tmp_struct",
    ...{ symbol: "vmstate_with_tmp", wire: "wire_with_tmp", inside: "test_tmp_struct" },
    save: temporary,
    load: { versionId: 1, before: {}, after: temporary },
  },
];

/** The elements of `uint8_t NAME[] = { … }`; `inside` names the function that it is local to. */
function byteArray(project: Project, name: string, inside: string | undefined): Uint8Array {
  const text = (project.text(file) ?? "").replace(/\/\*[\s\S]*?\*\//g, "");
  const from = inside === undefined ? 0 : text.indexOf(`void ${inside}(void)\n{`);
  const body = from < 0 ? undefined : new RegExp(`\\b${name}\\[\\]\\s*=\\s*\\{([^}]*)\\}`).exec(text.slice(from))?.[1];
  if (body === undefined) throw new Error(`${file} has no ${name}`);
  const octets = body.split(",").filter((each) => each.trim() !== "");
  return Uint8Array.from(octets, (each) => {
    const value = project.evaluate(each.trim(), file);
    if (!value.known) throw new Error(`${name}: ${each}`);
    return value.value;
  });
}

describe.each(["QEMU_SOURCE_10_2", "QEMU_SOURCE_10_0", "QEMU_SOURCE_7_2"] as const)(
  "test-vmstate.c of %s",
  (variable) => {
    let project: Project;
    let schemas: ReadonlyMap<string, WireDescription>;
    let exists: Exists;

    beforeAll(() => {
      project = realProject(variable);
      const tree: ClassTree = project;
      const { source } = readClasses(tree);
      const compiler = createCompiler(project);
      const found = new Map<string, WireDescription>();
      for (const { symbol } of cases) {
        const schema = compiler.named(symbol, file);
        if (schema !== undefined) found.set(symbol, schema);
      }
      schemas = found;
      exists = (field, object, versionId) => {
        if (field.exists === undefined) return field.versionId <= versionId;
        const member = (path: string) => (typeof object[path] === "boolean" ? BigInt(object[path]) : undefined);
        const answer = evaluatePredicate(field.exists, file, { versionId, member }, source);
        if (typeof answer !== "boolean") throw new Error(`${field.exists} is not decided`);
        return answer;
      };
    });

    const schemaOf = (symbol: string): WireDescription => {
      const schema = schemas.get(symbol);
      if (schema === undefined) throw new Error(`no ${symbol}`);
      return schema;
    };

    it("has the cases that are here, no more", () => {
      const added = (project.text(file) ?? "").matchAll(/g_test_add_func\("([^"]+)"/g);
      expect([...added].map((match) => match[1])).toEqual(cases.map((each) => each.name));
    });

    it.each(cases.filter((each) => each.save !== undefined))("$name: saved", ({ symbol, wire, inside, save }) => {
      const schema = schemaOf(symbol);
      const writer = new ByteWriter();
      expect(saveDescription(writer, schema, stateOf(schema, save ?? {}, exists))).toMatchObject({ ok: true });
      const expected = byteArray(project, wire, inside);
      // Arrays that are also loaded end with QEMU_VM_EOF.
      if (wire !== "expected") writer.u8(0);
      expect([...writer.finish()]).toEqual([...expected]);
    });

    it.each(cases.filter((each) => each.load !== undefined))("$name: loaded", ({ symbol, wire, inside, load }) => {
      const schema = schemaOf(symbol);
      const whole = byteArray(project, wire, inside);
      const { before = {}, after = {}, versionId = schema.versionId } = load ?? {};
      const hooks: LoadHooks = {
        fieldExists: (_, field, scope) => exists(field, before, scope.versionId),
        isNull: (field, index) => {
          const held = before[field.member?.path ?? ""];
          return Array.isArray(held) && held[index] === null;
        },
      };
      const read = (bytes: Uint8Array) => {
        const reader = new ByteReader(bytes);
        return { reader, result: loadDescription(reader, schema, versionId, hooks) };
      };
      const { reader, result } = read(whole);
      if (!result.ok) throw new Error(result.error.message);
      expect(reader.remaining).toBe(1);
      expect(objectOf(schema, result.value, before)).toEqual(after);

      const half = whole.length >> 1;
      const cuts = [
        whole.subarray(0, 0),
        whole.subarray(0, -2),
        whole.subarray(0, half),
        whole.subarray(half, 2 * half),
      ];
      // The second half of a list can be a list.
      if (wire.startsWith("wire_simple") || wire === "wire_with_tmp") {
        expect(cuts.map((cut) => read(cut).result.ok)).toEqual([false, false, false, false]);
      }
    });
  },
);

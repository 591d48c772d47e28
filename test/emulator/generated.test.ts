import { describe, expect, it } from "vitest";
import { type SimulationReport, simulate } from "../../core/emulator";
import { exampleFiles, exampleTree, pciType } from "./tree";

/** A device with what stands before its table, further fields and further members of the table. */
function device(before: string, fields: string, members = ""): string {
  return pciType("toy-nic")
    .replace("VMSTATE_END_OF_LIST() },", `${fields} VMSTATE_END_OF_LIST() }, ${members}`)
    .replace("static const VMStateDescription", `${before}\nstatic const VMStateDescription`);
}

const header = "include/migration/vmstate.h";
const vmstate = (exampleFiles()[header] ?? "").replace("VMS_END =", "VMS_MUST_EXIST = 0x1000, VMS_END =");

function report(text: string, destination?: string): SimulationReport {
  const tree = (code: string) => exampleTree({ "hw/toy/nic.c": code, [header]: vmstate });
  const result = simulate(tree(text), {
    machine: "-M q35 -m 1 -device toy-nic",
    ...(destination === undefined ? {} : { destination: tree(destination) }),
  });
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

const subsection = (name: string, needed: string): string => `
static const VMStateDescription vmstate_${name} = {
    .name = "toy-nic/${name}", .version_id = 1, .minimum_version_id = 1, ${needed}
    .fields = (const VMStateField[]) { VMSTATE_UINT32(reg, toy_nic_State), VMSTATE_END_OF_LIST() },
};`;

const condition = (name: string, text: string): string => `
static bool ${name}_needed(void *opaque) { toy_nic_State *s = opaque; return ${text}; }`;

describe("a generated state", () => {
  const subsections = `
${subsection("always", "")}
${condition("some", "s->reg < 0x1000")}${subsection("some", ".needed = some_needed,")}
${condition("never", "s->reg == 0x12345678")}${subsection("never", ".needed = never_needed,")}
${condition("open", "toy_nic_is_busy(s)")}${subsection("open", ".needed = open_needed,")}`;
  const listed = `.subsections = (const VMStateDescription * const []) {
      &vmstate_always, &vmstate_some, &vmstate_never, &vmstate_open, NULL },`;
  const sent = "0000:00:00.0/toy-nic sends toy-nic/always, toy-nic/some";

  it("sends the subsections that its own conditions ask for, and says which", () => {
    const { outcome, notes } = report(device(subsections, "", listed));
    expect(outcome).toBe("completed");
    expect(notes).toContain(sent);
  });

  it("is refused where the destination does not know one of them", () => {
    const { outcome, failure } = report(device(subsections, "", listed), device("", ""));
    expect([outcome, failure?.idstr]).toEqual(["failed", "0000:00:00.0/toy-nic"]);
  });

  const part = (version: number): string => `
typedef struct Part { uint32_t a, b; QTAILQ_ENTRY(Part) next; } Part;
static const VMStateDescription vmstate_part = {
    .name = "part", .version_id = ${version}, .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(a, Part), ${version > 1 ? "VMSTATE_UINT32_V(b, Part, 2)," : ""} VMSTATE_END_OF_LIST() },
};`;
  const within = (info: string): string =>
    `{ .name = "parts", .version_id = 1, .vmsd = &vmstate_part, .size = sizeof(Part), .info = &${info} },`;

  it.each(["vmstate_info_qtailq", "vmstate_info_tmp"])(
    "is saved at the part's own version by %s, though it is loaded at the field's",
    (info) => {
      expect(report(device(part(1), within(info))).outcome).toBe("completed");
      const newer = report(device(part(2), within(info)));
      expect([newer.outcome, newer.failure?.idstr]).toEqual(["failed", "0000:00:00.0/toy-nic"]);
    },
  );

  const tested = (member: string, struct: string, exists: string): string => `{
      .name = "${member}", .field_exists = ${exists}, .info = &vmstate_info_uint32, .flags = VMS_SINGLE,
      .size = sizeof(uint32_t), .offset = offsetof(${struct}, ${member}) }`;
  // the member is filled with a value of the stream's own, of which the field's presence must not hang
  const halves = `
typedef struct Half { uint32_t how, b; } Half;
static bool is_new(void *opaque, int version_id) { Half *h = opaque; return h->how == 0; }
static const VMStateDescription vmstate_half = {
    .name = "half", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { ${tested("b", "Half", "is_new")}, VMSTATE_END_OF_LIST() },
};`;
  const typeOfHalf = (before: string): string => before.replace("uint32_t reg;", "uint32_t reg; Half half;");

  it("loads where a nested table asks a member that the table around it sent", () => {
    const fields =
      "VMSTATE_UINT32(half.how, toy_nic_State), VMSTATE_STRUCT(half, toy_nic_State, 1, vmstate_half, Half),";
    const code = typeOfHalf(device(halves, fields));
    expect(report(code).outcome).toBe("completed");
  });

  it("loads where a subsection asks a member that its table sent", () => {
    const extra = `
static bool reg_is_0(void *opaque, int version_id) { toy_nic_State *s = opaque; return s->reg == 0; }
static const VMStateDescription vmstate_extra = {
    .name = "toy-nic/extra", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { ${tested("more", "toy_nic_State", "reg_is_0")}, VMSTATE_END_OF_LIST() },
};`;
    const listed = ".subsections = (const VMStateDescription * const []) { &vmstate_extra, NULL },";
    const code = device(extra, "", listed).replace("uint32_t reg;", "uint32_t reg, more;");
    const { outcome, notes } = report(code);
    expect(outcome).toBe("completed");
    expect(notes).toContain("0000:00:00.0/toy-nic sends toy-nic/extra");
  });

  it("holds what the table validates, by the value that the destination is configured to", () => {
    const valid = `
static bool as_many(void *opaque, int version_id) { toy_nic_State *s = opaque; return s->saved == s->queues; }
static const Property toy_nic_properties[] = {
    { .name = "queues", .info = &qdev_prop_uint8, .offset = offsetof(toy_nic_State, queues), .set_default = true,
      .defval.u = 3 } };`;
    const validated = `VMSTATE_UINT8(saved, toy_nic_State),
      { .name = "as many queues", .field_exists = as_many, .flags = VMS_MUST_EXIST | VMS_ARRAY, .num = 0 },`;
    const code = device(valid, validated)
      .replace("uint32_t reg;", "uint32_t reg; uint8_t saved, queues;")
      .replace(/(\w+)->vmsd = /, "device_class_set_props($1, toy_nic_properties); $&");
    const { outcome, notes } = report(code);
    expect([outcome, notes.filter((note) => note.includes("left out"))]).toEqual(["completed", []]);
  });

  it("is left out where its subsections reach one another by more ways than can be walked", () => {
    const depth = 8;
    const wide = 8;
    const level = (at: number): string => `
static const VMStateDescription vmstate_level${at} = {
    .name = "toy-nic/${"x/".repeat(depth - at)}", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(reg, toy_nic_State), VMSTATE_END_OF_LIST() },
    .subsections = (const VMStateDescription * const []) { ${at === 0 ? "" : `&vmstate_level${at - 1}, `.repeat(wide)} NULL },
};`;
    const levels = Array.from({ length: depth }, (_, at) => level(at)).join("");
    const top = `.subsections = (const VMStateDescription * const []) { ${`&vmstate_level${depth - 1}, `.repeat(wide)} NULL },`;
    const { notes } = report(device(levels, "", top));
    expect(notes).toContainEqual(expect.stringContaining("0000:00:00.0/toy-nic is left out: "));
  });
});

import { describe, expect, it } from "vitest";
import { simulate } from "../../core/emulator";
import { saverOf } from "../../core/emulator/migration/saver";
import { exampleTree, pciType } from "./tree";

const infos = `
const VMStateInfo mark_info = { .name = "pointer-mark" };
`;

/** A saver that describes arrays: what it hands on for their length, and how it makes the field that stands for NULL. */
function describer(length: string, makes: string, hop = ""): string {
  const run = makes === "" ? "false" : "true";
  return `
${infos}
static void start_of_field(JSONWriter *out, const VMStateField *field, int i, int most)
{
    if (most > 1) {
        json_writer_int64(out, "array_len", most);
    }
}
${makes}
${hop}
void save_all(JSONWriter *out, const VMStateField *field)
{
    int all = count_of(field);
    for (int i = 0; i < all; i++) {
        int rest = ${length};
        for (int j = i + 1; ${run} && j < all; j++) {
            if (is_null(field, j) != is_null(field, i)) {
                ${run === "true" ? "rest = j - i;" : ""}
                break;
            }
        }
        ${hop === "" ? "start_of_field" : "and_value"}(out, field, i, rest);
    }
}
`;
}

const assigned = `
static VMStateField *make_mark(const VMStateField *field)
{
    VMStateField *made = g_new0(VMStateField, 1);
    made->info = &mark_info;
    return made;
}`;
const filled = `
static void fill_mark(VMStateField *made, const VMStateField *field)
{
    *made = (VMStateField) { .name = field->name, .info = &mark_info };
}`;
const hop = `
static void and_value(JSONWriter *out, const VMStateField *field, int i, int most)
{
    start_of_field(out, field, i, most);
    put_value(out, field);
}`;

describe("what a tree's saver does", () => {
  it("is read from what it hands to the function that writes array_len, and from the field it makes for NULL", () => {
    const style = (text: string) => saverOf(exampleTree({ "migration/vmstate.c": text })).style;
    expect(style(describer("all", ""))).toEqual({ mark: undefined, lengths: "whole" });
    expect(style(describer("all - i", assigned))).toEqual({ mark: "pointer-mark", lengths: "what is left" });
    expect(style(describer("once(field) ? all - i : 1", filled, hop))).toEqual({
      mark: "pointer-mark",
      lengths: "of what is described once",
    });
  });

  it("is that the configuration is described, in whichever function", () => {
    const tree = (name: string) =>
      exampleTree({
        "migration/savevm.c": `static void send(JSONWriter *out) { json_writer_start_object(out, "${name}"); }`,
      });
    expect(saverOf(tree("configuration")).describesConfiguration).toBe(true);
    expect(saverOf(tree("devices")).describesConfiguration).toBe(false);
  });

  const inList = `
static void set_up(QEMUFile *f)
{
    SaveStateEntry *se;
    QTAILQ_FOREACH(se, &handlers, entry) {
        if (se->vmsd && se->vmsd->early_setup) {
            save_one(f, se);
            continue;
        }
        se->ops->save_setup(f, se->opaque, NULL);
    }
}`;
  const apart = `
static void set_up(QEMUFile *f) { QTAILQ_FOREACH(se, &handlers, entry) { se->ops->save_setup(f, se->opaque, NULL); } }
static void send_early(QEMUFile *f)
{
    QTAILQ_FOREACH(se, &handlers, entry) {
        if (se->vmsd && se->vmsd->early_setup) {
            save_one(f, se);
        }
    }
}
`;
  const first = `${apart} void begin(QEMUFile *f) { send_early(f); set_up(f); }`;

  it.each([
    ["among the live handlers", inList, ["start ram", "full 0000:00:00.0/toy-early", "part ram"]],
    ["before them", first, ["full 0000:00:00.0/toy-early", "start ram", "part ram"]],
  ])("is that early tables go %s", (_, code, order) => {
    const tree = exampleTree({
      "hw/toy/early.c": pciType("toy-early", { extra: ".early_setup = true," }),
      "migration/savevm.c": code,
    });
    const result = simulate(tree, { machine: "-M q35 -m 1 -device toy-early" });
    if (!result.ok) throw new Error(result.message);
    expect(result.value.outcome).toBe("completed");
    expect(result.value.sections.slice(0, 3).map(({ kind, idstr }) => `${kind} ${idstr}`)).toEqual(order);
  });
});

import { expect, it } from "vitest";
import { tableOnWire } from "../../core/ide/constructs/wireSize";
import { describeDescription } from "../../core/ide/hover/description";
import { createProject } from "../../core/project";
import { exampleFiles, pciType } from "../emulator/tree";

const file = "hw/toy/nic.c";
const parts = `
static bool part_needed(void *opaque) { return true; }
static const VMStateDescription vmstate_part = {
    .name = "part", .version_id = 3, .minimum_version_id = 1, .needed = part_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(reg, toy_nic_State), VMSTATE_UINT32_V(reg, toy_nic_State, 3), VMSTATE_END_OF_LIST() },
};
static const VMStateDescription vmstate_extra = {
    .name = "toy-nic/extra", .version_id = 1, .minimum_version_id = 1, .needed = part_needed,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(reg, toy_nic_State), VMSTATE_END_OF_LIST() },
};
`;
const nested = (flag: string, version: string): string =>
  `{ .name = "part", .vmsd = &vmstate_part, .size = sizeof(uint32_t), .flags = ${flag}, ${version} },`;

function toyNic() {
  const code = pciType("toy-nic")
    .replace(
      "VMSTATE_END_OF_LIST() },",
      `${nested("VMS_STRUCT", "")} ${nested("VMS_VSTRUCT", ".struct_version_id = 2")} VMSTATE_END_OF_LIST() },
       .subsections = (const VMStateDescription * const []) { &vmstate_extra, NULL },`,
    )
    .replace("static const VMStateDescription", `${parts}static const VMStateDescription`);
  const files: Record<string, string> = { ...exampleFiles(), [file]: code };
  const header = "include/migration/vmstate.h";
  files[header] = (files[header] ?? "").replace("VMS_END =", "VMS_VSTRUCT = 0x8000, VMS_END =");
  const project = createProject({ paths: () => Object.keys(files), read: (path) => files[path] });
  for (const path of Object.keys(files)) project.load(path);
  return project;
}

function table(project: ReturnType<typeof toyNic>, symbol: string) {
  const found = project.description(symbol, file);
  if (found === undefined) throw new Error(symbol);
  return found;
}

it("a nested table takes the bytes of its own version, and of the one that VMS_VSTRUCT names", () => {
  const project = toyNic();
  const sizes = tableOnWire(project, table(project, "vmstate_toy_nic")).fields.map(({ size }) => size);
  expect(sizes).toEqual([4, 8, 4].map((bytes) => ({ kind: "fixed", bytes })));
});

it("what is only nested has no version in the stream, no level, and a condition that nobody asks", () => {
  const project = toyNic();
  const hover = (symbol: string) => describeDescription(project, table(project, symbol));
  const part = hover("vmstate_part");
  expect(part).toContain("read as its current version 3, which the stream does not carry");
  expect(part).toContain("needed `part_needed` (never asked: nested only)");
  expect(part).not.toContain("Priority:");
  expect(hover("vmstate_extra")).toContain("Version 1 (accepts 1 only)");
  expect(hover("vmstate_extra")).not.toMatch(/Priority:|never asked/);
  expect(hover("vmstate_toy_nic")).toContain("Priority: ");
});

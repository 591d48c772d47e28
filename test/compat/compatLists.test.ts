import { describe, expect, it } from "vitest";
import { compatLists, machineVersion, releaseOf } from "../../core/compat/compatLists";
import { bareTree } from "../tree";

const entries = (text: string): unknown =>
  compatLists(bareTree({ "hw/core/machine.c": `#define TYPE_DEMO "demo"\n${text}`, "hw/a.c": "int VMState;" })).map(
    ({ name, version, entries }) => [
      name,
      `${version.major}.${version.minor}`,
      ...entries.map(({ driver, property, value }) => `${driver} ${property}=${value}`),
    ],
  );

describe("lists of compat properties", () => {
  it("are arrays, with members in order or by name", () => {
    const text = `GlobalProperty hw_compat_9_2[] = {
    { TYPE_DEMO, "x-a", "off" }, /* { "no", "no", "no" } */
    { .property = "x-b", .value = "1", .driver = TYPE_DEMO "-pci", },
    { "short", "x-c" },
};`;
    expect(entries(text)).toEqual([["hw_compat_9_2", "9.2", "demo x-a=off", "demo-pci x-b=1"]]);
  });

  it("are macros of old trees", () => {
    const text =
      '#define HW_COMPAT_2_4 \\\n    { \\\n        .driver = "demo",\\\n        .property = "x-a",\\\n        .value = "on",\\\n    },\n';
    expect(entries(text)).toEqual([["HW_COMPAT_2_4", "2.4", "demo x-a=on"]]);
  });

  it("stand inside the function of a machine type", () => {
    const text = `static void demo_machine_9_1_class_options(MachineClass *mc)
{
    static GlobalProperty compat[] = { { TYPE_DEMO, "x-a", "off" } };
    int other[] = { 1, 2, 3 };
}`;
    expect(entries(text)).toEqual([["demo_machine_9_1_class_options", "9.1", "demo x-a=off"]]);
  });
});

it("versions are read off names of machine types and the file VERSION", () => {
  const versions = ["pc-q35-9.2", "pc-1.0", "virt-6.2+x", "demo-v5.2", "pc", "q35-1"].map(machineVersion);
  expect(versions.map((each) => each && `${each.major}.${each.minor}`)).toEqual([
    "9.2",
    "1.0",
    "6.2",
    "5.2",
    undefined,
    undefined,
  ]);
  expect([releaseOf("10.1.50\n"), releaseOf(""), releaseOf(undefined)]).toEqual([
    { major: 10, minor: 1 },
    undefined,
    undefined,
  ]);
});

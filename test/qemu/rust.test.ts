/** Devices that QEMU has in C and in Rust: both say the same to a stream. */
import { describe, expect, test } from "vitest";
import { projectDecoder } from "../../cli/inspectTree";
import { createProject, type LoadableProject } from "../../core/project";
import { deviceDescription } from "../../core/project/dump";
import type { VMStateDescription, VMStateField } from "../../core/vmstate/model";
import { memorySource } from "../../core/wire";
import { inspectStream } from "../../core/wire/inspect/inspect";
import { openDiskTree } from "../../server/node/tree";
import { realStream } from "./realQemu";
import { sourceTree } from "./tree";

/** `differences`: parts of the C layout, and what Rust has there. */
const devices = [
  { release: "10.2", source: "QEMU_SOURCE_10_2", target: "aarch64", type: "pl011", differences: [] },
  {
    release: "10.2",
    source: "QEMU_SOURCE_10_2",
    target: "x86_64",
    type: "hpet",
    // a mistake of QEMU's: the byte rtc_irq_level became four in Rust
    differences: [["1 x vmstate_info_uint8", "1 x vmstate_info_uint32"]],
  },
  { release: "10.0", source: "QEMU_SOURCE_10_0", target: "aarch64", type: "pl011", differences: [] },
] as const;

function open(root: string, target: string, rust: "y" | "n"): LoadableProject {
  const tree = openDiskTree(root);
  const project = createProject(tree, { target, config: new Map([["CONFIG_HAVE_RUST", rust]]) });
  for (const path of tree.paths()) project.load(path);
  return project;
}

function described(project: LoadableProject, type: string): VMStateDescription {
  const reference = deviceDescription(project, type);
  const description = reference && project.resolve(reference);
  if (description === undefined) throw new Error(`no table of ${type}`);
  return description;
}

/** What a description puts on the wire, nested structs in line, names left out. */
function wire(project: LoadableProject, description: VMStateDescription): string[] {
  const parts = description.fields.flatMap((field) => wireOf(project, field));
  for (const reference of description.subsections) {
    const subsection = project.resolve(reference);
    if (subsection === undefined) throw new Error(`no ${reference.symbol}`);
    parts.push(`${subsection.name.known ? subsection.name.value : "?"} {`, ...wire(project, subsection), "}");
  }
  return parts;
}

function wireOf(project: LoadableProject, field: VMStateField): string[] {
  const has = (flag: string): boolean => field.flagNames.some((name) => name.startsWith(flag));
  if (has("MUST_EXIST")) return [];
  const { size, num } = field;
  const count = has("VARRAY") ? "n" : has("ARRAY") ? (num.known ? String(num.value) : num.reason) : "1";
  const nested = field.vmsd && project.resolve(field.vmsd);
  if (has("STRUCT") && nested !== undefined) {
    return count === "1" ? wire(project, nested) : [`${count} x {`, ...wire(project, nested), "}"];
  }
  const bytes = has("BUFFER") && size.known ? `${size.value} bytes of ` : "";
  // the sign is a matter of who reads
  return [`${count} x ${bytes}${field.info?.symbol.replace("info_int", "info_uint")}`];
}

describe.each(devices)("$type of $release", ({ source, target, type, differences }) => {
  test("has the wire layout of the C device that it replaces", () => {
    const root = sourceTree(source);
    const c = open(root, target, "n");
    const rust = open(root, target, "y");
    expect(c.type(type)?.file).toMatch(/\.c$/);
    expect(rust.type(type)?.file).toMatch(/\.rs$/);
    const layout = wire(rust, described(rust, type));
    const replaced = wire(c, described(c, type));
    expect(layout).toHaveLength(replaced.length);
    expect(replaced.flatMap((part, k) => (part === layout[k] ? [] : [[part, layout[k]]]))).toEqual(differences);
    expect(layout.join()).not.toContain("undefined");
    expect(described(rust, type).hooks.post_load?.name).toContain("post_load");
  });
});

test.each([
  ["x86_64", "q35", "hpet"],
  ["aarch64", "virt", "pl011"],
])(
  "a real stream's section is read by the Rust device: %s %s",
  { timeout: 300_000 },
  async (target, machine, idstr) => {
    const options = ["-nodefaults", "-M", machine, "-m", "64", ...(target === "aarch64" ? ["-cpu", "cortex-a57"] : [])];
    const bytes = await realStream("10.0", target, options);
    const rust = open(sourceTree("QEMU_SOURCE_10_2"), target, "y");
    const section = inspectStream(memorySource(bytes)).sections.find(({ event }) => event.idstr === idstr);
    if (section?.event.payload === undefined) throw new Error(`no section ${idstr}`);
    const decoding = projectDecoder(rust, target).decode(section.event, section.event.payload, () => true);
    expect(decoding).toMatchObject({ ok: true, schema: { file: expect.stringMatching(/\.rs$/) } });
  },
);

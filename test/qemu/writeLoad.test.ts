import { describe, expect, it } from "vitest";
import type { Project } from "../../core/project";
import { machineOf, type Machine, readGiven, stateIn, writeBased } from "../../core/emulator";
import type { DescriptionState, FieldValue } from "../../core/wire";
import { edited } from "./edited";
import { realProject } from "./project";
import { realLoad, realStream, type Release } from "./realQemu";

const line =
  "-nodefaults -M q35 -m 16 -device intel-iommu -device e1000e -device qemu-xhci -device virtio-net-pci -device ich9-ahci";

/** Section, field somewhere inside it, and the value that we put there. */
const changes: readonly (readonly [section: string, field: string, value: bigint])[] = [
  ["iommu-intel", "intr_root", 0x123000n],
  ["0000:00:01.0/e1000e", "core.itr_guest_value", 0x77n],
  ["0000:00:02.0/xhci", "dnctrl", 0x5n],
  ["0000:00:03.0/virtio-net", "allmulti", 1n],
  ["0000:00:04.0/ich9_ahci", "idp_index", 0x10n],
];

function replaced(state: DescriptionState, name: string, value: bigint): DescriptionState {
  return {
    ...state,
    fields: state.fields.map((field) => ({
      ...field,
      value:
        field.name === name && field.value.kind === "integer"
          ? { kind: "integer", value }
          : inside(field.value, name, value),
    })),
  };
}

function inside(held: FieldValue, name: string, value: bigint): FieldValue {
  if (held.kind === "struct") return { ...held, state: replaced(held.state, name, value) };
  if (held.kind !== "record") return held;
  return { ...held, members: held.members.map((each) => ({ ...each, value: inside(each.value, name, value) })) };
}

function found(held: FieldValue | undefined, name: string): bigint | undefined {
  if (held?.kind === "struct") return foundIn(held.state, name);
  if (held?.kind !== "record") return undefined;
  return held.members.map((each) => found(each.value, name)).find((each) => each !== undefined);
}

function foundIn(state: DescriptionState, name: string): bigint | undefined {
  for (const field of state.fields) {
    if (field.name === name && field.value.kind === "integer") return field.value.value;
    const nested = found(field.value, name);
    if (nested !== undefined) return nested;
  }
  return undefined;
}

function built(project: Project): Machine {
  const machine = machineOf(project, line);
  if (!machine.ok) throw new Error(machine.message);
  return machine.value;
}

function values(project: Project, machine: Machine, stream: Uint8Array): readonly (bigint | undefined)[] {
  const given = readGiven(stream);
  return changes.map(([idstr, field]) => {
    const section = given.sections.find((each) => each.idstr === idstr);
    const entry = machine.handlers.find(idstr, 0);
    const held = section && entry && stateIn(project, machine, entry, section, given);
    return held?.ok ? foundIn(held.value.state, field) : undefined;
  });
}

/** Loads a stream into a real machine and gives what that machine saves again. */
async function throughRealQemu(release: Release, stream: Uint8Array): Promise<Uint8Array> {
  const { status, messages, saved } = await realLoad(release, "x86_64", line.split(" "), stream);
  expect([status, messages]).toEqual(["completed", []]);
  return saved ?? new Uint8Array(0);
}

const trees = { "7.2": "QEMU_SOURCE_7_2", "10.0": "QEMU_SOURCE_10_0", "11.1": "QEMU_SOURCE_11_1" } as const;

describe.each<Release>(["7.2", "10.0"])("a stream that we write for QEMU %s", (release) => {
  it("is loaded by the real one, which saves our values again", { timeout: 300_000 }, async () => {
    const project = realProject(trees[release]);
    const machine = built(project);
    const base = readGiven(await realStream(release, "x86_64", line.split(" ")));
    expect(writeBased(project, machine, base, (_, state) => state)).toEqual({ ok: true, value: base.bytes });
    const written = writeBased(project, machine, base, (entry, state) =>
      changes
        .filter(([section]) => section === entry.idstr)
        .reduce((changed, [, field, value]) => replaced(changed, field, value), state),
    );
    if (!written.ok) throw new Error(written.message);
    const wanted = changes.map(([, , value]) => value);
    expect(values(project, machine, base.bytes)).not.toEqual(wanted);
    expect(values(project, machine, await throughRealQemu(release, written.value))).toEqual(wanted);
  });

  it("with values set by hand is loaded by the real one, which saves them again", { timeout: 300_000 }, async () => {
    const set = [
      "iommu-intel.intr_root=0x123000",
      "iommu-intel.csr[3]=0x5a",
      "0000:00:01.0/e1000e.core.itr_guest_value=0x77",
      "0000:00:02.0/xhci.xhci.dnctrl=5",
      "0000:00:04.0/ich9_ahci.ahci.idp_index=0x10",
      "0000:00:1f.0/ICH9LPC.sci_level=1",
    ];
    const base = await realStream(release, "x86_64", line.split(" "));
    const written = edited(base, { set });
    expect(Buffer.compare(written, base)).not.toBe(0);
    const saved = await throughRealQemu(release, written);
    // what is set already stays as it is
    expect(Buffer.compare(edited(saved, { set }), saved)).toBe(0);
  });
});

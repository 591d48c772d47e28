/** Rules about what an IOMMU migrates, and what it must do again after loading. */
import { callsIn } from "../../../c/calls";
import type { VMStateDescription } from "../../../vmstate/model";
import type { QomType } from "../../../qom/model";
import type { Diagnostic, Related } from "../../diagnostic";
import { loadReach } from "../../../code/loadEffects";
import type { LocatedFunction, Project } from "../../../project/project";
import { providers } from "../../../order/providers";
import { typeRoots } from "../../../code/reach";
import { classDescription, typesByFile } from "../../../code/registered";
import { type Rule, type RuleContext, wants } from "../../rule";

const switches = new Set(["memory_region_set_enabled"]);

export const iommuRebuildMissing: Rule = {
  code: "iommu-rebuild-missing",
  summary: "An IOMMU switches address spaces while the guest runs, but not again after loading.",
  *check(context) {
    const { project } = context;
    for (const { entry, createdFirst } of providers(project).iommus) {
      const { description } = entry;
      if (createdFirst || !wants(context, description.file)) continue;
      if (switchesWhileLoading(project, description)) continue;
      const at = switchesWhileRunning(project, description.file, entry.types);
      if (at)
        yield missing(description.name.known ? description.name.value : description.symbol, description.nameRange, at);
    }
  },
};

/** In the unit's own file: that the bus maps its registers again is another matter. */
function switchesWhileLoading(project: Project, description: VMStateDescription): boolean {
  for (const { file, edges } of loadReach(project, description).functions) {
    if (file === description.file && edges.some((edge) => edge.kind === "api" && switches.has(edge.name))) return true;
  }
  return false;
}

function missing(name: string, range: Diagnostic["range"], at: Related): Diagnostic {
  return {
    code: "iommu-rebuild-missing",
    severity: "warning",
    range,
    message: `${name} switches its address spaces while the guest runs, and no load hook switches them again: after a migration devices use the memory regions of a reset IOMMU.`,
    related: [at],
    fixes: [],
  };
}

/** A switch in the IOMMU's own file, in a function that setting it up does not call. */
function switchesWhileRunning(project: Project, file: string, types: readonly string[]): Related | undefined {
  const setup = new Set<string>();
  for (const name of types) {
    for (const type of project.ancestry(name)) {
      if (type.file === file) for (const fn of typeRoots(project, type)) setup.add(fn.definition.name);
    }
  }
  for (const fn of functionsIn(project, file)) {
    if (setup.has(fn.definition.name)) continue;
    const call = project.calls(fn).find((c) => switches.has(c.callee) && c.through === undefined);
    if (!call || /_init$|_realize$|find_add|get_iotlb|_reset$/.test(fn.definition.name)) continue;
    const range = { file, start: call.start, end: call.start + call.callee.length };
    return { range, message: `${fn.definition.name} switches a memory region` };
  }
  return undefined;
}

function functionsIn(project: Project, file: string): readonly LocatedFunction[] {
  return (project.facts(file)?.declarations ?? []).flatMap((d) =>
    d.kind === "function" ? [{ file, definition: d }] : [],
  );
}

const translating = new Set(["iommu-memory-region", "qemu:iommu-memory-region"]);
const bare = new Set(["pci-host-bridge", "pcie-host-bridge", "sys-bus-device", "device", "pci-device"]);

export const iommuWithoutVmstate: Rule = {
  code: "iommu-without-vmstate",
  summary: "A device translates DMA, and its state is neither migrated nor marked as not migratable.",
  *check(context) {
    const { project } = context;
    for (const [file, types] of typesByFile(project)) {
      if (!wants(context, file) || file.startsWith("tests/")) continue;
      const region = types.find((type) =>
        project
          .ancestry(type.name)
          .slice(1)
          .some((a) => translating.has(a.name)),
      );
      if (region) yield* withoutState(context, file, types, region);
    }
  },
};

function* withoutState(
  { project }: RuleContext,
  file: string,
  types: readonly QomType[],
  region: QomType,
): Iterable<Diagnostic> {
  const devices = types.filter((type) => project.ancestry(type.name).some((a) => a.name === "device"));
  if (devices.length === 0 || devices.some((type) => hasState(project, type))) return;
  if (project.descriptionsIn(file).length > 0) return;
  const unit = devices.find((type) => makesRegions(project, type)) ?? devices.find((type) => !type.abstract);
  if (!unit || isPartOfUnmigratable(project, unit)) return;
  yield {
    code: "iommu-without-vmstate",
    severity: "warning",
    range: unit.range,
    message: `${unit.name} translates DMA (${region.name}), but has no VMStateDescription and is not marked unmigratable: after a migration its translation is that of a reset device.`,
    related: [{ range: region.range, message: `${region.name} is an IOMMU memory region` }],
    fixes: [],
  };
}

/** A description of its own, or of an ancestor that is more than the bare kind of device. */
function hasState(project: Project, type: QomType): boolean {
  for (const ancestor of project.ancestry(type.name)) {
    if (bare.has(ancestor.name)) return false;
    if (ancestor.descriptions.some((d) => classDescription(project, ancestor, d))) return true;
  }
  return false;
}

function makesRegions(project: Project, type: QomType): boolean {
  return typeRoots(project, type).some((fn) =>
    callsIn(project.text(fn.file) ?? "", fn.definition.bodyStart, fn.definition.bodyEnd).some(
      (call) => call.callee === "memory_region_init_iommu",
    ),
  );
}

/** Held as a member by devices that QEMU refuses to migrate. */
function isPartOfUnmigratable(project: Project, unit: QomType): boolean {
  const struct = unit.instanceStruct;
  if (struct === undefined) return false;
  const member = new RegExp(`\\b${struct}\\s+\\w+\\s*;`);
  for (const owner of project.types()) {
    if (owner.file === unit.file || !owner.descriptions.some((d) => refuses(project, owner, d))) continue;
    if (member.test(project.text(owner.file) ?? "")) return true;
  }
  return false;
}

function refuses(project: Project, owner: QomType, slot: QomType["descriptions"][number]): boolean {
  const unmigratable = classDescription(project, owner, slot)?.unmigratable;
  return unmigratable?.known === true && unmigratable.value;
}

import { lex } from "../../../c/lex";
import { hasName } from "../../../c/words";
import { isTest } from "../../../c/paths";
import { callsIn } from "../../../c/calls";
import type { QomType } from "../../../qom/model";
import { answered } from "../../../project/answers";
import type { Project } from "../../../project/project";
import { typeRoots } from "../../../code/reach";
import { classDescription, typesByFile } from "../../../code/registered";
import { type Finding, rule, wants } from "../../rule";

const translating = new Set(["iommu-memory-region", "qemu:iommu-memory-region"]);

const bare = new Set(["pci-host-bridge", "pcie-host-bridge", "sys-bus-device", "device", "pci-device"]);

export const iommuWithoutVmstate = rule({
  code: "iommu-without-vmstate",
  group: "hooks",
  severity: "warning",
  default: "on",
  wholeTree: true,
  title: "An IOMMU whose state is not migrated",
  summary: "A device translates DMA, and its state is neither migrated nor marked as not migratable.",
  *check(context) {
    const { project } = context;
    for (const [file, types] of typesByFile(project)) {
      if (!wants(context, file) || isTest(file)) continue;
      const region = types.find((type) =>
        project
          .ancestry(type.name)
          .slice(1)
          .some((a) => translating.has(a.name)),
      );
      if (region === undefined) continue;
      yield* answered(project, `IOMMU without state ${file}`, file, () => [
        ...withoutState(project, file, types, region),
      ]);
    }
  },
});

function* withoutState(project: Project, file: string, types: readonly QomType[], region: QomType): Iterable<Finding> {
  const devices = types.filter((type) => project.ancestry(type.name).some((a) => a.name === "device"));
  if (devices.length === 0 || devices.some((type) => hasState(project, type))) return;
  if (project.descriptionsIn(file).length > 0) return;
  const unit = devices.find((type) => makesRegions(project, type)) ?? devices.find((type) => !type.abstract);
  if (!unit || isPartOfUnmigratable(project, unit)) return;
  yield {
    range: unit.range,
    message: `${unit.name} translates DMA (${region.name}), but has no VMStateDescription and is not marked unmigratable: after a migration its translation is that of a reset device.`,
    related: [{ range: region.range, message: `${region.name} is an IOMMU memory region` }],
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
  for (const owner of project.types()) {
    if (owner.file === unit.file || !owner.descriptions.some((d) => refuses(project, owner, d))) continue;
    if (declaresOne(project.text(owner.file) ?? "", struct)) return true;
  }
  return false;
}

/** `Unit unit;`, in a struct or elsewhere. */
function declaresOne(text: string, struct: string): boolean {
  if (!hasName(text, struct)) return false;
  const tokens = lex(text, "");
  return tokens.some(
    (token, k) => token.text === struct && tokens[k + 1]?.kind === "identifier" && tokens[k + 2]?.text === ";",
  );
}

function refuses(project: Project, owner: QomType, slot: QomType["descriptions"][number]): boolean {
  const unmigratable = classDescription(project, owner, slot)?.unmigratable;
  return unmigratable?.known === true && unmigratable.value;
}

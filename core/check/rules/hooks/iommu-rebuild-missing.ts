import type { VMStateDescription } from "../../../vmstate/model";
import type { Diagnostic, Related } from "../../diagnostic";
import { loadReach } from "../../../code/loadEffects";
import type { LocatedFunction, Project } from "../../../project/project";
import { providers } from "../../../order/providers";
import { typeRoots } from "../../../code/reach";
import { descriptionKey } from "../../../code/registered";
import { answered } from "../../../project/answers";
import { type Finding, rule, wants } from "../../rule";

const switches = new Set(["memory_region_set_enabled"]);

export const iommuRebuildMissing = rule({
  code: "iommu-rebuild-missing",
  group: "hooks",
  severity: "warning",
  default: "on",
  wholeTree: true,
  title: "An IOMMU's address spaces are not rebuilt",
  summary: "An IOMMU switches address spaces while the guest runs, but not again after loading.",
  *check(context) {
    const { project } = context;
    for (const { entry, createdFirst } of providers(project).iommus) {
      const { description } = entry;
      if (createdFirst || !wants(context, description.file)) continue;
      const { file } = description;
      const at = answered(project, `switches ${descriptionKey(description)}`, file, () =>
        switchesWhileLoading(project, description) ? undefined : switchesWhileRunning(project, file, entry.types),
      );
      if (at)
        yield missing(description.name.known ? description.name.value : description.symbol, description.nameRange, at);
    }
  },
});

/** In the unit's own file: that the bus maps its registers again is another matter. */
function switchesWhileLoading(project: Project, description: VMStateDescription): boolean {
  for (const { file, edges } of loadReach(project, description).functions) {
    if (file === description.file && edges.some((edge) => edge.kind === "api" && switches.has(edge.name))) return true;
  }
  return false;
}

function missing(name: string, range: Diagnostic["range"], at: Related): Finding {
  return {
    range,
    message: `${name} switches its address spaces while the guest runs, and no load hook switches them again: after a migration devices use the memory regions of a reset IOMMU.`,
    related: [at],
  };
}

/** By what QEMU calls functions that set up a device or an address space of it. */
function isSettingUp(name: string): boolean {
  return (
    ["_init", "_realize", "_reset"].some((end) => name.endsWith(end)) ||
    ["find_add", "get_iotlb"].some((part) => name.includes(part))
  );
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
    if (!call || isSettingUp(fn.definition.name)) continue;
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

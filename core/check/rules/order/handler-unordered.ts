import { isTest } from "../../../c/paths";
import type { QomType } from "../../../qom/model";
import type { Project } from "../../../project/project";
import { assignmentTo, callOf, findFrom, type Reached, typeRoots } from "../../../code/reach";
import { typesByFile } from "../../../code/registered";
import { type Finding, rule, wants } from "../../rule";

const ordered = "qdev_add_vm_change_state_handler";
const plain = callOf("qemu_add_vm_change_state_handler");
const setsBus = assignmentTo(["bus_type", "bus_info"]);

/** Their buses are nobody's device, or made by the machine: nothing beside them to be ordered against. */
const topLevel = new Set(["sys-bus-device", "pci-device", "isa-device", "device", "object"]);

/** qdev_add_vm_change_state_handler in hw/core/vm-change-state-handler.c sorts by depth in the tree of devices; the plain one by call. */
export const handlerUnordered = rule({
  code: "handler-unordered",
  group: "order",
  severity: "hint",
  default: "review",
  title: "A device is told that the guest runs in no order with its bus' owner",
  summary: "A device on another device's bus is told that the guest runs in no order with the one that holds its bus.",
  *check(context) {
    const { project, path } = context;
    if (path !== undefined && !(project.text(path) ?? "").includes("qemu_add_vm_change_state_handler")) return;
    if (!project.function(ordered, "")) return;
    const reported = new Set<string>();
    for (const [file, types] of typesByFile(project)) {
      if (isTest(file)) continue;
      for (const type of types) {
        const found = plainHandler(project, type);
        const key = `${found?.fn.file ?? ""} ${found?.start ?? 0}`;
        if (!found || reported.has(key)) continue;
        reported.add(key);
        if (wants(context, found.fn.file)) yield finding(type, found);
      }
    }
  },
});

/** The call in what sets the type up, where the type is of a kind that sits on another device's bus. */
function plainHandler(project: Project, type: QomType): Reached | undefined {
  const ancestry = project.ancestry(type.name).filter(({ name }) => !topLevel.has(name));
  if (!ancestry.some((each) => sitsOnBus(project, each))) return undefined;
  return findFrom(project, typeRoots(project, type), plain);
}

function sitsOnBus(project: Project, type: QomType): boolean {
  const init = type.classInit && project.function(type.classInit.name, type.classInit.range.file || type.file);
  return init !== undefined && setsBus(project, init) !== undefined;
}

function finding(type: QomType, { fn, start, end }: Reached): Finding {
  return {
    range: { file: fn.file, start, end },
    message: `${type.name} sits on another device's bus. This handler runs before or after that device's, as they happen to be registered; ${ordered} calls the one nearer to the machine first when the guest starts.`,
    related: [{ range: type.range, message: type.name }],
  };
}

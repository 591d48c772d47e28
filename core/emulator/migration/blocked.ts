/** A registered description that says it cannot be migrated blocks the whole machine, also from being loaded (qemu_savevm_state_blocked). */
import { positionAt } from "../../c/range";
import type { Project } from "../../project/project";
import type { Machine } from "../machine";
import type { Entry } from "../world";
import { timingOf, usualLink } from "./link";
import type { SimulationReport } from "./report";

export function unmigratable(machine: Machine): Entry | undefined {
  for (const entry of machine.handlers) {
    const value = entry.owner.description?.unmigratable;
    if (value?.known && value.value) return entry;
  }
  return undefined;
}

/** `printed` makes what QEMU prints of its message. */
export function blockedReport(
  project: Project,
  machine: Machine,
  entry: Entry,
  printed: (message: string) => readonly string[],
): SimulationReport {
  const message = `State blocked by non-migratable device '${entry.idstr}'`;
  const { file, start } = entry.owner.description?.nameRange ?? { file: "", start: 0 };
  const line = file === "" ? 0 : positionAt(project.lines(file), start).line;
  return {
    outcome: "failed",
    machine: machine.name,
    sections: [],
    events: [],
    failure: { idstr: entry.idstr, offset: 0, message, file, line, chain: [] },
    open: [],
    messages: printed(message),
    ram: { bytes: 0, rounds: [] },
    timing: timingOf(usualLink, [], 0),
    size: 0,
    notes: machine.notes,
  };
}

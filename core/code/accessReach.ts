/** Which functions of a file run when the guest reads or writes a register: the handlers and what they call there. */
import type { Project } from "../project/project";
import { type AccessHandlers, accessHandlers } from "./accessHandlers";
import { settingUpIn } from "./settingUp";
import { assignedNames } from "./slots";

export interface AccessReach {
  /** Functions that a write of the guest, or what comes from outside, leads to; handlers among them. */
  readonly writes: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
  /** Of `writes`, those that something of the guest's leads to, and not only what comes from outside of the machine. */
  readonly guest: ReadonlySet<string>;
  /** Functions that run as time goes on, and that neither of the others leads to. */
  readonly timed: ReadonlySet<string>;
}

/** Longer chains run through the machinery of many devices. */
const depthLimit = 5;
const known = new WeakMap<AccessHandlers, AccessReach>();

/** By calls within the file, also through a pointer that the file sets. */
export function accessReach(project: Project, file: string): AccessReach {
  const handlers = accessHandlers(project, file);
  const before = known.get(handlers);
  if (before !== undefined) return before;
  const writes = reached(project, file, [...handlers.writes.keys(), ...handlers.inputs.keys()]);
  const reads = reached(project, file, handlers.reads);
  const timed = [...reached(project, file, handlers.timed)].filter((name) => !writes.has(name) && !reads.has(name));
  const ofGuest = [...handlers.writes.keys(), ...handlers.inputs.keys()].filter((name) => !handlers.outside.has(name));
  const guest = handlers.outside.size === 0 ? writes : reached(project, file, ofGuest);
  const found = { writes, guest, reads, timed: new Set(timed) };
  known.set(handlers, found);
  return found;
}

/** Functions that run without the handler: other handlers, or callbacks of the file, lead to them. */
export function runningWithout(project: Project, file: string, handler: string): ReadonlySet<string> {
  const { writes, inputs, reads } = accessHandlers(project, file);
  const handlers = [...writes.keys(), ...inputs.keys(), ...reads].filter((name) => name !== handler);
  const own = reached(project, file, [handler]);
  const setUp = settingUpIn(project, file);
  const callbacks = (project.facts(file)?.declarations ?? []).flatMap((each) =>
    each.kind === "function" && each.isStatic && !own.has(each.name) && !setUp.has(each.name) ? [each.name] : [],
  );
  return reached(project, file, [...handlers, ...callbacks]);
}

function reached(project: Project, file: string, handlers: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>();
  let level = [...handlers];
  for (let depth = 0; depth <= depthLimit && level.length > 0; depth++) {
    const next: string[] = [];
    for (const name of level) {
      if (found.has(name)) continue;
      const fn = project.function(name, file);
      if (fn?.file !== file) continue;
      found.add(name);
      for (const { callee, through } of project.calls(fn)) {
        if (through === undefined) next.push(callee);
        else next.push(...(assignedNames(project, file).get(callee) ?? []));
      }
    }
    level = next;
  }
  return found;
}

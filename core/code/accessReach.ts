/** Which functions of a file run when the guest reads or writes a register: the handlers and what they call there. */
import type { FileFacts } from "../c/facts";
import type { Project } from "../project/project";
import { accessHandlers } from "./accessHandlers";

export interface AccessReach {
  /** Functions that a write of the guest comes to, handlers among them. */
  readonly writes: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
}

/** Longer chains run through the machinery of many devices. */
const depthLimit = 5;
const known = new WeakMap<FileFacts, AccessReach>();

/** By direct calls within the file. */
export function accessReach(project: Project, file: string): AccessReach {
  const facts = project.facts(file);
  const before = facts && known.get(facts);
  if (before !== undefined) return before;
  const { writes, reads } = accessHandlers(project, file);
  const found = { writes: reached(project, file, writes.keys()), reads: reached(project, file, reads) };
  if (facts !== undefined) known.set(facts, found);
  return found;
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
      for (const { callee, through } of project.calls(fn)) if (through === undefined) next.push(callee);
    }
    level = next;
  }
  return found;
}

/** Sections that a machine has and a stream has not. */
import type { Machine } from "../machine";
import type { Entry } from "../world";

interface SectionName {
  readonly idstr: string;
  readonly instanceId: number;
}

/** Handlers whose section is not among those sent, though nothing lets the machine leave it out. */
export function notSent(machine: Machine, sent: Iterable<SectionName>): readonly Entry[] {
  const keys = new Set([...sent].map(sectionKey));
  return [...machine.handlers].filter((entry) => !keys.has(sectionKey(entry)) && !mayStayOut(entry));
}

/** `e1000 0` */
export function sectionKey({ idstr, instanceId }: SectionName): string {
  return `${idstr} ${instanceId}`;
}

/** qemu_loadvm_state has no list of what must come: the load goes on without these, and nothing is printed. */
export function notSentNotes(machine: Machine, sent: Iterable<SectionName>): readonly string[] {
  const missing = notSent(machine, sent).map(sectionKey);
  if (missing.length === 0) return [];
  const names = missing.length > most ? [...missing.slice(0, most), `${missing.length - most} more`] : missing;
  return [`the stream has no section for ${names.join(", ")}: QEMU does not notice, their state stays that of reset`];
}

const most = 12;

/** A handler with a `needed`, or a live one with nothing to send. */
function mayStayOut({ owner }: Entry): boolean {
  return owner.description === undefined || owner.description.hooks.needed !== undefined;
}

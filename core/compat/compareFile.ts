/** One file of a tree that is being edited, held against a baseline of the same tree. */
import type { Diagnostic } from "../check/diagnostic";

import type { Project } from "../project/project";
import { descriptionKey, descriptionRoles } from "../code/registered";
import type { VMStateDescription } from "../vmstate/model";
import type { SourceRange } from "../c/range";
import type { Place } from "./model";
import type { EntrySide } from "./entries";
import { streamFixes } from "./fixes";
import { type MachineVersion, releaseOf } from "./compatLists";
import { compareTrees, isOptional, type TreeFinding } from "./trees";
import { treeSide } from "./treeSide";

export interface Baseline {
  readonly project: Project;
  /** As its users call it: `v10.1.0`. */
  readonly label: string;
}

/** The release whose machine types must go on to work; from the baseline's VERSION. */
export interface CompareFileOptions {
  readonly machine?: MachineVersion;
}

const baselineSides = new WeakMap<Baseline, EntrySide>();

/**
 * Findings on fields of `path` as they are in `project` now, with quick fixes. A description that is nested in those of
 * other files is compared in their sections.
 */
export function compareFile(
  baseline: Baseline,
  project: Project,
  path: string,
  options: CompareFileOptions = {},
): readonly Diagnostic[] {
  const machine = options.machine ?? releaseOf(baseline.project.text("VERSION"));
  let old = baselineSides.get(baseline);
  if (old === undefined) {
    old = treeSide(baseline.project, baseline.label, machine);
    baselineSides.set(baseline, old);
  }
  const roots = rootsOf(project, path);
  if (roots.size === 0) return [];
  const next = treeSide(project, "this version", machine, (description) => roots.has(descriptionKey(description)));
  const names = new Set(next.entries.flatMap((entry) => entry.types));
  const own = new Set(next.entries.map((entry) => entry.description.name));
  const counterparts = old.entries.filter(
    (each) => own.has(each.description.name) || each.types.some((type) => names.has(type)),
  );
  const found = new Map<string, Placed[]>();
  for (const finding of compareTrees({ ...old, entries: counterparts }, next)) {
    if (isOptional(finding) || readsTooLittle(finding)) continue;
    const place = finding.direction === "old->new" ? finding.loader : finding.saver;
    const range = place === undefined ? undefined : rangeOf(project, place);
    if (range?.file !== path) continue;
    const key = `${finding.verdict} ${range.start} ${isReal(finding)}`;
    const list = found.get(key) ?? [];
    if (!list.some((each) => each.finding.direction === finding.direction)) list.push({ finding, range });
    found.set(key, list);
  }
  return [...found.values()].flatMap((both) => toDiagnostic(project, baseline.label, both) ?? []);
}

interface Placed {
  readonly finding: TreeFinding;
  readonly range: SourceRange;
}

function isReal({ certain, declared, verdict }: TreeFinding): boolean {
  return certain && !declared && verdict !== "defaults";
}

/** A nested description that was not found in the baseline says nothing about its bytes. */
function readsTooLittle({ difference }: TreeFinding): boolean {
  const items = [...(difference?.saved ?? []), ...(difference?.expected ?? [])];
  return items.some(
    ({ field }) => field.element.kind === "opaque" && field.element.reason.startsWith("no description"),
  );
}

/** Every code that a comparison reports; docs/rules has a page of each. */
export const streamCodes: readonly string[] = ["stream-refused", "stream-wrong-values", "stream-defaults"];

/** Both directions of one difference are said once. */
function toDiagnostic(project: Project, label: string, both: readonly Placed[]): Diagnostic | undefined {
  const [first, second] = both;
  if (first === undefined) return undefined;
  const { finding, range } = first;
  const real = isReal(finding);
  return {
    code: `stream-${finding.verdict}`,
    severity: real ? "error" : "information",
    range,
    message: `${headline(label, both, real)}: ${finding.message}`,
    related: second === undefined ? [] : [{ range, message: second.finding.message }],
    fixes: streamFixes(project, finding),
  };
}

function headline(label: string, both: readonly Placed[], real: boolean): string {
  const ways = new Set(both.map(({ finding }) => finding.direction));
  const verdict = both[0]?.finding.verdict;
  const from = ways.has("old->new");
  const guest = from && ways.size === 2 ? `from ${label} or back to it` : from ? `from ${label}` : `back to ${label}`;
  if (verdict === "defaults") return `A guest ${guest} keeps defaults`;
  if (verdict === "wrong-values") return `A guest ${guest} gets wrong values`;
  return real ? `A guest can't migrate ${guest}` : `A guest may not migrate ${guest}`;
}

export function rangeOf(project: Project, { field, description, at }: Place): SourceRange {
  if (at !== undefined) return at;
  const { file, symbol } = description;
  return field?.source ?? project.description(symbol, file)?.nameRange ?? { file, start: 0, end: 0 };
}

/** Devices of other files that a nested table is compared in: what it breaks in one it breaks in all. */
const mostOthers = 12;

/** Registered descriptions that hold those of a file, at any depth; and the file's own. */
function rootsOf(project: Project, path: string): ReadonlySet<string> {
  const { nested, registered } = descriptionRoles(project);
  const found = new Set<string>();
  let others = 0;
  const pending: VMStateDescription[] = [...project.descriptionsIn(path)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const key = descriptionKey(next);
    if (found.has(key) || (next.file !== path && registered.has(key) && ++others > mostOthers)) continue;
    found.add(key);
    for (const { parent } of nested.get(key) ?? []) pending.push(parent);
  }
  return found;
}

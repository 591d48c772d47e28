/** One file of a tree that is being edited, held against a baseline of the same tree. */
import type { Diagnostic } from "../analysis/diagnostic";

import type { Project } from "../analysis/project";
import { descriptionKey, descriptionRoles } from "../analysis/registered";
import type { VMStateDescription } from "../vmstate/model";
import type { SourceRange } from "../c/range";
import type { Place } from "./compare";
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
  const found = new Map<string, Diagnostic>();
  for (const finding of compareTrees({ ...old, entries: counterparts }, next)) {
    if (isOptional(finding)) continue;
    const place = finding.direction === "old->new" ? finding.loader : finding.saver;
    const range = place === undefined ? undefined : rangeOf(project, place);
    if (range?.file !== path) continue;
    const diagnostic = toDiagnostic(project, finding, range);
    const key = `${diagnostic.code} ${range.start} ${diagnostic.message}`;
    if (!found.has(key)) found.set(key, diagnostic);
  }
  return [...found.values()];
}

function toDiagnostic(project: Project, finding: TreeFinding, range: SourceRange): Diagnostic {
  const real = finding.certain && !finding.declared && finding.verdict !== "defaults";
  return {
    code: `stream-${finding.verdict}`,
    severity: real ? "error" : "information",
    range,
    message: finding.message,
    related: [],
    fixes: streamFixes(project, finding),
  };
}

export function rangeOf(project: Project, { field, description }: Place): SourceRange {
  const { file, symbol } = description;
  return field?.source ?? project.description(symbol, file)?.nameRange ?? { file, start: 0, end: 0 };
}

/** Registered descriptions that hold those of a file, at any depth; and the file's own. */
function rootsOf(project: Project, path: string): ReadonlySet<string> {
  const { nested } = descriptionRoles(project);
  const found = new Set<string>();
  const pending: VMStateDescription[] = [...project.descriptionsIn(path)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const key = descriptionKey(next);
    if (found.has(key)) continue;
    found.add(key);
    for (const { parent } of nested.get(key) ?? []) pending.push(parent);
  }
  return found;
}

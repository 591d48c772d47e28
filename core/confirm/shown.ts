/** Which run of a real QEMU shows what a finding says. */
import { consumerPlace, placeOf } from "../check/dependencyReport";
import type { Diagnostic } from "../check/diagnostic";
import { isShownLost } from "../check/rules/coverage/state-not-saved";
import type { SourceRange } from "../c/range";
import type { LoadEffectKind } from "../code/effects";
import { guestWrites } from "../code/guestWrites";
import { coverageOf } from "../code/coverage";
import { descriptionKey, descriptionRoles, typesByFile } from "../code/registered";
import { spellingsOf } from "../code/spellings";
import { isLive } from "../order/consumers";
import { type Dependency, dependenciesIn, holds } from "../order/dependencies";
import type { Project } from "../project/project";
import type { VMStateDescription } from "../vmstate/model";

/** The registers of a device of one of these types, read again after a load. */
export interface RegisterShowing {
  readonly kind: "registers";
  readonly types: readonly string[];
  /** What counts: any register that is lost, one that goes by one of the members, or a region that is not where it was. */
  readonly counts: "any" | "regions" | readonly LostMember[];
}

export interface LostMember {
  readonly name: string;
  /** `Struct member`, in each way that functions have to name it. */
  readonly spellings: ReadonlySet<string>;
}

export type Showing =
  /** The sections of one of them, in the wrong order. */
  | { readonly kind: "order"; readonly dependencies: readonly Dependency[] }
  | RegisterShowing
  | { readonly kind: "none"; readonly reason: string };

/** Which findings there are runs for, and what each run looks for. */
const showings: Readonly<Record<string, (project: Project, finding: Diagnostic) => Showing | undefined>> = {
  "dma-before-iommu": (project, { range }) => ({
    kind: "order",
    dependencies: dependenciesIn(project, range.file).filter(
      (each) => isBroken(each) && [placeOf(each.provider.description), consumerPlace(each)].some(isAt(range)),
    ),
  }),
  "device-without-table": (project, { range }) => {
    const type = (typesByFile(project).get(range.file) ?? []).find((each) => isAt(range)(each.range));
    return type && { kind: "registers", types: [type.name], counts: "any" };
  },
  "state-not-saved": (project, finding) =>
    ofDescription(project, finding, (each) => lostMembers(project, each, finding)),
  "state-type-mismatch": (project, finding) => ofDescription(project, finding, () => "any"),
  "parent-not-saved": (project, finding) => ofDescription(project, finding, () => "any"),
  "rebuild-missing": (project, finding) =>
    switched(project, finding) === "memory-region"
      ? ofDescription(project, finding, () => "regions")
      : { kind: "none", reason: "what a timer or a line does later is not seen in a machine that stands still" },
};

/** Undefined where no run shows it. */
export function showingOf(project: Project, finding: Diagnostic): Showing | undefined {
  return showings[finding.code]?.(project, finding);
}

export const shownCodes: ReadonlySet<string> = new Set(Object.keys(showings));

function ofDescription(
  project: Project,
  { range }: Diagnostic,
  countsOf: (description: VMStateDescription) => RegisterShowing["counts"],
): Showing | undefined {
  const description = project.descriptionsIn(range.file).find(({ nameRange }) => isAt(range)(nameRange));
  if (description === undefined) return undefined;
  const types = typesWith(project, description);
  return { kind: "registers", types, counts: countsOf(description) };
}

/** Members that the finding names. */
function lostMembers(
  project: Project,
  description: VMStateDescription,
  { message }: Diagnostic,
): readonly LostMember[] {
  const coverage = coverageOf(project, description);
  if (coverage === undefined) return [];
  const { structName, unsaved } = coverage;
  const words = new Set(message.split(" ").map(withoutStop));
  return unsaved
    .filter((member) => words.has(member.name) && isShownLost(project, structName, member))
    .map(({ name }) => ({
      name,
      spellings: spellingsOf(project, description.file, { structName, member: name }),
    }));
}

function withoutStop(word: string): string {
  return ".,:;".includes(word.at(-1) ?? " ") ? word.slice(0, -1) : word;
}

/** What the guest's writes switch that the finding is about. */
function switched(project: Project, { related }: Diagnostic): LoadEffectKind | undefined {
  for (const { range } of related) {
    const write = guestWrites(project, range.file).find((each) => isAt(range)(each.range));
    if (write !== undefined) return write.kind;
  }
  return undefined;
}

/** Types whose instances have the table, or one that it is a part of. */
function typesWith(project: Project, description: VMStateDescription): readonly string[] {
  const { registered, nested, insideVirtio } = descriptionRoles(project);
  const found = new Set<string>();
  const seen = new Set([description]);
  for (const each of seen) {
    const key = descriptionKey(each);
    for (const type of registered.get(key)?.types ?? []) found.add(type);
    for (const type of insideVirtio.get(key) ?? []) found.add(type);
    for (const { parent } of nested.get(key) ?? []) seen.add(parent);
  }
  return [...found];
}

function isBroken(dependency: Dependency): boolean {
  const { kind, consumer, createdFirst } = dependency;
  return kind === "dma" && !isLive(consumer) && !holds(dependency) && !createdFirst;
}

const isAt =
  (range: SourceRange) =>
  ({ file, start }: SourceRange): boolean =>
    file === range.file && start === range.start;

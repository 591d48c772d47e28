/** What a comparison of two versions found, as `vmstate diff --format json` prints it. */
import { groupBy } from "./group";

export interface CompareFinding {
  readonly description: string;
  readonly direction: "old->new" | "new->old";
  readonly verdict: "refused" | "wrong-values" | "defaults";
  readonly message: string;
  readonly file: string;
  /** Zero-based. */
  readonly line: number;
  readonly certain: boolean;
  readonly types: readonly string[];
  /** Where each side has it; a side without a place has nothing to open. */
  readonly places: { readonly [side in Side]?: FindingPlace };
}

/** Of the two that are compared. */
export type Side = "old" | "new";

export interface FindingPlace {
  readonly file: string;
  /** Zero-based. */
  readonly line: number;
}

const directions: readonly unknown[] = ["old->new", "new->old"] satisfies readonly CompareFinding["direction"][];
const verdicts: readonly unknown[] = [
  "refused",
  "wrong-values",
  "defaults",
] satisfies readonly CompareFinding["verdict"][];

/** Reads the command line's JSON; undefined where it is none. What is no finding in it is left out. */
export function readFindings(json: string): readonly CompareFinding[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  return Array.isArray(parsed) ? parsed.flatMap(readFinding) : undefined;
}

function readFinding(value: unknown): readonly CompareFinding[] {
  if (typeof value !== "object" || value === null) return [];
  const row: Readonly<Record<string, unknown>> = { ...value };
  const { description, direction, verdict, message, file, line, certain, types, places } = row;
  if (
    typeof description !== "string" ||
    typeof message !== "string" ||
    !isDirection(direction) ||
    !isVerdict(verdict)
  ) {
    return [];
  }
  return [
    {
      description,
      direction,
      verdict,
      message,
      file: typeof file === "string" ? file : "",
      line: typeof line === "number" ? line : 0,
      certain: certain !== false,
      types: Array.isArray(types) ? types.filter((type) => typeof type === "string") : [],
      places: readPlaces(places),
    },
  ];
}

function readPlaces(value: unknown): CompareFinding["places"] {
  if (typeof value !== "object" || value === null) return {};
  const sides: Readonly<Record<string, unknown>> = { ...value };
  const old = readPlace(sides.old);
  const next = readPlace(sides.new);
  return { ...(old ? { old } : {}), ...(next ? { new: next } : {}) };
}

function readPlace(value: unknown): FindingPlace | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { file, line }: Readonly<Record<string, unknown>> = { ...value };
  return typeof file === "string" && typeof line === "number" ? { file, line } : undefined;
}

function isDirection(value: unknown): value is CompareFinding["direction"] {
  return directions.includes(value);
}

function isVerdict(value: unknown): value is CompareFinding["verdict"] {
  return verdicts.includes(value);
}

export interface ComparedDescription {
  readonly description: string;
  readonly findings: readonly CompareFinding[];
}

/** By description, those first whose streams are refused, then those that load wrong values. */
export function byDescription(findings: readonly CompareFinding[], words: string): readonly ComparedDescription[] {
  const wanted = words.trim().toLowerCase();
  const kept = findings.filter(({ description, message, file, types }) =>
    [description, message, file, ...types].some((text) => text.toLowerCase().includes(wanted)),
  );
  return [...groupBy(kept, (finding) => finding.description)]
    .map(([description, own]) => ({ description, findings: own }))
    .sort((a, b) => worst(a.findings) - worst(b.findings));
}

/** What a guest meets that goes this way: the worst of the findings; undefined where its state arrives. */
export function worstOf(
  findings: readonly CompareFinding[],
  direction: CompareFinding["direction"],
): CompareFinding["verdict"] | undefined {
  const met = findings.filter((finding) => finding.direction === direction);
  return met.length === 0 ? undefined : [...met].sort((a, b) => worst([a]) - worst([b]))[0]?.verdict;
}

function worst(findings: readonly CompareFinding[]): number {
  return Math.min(...findings.map(({ verdict }) => verdicts.indexOf(verdict)));
}

export function countVerdict(findings: readonly CompareFinding[], verdict: CompareFinding["verdict"]): number {
  return findings.filter((finding) => finding.verdict === verdict).length;
}

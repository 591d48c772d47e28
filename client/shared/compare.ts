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
  const { description, direction, verdict, message, file, line, certain, types } = row;
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
    },
  ];
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

function worst(findings: readonly CompareFinding[]): number {
  return Math.min(...findings.map(({ verdict }) => verdicts.indexOf(verdict)));
}

export function countVerdict(findings: readonly CompareFinding[], verdict: CompareFinding["verdict"]): number {
  return findings.filter((finding) => finding.verdict === verdict).length;
}

/** A stream of one release in another: what the real ones do beside what is read of the two trees. */
import type { Direction, TreeFinding } from "../compat";

/** What a destination did with a stream. */
export type RealEnd =
  | { readonly kind: "loads" }
  /** `section`: where it stopped, without its device's path; undefined where QEMU does not say. */
  | { readonly kind: "refused"; readonly section: string | undefined; readonly messages: readonly string[] };

export interface EndsReport {
  readonly direction: Direction;
  readonly real: RealEnd;
  /** Sections of the stream that are read to be refused, always or by what state they hold, and to load with wrong values. */
  readonly refused: readonly string[];
  readonly maybeRefused: readonly string[];
  readonly wrong: readonly string[];
  /** Undefined without trees. */
  readonly agrees: boolean | undefined;
}

/** `messages`: of a destination that refuses; `sections`: names in the stream; `findings`: of both directions. */
export function judgeEnds(
  direction: Direction,
  messages: readonly string[] | undefined,
  sections: readonly string[],
  findings: readonly TreeFinding[] | undefined,
): EndsReport {
  const real = endOf(messages);
  const names = new Set(sections.map(withoutPath));
  const own = (findings ?? []).filter((each) => each.direction === direction && names.has(each.section));
  const of = (wanted: (each: TreeFinding) => boolean): readonly string[] => [
    ...new Set(own.filter(wanted).map(({ section }) => section)),
  ];
  const isCertain = ({ certain, optional }: TreeFinding): boolean => certain && optional !== true;
  const refused = of((each) => each.verdict === "refused" && isCertain(each));
  const maybeRefused = of((each) => each.verdict === "refused").filter((section) => !refused.includes(section));
  const all = [...refused, ...maybeRefused];
  const agrees =
    real.kind === "loads"
      ? refused.length === 0
      : all.length > 0 && (real.section === undefined || all.includes(real.section));
  return {
    direction,
    real,
    refused,
    maybeRefused,
    wrong: of(({ verdict, certain: sure }) => verdict === "wrong-values" && sure),
    agrees: findings === undefined ? undefined : agrees,
  };
}

function endOf(messages: readonly string[] | undefined): RealEnd {
  if (messages === undefined) return { kind: "loads" };
  const named = messages
    .map((line) => /of device '([^']+)'|section or instance '([^']+)'|section footer for (\S+)/.exec(line))
    .find((m) => m !== null);
  const section = named?.[1] ?? named?.[2] ?? named?.[3];
  return { kind: "refused", section: section === undefined ? undefined : withoutPath(section), messages };
}

function withoutPath(idstr: string): string {
  return idstr.slice(idstr.lastIndexOf("/") + 1);
}

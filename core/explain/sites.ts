/** The calls in a tree that print a given text. */
import { callsOf } from "../c/body/calls";
import { isTest } from "../c/paths";
import type { Expression } from "../c/syntax";
import { bodyOf, functionAround } from "../project/bodies";
import type { LocatedFunction, Project } from "../project/project";
import { type FormatMatch, matchFormat, needlesIn, readFormat } from "./format";

export interface MessageSite {
  readonly fn: LocatedFunction;
  /** The called function or macro, and where the call begins. */
  readonly callee: string;
  readonly start: number;
  readonly end: number;
  /** What the values were made from, in the order of the conversions; undefined where the call has too few arguments. */
  readonly values: readonly (Expression | undefined)[];
}

export interface SiteMatch {
  readonly site: MessageSite;
  readonly match: FormatMatch;
}

/** Letters of a format that must stand in a line: shorter ones fit anywhere. */
const fewestLetters = 10;
/** Pairs of words in a row that are looked for, of a line. */
const mostSites = 400;

/** For each line the calls whose format it fits, surest first. Total; costs a walk over the tree's texts, a file a step. */
export function* siteSteps(
  project: Project,
  lines: readonly string[],
): Generator<undefined, readonly (readonly SiteMatch[])[]> {
  const needles = new Map<string, number[]>();
  lines.forEach((line, i) => {
    for (const needle of needlesIn(line)) needles.set(needle, [...(needles.get(needle) ?? []), i]);
  });
  const found: SiteMatch[][] = lines.map(() => []);
  for (const file of project.paths()) {
    yield undefined;
    if (isTest(file)) continue;
    const text = project.text(file);
    if (text === undefined) continue;
    const asked = new Map<number, Set<number>>();
    for (const [needle, of] of needles) {
      for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
        const fn = functionAround(project, file, at);
        if (fn === undefined) continue;
        const wanted = asked.get(fn.definition.start) ?? new Set();
        for (const line of of) wanted.add(line);
        asked.set(fn.definition.start, wanted);
      }
    }
    for (const [start, wanted] of asked) {
      const definition = project.facts(file)?.declarations.find((each) => each.start === start);
      if (definition?.kind !== "function") continue;
      for (const { line, match } of sitesIn(project, { file, definition }, lines, wanted)) {
        const list = found[line];
        if (list !== undefined && list.length < mostSites) list.push(match);
      }
    }
  }
  return found.map((list) => list.sort((a, b) => rank(b) - rank(a)));
}

const reporting = ["error", "warn", "report", "fail"];

function rank({ site, match }: SiteMatch): number {
  const callee = site.callee.toLowerCase();
  const reports = reporting.some((word) => callee.includes(word)) ? 1000 : 0;
  return reports + match.letters;
}

function* sitesIn(
  project: Project,
  fn: LocatedFunction,
  lines: readonly string[],
  wanted: ReadonlySet<number>,
): Generator<{ readonly line: number; readonly match: SiteMatch }> {
  const text = project.text(fn.file) ?? "";
  const macro = (name: string): string | undefined => {
    const [found] = project.macros(name);
    return found && project.text(found.file)?.slice(found.declaration.bodyStart, found.declaration.bodyEnd);
  };
  for (const call of callsOf(bodyOf(project, fn))) {
    const { arguments: args, start, end } = call.node;
    const at = args.findIndex(({ kind }) => kind === "string");
    const format = args[at];
    if (format === undefined) continue;
    const pieces = readFormat(text, format.start, format.end, macro);
    for (const line of wanted) {
      const match = matchFormat(pieces, lines[line] ?? "");
      if (match === undefined || match.letters < fewestLetters) continue;
      let argument = at;
      const values = pieces.flatMap((piece) => {
        if (piece.kind === "text") return [];
        argument += piece.arguments;
        return [piece.arguments === 0 ? undefined : args[argument]];
      });
      yield { line, match: { site: { fn, callee: call.name, start, end, values }, match } };
    }
  }
}

/** Findings of `vmstate diff` in its formats. */
import type { Diagnostic } from "../../core/check/diagnostic";
import type { Project } from "../../core/project";
import { indexLines, positionAt, type SourceRange } from "../../core/c/range";
import type { Place, TreeFinding } from "../../core/compat";
import { jsonText, markdownCode, markdownText, printable } from "../../core/printable";
import type { Style } from "../../core/ide/text/style";
import type { Sides } from "./sides";

export interface Located {
  readonly finding: TreeFinding;
  /** In the new tree where it has a place there. Empty ranges at 0 for a dump. */
  readonly range: SourceRange;
  readonly line: number;
  readonly project: Project | undefined;
  /** Where each version has it; a dump has no places, and what one version lacks is in the other only. */
  readonly places: Places;
}

/** A place in a file of the tree; `line` counts from 0. */
export interface LinePlace {
  readonly file: string;
  readonly line: number;
}

export interface Places {
  readonly old?: LinePlace;
  readonly new?: LinePlace;
}

/** Where a finding is shown: on what the new version has, else on what the old one had. */
export function locate(finding: TreeFinding, { oldProject, newProject }: Sides): Located {
  const forwards = finding.direction === "old->new";
  const [inNew, inOld] = forwards ? [finding.loader, finding.saver] : [finding.saver, finding.loader];
  // Only a tree has lines to show.
  const isOld = inNew === undefined || (newProject === undefined && oldProject !== undefined && inOld !== undefined);
  const [place, project] = isOld ? [inOld, oldProject] : [inNew, newProject];
  const range = rangeOf(place, project);
  const line = project === undefined ? 0 : positionAt(project.lines(range.file), range.start).line;
  const old = linePlace(inOld, oldProject);
  const next = linePlace(inNew, newProject);
  const places = { ...(old === undefined ? {} : { old }), ...(next === undefined ? {} : { new: next }) };
  return { finding, range, line, project, places };
}

function linePlace(place: Place | undefined, project: Project | undefined): LinePlace | undefined {
  if (place === undefined || project === undefined) return undefined;
  const { file, start } = rangeOf(place, project);
  return file === "" ? undefined : { file, line: positionAt(project.lines(file), start).line };
}

function rangeOf(place: Place | undefined, project: Project | undefined): SourceRange {
  if (place?.at !== undefined) return place.at;
  const file = place?.description.file ?? "";
  if (place !== undefined && project !== undefined && !project.has(file)) return rangeByName(place, project);
  const source = place?.field?.source;
  if (source !== undefined) return source;
  const symbol = place?.description.symbol ?? "";
  return project?.description(symbol, file)?.nameRange ?? { file, start: 0, end: 0 };
}

/** A tree that is compared with a dump is compared as its own dump, whose tables have names and no files. */
function rangeByName({ description: { name }, field }: Place, project: Project): SourceRange {
  const named = [...project.descriptions()].filter((each) => each.name.known && each.name.value === name);
  for (const { fields } of named) {
    const found = fields.find((each) => each.name.known && each.name.value === field?.name);
    if (found !== undefined) return found.range;
  }
  const [table] = named;
  return table?.nameRange ?? { file: "", start: 0, end: 0 };
}

/** Whether the finding fails a build. */
export function isBreak({ verdict, certain, declared }: TreeFinding): boolean {
  return certain && !declared && verdict !== "defaults";
}

/** A finding in JSON. `line` counts from 0. */
export interface DiffRow {
  readonly description: string;
  readonly idstr: string;
  readonly direction: TreeFinding["direction"];
  readonly verdict: TreeFinding["verdict"];
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly places: Places;
  readonly certain: boolean;
  readonly declared?: true;
  readonly offset?: number;
  readonly types?: readonly string[];
  readonly property?: { readonly name: string; readonly driver: string; readonly missingIn?: string };
  /** Those that have it, where several were compared. */
  readonly targets?: readonly string[];
}

export function rowsOf(located: readonly Located[]): readonly DiffRow[] {
  return located.map(({ finding, range, line, places }) => ({
    description: finding.section,
    idstr: finding.section,
    direction: finding.direction,
    verdict: finding.verdict,
    message: finding.message,
    file: range.file,
    line,
    places,
    certain: finding.certain,
    ...(finding.declared ? { declared: true } : {}),
    ...(finding.offset === undefined ? {} : { offset: finding.offset }),
    ...(finding.types.length === 0 ? {} : { types: finding.types }),
    ...(finding.decision === undefined ? {} : { property: propertyOf(finding.decision) }),
  }));
}

function propertyOf({ property, driver, missing }: NonNullable<TreeFinding["decision"]>) {
  return { name: property, driver, ...(missing === undefined ? {} : { missingIn: missing.list }) };
}

export function jsonDiff(rows: readonly DiffRow[]): string {
  return jsonText(rows);
}

export function isBreakRow({ certain, declared, verdict }: DiffRow): boolean {
  return certain && declared !== true && verdict !== "defaults";
}

/** Rows of several comparisons, one line each. */
export function textRows(rows: readonly DiffRow[], style: Style): string {
  const lines = rows.map((row) => {
    const word = `${row.certain ? "" : "may be "}${row.verdict === "wrong-values" ? "wrong values" : row.verdict}`;
    const painted = isBreakRow(row) ? style.red(word) : style.yellow(word);
    const where = printable(row.file === "" ? row.description : `${row.file}:${row.line + 1}`);
    const targets = row.targets === undefined ? "" : ` [${row.targets.join(", ")}]`;
    return `${style.bold(where)}: ${row.direction}: ${painted}: ${printable(row.message)}${targets}\n`;
  });
  const broken = rows.filter(isBreakRow).map(({ direction }) => direction);
  return `${lines.join("")}${breaksText(broken)}, ${rows.length - broken.length} to know.\n`;
}

/** `3 breaks (2 on upgrade, 1 on downgrade)` */
function breaksText(directions: readonly TreeFinding["direction"][]): string {
  const count = directions.length;
  const up = directions.filter((direction) => direction === "old->new").length;
  const ways = count === 0 ? "" : ` (${up} on upgrade, ${count - up} on downgrade)`;
  return `${count} ${count === 1 ? "break" : "breaks"}${ways}`;
}

/** How many findings were left out, by why. */
export interface Hidden {
  readonly declared: number;
  readonly optional: number;
}

/** What a comparison with dumps that have no array lengths leaves open; undefined where it leaves nothing. */
export function lengthsNote({ withoutLengths }: Pick<Sides, "withoutLengths">): string | undefined {
  if (withoutLengths.length === 0) return undefined;
  const have = withoutLengths.length === 1 ? "has" : "have";
  return `array lengths are not known, ${withoutLengths.join(" and ")} ${have} none`;
}

/** One line a finding; what a nested description breaks in several sections is said once. */
export function textDiff(
  located: readonly Located[],
  hidden: Hidden,
  lengths: string | undefined,
  style: Style,
): string {
  const once = new Map(located.map((each) => [`${each.finding.direction} ${each.finding.message}`, each]));
  const lines = [...once.values()].map(({ finding, range, line }) => {
    const word = wordOf(finding);
    const painted = isBreak(finding) ? style.red(word) : style.yellow(word);
    const where = printable(range.file === "" ? finding.section : `${range.file}:${line + 1}`);
    return `${style.bold(where)}: ${finding.direction}: ${painted}: ${printable(finding.message)}\n`;
  });
  const broken = [...once.values()].filter(({ finding }) => isBreak(finding));
  const breaks = broken.length;
  const rest = once.size - breaks;
  const open = [...once.values()].some(({ finding }) => finding.open === true);
  const parts =
    breaks === 0 && (lengths !== undefined || open)
      ? [open ? "no break in what is known" : "no break in what can be compared"]
      : [breaksText(broken.map(({ finding }) => finding.direction))];
  if (rest > 0) parts.push(`${rest} to know`);
  if (hidden.declared > 0) parts.push(`${hidden.declared} declared by a raised minimum_version_id (--declared)`);
  if (hidden.optional > 0) parts.push(`${hidden.optional} new and sent only when needed (--optional)`);
  if (lengths !== undefined) parts.push(printable(lengths));
  return `${lines.join("")}${parts.join(", ")}.\n`;
}

export function markdownDiff(located: readonly Located[], title: string, lengths: string | undefined): string {
  const open = lengths === undefined ? "" : `\nNot compared: ${markdownText(lengths)}.\n`;
  const rows = located.map(({ finding, range, line }) => {
    const where = range.file === "" ? "" : markdownCode(`${range.file}:${line + 1}`).replace(/\|/g, "\\|");
    return `| ${markdownText(finding.section)} | ${finding.direction.replace("->", " → ")} | ${wordOf(finding)} | ${markdownText(finding.message)} | ${where} |`;
  });
  if (rows.length === 0)
    return `# ${markdownText(title)}\n\nNo difference that a stream would meet${open === "" ? "" : " in what can be compared"}.\n${open}`;
  return [
    `# ${markdownText(title)}`,
    "",
    "| section | direction | verdict | what happens | where |",
    "|---|---|---|---|---|",
    ...rows,
    "",
  ]
    .join("\n")
    .concat(open);
}

function wordOf({ verdict, certain, declared }: TreeFinding): string {
  const word = verdict === "wrong-values" ? "wrong values" : verdict;
  if (declared) return `${word}, as declared`;
  return certain ? word : `may be ${word}`;
}

/** As diagnostics, for SARIF and baselines. `names` stand for the versions' own: a baseline outlives them. */
export function diagnosticsOf(
  located: readonly Located[],
  { old, next }: Pick<Sides, "old" | "next">,
  names: readonly [string, string] = [old.label, next.label],
): readonly Diagnostic[] {
  const named = (message: string): string =>
    message.split(old.label).join("\0").split(next.label).join(names[1]).split("\0").join(names[0]);
  return located.map(({ finding, range }) => ({
    code: `stream-${finding.verdict}`,
    severity: isBreak(finding) ? "error" : "information",
    range,
    message: `${finding.direction}: ${named(finding.message)}`,
    related: [],
    fixes: [],
  }));
}

/** Texts of both sides: a file that the new tree no longer has is shown from the old one. */
export function reportSource({ oldProject, newProject }: Sides) {
  const text = (file: string): string | undefined => newProject?.text(file) ?? oldProject?.text(file);
  return {
    text,
    lines: (file: string) =>
      newProject?.text(file) === undefined ? indexLines(text(file) ?? "") : newProject.lines(file),
  };
}

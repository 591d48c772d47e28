/** What stands last on a rule's page: since when there is the rule, how often it was right, which of QEMU's bugs it reports. Texts in, texts out. */
import MarkdownIt from "markdown-it";
import type { Rule } from "../../core/check/rule";
import type { FixCase } from "../../test/qemu/fixCases";

const verdicts = ["true", "harmless", "wrong"] as const;
type Verdict = (typeof verdicts)[number];
/** Entries of the tables of judged findings, by verdict. */
export type Judged = Readonly<Record<Verdict, number>>;

const heading = "## Record";
const verdictPages = "[order, hooks](../verdicts.md), [state that is lost](../quality-recall.md)";

/**
 * Judged entries by rule: rows of tables whose cell "verdict" or "judged" begins with one, of the rule that the row's cell "rule" names or else
 * the heading above the table.
 */
export function judgedByRule(pages: readonly string[], codes: ReadonlySet<string>): ReadonlyMap<string, Judged> {
  const judged = new Map<string, Record<Verdict, number>>();
  for (const page of pages) {
    let above: string | undefined;
    let heads: readonly string[] = [];
    for (const { kind, cells } of linesOf(page)) {
      if (kind === "heading") above = cells[0];
      else if (kind === "head") heads = cells;
      else {
        const cell = (name: string): string | undefined => cells[heads.indexOf(name)];
        const said = (cell("verdict") ?? cell("judged") ?? "").split(/\W/, 1)[0];
        const verdict = verdicts.find((each) => each === said);
        const code = [cell("rule"), ...(above ?? "").split("`")].find((each) => each !== undefined && codes.has(each));
        if (verdict === undefined || code === undefined) continue;
        const counts = judged.get(code) ?? { true: 0, harmless: 0, wrong: 0 };
        counts[verdict]++;
        judged.set(code, counts);
      }
    }
  }
  return judged;
}

interface Line {
  readonly kind: "heading" | "head" | "row";
  readonly cells: readonly string[];
}

function* linesOf(page: string): Generator<Line> {
  const tokens = new MarkdownIt().parse(page, {});
  let row: string[] | undefined;
  let isHead = false;
  for (const [at, { type, content }] of tokens.entries()) {
    if (type === "thead_open" || type === "thead_close") isHead = type === "thead_open";
    else if (type === "tr_open") row = [];
    else if (type === "tr_close" && row !== undefined) {
      yield { kind: isHead ? "head" : "row", cells: row };
      row = undefined;
    } else if (type === "inline" && row !== undefined) row.push(content.trim());
    else if (type === "inline" && tokens[at - 1]?.type === "heading_open") yield { kind: "heading", cells: [content] };
  }
}

const heard: Readonly<Record<Rule["default"], string>> = {
  on: "On",
  review: "On the review list: told of changed code, and by `--review`",
  off: "Off until a setting names it",
};

/** A page with the record of its rule at the end; what stood there of it before goes. */
export function withRecord(page: string, rule: Rule, judged: Judged | undefined, fixes: readonly FixCase[]): string {
  const at = page.indexOf(`\n${heading}\n`);
  const body = (at < 0 ? page : page.slice(0, at)).trimEnd();
  const read =
    judged === undefined
      ? ""
      : ` Judged one by one on QEMU's releases (${verdictPages}): ${verdicts.map((each) => `${judged[each]} ${each}`).join(", ")}.`;
  const own = fixes.filter(({ code }) => code === rule.code);
  const history = own.map(({ fix, file }) => `- \`${fix.slice(0, 10)}\` ${file}`);
  const lines = [
    `Since ${rule.since ?? "0.2.0"}. ${heard[rule.default]}.${read} A comment \`vmstate: ignore ${rule.code}: why\` silences it at a place.`,
    ...(history.length === 0
      ? []
      : [
          `Bugs of QEMU's history that it reports in the tree before the fix, and no more with it:\n\n${history.join("\n")}`,
        ]),
  ];
  return `${body}\n\n${heading}\n\n${lines.join("\n\n")}\n`;
}

/** What the messages of a log mean, as text. */
import { type Answer, type CodePlace, linesOf } from "../../explain";
import { printable } from "../../printable";
import { plainStyle, type Style } from "./style";

export interface ExplanationOptions {
  readonly style?: Style;
  /** How a place is written, `migration/savevm.c:2741` where it is not given. */
  readonly at?: (place: CodePlace) => string;
}

/** Lines for people. */
export function* explanation(
  answers: readonly Answer[],
  log: string,
  { style = plainStyle, at = fileAndLine }: ExplanationOptions = {},
): Generator<string> {
  if (answers.length === 0) {
    yield "no message of the tree: it may be of another program, or of another release (--tree)";
    return;
  }
  for (const answer of answers) {
    const { names, conditions, checked, values, others } = answer;
    yield style.bold(printable(`line ${answer.logLine}: ${answer.text}`));
    yield `    ${printable(`${at(answer.place)} ${answer.function}: ${answer.call}`)}`;
    for (const { expression, value } of values)
      if (expression !== "") yield `    ${printable(`${expression} = ${value}`)}`;
    if (conditions.length > 0)
      yield `    printed where ${printable(conditions.slice(-3).join(" && "))}${checked === undefined ? "" : printable(`: ${checked}`)}`;
    if (others.length > 0) yield `    the same words: ${printable(others.map(at).join(", "))}`;
    if (names.block !== undefined) yield `    RAM block ${printable(names.block)}`;
    if (names.section !== undefined) {
      yield `    section ${printable(names.section)}${names.sectionLine === undefined ? "" : `, by line ${names.sectionLine}`}`;
    }
    if (names.table !== undefined) {
      yield `    table ${printable(`${names.table.symbol} (${names.table.name}), ${at(names.table.place)}`)}${names.callback === undefined ? "" : `, its ${names.callback}`}`;
    }
    if (names.field !== undefined) yield `    field ${printable(`${names.field.name}, ${at(names.field.place)}`)}`;
    for (const { text, certain, place } of answer.causes) {
      const where = place === undefined ? "" : `${at(place)}: `;
      yield `    ${certain ? style.red("cause") : style.yellow("may be the cause")}: ${printable(`${where}${text}`)}`;
    }
    for (const [i, each] of answer.candidates.entries()) yield `    ${i === 0 ? "may be" : "or"}: ${printable(each)}`;
  }
  const found = new Set(answers.map(({ logLine }) => logLine));
  const lines = linesOf(log);
  const explained = new Set(lines.filter(({ number }) => found.has(number)).map(({ text }) => text));
  const rest = [...new Set(lines.filter(({ text }) => !explained.has(text)).map(({ number }) => number))];
  if (rest.length > 0) {
    const numbers = `${rest.slice(0, 20).join(", ")}${rest.length > 20 ? ", ..." : ""}`;
    yield `no message of this tree in line${rest.length === 1 ? "" : "s"} ${numbers}: of another program, or of another release`;
  }
}

function fileAndLine({ file, line }: CodePlace): string {
  return `${file}:${line}`;
}

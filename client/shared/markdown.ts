/** A simulation as Markdown, to go into a bug report or a commit message. */
import type { SimulateResult } from "../../server/protocol";
import { bandSections } from "./bands";
import type { Explanation, Sentence } from "./explain";
import { verbOf } from "./explain";
import { formatBytes } from "./format";

export function simulationMarkdown(result: SimulateResult, explanation: Explanation): string {
  const list = (title: string, sentences: readonly Sentence[]): readonly string[] =>
    sentences.length === 0
      ? []
      : [`## ${title}`, "", ...sentences.map((sentence) => `- ${sentenceText(sentence)}`), ""];
  const bands = bandSections(result.sections, result.events);
  return [
    `# ${explanation.headline}`,
    "",
    `\`${result.machine}\` (${result.machineType})`,
    "",
    ...list("What happened", explanation.what),
    ...list(explanation.whyTitle, explanation.why),
    ...list("What to do", explanation.todo),
    "## Stream",
    "",
    "| # | level | section | kind | offset | bytes | result |",
    "|--:|---|---|---|--:|--:|---|",
    ...bands.flatMap(({ level, rows }) =>
      rows.flatMap(({ number, section, events }) => [
        `| ${number} | ${level} | ${cell(section.idstr)} | ${section.kind} | 0x${section.offset.toString(16)} | ${formatBytes(section.size)} | ${cell(section.result)} |`,
        ...events.map((event) => {
          const to = event.translated === undefined ? "" : ` → ${event.translated}`;
          return `| | | ${cell(`${verbOf(event)} ${event.address ?? ""}${to}`)} | | | | ${cell(event.result)} |`;
        }),
      ]),
    ),
    "",
  ].join("\n");
}

function sentenceText(sentence: Sentence): string {
  return sentence.map((part) => (part.kind === "code" ? `\`${part.text}\`` : part.text)).join("");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

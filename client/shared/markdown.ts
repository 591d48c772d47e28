/** A simulation as Markdown, to go into a bug report or a commit message. */
import * as l10n from "@vscode/l10n";
import type { SimulateResult } from "../../server/protocol";
import { bandSections } from "./bands";
import type { Explanation } from "./explain";
import { verbOf } from "./explain";
import { formatBytes, formatTime } from "./format";
import type { Sentence } from "./sentence";

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
    ...list(l10n.t("What happened"), explanation.what),
    ...list(explanation.whyTitle, explanation.why),
    ...list(l10n.t("What to do"), explanation.todo),
    `## ${l10n.t("Stream")}`,
    "",
    `| ${columns().join(" | ")} |`,
    "|--:|---|---|---|--:|--:|--:|---|",
    ...bands.flatMap(({ level, rows }) =>
      rows.flatMap(({ number, section, events }) => [
        `| ${number} | ${level} | ${cell(section.idstr)} | ${section.kind} | 0x${section.offset.toString(16)} | ${formatBytes(section.size)} | ${formatTime(section.milliseconds)} | ${cell(section.result)} |`,
        ...events.map((event) => {
          const to = event.translated === undefined ? "" : ` → ${event.translated}`;
          return `| | | ${cell(`${verbOf(event)} ${event.address ?? ""}${to}`)} | | | | | ${cell(event.result)} |`;
        }),
      ]),
    ),
    "",
  ].join("\n");
}

function columns(): readonly string[] {
  return [
    "#",
    l10n.t("level"),
    l10n.t("section"),
    l10n.t("kind"),
    l10n.t("offset"),
    l10n.t("bytes"),
    l10n.t("time"),
    l10n.t("result"),
  ];
}

function sentenceText(sentence: Sentence): string {
  return sentence.map((part) => (part.kind === "code" ? `\`${part.text}\`` : part.text)).join("");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** Replies to a series of patches: findings below the quoted lines that bring them, as reviewers write. */
import type { Diagnostic } from "../../core/check/diagnostic";
import { positionAt } from "../../core/c/range";
import { printable, printableSource } from "../../core/printable";
import type { Quoted, SeriesPatch } from "../patch/place";
import { placeIn } from "../patch/place";
import { place } from "./human";
import type { ReportSource } from "./json";

const columns = 72;
/** Lines of a hunk that are quoted before a finding. */
const quotedBefore = 12;
/** Places that are listed below a finding. */
const relatedLines = 3;

/** A mailbox with one reply for each patch that brings a finding; empty where none does. */
export function mailReport(
  source: ReportSource,
  findings: readonly Diagnostic[],
  patches: readonly SeriesPatch[],
): string {
  const placed = findings.map((finding) => {
    const { file, start } = finding.range;
    const line = positionAt(source.lines(file), start).line;
    const text = source.text(file)?.split("\n")[line]?.replace(/\r$/, "");
    return { finding, at: placeIn(patches, { file, line: line + 1, text: text ?? "" }) };
  });
  return patches
    .flatMap((patch, index) => {
      const own = placed.filter(({ at }) => at.patch === index);
      return own.length === 0 ? [] : [reply(source, patch, own)];
    })
    .join("\n");
}

interface Placed {
  readonly finding: Diagnostic;
  readonly at: Quoted;
}

function reply(source: ReportSource, { mail, name, changes }: SeriesPatch, placed: readonly Placed[]): string {
  const lines = ["From vmstate Mon Sep 17 00:00:00 2001"];
  const header = (key: string, value: string | undefined): void => {
    if (value !== undefined && value !== "") lines.push(`${key}: ${printable(value)}`);
  };
  const subject = mail?.subject ?? name;
  header("Subject", /^re:/i.test(subject) ? subject : `Re: ${subject}`);
  header("To", mail?.from);
  header("In-Reply-To", mail?.messageId);
  header("References", mail?.messageId);
  lines.push("Content-Type: text/plain; charset=UTF-8", "");
  const [date, from] = [mail?.date, mail?.from];
  if (from !== undefined) lines.push(`${date === undefined ? "" : `On ${printable(date)}, `}${printable(from)} wrote:`);
  for (const [c, change] of changes.entries()) {
    const here = placed.filter(({ at }) => at.hunk !== undefined && at.change === c);
    if (here.length === 0) continue;
    lines.push(
      `> --- ${printableSource(change.oldFileName ?? "")}`,
      `> +++ ${printableSource(change.newFileName ?? "")}`,
    );
    for (const [h, hunk] of change.hunks.entries()) {
      const own = here.filter(({ at }) => at.hunk === h);
      if (own.length > 0) lines.push(...quotedHunk(source, hunk, own));
    }
  }
  const elsewhere = placed.filter(({ at }) => at.hunk === undefined);
  for (const { finding } of elsewhere) {
    lines.push("", `${place(source, finding.range)}, which this patch does not change:`, ...said(source, finding));
  }
  return lines.map((line) => `${line}\n`).join("");
}

type Hunk = SeriesPatch["changes"][number]["hunks"][number];

function quotedHunk(source: ReportSource, hunk: Hunk, placed: readonly Placed[]): readonly string[] {
  const head = `> @@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`;
  const lines = [head];
  let quoted = 0;
  const byLine = [...placed].sort((a, b) => (a.at.line ?? 0) - (b.at.line ?? 0));
  for (const { finding, at } of byLine) {
    const end = (at.line ?? 0) + 1;
    if (end > quoted) {
      const from = Math.max(quoted, end - quotedBefore);
      if (from > quoted) lines.push("> [...]");
      lines.push(...hunk.lines.slice(from, end).map((line) => `> ${printableSource(line)}`));
      quoted = end;
    }
    lines.push("", ...said(source, finding), "");
  }
  return lines;
}

function said(source: ReportSource, { severity, message, code, related, fixes }: Diagnostic): readonly string[] {
  const more = related.length - relatedLines;
  return [
    ...wrapped(`${severity}: ${printable(message)} [${code}]`),
    ...related
      .slice(0, relatedLines)
      .flatMap((each) => wrapped(`${place(source, each.range)}: ${printable(each.message)}`, "  ")),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...fixes.slice(0, 1).flatMap(({ title }) => wrapped(`fix: ${printable(title)}`, "  ")),
  ];
}

function wrapped(text: string, indent = ""): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${indent}${word}`);
  }
  return lines;
}

/** A simulation as a drawing of its own, to go into a report or a talk: colours for light and dark, no font but the viewer's. */
import * as l10n from "@vscode/l10n";
import type { SimulateResult } from "../../server/protocol";
import { bandSections } from "./bands";
import type { Explanation } from "./explain";
import { isFault, resultWord, verbOf } from "./explain";
import { formatBytes, formatTime, sections } from "./format";

const width = 960;
const line = 20;
const nameAt = 56;
const sizeAt = 640;
const barAt = 652;
const barWidth = 180;
const resultAt = 848;
const longestName = 64;

const style = `
text{font:13px system-ui,sans-serif;fill:#1f2328}.quiet{fill:#59636e}.bad{fill:#b3261e}.level{font-weight:600}.head{font-size:18px;font-weight:600}
.name,.code{font-family:ui-monospace,monospace;font-size:12px}.number{text-anchor:end}.paper{fill:#fff}.bar{fill:#4b7bec}.bar.bad{fill:#b3261e}.rule{stroke:#d1d9e0}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.quiet{fill:#9198a1}.bad{fill:#ff7b72}.paper{fill:#0d1117}.rule{stroke:#3d444d}.bar.bad{fill:#ff7b72}}`;

export function simulationSvg(result: SimulateResult, explanation: Explanation): string {
  const largest = Math.max(1, ...result.sections.map((section) => section.size));
  const drawn: string[] = [];
  let y = 30;
  const text = (x: number, kind: string, words: string): void => {
    drawn.push(`<text x="${x}" y="${y}" class="${kind}">${escaped(words)}</text>`);
  };
  text(16, explanation.verdict === "good" ? "head" : "head bad", explanation.headline);
  y += line + 4;
  text(16, "code", shortened(result.machine, 110));
  y += line;
  const total = [result.machineType, sections(result.sections.length), formatBytes(result.size), wireTime(result)].join(
    " · ",
  );
  text(16, "quiet", total);
  for (const band of bandSections(result.sections, result.events)) {
    y += line + 14;
    text(16, "level", band.level === "" ? l10n.t("no level") : band.level);
    text(320, "quiet", `${sections(band.rows.length)} · ${formatBytes(band.bytes)} · ${formatTime(band.milliseconds)}`);
    drawn.push(`<path class="rule" d="M16 ${y + 6}H${width - 16}"/>`);
    y += 6;
    for (const { number, section, events } of band.rows) {
      y += line;
      const bad = section.result === "failed" || section.result === "wrong" ? " bad" : "";
      text(46, "quiet number", String(number));
      text(nameAt, `name${bad}`, shortened(nameOf(section.idstr, section.instanceId), longestName));
      text(sizeAt, "number", formatBytes(section.size));
      const bar = Math.max(2, Math.round(Math.sqrt(section.size / largest) * barWidth));
      drawn.push(`<rect class="bar${bad}" x="${barAt}" y="${y - 9}" width="${bar}" height="8" rx="2"/>`);
      text(resultAt, bad === "" ? "quiet" : "bad", resultWord(section.result));
      for (const event of events) {
        y += line;
        const to = event.translated === undefined || event.translated === event.address ? "" : ` → ${event.translated}`;
        const end = event.result === "ok" ? "" : `: ${event.result}`;
        const words = `${verbOf(event)} ${event.address ?? ""}${to}${end}`;
        text(nameAt + 16, isFault(event) ? "bad" : "quiet", shortened(words, 120));
      }
    }
  }
  const height = y + 24;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(explanation.headline)}</title>`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...drawn,
    "</svg>",
    "",
  ].join("\n");
}

function wireTime({ timing }: SimulateResult): string {
  return l10n.t("{0} at {1}/s", formatTime(timing.total), formatBytes(timing.bandwidth));
}

function nameOf(idstr: string, instanceId: number): string {
  return instanceId === 0 ? idstr : `${idstr} #${instanceId}`;
}

/** The end of a section's name tells devices apart: the middle goes. */
function shortened(words: string, longest: number): string {
  if (words.length <= longest) return words;
  const half = Math.floor((longest - 1) / 2);
  return `${words.slice(0, half)}…${words.slice(-half)}`;
}

function escaped(words: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  // Names come from streams: what XML forbids altogether goes.
  return Array.from(words, (character) => entities[character] ?? (isXml(character) ? character : "�")).join("");
}

function isXml(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}

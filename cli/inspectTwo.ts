/** Two streams side by side, for `inspect A B`. */
import { jsonText, printable } from "../core/printable";
import { type InspectedSection, type Inspection, inspectStream } from "../core/wire/inspect/inspect";
import { isSame, type SideBySide, sideBySide, sideBySideText } from "../core/wire/inspect/sideBySide";
import { didYouMean } from "../core/nearest";
import { type TreeDecoding, treeDecoding } from "./inspectTree";
import { CannotRun, type ExitCode, exitCodes, type Io } from "./io";
import { openStream } from "./streamFile";

interface TwoOptions {
  readonly tree?: string;
  readonly target?: string;
  readonly config?: ReadonlyMap<string, string>;
  readonly treatAs?: string;
  readonly format: "human" | "json" | "analyze";
  readonly section?: readonly string[];
  readonly snapshot?: string;
  readonly otherSnapshot?: string;
  readonly rewrite?: string;
}

export async function compareStreams(io: Io, files: readonly [string, string], options: TwoOptions): Promise<ExitCode> {
  if (options.format === "analyze") throw new CannotRun("--format analyze prints one stream");
  if (options.rewrite !== undefined) throw new CannotRun("--rewrite takes one stream");
  const decoding: Partial<TreeDecoding> = options.tree === undefined ? {} : treeDecoding(io, options);
  const { snapshot, otherSnapshot = snapshot } = options;
  const a = await openStream(io, files[0], snapshot === undefined ? {} : { snapshot });
  try {
    const b = await openStream(io, files[1], otherSnapshot === undefined ? {} : { snapshot: otherSnapshot });
    try {
      const [left, right] = [inspectStream(a.source, decoding), inspectStream(b.source, decoding)];
      for (const note of new Set([left, right].map((each) => decoding.machineNote?.(each))))
        if (note !== undefined) io.err.write(`vmstate: ${printable(note)}\n`);
      const result = sideBySide(...only([left, right], options.section));
      const names = [
        [files[0], left, a.source.problem?.()],
        [files[1], right, b.source.problem?.()],
      ] as const;
      for (const [file, , problem] of names) {
        if (problem !== undefined) io.err.write(`${file}: ${printable(problem)}\n`);
      }
      const isCut = names.some(([, , problem]) => problem !== undefined);
      print(io, files, [left, right], result, options.format);
      return isSame(result) && !isCut ? exitCodes.clean : exitCodes.findings;
    } finally {
      b.close();
    }
  } finally {
    a.close();
  }
}

function only(
  both: readonly [Inspection, Inspection],
  names: readonly string[] | undefined,
): readonly [Inspection, Inspection] {
  if (names === undefined) return both;
  const known = [...new Set(both.flatMap(({ sections }) => sections.map(({ event }) => event.idstr)))];
  for (const name of names)
    if (!known.includes(name)) throw new CannotRun(`no section is named ${name}${didYouMean(name, known)}`);
  const keep = ({ event }: InspectedSection) => names.includes(event.idstr);
  const [a, b] = both;
  return [
    { ...a, sections: a.sections.filter(keep) },
    { ...b, sections: b.sections.filter(keep) },
  ];
}

function print(
  io: Io,
  files: readonly [string, string],
  both: readonly [Inspection, Inspection],
  result: SideBySide,
  format: TwoOptions["format"],
): void {
  if (format === "json") return io.out.write(jsonText({ files, ...result }));
  const machines = both.map(({ configuration }) => configuration?.machine ?? "no machine type");
  const write = (line: string): void => io.out.write(`${printable(line)}\n`);
  files.forEach((file, i) => write(`${i === 0 ? "A" : "B"}: ${file} (${machines[i] ?? ""})`));
  for (const line of sideBySideText(result)) write(line);
  const { sections, same } = result;
  write(
    isSame(result)
      ? `the same: ${same} sections and RAM by its counts of pages`
      : `${sections.length} ${sections.length === 1 ? "section differs" : "sections differ"}, ${same} ${same === 1 ? "is" : "are"} the same`,
  );
}

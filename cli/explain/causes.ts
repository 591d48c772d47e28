/** Why a section that a message names was refused: proved on two versions or two streams, else what may be, likely first. */
import type { Cause } from "../../core/explain";
import type { Project } from "../../core/project";
import { inspectStream } from "../../core/wire/inspect/inspect";
import { type SectionPair, sideBySide, sideBySideText } from "../../core/wire/inspect/sideBySide";
import { compareTrees, type TreeFinding } from "../../core/compat";
import { isStreamArgument, openSides, openStreamSides, type Sides } from "../diff/sides";
import { locate } from "../diff/report";
import { printable } from "../../core/printable";
import { witnessOfNothing } from "../diff/remembered";
import { CannotRun, type Io, type Progress } from "../io";
import { openStream } from "../streamFile";

/** What was given by `--from` and `--to`. */
export interface Versions {
  /** The tree that loads: where the messages come from; undefined where both are streams. */
  readonly project: Project | undefined;
  /** Causes for a section of this idstr and a table of this name. */
  causes(idstr: string | undefined, table: string | undefined): readonly Cause[];
}

interface VersionOptions {
  readonly from: string;
  readonly to: string;
  readonly tree?: string;
  readonly target?: string;
  readonly machine?: string;
}

export async function openVersions(io: Io, options: VersionOptions, progress: Progress): Promise<Versions> {
  const given = [options.from, options.to] as const;
  if (given.every((each) => isStreamArgument(io, each))) return twoStreams(io, given);
  if (isStreamArgument(io, options.to))
    throw new CannotRun("--to is what loads: a tree or a revision, or with a stream as --from another stream");
  const { tree, target, machine } = options;
  const input = {
    witness: witnessOfNothing,
    ...(tree === undefined ? {} : { tree }),
    ...(target === undefined ? {} : { target }),
    ...(machine === undefined ? {} : { machine }),
  };
  const stream = await openStreamSides(io, given, input, progress);
  const sides = stream?.sides ?? openSides(io, given, input, progress);
  for (const note of sides.notes) io.err.write(`vmstate: ${printable(note)}\n`);
  const findings = stream?.findings ?? compareTrees(sides.old, sides.next);
  return { project: sides.newProject, causes: (idstr, table) => causesIn(findings, sides, idstr, table) };
}

function causesIn(
  findings: readonly TreeFinding[],
  sides: Sides,
  idstr: string | undefined,
  table: string | undefined,
): readonly Cause[] {
  const name = idstr?.slice(idstr.lastIndexOf("/") + 1);
  return findings
    .filter(({ direction, section }) => direction === "old->new" && (section === name || section === table))
    .sort((a, b) => Number(b.certain) - Number(a.certain))
    .map((finding) => {
      const { range, line } = locate(finding, sides);
      const place = range.file === "" ? {} : { place: { file: range.file, line: line + 1 } };
      return { text: finding.message, certain: finding.certain, ...place };
    });
}

async function twoStreams(io: Io, [from, to]: readonly [string, string]): Promise<Versions> {
  const a = await openStream(io, from);
  const b = await openStream(io, to);
  const [left, right] = [inspectStream(a.source), inspectStream(b.source)];
  const causes = (idstr: string | undefined): readonly Cause[] => {
    if (idstr === undefined) return [];
    const of = <T extends { readonly event: { readonly idstr: string } }>(sections: readonly T[]) =>
      sections.filter(({ event }) => event.idstr === idstr || event.idstr.endsWith(`/${idstr}`));
    const one = { ...left, sections: of(left.sections) };
    const other = { ...right, sections: of(right.sections) };
    const { sections, ...rest } = sideBySide(one, other);
    // a value that differs may be the guest's own doing; another shape is what a loader stumbles over
    const isOther = ({ versions: [was, is], fields }: SectionPair) =>
      was !== is || fields.some((field) => field.a === undefined || field.b === undefined);
    const certain = sections.some(isOther);
    return sideBySideText({ ...rest, ram: [], configuration: [], sections }).map((text) => ({
      text: text.trim(),
      certain,
    }));
  };
  return { project: undefined, causes };
}

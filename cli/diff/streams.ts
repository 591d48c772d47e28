/** A real stream against a version that did not write it: does each section fit the tables that would load it? */
import type { Project } from "../../core/project";
import { machineTypes, treatedAs, type TreeFinding } from "../../core/compat";
import type { ByteSource } from "../../core/wire";
import { type InspectedSection, inspectStream } from "../../core/wire/inspect/inspect";
import { CannotRun } from "../io";
import { configuredIn, taken } from "../../core/emulator";
import { projectDecoder } from "../inspectTree";

export interface StreamFindings {
  readonly findings: readonly TreeFinding[];
  /** What the stream's machine type is treated as, where the tree does not have it. */
  readonly note: string | undefined;
}

/**
 * Sections that a tree's tables do not read to their end. Certain where the stream itself says of which fields the section
 * is, so that it is not the decoder which fails. `direction`: the stream is of the older version, or of the newer one.
 */
export function streamFindings(
  path: string,
  source: ByteSource,
  project: Project,
  label: string,
  direction: TreeFinding["direction"],
  { target, treatAs }: { readonly target?: string; readonly treatAs?: string },
): StreamFindings {
  const decoder = projectDecoder(project, target, {
    layoutHolds: true,
    hooks: configuredIn(project, treatAs),
  });
  const { sections, error, configuration } = inspectStream(source, { decoder: decoder.decode });
  if (error !== undefined) throw new CannotRun(`${path}: ${source.problem?.() ?? error.message} (at ${error.offset})`);
  const findings = sections.flatMap((section) => finding(section, label, direction, decoder) ?? []);
  return { findings, note: treatedAs(machineTypes(project), configuration?.machine ?? "", treatAs)?.note };
}

function finding(
  section: InspectedSection,
  label: string,
  direction: TreeFinding["direction"],
  decoder: ReturnType<typeof projectDecoder>,
): TreeFinding | undefined {
  const { event, byDefinition, byTrailer } = section;
  if (event.sectionKind !== "full" || byDefinition === undefined) return undefined;
  // what is asked of the guest's state was answered so that the bytes fit: they may fit by chance
  const shifted = byDefinition.ok
    ? section.differences.find((each) => each.includes("no field starts here"))
    : undefined;
  const open = byDefinition.ok ? [...byDefinition.decided, ...byDefinition.forced].map(taken) : [];
  if (byDefinition.ok && shifted === undefined && open.length === 0) return undefined;
  const [description] = decoder.candidates(event.idstr);
  const name = event.idstr.slice(event.idstr.lastIndexOf("/") + 1);
  const failed = byDefinition.ok ? undefined : byDefinition.error;
  const how =
    open.length > 0 && shifted === undefined
      ? `may read section ${event.idstr} of the stream otherwise, which is not known (${[...new Set(open)].join("; ")})`
      : failed === undefined
        ? `reads section ${event.idstr} of the stream by other fields: ${shifted ?? ""}`
        : `does not read section ${event.idstr} of the stream (version ${event.versionId}) to its end: ${failed.message}`;
  const place = description && { description: decoder.compiler.compile(description), field: undefined };
  return {
    verdict: failed === undefined && shifted !== undefined ? "wrong-values" : "refused",
    certain: failed !== undefined && failed.notKnown !== true && byTrailer?.ok === true && description !== undefined,
    declared: false,
    ...(open.length > 0 ? { open: true } : {}),
    message: `${label} ${how}.`,
    offset: failed === undefined ? undefined : Math.max(0, failed.offset - event.payloadOffset),
    saver: undefined,
    loader: place,
    difference: undefined,
    section: name,
    direction,
    types: [],
  };
}

/** A real stream against a version that did not write it: does each section fit the tables that would load it? */
import { closeSync, openSync, readSync, statAt, statSync } from "../../server/node/disk";
import type { Project } from "../../core/project";
import type { TreeFinding } from "../../core/compat";
import { type InspectedSection, inspectStream } from "../../core/wire/inspect/inspect";
import { CannotRun } from "../io";
import { projectDecoder } from "../inspectTree";

const magic = "QEVM";

/** By its first bytes. */
export function isStreamFile(path: string): boolean {
  if (statAt(path)?.isFile() !== true) return false;
  const head = Buffer.alloc(4);
  const descriptor = openSync(path, "r");
  try {
    return readSync(descriptor, head, 0, 4, 0) === 4 && head.toString("latin1") === magic;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Sections that a tree's tables do not read to their end. Certain where the stream itself says of which fields the section
 * is, so that it is not the decoder which fails. `direction`: the stream is of the older version, or of the newer one.
 */
export function streamFindings(
  path: string,
  project: Project,
  label: string,
  direction: TreeFinding["direction"],
  target: string | undefined,
): readonly TreeFinding[] {
  const descriptor = openSync(path, "r");
  try {
    const source = {
      size: statSync(path).size,
      read: (offset: number, into: Uint8Array) => readSync(descriptor, into, 0, into.length, offset),
    };
    const decoder = projectDecoder(project, target);
    const { sections, error } = inspectStream(source, { decoder: decoder.decode });
    if (error !== undefined) throw new CannotRun(`${path}: ${error.message} (at ${error.offset})`);
    return sections.flatMap((section) => finding(section, label, direction, decoder) ?? []);
  } finally {
    closeSync(descriptor);
  }
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
  if (byDefinition.ok && shifted === undefined) return undefined;
  const [description] = decoder.candidates(event.idstr);
  const name = event.idstr.slice(event.idstr.lastIndexOf("/") + 1);
  const failed = byDefinition.ok ? undefined : byDefinition.error;
  const how =
    failed === undefined
      ? `reads section ${event.idstr} of the stream by other fields: ${shifted ?? ""}`
      : `does not read section ${event.idstr} of the stream (version ${event.versionId}) to its end: ${failed.message}`;
  const place = description && { description: decoder.compiler.compile(description), field: undefined };
  return {
    verdict: failed === undefined ? "wrong-values" : "refused",
    certain: failed !== undefined && byTrailer?.ok === true && description !== undefined,
    declared: false,
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

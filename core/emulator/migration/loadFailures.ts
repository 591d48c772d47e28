/** Why a given stream's sections do not load, in QEMU's words. */
import type { Project } from "../../project/project";
import { positionAt } from "../../c/range";
import type { VMStateDescription } from "../../vmstate/model";
import type { SectionEvent, StreamError } from "../../wire";
import type { Entry } from "../world";
import { placeOf } from "./actions";
import { levelMessages, missingFooter, unsupportedVersion, whileLoading } from "./destination";
import type { LoadAction } from "./effects";
import { errnoOf, meaning } from "./messages";
import type { ReportFailure } from "./report";
import type { Late, Run } from "./loadRun";

/** A section that its table does not take whole, in QEMU's words. */
export function doesNotFit(
  { project, printed }: Run,
  section: Pick<SectionEvent, "idstr" | "sectionId" | "versionId">,
  entry: Entry,
  description: VMStateDescription,
  error: StreamError,
): ReportFailure {
  const { idstr, sectionId, versionId } = section;
  const local = description.versionId.known ? description.versionId.value : versionId;
  const messages =
    versionId > local
      ? [unsupportedVersion(project, idstr, versionId, local)]
      : error.bytesLeft !== undefined
        ? missingFooter(project, idstr, sectionId)
        : [...levelMessages(project, error), whileLoading(entry)];
  printed.push(...messages, `load of migration failed: ${meaning(errnoOf(error.errno))}`);
  const line = positionAt(project.lines(description.file), description.nameRange.start).line;
  const message = `${idstr}: ${error.message}`;
  return { idstr, offset: error.offset, message, file: description.file, line, chain: [] };
}

export function tooEarly(project: Project, { entry, section, action }: Late): ReportFailure {
  const message = `${entry.idstr} does DMA while it loads, before the IOMMU that translates it: wrong data if the guest has buffers there`;
  return { ...failureAt(project, entry, section, action), message };
}

/** Where in the stream and in the C code an access went wrong. */
export function failureAt(
  project: Project,
  entry: Entry,
  section: SectionEvent,
  action: LoadAction,
): Omit<ReportFailure, "message"> {
  const { chain, api } = action.effect;
  const { file, line } = placeOf(project, chain, api);
  const steps = chain.map((step) => {
    return {
      function: step.function,
      file: step.file,
      line: positionAt(project.lines(step.file), step.range.start).line,
    };
  });
  return { idstr: entry.idstr, offset: section.offset, file, line, chain: steps };
}

export function messagesOf(failed: ReportFailure): readonly string[] {
  const around = failed.file === "" ? [] : [whileLoading({ instanceId: 0, idstr: failed.idstr })];
  return [failed.message, ...around, `load of migration failed: ${meaning(22)}`];
}

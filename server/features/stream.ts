/** A migration stream for a page: its sections and their values, by the tree where there is one. */
import type { CancellationToken } from "vscode-languageserver";
import { positionAt } from "../../core/c/range";
import { toTheEnd } from "../../core/steps";
import { levelName, levelOf, levelScheme } from "../../core/priority";
import type { ByteSource } from "../../core/wire";
import { createDecoder } from "../../core/putcode/definitions";
import { inspectSteps } from "../../core/wire/inspect/inspect";
import type { InspectOptions } from "../../core/wire/inspect/inspect";
import type { ServerContext } from "../context";
import { answered, describe, throwIfCancelled } from "../guard";
import { methods } from "../protocol";
import type { InspectParams, InspectResult, InspectSection } from "../protocol";
import { slicePause } from "../slices";
import { notesOf, type PlaceOf, sectionRow } from "../streamFields";
import type { Feature } from "./feature";
import { failed, treeFor } from "./machine";

export const stream: Feature = {
  register(context) {
    context.connection.onRequest(
      methods.inspect,
      answered(context.log, methods.inspect, async (params: InspectParams, token): Promise<InspectResult> => {
        const file = context.host.openStream?.(params.uri);
        if (file === undefined) throw failed(`${params.uri} cannot be read here`);
        try {
          const tree = await treeFor(context, undefined, token).catch(() => undefined);
          return await inspectedInSlices(context, file.source, tree, token);
        } finally {
          file.close();
        }
      }),
    );
  },
};

type Tree = OpenTree["project"];

type OpenTree = Awaited<ReturnType<typeof treeFor>>;

export function inspected(context: ServerContext, source: ByteSource, tree: OpenTree | undefined): InspectResult {
  return toTheEnd(inspection(context, source, tree));
}

/** A stream may have gigabytes, and editors wait. */
async function inspectedInSlices(
  context: ServerContext,
  source: ByteSource,
  tree: OpenTree | undefined,
  token: CancellationToken,
): Promise<InspectResult> {
  const steps = inspection(context, source, tree);
  const pause = slicePause();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await pause();
    throwIfCancelled(token);
  }
}

function* inspection(
  context: ServerContext,
  source: ByteSource,
  tree: OpenTree | undefined,
): Generator<unknown, InspectResult> {
  const read = yield* inspectSteps(source, tree === undefined ? {} : decoding(context, tree.project));
  const tables = tree && tablesOf(tree.project);
  const sections: InspectSection[] = [];
  for (const section of read.sections) {
    sections.push(sectionRow(section, tables));
    yield;
  }
  return {
    size: source.size,
    machine: read.configuration?.machine ?? "",
    ...(tree === undefined ? {} : { tree: tree.session.root }),
    sections,
    notes: notesOf(read),
  };
}

function tablesOf(project: Tree) {
  const placeOf: PlaceOf = (file, offset) =>
    project.text(file) === undefined ? undefined : { file, line: positionAt(project.lines(file), offset).line };
  return {
    placeOf,
    tablePlace({ symbol, file }: { symbol: string; file: string }) {
      const description = project.description(symbol, file);
      return description && placeOf(description.file, description.nameRange.start);
    },
  };
}

/** A tree that cannot decode a section leaves it to the stream's own description. */
function decoding({ log }: ServerContext, project: Tree): InspectOptions {
  const decoder = createDecoder(project);
  const scheme = levelScheme(project.priorityLevels());
  return {
    decoder: (...section) => {
      try {
        return decoder.decode(...section);
      } catch (error) {
        log.error(`inspect ${section[0].idstr}: ${describe(error)}`);
        return undefined;
      }
    },
    level: (section) => {
      const description = decoder.candidates(section.idstr)[0];
      const level = description && levelOf(description, scheme);
      return level?.known === true ? { name: levelName(level.value, scheme), value: level.value } : undefined;
    },
  };
}

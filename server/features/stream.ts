/** A migration stream for a page: its sections and their values, by the tree where there is one. */
import type { CancellationToken } from "vscode-languageserver";
import { positionAt } from "../../core/c/range";
import { toTheEnd } from "../../core/steps";
import { levelName, levelOf, levelScheme } from "../../core/priority";
import { type ByteEdit, type ByteSource, editedSource } from "../../core/wire";
import { bytesAt, type Layer, layersText, type Opening, whyNone } from "../../core/wire/containers";
import { configuredIn } from "../../core/emulator";
import { createDecoder } from "../../core/putcode/definitions";
import { inspectSteps } from "../../core/wire/inspect/inspect";
import type { InspectOptions } from "../../core/wire/inspect/inspect";
import type { ServerContext } from "../context";
import { answered, describe, throwIfCancelled } from "../guard";
import { methods } from "../protocol";
import type {
  InspectAround,
  InspectParams,
  InspectResult,
  InspectSection,
  StreamBytesParams,
  StreamEdit,
} from "../protocol";
import { slicePause } from "../slices";
import { notesOf, type PlaceOf, sectionRow } from "../streamFields";
import type { Feature } from "./feature";
import { base64, fromBase64 } from "../base64";
import { failed, treeFor } from "./machine";

/** Streams in other files that are held open for their bytes. */
const mostOpened = 4;
const longestRead = (1 << 20) + 4096;

type OpenedStream = Extract<Opening, { kind: "stream" }>;

export const stream: Feature = {
  register(context) {
    const opened = new Map<string, OpenedStream>();
    const keyOf = ({ uri, snapshot }: { readonly uri: string; readonly snapshot?: string }) =>
      `${snapshot ?? ""} ${uri}`;
    const close = (key: string): void => {
      opened.get(key)?.close();
      opened.delete(key);
    };
    const hold = (key: string, stream: OpenedStream): void => {
      close(key);
      opened.set(key, stream);
      for (const oldest of [...opened.keys()].slice(0, -mostOpened)) close(oldest);
    };
    context.connection.onRequest(
      methods.inspect,
      answered(context.log, methods.inspect, async (params: InspectParams, token): Promise<InspectResult> => {
        close(keyOf(params));
        const opening = await openStream(context, params, token);
        if (opening.kind !== "stream") return { ...noStream, around: aroundOf(opening.layers, opening.choose) };
        let isHeld = false;
        try {
          const tree = await treeFor(context, undefined, token).catch(() => undefined);
          const source = editedSource(opening.source, editsOf(params.edits));
          const result = await inspectedInSlices(context, source, tree, token);
          if (opening.layers.length === 0) return result;
          hold(keyOf(params), opening);
          isHeld = true;
          return { ...result, around: aroundOf(opening.layers, opening.source.problem?.()) };
        } finally {
          if (!isHeld) opening.close();
        }
      }),
    );
    context.connection.onRequest(
      methods.streamBytes,
      answered(context.log, methods.streamBytes, async (params: StreamBytesParams, token): Promise<string> => {
        const { offset, size } = params;
        if (!(offset >= 0) || !(size >= 0 && size <= longestRead)) throw failed(`no bytes ${size} from ${offset} on`);
        let held = opened.get(keyOf(params));
        if (held === undefined) {
          const opening = await openStream(context, params, token);
          if (opening.kind !== "stream") throw failed(whyNone(opening));
          hold(keyOf(params), opening);
          held = opening;
        }
        return base64(bytesAt(held.source, offset, size));
      }),
    );
  },
};

/** Edits are those of one person, typed by hand or laid over a part of a stream. */
const mostEdited = 1 << 20;

/** Throws for what is no edit. */
export function editsOf(edits: readonly StreamEdit[] = []): readonly ByteEdit[] {
  let total = 0;
  return edits.map(({ offset, bytes: text }) => {
    const bytes = fromBase64(text);
    total += bytes?.length ?? 0;
    if (bytes === undefined || !Number.isSafeInteger(offset) || offset < 0 || total > mostEdited)
      throw failed(`no edit of a stream: at ${offset}`);
    return { offset, bytes };
  });
}

const noStream = { size: 0, machine: "", sections: [], notes: [] };

/** Throws what the client shows where the file cannot be read, or holds nothing that is listed. */
export async function openStream(
  context: ServerContext,
  { uri, snapshot }: { readonly uri: string; readonly snapshot?: string },
  token: CancellationToken,
): Promise<Exclude<Opening, { kind: "none" }>> {
  const pause = slicePause();
  const opening = await context.host.openStream?.(uri, {
    ...(snapshot === undefined ? {} : { snapshot }),
    report: async () => {
      await pause();
      throwIfCancelled(token);
    },
  });
  if (opening === undefined) throw failed(`${uri} cannot be read here`);
  if (opening.kind === "none") throw failed(whyNone(opening));
  return opening;
}

function aroundOf(layers: readonly Layer[], note: string | undefined): readonly InspectAround[] {
  return layers.map((layer, i) => ({
    title: layer.title,
    lines: [
      ...layersText([layer], { xml: true })
        .slice(1)
        .map((line) => line.trimEnd()),
      ...(note !== undefined && i === layers.length - 1 ? [note] : []),
    ],
    snapshots: (layer.snapshots ?? [])
      .filter(({ size }) => size > 0)
      .map(({ id, name, date }) => ({ id, name, date: new Date(1000 * date).toISOString() })),
  }));
}

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
  const decoder = createDecoder(project, { moreHooks: configuredIn(project) });
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

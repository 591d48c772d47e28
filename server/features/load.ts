/** A whole load, recorded so that a debugger can walk it in both directions. */
import { simulate, simulateLoad } from "../../core/emulator";
import type { SimulationReport } from "../../core/emulator";
import type { CancellationToken } from "vscode-languageserver";
import { editedSource, memorySource } from "../../core/wire";
import { bytesAt, describedMachine, whyNone } from "../../core/wire/containers";
import type { ServerContext } from "../context";
import { answered, throwIfCancelled } from "../guard";
import { methods } from "../protocol";
import type { LoadedPage, LoadParams, LoadResult, TryLoadParams, TryLoadResult } from "../protocol";
import { requestProgress } from "../progress";
import { nextTurn } from "../slices";
import type { Feature } from "./feature";
import { configuredMachine, failed, treeFor } from "./machine";
import { base64 } from "../base64";
import { editsOf, inspected, openStream } from "./stream";

/** A page of guest memory is looked at, not searched: beyond these the rest is left out. */
const shownPages = 2048;
/** Longer streams are not held as a whole: they are for the stream editor. */
const longestStream = 256 << 20;

type Tree = Awaited<ReturnType<typeof treeFor>>;
type Progress = (done: number, label: string) => void;

export const load: Feature = {
  register(context) {
    context.connection.onRequest(
      methods.load,
      answered(context.log, methods.load, async (params: LoadParams, token): Promise<LoadResult> => {
        const tree = await treeFor(context, params.uri, token);
        const progress = requestProgress(context.connection, params.workDoneToken, "Loading");
        await nextTurn();
        throwIfCancelled(token);
        try {
          return params.stream === undefined
            ? ofMachine(context, tree, params.machine ?? configuredMachine(context, tree.project), progress.report)
            : await ofFile(context, tree, fileOf(params.stream, params.machine), progress.report, token);
        } finally {
          progress.done();
        }
      }),
    );
    context.connection.onRequest(
      methods.tryLoad,
      answered(context.log, methods.tryLoad, async (params: TryLoadParams, token): Promise<TryLoadResult> => {
        const tree = await treeFor(context, undefined, token);
        const progress = requestProgress(context.connection, params.workDoneToken, "Loading");
        await nextTurn();
        throwIfCancelled(token);
        try {
          const { report } = await loadFile(context, tree, params, progress.report, token);
          const { outcome, failure, open, assumed, notes } = report;
          return { outcome, failure, open, notes, ...(assumed === undefined ? {} : { assumed }) };
        } finally {
          progress.done();
        }
      }),
    );
  },
};

function fileOf(uri: string, machine: string | undefined): TryLoadParams {
  return { uri, ...(machine === undefined ? {} : { machine }) };
}

function ofMachine(context: ServerContext, tree: Tree, machine: string, progress: Progress): LoadResult {
  let bytes = new Uint8Array(0);
  let memory: readonly LoadedPage[] = [];
  const simulated = simulate(tree.project, {
    machine,
    progress,
    observe(stream, guest) {
      bytes = Uint8Array.from(stream);
      memory = guest
        .pages()
        .slice(0, shownPages)
        .map((address) => ({ address, bytes: base64(guest.read(address, 4096) ?? new Uint8Array(0)) }));
    },
  });
  if (!simulated.ok) throw failed(simulated.message);
  const stream = inspected(context, memorySource(bytes), tree);
  return { ...common(tree, machine, simulated.value), stream, bytes: base64(bytes), memory };
}

/** What a stream's file gives to the emulator, and what it makes of it. */
async function loadFile(
  context: ServerContext,
  tree: Tree,
  { machine, edits, ...file }: TryLoadParams,
  progress: Progress,
  token: CancellationToken,
) {
  const opening = await openStream(context, file, token);
  if (opening.kind !== "stream") throw failed(whyNone(opening));
  try {
    const { layers } = opening;
    const source = editedSource(opening.source, editsOf(edits));
    if (source.size > longestStream) {
      throw failed(`the stream has ${source.size} bytes; up to ${longestStream} can be loaded here`);
    }
    const bytes = bytesAt(source, 0, source.size);
    const loaded = simulateLoad(tree.project, bytes, {
      progress,
      ...(machine === undefined ? { described: describedMachine(layers) } : { machine }),
    });
    if (!loaded.ok) throw failed(loaded.message);
    return { bytes, layers, report: loaded.value };
  } finally {
    opening.close();
  }
}

async function ofFile(
  context: ServerContext,
  tree: Tree,
  params: TryLoadParams,
  progress: Progress,
  token: CancellationToken,
): Promise<LoadResult> {
  const { bytes, layers, report } = await loadFile(context, tree, params, progress, token);
  const stream = inspected(context, memorySource(bytes), tree);
  // the client reads the bytes of a file that is the stream by itself
  const own = layers.length === 0 ? {} : { bytes: base64(bytes) };
  return { ...common(tree, params.machine ?? "", report), stream, ...own, memory: [] };
}

function common(tree: Tree, machine: string, report: SimulationReport) {
  const { machine: _machineType, ...rest } = report;
  return { tree: tree.session.root, machine, report: rest };
}

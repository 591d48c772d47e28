/** A whole load, recorded so that a debugger can walk it in both directions. */
import { simulate, simulateLoad } from "../../core/emulator";
import type { SimulationReport } from "../../core/emulator";
import type { CancellationToken } from "vscode-languageserver";
import { memorySource } from "../../core/wire";
import { describedMachine, whyNone } from "../../core/wire/containers";
import type { ServerContext } from "../context";
import { answered, throwIfCancelled } from "../guard";
import { methods } from "../protocol";
import type { LoadedPage, LoadParams, LoadResult } from "../protocol";
import { requestProgress } from "../progress";
import { nextTurn } from "../slices";
import type { Feature } from "./feature";
import { configuredMachine, failed, treeFor } from "./machine";
import { base64 } from "../base64";
import { inspected, openStream } from "./stream";

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
            : await ofFile(context, tree, params.stream, params.machine, progress.report, token);
        } finally {
          progress.done();
        }
      }),
    );
  },
};

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

async function ofFile(
  context: ServerContext,
  tree: Tree,
  uri: string,
  machine: string | undefined,
  progress: Progress,
  token: CancellationToken,
): Promise<LoadResult> {
  const file = await openStream(context, { uri }, token);
  if (file.kind !== "stream") throw failed(whyNone(file));
  try {
    const { source } = file;
    if (source.size > longestStream) {
      throw failed(`the stream has ${source.size} bytes; up to ${longestStream} can be stepped through`);
    }
    const bytes = new Uint8Array(source.size);
    let held = 0;
    while (held < bytes.length) {
      const count = source.read(held, bytes.subarray(held));
      if (count === 0) break;
      held += count;
    }
    const loaded = simulateLoad(tree.project, bytes.subarray(0, held), {
      progress,
      ...(machine === undefined ? { described: describedMachine(file.layers) } : { machine }),
    });
    if (!loaded.ok) throw failed(loaded.message);
    const stream = inspected(context, memorySource(bytes.subarray(0, held)), tree);
    // the client reads the bytes of a file that is the stream by itself
    const own = file.layers.length === 0 ? {} : { bytes: base64(bytes.subarray(0, held)) };
    return { ...common(tree, machine ?? "", loaded.value), stream, ...own, memory: [] };
  } finally {
    file.close();
  }
}

function common(tree: Tree, machine: string, report: SimulationReport) {
  const { machine: _machineType, ...rest } = report;
  return { tree: tree.session.root, machine, report: rest };
}

/**
 * Types into a device of 5,000 lines while the server is still reading the tree. What a key asks is cancelled by the next one,
 * as editors do; timed is how long a request takes until it is answered, or from its cancellation until that is.
 * Usage: typing.js DIR SERVER.js CACHE
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import {
  CancellationTokenSource,
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

const [, , root = "", server = "", cache = ""] = process.argv;
const file = "hw/i386/intel_iommu.c";
/** Between two keys, in milliseconds. */
const pace = 80;
/** What is typed after the index is ready, in keys. */
const afterwards = 30;

const child = spawn(process.execPath, [server, "--stdio"], {
  stdio: ["pipe", "pipe", "inherit"],
  env: { ...process.env, XDG_CACHE_HOME: cache },
});
const connection = createProtocolConnection(
  new StreamMessageReader(child.stdout),
  new StreamMessageWriter(child.stdin),
);
let ready = false;
connection.onRequest("workspace/configuration", () => [null]);
connection.onRequest("client/registerCapability", () => null);
for (const what of ["diagnostic", "codeLens", "inlayHint", "semanticTokens"]) {
  connection.onRequest(`workspace/${what}/refresh`, () => null);
}
connection.onNotification("vmstate/status", ({ state }: { state: string }) => {
  ready ||= state === "ready";
});
connection.listen();

const folder = pathToFileURL(root).toString();
const uri = `${folder}/${file}`;
const text = readFileSync(`${root}/${file}`, "utf8");
const lines = text.split("\n");
const line = lines.findIndex((each) => /VMStateDescription vtd/.test(each)) + 2;
const textDocument = { uri };
const position = { line, character: 8 };
const methods: readonly (readonly [string, object])[] = [
  ["hover", { position }],
  ["completion", { position }],
  ["semanticTokens/full", {}],
  ["codeLens", {}],
  ["inlayHint", { range: { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } } }],
  ["documentSymbol", {}],
  ["foldingRange", {}],
  ["diagnostic", {}],
];

interface Taken {
  readonly method: string;
  readonly milliseconds: number;
  readonly cancelled: boolean;
  readonly whileIndexing: boolean;
}

const taken: Taken[] = [];
let current = new CancellationTokenSource();
/** When what the last key asked was cancelled. */
const cancelledAt = new WeakMap<CancellationTokenSource, number>();

async function ask(method: string, params: object, token: CancellationTokenSource): Promise<void> {
  const began = performance.now();
  const whileIndexing = !ready;
  let cancelled = false;
  try {
    await connection.sendRequest(`textDocument/${method}`, { textDocument, ...params }, token.token);
  } catch {
    cancelled = true;
  }
  const since = cancelled ? (cancelledAt.get(token) ?? began) : began;
  taken.push({ method, milliseconds: performance.now() - since, cancelled, whileIndexing });
}

await connection.sendRequest("initialize", {
  processId: null,
  rootUri: null,
  workspaceFolders: [{ uri: folder, name: "qemu" }],
  initializationOptions: { clientCommands: true },
  capabilities: { textDocument: { diagnostic: { relatedInformation: true } }, workspace: { workspaceFolders: true } },
});
await connection.sendNotification("initialized", {});
await connection.sendNotification("textDocument/didOpen", {
  textDocument: { uri, languageId: "c", version: 1, text },
});
const waiting: Promise<void>[] = [];
const began = performance.now();
let version = 1;
let left = afterwards;
while (left > 0) {
  cancelledAt.set(current, performance.now());
  current.cancel();
  current = new CancellationTokenSource();
  const end = { line, character: 0 };
  const range = version % 2 === 1 ? { start: end, end } : { start: end, end: { line, character: 1 } };
  void connection.sendNotification("textDocument/didChange", {
    textDocument: { uri, version: ++version },
    contentChanges: [{ range, text: version % 2 === 0 ? " " : "" }],
  });
  for (const [method, params] of methods) waiting.push(ask(method, params, current));
  await new Promise((resume) => setTimeout(resume, pace));
  if (ready) left--;
  if (performance.now() - began > 120_000) throw new Error("the index was not ready within two minutes");
}
await Promise.all(waiting);
await connection.sendRequest("shutdown");
await connection.sendNotification("exit");

function print(title: string, of: readonly Taken[]): void {
  const times = of.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)] ?? 0);
  const cancelled = of.filter((each) => each.cancelled).length;
  console.log(
    `${title.padEnd(40)} ${String(of.length).padStart(5)} requests, ${String(cancelled).padStart(4)} cancelled  p50 ${at(0.5)}  p99 ${at(0.99)}  most ${at(1)} ms`,
  );
}

print(
  "typing while the tree is read (p99 100 ms)",
  taken.filter((each) => each.whileIndexing),
);
for (const [method] of methods) {
  print(
    `  ${method}`,
    taken.filter((each) => each.whileIndexing && each.method === method),
  );
}
print(
  "typing afterwards",
  taken.filter((each) => !each.whileIndexing),
);

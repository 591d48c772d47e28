import { PassThrough } from "node:stream";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { createConnection, StreamMessageReader } from "vscode-languageserver/node";
import { LoadSession } from "../../../client/debug/adapter";
import { FrameCheck } from "../../../server/node/frames";
import { methods } from "../../../server/protocol";
import type { LoadResult } from "../../../server/protocol";
import { onDisk } from "../../../server/features/onDisk";
import { startServer } from "../../../server/server";
import { messageOptions } from "../../../server/slices";
import { exampleFiles } from "../../emulator/tree";
import { connectClient } from "../../server/client";
import { memoryHost } from "../../server/memoryHost";
import { mutateBytes, mutateJson } from "../mutate";
import type { Random } from "../random";
import { check, jsonSeeds, seeds, type Target } from "../target";

const tree = "file:///src/qemu";

function host() {
  const files = Object.entries(exampleFiles()).map(([path, text]) => [`/src/qemu/${path}`, text] as const);
  return memoryHost({ ...Object.fromEntries(files), "/src/qemu/hw/fuzz.c": seeds("c").at(-1) ?? "" });
}

/** Waits for `done` by turns of the event loop, not by a clock. */
async function turnsUntil(done: () => boolean, what: () => string): Promise<void> {
  for (let turn = 0; turn < 200_000; turn++) {
    if (done()) return;
    await new Promise((resume) => setImmediate(resume));
  }
  throw new Error(what());
}

interface Message {
  readonly method?: unknown;
  readonly params?: unknown;
}

const lspStrings = [
  "textDocument/hover",
  "vmstate/order",
  "vmstate/inspect",
  "file:///src/qemu/hw/fuzz.c",
  "",
  "untitled:x",
];
const moreLspStrings = [
  "workspace/executeCommand",
  "$/setTrace",
  "shutdown",
  "x",
  "vmstate.server.order",
  "\u{1F600}",
  "%%%",
];

/** Messages that are nearly sound: each request is answered, and the server goes on. */
export const lsp: Target = {
  name: "lsp",
  weight: 1,
  async start() {
    const sound = jsonSeeds<Message[]>("lsp").flat();
    let server = await openServer();
    let messages = 0;
    return (random) => {
      const input = Array.from({ length: 1 + random.below(3) }, () => lspMessage(random, sound));
      return {
        input: JSON.stringify(input),
        async run() {
          // what earlier messages left behind is not for ever
          if (messages++ % 5000 === 4999) server = await openServer();
          await server.ask(input);
        },
      };
    };
  },
};

function lspMessage(random: Random, sound: readonly Message[]): Message {
  const mutated = mutateJson(random, sound as never[], [...lspStrings, ...moreLspStrings]);
  const message: Message = typeof mutated === "object" && mutated !== null && !Array.isArray(mutated) ? mutated : {};
  // These end or start the server's process, or make it watch another one: that is what they are for.
  if (message.method === "exit" || message.method === "initialize") return { params: message.params };
  return message;
}

/** The server over two streams in memory, spoken to by bytes. */
async function openServer() {
  const up = new PassThrough();
  const down = new PassThrough();
  startServer(createConnection(up, down, messageOptions), { host: host(), version: "fuzz", more: onDisk });
  const answered = new Set<unknown>();
  const frames = new FrameCheck();
  new StreamMessageReader(down).listen((message) => {
    const { id, method } = message as { readonly id?: unknown; readonly method?: unknown };
    if (method === undefined) answered.add(id);
    else if (id !== undefined)
      send({ jsonrpc: "2.0", id, result: method === "workspace/configuration" ? [null] : null });
  });
  let next = 0;
  function send(message: object): void {
    const body = Buffer.from(JSON.stringify(message));
    const bytes = Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
    check(frames.take(bytes) === undefined, "a sound frame was refused");
    up.write(bytes);
  }
  async function ask(wanted: readonly Message[]): Promise<void> {
    const ids = wanted.map((message) => {
      const isRequest =
        typeof message.method === "string" && !/^(textDocument\/did|workspace\/did|\$\/)/.test(message.method);
      const id = next++;
      send({ ...message, jsonrpc: "2.0", ...(isRequest ? { id } : {}) });
      return isRequest ? id : undefined;
    });
    const last = next++;
    send({ jsonrpc: "2.0", id: last, method: "fuzz/areYouThere" });
    const waiting = [...ids.filter((id) => id !== undefined), last];
    const open = () => waiting.filter((id) => !answered.has(id));
    await turnsUntil(
      () => open().length === 0,
      () =>
        `not answered: ${open()
          .map((id) => String(wanted[ids.indexOf(id)]?.method ?? "the next request"))
          .join()}`,
    );
    answered.clear();
  }
  const folders = [{ uri: tree, name: "qemu" }];
  send({
    jsonrpc: "2.0",
    id: next++,
    method: "initialize",
    params: { processId: null, rootUri: null, workspaceFolders: folders, capabilities: {} },
  });
  send({ jsonrpc: "2.0", method: "initialized", params: {} });
  const text = seeds("c").at(-1) ?? "";
  const textDocument = { uri: `${tree}/hw/fuzz.c`, languageId: "c", version: 1, text };
  await ask([{ method: "textDocument/didOpen", params: { textDocument } }]);
  return { ask };
}

/** Bytes in front of the protocol's reader: accepted or refused, whatever the pieces they come in. */
export const frames: Target = {
  name: "frames",
  weight: 2,
  start: () => {
    const sound = [
      "Content-Length: 2\r\n\r\n{}Content-Length: 0\r\n\r\n",
      "Content-Type: x\r\ncontent-length: 12\r\n\r\n{}",
    ];
    const bytes = sound.map((text) => new TextEncoder().encode(text));
    return Promise.resolve((random) => {
      const input = mutateBytes(random, bytes);
      const cut = random.below(input.length + 1);
      return {
        input,
        run() {
          const whole = new FrameCheck().take(input);
          const pieces = new FrameCheck();
          const first = pieces.take(input.subarray(0, cut));
          check((first ?? pieces.take(input.subarray(cut))) === whole, "refused by the pieces it comes in");
        },
      };
    });
  },
};

const dapStrings = [
  "stream+0",
  "guest+4096",
  "status",
  "queues[0].base",
  "fault",
  "/src/qemu/hw/demo/demo-nic.c",
  "",
  "\0",
];

/** Requests in any order, with any arguments: each is answered once. */
export const dap: Target = {
  name: "dap",
  weight: 3,
  async start() {
    const sound = jsonSeeds<DebugProtocol.Request[]>("dap").flat();
    const client = await connectClient(host(), { folders: [tree] });
    const machine = "-M q35 -device demo-iommu -device demo-nic";
    const load = await client.connection.sendRequest<LoadResult>(methods.load, { machine });
    client.connection.dispose();
    return (random) => {
      const input = Array.from({ length: 1 + random.below(8) }, () =>
        random.chance(0.5) ? random.pick(sound) : mutateJson(random, sound as never[], dapStrings),
      );
      return { input: JSON.stringify(input), run: () => runSession(load, input) };
    };
  },
};

async function runSession(load: LoadResult, requests: readonly unknown[]): Promise<void> {
  const session = new LoadSession({
    load: ({ machine }) => (machine === undefined ? Promise.reject(new Error("no such file")) : Promise.resolve(load)),
    read: () => Promise.reject(new Error("no file")),
    pathOf: (_tree, file) => `/src/qemu/${file}`,
    fileOf: (_tree, path) => (path.startsWith("/src/qemu/") ? path.slice(10) : undefined),
  });
  const answers = new Map<number, number>();
  session.onDidSendMessage((sent) => {
    const { type, request_seq: seq } = sent as DebugProtocol.Response;
    if (type === "response") answers.set(seq, (answers.get(seq) ?? 0) + 1);
  });
  const all = [{ command: "initialize", arguments: {} }, ...requests, { command: "disconnect" }];
  for (const [seq, request] of all.entries()) {
    const given = typeof request === "object" && request !== null ? request : {};
    session.handleMessage({ ...given, type: "request", seq } as DebugProtocol.Request);
    await Promise.resolve();
  }
  await turnsUntil(
    () => all.every((_, seq) => answers.has(seq)),
    () =>
      `not answered: ${all
        .filter((_, seq) => !answers.has(seq))
        .map((each) => JSON.stringify(each))
        .join()}`,
  );
  check(
    [...answers.values()].every((count) => count === 1),
    "answered more than once",
  );
}

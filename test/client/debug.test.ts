/** The debug adapter, spoken to in its own protocol, over loads that the real server records from the example tree. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import { afterEach, expect, test, vi } from "vitest";
import { LoadSession } from "../../client/debug/adapter";
import { methods } from "../../server/protocol";
import type { LoadParams, LoadResult } from "../../server/protocol";
import { connectClient, type TestClient } from "../server/client";
import { exampleHost, textOf, treeUri } from "../server/fixture";

const host = exampleHost();
/** The disk needs the IOMMU, and is loaded before it. */
const late = "-M q35 -device demo-disk -device demo-iommu -device demo-nic";
let client: TestClient | undefined;

afterEach(() => {
  client?.connection.dispose();
  client = undefined;
});

class Debuggee {
  private seq = 0;
  private readonly waiting: {
    readonly accept: (message: DebugProtocol.ProtocolMessage) => boolean;
    readonly take: (message: DebugProtocol.ProtocolMessage) => void;
  }[] = [];
  private readonly events: DebugProtocol.Event[] = [];

  constructor(private readonly session: LoadSession) {
    session.onDidSendMessage((sent) => {
      const message = sent as DebugProtocol.ProtocolMessage;
      const index = this.waiting.findIndex(({ accept }) => accept(message));
      const [found] = index === -1 ? [] : this.waiting.splice(index, 1);
      if (found) found.take(message);
      else if (message.type === "event") this.events.push(message as DebugProtocol.Event);
    });
  }

  async request<T extends DebugProtocol.Response>(command: string, args: object = {}): Promise<T["body"]> {
    const seq = ++this.seq;
    const answered = this.wait<T>((message) => message.type === "response" && (message as T).request_seq === seq);
    this.session.handleMessage({ type: "request", seq, command, arguments: args } as DebugProtocol.Request);
    const response = await answered;
    if (!response.success) throw new Error(response.message);
    return response.body;
  }

  event<T extends DebugProtocol.Event>(name: string): Promise<T> {
    const held = this.events.findIndex(({ event }) => event === name);
    if (held !== -1) return Promise.resolve(this.events.splice(held, 1)[0] as T);
    return this.wait((message) => message.type === "event" && (message as T).event === name);
  }

  async move(command: string): Promise<{ reason: string; frames: readonly DebugProtocol.StackFrame[] }> {
    const stopped = this.event<DebugProtocol.StoppedEvent>("stopped");
    await this.request(command, { threadId: 1 });
    const { body } = await stopped;
    return { reason: body.reason, frames: await this.frames() };
  }

  async frames(): Promise<readonly DebugProtocol.StackFrame[]> {
    return (await this.request<DebugProtocol.StackTraceResponse>("stackTrace", { threadId: 1 })).stackFrames;
  }

  async scope(name: string): Promise<readonly DebugProtocol.Variable[]> {
    const { scopes } = await this.request<DebugProtocol.ScopesResponse>("scopes", { frameId: 1 });
    const found = scopes.find((scope) => scope.name === name);
    if (!found) throw new Error(`no scope ${name}`);
    return this.variables(found.variablesReference);
  }

  async variables(variablesReference: number): Promise<readonly DebugProtocol.Variable[]> {
    return (await this.request<DebugProtocol.VariablesResponse>("variables", { variablesReference })).variables;
  }

  private wait<T>(accept: (message: DebugProtocol.ProtocolMessage) => boolean): Promise<T> {
    return new Promise((resolve) => {
      this.waiting.push({ accept, take: (message) => resolve(message as T) });
    });
  }
}

/** A session that has launched and stands before its first section. */
async function launch(machine = late): Promise<Debuggee> {
  client = await connectClient(host, { folders: [treeUri] });
  const { connection } = client;
  const session = new Debuggee(
    new LoadSession({
      load: (params: LoadParams) => connection.sendRequest<LoadResult>(methods.load, params),
      read: () => Promise.reject(new Error("no file")),
      pathOf: (tree, file) => `${new URL(tree).pathname}/${file}`,
      fileOf: (tree, path) => {
        const root = `${new URL(tree).pathname}/`;
        return path.startsWith(root) ? path.slice(root.length) : undefined;
      },
    }),
  );
  await session.request("initialize", { adapterID: "vmstate", pathFormat: "path", linesStartAt1: true });
  const launched = session.request("launch", { machine });
  await Promise.race([session.event("initialized"), launched]);
  await session.request("configurationDone");
  await launched;
  await session.event("stopped");
  return session;
}

const nicFile = "/src/qemu/hw/demo/demo-nic.c";

function lineOf(text: string): number {
  return (
    textOf(host, `file://${nicFile}`)
      .split("\n")
      .findIndex((line) => line.includes(text)) + 1
  );
}

const good = "-M q35 -device demo-iommu -device demo-disk -device demo-nic";

const lastOf = (name: string): string => name.replace(/ \(0x[0-9a-f]+\)$/, "");

async function breakAt(session: Debuggee, text: string): Promise<readonly DebugProtocol.Breakpoint[]> {
  const { breakpoints } = await session.request<DebugProtocol.SetBreakpointsResponse>("setBreakpoints", {
    source: { path: nicFile },
    breakpoints: [{ line: lineOf(text) }],
  });
  return breakpoints;
}

test("a line of a table stops the load when its field arrives, with the lines around it as frames", async () => {
  const session = await launch(good);
  expect(await breakAt(session, "VMSTATE_UINT16(status")).toMatchObject([
    { verified: true, line: lineOf("VMSTATE_UINT16(status") },
  ]);
  const { reason, frames } = await session.move("continue");
  expect(reason).toBe("breakpoint");
  expect(frames[0]).toMatchObject({ line: lineOf("VMSTATE_UINT16(status"), source: { path: nicFile } });
  expect(frames[0]?.name).toMatch(/^status = /);
  expect(frames[1]).toMatchObject({ line: lineOf("VMStateDescription vmstate_demo_nic = {") });
  const loaded = await session.scope("Fields loaded so far");
  expect(loaded.map(({ name }) => name)).toEqual(["parent_obj", "mac", "status"]);
});

test("the load waits at its first section that has a table, and tells the machine", async () => {
  const session = await launch(good);
  const [frame] = await session.frames();
  expect(frame?.source?.path).toMatch(/\.c$/);
  expect(frame?.line).toBeGreaterThan(1);
  expect(await session.scope("Machine")).toMatchObject([
    { name: "type", value: "q35" },
    { name: "command line", value: good },
    { name: "tree" },
    { name: "stream" },
    { name: "sections" },
  ]);
  const begun = frame?.name;
  await session.move("next");
  expect((await session.move("reverseContinue")).reason).toBe("entry");
  await session.request("restart");
  expect((await session.frames())[0]?.name).toBe(begun);
});

test("a line where nothing is loaded is not verified", async () => {
  const session = await launch(good);
  expect(await breakAt(session, "static void demo_nic_class_init")).toMatchObject([{ verified: false }]);
});

test("steps go into a struct, over it, out of it, and back to where they were", async () => {
  const session = await launch(good);
  await breakAt(session, "VMSTATE_STRUCT_ARRAY(queues");
  await session.move("continue");
  const inside = await session.move("stepIn");
  expect(lastOf(inside.frames[0]?.name ?? "")).toMatch(/^queues\[0\] = demo-nic-queue/);
  const field = await session.move("stepIn");
  expect(field.frames[0]?.name).toMatch(/^queues\[0\]\.base = /);
  expect(field.frames[0]?.line).toBe(lineOf("VMSTATE_UINT64(base"));
  expect(field.frames.length).toBe(4);
  const out = await session.move("stepOut");
  expect(out.frames[0]?.name).toMatch(/^queues\[1\] = /);
  const over = await session.move("next");
  expect(over.frames[0]?.name).not.toMatch(/queues/);
  const back = await session.move("stepBack");
  expect(back.frames[0]?.name).toMatch(/^queues/);
});

test("a fault of DMA, a refused stream, a section and a field each stop the load; going back finds them again", async () => {
  const session = await launch();
  await session.request("setExceptionBreakpoints", { filters: ["fault", "failure"] });
  const set = await session.request<DebugProtocol.SetFunctionBreakpointsResponse>("setFunctionBreakpoints", {
    breakpoints: [{ name: "demo-disk" }, { name: "no-such-device" }],
  });
  expect(set.breakpoints.map(({ verified }) => verified)).toEqual([true, false]);
  const [first] = await session.frames();
  expect(first?.name).toMatch(/demo-disk/);
  const fault = await session.move("continue");
  expect(fault.reason).toBe("exception");
  expect(fault.frames[0]?.name).toMatch(/^dma-map: no memory there/);
  const accesses = await session.scope("Translation");
  expect(accesses.at(-1)?.value).toMatch(/demo-disk.*no memory there/);
  const info = await session.request<DebugProtocol.ExceptionInfoResponse>("exceptionInfo", { threadId: 1 });
  expect(info.description).toMatch(/demo-disk.* is loaded before demo-iommu .*I\/O address/s);
  let last = fault;
  while (!/error while loading/.test(last.frames[0]?.name ?? "")) last = await session.move("continue");
  expect(last.reason).toBe("exception");
  while (last.reason !== "function breakpoint") last = await session.move("reverseContinue");
  expect(last.frames[0]?.name).toMatch(/demo-disk/);
});

test("a field can be waited for, asked for by name, and read in the stream", async () => {
  const session = await launch("-M q35 -device demo-iommu -device demo-nic");
  await breakAt(session, "VMSTATE_UINT16(status");
  await session.move("continue");
  const { scopes } = await session.request<DebugProtocol.ScopesResponse>("scopes", { frameId: 1 });
  const info = await session.request<DebugProtocol.DataBreakpointInfoResponse>("dataBreakpointInfo", {
    variablesReference: scopes[0]?.variablesReference,
    name: "status",
  });
  expect(info.dataId).toMatch(/demo-nic#status$/);
  const evaluated = await session.request<DebugProtocol.EvaluateResponse>("evaluate", { expression: "status" });
  const { memoryReference } = evaluated;
  const memory = await session.request<DebugProtocol.ReadMemoryResponse>("readMemory", { memoryReference, count: 2 });
  const word = Buffer.from(memory?.data ?? "", "base64").readUInt16BE();
  expect(evaluated.result.startsWith(String(word))).toBe(true);
  await expect(session.request("evaluate", { expression: "nobody" })).rejects.toThrow(/no field of this name/);
  await session.move("restart");
  await session.request("setBreakpoints", { source: { path: nicFile }, breakpoints: [] });
  await session.request("setDataBreakpoints", { breakpoints: [{ dataId: info.dataId }] });
  const hit = await session.move("continue");
  expect(hit.reason).toBe("data breakpoint");
  expect(hit.frames[0]?.name).toMatch(/^status = /);
  const end = await session.move("continue");
  expect(end.frames[0]?.name).toMatch(/The load is complete/);
  const devices = await session.scope("Devices loaded");
  expect(devices.map(({ name }) => name).some((name) => name.endsWith("demo-nic"))).toBe(true);
  const terminated = session.event("terminated");
  await session.request("continue", { threadId: 1 });
  await terminated;
});

test("a device that the tree does not have is said so, and nothing is launched", async () => {
  await expect(launch("-M q35 -device nosuch")).rejects.toThrow(/nosuch/);
});

/** Every request of the protocol; one that waits for the launch stands before it. */
const requests = [
  ...["initialize", "setBreakpoints", "setFunctionBreakpoints", "setExceptionBreakpoints", "setDataBreakpoints"],
  ...["dataBreakpointInfo", "variables", "evaluate", "readMemory", "configurationDone", "launch", "attach"],
  ...["threads", "stackTrace", "scopes", "exceptionInfo", "source", "pause", "restart", "continue", "next", "stepIn"],
  ...["stepOut", "stepBack", "reverseContinue", "restartFrame", "goto", "gotoTargets", "stepInTargets", "completions"],
  ...["setVariable", "setExpression", "loadedSources", "writeMemory", "disassemble", "cancel", "terminateThreads"],
  ...["breakpointLocations", "setInstructionBreakpoints", "modules", "terminate", "disconnect", "nothing like it"],
];

test.each([
  ["without arguments", undefined],
  ["with none that it knows", {}],
  ["with others", { source: 1, breakpoints: {}, filters: [1], name: [], expression: null, count: -1.5, machine: 7 }],
])("each request is answered %s", async (_, args) => {
  const session = new LoadSession({
    load: () => Promise.reject(new Error("no tree")),
    read: () => Promise.reject(new Error("no file")),
    pathOf: (_tree, file) => file,
    fileOf: () => {
      throw new Error("no such path");
    },
  });
  const answers = new Map<number, DebugProtocol.Response>();
  session.onDidSendMessage((sent) => {
    const response = sent as DebugProtocol.Response;
    if (response.type === "response") answers.set(response.request_seq, response);
  });
  for (const [seq, command] of requests.entries()) {
    session.handleMessage({ type: "request", seq, command, arguments: args } as DebugProtocol.Request);
  }
  await vi.waitFor(() => expect([...answers.keys()].sort((a, b) => a - b)).toEqual([...requests.keys()]));
  const said = (command: string): string | undefined => answers.get(requests.indexOf(command))?.message;
  expect(said("launch")).toBe("machine" in (args ?? {}) ? "launch: machine must be string" : "no tree");
  if ("source" in (args ?? {})) return;
  expect(said("setBreakpoints")).toBe("setBreakpoints: source is missing");
  expect(said("readMemory")).toBe("readMemory: memoryReference is missing");
});

/** What an editor starts, without an editor: the process, its two ways to talk, and its end. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import type { ProtocolConnection } from "vscode-languageserver/node";
import { openDesk } from "./desk";
import type { Desk } from "./desk";

describe("vmstate lsp", () => {
  let desk: Desk;

  beforeAll(() => {
    desk = openDesk();
  });
  afterAll(() => desk.remove());

  const start = (...args: readonly string[]): ChildProcess =>
    spawn(join(desk.home, "bin/vmstate"), ["lsp", ...args], { env: desk.env, cwd: desk.tree });

  const exitOf = (server: ChildProcess): Promise<number | null> =>
    new Promise((resolve) => server.once("exit", (code) => resolve(code)));

  async function talk(connection: ProtocolConnection): Promise<unknown> {
    connection.listen();
    const answer = await connection.sendRequest<{ serverInfo?: { name: string } }>("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
    });
    await connection.sendNotification("initialized", {});
    await connection.sendRequest("shutdown");
    await connection.sendNotification("exit");
    return answer.serverInfo?.name;
  }

  it.each([[[]], [["--stdio"]]])("speaks over standard input and output: %j", async (args) => {
    const server = start(...args);
    const { stdin, stdout } = server;
    if (stdin === null || stdout === null) throw new Error("no streams");
    const exit = exitOf(server);
    const connection = createProtocolConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    expect(await talk(connection)).toBe("vmstate");
    expect(await exit).toBe(0);
  });

  it("connects to the port where an editor listens", async () => {
    const editor = createServer();
    await new Promise<void>((resolve) => editor.listen(0, "127.0.0.1", resolve));
    const incoming = new Promise<Socket>((resolve) => editor.once("connection", resolve));
    const server = start("--socket", String((editor.address() as AddressInfo).port));
    const exit = exitOf(server);
    const socket = await incoming;
    const connection = createProtocolConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    expect(await talk(connection)).toBe("vmstate");
    expect(await exit).toBe(0);
    socket.destroy();
    editor.close();
  });

  it("says in a sentence that nobody listens there", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    await new Promise((resolve) => taken.close(resolve));
    const server = start("--socket", String(port));
    let said = "";
    server.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    expect(await exitOf(server)).toBe(2);
    expect(said).toMatch(new RegExp(`^vmstate: --socket ${port}: .*ECONNREFUSED`));
    expect(said.trim().split("\n")).toHaveLength(1);
  });

  it("ends when the editor is gone without a word", async () => {
    const server = start("--stdio");
    const exit = exitOf(server);
    server.stdin?.end();
    expect(await exit).not.toBeNull();
  });
});

/** The server as editors start it: a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createProtocolConnection,
  type Diagnostic,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { exampleTree } from "./run";

const repository = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;
let program: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-lsp-"));
  program = join(folder, "cli.cjs");
  await build({
    absWorkingDir: repository,
    entryPoints: ["cli/main.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "cjs",
    mainFields: ["module", "main"],
    logLevel: "error",
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function start(...argv: string[]): ChildProcess {
  return spawn(process.execPath, [program, "lsp", ...argv], { env: { ...process.env, XDG_CACHE_HOME: folder } });
}

function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", resolve));
}

async function diagnosticsOverNewSession(connection: ProtocolConnection): Promise<Diagnostic[]> {
  connection.listen();
  const folderUri = pathToFileURL(exampleTree).toString();
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: folderUri,
    capabilities: { textDocument: { diagnostic: {} } },
  });
  await connection.sendNotification("initialized", {});
  const uri = `${folderUri}/hw/demo/demo-nic.c`;
  const text = readFileSync(join(exampleTree, "hw/demo/demo-nic.c"), "utf8");
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "c", version: 1, text },
  });
  const report = await connection.sendRequest<{ items: Diagnostic[] }>("textDocument/diagnostic", {
    textDocument: { uri },
  });
  return report.items;
}

describe("vmstate lsp", () => {
  it("serves over standard input and output, and ends with 0 after shutdown", async () => {
    const child = start("--stdio");
    if (child.stdout === null || child.stdin === null) throw new Error("no pipes");
    const connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    const found = await diagnosticsOverNewSession(connection);
    expect(found.map((each) => each.code)).toContain("priority-ignored");
    const ended = exitCode(child);
    await connection.sendRequest("shutdown");
    await connection.sendNotification("exit");
    expect(await ended).toBe(0);
  });

  it("ends with 1 when the editor is gone without a word", async () => {
    const child = start("--stdio");
    const ended = exitCode(child);
    child.stdin?.end();
    expect(await ended).toBe(1);
  });

  it("serves over a socket that the editor listens on", async () => {
    const editor = createServer();
    await new Promise<void>((resolve) => editor.listen(0, "127.0.0.1", resolve));
    const address = editor.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const child = start("--socket", String(address.port));
    const socket = await new Promise<import("node:net").Socket>((resolve) => editor.once("connection", resolve));
    const connection = createProtocolConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    expect(await diagnosticsOverNewSession(connection)).not.toEqual([]);
    const ended = exitCode(child);
    await connection.sendRequest("shutdown");
    await connection.sendNotification("exit");
    expect(await ended).toBe(0);
    editor.close();
  });

  it.each([
    ["Content-Length: -5\r\n\r\n{}", 'Content-Length "-5": not a number of bytes'],
    ["Content-Length: 99999999999\r\n\r\n{}", 'Content-Length "99999999999": more than 134217728 bytes'],
    ["Content-Length: none\r\n\r\n{}", 'Content-Length "none": not a number of bytes'],
    ["Content-Type: x\r\n\r\n{}", "a header without Content-Length"],
    ["GET / HTTP/1.1\r\n\r\n", 'a header line without a colon: "GET / HTTP/1.1"'],
    ["x".repeat(5000), "a header of more than 4096 bytes"],
  ])("ends with 2 and a message on %j", async (sent, said) => {
    const child = start("--stdio");
    const errors: string[] = [];
    child.stderr?.on("data", (data: Buffer) => errors.push(data.toString()));
    const ended = exitCode(child);
    child.stdin?.write(sent);
    expect(await ended).toBe(2);
    expect(errors.join("")).toBe(`vmstate: this is not the language server protocol: ${said}\n`);
  });

  it("says so when nobody listens", async () => {
    const child = start("--socket", "1");
    const said: string[] = [];
    child.stderr?.on("data", (data: Buffer) => said.push(data.toString()));
    expect(await exitCode(child)).toBe(2);
    expect(said.join("")).toMatch(/^vmstate: --socket 1: .*ECONNREFUSED/);
  });
});

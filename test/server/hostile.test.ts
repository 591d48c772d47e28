/** Files and requests that nobody would write on purpose: each is answered, none takes the server down. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Diagnostic, Hover, InlayHint } from "vscode-languageserver/node";
import { nodeHost } from "../../server/node/host";
import { connectClient } from "./client";
import type { TestClient } from "./client";

const example = fileURLToPath(new URL("../../examples/mini-qemu", import.meta.url));
const disk = "hw/demo/demo-disk.c";

describe("on a tree that holds all sorts of things", () => {
  const root = mkdtempSync(join(tmpdir(), "vmstate-hostile-"));
  const uriOf = (path: string) => pathToFileURL(join(root, path)).toString();
  const textOf = (path: string) => readFileSync(join(root, path), "utf8");
  let client: TestClient;

  beforeAll(async () => {
    cpSync(example, root, { recursive: true });
    symlinkSync("..", join(root, "hw/loop"));
    symlinkSync("itself", join(root, "hw/itself"));
    mkdirSync(join(root, "hw/dir.c"));
    writeFileSync(
      join(root, "hw/demo/bytes.c"),
      Uint8Array.from({ length: 100_000 }, (_, k) => (k * 7919) % 256),
    );
    writeFileSync(join(root, "hw/demo/latin1.c"), Buffer.from("/* Gr\u00fc\u00dfe */\nint latin1;\n", "latin1"));
    writeFileSync(join(root, "hw/demo/empty.c"), "");
    writeFileSync(join(root, "hw/demo/deep.c"), `int deep[] = ${"{".repeat(100_000)}`);
    const { recall: _recall, keep: _keep, ...host } = nodeHost(undefined);
    client = await connectClient(host, { folders: [pathToFileURL(root).toString()] });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const codes = async (path: string) => (await client.pull(uriOf(path))).map(({ code }) => code);

  it("the findings are those of the sound files", async () => {
    client.open(uriOf(disk), textOf(disk));
    expect(await codes(disk)).toEqual(["dma-before-iommu"]);
    for (const path of ["hw/demo/bytes.c", "hw/demo/latin1.c", "hw/demo/empty.c", "hw/demo/deep.c"]) {
      client.open(uriOf(path), textOf(path));
      expect(await codes(path)).toEqual([]);
      client.close(uriOf(path));
    }
    expect(client.errors).toEqual([]);
  });

  it("line ends and characters beyond the first plane move no position", async () => {
    const plain = await client.pull(uriOf(disk));
    const anchor = "        VMSTATE_";
    const dos = textOf(disk).replaceAll("\n", "\r\n").replace(anchor, `        /* \u{1F600}\u{1F600} */ VMSTATE_`);
    client.close(uriOf(disk));
    const document = client.open(uriOf(disk), dos);
    const found = await client.pull(uriOf(disk));
    const ranges = (of: readonly Diagnostic[]) => of.map(({ range }) => range);
    expect(ranges(found)).toEqual(ranges(plain));
    const at = document.positionAt(dos.indexOf("VMSTATE_", dos.indexOf("\u{1F600}")));
    const hover = await client.connection.sendRequest<Hover>("textDocument/hover", {
      textDocument: { uri: uriOf(disk) },
      position: at,
    });
    expect(hover.range?.start).toEqual(at);
    const hints = await client.connection.sendRequest<InlayHint[]>("textDocument/inlayHint", {
      textDocument: { uri: uriOf(disk) },
      range: { start: at, end: { line: at.line + 1, character: 0 } },
    });
    const lines = dos.split("\r\n");
    for (const { position } of hints) expect(lines[position.line]?.charAt(position.character - 1)).toMatch(/[,)]/);
    expect(hints.length).toBeGreaterThan(0);
    expect(client.errors).toEqual([]);
  });

  it("a document of 50 MB is answered", async () => {
    const uri = uriOf("hw/demo/huge.c");
    client.open(uri, `/* vmstate */\n${"int filler(int a) { return a + 1; }\n".repeat(1_450_000)}`);
    expect(await client.pull(uri)).toEqual([]);
    client.close(uri);
    expect(client.errors).toEqual([]);
  }, 120_000);

  it("a file that goes from under an open editor counts as it stands there", async () => {
    const path = "hw/demo/demo-iommu.c";
    client.open(uriOf(path), textOf(path));
    expect(await codes(path)).toEqual(["dma-before-iommu"]);
    unlinkSync(join(root, path));
    await client.connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: [{ uri: uriOf(path), type: 3 }],
    });
    expect(await codes(path)).toEqual(["dma-before-iommu"]);
    client.close(uriOf(path));
    expect(await codes(disk)).toEqual([]);
    expect(client.errors).toEqual([]);
  });

  it("places that are not there, and requests about nothing, are answered", async () => {
    const textDocument = { uri: uriOf(disk) };
    const beyond = { line: 1e6, character: 1e6 };
    const methods = ["hover", "completion", "definition", "references", "documentHighlight", "signatureHelp", "rename"];
    for (const method of methods) {
      for (const uri of [
        textDocument.uri,
        "file:///nowhere/x.c",
        "untitled:Untitled-1",
        "http://example/x.c",
        "",
        "%%%",
      ]) {
        for (const position of [beyond, { line: -1, character: -1 }, { line: 0.5, character: 0 }]) {
          const params = { textDocument: { uri }, position, newName: "x", context: { includeDeclaration: true } };
          await client.connection.sendRequest(`textDocument/${method}`, params).catch(refused);
        }
      }
    }
    expect(client.errors).toEqual([]);
  });

  it("requests without what they need are refused or empty, and the next one is answered", async () => {
    const capable = [
      "hover",
      "completion",
      "codeLens",
      "codeAction",
      "documentSymbol",
      "foldingRange",
      "selectionRange",
    ];
    for (const method of [...capable, "inlayHint", "semanticTokens/full", "diagnostic", "prepareRename"]) {
      for (const params of [null, {}, [], { textDocument: null }, { textDocument: { uri: 7 } }]) {
        await client.connection.sendRequest(`textDocument/${method}`, params).catch(refused);
      }
    }
    for (const params of [null, {}, { command: "rm" }, { command: "vmstate.server.order", arguments: ["\0", 1e9] }]) {
      await client.connection.sendRequest("workspace/executeCommand", params).catch(refused);
    }
    expect(await codes(disk)).toEqual([]);
  });
});

/** An error that the protocol knows, with a sentence. */
function refused(error: unknown): void {
  expect(error).toMatchObject({ code: expect.any(Number), message: expect.stringMatching(/\w/) });
}

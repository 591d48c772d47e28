import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Diagnostic, Hover, PublishDiagnosticsParams } from "vscode-languageserver/node";
import { fileMethods, serverCommands } from "../../server/protocol";
import type { ListFilesParams, ListFilesResult, ReadFilesParams, ReadFilesResult } from "../../server/protocol";
import { startBrowser } from "./browser";
import type { Browser } from "./browser";
import { openDesk, until } from "./desk";
import type { Desk } from "./desk";

/** As an editor on a repository's page has it: no file has a path on a disk. */
const root = "vscode-vfs://github/qemu/qemu";
const iommu = "hw/demo/demo-iommu.c";

describe("the server in a browser's worker", () => {
  let desk: Desk;
  let browser: Browser;
  const published = new Map<string, readonly Diagnostic[]>();
  const logged: string[] = [];
  let version = 1;

  beforeAll(async () => {
    desk = openDesk();
    browser = await startBrowser(desk.home);
    const { connection } = browser;
    connection.onRequest(fileMethods.list, ({ folder, shallow }: ListFilesParams): ListFilesResult => {
      const top = onDisk(folder);
      const entries = top === undefined ? [] : readdirSync(top, { recursive: !shallow, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      return { paths: files.map((file) => relative(top ?? "", file)) };
    });
    connection.onRequest(
      fileMethods.read,
      ({ uris }: ReadFilesParams): ReadFilesResult => ({ texts: uris.map(textOf) }),
    );
    connection.onRequest("client/registerCapability", () => null);
    connection.onNotification("window/logMessage", ({ type, message }: { type: number; message: string }) => {
      if (type === 1) logged.push(message);
    });
    connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }: PublishDiagnosticsParams) => {
      published.set(uri, diagnostics);
    });
    connection.listen();
    await connection.sendRequest("initialize", {
      processId: null,
      rootUri: root,
      workspaceFolders: [{ uri: root, name: "qemu" }],
      capabilities: { workspace: { workspaceFolders: true }, textDocument: { hover: { contentFormat: ["markdown"] } } },
    });
    await connection.sendNotification("initialized", {});
  });
  afterAll(async () => {
    await browser.close();
    desk.remove();
  });

  function onDisk(uri: string): string | undefined {
    return uri === root || uri.startsWith(`${root}/`) ? join(desk.tree, uri.slice(root.length)) : undefined;
  }

  function textOf(uri: string): string | null {
    const path = onDisk(uri);
    try {
      return path === undefined ? null : readFileSync(path, "utf8");
    } catch {
      return null;
    }
  }

  const codes = async () => published.get(`${root}/${iommu}`)?.map((each) => each.code) ?? ["none yet"];

  it("reads the tree through the client and reports what is wrong", async () => {
    await browser.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri: `${root}/${iommu}`, languageId: "c", version, text: desk.onDisk(iommu) },
    });
    await until(codes, (found) => found.join() === "dma-before-iommu", "the finding");
  });

  it("follows unsaved text", async () => {
    const anchor = "    .minimum_version_id = 1,\n";
    const mended = desk.onDisk(iommu).replace(anchor, `${anchor}    .priority = MIG_PRI_IOMMU,\n`);
    await browser.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri: `${root}/${iommu}`, version: ++version },
      contentChanges: [{ text: mended }],
    });
    await until(codes, (found) => found.length === 0, "no finding");
  });

  it("answers hover, order and simulation", async () => {
    const lines = desk.onDisk(iommu).split("\n");
    const line = lines.findIndex((each) => each.includes("VMSTATE_UINT64(root")) + 1;
    const hover = await browser.connection.sendRequest<Hover>("textDocument/hover", {
      textDocument: { uri: `${root}/${iommu}` },
      position: { line, character: 10 },
    });
    expect(JSON.stringify(hover.contents)).toContain("VMSTATE_UINT64");
    const order = await browser.connection.sendRequest<string>("workspace/executeCommand", {
      command: serverCommands.order,
      arguments: [{}],
    });
    expect(order.indexOf("demo-iommu")).toBeLessThan(order.indexOf("demo-disk"));
    const simulation = await browser.connection.sendRequest<string>("workspace/executeCommand", {
      command: serverCommands.simulate,
      arguments: [{ machine: "-M q35 -device demo-disk -device demo-iommu" }],
    });
    expect(simulation).toContain("demo-iommu");
  });

  it("takes up a file that changed in the repository", async () => {
    const order = () =>
      browser.connection.sendRequest<string>("workspace/executeCommand", {
        command: serverCommands.order,
        arguments: [{}],
      });
    expect(await order()).not.toContain("demo-card");
    const nic = "hw/demo/demo-nic.c";
    writeFileSync(join(desk.tree, nic), desk.onDisk(nic).replace('.name = "demo-nic",', '.name = "demo-card",'));
    await browser.connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: [{ uri: `${root}/${nic}`, type: 2 }],
    });
    await until(order, (text) => text.includes("demo-card"), "the new name in the order");
  });

  it("throws and logs nothing", () => {
    expect(browser.errors).toEqual([]);
    expect(logged).toEqual([]);
  });
});

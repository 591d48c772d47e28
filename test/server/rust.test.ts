import { expect, it } from "vitest";
import type { DocumentSymbol, Hover } from "vscode-languageserver/node";
import { device, deviceFile, library, twoLanguages } from "../rust/fixture";
import { connectClient } from "./client";
import { exampleHost, treeUri } from "./fixture";

const uri = `${treeUri}/${deviceFile}`;
const place = (path: string): string => `/src/qemu/${path}`;

async function open() {
  const files = { ...library, ...twoLanguages, [deviceFile]: device };
  const host = exampleHost(Object.fromEntries(Object.entries(files).map(([path, text]) => [place(path), text])));
  const client = await connectClient(host, { folders: [treeUri] });
  const changed = async (path: string, text: string): Promise<void> => {
    host.files.set(place(path), text);
    const changes = [{ uri: `${treeUri}/${path}`, type: 2 }];
    await client.connection.sendNotification("workspace/didChangeWatchedFiles", { changes });
  };
  const names = async (): Promise<string[]> => {
    const found = await client.connection.sendRequest<DocumentSymbol[]>("textDocument/documentSymbol", {
      textDocument: { uri },
    });
    return found.map(({ name }) => name);
  };
  return { client, changed, names };
}

it("a table in Rust has a hover and a place in the outline, and follows the file on disk", async () => {
  const { client, changed, names } = await open();
  client.open(uri, device);
  expect(await names()).toEqual(["dial/turn", "dial/regs", "dial/armed", "dial"]);
  const line = device.split("\n").findIndex((each) => each.includes("pub const VMSTATE_DIAL"));
  const hover = await client.connection.sendRequest<Hover | null>("textDocument/hover", {
    textDocument: { uri },
    position: { line, character: 12 },
  });
  expect(JSON.stringify(hover?.contents)).toContain("Version 3 (accepts 2 and later)");
  client.close(uri);
  await changed(deviceFile, device.replace("dial/armed", "dial/set"));
  await expect.poll(names).toContain("dial/set");
  expect(client.errors).toEqual([]);
});

it("which of two devices is built changes with Kconfig, while the server runs", async () => {
  const { client, changed } = await open();
  const file = async (): Promise<string | undefined> => {
    const order = await client.connection.sendRequest<{ entries: { idstr: string; file: string }[] }>(
      "vmstate/order",
      {},
    );
    return order.entries.find(({ idstr }) => idstr === "dial")?.file;
  };
  expect(await file()).toContain("dial.c");
  await changed("Kconfig", twoLanguages.Kconfig.replace("if !HAVE_RUST", "if OLD").replace("if HAVE_RUST", "if !OLD"));
  await expect.poll(file).toContain(deviceFile);
});

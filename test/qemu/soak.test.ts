/**
 * A working session in fast motion on a real tree: random edits, undo, half-typed code, files that go and come back. Afterwards
 * the server that went through it says what one says that has just been started.
 * VMSTATE_SOAK_SECONDS sets its length (default 60).
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { LSPErrorCodes } from "vscode-languageserver/node";
import type { Host } from "../../server/host";
import { nodeHost } from "../../server/node/host";
import { connectClient } from "../server/client";
import type { TestClient } from "../server/client";
import { generator } from "./random";
import { sourceTree } from "./tree";

const seconds = Number(process.env["VMSTATE_SOAK_SECONDS"] ?? 60);

/** Tables of every shape, headers that all of them read, and a priority enum. */
const files = [
  "hw/i386/intel_iommu.c",
  "hw/net/e1000.c",
  "hw/net/e1000x_common.h",
  "hw/ide/ahci.c",
  "hw/ide/core.c",
  "hw/usb/hcd-xhci.c",
  "hw/usb/hcd-xhci.h",
  "hw/virtio/virtio.c",
  "hw/virtio/virtio-iommu.c",
  "hw/pci/pci.c",
  "hw/intc/arm_gicv3_common.c",
  "target/i386/machine.c",
  "include/migration/vmstate.h",
  "include/hw/pci/pci_device.h",
];

it(
  "a server that went through a long session says what a fresh one says",
  async () => {
    const root = sourceTree("QEMU_SOURCE_10_2");
    const uriOf = (path: string) => pathToFileURL(`${root}/${path}`).toString();
    const present = files.filter((path) => readOr(`${root}/${path}`) !== undefined);
    const start = (): Promise<TestClient> =>
      connectClient(quietHost(), {
        folders: [pathToFileURL(root).toString()],
        initializationOptions: { clientCommands: true },
      });
    const random = generator(7);
    const any = <T>(list: readonly T[]): T => {
      const found = list[Math.floor(random() * list.length)];
      if (found === undefined) throw new Error("nothing to choose from");
      return found;
    };

    const worn = await start();
    const texts = new Map<string, string>();
    const undo = new Map<string, string[]>();
    for (const path of present) open(path);

    function open(path: string): void {
      const text = readFileSync(`${root}/${path}`, "utf8");
      texts.set(path, text);
      undo.set(path, []);
      worn.open(uriOf(path), text);
    }

    function change(path: string, start: number, end: number, text: string): void {
      const before = texts.get(path) ?? "";
      undo.set(path, [...(undo.get(path) ?? []), before].slice(-50));
      texts.set(path, before.slice(0, start) + text + before.slice(end));
      worn.replace(uriOf(path), start, end, text);
    }

    /** One act of a user; the answer is what it was, for a failure's message. */
    function act(path: string): string {
      const text = texts.get(path) ?? "";
      const lines = [...text.matchAll(/^.*(?:VMSTATE_|\.priority|\.name =|MIG_PRI|uint\d+_t|struct ).*\n/gm)];
      const line = any(lines);
      const end = line.index + line[0].length;
      switch (Math.floor(random() * 7)) {
        case 0:
          change(path, line.index, end, "");
          return "delete a line";
        case 1:
          change(path, end, end, line[0]);
          return "duplicate a line";
        case 2:
          change(path, line.index + Math.floor(random() * line[0].length), end - 1, "");
          return "half a line";
        case 3: {
          const at = Math.floor(random() * text.length);
          change(path, at, Math.min(text.length, at + Math.floor(random() * 400)), "");
          return "delete any text";
        }
        case 4: {
          const at = Math.floor(random() * text.length);
          change(path, at, at, any(["{", "}", '"', "/*", "#if X\n", "#endif\n", "(", ",", "\u00e4", "\\"]));
          return "type a character";
        }
        case 5: {
          const kept = undo.get(path) ?? [];
          const back = kept.pop();
          if (back !== undefined) {
            worn.replace(uriOf(path), 0, text.length, back);
            texts.set(path, back);
          }
          return "undo";
        }
        default:
          worn.close(uriOf(path));
          open(path);
          return "close without saving, and open";
      }
    }

    const untouched = await Promise.all(present.map((path) => findings(worn, uriOf(path))));
    const deadline = performance.now() + seconds * 1000;
    let acts = 0;
    while (performance.now() < deadline) {
      const path = any(present);
      for (let i = Math.floor(random() * 5); i >= 0; i--, acts++) act(path);
      const uri = uriOf(path);
      const position = worn.document(uri).positionAt(Math.floor(random() * (texts.get(path) ?? "").length));
      const asked = [
        findings(worn, uri),
        worn.connection.sendRequest("textDocument/hover", { textDocument: { uri }, position }),
        worn.connection.sendRequest("textDocument/completion", { textDocument: { uri }, position }),
        worn.connection.sendRequest("textDocument/codeLens", { textDocument: { uri } }),
        worn.connection.sendRequest("textDocument/documentSymbol", { textDocument: { uri } }),
      ];
      await Promise.all(asked);
    }

    const fresh = await start();
    for (const path of present) fresh.open(uriOf(path), texts.get(path) ?? "");
    for (const path of present) {
      expect({ path, found: await findings(worn, uriOf(path)) }).toEqual({
        path,
        found: await findings(fresh, uriOf(path)),
      });
    }
    for (const path of present) {
      worn.close(uriOf(path));
      open(path);
    }
    expect(await Promise.all(present.map((path) => findings(worn, uriOf(path))))).toEqual(untouched);
    expect([...worn.errors, ...fresh.errors]).toEqual([]);
    expect(acts).toBeGreaterThan(10);
    console.info(`${acts} edits in ${seconds} s on ${present.length} files`);
  },
  (seconds + 540) * 1000,
);

/** Asks again where the server says that text or tree moved on meanwhile, as an editor does. */
async function findings(client: TestClient, uri: string): Promise<readonly string[]> {
  for (;;) {
    try {
      const found = await client.pull(uri);
      return found.map(
        ({ code, range, message }) => `${range.start.line}:${range.start.character} ${String(code)} ${message}`,
      );
    } catch (error) {
      const code: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
      if (code !== LSPErrorCodes.ServerCancelled) throw error;
    }
  }
}

/** Without what earlier runs kept: a fresh start is fresh. */
function quietHost(): Host {
  const { recall: _recall, keep: _keep, ...host } = nodeHost(undefined);
  return host;
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * A working session in fast motion on a copy of a real tree: random edits, undo, half-typed code, files deleted, renamed and
 * restored on disk, another branch checked out by git and back, folders that come and go, other settings. Every few minutes, and
 * at its end, the server that went through it says about every file what one says that has just been started.
 * `npm run soak` takes an hour; VMSTATE_SOAK_SECONDS sets another length (default 60), VMSTATE_SOAK_SEED another session.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { LSPErrorCodes } from "vscode-languageserver/node";
import type { WorkspaceDiagnosticReport } from "vscode-languageserver/node";
import type { Host } from "../../server/host";
import { nodeHost } from "../../server/node/host";
import { connectClient } from "../server/client";
import type { TestClient } from "../server/client";
import { generator } from "./random";
import { sourceTree } from "./tree";

const seconds = Number(process.env["VMSTATE_SOAK_SECONDS"] ?? 60);
const seed = Number(process.env["VMSTATE_SOAK_SEED"] ?? 7);
/** Between two comparisons with a fresh server. */
const stretch = 300;
const example = fileURLToPath(new URL("../../examples/mini-qemu", import.meta.url));

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

/** Not read by a device's developer every day, and large. */
const leftOut = new Set(["roms", "pc-bios", "subprojects", "tests", "docs", "po", "python", "scripts", ".git"]);

const root = mkdtempSync(join(tmpdir(), "vmstate-soak-"));
const second = mkdtempSync(join(tmpdir(), "vmstate-soak-second-"));
afterAll(() => {
  for (const folder of [root, second]) rmSync(folder, { recursive: true, force: true });
});

it(
  "a server that went through a long session says what a fresh one says",
  async () => {
    const original = sourceTree("QEMU_SOURCE_10_2");
    const other = sourceTree("QEMU_SOURCE_10_0");
    for (const name of readdirSync(original)) {
      if (!leftOut.has(name)) cpSync(join(original, name), join(root, name), { recursive: true });
    }
    cpSync(example, second, { recursive: true });
    const uriOf = (path: string) => pathToFileURL(`${root}/${path}`).toString();
    const present = files.filter((path) => readOr(`${root}/${path}`) !== undefined);
    /** What differs between two branches: the files themselves, and some of their neighbours. */
    const neighbours = ["hw/i386", "hw/net", "hw/usb", "include/hw/pci"].flatMap((folder) =>
      readdirSync(join(root, folder)).flatMap((name) => (/\.[ch]$/.test(name) ? [`${folder}/${name}`] : [])),
    );
    const branch = [...new Set([...present, ...neighbours])];
    commitBranches(branch, other);

    const folders = [pathToFileURL(root).toString()];
    const guest = { uri: pathToFileURL(second).toString(), name: "second" };
    let configuration: Settings = { baseline: "" };
    const start = (): Promise<TestClient> =>
      connectClient(quietHost(), {
        folders,
        configuration: () => configuration,
        initializationOptions: { clientCommands: true },
      });
    const random = generator(seed);
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
          if (readOr(`${root}/${path}`) === undefined) return "leave alone what is gone from the disk";
          worn.close(uriOf(path));
          open(path);
          return "close without saving, and open";
      }
    }

    const created = 1;
    const changed = 2;
    const deleted = 3;
    let onOther = false;
    let gone: readonly string[] = [];
    let withGuest = false;

    function tell(paths: readonly string[], type: number): Promise<void> {
      const changes = paths.map((path) => ({ uri: uriOf(path), type }));
      return worn.connection.sendNotification("workspace/didChangeWatchedFiles", { changes });
    }

    async function checkOut(name: "main" | "other"): Promise<void> {
      onOther = name === "other";
      git("checkout", "--quiet", "--force", name);
      await tell(branch, changed);
    }

    async function restore(): Promise<void> {
      if (gone.length === 0) return;
      git("checkout", "--quiet", "--", ...gone);
      await tell(gone, created);
      gone = [];
    }

    async function remove(): Promise<void> {
      gone = [any(branch), any(branch)].filter((path) => readOr(join(root, path)) !== undefined);
      for (const path of gone) rmSync(join(root, path), { force: true });
      await tell(gone, deleted);
    }

    /** Away and back again, as somebody who changes his mind does. */
    async function renameFile(): Promise<void> {
      const path = any(neighbours.filter((each) => !present.includes(each) && !gone.includes(each)));
      if (readOr(join(root, path)) === undefined) return;
      const moved = path.replace(/\.[ch]$/, "-moved$&");
      for (const [from, to] of [
        [path, moved],
        [moved, path],
      ] as const) {
        renameSync(join(root, from), join(root, to));
        const renamed = { files: [{ oldUri: uriOf(from), newUri: uriOf(to) }] };
        await worn.connection.sendNotification("workspace/didRenameFiles", renamed);
        await findings(worn, uriOf(any(present)));
      }
    }

    async function toggleFolder(): Promise<void> {
      withGuest = !withGuest;
      const event = withGuest ? { added: [guest], removed: [] } : { added: [], removed: [guest] };
      await worn.connection.sendNotification("workspace/didChangeWorkspaceFolders", { event });
    }

    /** Severities cost nothing; the target and what is excluded make the server read everything again. */
    async function configure(next: Settings): Promise<void> {
      configuration = next;
      await worn.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
    }

    /** One act beside the text, as git, the file explorer and the settings do. */
    function beside(): Promise<void> {
      switch (Math.floor(random() * 8)) {
        case 0:
          return restore().then(() => checkOut(onOther ? "main" : "other"));
        case 1:
          return restore().then(remove);
        case 2:
          return restore();
        case 3:
          return renameFile();
        case 4:
          return toggleFolder();
        case 5:
          return configure({ baseline: "", rules: { [any(["priority-ignored", "dma-before-iommu"])]: "hint" } });
        case 6:
          return configure({ baseline: "", target: any(["x86_64", "aarch64"]) });
        default:
          return configure({ baseline: "", exclude: random() < 0.5 ? ["hw/xtensa/**"] : [] });
      }
    }

    async function compare(): Promise<void> {
      const before = configuration;
      await configure({ ...before, diagnostics: "workspace" });
      const fresh = await start();
      for (const path of present) fresh.open(uriOf(path), texts.get(path) ?? "");
      for (const path of present) {
        expect({ path, found: await findings(worn, uriOf(path)) }).toEqual({
          path,
          found: await findings(fresh, uriOf(path)),
        });
      }
      const all = await everything(fresh, folders[0] ?? "");
      expect(await everything(worn, folders[0] ?? "")).toEqual(all);
      expect(all.length).toBeGreaterThan(0);
      expect([...worn.errors, ...fresh.errors]).toEqual([]);
      await fresh.connection.sendRequest("shutdown");
      await configure(before);
    }

    await findings(worn, uriOf("hw/pci/pci.c"));
    const untouched = await Promise.all(present.map((path) => findings(worn, uriOf(path))));
    const began = performance.now();
    let compared = began;
    let acts = 0;
    let others = 0;
    let comparisons = 0;
    while (performance.now() < began + seconds * 1000) {
      const path = any(present);
      for (let i = Math.floor(random() * 5); i >= 0; i--, acts++) act(path);
      const uri = uriOf(path);
      const position = worn.document(uri).positionAt(Math.floor(random() * (texts.get(path) ?? "").length));
      const ask = (method: string, more: object = {}) =>
        worn.connection.sendRequest(`textDocument/${method}`, { textDocument: { uri }, ...more });
      await Promise.all([
        findings(worn, uri),
        ask("hover", { position }),
        ask("completion", { position }),
        ask("codeLens"),
        ask("documentSymbol"),
        ask("semanticTokens/full"),
        ask("inlayHint", { range: { start: { line: 0, character: 0 }, end: position } }),
      ]);
      if (random() < 0.02) {
        await beside();
        others++;
      }
      if (performance.now() > compared + stretch * 1000) {
        await compare();
        comparisons++;
        compared = performance.now();
      }
    }
    await compare();
    gone = [];
    await checkOut("main");
    await configure({ baseline: "" });
    for (const path of present) {
      worn.close(uriOf(path));
      open(path);
    }
    expect(await Promise.all(present.map((path) => findings(worn, uriOf(path))))).toEqual(untouched);
    expect(worn.errors).toEqual([]);
    expect(acts).toBeGreaterThan(10);
    console.info(
      `${acts} edits and ${others} other changes in ${seconds} s on ${present.length} files, ${comparisons + 1} comparisons`,
    );
  },
  (seconds + 540) * 1000,
);

type Settings = Readonly<Record<string, unknown>>;

function git(...args: readonly string[]): void {
  const identity = ["-c", "user.name=soak", "-c", "user.email=soak@localhost", "-c", "commit.gpgsign=false"];
  const { status, stderr } = spawnSync("git", ["-C", root, ...identity, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${args[0] ?? ""}: ${stderr}`);
}

/** `main` is the tree as it was given, `other` has some files of another release. */
function commitBranches(paths: readonly string[], other: string): void {
  git("init", "--quiet", "--initial-branch", "main");
  git("add", "--force", "--", ...paths);
  git("commit", "--quiet", "--message", "main");
  git("checkout", "--quiet", "-b", "other");
  for (const path of paths) {
    const text = readOr(`${other}/${path}`);
    if (text === undefined) rmSync(join(root, path), { force: true });
    else writeFileSync(join(root, path), text);
  }
  git("commit", "--quiet", "--all", "--message", "other");
  git("checkout", "--quiet", "main");
}

/** What is said about every file below a folder, with the rules' severities. */
async function everything(client: TestClient, folder: string): Promise<readonly string[]> {
  const report = await client.connection.sendRequest<WorkspaceDiagnosticReport>("workspace/diagnostic", {
    previousResultIds: [],
  });
  return report.items.flatMap((each) =>
    each.kind === "full" && each.uri.startsWith(`${folder}/`)
      ? each.items.map(
          ({ range, code, severity, message }) =>
            `${each.uri}:${range.start.line} ${String(code)} ${severity ?? 0} ${message}`,
        )
      : [],
  );
}

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

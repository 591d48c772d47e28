/** What an editor shows of a file may be outdated by an edit of another one; then it is told to ask again. */
import { afterEach, expect, it, vi } from "vitest";
import type { CodeLens } from "vscode-languageserver/node";
import type { ChangeReason } from "../../server/context";
import { createAnswers } from "../../server/stale";
import { connectClient } from "./client";
import { disk, exampleHost, iommu, textOf, treeUri } from "./fixture";

it("an edit that changes another file's lens makes the client ask again", async () => {
  const host = exampleHost();
  const capabilities = { workspace: { workspaceFolders: true, codeLens: { refreshSupport: true } } };
  const client = await connectClient(host, {
    folders: [treeUri],
    capabilities,
    initializationOptions: { clientCommands: true },
  });
  const refreshed: (() => void)[] = [];
  client.connection.onRequest("workspace/codeLens/refresh", () => {
    for (const wake of refreshed.splice(0)) wake();
    return null;
  });
  const lenses = async () => {
    const textDocument = { uri: disk };
    const found = await client.connection.sendRequest<CodeLens[]>("textDocument/codeLens", { textDocument });
    return found.map(({ command }) => command?.title);
  };
  client.open(disk, textOf(host, disk));
  client.open(iommu, textOf(host, iommu));
  expect(await lenses()).toContain("priority DEFAULT · 1 prerequisite");
  client.edit(iommu, "static void demo_iommu_realize", "\nstatic void demo_iommu_realize");
  expect(await lenses()).toContain("priority DEFAULT · 1 prerequisite");
  const next = new Promise<void>((wake) => refreshed.push(wake));
  client.edit(iommu, "pci_setup_iommu(", "pci_setup_nothing(");
  await next;
  expect(await lenses()).toContain("priority DEFAULT");
  expect(client.errors).toEqual([]);
});

afterEach(() => {
  vi.useRealTimers();
});

it("an edit after which every answer is the same makes nobody ask again", async () => {
  vi.useFakeTimers();
  const listeners: ((reason: ChangeReason) => void)[] = [];
  const refresh = vi.fn(() => Promise.resolve());
  const context = {
    documents: { get: () => ({}), onDidClose: () => undefined },
    log: { error: (message: string) => expect.fail(message), warn: () => undefined, info: () => undefined },
    onChange: (listener: (reason: ChangeReason) => void) => void listeners.push(listener),
  };
  const answers = createAnswers(context, "lens", refresh);
  let answer = "loads first";
  answers.told("a.c", answer, () => Promise.resolve(answer));
  const edit = async (): Promise<void> => {
    for (const tell of listeners) tell({ kind: "edit", uri: "b.c" });
    await vi.runAllTimersAsync();
  };
  await edit();
  expect(refresh).not.toHaveBeenCalled();
  answer = "loads last";
  await edit();
  expect(refresh).toHaveBeenCalledOnce();
});

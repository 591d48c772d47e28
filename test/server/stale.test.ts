/** What an editor shows of a file may be outdated by an edit of another one; then it is told to ask again. */
import { expect, it } from "vitest";
import type { CodeLens } from "vscode-languageserver/node";
import { connectClient } from "./client";
import { disk, exampleHost, iommu, textOf, treeUri } from "./fixture";

it("an edit that changes another file's lens makes the client ask again, one that changes none does not", async () => {
  const host = exampleHost();
  const capabilities = { workspace: { workspaceFolders: true, codeLens: { refreshSupport: true } } };
  const client = await connectClient(host, {
    folders: [treeUri],
    capabilities,
    initializationOptions: { clientCommands: true },
  });
  const refreshed: (() => void)[] = [];
  let count = 0;
  client.connection.onRequest("workspace/codeLens/refresh", () => {
    count++;
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
  expect(await lenses()).toContain("loads at MIG_PRI_DEFAULT; needs 1 first");
  const before = count;
  client.edit(iommu, "static void demo_iommu_realize", "\nstatic void demo_iommu_realize");
  const next = new Promise<void>((wake) => refreshed.push(wake));
  // long enough for a look at the first edit, which must find nothing
  await new Promise((resume) => setTimeout(resume, 1000));
  expect(count).toBe(before);
  client.edit(iommu, "pci_setup_iommu(", "pci_setup_nothing(");
  await next;
  expect(await lenses()).toContain("loads at MIG_PRI_DEFAULT");
  expect(client.errors).toEqual([]);
});

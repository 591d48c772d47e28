import { describe, expect, it } from "vitest";
import { CancellationTokenSource, ErrorCodes, LSPErrorCodes } from "vscode-languageserver/node";
import { connectClient } from "./client";
import type { TestClient } from "./client";
import { disk, exampleHost, iommu, nic, textOf, treeUri } from "./fixture";

const priority = "    .priority = MIG_PRI_IOMMU,\n";
const anchor = "    .post_load = demo_iommu_post_load,\n";

function codes(found: readonly { code?: unknown }[]): unknown[] {
  return found.map((each) => each.code).sort();
}

async function openTree(): Promise<{ client: TestClient; host: ReturnType<typeof exampleHost> }> {
  const host = exampleHost();
  return { host, client: await connectClient(host, { folders: [treeUri] }) };
}

describe("diagnostics", () => {
  it("appear in a file that is opened, with the chain of calls and the rule's page", async () => {
    const { client, host } = await openTree();
    client.open(disk, textOf(host, disk));
    const found = await client.pull(disk);
    expect(codes(found)).toEqual(["dma-before-iommu"]);
    const [first] = found;
    expect(first?.range).toEqual(client.rangeOf(disk, "vmstate_demo_disk"));
    expect(first?.source).toBe("vmstate");
    expect(first?.codeDescription?.href).toBe("https://rules.example/dma-before-iommu");
    const chain = first?.relatedInformation?.map((each) => each.location.uri.slice(treeUri.length));
    expect(chain).toContain("/hw/demo/ring.c");
    expect(client.errors).toEqual([]);
  });

  it("that nobody waits for any more end at once, even while the tree's files are being listed", async () => {
    const host = exampleHost();
    let list = (): void => undefined;
    const listed = new Promise<void>((resolve) => {
      list = resolve;
    });
    const slow: typeof host = { ...host, openTree: (...given) => listed.then(() => host.openTree(...given)) };
    const client = await connectClient(slow, { folders: [treeUri] });
    client.open(disk, textOf(host, disk));
    const source = new CancellationTokenSource();
    const asked = client.connection.sendRequest(
      "textDocument/diagnostic",
      { textDocument: { uri: disk } },
      source.token,
    );
    const unwanted = expect(asked).rejects.toMatchObject({ code: LSPErrorCodes.RequestCancelled });
    // the server answers in turn: it has begun with the request before this one
    await expect(client.connection.sendRequest("no/such")).rejects.toMatchObject({ code: ErrorCodes.MethodNotFound });
    source.cancel();
    await unwanted;
    list();
    expect(codes(await client.pull(disk))).toEqual(["dma-before-iommu"]);
  });

  it("follow the unsaved text of another file", async () => {
    const { client, host } = await openTree();
    client.open(disk, textOf(host, disk));
    client.open(iommu, textOf(host, iommu));
    expect(codes(await client.pull(disk))).toEqual(["dma-before-iommu"]);
    client.edit(iommu, anchor, anchor + priority);
    expect(codes(await client.pull(iommu))).toEqual([]);
    expect(codes(await client.pull(disk))).toEqual([]);
    client.edit(iommu, anchor + priority, anchor);
    expect(codes(await client.pull(disk))).toEqual(["dma-before-iommu"]);
  });

  it("return to the text on disk when the editor closes the file without saving", async () => {
    const { client, host } = await openTree();
    client.open(disk, textOf(host, disk));
    client.open(iommu, textOf(host, iommu));
    client.edit(iommu, anchor, anchor + priority);
    expect(codes(await client.pull(disk))).toEqual([]);
    client.close(iommu);
    expect(codes(await client.pull(disk))).toEqual(["dma-before-iommu"]);
  });

  it("follow files that change on disk", async () => {
    const { client, host } = await openTree();
    client.open(disk, textOf(host, disk));
    expect(codes(await client.pull(disk))).toEqual(["dma-before-iommu"]);
    host.files.set("/src/qemu/hw/demo/demo-iommu.c", textOf(host, iommu).replace(anchor, anchor + priority));
    await client.connection.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri: iommu, type: 2 }] });
    await expect.poll(async () => codes(await client.pull(disk))).toEqual([]);
  });

  it("are published where the client cannot ask for them", async () => {
    const host = exampleHost();
    const client = await connectClient(host, { folders: [treeUri], capabilities: {} });
    client.open(nic, textOf(host, nic));
    const first = await client.published(nic, ({ diagnostics }) => diagnostics.length > 0);
    expect(codes(first.diagnostics)).toEqual(["priority-ignored"]);
    const after = client.edit(nic, "    .priority = MIG_PRI_LOW,\n", "");
    const second = await client.published(nic, ({ version }) => version === after.version);
    expect(second.diagnostics).toEqual([]);
    client.close(nic);
    await client.published(nic, ({ version }) => version === undefined);
  });

  it("carry the severity that the user set, and vanish where a rule is off", async () => {
    const host = exampleHost();
    const settings = { rules: { "priority-ignored": "hint", "dma-before-iommu": "off" } };
    const client = await connectClient(host, { folders: [treeUri], configuration: settings });
    client.open(nic, textOf(host, nic));
    client.open(disk, textOf(host, disk));
    expect((await client.pull(nic)).map((each) => each.severity)).toEqual([4]);
    expect(await client.pull(disk)).toEqual([]);
  });

  it("stay away from C files that have nothing to do with QEMU", async () => {
    const host = exampleHost();
    const client = await connectClient(host, { folders: [treeUri] });
    const other = "file:///elsewhere/main.c";
    client.open(other, "int main(void) { return 0; }\n");
    expect(await client.pull(other)).toEqual([]);
  });

  it("survive text that is no C at all", async () => {
    const { client, host } = await openTree();
    client.open(disk, textOf(host, disk));
    client.edit(
      disk,
      "static const VMStateDescription vmstate_demo_disk = {",
      'static const VMStateDescription x = {{{{ "\\',
    );
    await client.pull(disk);
    client.edit(disk, "#include", "#define VMSTATE_UINT32(a, b) VMSTATE_UINT32(a, b)\n#include");
    await client.pull(disk);
    expect(client.errors).toEqual([]);
  });
});

describe("quick fixes", () => {
  it("mend their finding with a versioned edit and leave nothing behind", async () => {
    const { client, host } = await openTree();
    client.open(nic, textOf(host, nic));
    const [finding] = await client.pull(nic);
    const actions = await client.codeActions(nic, finding?.range ?? client.rangeOf(nic, "x"));
    const fix = actions.find((each) => each.kind === "quickfix");
    expect(fix?.diagnostics).toHaveLength(1);
    const change = fix?.edit?.documentChanges?.[0];
    if (change === undefined || !("textDocument" in change)) throw new Error("no versioned edit");
    expect(change.textDocument).toEqual({ uri: nic, version: 1 });
    for (const edit of change.edits) {
      if (!("newText" in edit)) throw new Error("not a text edit");
      const removed = client.document(nic).getText(edit.range);
      client.edit(nic, removed, edit.newText);
    }
    expect(await client.pull(nic)).toEqual([]);
    expect(client.document(nic).getText()).toBe(textOf(host, nic).replace("    .priority = MIG_PRI_LOW,\n", ""));
  });

  it("are offered for the whole file at once", async () => {
    const { client, host } = await openTree();
    client.open(iommu, textOf(host, iommu));
    await client.pull(iommu);
    const actions = await client.codeActions(iommu, client.rangeOf(iommu, "#include"));
    expect(actions.map((each) => each.kind)).toEqual(["source.fixAll.vmstate"]);
  });
});

describe("diagnostics of the whole tree", () => {
  interface Report {
    readonly items: readonly {
      readonly uri: string;
      readonly kind: string;
      readonly resultId: string;
      readonly items?: readonly unknown[];
    }[];
  }

  function ask(client: TestClient, previousResultIds: readonly { uri: string; value: string }[] = []): Promise<Report> {
    return client.connection.sendRequest<Report>("workspace/diagnostic", { previousResultIds });
  }

  it("are given where the user wants them, and once more only where they changed", async () => {
    const client = await connectClient(exampleHost(), {
      folders: [treeUri],
      configuration: { diagnostics: "workspace" },
    });
    const first = await ask(client);
    expect(first.items.map((each) => each.uri)).toEqual(expect.arrayContaining([disk, iommu, nic]));
    expect(first.items.every((each) => (each.items?.length ?? 0) > 0)).toBe(true);
    const again = await ask(
      client,
      first.items.map(({ uri, resultId }) => ({ uri, value: resultId })),
    );
    expect(new Set(again.items.map((each) => each.kind))).toEqual(new Set(["unchanged"]));
    expect(again.items).toHaveLength(first.items.length);
  });

  it("are not given otherwise", async () => {
    const client = await connectClient(exampleHost(), { folders: [treeUri] });
    expect((await ask(client)).items).toEqual([]);
  });

  it("go from files that are closed once only open ones are wanted", async () => {
    const configuration = { diagnostics: "workspace" };
    const client = await connectClient(exampleHost(), { folders: [treeUri], configuration });
    client.open(nic, textOf(exampleHost(), nic));
    const first = await ask(client);
    configuration.diagnostics = "openFiles";
    await client.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
    const held = first.items.map(({ uri, resultId }) => ({ uri, value: resultId }));
    const emptied = async () =>
      (await ask(client, held)).items.flatMap(({ uri, kind, items }) =>
        kind === "full" && items?.length === 0 ? uri : [],
      );
    const others = first.items.map(({ uri }) => uri).filter((uri) => uri !== nic);
    await expect.poll(emptied).toEqual(others);
  });

  it("of a text that was thrown away are forgotten with it", async () => {
    const { client, host } = await openTree();
    client.open(nic, textOf(host, nic).replace(".version_id = 1", ".version_id = 0"));
    await client.pull(nic);
    client.close(nic);
    expect(await client.pull(nic)).toEqual([]);
    client.open(nic, textOf(host, nic));
    expect(codes(await client.pull(nic))).toEqual(["priority-ignored"]);
  });

  it("are published where the client cannot ask", async () => {
    const client = await connectClient(exampleHost(), {
      folders: [treeUri],
      capabilities: {},
      initializationOptions: { settings: { diagnostics: "workspace" } },
    });
    const found = await client.published(nic, ({ diagnostics }) => diagnostics.length > 0);
    expect(codes(found.diagnostics)).toEqual(["priority-ignored"]);
  });
});

describe("the workspace file", () => {
  it("counts as soon as it is written", async () => {
    const { client, host } = await openTree();
    client.open(nic, textOf(host, nic));
    expect(codes(await client.pull(nic))).toEqual(["priority-ignored"]);
    const dependencies = [{ consumer: "demo-nic", loadsAfter: "demo-timer", reason: "for this test" }];
    host.files.set("/src/qemu/.vmstate.json", JSON.stringify({ dependencies }));
    const uri = `${treeUri}/.vmstate.json`;
    await client.connection.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri, type: 1 }] });
    const edges = async () => {
      const order = await client.connection.sendRequest<{ edges: { consumer: string; provider: string }[] }>(
        "vmstate/order",
        {},
      );
      return order.edges.map(({ consumer, provider }) => `${consumer} ${provider}`);
    };
    await expect.poll(edges).toContain("demo-nic demo-timer");
  });
});

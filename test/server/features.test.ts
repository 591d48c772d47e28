import { beforeAll, describe, expect, it } from "vitest";
import type {
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  CodeLens,
  DocumentHighlight,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InlayHint,
  Location,
  MarkupContent,
  SelectionRange,
  SemanticTokens,
  WorkspaceEdit,
  WorkspaceSymbol,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { connectClient } from "./client";
import type { TestClient } from "./client";
import { disk, exampleHost, iommu, nic, textOf, treeUri } from "./fixture";

const host = exampleHost();
let client: TestClient;

beforeAll(async () => {
  client = await connectClient(host, { folders: [treeUri], initializationOptions: { clientCommands: true } });
  for (const uri of [disk, nic, iommu]) client.open(uri, textOf(host, uri));
  await client.indexed();
});

/** Position of `$0` in a snippet that occurs once in the open document. */
function at(uri: string, marked: string) {
  const cursor = marked.indexOf("$0");
  const range = client.rangeOf(uri, marked.replace("$0", ""));
  const document = client.document(uri);
  return {
    textDocument: { uri },
    position: document.positionAt(document.offsetAt(range.start) + cursor),
  };
}

async function hover(uri: string, marked: string): Promise<string> {
  const found = await client.connection.sendRequest<Hover | null>("textDocument/hover", at(uri, marked));
  return found === null ? "" : (found.contents as MarkupContent).value;
}

async function definition(uri: string, marked: string): Promise<string> {
  const found = await client.connection.sendRequest<Location[] | null>("textDocument/definition", at(uri, marked));
  const [first] = found ?? [];
  if (first === undefined) return "";
  const lines = textOf(host, first.uri).split("\n");
  const line = lines[first.range.start.line] ?? "";
  return `${first.uri.slice(treeUri.length + 1)}: ${line.slice(first.range.start.character, first.range.end.character)}`;
}

describe("hover", () => {
  it("tells a field's bytes in the stream, its member and its versions", async () => {
    const text = await hover(nic, "VMSTATE_UINT32_V(interr$0upt_mask, DemoNIC, 2)");
    expect(text).toContain("4 bytes in the stream");
    expect(text).toContain("Since version 2");
    expect(text).toContain("uint32_t interrupt_mask;");
  });

  it("multiplies arrays, also of nested tables", async () => {
    expect(await hover(nic, "VMSTATE_UINT8_ARRAY(mac, DemoNIC, $06)")).toContain("6 × uint8 of 1 byte: 6 bytes");
    expect(await hover(nic, "VMSTATE_STRUCT_ARRAY(queues, DemoNIC, DEMO_NIC_QUEUES, $00,")).toContain(
      "2 × struct of 12 bytes: 24 bytes",
    );
  });

  it("shows what a macro makes", async () => {
    const text = await hover(disk, "VMSTATE_$0UINT64(sectors, DemoDisk)");
    expect(text).toContain("#define VMSTATE_UINT64(member, state)");
    expect(text).toContain('.name = "sectors"');
    expect(text).toContain(".offset = offsetof(DemoDisk, sectors)");
  });

  it("orders the levels around one and names who loads there", async () => {
    const text = await hover(nic, ".priority = MIG_$0PRI_LOW");
    expect(text.indexOf("MIG_PRI_PCI_BUS")).toBeLessThan(text.indexOf("MIG_PRI_IOMMU"));
    expect(text).toContain("demo\\-nic/offload");
    expect(text).toContain("Must happen after default");
    expect(text).toContain("`MIG_PRI_DEFAULT` (2): every table without a priority");
    expect(text).toContain("`MIG_PRI_UNINITIALIZED` (0): counts as `MIG_PRI_DEFAULT`");
    expect(text).toContain("`MIG_PRI_MAX` (5): the end of the list, no level");
  });

  it("tells what a callback does while the device loads", async () => {
    const text = await hover(disk, ".post_load = demo_disk_$0post_load");
    expect(text).toContain("maps guest memory, through the IOMMU");
    expect(text.replaceAll("\\", "")).toContain(
      "demo_disk_post_load → demo_disk_restart → demo_ring_map → dma_memory_map",
    );
  });

  it("sums up a description with those who need it", async () => {
    const text = await hover(iommu, "dc->vmsd = &vmstate_demo_$0iommu");
    expect(text).toContain("77 bytes in the stream");
    expect(text).toContain("1 dependent: `demo-disk`");
  });

  it("says nothing about plain C", async () => {
    expect(await hover(disk, "disk->sectors = 1 <$0< 20")).toBe("");
    expect(await hover(disk, "static int demo_disk_$0restart")).toBe("");
  });
});

describe("definition", () => {
  it.each([
    [disk, "VMSTATE_UINT32(con$0trol, DemoDisk)", "hw/demo/demo-disk.c: control"],
    [disk, "VMSTATE_STRUCT(ring, DemoDisk, 0, vmstate_demo_$0ring, DemoRing)", "hw/demo/ring.c: vmstate_demo_ring"],
    [disk, ".post_load = demo_disk_$0post_load", "hw/demo/demo-disk.c: demo_disk_post_load"],
    [nic, "    &vmstate_demo_nic_$0offload,", "hw/demo/demo-nic.c: vmstate_demo_nic_offload"],
    [nic, ".needed = demo_nic_$0offload_needed", "hw/demo/demo-nic.c: demo_nic_offload_needed"],
    [nic, ".priority = MIG_$0PRI_LOW", "include/migration/vmstate.h: MIG_PRI_LOW"],
    [nic, "$0VMSTATE_UINT16(status, DemoNIC)", "include/migration/vmstate.h: VMSTATE_UINT16"],
  ])("of %s at %s", async (uri, marked, expected) => {
    expect(await definition(uri, marked)).toBe(expected);
  });
});

describe("references", () => {
  async function references(uri: string, marked: string): Promise<string[]> {
    const found = await client.connection.sendRequest<Location[] | null>("textDocument/references", {
      ...at(uri, marked),
      context: { includeDeclaration: true },
    });
    return (found ?? []).map((each) => `${each.uri.slice(treeUri.length + 1)}:${each.range.start.line + 1}`).sort();
  }

  it("finds a description's uses in other files", async () => {
    const found = await references(disk, "VMSTATE_STRUCT(ring, DemoDisk, 0, vmstate_demo_$0ring, DemoRing)");
    expect(found.map((each) => each.replace(/:\d+$/, ""))).toEqual([
      "hw/demo/demo-disk.c",
      "hw/demo/ring.c",
      "hw/demo/ring.h",
    ]);
  });

  it("finds a member's declaration and the field that saves it, not other uses of the word", async () => {
    const found = await references(disk, "VMSTATE_UINT32(con$0trol, DemoDisk)");
    const lines = textOf(host, disk).split("\n");
    expect(found).toEqual(
      [
        lines.findIndex((line) => line.includes("uint32_t control;")) + 1,
        lines.findIndex((line) => line.includes("VMSTATE_UINT32(control, DemoDisk)")) + 1,
      ].map((line) => `hw/demo/demo-disk.c:${line}`),
    );
  });

  it("highlights within the file", async () => {
    const found = await client.connection.sendRequest<DocumentHighlight[] | null>(
      "textDocument/documentHighlight",
      at(nic, "    &vmstate_demo_nic_$0offload,"),
    );
    expect(found?.map((each) => each.kind)).toEqual([3, 2]);
  });
});

describe("symbols", () => {
  it("outline tables and fields", async () => {
    const found = await client.connection.sendRequest<DocumentSymbol[]>("textDocument/documentSymbol", {
      textDocument: { uri: nic },
    });
    expect(found.map((each) => each.name)).toEqual(["demo-nic/offload", "demo-nic-queue", "demo-nic"]);
    expect(found[1]?.children?.map((each) => each.name)).toEqual(["base", "head", "tail"]);
  });

  it("search the tree by description and by type", async () => {
    const found = await client.connection.sendRequest<WorkspaceSymbol[]>("workspace/symbol", { query: "demodisk" });
    expect(found.map((each) => `${each.kind} ${each.name}`).sort()).toEqual(["23 demo-disk", "5 demo-disk"]);
  });

  it("search it by the names of C, which editors look for in the answer again", async () => {
    const found = await client.connection.sendRequest<WorkspaceSymbol[]>("workspace/symbol", {
      query: "vmstate_demo_t",
    });
    expect(found).toMatchObject([{ name: "vmstate_demo_timer", containerName: "demo-timer" }]);
  });
});

describe("lenses and hints", () => {
  it("tell when a table loads and who needs it", async () => {
    const found = await client.connection.sendRequest<CodeLens[]>("textDocument/codeLens", {
      textDocument: { uri: iommu },
    });
    expect(found.map((each) => each.command?.title)).toEqual([
      "priority DEFAULT · 1 dependent",
      "Simulate",
      "4 fields, version 1",
    ]);
  });

  it("show sizes behind fields whose macro does not say them", async () => {
    const document = client.document(iommu);
    const found = await client.connection.sendRequest<InlayHint[]>("textDocument/inlayHint", {
      textDocument: { uri: iommu },
      range: { start: { line: 0, character: 0 }, end: { line: document.lineCount, character: 0 } },
    });
    expect(found.map((each) => each.label)).toEqual(["16 × 4 B"]);
  });
});

describe("folding and selection", () => {
  it("folds tables and their lists", async () => {
    const found = await client.connection.sendRequest<FoldingRange[]>("textDocument/foldingRange", {
      textDocument: { uri: iommu },
    });
    expect(found.length).toBe(2);
  });

  it("grows from word to field to table", async () => {
    const { textDocument, position } = at(iommu, "VMSTATE_UINT64(ro$0ot, DemoIOMMU)");
    const found = await client.connection.sendRequest<SelectionRange[]>("textDocument/selectionRange", {
      textDocument,
      positions: [position],
    });
    const texts: string[] = [];
    for (let each = found[0]; each; each = each.parent as SelectionRange) {
      texts.push(client.document(iommu).getText(each.range).slice(0, 20));
    }
    expect(texts).toEqual(["root", "VMSTATE_UINT64(root,", ".fields = (const VMS", "static const VMState"]);
  });
});

describe("call hierarchy", () => {
  it("leads from a table into its callbacks and what they call, across files", async () => {
    const send = client.connection.sendRequest.bind(client.connection);
    const [table] = await send<CallHierarchyItem[]>(
      "textDocument/prepareCallHierarchy",
      at(disk, "vmstate_demo_$0disk = {"),
    );
    const names: string[] = [];
    for (let item = table; item !== undefined; ) {
      names.push(`${item.uri.slice(item.uri.lastIndexOf("/") + 1)} ${item.name}`);
      const calls: CallHierarchyOutgoingCall[] | null = await send("callHierarchy/outgoingCalls", { item });
      item = calls?.find((call) => /demo/.test(call.to.name))?.to;
    }
    expect(names).toEqual([
      "demo-disk.c vmstate_demo_disk",
      "demo-disk.c demo_disk_post_load",
      "demo-disk.c demo_disk_restart",
      "ring.c demo_ring_map",
    ]);
  });

  it("is not for plain C", async () => {
    const found = await client.connection.sendRequest(
      "textDocument/prepareCallHierarchy",
      at(disk, "static int demo_disk_$0restart"),
    );
    expect(found).toBeNull();
  });
});

describe("requests of the client", () => {
  it("expand a table", async () => {
    const { text } = await client.connection.sendRequest<{ text: string }>("vmstate/expand", {
      symbol: "vmstate_demo_disk",
    });
    expect(text).toContain("/* VMSTATE_UINT32(control, DemoDisk) */");
    expect(text).toContain(".offset = offsetof(DemoDisk, control)");
  });

  it("show a table as a document, and as text for editors without one", async () => {
    const { text } = await client.connection.sendRequest<{ text: string }>("workspace/textDocumentContent", {
      uri: `vmstate-table:/vmstate_demo_disk.c?${disk}`,
    });
    expect(text).toContain(".offset = offsetof(DemoDisk, control)");
    const same = await client.connection.sendRequest<string>("workspace/executeCommand", {
      command: "vmstate.server.expand",
      arguments: [{ uri: disk, description: "vmstate_demo_disk" }],
    });
    expect(same).toBe(text);
    const none = await client.connection.sendRequest<{ text: string }>("workspace/textDocumentContent", {
      uri: "vmstate-table:/vmstate_none.c",
    });
    expect(none.text).toBe("/* no table vmstate_none in this tree */\n");
  });

  it("answer the load order with the tree it is about", async () => {
    const found = await client.connection.sendRequest<{
      tree: string;
      edges: { consumer: string; provider: string }[];
    }>("vmstate/order", { uri: disk });
    expect(found.tree).toBe(treeUri);
    expect(found.edges.map(({ consumer, provider }) => [consumer, provider])).toEqual([["demo-disk", "demo-iommu"]]);
  });

  it("answer the order as text for editors without a view", async () => {
    const text = await client.connection.sendRequest<string>("workspace/executeCommand", {
      command: "vmstate.server.order",
      arguments: [{ uri: disk }],
    });
    expect(text).toContain("demo-disk needs demo-iommu");
  });

  it("name the devices that can be simulated", async () => {
    const found = await client.connection.sendRequest<{ devices: string[]; presets: { commandLine: string }[] }>(
      "vmstate/machines",
      {},
    );
    expect(found.devices).toEqual(["demo-disk", "demo-iommu", "demo-nic"]);
    expect(found.presets[0]?.commandLine).toBe("-M q35 -device demo-disk -device demo-iommu");
  });

  it("show the memory of a simulated destination, and refuse what is no address", async () => {
    const look = (address: string) =>
      client.connection.sendRequest<{ bytes: string; holds?: object }>("vmstate/memory", {
        machine: "-M q35 -m 16 -device demo-iommu -device demo-disk",
        address,
      });
    expect(await look("0x400000")).toMatchObject({ holds: { kind: "buffer", idstr: "0000:00:00.0/demo-disk" } });
    await expect(look("ram")).rejects.toThrow("64 bits");
  });

  it("refuse with a sentence what cannot be done", async () => {
    const wrong = client.connection.sendRequest("vmstate/order", { machine: "-M q35 -device no-such-device" });
    await expect(wrong).rejects.toThrow(/no-such-device/);
  });

  it("log no error in all of this", () => {
    expect(client.errors).toEqual([]);
  });
});

describe("rename", () => {
  const rename = async (uri: string, marked: string, newName: string): Promise<WorkspaceEdit | null> =>
    client.connection.sendRequest("textDocument/rename", { ...at(uri, marked), newName });

  it("gives a static table a new name wherever its file uses it", async () => {
    const edit = await rename(nic, "VMStateDescription vmstate_demo_$0queue", "vmstate_demo_ring");
    const [change] = edit?.documentChanges ?? [];
    const edits = change !== undefined && "edits" in change ? change.edits : [];
    const before = client.document(nic).getText();
    expect(edits).toHaveLength(before.split(/\bvmstate_demo_queue\b/).length - 1);
    const after = TextDocument.applyEdits(
      client.document(nic),
      edits.flatMap((each) => ("newText" in each ? [each] : [])),
    );
    expect(after).toBe(before.replace(/\bvmstate_demo_queue\b/g, "vmstate_demo_ring"));
  });

  it("says why it leaves what other files may use, and what is no name", async () => {
    await expect(rename(nic, "VMSTATE_UINT8_ARRAY(m$0ac, DemoNIC", "address")).rejects.toThrow("clangd");
    await expect(rename(nic, ".needed = demo_nic_offload_$0needed", "2needed")).rejects.toThrow("no C identifier");
    await expect(rename(nic, ".needed = demo_nic_offload_$0needed", "DemoNIC")).rejects.toThrow("already");
  });

  it("offers the name that stands there", async () => {
    const offered = await client.connection.sendRequest(
      "textDocument/prepareRename",
      at(nic, ".needed = demo_nic_offload_$0needed"),
    );
    expect(offered).toMatchObject({ placeholder: "demo_nic_offload_needed" });
  });
});

describe("semantic tokens", () => {
  it("tell members, macros, callbacks and levels apart", async () => {
    const { semanticTokensProvider } = client.answer.capabilities;
    const legend = semanticTokensProvider?.legend.tokenTypes ?? [];
    const { data } = await client.connection.sendRequest<SemanticTokens>("textDocument/semanticTokens/full", {
      textDocument: { uri: nic },
    });
    const document = client.document(nic);
    const found = new Map<string, string>();
    let line = 0;
    let character = 0;
    for (let k = 0; k < data.length; k += 5) {
      const [down = 0, right = 0, length = 0, type = 0] = data.slice(k, k + 4);
      line += down;
      character = down === 0 ? character + right : right;
      const word = document.getText({ start: { line, character }, end: { line, character: character + length } });
      found.set(word, legend[type] ?? "");
    }
    expect(Object.fromEntries(found)).toMatchObject({
      VMSTATE_UINT8_ARRAY: "macro",
      interrupt_mask: "property",
      demo_nic_offload_needed: "function",
      MIG_PRI_LOW: "enumMember",
      DemoNIC: "type",
      vmstate_demo_queue: "variable",
    });
  });
});

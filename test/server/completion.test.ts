import { beforeAll, describe, expect, it } from "vitest";
import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  type SignatureHelp,
} from "vscode-languageserver/node";
import { connectClient } from "./client";
import type { TestClient } from "./client";
import { exampleHost, iommu, textOf, treeUri } from "./fixture";

const uri = `${treeUri}/hw/demo/typing.c`;
const device = `#include "qemu/osdep.h"
#include "hw/sysbus.h"

typedef struct TypingQueue {
    uint32_t head;
} TypingQueue;

typedef struct TypingState {
    SysBusDevice parent_obj;
    uint32_t control;
    uint64_t base;
    TypingQueue queue;
} TypingState;

static int typing_post_load(void *opaque, int version_id)
{
    return 0;
}

static const VMStateDescription vmstate_typing = {
    .name = "typing", /* a comment with { and ( */
    .version_id = 1,
    $1
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(control, TypingState),
        $2
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription *const[]) {
        $3
        NULL
    }
};
`;

let client: TestClient;
let version = 0;

beforeAll(async () => {
  client = await connectClient(exampleHost(), { folders: [treeUri] });
  await client.indexed();
});

/** Opens the device with `typed` in one of its places, the cursor at `$0`. */
function type(place: "$1" | "$2" | "$3", typed: string) {
  if (version++ > 0) client.close(uri);
  const marked = device.replace(place, typed.replace("$0", "\u0000")).replaceAll(/\$\d/g, "");
  const text = marked.replace("\u0000", "");
  const document = client.open(uri, text);
  return { textDocument: { uri }, position: document.positionAt(marked.indexOf("\u0000")) };
}

async function complete(place: "$1" | "$2" | "$3", typed: string): Promise<CompletionItem[]> {
  const found = await client.connection.sendRequest<CompletionList | null>(
    "textDocument/completion",
    type(place, typed),
  );
  return found?.items ?? [];
}

const labels = (items: readonly CompletionItem[]) => items.map((each) => each.label);

describe("completion", () => {
  it("offers the members of a description", async () => {
    const found = await complete("$1", ".p$0");
    expect(labels(found)).toEqual(expect.arrayContaining(["priority", "post_load"]));
    expect(labels(found)).not.toContain("fields");
    expect(found.find((each) => each.label === "post_load")?.insertText).toBe("post_load = $1,");
    expect(found.find((each) => each.label === "priority")?.documentation).toContain("higher loads first");
  });

  it("offers levels, the one that loads first on top, with their meaning", async () => {
    const found = await complete("$1", ".priority = M$0");
    expect(labels(found)).toEqual(["MIG_PRI_PCI_BUS", "MIG_PRI_IOMMU", "MIG_PRI_DEFAULT", "MIG_PRI_LOW"]);
    expect(found.find((each) => each.label === "MIG_PRI_IOMMU")?.detail).toBe("3: Must happen before PCI devices");
  });

  it("offers the file's functions as callbacks", async () => {
    const first = async (slot: string) => {
      const found = await complete("$1", `.${slot} = $0`);
      return labels([...found].sort((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1)));
    };
    expect((await first("post_load"))[0]).toBe("typing_post_load");
    expect((await first("pre_save"))[0]).toBe("create typing_pre_save");
    const create = (await complete("$1", ".pre_save = $0")).find(({ label }) => label === "create typing_pre_save");
    expect(create?.additionalTextEdits?.[0]?.newText).toBe(
      "static int typing_pre_save(void *opaque)\n{\n    return 0;\n}\n\n",
    );
  });

  it("offers each member that is not saved as its field", async () => {
    const found = (await complete("$2", "$0")).filter(({ kind }) => kind === CompletionItemKind.Field);
    expect(found.map(({ insertText }) => insertText)).toEqual(["VMSTATE_UINT64(base, TypingState),"]);
  });

  it("knows the struct of an empty list from the type that is declared in the file", async () => {
    const empty = device
      .replace("        VMSTATE_UINT32(control, TypingState),\n", "")
      .concat(
        'static const TypeInfo typing = { .name = "typing", .parent = "sys-bus-device", .instance_size = sizeof(TypingState) };\n',
      )
      .concat("DEFINE_TYPES(typing)\n");
    const { textDocument } = type("$2", "$0");
    const document = client.open(textDocument.uri, empty.replaceAll(/\$\d/g, ""));
    const position = document.positionAt(empty.indexOf("$2") - "$1".length);
    const found = await client.connection.sendRequest<CompletionList>("textDocument/completion", {
      textDocument,
      position,
    });
    const fields = found.items.filter(({ kind }) => kind === CompletionItemKind.Field);
    expect(fields.map(({ insertText }) => insertText)).toEqual([
      "VMSTATE_UINT32(control, TypingState),",
      "VMSTATE_UINT64(base, TypingState),",
    ]);
  });

  it("offers no include guards among the macros", async () => {
    expect(labels(await complete("$2", "$0"))).not.toContain("MIGRATION_VMSTATE_H");
  });

  it("offers macros as snippets with the table's struct filled in", async () => {
    const found = await complete("$2", "VMSTATE_UI$0");
    const item = found.find((each) => each.label === "VMSTATE_UINT32_ARRAY");
    expect(item?.insertText).toBe("VMSTATE_UINT32_ARRAY(${1:member}, ${2:TypingState}, ${3:count}),");
  });

  it("offers the members of the struct that the macro names, those not yet sent first", async () => {
    const found = await complete("$2", "VMSTATE_UINT64($0, TypingState),");
    expect(labels(found)).toEqual(["parent_obj", "control", "base", "queue"]);
    const sorted = [...found].sort((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1));
    expect(labels(sorted).at(-1)).toBe("control");
  });

  it("goes on inside a nested struct", async () => {
    expect(labels(await complete("$2", "VMSTATE_UINT32(queue.$0"))).toEqual(["head"]);
  });

  it("offers descriptions where the macro takes one", async () => {
    expect(labels(await complete("$2", "VMSTATE_STRUCT(queue, TypingState, 0, vm$0"))).toContain("vmstate_demo_ring");
    expect(labels(await complete("$3", "&$0"))).toContain("vmstate_typing");
  });

  it("offers a table where a line begins one, with the tree's own lists", async () => {
    const found = await complete("$3", "NULL } };\nstatic const VMSta$0\n");
    expect(labels(found)).toEqual(["VMStateDescription"]);
    expect(found[0]?.textEdit?.newText).toBe(`static const VMStateDescription \${1:vmstate_device} = {
    .name = "\${2:device}",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        $0
        VMSTATE_END_OF_LIST()
    },
};
`);
    expect(labels(await complete("$1", "vmsta$0"))).not.toContain("VMStateDescription");
  });

  it("offers the level made for the device first", async () => {
    const text = textOf(exampleHost(), iommu);
    const at = text.indexOf(".fields");
    const document = client.open(iommu, `${text.slice(0, at)}.priority = \n    ${text.slice(at)}`);
    const found = await client.connection.sendRequest<CompletionList>("textDocument/completion", {
      textDocument: { uri: iommu },
      position: document.positionAt(at + ".priority = ".length),
    });
    expect(found.items.map(({ label }) => label)).toEqual([
      "MIG_PRI_IOMMU",
      "MIG_PRI_PCI_BUS",
      "MIG_PRI_DEFAULT",
      "MIG_PRI_LOW",
    ]);
  });

  it("helps on the next line whatever is half typed on this one", async () => {
    for (const half of [".post_load =", ".pre", ".name", ".priority = MIG_", '.name = "x']) {
      expect(labels(await complete("$1", `${half}\n    .pre_s$0`)), half).toContain("pre_save");
    }
    for (const half of [
      "VMSTATE_UINT32(",
      "VMSTATE_UINT32(control,",
      "VMSTATE_UI",
      "VMSTATE_STRUCT(queue, TypingState, 0,",
    ]) {
      expect(labels(await complete("$2", `${half}\n        VMSTATE_UI$0`)), half).toContain("VMSTATE_UINT32_ARRAY");
    }
    const deeper = await complete("$2", "VMSTATE_STRUCT(queue, TypingState, 0,\n                       vmstate_d$0");
    expect(labels(deeper)).toContain("vmstate_demo_ring");
  });

  it("keeps silent in comments, strings and plain C", async () => {
    expect(await complete("$1", "/* .p$0 */")).toEqual([]);
    expect(await complete("$1", '.name = "$0"')).toEqual([]);
    expect(await complete("$3", "NULL } }; int f(void) { int x = y.$0")).toEqual([]);
  });
});

describe("signature help", () => {
  it("tells what the argument under the cursor is for", async () => {
    const found = await client.connection.sendRequest<SignatureHelp | null>(
      "textDocument/signatureHelp",
      type("$2", "VMSTATE_STRUCT(queue, TypingState, $0"),
    );
    expect(found?.signatures[0]?.label).toBe("VMSTATE_STRUCT(member, state, since, description, type)");
    expect(found?.activeParameter).toBe(2);
    expect(found?.signatures[0]?.parameters?.map((each) => each.documentation)).toEqual([
      "member of the state struct that is sent",
      "the state struct",
      "version of the table since which the field is there",
      "VMStateDescription of the nested struct",
      "C type of one element",
    ]);
  });

  it("logs no error in all of this", () => {
    expect(client.errors).toEqual([]);
  });
});

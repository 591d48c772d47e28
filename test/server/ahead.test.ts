/** While a tree is read: what an open file says by itself is answered at once, and nothing that another file decides. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  CompletionList,
  DocumentSymbol,
  Hover,
  InlayHint,
  Location,
  MarkupContent,
} from "vscode-languageserver/node";
import { connectClient, pullingClient, type TestClient } from "./client";
import { disk, exampleHost, textOf, treeUri } from "./fixture";
import type { MemoryHost } from "./memoryHost";

/** A host whose tree can be looked for, and is not found before `open` is called. */
function gated(): { readonly host: MemoryHost; readonly open: () => void } {
  const host = exampleHost();
  const { openTree } = host;
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  host.openTree = async (...given) => {
    await gate;
    return openTree(...given);
  };
  return { host, open: () => open() };
}

interface Asked {
  readonly client: TestClient;
  /** What was answered, in order. */
  readonly order: readonly string[];
  readonly answers: ReadonlyMap<string, unknown>;
}

const questions: Readonly<Record<string, readonly [method: string, place?: string]>> = {
  field: ["textDocument/hover", "VMSTATE_UINT32(con$0trol"],
  nested: ["textDocument/hover", "VMSTATE_STR$0UCT(ring"],
  hook: ["textDocument/hover", ".post_load = demo_disk_post$0_load"],
  table: ["textDocument/hover", "VMStateDescription vmstate_demo_$0disk ="],
  member: ["textDocument/definition", "VMSTATE_UINT32(con$0trol"],
  symbols: ["textDocument/documentSymbol"],
  completion: ["textDocument/completion", "VMSTATE_UINT32($0control"],
  hints: ["textDocument/inlayHint"],
  findings: ["textDocument/diagnostic"],
};

/** Everything is asked before the tree is there. */
async function askAll(edit?: (client: TestClient) => void): Promise<Asked> {
  const { host, open } = gated();
  const { workspace, ...rest } = pullingClient;
  const client = await connectClient(host, {
    folders: [treeUri],
    capabilities: { ...rest, workspace: { ...workspace, inlayHint: { refreshSupport: true } } },
  });
  client.connection.onRequest("workspace/inlayHint/refresh", () => void order.push("hints are to be asked for anew"));
  const order: string[] = [];
  const answers = new Map<string, unknown>();
  client.open(disk, textOf(host, disk));
  edit?.(client);
  const all = Object.entries(questions).map(async ([name, [method, place]]) => {
    answers.set(name, await ask(client, method, place));
    order.push(name);
  });
  // answered from settings alone: what was asked before it has been taken up by then
  await client.connection.sendRequest("workspace/diagnostic", { previousResultIds: [] });
  open();
  await Promise.all(all);
  return { client, order, answers };
}

function ask(client: TestClient, method: string, place: string | undefined): Promise<unknown> {
  const document = client.document(disk);
  const [before = "", behind = ""] = place?.split("$0") ?? [];
  const position = document.positionAt(document.getText().indexOf(before + behind) + before.length);
  const range = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };
  return client.connection.sendRequest(method, { textDocument: { uri: disk }, position, range });
}

const valueOf = (answer: unknown): string =>
  ((answer as Hover | null)?.contents as MarkupContent | undefined)?.value ?? "";

describe("while the tree is read", () => {
  let asked: Asked;
  const again = (name: string): Promise<unknown> => {
    const [method = "", place] = questions[name] ?? [];
    return ask(asked.client, method, place);
  };

  beforeAll(async () => {
    asked = await askAll();
  });
  afterAll(() => asked.client.connection.dispose());

  it("the file's own answers come first, findings with the whole tree", () => {
    expect(asked.order.at(-1)).toBe("findings");
    expect(asked.order).toContain("hints are to be asked for anew");
    const own = asked.order.slice(0, asked.order.indexOf("hints are to be asked for anew"));
    expect(own.sort()).toEqual(["completion", "field", "hints", "hook", "member", "nested", "symbols", "table"]);
  });

  it.each(["field", "member", "symbols"])("what the file says of a %s is what the whole tree says", async (name) => {
    const early = asked.answers.get(name);
    expect(early).not.toBeNull();
    expect(await again(name)).toEqual(early);
  });

  it.each(["nested", "hook", "table"])(
    "of a %s it is said that more follows, and no more is said then",
    async (name) => {
      const early = valueOf(asked.answers.get(name));
      expect(early).toContain("still reading the tree");
      expect(early).not.toMatch(/no description|Not defined|No DMA|prerequisite|dependent/);
      expect(valueOf(await again(name))).not.toContain("still reading the tree");
    },
  );

  it("the bytes of what is nested are left to the whole tree, those of the file's own fields are not", async () => {
    expect(valueOf(asked.answers.get("nested"))).not.toContain("in the stream");
    expect(valueOf(await again("nested"))).toContain("16 bytes in the stream");
    expect(valueOf(asked.answers.get("field"))).toContain("4 bytes in the stream");
    const labels = (answer: unknown): unknown[] => (answer as InlayHint[]).map(({ label }) => label);
    expect(labels(await again("hints"))).toEqual(expect.arrayContaining(labels(asked.answers.get("hints"))));
  });

  it("completion is asked for again with the next letter", async () => {
    expect((asked.answers.get("completion") as CompletionList).isIncomplete).toBe(true);
    expect((await again("completion")) as CompletionList).toMatchObject({ isIncomplete: false });
  });

  it("what was typed before the tree was there counts", async () => {
    const typed = await askAll((client) => client.edit(disk, "VMSTATE_UINT64(sectors, DemoDisk),", ""));
    const names = (typed.answers.get("symbols") as DocumentSymbol[]).flatMap(({ children = [] }) =>
      children.map(({ name }) => name),
    );
    expect(names).toContain("control");
    expect(names).not.toContain("sectors");
    typed.client.connection.dispose();
  });

  it("a definition in another file waits for it", async () => {
    const { host, open } = gated();
    const client = await connectClient(host, { folders: [treeUri] });
    client.open(disk, textOf(host, disk));
    const found = ask(client, "textDocument/definition", "0, vmstate_demo_$0ring");
    await client.connection.sendRequest("workspace/diagnostic", { previousResultIds: [] });
    open();
    expect(((await found) as Location[])[0]?.uri).toBe(`${treeUri}/hw/demo/ring.c`);
    client.connection.dispose();
  });
});

import { beforeEach, expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { methods } from "../../server/protocol";
import type { MoveResult, OrderResult } from "../../server/protocol";
import { connectClient } from "./client";
import type { TestClient } from "./client";
import { exampleHost, iommu, textOf, treeUri } from "./fixture";

const host = exampleHost();
const file = "hw/demo/demo-iommu.c";
let client: TestClient;

beforeEach(async () => {
  client = await connectClient(host, { folders: [treeUri] });
  client.open(iommu, textOf(host, iommu));
});

async function move(level: string, symbol = "vmstate_demo_iommu"): Promise<string> {
  const { uri, edits } = await client.connection.sendRequest<MoveResult>(methods.move, { symbol, file, level });
  expect(uri).toBe(iommu);
  const document = client.document(iommu);
  return TextDocument.applyEdits(
    document,
    edits.map((edit) => ({ ...edit })),
  );
}

/** What the editor does with the answer. */
function replaceAll(text: string): void {
  client.replace(iommu, 0, client.document(iommu).getText().length, text);
}

async function levelNow(): Promise<string | undefined> {
  const { entries } = await client.connection.sendRequest<OrderResult>(methods.order, {});
  return entries.find((entry) => entry.file === file)?.level;
}

it("a table moves to another level, on to a third, and back to where it stood, by edits of its source", async () => {
  const before = client.document(iommu).getText();
  replaceAll(await move("MIG_PRI_IOMMU"));
  expect(await levelNow()).toBe("MIG_PRI_IOMMU");
  replaceAll(await move("MIG_PRI_LOW"));
  expect(await levelNow()).toBe("MIG_PRI_LOW");
  expect(
    client
      .document(iommu)
      .getText()
      .match(/^ *\.priority = /gm),
  ).toHaveLength(1);
  replaceAll(await move("MIG_PRI_DEFAULT"));
  expect(client.document(iommu).getText()).toBe(before);
});

it("says why where a table cannot move", async () => {
  await expect(move("MIG_PRI_NOWHERE")).rejects.toThrow("no level of this tree");
  await expect(move("MIG_PRI_MAX")).rejects.toThrow("no level of this tree");
  await expect(move("MIG_PRI_IOMMU", "vmstate_of_nobody")).rejects.toThrow("no table of hw/demo/demo-iommu.c");
});

it("a request without params is answered with what is missing", async () => {
  for (const method of [methods.order, methods.machines, methods.move, methods.simulate]) {
    await expect(client.connection.sendRequest(method)).rejects.toThrow("the request has no params object");
    await expect(client.connection.sendRequest(method, null)).rejects.toThrow("the request has no params object");
  }
});

/** Confirm with QEMU: where it is offered, and that a verdict stands with its finding. */
import type { CodeAction } from "vscode-languageserver/node";
import { expect, it } from "vitest";
import manifest from "../../package.json";
import type { VerdictsParams } from "../../server/protocol";
import { connectClient, type TestClient } from "./client";
import { disk, exampleHost, textOf, treeUri } from "./fixture";

const title = "Confirm with QEMU";

async function open(initializationOptions: object): Promise<TestClient> {
  const host = exampleHost();
  const client = await connectClient(host, { folders: [treeUri], initializationOptions });
  client.open(disk, textOf(host, disk));
  return client;
}

async function offered(client: TestClient): Promise<readonly CodeAction[]> {
  const actions = await client.codeActions(disk, client.rangeOf(disk, "vmstate_demo_disk = {"));
  return actions.filter((action) => action.title === title);
}

it("is offered on a finding that a run can show, where the client has one run", async () => {
  const client = await open({ clientCommands: true });
  const [finding] = await client.pull(disk);
  expect(await offered(client)).toMatchObject([
    {
      diagnostics: [{ code: "dma-before-iommu", range: finding?.range }],
      command: { command: "vmstate.confirm", arguments: [{ uri: disk, line: finding?.range.start.line }] },
    },
  ]);
  const elsewhere = await client.codeActions(disk, client.rangeOf(disk, "#include"));
  expect(elsewhere.filter((action) => action.title === title)).toEqual([]);
  expect(await offered(await open({}))).toEqual([]);
  expect(await offered(await open({ clientCommands: true, files: true }))).toEqual([]);
});

it("a verdict stands with its finding in QEMU's words, the last one of each QEMU", async () => {
  const client = await open({ clientCommands: true });
  const [finding] = await client.pull(disk);
  const before = finding?.relatedInformation?.length ?? 0;
  const judge = (binary: string, ground: string, messages: readonly string[]) => {
    const verdict = { kind: "confirmed", ground, messages, binary, target: "x86_64" } as const;
    const of = { file: "hw/demo/demo-disk.c", code: "dma-before-iommu", message: String(finding?.message) };
    const params: VerdictsParams = { uri: disk, findings: [{ ...of, verdict }] };
    return client.connection.sendNotification("vmstate/verdicts", params);
  };
  await client.connection.sendNotification("vmstate/verdicts", { uri: disk, findings: [{ verdict: {} }] });
  await judge("7.2.0", "something else", []);
  await judge("7.2.0", "QEMU refuses the stream", ["load of migration failed"]);
  await judge("10.0.2", "wrong memory", []);
  const said = async (): Promise<readonly string[]> =>
    (await client.pull(disk))[0]?.relatedInformation?.slice(before).map(({ message }) => message) ?? [];
  await expect
    .poll(said)
    .toEqual([
      "confirmed on 7.2.0: QEMU refuses the stream",
      "load of migration failed",
      "confirmed on 10.0.2: wrong memory",
    ]);
});

it("the program to run comes from the person's own settings alone", () => {
  expect(manifest.contributes.configuration.properties["vmstate.qemu"]).toMatchObject({
    scope: "machine",
    default: "",
  });
  expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain("vmstate.qemu");
});

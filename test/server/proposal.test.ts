/** A table that is proposed for a struct, as the editor's preview of a refactoring gets it. */
import { describe, expect, it } from "vitest";
import type { AnnotatedTextEdit, CodeAction, Hover, TextDocumentEdit } from "vscode-languageserver/node";
import { connectClient, pullingClient } from "./client";
import { methods, type MembersResult } from "../../server/protocol";
import { exampleHost, textOf, treeUri } from "./fixture";

const uri = `${treeUri}/hw/demo/proposed.c`;
const device = `#include "hw/sysbus.h"

typedef struct ProposedState {
    SysBusDevice parent_obj;
    uint32_t control;
    uint32_t width;
} ProposedState;

static void proposed_write(ProposedState *s, uint32_t value)
{
    s->control = value;
}

static void proposed_realize(DeviceState *dev, Error **errp)
{
    ProposedState *s = (ProposedState *)dev;

    s->width = 4;
}
`;

async function proposal(clientCommands: boolean): Promise<CodeAction | undefined> {
  const workspace = {
    ...pullingClient.workspace,
    workspaceEdit: { documentChanges: true, changeAnnotationSupport: {} },
  };
  const client = await connectClient(exampleHost(), {
    folders: [treeUri],
    capabilities: { ...pullingClient, workspace },
    initializationOptions: { clientCommands },
  });
  client.open(uri, device);
  return (await client.codeActions(uri, client.rangeOf(uri, "uint32_t control"))).find(({ title }) =>
    title.startsWith("Propose"),
  );
}

const editsOf = (action: CodeAction | undefined): readonly AnnotatedTextEdit[] =>
  (action?.edit?.documentChanges ?? []).flatMap((change) => (change as TextDocumentEdit).edits as AnnotatedTextEdit[]);

describe("a proposed table", () => {
  it("comes with what it leaves out, each to be confirmed by itself, with the reason", async () => {
    const action = await proposal(true);
    const annotations = action?.edit?.changeAnnotations ?? {};
    const shown = editsOf(action).map(({ annotationId, newText }) => ({ ...annotations[annotationId], newText }));
    expect(shown.map(({ label, needsConfirmation }) => [label, needsConfirmation ?? false])).toEqual([
      ["Add vmstate_proposed for ProposedState", false],
      ["parent_obj is not saved", true],
      ["Save width too", true],
      ["Add vmstate_proposed for ProposedState", false],
      ["Add the type proposed, which registers it", false],
    ]);
    expect(shown[2]).toMatchObject({
      description: "it is set when the device is made, and not while the guest runs",
      newText: "        VMSTATE_UINT32(width, ProposedState),\n",
    });
  });

  it("is the table alone for a client that takes all of an edit or none", async () => {
    const action = await proposal(false);
    expect(action?.edit?.changeAnnotations).toBeUndefined();
    const text = editsOf(action).map(({ newText }) => newText);
    expect(text.join("")).toContain("        VMSTATE_UINT32(control, ProposedState),\n        VMSTATE_END_OF_LIST()");
  });
});

describe("members of a struct that has a table", () => {
  const nic = `${treeUri}/hw/demo/demo-nic.c`;

  it("are told with what becomes of each, and the hover of one says why", async () => {
    const host = exampleHost();
    const client = await connectClient(host, { folders: [treeUri] });
    const document = client.open(nic, textOf(host, nic));
    const { members } = await client.connection.sendRequest<MembersResult>(methods.members, { uri: nic });
    const found = members.map(({ range, fate }) => [document.getText(range), fate]);
    expect(found).toContainEqual(["status", "saved"]);
    const { start } = client.rangeOf(nic, "status;");
    const hover = await client.connection.sendRequest<Hover>("textDocument/hover", {
      textDocument: { uri: nic },
      position: start,
    });
    expect(hover.contents).toMatchObject({ value: "Saved by vmstate_demo_nic, or by what belongs to it." });
  });

  it("are not told where the setting is off", async () => {
    const host = exampleHost();
    const client = await connectClient(host, { folders: [treeUri], configuration: { structMarks: false } });
    client.open(nic, textOf(host, nic));
    expect(await client.connection.sendRequest(methods.members, { uri: nic })).toEqual({ members: [] });
  });
});

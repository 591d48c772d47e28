/** A table that is proposed for a struct, as the editor's preview of a refactoring gets it. */
import { describe, expect, it } from "vitest";
import type { AnnotatedTextEdit, CodeAction, TextDocumentEdit } from "vscode-languageserver/node";
import { connectClient, pullingClient } from "./client";
import { exampleHost, treeUri } from "./fixture";

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

/** A mark beside each member of a state struct: whether it arrives after a migration. Its hover is the server's. */
import * as vscode from "vscode";
import { methods } from "../../server/protocol";
import type { MemberFate, MembersResult } from "../../server/protocol";
import type { Ctx } from "../ctx";

/** Milliseconds without a key until an edited file is asked for again. */
const pause = 800;

/** Shapes differ as well as colours. */
const shapes: Readonly<Record<MemberFate, string>> = {
  saved: '<circle cx="8" cy="8" r="3.5" fill="#3a9d5d"/>',
  rebuilt: '<circle cx="8" cy="8" r="3" fill="none" stroke="#3a9d5d" stroke-width="1.6"/>',
  property: '<rect x="5" y="5" width="6" height="6" fill="#4a8fd6"/>',
  unsaved: '<path d="M8 4l4.5 8h-9z" fill="#d98324"/>',
  unchanged: '<rect x="5" y="7.2" width="6" height="1.6" fill="#8a8a8a"/>',
  unseen: '<text x="8" y="11.5" font-size="9" text-anchor="middle" fill="#8a8a8a">?</text>',
};

const fates = Object.keys(shapes) as readonly MemberFate[];

export function createStructMarks(ctx: Ctx): vscode.Disposable {
  const types = new Map(fates.map((fate) => [fate, decoration(shapes[fate])]));
  let waiting: ReturnType<typeof setTimeout> | undefined;

  async function mark(editor: vscode.TextEditor): Promise<void> {
    const { document } = editor;
    const client = ctx.running;
    if (client === undefined || document.languageId !== "c") return;
    const { version } = document;
    const uri = client.code2ProtocolConverter.asUri(document.uri);
    const answer = await client.sendRequest<MembersResult>(methods.members, { uri }).catch(() => undefined);
    if (answer === undefined || document.version !== version) return;
    for (const [fate, type] of types) {
      const own = answer.members.filter((member) => member.fate === fate);
      editor.setDecorations(
        type,
        own.map(({ range }) => client.protocol2CodeConverter.asRange(range)),
      );
    }
  }

  function markAll(): void {
    for (const editor of vscode.window.visibleTextEditors) void mark(editor);
  }

  return vscode.Disposable.from(
    ...types.values(),
    ctx.onHealth(markAll),
    vscode.window.onDidChangeVisibleTextEditors(markAll),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("vmstate.structMarks")) markAll();
    }),
    vscode.workspace.onDidChangeTextDocument(() => {
      clearTimeout(waiting);
      waiting = setTimeout(markAll, pause);
    }),
    { dispose: () => clearTimeout(waiting) },
  );
}

function decoration(shape: string): vscode.TextEditorDecorationType {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">${shape}</svg>`;
  return vscode.window.createTextEditorDecorationType({
    gutterIconPath: vscode.Uri.parse(`data:image/svg+xml;utf8,${encodeURIComponent(svg)}`),
    gutterIconSize: "contain",
  });
}

/** Code lenses carry plain protocol values; the editor's own command wants its classes. */
import * as vscode from "vscode";

interface PlainPosition {
  readonly line: number;
  readonly character: number;
}

interface PlainLocation {
  readonly uri: string;
  readonly range: { readonly start: PlainPosition; readonly end: PlainPosition };
}

export async function showReferences(
  uri: string,
  position: PlainPosition,
  locations: readonly PlainLocation[],
): Promise<void> {
  const place = ({ line, character }: PlainPosition) => new vscode.Position(line, character);
  await vscode.commands.executeCommand(
    "editor.action.showReferences",
    vscode.Uri.parse(uri),
    place(position),
    locations.map(
      ({ uri: target, range }) =>
        new vscode.Location(vscode.Uri.parse(target), new vscode.Range(place(range.start), place(range.end))),
    ),
  );
}

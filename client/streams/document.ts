/** What an editor of a stream is about: a file, which is not written to, or a copy of one that has not been saved yet. */
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import { asChanged, type Changed, changedText, readChanged, unchanged, withBytes } from "./changed";

/** Beyond this many a copy is no longer one that somebody edits by hand. */
const mostChanged = 1 << 16;

/** Bytes as the file has them. */
export interface OriginalBytes {
  readonly size: number;
  read(offset: number, size: number): Promise<Uint8Array>;
}

export class StreamDocument implements vscode.CustomDocument {
  /** The file that the bytes are read from. */
  readonly file: vscode.Uri;
  /** The snapshot in it that is shown, where it has several. */
  snapshot: string | undefined;
  /** Known once its editor has read the file. */
  original: OriginalBytes | undefined;
  private edited: Changed = unchanged;
  private readonly emitter = new vscode.EventEmitter<void>();
  readonly onDidChange = this.emitter.event;

  constructor(readonly uri: vscode.Uri) {
    const base = uri.scheme === "untitled" ? readBase(uri.query) : undefined;
    this.file = base?.file ?? uri;
    this.snapshot = base?.snapshot;
  }

  get isCopy(): boolean {
    return this.uri.scheme === "untitled";
  }

  get changed(): Changed {
    return this.edited;
  }

  set changed(next: Changed) {
    this.edited = next;
    this.emitter.fire();
  }

  /** The changes with `bytes` at `offset`; undefined where nothing of the kind can be written. */
  async with(offset: number, bytes: readonly number[]): Promise<Changed | undefined> {
    const { original } = this;
    if (!this.isCopy || original === undefined || offset + bytes.length > original.size) return undefined;
    const was = await original.read(offset, bytes.length);
    const next = withBytes(this.edited, offset, bytes, was);
    return was.length < bytes.length || next.size > mostChanged ? undefined : next;
  }

  /** Bytes as the copy has them. */
  async read(offset: number, size: number): Promise<Uint8Array> {
    const bytes = await (this.original?.read(offset, size) ?? new Uint8Array(0));
    return asChanged(this.edited, bytes, offset);
  }

  /** Takes what a closed window had not saved. */
  async restore(backup: string): Promise<void> {
    const kept = readChanged(new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.parse(backup))));
    if (kept) this.edited = kept;
  }

  async backUp(place: vscode.Uri): Promise<vscode.CustomDocumentBackup> {
    await vscode.workspace.fs.writeFile(place, new TextEncoder().encode(changedText(this.edited)));
    return { id: place.toString(), delete: () => void vscode.workspace.fs.delete(place) };
  }

  dispose(): void {
    this.emitter.dispose();
  }
}

let copies = 0;

/** Names a copy that is not saved: no autosave touches it, and saving it asks where to. */
export function uriOfCopy({ file, snapshot }: StreamDocument): vscode.Uri {
  const name = basename(file.fsPath).replace(/\.mig(\.\w+)?$/, "");
  const base = { file: file.toString(), copy: ++copies, ...(snapshot === undefined ? {} : { snapshot }) };
  const path = vscode.Uri.file(join(dirname(file.fsPath), `${name}-edited.mig`));
  return path.with({ scheme: "untitled", query: JSON.stringify(base) });
}

function readBase(query: string): { readonly file: vscode.Uri; readonly snapshot?: string } | undefined {
  let base: unknown;
  try {
    base = JSON.parse(query);
  } catch {
    return undefined;
  }
  if (typeof base !== "object" || base === null) return undefined;
  const { file, snapshot }: Readonly<Record<string, unknown>> = { ...base };
  if (typeof file !== "string") return undefined;
  return { file: vscode.Uri.parse(file), ...(typeof snapshot === "string" ? { snapshot } : {}) };
}

/**
 * Diagnostics of files as an earlier run left them, so that an editor that starts shows them before the index is built.
 *
 * Invariant: given out only while every file of the tree is as it was then and no unsaved text differs from the disk;
 * the index replaces them as soon as it is ready.
 */
import type { Diagnostic } from "vscode-languageserver";
import type { Host, HostTree } from "./host";

export interface FindingsMemory {
  /** undefined where nothing is known of the file, or the tree has changed since. */
  recall(path: string): Promise<readonly Diagnostic[] | undefined>;
  /** Notes what was found in a file; written some time later. */
  note(path: string, found: readonly Diagnostic[]): void;
  /** The tree is no longer what it was: nothing is given out or written any more. */
  forget(): void;
  /** Writes what is still to be written. */
  flush(): Promise<void>;
}

interface Stored {
  readonly signature: string;
  readonly files: Readonly<Record<string, readonly Diagnostic[]>>;
}

const nothing: FindingsMemory = {
  recall: () => Promise.resolve(undefined),
  note: () => {},
  forget: () => {},
  flush: () => Promise.resolve(),
};
const delay = 2000;

/**
 * `key` names everything besides the files that decides about findings: tree, target, settings, release of the server.
 * `urgent`: what goes before a look at all files where nothing is kept that hangs on it.
 */
export function createFindingsMemory(
  host: Host,
  tree: HostTree,
  key: string,
  signal: AbortSignal,
  urgent: () => Promise<void> = () => Promise.resolve(),
): FindingsMemory {
  const { recall, keep } = host;
  if (recall === undefined || keep === undefined || tree.signature === undefined) return nothing;
  const text = recall(key);
  const signature = sign().catch(() => undefined);
  const stored = text.then(async (kept) => (kept === undefined ? {} : readStored(kept, await signature)));
  const fresh = new Map<string, readonly Diagnostic[]>();
  let valid = true;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function sign(): Promise<string | undefined> {
    if ((await text) === undefined) await urgent();
    return tree.signature?.(signal);
  }

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const now = await signature;
    if (!valid || now === undefined || fresh.size === 0) return;
    const files = { ...(await stored), ...Object.fromEntries(fresh) };
    await keep?.(key, JSON.stringify({ signature: now, files } satisfies Stored));
  }

  return {
    async recall(path) {
      const files = await stored;
      return valid && Object.hasOwn(files, path) ? files[path] : undefined;
    },
    note(path, found) {
      if (!valid || signal.aborted) return;
      fresh.set(path, found);
      timer ??= setTimeout(() => void write(), delay);
      if (typeof timer === "object") timer.unref();
    },
    forget() {
      valid = false;
      clearTimeout(timer);
    },
    flush: () => (timer === undefined ? Promise.resolve() : write()),
  };
}

function readStored(text: string, signature: string | undefined): Stored["files"] {
  if (signature === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return isStored(parsed) && parsed.signature === signature ? parsed.files : {};
  } catch {
    return {};
  }
}

function isStored(value: unknown): value is Stored {
  if (typeof value !== "object" || value === null || !("signature" in value) || !("files" in value)) return false;
  const { signature, files } = value;
  if (typeof signature !== "string" || typeof files !== "object" || files === null) return false;
  return Object.values(files).every((found) => Array.isArray(found) && found.every(isDiagnostic));
}

function isDiagnostic(value: unknown): value is Diagnostic {
  return typeof value === "object" && value !== null && "range" in value && "message" in value;
}

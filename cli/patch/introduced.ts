/** Findings that patches bring which are not applied yet. */

import { resolve } from "node:path";
import { diagnoseProject } from "../../core/check";
import { acceptedForm, compareWith } from "../../core/check/baseline";
import type { Diagnostic } from "../../core/check/diagnostic";
import { isBuildFile } from "../../core/c/build/compiled";
import { closeSync, dependsOnMore, openSync } from "../../server/node/disk";
import { isSourcePath } from "../../server/sourcePaths";
import { CannotRun, type Io } from "../io";
import { readPipe } from "../pipe";
import { type AskedOfChange, changedFile, aboutChange } from "../ofChange";
import type { Session } from "../session";
import { applySeries, type Patched } from "./apply";
import { type PatchText, readPatches } from "./mails";
import type { SeriesPatch } from "./place";

/** Bytes: far above any series that is sent as mail. */
const largestPatch = 128 << 20;

export interface Introduced {
  readonly findings: readonly Diagnostic[];
  readonly patches: readonly SeriesPatch[];
}

/** What `--patch` names, read: standard input is there once. */
export interface PatchFile {
  readonly given: string;
  readonly texts: readonly PatchText[];
}

export async function openPatch(io: Io, given: string): Promise<PatchFile> {
  return { given, texts: await readPatches(readPatch(given === "-" ? undefined : resolve(io.cwd, given), given)) };
}

/** Findings of the tree with the patches that the tree without them does not have. Leaves the patched text in the session. */
export function introducedBy({ project }: Session, patch: PatchFile, asked: AskedOfChange): Introduced {
  const { files, renamed, patches } = patched(project, patch);
  const now = new Map([...renamed].map(([path, first]) => [first, path]));
  const changed = [...files].map(([path, text]) => changedFile(path, project.text(renamed.get(path) ?? path), text));
  const { wanted, within } = asked;
  const about = aboutChange(project, asked, files.keys(), () => changed);
  const withinEarlier = within && ((path: string): boolean => within(now.get(path) ?? path));
  const before = [...diagnoseProject(project, { wanted, within: withinEarlier, about })].map(acceptedForm);
  // without a text of its own a file would have the disk's again
  for (const [path, text] of files) if (isSourcePath(path) || isBuildFile(path)) project.update(path, text ?? "");
  const moved = before.map((each) => ({ ...each, file: now.get(each.file) ?? each.file }));
  return { findings: compareWith(moved, [...diagnoseProject(project, { wanted, within, about })]).fresh, patches };
}

/** undefined: standard input. A pipe that the user names is waited for. */
function readPatch(path: string | undefined, given: string): Uint8Array {
  const name = `--patch ${given}`;
  if (path === undefined) {
    dependsOnMore();
    return readPipe(0, name, largestPatch);
  }
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    throw new CannotRun(`${name}: can't be read`);
  }
  try {
    return readPipe(descriptor, name, largestPatch);
  } finally {
    closeSync(descriptor);
  }
}

function patched(project: Session["project"], { given, texts }: PatchFile): Patched {
  const applied = applySeries(texts, (path) => project.text(path));
  if (!applied.ok) throw new CannotRun(`--patch ${given}: ${applied.message}`);
  if (applied.value.files.size === 0) throw new CannotRun(`--patch ${given}: no change of a file in it`);
  return applied.value;
}

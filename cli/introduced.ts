/** Findings that a patch brings which is not applied yet. */
import { readFileSync } from "../server/node/disk";
import { resolve } from "node:path";
import { applyPatch, parsePatch } from "diff";
import { diagnoseProject } from "../core/check";
import { acceptedForm, compareWith } from "../core/check/baseline";
import type { Diagnostic } from "../core/check/diagnostic";
import { CannotRun } from "./io";
import type { Io } from "./io";
import type { Session } from "./session";

/** Findings of the tree with the patch that the tree without it does not have. Leaves the patched text in the session. */
export function introducedBy(session: Session, io: Io, file: string): readonly Diagnostic[] {
  const { project } = session;
  const before = [...diagnoseProject(project)].map(acceptedForm);
  for (const { path, text } of patchedFiles(session, io, file)) project.update(path, text);
  return compareWith(before, [...diagnoseProject(project)]).fresh;
}

interface PatchedFile {
  readonly path: string;
  readonly text: string;
}

function patchedFiles({ project }: Session, io: Io, file: string): PatchedFile[] {
  const patched: PatchedFile[] = [];
  for (const patch of parsePatch(readPatch(io, file))) {
    const path = (patch.newFileName === "/dev/null" ? patch.oldFileName : patch.newFileName)?.replace(/^[ab]\//, "");
    if (path === undefined || patch.hunks.length === 0) continue;
    if (path.startsWith("/") || path.split("/").includes(".."))
      throw new CannotRun(`--patch ${file}: ${path} leaves the tree`);
    const old = project.text(path) ?? "";
    const text = patch.newFileName === "/dev/null" ? "" : applyPatch(old, patch, { fuzzFactor: 2 });
    if (text === false) throw new CannotRun(`--patch ${file}: does not apply to ${path}`);
    patched.push({ path, text });
  }
  if (patched.length === 0) throw new CannotRun(`--patch ${file}: no change of a file in it`);
  return patched;
}

/** The file's text from the first diff on: a mail has its headers before. `-` reads standard input. */
function readPatch(io: Io, file: string): string {
  let text: string;
  try {
    text = file === "-" ? readFileSync(0, "utf8") : readFileSync(resolve(io.cwd, file), "utf8");
  } catch {
    throw new CannotRun(`--patch ${file}: can't be read`);
  }
  const start = /^(?:diff --git |--- a\/|--- \/dev\/null|Index: )/m.exec(text)?.index;
  // a mail ends with its signature, which looks like a removed line
  return text.slice(start ?? 0).replace(/^-- \n[\d.]+[^\n]*\n*$/m, "");
}

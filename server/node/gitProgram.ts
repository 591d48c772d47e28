/** Which git is run: the first one in PATH that does not lie in the folder it is run for. */
import { accessSync, constants, existsSync, realpathSync, statSync } from "./disk";
import { delimiter, dirname, isAbsolute, join, resolve, sep } from "node:path";
import { GitError } from "./gitReason";

export interface GitProgram {
  /** Absolute path. */
  readonly program: string;
  /** The caller's PATH without what lies in the folder or depends on the working directory. */
  readonly path: string;
}

const name = process.platform === "win32" ? "git.exe" : "git";

/** Throws GitError where there is none. */
export function findGit(directory: string): GitProgram {
  const inside = insideOf(workspaceOf(directory));
  const given = Object.entries(process.env).find(([key]) => /^path$/i.test(key))?.[1] ?? "";
  const folders = given.split(delimiter).filter((folder) => isAbsolute(folder) && !inside(real(folder)));
  for (const folder of folders) {
    const program = join(folder, name);
    if (isProgram(program) && !inside(real(program))) return { program, path: folders.join(delimiter) };
  }
  throw new GitError("no-git", "git is not installed, or not in PATH");
}

/** Whether `directory` lies in a work tree, as far as its files show it. */
export function isInRepository(directory: string): boolean {
  return workTreeOf(directory) !== undefined;
}

/** The `.git` of the work tree around `directory`: a folder, or a file of one line that names it. */
export function gitEntryOf(directory: string): string | undefined {
  const workTree = workTreeOf(directory);
  return workTree === undefined ? undefined : join(workTree, ".git");
}

/** The work tree around `directory`, or the directory itself. */
function workspaceOf(directory: string): string {
  return real(workTreeOf(directory) ?? resolve(directory));
}

function workTreeOf(directory: string): string | undefined {
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function insideOf(workspace: string): (path: string) => boolean {
  // a workspace that is the whole disk has every program in it
  if (dirname(workspace) === workspace) return () => false;
  return (path) => path === workspace || path.startsWith(workspace + sep);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Git repositories of the example tree, made in a test. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { exampleTree } from "./run";

export interface Repository {
  /** Absolute path of the work tree's top. */
  readonly root: string;
  git(...args: readonly string[]): string;
  read(path: string): string;
  write(path: string, text: string): void;
  /** All that is there, as a commit; answers its id. */
  commit(message: string): string;
}

const folders: string[] = [];

export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "vmstate-repository-")));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

const identity = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
const local = ["-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false"];

export function repositoryAt(root: string): Repository {
  mkdirSync(root, { recursive: true });
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", root, ...identity, ...local, ...args], { encoding: "utf8", stdio: "pipe" });
  return {
    root,
    git,
    read: (path) => readFileSync(join(root, path), "utf8"),
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    commit(message) {
      git("add", "-A", ".");
      git("commit", "-q", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD").trim();
    },
  };
}

/** The example tree at `below` in a new repository, committed and tagged v1.0.0. */
export function exampleRepository(below = ""): Repository {
  const repository = repositoryAt(join(temporaryFolder(), "tree"));
  repository.git("init", "-q");
  cpSync(exampleTree, join(repository.root, below), { recursive: true });
  repository.commit("the example");
  repository.git("tag", "v1.0.0");
  return repository;
}

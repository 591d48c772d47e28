/** What a comparison printed, kept with what it was made from: unchanged versions are not read again. */
import { createHash } from "node:crypto";
import { statSync } from "../../server/node/disk";
import type { SourceTree } from "../../core/c/tree";
import { recall, keep } from "../../server/node/cache";
import { commitOf } from "../../server/node/gitTree";
import { withSparseFiles } from "../../server/node/sparse";
import { type DiskTree, openDiskTree } from "../../server/node/tree";
import { type ExitCode, type Io, ioWith } from "../io";

const shelf = "diff";

type Origin =
  | {
      readonly kind: "folder";
      readonly root: string;
      /** Digest over the files that a walk meets. */
      readonly walked: string;
      /** Stamps of other files that were asked for, there or not. */
      readonly asked: Readonly<Record<string, string>>;
    }
  | { readonly kind: "file"; readonly path: string; readonly stamp: string }
  | { readonly kind: "commit"; readonly repository: string; readonly revision: string; readonly commit: string };

interface Answer {
  readonly origins: readonly Origin[];
  readonly out: string;
  readonly err: string;
  readonly code: ExitCode;
}

/** Notes what an answer is made from, before it is read. */
export interface Witness {
  folder(tree: DiskTree): SourceTree;
  file(path: string): void;
  commit(repository: string, revision: string, commit: string): void;
}

/**
 * Prints what was printed to the same question (options, arguments, folder), where everything it was made from is as it was; else what
 * `answer` prints. Without a script of its own (`io.self`) nothing is kept: another build would be given this one's answers.
 */
export async function remembered(
  io: Io,
  question: unknown,
  answer: (io: Io, witness: Witness) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (io.self === undefined) return answer(io, witnessOfNothing);
  const { isTerminal, columns } = io.out;
  const { NO_COLOR, FORCE_COLOR, TERM } = io.env;
  const looks = [isTerminal, columns, NO_COLOR, FORCE_COLOR, TERM];
  const key = JSON.stringify([io.self, stampOf(io.self), io.cwd, looks, question]);
  const known = readAnswer(await recall(key, shelf));
  if (known !== undefined && isCurrent(known)) {
    io.out.write(known.out);
    io.err.write(known.err);
    return known.code;
  }
  const printed = { out: "", err: "" };
  const also = (stream: "out" | "err") => ({
    ...io[stream],
    write(text: string) {
      printed[stream] += text;
      io[stream].write(text);
    },
  });
  const origins: Origin[] = [];
  const code = await answer(ioWith(io, { out: also("out"), err: also("err") }), witnessTo(origins));
  keep(key, JSON.stringify({ origins, ...printed, code } satisfies Answer), shelf);
  return code;
}

function readAnswer(text: string | undefined): Answer | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Partial<Answer> | null;
    const { origins, out, err, code } = value ?? {};
    if (
      !Array.isArray(origins) ||
      origins.length === 0 ||
      typeof out !== "string" ||
      typeof err !== "string" ||
      code === undefined
    )
      return undefined;
    return { origins, out, err, code };
  } catch {
    return undefined;
  }
}

export const witnessOfNothing: Witness = { folder: (tree) => tree, file: () => {}, commit: () => {} };

function witnessTo(origins: Origin[]): Witness {
  return {
    folder(tree) {
      const walked = new Set(tree.paths());
      const asked: Record<string, string> = {};
      origins.push({ kind: "folder", root: tree.root, walked: digestOf(tree), asked });
      return {
        paths: () => walked,
        read(path) {
          if (!walked.has(path)) asked[path] ??= stampOf(`${tree.root}/${path}`);
          return tree.read(path);
        },
      };
    },
    file: (path) => void origins.push({ kind: "file", path, stamp: stampOf(path) }),
    commit: (repository, revision, commit) => void origins.push({ kind: "commit", repository, revision, commit }),
  };
}

/** What is kept may be damaged: then it is not current. */
function isCurrent({ origins }: Answer): boolean {
  try {
    return origins.every(isUnchanged);
  } catch {
    return false;
  }
}

function isUnchanged(origin: Origin): boolean {
  switch (origin.kind) {
    case "file":
      return stampOf(origin.path) === origin.stamp;
    case "commit":
      return commitOf(origin.repository, origin.revision) === origin.commit;
    case "folder": {
      const { root, walked, asked } = origin;
      if (Object.entries(asked).some(([path, stamp]) => stampOf(`${root}/${path}`) !== stamp)) return false;
      return digestOf(withSparseFiles(openDiskTree(root))) === walked;
    }
  }
}

function digestOf(tree: DiskTree): string {
  const hash = createHash("sha1");
  for (const path of [...tree.paths()].sort()) hash.update(`${path}\n${stampOf(`${tree.root}/${path}`)}\n`);
  return hash.digest("hex");
}

/** Changes whenever the file is written, replaced, made or removed. */
function stampOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.mtimeNs} ${stat.ctimeNs} ${stat.size} ${stat.ino}`;
}

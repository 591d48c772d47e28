import { ResponseError } from "vscode-languageserver";
import { contentStamp, existsSync, realpathSync, statAt } from "./disk";
import { join } from "node:path";
import { URI } from "vscode-uri";
import type { Host } from "../host";
import { pathIn } from "../uris";
import { watchBuildFolder } from "./buildFolder";
import { keep, recall } from "./cache";
import { GitError } from "./gitReason";
import { isInRepository } from "./gitProgram";
import { findCommit, isCutOff, readGitTree, releaseBefore } from "./gitTree";
import { openKeptFacts } from "./keptFacts";
import { treeAbove, treeOfFolder, treesBelow, treeVersion } from "./locate";
import { outsideFiles } from "./outside";
import { notRegular } from "./readFile";
import { sparseNote, withSparseFilesLater } from "./sparse";
import { openStreamFile } from "./streams/open";
import { openDiskTreeSlowly } from "./tree";
import { boundaryOf } from "./walk";

/**
 * Trees on disk. `pages` is the folder of the rules' pages, where they are installed; `program` the file whose code reads
 * the trees: without it nothing that was read is kept.
 */
export function nodeHost(pages: string | undefined, program?: string): Host {
  return {
    treeOfFolder: (folder) => Promise.resolve(onDisk(folder, treeOfFolder)),
    treesBelow(folder) {
      const { scheme, fsPath } = URI.parse(folder);
      return Promise.resolve(scheme === "file" ? treesBelow(fsPath).map((path) => URI.file(path).toString()) : []);
    },
    treeAbove: (uri) => Promise.resolve(onDisk(uri, treeAbove)),
    boundary(root, uri) {
      const path = pathIn(root, uri);
      return Promise.resolve(path === undefined ? undefined : boundaryOf(URI.parse(root).fsPath, path));
    },
    outside: (root, uri) => Promise.resolve(outsideFiles(URI.parse(root).fsPath, URI.parse(uri).fsPath)),
    async openTree(root, options) {
      const path = URI.parse(root).fsPath.replace(/(?<=.)[\\/]$/, "");
      const walked = await openDiskTreeSlowly(path, options);
      const tree = options.shallow ? walked : await withSparseFilesLater(walked);
      const build = options.shallow
        ? undefined
        : watchBuildFolder(path, options.build === "" ? undefined : options.build);
      return Object.assign(tree, {
        version: treeVersion(path, options.note),
        unread: sparseNote(tree),
        build: build?.folder,
        // git decides about more than the files' stamps tell
        ...(tree === walked && !options.shallow
          ? { kept: (other: string) => openKeptFacts(walked, program && contentStamp(program)?.stamp, other) }
          : {}),
        ...(build === undefined ? {} : { buildMoved: () => build.moved() }),
      });
    },
    rulePage(code) {
      const file = pages === undefined ? undefined : join(pages, `${code}.md`);
      return file !== undefined && existsSync(file) ? URI.file(file).toString() : undefined;
    },
    findBaseline: (root, revision) => baselineIn(URI.parse(root).fsPath, revision),
    openStream,
    recall: (key) => recall(key),
    keep(key, text) {
      keep(key, text);
      return Promise.resolve();
    },
  };
}

async function baselineIn(path: string, revision: string): ReturnType<NonNullable<Host["findBaseline"]>> {
  const isChosen = revision !== "auto";
  if (!isChosen && !isInRepository(path)) return undefined;
  try {
    const label = isChosen ? revision : await releaseBefore(path);
    const commit = label === undefined ? undefined : await findCommit(path, label);
    if (label !== undefined && commit !== undefined) return { label, commit, open: () => readGitTree(path, commit) };
    const shallow = await isCutOff(path);
    if (!isChosen && !shallow) return undefined;
    const what = isChosen ? `${revision} is no revision of ${path}` : `no release tag before HEAD in ${path}`;
    return { off: shallow ? `${what}, a shallow clone: git fetch --unshallow --tags` : what };
  } catch (error) {
    if (error instanceof GitError) return { off: error.message };
    throw error;
  }
}

/** Bytes that are unpacked for an editor, which opens what somebody clicks on. */
const mostUnpacked = 4 * 2 ** 30;

async function openStream(...[uri, options]: OpenStreamParameters): ReturnType<NonNullable<Host["openStream"]>> {
  const parsed = URI.parse(uri);
  if (parsed.scheme !== "file") return undefined;
  const { report, ...rest } = options;
  try {
    return await openStreamFile(parsed.fsPath, { ...rest, unpack: { most: mostUnpacked, report } });
  } catch (error) {
    const isOfDisk = error instanceof Error && ("code" in error || error.message === notRegular);
    if (isOfDisk && !(error instanceof ResponseError)) return undefined;
    throw error;
  }
}

type OpenStreamParameters = Parameters<NonNullable<Host["openStream"]>>;

function onDisk(uri: string, find: (path: string) => string | undefined): string | undefined {
  const parsed = URI.parse(uri);
  if (parsed.scheme !== "file") return undefined;
  const found = find(parsed.fsPath);
  return found === undefined ? undefined : URI.file(found).toString();
}

/** The rules' pages beside the bundle (`dist/`) or beside the sources. */
export function findRulePages(start: string): string | undefined {
  const folder = [join(start, "../docs/rules"), join(start, "../../docs/rules")].find(
    (path) => statAt(path)?.isDirectory() === true,
  );
  return folder === undefined ? undefined : realpathSync(folder);
}

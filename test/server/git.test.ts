/** Whoever asks git, it is asked in the one way that is safe in a stranger's repository. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { devNull, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as refs from "../../client/node/refs";
import { git, gitLater } from "../../server/node/git";
import { findGit } from "../../server/node/gitProgram";
import * as gitChanges from "../../server/node/gitChanges";
import * as gitMoved from "../../server/node/gitMoved";
import * as gitRange from "../../server/node/gitRange";
import * as gitRenames from "../../server/node/gitRenames";
import * as gitTree from "../../server/node/gitTree";
import * as sparse from "../../server/node/sparse";
import { openDiskTree } from "../../server/node/tree";
import { type StandIn, standIn, withEnvironment } from "./standInGit";

let folder = "";
let root = "";
let head = "";
let blob = "";
let recorder: StandIn;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-guard-"));
  root = join(folder, "tree");
  mkdirSync(join(root, "hw"), { recursive: true });
  writeFileSync(join(root, "hw/a.c"), "int a;\n");
  writeFileSync(join(root, "meson.build"), "project('a')\n");
  own("init", "-q");
  own("add", ".");
  own("commit", "-q", "-m", "one");
  own("tag", "v1.0.0");
  head = own("rev-parse", "HEAD").trim();
  blob = own("rev-parse", "HEAD:hw/a.c").trim();
  mkdirSync(join(root, ".git/info"), { recursive: true });
  writeFileSync(join(root, ".git/info/sparse-checkout"), "");
  recorder = standIn(join(folder, "bin"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function own(...args: string[]): string {
  const identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
  return execFileSync("git", [...identity, ...args], { cwd: root, encoding: "utf8" });
}

const withRecorder = <T>(work: () => T | Promise<T>, more: Readonly<Record<string, string>> = {}): Promise<T> =>
  withEnvironment({ PATH: `${join(folder, "bin")}${delimiter}${process.env["PATH"] ?? ""}`, ...more }, work);

/** Every function that asks git, by its module. */
const sites: Readonly<Record<string, Readonly<Record<string, () => unknown>>>> = {
  "server/node/gitTree.ts": {
    commitOf: () => gitTree.commitOf(root, "HEAD"),
    findCommit: () => gitTree.findCommit(root, "HEAD"),
    openGitTree: () => gitTree.openGitTree(root, head).read("hw/a.c"),
    readGitTree: async () => (await gitTree.readGitTree(root, head)).prefetch(["hw/a.c"]),
    releaseBefore: () => gitTree.releaseBefore(root),
    openBlobs: () => gitTree.openBlobs(root, "HEAD", new Map([["a.c", blob]])).read("a.c"),
    isCutOff: () => gitTree.isCutOff(root),
    tagsBetween: () => gitTree.tagsBetween(root, "v1.0.0", "HEAD"),
  },
  "server/node/gitRange.ts": {
    rangeOf: () => gitRange.rangeOf(root, "HEAD"),
    isShallow: () => gitRange.isShallow(root),
  },
  "server/node/gitChanges.ts": {
    changesOnDisk: () => {
      const disk = { root, paths: () => ["hw/b.c"], read: () => "", accepts: () => true };
      return gitChanges.changesOnDisk(gitTree.openGitTree(root, head), disk);
    },
  },
  "server/node/sparse.ts": {
    withSparseFiles: () => sparse.withSparseFiles(openDiskTree(root)),
    withSparseFilesLater: () => sparse.withSparseFilesLater(openDiskTree(root)),
  },
  "server/node/gitMoved.ts": {
    movedFiles: () => gitMoved.movedFiles(root, ["gone.c"], { paths: () => [], read: () => undefined }, new Set()),
  },
  "server/node/gitRenames.ts": {
    renamesOf: () => gitRenames.renamesOf(new Map([["a.c", "int a;\n"]]), new Map([["b.c", "int a;\n"]])),
  },
  "client/node/refs.ts": {
    refs: () => refs.refs(root),
    textAt: () => refs.textAt(root, "HEAD", "hw/a.c"),
  },
};

/** Modules that import the one place. */
function callers(): readonly string[] {
  return ["server/node", "client/node", "cli", "cli/diff"].flatMap((place) =>
    readdirSync(place)
      .map((name) => `${place}/${name}`)
      .filter((path) => path.endsWith(".ts") && /from "[./\w]*\/git"/.test(readFileSync(path, "utf8"))),
  );
}

describe("every call of git", () => {
  it("is in this test", () => {
    expect([...callers()].sort()).toEqual(Object.keys(sites).sort());
    const modules = {
      "server/node/gitTree.ts": gitTree,
      "server/node/gitRange.ts": gitRange,
      "client/node/refs.ts": refs,
    };
    for (const [path, module] of Object.entries(modules)) {
      const functions = Object.entries(module).flatMap(([name, value]) => (typeof value === "function" ? name : []));
      expect(Object.keys(sites[path] ?? {}).sort()).toEqual(functions.sort());
    }
  });

  const all = Object.values(sites).flatMap((module) => Object.entries(module));
  it.each(all)("%s", async (_, ask) => {
    recorder.calls();
    await withRecorder(ask, { GIT_DIR: "/nowhere", GIT_SSH_COMMAND: "nothing", GIT_TRACE: "1" });
    const calls = recorder.calls();
    expect(calls.length).toBeGreaterThan(0);
    for (const { args, env } of calls) {
      const settings = args.flatMap((each, at) => (args[at - 1] === "-c" ? each : []));
      expect(settings).toEqual(
        expect.arrayContaining([
          "core.fsmonitor=false",
          `core.hooksPath=${devNull}`,
          `core.attributesFile=${devNull}`,
          "diff.external=",
          "log.showSignature=false",
          "protocol.allow=never",
        ]),
      );
      expect(args).toContain("--no-pager");
      const directory = args[args.indexOf("-C") + 1] ?? "";
      // two texts are compared in a folder of our own
      expect(directory.startsWith(join(tmpdir(), "vmstate-renames-")) ? root : directory).toBe(root);
      // what looks at contents through programs of the repository's
      if (args.includes("diff")) expect(args).toEqual(expect.arrayContaining(["--no-ext-diff", "--no-textconv"]));
      for (const never of ["--textconv", "--filters", "--ext-diff", "-p", "--patch"]) expect(args).not.toContain(never);
      expect(env).toMatchObject({
        GIT_ALLOW_PROTOCOL: "!",
        GIT_NO_LAZY_FETCH: "1",
        GIT_OPTIONAL_LOCKS: "0",
        GIT_TERMINAL_PROMPT: "0",
        LC_ALL: "C",
      });
      for (const never of ["GIT_DIR", "GIT_SSH_COMMAND", "GIT_TRACE"]) expect(env).not.toHaveProperty(never);
    }
  });

  it("answers in a folder whose own configuration names programs, and starts none of them", async () => {
    const mark = join(folder, "started");
    const program = join(folder, "program");
    writeFileSync(program, `#!/bin/sh\ntouch '${mark}'\n`);
    chmodSync(program, 0o755);
    for (const name of ["core.fsmonitor", "core.pager", "core.sshCommand", "diff.external", "filter.f.smudge"])
      own("config", name, program);
    own("config", "diff.d.textconv", program);
    writeFileSync(join(root, ".gitattributes"), "*.c filter=f diff=d\n");
    for (const [, ask] of all) await ask();
    expect(() => readFileSync(mark)).toThrow("ENOENT");
  });
});

describe("git itself", () => {
  it("is found by an absolute path, never in the folder that is looked at", async () => {
    standIn(join(root, "bin"), "exit 1");
    symlinkSync(join(root, "bin"), join(folder, "linked"));
    const outside = process.env["PATH"] ?? "";
    const path = [join(root, "bin"), "bin", ".", "", join(folder, "linked"), join(folder, "bin"), outside];
    await withEnvironment({ PATH: path.join(delimiter) }, () => {
      const found = findGit(join(root, "hw"));
      expect(found.program).toBe(join(folder, "bin/git"));
      expect(found.path).toBe([join(folder, "bin"), outside].join(delimiter));
    });
  });

  it("that is a link into the folder is none", async () => {
    mkdirSync(join(folder, "links"));
    symlinkSync(join(root, "bin/git"), join(folder, "links/git"));
    await withEnvironment({ PATH: join(folder, "links") }, () => {
      expect(() => findGit(root)).toThrow("git is not installed, or not in PATH");
    });
  });

  it("is ended where it says too much", async () => {
    standIn(join(folder, "loud"), "yes");
    await withEnvironment({ PATH: `${join(folder, "loud")}${delimiter}${process.env["PATH"] ?? ""}` }, async () => {
      const run = { largest: 1 << 16 };
      expect(() => git(root, ["tag"], run)).toThrow(`git tag in ${root}: its answer is too large`);
      await expect(gitLater(root, ["tag"], run)).rejects.toThrow("its answer is too large");
    });
  });
});

/** `check --since` in repositories as people have them. */
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { JsonFinding } from "../../cli/report/json";
import { realGit, standIn, withEnvironment } from "../server/standInGit";
import { exampleRepository, removeFolders, type Repository, repositoryAt, temporaryFolder } from "./repository";
import { vmstate } from "./run";

afterEach(removeFolders);

async function since(tree: string, revision: string, ...more: readonly string[]): Promise<readonly string[]> {
  const { out, err } = await vmstate(["check", "--tree", tree, "--since", revision, "--format", "json", ...more]);
  if (out === "") throw new Error(err);
  return (JSON.parse(out) as JsonFinding[]).map(({ file, code }) => `${file} ${code}`);
}

const disk = "hw/demo/demo-disk.c";

/** A device that loads before its IOMMU, as the example's disk does. */
function secondDisk({ read }: Repository): string {
  return read(disk).replaceAll("demo-disk", "second-disk").replaceAll("demo_disk", "second_disk");
}

const found = "dma-before-iommu";

describe("nothing changed, nothing reported", () => {
  it("on a tag, with files that git ignores, untracked build files' settings and other options", async () => {
    const { root, write, git } = exampleRepository();
    write(".git/info/exclude", "generated/\n*.local.h\n");
    write("generated/made.c", "int made;\n");
    write("hw/demo/more.local.h", "#define RING_LOCAL 1\n");
    expect(await since(root, "v1.0.0")).toEqual([]);
    expect(await since(root, "HEAD", "--config", "CONFIG_DEMO=n", "--target", "aarch64")).toEqual([]);
    git("checkout", "-q", "v1.0.0");
    expect(await since(root, "v1.0.0")).toEqual([]);
  });

  it("reads none of the revision's files then", async () => {
    const { root } = exampleRepository();
    const bin = temporaryFolder();
    const { calls } = standIn(bin);
    await withEnvironment({ PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` }, () => since(root, "v1.0.0"));
    const commands = calls().map(({ args }) => args[args.indexOf("-C") + 2]);
    expect(commands).toContain("ls-tree");
    expect(commands).not.toContain("cat-file");
  });

  it("reads only what differs", async () => {
    const repository = exampleRepository();
    repository.write(disk, `${repository.read(disk)}\n/* more */\n`);
    const bin = temporaryFolder();
    const asked = join(bin, "asked");
    const git = realGit ?? "git";
    standIn(bin, `case "$*" in *--batch) tee '${asked}' | ${git} "$@";; *) exec ${git} "$@";; esac`);
    const path = `${bin}${delimiter}${process.env["PATH"] ?? ""}`;
    expect(await withEnvironment({ PATH: path }, () => since(repository.root, "v1.0.0"))).toEqual([]);
    expect(readFileSync(asked, "utf8")).toBe(repository.git("rev-parse", `v1.0.0:${disk}`));
  });

  it("where a copy of the tree below it is committed, and removed since", async () => {
    const repository = exampleRepository();
    const { root, git, commit } = repository;
    cpSync(join(root, "hw"), join(root, "old/hw"), { recursive: true });
    cpSync(join(root, "include"), join(root, "old/include"), { recursive: true });
    repository.write("old/VERSION", "1.0.0\n");
    const nested = commit("a copy");
    expect(await since(root, nested)).toEqual([]);
    git("rm", "-rq", "old");
    commit("no copy");
    expect(await since(root, nested)).toEqual([]);
    expect(await since(root, `${nested}..HEAD`)).toEqual([]);
    expect(await since(root, `HEAD..${nested}`)).toEqual([]);
  });

  it("with line ends that git converts", async () => {
    const { root, git, read, write } = exampleRepository();
    git("config", "core.autocrlf", "true");
    write(disk, read(disk).replaceAll("\n", "\r\n"));
    expect(await since(root, "v1.0.0")).toEqual([]);
  });

  it("in a second work tree, a submodule, and a folder of another repository", async () => {
    const { root, git } = exampleRepository();
    const other = join(temporaryFolder(), "other");
    git("worktree", "add", "-q", other, "v1.0.0");
    expect(await since(other, "v1.0.0")).toEqual([]);

    const outer = repositoryAt(join(temporaryFolder(), "outer"));
    outer.git("init", "-q");
    outer.git("submodule", "--quiet", "add", root, "third/qemu");
    outer.commit("with a submodule");
    expect(await since(join(outer.root, "third/qemu"), "v1.0.0")).toEqual([]);

    const vendor = exampleRepository("third/qemu");
    vendor.write("other.c", "int other;\n");
    vendor.commit("beside it");
    expect(await since(join(vendor.root, "third/qemu"), "v1.0.0")).toEqual([]);
  });
});

describe("what a branch brings", () => {
  it("counts from where it left, not from the tip: what upstream fixed since is not its doing", async () => {
    const repository = exampleRepository();
    const { root, git, read, write, commit } = repository;
    git("checkout", "-q", "-b", "upstream");
    write(disk, read(disk).replace(".name = ", ".priority = MIG_PRI_MAX, .name = "));
    git("rm", "-q", "hw/demo/demo-nic.c");
    commit("upstream fixes");
    git("checkout", "-q", "-b", "mine", "v1.0.0");
    write("hw/demo/second-disk.c", secondDisk(repository));
    commit("mine");
    expect(await since(root, "upstream")).toEqual([`hw/demo/second-disk.c ${found}`]);
    expect(await since(root, "upstream...mine")).toEqual([`hw/demo/second-disk.c ${found}`]);
    expect(await since(root, "upstream...")).toEqual([`hw/demo/second-disk.c ${found}`]);
    expect(await since(root, "upstream..mine")).toContain("hw/demo/demo-nic.c priority-ignored");
    expect(await since(root, "mine..v1.0.0")).toEqual([]);
    // a range is of commits, whatever lies on the disk
    git("checkout", "-q", "v1.0.0");
    expect(await since(root, "v1.0.0..mine")).toEqual([`hw/demo/second-disk.c ${found}`]);
    expect(await since(root, "v1.0.0")).toEqual([]);
  });

  it("with what is not committed yet", async () => {
    const repository = exampleRepository();
    repository.write("hw/demo/second-disk.c", secondDisk(repository));
    expect(await since(repository.root, "HEAD")).toEqual([`hw/demo/second-disk.c ${found}`]);
  });

  it("without what it renames, edited or not", async () => {
    const { root, read, write } = exampleRepository();
    mkdirSync(join(root, "hw/block"));
    renameSync(join(root, disk), join(root, "hw/block/disk.c"));
    expect(await since(root, "HEAD")).toEqual([]);
    write("hw/block/disk.c", read("hw/block/disk.c").replace("\n\n", "\n/* moved */\n\n"));
    expect(await since(root, "HEAD")).toEqual([]);
  });

  it("compares what the older side's own workspace file made of it", async () => {
    const { root, write } = exampleRepository();
    write(".vmstate.json", "{ nothing");
    expect(await since(root, "HEAD")).toEqual([".vmstate.json workspace-file"]);
  });
});

describe("what somebody has to judge", () => {
  const [review, parent, child] = ["subsection-always-sent", "hw/demo/parent.c", "hw/demo/child.c"];
  const tables = (childStruct: string, needed: string) => ({
    "hw/demo/parts.h": `typedef struct DemoMain { uint32_t a; uint32_t b; } DemoMain;
typedef struct DemoMore { uint32_t b; } DemoMore;
bool demo_more_needed(void *opaque);
extern const VMStateDescription vmstate_demo_more;
`,
    [parent]: `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "parts.h"
static const VMStateDescription vmstate_demo_main = {
    .name = "demo-main", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(a, DemoMain), VMSTATE_END_OF_LIST() },
    .subsections = (const VMStateDescription *const[]) { &vmstate_demo_more, NULL },
};
`,
    [child]: `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "parts.h"
const VMStateDescription vmstate_demo_more = {
    .name = "demo-main/more", .version_id = 1, .minimum_version_id = 1, ${needed}
    .fields = (const VMStateField[]) { VMSTATE_UINT32(b, ${childStruct}), VMSTATE_END_OF_LIST() },
};
`,
  });
  const writeAll = ({ write }: Repository, files: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(files)) write(path, text);
  };
  const needed = ".needed = demo_more_needed,";

  /** Findings of the table in parent.c once the one in child.c has lost its hook. */
  async function brought(childStruct: string): Promise<readonly (readonly string[])[]> {
    const repository = exampleRepository();
    const { root, git, commit } = repository;
    writeAll(repository, tables(childStruct, needed));
    const before = commit("with a subsection");
    writeAll(repository, tables(childStruct, ""));
    const patch = join(temporaryFolder(), "change.patch");
    writeFileSync(patch, git("diff"));
    const all = [await since(root, before), await since(root, before, "--review")];
    all.push(await since(root, before, "--rule", `${review}=warning`));
    git("checkout", "-q", "--", ".");
    for (const more of [[], ["--review"]]) {
      const { out } = await vmstate(["check", "--tree", root, "--patch", patch, "--format", "json", ...more]);
      all.push((JSON.parse(out) as JsonFinding[]).map(({ file, code }) => `${file} ${code}`));
    }
    return all;
  }

  it("is told where the change has to do with the table's struct, by --patch as well", async () => {
    const found = [`${parent} ${review}`];
    expect(await brought("DemoMain")).toEqual([found, found, found, found, found]);
  });

  it("is told of other tables by --review, and where its rule is named", async () => {
    const found = [`${parent} ${review}`];
    expect(await brought("DemoMore")).toEqual([[], found, found, [], found]);
  });

  it("is told of a file that is renamed and edited, and not of what it had before", async () => {
    const repository = exampleRepository();
    const { root, git, read, write, commit } = repository;
    writeAll(repository, tables("DemoMore", ""));
    commit("always sent");
    git("mv", parent, "hw/demo/main.c");
    expect(await since(root, "HEAD")).toEqual([]);
    write(
      "hw/demo/main.c",
      read("hw/demo/main.c").replace("&vmstate_demo_more,", "&vmstate_demo_more, &vmstate_demo_more,"),
    );
    expect(await since(root, "HEAD")).toContain(`hw/demo/main.c ${review}`);
  });

  it("says where it has looked", async () => {
    const { root, write } = exampleRepository();
    write("hw/demo/more.c", "int more;\n");
    const looked = async (...more: readonly string[]) =>
      (await vmstate(["check", "--tree", root, "--since", "HEAD", ...more])).out;
    expect(await looked()).toContain("looked for in what changed; --review looks everywhere.");
    expect(await looked("--review")).not.toContain("--review");
  });
});

describe("accepted findings", () => {
  it("go with their files, renamed in the work tree or in a commit since, edited or not", async () => {
    const { root, git, read, write, commit } = exampleRepository();
    const baseline = join(root, "accepted.json");
    await vmstate(["check", "--tree", root, "--write-baseline", baseline]);
    const check = () => vmstate(["check", "--tree", root, "--baseline", baseline, "--format", "json"]);
    mkdirSync(join(root, "hw/block"));
    git("mv", disk, "hw/block/disk.c");
    expect(await check()).toEqual({ code: 0, out: "[]\n", err: "" });
    commit("renamed");
    git("mv", "hw/block/disk.c", "hw/block/drive.c");
    write("hw/block/drive.c", read("hw/block/drive.c").replace("\n\n", "\n/* moved */\n\n"));
    commit("again");
    expect(await check()).toEqual({ code: 0, out: "[]\n", err: "" });
  });

  it("come as new where git can't tell, with its reason", async () => {
    const { root } = exampleRepository();
    const baseline = join(root, "accepted.json");
    await vmstate(["check", "--tree", root, "--write-baseline", baseline]);
    renameSync(join(root, disk), join(root, "hw/demo/drive.c"));
    rmSync(join(root, ".git"), { recursive: true });
    const { code, err } = await vmstate(["check", "--tree", root, "--baseline", baseline]);
    expect(code).toBe(1);
    expect(err).toContain(`files that are gone (${disk}), and git can't say where to: `);
    expect(err).toContain("not a git repository");
  });
});

describe("git that says no", () => {
  const refused = async (tree: string, revision: string): Promise<string> => {
    const { code, err, out } = await vmstate(["check", "--tree", tree, "--since", revision]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    return err;
  };

  it("no such revision, no repository, a folder that the revision has not", async () => {
    const { root } = exampleRepository();
    expect(await refused(root, "nosuch")).toBe(`vmstate: --since nosuch: nosuch: no such revision in ${root}\n`);
    expect(await refused(root, "--output=x")).toContain("no such revision");
    const vendor = exampleRepository("third/qemu");
    cpSync(join(vendor.root, "third/qemu"), join(vendor.root, "third/other"), { recursive: true });
    expect(await refused(join(vendor.root, "third/other"), "v1.0.0")).toContain("is no folder of that revision");
    expect(await refused(temporaryFolder(), "v1.0.0")).toContain("not a git repository");
  });

  it("a shallow clone, and histories without a common commit", async () => {
    const { root, git, write, commit } = exampleRepository();
    write("a.c", "int a;\n");
    commit("more");
    const shallow = repositoryAt(join(temporaryFolder(), "shallow"));
    shallow.git("clone", "-q", "--depth", "1", `file://${root}`, ".");
    expect(await refused(shallow.root, "HEAD~1")).toContain("the clone is shallow: git fetch --unshallow");
    git("checkout", "-q", "--orphan", "apart");
    commit("apart");
    expect(await refused(root, "v1.0.0")).toContain("no common commit; v1.0.0..HEAD compares the two as they are");
  });

  it("a partial clone: works with what is there, and says how to get the rest", async () => {
    const { root, git, read, write, commit } = exampleRepository();
    write(disk, read(disk).replace("\n\n", "\n/* edited */\n\n"));
    commit("more");
    git("config", "uploadpack.allowFilter", "true");
    const partial = repositoryAt(join(temporaryFolder(), "partial"));
    partial.git("clone", "-q", "--filter=blob:none", `file://${root}`, ".");
    expect(await since(partial.root, "HEAD")).toEqual([]);
    const said = await refused(partial.root, "v1.0.0");
    const wayOut = /fetch them first: git -C \S+ (.*)\n$/.exec(said)?.[1];
    expect(wayOut).toBeDefined();
    partial.git(...(wayOut ?? "").split(" "));
    expect(await since(partial.root, "v1.0.0")).toEqual([]);
  });

  it("a clone that borrows from a repository that is gone", async () => {
    const { root } = exampleRepository();
    const shared = repositoryAt(join(temporaryFolder(), "shared"));
    shared.git("clone", "-q", "--shared", root, ".");
    renameSync(root, `${root}-elsewhere`);
    const said = await refused(shared.root, "v1.0.0");
    renameSync(`${root}-elsewhere`, root);
    expect(said).toContain(`${shared.root} borrows from a repository that is not there (git: `);
    expect(said).toContain(`${root}/.git/objects`);
    expect(await since(shared.root, "v1.0.0")).toEqual([]);
  });

  it("a foreign owner, and no git at all", async () => {
    const { root } = exampleRepository();
    const bin = temporaryFolder();
    const path = process.env["PATH"] ?? "";
    standIn(bin, `GIT_TEST_ASSUME_DIFFERENT_OWNER=1 PATH='${path}' exec git "$@"`);
    const foreign = await withEnvironment({ PATH: `${bin}${delimiter}${path}` }, () => refused(root, "v1.0.0"));
    expect(foreign).toContain("which another user owns");
    expect(foreign).toContain(`git config --global --add safe.directory ${root}`);
    const none = await withEnvironment({ PATH: temporaryFolder() }, () => refused(root, "v1.0.0"));
    expect(none).toBe("vmstate: --since v1.0.0: git is not installed, or not in PATH\n");
  });
});

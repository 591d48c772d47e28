/** `--target all`: the answers of each target, each finding once, and no file read for it again. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharesOf } from "../../cli/diff/jobs";
import { inBlocks, pairsOf } from "../../cli/diff/matrix";
import type { JsonFinding } from "../../cli/report/json";
import { workOf } from "../counted";
import { exampleRepository, removeFolders, type Repository, temporaryFolder } from "./repository";
import { exampleTree, type Run, vmstate } from "./run";

const names = ["aarch64", "arm", "s390x", "x86_64"] as const;
const bases = { aarch64: "arm", arm: "arm", s390x: "s390x", x86_64: "i386" } as const;

/** A device whose table is wrong by target: everywhere, on arm's two, by the width of a long of the guest. */
const device = `#include "qemu/osdep.h"
#include "hw/sysbus.h"
#include "cpu-regs.h"
#define TYPE_WIDE "wide"
#ifdef TARGET_ARM
#define WIDE_VERSION 1
#else
#define WIDE_VERSION 3
#endif
typedef struct Wide { SysBusDevice parent_obj; uint32_t regs[CPU_REGS]; target_long last; uint32_t end; } Wide;
static const VMStateDescription vmstate_wide = {
    .name = "wide",
    .version_id = WIDE_VERSION,
    .minimum_version_id = 2,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_ARRAY(regs, Wide, 8),
        VMSTATE_UINT32(end, Wide),
#if TARGET_LONG_BITS == 32
        VMSTATE_UINT32(last, Wide),
#else
        VMSTATE_UINT32(gone, Wide),
#endif
    }
};
static void wide_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_wide;
}
static const TypeInfo wide_info = { .name = TYPE_WIDE, .parent = TYPE_SYS_BUS_DEVICE,
    .instance_size = sizeof(Wide), .class_init = wide_class_init };
static void wide_register_types(void)
{
    type_register_static(&wide_info);
}
type_init(wide_register_types)
`;

/** Seen from one of no processor it is the target's. */
const header = (count: number, type: string): string => `#define CPU_REGS ${count}\ntypedef ${type} target_long;\n`;

function files(): Record<string, string> {
  const all: Record<string, string> = { "hw/demo/wide.c": device };
  for (const name of names) {
    all[`configs/targets/${name}-softmmu.mak`] = `TARGET_ARCH=${name}\nTARGET_BASE_ARCH=${bases[name]}\n`;
  }
  all["target/arm/cpu-regs.h"] = header(8, "int32_t");
  all["target/s390x/cpu-regs.h"] = header(8, "int64_t");
  all["target/i386/cpu-regs.h"] = header(9, "int64_t");
  return all;
}

function writeAll(root: string, all: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

let tree = "";
let repository: Repository;

beforeAll(() => {
  tree = join(temporaryFolder(), "tree");
  cpSync(exampleTree, tree, { recursive: true });
  writeAll(tree, files());
  repository = exampleRepository();
  writeAll(repository.root, files());
  repository.write("hw/demo/wide.c", device.replace("VMSTATE_UINT32(end, Wide),", ""));
  repository.commit("targets");
  repository.git("tag", "v1.1.0");
  repository.write("hw/demo/wide.c", device);
  repository.commit("more");
});
afterAll(removeFolders);

const json = (...argv: readonly string[]): Promise<Run> => vmstate([...argv, "--format", "json"]);
const said = ({ out }: Run): readonly JsonFinding[] => JSON.parse(out) as JsonFinding[];
const rows = ({ out }: Run): readonly { readonly targets?: readonly string[] }[] => JSON.parse(out);
const plain = (findings: readonly { readonly targets?: readonly string[] }[]): readonly string[] =>
  findings.map(({ targets: _, ...rest }) => JSON.stringify(rest)).sort();

/** What `--target all` says of each target is what that target alone says. */
async function isEach(argv: readonly string[]): Promise<readonly { readonly targets?: readonly string[] }[]> {
  const all = await json(...argv, "--target", "all");
  expect(all.code, all.err).not.toBe(2);
  for (const name of names) {
    const own = rows(all).filter(({ targets }) => targets?.includes(name) !== false);
    expect([name, plain(own)]).toEqual([name, plain(rows(await json(...argv, "--target", name)))]);
  }
  return rows(all);
}

describe("check --target all", () => {
  it("says what each target says, each finding once", async () => {
    const all = await isEach(["check", "--tree", tree, "--all"]);
    const targetsOf = (word: string) =>
      (all as readonly JsonFinding[]).filter(({ message }) => message.includes(word)).map(({ targets }) => targets);
    expect(targetsOf("accepts 2 and later only")).toEqual([["aarch64", "arm"]]);
    expect(targetsOf("The fields of demo-timer do not end")).toEqual([undefined]);
    expect(targetsOf("has no member gone")).toEqual([["aarch64", "s390x", "x86_64"]]);
    expect(targetsOf("regs saves 8 elements, and regs has 9")).toEqual([["x86_64"]]);
  });

  it("reads and skims each file once", async () => {
    const argv = ["check", "--tree", tree, "--review"];
    const one = await workOf(() => vmstate([...argv, "--target", "x86_64"]));
    const all = await workOf(() => vmstate([...argv, "--target", "all"]));
    expect({ skimmed: all.skimmed, filesRead: all.filesRead }).toEqual({
      skimmed: one.skimmed,
      filesRead: one.filesRead,
    });
  });

  it("says the targets in every format, and keeps fingerprints free of them", async () => {
    const run = async (format: string) =>
      (await vmstate(["check", "--tree", tree, "--target", "all", "-f", format])).out;
    for (const format of ["gcc", "github", "human", "junit"]) expect(await run(format)).toContain("[aarch64, arm]");
    expect(await run("gcc")).toContain("[all targets but arm]");
    const sarif = JSON.parse(await run("sarif")).runs[0].results as readonly {
      readonly properties?: { readonly targets?: readonly string[] };
      readonly message: { readonly text: string };
      readonly partialFingerprints: object;
    }[];
    const of = sarif.find(({ properties }) => properties?.targets?.join() === "aarch64,arm");
    expect(of?.message.text).toContain("[aarch64, arm]");
    const alone = JSON.parse((await vmstate(["check", "--tree", tree, "--target", "arm", "-f", "sarif"])).out);
    expect(
      alone.runs[0].results.map((each: { partialFingerprints: object }) => each.partialFingerprints),
    ).toContainEqual(of?.partialFingerprints);
    expect(await run("codequality")).toContain("[aarch64, arm]");
  });

  it("tells what came since a revision, and leaves out what a file accepts", async () => {
    await isEach(["check", "--tree", repository.root, "--since", "v1.0.0"]);
    const since = ["check", "--tree", repository.root, "--since", "v1.1.0", "--target", "all"];
    expect(said(await json(...since))).toEqual([]);
    const accepted = join(temporaryFolder(), "accepted.json");
    const argv = ["check", "--tree", tree, "--target", "all"];
    expect((await vmstate([...argv, "--write-baseline", accepted])).code).toBe(0);
    expect(said(await json(...argv, "--baseline", accepted))).toEqual([]);
    const one = ["check", "--tree", tree, "--target", "s390x", "--baseline", accepted];
    expect(said(await json(...one))).toEqual([]);
  });

  it("tells what a patch brings, which is read once", async () => {
    const patch = join(temporaryFolder(), "a.patch");
    writeFileSync(patch, repository.git("diff", "v1.0.0", "v1.1.0", "--", "hw"));
    const root = join(temporaryFolder(), "tree");
    cpSync(exampleTree, root, { recursive: true });
    const { "hw/demo/wide.c": _, ...others } = files();
    writeAll(root, others);
    const found = await isEach(["check", "--tree", root, "--patch", patch]);
    expect(found.map(({ targets }) => targets)).toContainEqual(["aarch64", "arm"]);
  });

  it("in parts is the same", async () => {
    const argv = ["check", "--tree", tree, "--target", "all"];
    const whole = await json(...argv);
    const parts: string[] = [];
    for (const part of ["1/2", "2/2"]) {
      const file = join(temporaryFolder(), "part.json");
      writeFileSync(file, (await json(...argv, "--shard", part)).out);
      parts.push(file);
    }
    expect((await vmstate(["merge", ...parts])).out).toBe(whole.out);
  });

  it("is refused by commands that answer for one target", async () => {
    const { code, err } = await vmstate(["dump", "--tree", tree, "--target", "all"]);
    expect([code, err]).toEqual([2, "vmstate: --target all: only check and diff take all targets; name one\n"]);
  });
});

describe("diff --target all", () => {
  it("says what each target says, and skims no file for it again", async () => {
    const given = ["diff", "v1.1.0", "HEAD", "--tree", repository.root, "--no-cache"];
    const found = await isEach(given);
    expect(found.map(({ targets }) => targets)).toContainEqual(["aarch64", "arm"]);
    const one = await workOf(() => vmstate([...given, "--target", "arm"]));
    const all = await workOf(() => vmstate([...given, "--target", "all"]));
    expect(all.skimmed).toBe(one.skimmed);
  });

  it("compares two folders where several trees lie beside one another", async () => {
    const folder = temporaryFolder();
    for (const name of ["old", "new"]) cpSync(tree, join(folder, name), { recursive: true });
    const options = { cwd: folder };
    for (const argv of [
      ["diff", "old", "new", "--target", "all"],
      ["diff", "--matrix", "old,new"],
    ]) {
      const answer = await vmstate([...argv, "--no-cache"], options);
      expect(answer).toEqual(await vmstate([...argv, "--no-cache", "--tree", "old"], options));
      expect(answer.out).not.toBe("");
    }
  });

  it("is shared by processes where that pays, each of which does its targets in order", async () => {
    const all = Array.from({ length: 20 }, (_, i) => `t${i}`);
    for (const processors of [1, 2, 3, 16]) {
      const shares = sharesOf(all, { self: "cli.js" }, processors);
      expect(shares.flat()).toEqual(all);
      expect(shares).toHaveLength(Math.min(processors, 6));
    }
    expect(sharesOf(all, {}, 16)).toEqual([all]);
    expect(sharesOf(["arm", "x86_64"], { self: "cli.js" }, 16)).toEqual([["arm", "x86_64"]]);
    const given = ["diff", "v1.1.0", "HEAD", "--tree", repository.root, "--no-cache", "-f", "json", "--target"];
    const share = JSON.parse((await vmstate([...given, "all", "--share", "s390x,arm"])).out);
    expect(share).toEqual([rows(await vmstate([...given, "s390x"])), rows(await vmstate([...given, "arm"]))]);
  });

  it("reads each version of a matrix once", async () => {
    const argv = ["--tree", repository.root, "--no-cache"];
    const two = await workOf(() => vmstate(["diff", "v1.1.0", "HEAD", ...argv]));
    const matrix = await workOf(() => vmstate(["diff", "--matrix", "v1.1.0,HEAD,v1.0.0,v1.1.0^{commit}", ...argv]));
    expect(matrix.answer.code, matrix.answer.err).not.toBe(2);
    expect(matrix.tablesRead).toBeLessThanOrEqual(2 * two.tablesRead);
    expect(matrix.skimmed).toBeLessThanOrEqual(2 * two.skimmed);
  });

  it("is refused where a matrix is asked for", async () => {
    const argv = ["diff", "--matrix", "v1.0.0,HEAD", "--target", "all", "--tree", repository.root];
    expect((await vmstate(argv)).err).toBe("vmstate: --matrix: one target at a time; name it with --target\n");
  });
});

describe("pairs of a matrix", () => {
  it.each([2, 3, 4, 7, 12])("of %s versions are all, with four versions in memory at most", (count) => {
    const pairs = pairsOf(Array.from({ length: count }, (_, i) => `v${i}`));
    const blocks = [...inBlocks(pairs)];
    expect(new Set(blocks.map(({ pair }) => pair))).toEqual(new Set(pairs));
    expect(blocks).toHaveLength(pairs.length);
    for (const { pair, kept } of blocks) {
      expect(kept).toEqual(expect.arrayContaining([pair.old, pair.next]));
      expect(new Set(kept).size).toBeLessThanOrEqual(4);
    }
  });
});

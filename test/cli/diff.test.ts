import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleStream } from "../wire/sample";
import { exampleTree, vmstate } from "./run";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-diff-"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

const field = (name: string, size: number, more = {}) => ({
  field: name,
  version_id: 0,
  field_exists: false,
  size,
  ...more,
});

function dump(name: string, fields: readonly object[], description: object = {}): string {
  const entry = { Name: "dev", version_id: 1, minimum_version_id: 1 };
  const body = { name: "dev", version_id: 1, minimum_version_id: 1, Fields: fields, ...description };
  return write(name, JSON.stringify({ vmschkmachine: { Name: "none" }, dev: { ...entry, Description: body } }));
}

describe("vmstate diff of dumps", () => {
  it("says nothing about a rename", async () => {
    const result = await vmstate([
      "diff",
      dump("a.json", [field("old", 4)]),
      dump("b.json", [field("new", 4)]),
      "-f",
      "json",
    ]);
    expect([result.code, JSON.parse(result.out)]).toEqual([0, []]);
  });

  it("is refused where a file has more than any dump", async () => {
    const big = write("big.json", "{");
    truncateSync(big, (256 << 20) + 1);
    const { code, err } = await vmstate(["diff", big, dump("a.json", [])]);
    expect({ code, err }).toEqual({ code: 2, err: `vmstate: ${big}: larger than 256 MiB\n` });
  });

  it("fails on a field that grew, both ways", async () => {
    const result = await vmstate([
      "diff",
      dump("a.json", [field("x", 4)]),
      dump("b.json", [field("x", 8)]),
      "-f",
      "json",
    ]);
    expect(result.code).toBe(1);
    expect(JSON.parse(result.out)).toMatchObject([
      { description: "dev", direction: "old->new", verdict: "refused" },
      { description: "dev", direction: "new->old", verdict: "refused" },
    ]);
  });

  it("counts array lengths only where both have them", async () => {
    const old = dump("a.json", [field("x", 4)]);
    const next = dump("b.json", [field("x", 4, { num: 8 })]);
    expect((await vmstate(["diff", old, next])).code).toBe(0);
  });

  it("says that array lengths are not known where a dump has none, as 7.2 writes it", async () => {
    const old = dump("a.json", [field("x", 4)]);
    const open = "array lengths are not known, a.json has none";
    const longer = dump("b.json", [field("x", 4, { num: 8 })]);
    expect((await vmstate(["diff", old, longer])).out).toBe(`no break in what can be compared, ${open}.\n`);
    expect((await vmstate(["diff", old, longer, "-f", "json"])).err).toBe(`${open}\n`);
    expect((await vmstate(["diff", old, longer, "-f", "markdown"])).out).toContain(`Not compared: ${open}.`);
    const also = (await vmstate(["diff", old, dump("c.json", [field("x", 4)])])).out;
    expect(also).toBe("no break in what can be compared, array lengths are not known, a.json and c.json have none.\n");
    const shorter = dump("d.json", [field("x", 4, { num: 4 })]);
    expect((await vmstate(["diff", shorter, dump("e.json", [field("x", 4, { num: 4 })])])).out).toBe("0 breaks.\n");
    expect((await vmstate(["diff", shorter, longer])).out).toContain("2 breaks (1 on upgrade, 1 on downgrade).");
  });

  it("shows the tree's line for what differs from a dump, whichever of the two is the newer", async () => {
    const older = join(folder, "older");
    cpSync(exampleTree, older, { recursive: true });
    const file = "hw/demo/demo-nic.c";
    const text = readFileSync(join(older, file), "utf8");
    writeFileSync(join(older, file), text.replace("VMSTATE_UINT16(status, DemoNIC),", ""));
    const saved = write("now.json", (await vmstate(["dump", "--tree", exampleTree])).out);
    const line = text.slice(0, text.indexOf("vmstate_demo_nic = {")).split("\n").length - 1;
    for (const [sides, at] of [
      [[saved, older], "new"],
      [[older, saved], "old"],
    ] as const) {
      const rows = JSON.parse((await vmstate(["diff", "-f", "json", ...sides])).out);
      expect(rows).toHaveLength(2);
      for (const row of rows) expect(row).toMatchObject({ file, line, places: { [at]: { file, line } } });
    }
  });

  it("cannot run on what is no dump", async () => {
    const result = await vmstate(["diff", write("a.json", "[1]"), write("b.json", "{")]);
    expect([result.code, result.err]).toEqual([2, expect.stringContaining("not what -dump-vmstate writes")]);
  });
});

describe("vmstate diff of revisions", () => {
  const header = `
typedef struct VMStateDescription VMStateDescription;
enum VMStateFlags { VMS_SINGLE = 1, VMS_END = 0x10000 };
#define VMSTATE_UINT32(m, s) { .name = #m, .size = 4, .info = &vmstate_info_uint32, .flags = VMS_SINGLE, .offset = offsetof(s, m) }
#define VMSTATE_END_OF_LIST() { .flags = VMS_END }
`;
  const device = (fields: string) => `
#include "migration/vmstate.h"
typedef struct Dev { uint32_t a; uint32_t b; } Dev;
static const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1,
    .fields = (const VMStateField[]) { ${fields} VMSTATE_END_OF_LIST() } };
static void dev_register(Dev *d) { vmstate_register(NULL, 0, &vmstate_dev, d); }
`;

  function commit(fields: string): string {
    const tree = join(folder, "tree");
    write("tree/include/migration/vmstate.h", header);
    write("tree/VERSION", "9.2.0\n");
    write("tree/hw/dev.c", device(fields));
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", tree, "-c", "user.name=a", "-c", "user.email=a@b", ...args], {
        stdio: ["ignore", "pipe", "ignore"],
      })
        .toString()
        .trim();
    git("init", "-q");
    git("add", ".");
    git("commit", "-q", "-m", "x");
    return git("rev-parse", "HEAD");
  }

  it("reads them without a checkout, and points into the new one", async () => {
    const old = commit("VMSTATE_UINT32(a, Dev), VMSTATE_UINT32(b, Dev),");
    const next = commit("VMSTATE_UINT32(a, Dev),");
    const tree = join(folder, "tree");
    const result = await vmstate(["diff", old, next, "--tree", tree, "-f", "json"]);
    expect(JSON.parse(result.out)).toMatchObject([
      { direction: "old->new", verdict: "refused", file: "hw/dev.c", line: 3 },
      { direction: "new->old", verdict: "refused", file: "hw/dev.c", line: 3 },
    ]);
    const markdown = await vmstate(["diff", old, tree, "--tree", tree, "-f", "markdown"]);
    expect(markdown.out).toContain("| dev | old → new | refused |");
    expect((await vmstate(["diff", next, tree, "--tree", tree])).code).toBe(0);
  });

  it("accepts differences with a reason, whatever the versions are called", async () => {
    const tree = join(folder, "tree");
    const old = commit("VMSTATE_UINT32(a, Dev), VMSTATE_UINT32(b, Dev),");
    const next = commit("VMSTATE_UINT32(a, Dev),");
    const file = join(folder, "accepted.json");
    const written = await vmstate(["diff", old, next, "--tree", tree, "--write-baseline", file, "--reason", "known"]);
    expect(written.code).toBe(0);
    expect(readFileSync(file, "utf8")).toContain('"reason": "known"');
    expect((await vmstate(["diff", old, tree, "--tree", tree, "--baseline", file])).code).toBe(0);
    const worse = commit("");
    const found = await vmstate(["diff", old, worse, "--tree", tree, "--baseline", file]);
    expect([found.code, found.err]).toEqual([1, expect.stringContaining("2 accepted differences no longer occur")]);
  });

  it("compares each with each later one, as a table", async () => {
    const tree = join(folder, "tree");
    const versions = [
      "VMSTATE_UINT32(a, Dev),",
      "VMSTATE_UINT32(b, Dev),",
      "VMSTATE_UINT32(a, Dev), VMSTATE_UINT32(b, Dev),",
    ];
    const [a = "", b = "", c = ""] = versions.map(commit);
    const range = `${a},${b},${c}`;
    const json = await vmstate(["diff", "--matrix", range, "--tree", tree, "-f", "json"]);
    expect(JSON.parse(json.out)).toEqual([
      { old: a, next: b, forwards: 0, backwards: 0 },
      { old: a, next: c, forwards: 1, backwards: 1 },
      { old: b, next: c, forwards: 1, backwards: 1 },
    ]);
    execFileSync("git", ["-C", tree, "tag", "v9.2.0", a]);
    execFileSync("git", ["-C", tree, "tag", "v10.0.0-rc1", b]);
    const table = await vmstate(["diff", "--matrix", "v9.2.0..HEAD", "--tree", tree, "-f", "markdown"]);
    expect(table.out).toBe("|  | HEAD |\n| --- | --- |\n| v9.2.0 | 1 / 1 |\n");
    expect((await vmstate(["diff", "--matrix", "v1..HEAD", "--tree", tree])).code).toBe(2);
  });

  it("compares for every target, and says which ones differ", async () => {
    const tree = join(folder, "tree");
    const old = commit("VMSTATE_UINT32(a, Dev),");
    const next = commit("VMSTATE_UINT32(a, Dev), VMSTATE_UINT32(b, Dev),");
    const result = await vmstate(["diff", old, next, "--tree", tree, "--target", "all", "-f", "json"]);
    expect(JSON.parse(result.out)).toMatchObject([{ direction: "old->new" }, { direction: "new->old" }]);
    expect(result.code).toBe(1);
  });

  it("reads a stream by the tables of a version that did not write it", async () => {
    const stream = join(folder, "guest.mig");
    writeFileSync(stream, sampleStream());
    const nic = (fields: string) => {
      write("nic/include/migration/vmstate.h", header);
      write(
        "nic/hw/nic.c",
        `#include "migration/vmstate.h"
typedef struct Nic { uint32_t count; uint32_t rest; uint32_t more; } Nic;
static const VMStateDescription vmstate_nic = { .name = "nic", .version_id = 2,
    .fields = (const VMStateField[]) { ${fields} VMSTATE_END_OF_LIST() } };
static void nic_register(Nic *n) { vmstate_register(NULL, 0, &vmstate_nic, n); }
`,
      );
      return vmstate(["diff", stream, join(folder, "nic"), "-f", "json"]);
    };
    const sound = await nic("VMSTATE_UINT32(count, Nic), VMSTATE_UINT32(rest, Nic),");
    expect(sound.code).toBe(0);
    const longer = await nic("VMSTATE_UINT32(count, Nic), VMSTATE_UINT32(rest, Nic), VMSTATE_UINT32(more, Nic),");
    expect(longer.code).toBe(1);
    expect(JSON.parse(longer.out)).toMatchObject([
      { idstr: "nic", direction: "old->new", verdict: "refused", file: "hw/nic.c", line: 2 },
    ]);
    // the bytes fit without a field that only the tree has: whether it is there, nothing says
    const one = (name: string, size: number, info: string, more = "") =>
      `{ .name = "${name}", .size = ${size}, .info = &vmstate_info_${info}, .flags = VMS_SINGLE, ${more} },`;
    const known = `VMSTATE_UINT32(count, Nic), ${one("level", 1, "int8")} ${one("mac", 3, "buffer")}`;
    const open = await nic(`${known} ${one("more", 4, "uint32", ".field_exists = has_more")}`);
    expect(JSON.parse(open.out)).toMatchObject([
      {
        verdict: "refused",
        certain: false,
        message: expect.stringContaining("not known (whether nic/more is there (has_more): the stream fits no)"),
      },
    ]);
    const shown = await vmstate(["diff", stream, join(folder, "nic")]);
    expect(shown.out).toContain("no break in what is known, 1 to know");
    await nic("VMSTATE_UINT32(count, Nic), VMSTATE_UINT32(rest, Nic), VMSTATE_UINT32(more, Nic),");
    const back = await vmstate(["diff", join(folder, "nic"), stream, "-f", "json"]);
    expect(JSON.parse(back.out)).toMatchObject([
      { direction: "new->old", verdict: "refused", places: { old: { file: "hw/nic.c", line: 2 } } },
    ]);
    expect((await vmstate(["diff", stream, stream])).code).toBe(2);
  });

  it("cannot run on a revision that is not there", async () => {
    const result = await vmstate(["diff", "nonsense", "HEAD", "--tree", join(folder, "tree")]);
    expect([result.code, result.err]).toEqual([2, expect.stringContaining("nonsense")]);
  });
});

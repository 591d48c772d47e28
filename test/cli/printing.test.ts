/** Names, paths and texts of files with harmless sequences in them that a terminal or a CI would act on. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ByteWriter,
  putConfiguration,
  putEndOfFile,
  putFooter,
  putHeader,
  putPartHeader,
  putRamBlocks,
  putRamEnd,
  putSectionHeader,
  putTrailer,
} from "../../core/wire";
import { exampleTree, vmstate } from "./run";

const odd = "\n::error::no\r##[error]no\x1b[31m\u009b31m\u202e\u2028\u200b";
const oddInC = String.raw`\n::error::no\r##[error]no\033[31m` + "\u202e\u2028\u200b";
const machine = "-M q35 -device demo-disk -device demo-iommu";

let folder = "";
let tree = "";
let stream = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-printing-"));
  tree = join(folder, "tree");
  cpSync(exampleTree, tree, { recursive: true });
  const edit = (file: string, from: string, to: string): void => {
    const path = join(tree, file);
    const text = readFileSync(path, "utf8");
    expect(text).toContain(from);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
  };
  edit("hw/demo/demo-disk.c", '.name = "demo-disk"', `.name = "demo-disk${oddInC}"`);
  edit("hw/demo/demo-disk.c", "vmstate_demo_disk = {", `vmstate_demo_disk = { /*\t\x1b[31m\u202e##[error]no */`);
  edit("hw/demo/demo-disk.c", "the ring cannot be mapped", `the ring ${oddInC} cannot be mapped`);
  mkdirSync(join(tree, `hw/::warning::${odd.replaceAll("#", "")}`));
  renameSync(join(tree, "hw/demo/demo-disk.c"), join(tree, `hw/::warning::${odd.replaceAll("#", "")}/disk.c`));
  stream = join(folder, "vm.mig");
  writeFileSync(stream, oddStream());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function oddStream(): Uint8Array {
  const writer = new ByteWriter();
  putHeader(writer);
  putConfiguration(writer, `pc${odd}`, []);
  putSectionHeader(writer, "start", { sectionId: 2, idstr: "ram", instanceId: 0, versionId: 4 });
  putRamBlocks(writer, [{ name: `pc.ram${odd}`, length: 4096n }]);
  putFooter(writer, 2);
  putPartHeader(writer, "end", 2);
  putRamEnd(writer);
  putFooter(writer, 2);
  const device = { sectionId: 4, idstr: `nic${odd}`, instanceId: 0, versionId: 2 };
  putSectionHeader(writer, "full", device);
  writer.put(Uint8Array.from([7]));
  putFooter(writer, 4);
  putEndOfFile(writer);
  const fields = [{ name: `::error::count${odd}`, type: `uint8${odd}`, size: 1 }];
  const description = { name: `nic${odd}`, instance_id: 0, vmsd_name: `nic${odd}`, version: 2, fields };
  putTrailer(writer, JSON.stringify({ page_size: 4096, devices: [description] }));
  return writer.finish();
}

function expectHarmless(text: string): void {
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(text).not.toMatch(/^\s*::/m);
  expect(text).not.toMatch(/##\w*\[/);
}

describe("what a file says is printed harmlessly", () => {
  it.each([
    ["check"],
    ["check", "--all", "--rule", "dma-before-iommu=hint"],
    ["check", "--format", "gcc"],
    ["check", "--format", "json"],
    ["check", "--format", "sarif"],
    ["check", "--format", "codequality"],
    ["check", "--format", "junit"],
    ["order"],
    ["order", "--all"],
    ["order", "--machine", machine],
    ["order", "--format", "markdown"],
    ["order", "--format", "json"],
    ["order", "--all", "--format", "dot"],
    ["order", "--all", "--format", "mermaid"],
    ["simulate", "--machine", machine],
    ["simulate", "--machine", machine, "--all"],
    ["simulate", "--machine", machine, "--format", "json"],
    ["simulate", "--machine", machine, "--format", "html"],
    ["simulate", "--machine", machine, "--format", "perfetto"],
    ["coverage"],
    ["coverage", "--format", "json"],
    ["dump"],
    ["dump", "--explain"],
  ])("%j", async (...argv) => {
    const { out, err } = await vmstate([...argv, "--tree", tree], { cwd: join(tree, "hw") });
    const shown = argv.includes("dump") || argv.includes("json") || argv.includes("sarif") ? "\\u001b" : "\\x1b";
    if (argv.includes("codequality") || argv.includes("perfetto")) expect(out).toMatch(/\\\\x1b|\\u001b/);
    else if (argv[0] !== "coverage") expect(out).toContain(shown);
    for (const each of [out, err]) expectHarmless(each.replaceAll("\t", ""));
    if (argv.includes("json") || argv.includes("sarif")) JSON.parse(out);
  });

  it.each(["", "--fields", "--fields --format json", "--format analyze", "--format analyze -d desc"])(
    "inspect %s",
    async (options) => {
      const argv = options.split(" ").filter((each) => each !== "");
      const { code, out, err } = await vmstate(["inspect", stream, ...argv]);
      expect(code).toBe(0);
      expect(out).toMatch(/\\x1b|\\u001b/);
      for (const each of [out, err]) expectHarmless(each);
    },
  );

  it.each(["text", "markdown", "json", "sarif", "codequality", "junit"])("diff --format %s", async (format) => {
    const both = await vmstate(["diff", exampleTree, tree, "--format", format]);
    const loaded = await vmstate(["diff", stream, tree, "--format", format]);
    expect(both.out).toMatch(/\\x1b|\\u001b/);
    for (const { out, err } of [both, loaded]) for (const each of [out, err]) expectHarmless(each);
  });

  it("also where a command cannot run", async () => {
    const { code, err } = await vmstate(["check", "--tree", tree, `none${odd}`]);
    expect(code).toBe(2);
    expectHarmless(err);
    expect(err.split("\n").length).toBe(2);
  });

  it("leaves JSON as it was for who parses it", async () => {
    const { out } = await vmstate(["inspect", stream, "--format", "json"]);
    expect(JSON.parse(out)).toMatchObject({
      configuration: { machine: expect.stringContaining("\n::error::no\r##[error]no\x1b[31m") },
    });
  });
});

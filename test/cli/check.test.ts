import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { JsonFinding } from "../../cli/report/json";
import { exampleTree, vmstate } from "./run";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function temporaryFile(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "vmstate-"));
  folders.push(folder);
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function findings(...argv: string[]): Promise<JsonFinding[]> {
  const { out } = await vmstate(["check", "--tree", exampleTree, "--format", "json", ...argv]);
  const parsed: JsonFinding[] = JSON.parse(out);
  return parsed;
}

describe("vmstate check", () => {
  it("exits 1 where a finding is an error, and prints what, where, why and the fix", async () => {
    const { code, out, err } = await vmstate(["check", "--tree", exampleTree]);
    expect(code).toBe(1);
    expect(err).toBe("");
    expect(out).toContain("hw/demo/demo-disk.c:41:33: error: ");
    expect(out).toContain("41 | static const VMStateDescription vmstate_demo_disk = {");
    expect(out).toMatch(/\n {7}\| {33}\^{17}\n/);
    expect(out).toContain("hw/demo/ring.c:9:21: demo_ring_map calls dma_memory_map");
    expect(out).toContain("fix: Set .priority = MIG_PRI_IOMMU");
    expect(out).not.toContain("\x1b[");
  });

  it("colours on a terminal, unless NO_COLOR is set", async () => {
    const terminal = (env: Record<string, string>) => {
      const parts: string[] = [];
      const out = { write: (part: string) => void parts.push(part), isTerminal: true, columns: 80 };
      return vmstate(["check", "--tree", exampleTree], { out, env }).then(() => parts.join(""));
    };
    expect(await terminal({})).toContain("\x1b[31merror\x1b[0m");
    expect(await terminal({ NO_COLOR: "1" })).not.toContain("\x1b[");
  });

  it("prints JSON with zero-based positions and the chain", async () => {
    const found = await findings();
    const disk = found.find((each) => each.file === "hw/demo/demo-disk.c");
    expect(disk).toMatchObject({
      code: "dma-before-iommu",
      severity: "error",
      range: { start: { line: 40, character: 32 }, end: { line: 40, character: 49 } },
    });
    expect(disk?.related.map((each) => each.file)).toContain("hw/demo/ring.c");
    expect(Object.keys(disk ?? {}).sort()).toEqual(["code", "file", "message", "range", "related", "severity"]);
  });

  it("reports on the paths given only, though the whole tree counts", async () => {
    const files = new Set((await findings("hw/demo/demo-disk.c")).map((each) => each.file));
    expect([...files]).toEqual(["hw/demo/demo-disk.c"]);
    expect(await findings("hw/pci")).toEqual([]);
  });

  it("reads a device that is kept outside the tree", async () => {
    const text = readFileSync(join(exampleTree, "hw/demo/demo-nic.c"), "utf8").replaceAll("demo_nic", "my_nic");
    const found = await findings(temporaryFile("my-nic.c", text.replaceAll("demo-nic", "my-nic")));
    expect(found.map((each) => each.code)).toEqual(["priority-ignored"]);
    expect(found[0]?.file).toMatch(/^\.\.\/.*my-nic\.c$/);
  });

  it("finds the tree above the working directory, and names files from there as compilers do", async () => {
    const { code, out } = await vmstate(["check", "--format", "gcc"], { cwd: join(exampleTree, "hw/demo") });
    expect(code).toBe(1);
    const beside = await vmstate(["check", "--tree", exampleTree, "--format", "gcc"], { cwd: join(exampleTree, "..") });
    expect(beside.out).toMatch(/^mini-qemu\/hw\/demo\/demo-disk\.c:41:33: error: /m);
    expect(out).toMatch(/^demo-disk\.c:41:33: error: .* \[dma-before-iommu\]$/m);
  });

  it("keeps what is for review for --review, or for the rule that is named", async () => {
    const text = `#include "migration/vmstate.h"
#define TYPE_MINE "mine"
static const VMStateDescription vmstate_mine = { .name = TYPE_MINE, .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_END_OF_LIST() } };
static void mine_class_init(ObjectClass *klass, void *data) { DEVICE_CLASS(klass)->vmsd = &vmstate_mine; }
static const TypeInfo mine = { .name = TYPE_MINE, .parent = TYPE_DEVICE, .class_init = mine_class_init };
DEFINE_TYPES(mine)
`;
    const file = temporaryFile("mine.c", text);
    const codes = async (...argv: string[]) => (await findings(file, ...argv)).map(({ code }) => code);
    expect(await codes()).not.toContain("name-from-type");
    expect(await codes("--review")).toContain("name-from-type");
    expect(await codes("--rule", "name-from-type=warning")).toContain("name-from-type");
    const { out } = await vmstate(["check", "--tree", exampleTree, file]);
    expect(out).toContain("--review reports it as well.");
    const reviewed = await vmstate(["check", "--tree", exampleTree, "--review", file]);
    expect(reviewed.out).not.toContain("--review");
  });

  it("prints SARIF that points from the rule to its page and carries the fixes", async () => {
    const { out } = await vmstate(["check", "--tree", exampleTree, "--format", "sarif"], { cwd: exampleTree });
    const log = JSON.parse(out);
    expect(log.version).toBe("2.1.0");
    const [run] = log.runs;
    const result = run.results.find((each: { ruleId: string }) => each.ruleId === "priority-ignored");
    expect(run.tool.driver.rules[result.ruleIndex].id).toBe("priority-ignored");
    expect(result.level).toBe("note");
    const [location] = result.locations;
    expect(location.physicalLocation.artifactLocation.uri).toBe("hw/demo/demo-nic.c");
    expect(location.physicalLocation.region.startLine).toBe(40);
    expect(result.fixes[0].artifactChanges[0].replacements[0].deletedRegion.startLine).toBe(40);
  });

  it("prints what GitLab shows in a merge request", async () => {
    const { code, out } = await vmstate(["check", "--tree", exampleTree, "--format", "codequality"], {
      cwd: exampleTree,
    });
    expect(code).toBe(1);
    const entries: { fingerprint: string; check_name: string }[] = JSON.parse(out);
    expect(new Set(entries.map((entry) => entry.fingerprint)).size).toBe(entries.length);
    expect(entries.find((entry) => entry.check_name === "dma-before-iommu")).toEqual({
      description: expect.stringContaining("DMA"),
      check_name: "dma-before-iommu",
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      severity: "critical",
      location: { path: "hw/demo/demo-disk.c", lines: { begin: 41 } },
    });
  });

  it("prints annotations of a pull request, errors first", async () => {
    const { out } = await vmstate(["check", "--tree", exampleTree, "--format", "github"], { cwd: exampleTree });
    const lines = out.trimEnd().split("\n");
    expect(lines[0]).toMatch(
      /^::error file=hw\/demo\/[\w.-]+,line=\d+,endLine=\d+,col=\d+,endColumn=\d+,title=vmstate%3A [\w-]+::\w/,
    );
    expect(lines.length).toBe((await findings()).length);
    const kinds = lines.map((line) => /^::(\w+) /.exec(line)?.[1] ?? "");
    expect(kinds.lastIndexOf("error")).toBeLessThan(kinds.indexOf("notice"));
  });

  it("prints JUnit's XML, in which errors are failures and what is below passes", async () => {
    const { out } = await vmstate(["check", "--tree", exampleTree, "--format", "junit"]);
    const found = await findings();
    const errors = found.filter((each) => each.severity === "error").length;
    expect(out).toContain(`<testsuites tests="${found.length}" failures="${errors}" errors="0" name="vmstate check">`);
    expect(out.match(/<testcase /g)).toHaveLength(found.length);
    expect(out.match(/<failure type="/g)).toHaveLength(errors);
    expect(out).toContain('name="hw/demo/demo-disk.c:41:33"><failure ');
    expect(out).not.toMatch(/<(?!\/?(?:testsuites?|testcase|failure|system-out)\b|\?xml )/);
    const none = await vmstate(["check", "--tree", exampleTree, "include", "--format", "junit"]);
    expect(none.out).toContain('<testcase classname="vmstate check" name="no findings"/>');
  });

  it("lets a rule be turned off or weakened", async () => {
    const off = await vmstate(["check", "--tree", exampleTree, "--rule", "dma-before-iommu=off", "--format", "json"]);
    expect(off.out).not.toContain("dma-before-iommu");
    const weak = await findings("--rule", "dma-before-iommu=hint");
    expect(weak.find((each) => each.code === "dma-before-iommu")?.severity).toBe("hint");
  });

  it.each([
    [["check", "--tree", "/no/such/tree"], "--tree /no/such/tree: no such directory"],
    [["check"], "no QEMU source tree here, above or directly below; give one with --tree DIR"],
    [["check", "--tree", exampleTree, "hw/none.c"], "hw/none.c: no such file"],
    [["check", "--tree", exampleTree, "--rule", "x=loud"], "--rule x=loud: write CODE=SEVERITY"],
  ])("exits 2 with one line where it cannot run: %j", async (argv, message) => {
    const { code, out, err } = await vmstate(argv);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(message);
    expect(err.trim().split("\n")).toHaveLength(1);
  });
});

describe("vmstate", () => {
  it("explains itself, each command with examples", async () => {
    const main = await vmstate(["--help"]);
    expect(main.code).toBe(0);
    for (const command of ["check", "order", "dump", "inspect", "lsp"]) {
      expect(main.out).toContain(command);
      const own = await vmstate([command, "--help"]);
      expect(own.out).toContain("Examples:");
    }
  });

  it("exits 2 on an option that it does not know", async () => {
    const { code, err } = await vmstate(["check", "--formt", "json"]);
    expect(code).toBe(2);
    expect(err).toContain("--format");
  });
});

/** Output that cannot be written, terminals that know no controls, and fingerprints. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { progressOn } from "../../cli/io";
import { endWhereLost } from "../../cli/lost";
import { treeOf } from "../tree";
import { diagnoseProject } from "../../core/check";
import type { Log } from "sarif";
import type { Diagnostic, Severity } from "../../core/check/diagnostic";
import { sarifReport } from "../../cli/report/sarif";
import { exampleTree, vmstate } from "./run";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-output-"));
  mkdirSync(join(folder, "folder"));
  writeFileSync(join(folder, "odd.json"), "[]");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a baseline that cannot be written or read", () => {
  it.each([
    ["check", "--write-baseline", "absent/x.json"],
    ["check", "--write-baseline", "folder"],
    ["check", "--baseline", "folder"],
    // no end of bytes to read, no place for any
    ["check", "--write-baseline", "/dev/full"],
    ["check", "--baseline", "absent.json"],
    ["check", "--baseline", "odd.json"],
    ["diff", "--write-baseline", "absent/x.json"],
    ["diff", "--baseline", "folder"],
    ["check", "--output", "sarif=folder"],
    ["diff", "--output", "markdown=odd.json/x.md"],
  ])("%s %s %s ends with exit code 2 and one line", async (command, option, name) => {
    const sides = command === "diff" ? [exampleTree, exampleTree] : ["--tree", exampleTree];
    const { code, out, err } = await vmstate([command, ...sides, option, name], { cwd: folder });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^vmstate: [^\n]+\n$/);
  });
});

describe("--output", () => {
  it.each(["check", "diff"])(
    "of %s writes what --format prints, and leaves what is printed as it is",
    async (command) => {
      const asked = [command, ...(command === "diff" ? [exampleTree, exampleTree] : ["--tree", exampleTree])];
      const formats = ["json", "sarif", "codequality", "junit"];
      const outputs = formats.flatMap((format) => ["-o", `${format}=reports/${command}.${format}`]);
      const printed = await vmstate([...asked, ...outputs], { cwd: folder });
      expect(printed).toEqual(await vmstate(asked, { cwd: folder }));
      for (const format of formats) {
        const written = readFileSync(join(folder, `reports/${command}.${format}`), "utf8");
        expect(written).toBe((await vmstate([...asked, "--format", format], { cwd: folder })).out);
      }
    },
  );

  it("takes a format and a file", async () => {
    for (const given of ["sarif", "sarif=", "html=x.html", "=x"]) {
      const { code, err } = await vmstate(["check", "--output", given]);
      expect({ given, code }).toEqual({ given, code: 2 });
      expect(err).toMatch(/It looks like sarif=FILE|Formats are human, json/);
    }
  });

  it("is of two versions, not of a matrix or of all targets", async () => {
    for (const more of [
      ["--matrix", "a,b"],
      [exampleTree, exampleTree, "--target", "all"],
    ])
      expect((await vmstate(["diff", ...more, "-o", "json=x.json"], { cwd: folder })).code).toBe(2);
  });
});

describe("standard output", () => {
  function lost(code: string): { readonly exits: readonly unknown[]; readonly said: string } {
    const exits: unknown[] = [];
    let said = "";
    const exit = vi.spyOn(process, "exit").mockImplementation((status): never => {
      exits.push(status);
      return undefined as never;
    });
    const write = vi.spyOn(process.stderr, "write").mockImplementation((...args: readonly unknown[]): boolean => {
      const [text, ended] = args;
      said += String(text);
      if (typeof ended === "function") (ended as () => void)();
      return true;
    });
    const stream = new PassThrough() as unknown as NodeJS.WriteStream;
    endWhereLost(stream);
    stream.emit("error", Object.assign(new Error("no space left on device"), { code }));
    exit.mockRestore();
    write.mockRestore();
    return { exits, said };
  }

  it("on a full disk is exit code 2 with one line", () => {
    const { exits, said } = lost("ENOSPC");
    expect(exits).toEqual([2]);
    expect(said).toMatch(/^vmstate: [^\n]*no space left[^\n]*\n$/);
  });

  it("whose reader went away is quiet", () => {
    expect(lost("EPIPE")).toEqual({ exits: [], said: "" });
  });

  it("gets no controls where TERM is dumb", async () => {
    const parts: string[] = [];
    const terminal = { write: (text: string) => void parts.push(text), isTerminal: true, columns: 80 };
    const io = { cwd: "/", env: { TERM: "dumb" }, out: terminal, err: terminal };
    const progress = progressOn(io);
    progress.report("reading");
    progress.done();
    await vmstate(["check", "--tree", exampleTree], io);
    expect(parts.join("")).not.toMatch(/[\x1b\r]/);
  });
});

describe("fingerprints in SARIF", () => {
  const table = (name: string): string => `static const VMStateDescription vmstate_${name} = {
    .name = "x",
    .version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(a, S), VMSTATE_UINT32(b, S) }
};
`;

  function prints(text: string): readonly string[] {
    const project = treeOf({ "hw/x.c": `#include "qemu/osdep.h"\ntypedef struct S { uint32_t a, b; } S;\n${text}` });
    const report = sarifReport(project, [...diagnoseProject(project)], {
      version: "1",
      rulePage: () => undefined,
      nameOf: (file) => file,
    });
    const log: { runs: [{ results: { partialFingerprints: Record<string, string> }[] }] } = JSON.parse(report);
    return log.runs[0].results.map(({ partialFingerprints }) => partialFingerprints["vmstateFinding/v1"] ?? "");
  }

  it("stay when lines move, and no two are alike", () => {
    const before = prints(table("one"));
    const after = prints(`/* one\n   more */\n${table("one")}${table("two")}`);
    expect(before.length).toBeGreaterThan(0);
    expect(after).toEqual(expect.arrayContaining([...before]));
    expect(new Set(after).size).toBe(after.length);
  });
});

describe("SARIF that GitHub takes", () => {
  const at = { file: "hw/x.c", start: 0, end: 1 };
  const finding = (severity: Severity, related = 0): Diagnostic => ({
    code: "dma-before-iommu",
    severity,
    range: at,
    message: severity,
    related: Array.from({ length: related }, (_, i) => ({ range: at, message: String(i) })),
    fixes: [],
  });
  const report = (findings: readonly Diagnostic[]) => {
    const tool = { version: "1", rulePage: () => undefined, nameOf: (file: string) => file };
    const log: Log = JSON.parse(sarifReport(treeOf({ "hw/x.c": "x\n" }), findings, tool));
    return log.runs[0];
  };

  it("has no more results than are taken, the worst of them, and says what is left out", () => {
    const many = [...Array(25_001).fill("hint"), "error"].map((severity: Severity) => finding(severity));
    const run = report(many);
    expect(run?.results).toHaveLength(25_000);
    expect(run?.results?.at(-1)?.level).toBe("error");
    expect(new Set(run?.results?.map((each) => each.partialFingerprints?.["vmstateFinding/v1"])).size).toBe(25_000);
    const [note] = run?.invocations?.[0]?.toolExecutionNotifications ?? [];
    expect(note?.message.text).toMatch(/^2 findings of the lowest severity are left out/);
    expect(report([finding("error")])?.invocations).toBeUndefined();
  });

  it("has no more places of one than are shown", () => {
    expect(report([finding("error", 1_500)])?.results?.[0]?.relatedLocations).toHaveLength(100);
  });
});

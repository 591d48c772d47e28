import { describe, expect, it } from "vitest";
import { byDescription, countVerdict, readFindings, worstOf } from "../../client/shared/compare";
import { diffArguments, nameOfSide, typedSide, waysBetween } from "../../client/shared/sides";

const row = { direction: "old->new", message: "m", file: "hw/a.c", line: 3, certain: true };
const json = JSON.stringify([
  { ...row, description: "nic", verdict: "defaults" },
  { ...row, description: "disk", verdict: "refused", types: ["demo-disk", 7] },
  { ...row, description: "nic", verdict: "wrong-values", direction: "new->old" },
  { ...row, description: "odd", verdict: "explodes" },
  "nothing",
]);

describe("a comparison", () => {
  it("is read from the command line's JSON, without what is no finding", () => {
    const findings = readFindings(json) ?? [];
    expect(findings.map(({ description, verdict }) => [description, verdict])).toEqual([
      ["nic", "defaults"],
      ["disk", "refused"],
      ["nic", "wrong-values"],
    ]);
    expect(findings[1]?.types).toEqual(["demo-disk"]);
    expect(countVerdict(findings, "refused")).toBe(1);
  });

  it("says for each way what a guest meets at worst, and keeps the places of both sides", () => {
    const place = { file: "hw/a.c", line: 3 };
    const both = JSON.stringify([
      { ...row, description: "nic", verdict: "defaults", places: { old: place, new: { ...place, line: 4 } } },
      { ...row, description: "nic", verdict: "refused", places: { old: "hw/a.c", new: { file: 1 } } },
    ]);
    const findings = readFindings(both) ?? [];
    expect(findings.map(({ places }) => places)).toEqual([{ old: place, new: { ...place, line: 4 } }, {}]);
    expect(worstOf(findings, "old->new")).toBe("refused");
    expect(worstOf(findings, "new->old")).toBeUndefined();
  });

  it("takes an absolute path for a tree or a file, anything else for a revision, and none of them for an option", () => {
    const sides = { old: typedSide("--output=x"), new: typedSide("/home/me/qemu-9.2") };
    expect(nameOfSide(sides.new)).toBe("qemu-9.2");
    expect(sides.old.kind).toBe("revision");
    expect(diffArguments("/tree", sides).slice(-3)).toEqual(["--", "--output=x", "/home/me/qemu-9.2"]);
    expect(typedSide("C:\\\\qemu").kind).toBe("path");
  });

  it("speaks of no way into a file unless something was found on it", () => {
    const findings = readFindings(json) ?? [];
    const tree = { kind: "tree" } as const;
    const stream = { kind: "path", path: "/tmp/guest.mig" } as const;
    const forwards = findings.filter(({ direction }) => direction === "old->new");
    expect(waysBetween({ old: stream, new: tree }, forwards)).toEqual(["old->new"]);
    expect(waysBetween({ old: stream, new: tree }, findings)).toEqual(["old->new", "new->old"]);
    expect(waysBetween({ old: { kind: "revision", revision: "v10.1.0" }, new: tree }, [])).toHaveLength(2);
  });

  it("is not read from anything else", () => {
    expect(readFindings("vmstate: no such revision")).toBeUndefined();
    expect(readFindings("{}")).toBeUndefined();
  });

  it("lists refusals first and filters by description, type and message", () => {
    const findings = readFindings(json) ?? [];
    expect(byDescription(findings, "").map(({ description }) => description)).toEqual(["disk", "nic"]);
    expect(byDescription(findings, "DEMO-disk").map(({ description }) => description)).toEqual(["disk"]);
  });
});

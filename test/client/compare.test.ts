import { describe, expect, it } from "vitest";
import { byDescription, countVerdict, readFindings } from "../../client/shared/compare";

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

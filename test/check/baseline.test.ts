import { describe, expect, it } from "vitest";
import { acceptedForm, compareWith, readBaseline, writeBaseline } from "../../core/check/baseline";
import type { Diagnostic } from "../../core/check/diagnostic";

function finding(code: string, start: number, message = "m"): Diagnostic {
  return { code, severity: "error", range: { file: "a.c", start, end: start + 1 }, message, related: [], fixes: [] };
}

describe("a baseline", () => {
  it("covers a finding that has moved to another line", () => {
    const baseline = writeBaseline([finding("x", 10)], undefined);
    expect(compareWith(baseline.findings, [finding("x", 500)])).toEqual({ fresh: [], gone: [] });
  });

  it("covers as many findings as it holds, so that a second one of the same text is new", () => {
    const { fresh } = compareWith([acceptedForm(finding("x", 1))], [finding("x", 1), finding("x", 9)]);
    expect(fresh.map((f) => f.range.start)).toEqual([9]);
  });

  it("says what it accepts in vain", () => {
    const entry = acceptedForm(finding("x", 1));
    expect(compareWith([entry], [finding("y", 1)])).toEqual({ fresh: [finding("y", 1)], gone: [entry] });
  });

  it("keeps the reasons when it is written again", () => {
    const earlier = readBaseline(
      JSON.stringify({ version: 1, findings: [{ code: "x", file: "a.c", message: "m", reason: "known since 2019" }] }),
    );
    const again = writeBaseline([finding("x", 3), finding("b", 4)], earlier);
    expect(again.findings).toEqual([
      { code: "b", file: "a.c", message: "m" },
      { code: "x", file: "a.c", message: "m", reason: "known since 2019" },
    ]);
  });

  it.each(["", "[]", "{}", '{"version":2,"findings":[]}', '{"version":1,"findings":[{"code":1}]}'])(
    "is not read from %j",
    (text) => {
      expect(readBaseline(text)).toBeUndefined();
    },
  );
});

import { describe, expect, it } from "vitest";
import { advisoriesOf, problemsOf } from "../../scripts/audit.mjs";

const advisory = (id: string) => ({
  url: `https://advisories.example/${id}`,
  severity: "moderate",
  name: "made-up",
  range: "<2.0.0",
  title: "made up",
});
/** As npm reports it: a package that only hangs on a vulnerable one names it. */
const report = {
  vulnerabilities: {
    "made-up": { via: [advisory("GHSA-one"), advisory("GHSA-two")] },
    user: { via: ["made-up"] },
    other: { via: [advisory("GHSA-one")] },
  },
};

describe("npm run audit", () => {
  it("takes each advisory once", () => {
    expect([...advisoriesOf(report).keys()]).toEqual(["GHSA-one", "GHSA-two"]);
  });
  it("lets pass what has a reason, and nothing else", () => {
    const advisories = advisoriesOf(report);
    expect(problemsOf(advisories, { "GHSA-one": "why", "GHSA-two": "why" })).toEqual([]);
    expect(problemsOf(advisories, { "GHSA-one": "why" })).toEqual(["GHSA-two moderate: made-up <2.0.0: made up"]);
  });
  it("names a reason whose advisory is gone", () => {
    expect(problemsOf(new Map(), { "GHSA-one": "why" })).toEqual(["GHSA-one is told no more: take it out"]);
  });
});

import { expect, it } from "vitest";
import { pageStateOf, readPageState } from "../../client/shared/pageState";
import { sameTree } from "../../client/shared/ends";
import { order, simulation } from "./results";

it("a page is made again from what it kept, whatever it showed", () => {
  const result = simulation(["a"]);
  const pages = [
    { kind: "simulation", result, order, changes: undefined, watching: false, ends: sameTree },
    { kind: "order", result: order, machine: undefined },
    { kind: "graph", result: order, machine: "-M q35" },
    {
      kind: "compare",
      tree: "file:///t",
      sides: { old: { kind: "revision", revision: "v1.0" }, new: { kind: "tree" } },
      findings: [],
    },
  ] as const;
  for (const page of pages) {
    const state = pageStateOf(page);
    expect(state?.kind).toBe(page.kind);
    expect(readPageState(JSON.parse(JSON.stringify(state)))).toEqual(state);
  }
});

it("what the editor kept of another version or a stranger makes no page", () => {
  for (const state of [
    undefined,
    null,
    "x",
    {},
    { kind: "simulation" },
    { kind: "compare", sides: { old: { kind: "path", path: "" }, new: { kind: "tree" } } },
    { kind: "shell" },
  ])
    expect(readPageState(state)).toBeUndefined();
});

import { describe, expect, it } from "vitest";
import { isSameTree, readReport, sameTree, simulateArguments } from "../../client/shared/ends";
import { readFromPage } from "../../client/shared/messages";
import { simulation } from "./results";

const more = { tree: "file:///t", machine: "-M q35", milliseconds: 5 };

describe("the two ends of a simulated migration", () => {
  it("are arguments of the command line, none of which can be taken for an option", () => {
    expect(
      simulateArguments("/t", "-M q35", {
        source: { kind: "revision", revision: "--help" },
        destination: { kind: "revision", revision: "v10.2.0" },
      }),
    ).toEqual(["simulate", "--tree=/t", "--format=json", "--all", "--from=--help", "--to=v10.2.0", "--machine=-M q35"]);
  });

  it("take a stream instead of a source, and its own machine where none is named", () => {
    const argv = simulateArguments("/t", "", { ...sameTree, source: { kind: "stream", path: "/s.mig" } });
    expect(argv).toContain("--load=/s.mig");
    expect(argv.some((argument) => /^--(from|machine)/.test(argument))).toBe(false);
  });

  it("are the working tree until others are chosen", () => {
    expect(isSameTree(sameTree)).toBe(true);
    expect(isSameTree({ ...sameTree, destination: { kind: "revision", revision: "HEAD" } })).toBe(false);
  });

  it("are chosen by messages that name one of them", () => {
    expect(readFromPage({ kind: "chooseEnd", end: "source" })).toEqual({ kind: "chooseEnd", end: "source" });
    expect(readFromPage({ kind: "chooseEnd", end: "middle" })).toBeUndefined();
    expect(readFromPage({ kind: "move", symbol: "a", file: "b.c" })).toBeUndefined();
  });
});

describe("the command line's report", () => {
  it("becomes the result that the page draws", () => {
    const { tree: _tree, machineType, milliseconds: _time, ...report } = simulation(["demo-nic"]);
    const read = readReport(JSON.stringify({ ...report, machine: machineType }), more);
    expect(read).toMatchObject({ machine: "-M q35", machineType: "pc-q35-10.2", milliseconds: 5, tree: "file:///t" });
    expect(read?.sections).toHaveLength(1);
  });

  it("is refused where it is something else", () => {
    for (const text of ["", "[]", "null", '{"outcome":"completed"}', '{"outcome":1,"sections":[]}']) {
      expect(readReport(text, more)).toBeUndefined();
    }
  });
});

import { expect, it } from "vitest";
import { foldRuns } from "../../../core/wire/inspect/runs";

const folded = (...lines: readonly string[]) =>
  foldRuns(
    lines.map((line) => {
      const [path = "", a, b] = line.split(" ");
      return { path, a, b };
    }),
  ).map(({ path, a, b }) => `${path} ${a} ${b}`);

it.each([
  [["src[0]/ivpr 1 2", "src[1]/ivpr 1 2", "src[2]/ivpr 1 2"], ["src[0..2]/ivpr 1 2"]],
  [
    ["m[7] 1 2", "m[8] 1 2", "m[10] 1 2", "m[11] 1 3"],
    ["m[7..8] 1 2", "m[10] 1 2", "m[11] 1 3"],
  ],
  [
    ["a[0]/b[1] 1 2", "a[0]/b[2] 1 2", "a[1]/b[2] 1 2"],
    ["a[0]/b[1..2] 1 2", "a[1]/b[2] 1 2"],
  ],
  [
    ["a[0]/b[0] 1 2", "a[1]/b[1] 1 2"],
    ["a[0]/b[0] 1 2", "a[1]/b[1] 1 2"],
  ],
  [
    ["r[0] 1 2", "s[1] 1 2", "[clock/extra]/t[0] 1 2", "[clock/extra]/t[1] 1 2"],
    ["r[0] 1 2", "s[1] 1 2", "[clock/extra]/t[0..1] 1 2"],
  ],
  [["count 1 2"], ["count 1 2"]],
  [[], []],
])("%j become %j", (lines, expected) => {
  expect(folded(...lines)).toEqual(expected);
});

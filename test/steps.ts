/** How much work something is, in steps and not in time: a busy machine counts the same. */
import { Session } from "node:inspector";
import type { Profiler } from "node:inspector";
import { setFlagsFromString } from "node:v8";
import { expect } from "vitest";

setFlagsFromString("--no-opt");
setFlagsFromString("--no-maglev");
setFlagsFromString("--no-flush-bytecode");
// Counts shall not hang on what the engine has made fast or thrown away. What is compiled without counters never gets any,
// and core's functions are compiled when first called.
const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/** What a built-in function that walks text or a list passes in one call, in characters or elements. */
type Passed = (self: unknown, result: unknown, args: readonly unknown[]) => number;

const whole: Passed = (self) => lengthOf(self);
const made: Passed = (_, result) => lengthOf(result);
const upTo: Passed = (self, result, [, from]) =>
  (result === -1 ? lengthOf(self) : Number(result)) - (typeof from === "number" ? Math.max(0, from) : 0);

const walks: readonly (readonly [object, string, Passed])[] = [
  [String.prototype, "indexOf", upTo],
  [String.prototype, "includes", (self, result) => (result === true ? 1 : lengthOf(self))],
  [
    String.prototype,
    "lastIndexOf",
    (self, result, [, from]) => Math.min(lengthOf(self), Number(from ?? Infinity)) - Number(result),
  ],
  [String.prototype, "split", whole],
  [String.prototype, "trim", (self, result) => 1 + lengthOf(self) - lengthOf(result)],
  [RegExp.prototype, "exec", () => 1],
  [Array.prototype, "indexOf", upTo],
  [Array.prototype, "includes", whole],
  [Array.prototype, "slice", made],
  [Array.prototype, "concat", made],
  [Array.prototype, "flat", made],
  [Array.prototype, "join", made],
  [Array.prototype, "reverse", whole],
  [Array.prototype, "splice", whole],
  [Array.prototype, "shift", whole],
  [Array.prototype, "unshift", whole],
  [Object.getPrototypeOf([][Symbol.iterator]()) as object, "next", () => 1],
];

function lengthOf(value: unknown): number {
  return typeof value === "string" || Array.isArray(value) ? value.length : 0;
}

/** Characters between where a pattern began to look and where it was content; the rest of the text where it never was. */
function matched(pattern: RegExp, from: number, text: string, found: RegExpExecArray | null): number {
  return (found === null ? (pattern.sticky ? from : text.length) : found.index + found[0].length) - from;
}

/**
 * Steps that core takes in `run`: each block of its code that is executed, and each character or element that a built-in
 * function passes on its way. What a pattern does on its way back is not seen.
 */
function stepsOf(run: () => void): number {
  let passed = 0;
  const restore = walks.map(([prototype, name, count]) => {
    const original = Reflect.get(prototype, name) as (...args: unknown[]) => unknown;
    const counting = function (this: unknown, ...args: unknown[]): unknown {
      const from = this instanceof RegExp ? (this.global || this.sticky ? this.lastIndex : 0) : -1;
      const result = Reflect.apply(original, this, args);
      passed += Math.max(
        0,
        this instanceof RegExp
          ? matched(this, from, String(args[0]), result as RegExpExecArray | null)
          : count(this, result, args),
      );
      return result;
    };
    Object.defineProperty(prototype, name, { value: counting, configurable: true, writable: true });
    return () => Object.defineProperty(prototype, name, { value: original, configurable: true, writable: true });
  });
  let scripts: readonly Profiler.ScriptCoverage[] = [];
  const take = (): void => session.post("Profiler.takePreciseCoverage", (_, answer) => (scripts = answer.result));
  take(); // sets all counts to zero
  try {
    run();
    take();
  } finally {
    for (const each of restore) each();
  }
  let executed = 0;
  for (const { url, functions } of scripts) {
    if (!/\/core\/.*\.ts$/.test(url)) continue;
    for (const { ranges } of functions) for (const { count } of ranges) executed += count;
  }
  return executed + passed;
}

/** What is added to n costs half of what is added to 2n; where the work is quadratic, a quarter. What happens once counts not. */
export function expectLinear(run: (n: number) => void, n: number): void {
  run(8);
  const [once, twice, fourTimes] = [n, 2 * n, 4 * n].map((each) => stepsOf(() => run(each))) as [
    number,
    number,
    number,
  ];
  expect(twice - once).toBeGreaterThan(n / 2);
  const growth = (fourTimes - twice) / (twice - once);
  expect(growth, `${once} steps for ${n}, ${twice} for ${2 * n}, ${fourTimes} for ${4 * n}`).toBeLessThan(2.5);
}

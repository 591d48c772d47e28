import { describe, expect, it } from "vitest";
import { evaluateArm } from "../../core/c/conditions";
import type { Lookup, Truth } from "../../core/c/conditions";
import { lex } from "../../core/c/lex";
import { skim } from "../../core/c/skim";

const macros: Readonly<Record<string, string>> = { ONE: "1", BITS: "64", EMPTY: "", CHAIN: "BITS" };
const lookup: Lookup = (name) => {
  const body = macros[name];
  if (body !== undefined) return { kind: "defined", body: lex(body, "") };
  return name.startsWith("CONFIG_") ? { kind: "unknown" } : { kind: "undefined" };
};

function truth(expression: string): Truth {
  return evaluateArm(skim("a.c", `#if ${expression}\n#endif\n`), 0, lookup, new Map());
}

describe("#if", () => {
  it.each([
    ["1", "true"],
    ["0", "false"],
    ["ABSENT", "false"],
    ["defined(ONE) && !defined ABSENT", "true"],
    ["BITS == 64 && (BITS >> 3) == 8", "true"],
    ["CHAIN > 0x20 ? 1 : 0", "true"],
    ["-1 < 0", "true"],
    ["1 + 2 * 3 == 7", "true"],
    ["1 / 0", "unknown"],
    ["CONFIG_X", "unknown"],
    ["defined(CONFIG_X)", "unknown"],
    ["defined(CONFIG_X) && 0", "false"],
    ["defined(CONFIG_X) || 1", "true"],
    ["!defined(CONFIG_X) || defined(ABSENT)", "unknown"],
    ["MAKE_VERSION(1, 2) > 3", "unknown"],
    ["", "unknown"],
    ["((((", "unknown"],
  ])("%s is %s", (expression, result) => {
    expect(truth(expression)).toBe(result);
  });

  it("takes the arms of a group in turn", () => {
    const arms = (text: string): Truth[] => {
      const facts = skim("a.c", text);
      return facts.conditions.map((_, k) => evaluateArm(facts, k, lookup, new Map()));
    };
    expect(arms("#ifdef ABSENT\n#elif ONE\n#elif 1\n#else\n#endif\n")).toEqual(["false", "true", "false", "false"]);
    expect(arms("#ifdef CONFIG_A\n#elif ONE\n#else\n#endif\n")).toEqual(["unknown", "unknown", "false"]);
    expect(arms("#if 0\n#ifdef ONE\n#endif\n#endif\n")).toEqual(["false", "false"]);
  });

  it("ends on expressions made to be endless", () => {
    const endless: Lookup = (name) => ({ kind: "defined", body: lex(`${name} + ${name}`, "") });
    const facts = skim("a.c", "#if A\n#endif\n");
    expect(evaluateArm(facts, 0, endless, new Map())).toBe("unknown");
    expect(truth("(".repeat(100_000))).toBe("unknown");
    expect(truth(`1${"+1".repeat(100_000)}`)).toBe("unknown");
  });
});

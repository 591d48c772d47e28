import { describe, expect, it } from "vitest";
import {
  asName,
  behindBracket,
  behindPrefix,
  firstName,
  hasName,
  isDigits,
  isName,
  isPlainDecimal,
  lastIndex,
  lastName,
  namesIn,
  usesOfName,
  withoutIndexes,
  withoutSubscripts,
  wordsIn,
} from "../../core/c/words";

describe("names in a text", () => {
  it("are whole words that don't start with a digit", () => {
    expect(["a", "_b2", "", "2b", "a.b", "a b"].map(isName)).toEqual([true, true, false, false, false, false]);
    expect(["0", "42", "", "4 2", "0x4"].map(isDigits)).toEqual([true, true, false, false, false]);
    expect(["pos", "s->pos", "pos2", "xpos", "pos_of(pos)"].map((text) => hasName(text, "pos"))).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
  });

  it("are met wherever they stand as a whole, also in comments and literals", () => {
    expect([...usesOfName('pos xpos /* pos */ "pos" pos2', "pos")]).toEqual([0, 12, 20]);
    expect([...wordsIn('s->a2 /* b */ "c" 0x1f')]).toEqual(["s", "a2", "b", "c", "0x1f"]);
  });

  it("are made of other texts", () => {
    expect(["demo-uart", "demo..2", "a.", "-a", ""].map(asName)).toEqual(["demo_uart", "demo_2", "a_", "_a", ""]);
    expect([behindPrefix("CONFIG_DEMO", "CONFIG_"), behindPrefix("DEMO", "CONFIG_")]).toEqual(["DEMO", "DEMO"]);
  });

  it("are no numbers: a leading 0 means octal, and beyond 15 digits a double is not exact", () => {
    const texts = ["0", "7", "10", "010", "0x8", "8u", "999999999999999", "1000000000000000", ""];
    expect(texts.filter(isPlainDecimal)).toEqual(["0", "7", "10", "999999999999999"]);
  });

  it("are read from code, not from comments, literals or numbers", () => {
    const text = "s->a[0x1f] = b; /* c */ \"d\" // e\n#define f g\nh('i');";
    expect([...namesIn(text)]).toEqual(["s", "a", "b", "h"]);
  });

  it("that a path ends in", () => {
    expect(["s->regs.ctl", "ctl", "s->regs[2]", "", "3"].map(lastName)).toEqual(["ctl", "ctl", "", "", ""]);
    expect(["s->regs[2][i]", "a[b[1]]", "a]", "a"].map(withoutSubscripts)).toEqual(["s->regs", "a", "a]", "a"]);
    expect(["regs[2].ctl[i]", "a[b[1]].c"].map(withoutIndexes)).toEqual(["regs.ctl", "a.c"]);
    expect(["regs[2].ctl", "a", ""].map(firstName)).toEqual(["regs", "a", ""]);
    expect(lastIndex("regs[2][i]")).toEqual({ array: "regs[2]", index: "i" });
    expect([lastIndex("regs"), lastIndex("a[2].b"), lastIndex("a]")]).toEqual([undefined, undefined, undefined]);
  });
});

it("a bracket closes behind all that it holds, be it in a literal or not", () => {
  const text = 'f(a, (b), ")", /* ) */ {1}); g()';
  expect(text.slice(0, behindBracket(text, 1, text.length))).toBe('f(a, (b), ")", /* ) */ {1})');
  expect(behindBracket("f((", 1, 3)).toBe(3);
});

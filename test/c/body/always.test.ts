import { describe, expect, it } from "vitest";
import { alwaysComesTo } from "../../../core/c/body/always";
import { expectLinear } from "../../steps";
import { readBody } from "./shape";

/** Whether each way through the statements comes to a `HERE`. */
function comes(statements: string): boolean {
  const { body, text } = readBody(statements);
  const offsets = [...text.matchAll(/HERE/g)].map(({ index }) => index);
  return alwaysComesTo(body, offsets);
}

describe("a function comes to a place on each of its ways", () => {
  it.each([
    "HERE();",
    "if (HERE()) { x(); }",
    "if (a) { HERE(); } else { HERE(); }",
    "if (a) { HERE(); return; } HERE();",
    "if (s->bad) { return -EINVAL; } HERE();",
    "ret = check(s); if (ret) { return ret; } HERE();",
    "if (s->bad) { goto fail; } HERE();",
    "if (s->bad) { abort(); } else { HERE(); }",
    "for (i = 0; i < n; i++) { HERE(); }",
    "for (i = 0; i < n; i++) { if (!s->slot[i]) { continue; } HERE(); }",
    "QTAILQ_FOREACH(e, &s->list, next) { HERE(); }",
    "switch (a) { case 1: HERE(); break; default: HERE(); break; }",
    "switch (a) { case 1: case 2: x(); default: HERE(); }",
    "switch (a) { case 1: HERE(); break; default: g_assert_not_reached(); }",
    "return HERE();",
    "x = HERE() ? 1 : 2;",
    "x = a ? HERE() : HERE();",
  ])("%s", (statements) => {
    expect(comes(statements)).toBe(true);
  });
});

describe("there is a way around", () => {
  it.each([
    "",
    "x();",
    "if (a) { HERE(); }",
    "if (a) { HERE(); } else { x(); }",
    "if (a) { return; } HERE();",
    "if (a) { return 0; } HERE(); return 0;",
    "if (a) { if (b) { return true; } HERE(); } else { HERE(); }",
    "for (;;) { if (a) { return 0; } HERE(); }",
    "for (i = 0; i < n; i++) { if (a) { HERE(); } }",
    "switch (a) { case 1: HERE(); break; case 2: HERE(); break; }",
    "switch (a) { case 1: HERE(); break; default: break; }",
    "a && HERE();",
    "x = a ? HERE() : 0;",
  ])("%s", (statements) => {
    expect(comes(statements)).toBe(false);
  });
});

describe("on code made to be slow", () => {
  it("arms that fall through to further arms are walked once", () => {
    const nested = (n: number): string =>
      `${"switch (a) { case 1: case 2: default: ".repeat(n)} HERE(); ${"}".repeat(n)}`;
    expect(comes(nested(12))).toBe(true);
    expectLinear((n) => comes(nested(n)), 3);
  });

  it("an expression may be as long as it likes", () => {
    expect(comes(`return HERE()${" + 1".repeat(30_000)};`)).toBe(true);
    expect(comes(`return HERE()${" && 1".repeat(30_000)};`)).toBe(true);
  });
});

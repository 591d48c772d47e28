import { expect, it } from "vitest";
import { enumeratorsWithComments } from "../../core/priority/enum";

const body = `
    MIG_A = 0,          /* the first,
                         * of two lines */
    /* Before the next */
    MIG_B = MIG_A + (1 << 2), // the second
#ifdef CONFIG_MORE
    MIG_C,
#endif
    MIG_D /* unclosed`;

it("reads enumerators with values, comments of either kind, and no words of directives", () => {
  const found = enumeratorsWithComments("a.h", body, 0, body.length);
  expect(found.map(({ name, expression, comment }) => [name, expression, comment])).toEqual([
    ["MIG_A", "0", "the first, of two lines"],
    ["MIG_B", "MIG_A + (1 << 2)", "Before the next the second"],
    ["MIG_C", undefined, ""],
    ["MIG_D", undefined, "unclosed"],
  ]);
});

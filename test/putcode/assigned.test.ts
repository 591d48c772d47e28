import { expect, it } from "vitest";
import { assignedBy } from "../../core/putcode";
import { readClasses } from "../../core/putcode/classes";
import { expectLinear } from "../steps";
import { bareTree } from "../tree";

function assigned(code: string): ReadonlyMap<string, bigint | undefined> | undefined {
  const table = 'static const VMStateDescription vmstate_tmp = { .name = "tmp" };';
  const project = bareTree({ "hw/a.c": `typedef struct Tmp { Dev *parent; int count; } Tmp;\n${code}\n${table}` });
  return assignedBy(
    "pre_load",
    "hw/a.c",
    (path) => (path === "parent->n" ? 3n : undefined),
    readClasses(project).source,
  );
}

const hook = (statements: string): string => `static int pre_load(void *opaque)
{
    Tmp *tmp = opaque;
    ${statements}
    return 0;
}
`;

it("what a hook hands to another function", () => {
  const fill = "static void fill(Tmp *tmp, int n) { if (n > 2) { tmp->count = n + 1; } }\n";
  expect(assigned(fill + hook("fill(tmp, tmp->parent->n);"))?.get("count")).toBe(4n);
});

it("takes twice the steps for arguments of twice the length, whatever they are made of", () => {
  const last = "static void fill3(Tmp *tmp, int n) { tmp->count = n; }\n";
  expectLinear((n) => {
    const sum = (of: string): string => Array.from({ length: n }, () => of).join(" + ");
    const chain = [2, 1, 0].map((k) => `static void fill${k}(Tmp *tmp, int n) { fill${k + 1}(tmp, ${sum("n")}); }\n`);
    const values = assigned(last + chain.join("") + hook("fill0(tmp, tmp->parent->n);"));
    expect(values?.has("count")).toBe(true);
  }, 20);
});

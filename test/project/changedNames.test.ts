/** What an edit of a file means to files that do not include it: names, and no more. */
import { describe, expect, it } from "vitest";
import { skim } from "../../core/c/skim";
import { changedNames, mentioning } from "../../core/project/changedNames";

const dev = `int dev_reset(Dev *d)
{
    return helper(d->a);
}
`;
const base = `#include "dev.h"
#define LIMIT 4
typedef struct Dev { int a; } Dev;
enum State { IDLE, BUSY };
static int helper(int a)
{
    return a;
}
${dev}static const MemoryRegionOps dev_ops = { .read = dev_read };
static int debug_flags = LIMIT;
static const DemoOps demo_ops = { .kick = helper };
type_init(dev_register)
`;

function changed(from: string, to: string, path = "hw/dev.c"): readonly string[] | undefined {
  expect(base).toContain(from);
  const after = base.replace(from, to);
  const names = changedNames(...([base, after].map((text) => ({ facts: skim(path, text), text })) as [never, never]));
  return names && [...names].sort();
}

describe("names that an edit changes", () => {
  it.each([
    ["a body", "return a;", "return a + 1;", []],
    ["a member", "int a;", "int a; int b;", ["Dev"]],
    ["an include", '#include "dev.h"', '#include "other.h"', []],
    ["a macro", "LIMIT 4", "LIMIT 5", ["LIMIT"]],
    ["an enumerator", "IDLE, BUSY", "IDLE, HALTED, BUSY", ["BUSY", "HALTED", "State"]],
    ["an enumerator at the end", "IDLE, BUSY", "IDLE, BUSY, /* not IDLE */ HALTED", ["HALTED", "State"]],
    ["an enumerator's value", "IDLE, BUSY", "IDLE /* or BUSY */ = 3, BUSY", ["BUSY", "IDLE", "State"]],
    ["an arm among enumerators", "IDLE, BUSY", "IDLE,\n#ifdef CONFIG_DEV\nBUSY\n#endif\n", ["BUSY", "IDLE", "State"]],
    ["a function's parameters", "dev_reset(Dev *d)", "dev_reset(Dev *d, int how)", ["dev_reset"]],
    ["what nobody else sees", "static int helper", "static int unused(void)\n{\n}\nstatic int helper", []],
    ["the arm that it stands in", dev, `#ifdef CONFIG_DEV\n${dev}#endif\n`, ["dev_reset"]],
    ["a number", "debug_flags = LIMIT", "debug_flags = 2", []],
    ["a table of handlers", ".read = dev_read", ".read = dev_read2", []],
  ])("%s", (_, from, to, names) => {
    expect(changed(from, to)).toEqual(names);
  });

  it("are not all that counts where a macro may declare more, or a table is called through", () => {
    expect(changed("type_init(dev_register)", "OBJECT_DECLARE(dev)")).toBeUndefined();
    expect(changed(".kick = helper", ".kick = other")).toBeUndefined();
  });

  it("are those of static functions too where the file is included", () => {
    expect(changed("static int helper(int a)", "static int helper(long a)", "hw/dev.h")).toEqual(["helper"]);
  });
});

it("a word is mentioned where it stands whole", () => {
  const words = new Set(["reset", "dev"]);
  expect(mentioning(words)("int dev_reset;")).toBe(false);
  expect(mentioning(words)("/* the dev */")).toBe(true);
  expect(mentioning(words)("reset")).toBe(true);
  expect(mentioning(words)("")).toBe(false);
  const many = new Set([...words, ..."abcdefghijkl"]);
  expect(mentioning(many)("int dev_reset;")).toBe(false);
  expect(mentioning(many)("/* the dev */")).toBe(true);
});

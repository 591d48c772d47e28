/** A source with what it includes, of a tree that is not read: its tables are those that the whole tree has. */
import { describe, expect, it } from "vitest";
import { createProject } from "../../core/project";
import { readAhead } from "../../core/project/ahead";
import { exampleHeaders } from "../tree";

const files: Readonly<Record<string, string>> = {
  ...exampleHeaders,
  // two of one name, as near as each other: the first in the tree's order counts
  "include/hw/a-lock.h": "typedef struct Lock { uint32_t word; } Lock;\n",
  "include/hw/b-lock.h": "typedef struct Lock { uint64_t words[4]; } Lock;\n",
  "include/hw/dev.h": `#ifdef _WIN32
#include "hw/b-lock.h"
#else
#include "hw/a-lock.h"
#endif
#define DEV_REGS 4
typedef struct Dev { Lock lock; uint32_t regs[DEV_REGS]; Part part; } Dev;
`,
  "include/hw/part.h": "typedef struct Part { uint8_t level; } Part;\n",
  "hw/dev.c": `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/part.h"
#include "hw/dev.h"
const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .fields = (const VMStateField[]) {
    VMSTATE_UINT32_ARRAY(regs, Dev, DEV_REGS), VMSTATE_STRUCT(part, Dev, 1, vmstate_part, Part), VMSTATE_END_OF_LIST() } };
`,
  "hw/part.c": `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/part.h"
const VMStateDescription vmstate_part = { .name = "part", .fields = (const VMStateField[]) {
    VMSTATE_UINT8(level, Part), VMSTATE_END_OF_LIST() } };
`,
  "hw/far.c": '#include "hw/dev.h"\n',
};

function treeThat(reads: string[]) {
  return {
    paths: () => Object.keys(files),
    read(path: string) {
      reads.push(path);
      return files[path];
    },
  };
}

describe("a source that is read ahead of its tree", () => {
  it("has the tables of the whole tree, and reads nothing but what it includes", () => {
    const reads: string[] = [];
    const { project, steps } = readAhead(treeThat(reads), "hw/dev.c", {});
    for (const _ of steps);
    const whole = createProject(treeThat([]));
    for (const path of Object.keys(files)) whole.load(path);
    expect(project.descriptionsIn("hw/dev.c")).toEqual(whole.descriptionsIn("hw/dev.c"));
    expect(project.descriptionsIn("hw/dev.c")[0]?.fields[0]?.offset).toEqual({ known: true, value: 4 });
    expect(reads).toContain("include/hw/part.h");
    expect(reads).not.toContain("hw/part.c");
    expect(reads).not.toContain("hw/far.c");
    expect([project.isPartial, whole.isPartial]).toEqual([true, false]);
    expect(project.paths()).not.toContain("hw/far.c");
  });

  it("has what an edit makes it include", () => {
    const { project, steps } = readAhead(treeThat([]), "hw/far.c", {});
    for (const _ of steps);
    project.update("hw/far.c", files["hw/dev.c"]);
    for (const _ of project.readWith("hw/far.c"));
    expect(project.descriptionsIn("hw/far.c")[0]?.fields.map(({ name }) => name)).toEqual([
      { known: true, value: "regs" },
      { known: true, value: "part" },
    ]);
  });
});

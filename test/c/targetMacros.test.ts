/** Headers whose `#if` asks for a macro of the target's own header, before 6.1: each target's cpu.h defines it. */
import { describe, expect, it } from "vitest";
import { diagnoseFile } from "../../core/check";
import { treeOf } from "../tree";

const cpu = (bits: number) => `#ifndef CPU_H
#define CPU_H
#define TARGET_LONG_BITS ${bits}
#include "exec/words.h"
#include "migration/words.h"
typedef struct CPU { target_ulong pc; } CPU;
#endif
`;

const files = {
  "include/exec/words.h": `#define TARGET_LONG_SIZE (TARGET_LONG_BITS / 8)
#if TARGET_LONG_SIZE == 4
typedef uint32_t target_ulong;
#elif TARGET_LONG_SIZE == 8
typedef uint64_t target_ulong;
#endif
`,
  "include/migration/words.h": `#include "migration/vmstate.h"
#if TARGET_LONG_BITS == 64
#define VMSTATE_WORD(member, state) VMSTATE_UINT64(member, state)
#else
#define VMSTATE_WORD(member, state) VMSTATE_UINT32(member, state)
#endif
`,
  "target/i386/cpu.h": cpu(64),
  "target/arm/cpu.h": cpu(32),
  "target/i386/machine.c": `#include "qemu/osdep.h"
#include "target/i386/cpu.h"
const VMStateDescription vmstate_cpu = { .name = "cpu", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_WORD(pc, CPU), VMSTATE_END_OF_LIST() } };
`,
};

/** Files that have nothing to do with the table, and include what it includes. */
const beside: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "nobody else": {},
  "another target's board": { "aa/board.c": '#include "target/arm/cpu.h"\n' },
  "another target's board through a header": {
    "aa/arm.h": '#include "target/arm/cpu.h"\n#include "exec/words.h"\n',
    "aa/words.c": '#include "aa/arm.h"\n#include "exec/words.h"\n',
  },
  "a plugin that includes one of them alone": {
    "aa/words.c": '#include "aa/arm.h"\n#include "exec/words.h"\n',
    "aa/arm.h": '#include "target/arm/cpu.h"\n',
    "zz/words.c": '#include "target/i386/cpu.h"\n#include "migration/words.h"\n',
  },
  "a plugin that says it itself": { "aa/words.c": '#define TARGET_LONG_BITS 32\n#include "exec/words.h"\n' },
};

describe("a word has one size for a target", () => {
  for (const [who, more] of Object.entries(beside)) {
    it(`beside ${who}`, () => {
      const project = treeOf({ ...more, ...files });
      expect(project.evaluate("sizeof(target_ulong)", "target/i386/machine.c")).toEqual({ known: true, value: 8 });
      const found = diagnoseFile(project, "target/i386/machine.c");
      expect(found.filter(({ code }) => code !== "never-registered")).toEqual([]);
      const other = treeOf({ ...more, ...files }, "arm");
      expect(other.evaluate("sizeof(target_ulong)", "target/arm/cpu.h")).toEqual({ known: true, value: 4 });
    });
  }
});

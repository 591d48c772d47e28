/** A tree in memory: the example's header, and one C file with the tables under test. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createProject } from "../../core/project";
import type { Diagnostic } from "../../core/check";
import type { Project } from "../../core/project";
import { diagnoseFile } from "../../core/check";
import { type Files, holdFixes } from "./holdFixes";

const header = readFileSync(
  fileURLToPath(new URL("../../examples/mini-qemu/include/migration/vmstate.h", import.meta.url)),
  "utf8",
);

/** Macros that the example has no use for. */
const more = `
#define VMSTATE_TEST(member, state, test, since) { \\
    .name = #member, .version_id = (since), .size = sizeof(uint32_t), .info = &vmstate_info_uint32, \\
    .flags = VMS_SINGLE, .field_exists = (test), .offset = offsetof(state, member), }
#define VMSTATE_COUNTED(member, state, count, description, type) { \\
    .name = #member, .vmsd = &(description), .num_offset = offsetof(state, count), .size = sizeof(type), \\
    .flags = VMS_STRUCT | VMS_VARRAY_UINT32, .offset = offsetof(state, member), }
#define VMSTATE_VALIDATE(text, test) { \\
    .name = text, .field_exists = (test), .flags = VMS_ARRAY | VMS_MUST_EXIST, .num = 0, }
#define VMSTATE_LIST(member, state, since, description, type) { \\
    .name = #member, .version_id = (since), .vmsd = &(description), .size = sizeof(type), \\
    .info = &vmstate_info_qtailq, .offset = offsetof(state, member), }
#define VMSTATE_UNCHECKED(member, state, bytes) { \\
    .name = #member, .size = (bytes), .info = &vmstate_info_buffer, .flags = VMS_BUFFER, .offset = offsetof(state, member), }
`;

const prologue = `#include "migration/vmstate.h"\n`;

export interface Tables {
  readonly project: Project;
  readonly text: string;
  /** Findings of a rule. */
  of(code: string): readonly Diagnostic[];
  /** The text with the first fix of the only finding of a rule applied. */
  fixed(code: string): string;
}

export function tables(code: string): Tables {
  const path = "hw/demo/device.c";
  const text = prologue + code;
  const files = new Map([
    [
      "include/migration/vmstate.h",
      header
        .replace(
          "VMS_END =",
          "VMS_VBUFFER = 0x100, VMS_MUST_EXIST = 0x1000, VMS_ALLOC = 0x2000, VMS_MULTIPLY_ELEMENTS = 0x4000, VMS_END =",
        )
        .replace(/#endif\s*$/, `${more}#endif\n`),
    ],
    [path, text],
  ]);
  const project = projectOf(files);
  const findings = diagnoseFile(project, path);
  holdFixes(files, findings, (mended) => diagnoseFile(projectOf(mended), path));
  const of = (wanted: string): readonly Diagnostic[] => findings.filter((each) => each.code === wanted);
  return {
    project,
    text,
    of,
    fixed(wanted) {
      const [finding, ...others] = of(wanted);
      const edits = finding?.fixes[0]?.edits;
      if (edits === undefined || others.length > 0) throw new Error(`${wanted}: not one finding with a fix`);
      let result = text;
      for (const edit of [...edits].sort((a, b) => b.range.start - a.range.start)) {
        result = result.slice(0, edit.range.start) + edit.text + result.slice(edit.range.end);
      }
      return result.slice(prologue.length);
    },
  };
}

function projectOf(files: Files): Project {
  const project = createProject({ paths: () => files.keys(), read: (each) => files.get(each) });
  for (const each of files.keys()) project.load(each);
  return project;
}

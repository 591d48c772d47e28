import { diagnoseFile } from "../../../core/check";
import { workspaceFileName } from "../../../core/code";
import type { LoadableProject } from "../../../core/project";
import { createApiTable } from "../../../core/code/apiEffects";
import { workspaceFile } from "../../../core/code/workspaceFile";
import { lex } from "../../../core/c/lex";
import { skim } from "../../../core/c/skim";
import { device, library } from "../../rust/fixture";
import { treeOf } from "../../tree";
import { mutateJson, mutateText, words } from "../mutate";
import { check, jsonSeeds, seeds, type Target } from "../target";

const cWords = [
  ...[
    "static",
    "const",
    "struct",
    "typedef",
    "enum",
    "union",
    "void",
    "int",
    "uint32_t",
    "x",
    "f",
    "A",
    "0x",
    "0",
    "1",
  ],
  ...["VMStateDescription", "VMStateField", "TypeInfo", "VMSTATE_UINT32", "VMSTATE_STRUCT", "VMSTATE_END_OF_LIST()"],
  ...["type_register_static", "vmstate_register", "return", "if", "else", "for", "while", "switch", "case", "goto"],
  ...["{", "}", "(", ")", "[", "]", ";", ",", "=", ".", "->", "&", "*", "?", ":", "<<", "~", "!", "\\", '"', "'"],
  ...["#define A(x, ...) x##A #x __VA_ARGS__ B(x)\n", "#define B A\n", "#if A\n", "#else\n", "#endif\n", "#", "##"],
  ...['#include "fuzz.c"\n', "\n", "\\\n", "/*", "*/", "//", ".name =", ".fields =", ".post_load =", "é", "\u{1F600}"],
];

/** Any text as a file of a tree: tokens, declarations, tables, types, findings. */
export const c: Target = {
  name: "c",
  weight: 1,
  start: () => {
    const list = seeds("c").map(words);
    const path = "hw/fuzz.c";
    const project = treeOf({ [path]: "" });
    return Promise.resolve((random) => {
      const input = mutateText(random, list, cWords);
      return {
        input,
        run() {
          runLexer(input);
          read(project, path, input);
        },
      };
    });
  },
};

function runLexer(code: string): void {
  let last = 0;
  for (const { start, end, text } of lex(code, "a.c")) {
    check(start >= last && end > start && end <= code.length, "a token outside its text or before the last one");
    check(code.slice(start, end) === text, "a token that is not what stands there");
    last = end;
  }
  const facts = skim("a.c", code);
  for (const each of facts.declarations) {
    check(each.start <= each.end && each.end <= code.length, "a declaration outside its text");
    check(each.condition < facts.conditions.length, "a declaration under a condition that is not there");
  }
  for (const each of facts.conditions) check(each.previous < facts.conditions.length, "an arm that is not there");
}

function read(project: LoadableProject, path: string, code: string): void {
  project.update(path, code);
  for (const description of project.descriptionsIn(path)) {
    for (const { name, size } of description.fields) check(name !== undefined && size !== undefined, "no field");
  }
  if (path.endsWith(".c")) {
    check(project.scope(path).tokens(path, 0, code.length).length < 3_000_000, "expansion without end");
  }
  let count = 0;
  for (const type of project.types()) count += type.descriptions.length;
  for (const registration of project.registrations()) count += registration === undefined ? 0 : 1;
  check(count < 100_000, "types and registrations without end");
  for (const { range } of diagnoseFile(project, path)) {
    check(range.start >= 0 && range.start <= range.end, "a finding nowhere");
  }
}

const rustWords = [
  ...["pub", "static", "const", "struct", "impl", "for", "unsafe", "fn", "use", "mod", "enum", "where", "x", "Self"],
  ...[
    "VMStateDescriptionBuilder",
    "vmstate_of!",
    "vmstate_fields!",
    "vmstate_struct!",
    "impl_vmstate_forward!",
    'c"x"',
  ],
  ...[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "::",
    ";",
    ",",
    ".",
    "..",
    "&",
    "#",
    "!",
    "=",
    "->",
    "'a",
    "'",
    '"',
    'r#"',
  ],
  ...["#[repr(C)]\n", "//", "/*", "*/", "\n", "1", "0x", "usize", "u32", "core::mem::size_of::<u32>()", "<<", "é"],
];

export const rust: Target = {
  name: "rust",
  weight: 1,
  start: () => {
    const list = [words(device)];
    const path = "rust/hw/dev/src/lib.rs";
    const project = treeOf({ ...library, [path]: "" });
    return Promise.resolve((random) => {
      const input = mutateText(random, list, rustWords);
      return { input, run: () => read(project, path, input) };
    });
  },
};

const strings = ["api", "dependencies", "effects", "names", "kind", "dma-read", "space", "system", "device", "opaque"];
const patterns = [
  "{a,b}",
  "my_{x,y}_{a,b}",
  "{",
  "}",
  ",",
  "{{a}}",
  "{a,{b,c}}",
  "f",
  "",
  "\0",
  "consumer",
  "__proto__",
];

export const workspace: Target = {
  name: "workspace",
  weight: 3,
  start: () => {
    const values = jsonSeeds<never>("workspace");
    const texts = seeds("workspace").map(words);
    const words_ = [...strings, ...patterns];
    const path = "hw/fuzz.c";
    const project = treeOf({ [path]: seeds("c")[0] ?? "", [workspaceFileName]: "{}" });
    return Promise.resolve((random) => {
      const input = random.chance(0.3)
        ? mutateText(random, texts, words_)
        : JSON.stringify(mutateJson(random, values, words_));
      return {
        input,
        run() {
          project.update(workspaceFileName, input);
          const { api, problems } = workspaceFile(project);
          check(
            problems.every((each) => each !== ""),
            "a problem without a message",
          );
          createApiTable(api);
          diagnoseFile(project, path);
        },
      };
    });
  },
};

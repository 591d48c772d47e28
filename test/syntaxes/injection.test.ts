import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const root = join(import.meta.dirname, "../..");
const require = createRequire(import.meta.url);

/** The least of a C grammar: what the injection's selector and the neighbouring tokens need. */
const plainC = {
  scopeName: "source.c",
  patterns: [
    { name: "comment.line.c", match: "//.*$" },
    { name: "comment.block.c", begin: "/\\*", end: "\\*/" },
    { name: "string.quoted.double.c", begin: '"', end: '"' },
    { name: "storage.type.c", match: "\\b(?:static|const|int|void)\\b" },
    { name: "constant.numeric.c", match: "\\b\\d+\\b" },
  ],
  repository: {},
};

let grammar: textmate.IGrammar | null = null;
beforeAll(async () => {
  const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm);
  const path = join(root, "syntaxes/vmstate.injection.tmLanguage.json");
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) =>
      scope === "source.c"
        ? textmate.parseRawGrammar(JSON.stringify(plainC), "c.json")
        : scope === "vmstate.injection"
          ? textmate.parseRawGrammar(readFileSync(path, "utf8"), path)
          : null,
    getInjections: (scope) => (scope === "source.c" ? ["vmstate.injection"] : undefined),
  });
  grammar = await registry.loadGrammar("source.c");
});

/** `token scope` for each token that the injection marked. */
function marked(text: string): readonly string[] {
  let state = textmate.INITIAL;
  return text.split("\n").flatMap((line) => {
    const result = grammar?.tokenizeLine(line, state);
    if (!result) throw new Error("the grammar did not load");
    state = result.ruleStack;
    return result.tokens.flatMap((token) => {
      const scope = token.scopes.at(-1) ?? "";
      return scope.endsWith(".vmstate") ? [`${line.slice(token.startIndex, token.endIndex)} ${scope}`] : [];
    });
  });
}

describe("injection into C", () => {
  it("marks a table, its hooks, its priority and its fields", () => {
    expect(
      marked(
        [
          "static const VMStateDescription vmstate_disk = {",
          '    .name = "disk",',
          "    .priority = MIG_PRI_IOMMU,",
          "    .post_load = disk_post_load,",
          "    .fields = (const VMStateField[]) {",
          "        VMSTATE_UINT32(control, Disk),",
          "        SHPC_VMSTATE_X(shpc, Disk),",
          "        { .flags = VMS_END },",
          "        VMSTATE_END_OF_LIST()",
        ].join("\n"),
      ),
    ).toEqual([
      "VMStateDescription support.type.vmstate",
      "vmstate_disk entity.name.table.vmstate",
      "priority variable.other.member.vmstate",
      "MIG_PRI_IOMMU constant.language.priority.vmstate",
      "post_load variable.other.member.hook.vmstate",
      "disk_post_load entity.name.function.hook.vmstate",
      "fields variable.other.member.vmstate",
      "VMStateField support.type.vmstate",
      "VMSTATE_UINT32 support.function.field.vmstate",
      "SHPC_VMSTATE_X support.function.field.vmstate",
      "VMS_END constant.language.flag.vmstate",
      "VMSTATE_END_OF_LIST keyword.control.end-of-list.vmstate",
    ]);
  });

  it("marks registration and QOM names", () => {
    expect(marked("vmstate_register_any(NULL, &vmstate_x, TYPE_DEMO);")).toEqual([
      "vmstate_register_any support.function.register.vmstate",
      "TYPE_DEMO entity.name.type.qom.vmstate",
    ]);
  });

  it("leaves comments, strings and other C alone", () => {
    expect(marked('/* VMSTATE_UINT8(a, B) MIG_PRI_LOW */ // VMS_END\nf("MIG_PRI_LOW");\nint vmstate;')).toEqual([]);
    expect(marked("/* starts\nMIG_PRI_LOW\n*/ x.priority;")).toEqual([]);
  });
});

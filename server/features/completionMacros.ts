import { CompletionItemKind, InsertTextFormat, MarkupKind } from "vscode-languageserver";
import type { CompletionItem } from "vscode-languageserver";
import { structFor } from "../../core/ide/completion/fields";
import { descriptionAround } from "../../core/ide/constructs/construct";
import { macroSignature } from "../../core/project/macroRoles";
import type { Located } from "../locate";

/** Macros that make fields: by name those of QEMU's convention, and whatever tables of the file use already. */
export function macros(at: Located, prefix: string, snippets: boolean): CompletionItem[] {
  const { project, path, offset } = at;
  const used = new Set(project.descriptionsIn(path).flatMap((each) => each.fields.map((field) => field.macro ?? "")));
  const struct = structFor(project, path, descriptionAround(project, path, offset));
  const names = new Set<string>();
  for (const file of project.paths()) {
    if (!file.endsWith(".h") && file !== path) continue;
    for (const macro of project.facts(file)?.macros ?? []) {
      const isMacro = macro.parameters !== undefined && /(?:^|_)VMSTATE_[A-Z]/.test(macro.name);
      if (isMacro || used.has(macro.name)) names.add(macro.name);
    }
  }
  names.delete("");
  const wanted = prefix.toUpperCase();
  return [...names]
    .filter((name) => wanted === "" || name.includes(wanted) || wanted.startsWith("VMS"))
    .sort()
    .map((name) => macroItem(at, name, struct, snippets));
}

function macroItem({ project, path }: Located, name: string, struct: string, snippets: boolean): CompletionItem {
  const definition = project.macros(name).find((each) => each.declaration.parameters !== undefined);
  const parameters = definition?.declaration.parameters ?? [];
  const plain = { label: name, kind: CompletionItemKind.Function, detail: `(${parameters.join(", ")})` };
  if (!snippets) return plain;
  const roles = parameters.length === 0 ? [] : (macroSignature(project, name, path)?.roles ?? []);
  const holes = parameters.map((parameter, index) => {
    const text = roles[index] === "struct" && struct !== "" ? struct : parameter.replace(/^_+/, "");
    return `\${${index + 1}:${text.replace(/[\\$}]/g, "\\$&")}}`;
  });
  return {
    ...plain,
    insertText: `${name}(${holes.join(", ")}),`,
    insertTextFormat: InsertTextFormat.Snippet,
    documentation: {
      kind: MarkupKind.Markdown,
      value: definition === undefined ? "" : `Defined in \`${definition.file}\``,
    },
  };
}

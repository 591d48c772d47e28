/** Operations that save nothing, beside operations of the same kind that do. */
import type { VariableDefinition } from "../../../c/facts";
import { matching, parseInitialiser } from "../../../c/initialiser";
import { lex } from "../../../c/lex";
import { isOutside, isSource } from "../../../c/paths";
import type { Token } from "../../../c/token";
import type { Related } from "../../diagnostic";
import type { Project } from "../../../project/project";
import { typesByFile } from "../../../code/registered";
import { type Finding, rule } from "../../rule";

/** What a driver puts on the wire through `QEMUFile *` hooks of its operations (SCSIReqOps: put_scsi_req). */
interface Hooked {
  readonly variable: VariableDefinition;
  /** `save_request` and `load_request`; both undefined where neither is set. */
  readonly save: string | undefined;
  readonly load: string | undefined;
}

export const saveHookMissing = rule({
  code: "save-hook-missing",
  group: "hooks",
  severity: "information",
  default: "on",
  wholeTree: true,
  byFile: (project) => [...typesByFile(project).keys()].filter(isDriver),
  title: "Operations without a save hook",
  summary: "Operations have neither a save nor a load hook, and others of the same struct in the file have both.",
  *check({ project, path: file }) {
    if (file === undefined || !isDriver(file)) return;
    const text = project.text(file) ?? "";
    if (!text.includes("load_")) return;
    for (const group of operationsIn(project, file, text).values()) {
      const full = group.find(({ save, load }) => save !== undefined && load !== undefined);
      if (full === undefined) continue;
      for (const { variable, save, load } of group) {
        if (save === undefined && load === undefined) yield report(file, variable, full);
      }
    }
  },
});

function isDriver(file: string): boolean {
  return isSource(file) && !isOutside(file);
}

function operationsIn(project: Project, file: string, text: string): ReadonlyMap<string, readonly Hooked[]> {
  const groups = new Map<string, Hooked[]>();
  for (const variable of project.facts(file)?.declarations ?? []) {
    if (variable.kind !== "variable" || variable.array || variable.pointer) continue;
    if (!hasFileHooks(project, file, variable.typeName)) continue;
    const tokens = lex(text, file, variable.initStart, variable.initEnd);
    const list = parseInitialiser(tokens, 0, tokens.length);
    const names = list.kind === "list" ? list.elements.flatMap(({ designators }) => designators[0] ?? []) : [];
    if (names.length === 0) continue;
    const [save, load] = ["save_", "load_"].map((start) => names.find((name) => name.startsWith(start)));
    const group = groups.get(variable.typeName);
    if (group === undefined) groups.set(variable.typeName, [{ variable, save, load }]);
    else group.push({ variable, save, load });
  }
  return groups;
}

/** The struct has a pair of hooks for one thing, each with the stream as a parameter. */
function hasFileHooks(project: Project, file: string, struct: string): boolean {
  const record = project.scope(file).record("struct", struct);
  if (record === undefined) return false;
  const { bodyStart, bodyEnd } = record.declaration;
  const hooks = hooksIn(lex(project.text(record.file) ?? "", record.file, bodyStart, bodyEnd));
  return [...hooks].some((name) => name.startsWith("save_") && hooks.has(`load_${name.slice("save_".length)}`));
}

/** Members of a struct's body that point to a function with the stream as a parameter: `(*save_x)(QEMUFile *f, …)`. */
function hooksIn(tokens: readonly Token[]): ReadonlySet<string> {
  const hooks = new Set<string>();
  for (const [k, { text }] of tokens.entries()) {
    const name = tokens[k + 2];
    if (text !== "(" || tokens[k + 1]?.text !== "*" || name?.kind !== "identifier" || tokens[k + 3]?.text !== ")")
      continue;
    const end = matching(tokens, k + 4, tokens.length);
    if (tokens.slice(k + 4, end).some((each) => each.text === "QEMUFile")) hooks.add(name.text);
  }
  return hooks;
}

function report(file: string, variable: VariableDefinition, full: Hooked): Finding {
  const other: Related = {
    range: { file, start: full.variable.nameStart, end: full.variable.nameStart + full.variable.name.length },
    message: `${full.variable.name} sets both`,
  };
  return {
    range: { file, start: variable.nameStart, end: variable.nameStart + variable.name.length },
    message: `${variable.name} sets neither ${full.save ?? ""} nor ${full.load ?? ""}, and ${full.variable.name} sets both: what is under way by these operations is migrated without its state. Set them, tied to a compat property.`,
    related: [other],
  };
}

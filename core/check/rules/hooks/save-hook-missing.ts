/** Operations that save nothing, beside operations of the same kind that do. */
import type { VariableDefinition } from "../../../c/facts";
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
  title: "Operations without a save hook",
  summary: "Operations have neither a save nor a load hook, and others of the same struct in the file have both.",
  *check({ project, path }) {
    for (const file of path === undefined ? typesByFile(project).keys() : [path]) {
      if (!/^hw\/.*\.c$/.test(file)) continue;
      const text = project.text(file) ?? "";
      if (!/\.\s*load_\w+\s*=/.test(text)) continue;
      for (const group of operationsIn(project, file, text).values()) {
        const full = group.find(({ save, load }) => save !== undefined && load !== undefined);
        if (full === undefined) continue;
        for (const { variable, save, load } of group) {
          if (save === undefined && load === undefined) yield report(file, variable, full);
        }
      }
    }
  },
});

function operationsIn(project: Project, file: string, text: string): ReadonlyMap<string, readonly Hooked[]> {
  const groups = new Map<string, Hooked[]>();
  for (const variable of project.facts(file)?.declarations ?? []) {
    if (variable.kind !== "variable" || !hasFileHooks(project, file, variable.typeName)) continue;
    const initialiser = text.slice(variable.initStart, variable.initEnd);
    if (!initialiser.includes(".")) continue;
    const [, save] = /\.\s*(save_\w+)\s*=/.exec(initialiser) ?? [];
    const [, load] = /\.\s*(load_\w+)\s*=/.exec(initialiser) ?? [];
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
  const body = project.text(record.file)?.slice(bodyStart, bodyEnd) ?? "";
  const saved = [...body.matchAll(/\(\s*\*\s*save_(\w+)\s*\)\s*\([^)]{0,400}\bQEMUFile\s*\*/g)].map(([, what]) => what);
  return saved.some((what) => new RegExp(`\\(\\s*\\*\\s*load_${what ?? ""}\\s*\\)`).test(body));
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

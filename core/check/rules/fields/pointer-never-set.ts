/** Pointers that a table loads to, and that nothing in sight ever points anywhere. */
import { accessesIn } from "../../../c/body/accesses";
import { mayChange } from "../../../c/body/mayChange";
import type { Body } from "../../../c/body/parse";
import { lex } from "../../../c/lex";
import { isTest } from "../../../c/paths";
import { hasName, lastName, withoutSubscripts } from "../../../c/words";
import { bodyOf, functionsWith, macroBody } from "../../../project/bodies";
import type { FileFacts } from "../../../c/facts";
import type { Project } from "../../../project/project";
import { fieldName, has } from "../../tables";
import { isPrivate } from "../../../project/privateStructs";
import { failedCheck } from "../../memberType";
import { rule } from "../../rule";

/** vmstate_load_state asserts that a pointer of a field without VMS_ALLOC is not NULL where there is something to load. */
export const pointerNeverSet = rule({
  code: "pointer-never-set",
  group: "fields",
  severity: "warning",
  default: "on",
  byFile: true,
  wholeTree: true,
  title: "Pointer that nobody sets",
  summary: "A field loads to where a pointer points, and no code sets the pointer.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        const { member } = field;
        if (!has(field, "POINTER") || has(field, "ALLOC") || member === undefined) continue;
        const name = lastName(withoutSubscripts(member.path));
        if (isTest(description.file) || member.path.includes(".")) continue;
        // of a member that is no pointer type-mismatch speaks
        if (failedCheck(project, description, field) !== undefined) continue;
        if (name === "" || !isPrivate(project, description.file, member.structName)) continue;
        if (setsIn(project, description.file, name)) continue;
        yield {
          range: field.range,
          message: `${fieldName(field)} is loaded to where ${member.path} points, and no code here lets it point anywhere: allocate it before, or use a field with VMS_ALLOC.`,
        };
      }
    }
  },
});

const perFile = new WeakMap<FileFacts, Map<string, boolean>>();

function setsIn(project: Project, file: string, name: string): boolean {
  const facts = project.facts(file);
  if (facts === undefined) return false;
  let known = perFile.get(facts);
  if (known === undefined) {
    known = new Map();
    perFile.set(facts, known);
  }
  const before = known.get(name);
  if (before !== undefined) return before;
  const found =
    isInitialised(project, facts, name) ||
    functionsWith(project, file, name, (text) => mayChange(text, name)).some((fn) => sets(bodyOf(project, fn), name)) ||
    facts.macros.some((macro) => {
      const text = project.text(file)?.slice(macro.bodyStart, macro.bodyEnd) ?? "";
      return mayChange(text, name) && sets(macroBody(project, file, macro), name);
    });
  known.set(name, found);
  return found;
}

/** An assignment, or the address for another to write to: of the member, or of a variable that is called so. */
function sets(body: Body, name: string): boolean {
  for (const { place, kind } of accessesIn(body.block)) {
    if (kind !== "read" && (place.kind === "member" || place.kind === "identifier") && place.name === name) return true;
  }
  return false;
}

function isInitialised(project: Project, { path, declarations }: FileFacts, name: string): boolean {
  const text = project.text(path) ?? "";
  return declarations.some((each) => {
    if (each.kind !== "variable" || !hasName(text.slice(each.initStart, each.initEnd), name)) return false;
    const tokens = lex(text, path, each.initStart, each.initEnd);
    return tokens.some(({ text: word }, k) => word === name && tokens[k + 1]?.text === "=");
  });
}

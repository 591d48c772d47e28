/** Guest memory whose buffer loading replaces, while the memory region keeps the one that it was made of. */
import { callsOf } from "../../../c/body/calls";
import { localsOf } from "../../../c/body/locals";
import type { Body } from "../../../c/body/parse";
import { nodesIn } from "../../../c/body/walk";
import type { SourceRange } from "../../../c/range";
import type { Expression } from "../../../c/syntax";
import { placesOf } from "../../../code/memberPlaces";
import { afterLoading } from "../../../code/settingUp";
import { bodyOf } from "../../../project/bodies";
import { filesBeside } from "../../../project/folders";
import { functionTexts } from "../../../project/functionTexts";
import { isPrivate } from "../../../project/privateStructs";
import type { Project } from "../../../project/project";
import type { MemberReference, VMStateDescription, VMStateField } from "../../../vmstate/model";
import type { QuickFix } from "../../diagnostic";
import { type Finding, rule } from "../../rule";
import { fieldName, has, textAt } from "../../tables";

/** vmstate_handle_alloc in migration/vmstate.c puts new memory behind the pointer and frees nothing. */
export const ramBufferReplaced = rule({
  code: "ram-buffer-replaced",
  group: "fields",
  severity: "error",
  default: "on",
  byFile: true,
  title: "Loading replaces the buffer of a RAM region",
  summary: "A buffer that a memory region is made of is saved by a field that allocates it anew.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        const { member } = field;
        if (member === undefined || !has(field, "ALLOC") || !has(field, "POINTER")) continue;
        const use = regionOf(project, description, member);
        if (use !== undefined) yield report(project, description, field, member, use);
      }
    }
  },
});

interface Use {
  readonly functionName: string;
  readonly range: SourceRange;
}

const makers: ReadonlySet<string> = new Set(["memory_region_init_ram_ptr", "memory_region_init_ram_device_ptr"]);

/** Where a region is made of the member; undefined as well where a load hook has to do with the member. */
function regionOf(
  project: Project,
  { file }: VMStateDescription,
  { structName, path }: MemberReference,
): Use | undefined {
  const files = isPrivate(project, file, structName) ? [file] : filesBeside(project, file);
  const owner = structName.replace("struct ", "").trim();
  const last = path.slice(path.lastIndexOf(".") + 1);
  let found: Use | undefined;
  for (const each of files) {
    if (project.text(each)?.includes("_ptr(") !== true) continue;
    for (const fn of functionTexts(project, each)) {
      if (![...makers].some((name) => fn.body.includes(name))) continue;
      const body = bodyOf(project, { file: each, definition: fn.definition });
      for (const call of callsOf(body)) {
        // the buffer is the last argument, with and without an owner
        const given = makers.has(call.name) ? call.node.arguments.at(-1) : undefined;
        if (given === undefined || !isPlace(given, body, owner, path)) continue;
        const range = { file: each, start: call.nameStart, end: call.nameStart + call.name.length };
        found ??= { functionName: fn.name, range };
      }
    }
  }
  const loading = found === undefined ? new Set<string>() : afterLoading(project, file);
  return functionTexts(project, file).some((fn) => loading.has(fn.name) && fn.body.includes(last)) ? undefined : found;
}

/** `s->buf`, or a variable that the function puts there as well. */
function isPlace(given: Expression, body: Body, owner: string, path: string): boolean {
  const isIt = (place: Expression): boolean =>
    placesOf(place, body).some(({ typeName, member }) => typeName === owner && member === path);
  if (isIt(given)) return true;
  const { at } = localsOf(body);
  const local = given.kind === "identifier" ? at(given.name, given.start) : undefined;
  if (local === undefined) return false;
  for (const node of nodesIn(body.block)) {
    if (node.kind !== "binary" || node.operator !== "=" || node.right.kind !== "identifier") continue;
    if (at(node.right.name, node.right.start) === local && isIt(node.left)) return true;
  }
  return false;
}

function report(
  project: Project,
  description: VMStateDescription,
  field: VMStateField,
  { path }: MemberReference,
  { functionName, range }: Use,
): Finding {
  const fixes = withoutAllocation(project, description, field);
  const macro = fixes[0] === undefined ? "a field without VMS_ALLOC" : fixes[0].title.replace("Use ", "");
  return {
    range: field.range,
    message: `Loading ${fieldName(field)} puts a new buffer behind ${path}, and the memory region that ${functionName} made of the old one keeps that: the guest does not see what was loaded. Use ${macro}, which loads into the buffer that is there, and check the size first.`,
    related: [{ range, message: `${functionName} makes guest memory of it` }],
    fixes,
  };
}

/** The tree's macro of the same name without ALLOC, where that is the only difference. */
function withoutAllocation(
  project: Project,
  { file }: VMStateDescription,
  { macro, range, flagNames, member }: VMStateField,
): readonly QuickFix[] {
  const text = macro === undefined ? undefined : textAt(project, range);
  if (macro === undefined || text?.startsWith(macro) !== true) return [];
  const other = macro.replace("_ALLOC", "");
  const field = other === macro ? undefined : project.field(`${other}${text.slice(macro.length)}`, file)?.field;
  const rest = flagNames.filter((flag) => flag !== "ALLOC");
  if (field?.member?.path !== member?.path || field?.flagNames.join() !== rest.join()) return [];
  return [{ title: `Use ${other}`, edits: [{ range: { ...range, end: range.start + macro.length }, text: other }] }];
}

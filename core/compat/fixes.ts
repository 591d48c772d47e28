/** Fixes for what a change of a table breaks, where they are mechanical. */
import { indentBefore } from "../c/body";
import { isName } from "../c/words";
import type { Edit, QuickFix } from "../check/diagnostic";
import type { Project } from "../project/project";
import { hasVmstateMacro } from "../check/tables";
import { compatLists } from "./compatLists";
import type { Item, Origin } from "./layout";
import { sizeOfItems } from "./layout";
import { subsectionFix } from "./subsectionFix";
import type { TreeFinding } from "./trees";

export function streamFixes(project: Project, finding: TreeFinding): readonly QuickFix[] {
  const { difference, direction } = finding;
  const listed = compatFix(project, finding);
  if (listed.length > 0) return listed;
  if (difference === undefined || finding.verdict !== "refused") return [];
  const [removed, added] =
    direction === "old->new" ? [difference.saved, difference.expected] : [difference.expected, difference.saved];
  if (removed.length > 0 && added.length === 0) return unusedFix(project, finding, removed, difference.following);
  if (added.length > 0 && removed.length === 0) {
    const came = direction === "old->new" ? difference.expectedFields : difference.savedFields;
    return [...subsectionFix(project, came), ...versionFix(project, came)];
  }
  return [];
}

/** A property that no list of the machine type sets: the entry that keeps the old behaviour. */
function compatFix(project: Project, { decision }: TreeFinding): readonly QuickFix[] {
  const missing = decision?.missing;
  const list = missing && compatLists(project).find(({ name }) => name === missing.list);
  if (decision === undefined || missing === undefined || list === undefined) return [];
  const { file, start, end } = list.range;
  const text = project.text(file)?.slice(start, end) ?? "";
  const close = text.lastIndexOf("}");
  if (!text.startsWith("{") || close < 0) return [];
  const line = `{ "${decision.driver}", "${decision.property}", "${missing.value}" },`;
  const before = text.slice(0, close).trimEnd();
  const comma = before.endsWith(",") || before.endsWith("{") ? "" : ",";
  const range = { file, start: start + before.length, end: start + close };
  return [{ title: `Add ${decision.property} to ${list.name}`, edits: [{ range, text: `${comma}\n    ${line}\n` }] }];
}

/** Fields that were taken out: their bytes go on to be sent as zeros and skipped. */
function unusedFix(
  project: Project,
  finding: TreeFinding,
  removed: readonly Item[],
  following: { readonly saved: Item | undefined; readonly expected: Item | undefined },
): readonly QuickFix[] {
  const bytes = sizeOfItems(removed);
  const next = finding.direction === "old->new" ? following.expected : following.saved;
  if (bytes === undefined || bytes === 0) return [];
  const edit = insertion(project, finding, next, `VMSTATE_UNUSED(${bytes})`);
  return edit === undefined
    ? []
    : [{ title: `Keep the ${bytes === 1 ? "byte" : `${bytes} bytes`}: VMSTATE_UNUSED(${bytes})`, edits: [edit] }];
}

/** Before the field that came next, or before the end of the list. */
function insertion(project: Project, finding: TreeFinding, next: Item | undefined, line: string): Edit | undefined {
  const place = finding.direction === "old->new" ? finding.loader : finding.saver;
  const description = place && project.description(place.description.symbol, place.description.file);
  if (description === undefined) return undefined;
  const source = next?.description.symbol === description.symbol ? next.field.source : undefined;
  const text = project.text(description.file) ?? "";
  const list = description.members.find((each) => each.name === "fields")?.range;
  const end = list === undefined ? -1 : text.lastIndexOf("VMSTATE_END_OF_LIST", list.end);
  const at =
    source?.file === description.file ? source.start : list !== undefined && end > list.start ? end : undefined;
  if (at === undefined || (next !== undefined && source === undefined)) return undefined;
  const indent = indentBefore(text, at);
  return { range: { file: description.file, start: at, end: at }, text: `${line},\n${indent}` };
}

/** Fields that came: sent from the next version on. Older QEMU still refuses the newer version. */
function versionFix(project: Project, added: readonly Origin[]): readonly QuickFix[] {
  const [first] = added;
  const description = first && project.description(first.description.symbol, first.description.file);
  const version = description?.members.find((each) => each.name === "version_id")?.range;
  if (first === undefined || description === undefined || version === undefined || !description.versionId.known)
    return [];
  if (added.some((item) => item.description.symbol !== description.symbol)) return [];
  const next = description.versionId.value + 1;
  const edits: Edit[] = [];
  for (const item of added) {
    const { source } = item.field;
    const text = source && project.text(source.file)?.slice(source.start, source.end);
    const macro = text === undefined ? undefined : plainUse(text);
    if (source === undefined || macro === undefined || !hasVmstateMacro(project, `${macro.name}_V`)) return [];
    edits.push({ range: source, text: `${macro.name}_V(${macro.operands}, ${next})` });
  }
  edits.push({ range: version, text: `.version_id = ${next}` });
  return [{ title: `Send from version ${next} on`, edits }];
}

/** A field macro that names no version and no test, with operands of one word each. */
function plainUse(text: string): { readonly name: string; readonly operands: string } | undefined {
  const open = text.indexOf("(");
  const [name, operands] = [text.slice(0, open), text.slice(open + 1, -1)];
  if (open === -1 || !text.endsWith(")") || !name.startsWith("VMSTATE_") || !isName(name)) return undefined;
  if (name.endsWith("_V") || name.endsWith("_TEST") || operands.includes("(") || operands.includes(")"))
    return undefined;
  return { name, operands };
}

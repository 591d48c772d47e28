/** Fields that a table may want next: each member of its struct that no table saves, with the macro for it. */
import { firstName } from "../../c/words";
import { type TableHistory, versionedFields } from "../../check/fixes/saveFix";
import type { Edit } from "../../check/diagnostic";
import type { CType } from "../../c/ctype";
import { stateStructs, structNamed } from "../../project/stateTypes";
import type { VMStateDescription } from "../../vmstate/model";
import type { LoadableProject, Project } from "../../project";
import { macroFor } from "../../project/fieldMacros";
import { membersOf, typeText } from "../constructs/members";

export interface OfferedField {
  readonly member: string;
  readonly typeName: string;
  /** `VMSTATE_UINT32(ctl, DemoState)` */
  readonly text: string;
  /** What else it takes: the next version of a table that a release has. */
  readonly edits: readonly Edit[];
}

/** More than a list shows; each has to be tried. */
const mostOffered = 60;

/** In order of declaration; objects that pointers lead to are another's. */
export function unsavedFields(
  project: LoadableProject,
  file: string,
  structName: string,
  table?: VMStateDescription,
  history?: TableHistory,
): readonly OfferedField[] {
  const saved = new Set<string>();
  for (const { fields } of project.descriptionsIn(file)) {
    for (const { member } of fields) {
      if (member?.structName === structName) saved.add(firstName(member.path));
    }
  }
  const offered: OfferedField[] = [];
  for (const { name = "", type, bits } of membersOf(project, structNamed(project, structName, file))) {
    if (offered.length >= mostOffered) break;
    if (name === "" || bits !== undefined || saved.has(name) || isForeign(type())) continue;
    const versioned =
      table === undefined || history === undefined || history.kind === "new"
        ? undefined
        : versionedFields(project, table, structName, [name], history);
    const text = versioned?.texts[0] ?? macroFor(project, structName, name, file)?.text;
    if (text === undefined) continue;
    offered.push({ member: name, typeName: typeText(type()), text, edits: versioned?.raise ?? [] });
  }
  return offered;
}

/** Functions, and pointers to what nobody but its owner saves. */
function isForeign(type: CType): boolean {
  if (type.kind === "array") return isForeign(type.element);
  return type.kind === "pointer" && type.target().kind !== "record";
}

/** The struct that a table saves: of its fields, else of the type that registers it, else of the file's only type. */
export function structFor(project: Project, file: string, table: VMStateDescription | undefined): string {
  const [known] = table === undefined ? [] : stateStructs(table);
  if (known !== undefined) return known;
  const types = [...project.types()].filter((type) => type.file === file && type.instanceStruct !== undefined);
  const own = types.filter(({ descriptions }) =>
    descriptions.some(({ reference }) => reference.symbol === table?.symbol),
  );
  const [first, ...others] = new Set((own.length > 0 ? own : types).map(({ instanceStruct = "" }) => instanceStruct));
  if (first !== undefined) return others.length === 0 ? first : "";
  const structs = (project.facts(file)?.declarations ?? []).flatMap((each) =>
    each.kind === "typedef" ? each.names : [],
  );
  return structs.length === 1 ? (structs[0] ?? "") : "";
}

/** A table for a struct that has none: what of it is the guest's state, by which macro, and why the rest is left out. */
import { allWrites } from "../../code/memberWrites";
import type { Project } from "../../project/project";
import { structNamed } from "../../project/stateTypes";
import { typeText } from "../constructs/members";
import { declaredAt, judge, whyNone } from "./judge";
import type { LeftOut, ProposedField, ProposedTable } from "./model";
import { type Part, partsOf } from "./parts";
import { namesFor, tableText } from "./text";

/** undefined where the file sees no struct of that name with members. */
export function proposeTable(project: Project, file: string, structName: string): ProposedTable | undefined {
  const struct = structNamed(project, structName, file);
  const parts = struct.kind === "record" ? partsOf(project, file, structName, struct) : [];
  if (parts.length === 0) return undefined;
  const fields: ProposedField[] = [];
  const leftOut: LeftOut[] = [];
  const writers = allWrites(project, file, { structName, members: parts.map(({ path }) => path) });
  for (const { path, member, owner } of parts) {
    if (owner !== undefined && (writers.get(path)?.running.length ?? 0) === 0) {
      if (!leftOut.some((each) => each.member === owner.path)) leftOut.push(ownedElsewhere(owner));
      continue;
    }
    const judged = judge(project, file, structName, path, member, writers.get(path));
    if ("text" in judged) fields.push({ member: path, ...judged });
    else leftOut.push({ member: path, typeName: typeText(member.type()), ...judged });
  }
  const { symbol, name } = namesFor(project, file, structName);
  return { structName, file, symbol, name, fields, leftOut, ...tableText(project, file, { symbol, name, fields }) };
}

function ownedElsewhere({ path, member }: Part): LeftOut {
  const type = member.type();
  const why = `${whyNone(type)}; only what this file sets in it is taken`;
  return { member: path, typeName: typeText(type), why, range: declaredAt(member) };
}

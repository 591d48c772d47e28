/** What a hook or a test function takes its `void *opaque` for. */
import { accessesIn } from "../c/body/accesses";
import { type Local, localsOf } from "../c/body/locals";
import { memberPlace, namedPath } from "../c/body/paths";
import { bodyOf } from "../project/bodies";
import type { LocatedFunction, Project } from "../project/project";

export interface OpaqueStruct {
  /** As the function declares it, without `struct`. */
  readonly name: string;
  readonly local: Local;
}

/** `T *s = opaque;` where opaque is the first parameter and a `void *`. */
export function opaqueStruct(project: Project, fn: LocatedFunction): OpaqueStruct | undefined {
  const body = bodyOf(project, fn);
  const [first] = body.parameters;
  if (first?.typeName !== "void" || first.stars !== 1) return undefined;
  for (const local of localsOf(body).all) {
    const { typeName, stars, value } = local.declarator;
    if (local.isParameter || stars !== 1 || typeName === "void" || typeName === "char") continue;
    let given = value;
    while (given?.kind === "cast") given = given.operand;
    if (given?.kind === "identifier" && given.name === first.name) return { name: typeName, local };
  }
  return undefined;
}

/** Members of it that the function reads, by designator, each once. */
export function membersRead(project: Project, fn: LocatedFunction, { local }: OpaqueStruct): readonly string[] {
  const body = bodyOf(project, fn);
  const found = new Set<string>();
  for (const { place, kind } of accessesIn(body.block)) {
    const path = kind === "write" ? undefined : namedPath(place, localsOf(body));
    const member = path && memberPlace(path);
    if (member?.local === local && member.member !== "") found.add(member.member);
  }
  return [...found];
}

/** Hooks of tables inside others that ask for a version which they are never given. */
import { mirrored, opposite } from "../../../c/body/comparison";
import { localsOf } from "../../../c/body/locals";
import { nodesIn } from "../../../c/body/walk";
import type { SourceRange } from "../../../c/range";
import type { Expression } from "../../../c/syntax";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { isNamed } from "../../../code/valueFlow";
import { bodyOf, typesIn } from "../../../project/bodies";
import { functionTexts } from "../../../project/functionTexts";
import type { LocatedFunction, Project } from "../../../project/project";
import type { VMStateDescription } from "../../../vmstate/model";
import { containerOf, has, memberRange, nameOf, nestedOf } from "../../tables";
import { rule } from "../../rule";

/** vmstate_load_state in migration/vmstate.c loads what a field nests as the nested table's own version, which its hooks are given. */
export const innerVersionCheck = rule({
  code: "inner-version-check",
  group: "hooks",
  severity: "information",
  default: "on",
  byFile: true,
  wholeTree: true,
  title: "A version that a nested table's hook never sees",
  summary: "A load hook of a table that is only part of others asks for an older version.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      const hook = description.hooks.post_load ?? description.hooks.post_load_errp;
      const fn = hook && project.function(hook.name, description.file);
      const { versionId } = description;
      if (hook === undefined || fn === undefined || !versionId.known) continue;
      const [first, ...others] = neverSo(project, fn, versionId.value);
      if (first === undefined || !isPartOnly(project, description, hook.name)) continue;
      const places = [first, ...others].map(({ start, end }): SourceRange => ({ file: fn.file, start, end }));
      const [range] = places;
      if (range === undefined) continue;
      yield {
        range,
        message: `${project.text(fn.file)?.slice(first.start, first.end) ?? "This"} is never so: ${nameOf(description)} is a part of other tables, and QEMU loads it as its own version ${versionId.value}, whatever the stream's section has. What is to be done for an older stream belongs into a hook of the table that is registered.`,
        related: [
          { range: memberRange(description, "version_id"), message: `version ${versionId.value}` },
          ...places.slice(1).map((each) => ({ range: each, message: "nor is this" })),
        ],
      };
    }
  },
});

/** Questions for the hook's second parameter that are answered with no where it is `version`: comparisons, and arms of a switch. */
function neverSo(project: Project, fn: LocatedFunction, version: number): readonly Expression[] {
  const body = bodyOf(project, fn);
  const [, parameter] = body.parameters;
  const locals = localsOf(body);
  const given = parameter && locals.all.find(({ declarator }) => declarator.nameStart === parameter.nameStart);
  if (given === undefined || given.values.length > 0) return [];
  const types = typesIn(project, fn);
  const isGiven = (each: Expression): boolean =>
    each.kind === "identifier" && locals.at(each.name, each.start) === given;
  const at = BigInt(version);
  return [...nodesIn(body.block)].flatMap((node): readonly Expression[] => {
    if (node.kind === "switch" && isGiven(node.subject)) {
      return [...nodesIn(node.body)].flatMap((arm) => {
        const value = arm.kind === "case" && arm.last === undefined ? types.integer(arm.value) : undefined;
        return arm.kind === "case" && value?.known === true && value.value < at ? [arm.value] : [];
      });
    }
    // `!(version_id >= 2)`
    const isNot = node.kind === "unary" && node.operator === "!";
    const asked = isNot ? node.operand : node;
    if (asked.kind !== "binary") return [];
    const { operator, left, right } = asked;
    const isLeft = isGiven(left);
    if (!isLeft && !isGiven(right)) return [];
    const limit = types.integer(isLeft ? right : left);
    const direct = isLeft ? operator : (mirrored.get(operator) ?? operator);
    const compare = isNot ? (opposite.get(direct) ?? "") : direct;
    if (!limit.known) return [];
    const fails =
      (compare === "<" && limit.value <= at) ||
      (compare === "<=" && limit.value < at) ||
      (compare === "==" && limit.value < at);
    return fails ? [isNot ? node : asked] : [];
  });
}

/** Only plain fields lead to it: no section, subsection, list or code of a file that nests it is known to load it. */
function isPartOnly(project: Project, description: VMStateDescription, hook: string): boolean {
  const key = descriptionKey(description);
  const { registered, insideVirtio, nested } = descriptionRoles(project);
  const uses = nested.get(key) ?? [];
  if (uses.length === 0 || registered.has(key) || insideVirtio.has(key)) return false;
  for (const { parent, as } of uses) {
    if (as === "subsection") return false;
    for (const field of parent.fields) {
      if (nestedOf(project, field) !== description) continue;
      if (has(field, "VSTRUCT") || containerOf(field) !== undefined) return false;
    }
  }
  const files = new Set([description.file, ...uses.map(({ parent }) => parent.file)]);
  for (const file of files) {
    if (
      functionTexts(project, file).some(({ definition }) => isNamed(project, { file, definition }, description.symbol))
    )
      return false;
    // another table's hook is given another version
    for (const other of project.descriptionsIn(file)) {
      const hooks = [other.hooks.post_load, other.hooks.post_load_errp];
      if (other !== description && hooks.some((each) => each?.name === hook)) return false;
    }
  }
  return true;
}

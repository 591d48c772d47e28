/** Whether the running device sets a member beyond what a load hook would let pass. */
import { between, converted, isIndexOf, ofType } from "../c/body/interval";
import { isAssignment, localsOf } from "../c/body/locals";
import type { SourceRange } from "../c/range";
import type { Expression } from "../c/syntax";
import { accessHandlers } from "../code/accessHandlers";
import { isNamed } from "../code/valueFlow";
import { bodyOf, rangesIn, typesIn } from "../project/bodies";
import { functionTexts } from "../project/functionTexts";
import { isPrivate } from "../project/privateStructs";
import type { Project } from "../project/project";
import { type Streamed, Watch } from "./streamed";

export interface GuestStore {
  readonly function: string;
  readonly range: SourceRange;
}

/** What the narrowest access can write: how wide an access a handler gets is said where it is registered. */
const written = ofType(8, false);

/** A handler of the guest's writes in the table's file that puts what is written there, `length` and more as well. */
export function storedBeyond(project: Project, streamed: Streamed, length: number): GuestStore | undefined {
  const { file } = streamed;
  const watch = new Watch(project, streamed, streamed.range);
  for (const [name, index] of accessHandlers(project, file).writes) {
    const fn = project.function(name, file);
    if (fn?.file !== file || !isNamed(project, fn, streamed.name) || !watch.isIn(fn)) continue;
    const body = bodyOf(project, fn);
    const value = body.parameters[index];
    if (value === undefined) continue;
    const isPlace = watch.seed(fn);
    const types = typesIn(project, fn);
    let found: GuestStore | undefined;
    const seed: typeof isPlace = (place) =>
      place.kind === "identifier" &&
      localsOf(body).at(place.name, place.start)?.declarator.nameStart === value.nameStart
        ? written
        : undefined;
    rangesIn(
      project,
      fn,
      { seed },
      {
        expression(node, point) {
          if (found !== undefined || node.kind !== "binary" || node.operator !== "=") return;
          const { left, right } = node;
          if (left.kind !== "member" || left.name !== streamed.name) return;
          if (isPlace(left, types) === undefined) return;
          if (isIndexOf(converted(point.rangeOf(right), streamed.range), length) !== false) return;
          found = { function: name, range: { file, start: left.end - left.name.length, end: left.end } };
        },
      },
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every value that the table's file puts there is an index of so many elements as long as the last one was; other files see no such struct. */
export function isKeptBelow(project: Project, streamed: Streamed, length: number): boolean {
  const { file, member } = streamed;
  if (!isPrivate(project, file, member.structName)) return false;
  const watch = new Watch(project, streamed, between(0, length - 1));
  return functionTexts(project, file).every(({ definition }) => {
    const fn = { file, definition };
    if (!isNamed(project, fn, streamed.name) || !watch.isIn(fn)) return true;
    const types = typesIn(project, fn);
    const isPlace = watch.seed(fn);
    const isIt = (place: Expression): boolean => place.kind === "member" && isPlace(place, types) !== undefined;
    let isKept = true;
    rangesIn(
      project,
      fn,
      { seed: isPlace },
      {
        expression(node, point) {
          if (node.kind === "postfix" || (node.kind === "unary" && changing.has(node.operator))) {
            if (isIt(node.operand)) isKept = false;
          } else if (node.kind === "binary" && isAssignment(node.operator) && isIt(node.left)) {
            const value = converted(point.rangeOf(node.right), streamed.range);
            isKept &&= node.operator === "=" && isIndexOf(value, length) === true;
          }
        },
      },
    );
    return isKept;
  });
}

const changing: ReadonlySet<string> = new Set(["++", "--", "&"]);

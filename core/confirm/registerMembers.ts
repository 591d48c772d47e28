/** What a guest's read of a register goes by, as the source has it. */
import { exactly, type Interval } from "../c/body/interval";
import type { Point } from "../c/body/ranges";
import { nodesIn } from "../c/body/walk";
import type { Expression, Statement } from "../c/syntax";
import { placesThrough } from "../code/memberPlaces";
import { bodyOf, rangesIn, typesIn } from "../project/bodies";
import type { LocatedFunction, Project } from "../project/project";
import { calleeOf, regionHandlers } from "./regionHandlers";

/** A register that two reads found different. */
export interface DifferentRegister {
  /** QOM type of the device that has it. */
  readonly type: string | undefined;
  /** Name of its memory region. */
  readonly region: string;
  /** In the region. */
  readonly offset: number;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly before: string;
  readonly after: string;
}

/** Longer chains say little of one register. */
const deepest = 4;

/** `Struct member` for each member that the handler of the register's region goes by there, as functions spell it. */
export function membersRead(project: Project, register: DifferentRegister): ReadonlySet<string> {
  const { type, region, offset, bytes, before, after } = register;
  const found = new Set<string>();
  if (type === undefined) return found;
  const difference = BigInt(`0x${before}`) ^ BigInt(`0x${after}`);
  const differing = Array.from({ length: bytes }, (_, byte) => byte).filter(
    (byte) => ((difference >> BigInt(8 * byte)) & 0xffn) !== 0n,
  );
  for (const { read, isBytewise } of regionHandlers(project, type, region)) {
    const offsets = isBytewise ? differing.map((byte) => offset + byte) : [offset];
    for (const each of offsets) {
      const size = isBytewise ? 1 : bytes;
      readsOf(
        project,
        read,
        new Map([
          [1, exactly(each)],
          [sizeParameter(project, read), exactly(size)],
        ]),
        found,
      );
    }
  }
  return found;
}

function sizeParameter(project: Project, fn: LocatedFunction): number {
  return bodyOf(project, fn).parameters.findIndex(({ name }) => name === "size");
}

/**
 * @param given what parameters are, by index
 * @param through what of other structs parameters point to, by index: `Dev chan.dma`
 */
function readsOf(
  project: Project,
  fn: LocatedFunction,
  given: ReadonlyMap<number, Interval>,
  found: Set<string>,
  through: ReadonlyMap<number, readonly string[]> = new Map(),
  depth = 0,
): void {
  const body = bodyOf(project, fn);
  const types = typesIn(project, fn);
  const values = new Map<string, Interval>();
  for (const [index, value] of given) {
    const name = body.parameters[index]?.name;
    if (name !== undefined) values.set(name, value);
  }
  /** Where nothing is read: what is written to, what a member lies in, and arms that a switch does not come to. */
  const passed = new Set<Expression>();
  const skipped: { readonly start: number; readonly end: number }[] = [];
  const switches = new Map<Expression, Extract<Statement, { kind: "switch" }>>();
  for (const node of nodesIn(body.block)) if (node.kind === "switch") switches.set(node.subject, node);
  const spelled = (place: Expression): readonly string[] =>
    placesThrough(project, place, body).flatMap(({ typeName, member, parameter }) => {
      const outer = through.get(parameter) ?? [];
      return member === "" ? outer : [`${typeName} ${member}`, ...outer.map((each) => `${each}.${member}`)];
    });
  rangesIn(
    project,
    fn,
    { seed: (place) => (place.kind === "identifier" ? values.get(place.name) : undefined) },
    {
      expression(node: Expression, point: Point) {
        if (skipped.some(({ start, end }) => start <= node.start && node.end <= end)) return;
        const asked = switches.get(node);
        if (asked !== undefined) {
          const arm = otherwise(asked, point.rangeOf(node), (value) => {
            const number = types.integer(value);
            return number.known ? Number(number.value) : undefined;
          });
          if (arm !== undefined) skipped.push(arm);
        }
        if (node.kind === "binary" && node.operator === "=") passed.add(node.left);
        if (isAddress(node)) passed.add(node.operand);
        if (node.kind === "call" && depth < deepest) {
          const callee = calleeOf(node);
          const target = callee === "" ? undefined : project.function(callee, fn.file);
          if (target !== undefined && (target.file === fn.file || target.file.startsWith("hw/"))) {
            const handed = node.arguments.map((each, index): [number, Interval] => [index, point.rangeOf(each)]);
            const structs = node.arguments.map((each, index): [number, readonly string[]] => [index, spelled(each)]);
            readsOf(project, target, new Map(handed), found, new Map(structs), depth + 1);
          }
        }
        if (node.kind !== "member" && node.kind !== "subscript") return;
        if (node.kind === "subscript" || !node.arrow) passed.add(node.object);
        if (passed.has(node)) return;
        for (const each of spelled(node)) found.add(each);
      },
    },
  );
}

function isAddress(node: Expression): node is Extract<Expression, { kind: "unary" }> {
  return node.kind === "unary" && node.operator === "&";
}

/** The `default` arm of a switch whose subject is one of its cases. */
function otherwise(
  node: Extract<Statement, { kind: "switch" }>,
  subject: Interval,
  numberOf: (value: Expression) => number | undefined,
): { readonly start: number; readonly end: number } | undefined {
  if (subject.min !== subject.max || node.body.kind !== "block") return undefined;
  let isCase = false;
  let arm: { start: number; end: number } | undefined;
  for (const each of node.body.statements) {
    if (each.kind === "case") {
      const first = numberOf(each.value);
      const last = each.last === undefined ? first : numberOf(each.last);
      isCase ||= first !== undefined && last !== undefined && first <= subject.min && subject.min <= last;
      if (arm !== undefined) arm.end = Math.min(arm.end, each.start);
    } else if (each.kind === "default") arm = { start: each.start, end: node.body.end };
  }
  return isCase ? arm : undefined;
}

/** Where code goes by a value as an index or a length that is not held to what is there. */
import { originOf } from "../c/body/carried";
import { type Interval, isIndexOf } from "../c/body/interval";
import { localsOf } from "../c/body/locals";
import type { Point } from "../c/body/ranges";
import { placesOf } from "../c/body/places";
import type { Body } from "../c/body/parse";
import { relevantNodes } from "../c/body/relevant";
import { nodesIn, type Node } from "../c/body/walk";
import { sizeOf } from "../c/layout";
import type { CType } from "../c/ctype";
import type { Call, Expression, Identifier } from "../c/syntax";
import { type Copy, copies } from "../code/copies";
import { feedsUse, parametersOf, reachedIn } from "../code/valueFlow";
import type { FunctionDefinition } from "../c/facts";
import { cachedByRevision } from "../project/cache";
import { bodyOf, rangesIn, type RangeQuestion, typesIn, widestRange } from "../project/bodies";
import type { LocatedFunction, Project } from "../project/project";
import { type Found, recalled } from "../project/uses";

export interface Use {
  readonly fn: LocatedFunction;
  readonly node: Expression;
  /** loop: the value says where a loop ends whose counter is the index; part: it only goes into the index. */
  readonly kind: "index" | "loop" | "length" | "part";
  /** The array's expression. */
  readonly array: Expression;
  /** Elements; of a length bytes. undefined: nobody knows how many, and nothing holds the value at all. */
  readonly length: number | undefined;
}

/** The value that is followed through a function. */
export interface Followed {
  /** ".pos" or "pos", as core/c/body/flow.ts has it. */
  readonly name: string;
  /** Where it comes from, for a value that is used on the spot. */
  readonly source?: Expression | undefined;
  /** The most that it may be: one that reaches it is held by nothing, and beyond whatever room a pointer has. */
  readonly most?: number | undefined;
  /** Arrays of the caller, by the parameters that they are given as. */
  readonly arrays?: Arrays | undefined;
  question(fn: LocatedFunction): RangeQuestion;
}

/** A place at which the value may be used. */
type Sink =
  | {
      readonly kind: "index";
      readonly index: Expression;
      readonly array: KnownArray;
      /** The place behind the last element is no harm by itself. */
      readonly isAddress: boolean;
    }
  | { readonly kind: "length"; readonly length: Expression; readonly buffer: Expression }
  | {
      readonly kind: "hand";
      readonly argument: Expression;
      readonly target: LocatedFunction;
      readonly index: number;
      readonly arrays: Arrays;
    };

type Arrays = ReadonlyMap<string, KnownArray>;

interface KnownArray {
  readonly node: Expression;
  readonly length: number | undefined;
  /** Of one element; undefined where it is not known. */
  readonly bytes: number | undefined;
}

/** Calls are followed as far as this. */
const deepest = 1;

/** Uses in the function and in those that it hands the value to, in the order in which they run. */
export function usesOf(
  project: Project,
  fn: LocatedFunction,
  followed: Followed,
  given: Use["kind"] = "index",
  depth = 0,
): readonly Use[] {
  const reading = new Reading(project, fn, followed);
  const sinks = reading.sinks(depth);
  if (sinks.size === 0) return [];
  const found: Use[] = [];
  const used = new Set<Expression>();
  const question = followed.question(fn);
  const matters = relevantNodes(bodyOf(project, fn), new Set([...reading.reached, ...(question.helpers ?? [])]));
  rangesIn(
    project,
    fn,
    { ...question, matters },
    {
      expression(node, point) {
        for (const sink of sinks.get(node) ?? []) {
          const use = reading.use(node, sink, point, given);
          if (use !== undefined && !used.has(use.array)) {
            used.add(use.array);
            found.push(use);
          }
          if (sink.kind !== "hand") continue;
          const range = point.rangeOf(sink.argument);
          if (!isTold(range)) continue;
          const inside = handed(project, followed, sink, range);
          found.push(...usesOf(project, sink.target, inside, reading.kindOf(sink.argument, given), depth + 1));
        }
      },
    },
  );
  return found;
}

/** What the places of one function mean for a value. */
class Reading {
  readonly reached: ReadonlySet<string>;

  constructor(
    private readonly project: Project,
    private readonly fn: LocatedFunction,
    private readonly followed: Pick<Followed, "name" | "source" | "most" | "arrays">,
  ) {
    this.reached = reachedIn(project, fn, followed.name);
  }

  sinks(depth: number): ReadonlyMap<Expression, readonly Sink[]> {
    const found = new Map<Expression, readonly Sink[]>();
    const body = bodyOf(this.project, this.fn);
    const { operations, addressed } = placesOf(body);
    for (const node of operations) {
      if (isForDebugging(body, node)) continue;
      const sinks = this.sinksAt(node, addressed.has(node), depth);
      if (sinks.length > 0) found.set(node, sinks);
    }
    return found;
  }

  private sinksAt(node: Expression, isAddress: boolean, depth: number): readonly Sink[] {
    if (node.kind === "subscript") return this.indexed(node.object, node.index, isAddress, true);
    if (node.kind === "call") return this.called(node, depth);
    if (node.kind !== "binary") return [];
    return [...this.indexed(node.left, node.right, true), ...this.indexed(node.right, node.left, true)];
  }

  private indexed(object: Expression, index: Expression, isAddress: boolean, isElement = false): readonly Sink[] {
    if (!this.comesHere(index)) return [];
    const array = this.arrayOf(object) ?? (isElement ? this.openRoom(object) : undefined);
    // `& 15` needs no walk
    const isSafe =
      array?.length !== undefined && isIndexOf(widestRange(this.project, this.fn, index), array.length) === true;
    return array === undefined || isSafe ? [] : [{ kind: "index", index, array, isAddress }];
  }

  /** Memory of which nobody knows how much there is; undefined where nobody asks for such. */
  private openRoom(object: Expression): KnownArray | undefined {
    const node = withoutCasts(object);
    const isPlace = node.kind === "member" || node.kind === "identifier" || node.kind === "subscript";
    if (this.followed.most === undefined || !isPlace) return undefined;
    const type = typesIn(this.project, this.fn).typeOf(node);
    const isKnown = type.kind === "array" && type.length?.known === true;
    return isKnown ? undefined : { node, length: undefined, bytes: undefined };
  }

  /** Nothing holds it. */
  private isUnheld({ max, vagueMax }: Interval): boolean {
    const { most } = this.followed;
    return most !== undefined && !vagueMax && max >= most - 1;
  }

  private called(node: Call, depth: number): readonly Sink[] {
    const callee = node.callee.kind === "identifier" ? node.callee.name : "";
    const copy = copies.get(callee);
    if (copy !== undefined) return this.copied(node, copy);
    if (callee === "" || depth >= deepest) return [];
    return node.arguments.flatMap((argument, index): readonly Sink[] => {
      if (!isPlain(argument) || !this.comesHere(argument)) return [];
      const target = this.project.function(callee, this.fn.file);
      const parameter = target && parametersOf(this.project, target)[index];
      if (target === undefined || parameter === undefined || !feedsUse(this.project, target, parameter)) return [];
      const arrays = this.given(node, target);
      return hasSinks(this.project, target, { name: parameter, most: this.followed.most, arrays }, depth + 1)
        ? [{ kind: "hand", argument, target, index, arrays }]
        : [];
    });
  }

  /** The arrays that a call gives. */
  private given(node: Call, target: LocatedFunction): Arrays {
    const parameters = parametersOf(this.project, target);
    return new Map(
      node.arguments.flatMap((argument, k) => {
        const array = this.arrayOf(argument);
        const name = parameters[k];
        return array === undefined || name === undefined ? [] : [[name, array]];
      }),
    );
  }

  private copied(node: Call, { buffers, length: at }: Copy): readonly Sink[] {
    const length = node.arguments[at];
    if (length === undefined || !this.comesHere(length)) return [];
    return buffers.flatMap((index): readonly Sink[] => {
      const buffer = node.arguments[index];
      return buffer === undefined ? [] : [{ kind: "length", length, buffer }];
    });
  }

  use(node: Expression, sink: Sink, point: Point, given: Use["kind"]): Use | undefined {
    const { fn } = this;
    if (sink.kind === "index") {
      const range = this.reachedBy(sink.index, point);
      const { node: array, length } = sink.array;
      if (range === undefined) return undefined;
      const isBeyond =
        length === undefined ? this.isUnheld(range) : isIndexOf(range, sink.isAddress ? length + 1 : length) === false;
      return isBeyond ? { fn, node, kind: this.kindOf(sink.index, given), array, length } : undefined;
    }
    if (sink.kind === "hand") return undefined;
    const range = point.rangeOf(sink.length);
    const room = isTold(range) ? this.roomIn(sink.buffer, point) : undefined;
    if (room === undefined) {
      const open = isTold(range) && this.isUnheld(range) ? this.openRoom(sink.buffer) : undefined;
      return open && { fn, node, kind: "length", array: open.node, length: undefined };
    }
    if (isIndexOf(range, room.bytes + 1) !== false) return undefined;
    return { fn, node, kind: "length", array: room.array, length: room.bytes };
  }

  /** What the expression comes to whatever the rest of a sum is; undefined where nothing is said of it. */
  private reachedBy(expression: Expression, point: Point): Interval | undefined {
    const whole = (): Interval | undefined => {
      const range = point.rangeOf(expression);
      return isTold(range) ? range : undefined;
    };
    const isSum = expression.kind === "binary" && expression.operator === "+";
    if (!isSum) return whole();
    const [own, rest] = this.comesHere(expression.left)
      ? [expression.left, expression.right]
      : [expression.right, expression.left];
    if (this.comesHere(rest)) return whole();
    const value = this.reachedBy(own, point);
    const added = point.rangeOf(rest);
    return value && { ...value, min: value.min + added.max, max: value.max + added.min };
  }

  /** Whether anything in it comes from the value. */
  private comesHere(expression: Expression): boolean {
    for (const node of nodesIn(expression)) {
      const name = nameIn(node);
      if (node === this.followed.source || (name !== undefined && this.reached.has(name))) return true;
    }
    return false;
  }

  /** Not the value itself, but what is counted up to it or made of it. `given`: what it is in the caller. */
  kindOf(index: Expression, given: Use["kind"]): Use["kind"] {
    const locals = localsOf(bodyOf(this.project, this.fn));
    let isCounter = false;
    for (const node of nodesIn(index)) {
      if (node === this.followed.source) return given;
      if (node.kind !== "identifier" && node.kind !== "member") continue;
      for (const each of nodesIn(originOf(node, locals))) if (nameIn(each) === this.followed.name) return given;
      const local = node.kind === "identifier" ? locals.at(node.name, node.start) : undefined;
      if (local?.values.includes(undefined) === true) isCounter = true;
    }
    return isCounter ? "loop" : "part";
  }

  private arrayOf(object: Expression): KnownArray | undefined {
    let node = withoutCasts(object);
    if (isFirst(node)) node = node.operand.object;
    if (node.kind !== "member" && node.kind !== "identifier" && node.kind !== "subscript") return undefined;
    const given = node.kind === "identifier" ? this.followed.arrays?.get(node.name) : undefined;
    if (given !== undefined && node.kind === "identifier") {
      const local = localsOf(bodyOf(this.project, this.fn)).at(node.name, node.start);
      return local?.isParameter === true && local.values.length === 0 ? given : undefined;
    }
    const type = typesIn(this.project, this.fn).typeOf(node);
    if (type.kind === "pointer" && node.kind === "identifier") return this.aliased(node, type.target());
    if (type.kind !== "array" || type.length?.known !== true || type.length.value < 2) return undefined;
    const size = sizeOf(this.project.ctypes(), type.element);
    return { node, length: type.length.value, bytes: size.known ? size.value : undefined };
  }

  /** The array that a local pointer is set to, once. */
  private aliased({ name, start }: Identifier, target: CType): KnownArray | undefined {
    const local = localsOf(bodyOf(this.project, this.fn)).at(name, start);
    const [value, ...others] = local?.isParameter === false ? local.values : [];
    // a pointer that is set to another may come back to itself
    if (value === undefined || others.length > 0 || withoutCasts(value).kind === "identifier") return undefined;
    const array = this.arrayOf(value);
    const size = sizeOf(this.project.ctypes(), target);
    return size.known && size.value === array?.bytes ? array : undefined;
  }

  /** Bytes from where the pointer points to the array's end. */
  private roomIn(buffer: Expression, point: Point): { readonly array: Expression; readonly bytes: number } | undefined {
    const at = withoutCasts(buffer);
    const place =
      at.kind === "unary" && at.operator === "&" && at.operand.kind === "subscript" ? at.operand : undefined;
    const sum = at.kind === "binary" && at.operator === "+" ? at : undefined;
    const array = this.arrayOf(place?.object ?? sum?.left ?? at);
    if (array?.bytes === undefined || array.length === undefined) return undefined;
    const skipped = place?.index ?? sum?.right;
    const from = skipped === undefined ? 0 : Math.max(0, point.rangeOf(skipped).min);
    if (!Number.isFinite(from)) return undefined;
    return { array: array.node, bytes: Math.max(0, array.length - from) * array.bytes };
  }
}

const sinking = cachedByRevision(() => new Map<FunctionDefinition, Map<string, Found<boolean>>>(), "own");

function hasSinks(
  project: Project,
  fn: LocatedFunction,
  followed: Pick<Followed, "name" | "most" | "arrays">,
  depth: number,
): boolean {
  const memo = sinking(project);
  const known = memo.get(fn.definition) ?? new Map<string, Found<boolean>>();
  memo.set(fn.definition, known);
  const arrays = [...(followed.arrays ?? [])].map(([name, { length }]) => `${name}:${length ?? ""}`);
  const key = `${depth} ${followed.most === undefined ? "" : "*"}${followed.name} ${arrays.join()}`;
  return recalled(known, key, () => new Reading(project, fn, followed).sinks(depth).size > 0);
}

/** The value as a parameter of the function that it is handed to. */
function handed(
  project: Project,
  outer: Followed,
  { target, index, arrays }: Extract<Sink, { kind: "hand" }>,
  range: Interval,
): Followed {
  const body = bodyOf(project, target);
  const declared = body.parameters[index];
  const locals = localsOf(body);
  return {
    name: declared?.name ?? "",
    most: outer.most,
    arrays,
    question(fn) {
      const question = outer.question(fn);
      return {
        ...question,
        seed(place, types) {
          const isGiven = fn.definition === target.definition && place.kind === "identifier";
          const local = isGiven ? locals.at(place.name, place.start) : undefined;
          const isParameter = local !== undefined && local.declarator.nameStart === declared?.nameStart;
          return isParameter ? range : question.seed(place, types);
        },
      };
    },
  };
}

/** Code that stands under a macro of its own, `#ifdef DEBUG_DEV`, and not under what the build sets. */
function isForDebugging({ arms }: Body, { start, end }: Expression): boolean {
  return arms.some(
    (arm) => arm.kind === "ifdef" && arm.start <= start && end <= arm.end && arm.expression.includes("DEBUG"),
  );
}

/** `&s->buf[0]` */
function isFirst(node: Expression): node is AddressOfElement {
  return (
    node.kind === "unary" &&
    node.operator === "&" &&
    node.operand.kind === "subscript" &&
    node.operand.index.kind === "integer" &&
    node.operand.index.value === 0n
  );
}

type AddressOfElement = Extract<Expression, { kind: "unary" }> & {
  readonly operand: Extract<Expression, { kind: "subscript" }>;
};

/** A value that is handed on as it is. */
function isPlain(argument: Expression): boolean {
  if (argument.kind === "cast" || argument.kind === "postfix") return isPlain(argument.operand);
  return argument.kind === "identifier" || argument.kind === "member";
}

function withoutCasts(expression: Expression): Expression {
  let node = expression;
  while (node.kind === "cast") node = node.operand;
  return node;
}

function nameIn(node: Node): string | undefined {
  return node.kind === "identifier" ? node.name : node.kind === "member" ? `.${node.name}` : undefined;
}

/** Anything is said of it, and not one number. */
function isTold({ min, max, vagueMin, vagueMax }: Interval): boolean {
  return min !== max && !(vagueMin && vagueMax);
}

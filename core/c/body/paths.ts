/** Places in memory as a function names them, in one spelling: `(*s).a`, `(s)->a`, and `r->a` behind `r = &s->regs`. */
import type { Expression } from "../syntax";
import { type Local, type Locals, onlyValue } from "./locals";

export interface Path {
  /** The variable that the place is reached from. */
  readonly root: string;
  /** undefined: no variable of the function. */
  readonly local: Local | undefined;
  /** What the root is declared as, a pointer's target: `Dev` of `Dev *s`; "" for what is no variable of the function. */
  readonly typeName: string;
  /** `*` follows a pointer, `.name` is a member, `[]` an element: `s->buf[i]` is `*`, `.buf`, `[]`. A last `&` takes the address. */
  readonly steps: readonly string[];
}

const deepest = 60;

/** undefined for what is no place that can be followed: calls, sums, conditionals. Casts are looked through. */
export function pathOf(expression: Expression, locals: Locals): Path | undefined {
  return follow(expression, locals, 0);
}

/** The same from the variable that the function names, whatever that was made from: `r` in `r->ctl`. */
export function namedPath(expression: Expression, locals: Locals): Path | undefined {
  return follow(expression, locals, 0, false);
}

/** The place in one word, to compare: "s*.buf[]". The same name in two scopes gives two. */
export function keyOf({ root, local, steps }: Path): string {
  return `${root}${local === undefined ? "" : `@${local.declarator.nameStart}`}${steps.join("")}`;
}

function follow(expression: Expression, locals: Locals, depth: number, isFollowed = true): Path | undefined {
  if (depth > deepest) return undefined;
  switch (expression.kind) {
    case "identifier": {
      const local = locals.at(expression.name, expression.start);
      const value = isFollowed && local && local.declarator.stars > 0 ? onlyValue(local) : undefined;
      const stands = value && followAddress(value, locals, depth + 1, isFollowed);
      // what the pointer was made from must mean the same for good
      const typeName = local?.declarator.typeName ?? "";
      if (stands !== undefined && isSteady(stands)) {
        // `Dev *s = opaque`: another type for the same variable
        return stands.steps.length === 0 ? { ...stands, typeName } : stands;
      }
      return { root: expression.name, local, typeName, steps: [] };
    }
    case "cast":
      return follow(expression.operand, locals, depth + 1, isFollowed);
    case "member": {
      const object = follow(expression.object, locals, depth + 1, isFollowed);
      const place = object && expression.arrow ? behindPointer(object) : object;
      return place && { ...place, steps: [...place.steps, `.${expression.name}`] };
    }
    case "subscript": {
      const object = follow(expression.object, locals, depth + 1, isFollowed);
      return object && { ...object, steps: [...object.steps, "[]"] };
    }
    case "unary": {
      const operand = expression.operator === "*" || expression.operator === "&";
      const behind = expression.operator === "*" ? followAddress : follow;
      const place = operand ? behind(expression.operand, locals, depth + 1, isFollowed) : undefined;
      if (place === undefined) return undefined;
      return expression.operator === "*" ? behindPointer(place) : { ...place, steps: [...place.steps, "&"] };
    }
    default:
      return undefined;
  }
}

/** Where an address is asked for: `s->buf + n` is that of an element, `s->buf[]&`. */
function followAddress(expression: Expression, locals: Locals, depth: number, isFollowed: boolean): Path | undefined {
  if (expression.kind !== "binary" || expression.operator !== "+") return follow(expression, locals, depth, isFollowed);
  const base = depth > deepest ? undefined : followAddress(expression.left, locals, depth + 1, isFollowed);
  if (base === undefined) return undefined;
  const steps = base.steps.at(-1) === "&" ? base.steps.slice(0, -1) : base.steps;
  const last = steps.at(-1);
  if (last === "[]" && steps.length < base.steps.length) return base;
  return last?.startsWith(".") === true && steps.length === base.steps.length
    ? { ...base, steps: [...steps, "[]", "&"] }
    : undefined;
}

function behindPointer(path: Path): Path {
  const { steps } = path;
  return { ...path, steps: steps.at(-1) === "&" ? steps.slice(0, -1) : [...steps, "*"] };
}

/** A member of the struct that the path's variable points to, or is an element of. */
export interface MemberPlace {
  readonly typeName: string;
  /** `regs.ctl` of `s->regs.ctl`, `chan.ctl` of `s->chan[i].ctl`; "" for what the variable points to as a whole. */
  readonly member: string;
  /** The variable behind all; a parameter stands for what callers give. */
  readonly local: Local;
}

/** Also for its address. undefined for what lies in no such struct, or behind a pointer in it. */
export function memberPlace({ typeName, local, steps }: Path): MemberPlace | undefined {
  // a pointer that is handed on
  if (local !== undefined && local.declarator.stars > 0 && steps.length === 0) return { typeName, member: "", local };
  if (local === undefined || (steps[0] !== "*" && steps[0] !== "[]")) return undefined;
  let member = "";
  for (const step of steps.slice(1, steps.at(-1) === "&" ? -1 : undefined)) {
    if (step === "*" || step === "&") return undefined;
    if (step === "[]") continue;
    member += member === "" ? step.slice(1) : step;
  }
  return { typeName, member, local };
}

/** A parameter or a variable that is set once, and no pointer in memory that may be another one later. */
function isSteady({ local, steps }: Path): boolean {
  const sets = local?.isParameter === true ? 0 : 1;
  return local !== undefined && local.values.length <= sets && steps.filter((each) => each === "*").length <= 1;
}

/** Places in memory as a function names them, in one spelling: `(*s).a`, `(s)->a`, and `r->a` behind `r = &s->regs`. */
import type { Expression } from "../syntax";
import { type Local, type Locals, onlyValue } from "./locals";

export interface Path {
  /** The variable that the place is reached from. */
  readonly root: string;
  /** undefined: no variable of the function. */
  readonly local: Local | undefined;
  /** `*` follows a pointer, `.name` is a member, `[]` an element: `s->buf[i]` is `*`, `.buf`, `[]`. A last `&` takes the address. */
  readonly steps: readonly string[];
}

const deepest = 60;

/** undefined for what is no place that can be followed: calls, sums, conditionals. Casts are looked through. */
export function pathOf(expression: Expression, locals: Locals): Path | undefined {
  return follow(expression, locals, 0);
}

/** The place in one word, to compare: "s*.buf[]". The same name in two scopes gives two. */
export function keyOf({ root, local, steps }: Path): string {
  return `${root}${local === undefined ? "" : `@${local.declarator.nameStart}`}${steps.join("")}`;
}

function follow(expression: Expression, locals: Locals, depth: number): Path | undefined {
  if (depth > deepest) return undefined;
  switch (expression.kind) {
    case "identifier": {
      const local = locals.at(expression.name, expression.start);
      const value = local && local.declarator.stars > 0 ? onlyValue(local) : undefined;
      const stands = value && follow(value, locals, depth + 1);
      // what the pointer was made from must mean the same for good
      if (stands !== undefined && isSteady(stands)) return stands;
      return { root: expression.name, local, steps: [] };
    }
    case "cast":
      return follow(expression.operand, locals, depth + 1);
    case "member": {
      const object = follow(expression.object, locals, depth + 1);
      const place = object && expression.arrow ? behindPointer(object) : object;
      return place && { ...place, steps: [...place.steps, `.${expression.name}`] };
    }
    case "subscript": {
      const object = follow(expression.object, locals, depth + 1);
      return object && { ...object, steps: [...object.steps, "[]"] };
    }
    case "unary": {
      const operand = expression.operator === "*" || expression.operator === "&";
      const place = operand ? follow(expression.operand, locals, depth + 1) : undefined;
      if (place === undefined) return undefined;
      return expression.operator === "*" ? behindPointer(place) : { ...place, steps: [...place.steps, "&"] };
    }
    default:
      return undefined;
  }
}

function behindPointer(path: Path): Path {
  const { steps } = path;
  return { ...path, steps: steps.at(-1) === "&" ? steps.slice(0, -1) : [...steps, "*"] };
}

/** A parameter or a variable that is set once, and no pointer in memory that may be another one later. */
function isSteady({ local, steps }: Path): boolean {
  const sets = local?.isParameter === true ? 0 : 1;
  return local !== undefined && local.values.length <= sets && steps.filter((each) => each === "*").length <= 1;
}

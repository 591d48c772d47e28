/** Values that go into a function through its parameters, and through locals. */
import type { Call, Expression } from "../syntax";
import { type Local, type Locals, localsOf, onlyValue } from "./locals";
import type { Body } from "./parse";

/** The parameter that the variable is, and what the call gives for it. */
function argumentFor(call: Call, callee: Body, local: Local): Expression | undefined {
  if (!local.isParameter) return undefined;
  const index = callee.parameters.findIndex(({ nameStart }) => nameStart === local.declarator.nameStart);
  const given = call.arguments[index];
  return given?.kind === "omitted" ? undefined : given;
}

/** The argument that an identifier of the callee stands for, as long as the callee does not set the parameter. */
export function givenFor(call: Call, callee: Body, place: Expression): Expression | undefined {
  if (place.kind !== "identifier") return undefined;
  const local = localsOf(callee).at(place.name, place.start);
  return local === undefined ? undefined : argumentFor(call, callee, local);
}

/** Steps from one local to the next are bounded. */
const deepest = 8;

/** What stands behind a local that is set once, through casts and further locals; the expression itself otherwise. */
export function originOf(expression: Expression, locals: Locals): Expression {
  let origin = expression;
  for (let depth = 0; depth < deepest; depth++) {
    if (origin.kind === "cast") origin = origin.operand;
    else {
      const local = origin.kind === "identifier" ? locals.at(origin.name, origin.start) : undefined;
      const value = local && onlyValue(local);
      if (value === undefined) return origin;
      origin = value;
    }
  }
  return origin;
}

/** The place whose address it is, through casts. */
export function withoutAddress(expression: Expression): Expression {
  let inner = expression;
  while (inner.kind === "cast" || (inner.kind === "unary" && inner.operator === "&")) inner = inner.operand;
  return inner;
}

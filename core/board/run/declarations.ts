/** Variables that a function declares, and what they begin with. */
import { type CType, unknownType } from "../../c/ctype";
import { readDeclarations } from "../../c/declarator";
import { pointerTo } from "../../c/resolve";
import type { Expression, LocalDeclaration } from "../../c/syntax";
import { type Compiling, emptyFrame, type Step } from "./code";
import { type Frame, variableOf } from "./host";
import { initialOf } from "./initialisers";
import { fresh, isAggregate, write } from "./memory";
import type { Value } from "./values";

export function declarationOf(c: Compiling, node: LocalDeclaration): Step {
  const steps: ((frame: Frame) => void)[] = [];
  const written = readDeclarations(c.context, node.start, node.end).flatMap(({ declarators }) => declarators);
  for (const declarator of node.declarators) {
    if (declarator.name === "") continue;
    const syntax = written.find(({ name }) => name === declarator.name);
    const { value } = declarator;
    let type = syntax === undefined ? unknownType("a declaration that can't be read") : c.resolve(syntax.type);
    if (type.kind === "unknown") type = localType(c, declarator.typeName, declarator.stars) ?? type;
    if (node.isStatic) {
      declareStatic(c, declarator.name, type, value);
      continue;
    }
    // `__auto_type`, and typeof of what has no known type
    const isOpen = type.kind === "unknown" || (type.kind === "array" && type.length === undefined);
    // what it begins with may name it
    const declared = isOpen ? undefined : c.declare(declarator.name, type);
    const initial = value === undefined ? undefined : initialOf(c, type, value);
    if (initial !== undefined && isOpen) type = initial.type;
    const variable = declared ?? c.declare(declarator.name, type);
    if (declarator.name === "_auto_errp_prop") c.guard = variable;
    const converted = c.converting(type);
    steps.push((frame) => {
      const place = variable.place(frame);
      if (initial === undefined) write(place.holder, place.key, isAggregate(type) ? fresh(type) : 0);
      else {
        const made = initial.run(frame);
        write(place.holder, place.key, isAggregate(type) ? made : converted(made));
      }
    });
  }
  const [only] = steps;
  if (steps.length === 1 && only !== undefined) {
    return (frame) => {
      only(frame);
      return undefined;
    };
  }
  return (frame) => {
    for (const step of steps) step(frame);
    return undefined;
  };
}

function localType(c: Compiling, typeName: string, stars: number): CType | undefined {
  if (typeName === "") return undefined;
  let type = c.types.named(typeName, c.scope);
  if (type.kind === "unknown") return undefined;
  for (let k = 0; k < stars; k++) type = pointerTo(c.scope, type);
  return type;
}

function declareStatic(c: Compiling, name: string, type: CType, value: Expression | undefined): void {
  const initial = value === undefined ? undefined : initialOf(c, type, value);
  const own = initial?.type ?? type;
  const begin = (): Value => initial?.run(emptyFrame()) ?? (isAggregate(type) ? fresh(type) : 0);
  c.keep(name, { type: own, place: variableOf(c.runner, own, begin) });
}

/** A function's tree -> closures that run it. Types are worked out here, once; values when they run. */
import { type CType, type CTypes, unknownType } from "../../c/ctype";
import type { ExpandedFunction } from "../../c/body/expanded";
import type { IntegerType } from "../../c/integer";
import { pointerTo } from "../../c/resolve";
import type { CScope } from "../../c/scope";
import type { Context, Expression, RecordSpecifier, Statement, TypeSyntax } from "../../c/syntax";
import { integerTypeOf } from "../../c/typing";
import { wrapped } from "./arithmetic";
import { type Code, type CompiledFunction, type Compiling, type Step, stepsOf, type Variable } from "./code";
import { expressionOf } from "./expressions";
import type { Host } from "./host";
import { load } from "./memory";
import { statementOf } from "./statements";
import { isTrue, Ptr, type Value } from "./values";

export class Compiler implements Compiling {
  private scopes: Map<string, Variable>[] = [new Map()];
  /** Structs that the function itself defines. */
  private readonly tags = new Map<string, RecordSpecifier>();
  private slots = 0;
  guard: Variable | undefined;
  readonly types: CTypes;

  constructor(
    readonly runner: Host,
    readonly context: Context,
    readonly file: string,
    readonly owner: string,
  ) {
    this.types = runner.types;
  }

  get scope(): CScope {
    return this.context.scope;
  }

  resolve(syntax: TypeSyntax): CType {
    const { base } = syntax;
    if (base.kind === "typeof") return this.typeofType(syntax);
    if (base.kind !== "record" || base.record.tag === undefined) return this.types.resolve(syntax, this.context);
    const { kind, tag, body } = base.record;
    const own = this.tags.get(`${kind} ${tag}`);
    if (body !== undefined) this.tags.set(`${kind} ${tag}`, base.record);
    const record = body === undefined && own !== undefined ? own : base.record;
    return this.types.resolve({ ...syntax, base: { kind: "record", record } }, this.context);
  }

  /** typeof of something that names variables of the function. */
  private typeofType(syntax: TypeSyntax): CType {
    if (syntax.base.kind !== "typeof") return unknownType("no typeof");
    const { operand } = syntax.base;
    const read = this.runner.operandOf(this.context, operand);
    let type = "type" in read ? this.resolve(read.type) : this.expression(read.expression).type;
    for (const part of syntax.parts) if (part.kind === "pointer") type = pointerTo(this.scope, type);
    return type;
  }

  function(code: ExpandedFunction, name: string): CompiledFunction {
    const own = code.type === undefined ? undefined : this.types.resolve(code.type, this.context);
    const parameters: CType[] = [];
    for (const parameter of code.parameters) {
      let type = this.resolve(parameter.type);
      if (type.kind === "array") type = pointerTo(this.scope, type.element);
      if (type.kind === "function") type = pointerTo(this.scope, type);
      parameters.push(type);
      this.declare(parameter.name, type);
    }
    const body = this.statement(code.block);
    const guard = this.guard;
    return {
      name,
      file: this.file,
      result: own?.kind === "function" ? own.result() : unknownType(`result of ${name}`),
      parameters,
      size: this.slots,
      steps: stepsOf(code.block),
      body,
      leave: guard === undefined ? undefined : (frame) => this.runner.leaveGuard(load(guard.place(frame), guard.type)),
    };
  }

  declare(name: string, type: CType): Variable {
    const slot = this.slots++;
    const variable: Variable = { type, slot, place: (frame) => new Ptr(frame.variables, slot, type) };
    this.scopes.at(-1)?.set(name, variable);
    return variable;
  }

  find(name: string): Variable | undefined {
    for (let k = this.scopes.length - 1; k >= 0; k--) {
      const found = this.scopes[k]?.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  within<T>(work: () => T): T {
    this.scopes.push(new Map());
    const result = work();
    this.scopes.pop();
    return result;
  }

  later(): (node: Expression) => Code {
    const seen = [...this.scopes];
    return (node) => {
      const before = this.scopes;
      this.scopes = seen;
      const code = this.expression(node);
      this.scopes = before;
      return code;
    };
  }

  integerType(type: CType): IntegerType | undefined {
    return integerTypeOf(this.types, type);
  }

  /** What an assignment to that type makes of a value. */
  converting(type: CType): (value: Value) => Value {
    if (type.kind === "scalar" && type.canonical === "_Bool") {
      return (value) => {
        const truth = isTrue(value);
        return truth === undefined ? value : truth ? 1 : 0;
      };
    }
    const integer = this.integerType(type);
    if (integer !== undefined) {
      return (value) => (typeof value === "number" || typeof value === "bigint" ? wrapped(value, integer) : value);
    }
    return (value) => value;
  }

  keep(name: string, variable: Variable): void {
    this.scopes.at(-1)?.set(name, variable);
  }

  expression(node: Expression): Code {
    return expressionOf(this, node);
  }

  statement(node: Statement): Step {
    return statementOf(this, node);
  }
}

/** A function's tree -> closures that run it. Types are worked out here, once; values when they run. */
import type { CType, CTypes } from "../../c/ctype";
import { readDeclarations } from "../../c/declarator";
import type { ExpandedFunction } from "../../c/body/expanded";
import { commonType, type IntegerType, literalType, promote } from "../../c/integer";
import { sizeOf } from "../../c/layout";
import { pointerTo, scalarType } from "../../c/resolve";
import type { CScope } from "../../c/scope";
import type {
  Call,
  Context,
  Expression,
  InitialiserList,
  LocalDeclaration,
  Statement,
  TypeSyntax,
} from "../../c/syntax";
import { integerTypeOf } from "../../c/typing";
import { unknownType } from "../../c/ctype";
import { readInteger } from "../../c/literal";
import { constantMacro, hostConstant } from "../../c/hosttypes";
import { computed, negated, wrapped } from "./arithmetic";
import { around, elementAt, fresh, inside, isAggregate, load, read, same, store, write } from "./memory";
import { type MemberPlace, placeOfMember, placesInOrder } from "./members";
import type { Frame, Host } from "./host";
import {
  Arguments,
  Arr,
  copied,
  copyInto,
  Fn,
  isTrue,
  Later,
  objectKinds,
  Offset,
  type OffsetStep,
  Ptr,
  Rec,
  Unknown,
  type Value,
} from "./values";

type Run = (frame: Frame) => Value;

/** An expression that is ready to run. */
export interface Code {
  readonly type: CType;
  readonly run: Run;
  /** A pointer to the place that it is, where it is one. */
  readonly place?: Run;
}

/** How a statement ends when it does not end at its end. */
export type Leaving = "break" | "continue" | "return" | { readonly goto: string };
export type Step = (frame: Frame) => Leaving | undefined;

export interface CompiledFunction {
  readonly name: string;
  readonly file: string;
  readonly result: CType;
  readonly parameters: readonly CType[];
  readonly size: number;
  readonly body: Step;
  readonly leave: ((frame: Frame) => void) | undefined;
}

interface Variable {
  readonly type: CType;
  readonly place: (frame: Frame) => Ptr;
}

const intType = scalarType("int", "int");
const sizeType = scalarType("size_t", "unsigned long");
const doubleType = scalarType("double", "double");
const comparisons = new Set(["<", ">", "<=", ">=", "==", "!="]);
/** Sizes that are not known still tell types apart, and count elements. */
const unknownSize = 4096;
const maximumRounds = 100_000;

export class Compiler {
  private readonly scopes: Map<string, Variable>[] = [new Map()];
  private slots = 0;
  private guard: Variable | undefined;
  private readonly types: CTypes;

  constructor(
    private readonly runner: Host,
    private readonly context: Context,
    private readonly file: string,
    private readonly owner: string,
  ) {
    this.types = runner.types;
  }

  private get scope(): CScope {
    return this.context.scope;
  }

  private resolve(syntax: TypeSyntax): CType {
    const { base } = syntax;
    if (base.kind === "typeof") return this.typeofType(syntax);
    return this.types.resolve(syntax, this.context);
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
      body,
      leave: guard === undefined ? undefined : (frame) => this.runner.leaveGuard(load(guard.place(frame), guard.type)),
    };
  }

  private declare(name: string, type: CType): Variable {
    const slot = this.slots++;
    const variable: Variable = { type, place: (frame) => new Ptr(frame.variables, slot, type) };
    this.scopes.at(-1)?.set(name, variable);
    return variable;
  }

  private find(name: string): Variable | undefined {
    for (let k = this.scopes.length - 1; k >= 0; k--) {
      const found = this.scopes[k]?.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private within<T>(work: () => T): T {
    this.scopes.push(new Map());
    const result = work();
    this.scopes.pop();
    return result;
  }

  // ---- statements ----

  statement(node: Statement): Step {
    switch (node.kind) {
      case "block":
        return this.within(() => this.sequence(node.statements));
      case "expression": {
        const { run } = this.expression(node.expression);
        return (frame) => {
          run(frame);
          return undefined;
        };
      }
      case "declaration":
        return this.declaration(node);
      case "if":
        return this.branch(node);
      case "return": {
        if (node.value === undefined) return () => "return";
        const { run, type } = this.expression(node.value);
        const takes = isAggregate(type) && type.kind !== "array";
        return (frame) => {
          const value = run(frame);
          frame.result = takes ? copied(value) : value;
          return "return";
        };
      }
      case "break":
      case "continue":
        return () => node.kind;
      case "goto": {
        const leaving = { goto: node.name ?? "" };
        return () => leaving;
      }
      case "while":
        return this.loop(
          undefined,
          this.expression(node.condition),
          undefined,
          this.statement(node.body),
          node.condition,
        );
      case "do": {
        const body = this.statement(node.body);
        const condition = node.condition === undefined ? undefined : this.expression(node.condition);
        const rest =
          node.condition === undefined || condition === undefined
            ? undefined
            : this.loop(undefined, condition, undefined, body, node.condition);
        const once = condition === undefined || (node.condition?.kind === "integer" && node.condition.value === 0n);
        return (frame) => {
          const leaving = body(frame);
          if (leaving === "break") return undefined;
          if (leaving !== undefined && leaving !== "continue") return leaving;
          return once ? undefined : rest?.(frame);
        };
      }
      case "for":
        return this.within(() => {
          const initial = node.initial === undefined ? undefined : this.statement(node.initial);
          const condition = node.condition === undefined ? undefined : this.expression(node.condition);
          const step = node.step === undefined ? undefined : this.expression(node.step);
          return this.loop(initial, condition, step, this.statement(node.body), node.condition);
        });
      case "switch":
        return this.switch(node);
      case "macro": {
        const head = this.expression(node.head);
        const body = this.statement(node.body);
        return (frame) => {
          head.run(frame);
          return body(frame);
        };
      }
      case "unknown-statement": {
        if (node.expression === undefined) return () => undefined;
        const { run } = this.expression(node.expression);
        return (frame) => {
          run(frame);
          return undefined;
        };
      }
      default:
        return () => undefined;
    }
  }

  private sequence(statements: readonly Statement[]): Step {
    const steps = statements.map((each) => this.statement(each));
    const labels = new Map<string, number>();
    statements.forEach((each, k) => {
      if (each.kind === "label") labels.set(each.name, k);
    });
    if (labels.size === 0) {
      return (frame) => {
        for (const step of steps) {
          const leaving = step(frame);
          if (leaving !== undefined) return leaving;
        }
        return undefined;
      };
    }
    return (frame) => {
      for (let k = 0, jumps = 0; k < steps.length; k++) {
        const leaving = steps[k]?.(frame);
        if (leaving === undefined) continue;
        const target = typeof leaving === "object" ? labels.get(leaving.goto) : undefined;
        if (target === undefined || jumps++ > maximumRounds) return leaving;
        k = target - 1;
      }
      return undefined;
    };
  }

  private branch(node: Extract<Statement, { kind: "if" }>): Step {
    const { run } = this.expression(node.condition);
    const then = this.within(() => this.statement(node.then));
    const { otherwise } = node;
    const not = otherwise === undefined ? undefined : this.within(() => this.statement(otherwise));
    return (frame) => {
      const value = run(frame);
      const truth = isTrue(value);
      if (truth === undefined) {
        this.runner.undecided(this.file, this.context, node.condition, value, node);
        return not?.(frame);
      }
      return truth ? then(frame) : not?.(frame);
    };
  }

  private loop(
    initial: Step | undefined,
    condition: Code | undefined,
    step: Code | undefined,
    body: Step,
    at: Expression | undefined,
  ): Step {
    return (frame) => {
      initial?.(frame);
      for (let rounds = 0; ; rounds++) {
        if (condition !== undefined) {
          const value = condition.run(frame);
          const truth = isTrue(value);
          if (truth === undefined && at !== undefined) this.runner.undecided(this.file, this.context, at, value, at);
          if (truth !== true) return undefined;
        }
        if (rounds > maximumRounds || !this.runner.goesOn()) return undefined;
        const leaving = body(frame);
        if (leaving === "break") return undefined;
        if (leaving !== undefined && leaving !== "continue") return leaving;
        step?.run(frame);
      }
    };
  }

  private switch(node: Extract<Statement, { kind: "switch" }>): Step {
    const subject = this.expression(node.subject);
    const statements = node.body.kind === "block" ? node.body.statements : [node.body];
    const cases: { readonly from: Run; readonly to: Run | undefined; readonly at: number }[] = [];
    let otherwise = statements.length;
    let steps: readonly Step[] = [];
    this.within(() => {
      steps = statements.map((each, k) => {
        if (each.kind === "case") {
          const to = each.last === undefined ? undefined : this.expression(each.last).run;
          cases.push({ from: this.expression(each.value).run, to, at: k });
        } else if (each.kind === "default") otherwise = k;
        return this.statement(each);
      });
    });
    return (frame) => {
      const value = subject.run(frame);
      let from = otherwise;
      if (value instanceof Unknown) {
        this.runner.undecided(this.file, this.context, node.subject, value, node);
      } else {
        for (const each of cases) {
          const low = each.from(frame);
          const matches =
            each.to === undefined
              ? same(low, value) === true
              : computed("<=", low, value, 64) === 1 && computed("<=", value, each.to(frame), 64) === 1;
          if (!matches) continue;
          from = each.at;
          break;
        }
      }
      for (let k = from; k < steps.length; k++) {
        const leaving = steps[k]?.(frame);
        if (leaving === "break") return undefined;
        if (leaving !== undefined) return leaving;
      }
      return undefined;
    };
  }

  private declaration(node: LocalDeclaration): Step {
    const steps: ((frame: Frame) => void)[] = [];
    const written = readDeclarations(this.context, node.start, node.end).flatMap(({ declarators }) => declarators);
    for (const declarator of node.declarators) {
      if (declarator.name === "") continue;
      const syntax = written.find(({ name }) => name === declarator.name);
      const { value } = declarator;
      let type = syntax === undefined ? unknownType("a declaration that can't be read") : this.resolve(syntax.type);
      if (type.kind === "unknown") type = this.localType(declarator.typeName, declarator.stars) ?? type;
      if (node.isStatic) {
        this.declareStatic(declarator.name, type, value);
        continue;
      }
      // `__auto_type`, and typeof of what has no known type
      const initial = value === undefined ? undefined : this.initial(type, value);
      if (type.kind === "unknown" && initial !== undefined) type = initial.type;
      const variable = this.declare(declarator.name, type);
      if (declarator.name === "_auto_errp_prop") this.guard = variable;
      const converted = this.converting(type);
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

  private localType(typeName: string, stars: number): CType | undefined {
    if (typeName === "") return undefined;
    let type = this.types.named(typeName, this.scope);
    if (type.kind === "unknown") return undefined;
    for (let k = 0; k < stars; k++) type = pointerTo(this.scope, type);
    return type;
  }

  private declareStatic(name: string, type: CType, value: Expression | undefined): void {
    const home = new Arr(undefined, 1);
    const initial = value === undefined ? undefined : this.initial(type, value);
    home.items[0] = undefined;
    let made = false;
    const place = new Ptr(home, 0, initial?.type ?? type);
    const ready = (): Ptr => {
      if (!made) {
        made = true;
        home.items[0] = initial?.run(emptyFrame()) ?? (isAggregate(type) ? fresh(type) : 0);
      }
      return place;
    };
    this.scopes.at(-1)?.set(name, { type: initial?.type ?? type, place: ready });
  }

  // ---- initialisers ----

  /** A value of that type, from what stands behind `=`. */
  initial(type: CType, value: Expression, lazily = false): Code {
    if (value.kind === "list") return this.list(type, value, lazily);
    if (value.kind === "compound" && value.list !== undefined) {
      const own = this.resolve(value.type);
      if (isAggregate(type)) return this.list(own.kind === "unknown" ? type : own, value.list, lazily);
    }
    const code = this.expression(value);
    if (type.kind === "array") {
      return {
        type,
        run: (frame) => {
          const given = code.run(frame);
          if (typeof given !== "string") return given;
          const made = new Arr(type.element, type.length?.known === true ? type.length.value : given.length + 1);
          made.text = given;
          return made;
        },
      };
    }
    if (isAggregate(type)) return { type, run: (frame) => copied(code.run(frame)) };
    return { type: type.kind === "unknown" ? code.type : type, run: code.run };
  }

  private list(type: CType, list: InitialiserList, lazily: boolean): Code {
    if (type.kind === "array") return this.arrayList(type, list, lazily);
    if (type.kind !== "record") {
      const [first] = list.items;
      if (first === undefined) return { type, run: () => (isAggregate(type) ? fresh(type) : 0) };
      const code = this.initial(type, first.value, lazily);
      return { type, run: code.run };
    }
    const order = placesInOrder(this.types, type);
    const items: { readonly places: readonly MemberPlace[]; readonly code: Code }[] = [];
    let next = 0;
    for (const item of list.items) {
      let places: readonly MemberPlace[] | undefined;
      const [first, ...rest] = item.designators;
      if (first === undefined) places = order[next++]?.places;
      else if (first.kind === "member") {
        places = placeOfMember(this.types, type, first.name);
        const at = order.findIndex(({ name }) => name === first.name);
        next = at === -1 ? next : at + 1;
        for (const step of rest) {
          const inner: CType | undefined = places?.at(-1)?.type;
          if (step.kind === "member" && inner?.kind === "record") {
            const further = placeOfMember(this.types, inner, step.name);
            places = further === undefined ? undefined : [...(places ?? []), ...further];
          } else if (step.kind === "index" && inner?.kind === "array") {
            const index = this.expression(step.index).run(emptyFrame());
            places =
              typeof index === "number" ? [...(places ?? []), { key: `[${index}]`, type: inner.element }] : undefined;
          } else places = undefined;
        }
      }
      const last = places?.at(-1);
      if (places === undefined || last === undefined) continue;
      items.push({ places, code: this.initial(last.type, item.value, lazily) });
    }
    return {
      type,
      run: (frame) => {
        const made = new Rec();
        for (const { places, code } of items) put(made, places, code, this.converting(code.type), frame, lazily);
        return made;
      },
    };
  }

  private arrayList(type: Extract<CType, { kind: "array" }>, list: InitialiserList, lazily: boolean): Code {
    const { element } = type;
    const items: { readonly index: number; readonly code: Code }[] = [];
    let next = 0;
    let length = 0;
    for (const item of list.items) {
      const [first, ...rest] = item.designators;
      if (first?.kind === "index") {
        const index = this.expression(first.index).run(emptyFrame());
        if (typeof index === "number") next = index;
      }
      const [inner] = rest;
      if (inner?.kind === "member") {
        const nested: InitialiserList = { ...list, items: [{ ...item, designators: rest }] };
        items.push({ index: next, code: this.list(element, nested, lazily) });
      } else items.push({ index: next, code: this.initial(element, item.value, lazily) });
      next++;
      if (next > length) length = next;
    }
    const whole = type.length?.known === true ? type.length.value : length;
    const converted = this.converting(element);
    return {
      type: type.length?.known === true ? type : { ...type, length: { known: true, value: whole } },
      run: (frame) => {
        const made = new Arr(element, whole);
        for (const { index, code } of items) {
          const value = code.run(frame);
          const before = made.items[index];
          if (before instanceof Rec && value instanceof Rec) {
            for (const [key, cell] of value.cells) before.cells.set(key, cell);
            continue;
          }
          if (value instanceof Rec || value instanceof Arr) {
            if (isAggregate(element)) {
              value.holder = made;
              value.holderKey = index;
            }
          }
          made.items[index] = isAggregate(element) ? value : converted(value);
        }
        return made;
      },
    };
  }

  // ---- expressions ----

  private integerType(type: CType): IntegerType | undefined {
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

  expression(node: Expression): Code {
    switch (node.kind) {
      case "integer": {
        const value = Number(node.value);
        const constant = Number.isSafeInteger(value) ? value : node.value;
        const own = literalType(node.value, node.unsigned, node.long, node.decimal);
        return { type: integerNamed(own), run: () => constant };
      }
      case "float": {
        const value = Number.parseFloat(node.text);
        return { type: doubleType, run: () => value };
      }
      case "char": {
        const value = Number(node.value);
        return { type: intType, run: () => value };
      }
      case "string": {
        const { value } = node;
        const type = pointerTo(this.scope, scalarType("char", "char"));
        return { type, run: () => value };
      }
      case "identifier":
        return this.name(node.name);
      case "member":
        return this.member(node);
      case "subscript":
        return this.subscript(node);
      case "unary":
        return this.unary(node);
      case "postfix":
        return this.stepping(node.operand, node.operator === "++" ? 1 : -1, false);
      case "binary":
        return this.binary(node);
      case "conditional":
        return this.conditional(node);
      case "cast": {
        const type = this.resolve(node.type);
        const { run } = this.expression(node.operand);
        const converted = this.converting(type);
        return { type, run: (frame) => converted(run(frame)) };
      }
      case "compound": {
        const type = this.resolve(node.type);
        if (node.list === undefined) return unknownCode("a literal that can't be read");
        const code = this.list(type, node.list, false);
        return { type: code.type, run: code.run, place: code.run };
      }
      case "sizeof-type":
        return this.size(this.resolve(node.type));
      case "sizeof":
        return this.sizeOfOperand(node.operand);
      case "alignof":
      case "alignof-type":
        return { type: sizeType, run: () => 8 };
      case "offsetof":
        return this.offset(node);
      case "call":
        return this.call(node);
      case "statements":
        return this.statements(node.block.statements);
      case "types-compatible": {
        const left = this.resolve(node.left);
        const compatible = this.types.compatible(left, this.resolve(node.right));
        const value = compatible.known ? (compatible.value ? 1 : 0) : new Unknown(compatible.reason);
        return { type: intType, run: () => value };
      }
      case "choose": {
        const test = isTrue(this.expression(node.test).run(emptyFrame()));
        return this.expression(test === false ? node.otherwise : node.then);
      }
      case "list":
        return unknownCode("a list");
      case "type":
        return { type: this.resolve(node.type), run: () => 0 };
      case "omitted":
        return { type: intType, run: () => 0 };
      case "unknown":
        return unknownCode(node.reason);
    }
  }

  private statements(statements: readonly Statement[]): Code {
    return this.within(() => {
      const last = statements.at(-1);
      const before = statements
        .slice(0, last?.kind === "expression" ? -1 : undefined)
        .map((each) => this.statement(each));
      const result = last?.kind === "expression" ? this.expression(last.expression) : undefined;
      return {
        type: result?.type ?? { kind: "void" },
        run: (frame: Frame) => {
          for (const step of before) step(frame);
          return result?.run(frame) ?? 0;
        },
      };
    });
  }

  private size(type: CType): Code {
    const size = sizeOf(this.types, type);
    const value = size.known ? size.value : unknownSize;
    return { type: sizeType, run: () => value };
  }

  private sizeOfOperand(operand: Expression): Code {
    const code = this.expression(operand);
    const { type } = code;
    if (operand.kind === "string") return { type: sizeType, run: () => operand.value.length + 1 };
    if (type.kind !== "array" || type.length?.known === true) return this.size(type);
    const element = sizeOf(this.types, type.element);
    const each = element.known && element.value > 0 ? element.value : unknownSize;
    return {
      type: sizeType,
      run: (frame) => {
        const array = code.run(frame);
        if (!(array instanceof Arr)) return new Unknown("the length of an array");
        return each * (array.length ?? array.items.length);
      },
    };
  }

  private offset(node: Extract<Expression, { kind: "offsetof" }>): Code {
    let type = this.resolve(node.type);
    const steps: (OffsetStep | { readonly index: Run; readonly type: CType })[] = [];
    for (const designator of node.path) {
      if (designator.kind === "member") {
        const places = type.kind === "record" ? placeOfMember(this.types, type, designator.name) : undefined;
        const last = places?.at(-1);
        if (places === undefined || last === undefined) return unknownCode(`offset of \`${designator.name}\``);
        steps.push(...places);
        type = last.type;
      } else {
        if (type.kind !== "array") return unknownCode("an index into no array");
        type = type.element;
        steps.push({ index: this.expression(designator.index).run, type });
      }
    }
    return {
      type: sizeType,
      run: (frame) => {
        const made: OffsetStep[] = [];
        for (const step of steps) {
          if (!("index" in step)) {
            made.push(step);
            continue;
          }
          const index = step.index(frame);
          if (typeof index !== "number") return new Unknown("an index that is not known");
          made.push({ key: index, type: step.type });
        }
        return new Offset(made);
      },
    };
  }

  private name(name: string): Code {
    const local = this.find(name);
    if (local !== undefined) return variableCode(local);
    if (name === "NULL") return { type: pointerTo(this.scope, { kind: "void" }), run: () => 0 };
    if (name === "true" || name === "false") return { type: intType, run: () => (name === "true" ? 1 : 0) };
    if (name === "__func__" || name === "__FUNCTION__") return { type: intType, run: () => this.owner };
    const global = this.runner.global(name, this.file);
    if (global !== undefined) return variableCode(global);
    const enumerator = this.types.enumerator(name, this.scope);
    if (enumerator !== undefined) {
      if (!enumerator.known) return unknownCode(enumerator.reason);
      const value = Number(enumerator.value);
      return { type: intType, run: () => value };
    }
    const kind = objectKinds.indexOf(name);
    if (kind !== -1) return { type: intType, run: () => kind };
    // the host is the one whose layouts core/c knows: x86_64
    if (name === "HOST_BIG_ENDIAN") return { type: intType, run: () => 0 };
    const host = readInteger(hostConstant(name) ?? "");
    if (host !== undefined) {
      const value = Number(host.value);
      const constant = Number.isSafeInteger(value) ? value : host.value;
      return {
        type: integerNamed(literalType(host.value, host.unsigned, host.long, host.decimal)),
        run: () => constant,
      };
    }
    let fn: Value | undefined;
    return {
      type: { kind: "pointer", size: 8, target: () => ({ kind: "function", result: () => unknownType("a result") }) },
      run: () => (fn ??= this.runner.function(name, this.file) ?? new Unknown(`\`${name}\``)),
    };
  }

  private member(node: Extract<Expression, { kind: "member" }>): Code {
    const object = this.expression(node.object);
    const owner = node.arrow ? pointed(object.type) : object.type;
    const places = owner.kind === "record" ? placeOfMember(this.types, owner, node.name) : undefined;
    const { name } = node;
    const last = places?.at(-1);
    const type = last?.type ?? unknownType(`\`${name}\``);
    const path = places ?? [{ key: `.${name}`, type }];
    const key = path.length === 1 ? path[0]?.key : undefined;
    const base = object.run;
    const place: Run =
      path.length === 1 && key === undefined
        ? (frame) => structAt(base(frame))
        : (frame) => placeIn(structAt(base(frame)), path);
    if (path.length === 1 && key !== undefined) {
      return {
        type,
        place,
        run: (frame) => {
          const record = structAt(base(frame));
          return record instanceof Rec ? read(record, key, type) : record;
        },
      };
    }
    return {
      type,
      place,
      run: (frame) => {
        const at = place(frame);
        return isAggregate(type) ? at : load(at, type);
      },
    };
  }

  private subscript(node: Extract<Expression, { kind: "subscript" }>): Code {
    const object = this.expression(node.object);
    const index = this.expression(node.index);
    const type = object.type.kind === "array" ? object.type.element : pointed(object.type);
    const place: Run = (frame) => {
      const base = object.run(frame);
      const at = index.run(frame);
      if (typeof at !== "number") return at instanceof Unknown ? at : new Unknown("an index that is no number");
      return elementAt(base, at, type);
    };
    return { type, place, run: (frame) => valueAt(place(frame), type) };
  }

  private unary(node: Extract<Expression, { kind: "unary" }>): Code {
    if (node.operator === "++" || node.operator === "--") {
      return this.stepping(node.operand, node.operator === "++" ? 1 : -1, true);
    }
    const operand = this.expression(node.operand);
    switch (node.operator) {
      case "&": {
        const type = pointerTo(this.scope, operand.type);
        if (operand.type.kind === "pointer" && operand.place === undefined)
          return { type: operand.type, run: operand.run };
        return { type, run: operand.place ?? (() => new Unknown("the address of a value")) };
      }
      case "*": {
        const type = operand.type.kind === "array" ? operand.type.element : pointed(operand.type);
        if (type.kind === "function") return { type: operand.type, run: operand.run };
        return { type, place: operand.run, run: (frame) => valueAt(operand.run(frame), type) };
      }
      case "!":
        return { type: intType, run: (frame) => negated(operand.run(frame)) };
      case "+":
        return operand;
      default: {
        const integer = promote(this.integerType(operand.type) ?? { bits: 32, signed: true });
        const isNot = node.operator === "~";
        return {
          type: isFloating(operand.type) ? operand.type : integerNamed(integer),
          run: (frame) => {
            const value = operand.run(frame);
            if (value instanceof Unknown) return value;
            if (typeof value === "number" && !Number.isInteger(value)) return -value;
            return wrapped(isNot ? computed("-", -1, value, 64) : computed("-", 0, value, 64), integer);
          },
        };
      }
    }
  }

  private stepping(operand: Expression, by: number, before: boolean): Code {
    const code = this.expression(operand);
    const { type, place } = code;
    if (place === undefined) return unknownCode("a step of no variable");
    const converted = this.converting(type);
    const target = type.kind === "pointer" ? type.target() : undefined;
    return {
      type,
      run: (frame) => {
        const at = place(frame);
        const old = load(at, type);
        const next =
          target !== undefined
            ? elementAt(old, by, target)
            : old instanceof Unknown
              ? old
              : converted(computed("+", old, by, 64));
        store(at, next);
        return before ? next : old;
      },
    };
  }

  private binary(node: Extract<Expression, { kind: "binary" }>): Code {
    const { operator } = node;
    if (operator === "=") return this.assignment(node);
    if (operator === "&&" || operator === "||") return this.logical(node);
    const left = this.expression(node.left);
    const right = this.expression(node.right);
    if (operator === ",") {
      return {
        type: right.type,
        run: (frame) => {
          left.run(frame);
          return right.run(frame);
        },
      };
    }
    if (operator.endsWith("=") && !comparisons.has(operator))
      return this.update(node.operator.slice(0, -1), left, right);
    const { type, run } = this.operation(operator, left.type, right.type);
    return { type, run: (frame) => run(left.run(frame), right.run(frame)) };
  }

  private operation(
    operator: string,
    a: CType,
    b: CType,
  ): { readonly type: CType; readonly run: (a: Value, b: Value) => Value } {
    const leftTarget = a.kind === "pointer" ? a.target() : a.kind === "array" ? a.element : undefined;
    const rightTarget = b.kind === "pointer" ? b.target() : b.kind === "array" ? b.element : undefined;
    if (comparisons.has(operator)) return { type: intType, run: (x, y) => compared(operator, x, y) };
    if (leftTarget !== undefined && rightTarget !== undefined && operator === "-") {
      return { type: scalarType("ptrdiff_t", "long"), run: distance };
    }
    if (leftTarget !== undefined && (operator === "+" || operator === "-")) {
      const type = a.kind === "array" ? pointerTo(this.scope, leftTarget) : a;
      return { type, run: (x, y) => moved(x, y, operator === "+" ? 1 : -1, leftTarget) };
    }
    if (rightTarget !== undefined && operator === "+") {
      const type = b.kind === "array" ? pointerTo(this.scope, rightTarget) : b;
      return { type, run: (x, y) => moved(y, x, 1, rightTarget) };
    }
    if (isFloating(a) || isFloating(b)) {
      return { type: doubleType, run: (x, y) => (x instanceof Unknown ? x : floating(operator, x, y)) };
    }
    const own = this.integerType(a) ?? { bits: 64, signed: true };
    const other = this.integerType(b) ?? { bits: 64, signed: true };
    const integer = operator === "<<" || operator === ">>" ? promote(own) : commonType(own, other);
    return {
      type: integerNamed(integer),
      run: (x, y) => {
        if (x instanceof Unknown) return x;
        if (y instanceof Unknown) return y;
        if (x instanceof Offset || y instanceof Offset) return joinedOffsets(operator, x, y);
        if (!isNumber(x) || !isNumber(y)) return pointerNumber(operator, x, y);
        return wrapped(computed(operator, x, y, integer.bits), integer);
      },
    };
  }

  private update(operator: string, left: Code, right: Code): Code {
    const { place, type } = left;
    if (place === undefined) return unknownCode("an update of no variable");
    const { run } = this.operation(operator, type, right.type);
    const converted = this.converting(type);
    return {
      type,
      run: (frame) => {
        const at = place(frame);
        const value = converted(run(load(at, type), right.run(frame)));
        store(at, value);
        return value;
      },
    };
  }

  private logical(node: Extract<Expression, { kind: "binary" }>): Code {
    const left = this.expression(node.left);
    const right = this.expression(node.right);
    const decisive = node.operator === "||";
    return {
      type: intType,
      run: (frame) => {
        const value = left.run(frame);
        const first = isTrue(value);
        if (first === decisive) return decisive ? 1 : 0;
        const other = right.run(frame);
        const second = isTrue(other);
        if (second === decisive) return decisive ? 1 : 0;
        if (first === undefined) return value;
        return second === undefined ? other : second ? 1 : 0;
      },
    };
  }

  private conditional(node: Extract<Expression, { kind: "conditional" }>): Code {
    const test = this.expression(node.test);
    const then = node.then === undefined ? test : this.expression(node.then);
    const otherwise = this.expression(node.otherwise);
    const a = this.integerType(then.type);
    const b = this.integerType(otherwise.type);
    const type =
      a !== undefined && b !== undefined
        ? integerNamed(commonType(a, b))
        : then.type.kind === "unknown" || (a !== undefined && otherwise.type.kind === "pointer")
          ? otherwise.type
          : then.type;
    const isVoid = then.type.kind === "pointer" && then.type.target().kind === "void";
    return {
      type: isVoid && otherwise.type.kind === "pointer" ? otherwise.type : type,
      run: (frame) => {
        const value = test.run(frame);
        const truth = isTrue(value);
        if (truth === undefined) return value;
        if (!truth) return otherwise.run(frame);
        return then === test ? value : then.run(frame);
      },
    };
  }

  private assignment(node: Extract<Expression, { kind: "binary" }>): Code {
    const left = this.expression(node.left);
    const { place, type } = left;
    const right = this.initial(isAggregate(type) ? type : unknownType(""), node.right);
    if (place === undefined) return { type: right.type, run: right.run };
    const converted = this.converting(type);
    if (isAggregate(type) && type.kind !== "array") {
      return {
        type,
        run: (frame) => {
          const value = right.run(frame);
          const target = place(frame);
          if (target instanceof Rec && value instanceof Rec) copyInto(target, value);
          else if ((target instanceof Rec || target instanceof Ptr) && target.holder !== undefined) {
            write(target.holder, target instanceof Rec ? target.holderKey : target.key, value);
          }
          return value;
        },
      };
    }
    return {
      type,
      run: (frame) => {
        const value = converted(right.run(frame));
        const at = place(frame);
        store(at, value);
        return value;
      },
    };
  }

  // ---- calls ----

  private call(node: Call): Code {
    const { callee } = node;
    const name = callee.kind === "identifier" && this.find(callee.name) === undefined ? callee.name : undefined;
    if (name !== undefined) {
      const special = this.special(name, node);
      if (special !== undefined) return special;
    }
    const operands = node.arguments.map((each) => this.expression(each));
    const by = operands.map(({ type, run }) =>
      type.kind === "record" ? (frame: Frame): Value => copied(run(frame)) : run,
    );
    const { runner } = this;
    const site = { file: this.file, context: this.context, node, types: operands.map(({ type }) => type) };
    if (name !== undefined && this.runner.global(name, this.file) === undefined) {
      let fn: Fn | undefined;
      let looked = false;
      const type = runner.resultOf(name, this.file);
      return {
        type,
        run: (frame) => {
          if (!looked) {
            fn = runner.function(name, this.file);
            looked = true;
          }
          const values = by.map((each) => each(frame));
          return fn === undefined ? runner.missing(name, values, site) : runner.call(fn, values, site);
        },
      };
    }
    const code = this.expression(callee);
    const fnType = code.type.kind === "pointer" ? code.type.target() : code.type;
    const type = fnType.kind === "function" ? fnType.result() : unknownType("a result");
    return {
      type,
      run: (frame) => {
        const fn = code.run(frame);
        const values = by.map((each) => each(frame));
        if (fn instanceof Fn) return runner.call(fn, values, site);
        return runner.unknownCall(fn, site);
      },
    };
  }

  /** What only looks like a call. */
  private special(name: string, node: Call): Code | undefined {
    const [first, second] = node.arguments;
    switch (name) {
      case "va_start":
      case "__builtin_va_start": {
        const list = first === undefined ? undefined : this.expression(first).place;
        return {
          type: { kind: "void" },
          run: (frame) => {
            if (list !== undefined) store(list(frame), new Arguments(frame.rest.values));
            return 0;
          },
        };
      }
      case "va_copy": {
        const to = first === undefined ? undefined : this.expression(first).place;
        const from = second === undefined ? undefined : this.expression(second);
        return {
          type: { kind: "void" },
          run: (frame) => {
            const list = from?.run(frame);
            if (to !== undefined && list instanceof Arguments) {
              const made = new Arguments(list.values);
              made.at = list.at;
              store(to(frame), made);
            }
            return 0;
          },
        };
      }
      case "va_end":
        return { type: { kind: "void" }, run: () => 0 };
      case "va_arg":
      case "__builtin_va_arg": {
        const list = first === undefined ? undefined : this.expression(first);
        const type =
          second?.kind === "type"
            ? this.resolve(second.type)
            : second?.kind === "identifier"
              ? this.types.named(second.name, this.scope)
              : unknownType("an argument");
        return {
          type,
          run: (frame) => {
            const from = list?.run(frame);
            if (!(from instanceof Arguments)) return new Unknown("an argument of a list that is not known");
            return from.values[from.at++] ?? 0;
          },
        };
      }
      case "__builtin_expect":
      case "likely":
      case "unlikely":
        return first === undefined ? undefined : this.expression(first);
      case "__builtin_constant_p":
        return { type: intType, run: () => 0 };
      case "INT8_C":
      case "INT16_C":
      case "INT32_C":
      case "INT64_C":
      case "INTMAX_C":
      case "UINT8_C":
      case "UINT16_C":
      case "UINT32_C":
      case "UINT64_C":
      case "UINTMAX_C": {
        if (first === undefined) return undefined;
        const code = this.expression(first);
        const type = scalarType(constantMacro(name) ?? "long", constantMacro(name) ?? "long");
        const converted = this.converting(type);
        return { type, run: (frame) => converted(code.run(frame)) };
      }
      case "__atomic_load_n":
      case "__atomic_exchange_n":
      case "__atomic_fetch_add":
      case "__atomic_fetch_sub":
      case "__atomic_fetch_and":
      case "__atomic_fetch_or":
      case "__atomic_load":
      case "__atomic_store_n":
      case "__atomic_store":
        return this.atomic(name, node);
      case "g_new":
      case "g_new0":
      case "g_try_new":
      case "g_try_new0":
      case "g_slice_new":
      case "g_slice_new0":
      case "g_renew": {
        const type = this.typeArgument(first);
        const target = type ?? unknownType("an allocation");
        if (name === "g_renew") {
          const old = second === undefined ? undefined : this.expression(second);
          return {
            type: pointerTo(this.scope, target),
            run: (frame) => {
              const before = old?.run(frame) ?? 0;
              return before === 0 ? allocated(target) : before;
            },
          };
        }
        const count = second === undefined ? undefined : this.expression(second);
        return {
          type: pointerTo(this.scope, target),
          run: (frame) => allocated(target, count?.run(frame)),
        };
      }
      case "G_N_ELEMENTS": {
        const code = first === undefined ? undefined : this.expression(first);
        const length =
          code?.type.kind === "array" && code.type.length?.known === true ? code.type.length.value : undefined;
        if (length !== undefined) return { type: sizeType, run: () => length };
        return {
          type: sizeType,
          run: (frame) => {
            const array = code?.run(frame);
            return array instanceof Arr ? (array.length ?? array.items.length) : new Unknown("the length of an array");
          },
        };
      }
      case "g_steal_pointer": {
        const code = first?.kind === "unary" && first.operator === "&" ? this.expression(first.operand) : undefined;
        if (code?.place === undefined) return undefined;
        const { place, type } = code;
        return {
          type,
          run: (frame) => {
            const at = place(frame);
            const value = load(at, type);
            store(at, 0);
            return value;
          },
        };
      }
      case "g_assert":
      case "assert":
      case "g_assert_true":
      case "g_assert_false":
      case "g_assert_nonnull":
      case "g_assert_cmpint":
      case "g_assert_cmpuint":
      case "g_warn_if_fail":
      case "_Static_assert":
      case "static_assert":
        return { type: { kind: "void" }, run: () => 0 };
    }
    return undefined;
  }

  /** One thread runs: nothing stands in between. */
  private atomic(name: string, { arguments: operands }: Call): Code | undefined {
    const [pointer, operand] = operands.map((each) => this.expression(each));
    if (pointer === undefined) return undefined;
    const type = pointed(pointer.type);
    const run = (frame: Frame): Value => {
      const at = pointer.run(frame);
      const value = operand?.run(frame) ?? 0;
      const old = load(at, type);
      switch (name) {
        case "__atomic_load_n":
          return old;
        case "__atomic_load":
          store(value, old);
          return 0;
        case "__atomic_store":
          store(at, load(value, type));
          return 0;
        case "__atomic_store_n":
        case "__atomic_exchange_n":
          store(at, value);
          return old;
        default: {
          const operator = name.endsWith("add") ? "+" : name.endsWith("sub") ? "-" : name.endsWith("and") ? "&" : "|";
          store(at, computed(operator, old, value, 64));
          return old;
        }
      }
    };
    return { type, run };
  }

  private typeArgument(node: Expression | undefined): CType | undefined {
    if (node?.kind === "type") return this.resolve(node.type);
    if (node?.kind === "identifier") {
      const named = this.types.named(node.name, this.scope);
      return named.kind === "unknown" ? undefined : named;
    }
    return undefined;
  }
}

/** Memory for `count` things of that type, as a pointer to the first. */
export function allocated(type: CType, count?: Value): Value {
  const home = new Arr(type, typeof count === "number" ? count : undefined);
  if (!isAggregate(type)) return home;
  return read(home, 0, type);
}

export function emptyFrame(): Frame {
  return { variables: new Arr(undefined, 0), rest: new Arguments([]), result: 0 };
}

function put(
  target: Rec,
  places: readonly MemberPlace[],
  code: Code,
  converted: (value: Value) => Value,
  frame: Frame,
  lazily: boolean,
): void {
  let at: Rec | Arr = target;
  places.forEach(({ key, type }, k) => {
    if (k < places.length - 1) {
      if (key === undefined) return;
      const inner: Value =
        at instanceof Arr || key.startsWith("[") ? elementAt(at, Number(key.slice(1, -1)), type) : read(at, key, type);
      if (inner instanceof Rec || inner instanceof Arr) at = inner;
      return;
    }
    const make = (): Value => {
      const value = code.run(frame);
      if (!isAggregate(type)) return converted(value);
      if ((value instanceof Rec || value instanceof Arr) && key !== undefined) {
        value.holder = at;
        value.holderKey = key;
      }
      return value;
    };
    if (key === undefined) {
      const value = code.run(frame);
      if (at instanceof Rec && value instanceof Rec) {
        for (const [each, cell] of value.cells) at.cells.set(each, cell);
      }
    } else if (at instanceof Arr) at.set(Number(key.slice(1, -1)), make());
    else if (lazily) at.cells.set(key, new Later(make));
    else at.cells.set(key, make());
  });
}

function variableCode({ type, place }: Variable): Code {
  if (isAggregate(type)) {
    const run: Run = (frame) => {
      const at = place(frame);
      return read(at.holder, at.key, type);
    };
    return { type, run, place: run };
  }
  return {
    type,
    place,
    run: (frame) => {
      const at = place(frame);
      return read(at.holder, at.key, type);
    },
  };
}

function unknownCode(reason: string): Code {
  const value = new Unknown(reason);
  return { type: unknownType(reason), run: () => value };
}

function pointed(type: CType): CType {
  if (type.kind === "pointer") return type.target();
  if (type.kind === "array") return type.element;
  return type.kind === "unknown" ? type : unknownType("what no pointer points to");
}

function structAt(value: Value): Value {
  if (value instanceof Rec || value instanceof Unknown) return value;
  if (value instanceof Arr) {
    const first = value.get(0);
    if (first instanceof Rec) return first;
    if (first !== undefined && first !== 0) return new Unknown("a member of no struct");
    const made = new Rec();
    made.holder = value;
    made.holderKey = 0;
    value.set(0, made);
    return made;
  }
  if (value instanceof Ptr) {
    const inner =
      value.holder instanceof Rec ? value.holder.get(String(value.key)) : value.holder.get(Number(value.key));
    if (inner instanceof Rec && inner.holder === value.holder) return inner;
    if (value.holder instanceof Rec && value.key === "@0") return value.holder;
    return new Unknown("a member of no struct");
  }
  if (value === 0) return new Unknown("a member of a null pointer");
  return new Unknown("a member of no struct");
}

function placeIn(base: Value, places: readonly MemberPlace[]): Value {
  let at = base;
  places.forEach(({ key, type }, k) => {
    if (key === undefined || at instanceof Unknown) return;
    if (!(at instanceof Rec)) {
      at = new Unknown("a member of no struct");
      return;
    }
    at = k < places.length - 1 || isAggregate(type) ? read(at, key, type) : new Ptr(at, key, type);
  });
  return at;
}

function valueAt(at: Value, type: CType): Value {
  if (type.kind === "record" || type.kind === "opaque") return at instanceof Rec ? at : load(at, type);
  if (type.kind === "array") return at;
  return load(at, type);
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function isFloating(type: CType): boolean {
  return type.kind === "scalar" && type.floating;
}

function integerNamed({ bits, signed }: IntegerType): CType {
  const word = bits > 32 ? "long" : "int";
  return scalarType(signed ? word : `unsigned ${word}`, signed ? word : `unsigned ${word}`);
}

function compared(operator: string, a: Value, b: Value): Value {
  if (isNumber(a) && isNumber(b)) return computed(operator, a, b, 64);
  if (a instanceof Unknown) return a;
  if (b instanceof Unknown) return b;
  if (operator === "==" || operator === "!=") {
    const equal = same(a, b);
    if (equal === undefined) return new Unknown("a comparison");
    return equal === (operator === "==") ? 1 : 0;
  }
  const between = distance(a, b);
  return between instanceof Unknown ? between : computed(operator, between, 0, 64);
}

function distance(a: Value, b: Value): Value {
  if (a instanceof Unknown) return a;
  if (b instanceof Unknown) return b;
  if (isNumber(a) && isNumber(b)) return computed("-", a, b, 64);
  if (b instanceof Offset) return around(a, b);
  if (typeof a === "string" && typeof b === "string") return b.length - a.length;
  const [home, at] = positionOf(a);
  const [otherHome, from] = positionOf(b);
  if (home === undefined || home !== otherHome) return new Unknown("the distance of two pointers");
  return at - from;
}

function positionOf(value: Value): readonly [object | undefined, number] {
  if (value instanceof Arr) return [value, 0];
  if (value instanceof Ptr) return [value.holder, Number(String(value.key).replace("@", ""))];
  if (value instanceof Rec) return value.holder === undefined ? [value, 0] : [value.holder, Number(value.holderKey)];
  return [undefined, 0];
}

function moved(pointer: Value, by: Value, sign: 1 | -1, target: CType): Value {
  if (pointer instanceof Unknown) return pointer;
  if (by instanceof Unknown) return by;
  if (by instanceof Offset) return sign === 1 ? inside(pointer, by) : around(pointer, by);
  if (typeof by !== "number") return new Unknown("a pointer moved by no number");
  if (isNumber(pointer)) return computed("+", pointer, by * sign, 64);
  return elementAt(pointer, by * sign, target);
}

function joinedOffsets(operator: string, a: Value, b: Value): Value {
  if (b === 0) return operator === "+" || operator === "-" ? a : new Unknown("an offset as a number");
  if (a === 0 && operator === "+") return b;
  if (operator === "+" && a instanceof Offset && b instanceof Offset) return new Offset([...a.steps, ...b.steps]);
  if (operator === "+" && a instanceof Offset && typeof b === "number") return a;
  if (operator === "-" && a instanceof Offset && b instanceof Offset && a.steps.length === b.steps.length) {
    if (a.steps.every((step, k) => step.key === b.steps[k]?.key)) return 0;
  }
  if (b instanceof Offset && operator === "-") return around(a, b);
  if (b instanceof Offset && operator === "+") return inside(a, b);
  return new Unknown("an offset as a number");
}

/** A pointer taken for a number: tags in its low bits. */
function pointerNumber(operator: string, a: Value, b: Value): Value {
  if (operator === "&" && b === 1) return 0;
  if (operator === "|" && b === 0) return a;
  if ((operator === "&" || operator === "|") && (typeof b === "bigint" || b === -8 || b === -4)) return a;
  return new Unknown("a pointer taken for a number");
}

function floating(operator: string, a: Value, b: Value): Value {
  const x = typeof a === "bigint" ? Number(a) : a;
  const y = typeof b === "bigint" ? Number(b) : b;
  if (typeof x !== "number" || typeof y !== "number") return new Unknown("a floating-point number");
  switch (operator) {
    case "+":
      return x + y;
    case "-":
      return x - y;
    case "*":
      return x * y;
    case "/":
      return x / y;
    default:
      return computed(operator, x, y, 64);
  }
}

/** Statements -> steps: branches, loops, jumps. */
import type { Expression, Span, Statement } from "../../c/syntax";
import { computed } from "./arithmetic";
import { type Code, type Compiling, type Leaving, type Run, type Step, stepsOf } from "./code";
import { complains } from "./decisive";
import { declarationOf } from "./declarations";
import { doubtOf } from "./doubt";
import type { Frame } from "./host";
import { isAggregate, same } from "./memory";
import { copied, isTrue, Unknown } from "./values";

const maximumRounds = 100_000;
const tooManyRounds = `more than ${maximumRounds} rounds`;

export function statementOf(c: Compiling, node: Statement): Step {
  switch (node.kind) {
    case "block":
      return c.within(() => sequenceOf(c, node.statements));
    case "expression": {
      const { run } = c.expression(node.expression);
      return bounded(c, node, run);
    }
    case "declaration":
      return bounded(c, node, declarationOf(c, node));
    case "if":
      return branchOf(c, node);
    case "return": {
      if (node.value === undefined) return () => "return";
      const { run, type } = c.expression(node.value);
      const takes = isAggregate(type) && type.kind !== "array";
      const left = { file: c.file, context: c.context, node };
      return (frame) => {
        const value = run(frame);
        frame.result = takes ? copied(value) : value;
        frame.left = left;
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
      return loopOf(
        c,
        undefined,
        c.expression(node.condition),
        undefined,
        c.statement(node.body),
        node.condition,
        node,
      );
    case "do": {
      const body = c.statement(node.body);
      const condition = node.condition === undefined ? undefined : c.expression(node.condition);
      const rest =
        node.condition === undefined || condition === undefined
          ? undefined
          : loopOf(c, undefined, condition, undefined, body, node.condition, node);
      const once = condition === undefined || (node.condition?.kind === "integer" && node.condition.value === 0n);
      return (frame) => {
        const leaving = body(frame);
        if (leaving === "break") return undefined;
        if (leaving !== undefined && leaving !== "continue") return leaving;
        return once ? undefined : rest?.(frame);
      };
    }
    case "for":
      return c.within(() => {
        const initial = node.initial === undefined ? undefined : c.statement(node.initial);
        const condition = node.condition === undefined ? undefined : c.expression(node.condition);
        const step = node.step === undefined ? undefined : c.expression(node.step);
        return loopOf(c, initial, condition, step, c.statement(node.body), node.condition, node);
      });
    case "switch":
      return switchOf(c, node);
    case "macro": {
      const head = c.expression(node.head);
      const body = c.statement(node.body);
      return (frame) => {
        head.run(frame);
        return body(frame);
      };
    }
    case "unknown-statement": {
      if (node.expression === undefined) return () => undefined;
      const { run } = c.expression(node.expression);
      return (frame) => {
        run(frame);
        return undefined;
      };
    }
    default:
      return () => undefined;
  }
}

/** One statement that meets a bound is noted there; what follows goes on. */
function bounded(c: Compiling, node: Span, run: (frame: Frame) => unknown): Step {
  return (frame) => {
    try {
      run(frame);
    } catch (error) {
      c.runner.met(error, c.file, c.context, node);
    }
    return undefined;
  };
}

function sequenceOf(c: Compiling, statements: readonly Statement[]): Step {
  const steps = statements.map((each) => c.statement(each));
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
  const cost = 1 + statements.reduce((sum, each) => sum + stepsOf(each), 0);
  return (frame) => {
    for (let k = 0, jumps = 0; k < steps.length; k++) {
      const leaving = steps[k]?.(frame);
      if (leaving === undefined) continue;
      const target = typeof leaving === "object" ? labels.get(leaving.goto) : undefined;
      if (target === undefined) return leaving;
      if (jumps++ >= maximumRounds || !c.runner.goesOn(cost)) {
        const label = statements[target];
        if (label !== undefined) c.runner.bound(c.file, c.context, label, tooManyRounds);
        continue;
      }
      k = target - 1;
    }
    return undefined;
  };
}

function branchOf(c: Compiling, node: Extract<Statement, { kind: "if" }>): Step {
  const { run } = c.expression(node.condition);
  const then = c.within(() => c.statement(node.then));
  const { otherwise } = node;
  const not = otherwise === undefined ? undefined : c.within(() => c.statement(otherwise));
  const doubt = doubtOf(c, [node.then]);
  return (frame) => {
    const value = run(frame);
    const truth = isTrue(value);
    if (truth === undefined) {
      c.runner.undecided(c.file, c.context, node.condition, value, node);
      const leaving = not?.(frame);
      doubt(frame, value);
      return leaving;
    }
    return truth ? then(frame) : not?.(frame);
  };
}

function loopOf(
  c: Compiling,
  initial: Step | undefined,
  condition: Code | undefined,
  step: Code | undefined,
  body: Step,
  at: Expression | undefined,
  whole: Statement,
): Step {
  const steps = 1 + stepsOf(whole);
  const doubt = doubtOf(c, [whole]);
  return (frame) => {
    initial?.(frame);
    for (let rounds = 0; ; rounds++) {
      if (condition !== undefined) {
        const value = condition.run(frame);
        const truth = isTrue(value);
        if (truth === undefined && at !== undefined) {
          c.runner.undecided(c.file, c.context, at, value, at);
          doubt(frame, value);
        }
        if (truth !== true) return undefined;
      }
      if (rounds >= maximumRounds || !c.runner.goesOn(steps)) {
        c.runner.bound(c.file, c.context, whole, tooManyRounds);
        return undefined;
      }
      const leaving = body(frame);
      if (leaving === "break") return undefined;
      if (leaving !== undefined && leaving !== "continue") return leaving;
      step?.run(frame);
    }
  };
}

function switchOf(c: Compiling, node: Extract<Statement, { kind: "switch" }>): Step {
  const subject = c.expression(node.subject);
  const statements = node.body.kind === "block" ? node.body.statements : [node.body];
  const cases: { readonly from: Run; readonly to: Run | undefined; readonly at: number }[] = [];
  let otherwise = statements.length;
  let steps: readonly Step[] = [];
  c.within(() => {
    steps = statements.map((each, k) => {
      if (each.kind === "case") {
        const to = each.last === undefined ? undefined : c.expression(each.last).run;
        cases.push({ from: c.expression(each.value).run, to, at: k });
      } else if (each.kind === "default") otherwise = k;
      return c.statement(each);
    });
  });
  // what a board that works does not come to
  const last = statements.findIndex((each, k) => k > otherwise && each.kind === "case");
  const isComplaint = statements.slice(otherwise, last === -1 ? undefined : last).some(complains);
  const doubt = doubtOf(c, statements);
  return (frame) => {
    const value = subject.run(frame);
    const isKnown = !(value instanceof Unknown);
    const left = (leaving: Leaving | undefined): Leaving | undefined => {
      if (!isKnown) doubt(frame, value);
      return leaving === "break" ? undefined : leaving;
    };
    let from = otherwise;
    if (!isKnown) {
      c.runner.undecided(c.file, c.context, node.subject, value, node);
      if (isComplaint) from = steps.length;
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
      if (leaving !== undefined) return left(leaving);
    }
    return left(undefined);
  };
}

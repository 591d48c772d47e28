/** Calls of functions, by name and through a pointer. */
import { unknownType } from "../../c/ctype";
import type { Call } from "../../c/syntax";
import type { Code, Compiling } from "./code";
import type { Frame } from "./host";
import { specialOf } from "./specials";
import { copied, Fn, type Value } from "./values";

export function callOf(c: Compiling, node: Call): Code {
  const { callee } = node;
  const name = callee.kind === "identifier" && c.find(callee.name) === undefined ? callee.name : undefined;
  if (name !== undefined) {
    const special = specialOf(c, name, node);
    if (special !== undefined) return special;
  }
  const operands = node.arguments.map((each) => c.expression(each));
  const by = operands.map(({ type, run }) =>
    type.kind === "record" ? (frame: Frame): Value => copied(run(frame)) : run,
  );
  const { runner } = c;
  const site = { file: c.file, context: c.context, node, types: operands.map(({ type }) => type) };
  const isNamed = name !== undefined && (c.runner.run.isNative(name) || c.runner.global(name, c.file) === undefined);
  if (isNamed) {
    let fn: Fn | undefined;
    let looked = false;
    const type = runner.resultOf(name, c.file);
    return {
      type,
      run: (frame) => {
        if (!looked) {
          fn = runner.function(name, c.file);
          looked = runner.isSteady(name, c.file);
        }
        const values = by.map((each) => each(frame));
        return fn === undefined ? runner.missing(name, values, site) : runner.call(fn, values, site);
      },
    };
  }
  const code = c.expression(callee);
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

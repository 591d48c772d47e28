/** The conditions that a call stands under, as far as braces show: `if (s->early) { vmstate_register(…); }`. */
import type { Project } from "../analysis/project";
import type { Registration } from "../qom/model";

export interface Guard {
  /** As written, without the parentheses. */
  readonly condition: string;
  readonly negated: boolean;
}

/** Outermost first; an `else` negates its `if`. */
export function guardsOf(project: Project, registration: Registration): readonly Guard[] {
  const { file, start } = registration.range;
  const fn = project.function(registration.function, file);
  if (fn?.file !== file) return [];
  const text = project.text(file)?.slice(fn.definition.bodyStart + 1, start) ?? "";
  return open(text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"/g, (all) => " ".repeat(all.length)));
}

function open(text: string): readonly Guard[] {
  const stack: (Guard | undefined)[] = [];
  let last: Guard | undefined;
  let pending: Guard | undefined;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "{") {
      stack.push(pending);
      pending = undefined;
    } else if (c === "}") {
      last = stack.pop();
      pending = undefined;
    } else if (c === ";") pending = undefined;
    else if (/\w/.test(c ?? "") && !/\w/.test(text[i - 1] ?? "")) {
      const word = /^\w+/.exec(text.slice(i, i + 64))?.[0] ?? "";
      if (word === "if") {
        const from = text.indexOf("(", i);
        const to = from < 0 ? -1 : closing(text, from);
        if (to < 0) break;
        pending = { condition: text.slice(from + 1, to).trim(), negated: false };
        i = to;
        continue;
      }
      if (word === "else" && last !== undefined) pending = { ...last, negated: !last.negated };
      i += Math.max(0, word.length - 1);
    }
  }
  return [...stack, pending].filter((each) => each !== undefined);
}

function closing(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")" && --depth === 0) return i;
  }
  return -1;
}

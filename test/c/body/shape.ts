/** A tree in short, to compare with: statements by kind, expressions as they are written. */
import { type Body, parseBody } from "../../../core/c/body/parse";
import { nodesIn } from "../../../core/c/body/walk";
import type { Expression, Statement } from "../../../core/c/syntax";

const types = new Set(["Foo", "State", "hwaddr", "uint8_t", "uint32_t", "size_t"]);

export interface ReadBody {
  readonly text: string;
  readonly body: Body;
}

/** Reads `void f(parameters) { statements }`. */
export function readBody(statements: string, parameters = "State *s"): ReadBody {
  const text = `void f(${parameters}) {\n${statements}\n}`;
  const parametersStart = text.indexOf("(") + 1;
  const bodyStart = parametersStart + parameters.length + 2;
  const span = { parametersStart, parametersEnd: bodyStart - 2, bodyStart, bodyEnd: text.length };
  return { text, body: parseBody(text, "f.c", span, (name) => types.has(name)) };
}

export function shapeOf(statements: string): string {
  const { text, body } = readBody(statements);
  return body.block.statements.map((each) => shape(text, each)).join(" ");
}

function shape(text: string, statement: Statement): string {
  const write = (expression: Expression | undefined): string =>
    expression === undefined ? "" : text.slice(expression.start, expression.end).replaceAll(/\s+/g, " ");
  const inner = (each: Statement | undefined): string => (each === undefined ? "" : shape(text, each));
  switch (statement.kind) {
    case "block":
      return `{${statement.statements.map(inner).join(" ")}}`;
    case "if":
      return `if<${write(statement.condition)}>${inner(statement.then)}${statement.otherwise ? `else ${inner(statement.otherwise)}` : ""}`;
    case "while":
      return `while<${write(statement.condition)}>${inner(statement.body)}`;
    case "do":
      return `do ${inner(statement.body)}<${write(statement.condition)}>`;
    case "for":
      return `for<${inner(statement.initial)}|${write(statement.condition)}|${write(statement.step)}>${inner(statement.body)}`;
    case "switch":
      return `switch<${write(statement.subject)}>${inner(statement.body)}`;
    case "macro":
      return `macro<${write(statement.head)}>${inner(statement.body)}`;
    case "case":
      return `case<${write(statement.value)}${statement.last ? `..${write(statement.last)}` : ""}>`;
    case "label":
      return `${statement.name}:`;
    case "goto":
      return `goto ${statement.name ?? "*"};`;
    case "return":
      return `return<${write(statement.value)}>`;
    case "expression":
      return `${write(statement.expression)}${statement.closed ? ";" : "!"}`;
    case "declaration":
      return `let<${statement.declarators
        .map(
          ({ name, typeName, stars, lengths, isFunction, value }) =>
            `${typeName}${"*".repeat(stars)} ${name}${lengths.map((l) => `[${write(l)}]`).join("")}${isFunction ? "()" : ""}${value ? `=${write(value)}` : ""}`,
        )
        .join(", ")}>`;
    case "unknown-statement":
      return `?<${text.slice(statement.start, statement.end)}>`;
    default:
      return `${statement.kind};`;
  }
}

export function unknownIn({ body }: ReadBody): number {
  let count = 0;
  for (const node of nodesIn(body.block)) if (node.kind === "unknown" || node.kind === "unknown-statement") count++;
  return count;
}

/** What a macro does with each of its arguments, read from what comes out when it is expanded with marks in their place. */
import type { MacroDefinition } from "../c/facts";
import type { Located } from "../c/scope";
import type { Token } from "../c/token";
import type { Project } from "./project";

export type ArgumentRole =
  | "member"
  | "struct"
  | "type"
  | "description"
  | "info"
  | "predicate"
  | "version"
  | "count"
  | "size"
  | "start"
  | "countMember"
  | "hint"
  | "other";

export interface MacroSignature {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly roles: readonly ArgumentRole[];
}

/** The definition of a macro in the file itself, or the only one; of several the one in a header. */
export function macroSeenFrom(project: Project, name: string, path: string): Located<MacroDefinition> | undefined {
  const all = project.macros(name).filter((each) => each.declaration.undefined === undefined);
  return all.find((each) => each.file === path) ?? all.find((each) => each.file.endsWith(".h")) ?? all[0];
}

/** undefined where no function-like macro of that name is seen from the file. */
export function macroSignature(project: Project, name: string, path: string): MacroSignature | undefined {
  const parameters = macroSeenFrom(project, name, path)?.declaration.parameters;
  if (parameters === undefined) return undefined;
  const marks = parameters.map((_, index) => `vmstate_mark_${index}_`);
  const tokens = project.scope(path).expandText(`${name}(${marks.join(", ")})`);
  const seen = parameters.map(() => new Set<ArgumentRole>());
  let designator = "";
  for (const [at, token] of tokens.entries()) {
    if (token.text === "." && tokens[at + 2]?.text === "=") designator = tokens[at + 1]?.text ?? "";
    seen[marks.indexOf(token.text)]?.add(roleOf(tokens, at, designator));
  }
  return { name, parameters, roles: seen.map(mostTelling) };
}

const byDesignator: Readonly<Record<string, ArgumentRole>> = {
  vmsd: "description",
  info: "info",
  field_exists: "predicate",
  version_id: "version",
  struct_version_id: "version",
  num: "count",
  size: "size",
  start: "start",
  err_hint: "hint",
};

const offsets: ReadonlySet<string> = new Set(["offset", "num_offset", "size_offset"]);

function roleOf(tokens: readonly Token[], at: number, designator: string): ArgumentRole {
  const inOffset = offsets.has(designator);
  const call = callAround(tokens, at);
  if (call?.name === "offsetof" || call?.name === "__builtin_offsetof") {
    if (call.argument === 0) return "struct";
    return designator === "offset" || designator === "" ? "member" : "countMember";
  }
  if (call?.name === "sizeof") return isPlainArgument(tokens, at) ? "type" : "other";
  if (inOffset) return "other";
  return byDesignator[designator] ?? "other";
}

/** The innermost call that a token is an argument of. */
function callAround(
  tokens: readonly Token[],
  at: number,
): { readonly name: string; readonly argument: number } | undefined {
  let depth = 0;
  let argument = 0;
  for (let k = at - 1; k >= 0; k--) {
    const text = tokens[k]?.text;
    if (text === ")" || text === "]" || text === "}") depth++;
    else if (text === "(" || text === "[" || text === "{") {
      if (depth-- > 0) continue;
      if (text === "(" && tokens[k - 1]?.kind === "identifier") return { name: tokens[k - 1]?.text ?? "", argument };
      if (text === "{") return undefined;
      depth = 0;
    } else if (text === "," && depth === 0) argument++;
  }
  return undefined;
}

function isPlainArgument(tokens: readonly Token[], at: number): boolean {
  return tokens[at - 1]?.text === "(" && (tokens[at + 1]?.text === ")" || tokens[at + 1]?.text === "*");
}

const telling: readonly ArgumentRole[] = [
  "member",
  "struct",
  "countMember",
  "description",
  "info",
  "predicate",
  "version",
  "count",
  "start",
  "type",
  "size",
  "hint",
];

function mostTelling(roles: ReadonlySet<ArgumentRole>): ArgumentRole {
  return telling.find((role) => roles.has(role)) ?? "other";
}

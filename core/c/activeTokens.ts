/** The tokens of a file that a configuration compiles: without directives, with what is included where a list is kept in a file. */
import { blanksAfter } from "./body";
import { and, armText, conditionAt, type Truth } from "./conditions";
import type { ConditionIndex, FileFacts } from "./facts";
import type { IncludeGraph } from "./includes";
import { lex, SourceToken } from "./lex";
import type { Token } from "./token";
import type { Varying } from "./varying";
import { firstName } from "./words";

export interface ActiveTokenSource {
  facts(path: string): FileFacts | undefined;
  text(path: string): string | undefined;
  condition(file: string, index: ConditionIndex): Truth;
  readonly includes: Pick<IncludeGraph, "resolve">;
  readonly varying: Pick<Varying, "includes" | "note">;
}

const maximumIncludeDepth = 16;
/** More than any list that is kept in files of its own. */
const maximumIncludedTokens = 500_000;

/** Of a span of a file: its tokens without its directives and without the arms that the configuration excludes. */
export function createActiveTokens({
  facts: factsOf,
  text: textOf,
  condition,
  includes,
  varying,
}: ActiveTokenSource): (path: string, start: number, end: number) => Token[] {
  const activeTokens = (path: string, start: number, end: number, from: Inclusion): Token[] => {
    const text = textOf(path);
    if (text === undefined) return [];
    const raw = lex(text, path, start, Math.min(end, text.length));
    if (!raw.some((token) => token.kind === "directive")) return raw;
    const facts = factsOf(path);
    const output: Token[] = [];
    const open: OpenArm[] = [];
    for (const token of raw) {
      if (token.kind === "directive") {
        const included = directive(token, path, facts, open, output, from);
        for (const each of included ?? []) output.push(each);
        continue;
      }
      const { live, condition: text } = open.at(-1) ?? unconditional;
      if (live === "false") continue;
      output.push(text === undefined ? token : withCondition(token, text));
    }
    return output;
  };

  const directive = (
    token: Token,
    path: string,
    facts: FileFacts | undefined,
    open: OpenArm[],
    output: Token[],
    from: Inclusion,
  ): Token[] | undefined => {
    const word = firstName(token.text.slice(blanksAfter(token.text, 1, token.text.length)));
    const arm = (): OpenArm => {
      const index = facts === undefined ? -1 : conditionAt(facts, token.start);
      const truth = index === -1 ? "unknown" : condition(path, index);
      const around = open.at(-1) ?? unconditional;
      let all = around.condition;
      if (truth === "unknown") {
        const text = facts === undefined || index === -1 ? token.text : armText(facts, index);
        all = all === undefined ? text : `${all} && ${text}`;
      }
      const live = and(around.live, truth);
      return { truth, live, condition: all, outputLength: output.length, keptUnknown: false };
    };
    switch (word) {
      case "if":
      case "ifdef":
      case "ifndef":
        open.push(arm());
        return undefined;
      case "elif":
      case "else": {
        const last = open.pop();
        open.push({ ...arm(), keptUnknown: closeArm(last, output) });
        return undefined;
      }
      case "endif":
        closeArm(open.pop(), output);
        return undefined;
      case "include": {
        if (from.path.length >= maximumIncludeDepth || from.tokens > maximumIncludedTokens) return undefined;
        if (open.at(-1)?.live === "false") return undefined;
        const name = facts?.includes.find(({ start }) => start === token.start)?.name;
        const target = name === undefined ? undefined : includes.resolve(path, name);
        if (name !== undefined && varying.includes()?.leadsElsewhere(path, name) === true) varying.note();
        if (target === undefined || target === path || from.path.includes(target)) return undefined;
        const use = { macro: "#include", file: path, start: token.start, end: token.end };
        // one that gives none is read as well
        const tokens = from.tokens + 1 + ((textOf(target)?.length ?? 0) >> 6);
        const inclusion = { path: [...from.path, path], tokens };
        const inner = activeTokens(target, 0, Number.POSITIVE_INFINITY, inclusion);
        from.tokens = inclusion.tokens + inner.length;
        return inner.map(
          (t) => new SourceToken(t.kind, t.text, t.file, t.start, t.end, t.space, use, t.condition, t.painted),
        );
      }
      default:
        return undefined;
    }
  };

  return (path, start, end) => activeTokens(path, start, end, { path: [], tokens: 0 });
}

/** The files being included, outermost first, and how many tokens they have given so far. */
interface Inclusion {
  readonly path: readonly string[];
  tokens: number;
}

interface OpenArm {
  readonly truth: Truth;
  /** Of the arm and those around it. */
  readonly live: Truth;
  /** What is not decided of the arm and those around it. */
  readonly condition: string | undefined;
  readonly outputLength: number;
  /** An earlier undecided arm of this group has been kept. */
  readonly keptUnknown: boolean;
}

const unconditional: Pick<OpenArm, "live" | "condition"> = { live: "true", condition: undefined };

/** Both undecided arms of a group are kept only while each balances its brackets; returns whether one was kept. */
function closeArm(arm: OpenArm | undefined, output: Token[]): boolean {
  if (arm === undefined) return false;
  if (arm.truth !== "unknown") return arm.keptUnknown;
  if (arm.keptUnknown && !balanced(output, arm.outputLength)) output.length = arm.outputLength;
  return true;
}

function balanced(tokens: readonly Token[], from: number): boolean {
  let depth = 0;
  for (let k = from; k < tokens.length; k++) {
    const text = tokens[k]?.text;
    if (text === "(" || text === "{" || text === "[") depth++;
    else if ((text === ")" || text === "}" || text === "]") && --depth < 0) return false;
  }
  return depth === 0;
}

function withCondition(token: Token, condition: string): Token {
  const { kind, text, file, start, end, space, use, painted } = token;
  return new SourceToken(kind, text, file, start, end, space, use, condition, painted);
}

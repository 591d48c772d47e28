/** Macro expansion on tokens, as C does it; ranges survive. */
import { lex, SourceToken } from "./lex";
import type { MacroUse, Token } from "./token";

/** A macro ready to be expanded: its body lexed once. */
export interface Macro {
  readonly name: string;
  readonly parameters: readonly string[] | undefined;
  readonly variadic: string | undefined;
  readonly body: readonly Token[];
  /** For each body token the parameter it names, or -1. */
  readonly parameterAt: readonly number[];
  /** For each parameter whether it stands free of `#` and `##` somewhere, so that its argument is expanded. */
  readonly needsExpansion: readonly boolean[];
}

export function createMacro(
  name: string,
  parameters: readonly string[] | undefined,
  variadic: string | undefined,
  body: readonly Token[],
): Macro {
  const parameterAt = body.map((token) => {
    if (parameters === undefined || token.kind !== "identifier") return -1;
    if (token.text === "__VA_ARGS__" && variadic !== undefined) return parameters.length - 1;
    return parameters.indexOf(token.text);
  });
  const needsExpansion = (parameters ?? []).map(() => false);
  parameterAt.forEach((parameter, k) => {
    const before = body[k - 1]?.text;
    if (parameter !== -1 && before !== "#" && before !== "##" && body[k + 1]?.text !== "##")
      needsExpansion[parameter] = true;
  });
  return { name, parameters, variadic, body, parameterAt, needsExpansion };
}

/** The macro that a token's text names at that place, or undefined. */
export type MacroLookup = (token: Token) => Macro | undefined;

/** More output than any real table has; stops exponential macros. */
const maximumTokens = 2_000_000;
const maximumDepth = 400;

/** The macros being expanded, innermost first: their names are left alone. */
interface Active {
  readonly macro: string;
  readonly around: Active | undefined;
}

interface Frame {
  readonly tokens: readonly Token[];
  at: number;
  readonly active: Active | undefined;
}

interface Budget {
  left: number;
}

/** Where no token names a macro, the tokens themselves. */
export function expand(tokens: readonly Token[], lookup: MacroLookup): readonly Token[] {
  return expandWith(tokens, lookup, undefined, { left: maximumTokens }, 0);
}

function expandWith(
  input: readonly Token[],
  lookup: MacroLookup,
  outer: Active | undefined,
  budget: Budget,
  depth: number,
): readonly Token[] {
  const first = firstMacro(input, lookup);
  budget.left -= first;
  if (first === input.length) return input;
  const output: Token[] = input.slice(0, first);
  const stack: Frame[] = [{ tokens: input, at: first, active: outer }];
  while (stack.length > 0 && budget.left > 0) {
    const frame = stack[stack.length - 1];
    if (frame === undefined) break;
    const token = frame.tokens[frame.at];
    if (token === undefined) {
      stack.pop();
      continue;
    }
    frame.at++;
    if (token.kind !== "identifier" || token.painted) {
      output.push(token);
      budget.left--;
      continue;
    }
    const macro = lookup(token);
    if (macro === undefined) {
      output.push(token);
      budget.left--;
      continue;
    }
    if (isActive(frame.active, macro.name)) {
      output.push(painted(token));
      continue;
    }
    if (stack.length > maximumDepth || depth > maximumDepth) {
      output.push(token);
      continue;
    }
    if (macro.parameters === undefined) {
      const use = token.use ?? { macro: macro.name, file: token.file, start: token.start, end: token.end };
      const tokens = substitute(macro, [], [], token, use, budget);
      stack.push({ tokens, at: 0, active: { macro: macro.name, around: frame.active } });
      continue;
    }
    const args = collectArguments(stack, macro);
    if (args === undefined) {
      output.push(token);
      continue;
    }
    const use = token.use ?? { macro: macro.name, file: token.file, start: token.start, end: args.end };
    const around = stack[stack.length - 1]?.active;
    const expanded = args.values.map((argument, k) =>
      macro.needsExpansion[k] === true ? expandWith(argument, lookup, around, budget, depth + 1) : argument,
    );
    const tokens = substitute(macro, args.values, expanded, token, use, budget);
    stack.push({ tokens, at: 0, active: { macro: macro.name, around } });
  }
  return output;
}

/** Place of the first token that names a macro; the length where none does. */
function firstMacro(tokens: readonly Token[], lookup: MacroLookup): number {
  for (let k = 0; k < tokens.length; k++) {
    const token = tokens[k];
    if (token?.kind === "identifier" && !token.painted && lookup(token) !== undefined) return k;
  }
  return tokens.length;
}

function isActive(active: Active | undefined, macro: string): boolean {
  for (let each = active; each !== undefined; each = each.around) if (each.macro === macro) return true;
  return false;
}

function painted(token: Token): Token {
  const { kind, text, file, start, end, space, use, condition } = token;
  return new SourceToken(kind, text, file, start, end, space, use, condition, true);
}

interface Arguments {
  readonly values: readonly (readonly Token[])[];
  /** Place behind `)` in the file that the macro's name stands in. */
  readonly end: number;
}

/** Reads `( … )` from the frames; leaves them untouched and returns undefined where there is none. */
function collectArguments(stack: Frame[], macro: Macro): Arguments | undefined {
  let top = stack.length - 1;
  const innermost = stack[top];
  // most calls end in the frame that they stand in
  const began = innermost?.at ?? 0;
  let saved: readonly number[] | undefined;
  const next = (): Token | undefined => {
    for (;;) {
      const frame = stack[top];
      if (frame === undefined) return undefined;
      const token = frame.tokens[frame.at];
      if (token !== undefined) {
        frame.at++;
        return token;
      }
      // the macro's own arguments may go on behind the end of an expansion
      if (top === 0) return undefined;
      saved ??= stack.map((f) => (f === innermost ? began : f.at));
      top--;
    }
  };
  const restore = (): undefined => {
    if (innermost !== undefined) innermost.at = began;
    saved?.forEach((at, k) => {
      const frame = stack[k];
      if (frame !== undefined) frame.at = at;
    });
    return undefined;
  };
  if (next()?.text !== "(") return restore();
  const values: Token[][] = [[]];
  const named = macro.variadic === undefined ? Number.POSITIVE_INFINITY : (macro.parameters?.length ?? 0);
  let open = 1;
  for (;;) {
    const token = next();
    if (token === undefined) return restore();
    if (token.kind === "punctuator") {
      if (token.text === "(") open++;
      else if (token.text === ")" && --open === 0) {
        stack.length = top + 1;
        return { values, end: token.end };
      } else if (token.text === "," && open === 1 && values.length < named) {
        values.push([]);
        continue;
      }
    }
    values[values.length - 1]?.push(token);
  }
}

function substitute(
  macro: Macro,
  raw: readonly (readonly Token[])[],
  expanded: readonly (readonly Token[])[],
  name: Token,
  use: MacroUse,
  budget: Budget,
): Token[] {
  const output: Token[] = [];
  const { body, parameters } = macro;
  const indexAt = (k: number): number => macro.parameterAt[k] ?? -1;
  const emit = (token: Token, space: boolean): void => {
    budget.left--;
    const condition = token.condition ?? name.condition;
    if (token.use === use && token.space === space && token.condition === condition) {
      output.push(token);
      return;
    }
    output.push(
      new SourceToken(token.kind, token.text, token.file, token.start, token.end, space, use, condition, token.painted),
    );
  };
  for (let k = 0; k < body.length && budget.left > 0; k++) {
    const token = body[k];
    if (token === undefined) break;
    const following = body[k + 1];
    if (token.text === "#" && parameters !== undefined && following !== undefined && indexAt(k + 1) !== -1) {
      emit(stringified(raw[indexAt(k + 1)] ?? [], token), token.space);
      k++;
      continue;
    }
    if (token.text === "##" && output.length > 0 && following !== undefined) {
      const index = indexAt(k + 1);
      const right = index === -1 ? [following] : (raw[index] ?? []);
      k++;
      const left = output[output.length - 1];
      // GNU: `, ## args` swallows the comma where args is empty
      if (left?.text === "," && macro.variadic !== undefined && index === (parameters?.length ?? 0) - 1) {
        if (right.length === 0) output.pop();
        else for (const t of right) emit(t, t.space);
        continue;
      }
      const first = right[0];
      if (first === undefined) continue;
      output.pop();
      for (const t of pasted(left, first)) emit(t, left?.space ?? false);
      for (const t of right.slice(1)) emit(t, t.space);
      continue;
    }
    if (token.text === "__VA_OPT__" && macro.variadic !== undefined && following?.text === "(") {
      const close = closing(body, k + 1);
      const variadic = raw[(parameters?.length ?? 0) - 1] ?? [];
      if (variadic.length > 0) {
        const inner = createMacro(macro.name, parameters, macro.variadic, body.slice(k + 2, close));
        for (const each of substitute(inner, raw, expanded, name, use, budget)) output.push(each);
      }
      k = close;
      continue;
    }
    const index = indexAt(k);
    if (index === -1) {
      emit(token, k === 0 ? name.space : token.space);
      continue;
    }
    const pastesNext = following?.text === "##";
    const argument = (pastesNext ? raw[index] : expanded[index]) ?? [];
    argument.forEach((t, n) => emit(t, n > 0 ? t.space : k === 0 ? name.space : token.space));
    if (pastesNext && argument.length === 0) {
      // an empty left operand: what follows `##` stands alone
      const rightToken = body[k + 2];
      if (rightToken === undefined) continue;
      const rightIndex = indexAt(k + 2);
      const right = rightIndex === -1 ? [rightToken] : (raw[rightIndex] ?? []);
      right.forEach((t, n) => emit(t, n > 0 ? t.space : k === 0 ? name.space : token.space));
      k += 2;
    }
  }
  return output;
}

function closing(body: readonly Token[], open: number): number {
  let depth = 0;
  for (let k = open; k < body.length; k++) {
    if (body[k]?.text === "(") depth++;
    else if (body[k]?.text === ")" && --depth === 0) return k;
  }
  return body.length;
}

function stringified(tokens: readonly Token[], at: Token): Token {
  let text = "";
  tokens.forEach((token, k) => {
    if (k > 0 && token.space) text += " ";
    text += token.kind === "string" || token.kind === "char" ? quoted(token.text) : token.text;
  });
  const first = tokens[0] ?? at;
  const last = tokens[tokens.length - 1] ?? at;
  const end = last.file === first.file && last.end >= first.start ? last.end : first.end;
  return new SourceToken("string", `"${text}"`, first.file, first.start, end, at.space, undefined, undefined, false);
}

function pasted(left: Token | undefined, right: Token): Token[] {
  if (left === undefined) return [right];
  const text = left.text + right.text;
  const tokens = lex(text, right.file);
  // the spelling's place is the right operand's where that comes from the user's text, else the left one's
  const at = right.use === undefined ? right : left;
  return tokens.map(
    (t) => new SourceToken(t.kind, t.text, at.file, at.start, at.end, left.space, undefined, undefined, false),
  );
}

function quoted(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}

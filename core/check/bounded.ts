/** Whether code holds a value from above before it is used: comparisons, switches, MIN, memory got for as much. */

const heads = /\b(if|while|switch|assert|g_assert|MIN|min)\s*\(/g;
const makers = /(?:alloc|_new0?|_resize|renew)\w*\s*\(/g;

/** What may stand between the value and its comparison: `n * 4 + 1 >`, `(n >> 2) >`. */
const more = "(?:[^&|<>=!?;,]|<<|>>|->)*?";
/** Nothing is bounded from above by these: `n < 0`, `n > 0`, `n != -1`. */
const small = "(?!\\s*-?\\s*(?:0x0|[01])\\b)";

/** `name`: a pattern of the value. True for a condition, a MIN or an allocation in `text` that bounds it. */
export function isBounded(text: string, name: string): boolean {
  for (const { head, inside } of calls(text, heads)) if (bounds(head, inside, name)) return true;
  const named = new RegExp(name);
  for (const { inside } of calls(text, makers)) if (named.test(inside)) return true;
  return false;
}

/** What stands in parentheses behind a head. One that holds another is taken as a whole. */
function* calls(text: string, pattern: RegExp): Iterable<{ readonly head: string; readonly inside: string }> {
  const next = new RegExp(pattern);
  for (let match = next.exec(text); match !== null; match = next.exec(text)) {
    const start = next.lastIndex;
    const end = closing(text, start);
    if (end === undefined) continue;
    yield { head: match[1] ?? "", inside: text.slice(start, end) };
    next.lastIndex = end;
  }
}

function bounds(head: string, asked: string, name: string): boolean {
  const names = [...asked.matchAll(new RegExp(name, "g"))].length;
  if (names === 0) return false;
  const above = new RegExp(`${name}${more}(?:>=?|!=)${small}`);
  if (head === "while") return above.test(asked);
  if (head !== "if" && !head.endsWith("assert")) return true;
  const tests = [
    // left to a function, or to all its bits
    new RegExp(`\\b(?!sizeof\\b|if\\b)\\w+\\s*\\([^()]*${name}`),
    new RegExp(`${name}\\s*[&%]`),
    above,
    new RegExp(`${name}${more}<=?${small}`),
    new RegExp(`(?<!\\b[01]\\s*)(?<![<>-])(?:[<>]=?|!=)(?![<>])${more}${name}`),
  ];
  // `n == A || n == B` lists what it may be
  return tests.some((test) => test.test(asked)) || [...asked.matchAll(/==/g)].length > 1;
}

/** No condition is longer; of half-typed code what follows is not read again for each of its parentheses. */
const longest = 1000;

/** Where the parenthesis closes that is open at `start`; undefined where the statement ends before. */
function closing(text: string, start: number): number | undefined {
  const end = Math.min(text.length, start + longest);
  let depth = 1;
  for (let at = start; at < end; at++) {
    const character = text[at];
    if (character === ";" || character === "{") return undefined;
    if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return at;
  }
  return undefined;
}

/** Elements one after the other that differ alike, as one line. */
interface Pair {
  readonly path: string;
  readonly a: string | undefined;
  readonly b: string | undefined;
}

interface Spelled {
  /** What stands between the subscripts. */
  readonly words: readonly string[];
  readonly subscripts: readonly number[];
}

/** `src[0]/ivpr`, `src[1]/ivpr` and `src[2]/ivpr` with the same values become `src[0..2]/ivpr`. */
export function foldRuns(pairs: readonly Pair[]): readonly Pair[] {
  const folded: Pair[] = [];
  for (let k = 0; k < pairs.length; ) {
    const run = runFrom(pairs, k);
    folded.push(run.pair);
    k = run.next;
  }
  return folded;
}

function runFrom(pairs: readonly Pair[], from: number): { readonly pair: Pair; readonly next: number } {
  const first = pairs[from] as Pair;
  const head = spelled(first.path);
  let where: number | undefined;
  let next = from + 1;
  for (; next < pairs.length; next++) {
    const pair = pairs[next] as Pair;
    if (pair.a !== first.a || pair.b !== first.b) break;
    const at = stepOf(head, spelled(pair.path), next - from);
    if (at === undefined || (where !== undefined && at !== where)) break;
    where = at;
  }
  if (where === undefined) return { pair: first, next };
  const begin = head.subscripts[where] ?? 0;
  const path = head.words
    .map((word, k) => {
      const subscript = head.subscripts[k];
      if (subscript === undefined) return word;
      return k === where ? `${word}[${begin}..${begin + next - from - 1}]` : `${word}[${subscript}]`;
    })
    .join("");
  return { pair: { ...first, path }, next };
}

/** The only subscript in which the second is ahead, where it is ahead by so many. */
function stepOf(one: Spelled, other: Spelled, by: number): number | undefined {
  if (one.words.join("[]") !== other.words.join("[]")) return undefined;
  const differing = one.subscripts.flatMap((value, k) => (other.subscripts[k] === value ? [] : [k]));
  const [at, ...more] = differing;
  if (at === undefined || more.length > 0) return undefined;
  return (other.subscripts[at] ?? 0) - (one.subscripts[at] ?? 0) === by ? at : undefined;
}

/** One word more than there are subscripts. A name of a subsection stands in brackets too, and is a word. */
function spelled(path: string): Spelled {
  const parts = path.split(/\[(\d+)\]/);
  return {
    words: parts.filter((_, k) => k % 2 === 0),
    subscripts: parts.filter((_, k) => k % 2 === 1).map(Number),
  };
}

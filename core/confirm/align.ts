/**
 * Pairs equal names of two lists in their order, as many as can be (the longest common subsequence), and leaves the rest alone. A name
 * that is unknown (null) goes with any other.
 */
export function aligned<A, B>(
  left: readonly A[],
  right: readonly B[],
  nameOf: (each: A | B) => string | null,
): readonly (readonly [A | undefined, B | undefined])[] {
  const fits = (a: A, b: B): boolean => {
    const [one, other] = [nameOf(a), nameOf(b)];
    return one === other || one === null || other === null;
  };
  // lengths[i][j]: pairs that can be made of left from i on and right from j on
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  const length = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const pair = fits(left[i] as A, right[j] as B) ? length(i + 1, j + 1) + 1 : 0;
      (lengths[i] as Uint32Array)[j] = Math.max(pair, length(i + 1, j), length(i, j + 1));
    }
  }
  const pairs: [A | undefined, B | undefined][] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const [a, b] = [left[i], right[j]];
    if (i < left.length && j < right.length && fits(a as A, b as B) && length(i, j) === length(i + 1, j + 1) + 1) {
      pairs.push([a, b]);
      i++;
      j++;
    } else if (j >= right.length || (i < left.length && length(i + 1, j) >= length(i, j + 1))) {
      pairs.push([a, undefined]);
      i++;
    } else {
      pairs.push([undefined, b]);
      j++;
    }
  }
  return pairs;
}

/** What stands between the conversions of a printf format: `error `, ` of `, `` of `error %d of %s`. `%%` counts as one. */
export function textBetweenConversions(format: string): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = format.indexOf("%"); at !== -1; at = format.indexOf("%", from)) {
    parts.push(format.slice(from, at));
    from = conversionEnd(format, at);
  }
  parts.push(format.slice(from));
  return parts;
}

const flagsAndSizes = "-+ #0123456789.*";
const lengths = "hlzjqtL";

/** The place behind the conversion that starts with the `%` at `at`. */
function conversionEnd(format: string, at: number): number {
  let i = at + 1;
  while (i < format.length && flagsAndSizes.includes(format.charAt(i))) i++;
  while (i < format.length && lengths.includes(format.charAt(i))) i++;
  return Math.min(i + 1, format.length);
}

/** The JSON answers of parts, as the command would have given them in one. */
import * as v from "valibot";
import { CannotRun } from "../io";
import type { ShardedCommand } from "../shard";

const position = v.object({ line: v.number(), character: v.number() });
const findings = v.array(v.looseObject({ file: v.string(), range: v.looseObject({ start: position }) }));
const lists = v.record(v.string(), v.unknown());

/** In the order of the parts. Throws CannotRun where they are not what the command answers. */
export function mergeAnswers(command: ShardedCommand, answers: readonly unknown[]): unknown {
  const parsed = v.safeParse(v.array(command === "check" ? findings : v.union([v.array(v.unknown()), lists])), answers);
  if (!parsed.success) throw new CannotRun("a part holds no answer of its command");
  // each file belongs to one part, which has it in order
  if (command === "check") return v.parse(findings, answers.flat()).sort((a, b) => compare(a.file, b.file));
  return answers.reduce((whole, part) => together(whole, part));
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What several parts may have come to each for itself: the same run for two findings, a section behind the same IOMMU. */
const shared = new Set(["runs", "others"]);

/** Lists one behind the other; counts added up; names have to be the same. */
function together(a: unknown, b: unknown, name = "a part", once = false): unknown {
  if (Array.isArray(a) && Array.isArray(b)) {
    const known = new Set(once ? a.map((each) => JSON.stringify(each)) : []);
    return [...a, ...b.filter((each) => !known.has(JSON.stringify(each)))];
  }
  if (typeof a === "number" && typeof b === "number") return a + b;
  if (isRecord(a) && isRecord(b)) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return Object.fromEntries(
      names.map((key) => {
        const [x, y] = [a, b].map((each) => (Object.hasOwn(each, key) ? each[key] : undefined));
        return [key, x === undefined ? y : y === undefined ? x : together(x, y, key, once || shared.has(key))];
      }),
    );
  }
  if (a !== b) throw new CannotRun(`${name} differs between the parts: ${JSON.stringify(a)} and ${JSON.stringify(b)}`);
  return a;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return v.is(lists, value) && !Array.isArray(value);
}

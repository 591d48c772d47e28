/** What another level of one table did to the dependencies of the tree. */
import type { OrderEdge } from "../../server/protocol";
import { isAtRisk } from "./edges";
import { count } from "./format";

/** One sentence for a person; the worst comes last, where it is read. */
export function moveSentence(
  symbol: string,
  level: string,
  before: readonly OrderEdge[],
  after: readonly OrderEdge[],
): string {
  const risksBefore = new Set(before.filter(isAtRisk).map(nameOf));
  const risksAfter = new Set(after.filter(isAtRisk).map(nameOf));
  const mended = [...risksBefore].filter((name) => !risksAfter.has(name));
  const broken = [...risksAfter].filter((name) => !risksBefore.has(name));
  const parts = [
    ...(mended.length > 0 ? [`${count(mended.length, "dependency is", "dependencies are")} kept now`] : []),
    ...(broken.length > 0
      ? [`${count(broken.length, "dependency is", "dependencies are")} broken now: ${some(broken)}`]
      : []),
  ];
  const what = parts.length === 0 ? "no known dependency changes" : parts.join(", ");
  return `${symbol} is at ${level}: ${what}.`;
}

function nameOf({ consumer, provider }: OrderEdge): string {
  return `${consumer} needs ${provider}`;
}

function some(names: readonly string[]): string {
  const first = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${first} and ${names.length - 3} more` : first;
}

/** What another level of one table did to the dependencies of the tree. */
import * as l10n from "@vscode/l10n";
import type { OrderEdge } from "../../server/protocol";
import { isAtRisk } from "./edges";
import { amountOf } from "./format";

/** One sentence for a person; the worst comes last, where it is read. */
export function moveSentence(
  symbol: string,
  level: string,
  before: readonly OrderEdge[],
  after: readonly OrderEdge[],
): string {
  const risksBefore = new Set(before.filter(isAtRisk).map(nameOf));
  const risksAfter = new Set(after.filter(isAtRisk).map(nameOf));
  const satisfied = [...risksBefore].filter((name) => !risksAfter.has(name));
  const broken = [...risksAfter].filter((name) => !risksBefore.has(name));
  const parts = [
    ...(satisfied.length > 0 ? [kept(satisfied.length)] : []),
    ...(broken.length > 0 ? [l10n.t("{0}: {1}", brokenNow(broken.length), some(broken))] : []),
  ];
  const what = parts.length === 0 ? l10n.t("no known dependency changes") : parts.join(", ");
  return l10n.t("{0} is at {1}: {2}.", symbol, level, what);
}

function kept(amount: number): string {
  return amountOf(amount, l10n.t("{0} dependency is satisfied now"), l10n.t("{0} dependencies are satisfied now"));
}

function brokenNow(amount: number): string {
  return amountOf(amount, l10n.t("{0} dependency is broken now"), l10n.t("{0} dependencies are broken now"));
}

function nameOf({ consumer, provider }: OrderEdge): string {
  return l10n.t("{0} needs {1}", consumer, provider);
}

function some(names: readonly string[]): string {
  const first = names.slice(0, 3).join(", ");
  return names.length > 3 ? l10n.t("{0} and {1} more", first, names.length - 3) : first;
}

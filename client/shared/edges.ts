/** How sure a dependency is: what a reader has to know of an edge before anything else. */
import * as l10n from "@vscode/l10n";
import type { OrderEdge } from "../../server/protocol";

/**
 * inverted: the provider loads later. chance: equal levels, so whatever is created first loads first. created: equal
 * levels, and whatever creates the consumer has created the provider before. kept: by priority.
 */
export type Certainty = "inverted" | "chance" | "created" | "kept";

/** Worst first. */
export const certainties = ["inverted", "chance", "created", "kept"] as const satisfies readonly Certainty[];

export function certaintyOf({ by, createdFirst }: OrderEdge): Certainty {
  if (by === "level") return "kept";
  if (by === "inverted") return "inverted";
  return createdFirst === true ? "created" : "chance";
}

/** Nothing but chance puts the provider first, or the order is the wrong one. */
export function isAtRisk(edge: OrderEdge): boolean {
  const certainty = certaintyOf(edge);
  return certainty === "inverted" || certainty === "chance";
}

export function worstOf(edges: readonly OrderEdge[]): Certainty {
  const found = new Set(edges.map(certaintyOf));
  return certainties.find((certainty) => found.has(certainty)) ?? "kept";
}

export function certaintyWords(certainty: Certainty): string {
  switch (certainty) {
    case "inverted":
      return l10n.t("against the order");
    case "chance":
      return l10n.t("not guaranteed (depends on creation order)");
    case "created":
      return l10n.t("guaranteed by creation order");
    case "kept":
      return l10n.t("kept by priority");
  }
}

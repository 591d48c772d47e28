/** The load order as a tree: levels, their entries, and for each entry whom it needs and who needs it. */
import type { OrderEdge, OrderEntry, OrderEvidence, OrderLevel, OrderResult } from "../../server/protocol";
import { groupBy } from "./group";

export type OrderNode =
  | { readonly kind: "level"; readonly level: OrderLevel; readonly entries: readonly OrderEntry[] }
  | {
      readonly kind: "entry";
      readonly entry: OrderEntry;
      readonly needs: readonly OrderEdge[];
      readonly neededBy: readonly OrderEdge[];
    }
  | { readonly kind: "edge"; readonly edge: OrderEdge; readonly direction: "needs" | "neededBy" }
  | { readonly kind: "evidence"; readonly evidence: OrderEvidence };

export interface OrderTree {
  /** Highest level first; levels without entries are left out. */
  roots(): readonly OrderNode[];
  children(node: OrderNode): readonly OrderNode[];
}

export function orderTree(result: OrderResult): OrderTree {
  const known = new Map(result.levels.map((level) => [level.name, level]));
  const byLevel = groupBy(result.entries, (entry) => entry.level);
  const byConsumer = groupBy(result.edges, (edge) => edge.consumer);
  const byProvider = groupBy(result.edges, (edge) => edge.provider);
  const entryNode = (entry: OrderEntry): OrderNode => ({
    kind: "entry",
    entry,
    needs: byConsumer.get(entry.idstr) ?? [],
    neededBy: byProvider.get(entry.idstr) ?? [],
  });
  return {
    roots: () =>
      [...byLevel].map(([name, entries]) => ({
        kind: "level",
        level: known.get(name) ?? { name, value: Number(name), comment: "" },
        entries,
      })),
    children: (node) => {
      switch (node.kind) {
        case "level":
          return node.entries.map(entryNode);
        case "entry":
          return [
            ...node.needs.map((edge): OrderNode => ({ kind: "edge", edge, direction: "needs" })),
            ...node.neededBy.map((edge): OrderNode => ({ kind: "edge", edge, direction: "neededBy" })),
          ];
        case "edge":
          return node.edge.evidence.map((evidence) => ({ kind: "evidence", evidence }));
        case "evidence":
          return [];
      }
    },
  };
}

/** What a page needs to be made again after the window was reloaded. */
import type { ToPage } from "./messages";
import { readSides } from "./sides";
import type { CompareSides } from "./sides";

export type PageState =
  | { readonly kind: "simulation"; readonly machine: string }
  | { readonly kind: "order" | "graph"; readonly machine?: string }
  | { readonly kind: "compare"; readonly sides: CompareSides };

/** Undefined where the content says nothing that is worth keeping: what ran or failed before stays as it was. */
export function pageStateOf(content: ToPage): PageState | undefined {
  switch (content.kind) {
    case "simulation":
      return { kind: content.kind, machine: content.result.machine };
    case "order":
    case "graph": {
      const { kind, machine } = content;
      return machine === undefined ? { kind } : { kind, machine };
    }
    case "compare":
      return { kind: content.kind, sides: content.sides };
    default:
      return undefined;
  }
}

/** Reads what the editor kept; undefined for anything else. */
export function readPageState(value: unknown): PageState | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, machine, sides: kept }: Readonly<Record<string, unknown>> = { ...value };
  switch (kind) {
    case "simulation":
      return typeof machine === "string" && machine !== "" ? { kind, machine } : undefined;
    case "order":
    case "graph":
      return typeof machine === "string" ? { kind, machine } : { kind };
    case "compare": {
      const sides = readSides(kept);
      return sides && { kind, sides };
    }
    default:
      return undefined;
  }
}

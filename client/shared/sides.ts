/** The two that the compare page sets side by side. */
import * as l10n from "@vscode/l10n";
import type { CompareFinding, Side } from "./compare";

export type CompareSide =
  /** The tree of the window; saved files count. */
  | { readonly kind: "tree" }
  | { readonly kind: "revision"; readonly revision: string }
  /** Another source tree, a file that -dump-vmstate wrote, or a migration stream. */
  | { readonly kind: "path"; readonly path: string };

export type CompareSides = Readonly<Record<Side, CompareSide>>;

/** What a person typed: an absolute path, or else a revision. */
export function typedSide(text: string): CompareSide {
  return /^(?:\/|[A-Za-z]:[\\/])/.test(text) ? { kind: "path", path: text } : { kind: "revision", revision: text };
}

export function nameOfSide(side: CompareSide): string {
  switch (side.kind) {
    case "tree":
      return l10n.t("working tree");
    case "revision":
      return side.revision;
    case "path":
      return side.path.replace(/[\\/]+$/, "").replace(/^.*[\\/]/, "");
  }
}

/** Nothing arrives in a stream's file: the way there counts only where something was found on it. */
export function waysBetween(
  sides: CompareSides,
  findings: readonly CompareFinding[],
): readonly CompareFinding["direction"][] {
  return (["old->new", "new->old"] as const).filter((way) => {
    const arrival = way === "old->new" ? sides.new : sides.old;
    return arrival.kind !== "path" || findings.some(({ direction }) => direction === way);
  });
}

/** Arguments of `vmstate`; what is compared stands behind `--`, so that none is read as an option. */
export function diffArguments(folder: string, sides: CompareSides): readonly string[] {
  return [
    "diff",
    "--tree",
    folder,
    `--tree-name=${nameOfSide({ kind: "tree" })}`,
    "--format",
    "json",
    "--",
    argumentOf(folder, sides.old),
    argumentOf(folder, sides.new),
  ];
}

function argumentOf(folder: string, side: CompareSide): string {
  return side.kind === "tree" ? folder : side.kind === "revision" ? side.revision : side.path;
}

/** Reads what the editor kept; undefined for anything else. */
export function readSides(value: unknown): CompareSides | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const kept: Readonly<Record<string, unknown>> = { ...value };
  const old = readSide(kept.old);
  const next = readSide(kept.new);
  return old && next ? { old, new: next } : undefined;
}

function readSide(value: unknown): CompareSide | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, revision, path }: Readonly<Record<string, unknown>> = { ...value };
  if (kind === "tree") return { kind };
  if (kind === "revision" && typeof revision === "string" && revision !== "") return { kind, revision };
  return kind === "path" && typeof path === "string" && path !== "" ? { kind, path } : undefined;
}

/** What came of opening a file, whoever opened it. */
import type { ByteSource } from "../framing/input";
import type { Layer } from "./layer";

export type Opening =
  | {
      readonly kind: "stream";
      readonly source: ByteSource;
      /** What is around it, outermost first; empty where the file is the stream. */
      readonly layers: readonly Layer[];
      close(): void;
    }
  /** Recognised: several streams of which one is to be named (`choose` says how), or a part of a migration that is none. */
  | { readonly kind: "listed"; readonly layers: readonly Layer[]; readonly choose: string | undefined }
  | { readonly kind: "none"; readonly message: string; readonly layers: readonly Layer[] };

/** One sentence. */
export function whyNone(opening: Exclude<Opening, { kind: "stream" }>): string {
  if (opening.kind === "none") return [...opening.layers.map(({ title }) => title), opening.message].join(": ");
  const last = opening.layers.at(-1);
  if (opening.choose === undefined) return `${last?.title ?? "no stream"}; inspect shows what is in it`;
  const names = (last?.snapshots ?? []).filter(({ size }) => size > 0).map(({ id, name }) => `${id} (${name})`);
  return `${last?.title ?? ""}: ${opening.choose}: ${names.join(", ")}`;
}

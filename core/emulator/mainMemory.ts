/** The blocks of RAM that main memory is made of: one under the board's name, or what -object makes for it. */
import type { MachineRequest } from "./commandLine";

export interface MainBlock {
  readonly name: string;
  /** Bytes; undefined where the command line does not say. */
  readonly length: bigint | undefined;
}

/** In the order in which they lie in memory. Follows create_default_memdev, numa_init_memdev_container. */
export function mainBlocks(
  boardName: string,
  { options, nodes, backends, memory }: MachineRequest,
): readonly MainBlock[] {
  const single = options.get("memory-backend");
  const names = nodes.length > 0 ? nodes : single === undefined ? [] : [single];
  if (names.length === 0) return [{ name: boardName, length: BigInt(memory) }];
  return names.map((name) => {
    const bytes = backends.get(name);
    return { name, length: bytes === undefined ? undefined : BigInt(bytes) };
  });
}

/** Where each begins, counted through main memory; without those behind one whose length is not known. */
export function startsOf(blocks: readonly MainBlock[]): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  let at = 0;
  for (const { name, length } of blocks) {
    starts.set(name, at);
    if (length === undefined) break;
    at += Number(length);
  }
  return starts;
}

/** The block that has the byte, and where in it; undefined behind them all. */
export function placeIn(blocks: readonly MainBlock[], offset: number): { name: string; offset: number } | undefined {
  let start = 0;
  for (const { name, length } of blocks) {
    if (length === undefined || offset < start + Number(length)) return { name, offset: offset - start };
    start += Number(length);
  }
  return undefined;
}

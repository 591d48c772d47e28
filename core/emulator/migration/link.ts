/** The connection that a migration goes over, and for how long the guest may stand still. */
import type { ReportSection, Timing } from "./report";

export interface Link {
  /** Bytes a second; QEMU's parameter max-bandwidth. */
  readonly bandwidth: number;
  /** Milliseconds; QEMU's parameter downtime-limit. */
  readonly downtimeLimit: number;
  /** Bytes a second that the running guest writes to, counted in whole pages. */
  readonly dirtyRate: number;
}

/** QEMU's own values (migration/options.c: MAX_THROTTLE, DEFAULT_MIGRATE_SET_DOWNTIME), and a guest that is little busy. */
export const usualLink: Link = { bandwidth: 128 * 2 ** 20, downtimeLimit: 300, dirtyRate: 16 * 2 ** 20 };

/** Milliseconds that bytes take on the way. */
export function millisecondsOf({ bandwidth }: Link, bytes: number): number {
  return (bytes / bandwidth) * 1000;
}

/** What may be left for the time without a guest: threshold_size of migration_iteration_run. */
export function fitsDowntime(link: Link, bytes: number): boolean {
  return millisecondsOf(link, bytes) <= link.downtimeLimit;
}

type Part = Pick<ReportSection, "kind" | "offset" | "size">;

/** The guest stands from the first section that ends what was sent in rounds to the end of the stream. */
export function timingOf(link: Link, sections: readonly Part[], size: number): Timing {
  const lastLive = sections.findLastIndex(({ kind }) => kind === "start" || kind === "part");
  const stopped = sections.find(({ kind }, index) => kind === "end" || index > lastLive);
  return {
    bandwidth: link.bandwidth,
    downtimeLimit: link.downtimeLimit,
    total: millisecondsOf(link, size),
    downtime: stopped === undefined ? 0 : millisecondsOf(link, size - stopped.offset),
  };
}

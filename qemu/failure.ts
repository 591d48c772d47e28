/**
 * - `not-found`: there is no such program
 * - `refused`: QEMU said no and why: an option, a command, a migration that is blocked
 * - `ended`: it went away without being asked to; such a run says nothing
 * - `slow`, `too-much`: beyond the limits of time or of output
 * - `cancelled`: the caller's signal
 */
export type FailureKind = "not-found" | "refused" | "ended" | "slow" | "too-much" | "cancelled";

/** Why a run of QEMU has no result, in one line for its user. */
export class QemuFailure extends Error {
  override readonly name = "QemuFailure";

  constructor(
    readonly kind: FailureKind,
    message: string,
  ) {
    super(message);
  }
}

/** `vmstate confirm`: what is read from source, shown by a QEMU that the user names. */
import type { Command } from "commander";
import { registerConfirmedCheck } from "./confirm/check";
import { registerMigrate } from "./confirm/migrate";
import { registerConfirmedOrder } from "./confirm/order";
import { registerProbe } from "./confirm/probe";
import { registerRoundTrip } from "./confirm/roundTrip";
import { registerTables } from "./confirm/tables";
import type { ExitCode, Io } from "./io";

export function registerConfirm(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  const confirm = program
    .command("confirm")
    .summary("let a QEMU of yours show what was read")
    .description(
      "Runs a QEMU that you name (paused, without a display, default devices or network) and compares what it does with " +
        "what the source tree says.",
    );
  registerTables(confirm, io, finish);
  registerConfirmedOrder(confirm, io, finish);
  registerConfirmedCheck(confirm, io, finish);
  registerMigrate(confirm, io, finish);
  registerProbe(confirm, io, finish);
  registerRoundTrip(confirm, io, finish);
}

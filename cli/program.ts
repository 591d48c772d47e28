import { Command, CommanderError } from "commander";
import { printable } from "../core/printable";
import { GitError } from "../server/node/gitReason";
import { version } from "./about";
import { registerCheck } from "./check";
import { registerConfirm } from "./confirm";
import { registerCoverage } from "./coverage";
import { registerDemo } from "./demo";
import { registerDiff } from "./diff";
import { registerDump } from "./dump";
import { registerInspect } from "./inspect";
import { registerExplain } from "./explain";
import { CannotRun, exitCodes } from "./io";
import type { ExitCode, Io } from "./io";
import { registerLsp } from "./lsp";
import { registerMachine } from "./machine";
import { registerMerge } from "./merge";
import { registerOrder } from "./order";
import { registerTable } from "./table";
import { registerSimulate } from "./simulate";

/** Runs one command line (without the program's name) and answers its exit code; prints through `io` only. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = exitCodes.clean;
  const program = createProgram(io, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.clean : exitCodes.cannotRun;
    if (error instanceof CannotRun || error instanceof GitError) {
      io.err.write(`vmstate: ${printable(error.message)}\n`);
      return exitCodes.cannotRun;
    }
    throw error;
  }
}

/** All commands, which print through `io` and tell `finish` their exit code. */
export function createProgram(io: Io, finish: (code: ExitCode) => void): Command {
  const program = new Command("vmstate")
    .description("Checks VMStateDescription tables and load order of QEMU devices, and simulates their migration.")
    .version(version)
    .helpCommand(true)
    .showHelpAfterError("(--help shows the options)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: (text) => io.err.write(text),
      getOutHelpWidth: () => Math.min(io.out.columns, 100),
      getErrHelpWidth: () => Math.min(io.err.columns, 100),
    });
  registerCheck(program, io, finish);
  registerOrder(program, io, finish);
  registerSimulate(program, io, finish);
  registerDiff(program, io, finish);
  registerCoverage(program, io, finish);
  registerTable(program, io, finish);
  registerMachine(program, io, finish);
  registerDump(program, io, finish);
  registerInspect(program, io, finish);
  registerExplain(program, io, finish);
  registerConfirm(program, io, finish);
  registerMerge(program, io, finish);
  registerDemo(program, io, finish);
  registerLsp(program);
  return program;
}

/** Options of all that runs a real QEMU, worded once, and the QEMU that they name. */
import type { Command } from "commander";
import { bytesOf } from "../../core/emulator";
import { targetSpelled } from "../../core/c/configuration";
import { dependsOnMore } from "../../server/node/disk";
import { QemuFailure } from "../../qemu/failure";
import { targetOf, withMachine } from "../../qemu/machine";
import { findProgram, missingLimits, type QemuProgram } from "../../qemu/program";
import type { QemuVersion } from "../../qemu/qmp";
import { CannotRun, type Io } from "../io";
import { buildOption, configOption, formatOption, targetOption, treeOption } from "../options";
import type { Shard } from "../shard";
import { openSession, type Session, type TreeOptions } from "../session";

export interface QemuOptions {
  readonly shard?: Shard;
  readonly qemu: string;
  readonly timeout: string;
  readonly memoryLimit: string;
}

export interface ConfirmOptions extends QemuOptions, TreeOptions {
  readonly format: "human" | "json";
  readonly all?: true;
}

export function withLimits(command: Command): Command {
  return command
    .option("--timeout <seconds>", "longest that one run of it may take", "60")
    .option(
      "--memory-limit <size>",
      "address space that it may use; none: any (a build with sanitizers needs that)",
      "8G",
    )
    .addOption(formatOption());
}

export function withTreeOptions(command: Command): Command {
  return withLimits(command)
    .requiredOption("--qemu <program>", "the QEMU to run: a path, or a name to look for in PATH")
    .addOption(treeOption())
    .addOption(targetOption())
    .addOption(configOption())
    .addOption(buildOption())
    .option("-a, --all", "list everything");
}

export interface RealQemu {
  readonly program: QemuProgram;
  readonly version: QemuVersion;
  /** As core calls it. */
  readonly target: string;
}

/** Throws CannotRun. */
export async function openQemu(io: Io, options: QemuOptions): Promise<RealQemu> {
  dependsOnMore();
  return saying(options.qemu, async () => {
    const program = programOf(io, options);
    for (const note of missingLimits(program.memory)) io.err.write(`vmstate: ${note}\n`);
    const { version, arch } = await withMachine(program, { args: ["-M", "none"] }, async (machine) => ({
      version: machine.version,
      arch: await targetOf(machine),
    }));
    return { program, version, target: targetSpelled(arch) };
  });
}

function programOf(io: Io, { qemu, timeout, memoryLimit }: QemuOptions): QemuProgram {
  const seconds = Number(timeout);
  if (!(seconds > 0 && seconds <= 86_400)) throw new CannotRun(`--timeout ${timeout}: not a number of seconds`);
  const memory = memoryLimit === "none" ? undefined : bytesOf(memoryLimit);
  if (memoryLimit !== "none" && memory === undefined) throw new CannotRun(`--memory-limit ${memoryLimit}: not a size`);
  return { path: findProgram(qemu, io.cwd, io.env), cwd: io.cwd, seconds, memory, signal: io.cancel };
}

/** What QEMU does not do becomes a reason why the command could not run. */
export async function saying<T>(label: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof QemuFailure)) throw error;
    throw new CannotRun(error.kind === "cancelled" ? "cancelled" : `--qemu ${label}: ${error.message}`);
  }
}

/** The tree, read for the target that the QEMU runs. Throws CannotRun where the user names another one. */
export function openTreeFor(
  io: Io,
  options: TreeOptions,
  { target }: RealQemu,
  paths: readonly string[] = [],
): Session {
  if (options.target !== undefined && options.target !== target) {
    throw new CannotRun(`--target ${options.target}: the QEMU runs ${target}`);
  }
  return openSession(io, { ...options, target }, paths);
}

/** `10.0.2 (Debian 1:10.0.2+ds-2)` */
export function versionText({ major, minor, micro, package: build }: QemuVersion): string {
  return `${major}.${minor}.${micro}${build === "" ? "" : ` (${build})`}`;
}

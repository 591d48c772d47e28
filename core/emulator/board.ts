/** A QEMU command line -> a machine: the board that the tree's C makes, or a plain one where the tree has no board's C. */
import { machineTypes } from "../compat";
import type { Project } from "../project/project";
import { type CommandLineOptions, type MachineRequest, type Outcome, failure, parseCommandLine } from "./commandLine";
import { builtFromSource, unsupported } from "./fromSource";
import type { Machine } from "./machine";
import { plainMachine } from "./plain";

/** What a machine registers; a message where QEMU would refuse the command line, or the tree has no such machine or device. */
export function buildMachine(project: Project, request: MachineRequest): Outcome<Machine> {
  const made = builtFromSource(project, request);
  if (made !== undefined) return made;
  if (machineTypes(project).length === 0) return plainMachine(project, request);
  return failure(unsupported(project, request.treatAs ?? request.machine));
}

/** The same of a command line as it is written. */
export function machineOf(project: Project, line: string, options: CommandLineOptions = {}): Outcome<Machine> {
  const request = parseCommandLine(line, options);
  return request.ok ? buildMachine(project, request.value) : request;
}

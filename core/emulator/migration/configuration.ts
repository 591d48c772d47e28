/** The configuration at the start of a given stream, as the destination takes it (qemu_loadvm_state_header). */
import type { Project } from "../../project/project";
import { mark } from "../../wire";
import type { Machine } from "../machine";
import { propertyValue } from "./configured";
import { configurationMissing } from "./destination";
import type { GivenStream } from "./given";
import { errnoOf, meaning } from "./messages";
import type { ReportFailure } from "./report";

interface Destination {
  readonly project: Project;
  readonly machine: Machine;
  readonly given: GivenStream;
  /** What it prints. */
  readonly printed: string[];
}

/** Behind the header the destination reads the configuration, unless its machine type or command line keeps it from that. */
export function noConfiguration({ project, given, machine, printed }: Destination): ReportFailure | undefined {
  const first = given.bytes[8];
  if (first === mark.configuration || !(machine.request.sendsConfiguration ?? sendsByType(project, machine)))
    return undefined;
  const message = configurationMissing(project, first);
  printed.push(message, `load of migration failed: ${meaning(errnoOf("EINVAL"))}`);
  return { idstr: "", offset: 8, message, file: "", line: 0, chain: [] };
}

/** The property is where the release has it; false where it is not known. */
function sendsByType(project: Project, machine: Machine): boolean {
  const files = ["migration/options.c", "migration/migration.c"];
  return files.some((file) => (propertyValue(project, machine, "send_configuration", file) ?? 0n) !== 0n);
}

/** A destination that was named is of the stream's machine type, or refuses it (configuration_post_load). */
export function otherMachine({ given, machine, printed }: Destination): ReportFailure | undefined {
  const { configuration } = given;
  if (configuration === undefined) return undefined;
  const { machine: received, offset } = configuration;
  const local = machine.name;
  if (local.slice(0, received.length) === received) return undefined;
  const message = `Machine type received is '${received}' and local is '${local}'`;
  printed.push(message, `load of migration failed: ${meaning(errnoOf("EINVAL"))}`);
  return { idstr: "", offset, message, file: "", line: 0, chain: [] };
}

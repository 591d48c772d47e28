/** Registrations, by QEMU's rules of names and instances. */
import { parseInitialiser } from "../c/initialiser";
import type { Registration } from "../qom/model";
import { symbolOf } from "../qom/registrations";
import { anyInstance, levelName, levelOf, type RegistrationResult } from "../priority";
import { valueOr } from "../c/value";
import type { VMStateDescription } from "../vmstate/model";
import type { Device } from "./bus";
import type { HandlerOwner, MachineBuilder } from "./machine";

export interface RegistrationOptions {
  readonly type: string;
  readonly device?: Device | undefined;
  /** What the call says. */
  readonly instanceId?: number | undefined;
  /** vmstate_if_get_id. */
  readonly path?: string | undefined;
}

/** Follows vmstate_register_with_alias_id. */
export function registerDescription(
  builder: MachineBuilder,
  description: VMStateDescription,
  options: RegistrationOptions,
): void {
  const { type, device, instanceId = anyInstance, path } = options;
  if (!description.name.known) {
    builder.notes.push(`${description.symbol} has no readable name (${description.name.reason}) and is left out`);
    return;
  }
  const level = levelOf(description, builder.scheme);
  if (!level.known) {
    const where = levelName(builder.scheme.unset, builder.scheme);
    builder.notes.push(`the priority of ${description.symbol} is unknown (${level.reason}); taken as ${where}`);
  }
  const result = builder.handlers.register({
    path,
    name: description.name.value,
    instanceId,
    description: description.symbol,
    level: valueOr(level, builder.scheme.unset),
    earlySetup: valueOr(description.earlySetup, false),
    owner: { type, device, description, operations: noOperations },
  });
  report(builder, result);
}

/** What a function registers, the description and the instance as its calls say. */
export function registerCalls(
  builder: MachineBuilder,
  registrations: readonly Registration[],
  options: RegistrationOptions,
): void {
  for (const registration of registrations) registerCall(builder, registration, options);
}

export function registerCall(builder: MachineBuilder, registration: Registration, options: RegistrationOptions): void {
  const { project } = builder;
  if (registration.idstr !== undefined) {
    registerLive(builder, registration);
    return;
  }
  const description = registration.reference && project.resolve(registration.reference);
  if (description === undefined) {
    builder.notes.push(`${registration.function} registers a description that the text does not name; it is left out`);
    builder.unnamed.push(options.path ?? options.device?.path);
    builder.handlers.skip();
    return;
  }
  registerDescription(builder, description, {
    ...options,
    instanceId: instanceOf(builder, registration),
    path: registration.owner === "NULL" ? undefined : options.path,
  });
}

function instanceOf(builder: MachineBuilder, { instanceId, range }: Registration): number {
  if (instanceId === undefined) return anyInstance;
  if (instanceId === "VMSTATE_INSTANCE_ID_ANY") return anyInstance;
  const value = builder.project.evaluate(instanceId, range.file);
  return value.known && value.value >= 0 && value.value < anyInstance ? value.value : value.known ? anyInstance : 0;
}

/** Follows register_savevm_live. */
function registerLive(builder: MachineBuilder, registration: Registration): void {
  if (registration.idstr === undefined) return;
  if (!registration.idstr.known) {
    builder.notes.push(`${registration.function} registers a handler without a literal name; it is left out`);
    return;
  }
  const operations = operationsOf(builder, registration);
  report(
    builder,
    builder.handlers.registerLive({
      idstr: registration.idstr.value,
      instanceId: instanceOf(builder, registration),
      isRam: operations.has("save_setup"),
      owner: { type: "", device: undefined, description: undefined, operations },
    }),
  );
}

const noOperations: ReadonlySet<string> = new Set();

/** The members that the SaveVMHandlers named in the call sets. */
function operationsOf(builder: MachineBuilder, registration: Registration): ReadonlySet<string> {
  const { project } = builder;
  const { file } = registration.range;
  const symbol = symbolOf(registration.operations ?? "");
  for (const each of project.facts(file)?.declarations ?? []) {
    if (each.kind !== "variable" || each.name !== symbol) continue;
    const tokens = project.scope(file).tokens(file, each.initStart, each.initEnd);
    const table = parseInitialiser(tokens, 0, tokens.length);
    return new Set(table.kind === "list" ? table.elements.flatMap(({ designators }) => designators) : []);
  }
  return noOperations;
}

function report(builder: MachineBuilder, result: RegistrationResult<HandlerOwner>): void {
  if (result.kind !== "registered") builder.problem ??= result.message;
}

/**
 * MigrationPriority as a tree declares it, and the savevm handler list that it sorts.
 * Invariant: knows names, numbers and order; nothing of devices, machines or bytes.
 */
export {
  anyInstance,
  type CompatEntry,
  createHandlerList,
  type DescriptionRegistration,
  type HandlerList,
  type HandlerListOptions,
  type Handlers,
  type LiveRegistration,
  noAlias,
  type RegistrationResult,
  type SaveStateEntry,
} from "./handlerList";
export { type Level, type LevelScheme, levelName, levelOf, levelScheme } from "./levels";

/** What one file's text says by itself, as far as a project takes it in: enough not to read the file again. */
import type { FileFacts } from "../c/facts";
import { mentionsRegistrar } from "../qom/registrations";
import { mayRegisterAtRunTime } from "../qom/runtimeTypes";
import { definesDevices, isFragment } from "./waiting";

export interface Mentions {
  /** Of a fragment, that it defines tables; else that it has one of the words of `definesDevices`. */
  readonly tables: boolean;
  /** A source with devices that may fill and register types while QEMU runs. */
  readonly runtimeTypes: boolean;
  /** A source with devices that hands descriptions to the savevm core itself. */
  readonly registrars: boolean;
}

export interface KnownFile {
  readonly mentions: Mentions;
  /** undefined where they were not needed. */
  facts(): FileFacts | undefined;
}

export const noMentions: Mentions = { tables: false, runtimeTypes: false, registrars: false };

export function mentionsOf(path: string, text: string): Mentions {
  if (isFragment(path)) return { ...noMentions, tables: path.endsWith(".inc") && text.includes("VMStateDescription") };
  const tables = definesDevices(text);
  if (!tables || !path.endsWith(".c")) return tables ? { ...noMentions, tables } : noMentions;
  return { tables, runtimeTypes: mayRegisterAtRunTime(text), registrars: mentionsRegistrar(text) };
}

/** What one file's text says by itself, as far as a project takes it in: enough not to read the file again. */
import type { FileFacts, VariableDefinition } from "../c/facts";
import { builtinScalars, standardType } from "../c/hosttypes";
import { isSource } from "../c/paths";
import { mentionsRegistrar } from "../qom/registrations";
import { mayRegisterAtRunTime } from "../qom/runtimeTypes";
import type { ReadTypes } from "../qom/classes";
import type { VMStateDescription } from "../vmstate/model";
import type { AnswersSoFar, KeptAnswers } from "./answers";
import { digestOf, saidBy } from "./said";
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
  /** Of a source: what others can see of it, as `faceOf` gives it. */
  readonly face: string;
  /** undefined where they were not needed. */
  facts(): FileFacts | undefined;
}

const noMentions: Mentions = { tables: false, runtimeTypes: false, registrars: false };

export function mentionsOf(path: string, text: string): Mentions {
  if (isFragment(path)) return { ...noMentions, tables: path.endsWith(".inc") && text.includes("VMStateDescription") };
  const tables = definesDevices(text);
  if (!tables || !path.endsWith(".c")) return tables ? { ...noMentions, tables } : noMentions;
  return { tables, runtimeTypes: mayRegisterAtRunTime(text), registrars: mentionsRegistrar(text) };
}

/** What was concluded across the files of a tree. */
export interface Models {
  readonly descriptions: Iterable<readonly [path: string, list: readonly VMStateDescription[]]>;
  readonly types: Iterable<readonly [path: string, read: ReadTypes]>;
  /** By file: who found a type or a variable in it. */
  readonly readers: Iterable<readonly [file: string, readers: Iterable<string>]>;
  /** By header: the source in whose sight it was read. */
  readonly includers: ReadonlyMap<string, string | undefined>;
  /** Sources that repeat another. */
  readonly leftOut: readonly string[];
  readonly answers: AnswersSoFar;
  /** Whether something else may be concluded of the file for another of the targets that were named; false of none where none were. */
  varies(path: string): boolean;
}

export interface Renewed {
  readonly names: ReadonlySet<string>;
  readonly includers: Models["includers"];
}

/** Models of the same files, but for a few. */
export interface KnownModels {
  /** Files that are not as they were; none has come or gone. */
  readonly changed: readonly string[];
  /** What the changed files, all of C, declare otherwise, and in what source each header was read; undefined: see `faceOf`. */
  readonly renewed?: Renewed | undefined;
  /** Files that mean something else though they say what they said; default: none. */
  varies?(path: string): boolean;
  /** Who has no `renewed` holds only where the changed files have the faces that they had. */
  faceOf(path: string): string | undefined;
  descriptions(path: string): readonly VMStateDescription[] | undefined;
  /** The same object each time. */
  types(path: string): ReadTypes | undefined;
  readonly readers: Models["readers"];
  readonly leftOut: readonly string[];
  readonly answers: KeptAnswers;
}

/** Whether two models say the same, wherever it stands. */
export function sameSaid(a: unknown, b: unknown): boolean {
  return saidBy(a) === saidBy(b);
}

/** What nobody asked for is as what has nothing. */
export function settledTypes(read: ReadTypes | undefined): readonly unknown[] {
  return [read?.types?.list ?? [], read?.registrations ?? []];
}

/** What of a source other files go by, though they do not include it: names with what decides which is meant, no places and no bodies. */
export function faceOf(facts: FileFacts, text: string, mentions: Mentions): string {
  const parts: unknown[] = [mentions];
  // a file that is included in the middle sees all of the source
  const isAlone = isSource(facts.path) && !facts.includes.some(({ name }) => isFragment(name));
  for (const { name, system, condition } of facts.includes) parts.push([name, system, condition]);
  for (const { kind, expression, parent, previous } of facts.conditions)
    parts.push([kind, expression, parent, previous]);
  for (const macro of facts.macros) parts.push([text.slice(macro.nameStart, macro.bodyEnd), macro.condition]);
  for (const each of facts.declarations) {
    const { kind, condition } = each;
    switch (kind) {
      case "invocation":
        parts.push([kind, condition, text.slice(each.start, each.end)]);
        break;
      case "typedef":
        parts.push([kind, condition, each.names]);
        break;
      case "struct":
      case "union":
      case "enum":
        parts.push([kind, condition, each.tag, each.enumerators]);
        break;
      case "variable": {
        const { name, isStatic, typeName, pointer, array, initStart, initEnd } = each;
        parts.push([kind, condition, name, isStatic, typeName, pointer, array, initEnd > initStart]);
        if (isCalledThrough(each)) parts.push(text.slice(initStart, initEnd));
        break;
      }
      case "function":
        // one with a macro for a head may be of other names
        if (each.isStatic && isAlone && !each.name.includes("(")) break;
        parts.push([kind, condition, each.isStatic, text.slice(each.start, each.bodyStart)]);
        break;
      case "prototype":
        parts.push([kind, condition, each.name]);
    }
  }
  return digestOf(JSON.stringify(parts));
}

/** A table of functions, by which the whole tree calls: not one of the many that only models are read from. */
export function isCalledThrough({ pointer, array, typeName }: VariableDefinition): boolean {
  return !pointer && !array && !isNumber(typeName) && !onlyRead.some((start) => typeName.startsWith(start));
}

function isNumber(typeName: string): boolean {
  return typeName === "bool" || builtinScalars.has(standardType(typeName) ?? typeName);
}

const onlyRead: readonly string[] = ["VMState", "TypeInfo", "Property", "MemoryRegionOps"];

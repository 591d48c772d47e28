/**
 * The contract of a project: one source tree, read lazily, kept in step with edits.
 * The implementation is createProject in ./index.
 */
import type { Call } from "../c/calls";
import type { Truth } from "../c/conditions";
import type { Configuration } from "../c/configuration";
import type { CTypes } from "../c/ctype";
import type { FileFacts, FunctionDefinition, MacroDefinition, VariableDefinition } from "../c/facts";
import type { MadeFunction } from "../c/madeFunctions";
import type { LineIndex } from "../c/range";
import type { CScope, Located } from "../c/scope";
import type { WrittenField } from "../vmstate/written";
import type { QomType, Registration } from "../qom/model";
import type { DescriptionReference, VMStateDescription, VMStateInfo } from "../vmstate/model";
import type { Found } from "./uses";

export interface PriorityLevel {
  readonly name: string;
  readonly value: number;
  /** Comment behind the enumerator, without comment marks. */
  readonly comment: string;
  readonly file: string;
  readonly start: number;
}

/** A function and the file it is defined in. */
export interface LocatedFunction {
  readonly file: string;
  readonly definition: FunctionDefinition;
}

export type { Call };

/** Answers of before; core/project/answers.ts asks. */
export interface Answers {
  /** That of the question, where all that it was found by is as it was. */
  had(project: Project, question: string): Found<unknown> | undefined;
  note(question: string, found: Found<unknown>): void;
}

export interface Project {
  /** Grows with every update; what is derived from several files is cached by it. */
  readonly revision: number;
  /** Grows with every update after which a file includes, defines or declares other names than before. */
  readonly shape: number;
  /** Files that were edited since that revision; undefined where files, names or the build are not what they were. */
  editedSince(revision: number): ReadonlySet<string> | undefined;
  /** Whether all of the files say, and see in others, what they did at that revision. */
  keeps(revision: number, files: Iterable<string>): boolean;
  /** Replaces (or with undefined removes) a file's text. Cheap: everything derived is recomputed when asked. */
  update(path: string, text: string | undefined): void;
  /** Files that are expected are not read: what they say is missing, what those that were read say is not. */
  readonly isPartial: boolean;
  /** What was answered before; undefined where nothing is kept, and after an update. */
  readonly answers?: Answers | undefined;
  has(path: string): boolean;
  paths(): readonly string[];
  text(path: string): string | undefined;
  /** False where the text is known to have none of the words of `definesDevices`, without reading it again. */
  mayNameTables(path: string): boolean;
  lines(path: string): LineIndex;
  facts(path: string): FileFacts | undefined;

  /** The VMStateDescriptions that a file defines, in order. */
  descriptionsIn(path: string): readonly VMStateDescription[];
  /** All descriptions of the tree. */
  descriptions(): Iterable<VMStateDescription>;
  /** What `symbol` means seen from `file`: own definition first, then what it includes, then a global one. */
  description(symbol: string, file: string): VMStateDescription | undefined;
  resolve(reference: DescriptionReference): VMStateDescription | undefined;
  info(symbol: string, file: string): VMStateInfo | undefined;

  types(): Iterable<QomType>;
  type(name: string): QomType | undefined;
  /** The type and its ancestors, nearest first. Stops at an unknown parent. */
  ancestry(name: string): readonly QomType[];
  /** Names of the types whose parent is `name`. */
  children(name: string): readonly string[];
  registrations(): Iterable<Registration>;
  /** Devices that the tree has in Rust and in C under one name, whichever of the two is built and `type` gives. */
  rewritten(): readonly (readonly [rust: QomType, c: QomType])[];

  /** Function `name` as seen from `file`: a static one there, else the external one. undefined where absent or ambiguous. */
  function(name: string, file: string): LocatedFunction | undefined;
  calls(fn: LocatedFunction): readonly Call[];
  /** The macro at top level that makes a function of that name, as seen from `file`: QOM's casts. */
  madeFunction(name: string, file: string): MadeFunction | undefined;
  /** A variable of a file, or one that others may name; also where it has no initialiser. */
  global(name: string, file: string): Located<VariableDefinition> | undefined;

  /** The target and what `#if` may take for granted. */
  readonly configuration: Configuration;
  /** Whether the tree's build, in its default configuration, compiles a source file for the target. */
  compiles(file: string): Truth;
  /** Whether that build sets `CONFIG_X`. */
  sets(symbol: string): Truth;
  /** Whether one emulator, of whatever target, may have both sources; true where the build files do not say. */
  together(file: string, other: string): boolean;
  /** The build's conditions for it, as text: `CONFIG_PCI && CONFIG_E1000`; undefined where there are none. */
  buildCondition(file: string): string | undefined;

  /** The file, and those that include it, directly or not. */
  includers(file: string): Iterable<string>;
  /** Every definition of a macro in the tree. */
  macros(name: string): readonly Located<MacroDefinition>[];
  /** What `text`, one element of a field list, says in a table of that file; undefined where it is not one element. */
  field(text: string, file: string): WrittenField | undefined;

  /** What names mean in a file. */
  scope(file: string): CScope;
  /** The C types of the configuration, for layouts. Outdated by the next update. */
  ctypes(): CTypes;

  /** Enumerators of MigrationPriority, in order; empty in a tree older than the enum. */
  priorityLevels(): readonly PriorityLevel[];
  /** Constant expression in the scope of a file: macros, enumerators, sizeof. */
  evaluate(expression: string, file: string): import("../c/value").Value<number>;
  /** The same for a string: `TYPE_E1000E "-x"`, adjacent literals joined. */
  string(expression: string, file: string): import("../c/value").Value<string>;
}

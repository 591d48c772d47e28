/** What names mean, seen from one file of the tree. Implemented by createScopes (./scopes). */
import type { RecordDefinition, TypedefDeclaration, VariableDefinition } from "./facts";
import type { Token } from "./token";

export interface Located<D> {
  readonly file: string;
  readonly declaration: D;
}

export interface CScope {
  readonly file: string;
  /** Lexes a span of a file, drops the `#if` arms that the configuration excludes, expands macros as that file sees them. */
  tokens(file: string, start: number, end: number): readonly Token[];
  /** Lexes and expands free text in this scope. Its tokens have file "" */
  expandText(text: string): readonly Token[];
  /** The scope of another file of the same tree and configuration. */
  at(file: string): CScope;
  typedef(name: string): Located<TypedefDeclaration> | undefined;
  /** `struct tag` / `union tag` / `enum tag` with a body. */
  record(kind: "struct" | "union" | "enum", tag: string): Located<RecordDefinition> | undefined;
  /** The enum definition that declares the enumerator. */
  enumOf(enumerator: string): Located<RecordDefinition> | undefined;
  /** A variable with an initialiser. */
  variable(name: string): Located<VariableDefinition> | undefined;
  /** Target's data model. */
  readonly target: TargetModel;
}

export interface TargetModel {
  /** QEMU's name: `x86_64`, `aarch64`. The guest's; TARGET_LONG_BITS and the like follow it. */
  readonly name: string;
  /** The host ABI that decides sizeof: QEMU runs on LP64 hosts. */
  readonly pointerSize: 4 | 8;
  readonly longSize: 4 | 8;
}

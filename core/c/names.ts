/** Which files declare a name. One index for the tree, kept in step file by file. */
import type {
  FileFacts,
  FunctionDefinition,
  MacroDefinition,
  RecordDefinition,
  TypedefDeclaration,
  VariableDefinition,
} from "./facts";
import type { Located } from "./scope";

export interface NameIndex {
  add(facts: FileFacts): void;
  remove(facts: FileFacts): void;
  macros(name: string): readonly Located<MacroDefinition>[];
  functions(name: string): readonly Located<FunctionDefinition>[];
  /** Those whose head is a macro with arguments, which may define more in front of it: `FAMILY(x)(Object *obj) { … }`. */
  headed(): Iterable<Located<FunctionDefinition>>;
  variables(name: string): readonly Located<VariableDefinition>[];
  /** Definitions without an initialiser: all zero, or told elsewhere in the file. */
  blanks(name: string): readonly Located<VariableDefinition>[];
  typedefs(name: string): readonly Located<TypedefDeclaration>[];
  /** By `struct tag`, `union tag`, `enum tag`. */
  records(kindAndTag: string): readonly Located<RecordDefinition>[];
  enums(enumerator: string): readonly Located<RecordDefinition>[];
  /** Names of the types of variables with an initialiser. */
  variableTypes(): Iterable<string>;
  /** Files that declare a variable of that type name, with an initialiser. */
  filesWithVariablesOf(typeName: string): Iterable<string>;
  /** Macros used at top level, each with the files that do. */
  invocations(): Iterable<readonly [macro: string, files: ReadonlySet<string>]>;
}

/** Most names have one declaration: that stands alone, without a list. */
type Table<D> = Map<string, Located<D> | Located<D>[]>;

const none: readonly never[] = [];

function listed<D>(table: Table<D>, name: string): readonly Located<D>[] {
  const found = table.get(name);
  if (found === undefined) return none;
  return Array.isArray(found) ? found : [found];
}

export function createNameIndex(): NameIndex {
  const macros: Table<MacroDefinition> = new Map();
  const functions: Table<FunctionDefinition> = new Map();
  const variables: Table<VariableDefinition> = new Map();
  const blanks: Table<VariableDefinition> = new Map();
  const typedefs: Table<TypedefDeclaration> = new Map();
  const records: Table<RecordDefinition> = new Map();
  const enums: Table<RecordDefinition> = new Map();
  const byType = new Map<string, Set<string>>();
  const byInvocation = new Map<string, Set<string>>();
  const note = (table: Map<string, Set<string>>, name: string, file: string): void => {
    const files = table.get(name);
    if (files === undefined) table.set(name, new Set([file]));
    else files.add(file);
  };

  const each = (facts: FileFacts, put: <D>(table: Table<D>, name: string, declaration: D) => void): void => {
    for (const macro of facts.macros) put(macros, macro.name, macro);
    for (const declaration of facts.declarations) {
      switch (declaration.kind) {
        case "function":
          put(functions, declaration.name, declaration);
          break;
        case "variable":
          put(declaration.initEnd > declaration.initStart ? variables : blanks, declaration.name, declaration);
          break;
        case "typedef":
          for (const name of declaration.names) put(typedefs, name, declaration);
          break;
        case "struct":
        case "union":
        case "enum":
          if (declaration.tag !== undefined) put(records, `${declaration.kind} ${declaration.tag}`, declaration);
          for (const name of declaration.enumerators) put(enums, name, declaration);
          break;
      }
    }
  };

  return {
    add(facts) {
      const file = facts.path;
      each(facts, (table, name, declaration) => {
        const before = table.get(name);
        if (before === undefined) table.set(name, { file, declaration });
        else if (Array.isArray(before)) before.push({ file, declaration });
        else table.set(name, [before, { file, declaration }]);
      });
      let noted = "";
      for (const d of facts.declarations) {
        if (d.kind === "variable" && d.initEnd > d.initStart) note(byType, d.typeName, file);
        else if (d.kind === "invocation" && d.name !== noted) {
          note(byInvocation, d.name, file);
          noted = d.name;
        }
      }
    },
    remove(facts) {
      each(facts, (table, name) => {
        const list = listed(table, name).filter((entry) => entry.file !== facts.path);
        if (list.length === 0) table.delete(name);
        else table.set(name, list);
      });
      for (const d of facts.declarations) {
        if (d.kind === "variable") byType.get(d.typeName)?.delete(facts.path);
        else if (d.kind === "invocation") byInvocation.get(d.name)?.delete(facts.path);
      }
    },
    macros: (name) => listed(macros, name),
    functions: (name) => listed(functions, name),
    *headed() {
      for (const name of functions.keys()) if (name.includes("(")) yield* listed(functions, name);
    },
    variables: (name) => listed(variables, name),
    blanks: (name) => listed(blanks, name),
    typedefs: (name) => listed(typedefs, name),
    records: (name) => listed(records, name),
    enums: (name) => listed(enums, name),
    variableTypes: () => byType.keys(),
    filesWithVariablesOf: (typeName) => byType.get(typeName) ?? [],
    invocations: () => byInvocation,
  };
}

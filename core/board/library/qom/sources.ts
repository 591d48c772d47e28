/** Which sources of a tree hand what to QEMU's module system: the same for all of its boards. */
import { callsIn } from "../../../c/calls";
import type { Declaration, FileFacts, FunctionDefinition } from "../../../c/facts";
import { isStub, isTest } from "../../../c/paths";
import { storeOf } from "../../../project/cache";
import type { Project } from "../../../project/project";
import { apart } from "../../../project/uses";
import { functionsWithTypeInfo } from "../../../qom/runtimeTypes";

const registration = "register_module_init";

interface Sources {
  /** Sources whose types are made by functions, which no TypeInfo names. */
  readonly makingTypes: () => readonly string[];
  /** Sources whose type_init does more than to register types: drivers that add themselves to a list. */
  readonly doingMore: () => readonly string[];
  /** Sources that the emulator is built of, what stands in for others last. */
  readonly built: () => readonly string[];
  /** Functions that a source hands over for that time, in order. */
  readonly handedOver: (file: string, time: string) => readonly string[];
}

interface Kept {
  sources: Sources | undefined;
  revision: number;
}

const kept = storeOf<Kept>(() => ({ sources: undefined, revision: -1 }));

/** The same until an edit makes a source come or go, or hand over something else. */
export function sourcesOf(project: Project): Sources {
  const store = kept(project);
  const { revision } = project;
  const isAsBefore = store.revision === revision || (store.revision >= 0 && holds(store, project));
  if (!isAsBefore || store.sources === undefined) store.sources = createSources(project);
  store.revision = revision;
  return store.sources;
}

function createSources(project: Project): Sources {
  const handed = createHandedOver(project);
  return {
    makingTypes: once(() => built(project).filter((path) => makesTypes(project, path))),
    doingMore: once(() => project.paths().filter((path) => doesMore(project, path))),
    // a type that a target has of its own goes before the stub's
    built: once(() => {
      const files = built(project);
      return [...files.filter((each) => !isStub(each)), ...files.filter(isStub)];
    }),
    handedOver: (file, time) => handed(file).get(time) ?? [],
  };
}

function holds({ sources, revision }: Kept, project: Project): boolean {
  const edited = project.editedSince(revision);
  if (sources === undefined || edited === undefined) return false;
  return [...edited].every((path) => {
    const isBuilt = sources.built().includes(path);
    return (
      sources.makingTypes().includes(path) === (isBuilt && makesTypes(project, path)) &&
      sources.doingMore().includes(path) === doesMore(project, path)
    );
  });
}

/** What one looks into for it is not what its board was read from. */
function once<T>(compute: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: apart(compute) };
    return made.value;
  };
}

function built(project: Project): readonly string[] {
  return project.paths().filter((path) => path.endsWith(".c") && !isTest(path) && project.compiles(path) !== "false");
}

function createHandedOver(project: Project): (file: string) => ReadonlyMap<string, readonly string[]> {
  const registering = new Map<string, boolean>();
  const files = new Map<string, ReadonlyMap<string, readonly string[]>>();
  /** Whether a macro, used at top level, hands a function to the module system. */
  const mayRegister = (macro: string, file: string, use: { readonly start: number; readonly end: number }): boolean => {
    let answer = registering.get(macro);
    if (answer === undefined) {
      answer = project
        .scope(file)
        .tokens(file, use.start, use.end)
        .some(({ text }) => text === registration);
      registering.set(macro, answer);
    }
    return answer;
  };
  const read = (file: string): ReadonlyMap<string, readonly string[]> => {
    const found = new Map<string, string[]>();
    const scope = project.scope(file);
    for (const declaration of project.facts(file)?.declarations ?? []) {
      const use = macroUse(declaration);
      if (use === undefined || !mayRegister(use.name, file, use)) continue;
      const tokens = scope.tokens(file, use.start, use.end);
      tokens.forEach((token, k) => {
        if (token.text !== registration || tokens[k + 1]?.text !== "(") return;
        const name = tokens[k + 2]?.text;
        const time = tokens[k + 4]?.text;
        if (name !== undefined && time !== undefined) found.set(time, [...(found.get(time) ?? []), name]);
      });
    }
    return found;
  };
  return (file) => {
    let known = files.get(file);
    if (known === undefined) {
      known = read(file);
      files.set(file, known);
    }
    return known;
  };
}

function makesTypes(project: Project, path: string): boolean {
  const facts = project.facts(path);
  const text = project.text(path);
  return facts !== undefined && text !== undefined && registersByCode(text, facts);
}

function doesMore(project: Project, path: string): boolean {
  if (!path.endsWith(".c") || isTest(path)) return false;
  return (project.facts(path)?.declarations ?? []).some((each) => {
    if (each.kind !== "invocation" || each.name !== "type_init") return false;
    const call = project.text(path)?.slice(each.start, each.end) ?? "";
    const name = callsIn(call, 0, call.length)[0]?.args[0] ?? "";
    const fn = project.function(name, path);
    if (fn === undefined || fn.file !== path) return false;
    const isPlain = project
      .calls(fn)
      .every(({ callee }) => callee.startsWith("type_register") || callee === "ARRAY_SIZE");
    return !isPlain && project.compiles(path) !== "false";
  });
}

/** Types whose names stand in no TypeInfo are made by functions. */
function registersByCode(text: string, facts: FileFacts): boolean {
  return (
    text.includes("type_register(") ||
    facts.declarations.some(isHeaded) ||
    functionsWithTypeInfo(text, facts).length > 0
  );
}

/** `FAMILY(x)(ObjectClass *oc, void *data) { … }` */
function isHeaded(declaration: Declaration): declaration is FunctionDefinition {
  return declaration.kind === "function" && declaration.name.includes("(");
}

/** A macro used at top level, also as the head of a function. */
function macroUse(
  declaration: Declaration,
): { readonly name: string; readonly start: number; readonly end: number } | undefined {
  if (declaration.kind === "invocation") return declaration;
  if (!isHeaded(declaration)) return undefined;
  const { name, start, nameStart } = declaration;
  return { name: name.slice(0, name.indexOf("(")), start, end: nameStart + name.length };
}

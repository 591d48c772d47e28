/** A project over a source tree: facts file by file, everything else derived when asked and dropped when outdated. */
import { isStub, isTest } from "../c/paths";
import { createBuild, createTargets, isBuildFile } from "../c/build/compiled";
import type { ConfiguredBuild } from "../c/build/configured";
import { callsIn } from "../c/calls";
import { buildSettings, configurationOf, defaultTarget, withSettings } from "../c/configuration";
import type { CTypes } from "../c/ctype";
import { type InitialisedVariable, variablesOf, writtenMember } from "../c/definitions";
import { type MadeFunction, madeFunctions } from "../c/madeFunctions";
import { createMakerIndex, type MakerIndex } from "../c/makers";
import type { FileFacts, FunctionDefinition, MacroDefinition, VariableDefinition } from "../c/facts";
import { createIncludeGraph, directoryOf } from "../c/includes";
import { createNameIndex } from "../c/names";
import { declareSchema, generatedHeader, schemaOf } from "../c/qapi";
import { indexLines, type LineIndex } from "../c/range";
import type { Located } from "../c/scope";
import { createScopes } from "../c/scopes";
import { skim } from "../c/skim";
import type { SourceTree } from "../c/tree";
import { createTypes } from "../c/types";
import { unknown } from "../c/value";
import { createClassReader } from "../qom/classes";
import { enumeratorsWithComments } from "../priority/enum";
import { boundTypes, createRustReader, isRust } from "../rust";
import { createDescriptionReader } from "../vmstate/collect";
import type { VMStateDescription } from "../vmstate/model";
import { stringValue } from "../vmstate/constants";
import { createEvaluator } from "../vmstate/evaluator";
import { bodyOf } from "./bodies";
import { createRecentTexts } from "./recentTexts";
import { createRustFiles } from "./rustFiles";
import {
  faceOf,
  type KnownFile,
  type KnownModels,
  type Mentions,
  mentionsOf,
  type Models,
  sameSaid,
  settledTypes,
} from "./known";
import { createWaitingFiles, isFragment } from "./waiting";
import { createCopies } from "./copies";
import { changedMacros, type FileShape, shapeOf } from "./change";
import type { Call, LocatedFunction, PriorityLevel, Project } from "./project";
import { createAnswerStore, type EarlierAnswers } from "./answers";
import { noteFile, noteFound, noteSummary } from "./uses";

export interface ProjectOptions {
  /** QEMU's target name; default x86_64. */
  readonly target?: string;
  /** What a build would be configured with: `CONFIG_X` -> `y`, `n` or a value. Goes before what the tree's files say. */
  readonly config?: ReadonlyMap<string, string>;
  /** A build folder's configuration. Goes before what the tree's files say, and `config` before it. */
  readonly build?: ConfiguredBuild | undefined;
  /** What was read of a file before, where its text is still the same: then it is not read again until something asks for its text. */
  readonly known?: ((path: string) => KnownFile | undefined) | undefined;
  /** What was concluded before of the same tree with the same options; asked once, when all files are loaded. */
  readonly models?: (() => KnownModels | undefined) | undefined;
}

/** A project that its owner fills: load files first, then ask. */
export interface LoadableProject extends Project {
  /** Reads one file of the tree; false where it is absent. */
  load(path: string): boolean;
  /** What was read of each file, for `known` of a later project; nothing of files whose text is not the tree's. */
  readSoFar(): Iterable<readonly [path: string, known: KnownFile]>;
  /** What was concluded so far, for `models` of a later project; undefined where files have changed meanwhile. */
  modelsSoFar(): Models | undefined;
  /** Sources that are not read because they repeat another, each with that one. */
  leftOut(): ReadonlyMap<string, string>;
  /** From now on everything is computed, so that an edit finds it in memory with what it hangs on. */
  forgetAnswers(): void;
  /** Reads what `descriptions` answers, one file a step. */
  warmDescriptions(): Iterable<void>;
  /** Reads what `types` answers from, one type a step. */
  warmTypes(): Iterable<void>;
  /** Reads what `together` answers from. */
  warmTargets(): Iterable<void>;
}

/** Code units: the sources of all devices of a tree, so that no pass over them reads a file again. */
const recentTexts = 48 << 20;

export function createProject(tree: SourceTree, options: ProjectOptions = {}): LoadableProject {
  const target = options.target ?? defaultTarget;
  const general = configurationOf(target, tree.read) ?? configurationOf(defaultTarget, tree.read);
  if (general === undefined) throw new Error(`no configuration for target ${target}`);
  const settingsOf = (name: string): ReadonlyMap<string, string> =>
    new Map([...(options.build?.settings(name, tree.read) ?? []), ...(options.config ?? [])]);
  const isBuilt = options.build?.targets.includes(target) === true;
  const macros = isBuilt ? (options.build.objects?.macros ?? []) : [];
  const configuration = withSettings(general, new Map([...settingsOf(target), ...macros, ...(options.config ?? [])]));
  const overlays = new Map<string, string>();
  const factsOf = new Map<string, FileFacts>();
  const lineIndexes = new Map<string, LineIndex>();
  const names = createNameIndex();
  const includes = createIncludeGraph(configuration.architectures, (path) => facts(path));
  const waiting = createWaitingFiles();
  const rustFiles = createRustFiles();
  /** What the texts of files mention, of those that were looked at. */
  const mentioned = new Map<string, Mentions>();
  /** What others see of a source, of those that were skimmed. */
  const faces = new Map<string, string>();
  /** Files that are not as they were when they were read before. */
  const changed = new Set<string>();
  const knownOf = (path: string): KnownFile | undefined =>
    options.known === undefined || changed.has(path) || schemaOf(path) !== undefined ? undefined : options.known(path);
  /** Files with functions that fill and register types while QEMU runs. */
  const registering = new Set<string>();
  /** Sources that hand descriptions to the savevm core themselves. */
  const registrars = new Set<string>();
  const headers = new Map<string, { readonly schema: string; readonly text: string }>();
  const recent = createRecentTexts(recentTexts);
  /** "" is asked for by who sees names from no file in particular: there is nothing to read, and it is the tree's own folder. */
  const written = (path: string): string | undefined =>
    path === "" ? undefined : (overlays.get(path) ?? recent.get(path, tree.read));
  /** QAPI's headers are generated while QEMU is built; here they come from the schema that stands in for them. */
  const text = (path: string): string | undefined => {
    const schemaPath = schemaOf(path);
    const schema = schemaPath === undefined ? undefined : written(schemaPath);
    if (schema === undefined) return written(path);
    let header = headers.get(path);
    if (header?.schema !== schema) {
      header = { schema, text: declareSchema(schema) };
      headers.set(path, header);
    }
    return header.text;
  };
  const facts = (path: string): FileFacts | undefined => {
    const found = factsOf.get(path) ?? rustFiles.facts(path);
    if (found !== undefined || !waiting.take(path)) return found;
    const known = knownOf(path);
    const read = known?.facts();
    const source = read === undefined ? text(path) : undefined;
    if (known !== undefined && read !== undefined) register(read, known.mentions, known.face);
    else if (source !== undefined) registerText(path, source, mentionsOf(path, source));
    return factsOf.get(path);
  };
  /** For a look at each file of the tree: what evaluation comes back to stays kept meanwhile. */
  const anew = (path: string): string | undefined =>
    overlays.get(path) ?? (schemaOf(path) === undefined ? tree.read(path) : text(path));
  const readAnew = (path: string): string | undefined => overlays.get(path) ?? tree.read(path);
  const symbols = (name: string): ReturnType<typeof buildSettings> => buildSettings(settingsOf(name));
  const build = createBuild(readAnew, configuration.target.name, configuration.architectures, symbols, options.build);
  const targets = createTargets(readAnew, symbols, options.build);
  const copies = createCopies(tree, readAnew, (path) => knownOf(path)?.facts());
  const compiled = <D>(candidates: readonly Located<D>[]): readonly Located<D>[] => {
    if (candidates.length < 2) return candidates;
    const rest = candidates.filter((c) => build.compiles(c.file) !== "false");
    return rest.length === 0 ? candidates : rest;
  };
  let makers: MakerIndex = createMakerIndex(names, text);
  const scopes = createScopes({ facts, text, names, includes, configuration, makers: () => makers });
  let ctypes: CTypes = createTypes();
  let evaluator = createEvaluator(ctypes);
  let levels: readonly PriorityLevel[] | undefined;
  let revision = 0;
  let shape = 0;
  let made: ReturnType<typeof madeFunctions> | undefined;
  const callCache = new WeakMap<FunctionDefinition, readonly Call[]>();

  const registerText = (path: string, source: string, mentions: Mentions): void => {
    const next = skim(path, source);
    const isKept = options.known !== undefined && isSource(path) && !changed.has(path);
    register(next, mentions, isKept ? faceOf(next, source, mentions) : "");
  };

  const register = (next: FileFacts, mentions: Mentions, face: string): void => {
    const { path } = next;
    faces.set(path, face);
    factsOf.set(path, next);
    mentioned.set(path, mentions);
    mark(registering, path, mentions.runtimeTypes);
    mark(registrars, path, mentions.registrars);
    names.add(next);
    includes.add(next);
  };

  const unregister = (path: string): void => {
    const previous = factsOf.get(path);
    if (previous === undefined) return;
    names.remove(previous);
    factsOf.delete(path);
    registering.delete(path);
    registrars.delete(path);
  };

  const fn = (name: string, file: string): LocatedFunction | undefined => {
    const candidates = names.functions(name);
    const own = candidates.find((c) => c.file === file && scopes.condition(file, c.declaration.condition) !== "false");
    if (own !== undefined) return { file, definition: own.declaration };
    const others = candidates.filter((c) => visible(c, file));
    const chosen = others.length > 1 ? narrowed(others, file) : others[0];
    return chosen === undefined ? undefined : { file: chosen.file, definition: chosen.declaration };
  };

  const visible = (candidate: Located<FunctionDefinition>, file: string): boolean => {
    if (candidate.declaration.isStatic && !includes.closure(file).has(candidate.file)) {
      // what a source includes in its middle sees all of that source
      if (!isFragment(file) || !includes.closure(candidate.file).has(file)) return false;
    }
    return scopes.condition(candidate.file, candidate.declaration.condition) !== "false";
  };

  /** Of several external definitions of one name: this architecture's, no stub, no test, or the nearest folder's. */
  const narrowed = (
    candidates: readonly Located<FunctionDefinition>[],
    file: string,
  ): Located<FunctionDefinition> | undefined => {
    const rest = candidates.filter((c) => !isStub(c.file) && (!isTest(c.file) || isTest(file)));
    if (rest.length === 1) return rest[0];
    const near = rest.filter((c) => sameArchitecture(c.file, file));
    if (near.length === 1) return near[0];
    const built = rest.filter((c) => build.compiles(c.file) !== "false");
    return built.length === 1 ? built[0] : undefined;
  };

  const sameArchitecture = (path: string, from: string): boolean => {
    const target = /^target[/-]([^/]+)\//;
    const own = target.exec(from)?.[1];
    const other = target.exec(path)?.[1];
    return other !== undefined && (own === undefined ? configuration.architectures.includes(other) : own === other);
  };

  const descriptionReader = createDescriptionReader({
    facts,
    names,
    scopes,
    makers: () => makers,
    evaluator: () => evaluator,
    ctypes: () => ctypes,
    compiled,
    compiles: build.compiles,
    known: (path) => earlierModels()?.descriptions(path),
  });

  const variable = (symbol: string, file: string): Located<VariableDefinition> | undefined => {
    const candidates = names.variables(symbol).filter((c) => c.file === file || !c.declaration.isStatic);
    return (
      scopes.choose<VariableDefinition>(candidates, file) ??
      scopes.choose<VariableDefinition>(compiled(candidates), file)
    );
  };

  /** Of several a file cannot tell apart: one that is built and no stub. */
  const global = (name: string, file: string): Located<VariableDefinition> | undefined => {
    const seen = (each: Located<VariableDefinition>): boolean =>
      each.file === file || !each.declaration.isStatic || includes.closure(file).has(each.file);
    for (const all of [names.variables(name), names.blanks(name)]) {
      const candidates = all.filter(seen);
      const found =
        scopes.choose<VariableDefinition>(candidates, file) ??
        scopes.choose<VariableDefinition>(compiled(candidates.filter((c) => !isStub(c.file) && !isTest(c.file))), file);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const madeFunction = (name: string, file: string): MadeFunction | undefined => {
    made ??= madeFunctions({
      facts,
      headed: () => names.headed(),
      text,
      makers: () => makers,
      tokens: (path, start, end) => scopes.of(path).tokens(path, start, end),
      excluded: (path, index) => scopes.condition(path, index) === "false",
    });
    const all = made(name, file);
    const own = all.find((each) => each.file === file);
    if (own !== undefined || all.length < 2) return own ?? all[0];
    const closure = includes.closure(file);
    return all.find((each) => closure.has(each.file));
  };

  const elements = (symbol: string, file: string): readonly InitialisedVariable[] => {
    const found = variable(symbol, file);
    const owner = found === undefined ? undefined : factsOf.get(found.file);
    if (owner === undefined || found === undefined) return [];
    const only = { ...owner, declarations: [found.declaration] };
    return [...variablesOf(only, new Set([found.declaration.typeName]), scopes, makers)];
  };

  const classes = createClassReader({
    facts,
    text,
    names,
    scopes,
    makers: () => makers,
    evaluator: () => evaluator,
    function: fn,
    body: (located) => bodyOf(project, located),
    registering: () => registering,
    registrars: () => registrars,
    others: () => rust.types(),
    compiles: (file) => build.compiles(file),
    known: (path) => earlierModels()?.types(path),
    isDescription: descriptionReader.isDescription,
    elements,
    member(symbol, file, member) {
      const found = variable(symbol, file);
      const tokens = found === undefined ? undefined : writtenMember(found, member, text, scopes);
      return found === undefined || tokens === undefined ? undefined : { file: found.file, tokens };
    },
    memberNames(typeName, file) {
      const type = ctypes.named(typeName, scopes.of(file));
      const members = type.kind === "record" ? ctypes.members(type) : undefined;
      return members?.known ? members.value.list.map((m) => m.name ?? "") : [];
    },
  });

  const rust = createRustReader(
    { paths: rustFiles.paths, text },
    boundTypes(() => ({
      scopeFor(name) {
        const places = [names.macros(name), names.typedefs(name), names.records(`struct ${name}`), names.enums(name)];
        const found = places.map((each) => scopes.choose<Conditioned>(each, "")?.file);
        return scopes.of(found.find((file) => file !== undefined) ?? "");
      },
      ctypes,
      evaluator,
    })),
  );

  const description = (symbol: string, file: string): VMStateDescription | undefined =>
    (isRust(file) ? rust.description(symbol, file) : undefined) ?? descriptionReader.description(symbol, file);

  /** The file, and those that found names in it, or in what includes it, without including it themselves. */
  const reachedFrom = (path: string, macros: readonly string[]): ReadonlySet<string> => {
    const reached = new Set([path]);
    const headers = macros.length === 0 ? [] : [...scopes.borrowers(), ...includes.closure(path).all()];
    for (const header of headers) {
      const mentioned = isSource(header) ? "" : (text(header) ?? "");
      if (!macros.some((name) => mentioned.includes(name)) || includes.closure(header).has(path)) continue;
      const includer = scopes.includerOf(header);
      if (includer !== undefined && includes.closure(includer).has(path)) reached.add(header);
    }
    const add = (readers: Iterable<string>, each: string): void => {
      for (const reader of readers) if (!includes.closure(reader).has(each)) reached.add(reader);
    };
    for (const each of reached) {
      if (!includes.isNamed(each)) add(scopes.readers().get(each) ?? [], each);
      else for (const [owner, readers] of scopes.readers()) if (includes.closure(owner).has(each)) add(readers, each);
    }
    return reached;
  };

  /** The files themselves, and those that include one of them. */
  const affectedBy = (reached: ReadonlySet<string>): ((file: string) => boolean) => {
    const named = [...reached].filter((each) => includes.isNamed(each));
    return (file) => reached.has(file) || named.some((each) => includes.closure(file).has(each));
  };

  /** undefined: not asked yet, or none that hold; after an edit what was not taken so far is read. */
  let earlier: (Pick<KnownModels, "descriptions" | "types"> & { readonly answers: EarlierAnswers }) | undefined;
  let isAsked = false;
  const earlierModels = (): typeof earlier => {
    if (isAsked) return earlier;
    isAsked = true;
    const given = revision === 0 ? options.models?.() : undefined;
    if (given === undefined || !given.changed.every((path) => keepsFace(path, given))) return undefined;
    if (given.leftOut.join("\n") !== [...copies.found().keys()].join("\n")) return undefined;
    for (const [owner, readers] of given.readers) for (const reader of readers) scopes.notes(owner, reader);
    const reached = new Set(given.changed.flatMap((path) => [...reachedFrom(path, [])]));
    const affected = affectedBy(reached);
    earlier = {
      descriptions: (path) => (affected(path) ? undefined : given.descriptions(path)),
      types(path) {
        const read = affected(path) ? undefined : given.types(path);
        return read?.types?.used.some((file) => reached.has(file)) === true ? undefined : read;
      },
      answers: {
        kept: given.answers,
        isAffected: affected,
        isSame: (models) => (models === "tables" ? sameTables(given, affected) : sameTypes(given)),
      },
    };
    return earlier;
  };

  /** Whether all tables are those that were kept, places apart. */
  const sameTables = (given: KnownModels, affected: (path: string) => boolean): boolean => {
    for (const _ of descriptionReader.descriptions());
    const now = new Map(descriptionReader.readSoFar(affected));
    return [...factsOf.keys()].every(
      (path) => !affected(path) || sameSaid(now.get(path) ?? [], given.descriptions(path) ?? []),
    );
  };

  /** The same of types and registrations. */
  const sameTypes = (given: KnownModels): boolean => {
    for (const all of [classes.types(), classes.registrations()]) for (const _ of all);
    const now = new Map(classes.readSoFar());
    return [...factsOf.keys()].every((path) => {
      const [is, was] = [now.get(path), given.types(path)];
      const isTaken = is?.types?.list === was?.types?.list && is?.registrations === was?.registrations;
      return isTaken || sameSaid(settledTypes(is), settledTypes(was));
    });
  };

  /** Whether it says to others what it said before: then only those who looked into it may conclude something else. */
  const keepsFace = (path: string, given: KnownModels): boolean =>
    isSource(path) &&
    (given.faceOf(path) === "" ? waiting.has(path) : faceNow(path) === given.faceOf(path)) &&
    !includes.isNamed(path) &&
    copies.facts(path) === undefined;

  /** Also of a file that nobody has asked for yet, and that is not read for this. */
  const faceNow = (path: string): string => {
    const face = faces.get(path);
    if (face !== undefined || !waiting.has(path)) return face ?? "";
    const source = text(path) ?? "";
    return faceOf(skim(path, source), source, mentionsOf(path, source));
  };

  const outdate = (path: string, before: FileShape, after: FileShape): void => {
    revision++;
    made = undefined;
    lineIndexes.delete(path);
    ctypes = createTypes();
    evaluator = createEvaluator(ctypes);
    const sameMacros = before.preprocessing === after.preprocessing && before.invocations === after.invocations;
    const reached =
      before.exports === after.exports || isSource(path) ? reachedFrom(path, changedMacros(before, after)) : undefined;
    if (!sameMacros) makers = createMakerIndex(names, text);
    if (sameMacros && isSource(path)) scopes.forget(path);
    else scopes.forget();
    if (!isSource(path)) {
      levels = undefined;
      rust.outdate();
    }
    const affected = reached === undefined ? () => true : affectedBy(reached);
    const sameVariables = sameMacros && before.exports === after.exports;
    if (!sameVariables) shape++;
    descriptionReader.outdate(affected, sameVariables);
    classes.outdate(path, affected, sameVariables);
  };

  let usesAnswers = options.models !== undefined;
  const answers = createAnswerStore(() => earlierModels()?.answers);
  const project: LoadableProject = {
    configuration,
    ctypes: () => ctypes,
    scope(path) {
      noteFile(path);
      return scopes.of(path);
    },
    get answers() {
      return usesAnswers && revision === 0 ? answers : undefined;
    },
    forgetAnswers() {
      usesAnswers = false;
    },
    *warmDescriptions() {
      // what decides between several definitions of a name
      build.warm();
      yield;
      yield* includes.warm();
      yield* descriptionReader.warm();
      yield* rust.warm();
    },
    warmTypes: classes.warm,
    warmTargets: targets.warm,
    macros: names.macros,
    get revision() {
      return revision;
    },
    get shape() {
      return shape;
    },
    load(given) {
      const path = generatedHeader(given) ?? given;
      if (isRust(path)) {
        rustFiles.add(path);
        return true;
      }
      if (copies.originalOf(path) !== undefined) return false;
      includes.know(path);
      const known = knownOf(path);
      const isAsked = !isFragment(path) || path.endsWith(".inc");
      const source = known === undefined && isAsked ? anew(path) : undefined;
      const mentions = known?.mentions ?? (source === undefined ? undefined : mentionsOf(path, source));
      if (isFragment(path)) {
        waiting.add(path);
        if (mentions !== undefined) mentioned.set(path, mentions);
        if (mentions?.tables === true) facts(path);
        return true;
      }
      if (mentions === undefined) return false;
      mentioned.set(path, mentions);
      // evaluation comes back to these, and to few of the others
      if (source !== undefined && !overlays.has(path) && (mentions.tables || !isSource(path)))
        recent.keep(path, source);
      const directory = directoryOf(path);
      if (isSource(path) && !waiting.isWanted(directory)) {
        if (!mentions.tables) {
          waiting.add(path);
          return true;
        }
        for (const other of waiting.want(directory)) facts(other);
      }
      unregister(path);
      const read = known?.facts();
      if (known !== undefined && read !== undefined) register(read, mentions, known.face);
      else registerText(path, source ?? text(path) ?? "", mentions);
      return true;
    },
    modelsSoFar: () =>
      revision > 0
        ? undefined
        : {
            descriptions: descriptionReader.readSoFar(),
            types: classes.readSoFar(),
            readers: scopes.readers(),
            leftOut: [...copies.found().keys()],
            answers: answers.soFar(project),
          },
    *readSoFar() {
      for (const [path, mentions] of mentioned) {
        if (changed.has(path) || schemaOf(path) !== undefined) continue;
        yield [path, { mentions, face: faces.get(path) ?? "", facts: () => factsOf.get(path) ?? copies.facts(path) }];
      }
    },
    update,
    leftOut: copies.found,
    has: (path) => factsOf.has(path) || waiting.has(path) || rustFiles.has(path),
    paths: () => [...factsOf.keys(), ...waiting.paths(), ...rustFiles.paths()],
    text(path) {
      noteFile(path);
      return text(path);
    },
    mayNameTables(path) {
      noteFile(path);
      return isFragment(path) || mentioned.get(path)?.tables !== false;
    },
    lines(path) {
      noteFile(path);
      let index = lineIndexes.get(path);
      if (index === undefined) {
        index = indexLines(text(path) ?? "");
        lineIndexes.set(path, index);
      }
      return index;
    },
    facts(path) {
      noteFile(path);
      return facts(path);
    },
    descriptionsIn(path) {
      noteFile(path);
      return isRust(path) ? rust.descriptionsIn(path) : descriptionReader.descriptionsIn(path);
    },
    *descriptions() {
      noteSummary("tables");
      yield* descriptionReader.descriptions();
      yield* rust.descriptions();
    },
    description: (symbol, file) => noteFound(description(symbol, file)),
    resolve: (reference) => noteFound(description(reference.symbol, reference.range.file)),
    info: (symbol, file) => noteFound(descriptionReader.info(symbol, file)),
    field(written, file) {
      noteFile(file);
      return descriptionReader.field(written, file);
    },
    types: () => ofTypes(classes.types()),
    type: (name) => ofTypes(classes.type(name)),
    ancestry: (name) => ofTypes(classes.ancestry(name)),
    children: (name) => ofTypes(classes.children(name)),
    registrations: () => ofTypes(classes.registrations()),
    rewritten: () => ofTypes(classes.rewritten()),
    compiles: build.compiles,
    buildCondition: build.condition,
    together: targets.together,
    function: (name, file) => noteFound(fn(name, file)),
    madeFunction: (name, file) => noteFound(madeFunction(name, file)),
    global: (name, file) => noteFound(global(name, file)),
    calls(located) {
      noteFile(located.file);
      let calls = callCache.get(located.definition);
      if (calls === undefined) {
        const { bodyStart, bodyEnd } = located.definition;
        calls = callsIn(text(located.file) ?? "", bodyStart, bodyEnd);
        callCache.set(located.definition, calls);
      }
      return calls;
    },
    priorityLevels() {
      levels ??= readLevels();
      return levels;
    },
    string(expression, file) {
      noteFile(file);
      const scope = scopes.of(file);
      const tokens = scope.expandText(expression);
      return tokens.length === 0 ? unknown("no expression") : stringValue(tokens, 0, tokens.length, scope, evaluator);
    },
    evaluate(expression, file) {
      noteFile(file);
      const scope = scopes.of(file);
      const tokens = scope.expandText(expression);
      return tokens.length === 0 ? unknown("no expression") : evaluator.integer(tokens, scope);
    },
  };
  return project;

  function update(given: string, next: string | undefined): void {
    if (isRust(given)) return updateRust(given, next);
    if (isBuildFile(given)) return updateBuild(given, next);
    const path = generatedHeader(given) ?? given;
    const before = shapeOf(facts(path), text(path));
    unregister(path);
    changed.add(path);
    copies.forget();
    mentioned.delete(path);
    earlier = undefined;
    recent.forget(given);
    if (next === undefined) overlays.delete(given);
    else overlays.set(given, next);
    const source = copies.originalOf(path) === undefined ? text(path) : undefined;
    if (source === undefined) includes.remove(path);
    else {
      const directory = directoryOf(path);
      // as when it is loaded: a folder with a device is read as a whole
      if (isSource(path) && !waiting.isWanted(directory) && mentionsOf(path, source).tables) {
        for (const other of waiting.want(directory)) facts(other);
      }
      registerText(path, source, mentionsOf(path, source));
    }
    outdate(path, before, shapeOf(factsOf.get(path), source));
  }

  /** Every answer may hang on which of several definitions is built; edits of these files are few. */
  function updateBuild(path: string, next: string | undefined): void {
    if (next === undefined) overlays.delete(path);
    else overlays.set(path, next);
    build.outdate();
    targets.outdate();
    const left = [...copies.found().keys()];
    copies.outdate();
    // a file that the build names now, or no longer
    const concerned = [...factsOf.keys()].filter((each) => isSource(each) && each.startsWith(directoryOf(path)));
    for (const each of left) if (copies.originalOf(each) === undefined) update(each, overlays.get(each));
    for (const each of concerned) if (copies.originalOf(each) !== undefined) update(each, overlays.get(each));
    revision++;
    descriptionReader.outdate(() => true, false);
    classes.outdate(path, () => true, false);
  }

  function updateRust(path: string, next: string | undefined): void {
    recent.forget(path);
    if (next === undefined) overlays.delete(path);
    else overlays.set(path, next);
    if (text(path) === undefined) rustFiles.remove(path);
    else rustFiles.add(path);
    lineIndexes.delete(path);
    revision++;
    rust.outdate();
    classes.outdate(path, () => false, true);
  }

  function readLevels(): PriorityLevel[] {
    const typedef = scopes.choose(names.typedefs("MigrationPriority"), "");
    const file = typedef?.file;
    if (typedef === undefined || file === undefined) return [];
    const record = factsOf
      .get(file)
      ?.declarations.find((d) => d.kind === "enum" && d.start === typedef.declaration.start);
    if (record?.kind !== "enum") return [];
    const scope = scopes.of(file);
    const found: PriorityLevel[] = [];
    let value = -1;
    for (const e of enumeratorsWithComments(file, text(file) ?? "", record.bodyStart, record.bodyEnd)) {
      const set = e.expression === undefined ? undefined : evaluator.integer(scope.expandText(e.expression), scope);
      value = set?.known ? set.value : value + 1;
      found.push({ name: e.name, value, comment: e.comment, file, start: e.range.start });
    }
    return found;
  }
}

type Conditioned = Pick<MacroDefinition, "condition">;

function ofTypes<T>(found: T): T {
  noteSummary("types");
  return found;
}

function mark(set: Set<string>, path: string, belongs: boolean): void {
  if (belongs) set.add(path);
  else set.delete(path);
}

function isSource(path: string): boolean {
  return path.endsWith(".c");
}

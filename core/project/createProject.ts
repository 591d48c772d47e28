/** A project over a source tree: facts file by file, everything else derived when asked and dropped when outdated. */
import { createBuild, createTargets, isBuildFile } from "../c/build/compiled";
import { callsIn } from "../c/calls";
import type { Truth } from "../c/conditions";
import { defaultTarget } from "../c/configuration";
import type { CTypes } from "../c/ctype";
import { writtenMember } from "../c/definitions";
import type { FunctionDefinition, MacroDefinition } from "../c/facts";
import { directoryOf } from "../c/includes";
import { createMakerIndex, type MakerIndex } from "../c/makers";
import { isSource } from "../c/paths";
import { generatedHeader } from "../c/qapi";
import { indexLines, type LineIndex } from "../c/range";
import { createScopes } from "../c/scopes";
import type { SourceTree } from "../c/tree";
import { createTypes } from "../c/types";
import { unknown } from "../c/value";
import { createVarying, nothingVaries, type VaryingIncludes } from "../c/varying";
import { createVaryingIncludes } from "../c/varyingIncludes";
import { createClassReader } from "../qom/classes";
import { boundTypes, createRustReader, isRust } from "../rust";
import { createDescriptionReader } from "../vmstate/collect";
import { stringValue } from "../vmstate/constants";
import { createEvaluator } from "../vmstate/evaluator";
import type { VMStateDescription } from "../vmstate/model";
import { createAnswerStore } from "./answers";
import { bodyOf } from "./bodies";
import { changedMacros, type FileShape, shapeOf } from "./change";
import { configured, type Settings } from "./configured";
import { createDefinitions } from "./definitions";
import { type Differences, variesIn } from "./differences";
import { type Earlier, earlierOf } from "./earlier";
import { createEdits } from "./edits";
import { createFiles } from "./files";
import type { KnownFile, KnownModels, Models } from "./known";
import { readLevels } from "./priorityLevels";
import type { Call, PriorityLevel, Project } from "./project";
import { createReach } from "./reached";
import { createTexts, type SharedTexts } from "./texts";
import { noteEntry, summariseEntries } from "./cache";
import { noteFile, noteFound, noteOpen, noteSummary } from "./uses";
import { isFragment } from "./waiting";

export interface ProjectOptions extends Settings {
  /** QEMU's target name; default x86_64. */
  readonly target?: string;
  /** What was read of a file before, where its text is still the same: then it is not read again until something asks for its text. */
  readonly known?: ((path: string) => KnownFile | undefined) | undefined;
  /** What was concluded before of the same tree with the same options; asked once, when all files are loaded. */
  readonly models?: (() => KnownModels | undefined) | undefined;
  /** How targets differ for which others take over from this project; default: nobody does. */
  readonly differences?: Differences | undefined;
  /** Texts that other projects of the same tree keep; default: its own. */
  readonly texts?: SharedTexts | undefined;
}

/** A project that its owner fills: load files first, then ask. */
export interface LoadableProject extends Project {
  /** Reads one file of the tree; false where it is absent. */
  load(path: string): boolean;
  /** Notes a file of the tree that is read when another includes it, and that the project has not got until then. */
  expect(path: string): void;
  /** Reads a file that is expected and all that it includes, one file a step. */
  readWith(path: string): Iterable<void>;
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

export function createProject(tree: SourceTree, options: ProjectOptions = {}): LoadableProject {
  const target = options.target ?? defaultTarget;
  const { configuration, symbols } = configured(tree, target, options);
  const { architectures } = configuration;
  const texts = createTexts(tree, options.texts);
  const text = texts.get;
  const files = createFiles(tree, texts, { configuration, known: options.known });
  const { names, includes, copies, facts } = files;
  const lineIndexes = new Map<string, LineIndex>();
  const build = createBuild(texts.anew, configuration.target.name, architectures, symbols, options.build);
  const targets = createTargets(texts.anew, symbols, options.build, [configuration.target.name]);
  const { differences } = options;
  let others: VaryingIncludes | undefined;
  const varying =
    differences === undefined
      ? nothingVaries
      : createVarying(
          differences.names,
          () => (others ??= createVaryingIncludes(includes, facts, files.readPaths, differences.architectures)),
        );
  const made = createMakerIndex(names, text);
  const makers = (): MakerIndex => made;
  const scopes = createScopes({ facts, text, names, includes, configuration, makers, varying });
  const reach = createReach(scopes, includes, text);
  const edits = createEdits(reach);
  const compiles = (file: string): Truth => {
    if (differences?.compiles(file) === true) varying.note();
    return build.compiles(file);
  };
  const definitions = createDefinitions({ facts, text, names, scopes, makers, compiles, architectures, varying });
  /** What hangs on the target in a file counts for whoever asks what is seen from it. */
  const seenFrom = <T>(file: string, found: T): T => {
    if (varying.has(file)) noteFile(file);
    return found;
  };
  let ctypes: CTypes = createTypes();
  let evaluator = createEvaluator(ctypes);
  let levels: readonly PriorityLevel[] | undefined;
  let revision = 0;
  let shape = 0;
  const callCache = new WeakMap<FunctionDefinition, readonly Call[]>();

  const descriptionReader = createDescriptionReader({
    facts,
    names,
    scopes,
    makers,
    evaluator: () => evaluator,
    ctypes: () => ctypes,
    compiled: definitions.compiled,
    compiles,
    known: (path) => earlierModels()?.descriptions(path),
  });

  const classes = createClassReader({
    facts,
    text,
    names,
    scopes,
    makers,
    evaluator: () => evaluator,
    function: definitions.function,
    body: (located) => bodyOf(project, located),
    registering: files.registering,
    registrars: files.registrars,
    others: () => rust.types(),
    compiles,
    known: (path) => earlierModels()?.types(path),
    isDescription: descriptionReader.isDescription,
    elements: definitions.elements,
    member(symbol, file, member) {
      const found = definitions.variable(symbol, file);
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
    { paths: files.rust.paths, text },
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

  /** undefined: not asked yet, or none that hold; after an edit what was not taken so far is read. */
  let earlier: Earlier | undefined;
  let isAsked = false;
  const earlierModels = (): Earlier | undefined => {
    if (isAsked) return earlier;
    isAsked = true;
    const given = revision === 0 ? options.models?.() : undefined;
    if (given === undefined) return undefined;
    const [descriptions, types] = [() => descriptionReader, () => classes];
    earlier = earlierOf(given, { files, text, scopes, reach, descriptions, classes: types });
    return earlier;
  };

  /** `hasMore`: other files were read because of the edit. */
  const outdate = (path: string, before: FileShape, after: FileShape, hasMore: boolean): void => {
    revision++;
    definitions.outdate();
    lineIndexes.delete(path);
    ctypes = createTypes();
    evaluator = createEvaluator(ctypes);
    const sameMacros = before.preprocessing === after.preprocessing && before.invocations === after.invocations;
    const macros = changedMacros(before, after);
    const reached = before.exports === after.exports || isSource(path) ? reach.from(path, macros) : undefined;
    made.outdate(hasMore || before.includes !== after.includes ? undefined : macros);
    if (sameMacros && isSource(path)) scopes.forget(path);
    else scopes.forget();
    if (!isSource(path)) {
      levels = undefined;
      rust.outdate();
    }
    const affected = reached === undefined ? () => true : reach.affectedBy(reached);
    const sameVariables = sameMacros && before.exports === after.exports;
    if (!sameVariables) shape++;
    edits.note(path, !sameVariables);
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
    editedSince: edits.since,
    keeps: edits.keeps,
    get isPartial() {
      return files.isPartial();
    },
    load: files.load,
    expect: files.expect,
    readWith: files.readWith,
    modelsSoFar: () =>
      revision > 0
        ? undefined
        : {
            descriptions: descriptionReader.readSoFar(),
            types: classes.readSoFar(),
            readers: scopes.readers(),
            includers: scopes.includers(),
            leftOut: [...copies.found().keys()],
            answers: answers.soFar(project),
            varies: variesIn(varying, scopes.readers()),
          },
    readSoFar: files.readSoFar,
    update,
    leftOut: copies.found,
    has: files.has,
    paths: files.paths,
    text(path) {
      noteFile(path);
      return text(path);
    },
    mayNameTables(path) {
      noteFile(path);
      return isFragment(path) || files.mentions(path)?.tables !== false;
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
    description: (symbol, file) => seenFrom(file, noteFound(description(symbol, file))),
    resolve: ({ symbol, range: { file } }) => seenFrom(file, noteFound(description(symbol, file))),
    info: (symbol, file) => seenFrom(file, noteFound(descriptionReader.info(symbol, file))),
    field(written, file) {
      noteFile(file);
      return descriptionReader.field(written, file);
    },
    types: () => ofTypes(classes.types()),
    type(name) {
      noteEntry("type", name);
      return classes.type(name);
    },
    ancestry(name) {
      const found = classes.ancestry(name);
      for (const each of [name, ...found.map(({ parent }) => parent ?? "")]) noteEntry("type", each);
      return found;
    },
    children(name) {
      noteEntry("children", name);
      return classes.children(name);
    },
    registrations: () => ofTypes(classes.registrations()),
    rewritten: () => ofTypes(classes.rewritten()),
    includers(file) {
      noteOpen();
      return includes.includers(file);
    },
    compiles(file) {
      if (differences?.compiles(file) === true) noteEntry("compiles", file);
      return build.compiles(file);
    },
    sets: build.sets,
    buildCondition: build.condition,
    together: targets.together,
    function: (name, file) => seenFrom(file, noteFound(definitions.function(name, file))),
    madeFunction: (name, file) => seenFrom(file, noteFound(definitions.made(name, file))),
    global: (name, file) => seenFrom(file, noteFound(definitions.global(name, file))),
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
      levels ??= readLevels({ facts, text, names, scopes, evaluator: () => evaluator });
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
    earlier = undefined;
    texts.lay(given, next);
    const count = files.readCount();
    const source = files.reread(path);
    outdate(path, before, shapeOf(files.read(path), source), files.readCount() > count + 1);
  }

  /** Every answer may hang on which of several definitions is built; edits of these files are few. */
  function updateBuild(path: string, next: string | undefined): void {
    texts.lay(path, next);
    build.outdate();
    targets.outdate();
    const left = [...copies.found().keys()];
    copies.outdate();
    // a file that the build names now, or no longer
    const concerned = [...files.readPaths()].filter((each) => isSource(each) && each.startsWith(directoryOf(path)));
    for (const each of left) if (copies.originalOf(each) === undefined) update(each, texts.laid(each));
    for (const each of concerned) if (copies.originalOf(each) !== undefined) update(each, texts.laid(each));
    revision++;
    edits.note(path, true);
    descriptionReader.outdate(() => true, false);
    classes.outdate(path, () => true, false);
  }

  function updateRust(path: string, next: string | undefined): void {
    texts.lay(path, next);
    if (text(path) === undefined) files.rust.remove(path);
    else files.rust.add(path);
    lineIndexes.delete(path);
    revision++;
    edits.note(path, false);
    rust.outdate();
    classes.outdate(path, () => false, true);
  }
}

type Conditioned = Pick<MacroDefinition, "condition">;

summariseEntries("compiles", (project, file) => project.compiles(file));
summariseEntries("type", (project, name) => project.type(name));
summariseEntries("children", (project, name) => project.children(name));

function ofTypes<T>(found: T): T {
  noteSummary("types");
  return found;
}

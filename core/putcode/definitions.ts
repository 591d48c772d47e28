/** Decoding a stream's sections by the descriptions of a source tree. */
import { busOfPath } from "../wire/framing/devicePath";
import type { VMStateDescription } from "../vmstate/model";
import { type ClassTree, type Classes, readClasses } from "./classes";
import { type Compiler, createCompiler, type DescriptionSource } from "./compile";
import type { SectionEvent } from "../wire/framing/events";
import type { LoadHooks } from "../wire/values/hooks";
import type { DecodedStream, Decoder } from "../wire/inspect/inspect";
import type { PayloadLayout } from "../wire/values/layout";
import { type FunctionTree, memberValues } from "./memberValues";
import { decidePredicate, evaluatePredicate, putElement } from "./index";
import type { PredicateState } from "./predicate";
import { type DecodedPayload, type Decoding, decodePayload, type SearchLimits } from "../wire/values/search";

/** core/project's Project. */
export interface DefinitionTree extends DescriptionSource, ClassTree, FunctionTree {
  descriptions(): Iterable<VMStateDescription>;
}

/** `machine`: the type that the stream names. */
export type HooksOf = (
  description: VMStateDescription,
  section: SectionEvent,
  machine: string | undefined,
) => LoadHooks;

export interface DecoderOptions {
  /** Answers for the descriptions of one section. */
  readonly hooks?: HooksOf;
  /** More answers, asked for where values were taken so that the bytes fit; what they contradict stays as it fits. */
  readonly moreHooks?: HooksOf;
  /** What the stream's own description says is not left again where the bytes do not fit then. */
  readonly layoutHolds?: boolean;
  /** Descriptions of other targets' CPUs have the same names; those with a lower rank are tried first. */
  readonly rank?: (description: VMStateDescription) => number;
  readonly limits?: SearchLimits;
}

export interface DefinitionDecoder {
  readonly decode: Decoder;
  /** Descriptions that a section of this idstr may have, likely ones first. */
  candidates(idstr: string): readonly VMStateDescription[];
  readonly compiler: Compiler;
  readonly classes: Classes;
  /** What a predicate's C code says, by what has been loaded. */
  readonly fieldExists: NonNullable<LoadHooks["fieldExists"]>;
  /** The same of an object whose members are asked for; a `.needed` is such a predicate too. */
  holds(name: string, file: string, state: PredicateState): boolean | undefined;
}

export function createDecoder(tree: DefinitionTree, options: DecoderOptions = {}): DefinitionDecoder {
  const classes = readClasses(tree);
  const compiler: Compiler = createCompiler(tree, (symbol, _file, info) =>
    putElement(symbol, info, classes.source, compiler.named),
  );
  let names: Map<string, VMStateDescription[]> | undefined;

  /** Registered ones before nested ones of the same name. */
  const rank = (description: VMStateDescription): number =>
    (classes.owner(description) === undefined ? 0.5 : 0) + (options.rank?.(description) ?? 0);

  function candidates(idstr: string): readonly VMStateDescription[] {
    names ??= indexByName(tree.descriptions(), rank);
    const last = idstr.slice(idstr.lastIndexOf("/") + 1);
    return names.get(idstr) ?? names.get(last) ?? names.get("") ?? [];
  }

  /** Whether some description says that it has this name. */
  function isNamed(idstr: string): boolean {
    return candidates(idstr) !== names?.get("");
  }

  const fieldExists: NonNullable<LoadHooks["fieldExists"]> = (name, field, scope) => {
    const state = { versionId: scope.versionId, bits: (path: string) => scope.known(path) };
    return decidePredicate(name, field.source?.file ?? scope.description.file, state, classes.source);
  };

  const guesses = memberValues(tree, classes.source);
  const likely: NonNullable<LoadHooks["likely"]> = (member, scope) => {
    const { link } = scope;
    const own = guesses.assigned(member.path, scope.description.file);
    if (link.kind !== "member" || link.path === undefined) return own;
    return [...new Set([...guesses.passed(link.path, link.parent.description.file), ...own])];
  };

  function decode(
    section: SectionEvent,
    payload: Uint8Array,
    agrees: (decoding: DecodedPayload) => boolean,
    layout?: PayloadLayout,
    { machine, elements }: Partial<DecodedStream> = {},
  ): Decoding | undefined {
    // Live state is no description's.
    if (section.sectionKind !== "full") return undefined;
    let first: Decoding | undefined;
    for (const candidate of candidates(section.idstr)) {
      const schema = compiler.compile(candidate);
      const owner = classes.owner(candidate);
      const bus = busOfPath(section.idstr);
      const hooks = {
        fieldExists,
        likely,
        ...(bus === undefined ? {} : { bus }),
        ...(owner === undefined ? {} : { owner }),
        ...options.hooks?.(candidate, section, machine),
      };
      const load = (given: LoadHooks) =>
        decodePayload(payload, section.payloadOffset, schema, section.versionId, given, {
          ...options.limits,
          ...(elements === undefined ? {} : { elements }),
        });
      const told = layout && load({ ...hooks, layout });
      const fitting = told !== undefined && (told.ok || options.layoutHolds === true) ? told : load(hooks);
      const more =
        fitting.ok && fitting.decided.length > 0 ? options.moreHooks?.(candidate, section, machine) : undefined;
      const decoding = (more && surer(fitting, load({ ...hooks, ...more, ...(layout && { layout }) }))) ?? fitting;
      if (decoding.ok && agrees(decoding)) return decoding;
      if (first === undefined || (decoding.ok && !first.ok)) first = decoding;
    }
    return first?.ok === true || isNamed(section.idstr) ? first : undefined;
  }

  function holds(name: string, file: string, state: PredicateState): boolean | undefined {
    const truth = evaluatePredicate(name, file, state, classes.source);
    return typeof truth === "boolean" ? truth : undefined;
  }

  return { decode, candidates, compiler, classes, fieldExists, holds };
}

/** The second where it reads the same bytes with fewer values taken only because they fit. */
function surer(first: Decoding, second: Decoding): Decoding {
  return first.ok && second.ok && second.decided.length < first.decided.length ? second : first;
}

/** Under "" those whose name is only set at run time. */
function indexByName(
  descriptions: Iterable<VMStateDescription>,
  rank: (description: VMStateDescription) => number,
): Map<string, VMStateDescription[]> {
  const names = new Map<string, VMStateDescription[]>();
  for (const description of descriptions) {
    const name = description.name.known ? description.name.value : "";
    const list = names.get(name);
    if (list === undefined) names.set(name, [description]);
    else list.push(description);
  }
  for (const list of names.values()) list.sort((a, b) => rank(a) - rank(b));
  return names;
}

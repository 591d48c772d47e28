/** Decoding a stream's sections by the descriptions of a source tree. */
import type { VMStateDescription } from "../vmstate/model";
import { type ClassTree, readClasses } from "./classes";
import { type Compiler, createCompiler, type DescriptionSource } from "./compile";
import type { SectionEvent } from "./events";
import type { LoadHooks } from "./hooks";
import type { Decoder } from "./inspect";
import { evaluatePredicate, putElement } from "./putcode";
import { type Decoding, decodePayload, type SearchLimits } from "./search";

/** core/analysis' Project. */
export interface DefinitionTree extends DescriptionSource, ClassTree {
  descriptions(): Iterable<VMStateDescription>;
}

export interface DecoderOptions {
  /** Answers for the descriptions of one section. */
  readonly hooks?: (description: VMStateDescription) => LoadHooks;
  /** Descriptions of other targets' CPUs have the same names; those with a lower rank are tried first. */
  readonly rank?: (description: VMStateDescription) => number;
  readonly limits?: SearchLimits;
}

export interface DefinitionDecoder {
  readonly decode: Decoder;
  /** Descriptions that a section of this idstr may have, likely ones first. */
  candidates(idstr: string): readonly VMStateDescription[];
  readonly compiler: Compiler;
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
    const exact = names.get(idstr);
    const last = idstr.lastIndexOf("/");
    return exact ?? (last < 0 ? [] : (names.get(idstr.slice(last + 1)) ?? []));
  }

  const fieldExists: NonNullable<LoadHooks["fieldExists"]> = (name, field, scope) => {
    const state = { versionId: scope.versionId, member: (path: string) => scope.integer(path) };
    return evaluatePredicate(name, field.source?.file ?? scope.description.file, state, classes.source);
  };

  function decode(section: SectionEvent, payload: Uint8Array): Decoding | undefined {
    let first: Decoding | undefined;
    for (const candidate of candidates(section.idstr)) {
      const schema = compiler.compile(candidate);
      const owner = classes.owner(candidate);
      const hooks = { fieldExists, ...(owner === undefined ? {} : { owner }), ...options.hooks?.(candidate) };
      const decoding = decodePayload(payload, section.payloadOffset, schema, section.versionId, hooks, options.limits);
      if (decoding.ok) return decoding;
      first ??= decoding;
    }
    return first;
  }

  return { decode, candidates, compiler };
}

function indexByName(
  descriptions: Iterable<VMStateDescription>,
  rank: (description: VMStateDescription) => number,
): Map<string, VMStateDescription[]> {
  const names = new Map<string, VMStateDescription[]>();
  for (const description of descriptions) {
    if (!description.name.known) continue;
    const list = names.get(description.name.value);
    if (list === undefined) names.set(description.name.value, [description]);
    else list.push(description);
  }
  for (const list of names.values()) list.sort((a, b) => rank(a) - rank(b));
  return names;
}

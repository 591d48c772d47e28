/** What was concluded of the same tree before, as far as it still holds. */
import { isSource } from "../c/paths";
import type { Scopes } from "../c/scopes";
import type { ClassReader } from "../qom/classes";
import type { DescriptionReader } from "../vmstate/collect";
import { type EarlierAnswers, once } from "./answers";
import type { Files } from "./files";
import { mentioning } from "./changedNames";
import { type KnownModels, type Renewed, sameSaid, settledTypes } from "./known";
import type { Reach } from "./reached";

export interface Earlier extends Pick<KnownModels, "descriptions" | "types"> {
  readonly answers: EarlierAnswers;
}

export interface EarlierSource {
  readonly files: Files;
  text(path: string): string | undefined;
  readonly scopes: Pick<Scopes, "includerOf" | "notes">;
  readonly reach: Reach;
  descriptions(): Pick<DescriptionReader, "descriptions" | "readSoFar">;
  classes(): Pick<ClassReader, "types" | "registrations" | "readSoFar">;
}

/** Changed headers, and others that speak of what they declare, up to which it pays to look at each. */
export const mostReached = 200;

/** undefined where an edit reaches nearly all, or further than is known, or where the tree has other files. */
export function earlierOf(given: KnownModels, source: EarlierSource): Earlier | undefined {
  const { files, scopes, reach } = source;
  const { copies, includes } = files;
  const { renewed } = given;

  /** Whether it says to others what it said before: then only those who looked into it may conclude something else. */
  const keepsFace = (path: string): boolean =>
    isSource(path) &&
    (given.faceOf(path) === "" ? files.isWaiting(path) : files.face(path) === given.faceOf(path)) &&
    !includes.isNamed(path) &&
    copies.facts(path) === undefined;

  if (renewed === undefined && !given.changed.every(keepsFace)) return undefined;
  if (given.leftOut.join("\n") !== [...copies.found().keys()].join("\n")) return undefined;
  // who is asked for less comes to read less, and is to find the same functions
  if (given.varies !== undefined) for (const path of files.paths()) files.facts(path);
  for (const [owner, readers] of given.readers) for (const reader of readers) scopes.notes(owner, reader);
  const starts = [...given.changed, ...(renewed === undefined ? [] : headersReached(renewed, source))];
  if (starts.length > mostReached) return undefined;
  const reached = new Set(starts.flatMap((path) => [...reach.from(path, [])]));
  const sees = reach.affectedBy(reached);
  const names = renewed?.names ?? new Set<string>();
  const mentions = mentioning(names);
  const isAffected = once(
    (path) => given.varies?.(path) === true || sees(path) || (names.size > 0 && mentions(source.text(path) ?? "")),
  );

  /** Whether all tables are those that were kept, places apart. */
  const sameTables = (): boolean => {
    const reader = source.descriptions();
    for (const _ of reader.descriptions());
    const now = new Map(reader.readSoFar(isAffected));
    return [...files.readPaths()].every(
      (path) => !isAffected(path) || sameSaid(now.get(path) ?? [], given.descriptions(path) ?? []),
    );
  };

  /** The same of types and registrations. */
  const sameTypes = (): boolean => {
    const reader = source.classes();
    for (const all of [reader.types(), reader.registrations()]) for (const _ of all);
    const now = new Map(reader.readSoFar());
    return [...files.readPaths()].every((path) => {
      const [is, was] = [now.get(path), given.types(path)];
      const isTaken = is?.types?.list === was?.types?.list && is?.registrations === was?.registrations;
      return isTaken || sameSaid(settledTypes(is), settledTypes(was));
    });
  };

  return {
    descriptions: (path) => (isAffected(path) ? undefined : given.descriptions(path)),
    types(path) {
      const read = isAffected(path) ? undefined : given.types(path);
      return read?.types?.used.some(isAffected) === true ? undefined : read;
    },
    answers: {
      kept: given.answers,
      isAffected,
      isSame: (models) => (models === "tables" ? sameTables() : sameTypes()),
    },
  };
}

/** Those that speak of a name, and those that another source is read for now. */
function* headersReached({ names, includers }: Renewed, { files, scopes, text }: EarlierSource): Iterable<string> {
  for (const [header, includer] of includers) if (scopes.includerOf(header) !== includer) yield header;
  const mentions = mentioning(names);
  for (const path of names.size === 0 ? [] : files.readPaths()) {
    if (!isSource(path) && mentions(text(path) ?? "")) yield path;
  }
}

/** What was concluded of the same tree before, as far as it still holds. */
import { isSource } from "../c/paths";
import type { Scopes } from "../c/scopes";
import type { ClassReader } from "../qom/classes";
import type { DescriptionReader } from "../vmstate/collect";
import type { EarlierAnswers } from "./answers";
import type { Files } from "./files";
import { type KnownModels, sameSaid, settledTypes } from "./known";
import type { Reach } from "./reached";

export interface Earlier extends Pick<KnownModels, "descriptions" | "types"> {
  readonly answers: EarlierAnswers;
}

export interface EarlierSource {
  readonly files: Files;
  readonly scopes: Pick<Scopes, "notes">;
  readonly reach: Reach;
  descriptions(): Pick<DescriptionReader, "descriptions" | "readSoFar">;
  classes(): Pick<ClassReader, "types" | "registrations" | "readSoFar">;
}

/** undefined where what others see of a file has changed, or where the tree has other files. */
export function earlierOf(given: KnownModels, source: EarlierSource): Earlier | undefined {
  const { files, scopes, reach } = source;
  const { copies, includes } = files;

  /** Whether it says to others what it said before: then only those who looked into it may conclude something else. */
  const keepsFace = (path: string): boolean =>
    isSource(path) &&
    (given.faceOf(path) === "" ? files.isWaiting(path) : files.face(path) === given.faceOf(path)) &&
    !includes.isNamed(path) &&
    copies.facts(path) === undefined;

  if (!given.changed.every(keepsFace)) return undefined;
  if (given.leftOut.join("\n") !== [...copies.found().keys()].join("\n")) return undefined;
  for (const [owner, readers] of given.readers) for (const reader of readers) scopes.notes(owner, reader);
  const reached = new Set(given.changed.flatMap((path) => [...reach.from(path, [])]));
  const isAffected = reach.affectedBy(reached);

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
      return read?.types?.used.some((file) => reached.has(file)) === true ? undefined : read;
    },
    answers: {
      kept: given.answers,
      isAffected,
      isSame: (models) => (models === "tables" ? sameTables() : sameTypes()),
    },
  };
}

/** The tree's Rust by name: what a path means in a file. Files are read when a name first leads to them. */
import type { RustConstant, RustFile, RustFunction, RustImpl, RustStruct } from "./items";
import type { RustTexts } from "./texts";
import type { RustType } from "./types";

export interface RustProgram {
  /** Files that have a part in migration, read. */
  files(): Iterable<RustFile>;
  file(path: string): RustFile | undefined;
  struct(type: RustType): RustStruct | undefined;
  /** A constant of a file, `Self::X` and `Type::X` among them. `self`: the type that `Self` means. */
  constant(segments: readonly string[], file: string, self?: RustType): RustConstant | undefined;
  alias(type: RustType): RustConstant | undefined;
  /** All impls for types of one name, as nameOf says it. */
  implsOf(self: string): readonly RustImpl[];
  constantsOf(impl: RustImpl): readonly RustConstant[];
  functionsOf(impl: RustImpl): readonly RustFunction[];
}

/** `derived`: structs that a derive makes beside those written. */
export function createRustProgram(texts: RustTexts, derived: (name: string) => RustStruct | undefined): RustProgram {
  const read = new Map<string, RustFile>();
  let migrating: readonly string[] | undefined;
  let declaring: ReadonlyMap<string, readonly string[]> | undefined;
  let implsByName: ReadonlyMap<string, readonly RustImpl[]> | undefined;

  const file = (path: string): RustFile | undefined => {
    const known = read.get(path);
    const made = known ?? texts.file(path);
    if (known === undefined && made !== undefined) read.set(path, made);
    return made;
  };

  const migratingFiles = (): readonly string[] => {
    migrating ??= [...texts.paths()].filter(texts.migrates);
    return migrating;
  };

  function* files(): Generator<RustFile> {
    for (const path of migratingFiles()) {
      const found = file(path);
      if (found !== undefined) yield found;
    }
  }

  /** Files whose text declares a name somewhere. */
  const filesDeclaring = (name: string): readonly string[] => {
    if (declaring === undefined) {
      const map = new Map<string, string[]>();
      for (const path of texts.paths()) {
        for (const each of texts.declares(path)) {
          const list = map.get(each);
          if (list === undefined) map.set(each, [path]);
          else list.push(path);
        }
      }
      declaring = map;
    }
    return declaring.get(name) ?? [];
  };

  /** Of several of one name, the file's own, the crate's, the crate's that the path names, or the only one outside tests. */
  const choose = <T extends { readonly file: string }>(
    list: readonly T[],
    from: string,
    segments: readonly string[],
  ): T | undefined => {
    const crate = segments.length > 1 ? segments[0] : undefined;
    const groups = [
      list.filter((each) => each.file === from),
      list.filter((each) => crateOf(each.file) === crateOf(from)),
      list.filter((each) => crate !== undefined && crateName(each.file) === crate),
      list.filter((each) => !/(?:^|\/)tests\//.test(each.file)),
      list,
    ];
    return groups.find((group) => group.length === 1)?.[0];
  };

  const structNamed = (segments: readonly string[], from: string): RustStruct | undefined => {
    const name = segments.at(-1) ?? "";
    const found = filesDeclaring(name).flatMap((path) => (file(path)?.structs ?? []).filter((s) => s.name === name));
    return found.length === 0 ? derived(name) : choose(found, from, segments);
  };

  const constantsNamed = (name: string): RustConstant[] =>
    filesDeclaring(name).flatMap((path) => (file(path)?.constants ?? []).filter((c) => c.name === name));

  const implMap = (): ReadonlyMap<string, readonly RustImpl[]> => {
    if (implsByName === undefined) {
      const map = new Map<string, RustImpl[]>();
      for (const each of files()) {
        for (const impl of each.impls) {
          const key = nameOf(impl.self);
          const list = map.get(key);
          if (list === undefined) map.set(key, [impl]);
          else list.push(impl);
        }
      }
      implsByName = map;
    }
    return implsByName;
  };

  return {
    files,
    file,
    struct: (type) =>
      type.kind === "path" && !isBinding(type.segments) ? structNamed(type.segments, type.file) : undefined,
    constant(segments, from, self) {
      if (isBinding(segments)) return undefined;
      const name = segments.at(-1) ?? "";
      const candidates = constantsNamed(name).filter((c) => c.kind === "const");
      if (segments.length === 1) {
        return choose(
          candidates.filter((c) => c.owner === undefined),
          from,
          segments,
        );
      }
      const owner = segments.at(-2) ?? "";
      const ownerName = owner === "Self" && self !== undefined ? nameOf(self) : owner;
      const owned = candidates.filter((c) => c.owner !== undefined && nameOf(c.owner.self) === ownerName);
      return (
        choose(owned, from, segments) ??
        choose(
          candidates.filter((c) => c.owner === undefined),
          from,
          segments,
        )
      );
    },
    alias(type) {
      if (type.kind !== "path" || isBinding(type.segments)) return undefined;
      const found = constantsNamed(type.segments.at(-1) ?? "").filter(
        (c) => c.kind === "type" && c.owner === undefined,
      );
      return choose(found, type.file, type.segments);
    },
    implsOf: (self) => implMap().get(self) ?? [],
    constantsOf: (impl) => (file(impl.file)?.constants ?? []).filter((c) => c.owner === impl),
    functionsOf: (impl) => (file(impl.file)?.functions ?? []).filter((f) => f.owner === impl),
  };
}

export function traitName(impl: RustImpl): string | undefined {
  return impl.trait === undefined ? undefined : nameOf(impl.trait);
}

/** Last name of a path; what else there is has marks for names. */
export function nameOf(type: RustType): string {
  switch (type.kind) {
    case "path":
      return type.segments.at(-1) ?? "";
    case "array":
      return "[]";
    case "pointer":
      return "*";
    default:
      return "";
  }
}

/** `bindings::X`, `hwcore_sys::X`: what bindgen makes of a C header. */
function isBinding(segments: readonly string[]): boolean {
  return segments.slice(0, -1).some((each) => each === "bindings" || each.endsWith("_sys"));
}

/** Folder of the crate: what is above `src/` or `tests/`. */
function crateOf(path: string): string {
  return path.replace(/\/(?:src|tests)\/.*$|\/[^/]*$/s, "");
}

export function crateName(path: string): string {
  return crateOf(path).split("/").at(-1)?.replaceAll("-", "_") ?? "";
}

/**
 * A target as the tree's own build file describes it: `configs/targets/NAME-softmmu.mak` (6.1 and later), `default-configs/targets/`
 * (5.2, 6.0). What it makes known to C is as meson.build ("Target configuration") writes it to config-target.h.
 */
import { enumeratorsOf } from "./qapi";

type ReadText = (path: string) => string | undefined;

export interface TargetFile {
  /** TARGET_ARCH: `mips64`. */
  readonly architecture: string;
  /** TARGET_BASE_ARCH, the folder below target/: `mips`. */
  readonly base: string;
  /** Undefined where the processor's own header says it. */
  readonly longBits: 32 | 64 | undefined;
  readonly bigEndian: boolean;
  /** `TARGET_X` -> replacement text. */
  readonly macros: ReadonlyMap<string, string>;
}

/** Where a release keeps them, newest first. */
const folders = ["configs/targets/", "default-configs/targets/"];

/** Schema modules that hold SysEmuTarget: a target that does not stand there could not answer query-target. */
const schemas = ["qapi/machine.json", "qapi/common.json", "qapi/misc.json"];

/** Targets that the tree's own interface names, the tree's additions among them; none before 2.12. */
export function targetsNamedIn(read: ReadText): readonly string[] {
  for (const path of schemas) {
    const names = enumeratorsOf(read(path) ?? "", "SysEmuTarget");
    if (names.length > 0) return names;
  }
  return [];
}

/** Not passed on to C. */
const ignored: ReadonlySet<string> = new Set(["TARGET_XML_FILES", "TARGET_ABI_DIR", "TARGET_ARCH", "TARGET_BASE_ARCH"]);

const mostIncludes = 8;

/** undefined where the tree has no such file, or the file names no processor. */
export function readTargetFile(name: string, read: ReadText): TargetFile | undefined {
  for (const folder of folders) {
    const assigned = assignmentsOf(folder, `${name}-softmmu.mak`, read, new Map(), 0);
    const architecture = assigned?.get("TARGET_ARCH");
    if (assigned === undefined || architecture === undefined) continue;
    const base = assigned.get("TARGET_BASE_ARCH") ?? architecture;
    const macros = new Map([architecture, base].map((each): [string, string] => [`TARGET_${each.toUpperCase()}`, "1"]));
    for (const [key, value] of assigned) {
      if (!key.startsWith("TARGET_") || ignored.has(key)) continue;
      macros.set(key, value === "y" ? "1" : value === "n" ? "0" : value);
    }
    const bits = Number(assigned.get("TARGET_LONG_BITS"));
    const isBig = ["TARGET_BIG_ENDIAN", "TARGET_WORDS_BIGENDIAN"].some((key) => assigned.get(key) === "y");
    return { architecture, base, longBits: bits === 32 || bits === 64 ? bits : undefined, bigEndian: isBig, macros };
  }
  return undefined;
}

/** A line may name a file beside this one, whose lines this one's go before: a fork's target is often another with an option. */
function assignmentsOf(
  folder: string,
  file: string,
  read: ReadText,
  known: Map<string, ReadonlyMap<string, string> | undefined>,
  depth: number,
): ReadonlyMap<string, string> | undefined {
  if (known.has(file) || depth > mostIncludes) return known.get(file);
  known.set(file, undefined);
  const text = read(folder + file);
  if (text === undefined) return undefined;
  const own = new Map<string, string>();
  const others = new Set<string>();
  for (const line of text.split("\n")) {
    const at = line.indexOf("=");
    const [key, value] = at < 0 ? ["", line.trim()] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    if (key.startsWith("#") || value.startsWith("#")) continue;
    const words = value.split(" ");
    const beside = words[words.length - 1] ?? "";
    if (!beside.endsWith(".mak")) own.set(key, value);
    else others.add(beside);
  }
  const found = new Map<string, string>();
  for (const other of others)
    for (const [key, value] of assignmentsOf(folder, other, read, known, depth + 1) ?? []) found.set(key, value);
  for (const [key, value] of own) found.set(key, value);
  known.set(file, found);
  return found;
}

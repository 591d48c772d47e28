/** What `#if` may take for granted: the guest target and the host that QEMU is built for. */
import { behindPrefix } from "./words";
import type { Truth } from "./conditions";
import type { TargetModel } from "./scope";
import { readTargetFile, type TargetFile, targetsNamedIn } from "./targetFile";

export interface Configuration {
  readonly target: TargetModel;
  /** Names of target/ directories that serve the target, nearest first: x86_64 -> ["x86_64", "i386"]. */
  readonly architectures: readonly string[];
  /** Macros known to be defined, with their replacement text. */
  readonly defined: ReadonlyMap<string, string>;
  /** Those of `defined` that hold only where the tree defines none itself. */
  readonly fallback: ReadonlySet<string>;
  /** Macros known not to be defined. */
  readonly undefined: ReadonlySet<string>;
}

interface Target {
  readonly base: string;
  /** undefined: as the processor's own header says. */
  readonly longBits: 32 | 64 | undefined;
  readonly macros: readonly string[];
  readonly bigEndian?: true;
}

/** From QEMU's configs/targets/*-softmmu.mak: base architecture, register width, TARGET_ macros. */
const targets: Readonly<Record<string, Target>> = {
  aarch64: { base: "arm", longBits: 64, macros: ["TARGET_AARCH64", "TARGET_ARM"] },
  alpha: { base: "alpha", longBits: 64, macros: ["TARGET_ALPHA"] },
  arm: { base: "arm", longBits: 32, macros: ["TARGET_ARM"] },
  avr: { base: "avr", longBits: 32, macros: ["TARGET_AVR"] },
  cris: { base: "cris", longBits: 32, macros: ["TARGET_CRIS"] },
  hppa: { base: "hppa", longBits: 64, macros: ["TARGET_HPPA"], bigEndian: true },
  i386: { base: "i386", longBits: 32, macros: ["TARGET_I386"] },
  lm32: { base: "lm32", longBits: 32, macros: ["TARGET_LM32"], bigEndian: true },
  loongarch64: { base: "loongarch", longBits: 64, macros: ["TARGET_LOONGARCH64", "TARGET_LOONGARCH"] },
  m68k: { base: "m68k", longBits: 32, macros: ["TARGET_M68K"], bigEndian: true },
  microblaze: { base: "microblaze", longBits: 32, macros: ["TARGET_MICROBLAZE"], bigEndian: true },
  microblazeel: { base: "microblaze", longBits: 32, macros: ["TARGET_MICROBLAZE"] },
  mips: { base: "mips", longBits: 32, macros: ["TARGET_MIPS", "TARGET_ABI_MIPSO32"], bigEndian: true },
  mips64: {
    base: "mips",
    longBits: 64,
    macros: ["TARGET_MIPS64", "TARGET_MIPS", "TARGET_ABI_MIPSN64"],
    bigEndian: true,
  },
  mips64el: { base: "mips", longBits: 64, macros: ["TARGET_MIPS64", "TARGET_MIPS", "TARGET_ABI_MIPSN64"] },
  mipsel: { base: "mips", longBits: 32, macros: ["TARGET_MIPS", "TARGET_ABI_MIPSO32"] },
  moxie: { base: "moxie", longBits: 32, macros: ["TARGET_MOXIE"], bigEndian: true },
  nios2: { base: "nios2", longBits: 32, macros: ["TARGET_NIOS2"] },
  or1k: { base: "openrisc", longBits: 32, macros: ["TARGET_OPENRISC"], bigEndian: true },
  ppc: { base: "ppc", longBits: 32, macros: ["TARGET_PPC"], bigEndian: true },
  ppc64: { base: "ppc", longBits: 64, macros: ["TARGET_PPC64", "TARGET_PPC"], bigEndian: true },
  riscv32: { base: "riscv", longBits: 32, macros: ["TARGET_RISCV32", "TARGET_RISCV"] },
  riscv64: { base: "riscv", longBits: 64, macros: ["TARGET_RISCV64", "TARGET_RISCV"] },
  rx: { base: "rx", longBits: 32, macros: ["TARGET_RX"] },
  s390x: { base: "s390x", longBits: 64, macros: ["TARGET_S390X"], bigEndian: true },
  sh4: { base: "sh4", longBits: 32, macros: ["TARGET_SH4"] },
  sh4eb: { base: "sh4", longBits: 32, macros: ["TARGET_SH4"], bigEndian: true },
  sparc: { base: "sparc", longBits: 32, macros: ["TARGET_SPARC"], bigEndian: true },
  sparc64: { base: "sparc", longBits: 64, macros: ["TARGET_SPARC64", "TARGET_SPARC"], bigEndian: true },
  tricore: { base: "tricore", longBits: 32, macros: ["TARGET_TRICORE"] },
  unicore32: { base: "unicore32", longBits: 32, macros: ["TARGET_UNICORE32"] },
  x86_64: { base: "i386", longBits: 64, macros: ["TARGET_X86_64", "TARGET_I386"] },
  xtensa: { base: "xtensa", longBits: 32, macros: ["TARGET_XTENSA"] },
  xtensaeb: { base: "xtensa", longBits: 32, macros: ["TARGET_XTENSA"], bigEndian: true },
};

/** Every target that a release has had. */
export const targetNames: readonly string[] = Object.keys(targets);

/** A target as core calls it, of any of QEMU's spellings: `x86_64`, `x86_64-softmmu`, `qemu-system-x86_64`. */
export function targetSpelled(given: string): string {
  const name = behindPrefix(given.trim(), "qemu-system-");
  return name.endsWith("-softmmu") ? name.slice(0, -"-softmmu".length) : name;
}

/** The same, where a release has had the target. */
export function targetNamed(given: string): string | undefined {
  const name = targetSpelled(given);
  return Object.hasOwn(targets, name) ? name : undefined;
}

type ReadText = (path: string) => string | undefined;

/** Every target that a release or this tree has had, which the tree need not build. */
export function targetsKnownTo(read: ReadText): readonly string[] {
  return [...new Set([...targetNames, ...targetsNamedIn(read)])];
}

/** Those that the tree's own build files have; all that releases have had where it has no such files. */
export function targetsIn(read: ReadText): readonly string[] {
  const folders = ["configs/targets", "default-configs/targets", "default-configs"];
  const has = (name: string): boolean => folders.some((folder) => read(`${folder}/${name}-softmmu.mak`) !== undefined);
  const own = targetsKnownTo(read).filter((name) => has(name) && targetOf(name, read) !== undefined);
  return own.length === 0 ? targetNames : own;
}

/** Whether the tree builds an emulator for it, also where its interface leaves the name out. */
export function buildsTarget(name: string, read: ReadText): boolean {
  return targetsIn(read).includes(name) || readTargetFile(name, read) !== undefined;
}

/** One of the tree's targets for each architecture and register width: what is compared byte by byte does not depend on more. */
export function distinctTargets(read: ReadText): readonly string[] {
  const first = new Map<string, string>();
  for (const name of targetsIn(read)) {
    const target = targetOf(name, read);
    if (target === undefined) continue;
    const key = `${target.base} ${Object.hasOwn(targets, name) ? target.longBits : name}`;
    if (!first.has(key)) first.set(key, name);
  }
  return [...first.values()];
}

/** As releases describe it, else as the tree does. */
function targetOf(name: string, read: ReadText): Target | undefined {
  return Object.hasOwn(targets, name) ? targets[name] : fromFile(readTargetFile(name, read));
}

function fromFile(file: TargetFile | undefined): Target | undefined {
  if (file === undefined) return undefined;
  const { base, longBits, bigEndian, macros } = file;
  return { base, longBits, macros: [...macros.keys()], ...(bigEndian ? { bigEndian } : {}) };
}

/** A Linux host of 64 bits that builds the system emulator with GCC. */
const hostMacros: readonly (readonly [string, string])[] = [
  ["__linux__", "1"],
  ["__linux", "1"],
  ["__unix__", "1"],
  ["__x86_64__", "1"],
  ["__LP64__", "1"],
  ["_LP64", "1"],
  ["__GNUC__", "12"],
  ["__GNUC_MINOR__", "2"],
  ["__SIZEOF_INT128__", "16"],
  ["__STDC__", "1"],
  ["__STDC_VERSION__", "201112"],
  ["CONFIG_LINUX", "1"],
  ["CONFIG_POSIX", "1"],
  ["CONFIG_INT128", "1"],
  ["CONFIG_EVENTFD", "1"],
  ["CONFIG_SOFTMMU", "1"],
  ["CONFIG_SYSTEM_ONLY", "1"],
  ["CONFIG_TCG", "1"],
  ["CONFIG_KVM", "1"],
  ["NEED_CPU_H", "1"],
  ["COMPILING_PER_TARGET", "1"],
  ["COMPILING_SYSTEM_VS_USER", "1"],
  ["HOST_LONG_BITS", "64"],
  ["HOST_X86_64", "1"],
  ["__BYTE_ORDER__", "1234"],
  ["__ORDER_LITTLE_ENDIAN__", "1234"],
  ["__ORDER_BIG_ENDIAN__", "4321"],
  ["BYTE_ORDER", "1234"],
  ["__BYTE_ORDER", "1234"],
  ["__LITTLE_ENDIAN", "1234"],
  ["__BIG_ENDIAN", "4321"],
  ["PAGE_VARY_COMMON", "1"],
  ...["d", "i", "o", "u", "x", "X"].flatMap((letter) =>
    ["8", "16", "32", "64", "PTR", "MAX"].map((width): readonly [string, string] => [
      `PRI${letter}${width}`,
      `"${Number(width) < 64 ? "" : "l"}${letter}"`,
    ]),
  ),
];

/** Accelerators of other hosts than Linux, without `CONFIG_`. */
export const foreignAccelerators: ReadonlySet<string> = new Set(["HVF", "WHPX", "NVMM", "HAX"]);

const absentMacros: readonly string[] = [
  "CONFIG_USER_ONLY",
  "CONFIG_LINUX_USER",
  "CONFIG_BSD_USER",
  "CONFIG_WIN32",
  "_WIN32",
  "_WIN64",
  "__MINGW32__",
  "__CYGWIN__",
  "CONFIG_DARWIN",
  "__APPLE__",
  "CONFIG_BSD",
  "CONFIG_SOLARIS",
  "CONFIG_HAIKU",
  "__FreeBSD__",
  "__NetBSD__",
  "__OpenBSD__",
  "__DragonFly__",
  "__sun__",
  "__HAIKU__",
  "__cplusplus",
  "HOST_BIG_ENDIAN",
  "HOST_WORDS_BIGENDIAN",
  "__i386__",
  "__arm__",
  "__aarch64__",
  "__powerpc64__",
  "__powerpc__",
  "__s390x__",
  "__s390__",
  "__mips__",
  "__mips64",
  "__riscv",
  "__sparc__",
  "__loongarch__",
  "__wasm__",
  "EMSCRIPTEN",
  "__EMSCRIPTEN__",
  "__ILP32__",
  "__clang__",
  "__CHECKER__",
  "__COVERITY__",
  ...[...foreignAccelerators].map((name) => `CONFIG_${name}`),
  "NDEBUG",
  "QEMU_STATIC_ANALYSIS",
];

/** Configuration for a target of QEMU's releases; undefined for a name that none has had. */
export function configurationFor(targetName: string): Configuration | undefined {
  const target = Object.hasOwn(targets, targetName) ? targets[targetName] : undefined;
  return target && withTarget(targetName, target);
}

/** Names of target/ directories that serve a target of this tree. */
export function architecturesOf(targetName: string, read: ReadText): readonly string[] | undefined {
  const target = targetOf(targetName, read);
  return target && [targetName, target.base];
}

function withTarget(targetName: string, target: Target): Configuration {
  const defined = new Map<string, string>(hostMacros);
  for (const name of target.macros) defined.set(name, "1");
  if (target.bigEndian) {
    defined.set("TARGET_BIG_ENDIAN", "1");
    defined.set("TARGET_WORDS_BIGENDIAN", "1");
  }
  if (target.longBits !== undefined) defined.set("TARGET_LONG_BITS", String(target.longBits));
  defined.set("TARGET_NAME", `"${targetName}"`);
  defined.set("QEMU_ARCH", `QEMU_ARCH_${target.base.toUpperCase()}`);
  const [own = ""] = target.macros;
  defined.set("TARGET_ARCH", own.slice("TARGET_".length));
  const absent = new Set(absentMacros);
  for (const other of Object.values(targets)) for (const name of other.macros) if (!defined.has(name)) absent.add(name);
  for (const name of ["TARGET_BIG_ENDIAN", "TARGET_WORDS_BIGENDIAN"]) if (!defined.has(name)) absent.add(name);
  return {
    target: { name: targetName, pointerSize: 8, longSize: 8 },
    architectures: [targetName, target.base],
    defined,
    fallback: new Set(["TARGET_LONG_BITS"]),
    undefined: absent,
  };
}

/** The configuration as the tree's own files of its targets have it; undefined for a target that neither QEMU nor the tree has. */
export function configurationOf(targetName: string, read: ReadText): Configuration | undefined {
  const target = targetOf(targetName, read);
  if (target === undefined) return undefined;
  const general = withVersion(withTarget(targetName, target), read("VERSION"));
  const file = readTargetFile(targetName, read);
  const defined = new Map([...general.defined, ...(file?.macros ?? [])]);
  const absent = new Set(general.undefined);
  const others = targetsKnownTo(read).flatMap((name) => [...(readTargetFile(name, read)?.macros ?? [])]);
  for (const [name, value] of others) if (value === "1" && !defined.has(name)) absent.add(name);
  for (const name of file?.macros.keys() ?? []) absent.delete(name);
  // where every target says one or the other, it is 0 and no less defined
  const isEither = read("meson.build")?.includes("'TARGET_BIG_ENDIAN': 'n'") === true;
  if (isEither && absent.delete("TARGET_BIG_ENDIAN")) defined.set("TARGET_BIG_ENDIAN", "0");
  const fallback = new Set(general.fallback);
  if (file?.longBits !== undefined) fallback.delete("TARGET_LONG_BITS");
  return { ...general, defined, fallback, undefined: absent };
}

/** What the build makes of the tree's file VERSION: `10.0.2`. */
function withVersion(general: Configuration, text: string | undefined): Configuration {
  const whole = text?.trim() ?? "";
  const parts = whole.split(".").map(Number);
  if (parts.length < 3 || !parts.every(Number.isSafeInteger)) return general;
  const names = ["MAJOR", "MINOR", "MICRO"].map((part) => `QEMU_VERSION_${part}`);
  const defined = new Map(general.defined).set("QEMU_VERSION", `"${whole}"`);
  names.forEach((name, k) => defined.set(name, String(parts[k])));
  return { ...general, defined, fallback: new Set([...general.fallback, "QEMU_VERSION", ...names]) };
}

/** With what a user sets: `CONFIG_X` -> `y`, `n` or a value, as `#if` sees it. */
export function withSettings(configuration: Configuration, settings: ReadonlyMap<string, string>): Configuration {
  if (settings.size === 0) return configuration;
  const defined = new Map(configuration.defined);
  const absent = new Set(configuration.undefined);
  for (const [name, value] of settings) {
    defined.delete(name);
    absent.delete(name);
    if (value === "n") absent.add(name);
    else defined.set(name, value === "y" ? "1" : value);
  }
  return { ...configuration, defined, undefined: absent };
}

/** The same as the tree's build files see it: by name without `CONFIG_`. */
export function buildSettings(settings: ReadonlyMap<string, string>): ReadonlyMap<string, Truth> {
  return new Map(
    [...settings].map(([name, value]) => [behindPrefix(name, "CONFIG_"), value === "n" ? "false" : "true"]),
  );
}

export const defaultTarget = "x86_64";

/** Decided by configure, not by the text. Debug options are off in every released build. */
export function isBuildOption(name: string): boolean {
  return (name.startsWith("CONFIG_") && !name.startsWith("CONFIG_DEBUG")) || name.startsWith("HAVE_");
}

/**
 * Which sources a configured build compiles for its system emulators, from the compile_commands.json that meson writes. Objects for
 * one target lie below `libqemu-TARGET-softmmu`, see `target_dirs` in meson.build. Those that targets share lie below other libraries,
 * from which each target links what its own configuration selects; from QEMU 9.0 on these also hold what no target selects.
 */

export interface EmulatorObjects {
  /** How a source of the tree is compiled; undefined where it is not, which still leaves it to be included by another. */
  of(path: string): CompiledSource | undefined;
  /** Macros that every object of the emulators is compiled with, by name, as the command lines set them. */
  readonly macros: ReadonlyMap<string, string>;
}

export interface CompiledSource {
  /** Targets that it is compiled for by itself, as core calls them. */
  readonly targets: ReadonlySet<string>;
  /** Whether it is compiled once, for whichever targets select it. */
  readonly shared: boolean;
}

interface Command {
  /** As written: relative to the build folder, or absolute. */
  readonly file: string;
  /** One target; undefined: shared. */
  readonly target: string | undefined;
  readonly words: string;
}

/** Every system emulator has it: what stands before it is the way from the build folder to the tree. */
const everywhere = "migration/vmstate.c";

/** undefined for what meson does not write, and for a build without a system emulator. */
export function readCompileCommands(text: string): EmulatorObjects | undefined {
  const commands = commandsIn(text);
  const known = commands.find(({ file }) => file.endsWith(`/${everywhere}`));
  if (known === undefined) return undefined;
  const top = known.file.slice(0, -everywhere.length);
  const found = new Map<string, { readonly targets: Set<string>; shared: boolean }>();
  for (const { file, target } of commands) {
    if (!file.startsWith(top)) continue;
    const path = file.slice(top.length);
    const source = found.get(path) ?? { targets: new Set<string>(), shared: false };
    found.set(path, source);
    if (target === undefined) source.shared = true;
    else source.targets.add(target);
  }
  return { of: (path) => found.get(path), macros: commonMacros(commands) };
}

function commandsIn(text: string): readonly Command[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(entries) ? entries.flatMap((entry: unknown) => commandOf(entry) ?? []) : [];
}

function commandOf(entry: unknown): Command | undefined {
  const { file, output, command } = (entry ?? {}) as Record<string, unknown>;
  if (typeof file !== "string" || typeof output !== "string" || typeof command !== "string") return undefined;
  const library = libraryOf(output);
  if (library === undefined) return undefined;
  const [prefix, suffix] = ["libqemu-", "-softmmu"];
  if (!library.startsWith(prefix)) return { file, target: undefined, words: ` ${command} ` };
  // else libqemu-TARGET-linux-user
  if (!library.endsWith(suffix)) return undefined;
  return { file, target: library.slice(prefix.length, -suffix.length), words: ` ${command} ` };
}

/** `libcommon` of `libcommon.fa.p/hw_net_e1000.c.o`; undefined for programs, tests and other projects. */
function libraryOf(output: string): string | undefined {
  const folders = output.split("/").slice(0, -1);
  const last = folders.at(-1) ?? "";
  const isOther = folders[0] === "tests" || folders[0] === "subprojects";
  return !isOther && last.startsWith("lib") && last.endsWith(".p") ? last.split(".")[0] : undefined;
}

/** Only what needs no shell to be read. */
function commonMacros([first, ...others]: readonly Command[]): ReadonlyMap<string, string> {
  const words = (first?.words.split(" ") ?? []).filter(
    (word) => word.startsWith("-D") && !["'", '"', "\\"].some((quote) => word.includes(quote)),
  );
  const common = words.filter((word) => others.every((other) => other.words.includes(` ${word} `)));
  return new Map(
    common.map((word) => {
      const [name = "", ...value] = word.slice("-D".length).split("=");
      return [name, value.length === 0 ? "1" : value.join("=")] as const;
    }),
  );
}

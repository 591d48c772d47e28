/**
 * What QEMU's `configure` and its build wrote into a build folder. Meson, from 5.2 on: config-host.h, TARGET-softmmu-config-target.h,
 * TARGET-softmmu-config-devices.mak (or its .h), see meson.build, "Target configuration"; and compile_commands.json. Make, before:
 * config-host.mak, TARGET-softmmu/config-target.mak, TARGET-softmmu/config-devices.mak, and headers from them (scripts/create_config).
 */
import { targetNames } from "../configuration";
import { type EmulatorObjects, readCompileCommands } from "./compileCommands";
import { kconfigOrigins, processorSymbols, type ReadText } from "./kconfig";

export interface ConfiguredBuild {
  /** Those that the folder builds, as core calls them. */
  readonly targets: readonly string[];
  /**
   * `CONFIG_X` -> `y`, `n` or a value, as a user could set it; undefined for a target that is not built there. `read` gives files of
   * the source tree: what its Kconfig names and the folder has not is `n`.
   */
  settings(target: string, read: ReadText): ReadonlyMap<string, string> | undefined;
  /** What is compiled, where the folder says so. */
  readonly objects: EmulatorObjects | undefined;
}

interface TargetFiles {
  readonly target: ReadonlyMap<string, string>;
  readonly devices: ReadonlyMap<string, string>;
}

/** Where each target's files lie, without the ends of their names. */
const layouts: readonly ((target: string) => string)[] = [
  (target) => `${target}-softmmu-config-`,
  (target) => `${target}-softmmu/config-`,
];

export const commandsFile = "compile_commands.json";

/** `read` gives files by their path in the build folder. undefined for a folder that configures no system emulator. */
export function readConfiguredBuild(read: ReadText): ConfiguredBuild | undefined {
  const hostText = read("config-host.h");
  const host = hostText === undefined ? assignmentsOf(read, "config-host.mak") : definesIn(hostText);
  if (host === undefined) return undefined;
  const found = new Map<string, TargetFiles>();
  for (const name of new Set([...targetNames, ...targetsListed(read)])) {
    for (const layout of layouts) {
      const [devices, target] = [configOf(read, `${layout(name)}devices`), configOf(read, `${layout(name)}target`)];
      if (devices !== undefined && target !== undefined) found.set(name, { target, devices });
    }
  }
  if (found.size === 0) return undefined;
  const commands = read(commandsFile);
  return {
    targets: [...found.keys()],
    objects: commands === undefined ? undefined : readCompileCommands(commands),
    settings(name, readSource) {
      const files = found.get(name);
      if (files === undefined) return undefined;
      const settings = new Map<string, string>([...host, ...files.target, ...files.devices]);
      const onCommandLine = processorSymbols(readSource, name);
      for (const [symbol, origin] of kconfigOrigins(readSource)) {
        const key = `CONFIG_${symbol}`;
        // minikconf.py leaves out what it was given: the host's symbols and the processor's
        if (origin !== "host" && !onCommandLine.has(symbol) && !settings.has(key)) settings.set(key, "n");
      }
      return settings;
    },
  };
}

/** TARGET_DIRS of config-host.mak, where `configure` writes what the folder was configured for. */
function targetsListed(read: ReadText): readonly string[] {
  const line = (read("config-host.mak") ?? "").split("\n").find((each) => each.startsWith("TARGET_DIRS="));
  const listed = (line ?? "").slice("TARGET_DIRS=".length).split(" ");
  return listed.filter((each) => each.endsWith("-softmmu")).map((each) => each.slice(0, -"-softmmu".length));
}

function configOf(read: ReadText, path: string): ReadonlyMap<string, string> | undefined {
  const assigned = assignmentsOf(read, `${path}.mak`);
  if (assigned !== undefined) return assigned;
  const header = read(`${path}.h`);
  return header === undefined ? undefined : definesIn(header);
}

function assignmentsOf(read: ReadText, path: string): ReadonlyMap<string, string> | undefined {
  const text = read(path);
  return text === undefined ? undefined : assignmentsIn(text);
}

/** `CONFIG_` lines of a header that meson's configure_file or create_config wrote: `#define X`, `#define X 1`, `#undef X`, each on one line. */
function definesIn(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [directive, name = "", ...rest] = line.trim().split(" ");
    if (!name.startsWith("CONFIG_")) continue;
    if (directive === "#define") found.set(name, definedAs(rest.join(" ").trim()));
    else if (directive === "#undef") found.set(name, "n");
  }
  return found;
}

/** As settings have it, where `y` and `n` are words of their own. */
function definedAs(value: string): string {
  return value === "1" ? "y" : value;
}

/** `CONFIG_X=y` lines of make's language, as minikconf.py and `configure` write them; what hangs on other variables is left out. */
function assignmentsIn(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [name = "", ...rest] = line.split("=");
    const value = rest.join("=").trim();
    if (name.startsWith("CONFIG_") && value !== "" && !value.includes("$(")) found.set(name.trim(), value);
  }
  return found;
}

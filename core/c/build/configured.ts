/**
 * What QEMU's `configure` and meson wrote into a build folder, of 5.2 and later: config-host.h,
 * TARGET-softmmu-config-target.h and TARGET-softmmu-config-devices.mak (or its .h). See meson.build, "Target configuration".
 */
import { targetNames } from "../configuration";
import { kconfigOrigins, processorSymbols, type ReadText } from "./kconfig";

export interface ConfiguredBuild {
  /** Those that the folder builds, as core calls them. */
  readonly targets: readonly string[];
  /**
   * `CONFIG_X` -> `y`, `n` or a value, as a user could set it; undefined for a target that is not built there. `read` gives files of
   * the source tree: what its Kconfig names and the folder has not is `n`.
   */
  settings(target: string, read: ReadText): ReadonlyMap<string, string> | undefined;
}

interface TargetFiles {
  readonly target: ReadonlyMap<string, string>;
  readonly devices: ReadonlyMap<string, string>;
}

/** `read` gives files by their path in the build folder. undefined for a folder that configures no system emulator. */
export function readConfiguredBuild(read: ReadText): ConfiguredBuild | undefined {
  const hostText = read("config-host.h");
  if (hostText === undefined) return undefined;
  const host = definesIn(hostText);
  const found = new Map<string, TargetFiles>();
  for (const name of targetNames) {
    const devices = devicesOf(read, `${name}-softmmu-config-devices`);
    const target = read(`${name}-softmmu-config-target.h`);
    if (devices !== undefined && target !== undefined) found.set(name, { target: definesIn(target), devices });
  }
  if (found.size === 0) return undefined;
  return {
    targets: [...found.keys()],
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

function devicesOf(read: ReadText, path: string): ReadonlyMap<string, string> | undefined {
  const mak = read(`${path}.mak`);
  if (mak !== undefined) return assignmentsIn(mak);
  const header = read(`${path}.h`);
  return header === undefined ? undefined : definesIn(header);
}

/** `CONFIG_` lines of a header that meson's configure_file wrote: `#define X`, `#define X 1`, `#undef X`, each on one line. */
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

/** `CONFIG_X=y` lines that minikconf.py wrote. */
function assignmentsIn(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [name = "", value] = line.split("=").map((part) => part.trim());
    if (name.startsWith("CONFIG_") && (value === "y" || value === "n")) found.set(name, value);
  }
  return found;
}

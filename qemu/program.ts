/** Which program is started, and within which limits. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { QemuFailure } from "./failure";

export interface QemuProgram {
  /** Absolute path of what the user named. */
  readonly path: string;
  /** The folder it runs in, from which it takes relative file names. */
  readonly cwd: string;
  /** Seconds a run may take. */
  readonly seconds: number;
  /** Bytes of address space; undefined: any. */
  readonly memory: number | undefined;
  /** Ends every run. */
  readonly signal?: AbortSignal | undefined;
}

/** `given` is a path, or a name to look for in PATH. Throws QemuFailure. */
export function findProgram(given: string, cwd: string, env: Readonly<Record<string, string | undefined>>): string {
  const places = given.includes("/")
    ? [resolve(cwd, given)]
    : (env.PATH ?? "")
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, given));
  const found = places.find(isProgram);
  if (found !== undefined) return found;
  const [only] = places;
  const why = given.includes("/") && only !== undefined && isFile(only) ? "is not executable" : "no such program";
  throw new QemuFailure("not-found", `${given}: ${why}`);
}

export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
}

const helpers = ["/usr/bin", "/bin"];

/**
 * The command line that starts the program within its limits: util-linux's prlimit bounds its memory and keeps it from writing core
 * files, setpriv lets it end when we do, however that happens. Both replace themselves by what they start.
 */
export function limited({ path, memory }: Pick<QemuProgram, "path" | "memory">, args: readonly string[]): CommandLine {
  const words = [path, ...args];
  const prlimit = findHelper("prlimit");
  if (prlimit !== undefined) words.unshift(prlimit, "--core=0", ...(memory === undefined ? [] : [`--as=${memory}`]));
  const setpriv = findHelper("setpriv");
  if (setpriv !== undefined) words.unshift(setpriv, "--pdeathsig", "KILL");
  const [program = path, ...rest] = words;
  return { program, args: rest };
}

/** What this system does not hold, in a sentence each. */
export function missingLimits(memory: number | undefined): readonly string[] {
  const missing: string[] = [];
  if (memory !== undefined && findHelper("prlimit") === undefined) {
    missing.push("QEMU's memory is not limited: there is no prlimit here");
  }
  if (findHelper("setpriv") === undefined) {
    missing.push("QEMU would outlive a killed vmstate: there is no setpriv here");
  }
  return missing;
}

function findHelper(name: string): string | undefined {
  return helpers.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

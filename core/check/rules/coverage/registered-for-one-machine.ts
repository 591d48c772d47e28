/** Sections that only one version of a machine type has. */
import { cachedByRevision } from "../../../project/cache";
import { isDigits } from "../../../c/words";
import type { Call, LocatedFunction, Project } from "../../../project/project";
import { type Finding, rule } from "../../rule";

interface Options {
  readonly fn: LocatedFunction;
  readonly family: string;
  readonly version: number;
}

/** `ccw_machine_2_10_instance_options`: runs for machine types of that version, and older ones call it for themselves. */
function optionsOf(fn: LocatedFunction): readonly Options[] {
  const words = fn.definition.name.split("_");
  const last = words.pop();
  if (last !== "options" && last !== "init") return [];
  if (words.at(-1) === "machine" || words.at(-1) === "instance") words.pop();
  const [major = "", minor = ""] = words.splice(-2);
  if (!isDigits(major) || !isDigits(minor) || words.length === 0) return [];
  return [{ fn, family: words.join("_"), version: Number(major) * 1000 + Number(minor) }];
}

/** A machine's options functions call those of the next newer version: what one registers, newer versions don't. */
export const registeredForOneMachine = rule({
  code: "registered-for-one-machine",
  group: "coverage",
  severity: "warning",
  default: "on",
  byFile: (project) => project.paths().filter(isMachineCode),
  title: "Registered up to one machine type",
  summary: "A section is registered for machine types up to a version, and not for newer ones.",
  *check({ project, path }) {
    const names = registrars(project);
    if (names.size === 0) return;
    if (path === undefined || !isMachineCode(path)) return;
    yield* inFile(project, path, names);
  },
});

function isMachineCode(path: string): boolean {
  return path.startsWith("hw/") && path.endsWith(".c");
}

/** Functions that register a section, and the registering functions themselves. */
const registrars = cachedByRevision((project): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const registration of project.registrations()) {
    if (registration.callee.includes("unregister")) continue;
    found.add(registration.function);
    found.add(registration.callee);
  }
  return found;
}, "types");

function* inFile(project: Project, file: string, names: ReadonlySet<string>): Iterable<Finding> {
  const functions = (project.facts(file)?.declarations ?? []).flatMap((each) =>
    each.kind === "function" ? optionsOf({ file, definition: each }) : [],
  );
  const calls = ({ fn }: Options): readonly Call[] => project.calls(fn).filter(({ callee }) => names.has(callee));
  for (const each of functions) {
    const newer = functions.filter(({ family, version }) => family === each.family && version > each.version);
    if (newer.length === 0) continue;
    const called = new Set(newer.flatMap(calls).map(({ callee }) => callee));
    for (const { callee, start } of calls(each)) {
      if (called.has(callee)) continue;
      yield {
        range: { file, start, end: start + callee.length },
        message: `${callee} registers a section in ${each.fn.definition.name}, which machine types newer than that don't call: they go without it, and a stream that has it is refused there.`,
      };
    }
  }
}

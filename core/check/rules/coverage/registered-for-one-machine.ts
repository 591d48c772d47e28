/** Sections that only one version of a machine type has. */
import { cachedByRevision } from "../../../project/cache";
import type { Project } from "../../../project/project";
import { functionTexts } from "../../../project/functionTexts";
import { type Finding, rule } from "../../rule";

/** `ccw_machine_2_10_instance_options`: runs for machine types of that version, and older ones call it for themselves. */
const options = /^(.*)_(\d+)_(\d+)_(?:machine_|instance_)?(?:options|init)$/;

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
    if (path === undefined || !isMachineCode(path) || !/_machine_\d/.test(project.text(path) ?? "")) return;
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
  const functions = functionTexts(project, file).flatMap((fn) => {
    const match = options.exec(fn.name);
    return match === null ? [] : { ...fn, family: match[1] ?? "", version: Number(match[2]) * 1000 + Number(match[3]) };
  });
  for (const fn of functions) {
    const newer = functions.filter((each) => each.family === fn.family && each.version > fn.version);
    if (newer.length === 0) continue;
    for (const match of fn.body.matchAll(/\b(\w+)\s*\(/g)) {
      const callee = match[1] ?? "";
      if (!names.has(callee) || newer.some(({ body }) => new RegExp(`\\b${callee}\\s*\\(`).test(body))) continue;
      const start = fn.start + match.index;
      yield {
        range: { file, start, end: start + callee.length },
        message: `${callee} registers a section in ${fn.name}, which machine types newer than that don't call: they go without it, and a stream that has it is refused there.`,
      };
    }
  }
}

/** Names that -device takes besides those of types: qdev_alias_table of system/qdev-monitor.c. */
import { type InitialiserElement, parseInitialiser, spell } from "../c/initialiser";
import { lex } from "../c/lex";
import { cachedByRevision } from "../project/cache";
import type { Project } from "../project/project";

/** The type that the alias stands for on the project's target; undefined for what is none. Follows find_typename_by_alias. */
export function typeOfAlias(project: Project, alias: string): string | undefined {
  return aliases(project).get(alias);
}

const aliases = cachedByRevision((project): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  const file = project.function("qdev_device_add", "")?.file;
  const table = file === undefined ? undefined : project.global("qdev_alias_table", file)?.declaration;
  if (file === undefined || table === undefined) return found;
  const tokens = lex(project.text(file) ?? "", file, table.initStart, table.initEnd);
  const list = parseInitialiser(tokens, 0, tokens.length);
  const own = ownArchitecture(project, file);
  for (const { value: entry } of list.kind === "list" ? list.elements : []) {
    if (entry.kind !== "list") continue;
    const member = (name: string, index: number): string | undefined => {
      const given = memberOf(entry.elements, name, index)?.value;
      return given === undefined ? undefined : spell(tokens, given.start, given.end);
    };
    const [type, alias] = [member("typename", 0), member("alias", 1)].map((text) => project.string(text ?? "", file));
    if (type?.known !== true || alias?.known !== true || found.has(alias.value)) continue;
    const mask = member("arch_mask", 2);
    const bits = mask === undefined ? undefined : project.evaluate(mask, file);
    if (bits === undefined || (bits.known && own !== undefined && (bits.value & own) !== 0)) {
      found.set(alias.value, type.value);
    }
  }
  return found;
});

function memberOf(
  elements: readonly InitialiserElement[],
  name: string,
  index: number,
): InitialiserElement | undefined {
  const named = elements.find(({ designators }) => designators[0] === name);
  return named ?? (elements[index]?.designators.length === 0 ? elements[index] : undefined);
}

/** The bit that stands for the target in masks: QEMU_ARCH_I386. */
function ownArchitecture(project: Project, file: string): number | undefined {
  for (const name of project.configuration.architectures) {
    const bit = project.evaluate(`QEMU_ARCH_${name.toUpperCase()}`, file);
    if (bit.known) return bit.value;
  }
  return undefined;
}

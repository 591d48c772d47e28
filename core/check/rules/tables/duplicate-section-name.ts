import { isTest } from "../../../c/paths";
import type { VMStateDescription } from "../../../vmstate/model";
import { cachedByRevision } from "../../../project/cache";
import type { Project } from "../../../project/project";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { isUnmigratable, memberRange, nameOf } from "../../tables";
import { rule } from "../../rule";

interface NamedSection {
  readonly description: VMStateDescription;
  readonly types: readonly string[];
}

const sectionsByName = cachedByRevision((project): ReadonlyMap<string, readonly NamedSection[]> => {
  const found = new Map<string, NamedSection[]>();
  for (const { description, types } of descriptionRoles(project).registered.values()) {
    if (!description.name.known || types.length === 0 || isUnmigratable(description)) continue;
    const list = found.get(description.name.value);
    if (list) list.push({ description, types });
    else found.set(description.name.value, [{ description, types }]);
  }
  return found;
});

/** Two devices of different tables under one name: the instance id tells them apart, and that depends on creation order. */
export const duplicateSectionName = rule({
  code: "duplicate-section-name",
  group: "tables",
  severity: "information",
  default: "off",
  title: "Section name used twice",
  summary: "Two devices' descriptions have the same name.",
  *check({ project, descriptions }) {
    const roles = descriptionRoles(project);
    for (const description of descriptions) {
      if (!description.name.known || isUnmigratable(description) || isTest(description.file)) continue;
      const own = roles.registered.get(descriptionKey(description));
      if (own === undefined || own.types.length === 0 || isCpu(project, own.types)) continue;
      const other = (sectionsByName(project).get(description.name.value) ?? []).find(
        (each) =>
          each.description !== description &&
          project.together(each.description.file, description.file) &&
          !relatives(project, own.types, each.types),
      );
      if (other === undefined) continue;
      yield {
        range: memberRange(description, "name"),
        message: `"${nameOf(description)}" is also the name of ${other.description.symbol} (${other.types[0] ?? ""}): in a machine with both, a section may be loaded by the other one's table.`,
        related: [{ range: memberRange(other.description, "name"), message: other.description.symbol }],
      };
    }
  },
});

function isCpu(project: Project, types: readonly string[]): boolean {
  return types.some((type) => project.ancestry(type).some((each) => each.name === "cpu"));
}

/** Variants of one device share a name so that one can load the other's state. */
function relatives(project: Project, a: readonly string[], b: readonly string[]): boolean {
  const bases = new Set(["object", "device", "sys-bus-device", "pci-device", "isa-device", "i2c-slave", "usb-device"]);
  const ancestors = (names: readonly string[]) =>
    new Set(
      names.flatMap((name) => project.ancestry(name).map((type) => type.name)).filter((name) => !bases.has(name)),
    );
  const others = ancestors(b);
  return [...ancestors(a)].some((name) => others.has(name));
}

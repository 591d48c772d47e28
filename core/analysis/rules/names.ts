/** Rules about the names under which sections travel, and about descriptions that nobody names. */
import type { VMStateDescription } from "../../vmstate/model";
import { cachedByRevision } from "../cache";
import type { Project } from "../project";
import { descriptionKey, descriptionRoles } from "../registered";
import { isUnmigratable, memberRange, nameOf, textAt } from "../tables";
import type { Rule } from "./rule";

/** The compiler does not warn of an unused const table. */
export const neverRegistered: Rule = {
  code: "never-registered",
  summary: "A description that nothing registers or nests.",
  *check({ project, descriptions }) {
    const { registered, insideVirtio, nested } = descriptionRoles(project);
    for (const description of descriptions) {
      const key = descriptionKey(description);
      if (registered.has(key) || insideVirtio.has(key) || nested.has(key)) continue;
      if (!isUnused(project, description)) continue;
      yield {
        code: "never-registered",
        severity: "warning",
        range: description.nameRange,
        message: `${description.symbol} is never registered, nor part of another description: what it names is not migrated.`,
        related: [],
        fixes: [],
      };
    }
  },
};

function isUnused(project: Project, { symbol, file }: VMStateDescription): boolean {
  const variable = project.facts(file)?.declarations.find((d) => d.kind === "variable" && d.name === symbol);
  if (variable?.kind !== "variable" || !file.endsWith(".c") || file.startsWith("tests/")) return false;
  if (!variable.isStatic && usedElsewhere(project, symbol, file)) return false;
  const uses = project.text(file)?.match(new RegExp(`\\b${symbol}\\b`, "g"))?.length ?? 0;
  if (uses === 1) return true;
  const text = withoutComments(project.text(file) ?? "");
  const unregister = new RegExp(`\\bvmstate_unregister\\s*\\([^;{}]*\\b${symbol}\\b`, "g");
  const dropped = text.match(unregister)?.length ?? 0;
  const definitions = text.match(new RegExp(`\\bVMStateDescription\\s+${symbol}\\b`, "g"))?.length ?? 0;
  return (text.match(new RegExp(`\\b${symbol}\\b`, "g"))?.length ?? 0) === dropped + definitions;
}

/** Declared in a header or used in another file: anything may be done with it there. */
function usedElsewhere(project: Project, symbol: string, file: string): boolean {
  const pattern = new RegExp(`\\b${symbol}\\b`);
  for (const path of project.paths()) {
    if (path !== file && /\.(?:c|h|inc)$/.test(path) && pattern.test(project.text(path) ?? "")) return true;
  }
  return false;
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, " ");
}

/** A second object of the kind would have the same id: since 8.2 QEMU exits, before it loaded both into the first. */
export const fixedInstanceId: Rule = {
  code: "fixed-instance-id",
  summary: "Every object of a kind registers its section with the same instance id.",
  *check({ project, path }) {
    for (const { callee, instanceId, range, idstr, reference } of project.registrations()) {
      if ((path !== undefined && range.file !== path) || instanceId === undefined || callee.includes("unregister"))
        continue;
      if (!/^\d+$/.test(instanceId) || range.file.startsWith("tests/")) continue;
      const opaque = /,\s*([^,()]+)\)\s*;?\s*$/.exec(textAt(project, range) ?? "")?.[1]?.trim();
      if (opaque === undefined || opaque === "NULL" || opaque.startsWith("&")) continue;
      const name = idstr?.known === true ? `"${idstr.value}"` : (reference?.symbol ?? "this section");
      yield {
        code: "fixed-instance-id",
        severity: "information",
        range,
        message: `${name} is registered for ${opaque} with instance id ${instanceId}: a second one of its kind would collide. VMSTATE_INSTANCE_ID_ANY counts up.`,
        related: [],
        fixes: [],
      };
    }
  },
};

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
export const duplicateName: Rule = {
  code: "duplicate-section-name",
  summary: "Two devices' descriptions have the same name.",
  *check({ project, descriptions }) {
    const roles = descriptionRoles(project);
    for (const description of descriptions) {
      if (!description.name.known || isUnmigratable(description) || description.file.startsWith("tests/")) continue;
      const own = roles.registered.get(descriptionKey(description));
      if (own === undefined || own.types.length === 0 || isCpu(project, own.types)) continue;
      const other = (sectionsByName(project).get(description.name.value) ?? []).find(
        (each) =>
          each.description !== description &&
          architecture(each.description) === architecture(description) &&
          !relatives(project, own.types, each.types),
      );
      if (other === undefined) continue;
      yield {
        code: "duplicate-section-name",
        severity: "information",
        range: memberRange(description, "name"),
        message: `"${nameOf(description)}" is also the name of ${other.description.symbol} (${other.types[0] ?? ""}): in a machine with both, a section may be loaded by the other one's table.`,
        related: [{ range: memberRange(other.description, "name"), message: other.description.symbol }],
        fixes: [],
      };
    }
  },
};

function isCpu(project: Project, types: readonly string[]): boolean {
  return types.some((type) => project.ancestry(type).some((each) => each.name === "cpu"));
}

/** `hw/ppc`, `target/arm`: devices of different architectures never meet. */
function architecture({ file }: VMStateDescription): string {
  return (
    /^(?:target[/-]\w+|hw\/(?:arm|ppc|mips|sparc64|sparc|sh4|m68k|hppa|alpha|s390x|riscv|i386|loongarch|xtensa|microblaze|openrisc|rx|avr|tricore|cris))\//
      .exec(file)?.[0]
      .replace(/^hw\//, "")
      .replace(/^target[/-]/, "") ?? ""
  );
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

/** The type's name is for users, the section's for streams: a rename of one must not rename the other. */
export const nameFromType: Rule = {
  code: "name-from-type",
  summary: "A section's name is taken from a QOM type's.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      if (!descriptionRoles(project).registered.has(descriptionKey(description))) continue;
      const range = memberRange(description, "name");
      const macro = /=\s*(TYPE_\w+)/.exec(textAt(project, range) ?? "")?.[1];
      if (macro === undefined) continue;
      const spelled = description.name.known ? ` ("${description.name.value}")` : "";
      yield {
        code: "name-from-type",
        severity: "hint",
        range,
        message: `The section is named by ${macro}${spelled}: whoever renames the type breaks migration.`,
        related: [],
        fixes: description.name.known
          ? [
              {
                title: `Write "${description.name.value}"`,
                edits: [{ range, text: `.name = "${description.name.value}"` }],
              },
            ]
          : [],
      };
    }
  },
};

/** Rules about the names under which sections travel, and about descriptions that nobody names. */
import type { FileFacts } from "../../../c/facts";
import { withoutComments } from "../../../c/lex";
import type { VMStateDescription } from "../../../vmstate/model";
import { cachedByRevision } from "../../../project/cache";
import type { Project } from "../../../project/project";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { isUnmigratable, memberRange, nameOf, textAt } from "../../tables";
import type { Rule } from "../../rule";

/** The compiler does not warn of an unused const table. */
export const neverRegistered: Rule = {
  code: "never-registered",
  summary: "A description that nothing registers or nests.",
  *check({ project, descriptions }) {
    const { registered, insideVirtio, nested } = descriptionRoles(project);
    const candidates = [...descriptions].filter((description) => {
      const key = descriptionKey(description);
      return !registered.has(key) && !insideVirtio.has(key) && !nested.has(key) && isUnusedInFile(project, description);
    });
    const used = usedElsewhere(project, candidates);
    for (const description of candidates) {
      if (used.has(description)) continue;
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

function isUnusedInFile(project: Project, { symbol, file }: VMStateDescription): boolean {
  if (!file.endsWith(".c") || file.startsWith("tests/")) return false;
  const uses = usesIn(project, file).get(symbol);
  return uses !== undefined && (uses.written === 1 || uses.inCode === uses.dropped + uses.defined);
}

/** How often a file has the name of one of its variables. */
interface Uses {
  readonly isStatic: boolean;
  /** Comments included. */
  written: number;
  inCode: number;
  /** Handed to vmstate_unregister. */
  dropped: number;
  defined: number;
}

const usesByFile = new WeakMap<FileFacts, ReadonlyMap<string, Uses>>();

function usesIn(project: Project, file: string): ReadonlyMap<string, Uses> {
  const facts = project.facts(file);
  const known = facts && usesByFile.get(facts);
  if (known !== undefined) return known;
  const uses = new Map<string, Uses>();
  for (const each of facts?.declarations ?? []) {
    if (each.kind !== "variable" || uses.has(each.name)) continue;
    uses.set(each.name, { isStatic: each.isStatic, written: 0, inCode: 0, dropped: 0, defined: 0 });
  }
  const count = (words: Iterable<string>, what: Exclude<keyof Uses, "isStatic">): void => {
    for (const word of words) {
      const entry = uses.get(word);
      if (entry !== undefined) entry[what]++;
    }
  };
  const text = project.text(file) ?? "";
  const code = withoutComments(text);
  count(wordsOf(text), "written");
  count(wordsOf(code), "inCode");
  for (const [call] of code.matchAll(/\bvmstate_unregister\s*\([^;{}]*/g)) count(new Set(wordsOf(call)), "dropped");
  for (const [, name = ""] of code.matchAll(/\bVMStateDescription\s+(\w+)/g)) count([name], "defined");
  if (facts !== undefined) usesByFile.set(facts, uses);
  return uses;
}

function* wordsOf(text: string): Iterable<string> {
  for (const [word] of text.matchAll(/\w+/g)) yield word;
}

/** Declared in a header or used in another file: anything may be done with it there. One look at each file for all of them. */
function usedElsewhere(project: Project, candidates: readonly VMStateDescription[]): ReadonlySet<VMStateDescription> {
  const used = new Set<VMStateDescription>();
  const wanted = new Map<string, VMStateDescription[]>();
  for (const each of candidates) {
    if (usesIn(project, each.file).get(each.symbol)?.isStatic === true) continue;
    const same = wanted.get(each.symbol);
    if (same === undefined) wanted.set(each.symbol, [each]);
    else same.push(each);
  }
  if (wanted.size === 0) return used;
  const few = wanted.size <= 16 ? [...wanted.keys()] : undefined;
  for (const path of project.paths()) {
    if (!/\.(?:c|h|inc)$/.test(path)) continue;
    const text = project.text(path) ?? "";
    if (few?.some((symbol) => text.includes(symbol)) === false) continue;
    for (const word of wordsOf(text)) for (const each of wanted.get(word) ?? []) if (each.file !== path) used.add(each);
  }
  return used;
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
      const opaque = /,\s*([^,()]+)\)\s*;?\s*$/.exec((textAt(project, range) ?? "").slice(-500))?.[1]?.trim();
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

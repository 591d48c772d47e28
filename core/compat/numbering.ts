/** Sections that code registers without a device: whether all of a name have one instance id, or savevm counts them. */
import { callsIn } from "../c/calls";
import { isTest } from "../c/paths";
import type { Project } from "../project/project";
import type { Registration } from "../qom/model";

/**
 * - one: each has this id, the second one too.
 * - counted: VMSTATE_INSTANCE_ID_ANY; calculate_new_instance_id of migration/savevm.c gives 0, 1, …
 */
export type Numbering = { readonly kind: "one"; readonly id: number } | { readonly kind: "counted" };

/** By the section's name; without those that are registered in more than one way, or with an id that is worked out. */
export function numberings(project: Project): ReadonlyMap<string, Numbering> {
  const found = new Map<string, Numbering | undefined>();
  for (const registration of project.registrations()) {
    const name = isTest(registration.range.file) ? undefined : nameOf(project, registration);
    if (name === undefined) continue;
    const numbering = hasDevice(project, registration) ? undefined : numberingOf(project, registration);
    const before = found.get(name);
    found.set(name, found.has(name) && !isSame(before, numbering) ? undefined : numbering);
  }
  return new Map([...found].flatMap(([name, each]) => (each === undefined ? [] : [[name, each] as const])));
}

function nameOf(project: Project, { idstr, reference }: Registration): string | undefined {
  if (idstr !== undefined) return idstr.known ? idstr.value : undefined;
  const description = reference && project.description(reference.symbol, reference.range.file);
  return description?.name.known === true ? description.name.value : undefined;
}

/** A device's path would be part of the name. Up to 5.0 register_savevm_live takes it as well, in front. */
function hasDevice(project: Project, { range, idstr }: Registration): boolean {
  const text = project.text(range.file) ?? "";
  const first = callsIn(text, range.start, range.end)[0]?.args[0]?.trim() ?? "";
  return first !== "NULL" && (idstr === undefined || !first.startsWith('"'));
}

function numberingOf(project: Project, { instanceId, range }: Registration): Numbering | undefined {
  const value = instanceId === undefined ? undefined : project.evaluate(instanceId, range.file);
  if (value?.known !== true) return undefined;
  // -1, as int up to 4.2 and as uint32_t since
  return BigInt.asIntN(32, BigInt(value.value)) === -1n
    ? { kind: "counted" }
    : { kind: "one", id: Number(value.value) };
}

function isSame(a: Numbering | undefined, b: Numbering | undefined): boolean {
  if (a?.kind === "one" && b?.kind === "one") return a.id === b.id;
  return a?.kind === b?.kind;
}

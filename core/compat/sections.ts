/** Whether a device's section is in a stream at all, and what C code saves inside sections by itself. */
import { callsOf } from "../c/body/calls";
import { withoutAddress } from "../c/body/carried";
import type { Call } from "../c/syntax";
import { bodyOf, functionsWith } from "../project/bodies";
import type { Project } from "../project/project";
import { descriptionKey, type DescriptionRoles } from "../code/registered";
import { type Condition, conditionsAt, partsOf, writtenIn } from "../c/body/conditions";
import type { Registration } from "../qom/model";
import type { VMStateDescription } from "../vmstate/model";
import type { Truth } from "./layout";
import type { MachineProperties, PropertyState } from "./properties";

export interface SectionConditions {
  sent(description: VMStateDescription, registrations: readonly Registration[]): Truth;
  /** Properties that registrations stand under. */
  states(registrations: readonly Registration[]): readonly PropertyState[];
}

interface MemberCondition {
  /** `s->early` */
  readonly path: string;
  readonly holds: boolean;
}

/** Members that a registration stands under, and whether each must be other than 0. */
function membersAround(project: Project, { function: name, range }: Registration): readonly MemberCondition[] {
  const fn = project.function(name, range.file);
  if (fn?.file !== range.file) return [];
  const text = project.text(range.file) ?? "";
  return conditionsAt(bodyOf(project, fn), range.start)
    .filter(decides)
    .flatMap(partsOf)
    .flatMap(({ expression, holds }) =>
      expression.kind === "member" ? [{ path: writtenIn(text, expression), holds }] : [],
    );
}

function decides({ kind }: Condition): boolean {
  return kind === "if" || kind === "left" || kind === "operand";
}

/** save_state in migration/savevm.c asks `.needed`; what is not registered is not asked. */
export function sectionConditions(
  project: Project,
  properties: MachineProperties,
  ask: (name: string, file: string, versionId: number) => Truth,
): SectionConditions {
  function registered(registration: Registration): Truth {
    for (const { path, holds } of membersAround(project, registration)) {
      const value = properties.member(path, registration.range.file);
      if (!value || value.mask === 0n) continue;
      if ((value.value !== 0n) !== holds) return false;
    }
    return true;
  }

  return {
    states: (registrations) =>
      registrations.flatMap((registration) =>
        membersAround(project, registration).flatMap(({ path }) => properties.states(path, registration.range.file)),
      ),
    sent(description, registrations) {
      const name = description.hooks.needed?.name;
      const version = description.versionId.known ? description.versionId.value : 0;
      const needed = name === undefined ? true : ask(name, description.file, version);
      if (needed === false) return false;
      const never = registrations.length > 0 && registrations.every((each) => registered(each) === false);
      return never ? false : needed;
    },
  };
}

export interface SavedByCode {
  readonly description: VMStateDescription;
  readonly load: { readonly loadVersion?: number };
}

/** Descriptions that functions of their own file hand to vmstate_save_state. */
export function* savedByCode(project: Project, roles: DescriptionRoles): Iterable<SavedByCode> {
  for (const description of project.descriptions()) {
    const key = descriptionKey(description);
    if (roles.registered.has(key) || roles.insideVirtio.has(key) || roles.nested.has(key)) continue;
    const [saved] = handedTo(project, description, "vmstate_save_state");
    if (saved === undefined) continue;
    const version = handedTo(project, description, "vmstate_load_state")[0]?.arguments[3];
    yield { description, load: version?.kind === "integer" ? { loadVersion: Number(version.value) } : {} };
  }
}

/** Calls of the function, or of one whose name starts so, with the description behind the stream. */
function handedTo(project: Project, { symbol, file }: VMStateDescription, name: string): readonly Call[] {
  return functionsWith(project, file, name).flatMap((fn) =>
    callsOf(bodyOf(project, fn)).flatMap((call) => {
      const given = call.name.startsWith(name) ? call.node.arguments[1] : undefined;
      const place = given && withoutAddress(given);
      return place?.kind === "identifier" && place.name === symbol ? call.node : [];
    }),
  );
}

/** What class_init functions say of -device. */
import { accessesIn } from "../c/body/accesses";
import { conditionsAt } from "../c/body/conditions";
import type { Expression } from "../c/syntax";
import { bodyOf } from "../project/bodies";
import type { Project } from "../project/project";
import type { QomType } from "../qom/model";

/** Members of DeviceClass, today's and those before 2.9, and whether true in them allows -device. */
const members = new Map([
  ["user_creatable", true],
  ["cannot_instantiate_with_device_add_yet", false],
  ["no_user", false],
]);

/**
 * Whether -device takes the type (qdev_get_device_class: user_creatable), by the nearest class_init that says so; undefined where
 * none of the given ones does, or one under a condition.
 *
 * @param ancestry the type first
 */
export function userCreatable(project: Project, ancestry: readonly QomType[]): boolean | undefined {
  for (const type of ancestry) {
    const said = saidBy(project, type);
    if (said !== "nothing") return said;
  }
  return undefined;
}

function saidBy(project: Project, type: QomType): boolean | undefined | "nothing" {
  const { classInit, file } = type;
  const init = classInit && project.function(classInit.name, classInit.range.file || file);
  if (init === undefined) return "nothing";
  const body = bodyOf(project, init);
  const writes = [...accessesIn(body.block)].flatMap(({ place, kind, value }) => {
    const allows = place.kind === "member" && kind === "write" ? members.get(place.name) : undefined;
    return allows === undefined ? [] : [{ start: place.start, allows, value }];
  });
  const last = writes.reduce<(typeof writes)[number] | undefined>(
    (before, each) => (before === undefined || each.start > before.start ? each : before),
    undefined,
  );
  if (last === undefined) return "nothing";
  const truth = conditionsAt(body, last.start).length > 0 ? undefined : truthOf(last.value);
  return truth === undefined ? undefined : truth === last.allows;
}

function truthOf(value: Expression | undefined): boolean | undefined {
  if (value?.kind === "integer") return value.value !== 0n;
  if (value?.kind !== "identifier") return undefined;
  return value.name === "true" ? true : value.name === "false" ? false : undefined;
}

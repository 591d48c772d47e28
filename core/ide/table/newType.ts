/** A QOM type for a struct that is no type's yet: what makes a device of it, with its table. */
import { stemOf } from "../../check/tables";
import type { Project } from "../../project/project";
import { bareName, structNamed } from "../../project/stateTypes";
import { parametersOf } from "../completion/hooks";
import { membersOf } from "../constructs/members";
import type { ProposedTable } from "./model";

/**
 * class_init, TypeInfo and registration, with a line break at the end. undefined where a type has the struct already, or
 * where the struct does not begin with the state of a device type.
 */
export function newType(
  project: Project,
  { file, structName, name, symbol }: Pick<ProposedTable, "file" | "structName" | "name" | "symbol">,
): string | undefined {
  const parent = parentOf(project, file, structName);
  const parameters = parametersOf(project, file, "TypeInfo", "class_init");
  const klass = parameters?.split(",", 1)[0]?.split("*")[1]?.trim();
  if (parent === undefined || klass === undefined || project.type(name) !== undefined) return undefined;
  const stem = stemOf(symbol);
  const names = [`${stem}_class_init`, `${stem}_info`, `${stem}_register_types`] as const;
  const [classInit, info, register] = names;
  const text = project.text(file) ?? "";
  if (names.some((each) => text.includes(each))) return undefined;
  return `static void ${classInit}(${parameters ?? ""})
{
    DeviceClass *dc = DEVICE_CLASS(${klass});

    dc->vmsd = &${symbol};
}

static const TypeInfo ${info} = {
    .name = "${name}",
    .parent = ${parent},
    .instance_size = sizeof(${structName}),
    .class_init = ${classInit},
};

static void ${register}(void)
{
    type_register_static(&${info});
}

type_init(${register})
`;
}

/** The device type whose state the struct begins with, as C: `TYPE_SYS_BUS_DEVICE`. */
function parentOf(project: Project, file: string, structName: string): string | undefined {
  const bare = bareName(structName);
  const types = [...project.types()];
  if (types.some(({ instanceStruct }) => instanceStruct === bare)) return undefined;
  const first = membersOf(project, structNamed(project, structName, file))[0]?.type();
  if (first?.kind !== "record" || first.tag === undefined) return undefined;
  const own = types.filter(({ instanceStruct }) => instanceStruct === first.tag);
  // of those that add nothing to the struct, the one that the others come from
  const [base, ...others] = own.filter(({ parent }) => !own.some(({ name }) => name === parent));
  if (base === undefined || others.length > 0) return undefined;
  if (!project.ancestry(base.name).some(({ name }) => name === "device")) return undefined;
  const macro = `TYPE_${base.name.replaceAll("-", "_").toUpperCase()}`;
  const value = project.string(macro, file);
  return value.known && value.value === base.name ? macro : `"${base.name}"`;
}

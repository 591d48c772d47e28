/** Tables of a parent's struct that its children's tables have to contain: VMSTATE_PCI_DEVICE, VMSTATE_USB_DEVICE. */
import { callsOf } from "../c/body/calls";
import type { Expression } from "../c/syntax";
import { bodyOf } from "../project/bodies";
import { tableByRevision } from "../project/cache";
import { functionTexts } from "../project/functionTexts";
import { structKey } from "../project/privateStructs";
import type { Project } from "../project/project";
import { stateStructs } from "../project/stateTypes";
import type { QomType } from "../qom/model";
import type { VMStateDescription } from "../vmstate/model";
import { descriptionKey, descriptionRoles } from "./registered";

/** As many children's tables must hold a parent's before the others are expected to. */
const fewest = 3;

/** By abstract type, tables of its struct that it does not register, and that its children's tables hold instead. */
export const expectedTables = tableByRevision(readExpected, {
  name: "expected",
  keyOf: (name) => name,
  said: (tables) => tables.map(descriptionKey),
});

function readExpected(project: Project): ReadonlyMap<string, readonly VMStateDescription[]> {
  const { nested } = descriptionRoles(project);
  const byStruct = new Map<string, VMStateDescription[]>();
  for (const description of project.descriptions()) {
    const [struct] = stateStructs(description);
    const key = descriptionKey(description);
    if (struct === undefined) continue;
    const uses = nested.get(key)?.filter(({ as }) => as === "field") ?? [];
    if (uses.length < fewest) continue;
    const of = structKey(project, description.file, struct);
    const list = byStruct.get(of);
    if (list === undefined) byStruct.set(of, [description]);
    else list.push(description);
  }
  const found = new Map<string, readonly VMStateDescription[]>();
  for (const { name, abstract, instanceStruct, file } of project.types()) {
    const key = abstract && instanceStruct !== undefined ? structKey(project, file, instanceStruct) : undefined;
    const tables = key === undefined ? undefined : byStruct.get(key);
    const held = tables?.filter((table) => holders(project, name, table) >= fewest);
    if (held !== undefined && held.length > 0) found.set(name, held);
  }
  return found;
}

/** How many tables of descendants hold the table. */
function holders(project: Project, name: string, table: VMStateDescription): number {
  const uses = new Set(
    descriptionRoles(project)
      .nested.get(descriptionKey(table))
      ?.map(({ parent }) => parent),
  );
  const { registered } = descriptionRoles(project);
  let count = 0;
  for (const use of uses) {
    const types = registered.get(descriptionKey(use))?.types ?? [];
    if (types.some((type) => project.ancestry(type).some((each) => each.name === name))) count++;
  }
  return count;
}

/** The types' own files call a function beside the table that saves by it: inside a section of another kind. */
export function isSavedByCall(
  project: Project,
  { symbol, file }: VMStateDescription,
  types: readonly QomType[],
): boolean {
  const savers = functionTexts(project, file).filter(
    ({ definition, body }) =>
      body.includes(symbol) &&
      callsOf(bodyOf(project, { file, definition })).some(
        ({ name, node }) =>
          name.startsWith("vmstate_save_state") && node.arguments.some((argument) => isAddressOf(argument, symbol)),
      ),
  );
  if (savers.length === 0) return false;
  return types.some((type) =>
    functionTexts(project, type.file).some(({ body }) => savers.some(({ name }) => body.includes(name))),
  );
}

function isAddressOf(argument: Expression, symbol: string): boolean {
  return argument.kind === "unary" && argument.operand.kind === "identifier" && argument.operand.name === symbol;
}

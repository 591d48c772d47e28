/** What decides between two versions, and is in no generated state: values that each of them works out by its own code. */
import type { Project } from "../project/project";
import type { VMStateDescription } from "../vmstate/model";
import type { MachineVersion } from "./compatLists";
import { compareTrees } from "./trees";
import { treeSide } from "./treeSide";

/** Refusals that hang on such values, in sections of these idstrs, on the way from the one to the other; a sentence each. */
export function openQuestions(
  from: Project,
  to: Project,
  machine: MachineVersion | undefined,
  idstrs: readonly string[],
): readonly string[] {
  const names = new Set(idstrs.map((idstr) => idstr.slice(idstr.lastIndexOf("/") + 1)));
  const wanted = ({ name }: VMStateDescription): boolean => name.known && names.has(name.value);
  const side = (project: Project, label: string) => treeSide(project, label, machine, wanted, { derived: true });
  const found = compareTrees(side(from, "the source"), side(to, "the destination")).filter(
    ({ direction, certain, declared, verdict }) =>
      direction === "old->new" && !certain && !declared && verdict === "refused",
  );
  return [...new Set(found.map(({ message }) => message))];
}

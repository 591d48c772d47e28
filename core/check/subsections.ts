/** Rules about subsections and their names. */
import type { DescriptionReference, VMStateDescription } from "../vmstate/model";
import type { Project } from "../project/project";

export interface Pair {
  readonly reference: DescriptionReference;
  readonly child: VMStateDescription;
}

export function subsectionsOf(project: Project, parent: VMStateDescription): readonly Pair[] {
  return parent.subsections.flatMap((reference) => {
    const child = project.resolve(reference);
    return child === undefined ? [] : [{ reference, child }];
  });
}

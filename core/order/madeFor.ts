import { descriptionKey } from "../code/registered";
import type { PriorityLevel, Project } from "../project/project";
import type { VMStateDescription } from "../vmstate/model";
import { levelNamedLike, levelWithWord } from "./levels";
import { providers } from "./providers";

/** The level that the enum has for what the table's device is to others: an IOMMU, a bridge, or one of its own name. */
export function levelMadeFor(project: Project, description: VMStateDescription): PriorityLevel | undefined {
  const key = descriptionKey(description);
  if (providers(project).has("iommu", key)) return levelWithWord(project, "iommu");
  if (providers(project).has("bridge", key)) return levelWithWord(project, "bus");
  return description.name.known ? levelNamedLike(project, description.name.value) : undefined;
}

/** Which run of a real QEMU shows what a finding says. */
import { consumerPlace, placeOf } from "../check/dependencyReport";
import type { Diagnostic } from "../check/diagnostic";
import type { SourceRange } from "../c/range";
import { typesByFile } from "../code/registered";
import { isLive } from "../order/consumers";
import { type Dependency, dependenciesIn, holds } from "../order/dependencies";
import type { Project } from "../project/project";

export type Showing =
  /** The sections of one of them, in the wrong order. */
  | { readonly kind: "order"; readonly dependencies: readonly Dependency[] }
  /** The registers of a device of that type, read again after a load. */
  | { readonly kind: "registers"; readonly type: string };

/** Undefined where no run shows it. */
export function showingOf(project: Project, { code, range }: Diagnostic): Showing | undefined {
  if (code === "dma-before-iommu") {
    const dependencies = dependenciesIn(project, range.file).filter(
      (each) => isBroken(each) && [placeOf(each.provider.description), consumerPlace(each)].some(isAt(range)),
    );
    return { kind: "order", dependencies };
  }
  if (code === "device-without-table") {
    const type = (typesByFile(project).get(range.file) ?? []).find((each) => isAt(range)(each.range));
    return type && { kind: "registers", type: type.name };
  }
  return undefined;
}

/** Which findings there are runs for. */
export const shownCodes: ReadonlySet<string> = new Set(["dma-before-iommu", "device-without-table"]);

function isBroken(dependency: Dependency): boolean {
  const { kind, consumer, createdFirst } = dependency;
  return kind === "dma" && !isLive(consumer) && !holds(dependency) && !createdFirst;
}

const isAt =
  (range: SourceRange) =>
  ({ file, start }: SourceRange): boolean =>
    file === range.file && start === range.start;

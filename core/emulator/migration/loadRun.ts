/** What is known while a given stream is loaded. */
import type { Project } from "../../project/project";
import type { DescriptionState, SectionEvent } from "../../wire";
import type { Machine } from "../machine";
import type { Entry, World } from "../world";
import type { Actor } from "./actions";
import type { LoadAction } from "./effects";
import type { GivenStream } from "./given";
import type { ReportEvent, ReportOpen } from "./report";

export interface Late {
  readonly entry: Entry;
  readonly section: SectionEvent;
  /** The IOMMU that it should have found; undefined where it is known that it did not. */
  readonly missing: Entry | undefined;
  readonly action: LoadAction;
}

export interface Run {
  /** Where the stream's guest can be asked what its IOMMU maps. */
  readonly actor: Actor | undefined;
  readonly project: Project;
  readonly given: GivenStream;
  readonly machine: Machine;
  readonly world: World;
  /** Sections of IOMMUs (by name) that the stream carries at all. */
  readonly enabled: ReadonlySet<string>;
  readonly states: Map<string, DescriptionState>;
  readonly events: ReportEvent[];
  readonly late: Late[];
  /** What QEMU prints. */
  readonly printed: string[];
  readonly open: ReportOpen[];
  /** The machine is the stream's own, as far as its sections tell. */
  readonly inferred: boolean;
}

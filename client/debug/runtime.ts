/**
 * Walks a recorded load forwards and backwards and stops where it is asked to.
 *
 * Invariant: knows no editor and no protocol of a debugger. A position is an index into the steps, so going back is exact.
 */
import type { InspectPlace, LoadResult } from "../../server/protocol";
import { isFault, type Step, stepsOf } from "./steps";

export interface Stops {
  /** Lines (zero-based) by file of the tree. */
  readonly lines: ReadonlyMap<string, ReadonlySet<number>>;
  /** Names of sections, whole or the last part of the path: `ich9_ahci`. */
  readonly sections: readonly string[];
  /** `idstr#path` of fields. */
  readonly fields: ReadonlySet<string>;
  readonly faults: boolean;
  readonly failures: boolean;
  readonly order: boolean;
}

export const noStops: Stops = {
  lines: new Map(),
  sections: [],
  fields: new Set(),
  faults: false,
  failures: false,
  order: false,
};

export type Reason =
  | "entry"
  | "step"
  | "breakpoint"
  | "function breakpoint"
  | "data breakpoint"
  | "exception"
  | "goto"
  | "end";

export class Runtime {
  readonly steps: readonly Step[];
  stops: Stops = noStops;
  private position: number;
  /** The first step that stands in a file: RAM, which comes before all devices, has no table. */
  private readonly entry: number;

  constructor(readonly load: LoadResult) {
    this.steps = stepsOf(load);
    this.entry = Math.max(
      0,
      this.steps.findIndex(({ place }) => place !== undefined),
    );
    this.position = this.entry;
  }

  get at(): number {
    return this.position;
  }

  get step(): Step | undefined {
    return this.steps[this.position];
  }

  /** Goes on to the next stop; to the last step where there is none. */
  continue(): Reason {
    return this.run(1);
  }

  reverseContinue(): Reason {
    return this.run(-1);
  }

  stepIn(): Reason {
    return this.move(1, () => true);
  }

  /** Over the fields of a struct, and from one section's end to the next section. */
  next(): Reason {
    const depth = this.step?.depth ?? 0;
    return this.move(1, (step) => step.depth <= depth);
  }

  stepOut(): Reason {
    const depth = this.step?.depth ?? 0;
    return this.move(1, (step) => (depth === 0 ? step.kind === "section" : step.depth < depth));
  }

  stepBack(): Reason {
    const depth = this.step?.depth ?? 0;
    return this.move(-1, (step) => step.depth <= depth || step.kind === "section");
  }

  restart(): void {
    this.position = this.entry;
  }

  goto(position: number): void {
    this.position = Math.max(0, Math.min(this.steps.length - 1, position));
  }

  /** The nearest line of the file, from `line` on, at which something of this load stands. */
  lineFor(file: string, line: number): number | undefined {
    let nearest: number | undefined;
    for (const { place } of this.steps) {
      if (place?.file !== file || place.line < line) continue;
      if (nearest === undefined || place.line < nearest) nearest = place.line;
    }
    return nearest;
  }

  /** The first step at this line, from here on or else from the start. */
  stepAt({ file, line }: InspectPlace): number | undefined {
    const there = (step: Step, index: number, from: number): boolean =>
      index >= from && step.place?.file === file && step.place.line === line;
    const later = this.steps.findIndex((step, index) => there(step, index, this.position + 1));
    const found = later === -1 ? this.steps.findIndex((step, index) => there(step, index, 0)) : later;
    return found === -1 ? undefined : found;
  }

  private move(by: 1 | -1, ends: (step: Step) => boolean): Reason {
    return this.search(by, (step, index) => this.stopAt(step, index) ?? (ends(step) ? "step" : undefined));
  }

  private run(by: 1 | -1): Reason {
    return this.search(by, (step, index) => this.stopAt(step, index));
  }

  private search(by: 1 | -1, reasonAt: (step: Step, index: number) => Reason | undefined): Reason {
    for (let index = this.position + by; ; index += by) {
      const step = this.steps[index];
      if (step === undefined) {
        const first = this.position > this.entry ? this.entry : 0;
        this.position = by === 1 ? this.steps.length - 1 : first;
        return by === 1 ? "end" : "entry";
      }
      const reason = reasonAt(step, index);
      if (reason === undefined) continue;
      this.position = index;
      return reason;
    }
  }

  private stopAt(step: Step, index: number): Reason | undefined {
    const { stops } = this;
    const idstr = this.idstr(step);
    if (step.kind === "failed" && stops.failures) return "exception";
    if (step.kind === "event" && stops.faults && isFault(step.event)) return "exception";
    if (step.kind === "section") {
      if (stops.order && this.load.stream.sections[step.section]?.problem !== "") return "exception";
      if (stops.sections.some((name) => idstr === name || idstr.endsWith(`/${name}`))) return "function breakpoint";
    }
    if (step.kind === "field" && stops.fields.has(`${idstr}#${step.path}`)) return "data breakpoint";
    if (step.kind === "loaded" || step.place === undefined) return undefined;
    if (!stops.lines.get(step.place.file)?.has(step.place.line)) return undefined;
    // The elements of an array stand in one line: the line is reached once.
    const before = this.steps[index - 1];
    const same =
      before?.section === step.section &&
      before.place?.file === step.place.file &&
      before.place.line === step.place.line &&
      step.depth > before.depth;
    return same || (before !== undefined && this.inSameArray(before, step)) ? undefined : "breakpoint";
  }

  private inSameArray(before: Step, step: Step): boolean {
    return step.kind === "field" && step.field.name.startsWith("[") && before.section === step.section;
  }

  private idstr(step: Step): string {
    return this.load.stream.sections[step.section]?.idstr ?? "";
  }
}

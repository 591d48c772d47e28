/**
 * A recorded load as the steps that a debugger goes through: a section begins, its fields arrive one by one, its device
 * does what it does on loading, the section has loaded, or the load ends there.
 *
 * Invariant: plain data, no editor and no protocol of a debugger.
 */
import type { InspectField, InspectPlace, InspectSection, LoadResult, SimulateEvent } from "../../server/protocol";

/** A table or a field that is being loaded, outermost first. */
export interface Level {
  readonly name: string;
  readonly place: InspectPlace | undefined;
}

export type Step = {
  /** Index of the section in the stream. */
  readonly section: number;
  /** 0 for the section itself, one more for each struct. */
  readonly depth: number;
  /** Byte of the stream that the step begins at. */
  readonly offset: number;
  readonly place: InspectPlace | undefined;
} & (
  | { readonly kind: "section" | "loaded" | "ended" }
  | {
      readonly kind: "field";
      readonly field: InspectField;
      /** `queue[1].base` */
      readonly path: string;
      /** The structs around it, outermost first. */
      readonly around: readonly Level[];
    }
  | { readonly kind: "event"; readonly event: SimulateEvent }
  | { readonly kind: "failed"; readonly message: string }
);

/** A stream of millions of elements is stepped through up to here; what is left out is said at the end. */
const mostSteps = 1_000_000;

export function stepsOf({ stream, report }: LoadResult): readonly Step[] {
  const steps: Step[] = [];
  const eventsOf = byDevice(report.events);
  const { failure, outcome } = report;
  const stop = outcome === "failed" ? failure : null;
  for (const [index, section] of stream.sections.entries()) {
    const { place } = section;
    const base = { section: index, depth: 0, place };
    const last = stop !== null && stop.offset < section.offset + section.size;
    steps.push({ ...base, kind: "section", offset: section.offset });
    const from = steps.length;
    addFields(steps, index, section.offset, section.fields, "", []);
    if (last) {
      // What stands behind the byte where the load broke off has not been read.
      const cut = steps.findIndex((step, at) => at >= from && step.offset > stop.offset);
      if (cut !== -1) steps.length = cut;
    }
    const end = section.offset + section.size;
    for (const event of eventsOf.get(section.idstr) ?? []) {
      steps.push({ ...base, kind: "event", event, depth: 1, offset: end, place: placeOf(event) ?? place });
    }
    if (section.kind === "full" || section.kind === "end") eventsOf.delete(section.idstr);
    if (last) {
      steps.push({
        ...base,
        kind: "failed",
        message: stop.message,
        offset: stop.offset,
        place: placeOf(stop) ?? place,
      });
      return steps;
    }
    steps.push({ ...base, kind: "loaded", offset: end });
    if (steps.length > mostSteps) break;
  }
  const section = Math.max(0, stream.sections.length - 1);
  const at = { section, depth: 0, offset: stop?.offset ?? stream.size, place: undefined };
  steps.push(stop === null ? { ...at, kind: "ended" } : { ...at, kind: "failed", message: stop.message });
  return steps;
}

function addFields(
  steps: Step[],
  section: number,
  start: number,
  fields: readonly InspectField[],
  prefix: string,
  around: readonly Level[],
  inherited?: InspectPlace,
): number {
  let offset = start;
  for (const field of fields) {
    const path = field.name.startsWith("[") || prefix === "" ? `${prefix}${field.name}` : `${prefix}.${field.name}`;
    const place = field.place ?? inherited;
    offset = Math.max(offset, field.offset ?? offset);
    if (steps.length <= mostSteps)
      steps.push({ kind: "field", section, depth: around.length + 1, offset, place, field, path, around });
    if (field.children.length > 0) {
      offset = addFields(
        steps,
        section,
        offset,
        field.children,
        path,
        [...around, { name: field.name, place }],
        field.name === "" ? inherited : place,
      );
    }
    if (field.offset !== undefined) offset = Math.max(offset, field.offset + (field.size ?? 0));
  }
  return offset;
}

function placeOf({ file, line }: { readonly file?: string; readonly line?: number }): InspectPlace | undefined {
  return file === undefined || file === "" ? undefined : { file, line: line ?? 0 };
}

function byDevice(events: readonly SimulateEvent[]): Map<string, SimulateEvent[]> {
  const found = new Map<string, SimulateEvent[]>();
  for (const event of events) {
    const list = found.get(event.idstr);
    if (list === undefined) found.set(event.idstr, [event]);
    else list.push(event);
  }
  return found;
}

/** An access that did not give what the source had. */
export function isFault({ kind, result }: SimulateEvent): boolean {
  return kind === "translation-fault" || (kind.startsWith("dma-") && result !== "ok");
}

/** `0000:00:02.0/demo-nic`, instance 0: what names a section to a person. */
export function sectionTitle({ idstr, instanceId, kind }: InspectSection): string {
  const instance = instanceId === 0 ? "" : ` ${instanceId}`;
  return `${idstr}${instance}${kind === "full" ? "" : ` (${kind})`}`;
}

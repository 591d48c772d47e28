/** What is known at a step of the load, as named values. */
import * as l10n from "@vscode/l10n";
import type { InspectField, InspectSection } from "../../server/protocol";
import { formatBytes, pages as amountOfPages } from "../shared/format";
import type { Runtime } from "./runtime";
import { isFault } from "./steps";

export interface Value {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Value[];
  /** `idstr#path`, for a field of a device. */
  readonly field?: string;
  /** What the editor reads its bytes by: `stream+OFFSET`, `guest+ADDRESS`. */
  readonly memory?: string;
}

function plain(name: string, text: string): Value {
  return { name, text, children: [] };
}

const hex = (value: number): string => `0x${value.toString(16)}`;

/** What is loaded, and where. */
export function machineValues({ load: { stream, machine, tree } }: Runtime): readonly Value[] {
  return [
    plain("type", stream.machine),
    ...(machine === "" ? [] : [plain("command line", machine)]),
    plain("tree", tree),
    plain("stream", formatBytes(stream.size)),
    plain("sections", String(stream.sections.length)),
  ];
}

export function sectionValues(runtime: Runtime): readonly Value[] {
  const section = current(runtime);
  if (section === undefined) return [];
  const result = runtime.load.report.sections.find(({ offset }) => offset === section.offset)?.result;
  return [
    plain("idstr", section.idstr),
    plain("instanceId", String(section.instanceId)),
    plain("sectionId", String(section.sectionId)),
    plain("versionId", String(section.versionId)),
    plain("kind", section.kind),
    plain("offset", hex(section.offset)),
    plain("size", String(section.size)),
    ...(section.level === "" ? [] : [plain("priority", section.level)]),
    ...(section.symbol === "" ? [] : [plain("description", section.symbol)]),
    ...(section.problem === "" ? [] : [plain("order", section.problem)]),
    ...(result === undefined ? [] : [plain("result at the end", result)]),
  ];
}

/** The fields of the section being loaded that have arrived; a struct that is being loaded has those of its own. */
export function loadedFields(runtime: Runtime): readonly Value[] {
  const section = current(runtime);
  const { step } = runtime;
  if (section === undefined || step === undefined) return [];
  if (step.kind === "section") return [];
  const arrived = new Set<InspectField>();
  for (let at = runtime.at; at >= 0; at--) {
    const each = runtime.steps[at];
    if (each === undefined || each.section !== step.section || each.kind === "section") break;
    if (each.kind === "field") arrived.add(each.field);
  }
  return fieldValues(section, section.fields, "", (field) => arrived.has(field));
}

/** Devices whose sections have loaded, with their state. */
export function loadedDevices(runtime: Runtime): readonly Value[] {
  const { step } = runtime;
  if (step === undefined) return [];
  const done = step.kind === "loaded" || step.kind === "ended" ? step.section + 1 : step.section;
  return runtime.load.stream.sections.slice(0, done).flatMap((section) =>
    section.kind === "full"
      ? [
          {
            name: section.idstr,
            text: section.symbol,
            children: fieldValues(section, section.fields, "", () => true),
          },
        ]
      : [],
  );
}

/** What devices did up to here, and what their addresses became. */
export function translationValues(runtime: Runtime): readonly Value[] {
  return runtime.steps.slice(0, runtime.at + 1).flatMap((step) => {
    if (step.kind !== "event") return [];
    const { kind, idstr, address, translated, result, chain } = step.event;
    const members = { device: idstr, address, translated, result, chain };
    const children = Object.entries(members).flatMap(([name, text]) => (text === undefined ? [] : [plain(name, text)]));
    const mapping = address === undefined ? "" : ` ${address}${translated === undefined ? "" : ` → ${translated}`}`;
    return [{ name: kind, text: `${idstr}${mapping}: ${result}${isFault(step.event) ? " ✗" : ""}`, children }];
  });
}

/** What can be read as bytes: the stream, and the guest's memory where some of it holds something. */
export function memoryValues({ load, step }: Runtime): readonly Value[] {
  const pages = load.memory.map(({ address }) => ({
    name: l10n.t("Page {0}", hex(address)),
    text: l10n.t("{0} bytes", 4096),
    children: [],
    memory: `guest+${address}`,
  }));
  const guest = {
    name: l10n.t("Guest memory"),
    text: l10n.t("{0} hold something", amountOfPages(pages.length)),
    children: pages,
  };
  const stream = {
    name: l10n.t("Stream"),
    text: l10n.t("at {0} of {1} bytes", hex(step?.offset ?? 0), load.stream.size),
    children: [],
    memory: "stream+0",
  };
  return [stream, ...(pages.length === 0 ? [] : [guest])];
}

/** `queue[1].base` of the section being loaded, or `ich9_ahci#field` of any that has loaded. */
export function evaluate(runtime: Runtime, expression: string): Value | undefined {
  const wanted = expression.trim();
  const own = find(loadedFields(runtime), wanted) ?? sectionValues(runtime).find(({ name }) => name === wanted);
  if (own !== undefined) return own;
  for (const device of loadedDevices(runtime)) {
    if (device.name === wanted || device.name.endsWith(`/${wanted}`)) return device;
    const mark = wanted.indexOf("#");
    if (mark === -1) continue;
    const name = wanted.slice(0, mark);
    if (device.name !== name && !device.name.endsWith(`/${name}`)) continue;
    const found = find(device.children, wanted.slice(mark + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** By path, or by a name that only the last part of a path has. */
function find(values: readonly Value[], path: string): Value | undefined {
  let last: Value | undefined;
  for (const value of values) {
    const own = value.field?.slice(value.field.indexOf("#") + 1);
    if (own === path) return value;
    const inner = find(value.children, path);
    if (inner !== undefined) return inner;
    if (value.name === path) last = value;
  }
  return last;
}

function fieldValues(
  section: InspectSection,
  fields: readonly InspectField[],
  prefix: string,
  has: (field: InspectField) => boolean,
): readonly Value[] {
  return fields.filter(has).map((field) => {
    const path = field.name.startsWith("[") || prefix === "" ? `${prefix}${field.name}` : `${prefix}.${field.name}`;
    return {
      name: field.name,
      text: field.text,
      children: fieldValues(section, field.children, path, has),
      field: `${section.idstr}#${path}`,
      ...(field.offset === undefined ? {} : { memory: `stream+${field.offset}` }),
    };
  });
}

function current({ step, load }: Runtime): InspectSection | undefined {
  return step && load.stream.sections[step.section];
}

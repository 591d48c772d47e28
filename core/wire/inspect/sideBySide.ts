/** Two streams side by side: what changed between two saves, or was lost by a load and a second save. */
import { foldRuns } from "./runs";
import type { DescriptionState, FieldValue } from "../values/state";
import type { InspectedSection, Inspection } from "./inspect";
import { briefValue, shown } from "./present";
import { deviceKey } from "./trailer";

/** A value on each side; undefined where the side does not have it. */
export interface Pair {
  /** Down to the element: `regs[3]`, `parent_obj/config`, `[clock/extra]/raw`. */
  readonly path: string;
  readonly a: string | undefined;
  readonly b: string | undefined;
}

export interface RamPair {
  readonly block: string;
  /** Bytes; undefined where the side has no such block. */
  readonly length: readonly [number | undefined, number | undefined];
  /** Pages that were sent with their bytes, as often as they were. */
  readonly normal: readonly [number, number];
  readonly zero: readonly [number, number];
}

export interface SectionPair {
  readonly idstr: string;
  readonly instanceId: number;
  readonly versions: readonly [number | undefined, number | undefined];
  readonly fields: readonly Pair[];
  /** Fields that differ beyond those in `fields`. */
  readonly more: number;
  /** Where no field tells what differs: what does. */
  readonly bytes: string | undefined;
}

export interface SideBySide {
  /** Machine type, page size and the like. */
  readonly configuration: readonly Pair[];
  readonly ram: readonly RamPair[];
  /** Only what differs, in A's order, then what only B has. */
  readonly sections: readonly SectionPair[];
  /** Sections that both have with the same version and bytes. */
  readonly same: number;
  /** The sections that both have come in another order. */
  readonly reordered: boolean;
}

/** Fields of one section that are listed. */
const mostFields = 200;

export function sideBySide(a: Inspection, b: Inspection): SideBySide {
  const [inA, inB] = [devicesOf(a), devicesOf(b)];
  const sections: SectionPair[] = [];
  let same = 0;
  for (const [key, own] of inA) {
    const other = inB.get(key);
    const pair = other === undefined ? alone(own, "a") : differing(own, other);
    if (pair === undefined) same++;
    else sections.push(pair);
  }
  for (const [key, own] of inB) if (!inA.has(key)) sections.push(alone(own, "b"));
  const common = (one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>) =>
    [...one.keys()].filter((key) => other.has(key)).join("\n");
  return {
    configuration: configurationPairs(a, b),
    ram: ramPairs(a, b),
    sections,
    same,
    reordered: common(inA, inB) !== common(inB, inA),
  };
}

/** Nothing differs. */
export function isSame({ configuration, ram, sections, reordered }: SideBySide): boolean {
  return configuration.length === 0 && ram.length === 0 && sections.length === 0 && !reordered;
}

function devicesOf({ sections }: Inspection): ReadonlyMap<string, InspectedSection> {
  const found = new Map<string, InspectedSection>();
  for (const section of sections) {
    const { ram, sectionKind, idstr, instanceId } = section.event;
    if (ram === undefined && (sectionKind === "full" || sectionKind === "start")) {
      found.set(deviceKey(idstr, instanceId), section);
    }
  }
  return found;
}

function alone({ event: { idstr, instanceId, versionId } }: InspectedSection, side: "a" | "b"): SectionPair {
  const versions = side === "a" ? ([versionId, undefined] as const) : ([undefined, versionId] as const);
  return { idstr, instanceId, versions, fields: [], more: 0, bytes: undefined };
}

function differing(a: InspectedSection, b: InspectedSection): SectionPair | undefined {
  const [one, other] = [a.event.payload, b.event.payload];
  const sameBytes = one !== undefined && other !== undefined && firstDifference(one, other) === undefined;
  const { idstr, instanceId } = a.event;
  const versions = [a.event.versionId, b.event.versionId] as const;
  if (sameBytes && versions[0] === versions[1]) return undefined;
  const [left, right] = [shown(a), shown(b)];
  const all = left?.ok === true && right?.ok === true ? pairsOf(left.state, right.state) : [];
  const fields = all.slice(0, mostFields);
  const bytes = fields.length > 0 ? undefined : bytesText(one, other);
  return { idstr, instanceId, versions, fields, more: all.length - fields.length, bytes };
}

function bytesText(a: Uint8Array | undefined, b: Uint8Array | undefined): string | undefined {
  if (a === undefined || b === undefined) return "not held: the stream is too large";
  const at = firstDifference(a, b);
  if (at === undefined) return undefined;
  const sizes = a.length === b.length ? `${a.length} bytes` : `${a.length} and ${b.length} bytes`;
  return `${sizes}, different from byte ${at} on; not decoded`;
}

function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return a.length === b.length ? undefined : length;
}

function pairsOf(a: DescriptionState, b: DescriptionState): readonly Pair[] {
  const [left, right] = [leavesOf(a), leavesOf(b)];
  const pairs: Pair[] = [];
  for (const [path, value] of left) {
    const other = right.get(path);
    if (other === undefined) pairs.push({ path, a: briefValue(value), b: undefined });
    else if (value.kind === "bytes" && other.kind === "bytes") pairs.push(...bytesPair(path, value.value, other.value));
    else if (!equal(value, other)) pairs.push({ path, a: briefValue(value), b: briefValue(other) });
  }
  for (const [path, value] of right) if (!left.has(path)) pairs.push({ path, a: undefined, b: briefValue(value) });
  return pairs;
}

/** The run of bytes that differs, not all of them. */
function bytesPair(path: string, a: Uint8Array, b: Uint8Array): readonly Pair[] {
  const from = firstDifference(a, b);
  if (from === undefined) return [];
  const all = (value: Uint8Array) => briefValue({ kind: "bytes", value });
  if (a.length !== b.length || a.length <= 16) return [{ path, a: all(a), b: all(b) }];
  let to = a.length;
  while (a[to - 1] === b[to - 1]) to--;
  const where = to === from + 1 ? `${path}, byte ${from}` : `${path}, bytes ${from} to ${to - 1}`;
  return [{ path: where, a: all(a.subarray(from, to)), b: all(b.subarray(from, to)) }];
}

function equal(a: FieldValue, b: FieldValue): boolean {
  if (a.kind === "integer" && b.kind === "integer") return a.value === b.value;
  if (a.kind === "opaque" && b.kind === "opaque") return firstDifference(a.value, b.value) === undefined;
  return a.kind === b.kind && briefValue(a) === briefValue(b);
}

/** Values that hold no others, by path. A name that comes again gets a number. */
function leavesOf(state: DescriptionState): ReadonlyMap<string, FieldValue> {
  const found = new Map<string, FieldValue>();
  const put = (path: string, value: FieldValue): void => {
    let own = path;
    for (let again = 2; found.has(own); again++) own = `${path} (${again})`;
    found.set(own, value);
  };
  const visitValue = (path: string, value: FieldValue): void => {
    switch (value.kind) {
      case "struct":
        return visit(value.state, `${path}/`);
      case "array":
        return value.elements.forEach((element, i) => visitValue(`${path}[${i}]`, element));
      case "list":
        put(`${path} (count)`, { kind: "integer", value: BigInt(value.elements.length) });
        return value.elements.forEach((element, i) => visit(element, `${path}[${i}]/`));
      case "tree":
        put(`${path} (count)`, { kind: "integer", value: BigInt(value.entries.length) });
        return value.entries.forEach(({ key, value: entry }, i) =>
          visit(entry, `${path}[${typeof key === "bigint" ? `0x${key.toString(16)}` : i}]/`),
        );
      case "record":
        return value.members.forEach((member) => visitValue(`${path}/${member.name}`, member.value));
      default:
        put(path, value);
    }
  };
  const visit = (each: DescriptionState, prefix: string): void => {
    for (const { name, value } of each.fields) visitValue(`${prefix}${name}`, value);
    for (const subsection of each.subsections) visit(subsection, `${prefix}[${subsection.name}]/`);
  };
  visit(state, "");
  return found;
}

function configurationPairs(a: Inspection, b: Inspection): readonly Pair[] {
  const told = ({ header, configuration, error }: Inspection): ReadonlyMap<string, string> =>
    new Map([
      ...(header === undefined ? [] : [["stream version", String(header.version)] as const]),
      ...(configuration === undefined ? [] : [["machine", configuration.machine] as const]),
      ...(configuration?.targetPageBits === undefined
        ? []
        : [["target-page-bits", String(configuration.targetPageBits)] as const]),
      ...(configuration?.capabilities === undefined
        ? []
        : [["capabilities", [...configuration.capabilities].sort().join(",")] as const]),
      ...(configuration?.uuid === undefined ? [] : [["uuid", configuration.uuid] as const]),
      ...(error === undefined ? [] : [["error", `at 0x${error.offset.toString(16)}: ${error.message}`] as const]),
    ]);
  const [left, right] = [told(a), told(b)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((path) =>
    left.get(path) === right.get(path) ? [] : [{ path, a: left.get(path), b: right.get(path) }],
  );
}

interface Block {
  length: number | undefined;
  normal: number;
  zero: number;
}

function ramPairs(a: Inspection, b: Inspection): readonly RamPair[] {
  const [left, right] = [blocksOf(a), blocksOf(b)];
  const none: Block = { length: undefined, normal: 0, zero: 0 };
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((block) => {
    const [one, other] = [left.get(block) ?? none, right.get(block) ?? none];
    const isEqual = one.length === other.length && one.normal === other.normal && one.zero === other.zero;
    if (isEqual) return [];
    return [
      { block, length: [one.length, other.length], normal: [one.normal, other.normal], zero: [one.zero, other.zero] },
    ];
  });
}

function blocksOf({ sections }: Inspection): ReadonlyMap<string, Block> {
  const blocks = new Map<string, Block>();
  const blockOf = (name: string): Block => {
    const known = blocks.get(name) ?? { length: undefined, normal: 0, zero: 0 };
    blocks.set(name, known);
    return known;
  };
  for (const { event } of sections) {
    for (const { name, length } of event.ram?.blocks ?? []) blockOf(name).length = Number(length);
    for (const { block, zero, normal, xbzrle, compressed } of event.ram?.pages ?? []) {
      const known = blockOf(block);
      known.zero += zero;
      known.normal += normal + xbzrle + compressed;
    }
  }
  return blocks;
}

/** A line each; nothing where the two are the same. */
export function sideBySideText(result: SideBySide): readonly string[] {
  const one = (value: string | number | undefined) => (value === undefined ? "(none)" : String(value));
  const arrow = ([a, b]: readonly [number, number]) => (a === b ? String(a) : `${a} -> ${b}`);
  const lines = result.configuration.map(({ path, a, b }) => `${path}: ${one(a)} -> ${one(b)}`);
  for (const { block, length, normal, zero } of result.ram) {
    const [a, b] = length;
    const size = (value: number | undefined) => (value === undefined ? "(none)" : `0x${value.toString(16)}`);
    const sizes = a === b ? size(a) : `${size(a)} -> ${size(b)}`;
    lines.push(`ram ${block}: ${sizes}; ${arrow(normal)} pages, ${arrow(zero)} zero`);
  }
  for (const { idstr, instanceId, versions, fields, more, bytes } of result.sections) {
    const [a, b] = versions;
    if (a === undefined || b === undefined) {
      lines.push(`only in ${a === undefined ? "B" : "A"}: ${idstr} ${instanceId} v${a ?? b ?? ""}`);
      continue;
    }
    lines.push(`${idstr} ${instanceId} v${a === b ? a : `${a} -> v${b}`}`);
    for (const pair of foldRuns(fields)) lines.push(`    ${pair.path}: ${one(pair.a)} -> ${one(pair.b)}`);
    if (more > 0) lines.push(`    ... ${more} more`);
    if (bytes !== undefined) lines.push(`    ${bytes}`);
  }
  if (result.reordered) lines.push("the sections come in another order");
  return lines;
}

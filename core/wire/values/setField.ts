/** One value of a state replaced, addressed as inspection shows it. */
import type { WireDescription, WireElement } from "./schema";
import type { DescriptionState, FieldValue, RecordMember } from "./state";

/**
 * `path`: field names joined by `.` or `/` (names may hold dots themselves), `[i]` for an element or a byte, a
 * subsection by its name. `text`: an integer (decimal or 0x…), or hexadecimal digits for bytes of the same length.
 * Returns the new state, or what is wrong.
 */
export function setField(
  schema: WireDescription,
  state: DescriptionState,
  path: string,
  text: string,
): DescriptionState | string {
  let problem = `no field ${path}`;
  for (const [i, field] of state.fields.entries()) {
    const rest = behind(path, field.name);
    const element = schema.fields[field.index]?.element;
    if (rest === undefined || element === undefined) continue;
    const value = setValue(element, field.value, rest, text);
    if (typeof value !== "string") return { ...state, fields: replaced(state.fields, i, { ...field, value }) };
    problem = value;
  }
  for (const [i, subsection] of state.subsections.entries()) {
    const rest = behind(path, subsection.name);
    const nested = schema.subsections.find((candidate) => candidate.name === subsection.name);
    if (rest === undefined || nested === undefined) continue;
    const result = setField(nested, subsection, rest, text);
    if (typeof result !== "string") return { ...state, subsections: replaced(state.subsections, i, result) };
    problem = result;
  }
  return problem;
}

/** What of a path is behind `name`; undefined where it does not begin with it. */
function behind(path: string, name: string): string | undefined {
  if (!path.startsWith(name)) return undefined;
  const rest = path.slice(name.length);
  if (rest === "" || rest.startsWith("[")) return rest;
  return rest.startsWith(".") || rest.startsWith("/") ? rest.slice(1) : undefined;
}

function replaced<T>(list: readonly T[], index: number, value: T): T[] {
  return list.map((each, i) => (i === index ? value : each));
}

function setValue(element: WireElement, value: FieldValue, path: string, text: string): FieldValue | string {
  const index = /^\[(\d+)\][./]?(.*)$/s.exec(path);
  switch (value.kind) {
    case "integer":
      if (path !== "") return `${path} is behind an integer`;
      return element.kind === "integer" ? integerValue(text, element.bytes, element.signed) : "not an integer";
    case "bytes":
    case "opaque":
      return setBytes(value, index, path, text);
    case "array": {
      const at = Number(index?.[1] ?? -1);
      const old = value.elements[at];
      if (index === null || old === undefined) return `give an element: [0] to [${value.elements.length - 1}]`;
      const changed = setValue(element, old, index[2] ?? "", text);
      return typeof changed === "string" ? changed : { ...value, elements: replaced(value.elements, at, changed) };
    }
    case "struct": {
      if (element.kind !== "struct" && element.kind !== "tmp") return "cannot be set";
      const changed = setField(element.description, value.state, path, text);
      return typeof changed === "string" ? changed : { kind: "struct", state: changed };
    }
    case "record":
      return setMember(value.members, path, text);
    default:
      return `a value of kind ${value.kind} cannot be set`;
  }
}

function setMember(members: readonly RecordMember[], path: string, text: string): FieldValue | string {
  let problem = `no part ${path}`;
  for (const [i, member] of members.entries()) {
    const rest = behind(path, member.name);
    if (rest === undefined) continue;
    const bytes = member.bytes;
    const element: WireElement =
      bytes === undefined ? { kind: "buffer" } : { kind: "integer", bytes, signed: false, check: "none" };
    const changed = setValue(element, member.value, rest, text);
    if (typeof changed !== "string") {
      return { kind: "record", members: replaced(members, i, { ...member, value: changed }) };
    }
    problem = changed;
  }
  return problem;
}

function setBytes(
  value: Extract<FieldValue, { kind: "bytes" | "opaque" }>,
  index: RegExpExecArray | null,
  path: string,
  text: string,
): FieldValue | string {
  const next = Uint8Array.from(value.value);
  if (index !== null && index[2] === "") {
    const at = Number(index[1]);
    if (at >= next.length) return `there are ${next.length} bytes`;
    const octet = integerValue(text, 1, false);
    if (typeof octet === "string") return octet;
    next[at] = Number(octet.value);
    return { ...value, value: next };
  }
  if (path !== "") return `${path} is behind bytes`;
  const digits = text.replace(/^0x/, "").replace(/\s/g, "");
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) return `${text} is not hexadecimal`;
  if (digits.length !== next.length * 2) return `${digits.length / 2} bytes where there are ${next.length}`;
  for (let i = 0; i < next.length; i++) next[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return { ...value, value: next };
}

function integerValue(text: string, bytes: number, signed: boolean): { kind: "integer"; value: bigint } | string {
  const match = /^(-?)(0x[0-9a-fA-F]+|\d+)$/.exec(text.trim());
  if (match === null) return `${text} is not an integer`;
  const value = match[1] === "-" ? -BigInt(match[2] ?? 0) : BigInt(match[2] ?? 0);
  const bits = bytes * 8;
  if (BigInt.asUintN(bits, value) !== value && BigInt.asIntN(bits, value) !== value) {
    return `${text} does not fit into ${bytes} byte${bytes === 1 ? "" : "s"}`;
  }
  return { kind: "integer", value: signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value) };
}

/**
 * The JSON that QEMU puts behind a stream (vmdesc), and schemas made from it: enough to read a stream without a tree.
 * An element the JSON does not describe further is bytes of the size it gives.
 */
import { attempt, type Result, StreamFailure } from "../framing/bytes";
import { limits } from "../framing/limits";
import type { WireDescription, WireElement, WireField } from "../values/schema";

export interface Trailer {
  readonly pageSize: number | undefined;
  readonly devices: ReadonlyMap<string, TrailerDevice>;
  /** Schema of the configuration section (8.2 and later). */
  readonly configuration: WireDescription | undefined;
  /** The JSON as parsed. */
  readonly json: Json;
}

export interface TrailerDevice {
  readonly name: string;
  readonly instanceId: number;
  /** vmsd_name; undefined for old-style save_state. */
  readonly vmsdName: string | undefined;
  readonly schema: WireDescription;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const maximumDepth = 60;

export function deviceKey(idstr: string, instanceId: number): string {
  return `${idstr} ${instanceId}`;
}

/** Reads the trailer's bytes. `offset` is where they stand in the stream, for errors. */
export function parseTrailer(bytes: Uint8Array, offset: number): Result<Trailer> {
  return attempt(() => {
    const json = parseJson(bytes, offset);
    const top = objectOf(json);
    const list = top?.["devices"];
    if (top === undefined || !Array.isArray(list)) {
      throw new StreamFailure("the vmdescription has no list of devices", offset);
    }
    const devices = new Map<string, TrailerDevice>();
    for (const entry of list as readonly Json[]) {
      const device = objectOf(entry);
      const name = device?.["name"];
      const instanceId = device?.["instance_id"];
      if (device === undefined || typeof name !== "string" || typeof instanceId !== "number") continue;
      const vmsdName = stringOf(device["vmsd_name"]);
      devices.set(deviceKey(name, instanceId), {
        name,
        instanceId,
        vmsdName,
        schema: describe(device, vmsdName ?? name, offset, 0),
      });
    }
    const configuration = objectOf(top["configuration"]);
    return {
      pageSize: positive(top["page_size"]),
      devices,
      configuration: configuration && describe(configuration, "configuration", offset, 0),
      json,
    };
  });
}

function parseJson(bytes: Uint8Array, offset: number): Json {
  checkShape(bytes, offset);
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Json;
  } catch (error) {
    throw new StreamFailure(`the vmdescription is not JSON: ${error instanceof Error ? error.message : error}`, offset);
  }
}

/** Counts brackets and commas: what is parsed from a text takes many times its room. */
function checkShape(bytes: Uint8Array, offset: number): void {
  if (bytes.length > limits.description) {
    throw new StreamFailure(
      `the vmdescription has ${bytes.length} bytes; up to ${limits.description} are read`,
      offset,
    );
  }
  let depth = 0;
  let values = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const octet = bytes[i];
    if (quoted) {
      if (octet === 0x5c) i++;
      else if (octet === 0x22) quoted = false;
      continue;
    }
    if (octet === 0x22) quoted = true;
    else if (octet === 0x7b || octet === 0x5b) depth++;
    else if (octet === 0x7d || octet === 0x5d) depth--;
    else if (octet !== 0x2c) continue;
    if (octet !== 0x7d && octet !== 0x5d) values++;
    if (depth > limits.descriptionDepth) {
      const message = `the vmdescription is nested deeper than ${limits.descriptionDepth} levels`;
      throw new StreamFailure(message, offset + i);
    }
    if (values > limits.descriptionValues) {
      throw new StreamFailure(`the vmdescription holds more than ${limits.descriptionValues} values`, offset + i);
    }
  }
}

function describe(entry: JsonObject, name: string, offset: number, depth: number): WireDescription {
  if (depth > maximumDepth) throw new StreamFailure("the vmdescription is nested too deeply", offset);
  if ((stringOf(entry["vmsd_name"]) ?? name).length > limits.descriptionName) throw longName(offset);
  const version = typeof entry["version"] === "number" ? entry["version"] : 0;
  const fields: WireField[] = [];
  for (const item of listOf(entry["fields"])) {
    const field = objectOf(item);
    if (field !== undefined) fields.push(describeField(field, fields.length, offset, depth));
  }
  const subsections = listOf(entry["subsections"]).flatMap((item) => {
    const subsection = objectOf(item);
    if (subsection === undefined) return [];
    return [describe(subsection, stringOf(subsection["vmsd_name"]) ?? "", offset, depth + 1)];
  });
  return {
    symbol: "",
    file: "",
    name: stringOf(entry["vmsd_name"]) ?? name,
    versionId: version,
    minimumVersionId: -0x8000_0000,
    fields,
    subsections,
    hooks: {},
  };
}

function longName(offset: number): StreamFailure {
  return new StreamFailure(`the vmdescription has a name of more than ${limits.descriptionName} characters`, offset);
}

/** A struct without a description is NULL in an array of pointers: QEMU describes it before it looks. */
function describeField(field: JsonObject, index: number, offset: number, depth: number): WireField {
  const type = stringOf(field["type"]) ?? "unknown";
  const name = stringOf(field["name"]) ?? `field ${index}`;
  if (name.length > limits.descriptionName || type.length > limits.descriptionName) throw longName(offset);
  const size = positive(field["size"]) ?? 0;
  const arrayLength = positive(field["array_len"]);
  const nested = type === "struct" ? objectOf(field["struct"]) : undefined;
  const isNull = nested !== undefined && nested["vmsd_name"] === undefined && size === 1;
  const element: WireElement = isNull
    ? { kind: "nullptr" }
    : nested === undefined
      ? elementOf(type, size)
      : { kind: "struct", description: describe(nested, "", offset, depth + 1), versionId: undefined };
  return {
    index,
    name,
    versionId: -0x8000_0000,
    exists: undefined,
    member: undefined,
    count: arrayLength === undefined ? { kind: "one" } : { kind: "fixed", count: arrayLength },
    size: { kind: "fixed", size },
    element,
    pointers: false,
    marked: false,
    mustExist: false,
    errHint: undefined,
    type,
    source: undefined,
  };
}

const signedTypes = new Set(["int8", "int16", "int32", "int64", "int32 equal", "int32 le", "timer"]);
const unsignedTypes = new Set([
  "bool",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "uint8 equal",
  "uint16 equal",
  "uint32 equal",
  "int64 equal",
]);

/** By VMStateInfo.name (migration/vmstate-types.c). */
function elementOf(type: string, size: number): WireElement {
  const signed = signedTypes.has(type);
  if ((signed || unsignedTypes.has(type)) && (size === 1 || size === 2 || size === 4 || size === 8)) {
    return { kind: "integer", bytes: size, signed, check: "none" };
  }
  if (type === "nullptr" && size === 1) return { kind: "nullptr" };
  if (type === "ptr-marker" && size === 1) return { kind: "marker" };
  if (type === "unused_buffer") return { kind: "unused" };
  return { kind: "buffer" };
}

interface JsonObject {
  readonly [key: string]: Json | undefined;
}

function objectOf(json: Json | undefined): JsonObject | undefined {
  return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as JsonObject) : undefined;
}

function listOf(json: Json | undefined): readonly Json[] {
  return Array.isArray(json) ? json : [];
}

function stringOf(json: Json | undefined): string | undefined {
  return typeof json === "string" ? json : undefined;
}

function positive(json: Json | undefined): number | undefined {
  return typeof json === "number" && Number.isSafeInteger(json) && json >= 0 ? json : undefined;
}

/**
 * Where the trailer of a stream starts, from its last bytes: the JSON ends the file. undefined: none seen. The last zero is in the length
 * (16 MiB is more than any has), whose other bytes may be a brace as well.
 */
export function trailerStart(tail: Uint8Array): number | undefined {
  const zero = tail.lastIndexOf(0);
  if (zero < 0) return undefined;
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let brace = Math.max(zero + 1, 5); brace <= zero + 4 && brace < tail.length; brace++) {
    const isStart = tail[brace] === 0x7b && tail[brace - 5] === 0x06;
    if (isStart && view.getUint32(brace - 4) === tail.length - brace) return brace - 5;
  }
  return undefined;
}

/** The JSON behind the stream: what each section is made of (qemu_savevm_state_complete_precopy and what it calls). */
import type { Project } from "../../project/project";
import {
  ByteWriter,
  type DescriptionState,
  type FieldValue,
  saveDescription,
  VmdescWriter,
  type WireDescription,
} from "../../wire";
import type { Machine } from "../machine";
import { pageSize } from "../memory/guestMemory";
import { schemaOf } from "../schemas";
import type { Entry } from "../world";
import { saverOf } from "./saver";

const savevm = "migration/savevm.c";

export interface Vmdescription {
  /** Writes the section's payload and describes it. */
  save(
    writer: ByteWriter,
    entry: Entry,
    schema: WireDescription,
    state: DescriptionState,
  ): ReturnType<typeof saveDescription>;
  finish(): string;
}

/** undefined where the machine sends none. */
export function beginVmdescription(project: Project, machine: Machine): Vmdescription | undefined {
  if (machine.request.options.get("suppress-vmdesc") === "on") return undefined;
  const saver = saverOf(project);
  const json = new VmdescWriter(saver.style);
  json.begin("object");
  if (saver.describesConfiguration) describeConfiguration(json, project, machine);
  json.integer("page_size", pageSize);
  json.begin("array", "devices");
  return {
    save(writer, { idstr, instanceId }, schema, state) {
      json.begin("object");
      json.string("name", idstr);
      json.integer("instance_id", instanceId);
      const result = saveDescription(writer, schema, state, {}, json);
      json.end("object");
      return result;
    },
    finish() {
      json.end("array");
      json.end("object");
      return json.text();
    },
  };
}

function describeConfiguration(json: VmdescWriter, project: Project, machine: Machine): void {
  const schema = schemaOf(project, project.description("vmstate_configuration", savevm));
  if (schema === undefined) return;
  const bytes = new TextEncoder().encode(machine.name);
  const values: readonly FieldValue[] = [
    { kind: "integer", value: BigInt(bytes.length) },
    { kind: "bytes", value: bytes },
  ];
  const pageBits = schema.subsections.find(({ name }) => name === "configuration/target-page-bits");
  const state = {
    ...stateOf(schema, values),
    subsections:
      pageBits === undefined || machine.pageBits === undefined
        ? []
        : [stateOf(pageBits, [{ kind: "integer", value: BigInt(machine.pageBits) }])],
  };
  json.begin("object", "configuration");
  saveDescription(new ByteWriter(), schema, state, {}, json);
  json.end("object");
}

function stateOf(
  { name, symbol, versionId, fields }: WireDescription,
  values: readonly FieldValue[],
): DescriptionState {
  return {
    name,
    symbol,
    versionId,
    fields: fields.flatMap((field, at) => {
      const value = values[at];
      return value === undefined ? [] : [{ index: field.index, name: field.name, value }];
    }),
    subsections: [],
  };
}

/** The tables of a binary, as it prints them by itself: -dump-vmstate, dump_vmstate_json_to_file of migration/savevm.c. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { QemuFailure } from "./failure";
import { withFolder } from "./folder";
import { endOf } from "./machine";
import type { QemuProgram } from "./program";
import { withProcess } from "./run";

export interface DumpedField {
  readonly field: string;
  readonly version_id: number;
  readonly field_exists: boolean;
  /** Arrays only; since 8.2. */
  readonly num?: number | undefined;
  readonly size: number;
  readonly Description?: DumpedDescription | undefined;
}

export interface DumpedDescription {
  readonly name: string;
  readonly version_id: number;
  readonly minimum_version_id: number;
  readonly Fields?: readonly DumpedField[] | undefined;
  readonly Subsections?: readonly DumpedDescription[] | undefined;
}

/** By QOM type. */
export type Dump = ReadonlyMap<string, DumpedDescription>;

const description: v.GenericSchema<unknown, DumpedDescription> = v.object({
  name: v.string(),
  version_id: v.number(),
  minimum_version_id: v.number(),
  Fields: v.optional(v.array(v.lazy(() => field))),
  Subsections: v.optional(v.array(v.lazy(() => description))),
});

const field: v.GenericSchema<unknown, DumpedField> = v.object({
  field: v.string(),
  version_id: v.number(),
  field_exists: v.boolean(),
  num: v.optional(v.number()),
  size: v.number(),
  Description: v.optional(description),
});

const dump = v.record(v.string(), v.object({ Description: v.optional(description) }));

/** Bytes. */
const largest = 64 << 20;

/** Rejects with QemuFailure. The machine has no influence on what is printed. */
export function realDump(program: QemuProgram): Promise<Dump> {
  return withFolder((folder) => {
    const file = join(folder, "dump.json");
    const args = ["-display", "none", "-nodefaults", "-S", "-M", "none", "-dump-vmstate", file];
    return withProcess(program, args, 0, async (running) => {
      const { code } = await running.ended;
      if (code !== 0) throw await endOf(running);
      return parseDump(readDump(file));
    });
  });
}

function readDump(file: string): string {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw new QemuFailure("refused", "QEMU wrote no tables");
  if (size > largest) throw new QemuFailure("too-much", "QEMU's tables are larger than 64 MiB");
  return readFileSync(file, "utf8");
}

function parseDump(text: string): Dump {
  try {
    return typesIn(JSON.parse(text));
  } catch {
    throw new QemuFailure("refused", "QEMU's tables are not of the form that its -dump-vmstate has");
  }
}

/** Types with a table. Throws for what is no dump. */
export function typesIn(parsed: unknown): Dump {
  const types = new Map<string, DumpedDescription>();
  for (const [name, { Description }] of Object.entries(v.parse(dump, parsed)))
    if (Description !== undefined) types.set(name, Description);
  return types;
}

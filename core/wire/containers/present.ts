/** What is around a stream, for people and as JSON data. */
import type { DomainMachine } from "./domain";
import type { Layer, Snapshot } from "./layer";

/** A paragraph a layer. */
export function layersText(layers: readonly Layer[], options: { readonly xml: boolean }): readonly string[] {
  return layers.flatMap(({ title, notes, xml, machine, snapshots }) => [
    title,
    ...notes.map((note) => `    ${note}`),
    ...(snapshots === undefined || snapshots.length === 0 ? [] : snapshotTable(snapshots).map((line) => `    ${line}`)),
    ...(machine === undefined ? [] : [`    as QEMU's options: ${machineText(machine)}`]),
    ...(xml === undefined || !options.xml ? [] : xml.split("\n").map((line) => `    ${line}`)),
  ]);
}

function machineText({ line, left }: DomainMachine): string {
  return `${line}${left.length === 0 ? "" : ` (left out: ${left.join(", ")})`}`;
}

function snapshotTable(snapshots: readonly Snapshot[]): readonly string[] {
  const rows = [
    ["ID", "NAME", "STATE", "DATE (UTC)", "CLOCK", "INSTRUCTIONS"],
    ...snapshots.map((each) => [
      each.id,
      each.name,
      each.size === 0 ? "disk only" : `${each.size} bytes`,
      dateOf(each)
        .replace("T", " ")
        .replace(/\.\d+Z$/, ""),
      clockOf(each),
      each.instructions === undefined || each.size === 0 ? "" : String(each.instructions),
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function dateOf({ date, nanoseconds }: Snapshot): string {
  return new Date(1000 * date + Math.floor(nanoseconds / 1e6)).toISOString();
}

/** `00:01:02.345`, as qemu-img prints it. */
function clockOf({ clock }: Snapshot): string {
  const milliseconds = clock / 1_000_000n;
  const [hours, minutes, seconds] = [
    milliseconds / 3_600_000n,
    (milliseconds / 60_000n) % 60n,
    (milliseconds / 1000n) % 60n,
  ];
  const two = (value: bigint) => String(value).padStart(2, "0");
  return `${two(hours)}:${two(minutes)}:${two(seconds)}.${String(milliseconds % 1000n).padStart(3, "0")}`;
}

export type LayerJson = {
  readonly title: string;
  readonly notes: readonly string[];
  readonly xml?: string;
  readonly machine?: string;
  readonly snapshots?: readonly {
    readonly id: string;
    readonly name: string;
    readonly size: number;
    readonly date: string;
    /** Nanoseconds, in decimal digits. */
    readonly clock: string;
    readonly instructions?: string;
  }[];
};

export function layersJson(layers: readonly Layer[]): LayerJson[] {
  return layers.map(({ title, notes, xml, machine, snapshots }) => ({
    title,
    notes,
    ...(xml === undefined ? {} : { xml }),
    ...(machine === undefined ? {} : { machine: machineText(machine) }),
    ...(snapshots === undefined
      ? {}
      : {
          snapshots: snapshots.map((each) => ({
            id: each.id,
            name: each.name,
            size: each.size,
            date: dateOf(each),
            clock: String(each.clock),
            ...(each.instructions === undefined ? {} : { instructions: String(each.instructions) }),
          })),
        }),
  }));
}

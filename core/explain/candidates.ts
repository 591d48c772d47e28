/** What may be behind a message where nothing was proved. */
import type { VMStateDescription } from "../vmstate/model";
import type { Explained } from "./explain";

export interface Cause {
  readonly text: string;
  /** Shown on tables or bytes that differ; else it depends on the guest's state or on code that was not followed. */
  readonly certain: boolean;
  readonly place?: { readonly file: string; readonly line: number };
}

/** A message with its causes, or what may be. */
export interface Answer extends Explained {
  readonly causes: readonly Cause[];
  readonly candidates: readonly string[];
}

/** What to look at where nothing was proved, likely ones first. */
export function candidates({ names, conditions }: Explained, table: VMStateDescription | undefined): readonly string[] {
  if (names.callback !== undefined && names.section === undefined && names.field === undefined) {
    const check = conditions.at(-1);
    return check === undefined ? [] : [`the loaded state, or the destination's own, makes true: ${check}`];
  }
  if (names.block !== undefined) {
    return names.isAbsent === true
      ? [
          `the destination has no RAM block ${names.block}: another name of its memory (memory-backend), a device less or in another slot, or no ROM file`,
        ]
      : [
          `RAM block ${names.block} has another size on the destination: another size of memory, another property of the device, another ROM file`,
        ];
  }
  if (names.section === undefined && names.table === undefined) return [];
  if (names.isAbsent === true && names.section !== undefined) {
    return [
      `the destination's machine has no section ${names.section} of that instance: a device less, in another slot or in another number, or another machine type`,
      "the destination's release, or its build, does not have the device, or names its section otherwise",
      "bytes were lost or changed on the way",
    ];
  }
  const open = table === undefined ? [] : conditional(table);
  return [
    ...(names.field === undefined
      ? []
      : [
          `field ${names.field.name}: the value in the stream is not one that this field takes, or the bytes before it are others`,
        ]),
    ...(names.oneOf === undefined ? [] : [`the name is that of ${listed(names.oneOf)}: the machine says which it is`]),
    // who says this has found the section
    ...(table === undefined && names.section !== undefined && names.oneOf === undefined
      ? [
          `no table here is section ${names.section}: code of its own loads it, and messages before this one say what that refused`,
          "the two releases have other code for the section",
        ]
      : ["the two releases have other tables for the section"]),
    ...(open.length === 0
      ? []
      : [
          `the two machines differ in what decides on ${open.join(", ")}: a property, a machine type's default, or the guest's state`,
        ]),
    "bytes were lost or changed on the way",
  ];
}

/** Fields and subsections that are not always sent. */
function conditional(table: VMStateDescription): readonly string[] {
  const fields = table.fields.flatMap(({ fieldExists, name }) =>
    fieldExists === undefined || !name.known ? [] : [`field ${name.value} (${fieldExists.name})`],
  );
  const subsections = table.subsections.map(({ symbol }) => `subsection ${symbol}`);
  return [...fields, ...subsections].slice(0, 6);
}

/** No more tables are named. */
const mostNamed = 3;

function listed(symbols: readonly string[]): string {
  const more = symbols.length - mostNamed;
  return `${symbols.slice(0, mostNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

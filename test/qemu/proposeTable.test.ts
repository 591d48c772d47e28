/** Tables are proposed for structs that have one: its authors' fields are in it. */
import { expect, it } from "vitest";
import { proposeTable } from "../../core/ide/table/propose";
import type { VMStateField } from "../../core/vmstate/model";
import { realProject } from "./project";

it("of a hundred structs, nine fields in ten are those of their authors", () => {
  const project = realProject("QEMU_SOURCE_10_2");
  const descriptions = [...project.descriptions()];
  const seen = new Set<string>();
  const counts = { structs: 0, fields: 0, same: 0, inside: 0, otherMacro: 0, more: 0 };
  const reasons = new Map<string, number>();
  let next = 0;
  for (const { file, fields } of descriptions) {
    const structName = fields.find(({ member }) => member?.path.includes(".") === false)?.member?.structName;
    if (!file.startsWith("hw/") || fields.length < 4 || structName === undefined || seen.has(structName)) continue;
    seen.add(structName);
    if (next++ % 4 !== 0 || counts.structs === 100) continue;
    const proposed = proposeTable(project, file, structName);
    if (proposed === undefined) continue;
    counts.structs++;
    const macros = new Map(proposed.fields.map(({ member, macro }) => [member, macro]));
    const authors = descriptions
      .filter((each) => each.file === file)
      .flatMap((each) => each.fields.filter((field) => isOf(field, structName)));
    for (const { member, macro = "" } of authors) {
      const path = member?.path ?? "";
      const own = macros.get(path);
      counts.fields++;
      // a field of a later version is one of the first in a table that is new
      if (own === macro || `${own}_V` === macro) counts.same++;
      else if (own !== undefined) counts.otherMacro++;
      else if ([...macros.keys()].some((each) => path.startsWith(`${each}.`))) counts.inside++;
      else {
        const why = proposed.leftOut.find((each) => each.member === path)?.why ?? "no member of its own";
        reasons.set(why, (reasons.get(why) ?? 0) + 1);
      }
    }
    const written = new Set(authors.map(({ member }) => member?.path));
    counts.more += proposed.fields.filter((each) => !written.has(each.member)).length;
  }
  console.info(
    counts,
    [...reasons].sort((a, b) => b[1] - a[1]),
  );
  expect(counts.structs).toBe(100);
  expect((counts.same + counts.inside) / counts.fields).toBeGreaterThan(0.9);
});

function isOf({ member, macro }: VMStateField, structName: string): boolean {
  return member?.structName === structName && macro !== undefined && !member.path.includes("[");
}

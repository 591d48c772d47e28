/** Real tables: no macro is said to be wrong in them, and the macro that is offered for a member is the one that its authors took. */
import { expect, it } from "vitest";
import { givenIn, macroFor } from "../../core/project/fieldMacros";
import { noSuchMember } from "../../core/check/rules/fields/no-such-member";
import { typeMismatch } from "../../core/check/rules/fields/type-mismatch";
import { realProject } from "./project";

it.each(["QEMU_SOURCE_10_2", "QEMU_SOURCE_7_2"] as const)("%s builds: nothing is refused in it", (tree) => {
  const project = realProject(tree);
  const context = { project, path: undefined, descriptions: [...project.descriptions()] };
  const found = [...typeMismatch.check(context), ...noSuchMember.check(context)];
  expect(found.filter(({ severity }) => severity === "error")).toEqual([]);
});

it("the macro for a member is its authors' in 93 of 100 fields", () => {
  const project = realProject("QEMU_SOURCE_10_2");
  const other: string[] = [];
  let tried = 0;
  for (const { fields, file } of project.descriptions()) {
    for (const { macro, member, range } of fields) {
      if (macro === undefined || member === undefined || member.path.includes("[")) continue;
      const text = project.text(range.file)?.slice(range.start, range.end) ?? "";
      // one macro makes several fields
      if (!text.includes(member.path)) continue;
      const offered = macroFor(project, member.structName, member.path, file, givenIn(project, text, range.file));
      tried++;
      if (offered?.macro !== macro) other.push(`${file}: ${macro}, not ${offered?.macro ?? "known"}`);
    }
  }
  console.info(`${tried - other.length} of ${tried} alike`);
  expect(tried).toBeGreaterThan(4000);
  expect(other.length, other.slice(0, 40).join("\n")).toBeLessThan(tried * 0.07);
});

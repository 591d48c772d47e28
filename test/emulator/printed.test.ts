import { describe, expect, it } from "vitest";
import { printedLines } from "../../core/emulator/migration/printed";
import { exampleTree } from "./tree";

const old = "part: incoming version_id 1 is too old for local minimum version_id 2";
const around = "error while loading state for instance 0x0 of device 'toy'";
const end = "load of migration failed: No such file or directory";

/** A loader that prints each line as it goes, or one that chains errors. */
function tree(chains: boolean, errno: "its own" | "one for all") {
  const say = chains ? "error_setg(errp, " : "error_report(";
  const blanks = chains ? " " : "  ";
  return exampleTree({
    "migration/migration.c": `
void come_in(int ret)
{
    ${chains ? `error_prepend(&local_err, "load of migration failed: %s: ", strerror(-ret));` : ""}
    ${chains ? "" : `error_report("load of migration failed: %s", strerror(-ret));`}
}`,
    "migration/vmstate.c": `
int load_one(Desc *d, int v, Error **errp)
{
    ${say}"%s: incoming version_id %d is too old for local minimum version_id${blanks}%d", d->name, v, d->least);
    return -EINVAL;
}`,
    "migration/savevm.c": `
static int vmstate_load(QEMUFile *f, SaveStateEntry *se, Error **errp)
{
    ${errno === "its own" ? "return load_one(se->d, se->v, errp);" : "if (!load_one(se->d, se->v, errp)) { return -EINVAL; } return 0;"}
}
int section(QEMUFile *f, SaveStateEntry *se, Error **errp)
{
    ${chains ? `error_prepend(errp, "error while loading state for instance 0x%x of" " device '%s': ", i, s);` : ""}
    error_report("Missing section footer for %s", se->idstr);
    ${say}"Section footer error, section_id: %d", se->id);
    return -EINVAL;
}`,
  });
}

describe("what a failed load prints", () => {
  it("is a line each, and two blanks, where the tree prints as it goes", () => {
    expect(printedLines(tree(false, "its own"), [old, around, end])).toEqual([
      "part: incoming version_id 1 is too old for local minimum version_id  2",
      around,
      end,
    ]);
  });

  it("does not say the version of what must hold where the tree does not", () => {
    const lines = printedLines(tree(false, "its own"), ["Input validation failed: part/it fits version_id: 2", end]);
    expect(lines).toEqual(["Input validation failed: part/it fits", end]);
  });

  it("is one line, outermost first, where the tree sets errors", () => {
    expect(printedLines(tree(true, "its own"), [old, around, end])).toEqual([`${end}: ${around}: ${old}`]);
  });

  it("has the first error that was set, around which no other can be set", () => {
    const lines = printedLines(tree(true, "its own"), [old, "Section footer error, section_id: 7", around, end]);
    expect(lines).toEqual([`${end}: ${around}: ${old}`]);
  });

  it("has the errno that the section's loader makes of any failure", () => {
    const lines = printedLines(tree(true, "one for all"), [old, around, end]);
    expect(lines[0]).toMatch(/^load of migration failed: Invalid argument: error while/);
  });

  it("has what is printed on the way before it, also a device's own words", () => {
    const footer = [
      "toy: no such buffer",
      "Missing section footer for toy",
      "Section footer error, section_id: 7",
      end,
    ];
    expect(printedLines(tree(true, "its own"), footer)).toEqual([
      "toy: no such buffer",
      "Missing section footer for toy",
      `${end}: Section footer error, section_id: 7`,
    ]);
  });

  it("stays as it is in a tree without the loader", () => {
    expect(printedLines(exampleTree(), [old, around, end])).toEqual([old, around, end]);
  });
});

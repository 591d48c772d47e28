/** What is looked through for uses of a table in other files. */
import { describe, expect, it } from "vitest";
import { diagnoseProject } from "../../../../core/check";
import { createProject } from "../../../../core/project";
import { exampleHeaders } from "../../../tree";

const table = (symbol: string) => `#include "migration/vmstate.h"
const VMStateDescription ${symbol} = { .name = "lost", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_END_OF_LIST() } };
`;

/** Files that were read for their texts after all had been loaded, and what was found. */
function checked(others: Readonly<Record<string, string>>, symbol: string) {
  const files: Readonly<Record<string, string>> = { ...exampleHeaders, "hw/x/lost.c": table(symbol), ...others };
  let reads: string[] = [];
  const tree = {
    paths: () => Object.keys(files),
    read(path: string) {
      reads.push(path);
      return files[path];
    },
  };
  const project = createProject(tree);
  for (const path of tree.paths()) project.load(path);
  reads = [];
  const found = diagnoseProject(project, { wanted: (code) => code === "never-registered" });
  return { reads, found: found.map(({ code }) => code) };
}

const plain = "int plain(void) { return 1; }\n";

describe("never-registered", () => {
  it("reads no file again that has none of the words in a table's name", () => {
    const others = { "hw/x/plain.c": plain, "util/plain.c": plain, "hw/y/plain.c": plain };
    const { reads, found } = checked(others, "vmstate_lost");
    expect(found).toEqual(["never-registered"]);
    expect(reads.filter((path) => path.includes("plain"))).toEqual([]);
  });

  it("sees a use in any file that has the name", () => {
    const use = { "util/user.c": "extern int vmstate_lost; int *p = &vmstate_lost;\n" };
    expect(checked(use, "vmstate_lost").found).toEqual([]);
    expect(checked({ "util/user.c": "int *p = &lost_vmsd;\n" }, "lost_vmsd").found).toEqual([]);
    expect(checked({ "util/user.inc": "vmstate_lost" }, "vmstate_lost").found).toEqual([]);
  });
});

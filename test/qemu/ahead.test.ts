/** What is answered of a source before its tree is read stays true when it is: at every word of the tables of real files. */
import { describe, expect, it } from "vitest";
import { lex } from "../../core/c/lex";
import { constructAt } from "../../core/ide/constructs/construct";
import { describeConstruct } from "../../core/ide/hover/describe";
import { stillReading } from "../../core/ide/hover/markdown";
import { createProject } from "../../core/project";
import { readAhead } from "../../core/project/ahead";
import { openDiskTree } from "../../server/node/tree";
import { sourceTree } from "./tree";

describe("of every tenth source of the tree", () => {
  const tree = openDiskTree(sourceTree("QEMU_SOURCE_10_2"));
  const whole = createProject(tree);
  for (const path of tree.paths()) whole.load(path);
  const paths = [...new Set(Array.from(whole.descriptions(), ({ file }) => file))]
    .filter((path) => path.endsWith(".c"))
    .sort()
    .filter((_, index) => index % 10 === 0);

  it("tables are the same, and a hover that does not say that more follows", () => {
    const other: string[] = [];
    let same = 0;
    for (const path of paths) {
      const { project, steps } = readAhead(tree, path, {});
      for (const _ of steps);
      expect(project.descriptionsIn(path)).toEqual(whole.descriptionsIn(path));
      for (const { range } of whole.descriptionsIn(path)) {
        if (range.file !== path) continue;
        for (const { kind, start } of lex(whole.text(path) ?? "", path, range.start, range.end)) {
          const [early, late] = [project, whole].map((each) => constructAt(each, path, start));
          // a word that another file makes something is taken for the field around it
          if (kind !== "identifier" || early === undefined || early.kind !== late?.kind) continue;
          const [said, then] = [describeConstruct(project, early, path), describeConstruct(whole, late, path)];
          if (said === then) same++;
          else if (said?.includes(stillReading) !== true) other.push(`${path}:${start}: ${said}\n${then}`);
        }
      }
    }
    expect(other).toEqual([]);
    expect(same).toBeGreaterThan(20 * paths.length);
  });
});

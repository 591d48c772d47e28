import { createProject } from "../../core/project";
import { simulate } from "../../core/emulator";
import { openDiskTree } from "../../server/node/tree";
import { exampleTree } from "../cli/run";

export const exampleLine = "-M q35 -m 8 -device demo-iommu -device demo-disk";

/** What the example tree's machine sends. */
export function exampleStream(): Uint8Array {
  const tree = openDiskTree(exampleTree);
  const project = createProject(tree);
  for (const path of tree.paths()) project.load(path);
  let stream = new Uint8Array();
  const report = simulate(project, { machine: exampleLine, observe: (bytes) => (stream = new Uint8Array(bytes)) });
  if (!report.ok) throw new Error(report.message);
  return stream;
}

/** An index prepares its answers in steps, between which files change: what is answered then is what a fresh look says. */
import { describe, expect, it } from "vitest";
import { diagnoseFileInSteps, diagnoseProject } from "../../core/check";
import { warmLoadEffects } from "../../core/code";
import { treeOrder, warmDependencies, warmProviders, warmTreeOrder } from "../../core/order";
import { createProject, type LoadableProject } from "../../core/project";
import { warmMacroUses } from "../../core/project/fieldMacros";
import { warmConsumers } from "../../core/order/consumers";
import { warmRoles } from "../../core/code/registered";
import { exampleFiles } from "../emulator/tree";

const iommu = "hw/demo/demo-iommu.c";
const files = exampleFiles();

function projectWith(changed: Readonly<Record<string, string>> = {}): LoadableProject {
  const texts = new Map(Object.entries({ ...files, ...changed }));
  const project = createProject({ paths: () => texts.keys(), read: (path) => texts.get(path) });
  for (const path of texts.keys()) project.load(path);
  return project;
}

function* preparation(project: LoadableProject): Generator<void> {
  yield* project.warmDescriptions();
  yield* project.warmTypes();
  yield* warmRoles(project);
  yield* warmLoadEffects(project);
  yield* warmProviders(project);
  yield* warmConsumers(project);
  yield* project.warmTargets();
  yield* warmDependencies(project);
  yield* warmTreeOrder(project);
  yield* warmMacroUses(project);
  yield* diagnoseFileInSteps(project, iommu);
}

function answers(project: LoadableProject): unknown {
  const types = [...project.types()].map(({ name, parent }) => `${name} < ${parent}`).sort();
  return { types, findings: diagnoseProject(project), order: treeOrder(project) };
}

describe("an index that is prepared in steps", () => {
  it("answers what one answers that is asked at once", () => {
    const prepared = projectWith();
    for (const _ of preparation(prepared));
    expect(answers(prepared)).toEqual(answers(projectWith()));
  });

  it("keeps what somebody was told between any two steps", () => {
    const paths = Object.keys(files).filter((path) => path.endsWith(".c"));
    let steps = 0;
    for (const _ of projectWith().warmDescriptions()) steps++;
    for (let asked = 1; asked <= steps; asked++) {
      const project = projectWith();
      let told: readonly unknown[] = [];
      let step = 0;
      for (const _ of project.warmDescriptions()) {
        if (++step === asked) told = paths.flatMap((path) => project.descriptionsIn(path));
      }
      expect(told.length).toBeGreaterThan(0);
      const now = paths.flatMap((path) => project.descriptionsIn(path));
      expect(now.every((each, index) => each === told[index])).toBe(true);
    }
  });

  it("follows a file that changes between any two steps", () => {
    const edited = `${files[iommu] ?? ""}`.replace(
      /\.post_load = demo_iommu_post_load/,
      "$&,\n    .priority = MIG_PRI_IOMMU",
    );
    expect(edited).not.toBe(files[iommu]);
    const expected = answers(projectWith({ [iommu]: edited }));
    expect(expected).not.toEqual(answers(projectWith()));
    const steps = [...preparation(projectWith())].length;
    for (let at = 0; at < steps; at += Math.max(1, Math.floor(steps / 40))) {
      const project = projectWith();
      let step = 0;
      for (const _ of preparation(project)) if (step++ === at) project.update(iommu, edited);
      expect(answers(project), `changed after step ${at} of ${steps}`).toEqual(expected);
    }
  });
});

/** Lists that code builds, as system registers of a CPU: what `vmstate diff` says of them, from boards that are built on both sides. */
import { hasBuiltLists, listVerdicts, type ListVerdict } from "../../core/emulator";
import { machineTypes, newestFirst, type TreeFinding } from "../../core/compat";
import type { Project } from "../../core/project";
import type { Progress } from "../io";
import type { Sides } from "./sides";

/** The findings with what the boards of the machine type say of such lists, in place of what tables leave open. */
export function withLists(findings: readonly TreeFinding[], sides: Sides, progress: Progress): readonly TreeFinding[] {
  const { oldProject, newProject, old, next } = sides;
  if (oldProject === undefined || newProject === undefined) return findings;
  if (![oldProject, newProject].every(hasBuiltLists)) return findings;
  const machine = sides.machine ?? newestShared(oldProject, newProject);
  if (machine === undefined) return findings;
  const [up = [], down = []] = listVerdicts(
    { project: oldProject, label: old.label },
    { project: newProject, label: next.label },
    machine,
    (cpu, of) => progress.report(`building boards of ${machine}: ${cpu} of ${of}`),
  );
  const known = [
    ...up.map((verdict) => ({ verdict, direction: "old->new" as const })),
    ...down.map((verdict) => ({ verdict, direction: "new->old" as const })),
  ];
  const isDecided = ({ direction, certain, saver, loader }: TreeFinding): boolean =>
    !certain &&
    known.some(
      (each) =>
        each.direction === direction &&
        each.verdict.loader.name === loader?.description.name &&
        each.verdict.count === loader.field?.member?.path &&
        saver?.description.name === each.verdict.saver.name,
    );
  const broken = known.flatMap(({ verdict, direction }) => findingOf(verdict, direction));
  return [...findings.filter((finding) => !isDecided(finding)), ...broken];
}

/** The newest versioned machine type that both targets have. */
function newestShared(old: Project, next: Project): string | undefined {
  const ofOld = new Set(machineTypes(old));
  const isBuilt = (name: string, project: Project): boolean => {
    const type = project.type(`${name}-machine`);
    return type !== undefined && project.compiles(type.file) !== "false";
  };
  const shared = machineTypes(next).filter((name) => ofOld.has(name) && isBuilt(name, old) && isBuilt(name, next));
  return newestFirst(shared)[0];
}

function findingOf({ saver, loader, count, refused }: ListVerdict, direction: TreeFinding["direction"]): TreeFinding[] {
  if (refused === undefined) return [];
  const counted = (description: typeof saver) => description.fields.find(({ member }) => member?.path === count);
  return [
    {
      ...{ verdict: "refused", certain: true, declared: false, message: refused, offset: undefined },
      saver: { description: saver, field: counted(saver) },
      loader: { description: loader, field: counted(loader) },
      ...{ difference: undefined, section: saver.name, direction, types: [] },
    },
  ];
}

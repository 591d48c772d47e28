/** How wide the integer is that a VMStateInfo writes, by its own function. */
import { callsOf } from "../c/body/calls";
import { conditionsAt } from "../c/body/conditions";
import { bodyOf } from "../project/bodies";
import type { LocatedFunction, Project } from "../project/project";
import type { VMStateInfo } from "../vmstate/model";

/** Functions of migration/qemu-file.h and qemu-file-types.h that write one integer, with its bytes. */
const widths: ReadonlyMap<string, number> = new Map(
  [
    ["qemu_put_byte", "qemu_put_8s", "qemu_put_sbyte", "qemu_put_s8s"],
    ["qemu_put_be16", "qemu_put_be16s", "qemu_put_sbe16", "qemu_put_sbe16s"],
    ["qemu_put_be32", "qemu_put_be32s", "qemu_put_sbe32", "qemu_put_sbe32s"],
    ["qemu_put_be64", "qemu_put_be64s", "qemu_put_sbe64", "qemu_put_sbe64s"],
  ].flatMap((names, power) => names.map((name): [string, number] => [name, 2 ** power])),
);

const deepest = 3;

/** Bytes of the integer that the info's put or save always writes; undefined where it writes anything else or it cannot be told. */
export function infoWidth(project: Project, info: VMStateInfo | undefined): number | undefined {
  const put = info?.put;
  const fn = put && project.function(put.name, put.range.file);
  return fn && widthOf(project, fn, 0);
}

function widthOf(project: Project, fn: LocatedFunction, depth: number): number | undefined {
  if (depth > deepest) return undefined;
  const body = bodyOf(project, fn);
  const stream = body.parameters[0]?.name;
  const writing = callsOf(body).filter(({ node: { arguments: given } }) =>
    given.some((each) => each.kind === "identifier" && each.name === stream),
  );
  const [only] = writing;
  if (only === undefined || writing.length > 1 || conditionsAt(body, only.nameStart).length > 0) return undefined;
  const callee = project.function(only.name, fn.file);
  return widths.get(only.name) ?? (callee && widthOf(project, callee, depth + 1));
}

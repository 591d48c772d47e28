/** Memory regions that a device makes and that nothing puts into an address space: the guest sees none of what is done to them. */
import { bodyCall } from "../c/body/calls";
import { nodesIn, type Node } from "../c/body/walk";
import { bodyOf } from "../project/bodies";
import { functionTexts } from "../project/functionTexts";
import { isPrivate } from "../project/privateStructs";
import type { Project } from "../project/project";
import type { GuestWrite } from "./guestWrites";

/**
 * Whether the region that is switched is a member of a struct of the file alone, and goes nowhere there but to functions
 * that make it or set what it is like. False where anything else has its address: that may place it.
 */
export function isNeverPlaced(project: Project, { kind, part, range, structs }: GuestWrite): boolean {
  const { file } = range;
  if (kind !== "memory-region" || part === undefined || structs.length === 0) return false;
  if (!structs.every((each) => isPrivate(project, file, each))) return false;
  const name = part.slice(part.lastIndexOf(".") + 1);
  const text = project.text(file) ?? "";
  if ((project.facts(file)?.macros ?? []).some((each) => text.slice(each.bodyStart, each.bodyEnd).includes(name)))
    return false;
  let isMade = false;
  for (const fn of functionTexts(project, file)) {
    if (!fn.body.includes(name)) continue;
    const uses = usesOf(bodyOf(project, { file, definition: fn.definition }).block, name);
    if (uses.elsewhere) return false;
    isMade ||= uses.made;
  }
  return isMade;
}

/** Whether a function makes the region, and whether it hands it to what may place it. */
function usesOf(root: Node, name: string): { readonly made: boolean; readonly elsewhere: boolean } {
  const own = new Set<number>();
  let made = false;
  for (const node of nodesIn(root)) {
    const callee = node.kind === "call" ? bodyCall(node).name : "";
    if (node.kind !== "call" || !onlyTouches(callee)) continue;
    const [region] = node.arguments;
    for (const each of region === undefined ? [] : nodesIn(region)) {
      if (!names(each, name)) continue;
      own.add(each.start);
      made ||= callee.startsWith("memory_region_init");
    }
  }
  let elsewhere = false;
  for (const node of nodesIn(root)) elsewhere ||= names(node, name) && !own.has(node.start);
  return { made, elsewhere };
}

function names(node: Node, name: string): boolean {
  return (node.kind === "member" || node.kind === "identifier") && node.name === name;
}

/** An alias is a region of its own: the one that it shows is its third argument. */
function onlyTouches(callee: string): boolean {
  return callee.startsWith("memory_region_init") || callee.startsWith("memory_region_set_");
}

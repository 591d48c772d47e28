/** Members that point to memory which the device allocates for itself, as large as it likes: `s->regs = g_new(uint32_t, n)`. */
import { accessesIn } from "../c/body/accesses";
import { bodyCall, callsOf } from "../c/body/calls";
import type { Expression } from "../c/syntax";
import { lastName } from "../c/words";
import { bodyOf } from "../project/bodies";
import { functionTexts } from "../project/functionTexts";
import type { Project } from "../project/project";
import { bareName } from "../project/stateTypes";
import { placesOf } from "./memberPlaces";
import type { MembersOf } from "./memberWrites";
import { settingUpIn } from "./settingUp";

/** How names of functions begin that hand out memory of nobody else's. */
const allocating = ["g_new", "g_malloc", "g_try_new", "g_try_malloc", "qemu_memalign"];

function mayAllocate(text: string): boolean {
  return allocating.some((each) => text.includes(each));
}

/**
 * Of the members, those that one of the files allocates, that nothing else is put into than that and NULL, while the device is
 * set up, and whose address nobody takes. Memory that becomes the guest's RAM is saved with that, and is none.
 */
export function ownMemory(
  project: Project,
  files: readonly string[],
  { structName, members }: MembersOf,
): readonly string[] {
  const open = new Set(members);
  const owned = new Set<string>();
  if (open.size === 0 || !files.some((file) => mayAllocate(project.text(file) ?? ""))) return [];
  const bare = bareName(structName);
  for (const file of files) {
    const setUp = settingUpIn(project, file);
    for (const fn of functionTexts(project, file)) {
      const named = [...open].filter((member) => fn.body.includes(lastName(member)));
      if (named.length === 0 || project.function(fn.name, file)?.file !== file) continue;
      const body = bodyOf(project, { file, definition: fn.definition });
      const memberOf = (place: Expression): string | undefined =>
        placesOf(place, body).find(({ typeName, member }) => typeName === bare && named.includes(member))?.member;
      for (const { place, kind, value, isPart } of accessesIn(body.block)) {
        if (isPart || kind === "read" || place.kind !== "member") continue;
        const member = memberOf(place);
        if (member === undefined) continue;
        const made = kind === "write" && setUp.has(fn.name) ? madeBy(value) : undefined;
        if (made === undefined) open.delete(member);
        else if (made === "memory") owned.add(member);
      }
      for (const { name, node } of callsOf(body)) {
        if (!name.startsWith("memory_region_init")) continue;
        for (const argument of node.arguments) open.delete(memberOf(argument) ?? "");
      }
    }
  }
  return [...owned].filter((member) => open.has(member));
}

function madeBy(value: Expression | undefined): "memory" | "nothing" | undefined {
  if (value?.kind === "cast") return madeBy(value.operand);
  if (value?.kind === "identifier" && value.name === "NULL") return "nothing";
  return value?.kind === "call" && mayAllocate(bodyCall(value).name) ? "memory" : undefined;
}

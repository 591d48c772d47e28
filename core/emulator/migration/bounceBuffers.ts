/**
 * What address_space_map gives where there is no memory (system/physmem.c): a buffer of QEMU's own, whose contents are not
 * the guest's. The device goes on with it, and nobody says so.
 */
import { placesOf } from "../../c/body/places";
import { bodyOf } from "../../project/bodies";
import type { Project } from "../../project/project";

/**
 * Whether a map of an address without memory succeeds in the tree's QEMU. Since 9.2 each address space has some bytes for such
 * buffers, and a map is taken to fit into them. Before, one buffer serves the whole process: of several maps only the first
 * gets it, and as a device that maps while it loads maps more than once, its load is taken to fail.
 */
export function hasBounceBuffers(project: Project): boolean {
  const map = project.function("address_space_map", "");
  return map !== undefined && placesOf(bodyOf(project, map)).members.has("bounce_buffer_size");
}

/** Whether the function of QEMU's API maps memory, and so may end at such a buffer. */
export function mapsMemory(api: string): boolean {
  return api.endsWith("_map");
}

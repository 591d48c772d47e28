import { readdirSync, readFileSync } from "node:fs";
import { createProject, type Project } from "../../core/project";

/** A project of files given as text. */
function projectOf(files: Readonly<Record<string, string>>, target?: string): Project {
  const tree = { paths: () => Object.keys(files), read: (path: string) => files[path] };
  const project = createProject(tree, target === undefined ? {} : { target });
  for (const path of Object.keys(files)) project.load(path);
  return project;
}

function filesBelow(root: string, folder = ""): Record<string, string> {
  const files: Record<string, string> = {};
  for (const each of readdirSync(`${root}/${folder}`, { withFileTypes: true })) {
    const path = folder === "" ? each.name : `${folder}/${each.name}`;
    if (each.isDirectory()) Object.assign(files, filesBelow(root, path));
    else if (/\.[ch]$/.test(path)) files[path] = readFileSync(`${root}/${path}`, "utf8");
  }
  return files;
}

export function exampleFiles(): Readonly<Record<string, string>> {
  return filesBelow("examples/mini-qemu");
}

/** The example tree, with files added or replaced. */
export function exampleTree(more: Readonly<Record<string, string>> = {}, target?: string): Project {
  return projectOf({ ...exampleFiles(), ...more }, target);
}

/** A PCI device type with a table of its own. */
export function pciType(name: string, { parent = "pci-device", extra = "" } = {}): string {
  const symbol = name.replaceAll("-", "_");
  return `
#include "hw/pci/pci.h"
#include "migration/vmstate.h"
typedef struct { PCIDevice parent_obj; uint32_t reg; } ${symbol}_State;
static const VMStateDescription vmstate_${symbol} = {
    .name = "${name}", .version_id = 1, .minimum_version_id = 1, ${extra}
    .fields = (const VMStateField[]) { VMSTATE_UINT32(reg, ${symbol}_State), VMSTATE_END_OF_LIST() },
};
static void ${symbol}_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_${symbol};
}
static const TypeInfo ${symbol}_info = {
    .name = "${name}", .parent = "${parent}", .instance_size = sizeof(${symbol}_State), .class_init = ${symbol}_class_init,
};
static void ${symbol}_register(void) { type_register_static(&${symbol}_info); }
type_init(${symbol}_register)
`;
}

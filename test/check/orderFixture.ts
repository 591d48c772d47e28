/** A tree in memory for the rules about load order: the example's header with a fuller enum, and devices made from a few words. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { diagnoseFile, diagnoseProject } from "../../core/check";
import { createProject } from "../../core/project";
import type { Diagnostic } from "../../core/check";
import type { Project } from "../../core/project";
import { type Files, holdFixes } from "./holdFixes";

const header = readFileSync(
  fileURLToPath(new URL("../../examples/mini-qemu/include/migration/vmstate.h", import.meta.url)),
  "utf8",
);

export const levels = `typedef enum {
    MIG_PRI_UNINITIALIZED = 0, /* The same as MIG_PRI_DEFAULT */
    MIG_PRI_LOW, /* Must happen after default */
    MIG_PRI_DEFAULT,
    MIG_PRI_IOMMU, /* Must happen before PCI devices */
    MIG_PRI_PCI_BUS, /* Must happen before IOMMU */
    MIG_PRI_PLUG_MEM, /* Must happen before IOMMU */
    MIG_PRI_VGIC_ITS, /* Must happen before PCI devices */
    MIG_PRI_VGIC, /* Must happen before the ITS */
    MIG_PRI_MAX,
} MigrationPriority;`;

const bases = `
#include "migration/vmstate.h"
static const TypeInfo device_info = { .name = "device", .parent = "object" };
static const TypeInfo pci_info = { .name = "pci-device", .parent = "device" };
static const TypeInfo bridge_info = { .name = "base-pci-bridge", .parent = "pci-device" };
static const TypeInfo host_info = { .name = "pci-host-bridge", .parent = "device" };
static const TypeInfo cpu_info = { .name = "cpu", .parent = "device" };
static const TypeInfo region_info = { .name = "iommu-memory-region", .parent = "object" };
DEFINE_TYPES(device_info)
DEFINE_TYPES(pci_info)
DEFINE_TYPES(bridge_info)
DEFINE_TYPES(host_info)
DEFINE_TYPES(cpu_info)
DEFINE_TYPES(region_info)
`;

export interface DeviceSpec {
  readonly name: string;
  readonly parent?: string;
  /** Members of the description behind the versions: `.priority = MIG_PRI_IOMMU,`. */
  readonly table?: string;
  /** Functions in front of the table. */
  readonly code?: string;
  /** Statements of realize. */
  readonly realize?: string;
  /** Statements of class_init. */
  readonly classInit?: string;
  readonly fields?: string;
}

/** One C file with a device of the given name; `-` becomes `_` in C names. */
export function device(spec: DeviceSpec): string {
  const id = spec.name.replaceAll("-", "_");
  return `#include "migration/vmstate.h"
typedef struct Dev { uint32_t a; uint32_t b; void *as; struct DevOps *ops; } Dev;
${spec.code ?? ""}
static void ${id}_realize(DeviceState *dev, Error **errp)
{
    ${spec.realize ?? ""}
}
static const VMStateDescription vmstate_${id} = {
    .name = "${spec.name}",
    .version_id = 1,
    .minimum_version_id = 1,
    ${spec.table ?? ""}
    .fields = (const VMStateField[]) {
        ${spec.fields ?? "VMSTATE_UINT32(a, Dev),"}
        VMSTATE_END_OF_LIST()
    },
};
static void ${id}_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->realize = ${id}_realize;
    dc->vmsd = &vmstate_${id};
    ${spec.classInit ?? ""}
}
static const TypeInfo ${id}_info = {
    .name = "${spec.name}", .parent = "${spec.parent ?? "pci-device"}", .instance_size = sizeof(Dev), .class_init = ${id}_class_init,
};
DEFINE_TYPES(${id}_info)
`;
}

/** A function `int <name>(void *opaque, int version_id)` that runs statements. */
export function hook(name: string, statements: string): string {
  return `static int ${name}(void *opaque, int version_id)\n{\n    Dev *s = opaque;\n    ${statements}\n    return 0;\n}\n`;
}

export const iommu = (table: string, more: Partial<DeviceSpec> = {}): string =>
  device({ name: "demo-iommu", parent: "device", realize: "pci_setup_iommu(bus, &ops, dev);", table, ...more });

export interface OrderTree {
  readonly project: Project;
  readonly all: readonly Diagnostic[];
  /** `file severity` of each finding of a rule. */
  of(code: string): readonly string[];
  one(code: string): Diagnostic;
  inFile(path: string, code: string): readonly Diagnostic[];
}

/** Files are under hw/; names without folder. */
export function tree(files: Readonly<Record<string, string>>, enumText: string = levels): OrderTree {
  const texts = new Map<string, string>([
    ["include/migration/vmstate.h", header.replace(/typedef enum[^;]*MigrationPriority;/, enumText)],
    ["hw/bases.c", bases],
    ...Object.entries(files).map(([name, text]): [string, string] => [
      name.startsWith("../") ? name.slice(3) : `hw/${name}`,
      text,
    ]),
  ]);
  const project = projectOf(texts);
  const all = diagnoseProject(project);
  holdFixes(texts, all, (mended) => diagnoseProject(projectOf(mended)));
  const of = (code: string) => all.filter((d) => d.code === code);
  return {
    project,
    all,
    of: (code) => of(code).map((d) => `${d.range.file.replace(/^hw\//, "")} ${d.severity}`),
    one(code) {
      const [first, ...others] = of(code);
      if (!first || others.length > 0)
        throw new Error(`${others.length + (first ? 1 : 0)} findings of ${code}, not one`);
      return first;
    },
    inFile: (path, code) => diagnoseFile(project, `hw/${path}`).filter((d) => d.code === code),
  };
}

function projectOf(files: Files): Project {
  const project = createProject({ paths: () => files.keys(), read: (path) => files.get(path) });
  for (const path of files.keys()) project.load(path);
  return project;
}

export function fixed(project: Project, diagnostic: Diagnostic): string {
  const edits = [...(diagnostic.fixes[0]?.edits ?? [])].sort((a, b) => b.range.start - a.range.start);
  return edits.reduce(
    (text, { range, text: next }) => text.slice(0, range.start) + next + text.slice(range.end),
    project.text(diagnostic.range.file) ?? "",
  );
}

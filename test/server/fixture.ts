/** The example tree, in memory. Its texts are ours, so a test may change them at will. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { memoryHost } from "./memoryHost";
import type { MemoryHost } from "./memoryHost";

const example = fileURLToPath(new URL("../../examples/mini-qemu/", import.meta.url));

export const treeUri = "file:///src/qemu";
export const disk = `${treeUri}/hw/demo/demo-disk.c`;
export const iommu = `${treeUri}/hw/demo/demo-iommu.c`;
export const nic = `${treeUri}/hw/demo/demo-nic.c`;

export function exampleHost(extra: Readonly<Record<string, string>> = {}): MemoryHost {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(example, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const full = `${entry.parentPath}/${entry.name}`.replaceAll("\\", "/");
    files[`/src/qemu/${full.slice(example.length)}`] = readFileSync(full, "utf8");
  }
  return memoryHost({ ...files, ...extra });
}

export function textOf(host: MemoryHost, uri: string): string {
  const text = host.files.get(new URL(uri).pathname);
  if (text === undefined) throw new Error(`${uri} is not on the disk`);
  return text;
}

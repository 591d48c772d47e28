import { withoutErrp } from "./designators";
import { effectGuards, guardText, loadEffects } from "../../code";
import type { LoadableProject } from "../../project";
import type { LoadEffect } from "../../code/effects";
import type { Construct } from "../constructs/construct";
import { code, escaped, stillReading } from "./markdown";

const roles: Readonly<Record<string, string>> = {
  pre_load: "Called before the fields are read",
  post_load: "Called when all fields and subsections are read",
  pre_save: "Called before the fields are written",
  post_save: "Called when the fields are written",
  needed: "Decides whether it is sent",
  dev_unplug_pending: "Says whether the device waits to be unplugged",
  field_exists: "Decides whether the field is sent, and is expected",
};

/** Signature, role, and what it does to the world outside its struct while it loads. */
export function describeCallback(
  project: LoadableProject,
  construct: Extract<Construct, { kind: "callback" }>,
): string {
  const { name, role, target, owner } = construct;
  const lines = [`${roles[withoutErrp(role)] ?? role}: ${code(`${name}()`)}`];
  if (project.isPartial) return [...lines, stillReading].join("  \n");
  if (target === undefined) lines.push("Not defined in the files that are read");
  if (!role.startsWith("pre_load") && !role.startsWith("post_load")) return lines.join("  \n");
  const effects =
    owner === undefined ? [] : loadEffects(project, owner).filter((effect) => effect.chain[0]?.function === name);
  if (effects.length === 0) lines.push("No DMA, interrupt or look-up of another device is seen in what it calls");
  else lines.push(...effects.slice(0, 8).map((effect) => effectLine(project, effect)));
  return lines.join("  \n");
}

const effects: Readonly<Record<LoadEffect["kind"], string>> = {
  "dma-read": "reads guest memory",
  "dma-write": "writes guest memory",
  "dma-map": "maps guest memory",
  "iommu-lookup": "asks the IOMMU",
  "bus-number-lookup": "looks up a bus number",
  "irq-route": "sets up interrupt routes in the kernel",
  msi: "sends or sets up an MSI",
  irq: "raises an interrupt",
  "memory-region": "changes a memory region",
  timer: "sets a timer",
  watch: "waits for a character device",
  "device-lookup": "looks up another device",
  "cpu-access": "looks at a CPU",
  "block-write": "writes to a disk",
};

function effectLine(project: LoadableProject, effect: LoadEffect): string {
  const chain = [...effect.chain.map((step) => step.function), effect.api].join(" → ");
  const space = effect.space === "device" ? ", through the IOMMU where there is one" : "";
  const guard = guardText(effectGuards(project, effect));
  const condition = guard === undefined ? "" : `, only if ${escaped(guard)}`;
  return `- ${effects[effect.kind]}${space}${condition}: ${escaped(chain)}`;
}

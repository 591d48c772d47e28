/** Results as the server would give them, for the tests of what the pages say. */
import type { OrderResult, SimulateFailure, SimulateResult, SimulateSection } from "../../server/protocol";

export function section(idstr: string, more: Partial<SimulateSection> = {}): SimulateSection {
  return {
    offset: 0,
    size: 10,
    kind: "full",
    idstr,
    instanceId: 0,
    level: "MIG_PRI_DEFAULT",
    result: "loaded",
    milliseconds: 0.5,
    ...more,
  };
}

export function simulation(names: readonly string[], more: Partial<SimulateResult> = {}): SimulateResult {
  return {
    tree: "file:///tree",
    machine: "-M q35",
    machineType: "pc-q35-10.2",
    milliseconds: 3,
    outcome: "completed",
    sections: names.map((name, index) => section(name, { offset: index * 10 })),
    events: [],
    failure: null,
    open: [],
    messages: [],
    ram: { bytes: 0, rounds: [] },
    timing: { bandwidth: 2 ** 27, downtimeLimit: 300, total: 12, downtime: 3 },
    size: names.length * 10,
    notes: [],
    ...more,
  };
}

export const failure: SimulateFailure = {
  idstr: "demo-disk",
  offset: 0,
  message: "load of migration failed: Operation not permitted",
  file: "hw/demo/demo-disk.c",
  line: 27,
  chain: [
    { function: "demo_disk_post_load", file: "hw/demo/demo-disk.c", line: 37 },
    { function: "demo_ring_map", file: "hw/demo/ring.c", line: 8 },
  ],
};

export const order: OrderResult = {
  tree: "file:///tree",
  levels: [{ name: "MIG_PRI_DEFAULT", value: 2, comment: "" }],
  entries: ["demo-disk", "demo-iommu"].map((idstr, index) => ({
    idstr,
    instanceId: 0,
    sectionId: index,
    description: idstr,
    symbol: `vmstate_${idstr.replace("-", "_")}`,
    type: idstr,
    level: "MIG_PRI_DEFAULT",
    file: `hw/demo/${idstr}.c`,
    line: 49,
  })),
  edges: [
    {
      consumer: "demo-disk",
      provider: "demo-iommu",
      kind: "dma",
      holds: false,
      by: "creation",
      slack: 0,
      reason: "It maps guest memory in post_load.",
      evidence: [],
    },
    {
      consumer: "demo-nic",
      provider: "demo-bridge",
      kind: "bus-number",
      holds: true,
      by: "level",
      slack: 2,
      reason: "",
      evidence: [],
    },
  ],
  cycles: [],
};

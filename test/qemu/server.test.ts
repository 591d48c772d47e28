import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { nodeHost } from "../../server/node/host";
import { connectClient } from "../server/client";
import type { TestClient } from "../server/client";
import { sourceTree } from "./tree";

const priority = "    .priority = MIG_PRI_IOMMU,\n";

describe("on the real tree, the server", () => {
  const root = sourceTree("QEMU_SOURCE_10_2");
  const uriOf = (path: string) => pathToFileURL(`${root}/${path}`).toString();
  const textOf = (path: string) => readFileSync(`${root}/${path}`, "utf8");
  const iommu = uriOf("hw/i386/intel_iommu.c");
  let client: TestClient;

  beforeAll(async () => {
    client = await connectClient(nodeHost(undefined), { folders: [pathToFileURL(root).toString()] });
    const started = performance.now();
    client.open(iommu, textOf("hw/i386/intel_iommu.c"));
    await client.pull(iommu);
    console.info(`cold start to first diagnostics ${Math.round(performance.now() - started)} ms`);
  });

  async function codes(uri: string): Promise<unknown[]> {
    return (await client.pull(uri)).map((each) => each.code);
  }

  it("reports intel_iommu.c once its priority is deleted, and no longer once that is undone", async () => {
    expect(await codes(iommu)).toEqual([]);
    const next = "    .post_load = vtd_post_load,\n";
    const before = client.document(iommu).getText();
    client.edit(iommu, priority + next, next);
    expect(await codes(iommu)).toContain("dma-before-iommu");
    client.edit(iommu, next, priority + next);
    expect(client.document(iommu).getText()).toBe(before);
    expect(await codes(iommu)).toEqual([]);
    expect(client.errors).toEqual([]);
  });

  it.each(["hw/nvme/ctrl.c", "hw/i386/intel_iommu.c", "hw/net/virtio-net.c", "target/arm/machine.c"])(
    "answers every edit in %s as a fresh look would",
    async (path) => {
      const uri = uriOf(path);
      if (uri !== iommu) client.open(uri, textOf(path));
      const before = await client.pull(uri);
      const times: number[] = [];
      for (let round = 0; round < 60; round++) {
        const [from, to] =
          round % 2 === 0 ? ["const VMStateD", "const  VMStateD"] : ["const  VMStateD", "const VMStateD"];
        const started = performance.now();
        client.edit(uri, from ?? "", to ?? "");
        await client.pull(uri);
        times.push(performance.now() - started);
      }
      times.sort((a, b) => a - b);
      const p95 = times[Math.ceil(times.length * 0.95) - 1] ?? Number.POSITIVE_INFINITY;
      console.info(`${path}: edit to diagnostics, median ${times[30]?.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`);
      expect(await client.pull(uri)).toEqual(before);
    },
  );
});

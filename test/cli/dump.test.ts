import { describe, expect, it } from "vitest";
import { exampleTree, vmstate } from "./run";

describe("vmstate dump", () => {
  it("prints QEMU's keys and nesting for a type", async () => {
    const { out } = await vmstate(["dump", "--tree", exampleTree, "--type", "demo-nic"]);
    expect(JSON.parse(out)["demo-nic"]).toEqual({
      Name: "demo-nic",
      version_id: 2,
      minimum_version_id: 1,
      Description: {
        name: "demo-nic",
        version_id: 2,
        minimum_version_id: 1,
        Fields: [
          expect.objectContaining({ field: "parent_obj", version_id: 0, field_exists: false }),
          { field: "mac", version_id: 0, field_exists: false, num: 6, size: 1 },
          { field: "status", version_id: 0, field_exists: false, size: 2 },
          { field: "interrupt_mask", version_id: 2, field_exists: false, size: 4 },
          {
            field: "queues",
            version_id: 0,
            field_exists: false,
            num: 2,
            size: 16,
            Description: {
              name: "demo-nic-queue",
              version_id: 1,
              minimum_version_id: 1,
              Fields: [
                { field: "base", version_id: 0, field_exists: false, size: 8 },
                { field: "head", version_id: 0, field_exists: false, size: 2 },
                { field: "tail", version_id: 0, field_exists: false, size: 2 },
              ],
            },
          },
        ],
        Subsections: [
          {
            name: "demo-nic/offload",
            version_id: 1,
            minimum_version_id: 1,
            Fields: [
              { field: "offload", version_id: 0, field_exists: false, size: 1 },
              { field: "offload_features", version_id: 0, field_exists: false, size: 4 },
            ],
          },
        ],
      },
    });
  });

  it("names the machine first and all device types", async () => {
    const { out } = await vmstate(["dump", "--tree", exampleTree, "--machine", "pc-q35-10.2"]);
    const dump = JSON.parse(out);
    expect(Object.keys(dump)).toEqual(["vmschkmachine", "demo-disk", "demo-iommu", "demo-nic", "demo-timer"]);
    expect(dump.vmschkmachine).toEqual({ Name: "pc-q35-10.2" });
  });

  it("exits 2 for a type that has no table", async () => {
    const { code, err } = await vmstate(["dump", "--tree", exampleTree, "--type", "nothing"]);
    expect(code).toBe(2);
    expect(err).toBe("vmstate: no device type with a table is named nothing\n");
  });
});

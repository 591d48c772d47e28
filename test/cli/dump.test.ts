import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

  it("takes what a build is configured with, over what the tree's files say", async () => {
    const top = mkdtempSync(join(tmpdir(), "vmstate-dump-"));
    try {
      cpSync(exampleTree, top, { recursive: true });
      mkdirSync(`${top}/hw/lamp`);
      writeFileSync(`${top}/hw/lamp/lamp.c`, lamp);
      const fields = async (...config: readonly string[]): Promise<unknown> => {
        const { out } = await vmstate(["dump", "--tree", top, "--type", "lamp", "--explain", ...config]);
        return JSON.parse(out).lamp.Description.Fields;
      };
      expect(await fields()).toEqual([
        expect.objectContaining({ field: "on" }),
        expect.objectContaining({ field: "bright", condition: "defined(CONFIG_BRIGHT)" }),
      ]);
      expect(await fields("--config", "CONFIG_BRIGHT=n")).toHaveLength(1);
      const bright = await fields("--config", "CONFIG_OTHER=y", "--config", "CONFIG_BRIGHT");
      expect(bright).toEqual([expect.objectContaining({ field: "on" }), expect.objectContaining({ field: "bright" })]);
      expect(JSON.stringify(bright)).not.toContain("condition");
    } finally {
      rmSync(top, { recursive: true });
    }
  });

  it("exits 2 for a configuration that is none", async () => {
    const { code, err } = await vmstate(["dump", "--tree", exampleTree, "--config", "=y"]);
    expect(code).toBe(2);
    expect(err).toContain("It looks like CONFIG_HAVE_RUST=y.");
  });
});

const lamp = `#include "migration/vmstate.h"
#include "hw/sysbus.h"
typedef struct LampState { SysBusDevice parent; uint8_t on; uint8_t bright; } LampState;
static const VMStateDescription vmstate_lamp = {
    .name = "lamp",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(on, LampState),
#ifdef CONFIG_BRIGHT
        VMSTATE_UINT8(bright, LampState),
#endif
        VMSTATE_END_OF_LIST()
    },
};
static void lamp_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_lamp;
}
static const TypeInfo lamp = { .name = "lamp", .parent = TYPE_SYS_BUS_DEVICE, .class_init = lamp_class_init };
`;

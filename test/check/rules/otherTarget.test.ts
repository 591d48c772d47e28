/** Sizes that follow the guest's words count where the target's emulator has the file. */
import { expect, it } from "vitest";
import { diagnoseFile } from "../../../core/check";
import { treeOf } from "../../tree";

const files = (when: string) => ({
  "hw/dev.c": `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/sysbus.h"
typedef uint32_t target_ulong;
typedef struct Dev { target_ulong base; uint32_t plain; } Dev;
const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1, .fields = (const VMStateField[]) {
    VMSTATE_UINT64(base, Dev), VMSTATE_UINT64(plain, Dev), VMSTATE_END_OF_LIST() } };
`,
  "hw/Kconfig": "config DEV\n default y\n depends on ARM\n",
  "hw/meson.build": `system_ss.add(when: '${when}', if_true: files('dev.c'))\n`,
  "configs/targets/x86_64-softmmu.mak": "TARGET_ARCH=x86_64\n",
  "configs/devices/x86_64-softmmu/default.mak": "",
});

it("and the sizes of plain types always", () => {
  const beyond = (when: string) => {
    const found = diagnoseFile(treeOf(files(when), "x86_64"), "hw/dev.c");
    return found.filter(({ code }) => code === "field-beyond-member").map(({ message }) => message.split(" ")[0]);
  };
  expect(beyond("CONFIG_DEV")).toEqual(["plain"]);
  expect(beyond("CONFIG_X86_64")).toEqual(["base", "plain"]);
});

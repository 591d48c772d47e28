import { describe, expect, it } from "vitest";
import { diagnoseFile } from "../../core/check";
import { deviceFile, rustTree } from "./fixture";

const c = (fields: string): string => `#include "migration/vmstate.h"
#include "hw/sysbus.h"
typedef struct LampState { SysBusDevice parent; uint8_t level; int32_t turns; uint64_t when; } LampState;
static const VMStateDescription vmstate_lamp = {
    .name = "lamp",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) { ${fields} VMSTATE_END_OF_LIST() },
};
static void lamp_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_lamp;
}
static const TypeInfo lamp = { .name = "lamp", .parent = TYPE_SYS_BUS_DEVICE, .class_init = lamp_class_init };
`;

const rust = (fields: string): string => `
#[repr(C)]
pub struct Inner { pub turns: u32, pub when: u64 }
impl_vmstate_struct!(Inner, VMStateDescriptionBuilder::<Inner>::new().name(c"lamp/inner").version_id(1)
    .fields(vmstate_fields! { vmstate_of!(Inner, turns), vmstate_of!(Inner, when) }).build());
#[repr(C)]
pub struct LampState { pub level: PlainCell<u8>, pub wide: PlainCell<u32>, pub inner: LockCell<Inner> }
static VMSTATE_LAMP: VMStateDescription<LampState> = VMStateDescriptionBuilder::<LampState>::new()
    .name(c"lamp").version_id(1).minimum_version_id(1).fields(vmstate_fields! { ${fields} }).build();
unsafe impl ObjectType for LampState { const TYPE_NAME: &'static CStr = c"lamp"; }
impl ObjectImpl for LampState { type ParentType = SysBusDevice; }
impl DeviceImpl for LampState { const VMSTATE: Option<VMStateDescription<Self>> = Some(VMSTATE_LAMP); }
`;

const all =
  "VMSTATE_UINT8(level, LampState), VMSTATE_SINGLE_V(turns, LampState, 0, vmstate_info_int32, int32_t), VMSTATE_UINT64(when, LampState),";

/** Fields of the C device, and behind an @ what stands before it in its file. */
function findings(inC: string, inRust: string): string[] {
  const [fields = "", before = ""] = inC.split("@");
  const project = rustTree(rust(inRust), { "hw/lamp.c": before + c(fields) });
  return diagnoseFile(project, deviceFile)
    .filter(({ code }) => code === "rust-differs")
    .map(({ range, message, related }) => {
      const place = project.text(range.file)?.slice(range.start, range.end);
      expect(related[0]?.range.file).toBe("hw/lamp.c");
      return `${place}: ${message}`;
    });
}

describe("a device that is in C and in Rust", () => {
  it("may nest in Rust what C has in line, under other names and signs", () => {
    expect(findings(all, "vmstate_of!(LampState, level), vmstate_of!(LampState, inner)")).toEqual([]);
  });

  it("may have an integer of the same bytes under another info, by the function that writes it", () => {
    const putting = (call: string): string => `
const VMStateInfo vmstate_info_moment = { .name = "moment", .load = load_moment, .save = save_moment };
static void put_moment(QEMUFile *f, Moment *m) { uint64_t when = moment_ns(m); ${call}; }
static bool save_moment(QEMUFile *f, void *pv, size_t size, const VMStateField *field, JSONWriter *out, Error **errp)
{
    put_moment(f, pv);
    return true;
}
`;
    const moment = all.replace(
      "VMSTATE_UINT64(when, LampState)",
      "VMSTATE_SINGLE_V(when, LampState, 0, vmstate_info_moment, uint64_t)",
    );
    const inRust = "vmstate_of!(LampState, level), vmstate_of!(LampState, inner)";
    expect(findings(`${moment}@${putting("qemu_put_be64(f, when)")}`, inRust)).toEqual([]);
    expect(findings(`${moment}@${putting("qemu_put_be32(f, when)")}`, inRust)[0]).toContain("when in 32 bits");
    const twice = putting("qemu_put_be64(f, when); qemu_put_be64(f, when)");
    expect(findings(`${moment}@${twice}`, inRust)).toHaveLength(1);
  });

  it("must be as wide in both", () => {
    expect(findings(all, "vmstate_of!(LampState, wide), vmstate_of!(LampState, inner)")).toEqual([
      "vmstate_of!(LampState, wide): lamp has wide in 32 bits where the C device of the same name has level in 8 bits: neither loads what the other saves.",
    ]);
  });

  it("must end where the other ends", () => {
    expect(findings(all, "vmstate_of!(LampState, level)")).toEqual([
      "VMSTATE_LAMP: lamp has nothing more where the C device of the same name has turns in 32 bits: neither loads what the other saves.",
    ]);
  });

  it("is left alone where something is not read", () => {
    expect(findings(all, "vmstate_by_moon!(LampState, wide), vmstate_of!(LampState, inner)")).toEqual([]);
  });
});

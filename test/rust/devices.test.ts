import { describe, expect, it } from "vitest";
import { deviceDescription, dumpVmstate } from "../../core/project/dump";
import type { VMStateDescription, VMStateField } from "../../core/vmstate/model";
import { fieldNames, table } from "../tree";
import { device, deviceFile, rustTree, twoLanguages } from "./fixture";

/** One field in a line: name, size, count, flags, and what codes it. */
function line(field: VMStateField): string {
  const shown = [field.name, field.size, field.num].map((value) => (value.known ? String(value.value) : value.reason));
  const coded = field.vmsd?.symbol ?? field.info?.symbol ?? "";
  return [...shown, field.flagNames.join("|"), coded].join(" ").trim();
}

function lines(description: VMStateDescription): string[] {
  return description.fields.map(line);
}

describe("a device in Rust", () => {
  const project = rustTree(device);
  const dial = table(project, "VMSTATE_DIAL", deviceFile);

  it("has its name, versions, level and hooks", () => {
    expect(dial.name).toEqual({ known: true, value: "dial" });
    expect([dial.versionId, dial.minimumVersionId]).toEqual([3, 2].map((value) => ({ known: true, value })));
    expect(dial.priority).toMatchObject({ text: "MIG_PRI_IOMMU", value: { known: true } });
    expect(dial.hooks.pre_save?.name).toBe("DialState::pre_save");
    expect(dial.hooks.post_load?.name).toBe("DialState::post_load");
    expect(dial.unknowns).toEqual([]);
  });

  it("has fields of the sizes that the types give", () => {
    expect(lines(dial)).toEqual([
      "unused 8 0 BUFFER vmstate_info_unused_buffer",
      "regs 40 0 STRUCT DialRegisters::VMSD",
      "turn_count 1 0 SINGLE vmstate_info_uint8",
      "count fits 0 0 MUST_EXIST|ARRAY",
      "turns 16 0 STRUCT|VARRAY_UINT8 VMSTATE_TURN",
      "log 1 4 VARRAY_UINT32|MULTIPLY_ELEMENTS vmstate_info_uint8",
      "next 8 0 SINGLE|POINTER vmstate_info_uint64",
      "spare 8 3 ARRAY_OF_POINTER|ARRAY vmstate_info_uint32",
    ]);
    expect(dial.fields[4]?.versionId).toEqual({ known: true, value: 3 });
    expect(dial.fields[4]?.fieldExists?.name).toBe("DialState::count_fits");
    expect(dial.fields[4]?.numMember?.path).toBe("turn_count");
    expect(dial.fieldsTerminated).toBe(true);
  });

  it("nests the tables of its members, bit fields as the integers that hold them", () => {
    const nested = dial.fields[1]?.vmsd;
    const registers = nested && project.resolve(nested);
    expect(registers && lines(registers)).toEqual([
      "status 4 0 SINGLE vmstate_info_uint32",
      "lines 4 0 SINGLE vmstate_info_uint32",
      "queue 4 4 ARRAY vmstate_info_uint32",
      "fill 4 0 SINGLE vmstate_info_uint32",
    ]);
    expect(registers?.fields.map(({ offset }) => offset)).toEqual(
      [0, 4, 8, 24].map((value) => ({ known: true, value })),
    );
  });

  it("sends subsections that are needed", () => {
    const armed = dial.subsections[0] && project.resolve(dial.subsections[0]);
    expect(armed?.name).toEqual({ known: true, value: "dial/armed" });
    expect(armed?.hooks.needed?.name).toBe("DialState::is_armed");
  });

  it("points into its file", () => {
    const text = project.text(deviceFile) ?? "";
    expect(text.slice(dial.nameRange.start, dial.nameRange.end)).toBe("VMSTATE_DIAL");
    const field = dial.fields[2];
    expect(text.slice(field?.range.start, field?.range.end)).toBe("vmstate_of!(DialState, turn_count)");
    const set = dial.members.find(({ name }) => name === "version_id");
    expect(text.slice(set?.range.start, set?.range.end)).toBe(".version_id(3)");
  });

  it("is a QOM type whose table its children inherit", () => {
    expect(project.type("dial")).toMatchObject({ parent: "sys-bus-device", file: deviceFile });
    expect(project.ancestry("fast-dial").map((type) => type.name)).toEqual(["fast-dial", "dial"]);
    expect(deviceDescription(project, "fast-dial")?.symbol).toBe("VMSTATE_DIAL");
    expect(project.type("dial")?.classSlots[0]?.value.name).toBe("DialState::realize");
  });

  it("is dumped as QEMU dumps it", () => {
    expect(dumpVmstate(project, { types: ["dial"], explain: true })).toMatchObject({
      dial: {
        Description: {
          name: "dial",
          Fields: [{ field: "unused", size: 8 }, { Description: { name: "dial/regs" } }, {}, {}, {}, {}, {}],
          Subsections: [{ name: "dial/armed" }],
        },
      },
    });
  });

  it("is read again after an edit", () => {
    const edited = rustTree(device);
    table(edited, "VMSTATE_DIAL", deviceFile);
    edited.update(deviceFile, device.replace(".version_id(3)\n", ".version_id(4)\n").replace('c"dial";', 'c"knob";'));
    expect(table(edited, "VMSTATE_DIAL", deviceFile).versionId).toEqual({ known: true, value: 4 });
    expect(edited.type("knob")?.descriptions).toHaveLength(1);
    edited.update(deviceFile, undefined);
    expect(edited.type("knob")).toBeUndefined();
    expect(edited.type("dial")?.descriptions).toHaveLength(1);
  });
});

it("the form before the builder: a literal of the bound struct, and macros that name the table", () => {
  const project = rustTree(`
#[repr(C)]
pub struct Registers { pub level: u32 }
#[repr(C)]
pub struct LampState { pub regs: LockCell<Registers>, pub clock: Owned<Clock> }

extern "C" fn lamp_post_load(opaque: *mut c_void, version_id: c_int) -> c_int { 0 }

static VMSTATE_REGS: VMStateDescription = VMStateDescription {
    name: c_str!("lamp/regs").as_ptr(),
    version_id: 1,
    minimum_version_id: 1,
    fields: vmstate_fields! { vmstate_of!(Registers, level), },
    ..Zeroable::ZERO
};
pub static VMSTATE_LAMP: VMStateDescription = VMStateDescription {
    name: c_str!("lamp").as_ptr(),
    version_id: 2,
    post_load: Some(lamp_post_load),
    fields: vmstate_fields! {
        vmstate_struct!(LampState, regs, &VMSTATE_REGS, LockCell<Registers>).with_version_id(1),
        vmstate_clock!(LampState, clock),
    },
    ..Zeroable::ZERO
};
unsafe impl ObjectType for LampState { const TYPE_NAME: &'static CStr = c_str!("lamp"); }
impl ObjectImpl for LampState { type ParentType = SysBusDevice; }
impl DeviceImpl for LampState {
    fn vmsd() -> Option<&'static VMStateDescription> { Some(&crate::VMSTATE_LAMP) }
}
`);
  const lamp = project.resolve(
    deviceDescription(project, "lamp") ?? { symbol: "", range: { file: "", start: 0, end: 0 } },
  );
  expect(lamp?.hooks.post_load?.name).toBe("lamp_post_load");
  expect(lamp && lines(lamp)).toEqual(["regs 16 0 STRUCT VMSTATE_REGS", "clock 8 0 STRUCT|POINTER vmstate_clock"]);
  expect(lamp?.fields[0]?.versionId).toEqual({ known: true, value: 1 });
});

it("state that is converted for the stream: a wrapper's table for each type, members that a derive makes", () => {
  const project = rustTree(
    `
#[derive(Default, ToMigrationState)]
pub struct Registers {
    pub level: u32,
    #[migration_state(omit)]
    pub cache: u64,
    #[migration_state(try_into(u8))]
    pub index: usize,
}
impl_vmstate_struct!(RegistersMigration, VMStateDescriptionBuilder::<RegistersMigration>::new()
    .name(c"lamp/regs").version_id(1)
    .fields(vmstate_fields! { vmstate_of!(RegistersMigration, level), vmstate_of!(RegistersMigration, index) })
    .build());
#[repr(C)]
pub struct LampState { pub regs: Wrapped<LockCell<Registers>> }
static VMSTATE_LAMP: VMStateDescription<LampState> = VMStateDescriptionBuilder::<LampState>::new()
    .name(c"lamp").fields(vmstate_fields! { vmstate_of!(LampState, regs) }).build();
`,
    {
      "rust/migration/src/wrapped.rs": `
impl<T: ToMigrationState> ToMigrationState for LockCell<T> { type Migrated = T::Migrated; }
#[repr(C)]
pub struct Wrapped<T: ToMigrationState> { migrated: PlainCell<*mut T::Migrated>, state: T }
impl<T: 'static + ToMigrationState> Wrapped<T> {
    const FIELD: VMStateField = vmstate_of!(Self, migrated);
    const FIELDS: &[VMStateField] = vmstate_fields_ref! { Wrapped::<T>::FIELD };
    const VMSD: &'static VMStateDescription = VMStateDescriptionBuilder::<Self>::new()
        .version_id(1).post_load(&Self::post_load).fields(Self::FIELDS).build().as_ref();
}
unsafe impl<T: 'static + ToMigrationState> VMState for Wrapped<T> {
    const BASE: VMStateField = {
        VMStateField { vmsd: addr_of!(*Self::VMSD), size: size_of::<Self>(), flags: VMStateFlags::VMS_STRUCT, ..ZERO }
    };
}
`,
    },
  );
  const lamp = table(project, "VMSTATE_LAMP", deviceFile);
  const wrapper = lamp.fields[0]?.vmsd && project.resolve(lamp.fields[0].vmsd);
  expect(wrapper?.symbol).toBe("Wrapped<LockCell<Registers>>::VMSD");
  expect(wrapper && lines(wrapper)).toEqual(["migrated 8 0 STRUCT|POINTER RegistersMigration::VMSD"]);
  const inner = wrapper?.fields[0]?.vmsd && project.resolve(wrapper.fields[0].vmsd);
  expect(inner && lines(inner)).toEqual([
    "level 4 0 SINGLE vmstate_info_uint32",
    "index 1 0 SINGLE vmstate_info_uint8",
  ]);
  expect(inner?.fields[0]?.offset).toMatchObject({ known: false });
});

it("what is not read says why, and the rest is there", () => {
  const project = rustTree(`
#[repr(C)]
pub struct LampState { pub level: u32, pub odd: Mystery, pub more: u64 }
static VMSTATE_LAMP: VMStateDescription<LampState> = VMStateDescriptionBuilder::<LampState>::new()
    .name(c"lamp")
    .fields(vmstate_fields! {
        vmstate_of!(LampState, level),
        vmstate_of!(LampState, odd),
        vmstate_by_moon!(LampState, more),
        vmstate_of!(LampState, gone),
        vmstate_of!(LampState, more).with_tide(1),
    })
    .build();
`);
  const lamp = table(project, "VMSTATE_LAMP", deviceFile);
  expect(fieldNames(lamp)).toEqual(["level", "odd", "more"]);
  expect(lamp.fields[1]?.size).toEqual({ known: false, reason: "Mystery has no VMState" });
  expect(lamp.fields[2]?.flags).toEqual({ known: false, reason: ".with_tide() is not read" });
  expect(lamp.unknowns.map(({ reason }) => reason)).toEqual([
    "the macro vmstate_by_moon! is not read",
    "dev::LampState has no member gone",
  ]);
});

describe("a device in C and in Rust", () => {
  const files = twoLanguages;

  it("is the one that is built: C where Rust is off unless asked for", () => {
    const project = rustTree(device, files);
    expect(project.type("dial")?.file).toBe("hw/dev/dial.c");
    expect(project.compiles(deviceFile)).toBe("false");
  });

  it("is Rust where the configuration says so", () => {
    expect(rustTree(device, files, { CONFIG_HAVE_RUST: "y" }).type("dial")?.file).toBe(deviceFile);
  });

  it("changes with the tree's build files, while it is open", () => {
    const project = rustTree(device, files);
    expect(project.type("dial")?.file).toBe("hw/dev/dial.c");
    project.update("meson_options.txt", "option('rust', type: 'feature', value: 'enabled')\n");
    project.update("Kconfig", files.Kconfig.replace("if !HAVE_RUST", "if OLD").replace("if HAVE_RUST", "if !OLD"));
    expect(project.type("dial")?.file).toBe(deviceFile);
  });
});

it("half-typed Rust is read as far as it goes", () => {
  for (let end = 0; end < device.length; end += 61) {
    const project = rustTree(device.slice(0, end));
    for (const description of project.descriptionsIn(deviceFile)) {
      for (const field of description.fields) expect(field.name.known || field.name.reason !== "").toBe(true);
    }
    for (const type of project.types()) expect(type.name).not.toBe("");
  }
  const hole = device.replace("vmstate_of!(DialState, turn_count),", "vmstate_of!(DialState, ");
  expect(table(rustTree(hole), "VMSTATE_TURN", deviceFile).fields).toHaveLength(2);
});

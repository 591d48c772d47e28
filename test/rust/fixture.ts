/** A tree in small whose Rust is ours: what QEMU's own crates give its devices, by the same macro names. */
import type { LoadableProject } from "../../core/project";
import { treeOf } from "../tree";

/** The crate that says which types can be migrated. */
const migration = `
pub unsafe trait VMState { const BASE: VMStateField; }
macro_rules! impl_vmstate_scalar { ($info:ident, $type:ty) => { /* VMStateDescriptionBuilder */ }; }
impl_vmstate_scalar!(vmstate_info_bool, bool);
impl_vmstate_scalar!(vmstate_info_int64, i64);
impl_vmstate_scalar!(vmstate_info_uint8, u8, VMS_VARRAY_UINT8);
impl_vmstate_scalar!(vmstate_info_uint32, u32, VMS_VARRAY_UINT32);
impl_vmstate_scalar!(vmstate_info_uint64, u64);
impl_vmstate_transparent!(cells::LockCell<T> where T: VMState);
impl_vmstate_transparent!(cells::PlainCell<T> where T: VMState);
impl_vmstate_pointer!(*mut T where T: VMState);
impl_vmstate_pointer!(NonNull<T> where T: VMState);
`;

const cells = `
#[repr(transparent)]
pub struct PlainCell<T> { value: UnsafeCell<T> }
type Flag = isize;
#[repr(C)]
pub struct LockCell<T> {
    value: UnsafeCell<T>,
    locked: Cell<Flag>,
    #[cfg(feature = "debug_cell")]
    locked_at: Cell<Option<&'static Location<'static>>>,
}
`;

const core = `
#[repr(transparent)]
pub struct SysBusDevice(Opaque<bindings::SysBusDevice>);
unsafe impl ObjectType for SysBusDevice {
    const TYPE_NAME: &'static CStr =
        unsafe { CStr::from_bytes_with_nul_unchecked(bindings::TYPE_SYS_BUS_DEVICE) };
}
`;

export const library = {
  "rust/migration/src/vmstate.rs": migration,
  "rust/cells/src/lib.rs": cells,
  "rust/core/src/sysbus.rs": core,
};

/** `code` is the device's own crate. */
export function rustTree(
  code: string,
  more: Readonly<Record<string, string>> = {},
  config?: Readonly<Record<string, string>>,
): LoadableProject {
  const files = { ...library, "rust/hw/dev/src/lib.rs": code, ...more };
  return treeOf(files, undefined, config);
}

/** Where the device is. */
export const deviceFile = "rust/hw/dev/src/lib.rs";

/** A device of its own words in the builder's form. */
export const device = `
//! VMStateDescriptionBuilder::<Nothing>::new() in a comment is no table
use crate::registers::Status;
pub const TYPE_DIAL: &::std::ffi::CStr = c"dial";
const SLOTS: usize = 2 << 1;

#[bitsize(32)]
#[derive(Clone, Copy, FromBits)]
pub struct Status { pub ready: bool, _reserved: u31 }
impl_vmstate_bitsized!(Status);

#[repr(transparent)]
pub struct Queue([Status; SLOTS as usize]);
impl_vmstate_forward!(Queue);

bits! {
    pub struct Lines(u32) { ONE = 1 << 0, TWO = 1 << 1, }
}
impl_vmstate_forward!(Lines);

#[repr(C)]
pub struct DialRegisters {
    pub status: Status,
    pub lines: Lines,
    pub queue: Queue,
    pub fill: u32,
}

#[repr(C)]
pub struct Turn { at: u64, left: bool }

#[repr(C)]
pub struct DialState {
    pub regs: LockCell<DialRegisters>,
    pub turns: [PlainCell<Turn>; { SLOTS * 2 }],
    pub turn_count: PlainCell<u8>,
    pub log: [u8; 64],
    pub log_words: u32,
    pub next: NonNull<u64>,
    pub spare: [*mut u32; 3],
    #[doc(alias = "x")]
    pub armed: PlainCell<bool>,
}

static VMSTATE_TURN: VMStateDescription<Turn> = VMStateDescriptionBuilder::<Turn>::new()
    .name(c"dial/turn")
    .version_id(1)
    .minimum_version_id(1)
    .fields(vmstate_fields! { vmstate_of!(Turn, at), vmstate_of!(Turn, left) })
    .build();
impl_vmstate_struct!(Turn, VMSTATE_TURN);

impl_vmstate_struct!(
    DialRegisters,
    VMStateDescriptionBuilder::<DialRegisters>::new()
        .name(c"dial/regs")
        .version_id(2)
        .minimum_version_id(2)
        .fields(vmstate_fields! {
            vmstate_of!(DialRegisters, status),
            vmstate_of!(DialRegisters, lines),
            vmstate_of!(DialRegisters, queue),
            vmstate_of!(DialRegisters, fill),
        })
        .build()
);

/// Sent while the dial is armed.
static VMSTATE_ARMED: VMStateDescription<DialState> =
    VMStateDescriptionBuilder::<DialState>::new()
        .name(c"dial/armed")
        .version_id(1)
        .minimum_version_id(1)
        .needed(&DialState::is_armed)
        .fields(vmstate_fields! { vmstate_of!(DialState, armed) })
        .build();

const COUNT_NAME: &CStr = c"count fits";

pub const VMSTATE_DIAL: VMStateDescription<DialState> =
    VMStateDescriptionBuilder::<DialState>::new()
        .name(TYPE_DIAL)
        .version_id(3)
        .minimum_version_id(2)
        .priority(MigrationPriority::MIG_PRI_IOMMU)
        .pre_save(&DialState::pre_save)
        .post_load(&DialState::post_load)
        .fields(vmstate_fields! {
            vmstate_unused!(core::mem::size_of::<u32>() + 4),
            vmstate_of!(DialState, regs),
            vmstate_of!(DialState, turn_count),
            vmstate_validate!(DialState, COUNT_NAME, DialState::count_fits),
            vmstate_of!(DialState, turns[0 .. turn_count], DialState::count_fits).with_version_id(3),
            vmstate_of!(DialState, log[0 .. log_words * 4]),
            vmstate_of!(DialState, next),
            vmstate_of!(DialState, spare),
        })
        .subsections(vmstate_subsections! { VMSTATE_ARMED })
        .build();

unsafe impl ObjectType for DialState {
    const TYPE_NAME: &'static CStr = crate::TYPE_DIAL;
}
impl ObjectImpl for DialState { type ParentType = SysBusDevice; }
impl DeviceImpl for DialState {
    const VMSTATE: Option<VMStateDescription<Self>> = Some(VMSTATE_DIAL);
    const REALIZE: Option<fn(&Self) -> util::Result<()>> = Some(Self::realize);
}

pub struct FastDial { parent_obj: ParentField<DialState> }
unsafe impl ObjectType for FastDial { const TYPE_NAME: &'static CStr = c"fast-dial"; }
impl ObjectImpl for FastDial { type ParentType = DialState; }
impl DeviceImpl for FastDial {}
`;

const c = `#include "migration/vmstate.h"
static const VMStateDescription vmstate_dial = { .name = "dial" };
static void dial_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_dial;
}
static const TypeInfo dial_info = { .name = "dial", .parent = "sys-bus-device", .class_init = dial_class_init };
`;

/** The same device in C, and a build that has one of the two. */
export const twoLanguages = {
  "hw/dev/dial.c": c,
  "hw/dev/meson.build": "system_ss.add(when: 'CONFIG_DIAL_C', if_true: files('dial.c'))\n",
  "rust/hw/dev/meson.build": `_libdial_rs = static_library('dial', files('src/lib.rs'), rust_abi: 'rust')
rust_devices_ss.add(when: 'CONFIG_DIAL_RUST', if_true: [declare_dependency(link_whole: [_libdial_rs])])
`,
  Kconfig: `source Kconfig.host
config DIAL
    default y
    select DIAL_C if !HAVE_RUST
    select DIAL_RUST if HAVE_RUST
config DIAL_C
    bool
config DIAL_RUST
    bool
`,
  "Kconfig.host": "config HAVE_RUST\n    bool\n",
  "meson.build": `have_rust = add_languages('rust', required: get_option('rust'))
host_kconfig = \\
  (have_rust ? ['CONFIG_HAVE_RUST=y'] : [])

`,
  "meson_options.txt": "option('rust', type: 'feature', value: 'disabled',\n       description: 'Rust')\n",
};

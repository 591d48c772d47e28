/**
 * Parts of QEMU that a board's set-up calls and that hold no state of it: errors, files, threads, the memory map's
 * rendering. By the names of QEMU's functions; what is not here is run from the tree.
 */
import { forget } from "../run/forget";
import { read, store } from "../run/memory";
import { Arguments, Ptr, Rec, textAt, Unknown, type Value } from "../run/values";
import type { NativeFunction, Runner } from "../run/runner";
import { anyScalar, numberOf } from "./arguments";
import { movedTo } from "./text/given";
import { formatted } from "./text/printf";

const nothing: NativeFunction = () => 0;
const struct: NativeFunction = () => new Rec();
const succeeds: NativeFunction = () => 1;

/** Of glib: whether what stands there is still to be done. */
const enterOnce: NativeFunction = (_runner, [place]) => {
  const done = place instanceof Ptr ? read(place.holder, place.key, anyScalar) : new Unknown("what is done once");
  return done instanceof Unknown ? done : done === 0 ? 1 : 0;
};

const leaveOnce: NativeFunction = (_runner, [place, value]) => {
  if (place !== undefined && value !== undefined) store(place, value);
  return 0;
};

/** (timer, lists, clock, scale, attributes, callback, opaque): it never runs out, and boards ask it whom it would call. */
const setUpTimer: NativeFunction = (_runner, [timer, , , , , callback = 0, opaque = 0]) => {
  if (timer instanceof Rec) {
    timer.set("QEMUTimer.cb", callback);
    timer.set("QEMUTimer.opaque", opaque);
  }
  return 0;
};

/** Functions without a part in what a machine holds. */
const without = (
  "qemu_lockable_lock qemu_lockable_unlock qemu_lockable_auto_lock qemu_lockable_auto_unlock qemu_mutex_init qemu_mutex_destroy qemu_rec_mutex_init qemu_rec_mutex_destroy qemu_cond_init qemu_cond_destroy qemu_sem_init " +
  "qemu_thread_create qemu_thread_join qemu_mutex_lock qemu_mutex_unlock qemu_mutex_lock_impl qemu_mutex_unlock_impl " +
  "qemu_rec_mutex_lock_impl qemu_rec_mutex_unlock_impl qemu_cond_broadcast qemu_cond_signal qemu_event_init qemu_lockcnt_init " +
  "qemu_spin_init qemu_cond_wait_impl bql_lock_impl bql_unlock qemu_mutex_lock_iothread_impl qemu_mutex_unlock_iothread " +
  "rcu_read_lock rcu_read_unlock synchronize_rcu call_rcu1 drain_call_rcu rcu_register_thread " +
  "memory_region_transaction_begin memory_region_transaction_commit flatview_unref address_space_dispatch_compact " +
  "memory_global_dirty_log_start memory_listener_register memory_listener_unregister address_space_update_ioeventfds " +
  "address_space_update_topology address_space_destroy address_space_remove_listeners flatviews_init " +
  "address_space_write address_space_write_rom address_space_set " +
  "qemu_init_vcpu cpu_reset cpu_synchronize_post_init cpu_synchronize_all_post_init qemu_process_cpu_events tcg_cpu_exec " +
  "qemu_register_reset qemu_unregister_reset qemu_register_resettable qemu_unregister_resettable qemu_register_reset_nosnapshotload " +
  "resettable_reset resettable_assert_reset resettable_release_reset resettable_change_parent device_cold_reset bus_cold_reset device_legacy_reset " +
  "qemu_devices_reset qemu_system_reset qemu_bh_schedule qemu_bh_delete qemu_bh_cancel aio_notify qemu_notify_event " +
  "timer_mod timer_mod_ns timer_mod_anticipate timer_mod_anticipate_ns timer_del timer_deinit qemu_clock_notify " +
  "warn_report info_report warn_vreport error_printf error_printf_unless_qmp qemu_log qemu_log_mask printf vfprintf " +
  "warn_report_once_cond error_report_once_cond warn_report_err warn_report_err_once warn_reportf_err " +
  "perror fflush fputs puts g_warning g_message g_printerr g_critical error_append_hint error_prepend error_free error_vprepend " +
  "qemu_display_get_vc loc_push_none loc_push_restore loc_pop loc_save loc_restore loc_set_none loc_set_cmdline qemu_chr_fe_set_handlers qemu_chr_fe_accept_input qemu_chr_fe_set_open qemu_chr_fe_write qemu_chr_fe_write_all qemu_chr_fe_ioctl " +
  "qemu_console_resize dpy_gfx_update dpy_gfx_update_full dpy_gfx_replace_surface dpy_register_listener graphic_hw_update " +
  "qemu_set_fd_handler qemu_add_vm_change_state_handler vm_change_state_handler " +
  "migrate_add_blocker migrate_add_blocker_modes migrate_add_blocker_normal migrate_del_blocker qemu_setup_guest_memory numa_has_preferred_many error_setg_file_open qemu_system_wakeup_request qemu_register_wakeup_notifier qemu_register_wakeup_support " +
  "qemu_register_suspend_notifier qemu_register_powerdown_notifier qemu_register_shutdown_notifier " +
  "rom_add_blob rom_add_file rom_add_option rom_add_vga rom_add_elf_program rom_set_fw rom_transaction_begin rom_transaction_end rom_check_and_register_reset " +
  "tcg_exec_unrealizefn tb_flush tlb_flush tlb_init cpu_breakpoint_insert " +
  "qemu_plugin_vcpu_init_hook cpu_exec_step_atomic async_run_on_cpu async_safe_run_on_cpu run_on_cpu gdb_init_cpu gdb_register_coprocessor " +
  "cpu_list_add_lock qemu_cpu_kick qemu_real_host_page_size_init qemu_ram_free " +
  "replay_checkpoint replay_add_blocker suspend_mux_open monitor_register_hmp monitor_register_hmp_info_hrt qapi_event_send_device_deleted " +
  "qtest_server_init qtest_set_irq_handler qtest_clock_warp smp_wmb smp_rmb smp_mb barrier __sync_synchronize " +
  "__atomic_thread_fence signal atexit exit_notifier qemu_add_exit_notifier srand g_random_set_seed " +
  "gdb_feature_builder_init gdb_feature_builder_append_tag gdb_feature_builder_append_reg gdb_feature_builder_end tcg_register_thread init_cache_info module_load_qom load_image_targphys_as_unused dump_printf memory_region_set_dirty memory_region_msync ram_block_discard_range ram_block_discard_guest_memfd_range " +
  "rom_ptr_for_as bios_linker_loader_alloc bios_linker_loader_add_checksum bios_linker_loader_add_pointer bios_linker_loader_write_pointer " +
  "tpm_util_test_tpmdev tpm_emulator_prepare_data_fd tpm_emulator_probe_caps tpm_emulator_check_caps tpm_emulator_ctrlcmd tpm_emulator_startup_tpm_resume " +
  "g_assertion_message_expr aio_bh_schedule_oneshot_full qemu_chr_fe_backend_open qemu_clock_get_ns get_clock get_clock_realtime qemu_get_timedate time getpid g_get_monotonic_time getauxval qemu_in_coroutine migrate_add_blocker_internal getenv g_getenv qtest_enabled xen_enabled runstate_check runstate_is_running trace_event_get_state is_help_option __builtin_unreachable g_test_initialized"
).split(" ");

/** What puts so many bytes of the guest's or the host's somewhere: the positions of the place and of the number among the arguments. */
const reading: readonly (readonly [name: string, place: number, bytes: number])[] = [
  ["address_space_read_full", 3, 4],
  ["address_space_rw", 3, 4],
  ["cpu_physical_memory_rw", 1, 2],
  ["qemu_guest_getrandom", 0, 1],
  ["qemu_guest_getrandom_nofail", 0, 1],
];

/** Loads what the machine would run: the files are there, as on a board that works, and small enough. */
const loads = (
  "load_elf load_elf_as load_elf_ram load_elf_ram_sym load_image_targphys load_image_targphys_as load_image_mr load_image_size load_uimage load_uimage_as " +
  "load_ramdisk load_ramdisk_as load_targphys_hex_as load_aout load_dtb rom_add_file_fixed rom_add_blob_fixed"
).split(" ");

/** Of any unit that code may ask for. */
const loadedBytes = 65536;

/** Where a file tells that it lies: its entry, its first and last address, its flags. */
const toldFrom = 4;

const loading: NativeFunction = (_runner, values) => {
  for (const place of values.slice(toldFrom, toldFrom + 4))
    if (place instanceof Ptr) store(place, new Unknown("what a file says of itself"));
  return loadedBytes;
};

/** The guest's registers stand behind the common part of a CPU, as a member of the struct that the target declares. */
function architectural(cpu: Value | undefined): Value {
  if (!(cpu instanceof Rec)) return new Unknown("the registers of no CPU");
  const known = [...cpu.cells.keys()].find((key) => key.endsWith(".env"));
  return read(cpu, known ?? "ArchCPU.env", { kind: "opaque", name: "env", size: 8, align: 8 });
}

/** By the place of the format among the arguments. */
const failing =
  (format: number): NativeFunction =>
  (runner, values) => {
    const text = formatted(values[format], values.slice(format + 1));
    runner.fail(values[0] ?? 0, text instanceof Unknown ? "an error" : text);
    return 0;
  };

const ending =
  (how: string): NativeFunction =>
  (runner) => {
    runner.ends(runner.said ?? `the set-up code ${how}`);
    return 0;
  };

/** Of things that have no name. */
const generated = new WeakMap<Runner, number>();

const newName: NativeFunction = (runner) => {
  const count = generated.get(runner) ?? 0;
  generated.set(runner, count + 1);
  return `#made${count}`;
};

/** Up to a comma that stands alone. */
const optionValue: NativeFunction = (_runner, [given, target]) => {
  const text = textAt(given);
  if (text === undefined || target === undefined) return new Unknown("the value of an option");
  let at = 0;
  let value = "";
  for (; at < text.length; at++) {
    if (text[at] === "," && text[++at] !== ",") {
      at--;
      break;
    }
    value += text[at] ?? "";
  }
  store(target, value);
  return movedTo(given, at);
};

/** Of the main loop: one a run. */
const contexts = new WeakMap<Runner, Rec>();

const mainContext: NativeFunction = (runner) => {
  const known = contexts.get(runner) ?? new Rec();
  contexts.set(runner, known);
  return known;
};

/** What QEMU says before it ends. */
function saying(runner: Runner, text: Value): Value {
  if (typeof text === "string" && text.trim() !== "") runner.said = text.trim();
  return 0;
}

function messageOf(error: Value | undefined): string {
  return (error instanceof Rec ? textAt(error.get(".msg")) : undefined) ?? "an error";
}

function joined(before: Value, text: string): string {
  return typeof before === "string" ? `${before}${text}` : text;
}

function named(names: string, fn: NativeFunction): readonly (readonly [string, NativeFunction])[] {
  return names.split(" ").map((name) => [name, fn] as const);
}

export const systemFunctions: readonly (readonly [string, NativeFunction])[] = [
  ...without.map((name) => [name, nothing] as const),
  ...named(
    "qemu_memfd_check bql_locked qemu_mutex_iothread_locked qemu_in_main_thread check_only_migratable tcg_exec_realizefn accel_cpu_common_realize accel_cpu_realizefn",
    succeeds,
  ),
  ...named(
    "qemu_bh_new_full aio_bh_new_full qemu_create_placeholder_surface qemu_input_handler_register qemu_add_kbd_event_handler qemu_add_mouse_event_handler",
    struct,
  ),
  ...loads.map(
    (name) => [name, name.startsWith("load_elf") ? loading : ((() => loadedBytes) as NativeFunction)] as const,
  ),
  ...reading.map(([name, place, bytes]): readonly [string, NativeFunction] => [
    name,
    (_runner, values) => {
      forget(values[place] ?? 0, numberOf(values[bytes]), new Unknown(`what ${name}() reads`));
      return 0;
    },
  ]),
  ["error_setg_internal", failing(4)],
  ["error_report", (runner, values) => saying(runner, formatted(values[0], values.slice(1)))],
  ["fprintf", (runner, values) => saying(runner, formatted(values[1], values.slice(2)))],
  ["error_report_err", (runner, [error]) => saying(runner, messageOf(error))],
  [
    "error_reportf_err",
    (runner, [error, ...values]) => saying(runner, joined(formatted(values[0], values.slice(1)), messageOf(error))),
  ],
  [
    "error_vreport",
    (runner, [format, list]) => saying(runner, list instanceof Arguments ? formatted(format, list.values) : ""),
  ],
  ["error_setg_errno_internal", failing(5)],
  [
    "error_propagate",
    (runner, [target, local]) => {
      if (local === undefined || local === 0) return 0;
      runner.fail(target ?? 0, messageOf(local));
      return 0;
    },
  ],
  [
    "error_propagate_prepend",
    (runner, [target, local]) => {
      if (local !== undefined && local !== 0) runner.fail(target ?? 0, "an error");
      return 0;
    },
  ],
  ["error_copy", (_r, [error]) => error ?? 0],
  ["error_get_pretty", (_r, [error]) => (error instanceof Rec ? (error.get(".msg") ?? 0) : 0)],
  ["exit", ending("ends QEMU")],
  ["abort", ending("aborts")],
  ["g_once_init_enter", enterOnce],
  ["g_once_init_leave", leaveOnce],
  ["id_generate", newName],
  ["get_opt_value", optionValue],
  ["timer_init_full", setUpTimer],
  ["qemu_get_aio_context", mainContext],
  ["qemu_find_file", (_r, [, name]) => textAt(name) ?? new Unknown("a file's name")],
  ["get_image_size", () => loadedBytes],
  ["sysconf", () => 4096],
  ["qemu_real_host_page_size", () => 4096],
  ["qemu_real_host_page_mask", () => -4096],
  ["env_archcpu", (_r, [env]) => (env instanceof Rec ? (env.holder ?? 0) : (env ?? 0))],
  ["env_cpu", (_r, [env]) => (env instanceof Rec ? (env.holder ?? 0) : (env ?? 0))],
  ["cpu_env", (_r, [cpu]) => architectural(cpu)],
  // what lies in folders of QEMU's own is not looked for, what the host has is not known
  ["g_file_test", (_r, [path]) => (textAt(path)?.startsWith("/") ? new Unknown("a file of the host") : 0)],
  ["access", () => -1],
];

/**
 * What QEMU's API functions do to the world outside a device, as data. The call graph ends at a name found here.
 * A workspace adds its own names through its settings file (readApiExtension).
 */
import type { LoadEffectKind } from "./effects";

export interface ApiEntry {
  /** Names with `{a,b}` alternatives: `pci_dma_{read,write}`. */
  readonly names: string;
  readonly kind: LoadEffectKind;
  /** Whose memory: fixed, or told by the argument (counted from 0) that holds the AddressSpace. */
  readonly space?: "device" | "system" | { readonly argument: number };
  /** Returns data, or nothing: a failure cannot be seen by the caller. */
  readonly silent?: true;
}

/** A function that calls one of its arguments before it returns: `g_hash_table_foreach(table, fn, data)`. */
export interface CallThrough {
  readonly names: string;
  readonly argument: number;
}

const widths = "{ub,uw,uw_le,uw_be,uw_he,l,l_le,l_be,l_he,q,q_le,q_be,q_he,l_u,sw}";
const stores = "{b,w,w_le,w_be,w_he,l,l_le,l_be,l_he,q,q_le,q_be,q_he,l_notdirty}";

const entries: readonly ApiEntry[] = [
  { names: "pci_dma_{read,ld}", kind: "dma-read", space: "device" },
  { names: "pci_dma_{write,st,set}", kind: "dma-write", space: "device" },
  { names: "pci_dma_{map,rw}", kind: "dma-map", space: "device" },
  { names: `ld${widths}_pci_dma`, kind: "dma-read", space: "device" },
  { names: `st${stores}_pci_dma`, kind: "dma-write", space: "device" },

  { names: "dma_memory_{read,read_relaxed}", kind: "dma-read", space: { argument: 0 } },
  { names: "dma_memory_{write,write_relaxed,set}", kind: "dma-write", space: { argument: 0 } },
  { names: "dma_memory_{map,rw,rw_relaxed}", kind: "dma-map", space: { argument: 0 } },
  { names: `ld${widths}_dma`, kind: "dma-read", space: { argument: 0 } },
  { names: `st${stores}_dma`, kind: "dma-write", space: { argument: 0 } },
  { names: "dma_buf_read", kind: "dma-write", space: "device" },
  { names: "dma_buf_write", kind: "dma-read", space: "device" },
  { names: "dma_{blk,bdrv}_{io,read,write}", kind: "dma-map", space: "device" },

  { names: "address_space_{read,read_full,read_continue}", kind: "dma-read", space: { argument: 0 } },
  { names: "address_space_{write,set,write_rom}", kind: "dma-write", space: { argument: 0 } },
  { names: "address_space_{map,rw}", kind: "dma-map", space: { argument: 0 } },
  { names: `address_space_ld${widths}`, kind: "dma-read", space: { argument: 0 }, silent: true },
  { names: `address_space_st${stores}`, kind: "dma-write", space: { argument: 0 }, silent: true },
  { names: `ld${widths}_phys`, kind: "dma-read", space: { argument: 0 }, silent: true },
  { names: `st${stores}_phys`, kind: "dma-write", space: { argument: 0 }, silent: true },
  { names: "address_space_cache_init", kind: "dma-map", space: { argument: 1 } },
  { names: "address_space_read_cached", kind: "dma-read", space: "device" },
  { names: "address_space_write_cached", kind: "dma-write", space: "device" },
  {
    names: `{ld${widths},address_space_ld${widths}}_{phys_cached,cached}`,
    kind: "dma-read",
    space: "device",
    silent: true,
  },
  {
    names: `{st${stores},address_space_st${stores}}_{phys_cached,cached}`,
    kind: "dma-write",
    space: "device",
    silent: true,
  },

  { names: "cpu_physical_memory_read", kind: "dma-read", space: "system", silent: true },
  { names: "cpu_physical_memory_{write,write_rom}", kind: "dma-write", space: "system", silent: true },
  { names: "cpu_physical_memory_{rw,map}", kind: "dma-map", space: "system" },

  { names: "virtio_{lduw,ldl,ldq,ldub}_phys{,_cached}", kind: "dma-read", space: "device", silent: true },
  { names: "virtio_{stw,stl,stq,stb}_phys{,_cached}", kind: "dma-write", space: "device", silent: true },

  { names: "pci_{get_address_space,device_iommu_address_space,iommu_as}", kind: "iommu-lookup" },
  { names: "address_space_get_iotlb_entry", kind: "iommu-lookup" },
  { names: "pci_ats_request_translation{,_pasid}", kind: "iommu-lookup" },

  { names: "pci_{bus_num,dev_bus_num,get_bdf,requester_id}", kind: "bus-number-lookup" },
  { names: "pci_find_{device,bus_nr}", kind: "bus-number-lookup" },

  { names: "{msi,msix}_notify", kind: "msi" },
  { names: "{msi_send_message,msix_send_message,pci_send_msi,kvm_irqchip_send_msi}", kind: "msi" },

  { names: "kvm_irqchip_{add,update}_msi_route", kind: "irq-route" },
  { names: "kvm_irqchip_add_irqfd_notifier{,_gsi}", kind: "irq-route" },
  { names: "kvm_irqchip_commit_routes", kind: "irq-route" },

  { names: "qemu_{set_irq,irq_raise,irq_lower,irq_pulse}", kind: "irq" },
  { names: "pci_{set_irq,irq_assert,irq_deassert,irq_pulse}", kind: "irq" },

  { names: "memory_region_{add_subregion,add_subregion_overlap,add_subregion_no_overlap}", kind: "memory-region" },
  { names: "memory_region_{del_subregion,set_enabled,set_address,set_size,set_alias_offset}", kind: "memory-region" },
  { names: "memory_region_{set_readonly,set_nonvolatile,rom_device_set_romd}", kind: "memory-region" },
  { names: "{cpu_register_physical_memory,cpu_register_physical_memory_offset}", kind: "memory-region" },
  { names: "portio_list_{set_enabled,set_address}", kind: "memory-region" },

  { names: "timer_{mod,mod_ns,mod_anticipate,mod_anticipate_ns,del}", kind: "timer" },
  { names: "qemu_{mod_timer,mod_timer_ns,del_timer}", kind: "timer" },
  { names: "ptimer_{run,stop,set_count,set_limit,set_freq,set_period}", kind: "timer" },

  { names: "qemu_chr_fe_add_watch", kind: "watch" },

  { names: "object_resolve_path{,_type,_component,_at,_from_parent}", kind: "device-lookup" },
  { names: "qdev_find_recursive", kind: "device-lookup" },

  { names: "{run_on_cpu,async_run_on_cpu,cpu_synchronize_state,cpu_synchronize_all_states}", kind: "cpu-access" },
  { names: "CPU_FOREACH{,_SAFE,_REVERSE}", kind: "cpu-access" },

  { names: "{blk,bdrv}_{pwrite,pwritev,pwrite_zeroes,write,writev,write_zeroes,pwrite_sync}", kind: "block-write" },
  { names: "{blk,bdrv}_aio_{pwritev,writev,pwrite_zeroes,pdiscard}", kind: "block-write" },
  { names: "{blk,bdrv}_co_{pwrite,pwritev,pwritev_part,pwrite_zeroes,writev}", kind: "block-write" },
  { names: "{blk,bdrv}_{truncate,pdiscard,make_zero,discard}", kind: "block-write" },
];

const callThroughs: readonly CallThrough[] = [
  { names: "g_hash_table_{foreach,foreach_remove,find}", argument: 1 },
  { names: "g_tree_{foreach,traverse}", argument: 1 },
  { names: "{g_list_foreach,g_slist_foreach,g_ptr_array_foreach,g_queue_foreach}", argument: 1 },
  { names: "{object_child_foreach,object_child_foreach_recursive}", argument: 1 },
  { names: "pci_for_each_{device,device_reverse}", argument: 2 },
  { names: "pci_for_each_{device_under_bus,device_under_bus_reverse,bus,bus_depth_first}", argument: 1 },
  { names: "pci_device_iommu_foreach", argument: 1 },
  { names: "{qbus_walk_children,qdev_walk_children}", argument: 1 },
  { names: "run_on_cpu", argument: 1 },
  { names: "memory_region_foreach", argument: 1 },
];

/** Functions whose work is of no interest for loading, or happens later: the call graph does not enter them. */
const opaqueNames = [
  "{qemu_bh_schedule,qemu_bh_new,qemu_bh_new_full,aio_bh_schedule_oneshot,qemu_add_vm_change_state_handler}",
  "{vm_start,vm_stop,vm_stop_force_state,runstate_set,qemu_system_reset_request,qemu_system_shutdown_request}",
  "{object_unref,object_ref,object_unparent,object_new,object_property_set,object_property_get,object_dynamic_cast}",
  "{object_dynamic_cast_assert,object_class_dynamic_cast_assert,object_get_class,object_get_typename,object_get_canonical_path}",
  "{object_class_dynamic_cast,object_initialize,object_initialize_child_internal,object_property_add_child}",
  "{qdev_realize,qdev_unrealize,qdev_realize_and_unref,sysbus_realize,qdev_new,device_cold_reset,bus_cold_reset}",
  "{qdev_unplug,qdev_reset_all,qbus_reset_all,hotplug_handler_plug,hotplug_handler_unplug,qdev_get_dev_path}",
  "{error_report,error_setg_internal,error_setg_errno_internal,error_propagate,error_report_err,warn_report,error_printf}",
  "{error_prepend,warn_report_err,info_report,qemu_log,qemu_log_mask,monitor_printf,main_loop_wait,aio_poll}",
  "{vmstate_register,vmstate_register_any,vmstate_register_with_alias_id,vmstate_unregister,migrate_add_blocker}",
  "{memory_region_transaction_begin,memory_region_transaction_commit,memory_region_init,memory_region_init_io}",
  "{memory_region_init_ram,memory_region_init_alias,memory_region_ref,memory_region_unref,memory_region_set_dirty}",
  "{address_space_init,address_space_destroy,address_space_unmap,dma_memory_unmap,pci_dma_unmap,cpu_physical_memory_unmap}",
  "{address_space_cache_destroy,address_space_cache_invalidate,address_space_cache_init_empty,memory_listener_register}",
  "{memory_listener_unregister,cpu_reset,cpu_resume,cpu_exit,qemu_cpu_kick,qemu_input_handler_activate}",
  "{memory_region_notify_iommu,memory_region_notify_iommu_one,memory_region_iommu_replay,memory_region_iommu_replay_all}",
  "{notifier_list_notify,notifier_with_return_list_notify,hw_error,cpu_abort,memory_region_ram_resize,AUD_write,AUD_read}",
  "{kvm_vm_ioctl,kvm_vcpu_ioctl}",
  "{virtio_error,tlb_flush,tlb_flush_page,tb_flush,qemu_console_resize,graphic_hw_update,dpy_gfx_update,dpy_gfx_replace_surface}",
];

export interface ApiTable {
  effect(name: string): ApiEntry | undefined;
  /** Index of the argument that is called. */
  callThrough(name: string): number | undefined;
  isOpaque(name: string): boolean;
}

/** `a{b,c}d` to `abd`, `acd`; nests. */
function expandBraces(pattern: string): readonly string[] {
  const open = pattern.indexOf("{");
  if (open === -1) return [pattern];
  let depth = 0;
  let from = open + 1;
  const parts: string[] = [];
  for (let i = open; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === "{") depth++;
    else if (c === "," && depth === 1) {
      parts.push(pattern.slice(from, i));
      from = i + 1;
    } else if (c === "}" && --depth === 0) {
      parts.push(pattern.slice(from, i));
      const tails = expandBraces(pattern.slice(i + 1));
      const head = pattern.slice(0, open);
      return parts.flatMap((part) => expandBraces(part)).flatMap((part) => tails.map((tail) => head + part + tail));
    }
  }
  return [pattern];
}

/** Characters of a pattern, which bound how deep its braces nest. */
const longestPattern = 1000;
/** Names that all patterns of a workspace's file stand for. */
const mostNames = 100_000;

/** How many names a pattern stands for, without making them; Infinity for one that is too long to look at. */
function countOf(pattern: string): number {
  if (pattern.length > longestPattern) return Number.POSITIVE_INFINITY;
  /** Of each group that is open: names of the parts before the last comma, and of the part since. */
  const open: { parts: number; part: number }[] = [{ parts: 0, part: 1 }];
  for (const c of pattern) {
    const group = open[open.length - 1];
    if (group === undefined) break;
    if (c === "{") open.push({ parts: 0, part: 1 });
    else if (c === "," && open.length > 1) {
      group.parts += group.part;
      group.part = 1;
    } else if (c === "}" && open.length > 1) {
      open.pop();
      const outer = open[open.length - 1];
      if (outer !== undefined) outer.part *= group.parts + group.part;
    }
  }
  return open.reduce((names, { parts, part }) => names * (parts + part), 1);
}

/** The first pattern with which a list stands for too many names, as a sentence; undefined where there is none. */
function tooMany(patterns: readonly string[]): string | undefined {
  let names = 0;
  for (const pattern of patterns) {
    names += countOf(pattern);
    if (names > mostNames)
      return `api: names up to ${JSON.stringify(pattern.slice(0, 40))} stand for more than ${mostNames}`;
  }
  return undefined;
}

export interface ApiExtension {
  readonly effects: readonly ApiEntry[];
  readonly callThroughs: readonly CallThrough[];
  readonly opaque: readonly string[];
}

export const noExtension: ApiExtension = { effects: [], callThroughs: [], opaque: [] };

/** The built-in table with a workspace's additions; theirs win. */
export function createApiTable(extension: ApiExtension = noExtension): ApiTable {
  const effects = new Map<string, ApiEntry>();
  for (const entry of [...entries, ...extension.effects]) {
    for (const name of expandBraces(entry.names)) effects.set(name, entry);
  }
  const through = new Map<string, number>();
  for (const entry of [...callThroughs, ...extension.callThroughs]) {
    for (const name of expandBraces(entry.names)) through.set(name, entry.argument);
  }
  const opaque = new Set([...opaqueNames, ...extension.opaque].flatMap(expandBraces));
  return {
    effect: (name) => effects.get(name),
    callThrough: (name) => through.get(name),
    isOpaque: (name) => opaque.has(name) || name.startsWith("trace_") || name.startsWith("g_"),
  };
}

const kinds: ReadonlySet<string> = new Set<LoadEffectKind>(
  "dma-read dma-write dma-map iommu-lookup bus-number-lookup msi irq irq-route memory-region timer watch device-lookup cpu-access block-write".split(
    " ",
  ) as LoadEffectKind[],
);

export type ExtensionResult =
  | { readonly ok: true; readonly extension: ApiExtension }
  | { readonly ok: false; readonly message: string };

/**
 * Reads the `api` object of a workspace's `.vmstate.json`:
 * `{"effects": [{"names": "my_dma_{read,write}", "kind": "dma-read", "space": "device" | "system" | 0}], "opaque": ["f"], "callThrough": [{"names": "f", "argument": 1}]}`.
 * Refused where a pattern is longer than 1,000 characters or all of them stand for more than 100,000 names.
 */
export function readApiExtension(value: unknown): ExtensionResult {
  if (value === undefined) return { ok: true, extension: noExtension };
  if (!isRecord(value)) return { ok: false, message: "api: expected an object" };
  const effects: ApiEntry[] = [];
  for (const item of listOf(value.effects)) {
    if (!isRecord(item) || typeof item.names !== "string" || typeof item.kind !== "string" || !kinds.has(item.kind)) {
      return { ok: false, message: `api.effects: expected {names, kind: ${[...kinds].join(" | ")}}` };
    }
    const kind = item.kind as LoadEffectKind;
    if (typeof item.space === "number") effects.push({ names: item.names, kind, space: { argument: item.space } });
    else if (item.space === "system" || item.space === "device")
      effects.push({ names: item.names, kind, space: item.space });
    else if (item.space === undefined) effects.push({ names: item.names, kind });
    else
      return {
        ok: false,
        message: `api.effects: space of ${item.names} must be "device", "system" or an argument's index`,
      };
  }
  const through: CallThrough[] = [];
  for (const item of listOf(value.callThrough)) {
    if (!isRecord(item) || typeof item.names !== "string" || typeof item.argument !== "number") {
      return { ok: false, message: "api.callThrough: expected {names, argument}" };
    }
    through.push({ names: item.names, argument: item.argument });
  }
  const opaque = listOf(value.opaque);
  if (!opaque.every((name) => typeof name === "string")) return { ok: false, message: "api.opaque: expected names" };
  const message = tooMany([...effects.map(({ names }) => names), ...through.map(({ names }) => names), ...opaque]);
  if (message !== undefined) return { ok: false, message };
  return { ok: true, extension: { effects, callThroughs: through, opaque } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Block back ends: what holds the medium is the host's. A back end has a name, a node and the drive that a command line made of it. */
import { bytesOf, spend } from "../run/meter";
import type { NativeFunction, Runner } from "../run/runner";
import { Rec, textAt, Unknown, type Value } from "../run/values";
import { entriesOf } from "./dictionaries";

interface Blocks {
  readonly backends: Rec[];
  /** By node name. */
  readonly nodes: Map<string, Rec>;
}

const ofRuns = new WeakMap<Runner, Blocks>();

function blocksOf(runner: Runner): Blocks {
  const known = ofRuns.get(runner) ?? { backends: [], nodes: new Map<string, Rec>() };
  ofRuns.set(runner, known);
  return known;
}

/** -blockdev: what devices name as their drive. */
export function addNode(runner: Runner, name: string): void {
  const node = new Rec();
  node.set("BlockDriverState.node_name", name);
  blocksOf(runner).nodes.set(name, node);
}

function newBackend(runner: Runner, name: Value): Rec {
  const made = new Rec();
  made.set("BlockBackend.name", name);
  blocksOf(runner).backends.push(made);
  return made;
}

function named(runner: Runner, name: Value | undefined): Rec | undefined {
  const text = textAt(name);
  const { backends } = blocksOf(runner);
  spend(backends.length * bytesOf.visit);
  return backends.find((each) => text !== undefined && textAt(each.get("BlockBackend.name")) === text);
}

function member(backend: Value | undefined, name: string): Value {
  return backend instanceof Rec ? (backend.get(`BlockBackend.${name}`) ?? 0) : 0;
}

function setMember(backend: Value | undefined, name: string, value: Value): void {
  if (backend instanceof Rec) backend.set(`BlockBackend.${name}`, value);
}

const nothing: NativeFunction = () => 0;
const yes: NativeFunction = () => 1;

const notSupported = -95;

/** It lies with the host: a board that works is one for which it is right. */
function mediumLength(): Value {
  return new Unknown("how large a medium of the host is");
}

/** What back ends do for a guest that runs, and to their host. A medium is taken for an empty one, and what lies on it is not asked for. */
const without = (
  "blk_ref blk_unref blk_set_dev_ops blk_set_perm blk_get_perm blk_set_guest_block_size blk_set_enable_write_cache blk_set_allow_aio_context_change " +
  "blk_set_allow_write_beyond_eof blk_set_disable_request_queuing blk_set_on_error blk_get_on_error blk_iostatus_enable blk_iostatus_reset blk_add_remove_bs_notifier " +
  "blk_add_insert_bs_notifier blk_set_aio_context blk_drain blk_attach_dev blk_detach_dev blk_register_buf blk_ram_registrar_init blk_is_sg " +
  "blk_io_limits_enabled blk_lock_medium blk_eject blk_activate blk_invalidate_cache blk_pread blk_pwrite blk_get_stats block_acct_init bdrv_graph_co_rdlock bdrv_graph_co_rdunlock graph_lockable_auto_lock_mainloop " +
  "bdrv_ref bdrv_unref bdrv_op_block_all bdrv_op_unblock_all bdrv_op_unblock blk_op_unblock blk_op_block_all blk_op_unblock_all blk_make_empty " +
  "bdrv_graph_rdlock_main_loop bdrv_graph_rdunlock_main_loop aio_context_acquire aio_context_release blk_add_aio_context_notifier blk_enable_write_cache blk_update_root_state"
).split(" ");

export const blockFunctions: readonly (readonly [string, NativeFunction])[] = [
  ...without.map((name) => [name, nothing] as const),
  [
    "blockdev_init",
    (runner, [, options]) => {
      const entries = entriesOf(options);
      const made = newBackend(runner, entries?.get("id") ?? "");
      setMember(made, "node", new Rec());
      return made;
    },
  ],
  ["blk_new", (runner) => newBackend(runner, "")],
  ["blk_new_open", (runner) => newBackend(runner, "")],
  ["blk_new_with_bs", (runner) => newBackend(runner, "")],
  ["blk_by_name", (runner, [name]) => (textAt(name) === "" ? 0 : (named(runner, name) ?? 0))],
  [
    "blk_next",
    (runner, [backend]) => {
      const { backends } = blocksOf(runner);
      spend(backends.length * bytesOf.visit);
      // those that a device made for itself have no name
      const monitored = backends.filter((each) => textAt(each.get("BlockBackend.name")) !== "");
      return monitored[monitored.findIndex((each) => each === backend) + 1] ?? 0;
    },
  ],
  ["blk_name", (_r, [backend]) => member(backend, "name") || ""],
  ["blk_legacy_dinfo", (_r, [backend]) => member(backend, "legacy_dinfo")],
  [
    "blk_set_legacy_dinfo",
    (_r, [backend, info]) => {
      setMember(backend, "legacy_dinfo", info ?? 0);
      return info ?? 0;
    },
  ],
  [
    "blk_by_legacy_dinfo",
    (runner, [info]) => {
      const { backends } = blocksOf(runner);
      spend(backends.length * bytesOf.visit);
      return backends.find((each) => member(each, "legacy_dinfo") === info) ?? 0;
    },
  ],
  ["blk_bs", (_r, [backend]) => member(backend, "node")],
  [
    "blk_insert_bs",
    (_r, [backend, node]) => {
      setMember(backend, "node", node ?? 0);
      return 0;
    },
  ],
  [
    "bdrv_lookup_bs",
    (runner, [device, node]) => {
      const backend = named(runner, device);
      if (backend !== undefined) return member(backend, "node");
      return blocksOf(runner).nodes.get(textAt(node) ?? "") ?? 0;
    },
  ],
  ["bdrv_find_node", (runner, [node]) => blocksOf(runner).nodes.get(textAt(node) ?? "") ?? 0],
  ["bdrv_get_node_name", (_r, [node]) => (node instanceof Rec ? (node.get("BlockDriverState.node_name") ?? "") : "")],
  ["blk_probe_blocksizes", () => notSupported],
  ["bdrv_get_aio_context", (runner) => runner.run("qemu_get_aio_context", [])],
  ["blk_attached_dev", nothing],
  ["blk_get_attached_dev", nothing],
  ["blk_get_aio_context", (runner) => runner.run("qemu_get_aio_context", [])],
  ["blk_is_available", (_r, [backend]) => (member(backend, "node") === 0 ? 0 : 1)],
  ["blk_is_inserted", (_r, [backend]) => (member(backend, "node") === 0 ? 0 : 1)],
  ["blk_supports_write_perm", yes],
  ["blk_is_writable", yes],
  ["block_acct_setup", yes],
  ["blk_getlength", () => mediumLength()],
  ["blk_nb_sectors", () => mediumLength()],
  ["drive_check_orphaned", nothing],
];

/** Sections of one name: what savevm counts on one side and code numbers on the other. */
import { expect, it } from "vitest";
import { compareTrees, treeSide } from "../../core/compat";
import { treeOf } from "../tree";

const net = (live: string, table = "vmstate_register(NULL, 0, &vmstate_sound, s);", device = "DEVICE(s)"): string => `
#include "qemu/osdep.h"
#include "migration/vmstate.h"
#define VMSTATE_INSTANCE_ID_ANY -1
typedef struct Net { uint32_t a; } Net;
static int net_load(QEMUFile *f, void *opaque, int version_id) { return 0; }
static SaveVMHandlers net_handlers = { .load_state = net_load };
static const VMStateDescription vmstate_sound = { .name = "sound", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(a, Net), VMSTATE_END_OF_LIST() } };
static const VMStateDescription vmstate_chip = { .name = "chip", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(a, Net), VMSTATE_END_OF_LIST() } };
void net_init(Net *s, int id)
{
    register_savevm_live("net", ${live}, 4, &net_handlers, s);
    ${table}
    vmstate_register(${device}, 0, &vmstate_chip, s);
}
`;

function said(before: string, after: string): readonly string[] {
  const [a, b] = [treeOf({ "net/net.c": before }), treeOf({ "net/net.c": after })];
  const found = compareTrees(treeSide(a, "old", undefined), treeSide(b, "new", undefined));
  return found.map(({ section, direction, verdict, certain }) => `${section} ${direction} ${verdict} ${certain}`);
}

it("the second of what the saver counts is unknown where all have one id", () => {
  expect(said(net("0"), net("VMSTATE_INSTANCE_ID_ANY"))).toEqual(["net new->old refused false"]);
  expect(said(net("-1"), net("0"))).toEqual(["net old->new refused false"]);
  const any = "vmstate_register_any(NULL, &vmstate_sound, s);";
  expect(said(net("0"), net("0", any))).toEqual(["sound new->old refused false"]);
});

it("not where both do the same, or where an id is worked out", () => {
  expect(said(net("0"), net("0"))).toEqual([]);
  expect(said(net("VMSTATE_INSTANCE_ID_ANY"), net("-1"))).toEqual([]);
  expect(said(net("0"), net("id"))).toEqual([]);
});

it("nor where a device's path tells them apart", () => {
  const any = (device: string): string =>
    net("0", undefined, device).replace(", 0, &vmstate_chip", ", VMSTATE_INSTANCE_ID_ANY, &vmstate_chip");
  expect(said(net("0"), any("DEVICE(s)"))).toEqual([]);
  expect(said(net("0", undefined, "NULL"), any("NULL"))).toEqual(["chip new->old refused false"]);
});

/** The VMStateInfo objects of migration/ by symbol: one line each, what they put on the wire. */
import type { IntegerCheck, WireElement } from "../schema";

function integer(bytes: 1 | 2 | 4 | 8, signed: boolean, check: IntegerCheck = "none"): WireElement {
  return { kind: "integer", bytes, signed, check };
}

export const basicInfos: ReadonlyMap<string, WireElement> = new Map<string, WireElement>([
  ["vmstate_info_bool", integer(1, false)],
  ["vmstate_info_int8", integer(1, true)],
  ["vmstate_info_int16", integer(2, true)],
  ["vmstate_info_int32", integer(4, true)],
  ["vmstate_info_int64", integer(8, true)],
  ["vmstate_info_uint8", integer(1, false)],
  ["vmstate_info_uint16", integer(2, false)],
  ["vmstate_info_uint32", integer(4, false)],
  ["vmstate_info_uint64", integer(8, false)],
  ["vmstate_info_uint8_equal", integer(1, false, "equal")],
  ["vmstate_info_uint16_equal", integer(2, false, "equal")],
  ["vmstate_info_int32_equal", integer(4, true, "equal")],
  ["vmstate_info_uint32_equal", integer(4, false, "equal")],
  ["vmstate_info_uint64_equal", integer(8, false, "equal")],
  ["vmstate_info_int32_le", integer(4, true, "le")],
  ["vmstate_info_timer", integer(8, true)],
  ["vmstate_info_cpudouble", integer(8, false)],
  ["vmstate_info_float64", integer(8, false)],
  ["vmstate_info_buffer", { kind: "buffer" }],
  ["vmstate_info_unused_buffer", { kind: "unused" }],
  ["vmstate_info_bitmap", { kind: "bitmap" }],
  ["vmstate_info_nullptr", { kind: "nullptr" }],
]);

/** Infos that recurse into the field's own description. */
export type Container = "tmp" | "list" | "tree";

export const containerInfos: ReadonlyMap<string, Container> = new Map<string, Container>([
  ["vmstate_info_tmp", "tmp"],
  ["vmstate_info_qtailq", "list"],
  ["vmstate_info_qlist", "list"],
  ["vmstate_info_gtree", "tree"],
]);

/** VMStateInfo.name of the infos above, for a tree whose object cannot be read. */
export const infoNames: ReadonlyMap<string, string> = new Map([
  ["vmstate_info_cpudouble", "CPU_Double_U"],
  ["vmstate_info_int32_equal", "int32 equal"],
  ["vmstate_info_int32_le", "int32 le"],
  ["vmstate_info_uint64_equal", "int64 equal"],
  ["vmstate_info_uint8_equal", "uint8 equal"],
  ["vmstate_info_uint16_equal", "uint16 equal"],
  ["vmstate_info_uint32_equal", "uint32 equal"],
]);

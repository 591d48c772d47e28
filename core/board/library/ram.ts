/** RAM blocks, and QEMU's 128 bit numbers, in which it keeps the sizes of memory regions. */
import type { NativeFunction, Runner } from "../run/runner";
import type { RegisteredBlock } from "./savevm";
import { asBigint, fromBigint, Rec, textAt, Unknown, type Value } from "../run/values";

/** QEMU_VMALLOC_ALIGN of a 64-bit host. */
const hostAlignment = 2 ** 21;

const pageSize = 4096;

/** A block is made of whole pages of the host (qemu_ram_alloc_internal). */
function wholePages(size: Value): Value {
  const bytes = bytesIn(size);
  return bytes === undefined ? size : Math.ceil(bytes / pageSize) * pageSize;
}

const block =
  (size: number, region: number): NativeFunction =>
  (_runner, values) => {
    const made = new Rec();
    const length = wholePages(values[size] ?? 0);
    made.set("RAMBlock.used_length", length);
    made.set("RAMBlock.max_length", length);
    made.set("RAMBlock.mr", values[region] ?? 0);
    made.set("RAMBlock.host", new Rec());
    made.set("RAMBlock.page_size", pageSize);
    const of = values[region];
    if (of instanceof Rec) of.set("MemoryRegion.align", hostAlignment);
    return made;
  };

function bytesIn(value: Value): number | undefined {
  const number = asBigint(value);
  return number === undefined ? undefined : Number(number);
}

function wide(value: Value | undefined): bigint | undefined {
  if (value instanceof Rec) return 0n;
  return value === undefined ? undefined : asBigint(value);
}

const whole =
  (work: (a: bigint, b: bigint) => bigint | boolean): NativeFunction =>
  (_runner, [a, b]) => {
    const left = wide(a);
    const right = wide(b ?? 0);
    if (left === undefined || right === undefined) return new Unknown("a number of 128 bits");
    const made = work(left, right);
    return typeof made === "boolean" ? (made ? 1 : 0) : fromBigint(BigInt.asIntN(128, made));
  };

/** C has no answer for others. */
function shift(by: bigint): bigint {
  return by >= 0n && by < 128n ? by : 0n;
}

function counting(kind: string, bits: number): NativeFunction {
  return (_runner, [given]) => {
    const number = asBigint(given ?? 0);
    if (number === undefined) return new Unknown("a number of bits");
    const digits = BigInt.asUintN(bits, number).toString(2).padStart(bits, "0");
    switch (kind) {
      case "popcount":
        return digits.replaceAll("0", "").length;
      case "clz":
        return digits.indexOf("1") === -1 ? bits : digits.indexOf("1");
      case "clrsb":
        return (/^(.)\1*/.exec(digits)?.[0].length ?? 1) - 1;
      default: {
        const low = digits.lastIndexOf("1");
        if (kind === "ffs") return low === -1 ? 0 : bits - low;
        return low === -1 ? bits : bits - 1 - low;
      }
    }
  };
}

const same: NativeFunction = (_runner, [value]) => value ?? 0;

/** A number with its bytes in the opposite order. */
export function swapped(bits: number, given: Value): Value {
  const number = asBigint(given);
  if (number === undefined) return new Unknown("a number");
  const digits = BigInt.asUintN(bits, number)
    .toString(16)
    .padStart(bits / 4, "0");
  return fromBigint(BigInt(`0x${digits.match(/../g)?.reverse().join("") ?? "0"}`));
}

/** Up to a power of two, modulo 2^64. */
const rounded: NativeFunction = (_runner, [given]) => {
  const number = asBigint(given ?? 0);
  if (number === undefined) return new Unknown("a size");
  if (number <= 1n) return 1;
  return fromBigint(BigInt.asUintN(64, 1n << BigInt((number - 1n).toString(2).length)));
};

/** Of a memory region, in bytes; what was not set is 0. */
function sizeOf(region: Value | undefined): Value {
  const size = wide(region instanceof Rec ? (region.get("MemoryRegion.size") ?? 0) : undefined);
  if (size === undefined) return new Unknown("the size of a memory region");
  return fromBigint(size === 1n << 64n ? (1n << 64n) - 1n : size);
}

function swapping(bits: number): NativeFunction {
  return (_runner, [given]) => swapped(bits, given ?? 0);
}

export function ramFunctions(named: (block: RegisteredBlock) => void): readonly (readonly [string, NativeFunction])[] {
  return [
    ["qemu_ram_alloc", block(0, 2)],
    ["qemu_ram_alloc_internal", block(0, 5)],
    ["qemu_ram_alloc_resizeable", block(0, 3)],
    ["qemu_ram_alloc_from_ptr", block(0, 2)],
    ["qemu_ram_alloc_from_file", block(0, 1)],
    ["qemu_ram_alloc_from_fd", block(0, 2)],
    [
      "qemu_ram_set_idstr",
      (runner: Runner, [target, name, device]) => {
        const path =
          device === undefined || device === 0
            ? undefined
            : textAt(runner.run("qdev_get_dev_path", [device], "migration/savevm.c"));
        const text = textAt(name);
        if (target instanceof Rec) target.set("RAMBlock.flags", 1);
        if (text === undefined) runner.noteHere("a RAM block whose name is not known");
        else {
          const length = target instanceof Rec ? target.get("RAMBlock.used_length") : undefined;
          named({
            name: path === undefined ? text : `${path}/${text}`,
            bytes: length === undefined ? undefined : bytesIn(length),
            device: device instanceof Rec ? device : undefined,
          });
        }
        return 0;
      },
    ],
    ...["ctz", "clz", "popcount", "ffs", "clrsb"].flatMap((kind) =>
      ["", "l", "ll"].map((width) => [`__builtin_${kind}${width}`, counting(kind, width === "" ? 32 : 64)] as const),
    ),
    ["__builtin_bswap16", swapping(16)],
    ["__builtin_bswap32", swapping(32)],
    ["__builtin_bswap64", swapping(64)],
    ...[16, 32, 64].flatMap((bits) => [
      [`cpu_to_be${bits}`, swapping(bits)] as const,
      [`be${bits}_to_cpu`, swapping(bits)] as const,
      [`bswap${bits}`, swapping(bits)] as const,
      [`cpu_to_le${bits}`, same] as const,
      [`le${bits}_to_cpu`, same] as const,
    ]),
    ...["GPOINTER_TO_UINT", "GPOINTER_TO_INT", "GUINT_TO_POINTER", "GINT_TO_POINTER"].map(
      (name) => [name, same] as const,
    ),
    ["pow2ceil", rounded],
    ["memory_region_size", (_r, [region]) => sizeOf(region)],
    ["int128_make64", whole((a) => BigInt.asUintN(64, a))],
    ["int128_makes64", whole((a) => a)],
    ["int128_make128", whole((a, b) => (b << 64n) | BigInt.asUintN(64, a))],
    ["int128_get64", whole((a) => BigInt.asUintN(64, a))],
    ["int128_getlo", whole((a) => BigInt.asUintN(64, a))],
    ["int128_gethi", whole((a) => a >> 64n)],
    ["int128_zero", () => 0],
    ["int128_one", () => 1],
    ["int128_2_64", () => 1n << 64n],
    ["int128_add", whole((a, b) => a + b)],
    ["int128_sub", whole((a, b) => a - b)],
    ["int128_and", whole((a, b) => a & b)],
    ["int128_or", whole((a, b) => a | b)],
    ["int128_neg", whole((a) => -a)],
    ["int128_min", whole((a, b) => (a < b ? a : b))],
    ["int128_max", whole((a, b) => (a > b ? a : b))],
    ["int128_rshift", whole((a, b) => a >> shift(b))],
    ["int128_lshift", whole((a, b) => a << shift(b))],
    ["int128_exts64", whole((a) => BigInt.asIntN(64, a))],
    ["int128_eq", whole((a, b) => a === b)],
    ["int128_ne", whole((a, b) => a !== b)],
    ["int128_lt", whole((a, b) => a < b)],
    ["int128_le", whole((a, b) => a <= b)],
    ["int128_gt", whole((a, b) => a > b)],
    ["int128_ge", whole((a, b) => a >= b)],
    ["int128_nz", whole((a) => a !== 0n)],
    ["int128_nonneg", whole((a) => a >= 0n)],
  ];
}

/**
 * Types that QEMU takes from outside its tree: the C library's and glib's, with the sizes of an LP64 Linux host on
 * x86_64 (System V ABI, glibc). What is used through pointers only has no place here.
 */

export interface HostOpaque {
  readonly size: number;
  readonly align: number;
}

/** Built-in types by their canonical name: size and alignment on LP64. `long` and pointers follow the target model. */
export const builtinScalars: ReadonlyMap<string, { readonly size: number; readonly signed: boolean }> = new Map([
  ["_Bool", { size: 1, signed: false }],
  ["char", { size: 1, signed: true }],
  ["signed char", { size: 1, signed: true }],
  ["unsigned char", { size: 1, signed: false }],
  ["short", { size: 2, signed: true }],
  ["unsigned short", { size: 2, signed: false }],
  ["int", { size: 4, signed: true }],
  ["unsigned int", { size: 4, signed: false }],
  ["long", { size: 8, signed: true }],
  ["unsigned long", { size: 8, signed: false }],
  ["long long", { size: 8, signed: true }],
  ["unsigned long long", { size: 8, signed: false }],
  ["__int128", { size: 16, signed: true }],
  ["unsigned __int128", { size: 16, signed: false }],
  ["float", { size: 4, signed: true }],
  ["double", { size: 8, signed: true }],
  ["long double", { size: 16, signed: true }],
  ["_Float128", { size: 16, signed: true }],
]);

export const floatScalars: ReadonlySet<string> = new Set(["float", "double", "long double", "_Float128"]);

/** Typedef names of ISO C's and POSIX's headers: the host's meaning goes before any typedef in the tree. */
const standard: ReadonlyMap<string, string> = new Map([
  ["int8_t", "signed char"],
  ["uint8_t", "unsigned char"],
  ["int16_t", "short"],
  ["uint16_t", "unsigned short"],
  ["int32_t", "int"],
  ["uint32_t", "unsigned int"],
  ["int64_t", "long"],
  ["uint64_t", "unsigned long"],
  ["int_fast8_t", "signed char"],
  ["uint_fast8_t", "unsigned char"],
  ["int_fast16_t", "long"],
  ["uint_fast16_t", "unsigned long"],
  ["int_fast32_t", "long"],
  ["uint_fast32_t", "unsigned long"],
  ["int_fast64_t", "long"],
  ["uint_fast64_t", "unsigned long"],
  ["int_least8_t", "signed char"],
  ["uint_least8_t", "unsigned char"],
  ["int_least16_t", "short"],
  ["uint_least16_t", "unsigned short"],
  ["int_least32_t", "int"],
  ["uint_least32_t", "unsigned int"],
  ["int_least64_t", "long"],
  ["uint_least64_t", "unsigned long"],
  ["intmax_t", "long"],
  ["uintmax_t", "unsigned long"],
  ["intptr_t", "long"],
  ["uintptr_t", "unsigned long"],
  ["size_t", "unsigned long"],
  ["ssize_t", "long"],
  ["ptrdiff_t", "long"],
  ["wchar_t", "int"],
  ["wint_t", "unsigned int"],
  ["char16_t", "unsigned short"],
  ["char32_t", "unsigned int"],
  ["off_t", "long"],
  ["time_t", "long"],
  ["suseconds_t", "long"],
  ["clock_t", "long"],
  ["clockid_t", "int"],
  ["pid_t", "int"],
  ["uid_t", "unsigned int"],
  ["gid_t", "unsigned int"],
  ["mode_t", "unsigned int"],
  ["dev_t", "unsigned long"],
  ["ino_t", "unsigned long"],
  ["nlink_t", "unsigned long"],
  ["blksize_t", "long"],
  ["blkcnt_t", "long"],
  ["socklen_t", "unsigned int"],
  ["sa_family_t", "unsigned short"],
  ["in_addr_t", "unsigned int"],
  ["in_port_t", "unsigned short"],
  ["sig_atomic_t", "int"],
  ["pthread_t", "unsigned long"],
  ["pthread_key_t", "unsigned int"],
  ["u_char", "unsigned char"],
  ["u_int", "unsigned int"],
  ["uint", "unsigned int"],
  ["ulong", "unsigned long"],
  ["ushort", "unsigned short"],
]);

/** Names that a tree may well declare itself: used only where it does not. */
const foreign: ReadonlyMap<string, string> = new Map([
  ["gchar", "char"],
  ["guchar", "unsigned char"],
  ["gshort", "short"],
  ["gushort", "unsigned short"],
  ["gint", "int"],
  ["guint", "unsigned int"],
  ["glong", "long"],
  ["gulong", "unsigned long"],
  ["gint8", "signed char"],
  ["guint8", "unsigned char"],
  ["gint16", "short"],
  ["guint16", "unsigned short"],
  ["gint32", "int"],
  ["guint32", "unsigned int"],
  ["gint64", "long"],
  ["guint64", "unsigned long"],
  ["gfloat", "float"],
  ["gdouble", "double"],
  ["gsize", "unsigned long"],
  ["gssize", "long"],
  ["goffset", "long"],
  ["gintptr", "long"],
  ["guintptr", "unsigned long"],
  ["gboolean", "int"],
  ["gunichar", "unsigned int"],
  ["GQuark", "unsigned int"],
  ["GPid", "int"],
  ["GIOCondition", "unsigned int"],
  ["__u8", "unsigned char"],
  ["__s8", "signed char"],
  ["__u16", "unsigned short"],
  ["__s16", "short"],
  ["__le16", "unsigned short"],
  ["__be16", "unsigned short"],
  ["__u32", "unsigned int"],
  ["__s32", "int"],
  ["__le32", "unsigned int"],
  ["__be32", "unsigned int"],
  ["__u64", "unsigned long long"],
  ["__s64", "long long"],
  ["__le64", "unsigned long long"],
  ["__be64", "unsigned long long"],
  ["__sum16", "unsigned short"],
  ["__wsum", "unsigned int"],
  ["pixman_format_code_t", "unsigned int"],
  ["pixman_fixed_t", "int"],
]);

/** `void *` under another name. */
const pointers: ReadonlySet<string> = new Set([
  "gpointer",
  "gconstpointer",
  "GFunc",
  "GDestroyNotify",
  "GCompareFunc",
  "GHashFunc",
  "GEqualFunc",
  "GSourceFunc",
  "pthread_once_func",
]);

/** Embedded in QEMU's own structs, and opaque: only size and alignment are known. */
const opaque: ReadonlyMap<string, HostOpaque> = new Map([
  ["pthread_mutex_t", { size: 40, align: 8 }],
  ["pthread_cond_t", { size: 48, align: 8 }],
  ["pthread_rwlock_t", { size: 56, align: 8 }],
  ["pthread_spinlock_t", { size: 4, align: 4 }],
  ["pthread_once_t", { size: 4, align: 4 }],
  ["pthread_attr_t", { size: 56, align: 8 }],
  ["sem_t", { size: 32, align: 8 }],
  ["sigset_t", { size: 128, align: 8 }],
  ["sigjmp_buf", { size: 200, align: 8 }],
  ["jmp_buf", { size: 200, align: 8 }],
  ["va_list", { size: 24, align: 8 }],
  ["fd_set", { size: 128, align: 8 }],
  ["GMutex", { size: 8, align: 8 }],
  ["GRecMutex", { size: 16, align: 8 }],
  ["GCond", { size: 16, align: 8 }],
  ["GPollFD", { size: 8, align: 4 }],
  ["GQueue", { size: 24, align: 8 }],
  ["GArray", { size: 16, align: 8 }],
  ["GByteArray", { size: 16, align: 8 }],
  ["GPtrArray", { size: 16, align: 8 }],
  ["GString", { size: 24, align: 8 }],
  ["GSource", { size: 96, align: 8 }],
  ["GSourceFuncs", { size: 48, align: 8 }],
  ["pixman_box16_t", { size: 8, align: 2 }],
  ["pixman_box32_t", { size: 16, align: 4 }],
  ["pixman_color_t", { size: 8, align: 2 }],
]);

/** Records of the C library and of usbredir's protocol that QEMU saves members of, in C. */
export const hostBodies: ReadonlyMap<string, string> = new Map([
  [
    "tm",
    "int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst; long tm_gmtoff; const char *tm_zone;",
  ],
  [
    "usb_redir_device_connect_header",
    "uint8_t speed, device_class, device_subclass, device_protocol; uint16_t vendor_id, product_id, device_version_bcd;",
  ],
  [
    "usb_redir_interface_info_header",
    "uint32_t interface_count; uint8_t interface[32], interface_class[32], interface_subclass[32], interface_protocol[32];",
  ],
  ["timeval", "long tv_sec; long tv_usec;"],
  ["timespec", "long tv_sec; long tv_nsec;"],
  ["iovec", "void *iov_base; unsigned long iov_len;"],
]);

/** Other records of the C library, by tag. */
export const hostRecords: ReadonlyMap<string, HostOpaque> = new Map([
  ["itimerspec", { size: 32, align: 8 }],
  ["itimerval", { size: 32, align: 8 }],
  ["msghdr", { size: 56, align: 8 }],
  ["pollfd", { size: 8, align: 4 }],
  ["termios", { size: 60, align: 4 }],
  ["winsize", { size: 8, align: 2 }],
  ["stat", { size: 144, align: 8 }],
  ["sigaction", { size: 152, align: 8 }],
  ["sockaddr", { size: 16, align: 2 }],
  ["sockaddr_in", { size: 16, align: 4 }],
  ["sockaddr_in6", { size: 28, align: 4 }],
  ["sockaddr_un", { size: 110, align: 2 }],
  ["sockaddr_storage", { size: 128, align: 8 }],
  ["in_addr", { size: 4, align: 4 }],
  ["in6_addr", { size: 16, align: 4 }],
]);

/** Macros of limits.h, stdint.h, Linux's errno.h and libfdt.h that stand for numbers, as C spells them. */
const limits: ReadonlyMap<string, string> = new Map([
  ["CHAR_BIT", "8"],
  ["SCHAR_MAX", "127"],
  ["UCHAR_MAX", "255"],
  ["SHRT_MAX", "32767"],
  ["USHRT_MAX", "65535"],
  ["INT_MAX", "2147483647"],
  ["UINT_MAX", "4294967295U"],
  ["LONG_MAX", "9223372036854775807L"],
  ["ULONG_MAX", "18446744073709551615UL"],
  ["LLONG_MAX", "9223372036854775807LL"],
  ["ULLONG_MAX", "18446744073709551615ULL"],
  ["INT8_MAX", "127"],
  ["UINT8_MAX", "255"],
  ["INT16_MAX", "32767"],
  ["UINT16_MAX", "65535"],
  ["INT32_MAX", "2147483647"],
  ["UINT32_MAX", "4294967295U"],
  ["INT64_MAX", "9223372036854775807L"],
  ["UINT64_MAX", "18446744073709551615UL"],
  ["SIZE_MAX", "18446744073709551615UL"],
  ["SSIZE_MAX", "9223372036854775807L"],
  ["PATH_MAX", "4096"],
  ["NAME_MAX", "255"],
  ["IFNAMSIZ", "16"],
  ["IF_NAMESIZE", "16"],
  ["ETH_ALEN", "6"],
  ["ETH_HLEN", "14"],
  ["ETH_DATA_LEN", "1500"],
  ["EPERM", "1"],
  ["ENOENT", "2"],
  ["EIO", "5"],
  ["ENXIO", "6"],
  ["E2BIG", "7"],
  ["EAGAIN", "11"],
  ["ENOMEM", "12"],
  ["EACCES", "13"],
  ["EFAULT", "14"],
  ["EBUSY", "16"],
  ["EEXIST", "17"],
  ["ENODEV", "19"],
  ["EINVAL", "22"],
  ["ENOSPC", "28"],
  ["ERANGE", "34"],
  ["ENOSYS", "38"],
  ["ENOTSUP", "95"],
  ["ETIMEDOUT", "110"],
  ["FDT_ERR_NOTFOUND", "1"],
  ["FDT_ERR_EXISTS", "2"],
  ["FDT_ERR_NOSPACE", "3"],
]);

/** A number of the C library's headers, as a literal. */
export function hostConstant(name: string): string | undefined {
  return limits.get(name);
}

const constantMacros: ReadonlyMap<string, string> = new Map(
  ["8", "16", "32", "64", "MAX"].flatMap((width): [string, string][] => {
    const word = width === "64" || width === "MAX" ? "long" : "int";
    return [
      [`INT${width}_C`, word],
      [`UINT${width}_C`, `unsigned ${word}`],
    ];
  }),
);

/** The canonical type that `INT64_C(x)` and its like give their operand. */
export function constantMacro(name: string): string | undefined {
  return constantMacros.get(name);
}

export type HostType =
  | { readonly kind: "scalar"; readonly canonical: string }
  | { readonly kind: "pointer" }
  | { readonly kind: "opaque"; readonly size: number; readonly align: number };

/** A standard header's typedef. */
export function standardType(name: string): string | undefined {
  return standard.get(name);
}

/** What a name means that neither the tree nor ISO C declares. */
export function foreignType(name: string): HostType | undefined {
  const canonical = foreign.get(name);
  if (canonical !== undefined) return { kind: "scalar", canonical };
  if (pointers.has(name)) return { kind: "pointer" };
  const record = opaque.get(name);
  return record === undefined ? undefined : { kind: "opaque", ...record };
}

export function isHostType(name: string): boolean {
  return standard.has(name) || foreign.has(name) || pointers.has(name) || opaque.has(name);
}

/** Infos of QEMU's that load an integer as it comes. */
export const plainIntegers: ReadonlySet<string> = new Set(
  [8, 16, 32, 64].flatMap((bits) => [`vmstate_info_int${bits}`, `vmstate_info_uint${bits}`]),
);

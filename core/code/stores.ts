/** Functions and macros of the C library and of QEMU that write to the memory behind an argument, from the guest's as well. */

/** By name, the index of the argument. */
const stores = new Map<string, number>([
  ["memcpy", 0],
  ["memmove", 0],
  ["memset", 0],
  ["set_bit", 1],
  ["clear_bit", 1],
  ["change_bit", 1],
  ["qatomic_set", 0],
  ["qatomic_or", 0],
  ["qatomic_and", 0],
  ["qatomic_xchg", 0],
  ["qatomic_inc", 0],
  ["qatomic_dec", 0],
]);
for (const [name, argument] of [
  ["pci_dma_read", 2],
  ["dma_memory_read", 2],
  ["cpu_physical_memory_read", 1],
  ["address_space_read", 3],
] as const)
  stores.set(name, argument);
for (const width of ["stb", "stw", "stl", "stq"]) {
  for (const order of ["", "_le", "_be", "_he"]) stores.set(`${width}${order}_p`, 0);
}

/** Of those, names that put a given value there. */
export function copiesValue(name: string): boolean {
  return name === "memcpy" || name === "memmove" || name === "qatomic_set" || name.startsWith("st");
}

export function storedArgument(name: string): number | undefined {
  return stores.get(name);
}

/** Functions of the C library and of QEMU that read or write as many bytes behind a pointer as an argument says. */
export interface Copy {
  /** Indexes of the arguments that point to the bytes. */
  readonly buffers: readonly number[];
  /** Index of the argument with how many there are. */
  readonly length: number;
}

const both: Copy = { buffers: [0, 1], length: 2 };
const first: Copy = { buffers: [0], length: 2 };
const second: Copy = { buffers: [1], length: 2 };
const third: Copy = { buffers: [2], length: 3 };

export const copies: ReadonlyMap<string, Copy> = new Map([
  ["memcpy", both],
  ["memmove", both],
  ["memcmp", both],
  ["memset", first],
  ["qemu_get_buffer", second],
  ["qemu_put_buffer", second],
  ["cpu_physical_memory_read", second],
  ["cpu_physical_memory_write", second],
  ["qemu_send_packet", second],
  ["qemu_chr_fe_write", second],
  ["qemu_chr_fe_write_all", second],
  ["dma_memory_read", third],
  ["dma_memory_write", third],
  ["pci_dma_read", third],
  ["pci_dma_write", third],
  ["address_space_read", { buffers: [3], length: 4 }],
  ["address_space_write", { buffers: [3], length: 4 }],
]);

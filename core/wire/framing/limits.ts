/**
 * How much of one stream is held at once. QEMU has no such bounds; a length in a stream is whatever somebody wrote there, so
 * beyond these reading ends with a message and an offset, or a part is not decoded and a warning says so.
 */
export const limits = {
  /** Bytes of the machine type's name in the configuration section. */
  machineName: 64 << 10,
  capabilities: 1024,
  configurationSubsections: 64,
  ramBlocks: 65536,
  /** Sections and commands together. */
  sections: 1 << 20,
  /** Bytes of one device section. */
  payload: 64 << 20,
  /** Bytes of all device sections and commands together. */
  held: 128 << 20,
  /** The vmdescription: bytes, levels of brackets, values, characters of one name. */
  description: 16 << 20,
  descriptionDepth: 128,
  descriptionValues: 2 << 20,
  descriptionName: 1024,
  /** Field values of all sections together. */
  elements: 2 << 20,
  /** Bytes of a printed document that is put together in memory. */
  document: 512 << 20,
} as const;

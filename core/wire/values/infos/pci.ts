/** What PCI configuration space says about the bytes behind it (PCI Local Bus 3.0, 6.7 and 6.8.2). */

const statusRegister = 0x06;
const hasCapabilities = 0x10;
const capabilityPointer = 0x34;
const msixCapability = 0x11;
const expressCapability = 0x10;

/** Entries of the MSI-X table; 0 where there is no such capability. */
function msixEntries(config: Uint8Array): number {
  const at = capability(config, msixCapability);
  if (at === undefined) return 0;
  return (((config[at + 2] ?? 0) | ((config[at + 3] ?? 0) << 8)) & 0x7ff) + 1;
}

function capability(config: Uint8Array, id: number): number | undefined {
  if (((config[statusRegister] ?? 0) & hasCapabilities) === 0) return undefined;
  let at = (config[capabilityPointer] ?? 0) & 0xfc;
  for (let steps = 0; at >= 0x40 && at < 0x100 && steps < 48; steps++) {
    if (config[at] === id) return at;
    at = (config[at + 1] ?? 0) & 0xfc;
  }
  return undefined;
}

/**
 * Whether configuration space, of which `config` is the beginning, has the capability of PCI Express; undefined for another question.
 * Without it the space is a conventional one, but not for sure: a device that may be either has none on a conventional bus, and
 * saves 4 KiB all the same.
 */
export function hasExpress(question: string, config: Uint8Array): boolean | undefined {
  if (!question.endsWith("->cap_present & QEMU_PCI_CAP_EXPRESS") || config.length < 0x100) return undefined;
  return capability(config, expressCapability) !== undefined;
}

/** Worth of an expression of QEMU's PCI core, by its text. undefined: not about PCI configuration. */
export function pciFact(expression: string, config: Uint8Array): bigint | undefined {
  if (/->msix_entries_nr$/.test(expression)) return BigInt(msixEntries(config));
  if (/^\? msix_present\(.*\)$/.test(expression)) return msixEntries(config) > 0 ? 1n : 0n;
  return undefined;
}

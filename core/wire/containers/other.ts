/** What a file is that holds no stream, by its first bytes, and what makes a stream of what it stands for. */
import { latin1 } from "../framing/bytes";
import type { ByteSource } from "../framing/input";
import { bytesAt, counted, hasBytes, startsWith } from "./source";

interface Known {
  readonly what: string;
  readonly is: (head: Uint8Array) => boolean;
  /** What to do instead; without it, what makes a stream of a running guest. */
  readonly advice?: string;
}

const migrate = 'in QEMU\'s monitor: migrate "exec:cat > vm.mig" (or migrate file:vm.mig)';
const throughVirsh = "virsh save DOMAIN vm.save";
const memoryOnly = "it has the guest's memory and registers, not the state of its devices";

const begins =
  (text: string, at = 0) =>
  (head: Uint8Array): boolean =>
    startsWith(head, text, at);

const files: readonly Known[] = [
  {
    what: "the state of cpr-transfer: file descriptors by name",
    is: begins("QCPR"),
    advice: "the stream goes over the main migration channel: save that one",
  },
  { what: "a guest dump (dump-guest-memory) in kdump format", is: begins("KDUMP   "), advice: memoryOnly },
  { what: "a guest dump in makedumpfile's format", is: begins("makedumpfile"), advice: memoryOnly },
  { what: "a Windows crash dump", is: begins("PAGEDU"), advice: memoryOnly },
  {
    what: "an ELF file",
    is: begins("\x7fELF"),
    advice: `a core or a program; a guest dump ${memoryOnly.replace("it has", "has")}`,
  },
  {
    what: "a saved guest of VirtualBox",
    is: begins("\x7fVirtualBox SavedState"),
    advice: "VMState reads QEMU's streams",
  },
  { what: "a saved guest of Xen", is: begins("LinuxGuestRecord"), advice: "VMState reads QEMU's streams" },
  {
    what: "a saved guest of VMware",
    is: (head) => hasBytes(head, [0xd2, 0xbe, 0xd2, 0xbe]) || hasBytes(head, [0xd3, 0xbe, 0xd2, 0xbe]),
    advice: "VMState reads QEMU's streams",
  },
  {
    what: "a qcow image of version 1",
    is: begins("QFI\xfb"),
    advice: "qemu-img convert -O qcow2 makes one that can hold snapshots",
  },
  { what: "a qed disk image", is: begins("QED\0"), advice: "only qcow2 images hold snapshots with a guest's state" },
  { what: "a VMDK disk image", is: begins("KDMV"), advice: "only qcow2 images hold snapshots with a guest's state" },
  {
    what: "a VHDX disk image",
    is: begins("vhdxfile"),
    advice: "only qcow2 images hold snapshots with a guest's state",
  },
  { what: "a VHD disk image", is: begins("conectix"), advice: "only qcow2 images hold snapshots with a guest's state" },
  {
    what: "a VDI disk image",
    is: begins("\x7f\x10\xda\xbe", 64),
    advice: "only qcow2 images hold snapshots with a guest's state",
  },
  { what: "a LUKS volume", is: begins("LUKS\xba\xbe"), advice: "open it first: cryptsetup open" },
  {
    what: "a Proxmox backup of disks (vma)",
    is: begins("VMA\0"),
    advice: "it has disks, not a guest's state; qm snapshot VMID NAME --vmstate 1 saves one to a state volume",
  },
  {
    what: "a GPT disk image",
    is: begins("EFI PART", 512),
    advice: "only qcow2 images hold snapshots with a guest's state",
  },
  { what: "an ISO 9660 image", is: begins("CD001", 0x8001) },
  { what: "a tar archive", is: begins("ustar", 257), advice: "unpack it: tar xf" },
  { what: "a ZIP archive", is: begins("PK\x03\x04"), advice: "unpack it: unzip" },
  { what: "a 7z archive", is: begins("7z\xbc\xaf\x27\x1c"), advice: "unpack it: 7z x" },
  { what: "an RPM package", is: (head) => hasBytes(head, [0xed, 0xab, 0xee, 0xdb]) },
  { what: "an SQLite database", is: begins("SQLite format 3\0") },
  {
    what: "an LZMA file (not xz)",
    is: (head) => hasBytes(head, [0x5d, 0, 0]),
    advice: "unpack it: xz --format=lzma -d",
  },
  {
    what: "a LZ4 file of the legacy format",
    is: (head) => hasBytes(head, [0x02, 0x21, 0x4c, 0x18]),
    advice: "unpack it: lz4 -d",
  },
  { what: "an LVM volume", is: begins("LABELONE", 512) },
  { what: "a PNG picture", is: begins("\x89PNG") },
  { what: "a PDF document", is: begins("%PDF-") },
];

/** Whether it is known, so that it need not be searched for a stream. */
export function isOther(head: Uint8Array): boolean {
  return files.some(({ is }) => is(head));
}

/** One sentence for a file in which no stream was found. */
export function describeOther(source: ByteSource, head: Uint8Array, searched: number): string {
  if (source.size === 0)
    return "the file is empty: the migration did not write to it, or it was to a process that failed";
  const known = files.find(({ is }) => is(head));
  if (known !== undefined) return `${known.what}, not a migration stream: ${known.advice ?? `to make one, ${migrate}`}`;
  const text = textKind(source);
  if (text !== undefined) return text;
  if (head.length >= 512 && hasBytes(head, [0x55, 0xaa], 510)) {
    return `a disk with a boot sector, not a migration stream: to make one, ${migrate}`;
  }
  const first = [...head.subarray(0, 4)].map((octet) => octet.toString(16).padStart(2, "0")).join(" ");
  if (head.length >= 4 && head.every((octet) => octet === 0) && source.size <= searched) {
    return `${counted(source.size, "byte")} without a stream, beginning with zeros: to make one, ${migrate}`;
  }
  const where = source.size > searched ? `in its first ${searched} bytes` : "in it";
  return `not a migration stream: it begins with ${first}, and no stream (QEVM) is ${where}. To make one, ${migrate}, or ${throughVirsh}`;
}

function textKind(source: ByteSource): string | undefined {
  const bytes = bytesAt(source, 0, 4096);
  const isText = bytes.every((octet) => octet >= 0x20 || octet === 9 || octet === 10 || octet === 13 || octet === 27);
  if (!isText || bytes.length === 0) return undefined;
  const text = latin1(bytes).trimStart();
  if (text.startsWith("<domain")) return `libvirt's description of a guest, not its state: ${throughVirsh}`;
  if (text.startsWith("<")) return "XML, not a migration stream";
  if (/^\{\s*"(?:configuration|devices|page_size|vmschema|ram \(|[^"]* \(\d+\))/.test(text)) {
    return "what scripts/analyze-migration.py prints, not the stream that it was made from";
  }
  if (/^\{\s*"[\w.+-]+":\s*\{\s*"Name"/.test(text) || text.includes('"vmschema_machine"')) {
    return "what -dump-vmstate prints, not a stream: vmstate diff compares two of them";
  }
  if (text.startsWith("{") || text.startsWith("[")) return "JSON, not a migration stream";
  return "text, and no stream (QEVM) stands in it; what a message in a log means, vmstate explain says";
}

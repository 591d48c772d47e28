/** Writing the stream's framing: qemu_savevm_state_* of migration/savevm.c and ram_save_* of migration/ram.c. */
import { bytesOf, type ByteWriter } from "./bytes";
import { type CommandName, commands, fileMagic, fileVersion, mark, ramFlag } from "./magic";

export function putHeader(writer: ByteWriter): void {
  writer.u32(fileMagic);
  writer.u32(fileVersion);
}

export interface ConfigurationSubsection {
  readonly name: string;
  readonly versionId: number;
  readonly payload: Uint8Array;
}

/** QEMU_VM_CONFIGURATION: `machine` as in `pc-q35-10.0`. */
export function putConfiguration(
  writer: ByteWriter,
  machine: string,
  subsections: readonly ConfigurationSubsection[] = [],
): void {
  writer.u8(mark.configuration);
  const name = bytesOf(machine);
  writer.u32(name.length);
  writer.put(name);
  for (const subsection of subsections) {
    writer.u8(mark.subsection);
    writer.counted(subsection.name);
    writer.u32(subsection.versionId);
    writer.put(subsection.payload);
  }
}

/** Payloads of the configuration's own subsections. */
export function targetPageBits(bits: number): ConfigurationSubsection {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setUint32(0, bits);
  return { name: "configuration/target-page-bits", versionId: 1, payload };
}

export interface SectionIdentity {
  readonly sectionId: number;
  readonly idstr: string;
  readonly instanceId: number;
  readonly versionId: number;
}

/** Header of a START or FULL section. */
export function putSectionHeader(writer: ByteWriter, kind: "start" | "full", section: SectionIdentity): void {
  writer.u8(mark[kind]);
  writer.u32(section.sectionId);
  writer.counted(section.idstr);
  writer.u32(section.instanceId);
  writer.u32(section.versionId);
}

/** Header of a PART or END section. */
export function putPartHeader(writer: ByteWriter, kind: "part" | "end", sectionId: number): void {
  writer.u8(mark[kind]);
  writer.u32(sectionId);
}

export function putFooter(writer: ByteWriter, sectionId: number): void {
  writer.u8(mark.footer);
  writer.u32(sectionId);
}

export function putCommand(writer: ByteWriter, name: CommandName, data: Uint8Array = new Uint8Array(0)): void {
  writer.u8(mark.command);
  writer.u16(commands.findIndex((command) => command.name === name));
  writer.u16(data.length);
  writer.put(data);
}

export interface RamBlock {
  readonly name: string;
  readonly length: bigint;
  /** Sent with postcopy-ram where it differs from the host's page size. */
  readonly pageSize?: bigint;
  /** Sent with x-ignore-shared. */
  readonly address?: bigint;
}

/** Payload of ram's START: total, blocks, EOS. */
export function putRamBlocks(writer: ByteWriter, blocks: readonly RamBlock[]): void {
  const total = blocks.reduce((sum, block) => sum + block.length, 0n);
  writer.u64(total | BigInt(ramFlag.memSize));
  for (const block of blocks) {
    writer.counted(block.name);
    writer.u64(block.length);
    if (block.pageSize !== undefined) writer.u64(block.pageSize);
    if (block.address !== undefined) writer.u64(block.address);
  }
  putRamEnd(writer);
}

/** RAM_SAVE_FLAG_EOS: ends every ram payload. */
export function putRamEnd(writer: ByteWriter): void {
  writer.u64(BigInt(ramFlag.eos));
}

/** `block` undefined: RAM_SAVE_FLAG_CONTINUE, the block of the page before. `page` undefined: a zero page. */
export function putRamPage(
  writer: ByteWriter,
  block: string | undefined,
  offset: bigint,
  page: Uint8Array | undefined,
): void {
  const kind = page === undefined ? ramFlag.zero : ramFlag.page;
  writer.u64(offset | BigInt(kind | (block === undefined ? ramFlag.continue : 0)));
  if (block !== undefined) writer.counted(block);
  if (page === undefined) writer.u8(0);
  else writer.put(page);
}

export function putEndOfFile(writer: ByteWriter): void {
  writer.u8(mark.eof);
}

/** QEMU_VM_VMDESCRIPTION: the JSON trailer behind the end. */
export function putTrailer(writer: ByteWriter, json: string): void {
  const bytes = new TextEncoder().encode(json);
  writer.u8(mark.description);
  writer.u32(bytes.length);
  writer.put(bytes);
}

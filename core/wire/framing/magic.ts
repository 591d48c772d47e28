/** Numbers of the stream's framing (migration/savevm.h, include/migration/qemu-file-types.h, migration/ram.c). */
export const fileMagic = 0x5145564d;
export const fileVersion = 3;
export const fileVersionObsolete = 2;

export const mark = {
  eof: 0x00,
  start: 0x01,
  part: 0x02,
  end: 0x03,
  full: 0x04,
  subsection: 0x05,
  description: 0x06,
  configuration: 0x07,
  command: 0x08,
  footer: 0x7e,
} as const;

/** MIG_CMD_: number, name and the length its data must have (-1: any). */
export const commands = [
  { name: "INVALID", length: -1 },
  { name: "OPEN_RETURN_PATH", length: 0 },
  { name: "PING", length: 4 },
  { name: "POSTCOPY_ADVISE", length: -1 },
  { name: "POSTCOPY_LISTEN", length: 0 },
  { name: "POSTCOPY_RUN", length: 0 },
  { name: "POSTCOPY_RAM_DISCARD", length: -1 },
  { name: "PACKAGED", length: 4 },
  { name: "ENABLE_COLO", length: -1 },
  { name: "POSTCOPY_RESUME", length: 0 },
  { name: "RECV_BITMAP", length: -1 },
  { name: "SWITCHOVER_START", length: 0 },
] as const;

export type CommandName = (typeof commands)[number]["name"];

/** RAM_SAVE_FLAG_ */
export const ramFlag = {
  full: 0x01,
  zero: 0x02,
  memSize: 0x04,
  page: 0x08,
  eos: 0x10,
  continue: 0x20,
  xbzrle: 0x40,
  hook: 0x80,
  compressPage: 0x100,
  multifdFlush: 0x200,
} as const;

/** Small streams of our own making. */
import { ByteWriter } from "../../core/wire";
import {
  type ConfigurationSubsection,
  putCommand,
  putConfiguration,
  putEndOfFile,
  putFooter,
  putHeader,
  putPartHeader,
  putRamBlocks,
  putRamEnd,
  putRamPage,
  putSectionHeader,
  putTrailer,
} from "../../core/wire";

export interface SampleOptions {
  readonly footers?: boolean;
  readonly trailer?: boolean;
  readonly pageSize?: number;
  /** What pages hold, over and over. */
  readonly filling?: readonly number[];
  readonly machine?: string;
  readonly configuration?: readonly ConfigurationSubsection[];
  /** More pages of ram, for streams of a size. */
  readonly extraPages?: number;
}

const devices = [
  {
    sectionId: 4,
    idstr: "0000:00:02.0/nic",
    instanceId: 0,
    versionId: 2,
    payload: [0, 0, 0, 7, 0xff, 1, 2, 3],
    description: {
      name: "0000:00:02.0/nic",
      instance_id: 0,
      vmsd_name: "nic",
      version: 2,
      fields: [
        { name: "count", type: "uint32", size: 4 },
        { name: "level", type: "int8", size: 1 },
        { name: "mac", array_len: 3, type: "uint8", size: 1 },
      ],
    },
  },
  {
    sectionId: 5,
    idstr: "clock",
    instanceId: 1,
    versionId: 1,
    payload: [1, 0, 0, 0, 0, 0, 0, 0, 9, ...subsection("clock/extra", 1), 0xaa],
    description: {
      name: "clock",
      instance_id: 1,
      vmsd_name: "clock",
      version: 1,
      fields: [
        { name: "on", type: "bool", size: 1 },
        {
          name: "timer",
          type: "struct",
          struct: { vmsd_name: "timer", version: 1, fields: [{ name: "ticks", type: "int64", size: 8 }] },
          size: 8,
        },
      ],
      subsections: [{ vmsd_name: "clock/extra", version: 1, fields: [{ name: "raw", type: "buffer", size: 1 }] }],
    },
  },
] as const;

function subsection(name: string, version: number): number[] {
  return [5, name.length, ...new TextEncoder().encode(name), 0, 0, 0, version];
}

export function sampleStream(options: SampleOptions = {}): Uint8Array {
  const { footers = true, trailer = true, pageSize = 4096, configuration = [], extraPages = 0 } = options;
  const { machine = "pc-sample-1.0", filling = [0x7e] } = options;
  const writer = new ByteWriter();
  const footer = (id: number) => footers && putFooter(writer, id);
  putHeader(writer);
  putConfiguration(writer, machine, configuration);
  putSectionHeader(writer, "start", { sectionId: 2, idstr: "ram", instanceId: 0, versionId: 4 });
  putRamBlocks(writer, [
    { name: "pc.ram", length: BigInt(16 * pageSize) },
    { name: "rom", length: BigInt(4 * pageSize) },
  ]);
  footer(2);
  putPartHeader(writer, "part", 2);
  const page = Uint8Array.from({ length: pageSize }, (_, k) => filling[k % filling.length] ?? 0);
  putRamPage(writer, "pc.ram", 0n, undefined);
  putRamPage(writer, undefined, BigInt(pageSize), page);
  putRamPage(writer, undefined, BigInt(2 * pageSize), page);
  for (let i = 0; i < extraPages; i++) putRamPage(writer, undefined, BigInt((i % 16) * pageSize), page);
  putRamPage(writer, "rom", 0n, page);
  putRamEnd(writer);
  footer(2);
  putCommand(writer, "SWITCHOVER_START");
  putPartHeader(writer, "end", 2);
  putRamEnd(writer);
  footer(2);
  for (const device of devices) {
    putSectionHeader(writer, "full", device);
    writer.put(Uint8Array.from(device.payload));
    footer(device.sectionId);
  }
  putEndOfFile(writer);
  const json = { page_size: pageSize, devices: devices.map((device) => device.description) };
  if (trailer) putTrailer(writer, JSON.stringify(json));
  return writer.finish();
}

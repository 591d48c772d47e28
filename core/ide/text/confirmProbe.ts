import { printable } from "../../printable";
import { plural, type Style } from "./style";

/** What a probe of one device found. */
export interface ProbeText {
  /** The device, or the machine's command line. */
  readonly probed: string;
  readonly registers: number;
  readonly kept: number;
  readonly lost: readonly {
    readonly region: string;
    readonly owner: string;
    readonly offset: number;
    readonly bytes: number;
    readonly before: string;
    readonly after: string;
    /** `Struct.member` that its handler goes by; undefined where that is not read. */
    readonly members?: readonly string[];
  }[];
  /** Regions that are not where they were. */
  readonly moved: readonly { readonly printed: string }[];
  readonly otherwise: number;
  readonly setAside: number;
  readonly refused?: string;
  /** Members of the device's struct that no table saves; undefined where that is not read. */
  readonly unsaved?: readonly string[];
}

const shown = 20;
const mostMembers = 4;

export function probeText(report: ProbeText, style: Style, all: boolean): string {
  const { probed, registers, kept, lost, moved, otherwise, setAside, refused, unsaved } = report;
  const head = style.bold(printable(probed));
  if (refused !== undefined) return `${head}: no result: ${printable(refused)}\n`;
  if (registers === 0) return `${head}: no register of it is in the machine's memory or ports\n`;
  const count = lost.length === 0 ? style.green("nothing lost") : style.red(`${plural(lost.length, "register")} lost`);
  const aside = setAside === 0 ? "" : `; ${plural(setAside, "run")} set aside`;
  const others = otherwise === 0 ? "" : `; ${otherwise} read otherwise without a write`;
  const lines = [
    `${head}: ${count} of ${plural(registers, "register")}, ${kept} of which keep what is written${others}${aside}`,
  ];
  for (const { region, owner, offset, bytes, before, after, members = [] } of all ? lost : lost.slice(0, shown)) {
    const where = probed.startsWith("-") && owner !== "" ? `${owner} ${region}` : region;
    lines.push(
      `  ${printable(where)} 0x${offset.toString(16)} (${plural(bytes, "byte")}): 0x${before}, then 0x${after}${by(members)}`,
    );
  }
  if (!all && lost.length > shown) lines.push(`  and ${lost.length - shown} more; --all lists them`);
  for (const { printed } of all ? moved : moved.slice(0, shown)) {
    lines.push(`  not in the memory map any more: ${printable(printed)}`);
  }
  if (lost.length > 0 && unsaved !== undefined && unsaved.length > 0) {
    lines.push(`  no table saves ${unsaved.map(printable).join(", ")}`);
  }
  return `${lines.join("\n")}\n`;
}

/** What the register's handler goes by, where that is no long list. */
function by(members: readonly string[]): string {
  return members.length === 0 || members.length > mostMembers ? "" : `; ${members.map(printable).join(", ")}`;
}

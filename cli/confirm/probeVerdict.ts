/** What a probe says of a finding. */
import type { Verdict } from "../../core/check/diagnostic";
import { membersRead } from "../../core/confirm/registerMembers";
import type { LostMember, RegisterShowing } from "../../core/confirm/shown";
import { plural } from "../../core/ide/text/style";
import type { Project } from "../../core/project";
import type { LostRegister, PlacedRegister, ProbeReport } from "../../qemu/probe/probe";

export type ProbeVerdict = Pick<Verdict, "kind" | "ground" | "messages">;

/** Regions whose lines are told. */
const mostMoved = 3;

/** @param name of the device, or of its types */
export function verdictOfProbe(
  project: Project,
  report: ProbeReport,
  name: string,
  { counts, types }: Pick<RegisterShowing, "counts" | "types">,
): ProbeVerdict {
  const { refused, registers } = report;
  if (refused !== undefined) return said("cannot be shown", refused);
  if (counts === "regions") return ofRegions(report, name, types);
  if (registers === 0) return said("cannot be shown", "no register of it is in the machine's memory or ports");
  return counts === "any" ? ofAny(report, name) : ofMembers(project, report, name, counts);
}

function said(kind: ProbeVerdict["kind"], ground: string, messages: readonly string[] = []): ProbeVerdict {
  return { kind, ground, messages };
}

function ofAny({ registers, lost }: ProbeReport, name: string): ProbeVerdict {
  const [first] = lost;
  if (first === undefined) {
    return said("not seen", `none of ${plural(registers, "register")} of ${name} is lost by a migration`);
  }
  const count = `${lost.length} of ${plural(registers, "register")} of ${name}`;
  return said("confirmed", `a migration loses ${count}: ${lossText(first)}`);
}

function ofRegions({ moved, kept }: ProbeReport, name: string, types: readonly string[]): ProbeVerdict {
  const own = moved.filter(({ type }) => type !== undefined && types.includes(type));
  if (own.length > 0) {
    const printed = own.slice(0, mostMoved).map((each) => each.printed);
    return said("confirmed", `after a migration of ${name} the memory map lacks what it had`, printed);
  }
  if (kept === 0) return said("cannot be shown", "no register of it keeps what is written");
  return said("not seen", `what was written to ${name} switched nothing that a migration changes`);
}

function ofMembers(
  project: Project,
  { lost, arrived }: ProbeReport,
  name: string,
  members: readonly LostMember[],
): ProbeVerdict {
  const goesBy = (register: LostRegister): LostMember | undefined => {
    const read = membersRead(project, register);
    return members.find(({ spellings }) => [...spellings].some((each) => read.has(each)));
  };
  for (const register of lost) {
    const member = goesBy(register);
    if (member !== undefined)
      return said("confirmed", `a migration of ${name} loses ${member.name}: ${lossText(register)}`);
  }
  const same = arrived.find((register) => goesBy(asIfLost(register)) !== undefined);
  const names = members.map((each) => each.name).join(", ");
  if (same !== undefined) {
    return said(
      "not seen",
      `${placeText(same)} of ${name} goes by ${names}, and is after a migration what it was before`,
    );
  }
  return said("cannot be shown", `no register of ${name} that keeps what is written is known to go by ${names}`);
}

/** Every byte of it differs. */
function asIfLost(register: PlacedRegister): LostRegister {
  return { ...register, before: "ff".repeat(register.bytes), after: "0", pattern: "ones" };
}

function placeText({ region, offset }: PlacedRegister): string {
  return `${region} 0x${offset.toString(16)}`;
}

function lossText(register: LostRegister): string {
  return `${placeText(register)} was 0x${register.before} and is 0x${register.after}`;
}

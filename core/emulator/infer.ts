/** The command line of the machine that wrote a stream, as far as its section names tell. */
import { cachedByRevision } from "../project/cache";
import { isIdentifierPart, isIdentifierStart } from "../c/body";
import type { Project } from "../project/project";
import { acceptedOptions } from "./acceptedOptions";
import { machineOf } from "./board";
import { failure, type Outcome, success } from "./commandLine";
import type { Machine } from "./machine";
import type { GivenStream } from "./migration/given";
import { wantedBus } from "./place";
import { isForeign } from "./ramBlocks";
import { setUpSteps } from "./setUp";
import { deviceDescription, isA } from "./traits";
import { apicIdOf } from "./topology";

export interface InferredMachine {
  readonly commandLine: string;
  /** Whether the board's default devices belong to it. */
  readonly defaults: boolean;
  /** Sections that no device of the tree was found for. */
  readonly left: readonly string[];
  /** Options for devices of the stream that are not taken, for want of one that the stream does not tell. */
  readonly refused: readonly string[];
  /** Options behind so many refused ones that they were not tried. */
  readonly untried: readonly string[];
}

interface Wanted {
  /** Device path: `0000:00:05.0`; undefined for devices without one. */
  readonly path: string | undefined;
  readonly name: string;
  readonly idstr: string;
}

/** A message where the stream names no machine that is known here. Devices get ids `d0`, `d1`, … */
export function inferMachine(project: Project, stream: GivenStream, treatAs?: string): Outcome<InferredMachine> {
  const named = stream.configuration?.machine;
  if (named === undefined) return failure("the stream names no machine: give the command line that it was saved with");
  if (!isWord(named)) return failure(`the stream's machine '${named}' is not known here`);
  const bare = machineOf(project, `-M ${named}`, { treatAs });
  if (!bare.ok) return bare;
  const plain = joined(`-M ${named}`, memoryOf(bare.value, stream), processorsOf(stream));
  const machine = machineOf(project, plain, { treatAs });
  if (!machine.ok) return machine;
  const { machine: nearest, defaults } = nearer(project, machine.value, stream, plain, treatAs);
  const base = [plain, ...backendsOf(project, nearest, stream)].join(" ");
  const wanted: Wanted[] = [];
  for (const { idstr } of unknownTo(nearest, stream)) {
    const cut = idstr.lastIndexOf("/");
    // further instances of what the board has come with buses and bridges
    if (cut === -1 && nearest.handlers.find(idstr, 0) !== undefined) continue;
    wanted.push({ path: cut === -1 ? undefined : idstr.slice(0, cut), name: idstr.slice(cut + 1), idstr });
  }
  const devices = devicesFor(project, wanted);
  const { options, refused, untried } = acceptedOptions(devices.options, (tried) => {
    const made = machineOf(project, [base, ...tried].join(" "), { treatAs, defaults });
    return made.ok ? undefined : made.message;
  });
  const commandLine = [base, ...options].join(" ");
  return success({ commandLine, defaults, left: devices.left, refused, untried });
}

function unknownTo({ handlers }: Machine, { sections }: Pick<GivenStream, "sections">) {
  return sections.filter(
    ({ sectionKind, idstr, instanceId }) => sectionKind === "full" && handlers.find(idstr, instanceId) === undefined,
  );
}

/** Of the board as with -nodefaults and with its default devices, the one that has more of the stream and less besides. */
function nearer(
  project: Project,
  bare: Machine,
  stream: GivenStream,
  line: string,
  treatAs: string | undefined,
): { readonly machine: Machine; readonly defaults: boolean } {
  const apart = (machine: Machine): number => {
    const sent = new Set(stream.sections.map(({ idstr, instanceId }) => `${idstr} ${instanceId}`));
    const besides = [...machine.handlers].filter((each) => !sent.has(`${each.idstr} ${each.instanceId}`));
    return unknownTo(machine, stream).length + besides.length;
  };
  if (unknownTo(bare, stream).length > 0) {
    const whole = machineOf(project, line, { treatAs, defaults: true });
    if (whole.ok && apart(whole.value) < apart(bare)) return { machine: whole.value, defaults: true };
  }
  return { machine: bare, defaults: false };
}

/** The machine that wrote a stream, with as much memory, without its devices: where RAM lies in it hangs on no more. */
export function writersMachine(
  project: Project,
  stream: Pick<GivenStream, "configuration" | "sections">,
  treatAs?: string,
): Outcome<Machine> {
  const named = stream.configuration?.machine;
  if (named === undefined || !isWord(named)) return failure(`the stream's machine '${named ?? ""}' is not known here`);
  const bare = machineOf(project, `-M ${named}`, { treatAs });
  if (!bare.ok) return bare;
  return machineOf(project, joined(`-M ${named}`, memoryOf(bare.value, stream)), { treatAs });
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}

function memoryOf({ ram }: Machine, { sections }: Pick<GivenStream, "sections">): string {
  if (ram.isOwn) return "";
  const block = sections.flatMap((each) => each.ram?.blocks ?? []).find(({ name }) => name === ram.name);
  return block === undefined ? "" : `-m ${block.length / 1024n}K`;
}

/** Main memory that is not there under the board's name has the names of back ends, one or one a NUMA node. */
function backendsOf(project: Project, machine: Machine, { sections }: GivenStream): readonly string[] {
  const blocks = sections.flatMap(({ ram }) => ram?.blocks ?? []);
  if (blocks.length === 0 || blocks.some(({ name }) => name === machine.ram.name)) return [];
  const own = blocks
    .filter(({ name }) => isIdentifier(name) && isForeign(project, machine, name))
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  const total = own.reduce((sum, { length }) => sum + length, 0n);
  const [first] = own;
  if (first === undefined || own.length > maximumNodes) return [];
  return [
    `-m ${total / 1024n}K`,
    ...own.map(({ name, length }) => `-object memory-backend-ram,id=${name},size=${length}`),
    ...(own.length === 1
      ? [`-machine memory-backend=${first.name}`]
      : own.map(({ name }) => `-numa node,memdev=${name}`)),
  ];
}

/** MAX_NODES (include/system/numa.h). */
const maximumNodes = 128;

/** What a back end may be called. Follows id_wellformed (util/id.c). */
function isIdentifier(text: string): boolean {
  return isWord(text) && isIdentifierStart(text.charCodeAt(0)) && !text.startsWith("_");
}

/** Stands in a command line as it is. */
function isWord(text: string): boolean {
  return [...text].every((each) => isIdentifierPart(each.charCodeAt(0)) || each === "-" || each === ".");
}

function processorsOf({ sections }: GivenStream): string {
  const count = sections.filter(({ idstr }) => idstr === "cpu_common").length;
  if (count < 2) return "";
  const ids = sections.filter(({ idstr }) => idstr === "apic").map(({ instanceId }) => instanceId);
  // sockets of so many cores or cores of so many threads: the ids are the same
  for (let cores = count; cores > 1; cores--) {
    const topology = { cpus: count, levels: [1, 1, cores, 1] };
    if (count % cores !== 0 || ids.some((id, index) => id !== apicIdOf(topology, index))) continue;
    return cores === count ? `-smp ${count}` : `-smp ${count},sockets=${count / cores},cores=${cores}`;
  }
  return `-smp ${count}`;
}

/** Parents first: a shorter path is nearer to the root. */
function devicesFor(project: Project, wanted: readonly Wanted[]): { options: string[]; left: string[] } {
  const options: string[] = [];
  const left: string[] = [];
  const ids = new Map<string, string>();
  for (const { path, name, idstr } of [...wanted].sort((a, b) => (a.path?.length ?? 0) - (b.path?.length ?? 0))) {
    if (path !== undefined && ids.has(path)) continue;
    const kind = path === undefined ? undefined : /\.\d$/.test(path) && !path.includes("/") ? "PCI" : "other";
    const type = typeFor(project, name, kind);
    // buses, and what devices register besides themselves, come with the devices
    if (type === undefined) {
      if (path !== undefined) left.push(idstr);
      continue;
    }
    const id = `d${ids.size}`;
    if (path === undefined) {
      options.push(`-device ${type}`);
      continue;
    }
    const place = kind === "PCI" ? pciPlace(path, ids) : otherPlace(path, ids);
    if (place === undefined) left.push(idstr);
    else {
      ids.set(path, id);
      options.push(`-device ${type},id=${id}${place}`);
    }
  }
  return { options, left };
}

/** `0000:00:05.0:00.0`: the last step is the address, what is before it the bridge. */
function pciPlace(path: string, ids: ReadonlyMap<string, string>): string | undefined {
  const cut = path.lastIndexOf(":");
  const above = path.slice(0, cut);
  const addr = path.slice(cut + 1);
  if (/^[0-9a-f]{4}:[0-9a-f]{2}$/i.test(above)) return `,addr=${addr}`;
  const bridge = ids.get(above);
  return bridge === undefined ? undefined : `,bus=${bridge},addr=${addr}`;
}

/** `<controller>/0:1:2` of SCSI, `<controller>/1` of USB. */
function otherPlace(path: string, ids: ReadonlyMap<string, string>): string | undefined {
  const cut = path.lastIndexOf("/");
  const controller = ids.get(path.slice(0, cut));
  const at = path.slice(cut + 1);
  const scsi = /^(\d+):(\d+):(\d+)$/.exec(at);
  const bus = controller === undefined ? "" : `,bus=${controller}.0`;
  if (scsi !== null) return `${bus},channel=${scsi[1]},scsi-id=${scsi[2]},lun=${scsi[3]}`;
  return /^\d+(\.\d+)*$/.test(at) ? `${bus},port=${at}` : undefined;
}

interface Candidate {
  readonly type: string;
  readonly pci: boolean;
  readonly bus: string | undefined;
}

/** Concrete types by the section name they or a device inside them register, short names first. */
const typesByName = cachedByRevision((project) => {
  const found = new Map<string, Candidate[]>();
  const add = (name: string, candidate: Candidate): void => {
    const list = found.get(name);
    if (list === undefined) found.set(name, [candidate]);
    else if (!list.some(({ type }) => type === candidate.type)) list.push(candidate);
  };
  for (const { name: type, abstract } of project.types()) {
    if (abstract || !isA(project, type, "device")) continue;
    const bus = wantedBus(project, type);
    const candidate = { type, pci: bus === "PCI", bus };
    const own = nameOf(project, type);
    if (own !== undefined) add(own, candidate);
    if (!isA(project, type, "virtio-pci")) continue;
    for (const step of setUpSteps(project, type, new Map())) {
      const inner = step.kind === "child" ? nameOf(project, step.type) : undefined;
      if (inner !== undefined) add(inner, candidate);
    }
  }
  for (const list of found.values()) {
    list.sort((a, b) => a.type.length - b.type.length || (a.type < b.type ? -1 : 1));
  }
  return found;
});

function nameOf(project: Project, type: string): string | undefined {
  const name = deviceDescription(project, type)?.name;
  return name?.known ? name.value : undefined;
}

function typeFor(project: Project, name: string, kind: "PCI" | "other" | undefined): string | undefined {
  const candidates = typesByName(project).get(name) ?? [];
  if (kind === "PCI") return candidates.find(({ pci }) => pci)?.type;
  if (kind === "other") return candidates.find(({ bus }) => bus === "SCSI" || bus === "usb-bus")?.type;
  return candidates.find(({ bus }) => bus === undefined || bus === "ISA")?.type;
}

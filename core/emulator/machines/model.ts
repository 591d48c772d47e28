/**
 * What a board holds, as data: QOM types and functions by name, in the order in which QEMU's board code realizes or registers them.
 * Which section that makes, and with which description, comes from the tree; what the tree does not have is left out.
 */

/** Holds where setting up the type (instance_init or realize, its own or inherited) calls `calls`, with `argument` in an argument. */
export interface TreeCondition {
  readonly type: string;
  readonly calls: string;
  readonly argument?: string;
}

/** `-M q35,sata=off`; `value` is compared with what is given, or with `otherwise` where nothing is. */
export interface OptionCondition {
  readonly option: string;
  readonly is: string | readonly string[];
  readonly otherwise: string;
}

interface Conditional {
  readonly tree?: TreeCondition;
  readonly unless?: TreeCondition;
  readonly options?: readonly OptionCondition[];
  /** Only without -nodefaults. */
  readonly byDefault?: true;
}

export interface BoardDevice extends Conditional {
  readonly kind: "device";
  /** The first of these types that the tree has. */
  readonly type: string | readonly string[];
  readonly id?: string;
  /** Name of the bus it is on; without it the device is on no bus that gives it a path. */
  readonly bus?: string;
  /** PCI slot and function in hexadecimal: `1f.2`. Without it, the first free slot. */
  readonly addr?: string;
  readonly count?: number;
  /** Buses the device offers. */
  readonly buses?: readonly BoardBus[];
  /** Realized inside its realize: registered before it. */
  readonly inside?: readonly BoardItem[];
  /** Legacy instance ids, one a device. */
  readonly aliases?: readonly number[];
  /** Paths where the bus gives none but the address does: prefix and sixteen hexadecimal digits. */
  readonly paths?: { readonly prefix: string; readonly base: number; readonly stride: number };
  readonly properties?: Readonly<Record<string, string>>;
}

export interface BoardBus {
  readonly name: string;
  readonly type: string;
}

/** A call that registers without a device: the functions that make it, in this tree or another; the first found counts. */
export interface BoardRegistration extends Conditional {
  readonly kind: "registration";
  readonly by: readonly string[];
}

/** The processors, each with what its realization registers. */
export interface BoardProcessors extends Conditional {
  readonly kind: "processors";
  /** Folder of the target's code, where the description named `cpu` is. */
  readonly target: string;
  /** Instance ids of what `local` registers: the CPU's number, or its APIC id. */
  readonly localIds: "index" | "apic";
  /** Behind each processor. */
  readonly local: readonly BoardItem[];
  /** Behind the first processor, before `local`. */
  readonly once: readonly BoardItem[];
}

/** Where the command line's -device come in. */
export interface BoardDevices {
  readonly kind: "command-line";
}

export type BoardItem = BoardDevice | BoardRegistration | BoardProcessors | BoardDevices | BoardGroup;

export interface BoardGroup extends Conditional {
  readonly kind: "group";
  readonly items: readonly BoardItem[];
}

export interface MachineFamily {
  /** The alias on the command line: `q35`. */
  readonly name: string;
  /** What its versioned names begin with: `pc-q35-`; undefined: it has none. */
  readonly stem?: string;
  readonly description: string;
  /** Folder of the target: `i386`. */
  readonly target: string;
  readonly items: readonly BoardItem[];
  readonly ram: MainMemory;
}

/** The block with the machine's memory. */
export interface MainMemory {
  readonly name: string;
  /** Address of its first byte. */
  readonly base: number;
  /** How much of it may lie below the hole under 4 GiB. */
  readonly below4G: number;
}

/** A QEMU command line, as far as it says what the machine holds. */
import { type GlobalProperty, parseGlobal } from "./globals";
import { parseTopology, type Topology } from "./topology";

/** The value, or a message for the user. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

export function success<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function failure(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}

/** What is simulated where nobody says what. */
export const usualCommandLine = "-M q35 -device intel-iommu -device ich9-ahci";

export interface DeviceRequest {
  readonly type: string;
  readonly properties: ReadonlyMap<string, string>;
  /** As written, for messages. */
  readonly text: string;
}

export interface MachineRequest {
  /** The type of QEMU's own that a distributor's machine type is treated as. */
  readonly treatAs: string | undefined;
  readonly machine: string;
  readonly options: ReadonlyMap<string, string>;
  /** Bytes. */
  readonly memory: number;
  /** -m slots=N, for memory that is plugged in. */
  readonly memorySlots: number;
  /** -m maxmem=N, in bytes. */
  readonly maximumMemory: number | undefined;
  readonly processors: Topology;
  /** Whether the board's default devices are wanted; off unless asked for, as with -nodefaults. */
  readonly defaults: boolean;
  /** -device and what stands for it, in order. */
  readonly devices: readonly DeviceRequest[];
  /** -netdev user and its relatives: each has a section of its own. */
  readonly userNetworks: number;
  /** -audiodev: each has a handler, though mostly nothing to send. */
  readonly audioBackends: number;
  /** -object memory-backend-…, by id: bytes, undefined where it does not say. */
  readonly backends: ReadonlyMap<string, number | undefined>;
  /** -numa node,memdev=…: ids of back ends, in order. */
  readonly nodes: readonly string[];
  /** -global, in order; without those of the migration itself. */
  readonly globals: readonly GlobalProperty[];
  /** -global migration.send-configuration; undefined: the machine type decides. */
  readonly sendsConfiguration: boolean | undefined;
  /** Names of the options that the line has. */
  readonly given: ReadonlySet<string>;
  /** All options, in order, but for those that the members above are read from. */
  readonly others: readonly { readonly name: string; readonly value: string }[];
  /** Options that change nothing here. */
  readonly notes: readonly string[];
}

const withoutArgument = new Set(
  (
    "S nographic nodefaults enable-kvm snapshot no-reboot no-shutdown no-acpi no-hpet no-fd-bootchk daemonize preconfig " +
    "only-migratable no-user-config s usb full-screen version help win2k-hack singlestep"
  ).split(" "),
);

const displays: ReadonlyMap<string, string> = new Map([
  ["std", "VGA"],
  ["cirrus", "cirrus-vga"],
  ["vmware", "vmware-svga"],
  ["qxl", "qxl-vga"],
  ["virtio", "virtio-vga"],
]);

const maximumProcessors = 4096;
const maximumMemory = 2 ** 46;

export interface CommandLineOptions {
  /** The type of QEMU's own that a distributor's machine type is treated as. */
  readonly treatAs?: string | undefined;
  /** Whether the board's default devices come without being asked for, as in QEMU without -nodefaults. */
  readonly defaults?: boolean;
}

/**
 * Never throws; what cannot be understood gives a message. Words may be quoted; an executable's name in front is ignored.
 * One word alone, that is no such name, is the machine: `q800` for `-M q800`.
 */
export function parseCommandLine(text: string, options: CommandLineOptions = {}): Outcome<MachineRequest> {
  const words = commandLineWords(text);
  if (!words.ok) return words;
  const [only = "", ...others] = words.value;
  const isMachine = others.length === 0 && /^[a-z0-9]/i.test(only) && !/[/\\]|^qemu/.test(only);
  return readArguments(isMachine ? ["-M", only] : words.value, options);
}

function readArguments(words: readonly string[], options: CommandLineOptions = {}): Outcome<MachineRequest> {
  let machine: string | undefined;
  const machineOptions = new Map<string, string>();
  let memory = 128 * 2 ** 20;
  let memorySlots = 0;
  let memoryLimit: number | undefined;
  const others: { name: string; value: string }[] = [];
  let processors: Topology = { cpus: 1, levels: [1, 1, 1, 1] };
  let defaults = options.defaults ?? false;
  let userNetworks = 0;
  let audioBackends = 0;
  let sendsConfiguration: boolean | undefined;
  const devices: DeviceRequest[] = [];
  const globals: GlobalProperty[] = [];
  const backends = new Map<string, number | undefined>();
  const nodes: string[] = [];
  const ignored = new Map<string, number>();
  const given = new Set<string>();

  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (!word.startsWith("-") || word === "-") {
      if (i === 0) continue;
      return failure(`'${word}' is no option; options begin with '-'`);
    }
    const name = word.replace(/^--?/, "");
    if (withoutArgument.has(name)) {
      if (name === "nodefaults") defaults = false;
      else if (name === "usb") machineOptions.set("usb", "on");
      else if (name === "no-hpet") machineOptions.set("hpet", "off");
      else if (name === "no-acpi") machineOptions.set("acpi", "off");
      continue;
    }
    given.add(name);
    const value = words[++i];
    if (value === undefined) return failure(`-${name} needs an argument`);
    others.push({ name, value });
    switch (name) {
      case "M":
      case "machine": {
        const parsed = parseList(value, "type");
        for (const [key, setting] of parsed)
          if (key === "type") machine = setting;
          else machineOptions.set(key, setting);
        break;
      }
      case "m": {
        const parsed = parseList(value, "size");
        const size = parseSize(parsed.get("size") ?? "128");
        if (!isSize(size)) {
          return failure(`-m ${value}: the size must be a number of MiB, or one with a suffix K, M, G or T, up to 64T`);
        }
        memory = size;
        const limit = parseSize(parsed.get("maxmem") ?? "");
        memoryLimit = Number.isSafeInteger(limit) ? limit : undefined;
        memorySlots = Number(parsed.get("slots") ?? 0);
        if (!Number.isSafeInteger(memorySlots) || memorySlots < 0)
          return failure(`-m ${value}: slots must be a number`);
        break;
      }
      case "smp": {
        const topology = parseTopology(parseList(value, "cpus"));
        if (topology === undefined || topology.cpus > maximumProcessors) {
          return failure(`-smp ${value}: the number of CPUs must be between 1 and ${maximumProcessors}`);
        }
        processors = topology;
        break;
      }
      case "device": {
        const device = parseDevice(value);
        if (!device.ok) return device;
        devices.push(device.value);
        break;
      }
      case "vga": {
        const type = displays.get(value);
        if (type !== undefined) devices.unshift({ type, properties: new Map(), text: `-vga ${value}` });
        else if (value !== "none") ignored.set(name, (ignored.get(name) ?? 0) + 1);
        break;
      }
      case "netdev":
      case "nic":
      case "net":
        if (/^(type=)?user\b/.test(value)) userNetworks++;
        else ignored.set(name, (ignored.get(name) ?? 0) + 1);
        break;
      case "audiodev":
        audioBackends++;
        break;
      case "object": {
        const object = objectOf(value);
        const id = object.get("id");
        if (id !== undefined && object.get("qom-type")?.startsWith("memory-backend-") === true) {
          const size = parseSize(object.get("size") ?? "", "b");
          if (size !== undefined && !isSize(size))
            return failure(`-object ${value}: the size must be more than 0, and up to 64T`);
          backends.set(id, size);
        } else ignored.set(name, 1);
        break;
      }
      case "numa": {
        const node = parseList(value, "type").get("memdev");
        if (node === undefined) ignored.set(name, 1);
        else nodes.push(node);
        break;
      }
      case "global": {
        const global = globalOf(value);
        if (global === undefined)
          return failure(`-global ${value}: options 'driver', 'property', and 'value' are required`);
        if (global.driver !== "migration") globals.push(global);
        else if (global.property === "send-configuration") sendsConfiguration = isOn(global.value);
        else ignored.set(`global ${value}`, 1);
        break;
      }
      default:
        ignored.set(name, (ignored.get(name) ?? 0) + 1);
    }
  }
  if (machine === undefined) return failure("the command line names no machine: add -M q35, for example");
  const notes = [...ignored.keys()].map((name) => `-${name} changes nothing here and is ignored`);
  const single = machineOptions.get("memory-backend");
  const own = single === undefined || given.has("m") ? undefined : backends.get(single);
  const memories = { memory: own ?? memory, memorySlots, maximumMemory: memoryLimit, backends, nodes };
  const networks = { userNetworks, audioBackends, sendsConfiguration };
  return success({
    ...{ machine, options: machineOptions, ...memories, processors, defaults, devices, globals },
    ...networks,
    treatAs: options.treatAs,
    given,
    others,
    notes,
  });
}

function objectOf(value: string): ReadonlyMap<string, string> {
  return value.startsWith("{") ? (parseJsonProperties(value) ?? new Map()) : parseList(value, "qom-type");
}

/** Follows qemu_global_option: the short form, else one with a key for each part. */
function globalOf(text: string): GlobalProperty | undefined {
  const short = parseGlobal(text);
  if (short !== undefined) return short;
  const parts = parseList(text, "");
  const [driver, property, value] = ["driver", "property", "value"].map((name) => parts.get(name));
  return driver === undefined || property === undefined || value === undefined
    ? undefined
    : { driver, property, value };
}

function isOn(value: string): boolean {
  return ["on", "yes", "true", "y"].includes(value);
}

function parseDevice(value: string): Outcome<DeviceRequest> {
  const text = `-device ${value}`;
  if (value.startsWith("{")) {
    const properties = parseJsonProperties(value);
    if (properties === undefined) return failure(`${text}: this is no JSON object with plain values`);
    return deviceOf(properties, text);
  }
  return deviceOf(parseList(value, "driver"), text);
}

function deviceOf(parsed: Map<string, string>, text: string): Outcome<DeviceRequest> {
  const type = parsed.get("driver");
  if (type === undefined || type === "") return failure(`${text}: Parameter 'driver' is missing`);
  parsed.delete("driver");
  return success({ type, properties: parsed, text });
}

function parseJsonProperties(value: string): Map<string, string> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
  const properties = new Map<string, string>();
  for (const [key, setting] of Object.entries(parsed)) {
    if (typeof setting === "boolean") properties.set(key, setting ? "on" : "off");
    else if (key === "addr" && typeof setting === "number") properties.set(key, addressText(setting));
    else if (typeof setting === "string" || typeof setting === "number") properties.set(key, String(setting));
    else return undefined;
  }
  return properties;
}

/** As text has it: a number is slot and function in one (set_pci_devfn), text is the slot in hexadecimal. */
function addressText(devfn: number): string {
  return `${(devfn >> 3).toString(16)}.${devfn & 7}`;
}

/** `a,b=c,,d`: the first part without `=` is `first`'s value; a doubled comma is a comma. */
export function parseList(value: string, first: string): Map<string, string> {
  const parts = value
    .replaceAll(",,", "\0")
    .split(",")
    .map((part) => part.replaceAll("\0", ","));
  const parsed = new Map<string, string>();
  parts.forEach((part, index) => {
    const equals = part.indexOf("=");
    if (equals !== -1) parsed.set(part.slice(0, equals), part.slice(equals + 1));
    else if (index === 0) parsed.set(first, part);
    else if (part !== "") parsed.set(part.replace(/^no(?=[a-z])/, ""), part.startsWith("no") ? "off" : "on");
  });
  return parsed;
}

/** Bytes of `512`, which are MiB where `plain` does not say otherwise, `128M` or `1.5G`, as QEMU reads sizes; undefined for what is none. */
export function bytesOf(text: string, plain: "b" | "m" = "m"): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([bkmgt]?)(?:i?b)?$/i.exec(text);
  if (match === null) return undefined;
  const shift = { b: 0, k: 10, m: 20, g: 30, t: 40 }[(match[2] || plain).toLowerCase()] ?? 20;
  return Number(match[1]) * 2 ** shift;
}

/** Of memory that a machine can have. */
function isSize(bytes: number | undefined): bytes is number {
  return bytes !== undefined && bytes > 0 && bytes <= maximumMemory;
}

function parseSize(text: string, plain: "b" | "m" = "m"): number | undefined {
  const bytes = bytesOf(text, plain);
  return bytes === undefined ? undefined : Math.ceil(bytes / 4096) * 4096;
}

/** Like a shell without expansion: blanks separate, quotes and backslashes protect. */
export function commandLineWords(text: string): Outcome<readonly string[]> {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const unit = text[i] ?? "";
    if (quote !== undefined) {
      if (unit === quote) quote = undefined;
      else if (unit === "\\" && quote === '"' && i + 1 < text.length) word = `${word ?? ""}${text[++i]}`;
      else word = `${word ?? ""}${unit}`;
    } else if (unit === "'" || unit === '"') {
      quote = unit;
      word ??= "";
    } else if (unit === "\\" && i + 1 < text.length) {
      const next = text[++i] ?? "";
      if (next !== "\n") word = `${word ?? ""}${next}`;
    } else if (/\s/.test(unit)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = `${word ?? ""}${unit}`;
  }
  if (quote !== undefined) return failure(`the command line ends inside a quotation (${quote})`);
  if (word !== undefined) words.push(word);
  return success(words);
}

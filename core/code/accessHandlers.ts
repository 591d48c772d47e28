/** Which functions of a file run for what the guest, or the world outside of the machine, reads and writes: by where they are registered. */
import { bodyCall } from "../c/body/calls";
import type { Body } from "../c/body/parse";
import { nodesIn } from "../c/body/walk";
import type { FileFacts, VariableDefinition } from "../c/facts";
import { lex } from "../c/lex";
import type { LocalDeclarator } from "../c/syntax";
import type { Token } from "../c/token";
import { bodyOf } from "../project/bodies";
import { type FunctionText, functionTexts } from "../project/functionTexts";
import type { Project } from "../project/project";
import { structureStamp } from "../project/stamps";
import { apart } from "../project/uses";
import type { QomType } from "../qom/model";
import { classFunction } from "./reach";
import { typesByFile } from "./registered";

export interface AccessHandlers {
  /** Of the guest's writes to memory and config space: by name of the function, the index of the first parameter that says what is written. */
  readonly writes: ReadonlyMap<string, number>;
  /** The same of what comes over buses, lines and character devices. */
  readonly inputs: ReadonlyMap<string, number>;
  /** Of `inputs` those that the guest does not write to: network, keyboard, character devices, lines of other devices. */
  readonly outside: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
  /** What runs as time goes on: callbacks of timers and bottom halves. */
  readonly timed: ReadonlySet<string>;
}

interface Slots {
  /** By member of the table, the index of the parameter with what is written. */
  readonly writes: ReadonlyMap<string, number>;
  /** What is written comes from outside of the machine. */
  readonly isOutside?: true;
  readonly reads: ReadonlySet<string>;
}

/** Tables of callbacks. */
const tables: ReadonlyMap<string, Slots> = new Map([
  ...["MemoryRegionOps", "MemoryRegionPortio"].map((each): [string, Slots] => [
    each,
    {
      writes: new Map([
        ["write", 2],
        ["write_with_attrs", 2],
      ]),
      reads: new Set(["read", "read_with_attrs"]),
    },
  ]),
  [
    "RegisterAccessInfo",
    {
      writes: new Map([
        ["pre_write", 1],
        ["post_write", 1],
      ]),
      reads: new Set(["post_read"]),
    },
  ],
  [
    "NetClientInfo",
    {
      writes: new Map([
        ["receive", 1],
        ["receive_raw", 1],
        ["receive_iov", 1],
      ]),
      reads: new Set(),
      isOutside: true,
    },
  ],
  ["CanBusClientInfo", { writes: new Map([["receive", 1]]), reads: new Set(), isOutside: true }],
  ["QemuInputHandler", { writes: new Map([["event", 2]]), reads: new Set(), isOutside: true }],
]);

/** Arrays of nothing else but handlers, before MemoryRegionOps. */
const plainTables = new Map([
  ["CPUWriteMemoryFunc", "write"],
  ["CPUReadMemoryFunc", "read"],
]);

/** By function that registers a callback: the argument that is it, and the parameter of it with what is written. */
const registrars: ReadonlyMap<string, { readonly argument: number; readonly value: number }> = new Map(
  (
    [
      ["qdev_init_gpio_in", 1, 2],
      ["qdev_init_gpio_in_named", 1, 2],
      ["qdev_init_gpio_in_named_with_opaque", 1, 2],
      ["qemu_allocate_irq", 0, 2],
      ["qemu_allocate_irqs", 0, 2],
      ["qemu_extend_irqs", 2, 2],
      ["qemu_init_irq", 1, 2],
      ["qemu_init_irqs", 2, 2],
      ["qemu_init_irq_child", 3, 2],
      ["qemu_irq_intercept_in", 1, 2],
      ["qemu_chr_fe_set_handlers", 2, 1],
      ["qemu_chr_fe_set_handlers_full", 2, 1],
      ["qemu_chr_add_handlers", 2, 1],
      ["register_ioport_write", 3, 2],
    ] as const
  ).map(([name, argument, value]) => [name, { argument, value }]),
);

/** The same for what runs as time goes on: the argument that is the callback. */
export const timedRegistrars: ReadonlyMap<string, number> = new Map([
  ...["timer_new_ns", "timer_new_us", "timer_new_ms", "aio_bh_new", "aio_bh_new_full"].map((name): [string, number] => [
    name,
    1,
  ]),
  ...["qemu_new_timer", "qemu_new_timer_ns", "qemu_new_timer_ms"].map((name): [string, number] => [name, 1]),
  ...["timer_init_ns", "timer_init_us", "timer_init_ms", "timer_new"].map((name): [string, number] => [name, 2]),
  ...["ptimer_init", "qemu_bh_new", "qemu_bh_new_guarded", "qemu_bh_new_full"].map((name): [string, number] => [
    name,
    0,
  ]),
  ["timer_init", 3],
  ["timer_new_full", 4],
  ["timer_init_full", 5],
]);

/** Words in the names of class slots that a bus hands a device's data through: I2C, SMBus, SSI, USB, SD, virtio, and others'. */
const busWords = [
  ...["send", "recv", "receive", "transfer", "write", "read", "data", "control", "command", "config"],
  // what is selected, and where a transfer begins and ends
  ...["set_cs", "set_interface", "event"],
];
/** Of those, words of what a device is only given: what points to its data may lack a `const`. */
const givingWords = ["send", "write"];
/** What such data comes and goes in; a handle of the host's is no such type. */
const dataTypes: ReadonlySet<string> = new Set([
  ...["uint8_t", "uint16_t", "uint32_t", "uint64_t", "int8_t", "int16_t", "int32_t", "int64_t"],
  ...["int", "unsigned", "char", "size_t", "ssize_t", "bool", "i2c_event", "USBPacket", "SDRequest"],
]);
/** What hands data in both directions. */
const packetTypes: ReadonlySet<string> = new Set(["USBPacket", "SDRequest"]);

interface Known {
  readonly stamp: object;
  readonly handlers: AccessHandlers;
}

const known = new WeakMap<FileFacts, Known>();
const none: AccessHandlers = {
  ...{ writes: new Map(), inputs: new Map() },
  ...{ outside: new Set(), reads: new Set(), timed: new Set() },
};

/**
 * Of tables of callbacks, of calls that register one, of class slots (I2C, SSI, USB, SD and virtio devices, PCI's config
 * space), and functions with a handler's parameters that other files may register.
 */
export function accessHandlers(project: Project, file: string): AccessHandlers {
  const facts = project.facts(file);
  if (facts === undefined) return none;
  const types = typesByFile(project).get(file) ?? [];
  // of all types only these are looked at
  const stamp = apart(() => structureStamp(project));
  const before = known.get(facts);
  if (before?.stamp === stamp) return before.handlers;
  const writes = new Map<string, number>();
  const reads = new Set<string>();
  const inputs = new Map<string, number>();
  const found = { writes, inputs, reads, outside: new Set<string>(), timed: new Set<string>() };
  for (const declaration of facts.declarations) {
    if (declaration.kind === "variable") readTable(project, file, declaration, found);
  }
  // who registers none has them registered by another file
  const isPart = writes.size + reads.size === 0;
  const registers = mayRegister(project.text(file) ?? "");
  for (const fn of functionTexts(project, file)) {
    if (registers && mayRegister(fn.body)) readCalls(bodyOf(project, { file, definition: fn.definition }), found);
    else if (isAddressed(fn.parameters) && (isPart || !fn.definition.isStatic))
      readShape(project, file, fn, found, isPart);
  }
  readSlots(project, file, types, found);
  known.set(facts, { stamp, handlers: found });
  return found;
}

interface Found {
  readonly writes: Map<string, number>;
  readonly inputs: Map<string, number>;
  readonly outside: Set<string>;
  readonly reads: Set<string>;
  readonly timed: Set<string>;
}

function readTable(project: Project, file: string, declaration: VariableDefinition, found: Found): void {
  const { writes, inputs, reads } = found;
  const { typeName, initStart, initEnd } = declaration;
  const slots = tables.get(typeName);
  const plain = plainTables.get(typeName);
  if (slots === undefined && plain === undefined) return;
  const tokens = project.scope(file).tokens(file, initStart, initEnd);
  if (slots === undefined) {
    for (const { kind, text } of tokens) {
      if (kind === "identifier" && plain === "write") writes.set(text, 2);
      else if (kind === "identifier") reads.add(text);
    }
    return;
  }
  for (const [k, { text }] of tokens.entries()) {
    if (tokens[k - 1]?.text !== "." || tokens[k + 1]?.text !== "=") continue;
    const value = slots.writes.get(text);
    if (value === undefined && !slots.reads.has(text)) continue;
    for (const name of namesBehind(tokens, k + 2)) {
      if (value === undefined) reads.add(name);
      else (slots.isOutside === true ? inputs : writes).set(name, value);
      if (slots.isOutside === true) found.outside.add(name);
    }
  }
}

/** `f`, `&f`, or all of `{ f, g, h }`. */
function namesBehind(tokens: readonly Token[], from: number): readonly string[] {
  const names: string[] = [];
  const isList = tokens[from]?.text === "{";
  for (let i = from; i < tokens.length; i++) {
    const { kind, text } = tokens[i] ?? { kind: "punctuator", text: "}" };
    if (text === "}") break;
    if (kind !== "identifier") continue;
    names.push(text);
    if (!isList) break;
  }
  return names;
}

/** What the names of all registrars have in them. */
const stems = [
  ...[
    "init_gpio_in",
    "allocate_irq",
    "extend_irqs",
    "init_irq",
    "irq_intercept_in",
    "set_handlers",
    "add_handlers",
    "register_ioport_write",
  ],
  ...["timer_new", "timer_init", "new_timer", "_bh_new"],
];
const configSlots = ["config_write", "config_read"] as const;

function mayRegister(body: string): boolean {
  return stems.some((stem) => body.includes(stem)) || configSlots.some((slot) => body.includes(slot));
}

function readCalls(body: Body, { writes, inputs, outside, reads, timed }: Found): void {
  for (const node of nodesIn(body.block)) {
    if (node.kind === "call") {
      const { name } = bodyCall(node);
      const registrar = registrars.get(name);
      const callback = registrar && node.arguments[registrar.argument];
      const timer = node.arguments[timedRegistrars.get(name) ?? -1];
      if (timer?.kind === "identifier") timed.add(timer.name);
      if (registrar !== undefined && callback?.kind === "identifier") {
        inputs.set(callback.name, registrar.value);
        if (name !== "register_ioport_write") outside.add(callback.name);
      }
    } else if (node.kind === "binary" && node.operator === "=" && node.left.kind === "member") {
      if (node.right.kind !== "identifier") continue;
      // of PCIDevice and PCIDeviceClass
      if (node.left.name === "config_write") writes.set(node.right.name, 2);
      else if (node.left.name === "config_read") reads.add(node.right.name);
    }
  }
}

const addressTypes = ["hwaddr", "target_phys_addr_t"];

/** Whether it may have a handler's parameters, before its tree is read. */
function isAddressed(parameters: string): boolean {
  return addressTypes.some((each) => parameters.includes(each)) || parameters.includes("addr");
}

/** A handler by its parameters, for a table of another file: the device, an address, for a write the value. */
function readShape(project: Project, file: string, fn: FunctionText, { inputs, reads }: Found, isPart: boolean): void {
  const { definition, name } = fn;
  const { parameters } = bodyOf(project, { file, definition });
  const [device, address, value] = parameters;
  if (device === undefined || device.stars !== 1 || address === undefined || address.stars > 0) return;
  if (!addressTypes.includes(address.typeName) && !address.name.endsWith("addr")) return;
  const text = project.text(file) ?? "";
  const isVoid = lex(text, file, definition.start, definition.nameStart).at(-1)?.text === "void";
  if (isVoid && value?.stars === 0 && dataTypes.has(value.typeName)) inputs.set(name, 2);
  else if (!isVoid && isPart) reads.add(name);
}

/** What the file's types put into the slots of their classes: a write is given data, a read gives some back. */
function readSlots(project: Project, file: string, types: readonly QomType[], { inputs, reads }: Found): void {
  const text = project.text(file) ?? "";
  for (const type of types) {
    for (const { classStruct, slot, value } of type.classSlots) {
      if (classStruct === "" || !busWords.some((word) => slot.includes(word))) continue;
      const fn = classFunction(project, type, value);
      if (fn?.file !== file || inputs.has(value.name) || reads.has(value.name)) continue;
      const { parameters } = bodyOf(project, fn);
      const [device, ...others] = parameters;
      if (device?.stars !== 1 || others.some((each) => each.stars > 1)) continue;
      const isConst = (each: LocalDeclarator): boolean =>
        lex(text, file, each.start, each.nameStart).some((token) => token.text === "const");
      const data = others.filter(({ typeName }) => dataTypes.has(typeName));
      const isGiving = givingWords.some((word) => slot.includes(word));
      const given = data.find(
        (each) => each.stars === 0 || isGiving || isConst(each) || packetTypes.has(each.typeName),
      );
      const result = lex(text, file, fn.definition.start, fn.definition.nameStart).at(-1)?.text ?? "";
      if (given !== undefined) inputs.set(value.name, parameters.indexOf(given));
      const isFilled = data.some((each) => each.stars === 1 && !isGiving && !isConst(each));
      // who is given data says by a number whether it was taken
      const isStatus = result === "int" && given !== undefined;
      if (isFilled || (dataTypes.has(result) && !isStatus)) reads.add(value.name);
    }
  }
}

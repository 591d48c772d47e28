/** Options of a command line, kept where qemu_init (system/vl.c) keeps them, before there is a machine. */
import { callsOf } from "../../c/body/calls";
import { bodyOf } from "../../project/bodies";
import type { Runner } from "../run/runner";
import { Rec, type Value } from "../run/values";
import { mainEnumerator, runMain, setVariable, variable } from "./variables";

/** `a,b=c,,d`: the first part without `=` is `first`'s value; a doubled comma is a comma. JSON stands for the same. */
export function partsOf(text: string, first: string): ReadonlyMap<string, string> {
  const json = text.startsWith("{") ? fromJson(text) : undefined;
  if (json !== undefined) return json;
  const found = new Map<string, string>();
  text
    .replaceAll(",,", "\0")
    .split(",")
    .forEach((each, k) => {
      const part = each.replaceAll("\0", ",");
      const equals = part.indexOf("=");
      if (equals !== -1) found.set(part.slice(0, equals), part.slice(equals + 1));
      else if (k === 0) found.set(first, part);
    });
  return found;
}

function fromJson(text: string): ReadonlyMap<string, string> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const written = (value: unknown): string => (value === true ? "on" : value === false ? "off" : String(value));
    return new Map(Object.entries(parsed).map(([key, value]) => [key, written(value)]));
  } catch {
    return undefined;
  }
}

/** One option: `-serial null` is `serial` and `null`. */
export interface Option {
  readonly name: string;
  /** Empty where the option takes none. */
  readonly value: string;
}

/** qemu_add_opts and its kind, as the start of qemu_init calls them. */
export function addGroups(runner: Runner): void {
  const located = runner.function("qemu_init", "")?.located;
  if (located === undefined) return;
  for (const { name, node } of callsOf(bodyOf(runner.project, located))) {
    if (name !== "qemu_add_opts" && name !== "qemu_add_drive_opts") continue;
    const [given] = node.arguments;
    const list = given?.kind === "unary" && given.operand.kind === "identifier" ? given.operand.name : undefined;
    const group = list === undefined ? undefined : variable(runner, list);
    if (group !== undefined) runner.run(name, [group]);
  }
}

/** Drives that have an option of their own, with the kind of interface, the index and what else is said of them. */
const drives: ReadonlyMap<string, readonly [kind: string, index: number, text: string]> = new Map([
  ["hda", ["IF_DEFAULT", 0, "media=disk"]],
  ["hdb", ["IF_DEFAULT", 1, "media=disk"]],
  ["hdc", ["IF_DEFAULT", 2, "media=disk"]],
  ["hdd", ["IF_DEFAULT", 3, "media=disk"]],
  ["cdrom", ["IF_DEFAULT", 2, "media=cdrom"]],
  ["fda", ["IF_FLOPPY", 0, ""]],
  ["fdb", ["IF_FLOPPY", 1, ""]],
  ["mtdblock", ["IF_MTD", -1, ""]],
  ["sd", ["IF_SD", -1, ""]],
  ["pflash", ["IF_PFLASH", -1, ""]],
]);

/** Those that go to a list of options of their own name, and whether their first word may stand without a name. */
const groups: ReadonlyMap<string, boolean> = new Map([
  ["drive", false],
  ["device", true],
  ["chardev", true],
  ["fsdev", true],
  ["numa", true],
]);

/** Ports of the board, each with a back end; the variable that says whether there is one by default. */
const ports: ReadonlyMap<string, readonly [kind: string, byDefault: string | undefined]> = new Map([
  ["serial", ["DEV_SERIAL", "default_serial"]],
  ["parallel", ["DEV_PARALLEL", "default_parallel"]],
  ["debugcon", ["DEV_DEBUGCON", undefined]],
  ["usbdevice", ["DEV_USB", undefined]],
]);

/** Those that are taken one by one. */
const single = ["net", "netdev", "nic", "tpmdev", "vga", "audiodev", "audio", "cpu", "object", "blockdev"];

/** Whether an option may change what a board holds. */
export function takesOption(name: string): boolean {
  return drives.has(name) || ports.has(name) || groups.has(name) || single.includes(name);
}

const texts = new WeakMap<Rec, string>();

/** What was typed, of what was parsed of it. */
export function textOf(options: Value): string | undefined {
  return options instanceof Rec ? texts.get(options) : undefined;
}

/** `{"driver": "e1000", "addr": "3"}` is `e1000,addr=3`. */
function plainText(value: string): string {
  const parts = value.startsWith("{") ? fromJson(value) : undefined;
  if (parts === undefined) return value;
  return [...parts].map(([key, each]) => `${key}=${each.replaceAll(",", ",,")}`).join(",");
}

/** What the parser of options does with one; what is not here changes nothing that a machine holds, or is read elsewhere. */
export function applyOption(runner: Runner, { name, value }: Option): void {
  const drive = drives.get(name);
  const port = ports.get(name);
  const group = groups.get(name);
  if (drive !== undefined) {
    const kind = mainEnumerator(runner, drive[0]);
    if (kind !== undefined) runner.run("drive_add", [kind, drive[1], value, drive[2]]);
  } else if (port !== undefined) {
    const kind = mainEnumerator(runner, port[0]);
    if (kind !== undefined) runMain(runner, "add_device_config", [kind, value]);
    if (port[1] !== undefined) setVariable(runner, port[1], 0);
    if (value.startsWith("mon:")) setVariable(runner, "default_monitor", 0);
  } else if (group !== undefined) {
    const list = runner.run("qemu_find_opts", [name]);
    const parsed = runner.run("qemu_opts_parse_noisily", [list, plainText(value), group ? 1 : 0]);
    if (parsed instanceof Rec) texts.set(parsed, value);
  } else if (name === "net" || name === "netdev" || name === "nic") {
    setVariable(runner, "default_net", 0);
    runner.run("net_client_parse", [runner.run("qemu_find_opts", [name]), value]);
  } else if (name === "tpmdev") {
    runner.run("tpm_config_parse", [runner.run("qemu_find_opts", [name]), value]);
  } else if (name === "vga") {
    setVariable(runner, "vga_model", value);
    setVariable(runner, "default_vga", 0);
  } else if (name === "audiodev" || name === "audio") {
    setVariable(runner, "default_audio", 0);
  }
}

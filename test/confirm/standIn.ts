/** A program that behaves like a QEMU as far as the driver sees: written for a test, run by node. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface StandInBehaviour {
  readonly version?: readonly [number, number, number];
  readonly target?: string;
  /** What -dump-vmstate writes. */
  readonly dump?: unknown;
  /** What `migrate` sends. */
  readonly stream?: Uint8Array;
  /** What it sends where it has loaded a stream; else the same. */
  readonly again?: Uint8Array;
  /** Printed where a stream comes in, which then is refused. */
  readonly refuses?: string;
  /** Loads that go well before one is refused; 0 without it. */
  readonly refusesAfter?: number;
  /** What a guest's reads give, in turn and then the last one again: by qtest command. Else 0. */
  readonly guest?: Readonly<Record<string, readonly number[]>>;
  /** A read that gives what it should so many times only, in all runs; 1 without a number. */
  readonly guestOnce?: string;
  readonly guestTimes?: number;
  /** What `info mtree` prints. Then the machine has memory, which its stream carries but for these addresses. */
  readonly mtree?: string;
  readonly loses?: readonly string[];
  /** What `info mtree` prints where a stream was loaded, from the so-manieth such time on; else the same. */
  readonly mtreeLoaded?: string;
  readonly mtreeTimes?: number;
  /** What `info registers` prints in a machine whose guest runs or ran, and then in each that loaded its stream. */
  readonly registers?: readonly string[];
  /** What a command starts with that forgets all that was written. */
  readonly resetsAt?: string;
  /** QOM types, by path. */
  readonly qom?: Readonly<Record<string, string>>;
  /** What query-pci gives. */
  readonly pci?: unknown;
  /** An access by a guest at which it ends by a signal. */
  readonly diesAtAccess?: string;
  /** What qom-list-types gives. */
  readonly types?: readonly string[];
  /** Command whose answer never comes. */
  readonly hangsAt?: string;
  /** Only the first process that gets there hangs. */
  readonly hangsOnce?: true;
  /** Command at which it ends by a signal. */
  readonly diesAt?: string;
  /** Command at which it sends a line without end. */
  readonly chattersAt?: string;
  /** Printed at the start, which then fails. */
  readonly fails?: string;
}

export interface StandIn {
  readonly path: string;
  /** Command lines that it was started with. */
  runs(): readonly (readonly string[])[];
  /** Process ids of it and of the processes that it started, those that still run. */
  alive(): readonly number[];
  remove(): void;
}

const program = String.raw`
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const net = require("node:net");
const argv = process.argv.slice(2);
const after = (name) => argv[argv.indexOf(name) + 1];
const has = (name) => argv.includes(name);
// read while it is written it would be cut: it comes under its name when it is whole
const note = (pid, what) => {
  fs.writeFileSync(notes + "/new-" + pid, JSON.stringify(what));
  fs.renameSync(notes + "/new-" + pid, notes + "/" + pid);
};
note(process.pid, argv);
if (does.fails !== undefined) {
  process.stderr.write("qemu-system-test: " + does.fails + "\n");
  process.exit(1);
}
if (has("-dump-vmstate")) {
  fs.writeFileSync(after("-dump-vmstate"), JSON.stringify(does.dump ?? {}));
  process.exit(0);
}
const child = spawn("sleep", ["1000"], { stdio: "ignore" });
note(child.pid, []);
const descriptor = (id) => Number(/fd=(\d+)/.exec(argv.find((word) => word.startsWith("socket,id=" + id + ",")) ?? "")?.[1]);
const control = new net.Socket({ fd: descriptor("vmstate-qmp") });
const send = (what) => control.write(JSON.stringify(what) + "\r\n");
const step = (status) => send({ event: "MIGRATION", data: { status } });
const [major, minor, micro] = does.version ?? [1, 2, 3];
send({ QMP: { version: { qemu: { major, minor, micro }, package: "stand-in" }, capabilities: [] } });
const commands = {
  qmp_capabilities: () => ({}),
  "query-target": () => ({ arch: does.target ?? "x86_64" }),
  cont: () => ({}),
  stop: () => ({}),
  "human-monitor-command": (given) => given["command-line"].startsWith("info registers") ? registersText() : (loaded && does.mtreeLoaded !== undefined && times("maps") >= (does.mtreeTimes ?? 0) ? does.mtreeLoaded : does.mtree) ?? "",
  "qom-get": ({ path }) => does.qom?.[path] ?? "",
  "query-pci": () => does.pci ?? [],
  "qom-list-types": () => (does.types ?? []).map((name) => ({ name })),
  "query-migrate": () => ({ status: "failed" }),
  "migrate-set-capabilities": () => ({}),
  migrate({ uri }) {
    const socket = net.connect(uri.slice(5), () => socket.end(does.mtree === undefined ? Buffer.from((loaded ? does.again : does.stream) ?? "", "base64") : memoryText()));
    socket.on("close", () => step("completed"));
    return {};
  },
  "migrate-incoming"({ uri }) {
    const server = net.createServer((socket) => {
      const parts = [];
      socket.on("data", (part) => parts.push(part));
      socket.on("end", () => {
        server.close();
        loaded = true;
        if (does.mtree !== undefined) memory = new Map(JSON.parse(Buffer.concat(parts)));
        if (does.refuses === undefined || times("loads") < (does.refusesAfter ?? 0)) return step("completed");
        process.stderr.write("qemu-system-test: " + does.refuses + "\n", () => { step("failed"); process.exit(1); });
      });
    });
    server.listen(uri.slice(5), () => send({ return: {}, id: last }));
  },
};
let last = 0;
let loaded = false;
let held = "";
control.on("data", (data) => {
  held += data;
  for (let end = held.indexOf("\n"); end >= 0; end = held.indexOf("\n")) {
    const { execute, id, arguments: given } = JSON.parse(held.slice(0, end));
    held = held.slice(end + 1);
    last = id;
    if (execute === does.hangsAt && (does.hangsOnce !== true || isFirst("hanging"))) continue;
    if (execute === does.diesAt) process.kill(process.pid, "SIGABRT");
    if (execute === does.chattersAt) {
      const chatter = () => { while (control.write("x".repeat(1 << 20))); };
      control.on("drain", chatter);
      chatter();
      continue;
    }
    const command = commands[execute];
    if (command === undefined) { send({ error: { class: "CommandNotFound", desc: "The command " + execute + " has not been found" }, id }); continue; }
    const value = command(given ?? {});
    if (value !== undefined) send({ return: value, id });
  }
});
function registersText() {
  const [ran, ...after] = does.registers ?? [""];
  return loaded ? after[times("registers")] ?? "" : ran;
}
/** How often it was asked before, in all runs. */
function times(what) {
  for (let before = 0; ; before++) if (isFirst(what + "-" + before)) return before;
}
/** Whether no run was here before. */
function isFirst(what) {
  try {
    fs.mkdirSync(notes + "/" + what);
    return true;
  } catch {
    return false;
  }
}
let memory = new Map();
const memoryText = () => JSON.stringify([...memory].filter(([address]) => !(does.loses ?? []).includes(address)));
function access(command) {
  if (command === does.diesAtAccess) process.kill(process.pid, "SIGABRT");
  const [word, address, value] = command.split(" ");
  if (does.resetsAt !== undefined && command.startsWith(does.resetsAt)) { memory = new Map(); return "OK\n"; }
  if (value !== undefined) memory.set(address, value);
  if (!/^(?:read|in)/.test(word)) return "OK\n";
  const held = does.mtree === undefined ? undefined : memory.get(address);
  return "OK 0x" + (held === undefined ? read(command) : BigInt(held)).toString(16) + "\n";
}
function read(command) {
  const values = does.guest?.[command] ?? [0];
  if (command === does.guestOnce && times("once") >= (does.guestTimes ?? 1)) return 0;
  return values.length > 1 ? values.shift() : values[0];
}
const accesses = descriptor("qtest");
if (!Number.isNaN(accesses)) {
  const guest = new net.Socket({ fd: accesses });
  guest.on("data", (data) => {
    for (const line of String(data).split("\n").filter(Boolean)) guest.write(access(line));
  });
}
setInterval(() => {}, 1000);
`;

export function makeStandIn(behaviour: StandInBehaviour = {}): StandIn {
  const folder = mkdtempSync(join(tmpdir(), "stand-in-"));
  const notes = mkdtempSync(join(folder, "notes-"));
  const path = join(folder, "qemu-system-test");
  const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("base64");
  const { stream, again = stream } = behaviour;
  const given = JSON.stringify({ ...behaviour, stream: text(stream), again: text(again) });
  writeFileSync(path, `#!${process.execPath}\nconst does = ${given}, notes = ${JSON.stringify(notes)};\n${program}`, {
    mode: 0o755,
  });
  const pids = () => readdirSync(notes).filter((name) => /^\d+$/.test(name));
  const argvOf = (pid: string): readonly string[] => JSON.parse(readFileSync(join(notes, pid), "utf8"));
  return {
    path,
    runs: () =>
      pids()
        .map(argvOf)
        .filter((argv) => argv.length > 0),
    alive: () => pids().map(Number).filter(isAlive),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A process that has ended and that nobody asked for its end is none. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

import { readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { realDump } from "../../qemu/dump";
import { QemuFailure } from "../../qemu/failure";
import { type MachineOptions, targetOf, withMachine } from "../../qemu/machine";
import { loadStream, saveStream } from "../../qemu/migration";
import { findProgram, limited, type QemuProgram } from "../../qemu/program";
import { hex, reads, writes } from "../../qemu/qtest";
import { roundTrip } from "../../qemu/roundTrip";
import { makeStandIn, type StandIn, type StandInBehaviour } from "./standIn";

const made: StandIn[] = [];

function standIn(behaviour?: StandInBehaviour): StandIn {
  const program = makeStandIn(behaviour);
  made.push(program);
  return program;
}

const given = ({ path }: StandIn, more: Partial<QemuProgram> = {}): QemuProgram => ({
  path,
  cwd: tmpdir(),
  seconds: 60,
  memory: undefined,
  ...more,
});

const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`vmstate-qemu-${process.pid}-`));

const machine: MachineOptions = { args: ["-M", "none"] };

async function failureOf(run: Promise<unknown>): Promise<string> {
  const failure = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  return failure instanceof QemuFailure ? `${failure.kind}: ${failure.message}` : `no failure: ${String(failure)}`;
}

afterEach(async () => {
  for (const each of made.splice(0)) {
    await expect.poll(each.alive).toEqual([]);
    each.remove();
  }
  expect(left()).toEqual([]);
});

describe("a machine of the user's QEMU", () => {
  it("answers, is paused, without a display, default devices and writes to drives", async () => {
    const program = standIn({ version: [10, 0, 2], target: "riscv64" });
    const said = await withMachine(given(program), { args: ["-M", "virt,x=a b"] }, async (qemu) => ({
      version: qemu.version,
      target: await targetOf(qemu),
    }));
    expect(said).toEqual({
      version: { major: 10, minor: 0, micro: 2, package: "stand-in" },
      target: "riscv64",
    });
    const [argv = []] = program.runs();
    for (const word of ["-nodefaults", "-S", "-snapshot"]) expect(argv).toContain(word);
    expect(argv[argv.indexOf("-display") + 1]).toBe("none");
    expect(argv.at(-1)).toBe("virt,x=a b");
  });

  it("saves the stream that it sends", async () => {
    const stream = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);
    const saved = await withMachine(given(standIn({ stream })), machine, saveStream);
    expect(Buffer.compare(saved, stream)).toBe(0);
  });

  it("loads one, or says why not", async () => {
    const stream = Uint8Array.of(1, 2, 3);
    const load = (behaviour: StandInBehaviour) =>
      withMachine(given(standIn(behaviour)), { ...machine, incoming: true }, (qemu) => loadStream(qemu, stream));
    expect(await load({})).toBeUndefined();
    expect(await load({ refuses: "Unknown section" })).toEqual(["Unknown section"]);
  });

  it("reads and writes as a guest would", async () => {
    const read = await withMachine(
      given(standIn({ guest: { "readl 0x1000": [7] } })),
      { ...machine, guest: true },
      async ({ guest }) => guest?.run([writes(0x1000, 5n, 4), reads(0x1000, 4)]),
    );
    expect([read, hex(255n)]).toEqual([[undefined, 7n], "0xff"]);
  });

  it("prints its tables", async () => {
    const table = { name: "t", version_id: 1, minimum_version_id: 1 };
    const dump = { vmschkmachine: { Name: "none" }, dev: { Name: "dev", Description: table } };
    expect([...(await realDump(given(standIn({ dump }))))]).toEqual([["dev", table]]);
    expect(await failureOf(realDump(given(standIn({ dump: { dev: { Description: 1 } } }))))).toMatch(/^refused: /);
  });
});

describe("a QEMU that does not do as it should", () => {
  const command =
    (name: string) =>
    (program: StandIn, more: Partial<QemuProgram> = {}) =>
      failureOf(withMachine(given(program, more), machine, (qemu) => qemu.command(name)));
  const query = command("query-target");

  it.each<[string, StandInBehaviour, string]>([
    ["says what it lacks", { fails: "unsupported machine type" }, "refused: unsupported machine type"],
    ["ends by a signal", { diesAt: "query-target" }, "ended: QEMU ended without being asked to"],
    ["sends without end", { chattersAt: "query-target" }, "too-much: QEMU sent a line of more than 16 MiB"],
  ])("%s", async (_, behaviour, failure) => {
    expect(await query(standIn(behaviour))).toBe(failure);
  });

  it("refuses a command", async () => {
    expect(await command("query-nothing")(standIn())).toBe("refused: The command query-nothing has not been found");
  });

  it("never answers", async () => {
    expect(await query(standIn({ hangsAt: "query-target" }), { seconds: 1 })).toBe("slow: QEMU took longer than 1 s");
  });

  it("is none", async () => {
    const folder = tmpdir();
    expect(() => findProgram("./no-such-qemu", folder, {})).toThrow("./no-such-qemu: no such program");
    const { path, remove } = makeStandIn();
    expect(findProgram("qemu-system-test", "/", { PATH: `:.:${join(path, "..")}` })).toBe(path);
    const plain = join(path, "..", "plain");
    writeFileSync(plain, "");
    expect(() => findProgram(plain, folder, {})).toThrow(`${plain}: is not executable`);
    remove();
    expect(await failureOf(withMachine({ ...given(standIn()), path }, machine, targetOf))).toMatch(
      /^(?:ended|refused|not-found): /,
    );
  });
});

describe("two runs at once", () => {
  const tripped = { args: ["-M", "none"], id: undefined, isPc: false, before: "nothing" } as const;

  it("are both gone where one of them fails", async () => {
    const program = standIn({ hangsAt: "migrate", hangsOnce: true, diesAt: "migrate" });
    const failure = await failureOf(roundTrip(given(program), tripped));
    expect([failure, left()]).toEqual(["ended: QEMU ended without being asked to", []]);
  });

  it("are both gone where the caller gives up", async () => {
    const program = standIn({ hangsAt: "migrate" });
    const cancel = new AbortController();
    const running = failureOf(roundTrip(given(program, { signal: cancel.signal }), tripped));
    await expect.poll(() => left().length).toBe(2);
    cancel.abort();
    expect([await running, left()]).toEqual(["cancelled: cancelled", []]);
  });
});

it("is started with an argument vector, within its memory", () => {
  const { program, args } = limited({ path: "/opt/q e m u", memory: 4096 }, ["-M", "a;b"]);
  expect([program, ...args].slice(-3)).toEqual(["/opt/q e m u", "-M", "a;b"]);
  if (program.endsWith("prlimit") || args.some((word) => word.endsWith("prlimit"))) expect(args).toContain("--as=4096");
});

it("runs that are cancelled at random leave no process, no socket and no file", async () => {
  const stream = new Uint8Array(1 << 20);
  const programs = [
    standIn({ stream }),
    standIn({ stream, hangsAt: "qmp_capabilities" }),
    standIn({ stream, hangsAt: "migrate" }),
    standIn({ hangsAt: "migrate-incoming" }),
  ];
  let state = 7;
  const random = (below: number): number => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.floor(state / 2 ** 16) % below;
  };
  const outcomes = new Map<string, number>();
  for (let run = 0; run < 25; run++) {
    const program = programs[run % programs.length];
    if (program === undefined) throw new Error("no program");
    const cancel = new AbortController();
    const options = { ...machine, incoming: run % 3 === 0, guest: run % 2 === 0 };
    // a step of the run after which the caller gives up: before it starts, once it answers, while it migrates
    const step = random(4);
    if (step === 0) cancel.abort();
    const before = program.runs().length;
    const running = withMachine(given(program, { signal: cancel.signal }), options, async (qemu) => {
      if (step === 1) cancel.abort();
      if (step === 2) setImmediate(() => cancel.abort());
      await targetOf(qemu);
      const end = options.incoming ? loadStream(qemu, stream) : saveStream(qemu);
      if (step === 3) setImmediate(() => cancel.abort());
      return end;
    });
    const ending = failureOf(running);
    // one that hangs before it takes commands never gets there
    if (run % programs.length === 1 && step > 0) {
      await expect.poll(() => program.runs().length).toBeGreaterThan(before);
      cancel.abort();
    }
    const outcome = (await ending).split(":")[0] ?? "";
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    expect(left()).toEqual([]);
    await expect.poll(program.alive).toEqual([]);
  }
  expect(outcomes.get("cancelled")).toBeGreaterThan(12);
  expect(programs.flatMap((each) => each.runs()).length).toBeGreaterThan(8);
});

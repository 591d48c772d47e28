/**
 * 10.0 to 11.1 and back, the same command line on both ends: what `simulate --load` says of the whole and of each section is what the
 * real emulators do. A few lines of each target; QEMU_CROSSED=all takes all. Without an emulator and the source of 11.1 there is
 * nothing to cross.
 */
import { describe, expect, it } from "vitest";
import { machineOf, simulateLoad } from "../../core/emulator";
import type { Project } from "../../core/project";
import { memorySource, readStream } from "../../core/wire";
import { linesOf, type Line } from "./crossedLines";
import { realProject } from "./project";
import { realLoad, realStream, type Release } from "./realQemu";
import { optionalRelease } from "./tree";

const latest = optionalRelease("11.1", "QEMU_SOURCE_11_1");
const all = process.env["QEMU_CROSSED"] === "all";
const targets = ["x86_64", "aarch64", "ppc64", "s390x"] as const;
const trees = { "10.0": "QEMU_SOURCE_10_0", "11.1": "QEMU_SOURCE_11_1" } as const;

type End = keyof typeof trees;

const directions: readonly (readonly [End, End])[] = [
  ["10.0", "11.1"],
  ["11.1", "10.0"],
];

describe.skipIf(!latest.isThere).each(targets)(`10.0 and 11.1 on %s${latest.title}`, (target) => {
  const lines = linesOf(target).filter(({ isShort }) => all || isShort);

  it.for(lines.flatMap((line) => directions.map(([from, to]) => ({ ...line, from, to }))))(
    "$from to $to: $name",
    { timeout: 600_000 },
    async ({ line, from, to }, { skip }) => {
      const options = line.split(" ");
      const stream = await realStream(from, target, options);
      const real = await realLoad(to, target, options, stream);
      const isRefused = real.status !== "completed";
      const report = simulateLoad(destination(to, target), stream, { machine: line, defaults: true });
      if (!report.ok) throw new Error(report.message);
      const { outcome, failure, open } = report.value;
      const added = isRefused ? await onlyInSource(to, target, line, real.messages) : undefined;
      if (added !== undefined) skip(`the source of ${to} has ${added}, its emulator is of an older update`);
      // what is not known is said so; nothing that loads is refused, and nothing completes that is refused
      expect(outcome).not.toBe(isRefused ? "completed" : "failed");
      // what is not known may refuse before what is known to
      const names = open.map(({ idstr }) => nameIn(idstr));
      if (failure !== null) names.push(nameIn(failure.idstr));
      if (isRefused)
        expect(names.some((name) => real.messages.some((each) => each.includes(name))) || isCrash(real.messages)).toBe(
          true,
        );
    },
  );
});

function destination(release: Release & End, target: Line["target"]): Project {
  return realProject(trees[release], target);
}

/** A section that a message names, that the destination's source registers, and that its emulator does not send of the same line. */
async function onlyInSource(
  to: Release & End,
  target: Line["target"],
  line: string,
  messages: readonly string[],
): Promise<string | undefined> {
  const machine = machineOf(destination(to, target), line, { defaults: true });
  if (!machine.ok) return undefined;
  const named = [...machine.value.handlers].filter(({ idstr }) => messages.some((each) => each.includes(`'${idstr}'`)));
  if (named.length === 0) return undefined;
  const sent = new Set<string | undefined>();
  for (const event of readStream(memorySource(await realStream(to, target, line.split(" ")))))
    if (event.kind === "section") sent.add(event.idstr);
  return named.find(({ idstr }) => !sent.has(idstr))?.idstr;
}

/** Without the path of its device. */
function nameIn(idstr: string): string {
  return idstr.slice(idstr.lastIndexOf("/") + 1);
}

/** QEMU names no section where an assertion ends it. */
function isCrash(messages: readonly string[]): boolean {
  return messages.some((each) => each.includes("Assertion"));
}

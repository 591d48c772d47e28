/**
 * 10.0 to 11.1 and back, the same command line on both ends: what `simulate --load` says of the whole and of each section is what the
 * real emulators do. A few lines of each target; QEMU_CROSSED=all takes all. Without an emulator and the source of 11.1 there is
 * nothing to cross.
 */
import { describe, expect, it } from "vitest";
import { simulateLoad } from "../../core/emulator";
import type { Project } from "../../core/project";
import { linesOf, type Line } from "./crossedLines";
import { realProject } from "./project";
import { realLoad, realStream, type Release } from "./realQemu";
import { optionalRelease } from "./tree";

const latest = optionalRelease("11.1", "QEMU_SOURCE_11_1");
const all = process.env["QEMU_CROSSED"] === "all";
const targets = ["x86_64", "aarch64", "ppc64", "s390x"] as const;
const trees = { "10.0": "QEMU_SOURCE_10_0", "11.1": "QEMU_SOURCE_11_1" } as const;

/** Sections that an update of 10.0 has added: its source has them, an emulator of 10.0.2 has not. */
const onlyInSource = ["icp/server"];

type End = keyof typeof trees;

const directions: readonly (readonly [End, End])[] = [
  ["10.0", "11.1"],
  ["11.1", "10.0"],
];

describe.skipIf(!latest.isThere).each(targets)(`10.0 and 11.1 on %s${latest.title}`, (target) => {
  const lines = linesOf(target).filter(({ isShort }) => all || isShort);

  it.each(lines.flatMap((line) => directions.map(([from, to]) => ({ ...line, from, to }))))(
    "$from to $to: $name",
    { timeout: 600_000 },
    async ({ line, from, to }) => {
      const options = line.split(" ");
      const stream = await realStream(from, target, options);
      const real = await realLoad(to, target, options, stream);
      const isRefused = real.status !== "completed";
      const report = simulateLoad(destination(to, target), stream, { machine: line, defaults: true });
      if (!report.ok) throw new Error(report.message);
      const { outcome, failure, open } = report.value;
      if (real.messages.some((each) => onlyInSource.some((name) => each.includes(`'${name}'`)))) return;
      // what is not known is said so; nothing that loads is refused, and nothing completes that is refused
      expect(outcome).not.toBe(isRefused ? "completed" : "failed");
      if (outcome === "failed") expect(real.messages.join("\n")).toContain(nameIn(failure?.idstr ?? ""));
      const names = open.map(({ idstr }) => nameIn(idstr));
      if (isRefused && outcome === "unknown")
        expect(names.some((name) => real.messages.some((each) => each.includes(name))) || isCrash(real.messages)).toBe(
          true,
        );
    },
  );
});

function destination(release: Release & End, target: Line["target"]): Project {
  return realProject(trees[release], target);
}

/** Without the path of its device. */
function nameIn(idstr: string): string {
  return idstr.slice(idstr.lastIndexOf("/") + 1);
}

/** QEMU names no section where an assertion ends it. */
function isCrash(messages: readonly string[]): boolean {
  return messages.some((each) => each.includes("Assertion"));
}

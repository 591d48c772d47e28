/**
 * State that migrations of a real QEMU 10.0 lose, as found by running it: how much of it reading the sources finds.
 * The list lies beside the repository (shared/probe/lost-shown.jsonl); without it or without QEMU_SOURCE_10_0 there is nothing to measure.
 */
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Diagnostic, diagnoseProject } from "../../core/check";
import { realProject } from "./project";

interface Unit {
  readonly id: string;
  /** Types or boards, in words. */
  readonly devices: string;
  readonly file: string;
  /** `tchi_written`; `control_regs, dev[]`; `conf.macaddr`. */
  readonly member: string;
  /** register: one member. Others: a whole device, a region, a timer. */
  readonly kind: string;
}

/** Of the units that are in the list. */
const wanted = 41;

const list = ["../shared", "../../shared"]
  .map((each) => `${each}/probe/lost-shown.jsonl`)
  .find((each) => existsSync(each));
const isHere = list !== undefined && existsSync(process.env["QEMU_SOURCE_10_0"] ?? "");

/** Rules that say that something is not carried over. */
const codes = new Set([
  "state-not-saved",
  "device-without-table",
  "rebuild-missing",
  "state-type-mismatch",
  "parent-not-saved",
]);

const words = (text: string): ReadonlySet<string> => new Set(text.match(/[\w][\w.-]*\w|\w/g) ?? []);

function names({ member }: Unit): readonly string[] {
  const paths = member.replaceAll(/\[[^\]]*\]/g, "").match(/[\w.]+/g) ?? [];
  return paths.flatMap((path) => [path, path.slice(path.lastIndexOf(".") + 1)]).filter((name) => name !== "");
}

function isFlagged(unit: Unit, { code, range, message, related }: Diagnostic): boolean {
  if (!codes.has(code)) return false;
  if (range.file !== unit.file && !related.some((each) => each.range.file === unit.file)) return false;
  // a table of another struct, or none of the parent's: all of it
  if (unit.kind !== "register" || code === "state-type-mismatch") return true;
  const said = [...words([message, ...related.map((each) => each.message)].join(" "))];
  return names(unit).some((name) => said.some((word) => `.${word}.`.includes(`.${name}.`)));
}

it.skipIf(!isHere)("most of what real migrations lose is found by reading", () => {
  const units = readFileSync(list ?? "", "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Unit);
  const found = diagnoseProject(realProject("QEMU_SOURCE_10_0"));
  const missed = units.filter((unit) => !found.some((each) => isFlagged(unit, each)));
  expect(units.length - missed.length, `missed: ${missed.map(({ id }) => id).join(", ")}`).toBeGreaterThanOrEqual(
    wanted,
  );
});

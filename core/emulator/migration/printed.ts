/** The lines that the tree's QEMU prints when a load fails: releases word them, end them and put them together differently. */
import { textBetweenConversions } from "../../c/printf";
import { callsOf } from "../../c/body/calls";
import { returnedValues } from "../../c/body/returns";
import { nodesIn } from "../../c/body/walk";
import { bodyOf } from "../../project/bodies";
import { cachedByRevision } from "../../project/cache";
import type { LocatedFunction, Project } from "../../project/project";
import { errnoOf, meaning } from "./messages";

const last = "load of migration failed: ";
const savevm = "migration/savevm.c";
const vmstate = "migration/vmstate.c";
const sources: readonly string[] = [savevm, vmstate, "migration/vmstate-types.c"];

/**
 * `messages` are those of the failure, innermost first, in the words of 10.2, and "load of migration failed: …" at the end. Since 10.2
 * QEMU puts what was set as an error into one line, outermost first, behind what was printed on the way.
 */
export function printedLines(project: Project, messages: readonly string[]): readonly string[] {
  const end = messages.at(-1);
  if (end === undefined || !end.startsWith(last)) return messages;
  const { chained, formats, prefixes, loadErrno, tooOldBlanks } = wordsOf(project);
  const within = messages.some((each) => each.startsWith("error while loading state for instance"));
  const final = within && loadErrno !== undefined ? `${last}${meaning(loadErrno)}` : end;
  const worded = messages.slice(0, -1).map((each) => adapted(each, formats, tooOldBlanks));
  if (!chained) return [...worded, final];
  const isSet = (message: string): boolean => formats.some((format) => fits(format, message));
  // where an error is set nothing is set around it
  const set = worded.filter(isSet).filter((each, k) => k === 0 || prefixes.some((prefix) => fits(prefix, each)));
  return [...worded.filter((each) => !isSet(each)), [final, ...set.reverse()].join(": ")];
}

interface Words {
  /** What fails the load goes in front of the error that was set. */
  readonly chained: boolean;
  /** Formats of errors that are set, not printed; literal pieces between what is put in. */
  readonly formats: readonly (readonly string[])[];
  /** Those of them that go in front of an error. */
  readonly prefixes: readonly (readonly string[])[];
  /** A device's section fails with this errno whatever the reason; undefined: with the reason's. */
  readonly loadErrno: number | undefined;
  readonly tooOldBlanks: boolean;
}

const wordsOf: (project: Project) => Words = cachedByRevision((project) => ({
  chained: functionsIn(project, "migration/migration.c").some((fn) =>
    formatsOf(project, fn, ["error_prepend"]).some((format) => format.startsWith(last)),
  ),
  formats: piecesIn(project, ["error_setg", "error_prepend"]),
  prefixes: piecesIn(project, ["error_prepend"]),
  loadErrno: loadErrno(project),
  tooOldBlanks: functionsIn(project, vmstate).some((fn) =>
    formatsOf(project, fn, ["error_report", "error_setg"]).some((format) => format.includes("minimum version_id  ")),
  ),
}));

function piecesIn(project: Project, calls: readonly string[]): readonly (readonly string[])[] {
  return sources.flatMap((file) =>
    functionsIn(project, file).flatMap((fn) => formatsOf(project, fn, calls).map(piecesOf)),
  );
}

function functionsIn(project: Project, file: string): readonly LocatedFunction[] {
  const declarations = project.facts(file)?.declarations ?? [];
  return declarations.flatMap((each) => (each.kind === "function" ? [{ file, definition: each }] : []));
}

/** The texts that the function gives to the calls. */
function formatsOf(project: Project, fn: LocatedFunction, names: readonly string[]): readonly string[] {
  return callsOf(bodyOf(project, fn))
    .filter(({ name }) => names.includes(name))
    .flatMap(({ node }) => node.arguments.flatMap((each) => (each.kind === "string" ? [each.value] : [])));
}

/** `error %d of %s: ` as `error `, ` of `, ``: what comes behind the colon is the error in front of which it goes. */
function piecesOf(format: string): readonly string[] {
  const pieces = textBetweenConversions(format);
  return pieces.map((piece, i) => (i === pieces.length - 1 && piece.endsWith(": ") ? piece.slice(0, -2) : piece));
}

/** Letters that a format must have to tell a message by. */
const fewest = 4;

function fits(pieces: readonly string[], message: string): boolean {
  if (pieces.join("").length < fewest) return false;
  let at = 0;
  for (const [i, piece] of pieces.entries()) {
    const found = i === 0 ? (message.startsWith(piece) ? 0 : -1) : message.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at === message.length || pieces.at(-1) === "";
}

const notHeld = "Input validation failed: ";

/** 10.2's words as the tree has them: with two blanks, or without the number at the end. */
function adapted(message: string, formats: Words["formats"], tooOldBlanks: boolean): string {
  const isSaid = (start: string): boolean => formats.some(([first = ""]) => first.startsWith(start));
  if (message.startsWith(notHeld) && !isSaid(notHeld)) return message.slice(0, message.lastIndexOf(" version_id: "));
  if (tooOldBlanks) return message.replace("local minimum version_id ", "local minimum version_id  ");
  const number = message.lastIndexOf(": -");
  const shorter = number === -1 ? message : message.slice(0, number);
  const isKnown = (text: string): boolean => formats.some((format) => format.length > 1 && fits(format, text));
  return message.startsWith("Failed to load element") && isKnown(shorter) && !formats.some(endsInNumber)
    ? shorter
    : message;
}

function endsInNumber(pieces: readonly string[]): boolean {
  return (pieces[0] ?? "").startsWith("Failed to load element") && pieces.at(-2) === ": ";
}

/** The only errno that vmstate_load returns; undefined where it hands on what loading the description returned. */
function loadErrno(project: Project): number | undefined {
  const fn = functionsIn(project, savevm).find(({ definition }) => definition.name === "vmstate_load");
  if (fn === undefined) return undefined;
  let errno: number | undefined;
  for (const value of returnedValues(bodyOf(project, fn))) {
    for (const node of nodesIn(value)) {
      if (node.kind === "call") return undefined;
      if (node.kind !== "unary" || node.operator !== "-" || node.operand.kind !== "identifier") continue;
      errno = errnoOf(node.operand.name);
    }
  }
  return errno;
}

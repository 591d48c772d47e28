import type { BoardObject, BoardReport, MachinesReport, OpenPlace } from "../../board";
import { printable } from "../../printable";
import { plural, type Style, table } from "./style";

/** Name, what it is, and where it is declared. */
export function machinesText({ machines, open }: MachinesReport, style: Style): string {
  if (machines.length === 0 && open.length === 0) return "no machine type of this target was found\n";
  const lines = table(
    machines.map(({ name, aliases, description, file, line }) => [
      style.bold(printable(name)),
      printable([...aliases.map((alias) => `(${alias})`), description ?? ""].join(" ").trim()),
      printable(`${file}:${line}`),
    ]),
  );
  return open.length === 0 ? lines : `${lines}${openText(open, "types may be missing", style)}`;
}

function openText(open: readonly OpenPlace[], consequence: string, style: Style): string {
  const places = open.map(
    ({ file, line, text, reason }) =>
      `  ${style.dim(printable(file === "" ? "-" : `${file}:${line}`))} ${printable(text)}: ${printable(reason)}\n`,
  );
  const count = plural(open.length, "place");
  return `\n${style.yellow(`Could not be followed: ${count}`)}; ${consequence}\n${places.join("")}`;
}

/** The tree of devices, the sections in the order of their registration, and what could not be followed. */
export function boardText(board: BoardReport, style: Style): string {
  const { machine, target, sections, ramBlocks, open, refused } = board;
  const parts = [`${style.bold(printable(machine))} of ${printable(target)}, as -nodefaults builds it\n\n`];
  parts.push(...objectLines(board.objects, 0, style));
  parts.push(`\n${style.bold("Sections")} in the order in which they are registered; priority is not applied\n`);
  parts.push(
    table(
      sections.map(({ sectionId, idstr, instanceId, type, at }) => [
        String(sectionId),
        printable(idstr),
        String(instanceId),
        printable(type ?? ""),
        printable(at === undefined ? "" : `${at.file}:${at.line}`),
      ]),
      "  ",
    ),
  );
  if (ramBlocks.length > 0) parts.push(`\n${style.bold("RAM blocks")} ${ramBlocks.map(printable).join(", ")}\n`);
  if (refused !== undefined) parts.push(`\n${style.red("stopped")}: ${printable(refused)}\n`);
  if (open.length === 0)
    parts.push("\nNothing that decides was left open. Branches that only complain are taken as not run.\n");
  else parts.push(openText(open, "more may be registered there", style));
  return parts.join("");
}

function* objectLines(object: BoardObject, depth: number, style: Style): Generator<string> {
  if (depth > 0) {
    const name = object.isDevice ? style.bold(printable(object.name)) : printable(object.name);
    yield `${"  ".repeat(depth - 1)}${name}  ${style.dim(printable(object.type))}\n`;
  }
  for (const child of object.children) yield* objectLines(child, depth + 1, style);
}

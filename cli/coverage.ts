import { Option } from "commander";
import type { Command } from "commander";
import { allCoverage, type Coverage, otherMembers } from "../core/code";
import { unsavedReason } from "../core/check/unsavedReason";
import type { LoadableProject } from "../core/project";
import type { SourceRange } from "../core/c/range";
import { positionAt } from "../core/c/range";
import { didYouMean } from "../core/nearest";
import { jsonText } from "../core/printable";
import { coverageText } from "../core/ide/text/coverage";
import { CannotRun, exitCodes } from "./io";
import type { ExitCode, Io } from "./io";
import { buildOption, configOption, formatOption, targetOption, treeOption, noCacheOption } from "./options";
import { openSession } from "./session";
import type { TreeOptions } from "./session";
import { styleFor } from "./style";

interface CoverageOptions extends TreeOptions {
  readonly format: "human" | "json";
  readonly type?: readonly string[];
}

export function registerCoverage(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("coverage")
    .summary("list state that changes while the guest runs and is not migrated")
    .description(
      "Lists, for each state struct that a table saves, the members that no table saves although the device changes them while the guest runs: not in realize, reset or a load hook. Not every one is a bug: what is derived from saved state, or is the host's, need not be saved.",
    )
    .argument("[paths...]", "files or folders to report on; all of the tree is read in any case")
    .addOption(treeOption())
    .addOption(targetOption())
    .addOption(noCacheOption())
    .addOption(configOption())
    .addOption(buildOption())
    .addOption(formatOption())
    .addOption(new Option("--type <name...>", "only structs of these names, or tables of these names or symbols"))
    .addHelpText(
      "after",
      `
Examples:
  vmstate coverage --tree ~/qemu hw/timer
  vmstate coverage --tree ~/qemu --type E1000State
  vmstate coverage --format json | jq '.[] | .struct'

Exit status: 0 printed, 2 could not run.`,
    )
    .action((paths: string[], options: CoverageOptions) => {
      const { project, selection } = openSession(io, options, paths);
      const found = [...allCoverage(project)].filter(
        (each) => selection?.includes(each.description.file) !== false && isNamed(each, options.type),
      );
      const known = options.type === undefined ? [] : namesIn(allCoverage(project));
      for (const name of options.type ?? [])
        if (!known.includes(name))
          throw new CannotRun(`--type ${name}: no struct or table is called that${didYouMean(name, known)}`);
      if (options.format === "json") io.out.write(jsonText(found.map((each) => toJson(project, each))));
      else io.out.write(coverageText(project, found, styleFor(io), options.type !== undefined));
      finish(exitCodes.clean);
    });
}

function isNamed(coverage: Coverage, names: readonly string[] | undefined): boolean {
  return names === undefined || namesOf(coverage).some((each) => names.includes(each));
}

function namesOf({ structName, description }: Coverage): readonly string[] {
  const { name, symbol } = description;
  return [structName, structName.replace(/^struct\s+/, ""), symbol, name.known ? name.value : symbol];
}

function namesIn(all: Iterable<Coverage>): readonly string[] {
  return [...new Set([...all].flatMap(namesOf))];
}

function toJson(project: LoadableProject, coverage: Coverage): unknown {
  const { structName, description, members, unsaved } = coverage;
  const place = (range: SourceRange | undefined): unknown =>
    range && {
      file: range.file,
      range: {
        start: positionAt(project.lines(range.file), range.start),
        end: positionAt(project.lines(range.file), range.end),
      },
    };
  return {
    struct: structName,
    description: description.symbol,
    ...Object(place(description.nameRange)),
    values: members,
    unsaved: unsaved.map((member) => ({
      name: member.name,
      type: member.typeName,
      declared: place(member.range),
      ...unsavedReason(project, structName, member),
      writes: member.writes.map((write) => ({ function: write.function, ...Object(place(write.range)) })),
    })),
    others: otherMembers(project, coverage).filter(({ why }) => why !== "saved"),
  };
}

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { compareWith, readBaseline } from "../core/analysis/baseline";
import { compareTrees, isOptional, type TreeFinding } from "../core/compat";
import { rulePage, version } from "./about";
import {
  diagnosticsOf,
  type Hidden,
  isBreak,
  type Located,
  jsonDiff,
  locate,
  markdownDiff,
  reportSource,
  textDiff,
} from "./diff/report";
import { openSides } from "./diff/sides";
import { CannotRun, type ExitCode, exitCodes, type Io, progressOn } from "./io";
import { targetOption } from "./options";
import { sarifReport } from "./report/sarif";
import { styleFor } from "./style";

interface DiffOptions {
  readonly tree?: string;
  readonly target?: string;
  readonly machine?: string;
  readonly format: "text" | "human" | "json" | "markdown" | "sarif";
  readonly declared?: true;
  readonly optional?: true;
  readonly baseline?: string;
}

/** The file's format is that of `vmstate check --write-baseline`. */
function withoutAccepted(io: Io, file: string | undefined, located: readonly Located[]): readonly Located[] {
  if (file === undefined) return located;
  let text: string;
  try {
    text = readFileSync(resolve(io.cwd, file), "utf8");
  } catch {
    throw new CannotRun(`--baseline ${file}: cannot be read`);
  }
  const baseline = readBaseline(text);
  if (baseline === undefined) throw new CannotRun(`--baseline ${file}: is no baseline of vmstate check`);
  const diagnostics = diagnosticsOf(located);
  const fresh = new Set(compareWith(baseline.findings, diagnostics).fresh);
  return located.filter((_, index) => {
    const diagnostic = diagnostics[index];
    return diagnostic !== undefined && fresh.has(diagnostic);
  });
}

function hiddenOf(all: readonly TreeFinding[], shown: readonly TreeFinding[]): Hidden {
  const hidden = all.filter((finding) => !shown.includes(finding));
  const declared = hidden.filter((finding) => finding.declared).length;
  return { declared, optional: hidden.length - declared };
}

export function registerDiff(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("diff")
    .summary("say what streams of one version do in another, both ways")
    .description(
      "Compares the tables of two versions byte by byte, in both directions: what a stream of one does in the other. " +
        "Says nothing about what is compatible; names don't count where QEMU does not look at them.",
    )
    .argument("<old>", "source directory, git revision, or a file that -dump-vmstate wrote")
    .argument("<new>", "the same")
    .option("-t, --tree <dir>", "repository that revisions are of (default: the tree around the working directory)")
    .addOption(targetOption())
    .option(
      "-m, --machine <type>",
      "versioned machine type that both run, as pc-q35-9.2 (default: the older tree's release)",
    )
    .addOption(
      new Option("-f, --format <format>", "how to print")
        .choices(["text", "human", "json", "markdown", "sarif"])
        .default("text"),
    )
    .option("--declared", "also what a raised minimum_version_id refuses on purpose")
    .option("--optional", "also new subsections that are only sent when needed, which older versions refuse then")
    .option("--baseline <file>", "leave out what the file accepts, as vmstate check does")
    .addHelpText(
      "after",
      `
Examples:
  vmstate diff ~/qemu-9.2 ~/qemu-10.0
  vmstate diff v9.2.0 HEAD --machine pc-q35-9.2     revisions of the repository here
  vmstate diff old.json new.json                    from qemu-system-x86_64 -M none -dump-vmstate FILE

Exit status: 0 no break, 1 a stream is refused or loads wrong values, 2 could not run.`,
    )
    .action((old: string, next: string, options: DiffOptions) => {
      const progress = progressOn(io);
      const sides = openSides(io, [old, next], options, progress);
      const all = compareTrees(sides.old, sides.next);
      progress.done();
      const findings = all
        .filter((finding) => options.declared === true || !finding.declared)
        .filter((finding) => options.optional === true || !sides.old.complete || !isOptional(finding));
      const located = withoutAccepted(
        io,
        options.baseline,
        findings.map((finding) => locate(finding, sides)),
      );
      switch (options.format) {
        case "json":
          io.out.write(jsonDiff(located));
          break;
        case "markdown":
          io.out.write(`${markdownDiff(located, `${sides.old.label} and ${sides.next.label}`)}`);
          break;
        case "sarif":
          io.out.write(sarifReport(reportSource(sides), diagnosticsOf(located), { version, rulePage }));
          break;
        default:
          io.out.write(textDiff(located, hiddenOf(all, findings), styleFor(io)));
      }
      finish(located.some(({ finding }) => isBreak(finding)) ? exitCodes.findings : exitCodes.clean);
    });
}

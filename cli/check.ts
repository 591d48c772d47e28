import { Option } from "commander";
import type { Command } from "commander";
import { diagnoseFile, diagnoseProject } from "../core/analysis";
import type { Diagnostic, Severity } from "../core/analysis/diagnostic";
import { CannotRun, exitCodes } from "./io";
import type { ExitCode, Io } from "./io";
import { gccReport } from "./report/gcc";
import { humanReport } from "./report/human";
import { jsonReport } from "./report/json";
import { sarifReport } from "./report/sarif";
import { rulePage, version } from "./about";
import { openSession } from "./session";
import type { Session, TreeOptions } from "./session";
import { styleFor } from "./style";
import { targetOption, treeOption } from "./options";

interface CheckOptions extends TreeOptions {
  readonly format: "human" | "json" | "gcc" | "sarif";
  readonly rule: Readonly<Record<string, Severity | "off">>;
}

const severities = ["off", "error", "warning", "information", "hint"] as const;

export function registerCheck(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("check")
    .summary("report what is wrong in VMStateDescription tables and in load order")
    .description("Reports what is wrong in VMStateDescription tables and in the order in which devices load.")
    .argument("[paths...]", "files or folders to report on; all of the tree is read in any case")
    .addOption(treeOption())
    .addOption(targetOption())
    .addOption(
      new Option("-f, --format <format>", "how to print").choices(["human", "json", "gcc", "sarif"]).default("human"),
    )
    .option("-r, --rule <code=severity>", `change a rule: ${severities.join(", ")} (repeatable)`, addRule, {})
    .addHelpText(
      "after",
      `
Examples:
  vmstate check                                   the QEMU tree around the working directory
  vmstate check --tree ~/qemu hw/net              findings below hw/net only
  vmstate check --tree ~/qemu ./mydevice.c        a device kept outside the tree
  vmstate check --format sarif > vmstate.sarif    for code scanning
  vmstate check --rule priority-ignored=off       without one rule

Exit status: 0 clean, 1 findings of level error, 2 could not run.`,
    )
    .action((paths: string[], options: CheckOptions) => {
      const session = openSession(io, options, paths);
      const findings = adjust(collect(session), options.rule);
      io.out.write(render(session, findings, options.format, io));
      finish(findings.some((finding) => finding.severity === "error") ? exitCodes.findings : exitCodes.clean);
    });
}

function addRule(
  text: string,
  before: Readonly<Record<string, Severity | "off">>,
): Readonly<Record<string, Severity | "off">> {
  const match = /^([a-z0-9-]+)=(.+)$/.exec(text);
  const severity = severities.find((each) => each === match?.[2]);
  if (match?.[1] === undefined || severity === undefined) {
    throw new CannotRun(`--rule ${text}: write CODE=SEVERITY, severity one of ${severities.join(", ")}`);
  }
  return { ...before, [match[1]]: severity };
}

/** In order of file and place. */
function collect({ project, selection }: Session): readonly Diagnostic[] {
  const only = selection?.paths.length === 1 ? selection.paths[0] : undefined;
  const all = only !== undefined && project.has(only) ? diagnoseFile(project, only) : [...diagnoseProject(project)];
  return all
    .filter((finding) => selection === undefined || selection.includes(finding.range.file))
    .sort((a, b) => compare(a.range.file, b.range.file) || a.range.start - b.range.start || compare(a.code, b.code));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function adjust(
  findings: readonly Diagnostic[],
  rules: Readonly<Record<string, Severity | "off">>,
): readonly Diagnostic[] {
  return findings.flatMap((finding) => {
    const severity = rules[finding.code] ?? finding.severity;
    return severity === "off" ? [] : [{ ...finding, severity }];
  });
}

function render(session: Session, findings: readonly Diagnostic[], format: CheckOptions["format"], io: Io): string {
  switch (format) {
    case "json":
      return jsonReport(session.project, findings);
    case "gcc":
      return gccReport(session.project, findings);
    case "sarif":
      return sarifReport(session.project, findings, { version, rulePage });
    case "human":
      return humanReport(session.project, findings, styleFor(io));
  }
}

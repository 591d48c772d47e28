import { existsSync } from "../server/node/disk";
import { join } from "node:path";
import type { Command } from "commander";
import { diagnoseProject } from "../core/check";
import { providers } from "../core/order";
import type { LoadableProject } from "../core/project";
import type { Diagnostic } from "../core/check/diagnostic";
import { simulate } from "../core/emulator";
import type { SimulationReport } from "../core/emulator";
import { printable } from "../core/printable";
import { plural, type Style } from "../core/ide/text/style";
import { CannotRun, exitCodes } from "./io";
import type { ExitCode, Io } from "./io";
import { place } from "./report/human";
import { openSession } from "./session";
import { styleFor } from "./style";

const machine = "-M q35 -device demo-disk -device demo-iommu";

export function registerDemo(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("demo")
    .summary("check and migrate the small example tree that ships with VMState")
    .description("Checks the example tree, migrates its machine, fixes one line and migrates again.")
    .addHelpText(
      "after",
      `
Examples:
  vmstate demo
  vmstate check --tree examples/mini-qemu       the same findings in full`,
    )
    .action(() => {
      const { project, root } = openSession(io, { tree: exampleTree() });
      io.out.write(demonstrate(project, root, styleFor(io)));
      finish(exitCodes.clean);
    });
}

/** Beside the bundle, or beside the sources. */
function exampleTree(): string {
  const found = [join(__dirname, "../examples/mini-qemu"), join(__dirname, "../../examples/mini-qemu")].find((each) =>
    existsSync(join(each, "VERSION")),
  );
  if (found === undefined) throw new CannotRun("the example tree is not installed with this copy");
  return found;
}

function demonstrate(project: LoadableProject, root: string, style: Style): string {
  const findings = diagnoseProject(project);
  const iommu = findings.find((finding) =>
    finding.fixes.some((fix) => /priority/i.test(fix.title) && isIommu(project, finding)),
  );
  const lines = [
    style.bold(
      `A small QEMU tree, ${printable(root)}: ${plural([...project.descriptions()].length, "VMStateDescription")} read.`,
    ),
    "",
    `What is wrong (${plural(findings.length, "finding")}):`,
    ...findings.map((finding) => `  ${oneLine(project, finding, style)}`),
    "",
    `Migrating ${machine}`,
    ...told(simulated(project), style).map((line) => `  ${line}`),
  ];
  const fix = iommu?.fixes[0];
  if (iommu === undefined || fix === undefined) return text(lines);
  const { file } = iommu.range;
  const [edit] = fix.edits;
  if (edit === undefined || edit.range.file !== file) return text(lines);
  const before = project.text(file) ?? "";
  project.update(file, before.slice(0, edit.range.start) + edit.text + before.slice(edit.range.end));
  lines.push("", `${fix.title} in ${file}, and again (the file itself stays as it is):`);
  lines.push(...told(simulated(project), style).map((line) => `  ${line}`));
  lines.push(
    "",
    `Next: ${style.bold("vmstate check --tree DIR")} on your own QEMU tree, or open it in an editor with the extension.`,
  );
  return text(lines);
}

function isIommu(project: LoadableProject, finding: Diagnostic): boolean {
  return providers(project).iommus.some(({ entry }) => entry.description.file === finding.range.file);
}

/** The place, and the message up to its first full stop. */
function oneLine(project: LoadableProject, finding: Diagnostic, style: Style): string {
  const message = /^.*?[.:](?=\s|$)/.exec(printable(finding.message))?.[0] ?? finding.message;
  const paint = finding.severity === "error" ? style.red : style.yellow;
  return `${place(project, finding.range)} ${paint(finding.severity)}: ${message.replace(/[.:]$/, "")}`;
}

function simulated(project: LoadableProject): SimulationReport {
  const report = simulate(project, { machine });
  if (!report.ok) throw new CannotRun(report.message);
  return report.value;
}

function told(report: SimulationReport, style: Style): readonly string[] {
  const order = report.sections
    .filter((section) => /demo/.test(section.idstr))
    .map((section) => section.idstr.replace(/^.*\//, ""));
  const lines = [`sent in this order: ${[...new Set(order)].join(", ")}`];
  if (report.failure === null)
    return [...lines, style.green("it completes: the IOMMU is loaded before the disk maps its ring")];
  lines.push(
    style.red(
      `it fails in ${printable(report.failure.idstr)}: ${printable(report.messages[0] ?? report.failure.message)}`,
    ),
  );
  const chain = report.failure.chain.map((step) => step.function).join(" -> ");
  lines.push(`because ${chain} runs while the IOMMU is not loaded yet`);
  return lines;
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

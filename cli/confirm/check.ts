import type { Command } from "commander";
import { diagnoseFile, diagnoseProject } from "../../core/check";
import { acceptedForm } from "../../core/check/baseline";
import type { Diagnostic, Verdict } from "../../core/check/diagnostic";
import { noVerdicts, withVerdict } from "../../core/check/verdicts";
import { showingOf, shownCodes } from "../../core/confirm/shown";
import { plural, type Style } from "../../core/ide/text/style";
import { isLive } from "../../core/order/consumers";
import { dependencies, type Dependency } from "../../core/order/dependencies";
import { printable } from "../../core/printable";
import type { Project } from "../../core/project";
import { CannotRun, type ExitCode, exitCodes, type Io, type Progress, progressOn } from "../io";
import { place, verdictLines } from "../report/human";
import { positionsOf } from "../report/json";
import { answerText, noteOf, partOf, refuseWith, shardOption } from "../shard";
import { styleFor } from "../style";
import { readVerdicts, writeVerdicts } from "../verdictsFile";
import { createTrials, type OrderRun, type OrderTrial, type Trials } from "./trials";
import { type ConfirmOptions, openQemu, openTreeFor, versionText, withTreeOptions } from "./options";

interface CheckOptions extends ConfirmOptions {
  readonly at?: string;
  readonly verdicts?: string;
  readonly machine?: string;
  readonly move?: string;
  readonly before?: string;
}

export function registerConfirmedCheck(confirm: Command, io: Io, finish: (code: ExitCode) => void): void {
  withTreeOptions(confirm.command("check"))
    .summary("let a load in the wrong order show what it does")
    .description(
      "For devices that do DMA while they load, before their IOMMU is loaded (dma-before-iommu): programs both as a guest " +
        "would, saves, puts the device's section before the IOMMU's, and loads: what QEMU says, or that memory is wrong. With --at " +
        "also for a device without a table (device-without-table): the registers that a migration loses.",
    )
    .option("--at <file:line>", "only the findings at that line")
    .option(
      "--verdicts <file>",
      "keep in the file what each finding's run says: check --verdicts shows it beside the finding",
    )
    .option("-m, --machine <line>", "with --move and --before, or --at: QEMU command line of the machine")
    .option("--move <section>", "the section to put before another one")
    .option("--before <section>", "that other section")
    .addOption(shardOption("what check finds, and with --all of all dependencies"))
    .addHelpText(
      "after",
      `
Examples:
  vmstate confirm check --qemu build/qemu-system-x86_64             what check finds
  vmstate confirm check --qemu build/qemu-system-x86_64 --all       and what would happen, were the order another
  vmstate confirm check --qemu Q --at hw/misc/edu.c:450 --verdicts .vmstate/verdicts.json
  vmstate confirm check --qemu Q --machine "-M q35 -device intel-iommu -device ich9-ahci" --move ich9_ahci --before iommu-intel

Exit status: 0 nothing wrong was shown, 1 something was, 2 could not run.`,
    )
    .action(async (options: CheckOptions) => {
      const own = ownTrial(options);
      const { shard } = options;
      refuseWith(shard, { "--at": options.at, "--machine": options.machine, "--verdicts": options.verdicts });
      const known = options.verdicts === undefined ? undefined : readVerdicts(io, options.verdicts);
      const at = options.at === undefined ? undefined : placeIn(options.at);
      const qemu = await openQemu(io, options);
      const session = openTreeFor(io, options, qemu, at === undefined ? [] : [at.file]);
      const { project } = session;
      const trials = createTrials(options.qemu, qemu, project);
      const progress = progressOn(io);
      const runs = createRuns(trials, progress);
      const findings: JudgedHere[] = [];
      if (own !== undefined) await runs.run(own);
      else {
        const [path = ""] = session.selection?.paths ?? [];
        const asked = at === undefined ? ofTree(project) : findingsAt(project, path, at.line);
        const more = options.all === true ? dependencies(project) : [];
        for (const each of partOf([...asked, ...more], shard)) {
          if ("range" in each) {
            findings.push({ finding: each, verdict: await judge(project, each, trials, runs, options.machine) });
          } else await runs.runDependency(each);
        }
      }
      progress.done();
      if (options.verdicts !== undefined) {
        let kept = known ?? noVerdicts;
        for (const { finding, verdict } of findings) kept = withVerdict(kept, acceptedForm(finding), verdict);
        writeVerdicts(io, options.verdicts, kept);
      }
      const style = styleFor(io);
      const isWrong = [...findings.map(({ verdict }) => verdict), ...runs.done().map(trials.verdictOf)].some(
        ({ kind }) => kind === "confirmed",
      );
      const code = isWrong ? exitCodes.findings : exitCodes.clean;
      if (options.format === "json") {
        const [binary, target] = [versionText(qemu.version), qemu.target];
        const judgedHere = findings.map((each) => jsonOf(project, each));
        const answer = { binary, target, runs: runs.done(), others: runs.others(), findings: judgedHere };
        io.out.write(answerText(answer, shard && noteOf("confirm check", shard, options, code, session.state())));
      } else if (at === undefined) io.out.write(runsText(runs, trials, style));
      else io.out.write(findings.map((each) => findingText(project, each, style)).join(""));
      finish(code);
    });
}

interface JudgedHere {
  readonly finding: Diagnostic;
  readonly verdict: Verdict;
}

interface Runs {
  run(trial: OrderTrial): Promise<OrderRun>;
  /** Undefined where the machine cannot be made here. */
  runDependency(dependency: Dependency): Promise<OrderRun | undefined>;
  /** Each once, in the order in which they were asked for. */
  done(): readonly OrderRun[];
  /** Sections behind IOMMUs that nobody programs here, by the name of the IOMMU's. */
  others(): Readonly<Record<string, readonly string[]>>;
}

function createRuns(trials: Trials, progress: Progress): Runs {
  const done = new Set<OrderRun>();
  const others = new Map<string, Set<string>>();
  const runs: Runs = {
    async run(trial) {
      progress.report(`${trial.section} before ${trial.before}`);
      const run = await trials.runOrder(trial);
      done.add(run);
      return run;
    },
    async runDependency(dependency) {
      const { kind, consumer, provider } = dependency;
      if (kind !== "dma" || isLive(consumer)) return undefined;
      const trial = await trials.orderTrial(dependency);
      if (trial !== undefined) return runs.run(trial);
      const [section, iommu] = [consumer.description.name, provider.description.name];
      if (section.known && iommu.known) {
        others.set(iommu.value, (others.get(iommu.value) ?? new Set()).add(section.value));
      }
      return undefined;
    },
    done: () => [...done],
    others: () => Object.fromEntries([...others].map(([iommu, sections]) => [iommu, [...sections]])),
  };
  return runs;
}

/** The machine and sections that the options name themselves. Throws CannotRun. */
function ownTrial({ at, verdicts, machine, move, before }: CheckOptions): OrderTrial | undefined {
  if (move === undefined && before === undefined && (machine === undefined || at !== undefined)) return undefined;
  if (machine === undefined || move === undefined || before === undefined) {
    throw new CannotRun("--machine, --move and --before belong together");
  }
  if (at !== undefined || verdicts !== undefined) {
    throw new CannotRun(`--move takes no ${at === undefined ? "--verdicts" : "--at"}: no finding names these sections`);
  }
  return { line: machine, section: move, before };
}

function placeIn(text: string): { readonly file: string; readonly line: number } {
  const [, file, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(text) ?? [];
  if (file === undefined) throw new CannotRun(`--at ${text}: write FILE:LINE`);
  return { file, line: Number(line) };
}

function ofTree(project: Project): readonly Diagnostic[] {
  return diagnoseProject(project, { wanted: (code) => code === "dma-before-iommu" });
}

/** Throws CannotRun where nothing is found there. */
function findingsAt(project: Project, path: string, line: number): readonly Diagnostic[] {
  const found = diagnoseFile(project, path);
  const lines = (finding: Diagnostic): readonly [number, number] => {
    const { start, end } = positionsOf(project, finding.range);
    return [start.line + 1, end.line + 1];
  };
  const here = found.filter((finding) => lines(finding)[0] <= line && line <= lines(finding)[1]);
  const shown = here.filter(({ code }) => shownCodes.has(code));
  if (here.length > 0) return shown.length > 0 ? shown : here;
  const others = found.map((finding) => `${lines(finding)[0]} (${finding.code})`);
  const elsewhere = others.length === 0 ? "" : `; in this file: ${others.join(", ")}`;
  throw new CannotRun(`--at ${path}:${line}: no finding there${elsewhere}`);
}

/** Of a finding's runs, the one that shows most. */
async function judge(
  project: Project,
  finding: Diagnostic,
  trials: Trials,
  runs: Runs,
  machine: string | undefined,
): Promise<Verdict> {
  const showing = showingOf(project, finding);
  if (showing === undefined) return trials.cannot(`no run is known for ${finding.code}`);
  if (showing.kind === "none") return trials.cannot(showing.reason);
  if (showing.kind === "registers") return trials.runRegisters(showing, machine);
  const verdicts: Verdict[] = [];
  for (const dependency of showing.dependencies) {
    const run = await runs.runDependency(dependency);
    if (run === undefined) continue;
    const verdict = trials.verdictOf(run);
    verdicts.push({ ...verdict, ground: `${nameOf(run)}: ${verdict.ground}` });
    if (verdict.kind === "confirmed") break;
  }
  const [most] = (["confirmed", "not seen", "cannot be shown"] as const).flatMap((kind) =>
    verdicts.filter((each) => each.kind === kind),
  );
  return most ?? trials.cannot(notProgrammed);
}

const notProgrammed = "only VT-d and PCI devices are programmed here";
const nameOf = ({ section, before }: OrderTrial): string => `${section} before ${before}`;

function jsonOf(project: Project, { finding, verdict }: JudgedHere) {
  const { code, message, range } = finding;
  return { file: range.file, line: positionsOf(project, range).start.line + 1, code, message, verdict };
}

function findingText(project: Project, { finding, verdict }: JudgedHere, style: Style): string {
  const head = `${style.bold(place(project, finding.range))}: ${style.dim(`[${finding.code}]`)} `;
  return `${head}${verdictLines(verdict, style).join("\n")}\n`;
}

function runsText(runs: Runs, { verdictOf }: Trials, style: Style): string {
  const left = Object.entries(runs.others()).map(
    ([iommu, sections]) =>
      `${plural(sections.length, "section")} before ${printable(iommu)} not tried: ${notProgrammed}\n`,
  );
  const done = runs.done();
  if (done.length === 0) {
    const none = "nothing to show: no device does DMA before its IOMMU is loaded; --all breaks the order\n";
    return left.length === 0 ? none : left.join("");
  }
  const texts = done.map((run) => {
    const reading =
      run.read === undefined || run.verdict.kind === "cannot be shown" ? "" : `; read: ${readings[run.read]}`;
    const [said = "", ...words] = verdictLines(verdictOf(run), style);
    return `${[`${style.bold(printable(nameOf(run)))}: ${said}${reading}`, ...words].join("\n")}\n`;
  });
  const shown = done.filter((run) => verdictOf(run).kind === "confirmed").length;
  return `${texts.join("")}${plural(shown, "case")} confirmed of ${done.length}\n${left.join("")}`;
}

const readings = {
  completed: "completes",
  failed: "fails",
  corrupted: "goes on with wrong state",
  unknown: "not known",
} as const;

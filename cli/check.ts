import { relative, resolve } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import { diagnoseFile, diagnoseProject } from "../core/check";
import { rules } from "../core/check/rules/list";
import { isForReview, settled } from "../core/check/settle";
import { didYouMean } from "../core/nearest";
import { collectFindings, withTargetsSaid } from "../core/check/ofTargets";
import { withoutAbsences } from "../core/check/absence";
import { compareWith, writeBaseline } from "../core/check/baseline";
import type { Diagnostic, Severity } from "../core/check/diagnostic";
import { judged } from "../core/check/verdicts";
import { readBaselineFile, writeBaselineFile } from "./baselineFile";
import { CannotRun, exitCodes, progressOn } from "./io";
import { type Output, outputOption, writeOutputs } from "./outputs";
import type { ExitCode, Io } from "./io";
import { codeQualityReport } from "./report/codeQuality";
import { gccReport } from "./report/gcc";
import { githubReport } from "./report/github";
import { humanReport } from "./report/human";
import { jsonFindings } from "./report/json";
import { mailReport } from "./report/mail";
import { junitReport } from "./report/junit";
import { namedFrom } from "./report/named";
import { sarifReport } from "./report/sarif";
import { rulePage, version } from "./about";
import { type Introduced, introducedBy, openPatch, type PatchFile } from "./patch/introduced";
import { openSessions } from "./session";
import { type Comparison, compareSince } from "./since";
import { renamedSince } from "./renamed";
import type { DiskTree } from "../server/node/tree";
import type { Session, TreeOptions } from "./session";
import { answerText, digestOf, isInPart, noteOf, refuseWith, type Shard, type ShardNote, shardOption } from "./shard";
import { styleFor } from "./style";
import { readVerdicts } from "./verdictsFile";
import { buildOption, configOption, targetsOption, treeOption, noCacheOption } from "./options";

const formats = ["human", "json", "gcc", "sarif", "github", "codequality", "junit", "mail"] as const;
type Format = (typeof formats)[number];

interface CheckOptions extends TreeOptions {
  readonly format: Format;
  readonly output: readonly Output<Format>[];
  readonly rule: Readonly<Record<string, Severity | "off">>;
  readonly all?: boolean;
  readonly review?: boolean;
  readonly since?: string;
  readonly patch?: string;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly verdicts?: string;
  readonly shard?: Shard;
}

const severities = ["off", "error", "warning", "information", "hint"] as const;

export function registerCheck(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  program
    .command("check")
    .summary("report what is wrong in VMStateDescription tables and in load order")
    .description("Reports what is wrong in VMStateDescription tables and in the order in which devices load.")
    .argument("[paths...]", "files or folders to report on; all of the tree is read in any case")
    .addOption(treeOption())
    .addOption(targetsOption())
    .addOption(configOption())
    .addOption(buildOption())
    .addOption(noCacheOption())
    .addOption(new Option("-f, --format <format>", "how to print").choices(formats).default("human"))
    .addOption(outputOption(formats))
    .option("-r, --rule <code=severity>", `change a rule: ${severities.join(", ")} (repeatable)`, addRule, {})
    .option("-a, --all", "print notes too, not only errors and warnings")
    .option("--review", "also what somebody has to judge; --since and --patch look for it in what changed in any case")
    .addOption(
      new Option(
        "--since <rev>",
        "only what came since HEAD left that revision; A...B and A..B as git diff means them",
      ).conflicts("patch"),
    )
    .option(
      "--patch <file>",
      "only what a patch, a mail or a mailbox with a series brings; not applied yet (-: standard input)",
    )
    .option("--baseline <file>", "leave out the findings that the file accepts")
    .option("--write-baseline <file>", "write the findings as accepted; reasons already in the file are kept")
    .option(
      "--verdicts <file>",
      "what runs of a real QEMU said of the findings, as confirm check kept it (human, json, sarif)",
    )
    .addOption(shardOption("the tree's files, by their names"))
    .addHelpText(
      "after",
      `
Examples:
  vmstate check                                   the QEMU tree around the working directory
  vmstate check --tree ~/qemu hw/net              findings below hw/net only
  vmstate check --tree ~/qemu ./mydevice.c        a device kept outside the tree, with what lies beside it
  vmstate check --format sarif > vmstate.sarif    for GitHub's code scanning
  vmstate check --format github                   the same as annotations of a pull request
  vmstate check -o sarif=a.sarif -o junit=a.xml   several at once, beside what is printed
  vmstate check --format codequality > gl.json    for GitLab's merge requests; junit for Jenkins and others
  vmstate check --rule priority-ignored=off       without one rule
  vmstate check --since origin/master             what my branch brings
  vmstate check --patch 0001-hw-net-foo.patch     what a patch would bring
  git format-patch --stdout master | vmstate check --patch -    what a series would bring
  vmstate check --patch series.mbox --format mail                replies with findings below the quoted lines
  vmstate check --baseline accepted.json          in CI: fail on what is new only
  vmstate check --target all                      every architecture: a finding once, with its targets
  vmstate check --since v10.0.0 --shard 3/8 --format sarif > 3.sarif    one of eight machines; then vmstate merge

Exit status: 0 clean, 1 findings of level error, 2 could not run.`,
    )
    .action(async (paths: string[], options: CheckOptions) => {
      const asMail = [options.format, ...options.output.map(({ format }) => format)].includes("mail");
      if (asMail && options.patch === undefined)
        throw new CannotRun("--format mail answers patches: give them with --patch FILE");
      const { since, patch, writeBaseline: written, shard } = options;
      refuseWith(shard, { "--patch": patch, "--write-baseline": written });
      let comparison: Comparison | undefined;
      const seen = (given: string) => (tree: DiskTree) => {
        comparison = compareSince(tree, given);
        return comparison.tree;
      };
      const { targets, sessions } = openSessions(io, options, paths, since === undefined ? undefined : seen(since));
      const { session, findings: every, patches } = await findingsOf(targets, sessions, options, io, () => comparison);
      const findings = withVerdicts(accepted(session, every, options, io), options, io);
      const code = findings.some(({ severity }) => severity === "error") ? exitCodes.findings : exitCodes.clean;
      const asked = [paths, { ...options, format: undefined, output: undefined }];
      const note = shard && noteOf("check", shard, asked, code, digestOf([session.state(), comparison?.before ?? ""]));
      const textIn = (format: Format, to: Io): string =>
        render(session, { findings, patches, targets }, format, options, to, note);
      writeOutputs(io, options.output, textIn);
      io.out.write(textIn(options.format, io));
      if (options.format === "human" && options.review !== true) {
        io.out.write(
          isWithReview(options)
            ? "What somebody has to judge is looked for in what changed; --review looks everywhere.\n"
            : "What somebody has to judge is not looked for; --review reports it as well.\n",
        );
      }
      session.keep();
      finish(code);
    });
}

/** Those of each session's target, each once; and the last session, as the earlier ones are let go of. */
async function findingsOf(
  targets: readonly string[],
  sessions: Iterable<Session>,
  options: CheckOptions,
  io: Io,
  comparison: () => Comparison | undefined,
): Promise<Introduced & { readonly session: Session }> {
  const patch = options.patch === undefined ? undefined : await openPatch(io, options.patch);
  const progress = progressOn(io);
  const collected = collectFindings();
  let last: (Introduced & { readonly session: Session }) | undefined;
  for (const session of sessions) {
    const target = session.project.configuration.target.name;
    if (targets.length > 1) progress.report(`checking ${target}, ${targets.indexOf(target) + 1} of ${targets.length}`);
    const { findings, patches } = narrowed(session, options, patch, comparison());
    const own = adjust(select(session, session.isWhole ? findings : withoutAbsences(findings), options), options.rule);
    collected.add(target, own);
    // an earlier one must not stay in memory
    if (target === targets.at(-1)) last = { session, findings: own, patches };
  }
  progress.done();
  if (last === undefined) throw new CannotRun("the tree has no target");
  return targets.length === 1 ? last : { ...last, findings: inOrder(collected.all()) };
}

/** What is for review is told where it is asked for, and of what a change brings. */
function isWithReview({ review, since, patch }: CheckOptions): boolean {
  return review === true || since !== undefined || patch !== undefined;
}

/** What is not told is not looked for: rules that somebody has to judge take half of the time. */
function isWanted(code: string, options: CheckOptions): boolean {
  if (settled(code, "warning", options.rule) === "off") return false;
  return isWithReview(options) || !isForReview(code, options.rule);
}

function addRule(
  text: string,
  before: Readonly<Record<string, Severity | "off">>,
): Readonly<Record<string, Severity | "off">> {
  const [, code, level] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const severity = severities.find((each) => each === level);
  if (code === undefined || severity === undefined) {
    throw new CannotRun(`--rule ${text}: write CODE=SEVERITY, severity one of ${severities.join(", ")}`);
  }
  const codes = rules.map((rule) => rule.code);
  if (!codes.includes(code)) throw new CannotRun(`--rule ${text}: no rule is called ${code}${didYouMean(code, codes)}`);
  return { ...before, [code]: severity };
}

function narrowed(
  session: Session,
  options: CheckOptions,
  patch: PatchFile | undefined,
  comparison: Comparison | undefined,
): Introduced {
  const { project, selection } = session;
  const wanted = (code: string): boolean => isWanted(code, options);
  const isEverywhere = (code: string): boolean => options.review === true || !isForReview(code, options.rule);
  const asked = { wanted, within: withinOf(options), isEverywhere };
  if (patch !== undefined) return introducedBy(session, patch, asked);
  if (comparison !== undefined) return { findings: comparison.introduced(session, options, asked), patches: [] };
  const only = selection?.paths.length === 1 ? selection.paths[0] : undefined;
  const findings =
    only !== undefined && project.has(only)
      ? diagnoseFile(project, only, wanted)
      : [...diagnoseProject(project, asked)];
  return { findings, patches: [] };
}

function withinOf({ shard }: CheckOptions): ((file: string) => boolean) | undefined {
  return shard && ((file) => isInPart(file, shard));
}

function select({ selection }: Session, findings: readonly Diagnostic[], options: CheckOptions): readonly Diagnostic[] {
  const within = withinOf(options);
  return inOrder(
    findings.filter(({ range: { file } }) => selection?.includes(file) !== false && within?.(file) !== false),
  );
}

/** By file and place. */
function inOrder(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...findings].sort(
    (a, b) => compare(a.range.file, b.range.file) || a.range.start - b.range.start || compare(a.code, b.code),
  );
}

function accepted(
  session: Session,
  findings: readonly Diagnostic[],
  options: CheckOptions,
  io: Io,
): readonly Diagnostic[] {
  if (options.writeBaseline !== undefined) {
    writeBaselineFile(io, options.writeBaseline, (earlier) => writeBaseline(findings, earlier));
    return [];
  }
  if (options.baseline === undefined) return findings;
  const baseline = readBaselineFile(io, options.baseline);
  const within = withinOf(options);
  const known = renamedSince(session, baseline.findings, findings, io).filter(({ file }) => within?.(file) !== false);
  const { fresh, gone } = compareWith(known, findings);
  if (gone.length > 0) io.err.write(`${gone.length} accepted findings no longer occur; --write-baseline drops them\n`);
  return fresh;
}

function withVerdicts(findings: readonly Diagnostic[], { verdicts }: CheckOptions, io: Io): readonly Diagnostic[] {
  if (verdicts === undefined) return findings;
  const known = readVerdicts(io, verdicts);
  if (known === undefined) throw new CannotRun(`--verdicts ${verdicts}: no such file`);
  return judged(findings, known);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function adjust(
  findings: readonly Diagnostic[],
  rules: Readonly<Record<string, Severity | "off">>,
): readonly Diagnostic[] {
  return findings.flatMap((finding) => {
    const severity = settled(finding.code, finding.severity, rules);
    return severity === "off" ? [] : [{ ...finding, severity }];
  });
}

interface Found extends Introduced {
  /** Those that were asked for. */
  readonly targets: readonly string[];
}

function render(
  session: Session,
  { findings, patches, targets }: Found,
  format: Format,
  options: CheckOptions,
  io: Io,
  shard: ShardNote | undefined,
): string {
  const { project } = session;
  const said = withTargetsSaid(findings, targets);
  switch (format) {
    case "json":
      return answerText(jsonFindings(project, findings), shard);
    case "gcc":
      return gccReport(project, said, (file) => relative(io.cwd, resolve(session.root, file)));
    case "sarif": {
      const tool = { version, rulePage, nameOf: namedFrom(io.cwd, session.root), shard };
      return sarifReport(project, said, tool, findings);
    }
    case "github":
      return githubReport(project, said, namedFrom(io.cwd, session.root));
    case "codequality":
      return codeQualityReport(project, said, namedFrom(io.cwd, session.root), findings);
    case "mail":
      return mailReport(project, said, patches);
    case "junit":
      return junitReport(project, said, "vmstate check");
    case "human": {
      const notes = options.all === true ? "shown" : "counted";
      return humanReport(project, said, styleFor(io), notes);
    }
  }
}

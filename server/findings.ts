/** What the rules say about a file, kept until something changes. */
import { diagnoseFileInSteps } from "../core/check";
import { withoutAbsences } from "../core/check/absence";
import type { AcceptedFinding } from "../core/check/baseline";
import type { Diagnostic, Verdict } from "../core/check/diagnostic";
import { judged, noVerdicts, type Verdicts, withVerdict } from "../core/check/verdicts";
import type { Project } from "../core/project/project";
import { isForReview } from "../core/check/settle";
import { isSilenced } from "../core/check/silence";
import { toTheEnd } from "../core/steps";
import type { Baselines } from "./baselines";
import { applyRules } from "./convert";
import { Cancelled } from "./guard";
import type { Settings } from "./protocol";
import type { TreeSession } from "./session";

export interface Findings {
  /** Findings of one file with the rules' own severities. The session must be indexed. */
  unadjusted(session: TreeSession, project: Project, path: string): readonly Diagnostic[];
  /** The same, giving way between the rules; Cancelled where the tree changes meanwhile. */
  inSlices(
    session: TreeSession,
    project: Project,
    path: string,
    giveWay: () => Promise<void>,
  ): Promise<readonly Diagnostic[]>;
  /** Notes what a run of a QEMU said of a finding, which has it from now on. */
  judge(session: TreeSession, finding: AcceptedFinding, verdict: Verdict): void;
  /** The same with the user's severities. */
  of(session: TreeSession, project: Project, path: string): readonly Diagnostic[];
}

interface Kept {
  readonly revision: number;
  readonly generation: number;
  /** What the settings leave out. */
  readonly left: string;
  readonly found: readonly Diagnostic[];
}

export function createFindings(settings: () => Settings, baselines: Baselines): Findings {
  const kept = new WeakMap<TreeSession, Map<string, Kept>>();
  const verdicts = new WeakMap<TreeSession, Verdicts>();

  function left(): string {
    const { review, rules } = settings();
    return `${review} ${Object.keys(rules).join(" ")}`;
  }

  /** Old code is for review: by default only what was changed since the baseline is told of. */
  function isTold(session: TreeSession, project: Project, { code, range }: Diagnostic): boolean {
    const { review, rules } = settings();
    return review === "all" || !isForReview(code, rules) || baselines.changed(session, project, range);
  }

  function withVerdicts(session: TreeSession, found: readonly Diagnostic[]): readonly Diagnostic[] {
    const said = verdicts.get(session);
    return said === undefined ? found : judged(found, said);
  }

  function known(session: TreeSession, path: string): readonly Diagnostic[] | undefined {
    const entry = kept.get(session)?.get(path);
    const current =
      entry?.revision === session.revision() && entry.generation === baselines.generation() && entry.left === left();
    return current ? entry.found : undefined;
  }

  /** Two steps or more: the rules one by one, then the comparison with the baseline. */
  function* compute(session: TreeSession, project: Project, path: string): Generator<void, readonly Diagnostic[]> {
    const all = yield* diagnoseFileInSteps(project, path);
    const read = session.unread() === undefined ? all : withoutAbsences(all);
    const found = read.filter((each) => isTold(session, project, each));
    yield;
    found.push(...baselines.findings(session, project, path).filter((each) => !isSilenced(project, each)));
    const files = kept.get(session) ?? new Map<string, Kept>();
    kept.set(session, files);
    files.set(path, { revision: session.revision(), generation: baselines.generation(), left: left(), found });
    return found;
  }

  const findings: Findings = {
    unadjusted: (session, project, path) =>
      withVerdicts(session, known(session, path) ?? toTheEnd(compute(session, project, path))),
    async inSlices(session, project, path, giveWay) {
      const found = known(session, path);
      if (found !== undefined) return withVerdicts(session, found);
      const revision = session.revision();
      const steps = compute(session, project, path);
      for (;;) {
        const step = steps.next();
        if (step.done === true) return withVerdicts(session, step.value);
        await giveWay();
        if (session.revision() !== revision) throw new Cancelled("the tree changed");
      }
    },
    judge(session, finding, verdict) {
      verdicts.set(session, withVerdict(verdicts.get(session) ?? noVerdicts, finding, verdict));
    },
    of: (session, project, path) => applyRules(findings.unadjusted(session, project, path), settings().rules),
  };
  return findings;
}

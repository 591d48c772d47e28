/** What the rules say about a file, kept until something changes. */
import { diagnoseFile } from "../core/analysis";
import type { Diagnostic } from "../core/analysis/diagnostic";
import type { Project } from "../core/analysis/project";
import { isSilenced } from "../core/analysis/silence";
import type { Baselines } from "./baselines";
import { applyRules } from "./convert";
import type { Settings } from "./protocol";
import type { TreeSession } from "./session";

export interface Findings {
  /** Findings of one file with the rules' own severities. The session must be indexed. */
  unadjusted(session: TreeSession, project: Project, path: string): readonly Diagnostic[];
  /** The same with the user's severities. */
  of(session: TreeSession, project: Project, path: string): readonly Diagnostic[];
}

interface Kept {
  readonly revision: number;
  readonly generation: number;
  readonly found: readonly Diagnostic[];
}

export function createFindings(settings: () => Settings, baselines: Baselines): Findings {
  const kept = new WeakMap<TreeSession, Map<string, Kept>>();
  const findings: Findings = {
    unadjusted(session, project, path) {
      const files = kept.get(session) ?? new Map<string, Kept>();
      kept.set(session, files);
      const revision = session.revision();
      let entry = files.get(path);
      if (entry?.revision !== revision || entry.generation !== baselines.generation()) {
        const found = diagnoseFile(project, path).filter((finding) => finding.range.file === path);
        found.push(...baselines.findings(session, project, path).filter((each) => !isSilenced(project, each)));
        entry = { revision, generation: baselines.generation(), found };
        files.set(path, entry);
      }
      return entry.found;
    },
    of: (session, project, path) => applyRules(findings.unadjusted(session, project, path), settings().rules),
  };
  return findings;
}

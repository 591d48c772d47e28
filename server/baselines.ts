/** Tables as they are edited, held against a revision of the tree. */
import { CancellationToken } from "vscode-languageserver";
import type { Diagnostic } from "../core/analysis/diagnostic";
import type { Project } from "../core/analysis/project";
import { type Baseline, baselineProject, compareFile, warmSetters } from "../core/compat";
import { describe, type Log } from "./guard";
import type { Host, HostBaseline } from "./host";
import type { Settings } from "./protocol";
import type { TreeSession } from "./session";
import { inSlices, nextTurn } from "./slices";

export interface Baselines {
  /** What guests of the baseline meet; empty until the baseline has been read, which this starts. */
  findings(session: TreeSession, project: Project, path: string): readonly Diagnostic[];
  /** Grows whenever `findings` may answer otherwise for the same text. */
  generation(): number;
}

export interface BaselinesOptions {
  readonly host: Host;
  readonly log: Log;
  readonly settings: () => Settings;
  /** A baseline has been read: findings may be others now. */
  readonly onReady: () => void;
}

interface Opened {
  readonly revision: string;
  readonly tree: Promise<HostBaseline | undefined>;
  readonly files: Map<string, Baseline | "reading">;
}

/** Files whose baseline is kept; each has the headers it needs. */
const mostKept = 8;

export function createBaselines({ host, log, settings, onReady }: BaselinesOptions): Baselines {
  const sessions = new WeakMap<TreeSession, Opened>();
  const warmed = new WeakSet<Project>();
  let generation = 0;

  function openedFor(session: TreeSession): Opened | undefined {
    const { baseline: revision } = settings();
    if (revision === "" || session.kind !== "tree" || host.openBaseline === undefined) return undefined;
    const known = sessions.get(session);
    if (known?.revision === revision) return known;
    const tree = host.openBaseline(session.root, revision).catch((error: unknown) => {
      log.warn(`baseline ${revision}: ${describe(error)}`);
      return undefined;
    });
    const opened: Opened = { revision, tree, files: new Map() };
    sessions.set(session, opened);
    generation++;
    void tree.then((found) => {
      if (found !== undefined) log.info(`tables are compared with ${found.label}`);
      else if (revision !== "auto") log.warn(`setting vmstate.baseline: ${revision} is no revision of ${session.root}`);
    });
    return opened;
  }

  async function read(opened: Opened, session: TreeSession, project: Project, path: string): Promise<void> {
    const found = await opened.tree;
    if (found === undefined) return;
    try {
      if (!warmed.has(project)) await inSlices(warmSetters(project), CancellationToken.None, () => {});
      warmed.add(project);
      await nextTurn();
      const made = baselineProject(found.tree, project, path, settings().target);
      opened.files.delete(path);
      opened.files.set(path, { project: made, label: found.label });
      for (const oldest of opened.files.keys()) {
        if (opened.files.size <= mostKept) break;
        opened.files.delete(oldest);
      }
      if (sessions.get(session) !== opened) return;
      generation++;
      onReady();
    } catch (error) {
      log.error(`baseline of ${path}: ${describe(error)}`);
    }
  }

  return {
    generation: () => generation,
    findings(session, project, path) {
      if (project.descriptionsIn(path).length === 0) return [];
      const opened = openedFor(session);
      const known = opened?.files.get(path);
      if (opened === undefined || known === "reading") return [];
      if (known !== undefined) return compareFile(known, project, path);
      opened.files.set(path, "reading");
      void read(opened, session, project, path);
      return [];
    },
  };
}

/** Tables as they are edited, held against a revision of the tree. */
import { CancellationToken } from "vscode-languageserver";
import { isChanged } from "../core/check/changed";
import type { Diagnostic } from "../core/check/diagnostic";
import type { TableHistory } from "../core/check/fixes/saveFix";
import type { SourceRange } from "../core/c/range";
import type { Project } from "../core/project/project";
import { type Baseline, baselineProject, type BaselineTree, compareFile, historyOf, warmSetters } from "../core/compat";
import type { VMStateDescription } from "../core/vmstate/model";
import { describe, type Log } from "./guard";
import type { BaselineOff, Host, HostBaseline } from "./host";
import type { Settings } from "./protocol";
import type { TreeSession } from "./session";
import { inSlices, nextTurn, slicePause } from "./slices";

export interface Baselines {
  /** What guests of the baseline meet; empty until the baseline has been read, which this starts. */
  findings(session: TreeSession, project: Project, path: string): readonly Diagnostic[];
  /** Whether what stands at a place is new or other than in the baseline; false until that has been read, which this starts. */
  changed(session: TreeSession, project: Project, range: SourceRange): boolean;
  /** What the baseline has of a table; undefined until it has been read, which this starts. */
  history(session: TreeSession, project: Project, table: VMStateDescription): TableHistory | undefined;
  /** Looks again which commit the revision names: after a branch switch `auto` may mean another release. */
  revisionMayHaveMoved(session: TreeSession): void;
  /** Why a tree's tables are not compared, though they are to be; undefined where they are, or where nothing is to be compared. */
  off(session: TreeSession): string | undefined;
  /** Grows whenever `findings` may answer otherwise for the same text. */
  generation(): number;
}

export interface BaselinesOptions {
  readonly host: Host;
  readonly log: Log;
  readonly settings: () => Settings;
  /** A baseline has been read: findings may be others now. */
  readonly onReady: () => void;
  /** Tables are not compared, for this reason: what `off` answers has changed. */
  readonly onOff: (message: string) => void;
}

interface Opened {
  readonly revision: string;
  readonly found: Promise<FoundBaseline | undefined>;
  off: string | undefined;
  readonly files: Map<string, Baseline | "reading">;
}

interface FoundBaseline extends HostBaseline {
  readonly tree: BaselineTree;
}

/** Files whose baseline is kept; each has the headers it needs. */
const mostKept = 8;
/** Milliseconds from the first changed file of a branch switch to the next look at the revision. */
const switchLasts = 1000;

export function createBaselines({ host, log, settings, onReady, onOff }: BaselinesOptions): Baselines {
  const sessions = new WeakMap<TreeSession, Opened>();
  const warmed = new WeakSet<Project>();
  const looking = new WeakSet<TreeSession>();
  let generation = 0;
  let revisionBefore = settings().baseline;

  function openedFor(session: TreeSession): Opened | undefined {
    const { baseline: revision } = settings();
    if (revision === "" || session.kind !== "tree" || host.findBaseline === undefined) return undefined;
    const known = sessions.get(session);
    if (known?.revision === revision) return known;
    const found = host.findBaseline(session.root, revision).catch((error: unknown) => ({ off: told(error) }));
    const opened: Opened = {
      revision,
      found: found.then((each) => open(session, revision, each)),
      off: undefined,
      files: new Map(),
    };
    sessions.set(session, opened);
    generation++;
    return opened;
  }

  async function open(
    session: TreeSession,
    revision: string,
    found: HostBaseline | BaselineOff | undefined,
  ): Promise<FoundBaseline | undefined> {
    if (found === undefined) return undefined;
    if ("off" in found) return switchOff(session, revision, found.off);
    try {
      const tree = await found.open();
      if ([...tree.paths()].length === 0) {
        // the repository around a tree that it does not hold has releases of its own
        if (revision !== "auto") switchOff(session, revision, `${found.label} has nothing of ${session.root}`);
        return undefined;
      }
      log.info(`tables are compared with ${found.label}`);
      return { ...found, tree };
    } catch (error) {
      return switchOff(session, revision, told(error));
    }
  }

  /** What a person is told; all of it goes to the log where it is no matter of git's. */
  function told(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    if (error.name !== "GitError") log.error(`baseline: ${describe(error)}`);
    return error.message;
  }

  function switchOff(session: TreeSession, revision: string, reason: string): undefined {
    const opened = sessions.get(session);
    if (opened?.revision !== revision || opened.off === reason) return;
    opened.off = reason;
    const which = revision === "auto" ? "the latest release" : revision;
    log.warn(`baseline ${revision}: ${reason}`);
    onOff(`Tables are not compared with ${which}: ${reason}`);
  }

  /** Forgets a baseline whose revision names another commit now. */
  async function lookAgain(session: TreeSession): Promise<void> {
    const opened = sessions.get(session);
    if (opened === undefined) return;
    const before = await opened.found;
    const now = await host.findBaseline?.(session.root, opened.revision);
    const [commit, off] = now === undefined || "off" in now ? [undefined, now?.off] : [now.commit, opened.off];
    if ((before?.commit === commit && opened.off === off) || sessions.get(session) !== opened) return;
    sessions.delete(session);
    generation++;
    onReady();
  }

  async function read(opened: Opened, session: TreeSession, project: Project, path: string): Promise<void> {
    const found = await opened.found;
    if (found === undefined) return;
    try {
      if (!warmed.has(project)) await inSlices(warmSetters(project), CancellationToken.None, () => {});
      warmed.add(project);
      await nextTurn();
      const options = { target: settings().target, build: session.build()?.configured };
      const made = await baselineProject(found.tree, project, path, options, slicePause());
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
      switchOff(session, opened.revision, told(error));
    }
  }

  /** The baseline of one file, where it has been read; else starts that. */
  function known(session: TreeSession, project: Project, path: string): Baseline | undefined {
    const opened = openedFor(session);
    const found = opened?.files.get(path);
    if (opened === undefined || found === "reading") return undefined;
    if (found === undefined) {
      opened.files.set(path, "reading");
      void read(opened, session, project, path);
    }
    return found;
  }

  return {
    changed(session, project, range) {
      const baseline = known(session, project, range.file);
      return baseline !== undefined && isChanged(project, baseline.project, range);
    },
    history(session, project, table) {
      const baseline = known(session, project, table.file);
      return baseline && historyOf(baseline, table);
    },
    off(session) {
      const opened = sessions.get(session);
      return opened?.revision === settings().baseline ? opened.off : undefined;
    },
    generation() {
      const { baseline } = settings();
      if (baseline !== revisionBefore) generation++;
      revisionBefore = baseline;
      return generation;
    },
    revisionMayHaveMoved(session) {
      if (looking.has(session)) return;
      looking.add(session);
      // A branch switch brings many events; the last of them sees the new HEAD.
      setTimeout(() => {
        looking.delete(session);
        lookAgain(session).catch((error: unknown) => log.warn(`baseline: ${describe(error)}`));
      }, switchLasts);
    },
    findings(session, project, path) {
      if (project.descriptionsIn(path).length === 0) return [];
      const baseline = known(session, project, path);
      return baseline === undefined ? [] : compareFile(baseline, project, path);
    },
  };
}

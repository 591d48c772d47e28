/** Tables as they are edited, held against a revision of the tree. */
import { CancellationToken } from "vscode-languageserver";
import type { Diagnostic } from "../core/check/diagnostic";
import type { Project } from "../core/project/project";
import { type Baseline, baselineProject, type BaselineTree, compareFile, warmSetters } from "../core/compat";
import { describe, type Log } from "./guard";
import type { Host, HostBaseline } from "./host";
import type { Settings } from "./protocol";
import type { TreeSession } from "./session";
import { inSlices, nextTurn, slicePause } from "./slices";

export interface Baselines {
  /** What guests of the baseline meet; empty until the baseline has been read, which this starts. */
  findings(session: TreeSession, project: Project, path: string): readonly Diagnostic[];
  /** Looks again which commit the revision names: after a branch switch `auto` may mean another release. */
  revisionMayHaveMoved(session: TreeSession): void;
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
  readonly found: Promise<FoundBaseline | undefined>;
  readonly files: Map<string, Baseline | "reading">;
}

interface FoundBaseline extends HostBaseline {
  readonly tree: BaselineTree;
}

/** Files whose baseline is kept; each has the headers it needs. */
const mostKept = 8;
/** Milliseconds from the first changed file of a branch switch to the next look at the revision. */
const switchLasts = 1000;

export function createBaselines({ host, log, settings, onReady }: BaselinesOptions): Baselines {
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
    const opened: Opened = { revision, found: open(session, revision), files: new Map() };
    sessions.set(session, opened);
    generation++;
    void opened.found.then((found) => {
      if (found === undefined && revision !== "auto")
        log.warn(`setting vmstate.baseline: ${revision} is no revision of ${session.root}`);
    });
    return opened;
  }

  async function open(session: TreeSession, revision: string): Promise<FoundBaseline | undefined> {
    try {
      const found = await host.findBaseline?.(session.root, revision);
      if (found === undefined) return undefined;
      const tree = await found.open();
      log.info(`tables are compared with ${found.label}`);
      return { ...found, tree };
    } catch (error) {
      log.warn(`baseline ${revision}: ${describe(error)}`);
      return undefined;
    }
  }

  /** Forgets a baseline whose revision names another commit now. */
  async function lookAgain(session: TreeSession): Promise<void> {
    const opened = sessions.get(session);
    if (opened === undefined) return;
    const before = await opened.found;
    const now = await host.findBaseline?.(session.root, opened.revision);
    if (before?.commit === now?.commit || sessions.get(session) !== opened) return;
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
      const made = await baselineProject(found.tree, project, path, settings().target, slicePause());
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

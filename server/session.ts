/** One source tree being served: its index, the editors' unsaved text, and its state. */
import { CancellationTokenSource } from "vscode-languageserver";
import type { Diagnostic } from "vscode-languageserver";
import { warmLoadEffects } from "../core/code";
import { warmDependencies, warmProviders, warmTreeOrder } from "../core/order";
import { createProject } from "../core/project";
import { toTheEnd } from "../core/steps";
import { warmMacroUses } from "../core/project/fieldMacros";
import { warmRoles } from "../core/code/registered";
import type { LoadableProject } from "../core/project";
import { asksNeedsOf, warmConsumers } from "../core/order/consumers";
import { schemaOf } from "../core/c/qapi";
import { isBuildFile } from "../core/c/build/compiled";
import { targetsKnownTo } from "../core/c/configuration";
import { didYouMean } from "../core/nearest";
import { printable } from "../core/printable";
import type { VMStateDescription } from "../core/vmstate/model";
import { type BuildFolder, buildNote, noBuild } from "./builds";
import { Cancelled, describe, throwIfCancelled } from "./guard";
import type { Log } from "./guard";
import type { Host, HostTree, KeptTree } from "./host";
import { repeats, sayOnce } from "./leftOut";
import { createProjectsAhead, type ProjectsAhead } from "./ahead";
import { createFindingsMemory, type FindingsMemory } from "./memory";
import type { ServerState, Settings } from "./protocol";
import { noting } from "./noting";
import { inSlices, nextTurn } from "./slices";

export interface SessionStatus {
  readonly state: ServerState;
  readonly message: string;
  readonly files: number;
  readonly filesTotal: number;
  readonly descriptions: number;
  readonly milliseconds: number | undefined;
}

export interface TreeSession {
  /** URI of the tree's top. */
  readonly root: string;
  /** A QEMU tree, or the directory around a file that belongs to none. */
  readonly kind: "tree" | "loose";
  status(): SessionStatus;
  version(): string | undefined;
  /** What a person is told of files of the tree that can't be read; undefined where all can. */
  unread(): string | undefined;
  /** Where the tree is built, if it is. */
  build(): BuildFolder | undefined;
  /** What a person is told where `vmstate.build` names no build folder. */
  buildMissing(): string | undefined;
  /** What a person is told where neither QEMU nor the tree has the target of `vmstate.target`, and x86_64 is read for. */
  targetMissing(): string | undefined;
  /** Whether it is built otherwise than when it was opened. */
  buildMoved(): boolean;
  /** Grows with every change of a file. */
  revision(): number;
  /** Settles once files can be read; the index may still be under way. Rejects with Cancelled when the session ends. */
  opened(): Promise<LoadableProject>;
  /** Settles once the whole tree is indexed. */
  indexed(): Promise<LoadableProject>;
  /** For a file while the tree is read: a project of it and what it includes, `isPartial`; undefined where there is none. */
  ahead(path: string): Promise<LoadableProject | undefined>;
  /** The project if it is open, without waiting. */
  project(): LoadableProject | undefined;
  /** Diagnostics as an earlier run left them, with the rules' own severities; undefined unless every file is still as it was then. */
  remembered(path: string): Promise<readonly Diagnostic[] | undefined>;
  /** Notes the diagnostics of a file for a later run; ignored while unsaved text differs from the disk. */
  remember(path: string, found: readonly Diagnostic[]): void;
  /** Unsaved text of an editor; undefined: the file on disk counts again. */
  edit(path: string, text: string | undefined): void;
  /** Takes files into the tree that do not lie in it. */
  admit(paths: readonly string[]): Promise<void>;
  /** Files that came, changed or went on disk, read again in slices. Answers whether any of them matters. */
  changed(paths: readonly string[]): Promise<boolean>;
  /** Ends the work under way; settles when what is worth keeping is kept. */
  dispose(): Promise<void>;
}

export interface IndexProgress {
  begin(title: string, cancel: () => void): void;
  report(message: string, percentage: number): void;
  done(): void;
}

export interface SessionOptions {
  readonly host: Host;
  readonly log: Log;
  readonly settings: Settings;
  readonly progress: IndexProgress;
  readonly onStatus: () => void;
  /** What besides files and settings decides about findings: the server's release, what the client shows. */
  readonly identity: string;
}

interface Opened {
  readonly tree: HostTree;
  readonly project: LoadableProject;
  readonly kept: KeptTree | undefined;
}

export function openTreeSession(root: string, kind: "tree" | "loose", options: SessionOptions): TreeSession {
  const { host, log, settings, progress, onStatus } = options;
  const source = new CancellationTokenSource();
  const abort = new AbortController();
  source.token.onCancellationRequested(() => abort.abort());
  /** Text of editors that the tree has not got yet. */
  const waiting = new Map<string, string | undefined>();
  /** Files whose unsaved text is another than the disk's. */
  const dirty = new Set<string>();
  const overlaid = new Set<string>();
  let status: SessionStatus = {
    state: "indexing",
    message: "Looking for C files",
    files: 0,
    filesTotal: 0,
    descriptions: 0,
    milliseconds: undefined,
  };
  const note = sayOnce((line) => log.warn(`${root}: ${line}`));
  let tree: HostTree | undefined;
  let project: LoadableProject | undefined;
  let memory: FindingsMemory | undefined;
  let revision = 0;
  let ahead: ProjectsAhead | undefined;
  let keeping: Generator<void, void> | undefined;

  function setStatus(change: Partial<SessionStatus>): void {
    status = { ...status, ...change };
    onStatus();
  }

  function mark(on: HostTree, path: string, text: string | undefined): void {
    if (text === undefined) overlaid.delete(path);
    else overlaid.add(path);
    if (text === undefined || text === on.saved(path)) dirty.delete(path);
    else dirty.add(path);
  }

  /** Takes over what was typed while the tree was read: every key would have made the index begin anew with what it touched. */
  function takeOver(on: HostTree, opened: LoadableProject): void {
    for (const [path, text] of waiting) {
      const before = on.read(path);
      on.overlay(path, text);
      if (!opened.has(path) || before !== on.read(path)) apply(path);
    }
    waiting.clear();
  }

  /** With what was typed since the tree was opened. */
  function latestText(on: HostTree, path: string): string | undefined {
    return waiting.has(path) ? (waiting.get(path) ?? on.saved(path)) : on.read(path);
  }

  async function open(): Promise<Opened> {
    const found = await host.openTree(root, {
      exclude: settings.exclude,
      build: settings.build,
      signal: abort.signal,
      shallow: kind === "loose",
      note,
      progress: (done, of) => {
        setStatus({ message: "Fetching files", files: done, filesTotal: of });
        progress.report(`fetching ${done} of ${of} files`, Math.floor((done * 50) / Math.max(1, of)));
      },
    });
    throwIfCancelled(source.token);
    tree = found;
    for (const [path, text] of waiting) {
      mark(found, path, text);
      found.overlay(path, text);
    }
    waiting.clear();
    const { target, exclude } = settings;
    const key = JSON.stringify([root, kind, target, exclude, found.build?.digest ?? "", options.identity]);
    memory = createFindingsMemory(host, found, key, abort.signal, openFiles);
    const kept = found.kept?.(JSON.stringify([target, found.build?.digest]));
    // what is laid over the disk is another text than that of which something is known
    const laid = new Set(dirty);
    const configured = { target, build: found.build?.configured };
    const known = kept && ((path: string) => (laid.has(schemaOf(path) ?? path) ? undefined : kept.known(path)));
    project = createProject(kept === undefined ? found : noting(found, kept.reads), {
      ...configured,
      known,
      models: kept?.models,
    });
    const latest = { paths: () => found.paths(), read: (path: string) => latestText(found, path) };
    ahead = createProjectsAhead(
      latest,
      { ...configured, known: known && ((path) => (dirty.has(schemaOf(path) ?? path) ? undefined : known(path))) },
      source.token,
    );
    return { tree: found, project, kept };
  }

  /** Who looks at a file already is answered before the rest is read. */
  async function openFiles(): Promise<void> {
    await nextTurn();
    await ahead?.settled();
  }

  async function index(opening: Promise<Opened>): Promise<LoadableProject> {
    const started = performance.now();
    if (kind === "tree") progress.begin("Indexing QEMU", () => source.cancel());
    try {
      const { tree: found, project: opened, kept } = await opening;
      await openFiles();
      const paths = [...found.paths()];
      setStatus({ message: "Reading files", filesTotal: paths.length });
      let shown = started;
      await inSlices(
        paths,
        source.token,
        (path) => void opened.load(path),
        (done) => {
          const now = performance.now();
          if (now - shown < 100) return;
          shown = now;
          setStatus({ files: done });
          progress.report(`${done} of ${paths.length} files`, Math.floor((done * 90) / Math.max(1, paths.length)));
        },
      );
      noteCopies(opened);
      setStatus({ files: paths.length, message: "Reading tables" });
      progress.report("tables", 90);
      await nextTurn();
      await inSlices(opened.warmDescriptions(), source.token, () => {});
      let descriptions = 0;
      await inSlices(opened.descriptions(), source.token, () => void descriptions++);
      setStatus({ descriptions, message: "Working out load-order dependencies" });
      progress.report("load order", 95);
      await warm(opened);
      if (waiting.size > 0) {
        takeOver(found, opened);
        await warm(opened);
        takeOver(found, opened);
      }
      ahead = undefined;
      setStatus({
        state: kind === "tree" ? "ready" : "no-tree",
        message: kind === "tree" ? ready(found) : "No QEMU tree: this file is read by itself",
        milliseconds: Math.round(performance.now() - started),
      });
      void keep(kept?.keep(opened.readSoFar(), opened.modelsSoFar())).then(() => warmBehind(opened));
      return opened;
    } catch (error) {
      const cancelled = error instanceof Cancelled;
      if (!cancelled) log.error(`index of ${root}: ${describe(error)}`);
      const message = cancelled ? "Indexing was cancelled" : `Indexing failed: ${String(error)}`;
      setStatus({ state: "failed", message });
      throw error;
    } finally {
      progress.done();
    }
  }

  /** `steps` write what costs time to read again. */
  async function keep(steps: Generator<void, void> | undefined): Promise<void> {
    keeping = steps;
    try {
      if (steps !== undefined) await inSlices(steps, source.token, () => {});
    } catch (error) {
      if (!(error instanceof Cancelled)) log.error(`keeping what was read of ${root}: ${describe(error)}`);
    }
  }

  function ready({ build }: HostTree): string {
    return build === undefined ? "Ready" : `Ready: ${buildNote(build, settings.target)}`;
  }

  /** The setting is the user's: a folder that it names in vain is worth a warning. */
  function buildMissing(): string | undefined {
    if (kind !== "tree" || tree === undefined || tree.build !== undefined || settings.build === "") return undefined;
    return `vmstate.build: ${printable(settings.build)} is ${noBuild}`;
  }

  function targetMissing(): string | undefined {
    const { target } = settings;
    const read = project?.configuration.target.name;
    if (kind !== "tree" || tree === undefined || read === undefined || read === target) return undefined;
    const near = didYouMean(target, targetsKnownTo(tree.read));
    return `vmstate.target: no target of QEMU, nor of this tree, is called ${target}${near}: read for ${read}`;
  }

  function noteCopies(opened: LoadableProject): void {
    for (const [path, original] of opened.leftOut()) note(path, repeats(original));
  }

  /** What the first diagnosis would compute in one go, step by step. */
  async function warm(opened: LoadableProject): Promise<void> {
    await inSlices(opened.warmTypes(), source.token, () => {});
    await inSlices(warmRoles(opened), source.token, () => {});
    const isAsked = (description: VMStateDescription): boolean => asksNeedsOf(opened, description);
    await inSlices(warmLoadEffects(opened, isAsked), source.token, () => {});
    await inSlices(warmProviders(opened), source.token, () => {});
    await inSlices(warmConsumers(opened), source.token, () => {});
    await inSlices(opened.warmTargets(), source.token, () => {});
    await inSlices(warmDependencies(opened), source.token, () => {});
    await inSlices(warmTreeOrder(opened), source.token, () => {});
  }

  /** What nobody waits for, and an edit or a fix need not compute in one go: with what was answered from before. */
  async function warmBehind(opened: LoadableProject): Promise<void> {
    try {
      await inSlices(warmMacroUses(opened), source.token, () => {});
      opened.forgetAnswers();
      await inSlices(warmProviders(opened), source.token, () => {});
      await inSlices(warmLoadEffects(opened), source.token, () => {});
      await inSlices(warmConsumers(opened), source.token, () => {});
    } catch (error) {
      if (!(error instanceof Cancelled)) log.error(`reading ${root} behind its answers: ${describe(error)}`);
    }
  }

  const opening = open();
  const indexing = index(opening);
  opening.catch(() => {});
  indexing.catch(() => {});

  function apply(path: string): void {
    if (!project) return;
    project.update(path, undefined);
    revision++;
  }

  return {
    root,
    kind,
    status: () => status,
    version: () => tree?.version,
    unread: () => tree?.unread,
    build: () => tree?.build,
    buildMissing,
    targetMissing,
    buildMoved: () => tree?.buildMoved?.() === true,
    revision: () => revision,
    opened: async () => (await opening).project,
    indexed: () => indexing,
    async ahead(path) {
      if (kind === "loose") return undefined;
      await opening;
      return status.state === "indexing" ? ahead?.of(path) : undefined;
    },
    project: () => project,
    async remembered(path) {
      await opening;
      return dirty.size === 0 ? memory?.recall(path) : undefined;
    },
    remember(path, found) {
      if (dirty.size === 0) memory?.note(path, found);
    },
    edit(path, text) {
      if (tree) mark(tree, path, text);
      waiting.set(path, text);
      ahead?.edit(path);
      if (tree && project && status.state !== "indexing") takeOver(tree, project);
    },
    async admit(paths) {
      const { tree: found, project: known } = await opening;
      const fresh = paths.filter((path) => !known.has(path));
      found.admit?.(fresh);
      await inSlices(fresh, source.token, apply);
    },
    async changed(paths) {
      const { project: known } = await opening;
      await tree?.refresh?.(paths);
      let matters = false;
      await inSlices(paths, source.token, (path) => {
        if (!tree || (!known.has(path) && !tree.accepts(path) && !isBuildFile(path))) return;
        tree.touch(path);
        memory?.forget();
        if (overlaid.has(path)) return;
        apply(path);
        matters = true;
      });
      noteCopies(known);
      return matters;
    },
    async dispose() {
      const flushed = memory?.flush();
      // an editor that is closed as soon as the tree is ready starts quickly all the same
      if (keeping !== undefined) toTheEnd(keeping);
      source.cancel();
      await flushed;
    },
  };
}

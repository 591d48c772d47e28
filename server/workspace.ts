/** The folders of the editor, the trees they mean, and which tree a file belongs to. */
import type { Log } from "./guard";
import type { Host } from "./host";
import type { Settings } from "./protocol";
import type { OtherFolder } from "./otherTrees";
import { openTreeSession } from "./session";
import type { IndexProgress, TreeSession } from "./session";
import { isInside, normalUri, parentUri, pathIn } from "./uris";

export interface Place {
  readonly session: TreeSession;
  readonly path: string;
}

export interface Workspace {
  /** Settles when settings and folders have been read. */
  readonly ready: Promise<void>;
  /** Trees first, in order of their folders. */
  sessions(): readonly TreeSession[];
  /** What a person is told of a session whose tree was the first of several below a folder; undefined for any other. */
  chosenAmong(session: TreeSession): string | undefined;
  /** The session asked for by the URI of any file or folder; without it the first tree. */
  sessionFor(uri: string | undefined): Promise<TreeSession | undefined>;
  /** Where a file belongs, once folders and settings are known; opens the tree around it where none is open yet. `text` tells whether a lone file is ours. */
  place(uri: string, text?: string): Promise<Place | undefined>;
  /** As `place`, among open sessions only; where it was not asked before, by the folders' names alone. */
  placeNow(uri: string): Place | undefined;
  /** Whether `place` was asked, so that `placeNow` knows. */
  isPlaced(uri: string): boolean;
  setFolders(folders: readonly string[]): Promise<void>;
  /** Closes and reopens everything, after a change of settings that the index depends on. */
  reopen(): Promise<void>;
  dispose(): Promise<void>;
}

export interface WorkspaceOptions {
  /** See Workspace: before that nobody can say where a file belongs. */
  readonly ready: Promise<void>;
  readonly host: Host;
  readonly log: Log;
  readonly settings: () => Settings;
  readonly progress: () => IndexProgress;
  /** See SessionOptions. */
  readonly identity: string;
  readonly onStatus: (session: TreeSession) => void;
  /** A session was opened: its open documents are to be laid over it. */
  readonly onOpen: (session: TreeSession) => void;
}

const mentionsVmstate = /vmstate/i;

export function createWorkspace(options: WorkspaceOptions): Workspace {
  const { host, log, settings } = options;
  const sessions = new Map<string, TreeSession>();
  /** Files outside every tree, by URI: where they were put when first asked for. */
  const guests = new Map<string, string>();
  /** By file and root: what lies between the two, where that is another tree. */
  const boundaries = new Map<string, Map<string, OtherFolder | undefined>>();
  const said = new Set<string>();
  /** By root. */
  const chosen = new Map<string, string>();
  let folders: readonly string[] = [];

  function open(root: string, kind: "tree" | "loose"): TreeSession {
    const key = normalUri(root);
    const existing = sessions.get(key);
    if (existing) return existing;
    const session = openTreeSession(key, kind, {
      host,
      log,
      settings: settings(),
      progress: options.progress(),
      onStatus: () => options.onStatus(session),
      identity: options.identity,
    });
    sessions.set(key, session);
    log.info(`${kind === "tree" ? "QEMU tree" : "lone files in"} ${key}`);
    options.onOpen(session);
    return session;
  }

  async function close(root: string): Promise<void> {
    const session = sessions.get(root);
    sessions.delete(root);
    for (const [file, owner] of guests) if (owner === root) guests.delete(file);
    await session?.dispose();
  }

  async function wantedRoots(): Promise<readonly string[]> {
    const roots = new Set<string>();
    chosen.clear();
    const given = settings().tree;
    const found = given === "" ? undefined : await givenTree(given);
    if (found !== undefined) roots.add(normalUri(found));
    for (const folder of folders) {
      const root = await host.treeOfFolder(folder);
      if (root !== undefined && !(await isLeftTo(found, folder, root))) roots.add(normalUri(root));
    }
    return [...roots];
  }

  /** Whether the tree that the setting names stands for `first` of several below a folder; without one it is said. */
  async function isLeftTo(given: string | undefined, folder: string, first: string): Promise<boolean> {
    const below = ((await host.treesBelow?.(folder)) ?? []).map(normalUri);
    if (below.length < 2 || !below.includes(normalUri(first))) return false;
    if (given !== undefined) return below.includes(normalUri(given));
    const names = below.map((uri) => pathIn(folder, uri) ?? uri);
    const [own = ""] = names;
    chosen.set(normalUri(first), `${own} of ${names.join(", ")}; the setting vmstate.tree names another`);
    if (said.has(folder)) return false;
    said.add(folder);
    log.warn(
      `several QEMU source trees in ${folder}: ${names.join(", ")}; ${names[0]} is meant: the setting vmstate.tree names another`,
    );
    return false;
  }

  /** The setting may be a path, absolute or relative to the first folder, or a URI. */
  async function givenTree(given: string): Promise<string | undefined> {
    const base = folders[0] ?? "file:///";
    const uri = /^[a-z][a-z0-9+.-]+:/i.test(given)
      ? given
      : given.startsWith("/")
        ? new URL(`file://${encodeURI(given)}`).toString()
        : new URL(encodeURI(given), `${base}/`).toString();
    const root = await host.treeAbove(uri);
    if (root === undefined) log.warn(`setting vmstate.tree: no QEMU tree at ${given}`);
    return root;
  }

  function trees(): readonly TreeSession[] {
    return [...sessions.values()].filter((session) => session.kind === "tree");
  }

  function around(uri: string): readonly TreeSession[] {
    return [...sessions.values()]
      .filter((session) => isInside(session.root, uri))
      .sort((a, b) => b.root.length - a.root.length);
  }

  function placeNow(uri: string): Place | undefined {
    const known = boundaries.get(normalUri(uri));
    const inside = around(uri).find(({ root }) => known?.get(root) === undefined);
    const guestOf = guests.get(normalUri(uri));
    const session = inside ?? (guestOf === undefined ? undefined : sessions.get(guestOf));
    const path = session === undefined ? undefined : pathIn(session.root, uri);
    return session === undefined || path === undefined ? undefined : { session, path };
  }

  /** Asks what lies between the file and the nearest tree around it; undefined where that, or one around that, holds it. */
  async function askBoundaries(uri: string): Promise<OtherFolder | undefined> {
    const key = normalUri(uri);
    const known = boundaries.get(key) ?? new Map<string, OtherFolder | undefined>();
    boundaries.set(key, known);
    let nearest: OtherFolder | undefined;
    for (const { root } of around(uri)) {
      if (!known.has(root)) known.set(root, await host.boundary?.(root, uri));
      const found = known.get(root);
      if (found === undefined) return undefined;
      nearest ??= found;
    }
    return nearest;
  }

  async function place(uri: string, text?: string): Promise<Place | undefined> {
    await options.ready;
    let between = await askBoundaries(uri);
    const now = placeNow(uri);
    if (now !== undefined && (between === undefined || guests.has(normalUri(uri)))) return now;
    const root = await host.treeAbove(uri);
    if (root !== undefined) {
      open(root, "tree");
      between = await askBoundaries(uri);
      if (between === undefined) return placeNow(uri);
    }
    if (between !== undefined && between.kind !== "checkout") return leftOut(uri, between);
    if (text === undefined || !mentionsVmstate.test(text)) return undefined;
    const tree = around(uri).find(({ kind }) => kind === "tree") ?? trees()[0];
    const owner = tree !== undefined && pathIn(tree.root, uri) !== undefined ? tree : open(parentUri(uri), "loose");
    guests.set(normalUri(uri), owner.root);
    if (owner.kind === "tree") await owner.admit((await host.outside?.(owner.root, uri)) ?? []);
    return placeNow(uri);
  }

  function leftOut(uri: string, { reason }: OtherFolder): undefined {
    if (said.has(uri)) return;
    said.add(uri);
    log.warn(`${uri}: no part of a tree: ${reason}`);
  }

  async function setFolders(next: readonly string[]): Promise<void> {
    folders = next;
    const wanted = new Set(await wantedRoots());
    for (const root of [...sessions.keys()]) if (!wanted.has(root)) await close(root);
    for (const root of wanted) open(root, "tree");
  }

  return {
    ready: options.ready,
    chosenAmong: ({ root }) => chosen.get(normalUri(root)),
    sessions: () => [...trees(), ...[...sessions.values()].filter((session) => session.kind === "loose")],
    async sessionFor(uri) {
      await options.ready;
      if (uri === undefined) return trees()[0] ?? [...sessions.values()][0];
      const found = (await place(uri))?.session;
      if (found !== undefined) return found;
      const below = await host.treeOfFolder(uri);
      return below === undefined ? trees()[0] : sessions.get(normalUri(below));
    },
    place,
    placeNow,
    isPlaced: (uri) => boundaries.has(normalUri(uri)),
    setFolders,
    async reopen() {
      for (const root of [...sessions.keys()]) await close(root);
      await setFolders(folders);
    },
    async dispose() {
      for (const root of [...sessions.keys()]) await close(root);
    },
  };
}

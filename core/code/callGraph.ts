/** Function nodes of a project, kept from revision to revision where nothing they read has changed. */
import type { FileFacts } from "../c/facts";
import { type ApiExtension, type ApiTable, createApiTable, noExtension } from "./apiEffects";
import { storeOf } from "../project/cache";
import { type FunctionNode, readNode } from "./functionNode";
import type { Project } from "../project/project";
import { workspaceFile } from "./workspaceFile";

export interface CallGraph {
  readonly api: ApiTable;
  /** The function that `name` means in `file`, read; undefined where the tree has no text for it. */
  node(name: string, file: string): FunctionNode | undefined;
  /** Files whose nodes were dropped on the way to this revision. */
  readonly changed: ReadonlySet<string>;
}

interface Store extends CallGraph {
  revision: number;
  api: ApiTable;
  extension: ApiExtension;
  readonly nodes: Map<string, FunctionNode>;
  readonly files: Map<string, FileFacts | undefined>;
  changed: ReadonlySet<string>;
  readonly missing: Map<string, Set<string>>;
  /** Nodes of a file, and those that call into it. */
  readonly related: Map<string, Set<string>>;
}

const stores = storeOf<Store>(createStore);

/** A file that is being edited: functions that appear in it count, though nothing called them before. */
export function watch(project: Project, file: string): void {
  const { files } = stores(project);
  if (!files.has(file)) files.set(file, undefined);
}

/** The graph, brought up to the project's revision. */
export function callGraph(project: Project): CallGraph {
  const store = stores(project);
  store.node = (name, file) => nodeOf(store, project, name, file);
  if (store.revision !== project.revision) {
    const { api } = workspaceFile(project);
    const changed = refresh(store, project);
    store.changed = api === store.extension ? changed : extend(store, api);
    store.revision = project.revision;
  }
  return store;
}

/** The workspace's additions to the API table have changed: everything derived from it is read anew. */
function extend(store: Store, extension: ApiExtension): ReadonlySet<string> {
  store.extension = extension;
  store.api = createApiTable(extension);
  store.nodes.clear();
  store.missing.clear();
  store.related.clear();
  return new Set(store.files.keys());
}

function createStore(): Store {
  return {
    revision: -1,
    api: createApiTable(),
    extension: noExtension,
    nodes: new Map(),
    files: new Map(),
    changed: new Set(),
    missing: new Map(),
    related: new Map(),
    node: () => undefined,
  };
}

function nodeOf(store: Store, project: Project, name: string, file: string): FunctionNode | undefined {
  const located = project.function(name, file);
  if (!located) return undefined;
  const key = `${located.file}\n${located.definition.name}`;
  const known = store.nodes.get(key);
  if (known) return known;
  if (!store.files.has(located.file)) store.files.set(located.file, project.facts(located.file));
  const node = readNode(project, located, store.api);
  store.nodes.set(key, node);
  relate(store, located.file, key);
  for (const edge of node.edges) if (edge.kind === "direct") relate(store, edge.file, key);
  for (const unresolved of node.unresolved) {
    const readers = store.missing.get(unresolved);
    if (readers) readers.add(located.file);
    else store.missing.set(unresolved, new Set([located.file]));
  }
  return node;
}

function relate(store: Store, file: string, key: string): void {
  const keys = store.related.get(file);
  if (keys) keys.add(key);
  else store.related.set(file, new Set([key]));
}

function refresh(store: Store, project: Project): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const [file, facts] of store.files) {
    const now = project.facts(file);
    if (now === facts) continue;
    changed.add(file);
    store.files.set(file, now);
  }
  for (const name of definedIn(project, changed)) {
    const readers = store.missing.get(name) ?? new Set();
    for (const reader of readers) {
      if (!changed.has(reader) && !project.function(name, reader)) continue;
      changed.add(reader);
      readers.delete(reader);
    }
  }
  if (changed.size === 0) return changed;
  for (const file of [...changed]) {
    for (const key of store.related.get(file) ?? []) {
      const node = store.nodes.get(key);
      if (!node || !(node.file === file || lostTarget(node, changed, project))) continue;
      store.nodes.delete(key);
      changed.add(node.file);
    }
  }
  return changed;
}

function definedIn(project: Project, files: Iterable<string>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const file of files) {
    for (const d of project.facts(file)?.declarations ?? []) if (d.kind === "function") names.add(d.name);
  }
  return names;
}

function lostTarget(node: FunctionNode, changed: ReadonlySet<string>, project: Project): boolean {
  return node.edges.some((edge) => {
    if (edge.kind !== "direct" || !changed.has(edge.file)) return false;
    return project.function(edge.name, node.file)?.file !== edge.file;
  });
}

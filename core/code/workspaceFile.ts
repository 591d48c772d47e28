/** `.vmstate.json` at the top of a tree: what its developers tell VMState about their code. */
import { type ApiExtension, noExtension, readApiExtension } from "./apiEffects";
import { cachedByRevision } from "../project/cache";
import type { Project } from "../project/project";

export const workspaceFileName = ".vmstate.json";

/** `{"consumer": "x", "loadsAfter": "y", "reason": "…"}`: names of descriptions, their C symbols, or types. */
export interface ConfiguredDependency {
  readonly consumer: string;
  readonly loadsAfter: string;
  readonly reason: string;
}

export interface WorkspaceFile {
  readonly api: ApiExtension;
  readonly dependencies: readonly ConfiguredDependency[];
  /** What could not be read; the rest counts all the same. */
  readonly problems: readonly string[];
}

const empty: WorkspaceFile = { api: noExtension, dependencies: [], problems: [] };

interface Kept {
  readonly text: string;
  readonly file: WorkspaceFile;
}

const kept = new WeakMap<Project, Kept>();

/** The same object as long as the text is the same. */
export const workspaceFile: (project: Project) => WorkspaceFile = cachedByRevision((project) => {
  const text = project.text(workspaceFileName);
  if (text === undefined) return empty;
  const known = kept.get(project);
  if (known?.text === text) return known.file;
  const file = readWorkspaceFile(text);
  kept.set(project, { text, file });
  return file;
}, "own");

function readWorkspaceFile(text: string): WorkspaceFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ...empty, problems: [error instanceof Error ? error.message : "not JSON"] };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ...empty, problems: ["expected an object with api and dependencies"] };
  }
  const { api, dependencies } = value as { readonly api?: unknown; readonly dependencies?: unknown };
  const problems = new Set<string>();
  const extension = readApiExtension(api);
  if (!extension.ok) problems.add(extension.message);
  const declared: ConfiguredDependency[] = [];
  for (const entry of Array.isArray(dependencies) ? (dependencies as readonly unknown[]) : []) {
    if (isDependency(entry)) declared.push(entry);
    else problems.add("dependencies: each needs consumer, loadsAfter and reason");
  }
  if (dependencies !== undefined && !Array.isArray(dependencies)) problems.add("dependencies: expected a list");
  return { api: extension.ok ? extension.extension : noExtension, dependencies: declared, problems: [...problems] };
}

function isDependency(value: unknown): value is ConfiguredDependency {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Readonly<Record<string, unknown>>;
  return ["consumer", "loadsAfter", "reason"].every((name) => typeof entry[name] === "string");
}

/** Scopes of the tree's files, of the emulator that the tree's build makes, with answers that are asked for again and again kept. */
import { type Truth, truthOf } from "../../c/conditions";
import type { CScope } from "../../c/scope";
import type { Project } from "../../project/project";

export function keptScopes(project: Project): (file: string) => CScope {
  const scopes = new Map<string, CScope>();
  const conditions = new Map<string, Truth>();
  /** What is under a condition that the build does not fulfil. */
  const isLeftOut = (condition: string): boolean => {
    let truth = conditions.get(condition);
    if (truth === undefined) {
      truth = truthOf(condition, (name) => ({ kind: kinds[project.sets(name)], body: undefined }));
      conditions.set(condition, truth);
    }
    return truth === "false";
  };
  return (file) => {
    let scope = scopes.get(file);
    if (scope === undefined) {
      scope = remembering(project.scope(file), isLeftOut);
      scopes.set(file, scope);
    }
    return scope;
  };
}

const kinds = { true: "defined", false: "undefined", unknown: "unknown" } as const;

function remembering(scope: CScope, isLeftOut: (condition: string) => boolean): CScope {
  const typedefs = new Map<string, ReturnType<CScope["typedef"]>>();
  const enums = new Map<string, ReturnType<CScope["enumOf"]>>();
  return {
    ...scope,
    tokens(path, start, end) {
      const all = scope.tokens(path, start, end);
      const mayGo = all.some(({ condition }) => condition !== undefined);
      return mayGo ? all.filter(({ condition }) => condition === undefined || !isLeftOut(condition)) : all;
    },
    typedef(name) {
      if (!typedefs.has(name)) typedefs.set(name, scope.typedef(name));
      return typedefs.get(name);
    },
    enumOf(name) {
      if (!enums.has(name)) enums.set(name, scope.enumOf(name));
      return enums.get(name);
    },
  };
}

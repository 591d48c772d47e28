/** Scopes of the tree's files, with answers that are asked for again and again kept. */
import type { CScope } from "../../c/scope";
import type { Project } from "../../project/project";

export function keptScopes(project: Project): (file: string) => CScope {
  const scopes = new Map<string, CScope>();
  return (file) => {
    let scope = scopes.get(file);
    if (scope === undefined) {
      scope = remembering(project.scope(file));
      scopes.set(file, scope);
    }
    return scope;
  };
}

function remembering(scope: CScope): CScope {
  const typedefs = new Map<string, ReturnType<CScope["typedef"]>>();
  const enums = new Map<string, ReturnType<CScope["enumOf"]>>();
  return {
    ...scope,
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

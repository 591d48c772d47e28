/** The project index and what is concluded from it: effects, providers, rules, order. */
export { createProject, type LoadableProject, type ProjectOptions } from "./createProject";
export type { Call, LocatedFunction, PriorityLevel, Project } from "./project";
export type { Diagnostic, Edit, QuickFix, Related, Severity } from "./diagnostic";

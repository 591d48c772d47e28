/** The project index: files, what each says by itself, and what follows across them. */
export { createProject, type LoadableProject, type ProjectOptions } from "./createProject";
export { succeeded, successor } from "./successor";
export type { Call, LocatedFunction, PriorityLevel, Project } from "./project";

/** The project index: files, what each says by itself, and what follows across them. */
export { createProject, type LoadableProject, type ProjectOptions } from "./createProject";
export { createReading, type TreeReading } from "./reading";
export { createSharedTexts } from "./texts";
export { succeeded, successor } from "./successor";
export type { Call, LocatedFunction, PriorityLevel, Project } from "./project";

/** Diagnostics: the rules, and how they are run over a file or a tree. */
export type { Diagnostic, Edit, QuickFix, Related, Severity } from "./diagnostic";
export { priorityEdits } from "./fixes/priorityFix";
export { diagnoseFile, diagnoseFileInSteps, diagnoseProject, type DiagnoseOptions } from "./diagnose";
export type { Rule } from "./rule";
export { rules } from "./rules/list";

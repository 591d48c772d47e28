/** Messages of a migration's log and the code that prints them. */
export { type Answer, candidates, type Cause } from "./candidates";
export { type CodePlace, type Explained, explainLog, explainSteps, linesOf } from "./explain";

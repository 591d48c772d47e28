/** Messages of a log, explained by the tree whose code prints them. */
export { type CodePlace, type Explained, explainLog, linesOf, type Named } from "./explain";

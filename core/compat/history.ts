import type { TableHistory } from "../check/fixes/saveFix";
import { nameOf } from "../check/tables";
import type { VMStateDescription } from "../vmstate/model";
import type { Baseline } from "./compareFile";

/** What the baseline has of a table, by its symbol or its name in the stream; undefined where a version is not known. */
export function historyOf({ project, label }: Baseline, table: VMStateDescription): TableHistory | undefined {
  const all = [...project.descriptions()];
  const before =
    all.find(({ file, symbol }) => file === table.file && symbol === table.symbol) ??
    all.find((each) => each.symbol === table.symbol || nameOf(each) === nameOf(table));
  if (before === undefined) return { kind: "new", label };
  if (!before.versionId.known || !table.versionId.known) return undefined;
  return { kind: table.versionId.value > before.versionId.value ? "raised" : "released", label };
}

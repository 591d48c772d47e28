/** Where a load stands, in words. */
import * as l10n from "@vscode/l10n";
import type { InspectPlace } from "../../server/protocol";
import type { Runtime } from "./runtime";
import { isFault, sectionTitle, type Step } from "./steps";

interface Level {
  readonly name: string;
  readonly place: InspectPlace | undefined;
}

/** The field, the structs around it, its section: innermost first. */
export function levelsOf(runtime: Runtime, step: Step): readonly Level[] {
  const section = runtime.load.stream.sections[step.section];
  const title = section ? sectionTitle(section) : "stream";
  const levels: Level[] = [];
  if (step.kind === "field") {
    levels.push({ name: `${step.path} = ${step.field.text}`, place: step.place });
    for (const level of [...step.around].reverse()) levels.push(level);
  } else if (step.kind === "event") {
    levels.push({ name: `${step.event.kind}: ${step.event.result}`, place: step.place });
  } else if (step.kind === "failed" || step.kind === "ended") {
    levels.push({ name: wordsFor(runtime, step), place: step.place });
  }
  const symbol = section?.symbol ?? "";
  levels.push({ name: symbol === "" ? title : `${symbol}: ${title}`, place: section?.place });
  return levels;
}

/** With the cause, where one is known. */
export function whatHappened(runtime: Runtime, step: Step): string {
  const { failure } = runtime.load.report;
  const idstr = step.kind === "event" && isFault(step.event) ? step.event.idstr : undefined;
  const isOfFailure = step.kind === "failed" || step.kind === "ended" || failure?.cause?.consumer.idstr === idstr;
  const cause = isOfFailure ? failure?.cause?.text : undefined;
  return [wordsFor(runtime, step), ...(cause === undefined ? [] : [cause])].join("\n");
}

function wordsFor({ load }: Runtime, step: Step): string {
  switch (step.kind) {
    case "failed":
      return step.message;
    case "event":
      return `${step.event.idstr}: ${step.event.kind} ${step.event.address ?? ""} ${step.event.result}${isFault(step.event) ? "" : " (ok)"}`;
    case "ended":
      return load.report.outcome === "corrupted"
        ? l10n.t("The load ended with wrong state: {0}", load.report.failure?.message ?? "")
        : l10n.t("The load is complete.");
    case "section":
      return load.stream.sections[step.section]?.problem ?? "";
    case "field":
    case "loaded":
      return "";
  }
}

/** SARIF logs of parts of one tree, as one log. */
import type { Log, ReportingDescriptor, Result } from "sarif";
import { withinLimit } from "../report/sarif";
import { compare } from "./answers";

/** Logs as sarifReport writes them: one run each, in which each file of the tree stands in one log only. */
export function mergeSarif(logs: readonly Log[]): Log {
  const runs = logs.flatMap((log) => log.runs);
  const [first] = runs;
  if (first === undefined) throw new Error("no logs");
  const byId = new Map<string, ReportingDescriptor>();
  for (const { tool } of runs) for (const rule of tool.driver.rules ?? []) byId.set(rule.id, rule);
  const rules = [...byId.values()].sort((a, b) => compare(a.id, b.id));
  const results = runs.flatMap((run) => run.results ?? []).sort((a, b) => compare(fileOf(a), fileOf(b)));
  const left = runs.reduce((sum, { properties }) => sum + Number(properties?.["leftOut"] ?? 0), 0);
  const { properties: _, invocations: __, results: ___, tool, ...rest } = first;
  const { taken, invocations } = withinLimit(results, (result) => result.level ?? "warning", left);
  const used = new Set(taken.map(({ ruleId }) => ruleId));
  const kept = rules.filter(({ id }) => used.has(id));
  const indexOf = new Map(kept.map(({ id }, index) => [id, index]));
  return {
    ...(logs[0]?.$schema === undefined ? {} : { $schema: logs[0].$schema }),
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { ...tool.driver, rules: kept } },
        ...rest,
        ...invocations,
        results: taken.map(({ ruleId, ruleIndex: _index, ...result }) => ({
          ...(ruleId === undefined ? {} : { ruleId, ruleIndex: indexOf.get(ruleId) ?? -1 }),
          ...result,
        })),
      },
    ],
  };
}

function fileOf({ locations }: Result): string {
  const uri = locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? "";
  try {
    return decodeURIComponent(uri);
  } catch {
    // no escape of ours: as it stands
    return uri;
  }
}

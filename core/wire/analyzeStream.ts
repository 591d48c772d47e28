/** The two documents of scripts/analyze-migration.py for a whole stream. */
import { analyzeRam, analyzeState, type Ordered, orderedJson, pythonJson } from "./analyze";
import type { StreamError } from "./bytes";
import type { Inspection } from "./inspect";

/** -d desc: the trailer's JSON, laid out. */
export function analyzeDesc(inspection: Inspection): string | undefined {
  const content = inspection.trailer?.content;
  return content === undefined ? undefined : pythonJson(orderedJson(content.json));
}

/** -d state. Fails as the script does where a section cannot be read by the trailer. */
export function analyzeStateText(inspection: Inspection): { text: string } | { error: StreamError } {
  if (inspection.error !== undefined) return { error: inspection.error };
  const result = new Map<string, Ordered>();
  for (const { event, byTrailer } of inspection.sections) {
    const key = `${event.idstr} (${event.sectionId})`;
    if (event.sectionKind === "start" && event.ram !== undefined) result.set(key, analyzeRam(event.ram.blocks));
    else if (event.sectionKind === "full" && byTrailer?.ok === true) {
      result.set(key, analyzeState(byTrailer.schema, byTrailer.state));
    } else if (byTrailer?.ok === false) return { error: byTrailer.error };
    else if (event.sectionKind === "start") result.set(key, "");
  }
  return { text: pythonJson(result) };
}

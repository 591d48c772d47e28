/** The two documents of scripts/analyze-migration.py for a whole stream. */
import { analyzePayload, type Work } from "./analyze";
import { attempt, type StreamError } from "../framing/bytes";
import type { RamBlockInfo } from "../framing/events";
import type { InspectedSection, Inspection } from "./inspect";
import { limits } from "../framing/limits";
import { pythonJson, quoted } from "./pythonJson";
import { TextBytes } from "../framing/textBytes";
import { deviceKey } from "./trailer";

/** -d desc: the trailer's JSON, laid out, piece by piece. */
export function analyzeDesc(inspection: Inspection): Iterable<string> | undefined {
  const content = inspection.trailer?.content;
  return content === undefined ? undefined : pythonJson(content.json);
}

/** -d state. Fails as the script does where a section cannot be read by the trailer. */
export function analyzeStateText(
  inspection: Inspection,
): { readonly pieces: Iterable<string> } | { readonly error: StreamError } {
  if (inspection.error !== undefined) return { error: inspection.error };
  const written = attempt(() => stateText(inspection));
  return written.ok ? written.value : written;
}

function stateText(inspection: Inspection): { pieces: Iterable<string> } | { error: StreamError } {
  // A section of a name and id that came before takes its place.
  const last = new Map<string, InspectedSection>();
  for (const section of inspection.sections) {
    const { event } = section;
    if (event.sectionKind !== "start" && !isDescribed(inspection, section)) continue;
    last.set(`${event.idstr} (${event.sectionId})`, section);
  }
  const out = new TextBytes();
  const work: Work = { left: limits.elements };
  let members = 0;
  for (const [name, section] of last) {
    out.put(members++ === 0 ? "{" : ",");
    out.line(1);
    out.put(`${quoted(name)}: `);
    const error = analyzeSection(out, inspection, section, work);
    if (error !== undefined) return { error };
  }
  if (members === 0) return { pieces: ["{}"] };
  out.line(0);
  out.put("}");
  return { pieces: out.pieces() };
}

function isDescribed(inspection: Inspection, { event }: InspectedSection): boolean {
  const devices = inspection.trailer?.content?.devices;
  return event.payload !== undefined && devices?.has(deviceKey(event.idstr, event.instanceId)) === true;
}

function analyzeSection(
  out: TextBytes,
  inspection: Inspection,
  section: InspectedSection,
  work: Work,
): StreamError | undefined {
  const { event } = section;
  const device = inspection.trailer?.content?.devices.get(deviceKey(event.idstr, event.instanceId));
  if (event.ram !== undefined) out.put(ram(event.ram.blocks));
  else if (device === undefined || event.payload === undefined) out.put('""');
  else if (!analyzePayload(out, device.schema, event.payload, 1, work)) {
    const { byTrailer } = section;
    const message = `${event.idstr} is not what the vmdescription says`;
    return byTrailer?.ok === false
      ? byTrailer.error
      : { message, offset: event.payloadOffset, context: [], errno: "EINVAL" };
  }
  return undefined;
}

function ram(blocks: readonly RamBlockInfo[]): string {
  const sizes = blocks.map(({ name, length }) => [name, `0x${length.toString(16).padStart(16, "0")}`]);
  return [...pythonJson({ "section sizes": Object.fromEntries(sizes) }, 1)].join("");
}

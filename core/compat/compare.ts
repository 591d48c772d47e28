/** What a stream written by one description does in another. Follows vmstate_load_state and vmstate_subsection_load. */
import type { WireDescription } from "../wire/values/schema";
import { alignItems, type Difference } from "./align";
import { derivedDifferently } from "./derived";
import { otherObjects } from "./otherObject";
import { type Layout, layoutOf, type Origin, sizeOfItems } from "./layout";
import type { Finding, Place, Side } from "./model";

export function compareDescriptions(
  saver: WireDescription,
  loader: WireDescription,
  from: Side,
  to: Side,
  versionId: number = saver.versionId,
): readonly Finding[] {
  const refusal = versionRefusal(saver, loader, versionId, from, to);
  if (refusal !== undefined && to.thorough !== true) return [refusal];
  const saved = layoutOf(saver, saver.versionId, {
    side: "save",
    exists: (field, of, at) => from.exists(field, of, at, from),
  });
  const expected = layoutOf(loader, versionId, {
    side: "load",
    exists: (field, of, at) => to.exists(field, of, at, from),
  });
  const found = alignItems(saved.items, expected.items)
    .filter(({ conditional }) => !conditional || to.thorough === true)
    .filter((each) => to.counted !== false || ![...each.saved, ...each.expected].some((item) => item.name === "unused"))
    .map((each) => explain(each, saver, loader, from, to));
  if (refusal !== undefined) found.unshift(refusal);
  if (found.length === 0) found.push(...skippedFields(loader, versionId, from, to));
  found.push(...derivedDifferently(saved.items, expected.items, from, to));
  found.push(...otherObjects(saver, loader, from, to));
  found.push(...compareSubsections({ saver, loader, saved, expected }, from, to));
  return found;
}

function versionRefusal(
  saver: WireDescription,
  loader: WireDescription,
  versionId: number,
  from: Side,
  to: Side,
): Finding | undefined {
  const base = {
    verdict: "refused",
    certain: true,
    offset: 0,
    saver: whole(saver),
    loader: whole(loader),
    difference: undefined,
  } as const;
  if (versionId > loader.versionId) {
    const declared = saver.minimumVersionId > loader.versionId && saver.minimumVersionId > loader.minimumVersionId;
    const message = `${from.label} saves ${saver.name} as version ${versionId}, which is too new for ${to.label} (version ${loader.versionId}).`;
    return { ...base, declared, message };
  }
  if (versionId < loader.minimumVersionId) {
    const declared =
      loader.minimumVersionId > saver.minimumVersionId &&
      loader.versionId > saver.versionId &&
      saver.versionId >= saver.minimumVersionId;
    const message = `${from.label} saves ${saver.name} as version ${versionId}, which is too old for ${to.label} (minimum ${loader.minimumVersionId}).`;
    return { ...base, declared, message };
  }
  return undefined;
}

function explain(
  difference: Difference,
  saver: WireDescription,
  loader: WireDescription,
  from: Side,
  to: Side,
): Finding {
  const { verdict, certain, offset } = difference;
  const [a, b] = [difference.savedFields[0], difference.expectedFields[0]];
  return {
    verdict,
    certain,
    declared: false,
    message: messageOf(difference, from, to),
    offset,
    saver: a === undefined ? whole(saver) : { description: a.description, field: a.field },
    loader: b === undefined ? whole(loader) : { description: b.description, field: b.field },
    difference,
  };
}

export function whole(description: WireDescription): Place {
  return { description, field: undefined };
}

function messageOf(difference: Difference, from: Side, to: Side): string {
  const { saved, expected, verdict, conditional } = difference;
  const [a, b] = [difference.savedFields[0], difference.expectedFields[0]];
  const test = [...saved, ...expected][0];
  const key = conditional && test?.kind === "maybe" ? test.key : "";
  const [sent, read] = [sizeOfItems(saved), sizeOfItems(expected)];
  if (conditional && a !== undefined) {
    return `${from.label} may send ${where(a)} (${key}), and ${to.label} does not know it: what follows would be read from the wrong place.`;
  }
  if (conditional && b !== undefined) {
    return `${to.label} may expect ${where(b)} (${key}), and ${from.label} does not send it: what follows would be read from the wrong place.`;
  }
  if (verdict === "wrong-values" && a !== undefined && b !== undefined) {
    return `${where(a)} of ${from.label} is loaded into ${where(b)} of ${to.label}: the stream loads, with wrong values.`;
  }
  if (a !== undefined && b === undefined)
    return `${from.label} sends ${list(difference.savedFields)}${bytes(sent)}, and ${to.label} does not expect it.`;
  if (b !== undefined && a === undefined)
    return `${to.label} expects ${list(difference.expectedFields)}${bytes(read)}, and ${from.label} does not send it.`;
  if (a === undefined || b === undefined) return "the two differ";
  const more =
    sent !== undefined && read !== undefined
      ? `: ${Math.abs(read - sent)} bytes ${read > sent ? "more" : "fewer"} are expected`
      : "";
  return `${from.label} sends ${where(a)}${bytes(sent)} where ${to.label} expects ${where(b)}${bytes(read)}${more}.`;
}

function where(item: Origin): string {
  return `${item.description.name}/${item.name}`;
}

function list(fields: readonly Origin[]): string {
  const names = fields.slice(0, 3).map(where).join(", ");
  return fields.length > 3 ? `${names} and ${fields.length - 3} more` : names;
}

function bytes(count: number | undefined): string {
  return count === undefined ? "" : count === 1 ? " (1 byte)" : ` (${count} bytes)`;
}

/** Fields that the loader has from a later version on: they keep what reset left. */
function skippedFields(loader: WireDescription, versionId: number, from: Side, to: Side): readonly Finding[] {
  const skipped = loader.fields.filter(
    (field) =>
      field.exists === undefined &&
      field.versionId > versionId &&
      field.versionId <= loader.versionId &&
      field.type !== "unused_buffer",
  );
  const [first] = skipped;
  if (first === undefined) return [];
  const names = skipped.map((field) => field.name).join(", ");
  return [
    {
      verdict: "defaults",
      certain: true,
      declared: false,
      message: `${from.label} saves ${loader.name} as version ${versionId}, without ${names}: ${to.label} keeps their defaults.`,
      offset: undefined,
      saver: undefined,
      loader: { description: loader, field: first },
      difference: undefined,
    },
  ];
}

interface Layouts {
  readonly saver: WireDescription;
  readonly loader: WireDescription;
  readonly saved: Layout;
  readonly expected: Layout;
}

function compareSubsections({ saver, loader, saved, expected }: Layouts, from: Side, to: Side): readonly Finding[] {
  // vmstate_get_subsection takes the first of a name
  const known = new Map([...expected.subsections].reverse().map((each) => [each.subsection.name, each]));
  const found: Finding[] = [];
  for (const { subsection, parent } of saved.subsections) {
    const sent = from.needed(subsection);
    if (sent === false) continue;
    const other = known.get(subsection.name);
    if (other !== undefined) {
      const when = sent === true ? "" : ` It is sent if ${subsection.hooks.needed ?? sent.key} says so.`;
      for (const each of compareDescriptions(subsection, other.subsection, from, to)) {
        found.push({ ...each, message: each.message + when, offset: undefined });
      }
      continue;
    }
    const how = sent === true ? "sends" : "may send";
    const when = sent === true ? "" : ` (${subsection.hooks.needed ?? sent.key} decides)`;
    found.push({
      verdict: "refused",
      certain: sent === true,
      ...(sent === true ? {} : { optional: true }),
      declared: false,
      message: `${from.label} ${how} subsection ${subsection.name} of ${parent.name}${when}, and ${to.label} does not know it.`,
      offset: undefined,
      saver: whole(subsection),
      loader: whole(loader),
      difference: undefined,
    });
  }
  const sentNames = new Set(saved.subsections.map((each) => each.subsection.name));
  for (const { subsection, parent } of expected.subsections) {
    if (sentNames.has(subsection.name) || to.needed(subsection) !== true) continue;
    found.push({
      verdict: "defaults",
      certain: true,
      declared: false,
      message: `${from.label} never sends subsection ${subsection.name} of ${parent.name}: ${to.label} keeps the defaults of what it holds.`,
      offset: undefined,
      saver: whole(saver),
      loader: whole(subsection),
      difference: undefined,
    });
  }
  return found;
}

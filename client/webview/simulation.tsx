import * as l10n from "@vscode/l10n";
import type { RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { OrderEntry, SimulateEvent, SimulateResult } from "../../server/protocol";
import type { Band, BandRow } from "../shared/bands";
import { bandSections, filterBands, sameAccesses } from "../shared/bands";
import { isSameTree } from "../shared/ends";
import type { Ends, SourceEnd } from "../shared/ends";
import { explain, isFault, resultWord, verbOf } from "../shared/explain";
import { formatBytes, formatTime, more, pages, rounds, sections } from "../shared/format";
import type { SimulationPage } from "../shared/messages";
import { post } from "./host";
import { Filter, MachineForm, Sentences, SourceLink } from "./parts";
import { placeOfInterest } from "../shared/memory";
import { Moved, Scrubber } from "./arrange";
import { MemoryBrowser } from "./memory";
import { TimelineView } from "./timeline";
import { WalkView } from "./walk";

const marks = { good: "✓", wrong: "!", failed: "✕" } as const;

export function SimulationView({ page }: { page: SimulationPage }) {
  const { result, order } = page;
  const [words, setWords] = useState("");
  const explanation = useMemo(() => explain(result, order), [result, order]);
  const bands = useMemo(() => bandSections(result.sections, result.events), [result]);
  const entries = useMemo(() => new Map((order?.entries ?? []).map((entry) => [entry.idstr, entry])), [order]);
  const largest = Math.max(1, ...result.sections.map((section) => section.size));
  const shown = filterBands(bands, words);
  const [opened, setOpened] = useState<SimulateEvent | undefined>(undefined);
  const [at, setAt] = useState(0);
  const canMove = isSameTree(page.ends);
  // the cursor goes with what was moved
  useEffect(() => {
    const moved = result.sections.findIndex(({ idstr }) => idstr === result.moved?.same.section);
    if (moved >= 0) setAt(moved);
  }, [result]);
  const row = useRef<HTMLTableRowElement>(null);
  // what was opened in the drawing may be far below it
  useEffect(() => row.current?.scrollIntoView({ block: "nearest" }), [opened]);
  const openIn = (event: SimulateEvent): void => {
    setWords("");
    setOpened(event);
  };
  return (
    <>
      <div class={`verdict ${explanation.verdict}`} role="status">
        <h1>
          <span class="mark" aria-hidden="true">
            {marks[explanation.verdict]}
          </span>
          {explanation.headline}
        </h1>
        <Sentences sentences={explanation.what} />
        <Sentences title={explanation.whyTitle} sentences={explanation.why} />
        <Sentences title={l10n.t("What to do")} sentences={explanation.todo} />
      </div>
      <EndsBar ends={page.ends} />
      <MachineForm
        purpose="simulate"
        machine={result.machine}
        run={l10n.t("Run again")}
        onRun={(machine) => post({ kind: "simulate", machine })}
      />
      <Toolbar watching={page.watching} canSave={result.moved === undefined} />
      <Moved result={result} />
      <Changes changes={page.changes} />
      <div class="heading">
        <h2>{l10n.t("The stream, as the destination loads it")}</h2>
        <span class="quiet">{summary(result)}</span>
        <Filter label={l10n.t("Filter sections")} value={words} onChange={setWords} />
      </div>
      <TimelineView result={result} bands={bands} at={at} canMove={canMove} onAt={setAt} onOpen={openIn} />
      <Scrubber result={result} at={at} canMove={canMove} onAt={setAt} />
      {shown.length === 0 ? <p class="quiet">{l10n.t("No section matches.")}</p> : null}
      <div class="scroll">
        <table class="stream">
          <thead>
            <tr>
              <th class="number">#</th>
              <th>{l10n.t("Section")}</th>
              <th class="number optional">{l10n.t("Offset")}</th>
              <th class="number">{l10n.t("Bytes")}</th>
              <td class="optional" />
              <th class="number" title={l10n.t("On the way, at {0}/s", formatBytes(result.timing.bandwidth))}>
                {l10n.t("Time")}
              </th>
              <th>{l10n.t("Result")}</th>
            </tr>
          </thead>
          {shown.map((band) => (
            <BandView
              band={band}
              entries={entries}
              largest={largest}
              opened={opened}
              row={row}
              memory={canMove ? result : undefined}
              onOpen={setOpened}
            />
          ))}
        </table>
      </div>
      <Ram result={result} canLook={canMove} />
      <Notes notes={result.notes} />
    </>
  );
}

function EndsBar({ ends }: { ends: Ends }) {
  const button = (end: "source" | "destination", what: SourceEnd) => (
    <button
      type="button"
      class="secondary"
      aria-label={
        end === "source"
          ? l10n.t("Change the source: {0}", nameOfEnd(what))
          : l10n.t("Change the destination: {0}", nameOfEnd(what))
      }
      onClick={() => post({ kind: "chooseEnd", end })}
    >
      {nameOfEnd(what)}
    </button>
  );
  return (
    <div class="ends">
      <span>{l10n.t("From")}</span>
      {button("source", ends.source)}
      <span>{l10n.t("to")}</span>
      {button("destination", ends.destination)}
      {isSameTree(ends) ? null : <span class="quiet">{l10n.t("saved files count")}</span>}
    </div>
  );
}

function nameOfEnd(end: SourceEnd): string {
  switch (end.kind) {
    case "tree":
      return l10n.t("working tree");
    case "revision":
      return end.revision;
    case "stream":
      return end.path.replace(/^.*[\\/]/, "");
  }
}

function summary(result: SimulateResult): string {
  const { total, bandwidth } = result.timing;
  const time = l10n.t("{0} at {1}/s", formatTime(total), formatBytes(bandwidth));
  return [result.machineType, sections(result.sections.length), formatBytes(result.size), time].join(" · ");
}

function Toolbar(props: { watching: boolean; canSave: boolean }) {
  const [watching, setWatching] = useState(props.watching);
  return (
    <div class="toolbar">
      <label>
        <input
          type="checkbox"
          checked={watching}
          onChange={(event) => {
            setWatching(event.currentTarget.checked);
            post({ kind: "watch", on: event.currentTarget.checked });
          }}
        />
        {l10n.t("Run again on save")}
      </label>
      <button type="button" class="link" onClick={() => post({ kind: "export", format: "markdown" })}>
        {l10n.t("Open as Markdown")}
      </button>
      <button type="button" class="link" onClick={() => post({ kind: "export", format: "json" })}>
        {l10n.t("Open as JSON")}
      </button>
      <button type="button" class="link" onClick={() => post({ kind: "export", format: "svg" })}>
        {l10n.t("Open as SVG")}
      </button>
      {props.canSave ? (
        <>
          <button type="button" class="link" onClick={() => post({ kind: "export", format: "html" })}>
            {l10n.t("Save as HTML…")}
          </button>
          <button type="button" class="link" onClick={() => post({ kind: "export", format: "perfetto" })}>
            {l10n.t("Save for Perfetto…")}
          </button>
        </>
      ) : null}
    </div>
  );
}

function Changes({ changes }: { changes: readonly string[] | undefined }) {
  if (changes === undefined) return null;
  const first = changes.slice(0, 8);
  return (
    <div class="changes" role="status">
      <h2>{l10n.t("Since the last run")}</h2>
      {first.length === 0 ? <p class="quiet">{l10n.t("Nothing changed.")}</p> : null}
      {first.map((change) => (
        <p>{change}</p>
      ))}
      {changes.length > first.length ? <p class="quiet">{more(changes.length - first.length)}</p> : null}
    </div>
  );
}

interface Opening {
  readonly opened: SimulateEvent | undefined;
  readonly row: RefObject<HTMLTableRowElement | null>;
  readonly onOpen: (event: SimulateEvent | undefined) => void;
  /** Whose memory can be looked at. */
  readonly memory: SimulateResult | undefined;
}

interface Surroundings extends Opening {
  readonly entries: ReadonlyMap<string, OrderEntry>;
  readonly largest: number;
}

function BandView({ band, ...rest }: Surroundings & { band: Band }) {
  const raised = band.level !== "MIG_PRI_DEFAULT" && band.level !== "";
  return (
    <tbody>
      <tr class="band">
        <th colSpan={7} scope="rowgroup">
          <span class={`level ${raised ? "raised" : "plain"}`}>
            {band.level === "" ? l10n.t("no level") : band.level}
          </span>
          <span class="quiet">
            {sections(band.rows.length)} · {formatBytes(band.bytes)} · {formatTime(band.milliseconds)}
          </span>
        </th>
      </tr>
      {band.rows.map((row) => (
        <RowView band={row} {...rest} />
      ))}
    </tbody>
  );
}

const rowClasses = {
  loaded: "",
  failed: "stopped",
  wrong: "stopped",
  "not loaded": "apart",
  "not known": "apart",
} as const;

function RowView({ band, entries, largest, ...opening }: Surroundings & { band: BandRow }) {
  const { section, number, events } = band;
  const entry = entries.get(section.idstr);
  const width = `${Math.max(1, Math.sqrt(section.size / largest) * 100)}%`;
  return (
    <>
      <tr class={rowClasses[section.result]}>
        <td class="number quiet">{number}</td>
        <td class="name">
          {entry && entry.file !== "" ? (
            <SourceLink file={entry.file} line={entry.line}>
              {section.idstr}
            </SourceLink>
          ) : (
            section.idstr
          )}
          {section.instanceId === 0 ? null : <span class="quiet"> #{section.instanceId}</span>}
          {section.kind === "full" ? null : <span class="quiet"> {section.kind}</span>}
        </td>
        <td class="number quiet optional">0x{section.offset.toString(16)}</td>
        <td class="number" title={l10n.t("{0} bytes", section.size)}>
          {formatBytes(section.size)}
        </td>
        <td class="bar optional" aria-hidden="true">
          <span style={{ width }} />
        </td>
        <td class="number quiet">{formatTime(section.milliseconds)}</td>
        <td class="result">{resultWord(section.result)}</td>
      </tr>
      {sameAccesses(events).map((same) => (
        <EventRow events={same} {...opening} />
      ))}
    </>
  );
}

function EventRow(props: Opening & { events: readonly [SimulateEvent, ...SimulateEvent[]] }) {
  const { events, opened, row, memory, onOpen } = props;
  const [first] = events;
  // what was opened in the drawing may be any of them
  const event = events.find((each) => each === opened) ?? first;
  const bad = isFault(event);
  const { chain, walk, meant } = event;
  const isOpen = opened === event;
  return (
    <>
      <tr class={bad ? "event bad" : "event"} {...(isOpen ? { ref: row } : {})}>
        <td />
        <td colSpan={6} title={chain}>
          <span aria-hidden="true">{bad ? "✕ " : "↳ "}</span>
          {verbOf(event)}{" "}
          {walk === undefined ? (
            <Addresses event={event} />
          ) : (
            <button
              type="button"
              class="link"
              aria-expanded={isOpen}
              title={l10n.t("How this address was found")}
              onClick={() => onOpen(isOpen ? undefined : event)}
            >
              <span aria-hidden="true">{isOpen ? "▾ " : "▸ "}</span>
              <Addresses event={event} />
            </button>
          )}
          {event.result === "ok" ? null : event.address === undefined ? ` (${event.result})` : `: ${event.result}`}{" "}
          <Places events={events} />
        </td>
      </tr>
      {isOpen && walk !== undefined ? (
        <tr class="event">
          <td colSpan={7}>
            <WalkView walk={walk} meant={meant} result={memory} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

/** Each line of C once. */
function Places({ events }: { events: readonly SimulateEvent[] }) {
  const places = new Map<string, { readonly file: string; readonly line: number }>();
  for (const { file, line } of events)
    if (file !== undefined && line !== undefined) places.set(`${file}:${line + 1}`, { file, line });
  return [...places].map(([place, { file, line }]) => (
    <>
      <SourceLink file={file} line={line}>
        {place}
      </SourceLink>{" "}
    </>
  ));
}

function Addresses({ event: { address, translated } }: { event: SimulateEvent }) {
  return (
    <>
      {address === undefined ? null : <code>{address}</code>}
      {translated === undefined || translated === address ? null : (
        <>
          {" → "}
          <code>{translated}</code>
        </>
      )}
    </>
  );
}

function Ram({ result, canLook }: { result: SimulateResult; canLook: boolean }) {
  const { rounds: sent, bytes } = result.ram;
  const [at, setAt] = useState(() => placeOfInterest(result));
  const [open, setOpen] = useState(false);
  if (sent.length === 0) return null;
  const most = Math.max(1, ...sent.map((round) => round.pages + round.zero));
  const share = (amount: number): string => `${(100 * amount) / most}%`;
  return (
    <details class="edges" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {l10n.t("Guest memory")}{" "}
        <span class="quiet">{l10n.t("{0} in {1}", formatBytes(bytes), rounds(sent.length))}</span>
      </summary>
      <ol class="rounds">
        {sent.map((round) => (
          <li>
            <span class="round" aria-hidden="true">
              <span class="full" style={{ width: share(round.pages) }} />
              <span class="zero" style={{ width: share(round.zero) }} />
            </span>
            {l10n.t(
              "{0} with data, {1} zero: {2} in {3}",
              pages(round.pages),
              round.zero.toLocaleString("en"),
              formatBytes(round.bytes),
              formatTime(round.milliseconds),
            )}
          </li>
        ))}
      </ol>
      {canLook && open ? <MemoryBrowser result={result} at={at} onAt={setAt} /> : null}
    </details>
  );
}

function Notes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <details class="edges">
      <summary>
        {l10n.t("Assumptions")} <span class="quiet">({notes.length})</span>
      </summary>
      <ul>
        {notes.map((note) => (
          <li>{note}</li>
        ))}
      </ul>
    </details>
  );
}

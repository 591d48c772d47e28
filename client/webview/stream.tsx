import { useEffect, useMemo, useState } from "preact/hooks";
import type { InspectField, InspectResult, InspectSection } from "../../server/protocol";
import { count, formatBytes } from "../shared/format";
import { hexRows } from "../shared/hex";
import type { HexRow } from "../shared/hex";
import { bytesAtOnce } from "../shared/messages";
import type { StreamPage } from "../shared/messages";
import { onContent, post } from "./host";
import { Filter } from "./parts";

interface Span {
  readonly offset: number;
  readonly size: number;
}

export function StreamView({ page }: { page: StreamPage }) {
  const { result } = page;
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState(0);
  const section = result.sections[chosen];
  const wanted = words.trim().toLowerCase();
  const shown = result.sections
    .map((entry, index) => ({ entry, index }))
    .filter(({ entry }) => `${entry.idstr} ${entry.level} ${entry.kind}`.toLowerCase().includes(wanted));
  return (
    <>
      <Summary page={page} />
      <div class="split">
        <nav class="sections" aria-label="Sections">
          <Filter label="Filter sections" value={words} onChange={setWords} />
          <ol>
            {shown.map(({ entry, index }) => (
              <li>
                <button
                  type="button"
                  class={index === chosen ? "choice chosen" : "choice"}
                  aria-pressed={index === chosen}
                  onClick={() => setChosen(index)}
                >
                  <span class="name">{entry.idstr}</span>
                  <span class="quiet">
                    {entry.kind === "full" ? "" : `${entry.kind} · `}
                    {formatBytes(entry.size)}
                    {entry.level === "" ? "" : ` · ${entry.level}`}
                  </span>
                  {entry.problem === "" ? null : <span class="problem">{entry.problem}</span>}
                </button>
              </li>
            ))}
          </ol>
        </nav>
        <div class="detail">{section ? <Detail key={section.offset} section={section} /> : null}</div>
      </div>
    </>
  );
}

function Summary({ page }: { page: StreamPage }) {
  const { result, name } = page;
  const worst = verdictOf(result);
  return (
    <div class={`verdict ${worst}`} role="status">
      <h1>{result.machine === "" ? name : `${name}: ${result.machine}`}</h1>
      <p>
        {formatBytes(result.size)} · {count(result.sections.length, "section")} ·{" "}
        {result.tree === undefined ? "read by the stream's own description" : "read by the tables of the open tree"}
      </p>
      {result.notes.slice(0, 5).map((note) => (
        <p class={note.severity}>
          <code>0x{note.offset.toString(16)}</code> {note.text}
        </p>
      ))}
      {result.notes.length > 5 ? <p class="quiet">and {count(result.notes.length - 5, "more note")}</p> : null}
    </div>
  );
}

function verdictOf({ notes, sections }: InspectResult): "good" | "wrong" | "failed" {
  if (notes.some((note) => note.severity === "error")) return "failed";
  return notes.length > 0 || sections.some((section) => section.problem !== "") ? "wrong" : "good";
}

const sources = {
  definitions: "by the tree's tables",
  trailer: "by the stream's own description",
  nothing: "nothing tells what these bytes mean",
} as const;

function Detail({ section }: { section: InspectSection }) {
  const [marked, setMarked] = useState<Span | undefined>(undefined);
  return (
    <>
      <div class="heading">
        <h2>{section.idstr}</h2>
        {section.symbol === "" ? null : (
          <button type="button" class="link" onClick={() => post({ kind: "symbol", symbol: section.symbol })}>
            {section.symbol}
          </button>
        )}
        <span class="quiet">
          instance {section.instanceId} · version {section.versionId} · section {section.sectionId} ·{" "}
          {sources[section.decodedBy]}
        </span>
      </div>
      {section.fields.length === 0 ? null : (
        <div class="scroll">
          <table class="stream fields">
            <thead>
              <tr>
                <th>Field</th>
                <th class="number">Offset</th>
                <th class="number">Bytes</th>
                <th>Value</th>
              </tr>
            </thead>
            <tbody>
              {section.fields.map((field) => (
                <FieldRows field={field} depth={0} onMark={setMarked} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Hex span={section} marked={marked} />
    </>
  );
}

function FieldRows(props: { field: InspectField; depth: number; onMark: (span: Span) => void }) {
  const { field, depth, onMark } = props;
  const [open, setOpen] = useState(depth === 0 && field.children.length <= 16);
  const { offset, size } = field;
  const mark = offset === undefined || size === undefined ? undefined : () => onMark({ offset, size });
  return (
    <>
      <tr onMouseEnter={mark}>
        <td style={{ paddingLeft: `${depth * 16}px` }}>
          {field.children.length > 0 ? (
            <button type="button" class="link twist" aria-expanded={open} onClick={() => setOpen(!open)}>
              <span aria-hidden="true">{open ? "▾ " : "▸ "}</span>
              {field.name}
            </button>
          ) : mark ? (
            <button type="button" class="link" onClick={mark} onFocus={mark}>
              {field.name}
            </button>
          ) : (
            field.name
          )}
        </td>
        <td class="number quiet">{offset === undefined ? "" : `0x${offset.toString(16)}`}</td>
        <td class="number quiet">{size ?? ""}</td>
        <td class="value">{field.text}</td>
      </tr>
      {open ? field.children.map((child) => <FieldRows field={child} depth={depth + 1} onMark={onMark} />) : null}
    </>
  );
}

/** The section's bytes, fetched a piece at a time; a marked field's bytes stand out and are brought into view. */
function Hex({ span, marked }: { span: Span; marked: Span | undefined }) {
  const [start, setStart] = useState(span.offset);
  const [bytes, setBytes] = useState<Uint8Array | undefined>(undefined);
  const end = span.offset + span.size;
  useEffect(() => {
    setBytes(undefined);
    const stop = onContent((content) => {
      if (content.kind === "bytes" && content.offset === start) setBytes(content.bytes);
    });
    post({ kind: "bytes", offset: start, size: Math.min(bytesAtOnce, end - start) });
    return stop;
  }, [start, end]);
  useEffect(() => {
    if (marked && (marked.offset < start || marked.offset >= start + bytesAtOnce)) {
      setStart(span.offset + Math.floor((marked.offset - span.offset) / bytesAtOnce) * bytesAtOnce);
    }
  }, [marked]);
  const rows = useMemo(() => (bytes ? hexRows(bytes, start, marked) : []), [bytes, marked]);
  return (
    <>
      <div class="heading">
        <h2>Bytes</h2>
        <span class="quiet">
          0x{start.toString(16)} to 0x{Math.min(end, start + bytesAtOnce).toString(16)} of 0x{end.toString(16)}
        </span>
        <button
          type="button"
          class="secondary"
          disabled={start <= span.offset}
          onClick={() => setStart(Math.max(span.offset, start - bytesAtOnce))}
        >
          Back
        </button>
        <button
          type="button"
          class="secondary"
          disabled={start + bytesAtOnce >= end}
          onClick={() => setStart(start + bytesAtOnce)}
        >
          On
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section class="hex scroll" tabIndex={0} aria-label="Bytes of the section">
        {rows.map((row) => (
          <HexLine row={row} />
        ))}
      </section>
    </>
  );
}

function HexLine({ row }: { row: HexRow }) {
  const parts = (which: "hex" | "text") => [row.before[which], row.marked[which], row.after[which]] as const;
  const [hexBefore, hexMarked, hexAfter] = parts("hex");
  const [textBefore, textMarked, textAfter] = parts("text");
  return (
    <div>
      <span class="quiet">{row.address}</span> {hexBefore}
      <mark>{hexMarked}</mark>
      {hexAfter} <span class="quiet">{textBefore}</span>
      <mark>{textMarked}</mark>
      <span class="quiet">{textAfter}</span>
    </div>
  );
}

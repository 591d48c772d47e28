import * as l10n from "@vscode/l10n";
import { useEffect, useState } from "preact/hooks";
import type { InspectAround, InspectField, InspectResult, InspectSection } from "../../server/protocol";
import { formatBytes, more, sections as amountOfSections } from "../shared/format";
import type { StreamPage } from "../shared/messages";
import { Hex, type Span } from "./hex";
import { post } from "./host";
import { Filter, SourceLink } from "./parts";

export function StreamView({ page }: { page: StreamPage }) {
  const { reading, size, generation } = page;
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState(0);
  const [target, setTarget] = useState<Span | undefined>(undefined);
  // What a person waits for; the end-to-end run prints it.
  useEffect(() => void performance.mark(`stream-${reading.kind}`), [reading.kind]);
  const sections = reading.kind === "read" ? reading.result.sections : [];
  const section = sections[chosen];
  const wanted = words.trim().toLowerCase();
  const shown = sections
    .map((entry, index) => ({ entry, index }))
    .filter(({ entry }) => `${entry.idstr} ${entry.level} ${entry.kind}`.toLowerCase().includes(wanted));
  const choose = (index: number): void => {
    const entry = sections[index];
    setChosen(index);
    if (entry) setTarget({ offset: entry.offset, size: 0 });
  };
  const goTo = (span: Span): void => {
    const index = sections.findIndex(({ offset, size: own }) => span.offset >= offset && span.offset < offset + own);
    if (index !== -1) setChosen(index);
    setTarget(span);
  };
  return (
    <>
      <Summary page={page} />
      <div class={sections.length > 0 ? "split" : ""}>
        {sections.length === 0 ? null : (
          <nav class="sections" aria-label={l10n.t("Sections")}>
            <Filter label={l10n.t("Filter sections")} value={words} onChange={setWords} />
            <ol>
              {shown.map(({ entry, index }) => (
                <li>
                  <button
                    type="button"
                    class={index === chosen ? "choice chosen" : "choice"}
                    aria-pressed={index === chosen}
                    onClick={() => choose(index)}
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
        )}
        <div class="detail">
          {section ? <Detail key={section.offset} section={section} onMark={setTarget} /> : null}
          {size === 0 ? null : <Hex key={generation} size={size} target={target} onGoTo={goTo} />}
        </div>
      </div>
    </>
  );
}

function Summary({ page: { name, size, reading } }: { page: StreamPage }) {
  if (reading.kind === "reading") {
    return (
      <div class="verdict good" role="status">
        <h1>{name}</h1>
        <p>
          {formatBytes(size)} · <span class="spinner" aria-hidden="true" /> {l10n.t("reading its sections…")}
        </p>
      </div>
    );
  }
  if (reading.kind === "failed") {
    return (
      <div class="verdict failed" role="alert">
        <h1>{name}</h1>
        <p>
          {formatBytes(size)} · {reading.message}
        </p>
        <div class="actions">
          <button type="button" onClick={() => post({ kind: "again" })}>
            {l10n.t("Read again")}
          </button>
        </div>
      </div>
    );
  }
  const { result } = reading;
  const around = result.around ?? [];
  return (
    <div class={`verdict ${verdictOf(result)}`} role="status">
      <h1>{result.machine === "" ? name : `${name}: ${result.machine}`}</h1>
      <p>
        {result.size === 0 ? null : `${formatBytes(result.size)} · ${amountOfSections(result.sections.length)}`}
        {result.sections.length === 0 ? "" : ` · ${readBy(result)}`}
      </p>
      {around.map((layer) => (
        <Around layer={layer} isOpen={result.size === 0} />
      ))}
      {result.notes.slice(0, 5).map((note) => (
        <p class={note.severity}>
          <code>0x{note.offset.toString(16)}</code> {note.text}
        </p>
      ))}
      {result.notes.length > 5 ? <p class="quiet">{more(result.notes.length - 5)}</p> : null}
    </div>
  );
}

/** What the stream was taken out of; the ways to another one in the same file. */
function Around({ layer, isOpen }: { layer: InspectAround; isOpen: boolean }) {
  return (
    <>
      <details open={isOpen}>
        <summary>{layer.title}</summary>
        <pre class="around">{layer.lines.join("\n")}</pre>
      </details>
      {layer.snapshots.length === 0 ? null : (
        <div class="actions">
          {layer.snapshots.map(({ id, name, date }) => (
            <button type="button" title={date} onClick={() => post({ kind: "snapshot", id })}>
              {l10n.t("Snapshot {0}", name === "" ? id : name)}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

function readBy({ tree }: InspectResult): string {
  return tree === undefined
    ? l10n.t("read by the stream's own description")
    : l10n.t("read by the tables of the open tree");
}

function verdictOf({ notes, sections }: InspectResult): "good" | "wrong" | "failed" {
  if (notes.some((note) => note.severity === "error")) return "failed";
  return notes.length > 0 || sections.some((section) => section.problem !== "") ? "wrong" : "good";
}

function sourceOf(section: InspectSection): string {
  switch (section.decodedBy) {
    case "definitions":
      return l10n.t("by the tree's tables");
    case "trailer":
      return l10n.t("by the stream's own description");
    case "nothing":
      return l10n.t("nothing tells what these bytes mean");
  }
}

function Detail({ section, onMark }: { section: InspectSection; onMark: (span: Span) => void }) {
  return (
    <>
      <div class="heading">
        <h2>{section.idstr}</h2>
        {section.place === undefined ? null : <SourceLink {...section.place}>{section.symbol}</SourceLink>}
        <span class="quiet">
          {[
            l10n.t("instance {0}", section.instanceId),
            l10n.t("version {0}", section.versionId),
            l10n.t("section {0}", section.sectionId),
            sourceOf(section),
          ].join(" · ")}
        </span>
      </div>
      {section.fields.length === 0 ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <section class="scroll values" tabIndex={0} aria-label={l10n.t("Fields of the section")}>
          <table class="stream fields">
            <thead>
              <tr>
                <th>{l10n.t("Field")}</th>
                <th class="number">{l10n.t("Offset")}</th>
                <th class="number">{l10n.t("Bytes")}</th>
                <th>{l10n.t("Value")}</th>
              </tr>
            </thead>
            <tbody>
              {section.fields.map((field) => (
                <FieldRows field={field} depth={0} onMark={onMark} />
              ))}
            </tbody>
          </table>
        </section>
      )}
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
      <tr>
        <td style={{ paddingLeft: `${depth * 16}px` }}>
          {field.children.length > 0 ? (
            <button
              type="button"
              class="link twist"
              aria-expanded={open}
              onClick={() => {
                setOpen(!open);
                mark?.();
              }}
            >
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

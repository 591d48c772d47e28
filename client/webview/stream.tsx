import * as l10n from "@vscode/l10n";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { InspectAround, InspectResult } from "../../server/protocol";
import { fieldsAt } from "../shared/fieldAt";
import { formatBytes, more, sections as amountOfSections } from "../shared/format";
import type { StreamPage } from "../shared/messages";
import { Hex, type Span } from "./hex";
import { post } from "./host";
import { Filter } from "./parts";
import { CopyBar } from "./streamCopy";
import { Detail } from "./streamFields";

export function StreamView({ page }: { page: StreamPage }) {
  const { reading, size, generation, copy } = page;
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
  const caret = target?.offset;
  const around = useMemo(
    () => (section === undefined || caret === undefined ? [] : fieldsAt(section.fields, caret)),
    [section, caret],
  );
  const inner = around.at(-1);
  // a single byte stands for the field that it is in
  const marked =
    target?.size === 1 && inner?.offset !== undefined ? { offset: inner.offset, size: inner.size ?? 1 } : target;
  const names = around.map(({ name }) => name).join(" · ");
  return (
    <>
      <Summary page={page} />
      {copy === undefined ? null : <CopyBar copy={copy} onGoTo={goTo} />}
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
          {section ? (
            <Detail
              key={section.offset}
              section={section}
              around={around}
              isCopy={copy !== undefined}
              onMark={setTarget}
            />
          ) : null}
          {size === 0 ? null : (
            <Hex
              key={generation}
              size={size}
              target={target}
              marked={marked}
              changed={copy?.changed}
              what={section === undefined || names === "" ? "" : `${section.idstr} · ${names}`}
              onGoTo={goTo}
            />
          )}
        </div>
      </div>
    </>
  );
}

function Summary({ page: { name, size, reading, copy } }: { page: StreamPage }) {
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
      {copy === undefined && result.size > 0 ? (
        <div class="actions">
          <button type="button" class="secondary" onClick={() => post({ kind: "editCopy" })}>
            {l10n.t("Edit a copy")}
          </button>
        </div>
      ) : null}
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

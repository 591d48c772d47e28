/** A section's fields: what each holds, and where; those of a copy can be typed anew. */
import * as l10n from "@vscode/l10n";
import { useEffect, useRef, useState } from "preact/hooks";
import type { InspectField, InspectSection } from "../../server/protocol";
import { bytesOf, writtenValue } from "../shared/typed";
import type { Span } from "./hex";
import { post } from "./host";
import { SourceLink } from "./parts";

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

interface Surroundings {
  /** The fields around the byte that is chosen, outermost first. */
  readonly around: readonly InspectField[];
  readonly isCopy: boolean;
  readonly onMark: (span: Span) => void;
}

export function Detail({ section, ...rest }: Surroundings & { section: InspectSection }) {
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
                <FieldRows field={field} depth={0} {...rest} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

function FieldRows({ field, depth, ...rest }: Surroundings & { field: InspectField; depth: number }) {
  const { around, isCopy, onMark } = rest;
  const [open, setOpen] = useState(depth === 0 && field.children.length <= 16);
  const row = useRef<HTMLTableRowElement>(null);
  const isChosen = around.at(-1) === field;
  useEffect(() => {
    if (isChosen) showIn(row.current);
    else if (around.includes(field)) setOpen(true);
  }, [around]);
  const { offset, size } = field;
  const mark = offset === undefined || size === undefined ? undefined : () => onMark({ offset, size });
  return (
    <>
      <tr ref={row} class={isChosen ? "chosen" : ""}>
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
        <td class="value">{isCopy && field.typed !== undefined ? <Typed field={field} /> : field.text}</td>
      </tr>
      {open ? field.children.map((child) => <FieldRows field={child} depth={depth + 1} {...rest} />) : null}
    </>
  );
}

/** Scrolls the list, not the page, from which somebody may be choosing bytes. */
function showIn(row: HTMLElement | null): void {
  const list = row?.closest(".values");
  if (!row || !list) return;
  const [own, around] = [row.getBoundingClientRect(), list.getBoundingClientRect()];
  if (own.top < around.top) list.scrollTop -= around.top - own.top;
  else if (own.bottom > around.bottom) list.scrollTop += own.bottom - around.bottom;
}

/** A value that becomes an input; Enter writes it, Escape leaves it. */
function Typed({ field }: { field: InspectField }) {
  const [text, setText] = useState<string | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), [text === undefined]);
  if (text === undefined)
    return (
      <button
        type="button"
        class="link"
        title={l10n.t("Type another value")}
        onClick={() => setText(writtenValue(field))}
      >
        {field.text}
      </button>
    );
  const bytes = bytesOf(field, text);
  const leave = (): void => setText(undefined);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (bytes === undefined || field.offset === undefined) return;
        post({ kind: "write", offset: field.offset, bytes });
        leave();
      }}
    >
      <input
        ref={input}
        aria-label={l10n.t("Value of {0}, {1} bytes", field.name, field.size ?? 0)}
        aria-invalid={bytes === undefined}
        spellcheck={false}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={leave}
        onKeyDown={(event) => {
          if (event.key === "Escape") leave();
        }}
      />{" "}
      {bytes === undefined ? (
        <span class="problem" role="alert">
          {field.typed === "bytes"
            ? l10n.t("Type {0} bytes as pairs of hexadecimal digits.", field.size ?? 0)
            : l10n.t("Type an integer that fits {0} bytes: 42 or 0x2a.", field.size ?? 0)}
        </span>
      ) : null}
    </form>
  );
}

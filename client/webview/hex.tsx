/** The bytes of a file of any size: only the lines in sight are drawn, only their bytes are asked for. */
import * as l10n from "@vscode/l10n";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { parseOffset, parsePattern } from "../shared/find";
import { formatBytes } from "../shared/format";
import { addressOf, byteAtColumn, bytesPerRow, columnOf, type HexRow, hexRows } from "../shared/hex";
import { bytesAtOnce } from "../shared/messages";
import { onContent, post } from "./host";

export interface Span {
  readonly offset: number;
  readonly size: number;
}

const rowsInSight = 24;
const rowHeight = 20;
/** Browsers draw no element that is much higher; beyond it the scroll bar stands for more rows than pixels. */
const tallest = 8_000_000;
const mostPages = 256;

interface HexProps {
  readonly size: number;
  /** Brought into sight whenever another one is given; keys go on from its first byte. */
  readonly target: Span | undefined;
  readonly marked: Span | undefined;
  /** Bytes of a copy that are no longer those of the file; undefined where none can be changed. */
  readonly changed: readonly Span[] | undefined;
  /** What the chosen byte belongs to, for a person; "" for nothing that is known. */
  readonly what: string;
  readonly onGoTo: (span: Span) => void;
}

export function Hex({ size, target, marked, changed, what, onGoTo }: HexProps) {
  const rows = Math.ceil(size / bytesPerRow);
  const last = Math.max(0, rows - rowsInSight);
  const [top, setTop] = useState(0);
  const box = useRef<HTMLElement>(null);
  const placed = useRef(0);
  const height = Math.min(rows * rowHeight, tallest);
  const isScaled = rows * rowHeight > tallest;
  const lineAt = usePages(size, top, changed);
  const caret = target?.offset;
  /** The first of two digits that are typed for a byte. */
  const [half, setHalf] = useState("");

  const scrollTo = (row: number): void => setTop(Math.max(0, Math.min(last, row)));
  useEffect(() => {
    setHalf("");
    if (target === undefined) return;
    if (target.size > 0) box.current?.scrollIntoView({ block: "nearest" });
    const row = Math.floor(target.offset / bytesPerRow);
    if (row < top - rowsInSight || row >= top + 2 * rowsInSight) scrollTo(row - 2);
    else if (row < top) scrollTo(row);
    else if (row >= top + rowsInSight) scrollTo(row - rowsInSight + 1);
  }, [target]);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const room = element.scrollHeight - element.clientHeight;
    if (rowOf(element, last) !== top) element.scrollTop = last === 0 ? 0 : (top / last) * room;
    placed.current = element.scrollTop;
  }, [top]);

  const onScroll = (): void => {
    const element = box.current;
    if (element !== null && Math.abs(element.scrollTop - placed.current) >= 1) setTop(rowOf(element, last));
  };
  const choose = (offset: number): void => onGoTo({ offset: Math.max(0, Math.min(size - 1, offset)), size: 1 });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = caret ?? top * bytesPerRow;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      ArrowDown: at + bytesPerRow,
      ArrowUp: at - bytesPerRow,
      PageDown: at + (rowsInSight - 1) * bytesPerRow,
      PageUp: at - (rowsInSight - 1) * bytesPerRow,
      Home: 0,
      End: size - 1,
    };
    const next = moves[event.key];
    if (next !== undefined) choose(next);
    else if (event.key === "Escape" && half !== "") setHalf("");
    else if (changed !== undefined && caret !== undefined && /^[0-9a-fA-F]$/.test(event.key)) put(caret, event.key);
    else return;
    event.preventDefault();
  };
  const put = (at: number, digit: string): void => {
    if (half === "") return setHalf(digit);
    post({ kind: "write", offset: at, bytes: [Number.parseInt(half + digit, 16)] });
    setHalf("");
    choose(at + 1);
  };
  const onClick = (event: MouseEvent & { readonly currentTarget: HTMLElement }): void => {
    const line = event.currentTarget.firstElementChild?.firstElementChild;
    const width = (line?.getBoundingClientRect().width ?? 0) / (line?.textContent?.length ?? 1);
    const { left, top: above } = event.currentTarget.getBoundingClientRect();
    const row = top + Math.floor((event.clientY - above) / rowHeight);
    const byte = width === 0 ? undefined : byteAtColumn((event.clientX - left) / width, row);
    if (byte !== undefined && byte < size) choose(byte);
  };
  const onWheel = (event: WheelEvent): void => {
    if (!isScaled || event.ctrlKey) return;
    event.preventDefault();
    scrollTo(top + Math.sign(event.deltaY) * 3);
  };
  const first = top * bytesPerRow;
  const end = Math.min(size, first + rowsInSight * bytesPerRow);
  return (
    <>
      <div class="heading">
        <h2>{l10n.t("Bytes")}</h2>
        <span class="quiet">
          {l10n.t("{0} to {1} of {2}", hexadecimal(first), hexadecimal(end), hexadecimal(size))}
        </span>
        <output class="quiet">
          {caret === undefined ? "" : `${hexadecimal(caret)}${what === "" ? "" : ` · ${what}`}`}
        </output>
      </div>
      <Looking size={size} from={target?.offset} onGoTo={onGoTo} />
      <section
        class="hex"
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label={
          changed === undefined
            ? l10n.t("Bytes of the file; arrow keys, Page Up and Page Down, Home and End move")
            : l10n.t("Bytes of the copy; arrow keys, Page Up and Page Down, Home and End move, digits change a byte")
        }
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onWheel={onWheel}
        style={{ maxHeight: `${rowsInSight * rowHeight}px` }}
      >
        <div style={{ height: `${height}px` }}>
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the region's around it */}
          {/* biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; keys choose a byte as well */}
          <div class="sight" style={{ height: `${Math.min(rows, rowsInSight) * rowHeight}px` }} onClick={onClick}>
            {Array.from({ length: Math.min(rowsInSight, rows - top) }, (_, index) => (
              <HexLine row={lineAt(top + index, marked)} />
            ))}
            {(changed ?? []).map((span) => (
              <Over kind="changed" span={span} top={top} />
            ))}
            {caret === undefined ? null : <Over kind="caret" span={{ offset: caret, size: 1 }} top={top} text={half} />}
          </div>
        </div>
      </section>
    </>
  );
}

/** Lies over the digits of bytes that are in sight, without taking their place. */
function Over(props: { kind: "changed" | "caret"; span: Span; top: number; text?: string }) {
  const { kind, span, top, text = "" } = props;
  const first = Math.max(top, Math.floor(span.offset / bytesPerRow));
  const last = Math.min(top + rowsInSight - 1, Math.floor((span.offset + span.size - 1) / bytesPerRow));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const row = (first + index) * bytesPerRow;
    const from = Math.max(span.offset, row) - row;
    const to = Math.min(span.offset + span.size, row + bytesPerRow) - row;
    const style = {
      top: `${(first + index - top) * rowHeight}px`,
      left: `${columnOf(from, row)}ch`,
      width: `${3 * (to - from) - 1}ch`,
    };
    return (
      <span class={text === "" ? kind : `${kind} typing`} style={style} aria-hidden="true">
        {text}
      </span>
    );
  });
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16)}`;
}

function rowOf(element: HTMLElement, last: number): number {
  const room = element.scrollHeight - element.clientHeight;
  return room <= 0 ? 0 : Math.round((element.scrollTop / room) * last);
}

/** Asks for the pages that the rows in sight need; rows of a page that is not there yet have their address only. */
function usePages(
  size: number,
  top: number,
  changed: readonly Span[] | undefined,
): (row: number, marked: Span | undefined) => HexRow {
  const pages = useRef(new Map<number, Uint8Array>());
  const asked = useRef(new Set<number>());
  const [, setArrived] = useState(0);
  useEffect(
    () =>
      onContent((content) => {
        if (content.kind !== "bytes") return;
        asked.current.delete(content.offset);
        pages.current.set(content.offset, content.bytes);
        for (const oldest of pages.current.keys()) {
          if (pages.current.size <= mostPages) break;
          pages.current.delete(oldest);
        }
        setArrived((arrived) => arrived + 1);
      }),
    [],
  );
  // pages that are held stay in sight until they come as they are now
  const stale = useRef(new Set<number>());
  useEffect(() => {
    stale.current = new Set(pages.current.keys());
    asked.current.clear();
  }, [changed]);
  useEffect(() => {
    const end = Math.min(size, (top + rowsInSight) * bytesPerRow);
    for (let offset = pageOf(top * bytesPerRow); offset < end; offset += bytesAtOnce) {
      const isHeld = pages.current.has(offset) && !stale.current.delete(offset);
      if (isHeld || asked.current.has(offset)) continue;
      asked.current.add(offset);
      post({ kind: "bytes", offset, size: Math.min(bytesAtOnce, size - offset) });
    }
  }, [top, size, changed]);
  return (row, marked) => {
    const offset = row * bytesPerRow;
    const page = pages.current.get(pageOf(offset));
    const start = offset - pageOf(offset);
    const [line] = hexRows(page?.subarray(start, start + bytesPerRow) ?? new Uint8Array(0), offset, marked);
    return line ?? blank(offset);
  };
}

function pageOf(offset: number): number {
  return offset - (offset % bytesAtOnce);
}

const nothing = { hex: "", text: "" };

function blank(offset: number): HexRow {
  return { address: addressOf(offset), before: nothing, marked: nothing, after: nothing };
}

type Search =
  | { readonly kind: "idle" }
  | { readonly kind: "running"; readonly offset: number }
  | { readonly kind: "done"; readonly text: string };

/** Fields to go to an offset and to search. */
function Looking(props: { size: number; from: number | undefined; onGoTo: (span: Span) => void }) {
  const { size, from, onGoTo } = props;
  const [search, setSearch] = useState<Search>({ kind: "idle" });
  const [pattern, setPattern] = useState("");
  const [place, setPlace] = useState("");
  const latest = useRef(onGoTo);
  latest.current = onGoTo;
  useEffect(
    () =>
      onContent((content) => {
        switch (content.kind) {
          case "finding":
            return setSearch({ kind: "running", offset: content.offset });
          case "found":
            latest.current({ offset: content.offset, size: content.size });
            return setSearch({ kind: "done", text: l10n.t("Found at {0}.", hexadecimal(content.offset)) });
          case "notFound":
            return setSearch({ kind: "done", text: l10n.t("Not found.") });
          default:
            return;
        }
      }),
    [],
  );
  const goTo = (event: Event): void => {
    event.preventDefault();
    const offset = parseOffset(place, size);
    if (offset === undefined)
      setSearch({ kind: "done", text: l10n.t("No offset of this file: it ends at {0}.", hexadecimal(size)) });
    else {
      setSearch({ kind: "idle" });
      onGoTo({ offset, size: 1 });
    }
  };
  const find = (event: Event): void => {
    event.preventDefault();
    const bytes = parsePattern(pattern);
    if (bytes === undefined) return;
    setSearch({ kind: "running", offset: from ?? 0 });
    post({ kind: "find", bytes: [...bytes], from: from === undefined ? 0 : Math.min(size, from + 1) });
  };
  return (
    <div class="looking">
      <form onSubmit={goTo}>
        <input
          aria-label={l10n.t("Go to offset")}
          placeholder={l10n.t("Go to offset: {0}", "0x1f40")}
          value={place}
          onInput={(event) => setPlace(event.currentTarget.value)}
        />
      </form>
      <form onSubmit={find}>
        <input
          type="search"
          aria-label={l10n.t("Find text or bytes")}
          placeholder={l10n.t("Find: {0}, or {1}", "ahci", "51 45 56 4d")}
          value={pattern}
          onInput={(event) => setPattern(event.currentTarget.value)}
        />
        <button type="submit" class="secondary" disabled={pattern === ""}>
          {l10n.t("Find next")}
        </button>
        {search.kind === "running" ? (
          <button type="button" class="secondary" onClick={() => post({ kind: "stopFinding" })}>
            {l10n.t("Stop")}
          </button>
        ) : null}
      </form>
      <span class="quiet" role="status">
        {search.kind === "running" ? l10n.t("Searching at {0}…", formatBytes(search.offset)) : null}
        {search.kind === "done" ? search.text : null}
      </span>
    </div>
  );
}

function HexLine({ row }: { row: HexRow }) {
  const parts = (which: "hex" | "text") => [row.before[which], row.marked[which], row.after[which]] as const;
  const [hexBefore, hexMarked, hexAfter] = parts("hex");
  const [textBefore, textMarked, textAfter] = parts("text");
  return (
    <div style={{ height: `${rowHeight}px` }}>
      <span class="quiet">{row.address}</span> {hexBefore}
      <mark>{hexMarked}</mark>
      {hexAfter} <span class="quiet">{textBefore}</span>
      <mark>{textMarked}</mark>
      <span class="quiet">{textAfter}</span>
    </div>
  );
}

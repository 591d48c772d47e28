import * as l10n from "@vscode/l10n";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { SimulateEvent, SimulateResult, SimulateSection } from "../../server/protocol";
import { isMovable, moveInto } from "../shared/arrange";
import type { Band } from "../shared/bands";
import { isFault, resultWord } from "../shared/explain";
import { formatBytes } from "../shared/format";
import { shifted, showing, type View, wholeView, zoomed } from "../shared/zoom";
import { post } from "./host";

const size = { width: 960, label: 170, lane: 30, bar: 18 } as const;

interface Drag {
  readonly section: SimulateSection;
  /** The section that it is held before, as a place in the stream. */
  readonly gap: number;
}

/** With fewer sections each is wide anyway. */
const worthZooming = 10;

/** How much nearer a key or a click goes. */
const nearer = 0.6;

/**
 * Each section as a bar on its level's lane, in the order of the stream; an arrow from what came too early to what it needed.
 * The pointer moves along the stream, drags sections, and its wheel zooms; what it does is also below, for those who use none.
 */
export function TimelineView(props: {
  result: SimulateResult;
  bands: readonly Band[];
  at: number;
  canMove: boolean;
  onAt: (at: number) => void;
  onOpen: (event: SimulateEvent) => void;
}) {
  const { result, bands, at, canMove, onAt, onOpen } = props;
  const [drag, setDrag] = useState<Drag | undefined>(undefined);
  const { sections } = result;
  const total = sections.length;
  const [view, setView] = useState(() => wholeView(total));
  useEffect(() => setView((now) => (now.from + now.count > total ? wholeView(total) : now)), [total]);
  useEffect(() => setView((now) => showing(now, total, at)), [at]);
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => (box.current === null ? undefined : bringFault(box.current)), [result]);
  const step = (size.width - size.label) / view.count;
  // the pointer changes nothing of it
  const { drawing, height } = useMemo(() => drawn(result, bands, view, onOpen), [result, bands, view]);
  const along = (event: MouseEvent & { readonly currentTarget: Element }): number => {
    const drawn = event.currentTarget.closest("section")?.querySelector("svg") ?? event.currentTarget;
    const { left, width } = drawn.getBoundingClientRect();
    return view.from + (((event.clientX - left) / width) * size.width - size.label) / step;
  };
  const goTo = (place: number): void => onAt(Math.max(0, Math.min(total - 1, Math.floor(place))));
  const gapAt = (place: number): number => Math.max(0, Math.min(total, Math.round(place)));
  const zoom = (factor: number, around = at + 0.5): void => setView(zoomed(view, total, factor, around));
  const shift = (by: number): void => setView(shifted(view, total, by));
  const x = (place: number): number => size.label + (place - view.from) * step;
  const keys: Readonly<Record<string, () => void>> = {
    "+": () => zoom(nearer),
    "=": () => zoom(nearer),
    "-": () => zoom(1 / nearer),
    "0": () => setView(wholeView(total)),
    a: () => shift(-view.count / 4),
    d: () => shift(view.count / 4),
  };
  const onWheel = (event: WheelEvent & { readonly currentTarget: Element }): void => {
    const by = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) zoom(1.002 ** event.deltaY, along(event));
    else if (by !== 0 && view.count < total) shift((by / 400) * view.count);
    else return;
    event.preventDefault();
  };
  const svg = (
    <svg
      class={drag === undefined ? "timeline" : "timeline dragging"}
      viewBox={`0 -24 ${size.width} ${height + 24}`}
      role="img"
      aria-label={l10n.t("Timeline of the load: the table below has the same in words")}
      onPointerDown={(event) => {
        const place = along(event);
        if (event.button !== 0 || place < view.from) return;
        if (event.target instanceof Element && event.target.matches("circle")) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        goTo(place);
        const section = event.target instanceof SVGRectElement ? sections[Math.floor(place)] : undefined;
        if (canMove && section !== undefined && isMovable(sections, section)) setDrag({ section, gap: gapAt(place) });
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        if (drag === undefined) goTo(along(event));
        else setDrag({ ...drag, gap: gapAt(along(event)) });
      }}
      onPointerUp={() => {
        setDrag(undefined);
        const move = drag && moveInto(sections, drag.section, drag.gap);
        if (move !== undefined) post({ kind: "rearrange", move });
      }}
      onPointerCancel={() => setDrag(undefined)}
    >
      {drawing}
      <line class="cursor" x1={x(at + 0.5)} x2={x(at + 0.5)} y1={-4} y2={height - 4} />
      {drag === undefined ? null : <line class="target" x1={x(drag.gap)} x2={x(drag.gap)} y1={-10} y2={height - 4} />}
    </svg>
  );
  return (
    <>
      <section
        ref={box}
        class="scroll"
        aria-label={l10n.t("Timeline; + and - zoom, 0 shows all, a and d move along")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        onWheel={onWheel}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          keys[event.key]?.();
        }}
      >
        {svg}
      </section>
      {total < worthZooming ? null : (
        <div class="timeline-zoom">
          <button type="button" class="secondary" disabled={view.count <= 4} onClick={keys["+"]}>
            {l10n.t("Zoom in")}
          </button>
          <button type="button" class="secondary" disabled={view.count >= total} onClick={keys["-"]}>
            {l10n.t("Zoom out")}
          </button>
          <output class="quiet">
            {view.count >= total
              ? null
              : l10n.t("{0} to {1} of {2}", Math.floor(view.from) + 1, Math.ceil(view.from + view.count), total)}
          </output>
        </div>
      )}
    </>
  );
}

/** In a narrow column the drawing is wider than what is in sight: what went wrong comes into it, sideways only. */
function bringFault(box: HTMLElement): void {
  const fault = box.querySelector(".failed rect, .wrong rect");
  if (fault === null) return;
  const { left, width } = box.getBoundingClientRect();
  box.scrollLeft += fault.getBoundingClientRect().left - left - width / 2;
}

function drawn(result: SimulateResult, bands: readonly Band[], view: View, onOpen: (event: SimulateEvent) => void) {
  const plot = size.width - size.label;
  const step = plot / view.count;
  const lanes = [...new Set(bands.map((band) => band.level))];
  const rows = bands.flatMap((band) => band.rows.map((row) => ({ ...row, lane: lanes.indexOf(band.level) })));
  const x = (number: number): number => size.label + (number - 1 - view.from) * step;
  const isInSight = (number: number): boolean => number > view.from && number - 1 < view.from + view.count;
  const y = (lane: number): number => lane * size.lane + 4;
  const accesses = lanes.length * size.lane + 10;
  const cause = result.failure?.cause;
  const from = rows.findLast(({ section }) => section.idstr === cause?.consumer.idstr);
  const to = rows.findLast(({ section }) => section.idstr === cause?.provider.idstr);
  const needs = from === undefined || to === undefined ? undefined : { from, to };
  const bars = rows
    .filter(({ number }) => isInSight(number))
    .map(({ section, number, lane, events }) => (
      <g class={section.result.replace(" ", "-")}>
        <rect x={x(number)} y={y(lane)} width={Math.max(1.5, step - 1)} height={size.bar}>
          <title>{`${number} ${section.idstr}: ${formatBytes(section.size)}, ${resultWord(section.result)}`}</title>
        </rect>
        {events
          .filter(({ address }) => address !== undefined)
          .map((event, index, all) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; the table has a button for each
            <circle
              class={[isFault(event) ? "fault" : "", event.walk === undefined ? "" : "opens"].join(" ")}
              cx={x(number) + step / 2 + (index - (all.length - 1) / 2) * 9}
              cy={accesses}
              r="4"
              onClick={event.walk === undefined ? undefined : () => onOpen(event)}
            >
              <title>{`${section.idstr}: ${event.kind} ${event.address}: ${event.result}`}</title>
            </circle>
          ))}
      </g>
    ));
  const height = accesses + (needs === undefined ? 10 : 42);
  const drawing = (
    <>
      {lanes.map((level, lane) => (
        <>
          <text x="0" y={y(lane) + 14}>
            {level === "" ? l10n.t("no level") : level}
          </text>
          <line x1={size.label} x2={size.width} y1={y(lane) + size.bar + 4} y2={y(lane) + size.bar + 4} />
        </>
      ))}
      {/* cuts off what reaches beyond the part in sight, with the same places inside as outside */}
      <svg
        x={size.label}
        y={-24}
        width={plot}
        height={height + 24}
        viewBox={`${size.label} -24 ${plot} ${height + 24}`}
        aria-hidden="true"
      >
        {bars}
        {needs === undefined ? null : (
          <g class="needs">
            <path
              d={curve(
                x(needs.from.number) + step / 2,
                y(needs.from.lane),
                x(needs.to.number) + step / 2,
                y(needs.to.lane),
              )}
            />
          </g>
        )}
      </svg>
      {rows.some(({ events }) => events.some(({ address }) => address !== undefined)) ? (
        <text x="0" y={accesses + 4}>
          {l10n.t("accesses while loading")}
        </text>
      ) : null}
      {needs === undefined || !isInSight(needs.from.number) ? null : (
        <g class="needs">
          <text x={x(needs.from.number) + step / 2} y={accesses + 22}>
            {needs.from.section.idstr}
          </text>
          <text x={x(needs.to.number) + step / 2} y={accesses + 38}>
            {l10n.t("needs {0}", needs.to.section.idstr)}
          </text>
        </g>
      )}
    </>
  );
  return { drawing, height };
}

/** With a head of its own: two short strokes at its end, which comes from above. */
function curve(x1: number, y1: number, x2: number, y2: number): string {
  return `M${x1} ${y1} C${x1} ${y1 - 26}, ${x2} ${y2 - 26}, ${x2} ${y2} m-5 -7 l5 7 l5 -7`;
}

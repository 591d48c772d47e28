import * as l10n from "@vscode/l10n";
import { useMemo, useState } from "preact/hooks";
import type { SimulateEvent, SimulateResult, SimulateSection } from "../../server/protocol";
import { isMovable, moveInto } from "../shared/arrange";
import type { Band } from "../shared/bands";
import { isFault, resultWord } from "../shared/explain";
import { formatBytes } from "../shared/format";
import { post } from "./host";

const size = { width: 960, label: 170, lane: 30, bar: 18 } as const;

interface Drag {
  readonly section: SimulateSection;
  /** The section that it is held before, as a place in the stream. */
  readonly gap: number;
}

/**
 * Each section as a bar on its level's lane, in the order of the stream; an arrow from what came too early to what it needed.
 * The pointer moves along the stream and drags sections; what it does is also below, for those who use none.
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
  const step = (size.width - size.label) / Math.max(1, sections.length);
  // the pointer changes nothing of it: it is drawn once a result
  const { drawing, height } = useMemo(() => drawn(result, bands, step, onOpen), [result, bands]);
  const along = (event: PointerEvent & { readonly currentTarget: SVGSVGElement }): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return (((event.clientX - left) / width) * size.width - size.label) / step;
  };
  const goTo = (place: number): void => onAt(Math.max(0, Math.min(sections.length - 1, Math.floor(place))));
  const gapAt = (place: number): number => Math.max(0, Math.min(sections.length, Math.round(place)));
  const cursor = size.label + (at + 0.5) * step;
  return (
    <svg
      class={drag === undefined ? "timeline" : "timeline dragging"}
      viewBox={`0 -24 ${size.width} ${height + 24}`}
      role="img"
      aria-label={l10n.t("Timeline of the load: the table below has the same in words")}
      onPointerDown={(event) => {
        const place = along(event);
        if (event.button !== 0 || place < 0 || (event.target instanceof Element && event.target.matches("circle")))
          return;
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
      <line class="cursor" x1={cursor} x2={cursor} y1={-4} y2={height - 4} />
      {drag === undefined ? null : (
        <line
          class="target"
          x1={size.label + drag.gap * step}
          x2={size.label + drag.gap * step}
          y1={-10}
          y2={height - 4}
        />
      )}
    </svg>
  );
}

function drawn(result: SimulateResult, bands: readonly Band[], step: number, onOpen: (event: SimulateEvent) => void) {
  const lanes = [...new Set(bands.map((band) => band.level))];
  const rows = bands.flatMap((band) => band.rows.map((row) => ({ ...row, lane: lanes.indexOf(band.level) })));
  const x = (number: number): number => size.label + (number - 1) * step;
  const y = (lane: number): number => lane * size.lane + 4;
  const accesses = lanes.length * size.lane + 10;
  const cause = result.failure?.cause;
  const from = rows.findLast(({ section }) => section.idstr === cause?.consumer.idstr);
  const to = rows.findLast(({ section }) => section.idstr === cause?.provider.idstr);
  const needs = from === undefined || to === undefined ? undefined : { from, to };
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
      {rows.map(({ section, number, lane, events }) => (
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
      ))}
      {rows.some(({ events }) => events.some(({ address }) => address !== undefined)) ? (
        <text x="0" y={accesses + 4}>
          {l10n.t("accesses while loading")}
        </text>
      ) : null}
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
  return { drawing, height: accesses + (needs === undefined ? 10 : 42) };
}

/** With a head of its own: two short strokes at its end, which comes from above. */
function curve(x1: number, y1: number, x2: number, y2: number): string {
  return `M${x1} ${y1} C${x1} ${y1 - 26}, ${x2} ${y2 - 26}, ${x2} ${y2} m-5 -7 l5 7 l5 -7`;
}

import * as l10n from "@vscode/l10n";
import type { SimulateEvent, SimulateResult } from "../../server/protocol";
import type { Band } from "../shared/bands";
import { isFault, resultWord } from "../shared/explain";
import { formatBytes } from "../shared/format";

const size = { width: 960, label: 170, lane: 30, bar: 18 } as const;

/** Each section as a bar on its level's lane, in the order of the stream; an arrow from what came too early to what it needed. */
export function TimelineView(props: {
  result: SimulateResult;
  bands: readonly Band[];
  /** With the mouse only: the table below has a button for each. */
  onOpen: (event: SimulateEvent) => void;
}) {
  const { result, bands } = props;
  const step = (size.width - size.label) / Math.max(1, result.sections.length);
  const lanes = [...new Set(bands.map((band) => band.level))];
  const rows = bands.flatMap((band) => band.rows.map((row) => ({ ...row, lane: lanes.indexOf(band.level) })));
  const x = (number: number): number => size.label + (number - 1) * step;
  const y = (lane: number): number => lane * size.lane + 4;
  const accesses = lanes.length * size.lane + 10;
  const cause = result.failure?.cause;
  const from = rows.findLast(({ section }) => section.idstr === cause?.consumer.idstr);
  const to = rows.findLast(({ section }) => section.idstr === cause?.provider.idstr);
  const needs = from === undefined || to === undefined ? undefined : { from, to };
  return (
    <svg
      class="timeline"
      viewBox={`0 -24 ${size.width} ${accesses + 24 + (needs === undefined ? 10 : 42)}`}
      role="img"
      aria-label={l10n.t("Timeline of the load: the table below has the same in words")}
    >
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
                onClick={event.walk === undefined ? undefined : () => props.onOpen(event)}
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
    </svg>
  );
}

/** With a head of its own: two short strokes at its end, which comes from above. */
function curve(x1: number, y1: number, x2: number, y2: number): string {
  return `M${x1} ${y1} C${x1} ${y1 - 26}, ${x2} ${y2 - 26}, ${x2} ${y2} m-5 -7 l5 7 l5 -7`;
}

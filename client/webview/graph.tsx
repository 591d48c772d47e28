import * as l10n from "@vscode/l10n";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { OrderLevel } from "../../server/protocol";
import { isAtRisk } from "../shared/edges";
import { dependencies, entries } from "../shared/format";
import { entryKey, layoutGraph, nextNode, nodeHeight } from "../shared/graph";
import type { Direction, Graph, GraphNode } from "../shared/graph";
import type { GraphPage } from "../shared/messages";
import { GraphDetails } from "./graphDetails";
import { usePan } from "./pan";
import { Filter } from "./parts";

const zoomSteps = [0.4, 0.5, 0.65, 0.8, 1, 1.25, 1.6, 2] as const;
const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

export function GraphView({ page }: { page: GraphPage }) {
  const { result, machine } = page;
  const [words, setWords] = useState("");
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [around, setAround] = useState<string | undefined>(undefined);
  const [riskOnly, setRiskOnly] = useState(false);
  const [zoom, setZoom] = useState(zoomSteps.indexOf(1));
  const [width, setWidth] = useState(960);
  const scroll = useRef<HTMLDivElement>(null);
  usePan(scroll);
  useLayoutEffect(() => {
    const element = scroll.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const scale = zoomSteps[zoom] ?? 1;
  const graph = useMemo(
    () => layoutGraph(result, { width: Math.floor(width / scale), toggled, words, around, riskOnly }),
    [result, width, scale, toggled, words, around, riskOnly],
  );
  const atRisk = result.edges.filter(isAtRisk);
  const node = graph.nodes.find((each) => each.key === chosen);
  const toggle = (key: string): void =>
    setToggled((before) => {
      const next = new Set(before);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  const choose = (each: GraphNode): void => {
    if (each.entries.length > 1) toggle(each.key);
    setChosen(each.key);
  };
  const onKey = (event: KeyboardEvent): void => {
    const direction = directions[event.key];
    if (direction !== undefined) {
      const next = nextNode(graph.nodes, chosen ?? "", direction);
      if (next) {
        setChosen(next.key);
        focusNode(scroll.current, next.key);
      }
    } else if (event.key === "+" || event.key === "=") setZoom(Math.min(zoomSteps.length - 1, zoom + 1));
    else if (event.key === "-") setZoom(Math.max(0, zoom - 1));
    else if (event.key === "0") setZoom(zoomSteps.indexOf(1));
    else if (event.key === "Escape") {
      setAround(undefined);
      setChosen(undefined);
    } else return;
    event.preventDefault();
  };

  return (
    <div class="graph-page">
      <div class={`verdict compact ${atRisk.length > 0 ? "wrong" : "good"}`} role="status">
        <h1>
          {atRisk.length > 0
            ? l10n.t("{0} not guaranteed by priority", dependencies(atRisk.length))
            : l10n.t("All known load-order dependencies are satisfied")}
        </h1>
        <p>
          {[
            entries(result.entries.length),
            dependencies(result.edges.length),
            machine === undefined ? l10n.t("the whole tree") : machine,
          ].join(" · ")}
          {". "}
          {l10n.t("The highest level is above and loads first; arrows point from a provider to its dependents.")}
        </p>
      </div>
      <div class="toolbar graph-tools">
        <Filter label={l10n.t("Find entries")} value={words} onChange={setWords} />
        <label>
          <input
            type="checkbox"
            checked={riskOnly}
            disabled={atRisk.length === 0}
            onChange={(event) => setRiskOnly(event.currentTarget.checked)}
          />
          {l10n.t("Only what is at risk")}
        </label>
        {around === undefined ? null : (
          <button type="button" class="secondary" onClick={() => setAround(undefined)}>
            {l10n.t("Show all")}
          </button>
        )}
        <span class="zoom">
          <ZoomButton label={l10n.t("Zoom out")} sign="−" onClick={() => setZoom(Math.max(0, zoom - 1))} />
          <span aria-live="polite">{Math.round(scale * 100)} %</span>
          <ZoomButton
            label={l10n.t("Zoom in")}
            sign="+"
            onClick={() => setZoom(Math.min(zoomSteps.length - 1, zoom + 1))}
          />
        </span>
      </div>
      <div class="graph-split">
        <div class="graph-scroll" ref={scroll}>
          {graph.nodes.length === 0 ? <p class="quiet nothing">{l10n.t("No entry matches.")}</p> : null}
          <div class="graph" style={{ zoom: String(scale), width: px(graph.width), height: px(graph.height) }}>
            <Bands graph={graph} />
            <Links graph={graph} chosen={chosen} />
            <Levels graph={graph} levels={result.levels} />
            <fieldset class="graph-nodes" onKeyDown={onKey}>
              <legend class="unseen">
                {l10n.t("Entries by level. Arrow keys move, Enter chooses or opens a group, plus and minus zoom.")}
              </legend>
              {graph.nodes.map((each, index) => (
                <NodeButton
                  node={each}
                  chosen={each.key === chosen}
                  reachable={node === undefined ? index === 0 : each.key === chosen}
                  onChoose={() => choose(each)}
                />
              ))}
            </fieldset>
          </div>
        </div>
        <GraphDetails
          node={node}
          edges={result.edges}
          movable={machine === undefined}
          onAround={(entry) => setAround(entryKey(entry))}
        />
      </div>
    </div>
  );
}

function ZoomButton(props: { label: string; sign: string; onClick: () => void }) {
  return (
    <button type="button" class="secondary" aria-label={props.label} title={props.label} onClick={props.onClick}>
      {props.sign}
    </button>
  );
}

function px(amount: number): string {
  return `${amount}px`;
}

function focusNode(root: HTMLElement | null, key: string): void {
  for (const element of root?.querySelectorAll<HTMLElement>("[data-key]") ?? []) {
    if (element.dataset.key === key) element.focus();
  }
}

function Bands({ graph }: { graph: Graph }) {
  return (
    <>
      {graph.bands.map(({ y, height }) => (
        <div class="graph-band" style={{ top: px(y), height: px(height) }} />
      ))}
    </>
  );
}

/** Above the lines, so that none runs through a word. */
function Levels({ graph, levels }: { graph: Graph; levels: readonly OrderLevel[] }) {
  const comments = new Map(levels.map((level) => [level.name, level.comment]));
  return (
    <>
      {graph.bands.map(({ level, amount, y }) => (
        <div class="graph-level" style={{ top: px(y + 1) }}>
          <h2>{level}</h2>
          <span class="quiet">
            {[entries(amount), comments.get(level) ?? ""].filter((word) => word !== "").join(" · ")}
          </span>
        </div>
      ))}
    </>
  );
}

function Links({ graph, chosen }: { graph: Graph; chosen: string | undefined }) {
  const picked = graph.links.some((link) => link.provider === chosen || link.consumer === chosen);
  return (
    <svg
      class={picked ? "graph-links picked" : "graph-links"}
      width={graph.width}
      height={graph.height}
      aria-hidden="true"
    >
      {graph.links.map((link) => {
        const own = link.provider === chosen || link.consumer === chosen;
        return (
          <path
            d={link.path}
            class={`${link.certainty}${own ? " own" : ""}`}
            stroke-width={Math.min(4, 1 + Math.log2(link.edges.length) / 2)}
          />
        );
      })}
    </svg>
  );
}

function NodeButton(props: { node: GraphNode; chosen: boolean; reachable: boolean; onChoose: () => void }) {
  const { node, chosen, reachable, onChoose } = props;
  const group = node.entries.length > 1;
  const classes = ["node", node.role, node.worst ?? "", group ? "group" : "", chosen ? "chosen" : ""];
  const more = node.role === "apart" ? `${node.more}` : `+${node.more}`;
  return (
    <button
      type="button"
      class={classes.join(" ")}
      data-key={node.key}
      tabIndex={reachable ? 0 : -1}
      style={{ left: px(node.x), top: px(node.y), width: px(node.width), height: px(nodeHeight) }}
      title={
        group
          ? node.entries
              .map((entry) => entry.idstr)
              .slice(0, 40)
              .join("\n")
          : node.label
      }
      aria-pressed={chosen}
      {...(group ? { "aria-expanded": node.open } : {})}
      onClick={onChoose}
    >
      {group ? (
        <span class="twist" aria-hidden="true">
          {node.open ? "▾" : "▸"}
        </span>
      ) : null}
      <span class="node-label">{node.label}</span>
      {group ? <span class="amount">{more}</span> : null}
    </button>
  );
}

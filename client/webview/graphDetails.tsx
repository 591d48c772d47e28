/** What is known of the chosen node of the graph: its tables, whom it needs, who needs it, and the proof. */
import * as l10n from "@vscode/l10n";
import type { OrderEdge, OrderEntry } from "../../server/protocol";
import { certainties, certaintyOf, certaintyWords } from "../shared/edges";
import type { GraphNode } from "../shared/graph";
import { entries, more } from "../shared/format";
import { groupBy } from "../shared/group";
import { code, sentence } from "../shared/sentence";
import { post } from "./host";
import { Calls, Fold, SourceLink, Words } from "./parts";

interface DetailsProps {
  readonly node: GraphNode | undefined;
  readonly edges: readonly OrderEdge[];
  /** Levels can be edited: those of the tree, not the places that a machine gives. */
  readonly movable: boolean;
  readonly onAround: (entry: OrderEntry) => void;
}

export function GraphDetails({ node, edges, movable, onAround }: DetailsProps) {
  if (node === undefined) {
    return (
      <aside class="graph-details" aria-label={l10n.t("Details")}>
        <h2>{l10n.t("Nothing chosen")}</h2>
        <p class="quiet">
          {l10n.t("Choose an entry to see whom it needs, who needs it, and the calls that prove it.")}
        </p>
        <Legend />
      </aside>
    );
  }
  const [first] = node.entries;
  const names = new Set(node.entries.map((entry) => entry.idstr));
  return (
    <aside class="graph-details" aria-label={l10n.t("Details")} aria-live="polite">
      <h2>{node.entries.length === 1 ? node.label : entries(node.entries.length)}</h2>
      <p class="quiet">{first?.level}</p>
      <ul class="plain">
        {node.entries.slice(0, 60).map((entry) => (
          <li>
            {entry.file === "" ? (
              entry.idstr
            ) : (
              <SourceLink file={entry.file} line={entry.line}>
                {entry.symbol || entry.idstr}
              </SourceLink>
            )}
          </li>
        ))}
      </ul>
      {node.entries.length > 60 ? <p class="quiet">{more(node.entries.length - 60)}</p> : null}
      {first === undefined || node.entries.length > 1 ? null : (
        <div class="actions">
          <button type="button" onClick={() => onAround(first)}>
            {l10n.t("Only its neighbours")}
          </button>
          {movable && first.symbol !== "" && first.file !== "" ? (
            <button
              type="button"
              class="secondary"
              onClick={() => post({ kind: "move", symbol: first.symbol, file: first.file, level: first.level })}
            >
              {l10n.t("Move to level…")}
            </button>
          ) : null}
        </div>
      )}
      <Side
        title={l10n.t("Needs")}
        edges={edges.filter((edge) => names.has(edge.consumer))}
        other={(edge) => edge.provider}
      />
      <Side
        title={l10n.t("Needed by")}
        edges={edges.filter((edge) => names.has(edge.provider))}
        other={(edge) => edge.consumer}
      />
    </aside>
  );
}

function Side(props: { title: string; edges: readonly OrderEdge[]; other: (edge: OrderEdge) => string }) {
  if (props.edges.length === 0) return null;
  const byCertainty = groupBy(props.edges, certaintyOf);
  return (
    <section>
      <h3>{props.title}</h3>
      {certainties.map((certainty) => {
        const own = byCertainty.get(certainty);
        if (own === undefined) return null;
        return (
          <>
            <p class={`certainty ${certainty}`}>{certaintyWords(certainty)}</p>
            {[...groupBy(own, props.other)].map(([name, pair]) => (
              <Fold title={name} amount={pair.length} open={false}>
                {() => pair.slice(0, 5).map((edge) => <Proof edge={edge} />)}
              </Fold>
            ))}
          </>
        );
      })}
    </section>
  );
}

function Proof({ edge }: { edge: OrderEdge }) {
  return (
    <>
      <p>{edge.reason}</p>
      {edge.onlyIf === undefined ? null : (
        <p>
          <Words sentence={sentence(l10n.t("Only if {0}"), code(edge.onlyIf))} />
        </p>
      )}
      <Calls evidence={edge.evidence} />
    </>
  );
}

function Legend() {
  return (
    <ul class="plain legend">
      {certainties.map((certainty) => (
        <li>
          <svg width="34" height="10" class="graph-links-key" aria-hidden="true">
            <path d="M1 5H33" class={certainty} stroke-width="2" />
          </svg>
          {certaintyWords(certainty)}
        </li>
      ))}
    </ul>
  );
}

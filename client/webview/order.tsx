import * as l10n from "@vscode/l10n";
import { useMemo, useState } from "preact/hooks";
import type { OrderEdge, OrderEntry, OrderLevel, OrderResult } from "../../server/protocol";
import { certaintyOf, isAtRisk } from "../shared/edges";
import type { Certainty } from "../shared/edges";
import { dependencies, descriptions, entries as amountOfEntries, sections } from "../shared/format";
import { groupBy } from "../shared/group";
import type { OrderPage } from "../shared/messages";
import { code, sentence } from "../shared/sentence";
import { post } from "./host";
import { Calls, Filter, Fold, MachineForm, SourceLink, Words } from "./parts";

export function OrderView({ page }: { page: OrderPage }) {
  const { result, machine } = page;
  const [words, setWords] = useState("");
  const broken = result.edges.filter(isAtRisk);
  const edgesOf = (certainty: Certainty) => result.edges.filter((edge) => certaintyOf(edge) === certainty);
  const levels = useMemo(() => groupByLevel(result, words), [result, words]);
  return (
    <>
      <div class={`verdict ${broken.length > 0 ? "wrong" : "good"}`} role="status">
        <h1>
          <span class="mark" aria-hidden="true">
            {broken.length > 0 ? "!" : "✓"}
          </span>
          {broken.length > 0
            ? l10n.t("{0} not guaranteed by priority", dependencies(broken.length))
            : l10n.t("All known load-order dependencies are satisfied")}
        </h1>
        <p>
          {machine === undefined
            ? l10n.t("{0} of the whole tree, highest priority first.", descriptions(result.entries.length))
            : l10n.t("{0} in the order in which this machine saves and loads them.", sections(result.entries.length))}
        </p>
      </div>
      <MachineForm
        purpose="order"
        machine={machine ?? ""}
        run={l10n.t("Show order")}
        onRun={(line) => post({ kind: "order", machine: line })}
      />
      <div class="toolbar">
        <button type="button" class="link" onClick={() => post({ kind: "graph" })}>
          {l10n.t("Show as graph")}
        </button>
      </div>
      <CycleList cycles={result.cycles} />
      <EdgeList title={l10n.t("Against the order: the provider loads later")} edges={edgesOf("inverted")} open />
      <EdgeList title={l10n.t("Not guaranteed (depends on creation order)")} edges={edgesOf("chance")} open />
      <EdgeList title={l10n.t("Guaranteed by creation order")} edges={edgesOf("created")} open={false} />
      <EdgeList title={l10n.t("Kept by priority")} edges={edgesOf("kept")} open={false} />
      <div class="heading">
        <h2>{l10n.t("Load order")}</h2>
        <Filter label={l10n.t("Filter entries")} value={words} onChange={setWords} />
      </div>
      <div class="scroll">
        <table class="stream">
          <thead>
            <tr>
              <th class="number">#</th>
              <th>{l10n.t("Entry")}</th>
              <th>{l10n.t("Table")}</th>
            </tr>
          </thead>
          {levels.map(({ name, level, entries }) => (
            <tbody>
              <tr class="band">
                <th colSpan={3} scope="rowgroup">
                  <span class={`level ${name === "MIG_PRI_DEFAULT" ? "plain" : "raised"}`}>{name}</span>
                  <span class="quiet">
                    {level === undefined ? "" : `${level.value} · `}
                    {amountOfEntries(entries.length)}
                    {level?.comment ? ` · ${level.comment}` : ""}
                  </span>
                </th>
              </tr>
              {entries.map(({ entry, position }) => (
                <tr>
                  <td class="number quiet">{position + 1}</td>
                  <td class="name">
                    {entry.idstr}
                    {entry.instanceId > 0 ? <span class="quiet"> #{entry.instanceId}</span> : null}
                    {entry.type === "" || entry.idstr.endsWith(entry.type) ? null : (
                      <span class="quiet"> {entry.type}</span>
                    )}
                  </td>
                  <td>
                    {entry.file === "" ? (
                      entry.symbol || entry.description
                    ) : (
                      <SourceLink file={entry.file} line={entry.line}>
                        {entry.symbol || entry.description}
                      </SourceLink>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </>
  );
}

interface LevelGroup {
  readonly name: string;
  readonly level: OrderLevel | undefined;
  readonly entries: readonly { readonly entry: OrderEntry; readonly position: number }[];
}

function groupByLevel(result: OrderResult, words: string): readonly LevelGroup[] {
  const wanted = words.trim().toLowerCase();
  const levels = new Map(result.levels.map((level) => [level.name, level]));
  const placed = result.entries.map((entry, position) => ({ entry, position }));
  const kept = placed.filter(({ entry }) =>
    [entry.idstr, entry.type, entry.symbol, entry.level].some((value) => value.toLowerCase().includes(wanted)),
  );
  return [...groupBy(kept, ({ entry }) => entry.level)].map(([name, entries]) => ({
    name,
    level: levels.get(name),
    entries,
  }));
}

function CycleList({ cycles }: { cycles: OrderResult["cycles"] }) {
  if (cycles.length === 0) return null;
  return (
    <details class="edges" open>
      <summary>
        {l10n.t("Circles: no order can satisfy them")} <span class="quiet">({cycles.length})</span>
      </summary>
      <ul>
        {cycles.map((names) => (
          <li>
            <code>{[...names, ...names.slice(0, 1)].join(" → ")}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** By provider; what is folded is not drawn, so that a whole tree stays light. */
function EdgeList({ title, edges, open }: { title: string; edges: readonly OrderEdge[]; open: boolean }) {
  const groups = useMemo(() => [...groupBy(edges, (edge) => edge.provider)], [edges]);
  if (edges.length === 0) return null;
  const few = edges.length <= 12;
  return (
    <Fold title={title} amount={edges.length} open={open && few}>
      {() =>
        groups.map(([provider, own]) => (
          <Fold title={l10n.t("Need {0}", provider)} amount={own.length} open={few}>
            {() => (
              <ul>
                {own.map((edge) => (
                  <EdgeItem edge={edge} open={few} />
                ))}
              </ul>
            )}
          </Fold>
        ))
      }
    </Fold>
  );
}

function EdgeItem({ edge, open }: { edge: OrderEdge; open: boolean }) {
  return (
    <li>
      <Words sentence={sentence(l10n.t("{0} needs {1}"), code(edge.consumer), code(edge.provider))} />
      {edge.evidence.length === 0 ? (
        <span class="quiet">: {edge.reason}</span>
      ) : (
        <Fold title={l10n.t("The calls")} amount={edge.evidence.length} open={open}>
          {() => <Calls evidence={edge.evidence} />}
        </Fold>
      )}
    </li>
  );
}

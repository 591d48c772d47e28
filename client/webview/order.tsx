import { useMemo, useState } from "preact/hooks";
import type { OrderEdge, OrderEntry, OrderLevel, OrderResult } from "../../server/protocol";
import { count } from "../shared/format";
import { groupBy } from "../shared/group";
import type { OrderPage } from "../shared/messages";
import { post } from "./host";
import { Filter, MachineForm, SourceLink } from "./parts";

export function OrderView({ page }: { page: OrderPage }) {
  const { result, machine } = page;
  const [words, setWords] = useState("");
  const broken = result.edges.filter((edge) => !edge.holds);
  const edgesBy = (by: OrderEdge["by"]) => result.edges.filter((edge) => edge.by === by);
  const levels = useMemo(() => groupByLevel(result, words), [result, words]);
  return (
    <>
      <div class={`verdict ${broken.length > 0 ? "wrong" : "good"}`} role="status">
        <h1>
          <span class="mark" aria-hidden="true">
            {broken.length > 0 ? "!" : "✓"}
          </span>
          {broken.length > 0
            ? `${count(broken.length, "dependency", "dependencies")} left to the order of creation`
            : "Every known dependency is kept by priority"}
        </h1>
        <p>
          {machine === undefined
            ? `${count(result.entries.length, "description")} of the whole tree, highest priority first.`
            : `${count(result.entries.length, "section")} in the order in which this machine saves and loads them.`}
        </p>
      </div>
      <MachineForm machine={machine ?? ""} run="Show order" onRun={(line) => post({ kind: "order", machine: line })} />
      <CycleList cycles={result.cycles} />
      <EdgeList title="Against the order: the provider loads later" edges={edgesBy("inverted")} open />
      <EdgeList title="Left to the order of creation" edges={edgesBy("creation")} open />
      <EdgeList title="Kept by priority" edges={edgesBy("level")} open={false} />
      <div class="heading">
        <h2>Load order</h2>
        <Filter label="Filter entries" value={words} onChange={setWords} />
      </div>
      <div class="scroll">
        <table class="stream">
          <thead>
            <tr>
              <th class="number">#</th>
              <th>Entry</th>
              <th>Table</th>
            </tr>
          </thead>
          {levels.map(({ name, level, entries }) => (
            <tbody>
              <tr class="band">
                <th colSpan={3} scope="rowgroup">
                  <span class={`level ${name === "MIG_PRI_DEFAULT" ? "plain" : "raised"}`}>{name}</span>
                  <span class="quiet">
                    {level === undefined ? "" : `${level.value} · `}
                    {count(entries.length, "entry", "entries")}
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
        Circles: no order can satisfy them <span class="quiet">({cycles.length})</span>
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

function EdgeList({ title, edges, open }: { title: string; edges: readonly OrderEdge[]; open: boolean }) {
  if (edges.length === 0) return null;
  return (
    <details class="edges" open={open}>
      <summary>
        {title} <span class="quiet">({edges.length})</span>
      </summary>
      <ul>
        {edges.map((edge) => (
          <li>
            <code>{edge.consumer}</code> needs <code>{edge.provider}</code>
            <div class="quiet">{edge.reason}</div>
            {edge.evidence.length === 0 ? null : (
              <ol>
                {edge.evidence.map(({ file, line, text }) => (
                  <li>
                    {text}{" "}
                    <SourceLink file={file} line={line}>
                      {file}:{line + 1}
                    </SourceLink>
                  </li>
                ))}
              </ol>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

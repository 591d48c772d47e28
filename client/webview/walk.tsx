/** How an access found its address: each entry that the IOMMU read, and the memory at the end. */
import * as l10n from "@vscode/l10n";
import type { SimulateWalk, SimulateWalkStep } from "../../server/protocol";
import { endOf, entryName, hexRows } from "../shared/walk";
import { Words } from "./parts";

export function WalkView({ walk, meant }: { walk: SimulateWalk; meant: SimulateWalk | undefined }) {
  return (
    <div class="walks">
      <WalkOf title={l10n.t("On the destination, at this point of the load")} walk={walk} />
      {meant === undefined ? null : <WalkOf title={l10n.t("On the source")} walk={meant} />}
    </div>
  );
}

function WalkOf({ title, walk }: { title: string; walk: SimulateWalk }) {
  const { iommu, requester, address, steps, end, bytes } = walk;
  return (
    <section class="walk">
      <h3>{title}</h3>
      <p class="quiet">
        {iommu === undefined
          ? l10n.t("Device {0}, address {1}", requester, address)
          : l10n.t("Device {0}, address {1}, through {2}", requester, address, iommu)}
      </p>
      <ol>
        {steps.map((step) => (
          <StepItem step={step} />
        ))}
      </ol>
      <p class={`walk-end ${end.kind}`}>
        <Words sentence={endOf(end)} />
      </p>
      {end.kind === "fault" ? null : <Memory address={end.address} bytes={bytes} />}
    </section>
  );
}

function StepItem({ step }: { step: SimulateWalkStep }) {
  const { address, words, fields } = step;
  return (
    <li>
      <span class="walk-entry">{entryName(step)}</span>
      {address === undefined ? null : <code>{address}</code>}
      <span class="walk-raw">
        {words.length === 0 && address !== undefined
          ? l10n.t("no memory there")
          : words.map((word) => <code>{word}</code>)}
      </span>
      <dl>
        {fields.map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

function Memory({ address, bytes }: { address: string; bytes: string | undefined }) {
  if (bytes === undefined) return <p class="quiet">{l10n.t("The guest has no memory at {0}.", address)}</p>;
  return (
    <pre class="walk-memory">
      {hexRows(address, bytes)
        .map(({ at, hex, text }) => `${at}  ${hex}  ${text}`)
        .join("\n")}
    </pre>
  );
}

/** How an access found its address: each entry that the IOMMU read, and the memory at the end. */
import * as l10n from "@vscode/l10n";
import { useState } from "preact/hooks";
import type { SimulateResult, SimulateWalk, SimulateWalkStep } from "../../server/protocol";
import { endOf, entryName, hexRows } from "../shared/walk";
import { MemoryBrowser } from "./memory";
import { Words } from "./parts";

interface Looking {
  /** Shows the memory at an address; absent where that is not to be had. */
  readonly onLook: ((address: string) => void) | undefined;
}

/** `result` is given where its memory can be asked for. */
export function WalkView(props: {
  walk: SimulateWalk;
  meant: SimulateWalk | undefined;
  result: SimulateResult | undefined;
}) {
  const { walk, meant, result } = props;
  const [at, setAt] = useState<string | undefined>(undefined);
  const onLook = result === undefined ? undefined : setAt;
  return (
    <>
      <div class="walks">
        <WalkOf title={l10n.t("On the destination, at this point of the load")} walk={walk} onLook={onLook} />
        {meant === undefined ? null : <WalkOf title={l10n.t("On the source")} walk={meant} onLook={onLook} />}
      </div>
      {result === undefined || at === undefined ? null : <MemoryBrowser result={result} at={at} onAt={setAt} />}
    </>
  );
}

function WalkOf({ title, walk, onLook }: Looking & { title: string; walk: SimulateWalk }) {
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
          <StepItem step={step} onLook={onLook} />
        ))}
      </ol>
      <p class={`walk-end ${end.kind}`}>
        <Words sentence={endOf(end)} />
      </p>
      {end.kind === "fault" ? null : (
        <>
          <Memory address={end.address} bytes={bytes} />
          {onLook === undefined ? null : (
            <button type="button" class="link" onClick={() => onLook(end.address)}>
              {l10n.t("Guest memory at {0}", end.address)}
            </button>
          )}
        </>
      )}
    </section>
  );
}

function StepItem({ step, onLook }: Looking & { step: SimulateWalkStep }) {
  const { address, words, fields } = step;
  return (
    <li>
      <span class="walk-entry">{entryName(step)}</span>
      {address === undefined ? null : onLook === undefined ? (
        <code>{address}</code>
      ) : (
        <button
          type="button"
          class="link"
          aria-label={l10n.t("Guest memory at {0}", address)}
          onClick={() => onLook(address)}
        >
          <code>{address}</code>
        </button>
      )}
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

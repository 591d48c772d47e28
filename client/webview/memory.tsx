/** Guest memory of a simulated destination: bytes, what they hold and where they come from. */
import * as l10n from "@vscode/l10n";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SimulateResult } from "../../server/protocol";
import { memoryRows, movedBy, originOf, readAddress } from "../shared/memory";
import type { MemoryPage } from "../shared/messages";
import { onContent, post } from "./host";

export function MemoryBrowser(props: { result: SimulateResult; at: string; onAt: (address: string) => void }) {
  const { result, at, onAt } = props;
  const [answer, setAnswer] = useState<MemoryPage | undefined>(undefined);
  const [typed, setTyped] = useState(at);
  useEffect(() => {
    setTyped(at);
    const stop = onContent((content) => {
      if (content.kind === "memory" && content.address === at) setAnswer(content);
    });
    const move = result.moved?.move;
    post({ kind: "memory", machine: result.machine, address: at, ...(move === undefined ? {} : { move }) });
    return stop;
  }, [at, result]);
  const box = useRef<HTMLElement>(null);
  // what was asked for by a click further up may be out of sight; a new run moves nothing
  useEffect(() => {
    if (answer !== undefined) box.current?.scrollIntoView({ block: "nearest" });
  }, [answer?.address]);
  const address = readAddress(typed);
  const view = answer?.view;
  const beside = (pages: number) => {
    const to = view?.bytes && movedBy(view.address, (pages * view.bytes.length) / 2);
    return (
      <button type="button" class="secondary" disabled={!to} onClick={() => to && onAt(to)}>
        {pages < 0 ? l10n.t("Memory before") : l10n.t("Memory after")}
      </button>
    );
  };
  return (
    <section ref={box} class="memory" aria-label={l10n.t("Guest memory")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (address !== undefined) onAt(address);
        }}
      >
        <label>
          {l10n.t("Guest memory at")}{" "}
          <input
            type="text"
            spellcheck={false}
            value={typed}
            aria-invalid={address === undefined}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={address === undefined}>
          {l10n.t("Show")}
        </button>
        {beside(-1)}
        {beside(1)}
      </form>
      <div role="status">
        {answer?.message === undefined ? null : <p>{answer.message}</p>}
        {view === undefined ? null : originOf(view).map((each) => <p>{each}</p>)}
      </div>
      {view?.bytes === undefined ? null : (
        <table>
          <thead>
            <tr>
              <th>{l10n.t("Address")}</th>
              <th>{l10n.t("Bytes")}</th>
              <th>{l10n.t("Text")}</th>
              <th>{l10n.t("Holds")}</th>
            </tr>
          </thead>
          <tbody>
            {memoryRows(view, result.events).map(({ at: start, hex, text, zeros, holds }) => (
              <>
                <tr>
                  <th scope="row">{start}</th>
                  <td>{hex}</td>
                  <td>{text}</td>
                  <td class="holds">
                    {holds.map((each) => (
                      <p>{each}</p>
                    ))}
                  </td>
                </tr>
                {zeros === 0 ? null : (
                  <tr class="quiet">
                    <td />
                    <td colSpan={3}>{l10n.t("{0} bytes of zero", zeros * 8)}</td>
                  </tr>
                )}
              </>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

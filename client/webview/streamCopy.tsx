/** A copy of a stream that is not saved: what was changed in it, and what its load comes to. */
import * as l10n from "@vscode/l10n";
import { useState } from "preact/hooks";
import type { TryLoadResult } from "../../server/protocol";
import type { StreamCopy, TriedLoad } from "../shared/messages";
import type { Span } from "./hex";
import { post } from "./host";
import { MachineInput } from "./parts";

export function CopyBar({ copy, onGoTo }: { copy: StreamCopy; onGoTo: (span: Span) => void }) {
  const { changed, tried } = copy;
  const bytes = changed.reduce((sum, { size }) => sum + size, 0);
  const [first] = changed;
  const [machine, setMachine] = useState(copy.machine);
  return (
    <div class="changes copy">
      <p>
        {bytes === 0
          ? l10n.t("A copy, not saved yet. Choose a value or a byte, and type.")
          : bytes === 1
            ? l10n.t("A copy with 1 byte changed")
            : l10n.t("A copy with {0} bytes changed", bytes)}{" "}
        {first === undefined ? null : (
          <button type="button" class="link" onClick={() => onGoTo(first)}>
            0x{first.offset.toString(16)}
          </button>
        )}
      </p>
      <form
        class="machine"
        onSubmit={(event) => {
          event.preventDefault();
          post({ kind: "loadInto", machine: machine.trim() });
        }}
      >
        <label for="machine">{l10n.t("Destination")}</label>
        <MachineInput value={machine} placeholder={l10n.t("the machine that the stream names")} onChange={setMachine} />
        <button type="submit" class="secondary">
          {l10n.t("Load it")}
        </button>
        {bytes === 0 ? null : (
          <button type="button" class="secondary" onClick={() => post({ kind: "undo" })}>
            {l10n.t("Undo")}
          </button>
        )}
      </form>
      <div class={`tried ${tried.kind === "tried" ? tried.result.outcome : tried.kind}`} role="status">
        <Tried tried={tried} onGoTo={onGoTo} />
      </div>
    </div>
  );
}

function Tried({ tried, onGoTo }: { tried: TriedLoad; onGoTo: (span: Span) => void }) {
  switch (tried.kind) {
    case "running":
      return (
        <p>
          <span class="spinner" aria-hidden="true" /> {l10n.t("Loading it in the emulator…")}
        </p>
      );
    case "failed":
      return <p>{l10n.t("It cannot be loaded in the emulator: {0}", tried.message)}</p>;
    case "tried": {
      const { result } = tried;
      const { failure } = result;
      const reasons =
        result.outcome === "unknown" ? result.open.flatMap((each) => each.reasons) : (result.assumed ?? []);
      return (
        <>
          <p>
            <span class="mark" aria-hidden="true">
              {marks[result.outcome]}
            </span>
            {wordOf(result)}{" "}
            {failure === null ? null : (
              <button type="button" class="link" onClick={() => onGoTo({ offset: failure.offset, size: 1 })}>
                {failure.idstr} 0x{failure.offset.toString(16)}
              </button>
            )}
          </p>
          {reasons.slice(0, 3).map((reason) => (
            <p class="quiet">{reason}</p>
          ))}
        </>
      );
    }
  }
}

const marks = { completed: "✓", failed: "✕", corrupted: "✕", unknown: "?" } as const;

function wordOf({ outcome, failure }: TryLoadResult): string {
  switch (outcome) {
    case "completed":
      return l10n.t("What if it is loaded? The load completes.");
    case "failed":
      return l10n.t("What if it is loaded? QEMU refuses it: {0}", failure?.message ?? "");
    case "corrupted":
      return l10n.t("What if it is loaded? It goes on with wrong state: {0}", failure?.message ?? "");
    case "unknown":
      return l10n.t("What if it is loaded? That is not known.");
  }
}

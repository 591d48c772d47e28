/** Walks along the stream, and tries a section at another place of it. */
import * as l10n from "@vscode/l10n";
import type { SimulateResult } from "../../server/protocol";
import { type Direction, isMovable, moveTowards } from "../shared/arrange";
import { resultWord } from "../shared/explain";
import { formatBytes } from "../shared/format";
import { code, linked, sentence } from "../shared/sentence";
import { post } from "./host";
import { Words } from "./parts";

/** `at` is the place of a section in the stream, from 0. */
export function Scrubber(props: { result: SimulateResult; at: number; canMove: boolean; onAt: (at: number) => void }) {
  const { result, at, canMove, onAt } = props;
  const section = result.sections[at];
  if (section === undefined) return null;
  const said = [`${at + 1} ${section.idstr}`, formatBytes(section.size), resultWord(section.result)].join(" · ");
  const step = (direction: Direction, label: string) => {
    const move = moveTowards(result.sections, section, direction);
    return (
      <button
        type="button"
        class="secondary"
        disabled={move === undefined}
        onClick={() => post(move === undefined ? { kind: "rearrange" } : { kind: "rearrange", move })}
      >
        {label}
      </button>
    );
  };
  return (
    <div class="scrubber">
      <input
        type="range"
        min={0}
        max={result.sections.length - 1}
        value={at}
        aria-label={l10n.t("Place in the stream")}
        aria-valuetext={said}
        onInput={(event) => onAt(Number(event.currentTarget.value))}
      />
      <output>{said}</output>
      {canMove && isMovable(result.sections, section) ? (
        <span class="steps">
          {step("first", l10n.t("First"))}
          {step("earlier", l10n.t("Earlier"))}
          {step("later", l10n.t("Later"))}
          {step("last", l10n.t("Last"))}
        </span>
      ) : null}
    </div>
  );
}

/** What was moved, and what would load it there. */
export function Moved({ result }: { result: SimulateResult }) {
  if (result.moved === undefined) return null;
  const { move, same } = result.moved;
  const { section, priority, commandLine } = same;
  const head =
    "before" in move
      ? sentence(l10n.t("Tried: {0} loads before {1}."), code(section), code(move.before))
      : "to" in move && move.to === "last"
        ? sentence(l10n.t("Tried: {0} loads last."), code(section))
        : sentence(l10n.t("Tried: {0} loads first."), code(section));
  return (
    <div class="changes" role="status">
      <p>
        <Words sentence={head} />{" "}
        <button type="button" class="link" onClick={() => post({ kind: "rearrange" })}>
          {l10n.t("Undo")}
        </button>
      </p>
      {priority === undefined ? null : (
        <p>
          <Words
            sentence={sentence(
              l10n.t("The same by priority: {0} in {1}."),
              code(`.priority = ${priority.level},`),
              linked(priority.symbol, priority.file, priority.line),
            )}
          />
        </p>
      )}
      {commandLine === undefined ? null : (
        <p>
          <Words sentence={sentence(l10n.t("The same by the command line: {0}"), code(commandLine))} />{" "}
          <button type="button" class="link" onClick={() => post({ kind: "simulate", machine: commandLine })}>
            {l10n.t("Simulate it")}
          </button>
        </p>
      )}
      {priority === undefined && commandLine === undefined ? (
        <p class="quiet">{l10n.t("No priority of its table and no order of -device loads it there.")}</p>
      ) : null}
    </div>
  );
}

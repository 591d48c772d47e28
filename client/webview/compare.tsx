import * as l10n from "@vscode/l10n";
import { useMemo, useState } from "preact/hooks";
import type { CompareFinding, Side } from "../shared/compare";
import { byDescription, countVerdict, worstOf } from "../shared/compare";
import { descriptions, loads, refusals } from "../shared/format";
import type { ComparePage } from "../shared/messages";
import { nameOfSide, waysBetween } from "../shared/sides";
import type { CompareSides } from "../shared/sides";
import { post } from "./host";
import { Filter, SourceLink } from "./parts";

function verdictWord(verdict: CompareFinding["verdict"]): string {
  switch (verdict) {
    case "refused":
      return l10n.t("refused");
    case "wrong-values":
      return l10n.t("wrong values");
    case "defaults":
      return l10n.t("defaults");
  }
}

export function CompareView({ page }: { page: ComparePage }) {
  const { sides, findings } = page;
  const names: Names = { old: nameOfSide(sides.old), new: nameOfSide(sides.new) };
  const [words, setWords] = useState("");
  const shown = useMemo(() => byDescription(findings, words), [findings, words]);
  const ways = waysBetween(sides, findings);
  const refused = countVerdict(findings, "refused");
  const wrong = countVerdict(findings, "wrong-values");
  const verdict = refused + wrong === 0 ? "good" : refused > 0 ? "failed" : "wrong";
  return (
    <>
      <div class={`verdict ${verdict}`} role="status">
        <h1>
          {findings.length === 0
            ? l10n.t("Streams go both ways between {0} and {1}", names.old, names.new)
            : l10n.t("Migration compatibility: {0} → {1}", names.old, names.new)}
        </h1>
        <p>
          {l10n.t(
            "{0}, {1} with wrong values, {2} with defaults. Tables that are compatible are not listed.",
            refusals(refused),
            loads(wrong),
            loads(countVerdict(findings, "defaults")),
          )}
        </p>
      </div>
      <SidesBar sides={sides} />
      <div class="heading">
        <h2>{descriptions(shown.length)}</h2>
        <Filter label={l10n.t("Filter descriptions")} value={words} onChange={setWords} />
      </div>
      {shown.length === 0 && words !== "" ? <p class="quiet">{l10n.t("No description matches.")}</p> : null}
      <div class="scroll">
        <table class="stream">
          <thead>
            <tr>
              <th>{l10n.t("Direction")}</th>
              <th>{l10n.t("Verdict")}</th>
              <th>{l10n.t("What happens")}</th>
            </tr>
          </thead>
          {shown.map(({ description, findings: own }) => (
            <tbody>
              <tr class="band">
                <th colSpan={3} scope="rowgroup">
                  <span class="level plain">{description}</span>
                  <span class="quiet">{typesOf(own)}</span>
                  <span class="meets">{meets(own, names, ways)}</span>
                </th>
              </tr>
              {own.map((finding) => (
                <FindingRow finding={finding} names={names} />
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </>
  );
}

type Names = Readonly<Record<Side, string>>;

function SidesBar({ sides }: { sides: CompareSides }) {
  const button = (side: Side) => (
    <button
      type="button"
      class="secondary"
      aria-label={
        side === "old"
          ? l10n.t("Change what is compared from: {0}", nameOfSide(sides[side]))
          : l10n.t("Change what is compared to: {0}", nameOfSide(sides[side]))
      }
      onClick={() => post({ kind: "chooseSide", side })}
    >
      {nameOfSide(sides[side])}
    </button>
  );
  const saved = sides.old.kind === "tree" || sides.new.kind === "tree";
  return (
    <div class="ends">
      <span>{l10n.t("From")}</span>
      {button("old")}
      <span>{l10n.t("to")}</span>
      {button("new")}
      {saved ? <span class="quiet">{l10n.t("saved files count")}</span> : null}
    </div>
  );
}

/** What a guest of the device meets on each way. */
function meets(
  findings: readonly CompareFinding[],
  names: Names,
  ways: readonly CompareFinding["direction"][],
): string {
  return ways
    .map((direction) => {
      const worst = worstOf(findings, direction);
      const name = direction === "old->new" ? names.new : names.old;
      return l10n.t("to {0}: {1}", name, worst === undefined ? l10n.t("arrives") : verdictWord(worst));
    })
    .join(" · ");
}

function typesOf(findings: readonly CompareFinding[]): string {
  const types = [...new Set(findings.flatMap((finding) => finding.types))];
  return types.length > 6
    ? l10n.t("{0} and {1} more", types.slice(0, 6).join(", "), types.length - 6)
    : types.join(", ");
}

function FindingRow({ finding, names }: { finding: CompareFinding; names: Names }) {
  const { direction, verdict, message, places, certain } = finding;
  return (
    <tr class={verdict === "defaults" ? "" : "broken"}>
      <td class="direction">{l10n.t("to {0}", direction === "old->new" ? names.new : names.old)}</td>
      <td class="outcome">
        {verdictWord(verdict)}
        {certain ? null : <span class="quiet"> {l10n.t("perhaps")}</span>}
      </td>
      <td>
        {message}
        {(["old", "new"] as const).map((side) => {
          const place = places[side];
          return place === undefined ? null : (
            <div>
              <span class="quiet">{names[side]}: </span>
              <SourceLink file={place.file} line={place.line} side={side}>
                {place.file}:{place.line + 1}
              </SourceLink>
            </div>
          );
        })}
      </td>
    </tr>
  );
}

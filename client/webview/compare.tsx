import { useMemo, useState } from "preact/hooks";
import type { CompareFinding, Side } from "../shared/compare";
import { byDescription, countVerdict, worstOf } from "../shared/compare";
import { count } from "../shared/format";
import type { ComparePage } from "../shared/messages";
import { nameOfSide } from "../shared/sides";
import type { CompareSides } from "../shared/sides";
import { post } from "./host";
import { Filter, SourceLink } from "./parts";

const verdicts = { refused: "refused", "wrong-values": "wrong values", defaults: "defaults" } as const;

export function CompareView({ page }: { page: ComparePage }) {
  const { sides, findings } = page;
  const names: Names = { old: nameOfSide(sides.old), new: nameOfSide(sides.new) };
  const [words, setWords] = useState("");
  const shown = useMemo(() => byDescription(findings, words), [findings, words]);
  const refused = countVerdict(findings, "refused");
  const wrong = countVerdict(findings, "wrong-values");
  const verdict = refused + wrong === 0 ? "good" : refused > 0 ? "failed" : "wrong";
  return (
    <>
      <div class={`verdict ${verdict}`} role="status">
        <h1>
          {findings.length === 0
            ? `Streams go both ways between ${names.old} and ${names.new}`
            : `What a guest meets between ${names.old} and ${names.new}`}
        </h1>
        <p>
          {count(refused, "refusal")}, {count(wrong, "load")} with wrong values,{" "}
          {count(countVerdict(findings, "defaults"), "load")} with defaults. Tables that are compatible are not listed.
        </p>
      </div>
      <SidesBar sides={sides} />
      <div class="heading">
        <h2>{count(shown.length, "description")}</h2>
        <Filter label="Filter descriptions" value={words} onChange={setWords} />
      </div>
      {shown.length === 0 && words !== "" ? <p class="quiet">No description matches.</p> : null}
      <div class="scroll">
        <table class="stream">
          <thead>
            <tr>
              <th>Direction</th>
              <th>Verdict</th>
              <th>What happens</th>
            </tr>
          </thead>
          {shown.map(({ description, findings: own }) => (
            <tbody>
              <tr class="band">
                <th colSpan={3} scope="rowgroup">
                  <span class="level plain">{description}</span>
                  <span class="quiet">{typesOf(own)}</span>
                  <span class="meets">{meets(own, names)}</span>
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
      aria-label={`Change what is compared ${side === "old" ? "from" : "to"}: ${nameOfSide(sides[side])}`}
      onClick={() => post({ kind: "chooseSide", side })}
    >
      {nameOfSide(sides[side])}
    </button>
  );
  const saved = sides.old.kind === "tree" || sides.new.kind === "tree";
  return (
    <div class="ends">
      <span>From</span>
      {button("old")}
      <span>to</span>
      {button("new")}
      {saved ? <span class="quiet">saved files count</span> : null}
    </div>
  );
}

/** What a guest of the device meets on each way. */
function meets(findings: readonly CompareFinding[], names: Names): string {
  const way = (direction: CompareFinding["direction"], name: string): string => {
    const worst = worstOf(findings, direction);
    return `to ${name}: ${worst === undefined ? "arrives" : verdicts[worst]}`;
  };
  return `${way("old->new", names.new)} · ${way("new->old", names.old)}`;
}

function typesOf(findings: readonly CompareFinding[]): string {
  const types = [...new Set(findings.flatMap((finding) => finding.types))];
  return types.length > 6 ? `${types.slice(0, 6).join(", ")} and ${types.length - 6} more` : types.join(", ");
}

function FindingRow({ finding, names }: { finding: CompareFinding; names: Names }) {
  const { direction, verdict, message, places, certain } = finding;
  return (
    <tr class={verdict === "defaults" ? "" : "broken"}>
      <td class="direction">{`to ${direction === "old->new" ? names.new : names.old}`}</td>
      <td class="outcome">
        {verdicts[verdict]}
        {certain ? null : <span class="quiet"> perhaps</span>}
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

import { useMemo, useState } from "preact/hooks";
import type { CompareFinding } from "../shared/compare";
import { byDescription, countVerdict } from "../shared/compare";
import { count } from "../shared/format";
import type { ComparePage } from "../shared/messages";
import { Filter, SourceLink } from "./parts";

const verdicts = { refused: "refused", "wrong-values": "wrong values", defaults: "defaults" } as const;

export function CompareView({ page }: { page: ComparePage }) {
  const { old, findings } = page;
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
            ? `Streams go both ways between ${old} and this tree`
            : `What a guest meets between ${old} and this tree`}
        </h1>
        <p>
          {count(refused, "refusal")}, {count(wrong, "load")} with wrong values,{" "}
          {count(countVerdict(findings, "defaults"), "load")} with defaults. Tables that are compatible are not listed.
        </p>
      </div>
      <div class="heading">
        <h2>{count(shown.length, "description")}</h2>
        <Filter label="Filter descriptions" value={words} onChange={setWords} />
      </div>
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
                </th>
              </tr>
              {own.map((finding) => (
                <FindingRow finding={finding} old={old} />
              ))}
            </tbody>
          ))}
        </table>
      </div>
    </>
  );
}

function typesOf(findings: readonly CompareFinding[]): string {
  const types = [...new Set(findings.flatMap((finding) => finding.types))];
  return types.length > 6 ? `${types.slice(0, 6).join(", ")} and ${types.length - 6} more` : types.join(", ");
}

function FindingRow({ finding, old }: { finding: CompareFinding; old: string }) {
  const { direction, verdict, message, file, line, certain } = finding;
  return (
    <tr class={verdict === "defaults" ? "" : "broken"}>
      <td class="direction">{direction === "old->new" ? `from ${old}` : `to ${old}`}</td>
      <td class="outcome">
        {verdicts[verdict]}
        {certain ? null : <span class="quiet"> perhaps</span>}
      </td>
      <td>
        {message}
        {file === "" ? null : (
          <div>
            <SourceLink file={file} line={line}>
              {file}:{line + 1}
            </SourceLink>
          </div>
        )}
      </td>
    </tr>
  );
}

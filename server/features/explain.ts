/** What the messages of a migration's log mean: core's answer, with places that an editor opens. */
import { candidates, explainSteps } from "../../core/explain";
import { explanation } from "../../core/ide/text/explanation";
import { createDecoder } from "../../core/putcode/definitions";
import { answered, throwIfCancelled } from "../guard";
import { type ExplainParams, type ExplainResult, methods } from "../protocol";
import { slicePause } from "../slices";
import { uriOf } from "../uris";
import type { Feature } from "./feature";
import { treeFor } from "./machine";

export const explain: Feature = {
  capabilities: () => ({}),
  register(context) {
    const { connection, log } = context;
    connection.onRequest(
      methods.explain,
      answered(log, methods.explain, async (params: ExplainParams, token): Promise<ExplainResult> => {
        const { session, project } = await treeFor(context, params.uri, token);
        const pause = slicePause();
        const decoder = createDecoder(project);
        const steps = explainSteps(project, params.log, { tables: (idstr) => decoder.candidates(idstr) });
        let step = steps.next();
        for (; step.done !== true; step = steps.next()) {
          await pause();
          throwIfCancelled(token);
        }
        const answers = step.value.map((each) => {
          const { table } = each.names;
          const description = table && decoder.candidates(table.name).find(({ symbol }) => symbol === table.symbol);
          return { ...each, causes: [], candidates: candidates(each, description) };
        });
        const at = ({ file, line }: { readonly file: string; readonly line: number }): string =>
          `${uriOf(session.root, file)}#L${line}`;
        return { text: [...explanation(answers, params.log, { at })].join("\n"), found: answers.length };
      }),
    );
  },
};

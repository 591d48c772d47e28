/** What runs of a QEMU said of findings: the client has it run, the findings carry what it said. */
import { CancellationToken } from "vscode-languageserver";
import * as v from "valibot";
import { noted } from "../guard";
import { methods, type VerdictsParams } from "../protocol";
import { findingKey, verdictSchema } from "../verdictSchema";
import type { Feature } from "./feature";
import { treeFor } from "./machine";

const schema = v.object({
  uri: v.optional(v.string()),
  findings: v.array(v.object({ ...findingKey, verdict: verdictSchema })),
});

export const verdicts: Feature = {
  capabilities: () => ({}),
  register(context) {
    const { connection, findings, log } = context;
    connection.onNotification(
      methods.verdicts,
      noted(log, methods.verdicts, async (given: VerdictsParams) => {
        const params = v.parse(schema, given);
        const { session } = await treeFor(context, params.uri, CancellationToken.None);
        for (const { verdict, ...finding } of params.findings) findings.judge(session, finding, verdict);
        context.changed({ kind: "workspace" });
      }),
    );
  },
};

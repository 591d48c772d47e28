/** A table after macro expansion: as an answer, and as a document that an editor can show. */
import { URI } from "vscode-uri";
import { answered } from "../guard";
import { methods, tableScheme } from "../protocol";
import type { ExpandParams, ExpandResult } from "../protocol";
import { expandedTable } from "../../core/ide/text/expansion";
import { pathIn } from "../uris";
import type { Feature } from "./feature";
import { failed, treeFor } from "./machine";

export const expand: Feature = {
  capabilities: () => ({ workspace: { textDocumentContent: { schemes: [tableScheme] } } }),
  register(context) {
    const { connection, log } = context;
    connection.onRequest(
      methods.expand,
      answered(log, methods.expand, async (params: ExpandParams, token): Promise<ExpandResult> => {
        const { project } = await treeFor(context, params.uri, token);
        const text = expandedTable(project, params.symbol);
        if (text === undefined) throw failed(`no table ${params.symbol} in this tree`);
        return { text };
      }),
    );
    connection.workspace.textDocumentContent.on(
      answered(log, "textDocumentContent", async ({ uri }: { readonly uri: string }, token) => {
        const { path, query } = URI.parse(uri);
        const symbol = path.replace(/^\//, "").replace(/\.c$/, "");
        const { session, project } = await treeFor(context, query === "" ? undefined : query, token);
        const text = expandedTable(project, symbol, query === "" ? undefined : pathIn(session.root, query));
        return { text: text ?? `/* no table ${symbol} in this tree */\n` };
      }),
    );
  },
};

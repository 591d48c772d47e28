/** What the words inside tables are: by meaning, where colours by grammar cannot tell a member from a macro. */
import { CancellationToken, SemanticTokensBuilder, SemanticTokensRefreshRequest } from "vscode-languageserver";
import type { SemanticTokens } from "vscode-languageserver";
import type { LoadableProject } from "../../core/project";
import { lex } from "../../core/c/lex";
import { positionAt } from "../../core/c/range";
import { type Construct, constructAt } from "../../core/ide/constructs/construct";
import { toRange } from "../convert";
import { guarded, throwIfCancelled } from "../guard";
import { openedAhead, openedFile } from "../locate";
import { nextTurn, sliceLength } from "../slices";
import { createAnswers } from "../stale";
import type { Feature } from "./feature";

const tokenTypes = ["variable", "function", "enumMember", "macro", "property", "type"] as const;
const tokenModifiers = ["declaration", "readonly"] as const;

type TokenType = (typeof tokenTypes)[number];

export const semanticTokens: Feature = {
  capabilities: () => ({
    semanticTokensProvider: {
      legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
      full: true,
      range: true,
    },
  }),
  register(context) {
    const { connection, log, client } = context;
    const answer = async (
      uri: string,
      wanted: { readonly start: { readonly line: number }; readonly end: { readonly line: number } } | undefined,
      token: Parameters<typeof throwIfCancelled>[0],
    ): Promise<SemanticTokens | null> => {
      const open = client.semanticRefresh ? openedAhead : openedFile;
      const at = await open(context, uri, token);
      if (at === undefined) return null;
      const builder = new SemanticTokensBuilder();
      let sliceEnd = performance.now() + sliceLength;
      for (const { start, end, type, declares } of wordsOf(at.project, at.path, wanted)) {
        const { line, character } = positionAt(at.project.lines(at.path), start);
        builder.push(
          line,
          character,
          end - start,
          tokenTypes.indexOf(type),
          declares ? 3 : type === "variable" ? 2 : 0,
        );
        if (performance.now() < sliceEnd) continue;
        await nextTurn();
        throwIfCancelled(token);
        sliceEnd = performance.now() + sliceLength;
      }
      return builder.build();
    };
    const refresh = () => connection.sendRequest(SemanticTokensRefreshRequest.type);
    const answers = createAnswers(context, "semanticTokens", client.semanticRefresh ? refresh : undefined);
    connection.languages.semanticTokens.on(
      guarded(log, "semanticTokens", { data: [] }, async ({ textDocument }, token) => {
        const { uri } = textDocument;
        const found = (await answer(uri, undefined, token)) ?? { data: [] };
        answers.told(uri, found.data, async () => (await answer(uri, undefined, CancellationToken.None))?.data ?? []);
        return found;
      }),
    );
    connection.languages.semanticTokens.onRange(
      guarded(log, "semanticTokens/range", { data: [] }, async ({ textDocument, range }, token) => {
        return (await answer(textDocument.uri, range, token)) ?? { data: [] };
      }),
    );
  },
};

interface MeaningfulWord {
  readonly start: number;
  readonly end: number;
  readonly type: TokenType;
  readonly declares: boolean;
}

/** In textual order, without overlap. */
function* wordsOf(
  project: LoadableProject,
  path: string,
  wanted: { readonly start: { readonly line: number }; readonly end: { readonly line: number } } | undefined,
): Generator<MeaningfulWord> {
  const text = project.text(path);
  if (text === undefined) return;
  const tables = project
    .descriptionsIn(path)
    .map(({ range }) => range)
    .filter(({ file }) => file === path)
    .sort((a, b) => a.start - b.start);
  let done = 0;
  for (const table of tables) {
    if (table.start < done) continue;
    done = table.end;
    const lines = toRange(project, table);
    if (wanted !== undefined && (lines.end.line < wanted.start.line || lines.start.line > wanted.end.line)) continue;
    for (const { kind, start, end } of lex(text, path, table.start, table.end)) {
      if (kind !== "identifier") continue;
      const construct = constructAt(project, path, start);
      const type = construct && typeOf(construct);
      if (type === undefined || construct?.range.start !== start) continue;
      yield { start, end, type, declares: construct.kind === "description" && construct.defines };
    }
  }
}

function typeOf({ kind }: Construct): TokenType | undefined {
  switch (kind) {
    case "description":
    case "info":
      return "variable";
    case "callback":
      return "function";
    case "level":
      return "enumMember";
    case "macro":
      return "macro";
    case "member":
    case "designator":
      return "property";
    case "struct":
      return "type";
    case "field":
      return undefined;
  }
}

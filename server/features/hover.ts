/** What a place in a table means: bytes on the wire, versions, levels, effects of a callback. */
import { MarkupKind } from "vscode-languageserver";
import { constructAt } from "../../core/ide/constructs/construct";
import { toRange } from "../convert";
import { guarded } from "../guard";
import { describeConstruct } from "../../core/ide/hover/describe";
import { plainText } from "../../core/ide/hover/markdown";
import { locate } from "../locate";
import type { Feature } from "./feature";

export const hover: Feature = {
  capabilities: () => ({ hoverProvider: true }),
  register(context) {
    context.connection.onHover(
      guarded(context.log, "hover", null, async ({ textDocument, position }, token) => {
        const at = await locate(context, textDocument.uri, position, token);
        const construct = at && constructAt(at.project, at.path, at.offset);
        if (at === undefined || construct === undefined) return null;
        const value = describeConstruct(at.project, construct, at.path);
        if (value === undefined) return null;
        const contents = context.client.markdownHover
          ? { kind: MarkupKind.Markdown, value }
          : { kind: MarkupKind.PlainText, value: plainText(value) };
        return { contents, range: toRange(at.project, construct.range) };
      }),
    );
  },
};

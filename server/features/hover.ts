/** What a place in a table means: bytes on the wire, versions, levels, effects of a callback. */
import { MarkupKind } from "vscode-languageserver";
import { constructAt } from "../../core/ide/constructs/construct";
import { toRange } from "../convert";
import { guarded } from "../guard";
import { judgedMemberAt } from "../../core/ide/table/members";
import { describeConstruct } from "../../core/ide/hover/describe";
import { escaped, plainText } from "../../core/ide/hover/markdown";
import { locate, openedAhead } from "../locate";
import type { Feature } from "./feature";

export const hover: Feature = {
  capabilities: () => ({ hoverProvider: true }),
  register(context) {
    context.connection.onHover(
      guarded(context.log, "hover", null, async ({ textDocument, position }, token) => {
        const { uri } = textDocument;
        let at = await locate(context, uri, position, token, openedAhead);
        let construct = at && constructAt(at.project, at.path, at.offset);
        if (construct === undefined && at?.project.isPartial === true) {
          // of a table that another file has, or a member of a struct
          at = await locate(context, uri, position, token);
          construct = at && constructAt(at.project, at.path, at.offset);
        }
        if (at === undefined) return null;
        const member = construct === undefined ? judgedMemberAt(at.project, at.path, at.offset) : undefined;
        const value =
          construct === undefined
            ? member && `${escaped(member.why)}.`
            : describeConstruct(at.project, construct, at.path);
        const place = construct?.range ?? member?.range;
        if (value === undefined || place === undefined) return null;
        const contents = context.client.markdownHover
          ? { kind: MarkupKind.Markdown, value }
          : { kind: MarkupKind.PlainText, value: plainText(value) };
        return { contents, range: toRange(at.project, place) };
      }),
    );
  },
};

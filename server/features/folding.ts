/** Folding of tables and their field lists; selection that grows from word to argument list to field to table. */
import type { FoldingRange, SelectionRange } from "vscode-languageserver";
import type { LoadableProject } from "../../core/project";
import { offsetAt } from "../../core/c/range";
import type { SourceRange } from "../../core/c/range";
import { contains, descriptionAround } from "../../core/ide/constructs/construct";
import { wordAt } from "../../core/ide/constructs/word";
import { toRange } from "../convert";
import { guarded } from "../guard";
import { openedAhead } from "../locate";
import type { Feature } from "./feature";

export const folding: Feature = {
  capabilities: () => ({ foldingRangeProvider: true, selectionRangeProvider: true }),
  register(context) {
    const { connection, log } = context;
    connection.onFoldingRanges(
      guarded(log, "foldingRange", null, async ({ textDocument }, token): Promise<FoldingRange[] | null> => {
        const at = await openedAhead(context, textDocument.uri, token);
        if (at === undefined) return null;
        return at.project
          .descriptionsIn(at.path)
          .flatMap((each) => [each.range, ...each.members.map((member) => member.range)])
          .filter((range) => range.file === at.path)
          .map((range) => toRange(at.project, range))
          .filter(({ start, end }) => end.line > start.line + 1)
          .map(({ start, end }) => ({ startLine: start.line, endLine: end.line - 1 }));
      }),
    );
    connection.onSelectionRanges(
      guarded(
        log,
        "selectionRange",
        null,
        async ({ textDocument, positions }, token): Promise<SelectionRange[] | null> => {
          const at = await openedAhead(context, textDocument.uri, token);
          if (at === undefined) return null;
          const lines = at.project.lines(at.path);
          return positions.map((position) => {
            const ranges = rangesAround(at.project, at.path, offsetAt(lines, position));
            const whole = ranges.reduceRight<SelectionRange | undefined>((parent, range) => {
              const own = { range: toRange(at.project, range) };
              return parent === undefined ? own : { ...own, parent };
            }, undefined);
            return whole ?? { range: { start: position, end: position } };
          });
        },
      ),
    );
  },
};

/** Smallest first, each inside the next. */
function rangesAround(project: LoadableProject, path: string, offset: number): readonly SourceRange[] {
  const owner = descriptionAround(project, path, offset);
  if (owner === undefined) return [];
  const word = wordAt(project.text(path) ?? "", offset);
  const around = [
    ...(word === undefined ? [] : [{ file: path, start: word.start, end: word.end }]),
    ...owner.fields.map((field) => field.range),
    ...owner.members.map((member) => member.range),
    owner.range,
  ].filter((range) => contains(range, path, offset));
  around.sort((a, b) => a.end - a.start - (b.end - b.start));
  return around.filter((range, index) => {
    const before = around[index - 1];
    return (
      before === undefined ||
      (range.start <= before.start && range.end >= before.end && range.end - range.start > before.end - before.start)
    );
  });
}

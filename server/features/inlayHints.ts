/** Inside tables: what a field's text does not say about its size, and the number of a level. */
import { CancellationToken, InlayHintKind, InlayHintRefreshRequest } from "vscode-languageserver";
import type { InlayHint, InlayHintParams } from "vscode-languageserver";
import type { LoadableProject } from "../../core/project";
import { offsetAt, positionAt } from "../../core/c/range";
import { movedBy } from "../../core/project/fieldMacros";
import type { VMStateDescription, VMStateField } from "../../core/vmstate/model";
import { type FieldOnWire, isReadWhole, sizeText, tableOnWire } from "../../core/ide/constructs/wireSize";
import { guarded } from "../guard";
import { openedAhead, openedFile } from "../locate";
import { createAnswers } from "../stale";
import type { Feature } from "./feature";

interface Span {
  readonly start: number;
  readonly end: number;
}

export const inlayHints: Feature = {
  capabilities: () => ({ inlayHintProvider: true }),
  register(context) {
    const { connection, log, settings, client } = context;
    const answer = async ({ textDocument, range }: InlayHintParams, token: CancellationToken) => {
      const open = client.hintRefresh ? openedAhead : openedFile;
      const at = await open(context, textDocument.uri, token);
      if (at === undefined) return null;
      const lines = at.project.lines(at.path);
      const span = { start: offsetAt(lines, range.start), end: offsetAt(lines, range.end) };
      const hints = new Map<string, InlayHint>();
      for (const each of at.project.descriptionsIn(at.path)) {
        for (const hint of hintsOf(at.project, at.path, each, span)) {
          hints.set(`${hint.position.line}:${hint.position.character}`, hint);
        }
      }
      return [...hints.values()];
    };
    const refresh = () => connection.sendRequest(InlayHintRefreshRequest.type);
    const answers = createAnswers(context, "inlayHint", client.hintRefresh ? refresh : undefined);
    connection.languages.inlayHint.on(
      guarded(log, "inlayHint", null, async (params, token): Promise<InlayHint[] | null> => {
        if (!settings().inlayHints) return null;
        const found = await answer(params, token);
        answers.told(params.textDocument.uri, found, () => answer(params, CancellationToken.None));
        return found;
      }),
    );
  },
};

function hintsOf(project: LoadableProject, path: string, description: VMStateDescription, span: Span): InlayHint[] {
  const lines = project.lines(path);
  const text = project.text(path) ?? "";
  const hint = (offset: number, label: string, tooltip: string): InlayHint => ({
    position: positionAt(lines, offset),
    label,
    tooltip,
    kind: InlayHintKind.Type,
    paddingLeft: true,
  });
  const table = tableOnWire(project, description);
  const found: InlayHint[] = [];
  const { priority } = description;
  if (priority?.value.known === true && priority.range.file === path && inSpan(priority.range, span)) {
    if (!/^\d+$/.test(priority.text))
      found.push(hint(priority.range.end, `= ${priority.value.value}`, "Level; higher loads first"));
  }
  for (const [index, field] of description.fields.entries()) {
    const wire = table.fields[index];
    if (wire === undefined || field.range.file !== path || !inSpan(field.range, span)) continue;
    if (field.flagNames.includes("END") || field.flagNames.includes("MUST_EXIST") || spansSeveral(description, index))
      continue;
    const label = isReadWhole(project, field) ? labelOf(field, wire) : undefined;
    if (label === undefined) continue;
    const behind = text.charAt(field.range.end) === "," ? field.range.end + 1 : field.range.end;
    found.push(hint(behind, label, `${wire.type}: ${sizeText(wire.size)} in the stream`));
  }
  return found;
}

/** One element of a fixed size is what the macro's name says. */
function labelOf(field: VMStateField, { count, size, elementSize }: FieldOnWire): string | undefined {
  if (size.kind === "fixed") {
    if (count.kind === "fixed" && elementSize.kind === "fixed" && count.count > 1) {
      return `${count.count} × ${elementSize.bytes} B`;
    }
    const says =
      field.vmsd !== undefined || field.flagNames.includes("BUFFER") || movedBy(field.info?.symbol) === undefined;
    return says ? `${size.bytes} B` : undefined;
  }
  if (count.kind === "variable" && elementSize.kind === "fixed") return `${count.by} × ${elementSize.bytes} B`;
  return size.atLeast > 0 ? `≥ ${size.atLeast} B` : undefined;
}

/** A macro that makes several fields would get several hints in one place. */
function spansSeveral(description: VMStateDescription, index: number): boolean {
  const own = description.fields[index]?.range;
  return [index - 1, index + 1].some((other) => {
    const range = description.fields[other]?.range;
    return range !== undefined && own !== undefined && range.start === own.start && range.end === own.end;
  });
}

function inSpan(range: Span, span: Span): boolean {
  return range.end >= span.start && range.start <= span.end;
}

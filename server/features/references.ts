/** Uses of a description, callback, level, macro or struct member; and the same within one file, as highlights. */
import { DocumentHighlightKind } from "vscode-languageserver";
import type { DocumentHighlight, Location } from "vscode-languageserver";
import type { LoadableProject } from "../../core/project";
import type { SourceRange } from "../../core/c/range";
import { type Construct, constructAt } from "../../core/ide/constructs/construct";
import { findMember } from "../../core/ide/constructs/members";
import { occurrences } from "../../core/ide/constructs/word";
import { toLocation, toRange } from "../convert";
import { guarded, throwIfCancelled } from "../guard";
import { locate } from "../locate";
import { nextTurn, sliceLength } from "../slices";
import { definitionOf } from "./definition";
import type { Feature } from "./feature";

export const references: Feature = {
  capabilities: () => ({ referencesProvider: true, documentHighlightProvider: true }),
  register(context) {
    const { connection, log } = context;
    connection.onReferences(
      guarded(log, "references", null, async (params, token): Promise<Location[] | null> => {
        const at = await locate(context, params.textDocument.uri, params.position, token);
        const construct = at && constructAt(at.project, at.path, at.offset);
        const name = construct && nameOf(construct);
        if (at === undefined || construct === undefined || name === undefined) return null;
        const found: Location[] = [];
        let end = performance.now() + sliceLength;
        for (const path of filesToSearch(at.project, construct, at.path)) {
          for (const range of usesIn(at.project, construct, name, path)) {
            if (!params.context.includeDeclaration && isDefinition(at.project, construct, range, at.path)) continue;
            found.push(toLocation(at.session, at.project, range));
          }
          if (performance.now() < end) continue;
          await nextTurn();
          throwIfCancelled(token);
          end = performance.now() + sliceLength;
        }
        return found;
      }),
    );
    connection.onDocumentHighlight(
      guarded(log, "highlight", null, async (params, token): Promise<DocumentHighlight[] | null> => {
        const at = await locate(context, params.textDocument.uri, params.position, token);
        const construct = at && constructAt(at.project, at.path, at.offset);
        const name = construct && nameOf(construct);
        if (at === undefined || construct === undefined || name === undefined) return null;
        return usesIn(at.project, construct, name, at.path).map((range) => ({
          range: toRange(at.project, range),
          kind: isDefinition(at.project, construct, range, at.path)
            ? DocumentHighlightKind.Write
            : DocumentHighlightKind.Read,
        }));
      }),
    );
  },
};

function nameOf(construct: Construct): string | undefined {
  switch (construct.kind) {
    case "description":
      return construct.description.symbol;
    case "callback":
      return construct.name;
    case "level":
      return construct.level.name;
    case "macro":
      return construct.name;
    case "member":
      return /(\w+)(?:\[[^\]]*\])*$/.exec(construct.path)?.[1];
    case "info":
      return construct.info.symbol;
    case "struct":
    case "designator":
    case "field":
      return undefined;
  }
}

/** A static thing is used in its own file only; a member where its struct's tables are. */
function filesToSearch(project: LoadableProject, construct: Construct, path: string): readonly string[] {
  const definition = definitionOf(project, construct, path);
  if (construct.kind === "callback" && construct.target?.definition.isStatic === true) return [construct.target.file];
  if (
    construct.kind === "description" &&
    isStaticTable(project, construct.description.file, construct.description.symbol)
  ) {
    return [construct.description.file];
  }
  if (construct.kind === "member") {
    const files = new Set([...(definition === undefined ? [] : [definition.file]), path]);
    for (const each of project.descriptions()) files.add(each.file);
    return [...files];
  }
  return project.paths();
}

export function isStaticTable(project: LoadableProject, file: string, symbol: string): boolean {
  if (file.endsWith(".h") || file.endsWith(".inc")) return false;
  const declaration = project
    .facts(file)
    ?.declarations.find((each) => each.kind === "variable" && each.name === symbol);
  return declaration?.kind === "variable" && declaration.isStatic;
}

function usesIn(project: LoadableProject, construct: Construct, name: string, path: string): SourceRange[] {
  const text = project.text(path);
  if (text?.includes(name) !== true) return [];
  if (construct.kind === "member") return memberUses(project, construct.structName, name, path, text);
  return occurrences(text, name).map(({ start, end }) => ({ file: path, start, end }));
}

/** Where the member is declared, and fields of tables that save it. */
function memberUses(
  project: LoadableProject,
  structName: string,
  name: string,
  path: string,
  text: string,
): SourceRange[] {
  const found: SourceRange[] = [];
  const declared = findMember(project, path, structName, name)?.range;
  if (declared?.file === path) found.push(declared);
  for (const description of project.descriptionsIn(path)) {
    for (const field of description.fields) {
      const members = [field.member, field.numMember, field.sizeMember];
      if (!members.some((each) => each?.structName === structName && each.path.split(/[.[]/).includes(name))) continue;
      if (field.range.file !== path) continue;
      const [first] = occurrences(text, name, field.range.start, field.range.end);
      if (first) found.push({ file: path, start: first.start, end: first.end });
    }
  }
  return found;
}

function isDefinition(project: LoadableProject, construct: Construct, range: SourceRange, path: string): boolean {
  const definition = definitionOf(project, construct, path);
  return definition?.file === range.file && definition.start === range.start;
}

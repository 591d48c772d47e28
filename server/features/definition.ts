/** From a word in a table to where it is declared: description, callback, struct member, macro, info, level. */
import type { Location } from "vscode-languageserver";
import type { LoadableProject } from "../../core/project";
import type { SourceRange } from "../../core/c/range";
import { type Construct, constructAt } from "../../core/ide/constructs/construct";
import { findMember } from "../../core/ide/constructs/members";
import { toLocation } from "../convert";
import { guarded } from "../guard";
import { locate, openedAhead, openedFile } from "../locate";
import type { Feature } from "./feature";

export const definition: Feature = {
  capabilities: () => ({ definitionProvider: true }),
  register(context) {
    context.connection.onDefinition(
      guarded(
        context.log,
        "definition",
        null,
        async ({ textDocument, position }, token): Promise<Location[] | null> => {
          for (const open of [openedAhead, openedFile]) {
            const at = await locate(context, textDocument.uri, position, token, open);
            const construct = at && constructAt(at.project, at.path, at.offset);
            const range = at && construct && definitionOf(at.project, construct, at.path);
            if (at !== undefined && range !== undefined) return [toLocation(at.session, at.project, range)];
            if (at?.project.isPartial !== true) return null;
          }
          return null;
        },
      ),
    );
  },
};

export function definitionOf(project: LoadableProject, construct: Construct, path: string): SourceRange | undefined {
  switch (construct.kind) {
    case "description":
      return construct.description.nameRange;
    case "callback": {
      const { target } = construct;
      return target && nameRange(target.file, target.definition.nameStart, target.definition.name);
    }
    case "level":
      return nameRange(construct.level.file, construct.level.start, construct.level.name);
    case "macro": {
      const { file, declaration } = construct.definition;
      return nameRange(file, declaration.nameStart, declaration.name);
    }
    case "member":
      return findMember(project, path, construct.structName, construct.path)?.range;
    case "info":
      return construct.info.range;
    case "struct":
    case "designator":
    case "field":
      return undefined;
  }
}

function nameRange(file: string, start: number, name: string): SourceRange {
  return { file, start, end: start + name.length };
}

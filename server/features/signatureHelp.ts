/** What each argument of a field macro is for. */
import type { SignatureHelp } from "vscode-languageserver";
import { cursorContext } from "../../core/ide/constructs/cursor";
import { macroSignature } from "../../core/project/macroRoles";
import { roleTexts } from "../../core/ide/text/roles";
import { guarded } from "../guard";
import { locate, openedAhead } from "../locate";
import type { Feature } from "./feature";

export const signatureHelp: Feature = {
  capabilities: () => ({ signatureHelpProvider: { triggerCharacters: ["(", ","] } }),
  register(context) {
    context.connection.onSignatureHelp(
      guarded(
        context.log,
        "signatureHelp",
        null,
        async ({ textDocument, position }, token): Promise<SignatureHelp | null> => {
          const at = await locate(context, textDocument.uri, position, token, openedAhead);
          const cursor = at && cursorContext(at.project.text(at.path) ?? "", at.offset);
          if (at === undefined || cursor?.kind !== "argument") return null;
          const signature = macroSignature(at.project, cursor.macro, at.path);
          if (signature === undefined) return null;
          const { name, parameters, roles } = signature;
          return {
            signatures: [
              {
                label: `${name}(${parameters.join(", ")})`,
                parameters: parameters.map((label, index) => {
                  const documentation = roleTexts[roles[index] ?? "other"];
                  return { label, ...(documentation === "" ? {} : { documentation }) };
                }),
              },
            ],
            activeSignature: 0,
            activeParameter: Math.min(cursor.index, Math.max(0, parameters.length - 1)),
          };
        },
      ),
    );
  },
};

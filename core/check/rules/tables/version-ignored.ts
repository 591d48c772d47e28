import { lex } from "../../../c/lex";
import type { Token } from "../../../c/token";
import type { VMStateField } from "../../../vmstate/model";
import type { QuickFix } from "../../diagnostic";
import type { Project } from "../../../project/project";
import { containerOf, fieldName, textAt } from "../../tables";
import { rule } from "../../rule";

/** vmstate_field_exists asks the function and nothing else, where there is one. */
export const versionIgnored = rule({
  code: "version-ignored",
  group: "tables",
  severity: "information",
  default: "on",
  title: "Version without effect",
  summary: "A field's version has no effect because a function decides.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const field of description.fields) {
        if (field.fieldExists === undefined || !field.versionId.known || field.versionId.value === 0) continue;
        // lists and VMStateInfo get functions read the field's version themselves
        if (containerOf(field) !== undefined) continue;
        yield {
          range: field.range,
          message: `Version ${field.versionId.value} of ${fieldName(field)} has no effect: ${field.fieldExists.name} alone decides whether it is there.`,
          fixes: withoutVersion(project, field, field.versionId.value),
        };
      }
    }
  },
});

/** More than any field macro takes. */
const mostArguments = 16;

/** Where one argument of the macro is the version and nothing else, by what the macro makes of it. */
function withoutVersion(project: Project, field: VMStateField, version: number): readonly QuickFix[] {
  const text = textAt(project, field.range) ?? "";
  const scope = project.scope(field.range.file);
  const expanded = (invocation: string): string[] => scope.expandText(invocation).map((token) => token.text);
  const wanted = withVersionZero(expanded(text), String(version)).join(" ");
  for (const { start, end } of alone(lex(text, field.range.file), String(version)).slice(0, mostArguments)) {
    if (expanded(`${text.slice(0, start)}0${text.slice(end)}`).join(" ") !== wanted) continue;
    const range = { ...field.range, start: field.range.start + start, end: field.range.start + end };
    return [{ title: "Write version 0, which says the same", edits: [{ range, text: "0" }] }];
  }
  return [];
}

/** `.version_id = 0` in the place of `.version_id = version`, in parentheses too. */
function withVersionZero(tokens: readonly string[], version: string): readonly string[] {
  const name = tokens.findIndex((text, k) => text === "version_id" && tokens[k - 1] === "." && tokens[k + 1] === "=");
  let at = name + 2;
  while (tokens[at] === "(") at++;
  return name === -1 || tokens[at] !== version ? tokens : tokens.with(at, "0");
}

/** The arguments that are the text and nothing else. */
function alone(tokens: readonly Token[], text: string): readonly Token[] {
  return tokens.filter((token, k) => {
    const next = tokens[k + 1]?.text;
    return token.text === text && tokens[k - 1]?.text === "," && (next === "," || next === ")");
  });
}

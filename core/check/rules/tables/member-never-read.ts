import { hasName } from "../../../c/words";
import type { InitialisedMember, VMStateDescription } from "../../../vmstate/model";
import type { Project } from "../../../project/project";
import { descriptionKey, descriptionRoles } from "../../../code/registered";
import { removalEdit } from "../../tables";
import { rule } from "../../rule";

/** What savevm reads of registered descriptions only. `.needed` counts on subsections too. */
const topLevelOnly = new Set(["needed", "unmigratable", "early_setup", "dev_unplug_pending"]);

export const memberNeverRead = rule({
  code: "member-never-read",
  group: "tables",
  severity: "information",
  default: "on",
  wholeTree: true,
  title: "Member that is never read",
  summary: "A member of a nested description that QEMU reads of registered ones only.",
  *check({ project, descriptions }) {
    for (const description of descriptions) {
      for (const each of description.members) {
        if (!topLevelOnly.has(each.name)) continue;
        const why = unread(project, description, each);
        if (why === undefined) continue;
        const edit = removalEdit(project, each.range);
        yield {
          range: each.range,
          message: `.${each.name} of ${description.symbol} is never read: ${why}.`,
          fixes: edit === undefined ? [] : [{ title: `Remove .${each.name}`, edits: [edit] }],
        };
      }
    }
  },
});

function unread(project: Project, description: VMStateDescription, { name }: InitialisedMember): string | undefined {
  const roles = descriptionRoles(project);
  const key = descriptionKey(description);
  const uses = roles.nested.get(key);
  if (roles.registered.has(key) || uses === undefined || usedByCode(project, description)) return undefined;
  const inside = roles.insideVirtio.has(key);
  if (name === "needed" && (uses.some(({ as }) => as === "subsection") || inside)) return undefined;
  const use = uses[0];
  if (use === undefined) return undefined;
  const as = use.as === "subsection" ? "a subsection" : "a part";
  return `QEMU looks for it in registered descriptions${name === "needed" ? " and subsections" : ""}, and this is ${as} of ${use.parent.symbol}`;
}

/** `&symbol` in a function: saved or registered there in a way that tables do not show. */
function usedByCode(project: Project, { file, symbol }: VMStateDescription): boolean {
  const text = project.text(file) ?? "";
  const functions = (project.facts(file)?.declarations ?? []).filter((d) => d.kind === "function");
  return functions.some((f) => f.kind === "function" && hasName(text.slice(f.bodyStart, f.bodyEnd), symbol));
}

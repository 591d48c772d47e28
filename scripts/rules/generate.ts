/** What is written from the rules' declarations: heads of their pages, their table, the settings' names. Texts in, texts out. */
import type { Rule } from "../../core/check/rule";
import { ruleGroups } from "../../core/check/rule";

/** `# title`, then `` `code` · severity ``. */
function pageHead({ code, title, severity, varies, whenSent }: Rule): string {
  const blocked = whenSent === true ? "; information while the table is unmigratable" : "";
  return `# ${title}\n\n\`${code}\` · ${severity}${varies === undefined ? "" : `; ${varies}`}${blocked}\n`;
}

/** A page with the head that the rule declares; what stands below its third line stays. */
export function withHead(page: string, rule: Rule): string {
  return `${pageHead(rule)}${page.split("\n").slice(3).join("\n")}`;
}

/** docs/rules/README.md: what stands before the first table or heading of a group stays. */
export function ruleTable(readme: string, rules: readonly Rule[]): string {
  const start = readme.search(/^(?:\| rule|## )/m);
  const groups = Object.entries(ruleGroups).map(([group, about]) => {
    const rows = rules
      .filter((rule) => rule.group === group)
      .map((rule) => `| [${rule.code}](${rule.code}.md) | ${rule.severity} | ${rule.default} | ${rule.summary} |`);
    return `## ${group}: ${about}\n\n| rule | severity | default | what it finds |\n|---|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `${start < 0 ? readme : readme.slice(0, start)}${groups.join("\n")}`;
}

/** package.json with the names that the setting `vmstate.rules` takes. */
export function settingNames(packageJson: string, codes: readonly string[]): string {
  const start = packageJson.indexOf('"vmstate.rules": {');
  const marker = '"propertyNames": {';
  const at = packageJson.indexOf(marker, start);
  const indent = "          ";
  const names = `${marker}\n${indent}  "enum": [\n${[...codes]
    .sort()
    .map((code) => `${indent}    ${JSON.stringify(code)}`)
    .join(",\n")}\n${indent}  ]\n${indent}}`;
  const end = packageJson.indexOf("}", at) + 1;
  return `${packageJson.slice(0, at)}${names}${packageJson.slice(end)}`;
}

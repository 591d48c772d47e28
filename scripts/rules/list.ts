/** The list of rules, from the files that hold them: core/check/rules/<group>/<code>.ts. */

/** `index-unchecked` -> `indexUnchecked`, the name that its file exports. */
export function ruleName(code: string): string {
  return code.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The text of core/check/rules/list.ts. `paths`: `<group>/<code>.ts`, in any order. */
export function ruleList(paths: readonly string[]): string {
  const sorted = [...paths].sort().map((path) => path.replace(/\.ts$/, ""));
  const names = sorted.map((path) => ruleName(path.slice(path.indexOf("/") + 1)));
  return `/** Every rule. Written by \`npm run rules\`. */
import type { Rule } from "../rule";
${sorted.map((path, index) => `import { ${names[index] ?? ""} } from "./${path}";`).join("\n")}

export const rules: readonly Rule[] = [
${names.map((name) => `  ${name},`).join("\n")}
];
`;
}

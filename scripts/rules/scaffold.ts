/** The files of a new rule: the rule, its test, its page. They work as they stand; what they look for is to be replaced. */
import { ruleGroups } from "../../core/check/rule";
import { ruleName } from "./list";

export { ruleList } from "./list";

const version = 4711;

/** Texts by path; or why there are none. `exists` is asked for paths of the project. */
export function ruleFiles(
  code: string,
  group: string,
  exists: (path: string) => boolean,
): readonly (readonly [path: string, text: string])[] | string {
  const groups = Object.keys(ruleGroups);
  if (!/^[a-z]+(?:-[a-z0-9]+)+$/.test(code))
    return `"${code}" is no code: words in lower case with hyphens between them`;
  if (!groups.includes(group)) return `no group is called ${group}: ${groups.join(", ")}`;
  const page = `docs/rules/${code}.md`;
  if (exists(page)) return `${code} is there: ${page}`;
  return [
    [`core/check/rules/${group}/${code}.ts`, ruleText(code, group)],
    [`test/check/rules/${group}/${code}.test.ts`, testText(code)],
    [page, pageText(code)],
  ];
}

function ruleText(code: string, group: string): string {
  return `import { rule } from "../../rule";
import { memberRange, nameOf } from "../../tables";

/** What QEMU does, and in which of its functions. */
export const ${ruleName(code)} = rule({
  code: "${code}",
  group: "${group}",
  severity: "information",
  default: "off",
  title: "In a few words",
  summary: "One sentence for the list of rules.",
  *check({ descriptions }) {
    for (const description of descriptions) {
      // what is unknown is never guessed: then a rule is silent
      if (!description.versionId.known || description.versionId.value !== ${version}) continue;
      yield {
        range: memberRange(description, "version_id"),
        message: \`\${nameOf(description)} is at version ${version}: say what happens, and what to do.\`,
      };
    }
  },
});
`;
}

const example = (mark: string): string => `static const VMStateDescription vmstate_demo = {
    .name = "demo",
    .version_id = ${version},
${mark}
    .fields = (const VMStateField[]) { VMSTATE_END_OF_LIST() },
};`;

function testText(code: string): string {
  return `import { expect, it } from "vitest";
import { marked } from "../../marked";

it("${code} stands where it is marked", () => {
  const { expected, found } = marked("${code}", \`
${example(`    // ^ ${code}`)}
\`);
  expect(found).toEqual(expected);
});

it("${code} is silent about another version", () => {
  expect(marked("${code}", \`
${example("").replace(String(version), "1").replace("\n\n", "\n")}
\`).found).toEqual([]);
});
`;
}

function pageText(code: string): string {
  return `# head

\`${code}\` · written by npm run rules

What QEMU does, and why that is a problem.

\`\`\`c
${example(`    // ^ ${code}`)}
\`\`\`

**Fix:** what to write instead.

Not reported: where it does not matter.
`;
}

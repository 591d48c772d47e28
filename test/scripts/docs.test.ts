import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkDocs } from "../../scripts/check-docs.mjs";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "vmstate-docs-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function plant(files: Record<string, string>): readonly string[] {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkDocs(root).problems;
}

it("links lead to files and headings that are there, with the anchors that GitHub makes", () => {
  const page = "# A `b-c`, and *d*\n\n## Twice\n\n## Twice\n\n[web](https://example.org/none) `[code](none.md)`\n";
  const from = (link: string) => `text\n\n[x](${link})\n`;
  expect(
    plant({
      "docs/page.md": page,
      "a.md": from("docs/page.md#a-b-c-and-d") + from("docs/page.md#twice-1") + from("docs") + from("#top") + "# Top\n",
    }),
  ).toEqual([]);
  expect(
    plant({ "a.md": from("docs/none.md"), "b.md": from("docs/page.md#twice-2"), "c.md": "![x](none.png)\n" }),
  ).toEqual([
    "a.md:3: docs/none.md: no such file",
    "b.md:3: docs/page.md#twice-2: no such heading",
    "c.md:1: none.png: no such file",
  ]);
});

it("a check that read nothing fails", () => {
  expect(plant({})).toEqual([`no links found under ${root}`]);
});

/** The site: npm run site. Pages are the files of docs/ as they stand. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { defineConfig } from "vitepress";

const docs = join(import.meta.dirname, "..");

function titleOf(page: string): string {
  const [, title = page] = /^# +(.+)$/m.exec(readFileSync(join(docs, `${page}.md`), "utf8")) ?? [];
  return title.replaceAll("`", "");
}

function items(...pages: readonly string[]) {
  return pages.map((page) => ({ text: titleOf(page), link: `/${page}` }));
}

const rules = readdirSync(join(docs, "rules"))
  .filter((name) => name.endsWith(".md") && name !== "README.md")
  .map((name) => name.slice(0, -".md".length));

interface Page {
  readonly tokens: readonly Token[];
  readonly env: { readonly relativePath?: string };
}
interface Token {
  readonly type: string;
  children: readonly Token[] | null;
  attrGet(name: string): string | null;
  attrSet(name: string, value: string): void;
}

/** Links to files of the repository that are no pages stay as text; check:docs follows them where they lead. */
function toPages({ tokens, env }: Page): void {
  const folder = join(docs, env.relativePath ?? "", "..");
  const isPage = (href: string): boolean => {
    const [path = ""] = href.split("#");
    if (path === "" || /^[a-z]+:/i.test(href)) return true;
    const file = join(folder, path);
    return file.endsWith(".md") && !relative(docs, file).startsWith("..");
  };
  for (const token of tokens) {
    let isOpen = true;
    token.children =
      token.children?.filter((each) => {
        if (each.type === "link_open") {
          const href = each.attrGet("href") ?? "";
          isOpen = isPage(href);
          each.attrSet("href", href.replace(/\bREADME\.md\b/, "index.md"));
        }
        return isOpen || (each.type !== "link_open" && each.type !== "link_close");
      }) ?? null;
  }
}

export default defineConfig({
  title: "VMState",
  description: "Checks the migration of QEMU devices",
  outDir: join(docs, "../dist/site"),
  cacheDir: join(docs, "../out/site-cache"),
  // a site in a folder of a host, as GitLab's and GitHub's pages are
  base: process.env["VMSTATE_SITE_BASE"] ?? "/",
  rewrites: { "rules/README.md": "rules/index.md", "decisions/README.md": "decisions/index.md" },
  markdown: { html: false, config: (markdown) => void markdown.core.ruler.push("repository", toPages) },
  lastUpdated: false,
  head: [["link", { rel: "icon", href: "data:," }]],
  themeConfig: {
    search: { provider: "local" },
    outline: { level: [2, 3] },
    nav: [
      { text: "Guides", link: "/guides/add-a-device" },
      { text: "Rules", link: "/rules/" },
      { text: "In CI", link: "/ci" },
    ],
    sidebar: [
      {
        text: "Guides",
        items: items(
          "guides/add-a-device",
          "guides/change-a-table",
          "guides/failed-migration",
          "guides/review-a-series",
          "guides/downstream",
        ),
      },
      {
        text: "Reference",
        items: [
          ...items("ci", "confirm", "explain", "findings", "verdicts", "editors", "language-features", "not-known"),
          ...items("quality"),
        ],
      },
      {
        text: "Rules",
        collapsed: true,
        items: [{ text: "All", link: "/rules/" }, ...rules.map((code) => ({ text: code, link: `/rules/${code}` }))],
      },
      { text: "Decisions", link: "/decisions/" },
    ],
  },
});

// Fails on a link of the documentation that leads nowhere: to a file that is not there, or to a heading that its page does not have.
//   node scripts/check-docs.mjs [folder]
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, extname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import markdownIt from "markdown-it";

const markdown = markdownIt({ html: true });
/** Folders whose pages are not ours, or are made. */
const others = new Set(["node_modules", "out", "dist", ".git"]);

function pagesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return others.has(entry.name) ? [] : pagesIn(path);
    return entry.isFile() && extname(entry.name) === ".md" ? [path] : [];
  });
}

/** As GitHub and the marketplaces make them of a heading's text. */
function anchorOf(text) {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

/** The page's anchors, and where its links and pictures lead. */
function read(path) {
  const anchors = new Map();
  const links = [];
  const tokens = markdown.parse(readFileSync(path, "utf8"), {});
  for (const [i, token] of tokens.entries()) {
    if (token.type !== "inline") continue;
    const children = token.children ?? [];
    if (tokens[i - 1]?.type === "heading_open") {
      const anchor = anchorOf(children.map(({ content }) => content).join(""));
      anchors.set(anchor, (anchors.get(anchor) ?? 0) + 1);
    }
    const line = (token.map?.[0] ?? 0) + 1;
    for (const child of children) {
      const target = child.attrGet("href") ?? child.attrGet("src");
      if (target !== null) links.push({ target, line });
    }
  }
  for (const [anchor, count] of [...anchors]) for (let k = 1; k < count; k++) anchors.set(`${anchor}-${k}`, 1);
  return { anchors, links };
}

/** @param {string} root @returns {{pages: number, links: number, problems: string[]}} */
export function checkDocs(root) {
  const pages = new Map(pagesIn(root).map((path) => [path, read(path)]));
  const problems = [];
  let count = 0;
  for (const [path, { links }] of pages) {
    for (const { target, line } of links) {
      if (/^[a-z]+:/i.test(target)) continue;
      count++;
      const [file, anchor] = target.split("#");
      const to = file === "" ? path : resolve(dirname(path), decodeURIComponent(file));
      const at = `${relative(root, path)}:${line}: ${target}`;
      if (!existsSync(to)) problems.push(`${at}: no such file`);
      else if (
        anchor !== undefined &&
        statSync(to).isFile() &&
        pages.get(to)?.anchors.has(decodeURIComponent(anchor)) === false
      )
        problems.push(`${at}: no such heading`);
    }
  }
  if (count === 0) problems.push(`no links found under ${root}`);
  return { pages: pages.size, links: count, problems };
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { pages, links, problems } = checkDocs(
    resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url)))),
  );
  for (const problem of problems) console.error(problem);
  console.log(`docs: ${pages} pages, ${links} links within them, ${problems.length} problems`);
  process.exit(problems.length > 0 ? 1 : 0);
}

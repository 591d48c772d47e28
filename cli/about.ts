import { readFileSync } from "../server/node/disk";
import { join } from "node:path";
import { version as packageVersion } from "../package.json";
import { findRulePages } from "../server/node/host";

export const version: string = packageVersion;

/** A rule's page as Markdown; undefined where the pages are not installed. */
export function rulePage(code: string): string | undefined {
  const pages = findRulePages(__dirname);
  if (pages === undefined) return undefined;
  try {
    return readFileSync(join(pages, `${code}.md`), "utf8");
  } catch {
    return undefined;
  }
}

/**
 * The guides, done as they say: C and patches are put into the example tree (tag v1.0.0), commands are run there, and what they print is what the page
 * shows. `npx vitest run -u` writes what they print now.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { exampleRepository, removeFolders } from "../cli/repository";
import { shown, withBlocks } from "./console";

const folder = join(import.meta.dirname, "../../docs/guides");
const guides = readdirSync(folder).filter((name) => name.endsWith(".md"));

afterEach(removeFolders);

async function done(page: string): Promise<string> {
  const repository = exampleRepository();
  return withBlocks(page, async (kind, text) => {
    const [, file] = /^c \[(.+)\]$/.exec(kind) ?? [];
    if (file !== undefined) repository.write(file, text);
    if (kind === "diff") execFileSync("git", ["apply", "-"], { cwd: repository.root, input: text, stdio: "pipe" });
    return kind === "console" ? shown(text, repository.root, (...args) => repository.git(...args)) : text;
  });
}

describe("a guide shows what happens", () => {
  it.each(guides)("%s", async (name) => {
    const file = join(folder, name);
    const page = readFileSync(file, "utf8");
    expect(page).toContain("$ vmstate ");
    await expect(await done(page)).toMatchFileSnapshot(file);
  });
});

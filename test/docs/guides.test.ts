/**
 * The guides, done as they say: C and patches are put into the example tree (tag v1.0.0), commands are run there, and what they print is what the page
 * shows. `npx vitest run -u` writes what they print now.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { commandLineWords } from "../../core/emulator";
import { exampleRepository, removeFolders, type Repository } from "../cli/repository";
import { vmstate } from "../cli/run";

const folder = join(import.meta.dirname, "../../docs/guides");
const guides = readdirSync(folder).filter((name) => name.endsWith(".md"));

afterEach(removeFolders);

/** What a shell would show below the line. */
async function printed(line: string, { root, git }: Repository): Promise<string> {
  const [command = "", cut] = line.split(" | ");
  const words = commandLineWords(command);
  if (!words.ok) throw new Error(words.message);
  const [program, ...argv] = words.value;
  if (program === "git") return git(...argv);
  if (program !== "vmstate") throw new Error(`${line}: no command of a guide`);
  const shown: string[] = [];
  const output = { write: (text: string) => void shown.push(text), isTerminal: false, columns: 80 };
  await vmstate(argv, { cwd: root, out: output, err: output });
  const text = shown.join("");
  const [, end, count] = /^(head|tail) -(\d+)$/.exec(cut ?? "") ?? [];
  if (end === undefined) return text;
  const lines = text.trimEnd().split("\n");
  return `${(end === "head" ? lines.slice(0, Number(count)) : lines.slice(-Number(count))).join("\n")}\n`;
}

async function done(page: string): Promise<string> {
  const repository = exampleRepository();
  let result = "";
  let rest = 0;
  for (const { index, 0: block, 1: kind = "", 2: text = "" } of page.matchAll(/^```(\S[^\n]*)\n(.*?)^```$/gms)) {
    result += page.slice(rest, index);
    rest = index + block.length;
    const [, file] = /^c \[(.+)\]$/.exec(kind) ?? [];
    if (file !== undefined) repository.write(file, text);
    if (kind === "diff") execFileSync("git", ["apply", "-"], { cwd: repository.root, input: text, stdio: "pipe" });
    if (kind !== "console") {
      result += block;
      continue;
    }
    let shown = "";
    for (const line of text.split("\n").filter((each) => each.startsWith("$ ")))
      shown += `${line}\n${await printed(line.slice(2), repository)}`;
    result += `\`\`\`console\n${shown}\`\`\``;
  }
  return result + page.slice(rest);
}

describe("a guide shows what happens", () => {
  it.each(guides)("%s", async (name) => {
    const file = join(folder, name);
    const page = readFileSync(file, "utf8");
    expect(page).toContain("$ vmstate ");
    await expect(await done(page)).toMatchFileSnapshot(file);
  });
});

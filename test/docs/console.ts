/** Pages that show commands and what they print: blocks of the kind `console`, with the commands behind `$ `. */
import { commandLineWords } from "../../core/emulator";
import { vmstate } from "../cli/run";

/** A block of a page, as it stands there or with other text. */
export type Block = (kind: string, text: string) => Promise<string>;

/** The page with each block as `block` gives it. */
export async function withBlocks(page: string, block: Block): Promise<string> {
  let result = "";
  let rest = 0;
  for (const { index, 0: whole, 1: kind = "", 2: text = "" } of page.matchAll(/^```(\S[^\n]*)\n(.*?)^```$/gms)) {
    result += `${page.slice(rest, index)}\`\`\`${kind}\n${await block(kind, text)}\`\`\``;
    rest = index + whole.length;
  }
  return result + page.slice(rest);
}

/** The commands of a block, each with what it prints. `git`: for pages that use it. */
export async function shown(text: string, cwd: string, git?: (...args: string[]) => string): Promise<string> {
  let result = "";
  for (const line of text.split("\n").filter((each) => each.startsWith("$ ")))
    result += `${line}\n${await printed(line.slice(2), cwd, git)}`;
  return result;
}

/** What a shell would show below the line. */
async function printed(line: string, cwd: string, git: ((...args: string[]) => string) | undefined): Promise<string> {
  const [command = "", cut] = line.split(" | ");
  const words = commandLineWords(command);
  if (!words.ok) throw new Error(words.message);
  const [program, ...argv] = words.value;
  if (program === "git" && git !== undefined) return git(...argv);
  if (program !== "vmstate") throw new Error(`${line}: no command of a page`);
  const texts: string[] = [];
  const output = { write: (each: string) => void texts.push(each), isTerminal: false, columns: 80 };
  const { code } = await vmstate(argv, { cwd, out: output, err: output });
  const text = texts.join("");
  // what is written from what is printed would make an example of it
  if (code === 2) throw new Error(`${line}: could not run: ${text}`);
  const [, end, count] = /^(head|tail) -(\d+)$/.exec(cut ?? "") ?? [];
  if (end === undefined) return text;
  const lines = text.trimEnd().split("\n");
  return `${(end === "head" ? lines.slice(0, Number(count)) : lines.slice(-Number(count))).join("\n")}\n`;
}

/** Every command line that the documentation or a command's own help shows is one that the program takes. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createProgram } from "../../cli/program";
import { problemOf, quiet } from "./commandLine";
import { vmstate } from "./run";

const root = join(import.meta.dirname, "../..");

function pages(): readonly string[] {
  const below = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  return ["README.md", ...below.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
}

/** The lines of a text that are commands, without what is said of them behind two blanks, and what the shell takes. */
function commandsIn(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim().replace(/^\$ /, ""))
    .filter((line) => line.startsWith("vmstate "))
    .map((line) => line.replace(/(?: {2,}| [>|] | # ).*$/, ""));
}

function blocksIn(page: string): string {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```[^\n]*\n(.*?)^```/gms)].map(([, block]) => block).join("\n");
}

async function problems(lines: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const line of lines) {
    const problem = await problemOf(line);
    if (problem !== undefined) found.push(`${line}: ${problem}`);
  }
  return found;
}

describe("command lines that are shown", () => {
  it("in README and docs are taken", async () => {
    const lines = pages().flatMap((page) => commandsIn(blocksIn(page)));
    expect(lines.length).toBeGreaterThan(10);
    expect(await problems(lines)).toEqual([]);
  });

  it("in the commands' own help are taken", async () => {
    const { commands } = createProgram({ cwd: "/", env: {}, out: quiet, err: quiet }, () => {});
    const names = commands.flatMap((each) => [
      [each.name()],
      ...each.commands.map((inner) => [each.name(), inner.name()]),
    ]);
    const lines: string[] = [];
    for (const name of names) lines.push(...commandsIn((await vmstate([...name, "--help"])).out));
    expect(lines.length).toBeGreaterThan(50);
    expect(await problems(lines)).toEqual([]);
  });

  it("with an option that there is not are told", async () => {
    expect(await problems(["vmstate check --al"])).toEqual([expect.stringContaining("unknown option")]);
  });
});

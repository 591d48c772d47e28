import type { Command } from "commander";
import { createProgram } from "../../cli/program";
import { commandLineWords } from "../../core/emulator";

export const quiet = { write: () => {}, isTerminal: false, columns: 80 };

/** What is wrong with it; undefined where it would run. */
export async function problemOf(line: string): Promise<string | undefined> {
  const words = commandLineWords(line);
  if (!words.ok) return words.message;
  const program = createProgram({ cwd: "/", env: {}, out: quiet, err: quiet }, () => {});
  const disarm = (command: Command): void => {
    for (const each of command.commands) disarm(each);
    if (command.commands.length === 0) command.action(() => {});
  };
  disarm(program);
  try {
    await program.parseAsync(words.value.slice(1), { from: "user" });
    return undefined;
  } catch (error) {
    return String(error);
  }
}

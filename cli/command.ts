import { setFlagsFromString } from "node:v8";
import { type ExitCode, exitCodes, processIo } from "./io";
import { keepAnswer } from "./kept/keep";
import { folderOf, questionOf } from "./kept/question";
import { keyOf } from "./kept/shelf";
import { endWhereLost } from "./lost";
import { run } from "./program";

for (const stream of [process.stdout, process.stderr]) endWhereLost(stream);

/**
 * V8 11 compiles anew what runs a few hundred times, and a command is over before that has paid: a sixth of a cold check, a
 * quarter of one after an edit. Later ones judge otherwise, and have no such flag; the server stays.
 */
if (process.versions.v8.startsWith("11.") && process.argv[2] !== "lsp")
  setFlagsFromString("--interrupt-budget=1000000");

async function answer(): Promise<ExitCode> {
  if (folderOf(process) === undefined) {
    process.stderr.write("vmstate: the folder in which it was started is gone\n");
    return exitCodes.cannotRun;
  }
  const argv = process.argv.slice(2);
  const question = questionOf(process, __dirname);
  const io = processIo();
  return question === undefined ? run(argv, io) : keepAnswer(keyOf(question), io, (noted) => run(argv, noted));
}

answer().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`vmstate: internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 2;
  },
);

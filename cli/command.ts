import { processIo } from "./io";
import { keepAnswer } from "./kept/keep";
import { questionOf } from "./kept/question";
import { keyOf } from "./kept/shelf";
import { endWhereLost } from "./lost";
import { run } from "./program";

for (const stream of [process.stdout, process.stderr]) endWhereLost(stream);

const argv = process.argv.slice(2);
const question = questionOf(process, __dirname);
const io = processIo();
const answered = question === undefined ? run(argv, io) : keepAnswer(keyOf(question), io, (noted) => run(argv, noted));
answered.then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`vmstate: internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 2;
  },
);

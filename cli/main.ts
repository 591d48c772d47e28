/** `vmstate`: where nothing has changed since the same question, what was answered then; else the command itself, which is large. */
import { writeSync } from "node:fs";
import { currentAnswer, keyOf } from "./kept/shelf";
import { questionOf } from "./kept/question";
import { endWhereLost } from "./lost";
import { version } from "../package.json";

const isVersion = process.argv.length === 3 && /^(?:-V|--version)$/.test(process.argv[2] ?? "");
const question = isVersion ? undefined : questionOf(process, __dirname);
const kept = question === undefined ? undefined : currentAnswer(keyOf(question));
if (isVersion) {
  write(1, `${version}\n`);
} else if (kept === undefined) {
  void import("./command");
} else {
  write(1, kept.out);
  write(2, kept.err);
  process.exitCode = kept.code;
}

/** Without process.stdout, which costs more than all the rest; a pipe that is full or closed is left to it. */
function write(to: 1 | 2, text: string): void {
  const bytes = Buffer.from(text);
  let done = 0;
  try {
    while (done < bytes.length) done += writeSync(to, bytes, done);
  } catch {
    const stream = to === 1 ? process.stdout : process.stderr;
    endWhereLost(stream);
    stream.write(bytes.subarray(done));
  }
}

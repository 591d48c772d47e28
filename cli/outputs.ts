/** `--output FORMAT=FILE`: one answer in several formats, as a pipeline wants it. */
import { dirname, resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { mkdirSync, writeFileSync } from "../server/node/disk";
import { CannotRun, type Io, ioWith } from "./io";

export interface Output<Format extends string> {
  readonly format: Format;
  readonly file: string;
}

/** Its value: a list of `Output`, empty without the option. */
export function outputOption<Format extends string>(formats: readonly Format[]): Option {
  const parse = (given: string, before: readonly Output<Format>[]): readonly Output<Format>[] => {
    const at = given.indexOf("=");
    const format = formats.find((each) => each === given.slice(0, at));
    const file = given.slice(at + 1);
    if (at < 0 || file === "") throw new InvalidArgumentError("It looks like sarif=FILE.");
    if (format === undefined) throw new InvalidArgumentError(`Formats are ${formats.join(", ")}.`);
    return [...before, { format, file }];
  };
  return new Option("-o, --output <format=file>", "the answer in that format, into a file (repeatable)")
    .argParser(parse)
    .default([], "none");
}

/** `textIn` is given where it goes: no terminal. Throws CannotRun where a file cannot be written. */
export function writeOutputs<Format extends string>(
  io: Io,
  outputs: readonly Output<Format>[],
  textIn: (format: Format, to: Io) => string,
): void {
  const to = ioWith(io, { out: { ...io.out, isTerminal: false } });
  for (const { format, file } of outputs) {
    const path = resolve(io.cwd, file);
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, textIn(format, to));
    } catch (error) {
      throw new CannotRun(`--output ${format}=${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

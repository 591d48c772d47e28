/**
 * Code that QEMU runs while it loads a section, on memory that holds what the stream has put there and nothing else. What it refuses
 * so, it refuses whatever the destination is.
 */
import type { Project } from "../project/project";
import { type SectionBytes, streamOf } from "./library/streams";
import { machinery } from "./machinery";
import { programOf } from "./run/program";
import { type Runner, Stop, Undecided } from "./run/runner";
import { isTrue, Rec, Unknown, type Value } from "./run/values";
import { numberOf } from "./library/arguments";
import { StreamPlace, structType } from "./streamPlace";

export type StreamAnswer =
  | {
      readonly kind: "returned";
      readonly result: number;
      /** The last error that it printed or set. */
      readonly said: string | undefined;
      /** The return that it was left by. */
      readonly at: { readonly file: string; readonly start: number } | undefined;
    }
  /** It hangs on what the stream does not say, or ends QEMU. */
  | { readonly kind: "undecided" };

export interface StreamCall {
  readonly name: string;
  /** Whence it is seen. */
  readonly file: string;
}

export class StreamCode {
  private readonly runner: Runner;
  private readonly unset = new Unknown("what the stream does not say");

  constructor(private readonly project: Project) {
    this.runner = machinery(project, undefined).runner;
    this.runner.unset = this.unset;
    this.runner.end();
  }

  /** Memory that nobody has written. */
  place(structName: string, file: string): StreamPlace {
    const memory = new Rec();
    memory.unwritten = this.unset;
    return new StreamPlace(this.runner, memory, structType(this.runner, structName, file), file, this.unset);
  }

  /** A hook of a table, or a test of a field. `takesError`: it is told where to put an error. */
  hook(call: StreamCall, object: StreamPlace, version: readonly number[], takesError: boolean): StreamAnswer {
    return this.answer(call, [object.at, ...version], takesError);
  }

  /** A VMStateInfo's get, on bytes of a section of which it reads as many as it likes. */
  get(
    call: StreamCall,
    object: StreamPlace,
    size: number | undefined,
    bytes: SectionBytes,
    takesError: boolean,
  ): StreamAnswer {
    const field = new Rec();
    field.unwritten = this.unset;
    return this.answer(call, [streamOf(bytes), object.at, size ?? this.unset, field], takesError);
  }

  private answer({ name, file }: StreamCall, values: readonly Value[], takesError: boolean): StreamAnswer {
    const { runner } = this;
    return programOf(this.project).reading((): StreamAnswer => {
      const fn = runner.function(name, file);
      if (fn === undefined) return { kind: "undecided" };
      runner.said = undefined;
      const error = new Rec();
      try {
        const value = runner.afterwards(() => runner.call(fn, takesError ? [...values, error] : values));
        const truth = isTrue(value);
        const result = numberOf(value) ?? (truth === undefined ? undefined : Number(truth));
        if (result === undefined) return { kind: "undecided" };
        const set = error.get("@0");
        const told = set instanceof Rec ? set.get(".msg") : undefined;
        return { kind: "returned", result, said: typeof told === "string" ? told : runner.said, at: runner.leftAt };
      } catch (failure) {
        if (failure instanceof Undecided || failure instanceof Stop) return { kind: "undecided" };
        throw failure;
      }
    });
  }
}

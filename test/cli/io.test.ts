import { describe, expect, it } from "vitest";
import { type Io, ioWith } from "../../cli/io";

describe("ioWith", () => {
  it("changes what it is given, and asks for nothing else", () => {
    let asked = 0;
    const output = { write: () => {}, isTerminal: false, columns: 80 };
    const io: Io = {
      cwd: "/a",
      env: {},
      out: output,
      err: output,
      get cancel() {
        asked++;
        return new AbortController().signal;
      },
    };
    const other = ioWith(ioWith(io, { cwd: "/b" }), { progressHead: "x: " });
    expect([other.cwd, other.progressHead, other.out, io.cwd, asked]).toEqual(["/b", "x: ", output, "/a", 0]);
    expect([other.cancel?.aborted, asked]).toEqual([false, 1]);
  });
});

import { describe, expect, it } from "vitest";
import { lex } from "../../core/c/lex";

const texts = (code: string): string[] => lex(code, "a.c").map((t) => t.text);
const kinds = (code: string): string[] => lex(code, "a.c").map((t) => t.kind);

describe("tokens of C text", () => {
  it("keep their places, so that findings point at what was written", () => {
    const code = "  a +=\n  b->c;";
    const places = lex(code, "a.c").map((t) => [t.text, code.slice(t.start, t.end), t.space]);
    expect(places).toEqual([
      ["a", "a", true],
      ["+=", "+=", true],
      ["b", "b", true],
      ["->", "->", false],
      ["c", "c", false],
      [";", ";", false],
    ]);
  });

  it("leave out comments and continuations", () => {
    expect(texts("a /* b */ c // d \\\n still\n e\\\n f")).toEqual(["a", "c", "e", "f"]);
  });

  it("hold numbers with exponents and suffixes together", () => {
    expect(texts("0x1fULL 1.5e-3 0xe-1 .5f 1e+")).toEqual(["0x1fULL", "1.5e-3", "0xe", "-", "1", ".5f", "1e+"]);
  });

  it("end an unclosed string at its line and an unclosed comment at the end", () => {
    expect(texts('"abc\nint x;')).toEqual(['"abc', "int", "x", ";"]);
    expect(texts("a /* b")).toEqual(["a"]);
    expect(texts("'")).toEqual(["'"]);
  });

  it("take a directive, continuations included, as one token, and # elsewhere as a mark", () => {
    expect(kinds("#define X \\\n 1\na # b")).toEqual(["directive", "identifier", "punctuator", "identifier"]);
  });

  it("keep encoding prefixes with their literal", () => {
    expect(texts('L"a" u8"b" x"c"')).toEqual(['L"a"', 'u8"b"', "x", '"c"']);
  });
});

import { describe, expect, it } from "vitest";
import { bodyOf, rangesIn, typesIn } from "../../../core/project/bodies";
import type { LocatedFunction, Project } from "../../../core/project/project";
import { accessesIn } from "../../../core/c/body/accesses";
import { callsOf } from "../../../core/c/body/calls";
import { givenFor, originOf } from "../../../core/c/body/carried";
import { writtenIn } from "../../../core/c/body/conditions";
import { isIndexOf, ofType } from "../../../core/c/body/interval";
import { localsOf } from "../../../core/c/body/locals";
import { keyOf, pathOf } from "../../../core/c/body/paths";
import { returnedValues } from "../../../core/c/body/returns";
import { nodesIn } from "../../../core/c/body/walk";
import { typeText } from "../../../core/c/ctype";
import type { Expression } from "../../../core/c/syntax";
import { expectLinear } from "../../steps";
import { bareTree } from "../../tree";

const head = `
typedef unsigned char uint8_t; typedef unsigned int uint32_t;
#define SIZE 16
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
enum { LAST = 15 };
typedef struct Regs { uint32_t ctl; uint32_t table[4]; } Regs;
typedef struct State { uint32_t pos; uint32_t size; int at; uint8_t small; Regs regs; uint8_t buf[SIZE]; uint8_t *data; } State;
`;

interface Read {
  readonly project: Project;
  readonly fn: LocatedFunction;
  readonly text: string;
}

function read(statements: string, parameters = "State *s, int n"): Read {
  const text = `${head}int f(${parameters})\n{\n${statements}\n}\n`;
  const project = bareTree({ "hw/a.c": text });
  const definition = project.facts("hw/a.c")?.declarations.find((each) => each.kind === "function");
  if (definition?.kind !== "function") throw new Error("no function");
  return { project, fn: { file: "hw/a.c", definition }, text };
}

/** s->pos is anything that an uint32_t holds. */
function seed(place: Expression): ReturnType<typeof ofType> | undefined {
  return place.kind === "member" && place.name === "pos" ? ofType(32, false) : undefined;
}

/** Of each index into s->buf: inside, beyond, or unknown. */
function judged(statements: string): readonly string[] {
  const { project, fn } = read(statements);
  const found: string[] = [];
  rangesIn(
    project,
    fn,
    { seed },
    {
      expression(node, point) {
        if (node.kind !== "subscript" || node.object.kind !== "member" || node.object.name !== "buf") return;
        const verdict = isIndexOf(point.rangeOf(node.index), 16);
        found.push(verdict === undefined ? "unknown" : verdict ? "inside" : "beyond");
      },
    },
  );
  return found;
}

describe("what is left of a value's range", () => {
  it.each([
    "x = s->buf[s->pos];",
    "x = s->buf[(s->pos)];",
    "x = (s->buf)[s->pos];",
    "x = s->buf[(int)s->pos];",
    "x = s->buf[s->pos++];",
    "int p = s->pos; x = s->buf[p];",
    "int p; p = s->pos + 1; x = s->buf[p];",
    "for (int i = 0; i < s->pos; i++) s->buf[i] = 0;",
    "int i; for (i = 0; i < s->pos; i++) { if (n) g(); s->buf[i] = 0; }",
    "s->pos = MIN(s->pos, 99); x = s->buf[s->pos];",
    "x = s->buf[s->pos & 31];",
    "x = s->buf[s->pos % 17];",
    "if (s->pos > 16) return -1; x = s->buf[s->pos];",
    "int p = s->pos; if (p >= 16) return -1; x = s->buf[p];",
    "if (s->pos > 0) x = s->buf[s->pos];",
    "if (s->pos != 3) x = s->buf[s->pos];",
    "if (s->pos < 16) g(); x = s->buf[s->pos];",
    "if (s->pos >= 16) { g(); } x = s->buf[s->pos];",
    "State *t = s; x = t->buf[t->pos];",
    "assert(s->pos <= SIZE); x = s->buf[s->pos];",
    "switch (s->pos) { case 0: g(); break; default: x = s->buf[s->pos]; }",
  ])("beyond: %s", (statements) => {
    expect(judged(statements)).toEqual(["beyond"]);
  });

  it.each([
    "x = s->buf[MIN(s->pos, 15)];",
    "s->pos = MIN(s->pos, SIZE - 1); x = s->buf[s->pos];",
    "x = s->buf[s->pos & 15];",
    "x = s->buf[s->pos & (SIZE - 1)];",
    "x = s->buf[s->pos % SIZE];",
    "x = s->buf[s->pos % ARRAY_SIZE(s->buf)];",
    "x = s->buf[s->pos >> 28];",
    "x = s->buf[s->small & LAST];",
    "if (s->pos >= SIZE) return -1; x = s->buf[s->pos];",
    "if (s->pos >= sizeof(s->buf)) goto fail; x = s->buf[s->pos]; fail: return 0;",
    "if (s->pos > LAST || n) { return -1; } x = s->buf[s->pos];",
    "if (n && s->pos < 16) x = s->buf[s->pos];",
    "if (!(s->pos < 16)) return -1; x = s->buf[s->pos];",
    "if (16 > s->pos) x = s->buf[s->pos];",
    "if (s->pos + 1 > 16) return -1; x = s->buf[s->pos];",
    "if (s->pos & ~15) return -1; x = s->buf[s->pos];",
    "assert(s->pos < SIZE); x = s->buf[s->pos];",
    "x = s->pos < 16 ? s->buf[s->pos] : 0;",
    "x = s->pos < 16 && s->buf[s->pos];",
    "int p = s->pos; if (p < 0 || p >= 16) return -1; x = s->buf[p];",
    "int i; for (i = 0; i < 16; i++) s->buf[i] = 0;",
    "int i; for (i = 15; i >= 0; i--) s->buf[i] = 0;",
    "int i; for (i = 0; i < ARRAY_SIZE(s->buf); i++) { if (n) break; s->buf[i] = 0; }",
    "s->pos &= 15; x = s->buf[s->pos];",
    "s->pos = 0; x = s->buf[s->pos];",
    "if (s->pos > 15) s->pos = 0; x = s->buf[s->pos];",
    "switch (s->pos) { case 0: case 3: break; default: return -1; } x = s->buf[s->pos];",
    "switch (s->pos) { case 0 ... 15: x = s->buf[s->pos]; }",
    "while (s->pos < 16) { s->buf[s->pos++] = 0; }",
    "State *t = s; if (t->pos >= 16) return -1; x = s->buf[s->pos];",
    "int p = s->pos; if (p >= sizeof(s->buf)) return -1; x = s->buf[p];",
    "int p = s->pos; if (p < 16u) x = s->buf[p];",
    "if (s->pos > 31) return -1; switch (s->pos & 31) { case 16 ... 31: x = s->buf[s->pos - 16]; }",
    "if (s->pos > 20) return -1; if ((s->pos & 7) == 6) x = s->buf[s->pos - 6];",
  ])("inside: %s", (statements) => {
    expect(judged(statements)).toEqual(["inside"]);
  });

  it.each([
    "x = s->buf[s->size];",
    "x = s->buf[n];",
    "if (s->pos >= s->size) return -1; x = s->buf[s->pos];",
    "if (s->pos >= s->size) return -1; if (s->pos > 99) return -1; x = s->buf[s->pos];",
    "if (s->pos >= LIMIT) return -1; x = s->buf[s->pos];",
    "if (s->pos >= limit(s)) return -1; x = s->buf[s->pos];",
    "if (s->pos != limit(s)) return -1; x = s->buf[s->pos];",
    "if (!valid(s->pos)) return -1; x = s->buf[s->pos];",
    "fetch(&s->pos); x = s->buf[s->pos];",
    "if (s->pos + n > 16) return -1; x = s->buf[s->pos];",
    "again: x = s->buf[s->pos];",
    "for (int i = 0; i < s->pos; i++) { if (i == n) break; s->buf[i] = 0; }",
    "int i = 0; while (g()) { s->buf[i++] = 0; }",
    "x = s->buf[s->pos - 1];",
  ])("unknown: %s", (statements) => {
    expect(judged(statements)).toEqual(["unknown"]);
  });

  it("gives what a function leaves where it returns, and where what it returns is true", () => {
    const { project, fn } = read("if (s->pos > 20) return -1; s->pos = MIN(s->pos, 18); return s->pos < 16;");
    const pos = [...nodesIn(bodyOf(project, fn).block)].find((each) => each.kind === "member");
    const ways: (readonly [number, number])[] = [];
    rangesIn(
      project,
      fn,
      { seed },
      {
        expression() {},
        leave(value, point) {
          if (pos?.kind !== "member" || value === undefined) return;
          ways.push([point.rangeOf(pos).max, point.rangeWhere(pos, value, true)?.max ?? -1]);
        },
      },
    );
    expect(ways).toEqual([
      [2 ** 32 - 1, 2 ** 32 - 1],
      [18, 15],
    ]);
  });

  it("is found for long chains and deep nesting without overflow", () => {
    for (const text of [
      `x = ${"1 + ".repeat(20_000)}1;`,
      `x = ${"(".repeat(300)}s->pos${")".repeat(300)};`,
      `${"if (n) { ".repeat(300)}x = 1;${"}".repeat(300)}`,
      `x = ${"n ? 1 : ".repeat(300)}2;`,
    ]) {
      expect(judged(text)).toEqual([]);
    }
  });
});

describe("the other questions about a function", () => {
  it("names places alike, through pointers and however they are spelled", () => {
    const { project, fn } = read(
      "Regs *r = &s->regs; r->ctl = 1; (*s).regs.ctl = 2; ((State *)s)->regs.ctl = 3; (&s->regs)->table[n] = 4;",
    );
    const body = bodyOf(project, fn);
    const places = [...accessesIn(body.block)].filter(({ kind, isPart }) => kind === "write" && !isPart);
    const keys = places
      .map(({ place }) => pathOf(place, localsOf(body)))
      .map((path) => path && keyOf(path).replace(/@\d+/, ""));
    expect(keys).toEqual(["s*.regs.ctl", "s*.regs.ctl", "s*.regs.ctl", "s*.regs.table[]"]);
  });

  it("finds reads and writes of members, whole and in part", () => {
    const { project, fn, text } = read("s->regs.ctl |= s->pos; s->buf[s->at++] = 1; g(&s->small);");
    const found = [...accessesIn(bodyOf(project, fn).block)]
      .filter(({ place }) => place.kind === "member")
      .map(({ place, kind, isPart }) => `${kind}${isPart ? " part of" : ""} ${writtenIn(text, place)}`);
    expect(found).toEqual([
      "update s->regs.ctl",
      "update part of s->regs",
      "read s->pos",
      "write part of s->buf",
      "update s->at",
      "address s->small",
    ]);
  });

  it("finds calls, direct ones and through pointers", () => {
    const { project, fn, text } = read("g(1, h(s)); s->ops->run(s); (*s->fn)(n); s->fns[n](2);");
    const found = callsOf(bodyOf(project, fn)).map(({ name, through, node }) => {
      const path = through === undefined ? "" : `${writtenIn(text, through)} . `;
      return `${path}${name}/${node.arguments.length}`;
    });
    expect(found).toEqual(["g/2", "h/1", "s->ops . run/1", "s . fn/1", "s . fns/1"]);
  });

  it("knows types of expressions", () => {
    const { project, fn } = read(
      "Regs *r = &s->regs; use(r->table); use(s->data[n]); use(((Regs *)n)->ctl); use(*s); use(&s->regs); use(n + s->pos);",
    );
    const types = typesIn(project, fn);
    const arguments_ = callsOf(bodyOf(project, fn)).flatMap(({ node }) => node.arguments);
    expect(arguments_.map((each) => typeText(types.typeOf(each)))).toEqual([
      "uint32_t[4]",
      "uint8_t",
      "uint32_t",
      "struct State",
      "struct Regs *",
      "unsigned int",
    ]);
    const [table] = arguments_;
    expect(table && typeText(types.ownerOf(table))).toBe("struct Regs");
  });

  it("follows values through locals, parameters and returns", () => {
    const { project, fn, text } = read("int a = s->pos; int b = (int)a; if (n) return -1; return n ? helper(b) : b;");
    const body = bodyOf(project, fn);
    expect(returnedValues(body).map((each) => writtenIn(text, each))).toEqual(["-1", "helper(b)", "b"]);
    const call = callsOf(body)[0]?.node;
    const argument = call?.arguments[0];
    expect(argument && writtenIn(text, originOf(argument, localsOf(body)))).toBe("s->pos");
    const helper = read("return q + 1;", "int q");
    const used = returnedValues(bodyOf(helper.project, helper.fn))[0];
    const name = used?.kind === "binary" ? used.left : undefined;
    expect(call && name && givenFor(call, bodyOf(helper.project, helper.fn), name)).toBe(argument);
  });
});

describe("a loop that may end before its condition says so", () => {
  it.each([
    ["", "beyond"],
    ["if (s->at) { break; }", "unknown"],
    ["if (s->at) { return 0; }", "unknown"],
    ["while (s->at) { break; }", "beyond"],
    ["switch (s->at) { case 1: break; }", "beyond"],
    ["switch (s->at) { case 1: return 0; }", "unknown"],
  ])("comes as far as its condition lets it unless something of its own ends it: %s", (inside, verdict) => {
    expect(judged(`for (n = 0; n < s->pos; n++) { s->buf[n] = 1; ${inside} }`)).toEqual([verdict]);
  });

  it("is looked at in steps that grow with it", () => {
    expectLinear(
      (n) =>
        judged(
          `for (;;) { ${"while (n) { } ".repeat(n)} switch (n) { ${"case 1: break; ".repeat(n)} } s->buf[n] = 1; }`,
        ),
      100,
    );
  });
});

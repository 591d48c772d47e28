import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childrenOf, nodesIn } from "../../../core/c/body/walk";
import { lex } from "../../../core/c/lex";
import { readBody, shapeOf, unknownIn } from "./shape";

describe("statements of a function body", () => {
  it.each([
    ["x = 1;", "x = 1;"],
    ["if (a) b(); else if (c) { d(); } else e();", "if<a>b();else if<c>{d();}else e();"],
    ["for (int i = 0; i < n; i++) x[i] = 0;", "for<let<int i=0>|i < n|i++>x[i] = 0;"],
    ["for (;;) ;", "for<||>empty;"],
    ["while (n--) { }", "while<n-->{}"],
    ["do x++; while (x < 4);", "do x++;<x < 4>"],
    [
      "switch (a) { case 1: case 2 ... 4: b(); break; default: c(); }",
      "switch<a>{case<1> case<2..4> b(); break; default; c();}",
    ],
    ["goto out; out: return -EINVAL;", "goto out; out: return<-EINVAL>"],
    ["if (a) out: b();", "if<a>{out: b();}"],
    ["return;", "return<>"],
    ['asm volatile ("nop" : : "r"(x) : "memory");', "asm;"],
  ])("%s", (text, expected) => {
    expect(shapeOf(text)).toBe(expected);
  });

  it.each([
    ["Foo *p = x, **q, r[4][N], s;", "let<Foo* p=x, Foo** q, Foo r[4][N], Foo s>"],
    ["struct foo { int a; } b = { .a = 1 };", "let<foo b={ .a = 1 }>"],
    ["const struct foo *const p;", "let<foo* p>"],
    ["unsigned long long v = 0;", "let<int v=0>"],
    ["static const uint8_t t[] = { 1, 2, };", "let<uint8_t t[]={ 1, 2, }>"],
    ["g_autoptr(Error) err = NULL;", "let<Error* err=NULL>"],
    ["g_autofree char *name = NULL;", "let<char* name=NULL>"],
    ["QTAILQ_HEAD(, Part) parts;", "let< parts>"],
    ["Foo *p G_GNUC_UNUSED = s->p;", "let<Foo* p=s->p>"],
    ["QEMU_UNUSED Foo x = y;", "let<Foo x=y>"],
    ["int (*fn)(void *) = s->fn;", "let<int fn()=s->fn>"],
    ["typeof(x) y = x;", "let< y=x>"],
    ["hwaddr a;", "let<hwaddr a>"],
    ["f(a);", "f(a);"],
    ["a * b;", "let<a* b>"],
  ])("declares: %s", (text, expected) => {
    expect(shapeOf(text)).toBe(expected);
  });

  it.each([
    ["QLIST_FOREACH(e, &s->list, next) { f(e); }", "macro<QLIST_FOREACH(e, &s->list, next)>{f(e);}"],
    ["WITH_QEMU_LOCK_GUARD(&s->lock) { x = 1; }", "macro<WITH_QEMU_LOCK_GUARD(&s->lock)>{x = 1;}"],
    ["QTAILQ_FOREACH(e, l, n)\n    f(e);\ng();", "macro<QTAILQ_FOREACH(e, l, n)>f(e); g();"],
    ["IO_CODE()\nf(e);", "IO_CODE()! f(e);"],
    ["CASE_REGS(A): f(); break;", "case<CASE_REGS(A)> f(); break;"],
    ["x = va_arg(ap, unsigned int);", "x = va_arg(ap, unsigned int);"],
    ["p = g_new0(struct foo, 2);", "p = g_new0(struct foo, 2);"],
    ["p = container_of(q, struct foo, member.other);", "p = container_of(q, struct foo, member.other);"],
    ["OP(env, +, x);", "OP(env, +, x);"],
    ["RUN({ f(a); g(b); });", "RUN({ f(a); g(b); });"],
    ["x = ({ int y = 1; y; });", "x = ({ int y = 1; y; });"],
    ['printf("%" PRIx64 "\\n", x);', 'printf("%" PRIx64 "\\n", x);'],
    ["x = (Foo) { .a = 1 }.a;", "x = (Foo) { .a = 1 }.a;"],
    ["STATE(obj)->regs.ctl |= (uint32_t)(a) + (hwaddr)-1;", "STATE(obj)->regs.ctl |= (uint32_t)(a) + (hwaddr)-1;"],
    ["x = a ?: b ? c : d, e++;", "x = a ?: b ? c : d, e++;"],
  ])("reads macros and expressions: %s", (text, expected) => {
    expect(shapeOf(text)).toBe(expected);
    if (!text.startsWith("OP")) expect(unknownIn(readBody(text))).toBe(0);
  });

  it.each([
    ["#ifdef A\nf();\n#else\ng();\n#endif\nh();", "f(); g(); h();"],
    ["#ifdef A\nif (a) {\n#else\nif (b) {\n#endif\nf(); }", "if<a>{f();}"],
    ["#if 0\nf();\n#endif\ng();", "g();"],
    ["x = a\n#ifdef A\n+ b\n#endif\n;", "x = a #ifdef A + b #endif ;".replace(" #endif ;", ";")],
    ["#define N 4\nx = N;\n#undef N", "x = N;"],
    ["if (a)\n#ifdef A\nf();\n#endif\ng();", "if<a>f(); g();"],
  ])("keeps arms of #if: %s", (text, expected) => {
    expect(shapeOf(text)).toBe(expected);
  });

  it("tells under which arms text stands", () => {
    const { body, text } = readBody("#ifdef A\nf();\n#ifndef B\ng();\n#endif\n#else\nh();\n#endif");
    expect(
      body.arms.map(({ kind, expression, parent, previous, dropped }) => [kind, expression, parent, previous, dropped]),
    ).toEqual([
      ["ifdef", "A", -1, -1, false],
      ["ifndef", "B", 0, -1, false],
      ["else", "", -1, 0, false],
    ]);
    expect(body.arms.map((arm) => text.slice(arm.start, arm.end).trim())).toEqual([
      "f();\n#ifndef B\ng();\n#endif",
      "g();",
      "h();",
    ]);
  });

  it.each([
    ["if (a", "if<(a>empty;"],
    ["x = ; f();", "x = ; f();"],
    ["s->x = f(a, ; g();", "s->x = f(a, ; g();"],
    ["f(a)\nx = 1", "f(a)! x = 1!"],
    ["foo bar + baz; g();", "?<foo bar + baz;> g();"],
    ["} g();", "g(); ?<}>"],
    ["else g();", "?<else> g();"],
    ["for (i = 0; i < ) { g(); } h();", "{?<for (i = 0; i < )> {g();}} h();"],
  ])("goes on behind what it can't read: %s", (text, expected) => {
    expect(shapeOf(text)).toBe(expected);
  });
});

const words = fc.constantFrom(
  ..."{ } ( ) [ ] ; : , = == -> . * & ! ? + ++ -- < if else while do for switch case default return goto break x s Foo int struct sizeof asm 1 \"a\" 'c' ... MACRO \n#if\n \n#else\n \n#endif\n /* // \n".split(
    " ",
  ),
);

describe("any text", () => {
  it("gives a tree in which ranges nest and follow one another, and every token has a statement", () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 60 }), (list) => {
        const { body, text } = readBody(list.join(" "));
        for (const node of nodesIn(body.block)) {
          let last = node.start;
          for (const child of childrenOf(node)) {
            expect(child.start).toBeGreaterThanOrEqual(last);
            expect(child.end).toBeLessThanOrEqual(node.end);
            last = child.end;
          }
        }
        const covered = (start: number, end: number): boolean =>
          body.block.statements.some((each) => each.start <= start && end <= each.end) ||
          body.arms.some((arm) => arm.dropped && arm.start <= start && end <= arm.end);
        for (const token of lex(text, "", body.start, body.end)) {
          // the first `}` without a beginning is taken for the end of the body
          const isOwn = token.start === body.start || token.text === "}" || token.kind === "directive";
          if (!isOwn) expect(covered(token.start, token.end)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    "(",
    "{",
    "[",
    "if (a) ",
    "else ",
    "do ",
    "x ? ",
    "- ",
    "x = ",
    "f(",
    "case 1: ",
    "({ ",
    "a + ",
    "a.",
    "for (",
    "switch (x) ",
    "(int) ",
    "sizeof ",
    "#if A\n",
    "#else\n",
    "}",
    ")",
    "x: ",
    ", ",
    "{ .a = ",
    "int x[",
    "QLIST(x) {",
  ])("of %s a hundred thousand times is read, in nodes that grow with the text", (part) => {
    const count = (times: number): number => {
      const { body } = readBody(part.repeat(times));
      let nodes = 0;
      for (const _ of nodesIn(body.block)) nodes++;
      return nodes;
    };
    const small = count(5_000);
    expect(count(20_000)).toBeLessThanOrEqual(4 * small + 2_000);
    expect(count(Math.ceil(100_000 / part.length))).toBeLessThan(200_000);
  });
});

/** Ways to write one use of a number that nothing holds, which every rule about such numbers finds alike. */
export const uses: readonly string[] = [
  "s->buf[s->pos] = 1;",
  "s->buf[(s->pos)] = 1;",
  "(s->buf)[s->pos] = 1;",
  "s->buf[(int)s->pos] = 1;",
  "s->buf[s->pos++] = 1;",
  "s->buf[s->pos + 4] = 1;",
  "uint32_t i = s->pos; s->buf[i] = 1;",
  "*(s->buf + s->pos) = 1;",
  "memcpy(s->buf, p, s->pos);",
  "for (k = 0; k < s->pos; k++) { s->buf[k] = 1; }",
  "Dev *t = s; t->buf[t->pos] = 1;",
  "s->pos = MIN(s->pos, 99); s->buf[s->pos] = 1;",
  "s->buf[s->pos & 31] = 1;",
  "(*s).buf[(*s).pos] = 1;",
  "if (s->pos <= 16) { s->buf[s->pos] = 1; }",
];

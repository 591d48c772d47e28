/** Declarations with what gcc 12 makes of them on x86_64-linux-gnu. test/qemu/gcc.test.ts asks the gcc at hand. */
export const declarations = `
  struct plain { char a; short b; int c; char d; double e; char f; };
  struct packed { char a; short b; int c; double e; char f; } __attribute__((packed));
  struct __attribute__((packed, aligned(4))) tagged_packed { char a; uint64_t b; char c; };
  struct aligned { char a; int b __attribute__((aligned(16))); char c; } __attribute__((aligned(64)));
  union variant { char a[5]; int b; double c[2]; };
  struct nested { char a; struct plain p; union variant v; struct { uint8_t x; uint16_t y; } q[3]; };
  struct anonymous { char a; union { struct { short lo, hi; }; int whole; }; char z; };
  struct bits1 { unsigned a : 3, b : 5, c : 10; unsigned d : 20; uint8_t e : 4; uint8_t f : 6; };
  struct bits2 { char a; int b : 7; int : 0; int c : 3; long d : 40; long e : 30; };
  struct bits3 { uint16_t a : 12; uint32_t b : 12; uint64_t c : 40; bool d : 1; char e; };
  struct bits4 { char a : 3; int : 20; char b; } __attribute__((packed));
  struct bits5 { char a; int : 5; char b; };
  struct bits6 { int : 5; char b; };
  struct bits7 { uint8_t a; uint32_t b : 24; uint8_t c; uint32_t d : 1; uint16_t e; };
  struct check { int : 1; };
  struct flexible { uint16_t n; uint64_t data[]; };
  struct zero { uint16_t n; uint32_t data[0]; };
  struct empty { };
  struct holds_empty { char a; struct empty e; int b; };
  struct functions { char a; int (*call)(int, void *); void (*table[4])(void); int (*(*deep)(void))[3]; char z; };
  struct matrix { uint8_t m[3][5]; uint16_t (*row)[5]; uint32_t *list[2][3]; char z; };
  enum small { S1, S2 = 200 };
  enum tiny { T1, T2 = 200 } __attribute__((packed));
  enum big { B1 = 1, B2 = 0x100000000 };
  enum negative { N1 = -1 };
  struct enums { char a; enum small s; enum tiny t; enum big b; enum negative n; };
  struct wide { char a; long double ld; char b; __int128 i; bool c; float d; };
  typedef uint64_t aligned_u64 __attribute__((aligned(4)));
  typedef struct { char a; aligned_u64 b; } loose;
  struct alignas_member { char a; _Alignas(32) char b[3]; _Alignas(double) char c; };
  struct packed_member { char a; int b __attribute__((packed)); short c; };
  struct packed_holds { char a; struct plain p; int b; } __attribute__((packed));
  struct vec { char a; float v __attribute__((vector_size(16))); };
  typedef struct self { struct self *next, **previous; uint8_t id; } self;
  struct typeof_member { char a; __typeof__(((struct plain *)0)->e) b; typeof(int *) c; };
  struct big_array { char a; struct nested n[sizeof(struct plain) * 2]; char z; };
  struct multi { uint8_t a, *b, c[3], (*d)[2]; const volatile unsigned long int e; };
`;

export const expected: readonly (readonly [query: string, value: bigint])[] = [
  ["sizeof(struct plain)", 32n],
  ["_Alignof(struct plain)", 8n],
  ["sizeof(struct packed)", 16n],
  ["_Alignof(struct packed)", 1n],
  ["sizeof(struct tagged_packed)", 12n],
  ["_Alignof(struct tagged_packed)", 4n],
  ["sizeof(struct aligned)", 64n],
  ["_Alignof(struct aligned)", 64n],
  ["sizeof(union variant)", 16n],
  ["_Alignof(union variant)", 8n],
  ["sizeof(struct nested)", 72n],
  ["_Alignof(struct nested)", 8n],
  ["sizeof(struct anonymous)", 12n],
  ["_Alignof(struct anonymous)", 4n],
  ["sizeof(struct bits1)", 8n],
  ["_Alignof(struct bits1)", 4n],
  ["sizeof(struct bits2)", 24n],
  ["_Alignof(struct bits2)", 8n],
  ["sizeof(struct bits3)", 16n],
  ["_Alignof(struct bits3)", 8n],
  ["sizeof(struct bits4)", 4n],
  ["_Alignof(struct bits4)", 1n],
  ["sizeof(struct bits5)", 3n],
  ["_Alignof(struct bits5)", 1n],
  ["sizeof(struct bits6)", 2n],
  ["_Alignof(struct bits6)", 1n],
  ["sizeof(struct bits7)", 8n],
  ["_Alignof(struct bits7)", 4n],
  ["sizeof(struct check)", 1n],
  ["_Alignof(struct check)", 1n],
  ["sizeof(struct flexible)", 8n],
  ["_Alignof(struct flexible)", 8n],
  ["sizeof(struct zero)", 4n],
  ["_Alignof(struct zero)", 4n],
  ["sizeof(struct empty)", 0n],
  ["_Alignof(struct empty)", 1n],
  ["sizeof(struct holds_empty)", 8n],
  ["_Alignof(struct holds_empty)", 4n],
  ["sizeof(struct functions)", 64n],
  ["_Alignof(struct functions)", 8n],
  ["sizeof(struct matrix)", 80n],
  ["_Alignof(struct matrix)", 8n],
  ["sizeof(enum small)", 4n],
  ["sizeof(enum tiny)", 1n],
  ["sizeof(enum big)", 8n],
  ["sizeof(enum negative)", 4n],
  ["sizeof(struct enums)", 32n],
  ["_Alignof(struct enums)", 8n],
  ["sizeof(struct wide)", 80n],
  ["_Alignof(struct wide)", 16n],
  ["sizeof(loose)", 12n],
  ["_Alignof(loose)", 4n],
  ["sizeof(struct alignas_member)", 64n],
  ["_Alignof(struct alignas_member)", 32n],
  ["sizeof(struct packed_member)", 8n],
  ["_Alignof(struct packed_member)", 2n],
  ["sizeof(struct packed_holds)", 37n],
  ["_Alignof(struct packed_holds)", 1n],
  ["sizeof(struct vec)", 32n],
  ["_Alignof(struct vec)", 16n],
  ["sizeof(self)", 24n],
  ["sizeof(struct typeof_member)", 24n],
  ["_Alignof(struct typeof_member)", 8n],
  ["sizeof(struct big_array)", 4624n],
  ["_Alignof(struct big_array)", 8n],
  ["sizeof(struct multi)", 40n],
  ["_Alignof(struct multi)", 8n],
  ["offsetof(struct plain, b)", 2n],
  ["offsetof(struct plain, e)", 16n],
  ["offsetof(struct plain, f)", 24n],
  ["offsetof(struct packed, e)", 7n],
  ["offsetof(struct tagged_packed, c)", 9n],
  ["offsetof(struct aligned, b)", 16n],
  ["offsetof(struct aligned, c)", 20n],
  ["offsetof(struct nested, p.d)", 16n],
  ["offsetof(struct nested, v.c[1])", 48n],
  ["offsetof(struct nested, q[2].y)", 66n],
  ["offsetof(struct anonymous, hi)", 6n],
  ["offsetof(struct anonymous, whole)", 4n],
  ["offsetof(struct anonymous, z)", 8n],
  ["offsetof(struct bits3, e)", 9n],
  ["offsetof(struct bits4, b)", 3n],
  ["offsetof(struct bits5, b)", 2n],
  ["offsetof(struct bits6, b)", 1n],
  ["offsetof(struct bits7, c)", 4n],
  ["offsetof(struct bits7, e)", 6n],
  ["offsetof(struct flexible, data)", 8n],
  ["offsetof(struct flexible, data[3])", 32n],
  ["offsetof(struct zero, data)", 4n],
  ["offsetof(struct holds_empty, b)", 4n],
  ["offsetof(struct functions, table[2])", 32n],
  ["offsetof(struct functions, z)", 56n],
  ["offsetof(struct matrix, m[2][4])", 14n],
  ["offsetof(struct matrix, list[1][2])", 64n],
  ["offsetof(struct matrix, z)", 72n],
  ["offsetof(struct enums, t)", 8n],
  ["offsetof(struct enums, b)", 16n],
  ["offsetof(struct enums, n)", 24n],
  ["offsetof(struct wide, i)", 48n],
  ["offsetof(struct wide, d)", 68n],
  ["offsetof(loose, b)", 4n],
  ["offsetof(struct alignas_member, b)", 32n],
  ["offsetof(struct alignas_member, c)", 40n],
  ["offsetof(struct packed_member, b)", 1n],
  ["offsetof(struct packed_member, c)", 6n],
  ["offsetof(struct packed_holds, p.e)", 17n],
  ["offsetof(struct packed_holds, b)", 33n],
  ["offsetof(struct vec, v)", 16n],
  ["offsetof(self, id)", 16n],
  ["offsetof(struct typeof_member, c)", 16n],
  ["offsetof(struct big_array, n[3].q[1].x)", 284n],
  ["offsetof(struct big_array, z)", 4616n],
  ["offsetof(struct multi, c[1])", 17n],
  ["offsetof(struct multi, d)", 24n],
  ["offsetof(struct multi, e)", 32n],
];

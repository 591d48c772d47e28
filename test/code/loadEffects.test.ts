import { describe, expect, it } from "vitest";
import { effectGuards, guardText, loadEffects } from "../../core/code";
import { device, hook, tree } from "../check/orderFixture";

/** What loading does, `space checked|unchecked: chain`, of a card whose post_load runs the statements. */
function effectsOf(statements: string, code = "", more = ""): readonly string[] {
  const card = device({
    name: "card",
    table: ".post_load = card_post_load,",
    code: code + hook("card_post_load", statements),
  });
  const { project } = tree({ "card.c": card + more });
  const [description] = project.descriptionsIn("hw/card.c");
  if (!description) throw new Error("no description");
  return loadEffects(project, description).map((effect) => {
    const steps = effect.chain.slice(1).map((step) => step.function);
    const guard = guardText(effectGuards(project, effect));
    return `${effect.space} ${effect.checked ? "checked" : "unchecked"}${guard === undefined ? "" : ` if ${guard}`}: ${[...steps, effect.api].join(" -> ")}`;
  });
}

const spaces = (statements: string, code = "", more = ""): readonly string[] =>
  effectsOf(statements, code, more).map((each) => each.split(" ", 1)[0] ?? "");

describe("whose memory an access goes to", () => {
  it.each([
    "address_space_read(&address_space_memory, 0, 0, b, 4);",
    "address_space_read((&(address_space_memory)), 0, 0, b, 4);",
    "address_space_read((AddressSpace *)&address_space_memory, 0, 0, b, 4);",
    "AddressSpace *as = &address_space_memory; address_space_read(as, 0, 0, b, 4);",
    "AddressSpace *as = NULL; as = &address_space_memory; address_space_read(as, 0, 0, b, 4);",
    "AddressSpace *as = &address_space_memory; AddressSpace *same = (as); address_space_read(same, 0, 0, b, 4);",
  ])("is the machine's: %s", (statement) => {
    expect(spaces(statement)).toEqual(["system"]);
  });

  it.each([
    "address_space_read(s->as, 0, 0, b, 4);",
    "AddressSpace *as = s->as; address_space_read(as, 0, 0, b, 4);",
    "AddressSpace *as = &address_space_memory; if (s->a) as = s->as; address_space_read(as, 0, 0, b, 4);",
  ])("is the device's: %s", (statement) => {
    expect(spaces(statement)).toEqual(["device"]);
  });

  const fetch = "static void fetch(int n, AddressSpace *from)\n{\n    address_space_read(from, 0, 0, b, 4);\n}\n";

  it("is what a caller gives", () => {
    expect(spaces("fetch(1, &address_space_memory);", fetch)).toEqual(["system"]);
    expect(spaces("fetch(1, (s->as));", fetch)).toEqual(["device"]);
    const between = "static void outer(AddressSpace *mine)\n{\n    fetch(0, (AddressSpace *)mine);\n}\n";
    expect(spaces("outer(&address_space_memory);", fetch + between)).toEqual(["system"]);
  });

  it("is what the device's file puts into a member, as long as that is nothing else", () => {
    const set = (value: string): string => `static void set(Dev *s)\n{\n    (s)->as = (${value});\n}\n`;
    expect(spaces("address_space_read(s->as, 0, 0, b, 4);", set("&address_space_memory"))).toEqual(["system"]);
    const both = set("&address_space_memory") + "static void more(Dev *s, void *x)\n{\n    s->as = x;\n}\n";
    expect(spaces("address_space_read(s->as, 0, 0, b, 4);", both)).toEqual(["device"]);
  });
});

describe("whether a failure can travel upwards", () => {
  const read = "pci_dma_read(s, 0, 0, 4)";

  it.each([
    `if (${read}) return -1;`,
    `int n = ${read};`,
    `s->a = (int)${read};`,
    `return ${read};`,
    `if (s->a ||\n        ${read} != 0) return -1;`,
  ])("it can: %s", (statement) => {
    expect(effectsOf(statement)[0]).toContain("device checked");
  });

  it.each([
    `${read};`,
    `(void)${read};`,
    `( void ) ( ${read} );`,
    `if (s->a &&\n        s->b)\n        ${read};`,
    `if (s->a) { } else ${read};`,
    `for (;;) ${read};`,
    `switch (s->a) { case 1: ${read}; }`,
  ])("it cannot: %s", (statement) => {
    expect(effectsOf(statement)[0]).toContain("device unchecked");
  });

  it("by a place of the state that is asked about afterwards, however it is named", () => {
    const map = "address_space_rw(s->as, 0, 0, &s->b, 4, 0);";
    expect(effectsOf(`${map} if ((s)->b == 0) return -1;`)[0]).toContain("device checked");
    expect(effectsOf(`Dev *same = s; ${map} if (!same->b) return -1;`)[0]).toContain("device checked");
    expect(effectsOf(`if (s->b == 0) return -1; ${map}`)[0]).toContain("device unchecked");
    expect(effectsOf(`${map} if (s->a == 0) return -1;`)[0]).toContain("device unchecked");
  });
});

describe("what a call through a pointer reaches", () => {
  const ops =
    "struct DevOps { int n; void (*kick)(Dev *s); };\nstatic void one_kick(Dev *s)\n{\n    pci_dma_read(s, 0, 0, 4);\n}\nstatic const struct DevOps one_ops = { .kick = one_kick };\n";

  it.each([
    "s->ops->kick(s);",
    "(s->ops)->kick(s);",
    "(*s->ops).kick(s);",
    "(*s->ops->kick)(s);",
    "DevOps *ops = s->ops; ops->kick(s);",
    "((DevOps *)s->ops)->kick(s);",
    "((DevOps *)(s->as))->kick(s);",
    "DevOps *ops = s->as; (*ops).kick(s);",
  ])("%s", (statement) => {
    const typed = "typedef struct DevOps DevOps;\n";
    expect(effectsOf(statement, typed + ops)).toEqual(["device unchecked: one_kick -> pci_dma_read"]);
  });

  it("is a macro of the file, and a callback", () => {
    const macro = "#define KICK(s, n) do { \\\n    pci_dma_read((s), 0, 0, (n)); \\\n} while (0)\n";
    expect(effectsOf("KICK(s, 4);", macro)).toEqual(["device unchecked: pci_dma_read"]);
    const each = "static void each(void *k, void *v, void *s)\n{\n    pci_dma_read(s, 0, 0, 4);\n}\n";
    expect(effectsOf("g_hash_table_foreach(t, (GHFunc)each, s);", each)).toEqual([
      "device unchecked: each -> pci_dma_read",
    ]);
  });
});

describe("what guards it", () => {
  it("is said with what locals stand for, and not with what they stood for", () => {
    expect(effectsOf("uint32_t n = s->a; if ((n) > 3) pci_dma_read(s, 0, 0, n);")).toEqual([
      "device unchecked if (s->a) > 3: pci_dma_read",
    ]);
    expect(effectsOf("uint32_t n = s->a; n &= s->b; if (n > 3) pci_dma_read(s, 0, 0, n);")).toEqual([
      "device unchecked: pci_dma_read",
    ]);
    expect(effectsOf("if ((s->a & 2) == 0) return 0; pci_dma_read(s, 0, 0, 4);")).toEqual([
      "device unchecked if not ((s->a & 2) == 0): pci_dma_read",
    ]);
  });
});

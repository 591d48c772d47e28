import { expect, it } from "vitest";
import { hasBounceBuffers } from "../../core/emulator/migration/bounceBuffers";
import { treeOf } from "../tree";

const map = (statement: string): boolean =>
  hasBounceBuffers(
    treeOf({
      "system/physmem.c": `static const VMStateDescription vmstate_x = { .name = "x" };\nvoid *address_space_map(AddressSpace *as, hwaddr addr)\n{\n    ${statement}\n}\n`,
    }),
  );

it.each(["as->bounce_buffer_size", "(as)->bounce_buffer_size", "(*as).bounce_buffer_size", "as -> bounce_buffer_size"])(
  "an address space has buffers of its own: %s",
  (place) => {
    expect(map(`if (used > ${place}) return NULL;`)).toBe(true);
    expect(map(`size_t most = (size_t)${place}; return g_malloc(most);`)).toBe(true);
  },
);

it.each([
  "/* as->bounce_buffer_size */",
  'puts("as->bounce_buffer_size");',
  "use(bounce_buffer_size);",
  "use(bounce.buffer);",
])("it has none: %s", (statement) => {
  expect(map(statement)).toBe(false);
});

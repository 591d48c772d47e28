/** A struct that a header declares: its members are used as indexes in other files of the folder. */
import { expect, it } from "vitest";
import { diagnoseFile } from "../../../../core/check";
import { treeOf } from "../../../tree";

const header = "typedef struct Dev { uint32_t at; uint32_t n; uint8_t buf[64]; } Dev;\n";

const table = (rest = "", code = "") => `#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "hw/dev.h"
${code}
const VMStateDescription vmstate_dev = { .name = "dev", .version_id = 1, .minimum_version_id = 1, ${rest}
    .fields = (const VMStateField[]) { VMSTATE_UINT32(at, Dev), VMSTATE_END_OF_LIST() } };
`;

const core = (body: string) => `#include "qemu/osdep.h"
#include "hw/dev.h"
void copy(void *to, size_t bytes);
void dev_put(Dev *s, uint32_t len) { ${body} }
`;

function found(body: string, { own = table(), path = "hw/x/core.c" } = {}) {
  const project = treeOf({ "include/hw/dev.h": header, "hw/x/dev.c": own, [path]: core(body) });
  return diagnoseFile(project, "hw/x/dev.c").filter(({ code }) => code === "index-unchecked");
}

const sum = "copy(s->buf + s->at, len);";

it("as an index and as the rest of a sum, with the place of the use", () => {
  expect(found(sum)[0]?.message).toContain("at is an index into buf, which has 64 elements");
  expect(found(sum)[0]?.related[0]).toMatchObject({
    message: "dev_put uses it as it is",
    range: { file: "hw/x/core.c" },
  });
  expect(found("s->buf[s->at] = len;")).toHaveLength(1);
});

it("but not behind a condition, nor beside another struct's array", () => {
  expect(found(`if (s->at + len > 64) { return; } ${sum}`)).toEqual([]);
  expect(found("copy(other->buf + s->at, len);")).toEqual([]);
  expect(found("copy(s->buf + s->at * 0, len);")).toEqual([]);
});

it("nor in another folder, nor once post_load looks at it", () => {
  expect(found(sum, { path: "hw/y/core.c" })).toEqual([]);
  const check =
    "static int dev_post_load(void *opaque, int version_id) { Dev *s = opaque; return s->at > 64 ? -1 : 0; }";
  expect(found(sum, { own: table(".post_load = dev_post_load,", check) })).toEqual([]);
});

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleStream } from "../wire/sample";
import { exampleTree, vmstate } from "./run";

const loader = `#include "migration/vmstate.h"
typedef struct SaveStateEntry { char idstr[256]; } SaveStateEntry;
int check_footer(SaveStateEntry *se, int mark)
{
    if (mark != 0x7e) {
        error_report("No footer behind section %s", se->idstr);
        return -1;
    }
    return 0;
}
`;

function device(fields: string): string {
  return `#include "migration/vmstate.h"
#include "hw/qdev-core.h"
typedef struct Dev { DeviceState parent_obj; uint32_t count; uint32_t level; } Dev;
static const VMStateDescription vmstate_dev = {
    .name = "dev",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(count, Dev),
${fields}        VMSTATE_END_OF_LIST()
    }
};
static void dev_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_dev;
}
static const TypeInfo dev_info = {
    .name = "dev",
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(Dev),
    .class_init = dev_class_init,
};
static void dev_register(void) { type_register_static(&dev_info); }
type_init(dev_register)
`;
}

const message = "qemu: No footer behind section 0000:00:03.0/dev";

describe("vmstate explain", () => {
  let folder = "";
  const tree = (name: string) => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "vmstate-explain-"));
    for (const [name, fields] of [
      ["old", ""],
      ["new", "        VMSTATE_UINT32(level, Dev),\n"],
    ] as const) {
      cpSync(exampleTree, tree(name), { recursive: true });
      mkdirSync(join(tree(name), "hw/misc"), { recursive: true });
      writeFileSync(join(tree(name), "migration/savevm.c"), loader);
      writeFileSync(join(tree(name), "hw/misc/dev.c"), device(fields));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("leads from a log to the check, the section and its table, and says what may be", async () => {
    const log = join(folder, "guest.log");
    writeFileSync(log, `2025-01-01 starting up\n2025-01-01 ${message}\n`);
    const { code, out } = await vmstate(["explain", log, "--tree", tree("old")]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^line 2: No footer behind section 0000:00:03\.0\/dev\n {4}migration\/savevm\.c:6 check_footer: /,
    );
    expect(out).toContain("printed where mark != 0x7e");
    expect(out).toContain("no message of this tree in line 1:");
    expect(out).toMatch(/table vmstate_dev \(dev\), hw\/misc\/dev\.c:4/);
    expect(out).toMatch(/may be: the two releases have other tables[\s\S]*To decide: vmstate explain LOG --from/);
  });

  it("proves the cause by two trees", async () => {
    const versions = ["--from", tree("old"), "--to", tree("new")];
    const { code, out } = await vmstate(["explain", "--message", message, ...versions]);
    expect(code).toBe(0);
    expect(out).toMatch(
      / {4}cause: hw\/misc\/dev\.c:\d+: new expects dev\/level \(4 bytes\), and old does not send it/,
    );
    expect(out).not.toMatch(/may be:|To decide/);
    const json = await vmstate(["explain", "--message", message, ...versions, "--format", "json"]);
    expect(JSON.parse(json.out)).toMatchObject([{ logLine: 1, causes: [{ certain: true }], candidates: [] }]);
  });

  it("compares two streams for the section", async () => {
    const [a, b] = [join(folder, "a.mig"), join(folder, "b.mig.gz")];
    const changed = Buffer.from(sampleStream());
    changed[changed.indexOf(Buffer.from([0, 0, 0, 7, 0xff])) + 3] = 9;
    writeFileSync(a, sampleStream());
    writeFileSync(b, gzipSync(changed));
    const nic = "No footer behind section 0000:00:02.0/nic";
    const { out } = await vmstate(["explain", "--message", nic, "--tree", tree("old"), "--from", a, "--to", b]);
    expect(out).toContain("may be the cause: count: 0x7 -> 0x9");
  });

  it("ends with 1 where no message is of the tree, with 2 where it cannot run", async () => {
    const none = await vmstate(["explain", "--message", "kernel: something else", "--tree", tree("old")]);
    expect(none).toMatchObject({ code: 1, out: expect.stringContaining("no message of the tree") });
    expect((await vmstate(["explain", join(folder, "absent"), "--tree", tree("old")])).code).toBe(2);
    expect((await vmstate(["explain", "--message", "x y", "--from", tree("old")])).err).toContain("belong together");
    expect((await vmstate(["explain", "--message", "", "--tree", tree("old")])).err).toContain("the log is empty");
  });
});

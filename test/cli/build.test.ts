/** A tree that is built: what its build folder is configured with counts, for the targets that it builds. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exampleTree, vmstate } from "./run";

let folder = "";
let tree = "";

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-build-"));
  tree = join(folder, "tree");
  cpSync(exampleTree, tree, { recursive: true });
  put({
    "tree/Kconfig":
      "source accel/Kconfig\nconfig LAMP_BRIGHT\n    bool\n    default y\nconfig LAMP_NIGHT\n    bool\n    default y\n",
    "tree/accel/Kconfig": "config KVM\n    bool\n",
    "tree/hw/lamp/lamp.c": lamp,
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a build folder", () => {
  it("says which CONFIG_ values a target has, and a line says so", async () => {
    put(built("tree/build"));
    const { fields, err } = await lampFields();
    expect(fields).toEqual(["on", "host", "device"]);
    expect(err).toContain("vmstate: x86_64 as build configures it\n");
    expect(err.match(/configures/g)).toHaveLength(1);
  });

  it("leaves all as without it for a target that it does not build, and says so", async () => {
    const before = await lampFields("--target", "aarch64");
    put(built("tree/build"));
    const { fields, err } = await lampFields("--target", "aarch64");
    expect(fields).toEqual(before.fields);
    expect(err).toContain("vmstate: build does not build aarch64, but x86_64: read as without it\n");
  });

  it("may lie elsewhere, and --config goes before it", async () => {
    put(built("out/debug"));
    const { fields, err } = await lampFields("--build", join(folder, "out/debug"), "--config", "CONFIG_LAMP_NIGHT=y");
    expect(fields).toEqual(["on", "host", "device", "night"]);
    expect(err).toContain(`x86_64 as ${join(folder, "out/debug")} configures it`);
  });

  it("has its devices in a header too", async () => {
    put(built("tree/build"));
    rmSync(join(tree, "build/x86_64-softmmu-config-devices.mak"));
    put({ "tree/build/x86_64-softmmu-config-devices.h": "#define CONFIG_LAMP_BRIGHT 1\n" });
    expect((await lampFields()).fields).toEqual(["on", "host", "device"]);
  });

  it("of make, before QEMU 5.2, is read by its own names, also in the tree itself", async () => {
    put({
      "tree/config-host.mak": "CONFIG_LAMP_HOST=y\nCONFIG_LIST=$(OTHER)\n",
      "tree/x86_64-softmmu/config-target.mak": "TARGET_X86_64=y\nCONFIG_SOFTMMU=y\n",
      "tree/x86_64-softmmu/config-devices.mak": "CONFIG_LAMP_BRIGHT=y\n",
    });
    const { fields, err } = await lampFields();
    expect(fields).toEqual(["on", "host", "no_host?", "device"]);
    expect(err).toContain("x86_64 as the tree itself configures it\n");
  });

  it("says what each object is compiled with", async () => {
    put({
      ...built("tree/build"),
      "tree/build/compile_commands.json": commands({ flags: "-DCONFIG_LAMP_NIGHT -DX=1" }),
    });
    const { fields, err } = await lampFields();
    expect(fields).toEqual(["on", "host", "device", "night"]);
    expect(err).toContain("as build configures it, with what its compile_commands.json compiles\n");
  });

  it("decides in diff where both sides have one, and else is said to be left out", async () => {
    put(built("tree/build"));
    cpSync(tree, join(folder, "next"), { recursive: true });
    rmSync(join(folder, "next/build"), { recursive: true });
    const compare = async (): Promise<{ readonly gone: unknown[]; readonly err: string }> => {
      const { out, err } = await vmstate(["diff", tree, join(folder, "next"), "-f", "json"]);
      return { gone: JSON.parse(out), err };
    };
    const one = await compare();
    expect(one).toEqual({ gone: [], err: "vmstate: tree: read as without build, as next is not built for x86_64\n" });
    put({ ...built("next/build"), "next/build/x86_64-softmmu-config-devices.mak": "CONFIG_OTHER=y\n" });
    const both = await compare();
    expect(both.gone).toMatchObject([{ description: "lamp" }, { description: "lamp" }]);
    expect(both.err).toBe(
      "vmstate: tree: x86_64 as build configures it\nvmstate: next: x86_64 as build configures it\n",
    );
  });

  it("that is named and none ends with exit code 2", async () => {
    put({ "empty/config-host.h": "" });
    for (const named of ["empty", "nosuch"]) {
      const { code, out, err } = await vmstate(["dump", "--tree", tree, "--build", join(folder, named)]);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toContain(`--build ${join(folder, named)}: no folder that QEMU`);
    }
  });

  it("is not taken where it has no configuration", async () => {
    const before = await lampFields();
    put({ "tree/build/config-host.h": "#define CONFIG_LAMP_HOST 1\n", "tree/build/build.ninja": "" });
    const { fields, err } = await lampFields();
    expect(fields).toEqual(before.fields);
    expect(err).not.toContain("configures");
  });

  it.skipIf(process.platform === "win32")("is not waited for where a file of it is a FIFO", async () => {
    put(built("tree/build"));
    const mak = join(tree, "build/x86_64-softmmu-config-devices.mak");
    rmSync(mak);
    execFileSync("mkfifo", [mak]);
    expect((await lampFields()).err).not.toContain("configures");
  });
});

/** As meson's configure_file and minikconf.py write them. */
function built(at: string): Record<string, string> {
  return {
    [`${at}/build.ninja`]: "",
    [`${at}/config-host.h`]: `/*
 * Autogenerated by the Meson build system.
 * Do not edit, your changes will be lost.
 */

#pragma once

#define CONFIG_LAMP_HOST

#undef CONFIG_LAMP_NO_HOST

#define CONFIG_BINDIR "/usr/local/bin"

`,
    [`${at}/x86_64-softmmu-config-target.h`]: "#define CONFIG_SOFTMMU 1\n\n#define CONFIG_TCG 1\n",
    [`${at}/x86_64-softmmu-config-devices.mak`]: "CONFIG_LAMP_BRIGHT=y\n",
  };
}

/** As meson writes it: an object of the target, and one that targets share. */
function commands({ flags }: { readonly flags: string }): string {
  const entry = (file: string, library: string): object => ({
    directory: "/elsewhere/build",
    command: `cc -I. -O2 ${flags} '-DNAME="a b"' -o ${library}/x.c.o -c ../${file}`,
    file: `../${file}`,
    output: `${library}/x.c.o`,
  });
  return JSON.stringify([
    entry("hw/lamp/lamp.c", "libqemu-x86_64-softmmu.a.p"),
    entry("migration/vmstate.c", "libcommon.a.p"),
  ]);
}

/** Fields of the lamp whose condition is not known to be false; those of unknown condition with a question mark. */
async function lampFields(...more: readonly string[]): Promise<{ readonly fields: string[]; readonly err: string }> {
  const { out, err } = await vmstate(["dump", "--tree", tree, "--type", "lamp", "--explain", ...more]);
  const fields: { field: string; condition?: string }[] = JSON.parse(out).lamp.Description.Fields;
  return { fields: fields.map(({ field, condition }) => (condition === undefined ? field : `${field}?`)), err };
}

const lamp = `#include "migration/vmstate.h"
#include "hw/sysbus.h"
typedef struct Lamp { SysBusDevice parent_obj; uint8_t on; uint8_t host; uint8_t no_host; uint8_t device; uint8_t night; uint8_t kvm; } Lamp;
static const VMStateDescription vmstate_lamp = {
    .name = "lamp",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(on, Lamp),
#ifdef CONFIG_LAMP_HOST
        VMSTATE_UINT8(host, Lamp),
#endif
#ifdef CONFIG_LAMP_NO_HOST
        VMSTATE_UINT8(no_host, Lamp),
#endif
#ifdef CONFIG_LAMP_BRIGHT
        VMSTATE_UINT8(device, Lamp),
#endif
#ifdef CONFIG_LAMP_NIGHT
        VMSTATE_UINT8(night, Lamp),
#endif
#ifdef CONFIG_KVM
        VMSTATE_UINT8(kvm, Lamp),
#endif
        VMSTATE_END_OF_LIST()
    },
};
static void lamp_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_lamp;
}
static const TypeInfo lamp = { .name = "lamp", .parent = TYPE_SYS_BUS_DEVICE, .class_init = lamp_class_init };
`;

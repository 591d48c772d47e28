import { describe, expect, it } from "vitest";
import { createBuild, createTargets } from "../../../core/c/build/compiled";
import type { Build } from "../../../core/c/build/compiled";
import { readConfiguredBuild } from "../../../core/c/build/configured";
import { configurationFor } from "../../../core/c/configuration";

function build(files: Readonly<Record<string, string>>, target = "x86_64"): Build {
  return createBuild((path) => files[path], target, configurationFor(target)?.architectures ?? []);
}

const kconfig = `
config PCI
    bool

config BOARD
    bool
    default y
    depends on X86_64
    select PCI
    imply NIC

config ARM_BOARD
    bool
    default y
    depends on TCG && AARCH64
    imply NIC if !SPECIAL

config NIC
    bool
    default y if PCI_DEVICES
    depends on PCI

config SOUND
    bool
    depends on PIXMAN && BOARD
    default y
`;

const tree = {
  Kconfig: "source Kconfig.host\nsource hw/Kconfig\n",
  "Kconfig.host": "config PIXMAN\n    bool\n",
  "hw/Kconfig": kconfig,
  "configs/devices/x86_64-softmmu/default.mak": "include ../common/base.mak\n",
  "configs/devices/common/base.mak": "# CONFIG_BOARD=n\nCONFIG_OLD=n\n",
  "configs/targets/x86_64-softmmu.mak": "TARGET_ARCH=x86_64\n",
  "configs/targets/aarch64-softmmu.mak": "TARGET_ARCH=aarch64\n",
  "hw/net/meson.build": `
net_ss = ss.source_set()
net_ss.add(when: 'CONFIG_NIC', if_true: files('nic.c'), if_false: files('nic-stub.c'))
net_ss.add(files('core.c',
                 'checksum.c'))
net_ss.add(when: ['CONFIG_NIC', virgl], if_true: files('nic-gl.c'))
if host_os == 'linux'
  net_ss.add(files('tap.c'))
else
  net_ss.add(files('tap-stub.c'))
endif
system_ss.add_all(when: 'CONFIG_PCI', if_true: net_ss)
arm_ss = ss.source_set()
arm_ss.add(files('arm.c'))
hw_arch += {'arm': arm_ss}
shared_ss = ss.source_set()
shared_ss.add(files('arm-shared.c'))
hw_common_arch += {'arm': shared_ss}
linux_ss = ss.source_set()
linux_ss.add(files('arm-linux.c'))
target_user_arch += {'arm': linux_ss}
user_ss.add(files('user.c'))
`,
  "hw/meson.build": "system_ss.add(when: 'CONFIG_SOUND', if_true: files('sound/card.c'))\n",
};

describe("which files the tree's build compiles", () => {
  it("follows select, imply, default and depends of Kconfig for the target", () => {
    expect(build(tree).compiles("hw/net/nic.c")).toBe("true");
    expect(build(tree).compiles("hw/net/nic-stub.c")).toBe("false");
    expect(build(tree, "aarch64").compiles("hw/net/nic.c")).toBe("false");
    expect(build(tree).compiles("hw/net/core.c")).toBe("true");
    expect(build(tree, "aarch64").compiles("hw/net/core.c")).toBe("false");
  });

  it("leaves to the host what configure finds there", () => {
    expect(build(tree).compiles("hw/net/nic-gl.c")).toBe("unknown");
    expect(build(tree).compiles("hw/net/tap.c")).toBe("unknown");
    expect(build(tree).compiles("hw/sound/card.c")).toBe("unknown");
    expect(build(tree, "aarch64").compiles("hw/sound/card.c")).toBe("false");
  });

  it("knows the sources of one architecture and of the user-mode emulators", () => {
    expect(build(tree).compiles("hw/net/arm.c")).toBe("false");
    expect(build(tree, "aarch64").compiles("hw/net/arm.c")).toBe("true");
    expect(build(tree).compiles("hw/net/arm-shared.c")).toBe("false");
    expect(build(tree, "aarch64").compiles("hw/net/arm-shared.c")).toBe("true");
    expect(build(tree, "aarch64").compiles("hw/net/arm-linux.c")).toBe("false");
    expect(build(tree).compiles("hw/net/user.c")).toBe("false");
  });

  it("knows the source that stands beside one target's settings", () => {
    expect(build(tree).compiles("configs/targets/aarch64-softmmu.c")).toBe("false");
    expect(build(tree, "aarch64").compiles("configs/targets/aarch64-softmmu.c")).toBe("true");
    expect(build(tree, "arm").compiles("configs/targets/aarch64-softmmu.c")).toBe("false");
  });

  it("says nothing of files that no build file names", () => {
    expect(build(tree).compiles("hw/net/other.c")).toBe("unknown");
    expect(build({}).compiles("hw/net/nic.c")).toBe("unknown");
    expect(build(tree).condition("hw/net/other.c")).toBeUndefined();
  });

  it("tells the conditions", () => {
    expect(build(tree).condition("hw/net/nic.c")).toBe("CONFIG_PCI && CONFIG_NIC");
    expect(build(tree).condition("hw/net/nic-stub.c")).toBe("CONFIG_PCI && !(CONFIG_NIC)");
    expect(build(tree).condition("hw/sound/card.c")).toBe("CONFIG_SOUND");
  });

  it("takes what a .mak of the target sets before any default", () => {
    const without = { ...tree, "configs/devices/common/base.mak": "CONFIG_BOARD=n\n" };
    expect(build(without).compiles("hw/net/nic.c")).toBe("false");
  });

  it("reads the Makefile.objs of older trees", () => {
    const old = {
      "default-configs/x86_64-softmmu.mak": "include pci.mak\nCONFIG_NIC=y\nCONFIG_OTHER=$(CONFIG_NIC)\n",
      "default-configs/pci.mak": "CONFIG_PCI=y\n",
      "hw/net/Makefile.objs":
        "common-obj-$(CONFIG_NIC) += nic.o \\\n\tqueue.o\nobj-y += core.o\ncommon-obj-$(call lnot,$(CONFIG_OTHER)) += stub.o\n",
    };
    expect(build(old).compiles("hw/net/queue.c")).toBe("true");
    expect(build(old).compiles("hw/net/core.c")).toBe("true");
    expect(build(old).compiles("hw/net/stub.c")).toBe("false");
    expect(build(old).condition("hw/net/nic.c")).toBe("CONFIG_NIC");
  });

  it("ends on build files that go in circles", () => {
    const circle = {
      Kconfig: "source Kconfig\nsource hw/Kconfig\n",
      "hw/Kconfig": "source Kconfig\nconfig A\n default y\n depends on !A\nconfig B\n select C\nconfig C\n select B\n",
      "meson.build": "a_ss.add_all(b_ss)\nb_ss.add_all(a_ss)\na_ss.add(when: 'CONFIG_A', if_true: files('a.c'))\n",
    };
    expect(build(circle).compiles("a.c")).toBe("unknown");
  });
});

describe("targets", () => {
  const devices = (text: string) => ({ "configs/devices/aarch64-softmmu/default.mak": text });
  const targets = createTargets((path) => ({ ...tree, ...devices("CONFIG_NIC=n\n") })[path]);

  it("share sources that one of them compiles both of", () => {
    expect(targets.together("hw/net/nic.c", "hw/net/core.c")).toBe(true);
    expect(targets.together("hw/net/arm.c", "hw/net/arm.c")).toBe(true);
    expect(targets.together("hw/net/nic.c", "hw/net/arm.c")).toBe(false);
  });

  it("may share what the build files do not mention, and anything in a tree without them", () => {
    expect(targets.together("hw/net/nic.c", "hw/other.c")).toBe(true);
    expect(createTargets(() => undefined).together("a.c", "b.c")).toBe(true);
  });

  it("knows what stands in a processor's folder, though the build file there reads a list", () => {
    const cores = {
      "target/xtensa/meson.build": "xtensa_ss.add(files(cores.split()))\ntarget_arch += {'xtensa': xtensa_ss}\n",
    };
    expect(build(cores).compiles("target/xtensa/core-a.c")).toBe("false");
    expect(build(cores, "xtensa").compiles("target/xtensa/core-a.c")).toBe("unknown");
    expect(build(cores).condition("target/xtensa/core-a.c")).toBe("target xtensa");
    expect(build({}).compiles("target-arm/cpu.c")).toBe("false");
  });

  it("leaves open what one of several targets brings for all: a module's guard", () => {
    const guarded = {
      ...tree,
      "hw/uefi/meson.build": "if (config_all_devices.has_key('CONFIG_SOUND'))\n  uefi_ss.add(files('vars.c'))\nendif\n",
      "hw/Kconfig": "config SOUND\n    bool\n    default y if X86_64\n",
    };
    expect(build(guarded).compiles("hw/uefi/vars.c")).toBe("true");
    expect(build(guarded, "aarch64").compiles("hw/uefi/vars.c")).toBe("unknown");
  });

  describe("what the user configures", () => {
    const optional = {
      ...tree,
      "Kconfig.host": "config PIXMAN\n    bool\nconfig FUZZ\n    bool\nconfig TPM\n    bool\n",
      "hw/Kconfig": "config A\n default y\n depends on FUZZ\nconfig B\n default y\n depends on PIXMAN\n",
      "hw/meson.build":
        "system_ss.add(when: 'CONFIG_A', if_true: files('a.c'))\nsystem_ss.add(when: 'CONFIG_B', if_true: files('b.c'))\n",
      "meson.build": `pixman = not_found
have_fuzz = add_something('fuzz',
                          required: get_option('fuzzing'))
host_kconfig = \\
  (have_fuzz ? ['CONFIG_FUZZ=y'] : []) + \\
  (pixman.found() ? ['CONFIG_PIXMAN=y'] : [])

`,
      "meson_options.txt": "option('fuzzing', type : 'boolean', value: false,\n       description: 'fuzzing')\n",
    };

    it("is off where an option of meson is off unless asked for", () => {
      expect(build(optional).compiles("hw/a.c")).toBe("false");
      expect(build(optional).compiles("hw/b.c")).toBe("unknown");
      const asked = { ...optional, "meson_options.txt": "option('fuzzing', type : 'boolean', value: true)\n" };
      expect(build(asked).compiles("hw/a.c")).toBe("unknown");
    });

    it("goes before all that the tree says", () => {
      const read = (path: string): string | undefined => optional[path as keyof typeof optional];
      const settings = new Map([
        ["FUZZ", "true"],
        ["PIXMAN", "false"],
      ] as const);
      const configured = createBuild(read, "x86_64", ["x86_64", "i386"], () => settings);
      expect(configured.compiles("hw/a.c")).toBe("true");
      expect(configured.compiles("hw/b.c")).toBe("false");
    });
  });
});

describe("a build folder's compile_commands.json", () => {
  const object = (file: string, library: string): object => ({
    directory: "/somewhere/build",
    command: `cc -o ${library}/x.c.o -c ../${file}`,
    file: `../${file}`,
    output: `${library}/x.c.o`,
  });
  const compiles = (commands: unknown, file: string, target: string) => {
    const folder: Record<string, string> = {
      "config-host.h": "",
      "compile_commands.json": typeof commands === "string" ? commands : JSON.stringify(commands),
    };
    for (const name of ["x86_64", "arm"]) {
      folder[`${name}-softmmu-config-target.h`] = "";
      folder[`${name}-softmmu-config-devices.mak`] = "CONFIG_PCI=y\n";
    }
    const files: Record<string, string> = {
      "hw/net/meson.build":
        "system_ss.add(files('core.c', 'dropped.c', 'arm.c', 'tested.c'))\nsystem_ss.add(when: lib, if_true: files('lib.c'))\n",
    };
    const built = readConfiguredBuild((path) => folder[path]);
    const architectures = configurationFor(target)?.architectures ?? [];
    return createBuild((path) => files[path], target, architectures, undefined, built).compiles(file);
  };
  const commands = [
    object("migration/vmstate.c", "libcommon.a.p"),
    object("hw/net/core.c", "libcommon.a.p"),
    object("hw/net/lib.c", "libcommon.a.p"),
    object("hw/net/arm.c", "libqemu-arm-softmmu.a.p"),
    object("hw/net/tested.c", "tests/unit/libtest.a.p"),
    object("hw/net/tested.c", "libqemu-arm-linux-user.a.p"),
    object("hw/net/new.c", "libqemu-x86_64-softmmu.fa.p"),
  ];

  it("says what is compiled for one target only, and what is not compiled", () => {
    const of = (target: string) =>
      ["core", "arm", "dropped", "tested", "new"].map((name) => compiles(commands, `hw/net/${name}.c`, target));
    expect(of("x86_64")).toEqual(["true", "false", "false", "false", "true"]);
    expect(of("arm")).toEqual(["true", "true", "false", "false", "unknown"]);
    // not built there
    expect(of("aarch64")).toEqual(["true", "true", "true", "true", "unknown"]);
  });

  it("does not say which of the shared objects a target links", () => {
    expect(compiles(commands, "hw/net/lib.c", "x86_64")).toBe("unknown");
  });

  it("says nothing where it is of no emulator, or no JSON", () => {
    for (const other of [[], "[", "{}", "null", [null, 1, { file: 3 }], commands.slice(1)])
      expect(compiles(other, "hw/net/dropped.c", "x86_64")).toBe("true");
  });
});

describe("a folder below one of an architecture's machines", () => {
  const files = {
    "hw/arm/meson.build": "arm_ss = ss.source_set()\nsubdir('phone')\nhw_arch += {'arm': arm_ss}\n",
    "hw/arm/phone/meson.build": "arm_ss.add(files('board.c'))\nsystem_ss.add(files('shared.c'))\n",
  };

  it("is built with that architecture's set", () => {
    expect(build(files, "aarch64").compiles("hw/arm/phone/board.c")).toBe("true");
    expect(build(files, "x86_64").compiles("hw/arm/phone/board.c")).toBe("false");
    expect(build(files, "x86_64").compiles("hw/arm/phone/shared.c")).toBe("true");
  });

  it("is built with sets that are in it by others, and not with a library's", () => {
    const more = {
      "target/arm/meson.build":
        "arm_common_ss = ss.source_set()\narm_both_ss = ss.source_set()\narm_stubs_ss = ss.source_set()\nsubdir('tcg')\n" +
        "arm_common_ss.add_all(arm_both_ss)\ntarget_common_arch += {'arm': arm_common_ss}\ntarget_stubs_arch += {'arm': arm_stubs_ss}\n",
      "target/arm/tcg/meson.build":
        "arm_both_ss.add(when: 'TARGET_AARCH64', if_true: files('wide.c'))\narm_stubs_ss.add(files('narrow.c'))\n",
      "configs/targets/aarch64-softmmu.mak": "TARGET_ARCH=aarch64\nTARGET_BASE_ARCH=arm\n",
    };
    expect(build(more, "aarch64").compiles("target/arm/tcg/wide.c")).toBe("true");
    // where both targets are built, they share it
    expect(build(more, "arm").compiles("target/arm/tcg/wide.c")).toBe("unknown");
    expect(build(more, "x86_64").compiles("target/arm/tcg/wide.c")).toBe("false");
    expect(build(more, "aarch64").compiles("target/arm/tcg/narrow.c")).toBe("unknown");
  });
});

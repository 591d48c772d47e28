import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../../core/emulator";

function parsed(text: string) {
  const result = parseCommandLine(text);
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

function message(text: string): string {
  const result = parseCommandLine(text);
  return result.ok ? "no message" : result.message;
}

describe("a QEMU command line", () => {
  it("is read with machine options, memory, processors and devices in order", () => {
    const request = parsed(
      "qemu-system-x86_64 -M q35,kernel-irqchip=split,sata=off -m 1G -smp cores=2,sockets=2 " +
        "-device intel-iommu -device 'e1000e,bus=rp0,addr=5,id=nic'",
    );
    expect(request.machine).toBe("q35");
    expect(Object.fromEntries(request.options)).toEqual({ "kernel-irqchip": "split", sata: "off" });
    expect([request.memory, request.processors.cpus]).toEqual([2 ** 30, 4]);
    expect(request.devices.map(({ type }) => type)).toEqual(["intel-iommu", "e1000e"]);
    expect(Object.fromEntries(request.devices[1]?.properties ?? [])).toEqual({ bus: "rp0", addr: "5", id: "nic" });
  });

  it("takes an address of JSON that is a number for slot and function in one", () => {
    const parsed = parseCommandLine(`-M q35 -device '{"driver":"a","addr":10}' -device '{"driver":"a","addr":"10"}'`);
    const addresses = parsed.ok ? parsed.value.devices.map(({ properties }) => properties.get("addr")) : [];
    expect(addresses).toEqual(["1.2", "10"]);
  });

  it("understands JSON devices, doubled commas and flags", () => {
    const request = parsed(
      `-machine type=pc,usb -device '{"driver":"e1000","addr":"4","multifunction":true}' -device a,x=1,,2`,
    );
    expect(request.options.get("usb")).toBe("on");
    expect(Object.fromEntries(request.devices[0]?.properties ?? [])).toEqual({ addr: "4", multifunction: "on" });
    expect(request.devices[1]?.properties.get("x")).toBe("1,2");
  });

  it("leaves the board's default devices out unless they are asked for", () => {
    expect(parsed("-M q35").defaults).toBe(false);
    const asked = parseCommandLine("-M q35", { defaults: true });
    expect(asked.ok && asked.value.defaults).toBe(true);
    const declined = parseCommandLine("-M q35 -nodefaults", { defaults: true });
    expect(declined.ok && declined.value.defaults).toBe(false);
  });

  it.each(["q800", "pc-q35-9.2", "'q800'", "virt,gic-version=3"])("is a machine type alone: %s", (text) => {
    expect(parsed(text).machine).toBe(parsed(`-M ${text}`).machine);
    expect(parsed(text).options).toEqual(parsed(`-M ${text}`).options);
  });

  it.each(["", "qemu-system-m68k", "./qemu-system-m68k", "/opt/q/bin/emulator", "-", "-M"])("is none: %s", (text) => {
    expect(parseCommandLine(text).ok).toBe(false);
  });

  it("says which options change nothing here", () => {
    expect(parsed("-M q35 -drive if=none,id=d -drive file=x -netdev hubport,id=n,hubid=0").notes).toEqual([
      "-drive changes nothing here and is ignored",
      "-netdev changes nothing here and is ignored",
    ]);
  });

  it("says what is wrong", () => {
    expect(message("-device e1000e")).toMatch(/names no machine/);
    expect(message("-M q35 -m lots")).toMatch(/-m lots/);
    expect(message("-M q35 -m 64,slots=many")).toMatch(/slots must be a number/);
    for (const size of ["0", "65T", "9".repeat(400)]) {
      const object = `-object memory-backend-ram,id=mem,size=${size}`;
      expect(message(`-M q35,memory-backend=mem ${object}`)).toMatch(/size must be more than 0, and up to 64T/);
    }
    expect(parsed(`-M q35 -m 64,maxmem=${"9".repeat(400)}`).maximumMemory).toBeUndefined();
    expect(message("-M q35 -smp 0")).toMatch(/between 1 and/);
    expect(message("-M q35 -device")).toMatch(/-device needs an argument/);
    expect(message("-M q35 -device addr=3 ")).toMatch(/'driver' is missing/);
    expect(message("-M q35 stray")).toMatch(/'stray' is no option/);
    expect(message("-M 'q35")).toMatch(/inside a quotation/);
  });

  it("gives a value or a message for any text", () => {
    const words = fc.constantFrom(
      "-M",
      "q35",
      "-device",
      "-m",
      "-smp",
      "{",
      '"',
      "'",
      "\\",
      ",",
      "=",
      "e1000",
      "1T",
      "-x",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string()), { maxLength: 12 }), (parts) => {
        const result = parseCommandLine(parts.join(" "));
        if (!result.ok) expect(result.message.length).toBeGreaterThan(0);
      }),
    );
  });
});

import { expect, it } from "vitest";
import { acceptedOptions } from "../../core/emulator/acceptedOptions";
import { expectLinear } from "../steps";

/** What QEMU would say of the first for which `why` has something, and how often it was asked. */
function machine(why: (option: string, before: readonly string[]) => string | undefined) {
  const asked = { times: 0 };
  const refusalOf = (options: readonly string[]): string | undefined => {
    asked.times++;
    for (const [index, option] of options.entries()) {
      const message = why(option, options.slice(0, index));
      if (message !== undefined) return `${option}: ${message}`;
    }
    return undefined;
  };
  return { asked, refusalOf };
}

const needsDrive = (option: string): string | undefined =>
  option.startsWith("-device disk") ? "drive property not set" : undefined;

it("what is refused for where it is says nothing of others of its type", () => {
  const taken = (option: string): string | undefined =>
    /addr=[12]$/.test(option) ? `slot ${option.slice(-1)} is in use` : undefined;
  const options = [1, 2, 3].map((slot) => `-device nic,id=d${slot},addr=${slot}`);
  const { refusalOf } = machine(taken);
  expect(acceptedOptions(options, refusalOf)).toEqual({
    options: options.slice(2),
    refused: options.slice(0, 2),
    untried: [],
  });
});

it("what hangs on a refused one is refused with it", () => {
  const options = [
    "-device disk,id=d0",
    "-device bridge,id=d1,bus=d0,addr=1",
    "-device nic,id=d2,bus=d1.0",
    "-device nic",
  ];
  const { asked, refusalOf } = machine(needsDrive);
  const { options: left, refused } = acceptedOptions(options, refusalOf);
  expect([left, refused]).toEqual([options.slice(3), options.slice(0, 3)]);
  expect(asked.times).toBe(2);
});

it("three machines are made for any number of devices that lack the same", () => {
  expectLinear((n) => {
    const { asked, refusalOf } = machine(needsDrive);
    const disks = Array.from({ length: n }, (_, k) => `-device disk,id=d${k}`);
    const { options, refused } = acceptedOptions(["-device nic", ...disks], refusalOf);
    expect([options, refused.length, asked.times]).toEqual([["-device nic"], n, 3]);
  }, 100);
});

it("so many are refused, each for something else, that the rest is not tried", () => {
  const { asked, refusalOf } = machine((option) => (option.includes("addr") ? `no ${option}` : undefined));
  const cards = Array.from({ length: 1000 }, (_, k) => `-device nic,id=d${k},addr=${k}`);
  const { options, refused, untried } = acceptedOptions(["-device nic", ...cards, "-device nic"], refusalOf);
  expect(options).toEqual(["-device nic"]);
  expect(refused.length + untried.length).toBe(1001);
  expect(asked.times).toBeLessThan(50);
});

import { describe, expect, it } from "vitest";
import { lookAtMemory, simulate } from "../../core/emulator";
import { exampleTree } from "./tree";

const machine = "-M q35 -m 16 -device demo-disk -device demo-iommu";

function look(address: bigint) {
  const view = lookAtMemory(exampleTree(), { machine }, address);
  if (!view.ok) throw new Error(view.message);
  return view.value;
}

/** What the access that went wrong was to find, and where it went. */
function wrongAccess() {
  const run = simulate(exampleTree(), { machine });
  const found = run.ok ? run.value.events.find(({ meant }) => meant !== undefined) : undefined;
  if (found?.meant?.end.kind !== "translated") throw new Error("no such access");
  return { meant: found.meant.end.address, bytes: found.meant.bytes ?? "", went: found.address ?? "" };
}

describe("the memory of a simulated destination", () => {
  it("has what the access was to find, the bytes that the stream has at the place that is told", () => {
    const { meant, bytes } = wrongAccess();
    let stream = new Uint8Array(0);
    simulate(exampleTree(), { machine, observe: (all) => (stream = Uint8Array.from(all)) });
    const view = look(BigInt(meant) + 7n);
    expect(view).toMatchObject({
      address: meant,
      block: "ram",
      holds: { kind: "buffer", idstr: "0000:00:00.0/demo-disk" },
    });
    expect(view.bytes).toHaveLength(512);
    expect(view.bytes?.startsWith(bytes)).toBe(true);
    const sent = stream.subarray(view.sent, (view.sent ?? 0) + 256);
    expect(Array.from(sent, (byte) => byte.toString(16).padStart(2, "0")).join("")).toBe(view.bytes);
  });

  it("is not there where the access went, and says what is", () => {
    expect(look(BigInt(wrongAccess().went))).toEqual({
      address: wrongAccess().went,
      regions: [{ name: "ram", first: "0x0", last: "0xffffff" }],
    });
  });

  it("is zero where RAM's section brought nothing", () => {
    const { bytes, sent, holds } = look(0n);
    expect([bytes, sent, holds]).toEqual(["00".repeat(256), undefined, undefined]);
  });

  it.each([-1n, 2n ** 64n])("is not looked at beyond 64 bits: %i", (address) => {
    expect(lookAtMemory(exampleTree(), { machine }, address)).toMatchObject({ ok: false });
  });

  it("is not there for a machine that is none", () => {
    expect(lookAtMemory(exampleTree(), { machine: "-M q35 -device none-such" }, 0n)).toMatchObject({ ok: false });
  });
});

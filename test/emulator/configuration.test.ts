import { describe, expect, it } from "vitest";
import { simulate, simulateLoad } from "../../core/emulator";
import { exampleTree } from "./tree";

const tree = exampleTree({
  "migration/options.c": `
const Property migration_properties[] = {
    DEFINE_PROP_BOOL("send-configuration", MigrationState, send_configuration, true),
};
`,
  "hw/core/machine.c": `
GlobalProperty hw_compat_2_3[] = {
    { "migration", "send-configuration", "off" },
};
`,
});

/** What such a machine sends, without its configuration. */
function withoutConfiguration(machine: string): Uint8Array {
  let stream: Uint8Array = new Uint8Array(0);
  const sent = simulate(tree, {
    machine,
    observe: (bytes) => {
      stream = bytes;
    },
  });
  if (!sent.ok) throw new Error(sent.message);
  const length = new DataView(stream.buffer, stream.byteOffset).getUint32(9);
  return Uint8Array.from([...stream.subarray(0, 8), ...stream.subarray(13 + length)]);
}

describe("a stream without configuration", () => {
  it.each([
    ["-M pc-q35-2.4", "failed"],
    ["-M pc-q35-2.4 -global migration.send-configuration=off", "completed"],
    ["-M pc-q35-2.3", "completed"],
    ["-M pc-q35-2.3 -global migration.send-configuration=on", "failed"],
  ])("loaded by %s: %s", (machine, outcome) => {
    const report = simulateLoad(tree, withoutConfiguration(machine), { machine });
    if (!report.ok) throw new Error(report.message);
    expect(report.value.outcome).toBe(outcome);
    expect(report.value.failure?.offset).toBe(outcome === "failed" ? 8 : undefined);
    expect(report.value.messages[0]).toBe(outcome === "failed" ? "Configuration section missing" : undefined);
  });
});

/** Streams that are loaded into a machine that is made from their own sections. */
import { expect, it } from "vitest";
import { simulate, simulateLoad } from "../../core/emulator";
import { exampleTree, pciType } from "./tree";

const registered = `
static SaveVMHandlers uplink_ops = { .save_state = uplink_save, .load_state = uplink_load };
void uplink_start(void *opaque)
{
    register_savevm_live("demo-uplink", VMSTATE_INSTANCE_ID_ANY, 4, &uplink_ops, opaque);
}
`;

it.each([
  ["is not known where the tree registers it and nothing says for what", registered, "unknown"],
  ["is refused where the tree has none of its name", "", "failed"],
])("a section without a device %s", (_, text, outcome) => {
  let stream = new Uint8Array(0);
  const writer = exampleTree({ "hw/demo/uplink.c": pciType("demo-uplink") });
  const saved = simulate(writer, {
    machine: "-M q35 -m 1 -device demo-uplink,addr=5",
    observe: (bytes) => (stream = Uint8Array.from(bytes)),
  });
  expect(saved).toMatchObject({ ok: true, value: { outcome: "completed" } });
  const loaded = simulateLoad(exampleTree({ "net/uplink.c": text }), stream);
  expect(loaded).toMatchObject({ ok: true, value: { outcome } });
  const open = loaded.ok ? loaded.value.open.map(({ idstr }) => idstr) : [];
  expect(open).toEqual(outcome === "unknown" ? ["0000:00:05.0/demo-uplink"] : []);
});

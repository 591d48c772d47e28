import { expect, it } from "vitest";
import { connectClient } from "./client";
import { exampleHost, treeUri } from "./fixture";

const savevm = `
void error_report(const char *fmt, ...);
typedef struct SaveStateEntry { char idstr[256]; int section_id; } SaveStateEntry;
static int check_end(SaveStateEntry *se, int mark)
{
    if (mark != 0x7e) {
        error_report("No end behind section %s", se->idstr);
        return -1;
    }
    return 0;
}
`;

it("says what a line of a log is about, with places that an editor opens", async () => {
  const host = exampleHost({ "/src/qemu/migration/savevm.c": savevm });
  const client = await connectClient(host, { folders: [treeUri] });
  const ask = (log: string) =>
    client.connection.sendRequest<{ text: string; found: number }>("vmstate/explain", { uri: treeUri, log });
  const { text, found } = await ask(
    "2026-01-01 qemu-system: No end behind section 0000:00:03.0/demo-nic\nanother line",
  );
  expect(found).toBe(1);
  expect(text).toContain(`${treeUri}/migration/savevm.c#L7 check_end`);
  expect(text).toContain("section 0000:00:03.0/demo-nic");
  expect(text).toMatch(/table vmstate_demo_nic \(demo-nic\), file:\/\/\/src\/qemu\/hw\/demo\/demo-nic\.c#L\d+/);
  expect(text).toContain("no message of this tree in line 2");
  expect(await ask("nothing of the tree")).toMatchObject({ found: 0 });
});

/** Tables that are edited are held against a revision of their tree. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CodeAction, CompletionList, TextDocumentEdit } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { URI } from "vscode-uri";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { nodeHost } from "../../server/node/host";
import { exampleHeaders } from "../tree";
import { connectClient, type TestClient } from "./client";

let folder = "";
const device = "hw/misc/dev.c";
const machine = "hw/core/machine.c";

const text = `#include "migration/vmstate.h"
typedef struct Dev { uint32_t a; uint32_t b; uint32_t c; uint8_t data[16]; bool x_new; } Dev;

static bool has_new(void *opaque) { Dev *s = opaque; return s->x_new; }

static const Property dev_properties[] = {
    DEFINE_PROP_BOOL("x-old", Dev, x_old, true),
};

static const VMStateDescription vmstate_dev = {
    .name = "dev",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(a, Dev),
        VMSTATE_UINT32(b, Dev),
        VMSTATE_END_OF_LIST()
    },
};

static void dev_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_dev;
    device_class_set_props(dc, dev_properties);
}
static const TypeInfo dev_info = { .name = "dev", .parent = "device", .instance_size = sizeof(Dev), .class_init = dev_class_init };
DEFINE_TYPES(dev_info)
`;

const named = (name: string): string =>
  text
    .replaceAll("_dev", `_${name}`)
    .replaceAll("dev_", `${name}_`)
    .replaceAll('"dev"', `"${name}"`)
    .replaceAll("Dev", name);

/** Two devices, one of which is named after its type already. */
const pair = named("one") + named("two").replace('.name = "two",\n    .v', ".name = TYPE_TWO,\n    .v");

const lists = `
GlobalProperty hw_compat_9_2[] = {
    { "other", "x", "off" },
};
`;

function git(...args: readonly string[]): void {
  const identity = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
  execFileSync("git", ["-C", folder, ...identity, ...args], { stdio: "ignore" });
}

function put(path: string, content: string): void {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-baseline-"));
  for (const [path, content] of Object.entries(exampleHeaders)) put(path, content);
  put("VERSION", "9.2.0\n");
  put(device, text);
  put("hw/misc/pair.c", pair);
  put(machine, lists);
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "release");
  git("tag", "v9.2.0");
  put("VERSION", "9.2.50\n");
  git("commit", "-qam", "open the tree");
  git("tag", "v10.0.0-rc0");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const uriOf = (path: string) => URI.file(join(folder, path)).toString();

async function edited(from: string, to: string, settings = {}, host = nodeHost(undefined)): Promise<TestClient> {
  const client = await connectClient(host, {
    folders: [URI.file(folder).toString()],
    configuration: { trace: { server: "off" }, ...settings },
  });
  client.open(uriOf(device), text);
  await client.pull(uriOf(device));
  client.edit(uriOf(device), from, to);
  return client;
}

interface StreamFinding {
  readonly code: unknown;
  readonly severity: unknown;
  readonly message: string;
  readonly text: string;
}

/** Findings against the baseline, once it has been read: there are some. */
async function streams(client: TestClient): Promise<StreamFinding[]> {
  let found: StreamFinding[] = [];
  await expect.poll(async () => (found = await streamsNow(client))).not.toEqual([]);
  return found;
}

/** What is said as long as the baseline has not been read is nothing. */
async function streamsNow(client: TestClient): Promise<StreamFinding[]> {
  const found = (await client.pull(uriOf(device))).filter(({ code }) => String(code).startsWith("stream-"));
  return found.map(({ code, severity, message, range }) => ({
    code,
    severity,
    message: typeof message === "string" ? message : message.value,
    text: client.document(uriOf(device)).getText(range),
  }));
}

async function actions(client: TestClient, at: string): Promise<CodeAction[]> {
  await streams(client);
  return client.codeActions(uriOf(device), client.rangeOf(uriOf(device), at));
}

function applied(client: TestClient, action: CodeAction | undefined, path: string, before: string): string {
  const changes = (action?.edit?.documentChanges ?? []) as TextDocumentEdit[];
  const own = changes.find((each) => each.textDocument.uri === uriOf(path));
  const document = client.document(uriOf(device));
  const base = path === device ? document : TextDocument.create(uriOf(path), "c", 1, before);
  return TextDocument.applyEdits(base, [...(own?.edits ?? [])] as never);
}

const second = "        VMSTATE_UINT32(b, Dev),\n";

describe("findings for review", () => {
  const uri = () => uriOf("hw/misc/pair.c");
  const told = async (settings = {}): Promise<string[]> => {
    const client = await edited(second, second, settings);
    client.open(uri(), pair);
    client.edit(uri(), '.name = "one",\n    .v', ".name = TYPE_ONE,\n    .v");
    const ranges = async () =>
      (await client.pull(uri())).filter(({ code }) => code === "name-from-type").map(({ range }) => range);
    await expect.poll(ranges).not.toEqual([]);
    return (await ranges()).map((range) => client.document(uri()).getText(range));
  };

  it("are told of what was edited since the baseline, or of all", async () => {
    expect(await told()).toEqual([".name = TYPE_ONE"]);
    expect(await told({ review: "all" })).toEqual([".name = TYPE_ONE", ".name = TYPE_TWO"]);
  });
});

describe("an edited table", () => {
  it("is compared with the latest release, and the break is on the edited field", async () => {
    const client = await edited(second, `${second}        VMSTATE_UINT32(c, Dev),\n`);
    const [finding] = await streams(client);
    expect(finding).toMatchObject({ code: "stream-refused", severity: 1, text: "VMSTATE_UINT32(c, Dev)" });
    expect(finding?.message).toContain("A guest can't migrate from v9.2.0 or back to it");
    expect(finding?.message).toContain("dev/c (4 bytes)");
    expect(client.errors).toEqual([]);
  });

  it("says nothing as long as it is as it was, or with the setting empty", async () => {
    const same = await edited(second, "");
    expect(await streams(same)).not.toEqual([]); // the baseline has been read
    same.edit(uriOf(device), "        VMSTATE_UINT32(a, Dev),\n", `        VMSTATE_UINT32(a, Dev),\n${second}`);
    same.edit(uriOf(device), "bool x_new;", "bool x_new; int other;");
    expect(await streamsNow(same)).toEqual([]);
    const findBaseline = vi.fn(() => Promise.resolve(undefined));
    const off = await edited(second, "", { baseline: "" }, { ...nodeHost(undefined), findBaseline });
    expect(await streamsNow(off)).toEqual([]);
    expect(findBaseline).not.toHaveBeenCalled();
  });

  it("is compared with another release once HEAD comes from one", async () => {
    const client = await edited(second, `${second}        VMSTATE_UINT32(c, Dev),\n`);
    expect((await streams(client))[0]?.message).toContain("v9.2.0");
    git("tag", "v9.3.0");
    try {
      put(machine, `${lists}\n`);
      const changes = [{ uri: uriOf(machine), type: 2 }];
      await client.connection.sendNotification("workspace/didChangeWatchedFiles", { changes });
      const labels = async () => (await streamsNow(client)).map(({ message }) => /v9\.\d+\.\d+/.exec(message)?.[0]);
      await expect.poll(labels).toEqual(["v9.3.0"]);
    } finally {
      git("tag", "-d", "v9.3.0");
      put(machine, lists);
    }
  });

  it("may be compared with another revision", async () => {
    const client = await edited(second, "", { baseline: "v10.0.0-rc0" });
    expect((await streams(client))[0]?.message).toContain("v10.0.0-rc0");
  });

  it("follows the setting while the file is open", async () => {
    let baseline = "v9.2.0";
    const client = await connectClient(nodeHost(undefined), {
      folders: [URI.file(folder).toString()],
      configuration: () => ({ baseline }),
    });
    client.open(uriOf(device), text.replace(second, ""));
    expect((await streams(client))[0]?.message).toContain("v9.2.0");
    const choose = async (revision: string) => {
      baseline = revision;
      await client.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
    };
    const named = async () => (await streamsNow(client)).map(({ message }) => /v[\d.]+(-rc0)?/.exec(message)?.[0]);
    await choose("v10.0.0-rc0");
    await expect.poll(named).toEqual(["v10.0.0-rc0"]);
    await choose("");
    await expect.poll(named).toEqual([]);
  });

  it("gets a new field into a subsection of its own, as a fix", async () => {
    const client = await edited(second, `${second}        VMSTATE_UINT32(c, Dev),\n`);
    const found = await actions(client, "VMSTATE_UINT32(c, Dev)");
    expect(found.map(({ title }) => title)).toContain("Move to a subsection dev/c");
    expect(found.map(({ title }) => title)).toContain("Send from version 2 on");
    const mended = applied(
      client,
      found.find(({ title }) => title.startsWith("Move")),
      device,
      text,
    );
    expect(mended).toContain("return s->c;");
    expect(mended).toContain("&vmstate_dev_c,\n        NULL");
    client.replace(uriOf(device), 0, client.document(uriOf(device)).getText().length, mended);
    expect(await client.pull(uriOf(device))).toEqual([]);
  });

  it("keeps the bytes of a field that went, as a fix", async () => {
    const client = await edited(second, "");
    const [fix] = await actions(client, "vmstate_dev = {");
    expect(fix?.title).toBe("Keep the 4 bytes: VMSTATE_UNUSED(4)");
    const mended = applied(client, fix, device, text);
    expect(mended).toContain("VMSTATE_UINT32(a, Dev),\n        VMSTATE_UNUSED(4),\n        VMSTATE_END_OF_LIST()");
  });

  it("whose field hangs on a new property gets the property into the list of compat properties", async () => {
    const field = `        { .name = "c", .field_exists = has_new_v, .size = 4, .info = &vmstate_info_uint32, .flags = VMS_SINGLE, .offset = offsetof(Dev, c) },\n`;
    const client = await edited(second, `${second}${field}`);
    client.edit(
      uriOf(device),
      'DEFINE_PROP_BOOL("x-old", Dev, x_old, true),',
      'DEFINE_PROP_BOOL("x-old", Dev, x_old, true), DEFINE_PROP_BOOL("x-new", Dev, x_new, true),',
    );
    client.edit(
      uriOf(device),
      "static bool has_new(void *opaque)",
      "static bool has_new_v(void *opaque, int version_id) { Dev *s = opaque; return s->x_new; }\nstatic bool has_new(void *opaque)",
    );
    const [finding] = await streams(client);
    expect(finding?.message).toContain("x-new of dev decides: it is on by default and not in hw_compat_9_2");
    const [fix] = await client.codeActions(uriOf(device), client.rangeOf(uriOf(device), '"c", .field_exists'));
    expect(fix?.title).toBe("Add x-new to hw_compat_9_2");
    expect(applied(client, fix, machine, lists)).toContain(
      '{ "other", "x", "off" },\n    { "dev", "x-new", "off" },\n};',
    );
  });
});

describe("a member that is to be saved", () => {
  const member = "uint32_t c;";
  const migrations = async (client: TestClient): Promise<readonly string[]> =>
    (await client.codeActions(uriOf(device), client.rangeOf(uriOf(device), member)))
      .map(({ title }) => title)
      .filter((title) => title.startsWith("Migrate c"));

  it("comes as the release allows", async () => {
    const client = await edited(second, "        VMSTATE_UINT64(b, Dev),\n");
    await streams(client);
    expect(await migrations(client)).toEqual([
      "Migrate c: Save it in a subsection dev/c, sent while not 0",
      "Migrate c: Save it from version 2 on (older QEMU will refuse the stream)",
    ]);
    client.edit(uriOf(device), ".version_id = 1", ".version_id = 2");
    expect((await migrations(client))[0]).toBe("Migrate c: Save it in version 2, which v9.2.0 does not have yet");
  });

  it("is completed with the version that the release does not have", async () => {
    const client = await edited(second, `        VMSTATE_UINT64(b, Dev),\n        \n`);
    await streams(client);
    const document = client.document(uriOf(device));
    const position = document.positionAt(document.getText().indexOf("        \n") + 8);
    const found = await client.connection.sendRequest<CompletionList>("textDocument/completion", {
      textDocument: { uri: uriOf(device) },
      position,
    });
    const item = found.items.find(({ label }) => label === "c");
    expect(item?.insertText).toBe("VMSTATE_UINT32_V(c, Dev, 2),");
    expect(item?.additionalTextEdits?.map(({ newText }) => newText)).toEqual([".version_id = 2"]);
  });
});

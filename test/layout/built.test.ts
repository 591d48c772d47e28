/** A tree that is built, in an editor: its build folder's configuration counts, and the status says so. */
import { describe, expect, it, vi } from "vitest";
import type { ServerStatus } from "../../server/protocol";
import { nodeHost } from "../../server/node/host";
import type { TestClient } from "../server/client";
import { check, findingsOf, type Layout, layout, serve, uriOf } from "./layouts";

const disk = "hw/demo/demo-disk.c";
/** Of a client that shows the status. */
const initializationOptions = { clientCommands: true };

/** As meson's configure_file and minikconf.py write them. */
function putBuild(made: Layout, at: string): void {
  made.put(`${at}/config-host.h`, "#pragma once\n\n#define CONFIG_DEMO_HOST\n\n");
  made.put(`${at}/x86_64-softmmu-config-target.h`, "#define CONFIG_TCG 1\n\n");
  made.put(`${at}/x86_64-softmmu-config-devices.mak`, "CONFIG_DEMO=y\n");
}

/** A table whose one wrong field is compiled where the build's CONFIG_DEMO_HOST is not set. */
function putDevice(made: Layout): void {
  const text = made.text(`qemu/${disk}`);
  made.put(`qemu/${disk}`, `#ifndef CONFIG_DEMO_HOST\n${text}\n#endif\n`);
}

async function ready(client: TestClient): Promise<ServerStatus> {
  const last = (): Partial<ServerStatus> => (client.statuses.at(-1) ?? {}) as Partial<ServerStatus>;
  await vi.waitFor(() => expect(last().state).toBe("ready"), { timeout: 60_000 });
  return last() as ServerStatus;
}

describe("a build folder", () => {
  it("decides what a table is made of, in the command and in an editor alike", async () => {
    const made = layout();
    putDevice(made);
    const without = await check(made.tree, disk);
    expect(without.findings).not.toEqual([]);
    putBuild(made, "qemu/build");
    expect((await check(made.tree, disk)).findings).toEqual([]);
    const client = await serve(made.tree, { initializationOptions });
    expect(await findingsOf(client, `${made.tree}/${disk}`, made.tree)).toEqual([]);
    expect(await ready(client)).toMatchObject({ health: "ok", message: "Ready: x86_64 as build configures it" });
  });

  it("may be named by a setting, relative to the tree", async () => {
    const made = layout();
    putBuild(made, "out/debug");
    const client = await serve(made.tree, { initializationOptions, configuration: { build: "../out/debug" } });
    expect((await ready(client)).message).toBe("Ready: x86_64 as ../out/debug configures it");
  });

  it("that a setting names in vain is a warning", async () => {
    const made = layout();
    const client = await serve(made.tree, { initializationOptions, configuration: { build: "nosuch" } });
    const status = await ready(client);
    expect(status.health).toBe("warning");
    expect(status.message).toContain("vmstate.build: nosuch is no folder that QEMU");
  });

  it("that is made or configured anew counts from the next file that is saved", async () => {
    const made = layout();
    putDevice(made);
    const client = await serve(made.tree, { initializationOptions });
    expect(await findingsOf(client, `${made.tree}/${disk}`, made.tree)).not.toEqual([]);
    expect((await ready(client)).message).toBe("Ready");
    const saved = async (): Promise<void> =>
      client.connection.sendNotification("workspace/didChangeWatchedFiles", {
        changes: [{ uri: uriOf(`${made.tree}/${disk}`), type: 2 }],
      });
    putBuild(made, "qemu/build");
    await saved();
    await vi.waitFor(async () => expect(await findingsOf(client, `${made.tree}/${disk}`, made.tree)).toEqual([]));
    expect((await ready(client)).message).toBe("Ready: x86_64 as build configures it");
    made.put("qemu/build/config-host.h", "#undef CONFIG_DEMO_HOST\n");
    await saved();
    await vi.waitFor(async () => expect(await findingsOf(client, `${made.tree}/${disk}`, made.tree)).not.toEqual([]));
  });

  it("has another digest where its configuration is another", async () => {
    const made = layout();
    const digest = async (): Promise<string | undefined> => {
      const options = { exclude: [], build: "", shallow: false, signal: new AbortController().signal };
      const tree = await nodeHost(undefined).openTree(new URL(`file://${made.tree}`).toString(), options);
      return tree.build?.digest;
    };
    putBuild(made, "qemu/build");
    const before = await digest();
    made.put("qemu/build/x86_64-softmmu-config-devices.mak", "CONFIG_OTHER=y\n");
    expect([before === undefined, before === (await digest())]).toEqual([false, false]);
  });
});

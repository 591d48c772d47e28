/** What git says no to switches the baseline off: the status says why, one message does, and the way out leads out. */
import { delimiter, join } from "node:path";
import { URI } from "vscode-uri";
import { afterEach, describe, expect, it } from "vitest";
import { nodeHost } from "../../server/node/host";
import type { ServerStatus } from "../../server/protocol";
import { exampleRepository, removeFolders, repositoryAt, temporaryFolder } from "../cli/repository";
import { connectClient } from "./client";
import { standIn, withEnvironment } from "./standInGit";

afterEach(removeFolders);

const device = "hw/demo/demo-timer.c";

interface Said {
  readonly off: string | undefined;
  readonly health: string;
  readonly messages: readonly string[];
  /** Codes of what guests of the baseline meet. */
  readonly streams: readonly string[];
}

/** Opens a device of the tree with a field taken away, until its baseline is read or off. */
async function edited(root: string, baseline: string): Promise<Said> {
  const client = await connectClient(nodeHost(undefined), {
    folders: [URI.file(root).toString()],
    configuration: { baseline },
    initializationOptions: { clientCommands: true },
  });
  const messages: string[] = [];
  client.connection.onRequest("window/showMessageRequest", ({ message }: { message: string }) => {
    messages.push(message);
    return null;
  });
  client.connection.onNotification("window/showMessage", ({ message }: { message: string }) => {
    messages.push(message);
  });
  const uri = URI.file(join(root, device)).toString();
  const text = repositoryAt(root).read(device);
  client.open(uri, text.replace(/\n *VMSTATE_(?:UINT|BOOL|INT|TIMER)[^\n]*/, ""));
  let streams: string[] = [];
  const last = (): Partial<ServerStatus> => (client.statuses.at(-1) ?? {}) as Partial<ServerStatus>;
  await expect
    .poll(
      async () => {
        const found = await client.pull(uri);
        streams = found.map(({ code }) => String(code)).filter((code) => code.startsWith("stream-"));
        return streams.length > 0 || (last().baselineOff !== undefined && messages.length > 0);
      },
      { timeout: 60_000 },
    )
    .toBe(true);
  await client.pull(uri);
  return { off: last().baselineOff, health: last().health ?? "", messages, streams };
}

function expectOff(said: Said, words: string): void {
  expect(said.off).toContain(words);
  expect(said).toMatchObject({ health: "warning", streams: [] });
  expect(said.messages).toHaveLength(1);
  expect(said.messages[0]).toContain(words);
}

describe("the baseline", { timeout: 120_000 }, () => {
  it("is compared with in a folder of another repository, a second work tree and a submodule", async () => {
    const vendor = exampleRepository("third/qemu");
    expect(await edited(join(vendor.root, "third/qemu"), "auto")).toMatchObject({
      off: undefined,
      streams: [expect.stringMatching(/^stream-/)],
    });
    const { root, git } = exampleRepository();
    const other = join(temporaryFolder(), "other");
    git("worktree", "add", "-q", other);
    expect((await edited(other, "v1.0.0")).off).toBeUndefined();
    const outer = repositoryAt(join(temporaryFolder(), "outer"));
    outer.git("init", "-q");
    outer.git("submodule", "--quiet", "add", root, "qemu");
    expect((await edited(join(outer.root, "qemu"), "v1.0.0")).off).toBeUndefined();
  });

  it("is off in a shallow clone, and for a revision that is none", async () => {
    const { root, write, commit } = exampleRepository();
    expectOff(await edited(root, "v9.9.9"), "v9.9.9 is no revision of");
    write("a.c", "int a;\n");
    commit("more");
    const shallow = repositoryAt(join(temporaryFolder(), "shallow"));
    shallow.git("clone", "-q", "--depth", "1", `file://${root}`, ".");
    expectOff(await edited(shallow.root, "auto"), "a shallow clone: git fetch --unshallow --tags");
  });

  it("is off in a partial clone whose objects are not here", async () => {
    const { root, git, read, write, commit } = exampleRepository();
    write(device, read(device).replace("\n\n", "\n/* edited */\n\n"));
    commit("more");
    git("config", "uploadpack.allowFilter", "true");
    const partial = repositoryAt(join(temporaryFolder(), "partial"));
    partial.git("clone", "-q", "--filter=blob:none", `file://${root}`, ".");
    const said = await edited(partial.root, "auto");
    expectOff(said, "in a partial clone, fetch them first");
    partial.git(...(/fetch them first: git -C \S+ (.*)$/.exec(said.off ?? "")?.[1] ?? "").split(" "));
    expect((await edited(partial.root, "auto")).streams).not.toEqual([]);
  });

  it("is off where another user owns the folder, and where there is no git", async () => {
    const { root } = exampleRepository();
    const path = process.env["PATH"] ?? "";
    const bin = temporaryFolder();
    standIn(bin, `GIT_TEST_ASSUME_DIFFERENT_OWNER=1 PATH='${path}' exec git "$@"`);
    await withEnvironment({ PATH: `${bin}${delimiter}${path}` }, async () =>
      expectOff(await edited(root, "auto"), `git config --global --add safe.directory ${root}`),
    );
    await withEnvironment({ PATH: temporaryFolder() }, async () =>
      expectOff(await edited(root, "auto"), "git is not installed"),
    );
  });
});

/** Sparse checkouts: what is not on disk comes from git's objects, or is not known. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { URI } from "vscode-uri";
import { afterEach, describe, expect, it } from "vitest";
import type { JsonFinding } from "../../cli/report/json";
import { nodeHost } from "../../server/node/host";
import type { ServerStatus } from "../../server/protocol";
import { connectClient } from "../server/client";
import { exampleRepository, removeFolders, type Repository, repositoryAt, temporaryFolder } from "./repository";
import { vmstate } from "./run";

afterEach(removeFolders);

const disk = "hw/demo/demo-disk.c";

interface Checked {
  readonly findings: readonly string[];
  readonly err: string;
}

async function check(root: string, ...more: readonly string[]): Promise<Checked> {
  const { out, err } = await vmstate(["check", "--tree", root, "--format", "json", ...more]);
  return { findings: (JSON.parse(out) as JsonFinding[]).map(({ file, code }) => `${file} ${code}`), err };
}

/** A table whose only user is a file elsewhere. */
function withUserElsewhere(): Repository {
  const repository = exampleRepository();
  repository.write(
    "hw/demo/part.c",
    `#include "migration/vmstate.h"
typedef struct Part { uint32_t a; } Part;
const VMStateDescription vmstate_part = {
    .name = "part", .version_id = 1, .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(a, Part), VMSTATE_END_OF_LIST() },
};
`,
  );
  repository.write(
    "hw/far/user.c",
    `#include "hw/qdev-core.h"
extern const VMStateDescription vmstate_part;
static void user_class_init(ObjectClass *klass, void *data) { DEVICE_CLASS(klass)->vmsd = &vmstate_part; }
static const TypeInfo user_info = { .name = "user", .parent = "device", .class_init = user_class_init };
DEFINE_TYPES(user_info)
`,
  );
  repository.commit("a user elsewhere");
  return repository;
}

async function servedStatus(
  root: string,
): Promise<{ readonly codes: readonly string[]; readonly status: ServerStatus }> {
  const client = await connectClient(nodeHost(undefined), {
    folders: [URI.file(root).toString()],
    configuration: { baseline: "" },
    initializationOptions: { clientCommands: true },
  });
  const uri = URI.file(join(root, "hw/demo/part.c")).toString();
  client.open(uri, repositoryAt(root).read("hw/demo/part.c"));
  const found = await client.pull(uri);
  return { codes: found.map(({ code }) => String(code)), status: client.statuses.at(-1) as ServerStatus };
}

describe("a sparse checkout", { timeout: 60_000 }, () => {
  it("has the findings of the whole one, on the command line and in the server", async () => {
    const { root, git } = withUserElsewhere();
    const whole = await check(root);
    expect(whole.findings).toContain(`${disk} dma-before-iommu`);
    const since = await check(root, "--since", "v1.0.0");
    git("sparse-checkout", "set", "hw/demo", "include");
    expect(existsSync(join(root, "hw/far/user.c"))).toBe(false);
    expect(await check(root)).toEqual(whole);
    expect(await check(root, "--since", "v1.0.0")).toEqual(since);
    expect(await check(root, "--since", "HEAD")).toEqual({ findings: [], err: "" });
    const { codes, status } = await servedStatus(root);
    expect(codes).not.toContain("never-registered");
    expect(status.health).toBe("ok");
  });

  it("is a tree also where its headers are not on disk, and a folder below it is asked for", async () => {
    const { root, git } = withUserElsewhere();
    const whole = await check(root);
    git("sparse-checkout", "set", "hw/demo");
    expect(existsSync(join(root, "include"))).toBe(false);
    const { out, err } = await vmstate(["check", "--format", "json"], { cwd: join(root, "hw/demo") });
    expect((JSON.parse(out) as JsonFinding[]).map(({ file, code }) => `${file} ${code}`)).toEqual(whole.findings);
    expect(err).toBe("");
    const { codes, status } = await servedStatus(root);
    expect(codes).not.toContain("never-registered");
    expect(status).toMatchObject({ health: "ok", tree: URI.file(root).toString() });
  });

  it("in a second work tree too", async () => {
    const { root, git } = withUserElsewhere();
    const other = join(temporaryFolder(), "other");
    git("worktree", "add", "-q", "--no-checkout", other);
    repositoryAt(other).git("sparse-checkout", "set", "hw/demo", "include");
    repositoryAt(other).git("checkout", "-q");
    expect(existsSync(join(other, "hw/far/user.c"))).toBe(false);
    expect(await check(other)).toEqual(await check(root));
  });

  it("without the objects does not say that nothing uses a table", async () => {
    const { root, git } = withUserElsewhere();
    git("config", "uploadpack.allowFilter", "true");
    const partial = repositoryAt(join(temporaryFolder(), "partial"));
    partial.git("clone", "-q", "--filter=blob:none", "--sparse", `file://${root}`, ".");
    partial.git("sparse-checkout", "set", "hw/demo", "include");
    const { findings, err } = await check(partial.root);
    expect(findings.filter((each) => each.startsWith("hw/demo/part.c"))).toEqual([]);
    expect(err).toMatch(
      /files of the sparse checkout .* are neither on disk nor in git: what depends on them is not known/,
    );
    expect((await check(partial.root, "--since", "HEAD")).findings).toEqual([]);
    const { codes, status } = await servedStatus(partial.root);
    expect(codes).toEqual([]);
    expect(status.health).toBe("warning");
    expect(status.message).toContain("of the sparse checkout");
    partial.git("sparse-checkout", "disable");
    expect((await check(partial.root)).err).toBe("");
  });
});

/** `check --patch` with patches as people send them, from a repository made here. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePatch } from "diff";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applySeries } from "../../cli/patch/apply";
import { readPatches } from "../../cli/patch/mails";
import { placeIn, type SeriesPatch } from "../../cli/patch/place";
import { sendings, sentAs } from "./encoded";
import { exampleTree, vmstate } from "./run";

let folder = "";
let tree = "";

function git(...args: string[]): Buffer {
  const who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
  return execFileSync("git", [...who, ...args], { cwd: tree, env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" } });
}

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(join(tree, file), "utf8");
  expect(text).toContain(from);
  writeFileSync(
    join(tree, file),
    text.replace(from, () => to),
  );
}

function commit(subject: string): void {
  git("add", "--all");
  git("commit", "-q", "-m", subject);
}

/** The series, and the tree as it was before it. */
function series(...options: string[]): Buffer {
  return git("format-patch", "--stdout", "-M", ...options, "before..series");
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-patch-"));
  tree = join(folder, "tree");
  cpSync(exampleTree, tree, { recursive: true });
  git("init", "-q");
  commit("before");
  git("tag", "before");
  edit("hw/demo/demo-iommu.c", ".version_id = 1,", ".version_id = 2,");
  edit("hw/demo/demo-disk.c", "A disk with", "Ä disk\twith");
  commit("demo: one");
  edit("hw/demo/demo-iommu.c", ".version_id = 2,", ".version_id = 3,\n    .minimum_version_id = 4,");
  commit("demo: the same file again =3D\n\n---\nFrom here on\n--- a/nothing\n");
  renameSync(join(tree, "hw/demo/demo-nic.c"), join(tree, "hw/demo/demo-net.c"));
  commit("demo: rename");
  renameSync(join(tree, "hw/demo/demo-net.c"), join(tree, "hw/demo/demo-card.c"));
  edit("hw/demo/demo-card.c", ".priority = MIG_PRI_LOW,", ".priority = MIG_PRI_LOW, ");
  commit("demo: rename with an edit");
  rmSync(join(tree, "hw/demo/demo-timer.c"));
  commit("demo: remove");
  git("tag", "series");
  git("checkout", "-q", "before");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function appliedTo(revision: string, patch: Buffer) {
  const read = (path: string): string | undefined => {
    try {
      return execFileSync("git", ["show", `${revision}:${path}`], { cwd: tree, stdio: "pipe" }).toString();
    } catch {
      return undefined;
    }
  };
  return applySeries(await readPatches(patch), read);
}

describe("a series of patches", () => {
  it.each(sendings)("is read as %s, and gives the files that git has", async (how) => {
    const result = await appliedTo("before", sentAs(how, series()));
    if (!result.ok) throw new Error(result.message);
    const { files, renamed } = result.value;
    const names = ["demo-card.c", "demo-disk.c", "demo-iommu.c", "demo-net.c", "demo-nic.c", "demo-timer.c"];
    expect([...files.keys()].sort()).toEqual(names.map((name) => `hw/demo/${name}`));
    for (const [path, text] of files) {
      const gone = /net|nic|timer/.test(path);
      expect([path, text]).toEqual([path, gone ? undefined : git("show", `series:${path}`).toString()]);
    }
    expect(renamed.get("hw/demo/demo-card.c")).toBe("hw/demo/demo-nic.c");
  });

  it("may leave out what it removes (format-patch -D)", async () => {
    const result = await appliedTo("before", series("-D"));
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && result.value.files.get("hw/demo/demo-timer.c")).toBeUndefined();
  });

  it("that is one diff without a mail is read too, also without prefixes", async () => {
    for (const options of [[], ["--no-prefix"], ["--src-prefix=i/", "--dst-prefix=w/"]]) {
      const result = await appliedTo("before", git("diff", "-M", ...options, "before", "series"));
      expect(result).toMatchObject({ ok: true });
    }
  });

  it("that does not apply names patch, file and line", async () => {
    const [first = ""] = series()
      .toString()
      .split(/^(?=From [0-9a-f]{40})/m);
    const result = await appliedTo("series", Buffer.from(first));
    expect(result).toEqual({
      ok: false,
      message: expect.stringMatching(
        /^"\[PATCH 1\/5\] demo: one": hw\/demo\/demo-(?:disk|iommu)\.c:\d+: the patch does/,
      ),
    });
    const again = await appliedTo("series", git("diff", "-M", "before", "series"));
    expect(again.ok).toBe(false);
  });

  it("may set a submodule, which is no file of the tree", async () => {
    const text = `diff --git a/roms/x b/roms/x
index 1111111..2222222 160000
--- a/roms/x
+++ b/roms/x
@@ -1 +1 @@
-Subproject commit ${"1".repeat(40)}
+Subproject commit ${"2".repeat(40)}
`;
    const result = await appliedTo("before", Buffer.from(text + git("diff", "-M", "before", "series").toString()));
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && [...result.value.files.keys()]).not.toContain("roms/x");
  });

  it("may not leave the tree", async () => {
    const text = "--- a/../../x.c\n+++ b/../../x.c\n@@ -1 +1 @@\n-a\n+b\n";
    expect(await appliedTo("before", Buffer.from(text))).toMatchObject({ ok: false });
  });
});

describe("vmstate check --patch", () => {
  it.each(sendings)("says what a series brings, sent as %s", async (how) => {
    const file = join(folder, `${how}.mbox`);
    writeFileSync(file, sentAs(how, series()));
    const { code, out, err } = await vmstate(["check", "--tree", tree, "--patch", file, "--format", "gcc"], {
      cwd: tree,
    });
    expect(err).toBe("");
    expect(out).toMatch(/^hw\/demo\/demo-iommu\.c:\d+:\d+: \w+: .*\[set-twice\]$/m);
    // what was there before is not new because its file was renamed
    expect(out).not.toContain("priority-ignored");
    expect(code).toBe(0);
  });

  it("ends with exit code 2 where a file has more than any series", async () => {
    const file = join(folder, "endless.patch");
    writeFileSync(file, "");
    truncateSync(file, (128 << 20) + 1);
    const { code, err } = await vmstate(["check", "--tree", exampleTree, "--patch", file]);
    expect({ code, err }).toEqual({ code: 2, err: `vmstate: --patch ${file} has more than ${128 << 20} bytes\n` });
  });

  it("ends with exit code 2 and one line where it does not apply", async () => {
    const file = join(folder, "twice.mbox");
    writeFileSync(file, Buffer.concat([series(), series()]));
    const { code, out, err } = await vmstate(["check", "--tree", tree, "--patch", file]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^vmstate: --patch .*"\[PATCH 1\/5\] demo: one": hw\/demo\/.*\n$/);
  });
});

describe("replies to a series", () => {
  async function replies(mailbox: Buffer): Promise<readonly string[]> {
    const file = join(folder, "series.mbox");
    writeFileSync(file, mailbox);
    const { out } = await vmstate(["check", "--tree", tree, "--patch", file, "--format", "mail"]);
    return out.split(/^From vmstate .*\n/m).filter((each) => each !== "");
  }

  it.each(sendings)("have the finding below the line that brings it: %s", async (how) => {
    const [first, ...more] = await replies(sentAs(how, series()));
    expect(more).toEqual([]);
    const lines = first?.split("\n") ?? [];
    expect(lines[0]).toBe("Subject: Re: [PATCH 2/5] demo: the same file again =3D");
    expect(lines[1]).toBe("To: a <a@example.org>");
    const said = lines.findIndex((line) => line.includes("[minimum-above-version]"));
    const quoted = lines.slice(0, said).findLast((line) => line.startsWith("> "));
    expect(quoted).toMatch(/^> \+ {4}\.(?:minimum_)?version_id = \d,$/);
    // the mail's own text is not quoted, only the hunk with the finding is
    expect(lines.filter((line) => line.startsWith("> @@"))).toHaveLength(1);
    for (const line of lines.slice(0, said))
      if (line !== "" && !line.startsWith(">")) expect(line).not.toMatch(/^[-+]/);
  });

  it("are none for what brings nothing", async () => {
    expect(await replies(git("format-patch", "--stdout", "-1", "series~2", "-M"))).toEqual([]);
  });

  it("need patches", async () => {
    const { code, err } = await vmstate(["check", "--tree", tree, "--format", "mail"]);
    expect(code).toBe(2);
    expect(err).toContain("--patch FILE");
  });
});

describe("where a line of the result came from", () => {
  const patch = (text: string): SeriesPatch => ({ name: "p", text, changes: parsePatch(text) });
  const early = patch("--- a/f.c\n+++ b/f.c\n@@ -1,2 +1,3 @@\n one\n+new\n two\n");
  const late = patch("--- a/f.c\n+++ b/f.c\n@@ -1,1 +1,2 @@\n+top\n one\n");

  it("follows later patches back", () => {
    expect(placeIn([early, late], { file: "f.c", line: 3, text: "new" })).toEqual({
      patch: 0,
      change: 0,
      hunk: 0,
      line: 1,
    });
    expect(placeIn([early, late], { file: "f.c", line: 1, text: "top" })).toEqual({
      patch: 1,
      change: 0,
      hunk: 0,
      line: 0,
    });
  });

  it("takes a line that is shown where none adds it, and only the file where none shows it", () => {
    expect(placeIn([early, late], { file: "f.c", line: 2, text: "one" })).toEqual({
      patch: 1,
      change: 0,
      hunk: 0,
      line: 1,
    });
    expect(placeIn([early, late], { file: "f.c", line: 90, text: "far" })).toEqual({ patch: 1 });
    expect(placeIn([early, late], { file: "g.c", line: 1, text: "" })).toEqual({ patch: 1 });
    // the hunk applied at another line than it says
    expect(placeIn([early], { file: "f.c", line: 2, text: "other" })).toEqual({ patch: 0 });
  });
});

/** A comparison is answered from what was printed before, and never when something it was made from has changed. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { exampleTree, vmstate } from "./run";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vmstate-remembered-"));
  vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
  for (const name of ["old", "new"]) cpSync(exampleTree, join(folder, name), { recursive: true });
  writeFileSync(join(folder, "program"), "");
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const inside = (path: string) => join(folder, path);
const kept = () => inside("cache/vmstate/diff");

const diff = async (...more: readonly string[]) =>
  (await vmstate(["diff", inside("old"), inside("new"), ...more], { self: inside("program") })).out;

/** Puts a mark into every answer that is kept. */
function mark(): void {
  for (const name of readdirSync(kept())) {
    const path = join(kept(), name);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), out: "kept\n" }));
  }
}

it("answers the same question of unchanged trees without reading them", async () => {
  const first = await diff();
  expect(await diff()).toBe(first);
  mark();
  expect(await diff()).toBe("kept\n");
  expect(await diff("--no-cache")).toBe(first);
  expect(await diff("--format", "json")).toBe("[]\n");
});

const changes: Readonly<Record<string, () => void>> = {
  "a file says something else": () => {
    const path = inside("new/hw/demo/demo-nic.c");
    writeFileSync(path, `${readFileSync(path, "utf8")}\n`);
  },
  "a file comes": () => writeFileSync(inside("old/hw/demo/more.c"), ""),
  "a file goes": () => rmSync(inside("old/hw/demo/demo-nic.c")),
  "a file comes that the walk does not meet": () => writeFileSync(inside("new/VERSION"), "10.0.0\n"),
  "the program is another": () => writeFileSync(inside("program"), "2"),
};

it.each(Object.keys(changes))("reads again where %s", async (what) => {
  await diff();
  mark();
  changes[what]?.();
  expect(await diff()).not.toBe("kept\n");
});

it("reads again where the accepted differences have changed", async () => {
  const accepted = inside("accepted.json");
  writeFileSync(accepted, JSON.stringify({ version: 1, findings: [] }));
  await diff("--baseline", accepted);
  mark();
  expect(await diff("--baseline", accepted)).toBe("kept\n");
  writeFileSync(accepted, JSON.stringify({ version: 1, findings: [] }, null, 2));
  expect(await diff("--baseline", accepted)).not.toBe("kept\n");
});

it("reads again where a link leads to another tree", async () => {
  symlinkSync(inside("old"), inside("link"));
  const throughLink = async () =>
    (await vmstate(["diff", inside("link"), inside("new")], { self: inside("program") })).out;
  await throughLink();
  mark();
  expect(await throughLink()).toBe("kept\n");
  rmSync(inside("link"));
  cpSync(inside("old"), inside("other"), { recursive: true });
  symlinkSync(inside("other"), inside("link"));
  expect(await throughLink()).not.toBe("kept\n");
});

it("loses nothing where what is kept is damaged", async () => {
  const first = await diff();
  for (const damaged of [
    '{"origins": [',
    '{"origins": 1}',
    "null",
    '{"origins": [], "out": "x"}',
    '{"origins": [null], "out": "x", "err": "", "code": 0}',
  ]) {
    for (const name of readdirSync(kept())) writeFileSync(join(kept(), name), damaged);
    expect(await diff()).toBe(first);
  }
});

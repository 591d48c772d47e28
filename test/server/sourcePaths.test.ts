import { describe, expect, it } from "vitest";
import manifest from "../../package.json";
import { readSettings } from "../../server/settings";
import { excluder, refusedGlobs, submodulesIn } from "../../server/sourcePaths";

describe("the paths of .gitmodules", () => {
  it("are read line by line", () => {
    const text =
      '[submodule "a"]\n\tpath = roms/a b \n\turl = https://example.org/?path=x\n[submodule "c"]\r\n path=c\r\n';
    expect([...submodulesIn(text)]).toEqual(["roms/a b", "c"]);
  });
});

describe("globs", () => {
  it("of everyday use are taken", () => {
    const globs = ["tests/**", "**/*.c.inc", "hw/{arm,ppc}/**", "*test*.c", "**/old-[0-9]/**", "!hw"];
    expect(refusedGlobs(globs)).toBeUndefined();
    const taken = excluder(globs.slice(0, 5));
    expect(["tests/a.c", "x/y.c.inc", "hw/arm/z.c", "mytests.c", "a/old-1/b.c"].map(taken)).toEqual(
      Array(5).fill(true),
    );
    expect(taken("hw/i386/pc.c")).toBe(false);
  });

  it.each([
    "+(a|aa)+(b|bb)/x",
    "*(*(a))",
    "?(a)?(a)?(a)",
    "@(a|b)",
    "*a*a*a*a*b",
    "**/a/**/a/**/a",
    "{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}",
    "x".repeat(201),
  ])("that may take as long as they like are refused: %s", (glob) => {
    const before = readSettings({ exclude: ["tests/**"] }).settings;
    const { settings, problems } = readSettings({ exclude: ["docs/**", glob] }, before);
    expect(problems).toEqual([expect.stringContaining("setting vmstate.exclude: ")]);
    expect(settings.exclude).toEqual(["tests/**"]);
    expect(excluder([glob])(glob)).toBe(false);
  });

  it("are no more than a hundred", () => {
    expect(readSettings({ exclude: Array(101).fill("a") }).problems).toHaveLength(1);
  });
});

it("a workspace that is not trusted sets nothing that decides what is read or said", () => {
  const { untrustedWorkspaces } = manifest.capabilities;
  expect(untrustedWorkspaces.supported).toBe("limited");
  expect(untrustedWorkspaces.restrictedConfigurations).toEqual(
    expect.arrayContaining(["tree", "build", "exclude", "baseline", "rules"].map((name) => `vmstate.${name}`)),
  );
});

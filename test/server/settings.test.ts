import { describe, expect, it } from "vitest";
import packageJson from "../../package.json";
import { defaultSettings, readSettings, settingsSchema } from "../../server/settings";

interface Contributed {
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
}

function contributed(): ReadonlyMap<string, Contributed> {
  const { contributes } = packageJson as { contributes?: { configuration?: unknown } };
  const parts = [contributes?.configuration ?? []].flat() as { properties?: Record<string, Contributed> }[];
  return new Map(parts.flatMap((part) => Object.entries(part.properties ?? {})));
}

/** `vmstate.trace.server` for what is nested. */
function flattened(value: object, prefix: string): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    key === "trace" && typeof inner === "object" && inner !== null
      ? flattened(inner, `${prefix}${key}.`)
      : [[`${prefix}${key}`, inner] as [string, unknown]],
  );
}

describe("settings", () => {
  it("are in the extension's manifest exactly as the server reads them, with the same defaults", () => {
    const manifest = contributed();
    const own = flattened(defaultSettings, "vmstate.");
    expect([...manifest.keys()].sort()).toEqual(own.map(([key]) => key).sort());
    for (const [key, value] of own) expect({ [key]: manifest.get(key)?.default }).toEqual({ [key]: value });
  });

  it("that are wrong cost only themselves, and are named", () => {
    const { settings, problems } = readSettings({ target: "a vax", codeLens: false, rules: { x: "loud" } });
    expect(settings.target).toBe("x86_64");
    expect(settings.codeLens).toBe(false);
    expect(settings.rules).toEqual({});
    expect(problems).toHaveLength(2);
    expect(problems[0]).toContain("vmstate.target");
  });

  it("take a target in QEMU's spellings, and one that only a tree can have", () => {
    expect(readSettings({ target: "sparc64-softmmu" }).settings.target).toBe("sparc64");
    expect(readSettings({ target: "vax" })).toMatchObject({ settings: { target: "vax" }, problems: [] });
  });

  it("say that a rule does not exist, and keep the others", () => {
    const { settings, problems } = readSettings({
      rules: { "dma-before-iomu": "off", "priority-ignored": "off", "stream-refused": "hint" },
    });
    expect(settings.rules).toMatchObject({ "priority-ignored": "off" });
    expect(problems).toEqual([expect.stringContaining("did you mean dma-before-iommu?")]);
  });

  it("survive anything that an editor may send", () => {
    for (const input of [undefined, null, 1, "x", [], { target: null }, { rules: [] }, { trace: 5 }]) {
      expect(Object.keys(readSettings(input).settings).sort()).toEqual(Object.keys(settingsSchema.entries).sort());
    }
  });
});

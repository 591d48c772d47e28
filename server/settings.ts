/** Settings of section `vmstate`: one schema holds defaults and validation. A test keeps package.json equal to it. */
import * as v from "valibot";
import { usualCommandLine } from "../core/emulator";
import type { Settings } from "./protocol";

const severity = v.picklist(["off", "error", "warning", "information", "hint"]);

/** Targets whose data model is known; each has a 64-bit or 32-bit layout in core/c/layout. */
const targets = [
  "x86_64",
  "i386",
  "aarch64",
  "arm",
  "ppc64",
  "ppc",
  "riscv64",
  "riscv32",
  "s390x",
  "mips64",
  "mips",
  "loongarch64",
  "sparc64",
  "sparc",
  "alpha",
  "hppa",
  "m68k",
  "microblaze",
  "or1k",
  "rx",
  "sh4",
  "tricore",
  "xtensa",
  "avr",
] as const;

/** Keys as written behind `vmstate.` in the editor's settings. */
export const settingsSchema = v.object({
  tree: v.optional(v.string(), ""),
  target: v.optional(v.picklist(targets), "x86_64"),
  exclude: v.optional(v.array(v.string()), () => []),
  baseline: v.optional(v.string(), "auto"),
  machine: v.optional(v.string(), usualCommandLine),
  diagnostics: v.optional(v.picklist(["openFiles", "workspace"]), "openFiles"),
  rules: v.optional(v.record(v.string(), severity), () => ({})),
  codeLens: v.optional(v.boolean(), true),
  inlayHints: v.optional(v.boolean(), true),
  trace: v.optional(v.object({ server: v.optional(v.picklist(["off", "messages", "verbose"]), "off") }), () => ({
    server: "off" as const,
  })),
});

export const defaultSettings: Settings = v.parse(settingsSchema, {});

export interface SettingsReading {
  readonly settings: Settings;
  /** One sentence for each value that was refused; the default (or the value before) stands in its place. */
  readonly problems: readonly string[];
}

/** Reads settings key by key, so that one bad value costs only itself. Never throws. */
export function readSettings(input: unknown, before: Settings = defaultSettings): SettingsReading {
  if (input === null || input === undefined) return { settings: defaultSettings, problems: [] };
  if (typeof input !== "object" || Array.isArray(input)) {
    return { settings: before, problems: ["settings `vmstate` must be an object"] };
  }
  const given: Readonly<Record<string, unknown>> = { ...input };
  const read: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [key, entry] of Object.entries(settingsSchema.entries)) {
    const value = given[key] === null ? undefined : given[key];
    const result = v.safeParse(entry, value);
    if (result.success) read[key] = result.output;
    else {
      problems.push(`setting vmstate.${key}: ${result.issues.map((issue) => issue.message).join("; ")}`);
      read[key] = before[key as keyof Settings];
    }
  }
  return { settings: v.parse(settingsSchema, read), problems };
}

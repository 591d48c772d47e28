/** Settings of section `vmstate`: one schema holds defaults and validation. A test keeps package.json equal to it. */
import * as v from "valibot";
import { rules } from "../core/check/rules/list";
import { targetSpelled } from "../core/c/configuration";
import { usualCommandLine } from "../core/emulator";
import { streamCodes } from "../core/compat";
import { didYouMean } from "../core/nearest";
import type { Settings } from "./protocol";
import { refusedGlobs } from "./sourcePaths";

const severity = v.picklist(["off", "error", "warning", "information", "hint"]);

/** A target in any of QEMU's spellings, to the one that core uses; whether there is one of that name the tree says. */
const target = v.pipe(v.string(), v.transform(targetSpelled), v.regex(/^\w+$/, "not the name of a target"));

/** Keys as written behind `vmstate.` in the editor's settings. */
export const settingsSchema = v.object({
  tree: v.optional(v.string(), ""),
  target: v.optional(target, "x86_64"),
  build: v.optional(v.string(), ""),
  exclude: v.optional(
    v.pipe(
      v.array(v.string()),
      v.rawCheck(({ dataset, addIssue }) => {
        const reason = dataset.typed ? refusedGlobs(dataset.value) : undefined;
        if (reason !== undefined) addIssue({ message: reason });
      }),
    ),
    () => [],
  ),
  baseline: v.optional(v.string(), "auto"),
  machine: v.optional(v.string(), usualCommandLine),
  diagnostics: v.optional(v.picklist(["openFiles", "workspace"]), "openFiles"),
  rules: v.optional(v.record(v.string(), severity), () => ({})),
  review: v.optional(v.picklist(["changed", "all"]), "changed"),
  codeLens: v.optional(v.boolean(), true),
  inlayHints: v.optional(v.boolean(), true),
  qemu: v.optional(v.string(), ""),
  structMarks: v.optional(v.boolean(), true),
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
  const settings = v.parse(settingsSchema, read);
  return { settings, problems: [...problems, ...unknownRules(Object.keys(settings.rules))] };
}

/** A rule that does not exist changes nothing: it is said, and the others count. */
function unknownRules(codes: readonly string[]): readonly string[] {
  const known = [...rules.map(({ code }) => code), ...streamCodes];
  return codes
    .filter((code) => !known.includes(code))
    .map((code) => `setting vmstate.rules: no rule is called ${code}${didYouMean(code, known)}`);
}

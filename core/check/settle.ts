import type { Severity } from "./diagnostic";
import { rules } from "./rules/list";

const offByDefault: ReadonlySet<string> = new Set(
  rules.filter((rule) => rule.default === "off").map(({ code }) => code),
);

/** How a finding counts by somebody's settings: theirs first, then the rule's default, then its own severity. */
export function settled<S>(
  code: string,
  severity: S,
  settings: Readonly<Record<string, Severity | "off">>,
): S | Severity | "off" {
  return settings[code] ?? (offByDefault.has(code) ? "off" : severity);
}
